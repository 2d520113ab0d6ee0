/* Vertex enumeration in doubles with a proof for every vertex.
 *
 * The walk goes from basis to basis of the polytope { z >= 0, M z <= 1 + e r } with an infinitely small e and arbitrary numbers r,
 * so that degenerate vertices split into simple ones. It trusts no rounded number: a set of tight labels is accepted
 * only when an error bound (an approximate inverse R of the tight rows with the norm of 1 - R M below 1) proves that its solution
 * exists and that every other slack is positive, or else is zero (proven modulo primes, zero.c) with a positive part in e.
 * Every edge of an accepted vertex leads to exactly one other vertex, which is accepted in turn or the walk gives up; so the
 * accepted set is closed under adjacency, and the graph of a polytope is connected: it is all of them. */
#include "polytope.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define MANY_LANES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define MANY_LANES
#endif

enum { STRIDE = 64, ROWS = 64, RING = 32 };

struct frame {
    uint8_t row[ROWS];   /* leaving row by column */
    uint8_t next;        /* column to look at next */
    uint64_t tight, zero;
    uint8_t row_in, column_in; /* the pivot that led here */
    bool reordered;            /* undoing it does not lead back */
};

struct walk {
    const struct polytope *p;
    size_t stride;
    double *t;             /* [k][stride]: coefficients, the right side in column d, its part in e in column d + 1 */
    uint8_t basic[ROWS], nonbasic[ROWS]; /* labels: structural c, slack d + r */
    uint64_t tight;        /* labels of the nonbasic variables */
    struct frame *frame;
    size_t depth, cap;
    struct { double *t; uint8_t basic[ROWS], nonbasic[ROWS]; size_t depth; } ring[RING]; /* copies of tableaus on the way */
    double r[ROWS];        /* directions of the loosening, by row */
    uint64_t zero;         /* labels of basic variables that are zero at the present vertex */
    uint64_t *seen;        /* open addressing; the empty set of labels does not occur */
    size_t n_seen, cap_seen;
    struct vertices *out;
    size_t cap_out;
};

/* --- arithmetic ------------------------------------------------------------------------------------- */

typedef double lanes __attribute__((vector_size(32), aligned(8)));
typedef int64_t bits __attribute__((vector_size(32), aligned(8)));
/* mask ? a : b, lane by lane */
#define CHOOSE(mask, a, b) ((lanes)(((mask) & (bits)(a)) | (~(mask) & (bits)(b))))

MANY_LANES static void pivot(double *restrict t, size_t k, size_t stride, size_t r, size_t c)
{
    double *restrict row = t + r * stride, inverse = 1 / row[c], f[ROWS];
    for (size_t i = 0; i < k; i++) {
        f[i] = i == r ? 0 : t[i * stride + c];
        t[i * stride + c] = 0;
    }
    row[c] = 1;
    for (size_t j = 0; j < stride; j += 4) {
        lanes pivot_row = *(const lanes *)(row + j) * inverse;
        for (size_t i = 0; i < k; i++)
            *(lanes *)(t + i * stride + j) -= pivot_row * f[i];
        *(lanes *)(row + j) = pivot_row;
    }
}

/* For every column the row that limits it, the largest coefficient over right side; which columns are close to a tie. */
MANY_LANES static uint64_t limits(const double *restrict t, size_t k, size_t d, size_t stride, uint8_t out[ROWS])
{
    double inverse[ROWS], best[STRIDE], second[STRIDE], which[STRIDE];
    for (size_t i = 0; i < k; i++)
        inverse[i] = 1 / t[i * stride + d];
    for (size_t j = 0; j < d; j += 4) {
        lanes top = { 0 }, next = { 0 }, at = { 0 };
        for (size_t i = 0; i < k; i++) {
            lanes s = *(const lanes *)(t + i * stride + j) * inverse[i], number = { (double)i, (double)i, (double)i, (double)i };
            bits above = s > top;
            lanes low = CHOOSE(above, top, s);
            next = CHOOSE(low > next, low, next);
            at = CHOOSE(above, number, at);
            top = CHOOSE(above, s, top);
        }
        *(lanes *)(best + j) = top;
        *(lanes *)(second + j) = next;
        *(lanes *)(which + j) = at;
    }
    uint64_t tied = 0;
    for (size_t j = 0; j < d; j++) {
        out[j] = (uint8_t)which[j];
        tied |= (uint64_t)(second[j] > best[j] * (1 - 1e-9)) << j;
    }
    return tied;
}

