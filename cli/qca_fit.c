#include "qca_input.h"

#include <parley/qca_fit.h>

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

static enum parley_status print_doc(struct invocation *in, const struct parley_qca_data *data, const struct parley_qca_expression_fit *f)
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
    if (status)
        return status;
    if (!qca_wants_json(in))
        return print_doc(in, &data, &f);
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
    .options = (const struct option[]){ { "expression", 'e', "TEXT", "The expression with its arrow and outcome." }, QCA_OPTION_ENCODING, OPTION_DOCUMENT, { 0 } },
    .run = run,
};
