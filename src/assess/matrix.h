/* matrix.h - the little linear algebra of this room; matrices are small, square, row-major and at most a thousand wide. */
#ifndef PARLEY_ASSESS_MATRIX_H
#define PARLEY_ASSESS_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

/* Lower Cholesky factor in place (the upper part is left alone); false when not positive definite. */
bool matrix_cholesky(double *a, size_t n, size_t stride);
void matrix_solve(const double *factor, size_t n, size_t stride, double *x); /* factor factor' x = b, in place */
bool matrix_inverse(const double *a, size_t n, double *inverse);             /* symmetric positive definite; scratch on the heap */

/* Minimise x' h x / 2 - b' x with x[i] >= 0 for i < bounded, from a feasible x in place (primal active set). h [n * n] symmetric positive
 * definite. work: [n * n + 4 * n] doubles, in_use: [n]. false when a subproblem is singular. */
bool matrix_bounded_quadratic(const double *h, const double *b, size_t n, size_t bounded, double *x, double *work, bool *in_use);

#endif
