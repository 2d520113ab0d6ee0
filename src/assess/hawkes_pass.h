/* hawkes_pass.h - one pass over the events for a decay shared by all types: likelihood, gradient, Hessian.
 *
 * Inside a block that begins at t0 every excitation is kept times exp(decay (t - t0)), so that nothing decays and one event
 * costs one division and two additions of a row: with E = exp(decay (t - t0)), rate_k E = mu_k E + decay D_k where D = branching C and
 * C_j counts events of type j, each with its E. Blocks end before E grows large. */
#ifndef PARLEY_ASSESS_HAWKES_PASS_H
#define PARLEY_ASSESS_HAWKES_PASS_H

#include <parley/hawkes.h>

struct hawkes_block {
    size_t begin;   /* first event */
    double factor;  /* what older excitation has decayed to since the block before began */
};

struct hawkes_prepared {
    size_t n, types, width; /* width: types rounded up to a multiple of 4 */
    double decay, span;
    double *scale;          /* [n] E */
    uint16_t *code;         /* [n] type, or type | HAWKES_TIED when the next event has the same time */
    struct hawkes_block *block;
    size_t n_blocks;
    double *log_scale;      /* [types] sum of log E of its events */
    double *exposure;       /* [types] sum of 1 - exp(-decay (span - t)): expected offspring in the window per unit of branching */
    double *count;          /* [types] */
};

enum { HAWKES_TIED = 0x8000 };

struct hawkes_sums {   /* all without the integral of the rate */
    double *loglik;    /* [types] sum of log rate */
    double *grad_mu;   /* [types] */
    double *grad;      /* [types * width] row k: by branching[k][j] */
    double *hessian;   /* [types][(1 + width) * width]: row 0 by mu and branching, then branching by branching (upper part); NULL = not wanted */
    double *hessian_mu; /* [types] by mu and mu */
};

bool hawkes_prepare(const struct parley_marked *events, double decay, struct hawkes_prepared *p); /* false: out of memory */
void hawkes_prepared_release(struct hawkes_prepared *p);

/* columns [types * width]: column j of the branching matrix as a row, padded with zeros. */
void hawkes_pass(const struct hawkes_prepared *p, const double *mu, const double *columns, struct hawkes_sums *sums);

#endif
