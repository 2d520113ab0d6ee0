/* CPU seconds of self-exciting fits: assess_hawkes TYPES EVENTS REPETITIONS
 * One line a repetition: whole fit (decay given), one likelihood with gradient, the bound of the latter, one simulation.
 *
 * The bound is what the same arithmetic costs when nothing has to wait: a stream over the same bytes that does for each event a product of a
 * row of `types` numbers with another (kept in registers, its terms never summed up), a multiple of such a row added to one in the nearest
 * cache, one division, and the two sums of its type - all on numbers that are there already, so that no event needs what another made. */
#include "assess/hawkes_pass.h"

#include <math.h>
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

static inline __attribute__((always_inline)) double bound_as(const struct hawkes_prepared *p, const double *columns, double *rows, size_t width)
{
    double sum = 0, product[PARLEY_HAWKES_TYPES_MAX], by_mu[PARLEY_HAWKES_TYPES_MAX] = { 0 }, mu[PARLEY_HAWKES_TYPES_MAX], c[PARLEY_HAWKES_TYPES_MAX] = { 0 };
    loose_four dot[PARLEY_HAWKES_TYPES_MAX / 4] = { 0 };
    for (size_t k = 0; k < p->types; k++)
        product[k] = mu[k] = 1;
    for (size_t i = 0; i < p->n; i++) {
        size_t k = p->code[i];
        double take = p->take[i], rate = mu[k] + take * p->scale[i], r = 1 / rate, w = take * r;
        product[k] *= rate, by_mu[k] += r;
        const loose_four *column = (const loose_four *)(columns + k * width), *given = (const loose_four *)c;
        loose_four *row = (loose_four *)(rows + k * width), all_w = { w, w, w, w };
        for (size_t b = 0; b < width / 4; b++) {
            dot[b] += column[b] * given[b];
            row[b] += all_w * given[b];
        }
    }
    for (size_t b = 0; b < width / 4; b++)
        sum += dot[b][0];
    return sum + product[0] + by_mu[0];
}

/* Each width of the benchmark as a constant, as in the library. */
static inline __attribute__((always_inline)) double bound_of(const struct hawkes_prepared *p, const double *columns, double *rows)
{
    return p->width == 4 ? bound_as(p, columns, rows, 4) : p->width == 12 ? bound_as(p, columns, rows, 12) : p->width == 52 ? bound_as(p, columns, rows, 52) : bound_as(p, columns, rows, p->width);
}

__attribute__((target("avx512f,avx512vl,avx512dq"))) static double bound_avx512(const struct hawkes_prepared *p, const double *columns, double *rows)
{
    return bound_of(p, columns, rows);
}

__attribute__((target("avx2"))) static double bound_avx2(const struct hawkes_prepared *p, const double *columns, double *rows) { return bound_of(p, columns, rows); }

static double bound_here(const struct hawkes_prepared *p, const double *columns, double *rows)
{
    return __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") ? bound_avx512(p, columns, rows)
           : __builtin_cpu_supports("avx2")                                         ? bound_avx2(p, columns, rows)
                                                                                    : bound_of(p, columns, rows);
}

int main(int argc, char **argv)
{
    size_t types = argc > 1 ? strtoull(argv[1], NULL, 10) : 10, n = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
    int repetitions = argc > 3 ? atoi(argv[3]) : 3;
    double mu[PARLEY_HAWKES_TYPES_MAX], decay[PARLEY_HAWKES_TYPES_MAX], *branching = malloc(types * types * sizeof *branching), *time = malloc(n * sizeof *time);
    uint16_t *type = malloc(n * sizeof *type);
    size_t width = (types + 3) / 4 * 4;
    size_t bytes = (types * width + 2 * types + 8) / 8 * 64;
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
        double pass = INFINITY, bound = INFINITY, keep = 0;
        for (int again = 0; again < 10; again++) {
            begin = cpu_s();
            hawkes_pass(&p, mu, columns, &s);
            pass = fmin(pass, cpu_s() - begin);
            begin = cpu_s();
            keep += bound_here(&p, columns, rows);
            bound = fmin(bound, cpu_s() - begin);
        }
        printf("%.6f %.6f %.6f %.6f %d%s\n", fitted, pass, bound, simulated, f.iterations, keep == 0 ? "!" : "");
        hawkes_prepared_release(&p);
        parley_arena_release(&arena);
    }
    free(branching), free(time), free(type), free(columns), free(rows);
    return 0;
}
