#include <parley/qca_theory.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum parley_status no_memory(struct parley_error *err) { return parley_fail(err, PARLEY_ENOMEM, "no memory for the evaluation"); }

/* Names of the conditions of the table only, in their order. */
static enum parley_status condition_names(const struct parley_qca_table *t, struct parley_arena *arena, struct parley_sop_names **out, struct parley_error *err)
{
    struct parley_sop_names *names = PARLEY_NEW(arena, struct parley_sop_names, 1);
    const char **name = PARLEY_NEW(arena, const char *, t->spec.k);
    unsigned *levels = PARLEY_NEW(arena, unsigned, t->spec.k);
    if (!names || !name || !levels)
        return no_memory(err);
    for (size_t j = 0; j < t->spec.k; j++) {
        const struct parley_qca_column *c = &t->data->column[t->spec.condition[j]];
        name[j] = c->name;
        levels[j] = c->levels - c->temporal;
    }
    *names = (struct parley_sop_names){ .n = t->spec.k, .name = name, .levels = levels };
    *out = names;
    return PARLEY_OK;
}

static enum parley_status model_sop(const struct parley_qca_model *m, const struct parley_sop_names *names, struct parley_arena *arena,
                                    struct parley_sop *out, struct parley_error *err)
{
    *out = (struct parley_sop){ .names = names, .n = m->n, .values = parley_arena_calloc(arena, m->n * names->n, sizeof(uint64_t)) };
    if (!out->values)
        return no_memory(err);
    for (size_t i = 0; i < m->n; i++)
        for (size_t j = 0; j < names->n; j++) {
            uint8_t v = m->term[i].value[j];
            out->values[i * names->n + j] = v == PARLEY_QCA_ANY ? (names->levels[j] >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << names->levels[j]) - 1) : (uint64_t)1 << v;
        }
    return PARLEY_OK;
}

static enum parley_status fill_region(const struct parley_qca_table *t, const double *x, struct parley_arena *arena, struct parley_qca_region *r, struct parley_error *err)
{
    size_t *with = PARLEY_NEW(arena, size_t, t->data->n), *without = PARLEY_NEW(arena, size_t, t->data->n);
    if (!with || !without)
        return no_memory(err);
    r->fit = parley_qca_measure(x, t->outcome, t->data->n);
    for (size_t i = 0; i < t->data->n; i++)
        if (x[i] > .5) {
            if (t->outcome[i] > .5)
                with[r->n_with++] = i;
            else
                without[r->n_without++] = i;
        }
    r->with = with;
    r->without = without;
    return PARLEY_OK;
}

enum parley_status parley_qca_evaluate(const struct parley_qca_table *t, const struct parley_qca_model *model, const char *theory, struct parley_arena *arena,
                                       struct parley_qca_theory *out, struct parley_error *err)
{
    static const char *const names_of[] = { "model*theory", "model*~theory", "~model*theory", "~model*~theory" };
    struct parley_qca_theory result = { 0 };
    struct parley_sop_names *names;
    struct parley_sop m, th, side[4];
    enum parley_status status = condition_names(t, arena, &names, err);
    if (!status)
        status = model_sop(model, names, arena, &m, err);
    if (!status)
        status = parley_sop_parse(names, theory, arena, &th, err);
    if (status)
        return status;
    side[0] = m;
    side[1] = th;
    status = parley_sop_negate(&m, arena, &side[2], err);
    if (!status)
        status = parley_sop_negate(&th, arena, &side[3], err);
    size_t n = t->data->n;
    double *x = malloc((n + 1) * sizeof *x);
    bool brackets = false;
    if (!x)
        status = no_memory(err);
    for (size_t j = 0; j < names->n; j++)
        brackets |= t->data->column[t->spec.condition[j]].kind == PARLEY_QCA_MULTI;
    if (!status) {
        parley_qca_sop_membership(t->data, &m, t->spec.condition, NULL, x);
        result.model = parley_qca_measure(x, t->outcome, n);
        parley_qca_sop_membership(t->data, &th, t->spec.condition, NULL, x);
        result.theory = parley_qca_measure(x, t->outcome, n);
    }
    for (int i = 0; i < 4 && !status; i++) {
        struct parley_sop both;
        status = parley_sop_intersect(&side[i < 2 ? 0 : 2], &side[i % 2 ? 3 : 1], arena, &both, err);
        if (status)
            break;
        result.region[i].name = names_of[i];
        result.region[i].text = parley_sop_text(&both, brackets, arena);
        parley_qca_sop_membership(t->data, &both, t->spec.condition, NULL, x);
        status = fill_region(t, x, arena, &result.region[i], err);
    }
    free(x);
    if (!status)
        *out = result;
    return status;
}

struct rows { /* of the complete table */
    uint64_t n;
    uint8_t *observed; /* [n + 1] 1 = has a verdict other than '?' */
};

