#include "matrix.h"

#include <parley/hawkes.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool matrix_cholesky(double *a, size_t n, size_t stride)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = a[i * stride + j];
            for (size_t k = 0; k < j; k++)
                sum -= a[i * stride + k] * a[j * stride + k];
            if (i != j)
                a[i * stride + j] = sum / a[j * stride + j];
            else if (sum > 0 && isfinite(sum))
                a[i * stride + i] = sqrt(sum);
            else
                return false;
        }
    }
    return true;
}

void matrix_solve(const double *factor, size_t n, size_t stride, double *x)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            x[i] -= factor[i * stride + k] * x[k];
        x[i] /= factor[i * stride + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++)
            x[i] -= factor[k * stride + i] * x[k];
        x[i] /= factor[i * stride + i];
    }
}

bool matrix_inverse(const double *a, size_t n, double *inverse)
{
    double *factor = malloc((n * n + n) * sizeof *factor), *column = factor ? factor + n * n : NULL;
    bool ok = factor != NULL;
    if (ok)
        memcpy(factor, a, n * n * sizeof *factor);
    ok = ok && matrix_cholesky(factor, n, n);
    for (size_t j = 0; ok && j < n; j++) {
        for (size_t i = 0; i < n; i++)
            column[i] = i == j;
        matrix_solve(factor, n, n, column);
        for (size_t i = 0; i < n; i++)
            inverse[i * n + j] = column[i];
    }
    free(factor);
    return ok;
}

/* Solve for the variables in use, the others zero; into to[]. */
static bool solve_in_use(const double *h, const double *b, size_t n, const bool *in_use, double *factor, double *packed, double *to)
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        to[i] = 0;
        if (!in_use[i])
            continue;
        size_t c = 0;
        for (size_t j = 0; j <= i; j++)
            if (in_use[j])
                factor[m * n + c++] = h[i * n + j];
        packed[m++] = b[i];
    }
    if (!matrix_cholesky(factor, m, n))
        return false;
    matrix_solve(factor, m, n, packed);
    for (size_t i = 0, c = 0; i < n; i++)
        if (in_use[i])
            to[i] = packed[c++];
    return true;
}

bool matrix_bounded_quadratic(const double *h, const double *b, size_t n, size_t bounded, double *x, double *work, bool *in_use)
{
    double *factor = work, *packed = work + n * n, *to = packed + n;
    for (size_t i = 0; i < n; i++)
        in_use[i] = i >= bounded || x[i] > 0;
    for (size_t round = 0; round < 20 * n + 20; round++) {
        if (!solve_in_use(h, b, n, in_use, factor, packed, to))
            return false;
        double step = 1;
        size_t blocking = n;
        for (size_t i = 0; i < bounded; i++)
            if (in_use[i] && to[i] < 0 && x[i] / (x[i] - to[i]) < step)
                step = x[i] / (x[i] - to[i]), blocking = i;
        for (size_t i = 0; i < n; i++)
            x[i] += step * (to[i] - x[i]);
        if (blocking < n) {
            x[blocking] = 0, in_use[blocking] = false;
            continue;
        }
        double most = 0;
        size_t enter = n;
        for (size_t i = 0; i < bounded; i++) {
            if (in_use[i])
                continue;
            double pull = b[i], scale = fabs(b[i]);
            for (size_t j = 0; j < n; j++)
                pull -= h[i * n + j] * x[j], scale += fabs(h[i * n + j] * x[j]);
            if (pull > 1e-10 * scale && pull / sqrt(h[i * n + i]) > most)
                most = pull / sqrt(h[i * n + i]), enter = i;
        }
        if (enter == n)
            return true;
        in_use[enter] = true;
    }
    return true; /* near enough: whoever asked goes on from a better point */
}

/* The radius by squaring: |A^(2^m)|^(1/2^m) gains a digit or more with each m even where power iteration crawls. */
static double radius_by_squaring(const double *matrix, size_t k, double *power, double *square)
{
    enum { SQUARINGS = 60 };
    double log_scale = 0, weight = 1;
    memcpy(power, matrix, k * k * sizeof *power);
    for (int m = 0; m < SQUARINGS; m++) {
        double norm = 0;
        for (size_t i = 0; i < k * k; i++)
            norm = fmax(norm, fabs(power[i]));
        if (norm == 0)
            return 0;
        log_scale += weight * log(norm);
        for (size_t i = 0; i < k * k; i++)
            power[i] /= norm;
        memset(square, 0, k * k * sizeof *square);
        for (size_t i = 0; i < k; i++)
            for (size_t j = 0; j < k; j++)
                if (power[i * k + j] != 0)
                    for (size_t c = 0; c < k; c++)
                        square[i * k + c] += power[i * k + j] * power[j * k + c];
        memcpy(power, square, k * k * sizeof *power);
        weight /= 2;
    }
    return exp(log_scale);
}

/* Perron vectors of a non-negative matrix by iterating A + radius I, which has no other eigenvalue of that size. */
static void perron(const double *matrix, size_t k, double radius, bool transposed, double *v, double *to)
{
    enum { STEPS_MAX = 2000 };
    for (size_t i = 0; i < k; i++)
        v[i] = 1;
    for (int step = 0; step < STEPS_MAX; step++) {
        double sum = 0, moved = 0;
        for (size_t i = 0; i < k; i++) {
            to[i] = (radius + 1e-300) * v[i];
            for (size_t j = 0; j < k; j++)
                to[i] += (transposed ? matrix[j * k + i] : matrix[i * k + j]) * v[j];
            sum += to[i];
        }
        for (size_t i = 0; i < k; i++) {
            moved = fmax(moved, fabs(to[i] / sum - v[i]));
            v[i] = to[i] / sum;
        }
        if (moved < 1e-14)
            break;
    }
}

enum parley_status parley_spectral_radius(const double *matrix, size_t k, double *radius, double *left, double *right,
                                          struct parley_error *err)
{
    *radius = NAN;
    for (size_t i = 0; i < k * k; i++)
        if (!isfinite(matrix[i]))
            return PARLEY_OK;
    double *work = malloc((2 * k * k + k + 1) * sizeof *work);
    if (!work)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for a %zu x %zu matrix", k, k);
    *radius = radius_by_squaring(matrix, k, work, work + k * k);
    if (left && right) {
        perron(matrix, k, *radius, true, left, work);
        perron(matrix, k, *radius, false, right, work);
        double dot = 0;
        for (size_t i = 0; i < k; i++)
            dot += left[i] * right[i];
        for (size_t i = 0; i < k; i++)
            left[i] /= dot;
    }
    free(work);
    return PARLEY_OK;
}
