/* piece_solve.h - one piece of a tree: a subgame without the subgames inside it. */
#ifndef PARLEY_GAME_PIECE_SOLVE_H
#define PARLEY_GAME_PIECE_SOLVE_H

#include "subgame.h"

#include <parley/tree_equilibria.h>

enum piece_kind { PIECE_CHANCE, PIECE_CHOICE, PIECE_LISTED, PIECE_LP, PIECE_PATH, PIECE_MANY, PIECE_KINDS };

struct piece_answer {
    enum piece_kind kind;
    size_t *first, width;                     /* as in tree_equilibria.h, for the sets of the piece */
    size_t n;                                 /* at least 1 */
    const struct parley_exact ***probability; /* [n][width] */
    bool complete;                            /* these are all, each isolated */
    bool zero_sum;
    bool exact;                               /* fractions of an equilibrium; otherwise decimals near one */
    bool undominated;                         /* proven: no plan in use is weakly dominated in this piece */
    size_t sequences, pivots;
};

enum parley_status piece_solve(const struct subgame_piece *piece, const struct parley_tree_options *options, const struct parley_progress *progress,
                               struct parley_arena *arena, struct piece_answer *out, struct parley_error *err);

#endif
