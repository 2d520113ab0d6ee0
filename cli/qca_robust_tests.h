/* qca_robust_tests.h - 'qca robust': the solution beside other choices (--tests), and the retention of a crisp truth table. */
#ifndef PARLEY_CLI_QCA_ROBUST_TESTS_H
#define PARLEY_CLI_QCA_ROBUST_TESTS_H

#include "qca_input.h"

#include <parley/qca_robust.h>

enum { ROBUST_TESTS_MAX = 64 };

struct robust_tests {
    size_t n, n_fits;
    struct parley_qca_robust_test test[ROBUST_TESTS_MAX];
    const char *text[ROBUST_TESTS_MAX]; /* as typed */
    struct parley_qca_robust_fit *fit;
    bool crisp;                         /* retention was computed */
    double p;
    uint64_t cases;
    struct parley_qca_retention corruption, deletion;
};

/* Read --tests, --perturb and --perturbed and compute. */
PARLEY_MUST_USE enum parley_status robust_tests(struct invocation *in, const struct parley_qca_table *t, const struct parley_qca_options *o,
                                                struct robust_tests *r);
/* "tests", "fit_parameters" and "retention" into an open object; tables and sentences into a document. */
void put_robust_tests(struct parley_json *json, const struct parley_qca_table *t, const struct robust_tests *r);
void show_robust_tests(struct invocation *in, struct parley_doc *doc, const struct parley_qca_table *t, const struct robust_tests *r);

#endif
