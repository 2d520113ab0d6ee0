/* repeated.h - two habits in a repeated 2x2 game with slips and misattribution, exactly.
 * Room: game.
 *
 * Each turn both mean to cooperate or defect; each act is flipped with probability `slip` (both would see what was
 * done); then each side, on its own, sees the other's D as C with probability `miss` and the other's C as D with
 * probability `false_alarm`. Payoffs follow the executed acts. The pair of private states is a Markov chain: results are its
 * exact stationary or discounted values from the stated first moves, found by subtraction-free elimination (Grassmann, Taksar
 * and Heyman 1985, doi:10.1287/opre.33.5.1107), in rational arithmetic for chains of up to 64 states and in doubles above. */
#ifndef PARLEY_REPEATED_H
#define PARLEY_REPEATED_H

#include <parley/habit.h>
#include <parley/progress.h>

enum { PARLEY_CHAIN_EXACT_MAX = 64, PARLEY_CHAIN_STATES_MAX = 4096 };

struct parley_repeated { /* the stage game and its noise */
    struct parley_ratio payoff[2][2][2]; /* [row's act][column's act][player] */
    struct parley_ratio slip, miss, false_alarm;
};

struct parley_repeated_value {
    double payoff[2], cooperation[2];  /* per turn */
    const char *payoff_exact[2], *cooperation_exact[2]; /* fractions as text, or NULL where doubles were used */
    size_t states, recurrent_classes;  /* of the reachable chain */
};

#pragma GCC visibility push(default)

/* R,S,T,P of a symmetric game into payoff[][][]. */
void parley_repeated_symmetric(struct parley_repeated *game, struct parley_ratio R, struct parley_ratio S, struct parley_ratio T, struct parley_ratio P);

/* Long-run average from the first moves (a mixture where several classes recur). O(states^3).
 * PARLEY_EINVAL: a probability outside 0 to 1. PARLEY_ELIMIT: more than 4096 reachable states. */
PARLEY_MUST_USE enum parley_status parley_repeated_limit(const struct parley_repeated *game, const struct parley_habit *row,
                                                         const struct parley_habit *column, struct parley_arena *arena,
                                                         struct parley_repeated_value *out, struct parley_error *err);

/* (1-d) sum of d^t u_t from t = 0; 0 <= d < 1. Cooperation is weighted the same way. */
PARLEY_MUST_USE enum parley_status parley_repeated_discounted(const struct parley_repeated *game, const struct parley_habit *row,
                                                              const struct parley_habit *column, struct parley_ratio discount,
                                                              struct parley_arena *arena, struct parley_repeated_value *out,
                                                              struct parley_error *err);

/* Expected average over the first `turns` turns. O(turns x states x 16), or O(states^3 log turns)
 * by doubling where that is less. */
PARLEY_MUST_USE enum parley_status parley_repeated_mean(const struct parley_repeated *game, const struct parley_habit *row,
                                                        const struct parley_habit *column, uint64_t turns,
                                                        struct parley_arena *arena, struct parley_repeated_value *out,
                                                        struct parley_error *err);

/* The smallest discount factor from which on neither side gains by leaving its habit for any other behaviour, the other side
 * keeping its own (a Nash equilibrium of the repeated game, from the first move). NaN: there is none below 1. Needs public views
 * (miss = false_alarm = 0): with private views a best reply would have to guess the other's state; then PARLEY_EUNIDENT.
 * Best replies by policy iteration on the other's automaton; bisection to 1e-13. `leaver` (may be NULL): who gains just below. */
PARLEY_MUST_USE enum parley_status parley_repeated_critical_discount(const struct parley_repeated *game,
                                                                     const struct parley_habit *row,
                                                                     const struct parley_habit *column,
                                                                     struct parley_arena *arena, double *discount, int *leaver,
                                                                     struct parley_error *err);

/* The best reply to `column` when discounting by d: its value to the row player, and what it plays in each state of the
 * column's automaton (PARLEY_C or PARLEY_D). Public views only. */
PARLEY_MUST_USE enum parley_status parley_repeated_best_reply(const struct parley_repeated *game, const struct parley_habit *column,
                                                              double discount, struct parley_arena *arena, double *value,
                                                              const unsigned char **act, struct parley_error *err);

#pragma GCC visibility pop
#endif
