/* qca_implied.h - rows of a chart that are covered whenever some other row is. */
#ifndef PARLEY_ACCORD_QCA_IMPLIED_H
#define PARLEY_ACCORD_QCA_IMPLIED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A row whose columns contain all columns of another row needs no attention of its own: the covers stay the same ones. Clears
 * such rows in rows [words]; of equal rows the first stays. Their prices go to the rows that imply them, which lowers no bound
 * (a column of the implying row has both). bits [n][words]. *removed counts. false = no memory. */
bool qca_drop_implied_rows(const uint64_t *bits, size_t n, size_t words, uint64_t *rows, double *price, size_t *removed);

#endif
