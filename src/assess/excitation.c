#include "count_model.h"
#include "matrix.h"
#include "special.h"

#include <parley/blocks.h>
#include <parley/excitation.h>
#include <parley/hawkes.h>
#include <parley/rng.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GRID = 13, SHUFFLE_GRID = 4, BLOCK = 13, KNOTS_MAX = 16, SECTIONS = 12 };

struct setting {
    size_t types, n, knots;
    const double *y;
    const struct parley_excitation_options *options;
    double half_life_max;
};

/* Piecewise linear background: knots far enough apart that a burst of excitation cannot bend it. */
static size_t knots_for(size_t n, double events)
{
    size_t apart = n / 12 > 4 * BLOCK ? n / 12 : 4 * BLOCK, knots = n / apart + 1;
    size_t by_events = 1 + (size_t)(events / 20);
    knots = knots < by_events ? knots : by_events;
    return knots < 1 ? 1 : knots > KNOTS_MAX ? KNOTS_MAX : knots;
}

static void put_background(double *x, size_t columns, size_t n, size_t knots)
{
    for (size_t t = 0; t < n; t++) {
        for (size_t b = 0; b < knots; b++)
            x[t * columns + b] = knots == 1;
        if (knots == 1)
            continue;
        double at = (double)t / (double)(n - 1) * (double)(knots - 1);
        size_t left = (size_t)at < knots - 2 ? (size_t)at : knots - 2;
        x[t * columns + left] = 1 - (at - (double)left);
        x[t * columns + left + 1] = at - (double)left;
    }
}

/* Column c of x: the decayed past of y. Before the window begins the past is taken to be like the mean of the first stretch. */
static void put_past(double *x, size_t columns, size_t c, const double *y, size_t n, double half_life)
{
    double q = exp2(-1 / half_life), s = 0, stretch = fmin((double)n, fmax(10, 3 * half_life));
    for (size_t t = 0; t < (size_t)stretch; t++)
        s += y[t] / stretch;
    for (size_t t = 0; t < n; t++) {
        x[t * columns + c] = s;
        s = q * s + (1 - q) * y[t];
    }
}

/* The columns of a row: background, then the pasts in `mask` (bit j). */
static size_t put_columns(const struct setting *g, const double *y, unsigned mask, double half_life, double *x)
{
    size_t c = g->knots, columns = c + (size_t)__builtin_popcount(mask);
    put_background(x, columns, g->n, g->knots);
    for (size_t j = 0; j < g->types; j++)
        if (mask >> j & 1)
            put_past(x, columns, c++, y + j * g->n, g->n, half_life);
    return columns;
}

static struct count_data data_of(const struct setting *g, const double *y, const double *x, size_t columns)
{
    return (struct count_data){ g->n, columns, y, x, g->options->weekdays, (size_t)g->options->first_weekday };
}

enum which { ALONE, OWN_PAST, ALL_PASTS };

static unsigned mask_of(const struct setting *g, size_t k, enum which which)
{
    return which == ALONE ? 0 : which == OWN_PAST ? 1u << k : (1u << g->types) - 1;
}

/* Sum over rows of the best log likelihood at one half-life; fit [types] holds starts and results. NaN when a fit fails. */
static double fit_rows(const struct setting *g, double half_life, enum which which, struct count_fit *fit, bool start, double *x, double *scratch)
{
    double sum = 0;
    for (size_t k = 0; k < g->types; k++) {
        size_t columns = put_columns(g, g->y, mask_of(g, k, which), half_life, x);
        struct count_data d = data_of(g, g->y + k * g->n, x, columns);
        if (start)
            count_start(&d, &fit[k]);
        for (size_t c = g->knots; c < columns; c++) /* a bound reached at another half-life is not this one's */
            fit[k].theta[c] = fmax(fit[k].theta[c], 1e-3);
        if (!count_fit_all(&d, &fit[k], scratch))
            return NAN;
        sum += fit[k].loglik;
    }
    return sum;
}

static double grid_point(const struct setting *g, size_t i, size_t points)
{
    return exp(log(g->half_life_max) * (double)i / (double)(points - 1));
}

