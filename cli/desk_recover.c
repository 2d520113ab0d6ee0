#include "channel_shared.h"

static enum parley_status run(struct invocation *in) { return new_epoch(in, PARLEY_RECOVER, NULL, 0); }

const struct command command_desk_recover = {
    .name = "desk recover",
    .operands = "",
    .summary = "Begin a new epoch after a restored copy, with no peer in reach.",
    .summary_zh = "从副本恢复后开启新一期。",
    .text = "A desk restored from a copy signs nothing until it holds all it ever said. When that cannot be had back, the root signs a recovery statement that names the last one it knows; numbers begin again at 1 in a new epoch.",
    .examples = "parley --desk cn desk recover --root /media/safe/root.key\n",
    .options = (const struct option[]){ { "root", 0, "FILE", "The root secret; of several: FILE,FILE. Default: keys/root.key of the desk." }, { "direct", 0, "URL", "A new address of our node." },
                                        { "relay", 0, "LINE", "A new box at a relay: 'URL PIN TOKEN'." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};
