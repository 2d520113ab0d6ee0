#include "qca_input.h"

#include <parley/file.h>
#include <parley/qca_calibrate.h>

#include <math.h>
#include <string.h>

static const char *const methods[] = { "crisp", "direct", "indirect", "tfr", NULL };

static enum parley_status find_raw(struct invocation *in, const struct parley_qca_data *data, const char *name, const struct parley_qca_column **out)
{
    for (size_t j = 0; j < data->n_columns; j++)
        if (!strcmp(data->column[j].name, name)) {
            *out = &data->column[j];
            for (size_t i = 0; i < data->n; i++)
                if (isnan((*out)->value[i]))
                    return parley_fail(&in->err, PARLEY_EDOM, "case %s has no number in column %s; complete it or leave the case out", data->name[i], name);
            return PARLEY_OK;
        }
    return parley_fail(&in->err, PARLEY_ENOTFOUND, "the data have no column '%.60s'", name);
}

static enum parley_status read_anchors(struct invocation *in, double *anchor, size_t *n)
{
    const char *text = option_text(in, "anchors");
    *n = 0;
    for (const char *p = text; p;) {
        size_t len = strcspn(p, ",");
        if (*n == PARLEY_QCA_ANCHORS_MAX || !parley_text_to_double(p, len, &anchor[*n]))
            return parley_fail(&in->err, PARLEY_EINVAL, "--anchors: expected numbers separated by commas, found '%.60s'", text);
        ++*n;
        p = p[len] ? p + len + 1 : NULL;
    }
    return PARLEY_OK;
}

static void add_field(struct parley_text *to, const char *s)
{
    bool quote = strpbrk(s, ",\"\r\n") != NULL;
    const char *guard = strchr("=@+", *s) && *s ? "'" : "";
    if (!quote) {
        parley_text_addf(to, "%s%s", guard, s);
        return;
    }
    parley_text_addf(to, "\"%s", guard);
    for (; *s; s++)
        parley_text_adds(to, *s == '"' ? "\"\"" : (char[]){ *s, 0 });
    parley_text_addc(to, '"');
}

/* The whole table with the calibrated column in place of the raw one. */
static enum parley_status write_table(struct invocation *in, const struct parley_qca_data *data, const struct parley_qca_column *raw, const char *as, const double *out)
{
    struct parley_text text;
    char number[PARLEY_NUMBER_TEXT];
    parley_text_init(&text, (size_t)1 << 30);
    for (size_t j = 0; j < data->n_columns; j++) {
        parley_text_adds(&text, j ? "," : "");
        add_field(&text, &data->column[j] == raw ? as : data->column[j].name);
    }
    parley_text_addc(&text, '\n');
    for (size_t i = 0; i < data->n; i++)
        for (size_t j = 0; j < data->n_columns; j++) {
            const struct parley_qca_column *c = &data->column[j];
            parley_double_to_text(c == raw ? out[i] : c->value[i], number);
            bool dash = c->temporal && c->value[i] == c->levels - 1;
            add_field(&text, dash ? "-" : c != raw && c->text && c->text[i] ? c->text[i] : number);
            parley_text_addc(&text, j + 1 < data->n_columns ? ',' : '\n');
        }
    enum parley_status status = text.failed ? parley_fail(&in->err, PARLEY_ENOMEM, "no memory for the table")
                                            : parley_file_write(option_text(in, "into"), parley_text_str(&text), text.len, &in->err);
    parley_text_release(&text);
    return status;
}

static void warn_of_halves(struct invocation *in, const struct parley_qca_data *data, const double *out)
{
    size_t *half = PARLEY_NEW(&in->arena, size_t, data->n + 1), n = 0;
    for (size_t i = 0; half && i < data->n; i++)
        if (out[i] == .5)
            half[n++] = i;
    if (n)
        say(in, "warning: membership of exactly 0.5, so these cases would belong to no row of a truth table: %s; move the crossover if theory allows",
            qca_names(in, data, half, n, 200));
}

