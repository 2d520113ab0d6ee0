/* Actors and sources by hand. */
#include "history.h"

#include <parley/import.h>

#include <string.h>

/* The row with this code in a table of `id`, `code`; 0 if there is none. */
static enum parley_status row_of(struct parley_record *record, const char *table, const char *code, int64_t *id, struct parley_error *err)
{
    char sql[80];
    sqlite3_stmt *s = NULL;
    sqlite3_snprintf(sizeof sql, sql, "SELECT id FROM %s WHERE code = ?", table);
    enum parley_status status = store_prepare(record, sql, &s, err);
    *id = 0;
    if (status)
        return status;
    sqlite3_bind_text(s, 1, code, -1, SQLITE_STATIC);
    int rc = sqlite3_step(s);
    if (rc == SQLITE_ROW)
        *id = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? PARLEY_OK : store_fail(record, rc, "reading", err);
}

/* Run an upsert of the row with this code, noting what it was; value [n] for ?1 .. ?n, NULL stays NULL. */
static enum parley_status put(struct parley_record *record, int64_t import, const char *table, const char *sql, const char *const *value, int n,
                              struct parley_error *err)
{
    int64_t id = 0;
    char key[24];
    enum parley_status status = row_of(record, table, value[0], &id, err);
    sqlite3_snprintf(sizeof key, key, "%lld", (long long)id);
    if (!status && id)
        status = history_before(record, import, table, key, err);
    sqlite3_stmt *s = NULL;
    if (!status)
        status = store_prepare(record, sql, &s, err);
    for (int i = 0; i < n && !status; i++)
        if (value[i])
            sqlite3_bind_text(s, i + 1, value[i], -1, SQLITE_STATIC);
    if (!status)
        status = store_run(record, s, "writing", err);
    sqlite3_finalize(s);
    if (!status && !id && !(status = row_of(record, table, value[0], &id, err)))
        status = history_added(record, import, table, id, err);
    return status;
}

enum parley_status parley_record_add_actor(struct parley_record *record, const char *code, const char *en, const char *zh, const char *kind,
                                           const char *aliases, struct parley_error *err)
{
    size_t n = strlen(code);
    int64_t import = 0;
    if (!n || n > NAME_BYTES_MAX || strpbrk(code, "; \t\n,\""))
        return parley_fail(err, PARLEY_EDOM, "'%.60s' is no code for an actor; write CN, ORG:Name, FIRM:Name or GROUP:Name without blanks", code);
    const char *const value[] = { code, en, zh, kind, aliases };
    enum parley_status status = history_begin(record, "actor", code, &import, err);
    if (status)
        return status;
    status = put(record, import, "actor",
                 "INSERT INTO actor(code, en, zh, kind, iso3, cow, cow_abbreviation, aliases) VALUES(?1, coalesce(?2, ?1), coalesce(?3, ?2, ?1), coalesce(?4, 'group'), '', 0, '', coalesce(?5, ''))"
                 " ON CONFLICT(code) DO UPDATE SET en = coalesce(?2, en), zh = coalesce(?3, zh), kind = coalesce(?4, kind),"
                 " aliases = CASE WHEN ?5 IS NULL THEN aliases WHEN aliases = '' THEN ?5 ELSE aliases || ';' || ?5 END", value, 5, err);
    status = history_end(record, import, status, err);
    names_free(record->names); /* read again with the new name when next asked for */
    record->names = NULL;
    return status;
}

static enum parley_status check_date(const char *name, const char *text, struct parley_error *err)
{
    struct parley_date date;
    if (!text || !*text)
        return PARLEY_OK;
    enum parley_status status = parley_date_parse(text, strlen(text), &date, err);
    return status ? parley_fail_in(err, PARLEY_EDOM, "%s", name) : PARLEY_OK;
}

static enum parley_status add_break(struct parley_record *record, int64_t import, const struct parley_source_text *source, struct parley_error *err)
{
    sqlite3_stmt *s = NULL;
    enum parley_status status = store_prepare(record, "INSERT INTO source_break(source, at, what, what_zh) VALUES(?, ?, ?, ?)", &s, err);
    if (status)
        return status;
    const char *const value[] = { source->code, source->break_at, source->break_what ? source->break_what : "", source->break_what_zh ? source->break_what_zh : "" };
    for (int i = 0; i < 4; i++)
        sqlite3_bind_text(s, i + 1, value[i], -1, SQLITE_STATIC);
    status = store_run(record, s, "writing a break of coverage", err);
    sqlite3_finalize(s);
    return status ? status : history_added(record, import, "source_break", sqlite3_last_insert_rowid(record->db), err);
}

enum parley_status parley_record_put_source(struct parley_record *record, const struct parley_source_text *source, struct parley_error *err)
{
    int64_t import = 0, known = 0;
    size_t n = strlen(source->code);
    if (!n || n > NAME_BYTES_MAX || strpbrk(source->code, ":; \t\n,\""))
        return parley_fail(err, PARLEY_EDOM, "'%.60s' is no code for a source; write a word without blanks, ':' or ';', such as smith2024", source->code);
    enum parley_status status = check_date("from", source->covers_from, err);
    if (!status)
        status = check_date("to", source->covers_to, err);
    if (!status)
        status = check_date("break", source->break_at, err);
    if (!status)
        status = row_of(record, "source", source->code, &known, err);
    if (!status && !known && !source->title)
        status = parley_fail(err, PARLEY_EDOM, "'%.60s' is a new source: give its title", source->code);
    if (!status)
        status = history_begin(record, "source", source->code, &import, err);
    if (status)
        return status;
    const char *const value[] = { source->code, source->kind, source->author, source->year, source->title, source->title_zh, source->covers_from, source->covers_to, source->coverage, source->coverage_zh };
    status = put(record, import, "source",
                 "INSERT INTO source(code, kind, author, year, title, title_zh, covers_from, covers_to, coverage, coverage_zh) VALUES(?1, coalesce(?2, 'document'), coalesce(?3, ''), coalesce(?4, ''), coalesce(?5, ''), coalesce(?6, ''), coalesce(?7, ''), coalesce(?8, ''), coalesce(?9, ''), coalesce(?10, ''))"
                 " ON CONFLICT(code) DO UPDATE SET kind = coalesce(?2, kind), author = coalesce(?3, author), year = coalesce(?4, year), title = coalesce(?5, title), title_zh = coalesce(?6, title_zh),"
                 " covers_from = coalesce(?7, covers_from), covers_to = coalesce(?8, covers_to), coverage = coalesce(?9, coverage), coverage_zh = coalesce(?10, coverage_zh)", value, 10, err);
    if (!status && source->break_at)
        status = add_break(record, import, source, err);
    return history_end(record, import, status, err);
}
