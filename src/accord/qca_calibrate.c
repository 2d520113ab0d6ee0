#include <parley/qca_calibrate.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool ascending(const double *a, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (!(a[i - 1] < a[i]))
            return false;
    return true;
}

static bool descending(const double *a, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (!(a[i - 1] > a[i]))
            return false;
    return true;
}

/* Rising from 0 at e over .5 at c to 1 at i (or falling when e > c > i). */
static double piece(double x, double e, double c, double i, double below, double above)
{
    double sign = e < i ? 1 : -1;
    if (sign * (x - e) <= 0)
        return 0;
    if (sign * (x - i) >= 0)
        return 1;
    return sign * (x - c) <= 0 ? .5 * pow((x - e) / (c - e), below) : 1 - .5 * pow((i - x) / (i - c), above);
}

/* Memberships nearer than 1e-4 to an end are at it, as in the field's programs. */
static double snap(double v) { return v < 1e-4 ? 0 : v > 1 - 1e-4 ? 1 : v; }

static enum parley_status direct(const struct parley_qca_calibrate *h, const double *x, size_t n, double *out, struct parley_error *err)
{
    const double *a = h->anchor;
    double idm = h->idm > 0 ? h->idm : .95, below = h->below > 0 ? h->below : 1, above = h->above > 0 ? h->above : 1;
    if (!(idm > .5 && idm < 1))
        return parley_fail(err, PARLEY_EINVAL, "the membership at the inclusion anchor is %g; expected above 0.5 and below 1", idm);
    if (h->n == 6) {
        bool inverse = descending(a, 3) && descending(a + 3, 3) && a[0] <= a[5];
        if (!inverse && !(ascending(a, 3) && ascending(a + 3, 3) && a[2] <= a[3]))
            return parley_fail(err, PARLEY_EINVAL, "six anchors are out of order; expected exclusion, crossover, inclusion, inclusion, crossover, exclusion from "
                               "low to high, or its inverse as 550,450,350,1000,800,600");
        for (size_t i = 0; i < n; i++) {
            double e1 = inverse ? a[2] : a[0], c1 = a[1], i1 = inverse ? a[0] : a[2], i2 = inverse ? a[5] : a[3], c2 = a[4], e2 = inverse ? a[3] : a[5];
            double bell = x[i] <= i1 ? piece(x[i], e1, c1, i1, below, above) : piece(x[i], e2, c2, i2, below, above);
            out[i] = snap(inverse ? 1 - bell : bell);
        }
        return PARLEY_OK;
    }
    if (h->n != 3 || !(ascending(a, 3) || descending(a, 3)))
        return parley_fail(err, PARLEY_EINVAL, h->n == 3 ? "anchors %g, %g, %g are out of order; expected exclusion, crossover, inclusion, all rising or all falling"
                                                         : "the direct method takes 3 anchors (or 6 for a bell)", h->n == 3 ? a[0] : 0, h->n == 3 ? a[1] : 0, h->n == 3 ? a[2] : 0);
    double steep = log(idm / (1 - idm)), sign = a[0] < a[2] ? 1 : -1;
    for (size_t i = 0; i < n; i++) {
        double d = x[i] - a[1], side = sign * d >= 0 ? a[2] - a[1] : a[1] - a[0];
        out[i] = snap(h->linear ? piece(x[i], a[0], a[1], a[2], below, above) : 1 / (1 + exp(-steep * d / side)));
    }
    return PARLEY_OK;
}

enum { TERMS = 5, STEPS = 100 };

