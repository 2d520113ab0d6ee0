#include "lp.h"

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
    size_t rows, columns; /* constraints + 1 for the objective (last); n + 1 for the right side (last) */
    mpz_t *t, denominator, a, b;
    size_t *basic, *nonbasic;
};

#define CELL(s, i, j) ((s)->t[(i) * (s)->columns + (j)])

static void pivot(struct simplex *s, size_t r, size_t c)
{
    for (size_t i = 0; i < s->rows; i++) {
        if (i == r)
            continue;
        for (size_t j = 0; j < s->columns; j++) {
            if (j == c)
                continue;
            mpz_mul(s->a, CELL(s, i, j), CELL(s, r, c));
            if (mpz_sgn(CELL(s, i, c)) && mpz_sgn(CELL(s, r, j)))
                mpz_submul(s->a, CELL(s, i, c), CELL(s, r, j));
            mpz_divexact(CELL(s, i, j), s->a, s->denominator);
        }
        mpz_neg(CELL(s, i, c), CELL(s, i, c));
    }
    mpz_swap(s->denominator, CELL(s, r, c));
    size_t swap = s->basic[r];
    s->basic[r] = s->nonbasic[c];
    s->nonbasic[c] = swap;
}

static void optimise(struct simplex *s)
{
    size_t m = s->rows - 1, n = s->columns - 1;
    for (;;) {
        size_t c = n, r = m;
        for (size_t j = 0; j < n; j++)
            if (mpz_sgn(CELL(s, m, j)) < 0 && (c == n || s->nonbasic[j] < s->nonbasic[c]))
                c = j;
        if (c == n)
            return;
        for (size_t i = 0; i < m; i++) {
            if (mpz_sgn(CELL(s, i, c)) <= 0)
                continue;
            int cmp = -1;
            if (r < m) {
                mpz_mul(s->a, CELL(s, i, n), CELL(s, r, c));
                mpz_mul(s->b, CELL(s, r, n), CELL(s, i, c));
                cmp = mpz_cmp(s->a, s->b);
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
    struct simplex s = { .rows = lp->m + 2, .columns = lp->n + 1 };
    size_t cells = s.rows * s.columns;
    s.t = malloc(cells * sizeof *s.t);
    s.basic = malloc((s.rows + s.columns) * sizeof *s.basic);
    if (!s.t || !s.basic) {
        free(s.t);
        free(s.basic);
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    }
    s.nonbasic = s.basic + s.rows;
    for (size_t i = 0; i < cells; i++)
        mpz_init(s.t[i]);
    mpz_init_set_ui(s.denominator, 1);
    mpz_inits(s.a, s.b, NULL);
    for (size_t i = 0; i < lp->m; i++)
        whole_row(&CELL(&s, i, 0), (const mpq_t *)lp->g + i * lp->n, lp->n, 1);
    for (size_t j = 0; j < lp->n; j++)
        mpz_set_ui(CELL(&s, lp->m, j), 1);
    mpz_set_ui(CELL(&s, lp->m, lp->n), 1);
    whole_row(&CELL(&s, lp->m + 1, 0), (const mpq_t *)lp->c, lp->n, -1);
    for (size_t j = 0; j < lp->n; j++)
        s.nonbasic[j] = j;
    for (size_t i = 0; i + 1 < s.rows; i++)
        s.basic[i] = lp->n + i;
    optimise(&s);
    for (size_t j = 0; j < lp->n; j++)
        mpq_set_ui(lp->x[j], 0, 1);
    for (size_t i = 0; i + 1 < s.rows; i++)
        if (s.basic[i] < lp->n) {
            mpz_set(mpq_numref(lp->x[s.basic[i]]), CELL(&s, i, lp->n));
            mpz_set(mpq_denref(lp->x[s.basic[i]]), s.denominator);
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
    for (size_t i = 0; i < cells; i++)
        mpz_clear(s.t[i]);
    mpz_clears(s.denominator, s.a, s.b, NULL);
    free(s.t);
    free(s.basic);
    return PARLEY_OK;
}
