#include "channel/bytes.h"
#include "channel/checkpoint.h"
#include "channel/cosignature.h"
#include "channel/verify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { GAPS_MAX = 64, AT_SEEN = 124, AT_SEEN_HASH = 132, AT_REPLY = 164 };

static enum parley_status name(struct parley_text *bad, bool ours, uint32_t epoch, uint64_t seq, const char *why)
{
    parley_text_addf(bad, "%s statement %" PRIu64 " of epoch %" PRIu32 ": %s", ours ? "our" : "their", seq, epoch, why);
    return PARLEY_EVERIFY;
}

/* Epoch and number of a stored statement by its hash. */
static bool place_of(struct parley_desk *d, struct talk *t, bool ours, const uint8_t *hash, uint32_t *epoch, uint64_t *seq)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT epoch, seq FROM statement WHERE hash = ? AND peer = ? AND ours = ?", NULL);
    if (!s)
        return false;
    db_blob(s, 1, hash, HASH_LEN);
    sqlite3_bind_int64(s, 2, t->id);
    sqlite3_bind_int(s, 3, ours);
    bool found = sqlite3_step(s) == SQLITE_ROW;
    *epoch = found ? (uint32_t)sqlite3_column_int64(s, 0) : 0;
    *seq = found ? (uint64_t)sqlite3_column_int64(s, 1) : 0;
    sqlite3_reset(s);
    return found;
}

/* --- gaps in theirs ------------------------------------------------------------------------------ */

struct gap { /* the first of an epoch that is missing */
    uint32_t epoch;
    uint64_t seq;
};

static enum parley_status gaps_of(struct parley_desk *d, struct talk *t, struct gap gap[GAPS_MAX], size_t *count, struct parley_error *err)
{
    size_t n = 0;
    uint32_t epoch = 0;
    uint64_t next = 1;
    sqlite3_stmt *s = db_prepare(d, "SELECT epoch, seq FROM statement WHERE peer = ? AND ours = 0 ORDER BY epoch, seq", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    while (n < GAPS_MAX && sqlite3_step(s) == SQLITE_ROW) {
        uint64_t seq = (uint64_t)sqlite3_column_int64(s, 1);
        if ((uint32_t)sqlite3_column_int64(s, 0) != epoch)
            epoch = (uint32_t)sqlite3_column_int64(s, 0), next = 1;
        if (seq != next && !(n && gap[n - 1].epoch == epoch))
            gap[n++] = (struct gap){ epoch, next };
        next = seq + 1;
    }
    *count = n;
    return db_rest(d, s, PARLEY_OK, err);
}

/* We say "seen" only of what is here without a gap: a gap below it was made later. */
static enum parley_status gaps_were_not_there(struct parley_desk *d, struct talk *t, struct parley_text *bad, struct parley_error *err)
{
    struct gap gap[GAPS_MAX];
    size_t n = 0;
    enum parley_status status = gaps_of(d, t, gap, &n, err);
    uint8_t last[HASH_LEN] = { 0 };
    if (status || !n)
        return status;
    sqlite3_stmt *s = db_prepare(d, "SELECT bytes FROM statement WHERE peer = ? AND ours = 1 ORDER BY epoch, seq", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    while (!status && sqlite3_step(s) == SQLITE_ROW) {
        const uint8_t *bytes = sqlite3_column_blob(s, 0);
        uint32_t epoch;
        uint64_t seq;
        if (sqlite3_column_bytes(s, 0) != PARLEY_STATEMENT_LEN || !get_u64(bytes + AT_SEEN) || !memcmp(bytes + AT_SEEN_HASH, last, HASH_LEN))
            continue;
        memcpy(last, bytes + AT_SEEN_HASH, HASH_LEN);
        if (place_of(d, t, false, last, &epoch, &seq))
            for (size_t i = 0; !status && i < n; i++)
                if (gap[i].epoch == epoch && gap[i].seq < seq)
                    status = name(bad, false, epoch, gap[i].seq, "it is missing here, though ours say that we have seen it");
    }
    return db_rest(d, s, status, err);
}

/* --- receipts ------------------------------------------------------------------------------------ */

struct teller { /* the statement of the other side by which one is receipted */
    uint32_t epoch, seen_epoch;
    uint64_t seq, seen;
    uint8_t bytes[PARLEY_STATEMENT_LEN];
    char *body; /* opened when needed */
    size_t body_len;
    bool there;
};

static void find_teller(struct parley_desk *d, struct talk *t, bool ours, uint32_t epoch, uint64_t seq, struct teller *out)
{
    free(out->body);
    memset(out, 0, sizeof *out);
    out->epoch = epoch, out->seq = seq;
    sqlite3_stmt *s = db_prepare(d, "SELECT bytes, sealed FROM statement WHERE peer = ? AND ours = ? AND epoch = ? AND seq = ?", NULL);
    if (!s)
        return;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, ours);
    sqlite3_bind_int64(s, 3, epoch);
    sqlite3_bind_int64(s, 4, (int64_t)seq);
    if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 0) == PARLEY_STATEMENT_LEN) {
        uint8_t hash[HASH_LEN], *plain;
        char where[65];
        out->there = true;
        memcpy(out->bytes, sqlite3_column_blob(s, 0), PARLEY_STATEMENT_LEN);
        parley_statement_hash(out->bytes, hash);
        to_hex(hash, HASH_LEN, where);
        if (out->bytes[5] == PARLEY_KIND_RECEIPT && !row_open(d->row_key, where, sqlite3_column_blob(s, 1), (size_t)sqlite3_column_bytes(s, 1), &plain, &out->body_len, NULL))
            out->body = (char *)plain;
    }
    sqlite3_reset(s);
    if (out->there && get_u64(out->bytes + AT_SEEN))
        (void)place_of(d, t, !ours, out->bytes + AT_SEEN_HASH, &out->seen_epoch, &out->seen);
}

