#include "qca_input.h"

#include <parley/qca_fit.h>

#include <string.h>

struct groups { /* cases by the label of one column */
    const char *column;
    const char **label;
    size_t *of, n;
    struct parley_qca_group *fit;
    double distance;
};

static void put(struct parley_json *json, const struct parley_qca_expression_fit *f, const char *text, const struct parley_qca_measures *m)
{
    parley_json_object(json);
    parley_json_put_string(json, "expression", text);
    if (f->relation & PARLEY_QCA_SUFFICIENT) {
        parley_json_put_number(json, "inclS", m->incl);
        parley_json_put_number(json, "PRI", m->pri);
        parley_json_put_number(json, "covS", m->cov);
        parley_json_put_number(json, "covU", m->unique);
    }
    if (f->relation & PARLEY_QCA_NECESSARY) {
        parley_json_put_number(json, "inclN", m->cov);
        parley_json_put_number(json, "RoN", m->ron);
        parley_json_put_number(json, "covN", m->incl);
    }
    parley_json_object_end(json);
}

static void row(struct parley_table *t, const struct parley_qca_expression_fit *f, const char *text, const struct parley_qca_measures *m)
{
    parley_table_cell(t, "%s", text);
    if (f->relation & PARLEY_QCA_SUFFICIENT) {
        parley_table_number(t, m->incl, 3);
        parley_table_number(t, m->pri, 3);
        parley_table_number(t, m->cov, 3);
        parley_table_number(t, m->unique, 3);
    }
    if (f->relation & PARLEY_QCA_NECESSARY) {
        parley_table_number(t, m->cov, 3);
        parley_table_number(t, m->ron, 3);
        parley_table_number(t, m->incl, 3);
    }
}

static const char *label_of(struct invocation *in, const struct parley_qca_column *c, size_t i)
{
    char number[PARLEY_NUMBER_TEXT];
    if (c->text && c->text[i])
        return c->text[i];
    parley_double_to_text(c->value[i], number);
    return parley_arena_strdup(&in->arena, number);
}

/* Group the cases by the column an option names, in order of appearance, and measure each group. */
static enum parley_status measure_groups(struct invocation *in, const struct parley_qca_data *data, const struct parley_qca_expression_fit *f, const char *option, struct groups *g)
{
    size_t j = 0;
    g->column = option_text(in, option);
    while (g->column && j < data->n_columns && strcmp(data->column[j].name, g->column))
        j++;
    if (!g->column)
        return PARLEY_OK;
    if (j == data->n_columns)
        return parley_fail(&in->err, PARLEY_ENOTFOUND, "--%s: the data have no column '%.60s'", option, g->column);
    g->label = PARLEY_NEW(&in->arena, const char *, data->n);
    g->of = PARLEY_NEW(&in->arena, size_t, data->n);
    g->fit = PARLEY_NEW(&in->arena, struct parley_qca_group, data->n);
    if (!g->label || !g->of || !g->fit)
        return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for %zu cases", data->n);
    for (size_t i = 0; i < data->n; i++) {
        const char *label = label_of(in, &data->column[j], i);
        size_t k = 0;
        if (!label)
            return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for labels");
        while (k < g->n && strcmp(g->label[k], label))
            k++;
        if (k == g->n)
            g->label[g->n++] = label;
        g->of[i] = k;
    }
    parley_qca_group_fit(f->membership, f->outcome_membership, g->of, data->n, g->n, f->relation == PARLEY_QCA_NECESSARY, g->fit, &g->distance);
    return PARLEY_OK;
}

static void put_groups(struct parley_json *json, const char *key, const struct groups *g)
{
    if (!g->column)
        return;
    parley_json_key(json, key);
    parley_json_object(json);
    parley_json_put_string(json, "column", g->column);
    parley_json_put_number(json, "distance", g->distance);
    parley_json_key(json, "groups");
    parley_json_array(json);
    for (size_t i = 0; i < g->n; i++) {
        parley_json_object(json);
        parley_json_put_string(json, "group", g->label[i]);
        parley_json_put_integer(json, "n", (int64_t)g->fit[i].n);
        parley_json_put_number(json, "consistency", g->fit[i].incl);
        parley_json_put_number(json, "coverage", g->fit[i].cov);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
    parley_json_object_end(json);
}

static void show_groups(struct invocation *in, struct parley_doc *doc, const struct groups *g)
{
    if (!g->column)
        return;
    parley_doc_heading(doc, 2, NULL, PARLEY_SAY(in->lang, "By %s", "按 %s"), g->column);
    struct parley_table *t = parley_doc_table(doc, NULL);
    parley_table_column(t, g->column, PARLEY_LEFT);
    parley_table_column(t, "n", PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "consistency", "一致性"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "coverage", "覆盖度"), PARLEY_RIGHT);
    for (size_t i = 0; i < g->n; i++) {
        parley_table_cell(t, "%s", g->label[i]);
        parley_table_cell(t, "%zu", g->fit[i].n);
        parley_table_number(t, g->fit[i].incl, 3);
        parley_table_number(t, g->fit[i].cov, 3);
    }
    parley_doc_paragraph(doc, PARLEY_SAY(in->lang, "Distance from the pooled pattern: %.3f (0 = the groups are alike).", "与合并模式的距离:%.3f(0 表示各组一致)。"), g->distance);
}

