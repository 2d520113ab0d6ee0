/* qca_few.h - covers of a small chart with few columns, counted directly. */
#ifndef PARLEY_ACCORD_QCA_FEW_H
#define PARLEY_ACCORD_QCA_FEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 qca_count;

enum { QCA_FEW = 5 };

/* The number of ways to cover rows [words] with at most budget (<= QCA_FEW) of the n columns bits [n][words], each standing for
 * times [n] implicants; no cover goes on after the last row is covered. Rows are searched as sets of columns, so the last column is one
 * intersection and costs n / 64 words a row;
 * price (any prices of rows, not negative) prunes: no column pays for more than the dearest one does. *work += words touched. false = no memory or the number does not fit. */
bool qca_count_few(const uint64_t *bits, const qca_count *times, size_t n, size_t words, const uint64_t *rows, const double *price, size_t budget,
                   uint64_t *work, qca_count *count);

#endif
