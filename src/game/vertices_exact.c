/* Vertex enumeration in whole numbers (Edmonds and Bareiss: all entries over one common denominator), for any polytope.
 *
 * The rule of lexicographically smallest ratios is the walk on the simple polytope that one gets by loosening row j by a tiny
 * e^j; all its bases are visited, and each vertex of the true polytope is the limit of some of them. */
#include "polytope.h"

#include <stdlib.h>
#include <string.h>

struct exact_walk {
    const struct polytope *p;
    mpz_t *t, denominator, a, b; /* t: [k][d + 1] */
    size_t *basic, *nonbasic;    /* labels */
    size_t *column_of, *row_of;  /* by label: where it stands, (size_t)-1 if not there */
    struct labels tight;
    struct { size_t row, column, next; } *frame;
    size_t depth, cap;
    struct label_table seen, found;
    struct vertices *out;
    size_t cap_out;
};

#define CELL(w, i, j) ((w)->t[(i) * ((w)->p->d + 1) + (j)])
#define NOT_THERE ((size_t)-1)

static void pivot(struct exact_walk *w, size_t r, size_t c)
{
    size_t k = w->p->k, d = w->p->d;
    for (size_t i = 0; i < k; i++) {
        if (i == r)
            continue;
        for (size_t j = 0; j <= d; j++) {
            if (j == c)
                continue;
            mpz_mul(w->a, CELL(w, i, j), CELL(w, r, c));
            mpz_submul(w->a, CELL(w, i, c), CELL(w, r, j));
            mpz_divexact(CELL(w, i, j), w->a, w->denominator);
        }
        mpz_neg(CELL(w, i, c), CELL(w, i, c));
    }
    mpz_swap(w->denominator, CELL(w, r, c));
    if (mpz_sgn(w->denominator) < 0) { /* keep the denominator positive */
        mpz_neg(w->denominator, w->denominator);
        for (size_t i = 0; i < k; i++)
            for (size_t j = 0; j <= d; j++)
                mpz_neg(CELL(w, i, j), CELL(w, i, j));
    }
    size_t in = w->nonbasic[c], out = w->basic[r];
    w->basic[r] = in;
    w->nonbasic[c] = out;
    w->row_of[in] = r;
    w->column_of[in] = NOT_THERE;
    w->column_of[out] = c;
    w->row_of[out] = NOT_THERE;
    labels_flip(&w->tight, in);
    labels_flip(&w->tight, out);
}

/* Sign of x1/t1 - x2/t2, t1 and t2 positive. */
static int compare_scaled(struct exact_walk *w, mpz_srcptr x1, mpz_srcptr t1, mpz_srcptr x2, mpz_srcptr t2)
{
    mpz_mul(w->a, x1, t2);
    mpz_mul(w->b, x2, t1);
    return mpz_cmp(w->a, w->b);
}

/* Is row i a smaller limit than row best for column c, lexicographically? Both entries of column c are positive. */
static bool smaller(struct exact_walk *w, size_t i, size_t best, size_t c)
{
    size_t d = w->p->d;
    int cmp = compare_scaled(w, CELL(w, i, d), CELL(w, i, c), CELL(w, best, d), CELL(w, best, c));
    for (size_t j = 0; cmp == 0 && j < w->p->k; j++) {
        size_t at = w->column_of[d + j];
        if (at != NOT_THERE)
            cmp = compare_scaled(w, CELL(w, i, at), CELL(w, i, c), CELL(w, best, at), CELL(w, best, c));
        else if (w->row_of[d + j] == i)
            cmp = 1;
        else if (w->row_of[d + j] == best)
            cmp = -1;
    }
    return cmp < 0;
}

static size_t leaving(struct exact_walk *w, size_t c)
{
    size_t best = NOT_THERE;
    for (size_t i = 0; i < w->p->k; i++)
        if (mpz_sgn(CELL(w, i, c)) > 0 && (best == NOT_THERE || smaller(w, i, best, c)))
            best = i;
    return best;
}

