/* listing.h - a list of like things: the rows of one table, or an array of objects under --json.
 *
 *   begin_listing, then for each thing a list_row; or, where people and programs are shown different things, rows of
 *   listing.table or objects in listing.json (as in->json says); then finish_listing. */
#ifndef PARLEY_CLI_LISTING_H
#define PARLEY_CLI_LISTING_H

#include "command.h"

struct listing_column {
    const char *en, *zh; /* title */
    enum parley_align align;
    const char *key; /* name in JSON; only list_row needs it */
};

struct listing {
    const struct listing_column *column;
    size_t n_columns;
    struct parley_json json;    /* begun under --json */
    struct parley_doc doc;      /* begun otherwise, with the table in it */
    struct parley_table *table; /* NULL under --json */
};

/* Begin it for this invocation; title "" = none. The columns must outlive the listing. */
void begin_listing(struct invocation *in, struct listing *list, const char *title, const struct listing_column *column, size_t n_columns);
/* One thing whose facts are texts, [n_columns]. */
void list_row(struct listing *list, const char *const *text);
PARLEY_MUST_USE enum parley_status finish_listing(struct invocation *in, struct listing *list);

/* A word of a short list (kinds of mechanisms, actors and sources, ways to end) as people read it: in Chinese under --lang zh, but the
 * code in JSON and where the list does not know it. */
const char *list_word(const struct invocation *in, const char *code);

#endif
