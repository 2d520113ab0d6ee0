/* Changes of reports by hand, and undo. */
#include "history.h"
#include "insert.h"
#include "report_text.h"

#include <parley/import.h>
#include <parley/json.h>
#include <parley/tree.h>

#include <stddef.h>
#include <string.h>

_Static_assert(offsetof(struct parley_report_text, what_zh) == FIELD_N * sizeof(char *), "one member a column, in the order of FIELD_MAP");

static const char *text_at(const struct parley_report_text *t, int f)
{
    const char *p;
    memcpy(&p, (const char *)t + (size_t)f * sizeof p, sizeof p);
    return p;
}

/* The further columns `before` (a JSON object or empty) with the Chinese text of what happened; NULL: as they are. */
static enum parley_status put_what_zh(struct slice before, const char *what_zh, struct parley_arena *arena, struct slice *out, struct parley_error *err)
{
    static const char key[] = "what_zh";
    struct parley_node *root = NULL;
    struct parley_text text;
    struct parley_json json;
    *out = before;
    if (!what_zh)
        return PARLEY_OK;
    if (parley_utf8_valid(what_zh, strlen(what_zh)) != strlen(what_zh))
        return parley_fail(err, PARLEY_EDOM, "%s: bytes that are not UTF-8", key);
    enum parley_status status = before.n ? parley_json_parse(before.p, before.n, "further columns", arena, &root, err) : PARLEY_OK;
    if (status)
        return status;
    size_t kept = 0, at = 0, n = root ? root->n : 0;
    parley_text_init(&text, FIELD_TEXT_BYTES_MAX);
    parley_json_init(&json, &text, false);
    parley_json_object(&json);
    for (; at < n && strcmp(root->child[at].key, key) < 0; at++, kept++) /* in the order of the names, as an import keeps them */
        parley_json_put_string(&json, root->child[at].key, root->child[at].text);
    if (*what_zh) {
        parley_json_put_string(&json, key, what_zh);
        kept++;
    }
    for (at += at < n && !strcmp(root->child[at].key, key); at < n; at++, kept++)
        parley_json_put_string(&json, root->child[at].key, root->child[at].text);
    parley_json_object_end(&json);
    status = parley_text_status(&text, "the further columns", err);
    if (!status && !(out->p = parley_arena_copy(arena, parley_text_str(&text), text.len)))
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    out->n = kept ? text.len : 0;
    parley_text_release(&text);
    return status;
}

enum parley_status parley_record_add(struct parley_record *record, const struct parley_report_text *text, struct parley_arena *arena,
                                     const char **event_id, struct parley_error *err)
{
    struct slice field[FIELD_N];
    for (int f = 0; f < FIELD_N; f++)
        field[f] = slice_of(text_at(text, f) ? text_at(text, f) : "");
    int64_t import = 0, last = 0;
    struct report report = { .line = 1 };
    struct inserter inserter = { 0 };
    enum field bad = FIELD_N;
    enum inserted inserted = INSERT_ADDED;
    enum parley_status status = history_begin(record, "add", text->event_id ? text->event_id : "", &import, err);
    if (!status)
        status = store_integer(record, "SELECT max(id) FROM report", &last, err);
    if (!status) {
        status = fields_to_report(record, field, NAME_ANY, &report, &bad, err);
        if (status && bad < FIELD_N)
            parley_fail_in(err, status, "%s", field_names[bad]);
    }
    if (!status)
        status = put_what_zh((struct slice){ "", 0 }, text->what_zh, arena, &report.extra, err);
    if (!status)
        status = inserter_open(record, import, false, &inserter, err);
    if (!status)
        status = inserter_add(&inserter, &report, &inserted, err);
    inserter_close(&inserter);
    if (!status && inserted == INSERT_DUPLICATE)
        status = parley_fail(err, PARLEY_EDOM, "the record says this already, word for word");
    if (!status && inserted == INSERT_TOO_MANY)
        status = parley_fail(err, PARLEY_ELIMIT, "the event has 1000 reports already");
    if (!status)
        status = index_text(record, last, err);
    if (!status) {
        sqlite3_stmt *s = NULL;
        status = store_prepare(record, "SELECT event FROM report ORDER BY id DESC LIMIT 1", &s, err);
        if (!status && sqlite3_step(s) == SQLITE_ROW)
            *event_id = parley_arena_strdup(arena, (const char *)sqlite3_column_text(s, 0));
        if (!status && !*event_id)
            status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
        sqlite3_finalize(s);
    }
    if (!status) /* the id may have been made just now */
        status = store_exec(record, "UPDATE import SET file = (SELECT event FROM report ORDER BY id DESC LIMIT 1) WHERE id = (SELECT max(id) FROM import)", "noting a change", err);
    return history_end(record, import, status, err);
}

