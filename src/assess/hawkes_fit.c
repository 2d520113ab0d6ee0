#include "hawkes_fit.h"
#include "hawkes_pass.h"
#include "matrix.h"
#include "special.h"

#include <math.h>
#include <nlopt.h>
#include <stdlib.h>
#include <string.h>

enum { ITERATIONS_MAX = 100, WARM_EVENTS = 20000, WARM_FACTOR = 12 };

/* A fit with the decay given: every row (type k) is a concave problem of its own in mu_k and branching_k. */
struct rows {
    size_t types, width;
    double *x;         /* [types][types + 1]: mu, then branching of row k */
    double *accepted, *direction; /* same shape */
    double *value;     /* [types] log likelihood of `accepted` */
    double *columns, *mu;
    double *h, *b, *work;
    bool *in_use;
    struct hawkes_sums sums;
    double *hessian; /* of the last pass that made one; NULL = this problem makes none */
    double *memory;
    int passes;
};

static bool make_rows(struct rows *r, size_t types, bool second)
{
    size_t width = (types + 3) / 4 * 4, p = types + 1, doubles = 0;
    *r = (struct rows){ .types = types, .width = width };
    size_t hessian = second ? types * (width + 1) * width : 0, square = second ? p * p : 0;
    doubles = 3 * types * p + types + types * width + types + 2 * square + p + 4 * p + 3 * types + types * width + hessian;
    doubles = (doubles + 14 * 8) / 8 * 8; /* every array begins at a cache line */
    r->memory = aligned_alloc(64, doubles * sizeof *r->memory);
    r->in_use = calloc(p, sizeof *r->in_use);
    if (!r->memory || !r->in_use)
        return false;
    memset(r->memory, 0, doubles * sizeof *r->memory);
    double *next = r->memory;
#define ROUND(n) (((n) + 7) / 8 * 8)
#define TAKE(n) (next += ROUND(n), next - ROUND(n))
    r->x = TAKE(types * p), r->accepted = TAKE(types * p), r->direction = TAKE(types * p);
    r->value = TAKE(types), r->columns = TAKE(types * width), r->mu = TAKE(types);
    r->h = TAKE(square), r->work = TAKE(square + 4 * p), r->b = TAKE(p);
    r->sums.loglik = TAKE(types), r->sums.grad_mu = TAKE(types), r->sums.hessian_mu = TAKE(types);
    r->sums.grad = TAKE(types * width), r->hessian = second ? TAKE(hessian) : NULL;
#undef TAKE
#undef ROUND
    return true;
}

static void release_rows(struct rows *r)
{
    free(r->memory);
    free(r->in_use);
}

/* Sums at r->x; loglik and gradients then include the integral. */
static void evaluate(struct rows *r, const struct hawkes_prepared *p, bool second)
{
    r->sums.hessian = second ? r->hessian : NULL;
    size_t types = r->types, n = types + 1;
    for (size_t k = 0; k < types; k++) {
        r->mu[k] = r->x[k * n];
        for (size_t j = 0; j < types; j++)
            r->columns[j * r->width + k] = r->x[k * n + 1 + j];
    }
    hawkes_pass(p, r->mu, r->columns, &r->sums);
    r->passes++;
    for (size_t k = 0; k < types; k++) {
        r->sums.loglik[k] -= r->mu[k] * p->span;
        r->sums.grad_mu[k] -= p->span;
        for (size_t j = 0; j < types; j++) {
            r->sums.loglik[k] -= r->x[k * n + 1 + j] * p->exposure[j];
            r->sums.grad[k * r->width + j] -= p->exposure[j];
        }
    }
}

/* Information of row k, [types + 1] squared. */
static void information_of(const struct rows *r, size_t k, double *h)
{
    size_t n = r->types + 1, w = r->width;
    const double *from = r->hessian + k * (w + 1) * w;
    h[0] = r->sums.hessian_mu[k];
    for (size_t j = 0; j < r->types; j++) {
        h[j + 1] = h[(j + 1) * n] = from[j];
        for (size_t i = 0; i <= j; i++)
            h[(i + 1) * n + j + 1] = h[(j + 1) * n + i + 1] = from[(i + 1) * w + j];
    }
    for (size_t i = 0; i < n; i++) /* a parent that no event of this type followed has no information: keep the matrix regular */
        h[i * n + i] += 1e-12 * h[i * n + i] + 1e-300;
}

