#include "event_text.h"

#include <string.h>

static void field(struct parley_table *t, const char *name, const char *text)
{
    if (!*text)
        return;
    parley_table_cell(t, "%s", name);
    parley_table_cell(t, "%s", text);
}

static const char *precision_word(struct invocation *in, enum parley_precision p)
{
    static const char *const zh[] = { [PARLEY_INSTANT] = "时刻", [PARLEY_DAY] = "日", [PARLEY_WEEK] = "周", [PARLEY_MONTH] = "月", [PARLEY_QUARTER] = "季", [PARLEY_YEAR] = "年",
                                      [PARLEY_DECADE] = "年代", [PARLEY_UNDATED] = "未注明" };
    return PARLEY_SAY(in->lang, parley_precision_text(p), (size_t)p < sizeof zh / sizeof *zh && zh[p] ? zh[p] : parley_precision_text(p));
}

static const char *attribution_word(struct invocation *in, const char *code)
{
    static const char *const words[][2] = { { "na", "不适用" }, { "unattributed", "未归因" }, { "claimed", "有归因主张" }, { "confirmed", "已证实" } };
    for (size_t i = 0; in->lang == PARLEY_ZH && i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i][0], code))
            return words[i][1];
    return code;
}

static void one_report(struct invocation *in, const struct event_words *words, struct parley_doc *doc, const struct parley_event *e)
{
    struct parley_table *t = parley_doc_table(doc, "");
    char number[PARLEY_NUMBER_TEXT] = "";
    parley_table_column(t, "", PARLEY_LEFT);
    parley_table_column(t, "", PARLEY_LEFT);
    field(t, PARLEY_SAY(in->lang, "what", "内容"), parley_event_what(e, in->lang));
    field(t, PARLEY_SAY(in->lang, "date", "日期"), parley_arena_printf(&in->arena, "%s (%s)", date_text(in, &e->when), precision_word(in, e->when.precision)));
    if (e->known.precision != PARLEY_UNDATED)
        field(t, PARLEY_SAY(in->lang, "public since", "公开日期"), date_text(in, &e->known));
    field(t, PARLEY_SAY(in->lang, "who acted", "行为方"), joined(in, e->actor, e->n_actors));
    field(t, PARLEY_SAY(in->lang, "toward", "对象"), joined(in, e->target, e->n_targets));
    field(t, PARLEY_SAY(in->lang, "kind", "种类"), kind_word(words, e->kind));
    field(t, PARLEY_SAY(in->lang, "domain", "领域"), domain_word(words, e->domain));
    if (e->intensity == e->intensity)
        parley_double_to_short(e->intensity, 4, number);
    field(t, PARLEY_SAY(in->lang, "intensity", "强度"), number);
    field(t, PARLEY_SAY(in->lang, "attribution", "归因"), attribution_word(in, e->attribution));
    field(t, PARLEY_SAY(in->lang, "mechanism", "机制"), e->mechanism);
    field(t, PARLEY_SAY(in->lang, "source", "来源"), e->source);
    field(t, PARLEY_SAY(in->lang, "note", "备注"), e->note);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_record *record = NULL;
    struct parley_event_list list = { 0 };
    enum parley_status status = open_record(in, PARLEY_RECORD_READ, &record);
    if (!status)
        status = parley_record_reports(record, in->operand[0], &in->arena, &list, &in->err);
    parley_record_close(record);
    if (status)
        return status;
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        events_json(&json, list.event, list.n);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    struct event_words words;
    if ((status = load_words(in, &words)))
        return status;
    begin_doc(in, &doc, "");
    parley_doc_heading(&doc, 1, NULL, "%s", in->operand[0]);
    if (list.n > 1)
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%zu reports that do not agree; the first one stands for the event.", "%zu条说法不一的报告；以第一条代表该事件。"), list.n);
    for (size_t i = 0; i < list.n; i++)
        one_report(in, &words, &doc, &list.event[i]);
    return finish_doc(in, &doc);
}

const struct command command_record_show = {
    .name = "record show",
    .operands = "EVENT",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Show an event with all its reports.",
    .summary_zh = "显示一个事件及其全部报告。",
    .text = "Sources that tell the same event differently are shown one below the other; nothing is resolved silently.",
    .examples = "parley record show EV087\n",
    .run = run,
};
