/* evolution.h - which habits spread when the successful are imitated.
 * Room: game.
 *
 * Payoffs are an n x n matrix A: A[i*n+j] is what i gets against j. Populations are well mixed, of N players, without play against
 * oneself. Moran: a player chosen in proportion to its total payoff has a copy that replaces a random player (Nowak, Sasaki, Taylor and
 * Fudenberg 2004, doi:10.1038/nature02414). Fermi: of two random players the first copies the second with chance
 * 1 / (1 + exp(-beta (f_second - f_first))), f the average payoff (Traulsen, Nowak and Pacheco 2006, doi:10.1103/PhysRevE.74.011909). */
#ifndef PARLEY_EVOLUTION_H
#define PARLEY_EVOLUTION_H

#include <parley/arena.h>
#include <parley/error.h>
#include <parley/progress.h>
#include <stddef.h>
#include <stdint.h>

enum parley_imitation { PARLEY_MORAN, PARLEY_FERMI };
enum { PARLEY_POPULATION_MAX = 1000000, PARLEY_EVOLUTION_KINDS_MAX = 1000 };

#pragma GCC visibility push(default)

/* Natural logarithm of the chance that i players of kind A take over a population of N when the others are of kind B; payoffs a (A against
 * A), b (A against B), c, d. The logarithm, because chances of 10^-500 are common. beta is used by Fermi only. O(N). Exact up to rounding.
 * PARLEY_EINVAL: N < 2, i outside 0..N. PARLEY_EDOM: Moran with a total payoff that is not positive. */
PARLEY_MUST_USE enum parley_status parley_fixation(enum parley_imitation process, const double payoff[2][2], double beta, size_t N, size_t i,
                                                   double *log_probability, struct parley_error *err);

/* Share of time that each kind holds the whole population when mutants are rare: the stationary distribution of the chain whose move from i
 * to j has the chance fixation(one j among i) / (n - 1) (Fudenberg and Imhof 2006, doi:10.1016/j.jet.2005.04.006). share: [n] out. */
PARLEY_MUST_USE enum parley_status parley_rare_mutation(enum parley_imitation process, const double *A, size_t n, double beta, size_t N,
                                                        struct parley_arena *arena, double *share, struct parley_error *err);

/* Replicator equation dx_i/dt = x_i ((Ax)_i - x.Ax) from x (in: [n] shares at time 0, out: at time t), by the embedded Runge-Kutta
 * pair of Dormand and Prince (1980) at a relative tolerance of 1e-12. PARLEY_ENOCONV after 10^6 steps. */
PARLEY_MUST_USE enum parley_status parley_replicator(const double *A, size_t n, double t, double *x, struct parley_error *err);

/* Play the process `runs` times from count[n] players of each kind (their sum is N >= 2) until one kind is left or `steps_max` single
 * replacements were made. won[n] out: runs that ended with that kind alone; *open: runs that did not end; *steps: replacements made
 * in all. Run r uses stream r of the seed. O(runs * steps * n). */
PARLEY_MUST_USE enum parley_status parley_imitate(enum parley_imitation process, const double *A, size_t n, double beta, const size_t *count,
                                                  uint64_t runs, uint64_t steps_max, uint64_t seed, const struct parley_progress *progress,
                                                  uint64_t *won, uint64_t *open, uint64_t *steps, struct parley_error *err);

#pragma GCC visibility pop
#endif
