#include "changepoint.h"
#include "special.h"

#include <math.h>
#include <stdbool.h>

/* Marginal likelihood of a segment with n bins and sum S, the level integrated out under a conjugate prior that is worth one
 * bin at the overall mean:
 *   Poisson            Gamma(shape m, rate 1)
 *   negative binomial  x / (x + size) ~ Beta(m, size + 1)
 *   Gaussian           normal with the overall mean and variance
 * Factors that are the same in every segmentation are left out. */
struct marginal {
    const struct parley_level *level;
    double prior, prior2, base;     /* see make_marginal */
    double *of_sum, *of_bins;       /* Poisson: tables of lgamma(prior + S) and log(1 + n) */
    double *weight;                 /* Gaussian: what the square of a sum of n bins weighs */
    size_t sums;
    const double *cumulative;       /* [n + 1] */
};

static inline double log_marginal(const struct marginal *m, size_t from, size_t to) /* bins from..to inclusive */
{
    double sum = m->cumulative[to + 1] - m->cumulative[from];
    switch (m->level->model) {
    case PARLEY_LEVEL_POISSON: {
        double up = m->of_sum ? m->of_sum[(size_t)sum] : special_lgamma(m->prior + sum);
        return m->base + up - (m->prior + sum) * m->of_bins[to - from + 1];
    }
    case PARLEY_LEVEL_NEGATIVE_BINOMIAL: {
        double a = m->prior + sum, b = m->prior2 + (double)(to - from + 1) * m->level->size;
        double up = m->of_sum ? m->of_sum[(size_t)sum] : special_lgamma(a);
        return m->base + up + m->of_bins[to - from + 1] - special_lgamma(a + b);
    }
    case PARLEY_LEVEL_GAUSSIAN:
    default: { /* sums are of centred values */
        return m->weight[to - from + 1] * sum * sum - 0.5 * m->of_bins[to - from + 1];
    }
    }
}

static bool make_tables(struct marginal *m, size_t n, double total, bool whole, struct parley_arena *arena)
{
    enum { SUMS_MAX = 4000000 };
    const struct parley_level *level = m->level;
    m->of_bins = PARLEY_NEW(arena, double, n + 1);
    if (!m->of_bins)
        return false;
    for (size_t i = 0; i <= n; i++)
        m->of_bins[i] = level->model == PARLEY_LEVEL_POISSON             ? log1p((double)i)
                        : level->model == PARLEY_LEVEL_NEGATIVE_BINOMIAL ? special_lgamma(m->prior2 + (double)i * level->size)
                                                                         : log1p((double)i * m->prior / level->variance);
    if (level->model == PARLEY_LEVEL_GAUSSIAN) {
        m->weight = PARLEY_NEW(arena, double, n + 1);
        for (size_t i = 0; m->weight && i <= n; i++)
            m->weight[i] = 0.5 * m->prior / (level->variance * level->variance * (1 + (double)i * m->prior / level->variance));
        return m->weight != NULL;
    }
    if (!whole || total >= SUMS_MAX)
        return true;
    m->sums = (size_t)total + 1;
    m->of_sum = PARLEY_NEW(arena, double, m->sums);
    for (size_t i = 0; m->of_sum && i < m->sums; i++)
        m->of_sum[i] = special_lgamma(m->prior + (double)i);
    return m->of_sum != NULL;
}

static bool make_marginal(struct marginal *m, const double *y, size_t n, const struct parley_level *level, struct parley_arena *arena)
{
    double total = 0, squares = 0;
    bool whole = true, gaussian = level->model == PARLEY_LEVEL_GAUSSIAN;
    for (size_t i = 0; i < n; i++)
        total += y[i], whole &= y[i] == floor(y[i]);
    double mean = total / (double)n;
    double *cumulative = PARLEY_NEW(arena, double, n + 1);
    if (!cumulative)
        return false;
    for (size_t i = 0; i < n; i++) {
        squares += (y[i] - mean) * (y[i] - mean);
        cumulative[i + 1] = cumulative[i] + y[i] - (gaussian ? mean : 0);
    }
    *m = (struct marginal){ .level = level, .cumulative = cumulative };
    if (gaussian) {
        m->prior = fmax(level->variance, squares / (double)n);
    } else {
        m->prior = mean > 0 ? mean : 0.5;
        m->prior2 = level->size + 1;
        m->base = -special_lgamma(m->prior);
        if (level->model == PARLEY_LEVEL_NEGATIVE_BINOMIAL)
            m->base += special_lgamma(m->prior + m->prior2) - special_lgamma(m->prior2);
    }
    return make_tables(m, n, total, whole, arena);
}

/* log(exp(a) + exp(b)) kept as a maximum and a scaled sum */
struct logsum { double max, sum; };