/* The row that limits column c when ratios tie or right sides are zero: the part in e decides. */
static size_t limit_tied(const double *t, size_t k, size_t d, size_t stride, size_t c)
{
    size_t best = 0;
    double b = INFINITY, e = INFINITY;
    for (size_t i = 0; i < k; i++) {
        const double *row = t + i * stride;
        if (!(row[c] > 1e-11))
            continue;
        double ratio = row[d] / row[c], small = row[d + 1] / row[c];
        if (b == INFINITY || ratio < b - 1e-9 * fabs(b) || (ratio <= b + 1e-9 * fabs(b) && small < e)) {
            best = i;
            b = ratio;
            e = small;
        }
    }
    return best;
}

/* Norm of 1 - R M and of R, for s x s matrices, rows padded to a multiple of four. */
MANY_LANES static double defect(size_t s, const double *restrict R, const double *restrict M, double *norm_r)
{
    double worst = 0, widest = 0;
    size_t wide = (s + 3) & ~(size_t)3;
    for (size_t i = 0; i < s; i++) {
        double e[ROWS] = { 0 }, sum = 0, size = 0;
        for (size_t l = 0; l < s; l++) {
            double r = R[i * wide + l];
            size += fabs(r);
            for (size_t j = 0; j < wide; j++)
                e[j] += r * M[l * wide + j];
        }
        e[i] -= 1;
        for (size_t j = 0; j < s; j++)
            sum += fabs(e[j]);
        worst = sum > worst ? sum : worst;
        widest = size > widest ? size : widest;
    }
    *norm_r = widest;
    return worst;
}

/* --- the proof -------------------------------------------------------------------------------------- */

/* The square system of the present basis: rows that are tight, columns that are in use. */
struct square {
    size_t s, wide;
    double R[ROWS * ROWS], M[ROWS * ROWS], z[ROWS], error; /* z is within `error` of the solution */
    uint8_t support[ROWS], in_row[ROWS], tight[ROWS];
    double norm_r, beta, u;
};

static bool gather(const struct walk *w, struct square *q)
{
    const struct polytope *p = w->p;
    uint8_t in_column[ROWS];
    size_t n = 0;
    double largest = 0;
    q->s = 0;
    for (size_t i = 0; i < p->k; i++)
        if (w->basic[i] < p->d) {
            q->support[q->s] = w->basic[i];
            q->in_row[q->s++] = (uint8_t)i;
        }
    for (size_t j = 0; j < p->d; j++)
        if (w->nonbasic[j] >= p->d) {
            q->tight[n] = (uint8_t)(w->nonbasic[j] - p->d);
            in_column[n++] = (uint8_t)j;
        }
    if (q->s != n)
        return false;
    q->wide = (n + 3) & ~(size_t)3;
    for (size_t i = 0; i < n; i++) {
        q->z[i] = w->t[q->in_row[i] * w->stride + p->d];
        for (size_t j = 0; j < n; j++) {
            q->R[i * q->wide + j] = w->t[q->in_row[i] * w->stride + in_column[j]];
            double m = q->M[i * q->wide + j] = p->f[q->tight[i] * p->d + q->support[j]];
            largest = m > largest ? m : largest;
        }
        for (size_t j = n; j < q->wide; j++)
            q->M[i * q->wide + j] = 0;
    }
    q->u = (double)(n + 4) * DBL_EPSILON;
    q->beta = defect(n, q->R, q->M, &q->norm_r);
    q->beta += 2 * q->u * q->norm_r * largest * (double)n;
    return q->beta < .5;
}

