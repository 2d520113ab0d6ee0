/* Verifying every stored byte of a channel, straight from the database: nothing that loading would forgive is forgiven here. */
#include "channel/bytes.h"
#include "channel/desk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct chain { /* what the statement before was */
    uint32_t epoch;
    uint64_t seq;
    uint8_t hash[HASH_LEN];
};

static const char *check_row(struct parley_desk *d, struct talk *t, sqlite3_stmt *s, struct chain *c, struct parley_statement *st)
{
    static const char *const damaged = "the 304 bytes are damaged";
    bool ours = sqlite3_column_int(s, 0);
    uint32_t epoch = (uint32_t)sqlite3_column_int64(s, 1);
    uint64_t seq = (uint64_t)sqlite3_column_int64(s, 2);
    const uint8_t *bytes = sqlite3_column_blob(s, 4);
    uint8_t hash[HASH_LEN], commitment[HASH_LEN], *plain;
    size_t len;
    char where[65];
    st->epoch = epoch, st->seq = seq;
    if (sqlite3_column_bytes(s, 4) != PARLEY_STATEMENT_LEN || parley_statement_decode(bytes, st, NULL))
        return damaged;
    parley_statement_hash(bytes, hash);
    if (st->epoch != epoch || st->seq != seq || memcmp(st->pair, t->x.pair, HASH_LEN) || memcmp(st->author, ours ? t->x.self : t->x.peer, HASH_LEN))
        return "it stands under another number, author or pair";
    if (sqlite3_column_bytes(s, 3) != HASH_LEN || memcmp(sqlite3_column_blob(s, 3), hash, HASH_LEN))
        return "its hash is not the stored one";
    const struct epoch_log *log = exchange_epoch(ours ? &t->x.ours : &t->x.theirs, epoch);
    if (!log || !card_signed(&log->card, bytes))
        return "its signature does not verify";
    if (ours && c->epoch == epoch && c->seq + 1 != seq)
        return "one or more of ours before it are missing";
    if (c->epoch == epoch && c->seq + 1 == seq && memcmp(st->previous, c->hash, HASH_LEN))
        return "it does not link to the one before";
    if (ours && c->epoch != epoch && seq != 1)
        return "ours before it are missing";
    to_hex(hash, HASH_LEN, where);
    if (row_open(d->row_key, where, sqlite3_column_blob(s, 5), (size_t)sqlite3_column_bytes(s, 5), &plain, &len, NULL))
        return "its body does not open";
    bool fits = len == SALT_LEN + (size_t)st->body_len;
    if (fits)
        parley_body_commit(plain, plain + SALT_LEN, st->body_len, commitment);
    fits = fits && !memcmp(commitment, st->commitment, HASH_LEN);
    free(plain);
    if (!fits)
        return "its body is not what was signed";
    c->epoch = epoch, c->seq = seq;
    memcpy(c->hash, hash, HASH_LEN);
    return NULL;
}

/* What each side says it has seen must be there: so a cut-off end is noticed, too. */
static bool seen_is_there(struct parley_desk *d, struct talk *t, const uint8_t *hash, bool ours)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT 1 FROM statement WHERE hash = ? AND peer = ? AND ours = ?", NULL);
    if (!s)
        return false;
    db_blob(s, 1, hash, HASH_LEN);
    sqlite3_bind_int64(s, 2, t->id);
    sqlite3_bind_int(s, 3, ours);
    bool there = sqlite3_step(s) == SQLITE_ROW;
    sqlite3_reset(s);
    return there;
}

enum parley_status parley_channel_verify(struct parley_desk *d, const char *peer, uint64_t *statements, struct parley_text *bad, struct parley_error *err)
{
    struct talk *t = talk_named(d, peer, err);
    *statements = 0;
    if (!t)
        return PARLEY_ENOTFOUND;
    /* a damaged statement must not keep the rest from being judged: then the cards are enough */
    enum parley_status status = talk_ready(d, t, NULL) ? talk_cards(d, t, err) : PARLEY_OK;
    sqlite3_stmt *s = status ? NULL : db_prepare(d, "SELECT ours, epoch, seq, hash, bytes, sealed FROM statement WHERE peer = ? ORDER BY ours, epoch, seq", err);
    if (!s)
        return status ? status : PARLEY_EIO;
    struct chain chain = { 0 };
    const char *why = NULL;
    struct parley_statement st = { 0 };
    int side = -1, code;
    sqlite3_bind_int64(s, 1, t->id);
    while (!why && (code = sqlite3_step(s)) == SQLITE_ROW) {
        if (sqlite3_column_int(s, 0) != side) {
            side = sqlite3_column_int(s, 0);
            memset(&chain, 0, sizeof chain);
        }
        why = check_row(d, t, s, &chain, &st);
        if (!why && st.seen_seq && !seen_is_there(d, t, st.seen_hash, !side))
            why = side ? "it names a statement of the peer that is missing here" : "the peer says it has seen one of ours that is missing here";
        *statements += !why;
    }
    sqlite3_reset(s);
    if (!t->loaded)
        exchange_close(&t->x);
    if (!why && t->loaded && t->x.fenced)
        return parley_fail(err, PARLEY_EVERIFY, "this desk said more than it holds (its high-water mark is ahead): it was restored from a copy");
    if (!why && !t->loaded)
        return parley_fail(err, PARLEY_EVERIFY, "channel with %s: every statement verifies, but together they are not one record", peer);
    if (!why)
        return PARLEY_OK;
    parley_text_addf(bad, "%s statement %" PRIu64 " of epoch %" PRIu32 ": %s", side ? "our" : "their", st.seq, st.epoch, why);
    return parley_fail(err, PARLEY_EVERIFY, "channel with %s: %s", peer, parley_text_str(bad));
}
