/* Krippendorff's alpha from the coincidence matrix. */
#include <parley/cases.h>
#include <parley/rng.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_MAX = 256 }; /* distinct values */

struct coding_table {
    const double *value;
    size_t units, coders;
    double level[VALUES_MAX]; /* distinct values, ascending */
    size_t n_levels;
    enum parley_alpha_level kind;
};

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static size_t level_of(const struct coding_table *t, double v)
{
    size_t i = 0;
    while (t->level[i] < v)
        i++;
    return i;
}

static enum parley_status find_levels(struct coding_table *t, struct parley_error *err)
{
    for (size_t i = 0; i < t->units * t->coders; i++) {
        double v = t->value[i];
        if (isnan(v))
            continue;
        if (isinf(v))
            return parley_fail(err, PARLEY_EDOM, "alpha: an infinite value in unit %zu", i / t->coders + 1);
        size_t k = 0;
        while (k < t->n_levels && t->level[k] != v)
            k++;
        if (k < t->n_levels)
            continue;
        if (t->n_levels == VALUES_MAX)
            return parley_fail(err, PARLEY_ELIMIT, "alpha: more than %d different values", VALUES_MAX);
        t->level[t->n_levels++] = v;
    }
    qsort(t->level, t->n_levels, sizeof *t->level, ascending);
    return PARLEY_OK;
}

/* Squared distance of two levels; the ordinal one depends on how often the levels between are used. */
static double distance(const struct coding_table *t, const double *marginal, size_t a, size_t b)
{
    if (a == b)
        return 0;
    if (t->kind == PARLEY_NOMINAL)
        return 1;
    if (t->kind == PARLEY_INTERVAL)
        return (t->level[a] - t->level[b]) * (t->level[a] - t->level[b]);
    double sum = -(marginal[a] + marginal[b]) / 2;
    for (size_t k = a < b ? a : b; k <= (a < b ? b : a); k++)
        sum += marginal[k];
    return sum * sum;
}

/* Add the pairs of one unit to the coincidence matrix, `weight` times. Returns its number of values. */
static size_t add_unit(const struct coding_table *t, size_t unit, double weight, double *matrix)
{
    size_t count[VALUES_MAX] = { 0 }, m = 0;
    for (size_t c = 0; c < t->coders; c++)
        if (!isnan(t->value[unit * t->coders + c])) {
            count[level_of(t, t->value[unit * t->coders + c])]++;
            m++;
        }
    if (m < 2)
        return 0; /* a value nobody else gave pairs with nothing */
    for (size_t a = 0; a < t->n_levels; a++)
        for (size_t b = 0; b < t->n_levels; b++)
            matrix[a * t->n_levels + b] += weight * (double)count[a] * ((double)count[b] - (a == b)) / (double)(m - 1);
    return m;
}

static double alpha_of(const struct coding_table *t, const double *matrix, double *observed, double *expected)
{
    double marginal[VALUES_MAX] = { 0 }, n = 0, o = 0, e = 0;
    for (size_t a = 0; a < t->n_levels; a++)
        for (size_t b = 0; b < t->n_levels; b++)
            marginal[a] += matrix[a * t->n_levels + b];
    for (size_t a = 0; a < t->n_levels; a++)
        n += marginal[a];
    for (size_t a = 0; a < t->n_levels; a++)
        for (size_t b = 0; b < t->n_levels; b++) {
            double d = distance(t, marginal, a, b);
            o += matrix[a * t->n_levels + b] * d;
            e += marginal[a] * marginal[b] * d;
        }
    *observed = o / n;
    *expected = e / (n * (n - 1));
    return e > 0 ? 1 - *observed / *expected : NAN;
}

static enum parley_status bootstrap(const struct coding_table *t, uint64_t seed, size_t draws,
                                    struct parley_arena *arena, struct parley_alpha *out, struct parley_error *err)
{
    size_t n = 0;
    double *alpha = PARLEY_NEW(arena, double, draws), *matrix = PARLEY_NEW(arena, double, t->n_levels * t->n_levels), o,
           e;
    if (!alpha || !matrix)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t d = 0; d < draws; d++) {
        struct parley_rng rng;
        parley_rng_init(&rng, seed, d);
        memset(matrix, 0, t->n_levels * t->n_levels * sizeof *matrix);
        for (size_t u = 0; u < t->units; u++)
            add_unit(t, (size_t)parley_rng_below(&rng, t->units), 1, matrix);
        double a = alpha_of(t, matrix, &o, &e);
        if (isnan(a))
            out->undefined++;
        else
            alpha[n++] = a;
    }
    qsort(alpha, n, sizeof *alpha, ascending);
    out->low = n ? alpha[(size_t)(0.025 * (double)(n - 1))] : NAN;
    out->high = n ? alpha[(size_t)ceil(0.975 * (double)(n - 1))] : NAN;
    return PARLEY_OK;
}

enum parley_status parley_alpha(const double *value, size_t units, size_t coders, enum parley_alpha_level level,
                                uint64_t seed, size_t draws, struct parley_arena *arena, struct parley_alpha *out,
                                struct parley_error *err)
{
    struct coding_table t = { .value = value, .units = units, .coders = coders, .kind = level };
    struct parley_alpha r = { .low = NAN, .high = NAN };
    enum parley_status status = find_levels(&t, err);
    if (status)
        return status;
    double *matrix = PARLEY_NEW(arena, double, t.n_levels *t.n_levels);
    if (!matrix)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t u = 0; u < units; u++) {
        size_t m = add_unit(&t, u, 1, matrix);
        r.units += m > 0;
        r.values += m;
    }
    if (r.units == 0)
        return parley_fail(err, PARLEY_EUNIDENT, "alpha: no unit was coded by two coders; code the same cases twice");
    r.alpha = alpha_of(&t, matrix, &r.observed, &r.expected);
    if (isnan(r.alpha))
        return parley_fail(
            err, PARLEY_EUNIDENT,
            "alpha: every coder gave the same value everywhere; without variation reliability cannot be judged");
    if (draws)
        status = bootstrap(&t, seed, draws, arena, &r, err);
    if (!status)
        *out = r;
    return status;
}
