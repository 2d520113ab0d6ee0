#include "qca_input.h"

#include <parley/qca_theory.h>

#include <math.h>

static const char *const kinds[] = { "complex", "parsimonious", NULL };

static void put_fit(struct parley_json *json, const struct parley_qca_measures *m)
{
    parley_json_put_number(json, "inclS", m->incl);
    parley_json_put_number(json, "PRI", m->pri);
    parley_json_put_number(json, "covS", m->cov);
}

static void put_cases(struct parley_json *json, const char *key, const struct parley_qca_data *data, const size_t *cases, size_t n)
{
    parley_json_key(json, key);
    parley_json_array(json);
    for (size_t i = 0; i < n; i++)
        parley_json_string(json, data->name[cases[i]]);
    parley_json_array_end(json);
}

static void put_rows(struct parley_json *json, const char *key, const uint64_t *rows, size_t n)
{
    parley_json_key(json, key);
    parley_json_array(json);
    for (size_t i = 0; i < n; i++)
        parley_json_unsigned(json, rows[i]);
    parley_json_array_end(json);
}

static void put_theory(struct parley_json *json, const struct parley_qca_data *data, const char *model, const struct parley_qca_theory *t)
{
    parley_json_object(json);
    parley_json_put_string(json, "model", model);
    parley_json_key(json, "model_fit");
    parley_json_object(json);
    put_fit(json, &t->model);
    parley_json_object_end(json);
    parley_json_key(json, "theory_fit");
    parley_json_object(json);
    put_fit(json, &t->theory);
    parley_json_object_end(json);
    parley_json_key(json, "regions");
    parley_json_array(json);
    for (int i = 0; i < 4; i++) {
        const struct parley_qca_region *r = &t->region[i];
        parley_json_object(json);
        parley_json_put_string(json, "region", r->name);
        parley_json_put_string(json, "expression", r->text);
        put_fit(json, &r->fit);
        put_cases(json, "cases_with_outcome", data, r->with, r->n_with);
        put_cases(json, "cases_without_outcome", data, r->without, r->n_without);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
    parley_json_object_end(json);
}

static void show_theory(struct invocation *in, struct parley_doc *doc, const struct parley_qca_data *data, const char *model, const struct parley_qca_theory *t)
{
    const char *const meaning[] = {
        PARLEY_SAY(in->lang, "both say so", "模型与理论一致"), PARLEY_SAY(in->lang, "the data extend the theory", "数据扩展理论"),
        PARLEY_SAY(in->lang, "the theory claims more than the data show", "理论所断言者数据未证实"), PARLEY_SAY(in->lang, "neither says so", "两者均不涵盖") };
    parley_doc_heading(doc, 2, NULL, "%s", model);
    struct parley_table *table = parley_doc_table(doc, NULL);
    parley_table_column(table, PARLEY_SAY(in->lang, "region", "区域"), PARLEY_LEFT);
    parley_table_column(table, PARLEY_SAY(in->lang, "expression", "表达式"), PARLEY_LEFT);
    parley_table_column(table, "inclS", PARLEY_RIGHT);
    parley_table_column(table, "covS", PARLEY_RIGHT);
    parley_table_column(table, PARLEY_SAY(in->lang, "cases with / without", "案例 有/无"), PARLEY_RIGHT);
    for (int i = 0; i < 4; i++) {
        const struct parley_qca_region *r = &t->region[i];
        parley_table_cell(table, "%s: %s", r->name, meaning[i]);
        parley_table_cell(table, "%s", *r->text ? r->text : "-");
        parley_table_number(table, r->fit.incl, 3);
        parley_table_number(table, r->fit.cov, 3);
        parley_table_cell(table, "%zu / %zu", r->n_with, r->n_without);
    }
    const struct parley_qca_region *over = &t->region[2], *missed = &t->region[3];
    if (over->n_without)
        parley_doc_item(doc, PARLEY_SAY(in->lang, "Expected by the theory, without the outcome: %s", "理论预期而未出现结果:%s"), qca_names(in, data, over->without, over->n_without, 200));
    if (missed->n_with)
        parley_doc_item(doc, PARLEY_SAY(in->lang, "With the outcome, explained by neither: %s", "出现结果而两者均未解释:%s"), qca_names(in, data, missed->with, missed->n_with, 200));
}

static enum parley_status print(struct invocation *in, const struct parley_qca_table *t, const char *hypothesis, const struct parley_qca_solution *s,
                                const struct parley_qca_theory *theory, const struct parley_qca_untenable *u)
{
    if (wants_json(in)) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        qca_put_spec(&json, in, t);
        parley_json_put_string(&json, "hypothesis", hypothesis);
        parley_json_key(&json, "models");
        parley_json_array(&json);
        for (size_t i = 0; theory && i < s->n_models; i++)
            put_theory(&json, t->data, s->model[i].text, &theory[i]);
        parley_json_array_end(&json);
        put_rows(&json, "impossible_rows", u->impossible, u->n_impossible);
        put_rows(&json, "contradictory_assumptions", u->contradictory, u->n_contradictory);
        put_rows(&json, "simultaneous_subset_rows", u->simultaneous, u->n_simultaneous);
        parley_json_object_end(&json);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Theory evaluation", "理论评估"));
    if (theory)
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "Hypothesis: %s => %s", "假设:%s => %s"), hypothesis, qca_set_text(in, t->data, t->spec.outcome));
    for (size_t i = 0; theory && i < s->n_models; i++)
        show_theory(in, &doc, t->data, s->model[i].text, &theory[i]);
    parley_doc_heading(&doc, 2, NULL, "%s", PARLEY_SAY(in->lang, "Rows that no sound argument may assume", "不应作为假设的行"));
    qca_show_rows(in, &doc, PARLEY_SAY(in->lang, "declared impossible", "被声明为不可能"), u->impossible, u->n_impossible);
    qca_show_rows(in, &doc, PARLEY_SAY(in->lang, "assumed for the outcome and for its negation", "同时被假设导致结果及其否定"), u->contradictory, u->n_contradictory);
    qca_show_rows(in, &doc, PARLEY_SAY(in->lang, "observed, and consistent with both", "已观察到且与两者均一致"), u->simultaneous, u->n_simultaneous);
    parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "'parley qca minimize --enhanced' leaves these rows out (enhanced standard analysis).", "'parley qca minimize --enhanced' 会排除这些行(增强标准分析)。"));
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_qca_data data;
    struct parley_qca_table table;
    struct parley_qca_options o = { .kind = PARLEY_QCA_PARSIMONIOUS, .max_models = 20 };
    struct parley_qca_result result;
    struct parley_qca_untenable u;
    int kind = PARLEY_QCA_PARSIMONIOUS;
    const char *hypothesis = option_text(in, "hypothesis");
    enum parley_status status = qca_input(in, &data, &table);
    if (!status)
        status = option_choice(in, "solution", kinds, &kind);
    o.kind = (enum parley_qca_solution_kind)kind;
    if (!status)
        status = parley_qca_minimize(&table, &o, &in->progress, &in->arena, &result, &in->err);
    if (status)
        return status;
    struct parley_qca_theory *theory = hypothesis ? PARLEY_NEW(&in->arena, struct parley_qca_theory, result.solution.n_models) : NULL;
    if (hypothesis && !theory)
        return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for %zu models", result.solution.n_models);
    for (size_t i = 0; theory && i < result.solution.n_models && !status; i++)
        status = parley_qca_evaluate(&table, &result.solution.model[i], hypothesis, &in->arena, &theory[i], &in->err);
    if (!status)
        status = parley_qca_untenable(&table, option_text(in, "impossible"), &in->progress, &in->arena, &u, &in->err);
    return status ? status : print(in, &table, hypothesis, &result.solution, theory, &u);
}

