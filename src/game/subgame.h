/* subgame.h - a tree cut at its subgames, and the pieces as games of their own. */
#ifndef PARLEY_GAME_SUBGAME_H
#define PARLEY_GAME_SUBGAME_H

#include <parley/game.h>

/* Roots of the subgames in the order of the tree; 0 is the first. A subgame begins at a node that is alone in its information set, and no
 * information set has nodes inside and outside of it. end[i]: one past the last node below root i. NULL when out of memory. */
size_t *subgame_roots(const struct parley_extensive *x, struct parley_arena *arena, size_t *n, size_t *end);

struct subgame_piece {
    struct parley_game *game;
    size_t *infoset; /* [its n_infosets] the same sets in the whole tree */
    size_t n_movers, *mover; /* players with an information set in it */
};

/* Everything that is the same for all pieces of one tree. */
struct subgame_cut {
    const struct parley_game *game;
    const struct parley_exact ***value; /* [n_nodes] what a solved subgame is worth, NULL at other nodes */
    size_t *end;                        /* [n_nodes] one past the last node below */
    size_t *place, *set;                /* scratch: [n_nodes], [n_infosets] all (size_t)-1 */
};

/* What lies below `root` down to the next subgames, which become leaves worth their value. */
enum parley_status subgame_piece(const struct subgame_cut *cut, size_t root, struct parley_arena *arena, struct subgame_piece *out, struct parley_error *err);

#endif
