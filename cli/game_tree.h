/* game_tree.h - equilibria of a tree in behaviour strategies, as JSON and as a document. */
#ifndef PARLEY_CLI_GAME_TREE_H
#define PARLEY_CLI_GAME_TREE_H

#include "game_input.h"

#include <parley/tree_equilibria.h>

/* One object with the keys of `game solve --json`; file may be NULL. */
void put_tree_solution(struct parley_json *json, struct invocation *in, const char *file, const struct parley_game *g, const struct parley_tree_equilibria *t);
PARLEY_MUST_USE enum parley_status show_tree_solution(struct invocation *in, const struct parley_game *g, const struct parley_tree_equilibria *t);

#endif
