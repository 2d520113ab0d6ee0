/* Lemke's path over the sequence form (von Stengel, van den Elzen and Talman 2002).
 *
 * Both players hold a prior: the other one treats all actions alike with weight 1 - t and plays its plan with weight t. At t = 0 the best
 * reply is plain. t grows; whenever a probability or a slack reaches zero its complement enters; at t = 1 the prior has gone and
 * what is left is an equilibrium. Ties are broken by an infinitely small amount in every row, ordered so that the path can neither return
 * nor leave to infinity: first the slacks, then the probabilities, late moves before early ones. */
#include "sequence_pair.h"

#include <stdlib.h>

enum { PIVOTS_MAX = 200000 };

/* Variable v (a sequence of one player, not the empty one) has a probability x (code 2v) and a slack w (code 2v + 1). */
struct path {
    const struct sequence_pair *p;
    struct tableau t;
    size_t n, offset[2];          /* variables; where each player's begin */
    size_t *basic, *nonbasic;     /* codes by row and column; row n is 1 - t, column n is t */
    size_t *row_of, *column_of;   /* by code; (size_t)-1 */
    size_t *order;                /* codes that were basic at first, most important perturbation first */
};

static void place(struct path *w, size_t code, size_t row, size_t column)
{
    w->row_of[code] = row;
    w->column_of[code] = column;
    if (row != (size_t)-1)
        w->basic[row] = code;
    else
        w->nonbasic[column] = code;
}

/* The plan that treats all actions alike, times a whole number. */
static enum parley_status prior(const struct sequences *s, mpz_t *plan, mpz_ptr unit)
{
    mpq_t *q = fractions_new(s->n);
    if (!q)
        return PARLEY_ENOMEM;
    mpq_set_ui(q[0], 1, 1);
    mpz_set_ui(unit, 1);
    for (size_t h = 0; h < s->n_sets; h++)
        for (size_t a = s->set[h].first; a < s->set[h].first + s->set[h].n_actions; a++) {
            mpz_mul_ui(mpq_denref(q[a]), mpq_denref(q[s->set[h].before]), s->set[h].n_actions);
            mpz_set_ui(mpq_numref(q[a]), 1);
            mpz_lcm(unit, unit, mpq_denref(q[a]));
        }
    for (size_t a = 0; a < s->n; a++)
        mpz_divexact(plan[a], unit, mpq_denref(q[a]));
    fractions_release(q, s->n);
    return PARLEY_OK;
}

/* The rows of one player: what a deviation loses against the prior, against the other's start and along the other's directions. */
static void fill_rows(struct path *w, size_t k, const struct pair_frame *f, mpz_t *prior_of_other, mpz_srcptr unit, mpz_t *scratch)
{
    const struct sequence_pair *p = w->p;
    size_t n = p->s[k]->n, m = p->s[1 - k]->n, columns = p->s[1]->n;
    for (size_t q = 1; q < n; q++) {
        size_t v = w->offset[k] + q - 1;
        const signed char *d = f[k].d + q * n;
        if (f[k].chosen[q]) { /* x = t G + sum over directions */
            mpz_set_si(*tableau_cell(&w->t, v, w->n), -f[k].d[q]);
            for (size_t u = 1; u < n; u++)
                if (!f[k].chosen[u])
                    mpz_set_si(*tableau_cell(&w->t, v, w->offset[k] + u - 1), -f[k].d[u * n + q]);
            continue;
        }
        for (size_t u = 1; u < n; u++)
            if (f[k].chosen[u])
                mpz_set_si(*tableau_cell(&w->t, v, w->offset[k] + u - 1), d[u]);
        mpz_t *rhs = tableau_cell(&w->t, v, w->n + 1), *t = tableau_cell(&w->t, v, w->n);
        for (size_t o = 0; o < m; o++) { /* scratch: payoff of the deviation by sequence of the other */
            mpz_set_ui(scratch[o], 0);
            for (size_t s = 0; s < n; s++) {
                mpz_srcptr pay = p->pay[k][k ? o * columns + s : s * columns + o];
                if (d[s] && mpz_sgn(pay))
                    d[s] > 0 ? mpz_addmul_ui(scratch[o], pay, (unsigned long)d[s]) : mpz_submul_ui(scratch[o], pay, (unsigned long)-d[s]);
            }
            mpz_submul(*rhs, scratch[o], prior_of_other[o]);
            mpz_mul(scratch[o], scratch[o], unit);
        }
        mpz_set(*t, *rhs);
        for (size_t u = 0; u < m; u++) {
            mpz_t *cell = u ? tableau_cell(&w->t, v, w->offset[1 - k] + u - 1) : t;
            for (size_t o = 0; (!u || !f[1 - k].chosen[u]) && o < m; o++) {
                int g = f[1 - k].d[u * m + o];
                if (g)
                    g > 0 ? mpz_addmul_ui(*cell, scratch[o], (unsigned long)g) : mpz_submul_ui(*cell, scratch[o], (unsigned long)-g);
            }
        }
    }
}