/* The next direction of row k from its quadratic model; returns the gain that model promises. */
static double newton_direction(struct rows *r, size_t k, double floor_mu)
{
    size_t n = r->types + 1;
    const double *x = r->accepted + k * n;
    double *to = r->direction + k * n, gain = 0;
    information_of(r, k, r->h);
    double *g = r->b; /* gradient, then gradient + h x */
    for (size_t i = 0; i < n; i++)
        g[i] = i ? r->sums.grad[k * r->width + i - 1] : r->sums.grad_mu[k];
    for (size_t i = 0; i < n; i++)
        to[i] = g[i];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            g[i] += r->h[i * n + j] * x[j];
    double gradient[PARLEY_HAWKES_TYPES_MAX + 1];
    memcpy(gradient, to, n * sizeof *gradient);
    memcpy(to, x, n * sizeof *to);
    if (!matrix_bounded_quadratic(r->h, g, n, n, to, r->work, r->in_use))
        for (size_t i = 0; i < n; i++) /* singular: a safe small step uphill */
            to[i] = fmax(0, x[i] + 0.1 * gradient[i] / r->h[i * n + i]);
    if (to[0] < floor_mu)
        to[0] = floor_mu; /* the rate may not reach zero at an event without a parent */
    for (size_t i = 0; i < n; i++) {
        to[i] -= x[i];
        gain += gradient[i] * to[i];
    }
    return gain;
}

static void start_at(struct rows *r, const struct hawkes_prepared *p)
{
    size_t n = r->types + 1;
    double all = 0;
    for (size_t k = 0; k < r->types; k++)
        all += p->count[k];
    for (size_t k = 0; k < r->types; k++) {
        r->x[k * n] = 0.5 * fmax(p->count[k], 0.5) / p->span;
        for (size_t j = 0; j < r->types; j++)
            r->x[k * n + 1 + j] = 0.5 * fmax(p->count[k], 0.5) / all;
    }
}

/* Damped Newton, every row with its own step. The curvature is computed again only when the last one no longer gains a digit a
 * pass: it costs types / 2 times as much as the gradient. */
static bool climb(struct rows *r, const struct hawkes_prepared *p, double tolerance, const struct parley_progress *progress, bool *stopped)
{
    size_t types = r->types, n = types + 1;
    double step[PARLEY_HAWKES_TYPES_MAX], before = INFINITY;
    bool second = true;
    for (size_t k = 0; k < types; k++)
        r->value[k] = -INFINITY, step[k] = 1;
    for (int iteration = 0; iteration < ITERATIONS_MAX; iteration++) {
        if (!parley_tick(progress, iteration, 0, "pass")) {
            *stopped = true;
            return false;
        }
        evaluate(r, p, second);
        double left = 0;
        bool moved = false;
        for (size_t k = 0; k < types; k++) {
            double slack = 1e-11 * fabs(r->value[k]);
            if (r->sums.loglik[k] >= r->value[k] - slack && !isnan(r->sums.loglik[k])) {
                memcpy(r->accepted + k * n, r->x + k * n, n * sizeof *r->x);
                r->value[k] = r->sums.loglik[k];
                left = fmax(left, newton_direction(r, k, 1e-9 * fmax(1, p->count[k]) / p->span));
                step[k] = 1;
                moved = true;
            } else {
                step[k] /= 4;
                left = fmax(left, step[k] > 1e-9 ? INFINITY : 0);
            }
        }
        if (left < tolerance && moved)
            return true;
        second = !(left < before / 10); /* also after a step that did not gain */
        before = left;
        for (size_t k = 0; k < types; k++)
            for (size_t i = 0; i < n; i++)
                r->x[k * n + i] = fmax(0, r->accepted[k * n + i] + step[k] * r->direction[k * n + i]);
    }
    return false;
}

/* More types than Newton can bear: all rows together by NLopt's CCSAQ (its L-BFGS stalls among thousands of bounds). */
struct joint { struct rows *rows; const struct hawkes_prepared *p; const struct parley_progress *progress; nlopt_opt opt; };

/* The variables are mu in units of the mean rate, and the objective is per event: then all gradients are of one size. */
static double unit_of(const struct joint *c, size_t k, size_t i) { return i ? 1 : c->p->count[k] / c->p->span; }

