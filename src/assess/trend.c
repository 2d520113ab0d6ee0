/* Segmented regression around a date: level and slope before, and what changes in both. */
#include "matrix.h"
#include "special.h"

#include <parley/assess.h>

#include <math.h>

enum { TERMS = 4, LEAST_SIDE = 8, LEAST_EVENTS = 10, SIDE_MAX = 2000 };

struct design {
    const double *y; /* of the whole series */
    size_t at, side, n;
    double residual[2 * SIDE_MAX];
};

/* Time of observation i in bins from `at`; the bin itself is left out. */
static double time_of(const struct design *d, size_t i) { return i < d->side ? (double)i - (double)d->side : (double)(i - d->side) + 1; }

/* 1, time, after, time after; time in units of the window, so that all columns are of one size. */
static void row_of(const struct design *d, size_t i, double x[TERMS])
{
    double t = time_of(d, i) / (double)d->side;
    x[0] = 1, x[1] = t, x[2] = i >= d->side, x[3] = i >= d->side ? t : 0;
}

static double count_of(const struct design *d, size_t i) { return d->y[i < d->side ? d->at - d->side + i : d->at + 1 + i - d->side]; }

/* Least squares; bread: the inverse of X'X. */
static bool least_squares(struct design *d, double beta[TERMS], double bread[TERMS * TERMS])
{
    double cross[TERMS * TERMS] = { 0 }, xy[TERMS] = { 0 }, x[TERMS];
    for (size_t i = 0; i < d->n; i++) {
        row_of(d, i, x);
        for (size_t a = 0; a < TERMS; a++) {
            xy[a] += x[a] * count_of(d, i);
            for (size_t b = 0; b < TERMS; b++)
                cross[a * TERMS + b] += x[a] * x[b];
        }
    }
    if (!matrix_inverse(cross, TERMS, bread))
        return false;
    for (size_t a = 0; a < TERMS; a++) {
        beta[a] = 0;
        for (size_t b = 0; b < TERMS; b++)
            beta[a] += bread[a * TERMS + b] * xy[b];
    }
    for (size_t i = 0; i < d->n; i++) {
        row_of(d, i, x);
        d->residual[i] = count_of(d, i);
        for (size_t a = 0; a < TERMS; a++)
            d->residual[i] -= x[a] * beta[a];
    }
    return true;
}

/* Of neighbouring errors. Residuals of a line on each side show less of it: about (2 + 4 rho) / side. */
static double autocorrelation(const struct design *d)
{
    double squares = 0, products = 0, side = (double)d->side;
    for (size_t i = 0; i < d->n; i++) {
        squares += d->residual[i] * d->residual[i];
        if (i && i != d->side)
            products += d->residual[i] * d->residual[i - 1];
    }
    double rho = squares > 0 ? (products / squares + 2 / side) / fmax(0.5, 1 - 4 / side) : 0;
    return fmin(fmax(rho, 0), 0.9);
}

/* Residual over one minus its leverage (MacKinnon and White 1985): what a point pulls toward itself is given back. */
static void unpull(struct design *d, const double *bread)
{
    double x[TERMS];
    for (size_t i = 0; i < d->n; i++) {
        double leverage = 0;
        row_of(d, i, x);
        for (size_t a = 0; a < TERMS; a++)
            for (size_t b = 0; b < TERMS; b++)
                leverage += x[a] * bread[a * TERMS + b] * x[b];
        d->residual[i] /= fmax(0.05, 1 - leverage);
    }
}

/* Score of observation i, less rho times its neighbour's before. */
static void score_of(const struct design *d, size_t i, double rho, double v[TERMS])
{
    double x[TERMS];
    row_of(d, i, x);
    for (size_t a = 0; a < TERMS; a++)
        v[a] = x[a] * d->residual[i];
    if (rho == 0 || i == 0 || i == d->side)
        return;
    row_of(d, i - 1, x);
    for (size_t a = 0; a < TERMS; a++)
        v[a] -= rho * x[a] * d->residual[i - 1];
}

