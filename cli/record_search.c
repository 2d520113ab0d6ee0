#include "event_text.h"

static const struct option options[] = { EVENT_QUERY_OPTIONS, { 0 } };

static enum parley_status run(struct invocation *in)
{
    struct parley_record *record = NULL;
    struct parley_event_query query;
    struct parley_event_list list = { 0 };
    uint64_t limit = 0;
    const char *words = "";
    for (int i = 0; i < in->n_operands && words; i++)
        words = parley_arena_printf(&in->arena, "%s%s%s", words, i ? " " : "", in->operand[i]);
    if (!words)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status = open_record(in, PARLEY_RECORD_READ, &record);
    if (!status)
        status = event_query(in, record, NULL, 0, &query, &limit);
    query.text = words;
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