static enum parley_status print(struct invocation *in, const struct parley_qca_data *data, const struct parley_qca_column *raw, const char *as,
                                const struct parley_qca_calibrate *how, bool found, const double *out)
{
    warn_of_halves(in, data, out);
    if (wants_json(in)) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        parley_json_put_string(&json, "column", as);
        parley_json_put_string(&json, "method", methods[how->method]);
        parley_json_put_numbers(&json, "anchors", how->anchor, how->n);
        parley_json_put_bool(&json, "anchors_found_by_clustering", found);
        parley_json_put_strings(&json, "cases", data->name, data->n);
        parley_json_put_numbers(&json, "membership", out, data->n);
        parley_json_object_end(&json);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Calibration", "校准"));
    if (found) {
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "Thresholds found by clustering (they describe these numbers; theory has not spoken):", "由聚类得到的阈值(只描述这些数字,并非理论依据):"));
        for (size_t i = 0; i < how->n; i++)
            parley_doc_item(&doc, "%g", how->anchor[i]);
    }
    struct parley_table *t = parley_doc_table(&doc, NULL);
    parley_table_column(t, PARLEY_SAY(in->lang, "case", "案例"), PARLEY_LEFT);
    parley_table_column(t, raw->name, PARLEY_RIGHT);
    parley_table_column(t, strcmp(as, raw->name) ? as : PARLEY_SAY(in->lang, "membership", "隶属度"), PARLEY_RIGHT);
    for (size_t i = 0; i < data->n; i++) {
        parley_table_cell(t, "%s", data->name[i]);
        parley_table_number(t, raw->value[i], 6);
        parley_table_number(t, out[i], 3);
    }
    return finish_doc(in, &doc);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_qca_data data;
    const struct parley_qca_column *raw = NULL;
    double anchor[PARLEY_QCA_ANCHORS_MAX + 2];
    struct parley_qca_calibrate how = { .method = PARLEY_QCA_DIRECT, .anchor = anchor };
    int method = PARLEY_QCA_DIRECT;
    uint64_t groups = 0;
    const char *name = option_text(in, "column");
    if (!name)
        return parley_fail(&in->err, PARLEY_EINVAL, "--column is missing; say which column to calibrate");
    enum parley_status status = qca_load(in, in->operand[0], &data);
    if (!status)
        status = find_raw(in, &data, name, &raw);
    if (!status)
        status = option_choice(in, "method", methods, &method);
    if (!status)
        status = read_anchors(in, anchor, &how.n);
    if (!status)
        status = option_double(in, "idm", .500001, .999999, &how.idm);
    if (!status)
        status = option_double(in, "below", 1e-3, 1000, &how.below);
    if (!status)
        status = option_double(in, "above", 1e-3, 1000, &how.above);
    if (!status)
        status = option_u64(in, "groups", 2, PARLEY_QCA_ANCHORS_MAX, &groups);
    how.method = (enum parley_qca_calibration)method;
    how.linear = option_given(in, "linear");
    if (!status && groups && how.n)
        status = parley_fail(&in->err, PARLEY_EINVAL, "give either --anchors or --groups");
    if (!status && groups) {
        status = parley_qca_thresholds(raw->value, data.n, groups, anchor, &in->err);
        how.n = groups - 1;
        if (!option_given(in, "method"))
            how.method = PARLEY_QCA_CRISP_SETS;
    }
    double *out = PARLEY_NEW(&in->arena, double, data.n);
    if (!status && !out)
        status = parley_fail(&in->err, PARLEY_ENOMEM, "no memory for %zu cases", data.n);
    if (!status)
        status = parley_qca_calibrate(&how, raw->value, data.n, out, &in->err);
    const char *as = option_text(in, "as") ? option_text(in, "as") : name;
    if (!status && option_given(in, "into"))
        status = write_table(in, &data, raw, as, out);
    return status || !raw ? status : print(in, &data, raw, as, &how, groups > 0, out);
}

const struct command command_qca_calibrate = {
    .name = "qca calibrate",
    .operands = "FILE.csv",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Turn raw numbers into memberships of a crisp, multi-value or fuzzy set.",
    .summary_zh = "把原始数值校准为清晰集、多值集或模糊集的隶属度。",
    .text = "direct: three anchors (full exclusion, crossover, full inclusion; falling ones for a falling set), logistic or --linear; six anchors make a bell. "
            "indirect: thresholds between graded groups, smoothed by a fractional logit. crisp: one threshold or several (multi-value). tfr: totally fuzzy "
            "and relative ranks.\n\n"
            "--groups N finds thresholds by clustering where theory gives none, and says that it did. --into FILE.csv writes the table with the "
            "calibrated column in place of the raw one.",
    .examples = "parley qca calibrate examples/raw.csv --column TRADE --anchors 10,35,80\n"
                "parley qca calibrate examples/raw.csv --column TRADE --anchors 10,35,80 --linear --json\n"
                "# three groups found by clustering\n"
                "parley qca calibrate examples/raw.csv --column INCIDENTS --groups 3\n",
    .options = (const struct option[]){ { "column", 0, "X", "The column to calibrate." },
                                        { "method", 0, "NAME", "direct (default), indirect, crisp or tfr." },
                                        { "anchors", 0, "A,B,..", "Anchors or thresholds." },
                                        { "groups", 0, "N", "Find thresholds for N groups by clustering." },
                                        { "idm", 0, "M", "Membership at the inclusion anchor of the logistic form. Default: 0.95." },
                                        { "linear", 0, NULL, "Straight pieces instead of the logistic function." },
                                        { "below", 0, "P", "Exponent under the crossover (linear form). Default: 1." },
                                        { "above", 0, "P", "Exponent over the crossover (linear form). Default: 1." },
                                        { "as", 0, "NAME", "Name of the calibrated column. Default: the old one." },
                                        { "into", 0, "FILE", "Write the table with the calibrated column." },
                                        QCA_OPTION_ENCODING,
                                        OPTION_DOCUMENT,
                                        { 0 } },
    .run = run,
};
