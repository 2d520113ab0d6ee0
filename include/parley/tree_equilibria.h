/* tree_equilibria.h - what to expect in a game tree, solved on the tree itself: subgame perfect equilibria in behaviour strategies, exact.
 * Room: game.
 *
 * A tree is cut at its subgames, from the leaves to the root (Selten 1965). What is left of each subgame is one choice (compared), a small
 * game (all equilibria), a zero-sum game of two (linear programme over the sequence form), another game of two (Lemke's path over the
 * sequence form), or a game of more (one equilibrium). The sequence form grows with the tree, the strategic form exponentially: Koller,
 * Megiddo and von Stengel 1996, GEB 14:247-259; the path: von Stengel, van den Elzen and Talman 2002, Econometrica 70:693-715. */
#ifndef PARLEY_TREE_EQUILIBRIA_H
#define PARLEY_TREE_EQUILIBRIA_H

#include <parley/game.h>
#include <parley/progress.h>

enum {
    PARLEY_SEQUENCES_MAX = 4000, /* of both players of one subgame together, beyond which it is refused */
    PARLEY_PERFECT_MAX = 256,    /* subgame perfect equilibria listed */
};

/* A rule for every information set. */
struct parley_behaviour {
    const struct parley_exact **probability; /* [width]: information set after information set, see first */
    const struct parley_exact **payoff;      /* [n_players], exact for these probabilities */
    const struct parley_exact *regret;       /* exactly what anybody could gain by another rule, in any subgame; 0: an equilibrium */
    bool pure;
};

struct parley_tree_equilibria {
    bool complete;         /* every subgame perfect equilibrium is listed; otherwise at least these */
    bool zero_sum;         /* of two players whose payoffs sum to a constant: the payoffs are the same in every equilibrium */
    const char *method, *argument;
    size_t n_subgames, largest; /* subgames, the tree itself among them; sequences of the largest piece */
    size_t n_sets, *set;   /* the players' information sets: player by player, each in the order of the file */
    size_t *first;         /* [n_infosets of the tree]: where the actions of an information set begin; (size_t)-1 for chance */
    size_t width;
    size_t n;
    struct parley_behaviour *equilibrium;
};

struct parley_tree_options {
    bool one;            /* one equilibrium is enough */
    bool sequence;       /* solve games of two by the sequence form even where all equilibria could be listed */
};

#pragma GCC visibility push(default)

/* Solve an extensive game. Every rule returned is verified exactly: its regret in each subgame is computed as a fraction, and it is 0 except
 * where an equilibrium of three and more players is irrational. PARLEY_EINVAL: not extensive. PARLEY_EDOM: imperfect recall.
 * PARLEY_ELIMIT: a subgame is too large. PARLEY_ECANCELLED. Time: pieces with one mover linear; others a few hundred pivots of the square of
 * their sequences. */
PARLEY_MUST_USE enum parley_status parley_tree_solve(const struct parley_game *game, const struct parley_tree_options *options,
                                                     const struct parley_progress *progress, struct parley_arena *arena,
                                                     struct parley_tree_equilibria *out, struct parley_error *err);

/* The largest gain of any player who leaves a rule in the whole tree (not in subgames play does not reach), exact; probability as in
 * parley_behaviour with the same `first`. Payoffs into payoff[n_players] unless NULL. O(nodes x players). */
PARLEY_MUST_USE enum parley_status parley_tree_regret(const struct parley_game *game, const size_t *first,
                                                      const struct parley_exact *const *probability, struct parley_arena *arena,
                                                      const struct parley_exact **regret, const struct parley_exact **payoff,
                                                      struct parley_error *err);

/* How many reduced strategies a player of a tree with perfect recall has (1e300: more than can be counted); 0 if there is no such tree. */
double parley_tree_plans(const struct parley_game *game, size_t player);

#pragma GCC visibility pop
#endif
