/* series.h - events of a relation as counts and intensities in calendar bins, and how uneven they are.
 * Room: assess.
 *
 * A bin holds an event only if the date is at least as precise as the bin: an event known to the month is never
 * spread over days. Coarser ones are counted as "too coarse"; nothing is dropped silently.
 *
 *   burstiness  B = (s - m) / (s + m) of the gaps between events (Goh and Barabasi 2008, doi:10.1209/0295-5075/81/48002);
 *               -1 clock-like, 0 Poisson, near 1 bursts; gaps are counted in bins, 0 inside a bin;
 *               coarse bins alone move B, so it is compared with the same number of events at random bins
 *   suddenness  share of the bins with events that follow eight bins without any: 1 = every burst came out of the blue
 *   fano        variance / mean of the counts per bin: 1 for Poisson, above 1 for clustered events */
#ifndef PARLEY_SERIES_H
#define PARLEY_SERIES_H

#include <parley/arena.h>
#include <parley/error.h>
#include <parley/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum parley_direction { PARLEY_A_TO_B, PARLEY_B_TO_A, PARLEY_JOINTLY, PARLEY_DIRECTIONS };

enum {
    PARLEY_SERIES_BINS_MAX = 4000000, /* over 10,000 years of days */
    PARLEY_SERIES_DOMAINS_MAX = 256,
    PARLEY_QUIET_BINS = 8, /* of suddenness */
};

struct parley_relation {
    const char *a, *b;         /* actor codes */
    int64_t from_us, to_us;    /* [from, to): the window; both 0 = from the first to the last event */
    const char *const *domain; /* [n_domains] only these; none = all */
    size_t n_domains;
};

/* All arrays have n_bins entries; they live in the arena. */
struct parley_series {
    enum parley_precision bin;
    bool bin_chosen;   /* by the rule: the finest bin that holds 90 % of the dated events */
    int64_t first_bin; /* number of bin 0 as in parley_bin_of */
    size_t n_bins;
    double *count, *conflict, *cooperation;   /* all events; intensity < 0; intensity > 0 */
    double *intensity;                        /* sum of the known intensities */
    double *rated;                            /* events whose intensity is known */
    double *by_direction[PARLEY_DIRECTIONS];  /* counts */
    double *intensity_by_direction[PARLEY_DIRECTIONS];
    size_t n_domains;                         /* domains that occur, in order of code */
    const char **domain;                      /* [n_domains] */
    double *by_domain, *intensity_by_domain;  /* [n_domains][n_bins] */
    size_t n_events;     /* of the relation, in the window or undated */
    size_t n_binned;     /* in the bins */
    size_t n_too_coarse; /* dated, but less precisely than the bin */
    size_t n_undated;
    size_t by_precision[PARLEY_UNDATED + 1]; /* events by the precision of their date */
    size_t *event; /* [n_binned] index into the events given, in order of time: what the bins hold */
};

/* One number with its 95 % interval; NaN where the data bear none. */
struct parley_estimate {
    double estimate, low, high;
};

struct parley_dispersion {
    double mean, variance;             /* of the counts per bin */
    double fano, fano_p;               /* p: chi-squared dispersion test against Poisson, two-sided */
    double zero_share, zero_expected;  /* bins without events, and what a Poisson process would have */
    double burstiness, burstiness_p;   /* NaN with fewer than 3 events; p: against events at random bins */
    double memory;                     /* correlation of consecutive gaps; NaN with fewer than 4 */
    double suddenness;
    double cooperation_share;          /* of the events with a known sign; NaN when there are none */
    double mean_intensity;
};

#pragma GCC visibility push(default)

/* Which side acts on which; false when the event is not of the relation (or not of its domains). */
bool parley_relation_holds(const struct parley_relation *relation, const struct parley_event *event,
                           enum parley_direction *direction);

/* bin: day .. decade, or PARLEY_UNDATED for the rule (day, week, month, quarter, year). PARLEY_EINVAL (bin, window),
 * PARLEY_EDOM (no event of the relation can be binned), PARLEY_ELIMIT (more than PARLEY_SERIES_BINS_MAX bins).
 * O(n log n). */
PARLEY_MUST_USE enum parley_status
parley_series_make(const struct parley_event *event, size_t n, const struct parley_relation *relation,
                   enum parley_precision bin, struct parley_arena *arena, struct parley_series *out, struct parley_error *err);

/* burstiness_p is from 999 placements of the events at random bins (seeded by `seed`). */
PARLEY_MUST_USE enum parley_status
parley_series_dispersion(const struct parley_series *series, uint64_t seed, struct parley_arena *arena,
                         struct parley_dispersion *out, struct parley_error *err);

#pragma GCC visibility pop
#endif
