/* schema.c - the tables of desk.db and how older ones become the present one.
 *
 *   meta          key, value: what made this file
 *   actor         who acts: code (CN, ORG:UN, FIRM:Google), names, ISO 3166 alpha-3, Correlates of War number, aliases
 *   source        who says so: a study, a data set, a person; the interval it covers and how it was collected
 *   source_break  dates at which a source changed what it collects
 *   import        one import: file, format, the mapping it was read with, the header line, counts; undone = when
 *   report        one report of one event. Reports with the same `event` compete; place 1 is the first one and stands
 *                 for the event where one is needed. start_us, end_us: half-open interval in microseconds since 1970,
 *                 NULL when undated; known_*: when it became public; precision in words; intensity -10..10 or NULL;
 *                 extra: further columns of the import as a JSON object; print: hash of everything the report says,
 *                 so that a second import adds nothing; import, line: where it came from
 *   report_actor  many-to-many: side 0 acts, side 1 is the target; place keeps their order
 *   raw           the rows as they stood in the file: one for a report, several where a mapping collapses rows
 *   edit          what a report said before it was edited, one line of JSON, so that an edit can be undone
 *   change        what a row of another table (mechanism, source, actor, case) was before a change by hand, as JSON; NULL: it was added
 *   mechanism     standing arrangements, one row an interval
 *   report_text   full-text index of what, outcome and note (FTS5, content in `report`)
 *
 * The version is PRAGMA user_version. A change adds a step to `step[]` and never edits an old one. */
#include "store.h"

#include <parley/import.h>
#include <parley/version.h>

#include <unistd.h>

static const char version_1[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE actor(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, en TEXT NOT NULL, zh TEXT NOT NULL,"
    " kind TEXT NOT NULL, iso3 TEXT NOT NULL, cow INTEGER NOT NULL, cow_abbreviation TEXT NOT NULL, aliases TEXT NOT NULL) STRICT;"
    "CREATE TABLE source(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, author TEXT NOT NULL,"
    " year TEXT NOT NULL, title TEXT NOT NULL, title_zh TEXT NOT NULL, covers_from TEXT NOT NULL, covers_to TEXT NOT NULL,"
    " coverage TEXT NOT NULL) STRICT;"
    "CREATE TABLE source_break(id INTEGER PRIMARY KEY, source TEXT NOT NULL REFERENCES source(code), at TEXT NOT NULL,"
    " what TEXT NOT NULL) STRICT;"
    "CREATE TABLE import(id INTEGER PRIMARY KEY, file TEXT NOT NULL, format TEXT NOT NULL, mapping TEXT NOT NULL,"
    " encoding TEXT NOT NULL, header TEXT NOT NULL, done TEXT NOT NULL, rows_read INTEGER NOT NULL, added INTEGER NOT NULL,"
    " duplicate INTEGER NOT NULL, rejected INTEGER NOT NULL, undone TEXT) STRICT;"
    "CREATE TABLE report(id INTEGER PRIMARY KEY, event TEXT NOT NULL, place INTEGER NOT NULL, print INTEGER NOT NULL,"
    " start_us INTEGER, end_us INTEGER, precision TEXT NOT NULL, known_start_us INTEGER, known_end_us INTEGER,"
    " known_precision TEXT, kind TEXT NOT NULL, domain TEXT NOT NULL, intensity REAL CHECK(intensity BETWEEN -10 AND 10),"
    " attribution TEXT NOT NULL, mechanism TEXT NOT NULL, what TEXT NOT NULL, source TEXT NOT NULL, note TEXT NOT NULL,"
    " extra TEXT, import INTEGER REFERENCES import(id), line INTEGER) STRICT;"
    "CREATE UNIQUE INDEX report_event ON report(event, place, print);"
    "CREATE INDEX report_start ON report(start_us);"
    "CREATE TABLE report_actor(report INTEGER NOT NULL REFERENCES report(id) ON DELETE CASCADE, side INTEGER NOT NULL"
    " CHECK(side IN (0, 1)), place INTEGER NOT NULL, actor INTEGER NOT NULL REFERENCES actor(id),"
    " PRIMARY KEY(report, side, place)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX report_actor_of ON report_actor(actor, report);"
    "CREATE TABLE raw(report INTEGER NOT NULL REFERENCES report(id) ON DELETE CASCADE, place INTEGER NOT NULL,"
    " print INTEGER NOT NULL, line INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY(report, place)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE mechanism(id INTEGER PRIMARY KEY, code TEXT NOT NULL, en TEXT NOT NULL, zh TEXT NOT NULL, kind TEXT NOT NULL,"
    " parties TEXT NOT NULL, start TEXT NOT NULL, start_event TEXT NOT NULL, stop TEXT NOT NULL, stop_event TEXT NOT NULL,"
    " stop_kind TEXT NOT NULL, source TEXT NOT NULL, note TEXT NOT NULL) STRICT;"
    "CREATE VIRTUAL TABLE report_text USING fts5(what, extra, note, content='report', content_rowid='id');";

/* Edits can be undone. */
static const char version_2[] =
    "CREATE TABLE edit(import INTEGER PRIMARY KEY REFERENCES import(id), report INTEGER NOT NULL REFERENCES report(id)"
    " ON DELETE CASCADE, before TEXT NOT NULL) STRICT;"
    "CREATE INDEX edit_report ON edit(report);";

/* So can changes of mechanisms, sources, actors and cases. */
static const char version_3[] =
    "CREATE TABLE change(import INTEGER NOT NULL REFERENCES import(id), kind TEXT NOT NULL, row TEXT NOT NULL, before TEXT,"
    " PRIMARY KEY(import, kind, row)) STRICT, WITHOUT ROWID;";

/* What sources cover, in Chinese too. */
static const char version_4[] =
    "ALTER TABLE source ADD COLUMN coverage_zh TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE source_break ADD COLUMN what_zh TEXT NOT NULL DEFAULT '';";

/* step[i] takes version i to i + 1 */
static const char *const step[SCHEMA_VERSION] = { version_1, version_2, version_3, version_4 };

static enum parley_status steps_from(struct parley_record *record, int64_t version, struct parley_error *err)
{
    enum parley_status status = store_exec(record, "BEGIN IMMEDIATE", "beginning a migration", err);
    for (int64_t v = version; v < SCHEMA_VERSION && !status; v++)
        status = store_exec(record, step[v], "making the tables", err);
    char sql[120];
    sqlite3_snprintf(sizeof sql, sql, "INSERT OR REPLACE INTO meta VALUES('made_by', 'parley %q'); PRAGMA user_version = %d; COMMIT",
                     PARLEY_VERSION, SCHEMA_VERSION);
    if (!status)
        status = store_exec(record, sql, "making the tables", err);
    if (status)
        sqlite3_exec(record->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

enum parley_status schema_create(struct parley_record *record, struct parley_error *err) { return steps_from(record, 0, err); }

enum parley_status schema_migrate(struct parley_record *record, struct parley_error *err)
{
    int64_t version = 0;
    enum parley_status status = store_integer(record, "PRAGMA user_version", &version, err);
    if (status || version == SCHEMA_VERSION)
        return status;
    char *copy = sqlite3_mprintf("%s.before-%d", record->path, SCHEMA_VERSION);
    if (!copy)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    unlink(copy); /* of a migration that did not come through */
    status = parley_record_backup(record, copy, NULL, err);
    if (!status)
        status = steps_from(record, version, err);
    sqlite3_free(copy);
    return status;
}
