/* qca_skeletons.h - how many minimal models there are, counted by their skeletons, and which.
 *
 * The search covers the chart as the search for an optimum does, with dominance: a group whose rows left another covers too joins the
 * class of the other instead of being dropped. A leaf is a skeleton: one class for each term, whose leaders cover everything. Every minimal
 * model takes one group of each class of exactly one skeleton (two of one class, or one that a leader makes superfluous, would give a smaller
 * cover), so the models of a skeleton are the choices that still cover all rows; they are counted by what the classes leave to each other.
 * Needs the proven optimum. */
#ifndef PARLEY_ACCORD_QCA_SKELETONS_H
#define PARLEY_ACCORD_QCA_SKELETONS_H

#include "qca_chart.h"
#include "qca_choices.h"

#include <parley/progress.h>

struct qca_skeletons {
    const struct qca_chart *chart;
    const uint32_t *group; /* [n] usable ones */
    size_t n, size;        /* size: of a minimal model, proven */
    const double *price;   /* [rows] dual prices */
    uint64_t work_limit;
    const struct parley_progress *progress;
    bool (*found)(void *ctx, const uint32_t *group); /* called for each model by its groups [size] until it returns false; may be NULL */
    void *ctx;
    uint64_t work, skeletons; /* out */
    uint64_t *leads;       /* out, [chart->n] or NULL: of how many skeletons the group is a leader; each skeleton's leaders are a model */
    bool stopped, no_memory, cancelled;
};

/* Groups that can be in a model of `size` by the prices [rows], which bound every cover from below by `bound`. group [chart->n] out. */
size_t qca_usable_groups(const struct qca_chart *chart, size_t size, const double *price, double bound, uint32_t *group);

/* The exact number, or what was counted so far: false when it needs more work, memory or bits than allowed. */
bool qca_skeletons_count(struct qca_skeletons *skeletons, qca_count *count);

#endif
