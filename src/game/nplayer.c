/* Games of three and more players: every support profile, in each a search of boxes with interval Newton tests.
 *
 * A box is dropped only when bounds prove that it holds no equilibrium of this support; it is kept as an equilibrium only when the
 * Krawczyk test proves that it holds exactly one solution. A box that is neither at the end makes the list incomplete, and is counted. */
#include "rational.h"
#include "solve.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STACK_MAX = 4096, BOXES_DEFAULT = 3000000, BOXES_A_SUPPORT = 1000000, TRIES_MAX = 100000 };

struct found {
    double x[SUPPORT_PLAYERS][SUPPORT_STRATEGIES]; /* by strategy of the game */
    double radius;
    bool exact_pure;
};

struct search {
    struct solver *s;
    struct float_game g;
    struct support now;               /* the profile under examination, players as in the game */
    struct float_game sorted_game;    /* the same with those first whose mixtures the others' determine (sort_players) */
    struct support sorted;
    uint8_t player[SUPPORT_PLAYERS];  /* of the game, by place in that order */
    size_t determined;                /* how many stand first */
    struct support_table table;
    struct found *found;
    size_t n_found, cap_found;
    size_t boxes, max_boxes, open_boxes, doubtful, supports;
    struct region *stack;
    enum parley_status status;
};

/* --- the game in doubles ------------------------------------------------------------------------------------ */

static enum parley_status load(struct search *q)
{
    const struct parley_game *game = q->s->game;
    struct float_game *g = &q->g;
    g->n_players = game->n_players;
    g->n_profiles = game->n_profiles;
    size_t stride = 1;
    for (size_t i = 0; i < g->n_players; i++) {
        g->n[i] = game->n_strategies[i];
        g->stride[i] = stride;
        stride *= g->n[i];
        if (!(g->u[i] = malloc(g->n_profiles * sizeof *g->u[i])) || !(q->table.u[i] = malloc(g->n_profiles * sizeof *g->u[i])))
            return parley_fail(q->s->err, PARLEY_ENOMEM, "out of memory");
    }
    mpq_t low, high, v;
    mpq_inits(low, high, v, NULL);
    for (size_t i = 0; i < g->n_players; i++) {
        mpq_set(low, parley_game_payoff(game, 0, i)->v);
        mpq_set(high, low);
        for (size_t p = 1; p < g->n_profiles; p++) {
            mpq_srcptr x = parley_game_payoff(game, p, i)->v;
            if (mpq_cmp(x, low) < 0)
                mpq_set(low, x);
            if (mpq_cmp(x, high) > 0)
                mpq_set(high, x);
        }
        mpq_sub(high, high, low);
        g->scale[i] = mpq_get_d(high);
        for (size_t p = 0; p < g->n_profiles; p++) {
            mpq_sub(v, parley_game_payoff(game, p, i)->v, low);
            if (mpq_sgn(high))
                mpq_div(v, v, high);
            g->u[i][p] = mpq_get_d(v);
        }
    }
    mpq_clears(low, high, v, NULL);
    return PARLEY_OK;
}

/* --- what was found ------------------------------------------------------------------------------------------- */

static bool is_known(const struct search *q, const struct found *f)
{
    for (size_t e = 0; e < q->n_found; e++) {
        double away = 0;
        for (size_t i = 0; i < q->g.n_players; i++)
            for (size_t k = 0; k < q->g.n[i]; k++)
                away = fmax(away, fabs(q->found[e].x[i][k] - f->x[i][k]));
        if (away <= 1e-9)
            return true;
    }
    return false;
}

static void keep(struct search *q, const struct found *f)
{
    if (is_known(q, f))
        return;
    if (q->n_found == PARLEY_EQUILIBRIA_MAX) {
        q->doubtful++;
        return;
    }
    if (q->n_found == q->cap_found) {
        size_t cap = q->cap_found ? 2 * q->cap_found : 64;
        struct found *grown = realloc(q->found, cap * sizeof *grown);
        if (!grown) {
            q->status = parley_fail(q->s->err, PARLEY_ENOMEM, "out of memory");
            return;
        }
        q->found = grown;
        q->cap_found = cap;
    }
    q->found[q->n_found++] = *f;
}