/* List the vertex of the present basis, unless another basis of it was here before. */
static bool list(struct exact_walk *w)
{
    struct labels tight = w->tight;
    bool fresh;
    for (size_t i = 0; i < w->p->k; i++)
        if (mpz_sgn(CELL(w, i, w->p->d)) == 0)
            labels_flip(&tight, w->basic[i]);
    if (!label_table_add(&w->found, &tight, &fresh))
        return false;
    if (!fresh)
        return true;
    if (w->out->n == w->cap_out) {
        size_t cap = w->cap_out ? 2 * w->cap_out : 64;
        struct labels *grown = realloc(w->out->tight, cap * sizeof *grown);
        if (!grown)
            return false;
        w->out->tight = grown;
        w->cap_out = cap;
    }
    w->out->tight[w->out->n++] = tight;
    w->out->simple &= labels_equal(&tight, &w->tight);
    return true;
}

static bool enter(struct exact_walk *w, size_t row, size_t column)
{
    bool fresh;
    if (w->depth == w->cap) {
        size_t cap = w->cap ? 2 * w->cap : 64;
        void *grown = realloc(w->frame, cap * sizeof *w->frame);
        if (!grown)
            return false;
        w->frame = grown;
        w->cap = cap;
    }
    w->frame[w->depth].row = row;
    w->frame[w->depth].column = column;
    w->frame[w->depth++].next = 0;
    return label_table_add(&w->seen, &w->tight, &fresh) && list(w);
}

static enum parley_status go(struct exact_walk *w, size_t max, const struct parley_progress *progress, struct parley_error *err)
{
    if (!enter(w, 0, 0))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    while (w->depth) {
        size_t c = w->frame[w->depth - 1].next++;
        if (c == w->p->d) {
            w->depth--;
            if (w->depth)
                pivot(w, w->frame[w->depth].row, w->frame[w->depth].column);
            continue;
        }
        size_t r = leaving(w, c);
        if (r == NOT_THERE)
            continue; /* cannot happen: the polytope is bounded */
        struct labels next = w->tight;
        labels_flip(&next, w->nonbasic[c]);
        labels_flip(&next, w->basic[r]);
        if (label_table_has(&w->seen, &next))
            continue;
        if (w->seen.n >= max)
            return parley_fail(err, PARLEY_ELIMIT, "more than %zu bases of a degenerate game", max);
        if (w->seen.n % 256 == 0 && !parley_tick(progress, (double)w->seen.n, 0, "bases"))
            return parley_fail(err, PARLEY_ECANCELLED, "interrupted after %zu bases", w->seen.n);
        pivot(w, r, c);
        if (!enter(w, r, c))
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    }
    return PARLEY_OK;
}

static void start(struct exact_walk *w)
{
    const struct polytope *p = w->p;
    for (size_t i = 0; i < p->k; i++) {
        for (size_t j = 0; j < p->d; j++)
            mpz_init_set(CELL(w, i, j), p->m[i * p->d + j]);
        mpz_init_set_ui(CELL(w, i, p->d), 1);
        w->basic[i] = p->d + i;
        w->row_of[p->d + i] = i;
        w->column_of[p->d + i] = NOT_THERE;
    }
    for (size_t j = 0; j < p->d; j++) {
        w->nonbasic[j] = j;
        w->column_of[j] = j;
        w->row_of[j] = NOT_THERE;
        labels_flip(&w->tight, j);
    }
}

enum parley_status vertices_exact(const struct polytope *p, size_t max, const struct parley_progress *progress, struct vertices *out,
                                  struct parley_error *err)
{
    size_t k = p->k, d = p->d;
    struct exact_walk w = { .p = p, .out = out };
    *out = (struct vertices){ .simple = true };
    w.t = calloc(k * (d + 1), sizeof *w.t);
    size_t *places = calloc(3 * (k + d), sizeof *places);
    if (!w.t || !places) {
        free(w.t);
        free(places);
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    }
    w.basic = places;
    w.nonbasic = places + k;
    w.column_of = places + (k + d);
    w.row_of = places + 2 * (k + d);
    mpz_init_set_ui(w.denominator, 1);
    mpz_inits(w.a, w.b, NULL);
    start(&w);
    enum parley_status status = go(&w, max, progress, err);
    for (size_t i = 0; i < k * (d + 1); i++)
        mpz_clear(w.t[i]);
    mpz_clears(w.denominator, w.a, w.b, NULL);
    free(w.t);
    free(places);
    free(w.frame);
    label_table_release(&w.seen);
    label_table_release(&w.found);
    if (status) {
        free(out->tight);
        *out = (struct vertices){ 0 };
    }
    return status;
}
