/* calibrate.h - fit parameters of the relation model to a chronicle of events, and score what it then predicts.
 * Room: simulate.
 *
 * Approximate Bayesian computation by sequential Monte Carlo: Beaumont, Cornuet, Marin and Robert 2009, Biometrika 96:983-990.
 * A chronicle, recorded or simulated, is reduced to the same ten yearly rates and means; parameters whose simulated
 * chronicles come near the observed one are kept. The prior of each parameter is log-uniform between 1/5 and 5 times its
 * value in the scenario, within its range. */
#ifndef PARLEY_CALIBRATE_H
#define PARLEY_CALIBRATE_H

#include <parley/event.h>
#include <parley/scenario.h>

enum { PARLEY_STATS = 10, PARLEY_FIT_PARAMETERS_MAX = 16 };

struct parley_stats {
    double value[PARLEY_STATS];
};

struct parley_fit {
    const struct parley_scenario *scenario; /* two states; weeks = length of the observed window */
    const int *parameter;                   /* [n_parameters] enum parley_parameter */
    size_t n_parameters;
    size_t particles;   /* posterior samples, at least 20 */
    int generations;    /* tightenings after the first, 1 to 10 */
    uint64_t seed;
    unsigned threads;
    const struct parley_progress *progress;
};

struct parley_fitted {
    double mean, low, high; /* posterior, 90 percent */
    double prior_low, prior_high;
    double contraction;     /* 1 - sd of the posterior over sd of the prior, on the log scale */
    bool identified;        /* contraction of at least 0.25 */
};

#pragma GCC visibility push(default)

const char *parley_stat_name(int stat, bool chinese); /* "espionage incidents a year" */

/* The rates and means of the events between two actors that fall into [from_us, to_us). */
struct parley_stats parley_chronicle_stats(const struct parley_event_list *events, const char *a, const char *b, int64_t from_us, int64_t to_us);

/* sample [particles][n_parameters], weight [particles] (sum 1), fitted [n_parameters]. PARLEY_ENOCONV when proposals no longer come near. */
PARLEY_MUST_USE enum parley_status parley_calibrate(const struct parley_fit *fit, const struct parley_stats *observed, double *sample, double *weight,
                                                    struct parley_fitted *fitted, struct parley_error *err);

/* Score of predictions for another window: mean continuous ranked probability score over the statistics, each over its spread under
 * the prior (smaller is better), of the posterior and of the prior; and how many observed values fall into the 90 percent intervals. */
struct parley_fit_score {
    double posterior, prior;
    int inside, of;
    double low[PARLEY_STATS], high[PARLEY_STATS];
};
PARLEY_MUST_USE enum parley_status parley_fit_predict(const struct parley_fit *fit, const double *sample, const double *weight, uint32_t weeks,
                                                      const struct parley_stats *observed, struct parley_fit_score *out, struct parley_error *err);

#pragma GCC visibility pop
#endif