/* Write a checked report over row `id`. */
static enum parley_status overwrite(struct parley_record *record, int64_t id, const struct report *r, struct parley_error *err)
{
    char sql[300];
    sqlite3_snprintf(sizeof sql, sql, "INSERT INTO report_text(report_text, rowid, what, extra, note) SELECT 'delete', id, what, extra, note FROM report WHERE id = %lld;"
                     "DELETE FROM report_actor WHERE report = %lld", id, id);
    enum parley_status status = store_exec(record, sql, "editing a report", err);
    sqlite3_stmt *s = NULL;
    if (!status)
        status = store_prepare(record, "UPDATE report SET print=?2, start_us=?3, end_us=?4, precision=?5, known_start_us=?6, known_end_us=?7, known_precision=?8,"
                               " kind=?9, domain=?10, intensity=?11, attribution=?12, mechanism=?13, what=?14, source=?15, note=?16, extra=?17 WHERE id=?1", &s, err);
    if (status)
        return status;
    sqlite3_bind_int64(s, 1, id);
    sqlite3_bind_int64(s, 2, report_print(r));
    const struct parley_date *const date[] = { &r->when, &r->known };
    for (int i = 0; i < 2; i++)
        if (date[i]->precision != PARLEY_UNDATED) {
            sqlite3_bind_int64(s, 3 + 3 * i, date[i]->start_us);
            sqlite3_bind_int64(s, 4 + 3 * i, date[i]->end_us);
        }
    for (int i = 0; i < 2; i++)
        if (date[i]->precision != PARLEY_UNDATED || i == 0)
            sqlite3_bind_text(s, 5 + 3 * i, parley_precision_text(date[i]->precision), -1, SQLITE_STATIC);
    const struct slice *const text[] = { &r->kind, &r->domain, NULL, &r->attribution, &r->mechanism, &r->what, &r->source, &r->note };
    for (int i = 0; i < 8; i++)
        if (text[i])
            sqlite3_bind_text(s, 9 + i, text[i]->n ? text[i]->p : "", (int)text[i]->n, SQLITE_STATIC);
    if (r->intensity == r->intensity)
        sqlite3_bind_double(s, 11, r->intensity);
    if (r->extra.n)
        sqlite3_bind_text(s, 17, r->extra.p, (int)r->extra.n, SQLITE_STATIC);
    status = store_run(record, s, "editing a report", err);
    sqlite3_finalize(s);
    if (!status)
        status = store_prepare(record, "INSERT INTO report_actor VALUES(?,?,?,?)", &s, err);
    for (int side = 0; side < 2 && !status; side++)
        for (size_t i = 0; i < r->n_actors[side] && !status; i++) {
            sqlite3_bind_int64(s, 1, id);
            sqlite3_bind_int(s, 2, side);
            sqlite3_bind_int64(s, 3, (int64_t)i);
            sqlite3_bind_int64(s, 4, r->actor[side][i]);
            status = store_run(record, s, "editing a report", err);
        }
    sqlite3_finalize(s);
    sqlite3_snprintf(sizeof sql, sql, "INSERT INTO report_text(rowid, what, extra, note) SELECT id, what, extra, note FROM report WHERE id = %lld", id);
    return status ? status : store_exec(record, sql, "indexing the words", err);
}

/* The texts of a stored report, copied into the arena. */
static enum parley_status stored_texts(struct parley_record *record, const char *event_id, int64_t place_or_id, bool by_id, struct parley_arena *arena,
                                       int64_t *id, struct slice out[FIELD_N], struct slice *extra, struct parley_error *err)
{
    sqlite3_stmt *s = NULL, *actors = NULL;
    enum parley_status status = store_prepare(record, by_id ? "SELECT " REPORT_COLUMNS " FROM report r WHERE r.id = ?2"
                                                            : "SELECT " REPORT_COLUMNS " FROM report r WHERE r.event = ?1 AND r.place = ?2", &s, err);
    if (!status)
        status = store_prepare(record, REPORT_ACTORS_SQL, &actors, err);
    if (!status && !by_id)
        sqlite3_bind_text(s, 1, event_id, -1, SQLITE_STATIC);
    if (!status)
        sqlite3_bind_int64(s, 2, place_or_id);
    int rc = status ? SQLITE_OK : sqlite3_step(s);
    if (rc == SQLITE_ROW) {
        *id = sqlite3_column_int64(s, 0);
        status = report_texts(record, s, actors, arena, out, extra, err);
        for (int f = 0; f < FIELD_N && !status; f++)
            if (!(out[f].p = parley_arena_copy(arena, out[f].p, out[f].n)))
                status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
        extra->p = parley_arena_copy(arena, extra->p, extra->n);
        if (!status && arena->failed)
            status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    } else if (!status) {
        status = rc == SQLITE_DONE ? parley_fail(err, PARLEY_ENOTFOUND, "there is no report %lld of event '%.100s'", (long long)place_or_id, event_id)
                                   : store_fail(record, rc, "reading a report", err);
    }
    sqlite3_finalize(s);
    sqlite3_finalize(actors);
    return status;
}

