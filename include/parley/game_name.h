/* game_name.h - which dilemma is this? Names and numbers of 2x2 games.
 * Room: game.
 *
 * Numbering: Robinson and Goforth 2005, "The Topology of the 2x2 Games". Names: Bruns 2015, Games 6(4):495-520,
 * who names an asymmetric game by the symmetric games its two payoff patterns come from. */
#ifndef PARLEY_GAME_NAME_H
#define PARLEY_GAME_NAME_H

#include <parley/game.h>

enum { PARLEY_NAME_TIES_MAX = 64, PARLEY_NAME_SWAPS = 9 };

/* A strict ordinal game: ranks 1 (worst) to 4 (best) of each player, [player][cell], cells in the order
 * R (both cooperate), S (I cooperate, the other does not), T (the reverse), P (neither), each from the player's own side. */
struct parley_ordinal {
    int rank[2][4];
    int layer, row, column;  /* Robinson-Goforth: row is the column player's pattern, column the row player's */
    const char *name, *name_zh; /* symmetric games and the cyclic ones have one of their own; otherwise "Row's-Column's pattern" */
    const char *pattern[2];  /* symmetric game that each player's payoffs come from */
    int equilibrium[4], n_equilibria; /* pure: cells 0 (C,C), 1 (C,D), 2 (D,C), 3 (D,D) by (row, column) */
};

/* A neighbour: the two payoffs of ranks low and low+1 change places, for one player or both. */
struct parley_name_swap {
    int player; /* 0, 1, or 2 = both */
    int low;    /* 1..3 */
    struct parley_ordinal game;
    bool better;         /* the best pure equilibrium gives the worse-off player a higher rank, or equal and a safer worst one */
    const struct parley_exact *gap[2]; /* how far the payoffs are apart that must change order; NULL for a player not concerned */
};

struct parley_game_name {
    bool strict;                /* no ties; otherwise `game` breaks ties in favour of the earlier of R, T, S, P and n_readings counts the games
                                 * that a small change of the payoffs could make of it */
    struct parley_ordinal game;
    size_t n_readings;
    struct { int layer, row, column; } reading[PARLEY_NAME_TIES_MAX];
    const char *reading_name[PARLEY_NAME_TIES_MAX];
    int cooperate[2];           /* which strategy (0, 1) of each player is called C in this orientation */
    const struct parley_exact *payoff[2][4]; /* R, S, T, P of each player */
    const struct parley_exact *fear[2], *greed[2]; /* P - S, T - R */
    int dominant[2];            /* dominant strategy index or -1 */
    bool strictly[2];           /* it dominates strictly */
    int pareto[4], n_pareto;    /* cells that no other is better than for both */
    int payoff_dominant;        /* cell of the equilibrium better for both (or equal), -1 if none */
    int risk_dominant;          /* cell by Harsanyi and Selten 1988, -1 if not two strict equilibria; -2 when equal */
    struct parley_name_swap swap[PARLEY_NAME_SWAPS]; /* Row 1-2, 2-3, 3-4; Column; both */
};

#pragma GCC visibility push(default)

/* Name a 2x2 game. PARLEY_EINVAL when it is not two players with two strategies each. */
PARLEY_MUST_USE enum parley_status parley_game_name(const struct parley_game *game, struct parley_arena *arena,
                                                    struct parley_game_name *out, struct parley_error *err);

#pragma GCC visibility pop
#endif
