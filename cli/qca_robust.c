#include "qca_robust_tests.h"

#include <math.h>
#include <string.h>

enum { ANCHORS_MAX = 16 };

static const char *const kinds[] = { "complex", "parsimonious", "intermediate", NULL };

struct anchored {
    const char *condition, *raw;
    struct parley_qca_anchor_range range;
};

static void put_range(struct parley_json *json, const char *key, const struct parley_qca_range *r)
{
    parley_json_key(json, key);
    parley_json_object(json);
    parley_json_put_number(json, "low", r->low);
    parley_json_put_number(json, "high", r->high);
    parley_json_put_string(json, "below", r->below);
    parley_json_put_string(json, "above", r->above);
    parley_json_object_end(json);
}

static void print_json(struct invocation *in, const struct parley_qca_table *t, const struct parley_qca_robust *r, uint64_t seed, const struct anchored *a, size_t n_a,
                       const struct robust_tests *tests)
{
    struct parley_json json;
    begin_json(in, &json);
    parley_json_object(&json);
    qca_put_spec(&json, in, t);
    parley_json_key(&json, "models");
    parley_json_array(&json);
    for (size_t i = 0; i < r->solution.n_models; i++)
        parley_json_string(&json, r->solution.model[i].text);
    parley_json_array_end(&json);
    put_range(&json, "incl_cut_range", &r->incl);
    put_range(&json, "pri_cut_range", &r->pri);
    put_range(&json, "n_cut_range", &r->n_cut);
    parley_json_put_integer(&json, "cases_deleted", (int64_t)r->n_deleted);
    parley_json_key(&json, "deletion_changes");
    parley_json_array(&json);
    for (size_t i = 0; i < r->deletion.changed; i++)
        parley_json_string(&json, t->data->name[r->deletion.which[i]]);
    parley_json_array_end(&json);
    if (r->chance.runs) {
        parley_json_key(&json, "chance");
        parley_json_object(&json);
        parley_json_put_integer(&json, "runs", (int64_t)r->chance.runs);
        parley_json_put_integer(&json, "solved", (int64_t)r->chance.solved);
        parley_json_put_integer(&json, "as_good", (int64_t)r->chance.as_good);
        parley_json_put_number(&json, "p", r->chance.p);
        parley_json_put_integer(&json, "seed", (int64_t)seed);
        parley_json_object_end(&json);
    }
    parley_json_key(&json, "anchors");
    parley_json_array(&json);
    for (size_t i = 0; i < n_a; i++) {
        parley_json_object(&json);
        parley_json_put_string(&json, "condition", a[i].condition);
        parley_json_put_string(&json, "raw", a[i].raw);
        parley_json_put_numbers(&json, "anchor", a[i].range.anchor, 3);
        parley_json_put_numbers(&json, "low", a[i].range.low, 3);
        parley_json_put_numbers(&json, "high", a[i].range.high, 3);
        parley_json_put_number(&json, "resolution", a[i].range.resolution);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    put_robust_tests(&json, t, tests);
    parley_json_put_bool(&json, "complete", !r->stopped);
    parley_json_object_end(&json);
}

static void range_row(struct parley_table *table, const char *name, double now, const struct parley_qca_range *r, const char *no_solution, bool open)
{
    parley_table_cell(table, "%s", name);
    parley_table_number(table, now, 4);
    parley_table_cell(table, open ? "(%.4g, %.4g]" : "[%.4g, %.4g]", r->low, r->high);
    parley_table_cell(table, "%s", r->below ? r->below : (open ? r->low > 0 : r->low > 1) ? no_solution : "-");
    parley_table_cell(table, "%s", r->above ? r->above : (open ? r->high < 1 : true) ? no_solution : "-");
}

static enum parley_status print_doc(struct invocation *in, const struct parley_qca_table *t, const struct parley_qca_robust *r, uint64_t seed, const struct anchored *a, size_t n_a,
                                    const struct robust_tests *tests)
{
    struct parley_doc doc;
    const char *none = PARLEY_SAY(in->lang, "no solution", "无解");
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Robustness", "稳健性"));
    for (size_t i = 0; i < r->solution.n_models && i < 10; i++)
        parley_doc_item(&doc, "%s => %s", r->solution.model[i].text, qca_set_text(in, t->data, t->spec.outcome));
    parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "The solution (all its models) stays exactly the same in these ranges, each choice moved alone:", "在以下范围内(每次只移动一项),解(全部模型)保持不变:"));
    struct parley_table *table = parley_doc_table(&doc, NULL);
    parley_table_column(table, PARLEY_SAY(in->lang, "choice", "选择"), PARLEY_LEFT);
    parley_table_column(table, PARLEY_SAY(in->lang, "now", "当前"), PARLEY_RIGHT);
    parley_table_column(table, PARLEY_SAY(in->lang, "range", "范围"), PARLEY_RIGHT);
    parley_table_column(table, PARLEY_SAY(in->lang, "below it", "低于范围时"), PARLEY_LEFT);
    parley_table_column(table, PARLEY_SAY(in->lang, "above it", "高于范围时"), PARLEY_LEFT);
    range_row(table, "incl.cut", t->spec.incl_cut, &r->incl, none, true);
    range_row(table, "PRI cut", t->spec.pri_cut, &r->pri, none, true);
    range_row(table, "n.cut", (double)t->spec.n_cut, &r->n_cut, none, false);
    for (size_t i = 0; i < n_a; i++)
        for (int w = 0; w < 3; w++) {
            static const char *const names[] = { "exclusion", "crossover", "inclusion" };
            parley_table_cell(table, "%s: %s", a[i].condition, names[w]);
            parley_table_number(table, a[i].range.anchor[w], 4);
            if (isnan(a[i].range.low[w]))
                parley_table_cell(table, isnan(a[i].range.high[w]) ? "any" : "up to %.4g", a[i].range.high[w]);
            else if (isnan(a[i].range.high[w]))
                parley_table_cell(table, "from %.4g", a[i].range.low[w]);
            else
                parley_table_cell(table, "[%.4g, %.4g]", a[i].range.low[w], a[i].range.high[w]);
            parley_table_cell(table, "-");
            parley_table_cell(table, "-");
        }
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "Leaving out one case at a time: %zu of %zu change the solution%s%s.", "逐一删除案例:%zu / %zu 会改变解%s%s。"), r->deletion.changed, r->n_deleted,
                         r->deletion.changed ? ": " : "", r->deletion.changed ? qca_names(in, t->data, r->deletion.which, r->deletion.changed, 200) : "");
    if (r->chance.runs)
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "Outcome shuffled among the cases %zu times (seed %llu): a solution in %zu, as good as this one in %zu (p = %.4f).",
                                              "将结果随机打乱 %zu 次(种子 %llu):%zu 次有解,其中 %zu 次与本解同样好(p = %.4f)。"),
                             r->chance.runs, (unsigned long long)seed, r->chance.solved, r->chance.as_good, r->chance.p);
    show_robust_tests(in, &doc, t, tests);
    if (r->stopped)
        parley_doc_note(&doc, "%s", PARLEY_SAY(in->lang, "Partial: interrupted.", "不完整:已中断。"));
    return finish_doc(in, &doc);
}

