#include "qca_robust_tests.h"

#include <parley/text.h>

#include <string.h>

/* "incl-cut=0.7" and its like into the specification. */
static bool change(struct parley_qca_spec *spec, const char *p, size_t len)
{
    size_t name = 0;
    double v;
    while (name < len && p[name] != '=')
        name++;
    if (name == len || !parley_text_to_double(p + name + 1, len - name - 1, &v))
        return false;
    if (name == 8 && !memcmp(p, "incl-cut", 8) && v > 0 && v <= 1)
        return spec->incl_cut = v, spec->incl_low = -1, true;
    if (name == 7 && !memcmp(p, "pri-cut", 7) && v >= 0 && v <= 1)
        return spec->pri_cut = v, true;
    if (name == 5 && !memcmp(p, "n-cut", 5) && v >= 1 && v <= PARLEY_QCA_CASES_MAX && v == (double)(size_t)v)
        return spec->n_cut = (size_t)v, true;
    return false;
}

static enum parley_status read_tests(struct invocation *in, const struct parley_qca_table *t, struct robust_tests *r)
{
    for (const char *p = option_text(in, "tests"); p && *p;) {
        size_t len = strcspn(p, ";");
        if (r->n == ROBUST_TESTS_MAX)
            return parley_fail(&in->err, PARLEY_ELIMIT, "--tests: more than %d alternatives", ROBUST_TESTS_MAX);
        struct parley_qca_robust_test *test = &r->test[r->n];
        *test = (struct parley_qca_robust_test){ .spec = t->spec };
        for (size_t at = 0; at < len;) {
            at += strspn(p + at, " ");
            size_t part = strcspn(p + at, ",;"), end = part;
            while (end && p[at + end - 1] == ' ')
                end--;
            if (!change(&test->spec, p + at, end))
                return parley_fail(&in->err, PARLEY_EINVAL, "--tests: expected incl-cut=0..1, pri-cut=0..1 or n-cut=N, changes of one alternative separated by ',' and "
                                   "alternatives by ';'; found '%.60s'", p + at);
            at += part + 1;
        }
        if (!(r->text[r->n++] = parley_arena_copy(&in->arena, p, len)))
            return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for --tests");
        p += len + (p[len] != 0);
    }
    return PARLEY_OK;
}

enum parley_status robust_tests(struct invocation *in, const struct parley_qca_table *t, const struct parley_qca_options *o, struct robust_tests *r)
{
    *r = (struct robust_tests){ .p = .025, .cases = 1, .crisp = true };
    uint64_t most = t->data->n < PARLEY_QCA_PERTURBED_MAX ? t->data->n : PARLEY_QCA_PERTURBED_MAX;
    enum parley_status status = read_tests(in, t, r);
    if (!status)
        status = option_double(in, "perturb", 0, 1, &r->p);
    if (!status)
        status = option_u64(in, "perturbed", 0, most, &r->cases);
    if (!status && r->n)
        status = parley_qca_robust_fits(t, o, r->test, r->n, &in->progress, &in->arena, &r->fit, &r->n_fits, &in->err);
    if (status)
        return status;
    r->crisp = t->data->n <= PARLEY_QCA_RETENTION_CASES_MAX && t->data->column[t->spec.outcome.column].kind != PARLEY_QCA_FUZZY;
    for (size_t j = 0; j < t->spec.k; j++)
        r->crisp &= t->data->column[t->spec.condition[j]].kind != PARLEY_QCA_FUZZY;
    if (r->crisp)
        status = parley_qca_retention(t, false, r->p, r->cases, &r->corruption, &in->err);
    return status || !r->crisp ? status : parley_qca_retention(t, true, r->p, r->cases, &r->deletion, &in->err);
}

static void put_cases(struct parley_json *json, const struct parley_qca_table *t, const struct parley_qca_robust_fit *f)
{
    static const char *const key[2][3] = { { "robust_typical", "shaky_typical", "possible_typical" }, { "robust_deviant", "shaky_deviant", "possible_deviant" } };
    parley_json_key(json, "cases");
    parley_json_object(json);
    for (int deviant = 0; deviant < 2; deviant++)
        for (int place = 0; place < PARLEY_QCA_OUTSIDE; place++) {
            parley_json_key(json, key[deviant][place]);
            parley_json_array(json);
            for (size_t i = 0; i < t->data->n; i++)
                if (f->place[i] == place && (t->outcome[i] <= .5) == deviant)
                    parley_json_string(json, t->data->name[i]);
            parley_json_array_end(json);
        }
    parley_json_object_end(json);
}

static void put_retention(struct parley_json *json, const char *key, const struct parley_qca_retention *r)
{
    parley_json_key(json, key);
    parley_json_object(json);
    parley_json_put_number(json, "independent", r->independent);
    parley_json_put_number(json, "dependent", r->dependent);
    parley_json_object_end(json);
}

