/* memory_one.h - many pairs of memory-one habits at once, in closed form.
 * Room: game.
 *
 * Slips and private misattribution only change the chances with which a memory-one habit answers to what was really done, so a
 * pair is a chain over the four outcomes CC, CD, DC, DD (the row player's act first) however noisy it is. That chain is solved by
 * subtraction-free elimination (Grassmann, Taksar and Heyman 1985), eight pairs at a time, also where the chain falls into several recurrent
 * classes (the shares are then their mixture from the first move). The result is right to about 1e-16 divided by the smallest chance that is
 * not 0 (a chance of 1 - 1e-6 is itself rounded by 1e-16).
 * Payoffs and cooperation are sums over the shares. repeated.h gives single pairs as fractions. */
#ifndef PARLEY_MEMORY_ONE_H
#define PARLEY_MEMORY_ONE_H

#include <parley/repeated.h>

/* Chance to cooperate after CC, CD, DC, DD (own executed act first) and on the first move. Either 0 or at least 1e-30. */
struct parley_memory_one {
    double cooperate[5];
};

/* Columns of `n` habits: [k][i] is cooperate[k] of habit i, with noise folded in. */
struct parley_memory_one_columns {
    const double *cooperate[5];
};

#pragma GCC visibility push(default)

/* Whether a habit of any form is memory-one; then *out has the noise of the game folded in: the chance of the executed act after the executed
 * acts. Computed in fractions, then cut to doubles. */
bool parley_memory_one_from_habit(const struct parley_repeated *game, const struct parley_habit *habit, struct parley_memory_one *out);

/* Pairs i = 0..n-1 of row[i] against column[i]: share[0..3][i] are the shares of turns that end in CC, CD, DC, DD. discount = 1: the long-run
 * average; 0 <= discount < 1: weighted with (1-d) d^t. PARLEY_EINVAL for a discount outside 0 to 1. O(n), about 150 operations a pair. */
PARLEY_MUST_USE enum parley_status parley_memory_one_pairs(const struct parley_memory_one_columns *row, const struct parley_memory_one_columns *column,
                                                           size_t n, double discount, double *const share[4], struct parley_error *err);

/* The same, expected over the first `turns` turns (at least 1). O(n log turns). */
PARLEY_MUST_USE enum parley_status parley_memory_one_turns(const struct parley_memory_one_columns *row, const struct parley_memory_one_columns *column,
                                                           size_t n, uint64_t turns, double *const share[4], struct parley_error *err);

/* Everybody against everybody: payoff[i*n+j] is what habit i gets a turn against habit j (payoff of the row player after CC, CD, DC, DD);
 * cooperation[i*n+j] (may be NULL) how often i cooperates. O(n^2). PARLEY_ENOMEM. */
PARLEY_MUST_USE enum parley_status parley_memory_one_field(const struct parley_memory_one *habit, size_t n, double discount, const double stage[4],
                                                           double *payoff, double *cooperation, struct parley_error *err);

#pragma GCC visibility pop
#endif