static double joint_value(unsigned n, const double *x, double *grad, void *ctx)
{
    struct joint *c = ctx;
    struct rows *r = c->rows;
    double sum = 0;
    (void)n;
    for (size_t k = 0; k < r->types; k++)
        for (size_t i = 0; i <= r->types; i++)
            r->x[k * (r->types + 1) + i] = x[k * (r->types + 1) + i] * unit_of(c, k, i);
    evaluate(r, c->p, false);
    if (!parley_tick(c->progress, r->passes, 0, "pass"))
        nlopt_force_stop(c->opt);
    for (size_t k = 0; k < r->types; k++) {
        sum += r->sums.loglik[k];
        for (size_t i = 0; grad && i <= r->types; i++)
            grad[k * (r->types + 1) + i] = (i ? r->sums.grad[k * r->width + i - 1] : r->sums.grad_mu[k]) * unit_of(c, k, i) / (double)c->p->n;
    }
    return sum / (double)c->p->n;
}

static bool climb_jointly(struct rows *r, const struct hawkes_prepared *p, const struct parley_progress *progress, bool *stopped)
{
    unsigned n = (unsigned)(r->types * (r->types + 1));
    nlopt_opt opt = nlopt_create(NLOPT_LD_CCSAQ, n);
    struct joint ctx = { r, p, progress, opt };
    double *low = calloc(n, sizeof *low), value;
    bool ok = opt && low;
    if (ok) {
        for (size_t k = 0; k < r->types; k++)
            low[k * (r->types + 1)] = 1e-9;
        nlopt_set_lower_bounds(opt, low);
        nlopt_set_max_objective(opt, joint_value, &ctx);
        nlopt_set_ftol_rel(opt, 1e-11);
        nlopt_set_maxeval(opt, 500);
        for (size_t k = 0; k < r->types; k++)
            for (size_t i = 0; i <= r->types; i++)
                r->accepted[k * (r->types + 1) + i] = r->x[k * (r->types + 1) + i] / unit_of(&ctx, k, i);
        nlopt_result result = nlopt_optimize(opt, r->accepted, &value);
        *stopped = result == NLOPT_FORCED_STOP;
        ok = result > 0 || result == NLOPT_ROUNDOFF_LIMITED;
        joint_value(n, r->accepted, NULL, &ctx); /* leaves x at the optimum */
        memcpy(r->accepted, r->x, n * sizeof *r->x);
        memcpy(r->value, r->sums.loglik, r->types * sizeof *r->value);
    }
    nlopt_destroy(opt);
    free(low);
    return ok;
}

/* Start on the first events alone: near the optimum each pass over all of them is worth a digit or more. */
static enum parley_status fit_given(struct rows *r, const struct parley_marked *e, double decay, bool warm, double tolerance,
                                    const struct parley_progress *progress, double *loglik, struct parley_error *err)
{
    struct hawkes_prepared p;
    struct parley_marked part = *e;
    bool ok = true, stopped = false;
    size_t rows_bytes = r->types * (r->types + 1) * sizeof *r->x;
    if (!hawkes_prepare(e, decay, &p))
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu events", e->n);
    if (!warm)
        start_at(r, &p);
    size_t least = WARM_EVENTS + 100 * r->types * r->types, sizes[8], n_sizes = 0;
    for (size_t n = e->n / WARM_FACTOR; !warm && r->hessian && n >= least && n_sizes < 8; n /= WARM_FACTOR)
        sizes[n_sizes++] = n;
    while (n_sizes-- > 0) {
        part.n = sizes[n_sizes], part.span = e->time[part.n - 1];
        struct hawkes_prepared small;
        if (part.span <= 0 || !hawkes_prepare(&part, decay, &small))
            continue;
        bool complete = true;
        for (size_t k = 0; k < r->types; k++)
            complete &= small.count[k] > 0;
        if (complete && climb(r, &small, 1e-4, progress, &stopped))
            memcpy(r->x, r->accepted, rows_bytes);
        else
            start_at(r, &p);
        for (size_t k = 0; k < r->types; k++) /* a bound reached on a part is no bound of the whole */
            for (size_t i = 1; i <= r->types; i++)
                r->x[k * (r->types + 1) + i] = fmax(r->x[k * (r->types + 1) + i], 1e-4);
        hawkes_prepared_release(&small);
    }
    ok = r->hessian ? climb(r, &p, tolerance, progress, &stopped) : climb_jointly(r, &p, progress, &stopped);
    *loglik = 0;
    for (size_t k = 0; k < r->types; k++)
        *loglik += r->value[k];
    hawkes_prepared_release(&p);
    if (stopped)
        return parley_fail(err, PARLEY_ECANCELLED, "hawkes: interrupted after %d passes", r->passes);
    return ok && isfinite(*loglik) ? PARLEY_OK : parley_fail(err, PARLEY_ENOCONV, "hawkes: the likelihood did not settle after %d passes", r->passes);
}

