#include "qca_problem.h"

#include <stdlib.h>
#include <string.h>

struct cubes { /* a growing list */
    uint8_t *at;
    size_t n, cap, k;
};

static bool push(struct cubes *c, const uint8_t *cube)
{
    if (c->n == c->cap) {
        size_t cap = c->cap ? c->cap * 2 : 64;
        uint8_t *more = realloc(c->at, cap * c->k);
        if (!more)
            return false;
        c->at = more;
        c->cap = cap;
    }
    memcpy(c->at + c->n++ * c->k, cube, c->k);
    return true;
}

static bool is_temporal(const struct parley_qca_table *t, size_t j) { return t->data->column[t->spec.condition[j]].temporal; }

/* Rows with one of the given verdicts; '-' as ANY when it stands for itself and not for a level. */
static bool rows_with(const struct parley_qca_table *t, const char *verdicts, bool open_dash, struct cubes *to)
{
    uint8_t cube[PARLEY_QCA_CONDITIONS_MAX];
    to->k = t->spec.k;
    for (size_t r = 0; r < t->n_rows; r++) {
        if (!strchr(verdicts, t->row[r].out))
            continue;
        memcpy(cube, t->row[r].config, to->k);
        for (size_t j = 0; open_dash && j < to->k; j++)
            if (is_temporal(t, j) && cube[j] + 1 == t->levels[j])
                cube[j] = QCA_ANY;
        if (!push(to, cube))
            return false;
    }
    return true;
}

bool qca_on_rows(const struct parley_qca_table *table, uint8_t **on, size_t *n)
{
    struct cubes c = { 0 };
    bool ok = rows_with(table, "1", true, &c);
    *on = c.at;
    *n = c.n;
    return ok;
}

bool qca_off_observed(const struct parley_qca_table *table, const struct parley_qca_options *options, uint8_t **off, size_t *n)
{
    struct cubes c = { 0 };
    uint8_t cube[PARLEY_QCA_CONDITIONS_MAX];
    bool ok = rows_with(table, options->include_c ? "0" : "0C", false, &c);
    for (size_t i = 0; ok && i < table->spec.n_exclude; i++) {
        uint64_t rest = table->spec.exclude[i] - 1;
        for (size_t j = c.k; j-- > 0;) {
            cube[j] = (uint8_t)(rest % table->levels[j]);
            rest /= table->levels[j];
        }
        ok = push(&c, cube);
    }
    *off = c.at;
    *n = c.n;
    return ok;
}

struct complement {
    const struct parley_qca_table *table;
    const uint8_t *cubes;
    size_t k;
    uint8_t cube[PARLEY_QCA_CONDITIONS_MAX];
    struct cubes out;
};

/* Split on the condition most of the cubes fix; what no cube reaches is a cube of the complement. */
static bool divide(struct complement *c, const size_t *index, size_t n)
{
    if (!n)
        return push(&c->out, c->cube);
    size_t best = c->k, most = 0;
    for (size_t j = 0; j < c->k; j++) {
        size_t fixed = 0;
        if (c->cube[j] != QCA_ANY)
            continue;
        for (size_t i = 0; i < n; i++)
            fixed += c->cubes[index[i] * c->k + j] != QCA_ANY;
        if (fixed > most)
            most = fixed, best = j;
    }
    if (best == c->k)
        return true; /* some cube covers all that is left */
    size_t *part = malloc((n + 1) * sizeof *part);
    bool ok = part != NULL;
    unsigned levels = c->table->levels[best] - is_temporal(c->table, best);
    for (unsigned v = 0; ok && v < levels; v++) {
        size_t m = 0;
        for (size_t i = 0; i < n; i++) {
            uint8_t x = c->cubes[index[i] * c->k + best];
            if (x == QCA_ANY || x == v)
                part[m++] = index[i];
        }
        c->cube[best] = (uint8_t)v;
        ok = divide(c, part, m);
    }
    c->cube[best] = QCA_ANY;
    free(part);
    return ok;
}

bool qca_off_complement(const struct parley_qca_table *table, const uint8_t *cubes, size_t n_cubes, uint8_t **off, size_t *n)
{
    struct complement c = { .table = table, .cubes = cubes, .k = table->spec.k, .out = { .k = table->spec.k } };
    size_t *all = malloc((n_cubes + 1) * sizeof *all);
    memset(c.cube, QCA_ANY, sizeof c.cube);
    for (size_t i = 0; all && i < n_cubes; i++)
        all[i] = i;
    bool ok = all && divide(&c, all, n_cubes);
    free(all);
    *off = c.out.at;
    *n = c.out.n;
    return ok;
}

bool qca_off_complex(const struct parley_qca_table *table, const struct parley_qca_options *options, uint8_t **off, size_t *n)
{
    struct cubes c = { 0 };
    *off = NULL;
    *n = 0;
    bool ok = rows_with(table, options->include_c ? "1C" : "1", true, &c) && qca_off_complement(table, c.at, c.n, off, n);
    free(c.at);
    return ok;
}
