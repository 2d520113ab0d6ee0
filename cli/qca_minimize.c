#include "qca_input.h"

#include <parley/qca_theory.h>

#include <stdlib.h>
#include <string.h>

enum { ASSUMED_MODELS_MAX = 1000, TEXT_MODELS = 20, LISTED_ALWAYS = 1000, LISTING_MAX = 1 << 29 };

static const char *const kinds[] = { "complex", "parsimonious", "intermediate", NULL };

static void put_terms(struct parley_json *json, const char *key, const struct parley_qca_term *term, size_t n)
{
    parley_json_key(json, key);
    parley_json_array(json);
    for (size_t i = 0; i < n; i++)
        parley_json_string(json, term[i].text);
    parley_json_array_end(json);
}

static void put_fit(struct parley_json *json, const struct parley_qca_fit *fit)
{
    parley_json_put_number(json, "inclS", fit->incl);
    parley_json_put_number(json, "PRI", fit->pri);
    parley_json_put_number(json, "covS", fit->cov);
}

static void put_cases(struct parley_json *json, struct invocation *in, const struct parley_qca_table *t, const uint8_t *value)
{
    double *x = PARLEY_NEW(&in->arena, double, t->data->n);
    parley_json_key(json, "cases");
    parley_json_array(json);
    if (x)
        parley_qca_term_membership(t, value, x);
    for (size_t i = 0; x && i < t->data->n; i++)
        if (x[i] > .5)
            parley_json_string(json, t->data->name[i]);
    parley_json_array_end(json);
}

/* Remainders a model relies on, by number of row. */
static void put_assumptions(struct parley_json *json, const struct parley_qca_table *t, const struct parley_qca_model *m)
{
    struct parley_qca_remainders walk;
    if (!parley_qca_remainders_begin(t, &walk))
        return;
    parley_json_key(json, "simplifying_assumptions");
    parley_json_array(json);
    while (parley_qca_remainders_next(&walk)) {
        bool covered = false;
        for (size_t i = 0; i < m->n && !covered; i++)
            covered = parley_qca_term_covers(m->term[i].value, walk.config, t->spec.k);
        if (covered)
            parley_json_unsigned(json, walk.number);
    }
    parley_json_array_end(json);
}

