/* qca_lagrange.h - lower bound of a covering by Lagrangian relaxation, and covers from its prices.
 *
 * Subgradient ascent after Beasley 1990, Naval Research Logistics 37:151-164; greedy covers from reduced costs after Caprara,
 * Fischetti and Toth 1999, Operations Research 47:730-743. All columns cost 1. */
#ifndef PARLEY_ACCORD_QCA_LAGRANGE_H
#define PARLEY_ACCORD_QCA_LAGRANGE_H

#include "qca_matrix.h"

struct qca_lagrange {
    size_t iterations;
    double step;       /* factor of the first step */
    double upper;      /* size of a known cover of this matrix */
    double stop_at;    /* a bound above this ends the ascent */
    int greedy_every;  /* try a cover every so many iterations; 0 = never */
    double bound;      /* out: best lower bound */
    uint32_t *cover;   /* out [rows]: ids of the best cover found here when it is smaller than upper */
    size_t n_cover;    /* in: `upper` or more; out: its size */
    double *reduced;   /* out [cols]: reduced costs at the best prices */
    uint64_t work;     /* += entries touched */
};

/* Starts from m->price (all zero: a dual ascent makes a start) and leaves the best prices there. false = no memory. */
bool qca_lagrange_bound(struct qca_matrix *m, struct qca_lagrange *l);

#endif
