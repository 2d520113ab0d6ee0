/* history.h - every change of a desk is an import of its own, so that it can be listed and undone.
 *
 * A change begins a transaction and notes itself; it notes what each row it touches was before; it ends. */
#ifndef PARLEY_RECORD_HISTORY_H
#define PARLEY_RECORD_HISTORY_H

#include "names.h"

/* Begin the transaction alone: the desk may be written, and its actors are known. PARLEY_EREADONLY says what to do. */
enum parley_status history_transaction(struct parley_record *record, struct parley_error *err);
/* kind: add, edit, mechanism, source, actor, case; subject: the code or id for people. *import: its number. */
enum parley_status history_begin(struct parley_record *record, const char *kind, const char *subject, int64_t *import, struct parley_error *err);
/* Commit, or roll back when status is a failure or every row noted under `import` (0: not looked at) says what it said before. */
enum parley_status history_end(struct parley_record *record, int64_t import, enum parley_status status, struct parley_error *err);

/* Note what the row `key` of one of the tables of history.c says now, before it is changed; that there is none, before it is added. */
enum parley_status history_before(struct parley_record *record, int64_t import, const char *table, const char *key, struct parley_error *err);
/* Note that the row with this number was added just now. */
enum parley_status history_added(struct parley_record *record, int64_t import, const char *table, int64_t id, struct parley_error *err);
/* Put all rows of a change back. PARLEY_EDOM: one of them was changed again since, or is in use. */
enum parley_status history_undo(struct parley_record *record, int64_t import, uint64_t *rows, struct parley_error *err);

#endif
