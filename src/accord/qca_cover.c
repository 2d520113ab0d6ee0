#include "qca_cover.h"

#include "qca_lagrange.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIFT_FROM = 20000, SIFT_KEEP = 60, SIFT_ROUNDS = 12, ROOT_STEPS = 500, NODE_STEPS = 100, TICK_WORK = 20000000 };

static const double SLACK = 1e-6; /* sums of prices are exact to about 1e-12 */

struct search {
    size_t best;       /* size of the best cover so far */
    uint32_t *cover;   /* [rows] */
    uint32_t *chosen;  /* [rows + 1] on the way to this node */
    size_t n;
    uint64_t nodes, work, limit, next_tick;
    const struct parley_progress *progress;
    size_t enough;     /* a cover of this size ends the search; 0 = only the least does */
    bool stop, cancelled, no_memory;
};

static void record(struct search *s, const uint32_t *more, size_t n_more)
{
    if (s->n + n_more >= s->best)
        return;
    s->best = s->n + n_more;
    memcpy(s->cover, s->chosen, s->n * sizeof *s->cover);
    if (n_more)
        memcpy(s->cover + s->n, more, n_more * sizeof *more);
    s->stop |= s->best <= s->enough;
}

static bool too_dear(const struct search *s, double bound) { return (double)s->n + bound > (double)s->best - 1 + SLACK; }

static bool go_on(struct search *s)
{
    if (s->work > s->next_tick) {
        s->next_tick = s->work + TICK_WORK;
        if (!parley_tick(s->progress, (double)s->work, (double)s->limit, "cover"))
            s->stop = s->cancelled = true;
    }
    if (s->work > s->limit)
        s->stop = true;
    return !s->stop;
}

/* Drop what cannot be in a better cover, take what must be. Returns how many columns that decides. */
static size_t fix(struct search *s, const struct qca_matrix *m, double bound, const double *reduced, uint8_t *dropped, uint8_t *covered)
{
    size_t fixed = 0;
    for (size_t c = 0; c < m->cols; c++) {
        if (reduced[c] > 0 && too_dear(s, bound + reduced[c])) {
            dropped[c] = 1;
            fixed++;
        } else if (reduced[c] < 0 && too_dear(s, bound - reduced[c])) {
            dropped[c] = 1;
            fixed++;
            s->chosen[s->n++] = m->id[c];
            bound -= 1; /* the chosen column left the rest's bound */
            for (uint32_t e = m->begin[c]; e < m->begin[c + 1]; e++)
                covered[m->row[e]] = 1;
        }
    }
    return fixed;
}

struct branch {
    uint32_t col;
    double reduced;
};

static int cheaper(const void *a, const void *b)
{
    const struct branch *x = a, *y = b;
    return x->reduced != y->reduced ? (x->reduced > y->reduced) - (x->reduced < y->reduced) : (x->col > y->col) - (x->col < y->col);
}

static void explore(struct search *s, struct qca_matrix *m, size_t steps);

/* Try every column of the row with the fewest; those tried before are out in the later branches. */
static void branch(struct search *s, const struct qca_matrix *m, double bound, const double *reduced)
{
    struct qca_row_index index;
    uint8_t *dropped = calloc(m->cols + m->rows + 1, 1);
    struct branch *option = NULL;
    if (!dropped || !qca_row_index_new(m, &index)) {
        free(dropped);
        s->stop = s->no_memory = true;
        return;
    }
    uint8_t *covered = dropped + m->cols;
    uint32_t row = 0, n = UINT32_MAX;
    for (uint32_t r = 0; r < m->rows; r++) {
        uint32_t len = index.begin[r + 1] - index.begin[r];
        if (len < n || (len == n && m->price[r] > m->price[row]))
            row = r, n = len;
    }
    option = malloc((n + 1) * sizeof *option);
    if (!option)
        s->stop = s->no_memory = true;
    for (uint32_t i = 0; option && i < n; i++) {
        uint32_t c = index.col[index.begin[row] + i];
        option[i] = (struct branch){ c, reduced[c] };
    }
    qca_row_index_release(&index);
    if (option)
        qsort(option, n, sizeof *option, cheaper);
    for (uint32_t i = 0; option && i < n && !s->stop; i++) {
        uint32_t c = option[i].col;
        struct qca_matrix child;
        dropped[c] = 1;
        if (reduced[c] > 0 && too_dear(s, bound + reduced[c]))
            break; /* so are the later ones */
        if (too_dear(s, bound))
            break;
        memset(covered, 0, m->rows);
        for (uint32_t e = m->begin[c]; e < m->begin[c + 1]; e++)
            covered[m->row[e]] = 1;
        if (!qca_matrix_filter(m, dropped, covered, &child)) {
            s->stop = s->no_memory = true;
            break;
        }
        size_t n_before = s->n;
        s->chosen[s->n++] = m->id[c];
        explore(s, &child, NODE_STEPS);
        s->n = n_before;
        qca_matrix_release(&child);
    }
    free(option);
    free(dropped);
}

