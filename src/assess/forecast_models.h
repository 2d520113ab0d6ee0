/* forecast_models.h - the models behind forecast.h, fitted to what lies before an origin. */
#ifndef PARLEY_ASSESS_FORECAST_MODELS_H
#define PARLEY_ASSESS_FORECAST_MODELS_H

#include "count_model.h"

#include <parley/forecast.h>

struct forecast_models {
    const double *y;
    size_t n, horizon, lead, season, columns; /* columns of x: 1, rate of the last year, decayed pasts */
    double *x;       /* [n + 1][columns] what is known before each origin */
    double *target;  /* [n + 1] sum of y over the horizon that begins `lead` counts from there; NaN past the end */
    double *sums;    /* [n + 1] running sums of y */
    double *rows, *wanted, *scratch; /* of a fit */
    struct count_fit constant, year, excited;
    size_t fitted;   /* origin of the last fit */
    double learned[PARLEY_FORECASTERS]; /* sums of the log scores that were known before the origin: what the average weighs by */
};

/* What is forecast: the sum of `horizon` counts that begins `lead` counts after the origin. */
bool forecast_models_make(struct forecast_models *m, const double *y, size_t n, const double *extra, size_t n_extra, size_t horizon, size_t lead,
                          size_t season, struct parley_arena *arena);
void forecast_models_fit(struct forecast_models *m, size_t origin);
/* mean and size (infinite: Poisson) of that sum. The average is the mixture of all, each weighed by the probability it gave to what came
 * (Bayesian model averaging with equal priors), as the negative binomial with the mixture's mean and variance. */
void forecast_models_predict(const struct forecast_models *m, enum parley_forecaster by, size_t origin, double *mean, double *size);
/* Weigh the average by all the scores of a back-test. */
void forecast_models_weigh(struct forecast_models *m, const struct parley_backtest *past);
enum { FORECAST_REFIT = 13 }; /* forecasts between two fits of a back-test */
/* Forecast k of a back-test from `from`: fit when it is time, learn the scores that are known by then, predict, keep the log scores
 * log_score [PARLEY_FORECASTERS * forecasts] of what came. mean, size [PARLEY_FORECASTERS] out. */
void forecast_models_roll(struct forecast_models *m, size_t from, size_t k, size_t forecasts, double *log_score, double *mean, double *size);
void forecast_state(enum parley_forecaster by, double mean, double size, struct parley_prediction *out);
/* Does x lie between the 5 % and the 95 % quantile? */
bool forecast_held(double x, double mean, double size);

/* parley_forecast_backtest for sums that begin `lead` counts after their origin. */
enum parley_status forecast_backtest(const double *y, size_t n, const double *extra, size_t n_extra, size_t horizon, size_t lead, size_t season, size_t from,
                                     uint64_t seed, const struct parley_progress *progress, struct parley_arena *arena, struct parley_backtest *out,
                                     struct parley_error *err);
enum parley_status forecast_check(const double *y, size_t n, size_t horizon, struct parley_error *err);

#endif