/* A proven solution of the indifference equations: is it an equilibrium? */
static void judge(struct search *q, double point[SUPPORT_PLAYERS][SUPPORT_STRATEGIES])
{
    const struct support *s = &q->sorted;
    struct found f = { .radius = support_radius(s, point) };
    struct region at;
    double doubt = f.radius > 0 ? 1e3 * f.radius : 1e-9;
    for (size_t i = 0; i < q->g.n_players; i++)
        for (size_t k = 0; k < s->size[i]; k++) {
            at.x[i][k] = (struct interval){ point[i][k], point[i][k] };
            f.x[q->player[i]][s->use[i][k]] = point[i][k];
            if (point[i][k] < -doubt)
                return;
            if (s->size[i] > 1 && point[i][k] <= doubt) {
                q->doubtful += 1; /* on the border of the simplex: a smaller support has it */
                return;
            }
        }
    bool close = f.radius < 0; /* no radius was proven */
    for (size_t i = 0; i < q->g.n_players; i++)
        for (size_t b = 0; b < s->g->n[i]; b++) {
            double gain = support_gain(s, &at, i, b, s->use[i][0], -1, 0).lo;
            bool used = false;
            for (size_t k = 0; k < s->size[i]; k++)
                used |= s->use[i][k] == b;
            if (!used && gain > doubt)
                return;
            close |= !used && gain > -doubt;
        }
    q->doubtful += close; /* another strategy does equally well: the equilibrium may not be isolated */
    keep(q, &f);
}

/* --- boxes ---------------------------------------------------------------------------------------------------- */

/* Somebody who mixes is proven to prefer one strategy over another it uses. */
static bool impossible(const struct support *s, const struct region *r)
{
    for (size_t i = 0; i < s->g->n_players; i++)
        for (size_t k = 0; k < s->size[i]; k++)
            for (size_t b = 0; b < s->g->n[i]; b++)
                if (b != s->use[i][k] && support_gain(s, r, i, b, s->use[i][k], -1, 0).lo > 0)
                    return true;
    return false;
}

/* Put the players in an order for the search of boxes. Given the mixtures of all others, the indifference of one of two players is linear in the mixture
 * of the other: two mixtures follow from the rest and need not be cut into boxes. These come first, because the slopes of the first are bounded best
 * (contract.c); they are those who use most, so that the fewest variables are cut. */
static void sort_players(struct search *q)
{
    size_t n = q->g.n_players, mixing = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        for (; at > 0 && q->now.size[q->player[at - 1]] < q->now.size[i]; at--)
            q->player[at] = q->player[at - 1];
        q->player[at] = (uint8_t)i;
        mixing += q->now.size[i] > 1;
    }
    q->determined = mixing > 2 ? 2 : mixing - 1;
    q->sorted = q->now;
    q->sorted_game = q->g;
    q->sorted.g = &q->sorted_game;
    for (size_t i = 0; i < n; i++) {
        size_t of = q->player[i];
        q->sorted_game.n[i] = q->g.n[of];
        q->sorted_game.stride[i] = q->g.stride[of];
        q->sorted_game.u[i] = q->g.u[of];
        q->sorted.size[i] = q->now.size[of];
        memcpy(q->sorted.use[i], q->now.use[of], sizeof q->sorted.use[i]);
    }
}

static const double NEXT_TO_NOTHING = .05;

static double halve(const struct region *r, size_t player, size_t k, struct region half[2])
{
    double width = r->x[player][k].hi - r->x[player][k].lo, cut = r->x[player][k].lo + .4871 * width;
    half[0] = half[1] = *r;
    half[0].x[player][k].hi = half[1].x[player][k].lo = cut;
    return width;
}

/* Cut the interval that matters most, a little off the middle (solutions like to lie in the middle): one of those that are not determined by the others, unless those matter
 * next to nothing by now. */
static double split(const struct support *s, size_t determined, const struct region *r, const struct influence *weight, struct region half[2])
{
    size_t player[2] = { 0, 0 }, at[2] = { 0, 0 };
    double most[2] = { -1, -1 };
    for (size_t i = 0; i < s->g->n_players; i++)
        for (size_t k = 0; s->size[i] > 1 && k < s->size[i]; k++)
            if (weight->x[i][k] > most[i < determined]) {
                most[i < determined] = weight->x[i][k];
                player[i < determined] = i;
                at[i < determined] = k;
            }
    bool which = !(most[0] > NEXT_TO_NOTHING * most[1]);
    return halve(r, player[which], at[which], half);
}
static double volume(const struct support *s, const struct region *r)
{
    double sum = 0;
    for (size_t i = 0; i < s->g->n_players; i++)
        for (size_t k = 0; s->size[i] > 1 && k < s->size[i]; k++)
            sum += r->x[i][k].hi - r->x[i][k].lo;
    return sum;
}

