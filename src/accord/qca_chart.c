#include "qca_chart.h"

#include <stdlib.h>
#include <string.h>

bool qca_chart_new(const struct qca_implicants *im, struct qca_chart *chart)
{
    struct qca_chart c = { .rows = im->n_on, .words = im->words, .n = im->n_groups };
    c.cover = malloc((c.n * c.words + 1) * sizeof *c.cover);
    c.multiplicity = malloc((c.n + 1) * sizeof *c.multiplicity);
    c.first = malloc((c.n + 1) * sizeof *c.first);
    c.base = malloc((c.rows + 1) * sizeof *c.base);
    if (!c.cover || !c.multiplicity || !c.first || !c.base) {
        qca_chart_release(&c);
        return false;
    }
    size_t at = 0;
    for (size_t r = 0; r < c.rows; r++) {
        const struct qca_row_implicants *row = &im->row[r];
        c.base[r] = (uint32_t)at;
        if (row->n_groups) {
            memcpy(c.cover + at * c.words, row->cover, row->n_groups * c.words * sizeof *c.cover);
            memcpy(c.multiplicity + at, row->multiplicity, row->n_groups * sizeof *c.multiplicity);
        }
        for (size_t g = 0; g < row->n_groups; g++)
            c.first[at + g] = (uint32_t)r;
        at += row->n_groups;
    }
    c.base[c.rows] = (uint32_t)at;
    *chart = c;
    return true;
}

void qca_chart_release(struct qca_chart *chart)
{
    free(chart->cover);
    free(chart->multiplicity);
    free(chart->first);
    free(chart->base);
    *chart = (struct qca_chart){ 0 };
}

bool qca_chart_matrix(const struct qca_chart *chart, const uint8_t *keep, struct qca_matrix *out)
{
    size_t cols = 0, entries = 0;
    for (size_t g = 0; g < chart->n; g++) {
        if (!keep[g])
            continue;
        cols++;
        for (size_t w = 0; w < chart->words; w++)
            entries += (size_t)__builtin_popcountll(chart->cover[g * chart->words + w]);
    }
    if (entries > UINT32_MAX || !qca_matrix_new(out, chart->rows, cols, entries))
        return false;
    cols = entries = 0;
    for (size_t g = 0; g < chart->n; g++) {
        if (!keep[g])
            continue;
        for (size_t w = 0; w < chart->words; w++)
            for (uint64_t bits = chart->cover[g * chart->words + w]; bits; bits &= bits - 1)
                out->row[entries++] = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(bits));
        out->id[cols++] = (uint32_t)g;
        out->begin[cols] = (uint32_t)entries;
    }
    return true;
}

struct growing { /* of one first row: what it takes for another ON row to join */
    const struct qca_chart *chart;
    const uint64_t *agree; /* [rows] */
    const uint64_t *edge;  /* [n_edges] */
    size_t n_edges;
};

static bool can_grow(const struct growing *g, const uint64_t *cover)
{
    uint64_t cube = ~(uint64_t)0;
    for (size_t w = 0; w < g->chart->words; w++)
        for (uint64_t bits = cover[w]; bits; bits &= bits - 1)
            cube &= g->agree[w * 64 + (size_t)__builtin_ctzll(bits)];
    for (size_t w = 0; w < g->chart->words; w++) {
        size_t left = g->chart->rows - w * 64;
        uint64_t others = ~cover[w] & (left >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << left) - 1);
        for (; others; others &= others - 1) {
            uint64_t wider = cube & g->agree[w * 64 + (size_t)__builtin_ctzll(others)];
            size_t e = 0;
            while (e < g->n_edges && (wider & g->edge[e]))
                e++;
            if (e == g->n_edges)
                return true;
        }
    }
    return false;
}

bool qca_chart_maximal(const struct qca_chart *chart, const struct qca_problem *p, bool complete, struct qca_matrix *out)
{
    uint8_t *keep = malloc(chart->n + 1);
    uint64_t *sets = malloc((2 * p->n_off + 65) * sizeof *sets), *agree = malloc((p->n_on + 1) * sizeof *agree);
    bool ok = keep && sets && agree;
    for (size_t r = 0; ok && r < chart->rows; r++) {
        struct growing g = { .chart = chart, .agree = agree, .edge = sets };
        const uint8_t *on = p->on + r * p->k;
        if (chart->base[r] == chart->base[r + 1])
            continue;
        qca_differences(p, on, sets, &g.n_edges);
        for (size_t j = 0; j < p->n_on; j++)
            agree[j] = qca_agree(on, p->on + j * p->k, p->k);
        for (size_t i = chart->base[r]; i < chart->base[r + 1]; i++) /* with implicants missing, the larger one may be among them */
            keep[i] = !complete || !can_grow(&g, chart->cover + i * chart->words);
    }
    ok = ok && qca_chart_matrix(chart, keep, out);
    free(keep);
    free(sets);
    free(agree);
    return ok;
}
