#include "hawkes_pass.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REACH = 40 }; /* decay * length of a block at most: E stays below exp(40) */

bool hawkes_prepare(const struct parley_marked *e, double decay, struct hawkes_prepared *p)
{
    *p = (struct hawkes_prepared){ .n = e->n, .types = e->types, .width = (e->types + 3) / 4 * 4, .decay = decay, .span = e->span };
    p->scale = malloc((e->n + 1) * sizeof *p->scale);
    p->code = malloc((e->n + 1) * sizeof *p->code);
    p->log_scale = calloc(3 * e->types, sizeof *p->log_scale);
    size_t blocks = 1;
    double begin = e->n ? e->time[0] : 0;
    for (size_t i = 0; i < e->n; i++)
        if (decay * (e->time[i] - begin) > REACH)
            blocks++, begin = e->time[i];
    p->block = malloc(blocks * sizeof *p->block);
    if (!p->scale || !p->code || !p->log_scale || !p->block) {
        hawkes_prepared_release(p);
        return false;
    }
    p->exposure = p->log_scale + e->types, p->count = p->exposure + e->types;
    begin = e->n ? e->time[0] : 0;
    p->block[p->n_blocks++] = (struct hawkes_block){ 0, 0 };
    for (size_t i = 0; i < e->n; i++) {
        double x = decay * (e->time[i] - begin);
        if (x > REACH) {
            p->block[p->n_blocks++] = (struct hawkes_block){ i, exp(-x) };
            begin = e->time[i], x = 0;
        }
        uint16_t k = e->type[i];
        p->scale[i] = exp(x);
        p->log_scale[k] += x;
        p->code[i] = (uint16_t)(k | (i + 1 < e->n && e->time[i + 1] == e->time[i] ? HAWKES_TIED : 0));
        p->exposure[k] -= expm1(-decay * (e->span - e->time[i]));
        p->count[k]++;
    }
    return true;
}

void hawkes_prepared_release(struct hawkes_prepared *p)
{
    free(p->scale);
    free(p->code);
    free(p->block);
    free(p->log_scale);
    *p = (struct hawkes_prepared){ 0 };
}

#define SPECIALISED static inline __attribute__((always_inline))

/* A sum of logarithms with one logarithm for many factors. */
struct log_product { double product, sum; };

SPECIALISED void times(struct log_product *l, double x)
{
    l->product *= x;
    if (__builtin_expect(!(l->product > 1e-100 && l->product < 1e100), 0)) {
        l->sum += log(l->product);
        l->product = 1;
    }
}

/* C += E at one place: four at a time, because a wide read right after a narrow write waits for the write. */
SPECIALISED void add_event(double *restrict c, double *restrict d, const double *restrict columns, size_t k, double scale, size_t width)
{
    static const double unit[4][4] = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
    const double *column = columns + k * width, *one = unit[k % 4];
    double *four = c + k / 4 * 4;
    for (size_t b = 0; b < 4; b++)
        four[b] += scale * one[b];
    for (size_t b = 0; b < width; b++)
        d[b] += scale * column[b];
}

SPECIALISED void begin_block(double *restrict c, double *restrict d, const double *restrict columns, size_t types, size_t width, double factor)
{
    for (size_t b = 0; b < width; b++)
        c[b] *= factor, d[b] = 0;
    for (size_t j = 0; j < types; j++)
        for (size_t b = 0; b < width; b++)
            d[b] += c[j] * columns[j * width + b];
}

SPECIALISED void add_hessian(double *restrict h, const double *restrict c, double by_mu, double both, size_t width)
{
    for (size_t b = 0; b < width; b++)
        h[b] += by_mu * c[b];
    for (size_t a = 0; a < width; a++) {
        double q = both * c[a];
        double *row = h + (a + 1) * width;
        for (size_t b = a / 4 * 4; b < width; b++)
            row[b] += q * c[b];
    }
}

