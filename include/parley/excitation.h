/* excitation.h - who answers whom when dates are known only to the day, week or month.
 * Room: assess.
 *
 * Counts y[k][t] of K directions (or domains) are negative binomial with mean
 *
 *   weekday[k][t mod 7] * (background[k](t) + sum over j of branching[k][j] * s[j](t)),
 *   s[j](t) = sum over u < t of (1 - q) q^(t-u-1) y[j][u],   q = 2^(-1 / half_life)
 *
 * with a piecewise linear background. Events of one bin do not excite each other: their order is not known. The half-life
 * lies in [1 bin, n_bins / 10], is profiled, and never trusted at its upper bound, where trend passes for excitation.
 * Excitation counts as identified only if it beats the best model without excitation (likelihood ratio) and the same
 * statistic on bins shuffled inside blocks of 13 (weekdays kept) which cannot hold excitation shorter than a block. */
#ifndef PARLEY_EXCITATION_H
#define PARLEY_EXCITATION_H

#include <parley/arena.h>
#include <parley/error.h>
#include <parley/lang.h>
#include <parley/progress.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PARLEY_EXCITATION_TYPES_MAX = 16,
    PARLEY_EXCITATION_EVENTS_MIN = 100, /* of a direction, below which no fit is trusted */
    PARLEY_EXCITATION_BINS_MIN = 60,
    PARLEY_EXCITATION_REASON = 400, /* bytes of a reason */
};

enum parley_unidentified { /* why excitation is not identified; the first that holds */
    PARLEY_IDENTIFIED,
    PARLEY_TOO_FEW_EVENTS,
    PARLEY_TOO_FEW_BINS,
    PARLEY_NO_GAIN,         /* likelihood ratio against the best model without excitation */
    PARLEY_LIKE_SHUFFLED,   /* shuffled bins give as much */
    PARLEY_LIKE_TREND,      /* half-life at its upper bound or its interval reaches it */
    PARLEY_NOT_FITTED,      /* the iteration failed */
};

struct parley_excitation {
    bool identified;
    enum parley_unidentified why;
    char reason[PARLEY_EXCITATION_REASON]; /* English; parley_excitation_reason for the other language */
    size_t types;
    const char **label;     /* [types] */
    double *branching, *branching_low, *branching_high; /* [types * types], row k: what excites k; 95 %, likelihood curvature */
    double *events;         /* [types] events in the bins */
    double spectral_radius, spectral_low, spectral_high;
    double controllability, controllability_low, controllability_high;
    double loglik, loglik_baseline; /* nats; baseline: best model without excitation */
    double p_value;         /* likelihood ratio, chi-squared with types^2 + 1 degrees: conservative */
    double cross_p;         /* the same for the off-diagonal terms alone: does one side answer the other? NaN when types = 1 */
    double permutation_p;   /* NaN when not run */
    int permutations;
    double half_life, half_life_low, half_life_high; /* bins */
    double half_life_max;
    double dispersion;      /* mean over k of 1 / size: 0 = Poisson */
    size_t n_bins, knots;   /* of the background behind the estimates; the tests use up to 16 */
};

struct parley_excitation_options {
    bool weekdays;            /* bins are days: fit a weekday effect; first_weekday 0 = Monday is that of bin 0 */
    int first_weekday;
    int permutations;         /* 0 = 99 */
    uint64_t seed;
    const struct parley_progress *progress;
};

#pragma GCC visibility push(default)

/* y [types * n_bins], row k the counts of type k; label [types] (copied). Always fills *out when the arguments are right: too few data
 * is an answer (identified = false, numbers NaN), not a failure. PARLEY_EINVAL, PARLEY_EDOM (negative or not whole), PARLEY_ENOMEM. */
PARLEY_MUST_USE enum parley_status
parley_excitation_fit(const double *y, size_t types, size_t n_bins, const char *const *label,
                      const struct parley_excitation_options *options, struct parley_arena *arena,
                      struct parley_excitation *out, struct parley_error *err);

/* Why excitation is or is not identified, for people. Writes into out (PARLEY_EXCITATION_REASON bytes), returns it. */
const char *parley_excitation_reason(const struct parley_excitation *excitation, enum parley_lang lang, char *out);

#pragma GCC visibility pop
#endif