/* The best half-life: a grid, then golden sections around its best point. */
static double profile(const struct setting *g, enum which which, struct count_fit *fit, double *value_at, double *half_life, double *x, double *scratch)
{
    const double golden = 0.3819660112501051;
    double best = -INFINITY;
    size_t at = 0;
    for (size_t i = 0; i < GRID; i++) {
        double value = fit_rows(g, grid_point(g, i, GRID), which, fit, i == 0, x, scratch);
        if (value_at)
            value_at[i] = value;
        if (value > best)
            best = value, at = i;
    }
    double a = log(grid_point(g, at ? at - 1 : 0, GRID)), b = log(grid_point(g, at + 1 < GRID ? at + 1 : GRID - 1, GRID));
    double u = a + golden * (b - a), v = b - golden * (b - a);
    double fu = fit_rows(g, exp(u), which, fit, false, x, scratch), fv = fit_rows(g, exp(v), which, fit, false, x, scratch);
    for (int i = 0; i < SECTIONS; i++) {
        if (fu > fv)
            b = v, v = u, fv = fu, u = a + golden * (b - a), fu = fit_rows(g, exp(u), which, fit, false, x, scratch);
        else
            a = u, u = v, fu = fv, v = b - golden * (b - a), fv = fit_rows(g, exp(v), which, fit, false, x, scratch);
    }
    *half_life = fu > fv ? exp(u) : exp(v);
    double refined = fmax(fu, fv), end = at == 0 ? 1 : g->half_life_max;
    if ((at == 0 || at == GRID - 1) && best > refined)
        *half_life = end;
    return fit_rows(g, *half_life, which, fit, false, x, scratch);
}

/* Ends of the half-life's interval: where the profile has lost 1.92, between grid points by straight lines. */
static void interval_of(const struct setting *g, const double *value_at, double best, double at, double *low, double *high)
{
    const double loss = 1.920729;
    *low = 1, *high = g->half_life_max;
    double previous = at, previous_value = best;
    for (size_t i = GRID; i-- > 0;) {
        double h = grid_point(g, i, GRID);
        if (h >= at)
            continue;
        if (best - value_at[i] > loss) {
            double share = (loss - (best - previous_value)) / (previous_value - value_at[i]);
            *low = exp(log(previous) + share * (log(h) - log(previous)));
            break;
        }
        previous = h, previous_value = value_at[i];
    }
    previous = at, previous_value = best;
    for (size_t i = 0; i < GRID; i++) {
        double h = grid_point(g, i, GRID);
        if (h <= at)
            continue;
        if (best - value_at[i] > loss) {
            double share = (loss - (best - previous_value)) / (previous_value - value_at[i]);
            *high = exp(log(previous) + share * (log(h) - log(previous)));
            break;
        }
        previous = h, previous_value = value_at[i];
    }
}

/* The statistic that is compared with shuffled bins: gain of excitation over the background, weekdays and spread as fitted without
 * excitation, best of a few half-lives. The same procedure for the data and for every shuffle. */
struct shuffle {
    const struct setting *setting;
    const struct count_fit *alone; /* [types] */
    double *statistic;             /* [permutations + 1]; 0 = the data */
};

static void shuffle_bins(const struct setting *g, struct parley_rng *rng, double *y)
{
    size_t stride = g->options->weekdays ? 7 : 1, block = BLOCK * stride;
    for (size_t begin = 0; begin < g->n; begin += block) {
        size_t end = begin + block < g->n ? begin + block : g->n;
        for (size_t lane = 0; lane < stride; lane++) {
            size_t m = begin + lane < end ? (end - begin - lane + stride - 1) / stride : 0;
            for (size_t i = m; i > 1; i--) {
                size_t a = begin + lane + (i - 1) * stride, b = begin + lane + parley_rng_below(rng, i) * stride;
                for (size_t k = 0; k < g->types; k++) { /* all rows of a bin move together: what happens on one day stays on one day */
                    double swap = y[k * g->n + a];
                    y[k * g->n + a] = y[k * g->n + b], y[k * g->n + b] = swap;
                }
            }
        }
    }
}

