#include "hawkes_fit.h"
#include "hawkes_pass.h"
#include "matrix.h"
#include "special.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The information matrix is block diagonal by rows k, with a border for the decays. All of its entries are sums over events of
 * grad log rate times its transpose (for mu and branching that is exactly minus the second derivative). Parameters on the
 * bound 0 are left out: their standard error is unknown. */
struct information {
    size_t types, row, decays; /* row = 1 + types */
    double *block;  /* [types][row * row] */
    double *border; /* [types][row * decays] */
    double *corner; /* [decays * decays] */
};

static void rows_by_general_pass(const struct parley_hawkes *m, const struct parley_marked *e, struct information *f)
{
    double *r = calloc(m->types, sizeof *r), z[PARLEY_HAWKES_TYPES_MAX + 1], now = 0;
    size_t next = 0;
    for (size_t i = 0; r && i < e->n; i++) {
        double gap = e->time[i] - now;
        if (gap > 0) {
            for (; next < e->n && e->time[next] <= now; next++)
                r[e->type[next]]++;
            for (size_t j = 0; j < m->types; j++)
                r[j] *= exp(-m->decay[j] * gap);
            now = e->time[i];
        }
        size_t k = e->type[i];
        double rate = m->mu[k];
        z[0] = 1;
        for (size_t j = 0; j < m->types; j++)
            z[j + 1] = m->decay[j] * r[j], rate += m->branching[k * m->types + j] * z[j + 1];
        double *block = f->block + k * f->row * f->row, w = 1 / (rate * rate);
        for (size_t a = 0; a < f->row; a++)
            for (size_t b = 0; b < f->row; b++)
                block[a * f->row + b] += w * z[a] * z[b];
    }
    free(r);
}

static bool rows_by_fast_pass(const struct parley_hawkes *m, const struct parley_marked *e, struct information *f)
{
    struct hawkes_prepared p;
    if (!hawkes_prepare(e, m->decay[0], &p))
        return false;
    size_t types = m->types, w = p.width, hessian = types * (w + 1) * w;
    double *memory = calloc(hessian + 2 * types * w + 3 * types, sizeof *memory);
    if (memory) {
        double *columns = memory + hessian;
        struct hawkes_sums s = { .hessian = memory, .grad = columns + types * w, .loglik = columns + 2 * types * w };
        s.grad_mu = s.loglik + types, s.hessian_mu = s.grad_mu + types;
        for (size_t k = 0; k < types; k++)
            for (size_t j = 0; j < types; j++)
                columns[j * w + k] = m->branching[k * types + j];
        hawkes_pass(&p, m->mu, columns, &s);
        for (size_t k = 0; k < types; k++) {
            double *block = f->block + k * f->row * f->row, *from = s.hessian + k * (w + 1) * w;
            block[0] = s.hessian_mu[k];
            for (size_t j = 0; j < types; j++) {
                block[j + 1] = block[(j + 1) * f->row] = from[j];
                for (size_t i = 0; i <= j; i++)
                    block[(i + 1) * f->row + j + 1] = block[(j + 1) * f->row + i + 1] = from[(i + 1) * w + j];
            }
        }
    }
    free(memory);
    hawkes_prepared_release(&p);
    return memory != NULL;
}

/* Invert the free part of row k's block into `inverse` [row * row], zero elsewhere. */
static bool invert_row(const struct information *f, size_t k, const double *value, double *inverse, double *packed)
{
    size_t m = 0, which[PARLEY_HAWKES_TYPES_MAX + 1];
    for (size_t i = 0; i < f->row; i++)
        if (value[i] > 0 && f->block[k * f->row * f->row + i * f->row + i] > 0)
            which[m++] = i;
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++)
            packed[a * m + b] = f->block[k * f->row * f->row + which[a] * f->row + which[b]];
    double *small = packed + f->row * f->row;
    memset(inverse, 0, f->row * f->row * sizeof *inverse);
    if (!m || !matrix_inverse(packed, m, small))
        return false;
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++)
            inverse[which[a] * f->row + which[b]] = small[a * m + b];
    return true;
}

