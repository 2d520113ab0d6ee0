#include "history.h"

#include <string.h>

/* The tables whose rows people change one by one, with the columns that are kept. */
static const struct { const char *table; const char *column[13]; } tables[] = {
    { "mechanism", { "code", "en", "zh", "kind", "parties", "start", "start_event", "stop", "stop_event", "stop_kind", "source", "note", NULL } },
    { "source", { "code", "kind", "author", "year", "title", "title_zh", "covers_from", "covers_to", "coverage", "coverage_zh", NULL } },
    { "source_break", { "source", "at", "what", "what_zh", NULL } },
    { "actor", { "code", "en", "zh", "kind", "iso3", "cow", "cow_abbreviation", "aliases", NULL } },
    { "coded_case", { "document", NULL } },
};
enum { TABLES = sizeof tables / sizeof *tables };

enum parley_status history_transaction(struct parley_record *record, struct parley_error *err)
{
    if (!record->writable)
        return parley_fail(err, PARLEY_EREADONLY, "%s is open for reading only%s", record->path, record->shipped ? "; make a desk with 'parley init'" : "");
    enum parley_status status = names_load(record, err);
    return status ? status : store_exec(record, "BEGIN IMMEDIATE", "beginning a change", err);
}

enum parley_status history_begin(struct parley_record *record, const char *kind, const char *subject, int64_t *import, struct parley_error *err)
{
    enum parley_status status = history_transaction(record, err);
    if (status)
        return status;
    sqlite3_stmt *s = NULL;
    status = store_prepare(record, "INSERT INTO import(file, format, mapping, encoding, header, done, rows_read, added, duplicate, rejected)"
                           " VALUES(?, ?, '', 'utf-8', '', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), 1, 1, 0, 0)", &s, err);
    if (!status) {
        sqlite3_bind_text(s, 1, subject, -1, SQLITE_STATIC);
        sqlite3_bind_text(s, 2, kind, -1, SQLITE_STATIC);
        status = store_run(record, s, "noting a change", err);
    }
    sqlite3_finalize(s);
    *import = sqlite3_last_insert_rowid(record->db);
    return status;
}

static int index_of(const char *table)
{
    int t = 0;
    while (t < TABLES - 1 && strcmp(tables[t].table, table))
        t++;
    return t;
}

/* sql with the import, the key and, when there is one, the text of the row before */
static enum parley_status run(struct parley_record *record, const char *sql, int64_t import, const char *key, const char *doing, struct parley_error *err)
{
    sqlite3_stmt *s = NULL;
    enum parley_status status = store_prepare(record, sql, &s, err);
    if (status)
        return status;
    sqlite3_bind_int64(s, 1, import);
    sqlite3_bind_text(s, 2, key, -1, SQLITE_STATIC);
    int rc = sqlite3_step(s);
    sqlite3_finalize(s);
    if ((rc & 0xff) == SQLITE_CONSTRAINT)
        return parley_fail(err, PARLEY_EDOM, "%s is used by events of the record; undo those first", key);
    return rc == SQLITE_DONE ? PARLEY_OK : store_fail(record, rc, doing, err);
}

static void row_as_json(struct parley_text *sql, int t, const char *key)
{
    parley_text_adds(sql, "SELECT json_object(");
    for (int c = 0; tables[t].column[c]; c++)
        parley_text_addf(sql, "%s'%s', %s", c ? ", " : "", tables[t].column[c], tables[t].column[c]);
    parley_text_addf(sql, ") FROM %s WHERE CAST(id AS TEXT) = %s", tables[t].table, key);
}

/* Do all rows of a change say what they said before? Who repeats a command has changed nothing. */
static enum parley_status repeats(struct parley_record *record, int64_t import, bool *same, struct parley_error *err)
{
    int64_t rows = 0, differ = 0;
    enum parley_status status = PARLEY_OK;
    for (int t = 0; t < TABLES && !status; t++) {
        char count[160];
        int64_t n = 0, d = 0;
        struct parley_text sql;
        sqlite3_snprintf(sizeof count, count, "SELECT count(*) FROM change WHERE import = %lld AND kind = '%s'", (long long)import, tables[t].table);
        status = store_integer(record, count, &n, err);
        if (status || !n)
            continue;
        parley_text_init(&sql, 4096);
        parley_text_addf(&sql, "SELECT count(*) FROM change WHERE import = %lld AND kind = '%s' AND (before IS NULL OR before <> (", (long long)import, tables[t].table);
        row_as_json(&sql, t, "change.row");
        parley_text_adds(&sql, "))");
        status = parley_text_status(&sql, "a query", err);
        if (!status)
            status = store_integer(record, parley_text_str(&sql), &d, err);
        parley_text_release(&sql);
        rows += n, differ += d;
    }
    *same = rows && !differ;
    return status;
}

