#include "hawkes_pass.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined __GNUC__ && !defined __clang__
#pragma GCC diagnostic ignored "-Wpsabi" /* vectors are passed between functions that are always inlined */
#endif

enum { REACH = 200 }; /* decay * length of a block at most: E stays below exp(200), and its square finite */

bool hawkes_prepare(const struct parley_marked *e, double decay, struct hawkes_prepared *p)
{
    *p = (struct hawkes_prepared){ .n = e->n, .types = e->types, .width = (e->types + 3) / 4 * 4, .decay = decay, .span = e->span,
                                   .unit = e->n ? (double)e->n / e->span : 1 };
    p->scale = malloc((e->n + 1) * sizeof *p->scale);
    p->take = malloc((e->n + 1) * sizeof *p->take);
    p->code = malloc((e->n + 1) * sizeof *p->code);
    p->exposure = calloc(2 * e->types, sizeof *p->exposure);
    size_t blocks = 1;
    double begin = e->n ? e->time[0] : 0;
    for (size_t i = 0; i < e->n; i++)
        if (decay * (e->time[i] - begin) > REACH)
            blocks++, begin = e->time[i];
    p->block = malloc(blocks * sizeof *p->block);
    if (!p->scale || !p->take || !p->code || !p->exposure || !p->block) {
        hawkes_prepared_release(p);
        return false;
    }
    p->count = p->exposure + e->types;
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
        p->take[i] = decay / (p->scale[i] * p->unit);
        p->code[i] = (uint16_t)(k | (i + 1 < e->n && e->time[i + 1] == e->time[i] ? HAWKES_TIED : 0));
        p->exposure[k] -= expm1(-decay * (e->span - e->time[i]));
        p->count[k]++;
    }
    return true;
}

void hawkes_prepared_release(struct hawkes_prepared *p)
{
    free(p->scale);
    free(p->take);
    free(p->code);
    free(p->block);
    free(p->exposure);
    *p = (struct hawkes_prepared){ 0 };
}

#define SPECIALISED static inline __attribute__((always_inline))

/* Four numbers at a time. The plain type sits in the sums of the pass, the loose one reads what others have laid out. */
typedef double four __attribute__((vector_size(32)));
typedef double loose_four __attribute__((vector_size(32), aligned(8), may_alias));

SPECIALISED const loose_four *fours(const double *x) { return (const loose_four *)x; }
SPECIALISED loose_four *fours_of(double *x) { return (loose_four *)x; }

/* A macro: a function that returns a vector has another calling convention with AVX than without. */
#define all(x) ((four){ (x), (x), (x), (x) })

/* Up to so many types C stays in registers, and the rate is the product of a row of branching with it. With more types, D = branching C
 * is kept as well: a product of long rows would be a long chain of additions. */
enum { NARROW = 24 };

/* All about a type in one place, so that an event needs one address: its row of branching, its row of the unit matrix, four rows of the
 * gradient and four pairs of sums (one for each place among four events, so that a type that comes twice does not wait for itself), mu. */
#define RECORD(width) (6 * (width) + 12)
#define UNIT(width) (width)
#define GRAD(width, n) ((2 + (n)) * (width))
#define PAIR(width, n) (6 * (width) + 2 * (n)) /* product of rates, sum of their inverses */
#define MU(width) (6 * (width) + 8)

struct state {
    const double *scale, *take; /* of the events */
    const uint16_t *code;
    double *record;        /* [types][RECORD]; up to NARROW types */
    const double *columns; /* of branching, with more types, and these */
    const double *mu;      /* in units of the mean rate of all events, and so are all rates here */
    double *grad, *pair;   /* pair: [types][4][2] as above */
    double *log_sum;       /* [types] of products that grew too large or too small */
};

SPECIALISED void add_rate(double *pair, double *log_sum, double rate, double inverse)
{
    pair[1] += inverse;
    pair[0] *= rate;
    if (__builtin_expect(!(pair[0] > 1e-150 && pair[0] < 1e150), 0)) {
        *log_sum += log(pair[0]);
        pair[0] = 1;
    }
}

static const double unit_four[4][4] = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };

