/* The truth table. Rows are found by sorting the cases by configuration; their sums come from a walk over the tree of
 * the rows' shared prefixes, so that every prefix is intersected once: O(2 rows n) instead of O(k rows n). */
#include "qca_sums.h"

#include <parley/qca.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1024 }; /* cases walked at a time: memberships of all prefixes stay in the cache */

static const double ROUNDING = 1e-12; /* a consistency of 4/5 reaches a cut of 0.8 whatever the order of summation */

struct building {
    const struct parley_qca_data *data;
    const struct parley_qca_table *table;
    size_t k;
    uint8_t *config;        /* [cases][k] */
    size_t *order, n;       /* cases that belong to a row, sorted by configuration, then in order of the file */
    struct qca_sums *sums;  /* [rows] */
    double *literal;        /* [literals][CHUNK] membership of the chunk's cases in each literal of some row */
    uint32_t (*literal_of)[PARLEY_QCA_LEVELS_MAX]; /* [k] 1 + index into literal, 0 = in no row */
    double *prefix;         /* [k+1][CHUNK] */
    double *y, *yy;         /* [CHUNK] */
};

static int compare(const struct building *b, size_t i, size_t j)
{
    return memcmp(b->config + i * b->k, b->config + j * b->k, b->k);
}

static bool sort_cases(struct building *b) /* merge sort: stable, and no context outside */
{
    size_t n = b->n, *scratch = malloc((n + 1) * sizeof *scratch);
    if (!scratch)
        return false;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t low = 0; low < n; low += 2 * width) {
            size_t mid = low + width < n ? low + width : n, high = low + 2 * width < n ? low + 2 * width : n;
            for (size_t i = low, j = mid, to = low; to < high; to++)
                scratch[to] = i < mid && (j == high || compare(b, b->order[i], b->order[j]) <= 0) ? b->order[i++] : b->order[j++];
        }
        memcpy(b->order, scratch, n * sizeof *scratch);
    }
    free(scratch);
    return true;
}

/* Configurations of the cases; those at exactly .5 somewhere are set aside. */
static enum parley_status place_cases(struct building *b, struct parley_arena *arena, struct parley_qca_table *out,
                                      struct parley_error *err)
{
    size_t *ambiguous = PARLEY_NEW(arena, size_t, b->data->n);
    if (!ambiguous)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu cases", b->data->n);
    for (size_t i = 0; i < b->data->n; i++) {
        bool half = false;
        for (size_t j = 0; j < b->k; j++) {
            const struct parley_qca_column *c = &b->data->column[out->spec.condition[j]];
            double v = c->value[i];
            half |= c->kind == PARLEY_QCA_FUZZY && v == .5;
            b->config[i * b->k + j] = c->kind == PARLEY_QCA_FUZZY ? v > .5 : (uint8_t)v;
        }
        if (half)
            ambiguous[out->n_ambiguous++] = i;
        else
            b->order[b->n++] = i;
    }
    out->ambiguous = ambiguous;
    return sort_cases(b) ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "no memory for %zu cases", b->n);
}

static uint64_t row_number(const uint8_t *config, const uint8_t *levels, size_t k)
{
    uint64_t number = 0;
    for (size_t j = 0; j < k; j++)
        if (__builtin_mul_overflow(number, levels[j], &number) || __builtin_add_overflow(number, config[j], &number))
            return 0;
    return number == UINT64_MAX ? 0 : number + 1;
}

static enum parley_status make_rows(struct building *b, struct parley_arena *arena, struct parley_qca_table *out,
                                    struct parley_error *err)
{
    size_t rows = 0;
    for (size_t i = 0; i < b->n; i++)
        rows += i == 0 || compare(b, b->order[i - 1], b->order[i]);
    out->row = PARLEY_NEW(arena, struct parley_qca_row, rows);
    size_t *member = PARLEY_NEW(arena, size_t, b->n);
    uint8_t *config = PARLEY_NEW(arena, uint8_t, rows * b->k);
    b->sums = calloc(rows + 1, sizeof *b->sums);
    if (!out->row || !member || !config || !b->sums)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu rows", rows);
    memcpy(member, b->order, b->n * sizeof *member);
    for (size_t i = 0; i < b->n; i++) {
        if (i == 0 || compare(b, b->order[i - 1], b->order[i])) {
            struct parley_qca_row *row = &out->row[out->n_rows];
            uint8_t *mine = config + out->n_rows++ * b->k;
            memcpy(mine, b->config + b->order[i] * b->k, b->k);
            row->config = mine;
            row->number = row_number(mine, out->levels, b->k);
            row->member = member + i;
        }
        struct parley_qca_row *row = &out->row[out->n_rows - 1];
        row->n++;
        row->n_deviant += out->outcome[b->order[i]] < .5;
    }
    return PARLEY_OK;
}

/* Without fuzzy conditions a case belongs to its own row and to no other: one pass. */
static void sum_crisp(struct building *b)
{
    for (size_t r = 0; r < b->table->n_rows; r++) {
        const struct parley_qca_row *row = &b->table->row[r];
        for (size_t i = 0; i < row->n; i++) {
            double y = b->table->outcome[row->member[i]];
            b->sums[r].x += 1;
            b->sums[r].xy += y;
            b->sums[r].xyy += y < 1 - y ? y : 1 - y;
        }
    }
}

