/* qca_chart.h - the prime-implicant chart: groups of implicants with equal coverage against ON rows. */
#ifndef PARLEY_ACCORD_QCA_CHART_H
#define PARLEY_ACCORD_QCA_CHART_H

#include "qca_implicants.h"
#include "qca_matrix.h"

struct qca_chart {
    size_t rows, words, n;
    uint64_t *cover;        /* [n][words] */
    uint64_t *multiplicity; /* [n] implicants of the group; 0 = left out (row dominance) */
    uint32_t *first;        /* [n] ON row in which the group was found */
    uint32_t *base;         /* [rows + 1] groups of row r are base[r] .. base[r+1] - 1 */
};

bool qca_chart_new(const struct qca_implicants *implicants, struct qca_chart *chart);
void qca_chart_release(struct qca_chart *chart);

/* The groups whose coverage no other contains, as columns (id = group): enough for the optimum. A coverage is contained in
 * another exactly when one more ON row fits into the smallest cube around its rows without an OFF cube entering it. */
bool qca_chart_maximal(const struct qca_chart *chart, const struct qca_problem *problem, bool complete, struct qca_matrix *out);

/* Columns for the groups g with keep[g]. */
bool qca_chart_matrix(const struct qca_chart *chart, const uint8_t *keep, struct qca_matrix *out);

#endif
