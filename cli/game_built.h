/* game_built.h - games that are made from the record or from a coded case, for every command that takes a game. */
#ifndef PARLEY_CLI_GAME_BUILT_H
#define PARLEY_CLI_GAME_BUILT_H

#include "command.h"

#include <parley/game.h>

/* The game of restraint and strike of two actors, "CN,US"; with the codebook of --codebook where the command has that option. */
PARLEY_MUST_USE enum parley_status game_of_relation(struct invocation *in, const char *actors, struct parley_game **out);
/* The game of signing of a case, by its id or file. Where conditions are unknown there are several: the first is taken and a note on standard error says so. */
PARLEY_MUST_USE enum parley_status game_of_case(struct invocation *in, const char *id, struct parley_game **out);

#endif