/* One pass of bound and fixing. Returns true when the node is done. */
static bool bound_and_fix(struct search *s, struct qca_matrix *m, size_t steps, double **reduced, double *bound, bool *again)
{
    struct qca_lagrange l = { .iterations = steps, .step = steps > NODE_STEPS ? 1 : .4, .upper = (double)(s->best - s->n), .n_cover = s->best - s->n,
                              .stop_at = (double)s->best - 1 - (double)s->n + SLACK, .greedy_every = steps > NODE_STEPS ? 8 : 25 };
    uint8_t *flags = calloc(m->cols + m->rows + 1, 1);
    l.cover = malloc((m->rows + 1) * sizeof *l.cover);
    l.reduced = *reduced = malloc((m->cols + 1) * sizeof **reduced);
    bool done = true;
    *again = false;
    if (!flags || !l.cover || !l.reduced || !qca_lagrange_bound(m, &l)) {
        s->stop = s->no_memory = true;
    } else {
        s->work += l.work;
        if (l.n_cover < s->best - s->n)
            record(s, l.cover, l.n_cover);
        *bound = l.bound;
        done = too_dear(s, l.bound);
        size_t fixed = done ? 0 : fix(s, m, l.bound, l.reduced, flags, flags + m->cols);
        if (fixed) {
            struct qca_matrix less;
            if (!qca_matrix_filter(m, flags, flags + m->cols, &less))
                s->stop = s->no_memory = done = true;
            else {
                *again = fixed * 10 >= m->cols || less.rows < m->rows;
                qca_matrix_release(m);
                *m = less;
                if (!*again) { /* reduced costs in the order of the columns left */
                    free(*reduced);
                    *reduced = NULL;
                    *again = true;
                }
            }
        }
    }
    free(flags);
    free(l.cover);
    return done || s->stop;
}

static void explore(struct search *s, struct qca_matrix *m, size_t steps)
{
    s->nodes++;
    for (;;) {
        bool feasible, again = false;
        double bound = 0, *reduced = NULL;
        s->work += m->begin[m->cols] + m->rows + 1;
        if (!go_on(s))
            return;
        if (m->cols < SIFT_FROM && !qca_matrix_reduce(m, s->chosen, &s->n, &feasible)) {
            s->stop = s->no_memory = true;
            return;
        }
        if (m->cols < SIFT_FROM && !feasible)
            return;
        if (!m->rows) {
            record(s, NULL, 0);
            return;
        }
        if (s->n + 1 >= s->best)
            return;
        bool done = bound_and_fix(s, m, steps, &reduced, &bound, &again);
        if (!done && !again)
            branch(s, m, bound, reduced);
        free(reduced);
        if (done || !again)
            return;
        steps = NODE_STEPS;
    }
}

static int by_cost(const void *a, const void *b) { return cheaper(a, b); }

