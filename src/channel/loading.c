/* Loading what the database holds of each talk: whole at first, and after another process wrote only what is new. */
#include "channel/loading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct talk *talk_of(struct parley_desk *d, int64_t id, const char *name)
{
    for (int i = 0; i < d->n_talks; i++)
        if (d->talk[i]->id == id)
            return d->talk[i];
    struct talk *t = d->n_talks < PARLEY_PEERS_MAX ? calloc(1, sizeof *t) : NULL;
    if (t) {
        t->id = id;
        snprintf(t->name, sizeof t->name, "%s", name);
        d->talk[d->n_talks++] = t;
    }
    return t;
}

enum parley_status talks_load(struct parley_desk *d, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT id, name FROM peer ORDER BY id", err);
    if (!s)
        return PARLEY_EIO;
    enum parley_status status = PARLEY_OK;
    while (!status && sqlite3_step(s) == SQLITE_ROW)
        if (!talk_of(d, sqlite3_column_int64(s, 0), (const char *)sqlite3_column_text(s, 1)))
            status = parley_fail(err, PARLEY_ENOMEM, "out of memory, or more than %d peers", PARLEY_PEERS_MAX);
    status = db_rest(d, s, status, err);
    for (int i = 0; !status && i < d->n_talks; i++) {
        struct talk *t = d->talk[i];
        if (!(s = db_prepare(d, "SELECT line FROM carrier WHERE peer = ? ORDER BY at", err)))
            return PARLEY_EIO;
        sqlite3_bind_int64(s, 1, t->id);
        t->n_carriers = 0;
        while (sqlite3_step(s) == SQLITE_ROW && t->n_carriers < TALK_CARRIERS_MAX)
            snprintf(t->carrier[t->n_carriers++], CARD_LINE_LEN, "%s", (const char *)sqlite3_column_text(s, 0));
        status = db_rest(d, s, status, err);
    }
    return status;
}

static enum parley_status load_cards(struct parley_desk *d, struct talk *t, struct parley_error *err)
{
    struct card card;
    int64_t own_from = 1;
    bool first = true;
    sqlite3_stmt *s = db_prepare(d, "SELECT own_from FROM peer WHERE id = ?", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    if (sqlite3_step(s) == SQLITE_ROW)
        own_from = sqlite3_column_int64(s, 0);
    enum parley_status status = db_rest(d, s, PARLEY_OK, err);
    if (status)
        return status;
    if (own_from < 1 || own_from > d->n_own)
        return parley_fail(err, PARLEY_ECORRUPT, "channel.db: the epochs of %s are damaged", t->name);
    if (!(s = db_prepare(d, "SELECT note FROM peer_card WHERE peer = ? ORDER BY epoch", err)))
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    while (!status && sqlite3_step(s) == SQLITE_ROW) {
        if (!(status = card_parse((const char *)sqlite3_column_text(s, 0), (size_t)sqlite3_column_bytes(s, 0), &card, err)))
            status = first ? exchange_open(&t->x, &d->own[own_from - 1].card, &card, d->salt_key, err) : exchange_load_card(&t->x, false, &card, err);
        first = false;
    }
    status = db_rest(d, s, status, err);
    if (!status && first)
        status = parley_fail(err, PARLEY_ECORRUPT, "channel.db: %s has no card", t->name);
    for (int64_t i = own_from; !status && i < d->n_own; i++)
        status = exchange_load_card(&t->x, true, &d->own[i].card, err);
    if (!status)
        exchange_set_secret(&t->x, d->own[d->n_own - 1].signing);
    return status;
}

enum parley_status talk_cards(struct parley_desk *d, struct talk *t, struct parley_error *err) { return load_cards(d, t, err); }

/* Rows are never deleted, so whatever is new has a higher number than all that was there. */
static int64_t last_row(struct parley_desk *d)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT max(rowid) FROM statement", NULL);
    int64_t row = s && sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
    if (s)
        sqlite3_reset(s);
    return row;
}

/* The rows of a statement that yields ours, bytes, by_epoch, by_seq. */
static enum parley_status load_rows(struct parley_desk *d, struct talk *t, sqlite3_stmt *s, struct parley_error *err)
{
    enum parley_status status = PARLEY_OK;
    while (!status && sqlite3_step(s) == SQLITE_ROW) {
        bool ours = sqlite3_column_int(s, 0);
        int64_t by = sqlite3_column_int64(s, 3);
        if (sqlite3_column_bytes(s, 1) != PARLEY_STATEMENT_LEN)
            status = parley_fail(err, PARLEY_ECORRUPT, "channel.db: a statement has %d bytes", sqlite3_column_bytes(s, 1));
        else
            status = exchange_load_statement(&t->x, ours, sqlite3_column_blob(s, 1), ours && by != 0, ours ? 0 : (uint32_t)sqlite3_column_int64(s, 2),
                                             ours || by < 0 ? 0 : (uint64_t)by, err);
    }
    return db_rest(d, s, status, err);
}

