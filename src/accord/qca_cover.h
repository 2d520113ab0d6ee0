/* qca_cover.h - the fewest columns that cover all rows of a chart, with a proof or a gap. */
#ifndef PARLEY_ACCORD_QCA_COVER_H
#define PARLEY_ACCORD_QCA_COVER_H

#include "qca_matrix.h"

#include <parley/error.h>
#include <parley/progress.h>

struct qca_cover {
    size_t size;      /* of the best cover found */
    size_t bound;     /* no cover is smaller */
    bool proven;      /* size == bound */
    uint32_t *chosen; /* [size] ids of its columns; free() */
    uint64_t nodes, work;
};

/* Branch and bound on a chart whose every row has a column: Lagrangian bounds, reduced-cost fixing, dominance. work_limit: chart
 * entries that may be touched before the search stops with a gap. enough: a cover of so many columns ends the search, and so does the proof
 * that there is none (bound > enough); 0 = find the least. A stop by the progress function leaves a valid *out (not
 * proven unless size == bound) and PARLEY_ECANCELLED. */
PARLEY_MUST_USE enum parley_status qca_cover_solve(const struct qca_matrix *chart, size_t enough, uint64_t work_limit,
                                                   const struct parley_progress *progress, struct qca_cover *out,
                                                   struct parley_error *err);

#endif