/* The shared decay by maximising the profile likelihood over its logarithm: a scan, then Brent's golden sections. */
static enum parley_status fit_shared(struct rows *r, const struct parley_marked *e, double low, double high,
                                     const struct parley_progress *progress, double *decay, double *loglik, struct parley_error *err)
{
    enum { SCAN = 9, SECTIONS = 60 };
    const double golden = 0.3819660112501051;
    double a = log(low), b = log(high), best = -INFINITY, at = a, value;
    struct parley_marked part = *e; /* the scan needs no more than a part of a long series */
    if (part.n > 20 * WARM_EVENTS)
        part.n = 10 * WARM_EVENTS, part.span = e->time[part.n - 1];
    for (int i = 0; i < SCAN; i++) {
        double x = a + (b - a) * i / (SCAN - 1);
        enum parley_status status = fit_given(r, &part, exp(x), false, 1e-3, progress, &value, err);
        if (status && status != PARLEY_ENOCONV)
            return status;
        if (!status && value > best)
            best = value, at = x;
    }
    double width = (b - a) / (SCAN - 1);
    a = fmax(a, at - width), b = fmin(b, at + width);
    /* Brent 1973: parabolas while they help, golden sections otherwise */
    double x = at, w = at, v = at, d = 0, step = 0;
    enum parley_status status = fit_given(r, e, exp(x), false, 1e-7, progress, &value, err);
    double fx = -value, fw = fx, fv = fx;
    for (int i = 0; !status && i < SECTIONS; i++) {
        double middle = (a + b) / 2, tolerance = 1e-6;
        if (fabs(x - middle) <= 2 * tolerance - (b - a) / 2)
            break;
        bool parabola = false;
        if (fabs(step) > tolerance) {
            double p = (x - w) * (fx - fv), q = (x - v) * (fx - fw), s = (x - v) * q - (x - w) * p;
            q = 2 * (q - p);
            if (q > 0)
                s = -s;
            q = fabs(q);
            if (fabs(s) < fabs(0.5 * q * step) && s > q * (a - x) && s < q * (b - x))
                parabola = true, step = d, d = s / q;
        }
        if (!parabola)
            step = x < middle ? b - x : a - x, d = golden * step;
        double u = x + (fabs(d) >= tolerance ? d : d > 0 ? tolerance : -tolerance);
        memcpy(r->x, r->accepted, r->types * (r->types + 1) * sizeof *r->x);
        status = fit_given(r, e, exp(u), true, 1e-7, progress, &value, err);
        double fu = -value;
        if (fu <= fx) {
            if (u < x) b = x; else a = x;
            v = w, fv = fw, w = x, fw = fx, x = u, fx = fu;
        } else {
            if (u < x) a = u; else b = u;
            if (fu <= fw || w == x)
                v = w, fv = fw, w = u, fw = fu;
            else if (fu <= fv || v == x || v == w)
                v = u, fv = fu;
        }
    }
    *decay = exp(x);
    return status ? status : fit_given(r, e, *decay, true, 1e-8, progress, loglik, err);
}

static double poisson_loglik(const struct parley_marked *e)
{
    double count[PARLEY_HAWKES_TYPES_MAX] = { 0 }, sum = 0;
    for (size_t i = 0; i < e->n; i++)
        count[e->type[i]]++;
    for (size_t k = 0; k < e->types; k++)
        sum += count[k] > 0 ? count[k] * log(count[k] / e->span) - count[k] : 0;
    return sum;
}

