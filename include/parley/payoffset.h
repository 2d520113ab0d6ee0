/* payoffset.h - what two patient players can sustain: subgame-perfect payoffs of a repeated two-player game.
 * Room: game.
 *
 * Pure actions, perfect monitoring, public randomisation, payoffs (1-d) sum of d^t u_t. Abreu and Sannikov 2014 (doi:10.3982/TE1360):
 * beginning with all feasible payoffs, the set is replaced by the hull of what can be promised and enforced by it, with at most four
 * points for each action profile; it shrinks to the set of equilibrium payoffs. The iteration runs in rational arithmetic. When it
 * reaches a fixed point the vertices are exact; when it only converges, they are rounded outwards to a grid of 2^-200 and iterated until
 * nothing moves by more than 2^-90, and the result is called a limit. Points, segments and the empty set are ordinary results. */
#ifndef PARLEY_PAYOFFSET_H
#define PARLEY_PAYOFFSET_H

#include <parley/game.h>
#include <parley/habit.h>
#include <parley/progress.h>

struct parley_payoff_set {
    size_t n;              /* vertices, counter-clockwise from the lowest, leftmost; 0 = no equilibrium in pure actions */
    const struct parley_exact **x, **y; /* [n] payoff of the first and of the second player */
    bool exact;            /* a fixed point in rational arithmetic; otherwise the limit to about 1e-25 */
    size_t iterations;
    const struct parley_exact *worst[2]; /* the worst that a player can be held to in equilibrium; NULL when n = 0 */
};

#pragma GCC visibility push(default)

/* PARLEY_EINVAL: not two players or no strategic form. PARLEY_EDOM: a discount factor outside 0 < d < 1. PARLEY_ENOCONV.
 * O(iterations x profiles x vertices). */
PARLEY_MUST_USE enum parley_status parley_payoff_set(const struct parley_game *game, struct parley_ratio discount,
                                                     const struct parley_progress *progress, struct parley_arena *arena,
                                                     struct parley_payoff_set *out, struct parley_error *err);

#pragma GCC visibility pop
#endif
