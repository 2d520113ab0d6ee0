#include <parley/sensitivity.h>

#include <parley/rng.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RESAMPLES = 200 };

/* --- evaluating many points --------------------------------------------------------------- */

struct points {
    const struct parley_study *study;
    const double *x; /* [n][n_inputs] */
    double *y;       /* [n][n_outputs] */
};

static enum parley_status do_point(void *ctx, size_t i, unsigned thread, struct parley_error *err)
{
    const struct points *p = ctx;
    (void)thread;
    return p->study->function(p->study->ctx, p->x + i * p->study->n_inputs, p->y + i * p->study->n_outputs, err);
}

static enum parley_status evaluate(const struct parley_study *s, const double *x, double *y, size_t n, struct parley_error *err)
{
    struct points points = { s, x, y };
    return parley_blocks_run(n, s->threads, do_point, &points, s->progress, NULL, err);
}

static enum parley_status check(const struct parley_study *s, struct parley_error *err)
{
    if (s->n_inputs < 1 || s->n_inputs > PARLEY_INPUTS_MAX || s->n_outputs < 1 || s->n_outputs > PARLEY_OUT_ALL)
        return parley_fail(err, PARLEY_EINVAL, "sensitivity needs 1 to %d inputs and 1 to %d outputs", PARLEY_INPUTS_MAX, (int)PARLEY_OUT_ALL);
    if (s->samples < 2 || s->samples > PARLEY_SAMPLES_MAX)
        return parley_fail(err, PARLEY_EINVAL, "%zu samples: expected 2 to %d", s->samples, PARLEY_SAMPLES_MAX);
    return PARLEY_OK;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void percentiles(double *value, size_t n, struct parley_index *out)
{
    qsort(value, n, sizeof *value, ascending);
    out->low = value[(size_t)(.025 * (double)(n - 1))];
    out->high = value[(size_t)(.975 * (double)(n - 1) + .999)];
}

/* --- Morris ------------------------------------------------------------------------------- */

/* A trajectory: a random corner of the grid, then one input after another, in random order, moves by delta. order[k]: which moved. */
static void trajectory(const struct parley_study *s, size_t t, double *x, size_t *order)
{
    struct parley_rng rng;
    size_t k = s->n_inputs;
    double delta = PARLEY_MORRIS_LEVELS / (2.0 * (PARLEY_MORRIS_LEVELS - 1));
    parley_rng_init(&rng, s->seed, t);
    for (size_t i = 0; i < k; i++) {
        x[i] = (double)parley_rng_below(&rng, PARLEY_MORRIS_LEVELS) / (PARLEY_MORRIS_LEVELS - 1);
        order[i] = i;
    }
    for (size_t i = k; i > 1; i--) {
        size_t j = (size_t)parley_rng_below(&rng, i), keep = order[i - 1];
        order[i - 1] = order[j], order[j] = keep;
    }
    for (size_t i = 0; i < k; i++) {
        double *next = x + (i + 1) * k, *moved = &next[order[i]];
        memcpy(next, next - k, k * sizeof *x);
        *moved += *moved + delta <= 1 + 1e-12 ? delta : -delta;
    }
}

static void summarise(const struct parley_study *s, const double *effect, struct parley_morris *out)
{
    double means[RESAMPLES], sum = 0, square = 0, absolute = 0, n = (double)s->samples;
    struct parley_rng rng;
    for (size_t t = 0; t < s->samples; t++)
        sum += effect[t], absolute += fabs(effect[t]);
    for (size_t t = 0; t < s->samples; t++)
        square += (effect[t] - sum / n) * (effect[t] - sum / n);
    parley_rng_init(&rng, s->seed, UINT64_C(1) << 40);
    for (int b = 0; b < RESAMPLES; b++) {
        double mean = 0;
        for (size_t t = 0; t < s->samples; t++)
            mean += fabs(effect[parley_rng_below(&rng, s->samples)]);
        means[b] = mean / n;
    }
    out->mu = sum / n, out->sigma = sqrt(square / (n - 1));
    out->mu_star.value = absolute / n;
    percentiles(means, RESAMPLES, &out->mu_star);
}

enum parley_status parley_morris(const struct parley_study *s, struct parley_morris *out, struct parley_error *err)
{
    size_t k = s->n_inputs, points = s->samples * (k + 1);
    enum parley_status status = check(s, err);
    if (status)
        return status;
    double *x = calloc(points * k, sizeof *x), *y = calloc(points * s->n_outputs, sizeof *y), *effect = calloc(s->samples, sizeof *effect);
    size_t *order = calloc(s->samples * k, sizeof *order);
    if (!x || !y || !effect || !order)
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t t = 0; !status && t < s->samples; t++)
        trajectory(s, t, x + t * (k + 1) * k, order + t * k);
    if (!status)
        status = evaluate(s, x, y, points, err);
    for (size_t o = 0; !status && o < s->n_outputs; o++)
        for (size_t i = 0; i < k; i++) {
            for (size_t t = 0; t < s->samples; t++) {
                size_t step = 0;
                while (order[t * k + step] != i)
                    step++;
                size_t at = t * (k + 1) + step;
                double dx = x[(at + 1) * k + i] - x[at * k + i];
                effect[t] = (y[(at + 1) * s->n_outputs + o] - y[at * s->n_outputs + o]) / dx;
            }
            summarise(s, effect, &out[o * k + i]);
        }
    free(x), free(y), free(effect), free(order);
    return status;
}

/* --- Sobol -------------------------------------------------------------------------------- */

