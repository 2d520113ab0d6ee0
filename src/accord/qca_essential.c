#include "qca_essential.h"

#include "qca_cover.h"

#include <stdlib.h>
#include <string.h>

/* Is there a row that only this group covers? */
static bool alone(const struct qca_chart *chart, const uint32_t *usable, size_t n, uint32_t group, uint64_t *others)
{
    memset(others, 0, chart->words * sizeof *others);
    for (size_t i = 0; i < n; i++)
        for (size_t w = 0; usable[i] != group && w < chart->words; w++)
            others[w] |= chart->cover[usable[i] * chart->words + w];
    for (size_t w = 0; w < chart->words; w++)
        if (chart->cover[group * chart->words + w] & ~others[w])
            return true;
    return false;
}

/* A cover without the group; what it does without is no candidate any more. Returns false when there is no memory. */
static bool decide(const struct qca_chart *chart, uint8_t *keep, uint32_t group, size_t size, uint64_t *work, const struct parley_progress *progress,
                   uint8_t *candidate, bool *complete)
{
    struct qca_matrix m;
    struct qca_cover cover = { 0 };
    struct parley_error err;
    keep[group] = 0;
    bool ok = qca_chart_matrix(chart, keep, &m);
    keep[group] = 1;
    if (!ok)
        return false;
    enum parley_status status = qca_cover_solve(&m, size, *work, progress, &cover, &err);
    qca_matrix_release(&m);
    *work -= cover.work < *work ? cover.work : *work;
    if (status == PARLEY_ENOMEM)
        return false;
    if (!status && cover.size <= size) {
        uint8_t *in = calloc(chart->n + 1, 1);
        for (size_t i = 0; in && i < cover.size; i++)
            in[cover.chosen[i]] = 1;
        for (size_t g = 0; in && g < chart->n; g++)
            candidate[g] &= in[g];
        ok = in != NULL;
        free(in);
    } else if (status || cover.bound <= size) {
        candidate[group] = 0;
        *complete = false;
    }
    free(cover.chosen);
    return ok;
}

bool qca_essential_groups(const struct qca_chart *chart, const uint32_t *usable, size_t n, size_t size, uint64_t work_limit,
                          const struct parley_progress *progress, uint8_t *candidate, bool *complete)
{
    uint64_t *others = malloc((chart->words + 1) * sizeof *others);
    uint8_t *keep = calloc(chart->n + 1, 1);
    bool ok = others && keep;
    *complete = ok;
    for (size_t i = 0; ok && i < n; i++)
        keep[usable[i]] = 1;
    for (uint32_t g = 0; ok && g < chart->n; g++)
        if (candidate[g] && !alone(chart, usable, n, g, others))
            ok = decide(chart, keep, g, size, &work_limit, progress, candidate, complete);
    free(others);
    free(keep);
    return ok;
}