enum parley_status history_end(struct parley_record *record, int64_t import, enum parley_status status, struct parley_error *err)
{
    bool same = false;
    if (!status && import)
        status = repeats(record, import, &same, err);
    if (!status && !same)
        status = store_exec(record, "COMMIT", "ending a change", err);
    if ((status || same) && !sqlite3_get_autocommit(record->db))
        sqlite3_exec(record->db, "ROLLBACK", NULL, NULL, NULL);
    if (status) {
        names_free(record->names); /* it may hold actors that are gone */
        record->names = NULL;
    }
    return status;
}

enum parley_status history_before(struct parley_record *record, int64_t import, const char *table, const char *key, struct parley_error *err)
{
    struct parley_text sql;
    int t = index_of(table);
    parley_text_init(&sql, 4096);
    parley_text_addf(&sql, "INSERT OR IGNORE INTO change(import, kind, row, before) VALUES(?1, '%s', ?2, (", table);
    row_as_json(&sql, t, "?2");
    parley_text_adds(&sql, "))");
    enum parley_status status = parley_text_status(&sql, "a query", err);
    if (!status)
        status = run(record, parley_text_str(&sql), import, key, "noting a change", err);
    parley_text_release(&sql);
    return status;
}

enum parley_status history_added(struct parley_record *record, int64_t import, const char *table, int64_t id, struct parley_error *err)
{
    char sql[160], key[24];
    sqlite3_snprintf(sizeof key, key, "%lld", (long long)id);
    sqlite3_snprintf(sizeof sql, sql, "INSERT INTO change(import, kind, row, before) VALUES(?1, '%s', ?2, NULL)", table);
    return run(record, sql, import, key, "noting a change", err);
}

static enum parley_status undo_row(struct parley_record *record, int64_t import, int t, const char *key, bool added, struct parley_error *err)
{
    struct parley_text sql;
    parley_text_init(&sql, 4096);
    if (added) {
        parley_text_addf(&sql, "DELETE FROM %s WHERE CAST(id AS TEXT) = ?2 AND ?1 > 0", tables[t].table);
    } else {
        parley_text_addf(&sql, "UPDATE %s SET", tables[t].table);
        for (int c = 0; tables[t].column[c]; c++)
            parley_text_addf(&sql, "%s %s = json_extract(o.before, '$.%s')", c ? "," : "", tables[t].column[c], tables[t].column[c]);
        parley_text_addf(&sql, " FROM change o WHERE o.import = ?1 AND o.kind = '%s' AND o.row = ?2 AND CAST(%s.id AS TEXT) = ?2", tables[t].table, tables[t].table);
    }
    enum parley_status status = parley_text_status(&sql, "a query", err);
    if (!status)
        status = run(record, parley_text_str(&sql), import, key, "undoing a change", err);
    parley_text_release(&sql);
    return status;
}

enum parley_status history_undo(struct parley_record *record, int64_t import, uint64_t *rows, struct parley_error *err)
{
    sqlite3_stmt *s = NULL;
    enum parley_status status = store_prepare(record, "SELECT kind, row, before IS NULL, (SELECT i.id FROM change l JOIN import i ON i.id = l.import WHERE l.kind = c.kind AND l.row = c.row"
                                              " AND l.import > c.import AND i.undone IS NULL LIMIT 1) FROM change c WHERE import = ? ORDER BY kind DESC", &s, err);
    if (status)
        return status;
    sqlite3_bind_int64(s, 1, import);
    int rc;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW && !status) {
        const char *kind = (const char *)sqlite3_column_text(s, 0), *key = (const char *)sqlite3_column_text(s, 1);
        if (!kind || !key)
            status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
        else if (sqlite3_column_type(s, 3) != SQLITE_NULL)
            status = parley_fail(err, PARLEY_EDOM, "it was changed again since; undo %lld first", (long long)sqlite3_column_int64(s, 3));
        else
            status = undo_row(record, import, index_of(kind), key, sqlite3_column_int(s, 2) != 0, err);
        ++*rows;
    }
    sqlite3_finalize(s);
    if (!status && rc != SQLITE_DONE)
        status = store_fail(record, rc, "undoing a change", err);
    names_free(record->names); /* read again when next asked for */
    record->names = NULL;
    return status;
}
