/* QCA in process. Each measuring mode prints lines "seconds of CPU, result".
 *   qca generate FAMILY K N SEED      a synthetic table as CSV (families R, P, S)
 *   qca implicants FILE OUTCOME REPS  all prime implicants of the parsimonious problem
 *   qca minimize FILE OUTCOME REPS    table, all parsimonious models, their fit
 *   qca fuzzy N K REPS                fuzzy truth table of N cases and K conditions */
#include "accord/qca_problem.h"

#include <parley/rng.h>

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

static uint64_t mix64(uint64_t z)
{
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static int generate(char family, unsigned k, unsigned long n, uint64_t seed)
{
    uint64_t state = seed, h = mix64(seed + 0x59);
    for (unsigned j = 0; j < k; j++)
        printf("C%02u,", j + 1);
    puts("OUT_Y");
    for (unsigned long i = 0; i < n; i++) {
        uint64_t x = mix64(state += 0x9E3779B97F4A7C15u) >> (64 - k), y;
        int c[64] = { 0 };
        for (unsigned j = 0; j < k; j++)
            printf("%d,", c[j] = (int)(x >> (k - 1 - j) & 1));
        if (family == 'R')
            y = mix64(x ^ h) >> 63;
        else if (family == 'P')
            y = mix64(x ^ h) >> 62 == 0;
        else
            y = (c[0] && c[1] && !c[2]) || (!c[3] && c[4]) || (c[5] && !c[6] && c[7] && c[8]);
        printf("%d\n", (int)y);
    }
    return 0;
}

static int load(const char *file, const char *outcome, struct parley_arena *arena, struct parley_qca_data *data, struct parley_qca_spec *spec)
{
    struct parley_csv *csv;
    struct parley_error err = { 0 };
    *spec = (struct parley_qca_spec){ .incl_cut = 1, .incl_low = -1, .n_cut = 1 };
    if (parley_csv_open(file, NULL, &csv, &err) || parley_qca_read(csv, arena, data, &err) ||
        parley_qca_parse_set(data, outcome, &spec->outcome, &err) ||
        parley_qca_parse_conditions(data, NULL, spec->outcome.column, arena, &spec->condition, &spec->k, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return -1;
    }
    parley_csv_close(csv);
    return 0;
}

static int implicants(const char *file, const char *outcome, int reps)
{
    struct parley_arena arena = { 0 };
    struct parley_qca_data data;
    struct parley_qca_spec spec;
    struct parley_qca_table table;
    struct parley_qca_options options = { 0 };
    uint8_t *on, *off;
    struct qca_problem p = { 0 };
    if (load(file, outcome, &arena, &data, &spec) || parley_qca_truth_table(&data, &spec, &arena, &table, NULL) || !qca_on_rows(&table, &on, &p.n_on) ||
        !qca_off_observed(&table, &options, &off, &p.n_off))
        return 1;
    p.k = spec.k;
    p.on = on;
    p.off = off;
    for (int r = 0; r < reps; r++) {
        struct qca_implicants im;
        double begin = cpu_s();
        if (qca_implicants_find(&p, 0, 1, NULL, &im, NULL))
            return 1;
        printf("%.7f %llu\n", cpu_s() - begin, (unsigned long long)im.count);
        qca_implicants_release(&im);
    }
    free(on);
    free(off);
    parley_arena_release(&arena);
    return 0;
}

static int minimize(const char *file, const char *outcome, int reps)
{
    struct parley_arena input = { 0 };
    struct parley_qca_data data;
    struct parley_qca_spec spec;
    if (load(file, outcome, &input, &data, &spec))
        return 1;
    for (int r = 0; r < reps; r++) {
        struct parley_arena arena = { 0 };
        struct parley_qca_table table;
        struct parley_qca_result result;
        struct parley_qca_options options = { .kind = PARLEY_QCA_PARSIMONIOUS, .max_models = 1000, .max_implicants = 100000, .threads = 1 };
        double begin = cpu_s();
        if (parley_qca_truth_table(&data, &spec, &arena, &table, NULL) || parley_qca_minimize(&table, &options, NULL, &arena, &result, NULL))
            return 1;
        printf("%.7f %s models of %zu terms%s\n", cpu_s() - begin, result.solution.model_count_exact ? result.solution.model_count : "?", result.solution.model_size,
               result.solution.model_size_proven ? ", proven" : "");
        parley_arena_release(&arena);
    }
    parley_arena_release(&input);
    return 0;
}

static int fuzzy(size_t n, size_t k, int reps)
{
    struct parley_arena arena = { 0 };
    struct parley_qca_column column[PARLEY_QCA_CONDITIONS_MAX + 1];
    struct parley_qca_data data = { .n = n, .n_columns = k + 1, .column = column };
    size_t condition[PARLEY_QCA_CONDITIONS_MAX];
    struct parley_qca_spec spec = { .outcome = { k, 2 }, .condition = condition, .k = k, .incl_cut = .8, .incl_low = -1, .n_cut = 1 };
    struct parley_rng rng;
    parley_rng_init(&rng, 20240601, 0);
    for (size_t j = 0; j <= k; j++) {
        double *v = PARLEY_NEW(&arena, double, n);
        if (!v)
            return 1;
        for (size_t i = 0; i < n; i++)
            v[i] = parley_rng_uniform(&rng);
        column[j] = (struct parley_qca_column){ .name = "X", .kind = PARLEY_QCA_FUZZY, .levels = 2, .value = v };
        if (j < k)
            condition[j] = j;
    }
    for (int r = 0; r < reps; r++) {
        struct parley_arena work = { 0 };
        struct parley_qca_table table;
        double begin = cpu_s();
        if (parley_qca_truth_table(&data, &spec, &work, &table, NULL))
            return 1;
        printf("%.7f %zu rows\n", cpu_s() - begin, table.n_rows);
        parley_arena_release(&work);
    }
    parley_arena_release(&arena);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 6 && !strcmp(argv[1], "generate"))
        return generate(argv[2][0], (unsigned)atoi(argv[3]), strtoul(argv[4], NULL, 10), strtoull(argv[5], NULL, 10));
    if (argc == 5 && !strcmp(argv[1], "implicants"))
        return implicants(argv[2], argv[3], atoi(argv[4]));
    if (argc == 5 && !strcmp(argv[1], "minimize"))
        return minimize(argv[2], argv[3], atoi(argv[4]));
    if (argc == 5 && !strcmp(argv[1], "fuzzy"))
        return fuzzy(strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10), atoi(argv[4]));
    fputs("usage: see the head of this program's source\n", stderr);
    return 2;
}