static const char further[] = "further columns"; /* their JSON object as a text, beside the columns of FIELD_MAP */

static enum parley_status note_before(struct parley_record *record, int64_t import, int64_t report, const struct slice before[FIELD_N], struct slice extra,
                                      struct parley_error *err)
{
    struct parley_text text;
    struct parley_json json;
    parley_text_init(&text, 8 << 20);
    parley_json_init(&json, &text, false);
    parley_json_object(&json);
    for (int f = 0; f < FIELD_N; f++) {
        parley_json_key(&json, field_names[f]);
        parley_json_string_n(&json, before[f].p, before[f].n);
    }
    parley_json_key(&json, further);
    parley_json_string_n(&json, extra.p, extra.n);
    parley_json_object_end(&json);
    sqlite3_stmt *s = NULL;
    enum parley_status status = parley_text_status(&text, "what the report said before", err);
    if (!status)
        status = store_prepare(record, "INSERT INTO edit(import, report, before) VALUES(?,?,?)", &s, err);
    if (!status) {
        sqlite3_bind_int64(s, 1, import);
        sqlite3_bind_int64(s, 2, report);
        sqlite3_bind_text(s, 3, parley_text_str(&text), (int)text.len, SQLITE_STATIC);
        status = store_run(record, s, "noting an edit", err);
    }
    sqlite3_finalize(s);
    parley_text_release(&text);
    return status;
}

enum parley_status parley_record_edit(struct parley_record *record, const char *event_id, int place, const struct parley_report_text *change,
                                      struct parley_error *err)
{
    struct parley_arena arena = { 0 };
    struct slice text[FIELD_N], before[FIELD_N], extra = { "", 0 };
    struct report report = { 0 };
    int64_t import = 0, id = 0;
    enum field bad = FIELD_N;
    enum parley_status status = history_begin(record, "edit", event_id, &import, err);
    if (!status)
        status = stored_texts(record, event_id, place, false, &arena, &id, before, &extra, err);
    if (!status) {
        memcpy(text, before, sizeof text);
        for (int f = FIELD_EVENT + 1; f < FIELD_N; f++)
            if (text_at(change, f))
                text[f] = slice_of(text_at(change, f));
        if (text_at(change, FIELD_START) && !text_at(change, FIELD_PRECISION))
            text[FIELD_PRECISION] = (struct slice){ "", 0 };
        status = fields_to_report(record, text, NAME_ANY, &report, &bad, err);
        if (status && bad < FIELD_N)
            parley_fail_in(err, status, "%s", field_names[bad]);
    }
    if (!status)
        status = put_what_zh(extra, change->what_zh, &arena, &report.extra, err);
    int64_t said = 0;
    char sql[80];
    sqlite3_snprintf(sizeof sql, sql, "SELECT print FROM report WHERE id = %lld", id);
    if (!status)
        status = store_integer(record, sql, &said, err);
    if (!status && said == report_print(&report)) { /* it says so already: no change */
        status = store_exec(record, "ROLLBACK", "leaving a report as it is", err);
        parley_arena_release(&arena);
        return status;
    }
    if (!status)
        status = note_before(record, import, id, before, extra, err);
    if (!status)
        status = overwrite(record, id, &report, err);
    status = history_end(record, import, status, err);
    parley_arena_release(&arena);
    return status;
}

