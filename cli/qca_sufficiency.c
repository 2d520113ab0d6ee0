#include "qca_input.h"

#include <parley/qca_fit.h>

static void print_json(struct invocation *in, const struct parley_qca_table *t, const struct parley_qca_sufficient *list, size_t n, bool complete)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    qca_put_spec(&json, in, t);
    parley_json_key(&json, "sufficient");
    parley_json_array(&json);
    for (size_t i = 0; i < n; i++) {
        parley_json_object(&json);
        parley_json_put_string(&json, "expression", list[i].text);
        parley_json_put_number(&json, "inclS", list[i].incl);
        parley_json_put_number(&json, "PRI", list[i].pri);
        parley_json_put_number(&json, "covS", list[i].cov);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    parley_json_put_bool(&json, "complete", complete);
    parley_json_object_end(&json);
}

static enum parley_status print_doc(struct invocation *in, const struct parley_qca_sufficient *list, size_t n, bool complete)
{
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Sufficient conjunctions", "充分的合取"));
    if (n) {
        struct parley_table *t = parley_doc_table(&doc, NULL);
        parley_table_column(t, PARLEY_SAY(in->lang, "expression", "表达式"), PARLEY_LEFT);
        parley_table_column(t, "inclS", PARLEY_RIGHT);
        parley_table_column(t, "PRI", PARLEY_RIGHT);
        parley_table_column(t, "covS", PARLEY_RIGHT);
        for (size_t i = 0; i < n; i++) {
            parley_table_cell(t, "%s", list[i].text);
            parley_table_number(t, list[i].incl, 3);
            parley_table_number(t, list[i].pri, 3);
            parley_table_number(t, list[i].cov, 3);
        }
    } else {
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "None reaches the cut-offs.", "没有表达式达到阈值。"));
    }
    if (!complete)
        parley_doc_note(&doc, PARLEY_SAY(in->lang, "Partial: only the first %zu are shown.", "不完整:仅显示前 %zu 个。"), n);
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang,
        "These describe the cases at hand, one conjunction at a time; many can hold only because no case speaks against them. The solution of the "
        "truth table is 'qca minimize'.",
        "这里逐一描述现有案例;许多合取之所以成立,只是因为没有反例。真值表的解见 'qca minimize'。"));
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_qca_data data;
    struct parley_qca_table table;
    struct parley_qca_sufficiency_options o = { .incl_cut = .9, .cov_cut = .1 };
    struct parley_qca_sufficient *list;
    uint64_t depth = 3, max = 10000;
    size_t n;
    bool cut;
    enum parley_status status = qca_input(in, &data, &table);
    if (!status)
        status = option_double(in, "sufficiency-cut", 0, 1, &o.incl_cut);
    if (!status)
        status = option_double(in, "cov-cut", 0, 1, &o.cov_cut);
    if (!status)
        status = option_u64(in, "depth", 1, PARLEY_QCA_CONDITIONS_MAX, &depth);
    if (!status)
        status = option_u64(in, "max", 1, 1000000, &max);
    if (status)
        return status;
    o.pri_cut = table.spec.pri_cut;
    o.depth = depth < table.spec.k ? depth : table.spec.k;
    o.max = max;
    status = parley_qca_sufficiency(&table, &o, &in->progress, &in->arena, &list, &n, &cut, &in->err);
    if (status && status != PARLEY_ECANCELLED)
        return status;
    if (wants_json(in)) {
        print_json(in, &table, list, n, !cut && !status);
        return status;
    }
    enum parley_status shown = print_doc(in, list, n, !cut && !status);
    return shown ? shown : status;
}

const struct command command_qca_sufficiency = {
    .name = "qca sufficiency",
    .operands = "FILE.csv",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Conjunctions that are sufficient for an outcome while no part of them is.",
    .summary_zh = "对结果充分、且任何部分都不充分的合取。",
    .text = "Lists the conjunctions of up to --depth conditions whose consistency (inclS), PRI and coverage (covS) reach the cut-offs while no shorter "
            "conjunction inside them does, over all cases and without a truth table. For the analysis with remainders use 'qca minimize'.",
    .examples = "parley qca sufficiency examples/hotlines.csv --outcome USED\n"
                "parley qca sufficiency examples/hotlines.csv --outcome USED --depth 2 --sufficiency-cut 0.8 --json\n",
    .options = (const struct option[]){ QCA_TABLE_OPTIONS,
                                        { "sufficiency-cut", 0, "C", "Least consistency. Default: 0.9." },
                                        { "cov-cut", 0, "C", "Least coverage. Default: 0.1." },
                                        { "depth", 0, "N", "Most conditions in one conjunction. Default: 3." },
                                        { "max", 0, "N", "List at most N expressions. Default: 10000." },
                                        { 0 } },
    .run = run,
};
