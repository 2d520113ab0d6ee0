/* The front of the solvers: choose by the number of players; keep, sort and verify what they find. */
#include "solve.h"

#include "rational.h"

#include <stdlib.h>
#include <string.h>

size_t solve_width(const struct parley_game *g)
{
    size_t sum = 0;
    for (size_t i = 0; i < g->n_players; i++)
        sum += g->n_strategies[i];
    return sum;
}

enum parley_status solve_room(struct solver *s, size_t n, bool exact)
{
    size_t width = solve_width(s->game), players = s->game->n_players;
    struct parley_equilibrium *list = PARLEY_NEW(s->arena, struct parley_equilibrium, n ? n : 1);
    for (size_t i = 0; list && i < n; i++) {
        list[i].approximate = PARLEY_NEW(s->arena, double, width);
        list[i].payoff_approximate = PARLEY_NEW(s->arena, double, players);
        list[i].probability = exact ? PARLEY_NEW(s->arena, const struct parley_exact *, width) : NULL;
        list[i].payoff = exact ? PARLEY_NEW(s->arena, const struct parley_exact *, players) : NULL;
        if (!list[i].approximate || !list[i].payoff_approximate || (exact && (!list[i].probability || !list[i].payoff)))
            list = NULL;
    }
    if (!list)
        return parley_fail(s->err, PARLEY_ENOMEM, "out of memory");
    s->out->equilibrium = list;
    s->out->n = n;
    return PARLEY_OK;
}

/* qsort has no context: sort numbered rows. */
struct row {
    const struct parley_equilibrium *e;
    size_t width, at;
};

static int descending(const void *a, const void *b)
{
    const struct row *p = a, *q = b;
    for (size_t i = 0; i < p->width; i++) {
        int c = (p->e->approximate[i] > q->e->approximate[i]) - (p->e->approximate[i] < q->e->approximate[i]);
        if (!c && p->e->probability && q->e->probability)
            c = parley_exact_compare(p->e->probability[i], q->e->probability[i]);
        if (c)
            return -c;
    }
    return p->at < q->at ? -1 : p->at > q->at;
}

void solve_sort(struct solver *s, size_t *order)
{
    size_t n = s->out->n;
    struct row *rows = malloc((n + 1) * sizeof *rows);
    struct parley_equilibrium *copy = malloc((n + 1) * sizeof *copy);
    for (size_t i = 0; order && i < n; i++)
        order[i] = i;
    if (rows && copy) { /* unsorted is still right */
        for (size_t i = 0; i < n; i++)
            rows[i] = (struct row){ &s->out->equilibrium[i], solve_width(s->game), i };
        qsort(rows, n, sizeof *rows, descending);
        for (size_t i = 0; i < n; i++) {
            copy[i] = *rows[i].e;
            if (order)
                order[i] = rows[i].at;
        }
        memcpy(s->out->equilibrium, copy, n * sizeof *copy);
    }
    free(rows);
    free(copy);
}

/* One player: every strategy with the highest payoff; with ties every mixture of them. */
enum parley_status solve_one_player(struct solver *s)
{
    const struct parley_game *g = s->game;
    size_t n = g->n_strategies[0], best = 0, count = 0;
    for (size_t i = 1; i < n; i++)
        if (parley_exact_compare(g->payoff[i], g->payoff[best]) > 0)
            best = i;
    for (size_t i = 0; i < n; i++)
        count += parley_exact_compare(g->payoff[i], g->payoff[best]) == 0;
    enum parley_status status = solve_room(s, count, true);
    const struct parley_exact *zero = parley_exact_ratio(0, 1, s->arena), *one = parley_exact_ratio(1, 1, s->arena);
    if (!status && (!zero || !one))
        status = parley_fail(s->err, PARLEY_ENOMEM, "out of memory");
    if (status)
        return status;
    for (size_t i = 0, at = 0; i < n; i++) {
        if (parley_exact_compare(g->payoff[i], g->payoff[best]) != 0)
            continue;
        struct parley_equilibrium *e = &s->out->equilibrium[at++];
        for (size_t k = 0; k < n; k++) {
            e->probability[k] = k == i ? one : zero;
            e->approximate[k] = k == i;
        }
        e->payoff[0] = g->payoff[i];
        e->payoff_approximate[0] = parley_exact_double(g->payoff[i]);
        e->pure = true;
    }
    s->out->complete = true;
    s->out->method = "comparison of the strategies";
    s->out->argument = "one player: the best strategies, and every mixture of them";
    return PARLEY_OK;
}