static bool names(const struct teller *by, const uint8_t *hash)
{
    char hex[65];
    to_hex(hash, HASH_LEN, hex);
    for (size_t i = 0; by->body && i + 64 <= by->body_len; i++)
        if (by->body[i] == hex[0] && !memcmp(by->body + i, hex, 64))
            return true;
    return false;
}

/* Each receipt that is noted is there and speaks of this statement. */
static enum parley_status receipts_hold(struct parley_desk *d, struct talk *t, struct parley_text *bad, struct parley_error *err)
{
    enum parley_status status = PARLEY_OK;
    struct teller by = { 0 };
    sqlite3_stmt *s = db_prepare(d, "SELECT ours, epoch, seq, hash, by_epoch, by_seq FROM statement WHERE peer = ? AND by_seq > 0 ORDER BY ours, epoch, seq", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    int side = -1;
    while (!status && sqlite3_step(s) == SQLITE_ROW) {
        bool ours = sqlite3_column_int(s, 0);
        uint32_t epoch = (uint32_t)sqlite3_column_int64(s, 1), by_epoch = (uint32_t)sqlite3_column_int64(s, 4);
        uint64_t seq = (uint64_t)sqlite3_column_int64(s, 2);
        int64_t by_seq = sqlite3_column_int64(s, 5);
        const uint8_t *hash = sqlite3_column_blob(s, 3);
        if (side != ours || by.epoch != by_epoch || by.seq != (uint64_t)by_seq)
            find_teller(d, t, !ours, by_epoch, (uint64_t)by_seq, &by);
        side = ours;
        if (!by.there)
            status = name(bad, !ours, by_epoch, (uint64_t)by_seq, "it is missing here, though it is noted as a receipt");
        else if (!(by.seen_epoch == epoch && by.seen >= seq) && memcmp(by.bytes + AT_REPLY, hash, HASH_LEN) && !names(&by, hash))
            status = name(bad, ours, epoch, seq, "the receipt that is noted does not speak of it");
    }
    free(by.body);
    return db_rest(d, s, status, err);
}

/* --- checkpoints --------------------------------------------------------------------------------- */

static const char *note_fault(struct talk *t, sqlite3_stmt *s, struct author_log *author, struct author_log *other)
{
    struct note note;
    struct checkpoint c;
    char origin[CHECKPOINT_ORIGIN_MAX];
    uint32_t cosigner = (uint32_t)sqlite3_column_int64(s, 6);
    const struct epoch_log *log = exchange_epoch(author, (uint32_t)sqlite3_column_int64(s, 1));
    const struct epoch_log *co = cosigner ? exchange_epoch(other, cosigner) : NULL;
    if (note_parse((const char *)sqlite3_column_text(s, 4), (size_t)sqlite3_column_bytes(s, 4), &note, NULL) || checkpoint_parse(note.text, note.text_len, &c, NULL))
        return "does not parse";
    if (!log || !note_verify(&note, log->card.name, NOTE_ED25519, log->card.signing, NULL) ||
        (cosigner && (!co || !note_verify(&note, co->card.name, NOTE_COSIGNATURE, co->card.signing, NULL))))
        return "carries a signature that does not verify";
    checkpoint_origin(t->x.pair, author == &t->x.ours ? t->x.self : t->x.peer, log->card.epoch, origin);
    if (strcmp(origin, c.origin) || c.size != (uint64_t)sqlite3_column_int64(s, 2) || sqlite3_column_bytes(s, 3) != HASH_LEN || memcmp(c.root, sqlite3_column_blob(s, 3), HASH_LEN))
        return "is not the one that was signed";
    return NULL;
}

struct growing { /* the tree of one side's epoch, while its checkpoints pass in order of size */
    int side;
    uint32_t epoch;
    struct merkle_frontier tree;
};

static const char *root_fault(struct parley_desk *d, struct talk *t, struct growing *g, bool ours, uint32_t epoch, uint64_t size, const uint8_t *root)
{
    uint8_t is[HASH_LEN], leaf[HASH_LEN];
    if (g->side != ours || g->epoch != epoch)
        *g = (struct growing){ .side = ours, .epoch = epoch };
    sqlite3_stmt *s = db_prepare(d, "SELECT seq, bytes FROM statement WHERE peer = ? AND ours = ? AND epoch = ? AND seq BETWEEN ? AND ? ORDER BY seq", NULL);
    if (!s)
        return "cannot be compared";
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, ours);
    sqlite3_bind_int64(s, 3, epoch);
    sqlite3_bind_int64(s, 4, (int64_t)g->tree.n + 1);
    sqlite3_bind_int64(s, 5, (int64_t)size);
    while (sqlite3_step(s) == SQLITE_ROW && (uint64_t)sqlite3_column_int64(s, 0) == g->tree.n + 1) {
        merkle_leaf(sqlite3_column_blob(s, 1), (size_t)sqlite3_column_bytes(s, 1), leaf);
        merkle_push(&g->tree, leaf);
    }
    sqlite3_reset(s);
    if (g->tree.n < size)
        return "speaks of statements that are missing here";
    merkle_frontier_root(&g->tree, is);
    return memcmp(is, root, HASH_LEN) ? "has another root than the statements here" : NULL;
}