static enum parley_status open_rows(const struct parley_qca_table *t, struct rows *r, struct parley_error *err)
{
    r->n = 1;
    for (size_t j = 0; j < t->spec.k; j++)
        if (__builtin_mul_overflow(r->n, t->levels[j], &r->n) || r->n > PARLEY_QCA_UNTENABLE_ROWS)
            return parley_fail(err, PARLEY_ELIMIT, "the complete table has more than %d rows; choose fewer conditions for an enhanced analysis",
                               PARLEY_QCA_UNTENABLE_ROWS);
    r->observed = calloc(r->n + 1, 1);
    if (!r->observed)
        return no_memory(err);
    for (size_t i = 0; i < t->n_rows; i++)
        r->observed[t->row[i].number] = t->row[i].out != '?';
    return PARLEY_OK;
}

static void decode(const struct parley_qca_table *t, uint64_t number, uint8_t *config)
{
    number--;
    for (size_t j = t->spec.k; j-- > 0; number /= t->levels[j])
        config[j] = (uint8_t)(number % t->levels[j]);
}

/* Mark the remainders that some parsimonious model assumes; no model at all marks nothing. */
static enum parley_status mark_assumed(const struct parley_qca_table *t, const struct rows *rows, const struct parley_progress *progress,
                                       struct parley_arena *arena, uint8_t *mark, struct parley_error *err)
{
    struct parley_qca_options o = { .kind = PARLEY_QCA_PARSIMONIOUS, .max_models = 1000 };
    struct parley_qca_result result;
    uint8_t config[PARLEY_QCA_CONDITIONS_MAX];
    enum parley_status status = parley_qca_minimize(t, &o, progress, arena, &result, err);
    if (status == PARLEY_EDOM)
        return PARLEY_OK;
    for (uint64_t number = 1; number <= rows->n && !status; number++) {
        if (rows->observed[number])
            continue;
        decode(t, number, config);
        for (size_t i = 0; i < result.solution.n_models && !mark[number]; i++)
            for (size_t j = 0; j < result.solution.model[i].n; j++)
                mark[number] |= parley_qca_term_covers(result.solution.model[i].term[j].value, config, t->spec.k);
    }
    return status;
}

static enum parley_status find_untenable(const struct parley_qca_table *t, const struct parley_qca_table *negated, const struct parley_sop *impossible,
                                         const struct rows *rows, const uint8_t *here, const uint8_t *there, struct parley_arena *arena,
                                         struct parley_qca_untenable *u, struct parley_error *err)
{
    uint8_t config[PARLEY_QCA_CONDITIONS_MAX];
    u->impossible = PARLEY_NEW(arena, uint64_t, rows->n);
    u->contradictory = PARLEY_NEW(arena, uint64_t, rows->n);
    u->simultaneous = PARLEY_NEW(arena, uint64_t, rows->n);
    if (!u->impossible || !u->contradictory || !u->simultaneous)
        return no_memory(err);
    for (uint64_t number = 1; number <= rows->n; number++) {
        decode(t, number, config);
        if (impossible && !rows->observed[number] && parley_sop_covers(impossible, config))
            u->impossible[u->n_impossible++] = number;
        if (here[number] && there[number])
            u->contradictory[u->n_contradictory++] = number;
    }
    for (size_t i = 0; i < t->n_rows; i++)
        for (size_t j = 0; t->row[i].out == '1' && j < negated->n_rows; j++)
            if (negated->row[j].number == t->row[i].number && negated->row[j].out == '1')
                u->simultaneous[u->n_simultaneous++] = t->row[i].number;
    return PARLEY_OK;
}

enum parley_status parley_qca_untenable(const struct parley_qca_table *t, const char *impossible, const struct parley_progress *progress,
                                        struct parley_arena *arena, struct parley_qca_untenable *out, struct parley_error *err)
{
    struct parley_qca_untenable u = { 0 };
    struct parley_qca_table negated;
    struct parley_qca_spec spec = t->spec;
    struct parley_sop_names *names;
    struct parley_sop sop;
    struct rows rows = { 0 };
    const struct parley_qca_column *c = &t->data->column[spec.outcome.column];
    spec.outcome.values = (((uint64_t)1 << c->levels) - 1) & ~spec.outcome.values;
    enum parley_status status = open_rows(t, &rows, err);
    if (!status)
        status = parley_qca_truth_table(t->data, &spec, arena, &negated, err);
    if (!status)
        status = condition_names(t, arena, &names, err);
    if (!status && impossible)
        status = parley_sop_parse(names, impossible, arena, &sop, err);
    uint8_t *mark = calloc(2 * (rows.n + 1), 1);
    if (!status && !mark)
        status = no_memory(err);
    if (!status)
        status = mark_assumed(t, &rows, progress, arena, mark, err);
    if (!status)
        status = mark_assumed(&negated, &rows, progress, arena, mark + rows.n + 1, err);
    if (!status)
        status = find_untenable(t, &negated, impossible ? &sop : NULL, &rows, mark, mark + rows.n + 1, arena, &u, err);
    free(rows.observed);
    free(mark);
    if (!status)
        *out = u;
    return status;
}
