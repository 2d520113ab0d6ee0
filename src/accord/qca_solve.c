#include "qca_solve.h"

#include "qca_chart.h"
#include "qca_cover.h"
#include "qca_covers.h"
#include "qca_essential.h"
#include "qca_lagrange.h"
#include "qca_skeletons.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_ALL = 2000, FIT_TICK = 1000 }; /* up to so many models are all listed and then cut in order */

static const uint64_t EFFORT = 4000000000u;
static const size_t BYTES = (size_t)3 << 30;

struct solving {
    const struct parley_qca_table *table;
    const struct qca_problem *problem;
    const struct parley_qca_options *options;
    const struct parley_progress *progress;
    struct parley_arena *arena;
    struct parley_qca_solution *out;
    struct parley_error *err;
    struct qca_implicants im;
    struct qca_chart chart;
    struct qca_matrix columns; /* the maximal groups */
    uint32_t **member;         /* [chart.n] implicants of a group, found when first asked for: index list, or NULL */
};

static int term_order(const void *a, const void *b)
{
    return strcmp(((const struct parley_qca_term *)a)->text, ((const struct parley_qca_term *)b)->text);
}

int qca_model_order(const void *a, const void *b)
{
    const struct parley_qca_model *x = a, *y = b;
    return x->n != y->n ? (x->n > y->n) - (x->n < y->n) : strcmp(x->text, y->text);
}

static enum parley_status no_memory(struct solving *s) { return parley_fail(s->err, PARLEY_ENOMEM, "no memory for the solution"); }

static bool make_term(struct solving *s, size_t row, uint64_t mask, struct parley_qca_term *term)
{
    size_t k = s->problem->k;
    uint8_t *value = parley_arena_alloc(s->arena, k);
    if (!value)
        return false;
    for (size_t j = 0; j < k; j++)
        value[j] = mask >> j & 1 ? s->problem->on[row * k + j] : PARLEY_QCA_ANY;
    term->value = value;
    term->text = parley_qca_term_text(s->table, value, s->arena);
    return term->text != NULL;
}

static enum parley_status list_implicants(struct solving *s)
{
    size_t max = s->out->implicant_count < s->options->max_implicants ? s->out->implicant_count : s->options->max_implicants, n = 0;
    struct parley_qca_term *term = PARLEY_NEW(s->arena, struct parley_qca_term, max);
    if (!term)
        return no_memory(s);
    for (size_t r = 0; r < s->im.n_on; r++)
        for (size_t i = 0; i < s->im.row[r].n && n < max; i++)
            if (s->chart.multiplicity[s->chart.base[r] + s->im.row[r].group[i]] && !make_term(s, r, s->im.row[r].mask[i], &term[n++]))
                return no_memory(s);
    qsort(term, n, sizeof *term, term_order);
    s->out->implicant = term;
    s->out->n_implicants = n;
    return PARLEY_OK;
}

/* Implicants of a group: indices into its row's list. */
static const uint32_t *members(struct solving *s, uint32_t group)
{
    if (!s->member[group]) {
        const struct qca_row_implicants *row = &s->im.row[s->chart.first[group]];
        uint32_t local = group - s->chart.base[s->chart.first[group]];
        uint32_t *list = malloc((s->chart.multiplicity[group] + 1) * sizeof *list);
        if (!list)
            return NULL;
        for (size_t i = 0, n = 0; i < row->n; i++)
            if (row->group[i] == local)
                list[n++] = (uint32_t)i;
        s->member[group] = list;
    }
    return s->member[group];
}

static bool group_term(struct solving *s, uint32_t group, size_t which, struct parley_qca_term *term)
{
    const uint32_t *list = members(s, group);
    size_t row = s->chart.first[group];
    return list && make_term(s, row, s->im.row[row].mask[list[which]], term);
}

/* Without an exact count: an implicant that alone covers some row is in every model. */
static enum parley_status essential_by_rows(struct solving *s)
{
    size_t rows = s->chart.rows, n = 0;
    uint64_t *times = calloc(rows + 1, sizeof *times);
    uint32_t *only = calloc(rows + 1, sizeof *only);
    uint8_t *seen = calloc(s->chart.n + 1, 1);
    struct parley_qca_term *term = PARLEY_NEW(s->arena, struct parley_qca_term, rows);
    bool ok = times && only && seen && term;
    for (size_t g = 0; ok && g < s->chart.n; g++)
        for (size_t w = 0; w < s->chart.words; w++)
            for (uint64_t b = s->chart.cover[g * s->chart.words + w]; b; b &= b - 1) {
                size_t r = w * 64 + (size_t)__builtin_ctzll(b);
                times[r] += s->chart.multiplicity[g];
                if (s->chart.multiplicity[g])
                    only[r] = (uint32_t)g;
            }
    for (size_t r = 0; ok && r < rows; r++)
        if (times[r] == 1 && !seen[only[r]]) {
            seen[only[r]] = 1;
            ok = group_term(s, only[r], 0, &term[n++]);
        }
    free(times);
    free(only);
    free(seen);
    if (!ok)
        return no_memory(s);
    qsort(term, n, sizeof *term, term_order);
    s->out->essential = term;
    s->out->n_essential = n;
    return PARLEY_OK;
}