static void put_model(struct parley_json *json, struct invocation *in, const struct parley_qca_table *t, const struct parley_qca_model *m, bool assumptions)
{
    parley_json_object(json);
    parley_json_put_string(json, "expression", m->text);
    parley_json_key(json, "terms");
    parley_json_array(json);
    for (size_t i = 0; i < m->n; i++) {
        parley_json_object(json);
        parley_json_put_string(json, "expression", m->term[i].text);
        put_fit(json, &m->term_fit[i]);
        parley_json_put_number(json, "covU", m->term_fit[i].unique);
        put_cases(json, in, t, m->term[i].value);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
    put_fit(json, &m->fit);
    if (assumptions)
        put_assumptions(json, t, m);
    parley_json_object_end(json);
}

/* After the first thousand the list ends when it is too long to hold, or on Ctrl-C. */
static bool may_list(struct invocation *in, size_t n, size_t of)
{
    return n < LISTED_ALWAYS || (in->out.len < LISTING_MAX && (n % 64 || parley_tick(&in->progress, (double)n, (double)of, "models written")));
}

static void put_solution(struct parley_json *json, struct invocation *in, const struct parley_qca_table *t, const struct parley_qca_solution *s, bool lists, bool assumptions)
{
    parley_json_key(json, "prime_implicant_count");
    parley_json_unsigned(json, s->implicant_count);
    parley_json_put_bool(json, "prime_implicants_complete", s->implicants_complete);
    if (option_given(in, "row-dominance")) {
        parley_json_key(json, "dominated");
        parley_json_unsigned(json, s->dominated);
    }
    if (lists) {
        put_terms(json, "prime_implicants", s->implicant, s->n_implicants);
        put_terms(json, "essential", s->essential, s->n_essential);
        parley_json_put_bool(json, "essential_complete", s->essential_complete);
    }
    parley_json_put_integer(json, "model_size", (int64_t)s->model_size);
    parley_json_put_bool(json, "model_size_proven", s->model_size_proven);
    parley_json_put_integer(json, "model_size_bound", (int64_t)s->model_bound);
    parley_json_key(json, "model_count");
    parley_json_raw(json, s->model_count);
    parley_json_put_bool(json, "model_count_exact", s->model_count_exact);
    if (!lists)
        return;
    parley_json_put_bool(json, "models_first_in_order", s->models_first_in_order);
    parley_json_key(json, "models");
    parley_json_array(json);
    size_t listed = 0;
    for (; listed < s->n_models && may_list(in, listed, s->n_models); listed++)
        put_model(json, in, t, &s->model[listed], assumptions && listed < ASSUMED_MODELS_MAX);
    parley_json_array_end(json);
    parley_json_put_integer(json, "models_listed", (int64_t)listed);
    if (in->out.len >= LISTING_MAX || s->models_cut)
        say(in, "warning: %s%s models are known and %zu of them are listed, because more would need too much memory; --summary only counts, --max-models lists fewer",
            s->model_count_exact ? "" : "at least ", s->model_count, listed);
}

static void put_rows(struct parley_json *json, const char *key, const uint64_t *row, size_t n)
{
    parley_json_key(json, key);
    parley_json_array(json);
    for (size_t i = 0; i < n; i++)
        parley_json_unsigned(json, row[i]);
    parley_json_array_end(json);
}

static void put_pairs(struct parley_json *json, struct invocation *in, const struct parley_qca_table *t, const struct parley_qca_result *r)
{
    parley_json_put_bool(json, "pairs_cut", r->pairs_cut);
    parley_json_key(json, "pairs");
    parley_json_array(json);
    for (size_t i = 0; i < r->n_pairs; i++) {
        const struct parley_qca_pair *p = &r->pair[i];
        parley_json_object(json);
        parley_json_put_string(json, "complex", r->complex.model[p->complex_model].text);
        parley_json_put_string(json, "parsimonious", r->parsimonious.model[p->parsimonious_model].text);
        put_solution(json, in, t, &p->solution, true, false);
        if (p->counterfactuals_known) {
            put_rows(json, "easy_counterfactuals", p->easy, p->n_easy);
            put_rows(json, "difficult_counterfactuals", p->difficult, p->n_difficult);
        }
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
}

static void put_enhanced(struct parley_json *json, const struct parley_qca_table *t, const struct parley_qca_enhanced *e)
{
    parley_json_key(json, "enhanced");
    parley_json_object(json);
    put_rows(json, "impossible_rows", e->first.impossible, e->first.n_impossible);
    put_rows(json, "contradictory_assumptions", e->first.contradictory, e->first.n_contradictory);
    put_rows(json, "simultaneous_subset_rows", e->first.simultaneous, e->first.n_simultaneous);
    put_rows(json, "contradictory_later", e->later, e->n_later);
    put_rows(json, "excluded", t->spec.exclude, t->spec.n_exclude);
    parley_json_put_integer(json, "passes", (int64_t)e->passes);
    parley_json_object_end(json);
}

static void show_enhanced(struct invocation *in, struct parley_doc *doc, const struct parley_qca_enhanced *e)
{
    parley_doc_paragraph(doc, "%s", PARLEY_SAY(in->lang, "Enhanced standard analysis: rows of the truth table (by number) that no model may rely on.",
                                               "增强标准分析:任何模型都不得依赖的真值表行(按行号)。"));
    qca_show_rows(in, doc, PARLEY_SAY(in->lang, "declared impossible", "被声明为不可能"), e->first.impossible, e->first.n_impossible);
    qca_show_rows(in, doc, PARLEY_SAY(in->lang, "assumed for the outcome and for its negation", "同时被假设导致结果及其否定"), e->first.contradictory, e->first.n_contradictory);
    qca_show_rows(in, doc, PARLEY_SAY(in->lang, "observed, and consistent with both", "已观察到且与两者均一致"), e->first.simultaneous, e->first.n_simultaneous);
    if (e->n_later)
        qca_show_rows(in, doc, PARLEY_SAY(in->lang, "assumed for both once the rows above were excluded", "排除上述行后又同时被假设导致两者"), e->later, e->n_later);
}

static void print_json(struct invocation *in, const struct parley_qca_table *t, const struct parley_qca_options *o, const struct parley_qca_enhanced *e, const struct parley_qca_result *r)
{
    struct parley_json json;
    bool lists = !option_given(in, "summary");
    begin_json(in, &json);
    parley_json_object(&json);
    parley_json_put_string(&json, "solution", kinds[o->kind]);
    parley_json_put_string(&json, "covers", o->irredundant ? "irredundant" : "minimal");
    qca_put_spec(&json, in, t);
    if (e)
        put_enhanced(&json, t, e);
    put_solution(&json, in, t, &r->solution, lists, o->kind != PARLEY_QCA_COMPLEX);
    if (o->kind == PARLEY_QCA_INTERMEDIATE && lists)
        put_pairs(&json, in, t, r);
    parley_json_object_end(&json);
}

static void model_table(struct invocation *in, struct parley_doc *doc, const struct parley_qca_model *m)
{
    struct parley_table *table = parley_doc_table(doc, NULL);
    parley_table_column(table, PARLEY_SAY(in->lang, "term", "项"), PARLEY_LEFT);
    parley_table_column(table, "inclS", PARLEY_RIGHT);
    parley_table_column(table, "PRI", PARLEY_RIGHT);
    parley_table_column(table, "covS", PARLEY_RIGHT);
    parley_table_column(table, "covU", PARLEY_RIGHT);
    for (size_t i = 0; i <= m->n; i++) {
        const struct parley_qca_fit *fit = i < m->n ? &m->term_fit[i] : &m->fit;
        parley_table_cell(table, "%s", i < m->n ? m->term[i].text : PARLEY_SAY(in->lang, "whole model", "整个模型"));
        parley_table_number(table, fit->incl, 3);
        parley_table_number(table, fit->pri, 3);
        parley_table_number(table, fit->cov, 3);
        parley_table_number(table, fit->unique, 3);
    }
}

static void say_count(struct invocation *in, struct parley_doc *doc, const struct parley_qca_options *o, const struct parley_qca_solution *s)
{
    if (o->row_dominance)
        parley_doc_note(doc, PARLEY_SAY(in->lang, "Row dominance dropped %llu prime implicants. Valid models may be gone with them: the models below may be fewer than the data allow.",
                                        "行支配删除了 %llu 个素蕴涵项,有效模型可能随之消失:以下模型可能少于数据所允许的。"), (unsigned long long)s->dominated);
    if (o->irredundant && s->model_count_exact)
        parley_doc_note(doc, PARLEY_SAY(in->lang, "Irredundant models: %s. Each leaves a configuration uncovered when any of its terms goes; it need not have the fewest terms.",
                                        "无冗余模型:%s 个。去掉任何一项都会遗漏某个组态;其项数不一定最少。"), s->model_count);

    if (!s->implicants_complete)
        parley_doc_note(doc, PARLEY_SAY(in->lang, "Partial: the search for prime implicants stopped after %llu of them; the models below are valid but shorter ones may exist.",
                                        "不完整:素蕴涵项搜索在找到 %llu 个后停止;以下模型有效,但可能存在更短的模型。"), (unsigned long long)s->implicant_count);
    if (!s->model_size_proven)
        parley_doc_note(doc, PARLEY_SAY(in->lang, "The best model found has %zu terms; it is proven that none has fewer than %zu.",
                                        "找到的最佳模型有 %zu 项;已证明没有少于 %zu 项的模型。"), s->model_size, s->model_bound);
    else if (!s->model_count_exact && !option_given(in, "first"))
        parley_doc_note(doc, PARLEY_SAY(in->lang, "There are at least %s models; counting all was given up (--effort raises the limit).",
                                        "至少有 %s 个模型;完整计数已放弃(可用 --effort 提高上限)。"), s->model_count);
    else if (!o->irredundant && s->model_count_exact && strcmp(s->model_count, "1"))
        parley_doc_note(doc, PARLEY_SAY(in->lang, "Model ambiguity: the data allow %s different minimal models. A finding that is not in all of them is not settled by these data.",
                                        "模型不唯一:数据允许 %s 个不同的最简模型。并非所有模型共有的结论,不能由这些数据确定。"), s->model_count);
}

static enum parley_status print_doc(struct invocation *in, const struct parley_qca_table *t, const struct parley_qca_options *o, const struct parley_qca_enhanced *e, const struct parley_qca_result *r)
{
    struct parley_doc doc;
    const struct parley_qca_solution *s = &r->solution;
    const char *names[] = { PARLEY_SAY(in->lang, "Complex", "复杂"), PARLEY_SAY(in->lang, "Parsimonious", "简约"), PARLEY_SAY(in->lang, "Intermediate", "中间") };
    const char *outcome = qca_set_text(in, t->data, t->spec.outcome);
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Minimisation", "最小化"));
    parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%s solution for %s: %llu prime implicants, %zu terms%s.", "%s解,结果 %s:%llu 个素蕴涵项,%zu 项%s。"), names[o->kind],
                         outcome, (unsigned long long)s->implicant_count, s->model_size,
                         s->model_size_proven ? PARLEY_SAY(in->lang, " (proven to be the fewest)", "(已证明最少)") : "");
    if (e)
        show_enhanced(in, &doc, e);
    say_count(in, &doc, o, s);
    bool summary = option_given(in, "summary");
    if (!summary && s->n_essential) {
        struct parley_text text;
        parley_text_init(&text, 1 << 20);
        for (size_t i = 0; i < s->n_essential; i++)
            parley_text_addf(&text, "%s%s", i ? ", " : "", s->essential[i].text);
        parley_doc_paragraph(&doc, "%s: %s%s", PARLEY_SAY(in->lang, "In every model (essential)", "所有模型共有(必要素蕴涵项)"), parley_text_str(&text),
                             s->essential_complete ? "" : PARLEY_SAY(in->lang, " (others may be too)", "(可能还有其他)"));
        parley_text_release(&text);
    }
    for (size_t i = 0; !summary && i < s->n_models && i < TEXT_MODELS; i++) {
        parley_doc_heading(&doc, 2, NULL, PARLEY_SAY(in->lang, "Model %zu", "模型 %zu"), i + 1);
        parley_doc_paragraph(&doc, "%s => %s", s->model[i].text, outcome);
        model_table(in, &doc, &s->model[i]);
    }
    if (!summary && s->n_models > TEXT_MODELS)
        parley_doc_note(&doc, PARLEY_SAY(in->lang, "%zu more models are not shown; use --json.", "另有 %zu 个模型未显示;请用 --json。"), s->n_models - TEXT_MODELS);
    return finish_doc(in, &doc);
}

static enum parley_status read_options(struct invocation *in, const struct parley_qca_table *t, struct parley_qca_options *o)
{
    int kind = -1;
    uint64_t models = 1000, implicants = 100000, threads = 0;
    enum parley_status status = option_choice(in, "solution", kinds, &kind);
    if (!status && kind < 0)
        kind = option_given(in, "expect") ? PARLEY_QCA_INTERMEDIATE : PARLEY_QCA_COMPLEX;
    if (!status)
        status = option_u64(in, "max-models", 0, 10000000, &models);
    if (!status)
        status = option_u64(in, "max-implicants", 0, 100000000, &implicants);
    if (!status)
        status = option_u64(in, "effort", 1, 1000000000000000, &o->effort);
    if (!status)
        status = option_u64(in, "threads", 1, 1024, &threads);
    if (status)
        return status;
    bool summary = option_given(in, "summary");
    o->kind = (enum parley_qca_solution_kind)kind;
    o->include_c = option_given(in, "include-contradictions");
    o->first = option_given(in, "first");
    o->row_dominance = option_given(in, "row-dominance");
    o->irredundant = option_given(in, "all-irredundant");
    if (o->irredundant && (o->first || o->kind == PARLEY_QCA_INTERMEDIATE))
        return parley_fail(&in->err, PARLEY_EINVAL, "--all-irredundant goes with a complex or parsimonious solution and without --first");
    o->max_models = o->first ? 1 : summary && o->kind != PARLEY_QCA_INTERMEDIATE ? 0 : models;
    o->max_implicants = summary ? 0 : implicants;
    o->threads = (unsigned)threads;
    if (!option_given(in, "expect"))
        return PARLEY_OK;
    if (o->kind != PARLEY_QCA_INTERMEDIATE)
        return parley_fail(&in->err, PARLEY_EINVAL, "--expect goes with --solution intermediate");
    uint64_t *expect = PARLEY_NEW(&in->arena, uint64_t, t->spec.k);
    if (!expect)
        return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for expectations");
    o->expect = expect;
    return parley_qca_parse_expect(t, option_text(in, "expect"), expect, &in->err);
}

static enum parley_status run(struct invocation *in)
{
    struct parley_qca_data data;
    struct parley_qca_table table;
    struct parley_qca_options options = { 0 };
    struct parley_qca_result result;
    struct parley_qca_enhanced found, *enhanced = option_given(in, "enhanced") ? &found : NULL;
    if (option_given(in, "impossible") && !enhanced)
        return parley_fail(&in->err, PARLEY_EINVAL, "--impossible goes with --enhanced");
    enum parley_status status = qca_input(in, &data, &table);
    if (!status && enhanced)
        status = parley_qca_enhance(&table, option_text(in, "impossible"), &in->progress, &in->arena, &table, enhanced, &in->err);
    if (!status)
        status = read_options(in, &table, &options);
    if (status)
        return status;
    if (options.row_dominance)
        say(in, "warning: --row-dominance deletes valid models; leave it out for every model the data allow");
    status = parley_qca_minimize(&table, &options, &in->progress, &in->arena, &result, &in->err);
    if (status && status != PARLEY_ECANCELLED)
        return status;
    if (status && !result.solution.k)
        return status; /* stopped before there was anything to show */
    if (wants_json(in))
        print_json(in, &table, &options, enhanced, &result);
    else if (print_doc(in, &table, &options, enhanced, &result))
        return in->err.status;
    return status;
}

const struct command command_qca_minimize = {
    .name = "qca minimize",
    .operands = "FILE.csv",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Minimal models of a truth table: complex, parsimonious or intermediate solution.",
    .summary_zh = "真值表的最简模型:复杂解、简约解或中间解。",
    .text = "Makes the truth table (see 'qca table') and finds all prime implicants, the smallest models made of them (fewest terms) and how many such "
            "models there are. The number of models is exact even where their listing is cut: where it is not 1, the data do not settle which model "
            "is the right one.\n\n"
            "complex: configurations without cases do not lead to the outcome. parsimonious: they may be assumed to, where that makes the model "
            "simpler. intermediate: only where the assumption is in accord with --expect, the directions that theory expects ('A,~B': A present and B "
            "absent contribute; or '1,0,-', one mark for each condition).\n\n"
            "--enhanced first finds and excludes the rows that no sound argument may use: remainders --impossible is true of, remainders assumed for "
            "the outcome and also for its negation (again after each exclusion, until none is left), and observed rows consistent with both.\n\n"
            "--all-irredundant lists longer models too, as long as no term of theirs can go without leaving a configuration uncovered: whoever holds that "
            "fewest terms is no evidence of truth compares these.\n\n"
            "Very large problems end with the best model found, a bound below which no model can be, and say what is not proven. Ctrl-C does the same.",
    .examples = "parley qca minimize examples/pledges.csv --outcome KEPT --solution parsimonious\n"
                "parley qca minimize examples/hotlines.csv --outcome USED --pri-cut 0.5 --solution intermediate --expect \"TRUSTED,EXERCISED\"\n"
                "# no untenable assumptions\n"
                "parley qca minimize examples/pledges.csv --outcome KEPT --solution parsimonious --enhanced --impossible \"AUDIENCE*~DEPENDENT\"\n"
                "# also models with more terms than the smallest\n"
                "parley qca minimize examples/hotlines.csv --outcome USED --pri-cut 0.5 --solution parsimonious --all-irredundant\n"
                "# multi-value conditions, as JSON\n"
                "parley qca minimize examples/forums.csv --outcome OUTPUT --solution parsimonious --json\n",
    .options = (const struct option[]){
        QCA_TABLE_OPTIONS,
        { "solution", 0, "KIND", "complex, parsimonious or intermediate. Default: complex; intermediate with --expect." },
        { "expect", 0, "A,~B", "Directional expectations of an intermediate solution." },
        { "include-contradictions", 0, NULL, "Rows with OUT C need not be covered but may be." },
        { "enhanced", 0, NULL, "Enhanced standard analysis: no model may rely on untenable rows, which are listed." },
        { "impossible", 0, "TEXT", "With --enhanced: configurations that cannot exist, as an expression." },
        { "all-irredundant", 0, NULL, "Every model of which no term can go, also those with more terms than the smallest." },
        { "row-dominance", 0, NULL, "Drop implicants whose configurations another covers and more. This deletes valid models." },
        { "first", 0, NULL, "One minimal model is enough: do not count the others." },
        { "summary", 0, NULL, "Numbers only: leave out implicants and models." },
        { "max-models", 0, "N", "List at most N models. Default: 1000." },
        { "max-implicants", 0, "N", "List at most N prime implicants. Default: 100000." },
        { "effort", 0, "N", "Entries of the chart that may be touched before a proof or a count is given up. Default: 4000000000." },
        { "threads", 0, "N", "Threads. Default: one for each processor; the result does not depend on it." },
        { 0 } },
    .run = run,
};
