/* Several steps ahead: each distance has models of its own, fitted and scored at that distance (direct forecasts), so that no
 * forecast is fed into another. */
#include "forecast_models.h"

static enum parley_status one_step(const double *y, size_t n, const double *extra, size_t n_extra, size_t horizon, size_t lead, size_t season, uint64_t seed,
                                   const struct parley_progress *progress, struct parley_arena *arena, struct parley_forecast_step *out, struct parley_error *err)
{
    struct forecast_models m;
    *out = (struct parley_forecast_step){ .backtest.used = PARLEY_BY_NB, .backtest.baseline = PARLEY_BY_NB };
    enum parley_status status = forecast_backtest(y, n, extra, n_extra, horizon, lead, season, 0, seed, progress, arena, &out->backtest, NULL);
    if (status && status != PARLEY_EDOM) /* too few past forecasts to test: then the plainest model that knows of clusters */
        return parley_fail(err, status, status == PARLEY_ECANCELLED ? "interrupted in the back-test" : "no memory for forecasts of %zu counts", n);
    if (!forecast_models_make(&m, y, n, extra, n_extra, horizon, lead, season, arena))
        return parley_fail(err, PARLEY_ENOMEM, "no memory for a forecast from %zu counts", n);
    forecast_models_fit(&m, n);
    forecast_models_state(&m, out->backtest.used, n, &out->prediction);
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
