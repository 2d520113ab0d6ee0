#include "insert.h"

#include <math.h>
#include <stdio.h>

enum parley_status inserter_open(struct parley_record *record, int64_t import, struct inserter *in, struct parley_error *err)
{
    *in = (struct inserter){ .record = record, .import = import };
    enum parley_status status = store_prepare(record, "SELECT place, print FROM report WHERE event = ?", &in->find, err);
    if (!status)
        status = store_prepare(record, "INSERT INTO report(event, place, print, start_us, end_us, precision, known_start_us, known_end_us,"
                               " known_precision, kind, domain, intensity, attribution, mechanism, what, source, note, extra, import, line)"
                               " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", &in->report, err);
    if (!status)
        status = store_prepare(record, "INSERT INTO report_actor(report, side, place, actor) VALUES(?,?,?,?)", &in->actor, err);
    if (!status)
        status = store_prepare(record, "INSERT INTO raw(report, text) VALUES(?,?)", &in->raw, err);
    if (status)
        inserter_close(in);
    return status;
}

void inserter_close(struct inserter *in)
{
    sqlite3_finalize(in->find);
    sqlite3_finalize(in->report);
    sqlite3_finalize(in->actor);
    sqlite3_finalize(in->raw);
    *in = (struct inserter){ 0 };
}

static void bind(sqlite3_stmt *s, int at, struct slice text) { sqlite3_bind_text(s, at, text.n ? text.p : "", (int)text.n, SQLITE_STATIC); }

static void bind_date(sqlite3_stmt *s, int at, const struct parley_date *date, bool always)
{
    if (date->precision == PARLEY_UNDATED) {
        sqlite3_bind_null(s, at);
        sqlite3_bind_null(s, at + 1);
    } else {
        sqlite3_bind_int64(s, at, date->start_us);
        sqlite3_bind_int64(s, at + 1, date->end_us);
    }
    if (date->precision == PARLEY_UNDATED && !always)
        sqlite3_bind_null(s, at + 2);
    else
        sqlite3_bind_text(s, at + 2, parley_precision_text(date->precision), -1, SQLITE_STATIC);
}

/* The place a new report takes among those of its event, or that it is there already. */
static enum parley_status find_place(struct inserter *in, struct slice event, int64_t print, int64_t *place, enum inserted *out, struct parley_error *err)
{
    bind(in->find, 1, event);
    *place = 1;
    *out = INSERT_ADDED;
    int rc;
    while ((rc = sqlite3_step(in->find)) == SQLITE_ROW) {
        if (sqlite3_column_int64(in->find, 1) == print)
            *out = INSERT_DUPLICATE;
        if (sqlite3_column_int64(in->find, 0) >= *place)
            *place = sqlite3_column_int64(in->find, 0) + 1;
    }
    sqlite3_reset(in->find);
    if (rc != SQLITE_DONE)
        return store_fail(in->record, rc, "looking for the event", err);
    if (*out == INSERT_ADDED && *place > PARLEY_REPORTS_MAX)
        *out = INSERT_TOO_MANY;
    return PARLEY_OK;
}

enum parley_status inserter_add(struct inserter *in, const struct report *r, enum inserted *out, struct parley_error *err)
{
    char made[24];
    struct slice event = r->event;
    int64_t print = report_print(r), place;
    if (!event.n) {
        snprintf(made, sizeof made, "E-%016llx", (unsigned long long)print);
        event = slice_of(made);
    }
    enum parley_status status = find_place(in, event, print, &place, out, err);
    if (status || *out != INSERT_ADDED)
        return status;
    sqlite3_stmt *s = in->report;
    bind(s, 1, event);
    sqlite3_bind_int64(s, 2, place);
    sqlite3_bind_int64(s, 3, print);
    bind_date(s, 4, &r->when, true);
    bind_date(s, 7, &r->known, false);
    bind(s, 10, r->kind);
    bind(s, 11, r->domain);
    if (isnan(r->intensity))
        sqlite3_bind_null(s, 12);
    else
        sqlite3_bind_double(s, 12, r->intensity);
    bind(s, 13, r->attribution);
    bind(s, 14, r->mechanism);
    bind(s, 15, r->what);
    bind(s, 16, r->source);
    bind(s, 17, r->note);
    if (r->extra.n)
        bind(s, 18, r->extra);
    else
        sqlite3_bind_null(s, 18);
    if (in->import) {
        sqlite3_bind_int64(s, 19, in->import);
        sqlite3_bind_int64(s, 20, (int64_t)r->line);
    }
    if ((status = store_run(in->record, s, "adding an event", err)))
        return status;
    int64_t id = sqlite3_last_insert_rowid(in->record->db);
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < r->n_actors[side]; i++) {
            sqlite3_bind_int64(in->actor, 1, id);
            sqlite3_bind_int(in->actor, 2, side);
            sqlite3_bind_int(in->actor, 3, (int)i);
            sqlite3_bind_int64(in->actor, 4, r->actor[side][i]);
            if ((status = store_run(in->record, in->actor, "adding the actors of an event", err)))
                return status;
        }
    if (r->raw.n) {
        sqlite3_bind_int64(in->raw, 1, id);
        bind(in->raw, 2, r->raw);
        status = store_run(in->record, in->raw, "keeping the row of an import", err);
    }
    return status;
}

enum parley_status index_text(struct parley_record *record, int64_t after, struct parley_error *err)
{
    sqlite3_stmt *s = NULL;
    enum parley_status status = store_prepare(record, "INSERT INTO report_text(rowid, what, extra, note) SELECT id, what, extra, note FROM report WHERE id > ?", &s, err);
    if (status)
        return status;
    sqlite3_bind_int64(s, 1, after);
    status = store_run(record, s, "indexing the words", err);
    sqlite3_finalize(s);
    return status;
}
