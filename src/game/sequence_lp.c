/* Zero-sum games of two: the linear programme over the sequence form (von Stengel 1996, GEB 14:220-246), primal simplex in whole numbers.
 *
 * Player 0 chooses its plan x to make the least that player 1 can hold it to as large as possible. Unknowns: probabilities of 0's
 * sequences, slacks of 1's sequences. At the optimum the multipliers of the slacks are player 1's plan. */
#include "sequence_pair.h"

#include <stdlib.h>

enum { PIVOTS_MAX = 1000000, STALLED = 50 };

struct programme {
    const struct sequence_pair *p;
    struct tableau t;
    size_t m, n;              /* rows without the objective, columns without the right side */
    size_t *basic, *nonbasic; /* variables: sequence q of 0 is q - 1, slack of sequence q of 1 is (n_0 - 1) + q - 1 */
};

static void number_variables(struct programme *w, const struct pair_frame *f)
{
    size_t base = f[0].n - 1;
    for (size_t k = 0; k < 2; k++)
        for (size_t q = 1; q < f[k].n; q++) {
            size_t code = (k ? base : 0) + q - 1;
            if (f[k].chosen[q] == (k == 0))
                w->basic[w->m++] = code;
            else
                w->nonbasic[w->n++] = code;
        }
}

/* gain[s] = sum over t of pay[s][t] d[t]: what 0 gets by sequence along a direction of 1. */
static void gains_along(const struct sequence_pair *p, const signed char *d, mpz_t *gain)
{
    size_t m = p->s[1]->n;
    for (size_t s = 0; s < p->s[0]->n; s++) {
        mpz_set_ui(gain[s], 0);
        for (size_t t = 0; t < m; t++) {
            mpz_srcptr pay = p->pay[0][s * m + t];
            if (d[t] > 0)
                mpz_add(gain[s], gain[s], pay);
            else if (d[t] < 0)
                mpz_sub(gain[s], gain[s], pay);
        }
    }
}

static void add_along(const signed char *d, size_t n, mpz_t *gain, int sign, mpz_ptr out)
{
    for (size_t s = 0; s < n; s++)
        if (d[s] * sign > 0)
            mpz_add(out, out, gain[s]);
        else if (d[s] * sign < 0)
            mpz_sub(out, out, gain[s]);
}

/* Row r: a slack of 1's direction q (q > 0), or the objective along 1's start (q = 0). */
static void fill_row(struct programme *w, size_t r, size_t q, const struct pair_frame *f, mpz_t *gain)
{
    size_t base = f[0].n - 1;
    const signed char *d = f[1].d + q * f[1].n;
    gains_along(w->p, d, gain);
    for (size_t c = 0; c < w->n; c++) {
        size_t v = w->nonbasic[c];
        if (v < base)
            add_along(f[0].d + (v + 1) * f[0].n, f[0].n, gain, -1, *tableau_cell(&w->t, r, c));
        else
            mpz_set_si(*tableau_cell(&w->t, r, c), d[v - base + 1]);
    }
    add_along(f[0].d, f[0].n, gain, 1, *tableau_cell(&w->t, r, w->n));
}

static void fill(struct programme *w, const struct pair_frame *f, mpz_t *gain)
{
    size_t base = f[0].n - 1;
    for (size_t r = 0; r < w->m; r++) {
        size_t v = w->basic[r];
        if (v >= base) {
            fill_row(w, r, v - base + 1, f, gain);
            continue;
        }
        for (size_t c = 0; c < w->n; c++)
            if (w->nonbasic[c] < base)
                mpz_set_si(*tableau_cell(&w->t, r, c), -f[0].d[(w->nonbasic[c] + 1) * f[0].n + v + 1]);
        mpz_set_si(*tableau_cell(&w->t, r, w->n), f[0].d[v + 1]);
    }
    fill_row(w, w->m, 0, f, gain);
}

/* Steepest of the objective row; after a stall the first in order (Bland 1977), which cannot cycle. */
static size_t entering_column(const struct programme *w, bool bland)
{
    size_t best = w->n;
    for (size_t c = 0; c < w->n; c++) {
        mpz_srcptr z = *tableau_cell(&w->t, w->m, c);
        if (mpz_sgn(z) < 0 && (best == w->n || (bland ? w->nonbasic[c] < w->nonbasic[best] : mpz_cmp(z, *tableau_cell(&w->t, w->m, best)) < 0)))
            best = c;
    }
    return best;
}

static size_t leaving_row(struct programme *w, size_t c)
{
    size_t best = w->m;
    for (size_t r = 0; r < w->m; r++) {
        if (mpz_sgn(*tableau_cell(&w->t, r, c)) <= 0)
            continue;
        int cmp = -1;
        if (best < w->m) {
            mpz_mul(w->t.a, *tableau_cell(&w->t, r, w->n), *tableau_cell(&w->t, best, c));
            mpz_mul(w->t.b, *tableau_cell(&w->t, best, w->n), *tableau_cell(&w->t, r, c));
            cmp = mpz_cmp(w->t.a, w->t.b);
        }
        if (cmp < 0 || (cmp == 0 && w->basic[r] < w->basic[best]))
            best = r;
    }
    return best;
}

