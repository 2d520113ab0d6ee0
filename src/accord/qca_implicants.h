/* qca_implicants.h - all prime implicants of a function that is 1 on given rows and 0 on given cubes.
 *
 * A prime implicant that covers ON row i fixes some conditions T to the row's values; it avoids an OFF cube when T meets the
 * set of conditions in which the row differs from the cube. So the prime implicants that cover the row are the minimal
 * transversals (hitting sets) of these difference sets, enumerated depth first with critical edges (MMCS: Murakami and Uno
 * 2014, Discrete Applied Mathematics 170:83-94). An implicant belongs to the first ON row it covers, so none is found twice.
 * Implicants with the same covered rows form a group; counts of models stay exact through its multiplicity. */
#ifndef PARLEY_ACCORD_QCA_IMPLICANTS_H
#define PARLEY_ACCORD_QCA_IMPLICANTS_H

#include <parley/error.h>
#include <parley/progress.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QCA_ANY = 255 }; /* ON rows: a value that no literal may fix; OFF cubes: every value */

struct qca_problem {
    size_t k;            /* conditions, at most 64 */
    size_t n_on, n_off;
    const uint8_t *on;   /* [n_on][k] */
    const uint8_t *off;  /* [n_off][k] */
};

struct qca_row_implicants { /* of one ON row: those that cover no earlier row */
    uint64_t *mask;         /* [n] conditions fixed to the row's values */
    uint32_t *group;        /* [n] index into the row's groups */
    size_t n, cap;
    uint64_t *cover;        /* [n_groups][words] rows covered */
    uint64_t *multiplicity; /* [n_groups] */
    size_t n_groups, cap_groups;
};

struct qca_implicants {
    size_t n_on, words;             /* words of 64 rows of a coverage */
    struct qca_row_implicants *row; /* [n_on] */
    uint64_t count;                 /* all together */
    size_t n_groups;
    bool complete;                  /* false: stopped by the ceiling or by the progress function */
};

/* max_bytes: ceiling for the result; 0 = none. When it is reached, or the progress function says stop, *out is valid, holds
 * what was found and is not `complete`; the status is PARLEY_OK or PARLEY_ECANCELLED. threads 0 = one per processor; the
 * result is the same for any number. Release with qca_implicants_release. PARLEY_EDOM: a row is ON and OFF. */
PARLEY_MUST_USE enum parley_status qca_implicants_find(const struct qca_problem *problem, size_t max_bytes, unsigned threads,
                                                       const struct parley_progress *progress, struct qca_implicants *out,
                                                       struct parley_error *err);
void qca_implicants_release(struct qca_implicants *implicants);

/* Conditions in which two ON rows agree on a usable value. */
uint64_t qca_agree(const uint8_t *a, const uint8_t *b, size_t k);

/* Minimal sets of conditions in which an ON row differs from the OFF cubes, smallest first; *n 0 when there is no cube. sets
 * [2 n_off], the second half being room to sort in. Returns false when some set is empty (the row is ON and OFF). */
bool qca_differences(const struct qca_problem *problem, const uint8_t *on, uint64_t *sets, size_t *n);

#endif