/* With it: the groups of every minimal model, found from covers without one of them. candidate [chart.n]: groups of every model seen. */
static enum parley_status essential_by_search(struct solving *s, const uint32_t *usable, size_t n_usable, uint8_t *candidate)
{
    struct parley_qca_term *term = PARLEY_NEW(s->arena, struct parley_qca_term, s->out->model_size);
    size_t n = 0;
    uint64_t effort = s->options->effort ? s->options->effort : EFFORT;
    if (!term || !qca_essential_groups(&s->chart, usable, n_usable, s->out->model_size, effort / 2, s->progress, candidate,
                                       &s->out->essential_complete))
        return no_memory(s);
    for (uint32_t g = 0; g < s->chart.n; g++)
        if (candidate[g] && !group_term(s, g, 0, &term[n++]))
            return no_memory(s);
    qsort(term, n, sizeof *term, term_order);
    s->out->essential = term;
    s->out->n_essential = n;
    return PARLEY_OK;
}

/* Implicants are missing: give each row that has none at least one, by dropping conditions while no OFF cube enters. */
static bool add_missing(struct solving *s)
{
    const struct qca_problem *p = s->problem;
    size_t words = s->im.words, n_sets;
    uint64_t *covered = calloc(words, sizeof *covered), *sets = malloc((2 * p->n_off + 65) * sizeof *sets);
    bool ok = covered && sets;
    for (size_t r = 0; ok && r < p->n_on; r++)
        for (size_t g = 0; g < s->im.row[r].n_groups; g++)
            for (size_t w = 0; w < words; w++)
                covered[w] |= s->im.row[r].cover[g * words + w];
    for (size_t r = 0; ok && r < p->n_on; r++) {
        struct qca_row_implicants *to = &s->im.row[r];
        if (covered[r / 64] >> r % 64 & 1)
            continue;
        qca_differences(p, p->on + r * p->k, sets, &n_sets);
        uint64_t mask = qca_agree(p->on + r * p->k, p->on + r * p->k, p->k);
        for (size_t j = 0; j < p->k; j++) {
            uint64_t less = mask & ~((uint64_t)1 << j);
            size_t e = 0;
            while (e < n_sets && (sets[e] & less))
                e++;
            if (e == n_sets)
                mask = less;
        }
        to->mask = realloc(to->mask, sizeof *to->mask);
        to->group = realloc(to->group, sizeof *to->group);
        to->cover = realloc(to->cover, words * sizeof *to->cover);
        to->multiplicity = realloc(to->multiplicity, sizeof *to->multiplicity);
        if (!(ok = to->mask && to->group && to->cover && to->multiplicity))
            break;
        memset(to->cover, 0, words * sizeof *to->cover);
        for (size_t j = 0; j < p->n_on; j++)
            if (!(mask & ~qca_agree(p->on + r * p->k, p->on + j * p->k, p->k)))
                to->cover[j / 64] |= (uint64_t)1 << j % 64;
        for (size_t w = 0; w < words; w++)
            covered[w] |= to->cover[w];
        to->mask[0] = mask;
        to->group[0] = 0;
        to->multiplicity[0] = 1;
        to->n = to->n_groups = to->cap = to->cap_groups = 1;
        s->im.count++;
        s->im.n_groups++;
    }
    free(covered);
    free(sets);
    return ok;
}

/* Rows no two of which fit into one implicant: each needs a term of its own, whatever implicants are missing. */
static size_t independent_rows(const struct qca_problem *p)
{
    size_t n = 0, n_sets;
    uint32_t *chosen = malloc((p->n_on + 1) * sizeof *chosen);
    uint64_t *sets = malloc((2 * p->n_off + 65) * sizeof *sets);
    for (size_t r = 0; chosen && sets && r < p->n_on; r++) {
        bool alone = true;
        qca_differences(p, p->on + r * p->k, sets, &n_sets);
        for (size_t i = 0; i < n && alone; i++) {
            uint64_t agree = qca_agree(p->on + r * p->k, p->on + chosen[i] * p->k, p->k);
            size_t e = 0;
            while (e < n_sets && (sets[e] & agree))
                e++;
            alone = e < n_sets;
        }
        if (alone)
            chosen[n++] = (uint32_t)r;
    }
    free(chosen);
    free(sets);
    return n;
}

