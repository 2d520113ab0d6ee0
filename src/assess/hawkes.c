#include <parley/hawkes.h>
#include "hawkes_fit.h"

#include "hawkes_pass.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Every test is written so that NaN fails it. */
static enum parley_status check_model(const struct parley_hawkes *m, struct parley_error *err)
{
    if (m->types < 1 || m->types > PARLEY_HAWKES_TYPES_MAX)
        return parley_fail(err, PARLEY_EINVAL, "hawkes: %zu types, not 1 to %d", m->types, PARLEY_HAWKES_TYPES_MAX);
    for (size_t k = 0; k < m->types; k++) {
        if (!(m->mu[k] >= 0 && isfinite(m->mu[k]) && m->decay[k] > 0 && isfinite(m->decay[k])))
            return parley_fail(err, PARLEY_EINVAL, "hawkes: type %zu has background rate %g and decay %g", k, m->mu[k], m->decay[k]);
        for (size_t j = 0; j < m->types; j++)
            if (!(m->branching[k * m->types + j] >= 0 && isfinite(m->branching[k * m->types + j])))
                return parley_fail(err, PARLEY_EINVAL, "hawkes: branching of %zu by %zu is %g", k, j, m->branching[k * m->types + j]);
    }
    return PARLEY_OK;
}

enum parley_status hawkes_check_events(const struct parley_marked *e, struct parley_error *err)
{
    if (!(e->span > 0 && isfinite(e->span)))
        return parley_fail(err, PARLEY_EDOM, "hawkes: a window of length %g", e->span);
    if (e->types < 1 || e->types > PARLEY_HAWKES_TYPES_MAX)
        return parley_fail(err, PARLEY_EINVAL, "hawkes: %zu types, not 1 to %d", e->types, PARLEY_HAWKES_TYPES_MAX);
    for (size_t i = 0; i < e->n; i++) {
        if (!(e->time[i] >= 0 && e->time[i] <= e->span))
            return parley_fail(err, PARLEY_EDOM, "hawkes: event %zu is at %g, outside [0, %g]", i, e->time[i], e->span);
        if (i && e->time[i] < e->time[i - 1])
            return parley_fail(err, PARLEY_EDOM, "hawkes: event %zu is before event %zu", i, i - 1);
        if (e->type[i] >= e->types)
            return parley_fail(err, PARLEY_EDOM, "hawkes: event %zu has type %u of %zu", i, e->type[i], e->types);
    }
    return PARLEY_OK;
}

/* Decayed sums per exciting type: r = sum of exp(-decay age), q = sum of age exp(-decay age). Tied events wait in `next`. */
struct memory {
    const struct parley_hawkes *model;
    const struct parley_marked *events;
    double *r, *q, now;
    size_t next;
    bool shared;
};

static void advance(struct memory *m, double to)
{
    double gap = to - m->now;
    if (gap > 0) {
        for (; m->next < m->events->n && m->events->time[m->next] <= m->now; m->next++)
            m->r[m->events->type[m->next]]++;
        double same = m->shared ? exp(-m->model->decay[0] * gap) : 0;
        for (size_t j = 0; j < m->model->types; j++) {
            double fade = m->shared ? same : exp(-m->model->decay[j] * gap);
            m->q[j] = fade * (m->q[j] + gap * m->r[j]);
            m->r[j] *= fade;
        }
        m->now = to;
    }
}

static enum parley_status make_memory(const struct parley_hawkes *model, const struct parley_marked *e, struct memory *m,
                                      struct parley_error *err)
{
    enum parley_status status = check_model(model, err);
    if (!status)
        status = hawkes_check_events(e, err);
    if (!status && model->types != e->types)
        status = parley_fail(err, PARLEY_EINVAL, "hawkes: a model of %zu types for events of %zu", model->types, e->types);
    if (status)
        return status;
    *m = (struct memory){ .model = model, .events = e, .r = calloc(2 * model->types, sizeof(double)), .shared = true };
    if (!m->r)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu types", model->types);
    m->q = m->r + model->types;
    for (size_t j = 1; j < model->types; j++)
        m->shared &= model->decay[j] == model->decay[0];
    return PARLEY_OK;
}

/* What is left of the log likelihood at the end: minus the expected number of events. */
static double integral(const struct memory *m, double *grad_mu, double *grad_branching, double *grad_decay)
{
    size_t types = m->model->types;
    const struct parley_marked *e = m->events;
    double sum = 0, offspring_of[PARLEY_HAWKES_TYPES_MAX] = { 0 }, moved[PARLEY_HAWKES_TYPES_MAX] = { 0 };
    for (size_t i = 0; i < e->n; i++) {
        double left = e->span - e->time[i], decay = m->model->decay[e->type[i]];
        offspring_of[e->type[i]] -= expm1(-decay * left);
        if (grad_decay)
            moved[e->type[i]] += left * exp(-decay * left);
    }
    for (size_t k = 0; k < types; k++) {
        sum += m->model->mu[k] * e->span;
        if (grad_mu)
            grad_mu[k] -= e->span;
        for (size_t j = 0; j < types; j++) {
            double branching = m->model->branching[k * types + j];
            sum += branching * offspring_of[j];
            if (grad_branching)
                grad_branching[k * types + j] -= offspring_of[j];
            if (grad_decay)
                grad_decay[j] -= branching * moved[j];
        }
    }
    return sum;
}

