/* Several steps ahead: each distance has models of its own, fitted and scored at that distance (direct forecasts), so that no
 * forecast is fed into another. */
#include "forecast_models.h"

#include <math.h>

static double wider(double mean, double size, double factor)
{
    double variance = factor * (mean + (isinf(size) ? 0 : mean * mean / size));
    return variance > mean * (1 + 1e-9) ? mean * mean / (variance - mean) : INFINITY;
}

/* By how much must the variances grow for nine in ten past intervals at this distance to have held what came? A few windows far apart
 * know little of the spread of the next one; intervals that failed in the past are not shown as if they had not. */
static enum parley_status widening(struct forecast_models *m, const struct parley_backtest *b, struct parley_arena *arena, double *factor, struct parley_error *err)
{
    size_t n = b->n_forecasts, from = b->first_target - m->lead, enough = (9 * n + 9) / 10;
    double *x = PARLEY_NEW(arena, double, 3 * n + 1), *mean = x ? x + n : NULL, *size = x ? mean + n : NULL, *log_score = PARLEY_NEW(arena, double, PARLEY_FORECASTERS * n + 1);
    if (!x || !log_score)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu forecasts", n);
    for (size_t k = 0; k < n; k++) {
        double means[PARLEY_FORECASTERS], sizes[PARLEY_FORECASTERS];
        forecast_models_roll(m, from, k, n, log_score, means, sizes);
        mean[k] = means[b->used], size[k] = sizes[b->used];
        x[k] = m->target[from + k * m->horizon];
    }
    for (*factor = 1; n && *factor < 64; *factor *= 1.1) {
        size_t held = 0;
        for (size_t k = 0; k < n; k++)
            held += forecast_held(x[k], mean[k], wider(mean[k], size[k], *factor));
        if (held >= enough)
            break;
    }
    return PARLEY_OK;
}

static enum parley_status one_step(const double *y, size_t n, const double *extra, size_t n_extra, size_t horizon, size_t lead, size_t season, uint64_t seed,
                                   const struct parley_progress *progress, struct parley_arena *arena, struct parley_forecast_step *out, struct parley_error *err)
{
    struct forecast_models m;
    double mean, size, factor = 1;
    *out = (struct parley_forecast_step){ .backtest.used = PARLEY_BY_NB, .backtest.baseline = PARLEY_BY_NB };
    enum parley_status status = forecast_backtest(y, n, extra, n_extra, horizon, lead, season, 0, seed, progress, arena, &out->backtest, NULL);
    if (status && status != PARLEY_EDOM) /* too few past forecasts to test: then the plainest model that knows of clusters */
        return parley_fail(err, status, status == PARLEY_ECANCELLED ? "interrupted in the back-test" : "no memory for forecasts of %zu counts", n);
    if (!forecast_models_make(&m, y, n, extra, n_extra, horizon, lead, season, arena))
        return parley_fail(err, PARLEY_ENOMEM, "no memory for a forecast from %zu counts", n);
    if (out->backtest.n_forecasts && (status = widening(&m, &out->backtest, arena, &factor, err)))
        return status;
    m.fitted = 0; /* a fit of its own, not one that begins where the back-test ended */
    m.constant = m.year = m.excited = (struct count_fit){ 0 };
    forecast_models_fit(&m, n);
    forecast_models_weigh(&m, &out->backtest);
    forecast_models_predict(&m, out->backtest.used, n, &mean, &size);
    forecast_state(out->backtest.used, mean, wider(mean, size, factor), &out->prediction);
    out->widened = sqrt(factor);
    return PARLEY_OK;
}

enum parley_status parley_forecast_path(const double *y, size_t n, const double *extra, size_t n_extra, size_t horizon, size_t season, size_t steps, uint64_t seed,
                                        const struct parley_progress *progress, struct parley_arena *arena, struct parley_forecast_step *out,
                                        struct parley_error *err)
{
    enum parley_status status = forecast_check(y, n, horizon, err);
    if (!status && (!steps || steps > PARLEY_FORECAST_STEPS_MAX || n < 2 * horizon * steps))
        status = parley_fail(err, PARLEY_EDOM, "%zu counts are too few for %zu forecasts of %zu counts each", n, steps, horizon);
    for (size_t k = 0; k < steps && !status; k++)
        status = one_step(y, n, extra, n_extra, horizon, k * horizon, season, seed, progress, arena, &out[k], err);
    return status;
}
