/* qca_matrix.h - a covering chart as a sparse matrix, and the reductions that keep the optimum (not the count of models). */
#ifndef PARLEY_ACCORD_QCA_MATRIX_H
#define PARLEY_ACCORD_QCA_MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qca_matrix { /* column c covers the rows row[begin[c] .. begin[c+1]), ascending */
    size_t rows, cols;
    uint32_t *begin;  /* [cols + 1] */
    uint32_t *row;    /* [begin[cols]] */
    uint32_t *id;     /* [cols] name outside */
    double *price;    /* [rows] dual prices, carried from parent to child */
};

struct qca_row_index { /* the transpose */
    uint32_t *begin, *col;
};

/* Memory for rows, cols and entries in one block; false when there is none. Release with qca_matrix_release. */
bool qca_matrix_new(struct qca_matrix *m, size_t rows, size_t cols, size_t entries);
void qca_matrix_release(struct qca_matrix *m);
bool qca_row_index_new(const struct qca_matrix *m, struct qca_row_index *index);
void qca_row_index_release(struct qca_row_index *index);

/* A copy without the columns that are dropped and the rows that are covered (bytes != 0). Columns left empty go too. */
bool qca_matrix_filter(const struct qca_matrix *m, const uint8_t *dropped, const uint8_t *covered, struct qca_matrix *out);

/* Repeat until nothing changes: a row with one column takes it (its id is appended to chosen), a column inside another and a
 * row that contains another's columns are dropped. *feasible false when a row has no column. false = no memory. */
bool qca_matrix_reduce(struct qca_matrix *m, uint32_t *chosen, size_t *n_chosen, bool *feasible);

#endif