enum parley_status parley_equilibria_solve(const struct parley_game *game, const struct parley_equilibria_options *options,
                                           const struct parley_progress *progress, struct parley_arena *arena, struct parley_equilibria *out,
                                           struct parley_error *err)
{
    struct solver s = { .game = game, .progress = progress, .arena = arena, .err = err, .out = out };
    *out = (struct parley_equilibria){ .method = "", .argument = "" };
    if (options)
        s.options = *options;
    if (!game->n_profiles)
        return parley_fail(err, PARLEY_EINVAL, "the game has no strategic form yet; reduce it first");
    if (game->n_players == 1)
        return solve_one_player(&s);
    if (game->n_players == 2) {
        enum parley_status status = solve_two_players(&s);
        if (status != PARLEY_ELIMIT || s.options.exact_only)
            return status;
        *out = (struct parley_equilibria){ .method = "", .argument = "" };
        return solve_one_by_path(&s);
    }
    return solve_many_players(&s);
}

/* --- regret ------------------------------------------------------------------------------------------- */

/* Payoff of player i when it plays strategy `own` (or its mixture if own is n_strategies[i]) and the others mix. */
static void expected(const struct parley_game *g, const struct parley_exact *const *x, size_t i, size_t own, mpq_t *weight, mpq_ptr sum)
{
    mpq_set_ui(sum, 0, 1);
    for (size_t p = 0; p < g->n_profiles; p++) {
        mpq_set_ui(*weight, 1, 1);
        size_t rest = p, first = 0;
        for (size_t k = 0; k < g->n_players && mpq_sgn(*weight); k++) {
            size_t a = rest % g->n_strategies[k];
            rest /= g->n_strategies[k];
            if (k != i || own == g->n_strategies[i])
                mpq_mul(*weight, *weight, x[first + a]->v);
            else if (a != own)
                mpq_set_ui(*weight, 0, 1);
            first += g->n_strategies[k];
        }
        if (mpq_sgn(*weight)) {
            mpq_mul(*weight, *weight, parley_game_payoff(g, p, i)->v);
            mpq_add(sum, sum, *weight);
        }
    }
}

enum parley_status solve_exact_payoffs(struct solver *s, struct parley_equilibrium *e)
{
    const struct parley_game *g = s->game;
    mpq_t weight, sum;
    mpq_inits(weight, sum, NULL);
    e->payoff = PARLEY_NEW(s->arena, const struct parley_exact *, g->n_players);
    for (size_t i = 0; e->payoff && i < g->n_players; i++) {
        expected(g, e->probability, i, g->n_strategies[i], &weight, sum);
        e->payoff_approximate[i] = mpq_get_d(sum);
        if (!(e->payoff[i] = exact_keep(sum, s->arena)))
            e->payoff = NULL;
    }
    mpq_clears(weight, sum, NULL);
    return e->payoff ? PARLEY_OK : parley_fail(s->err, PARLEY_ENOMEM, "out of memory");
}

enum parley_status parley_equilibria_regret(const struct parley_game *game, const struct parley_exact *const *probability, struct parley_arena *arena,
                                            const struct parley_exact **regret, struct parley_error *err)
{
    mpq_t weight, now, other, worst;
    mpq_inits(weight, now, other, worst, NULL);
    for (size_t i = 0; i < game->n_players; i++) {
        expected(game, probability, i, game->n_strategies[i], &weight, now);
        for (size_t a = 0; a < game->n_strategies[i]; a++) {
            expected(game, probability, i, a, &weight, other);
            mpq_sub(other, other, now);
            if (mpq_cmp(other, worst) > 0)
                mpq_set(worst, other);
        }
    }
    *regret = exact_keep(worst, arena);
    mpq_clears(weight, now, other, worst, NULL);
    return *regret ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}