void put_robust_tests(struct parley_json *json, const struct parley_qca_table *t, const struct robust_tests *r)
{
    parley_json_key(json, "tests");
    parley_json_array(json);
    for (size_t i = 0; i < r->n; i++) {
        parley_json_object(json);
        parley_json_put_string(json, "change", r->text[i]);
        parley_json_put_integer(json, "models", (int64_t)r->test[i].n_models);
        parley_json_put_bool(json, "all_models", r->test[i].all_models);
        parley_json_put_string(json, "first", r->test[i].first);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
    parley_json_key(json, "fit_parameters");
    parley_json_array(json);
    for (size_t i = 0; i < r->n_fits; i++) {
        const struct parley_qca_robust_fit *f = &r->fit[i];
        parley_json_object(json);
        parley_json_put_string(json, "model", f->model);
        parley_json_put_number(json, "RF_cov", f->cov);
        parley_json_put_number(json, "RF_cons", f->cons);
        parley_json_put_number(json, "RF_SC_minTS", f->least);
        parley_json_put_number(json, "RF_SC_maxTS", f->most);
        parley_json_key(json, "core");
        parley_json_object(json);
        parley_json_put_number(json, "inclS", f->core.incl);
        parley_json_put_number(json, "PRI", f->core.pri);
        parley_json_put_number(json, "covS", f->core.cov);
        parley_json_object_end(json);
        put_cases(json, t, f);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
    parley_json_key(json, "retention");
    if (!r->crisp) {
        parley_json_null(json);
        return;
    }
    parley_json_object(json);
    parley_json_put_number(json, "probability", r->p);
    parley_json_put_integer(json, "cases", (int64_t)r->cases);
    put_retention(json, "corruption", &r->corruption);
    put_retention(json, "deletion", &r->deletion);
    parley_json_object_end(json);
}

/* "robust 8 typical, 1 deviant" as two cells. */
static void count_cells(struct parley_table *table, const struct parley_qca_table *t, const struct parley_qca_robust_fit *f, int place)
{
    size_t n[2] = { 0 };
    for (size_t i = 0; i < t->data->n; i++)
        if (f->place[i] == place)
            n[t->outcome[i] <= .5]++;
    parley_table_cell(table, "%zu / %zu", n[0], n[1]);
}

void show_robust_tests(struct invocation *in, struct parley_doc *doc, const struct parley_qca_table *t, const struct robust_tests *r)
{
    if (r->n) {
        parley_doc_heading(doc, 2, NULL, "%s", PARLEY_SAY(in->lang, "Beside other choices", "与其他选择比较"));
        for (size_t i = 0; i < r->n; i++)
            parley_doc_item(doc, "%s: %s%s", r->text[i], r->test[i].first ? r->test[i].first : PARLEY_SAY(in->lang, "no solution (an empty set)", "无解(空集)"),
                            r->test[i].n_models > 1 ? PARLEY_SAY(in->lang, " (first of several models; all are compared)", "(多个模型之首;全部参与比较)") : "");
        struct parley_table *table = parley_doc_table(doc, NULL);
        const char *const names[] = { PARLEY_SAY(in->lang, "model", "模型"), "RF_cov", "RF_cons", "SC_minTS", "SC_maxTS", PARLEY_SAY(in->lang, "robust", "稳固"),
                                      PARLEY_SAY(in->lang, "shaky", "不稳"), PARLEY_SAY(in->lang, "possible", "可能") };
        for (size_t i = 0; i < 8; i++)
            parley_table_column(table, names[i], i ? PARLEY_RIGHT : PARLEY_LEFT);
        for (size_t i = 0; i < r->n_fits && i < 20; i++) {
            const struct parley_qca_robust_fit *f = &r->fit[i];
            parley_table_cell(table, "%s", f->model);
            parley_table_number(table, f->cov, 3);
            parley_table_number(table, f->cons, 3);
            parley_table_number(table, f->least, 3);
            parley_table_number(table, f->most, 3);
            for (int place = 0; place < PARLEY_QCA_OUTSIDE; place++)
                count_cells(table, t, f, place);
        }
        parley_doc_note(doc, "%s", PARLEY_SAY(in->lang,
            "RF_cov and RF_cons near 1: what the model and every alternative share covers as much, and holds as often, as the model. SC: overlap with what all "
            "alternatives (minTS), or any of them (maxTS), hold. Cases (with / without the outcome): robust = in the model and in every alternative, shaky = in the "
            "model only, possible = only in an alternative.",
            "RF_cov 与 RF_cons 接近 1:模型与所有备选解的共同部分与模型覆盖相当、一致性相当。SC:与所有(minTS)或任一(maxTS)备选解的重合度。案例(有/无结果):稳固=同在模型与全部备选解中,不稳=仅在模型中,可能=仅在备选解中。"));
    }
    if (r->crisp)
        parley_doc_paragraph(doc, PARLEY_SAY(in->lang,
            "Chance that the truth table stays: %.3f if each case's outcome is wrong with probability %g, %.3f if exactly %llu is; %.3f if each case is missing with that "
            "probability, %.3f if exactly %llu is.",
            "真值表保持不变的概率:若各案例结果以概率 %2$g 出错为 %1$.3f,恰 %4$llu 个出错为 %3$.3f;若各案例以同一概率缺失为 %5$.3f,恰 %7$llu 个缺失为 %6$.3f。"),
            r->corruption.independent, r->p, r->corruption.dependent, (unsigned long long)r->cases, r->deletion.independent, r->deletion.dependent,
            (unsigned long long)r->cases);
}