static enum parley_status one_shuffle(void *ctx, size_t block, unsigned thread, struct parley_error *err)
{
    enum { ROUNDS = 4 };
    struct shuffle *s = ctx;
    const struct setting *g = s->setting;
    (void)thread;
    size_t columns = g->knots + g->types, cells = g->n * (g->types + columns);
    double *y = malloc((cells + count_scratch(g->n, columns)) * sizeof *y);
    if (!y)
        return parley_fail(err, PARLEY_ENOMEM, "no memory to shuffle %zu bins", g->n);
    double *x = y + g->n * g->types, *scratch = y + cells;
    memcpy(y, g->y, g->n * g->types * sizeof *y);
    if (block) {
        struct parley_rng rng;
        parley_rng_init(&rng, g->options->seed, 0x65786369u + ((uint64_t)block << 32));
        shuffle_bins(g, &rng, y);
    }
    struct count_fit fit;
    double alone = 0, best = -INFINITY;
    for (size_t k = 0; k < g->types; k++) {
        size_t c = put_columns(g, y, 0, 1, x);
        struct count_data d = data_of(g, y + k * g->n, x, c);
        fit = s->alone[k];
        alone += count_fit_theta(&d, &fit, ROUNDS, scratch) ? fit.loglik : NAN;
    }
    for (size_t i = 0; i < SHUFFLE_GRID; i++) {
        double sum = 0;
        for (size_t k = 0; k < g->types; k++) {
            size_t c = put_columns(g, y, (1u << g->types) - 1, grid_point(g, i, SHUFFLE_GRID), x);
            struct count_data d = data_of(g, y + k * g->n, x, c);
            fit = s->alone[k];
            for (size_t j = g->knots; j < c; j++)
                fit.theta[j] = 0.02;
            sum += count_fit_theta(&d, &fit, ROUNDS, scratch) ? fit.loglik : NAN;
        }
        best = fmax(best, sum);
    }
    s->statistic[block] = best - alone;
    free(y);
    return PARLEY_OK;
}

static enum parley_status permute(const struct setting *g, const struct count_fit *alone, struct parley_arena *arena, struct parley_excitation *e,
                                  struct parley_error *err)
{
    int permutations = g->options->permutations > 0 ? g->options->permutations : 99;
    struct shuffle s = { g, alone, PARLEY_NEW(arena, double, permutations + 1) };
    if (!s.statistic)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %d permutations", permutations);
    size_t done = 0;
    enum parley_status status = parley_blocks_run((size_t)permutations + 1, 0, one_shuffle, &s, g->options->progress, &done, err);
    if (status)
        return status;
    int as_large = 0;
    for (int i = 1; i <= permutations; i++)
        as_large += !(s.statistic[i] < s.statistic[0]);
    e->permutations = permutations;
    e->permutation_p = (double)(1 + as_large) / (double)(1 + permutations);
    return PARLEY_OK;
}

/* Branching with its interval from the curvature, widened by what it moves between the ends of the half-life's interval; and the same
 * for the spectral radius. */
static enum parley_status spread_out(const struct setting *g, const struct count_fit *fit, const struct count_fit *short_life,
                                     const struct count_fit *long_life, struct parley_excitation *e, struct parley_error *err)
{
    const double z = 1.959963984540054;
    size_t K = g->types;
    double left[PARLEY_EXCITATION_TYPES_MAX], right[PARLEY_EXCITATION_TYPES_MAX], inverse[COUNT_COLUMNS_MAX * COUNT_COLUMNS_MAX], variance = 0, along = 0;
    for (size_t k = 0; k < K; k++)
        for (size_t j = 0; j < K; j++)
            e->branching[k * K + j] = fit[k].theta[g->knots + j];
    enum parley_status status = parley_spectral_radius(e->branching, K, &e->spectral_radius, left, right, err);
    if (status)
        return status;
    for (size_t k = 0; k < K; k++) {
        size_t p = g->knots + K;
        bool known = matrix_inverse(fit[k].information, p, inverse);
        for (size_t j = 0; j < K; j++) {
            double moved = (long_life[k].theta[g->knots + j] - short_life[k].theta[g->knots + j]) / (2 * z);
            double se = known ? sqrt(inverse[(g->knots + j) * p + g->knots + j] + moved * moved) : NAN, b = e->branching[k * K + j];
            along += left[k] * right[j] * moved;
            e->branching_low[k * K + j] = known ? fmax(0, b - z * se) : NAN;
            e->branching_high[k * K + j] = known ? b + z * se : NAN;
            for (size_t i = 0; known && i < K; i++)
                variance += left[k] * right[j] * left[k] * right[i] * inverse[(g->knots + j) * p + g->knots + i];
        }
        e->dispersion += fit[k].spread / (double)K;
    }
    variance += along * along;
    e->spectral_low = fmax(0, e->spectral_radius - z * sqrt(variance)), e->spectral_high = e->spectral_radius + z * sqrt(variance);
    e->controllability = 1 - e->spectral_radius;
    e->controllability_low = 1 - e->spectral_high, e->controllability_high = 1 - e->spectral_low;
    return PARLEY_OK;
}

