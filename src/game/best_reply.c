/* Best replies to a habit and the discount factor from which on two habits are best replies to each other. */
#include "chain.h"

#include "habit_forms.h"

#include <math.h>
#include <string.h>

enum { GRID = 512, BISECTIONS = 60, POLICY_ROUNDS_MAX = 1000 };

/* What a deviator faces: in state j of the other's automaton, each act leads to up to four executed outcomes. */
struct faced {
    const struct parley_repeated *game;
    const struct parley_habit *other;
    int player; /* 0: the deviator is the row player */
};

static double executed_as(struct parley_ratio slip, int meant, int act)
{
    double e = parley_ratio_double(slip);
    return meant == act ? 1 - e : e;
}

/* P(other executes b in state j) */
static double other_acts(const struct faced *f, size_t j, int b)
{
    double p = parley_ratio_double(f->other->cooperate[j]), e = parley_ratio_double(f->game->slip);
    double c = p * (1 - e) + (1 - p) * e;
    return b == PARLEY_C ? c : 1 - c;
}

static double pay(const struct faced *f, int own, int other)
{
    return parley_ratio_double(f->player == 0 ? f->game->payoff[own][other][0] : f->game->payoff[other][own][1]);
}

/* One turn in state j meaning to play `meant`, then value[] afterwards. */
static double backed_up(const struct faced *f, size_t j, int meant, double d, const double *value)
{
    double sum = 0;
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 2; b++) {
            double p = executed_as(f->game->slip, meant, a) * other_acts(f, j, b);
            sum += p * ((1 - d) * pay(f, a, b) + d * value[f->other->next[j][b][a]]);
        }
    return sum;
}

struct space {
    double *P, *end, *value, *trial;
    unsigned char *act;
};

static bool make_space(struct space *s, size_t n, struct parley_arena *arena)
{
    *s = (struct space){ PARLEY_NEW(arena, double, n * n), PARLEY_NEW(arena, double, n), PARLEY_NEW(arena, double, n), PARLEY_NEW(arena, double, n),
                         PARLEY_NEW(arena, unsigned char, n) };
    return s->P && s->end && s->value && s->trial && s->act;
}

/* Value in every state of a fixed reply: (I - dP) v = (1 - d) r by Gaussian elimination on a diagonally dominant system. */
static void evaluate(const struct faced *f, const unsigned char *act, double d, struct space *s)
{
    size_t n = f->other->n;
    memset(s->P, 0, n * n * sizeof *s->P);
    for (size_t j = 0; j < n; j++) {
        s->P[j * n + j] = 1;
        s->value[j] = 0;
        for (int a = 0; a < 2; a++)
            for (int b = 0; b < 2; b++) {
                double p = executed_as(f->game->slip, act[j], a) * other_acts(f, j, b);
                s->value[j] += p * (1 - d) * pay(f, a, b);
                s->P[j * n + f->other->next[j][b][a]] -= d * p;
            }
    }
    for (size_t k = 0; k < n; k++)
        for (size_t i = k + 1; i < n; i++) {
            double m = s->P[i * n + k] / s->P[k * n + k];
            if (m == 0)
                continue;
            for (size_t j = k; j < n; j++)
                s->P[i * n + j] -= m * s->P[k * n + j];
            s->value[i] -= m * s->value[k];
        }
    for (size_t k = n; k-- > 0;) {
        for (size_t j = k + 1; j < n; j++)
            s->value[k] -= s->P[k * n + j] * s->value[j];
        s->value[k] /= s->P[k * n + k];
    }
}

/* Howard's policy iteration; changes an act only for a real gain, so it ends. */
static double best_value(const struct faced *f, double d, struct space *s)
{
    size_t n = f->other->n;
    for (int round = 0; round < POLICY_ROUNDS_MAX; round++) {
        bool changed = false;
        evaluate(f, s->act, d, s);
        for (size_t j = 0; j < n; j++) {
            int other = !s->act[j];
            double now = backed_up(f, j, s->act[j], d, s->value), then = backed_up(f, j, other, d, s->value);
            s->trial[j] = then - now > 1e-13 * (1 + fabs(now)) ? 1 : 0;
        }
        for (size_t j = 0; j < n; j++)
            if (s->trial[j] > 0) {
                s->act[j] = !s->act[j];
                changed = true;
            }
        if (!changed)
            break;
    }
    return s->value[f->other->start];
}

static enum parley_status views_are_public(const struct parley_repeated *game, struct parley_error *err)
{
    if (game->miss.num == 0 && game->false_alarm.num == 0)
        return PARLEY_OK;
    return parley_fail(err, PARLEY_EUNIDENT, "with private misattribution a best reply would have to guess the other's state; no discount factor is given");
}

