/* CPU seconds of self-exciting fits: assess_hawkes TYPES EVENTS REPETITIONS
 * One line a repetition: whole fit (decay given), one likelihood with gradient, its bound, a stricter one, one simulation, iterations of the fit.
 *
 * The bound is what the arithmetic of the likelihood and its gradient costs when nothing has to wait: a stream over the same bytes that does for
 * each event a product of a row of `types` numbers with another and sums it up, counts the event, divides once (four events at a time), adds to
 * the two sums of its type and adds a multiple of a row to one in the nearest cache - all on numbers that are there already, each of four events
 * with rows of its own, so that no event needs what another made. The strict bound neither sums the product up nor counts. With many types the
 * pass needs no such sum (it keeps the products up to date instead), and the strict bound is the one that holds. */
#include "assess/hawkes_pass.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef double loose_four __attribute__((vector_size(32), aligned(8), may_alias));

static inline __attribute__((always_inline)) double strict_as(const struct hawkes_prepared *p, const double *columns, double *rows, size_t width)
{
    double sum = 0, product[4 * PARLEY_HAWKES_TYPES_MAX] = { 0 }, by_mu[4 * PARLEY_HAWKES_TYPES_MAX] = { 0 }, mu[PARLEY_HAWKES_TYPES_MAX] = { 0 }, c[PARLEY_HAWKES_TYPES_MAX] = { 0 };
    loose_four dot[PARLEY_HAWKES_TYPES_MAX / 4] = { 0 };
    for (size_t k = 0; k < p->types; k++)
        mu[k] = product[4 * k] = product[4 * k + 1] = product[4 * k + 2] = product[4 * k + 3] = 1;
    for (size_t i = 0; i < p->n; i++) {
        size_t k = p->code[i];
        double take = p->take[i], rate = mu[k] + take * p->scale[i], r = 1 / rate, w = take * r;
        product[4 * k + i % 4] *= rate, by_mu[4 * k + i % 4] += r;
        const loose_four *column = (const loose_four *)(columns + k * width), *given = (const loose_four *)c;
        loose_four *row = (loose_four *)(rows + (4 * k + i % 4) * width), all_w = { w, w, w, w };
        for (size_t b = 0; b < width / 4; b++) {
            dot[b] += column[b] * given[b];
            row[b] += all_w * given[b];
        }
    }
    for (size_t b = 0; b < width / 4; b++)
        sum += dot[b][0];
    return sum + product[0] + by_mu[0];
}

typedef double four __attribute__((vector_size(32)));

#define PAIRS(x, y) (__builtin_shufflevector(x, y, 0, 4, 2, 6) + __builtin_shufflevector(x, y, 1, 5, 3, 7))
#define SUMS(a, b) (__builtin_shufflevector(a, b, 0, 1, 4, 5) + __builtin_shufflevector(a, b, 2, 3, 6, 7))

/* Four events at a time. */
static inline __attribute__((always_inline)) double whole_as(const struct hawkes_prepared *p, const double *columns, double *rows, size_t width)
{
    enum { MOST = PARLEY_HAWKES_TYPES_MAX };
    static const double unit[4][4] = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
    double product[4 * MOST] = { 0 }, by_mu[4 * MOST] = { 0 }, mu[MOST] = { 0 }, sum = 0;
    four c[MOST / 4] = { 0 }, count[4] = { 0 };
    for (size_t k = 0; k < p->types; k++)
        mu[k] = product[4 * k] = product[4 * k + 1] = product[4 * k + 2] = product[4 * k + 3] = 1;
    for (size_t i = 0; i + 4 <= p->n; i += 4) {
        const size_t k[4] = { p->code[i], p->code[i + 1], p->code[i + 2], p->code[i + 3] };
        four dot[4];
        for (size_t e = 0; e < 4; e++) {
            const loose_four *column = (const loose_four *)(columns + k[e] * width);
            dot[e] = column[0] * c[0];
            for (size_t b = 1; b < width / 4; b++)
                dot[e] += column[b] * c[b];
            count[e] += p->scale[i + e] * *(const loose_four *)unit[k[e] % 4];
        }
        four take = *(const loose_four *)(p->take + i), low = PAIRS(dot[0], dot[1]), high = PAIRS(dot[2], dot[3]);
        four rate = (four){ mu[k[0]], mu[k[1]], mu[k[2]], mu[k[3]] } + take * SUMS(low, high), r = 1 / rate, w = take * r;
        for (size_t e = 0; e < 4; e++) {
            loose_four *row = (loose_four *)(rows + (4 * k[e] + e) * width);
            product[4 * k[e] + e] *= rate[e], by_mu[4 * k[e] + e] += r[e];
            for (size_t b = 0; b < width / 4; b++)
                row[b] += w[e] * c[b];
        }
    }
    for (size_t e = 0; e < 4; e++)
        sum += count[e][0];
    return sum + product[0] + by_mu[0];
}