/* Weighted least squares by orthogonalising the columns twice (Gram-Schmidt): the powers of x are nearly parallel. */
static bool weighted_fit(const double *columns, const double *w, const double *z, size_t n, double *fitted, double *q)
{
    for (size_t i = 0; i < n; i++)
        fitted[i] = 0;
    for (size_t t = 0; t < TERMS; t++) {
        double *qt = q + t * n, norm = 0, before = 0, dot = 0;
        for (size_t i = 0; i < n; i++) {
            qt[i] = columns[t * n + i] * sqrt(w[i]);
            before += qt[i] * qt[i];
        }
        for (int pass = 0; pass < 3; pass++)
            for (size_t s = 0; s < t; s++) {
                double along = 0;
                for (size_t i = 0; i < n; i++)
                    along += q[s * n + i] * qt[i];
                for (size_t i = 0; i < n; i++)
                    qt[i] -= along * q[s * n + i];
            }
        for (size_t i = 0; i < n; i++)
            norm += qt[i] * qt[i];
        norm = sqrt(norm);
        if (!(norm > 1e-13 * sqrt(before)))
            return false;
        for (size_t i = 0; i < n; i++) {
            qt[i] /= norm;
            dot += qt[i] * z[i] * sqrt(w[i]);
        }
        for (size_t i = 0; i < n; i++)
            fitted[i] += dot * qt[i];
    }
    for (size_t i = 0; i < n; i++)
        fitted[i] /= sqrt(w[i]);
    return true;
}

static enum parley_status fractional_logit(const double *x, const double *y, size_t n, double *out, struct parley_error *err)
{
    double *m = malloc((2 * TERMS + 4) * n * sizeof *m);
    if (!m)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu cases", n);
    double *q = m + TERMS * n, *w = q + TERMS * n, *z = w + n, *eta = z + n, *next = eta + n, deviance = INFINITY;
    enum parley_status status = PARLEY_ENOCONV;
    for (size_t i = 0; i < n; i++) {
        m[i] = 1;
        m[n + i] = log(x[i]);
        m[2 * n + i] = sqrt(x[i]);
        m[3 * n + i] = x[i];
        m[4 * n + i] = x[i] * x[i];
        double start = (y[i] + .5) / 2;
        eta[i] = log(start / (1 - start));
    }
    for (int step = 0; step < STEPS && status; step++) {
        double now = 0;
        for (size_t i = 0; i < n; i++) {
            double mu = 1 / (1 + exp(-eta[i])), v = fmax(mu * (1 - mu), 1e-300);
            w[i] = v;
            z[i] = eta[i] + (y[i] - mu) / v;
        }
        if (!weighted_fit(m, w, z, n, next, q))
            break;
        for (size_t i = 0; i < n; i++) {
            eta[i] = fmax(-500, fmin(500, next[i]));
            double mu = 1 / (1 + exp(-eta[i]));
            now += 2 * ((y[i] > 0 ? y[i] * log(y[i] / mu) : 0) + (y[i] < 1 ? (1 - y[i]) * log((1 - y[i]) / (1 - mu)) : 0));
        }
        if (fabs(now - deviance) / (fabs(now) + .1) < 1e-13)
            status = PARLEY_OK;
        deviance = now;
    }
    for (size_t i = 0; i < n && !status; i++)
        out[i] = 1 / (1 + exp(-eta[i]));
    free(m);
    return status ? parley_fail(err, status, "the indirect method did not converge on these %zu cases; use the direct method", n) : PARLEY_OK;
}