/* Rows [low, high) agree in their first `depth` conditions; prefix[depth] holds the memberships in those. */
static void walk(struct building *b, size_t low, size_t high, size_t depth, size_t padded)
{
    const struct parley_qca_row *row = b->table->row;
    const double *above = b->prefix + depth * CHUNK;
    double *below = b->prefix + (depth + 1) * CHUNK;
    for (size_t from = low, to; from < high; from = to) {
        uint8_t value = row[from].config[depth];
        for (to = from + 1; to < high && row[to].config[depth] == value; to++)
            ;
        const double *literal = b->literal + (size_t)(b->literal_of[depth][value] - 1) * CHUNK;
        if (depth + 1 == b->k) {
            qca_add_sums(above, literal, b->y, b->yy, padded, &b->sums[from]);
            continue;
        }
        qca_min(below, above, literal, padded);
        walk(b, from, to, depth + 1, padded);
    }
}

static void load_chunk(struct building *b, size_t begin, size_t n, size_t padded)
{
    for (size_t j = 0; j < b->k; j++) {
        const struct parley_qca_column *c = &b->data->column[b->table->spec.condition[j]];
        for (unsigned v = 0; v < c->levels; v++) {
            if (!b->literal_of[j][v])
                continue;
            double *to = b->literal + (size_t)(b->literal_of[j][v] - 1) * CHUNK;
            for (size_t i = 0; i < n; i++) {
                double x = c->value[begin + i];
                to[i] = c->kind == PARLEY_QCA_FUZZY ? (v ? x : 1 - x) : x == v;
            }
            memset(to + n, 0, (padded - n) * sizeof *to);
        }
    }
    for (size_t i = 0; i < padded; i++) {
        double y = i < n ? b->table->outcome[begin + i] : 0;
        b->y[i] = y;
        b->yy[i] = y < 1 - y ? y : 1 - y;
        b->prefix[i] = i < n;
    }
}

static enum parley_status sum_fuzzy(struct building *b, struct parley_error *err)
{
    size_t literals = 0;
    b->literal_of = calloc(b->k, sizeof *b->literal_of);
    if (!b->literal_of)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu conditions", b->k);
    for (size_t r = 0; r < b->table->n_rows; r++)
        for (size_t j = 0; j < b->k; j++) {
            uint32_t *of = &b->literal_of[j][b->table->row[r].config[j]];
            if (!*of)
                *of = (uint32_t)++literals;
        }
    b->literal = aligned_alloc(64, (literals + 1) * CHUNK * sizeof(double));
    b->prefix = aligned_alloc(64, (b->k + 3) * CHUNK * sizeof(double));
    if (!b->literal || !b->prefix)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu literals", literals);
    b->y = b->prefix + (b->k + 1) * CHUNK;
    b->yy = b->y + CHUNK;
    for (size_t begin = 0; begin < b->data->n; begin += CHUNK) {
        size_t n = b->data->n - begin < CHUNK ? b->data->n - begin : CHUNK, padded = qca_padded(n);
        load_chunk(b, begin, n, padded);
        walk(b, 0, b->table->n_rows, 0, padded);
    }
    return PARLEY_OK;
}

static bool reaches(double value, double cut) { return value >= cut - ROUNDING; } /* NaN reaches nothing */

static void judge(const struct building *b, struct parley_qca_table *out)
{
    const struct parley_qca_spec *s = &out->spec;
    for (size_t r = 0; r < out->n_rows; r++) {
        struct parley_qca_row *row = &out->row[r];
        const struct qca_sums *sum = &b->sums[r];
        row->incl = sum->x > 0 ? sum->xy / sum->x : NAN;
        double rest = sum->x - sum->xyy;
        row->pri = rest > ROUNDING * sum->x ? (sum->xy - sum->xyy) / rest : NAN;
        bool pri = s->pri_cut <= 0 || reaches(row->pri, s->pri_cut);
        bool excluded = false;
        for (size_t i = 0; i < s->n_exclude; i++)
            excluded |= s->exclude[i] == row->number;
        if (excluded)
            row->out = '0';
        else if (row->n < s->n_cut)
            row->out = '?';
        else if (reaches(row->incl, s->incl_cut) && pri)
            row->out = '1';
        else if (s->incl_low >= 0 && !reaches(row->incl, s->incl_cut) && reaches(row->incl, s->incl_low))
            row->out = 'C';
        else
            row->out = '0';
    }
}

