/* game_concepts.h - what can be said of a game besides its equilibria: dominance and rationalisability, correlated
 * equilibria, quantal response, commitment.
 * Room: game.
 *
 * Dominance by mixtures (and so rationalisability of two players): Pearce 1984, Econometrica 52:1029-1050. Correlated equilibrium: Aumann
 * 1974, J. Math. Econ. 1:67-96; coarse: Moulin and Vial 1978. Commitment: von Stengel and Zamir 2010, GEB 69:446-457; the linear
 * programmes: Conitzer and Sandholm 2006. Logit response and its path: McKelvey and Palfrey 1995, GEB 10:6-38; Turocy 2005, GEB
 * 51:243-263. All but the last are exact: linear programmes are solved in whole numbers. */
#ifndef PARLEY_GAME_CONCEPTS_H
#define PARLEY_GAME_CONCEPTS_H

#include <parley/game.h>
#include <parley/progress.h>

enum {
    PARLEY_LP_CELLS_MAX = 250000, /* rows x columns of one linear programme */
    PARLEY_QRE_WIDTH_MAX = 256,   /* strategies of all players together */
    PARLEY_QRE_POINTS_MAX = 4000,
};

enum parley_dominance { PARLEY_DOMINATED_STRICTLY, PARLEY_DOMINATED_WEAKLY };

struct parley_elimination { /* one strategy that went */
    size_t round, player, strategy;
    enum parley_dominance kind;
    const struct parley_exact **by; /* mixture that dominates it, [n_strategies of the player]; NULL: found by the belief test only */
};

struct parley_rational { /* result of the elimination */
    size_t n;
    struct parley_elimination *step;
    bool **left;     /* [n_players][n_strategies]: survives */
    size_t *n_left;  /* [n_players] */
};

struct parley_correlated {
    const struct parley_exact **probability; /* [n_profiles] */
    const struct parley_exact **payoff;      /* [n_players] */
    const struct parley_exact *welfare;      /* sum of the payoffs */
};

struct parley_commitment {
    size_t leader;
    const struct parley_exact **mixture; /* [n_strategies of the leader] */
    size_t reply;                        /* the follower's strategy; ties are broken for the leader (a tiny change makes it strict) */
    const struct parley_exact *payoff[2];
};

struct parley_qre_point {
    double lambda;
    double *p;      /* [sum of n_strategies] */
    double regret;  /* largest gain of anybody */
};

struct parley_qre {
    size_t n;
    struct parley_qre_point *point; /* along the principal branch, lambda from 0; it may run back for a while */
    bool reached;                   /* the wanted lambda, or the wanted regret */
};

#pragma GCC visibility push(default)

/* Eliminate strategies round by round that some mixture dominates: strictly (order does not matter; what is left is
 * rationalisable with correlated beliefs), or also weakly (weak = true; all weakly dominated ones of a round at once). */
PARLEY_MUST_USE enum parley_status parley_game_eliminate(const struct parley_game *game, bool weak, struct parley_arena *arena,
                                                         struct parley_rational *out, struct parley_error *err);

/* The correlated (or coarse correlated) equilibrium that maximises the sum over players of weight[i] times payoff (weight NULL: 1 each;
 * weights may be negative). Exact. PARLEY_ELIMIT when the linear programme is too large. */
PARLEY_MUST_USE enum parley_status parley_game_correlated(const struct parley_game *game, bool coarse, const int *weight,
                                                          struct parley_arena *arena, struct parley_correlated *out,
                                                          struct parley_error *err);

/* Two players: the best mixture that `leader` can announce and be held to. Exact. */
PARLEY_MUST_USE enum parley_status parley_game_commit(const struct parley_game *game, size_t leader, struct parley_arena *arena,
                                                      struct parley_commitment *out, struct parley_error *err);

/* Follow the logit response from lambda = 0 (payoffs in their own units) to lambda_max or until the regret is below
 * regret_stop (0: never). The points are those of the path steps; the last is at lambda_max when reached. */
PARLEY_MUST_USE enum parley_status parley_game_qre(const struct parley_game *game, double lambda_max, double regret_stop,
                                                   const struct parley_progress *progress, struct parley_arena *arena,
                                                   struct parley_qre *out, struct parley_error *err);

#pragma GCC visibility pop
#endif
