#include "desk_epoch.h"

static enum parley_status run(struct invocation *in) { return new_epoch(in, PARLEY_ROTATE, NULL, 0); }

const struct command command_desk_rotate = {
    .name = "desk rotate",
    .operands = "",
    .summary = "Begin the next epoch with new keys.",
    .summary_zh = "启用新一期密钥。",
    .text = "The root signs a key statement for the next epoch: new signing, sealing and TLS keys; the pre-shared keys are ratcheted.",
    .examples = "parley --desk cn desk rotate --root /media/safe/root.key\n",
    .options = (const struct option[]){ NEW_EPOCH_OPTIONS, { 0 } },
    .run = run,
};