/* "X=RAW:10,35,80;Z=RAW2:..." */
static enum parley_status anchors(struct invocation *in, const struct parley_qca_data *data, const struct parley_qca_table *t, const struct parley_qca_options *o,
                                  struct anchored *a, size_t *n)
{
    const char *text = option_text(in, "anchors");
    for (const char *p = text; p && *p; ++*n) {
        size_t len = strcspn(p, "="), raw_len = p[len] ? strcspn(p + len + 1, ":") : 0, position = 0, raw = 0;
        double anchor[3];
        const char *numbers = p[len] && p[len + 1 + raw_len] ? p + len + raw_len + 2 : "";
        if (*n == ANCHORS_MAX)
            return parley_fail(&in->err, PARLEY_ELIMIT, "--anchors: more than %d conditions", ANCHORS_MAX);
        for (int i = 0; i < 3; i++) {
            size_t l = strcspn(numbers, ",;");
            if (!parley_text_to_double(numbers, l, &anchor[i]) || (i < 2) != (numbers[l] == ','))
                return parley_fail(&in->err, PARLEY_EINVAL, "--anchors: expected CONDITION=RAWCOLUMN:exclusion,crossover,inclusion, found '%.60s'", p);
            numbers += l + (numbers[l] != 0);
        }
        a[*n].condition = parley_arena_copy(&in->arena, p, len);
        a[*n].raw = parley_arena_copy(&in->arena, p + len + 1, raw_len);
        if (!a[*n].condition || !a[*n].raw)
            return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for anchors");
        while (position < t->spec.k && strcmp(data->column[t->spec.condition[position]].name, a[*n].condition))
            position++;
        while (raw < data->n_columns && strcmp(data->column[raw].name, a[*n].raw))
            raw++;
        if (position == t->spec.k || raw == data->n_columns)
            return parley_fail(&in->err, PARLEY_ENOTFOUND, "--anchors: there is no %s '%s'", position == t->spec.k ? "condition" : "column",
                               position == t->spec.k ? a[*n].condition : a[*n].raw);
        enum parley_status status = parley_qca_anchor_ranges(t, position, data->column[raw].value, anchor, o, &in->progress, &in->arena, &a[*n].range, &in->err);
        if (status)
            return status;
        p = numbers;
    }
    return PARLEY_OK;
}

