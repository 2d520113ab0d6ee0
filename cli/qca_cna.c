#include "qca_input.h"

#include <parley/cna.h>

#include <string.h>

static void put_list(struct parley_json *json, const char *key, const struct parley_qca_data *data, const size_t *factor, const struct parley_cna_condition *list, size_t n,
                     bool complex)
{
    parley_json_key(json, key);
    parley_json_array(json);
    for (size_t i = 0; i < n; i++) {
        parley_json_object(json);
        parley_json_put_string(json, "condition", list[i].text);
        if (!complex)
            parley_json_put_string(json, "outcome", data->column[factor[list[i].outcome]].name);
        parley_json_put_number(json, "con", list[i].con);
        parley_json_put_number(json, "cov", list[i].cov);
        parley_json_put_integer(json, "complexity", list[i].complexity);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
}

static void show_list(struct invocation *in, struct parley_doc *doc, const char *title, const struct parley_qca_data *data, const size_t *factor,
                      const struct parley_cna_condition *list, size_t n, const char *arrow)
{
    parley_doc_heading(doc, 2, NULL, "%s", title);
    if (!n) {
        parley_doc_paragraph(doc, "%s", PARLEY_SAY(in->lang, "None.", "无。"));
        return;
    }
    struct parley_table *t = parley_doc_table(doc, NULL);
    parley_table_column(t, PARLEY_SAY(in->lang, "condition", "条件"), PARLEY_LEFT);
    parley_table_column(t, "con", PARLEY_RIGHT);
    parley_table_column(t, "cov", PARLEY_RIGHT);
    for (size_t i = 0; i < n; i++) {
        if (arrow)
            parley_table_cell(t, "%s %s %s", list[i].text, arrow, data->column[factor[list[i].outcome]].name);
        else
            parley_table_cell(t, "%s", list[i].text);
        parley_table_number(t, list[i].con, 3);
        parley_table_number(t, list[i].cov, 3);
    }
}

static enum parley_status pick_outcomes(struct invocation *in, const struct parley_qca_data *data, struct parley_cna_options *o)
{
    const char *text = option_text(in, "outcome");
    const size_t *list;
    size_t n;
    if (!text)
        return PARLEY_OK;
    uint8_t *outcome = PARLEY_NEW(&in->arena, uint8_t, o->k);
    if (!outcome)
        return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for %zu factors", o->k);
    enum parley_status status = parley_qca_parse_conditions(data, text, SIZE_MAX, &in->arena, &list, &n, &in->err);
    for (size_t i = 0; i < n && !status; i++) {
        size_t j = 0;
        while (j < o->k && o->factor[j] != list[i])
            j++;
        if (j == o->k)
            return parley_fail(&in->err, PARLEY_EINVAL, "--outcome: %s is not among the factors", data->column[list[i]].name);
        outcome[j] = 1;
    }
    o->outcome = outcome;
    return status;
}

/* "A,B < C < Y": level 1, 2, 3; factors not named stand before all of them. */
static enum parley_status read_ordering(struct invocation *in, const struct parley_qca_data *data, struct parley_cna_options *o)
{
    const char *text = option_text(in, "ordering");
    unsigned here = 0;
    o->strict = option_given(in, "strict");
    if (!text)
        return o->strict ? parley_fail(&in->err, PARLEY_EINVAL, "--strict goes with --ordering") : PARLEY_OK;
    uint8_t *level = parley_arena_calloc(&in->arena, o->k + 1, 1);
    if (!level)
        return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for %zu factors", o->k);
    for (const char *p = text;;) {
        const size_t *list;
        size_t n, len = strcspn(p, "<");
        const char *part = parley_arena_copy(&in->arena, p, len);
        if (!part)
            return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for the ordering");
        if (strspn(part, " ") == len || ++here > 200)
            return parley_fail(&in->err, PARLEY_EINVAL, "--ordering: expected factors before and after every '<' (A,B < C < Y); found '%.60s'", text);
        enum parley_status status = parley_qca_parse_conditions(data, part, SIZE_MAX, &in->arena, &list, &n, &in->err);
        if (status)
            return status;
        for (size_t i = 0; i < n; i++) {
            size_t j = 0;
            while (j < o->k && o->factor[j] != list[i])
                j++;
            if (j == o->k || level[j])
                return parley_fail(&in->err, PARLEY_EINVAL, "--ordering: %s %s", data->column[list[i]].name, j == o->k ? "is not among the factors" : "stands there twice");
            level[j] = (uint8_t)here;
        }
        if (!p[len])
            break;
        p += len + 1;
    }
    o->level = level;
    return PARLEY_OK;
}

static enum parley_status run(struct invocation *in)
{
    struct parley_qca_data data;
    struct parley_cna_options o = { 0 };
    struct parley_cna cna = { 0 };
    uint64_t conjuncts = 3, disjuncts = 4, complexity = 10;
    enum parley_status status = qca_load(in, in->operand[0], &data);
    if (!status)
        status = parley_qca_parse_conditions(&data, option_text(in, "factors"), SIZE_MAX, &in->arena, &o.factor, &o.k, &in->err);
    if (!status)
        status = pick_outcomes(in, &data, &o);
    if (!status)
        status = read_ordering(in, &data, &o);
    if (!status)
        status = option_double(in, "con", .01, 1, &o.con);
    if (!status)
        status = option_double(in, "cov", .01, 1, &o.cov);
    if (!status)
        status = option_u64(in, "conjuncts", 1, PARLEY_CNA_CONJUNCTS_MAX, &conjuncts);
    if (!status)
        status = option_u64(in, "disjuncts", 1, PARLEY_CNA_DISJUNCTS_MAX, &disjuncts);
    if (!status)
        status = option_u64(in, "complexity", 1, 40, &complexity);
    if (status)
        return status;
    o.conjuncts = (unsigned)conjuncts;
    o.disjuncts = (unsigned)disjuncts;
    o.complexity = (unsigned)complexity;
    status = parley_cna(&data, &o, &in->progress, &in->arena, &cna, &in->err);
    if (status && status != PARLEY_ECANCELLED)
        return status;
    if (wants_json(in)) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_object(&json);
        put_list(&json, "msc", &data, o.factor, cna.msc, cna.n_msc, false);
        put_list(&json, "asf", &data, o.factor, cna.asf, cna.n_asf, false);
        put_list(&json, "csf", &data, o.factor, cna.csf, cna.n_csf, true);
        parley_json_put_bool(&json, "complete", !cna.cut && !status);
        parley_json_object_end(&json);
        return status;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Coincidence analysis", "符合分析"));
    show_list(in, &doc, PARLEY_SAY(in->lang, "Minimally sufficient conditions", "最小充分条件"), &data, o.factor, cna.msc, cna.n_msc, "=>");
    show_list(in, &doc, PARLEY_SAY(in->lang, "Atomic solutions", "原子解"), &data, o.factor, cna.asf, cna.n_asf, "<=>");
    show_list(in, &doc, PARLEY_SAY(in->lang, "Complex solutions", "复合解"), &data, o.factor, cna.csf, cna.n_csf, NULL);
    if (cna.cut || status)
        parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "Partial: a list was cut.", "不完整:列表被截断。"));
    if (o.k > PARLEY_CNA_CSF_FACTORS)
        parley_doc_note(&doc, PARLEY_SAY(in->lang, "Complex solutions are looked for with up to %d factors only; choose with --factors.", "仅在因素不超过 %d 个时寻找复合解;请用 --factors 选择。"), PARLEY_CNA_CSF_FACTORS);
    enum parley_status shown = finish_doc(in, &doc);
    return shown ? shown : status;
}

