#include "channel/talk_store.h"

#include "channel/attachment.h"
#include "channel/bytes.h"
#include "channel/checkpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum parley_status store_statement(struct parley_desk *d, struct talk *t, const struct output *o, int64_t now, struct parley_error *err)
{
    bool proof = o->kind == OUT_STORE_PROOF, ours = o->kind == OUT_STORE_OURS;
    uint8_t hash[HASH_LEN], *sealed, *plain = malloc(SALT_LEN + o->body_len);
    char where[65];
    size_t len;
    if (!plain)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    parley_statement_hash(o->bytes, hash);
    to_hex(hash, HASH_LEN, where);
    memcpy(plain, o->salt, SALT_LEN);
    memcpy(plain + SALT_LEN, o->body, o->body_len);
    enum parley_status status = row_seal(d->row_key, where, plain, SALT_LEN + o->body_len, &sealed, &len, err);
    free(plain);
    if (status)
        return status;
    sqlite3_stmt *s = db_prepare(d, proof ? "INSERT OR IGNORE INTO proof(peer, epoch, seq, fork, bytes, sealed, found_us) VALUES(?1, ?3, ?4, ?2, ?6, ?7, ?8)"
                                          : "INSERT INTO statement(peer, ours, epoch, seq, hash, bytes, sealed, stored_us) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", err);
    if (s) {
        sqlite3_bind_int64(s, 1, t->id);
        sqlite3_bind_int(s, 2, proof ? o->fork : ours);
        sqlite3_bind_int64(s, 3, o->statement.epoch);
        sqlite3_bind_int64(s, 4, (int64_t)o->statement.seq);
        db_blob(s, 6, o->bytes, PARLEY_STATEMENT_LEN);
        db_blob(s, 7, sealed, len);
        sqlite3_bind_int64(s, 8, now);
        if (!proof)
            db_blob(s, 5, hash, HASH_LEN);
        status = db_done(d, s, err);
        if (!status && !proof)
            t->rows = sqlite3_last_insert_rowid(d->db);
    }
    free(sealed);
    return s ? status : PARLEY_EIO;
}

static enum parley_status store_range(struct parley_desk *d, struct talk *t, bool ours, const struct output *o, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "UPDATE statement SET by_epoch = ?1, by_seq = ?2 WHERE peer = ?3 AND ours = ?4 AND epoch = ?5 AND seq BETWEEN ?6 AND ?7", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, o->by_epoch);
    sqlite3_bind_int64(s, 2, (int64_t)o->by_seq);
    sqlite3_bind_int64(s, 3, t->id);
    sqlite3_bind_int(s, 4, ours);
    sqlite3_bind_int64(s, 5, o->epoch);
    sqlite3_bind_int64(s, 6, (int64_t)o->seq);
    sqlite3_bind_int64(s, 7, (int64_t)o->to);
    return db_done(d, s, err);
}

/* --- cards and the carriers they name ---------------------------------------------------------- */

static bool on_card(const struct card *card, const char *line)
{
    bool there = false;
    for (int i = 0; i < card->n_carriers; i++)
        there |= !strcmp(card->carrier[i], line);
    return there;
}

static enum parley_status carrier_row(struct parley_desk *d, struct talk *t, const char *sql, int at, const char *line, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, sql, err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_text(s, 2, line, -1, SQLITE_TRANSIENT);
    if (at >= 0)
        sqlite3_bind_int(s, 3, at);
    return db_done(d, s, err);
}

