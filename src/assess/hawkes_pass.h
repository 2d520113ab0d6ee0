/* hawkes_pass.h - one pass over the events for a decay shared by all types: likelihood, gradient, Hessian.
 *
 * Inside a block that begins at t0 every excitation is kept times E = exp(decay (t - t0)), so that nothing decays: C_j counts the events of
 * type j, each with its E, rate_k = mu_k + decay / E * (row k of branching times C), and one event costs a product with one row and the addition
 * to another. Blocks end before E grows large. Rates are kept in units of the mean rate of all events, so that products of many neither
 * overflow nor vanish. Four events are taken at a time (src/assess/hawkes_pass.c). */
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
    double unit;            /* events of all types per unit of time */
    double *scale;          /* [n] E */
    double *take;           /* [n] decay / (E unit): D times this is the excited rate, in units of the mean rate of all events */
    uint16_t *code;         /* [n] type, or type | HAWKES_TIED when the next event has the same time */
    struct hawkes_block *block;
    size_t n_blocks;
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
/* The same; plain: without the vectors of this processor, for tests. Every bit is the same. */
void hawkes_pass_on(const struct hawkes_prepared *p, const double *mu, const double *columns, struct hawkes_sums *sums, bool plain);

#endif
