/* qca_input.h - what the qca commands share: the file of cases, the options that make a truth table of it. */
#ifndef PARLEY_CLI_QCA_INPUT_H
#define PARLEY_CLI_QCA_INPUT_H

#include "command.h"

#include <parley/qca.h>

/* Rows for the option tables of commands. */
#define QCA_OPTION_OUTCOME { "outcome", 0, "Y", "The outcome: Y, its negation ~Y, or a value of a multi-value column, T[2]." }
#define QCA_OPTION_CONDITIONS { "conditions", 0, "A,B,..", "The conditions. Default: every column that can be one, but the outcome." }
#define QCA_OPTION_INCL { "incl-cut", 0, "C[,D]", "Consistency from which a row leads to the outcome; with a second value, rows from D to C are contradictions (C). Default: 1 for crisp and multi-value data, 0.8 with a fuzzy set." }
#define QCA_OPTION_PRI { "pri-cut", 0, "P", "Rows with a smaller PRI do not lead to the outcome. Default: 0." }
#define QCA_OPTION_N { "n-cut", 0, "N", "Rows with fewer cases are remainders. Default: 1." }
#define QCA_OPTION_EXCLUDE { "exclude", 0, "ROWS", "Numbers of rows (as 'qca table' prints them) that do not lead to the outcome and may not be assumed to: 14,16,30." }
#define QCA_OPTION_ENCODING { "encoding", 0, "NAME", "Encoding of the file, for example gb18030. Default: UTF-8." }
#define QCA_TABLE_OPTIONS \
    QCA_OPTION_OUTCOME, QCA_OPTION_CONDITIONS, QCA_OPTION_INCL, QCA_OPTION_PRI, QCA_OPTION_N, QCA_OPTION_EXCLUDE, QCA_OPTION_ENCODING, OPTION_DOCUMENT

/* Read FILE: a path, or the name of a shipped example ("examples/pledges.csv", with or without "data/"). */
PARLEY_MUST_USE enum parley_status qca_load(struct invocation *in, const char *path, struct parley_qca_data *data);

/* The options above -> a specification. */
PARLEY_MUST_USE enum parley_status qca_spec(struct invocation *in, const struct parley_qca_data *data, struct parley_qca_spec *spec);

/* All in one: operand 0, options, table; warns on stderr about cases at exactly .5. data must outlive table. */
PARLEY_MUST_USE enum parley_status qca_input(struct invocation *in, struct parley_qca_data *data, struct parley_qca_table *table);

/* "~Y", "T[2]": the outcome as it is written. In the arena. */
const char *qca_set_text(struct invocation *in, const struct parley_qca_data *data, struct parley_qca_set set);
/* Names of cases joined by ", ", cut with "..." after about `max` bytes. In the arena. */
const char *qca_names(struct invocation *in, const struct parley_qca_data *data, const size_t *cases, size_t n, size_t max);
/* "outcome", "conditions", "incl_cut", "pri_cut", "n_cut", "ambiguous_cases" into an open object. */
void qca_put_spec(struct parley_json *json, struct invocation *in, const struct parley_qca_table *table);
/* "what (n): 3, 7, 12": numbers of rows as an item of a list, long ones cut. */
void qca_show_rows(struct invocation *in, struct parley_doc *doc, const char *what, const uint64_t *row, size_t n);
/* One digit of a configuration: "0", "1", ..., "-" for the last level of a temporal condition. */
const char *qca_digit(struct invocation *in, const struct parley_qca_table *table, size_t condition, unsigned value);

#endif
