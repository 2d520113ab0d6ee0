/* Iterated elimination. A strategy survives a round iff some belief about the others makes it a best reply (strict), or some belief that
 * excludes nothing does (weak); both are linear programmes, and by duality their failure is domination by a mixture. */
#include "lp.h"
#include "rational.h"

#include <parley/game_concepts.h>
#include <stdlib.h>
#include <string.h>

/* Profiles of the others with surviving strategies only: offsets into the payoff table. */
static size_t others(const struct parley_game *g, const struct parley_rational *r, size_t i, size_t **out)
{
    size_t n = 0, *list = malloc((g->n_profiles / g->n_strategies[i] + 1) * sizeof *list);
    for (size_t p = 0; list && p < g->n_profiles; p++) {
        size_t rest = p;
        bool in = true;
        for (size_t j = 0; j < g->n_players; rest /= g->n_strategies[j++])
            in &= j == i ? rest % g->n_strategies[j] == 0 : r->left[j][rest % g->n_strategies[j]];
        if (in)
            list[n++] = p;
    }
    *out = list;
    return n;
}

/* Is strategy a of player i a best reply to some belief (weak: one that gives every profile a positive chance)? */
static enum parley_status survives(const struct parley_game *g, const struct parley_rational *r, size_t i, size_t a, bool weak, const size_t *profile,
                                   size_t n, bool *out, struct parley_error *err)
{
    struct lp lp;
    size_t stride = 1, rows = 0;
    for (size_t j = 0; j < i; j++)
        stride *= g->n_strategies[j];
    enum parley_status status = lp_new(&lp, n + weak, r->n_left[i] - 1, err);
    if (status)
        return status;
    for (size_t b = 0; b < g->n_strategies[i]; b++) {
        if (b == a || !r->left[i][b])
            continue;
        mpq_t *row = lp.g + rows++ * lp.n;
        for (size_t k = 0; k < n; k++) {
            mpq_sub(row[k], parley_game_payoff(g, profile[k] + stride * b, i)->v, parley_game_payoff(g, profile[k] + stride * a, i)->v);
            if (weak)
                mpq_add(row[n], row[n], row[k]); /* the last unknown is a chance that every profile has */
        }
    }
    if (weak)
        mpq_set_ui(lp.c[n], 1, 1);
    for (size_t k = 0; !weak && k < n; k++)
        mpq_set_ui(lp.c[k], 1, 1);
    status = lp_solve(&lp, err);
    *out = mpq_sgn(lp.value) > 0;
    lp_release(&lp);
    return status;
}

/* A single strategy that dominates in that sense, if there is one: what people can check at a glance. */
static const struct parley_exact **pure_dominator(const struct parley_game *g, const struct parley_rational *r, size_t i, size_t a, bool strictly, const size_t *profile,
                                                  size_t n, struct parley_arena *arena)
{
    size_t stride = 1;
    for (size_t j = 0; j < i; j++)
        stride *= g->n_strategies[j];
    for (size_t b = 0; b < g->n_strategies[i]; b++) {
        bool ok = b != a && r->left[i][b], better = false; /* once better: a twin dominates nothing */
        for (size_t k = 0; ok && k < n; k++) {
            int cmp = parley_exact_compare(parley_game_payoff(g, profile[k] + stride * b, i), parley_game_payoff(g, profile[k] + stride * a, i));
            ok = cmp >= strictly;
            better |= cmp > 0;
        }
        if (!ok || !better)
            continue;
        const struct parley_exact **by = PARLEY_NEW(arena, const struct parley_exact *, g->n_strategies[i]);
        for (size_t k = 0; by && k < g->n_strategies[i]; k++)
            by[k] = parley_exact_ratio(k == b, 1, arena);
        return by;
    }
    return NULL;
}

/* A mixture that dominates: strictly, by as much as possible in the worst case; weakly, by as much as possible in the sum over all profiles. *by stays NULL where the programme
 * would be too large. */