static enum parley_status check(const struct parley_marked *e, const struct parley_hawkes_options *o, struct parley_error *err)
{
    enum parley_status status = hawkes_check_events(e, err);
    if (status)
        return status;
    if (e->n < 2)
        return parley_fail(err, PARLEY_EDOM, "hawkes: %zu events are too few", e->n);
    size_t count[PARLEY_HAWKES_TYPES_MAX] = { 0 };
    for (size_t i = 0; i < e->n; i++)
        count[e->type[i]]++;
    for (size_t k = 0; k < e->types; k++) {
        if (!count[k])
            return parley_fail(err, PARLEY_EDOM, "hawkes: type %zu has no events", k);
        if (o->decay == PARLEY_DECAY_GIVEN && !(o->given[k] > 0 && isfinite(o->given[k])))
            return parley_fail(err, PARLEY_EINVAL, "hawkes: decay %g of type %zu is not above 0", o->given[k], k);
    }
    if (o->decay_low || o->decay_high)
        if (!(o->decay_low > 0 && o->decay_high > o->decay_low && isfinite(o->decay_high)))
            return parley_fail(err, PARLEY_EINVAL, "hawkes: the range of the decay, %g to %g", o->decay_low, o->decay_high);
    return PARLEY_OK;
}

static bool make_fit(struct parley_hawkes_fit *f, size_t types, struct parley_arena *arena)
{
    double **lines[] = { &f->model.mu, &f->model.decay, &f->mu_se, &f->decay_se, &f->residual_ks_p }, **squares[] = { &f->model.branching, &f->branching_se };
    bool ok = true;
    f->model.types = types;
    for (size_t i = 0; i < 5; i++)
        ok &= (*lines[i] = PARLEY_NEW(arena, double, types)) != NULL;
    for (size_t i = 0; i < 2; i++)
        ok &= (*squares[i] = PARLEY_NEW(arena, double, types * types)) != NULL;
    return ok;
}

static void take_model(const struct rows *r, struct parley_hawkes *m)
{
    for (size_t k = 0; k < r->types; k++) {
        m->mu[k] = r->accepted[k * (r->types + 1)];
        memcpy(m->branching + k * r->types, r->accepted + k * (r->types + 1) + 1, r->types * sizeof(double));
    }
}

enum parley_status parley_hawkes_fit(const struct parley_marked *e, const struct parley_hawkes_options *o, struct parley_arena *arena,
                                     struct parley_hawkes_fit *out, struct parley_error *err)
{
    enum parley_status status = check(e, o, err);
    if (status)
        return status;
    struct parley_hawkes_fit f = { 0 };
    if (!make_fit(&f, e->types, arena))
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu types", e->types);
    double low = o->decay_low > 0 ? o->decay_low : 10 / e->span, high = o->decay_high > 0 ? o->decay_high : 10 * (double)e->n / e->span;
    if (high <= low)
        high = 2 * low;
    bool one_decay = o->decay == PARLEY_DECAY_SHARED;
    if (o->decay == PARLEY_DECAY_GIVEN) {
        one_decay = true;
        for (size_t j = 1; j < e->types; j++)
            one_decay &= o->given[j] == o->given[0];
    }
    if (one_decay) {
        struct rows r;
        if (!make_rows(&r, e->types, e->types <= PARLEY_HAWKES_NEWTON_MAX)) {
            release_rows(&r);
            return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu types", e->types);
        }
        double decay = o->decay == PARLEY_DECAY_GIVEN ? o->given[0] : 0;
        status = o->decay == PARLEY_DECAY_GIVEN ? fit_given(&r, e, decay, false, 1e-7, o->progress, &f.loglik, err)
                                                : fit_shared(&r, e, low, high, o->progress, &decay, &f.loglik, err);
        take_model(&r, &f.model);
        for (size_t j = 0; j < e->types; j++)
            f.model.decay[j] = decay;
        f.iterations = r.passes;
        release_rows(&r);
    } else {
        status = hawkes_fit_decays(e, o, low, high, arena, &f, err);
    }
    if (status)
        return status;
    for (size_t j = 0; o->decay != PARLEY_DECAY_GIVEN && j < e->types; j++)
        f.decay_on_bound |= f.model.decay[j] < low * 1.001 || f.model.decay[j] > high / 1.001;
    f.loglik_poisson = poisson_loglik(e);
    f.lr = 2 * (f.loglik - f.loglik_poisson);
    double df = (double)(e->types * e->types) + (o->decay == PARLEY_DECAY_GIVEN ? 0 : o->decay == PARLEY_DECAY_SHARED ? 1 : (double)e->types);
    f.lr_p = special_chi2_p(f.lr, df);
    status = hawkes_uncertainty(e, o->decay, &f, err);
    if (!status)
        *out = f;
    return status;
}