/* Bring back what a report said before edit number `import`. */
static enum parley_status undo_edit(struct parley_record *record, int64_t import, struct parley_error *err)
{
    sqlite3_stmt *s = NULL;
    struct parley_arena arena = { 0 };
    struct parley_node *root = NULL;
    struct slice text[FIELD_N], now[FIELD_N], extra = { "", 0 };
    struct report report = { 0 };
    enum field bad;
    int64_t id = 0;
    enum parley_status status = store_prepare(record, "SELECT report, before FROM edit WHERE import = ?1 AND NOT EXISTS(SELECT 1 FROM edit e JOIN import i ON i.id = e.import"
                                              " WHERE e.report = edit.report AND e.import > ?1 AND i.undone IS NULL)", &s, err);
    if (status)
        return status;
    sqlite3_bind_int64(s, 1, import);
    if (sqlite3_step(s) == SQLITE_ROW) {
        const char *json = (const char *)sqlite3_column_text(s, 1);
        id = sqlite3_column_int64(s, 0);
        status = parley_json_parse(json, strlen(json), "edit", &arena, &root, err);
    } else {
        status = parley_fail(err, PARLEY_EDOM, "the report was edited again since, or is gone; undo the later edit first");
    }
    sqlite3_finalize(s);
    if (!status)
        status = stored_texts(record, "", id, true, &arena, &id, now, &extra, err);
    for (int f = 0; f < FIELD_N && !status; f++) {
        const struct parley_node *n = parley_node_get(root, field_names[f]);
        text[f] = n ? (struct slice){ n->text, n->len } : (struct slice){ "", 0 };
    }
    if (!status)
        status = fields_to_report(record, text, NAME_ANY, &report, &bad, err);
    const struct parley_node *were = parley_node_get(root, further); /* an older Parley did not note them: they were not changed then */
    report.extra = were ? (struct slice){ were->text, were->len } : extra;
    if (!status)
        status = overwrite(record, id, &report, err);
    parley_arena_release(&arena);
    return status;
}

static enum parley_status undo_rows(struct parley_record *record, int64_t import, uint64_t *removed, struct parley_error *err)
{
    char sql[1200];
    sqlite3_snprintf(sizeof sql, sql,
        "CREATE TEMP TABLE touched AS SELECT DISTINCT event FROM report WHERE import = %lld;"
        "INSERT INTO report_text(report_text, rowid, what, extra, note) SELECT 'delete', id, what, extra, note FROM report WHERE import = %lld;"
        "DELETE FROM report WHERE import = %lld", import, import, import);
    enum parley_status status = store_exec(record, sql, "undoing an import", err);
    *removed = (uint64_t)sqlite3_changes64(record->db);
    /* places were given in the order of ids: what is left of an event is numbered anew */
    if (!status)
        status = store_exec(record, "UPDATE report SET place = (SELECT count(*) FROM report o WHERE o.event = report.event AND o.id <= report.id)"
                                    " WHERE event IN (SELECT event FROM touched);"
                                    "DROP TABLE temp.touched", "undoing an import", err);
    return status;
}

enum parley_status parley_record_undo(struct parley_record *record, int64_t import, uint64_t *removed, struct parley_error *err)
{
    sqlite3_stmt *s = NULL;
    *removed = 0;
    enum parley_status status = history_transaction(record, err);
    if (status)
        return status;
    status = store_prepare(record, "SELECT format = 'edit', undone, EXISTS(SELECT 1 FROM change WHERE import = import.id) FROM import WHERE id = ?", &s, err);
    bool edit = false, rows = false;
    if (!status) {
        sqlite3_bind_int64(s, 1, import);
        int rc = sqlite3_step(s);
        edit = rc == SQLITE_ROW && sqlite3_column_int(s, 0);
        rows = rc == SQLITE_ROW && sqlite3_column_int(s, 2);
        if (rc == SQLITE_DONE)
            status = parley_fail(err, PARLEY_ENOTFOUND, "there is no import %lld; 'parley record imports' lists them", (long long)import);
        else if (rc != SQLITE_ROW)
            status = store_fail(record, rc, "reading the imports", err);
        else if (sqlite3_column_type(s, 1) != SQLITE_NULL)
            status = parley_fail(err, PARLEY_EDOM, "import %lld was undone on %s", (long long)import, (const char *)sqlite3_column_text(s, 1));
    }
    sqlite3_finalize(s);
    if (!status)
        status = edit ? undo_edit(record, import, err) : rows ? history_undo(record, import, removed, err) : undo_rows(record, import, removed, err);
    if (edit && !status)
        *removed = 1;
    char sql[160];
    sqlite3_snprintf(sizeof sql, sql, "UPDATE import SET undone = strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', 'now') WHERE id = %lld", import);
    if (!status)
        status = store_exec(record, sql, "noting the undo", err);
    return history_end(record, 0, status, err);
}