const struct command command_qca_cna = {
    .name = "qca cna",
    .operands = "FILE.csv",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Coincidence analysis: causal chains and common causes in crisp data.",
    .summary_zh = "符合分析:清晰数据中的因果链与共同原因。",
    .text = "Treats every factor as a possible outcome. Prints the minimally sufficient conditions of each, the sums of them that are minimally "
            "necessary too (atomic solutions), and the combinations for several outcomes of which no part follows from the rest (complex solutions).",
    .examples = "parley qca cna examples/chain.csv\n"
                "parley qca cna examples/pledges.csv --ordering \"AUDIENCE < KEPT\" --con 0.8 --cov 0.8\n"
                "parley qca cna examples/pledges.csv --outcome KEPT --con 0.8 --cov 0.8 --json\n",
    .options = (const struct option[]){ { "factors", 0, "A,B,..", "The factors. Default: every crisp column." },
                                        { "outcome", 0, "Y,..", "Look for causes of these factors only." },
                                        { "ordering", 0, "A,B < Y", "What comes later causes nothing earlier. Factors not named come first." },
                                        { "strict", 0, NULL, "With --ordering: factors of one level do not cause each other either." },
                                        { "con", 0, "C", "Least consistency. Default: 1." },
                                        { "cov", 0, "C", "Least coverage. Default: 1." },
                                        { "conjuncts", 0, "N", "Most factors in a conjunction. Default: 3." },
                                        { "disjuncts", 0, "N", "Most conjunctions in a sum. Default: 4." },
                                        { "complexity", 0, "N", "Most literals in a sum. Default: 10." },
                                        QCA_OPTION_ENCODING,
                                        OPTION_DOCUMENT,
                                        { 0 } },
    .run = run,
};