/* The carriers of the peer's next card take the place of those of the card before; local ones stay. */
static enum parley_status follow_carriers(struct parley_desk *d, struct talk *t, uint32_t epoch, struct parley_error *err)
{
    const struct epoch_log *now = exchange_epoch(&t->x.theirs, epoch), *last = exchange_epoch(&t->x.theirs, epoch - 1);
    const struct card *card = &now->card, *before = last ? &last->card : NULL;
    enum parley_status status = PARLEY_OK;
    bool there[CARD_LINES_MAX] = { false };
    int kept = 0;
    for (int i = 0; !status && i < t->n_carriers; i++) {
        for (int k = 0; k < card->n_carriers; k++)
            there[k] |= !strcmp(card->carrier[k], t->carrier[i]);
        if (before && on_card(before, t->carrier[i]) && !on_card(card, t->carrier[i]))
            status = carrier_row(d, t, "DELETE FROM carrier WHERE peer = ?1 AND line = ?2", -1, t->carrier[i], err);
        else if (kept++ != i)
            memcpy(t->carrier[kept - 1], t->carrier[i], CARD_LINE_LEN);
    }
    t->n_carriers = kept;
    for (int k = 0; !status && k < card->n_carriers; k++) {
        enum carrier_kind kind = carrier_kind(card->carrier[k], NULL);
        bool usable = (kind == CARRIER_DIRECT || kind == CARRIER_RELAY) && !there[k] && t->n_carriers < TALK_CARRIERS_MAX && !(before && on_card(before, card->carrier[k]));
        if (!usable)
            continue; /* what an officer took away stays away */
        snprintf(t->carrier[t->n_carriers++], CARD_LINE_LEN, "%s", card->carrier[k]);
        status = carrier_row(d, t, "INSERT INTO carrier(peer, line, at) SELECT ?1, ?2, coalesce(max(at) + 1, ?3) FROM carrier WHERE peer = ?1", 0, card->carrier[k], err);
    }
    d->changes++;
    return status;
}

static enum parley_status store_card(struct parley_desk *d, struct talk *t, const struct output *o, struct parley_error *err)
{
    uint8_t key[KEY_LEN];
    sqlite3_stmt *s = db_prepare(d, "INSERT INTO peer_card(peer, epoch, note) VALUES(?, ?, ?)", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int64(s, 2, o->epoch);
    sqlite3_bind_text(s, 3, o->body, (int)o->body_len, SQLITE_TRANSIENT);
    enum parley_status status = db_done(d, s, err);
    if (!status)
        status = direction_load(d, t->id, false, o->epoch - 1, key, err);
    if (!status) {
        ratchet_key(key, o->epoch, key);
        status = direction_store(d, t->id, false, o->epoch, key, err);
    }
    return status ? status : follow_carriers(d, t, o->epoch, err);
}

/* --- by kind ----------------------------------------------------------------------------------- */

enum parley_status talk_store(struct parley_desk *d, struct talk *t, const struct output *o, int64_t now, struct parley_error *err)
{
    sqlite3_stmt *s;
    enum parley_status status;
    switch (o->kind) {
    case OUT_STORE_OURS: /* what the peer returned to us may name files that we lost, too */
        status = store_statement(d, t, o, now, err);
        return status || !o->imported ? status : attachments_named(d, t, true, o->body, o->body_len, now, err);
    case OUT_STORE_THEIRS: return (status = store_statement(d, t, o, now, err)) ? status : attachments_named(d, t, false, o->body, o->body_len, now, err);
    case OUT_CHUNK: return attachment_chunk(d, t, (const uint8_t *)o->body, o->body_len, err);
    case OUT_STORE_PROOF:
        if ((status = store_statement(d, t, o, now, err)))
            return status;
        if (!(s = db_prepare(d, "UPDATE peer SET equivocated = equivocated | 1 WHERE id = ?", err)))
            return PARLEY_EIO;
        sqlite3_bind_int64(s, 1, t->id);
        return db_done(d, s, err);
    case OUT_STORE_ACK: return store_range(d, t, true, o, err);
    case OUT_STORE_COVER: return store_range(d, t, false, o, err);
    case OUT_STORE_CARD: return store_card(d, t, o, err);
    case OUT_CHECKPOINT: return checkpoint_take(d, t, o->body, o->body_len, now, err);
    default: return PARLEY_OK;
    }
}
