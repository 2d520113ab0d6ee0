#include "open_record.h"

#include <parley/import.h>

static const struct option options[] = {
    { "format", 0, "NAME", "csv, jsonl, dcid2, eurepoc, cfr, gdelt1, gdelt2, icews, icb, mid, ... or auto (the default): found by the header." },
    { "mapping", 0, "FILE", "A mapping file of your own (docs/importers.md)." },
    { "encoding", 0, "NAME", "Encoding of the file, such as gb18030 or big5. Default: utf-8." },
    { "rejects", 0, "FILE", "Write every rejected row with line, column and reason as CSV." },
    { "strict", 0, NULL, "Add nothing when a single row is rejected." },
    { "check", 0, NULL, "Read and check the file, write nothing." },
    { 0 },
};

static void as_json(struct invocation *in, const struct parley_import_result *r)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    parley_json_put_integer(&json, "import", r->id);
    parley_json_put_string(&json, "format", r->format);
    parley_json_put_integer(&json, "read", (int64_t)r->read);
    parley_json_put_integer(&json, "added", (int64_t)r->added);
    parley_json_put_integer(&json, "duplicate", (int64_t)r->duplicate);
    parley_json_put_integer(&json, "rejected", (int64_t)r->rejected);
    parley_json_put_integer(&json, "skipped", (int64_t)r->skipped);
    parley_json_put_integer(&json, "merged", (int64_t)r->merged);
    parley_json_key(&json, "rejects");
    parley_json_array(&json);
    for (size_t i = 0; i < r->n_rejects; i++) {
        parley_json_object(&json);
        parley_json_put_integer(&json, "line", (int64_t)r->reject[i].line);
        parley_json_put_string(&json, "column", r->reject[i].column);
        parley_json_put_string(&json, "reason", r->reject[i].reason);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    parley_json_object_end(&json);
}

static enum parley_status as_text(struct invocation *in, const struct parley_import_result *r)
{
    enum { SHOWN = 10 };
    struct parley_doc doc;
    begin_doc(in, &doc, "");
    const bool check = option_given(in, "check");
    const char *rest = r->skipped || r->merged ? parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, ", %llu no events by the mapping, %llu joined to an event of another row", "，按映射不计%llu，并入其他行的事件%llu"),
                                                                     (unsigned long long)r->skipped, (unsigned long long)r->merged) : "";
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "Read %llu row%s as %s: %llu %s, %llu there already, %llu rejected%s.", "按%3$s读取%1$llu行%2$s：%5$s%4$llu，重复%6$llu，拒绝%7$llu%8$s。"), (unsigned long long)r->read,
                         in->lang == PARLEY_EN && r->read != 1 ? "s" : "", r->format, (unsigned long long)r->added, check ? PARLEY_SAY(in->lang, "new", "可新增") : PARLEY_SAY(in->lang, "added", "新增"),
                         (unsigned long long)r->duplicate, (unsigned long long)r->rejected, rest ? rest : "");
    if (check)
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "This was a check: nothing was written.", "这只是检查：没有写入任何内容。"));
    if (r->n_rejects) {
        struct parley_table *t = parley_doc_table(&doc, "");
        parley_table_column(t, PARLEY_SAY(in->lang, "line", "行"), PARLEY_RIGHT);
        parley_table_column(t, PARLEY_SAY(in->lang, "column", "列"), PARLEY_LEFT);
        parley_table_column(t, PARLEY_SAY(in->lang, "why it was rejected", "拒绝的理由"), PARLEY_LEFT);
        for (size_t i = 0; i < r->n_rejects && i < SHOWN; i++) {
            parley_table_cell(t, "%llu", (unsigned long long)r->reject[i].line);
            parley_table_cell(t, "%s", r->reject[i].column);
            parley_table_cell(t, "%s", r->reject[i].reason);
        }
        if (r->rejected > SHOWN)
            parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "... and %llu more; --rejects FILE writes all of them, --json the first %d.", "……另有%llu行；--rejects FILE 写出全部，--json 列出前%d行。"),
                                 (unsigned long long)r->rejected - SHOWN, PARLEY_REJECTS_MAX);
    }
    if (r->rejected * 2 > r->read)
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "Most rows were rejected. Is it the right file, format and encoding? --strict adds nothing in such a case.",
                                                    "大多数行被拒绝。请核对文件、格式和编码。用 --strict 则一行也不添加。"));
    if (r->id)
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "To take it back: parley record undo %lld", "撤销：parley record undo %lld"), (long long)r->id);
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_record *record = NULL;
    struct parley_import_result result = { 0 };
    const struct parley_import_options o = {
        .path = in->operand[0], .format = option_text(in, "format"), .mapping_path = option_text(in, "mapping"), .encoding = option_text(in, "encoding"),
        .rejects_path = option_text(in, "rejects"), .strict = option_given(in, "strict"), .check_only = option_given(in, "check") };
    enum parley_status status = open_record(in, o.check_only ? PARLEY_RECORD_READ : PARLEY_RECORD_WRITE, &record);
    if (status)
        return status;
    status = parley_record_import(record, &o, &in->progress, &in->arena, &result, &in->err);
    parley_record_close(record);
    if (status && !result.read)
        return status;
    if (in->json)
        as_json(in, &result);
    else if (!status || result.n_rejects) {
        enum parley_status wrote = as_text(in, &result);
        status = status ? status : wrote;
    }
    return status;
}

const struct command command_record_import = {
    .name = "record import",
    .operands = "FILE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Import events from a file.",
    .summary_zh = "从文件导入事件。",
    .text = "FILE is a file, '-' for standard input, or data:NAME for one that ships with Parley (data:record/events.csv, data:synthetic/two-rivals.csv).\n\n"
            "An import is one transaction: after a failure, a full disk or Ctrl-C nothing of it is there. Rows that break a rule are rejected, counted and "
            "listed with line, column and reason; the others are added. What is there already, word for word, is not added again. 'parley record undo' takes an import back.\n\n"
            "Exit code: 0 when at least one row is in the record now, be it new or there before, however many others were rejected (the result says how many, and says so when "
            "they are the most); 3 when every row was rejected, or with --strict a single one; then nothing is added. --check finds the same rejections, writes nothing and counts rows that "
            "are not in the record yet as new.\n\n"
            "Our own CSV needs the columns event_id, date_start, date_end, precision, actor, target, kind, domain, intensity, what, source in any order, and may have "
            "date_public, attribution, mechanism, note; further columns are kept. Several rows with one event_id are competing reports of one event.",
    .examples = "parley record import --check data:record/events.csv\n"
                "parley --desk /tmp/my-desk init\nparley --desk /tmp/my-desk record import data:record/events.csv\n",
    .options = options,
    .run = run,
};