static enum parley_status mixed_dominator(const struct parley_game *g, const struct parley_rational *r, size_t i, size_t a, bool strictly, const size_t *profile, size_t n,
                                          struct parley_arena *arena, const struct parley_exact ***by, struct parley_error *err)
{
    size_t stride = 1, others = r->n_left[i] - 1, at = 0;
    struct lp lp;
    if ((double)(others + 1) * (double)n > PARLEY_LP_CELLS_MAX)
        return PARLEY_OK;
    for (size_t j = 0; j < i; j++)
        stride *= g->n_strategies[j];
    enum parley_status status = lp_new(&lp, others + strictly, n, err);
    if (status)
        return status;
    for (size_t b = 0; b < g->n_strategies[i]; b++) {
        if (b == a || !r->left[i][b])
            continue;
        for (size_t k = 0; k < n; k++) { /* what a has over b in profile k, less the last unknown, is not positive */
            mpq_t *cell = &lp.g[k * lp.n + at];
            mpq_sub(*cell, parley_game_payoff(g, profile[k] + stride * a, i)->v, parley_game_payoff(g, profile[k] + stride * b, i)->v);
            if (!strictly)
                mpq_sub(lp.c[at], lp.c[at], *cell);
        }
        at++;
    }
    for (size_t k = 0; strictly && k < n; k++)
        mpq_set_ui(lp.g[k * lp.n + others], 1, 1);
    if (strictly)
        mpq_set_ui(lp.c[others], 1, 1);
    status = lp_solve(&lp, err);
    mpq_t sum;
    mpq_init(sum);
    for (size_t b = 0; b < others; b++)
        mpq_add(sum, sum, lp.x[b]);
    if (!status && mpq_sgn(lp.value) > 0 && mpq_sgn(sum) > 0 && (*by = PARLEY_NEW(arena, const struct parley_exact *, g->n_strategies[i])))
        for (size_t b = 0, from = 0; !status && b < g->n_strategies[i]; b++) {
            bool mixed = b != a && r->left[i][b];
            if (mixed)
                mpq_div(lp.x[from], lp.x[from], sum);
            (*by)[b] = mixed ? exact_keep(lp.x[from++], arena) : parley_exact_ratio(0, 1, arena);
            if (!(*by)[b])
                status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
        }
    mpq_clear(sum);
    lp_release(&lp);
    return status;
}

static enum parley_status one_round(const struct parley_game *g, bool weak, size_t round, struct parley_arena *arena, struct parley_rational *out, struct parley_error *err)
{
    size_t before = out->n;
    enum parley_status status = PARLEY_OK;
    for (size_t i = 0; !status && i < g->n_players; i++) {
        size_t *profile, n = others(g, out, i, &profile);
        if (!profile)
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
        for (size_t a = 0; !status && a < g->n_strategies[i]; a++) {
            bool stays = true, strictly = false;
            if (!out->left[i][a] || out->n_left[i] == 1)
                continue;
            status = survives(g, out, i, a, false, profile, n, &stays, err);
            strictly = !stays;
            if (!status && weak && stays)
                status = survives(g, out, i, a, true, profile, n, &stays, err);
            if (status || stays)
                continue;
            struct parley_elimination *gone = &out->step[out->n++];
            *gone = (struct parley_elimination){ round, i, a, strictly ? PARLEY_DOMINATED_STRICTLY : PARLEY_DOMINATED_WEAKLY, pure_dominator(g, out, i, a, strictly, profile, n, arena) };
            if (!gone->by)
                status = mixed_dominator(g, out, i, a, strictly, profile, n, arena, &gone->by, err);
        }
        free(profile);
    }
    for (size_t k = before; k < out->n; k++) { /* all of a round at once: the order of players makes no difference */
        out->left[out->step[k].player][out->step[k].strategy] = false;
        out->n_left[out->step[k].player]--;
    }
    return status;
}

enum parley_status parley_game_eliminate(const struct parley_game *g, bool weak, struct parley_arena *arena, struct parley_rational *out, struct parley_error *err)
{
    size_t width = 0, before;
    *out = (struct parley_rational){ 0 };
    out->left = PARLEY_NEW(arena, bool *, g->n_players);
    out->n_left = PARLEY_NEW(arena, size_t, g->n_players);
    for (size_t i = 0; out->left && i < g->n_players; i++) {
        width += g->n_strategies[i];
        if (!(out->left[i] = PARLEY_NEW(arena, bool, g->n_strategies[i])))
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
        memset(out->left[i], true, g->n_strategies[i]);
        if (out->n_left)
            out->n_left[i] = g->n_strategies[i];
    }
    out->step = PARLEY_NEW(arena, struct parley_elimination, width);
    if (!out->left || !out->n_left || !out->step)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status;
    size_t round = 1;
    do {
        before = out->n;
        status = one_round(g, weak, round++, arena, out, err);
    } while (!status && out->n > before);
    return status;
}
