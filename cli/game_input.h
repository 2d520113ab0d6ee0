/* game_input.h - the game an operand means: a file, "-", a matrix typed as is, a built-in name, case:ID or relation:A,B. */
#ifndef PARLEY_CLI_GAME_INPUT_H
#define PARLEY_CLI_GAME_INPUT_H

#include "command.h"

#include <parley/game.h>

/* Read it into the arena of the invocation. */
PARLEY_MUST_USE enum parley_status game_of(struct invocation *in, const char *operand, struct parley_game **out);
/* Read it and make sure it has a strategic form; refuses imperfect recall. */
PARLEY_MUST_USE enum parley_status strategic_game_of(struct invocation *in, const char *operand, struct parley_game **out);

/* A number for people: at most `digits` significant digits, or the fraction when it is short. */
const char *game_number(struct invocation *in, const struct parley_exact *x);
/* "players": ["A", "B"] */
void put_players(struct parley_json *json, const struct parley_game *game);
void put_exact(struct parley_json *json, struct invocation *in, const struct parley_exact *x);
/* Table of the payoffs of a two-player game of at most 12 x 8; nothing otherwise. */
void add_matrix(struct invocation *in, struct parley_doc *doc, const struct parley_game *game);

#endif