/* One event begins to excite. Narrow stores followed by wide loads would wait for each other, so C is added to four at a time. */
SPECIALISED void excite(const struct state *s, size_t i, four *restrict c, four *restrict d, size_t wide)
{
    size_t k = s->code[i] & ~HAWKES_TIED;
    four scale = all(s->scale[i]);
    for (size_t b = 0; 4 * wide <= NARROW && b < wide; b++)
        c[b] += scale * fours(s->record + k * RECORD(4 * wide) + UNIT(4 * wide))[b];
    for (size_t b = 0; 4 * wide > NARROW && b < wide; b++)
        d[b] += scale * fours(s->columns + k * 4 * wide)[b];
    if (4 * wide > NARROW)
        c[k / 4] += scale * *fours(unit_four[k % 4]);
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

/* One event, all before which excites it. */
SPECIALISED void one_event(const struct state *s, size_t i, const four *c, const four *d, struct hawkes_sums *out, double unit, size_t wide, bool second)
{
    const size_t width = 4 * wide, k = s->code[i] & ~HAWKES_TIED;
    const bool narrow = width <= NARROW;
    double *record = narrow ? s->record + k * RECORD(width) : NULL, excited = narrow ? 0 : ((const double *)d)[k];
    if (narrow) {
        four dot = all(0);
        for (size_t b = 0; b < wide; b++)
            dot += fours(record)[b] * c[b];
        excited = (dot[0] + dot[1]) + (dot[2] + dot[3]);
    }
    double take = s->take[i], rate = s->mu[k] + take * excited, r = 1 / rate, w = take * r;
    add_rate(narrow ? record + PAIR(width, 0) : s->pair + 8 * k, &s->log_sum[k], rate, r);
    loose_four *row = fours_of(narrow ? record + GRAD(width, 0) : s->grad + k * width);
    for (size_t b = 0; b < wide; b++)
        row[b] += all(w) * c[b];
    if (second) {
        double by_mu = r / unit;
        out->hessian_mu[k] += by_mu * by_mu;
        add_hessian(out->hessian + k * (4 * wide + 1) * 4 * wide, c, by_mu * w, w * w, wide);
    }
}

/* Sums of the numbers of each of four vectors: (x0 + x1) + (x2 + x3). */
#define PAIRS(x, y) (__builtin_shufflevector(x, y, 0, 4, 2, 6) + __builtin_shufflevector(x, y, 1, 5, 3, 7))
#define SUMS(a, b) (__builtin_shufflevector(a, b, 0, 1, 4, 5) + __builtin_shufflevector(a, b, 2, 3, 6, 7))

/* The sums of four rates. One look at the four products: they seldom leave the range. */
SPECIALISED void add_rates(double *p0, double *p1, double *p2, double *p3, double *log_sum, const size_t *k, const double *rate, const double *inverse)
{
    p0[1] += inverse[0], p1[1] += inverse[1], p2[1] += inverse[2], p3[1] += inverse[3];
    double a = p0[0] * rate[0], b = p1[0] * rate[1], c = p2[0] * rate[2], d = p3[0] * rate[3];
    double least_ab = a < b ? a : b, least_cd = c < d ? c : d, most_ab = a > b ? a : b, most_cd = c > d ? c : d;
    double least = least_ab < least_cd ? least_ab : least_cd, most = most_ab > most_cd ? most_ab : most_cd;
    if (__builtin_expect(!(least > 1e-150 && most < 1e150), 0)) {
        log_sum[k[0]] += log(a), log_sum[k[1]] += log(b), log_sum[k[2]] += log(c), log_sum[k[3]] += log(d);
        a = b = c = d = 1;
    }
    p0[0] = a, p1[0] = b, p2[0] = c, p3[0] = d;
}

/* Four events at different times, each with the C of its own moment. First what they see and their rates, then what the gradient gains; the
 * two are made of different fours in turn, so that one's division goes on beside the other's additions. */
struct seen {
    size_t k[4];
    double *record[4];
    four c[4][NARROW / 4], rate, inverse, w;
};

SPECIALISED void see(const struct state *s, size_t i, four *restrict c, struct seen *q, size_t wide)
{
    const size_t width = 4 * wide;
    for (size_t n = 0; n < 4; n++)
        q->k[n] = s->code[i + n], q->record[n] = s->record + q->k[n] * RECORD(width);
    four dot0 = all(0), dot1 = all(0), dot2 = all(0), dot3 = all(0);
    for (size_t b = 0; b < wide; b++) {
        four u = c[b];
#define EVENT(n)                                                              \
    do {                                                                      \
        q->c[n][b] = u;                                                       \
        if (b)                                                                \
            dot##n += fours(q->record[n])[b] * u;                             \
        else                                                                  \
            dot##n = *fours(q->record[n]) * u;                                \
        u += all(s->scale[i + n]) * fours(q->record[n] + UNIT(width))[b];     \
    } while (0)
        EVENT(0);
        EVENT(1);
        EVENT(2);
        EVENT(3);
#undef EVENT
        c[b] = u;
    }
    four low = PAIRS(dot0, dot1), high = PAIRS(dot2, dot3), take = *fours(s->take + i);
    q->rate = (four){ q->record[0][MU(width)], q->record[1][MU(width)], q->record[2][MU(width)], q->record[3][MU(width)] } + take * SUMS(low, high);
    q->inverse = all(1) / q->rate;
    q->w = take * q->inverse;
}

SPECIALISED void gain(const struct state *s, const struct seen *q, size_t wide)
{
    const size_t width = 4 * wide;
    add_rates(q->record[0] + PAIR(width, 0), q->record[1] + PAIR(width, 1), q->record[2] + PAIR(width, 2), q->record[3] + PAIR(width, 3), s->log_sum, q->k,
              (double[4]){ q->rate[0], q->rate[1], q->rate[2], q->rate[3] }, (double[4]){ q->inverse[0], q->inverse[1], q->inverse[2], q->inverse[3] });
    for (size_t b = 0; b < wide; b++) {
        fours_of(q->record[0] + GRAD(width, 0))[b] += all(q->w[0]) * q->c[0][b];
        fours_of(q->record[1] + GRAD(width, 1))[b] += all(q->w[1]) * q->c[1][b];
        fours_of(q->record[2] + GRAD(width, 2))[b] += all(q->w[2]) * q->c[2][b];
        fours_of(q->record[3] + GRAD(width, 3))[b] += all(q->w[3]) * q->c[3][b];
    }
}

/* The same with C and D of the first event for all: what the four do to each other are six numbers. */
SPECIALISED void four_wide(const struct state *s, size_t i, four *restrict c, four *restrict d, size_t wide)
{
    const uint16_t *code = s->code + i;
    const size_t width = 4 * wide, k[4] = { code[0], code[1], code[2], code[3] };
    const double *scale = s->scale + i, *now = (const double *)d, *a0 = s->columns + k[0] * width, *a1 = s->columns + k[1] * width,
                 *a2 = s->columns + k[2] * width, *a3 = s->columns + k[3] * width;
    const double s0 = scale[0], s1 = scale[1], s2 = scale[2], s3 = scale[3];
    four excited = { now[k[0]], now[k[1]] + s0 * a0[k[1]], now[k[2]] + s0 * a0[k[2]] + s1 * a1[k[2]],
                        now[k[3]] + s0 * a0[k[3]] + s1 * a1[k[3]] + s2 * a2[k[3]] };
    four take = *fours(s->take + i), rate = (four){ s->mu[k[0]], s->mu[k[1]], s->mu[k[2]], s->mu[k[3]] } + take * excited, inverse = all(1) / rate, w = take * inverse;
    add_rates(s->pair + 8 * k[0], s->pair + 8 * k[1] + 2, s->pair + 8 * k[2] + 4, s->pair + 8 * k[3] + 6, s->log_sum, k,
              (double[4]){ rate[0], rate[1], rate[2], rate[3] }, (double[4]){ inverse[0], inverse[1], inverse[2], inverse[3] });
    for (size_t b = 0; b < wide; b++) {
        d[b] = d[b] + all(s0) * fours(a0)[b] + all(s1) * fours(a1)[b] + all(s2) * fours(a2)[b] + all(s3) * fours(a3)[b];
        fours_of(s->grad + k[0] * width)[b] += all(w[0]) * c[b];
        fours_of(s->grad + k[1] * width)[b] += all(w[1]) * c[b];
        fours_of(s->grad + k[2] * width)[b] += all(w[2]) * c[b];
        fours_of(s->grad + k[3] * width)[b] += all(w[3]) * c[b];
    }
#define AMONG(of, by) fours_of(s->grad + k[of] * width)[k[by] / 4] += all(w[of] * s##by) * *fours(unit_four[k[by] % 4])
    AMONG(1, 0);
    AMONG(2, 0);
    AMONG(2, 1);
    AMONG(3, 0);
    AMONG(3, 1);
    AMONG(3, 2);
#undef AMONG
    c[k[0] / 4] += all(s0) * *fours(unit_four[k[0] % 4]);
    c[k[1] / 4] += all(s1) * *fours(unit_four[k[1] % 4]);
    c[k[2] / 4] += all(s2) * *fours(unit_four[k[2] % 4]);
    c[k[3] / 4] += all(s3) * *fours(unit_four[k[3] % 4]);
}

SPECIALISED bool any_tied(const uint16_t *code) { return ((code[0] | code[1] | code[2] | code[3]) & HAWKES_TIED) != 0; }

SPECIALISED bool is_four(const struct state *s, size_t i, size_t end) { return i + 4 <= end && !any_tied(s->code + i); }

/* As many fours as there are; the first is known to be one. Returns where they end. */
SPECIALISED size_t all_fours(const struct state *s, size_t i, size_t end, four *restrict c, size_t wide)
{
    struct seen x, y;
    for (see(s, i, c, &x, wide), i += 4;; i += 4) {
        if (!is_four(s, i, end)) {
            gain(s, &x, wide);
            return i;
        }
        see(s, i, c, &y, wide);
        gain(s, &x, wide);
        i += 4;
        if (!is_four(s, i, end)) {
            gain(s, &y, wide);
            return i;
        }
        see(s, i, c, &x, wide);
        gain(s, &y, wide);
    }
}

SPECIALISED void pass(const struct hawkes_prepared *p, const struct state *from, struct hawkes_sums *out, four *restrict c, four *restrict d, size_t wide, bool second)
{
    const struct state local = *from, *s = &local; /* nothing else has its address: the pointers stay in registers */
    size_t waiting = 0; /* events from here on do not excite yet */
    for (size_t block = 0; block < p->n_blocks; block++) {
        size_t i = p->block[block].begin, end = block + 1 < p->n_blocks ? p->block[block + 1].begin : p->n;
        for (size_t b = 0; b < wide; b++)
            c[b] *= all(p->block[block].factor);
        for (size_t b = 0; 4 * wide > NARROW && b < wide; b++)
            d[b] *= all(p->block[block].factor);
        while (i < end) {
            if (second || i + 4 > end || waiting < i || any_tied(s->code + i)) {
                one_event(s, i, c, d, out, p->unit, wide, second);
                for (bool tied = s->code[i++] & HAWKES_TIED; !tied && waiting < i; waiting++)
                    excite(s, waiting, c, d, wide);
                continue;
            }
            if (4 * wide <= NARROW) {
                i = all_fours(s, i, end, c, wide);
            } else {
                four_wide(s, i, c, d, wide);
                i += 4;
            }
            waiting = i;
        }
    }
}

/* Compiled for the widths that matter as constants, and for what the processor can do. No result depends on the choice:
 * every number is made by the same operations in the same order. */
SPECIALISED void pass_any(const struct hawkes_prepared *p, struct state *s, struct hawkes_sums *out)
{
    four c[PARLEY_HAWKES_TYPES_MAX / 4 + 1], d[PARLEY_HAWKES_TYPES_MAX / 4 + 1]; /* 16 kB of stack */
    size_t wide = p->width / 4;
    for (size_t b = 0; b < wide; b++)
        c[b] = d[b] = all(0);
    switch (wide * 2 + (out->hessian != NULL)) {
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__ /* minutes of compiling; the loop below does the same */
#define WIDE(w)                                   \
    case w * 2: {                                 \
        four few[w] = { all(0) };                 \
        pass(p, s, out, few, d, w, false);        \
        break;                                    \
    }
    WIDE(1) WIDE(2) WIDE(3) WIDE(4) WIDE(5) WIDE(6)
#undef WIDE
    case 1 * 2 + 1: pass(p, s, out, c, d, 1, true); break;
    case 2 * 2 + 1: pass(p, s, out, c, d, 2, true); break;
    case 3 * 2 + 1: pass(p, s, out, c, d, 3, true); break;
    case 13 * 2: pass(p, s, out, c, d, 13, false); break;
#endif
    default: pass(p, s, out, c, d, wide, out->hessian != NULL);
    }
}

static void pass_plain(const struct hawkes_prepared *p, struct state *s, struct hawkes_sums *out) { pass_any(p, s, out); }

#if defined __x86_64__
__attribute__((target("avx2"))) static void pass_avx2(const struct hawkes_prepared *p, struct state *s, struct hawkes_sums *out) { pass_any(p, s, out); }

/* For its 32 registers; vectors of eight would be no faster for the widths that occur. */
__attribute__((target("avx512f,avx512vl,avx512dq"))) static void pass_avx512(const struct hawkes_prepared *p, struct state *s, struct hawkes_sums *out)
{
    pass_any(p, s, out);
}
#endif

void hawkes_pass(const struct hawkes_prepared *p, const double *mu, const double *columns, struct hawkes_sums *s) { hawkes_pass_on(p, mu, columns, s, false); }

void hawkes_pass_on(const struct hawkes_prepared *p, const double *mu, const double *columns, struct hawkes_sums *s, bool plain)
{
    enum { MOST = PARLEY_HAWKES_TYPES_MAX };
    _Alignas(64) double record[NARROW * RECORD(NARROW)], pair[8 * MOST];
    double mu_in_units[MOST], log_sum[MOST] = { 0 };
    const size_t width = p->width;
    const bool narrow = width <= NARROW;
    struct state state = { p->scale, p->take, p->code, record, columns, mu_in_units, s->grad, pair, log_sum };
    for (size_t k = 0; k < p->types; k++)
        mu_in_units[k] = mu[k] / p->unit;
    for (size_t i = 0; i < 8 * p->types; i++)
        pair[i] = i % 2 == 0;
    for (size_t k = 0; narrow && k < p->types; k++) {
        double *r = record + k * RECORD(width);
        memset(r, 0, RECORD(width) * sizeof *r);
        for (size_t j = 0; j < p->types; j++)
            r[j] = columns[j * width + k];
        r[UNIT(width) + k] = 1, r[MU(width)] = mu_in_units[k];
        memcpy(r + PAIR(width, 0), pair, 8 * sizeof *r);
    }
    memset(s->grad, 0, p->types * width * sizeof *s->grad);
    if (s->hessian) {
        memset(s->hessian, 0, p->types * (width + 1) * width * sizeof *s->hessian);
        memset(s->hessian_mu, 0, p->types * sizeof *s->hessian_mu);
    }
#if defined __x86_64__
    if (!plain && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
        pass_avx512(p, &state, s);
    else if (!plain && __builtin_cpu_supports("avx2"))
        pass_avx2(p, &state, s);
    else
#endif
        pass_plain(p, &state, s);
    (void)plain;
    for (size_t k = 0; k < p->types; k++) {
        const double *r = record + k * RECORD(width), *two = narrow ? r + PAIR(width, 0) : pair + 8 * k;
        s->loglik[k] = p->count[k] * log(p->unit) + log_sum[k] + ((log(two[0]) + log(two[2])) + (log(two[4]) + log(two[6])));
        s->grad_mu[k] = ((two[1] + two[3]) + (two[5] + two[7])) / p->unit;
        for (size_t j = 0; narrow && j < width; j++)
            s->grad[k * width + j] = (r[GRAD(width, 0) + j] + r[GRAD(width, 1) + j]) + (r[GRAD(width, 2) + j] + r[GRAD(width, 3) + j]);
    }
}
