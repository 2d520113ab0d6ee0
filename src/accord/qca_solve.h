/* qca_solve.h - one minimisation: prime implicants, essential ones, the optimum, the count and the list of models. */
#ifndef PARLEY_ACCORD_QCA_SOLVE_H
#define PARLEY_ACCORD_QCA_SOLVE_H

#include "qca_problem.h"

PARLEY_MUST_USE enum parley_status qca_solve(const struct parley_qca_table *table, const struct qca_problem *problem,
                                             const struct parley_qca_options *options, const struct parley_progress *progress,
                                             struct parley_arena *arena, struct parley_qca_solution *out, struct parley_error *err);

/* Models by (number of terms, text). */
int qca_model_order(const void *a, const void *b);

#endif