/* How far x may be from the solution of M x = right. */
static double distance(const struct square *q, const double *x, const double *right)
{
    double residual = 0;
    for (size_t i = 0; i < q->s; i++) {
        double sum = 0, size = 0;
        for (size_t j = 0; j < q->s; j++) {
            sum += q->M[i * q->wide + j] * x[j];
            size += fabs(q->M[i * q->wide + j] * x[j]);
        }
        double want = right ? right[q->tight[i]] : 1, off = fabs(want - sum) + 2 * q->u * (size + fabs(want));
        residual = off > residual ? off : residual;
    }
    return 1.0001 * q->norm_r * residual / (1 - q->beta);
}

/* The parts in e of the basic variables that are zero must be positive. */
static bool loosened(const struct walk *w, const struct square *q)
{
    const size_t d = w->p->d;
    double rho[ROWS];
    for (size_t i = 0; i < q->s; i++)
        rho[i] = w->t[q->in_row[i] * w->stride + d + 1];
    double error = distance(q, rho, w->r);
    for (size_t i = 0; i < q->s; i++)
        if (w->zero >> q->support[i] & 1 && !(rho[i] > error))
            return false;
    for (size_t r = 0; r < w->p->k; r++) {
        if (!(w->zero >> (d + r) & 1))
            continue;
        double sum = 0, size = 0, terms = 0;
        for (size_t j = 0; j < q->s; j++) {
            double m = w->p->f[r * d + q->support[j]];
            sum += m * rho[j];
            terms += fabs(m * rho[j]);
            size += m;
        }
        if (!(w->r[r] - sum > 1.0001 * (size * error + 2 * q->u * (w->r[r] + terms))))
            return false;
    }
    return true;
}

/* Is the present basis one of the loosened polytope? Fills w->zero. */
static bool proven(struct walk *w)
{
    const struct polytope *p = w->p;
    const size_t k = p->k, d = p->d;
    struct square q;
    w->zero = 0;
    if (!gather(w, &q))
        return false;
    double error = distance(&q, q.z, NULL);
    for (size_t i = 0; i < q.s; i++)
        if (!(q.z[i] > error)) {
            if (q.z[i] < -error)
                return false;
            w->zero |= (uint64_t)1 << q.support[i];
        }
    for (size_t r = 0; r < k; r++) {
        if (w->tight >> (d + r) & 1)
            continue;
        double sum = 0, size = 0;
        for (size_t j = 0; j < q.s; j++) {
            double m = p->f[r * d + q.support[j]];
            sum += m * q.z[j];
            size += m;
        }
        double bound = 1.0001 * (size * error + 2 * q.u * (1 + sum));
        if (!(1 - sum > bound)) {
            if (1 - sum < -bound)
                return false;
            w->zero |= (uint64_t)1 << (d + r);
        }
    }
    return !w->zero || (zero_proven(p, q.support, q.tight, q.s, w->zero) && loosened(w, &q));
}

/* --- the walk --------------------------------------------------------------------------------------- */

static void start(struct walk *w)
{
    const struct polytope *p = w->p;
    memset(w->t, 0, p->k * w->stride * sizeof *w->t);
    w->tight = 0;
    for (size_t i = 0; i < p->k; i++) {
        for (size_t j = 0; j < p->d; j++)
            w->t[i * w->stride + j] = p->f[i * p->d + j];
        w->t[i * w->stride + p->d] = 1;
        w->t[i * w->stride + p->d + 1] = w->r[i];
        w->basic[i] = (uint8_t)(p->d + i);
    }
    for (size_t j = 0; j < p->d; j++) {
        w->nonbasic[j] = (uint8_t)j;
        w->tight |= (uint64_t)1 << j;
    }
}

static void move(struct walk *w, size_t r, size_t c)
{
    pivot(w->t, w->p->k, w->stride, r, c);
    w->tight ^= (uint64_t)1 << w->basic[r] ^ (uint64_t)1 << w->nonbasic[c];
    uint8_t swap = w->basic[r];
    w->basic[r] = w->nonbasic[c];
    w->nonbasic[c] = swap;
}

/* The tableau of the present labels afresh from the data: rounding errors of a long walk are forgotten. The order of rows
 * and columns may change. */
