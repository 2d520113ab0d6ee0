/* payoffset.h - what two patient players can sustain: subgame-perfect payoffs of a repeated two-player game.
 * Room: game.
 *
 * Pure actions, perfect monitoring, public randomisation, payoffs (1-d) sum of d^t u_t. Abreu and Sannikov 2014 (doi:10.3982/TE1360):
 * beginning with all feasible payoffs, the set is replaced by the hull of what can be promised and enforced by it, with at most four
 * points for each action profile; it shrinks to the set of equilibrium payoffs. A few steps run in rational arithmetic. Where they do not reach a fixed
 * point, whole numbers rounded outwards take over; from them the corners are guessed as fractions and proven to be the set: the operator maps it to itself,
 * and every larger set near it into a smaller one. Sets whose corners solve no linear equations (some three in a hundred random games) are given as limits.
 * Points, segments and the empty set are ordinary results. */
#ifndef PARLEY_PAYOFFSET_H
#define PARLEY_PAYOFFSET_H

#include <parley/game.h>
#include <parley/habit.h>
#include <parley/progress.h>

struct parley_payoff_set {
    size_t n;              /* vertices, counter-clockwise from the lowest, leftmost; 0 = no equilibrium in pure actions */
    const struct parley_exact **x, **y; /* [n] payoff of the first and of the second player */
    bool exact;            /* proven in rational arithmetic; otherwise a limit, good to about 1e-9 of the largest payoff */
    size_t iterations;
    const struct parley_exact *worst[2]; /* the worst that a player can be held to in equilibrium; NULL when n = 0 */
};

#pragma GCC visibility push(default)

/* PARLEY_EINVAL: not two players, no strategic form, or a discount factor outside 0 < d < 1. PARLEY_ENOCONV.
 * O(iterations x profiles x vertices). */
PARLEY_MUST_USE enum parley_status parley_payoff_set(const struct parley_game *game, struct parley_ratio discount,
                                                     const struct parley_progress *progress, struct parley_arena *arena,
                                                     struct parley_payoff_set *out, struct parley_error *err);

#pragma GCC visibility pop
#endif
