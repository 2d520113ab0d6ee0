#include "qca_input.h"

#include <parley/qca_fit.h>

static void put_list(struct parley_json *json, const char *key, const struct parley_qca_necessary *list, size_t n)
{
    parley_json_key(json, key);
    parley_json_array(json);
    for (size_t i = 0; i < n; i++) {
        parley_json_object(json);
        parley_json_put_string(json, "expression", list[i].text);
        parley_json_put_number(json, "inclN", list[i].incl);
        parley_json_put_number(json, "RoN", list[i].ron);
        parley_json_put_number(json, "covN", list[i].cov);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
}

static void show_list(struct invocation *in, struct parley_doc *doc, const struct parley_qca_necessary *list, size_t n)
{
    struct parley_table *t = parley_doc_table(doc, NULL);
    parley_table_column(t, PARLEY_SAY(in->lang, "expression", "表达式"), PARLEY_LEFT);
    parley_table_column(t, "inclN", PARLEY_RIGHT);
    parley_table_column(t, "RoN", PARLEY_RIGHT);
    parley_table_column(t, "covN", PARLEY_RIGHT);
    for (size_t i = 0; i < n; i++) {
        parley_table_cell(t, "%s", list[i].text);
        parley_table_number(t, list[i].incl, 3);
        parley_table_number(t, list[i].ron, 3);
        parley_table_number(t, list[i].cov, 3);
    }
}

static enum parley_status run(struct invocation *in)
{
    struct parley_qca_data data;
    struct parley_qca_table table;
    struct parley_qca_necessity_options o = { .incl_cut = .9, .cov_cut = .5 };
    struct parley_qca_necessary *single, *found;
    uint64_t depth = 3, max = 10000;
    size_t n_single, n;
    bool cut;
    enum parley_status status = qca_input(in, &data, &table);
    if (!status)
        status = option_double(in, "necessity-cut", 0, 1, &o.incl_cut);
    if (!status)
        status = option_double(in, "cov-cut", 0, 1, &o.cov_cut);
    if (!status)
        status = option_double(in, "ron-cut", 0, 1, &o.ron_cut);
    if (!status)
        status = option_u64(in, "depth", 1, PARLEY_QCA_CONDITIONS_MAX, &depth);
    if (!status)
        status = option_u64(in, "max", 1, 1000000, &max);
    o.depth = depth < table.spec.k || status ? depth : table.spec.k;
    o.max = max;
    if (!status)
        status = parley_qca_necessity_single(&table, &in->arena, &single, &n_single, &in->err);
    if (status)
        return status;
    status = parley_qca_necessity(&table, &o, &in->progress, &in->arena, &found, &n, &cut, &in->err);
    if (status && status != PARLEY_ECANCELLED)
        return status;
    if (wants_json(in)) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        qca_put_spec(&json, in, &table);
        put_list(&json, "single", single, n_single);
        put_list(&json, "necessary", found, n);
        parley_json_put_bool(&json, "complete", !cut && !status);
        parley_json_object_end(&json);
        return status;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Necessary conditions", "必要条件"));
    parley_doc_heading(&doc, 2, NULL, "%s", PARLEY_SAY(in->lang, "Single conditions", "单个条件"));
    show_list(in, &doc, single, n_single);
    parley_doc_heading(&doc, 2, NULL, "%s", PARLEY_SAY(in->lang, "Necessary expressions", "必要的表达式"));
    if (n)
        show_list(in, &doc, found, n);
    else
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "None reaches the cut-offs.", "没有表达式达到阈值。"));
    if (cut || status)
        parley_doc_note(&doc, PARLEY_SAY(in->lang, "Partial: only the first %zu are shown.", "不完整:仅显示前 %zu 个。"), n);
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "A low RoN means that the condition is nearly always present: necessary, but trivially so.",
                                           "RoN 低表示该条件几乎总是存在:虽为必要,但无足轻重。"));
    enum parley_status shown = finish_doc(in, &doc);
    return shown ? shown : status;
}

const struct command command_qca_necessity = {
    .name = "qca necessity",
    .operands = "FILE.csv",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Necessary conditions of an outcome: single ones, conjunctions and minimal disjunctions.",
    .summary_zh = "结果的必要条件:单个条件、合取与最小析取。",
    .text = "Prints for every condition and its negation how consistently the outcome is a subset of it (inclN), how relevant that is (RoN) and what it "
            "covers (covN); then all conjunctions that reach the cut-offs, and the disjunctions that do while no part of them does. A disjunction needs a "
            "concept that holds its parts together; many pass by chance.",
    .examples = "parley qca necessity examples/hotlines.csv --outcome USED\n"
                "parley qca necessity examples/hotlines.csv --outcome USED --depth 2 --ron-cut 0.5 --json\n",
    .options = (const struct option[]){ QCA_TABLE_OPTIONS,
                                        { "necessity-cut", 0, "C", "Least consistency of necessity. Default: 0.9." },
                                        { "cov-cut", 0, "C", "Least coverage. Default: 0.5." },
                                        { "ron-cut", 0, "C", "Least relevance of necessity. Default: 0." },
                                        { "depth", 0, "N", "Most conditions in one expression. Default: 3." },
                                        { "max", 0, "N", "List at most N expressions. Default: 10000." },
                                        { 0 } },
    .run = run,
};