SPECIALISED void pass(const struct hawkes_prepared *p, const double *restrict mu, const double *restrict columns,
                      struct hawkes_sums *restrict s, double *restrict c, double *restrict d, size_t width, bool second)
{
    double decay = p->decay;
    struct log_product logs[PARLEY_HAWKES_TYPES_MAX];
    for (size_t k = 0; k < p->types; k++)
        logs[k] = (struct log_product){ 1, 0 };
    size_t waiting = 0; /* events from here on do not excite yet */
    for (size_t block = 0; block < p->n_blocks; block++) {
        size_t begin = p->block[block].begin, end = block + 1 < p->n_blocks ? p->block[block + 1].begin : p->n;
        begin_block(c, d, columns, p->types, width, p->block[block].factor);
        for (size_t i = begin; i < end; i++) {
            size_t k = p->code[i] & ~HAWKES_TIED;
            double scale = p->scale[i], scaled_rate = mu[k] * scale + decay * d[k], r = 1 / scaled_rate, w = decay * r;
            times(&logs[k], scaled_rate);
            s->grad_mu[k] += r * scale;
            double *restrict row = s->grad + k * width;
            for (size_t b = 0; b < width; b++)
                row[b] += w * c[b];
            if (second) {
                s->hessian_mu[k] += r * scale * (r * scale);
                add_hessian(s->hessian + k * (width + 1) * width, c, r * scale * w, w * w, width);
            }
            if (__builtin_expect(p->code[i] & HAWKES_TIED, 0))
                continue;
            for (; waiting <= i; waiting++)
                add_event(c, d, columns, p->code[waiting] & ~HAWKES_TIED, p->scale[waiting], width);
        }
    }
    for (size_t k = 0; k < p->types; k++)
        s->loglik[k] = logs[k].sum + log(logs[k].product) - p->log_scale[k];
}

/* Compiled for the widths that matter as constants, and for what the processor can do. No result depends on the choice:
 * every number is made by the same operations in the same order. */
SPECIALISED void pass_any(const struct hawkes_prepared *p, const double *mu, const double *columns, struct hawkes_sums *s, double *c,
                          double *d)
{
    double small_c[16] = { 0 }, small_d[16] = { 0 };
    switch (p->width * 2 + (s->hessian != NULL)) {
#define WIDTH(w)                                                                  \
    case w * 2: pass(p, mu, columns, s, small_c, small_d, w, false); break;       \
    case w * 2 + 1: pass(p, mu, columns, s, small_c, small_d, w, true); break;
    WIDTH(4) WIDTH(8) WIDTH(12) WIDTH(16)
#undef WIDTH
    default:
        pass(p, mu, columns, s, c, d, p->width, s->hessian != NULL);
    }
}

static void pass_plain(const struct hawkes_prepared *p, const double *mu, const double *columns, struct hawkes_sums *s, double *c, double *d)
{
    pass_any(p, mu, columns, s, c, d);
}

#if defined __x86_64__
__attribute__((target("avx2"))) static void pass_avx2(const struct hawkes_prepared *p, const double *mu, const double *columns,
                                                      struct hawkes_sums *s, double *c, double *d)
{
    pass_any(p, mu, columns, s, c, d);
}
#endif

void hawkes_pass(const struct hawkes_prepared *p, const double *mu, const double *columns, struct hawkes_sums *s)
{
    double c[PARLEY_HAWKES_TYPES_MAX + 4], d[PARLEY_HAWKES_TYPES_MAX + 4]; /* 16 kB of stack */
    memset(c, 0, p->width * sizeof *c);
    memset(d, 0, p->width * sizeof *d);
    for (size_t k = 0; k < p->types; k++)
        s->loglik[k] = -INFINITY, s->grad_mu[k] = 0;
    memset(s->grad, 0, p->types * p->width * sizeof *s->grad);
    if (s->hessian) {
        memset(s->hessian, 0, p->types * (p->width + 1) * p->width * sizeof *s->hessian);
        memset(s->hessian_mu, 0, p->types * sizeof *s->hessian_mu);
    }
#if defined __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        pass_avx2(p, mu, columns, s, c, d);
        return;
    }
#endif
    pass_plain(p, mu, columns, s, c, d);
}