/* How small a box is cut before it stays open. Where many stay open lies a continuum, which no cutting resolves: then the rest of the support is searched for isolated
 * equilibria with coarser boxes. */
static double finest(size_t open) { return open < 1000 ? 1e-7 : open < 20000 ? 1e-3 : 3e-2; }

static void search_boxes(struct search *q)
{
    const struct support *s = &q->sorted;
    size_t depth = 1, first = q->boxes, open_before = q->open_boxes;
    sort_players(q);
    support_tables(s, &q->table);
    struct region *top = &q->stack[0], half[2];
    for (size_t i = 0; i < q->g.n_players; i++)
        for (size_t k = 0; k < s->size[i]; k++)
            top->x[i][k] = s->size[i] == 1 ? (struct interval){ 1, 1 } : (struct interval){ 0, 1 };
    while (depth && !q->status) {
        struct region r = q->stack[--depth];
        double point[SUPPORT_PLAYERS][SUPPORT_STRATEGIES] = { { 0 } }, before, after;
        enum box_verdict verdict = BOX_UNKNOWN;
        struct influence weight;
        if (q->boxes++ % 1024 == 0 && !parley_tick(q->s->progress, (double)q->boxes, 0, "boxes"))
            q->status = parley_fail(q->s->err, PARLEY_ECANCELLED, "interrupted after %zu boxes", q->boxes);
        if (q->boxes > q->max_boxes || q->boxes - first > BOXES_A_SUPPORT) {
            q->open_boxes += depth + 1;
            return;
        }
        bool empty = !region_tighten(s, &r);
        do { /* as long as the box shrinks by a good part */
            bool regular = true;
            before = volume(s, &r);
            empty = empty || !region_cut(s, &q->table, &r, &weight);
            after = volume(s, &r);
            if (!empty && after > .85 * before) {
                empty = !region_contract(s, &q->table, &r, &regular);
                after = volume(s, &r);
            }
            if (!empty && regular && (after > .85 * before || after < .05)) {
                verdict = support_newton(s, &r, point);
                empty = verdict == BOX_EMPTY;
                after = volume(s, &r);
            }
        } while (!empty && verdict == BOX_UNKNOWN && after < .85 * before);
        if (empty)
            continue;
        if (verdict == BOX_ONE) {
            judge(q, point);
            continue;
        }
        double widest = split(s, q->determined, &r, &weight, half);
        if (widest < finest(q->open_boxes - open_before) || depth + 2 > STACK_MAX) {
            q->open_boxes++; /* a singular solution, or a continuum of them */
            continue;
        }
        q->stack[depth++] = half[0];
        q->stack[depth++] = half[1];
    }
}

/* --- supports ------------------------------------------------------------------------------------------------- */

static void pure_profile(struct search *q)
{
    const struct parley_game *game = q->s->game;
    size_t base = 0;
    struct found f = { .exact_pure = true };
    bool tie = false;
    for (size_t i = 0; i < q->g.n_players; i++) {
        base += q->g.stride[i] * q->now.use[i][0];
        f.x[i][q->now.use[i][0]] = 1;
    }
    for (size_t i = 0; i < q->g.n_players; i++)
        for (size_t b = 0; b < q->g.n[i]; b++) {
            size_t other = base + q->g.stride[i] * b - q->g.stride[i] * q->now.use[i][0];
            int cmp = other == base ? -1 : parley_exact_compare(parley_game_payoff(game, other, i), parley_game_payoff(game, base, i));
            if (cmp > 0)
                return;
            tie |= cmp == 0;
        }
    q->doubtful += tie;
    keep(q, &f);
}

