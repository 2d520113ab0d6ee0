/* insert.h - put checked reports into the store, one prepared statement a table. */
#ifndef PARLEY_RECORD_INSERT_H
#define PARLEY_RECORD_INSERT_H

#include "fields.h"
#include "known.h"

enum inserted { INSERT_ADDED, INSERT_DUPLICATE, INSERT_MERGED, INSERT_TOO_MANY };

struct inserter {
    struct parley_record *record;
    int64_t import; /* import.id, 0 = none, -1 = nothing is written */
    bool merge;     /* rows with one event id join their actors instead of competing */
    struct known known;
    sqlite3_stmt *find, *report, *actor, *raw, *rows;
};

enum parley_status inserter_open(struct parley_record *record, int64_t import, bool merge, struct inserter *out, struct parley_error *err);
void inserter_close(struct inserter *inserter);
/* An event without an id gets one from its content (E-0123456789abcdef). INSERT_TOO_MANY: PARLEY_REPORTS_MAX reached. */
enum parley_status inserter_add(struct inserter *inserter, const struct report *report, enum inserted *out, struct parley_error *err);
/* The same without writing: is it there already? Rows of the file itself are not remembered. */
enum parley_status inserter_look(struct inserter *inserter, const struct report *report, enum inserted *out, struct parley_error *err);
/* Bring the full-text index up to the reports with id > after. */
enum parley_status index_text(struct parley_record *record, int64_t after, struct parley_error *err);

#endif
