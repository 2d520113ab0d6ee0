/* assess.h - everything one can say about a relation from its events, in one plain struct.
 *
 * parley_assess_relation is what `parley assess A B` and the brief call; each part has its own header and can be had alone.
 * Every estimate comes with its interval or its probability; what the data do not bear is NaN or "not identified" with the reason. */
#ifndef PARLEY_ASSESS_H
#define PARLEY_ASSESS_H

#include <parley/arena.h>
#include <parley/changepoint.h>
#include <parley/error.h>
#include <parley/event.h>
#include <parley/excitation.h>
#include <parley/forecast.h>
#include <parley/json.h>
#include <parley/lang.h>
#include <parley/phase.h>
#include <parley/progress.h>
#include <parley/series.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct parley_standing { /* a mechanism of the relation and when it was in force; plain values from the caller */
    const char *code, *name;
    int64_t start_us, end_us; /* [start, end); INT64_MIN: start not known; INT64_MAX: still in force */
    bool suspended;           /* the end is a suspension, not a completion */
};

/* Segmented regression of the counts around a date, in events a year: level + slope * time, and from the date on level_change + slope_change *
 * time besides (Wagner et al. 2002), by least squares. Intervals allow for correlated errors of changing size (Newey and West 1987, whitened as
 * Andrews and Monahan 1992) and for few observations (MacKinnon and White 1985; Kiefer and Vogelsang 2005). */
struct parley_trend {
    size_t bins;               /* on each side, without the bin of the date itself */
    size_t lags;               /* of the correlation allowed for */
    double autocorrelation;    /* of neighbouring errors, 0 to .9; residuals show less of it, which is corrected */
    struct parley_estimate level, slope;               /* before, at the date; slope: a year more each year */
    struct parley_estimate level_change, slope_change; /* after minus before */
    double level_p, slope_p;   /* of no change */
    bool enough;               /* false: fewer than 8 bins on a side or than 10 events: nothing can be said */
};

struct parley_interruption { /* the series around the start or the end of a mechanism */
    const char *code, *name;
    bool start;                /* false: end or suspension */
    int64_t at_us;
    size_t at;                 /* bin */
    size_t bins;               /* on each side, before and after, without the bin itself */
    double events_before, events_after; /* hostile events: what a mechanism should make rarer */
    struct parley_estimate ratio;     /* rate of hostile events after / before; interval widened by the spread of the counts */
    double p_value;            /* of ratio = 1 */
    double placebo_p;          /* share of the other dates of the series with as large a change; NaN when there are fewer than 20 */
    struct parley_estimate intensity; /* mean intensity after minus before */
    bool enough;               /* false: too few events to say anything; then the estimates show only how wide ignorance is */
    struct parley_trend trend; /* of the hostile events, over up to five years (or twelve bins) on each side */
};

struct parley_domains {
    size_t n;
    const char **domain;       /* [n] in order of share, largest first */
    double *share;             /* [n] of the binned events */
    double entropy, entropy_max; /* nats; log n */
    double entropy_early, entropy_late, entropy_p; /* first and second half of the events; p from shuffling which event is when */
    size_t n_linked;           /* the most frequent domains, at most 6, at least 5 events each */
    const char **linked;       /* [n_linked] */
    double *spill;             /* [n_linked * n_linked] row i, column j: events of i in the `lag` bins after an event of j, over the number expected without a link */
    double *spill_p;           /* one-sided, shuffled domains; already corrected for the number of pairs (Holm) */
    size_t lag;
};

struct parley_pooled { /* the relation among all dyads of the record: gamma-Poisson, empirical Bayes */
    size_t n_dyads;
    double own_rate, mean_rate;       /* events a year */
    struct parley_estimate pooled;    /* the rate shrunk toward the others, 95 % */
    double weight;                    /* of the relation's own data, 0..1 */
};

enum { PARLEY_AHEAD_MAX = 4, PARLEY_RECENT_BINS_MAX = 4400 /* twelve years of days */ };

struct parley_assess_options {
    enum parley_precision bin;        /* PARLEY_UNDATED = by the rule */
    uint64_t seed;                    /* of permutations; printed by whoever shows the result */
    int permutations;                 /* 0 = 99 */
    bool skip_forecast;               /* the back-test is the slow part */
    const struct parley_progress *progress;
};

struct parley_assessment {
    struct parley_relation relation;
    struct parley_series series;
    struct parley_dispersion dispersion;
    struct parley_changes rate;          /* of the counts */
    struct parley_changes intensity;     /* of the mean intensity, over the events in order: at = index into series.event */
    int64_t *intensity_bin;              /* [series.n_binned] number of the bin (parley_bin_of) of each event there */
    size_t recent;                       /* answers and forecast look at the series from this bin on: the last PARLEY_RECENT_BINS_MAX */
    struct parley_excitation excitation; /* A -> B and B -> A */
    struct parley_phases phases;         /* by month, whatever the bin: a date known to the year is spread over its months */
    int64_t phase_first;                 /* number of its first month as in parley_bin_of */
    size_t n_interruptions;
    struct parley_interruption *interruption;
    struct parley_domains domains;
    struct parley_pooled pooled;
    bool has_forecast;                   /* false: too few bins; forecast_why says so */
    const char *forecast_why;
    enum parley_precision forecast_bin;  /* week or month or coarser: never finer than the series */
    struct parley_backtest backtest;
    struct parley_prediction prediction; /* of the next forecast_bin */
    struct parley_prediction prediction_baseline;
    size_t n_ahead;                      /* windows ahead; 0 without a forecast */
    struct { struct parley_date when; struct parley_forecast_step step; } ahead[PARLEY_AHEAD_MAX]; /* the next quarters; years where the series has no finer bin */
    uint64_t seed;
};

#pragma GCC visibility push(default)

/* event: any list, sorted or not; those of the relation and the window are picked. PARLEY_EINVAL (actors, window, bin),
 * PARLEY_EDOM (no event of the relation that can be binned), PARLEY_ELIMIT, PARLEY_ECANCELLED, PARLEY_ENOMEM.
 * Seconds for ten thousand daily events; nearly all of it permutations and back-test. */
PARLEY_MUST_USE enum parley_status
parley_assess_relation(const struct parley_event *event, size_t n, const struct parley_standing *mechanism, size_t n_mechanisms,
                       const struct parley_relation *relation, const struct parley_assess_options *options,
                       struct parley_arena *arena, struct parley_assessment *out, struct parley_error *err);

/* The object of `parley assess --json`: series, change_points, burstiness, fano, excitation, phase, and the rest. */
void parley_assessment_json(const struct parley_assessment *assessment, struct parley_json *json);

/* Counts y [n] around bin `at`, which is left out, with up to `side` bins on each side (at most 2000). NaN where nothing can be computed.
 * O(side * lags). */
void parley_trend_fit(const double *y, size_t n, size_t at, size_t side, double bins_per_year, struct parley_trend *out);

/* Empirical Bayes rates of n dyads: count and exposure (> 0) each; rate, low, high [n] out; mean rate out. */
PARLEY_MUST_USE enum parley_status
parley_pool_rates(const double *count, const double *exposure, size_t n, double *rate, double *low, double *high,
                  double *shape, double *scale, struct parley_error *err);

#pragma GCC visibility pop
#endif