static void examine(struct search *q)
{
    struct support *s = &q->now;
    struct region all;
    size_t mixing = 0, last = 0;
    s->n_variables = 0;
    for (size_t i = 0; i < q->g.n_players; i++) {
        s->n_variables += s->size[i] - 1;
        if (s->size[i] > 1)
            mixing++, last = i;
        for (size_t k = 0; k < s->size[i]; k++)
            all.x[i][k] = s->size[i] == 1 ? (struct interval){ 1, 1 } : (struct interval){ 0, 1 };
    }
    q->supports++;
    if (mixing == 0) {
        pure_profile(q);
    } else if (mixing == 1) { /* one player mixes against fixed choices: only if payoffs tie */
        for (size_t k = 1; k < s->size[last]; k++) {
            struct interval gain = support_gain(s, &all, last, s->use[last][k], s->use[last][0], -1, 0);
            if (gain.lo > 0 || gain.hi < 0)
                return;
        }
        if (!impossible(s, &all))
            q->doubtful++; /* its ends are pure equilibria of their own; what lies between is a continuum */
    } else if (!impossible(s, &all)) {
        search_boxes(q);
    }
}

static void choose(struct search *q, size_t player)
{
    if (q->status || q->boxes > q->max_boxes || (q->s->options.one && q->n_found))
        return;
    if (player == q->g.n_players) {
        examine(q);
        return;
    }
    for (size_t mask = 1; mask < (size_t)1 << q->g.n[player]; mask++) {
        q->now.size[player] = 0;
        for (size_t k = 0; k < q->g.n[player]; k++)
            if (mask >> k & 1)
                q->now.use[player][q->now.size[player]++] = (uint8_t)k;
        choose(q, player + 1);
    }
}

/* --- results ---------------------------------------------------------------------------------------------------- */

/* Best fraction with denominator up to max (continued fractions). */
static void nearest_fraction(double x, long max, long *num, long *den)
{
    long p0 = 0, q0 = 1, p1 = 1, q1 = 0;
    double rest = x;
    for (int i = 0; i < 40; i++) {
        long a = (long)floor(rest);
        if (a * (double)q1 + (double)q0 > (double)max)
            break;
        long p2 = a * p1 + p0, q2 = a * q1 + q0;
        p0 = p1, q0 = q1, p1 = p2, q1 = q2;
        if (fabs(x - (double)p1 / (double)q1) < 1e-14 || rest - (double)a < 1e-13)
            break;
        rest = 1 / (rest - (double)a);
    }
    *num = p1;
    *den = q1 ? q1 : 1;
}

/* Fractions with small denominators that are exactly an equilibrium: then nothing is approximate. */
static bool try_exact(struct solver *s, struct parley_equilibrium *e)
{
    const struct parley_game *g = s->game;
    size_t width = solve_width(g), at = 0;
    const struct parley_exact **x = PARLEY_NEW(s->arena, const struct parley_exact *, width), *regret;
    if (!x || (double)g->n_profiles * (double)width * (double)g->n_players > TRIES_MAX)
        return false;
    for (size_t i = 0; i < g->n_players; i++) {
        mpq_t sum, q;
        mpq_inits(sum, q, NULL);
        size_t largest = at;
        for (size_t k = at; k < at + g->n_strategies[i]; k++)
            largest = e->approximate[k] > e->approximate[largest] ? k : largest;
        for (size_t k = at; k < at + g->n_strategies[i]; k++) {
            long num, den;
            nearest_fraction(e->approximate[k], 1000000, &num, &den);
            mpq_set_si(q, num, (unsigned long)den);
            mpq_canonicalize(q);
            if (k != largest)
                mpq_add(sum, sum, q);
            x[k] = k == largest ? NULL : exact_keep(q, s->arena);
        }
        mpq_set_ui(q, 1, 1);
        mpq_sub(q, q, sum);
        x[largest] = exact_keep(q, s->arena);
        bool near = fabs(mpq_get_d(q) - e->approximate[largest]) < 1e-9;
        mpq_clears(sum, q, NULL);
        if (!near)
            return false;
        at += g->n_strategies[i];
    }
    for (size_t k = 0; k < width; k++)
        if (!x[k] || parley_exact_sign(x[k]) < 0)
            return false;
    if (parley_equilibria_regret(g, x, s->arena, &regret, s->err) || parley_exact_sign(regret) != 0)
        return false;
    e->probability = x;
    return true;
}