const struct command command_qca_theory = {
    .name = "qca theory",
    .operands = "FILE.csv",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "A hypothesis against the solution (four regions), and assumptions that cannot be sound.",
    .summary_zh = "以解检验假设(四个区域),并找出不成立的简化假设。",
    .text = "Splits the cases by what the hypothesis and each minimal model say: where both agree, where the data extend the theory, where the theory "
            "claims what the data do not show, and what neither covers, with the cases that speak for and against.\n\n"
            "Then the rows of an enhanced standard analysis: remainders that --impossible is true of, remainders assumed both for the outcome and "
            "for its negation, and observed rows consistent with both.",
    .examples = "parley qca theory examples/hotlines.csv --outcome USED --pri-cut 0.5 --hypothesis \"TRUSTED*EXERCISED\"\n"
                "parley qca theory examples/pledges.csv --outcome KEPT --hypothesis \"VERIFIED\" --impossible \"AUDIENCE*~DEPENDENT\"\n",
    .options = (const struct option[]){ QCA_TABLE_OPTIONS,
                                        { "hypothesis", 0, "TEXT", "An expression over the conditions, such as 'A*~B + C'." },
                                        { "impossible", 0, "TEXT", "Configurations that cannot exist, as an expression." },
                                        { "solution", 0, "KIND", "complex or parsimonious. Default: parsimonious." },
                                        { 0 } },
    .run = run,
};
