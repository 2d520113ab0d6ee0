#include "hawkes_fit.h"

#include <math.h>
#include <nlopt.h>
#include <stdlib.h>
#include <string.h>

struct problem {
    const struct parley_marked *events;
    const struct parley_progress *progress;
    struct parley_hawkes model;
    double *grad_decay;
    bool decays_free;
    nlopt_opt opt;
    int passes;
    double scale;
};

/* x: mu [types], branching [types^2], then log decay [types] when they are free */
static double value(unsigned n, const double *x, double *grad, void *ctx)
{
    struct problem *p = ctx;
    size_t types = p->model.types, first = types + types * types;
    double loglik = -HUGE_VAL;
    memcpy(p->model.mu, x, types * sizeof *x);
    memcpy(p->model.branching, x + types, types * types * sizeof *x);
    for (size_t j = 0; p->decays_free && j < types; j++)
        p->model.decay[j] = exp(x[first + j]);
    p->passes++;
    if (!parley_tick(p->progress, p->passes, 0, "pass"))
        nlopt_force_stop(p->opt);
    if (parley_hawkes_loglik(&p->model, p->events, &loglik, grad, grad ? grad + types : NULL, grad && p->decays_free ? p->grad_decay : NULL, NULL))
        nlopt_force_stop(p->opt);
    for (size_t j = 0; grad && p->decays_free && j < types; j++)
        grad[first + j] = p->grad_decay[j] * p->model.decay[j];
    for (unsigned i = 0; grad && i < n; i++)
        grad[i] *= p->scale;
    return loglik * p->scale;
}

enum parley_status hawkes_fit_decays(const struct parley_marked *e, const struct parley_hawkes_options *o, double low, double high,
                                     struct parley_arena *arena, struct parley_hawkes_fit *fit, struct parley_error *err)
{
    size_t types = e->types, first = types + types * types;
    bool decays_free = o->decay == PARLEY_DECAY_PER_TYPE;
    unsigned n = (unsigned)(first + (decays_free ? types : 0));
    /* from the best shared decay, or the geometric mean of the given ones */
    struct parley_hawkes_fit shared;
    double mean = 0, *given = PARLEY_NEW(arena, double, types);
    double *x = PARLEY_NEW(arena, double, n), *lower = PARLEY_NEW(arena, double, n), *upper = PARLEY_NEW(arena, double, n);
    struct problem p = { e, o->progress, fit->model, PARLEY_NEW(arena, double, types), decays_free, nlopt_create(NLOPT_LD_LBFGS, n), 0, 1.0 / (double)e->n };
    if (!given || !x || !lower || !upper || !p.grad_decay || !p.opt) {
        nlopt_destroy(p.opt);
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu types", types);
    }
    for (size_t j = 0; !decays_free && j < types; j++)
        mean += log(o->given[j]) / (double)types;
    for (size_t j = 0; j < types; j++)
        given[j] = exp(mean);
    struct parley_hawkes_options begin = *o;
    begin.decay = decays_free ? PARLEY_DECAY_SHARED : PARLEY_DECAY_GIVEN, begin.given = given;
    enum parley_status status = parley_hawkes_fit(e, &begin, arena, &shared, err);
    if (!status) {
        for (size_t k = 0; k < types; k++) {
            x[k] = shared.model.mu[k], lower[k] = 1e-9 / e->span, upper[k] = HUGE_VAL;
            for (size_t j = 0; j < types; j++) {
                size_t i = types + k * types + j;
                x[i] = fmax(shared.model.branching[k * types + j], 1e-4), lower[i] = 0, upper[i] = HUGE_VAL;
            }
            if (decays_free)
                x[first + k] = log(shared.model.decay[k]), lower[first + k] = log(low), upper[first + k] = log(high);
            else
                p.model.decay[k] = o->given[k];
        }
        nlopt_set_lower_bounds(p.opt, lower);
        nlopt_set_upper_bounds(p.opt, upper);
        nlopt_set_max_objective(p.opt, value, &p);
        nlopt_set_ftol_rel(p.opt, 1e-12);
        nlopt_set_maxeval(p.opt, 2000);
        nlopt_set_vector_storage(p.opt, 30);
        double best;
        nlopt_result result = nlopt_optimize(p.opt, x, &best);
        fit->iterations = shared.iterations + p.passes;
        if (result == NLOPT_FORCED_STOP)
            status = parley_fail(err, PARLEY_ECANCELLED, "hawkes: interrupted after %d passes", fit->iterations);
        else if (result < 0 && result != NLOPT_ROUNDOFF_LIMITED)
            status = parley_fail(err, PARLEY_ENOCONV, "hawkes: L-BFGS gave up (%s)", nlopt_result_to_string(result));
        else
            fit->loglik = value(n, x, NULL, &p) / p.scale; /* leaves the model at x */
    }
    nlopt_destroy(p.opt);
    return status;
}
