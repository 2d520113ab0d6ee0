#include "desk_epoch.h"

static enum parley_status run(struct invocation *in) { return new_epoch(in, PARLEY_RECOVER, NULL, 0); }

const struct command command_desk_recover = {
    .name = "desk recover",
    .operands = "",
    .summary = "Begin a new epoch after a restored copy, with no peer in reach.",
    .summary_zh = "从副本恢复后开启新一期。",
    .text = "A desk restored from a copy signs nothing until it holds all it ever said. When that cannot be had back, the root signs a recovery statement that names the last one it knows; numbers begin again at 1 in a new epoch.",
    .examples = "parley --desk cn desk recover --root /media/safe/root.key\n",
    .options = (const struct option[]){ NEW_EPOCH_OPTIONS, { 0 } },
    .run = run,
};
