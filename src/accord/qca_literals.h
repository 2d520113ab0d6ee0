/* qca_literals.h - every literal of the conditions of a table with the memberships of all cases. */
#ifndef PARLEY_ACCORD_QCA_LITERALS_H
#define PARLEY_ACCORD_QCA_LITERALS_H

#include <parley/qca.h>

struct qca_literals {
    size_t n;
    double *x;         /* [n][cases]; free() */
    const char **text; /* [n] in the arena, as condition */
    size_t *condition; /* [n] position among the conditions */
};

/* A before ~A, A[0] before A[1]; no literal for "-". */
PARLEY_MUST_USE enum parley_status qca_literals_load(const struct parley_qca_table *table, struct parley_arena *arena, struct qca_literals *out,
                                                     struct parley_error *err);

#endif
