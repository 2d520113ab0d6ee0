#ifndef PARLEY_ASSESS_CHANGEPOINT_H
#define PARLEY_ASSESS_CHANGEPOINT_H

#include <parley/changepoint.h>
#include <stdbool.h>
#include <stdint.h>

/* Least -2 log likelihood of one segment of n bins with that sum, without terms free of the level. */
double changepoint_segment_cost(const struct parley_level *level, double n, double sum);

#endif
