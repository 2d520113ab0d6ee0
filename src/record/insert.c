#include "insert.h"

#include <math.h>
#include <stdio.h>

enum parley_status inserter_open(struct parley_record *record, int64_t import, bool merge, struct inserter *in, struct parley_error *err)
{
    *in = (struct inserter){ .record = record, .import = import, .merge = merge, .known.grows = import >= 0 };
    enum parley_status status = store_prepare(record, "SELECT place, print, id FROM report WHERE event = ? ORDER BY place", &in->find, err);
    if (!status)
        status = store_prepare(record, "INSERT INTO report(event, place, print, start_us, end_us, precision, known_start_us, known_end_us,"
                               " known_precision, kind, domain, intensity, attribution, mechanism, what, source, note, extra, import, line)"
                               " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", &in->report, err);
    if (!status)
        status = store_prepare(record, "INSERT INTO report_actor(report, side, place, actor) VALUES(?,?,?,?)", &in->actor, err);
    if (!status)
        status = store_prepare(record, "INSERT INTO raw(report, place, print, line, text) VALUES(?,?,?,?,?)", &in->raw, err);
    if (!status && merge)
        status = store_prepare(record, "SELECT w.print, w.place, w.report, r.import FROM report r JOIN raw w ON w.report = r.id WHERE r.event = ? ORDER BY w.report, w.place", &in->rows, err);
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
    sqlite3_finalize(in->rows);
    known_free(&in->known);
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

static enum parley_status add_raw(struct inserter *in, int64_t report, int64_t place, int64_t print, const struct report *r, struct parley_error *err)
{
    sqlite3_bind_int64(in->raw, 1, report);
    sqlite3_bind_int64(in->raw, 2, place);
    sqlite3_bind_int64(in->raw, 3, print);
    sqlite3_bind_int64(in->raw, 4, (int64_t)r->line);
    bind(in->raw, 5, r->raw);
    return store_run(in->record, in->raw, "keeping the row of an import", err);
}

static enum parley_status add_actor(struct inserter *in, int64_t report, int side, int64_t place, int64_t actor, struct parley_error *err)
{
    sqlite3_bind_int64(in->actor, 1, report);
    sqlite3_bind_int(in->actor, 2, side);
    sqlite3_bind_int64(in->actor, 3, place);
    sqlite3_bind_int64(in->actor, 4, actor);
    return store_run(in->record, in->actor, "adding the actors of an event", err);
}

/* Actors of the row that the report does not have yet. */
static enum parley_status join_actors(struct inserter *in, int64_t report, const struct report *r, struct parley_error *err)
{
    sqlite3_stmt *s = NULL;
    enum parley_status status = store_prepare(in->record, "SELECT side, actor, place FROM report_actor WHERE report = ?", &s, err);
    if (status)
        return status;
    int64_t have[2][PARLEY_EVENT_ACTORS_MAX], next[2] = { 0, 0 };
    size_t n[2] = { 0, 0 };
    sqlite3_bind_int64(s, 1, report);
    int rc;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        int side = sqlite3_column_int(s, 0) != 0;
        if (n[side] < PARLEY_EVENT_ACTORS_MAX)
            have[side][n[side]++] = sqlite3_column_int64(s, 1);
        if (sqlite3_column_int64(s, 2) >= next[side])
            next[side] = sqlite3_column_int64(s, 2) + 1;
    }
    sqlite3_finalize(s);
    if (rc != SQLITE_DONE)
        return store_fail(in->record, rc, "reading the actors of an event", err);
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < r->n_actors[side] && !status; i++) {
            bool there = false;
            for (size_t k = 0; k < n[side]; k++)
                there |= have[side][k] == r->actor[side][i];
            if (there)
                continue;
            if (n[side] == PARLEY_EVENT_ACTORS_MAX)
                return parley_fail(err, PARLEY_EDOM, "the event has %d actors on one side already", PARLEY_EVENT_ACTORS_MAX);
            have[side][n[side]++] = r->actor[side][i];
            status = add_actor(in, report, side, next[side]++, r->actor[side][i], err);
        }
    return status;
}

/* A row of a collapsing mapping: said already, or joins the report of this import, or *out stays INSERT_ADDED. */
static enum parley_status merge_row(struct inserter *in, struct slice event, int64_t print, const struct report *r, enum inserted *out, struct parley_error *err)
{
    int64_t report = 0, place = 0, n = 0;
    bind(in->rows, 1, event);
    *out = INSERT_ADDED;
    int rc;
    while ((rc = sqlite3_step(in->rows)) == SQLITE_ROW) {
        n++;
        if (sqlite3_column_int64(in->rows, 0) == print)
            *out = INSERT_DUPLICATE;
        if (sqlite3_column_int64(in->rows, 3) == in->import) {
            report = sqlite3_column_int64(in->rows, 2);
            place = sqlite3_column_int64(in->rows, 1) + 1;
        }
    }
    sqlite3_reset(in->rows);
    if (rc != SQLITE_DONE)
        return store_fail(in->record, rc, "looking for the event", err);
    if (*out == INSERT_DUPLICATE || !report)
        return PARLEY_OK;
    *out = n >= PARLEY_REPORTS_MAX ? INSERT_TOO_MANY : INSERT_MERGED;
    if (*out == INSERT_TOO_MANY)
        return PARLEY_OK;
    enum parley_status status = join_actors(in, report, r, err);
    return status ? status : add_raw(in, report, place, print, r, err);
}

enum { MADE_ID_BYTES = 24 };

struct place {
    uint64_t hash; /* of the event */
    int64_t place; /* among the reports of its event */
};

/* The id of the file, or one made from what the report says: the same in every desk, so that a second import of a file without
 * ids adds nothing and exports of two desks can be compared. */
static struct slice event_id(const struct inserter *in, const struct report *r, char made[MADE_ID_BYTES])
{
    if (r->event.n)
        return r->event;
    snprintf(made, MADE_ID_BYTES, "E-%016llx", (unsigned long long)report_content_hash(in->record, r));
    return slice_of(made);
}

/* Is the report there already, and if not, which place does it take? */
static enum parley_status look(struct inserter *in, struct slice event, const struct report *r, struct place *at, enum inserted *out, struct parley_error *err)
{
    bool maybe;
    *out = INSERT_ADDED;
    *at = (struct place){ .place = 1 };
    enum parley_status status = known_ask(&in->known, in->record, at->hash = text_hash(event), &maybe, err);
    if (status || !maybe)
        return status;
    int64_t print = report_print(r);
    if (in->merge && ((status = merge_row(in, event, print, r, out, err)) || *out != INSERT_ADDED))
        return status;
    return find_place(in, event, print, &at->place, out, err);
}

enum parley_status inserter_look(struct inserter *in, const struct report *r, enum inserted *out, struct parley_error *err)
{
    char made[MADE_ID_BYTES];
    struct place at;
    return look(in, event_id(in, r, made), r, &at, out, err);
}

enum parley_status inserter_add(struct inserter *in, const struct report *r, enum inserted *out, struct parley_error *err)
{
    char made[MADE_ID_BYTES];
    struct slice event = event_id(in, r, made);
    struct place at;
    enum parley_status status = look(in, event, r, &at, out, err);
    if (status || *out != INSERT_ADDED)
        return status;
    int64_t print = report_print(r), place = at.place;
    known_add(&in->known, at.hash);
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
        for (size_t i = 0; i < r->n_actors[side]; i++)
            if ((status = add_actor(in, id, side, (int64_t)i, r->actor[side][i], err)))
                return status;
    return r->raw.n ? add_raw(in, id, 0, print, r, err) : PARLEY_OK;
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
