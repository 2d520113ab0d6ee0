#include "event_text.h"

static const struct option options[] = { EVENT_QUERY_OPTIONS, { 0 } };

static enum parley_status run(struct invocation *in)
{
    struct parley_record *record = NULL;
    struct parley_event_query query;
    struct parley_event_list list = { 0 };
    uint64_t limit = 0;
    enum parley_status status = open_record(in, PARLEY_RECORD_READ, &record);
    if (!status)
        status = event_query(in, record, in->operand, in->n_operands, &query, &limit);
    if (!status)
        status = parley_record_events(record, &query, &in->arena, &list, &in->err);
    parley_record_close(record);
    if (status)
        return status;
    if (!in->json)
        return events_table(in, &list, limit);
    struct parley_json json;
    begin_json(in, &json);
    events_json(&json, list.event, list.n < limit ? list.n : (size_t)limit);
    return PARLEY_OK;
}

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