/* Schur complement of the rows: the information about the decays alone; then each row's covariance with the decays' share.
 * variance_of_radius adds left' cov right over the branching matrix. */
static bool spread(const struct information *f, struct parley_hawkes_fit *fit, const double *weight, double *variance_of_radius)
{
    size_t types = f->types, row = f->row, decays = f->decays, square = row * row;
    double *memory = calloc(types * square + 2 * square + types * row * (decays + 1) + 3 * decays * decays + decays + row, sizeof *memory);
    if (!memory)
        return false;
    double *inverse = memory, *packed = inverse + types * square, *slope = packed + 2 * square, /* inverse block times border */
           *schur = slope + types * row * decays, *cov = schur + decays * decays, *along = cov + decays * decays, *value = along + decays;
    memcpy(schur, f->corner, decays * decays * sizeof *schur);
    *variance_of_radius = 0;
    for (size_t k = 0; k < types; k++) {
        double *inv = inverse + k * square;
        value[0] = fit->model.mu[k];
        memcpy(value + 1, fit->model.branching + k * types, types * sizeof *value);
        if (!invert_row(f, k, value, inv, packed))
            memset(inv, 0, square * sizeof *inv);
        for (size_t i = 0; i < row; i++)
            for (size_t c = 0; c < decays; c++) {
                double sum = 0;
                for (size_t j = 0; j < row; j++)
                    sum += inv[i * row + j] * f->border[k * row * decays + j * decays + c];
                slope[(k * row + i) * decays + c] = sum;
                for (size_t d = 0; d < decays; d++)
                    schur[c * decays + d] -= sum * f->border[k * row * decays + i * decays + d];
            }
    }
    bool known = decays > 0 && matrix_inverse(schur, decays, cov);
    for (size_t k = 0; k < types; k++) {
        for (size_t i = 0; i < row; i++) {
            double v = inverse[k * square + i * row + i];
            for (size_t c = 0; known && c < decays; c++)
                for (size_t d = 0; d < decays; d++)
                    v += slope[(k * row + i) * decays + c] * cov[c * decays + d] * slope[(k * row + i) * decays + d];
            double se = v > 0 ? sqrt(v) : NAN;
            if (i)
                fit->branching_se[k * types + i - 1] = se;
            else
                fit->mu_se[k] = se;
            for (size_t j = 1; i && j < row; j++)
                *variance_of_radius += weight[k * types + i - 1] * inverse[k * square + i * row + j] * weight[k * types + j - 1];
            for (size_t c = 0; i && c < decays; c++)
                along[c] += weight[k * types + i - 1] * slope[(k * row + i) * decays + c];
        }
    }
    for (size_t c = 0; known && c < decays; c++)
        for (size_t d = 0; d < decays; d++)
            *variance_of_radius += along[c] * cov[c * decays + d] * along[d];
    for (size_t j = 0; j < types; j++)
        fit->decay_se[j] = known ? sqrt(cov[decays == 1 ? 0 : j * decays + j]) : NAN;
    free(memory);
    return true;
}

/* Distance of m numbers in [0, 1) from the uniform distribution, in O(m): inside a bucket 1/m wide the steps of the empirical distribution
 * outrun the numbers, so the last of each bucket decides above and the first below (Gonzalez, Sahni and Franta 1977). */
struct bucket { double first, last; size_t n; };

