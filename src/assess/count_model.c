#include "count_model.h"

#include "matrix.h"
#include "special.h"

#include <math.h>
#include <string.h>

size_t count_scratch(size_t n, size_t columns) { return 2 * n + 2 * columns * columns + 8 * columns; }

static inline double mix(const struct count_data *d, const double *theta, size_t t)
{
    double sum = 0;
    for (size_t c = 0; c < d->columns; c++)
        sum += d->x[t * d->columns + c] * theta[c];
    return fmax(sum, 1e-12);
}

static inline double factor(const struct count_data *d, const struct count_fit *f, size_t t)
{
    return d->weekdays ? f->weekday[(t + d->first_weekday) % 7] : 1;
}

double count_mean(const struct count_data *d, const struct count_fit *f, size_t t) { return factor(d, f, t) * mix(d, f->theta, t); }

/* log Gamma(y + r) / Gamma(r) without the loss of digits of a difference */
static double log_rising(double r, double y)
{
    if (y > 30)
        return special_lgamma(y + r) - special_lgamma(r);
    double product = 1, sum = 0;
    for (double i = 0; i < y; i++) {
        product *= r + i;
        if (product > 1e250)
            sum += log(product), product = 1;
    }
    return sum + log(product);
}

double count_log_probability(double y, double mean, double spread)
{
    if (spread < 1e-9)
        return (y > 0 ? y * log(mean) : 0) - mean - special_lgamma(y + 1);
    double r = 1 / spread;
    return log_rising(r, y) - special_lgamma(y + 1) + (y > 0 ? y * log(spread * mean) : 0) - (y + r) * log1p(spread * mean);
}

/* The part of the log likelihood that moves with the mean. */
static double moving(const struct count_data *d, const double *mean, double spread)
{
    double sum = 0, r = spread > 0 ? 1 / spread : 0;
    for (size_t t = 0; t < d->n; t++) {
        double m = mean[t];
        if (spread < 1e-9)
            sum += (d->y[t] > 0 ? d->y[t] * log(m) : 0) - m;
        else
            sum += (d->y[t] > 0 ? d->y[t] * log(m) : 0) - (d->y[t] + r) * log1p(spread * m);
    }
    return sum;
}

double count_loglik(const struct count_data *d, const struct count_fit *f)
{
    double sum = 0;
    for (size_t t = 0; t < d->n; t++)
        sum += count_log_probability(d->y[t], count_mean(d, f, t), f->spread);
    return sum;
}

void count_start(const struct count_data *d, struct count_fit *f)
{
    double total = 0;
    memset(f, 0, sizeof *f);
    for (size_t t = 0; t < d->n; t++)
        total += d->y[t];
    for (size_t c = 0; c < d->columns; c++) {
        double sum = 0;
        for (size_t t = 0; t < d->n; t++)
            sum += d->x[t * d->columns + c];
        f->theta[c] = sum > 0 ? fmax(total, 0.5) / (sum * (double)d->columns) : 0;
    }
    for (int w = 0; w < 7; w++)
        f->weekday[w] = 1;
    f->spread = 0.1;
}

static void means(const struct count_data *d, const struct count_fit *f, const double *theta, double *mean)
{
    for (size_t t = 0; t < d->n; t++)
        mean[t] = factor(d, f, t) * mix(d, theta, t);
}

/* Gradient and expected information of theta. */
static void slopes(const struct count_data *d, struct count_fit *f, const double *mean, double *g)
{
    size_t p = d->columns;
    double *h = f->information;
    memset(g, 0, p * sizeof *g);
    memset(h, 0, p * p * sizeof *h);
    for (size_t t = 0; t < d->n; t++) {
        const double *x = d->x + t * p;
        double m = mean[t], w = factor(d, f, t), v = w / (m * (1 + f->spread * m)), u = v * (d->y[t] - m), q = v * w;
        for (size_t a = 0; a < p; a++) {
            if (x[a] == 0)
                continue;
            g[a] += u * x[a];
            double s = q * x[a];
            for (size_t b = 0; b <= a; b++)
                h[a * p + b] += s * x[b];
        }
    }
    for (size_t a = 0; a < p; a++) {
        for (size_t b = 0; b < a; b++)
            h[b * p + a] = h[a * p + b];
        h[a * p + a] += 1e-10 * h[a * p + a] + 1e-12;
    }
}

bool count_fit_theta(const struct count_data *d, struct count_fit *f, int rounds, double *scratch)
{
    size_t p = d->columns;
    double *mean = scratch, *g = mean + d->n, *to = g + p, *trial = to + p, *work = trial + p;
    bool in_use[COUNT_COLUMNS_MAX];
    means(d, f, f->theta, mean);
    double value = moving(d, mean, f->spread);
    for (int round = 0; round < rounds; round++) {
        slopes(d, f, mean, g);
        for (size_t a = 0; a < p; a++) {
            to[a] = f->theta[a];
            for (size_t b = 0; b < p; b++)
                g[a] += f->information[a * p + b] * f->theta[b];
        }
        if (!matrix_bounded_quadratic(f->information, g, p, p, to, work, in_use))
            return false;
        double step = 1, reached = -INFINITY;
        for (; step > 1e-4; step /= 3) {
            for (size_t a = 0; a < p; a++)
                trial[a] = fmax(0, f->theta[a] + step * (to[a] - f->theta[a]));
            means(d, f, trial, mean);
            reached = moving(d, mean, f->spread);
            if (reached >= value - 1e-9)
                break;
        }
        if (!(reached >= value - 1e-9)) {
            means(d, f, f->theta, mean);
            break;
        }
        memcpy(f->theta, trial, p * sizeof *trial);
        double gain = reached - value;
        value = reached;
        if (gain < 1e-7)
            break;
    }
    f->loglik = value;
    return true;
}