struct list { /* models being listed */
    struct solving *s;
    struct parley_qca_model *model; /* [cap] */
    size_t n, cap, max, bytes;
    bool failed, cut; /* cut: PARLEY_QCA_LIST_BYTES are full */
};

/* What the model takes, about. */
static size_t bytes_of(const struct solving *s, const struct parley_qca_model *m)
{
    return sizeof *m + m->n * (sizeof *m->term + sizeof *m->term_fit + s->problem->k + 16) + 2 * strlen(m->text);
}

static bool finish_model(struct solving *s, struct parley_qca_term *term, size_t n, struct parley_qca_model *model)
{
    qsort(term, n, sizeof *term, term_order);
    size_t len = 0;
    for (size_t i = 0; i < n; i++)
        len += strlen(term[i].text) + 3;
    char *text = parley_arena_alloc(s->arena, len + 1), *p = text;
    if (!text)
        return false;
    for (size_t i = 0; i < n; i++) {
        size_t l = strlen(term[i].text);
        if (i)
            memcpy(p, " + ", 3), p += 3;
        memcpy(p, term[i].text, l);
        p += l;
    }
    *p = 0;
    *model = (struct parley_qca_model){ .n = n, .term = term, .text = text };
    return true;
}

static bool room_for_one(struct list *l)
{
    if (l->n < l->cap)
        return true;
    size_t cap = l->cap ? 2 * l->cap : 64;
    struct parley_qca_model *more = realloc(l->model, cap * sizeof *more);
    if (!more)
        return l->failed = true, false;
    l->model = more;
    l->cap = cap;
    return true;
}

/* One set of groups stands for as many models as the product of their sizes. */
static bool expand_groups(void *ctx, const uint32_t *group, size_t size)
{
    struct list *l = ctx;
    struct solving *s = l->s;
    size_t which[1024] = { 0 };
    if (size > 1024)
        return false;
    for (;;) {
        if (!room_for_one(l))
            return false;
        struct parley_qca_term *term = PARLEY_NEW(s->arena, struct parley_qca_term, size);
        bool ok = term != NULL;
        for (size_t i = 0; ok && i < size; i++)
            ok = group_term(s, group[i], which[i], &term[i]);
        if (!ok || !finish_model(s, term, size, &l->model[l->n])) {
            l->failed = true;
            return false;
        }
        l->bytes += bytes_of(s, &l->model[l->n]);
        l->cut = l->bytes > PARLEY_QCA_LIST_BYTES;
        if (++l->n == l->max || l->cut)
            return false;
        size_t i = 0;
        while (i < size && ++which[i] == s->chart.multiplicity[group[i]])
            which[i++] = 0;
        if (i == size)
            return true;
    }
}

static bool expand(void *ctx, const uint32_t *group)
{
    struct list *l = ctx;
    return expand_groups(ctx, group, l->s->out->model_size);
}

static const char *decimal(struct parley_arena *arena, qca_count n)
{
    char text[48], *p = text + sizeof text;
    *--p = 0;
    do
        *--p = (char)('0' + (int)(n % 10));
    while (n /= 10);
    return parley_arena_strdup(arena, p);
}

static enum parley_status fit_models(struct solving *s)
{
    for (size_t i = 0; i < s->out->n_models; i++) {
        if (i && i % FIT_TICK == 0 && !parley_tick(s->progress, (double)i, (double)s->out->n_models, "fit of models")) {
            s->out->n_models = i;
            return parley_fail(s->err, PARLEY_ECANCELLED, "stopped while measuring models; %zu of %s are listed", i, s->out->model_count);
        }
        struct parley_qca_model *m = (struct parley_qca_model *)(uintptr_t)&s->out->model[i];
        struct parley_qca_fit *fit = PARLEY_NEW(s->arena, struct parley_qca_fit, m->n);
        if (!fit)
            return no_memory(s);
        enum parley_status status = parley_qca_terms_fit(s->table, m->term, m->n, &m->fit, fit, s->err);
        if (status)
            return status;
        m->term_fit = fit;
    }
    return PARLEY_OK;
}