/* Prices for a chart with very many columns: ascend on the cheapest few of each row, price the rest, repeat. */
static bool sift(struct search *s, struct qca_matrix *m, double *bound)
{
    uint8_t *out = malloc(m->cols + m->rows + 1);
    double *reduced = malloc((m->cols + 1) * sizeof *reduced), *best_price = calloc(m->rows + 1, sizeof *best_price);
    uint32_t *kept = calloc(m->rows + 1, sizeof *kept);
    struct branch *order = malloc((m->cols + 1) * sizeof *order);
    bool ok = out && reduced && best_price && kept && order;
    *bound = 0;
    for (size_t c = 0; ok && c < m->cols; c++) /* first: the columns that cover most */
        reduced[c] = -(double)(m->begin[c + 1] - m->begin[c]);
    if (ok)
        memset(out, 1, m->cols);
    for (int round = 0; ok && round < SIFT_ROUNDS && !s->stop; round++) {
        for (size_t c = 0; c < m->cols; c++)
            order[c] = (struct branch){ (uint32_t)c, reduced[c] };
        qsort(order, m->cols, sizeof *order, by_cost);
        memset(kept, 0, m->rows * sizeof *kept);
        memset(out + m->cols, 0, m->rows);
        for (size_t i = 0; i < m->cols; i++) {
            uint32_t c = order[i].col;
            bool wanted = false;
            for (uint32_t e = m->begin[c]; e < m->begin[c + 1]; e++)
                wanted |= kept[m->row[e]] < SIFT_KEEP;
            if (!wanted)
                continue;
            out[c] = 0;
            for (uint32_t e = m->begin[c]; e < m->begin[c + 1]; e++)
                kept[m->row[e]]++;
        }
        struct qca_matrix core;
        if (!(ok = qca_matrix_filter(m, out, out + m->cols, &core)))
            break;
        struct qca_lagrange l = { .iterations = round ? 150 : ROOT_STEPS, .step = round ? .3 : 1, .upper = (double)s->best, .n_cover = s->best,
                                  .stop_at = (double)s->best - 1 + SLACK, .greedy_every = 12 };
        l.cover = malloc((m->rows + 1) * sizeof *l.cover);
        l.reduced = malloc((core.cols + 1) * sizeof *l.reduced);
        ok = l.cover && l.reduced && qca_lagrange_bound(&core, &l);
        if (ok && l.n_cover < s->best)
            record(s, l.cover, l.n_cover);
        double full = 0, lowest = 0;
        for (size_t r = 0; ok && r < m->rows; r++) {
            m->price[r] = core.price[r];
            full += core.price[r];
        }
        for (size_t c = 0; ok && c < m->cols; c++) {
            reduced[c] = 1;
            for (uint32_t e = m->begin[c]; e < m->begin[c + 1]; e++)
                reduced[c] -= m->price[m->row[e]];
            full += reduced[c] < 0 ? reduced[c] : 0;
            if (out[c] && reduced[c] < lowest)
                lowest = reduced[c];
        }
        if (ok && full > *bound) {
            *bound = full;
            memcpy(best_price, m->price, m->rows * sizeof *best_price);
        }
        s->work += l.work + 4 * (uint64_t)m->begin[m->cols];
        qca_matrix_release(&core);
        free(l.cover);
        free(l.reduced);
        if (lowest > -1e-9 || !go_on(s))
            break;
    }
    if (ok)
        memcpy(m->price, best_price, m->rows * sizeof *best_price);
    free(out);
    free(reduced);
    free(best_price);
    free(kept);
    free(order);
    return ok;
}

/* The bound of the whole chart: cheap columns only remain afterwards. */
static void solve_root(struct search *s, struct qca_matrix *m, double *root_bound)
{
    double bound = 0;
    if (m->cols >= SIFT_FROM) {
        uint8_t *flags = calloc(m->cols + m->rows + 1, 1);
        struct qca_matrix less;
        if (!flags || !sift(s, m, &bound)) {
            free(flags);
            s->stop = s->no_memory = true;
            return;
        }
        *root_bound = bound;
        for (size_t c = 0; c < m->cols; c++) {
            double reduced = 1;
            for (uint32_t e = m->begin[c]; e < m->begin[c + 1]; e++)
                reduced -= m->price[m->row[e]];
            flags[c] = reduced > 0 && too_dear(s, bound + reduced);
        }
        bool done = too_dear(s, bound);
        if (!done && qca_matrix_filter(m, flags, flags + m->cols, &less)) {
            qca_matrix_release(m);
            *m = less;
        } else if (!done)
            s->stop = s->no_memory = true;
        free(flags);
        if (done || s->stop)
            return;
    } else if (m->rows) {
        struct qca_lagrange l = { .iterations = ROOT_STEPS, .step = 1, .upper = (double)m->rows + 1, .n_cover = m->rows + 1, .stop_at = 1e300, .greedy_every = 8 };
        l.cover = malloc((m->rows + 1) * sizeof *l.cover);
        l.reduced = malloc((m->cols + 1) * sizeof *l.reduced);
        if (!l.cover || !l.reduced || !qca_lagrange_bound(m, &l))
            s->stop = s->no_memory = true;
        else {
            record(s, l.cover, l.n_cover);
            *root_bound = l.bound;
            s->work += l.work;
        }
        free(l.cover);
        free(l.reduced);
    }
}

