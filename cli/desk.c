/* What `parley` alone says. */
#include "open_record.h"

static const char *plural(const struct invocation *in, uint64_t n) { return in->lang == PARLEY_EN && n != 1 ? "s" : ""; }

static void next_steps(struct invocation *in, struct parley_doc *doc, const struct parley_record_summary *s)
{
    parley_doc_paragraph(doc, "%s", PARLEY_SAY(in->lang, "What to do next:", "下一步："));
    if (s->shipped)
        parley_doc_code(doc, "%s", "parley init --shipped");
    if (!s->shipped && !s->events)
        parley_doc_code(doc, "%s", "parley record import FILE");
    parley_doc_code(doc, "%s", "parley record list CN US");
    if (s->events)
        parley_doc_code(doc, "%s", "parley brief CN US -o brief.html");
    parley_doc_code(doc, "%s", "parley help");
}

static enum parley_status run(struct invocation *in)
{
    struct parley_record *record = NULL;
    struct parley_record_summary s;
    enum parley_status status = open_record(in, PARLEY_RECORD_READ, &record);
    if (!status)
        status = parley_record_summarise(record, &in->arena, &s, &in->err);
    parley_record_close(record);
    if (status)
        return status;
    char first[PARLEY_DATE_TEXT] = "", last[PARLEY_DATE_TEXT] = "";
    struct parley_date span = { s.first_us, s.last_us, PARLEY_YEAR };
    if (s.events > s.undated) {
        parley_date_start_text(&span, first);
        parley_date_end_text(&span, last);
    }
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_string(&json, "record", s.path);
        parley_json_put_bool(&json, "shipped", s.shipped);
        parley_json_put_integer(&json, "events", (int64_t)s.events);
        parley_json_put_integer(&json, "reports", (int64_t)s.reports);
        parley_json_put_integer(&json, "competing", (int64_t)s.competing);
        parley_json_put_integer(&json, "undated", (int64_t)s.undated);
        parley_json_put_integer(&json, "actors", (int64_t)s.actors_used);
        parley_json_put_integer(&json, "sources", (int64_t)s.sources_used);
        parley_json_put_integer(&json, "imports", (int64_t)s.imports);
        parley_json_put_string(&json, "from", first);
        parley_json_put_string(&json, "to", last);
        parley_json_object_end(&json);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, "Parley");
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%s holds %llu event%s of %llu actor%s, told by %llu source%s%s%s%s%s.", "%s：%llu个事件%s、%llu个行为体%s、%llu个来源%s%s%s%s%s。"),
                         s.shipped ? PARLEY_SAY(in->lang, "The record that Parley ships", "随程序提供的记录") : s.path, (unsigned long long)s.events, plural(in, s.events),
                         (unsigned long long)s.actors_used, plural(in, s.actors_used), (unsigned long long)s.sources_used, plural(in, s.sources_used), *first ? PARLEY_SAY(in->lang, ", from ", "，") : "", first,
                         *first ? PARLEY_SAY(in->lang, " to ", "至") : "", last);
    if (s.competing || s.undated)
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%llu events are reported differently by different sources; %llu have no date.", "%llu个事件的来源说法不一；%llu个没有日期。"),
                             (unsigned long long)s.competing, (unsigned long long)s.undated);
    next_steps(in, &doc, &s);
    return finish_doc(in, &doc);
}

const struct command command_desk = {
    .name = "desk",
    .operands = "",
    .summary = "Say what the desk holds and what to do next; the same as 'parley' alone.",
    .summary_zh = "说明工作台里有什么、下一步做什么；与单独输入 parley 相同。",
    .text = "Without a desk it speaks of the record that Parley ships.",
    .examples = "parley desk\nparley\n",
    .run = run,
};
