/* qca_problem.h - from a truth table to rows that must be covered and cubes that must not. */
#ifndef PARLEY_ACCORD_QCA_PROBLEM_H
#define PARLEY_ACCORD_QCA_PROBLEM_H

#include "qca_implicants.h"

#include <parley/qca_minimize.h>

/* Rows with OUT 1 ('-' of a temporal condition becomes QCA_ANY), malloc'd [n][k]. */
bool qca_on_rows(const struct parley_qca_table *table, uint8_t **on, size_t *n);

/* Parsimonious: the observed rows that do not lead to the outcome and the excluded ones. */
bool qca_off_observed(const struct parley_qca_table *table, const struct parley_qca_options *options, uint8_t **off, size_t *n);

/* Everything that none of the given cubes covers, as disjoint cubes. */
bool qca_off_complement(const struct parley_qca_table *table, const uint8_t *cubes, size_t n_cubes, uint8_t **off, size_t *n);

/* Complex: everything but the ON rows (and contradictions, when included). */
bool qca_off_complex(const struct parley_qca_table *table, const struct parley_qca_options *options, uint8_t **off, size_t *n);

#endif