static bool refresh(struct walk *w)
{
    uint64_t target = w->tight;
    const size_t d = w->p->d, k = w->p->k;
    start(w);
    for (;;) {
        double best = 0;
        size_t r = 0, c = 0;
        for (size_t j = 0; j < d; j++) {
            if (target >> w->nonbasic[j] & 1)
                continue;
            for (size_t i = 0; i < k; i++)
                if (target >> w->basic[i] & 1 && fabs(w->t[i * w->stride + j]) > best) {
                    best = fabs(w->t[i * w->stride + j]);
                    r = i;
                    c = j;
                }
        }
        if (w->tight == target)
            return true;
        if (best == 0)
            return false;
        move(w, r, c);
    }
}

static size_t slot_of(const uint64_t *seen, size_t cap, uint64_t key)
{
    size_t at = (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & (cap - 1);
    while (seen[at] && seen[at] != key)
        at = (at + 1) & (cap - 1);
    return at;
}

/* Note a label set; *fresh when it was not known. */
static bool note(struct walk *w, uint64_t key, bool *fresh)
{
    if (2 * w->n_seen >= w->cap_seen) {
        size_t cap = w->cap_seen ? 4 * w->cap_seen : 1024;
        uint64_t *grown = calloc(cap, sizeof *grown);
        if (!grown)
            return false;
        for (size_t i = 0; i < w->cap_seen; i++)
            if (w->seen[i])
                grown[slot_of(grown, cap, w->seen[i])] = w->seen[i];
        free(w->seen);
        w->seen = grown;
        w->cap_seen = cap;
    }
    size_t at = slot_of(w->seen, w->cap_seen, key);
    *fresh = !w->seen[at];
    if (*fresh) {
        w->seen[at] = key;
        w->n_seen++;
    }
    return true;
}

static bool known(const struct walk *w, uint64_t key) { return w->seen[slot_of(w->seen, w->cap_seen, key)] != 0; }

/* The row that would leave for every column. */
static void find_edges(struct walk *w, struct frame *f)
{
    const size_t k = w->p->k, d = w->p->d;
    for (size_t i = 0; w->zero && i < k; i++)
        if (w->zero >> w->basic[i] & 1)
            w->t[i * w->stride + d] = 0;
    uint64_t tied = w->zero ? ~(uint64_t)0 : limits(w->t, k, d, w->stride, f->row);
    for (size_t c = 0; tied && c < d; c++)
        if (tied >> c & 1)
            f->row[c] = (uint8_t)limit_tied(w->t, k, d, w->stride, c);
    f->next = 0;
}

/* Enter the present vertex: prove it, list it, find its edges. */
static enum parley_status enter(struct walk *w, size_t row, size_t column, bool *certain, struct parley_error *err)
{
    bool fresh;
    bool reordered = false;
    *certain = proven(w) || ((reordered = true) && refresh(w) && proven(w));
    if (!*certain)
        return PARLEY_OK;
    if (w->out->n == w->cap_out) {
        size_t cap = w->cap_out ? 2 * w->cap_out : 256;
        struct labels *grown = realloc(w->out->tight, cap * sizeof *grown);
        if (!grown)
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
        w->out->tight = grown;
        w->cap_out = cap;
    }
    w->out->tight[w->out->n++] = (struct labels){ { w->tight | w->zero } };
    w->out->simple &= !w->zero;
    if (w->depth == w->cap) {
        size_t cap = w->cap ? 2 * w->cap : 256;
        struct frame *grown = realloc(w->frame, cap * sizeof *grown);
        if (!grown)
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
        w->frame = grown;
        w->cap = cap;
    }
    struct frame *f = &w->frame[w->depth++];
    f->tight = w->tight;
    f->zero = w->zero;
    f->row_in = (uint8_t)row;
    f->column_in = (uint8_t)column;
    f->reordered = reordered;
    find_edges(w, f);
    return note(w, w->tight, &fresh) ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

static void save(struct walk *w)
{
    size_t at = w->depth % RING;
    memcpy(w->ring[at].t, w->t, w->p->k * w->stride * sizeof *w->t);
    memcpy(w->ring[at].basic, w->basic, sizeof w->basic);
    memcpy(w->ring[at].nonbasic, w->nonbasic, sizeof w->nonbasic);
    w->ring[at].depth = w->depth;
}

/* Back to the tableau of the vertex at w->depth, from a copy if there is one, else by undoing the pivot, else from the data. */
static bool restore(struct walk *w)
{
    struct frame *f = &w->frame[w->depth - 1], *left = f + 1;
    size_t at = w->depth % RING;
    w->zero = f->zero;
    if (w->ring[at].depth == w->depth) {
        memcpy(w->t, w->ring[at].t, w->p->k * w->stride * sizeof *w->t);
        memcpy(w->basic, w->ring[at].basic, sizeof w->basic);
        memcpy(w->nonbasic, w->ring[at].nonbasic, sizeof w->nonbasic);
        w->tight = f->tight;
        return true;
    }
    if (!left->reordered) {
        move(w, left->row_in, left->column_in);
        return true;
    }
    w->tight = f->tight;
    if (!refresh(w))
        return false;
    find_edges(w, f); /* rows and columns may stand in another order now */
    f->reordered = true;
    return true;
}

static enum parley_status go(struct walk *w, size_t max, const struct parley_progress *progress, bool *certain, struct parley_error *err)
{
    enum parley_status status = enter(w, 0, 0, certain, err);
    while (!status && *certain && w->depth) {
        struct frame *f = &w->frame[w->depth - 1];
        size_t d = w->p->d, c = f->next;
        for (; c < d; c++)
            if (!known(w, w->tight ^ (uint64_t)1 << w->nonbasic[c] ^ (uint64_t)1 << w->basic[f->row[c]]))
                break;
        if (c == d) {
            w->depth--;
            *certain = !w->depth || restore(w);
            continue;
        }
        f->next = (uint8_t)(c + 1);
        size_t r = f->row[c];
        save(w);
        move(w, r, c);
        uint64_t wanted = w->tight;
        status = enter(w, r, c, certain, err);
        if (!status && *certain && w->tight != wanted)
            *certain = false;
        if (!status && w->out->n > max)
            status = parley_fail(err, PARLEY_ELIMIT, "more than %zu vertices", max);
        if (!status && w->out->n % 4096 == 0 && !parley_tick(progress, (double)w->out->n, 0, "vertices"))
            status = parley_fail(err, PARLEY_ECANCELLED, "interrupted after %zu vertices", w->out->n);
    }
    return status;
}

/* Several bases of one degenerate vertex become one entry; the origin stays first. */
static bool distinct(struct vertices *v)
{
    struct label_table table = { 0 };
    size_t n = 0;
    bool ok = true, fresh;
    for (size_t i = 0; ok && i < v->n; i++) {
        ok = label_table_add(&table, &v->tight[i], &fresh);
        if (fresh)
            v->tight[n++] = v->tight[i];
    }
    v->n = n;
    label_table_release(&table);
    return ok;
}

enum parley_status vertices_fast(const struct polytope *p, size_t max, const struct parley_progress *progress, struct vertices *out, bool *certain,
                                 struct parley_error *err)
{
    *out = (struct vertices){ .simple = true };
    *certain = false;
    if (!p->f || p->k + p->d > 64 || p->d + 2 > STRIDE || p->k > ROWS)
        return PARLEY_OK;
    struct walk w = { .p = p, .out = out, .stride = (p->d + 2 + 3) & ~(size_t)3 };
    size_t size = p->k * w.stride;
    double *memory = malloc((RING + 1) * size * sizeof *memory);
    enum parley_status status = memory ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (!status) {
        w.t = memory;
        for (size_t i = 0; i < RING; i++)
            w.ring[i].t = memory + (i + 1) * size;
        for (size_t i = 0; i < p->k; i++) /* scattered in (1, 2) */
            w.r[i] = 1 + fmod((double)(i + 1) * .6180339887498949, 1);
        start(&w);
        status = go(&w, max, progress, certain, err);
    }
    if (!status && *certain && !out->simple && !distinct(out))
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    free(memory);
    free(w.frame);
    free(w.seen);
    if (status || !*certain) {
        free(out->tight);
        *out = (struct vertices){ 0 };
    }
    return status;
}
