#include "lp.h"

#include "tableau.h"

#include <parley/game_concepts.h>
#include <stdlib.h>

enum parley_status lp_new(struct lp *lp, size_t n, size_t m, struct parley_error *err)
{
    *lp = (struct lp){ .n = n, .m = m };
    if ((double)n * (double)(m + 1) > PARLEY_LP_CELLS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "a linear programme of %zu unknowns and %zu rows; at most %d cells are solved exactly", n, m, PARLEY_LP_CELLS_MAX);
    lp->c = malloc((n + 1) * sizeof *lp->c);
    lp->x = malloc((n + 1) * sizeof *lp->x);
    lp->g = malloc((m * n + 1) * sizeof *lp->g);
    if (!lp->c || !lp->x || !lp->g) {
        free(lp->c);
        free(lp->x);
        free(lp->g);
        *lp = (struct lp){ 0 };
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < n; i++)
        mpq_inits(lp->c[i], lp->x[i], NULL);
    for (size_t i = 0; i < m * n; i++)
        mpq_init(lp->g[i]);
    mpq_init(lp->value);
    return PARLEY_OK;
}

void lp_release(struct lp *lp)
{
    if (!lp->c)
        return;
    for (size_t i = 0; i < lp->n; i++)
        mpq_clears(lp->c[i], lp->x[i], NULL);
    for (size_t i = 0; i < lp->m * lp->n; i++)
        mpq_clear(lp->g[i]);
    mpq_clear(lp->value);
    free(lp->c);
    free(lp->x);
    free(lp->g);
    *lp = (struct lp){ 0 };
}

/* Row i of the tableau: whole numbers in the proportion of the fractions. */
static void whole_row(mpz_t *out, const mpq_t *in, size_t n, int sign)
{
    mpz_t lcm;
    mpz_init_set_ui(lcm, 1);
    for (size_t j = 0; j < n; j++)
        mpz_lcm(lcm, lcm, mpq_denref(in[j]));
    for (size_t j = 0; j < n; j++) {
        mpz_divexact(out[j], lcm, mpq_denref(in[j]));
        mpz_mul(out[j], out[j], mpq_numref(in[j]));
        if (sign < 0)
            mpz_neg(out[j], out[j]);
    }
    mpz_clear(lcm);
}

struct simplex {
    struct tableau t; /* constraints, then the objective (last row); unknowns, then the right side (last column) */
    size_t *basic, *nonbasic;
};

static mpz_t *cell(struct simplex *s, size_t i, size_t j) { return tableau_cell(&s->t, i, j); }

static void pivot(struct simplex *s, size_t r, size_t c)
{
    tableau_pivot(&s->t, r, c);
    size_t swap = s->basic[r];
    s->basic[r] = s->nonbasic[c];
    s->nonbasic[c] = swap;
}

static void optimise(struct simplex *s)
{
    size_t m = s->t.rows - 1, n = s->t.columns - 1;
    for (;;) {
        size_t c = n, r = m;
        for (size_t j = 0; j < n; j++)
            if (mpz_sgn(*cell(s, m, j)) < 0 && (c == n || s->nonbasic[j] < s->nonbasic[c]))
                c = j;
        if (c == n)
            return;
        for (size_t i = 0; i < m; i++) {
            if (mpz_sgn(*cell(s, i, c)) <= 0)
                continue;
            int cmp = -1;
            if (r < m) {
                mpz_mul(s->t.a, *cell(s, i, n), *cell(s, r, c));
                mpz_mul(s->t.b, *cell(s, r, n), *cell(s, i, c));
                cmp = mpz_cmp(s->t.a, s->t.b);
            }
            if (cmp < 0 || (cmp == 0 && s->basic[i] < s->basic[r]))
                r = i;
        }
        if (r == m)
            return; /* unbounded: cannot happen, the unknowns sum to at most 1 */
        pivot(s, r, c);
    }
}

enum parley_status lp_solve(struct lp *lp, struct parley_error *err)
{
    struct simplex s = { 0 };
    size_t rows = lp->m + 2;
    enum parley_status status = tableau_new(&s.t, rows, lp->n + 1, err);
    if (!status && !(s.basic = malloc((rows + lp->n + 1) * sizeof *s.basic)))
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (status) {
        tableau_release(&s.t);
        return status;
    }
    s.nonbasic = s.basic + rows;
    for (size_t i = 0; i < lp->m; i++)
        whole_row(cell(&s, i, 0), (const mpq_t *)lp->g + i * lp->n, lp->n, 1);
    for (size_t j = 0; j < lp->n; j++)
        mpz_set_ui(*cell(&s, lp->m, j), 1);
    mpz_set_ui(*cell(&s, lp->m, lp->n), 1);
    whole_row(cell(&s, lp->m + 1, 0), (const mpq_t *)lp->c, lp->n, -1);
    for (size_t j = 0; j < lp->n; j++)
        s.nonbasic[j] = j;
    for (size_t i = 0; i + 1 < rows; i++)
        s.basic[i] = lp->n + i;
    optimise(&s);
    for (size_t j = 0; j < lp->n; j++)
        mpq_set_ui(lp->x[j], 0, 1);
    for (size_t i = 0; i + 1 < rows; i++)
        if (s.basic[i] < lp->n) {
            mpz_set(mpq_numref(lp->x[s.basic[i]]), *cell(&s, i, lp->n));
            mpz_set(mpq_denref(lp->x[s.basic[i]]), s.t.denominator);
            mpq_canonicalize(lp->x[s.basic[i]]);
        }
    mpq_t term;
    mpq_init(term);
    mpq_set_ui(lp->value, 0, 1);
    for (size_t j = 0; j < lp->n; j++) {
        mpq_mul(term, lp->c[j], lp->x[j]);
        mpq_add(lp->value, lp->value, term);
    }
    mpq_clear(term);
    tableau_release(&s.t);
    free(s.basic);
    return PARLEY_OK;
}
