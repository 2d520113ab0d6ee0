/* Complex, parsimonious and intermediate solutions of a truth table. */
#include "qca_solve.h"

#include <parley/text.h>

#include <stdlib.h>
#include <string.h>

struct minimizing {
    const struct parley_qca_table *table;
    const struct parley_qca_options *options;
    const struct parley_progress *progress;
    struct parley_arena *arena;
    uint8_t *on;
    size_t n_on;
    struct parley_error *err;
};

static enum parley_status no_memory(struct parley_error *err) { return parley_fail(err, PARLEY_ENOMEM, "no memory for the minimisation"); }

static enum parley_status solve_against(struct minimizing *m, const uint8_t *off, size_t n_off, struct parley_qca_solution *out)
{
    struct qca_problem problem = { .k = m->table->spec.k, .n_on = m->n_on, .n_off = n_off, .on = m->on, .off = off };
    if (!n_off)
        return parley_fail(m->err, PARLEY_EDOM, "no row has OUT 0, so every configuration would lead to the outcome; look at the truth table, "
                           "raise --incl-cut or add cases without the outcome");
    return qca_solve(m->table, &problem, m->options, m->progress, m->arena, out, m->err);
}

static enum parley_status solve_plain(struct minimizing *m, enum parley_qca_solution_kind kind, struct parley_qca_solution *out)
{
    uint8_t *off = NULL;
    size_t n = 0;
    bool ok = kind == PARLEY_QCA_COMPLEX ? qca_off_complex(m->table, m->options, &off, &n) : qca_off_observed(m->table, m->options, &off, &n);
    enum parley_status status = ok ? solve_against(m, off, n, out) : no_memory(m->err);
    free(off);
    return status;
}

/* A literal of the complex term stays when the parsimonious term has it, or unless an expectation speaks against its value. */
static void intermediate_term(const struct minimizing *m, const uint8_t *complex, const uint8_t *parsimonious, uint8_t *to)
{
    for (size_t j = 0; j < m->table->spec.k; j++) {
        bool against = complex[j] != PARLEY_QCA_ANY && m->options->expect && m->options->expect[j] && !(m->options->expect[j] >> complex[j] & 1);
        to[j] = parsimonious[j] == PARLEY_QCA_ANY && against ? PARLEY_QCA_ANY : complex[j];
    }
}

static bool contains(const uint8_t *wide, const uint8_t *narrow, size_t k)
{
    for (size_t j = 0; j < k; j++)
        if (wide[j] != PARLEY_QCA_ANY && wide[j] != narrow[j])
            return false;
    return true;
}

static bool in_cubes(const uint8_t *cubes, size_t n, const uint8_t *config, size_t k)
{
    for (size_t i = 0; i < n; i++)
        if (parley_qca_term_covers(cubes + i * k, config, k))
            return true;
    return false;
}

/* Remainders inside the cubes are easy counterfactuals; those the parsimonious model assumes besides are difficult ones. */
static enum parley_status counterfactuals(struct minimizing *m, const uint8_t *cubes, size_t n, const struct parley_qca_model *p, struct parley_qca_pair *out)
{
    struct parley_qca_remainders walk;
    if (!parley_qca_remainders_begin(m->table, &walk))
        return PARLEY_OK;
    size_t k = m->table->spec.k;
    uint64_t *easy = PARLEY_NEW(m->arena, uint64_t, walk.rows), *difficult = PARLEY_NEW(m->arena, uint64_t, walk.rows);
    if (!easy || !difficult)
        return no_memory(m->err);
    while (parley_qca_remainders_next(&walk)) {
        bool assumed = false;
        if (in_cubes(cubes, n, walk.config, k)) {
            easy[out->n_easy++] = walk.number;
            continue;
        }
        for (size_t i = 0; i < p->n && !assumed; i++)
            assumed = parley_qca_term_covers(p->term[i].value, walk.config, k);
        if (assumed)
            difficult[out->n_difficult++] = walk.number;
    }
    out->easy = easy;
    out->difficult = difficult;
    out->counterfactuals_known = true;
    return PARLEY_OK;
}

static enum parley_status solve_pair(struct minimizing *m, const struct parley_qca_model *c, const struct parley_qca_model *p,
                                     struct parley_qca_pair *out)
{
    size_t k = m->table->spec.k, n = m->n_on, n_off = 0;
    uint8_t *cubes = malloc((m->n_on + c->n * p->n + m->table->n_rows + 1) * k), *off = NULL;
    enum parley_status status;
    if (!cubes)
        return no_memory(m->err);
    memcpy(cubes, m->on, m->n_on * k);
    for (size_t i = 0; i < c->n; i++)
        for (size_t j = 0; j < p->n; j++)
            if (contains(p->term[j].value, c->term[i].value, k))
                intermediate_term(m, c->term[i].value, p->term[j].value, cubes + n++ * k);
    for (size_t r = 0; m->options->include_c && r < m->table->n_rows; r++)
        if (m->table->row[r].out == 'C')
            memcpy(cubes + n++ * k, m->table->row[r].config, k);
    status = qca_off_complement(m->table, cubes, n, &off, &n_off) ? solve_against(m, off, n_off, &out->solution) : no_memory(m->err);
    if (!status)
        status = counterfactuals(m, cubes, n, p, out);
    free(cubes);
    free(off);
    return status;
}