static inline void logsum_add(struct logsum *l, double x)
{
    if (x < l->max - 50) { /* ten thousand such terms would not move the last digit, and they are nearly all of the terms */
    } else if (x <= l->max) {
        l->sum += exp(x - l->max);
    } else {
        l->sum = l->sum * exp(l->max - x) + 1;
        l->max = x;
    }
}

static inline double logsum_value(const struct logsum *l) { return l->max + log(l->sum); }

/* behind[t]: log density of y[t..n) given that a segment begins at t. */
static void backward(const struct marginal *m, size_t n, double log_change, double log_stay, double *behind)
{
    for (size_t t = n; t-- > 0;) {
        struct logsum l = { log_marginal(m, t, n - 1) + (double)(n - 1 - t) * log_stay, 1 };
        for (size_t e = t; e + 1 < n; e++)
            logsum_add(&l, log_marginal(m, t, e) + (double)(e - t) * log_stay + log_change + behind[e + 1]);
        behind[t] = logsum_value(&l);
    }
}

/* before[t]: log density of y[0..t) and a segment that begins at t. */
static void forward(const struct marginal *m, size_t n, double log_change, double log_stay, double *before)
{
    before[0] = 0;
    for (size_t t = 1; t < n; t++) {
        struct logsum l = { -INFINITY, 0 };
        for (size_t s = t; s-- > 0;)
            logsum_add(&l, before[s] + log_marginal(m, s, t - 1) + (double)(t - 1 - s) * log_stay + log_change);
        before[t] = logsum_value(&l);
    }
}

static double in_window_of(const struct marginal *m, size_t n, double log_change, double log_stay, const double *before,
                           const double *behind, size_t from, size_t to)
{
    struct logsum l = { -INFINITY, 0 };
    for (size_t s = 0; s < from; s++)
        for (size_t e = to; e < n; e++)
            logsum_add(&l, before[s] + log_marginal(m, s, e) + (double)(e - s) * log_stay +
                               (e + 1 < n ? log_change + behind[e + 1] : 0));
    return fmin(1, fmax(0, -expm1(logsum_value(&l) - behind[0])));
}

bool posterior_make(const double *y, size_t n, const struct parley_level *level, double hazard, struct parley_arena *arena, struct posterior *p)
{
    struct marginal *m = PARLEY_NEW(arena, struct marginal, 1);
    *p = (struct posterior){ .marginal = m, .n = n, .before = PARLEY_NEW(arena, double, n), .behind = PARLEY_NEW(arena, double, n),
                             .log_change = log(hazard), .log_stay = log1p(-hazard) };
    if (!m || !p->before || !p->behind || !make_marginal(m, y, n, level, arena))
        return false;
    backward(m, n, p->log_change, p->log_stay, p->behind);
    forward(m, n, p->log_change, p->log_stay, p->before);
    return true;
}

double posterior_at(const struct posterior *p, size_t t) { return t ? fmin(1, exp(p->before[t] + p->behind[t] - p->behind[0])) : 0; }

double posterior_none(const struct posterior *p)
{
    return exp(log_marginal(p->marginal, 0, p->n - 1) + (double)(p->n - 1) * p->log_stay - p->behind[0]);
}

double posterior_within(const struct posterior *p, size_t from, size_t to)
{
    return in_window_of(p->marginal, p->n, p->log_change, p->log_stay, p->before, p->behind, from, to);
}

enum parley_status parley_changepoint_posterior(const double *y, size_t n, const struct parley_level *level, double hazard,
                                                double *probability, double *none, size_t window_from, size_t window_to,
                                                double *in_window, struct parley_arena *arena, struct parley_error *err)
{
    if (n < 2 || n > PARLEY_POSTERIOR_N_MAX || !(hazard > 0 && hazard < 1))
        return parley_fail(err, PARLEY_EINVAL, "posterior of a change: %zu bins (2 to %d) or hazard %g out of range", n,
                           PARLEY_POSTERIOR_N_MAX, hazard);
    if (in_window && !(window_from >= 1 && window_from <= window_to && window_to < n))
        return parley_fail(err, PARLEY_EINVAL, "posterior of a change: window %zu to %zu of %zu bins", window_from, window_to, n);
    struct posterior p;
    if (!posterior_make(y, n, level, hazard, arena, &p))
        return parley_fail(err, PARLEY_ENOMEM, "no memory for the posterior over %zu bins", n);
    for (size_t t = 0; probability && t < n; t++)
        probability[t] = posterior_at(&p, t);
    if (none)
        *none = posterior_none(&p);
    if (in_window)
        *in_window = posterior_within(&p, window_from, window_to);
    return PARLEY_OK;
}