static double distance_from_uniform(const double *u, size_t m, struct bucket *bucket)
{
    memset(bucket, 0, m * sizeof *bucket);
    for (size_t i = 0; i < m; i++) {
        struct bucket *b = &bucket[u[i] < 1 ? (size_t)(u[i] * (double)m) : m - 1];
        if (!b->n || u[i] < b->first)
            b->first = u[i];
        if (!b->n || u[i] > b->last)
            b->last = u[i];
        b->n++;
    }
    double worst = 0;
    size_t before = 0;
    for (size_t i = 0; i < m; i++) {
        if (!bucket[i].n)
            continue;
        worst = fmax(worst, bucket[i].first - (double)before / (double)m);
        before += bucket[i].n;
        worst = fmax(worst, (double)before / (double)m - bucket[i].last);
    }
    return worst;
}

static enum parley_status test_residuals(const struct parley_marked *e, struct parley_hawkes_fit *fit, struct parley_error *err)
{
    double *residual = malloc((2 * e->n + 1) * sizeof *residual);
    struct bucket *bucket = malloc((e->n + 1) * sizeof *bucket);
    enum parley_status status = residual && bucket ? parley_hawkes_residuals(&fit->model, e, residual, err)
                                                   : parley_fail(err, PARLEY_ENOMEM, "no memory for the residuals of %zu events", e->n);
    double *own = residual ? residual + e->n : NULL;
    for (size_t k = 0; !status && k < e->types; k++) {
        size_t m = 0;
        for (size_t i = 0; i < e->n; i++)
            if (e->type[i] == k)
                own[m++] = -expm1(-residual[i]);
        fit->residual_ks_p[k] = m >= 5 ? special_ks_p(distance_from_uniform(own, m, bucket), (double)m) : NAN;
    }
    free(residual);
    free(bucket);
    return status;
}

enum parley_status hawkes_uncertainty(const struct parley_marked *e, enum parley_decay_kind kind, struct parley_hawkes_fit *fit,
                                      struct parley_error *err)
{
    size_t types = e->types, row = types + 1;
    struct information f = { types, row, kind == PARLEY_DECAY_GIVEN ? 0 : kind == PARLEY_DECAY_SHARED ? 1 : types, NULL, NULL, NULL };
    double *memory = calloc(types * row * row + types * row * (f.decays + 1) + f.decays * f.decays + types * types + 2 * types + 1, sizeof *memory);
    if (!memory)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for the information of %zu types", types);
    f.block = memory, f.border = f.block + types * row * row, f.corner = f.border + types * row * (f.decays + 1);
    double *weight = f.corner + f.decays * f.decays, *left = weight + types * types, *right = left + types;
    bool same_decay = true, ok = true;
    for (size_t j = 1; j < types; j++)
        same_decay &= fit->model.decay[j] == fit->model.decay[0];
    if (same_decay && types <= PARLEY_HAWKES_NEWTON_MAX)
        ok = rows_by_fast_pass(&fit->model, e, &f);
    else
        rows_by_general_pass(&fit->model, e, &f);
    enum parley_status status = ok ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "no memory for the information of %zu types", types);
    if (!status && f.decays)
        status = hawkes_information(&fit->model, e, kind == PARLEY_DECAY_SHARED, f.border, f.corner, err);
    if (!status)
        status = parley_spectral_radius(fit->model.branching, types, &fit->spectral_radius, left, right, err);
    if (!status) {
        for (size_t k = 0; k < types; k++) /* derivative of the radius by each entry */
            for (size_t j = 0; j < types; j++)
                weight[k * types + j] = left[k] * right[j];
        double variance = NAN;
        if (!spread(&f, fit, weight, &variance))
            status = parley_fail(err, PARLEY_ENOMEM, "no memory for the standard errors of %zu types", types);
        double margin = 1.959963984540054 * sqrt(variance);
        fit->spectral_low = fmax(0, fit->spectral_radius - margin), fit->spectral_high = fit->spectral_radius + margin;
        fit->controllability = 1 - fit->spectral_radius;
    }
    free(memory);
    double tied = 0;
    for (size_t i = 1; i < e->n; i++)
        tied += e->time[i] == e->time[i - 1];
    fit->tied_share = tied / (double)e->n;
    return status ? status : test_residuals(e, fit, err);
}
