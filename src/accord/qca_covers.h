/* qca_covers.h - every irredundant cover of a prime-implicant chart: covers that lose a row when any term goes.
 *
 * They are the minimal transversals of the rows' sets of groups. The row with the fewest groups left is covered next; a group joins
 * only while every group taken keeps a row of its own, and groups not yet tried are out below, so no cover is met twice. */
#ifndef PARLEY_ACCORD_QCA_COVERS_H
#define PARLEY_ACCORD_QCA_COVERS_H

#include "qca_chart.h"
#include "qca_choices.h"

#include <parley/progress.h>

struct qca_covers {
    const struct qca_chart *chart;
    uint64_t work_limit;                                     /* words of the chart touched */
    const struct parley_progress *progress;
    bool (*found)(void *ctx, const uint32_t *group, size_t n); /* called until it returns false; the count goes on */
    void *ctx;
    qca_count count;                                         /* covers, a group counting as many times as it has implicants */
    bool cancelled, no_memory;
};

/* true: all were met and the count is exact. */
bool qca_covers_all(struct qca_covers *covers);

#endif