enum parley_status parley_hawkes_loglik(const struct parley_hawkes *model, const struct parley_marked *e, double *loglik,
                                        double *grad_mu, double *grad_branching, double *grad_decay, struct parley_error *err)
{
    struct memory m;
    enum parley_status status = make_memory(model, e, &m, err);
    if (status)
        return status;
    size_t types = model->types;
    double sum = 0;
    if (grad_mu)
        memset(grad_mu, 0, types * sizeof *grad_mu);
    if (grad_branching)
        memset(grad_branching, 0, types * types * sizeof *grad_branching);
    if (grad_decay)
        memset(grad_decay, 0, types * sizeof *grad_decay);
    for (size_t i = 0; i < e->n; i++) {
        advance(&m, e->time[i]);
        const double *row = model->branching + e->type[i] * types;
        double rate = model->mu[e->type[i]];
        for (size_t j = 0; j < types; j++)
            rate += row[j] * model->decay[j] * m.r[j];
        sum += log(rate);
        if (grad_mu)
            grad_mu[e->type[i]] += 1 / rate;
        for (size_t j = 0; grad_branching && j < types; j++)
            grad_branching[e->type[i] * types + j] += model->decay[j] * m.r[j] / rate;
        for (size_t j = 0; grad_decay && j < types; j++)
            grad_decay[j] += row[j] * (m.r[j] - model->decay[j] * m.q[j]) / rate;
    }
    *loglik = sum - integral(&m, grad_mu, grad_branching, grad_decay);
    free(m.r);
    return PARLEY_OK;
}

/* Sum over events of grad log rate times its transpose, with the decay(s) last: an estimate of the information that needs no second
 * derivatives of the kernel. info [p * p] with p = types + types^2 + decays (1 when shared). */
enum parley_status hawkes_information(const struct parley_hawkes *model, const struct parley_marked *e, bool shared, double *border,
                                      double *corner, struct parley_error *err)
{
    struct memory m;
    enum parley_status status = make_memory(model, e, &m, err);
    if (status)
        return status;
    size_t types = model->types, row_length = types + 1, decays = shared ? 1 : types;
    double by_decay[PARLEY_HAWKES_TYPES_MAX];
    memset(border, 0, types * row_length * decays * sizeof *border);
    memset(corner, 0, decays * decays * sizeof *corner);
    for (size_t i = 0; i < e->n; i++) {
        advance(&m, e->time[i]);
        size_t k = e->type[i];
        double rate = model->mu[k];
        memset(by_decay, 0, decays * sizeof *by_decay);
        for (size_t j = 0; j < types; j++) {
            rate += model->branching[k * types + j] * model->decay[j] * m.r[j];
            by_decay[shared ? 0 : j] += model->branching[k * types + j] * (m.r[j] - model->decay[j] * m.q[j]);
        }
        for (size_t c = 0; c < decays; c++) {
            double *line = border + k * row_length * decays + c, w = by_decay[c] / (rate * rate);
            line[0] += w;
            for (size_t j = 0; j < types; j++)
                line[(j + 1) * decays] += w * model->decay[j] * m.r[j];
            for (size_t other = 0; other < decays; other++)
                corner[c * decays + other] += w * by_decay[other];
        }
    }
    free(m.r);
    return PARLEY_OK;
}

enum parley_status parley_hawkes_residuals(const struct parley_hawkes *model, const struct parley_marked *e, double *residual,
                                           struct parley_error *err)
{
    struct memory m;
    enum parley_status status = make_memory(model, e, &m, err);
    if (status)
        return status;
    size_t types = model->types;
    double *last = calloc(2 * types, sizeof *last), *seen = last ? last + types : NULL;
    if (!last) {
        free(m.r);
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu types", types);
    }
    size_t counted = 0;
    for (size_t i = 0; i < e->n; i++) {
        advance(&m, e->time[i]);
        for (; counted < e->n && e->time[counted] < e->time[i]; counted++)
            seen[e->type[counted]]++;
        size_t k = e->type[i];
        double expected = model->mu[k] * e->time[i]; /* offspring born so far = parents so far - what they still have to come */
        for (size_t j = 0; j < types; j++)
            expected += model->branching[k * types + j] * (seen[j] - m.r[j]);
        residual[i] = expected - last[k];
        last[k] = expected;
    }
    free(last);
    free(m.r);
    return PARLEY_OK;
}
