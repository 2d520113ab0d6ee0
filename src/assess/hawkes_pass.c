#include "hawkes_pass.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined __GNUC__ && !defined __clang__
#pragma GCC diagnostic ignored "-Wpsabi" /* vectors are passed between functions that are always inlined */
#endif

enum { REACH = 8 }; /* decay * length of a block at most: E stays below exp(8), so that many rates fit into one product before a logarithm */

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

/* Four numbers at a time. The plain type sits in the sums of the pass, the loose one reads what others have laid out. */
typedef double four __attribute__((vector_size(32)));
typedef double loose_four __attribute__((vector_size(32), aligned(8), may_alias));

SPECIALISED const loose_four *fours(const double *x) { return (const loose_four *)x; }
SPECIALISED loose_four *fours_of(double *x) { return (loose_four *)x; }

/* A macro: a function that returns a vector has another calling convention with AVX than without. */
#define all(x) ((four){ (x), (x), (x), (x) })

/* One event of type k begins to excite. Narrow stores followed by wide loads would wait for each other, so C is added to four at a
 * time. */
SPECIALISED void add_event(four *restrict c, four *restrict d, const double *columns, size_t k, double scale, size_t wide)
{
    static const double unit[4][4] = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
    const loose_four *restrict column = fours(columns + k * 4 * wide);
    four one = all(scale) * *fours(unit[k % 4]);
    c[k / 4] += one;
    for (size_t b = 0; b < wide; b++)
        d[b] += all(scale) * column[b];
}

SPECIALISED void begin_block(four *restrict c, four *restrict d, size_t wide, double factor)
{
    for (size_t b = 0; b < wide; b++)
        c[b] *= all(factor), d[b] *= all(factor);
}

SPECIALISED void add_hessian(double *h, const four *c, double by_mu, double both, size_t wide)
{
    loose_four *row = fours_of(h);
    for (size_t b = 0; b < wide; b++)
        row[b] += all(by_mu) * c[b];
    row += wide;
    for (size_t a = 0; a < wide; a++) {
        four q = all(both) * c[a];
        for (size_t i = 0; i < 4; i++, row += wide)
            for (size_t b = a; b < wide; b++)
                row[b] += all(q[i]) * c[b];
    }
}

SPECIALISED void pass(const struct hawkes_prepared *p, const double *mu, const double *columns, struct hawkes_sums *s, four *restrict c, four *restrict d,
                      size_t wide, bool second, bool small) /* small: D stays in registers, with a copy to read one number from */
{
    struct log_product logs[PARLEY_HAWKES_TYPES_MAX];
    double decay = p->decay, stored[PARLEY_HAWKES_TYPES_MAX + 4], *rates = small ? stored : (double *)d;
    double *grad = s->grad, *grad_mu = s->grad_mu, *hessian = s->hessian, *hessian_mu = s->hessian_mu;
    const double *scales = p->scale;
    const uint16_t *codes = p->code;
    for (size_t k = 0; k < p->types; k++)
        logs[k] = (struct log_product){ 1, 0 };
    size_t waiting = 0; /* events from here on do not excite yet */
    for (size_t block = 0; block < p->n_blocks; block++) {
        size_t begin = p->block[block].begin, end = block + 1 < p->n_blocks ? p->block[block + 1].begin : p->n;
        begin_block(c, d, wide, p->block[block].factor);
        for (size_t b = 0; small && b < wide; b++)
            fours_of(stored)[b] = d[b];
        for (size_t i = begin; i < end; i++) {
            size_t k = codes[i] & ~HAWKES_TIED;
            double scale = scales[i], scaled_rate = mu[k] * scale + decay * rates[k], r = 1 / scaled_rate, w = decay * r;
            times(&logs[k], scaled_rate);
            grad_mu[k] += r * scale;
            loose_four *restrict row = fours_of(grad + k * 4 * wide);
            for (size_t b = 0; b < wide; b++)
                row[b] += all(w) * c[b];
            if (second) {
                hessian_mu[k] += r * scale * (r * scale);
                add_hessian(hessian + k * (4 * wide + 1) * 4 * wide, c, r * scale * w, w * w, wide);
            }
            if (__builtin_expect(codes[i] & HAWKES_TIED, 0))
                continue;
            for (; __builtin_expect(waiting < i, 0); waiting++)
                add_event(c, d, columns, codes[waiting] & ~HAWKES_TIED, scales[waiting], wide);
            add_event(c, d, columns, k, scale, wide);
            waiting++;
            for (size_t b = 0; small && b < wide; b++)
                fours_of(stored)[b] = d[b];
        }
    }
    for (size_t k = 0; k < p->types; k++)
        s->loglik[k] = logs[k].sum + log(logs[k].product) - p->log_scale[k];
}

/* Compiled for the widths that matter as constants, and for what the processor can do. No result depends on the choice:
 * every number is made by the same operations in the same order. */
SPECIALISED void pass_any(const struct hawkes_prepared *p, const double *mu, const double *columns, struct hawkes_sums *s)
{
    four c[PARLEY_HAWKES_TYPES_MAX / 4 + 1], d[PARLEY_HAWKES_TYPES_MAX / 4 + 1]; /* 16 kB of stack */
    for (size_t b = 0; b < p->width / 4; b++)
        c[b] = d[b] = all(0);
    switch (p->width / 4 * 2 + (s->hessian != NULL)) {
#define WIDE(w)                                                                           \
    case w * 2: {                                                                         \
        four few_d[w] = { all(0) };                                \
        pass(p, mu, columns, s, c, few_d, w, false, true);                            \
        break;                                                                            \
    }                                                                                     \
    case w * 2 + 1: pass(p, mu, columns, s, c, d, w, true, false); break;
    WIDE(1) WIDE(2) WIDE(3) WIDE(4)
#undef WIDE
#define WIDE(w) \
    case w * 2: pass(p, mu, columns, s, c, d, w, false, false); break;
    WIDE(5) WIDE(6) WIDE(7) WIDE(8) WIDE(9) WIDE(10) WIDE(11) WIDE(12) WIDE(13) WIDE(14) WIDE(15)
#undef WIDE
    default:
        pass(p, mu, columns, s, c, d, p->width / 4, s->hessian != NULL, false);
    }
}

static void pass_plain(const struct hawkes_prepared *p, const double *mu, const double *columns, struct hawkes_sums *s)
{
    pass_any(p, mu, columns, s);
}

#if defined __x86_64__
__attribute__((target("avx2"))) static void pass_avx2(const struct hawkes_prepared *p, const double *mu, const double *columns,
                                                      struct hawkes_sums *s)
{
    pass_any(p, mu, columns, s);
}
#endif

void hawkes_pass(const struct hawkes_prepared *p, const double *mu, const double *columns, struct hawkes_sums *s)
{
    for (size_t k = 0; k < p->types; k++)
        s->loglik[k] = -INFINITY, s->grad_mu[k] = 0;
    memset(s->grad, 0, p->types * p->width * sizeof *s->grad);
    if (s->hessian) {
        memset(s->hessian, 0, p->types * (p->width + 1) * p->width * sizeof *s->hessian);
        memset(s->hessian_mu, 0, p->types * sizeof *s->hessian_mu);
    }
#if defined __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        pass_avx2(p, mu, columns, s);
        return;
    }
#endif
    pass_plain(p, mu, columns, s);
}
