#include "qca_input.h"

#include <parley/data.h>

#include <string.h>

static enum parley_status open_csv(struct invocation *in, const char *path, struct parley_csv **csv)
{
    struct parley_csv_options options = { .encoding = option_text(in, "encoding") };
    struct parley_error err = { 0 };
    enum parley_status status = parley_csv_open(path, &options, csv, &err);
    if (status == PARLEY_OK)
        return status;
    const char *name = strncmp(path, "data/", 5) ? path : path + 5;
    const struct parley_data_file *shipped = parley_data_find(name);
    if (!shipped)
        return parley_fail(&in->err, status, "%s", err.text);
    return parley_csv_open_memory(shipped->bytes, shipped->len, name, &options, csv, &in->err);
}

enum parley_status qca_load(struct invocation *in, const char *path, struct parley_qca_data *data)
{
    struct parley_csv *csv;
    enum parley_status status = open_csv(in, path, &csv);
    if (status)
        return status;
    status = parley_qca_read(csv, &in->arena, data, &in->err);
    parley_csv_close(csv);
    if (status && !strstr(in->err.text, path))
        parley_fail_in(&in->err, status, "%s", path);
    return status;
}

static enum parley_status inclusion_cuts(struct invocation *in, struct parley_qca_spec *spec)
{
    const char *text = option_text(in, "incl-cut");
    if (!text)
        return PARLEY_OK;
    size_t len = strcspn(text, ",");
    double high, low = -1;
    if (!parley_text_to_double(text, len, &high) || !(high > 0 && high <= 1) ||
        (text[len] && (!parley_text_to_double(text + len + 1, strlen(text + len + 1), &low) || !(low >= 0 && low < high))))
        return parley_fail(&in->err, PARLEY_EINVAL,
                           "--incl-cut: expected a number above 0 and up to 1, or two, the larger first (0.8,0.5); found '%.60s'", text);
    spec->incl_cut = high;
    spec->incl_low = low;
    return PARLEY_OK;
}

static enum parley_status excluded_rows(struct invocation *in, struct parley_qca_spec *spec)
{
    const char *text = option_text(in, "exclude");
    size_t n = 1;
    if (!text)
        return PARLEY_OK;
    for (const char *p = text; *p; p++)
        n += *p == ',';
    uint64_t *row = PARLEY_NEW(&in->arena, uint64_t, n);
    if (!row)
        return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for %zu rows", n);
    for (const char *p = text;;) {
        size_t len = strcspn(p, ",");
        if (!parley_text_to_u64(p, len, &row[spec->n_exclude]) || !row[spec->n_exclude])
            return parley_fail(&in->err, PARLEY_EINVAL, "--exclude: expected numbers of rows from 1, separated by commas; found '%.60s'", text);
        spec->n_exclude++;
        if (!p[len])
            break;
        p += len + 1;
    }
    spec->exclude = row;
    return PARLEY_OK;
}

enum parley_status qca_spec(struct invocation *in, const struct parley_qca_data *data, struct parley_qca_spec *spec)
{
    *spec = (struct parley_qca_spec){ .incl_cut = 1, .incl_low = -1, .n_cut = 1 };
    const char *outcome = option_text(in, "outcome");
    if (!outcome)
        return parley_fail(&in->err, PARLEY_EINVAL, "--outcome is missing; say which column the conditions should explain");
    enum parley_status status = parley_qca_parse_set(data, outcome, &spec->outcome, &in->err);
    if (!status)
        status = parley_qca_parse_conditions(data, option_text(in, "conditions"), spec->outcome.column, &in->arena, &spec->condition,
                                             &spec->k, &in->err);
    if (status)
        return status;
    for (size_t j = 0; j < data->n_columns && !option_given(in, "conditions"); j++)
        if (data->column[j].kind == PARLEY_QCA_OTHER && j != spec->outcome.column && !(data->named && !j))
            say(in, "warning: column %.60s is no condition: %s", data->column[j].name, data->column[j].why);
    for (size_t j = 0; j < spec->k; j++)
        if (data->column[spec->condition[j]].kind == PARLEY_QCA_FUZZY)
            spec->incl_cut = .8;
    if (data->column[spec->outcome.column].kind == PARLEY_QCA_FUZZY)
        spec->incl_cut = .8;
    uint64_t n_cut = 1;
    status = inclusion_cuts(in, spec);
    if (!status)
        status = option_double(in, "pri-cut", 0, 1, &spec->pri_cut);
    if (!status)
        status = option_u64(in, "n-cut", 1, PARLEY_QCA_CASES_MAX, &n_cut);
    spec->n_cut = n_cut;
    return status ? status : excluded_rows(in, spec);
}