static void decide(const struct setting *g, struct parley_excitation *e)
{
    double fewest = INFINITY;
    for (size_t k = 0; k < g->types; k++)
        fewest = fmin(fewest, e->events[k]);
    e->why = fewest < PARLEY_EXCITATION_EVENTS_MIN             ? PARLEY_TOO_FEW_EVENTS
             : g->n < PARLEY_EXCITATION_BINS_MIN               ? PARLEY_TOO_FEW_BINS
             : !isfinite(e->loglik)                            ? PARLEY_NOT_FITTED
             : !(e->p_value < 0.01)                            ? PARLEY_NO_GAIN
             : !(e->permutation_p <= 0.05)                     ? PARLEY_LIKE_SHUFFLED
             : e->half_life_high >= 0.999 * g->half_life_max   ? PARLEY_LIKE_TREND
                                                               : PARLEY_IDENTIFIED;
    e->identified = e->why == PARLEY_IDENTIFIED;
    parley_excitation_reason(e, PARLEY_EN, e->reason);
}

static bool make_room(struct parley_excitation *e, size_t types, const char *const *label, struct parley_arena *arena)
{
    double **squares[] = { &e->branching, &e->branching_low, &e->branching_high };
    e->label = PARLEY_NEW(arena, const char *, types);
    e->events = PARLEY_NEW(arena, double, types);
    bool ok = e->label && e->events;
    for (size_t i = 0; i < 3; i++) {
        ok = ok && (*squares[i] = PARLEY_NEW(arena, double, types * types));
        for (size_t j = 0; ok && j < types * types; j++)
            (*squares[i])[j] = NAN;
    }
    for (size_t k = 0; ok && k < types; k++)
        ok = (e->label[k] = parley_arena_strdup(arena, label[k])) != NULL;
    return ok;
}

/* How many knots the data want beside excitation: the fewest parameters by BIC. A background that bends too easily takes the clusters
 * of excitation for its own and halves the branching (the small-sample bias of autoregressions). */
static size_t choose_knots(const struct setting *wide, struct count_fit *fit, double *x, double *scratch)
{
    enum { POINTS = 5 };
    static const size_t candidates[] = { 1, 2, 4, 7 };
    double least = INFINITY;
    size_t chosen = wide->knots;
    for (size_t c = 0; c < 5; c++) {
        struct setting g = *wide;
        g.knots = c < 4 ? candidates[c] : wide->knots;
        if (g.knots > wide->knots)
            continue;
        double best = -INFINITY;
        for (size_t i = 0; i < POINTS; i++)
            best = fmax(best, fit_rows(&g, grid_point(&g, i, POINTS), ALL_PASTS, fit, i == 0, x, scratch));
        double bic = -2 * best + (double)(g.knots * g.types) * log((double)g.n);
        if (bic < least)
            least = bic, chosen = g.knots;
    }
    return chosen;
}

