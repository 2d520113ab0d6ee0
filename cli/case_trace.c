#include "case_input.h"

#include <string.h>

static const struct option options[] = {
    { "indicator", 0, "ID", "Only steps that bear on this indicator, such as harm.critical." },
    { "codebook", 0, "FILE", "Another codebook than the shipped one." },
    OPTION_DOCUMENT,
    { 0 },
};

static enum parley_status run(struct invocation *in)
{
    struct case_input input;
    struct parley_coded_case c;
    enum parley_lang l = in->lang;
    const char *only = option_text(in, "indicator");
    enum parley_status status = case_input_open(in, PARLEY_RECORD_READ, &input);
    if (status)
        return status;
    status = case_find(in, &input, in->operand[0], &c);
    case_input_close(&input);
    if (!status && only && !parley_codebook_indicator(&input.book, only, NULL))
        status = parley_fail(&in->err, PARLEY_EINVAL,
                             "--indicator: the codebook has no '%.60s'; 'parley case show codebook' lists them", only);
    if (status)
        return status;
    const char *id = only ? parley_codebook_indicator(&input.book, only, NULL)->id : NULL;
    if (wants_json(in)) {
        struct parley_json j;
        begin_json(in, &j);
        parley_json_object(&j);
        parley_json_put_string(&j, "case", c.id);
        parley_json_key(&j, "trace");
        parley_json_array(&j);
        for (size_t i = 0; i < c.n_trace; i++)
            if (!id || !strcmp(id, c.trace[i].indicator)) {
                parley_json_object(&j);
                parley_json_put_string(&j, "date", c.trace[i].date);
                parley_json_put_string(&j, "what", c.trace[i].what);
                parley_json_put_string(&j, "indicator", c.trace[i].indicator);
                parley_json_put_string(&j, "source", c.trace[i].source);
                parley_json_object_end(&j);
            }
        parley_json_array_end(&j);
        parley_json_object_end(&j);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    int64_t from, to;
    begin_doc(in, &doc, case_name(in, &c));
    parley_case_window(&c, &input.book, &from, &to);
    parley_doc_paragraph(
        &doc, PARLEY_SAY(l, "%s: the chain of evidence. Window %lld to %lld.", "%s：证据链。窗口期%lld年至%lld年。"),
        case_name(in, &c), (long long)from, (long long)to);
    struct parley_table *t = parley_doc_table(&doc, "");
    parley_table_column(t, PARLEY_SAY(l, "date", "日期"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "what", "内容"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "bears on", "相关指标"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "source", "来源"), PARLEY_LEFT);
    for (size_t i = 0; i < c.n_trace; i++)
        if (!id || !strcmp(id, c.trace[i].indicator)) {
            parley_table_cell(t, "%s", *c.trace[i].date ? c.trace[i].date : PARLEY_SAY(l, "undated", "无日期"));
            parley_table_cell(t, "%s", c.trace[i].what);
            parley_table_cell(t, "%s", c.trace[i].indicator);
            parley_table_cell(t, "%s", c.trace[i].source);
        }
    if (c.n_trace == 0)
        parley_doc_note(&doc, "%s",
                        PARLEY_SAY(l, "No step of evidence is recorded for this case.", "该案例没有记录证据。"));
    return finish_doc(in, &doc);
}

const struct command command_case_trace = {
    .name = "case trace",
    .operands = "CASE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Show the dated chain of evidence of a case (process tracing).",
    .summary_zh = "显示案例的证据链（过程追踪）。",
    .text = "Lists what is known of a case in order of time: figures of the study with year and source, and the steps "
            "a case file names. Each says on which "
            "indicator it bears.",
    .examples = "parley case trace C03\nparley case trace C01 --indicator harm.scope\nparley case trace C04 --json\n",
    .options = options,
    .run = run,
};
