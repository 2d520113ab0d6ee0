#include "event_text.h"

static const struct option options[] = { EVENT_QUERY_OPTIONS, { 0 } };

static enum parley_status run(struct invocation *in)
{
    const char *words = "";
    for (int i = 0; i < in->n_operands && words; i++)
        words = parley_arena_printf(&in->arena, "%s%s%s", words, i ? " " : "", in->operand[i]);
    return words ? list_events(in, NULL, 0, words) : parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
}

const struct command command_record_search = {
    .name = "record search",
    .operands = "WORD...",
    .operands_min = 1,
    .operands_max = -1,
    .summary = "Find events by words.",
    .summary_zh = "按词查找事件。",
    .text = "All the words must be in what happened, in the notes or in the further columns of one report; the case does not matter. Chinese is "
            "searched for as it is typed.",
    .examples = "parley record search hotline\nparley record search personnel data --json\n",
    .options = options,
    .run = run,
};
