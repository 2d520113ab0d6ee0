/* report_text.h - a stored report as the texts of the columns of our own CSV. */
#ifndef PARLEY_RECORD_REPORT_TEXT_H
#define PARLEY_RECORD_REPORT_TEXT_H

#include "fields.h"

#define REPORT_COLUMNS                                                                                                           \
    "r.id, r.event, r.start_us, r.end_us, r.precision, r.known_start_us, r.known_end_us, r.known_precision, r.kind, r.domain, "  \
    "r.intensity, r.attribution, r.mechanism, r.what, r.source, r.note, r.extra"
#define REPORT_ACTORS_SQL \
    "SELECT a.side, c.code FROM report_actor a JOIN actor c ON c.id = a.actor WHERE a.report = ? ORDER BY a.side, a.place"

/* row: a statement that selects REPORT_COLUMNS and stands on a row; actors: REPORT_ACTORS_SQL. Slices point into the row (valid until
 * its next step) and the arena. */
enum parley_status report_texts(struct parley_record *record, sqlite3_stmt *row, sqlite3_stmt *actors, struct parley_arena *arena,
                                struct slice out[FIELD_N], struct slice *extra, struct parley_error *err);

#endif