static int pair_model_order(const void *a, const void *b)
{
    return qca_model_order(*(const struct parley_qca_model *const *)a, *(const struct parley_qca_model *const *)b);
}

/* The models of all pairs together, equal ones once; implicants and essentials likewise. */
static enum parley_status join_pairs(struct minimizing *m, struct parley_qca_result *out)
{
    struct parley_qca_solution *s = &out->solution;
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < out->n_pairs; i++)
        n += out->pair[i].solution.n_models;
    const struct parley_qca_model **all = malloc((n + 1) * sizeof *all);
    struct parley_qca_model *model = PARLEY_NEW(m->arena, struct parley_qca_model, n);
    if (!all || !model) {
        free((void *)all);
        return no_memory(m->err);
    }
    *s = out->pair[0].solution;
    struct parley_qca_term *essential = PARLEY_NEW(m->arena, struct parley_qca_term, s->n_essential);
    if (!essential) {
        free((void *)all);
        return no_memory(m->err);
    }
    memcpy(essential, s->essential, s->n_essential * sizeof *essential);
    s->essential = essential;
    n = 0;
    for (size_t i = 0; i < out->n_pairs; i++) {
        const struct parley_qca_solution *one = &out->pair[i].solution;
        s->dominated += i ? one->dominated : 0;
        s->models_cut |= one->models_cut;
        s->implicants_complete &= one->implicants_complete;
        s->model_size_proven &= one->model_size_proven;
        s->essential_complete &= one->essential_complete;
        s->model_count_exact &= one->model_count_exact && one->n_models && one->models_first_in_order && !out->pairs_cut;
        s->model_size = one->model_size < s->model_size ? one->model_size : s->model_size;
        s->model_bound = one->model_bound < s->model_bound ? one->model_bound : s->model_bound;
        for (size_t j = 0; j < one->n_models; j++)
            all[n++] = &one->model[j];
    }
    qsort((void *)all, n, sizeof *all, pair_model_order);
    for (size_t i = 0; i < n; i++)
        if (!i || strcmp(all[i]->text, all[i - 1]->text))
            model[kept++] = *all[i];
    free((void *)all);
    s->model = model;
    s->n_models = kept < m->options->max_models ? kept : m->options->max_models;
    s->models_first_in_order = s->model_count_exact;
    s->model_count = parley_arena_printf(m->arena, "%zu", kept);
    return s->model_count ? PARLEY_OK : no_memory(m->err);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct parley_qca_term *)a)->text, ((const struct parley_qca_term *)b)->text);
}

/* Essential are the terms that are essential in every pair. */
static void join_essential(struct parley_qca_result *out)
{
    struct parley_qca_term *to = (struct parley_qca_term *)(uintptr_t)out->solution.essential;
    size_t kept = 0;
    for (size_t e = 0; e < out->solution.n_essential; e++) {
        bool everywhere = true;
        for (size_t i = 1; i < out->n_pairs && everywhere; i++) {
            const struct parley_qca_solution *s = &out->pair[i].solution;
            everywhere = s->n_essential && bsearch(&to[e], s->essential, s->n_essential, sizeof *to, by_text);
        }
        if (everywhere)
            to[kept++] = to[e];
    }
    out->solution.n_essential = kept;
}

/* Prime implicants of all pairs, equal ones once. */
static enum parley_status join_terms(struct minimizing *m, struct parley_qca_result *out)
{
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < out->n_pairs; i++)
        n += out->pair[i].solution.n_implicants;
    struct parley_qca_term *term = PARLEY_NEW(m->arena, struct parley_qca_term, n);
    if (!term)
        return no_memory(m->err);
    n = 0;
    for (size_t i = 0; i < out->n_pairs; i++)
        for (size_t j = 0; j < out->pair[i].solution.n_implicants; j++)
            term[n++] = out->pair[i].solution.implicant[j];
    qsort(term, n, sizeof *term, by_text);
    for (size_t i = 0; i < n; i++)
        if (!i || strcmp(term[i].text, term[i - 1].text))
            term[kept++] = term[i];
    out->solution.implicant = term;
    out->solution.n_implicants = kept;
    if (out->n_pairs > 1)
        out->solution.implicant_count = kept;
    join_essential(out);
    return PARLEY_OK;
}

