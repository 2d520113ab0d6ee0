/* qca_essential.h - which groups are in every minimal model. */
#ifndef PARLEY_ACCORD_QCA_ESSENTIAL_H
#define PARLEY_ACCORD_QCA_ESSENTIAL_H

#include "qca_chart.h"

#include <parley/progress.h>

/* usable [n]: the groups that can be in a cover of `size`, the proven least. In: candidate [chart->n], a superset of the groups of every such
 * cover; out: those groups. Each is proven by the search for a cover without it; a cover found rules out all candidates it does
 * without. *complete false: some could not be decided within the work and were cleared. false = no memory. */
bool qca_essential_groups(const struct qca_chart *chart, const uint32_t *usable, size_t n, size_t size, uint64_t work_limit,
                          const struct parley_progress *progress, uint8_t *candidate, bool *complete);

#endif
