/* qca_sums.h - the sums behind inclusion, coverage and PRI. All arrays have a length that is a multiple of 8 (padded with
 * zeros) and are aligned to 64 bytes; eight partial sums are added in a fixed order, whatever the machine. */
#ifndef PARLEY_ACCORD_QCA_SUMS_H
#define PARLEY_ACCORD_QCA_SUMS_H

#include <stddef.h>

struct qca_sums {
    double x, xy, xyy; /* sum x, sum min(x,y), sum min(x,y,1-y) */
};

/* to[i] = min(a[i], b[i]) */
void qca_min(double *to, const double *a, const double *b, size_t n);
/* Add the sums of x = min(a, b) to *sums; y the outcome, yy = min(y, 1-y). */
void qca_add_sums(const double *a, const double *b, const double *y, const double *yy, size_t n, struct qca_sums *sums);

static inline size_t qca_padded(size_t n) { return (n + 7) & ~(size_t)7; }

#endif
