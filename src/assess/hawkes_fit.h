#ifndef PARLEY_ASSESS_HAWKES_FIT_H
#define PARLEY_ASSESS_HAWKES_FIT_H

#include <parley/hawkes.h>

enum parley_status hawkes_check_events(const struct parley_marked *events, struct parley_error *err);

/* Sums over events of grad log rate times its transpose that touch a decay: border [types][1 + types][decays] against mu and branching of
 * each row, corner [decays * decays]. With the rows' own information this is the whole information matrix. */
enum parley_status hawkes_information(const struct parley_hawkes *model, const struct parley_marked *events, bool shared, double *border,
                                      double *corner, struct parley_error *err);

/* Fit with a decay for each type, or with given ones that differ: L-BFGS on everything at once. Fills model, loglik, iterations. */
enum parley_status hawkes_fit_decays(const struct parley_marked *events, const struct parley_hawkes_options *options, double low, double high,
                                     struct parley_arena *arena, struct parley_hawkes_fit *fit, struct parley_error *err);

/* Standard errors, spectral radius with its interval, residual tests. */
enum parley_status hawkes_uncertainty(const struct parley_marked *events, enum parley_decay_kind kind, struct parley_hawkes_fit *fit,
                                      struct parley_error *err);

#endif