enum parley_status qca_input(struct invocation *in, struct parley_qca_data *data, struct parley_qca_table *table)
{
    struct parley_qca_spec spec;
    enum parley_status status = qca_load(in, in->operand[0], data);
    if (!status)
        status = qca_spec(in, data, &spec);
    if (!status)
        status = parley_qca_truth_table(data, &spec, &in->arena, table, &in->err);
    if (!status && table->n_ambiguous)
        say(in, "warning: membership of exactly 0.5 in a condition, so these cases belong to no row: %s; move them off 0.5 if theory allows",
            qca_names(in, data, table->ambiguous, table->n_ambiguous, 200));
    return status;
}

const char *qca_set_text(struct invocation *in, const struct parley_qca_data *data, struct parley_qca_set set)
{
    const struct parley_qca_column *c = &data->column[set.column];
    if (c->kind != PARLEY_QCA_MULTI && !c->temporal)
        return parley_arena_printf(&in->arena, "%s%s", set.values == 1 ? "~" : "", c->name);
    struct parley_text text;
    parley_text_init(&text, 4096);
    parley_text_addf(&text, "%s[", c->name);
    for (unsigned v = 0, any = 0; v < c->levels; v++)
        if (set.values >> v & 1)
            parley_text_addf(&text, "%s%u", any++ ? "," : "", v);
    parley_text_addc(&text, ']');
    const char *copy = parley_text_keep(&text, &in->arena);
    parley_text_release(&text);
    return copy ? copy : "";
}

const char *qca_names(struct invocation *in, const struct parley_qca_data *data, const size_t *cases, size_t n, size_t max)
{
    struct parley_text text;
    parley_text_init(&text, max + 4096);
    for (size_t i = 0; i < n; i++) {
        if (text.len > max) {
            parley_text_addf(&text, ", ... (%zu in all)", n);
            break;
        }
        parley_text_addf(&text, "%s%.200s", i ? ", " : "", data->name[cases[i]]);
    }
    const char *copy = parley_text_keep(&text, &in->arena);
    parley_text_release(&text);
    return copy ? copy : "";
}

void qca_put_spec(struct parley_json *json, struct invocation *in, const struct parley_qca_table *table)
{
    const struct parley_qca_spec *s = &table->spec;
    parley_json_put_string(json, "outcome", qca_set_text(in, table->data, s->outcome));
    parley_json_key(json, "conditions");
    parley_json_array(json);
    for (size_t j = 0; j < s->k; j++)
        parley_json_string(json, table->data->column[s->condition[j]].name);
    parley_json_array_end(json);
    double cuts[2] = { s->incl_cut, s->incl_low };
    parley_json_put_numbers(json, "incl_cut", cuts, s->incl_low >= 0 ? 2 : 1);
    parley_json_put_number(json, "pri_cut", s->pri_cut);
    parley_json_put_integer(json, "n_cut", (int64_t)s->n_cut);
    parley_json_key(json, "ambiguous_cases");
    parley_json_array(json);
    for (size_t i = 0; i < table->n_ambiguous; i++)
        parley_json_string(json, table->data->name[table->ambiguous[i]]);
    parley_json_array_end(json);
}

const char *qca_digit(struct invocation *in, const struct parley_qca_table *table, size_t condition, unsigned value)
{
    const struct parley_qca_column *c = &table->data->column[table->spec.condition[condition]];
    if (c->temporal && value + 1 == c->levels)
        return "-";
    const char *text = parley_arena_printf(&in->arena, "%u", value);
    return text ? text : "";
}

void qca_show_rows(struct invocation *in, struct parley_doc *doc, const char *what, const uint64_t *row, size_t n)
{
    struct parley_text text;
    parley_text_init(&text, 4000);
    for (size_t i = 0; i < n && text.len < 300; i++)
        parley_text_addf(&text, "%s%llu", i ? ", " : "", (unsigned long long)row[i]);
    if (text.len >= 300)
        parley_text_addf(&text, ", ...");
    parley_doc_item(doc, "%s (%zu): %s", what, n, n ? parley_text_str(&text) : PARLEY_SAY(in->lang, "none", "无"));
    parley_text_release(&text);
}
