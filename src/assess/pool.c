#include "relation.h"
#include "special.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Log likelihood of gamma-Poisson counts at shape a and the best mean for it. */
static double at_shape(const double *count, const double *exposure, size_t n, double a, double *mean)
{
    double low = 0, high = 1e-9, value = 0;
    for (size_t i = 0; i < n; i++)
        high = fmax(high, 2 * (count[i] + 1) / exposure[i]);
    for (int step = 0; step < 200 && high - low > 1e-13 * high; step++) {
        double m = (low + high) / 2, slope = 0;
        for (size_t i = 0; i < n; i++)
            slope += a * (count[i] - m * exposure[i]) / (a + m * exposure[i]);
        if (slope > 0)
            low = m;
        else
            high = m;
    }
    *mean = (low + high) / 2;
    for (size_t i = 0; i < n; i++) {
        double m = *mean * exposure[i];
        value += special_lgamma(a + count[i]) - special_lgamma(a) + (count[i] > 0 ? count[i] * log(m / (a + m)) : 0) - a * log1p(m / a);
    }
    return value;
}

enum parley_status parley_pool_rates(const double *count, const double *exposure, size_t n, double *rate, double *low, double *high,
                                     double *shape, double *scale, struct parley_error *err)
{
    const double golden = 0.3819660112501051;
    double total = 0;
    if (n < 2)
        return parley_fail(err, PARLEY_EDOM, "pooling needs at least 2 dyads, not %zu", n);
    for (size_t i = 0; i < n; i++) {
        if (!(count[i] >= 0 && exposure[i] > 0 && isfinite(count[i]) && isfinite(exposure[i])))
            return parley_fail(err, PARLEY_EDOM, "dyad %zu has %g events in %g years", i, count[i], exposure[i]);
        total += count[i];
    }
    if (!(total > 0))
        return parley_fail(err, PARLEY_EDOM, "none of %zu dyads has an event", n);
    double a = log(1e-3), b = log(1e5), mean, u = a + golden * (b - a), v = b - golden * (b - a);
    double fu = at_shape(count, exposure, n, exp(u), &mean), fv = at_shape(count, exposure, n, exp(v), &mean);
    while (b - a > 1e-6) {
        if (fu > fv)
            b = v, v = u, fv = fu, u = a + golden * (b - a), fu = at_shape(count, exposure, n, exp(u), &mean);
        else
            a = u, u = v, fu = fv, v = b - golden * (b - a), fv = at_shape(count, exposure, n, exp(v), &mean);
    }
    *shape = exp((a + b) / 2);
    at_shape(count, exposure, n, *shape, &mean);
    *scale = mean / *shape;
    for (size_t i = 0; i < n; i++) {
        double posterior = *shape + count[i], per = 1 / *scale + exposure[i];
        rate[i] = posterior / per;
        low[i] = special_gamma_quantile(0.025, posterior) / per;
        high[i] = special_gamma_quantile(0.975, posterior) / per;
    }
    return PARLEY_OK;
}

struct pair { const char *a, *b; };

static int by_pair(const void *x, const void *y)
{
    const struct pair *p = x, *q = y;
    int first = strcmp(p->a, q->a);
    return first ? first : strcmp(p->b, q->b);
}

static bool state(const char *code) { return strlen(code) == 2; }

/* Every dyad of states that one event joins, once. */
static size_t pairs_of(const struct parley_event *e, struct pair *pair, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < e->n_actors; i++)
        for (size_t j = 0; j < e->n_targets; j++) {
            int order = strcmp(e->actor[i], e->target[j]);
            struct pair p = order < 0 ? (struct pair){ e->actor[i], e->target[j] } : (struct pair){ e->target[j], e->actor[i] };
            bool seen = !order || !state(p.a) || !state(p.b);
            for (size_t k = 0; k < n && !seen; k++)
                seen = !by_pair(&pair[k], &p);
            if (!seen && n < room)
                pair[n++] = p;
        }
    return n;
}

enum parley_status relation_pooled(const struct parley_event *event, size_t n, struct parley_arena *arena, struct parley_assessment *a,
                                   struct parley_error *err)
{
    enum { LEAST_DYADS = 5, PAIRS_AN_EVENT = 64 };
    struct parley_pooled *p = &a->pooled;
    *p = (struct parley_pooled){ 0, NAN, NAN, { NAN, NAN, NAN }, NAN };
    const struct parley_series *s = &a->series;
    int64_t from = parley_bin_start(s->first_bin, s->bin), to = parley_bin_start(s->first_bin + (int64_t)s->n_bins, s->bin);
    size_t m = 0, cap = 1024;
    struct pair *pair = malloc(cap * sizeof *pair);
    if (!pair)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for the dyads of %zu events", n);
    for (size_t i = 0; i < n; i++) {
        if (event[i].when.precision >= PARLEY_DECADE || event[i].when.start_us < from || event[i].when.start_us >= to)
            continue;
        if (m + PAIRS_AN_EVENT > cap) {
            struct pair *more = realloc(pair, 2 * cap * sizeof *pair);
            if (!more) {
                free(pair);
                return parley_fail(err, PARLEY_ENOMEM, "no memory for the dyads of %zu events", n);
            }
            pair = more, cap *= 2;
        }
        m += pairs_of(&event[i], pair + m, PAIRS_AN_EVENT);
    }
    qsort(pair, m, sizeof *pair, by_pair);
    size_t dyads = 0, own = SIZE_MAX;
    for (size_t i = 0; i < m; i++)
        dyads += !i || by_pair(&pair[i - 1], &pair[i]);
    double *count = PARLEY_NEW(arena, double, 5 * dyads), years = (double)(to - from) / (double)PARLEY_US_PER_DAY / 365.2425;
    bool forward = strcmp(a->relation.a, a->relation.b) < 0;
    struct pair us = { forward ? a->relation.a : a->relation.b, forward ? a->relation.b : a->relation.a };
    for (size_t i = 0, d = SIZE_MAX; count && i < m; i++) {
        if (!i || by_pair(&pair[i - 1], &pair[i]))
            d++;
        count[d]++;
        count[dyads + d] = years;
        if (!by_pair(&pair[i], &us))
            own = d;
    }
    free(pair);
    if (!count)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu dyads", dyads);
    p->n_dyads = dyads;
    if (dyads < LEAST_DYADS || own == SIZE_MAX)
        return PARLEY_OK;
    double *rate = count + 2 * dyads, *low = rate + dyads, *high = low + dyads, shape, scale;
    enum parley_status status = parley_pool_rates(count, count + dyads, dyads, rate, low, high, &shape, &scale, err);
    if (!status) {
        p->own_rate = count[own] / years, p->mean_rate = shape * scale;
        p->pooled = (struct parley_estimate){ rate[own], low[own], high[own] };
        p->weight = years / (years + 1 / scale);
    }
    return status;
}
