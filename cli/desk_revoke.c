#include "desk_epoch.h"

static enum parley_status run(struct invocation *in)
{
    uint64_t seq = 0;
    enum parley_status status = option_u64(in, "last-good", 1, INT64_MAX, &seq);
    if (!status && option_given(in, "last-good") && !in->n_operands)
        status = parley_fail(&in->err, PARLEY_EINVAL, "--last-good is a number of what we said to a PEER: name it, for example 'parley desk revoke us --last-good 41'");
    return status ? status : new_epoch(in, PARLEY_REVOKE, in->n_operands ? in->operand[0] : NULL, seq);
}

const struct command command_desk_revoke = {
    .name = "desk revoke",
    .operands = "[PEER]",
    .operands_max = 1,
    .summary = "Revoke the operational key: statements after the last good one are refused.",
    .summary_zh = "吊销操作密钥：最后一份有效声明之后的声明将被拒绝。",
    .text = "For a stolen operational key. The root signs a key statement for a new epoch that names the last good statement to PEER (default: our last). What the peer has given a receipt "
            "for stays binding: a revocation never reaches behind a receipt.",
    .examples = "parley --desk cn desk revoke us --last-good 41 --root /media/safe/root.key\n",
    .options = (const struct option[]){ { "last-good", 0, "SEQ", "Number of our last good statement to PEER. Default: the last." }, NEW_EPOCH_OPTIONS, { 0 } },
    .run = run,
};