enum parley_status parley_repeated_best_reply(const struct parley_repeated *game, const struct parley_habit *column, double d,
                                              struct parley_arena *arena, double *value, const unsigned char **act, struct parley_error *err)
{
    struct faced f = { game, column, 0 };
    struct space s;
    enum parley_status status = views_are_public(game, err);
    if (status)
        return status;
    if (!(d >= 0 && d < 1))
        return parley_fail(err, PARLEY_EINVAL, "a discount factor of %g; expected at least 0 and below 1", d);
    if (!make_space(&s, column->n, arena))
        return parley_fail(err, PARLEY_ENOMEM, "no memory for a best reply to %zu states", column->n);
    *value = best_value(&f, d, &s);
    *act = s.act;
    return PARLEY_OK;
}

/* --- the critical discount factor --------------------------------------------------------- */

struct profile {
    const struct chain *chain;
    struct faced faced[2];
    struct space space[2];
    struct parley_arena *arena;
    double scale;
    bool failed;
};

static double habit_value(struct profile *p, double d, int player)
{
    double value[QUANTITIES] = { 0 };
    struct parley_arena scratch;
    parley_arena_init(&scratch, 0);
    p->failed |= !chain_discounted(p->chain, d, value, &scratch);
    parley_arena_release(&scratch);
    return value[player];
}

/* Who gains by leaving the habit at d: 0, 1, or -1 for nobody. */
static int leaver_at(struct profile *p, double d)
{
    for (int player = 0; player < 2; player++)
        if (best_value(&p->faced[player], d, &p->space[player]) - habit_value(p, d, player) > 1e-11 * p->scale)
            return player;
    return -1;
}

/* What the player's present best reply gains at d over the habit: smooth in d, unlike the best gain. */
static double gain_of_reply(struct profile *p, double d, int player)
{
    struct space *s = &p->space[player];
    evaluate(&p->faced[player], s->act, d, s);
    return s->value[p->faced[player].other->start] - habit_value(p, d, player);
}

static double refine(struct profile *p, double low, double high, int player)
{
    (void)best_value(&p->faced[player], low, &p->space[player]);
    double width = 1e-6, a = low - width < 0 ? 0 : low - width, b = high + width > 1 - 1e-9 ? 1 - 1e-9 : high + width;
    double at_a = gain_of_reply(p, a, player), at_b = gain_of_reply(p, b, player);
    if (!(at_a > 0 && at_b < 0))
        return high;
    for (int i = 0; i < BISECTIONS; i++) {
        double mid = a + (b - a) / 2;
        if (gain_of_reply(p, mid, player) > 0)
            a = mid;
        else
            b = mid;
    }
    return b;
}

enum parley_status parley_repeated_critical_discount(const struct parley_repeated *game, const struct parley_habit *row,
                                                     const struct parley_habit *column, struct parley_arena *arena, double *discount,
                                                     int *leaver, struct parley_error *err)
{
    struct chain chain;
    enum parley_status status = views_are_public(game, err);
    if (status || (status = chain_build(game, row, column, arena, &chain, err)))
        return status;
    struct profile p = { .chain = &chain, .faced = { { game, column, 0 }, { game, row, 1 } }, .arena = arena, .scale = 1 };
    for (int i = 0; i < 8; i++)
        p.scale = fmax(p.scale, fabs(parley_ratio_double(game->payoff[i >> 2][i >> 1 & 1][i & 1])));
    if (!make_space(&p.space[0], column->n, arena) || !make_space(&p.space[1], row->n, arena))
        return parley_fail(err, PARLEY_ENOMEM, "no memory for best replies");
    /* from above: the last grid point at which somebody still gains */
    int grid = GRID - 1, who = -1;
    double high = 1 - 1e-6;
    if (leaver_at(&p, high) >= 0) {
        *discount = NAN;
        if (leaver)
            *leaver = leaver_at(&p, high);
        return PARLEY_OK;
    }
    for (; grid >= 0; grid--) {
        double d = (double)grid / GRID;
        if ((who = leaver_at(&p, d)) >= 0)
            break;
        high = d;
    }
    if (grid < 0) {
        *discount = 0;
        if (leaver)
            *leaver = -1;
    } else {
        double low = (double)grid / GRID;
        for (int i = 0; i < 30; i++) {
            double mid = low + (high - low) / 2;
            int w = leaver_at(&p, mid);
            if (w >= 0)
                low = mid, who = w;
            else
                high = mid;
        }
        *discount = refine(&p, low, high, who);
        if (leaver)
            *leaver = who;
    }
    return p.failed ? parley_fail(err, PARLEY_ENOMEM, "no memory for the discounted values") : PARLEY_OK;
}
