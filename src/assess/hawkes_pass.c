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
static const double unit_row[NARROW][NARROW] = {
    [0][0] = 1, [1][1] = 1, [2][2] = 1, [3][3] = 1, [4][4] = 1, [5][5] = 1, [6][6] = 1, [7][7] = 1,
    [8][8] = 1, [9][9] = 1, [10][10] = 1, [11][11] = 1, [12][12] = 1, [13][13] = 1, [14][14] = 1, [15][15] = 1,
    [16][16] = 1, [17][17] = 1, [18][18] = 1, [19][19] = 1, [20][20] = 1, [21][21] = 1, [22][22] = 1, [23][23] = 1,
};

struct sums_of_type { double product, log_sum, by_mu; }; /* a sum of logarithms with one logarithm for many factors */

struct state {
    const double *scale, *take; /* of the events */
    const uint16_t *code;
    const double *rows;    /* of branching; up to NARROW types */
    const double *columns; /* of branching; with more types */
    const double *mu;    /* in units of the mean rate of all events, and so are all rates here */
    double *grad;
    struct sums_of_type *type;
};

SPECIALISED void add_rate(struct sums_of_type *t, double rate, double inverse)
{
    t->by_mu += inverse;
    t->product *= rate;
    if (__builtin_expect(!(t->product > 1e-150 && t->product < 1e150), 0)) {
        t->log_sum += log(t->product);
        t->product = 1;
    }
}

