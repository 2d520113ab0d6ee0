/* The list of a peer's carriers as an officer changes it: added, removed, undone, and what was changed when. */
#include "channel/desk.h"

#include <stdio.h>
#include <string.h>

/* `at`: the place in the order of preference. A change that takes back another names it; so undo can be undone. */
static const char table[] = "CREATE TABLE IF NOT EXISTS carrier_change(id INTEGER PRIMARY KEY, peer INTEGER NOT NULL, time_us INTEGER NOT NULL,"
                            " added INTEGER NOT NULL, at INTEGER NOT NULL, line TEXT NOT NULL, undoes INTEGER NOT NULL DEFAULT 0) STRICT";

static enum parley_status run(struct parley_desk *d, const char *sql, const struct talk *t, int64_t at, const char *line, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, sql, err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int64(s, 2, at);
    sqlite3_bind_text(s, 3, line, -1, SQLITE_TRANSIENT);
    return db_done(d, s, err);
}

/* The first column of the first row; false without one. */
static bool ask(struct parley_desk *d, const char *sql, const struct talk *t, const char *line, int64_t *out)
{
    sqlite3_stmt *s = db_prepare(d, sql, NULL);
    if (!s)
        return false;
    sqlite3_bind_int64(s, 1, t->id);
    if (line)
        sqlite3_bind_text(s, 2, line, -1, SQLITE_TRANSIENT);
    bool found = sqlite3_step(s) == SQLITE_ROW && sqlite3_column_type(s, 0) != SQLITE_NULL;
    if (found)
        *out = sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    return found;
}

static enum parley_status note(struct parley_desk *d, const struct talk *t, bool added, int64_t at, const char *line, int64_t undoes, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "INSERT INTO carrier_change(peer, at, line, added, time_us, undoes) VALUES(?, ?, ?, ?, ?, ?)", err);
    char name[CARD_LINE_LEN];
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int64(s, 2, at);
    sqlite3_bind_text(s, 3, line, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int(s, 4, added);
    sqlite3_bind_int64(s, 5, d->now_us());
    sqlite3_bind_int64(s, 6, undoes);
    carrier_name(line, name);
    log_line(d, "peer=%s event=carrier-%s carrier=\"%s\"%s", t->name, added ? "added" : "removed", name, undoes ? " undo=yes" : "");
    return db_done(d, s, err);
}

static enum parley_status put_in(struct parley_desk *d, const struct talk *t, int64_t at, const char *line, int64_t undoes, struct parley_error *err)
{
    int64_t there;
    if (ask(d, "SELECT at FROM carrier WHERE peer = ?1 AND line = ?2", t, line, &there))
        return parley_fail(err, PARLEY_EREFUSED, "%s has this carrier already", t->name);
    if (ask(d, "SELECT count(*) FROM carrier WHERE peer = ?1", t, NULL, &there) && there >= TALK_CARRIERS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "a peer has at most %d carriers; remove one first", TALK_CARRIERS_MAX);
    enum parley_status status = run(d, "INSERT INTO carrier(peer, at, line) VALUES(?1, ?2, ?3)", t, at, line, err);
    return status ? status : note(d, t, true, at, line, undoes, err);
}

static enum parley_status take_out(struct parley_desk *d, const struct talk *t, const char *line, int64_t undoes, struct parley_error *err)
{
    int64_t at;
    if (!ask(d, "SELECT at FROM carrier WHERE peer = ?1 AND line = ?2", t, line, &at))
        return parley_fail(err, PARLEY_ENOTFOUND, "%s has no carrier '%.80s'; 'parley desk carrier %s' lists them", t->name, line, t->name);
    enum parley_status status = run(d, "DELETE FROM carrier WHERE peer = ?1 AND at = ?2 AND line = ?3", t, at, line, err);
    return status ? status : note(d, t, false, at, line, undoes, err);
}

/* The place for a new one: before all, after all, or where it was unless another took the place. */
static int64_t place(struct parley_desk *d, const struct talk *t, bool first)
{
    int64_t at = 0;
    if (first)
        return ask(d, "SELECT min(at) - 1 FROM carrier WHERE peer = ?1", t, NULL, &at) ? at : 0;
    return ask(d, "SELECT max(at) + 1 FROM carrier WHERE peer = ?1", t, NULL, &at) ? at : 0;
}