static enum parley_status solve_intermediate(struct minimizing *m, struct parley_qca_result *out)
{
    enum parley_status status = solve_plain(m, PARLEY_QCA_COMPLEX, &out->complex);
    if (!status)
        status = solve_plain(m, PARLEY_QCA_PARSIMONIOUS, &out->parsimonious);
    if (status)
        return status;
    size_t all = out->complex.n_models * out->parsimonious.n_models;
    out->pairs_cut = all > PARLEY_QCA_PAIRS_MAX || !out->complex.models_first_in_order || !out->parsimonious.models_first_in_order;
    if (m->options->first)
        all = all ? 1 : 0;
    out->pair = PARLEY_NEW(m->arena, struct parley_qca_pair, all < PARLEY_QCA_PAIRS_MAX ? all : PARLEY_QCA_PAIRS_MAX);
    if (!out->pair)
        return no_memory(m->err);
    for (size_t i = 0; i < all && i < PARLEY_QCA_PAIRS_MAX; i++) {
        struct parley_qca_pair *pair = &out->pair[i];
        pair->complex_model = i / out->parsimonious.n_models;
        pair->parsimonious_model = i % out->parsimonious.n_models;
        status = solve_pair(m, &out->complex.model[pair->complex_model], &out->parsimonious.model[pair->parsimonious_model], pair);
        if (status)
            return status;
        out->n_pairs++;
    }
    if (!out->n_pairs)
        return parley_fail(m->err, PARLEY_EINVAL, "an intermediate solution needs complex and parsimonious models; allow at least one model");
    status = join_pairs(m, out);
    return status ? status : join_terms(m, out);
}

enum parley_status parley_qca_minimize(const struct parley_qca_table *table, const struct parley_qca_options *options,
                                       const struct parley_progress *progress, struct parley_arena *arena, struct parley_qca_result *out,
                                       struct parley_error *err)
{
    struct minimizing m = { .table = table, .options = options, .progress = progress, .arena = arena, .err = err };
    struct parley_qca_result result = { 0 };
    enum parley_status status = PARLEY_OK;
    if (!qca_on_rows(table, &m.on, &m.n_on))
        status = no_memory(err);
    else if (!m.n_on)
        status = parley_fail(err, PARLEY_EDOM, "no row leads to the outcome (no OUT 1 in the truth table); lower --incl-cut, --pri-cut or --n-cut, or look at "
                             "the truth table first");
    else if (options->kind == PARLEY_QCA_INTERMEDIATE)
        status = solve_intermediate(&m, &result);
    else
        status = solve_plain(&m, options->kind, &result.solution);
    free(m.on);
    if (!status || status == PARLEY_ECANCELLED)
        *out = result;
    return status;
}

/* "1,0,-": one mark for each condition. */
static bool parse_marks(const struct parley_qca_table *t, const char *text, uint64_t *expect)
{
    size_t j = 0;
    for (const char *p = text;; p++) {
        p += strspn(p, " ");
        if (j == t->spec.k || !strchr("01-", *p) || !*p)
            return false;
        expect[j++] = *p == '-' ? 0 : *p == '1' ? 2 : 1;
        p++;
        p += strspn(p, " ");
        if (!*p)
            return j == t->spec.k;
        if (*p != ',')
            return false;
    }
}

enum parley_status parley_qca_parse_expect(const struct parley_qca_table *t, const char *text, uint64_t *expect, struct parley_error *err)
{
    memset(expect, 0, t->spec.k * sizeof *expect);
    if (parse_marks(t, text, expect))
        return PARLEY_OK;
    for (const char *p = text; *p;) {
        char word[160];
        size_t len = 0, depth = 0;
        p += strspn(p, " ");
        for (; p[len] && (depth || p[len] != ','); len++)
            depth += p[len] == '[' || p[len] == '{' ? 1 : p[len] == ']' || p[len] == '}' ? (size_t)-1 : 0;
        if (len >= sizeof word)
            return parley_fail(err, PARLEY_EINVAL, "--expect: '%.60s...' is too long for a condition", p);
        memcpy(word, p, len);
        while (len && word[len - 1] == ' ')
            len--;
        word[len] = 0;
        struct parley_qca_set set;
        enum parley_status status = parley_qca_parse_set(t->data, word, &set, err);
        if (status)
            return status;
        size_t j = 0;
        while (j < t->spec.k && t->spec.condition[j] != set.column)
            j++;
        if (j == t->spec.k)
            return parley_fail(err, PARLEY_EINVAL, "--expect: %s is no condition of this analysis", t->data->column[set.column].name);
        expect[j] |= set.values;
        p = strchr(p + strlen(word), ',') ? p + strcspn(p + strlen(word), ",") + strlen(word) + 1 : "";
    }
    return PARLEY_OK;
}
