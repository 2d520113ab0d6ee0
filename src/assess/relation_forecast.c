#include "relation.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Weeks where days are known, otherwise the bin itself. Which side acts matters less than whether anything happens: one series of all events,
 * and each direction's own past may excite it. */
enum parley_status relation_forecast(const struct parley_assess_options *options, struct parley_arena *arena, struct parley_assessment *a,
                                     struct parley_error *err)
{
    enum { LEAST_EVENTS = 30, BINS = 36 };
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
    double *extra = PARLEY_NEW(arena, double, 2 * s->n_bins);
    if (!extra)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu bins", s->n_bins);
    memcpy(extra, s->by_direction[PARLEY_A_TO_B], s->n_bins * sizeof *extra);
    memcpy(extra + s->n_bins, s->by_direction[PARLEY_B_TO_A], s->n_bins * sizeof *extra);
    enum parley_status status = parley_forecast_backtest(s->count, s->n_bins, extra, 2, horizon, season, 0, options->seed, options->progress, arena, &a->backtest, err);
    if (!status)
        status = parley_forecast_next(s->count, s->n_bins, extra, 2, horizon, season, a->backtest.used, arena, &a->prediction, err);
    if (!status)
        status = parley_forecast_next(s->count, s->n_bins, extra, 2, horizon, season, a->backtest.baseline, arena, &a->prediction_baseline, err);
    a->has_forecast = !status;
    return status;
}