static enum parley_status run(struct invocation *in)
{
    struct parley_qca_data data;
    struct parley_qca_table table;
    struct parley_qca_options o = { 0 };
    struct parley_qca_robust r;
    struct anchored a[ANCHORS_MAX];
    struct robust_tests tests;
    size_t n_a = 0;
    uint64_t runs = 0, seed = 1;
    int kind = PARLEY_QCA_PARSIMONIOUS;
    enum parley_status status = qca_input(in, &data, &table);
    if (!status)
        status = option_choice(in, "solution", kinds, &kind);
    if (!status)
        status = option_u64(in, "shuffles", 0, 10000000, &runs);
    if (!status)
        status = option_u64(in, "seed", 0, INT64_MAX, &seed);
    o.kind = (enum parley_qca_solution_kind)kind;
    if (!status && option_given(in, "expect")) {
        uint64_t *expect = PARLEY_NEW(&in->arena, uint64_t, table.spec.k);
        if (!expect)
            return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for expectations");
        o.expect = expect;
        o.kind = PARLEY_QCA_INTERMEDIATE;
        status = parley_qca_parse_expect(&table, option_text(in, "expect"), expect, &in->err);
    }
    if (!status)
        status = robust_tests(in, &table, &o, &tests);
    if (!status)
        status = anchors(in, &data, &table, &o, a, &n_a);
    if (status)
        return status;
    r = (struct parley_qca_robust){ 0 };
    status = parley_qca_robustness(&table, &o, runs, seed, &in->progress, &in->arena, &r, &in->err);
    if (status && !(status == PARLEY_ECANCELLED && r.solution.k))
        return status;
    if (wants_json(in)) {
        print_json(in, &table, &r, seed, a, n_a, &tests);
        return status;
    }
    enum parley_status shown = print_doc(in, &table, &r, seed, a, n_a, &tests);
    return shown ? shown : status;
}

const struct command command_qca_robust = {
    .name = "qca robust",
    .operands = "FILE.csv",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "How far a solution depends on cut-offs, anchors, single cases and chance.",
    .summary_zh = "解对阈值、校准锚点、单个案例与偶然性的依赖程度。",
    .text = "Prints the exact ranges of the inclusion, PRI and frequency cut-offs over which all minimal models stay the same (a cut-off matters only where it "
            "passes a row's own value), what the solution becomes beyond them, the cases whose removal changes it, and with --shuffles how often a "
            "solution as good comes out when the outcome is dealt to the cases at random.\n\n"
            "--anchors X=RAW:10,35,80 says that condition X was calibrated from column RAW by the direct method: then the range of each anchor "
            "is searched too (several conditions are separated by ';').\n\n"
            "--tests \"incl-cut=0.75; n-cut=2, pri-cut=0.5\" solves again with each of these other choices and says how much of every model they share: the "
            "robustness parameters RF_cov, RF_cons, RF_SC, and which cases are robust, shaky or only possible. For crisp and multi-value data the "
            "chance that the truth table stays when cases are wrong or missing (retention) is printed too.",
    .examples = "parley qca robust examples/hotlines.csv --outcome USED --pri-cut 0.5 --shuffles 1000 --seed 7\n"
                "parley qca robust examples/hotlines.csv --outcome USED --pri-cut 0.5 --tests \"incl-cut=0.75; n-cut=2\"\n"
                "parley qca robust examples/pledges.csv --outcome KEPT --solution complex --perturb 0.05 --json\n",
    .options = (const struct option[]){ QCA_TABLE_OPTIONS,
                                        { "solution", 0, "KIND", "complex, parsimonious or intermediate. Default: parsimonious." },
                                        { "expect", 0, "A,~B", "Directional expectations (intermediate solution)." },
                                        { "shuffles", 0, "N", "Deal the outcome at random N times. Default: 0." },
                                        { "seed", 0, "N", "Seed of the shuffles. Default: 1." },
                                        { "tests", 0, "CHANGES", "Other choices to compare with: incl-cut=, pri-cut=, n-cut=; ',' within one, ';' between." },
                                        { "perturb", 0, "P", "Probability that a case is wrong or missing (retention). Default: 0.025." },
                                        { "perturbed", 0, "N", "Number of cases wrong or missing (retention). Default: 1." },
                                        { "anchors", 0, "X=RAW:E,C,I", "Conditions calibrated from raw columns, to move their anchors." },
                                        { 0 } },
    .run = run,
};