static enum parley_status indirect(const struct parley_qca_calibrate *h, const double *x, size_t n, double *out, struct parley_error *err)
{
    if (!h->n || !ascending(h->anchor, h->n))
        return parley_fail(err, PARLEY_EINVAL, "the indirect method takes ascending thresholds between the graded groups");
    double *y = malloc((n + 1) * sizeof *y);
    if (!y)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu cases", n);
    enum parley_status status = PARLEY_OK;
    for (size_t i = 0; i < n && !status; i++) {
        size_t group = 0;
        if (!(x[i] > 0))
            status = parley_fail(err, PARLEY_EDOM, "case %zu has %g; the indirect method takes logarithms, so all numbers must be above 0", i + 1, x[i]);
        while (group < h->n && x[i] >= h->anchor[group])
            group++;
        y[i] = (double)group / (double)h->n;
    }
    if (!status)
        status = fractional_logit(x, y, n, out, err);
    free(y);
    return status;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double *sorted(const double *x, size_t n)
{
    double *s = malloc((n + 1) * sizeof *s);
    if (s) {
        memcpy(s, x, n * sizeof *s);
        qsort(s, n, sizeof *s, by_value);
    }
    return s;
}

static enum parley_status relative(const double *x, size_t n, double *out, struct parley_error *err)
{
    double *s = sorted(x, n);
    if (!s)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu cases", n);
    size_t lowest = 0;
    while (lowest < n && s[lowest] <= s[0])
        lowest++;
    for (size_t i = 0; i < n; i++) {
        size_t low = 0, high = n; /* cases not above x[i] */
        while (low < high) {
            size_t mid = (low + high) / 2;
            if (s[mid] <= x[i])
                low = mid + 1;
            else
                high = mid;
        }
        out[i] = n > lowest ? (double)(low - lowest) / (double)(n - lowest) : 0;
    }
    free(s);
    return PARLEY_OK;
}

enum parley_status parley_qca_calibrate(const struct parley_qca_calibrate *h, const double *x, size_t n, double *out, struct parley_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return parley_fail(err, PARLEY_EDOM, "case %zu has no number to calibrate", i + 1);
    for (size_t i = 0; i < h->n; i++)
        if (!isfinite(h->anchor[i]))
            return parley_fail(err, PARLEY_EINVAL, "anchor %zu is no number", i + 1);
    switch (h->method) {
    case PARLEY_QCA_DIRECT: return direct(h, x, n, out, err);
    case PARLEY_QCA_INDIRECT: return indirect(h, x, n, out, err);
    case PARLEY_QCA_TFR: return relative(x, n, out, err);
    case PARLEY_QCA_CRISP_SETS: break;
    }
    if (!h->n || h->n > PARLEY_QCA_ANCHORS_MAX || !ascending(h->anchor, h->n))
        return parley_fail(err, PARLEY_EINVAL, "crisp and multi-value sets take 1 to %d ascending thresholds", PARLEY_QCA_ANCHORS_MAX);
    for (size_t i = 0; i < n; i++) {
        size_t group = 0;
        while (group < h->n && x[i] >= h->anchor[group])
            group++;
        out[i] = (double)group;
    }
    return PARLEY_OK;
}

enum parley_status parley_qca_thresholds(const double *x, size_t n, size_t groups, double *threshold, struct parley_error *err)
{
    if (groups < 2)
        return parley_fail(err, PARLEY_EINVAL, "%zu groups; expected at least 2", groups);
    double *s = sorted(x, n);
    size_t *end = malloc((n + 1) * sizeof *end), m = 0;
    if (!s || !end) {
        free(s);
        free(end);
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu cases", n);
    }
    for (size_t i = 0; i < n; i++) /* equal numbers are one cluster from the start */
        if (i + 1 == n || s[i] < s[i + 1])
            end[m++] = i + 1;
    enum parley_status status = m < groups ? parley_fail(err, PARLEY_EDOM, "only %zu different numbers for %zu groups", m, groups) : PARLEY_OK;
    while (!status && m > groups) { /* join the neighbours whose union spans least */
        size_t best = 0;
        double least = INFINITY;
        for (size_t c = 0; c + 1 < m; c++) {
            double span = s[end[c + 1] - 1] - s[c ? end[c - 1] : 0];
            if (span < least)
                least = span, best = c;
        }
        memmove(end + best, end + best + 1, (m - best - 1) * sizeof *end);
        m--;
    }
    for (size_t c = 0; !status && c + 1 < m; c++)
        threshold[c] = (s[end[c] - 1] + s[end[c]]) / 2;
    free(s);
    free(end);
    return status;
}
