/* Fill a store from the tables built into the library. */
#include "columns.h"
#include "insert.h"
#include "table.h"

#include <parley/data.h>
#include <string.h>

/* INSERT the rows of a shipped table, columns in their order. */
static enum parley_status copy_table(struct parley_record *record, const char *name, const char *const *columns, const char *sql,
                                     struct parley_error *err)
{
    struct parley_arena arena = { 0 };
    struct table t;
    sqlite3_stmt *s = NULL;
    enum parley_status status = table_read(name, columns, &arena, &t, err);
    if (!status)
        status = store_prepare(record, sql, &s, err);
    for (size_t i = 0; i < t.rows && !status; i++) {
        for (size_t c = 0; c < t.columns; c++)
            sqlite3_bind_text(s, (int)c + 1, t.cell[i * t.columns + c], -1, SQLITE_STATIC);
        status = store_run(record, s, "filling the tables", err);
    }
    sqlite3_finalize(s);
    parley_arena_release(&arena);
    return status;
}

enum parley_status shipped_tables(struct parley_record *record, struct parley_error *err)
{
    static const char *const actors[] = { "actor", "en", "zh", "kind", "iso3", "cow", "cow_abbreviation", "aliases", NULL };
    static const char *const sources[] = { "source", "kind", "author", "year", "title", "title_zh", "covers_from", "covers_to", "coverage", "coverage_zh", NULL };
    static const char *const breaks[] = { "source", "at", "what", "what_zh", NULL };
    enum parley_status status = copy_table(record, "record/actors.csv", actors,
        "INSERT INTO actor(code, en, zh, kind, iso3, cow, cow_abbreviation, aliases) VALUES(?,?,?,?,?,CAST(? AS INTEGER),?,?)", err);
    if (!status)
        status = copy_table(record, "record/sources.csv", sources,
            "INSERT INTO source(code, kind, author, year, title, title_zh, covers_from, covers_to, coverage, coverage_zh) VALUES(?,?,?,?,?,?,?,?,?,?)", err);
    if (!status)
        status = copy_table(record, "record/coverage.csv", breaks, "INSERT INTO source_break(source, at, what, what_zh) VALUES(?,?,?,?)", err);
    return status;
}

enum parley_status shipped_mechanisms(struct parley_record *record, struct parley_error *err)
{
    static const char *const columns[] = { "mechanism", "en", "zh", "kind", "parties", "start", "start_event", "stop", "stop_event",
                                           "stop_kind", "source", "note", NULL };
    return copy_table(record, "record/mechanisms.csv", columns,
        "INSERT INTO mechanism(code, en, zh, kind, parties, start, start_event, stop, stop_event, stop_kind, source, note)"
        " SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12 WHERE NOT EXISTS(SELECT 1 FROM mechanism WHERE code = ?1 AND start = ?6)", err);
}

static enum parley_status insert_rows(struct parley_record *record, struct parley_csv *csv, struct parley_arena *arena, struct parley_error *err)
{
    struct parley_csv_row row;
    struct columns columns;
    struct inserter inserter;
    enum parley_status status = parley_csv_next(csv, &row, err);
    if (!status)
        status = columns_from_header(&row, arena, &columns, err);
    if (!status)
        status = inserter_open(record, 0, false, &inserter, err);
    if (status)
        return status;
    struct parley_text extra;
    parley_text_init(&extra, FIELD_TEXT_BYTES_MAX);
    while (!(status = parley_csv_next(csv, &row, err)) && row.n) {
        struct slice text[FIELD_N];
        struct report report = { .line = row.line };
        enum field bad;
        enum inserted inserted;
        columns_row(&columns, &row, text, &extra);
        if ((status = fields_to_report(record, text, NAME_ANY, &report, &bad, err))) {
            parley_fail_in(err, status, "record/events.csv:%llu: %s", (unsigned long long)row.line, field_names[bad]);
            break;
        }
        report.extra = (struct slice){ parley_text_str(&extra), extra.len };
        if ((status = inserter_add(&inserter, &report, &inserted, err)))
            break;
    }
    parley_text_release(&extra);
    inserter_close(&inserter);
    return status;
}

enum parley_status shipped_events(struct parley_record *record, struct parley_error *err)
{
    const struct parley_data_file *file = parley_data_find("record/events.csv");
    if (!file)
        return parley_fail(err, PARLEY_ENOTFOUND, "record/events.csv is not among the data built into this library");
    struct parley_arena arena = { 0 };
    struct parley_csv *csv = NULL;
    enum parley_status status = names_load(record, err);
    if (!status)
        status = parley_csv_open_memory(file->bytes, file->len, file->name, NULL, &csv, err);
    if (!status)
        status = insert_rows(record, csv, &arena, err);
    if (!status)
        status = index_text(record, 0, err);
    parley_csv_close(csv);
    parley_arena_release(&arena);
    return status;
}
