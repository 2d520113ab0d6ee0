/* Necessary conditions: literals, their conjunctions and minimal disjunctions. */
#include "qca_literals.h"

#include <parley/qca_fit.h>
#include <parley/qca_minimize.h>
#include <parley/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TICK = 4096 };
static const double ROUNDING = 1e-12;

struct finding {
    const struct parley_qca_table *table;
    const struct parley_qca_necessity_options *options;
    const struct parley_progress *progress;
    struct parley_arena *arena;
    struct parley_error *err;
    struct qca_literals literals;
    double *level;         /* [depth + 1][cases] */
    size_t pick[PARLEY_QCA_CONDITIONS_MAX];
    struct parley_qca_necessary *out;
    uint8_t (*key)[PARLEY_QCA_CONDITIONS_MAX + 1]; /* [max] disjunctions found: which literals, 1-based, to skip what contains them */
    size_t n, tried;
    bool cut, cancelled;
};

static bool reaches(double v, double cut) { return cut <= 0 || v >= cut - ROUNDING; }

static bool add(struct finding *f, size_t depth, bool disjunction, const struct parley_qca_measures *m)
{
    struct parley_text text;
    if (f->n == f->options->max) {
        f->cut = true;
        return false;
    }
    parley_text_init(&text, 65536);
    for (size_t i = 0; i < depth; i++)
        parley_text_addf(&text, "%s%s", i ? (disjunction ? " + " : "*") : "", f->literals.text[f->pick[i]]);
    for (size_t i = 0; i < depth; i++)
        f->key[f->n][i] = (uint8_t)(f->pick[i] + 1);
    f->key[f->n][depth] = 0;
    f->out[f->n++] = (struct parley_qca_necessary){ .text = parley_text_keep(&text, f->arena), .disjunction = disjunction, .n = depth,
                                                    .incl = m->cov, .ron = m->ron, .cov = m->incl };
    parley_text_release(&text);
    return f->out[f->n - 1].text != NULL;
}

static bool passes(const struct finding *f, const struct parley_qca_measures *m)
{
    return reaches(m->cov, f->options->incl_cut) && reaches(m->incl, f->options->cov_cut) && reaches(m->ron, f->options->ron_cut);
}

static bool tick(struct finding *f)
{
    if (++f->tried % TICK == 0 && !parley_tick(f->progress, (double)f->tried, 0, "expressions"))
        f->cancelled = true;
    return !f->cancelled && !f->cut;
}

/* Conjunctions: inclusion only falls, so a branch ends where it drops below the cut. */
static void conjunctions(struct finding *f, size_t from, size_t depth)
{
    size_t n = f->table->data->n;
    for (size_t l = from; l < f->literals.n && tick(f); l++) {
        if (depth && f->literals.condition[l] == f->literals.condition[f->pick[depth - 1]])
            continue;
        double *to = f->level + (depth + 1) * n;
        for (size_t i = 0; i < n; i++)
            to[i] = depth ? fmin(f->level[depth * n + i], f->literals.x[l * n + i]) : f->literals.x[l * n + i];
        f->pick[depth] = l;
        struct parley_qca_measures m = parley_qca_measure(to, f->table->outcome, n);
        if (!reaches(m.cov, f->options->incl_cut))
            continue;
        if (passes(f, &m) && !add(f, depth + 1, false, &m))
            return;
        if (depth + 1 < f->options->depth)
            conjunctions(f, l + 1, depth + 1);
    }
}

static bool contains_found(const struct finding *f, size_t depth)
{
    for (size_t e = 0; e < f->n; e++) {
        if (!f->out[e].disjunction && f->out[e].n > 1)
            continue;
        size_t at = 0, i = 0;
        for (; f->key[e][i]; i++) {
            while (at < depth && f->pick[at] + 1 != f->key[e][i])
                at++;
            if (at == depth)
                break;
        }
        if (!f->key[e][i])
            return true;
    }
    return false;
}