/* One event begins to excite. Narrow stores followed by wide loads would wait for each other, so C is added to four at a time. */
SPECIALISED void excite(const struct state *s, size_t i, four *restrict c, four *restrict d, size_t wide)
{
    size_t k = s->code[i] & ~HAWKES_TIED;
    four scale = all(s->scale[i]);
    for (size_t b = 0; 4 * wide <= NARROW && b < wide; b++)
        c[b] += scale * fours(unit_row[k])[b];
    for (size_t b = 0; 4 * wide > NARROW && b < wide; b++)
        d[b] += scale * fours(s->columns + k * 4 * wide)[b];
    if (4 * wide > NARROW)
        c[k / 4] += scale * *fours(unit_row[k % 4]);
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
    size_t k = s->code[i] & ~HAWKES_TIED;
    double excited;
    if (4 * wide <= NARROW) {
        four dot = all(0);
        for (size_t b = 0; b < wide; b++)
            dot += fours(s->rows + k * 4 * wide)[b] * c[b];
        excited = (dot[0] + dot[1]) + (dot[2] + dot[3]);
    } else {
        excited = ((const double *)d)[k];
    }
    double take = s->take[i], rate = s->mu[k] + take * excited, r = 1 / rate, w = take * r;
    add_rate(&s->type[4 * k], rate, r);
    loose_four *row = fours_of(s->grad + k * 4 * wide);
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

/* Rates of four events from what excites them; returns what C is multiplied by in the gradient. Each place among the four has sums of
 * its own, so that a type that comes twice does not wait for itself. A macro because of the vectors. */
#define RATES(s, i, k, excited, w)                                                                       \
    do {                                                                                                 \
        four take = *fours((s)->take + (i));                                                             \
        four rate = (four){ (s)->mu[k[0]], (s)->mu[k[1]], (s)->mu[k[2]], (s)->mu[k[3]] } + take * (excited); \
        four inverse = all(1) / rate;                                                                    \
        w = take * inverse;                                                                              \
        for (size_t n = 0; n < 4; n++)                                                                   \
            add_rate(&(s)->type[4 * k[n] + n], rate[n], inverse[n]);                                     \
    } while (0)

/* Four events at different times, each with the C of its own moment. */
SPECIALISED void four_narrow(const struct state *s, size_t i, four *restrict c, size_t wide)
{
    const uint16_t *code = s->code + i;
    const size_t width = 4 * wide, k[4] = { code[0], code[1], code[2], code[3] };
    four dot0 = all(0), dot1 = all(0), dot2 = all(0), dot3 = all(0), w, seen[4][NARROW / 4];
    for (size_t b = 0; b < wide; b++) {
        four u = c[b];
#define EVENT(n)                                                \
    do {                                                        \
        seen[n][b] = u;                                         \
        dot##n += fours(s->rows + k[n] * width)[b] * u;         \
        u += all(s->scale[i + n]) * fours(unit_row[k[n]])[b];   \
    } while (0)
        EVENT(0);
        EVENT(1);
        EVENT(2);
        EVENT(3);
#undef EVENT
        c[b] = u;
    }
    four low = PAIRS(dot0, dot1), high = PAIRS(dot2, dot3), excited = SUMS(low, high);
    RATES(s, i, k, excited, w);
    for (size_t b = 0; b < wide; b++)
        for (size_t n = 0; n < 4; n++)
            fours_of(s->grad + (n * width + k[n]) * width)[b] += all(w[n]) * seen[n][b];
}

/* The same with C and D of the first event for all: what the four do to each other are six numbers. */
SPECIALISED void four_wide(const struct state *s, size_t i, four *restrict c, four *restrict d, size_t wide)
{
    const uint16_t *code = s->code + i;
    const size_t width = 4 * wide, k[4] = { code[0], code[1], code[2], code[3] };
    const double *scale = s->scale + i, *now = (const double *)d, *a0 = s->columns + k[0] * width, *a1 = s->columns + k[1] * width,
                 *a2 = s->columns + k[2] * width, *a3 = s->columns + k[3] * width;
    const double s0 = scale[0], s1 = scale[1], s2 = scale[2], s3 = scale[3];
    four w, excited = { now[k[0]], now[k[1]] + s0 * a0[k[1]], now[k[2]] + s0 * a0[k[2]] + s1 * a1[k[2]],
                        now[k[3]] + s0 * a0[k[3]] + s1 * a1[k[3]] + s2 * a2[k[3]] };
    RATES(s, i, k, excited, w);
    for (size_t b = 0; b < wide; b++) {
        d[b] = d[b] + all(s0) * fours(a0)[b] + all(s1) * fours(a1)[b] + all(s2) * fours(a2)[b] + all(s3) * fours(a3)[b];
        fours_of(s->grad + k[0] * width)[b] += all(w[0]) * c[b];
        fours_of(s->grad + k[1] * width)[b] += all(w[1]) * c[b];
        fours_of(s->grad + k[2] * width)[b] += all(w[2]) * c[b];
        fours_of(s->grad + k[3] * width)[b] += all(w[3]) * c[b];
    }
#define AMONG(of, by) fours_of(s->grad + k[of] * width)[k[by] / 4] += all(w[of] * s##by) * *fours(unit_row[k[by] % 4])
    AMONG(1, 0);
    AMONG(2, 0);
    AMONG(2, 1);
    AMONG(3, 0);
    AMONG(3, 1);
    AMONG(3, 2);
#undef AMONG
    c[k[0] / 4] += all(s0) * *fours(unit_row[k[0] % 4]);
    c[k[1] / 4] += all(s1) * *fours(unit_row[k[1] % 4]);
    c[k[2] / 4] += all(s2) * *fours(unit_row[k[2] % 4]);
    c[k[3] / 4] += all(s3) * *fours(unit_row[k[3] % 4]);
}

SPECIALISED bool any_tied(const uint16_t *code) { return ((code[0] | code[1] | code[2] | code[3]) & HAWKES_TIED) != 0; }

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
            if (4 * wide <= NARROW)
                four_narrow(s, i, c, wide);
            else
                four_wide(s, i, c, d, wide);
            waiting = i += 4;
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
#define WIDE(w)                                       \
    case w * 2: {                                     \
        four few[w] = { all(0) };                     \
        pass(p, s, out, few, d, w, false);               \
        break;                                        \
    }                                                 \
    case w * 2 + 1: pass(p, s, out, c, d, w, true); break;
    WIDE(1) WIDE(2) WIDE(3) WIDE(4) WIDE(5) WIDE(6)
#undef WIDE
#define WIDE(w) \
    case w * 2: pass(p, s, out, c, d, w, false); break;
    WIDE(7) WIDE(8) WIDE(9) WIDE(10) WIDE(11) WIDE(12) WIDE(13) WIDE(14) WIDE(15)
#undef WIDE
    default:
        pass(p, s, out, c, d, wide, out->hessian != NULL);
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
    double mu_in_units[PARLEY_HAWKES_TYPES_MAX];
    struct sums_of_type type[4 * PARLEY_HAWKES_TYPES_MAX];
    double narrow_grad[4 * NARROW * NARROW], rows[NARROW * NARROW];
    bool narrow = p->width <= NARROW;
    struct state state = { .scale = p->scale, .take = p->take, .code = p->code, .rows = rows, .columns = columns, .mu = mu_in_units, .grad = narrow ? narrow_grad : s->grad, .type = type };
    for (size_t k = 0; k < p->types; k++) {
        mu_in_units[k] = mu[k] / p->unit;
        for (size_t i = 0; i < 4; i++)
            type[4 * k + i] = (struct sums_of_type){ .product = 1 };
        for (size_t j = 0; narrow && j < p->width; j++)
            rows[k * p->width + j] = j < p->types ? columns[j * p->width + k] : 0;
    }
    memset(s->grad, 0, p->types * p->width * sizeof *s->grad);
    memset(narrow_grad, 0, sizeof narrow_grad);
    if (s->hessian) {
        memset(s->hessian, 0, p->types * (p->width + 1) * p->width * sizeof *s->hessian);
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
        const struct sums_of_type *t = type + 4 * k;
        s->loglik[k] = p->count[k] * log(p->unit);
        s->grad_mu[k] = (t[0].by_mu + t[1].by_mu + (t[2].by_mu + t[3].by_mu)) / p->unit;
        for (size_t i = 0; i < 4; i++)
            s->loglik[k] += t[i].log_sum + log(t[i].product);
        for (size_t j = 0; narrow && j < p->width; j++)
            for (size_t i = 0; i < 4; i++)
                s->grad[k * p->width + j] += narrow_grad[(i * p->width + k) * p->width + j];
    }
}
