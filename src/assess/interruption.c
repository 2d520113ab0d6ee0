#include "relation.h"
#include "special.h"

#include <math.h>
#include <string.h>

enum { LEAST_EVENTS = 10, LEAST_BINS = 4, LEAST_PLACEBOS = 20 };
enum { TREND_BINS = 12 };
static const double reach_years = 3, trend_years = 5;

static double sum_of(const double *y, size_t from, size_t to)
{
    double sum = 0;
    for (size_t t = from; t < to; t++)
        sum += y[t];
    return sum;
}

/* How much more the counts spread on both sides than Poisson counts of two rates would. */
static double spread_of(const double *y, size_t at, size_t w)
{
    double spread = 0, before = sum_of(y, at - w, at) / (double)w, after = sum_of(y, at + 1, at + 1 + w) / (double)w;
    for (size_t i = 1; i <= w; i++) {
        spread += before > 0 ? (y[at - i] - before) * (y[at - i] - before) / before : 0;
        spread += after > 0 ? (y[at + i] - after) * (y[at + i] - after) / after : 0;
    }
    return fmax(1, spread / fmax(1, 2 * (double)w - 2));
}

static double log_ratio(const double *y, size_t at, size_t w)
{
    return log((sum_of(y, at + 1, at + 1 + w) + 0.5) / (sum_of(y, at - w, at) + 0.5));
}

struct side { double n, sum, squares; };

static void intensity_change(const struct parley_event *event, const struct parley_series *s, struct parley_interruption *i)
{
    struct side side[2] = { 0 };
    for (size_t e = 0; e < s->n_binned; e++) {
        const struct parley_event *v = &event[s->event[e]];
        size_t bin = (size_t)(parley_bin_of(v->when.start_us, s->bin) - s->first_bin);
        if (isnan(v->intensity) || bin == i->at || bin + i->bins < i->at || bin > i->at + i->bins)
            continue;
        struct side *to = &side[bin > i->at];
        to->n++, to->sum += v->intensity, to->squares += v->intensity * v->intensity;
    }
    i->intensity = (struct parley_estimate){ NAN, NAN, NAN };
    if (side[0].n < 2 || side[1].n < 2)
        return;
    double variance = 0, mean[2];
    for (int k = 0; k < 2; k++) {
        mean[k] = side[k].sum / side[k].n;
        variance += fmax(0, side[k].squares - side[k].n * mean[k] * mean[k]) / (side[k].n - 1) / side[k].n;
    }
    double d = mean[1] - mean[0], margin = 1.959963984540054 * sqrt(variance);
    i->intensity = (struct parley_estimate){ d, d - margin, d + margin };
}

static void interrupt(const struct parley_event *event, const struct parley_series *s, struct parley_interruption *i)
{
    const double *y = s->conflict, per_year = relation_bins_per_year(s->bin);
    parley_trend_fit(y, s->n_bins, i->at, (size_t)fmax(ceil(trend_years * per_year), TREND_BINS), per_year, &i->trend);
    size_t n = s->n_bins, w = (size_t)ceil(reach_years * per_year);
    if (w < LEAST_BINS)
        w = LEAST_BINS;
    if (w > i->at)
        w = i->at;
    if (w > n - 1 - i->at)
        w = n - 1 - i->at;
    i->bins = w;
    i->ratio = (struct parley_estimate){ NAN, NAN, NAN };
    i->p_value = i->placebo_p = NAN;
    if (!w) {
        i->intensity = i->ratio;
        return;
    }
    i->events_before = sum_of(y, i->at - w, i->at), i->events_after = sum_of(y, i->at + 1, i->at + 1 + w);
    i->enough = w >= LEAST_BINS && i->events_before + i->events_after >= LEAST_EVENTS;
    double change = log_ratio(y, i->at, w);
    double se = sqrt(spread_of(y, i->at, w) * (1 / (i->events_before + 0.5) + 1 / (i->events_after + 0.5)));
    i->ratio = (struct parley_estimate){ exp(change), exp(change - 1.959963984540054 * se), exp(change + 1.959963984540054 * se) };
    i->p_value = 2 * special_normal_p(fabs(change) / se);
    double placebos = 0, as_large = 0;
    for (size_t t = w; t + w < n; t++) {
        if (t == i->at)
            continue;
        placebos++;
        as_large += fabs(log_ratio(y, t, w)) >= fabs(change) - 1e-12;
    }
    if (placebos >= LEAST_PLACEBOS)
        i->placebo_p = (1 + as_large) / (1 + placebos);
    intensity_change(event, s, i);
}

enum parley_status relation_interruptions(const struct parley_event *event, const struct parley_standing *mechanism, size_t n_mechanisms,
                                          struct parley_arena *arena, struct parley_assessment *a, struct parley_error *err)
{
    const struct parley_series *s = &a->series;
    a->interruption = PARLEY_NEW(arena, struct parley_interruption, 2 * n_mechanisms);
    if (!a->interruption)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu mechanisms", n_mechanisms);
    for (size_t m = 0; m < n_mechanisms; m++) {
        for (int end = 0; end < 2; end++) {
            int64_t at = end ? mechanism[m].end_us : mechanism[m].start_us;
            if (at == INT64_MIN || at == INT64_MAX)
                continue;
            int64_t bin = parley_bin_of(at, s->bin) - s->first_bin;
            if (bin < 1 || bin >= (int64_t)s->n_bins - 1)
                continue; /* nothing on one side */
            struct parley_interruption *i = &a->interruption[a->n_interruptions++];
            *i = (struct parley_interruption){ .code = mechanism[m].code, .name = mechanism[m].name, .start = !end, .at_us = at, .at = (size_t)bin };
            interrupt(event, s, i);
        }
    }
    return PARLEY_OK;
}
