#include "relation.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The next four quarters, or years where the counts are by year or decade. A quarter is 13 weeks or 91 days where months are not the bin. */
static enum parley_status look_ahead(const struct parley_assess_options *options, const double *y, size_t n, const double *extra, size_t season, struct parley_arena *arena,
                                     struct parley_assessment *a, struct parley_error *err)
{
    const struct parley_series *s = &a->series;
    size_t horizon = s->bin == PARLEY_DAY ? 91 : s->bin == PARLEY_WEEK ? 13 : s->bin == PARLEY_MONTH ? 3 : 1;
    size_t steps = n / (2 * horizon) < PARLEY_AHEAD_MAX ? n / (2 * horizon) : PARLEY_AHEAD_MAX;
    struct parley_forecast_step *step = PARLEY_NEW(arena, struct parley_forecast_step, PARLEY_AHEAD_MAX);
    if (!step)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for forecasts");
    enum parley_status status = steps ? parley_forecast_path(y, n, extra, 2, horizon, season, steps, options->seed, options->progress, arena, step, err) : PARLEY_OK;
    a->n_ahead = status ? 0 : steps;
    for (size_t k = 0; k < a->n_ahead; k++) {
        int64_t from = s->first_bin + (int64_t)(s->n_bins + k * horizon), quarter;
        struct parley_date when = { parley_bin_start(from, s->bin), parley_bin_start(from + (int64_t)horizon, s->bin), s->bin == PARLEY_WEEK ? PARLEY_DAY : s->bin };
        quarter = parley_bin_of(when.start_us, PARLEY_QUARTER);
        if (when.start_us == parley_bin_start(quarter, PARLEY_QUARTER) && when.end_us == parley_bin_start(quarter + 1, PARLEY_QUARTER))
            when.precision = PARLEY_QUARTER;
        a->ahead[k].when = when;
        a->ahead[k].step = step[k];
    }
    return status;
}

/* Weeks where days are known, otherwise the bin itself. Which side acts matters less than whether anything happens: one series of all events,
 * and each direction's own past may excite it. */
enum parley_status relation_forecast(const struct parley_assess_options *options, struct parley_arena *arena, struct parley_assessment *a,
                                     struct parley_error *err)
{
    enum { LEAST_EVENTS = 30, BINS = 24 }; /* a third is warm-up, and twelve forecasts at least must be left to test */
    const struct parley_series *s = &a->series;
    bool days = s->bin == PARLEY_DAY;
    size_t horizon = days ? 7 : 1, season = days ? 365 : s->bin == PARLEY_WEEK ? 52 : s->bin == PARLEY_MONTH ? 12 : s->bin == PARLEY_QUARTER ? 4 : 0;
    a->forecast_bin = days ? PARLEY_WEEK : s->bin;
    if (options->skip_forecast) {
        a->forecast_why = "not asked for";
        return PARLEY_OK;
    }
    if (s->n_bins < BINS * horizon || s->n_binned < LEAST_EVENTS) {
        a->forecast_why = parley_arena_printf(arena, "%zu events in %zu bins are too few; at least %d events in %zu bins are needed to test a forecast on the past",
                                              s->n_binned, s->n_bins, LEAST_EVENTS, BINS * horizon);
        return a->forecast_why ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "no memory for a reason");
    }
    size_t n = s->n_bins - a->recent;
    const double *y = s->count + a->recent;
    double *extra = PARLEY_NEW(arena, double, 2 * n);
    if (!extra)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu bins", n);
    memcpy(extra, s->by_direction[PARLEY_A_TO_B] + a->recent, n * sizeof *extra);
    memcpy(extra + n, s->by_direction[PARLEY_B_TO_A] + a->recent, n * sizeof *extra);
    enum parley_status status = parley_forecast_backtest(y, n, extra, 2, horizon, season, 0, options->seed, options->progress, arena, &a->backtest, err);
    if (!status)
        status = parley_forecast_next(y, n, extra, 2, horizon, season, a->backtest.used, arena, &a->prediction, err);
    if (!status)
        status = parley_forecast_next(y, n, extra, 2, horizon, season, a->backtest.baseline, arena, &a->prediction_baseline, err);
    if (!status)
        status = look_ahead(options, y, n, extra, season, arena, a, err);
    a->has_forecast = !status;
    return status;
}