/* The tests use the widest background, so that nothing it could explain passes for excitation; the estimates the chosen one. */
static enum parley_status fit_it(const struct setting *wide, struct parley_arena *arena, struct parley_excitation *e, struct parley_error *err)
{
    size_t columns = wide->knots + wide->types, types = wide->types;
    double *x = malloc((wide->n * columns + count_scratch(wide->n, columns)) * sizeof *x), value_at[GRID], at;
    struct count_fit *alone = PARLEY_NEW(arena, struct count_fit, 5 * types);
    if (!x || !alone) {
        free(x);
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu bins", wide->n);
    }
    struct count_fit *other = alone + types, *all = other + types, *short_life = all + types, *long_life = short_life + types;
    double *scratch = x + wide->n * columns;
    e->loglik_baseline = fit_rows(wide, 1, ALONE, alone, true, x, scratch);
    e->loglik = profile(wide, ALL_PASTS, all, NULL, &at, x, scratch);
    enum parley_status status = PARLEY_OK;
    if (isfinite(e->loglik) && isfinite(e->loglik_baseline)) {
        e->loglik = fmax(e->loglik, e->loglik_baseline); /* the larger model holds the smaller one */
        e->p_value = special_chi2_p(2 * (e->loglik - e->loglik_baseline), (double)(types * types + 1));
        if (types > 1) {
            double without = profile(wide, OWN_PAST, other, NULL, &at, x, scratch);
            e->cross_p = special_chi2_p(2 * (e->loglik - without), (double)(types * types - types));
        }
        struct setting g = *wide;
        g.knots = e->knots = choose_knots(wide, other, x, scratch);
        double best = profile(&g, ALL_PASTS, all, value_at, &e->half_life, x, scratch);
        interval_of(&g, value_at, best, e->half_life, &e->half_life_low, &e->half_life_high);
        fit_rows(&g, e->half_life_low, ALL_PASTS, short_life, true, x, scratch);
        fit_rows(&g, e->half_life_high, ALL_PASTS, long_life, true, x, scratch);
        status = spread_out(&g, all, short_life, long_life, e, err);
        if (!status)
            status = permute(wide, alone, arena, e, err);
    } else {
        e->loglik = NAN;
    }
    free(x);
    return status;
}

enum parley_status parley_excitation_fit(const double *y, size_t types, size_t n, const char *const *label,
                                         const struct parley_excitation_options *options, struct parley_arena *arena,
                                         struct parley_excitation *out, struct parley_error *err)
{
    enum { LEAST_EVENTS = 20, LEAST_BINS = 20 }; /* below this not even a wide answer can be computed */
    if (types < 1 || types > PARLEY_EXCITATION_TYPES_MAX || n < 1)
        return parley_fail(err, PARLEY_EINVAL, "excitation: %zu types (1 to %d) in %zu bins", types, PARLEY_EXCITATION_TYPES_MAX, n);
    struct parley_excitation e = { .types = types, .n_bins = n, .spectral_radius = NAN, .spectral_low = NAN, .spectral_high = NAN,
                                   .controllability = NAN, .controllability_low = NAN, .controllability_high = NAN, .loglik = NAN,
                                   .loglik_baseline = NAN, .p_value = NAN, .cross_p = NAN, .permutation_p = NAN, .half_life = NAN,
                                   .half_life_low = NAN, .half_life_high = NAN };
    if (!make_room(&e, types, label, arena))
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu types", types);
    double fewest = INFINITY;
    for (size_t k = 0; k < types; k++) {
        for (size_t t = 0; t < n; t++) {
            double c = y[k * n + t];
            if (!(c >= 0 && c == floor(c) && isfinite(c)))
                return parley_fail(err, PARLEY_EDOM, "excitation: bin %zu of %s holds %g, not a count", t, label[k], c);
            e.events[k] += c;
        }
        fewest = fmin(fewest, e.events[k]);
    }
    struct setting g = { types, n, knots_for(n, fewest), y, options, fmax(2, (double)n / 10) };
    e.half_life_max = g.half_life_max;
    enum parley_status status = PARLEY_OK;
    if (fewest >= LEAST_EVENTS && n >= LEAST_BINS)
        status = fit_it(&g, arena, &e, err);
    if (status)
        return status;
    decide(&g, &e);
    *out = e;
    return PARLEY_OK;
}
