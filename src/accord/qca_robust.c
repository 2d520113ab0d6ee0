#include <parley/qca_calibrate.h>
#include <parley/qca_robust.h>
#include <parley/rng.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MODELS = 1000, STEPS = 40 };

struct probing {
    const struct parley_qca_table *table;
    struct parley_qca_options options;
    const struct parley_progress *progress;
    struct parley_arena *arena;
    const struct parley_qca_solution *base;
    struct parley_error *err;
    double done, total;
};

static bool same_models(const struct parley_qca_solution *a, const struct parley_qca_solution *b)
{
    if (a->n_models != b->n_models || strcmp(a->model_count, b->model_count))
        return false;
    for (size_t i = 0; i < a->n_models; i++)
        if (strcmp(a->model[i].text, b->model[i].text))
            return false;
    return true;
}

/* Solve with other data or cut-offs. *same; *first: text of the first model, kept in the caller's arena, NULL when there is none. */
static enum parley_status probe(struct probing *p, const struct parley_qca_data *data, const struct parley_qca_spec *spec, bool *same, const char **first,
                                struct parley_qca_fit *fit)
{
    struct parley_arena work = { 0 };
    struct parley_qca_table table;
    struct parley_qca_result result;
    *same = false;
    if (first)
        *first = NULL;
    p->done++;
    if (!parley_tick(p->progress, p->done, p->total, "solutions"))
        return parley_fail(p->err, PARLEY_ECANCELLED, "stopped; what was found so far is shown");
    enum parley_status status = parley_qca_truth_table(data, spec, &work, &table, p->err);
    if (!status)
        status = parley_qca_minimize(&table, &p->options, NULL, &work, &result, p->err);
    if (status == PARLEY_EDOM)
        status = PARLEY_OK; /* no solution: another one than ours */
    else if (!status) {
        *same = same_models(&result.solution, p->base);
        if (first && result.solution.n_models)
            *first = parley_arena_strdup(p->arena, result.solution.model[0].text);
        if (fit && result.solution.n_models)
            *fit = result.solution.model[0].fit;
    }
    parley_arena_release(&work);
    return status;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Values of the rows at which a cut-off changes the table, ascending, without doubles. */
static size_t break_points(const struct parley_qca_table *t, bool pri, double *at)
{
    size_t n = 0, kept = 0;
    for (size_t r = 0; r < t->n_rows; r++) {
        double v = pri ? t->row[r].pri : t->row[r].incl;
        if (v > 0 && t->row[r].n >= t->spec.n_cut)
            at[n++] = v;
    }
    qsort(at, n, sizeof *at, by_value);
    for (size_t i = 0; i < n; i++)
        if (!kept || at[i] > at[kept - 1] + 1e-12)
            at[kept++] = at[i];
    return kept;
}

/* Walk through the break points away from the present cut until the solution changes. Between two neighbours every cut is alike, so
 * one probe at the upper of them decides. */
static enum parley_status cut_range(struct probing *p, bool pri, struct parley_qca_range *out)
{
    const struct parley_qca_table *t = p->table;
    double cut = pri ? t->spec.pri_cut : t->spec.incl_cut, *at = malloc((t->n_rows + 2) * sizeof *at);
    *out = (struct parley_qca_range){ .low = NAN, .high = NAN };
    if (!at)
        return parley_fail(p->err, PARLEY_ENOMEM, "no memory for %zu rows", t->n_rows);
    size_t n = break_points(t, pri, at), here = 0;
    while (here < n && at[here] < cut - 1e-12)
        here++; /* cuts in (at[here-1], at[here]] make the present table */
    enum parley_status status = PARLEY_OK;
    out->high = here < n ? at[here] : 1;
    out->low = here ? at[here - 1] : 0;
    for (size_t i = here + 1; i <= n && !status; i++) { /* upwards: cuts in (at[i-1], at[i]] */
        struct parley_qca_spec spec = t->spec;
        bool same;
        double next = i < n ? at[i] : 1;
        if (at[i - 1] >= 1 - 1e-12)
            break;
        *(pri ? &spec.pri_cut : &spec.incl_cut) = next;
        status = probe(p, t->data, &spec, &same, &out->above, NULL);
        if (status || !same)
            break;
        out->high = next;
        out->above = NULL;
    }
    for (size_t i = here; i-- > 0 && !status;) { /* downwards: cuts in (at[i-1], at[i]] */
        struct parley_qca_spec spec = t->spec;
        bool same;
        *(pri ? &spec.pri_cut : &spec.incl_cut) = at[i];
        if (!pri && spec.incl_low >= at[i])
            break;
        status = probe(p, t->data, &spec, &same, &out->below, NULL);
        if (status || !same)
            break;
        out->low = i ? at[i - 1] : 0;
        out->below = NULL;
    }
    free(at);
    return status;
}

static enum parley_status n_cut_range(struct probing *p, struct parley_qca_range *out)
{
    size_t most = 0;
    enum parley_status status = PARLEY_OK;
    *out = (struct parley_qca_range){ .low = (double)p->table->spec.n_cut, .high = (double)p->table->spec.n_cut };
    for (size_t r = 0; r < p->table->n_rows; r++)
        most = p->table->row[r].n > most ? p->table->row[r].n : most;
    for (int direction = -1; direction <= 1; direction += 2) {
        struct parley_qca_spec spec = p->table->spec;
        bool same = true;
        while (!status && same) {
            if (direction < 0 ? spec.n_cut == 1 : spec.n_cut >= most)
                break;
            spec.n_cut = direction < 0 ? spec.n_cut - 1 : spec.n_cut + 1;
            status = probe(p, p->table->data, &spec, &same, direction < 0 ? &out->below : &out->above, NULL);
            if (!status && same)
                *(direction < 0 ? &out->low : &out->high) = (double)spec.n_cut;
        }
    }
    return status;
}

/* The data without one case, or with another column; columns copied. */
static bool copy_data(const struct parley_qca_data *from, size_t without, struct parley_arena *arena, struct parley_qca_data *out)
{
    size_t n = from->n - (without < from->n);
    *out = (struct parley_qca_data){ .n = n, .n_columns = from->n_columns, .name = PARLEY_NEW(arena, const char *, n),
                                     .column = PARLEY_NEW(arena, struct parley_qca_column, from->n_columns) };
    if (!out->name || !out->column)
        return false;
    for (size_t i = 0, to = 0; i < from->n; i++)
        if (i != without)
            out->name[to++] = from->name[i];
    for (size_t j = 0; j < from->n_columns; j++) {
        double *value = PARLEY_NEW(arena, double, n);
        if (!value)
            return false;
        for (size_t i = 0, to = 0; i < from->n; i++)
            if (i != without)
                value[to++] = from->column[j].value[i];
        out->column[j] = from->column[j];
        out->column[j].value = value;
        out->column[j].text = NULL;
    }
    return true;
}

static enum parley_status delete_cases(struct probing *p, struct parley_qca_robust *out)
{
    size_t n = p->table->data->n, *which = PARLEY_NEW(p->arena, size_t, n);
    enum parley_status status = which ? PARLEY_OK : parley_fail(p->err, PARLEY_ENOMEM, "no memory for %zu cases", n);
    for (size_t i = 0; i < n && !status; i++) {
        struct parley_arena work = { 0 };
        struct parley_qca_data less;
        bool same = false;
        if (!copy_data(p->table->data, i, &work, &less))
            status = parley_fail(p->err, PARLEY_ENOMEM, "no memory for %zu cases", n);
        else
            status = probe(p, &less, &p->table->spec, &same, NULL, NULL);
        if (!status) {
            out->n_deleted++;
            if (!same)
                which[out->deletion.changed++] = i;
        }
        parley_arena_release(&work);
    }
    out->deletion.which = which;
    return status;
}

/* Would a solution as good come out if the outcome had nothing to do with the conditions? */
static enum parley_status shuffle(struct probing *p, size_t runs, uint64_t seed, struct parley_qca_chance *out)
{
    const struct parley_qca_table *t = p->table;
    struct parley_qca_fit observed = p->base->n_models ? p->base->model[0].fit : (struct parley_qca_fit){ 0 };
    struct parley_arena own = { 0 };
    struct parley_qca_data data;
    enum parley_status status = copy_data(t->data, SIZE_MAX, &own, &data) ? PARLEY_OK : parley_fail(p->err, PARLEY_ENOMEM, "no memory for %zu cases", t->data->n);
    double *y = status ? NULL : (double *)(uintptr_t)data.column[t->spec.outcome.column].value;
    p->options.first = true;
    p->options.max_models = 1;
    for (size_t run = 0; run < runs && !status; run++) {
        struct parley_rng rng;
        struct parley_qca_fit fit = { .incl = NAN };
        bool same;
        parley_rng_init(&rng, seed, run);
        memcpy(y, t->data->column[t->spec.outcome.column].value, data.n * sizeof *y);
        for (size_t i = data.n; i > 1; i--) {
            size_t j = parley_rng_below(&rng, i);
            double swap = y[i - 1];
            y[i - 1] = y[j];
            y[j] = swap;
        }
        status = probe(p, &data, &t->spec, &same, NULL, &fit);
        if (status)
            break;
        out->runs++;
        out->solved += !isnan(fit.incl);
        out->as_good += fit.incl >= observed.incl - 1e-12 && fit.cov >= observed.cov - 1e-12;
    }
    out->p = out->runs ? (double)(out->as_good + 1) / (double)(out->runs + 1) : NAN;
    parley_arena_release(&own);
    return status;
}

static enum parley_status open_probing(struct probing *p, const struct parley_qca_table *table, const struct parley_qca_options *options,
                                       const struct parley_progress *progress, struct parley_arena *arena, struct parley_qca_result *base, struct parley_error *err)
{
    *p = (struct probing){ .table = table, .options = *options, .progress = progress, .arena = arena, .err = err };
    p->options.max_models = MODELS;
    p->options.max_implicants = 0;
    p->options.threads = 1;
    if (options->kind == PARLEY_QCA_INTERMEDIATE)
        p->options.max_implicants = 1000;
    enum parley_status status = parley_qca_minimize(table, &p->options, progress, arena, base, err);
    p->base = &base->solution;
    return status;
}

enum parley_status parley_qca_robustness(const struct parley_qca_table *table, const struct parley_qca_options *options, size_t runs, uint64_t seed,
                                         const struct parley_progress *progress, struct parley_arena *arena, struct parley_qca_robust *out,
                                         struct parley_error *err)
{
    struct probing p;
    struct parley_qca_result base;
    struct parley_qca_robust r = { 0 };
    enum parley_status status = open_probing(&p, table, options, progress, arena, &base, err);
    if (status)
        return status;
    r.solution = base.solution;
    p.base = &r.solution;
    p.total = (double)(table->n_rows + table->data->n + runs);
    status = cut_range(&p, false, &r.incl);
    if (!status)
        status = cut_range(&p, true, &r.pri);
    if (!status)
        status = n_cut_range(&p, &r.n_cut);
    if (!status)
        status = delete_cases(&p, &r);
    if (!status && runs)
        status = shuffle(&p, runs, seed, &r.chance);
    r.stopped = status == PARLEY_ECANCELLED;
    if (!status || r.stopped)
        *out = r;
    return status;
}

struct moving { /* one anchor of one condition */
    struct probing *p;
    struct parley_qca_data data;
    size_t column;
    double *value;
    const double *raw;
};

static enum parley_status stands(struct moving *m, const double anchor[3], bool *same)
{
    struct parley_qca_calibrate how = { .method = PARLEY_QCA_DIRECT, .anchor = anchor, .n = 3 };
    enum parley_status status = parley_qca_calibrate(&how, m->raw, m->data.n, m->value, m->p->err);
    if (!status)
        status = probe(m->p, &m->data, &m->p->table->spec, same, NULL, NULL);
    return status;
}

/* Step away until the solution changes or a neighbour is reached, then halve the last step. */
static enum parley_status push(struct moving *m, const double anchor[3], int which, double limit, double resolution, double *reached)
{
    double good = anchor[which], bad = limit, a[3] = { anchor[0], anchor[1], anchor[2] }, step = (limit - good) / STEPS;
    bool same = true;
    enum parley_status status = PARLEY_OK;
    *reached = NAN;
    for (int i = 1; i < STEPS && !status && same; i++) {
        a[which] = anchor[which] + i * step;
        status = stands(m, a, &same);
        if (!status && same)
            good = a[which];
        else
            bad = a[which];
    }
    if (same && !status)
        return PARLEY_OK; /* all the way to the neighbour */
    while (!status && fabs(bad - good) > resolution) {
        a[which] = (good + bad) / 2;
        status = stands(m, a, &same);
        *(same ? &good : &bad) = a[which];
    }
    *reached = good;
    return status;
}

enum parley_status parley_qca_anchor_ranges(const struct parley_qca_table *table, size_t position, const double *raw, const double anchor[3],
                                            const struct parley_qca_options *options, const struct parley_progress *progress, struct parley_arena *arena,
                                            struct parley_qca_anchor_range *out, struct parley_error *err)
{
    struct probing p;
    struct parley_qca_result base;
    struct parley_arena own = { 0 };
    struct parley_qca_anchor_range r = { .anchor = { anchor[0], anchor[1], anchor[2] } };
    enum parley_status status = open_probing(&p, table, options, progress, arena, &base, err);
    if (status)
        return status;
    struct moving m = { .p = &p, .column = table->spec.condition[position], .raw = raw };
    if (!copy_data(table->data, SIZE_MAX, &own, &m.data))
        status = parley_fail(err, PARLEY_ENOMEM, "no memory for %zu cases", table->data->n);
    double low = INFINITY, high = -INFINITY, sign = anchor[0] < anchor[2] ? 1 : -1;
    bool same = false;
    for (size_t i = 0; i < table->data->n; i++) {
        low = fmin(low, raw[i]);
        high = fmax(high, raw[i]);
    }
    double span = fmax(high - low, fabs(anchor[2] - anchor[0])), tiny = span * 1e-6;
    r.resolution = span * 1e-4;
    if (!status) {
        m.value = (double *)(uintptr_t)m.data.column[m.column].value;
        m.data.column[m.column].kind = PARLEY_QCA_FUZZY;
        status = stands(&m, anchor, &same);
    }
    if (!status && !same)
        status = parley_fail(err, PARLEY_EDOM, "condition %s calibrated with these anchors gives another solution than the data; calibrate the data with them first",
                             table->data->column[m.column].name);
    for (int which = 0; which < 3 && !status; which++) {
        double before = which ? anchor[which - 1] : anchor[0] - sign * span, after = which < 2 ? anchor[which + 1] : anchor[2] + sign * span;
        double down = sign > 0 ? before + tiny : after + tiny, up = sign > 0 ? after - tiny : before - tiny;
        status = push(&m, anchor, which, down, r.resolution, &r.low[which]);
        if (!status)
            status = push(&m, anchor, which, up, r.resolution, &r.high[which]);
    }
    parley_arena_release(&own);
    if (!status)
        *out = r;
    return status;
}