static bool prices(struct qca_matrix *columns, size_t size, double *bound)
{
    size_t entries = columns->begin[columns->cols], steps = 400000000 / (entries + 1);
    struct qca_lagrange l = { .iterations = steps > 1000 ? 1000 : steps < 100 ? 100 : steps, .step = 1, .upper = (double)size, .stop_at = 1e300 };
    l.reduced = malloc((columns->cols + 1) * sizeof *l.reduced);
    bool ok = l.reduced && qca_lagrange_bound(columns, &l);
    *bound = l.bound;
    free(l.reduced);
    return ok;
}

static enum parley_status too_many_to_list(struct solving *s, const char *known, size_t made)
{
    return parley_fail(s->err, PARLEY_ENOMEM, "no memory to list the models: %s%s are known, %zu of them were made; list fewer with --max-models, or only count with --summary",
                       s->out->model_count_exact ? "" : "at least ", known ? known : "some", made);
}

/* The list as it will be shown, and how many models there are. */
static enum parley_status keep_list(struct solving *s, struct list *l, qca_count count)
{
    size_t shown = l->n < s->options->max_models ? l->n : s->options->max_models;
    if (l->n)
        qsort(l->model, l->n, sizeof *l->model, qca_model_order);
    struct parley_qca_model *kept = PARLEY_NEW(s->arena, struct parley_qca_model, shown);
    s->out->model_count = decimal(s->arena, count);
    if (!kept || !s->out->model_count)
        return no_memory(s);
    if (shown)
        memcpy(kept, l->model, shown * sizeof *kept);
    s->out->models_first_in_order = s->out->model_count_exact && count == l->n;
    s->out->models_cut = l->cut;
    s->out->model = kept;
    s->out->n_models = shown;
    return PARLEY_OK;
}

/* Groups of one implicant that lead in every skeleton may be in every model. */
static enum parley_status find_essential(struct solving *s, const struct qca_skeletons *k)
{
    uint8_t *candidate = calloc(s->chart.n + 1, 1);
    if (!candidate)
        return no_memory(s);
    for (size_t g = 0; g < s->chart.n; g++)
        candidate[g] = k->skeletons && s->chart.multiplicity[g] == 1 && k->leads[g] == k->skeletons;
    enum parley_status status = essential_by_search(s, k->group, k->n, candidate);
    free(candidate);
    return status;
}

/* All models: their number, and a list. */
static enum parley_status count_and_list(struct solving *s)
{
    double bound;
    qca_count count = 0;
    struct list l = { .s = s, .max = s->options->max_models > LIST_ALL ? s->options->max_models : LIST_ALL };
    struct qca_skeletons k = { .chart = &s->chart, .size = s->out->model_size, .work_limit = s->options->effort ? s->options->effort : EFFORT,
                               .progress = s->progress, .found = expand, .ctx = &l };
    uint32_t *usable = malloc((s->chart.n + 1) * sizeof *usable);
    k.leads = calloc(s->chart.n + 1, sizeof *k.leads);
    bool ok = usable && k.leads && prices(&s->columns, k.size, &bound);
    if (ok) {
        k.n = qca_usable_groups(&s->chart, k.size, s->columns.price, bound, usable);
        k.group = usable;
        k.price = s->columns.price;
        s->out->model_count_exact = qca_skeletons_count(&k, &count);
    }
    if (count < l.n)
        count = l.n;
    if (!count) /* the one that gave the size */
        count = 1;
    enum parley_status status = !ok || k.no_memory ? no_memory(s) : l.failed ? too_many_to_list(s, decimal(s->arena, count), l.n) : keep_list(s, &l, count);
    if (!status && !k.cancelled)
        status = find_essential(s, &k);
    free(usable);
    free(k.leads);
    free(l.model);
    if (status)
        return status;
    return k.cancelled ? parley_fail(s->err, PARLEY_ECANCELLED, "stopped while counting models; there are at least %s", s->out->model_count) : PARLEY_OK;
}

/* All irredundant models, of whatever size; those that alone cover some row are in every one of them. */
static enum parley_status count_and_list_irredundant(struct solving *s)
{
    struct list l = { .s = s, .max = s->options->max_models > LIST_ALL ? s->options->max_models : LIST_ALL };
    struct qca_covers covers = { .chart = &s->chart, .work_limit = s->options->effort ? s->options->effort : EFFORT, .progress = s->progress,
                                 .found = expand_groups, .ctx = &l };
    s->out->model_count_exact = qca_covers_all(&covers);
    enum parley_status status = covers.no_memory || l.failed ? no_memory(s) : keep_list(s, &l, covers.count);
    free(l.model);
    if (status)
        return status;
    return covers.cancelled ? parley_fail(s->err, PARLEY_ECANCELLED, "stopped while counting models; there are at least %s", s->out->model_count) : PARLEY_OK;
}

