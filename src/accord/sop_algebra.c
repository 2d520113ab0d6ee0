/* Algebra of expressions by their truth table: exact, for as many names as a table of 2^16 configurations allows. */
#include "qca_chart.h"
#include "qca_cover.h"

#include <parley/sop.h>

#include <stdlib.h>
#include <string.h>

static uint64_t every(const struct parley_sop_names *names, size_t j)
{
    return names->levels[j] >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << names->levels[j]) - 1;
}

struct space { /* the names in use, and their configurations */
    const struct parley_sop_names *names;
    size_t k, rows;
    size_t of[64];           /* [k] index into names */
    uint8_t *config;         /* [names->n] others at 0 */
};

static enum parley_status open_space(struct space *s, const struct parley_sop *a, struct parley_error *err)
{
    *s = (struct space){ .names = a->names, .rows = 1 };
    for (size_t j = 0; j < a->names->n; j++) {
        bool used = false;
        for (size_t i = 0; i < a->n; i++)
            used |= a->values[i * a->names->n + j] != every(a->names, j);
        if (!used)
            continue;
        if (s->k == 64 || s->rows * a->names->levels[j] > PARLEY_SOP_ALGEBRA_ROWS)
            return parley_fail(err, PARLEY_ELIMIT, "the expression uses names with more than %d configurations; split it", PARLEY_SOP_ALGEBRA_ROWS);
        s->of[s->k++] = j;
        s->rows *= a->names->levels[j];
    }
    s->config = calloc(a->names->n + 1, 1);
    return s->config ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "no memory for the expression");
}

static void decode(struct space *s, size_t row)
{
    for (size_t j = s->k; j-- > 0; row /= s->names->levels[s->of[j]])
        s->config[s->of[j]] = (uint8_t)(row % s->names->levels[s->of[j]]);
}

static enum parley_status everything(const struct parley_sop_names *names, struct parley_arena *arena, struct parley_sop *out, struct parley_error *err)
{
    *out = (struct parley_sop){ .names = names, .n = 1, .values = PARLEY_NEW(arena, uint64_t, names->n) };
    for (size_t j = 0; out->values && j < names->n; j++)
        out->values[j] = every(names, j);
    return out->values ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "no memory for the expression");
}

/* The smallest sum for given ON and OFF configurations over the space. */
static enum parley_status smallest(const struct space *s, const uint8_t *on, size_t n_on, const uint8_t *off, size_t n_off, struct parley_arena *arena,
                                   struct parley_sop *out, struct parley_error *err)
{
    struct qca_problem problem = { .k = s->k, .n_on = n_on, .n_off = n_off, .on = on, .off = off };
    struct qca_implicants im = { 0 };
    struct qca_chart chart = { 0 };
    struct qca_matrix columns = { 0 };
    struct qca_cover cover = { 0 };
    enum parley_status status = qca_implicants_find(&problem, (size_t)1 << 30, 1, NULL, &im, err);
    if (!status && (!qca_chart_new(&im, &chart) || !qca_chart_maximal(&chart, &problem, im.complete, &columns)))
        status = parley_fail(err, PARLEY_ENOMEM, "no memory for the expression");
    if (!status)
        status = qca_cover_solve(&columns, 0, 1000000000, NULL, &cover, err);
    size_t k = s->names->n;
    if (!status) {
        *out = (struct parley_sop){ .names = s->names, .n = cover.size, .values = parley_arena_calloc(arena, cover.size * k, sizeof(uint64_t)) };
        if (!out->values)
            status = parley_fail(err, PARLEY_ENOMEM, "no memory for the expression");
    }
    for (size_t i = 0; !status && i < cover.size; i++) {
        uint32_t g = cover.chosen[i], row = chart.first[g];
        size_t at = 0;
        while (im.row[row].group[at] != g - chart.base[row])
            at++;
        for (size_t j = 0; j < k; j++)
            out->values[i * k + j] = every(s->names, j);
        for (size_t j = 0; j < s->k; j++)
            if (im.row[row].mask[at] >> j & 1)
                out->values[i * k + s->of[j]] = (uint64_t)1 << on[row * s->k + j];
    }
    free(cover.chosen);
    qca_matrix_release(&columns);
    qca_chart_release(&chart);
    qca_implicants_release(&im);
    return status;
}

