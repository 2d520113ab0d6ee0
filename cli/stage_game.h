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
/* One exact number of an option; PARLEY_EINVAL names it. */
PARLEY_MUST_USE enum parley_status read_ratio_option(struct invocation *in, const char *name, struct parley_ratio *out);

#endif
