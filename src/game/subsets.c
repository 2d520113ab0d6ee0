/* Maximal Nash subsets and components: the maximal complete bipartite pieces of the graph whose edges are the extreme equilibria. */
#include "solve.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Distinct values of one side of the pairs, numbered in order of appearance. */
static size_t number(const size_t (*pair)[2], size_t n, int side, size_t *of)
{
    size_t count = 0;
    for (size_t e = 0; e < n; e++) {
        size_t before = 0;
        while (before < e && pair[before][side] != pair[e][side])
            before++;
        of[e] = before < e ? of[before] : count++;
    }
    return count;
}

struct pieces {
    size_t nx, ny, words;      /* vertices of each side; words of a set of x */
    uint64_t *of_y;            /* [ny][words]: the x that y goes with */
    uint64_t *set;             /* closed sets of x found so far */
    size_t n_sets, cap_sets;
};

static bool known(const struct pieces *p, const uint64_t *set)
{
    for (size_t i = 0; i < p->n_sets; i++)
        if (!memcmp(p->set + i * p->words, set, p->words * sizeof *set))
            return true;
    return false;
}

static bool keep(struct pieces *p, const uint64_t *set)
{
    bool any = false;
    for (size_t w = 0; w < p->words; w++)
        any |= set[w] != 0;
    if (!any || known(p, set))
        return true;
    if (p->n_sets == p->cap_sets) {
        size_t cap = p->cap_sets ? 2 * p->cap_sets : 64;
        uint64_t *grown = realloc(p->set, cap * p->words * sizeof *grown);
        if (!grown)
            return false;
        p->set = grown;
        p->cap_sets = cap;
    }
    memcpy(p->set + p->n_sets++ * p->words, set, p->words * sizeof *set);
    return true;
}

/* All intersections of the sets of x that some y go with: they are the x sides of the maximal pieces. */
static bool close_sets(struct pieces *p, uint64_t *scratch)
{
    for (size_t y = 0; y < p->ny; y++) {
        if (!keep(p, p->of_y + y * p->words))
            return false;
        for (size_t i = 0, n = p->n_sets; i < n && p->n_sets < PARLEY_SUBSETS_MAX; i++) {
            for (size_t w = 0; w < p->words; w++)
                scratch[w] = p->set[i * p->words + w] & p->of_y[y * p->words + w];
            if (!keep(p, scratch))
                return false;
        }
    }
    return true;
}

static size_t root(size_t *up, size_t i)
{
    while (up[i] != i)
        i = up[i] = up[up[i]];
    return i;
}

static enum parley_status write_subsets(struct solver *s, const struct pieces *p, const size_t *x, const size_t *y, size_t n, size_t *up)
{
    struct parley_equilibria *out = s->out;
    out->subset = PARLEY_NEW(s->arena, struct parley_nash_subset, p->n_sets);
    bool *has = malloc(p->ny + 1);
    if (!out->subset || !has) {
        free(has);
        return parley_fail(s->err, PARLEY_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < p->n_sets; i++) {
        const uint64_t *set = p->set + i * p->words;
        struct parley_nash_subset *sub = &out->subset[out->n_subsets];
        for (size_t k = 0; k < p->ny; k++) {
            has[k] = true;
            for (size_t w = 0; w < p->words; w++)
                has[k] &= (set[w] & ~p->of_y[k * p->words + w]) == 0;
        }
        size_t count = 0;
        for (size_t e = 0; e < n; e++)
            count += (set[x[e] / 64] >> (x[e] % 64) & 1) && has[y[e]];
        if (!(sub->member = PARLEY_NEW(s->arena, size_t, count))) {
            free(has);
            return parley_fail(s->err, PARLEY_ENOMEM, "out of memory");
        }
        for (size_t e = 0; e < n; e++)
            if ((set[x[e] / 64] >> (x[e] % 64) & 1) && has[y[e]])
                sub->member[sub->n++] = e;
        out->n_subsets++;
    }
    free(has);
    /* number the components by their first equilibrium */
    size_t *name = calloc(p->nx + p->ny + 1, sizeof *name);
    if (!name)
        return parley_fail(s->err, PARLEY_ENOMEM, "out of memory");
    for (size_t e = 0; e < n; e++)
        if (!name[root(up, x[e])])
            name[root(up, x[e])] = ++out->n_components;
    for (size_t i = 0; i < out->n_subsets; i++)
        out->subset[i].component = name[root(up, x[out->subset[i].member[0]])] - 1;
    free(name);
    return PARLEY_OK;
}

static int by_first_member(const void *a, const void *b)
{
    const struct parley_nash_subset *p = a, *q = b;
    if (p->component != q->component)
        return p->component < q->component ? -1 : 1;
    for (size_t i = 0; i < p->n && i < q->n; i++)
        if (p->member[i] != q->member[i])
            return p->member[i] < q->member[i] ? -1 : 1;
    return p->n < q->n ? -1 : p->n > q->n;
}

enum parley_status nash_subsets(struct solver *s, const size_t (*pair)[2], size_t n)
{
    if (n > 5000) { /* the search is quadratic; so many extreme equilibria are listed without their subsets */
        s->out->n_subsets = s->out->n_components = 0;
        return PARLEY_OK;
    }
    struct pieces p = { 0 };
    size_t *x = calloc(2 * n + 1, sizeof *x), *y = x ? x + n : NULL;
    enum parley_status status = x ? PARLEY_OK : parley_fail(s->err, PARLEY_ENOMEM, "out of memory");
    if (!status) {
        p.nx = number(pair, n, 0, x);
        p.ny = number(pair, n, 1, y);
        p.words = (p.nx + 63) / 64;
    }
    uint64_t *scratch = calloc(p.words + 1, sizeof *scratch);
    size_t *up = calloc(p.nx + p.ny + 1, sizeof *up);
    p.of_y = calloc(p.ny * p.words + 1, sizeof *p.of_y);
    if (!status && (!scratch || !up || !p.of_y))
        status = parley_fail(s->err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; !status && i < p.nx + p.ny; i++)
        up[i] = i;
    for (size_t e = 0; !status && e < n; e++) {
        p.of_y[y[e] * p.words + x[e] / 64] |= (uint64_t)1 << (x[e] % 64);
        up[root(up, x[e])] = root(up, p.nx + y[e]);
    }
    if (!status && !close_sets(&p, scratch))
        status = parley_fail(s->err, PARLEY_ENOMEM, "out of memory");
    if (!status)
        status = write_subsets(s, &p, x, y, n, up);
    if (!status && s->out->n_subsets)
        qsort(s->out->subset, s->out->n_subsets, sizeof *s->out->subset, by_first_member);
    free(x);
    free(scratch);
    free(up);
    free(p.of_y);
    free(p.set);
    return status;
}
