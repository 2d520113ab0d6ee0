/* qca_models.h - how many minimal models there are, exactly, and which.
 *
 * A model of the least size takes one group of equal coverage at a time and one implicant of each group. The search covers the
 * row with the fewest groups; groups tried before are out in later branches, so no model is met twice. What is left of the chart
 * is reduced to its essence (groups that agree on the rows left are merged and their multiplicities added, independent parts
 * are counted apart and multiplied) and remembered, so equal remainders are counted once. Nothing is ever dropped because
 * another group dominates it: that would lose models. */
#ifndef PARLEY_ACCORD_QCA_MODELS_H
#define PARLEY_ACCORD_QCA_MODELS_H

#include "qca_chart.h"
#include "qca_few.h"

#include <parley/progress.h>

struct qca_models { /* private */
    const struct qca_chart *chart;
    size_t size;           /* of a minimal model */
    uint32_t *group;       /* [n] groups that can be in a minimal model */
    size_t n;
    const double *price;   /* [rows] dual prices and the bound they give */
    void *memo;
    uint64_t work, work_limit, next_tick;
    const struct parley_progress *progress;
    bool stopped, no_memory, cancelled;
};

/* price [rows] with lower bound `bound` of any cover (qca_lagrange_bound on the maximal groups); size: the proven optimum. */
bool qca_models_init(struct qca_models *models, const struct qca_chart *chart, size_t size, const double *price, double bound,
                     uint64_t work_limit, const struct parley_progress *progress);
void qca_models_release(struct qca_models *models);

/* The exact number; false when it needs more work, memory or bits than allowed. */
bool qca_models_count(struct qca_models *models, qca_count *count);

/* Call found for at most max models: the groups taken [size]. Returns how many; found returning false ends it. */
size_t qca_models_list(struct qca_models *models, size_t max, bool (*found)(void *ctx, const uint32_t *group), void *ctx);

#endif
