/* Seconds of CPU for the exact segmentation of 10^6 Gaussian points: assess_changepoint CHANGES REPETITIONS */
#include <parley/changepoint.h>
#include <parley/rng.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { N = 1000000 };

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
    size_t changes = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    int repetitions = argc > 2 ? atoi(argv[2]) : 3;
    double *y = malloc(N * sizeof *y);
    struct parley_rng rng;
    parley_rng_init(&rng, 1, 0);
    if (!y)
        return 1;
    for (size_t i = 0; i < N; i++)
        y[i] = parley_rng_normal(&rng) + (double)(i / (N / (changes + 1)) % 2);
    for (int r = 0; r < repetitions; r++) {
        struct parley_arena arena = { 0 };
        struct parley_segments s;
        double begin = cpu_s();
        if (parley_changepoints(y, N, &(struct parley_level){ .model = PARLEY_LEVEL_GAUSSIAN, .variance = 1 }, 2 * log(N), &arena, &s, NULL))
            return 1;
        printf("%.6f %zu\n", cpu_s() - begin, s.n_changes);
        parley_arena_release(&arena);
    }
    free(y);
    return 0;
}
