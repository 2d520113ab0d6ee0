#include "count_model.h"

#include <parley/forecast.h>

#include <math.h>

double parley_count_log_score(double x, double mean, double size) { return count_log_probability(x, mean, isinf(size) ? 0 : 1 / size); }

/* Walk up the distribution from where it begins to matter: each probability from the one before. */
struct walk { double k, p, mean, spread; };

static struct walk begin(double mean, double size)
{
    double spread = isinf(size) ? 0 : 1 / size, sd = sqrt(mean + spread * mean * mean);
    struct walk w = { .k = spread > 0 ? 0 : fmax(0, floor(mean - 12 * sd - 12)), .mean = mean, .spread = spread };
    if (spread > 0 && mean > 1000) /* the chance of so few is below what a double can hold */
        w.k = fmax(0, floor(mean * 1e-6 - 1));
    w.p = exp(count_log_probability(w.k, mean, spread));
    return w;
}

static void step(struct walk *w)
{
    /* p(k+1) / p(k) = (k + r) / (k + 1) * m / (m + r), and m / (k + 1) for Poisson */
    if (w->p == 0)
        w->p = exp(count_log_probability(w->k + 1, w->mean, w->spread));
    else if (w->spread > 0)
        w->p *= (w->k * w->spread + 1) / (w->k + 1) * w->mean / (1 + w->spread * w->mean);
    else
        w->p *= w->mean / (w->k + 1);
    w->k++;
}

double parley_count_cdf(double x, double mean, double size)
{
    if (x < 0)
        return 0;
    struct walk w = begin(mean, size);
    double sum = 0;
    for (; w.k <= x; step(&w)) {
        sum += w.p;
        if (w.k > mean && w.p < 1e-17 * sum)
            break;
    }
    return fmin(1, sum);
}

double parley_count_crps(double x, double mean, double size)
{
    struct walk w = begin(mean, size);
    double cdf = 0, score = x < w.k ? w.k - x : 0;
    for (;; step(&w)) {
        cdf = fmin(1, cdf + w.p);
        double miss = cdf - (w.k >= x);
        score += miss * miss;
        if (w.k >= x && w.k > mean && (1 - cdf < 1e-9 || w.p < 1e-15))
            return score;
    }
}
