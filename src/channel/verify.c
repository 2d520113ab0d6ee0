/* Verifying every stored byte of a channel, straight from the database: nothing that loading would forgive is forgiven here. */
#define _GNU_SOURCE /* memmem */
#include "channel/attachment.h"
#include "channel/bytes.h"
#include "channel/desk.h"
#include "channel/loading.h"
#include "channel/mark.h"
#include "channel/verify.h"

#include <inttypes.h>
#include <parley/blocks.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 2048, BATCH_BYTES = 16 << 20, BLOCK = 64 };

struct chain { /* what the statement before was */
    uint32_t epoch;
    uint64_t seq;
    uint8_t hash[HASH_LEN], seen[HASH_LEN];
};

struct row { /* as it is stored, and what is wrong with it by itself */
    bool ours, whole, attaches;
    uint32_t epoch;
    uint64_t seq;
    uint8_t bytes[PARLEY_STATEMENT_LEN], hash_stored[HASH_LEN], hash[HASH_LEN];
    uint8_t *sealed;
    size_t sealed_len;
    struct parley_statement st;
    const char *header, *body;
};

struct batch {
    struct parley_desk *d;
    struct talk *t;
    struct parley_arena arena;
    struct row row[BATCH];
    size_t n, bytes;
};

static const char *judge_header(const struct talk *t, struct row *r)
{
    if (!r->whole || parley_statement_decode(r->bytes, &r->st, NULL))
        return "the 304 bytes are damaged";
    parley_statement_hash(r->bytes, r->hash);
    if (r->st.epoch != r->epoch || r->st.seq != r->seq || memcmp(r->st.pair, t->x.pair, HASH_LEN) || memcmp(r->st.author, r->ours ? t->x.self : t->x.peer, HASH_LEN))
        return "it stands under another number, author or pair";
    if (memcmp(r->hash_stored, r->hash, HASH_LEN))
        return "its hash is not the stored one";
    for (size_t i = 0, n = r->ours ? t->x.ours.n : t->x.theirs.n; i < n; i++) {
        const struct epoch_log *log = r->ours ? &t->x.ours.epoch[i] : &t->x.theirs.epoch[i];
        if (log->card.epoch == r->epoch)
            return card_signed(&log->card, r->bytes) ? NULL : "its signature does not verify";
    }
    return "its signature does not verify";
}

static const char *judge_body(const struct parley_desk *d, struct row *r)
{
    uint8_t commitment[HASH_LEN] = { 0 }, *plain;
    size_t len;
    char where[65];
    to_hex(r->hash, HASH_LEN, where);
    if (row_open(d->row_key, where, r->sealed, r->sealed_len, &plain, &len, NULL))
        return "its body does not open";
    bool fits = len == SALT_LEN + (size_t)r->st.body_len;
    if (fits)
        parley_body_commit(plain, plain + SALT_LEN, r->st.body_len, commitment);
    fits = fits && !memcmp(commitment, r->st.commitment, HASH_LEN);
    r->attaches = fits && memmem(plain + SALT_LEN, r->st.body_len, "\"attachments\"", 13);
    free(plain);
    return fits ? NULL : "its body is not what was signed";
}

/* Signatures cost more than all else: rows are judged one by one on all processors. */
static enum parley_status judge(void *ctx, size_t block, unsigned thread, struct parley_error *err)
{
    struct batch *b = ctx;
    (void)thread, (void)err;
    for (size_t i = block * BLOCK; i < b->n && i < (block + 1) * BLOCK; i++) {
        struct row *r = &b->row[i];
        r->header = judge_header(b->t, r);
        r->body = r->header ? NULL : judge_body(b->d, r);
    }
    return PARLEY_OK;
}