/* Rows A, B, then A with column i from B, for each base sample. */
static void saltelli(const struct parley_study *s, double *x)
{
    size_t k = s->n_inputs;
    for (size_t n = 0; n < s->samples; n++) {
        struct parley_rng rng;
        double *a = x + n * (k + 2) * k, *b = a + k;
        parley_rng_init(&rng, s->seed, n);
        for (size_t i = 0; i < 2 * k; i++)
            a[i] = parley_rng_uniform(&rng);
        for (size_t i = 0; i < k; i++) {
            double *mixed = a + (i + 2) * k;
            memcpy(mixed, a, k * sizeof *a);
            mixed[i] = b[i];
        }
    }
}

struct shares {
    double first, total;
};

/* Jansen's estimators on the base samples pick[0 .. n - 1] (all in order when NULL). */
static struct shares jansen(const struct parley_study *s, const double *y, size_t output, size_t input, const uint32_t *pick)
{
    size_t k = s->n_inputs, m = s->n_outputs, n = s->samples;
    double sum = 0, square = 0, first = 0, total = 0;
    double origin = y[output]; /* variances do not depend on it; keeps digits */
    for (size_t t = 0; t < n; t++) {
        const double *row = y + (pick ? pick[t] : t) * (k + 2) * m + output;
        double a = row[0] - origin, b = row[m] - origin, mixed = row[(input + 2) * m] - origin;
        sum += a + b;
        square += a * a + b * b;
        first += (b - mixed) * (b - mixed);
        total += (a - mixed) * (a - mixed);
    }
    double mean = sum / (2.0 * (double)n), variance = square / (2.0 * (double)n) - mean * mean;
    if (!(variance > 0))
        return (struct shares){ NAN, NAN };
    return (struct shares){ 1 - first / (2.0 * (double)n * variance), total / (2.0 * (double)n * variance) };
}

static void indices(const struct parley_study *s, const double *y, const uint32_t *picks, size_t output, size_t input, struct parley_sobol *out)
{
    double first[RESAMPLES], total[RESAMPLES];
    struct shares best = jansen(s, y, output, input, NULL);
    for (size_t b = 0; b < RESAMPLES; b++) {
        struct shares one = jansen(s, y, output, input, picks + b * s->samples);
        first[b] = one.first, total[b] = one.total;
    }
    out->first.value = best.first, out->total.value = best.total;
    out->first.low = out->first.high = out->total.low = out->total.high = NAN;
    if (!isnan(best.first)) {
        percentiles(first, RESAMPLES, &out->first);
        percentiles(total, RESAMPLES, &out->total);
    }
}

enum parley_status parley_sobol(const struct parley_study *s, struct parley_sobol *out, struct parley_error *err)
{
    size_t k = s->n_inputs, points = s->samples * (k + 2);
    enum parley_status status = check(s, err);
    if (status)
        return status;
    double *x = calloc(points * k, sizeof *x), *y = calloc(points * s->n_outputs, sizeof *y);
    uint32_t *picks = calloc((size_t)RESAMPLES * s->samples, sizeof *picks);
    if (!x || !y || !picks)
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (!status) {
        struct parley_rng rng;
        parley_rng_init(&rng, s->seed, UINT64_C(1) << 40);
        for (size_t i = 0; i < (size_t)RESAMPLES * s->samples; i++)
            picks[i] = (uint32_t)parley_rng_below(&rng, s->samples);
        saltelli(s, x);
        status = evaluate(s, x, y, points, err);
    }
    for (size_t o = 0; !status && o < s->n_outputs; o++)
        for (size_t i = 0; i < k; i++)
            indices(s, y, picks, o, i, &out[o * k + i]);
    free(x), free(y), free(picks);
    return status;
}

/* --- functions ---------------------------------------------------------------------------- */

void parley_ishigami_exact(double first[3], double total[3])
{
    const double pi4 = 3.14159265358979323846 * 3.14159265358979323846 * 3.14159265358979323846 * 3.14159265358979323846, a = 7, b = .1;
    double v1 = (1 + b * pi4 / 5) * (1 + b * pi4 / 5) / 2, v2 = a * a / 8, v13 = 8 * b * b * pi4 * pi4 / 225, v = v1 + v2 + v13;
    first[0] = v1 / v, first[1] = v2 / v, first[2] = 0;
    total[0] = (v1 + v13) / v, total[1] = v2 / v, total[2] = v13 / v;
}

enum parley_status parley_ishigami(void *ctx, const double x[3], double *y, struct parley_error *err)
{
    const double pi = 3.14159265358979323846;
    double a = pi * (2 * x[0] - 1), b = pi * (2 * x[1] - 1), c = pi * (2 * x[2] - 1);
    (void)ctx, (void)err;
    *y = sin(a) + 7 * sin(b) * sin(b) + .1 * c * c * c * c * sin(a);
    return PARLEY_OK;
}

enum parley_status parley_simulated(void *ctx, const double *x, double *y, struct parley_error *err)
{
    const struct parley_simulated_function *f = ctx;
    struct parley_scenario s = *f->scenario;
    struct parley_tally t = { 0 };
    for (size_t i = 0; i < f->n_inputs; i++) {
        enum parley_parameter p = (enum parley_parameter)f->parameter[i];
        double v = s.par[p] * f->low * pow(f->high / f->low, x[i]);
        s.par[p] = fmin(parley_parameter_high(p), fmax(parley_parameter_low(p), v));
    }
    const struct parley_run run = { .seed = f->seed, .replicates = f->replicates, .threads = 1 };
    enum parley_status status = parley_simulate(&s, &run, &t, err);
    for (size_t i = 0; !status && i < f->n_outputs; i++)
        y[i] = parley_tally_estimate(&t, f->output[i]).mean;
    parley_tally_release(&t);
    return status;
}
