/* outward.h - intervals that hold the true value whatever the rounding: every result is moved to the next double on both sides.
 *
 * A rounded sum, product or quotient of doubles is within half a unit of the last place of the true one (IEEE 754, to nearest), so
 * the neighbours enclose it. */
#ifndef PARLEY_GAME_OUTWARD_H
#define PARLEY_GAME_OUTWARD_H

#include "rational.h"
#include "support.h"

#include <math.h>

static inline struct interval outward(double lo, double hi) { return (struct interval){ nextafter(lo, -INFINITY), nextafter(hi, INFINITY) }; }
static inline struct interval outward_point(double x) { return (struct interval){ x, x }; }

/* mpq_get_d cuts towards zero: the neighbours enclose the fraction. */
static inline struct interval outward_fraction(mpq_srcptr q)
{
    double d = mpq_get_d(q);
    return outward(d, d);
}

static inline struct interval outward_add(struct interval a, struct interval b) { return outward(a.lo + b.lo, a.hi + b.hi); }
static inline struct interval outward_subtract(struct interval a, struct interval b) { return outward(a.lo - b.hi, a.hi - b.lo); }

static inline struct interval outward_multiply(struct interval a, struct interval b)
{
    double p = a.lo * b.lo, q = a.lo * b.hi, r = a.hi * b.lo, t = a.hi * b.hi;
    return outward(fmin(fmin(p, q), fmin(r, t)), fmax(fmax(p, q), fmax(r, t)));
}

static inline struct interval outward_divide(struct interval a, struct interval b) /* b > 0 */
{
    double p = a.lo / b.lo, q = a.lo / b.hi, r = a.hi / b.lo, t = a.hi / b.hi;
    return outward(fmin(fmin(p, q), fmin(r, t)), fmax(fmax(p, q), fmax(r, t)));
}

#endif
