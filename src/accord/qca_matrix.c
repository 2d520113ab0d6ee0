#include "qca_matrix.h"

#include <stdlib.h>
#include <string.h>

bool qca_matrix_new(struct qca_matrix *m, size_t rows, size_t cols, size_t entries)
{
    size_t bytes = rows * sizeof(double) + (cols + 1 + cols + entries + 1) * sizeof(uint32_t);
    char *p = malloc(bytes);
    *m = (struct qca_matrix){ .rows = rows, .cols = cols };
    if (!p)
        return false;
    m->price = (double *)(void *)p;
    m->begin = (uint32_t *)(void *)(p + rows * sizeof(double));
    m->id = m->begin + cols + 1;
    m->row = m->id + cols;
    memset(m->price, 0, rows * sizeof(double));
    m->begin[0] = 0;
    return true;
}

void qca_matrix_release(struct qca_matrix *m)
{
    free(m->price);
    *m = (struct qca_matrix){ 0 };
}

bool qca_row_index_new(const struct qca_matrix *m, struct qca_row_index *index)
{
    size_t entries = m->begin[m->cols];
    uint32_t *p = malloc((m->rows + 2 + entries) * sizeof *p);
    index->begin = p;
    if (!p)
        return false;
    index->col = p + m->rows + 2;
    memset(p, 0, (m->rows + 2) * sizeof *p);
    for (size_t e = 0; e < entries; e++)
        p[m->row[e] + 2]++;
    for (size_t r = 0; r < m->rows; r++)
        p[r + 2] += p[r + 1];
    for (size_t c = 0; c < m->cols; c++)
        for (uint32_t e = m->begin[c]; e < m->begin[c + 1]; e++)
            index->col[p[m->row[e] + 1]++] = (uint32_t)c;
    return true;
}

void qca_row_index_release(struct qca_row_index *index)
{
    free(index->begin);
    index->begin = NULL;
}

bool qca_matrix_filter(const struct qca_matrix *m, const uint8_t *dropped, const uint8_t *covered, struct qca_matrix *out)
{
    uint32_t *to = malloc((m->rows + 1) * sizeof *to);
    size_t rows = 0;
    if (!to)
        return false;
    for (size_t r = 0; r < m->rows; r++)
        to[r] = covered[r] ? UINT32_MAX : (uint32_t)rows++;
    if (!qca_matrix_new(out, rows, m->cols, m->begin[m->cols])) {
        free(to);
        return false;
    }
    size_t cols = 0, entries = 0;
    for (size_t c = 0; c < m->cols; c++) {
        if (dropped[c])
            continue;
        for (uint32_t e = m->begin[c]; e < m->begin[c + 1]; e++)
            if (to[m->row[e]] != UINT32_MAX)
                out->row[entries++] = to[m->row[e]];
        if (entries > out->begin[cols]) {
            out->id[cols++] = m->id[c];
            out->begin[cols] = (uint32_t)entries;
        }
    }
    for (size_t r = 0; r < m->rows; r++)
        if (!covered[r])
            out->price[to[r]] = m->price[r];
    out->cols = cols;
    free(to);
    return true;
}

struct reducing {
    const struct qca_matrix *m;
    struct qca_row_index index;
    uint64_t *bits; /* [cols][words] */
    size_t words;
    uint8_t *dropped, *covered;
};

static bool has(const struct reducing *r, uint32_t col, uint32_t row) { return r->bits[(size_t)col * r->words + row / 64] >> row % 64 & 1; }

static bool inside(const struct reducing *r, uint32_t a, uint32_t b)
{
    const uint64_t *x = r->bits + (size_t)a * r->words, *y = r->bits + (size_t)b * r->words;
    for (size_t w = 0; w < r->words; w++)
        if (x[w] & ~y[w])
            return false;
    return true;
}

static uint32_t row_length(const struct reducing *r, uint32_t row) { return r->index.begin[row + 1] - r->index.begin[row]; }