static enum parley_status checkpoints_fit(struct parley_desk *d, struct talk *t, struct parley_text *bad, struct parley_error *err)
{
    enum { GOOD = 1 };
    struct growing g = { .side = -1 };
    const char *why = NULL;
    sqlite3_stmt *s = db_prepare(d, "SELECT ours, epoch, size, root, note, state, cosigner FROM checkpoint WHERE peer = ? ORDER BY ours, epoch, size", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    while (!why && sqlite3_step(s) == SQLITE_ROW) {
        bool ours = sqlite3_column_int(s, 0);
        uint32_t epoch = (uint32_t)sqlite3_column_int64(s, 1);
        uint64_t size = (uint64_t)sqlite3_column_int64(s, 2);
        why = note_fault(t, s, ours ? &t->x.ours : &t->x.theirs, ours ? &t->x.theirs : &t->x.ours);
        if (!why && sqlite3_column_int(s, 5) == GOOD)
            why = root_fault(d, t, &g, ours, epoch, size, sqlite3_column_blob(s, 3));
        if (why)
            parley_text_addf(bad, "%s checkpoint of %" PRIu64 " statements in epoch %" PRIu32 " %s", ours ? "our" : "their", size, epoch, why);
    }
    return db_rest(d, s, why ? PARLEY_EVERIFY : PARLEY_OK, err);
}

/* --- what is kept beside the statements ----------------------------------------------------------- */

static enum parley_status peer_fits(struct parley_desk *d, struct talk *t, struct parley_text *bad, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT party, equivocated, (SELECT count(*) FROM proof WHERE peer = ?1), (SELECT count(*) FROM checkpoint WHERE peer = ?1 AND state = 2) FROM peer WHERE id = ?1", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    bool there = sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 0) == HASH_LEN && !memcmp(sqlite3_column_blob(s, 0), t->x.peer, HASH_LEN);
    int marks = there ? sqlite3_column_int(s, 1) : 0;
    bool proofs = there && sqlite3_column_int64(s, 2), rewritten = there && sqlite3_column_int64(s, 3);
    sqlite3_reset(s);
    const char *why = !there ? "stands under another party than its card says" : (marks & 1) != proofs ? "is marked for equivocation without a proof, or not marked although there is one"
                    : (marks & 2 ? 1 : 0) != rewritten ? "is marked for a rewritten record without a proof, or not marked although there is one" : NULL;
    if (why)
        parley_text_addf(bad, "the peer %s", why);
    return why ? PARLEY_EVERIFY : PARLEY_OK;
}

static enum parley_status keys_open(struct parley_desk *d, struct talk *t, struct parley_text *bad, struct parley_error *err)
{
    enum parley_status status = PARLEY_OK;
    sqlite3_stmt *s = db_prepare(d, "SELECT inbound, epoch FROM direction WHERE peer = ? ORDER BY inbound, epoch", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    while (!status && sqlite3_step(s) == SQLITE_ROW) {
        uint8_t key[KEY_LEN];
        if (direction_load(d, t->id, sqlite3_column_int(s, 0), (uint32_t)sqlite3_column_int64(s, 1), key, NULL)) {
            parley_text_addf(bad, "the sealing key of epoch %d, %s, does not open", sqlite3_column_int(s, 1), sqlite3_column_int(s, 0) ? "inbound" : "outbound");
            status = PARLEY_EVERIFY;
        }
        wipe(key, sizeof key);
    }
    status = db_rest(d, s, status, err);
    for (int inbound = 0; !status && inbound < 2; inbound++) { /* those that are needed next */
        uint32_t epoch = inbound ? d->own[d->n_own - 1].card.epoch : t->x.theirs.epoch[t->x.theirs.n - 1].card.epoch;
        uint8_t key[KEY_LEN];
        if (direction_load(d, t->id, inbound, epoch, key, NULL)) {
            parley_text_addf(bad, "the sealing key of epoch %" PRIu32 ", %s, is missing", epoch, inbound ? "inbound" : "outbound");
            status = PARLEY_EVERIFY;
        }
        wipe(key, sizeof key);
    }
    return status;
}

enum parley_status verify_claims(struct parley_desk *d, struct talk *t, struct parley_text *bad, struct parley_error *err)
{
    enum parley_status status = gaps_were_not_there(d, t, bad, err);
    if (!status)
        status = receipts_hold(d, t, bad, err);
    if (!status)
        status = checkpoints_fit(d, t, bad, err);
    if (!status)
        status = cosignatures_fit(d, t, bad, err);
    if (!status)
        status = peer_fits(d, t, bad, err);
    return status ? status : keys_open(d, t, bad, err);
}