/* The newest change that was not taken back and takes none back: *id, *added, *at, line. */
static bool last_change(struct parley_desk *d, const struct talk *t, int64_t *id, bool *added, int64_t *at, char line[CARD_LINE_LEN])
{
    sqlite3_stmt *s = db_prepare(d, "SELECT id, added, at, line FROM carrier_change AS c WHERE peer = ?1 AND undoes = 0"
                                    " AND NOT EXISTS(SELECT 1 FROM carrier_change WHERE undoes = c.id) ORDER BY id DESC LIMIT 1", NULL);
    if (!s)
        return false;
    sqlite3_bind_int64(s, 1, t->id);
    bool found = sqlite3_step(s) == SQLITE_ROW;
    if (found) {
        *id = sqlite3_column_int64(s, 0);
        *added = sqlite3_column_int(s, 1);
        *at = sqlite3_column_int64(s, 2);
        snprintf(line, CARD_LINE_LEN, "%s", (const char *)sqlite3_column_text(s, 3));
    }
    sqlite3_reset(s);
    return found;
}

static enum parley_status undo(struct parley_desk *d, const struct talk *t, struct parley_error *err)
{
    int64_t id, at, taken;
    bool added;
    char line[CARD_LINE_LEN];
    if (!last_change(d, t, &id, &added, &at, line))
        return parley_fail(err, PARLEY_ENOTFOUND, "nothing to undo: no carrier of %s was added or removed", t->name);
    if (added)
        return take_out(d, t, line, id, err);
    sqlite3_stmt *s = db_prepare(d, "SELECT 1 FROM carrier WHERE peer = ?1 AND at = ?2", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int64(s, 2, at);
    taken = sqlite3_step(s) == SQLITE_ROW;
    sqlite3_reset(s);
    return put_in(d, t, taken ? place(d, t, false) : at, line, id, err);
}

enum what { ADD, ADD_FIRST, REMOVE, UNDO };

static enum parley_status change(struct parley_desk *d, const char *peer, enum what what, const char *line, struct parley_error *err)
{
    struct talk *t = talk_named(d, peer, err);
    if (!t)
        return PARLEY_ENOTFOUND;
    if ((what == ADD || what == ADD_FIRST) && carrier_kind(line, err) == CARRIER_NONE)
        return PARLEY_EINVAL;
    enum parley_status status = db_exec(d, "BEGIN IMMEDIATE", err);
    if (status)
        return status;
    status = db_exec(d, table, err);
    if (!status)
        status = what == REMOVE ? take_out(d, t, line, 0, err) : what == UNDO ? undo(d, t, err) : put_in(d, t, place(d, t, what == ADD_FIRST), line, 0, err);
    if (!status)
        status = db_exec(d, "COMMIT", err);
    if (status) {
        sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
        return status;
    }
    d->changes++;
    return talks_load(d, err);
}

enum parley_status parley_desk_carrier_add(struct parley_desk *d, const char *peer, const char *line, bool first, struct parley_error *err)
{
    return change(d, peer, first ? ADD_FIRST : ADD, line, err);
}

enum parley_status parley_desk_carrier_remove(struct parley_desk *d, const char *peer, const char *line, struct parley_error *err) { return change(d, peer, REMOVE, line, err); }

enum parley_status parley_desk_carrier_undo(struct parley_desk *d, const char *peer, struct parley_error *err) { return change(d, peer, UNDO, NULL, err); }

enum parley_status parley_desk_carrier_changes(struct parley_desk *d, const char *peer, struct parley_arena *arena, struct parley_carrier_change **out, size_t *n, struct parley_error *err)
{
    struct talk *t = talk_named(d, peer, err);
    int64_t count = 0;
    *n = 0;
    *out = NULL;
    if (!t)
        return PARLEY_ENOTFOUND;
    if (!ask(d, "SELECT count(*) FROM carrier_change WHERE peer = ?1", t, NULL, &count) || !count)
        return PARLEY_OK; /* the table is made with the first change */
    sqlite3_stmt *s = db_prepare(d, "SELECT time_us, added, undoes, line FROM carrier_change WHERE peer = ?1 ORDER BY id", err);
    if (!s)
        return PARLEY_EIO;
    if (!(*out = PARLEY_NEW(arena, struct parley_carrier_change, (size_t)count)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    sqlite3_bind_int64(s, 1, t->id);
    while (*n < (size_t)count && sqlite3_step(s) == SQLITE_ROW)
        (*out)[(*n)++] = (struct parley_carrier_change){ .time_us = sqlite3_column_int64(s, 0), .added = sqlite3_column_int(s, 1), .undoes = sqlite3_column_int64(s, 2) != 0,
                                                         .line = parley_arena_strdup(arena, (const char *)sqlite3_column_text(s, 3)) };
    sqlite3_reset(s);
    return PARLEY_OK;
}
