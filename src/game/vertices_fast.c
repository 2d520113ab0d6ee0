/* Vertex enumeration in doubles with a proof for every vertex.
 *
 * The walk goes from vertex to vertex along edges. It trusts no rounded number: a set of tight labels is accepted only when an
 * error bound (an approximate inverse R of the tight rows, with the norm of 1 - R M below 1) proves that its solution exists
 * and that all other slacks are positive. Every edge of an accepted vertex leads to exactly one other vertex, which is accepted in
 * turn or the walk gives up; so the accepted set is closed under adjacency, and the graph of a polytope is connected: it
 * is all of them. */
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
    uint64_t tight;
};

struct walk {
    const struct polytope *p;
    size_t stride;
    double *t;             /* [k][stride]: coefficients, then the right side in column d */
    uint8_t basic[ROWS], nonbasic[ROWS]; /* labels: structural c, slack d + r */
    uint64_t tight;        /* labels of the nonbasic variables */
    struct frame *frame;
    size_t depth, cap;
    struct { double *t; uint8_t basic[ROWS], nonbasic[ROWS]; size_t depth; } ring[RING];
    uint64_t *seen;        /* open addressing; the empty set of labels does not occur */
    size_t n_seen, cap_seen;
    struct vertices *out;
    size_t cap_out;
};

/* --- arithmetic ------------------------------------------------------------------------------------- */

MANY_LANES static void pivot(double *restrict t, size_t k, size_t stride, size_t r, size_t c)
{
    double *restrict row = t + r * stride, inverse = 1 / row[c];
    row[c] = 1;
    for (size_t j = 0; j < stride; j++)
        row[j] *= inverse;
    for (size_t i = 0; i < k; i++) {
        if (i == r)
            continue;
        double *restrict other = t + i * stride, f = other[c];
        other[c] = 0;
        for (size_t j = 0; j < stride; j++)
            other[j] -= f * row[j];
    }
}