static enum parley_status load_statements(struct parley_desk *d, struct talk *t, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT ours, bytes, by_epoch, by_seq FROM statement WHERE peer = ? ORDER BY ours, epoch, seq", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    t->rows = last_row(d);
    return load_rows(d, t, s, err);
}

int64_t desk_data_version(struct parley_desk *d)
{
    sqlite3_stmt *s = db_prepare(d, "PRAGMA data_version", NULL);
    int64_t v = s && sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int64(s, 0) : -1;
    if (s)
        sqlite3_reset(s);
    return v;
}

void talk_unload(struct talk *t)
{
    if (t->loaded)
        exchange_close(&t->x);
    t->loaded = t->stale = false;
}

enum parley_status talk_load(struct parley_desk *d, struct talk *t, struct parley_error *err)
{
    talk_unload(t);
    enum parley_status status = load_cards(d, t, err);
    if (!status)
        status = load_statements(d, t, err);
    if (status && t->x.ours.n)
        exchange_close(&t->x);
    t->loaded = !status;
    return status ? parley_fail_in(err, status, "channel with %s", t->name) : PARLEY_OK;
}

/* --- after another process wrote -------------------------------------------------------------- */

enum parley_status desk_refresh(struct parley_desk *d, struct parley_error *err)
{
    int64_t v = desk_data_version(d);
    int own = d->n_own;
    if (v == d->data_version)
        return PARLEY_OK;
    d->data_version = v;
    d->changes++;
    for (int i = 0; i < d->n_talks; i++)
        d->talk[i]->stale = d->talk[i]->loaded;
    enum parley_status status = keys_load_own(d, err);
    for (int i = 0; (status || d->n_own != own) && i < d->n_talks; i++) /* a new epoch of ours: from the beginning */
        talk_unload(d->talk[i]);
    return status ? status : talks_load(d, err);
}

static bool same_cards(struct parley_desk *d, struct talk *t)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT count(*) FROM peer_card WHERE peer = ?", NULL);
    if (!s)
        return false;
    sqlite3_bind_int64(s, 1, t->id);
    bool same = sqlite3_step(s) == SQLITE_ROW && (size_t)sqlite3_column_int64(s, 0) == t->x.theirs.n;
    sqlite3_reset(s);
    return same;
}

/* Still without the receipt that it may have got, or been given, meanwhile. */
static bool is_open(const struct epoch_log *e, bool ours, uint64_t seq)
{
    const struct slot *s = &e->slot[seq - 1];
    return ours ? !s->acked : !s->receipt_seq && s->kind != PARLEY_KIND_RECEIPT;
}

static bool load_run(struct parley_desk *d, struct talk *t, bool ours, struct epoch_log *e, uint64_t from, uint64_t to)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT seq, by_epoch, by_seq FROM statement WHERE peer = ? AND ours = ? AND epoch = ? AND seq BETWEEN ? AND ?", NULL);
    if (!s)
        return false;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, ours);
    sqlite3_bind_int64(s, 3, e->card.epoch);
    sqlite3_bind_int64(s, 4, (int64_t)from);
    sqlite3_bind_int64(s, 5, (int64_t)to);
    while (sqlite3_step(s) == SQLITE_ROW)
        exchange_load_receipt(e, ours, (uint64_t)sqlite3_column_int64(s, 0), (uint32_t)sqlite3_column_int64(s, 1), sqlite3_column_int64(s, 2));
    sqlite3_reset(s);
    return true;
}

/* Receipts that were written into rows we knew. A hole can stay open for long: what lies settled behind it is not read. */
static bool load_receipts(struct parley_desk *d, struct talk *t, bool ours, struct epoch_log *e)
{
    bool done = true;
    for (uint64_t seq = ours ? e->unacked_from : e->owed_from, top = e->top; done && seq <= top; seq++) {
        uint64_t from = seq;
        while (seq <= top && is_open(e, ours, seq))
            seq++;
        if (seq > from)
            done = load_run(d, t, ours, e, from, seq - 1);
    }
    return done;
}

bool talk_catch_up(struct parley_desk *d, struct talk *t)
{
    bool done = !t->x.fenced && same_cards(d, t);
    for (size_t i = 0; done && i < t->x.ours.n; i++)
        done = load_receipts(d, t, true, &t->x.ours.epoch[i]);
    for (size_t i = 0; done && i < t->x.theirs.n; i++)
        done = load_receipts(d, t, false, &t->x.theirs.epoch[i]);
    int64_t last = last_row(d);
    /* the + keep SQLite from going through all rows of the peer */
    sqlite3_stmt *s = done && last > t->rows ? db_prepare(d, "SELECT ours, bytes, by_epoch, by_seq FROM statement WHERE rowid > ? AND +peer = ? ORDER BY +ours, +epoch, +seq", NULL) : NULL;
    if (s) {
        sqlite3_bind_int64(s, 1, t->rows);
        sqlite3_bind_int64(s, 2, t->id);
        done = !load_rows(d, t, s, NULL);
    }
    t->rows = last;
    t->stale = false;
    t->attachments.due_us = 0;
    return done;
}
