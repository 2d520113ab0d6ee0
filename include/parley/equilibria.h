/* equilibria.h - what each side should expect: Nash equilibria, exact and complete where that is claimed.
 * Room: game.
 *
 * Two players: all extreme equilibria and all maximal Nash subsets, in rational arithmetic (Avis, Rosenberg, Savani and von Stengel
 * 2010, Economic Theory 42:9-37). Three and more: support enumeration (Porter, Nudelman and Shoham 2008) with interval Newton
 * tests (Krawczyk 1969; Moore 1977) that prove for every box that it holds no, or exactly one, solution. */
#ifndef PARLEY_EQUILIBRIA_H
#define PARLEY_EQUILIBRIA_H

#include <parley/game.h>
#include <parley/progress.h>

enum {
    PARLEY_EQUILIBRIA_MAX = 200000, /* of one game */
    PARLEY_SUBSETS_MAX = 100000,
    PARLEY_BASES_MAX = 20000000, /* bases visited by vertex enumeration */
};

struct parley_equilibrium {
    /* all players' probabilities one after the other: [sum of n_strategies] */
    const struct parley_exact **probability; /* NULL when the equilibrium is not known as fractions */
    double *approximate;                     /* always */
    const struct parley_exact **payoff;      /* [n_players] or NULL */
    double *payoff_approximate;              /* [n_players] */
    double regret_max; /* 0: exact and verified; otherwise a proven bound on what anybody could gain by another strategy */
    bool pure;
    /* probability times payoff differences of the exact equilibrium nearby differ from `approximate` by at most this; 0 when exact */
    double error_bound;
};

struct parley_nash_subset { /* any mixture of the members' row strategies with any of their column strategies is an equilibrium */
    size_t n, *member;      /* indices of equilibria */
    size_t component;       /* subsets with the same number are connected */
};

struct parley_equilibria {
    bool complete;          /* every equilibrium is listed (two players: every extreme one) */
    const char *method;     /* how they were found, one phrase */
    const char *argument;   /* why the list is complete, or what is missing */
    size_t n;
    struct parley_equilibrium *equilibrium; /* in descending order of the probabilities, first player first */
    size_t n_subsets, n_components;
    struct parley_nash_subset *subset; /* two players; NULL otherwise */
};

struct parley_equilibria_options {
    bool one;              /* one equilibrium is enough */
    bool exact_only;       /* two players: PARLEY_ELIMIT where enumeration is too large, instead of one equilibrium */
    size_t max_bases;      /* 0: PARLEY_BASES_MAX */
    size_t max_boxes;      /* N players: boxes examined, 0: 20 million */
};

#pragma GCC visibility push(default)

/* Solve a game in strategic form (parley_game_reduce first). Every equilibrium returned is verified: exactly, or with the proven
 * bound regret_max. When a limit stops the search, what was found is returned with complete = false and the reason in
 * `argument`. PARLEY_ECANCELLED likewise leaves the partial list in *out. Time: two players, a microsecond a vertex
 * of the best-response polytopes; N players, exponential in the number of strategies. */
PARLEY_MUST_USE enum parley_status parley_equilibria_solve(const struct parley_game *game, const struct parley_equilibria_options *options,
                                                           const struct parley_progress *progress, struct parley_arena *arena,
                                                           struct parley_equilibria *out, struct parley_error *err);

/* The largest gain that any player could make by leaving the profile (all players' probabilities one after the other), exact. */
PARLEY_MUST_USE enum parley_status parley_equilibria_regret(const struct parley_game *game, const struct parley_exact *const *probability,
                                                            struct parley_arena *arena, const struct parley_exact **regret,
                                                            struct parley_error *err);

#pragma GCC visibility pop
#endif
