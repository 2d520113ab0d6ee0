#include "event_text.h"

static const struct option options[] = { EVENT_QUERY_OPTIONS, { 0 } };

static enum parley_status run(struct invocation *in) { return list_events(in, in->operand, in->n_operands, NULL); }

const struct command command_record_list = {
    .name = "record list",
    .operands = "[ACTOR...]",
    .operands_max = -1,
    .summary = "List events, of everybody or between the actors named.",
    .summary_zh = "列出全部事件，或所列行为体之间的事件。",
    .text = "Actors are codes, names or aliases in English or Chinese: CN, China, 中国. With two or more, an event is listed when at least two of them take part.",
    .examples = "parley record list CN US --from 2015 --to 2016\nparley record list 中国 美国 --domain espionage,research\n",
    .options = options,
    .run = run,
};
