/* filter.h - an event query as a condition of SQL, shared by lists and exports. */
#ifndef PARLEY_RECORD_FILTER_H
#define PARLEY_RECORD_FILTER_H

#include "names.h"

/* SQL text and the values for its question marks. */
struct sql {
    struct parley_text text, fts; /* fts: the words searched for, as FTS5 wants them */
    struct { bool is_text; const char *text; int64_t number; } value[256];
    int n;
};

struct sql *event_filter_new(void); /* NULL when out of memory */
void event_filter_free(struct sql *sql);
/* Append to sql->text what must hold of row `r` of `report`, the first report of an event that the query selects. Texts of
 * the query must outlive the statement. PARLEY_ENOTFOUND: an unknown actor. */
enum parley_status event_filter(struct parley_record *record, const struct parley_event_query *query, struct sql *sql, struct parley_error *err);
void event_filter_bind(const struct sql *sql, sqlite3_stmt *statement);

#endif
