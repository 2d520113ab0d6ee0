/* qca_calibrate.h - from raw numbers to memberships in a set.
 * Room: accord.
 *
 * Direct method: Ragin 2008, ch. 5 (three anchors, logistic); linear and bell-shaped forms with shape exponents: Thiem 2014,
 * International Journal of Social Research Methodology 17:625-642. Indirect method: Ragin 2008 (graded groups, fractional logit on log x, x^1/2, x, x^2).
 * Totally fuzzy and relative: Cheli and Lemmi 1995. Anchors carry the theory: none is ever guessed unless asked for. */
#ifndef PARLEY_QCA_CALIBRATE_H
#define PARLEY_QCA_CALIBRATE_H

#include <parley/error.h>
#include <stdbool.h>
#include <stddef.h>

enum parley_qca_calibration { PARLEY_QCA_CRISP_SETS, PARLEY_QCA_DIRECT, PARLEY_QCA_INDIRECT, PARLEY_QCA_TFR };

enum { PARLEY_QCA_ANCHORS_MAX = 62 };

struct parley_qca_calibrate {
    enum parley_qca_calibration method;
    /* CRISP_SETS: n ascending thresholds give values 0..n (a value at a threshold is above it).
     * DIRECT: 3 anchors full exclusion, crossover, full inclusion, ascending or descending; or 6 for a bell: exclusion, crossover,
     * inclusion, inclusion, crossover, exclusion, ascending; its inverse lists inclusion to exclusion halves (550,450,350,1000,800,600).
     * INDIRECT: n ascending thresholds between n+1 graded groups; x must be above 0. TFR: none. */
    const double *anchor;
    size_t n;
    double idm;          /* membership at the inclusion anchor of the logistic form, in (.5, 1); 0 = .95 */
    bool linear;         /* straight (or power) pieces instead of the logistic function; always so for a bell */
    double below, above; /* exponents under and over the crossover in the linear form; 0 = 1 */
};

#pragma GCC visibility push(default)

/* x [n] -> out [n]. PARLEY_EINVAL: anchors out of order or of the wrong number; PARLEY_EDOM: data that the method cannot take. */
PARLEY_MUST_USE enum parley_status parley_qca_calibrate(const struct parley_qca_calibrate *how, const double *x, size_t n,
                                                        double *out, struct parley_error *err);

/* groups - 1 thresholds that part the numbers into groups: complete-linkage clustering of the line, thresholds midway between
 * neighbouring groups. O(n^2). */
PARLEY_MUST_USE enum parley_status parley_qca_thresholds(const double *x, size_t n, size_t groups, double *threshold,
                                                         struct parley_error *err);

#pragma GCC visibility pop
#endif
