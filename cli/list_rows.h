/* list_rows.h - a list of texts as a table or as JSON objects. */
#ifndef PARLEY_CLI_LIST_ROWS_H
#define PARLEY_CLI_LIST_ROWS_H

#include "command.h"

/* cell: [rows * columns]; key: names in JSON; title: of the columns. */
PARLEY_MUST_USE enum parley_status list_rows(struct invocation *in, const char *const *key, const char *const *title, size_t columns,
                                             const char **cell, size_t rows);

/* A word of a short list (kinds of mechanisms, actors and sources, ways to end) as people read it: in Chinese under --lang zh, but the
 * code in JSON and where the list does not know it. */
const char *list_word(const struct invocation *in, const char *code);

#endif
