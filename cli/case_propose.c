#include "case_input.h"

#include <string.h>

static const struct option options[] = {
    { "codebook", 0, "FILE", "Another codebook than the shipped one." },
    OPTION_DOCUMENT,
    { 0 },
};

static void as_json(struct invocation *in, const struct parley_coded_case *c, const struct parley_proposal *p, size_t n)
{
    struct parley_json j;
    begin_json(in, &j);
    parley_json_object(&j);
    parley_json_put_string(&j, "case", c->id);
    parley_json_key(&j, "proposals");
    parley_json_array(&j);
    for (size_t i = 0; i < n; i++) {
        parley_json_object(&j);
        parley_json_put_string(&j, "indicator", p[i].indicator->id);
        parley_json_put_string(&j, "variable", p[i].variable->id);
        parley_json_put_string(&j, "proposed", p[i].supported ? "yes" : NULL);
        parley_json_put_integer(&j, "in_first_half", (int64_t)p[i].first_half);
        parley_json_put_bool(&j, "stand_in", p[i].stand_in);
        if (p[i].stand_in) {
            parley_json_put_number(&j, "severity", p[i].severity);
            parley_json_put_number(&j, "severity_in_first_half", p[i].severity_first_half);
        }
        parley_json_key(&j, "events");
        parley_json_array(&j);
        for (size_t k = 0; k < p[i].n_events; k++)
            parley_json_string(&j, p[i].event[k]->id);
        parley_json_array_end(&j);
        parley_json_object_end(&j);
    }
    parley_json_array_end(&j);
    parley_json_object_end(&j);
}

static enum parley_status as_text(struct invocation *in, const struct parley_codebook *book,
                                  const struct parley_coded_case *c, const struct parley_proposal *p, size_t n)
{
    struct parley_doc doc;
    enum parley_lang l = in->lang;
    int64_t from, to;
    begin_doc(in, &doc, case_name(in, c));
    parley_case_window(c, book, &from, &to);
    parley_doc_paragraph(
        &doc,
        PARLEY_SAY(l, "%s: what the record supports in %lld to %lld.", "%s：记录在%lld年至%lld年间所支持的内容。"),
        case_name(in, c), (long long)from, (long long)to);
    for (size_t i = 0; i < n; i++) {
        parley_doc_heading(&doc, 3, p[i].indicator->id, "%s: %s", p[i].indicator->id,
                           p[i].supported ? PARLEY_SAY(l, "the record speaks for yes", "记录支持“是”")
                                          : PARLEY_SAY(l, "nothing to propose", "没有可建议的内容"));
        parley_doc_paragraph(&doc,
                             PARLEY_SAY(l,
                                        "%s. %zu events, %zu in the first half of the window; %lld or more are needed.",
                                        "%s。事件%zu件，其中前半窗口期%zu件；至少需要%lld件。"),
                             PARLEY_SAY(l, p[i].indicator->en, p[i].indicator->zh), p[i].n_events, p[i].first_half,
                             (long long)p[i].indicator->propose.at_least);
        if (p[i].stand_in)
            parley_doc_paragraph(&doc, PARLEY_SAY(l, "The record holds no losses. Severity stands for them: %.3g in all, %.3g in the first half. Accept it only with a figure of losses as "
                                                     "evidence.", "记录不含损失数据，以事件烈度代之：合计%.3g，前半窗口期%.3g。采纳前须有损失数字为证。"),
                                 p[i].severity, p[i].severity_first_half);
        for (size_t k = 0; k < p[i].n_events; k++) {
            char when[PARLEY_DATE_TEXT];
            parley_date_start_text(&p[i].event[k]->when, when);
            parley_doc_item(&doc, "%s %s: %s (%s)", p[i].event[k]->id, when, p[i].event[k]->what,
                            p[i].event[k]->source);
        }
    }
    parley_doc_note(&doc,
                    PARLEY_SAY(l,
                               "These are proposals; nothing was filled in. The record is a selection, so missing "
                               "events propose nothing. To accept one: "
                               "parley case code %s --indicator ID --value yes --coder NAME --evidence EVENT",
                               "以上仅为建议，没有写入任何编码。记录是有选择的，缺少事件不构成否定。采纳方法：parley "
                               "case code %s --indicator ID --value yes --coder NAME --evidence EVENT"),
                    c->id);
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    struct case_input input;
    struct parley_coded_case c;
    struct parley_event_list events = { 0 };
    struct parley_event_query query = { .dated_only = true };
    struct parley_proposal *p;
    size_t n = 0;
    enum parley_status status = case_input_open(in, PARLEY_RECORD_READ, &input);
    if (status)
        return status;
    status = case_find(in, &input, in->operand[0], &c);
    if (!status)
        status = parley_record_events(input.record, &query, &in->arena, &events, &in->err);
    case_input_close(&input);
    if (!status)
        status = parley_case_propose(&c, &input.book, &events, &in->arena, &p, &n, &in->err);
    if (status)
        return status;
    if (wants_json(in)) {
        as_json(in, &c, p, n);
        return PARLEY_OK;
    }
    return as_text(in, &input.book, &c, p, n);
}

const struct command command_case_propose = {
    .name = "case propose",
    .operands = "CASE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Show which indicators of a case the record supports, with the events behind each.",
    .summary_zh = "显示记录支持案例的哪些指标，并列出相应事件。",
    .text = "Looks in the record for events of the observation window that speak for an indicator, by the rules of the "
            "codebook: critical infrastructure "
            "endangered at least twice, harm from a common or mutual source, incidents rising in number or (as a stand-in for losses) in severity, elections interfered "
            "with. It proposes and never fills in.",
    .examples = "parley case propose C03\nparley case propose C04 --json\n",
    .options = options,
    .run = run,
};