static enum parley_status print_doc(struct invocation *in, const struct parley_qca_data *data, const struct parley_qca_expression_fit *f, const struct groups g[2])
{
    struct parley_doc doc;
    static const char *const arrows[] = { "", "=>", "<=", "<=>" };
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Parameters of fit", "拟合参数"));
    parley_doc_paragraph(&doc, "%s %s %s", f->text, arrows[f->relation & 3], qca_set_text(in, data, f->outcome));
    struct parley_table *t = parley_doc_table(&doc, NULL);
    parley_table_column(t, PARLEY_SAY(in->lang, "term", "项"), PARLEY_LEFT);
    if (f->relation & PARLEY_QCA_SUFFICIENT) {
        parley_table_column(t, "inclS", PARLEY_RIGHT);
        parley_table_column(t, "PRI", PARLEY_RIGHT);
        parley_table_column(t, "covS", PARLEY_RIGHT);
        parley_table_column(t, "covU", PARLEY_RIGHT);
    }
    if (f->relation & PARLEY_QCA_NECESSARY) {
        parley_table_column(t, "inclN", PARLEY_RIGHT);
        parley_table_column(t, "RoN", PARLEY_RIGHT);
        parley_table_column(t, "covN", PARLEY_RIGHT);
    }
    for (size_t i = 0; i < f->n; i++)
        row(t, f, f->term[i], &f->fit[i]);
    if (f->n > 1)
        row(t, f, PARLEY_SAY(in->lang, "whole expression", "整个表达式"), &f->whole);
    show_groups(in, &doc, &g[0]);
    show_groups(in, &doc, &g[1]);
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_qca_data data;
    struct parley_qca_expression_fit f;
    const char *text = option_text(in, "expression");
    if (!text)
        return parley_fail(&in->err, PARLEY_EINVAL, "--expression is missing; for example --expression 'A*~B + C => Y'");
    enum parley_status status = qca_load(in, in->operand[0], &data);
    if (!status)
        status = parley_qca_fit_expression(&data, text, &in->arena, &f, &in->err);
    struct groups g[2] = { 0 };
    if (!status)
        status = measure_groups(in, &data, &f, "cluster", &g[0]);
    if (!status)
        status = measure_groups(in, &data, &f, "unit", &g[1]);
    if (status)
        return status;
    if (!wants_json(in))
        return print_doc(in, &data, &f, g);
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    parley_json_put_string(&json, "expression", f.text);
    parley_json_put_string(&json, "outcome", qca_set_text(in, &data, f.outcome));
    parley_json_key(&json, "terms");
    parley_json_array(&json);
    for (size_t i = 0; i < f.n; i++)
        put(&json, &f, f.term[i], &f.fit[i]);
    parley_json_array_end(&json);
    parley_json_key(&json, "whole");
    put(&json, &f, f.text, &f.whole);
    if (f.relation & PARLEY_QCA_SUFFICIENT) {
        parley_json_put_number(&json, "inclS", f.whole.incl);
        parley_json_put_number(&json, "PRI", f.whole.pri);
        parley_json_put_number(&json, "covS", f.whole.cov);
    }
    if (f.relation & PARLEY_QCA_NECESSARY) {
        parley_json_put_number(&json, "inclN", f.whole.cov);
        parley_json_put_number(&json, "RoN", f.whole.ron);
        parley_json_put_number(&json, "covN", f.whole.incl);
    }
    put_groups(&json, "between", &g[0]);
    put_groups(&json, "within", &g[1]);
    parley_json_object_end(&json);
    return PARLEY_OK;
}

const struct command command_qca_fit = {
    .name = "qca fit",
    .operands = "FILE.csv",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Parameters of fit of an expression: consistency, PRI, coverage, relevance of necessity.",
    .summary_zh = "表达式的拟合参数:一致性、PRI、覆盖度、必要性的相关度。",
    .text = "Takes an expression like 'A*~B + C => Y' and says how well each term, and all together, is a subset (=>), a superset (<=) or both (<=>) of "
            "the outcome. '*' is AND, '+' OR, '~' NOT, parentheses nest; values of a multi-value condition stand in brackets, A[1] or A{1,2}.",
    .examples = "parley qca fit examples/hotlines.csv --expression \"TRUSTED*EXERCISED + CIVILIAN*~MEDIATED => USED\"\n"
                "parley qca fit examples/hotlines.csv --expression \"TRUSTED + CIVILIAN <= USED\" --json\n"
                "parley qca fit examples/forums.csv --expression \"STAGE[1,2]*SECRETARIAT[1] => OUTPUT\"\n",
    .options = (const struct option[]){ { "expression", 'e', "TEXT", "The expression with its arrow and outcome." },
                                        { "cluster", 0, "COLUMN", "Measure the whole expression in every group of this column too (waves of a panel, regions)." },
                                        { "unit", 0, "COLUMN", "And in every group of this one (the units followed through a panel)." },
                                        QCA_OPTION_ENCODING, OPTION_DOCUMENT, { 0 } },
    .run = run,
};