static void number_variables(struct path *w, const struct pair_frame *f)
{
    size_t at = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t k = 2; k-- > 0;)
            for (size_t q = f[k].n; --q > 0;) { /* sequences of later moves have higher numbers */
                size_t v = w->offset[k] + q - 1;
                if (f[k].chosen[q] == (pass == 1))
                    w->order[at++] = 2 * v + (pass == 0);
                if (pass == 0) {
                    place(w, 2 * v + !f[k].chosen[q], v, (size_t)-1);
                    place(w, 2 * v + f[k].chosen[q], (size_t)-1, v);
                }
            }
    place(w, 2 * w->n, w->n, (size_t)-1);
    place(w, 2 * w->n + 1, (size_t)-1, w->n);
    w->order[at] = 2 * w->n;
}

static enum parley_status start(struct path *w, struct parley_error *err)
{
    const struct sequence_pair *p = w->p;
    struct pair_frame f[2] = { { 0 } };
    size_t most = p->s[0]->n > p->s[1]->n ? p->s[0]->n : p->s[1]->n;
    mpz_t *number = malloc((3 * most + 1) * sizeof *number), *mix[2] = { number, number ? number + most : NULL }, unit[2];
    size_t *choice = malloc((most + 1) * sizeof *choice);
    enum parley_status status = number && choice ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; number && i < 3 * most; i++)
        mpz_init(number[i]);
    mpz_inits(unit[0], unit[1], NULL);
    for (size_t k = 0; !status && k < 2; k++)
        if (prior(p->s[k], mix[k], unit[k]))
            status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t k = 0; !status && k < 2; k++) {
        status = pair_reply(p, k, mix[1 - k], choice, err);
        if (!status)
            status = pair_frame_new(&f[k], p->s[k], choice, err);
    }
    if (!status) {
        for (size_t k = 0; k < 2; k++)
            fill_rows(w, k, f, mix[1 - k], unit[1 - k], number + 2 * most);
        mpz_set_ui(*tableau_cell(&w->t, w->n, w->n), 1);
        mpz_set_ui(*tableau_cell(&w->t, w->n, w->n + 1), 1);
        number_variables(w, f);
    }
    for (size_t i = 0; number && i < 3 * most; i++)
        mpz_clear(number[i]);
    mpz_clears(unit[0], unit[1], NULL);
    free(number);
    free(choice);
    pair_frame_release(&f[0]);
    pair_frame_release(&f[1]);
    return status;
}

/* Is row a, with its perturbation, reached before row b when column c enters? */
static int compare(struct path *w, size_t a, size_t b, size_t c)
{
    struct tableau *t = &w->t;
    size_t rhs = w->n + 1;
    for (size_t i = 0; i <= w->n + 1; i++) {
        mpz_srcptr x, y;
        if (i == 0) {
            x = *tableau_cell(t, a, rhs);
            y = *tableau_cell(t, b, rhs);
        } else {
            size_t code = w->order[i - 1], column = w->column_of[code], row = w->row_of[code];
            if (column == (size_t)-1) {
                if (row == a || row == b)
                    return row == a ? 1 : -1; /* a unit in its own row, 0 in the other */
                continue;
            }
            x = *tableau_cell(t, a, column);
            y = *tableau_cell(t, b, column);
        }
        mpz_mul(t->a, x, *tableau_cell(t, b, c));
        mpz_mul(t->b, y, *tableau_cell(t, a, c));
        int cmp = mpz_cmp(t->a, t->b);
        if (cmp)
            return cmp;
    }
    return 0;
}

