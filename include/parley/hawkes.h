/* hawkes.h - who answers whom, in continuous time: K-dimensional self-exciting process, exponential kernel.
 * Room: assess.
 *
 *   rate_k(t) = mu[k] + sum over j of branching[k][j] decay[j] sum over events l of type j before t of exp(-decay[j] (t - t_l))
 *
 * branching[k][j] is the expected number of events of type k that one event of type j provokes directly. Only for real
 * time stamps: spreading events of one day over the day makes excitation out of nothing (see excitation.h).
 * Likelihood: Ozaki 1979; residuals by time rescaling: Ogata 1988; simulation: Dassios and Zhao 2013, doi:10.1214/ECP.v18-2717. */
#ifndef PARLEY_HAWKES_H
#define PARLEY_HAWKES_H

#include <parley/arena.h>
#include <parley/error.h>
#include <parley/progress.h>
#include <parley/rng.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PARLEY_HAWKES_TYPES_MAX = 1000,
    PARLEY_HAWKES_NEWTON_MAX = 60, /* up to this many types Newton by rows, above it conservative convex steps (CCSAQ) */
};

struct parley_hawkes {
    size_t types;
    double *mu;        /* [types] background rate, >= 0, per unit of time */
    double *branching; /* [types * types] row k: what excites type k; >= 0 */
    double *decay;     /* [types] by exciting type, > 0; all equal for a shared decay */
};

struct parley_marked { /* events: times non-decreasing in [0, span], seen completely on [0, span] */
    const double *time; /* [n] since the start of the window */
    const uint16_t *type; /* [n] < types */
    size_t n, types;
    double span; /* > 0 */
};

enum parley_decay_kind { PARLEY_DECAY_GIVEN, PARLEY_DECAY_SHARED, PARLEY_DECAY_PER_TYPE };

struct parley_hawkes_options {
    enum parley_decay_kind decay;
    const double *given;        /* [types] with PARLEY_DECAY_GIVEN */
    double decay_low, decay_high; /* range searched; 0, 0 = [10 / span, 10 * n / span] */
    const struct parley_progress *progress;
};

struct parley_hawkes_fit {
    struct parley_hawkes model;
    double *mu_se, *branching_se, *decay_se; /* as the model; NaN where on a bound or given */
    double loglik;          /* nats */
    double loglik_poisson;  /* of the homogeneous Poisson process of each type */
    double lr, lr_p;        /* likelihood ratio against it; p from the chi-squared with types^2 (+ decays) degrees: conservative on the bound */
    double spectral_radius, spectral_low, spectral_high; /* delta method, 95 % */
    double controllability; /* 1 - spectral radius */
    double *residual_ks_p;  /* [types] Kolmogorov-Smirnov p of the rescaled gaps; NaN with fewer than 5 events */
    double tied_share;      /* of events that share their time with the one before: above a few per cent, time stamps are too coarse */
    int iterations;         /* passes over the events */
    bool decay_on_bound;
};

#pragma GCC visibility push(default)

/* Log likelihood in nats; gradients (may be NULL) with respect to mu [types], branching [types * types] and decay [types]
 * (a shared decay: sum them). Equal times do not excite each other. PARLEY_EINVAL (model), PARLEY_EDOM (events).
 * O(n types) time, O(types) memory beyond 16 bytes an event. */
PARLEY_MUST_USE enum parley_status
parley_hawkes_loglik(const struct parley_hawkes *model, const struct parley_marked *events, double *loglik,
                     double *grad_mu, double *grad_branching, double *grad_decay, struct parley_error *err);

/* Maximum likelihood. PARLEY_EDOM (fewer than 2 events, or a type without events), PARLEY_ENOCONV. */
PARLEY_MUST_USE enum parley_status
parley_hawkes_fit(const struct parley_marked *events, const struct parley_hawkes_options *options,
                  struct parley_arena *arena, struct parley_hawkes_fit *out, struct parley_error *err);

/* Rescaled gaps: residual [n], expected count of its own type since the previous event of the type (from 0 for the first);
 * independent exponentials with mean 1 if the model is right. */
PARLEY_MUST_USE enum parley_status
parley_hawkes_residuals(const struct parley_hawkes *model, const struct parley_marked *events, double *residual,
                        struct parley_error *err);

/* Exact simulation on [0, span], from an empty past; stops with PARLEY_ELIMIT at `max` events (what is there is valid).
 * time and type have room for max; *n out. O(types) an event. */
PARLEY_MUST_USE enum parley_status
parley_hawkes_simulate(const struct parley_hawkes *model, double span, struct parley_rng *rng, size_t max, double *time,
                       uint16_t *type, size_t *n, struct parley_error *err);

/* Largest absolute eigenvalue of a k x k matrix (row-major); NaN when not finite. left and right: [k] eigenvectors scaled to
 * left . right = 1 for non-negative matrices, or NULL. */
PARLEY_MUST_USE enum parley_status
parley_spectral_radius(const double *matrix, size_t k, double *radius, double *left, double *right, struct parley_error *err);

#pragma GCC visibility pop
#endif
