#include "case_input.h"

#include <math.h>
#include <string.h>

static const struct option options[] = {
    { "codebook", 0, "FILE", "Another codebook than the shipped one." },
    OPTION_DOCUMENT,
    { 0 },
};

/* --- the codebook ---------------------------------------------------------------------------------------- */

static void term_list(struct invocation *in, struct parley_doc *doc, const char *title,
                      const struct parley_codebook_term *t, size_t n)
{
    parley_doc_heading(doc, 2, NULL, "%s", title);
    for (size_t i = 0; i < n; i++)
        parley_doc_item(
            doc, "%s: %s%s%s%s", t[i].id, PARLEY_SAY(in->lang, t[i].en, t[i].zh),
            t[i].sensitive ? PARLEY_SAY(in->lang, " (sensitive: relative gains count)", "（敏感：计较相对收益）") : "",
            t[i].in_scope ? "" : PARLEY_SAY(in->lang, "; out of scope: ", "；不在范围内："),
            t[i].in_scope ? "" : t[i].reason);
}

static enum parley_status codebook_text(struct invocation *in, const struct parley_codebook *book)
{
    struct parley_doc doc;
    enum parley_lang l = in->lang;
    begin_doc(in, &doc, PARLEY_SAY(l, "The codebook", "编码手册"));
    parley_doc_paragraph(
        &doc, PARLEY_SAY(l, "Window: %lld years before the outcome. Scope: %s", "窗口期：结果出现前%lld年。范围：%s"),
        (long long)book->window_years, PARLEY_SAY(l, book->scope, book->scope_zh));
    term_list(in, &doc, PARLEY_SAY(l, "Instruments", "文书类型"), book->instrument, book->n_instruments);
    term_list(in, &doc, PARLEY_SAY(l, "Issues", "议题"), book->issue, book->n_issues);
    for (size_t v = 0; v < book->n_variables; v++) {
        const struct parley_codebook_variable *x = &book->variable[v];
        parley_doc_heading(&doc, 2, x->id, "%s", PARLEY_SAY(l, x->en, x->zh));
        parley_doc_paragraph(&doc,
                             PARLEY_SAY(l, "%s (otherwise %s) when %s of these hold (%s):",
                                        "以下各项%3$s成立时为%1$s，否则为%2$s（%4$s）："),
                             x->yes, x->no,
                             x->rule == PARLEY_RULE_ALL ? PARLEY_SAY(l, "all", "全部") : PARLEY_SAY(l, "any", "任一"),
                             x->source);
        for (size_t i = 0; i < x->n_indicators; i++)
            parley_doc_item(&doc, "%s (%s): %s%s", x->indicator[i].id, x->indicator[i].row,
                            PARLEY_SAY(l, x->indicator[i].en, x->indicator[i].zh),
                            x->indicator[i].evidence ? PARLEY_SAY(l, " [evidence only]", "［仅作证据］") : "");
    }
    parley_doc_heading(&doc, 2, "gainloss", "%s",
                       PARLEY_SAY(l, "Numbers of the gain-loss model", "收益—损失模型的数值"));
    struct parley_table *t = parley_doc_table(&doc, "");
    parley_table_column(t, PARLEY_SAY(l, "number", "参数"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "value", "数值"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(l, "basis", "依据"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "meaning", "含义"), PARLEY_LEFT);
    for (size_t i = 0; i < book->n_numbers; i++) {
        parley_table_cell(t, "%s", book->number[i].key);
        parley_table_number(t, book->number[i].value, 4);
        parley_table_cell(t, "%s", book->number[i].basis);
        parley_table_cell(t, "%s", book->number[i].en);
    }
    parley_doc_heading(&doc, 2, "measures", "%s", PARLEY_SAY(l, "Measures of design", "设计措施"));
    for (size_t i = 0; i < book->n_measures; i++)
        parley_doc_item(&doc, "%s: %s (%s; %s)", book->measure[i].id,
                        PARLEY_SAY(l, book->measure[i].en, book->measure[i].zh), book->measure[i].basis,
                        book->measure[i].source);
    return finish_doc(in, &doc);
}

static void codebook_json(struct invocation *in, const struct parley_codebook *book)
{
    struct parley_json j;
    begin_json(in, &j);
    parley_json_object(&j);
    parley_json_put_integer(&j, "window_years", book->window_years);
    parley_json_put_string(&j, "scope", book->scope);
    parley_json_key(&j, "variables");
    parley_json_array(&j);
    for (size_t v = 0; v < book->n_variables; v++) {
        const struct parley_codebook_variable *x = &book->variable[v];
        parley_json_object(&j);
        parley_json_put_string(&j, "id", x->id);
        parley_json_put_string(&j, "rule", x->rule == PARLEY_RULE_ALL ? "all" : "any");
        parley_json_key(&j, "indicators");
        parley_json_array(&j);
        for (size_t i = 0; i < x->n_indicators; i++)
            if (!x->indicator[i].evidence)
                parley_json_string(&j, x->indicator[i].id);
        parley_json_array_end(&j);
        parley_json_object_end(&j);
    }
    parley_json_array_end(&j);
    parley_json_key(&j, "gainloss");
    parley_json_object(&j);
    for (size_t i = 0; i < book->n_numbers; i++)
        parley_json_put_number(&j, book->number[i].key, book->number[i].value);
    parley_json_object_end(&j);
    parley_json_object_end(&j);
}

/* --- one case ----------------------------------------------------------------------------------------------- */

static void codings(struct invocation *in, struct parley_doc *doc, const struct parley_codebook *book,
                    const struct parley_coded_case *c)
{
    enum parley_lang l = in->lang;
    parley_doc_heading(doc, 2, "codings", "%s", PARLEY_SAY(l, "Codings", "编码"));
    if (c->n_codings == 0) {
        parley_doc_paragraph(
            doc, "%s",
            PARLEY_SAY(l,
                       "No coding of single indicators: the variables are as the study states them. 'parley case "
                       "propose' shows what the record supports.",
                       "没有单项指标的编码：变量取值依研究所述。parley case propose 显示记录所支持的内容。"));
        return;
    }
    struct parley_table *t = parley_doc_table(doc, "");
    parley_table_column(t, PARLEY_SAY(l, "indicator", "指标"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "value", "取值"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "coder", "编码者"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "date", "日期"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "evidence", "证据"), PARLEY_LEFT);
    for (size_t i = 0; i < c->n_codings; i++) {
        parley_table_cell(t, "%s", c->coding[i].indicator);
        parley_table_cell(t, "%s", case_tri(in, c->coding[i].value));
        parley_table_cell(t, "%s", c->coding[i].coder);
        parley_table_cell(t, "%s", c->coding[i].date);
        parley_table_cell(t, "%s%s%s", c->coding[i].evidence, *c->coding[i].note ? "; " : "", c->coding[i].note);
    }
    for (size_t v = 0; v < book->n_variables; v++)
        for (size_t i = 0; i < book->variable[v].n_indicators; i++) {
            bool disagree = false;
            parley_case_consensus(c, book->variable[v].indicator[i].id, NULL, &disagree);
            if (disagree)
                parley_doc_note(doc,
                                PARLEY_SAY(l, "The coders disagree on %s, so it counts as unknown.",
                                           "编码者对%s意见不一，按未知处理。"),
                                book->variable[v].indicator[i].id);
        }
}

static enum parley_status
case_text(struct invocation *in, const struct parley_codebook *book, const struct parley_coded_case *c)
{
    struct parley_doc doc;
    enum parley_lang l = in->lang;
    int64_t from, to;
    begin_doc(in, &doc, case_name(in, c));
    parley_doc_heading(&doc, 1, NULL, "%s  %s", c->id, case_name(in, c));
    parley_case_window(c, book, &from, &to);
    parley_doc_item(&doc, PARLEY_SAY(l, "Issue: %s%s%s. Type: %s. Parties: %s.", "议题：%s%s%s。类型：%s。各方：%s。"),
                    case_issue(in, book, c), *c->issue2 ? ", " : "", c->issue2, c->type, c->members);
    if (c->year)
        parley_doc_item(&doc, PARLEY_SAY(l, "%s %lld; window %lld to %lld.", "%s%lld年；窗口期%lld年至%lld年。"),
                        c->started ? PARLEY_SAY(l, "Started", "始于") : PARLEY_SAY(l, "Concluded", "结于"),
                        (long long)c->year, (long long)from, (long long)to);
    parley_doc_item(
        &doc,
        PARLEY_SAY(l, "Common harm: %s. Regime threat: %s. Outcome: %s.", "共同危害：%s。政权威胁认知：%s。结果：%s。"),
        case_value(in, book, "common_harm", c->harm), case_value(in, book, "regime_threat", c->threat),
        case_outcome(in, c->outcome));
    parley_doc_item(&doc, PARLEY_SAY(l, "The theory predicts: %s.", "理论预测：%s。"),
                    case_outcome(in, parley_theory_predict(c->harm, c->threat)));
    if (c->follower_case)
        parley_doc_note(
            &doc, "%s",
            PARLEY_SAY(l, "A case of followers: outside the scope, which asks for parties with interests of their own.",
                       "追随案例：不在范围内，范围要求各方有自身利益。"));
    if (*c->note)
        parley_doc_paragraph(&doc, "%s (%s)", c->note, c->source);
    codings(in, &doc, book, c);
    parley_doc_paragraph(
        &doc,
        PARLEY_SAY(l, "%zu dated steps of evidence: 'parley case trace %s'.", "证据链%zu条：parley case trace %s。"),
        c->n_trace, c->id);
    return finish_doc(in, &doc);
}

static void case_json(struct invocation *in, const struct parley_codebook *book, const struct parley_coded_case *c)
{
    struct parley_json j;
    int64_t from, to;
    begin_json(in, &j);
    parley_json_object(&j);
    parley_json_put_string(&j, "id", c->id);
    parley_json_put_string(&j, "name", c->en);
    parley_json_put_string(&j, "name_zh", c->zh);
    parley_json_put_string(&j, "issue", c->issue);
    parley_json_put_string(&j, "type", c->type);
    parley_json_put_string(&j, "parties", c->members);
    parley_json_put_integer(&j, "year", c->year);
    parley_case_window(c, book, &from, &to);
    parley_json_key(&j, "window");
    parley_json_array(&j);
    parley_json_integer(&j, from);
    parley_json_integer(&j, to);
    parley_json_array_end(&j);
    parley_json_put_string(&j, "common_harm",
                           parley_codebook_word(parley_codebook_variable(book, "common_harm"), c->harm));
    parley_json_put_string(&j, "regime_threat",
                           parley_codebook_word(parley_codebook_variable(book, "regime_threat"), c->threat));
    parley_json_put_string(&j, "outcome",
                           c->outcome == PARLEY_YES  ? "reached"
                           : c->outcome == PARLEY_NO ? "not_reached"
                                                     : "open");
    parley_json_put_bool(&j, "follower_case", c->follower_case);
    parley_json_key(&j, "codings");
    parley_json_array(&j);
    for (size_t i = 0; i < c->n_codings; i++) {
        const struct parley_coding *x = &c->coding[i];
        parley_json_object(&j);
        parley_json_put_string(&j, "indicator", x->indicator);
        parley_json_put_string(&j, "value", x->value == PARLEY_YES ? "yes" : x->value == PARLEY_NO ? "no" : "unknown");
        parley_json_put_string(&j, "coder", x->coder);
        parley_json_put_string(&j, "date", x->date);
        parley_json_put_string(&j, "evidence", x->evidence);
        parley_json_put_string(&j, "note", x->note);
        parley_json_object_end(&j);
    }
    parley_json_array_end(&j);
    parley_json_put_string(&j, "source", c->source);
    parley_json_put_string(&j, "note", c->note);
    parley_json_object_end(&j);
}

static enum parley_status run(struct invocation *in)
{
    struct case_input input;
    struct parley_coded_case c;
    if (!strcmp(in->operand[0], "codebook")) {
        struct parley_codebook book;
        enum parley_status read = case_codebook(in, &book);
        if (!read && wants_json(in))
            codebook_json(in, &book);
        return read || wants_json(in) ? read : codebook_text(in, &book);
    }
    enum parley_status status = case_input_open(in, PARLEY_RECORD_READ, &input);
    if (status)
        return status;
    status = case_find(in, &input, in->operand[0], &c);
    case_input_close(&input);
    if (status)
        return status;
    if (wants_json(in)) {
        case_json(in, &input.book, &c);
        return PARLEY_OK;
    }
    return case_text(in, &input.book, &c);
}

const struct command command_case_show = {
    .name = "case show",
    .operands = "CASE|codebook",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Show a case with its codings, or the codebook.",
    .summary_zh = "显示一个案例及其编码，或显示编码手册。",
    .text = "CASE is an id (C03) or a case file. The word 'codebook' shows what is coded, by which rule, what is out "
            "of scope, and the numbers of the "
            "gain-loss model with the basis of each.",
    .examples = "parley case show C03\nparley case show codebook\nparley case show C15 --json\n",
    .options = options,
    .run = run,
};