/* Disjunctions of exactly `size` literals, none of whose parts was found before. */
static void disjunctions(struct finding *f, size_t from, size_t depth, size_t size)
{
    size_t n = f->table->data->n;
    for (size_t l = from; l < f->literals.n && tick(f); l++) {
        if (depth && f->literals.condition[l] == f->literals.condition[f->pick[depth - 1]])
            continue;
        double *to = f->level + (depth + 1) * n;
        f->pick[depth] = l;
        if (contains_found(f, depth + 1))
            continue;
        for (size_t i = 0; i < n; i++)
            to[i] = depth ? fmax(f->level[depth * n + i], f->literals.x[l * n + i]) : f->literals.x[l * n + i];
        if (depth + 1 < size) {
            disjunctions(f, l + 1, depth + 1, size);
            continue;
        }
        struct parley_qca_measures m = parley_qca_measure(to, f->table->outcome, n);
        if (passes(f, &m) && !add(f, size, true, &m))
            return;
    }
}

static void release(struct finding *f)
{
    free(f->literals.x);
    free(f->level);
    free(f->key);
}

enum parley_status parley_qca_necessity_single(const struct parley_qca_table *table, struct parley_arena *arena, struct parley_qca_necessary **out,
                                               size_t *n, struct parley_error *err)
{
    struct finding f = { .table = table, .arena = arena, .err = err };
    enum parley_status status = qca_literals_load(table, arena, &f.literals, err);
    struct parley_qca_necessary *list = status ? NULL : PARLEY_NEW(arena, struct parley_qca_necessary, f.literals.n);
    if (!status && !list)
        status = parley_fail(err, PARLEY_ENOMEM, "no memory for %zu literals", f.literals.n);
    for (size_t l = 0; !status && l < f.literals.n; l++) {
        struct parley_qca_measures m = parley_qca_measure(f.literals.x + l * table->data->n, table->outcome, table->data->n);
        list[l] = (struct parley_qca_necessary){ .text = f.literals.text[l], .n = 1, .incl = m.cov, .ron = m.ron, .cov = m.incl };
    }
    if (!status) {
        *out = list;
        *n = f.literals.n;
    }
    release(&f);
    return status;
}

enum parley_status parley_qca_necessity(const struct parley_qca_table *table, const struct parley_qca_necessity_options *options,
                                        const struct parley_progress *progress, struct parley_arena *arena, struct parley_qca_necessary **out, size_t *n,
                                        bool *cut, struct parley_error *err)
{
    struct finding f = { .table = table, .options = options, .progress = progress, .arena = arena, .err = err };
    if (!options->depth || options->depth > PARLEY_QCA_CONDITIONS_MAX)
        return parley_fail(err, PARLEY_EINVAL, "depth %zu; expected 1 to %d", options->depth, PARLEY_QCA_CONDITIONS_MAX);
    enum parley_status status = qca_literals_load(table, arena, &f.literals, err);
    f.level = malloc((options->depth + 2) * table->data->n * sizeof *f.level);
    f.key = malloc((options->max + 1) * sizeof *f.key);
    f.out = PARLEY_NEW(arena, struct parley_qca_necessary, options->max + 1);
    if (!status && (!f.level || !f.key || !f.out))
        status = parley_fail(err, PARLEY_ENOMEM, "no memory for %zu expressions", options->max);
    if (!status && f.literals.n > 255)
        status = parley_fail(err, PARLEY_ELIMIT, "%zu literals; the search takes at most 255, choose with --conditions", f.literals.n);
    if (!status) {
        conjunctions(&f, 0, 0);
        for (size_t size = 2; size <= options->depth && !f.cut && !f.cancelled; size++)
            disjunctions(&f, 0, 0, size);
        *out = f.out;
        *n = f.n;
        *cut = f.cut;
        if (f.cancelled)
            status = parley_fail(err, PARLEY_ECANCELLED, "stopped; the %zu expressions found so far are shown", f.n);
    }
    release(&f);
    return status;
}
