/* game.h - the model of a game: strategic and extensive form, with exact payoffs; files in and out.
 *
 * A game is read or built into the caller's arena and then never changes, so any number of threads may read it.
 * The strategic form of an extensive game is its reduced strategic form (one strategy for each class that differs
 * only where it forbids itself to get), in the order in which a walk of the tree meets the information sets. */
#ifndef PARLEY_GAME_H
#define PARLEY_GAME_H

#include <parley/exact.h>

enum {
    PARLEY_GAME_PLAYERS_MAX = 32,
    PARLEY_GAME_PAYOFFS_MAX = 4 << 20,  /* profiles x players of a strategic form */
    PARLEY_GAME_NODES_MAX = 1 << 20,    /* of an extensive form */
    PARLEY_GAME_ACTIONS_MAX = 4096,     /* at one information set */
    PARLEY_GAME_DEPTH_MAX = 10000,      /* moves from the root to a leaf */
    PARLEY_GAME_STRATEGIES_MAX = 65536, /* of one player */
    PARLEY_GAME_FILE_MAX = 64 << 20,    /* bytes */
};

enum parley_move { PARLEY_MOVE_TERMINAL, PARLEY_MOVE_CHANCE, PARLEY_MOVE_PLAYER };

/* An information set: nodes its owner cannot tell apart. Those of chance carry probabilities. */
struct parley_infoset {
    const char *label;
    size_t player;                            /* owner; (size_t)-1 for chance */
    size_t n_actions;
    const char **action;                      /* [n_actions] labels, may repeat or be empty */
    const struct parley_exact **probability;  /* chance: [n_actions], sum 1; players: NULL */
    size_t n_nodes;
    size_t *node;                             /* [n_nodes] its nodes in the order of the file */
    int number;                               /* as in the file */
};

struct parley_game_node {
    enum parley_move move;
    const char *label;
    size_t parent, action;  /* node it hangs from, and by which action; the root's parent is (size_t)-1 */
    size_t infoset;         /* index into infoset[]; (size_t)-1 for terminal nodes */
    size_t first_child;     /* index into child[]: n_actions entries */
    const struct parley_exact **payoff; /* [n_players] added when play passes here, or NULL */
    const char *outcome;    /* its label or "" */
    unsigned line;          /* where the file it was read from has it; 0 = not read from a file */
};

struct parley_extensive {
    size_t n_nodes, n_infosets, n_children;
    struct parley_game_node *node; /* node 0 is the root; depth first */
    size_t *child;
    struct parley_infoset *infoset;
};

struct parley_game {
    const char *title, *comment;
    const char *source; /* name of the file for messages, or NULL */
    size_t n_players;
    const char **player; /* [n_players] */
    /* strategic form; n_profiles is 0 while an extensive game has not been reduced */
    size_t *n_strategies;   /* [n_players], each at least 1 */
    const char ***strategy; /* [n_players][n_strategies] */
    size_t n_profiles;
    const struct parley_exact **payoff; /* [n_profiles * n_players]: the first player's strategy runs fastest */
    /* extensive form, or NULL */
    const struct parley_extensive *extensive;
    /* reduced strategic form of an extensive game: the action at each information set by strategy, -1 where it does
     * not matter; [n_players][n_strategies * n_infosets] */
    int **plan;
    const char **reason; /* why each payoff is what it is, [n_profiles * n_players], or NULL */
};

enum parley_game_format { PARLEY_GAME_NFG, PARLEY_GAME_EFG, PARLEY_GAME_YAML };

#pragma GCC visibility push(default)

/* Read a game: Gambit's .nfg (payoff and outcome form), its .efg, or our YAML (docs/methods/games.md); the format is told by
 * the first word. Repeated labels are accepted: numbers identify. Messages begin with name:line:column.
 * PARLEY_EPARSE (what was expected, what was found), PARLEY_EDOM (chance probabilities that do not sum to 1, ...),
 * PARLEY_ELIMIT (with the memory it would take), PARLEY_ENOMEM. O(size). */
PARLEY_MUST_USE enum parley_status parley_game_parse(const char *data, size_t len, const char *name_for_messages,
                                                     struct parley_arena *arena, struct parley_game **out,
                                                     struct parley_error *err);

/* An empty strategic game: payoffs are NULL until set with parley_game_set. */
PARLEY_MUST_USE enum parley_status parley_game_new(const char *title, size_t n_players, const size_t *n_strategies,
                                                   struct parley_arena *arena, struct parley_game **out,
                                                   struct parley_error *err);

/* "a,b;c,d" with cells "row col" or bare 2x2 payoffs "R,S,T,P": see parley_game_matrix in docs/methods/games.md.
 * Rows are separated by ';', cells by ',', the two payoffs of a cell by a blank or '/' is part of a fraction:
 * "3 3,0 5;5 0,1 1". With one number a cell the game is symmetric: the column player gets the transpose. */
PARLEY_MUST_USE enum parley_status parley_game_matrix(const char *text, struct parley_arena *arena, struct parley_game **out,
                                                      struct parley_error *err);

/* The games built in ("prisoners-dilemma", "stag-hunt", ...): data/games/. NULL-terminated list of names. */
PARLEY_MUST_USE enum parley_status parley_game_builtin(const char *name, struct parley_arena *arena,
                                                       struct parley_game **out, struct parley_error *err);

/* Compute the reduced strategic form in place, if there is none yet. PARLEY_ELIMIT names the memory it would take. */
PARLEY_MUST_USE enum parley_status parley_game_reduce(struct parley_game *game, struct parley_arena *arena,
                                                      struct parley_error *err);

/* PARLEY_OK if every player always remembers what it knew and did (Kuhn 1953); PARLEY_EDOM names the file, the line
 * and the information set where it does not. Strategic games have perfect recall. O(nodes x depth). */
PARLEY_MUST_USE enum parley_status parley_game_perfect_recall(const struct parley_game *game, struct parley_error *err);

/* Index of a profile given one strategy per player, and back. */
size_t parley_game_profile(const struct parley_game *game, const size_t *strategy);
const struct parley_exact *parley_game_payoff(const struct parley_game *game, size_t profile, size_t player);

/* Write a game. PARLEY_EINVAL: an extensive format of a strategic game (the other way reduces it first if needed). */
PARLEY_MUST_USE enum parley_status parley_game_write(const struct parley_game *game, enum parley_game_format format,
                                                     struct parley_text *out, struct parley_error *err);

#pragma GCC visibility pop
#endif