/* Each width of the benchmark as a constant, as in the library. */
static inline __attribute__((always_inline)) double bound_of(const struct hawkes_prepared *p, const double *columns, double *rows, bool strict)
{
#define WIDTH(w)              \
    if (p->width == (w))      \
    return strict ? strict_as(p, columns, rows, w) : whole_as(p, columns, rows, w)
    WIDTH(4);
    WIDTH(12);
    WIDTH(52);
#undef WIDTH
    return strict ? strict_as(p, columns, rows, p->width) : whole_as(p, columns, rows, p->width);
}

__attribute__((target("avx512f,avx512vl,avx512dq"))) static double bound_avx512(const struct hawkes_prepared *p, const double *columns, double *rows, bool strict)
{
    return bound_of(p, columns, rows, strict);
}

__attribute__((target("avx2"))) static double bound_avx2(const struct hawkes_prepared *p, const double *columns, double *rows, bool strict)
{
    return bound_of(p, columns, rows, strict);
}

static double bound_here(const struct hawkes_prepared *p, const double *columns, double *rows, bool strict)
{
    return __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") ? bound_avx512(p, columns, rows, strict)
           : __builtin_cpu_supports("avx2")                                         ? bound_avx2(p, columns, rows, strict)
                                                                                    : bound_of(p, columns, rows, strict);
}

int main(int argc, char **argv)
{
    size_t types = argc > 1 ? strtoull(argv[1], NULL, 10) : 10, n = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
    int repetitions = argc > 3 ? atoi(argv[3]) : 3;
    double mu[PARLEY_HAWKES_TYPES_MAX], decay[PARLEY_HAWKES_TYPES_MAX], *branching = malloc(types * types * sizeof *branching), *time = malloc(n * sizeof *time);
    uint16_t *type = malloc(n * sizeof *type);
    size_t width = (types + 3) / 4 * 4;
    size_t bytes = (4 * types * width + 2 * types + 8) / 8 * 64;
    double *columns = aligned_alloc(64, bytes), *rows = aligned_alloc(64, bytes);
    if (!branching || !time || !type || !columns || !rows)
        return 1;
    memset(columns, 0, bytes), memset(rows, 0, bytes);
    for (size_t k = 0; k < types; k++) {
        mu[k] = 0.1, decay[k] = 1;
        for (size_t j = 0; j < types; j++)
            branching[k * types + j] = columns[j * width + k] = (k == j ? 0.3 : 0.3 / (double)types);
    }
    struct parley_hawkes m = { types, mu, branching, decay };
    for (int r = 0; r < repetitions; r++) {
        struct parley_rng rng;
        struct parley_arena arena = { 0 };
        struct parley_hawkes_fit f;
        struct hawkes_prepared p;
        size_t made;
        double begin = cpu_s();
        parley_rng_init(&rng, 1, 0);
        if (parley_hawkes_simulate(&m, 1e300, &rng, n, time, type, &made, NULL) != PARLEY_ELIMIT)
            return 1;
        double simulated = cpu_s() - begin;
        struct parley_marked e = { time, type, n, types, time[n - 1] };
        begin = cpu_s();
        if (parley_hawkes_fit(&e, &(struct parley_hawkes_options){ .decay = PARLEY_DECAY_GIVEN, .given = decay }, &arena, &f, NULL))
            return 1;
        double fitted = cpu_s() - begin;
        if (!hawkes_prepare(&e, 1, &p))
            return 1;
        struct hawkes_sums s = { .loglik = rows + types * width, .grad_mu = rows + types * width + types, .grad = rows };
        double pass = INFINITY, bound[2] = { INFINITY, INFINITY }, keep = 0;
        for (int again = 0; again < 10; again++) {
            begin = cpu_s();
            hawkes_pass(&p, mu, columns, &s);
            pass = fmin(pass, cpu_s() - begin);
            for (int strict = 0; strict < 2; strict++) {
                begin = cpu_s();
                keep += bound_here(&p, columns, rows, strict);
                bound[strict] = fmin(bound[strict], cpu_s() - begin);
            }
        }
        printf("%.6f %.6f %.6f %.6f %.6f %d%s\n", fitted, pass, types < 24 ? bound[0] : bound[1], bound[1], simulated, f.iterations, keep == 0 ? "!" : "");
        hawkes_prepared_release(&p);
        parley_arena_release(&arena);
    }
    free(branching), free(time), free(type), free(columns), free(rows);
    return 0;
}
