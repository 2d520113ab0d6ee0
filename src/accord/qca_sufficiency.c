/* Sufficient conjunctions of literals no part of which is sufficient. */
#include "qca_literals.h"

#include <parley/qca_fit.h>
#include <parley/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TICK = 4096 };
static const double ROUNDING = 1e-12;

struct finding {
    const struct parley_qca_table *table;
    const struct parley_qca_sufficiency_options *options;
    const struct parley_progress *progress;
    struct parley_arena *arena;
    struct qca_literals literals;
    double *level;                                 /* [depth + 1][cases] memberships on the way down */
    size_t pick[PARLEY_QCA_CONDITIONS_MAX];
    uint64_t *key;                                 /* [max][4] literals of what was found */
    struct parley_qca_sufficient *out;
    size_t n, tried;
    bool cut, cancelled, no_memory;
};

/* Does the conjunction contain one that was found? */
static bool contains_found(const struct finding *f, const uint64_t picked[4])
{
    for (size_t e = 0; e < f->n; e++) {
        const uint64_t *k = f->key + 4 * e;
        if (!((k[0] & ~picked[0]) | (k[1] & ~picked[1]) | (k[2] & ~picked[2]) | (k[3] & ~picked[3])))
            return true;
    }
    return false;
}

static void add(struct finding *f, size_t depth, const uint64_t picked[4], const struct parley_qca_measures *m)
{
    struct parley_text text;
    if (f->n == f->options->max) {
        f->cut = true;
        return;
    }
    parley_text_init(&text, 65536);
    for (size_t i = 0; i < depth; i++)
        parley_text_addf(&text, "%s%s", i ? "*" : "", f->literals.text[f->pick[i]]);
    memcpy(f->key + 4 * f->n, picked, 4 * sizeof *picked);
    f->out[f->n] = (struct parley_qca_sufficient){ .text = parley_text_keep(&text, f->arena), .n = depth, .incl = m->incl, .pri = m->pri, .cov = m->cov };
    f->no_memory |= !f->out[f->n++].text;
    parley_text_release(&text);
}

/* Conjunctions of exactly `size` literals. */
static void search(struct finding *f, size_t from, size_t depth, size_t size, const uint64_t above[4])
{
    const struct parley_qca_sufficiency_options *o = f->options;
    size_t n = f->table->data->n;
    for (size_t l = from; l < f->literals.n && !f->cut && !f->no_memory; l++) {
        uint64_t picked[4];
        double *to = f->level + (depth + 1) * n;
        if (depth && f->literals.condition[l] == f->literals.condition[f->pick[depth - 1]])
            continue;
        if (++f->tried % TICK == 0 && !parley_tick(f->progress, (double)f->tried, 0, "expressions"))
            f->cancelled = true;
        if (f->cancelled)
            return;
        memcpy(picked, above, sizeof picked);
        picked[l / 64] |= (uint64_t)1 << l % 64;
        f->pick[depth] = l;
        if (contains_found(f, picked))
            continue;
        for (size_t i = 0; i < n; i++)
            to[i] = depth ? fmin(f->level[depth * n + i], f->literals.x[l * n + i]) : f->literals.x[l * n + i];
        struct parley_qca_measures m = parley_qca_measure(to, f->table->outcome, n);
        if (!(m.cov >= o->cov_cut - ROUNDING)) /* coverage only falls */
            continue;
        if (depth + 1 < size)
            search(f, l + 1, depth + 1, size, picked);
        else if (m.incl >= o->incl_cut - ROUNDING && (o->pri_cut <= 0 || m.pri >= o->pri_cut - ROUNDING))
            add(f, size, picked, &m);
    }
}

enum parley_status parley_qca_sufficiency(const struct parley_qca_table *table, const struct parley_qca_sufficiency_options *options,
                                          const struct parley_progress *progress, struct parley_arena *arena, struct parley_qca_sufficient **out, size_t *n,
                                          bool *cut, struct parley_error *err)
{
    struct finding f = { .table = table, .options = options, .progress = progress, .arena = arena };
    static const uint64_t none[4];
    if (!options->depth || options->depth > PARLEY_QCA_CONDITIONS_MAX)
        return parley_fail(err, PARLEY_EINVAL, "depth %zu; expected 1 to %d", options->depth, PARLEY_QCA_CONDITIONS_MAX);
    enum parley_status status = qca_literals_load(table, arena, &f.literals, err);
    f.level = malloc((options->depth + 2) * table->data->n * sizeof *f.level + 1);
    f.key = malloc((options->max + 1) * 4 * sizeof *f.key);
    f.out = PARLEY_NEW(arena, struct parley_qca_sufficient, options->max + 1);
    if (!status && f.literals.n > 256)
        status = parley_fail(err, PARLEY_ELIMIT, "%zu literals; the search takes at most 256, choose with --conditions", f.literals.n);
    f.no_memory = !f.level || !f.key || !f.out;
    for (size_t size = 1; !status && size <= options->depth && !f.cut && !f.cancelled && !f.no_memory; size++)
        search(&f, 0, 0, size, none);
    if (!status && f.no_memory)
        status = parley_fail(err, PARLEY_ENOMEM, "no memory for %zu expressions", options->max);
    *out = f.out;
    *n = f.n;
    *cut = f.cut;
    if (!status && f.cancelled)
        status = parley_fail(err, PARLEY_ECANCELLED, "stopped; the %zu expressions found so far are shown", f.n);
    free(f.literals.x);
    free(f.level);
    free(f.key);
    return status;
}