static void fit_weekdays(const struct count_data *d, struct count_fit *f)
{
    enum { ROUNDS = 3 };
    for (int round = 0; round < ROUNDS; round++) {
        double up[7] = { 0 }, down[7] = { 0 }, mean = 0;
        for (size_t t = 0; t < d->n; t++) {
            size_t w = (t + d->first_weekday) % 7;
            double base = mix(d, f->theta, t), weight = 1 / (1 + f->spread * f->weekday[w] * base);
            up[w] += weight * d->y[t], down[w] += weight * base;
        }
        for (int w = 0; w < 7; w++) {
            f->weekday[w] = fmax(1e-3, up[w] / fmax(down[w], 1e-12));
            mean += f->weekday[w] / 7;
        }
        for (int w = 0; w < 7; w++)
            f->weekday[w] /= mean;
        for (size_t c = 0; c < d->columns; c++)
            f->theta[c] *= mean;
    }
}

/* above[i]: how many counts are larger than i, so that the sum of log Gamma(y + r) / Gamma(r) over all counts is one sum over i.
 * Returns how far that goes, or 0 when some count is larger than there is room for. */
static size_t count_above(const struct count_data *d, double *above)
{
    double most = 0;
    for (size_t t = 0; t < d->n; t++)
        most = fmax(most, d->y[t]), above[t] = 0;
    if (most > (double)d->n)
        return 0;
    for (size_t t = 0; t < d->n; t++)
        if (d->y[t] > 0)
            above[(size_t)d->y[t] - 1]++;
    for (size_t i = (size_t)most; i-- > 1;)
        above[i - 1] += above[i];
    return (size_t)most;
}

/* The part of the log likelihood that moves with the spread, means fixed. */
static double at_spread(const struct count_data *d, const double *mean, const double *above, size_t most, double spread)
{
    double sum = 0, r = 1 / spread, product = 1;
    for (size_t i = 0; i < most; i++)
        sum += above[i] * log1p(spread * (double)i); /* log(r + i) + log(spread) */
    for (size_t t = 0; t < d->n; t++) {
        double y = d->y[t], more = 1 + spread * mean[t];
        if (!most && y > 0)
            sum += log_rising(r, y) + y * log(spread);
        sum -= y * log(more);
        product *= more;
        if (product > 1e200)
            sum -= r * log(product), product = 1;
    }
    return sum - r * log(product);
}

/* The spread by golden sections on its logarithm, near the last one unless `wide`. */
static void fit_spread(const struct count_data *d, struct count_fit *f, double *mean, const double *above, size_t most, bool wide)
{
    const double golden = 0.3819660112501051;
    means(d, f, f->theta, mean);
    double centre = log(fmax(f->spread, 1e-6)), reach = wide ? 4 : 0.5;
    double a = fmax(centre - reach, log(1e-7)), b = fmin(centre + reach, log(1e4));
    double x[2] = { a + golden * (b - a), b - golden * (b - a) }, value[2] = { at_spread(d, mean, above, most, exp(x[0])), at_spread(d, mean, above, most, exp(x[1])) };
    while (b - a > 2e-3) {
        if (value[0] > value[1]) {
            b = x[1], x[1] = x[0], value[1] = value[0], x[0] = a + golden * (b - a);
            value[0] = at_spread(d, mean, above, most, exp(x[0]));
        } else {
            a = x[0], x[0] = x[1], value[0] = value[1], x[1] = b - golden * (b - a);
            value[1] = at_spread(d, mean, above, most, exp(x[1]));
        }
    }
    f->spread = exp((a + b) / 2);
    if (f->spread < 1e-6)
        f->spread = 0;
}

bool count_fit_all(const struct count_data *d, struct count_fit *f, double *scratch)
{
    enum { ROUNDS = 20 };
    double last = -INFINITY, *above = scratch + count_scratch(d->n, d->columns) - d->n;
    size_t most = count_above(d, above);
    for (int round = 0; round < ROUNDS; round++) {
        if (!count_fit_theta(d, f, 6, scratch))
            return false;
        if (d->weekdays)
            fit_weekdays(d, f);
        fit_spread(d, f, scratch, above, most, round == 0);
        double value = f->spread > 0 ? at_spread(d, scratch, above, most, f->spread) : 0; /* the likelihood up to a constant */
        for (size_t t = 0; t < d->n; t++)
            value += (d->y[t] > 0 ? d->y[t] * log(scratch[t]) : 0) - (f->spread > 0 ? 0 : scratch[t]);
        if (value - last < 2e-3)
            break;
        last = value;
    }
    f->loglik = count_loglik(d, f);
    slopes(d, f, scratch, scratch + d->n); /* leave the information at the optimum; scratch holds the means */
    return isfinite(f->loglik);
}
