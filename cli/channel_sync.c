#include "channel_desk.h"

static enum parley_status run(struct invocation *in)
{
    uint64_t units_in = 0, units_out = 0;
    enum parley_status status = open_desk(in);
    if (status)
        return status;
    if (!option_given(in, "quiet"))
        parley_desk_set_log(in->channel, &log_to_stderr);
    status = parley_channel_sync(in->channel, in->n_operands ? in->operand[0] : NULL, &in->progress, &units_in, &units_out, &in->err);
    if (status)
        return status;
    if (in->json)
        parley_text_addf(&in->out, "{\"units_in\": %llu, \"units_out\": %llu}\n", (unsigned long long)units_in, (unsigned long long)units_out);
    else
        parley_text_addf(&in->out, PARLEY_SAY(in->lang, "%llu units in, %llu units out.\n", "收到 %llu 个单元，发出 %llu 个单元。\n"), (unsigned long long)units_in, (unsigned long long)units_out);
    return PARLEY_OK;
}

const struct command command_channel_sync = {
    .name = "channel sync",
    .operands = "[PEER]",
    .operands_max = 1,
    .summary = "Move units in and out by all carriers, once.",
    .summary_zh = "通过所有载体收发一次。",
    .text = "What is not covered by a receipt is sent again; what comes in is verified, stored and receipted. All carriers of all peers work at once: one that stalls delays none of the others, and what it had goes by the next one. "
            "A carrier that is silent for a second is named on stderr; it is waited for at most 15 s, and Ctrl-C ends the wait and keeps what was moved. Events go to stderr as logfmt "
            "lines without contents.",
    .examples = "parley --desk cn channel sync\n",
    .options = (const struct option[]){ { "quiet", 0, NULL, "No events on stderr." }, UNLOCK_OPTION, { 0 } },
    .run = run,
};
