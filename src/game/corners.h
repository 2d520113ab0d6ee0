/* corners.h - mixtures of one player within a box, told by the corners of that polygon: linear functions are least and greatest there. */
#ifndef PARLEY_GAME_CORNERS_H
#define PARLEY_GAME_CORNERS_H

#include "support.h"

enum { CORNERS_STRATEGIES = 4, CORNERS_MAX = 32 };

struct corners {
    size_t n; /* 0: more than CORNERS_STRATEGIES strategies; use best_mix */
    double x[CORNERS_MAX][CORNERS_STRATEGIES];
};

/* The corners of { lo <= x <= hi, sum 1 }, a hair outside where rounding makes it doubtful. False: there are no such mixtures. */
bool corners_of(const struct interval *x, size_t n, struct corners *out);

/* Mix the slowest axis (of n strategies) out of a table of bounds: lo[r], hi[r] become the least and greatest of sum over l of
 * x_l lo[r + l inner] (hi likewise). point: lo and hi are equal on entry. */
void corners_mix(const struct corners *c, const struct interval *x, size_t n, size_t inner, bool point, double *lo, double *hi);

/* Keep only mixtures with sum x_k g_k <= 0: exact up to rounding. False: none is left. *changed is set when the box shrinks. */
bool corners_cut(const struct corners *c, struct interval *x, size_t n, const double *g, bool *changed);

#endif
