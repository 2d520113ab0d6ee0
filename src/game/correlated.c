/* Correlated and coarse correlated equilibria, and optimal commitment: linear programmes over the cone of what nobody wants to leave. */
#include "lp.h"
#include "rational.h"

#include <parley/game_concepts.h>
#include <stdlib.h>
#include <string.h>

static size_t own(const struct parley_game *g, size_t profile, size_t i, size_t *stride)
{
    *stride = 1;
    for (size_t j = 0; j < i; j++)
        *stride *= g->n_strategies[j];
    return profile / *stride % g->n_strategies[i];
}

/* Rows "told a, playing b instead gains nothing" (coarse: "playing b whatever one is told gains nothing"). */
static void incentive_rows(const struct parley_game *g, bool coarse, struct lp *lp)
{
    mpq_t *row = lp->g;
    for (size_t i = 0; i < g->n_players; i++)
        for (size_t a = 0; a < (coarse ? 1 : g->n_strategies[i]); a++)
            for (size_t b = 0; b < g->n_strategies[i]; b++) {
                if (!coarse && a == b)
                    continue;
                for (size_t p = 0; p < g->n_profiles; p++) {
                    size_t stride, played = own(g, p, i, &stride);
                    if (coarse || played == a)
                        mpq_sub(row[p], parley_game_payoff(g, p + stride * b - stride * played, i)->v, parley_game_payoff(g, p, i)->v);
                }
                row += g->n_profiles;
            }
}

enum parley_status parley_game_correlated(const struct parley_game *g, bool coarse, const int *weight, struct parley_arena *arena, struct parley_correlated *out,
                                          struct parley_error *err)
{
    struct lp lp;
    size_t rows = 0;
    for (size_t i = 0; i < g->n_players; i++)
        rows += coarse ? g->n_strategies[i] : g->n_strategies[i] * (g->n_strategies[i] - 1);
    enum parley_status status = lp_new(&lp, g->n_profiles, rows, err);
    if (status)
        return status;
    mpq_t low, q;
    mpq_inits(low, q, NULL);
    incentive_rows(g, coarse, &lp);
    for (size_t p = 0; p < g->n_profiles; p++) {
        for (size_t i = 0; i < g->n_players; i++) {
            mpq_set_si(q, weight ? weight[i] : 1, 1);
            mpq_mul(q, q, parley_game_payoff(g, p, i)->v);
            mpq_add(lp.c[p], lp.c[p], q);
        }
        if (mpq_cmp(lp.c[p], low) < 0)
            mpq_set(low, lp.c[p]);
    }
    mpq_set_ui(q, 1, 1);
    mpq_sub(low, low, q);
    for (size_t p = 0; p < g->n_profiles; p++) /* all positive: then the best point has sum 1 */
        mpq_sub(lp.c[p], lp.c[p], low);
    status = lp_solve(&lp, err);
    out->probability = PARLEY_NEW(arena, const struct parley_exact *, g->n_profiles);
    out->payoff = PARLEY_NEW(arena, const struct parley_exact *, g->n_players);
    bool ok = out->probability && out->payoff;
    mpq_set_ui(low, 0, 1); /* now the welfare */
    for (size_t i = 0; !status && ok && i < g->n_players; i++) {
        mpq_t sum;
        mpq_init(sum);
        for (size_t p = 0; p < g->n_profiles; p++) {
            mpq_mul(q, lp.x[p], parley_game_payoff(g, p, i)->v);
            mpq_add(sum, sum, q);
        }
        mpq_add(low, low, sum);
        ok = (out->payoff[i] = exact_keep(sum, arena)) != NULL;
        mpq_clear(sum);
    }
    for (size_t p = 0; !status && ok && p < g->n_profiles; p++)
        ok = (out->probability[p] = exact_keep(lp.x[p], arena)) != NULL;
    out->welfare = exact_keep(low, arena);
    mpq_clears(low, q, NULL);
    lp_release(&lp);
    return status ? status : ok && out->welfare ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

/* --- commitment ------------------------------------------------------------------------------------------------ */

static const struct parley_exact *payoff_at(const struct parley_game *g, size_t leader, size_t own_strategy, size_t reply, size_t player)
{
    size_t row = leader == 0 ? own_strategy : reply, column = leader == 0 ? reply : own_strategy;
    return parley_game_payoff(g, column * g->n_strategies[0] + row, player);
}

/* The best mixture that makes `reply` a best reply; *best is raised and *out rewritten if it beats what is known. */
static enum parley_status try_reply(const struct parley_game *g, size_t leader, size_t reply, mpq_ptr best, bool *any, struct parley_arena *arena,
                                    struct parley_commitment *out, struct parley_error *err)
{
    size_t n = g->n_strategies[leader], m = g->n_strategies[1 - leader];
    struct lp lp;
    enum parley_status status = lp_new(&lp, n, m - 1, err);
    if (status)
        return status;
    mpq_t low, value, q;
    mpq_inits(low, value, q, NULL);
    for (size_t a = 0; a < n; a++) {
        mpq_set(lp.c[a], payoff_at(g, leader, a, reply, leader)->v);
        if (a == 0 || mpq_cmp(lp.c[a], low) < 0)
            mpq_set(low, lp.c[a]);
        for (size_t b = 0, row = 0; b < m; b++)
            if (b != reply)
                mpq_sub(lp.g[row++ * n + a], payoff_at(g, leader, a, b, 1 - leader)->v, payoff_at(g, leader, a, reply, 1 - leader)->v);
    }
    mpq_set_ui(q, 1, 1);
    mpq_sub(low, low, q);
    for (size_t a = 0; a < n; a++)
        mpq_sub(lp.c[a], lp.c[a], low);
    status = lp_solve(&lp, err);
    bool possible = !status && mpq_sgn(lp.value) > 0, ok = true;
    mpq_add(value, lp.value, low);
    if (possible && (!*any || mpq_cmp(value, best) > 0)) {
        *any = true;
        mpq_set(best, value);
        out->reply = reply;
        out->payoff[leader] = exact_keep(value, arena);
        mpq_set_ui(value, 0, 1);
        for (size_t a = 0; ok && a < n; a++) {
            ok = (out->mixture[a] = exact_keep(lp.x[a], arena)) != NULL;
            mpq_mul(q, lp.x[a], payoff_at(g, leader, a, reply, 1 - leader)->v);
            mpq_add(value, value, q);
        }
        out->payoff[1 - leader] = exact_keep(value, arena);
        ok &= out->payoff[0] && out->payoff[1];
    }
    mpq_clears(low, value, q, NULL);
    lp_release(&lp);
    return status ? status : ok ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

enum parley_status parley_game_commit(const struct parley_game *g, size_t leader, struct parley_arena *arena, struct parley_commitment *out, struct parley_error *err)
{
    if (g->n_players != 2 || leader > 1)
        return parley_fail(err, PARLEY_EINVAL, "commitment is defined here for two players, one of whom leads; this game has %zu", g->n_players);
    *out = (struct parley_commitment){ .leader = leader };
    if (!(out->mixture = PARLEY_NEW(arena, const struct parley_exact *, g->n_strategies[leader])))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    mpq_t best;
    mpq_init(best);
    bool any = false;
    enum parley_status status = PARLEY_OK;
    for (size_t reply = 0; !status && reply < g->n_strategies[1 - leader]; reply++)
        status = try_reply(g, leader, reply, best, &any, arena, out, err);
    mpq_clear(best);
    return status;
}