/* bread * meat * bread; meat: the weighted sum of products of scores (Newey and West 1987), whitened and coloured again (Andrews and
 * Monahan 1992). rho = 0 and no lags: errors of changing size, not correlated. */
static void robust(const struct design *d, size_t lags, double rho, const double *bread, double variance[TERMS])
{
    double meat[TERMS * TERMS] = { 0 }, x[TERMS], z[TERMS];
    for (size_t i = 0; i < d->n; i++) {
        score_of(d, i, rho, x);
        for (size_t j = i > lags ? i - lags : 0; j < d->n && j <= i + lags; j++) {
            double weight = 1 - fabs(time_of(d, i) - time_of(d, j)) / ((double)lags + 1);
            if (weight <= 0)
                continue; /* the bin left out lies between */
            score_of(d, j, rho, z);
            for (size_t a = 0; a < TERMS; a++)
                for (size_t b = 0; b < TERMS; b++)
                    meat[a * TERMS + b] += weight * x[a] * z[b];
        }
    }
    for (size_t a = 0; a < TERMS; a++) {
        double sum = 0;
        for (size_t b = 0; b < TERMS; b++)
            for (size_t c = 0; c < TERMS; c++)
                sum += bread[a * TERMS + b] * meat[b * TERMS + c] * bread[c * TERMS + a];
        variance[a] = sum / ((1 - rho) * (1 - rho));
    }
}

/* 97.5 % point of the statistic when the kernel reaches over a share b of the observations (Kiefer and Vogelsang 2005, Bartlett): with few
 * observations the normal one is far too small. */
static double critical(double b) { return 1.9600 + 2.9694 * b + 0.4160 * b * b - 0.5324 * b * b * b; }

void parley_trend_fit(const double *y, size_t n, size_t at, size_t side, double per_year, struct parley_trend *out)
{
    const struct parley_estimate unknown = { NAN, NAN, NAN };
    *out = (struct parley_trend){ .level = unknown, .slope = unknown, .level_change = unknown, .slope_change = unknown, .level_p = NAN, .slope_p = NAN,
                                  .autocorrelation = NAN };
    if (at >= n)
        return;
    if (side > SIDE_MAX)
        side = SIDE_MAX;
    if (side > at)
        side = at;
    if (side > n - 1 - at)
        side = n - 1 - at;
    out->bins = side;
    struct design d = { .y = y, .at = at, .side = side, .n = 2 * side };
    double beta[TERMS], bread[TERMS * TERMS], alone[TERMS], together[TERMS], events = 0;
    if (side < 3 || !least_squares(&d, beta, bread))
        return;
    for (size_t i = 0; i < d.n; i++)
        events += count_of(&d, i);
    out->enough = side >= LEAST_SIDE && events >= LEAST_EVENTS;
    out->autocorrelation = autocorrelation(&d);
    out->lags = (size_t)floor(4 * pow((double)d.n / 100, 2.0 / 9)); /* Newey and West 1994 */
    unpull(&d, bread);
    robust(&d, 0, 0, bread, alone);
    robust(&d, out->lags, out->autocorrelation, bread, together);
    double c = critical((double)(out->lags + 1) / (double)d.n), by_time = per_year / (double)side;
    struct parley_estimate *const to[TERMS] = { &out->level, &out->slope, &out->level_change, &out->slope_change };
    for (size_t a = 0; a < TERMS; a++) {
        double unit = a % 2 ? per_year * by_time : per_year, se = sqrt(fmax(alone[a], together[a])) * unit, value = beta[a] * unit;
        *to[a] = (struct parley_estimate){ value, value - c * se, value + c * se };
        double p = se > 0 ? 2 * special_normal_p(fabs(value) / se * 1.9600 / c) : NAN;
        if (a >= 2)
            *(a == 2 ? &out->level_p : &out->slope_p) = p;
    }
}