static enum parley_status one_model(struct solving *s, const struct qca_cover *cover)
{
    struct parley_qca_model *model = PARLEY_NEW(s->arena, struct parley_qca_model, 1);
    struct parley_qca_term *term = PARLEY_NEW(s->arena, struct parley_qca_term, cover->size);
    bool ok = model && term;
    for (size_t i = 0; ok && i < cover->size; i++)
        ok = group_term(s, cover->chosen[i], 0, &term[i]);
    if (!ok || !finish_model(s, term, cover->size, model))
        return no_memory(s);
    s->out->model = model;
    s->out->n_models = s->options->max_models ? 1 : 0;
    s->out->model_count = "1";
    return PARLEY_OK;
}

/* Groups that are no column of `columns` are inside another: they leave the chart, and the models that need them with them. */
static enum parley_status drop_dominated(struct solving *s)
{
    uint8_t *kept = calloc(s->chart.n + 1, 1);
    if (!kept)
        return no_memory(s);
    for (size_t c = 0; c < s->columns.cols; c++)
        kept[s->columns.id[c]] = 1;
    for (size_t g = 0; g < s->chart.n; g++)
        if (!kept[g]) {
            s->out->dominated += s->chart.multiplicity[g];
            s->chart.multiplicity[g] = 0;
        }
    free(kept);
    s->out->implicant_count -= s->out->dominated;
    return PARLEY_OK;
}

static enum parley_status solve_chart(struct solving *s)
{
    struct qca_cover cover = { 0 };
    uint64_t effort = s->options->effort ? s->options->effort : EFFORT;
    enum parley_status status = qca_cover_solve(&s->columns, 0, effort, s->progress, &cover, s->err), later = PARLEY_OK;
    if (status && status != PARLEY_ECANCELLED)
        return status;
    s->out->model_size = cover.size;
    s->out->model_bound = cover.bound;
    if (!s->out->implicants_complete) { /* a missing implicant might cover more */
        s->out->model_bound = independent_rows(s->problem);
        if (s->out->model_bound > cover.size)
            s->out->model_bound = cover.size;
    }
    s->out->model_size_proven = s->out->model_bound == cover.size;
    if (s->options->irredundant && s->out->implicants_complete && !status && cover.size <= 1024)
        later = count_and_list_irredundant(s), s->out->essential_complete = !later;
    else if (!s->out->model_size_proven || s->options->first || status || !s->out->implicants_complete || cover.size > 1024)
        later = one_model(s, &cover);
    else
        later = count_and_list(s);
    free(cover.chosen);
    if (!later || later == PARLEY_ECANCELLED) {
        enum parley_status fits = fit_models(s);
        later = fits ? fits : later;
    }
    return later ? later : status;
}

enum parley_status qca_solve(const struct parley_qca_table *table, const struct qca_problem *problem,
                             const struct parley_qca_options *options, const struct parley_progress *progress,
                             struct parley_arena *arena, struct parley_qca_solution *out, struct parley_error *err)
{
    struct solving s = { .table = table, .problem = problem, .options = options, .progress = progress, .arena = arena, .out = out, .err = err };
    *out = (struct parley_qca_solution){ .k = problem->k, .model_count = "0" };
    enum parley_status status = qca_implicants_find(problem, options->max_bytes ? options->max_bytes : BYTES, options->threads, progress, &s.im, err);
    if (status && status != PARLEY_ECANCELLED)
        return status;
    enum parley_status stopped = status;
    status = PARLEY_OK;
    out->implicant_count = s.im.count;
    out->implicants_complete = s.im.complete;
    if (!(s.im.complete || add_missing(&s)))
        status = no_memory(&s);
    out->implicant_count = s.im.count;
    if (!status && !qca_chart_new(&s.im, &s.chart))
        status = no_memory(&s);
    if (!status && !(s.member = calloc(s.chart.n + 1, sizeof *s.member)))
        status = no_memory(&s);
    if (!status && !qca_chart_maximal(&s.chart, problem, s.im.complete, &s.columns))
        status = no_memory(&s);
    if (!status && options->row_dominance && s.im.complete)
        status = drop_dominated(&s);
    if (!status)
        status = list_implicants(&s);
    if (!status && s.im.complete)
        status = essential_by_rows(&s);
    if (!status)
        status = solve_chart(&s);
    for (size_t g = 0; s.member && g < s.chart.n; g++)
        free(s.member[g]);
    free(s.member);
    qca_matrix_release(&s.columns);
    qca_chart_release(&s.chart);
    qca_implicants_release(&s.im);
    return status ? status : stopped;
}