/* Columns inside another one: looked for in the shortest of the column's rows. */
static bool drop_columns(struct reducing *r)
{
    const struct qca_matrix *m = r->m;
    bool any = false;
    for (uint32_t c = 0; c < m->cols; c++) {
        uint32_t rarest = m->row[m->begin[c]], size = m->begin[c + 1] - m->begin[c];
        for (uint32_t e = m->begin[c]; e < m->begin[c + 1]; e++)
            if (row_length(r, m->row[e]) < row_length(r, rarest))
                rarest = m->row[e];
        for (uint32_t e = r->index.begin[rarest]; e < r->index.begin[rarest + 1] && !r->dropped[c]; e++) {
            uint32_t d = r->index.col[e], d_size = m->begin[d + 1] - m->begin[d];
            if (d != c && !r->dropped[d] && (d_size > size || (d_size == size && d < c)) && inside(r, c, d))
                r->dropped[c] = 1, any = true;
        }
    }
    return any;
}

/* A row whose columns include all columns of another row is covered with it. */
static bool drop_rows(struct reducing *r)
{
    const struct qca_matrix *m = r->m;
    bool any = false;
    for (uint32_t a = 0; a < m->rows; a++) {
        if (r->covered[a])
            continue;
        uint32_t begin = r->index.begin[a], end = r->index.begin[a + 1], first = r->index.col[begin];
        for (uint32_t e = m->begin[first]; e < m->begin[first + 1]; e++) {
            uint32_t b = m->row[e];
            if (b == a || r->covered[b] || row_length(r, b) < end - begin || (row_length(r, b) == end - begin && b < a))
                continue;
            bool all = true;
            for (uint32_t f = begin + 1; f < end && all; f++)
                all = has(r, r->index.col[f], b);
            if (all)
                r->covered[b] = 1, any = true;
        }
    }
    return any;
}

static bool take_forced(struct reducing *r, uint32_t *chosen, size_t *n_chosen, bool *feasible)
{
    const struct qca_matrix *m = r->m;
    bool any = false;
    for (uint32_t a = 0; a < m->rows; a++) {
        uint32_t n = row_length(r, a), c = n ? r->index.col[r->index.begin[a]] : 0;
        if (!n)
            *feasible = false;
        if (n != 1 || r->covered[a])
            continue;
        chosen[(*n_chosen)++] = m->id[c];
        r->dropped[c] = 1;
        any = true;
        for (uint32_t e = m->begin[c]; e < m->begin[c + 1]; e++)
            r->covered[m->row[e]] = 1;
    }
    return any;
}

static bool one_round(struct qca_matrix *m, uint32_t *chosen, size_t *n_chosen, bool *feasible, bool *changed)
{
    struct reducing r = { .m = m, .words = (m->rows + 63) / 64 };
    struct qca_matrix less;
    r.dropped = calloc(m->cols + m->rows + 1, 1);
    r.bits = calloc(m->cols * r.words + 1, sizeof *r.bits);
    bool ok = r.dropped && r.bits && qca_row_index_new(m, &r.index);
    *changed = false;
    if (ok) {
        r.covered = r.dropped + m->cols;
        for (uint32_t c = 0; c < m->cols; c++)
            for (uint32_t e = m->begin[c]; e < m->begin[c + 1]; e++)
                r.bits[(size_t)c * r.words + m->row[e] / 64] |= (uint64_t)1 << m->row[e] % 64;
        *changed = take_forced(&r, chosen, n_chosen, feasible);
        if (*feasible && !*changed) {
            *changed = drop_columns(&r);
            if (!*changed)
                *changed = drop_rows(&r);
        }
        if (*feasible && *changed && (ok = qca_matrix_filter(m, r.dropped, r.covered, &less))) {
            qca_matrix_release(m);
            *m = less;
        }
        qca_row_index_release(&r.index);
    }
    free(r.dropped);
    free(r.bits);
    return ok;
}

bool qca_matrix_reduce(struct qca_matrix *m, uint32_t *chosen, size_t *n_chosen, bool *feasible)
{
    *feasible = true;
    for (bool changed = true; changed && m->rows && *feasible;)
        if (!one_round(m, chosen, n_chosen, feasible, &changed))
            return false;
    return true;
}