/* For every column the row that limits it: the largest coefficient over right side. */
MANY_LANES static void limits(const double *restrict t, size_t k, size_t d, size_t stride, uint8_t out[ROWS])
{
    double best[STRIDE], which[STRIDE];
    for (size_t j = 0; j < stride; j++)
        best[j] = which[j] = 0;
    for (size_t i = 0; i < k; i++) {
        const double *restrict row = t + i * stride;
        double inverse = 1 / row[d], number = (double)i;
        for (size_t j = 0; j < stride; j++) {
            double s = row[j] * inverse;
            which[j] = s > best[j] ? number : which[j];
            best[j] = s > best[j] ? s : best[j];
        }
    }
    for (size_t j = 0; j < d; j++)
        out[j] = (uint8_t)which[j];
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

/* Is the present set of tight labels a vertex with exactly these labels? */
static bool proven(const struct walk *w)
{
    const struct polytope *p = w->p;
    const size_t k = p->k, d = p->d;
    double R[ROWS * ROWS], M[ROWS * ROWS], z[ROWS];
    uint8_t support[ROWS], in_row[ROWS], tight[ROWS], in_column[ROWS];
    size_t s = 0, n = 0;
    for (size_t i = 0; i < k; i++)
        if (w->basic[i] < d) {
            support[s] = w->basic[i];
            in_row[s++] = (uint8_t)i;
        }
    for (size_t j = 0; j < d; j++)
        if (w->nonbasic[j] >= d) {
            tight[n] = (uint8_t)(w->nonbasic[j] - d);
            in_column[n++] = (uint8_t)j;
        }
    if (s != n)
        return false;
    double largest = 0;
    size_t wide = (s + 3) & ~(size_t)3;
    for (size_t i = 0; i < s; i++) {
        z[i] = w->t[in_row[i] * w->stride + d];
        for (size_t j = 0; j < s; j++) {
            R[i * wide + j] = w->t[in_row[i] * w->stride + in_column[j]];
            double m = M[i * wide + j] = p->f[tight[i] * d + support[j]];
            largest = m > largest ? m : largest;
        }
        for (size_t j = s; j < wide; j++)
            M[i * wide + j] = 0;
        if (!(z[i] > 0))
            return false;
    }
    double norm_r, u = (double)(s + 4) * DBL_EPSILON, beta = defect(s, R, M, &norm_r);
    beta += u * norm_r * largest * (double)s * 2;
    if (!(beta < .5))
        return false;
    /* |M| |z| is about 1 in every tight row, so the residual is rounded by about u */
    double residual = 0;
    for (size_t i = 0; i < s; i++) {
        double sum = 0;
        for (size_t j = 0; j < s; j++)
            sum += M[i * wide + j] * z[j];
        double off = fabs(1 - sum) + 2 * u * sum;
        residual = off > residual ? off : residual;
    }
    double error = 1.0001 * norm_r * residual / (1 - beta);
    for (size_t i = 0; i < s; i++)
        if (!(z[i] > error))
            return false;
    for (size_t r = 0; r < k; r++) {
        if (w->tight >> (d + r) & 1)
            continue;
        double sum = 0, size = 0;
        for (size_t j = 0; j < s; j++) {
            double m = p->f[r * d + support[j]];
            sum += m * z[j];
            size += m;
        }
        if (!(1 - sum > 1.0001 * (size * error + 2 * u * (1 + sum))))
            return false;
    }
    return true;
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

/* Enter the present vertex: prove it, list it, find its edges. */
static enum parley_status enter(struct walk *w, bool *certain, struct parley_error *err)
{
    bool fresh;
    *certain = proven(w) || (refresh(w) && proven(w));
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
    w->out->tight[w->out->n++] = (struct labels){ { w->tight } };
    if (w->depth == w->cap) {
        size_t cap = w->cap ? 2 * w->cap : 256;
        struct frame *grown = realloc(w->frame, cap * sizeof *grown);
        if (!grown)
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
        w->frame = grown;
        w->cap = cap;
    }
    struct frame *f = &w->frame[w->depth++];
    f->next = 0;
    f->tight = w->tight;
    limits(w->t, w->p->k, w->p->d, w->stride, f->row);
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

/* Back to the tableau of the vertex at w->depth, from a copy if there is one, else from the data. */
static bool restore(struct walk *w)
{
    struct frame *f = &w->frame[w->depth - 1];
    size_t at = w->depth % RING;
    w->tight = f->tight;
    if (w->ring[at].depth == w->depth) {
        memcpy(w->t, w->ring[at].t, w->p->k * w->stride * sizeof *w->t);
        memcpy(w->basic, w->ring[at].basic, sizeof w->basic);
        memcpy(w->nonbasic, w->ring[at].nonbasic, sizeof w->nonbasic);
        return true;
    }
    if (!refresh(w))
        return false;
    f->next = 0; /* rows and columns may stand in another order now */
    limits(w->t, w->p->k, w->p->d, w->stride, f->row);
    return true;
}

static enum parley_status go(struct walk *w, size_t max, const struct parley_progress *progress, bool *certain, struct parley_error *err)
{
    enum parley_status status = enter(w, certain, err);
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
        status = enter(w, certain, err);
        if (!status && *certain && w->tight != wanted)
            *certain = false;
        if (!status && w->out->n > max)
            status = parley_fail(err, PARLEY_ELIMIT, "more than %zu vertices", max);
        if (!status && w->out->n % 4096 == 0 && !parley_tick(progress, (double)w->out->n, 0, "vertices"))
            status = parley_fail(err, PARLEY_ECANCELLED, "interrupted after %zu vertices", w->out->n);
    }
    return status;
}

enum parley_status vertices_fast(const struct polytope *p, size_t max, const struct parley_progress *progress, struct vertices *out, bool *certain,
                                 struct parley_error *err)
{
    *out = (struct vertices){ .simple = true };
    *certain = false;
    if (!p->f || p->k + p->d > 64 || p->d + 1 > STRIDE || p->k > ROWS)
        return PARLEY_OK;
    struct walk w = { .p = p, .out = out, .stride = (p->d + 1 + 3) & ~(size_t)3 };
    size_t size = p->k * w.stride;
    double *memory = malloc((RING + 1) * size * sizeof *memory);
    enum parley_status status = memory ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (!status) {
        w.t = memory;
        for (size_t i = 0; i < RING; i++)
            w.ring[i].t = memory + (i + 1) * size;
        start(&w);
        status = go(&w, max, progress, certain, err);
    }
    free(memory);
    free(w.frame);
    free(w.seen);
    if (status || !*certain) {
        free(out->tight);
        *out = (struct vertices){ 0 };
    }
    return status;
}
