/* qca_theory.h - a hypothesis against a solution, and rows that no sound argument may assume to lead to the outcome.
 * Room: accord.
 *
 * Theory evaluation: Ragin 1987, ch. 7; Schneider and Wagemann 2012, ch. 11. Enhanced standard analysis: Schneider and Wagemann 2013. */
#ifndef PARLEY_QCA_THEORY_H
#define PARLEY_QCA_THEORY_H

#include <parley/qca_fit.h>
#include <parley/qca_minimize.h>

struct parley_qca_region {
    const char *name;                /* "model*theory", "model*~theory", "~model*theory", "~model*~theory" */
    const char *text;                /* its expression, "" when empty */
    struct parley_qca_measures fit;  /* of the region as a sufficient condition */
    const size_t *with, *without;    /* cases in it (membership above .5) with and without the outcome */
    size_t n_with, n_without;
};

struct parley_qca_theory {
    struct parley_qca_measures model, theory;
    struct parley_qca_region region[4];
};

struct parley_qca_untenable { /* numbers of rows, ascending */
    uint64_t *impossible, *contradictory, *simultaneous;
    size_t n_impossible, n_contradictory, n_simultaneous;
};

struct parley_qca_enhanced {
    struct parley_qca_untenable first; /* found in the table as given */
    const uint64_t *later;             /* [n_later] contradictory assumptions that only came up after the first were excluded */
    size_t n_later;
    size_t passes;                     /* the last one found nothing new */
};

enum { PARLEY_QCA_UNTENABLE_ROWS = 1 << 16 }; /* largest table whose rows are looked at one by one */

#pragma GCC visibility push(default)

/* The four regions of a model against a theory, an expression over the conditions of the table. */
PARLEY_MUST_USE enum parley_status parley_qca_evaluate(const struct parley_qca_table *table, const struct parley_qca_model *model,
                                                       const char *theory, struct parley_arena *arena,
                                                       struct parley_qca_theory *out, struct parley_error *err);

/* impossible: remainders the expression (or NULL) is true of; contradictory: remainders that parsimonious models of the outcome and
 * of its negation both assume; simultaneous: observed rows that lead to both. */
PARLEY_MUST_USE enum parley_status parley_qca_untenable(const struct parley_qca_table *table, const char *impossible,
                                                        const struct parley_progress *progress, struct parley_arena *arena,
                                                        struct parley_qca_untenable *out, struct parley_error *err);

/* Enhanced standard analysis: the table again with every untenable row excluded (added to spec.exclude, ascending). Excluding rows can make
 * models fall back on other assumptions that contradict each other, so it is repeated until nothing new is found. */
PARLEY_MUST_USE enum parley_status parley_qca_enhance(const struct parley_qca_table *table, const char *impossible,
                                                      const struct parley_progress *progress, struct parley_arena *arena,
                                                      struct parley_qca_table *out, struct parley_qca_enhanced *enhanced,
                                                      struct parley_error *err);

#pragma GCC visibility pop
#endif