static enum parley_status minimal(const struct parley_sop *a, bool negate, struct parley_arena *arena, struct parley_sop *out,
                                  struct parley_error *err)
{
    struct space s;
    enum parley_status status = open_space(&s, a, err);
    if (status)
        return status;
    uint8_t *on = malloc(s.rows * (s.k + 1)), *off = malloc(s.rows * (s.k + 1));
    size_t n_on = 0, n_off = 0;
    for (size_t row = 0; on && off && row < s.rows; row++) {
        decode(&s, row);
        uint8_t *to = (parley_sop_covers(a, s.config) != negate) ? on + n_on++ * s.k : off + n_off++ * s.k;
        for (size_t j = 0; j < s.k; j++)
            to[j] = s.config[s.of[j]];
    }
    if (!on || !off)
        status = parley_fail(err, PARLEY_ENOMEM, "no memory for %zu configurations", s.rows);
    else if (!n_on)
        *out = (struct parley_sop){ .names = a->names };
    else if (!n_off)
        status = everything(a->names, arena, out, err);
    else
        status = smallest(&s, on, n_on, off, n_off, arena, out, err);
    free(on);
    free(off);
    free(s.config);
    return status;
}

enum parley_status parley_sop_simplify(const struct parley_sop *sop, struct parley_arena *arena, struct parley_sop *out, struct parley_error *err)
{
    return minimal(sop, false, arena, out, err);
}

enum parley_status parley_sop_negate(const struct parley_sop *sop, struct parley_arena *arena, struct parley_sop *out, struct parley_error *err)
{
    return minimal(sop, true, arena, out, err);
}

/* Is product y inside product x? */
static bool absorbs(const uint64_t *x, const uint64_t *y, size_t k)
{
    for (size_t j = 0; j < k; j++)
        if (y[j] & ~x[j])
            return false;
    return true;
}

enum parley_status parley_sop_intersect(const struct parley_sop *a, const struct parley_sop *b, struct parley_arena *arena, struct parley_sop *out,
                                        struct parley_error *err)
{
    size_t k = a->names->n, n = 0;
    if (a->names != b->names)
        return parley_fail(err, PARLEY_EINVAL, "the two expressions are over different names");
    if (a->n * b->n > 64 * PARLEY_SOP_TERMS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "the intersection has more than %d products", 64 * PARLEY_SOP_TERMS_MAX);
    uint64_t *values = parley_arena_calloc(arena, (a->n * b->n + 1) * k, sizeof *values);
    if (!values)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for the intersection");
    for (size_t x = 0; x < a->n; x++)
        for (size_t y = 0; y < b->n; y++) {
            uint64_t *to = values + n * k;
            bool empty = false, inside = false;
            for (size_t j = 0; j < k; j++)
                empty |= !(to[j] = a->values[x * k + j] & b->values[y * k + j]);
            for (size_t i = 0; i < n && !empty && !inside; i++)
                inside = absorbs(values + i * k, to, k);
            if (empty || inside)
                continue;
            size_t kept = 0; /* products inside the new one leave */
            for (size_t i = 0; i < n; i++)
                if (!absorbs(to, values + i * k, k))
                    memmove(values + kept++ * k, values + i * k, k * sizeof *values);
            memmove(values + kept * k, to, k * sizeof *values);
            n = kept + 1;
        }
    *out = (struct parley_sop){ .names = a->names, .n = n, .values = values };
    return PARLEY_OK;
}

enum parley_status parley_sop_expand(const struct parley_sop *sop, struct parley_arena *arena, struct parley_sop *out, struct parley_error *err)
{
    const struct parley_sop_names *names = sop->names;
    size_t rows = 1, n = 0;
    for (size_t j = 0; j < names->n; j++)
        if ((rows *= names->levels[j]) > PARLEY_SOP_ALGEBRA_ROWS)
            return parley_fail(err, PARLEY_ELIMIT, "more than %d configurations", PARLEY_SOP_ALGEBRA_ROWS);
    uint8_t *config = calloc(names->n + 1, 1);
    uint64_t *values = parley_arena_calloc(arena, rows * names->n, sizeof *values);
    if (!config || !values) {
        free(config);
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu configurations", rows);
    }
    for (size_t row = 0; row < rows; row++) {
        size_t rest = row;
        for (size_t j = names->n; j-- > 0; rest /= names->levels[j])
            config[j] = (uint8_t)(rest % names->levels[j]);
        if (!parley_sop_covers(sop, config))
            continue;
        for (size_t j = 0; j < names->n; j++)
            values[n * names->n + j] = (uint64_t)1 << config[j];
        n++;
    }
    free(config);
    *out = (struct parley_sop){ .names = names, .n = n, .values = values };
    return PARLEY_OK;
}
