#include "qca_covers.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 1024 }; /* groups in one cover */

static const uint64_t TICK_WORK = 20000000;

struct walk {
    struct qca_covers *to;
    size_t words, n, depth, deepest;
    uint8_t *candidate; /* [n] */
    uint32_t *path;     /* [deepest] groups taken */
    uint64_t *own;      /* [deepest + 1][deepest][words] rows only this group covers, by depth and place in the path */
    uint64_t *left;     /* [deepest + 1][words] rows not covered, by depth */
    uint64_t work, next_tick;
    bool listing, stopped;
};

static const uint64_t *cover_of(const struct walk *w, size_t g) { return w->to->chart->cover + g * w->words; }

static uint64_t *own_at(const struct walk *w, size_t depth, size_t place) { return w->own + (depth * w->deepest + place) * w->words; }

static bool has(const uint64_t *bits, size_t r) { return bits[r / 64] >> r % 64 & 1; }

/* The uncovered row with the fewest candidates, by counting them; SIZE_MAX when all are covered. */
static size_t next_row(struct walk *w, const uint64_t *left)
{
    size_t best = SIZE_MAX, least = SIZE_MAX;
    for (size_t r = 0; r < w->to->chart->rows && least; r++) {
        size_t n = 0;
        if (!has(left, r))
            continue;
        for (size_t g = 0; g < w->n && n < least; g++)
            n += w->candidate[g] && has(cover_of(w, g), r);
        w->work += w->n;
        if (n < least) {
            least = n;
            best = r;
        }
    }
    return best;
}

/* Take a group one level deeper; false when a group taken before would be left without a row of its own. */
static bool take(struct walk *w, uint32_t g)
{
    const uint64_t *cover = cover_of(w, g), *left = w->left + w->depth * w->words;
    uint64_t *mine = own_at(w, w->depth + 1, w->depth), *below = w->left + (w->depth + 1) * w->words;
    for (size_t i = 0; i < w->depth; i++) {
        const uint64_t *from = own_at(w, w->depth, i);
        uint64_t *own = own_at(w, w->depth + 1, i), any = 0;
        for (size_t j = 0; j < w->words; j++)
            any |= own[j] = from[j] & ~cover[j];
        if (!any)
            return false;
    }
    for (size_t j = 0; j < w->words; j++) {
        mine[j] = left[j] & cover[j];
        below[j] = left[j] & ~cover[j];
    }
    w->path[w->depth] = g;
    return true;
}

static void add(struct walk *w)
{
    qca_count n = 1;
    for (size_t i = 0; i < w->depth; i++)
        if (__builtin_mul_overflow(n, w->to->chart->multiplicity[w->path[i]], &n))
            w->stopped = true;
    if (w->stopped || __builtin_add_overflow(w->to->count, n, &w->to->count))
        w->stopped = true;
    if (w->listing && !w->stopped)
        w->listing = w->to->found(w->to->ctx, w->path, w->depth);
}

static bool may_go_on(struct walk *w)
{
    if (w->work >= w->next_tick) {
        w->next_tick = w->work + TICK_WORK;
        if (!parley_tick(w->to->progress, (double)w->work, (double)w->to->work_limit, "irredundant models"))
            w->stopped = w->to->cancelled = true;
    }
    w->stopped |= w->work > w->to->work_limit;
    return !w->stopped;
}

static void walk(struct walk *w)
{
    size_t n = 0, options = 0, row = next_row(w, w->left + w->depth * w->words);
    if (row == SIZE_MAX) {
        add(w);
        return;
    }
    for (size_t g = 0; g < w->n; g++)
        options += w->candidate[g] && has(cover_of(w, g), row);
    uint32_t *tried = malloc((options + 1) * sizeof *tried);
    if (!tried || w->depth == w->deepest) {
        w->to->no_memory |= !tried;
        w->stopped = true;
        free(tried);
        return;
    }
    for (size_t g = 0; g < w->n; g++)
        if (w->candidate[g] && has(cover_of(w, g), row)) {
            tried[n++] = (uint32_t)g;
            w->candidate[g] = 0;
        }
    for (size_t i = 0; i < n && may_go_on(w); i++) {
        w->work += (w->depth + 1) * w->words;
        if (take(w, tried[i])) {
            w->depth++;
            walk(w);
            w->depth--;
        }
        w->candidate[tried[i]] = 1;
    }
    for (size_t i = 0; i < n; i++)
        w->candidate[tried[i]] = 1;
    free(tried);
}

bool qca_covers_all(struct qca_covers *covers)
{
    const struct qca_chart *chart = covers->chart;
    size_t rows = chart->rows, deepest = rows < DEPTH_MAX ? rows : DEPTH_MAX, own;
    struct walk w = { .to = covers, .words = chart->words, .n = chart->n, .deepest = deepest, .listing = covers->found != NULL };
    covers->count = 0;
    if (!__builtin_mul_overflow((deepest + 1) * deepest, w.words, &own)) {
        w.candidate = malloc(w.n + 1);
        w.path = malloc((deepest + 1) * sizeof *w.path);
        w.own = calloc(own, sizeof *w.own);
        w.left = calloc((deepest + 1) * w.words, sizeof *w.left);
    }
    if (w.candidate && w.path && w.own && w.left) {
        for (size_t g = 0; g < w.n; g++)
            w.candidate[g] = chart->multiplicity[g] != 0;
        for (size_t r = 0; r < rows; r++)
            w.left[r / 64] |= (uint64_t)1 << r % 64;
        walk(&w);
    } else {
        covers->no_memory = w.stopped = true;
    }
    free(w.candidate);
    free(w.path);
    free(w.own);
    free(w.left);
    return !w.stopped;
}