static bool copy_matrix(const struct qca_matrix *chart, struct qca_matrix *m)
{
    if (!qca_matrix_new(m, chart->rows, chart->cols, chart->begin[chart->cols]))
        return false;
    memcpy(m->begin, chart->begin, (chart->cols + 1) * sizeof *m->begin);
    memcpy(m->row, chart->row, chart->begin[chart->cols] * sizeof *m->row);
    memcpy(m->id, chart->id, chart->cols * sizeof *m->id);
    memcpy(m->price, chart->price, chart->rows * sizeof *m->price);
    return true;
}

/* Search for covers below `cutoff` with part of the budget. Returns true when the search was exhaustive. */
static bool search_below(struct search *s, const struct qca_matrix *root, size_t cutoff, uint64_t limit, size_t *size)
{
    struct qca_matrix m;
    s->best = cutoff;
    s->limit = limit;
    s->n = 0;
    s->stop = false;
    if (!copy_matrix(root, &m))
        s->no_memory = true;
    else
        explore(s, &m, ROOT_STEPS / 2);
    qca_matrix_release(&m);
    if (s->best < cutoff)
        *size = s->best;
    return !s->stop && !s->no_memory;
}

/* First an ordinary search, which also improves the cover. If that does not end, ask for covers of the least possible size, then
 * of one more: a small target fixes most columns, so that the bound rises or the optimum is hit early. */
static size_t prove(struct search *s, const struct qca_matrix *root, size_t bound, size_t *size)
{
    uint64_t limit = s->limit, first = s->work + (limit - s->work) / 8;
    if (bound >= *size || search_below(s, root, *size, first, size))
        return *size;
    while (bound < *size && !s->cancelled && !s->no_memory) {
        size_t before = *size;
        if (!search_below(s, root, bound + 1, limit, size))
            break;
        if (*size < before)
            return *size;
        bound++;
    }
    return bound < *size ? bound : *size;
}

/* Is there a cover of `enough` columns? The bound says so when there is none. */
static size_t prove_more(struct search *s, const struct qca_matrix *root, size_t bound, size_t *size)
{
    if (*size <= s->enough || bound > s->enough || !search_below(s, root, s->enough + 1, s->limit, size) || *size <= s->enough)
        return bound;
    return s->enough + 1;
}

enum parley_status qca_cover_solve(const struct qca_matrix *chart, size_t enough, uint64_t work_limit, const struct parley_progress *progress,
                                   struct qca_cover *out, struct parley_error *err)
{
    struct search s = { .best = chart->rows + 1, .enough = enough, .limit = work_limit, .progress = progress, .next_tick = TICK_WORK };
    struct qca_matrix m;
    double bound = 0;
    s.cover = calloc(chart->rows + 2, sizeof *s.cover);
    s.chosen = calloc(chart->rows + 2, sizeof *s.chosen);
    if (!s.cover || !s.chosen || !copy_matrix(chart, &m)) {
        free(s.cover);
        free(s.chosen);
        return parley_fail(err, PARLEY_ENOMEM, "no memory for a chart of %zu rows and %zu columns", chart->rows, chart->cols);
    }
    solve_root(&s, &m, &bound);
    size_t whole = (size_t)fmax(0, ceil(bound - SLACK)), size = s.best;
    if (!s.stop && size <= chart->rows)
        whole = enough ? prove_more(&s, &m, whole, &size) : prove(&s, &m, whole, &size);
    s.best = size;
    qca_matrix_release(&m);
    free(s.chosen);
    if (s.no_memory || s.best > chart->rows) {
        free(s.cover);
        return parley_fail(err, s.no_memory ? PARLEY_ENOMEM : PARLEY_EDOM, "no cover: %s",
                           s.no_memory ? "out of memory" : "a row of the chart has no column");
    }
    *out = (struct qca_cover){ .size = s.best, .bound = whole < s.best ? whole : s.best, .chosen = s.cover, .nodes = s.nodes, .work = s.work };
    out->proven = out->size == out->bound;
    return s.cancelled && !out->proven ? parley_fail(err, PARLEY_ECANCELLED, "stopped; the best cover so far has %zu terms", out->size) : PARLEY_OK;
}