static enum parley_status check(const struct parley_qca_data *data, const struct parley_qca_spec *s, struct parley_error *err)
{
    if (!(s->incl_cut > 0 && s->incl_cut <= 1))
        return parley_fail(err, PARLEY_EINVAL, "the inclusion cut-off %g is outside (0,1]", s->incl_cut);
    if (!(s->incl_low < s->incl_cut))
        return parley_fail(err, PARLEY_EINVAL, "the second inclusion cut-off %g must be below the first, %g", s->incl_low, s->incl_cut);
    if (!(s->pri_cut >= 0 && s->pri_cut <= 1))
        return parley_fail(err, PARLEY_EINVAL, "the PRI cut-off %g is outside [0,1]", s->pri_cut);
    if (s->n_cut < 1)
        return parley_fail(err, PARLEY_EINVAL, "n.cut must be at least 1");
    if (s->k < 1 || s->k > PARLEY_QCA_CONDITIONS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "%zu conditions; expected 1 to %d", s->k, PARLEY_QCA_CONDITIONS_MAX);
    for (size_t j = 0; j < s->k; j++)
        if (s->condition[j] >= data->n_columns || data->column[s->condition[j]].kind == PARLEY_QCA_OTHER)
            return parley_fail(err, PARLEY_EDOM, "condition %zu is no set", j + 1);
    if (s->outcome.column >= data->n_columns || data->column[s->outcome.column].kind == PARLEY_QCA_OTHER)
        return parley_fail(err, PARLEY_EDOM, "the outcome is no set");
    double rows = 1;
    for (size_t j = 0; j < s->k; j++)
        rows *= data->column[s->condition[j]].levels;
    for (size_t i = 0; i < s->n_exclude; i++)
        if (!s->exclude[i] || (double)s->exclude[i] > rows || rows > 9e18)
            return parley_fail(err, PARLEY_EINVAL, "there is no row %llu to exclude; the rows are numbered from 1 to %.0f",
                               (unsigned long long)s->exclude[i], rows);
    return PARLEY_OK;
}

static enum parley_status build(struct building *b, struct parley_arena *arena, struct parley_qca_table *table,
                                struct parley_error *err)
{
    const struct parley_qca_data *data = b->data;
    bool fuzzy = false;
    size_t *condition = PARLEY_NEW(arena, size_t, b->k);
    double *outcome = PARLEY_NEW(arena, double, data->n);
    table->levels = PARLEY_NEW(arena, uint8_t, b->k);
    b->config = malloc(data->n * b->k + 1);
    b->order = malloc((data->n + 1) * sizeof *b->order);
    if (!condition || !outcome || !table->levels || !b->config || !b->order)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for a truth table of %zu cases", data->n);
    memcpy(condition, table->spec.condition, b->k * sizeof *condition);
    uint64_t *exclude = PARLEY_NEW(arena, uint64_t, table->spec.n_exclude);
    if (!exclude)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu excluded rows", table->spec.n_exclude);
    if (table->spec.n_exclude)
        memcpy(exclude, table->spec.exclude, table->spec.n_exclude * sizeof *exclude);
    table->spec.exclude = exclude;
    table->spec.condition = condition;
    table->possible = 1;
    for (size_t j = 0; j < b->k; j++) {
        const struct parley_qca_column *c = &data->column[condition[j]];
        table->levels[j] = (uint8_t)c->levels;
        table->possible *= c->levels - c->temporal;
        fuzzy |= c->kind == PARLEY_QCA_FUZZY;
    }
    parley_qca_membership(data, table->spec.outcome, outcome);
    table->outcome = outcome;
    enum parley_status status = place_cases(b, arena, table, err);
    if (!status)
        status = make_rows(b, arena, table, err);
    if (!status && fuzzy)
        status = sum_fuzzy(b, err);
    else if (!status)
        sum_crisp(b);
    if (!status)
        judge(b, table);
    return status;
}

enum parley_status parley_qca_truth_table(const struct parley_qca_data *data, const struct parley_qca_spec *spec,
                                          struct parley_arena *arena, struct parley_qca_table *out, struct parley_error *err)
{
    enum parley_status status = check(data, spec, err);
    if (status)
        return status;
    struct parley_qca_table table = { .data = data, .spec = *spec };
    struct building b = { .data = data, .table = &table, .k = spec->k };
    status = build(&b, arena, &table, err);
    free(b.config);
    free(b.order);
    free(b.sums);
    free(b.literal_of);
    free(b.literal);
    free(b.prefix);
    if (!status)
        *out = table;
    return status;
}

bool parley_qca_remainders_begin(const struct parley_qca_table *table, struct parley_qca_remainders *walk)
{
    *walk = (struct parley_qca_remainders){ .table = table, .rows = 1 };
    for (size_t j = 0; j < table->spec.k; j++)
        if (__builtin_mul_overflow(walk->rows, table->levels[j], &walk->rows) || walk->rows > PARLEY_QCA_REMAINDER_ROWS_MAX)
            return false;
    return true;
}

bool parley_qca_remainders_next(struct parley_qca_remainders *walk)
{
    const struct parley_qca_table *t = walk->table;
    while (walk->number < walk->rows) {
        uint64_t rest = walk->number++;
        while (walk->seen < t->n_rows && t->row[walk->seen].number < walk->number)
            walk->seen++;
        if (walk->seen < t->n_rows && t->row[walk->seen].number == walk->number && t->row[walk->seen].out != '?')
            continue;
        for (size_t j = t->spec.k; j-- > 0; rest /= t->levels[j])
            walk->config[j] = (uint8_t)(rest % t->levels[j]);
        return true;
    }
    return false;
}
