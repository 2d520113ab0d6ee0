#include "open_record.h"

#include <parley/import.h>

static enum parley_status run(struct invocation *in)
{
    struct parley_record *record = NULL;
    struct parley_check c = { .detail = "" };
    /* opened for writing where that is possible, because that brings an older desk up to date */
    enum parley_status status = open_record(in, in->desk ? PARLEY_RECORD_WRITE : PARLEY_RECORD_READ, &record);
    if (status == PARLEY_EREADONLY || (status == PARLEY_ENOTFOUND && !in->desk_named))
        status = open_record(in, PARLEY_RECORD_READ, &record);
    if (!status)
        status = parley_record_check(record, &in->arena, &c, &in->err);
    parley_record_close(record);
    if (status)
        return status;
    const struct { const char *key, *en, *zh; uint64_t n; bool fatal; } rows[] = {
        { "damaged_pages", "pages that are damaged", "损坏的页", c.damaged_pages, true },
        { "broken_references", "references to something that is not there", "失效的引用", c.broken_references, true },
        { "without_actor", "reports without an actor", "没有行为体的报告", c.without_actor, true },
        { "unknown_domain", "reports in a domain this Parley does not know", "领域未知的报告", c.unknown_domain, false },
        { "unknown_mechanism", "reports about a mechanism that is not in the record", "机制未知的报告", c.unknown_mechanism, false },
        { "places_out_of_order", "events whose reports are not numbered from 1", "报告编号有误的事件", c.places_out_of_order, true },
        { "words_not_indexed", "reports whose words cannot be searched for", "未建索引的报告", c.words_not_indexed, true },
    };
    bool bad = false;
    struct parley_json json;
    struct parley_doc doc;
    struct parley_table *t = NULL;
    if (in->json) {
        begin_json(in, &json);
        parley_json_object(&json);
    } else {
        begin_doc(in, &doc, "");
        t = parley_doc_table(&doc, "");
        parley_table_column(t, PARLEY_SAY(in->lang, "looked for", "检查项"), PARLEY_LEFT);
        parley_table_column(t, PARLEY_SAY(in->lang, "found", "数量"), PARLEY_RIGHT);
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bad |= rows[i].fatal && rows[i].n;
        if (in->json) {
            parley_json_put_integer(&json, rows[i].key, (int64_t)rows[i].n);
        } else {
            parley_table_cell(t, "%s", PARLEY_SAY(in->lang, rows[i].en, rows[i].zh));
            parley_table_cell(t, "%llu", (unsigned long long)rows[i].n);
        }
    }
    if (in->json) {
        parley_json_put_bool(&json, "sound", !bad);
        parley_json_object_end(&json);
    } else {
        parley_doc_paragraph(&doc, "%s", bad ? PARLEY_SAY(in->lang, "The record is damaged.", "记录已损坏。") : PARLEY_SAY(in->lang, "The record is sound.", "记录完好。"));
        if ((status = finish_doc(in, &doc)))
            return status;
    }
    return bad ? parley_fail(&in->err, PARLEY_ECORRUPT, "the record is damaged%s%s; restore a copy made by 'parley backup'", *c.detail ? ": " : "", c.detail) : PARLEY_OK;
}

const struct command command_record_check = {
    .name = "record check",
    .operands = "",
    .summary = "Check that the record is whole; bring an older desk up to date.",
    .summary_zh = "检查记录是否完好；升级旧工作台。",
    .text = "A desk made by an older Parley is first copied to desk.db.before-N beside it and then brought up to date.",
    .examples = "parley record check\n",
    .run = run,
};
