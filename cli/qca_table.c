#include "qca_input.h"

static void put_row(struct parley_json *json, struct invocation *in, const struct parley_qca_table *t, const struct parley_qca_row *row)
{
    parley_json_object(json);
    parley_json_key(json, "row");
    if (row->number)
        parley_json_unsigned(json, row->number);
    else
        parley_json_null(json);
    parley_json_key(json, "configuration");
    parley_json_array(json);
    for (size_t j = 0; j < t->spec.k; j++)
        parley_json_string(json, qca_digit(in, t, j, row->config[j]));
    parley_json_array_end(json);
    parley_json_put_string(json, "OUT", (char[]){ row->out, 0 });
    parley_json_put_integer(json, "n", (int64_t)row->n);
    parley_json_put_number(json, "incl", row->incl);
    parley_json_put_number(json, "PRI", row->pri);
    parley_json_key(json, "cases");
    parley_json_array(json);
    for (size_t i = 0; i < row->n; i++)
        parley_json_string(json, t->data->name[row->member[i]]);
    parley_json_array_end(json);
    parley_json_key(json, "deviant_cases");
    parley_json_array(json);
    for (size_t i = 0; i < row->n; i++)
        if (t->outcome[row->member[i]] < .5)
            parley_json_string(json, t->data->name[row->member[i]]);
    parley_json_array_end(json);
    parley_json_object_end(json);
}

static void print_json(struct invocation *in, const struct parley_qca_table *t)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    qca_put_spec(&json, in, t);
    parley_json_put_number(&json, "possible_rows", t->possible);
    parley_json_key(&json, "rows");
    parley_json_array(&json);
    for (size_t r = 0; r < t->n_rows; r++)
        put_row(&json, in, t, &t->row[r]);
    parley_json_array_end(&json);
    parley_json_object_end(&json);
}

static enum parley_status print_doc(struct invocation *in, const struct parley_qca_table *t)
{
    struct parley_doc doc;
    const char *outcome = qca_set_text(in, t->data, t->spec.outcome);
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Truth table", "真值表"));
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "Outcome %s, %zu conditions, %zu cases: %zu of %.0f possible rows have cases.",
                                          "结果 %s,%zu 个条件,%zu 个案例:出现 %zu 种组态(共有 %.0f 种可能)。"),
                         outcome, t->spec.k, t->data->n, t->n_rows, t->possible);
    struct parley_table *table = parley_doc_table(&doc, NULL);
    parley_table_column(table, PARLEY_SAY(in->lang, "row", "行"), PARLEY_RIGHT);
    for (size_t j = 0; j < t->spec.k; j++)
        parley_table_column(table, t->data->column[t->spec.condition[j]].name, PARLEY_RIGHT);
    parley_table_column(table, "OUT", PARLEY_RIGHT);
    parley_table_column(table, "n", PARLEY_RIGHT);
    parley_table_column(table, "incl", PARLEY_RIGHT);
    parley_table_column(table, "PRI", PARLEY_RIGHT);
    parley_table_column(table, PARLEY_SAY(in->lang, "cases", "案例"), PARLEY_LEFT);
    for (size_t r = 0; r < t->n_rows; r++) {
        const struct parley_qca_row *row = &t->row[r];
        if (row->number)
            parley_table_cell(table, "%llu", (unsigned long long)row->number);
        else
            parley_table_cell(table, "-");
        for (size_t j = 0; j < t->spec.k; j++)
            parley_table_cell(table, "%s", qca_digit(in, t, j, row->config[j]));
        parley_table_cell(table, "%c", row->out);
        parley_table_cell(table, "%zu", row->n);
        parley_table_number(table, row->incl, 3);
        parley_table_number(table, row->pri, 3);
        parley_table_cell(table, "%s", qca_names(in, t->data, row->member, row->n, 120));
    }
    parley_doc_note(&doc, "%s",
                    PARLEY_SAY(in->lang, "OUT: 1 leads to the outcome, 0 does not, C contradiction, ? remainder (too few cases). incl is the "
                                         "consistency of the row as a sufficient condition over all cases, PRI its proportional reduction in "
                                         "inconsistency.",
                               "OUT:1 导致结果,0 不导致,C 矛盾,? 余项(案例太少)。incl 为该行作为充分条件在全部案例上的一致性,PRI 为不一致性的比例削减。"));
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_qca_data data;
    struct parley_qca_table table;
    enum parley_status status = qca_input(in, &data, &table);
    if (status)
        return status;
    if (!wants_json(in))
        return print_doc(in, &table);
    print_json(in, &table);
    return PARLEY_OK;
}

const struct command command_qca_table = {
    .name = "qca table",
    .operands = "FILE.csv",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Truth table of cases: which configurations of conditions lead to the outcome.",
    .summary_zh = "由案例构建真值表:哪些条件组态导致结果。",
    .text = "Reads cases (one a row) with crisp (0/1), fuzzy (0 to 1) or multi-value (0, 1, 2, ...) sets and prints every configuration that "
            "occurs: how many cases it has, how consistently it is a subset of the outcome (incl), the proportional reduction in "
            "inconsistency (PRI) and the verdict OUT.\n\n"
            "A first column that is not numeric names the cases. '-' in a crisp column is a level of its own (the order does not apply). A "
            "case with a membership of exactly 0.5 belongs to no row; it is named in a warning and stays in the sums.",
    .examples = "parley qca table examples/pledges.csv --outcome KEPT\n"
                "# fuzzy sets, two cut-offs: rows between 0.6 and 0.8 are contradictions\n"
                "parley qca table examples/hotlines.csv --outcome USED --incl-cut 0.8,0.6\n"
                "# the negated outcome, as JSON\n"
                "parley qca table examples/hotlines.csv --outcome ~USED --json\n",
    .options = (const struct option[]){ QCA_TABLE_OPTIONS, { 0 } },
    .run = run,
};