static enum parley_status write_found(struct search *q)
{
    struct solver *s = q->s;
    enum parley_status status = solve_room(s, q->n_found, false);
    const struct parley_exact *zero = parley_exact_ratio(0, 1, s->arena), *one = parley_exact_ratio(1, 1, s->arena);
    for (size_t n = 0; !status && n < q->n_found; n++) {
        struct parley_equilibrium *e = &s->out->equilibrium[n];
        const struct found *f = &q->found[n];
        size_t at = 0;
        for (size_t i = 0; i < q->g.n_players; i++)
            for (size_t k = 0; k < q->g.n[i]; k++)
                e->approximate[at++] = f->x[i][k];
        status = solve_regret_bound(s, e);
        e->pure = f->exact_pure;
        e->error_bound = f->radius;
        if (f->exact_pure && zero && one) {
            e->probability = PARLEY_NEW(s->arena, const struct parley_exact *, at);
            for (size_t k = 0; e->probability && k < at; k++)
                e->probability[k] = e->approximate[k] > .5 ? one : zero;
            e->payoff = PARLEY_NEW(s->arena, const struct parley_exact *, q->g.n_players);
            size_t profile = 0;
            for (size_t i = 0; i < q->g.n_players; i++)
                for (size_t k = 0; k < q->g.n[i]; k++)
                    profile += f->x[i][k] > .5 ? q->g.stride[i] * k : 0;
            for (size_t i = 0; e->payoff && i < q->g.n_players; i++)
                e->payoff[i] = parley_game_payoff(s->game, profile, i);
        } else {
            try_exact(s, e);
        }
        if (e->probability)
            e->regret_max = e->error_bound = 0;
        if (!status && e->probability && !e->payoff)
            status = solve_exact_payoffs(s, e);
    }
    if (!status)
        solve_sort(s, NULL);
    return status;
}

static void conclude(struct search *q, bool all_supports)
{
    struct parley_equilibria *out = q->s->out;
    const char *text;
    out->method = "support enumeration with interval Newton tests";
    out->complete = all_supports && !q->open_boxes && !q->doubtful && !q->status && q->boxes <= q->max_boxes && !(q->s->options.one && q->n_found);
    if (out->complete)
        text = parley_arena_printf(q->s->arena, "all %zu support profiles were searched; every one of %zu boxes is proven to hold no equilibrium or exactly one%s", q->supports,
                                   q->boxes, q->n_found % 2 ? "; their number is odd, as in almost all games" : "");
    else if (q->s->options.one && q->n_found)
        text = "one was asked for";
    else if (q->doubtful)
        text = parley_arena_printf(q->s->arena, "payoffs tie at %zu of them or beside them: there may be continua of equilibria; %zu boxes stayed open", q->doubtful, q->open_boxes);
    else
        text = parley_arena_printf(q->s->arena, "%zu boxes stayed open after %zu (a singular solution, or the limit)", q->open_boxes, q->boxes);
    out->argument = text ? text : "";
}

enum parley_status solve_many_players(struct solver *s)
{
    struct search q = { .s = s, .max_boxes = s->options.max_boxes ? s->options.max_boxes : BOXES_DEFAULT };
    const struct parley_game *g = s->game;
    double supports = 1;
    bool small = g->n_players <= SUPPORT_PLAYERS;
    size_t variables = 0;
    for (size_t i = 0; i < g->n_players; i++) {
        supports *= exp2((double)g->n_strategies[i]);
        small &= g->n_strategies[i] <= SUPPORT_STRATEGIES;
        variables += g->n_strategies[i] - 1;
    }
    if (!small || variables > SUPPORT_VARIABLES || supports > 2e7)
        return solve_one_by_logit(s);
    enum parley_status status = load(&q);
    q.now.g = &q.g;
    q.now.work = malloc(4 * g->n_profiles * sizeof *q.now.work);
    q.stack = malloc(STACK_MAX * sizeof *q.stack);
    if (!status && (!q.now.work || !q.stack))
        status = parley_fail(s->err, PARLEY_ENOMEM, "out of memory");
    if (!status) {
        choose(&q, 0);
        status = q.status == PARLEY_ECANCELLED ? PARLEY_OK : q.status;
    }
    if (!status)
        status = write_found(&q);
    if (!status)
        conclude(&q, true);
    bool none = !status && !q.status && !q.n_found;
    for (size_t i = 0; i < q.g.n_players; i++) {
        free(q.g.u[i]);
        free(q.table.u[i]);
    }
    free(q.now.work);
    free(q.stack);
    free(q.found);
    if (none) { /* an isolated one may be too singular for the tests: one point near an equilibrium all the same */
        const char *searched = s->out->argument;
        status = solve_one_by_logit(s);
        const char *both = parley_arena_printf(s->arena, "%s; %s", searched, s->out->argument);
        s->out->argument = both ? both : s->out->argument;
    }
    return status ? status : q.status;
}