static size_t leaving_row(struct path *w, size_t c)
{
    size_t r = (size_t)-1, last = w->row_of[2 * w->n];
    for (size_t i = 0; i <= w->n; i++)
        if (mpz_sgn(*tableau_cell(&w->t, i, c)) > 0 && (r == (size_t)-1 || compare(w, i, r, c) < 0))
            r = i;
    if (r == (size_t)-1 || r == last || mpz_sgn(*tableau_cell(&w->t, last, c)) <= 0)
        return r;
    /* 1 - t reaches zero at the same moment: that is the end */
    mpz_mul(w->t.a, *tableau_cell(&w->t, last, w->n + 1), *tableau_cell(&w->t, r, c));
    mpz_mul(w->t.b, *tableau_cell(&w->t, r, w->n + 1), *tableau_cell(&w->t, last, c));
    return mpz_cmp(w->t.a, w->t.b) == 0 ? last : r;
}

static enum parley_status follow(struct path *w, const struct parley_progress *progress, struct pair_found *out, struct parley_error *err)
{
    size_t entering = 2 * w->n + 1;
    for (;;) {
        size_t c = w->column_of[entering], r = leaving_row(w, c);
        if (r == (size_t)-1 || out->pivots++ == PIVOTS_MAX)
            return parley_fail(err, PARLEY_ENOCONV, "the path over the sequence form %s", r == (size_t)-1 ? "leaves to infinity" : "takes too long");
        size_t leaving = w->basic[r];
        if (leaving == 2 * w->n)
            out->perfect = mpz_sgn(*tableau_cell(&w->t, r, w->n + 1)) > 0;
        tableau_pivot(&w->t, r, c);
        place(w, entering, r, (size_t)-1);
        place(w, leaving, (size_t)-1, c);
        if (leaving == 2 * w->n)
            return PARLEY_OK;
        if (leaving == 2 * w->n + 1)
            return parley_fail(err, PARLEY_ENOCONV, "the path over the sequence form returned to its start");
        entering = leaving ^ 1;
        if (!parley_tick(progress, (double)out->pivots, 0, "pivots"))
            return parley_fail(err, PARLEY_ECANCELLED, "interrupted after %zu pivots", out->pivots);
    }
}

enum parley_status pair_solve_path(const struct sequence_pair *p, const struct parley_progress *progress, struct pair_found *out, struct parley_error *err)
{
    struct path w = { .p = p, .n = p->s[0]->n + p->s[1]->n - 2, .offset = { 0, p->s[0]->n - 1 } };
    *out = (struct pair_found){ 0 };
    size_t codes = 2 * w.n + 2;
    enum parley_status status = tableau_new(&w.t, w.n + 1, w.n + 2, err);
    w.basic = calloc(6 * codes, sizeof *w.basic);
    if (!status && !w.basic)
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (!status) {
        w.nonbasic = w.basic + codes;
        w.row_of = w.nonbasic + codes;
        w.column_of = w.row_of + codes;
        w.order = w.column_of + codes;
        status = start(&w, err);
    }
    if (!status)
        status = follow(&w, progress, out, err);
    for (size_t k = 0; !status && k < 2; k++) {
        if (!(out->plan[k] = fractions_new(p->s[k]->n))) {
            status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
            break;
        }
        mpq_set_ui(out->plan[k][0], 1, 1);
        for (size_t q = 1; q < p->s[k]->n; q++) {
            size_t row = w.row_of[2 * (w.offset[k] + q - 1)];
            if (row == (size_t)-1)
                continue;
            mpz_set(mpq_numref(out->plan[k][q]), *tableau_cell(&w.t, row, w.n + 1));
            mpz_set(mpq_denref(out->plan[k][q]), w.t.denominator);
            mpq_canonicalize(out->plan[k][q]);
        }
    }
    tableau_release(&w.t);
    free(w.basic);
    if (status)
        pair_found_release(out, p);
    return status;
}
