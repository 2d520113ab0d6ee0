#ifndef PARLEY_ASSESS_CHANGEPOINT_H
#define PARLEY_ASSESS_CHANGEPOINT_H

#include <parley/changepoint.h>
#include <stdbool.h>
#include <stdint.h>

/* Least -2 log likelihood of one segment of n bins with that sum, without terms free of the level. */
double changepoint_segment_cost(const struct parley_level *level, double n, double sum);

/* The exact posterior: made once in O(n^2), asked often. n >= 2, at most PARLEY_POSTERIOR_N_MAX; 0 < hazard < 1. */
struct posterior {
    struct marginal *marginal;
    size_t n;
    double *before, *behind; /* [n] log densities of what lies before and from a change */
    double log_change, log_stay;
};

bool posterior_make(const double *y, size_t n, const struct parley_level *level, double hazard, struct parley_arena *arena, struct posterior *p);
double posterior_at(const struct posterior *p, size_t t); /* of a change at t */
double posterior_none(const struct posterior *p);
double posterior_within(const struct posterior *p, size_t from, size_t to); /* of a change in from..to, 1 <= from; up to O(n^2) */

#endif
