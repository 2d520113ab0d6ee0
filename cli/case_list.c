#include "case_input.h"

#include <string.h>

static const struct option options[] = {
    { "outcome", 0, "reached|not_reached|open", "Only cases with this outcome." },
    { "issue", 0, "ISSUE", "Only cases on this issue, such as crime or arms_control." },
    { "codebook", 0, "FILE", "Another codebook than the shipped one." },
    OPTION_DOCUMENT,
    { 0 },
};

static void as_json(struct invocation *in, const struct case_input *input, const bool *wanted)
{
    struct parley_json j;
    begin_json(in, &j);
    parley_json_object(&j);
    parley_json_key(&j, "cases");
    parley_json_array(&j);
    for (size_t i = 0; i < input->n; i++) {
        const struct parley_coded_case *c = &input->list[i];
        if (!wanted[i])
            continue;
        parley_json_object(&j);
        parley_json_put_string(&j, "id", c->id);
        parley_json_put_string(&j, "name", c->en);
        parley_json_put_string(&j, "name_zh", c->zh);
        parley_json_put_integer(&j, "year", c->year);
        parley_json_put_string(&j, "year_kind", c->started ? "started" : "concluded");
        parley_json_put_string(&j, "issue", c->issue);
        parley_json_put_string(&j, "type", c->type);
        parley_json_put_string(&j, "parties", c->members);
        parley_json_put_string(&j, "common_harm",
                               parley_codebook_word(parley_codebook_variable(&input->book, "common_harm"), c->harm));
        parley_json_put_string(
            &j, "regime_threat",
            parley_codebook_word(parley_codebook_variable(&input->book, "regime_threat"), c->threat));
        parley_json_put_string(&j, "outcome",
                               c->outcome == PARLEY_YES  ? "reached"
                               : c->outcome == PARLEY_NO ? "not_reached"
                                                         : "open");
        parley_json_put_bool(&j, "follower_case", c->follower_case);
        parley_json_object_end(&j);
    }
    parley_json_array_end(&j);
    parley_json_object_end(&j);
}

static enum parley_status run(struct invocation *in)
{
    static const char *const outcomes[] = { "not_reached", "reached", "open", NULL };
    struct case_input input;
    int outcome = -1;
    enum parley_lang l = in->lang;
    enum parley_status status = option_choice(in, "outcome", outcomes, &outcome);
    if (!status)
        status = case_input_open(in, PARLEY_RECORD_READ, &input);
    if (status)
        return status;
    const char *issue = option_text(in, "issue");
    bool *wanted = PARLEY_NEW(&in->arena, bool, input.n + 1);
    case_input_close(&input);
    if (!wanted)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    if (issue && !parley_codebook_term(input.book.issue, input.book.n_issues, issue))
        return parley_fail(&in->err, PARLEY_EINVAL,
                           "--issue: the codebook has no issue '%.60s'; 'parley case show codebook' lists them", issue);
    for (size_t i = 0; i < input.n; i++)
        wanted[i] = (outcome < 0 || (int)input.list[i].outcome == outcome) &&
                    (!issue || !strcmp(input.list[i].issue, issue) || !strcmp(input.list[i].issue2, issue));
    if (wants_json(in)) {
        as_json(in, &input, wanted);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(l, "Coded cases", "编码案例"));
    struct parley_table *t = parley_doc_table(&doc, "");
    parley_table_column(t, PARLEY_SAY(l, "case", "案例"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "name", "名称"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "year", "年份"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(l, "issue", "议题"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "type", "类型"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "harm", "共同危害"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "threat", "政权威胁"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(l, "outcome", "结果"), PARLEY_LEFT);
    for (size_t i = 0; i < input.n; i++) {
        const struct parley_coded_case *c = &input.list[i];
        const struct parley_codebook_term *type = parley_codebook_term(input.book.type, input.book.n_types, c->type);
        if (!wanted[i])
            continue;
        parley_table_cell(t, "%s", c->id);
        parley_table_cell(t, "%s%s", case_name(in, c),
                          c->follower_case ? PARLEY_SAY(l, " (followers)", "（追随）") : "");
        parley_table_cell(t, "%lld%s", (long long)c->year, c->started ? PARLEY_SAY(l, " on", "起") : "");
        parley_table_cell(t, "%s", case_issue(in, &input.book, c));
        parley_table_cell(t, "%s", type ? PARLEY_SAY(l, type->en, type->zh) : c->type);
        parley_table_cell(t, "%s", case_value(in, &input.book, "common_harm", c->harm));
        parley_table_cell(t, "%s", case_value(in, &input.book, "regime_threat", c->threat));
        parley_table_cell(t, "%s", case_outcome(in, c->outcome));
    }
    return finish_doc(in, &doc);
}

const struct command command_case_list = {
    .name = "case list",
    .operands = "",
    .summary = "List the coded cases: attempts to reach a binding agreement.",
    .summary_zh = "列出编码案例：达成约束性协议的尝试。",
    .text = "Lists the cases of the studies and, with a desk, your own. Unknown values are shown as such: they were "
            "not analysed, not found to be absent.",
    .examples =
        "parley case list\nparley case list --outcome not_reached\nparley case list --issue arms_control --json\n",
    .options = options,
    .run = run,
};
