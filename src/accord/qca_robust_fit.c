/* A solution against alternative ones: the parameters of Oana and Schneider 2021. */
#include <parley/qca_robust.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MODELS = 1000 };

static enum parley_status no_memory(struct parley_error *err) { return parley_fail(err, PARLEY_ENOMEM, "no memory for the comparison of solutions"); }

/* Membership of all cases in a model; work [n]. */
static void membership(const struct parley_qca_table *t, const struct parley_qca_model *m, double *work, double *out)
{
    for (size_t i = 0; i < t->data->n; i++)
        out[i] = 0;
    for (size_t j = 0; j < m->n; j++) {
        parley_qca_term_membership(t, m->term[j].value, work);
        for (size_t i = 0; i < t->data->n; i++)
            out[i] = fmax(out[i], work[i]);
    }
}

struct bounds { /* what all test solutions, and what any of them, hold of a case */
    double *least, *most, *work, *x;
};

/* Solve with one changed specification; every model of it goes into the bounds, no solution is an empty set. */
static enum parley_status add_test(const struct parley_qca_table *t, const struct parley_qca_options *options, struct parley_qca_robust_test *test, struct bounds *b,
                                   const struct parley_progress *progress, struct parley_arena *arena, struct parley_error *err)
{
    struct parley_arena own = { 0 };
    struct parley_qca_table table;
    struct parley_qca_result result = { 0 };
    size_t n = t->data->n;
    enum parley_status status = parley_qca_truth_table(t->data, &test->spec, &own, &table, err);
    if (!status)
        status = parley_qca_minimize(&table, options, progress, &own, &result, err);
    if (status == PARLEY_EDOM) { /* no row leads to the outcome */
        memset(b->least, 0, n * sizeof *b->least);
        status = PARLEY_OK;
    } else if (!status) {
        test->n_models = result.solution.n_models;
        test->all_models = result.solution.model_count_exact && result.solution.models_first_in_order;
        test->first = parley_arena_strdup(arena, result.solution.n_models ? result.solution.model[0].text : "");
        if (!test->first)
            status = no_memory(err);
        for (size_t m = 0; m < result.solution.n_models; m++) {
            membership(&table, &result.solution.model[m], b->work, b->x);
            for (size_t i = 0; i < n; i++) {
                b->least[i] = fmin(b->least[i], b->x[i]);
                b->most[i] = fmax(b->most[i], b->x[i]);
            }
        }
    }
    parley_arena_release(&own);
    return status;
}

/* Overlap of two sets over their union. */
static double coincidence(const double *a, const double *b, size_t n)
{
    double both = 0, either = 0;
    for (size_t i = 0; i < n; i++) {
        both += fmin(a[i], b[i]);
        either += fmax(a[i], b[i]);
    }
    return both / either;
}

static enum parley_status compare(const struct parley_qca_table *t, const struct parley_qca_model *m, const struct bounds *b, struct parley_arena *arena,
                                  struct parley_qca_robust_fit *out, struct parley_error *err)
{
    size_t n = t->data->n;
    double *x = malloc((2 * n + 1) * sizeof *x);
    out->place = PARLEY_NEW(arena, uint8_t, n);
    out->model = parley_arena_strdup(arena, m->text);
    if (!x || !out->place || !out->model) {
        free(x);
        return no_memory(err);
    }
    double *core = x + n;
    membership(t, m, core, x);
    for (size_t i = 0; i < n; i++) {
        core[i] = fmin(x[i], b->least[i]);
        out->place[i] = core[i] > .5 ? PARLEY_QCA_ROBUST : x[i] > .5 ? PARLEY_QCA_SHAKY : b->most[i] > .5 ? PARLEY_QCA_POSSIBLE : PARLEY_QCA_OUTSIDE;
    }
    struct parley_qca_measures own = parley_qca_measure(x, t->outcome, n);
    out->core = parley_qca_measure(core, t->outcome, n);
    out->cov = out->core.cov / own.cov;
    out->cons = own.incl / out->core.incl;
    out->least = coincidence(x, b->least, n);
    out->most = coincidence(x, b->most, n);
    free(x);
    return PARLEY_OK;
}

enum parley_status parley_qca_robust_fits(const struct parley_qca_table *table, const struct parley_qca_options *options, struct parley_qca_robust_test *test,
                                          size_t n_tests, const struct parley_progress *progress, struct parley_arena *arena,
                                          struct parley_qca_robust_fit **out, size_t *n_out, struct parley_error *err)
{
    struct parley_qca_options all = *options;
    struct parley_qca_result base = { 0 };
    size_t n = table->data->n;
    struct bounds b = { .least = malloc((4 * n + 1) * sizeof *b.least) };
    all.max_models = MODELS;
    all.max_implicants = options->kind == PARLEY_QCA_INTERMEDIATE ? 1000 : 0;
    if (!b.least)
        return no_memory(err);
    b.most = b.least + n;
    b.work = b.most + n;
    b.x = b.work + n;
    for (size_t i = 0; i < n; i++) {
        b.least[i] = 1;
        b.most[i] = 0;
    }
    enum parley_status status = parley_qca_minimize(table, &all, progress, arena, &base, err);
    for (size_t i = 0; i < n_tests && !status; i++)
        status = add_test(table, &all, &test[i], &b, progress, arena, err);
    *n_out = base.solution.n_models;
    *out = PARLEY_NEW(arena, struct parley_qca_robust_fit, *n_out + 1);
    if (!status && !*out)
        status = no_memory(err);
    for (size_t i = 0; i < *n_out && !status; i++)
        status = compare(table, &base.solution.model[i], &b, arena, &(*out)[i], err);
    free(b.least);
    return status;
}