static enum parley_status optimise(struct programme *w, const struct parley_progress *progress, struct pair_found *out, struct parley_error *err)
{
    for (size_t stalled = 0;;) {
        size_t c = entering_column(w, stalled > STALLED);
        if (c == w->n)
            return PARLEY_OK;
        size_t r = leaving_row(w, c);
        if (r == w->m || out->pivots++ == PIVOTS_MAX)
            return parley_fail(err, PARLEY_ENOCONV, "the linear programme over the sequence form %s", r == w->m ? "is unbounded" : "takes too long");
        stalled = mpz_sgn(*tableau_cell(&w->t, r, w->n)) ? 0 : stalled + 1;
        tableau_pivot(&w->t, r, c);
        size_t swap = w->basic[r];
        w->basic[r] = w->nonbasic[c];
        w->nonbasic[c] = swap;
        if (!parley_tick(progress, (double)out->pivots, 0, "pivots"))
            return parley_fail(err, PARLEY_ECANCELLED, "interrupted after %zu pivots", out->pivots);
    }
}

/* A start: 0 replies to some weights on 1's sequences (any plan of 0 will do), 1 replies to 0. */
static enum parley_status frames(const struct sequence_pair *p, struct pair_frame *f, struct parley_error *err)
{
    size_t most = p->s[0]->n > p->s[1]->n ? p->s[0]->n : p->s[1]->n;
    size_t *choice = malloc((most + 1) * sizeof *choice);
    mpz_t *plan = malloc((most + 1) * sizeof *plan);
    enum parley_status status = choice && plan ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; plan && i < most; i++)
        mpz_init_set_ui(plan[i], 1);
    for (size_t k = 0; !status && k < 2; k++) {
        struct sequence_pair q = *p;
        if (k == 1) { /* 1 minimises what 0 gets */
            for (size_t i = 0; i < p->s[0]->n; i++)
                mpz_set_si(plan[i], -f[0].d[i]);
            q.pay[1] = p->pay[0];
        }
        status = pair_reply(&q, k, plan, choice, err);
        if (!status)
            status = pair_frame_new(&f[k], p->s[k], choice, err);
    }
    for (size_t i = 0; plan && i < most; i++)
        mpz_clear(plan[i]);
    free(plan);
    free(choice);
    return status;
}

static enum parley_status read_plans(const struct programme *w, struct pair_found *out, struct parley_error *err)
{
    size_t base = w->p->s[0]->n - 1;
    for (size_t k = 0; k < 2; k++) {
        if (!(out->plan[k] = fractions_new(w->p->s[k]->n)))
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
        mpq_set_ui(out->plan[k][0], 1, 1);
        for (size_t i = 0; i < (k ? w->n : w->m); i++) {
            size_t v = k ? w->nonbasic[i] : w->basic[i];
            if ((v >= base) != (k == 1))
                continue;
            mpq_ptr x = out->plan[k][v - (k ? base : 0) + 1];
            mpz_set(mpq_numref(x), *(k ? tableau_cell(&w->t, w->m, i) : tableau_cell(&w->t, i, w->n)));
            mpz_set(mpq_denref(x), w->t.denominator);
            mpq_canonicalize(x);
        }
    }
    return PARLEY_OK;
}

enum parley_status pair_solve_lp(const struct sequence_pair *p, const struct parley_progress *progress, struct pair_found *out, struct parley_error *err)
{
    struct programme w = { .p = p };
    struct pair_frame f[2] = { { 0 } };
    size_t all = p->s[0]->n + p->s[1]->n;
    *out = (struct pair_found){ 0 };
    enum parley_status status = frames(p, f, err);
    mpz_t *gain = malloc(all * sizeof *gain);
    w.basic = calloc(2 * all, sizeof *w.basic);
    for (size_t i = 0; gain && i < all; i++)
        mpz_init(gain[i]);
    if (!status && (!gain || !w.basic))
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (!status) {
        w.nonbasic = w.basic + all;
        number_variables(&w, f);
        status = tableau_new(&w.t, w.m + 1, w.n + 1, err);
    }
    if (!status) {
        fill(&w, f, gain);
        status = optimise(&w, progress, out, err);
    }
    if (!status)
        status = read_plans(&w, out, err);
    for (size_t i = 0; gain && i < all; i++)
        mpz_clear(gain[i]);
    free(gain);
    free(w.basic);
    tableau_release(&w.t);
    pair_frame_release(&f[0]);
    pair_frame_release(&f[1]);
    if (status)
        pair_found_release(out, p);
    return status;
}
