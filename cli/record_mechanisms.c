#include "event_text.h"
#include "listing.h"

static const char *or_empty(struct invocation *in, const struct parley_date *d) { return d->precision == PARLEY_UNDATED ? "" : date_text(in, d); }

static enum parley_status run(struct invocation *in)
{
    static const struct listing_column columns[] = { { "code", "代码", .key = "mechanism" }, { "mechanism", "机制", .key = "name" }, { "kind", "种类", .key = "kind" }, { "parties", "各方", .key = "parties" },
                                                     { "start", "开始", .key = "start" }, { "stop", "停止", .key = "stop" }, { "how", "方式", .key = "stop_kind" }, { "source", "来源", .key = "source" } };
    struct listing list;
    struct parley_record *record = NULL;
    struct parley_mechanism *m = NULL;
    const char **codes = NULL;
    size_t n = 0;
    enum parley_status status = open_record(in, PARLEY_RECORD_READ, &record);
    if (!status && in->n_operands)
        status = resolve_actors(in, record, in->operand, in->n_operands, &codes);
    if (!status)
        status = parley_record_mechanisms(record, codes, (size_t)in->n_operands, &in->arena, &m, &n, &in->err);
    parley_record_close(record);
    if (status)
        return status;
    begin_listing(in, &list, "", columns, 8);
    for (size_t i = 0; i < n; i++)
        list_row(&list, (const char *const[]){ m[i].code, PARLEY_SAY(in->lang, m[i].en, m[i].zh), list_word(in, m[i].kind), joined(in, m[i].party, m[i].n_parties),
                                               or_empty(in, &m[i].start), or_empty(in, &m[i].stop), list_word(in, m[i].stop_kind), m[i].source });
    return finish_listing(in, &list);
}

const struct command command_record_mechanisms = {
    .name = "record mechanisms",
    .operands = "[ACTOR...]",
    .operands_max = -1,
    .summary = "List the standing arrangements, of everybody or between the actors named.",
    .summary_zh = "列出常设机制。",
    .text = "A mechanism that was resumed has one row for each interval. An empty stop means that no end is known.",
    .examples = "parley record mechanisms CN US\n",
    .run = run,
};
