/* changepoint.h - when did the level change? Exact segmentation and the posterior over the date.
 * Room: assess.
 *
 * Segmentation minimises sum of -2 log likelihood + penalty per change, exactly, by functional pruning (FPOP: Maidstone,
 * Hocking, Rigaill and Fearnhead 2017, doi:10.1007/s11222-016-9636-3). The posterior is the exact recursion of
 * Fearnhead 2006 (doi:10.1007/s11222-006-8450-8) with conjugate priors and geometric gaps. */
#ifndef PARLEY_CHANGEPOINT_H
#define PARLEY_CHANGEPOINT_H

#include <parley/arena.h>
#include <parley/error.h>
#include <stddef.h>

enum parley_level_model {
    PARLEY_LEVEL_POISSON,           /* counts */
    PARLEY_LEVEL_NEGATIVE_BINOMIAL, /* counts with variance m + m^2 / size */
    PARLEY_LEVEL_GAUSSIAN,          /* any numbers, common known variance */
};

enum {
    PARLEY_CHANGEPOINT_N_MAX = 1 << 28,
    PARLEY_POSTERIOR_N_MAX = 10000, /* exact posterior; above it: a local window around each change, of ... */
    PARLEY_POSTERIOR_WINDOW = 2000, /* ... so many bins */
};

struct parley_level {
    enum parley_level_model model;
    double size;     /* negative binomial only, > 0 */
    double variance; /* Gaussian only, > 0 */
};

struct parley_segments {
    size_t n_changes;
    size_t *at;      /* [n_changes] first bin of the new segment, increasing */
    double *mean;    /* [n_changes + 1] */
    double cost;     /* minimal -2 log likelihood (without terms free of the mean) + penalties */
    double penalty;  /* per change */
};

struct parley_change {
    size_t at;            /* first bin of the new level */
    double before, after; /* mean per bin of the segments on either side */
    size_t low, high;     /* 95 % credible interval of the date, inclusive bins; posterior */
    double confidence;    /* posterior probability that there is a change in [low, high] */
};

struct parley_changes {
    size_t n;
    struct parley_change *change; /* [n] */
    struct parley_level level;    /* what was fitted, with its estimated size or variance */
    double penalty;
    double any;                   /* posterior probability of at least one change anywhere; NaN above PARLEY_POSTERIOR_N_MAX */
    const double *probability;    /* [bins] of a change at that bin, or NULL above PARLEY_POSTERIOR_N_MAX */
};

#pragma GCC visibility push(default)

/* The penalty used unless another is given: 3 log n (one level and one date a change, as in the modified BIC of Zhang and
 * Siegmund 2007, doi:10.1111/j.1541-0420.2006.00662.x). */
double parley_changepoint_penalty(size_t n);

/* y [n] in: counts >= 0 (or any finite numbers for the Gaussian). PARLEY_EINVAL, PARLEY_EDOM (a value out of range).
 * O(n) pieces of cost on ordinary data, O(n^2) at worst; memory 20 bytes a point. */
PARLEY_MUST_USE enum parley_status
parley_changepoints(const double *y, size_t n, const struct parley_level *level, double penalty,
                    struct parley_arena *arena, struct parley_segments *out, struct parley_error *err);

/* Exact posterior probability of a change at each bin (probability[0] = 0), given the level model, a prior that a
 * change happens at any bin of `hazard` (0 < hazard < 1), and conjugate priors centred on the overall mean with the
 * weight of one bin. none: out, probability that there is no change at all. n <= PARLEY_POSTERIOR_N_MAX.
 * window_from, window_to (inclusive; 1 <= from <= to < n) and *in_window (may be NULL): probability of at least one change
 * there. O(n^2). */
PARLEY_MUST_USE enum parley_status
parley_changepoint_posterior(const double *y, size_t n, const struct parley_level *level, double hazard,
                             double *probability, double *none, size_t window_from, size_t window_to, double *in_window,
                             struct parley_arena *arena, struct parley_error *err);

/* All of it: choose Poisson or negative binomial for counts (size from the spread inside segments, repeated until it
 * stands), or the Gaussian (variance from the spread inside segments), segment, and date each change. */
PARLEY_MUST_USE enum parley_status
parley_changes_find(const double *y, size_t n, enum parley_level_model model, struct parley_arena *arena,
                    struct parley_changes *out, struct parley_error *err);

#pragma GCC visibility pop
#endif