static enum parley_status read_row(struct batch *b, sqlite3_stmt *s, struct parley_error *err)
{
    struct row *r = &b->row[b->n];
    *r = (struct row){ .ours = sqlite3_column_int(s, 0), .epoch = (uint32_t)sqlite3_column_int64(s, 1), .seq = (uint64_t)sqlite3_column_int64(s, 2) };
    r->whole = sqlite3_column_bytes(s, 4) == PARLEY_STATEMENT_LEN;
    if (r->whole)
        memcpy(r->bytes, sqlite3_column_blob(s, 4), PARLEY_STATEMENT_LEN);
    if (sqlite3_column_bytes(s, 3) == HASH_LEN)
        memcpy(r->hash_stored, sqlite3_column_blob(s, 3), HASH_LEN);
    r->sealed_len = (size_t)sqlite3_column_bytes(s, 5);
    if (!(r->sealed = (uint8_t *)parley_arena_copy(&b->arena, r->sealed_len ? sqlite3_column_blob(s, 5) : "", r->sealed_len)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    b->n++;
    b->bytes += r->sealed_len;
    return PARLEY_OK;
}

/* The files that a body names are part of what was signed. The database has one thread, so this is for one row at a time. */
static const char *judge_files(struct parley_desk *d, struct talk *t, const struct row *r)
{
    char where[65];
    uint8_t *plain;
    size_t len;
    to_hex(r->hash, HASH_LEN, where);
    if (row_open(d->row_key, where, r->sealed, r->sealed_len, &plain, &len, NULL))
        return "its body does not open";
    const char *why = attachments_fault(d, t, r->ours, (const char *)plain + SALT_LEN, r->st.body_len);
    free(plain);
    return why;
}

/* How a row stands to the one before it. */
static const char *judge_link(const struct row *r, const struct chain *c)
{
    if (r->ours && c->epoch == r->epoch && c->seq + 1 != r->seq)
        return "one or more of ours before it are missing";
    if (c->epoch == r->epoch && c->seq + 1 == r->seq && memcmp(r->st.previous, c->hash, HASH_LEN))
        return "it does not link to the one before";
    return r->ours && c->epoch != r->epoch && r->seq != 1 ? "ours before it are missing" : NULL;
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

/* The batch in order; NULL, or what is wrong with *bad. */
static const char *judge_order(struct batch *b, struct chain *c, int *side, uint64_t *good, const struct row **bad)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct row *r = *bad = &b->row[i];
        const char *why = r->header;
        if (r->ours != *side) {
            *side = r->ours;
            memset(c, 0, sizeof *c);
        }
        if (!why)
            why = judge_link(r, c);
        if (!why)
            why = r->body;
        if (!why && r->st.seen_seq && memcmp(r->st.seen_hash, c->seen, HASH_LEN) && !seen_is_there(b->d, b->t, r->st.seen_hash, !r->ours))
            why = r->ours ? "it names a statement of the peer that is missing here" : "the peer says it has seen one of ours that is missing here";
        if (!why && r->attaches)
            why = judge_files(b->d, b->t, r);
        if (why)
            return why;
        c->epoch = r->epoch, c->seq = r->seq;
        memcpy(c->hash, r->hash, HASH_LEN);
        memcpy(c->seen, r->st.seen_hash, HASH_LEN);
        (*good)++;
    }
    return NULL;
}

/* Every row of the talk. *why: what is wrong with the first bad one, whose name is added to bad; NULL nothing. */
static enum parley_status judge_all(struct batch *b, sqlite3_stmt *s, uint64_t *good, const char **why, struct parley_text *bad, struct parley_error *err)
{
    enum parley_status status = PARLEY_OK;
    struct chain chain = { 0 };
    int side = -1;
    int code = SQLITE_ROW;
    *why = NULL;
    while (code == SQLITE_ROW && !status && !*why) {
        const struct row *at = NULL;
        b->n = b->bytes = 0;
        while (!status && b->n < BATCH && b->bytes < BATCH_BYTES && (code = sqlite3_step(s)) == SQLITE_ROW)
            status = read_row(b, s, err);
        if (!status && code != SQLITE_ROW && code != SQLITE_DONE)
            status = db_fail(b->d->db, err, "read every statement");
        if (!status)
            status = parley_blocks_run((b->n + BLOCK - 1) / BLOCK, 0, judge, b, NULL, NULL, err);
        if (!status && (*why = judge_order(b, &chain, &side, good, &at)))
            parley_text_addf(bad, "%s statement %" PRIu64 " of epoch %" PRIu32 ": %s", at->ours ? "our" : "their", at->seq, at->epoch, *why);
        parley_arena_release(&b->arena);
        parley_arena_init(&b->arena, 0);
    }
    return status;
}

/* Straight from the rows: nothing is stepped, so nothing is signed or repaired while somebody looks. */
static enum parley_status verify_rows(struct parley_desk *d, struct talk *t, uint64_t *statements, struct parley_text *bad, struct parley_error *err)
{
    const char *why = NULL;
    sqlite3_stmt *s = db_prepare(d, "SELECT ours, epoch, seq, hash, bytes, sealed FROM statement WHERE peer = ? ORDER BY ours, epoch, seq", err);
    struct batch *b = s ? calloc(1, sizeof *b) : NULL;
    if (!b)
        return s ? parley_fail(err, PARLEY_ENOMEM, "out of memory") : PARLEY_EIO;
    b->d = d, b->t = t;
    sqlite3_bind_int64(s, 1, t->id);
    enum parley_status status = judge_all(b, s, statements, &why, bad, err);
    free(b);
    sqlite3_reset(s);
    return status ? status : why ? PARLEY_EVERIFY : PARLEY_OK;
}

/* The mark outside the desk knows how far this machine has spoken. */
static bool cut_off(struct parley_desk *d, struct talk *t)
{
    const struct card *own = &d->own[d->n_own - 1].card;
    uint32_t mark_epoch;
    uint64_t mark_seq, top = 0;
    if (!mark_get(t->x.pair, t->x.self, &mark_epoch, &mark_seq))
        return true; /* a copy on another machine */
    sqlite3_stmt *s = db_prepare(d, "SELECT max(seq) FROM statement WHERE peer = ? AND ours = 1 AND epoch = ?", NULL);
    if (!s)
        return false;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int64(s, 2, own->epoch);
    if (sqlite3_step(s) == SQLITE_ROW)
        top = (uint64_t)sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    return mark_epoch > own->epoch || (mark_epoch == own->epoch && mark_seq > top);
}

/* Pages that no query below happens to read. Statements, which are most of the file, are read one by one. */
static enum parley_status tables_sound(struct parley_desk *d, struct parley_text *bad, struct parley_error *err)
{
    static const char *const checks[] = { "PRAGMA quick_check('meta')", "PRAGMA quick_check('own_epoch')", "PRAGMA quick_check('peer')", "PRAGMA quick_check('peer_card')",
                                          "PRAGMA quick_check('carrier')", "PRAGMA quick_check('direction')", "PRAGMA quick_check('proof')", "PRAGMA quick_check('checkpoint')",
                                          "PRAGMA quick_check('relay_note')", "PRAGMA quick_check('attachment')", "PRAGMA quick_check('chunk')",
                                          "PRAGMA quick_check('witness')", "PRAGMA quick_check('cosignature')" };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        sqlite3_stmt *s;
        if (sqlite3_prepare_v2(d->db, checks[i], -1, &s, NULL))
            return db_fail(d->db, err, "look at its tables");
        const char *said = sqlite3_step(s) == SQLITE_ROW ? (const char *)sqlite3_column_text(s, 0) : "it cannot be read";
        bool sound = said && !strcmp(said, "ok");
        if (!sound)
            parley_text_addf(bad, "channel.db is damaged in its table %.*s", (int)(strlen(checks[i]) - strlen("PRAGMA quick_check()")), checks[i] + strlen("PRAGMA quick_check("));
        sqlite3_finalize(s);
        if (!sound)
            return PARLEY_EVERIFY;
    }
    return PARLEY_OK;
}

enum parley_status parley_channel_verify(struct parley_desk *d, const char *peer, uint64_t *statements, struct parley_text *bad, struct parley_error *err)
{
    struct talk *t = talk_named(d, peer, err);
    *statements = 0;
    if (!t)
        return PARLEY_ENOTFOUND;
    enum parley_status status = db_exec(d, "BEGIN", err); /* one state, whatever a node stores meanwhile */
    if (status)
        return status;
    if (!(status = desk_refresh(d, err))) {
        talk_unload(t);
        status = talk_cards(d, t, err);
    }
    if (!status) {
        status = verify_rows(d, t, statements, bad, err);
        if (!status)
            status = tables_sound(d, bad, err);
        if (!status)
            status = verify_claims(d, t, bad, err);
        if (!status && cut_off(d, t)) {
            parley_text_adds(bad, "the end of ours: this desk said more than it holds (its high-water mark is ahead or gone); it was cut off or restored from a copy");
            status = PARLEY_EVERIFY;
        }
        exchange_close(&t->x);
    }
    sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
    return status == PARLEY_EVERIFY && bad->len ? parley_fail(err, status, "channel with %s: %s", peer, parley_text_str(bad)) : status;
}
