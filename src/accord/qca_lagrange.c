#include "qca_lagrange.h"

#include <stdlib.h>
#include <string.h>

struct ascent {
    const struct qca_matrix *m;
    struct qca_row_index index;
    double *price, *best_price, *reduced, *gain; /* [rows], [rows], [cols], [cols] */
    int32_t *hits;                               /* [rows] columns that take part */
    uint32_t *open, *pick;                       /* [cols] rows still open in a column; [rows] the cover so far */
    uint16_t *times;                             /* [rows] */
};

static double evaluate(struct ascent *a)
{
    const struct qca_matrix *m = a->m;
    double bound = 0;
    for (size_t r = 0; r < m->rows; r++) {
        bound += a->price[r];
        a->hits[r] = 0;
    }
    for (size_t c = 0; c < m->cols; c++) {
        double reduced = 1;
        for (uint32_t e = m->begin[c]; e < m->begin[c + 1]; e++)
            reduced -= a->price[m->row[e]];
        a->reduced[c] = reduced;
        if (reduced < 0) {
            bound += reduced;
            for (uint32_t e = m->begin[c]; e < m->begin[c + 1]; e++)
                a->hits[m->row[e]]++;
        }
    }
    return bound;
}

/* A cover from the prices; redundant columns leave again, the latest first. */
static size_t greedy(struct ascent *a, size_t limit)
{
    const struct qca_matrix *m = a->m;
    size_t n = 0, left = m->rows;
    memcpy(a->gain, a->reduced, m->cols * sizeof *a->gain);
    for (size_t c = 0; c < m->cols; c++)
        a->open[c] = m->begin[c + 1] - m->begin[c];
    memset(a->times, 0, m->rows * sizeof *a->times);
    while (left && n < limit + 4 && n < m->rows) {
        size_t best = 0;
        double best_score = 1e300;
        for (size_t c = 0; c < m->cols; c++) {
            if (!a->open[c])
                continue;
            double score = a->gain[c] > 0 ? a->gain[c] / a->open[c] : a->gain[c] * a->open[c];
            if (score < best_score)
                best = c, best_score = score;
        }
        a->pick[n++] = (uint32_t)best;
        for (uint32_t e = m->begin[best]; e < m->begin[best + 1]; e++) {
            uint32_t r = m->row[e];
            if (a->times[r]++)
                continue;
            left--;
            for (uint32_t f = a->index.begin[r]; f < a->index.begin[r + 1]; f++) {
                a->open[a->index.col[f]]--;
                a->gain[a->index.col[f]] += a->price[r];
            }
        }
    }
    if (left)
        return SIZE_MAX;
    for (size_t i = n; i-- > 0;) {
        uint32_t c = a->pick[i];
        bool redundant = true;
        for (uint32_t e = m->begin[c]; e < m->begin[c + 1] && redundant; e++)
            redundant = a->times[m->row[e]] > 1;
        if (redundant) {
            for (uint32_t e = m->begin[c]; e < m->begin[c + 1]; e++)
                a->times[m->row[e]]--;
            a->pick[i] = a->pick[--n];
        }
    }
    return n;
}

static void start_prices(struct ascent *a)
{
    const struct qca_matrix *m = a->m;
    double sum = 0;
    for (size_t r = 0; r < m->rows; r++)
        sum += a->price[r];
    if (sum > 0)
        return;
    for (size_t r = 0; r < m->rows; r++) { /* every column shares its cost among its rows */
        double least = 1;
        for (uint32_t f = a->index.begin[r]; f < a->index.begin[r + 1]; f++) {
            uint32_t c = a->index.col[f];
            double share = 1.0 / (m->begin[c + 1] - m->begin[c]);
            least = share < least ? share : least;
        }
        a->price[r] = least;
    }
}

static bool step(struct ascent *a, double size)
{
    const struct qca_matrix *m = a->m;
    double norm = 0;
    for (size_t r = 0; r < m->rows; r++) {
        int g = 1 - a->hits[r];
        if (!(g < 0 && a->price[r] <= 0))
            norm += (double)g * g;
    }
    if (norm <= 0)
        return false;
    for (size_t r = 0; r < m->rows; r++) {
        double u = a->price[r] + size / norm * (1 - a->hits[r]);
        a->price[r] = u > 0 ? u : 0;
    }
    return true;
}

static void ascend(struct ascent *a, struct qca_lagrange *l)
{
    const struct qca_matrix *m = a->m;
    double factor = l->step;
    int stale = 0;
    l->bound = -1e300;
    for (size_t t = 0; t < l->iterations; t++) {
        double bound = evaluate(a);
        l->work += m->begin[m->cols] + m->rows;
        if (bound > l->bound + 1e-4)
            stale = 0;
        else if (++stale >= 12)
            stale = 0, factor *= .6;
        if (bound > l->bound) {
            l->bound = bound;
            memcpy(a->best_price, a->price, m->rows * sizeof *a->price);
        }
        if (l->greedy_every && t % (size_t)l->greedy_every == 0) {
            size_t n = greedy(a, l->n_cover);
            l->work += m->begin[m->cols] + m->cols * 8;
            if (n < l->n_cover) {
                l->n_cover = n;
                l->upper = (double)n;
                for (size_t i = 0; i < n; i++)
                    l->cover[i] = m->id[a->pick[i]];
            }
        }
        if (l->bound > l->stop_at || factor < 1e-3 || l->upper - l->bound < 1e-7)
            break;
        if (!step(a, factor * (1.02 * l->upper - bound)))
            break;
    }
    memcpy(a->price, a->best_price, m->rows * sizeof *a->price);
    l->bound = evaluate(a);
    memcpy(l->reduced, a->reduced, m->cols * sizeof *a->reduced);
}

bool qca_lagrange_bound(struct qca_matrix *m, struct qca_lagrange *l)
{
    struct ascent a = { .m = m, .price = m->price };
    char *memory = malloc((m->rows + 2 * m->cols + 4) * sizeof(double) + (2 * m->rows + m->cols + 4) * sizeof(uint32_t) +
                          (m->rows + 8) * sizeof(uint16_t));
    if (!memory || !qca_row_index_new(m, &a.index)) {
        free(memory);
        return false;
    }
    a.best_price = (double *)(void *)memory;
    a.reduced = a.best_price + m->rows;
    a.gain = a.reduced + m->cols;
    a.hits = (int32_t *)(void *)(a.gain + m->cols);
    a.open = (uint32_t *)(void *)(a.hits + m->rows);
    a.pick = a.open + m->cols;
    a.times = (uint16_t *)(void *)(a.pick + m->rows + 1);
    start_prices(&a);
    memcpy(a.best_price, a.price, m->rows * sizeof *a.price);
    ascend(&a, l);
    qca_row_index_release(&a.index);
    free(memory);
    return true;
}
