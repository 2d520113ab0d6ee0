/* forecast.h - how many events next, with an interval, and how good such forecasts were.
 * Room: assess.
 *
 * Every model states a whole distribution of the next bin's count. The back-test rolls the origin through the series: each
 * model is fitted to what was known before, and scored on what came. If no model beats the simplest one, the simplest is used. */
#ifndef PARLEY_FORECAST_H
#define PARLEY_FORECAST_H

#include <parley/arena.h>
#include <parley/error.h>
#include <parley/progress.h>
#include <parley/time.h>
#include <stddef.h>
#include <stdint.h>

#define PARLEY_FORECASTER_MAP(X)                                                        \
    X(PARLEY_BY_POISSON,  "poisson",   "homogeneous Poisson",       "均匀泊松")         \
    X(PARLEY_BY_LAST_YEAR, "last-year", "rate of the last year",    "上一年的发生率")   \
    X(PARLEY_BY_SEASON,   "seasonal",  "seasonal rate",             "季节性发生率")     \
    X(PARLEY_BY_NB,       "nb",        "negative binomial",         "负二项")           \
    X(PARLEY_BY_NB_YEAR,  "nb-year",   "negative binomial, rate of the last year", "负二项加上一年发生率") \
    X(PARLEY_BY_EXCITED,  "excited",   "self-exciting negative binomial", "自激负二项") \
    X(PARLEY_BY_AVERAGE,  "average",   "average of all, by past scores", "按以往得分加权平均")

#define PARLEY_FORECASTER_ENUM(name, word, en, zh) name,
enum parley_forecaster { PARLEY_FORECASTER_MAP(PARLEY_FORECASTER_ENUM) PARLEY_FORECASTERS };
#undef PARLEY_FORECASTER_ENUM

enum { PARLEY_FORECAST_COUNT_MAX = 1000000 };

struct parley_score {         /* means over the forecasts; lower is better except log_score */
    double log_score;         /* log probability of what came, nats */
    double log_score_per_event; /* the same, summed and divided by the number of events */
    double crps;              /* continuous ranked probability score, in events */
    double brier;             /* of "at least one event" */
    double pit[10];           /* share of randomised probability integral transforms in each tenth: all .1 when calibrated */
    double pit_p;             /* chi-squared test of that */
    double covered;           /* share inside the 90 % interval */
};

struct parley_backtest {
    size_t n_forecasts, n_events, first_target; /* index of the first bin forecast */
    struct parley_score score[PARLEY_FORECASTERS];
    double better_p[PARLEY_FORECASTERS]; /* p that its log score is no better than the baseline's (Diebold and Mariano, one-sided) */
    enum parley_forecaster baseline; /* best of the models without excitation; the average is none of them */
    enum parley_forecaster used;     /* what forecasts should use: the excited model if it beats the baseline (p < .05), else the average if that does, else the baseline */
};

struct parley_prediction {
    enum parley_forecaster by;
    double mean, low, high, size; /* 90 % interval of the count; size of the negative binomial, infinite for Poisson */
    double none;                  /* probability of no event */
};

enum { PARLEY_FORECAST_STEPS_MAX = 12 };

struct parley_forecast_step {       /* the count of one of the next windows, and how good forecasts at that distance were */
    struct parley_prediction prediction; /* by the model that the back-test at this distance chose */
    double widened;                      /* its standard deviation was multiplied by this, so that nine in ten past intervals would have held; 1: as it was */
    struct parley_backtest backtest;     /* before widening; n_forecasts 0: too few to test, and the prediction is the negative binomial's */
};

#pragma GCC visibility push(default)

const char *parley_forecaster_word(enum parley_forecaster by);

/* y [n]: the fine counts (day or the bin itself); horizon: how many of them one forecast covers (7 for a week of days);
 * season: how many of them a season cycle has (365 for days, 12 for months; 0 = none); origins after `from` (0 = the first third).
 * Forecast k covers y[o .. o+horizon) for origins o = from, from + horizon, ...; models are fitted again every 13 forecasts.
 * extra [n_extra * n]: other series whose past may excite this one (the other direction), or NULL.
 * PARLEY_EDOM with fewer than 12 forecasts. */
PARLEY_MUST_USE enum parley_status
parley_forecast_backtest(const double *y, size_t n, const double *extra, size_t n_extra, size_t horizon, size_t season,
                         size_t from, uint64_t seed, const struct parley_progress *progress, struct parley_arena *arena,
                         struct parley_backtest *out, struct parley_error *err);

/* The next `horizon` counts after the series, summed, by one model fitted to all of it. */
PARLEY_MUST_USE enum parley_status
parley_forecast_next(const double *y, size_t n, const double *extra, size_t n_extra, size_t horizon, size_t season,
                     enum parley_forecaster by, struct parley_arena *arena, struct parley_prediction *out,
                     struct parley_error *err);

/* The next `steps` windows of `horizon` counts each, out [steps]. Window k is forecast directly: by models fitted to windows that begin
 * k horizons after what is known, chosen and scored by a back-test at that distance. PARLEY_EDOM: fewer than two windows of past for
 * each of the future. */
PARLEY_MUST_USE enum parley_status
parley_forecast_path(const double *y, size_t n, const double *extra, size_t n_extra, size_t horizon, size_t season, size_t steps,
                     uint64_t seed, const struct parley_progress *progress, struct parley_arena *arena,
                     struct parley_forecast_step *out, struct parley_error *err);

/* Scores of one count x under a negative binomial with that mean and size (size infinite: Poisson). Exact sums. */
double parley_count_log_score(double x, double mean, double size);
double parley_count_crps(double x, double mean, double size);
double parley_count_cdf(double x, double mean, double size); /* P(X <= x) */

#pragma GCC visibility pop
#endif
