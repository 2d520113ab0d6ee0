#include "channel_shared.h"

static enum parley_status run(struct invocation *in) { return new_epoch(in, PARLEY_ROTATE, NULL, 0); }

const struct command command_desk_rotate = {
    .name = "desk rotate",
    .operands = "",
    .summary = "Begin the next epoch with new keys.",
    .summary_zh = "启用新一期密钥。",
    .text = "The root signs a key statement for the next epoch: new signing, sealing and TLS keys; the pre-shared keys are ratcheted.",
    .examples = "parley --desk cn desk rotate --root /media/safe/root.key\n",
    .options = (const struct option[]){ { "root", 0, "FILE", "The root secret; of several: FILE,FILE. Default: keys/root.key of the desk." }, { "direct", 0, "URL", "A new address of our node." },
                                        { "relay", 0, "LINE", "A new box at a relay: 'URL PIN TOKEN'." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};
