/* One exact equilibrium of a large game of two in strategic form: Lemke's path, which for one information set each is the path of van den
 * Elzen and Talman (1991, Methods and Models of Operations Research 35:27-43). */
#include "rational.h"
#include "sequence_pair.h"
#include "solve.h"

#include <parley/tree_equilibria.h>

/* Payoffs of one player as whole numbers. */
static void whole_payoffs(const struct parley_game *g, size_t player, mpz_t *pay)
{
    size_t n = g->n_strategies[0], m = g->n_strategies[1];
    mpz_t unit;
    mpz_init_set_ui(unit, 1);
    for (size_t p = 0; p < n * m; p++)
        mpz_lcm(unit, unit, mpq_denref(parley_game_payoff(g, p, player)->v));
    for (size_t r = 0; r < n; r++)
        for (size_t c = 0; c < m; c++) {
            mpq_srcptr v = parley_game_payoff(g, c * n + r, player)->v;
            mpz_ptr to = pay[(r + 1) * (m + 1) + c + 1];
            mpz_divexact(to, unit, mpq_denref(v));
            mpz_mul(to, to, mpq_numref(v));
        }
    mpz_clear(unit);
}

/* Payoff of a player for its strategy `own` against the other's plan. */
static void worth(const struct parley_game *g, mpq_t *const *plan, size_t player, size_t own, mpq_ptr sum, mpq_ptr term)
{
    size_t n = g->n_strategies[0];
    mpq_set_ui(sum, 0, 1);
    for (size_t o = 0; o < g->n_strategies[1 - player]; o++) {
        if (!mpq_sgn(plan[1 - player][o + 1]))
            continue;
        mpq_mul(term, plan[1 - player][o + 1], parley_game_payoff(g, player ? own * n + o : o * n + own, player)->v);
        mpq_add(sum, sum, term);
    }
}

/* Write it with its payoffs; false: somebody gains by leaving it, or out of memory. */
static enum parley_status write_one(struct solver *s, const struct pair_found *found)
{
    const struct parley_game *g = s->game;
    struct parley_equilibrium *e = &s->out->equilibrium[0];
    mpq_t value, best, mixed, term;
    mpq_inits(value, best, mixed, term, NULL);
    bool ok = true, verified = true;
    size_t used = 0;
    for (size_t k = 0, at = 0; ok && k < 2; k++) {
        mpq_set_ui(mixed, 0, 1);
        for (size_t a = 0; ok && a < g->n_strategies[k]; a++, at++) {
            mpq_srcptr x = found->plan[k][a + 1];
            worth(g, (mpq_t *const *)found->plan, k, a, value, term);
            if (a == 0 || mpq_cmp(value, best) > 0)
                mpq_set(best, value);
            mpq_mul(term, value, x);
            mpq_add(mixed, mixed, term);
            used += mpq_sgn(x) != 0;
            e->approximate[at] = mpq_get_d(x);
            ok = (e->probability[at] = exact_keep(x, s->arena)) != NULL;
        }
        verified &= mpq_equal(best, mixed);
        ok = ok && (e->payoff[k] = exact_keep(mixed, s->arena)) != NULL;
        e->payoff_approximate[k] = mpq_get_d(mixed);
    }
    e->pure = used == 2;
    mpq_clears(value, best, mixed, term, NULL);
    if (ok && !verified)
        return parley_fail(s->err, PARLEY_ENOCONV, "internal: a profile found is no equilibrium");
    return ok ? PARLEY_OK : parley_fail(s->err, PARLEY_ENOMEM, "out of memory");
}

enum parley_status solve_one_by_path(struct solver *s)
{
    const struct parley_game *g = s->game;
    struct sequence_set set[2];
    struct sequences one_set[2] = { { .set = &set[0] }, { .set = &set[1] } };
    struct sequence_pair p;
    struct pair_found found = { 0 };
    if (solve_width(g) > PARLEY_SEQUENCES_MAX)
        return parley_fail(s->err, PARLEY_ELIMIT, "%zu strategies of both players together; one equilibrium is computed up to %d", solve_width(g), PARLEY_SEQUENCES_MAX);
    enum parley_status status = pair_new_strategic(&p, one_set, g->n_strategies[0], g->n_strategies[1], s->err);
    if (status)
        return status;
    for (size_t k = 0; k < 2; k++)
        whole_payoffs(g, k, p.pay[k]);
    status = pair_solve_path(&p, s->progress, &found, s->err);
    if (!status)
        status = solve_room(s, 1, true);
    if (!status)
        status = write_one(s, &found);
    if (!status) {
        s->out->method = "Lemke's path from equal probabilities (van den Elzen and Talman 1991)";
        s->out->argument = "the game is too large to list all equilibria; this is one of them";
    }
    pair_found_release(&found, &p);
    pair_release(&p);
    return status;
}
