/* stage_game.h - the options that several commands on repeated play share. */
#ifndef PARLEY_CLI_STAGE_GAME_H
#define PARLEY_CLI_STAGE_GAME_H

#include "command.h"

#include <parley/repeated.h>

struct stage {
    struct parley_repeated game;
    struct parley_ratio discount;
    bool has_discount;
};

/* --payoffs --slip --miss --false --discount */
PARLEY_MUST_USE enum parley_status read_stage(struct invocation *in, struct stage *out);
/* A habit as typed: a name, a form, or @FILE:NAME. */
PARLEY_MUST_USE enum parley_status read_habit(struct invocation *in, const char *text, const struct parley_habit **out);
/* A list of habits: "named", a file of machines, habits separated by ',' or ';', and among those memory-one(K): every habit whose answers are
 * multiples of 1/K and that cooperates first. At most `most`. */
PARLEY_MUST_USE enum parley_status read_habits(struct invocation *in, const char *text, size_t most, const struct parley_habit ***out, size_t *n);
/* One exact number of an option; PARLEY_EINVAL names it. */
PARLEY_MUST_USE enum parley_status read_ratio_option(struct invocation *in, const char *name, struct parley_ratio *out);

#endif
