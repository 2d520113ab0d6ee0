#include "channel/checkpoint.h"
#include "channel/cosignature.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { INTERVAL_S = 60, KEPT_MAX = 256, BAD_MAX = 64, PENDING_MAX = 64 };
enum state { PENDING, GOOD, BAD };

/* --- leaves and roots ----------------------------------------------------------------------- */

static sqlite3_stmt *rows_of(struct parley_desk *d, struct talk *t, bool ours, uint32_t epoch, uint64_t from, uint64_t to, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT seq, bytes FROM statement WHERE peer = ? AND ours = ? AND epoch = ? AND seq BETWEEN ? AND ? ORDER BY seq", err);
    if (s) {
        sqlite3_bind_int64(s, 1, t->id);
        sqlite3_bind_int(s, 2, ours);
        sqlite3_bind_int64(s, 3, epoch);
        sqlite3_bind_int64(s, 4, (int64_t)from);
        sqlite3_bind_int64(s, 5, (int64_t)to);
    }
    return s;
}

/* The next leaf of rows_of, which must be number `seq`. */
static bool next_leaf(sqlite3_stmt *s, uint64_t seq, uint8_t leaf[HASH_LEN])
{
    if (sqlite3_step(s) != SQLITE_ROW || (uint64_t)sqlite3_column_int64(s, 0) != seq || sqlite3_column_bytes(s, 1) != PARLEY_STATEMENT_LEN)
        return false;
    merkle_leaf(sqlite3_column_blob(s, 1), PARLEY_STATEMENT_LEN, leaf);
    return true;
}

static enum parley_status missing(struct talk *t, uint64_t seq, struct parley_error *err)
{
    return parley_fail(err, PARLEY_ECORRUPT, "statement %" PRIu64 " on the channel with %s is missing; 'parley channel verify %s' says more", seq, t->name, t->name);
}

static enum parley_status grow(struct parley_desk *d, struct talk *t, bool ours, uint32_t epoch, struct merkle_frontier *tree, uint64_t size, struct parley_error *err)
{
    uint8_t leaf[HASH_LEN];
    sqlite3_stmt *s = rows_of(d, t, ours, epoch, tree->n + 1, size, err);
    if (!s)
        return PARLEY_EIO;
    while (tree->n < size && next_leaf(s, tree->n + 1, leaf))
        merkle_push(tree, leaf);
    sqlite3_reset(s);
    return tree->n == size ? PARLEY_OK : missing(t, tree->n + 1, err);
}

/* Root of the first `size` of an epoch. O(what was added since the last call). */
enum parley_status checkpoint_root(struct parley_desk *d, struct talk *t, bool ours, uint32_t epoch, uint64_t size, uint8_t root[HASH_LEN], struct parley_error *err)
{
    struct merkle_frontier tree = { .n = 0 };
    if (t->checkpoints.of[ours].epoch == epoch && t->checkpoints.of[ours].tree.n <= size)
        tree = t->checkpoints.of[ours].tree;
    enum parley_status status = grow(d, t, ours, epoch, &tree, size, err);
    if (status)
        return status;
    merkle_frontier_root(&tree, root);
    if (t->checkpoints.of[ours].epoch != epoch || t->checkpoints.of[ours].tree.n < size) {
        t->checkpoints.of[ours].epoch = epoch;
        t->checkpoints.of[ours].tree = tree;
    }
    return PARLEY_OK;
}

enum parley_status checkpoint_leaves(struct parley_desk *d, struct talk *t, bool ours, uint32_t epoch, uint64_t size, struct parley_arena *arena, uint8_t (**out)[HASH_LEN],
                                     struct parley_error *err)
{
    if (!(*out = parley_arena_calloc(arena, (size_t)size, HASH_LEN)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    sqlite3_stmt *s = rows_of(d, t, ours, epoch, 1, size, err);
    uint64_t n = 0;
    if (!s)
        return PARLEY_EIO;
    while (n < size && next_leaf(s, n + 1, (*out)[n]))
        n++;
    sqlite3_reset(s);
    return n == size ? PARLEY_OK : missing(t, n + 1, err);
}

/* --- making --------------------------------------------------------------------------------- */

static enum parley_status own_of(struct parley_desk *d, struct talk *t, uint32_t epoch, struct checkpoint *c, struct parley_text *note, struct parley_error *err)
{
    const struct own_epoch *own = NULL;
    const struct epoch_log *log = exchange_epoch(&t->x.ours, epoch);
    struct parley_text text;
    for (int i = 0; i < d->n_own; i++)
        if (d->own[i].card.epoch == epoch)
            own = &d->own[i];
    if (t->x.fenced)
        return parley_fail(err, PARLEY_EREFUSED, "this desk seems to be restored from a copy: it signs no checkpoint until it holds all it ever said");
    if (!own || !log || !log->top)
        return parley_fail(err, PARLEY_ENOTFOUND, "nothing was said to %s in epoch %" PRIu32 " yet", t->name, epoch);
    c->size = log->top;
    checkpoint_origin(t->x.pair, t->x.self, epoch, c->origin);
    enum parley_status status = checkpoint_root(d, t, true, epoch, c->size, c->root, err);
    if (status)
        return status;
    parley_text_init(&text, NOTE_MAX);
    checkpoint_text(c, &text);
    parley_text_addf(note, "%s\n", parley_text_str(&text));
    note_sign(text.data, text.len, own->card.name, own->card.signing, own->signing, note);
    status = text.failed || note->failed ? parley_fail(err, PARLEY_ENOMEM, "out of memory") : PARLEY_OK;
    parley_text_release(&text);
    return status;
}

enum parley_status checkpoint_own(struct parley_desk *d, struct talk *t, struct checkpoint *c, struct parley_text *note, struct parley_error *err)
{
    return own_of(d, t, d->own[d->n_own - 1].card.epoch, c, note, err);
}

void checkpoint_add(struct parley_desk *d, struct talk *t, struct parley_text *content)
{
    struct checkpoint c;
    struct parley_text note;
    int64_t now = d->now_us();
    const struct own_epoch *own = &d->own[d->n_own - 1];
    int64_t since = now - t->checkpoints.sent_us;
    const struct epoch_log *log = exchange_epoch(&t->x.ours, own->card.epoch);
    parley_text_init(&note, NOTE_MAX);
    if (log && log->top && log->top != t->checkpoints.sent_size && (!t->checkpoints.sent_us || since < 0 || since >= INT64_C(1000000) * INTERVAL_S) &&
        !checkpoint_own(d, t, &c, &note, NULL)) {
        struct parley_text witnessed;
        parley_text_init(&witnessed, NOTE_MAX);
        if (cosignatures_newest(d, t, &witnessed)) /* first: the peer cosigns the last one that it takes */
            item_add(content, ITEM_CHECKPOINT, &(struct part){ witnessed.data, witnessed.len }, 1);
        parley_text_release(&witnessed);
        item_add(content, ITEM_CHECKPOINT, &(struct part){ note.data, note.len }, 1);
        t->checkpoints.sent_us = now;
        t->checkpoints.sent_size = c.size;
    }
    if (t->checkpoints.to_cosign && !t->x.fenced) {
        struct note parsed;
        const char *text = t->checkpoints.to_cosign;
        parley_text_clear(&note);
        parley_text_adds(&note, text);
        if (!note_parse(text, strlen(text), &parsed, NULL))
            note_cosign(parsed.text, parsed.text_len, own->card.name, own->card.signing, own->signing, (uint64_t)now / 1000000, &note);
        if (!note.failed)
            item_add(content, ITEM_CHECKPOINT, &(struct part){ note.data, note.len }, 1);
        free(t->checkpoints.to_cosign);
        t->checkpoints.to_cosign = NULL;
    }
    parley_text_release(&note);
}

/* --- taking --------------------------------------------------------------------------------- */

static uint64_t count_of(struct parley_desk *d, struct talk *t, enum state state)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT count(*) FROM checkpoint WHERE peer = ? AND ours = 0 AND state = ?", NULL);
    if (!s)
        return UINT64_MAX;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, state);
    uint64_t n = sqlite3_step(s) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(s, 0) : UINT64_MAX;
    sqlite3_reset(s);
    return n;
}

static enum parley_status store(struct parley_desk *d, struct talk *t, bool ours, uint32_t epoch, const struct checkpoint *c, const char *note, size_t len, enum state state,
                                uint32_t cosigner, int64_t now_us, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "INSERT OR REPLACE INTO checkpoint(peer, ours, epoch, size, root, note, state, cosigner, at_us) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, ours);
    sqlite3_bind_int64(s, 3, epoch);
    sqlite3_bind_int64(s, 4, (int64_t)c->size);
    db_blob(s, 5, c->root, HASH_LEN);
    sqlite3_bind_text(s, 6, note, (int)len, SQLITE_TRANSIENT);
    sqlite3_bind_int(s, 7, state);
    sqlite3_bind_int64(s, 8, cosigner);
    sqlite3_bind_int64(s, 9, now_us);
    enum parley_status status = db_done(d, s, err);
    if (status || state != GOOD || !(s = db_prepare(d, "DELETE FROM checkpoint WHERE peer = ?1 AND ours = ?2 AND state = 1 AND rowid NOT IN (SELECT rowid FROM checkpoint "
                                                       "WHERE peer = ?1 AND ours = ?2 AND state = 1 ORDER BY epoch DESC, size DESC LIMIT ?3) AND NOT EXISTS (SELECT 1 FROM cosignature AS w "
                                                       "WHERE w.peer = ?1 AND w.ours = ?2 AND w.epoch = checkpoint.epoch AND w.size = checkpoint.size AND w.root = checkpoint.root)", err)))
        return status ? status : state != GOOD ? PARLEY_OK : PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, ours);
    sqlite3_bind_int(s, 3, KEPT_MAX);
    return db_done(d, s, err);
}

/* The peer's own, signed with the key of its epoch: does it say what we hold? */
static enum parley_status judge(struct parley_desk *d, struct talk *t, uint32_t epoch, const struct checkpoint *c, const char *note, size_t len, int64_t now_us,
                                struct parley_error *err)
{
    const struct epoch_log *log = exchange_epoch(&t->x.theirs, epoch);
    uint8_t root[HASH_LEN];
    if (c->size > log->gapless) { /* it speaks of more than is here without a gap */
        if (count_of(d, t, PENDING) < PENDING_MAX)
            return store(d, t, false, epoch, c, note, len, PENDING, 0, now_us, err);
        log_line(d, "peer=%s event=checkpoint-dropped why=too-many-pending size=%" PRIu64, t->name, c->size);
        return PARLEY_OK;
    }
    enum parley_status status = checkpoint_root(d, t, false, epoch, c->size, root, err);
    if (!status && memcmp(root, c->root, HASH_LEN)) { /* before crying out: not from memory */
        t->checkpoints.of[0].epoch = 0;
        status = checkpoint_root(d, t, false, epoch, c->size, root, err);
    }
    if (status)
        return status;
    if (!memcmp(root, c->root, HASH_LEN)) {
        char *copy = malloc(len + 1);
        if (copy) {
            memcpy(copy, note, len);
            copy[len] = 0;
            free(t->checkpoints.to_cosign);
            t->checkpoints.to_cosign = copy;
        }
        return store(d, t, false, epoch, c, note, len, GOOD, 0, now_us, err);
    }
    log_line(d, "peer=%s event=record-rewritten epoch=%" PRIu32 " size=%" PRIu64, t->name, epoch, c->size);
    if (count_of(d, t, BAD) >= BAD_MAX)
        return PARLEY_OK; /* proofs enough */
    if ((status = store(d, t, false, epoch, c, note, len, BAD, 0, now_us, err)))
        return status;
    sqlite3_stmt *s = db_prepare(d, "UPDATE peer SET equivocated = equivocated | 2 WHERE id = ?", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    return db_done(d, s, err);
}

/* Those that spoke of more than was here then. */
static enum parley_status judge_pending(struct parley_desk *d, struct talk *t, struct parley_error *err)
{
    enum parley_status status = PARLEY_OK;
    for (int guard = 0; !status && guard < PENDING_MAX; guard++) {
        struct checkpoint c = { .size = 0 };
        uint32_t epoch = 0;
        int64_t at = 0;
        char *note = NULL;
        sqlite3_stmt *s = db_prepare(d, "SELECT epoch, size, root, note, at_us FROM checkpoint WHERE peer = ? AND ours = 0 AND state = 0 ORDER BY epoch, size LIMIT 1 OFFSET ?", err);
        if (!s)
            return PARLEY_EIO;
        sqlite3_bind_int64(s, 1, t->id);
        sqlite3_bind_int(s, 2, guard);
        bool found = sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 2) == HASH_LEN;
        if (found) {
            epoch = (uint32_t)sqlite3_column_int64(s, 0);
            c.size = (uint64_t)sqlite3_column_int64(s, 1);
            memcpy(c.root, sqlite3_column_blob(s, 2), HASH_LEN);
            at = sqlite3_column_int64(s, 4);
            note = strdup((const char *)sqlite3_column_text(s, 3));
        }
        sqlite3_reset(s);
        const struct epoch_log *log = exchange_epoch(&t->x.theirs, epoch);
        bool ready = found && note && log && c.size <= log->gapless;
        if (ready) {
            status = judge(d, t, epoch, &c, note, strlen(note), at, err);
            guard--; /* it is pending no more: the next one moved up */
        }
        free(note);
        if (!found)
            break;
    }
    return status;
}

/* Ours, come back: our own signature first, the peer's cosignature second. */
static enum parley_status take_back(struct parley_desk *d, struct talk *t, const struct note *note, const struct checkpoint *c, uint32_t epoch, const char *data, size_t len,
                                    int64_t now_us, struct parley_error *err)
{
    const struct epoch_log *log = exchange_epoch(&t->x.ours, epoch);
    uint8_t root[HASH_LEN];
    uint32_t cosigner = 0;
    if (note->n != 2 || !log || c->size > log->top || !note_verify(note, log->card.name, NOTE_ED25519, log->card.signing, NULL))
        return PARLEY_OK;
    for (size_t i = t->x.theirs.n; i > 0 && !cosigner; i--)
        if (note_verify(note, t->x.theirs.epoch[i - 1].card.name, NOTE_COSIGNATURE, t->x.theirs.epoch[i - 1].card.signing, NULL))
            cosigner = t->x.theirs.epoch[i - 1].card.epoch;
    enum parley_status status = cosigner ? checkpoint_root(d, t, true, epoch, c->size, root, err) : PARLEY_OK;
    if (status || !cosigner || memcmp(root, c->root, HASH_LEN))
        return status;
    return store(d, t, true, epoch, c, data, len, GOOD, cosigner, now_us, err);
}

/* The peer's, signed by it on the first line; further lines are of witnesses whom this desk may know. */
static enum parley_status take_theirs(struct parley_desk *d, struct talk *t, const struct note *note, const struct checkpoint *c, uint32_t epoch, int64_t now_us, struct parley_error *err)
{
    struct parley_text plain;
    struct cosigned taken;
    parley_text_init(&plain, NOTE_MAX);
    parley_text_add(&plain, note->text, note->text_len);
    parley_text_addc(&plain, '\n');
    note_signature_line(&note->signature[0], &plain);
    enum parley_status status = plain.failed ? parley_fail(err, PARLEY_ENOMEM, "out of memory") : judge_pending(d, t, err);
    if (!status)
        status = judge(d, t, epoch, c, plain.data, plain.len, now_us, err);
    if (!status && note->n > 1)
        status = cosignatures_take(d, t, false, epoch, c, note, &taken, err);
    parley_text_release(&plain);
    return status;
}

enum parley_status checkpoint_take(struct parley_desk *d, struct talk *t, const char *data, size_t len, int64_t now_us, struct parley_error *err)
{
    struct note note;
    struct checkpoint c;
    char origin[CHECKPOINT_ORIGIN_MAX];
    if (checkpoint_note_parse(data, len, &note, &c, NULL)) {
        log_line(d, "peer=%s event=refused why=checkpoint-form", t->name);
        return PARLEY_OK;
    }
    for (size_t i = 0; i < t->x.ours.n; i++) {
        checkpoint_origin(t->x.pair, t->x.self, t->x.ours.epoch[i].card.epoch, origin);
        if (!strcmp(origin, c.origin))
            return take_back(d, t, &note, &c, t->x.ours.epoch[i].card.epoch, data, len, now_us, err);
    }
    for (size_t i = 0; i < t->x.theirs.n; i++) {
        const struct card *card = &t->x.theirs.epoch[i].card;
        checkpoint_origin(t->x.pair, t->x.peer, card->epoch, origin);
        if (!strcmp(origin, c.origin) && note_signature_of(&note, card->name, NOTE_ED25519, card->signing) == &note.signature[0])
            return take_theirs(d, t, &note, &c, card->epoch, now_us, err);
    }
    log_line(d, "peer=%s event=refused why=checkpoint-of-nobody", t->name);
    return PARLEY_OK;
}

/* --- asking --------------------------------------------------------------------------------- */

enum parley_status checkpoint_covering(struct parley_desk *d, struct talk *t, bool ours, uint32_t epoch, uint64_t seq, struct parley_arena *arena, struct covering *out,
                                       struct parley_error *err)
{
    struct checkpoint c;
    struct parley_text note;
    memset(out, 0, sizeof *out);
    sqlite3_stmt *s = db_prepare(d, "SELECT note, size, cosigner, root FROM checkpoint AS c WHERE peer = ? AND ours = ? AND epoch = ? AND size >= ? AND state = 1 ORDER BY " COSIGNED_BY " DESC, cosigner > 0 DESC, size LIMIT 1", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, ours);
    sqlite3_bind_int64(s, 3, epoch);
    sqlite3_bind_int64(s, 4, (int64_t)seq);
    if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 3) == HASH_LEN) {
        memcpy(out->root, sqlite3_column_blob(s, 3), HASH_LEN);
        out->note = parley_arena_strdup(arena, (const char *)sqlite3_column_text(s, 0));
        out->size = (uint64_t)sqlite3_column_int64(s, 1);
        out->cosigner = (uint32_t)sqlite3_column_int64(s, 2);
    }
    sqlite3_reset(s);
    if (out->note)
        return PARLEY_OK;
    if (!ours)
        return parley_fail(err, PARLEY_ENOTFOUND, "no checkpoint of %s covers its statement %" PRIu64 " yet", t->name, seq);
    parley_text_init(&note, NOTE_MAX);
    enum parley_status status = own_of(d, t, epoch, &c, &note, err);
    if (!status) {
        out->note = parley_arena_strdup(arena, parley_text_str(&note));
        out->size = c.size;
        memcpy(out->root, c.root, HASH_LEN);
    }
    parley_text_release(&note);
    return status ? status == PARLEY_EREFUSED ? PARLEY_ENOTFOUND : status : out->note ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

/* A second checkpoint of theirs that goes with a bad one: SQL picks it, *note and *size are filled. */
static bool second_note(struct parley_desk *d, struct talk *t, const char *sql, uint32_t epoch, uint64_t size, const uint8_t root[HASH_LEN], struct parley_arena *arena,
                        const char **note, uint64_t *second_size, uint8_t second_root[HASH_LEN])
{
    sqlite3_stmt *s = db_prepare(d, sql, NULL);
    if (!s)
        return false;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int64(s, 2, epoch);
    sqlite3_bind_int64(s, 3, (int64_t)size);
    db_blob(s, 4, root, HASH_LEN);
    bool found = sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 2) == HASH_LEN;
    if (found) {
        *note = parley_arena_strdup(arena, (const char *)sqlite3_column_text(s, 0));
        *second_size = (uint64_t)sqlite3_column_int64(s, 1);
        memcpy(second_root, sqlite3_column_blob(s, 2), HASH_LEN);
    }
    sqlite3_reset(s);
    return found && *note;
}

static enum parley_status join(struct parley_desk *d, struct talk *t, struct parley_arena *arena, struct rewriting *r, uint64_t from, uint64_t to, struct parley_error *err)
{
    uint8_t(*leaf)[HASH_LEN];
    enum parley_status status = checkpoint_leaves(d, t, false, r->epoch, to, arena, &leaf, err);
    if (status)
        return status;
    if (!(r->joined = PARLEY_NEW(arena, struct consistency, 1)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    r->joined->from = from, r->joined->to = to;
    merkle_root((const uint8_t(*)[HASH_LEN])leaf, (size_t)from, r->joined->root);
    r->joined->path_len = merkle_consistency((const uint8_t(*)[HASH_LEN])leaf, (size_t)from, (size_t)to, r->joined->path);
    r->size = to;
    return PARLEY_OK;
}

enum parley_status checkpoint_rewriting(struct parley_desk *d, struct talk *t, struct parley_arena *arena, struct rewriting *out, struct parley_error *err)
{
    struct rewriting r = { .n = 0 };
    uint8_t root[HASH_LEN], second[HASH_LEN];
    uint64_t size = 0, other = 0;
    sqlite3_stmt *s = db_prepare(d, "SELECT note, epoch, size, root FROM checkpoint WHERE peer = ? AND ours = 0 AND state = 2 ORDER BY size LIMIT 1", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 3) == HASH_LEN) {
        r.note[0] = parley_arena_strdup(arena, (const char *)sqlite3_column_text(s, 0));
        r.epoch = (uint32_t)sqlite3_column_int64(s, 1);
        r.size = size = (uint64_t)sqlite3_column_int64(s, 2);
        memcpy(root, sqlite3_column_blob(s, 3), HASH_LEN);
        r.n = 1;
    }
    sqlite3_reset(s);
    if (!r.n || !r.note[0])
        return parley_fail(err, PARLEY_ENOTFOUND, "no checkpoint of %s contradicts its record: there is no rewriting to prove", t->name);
    if (second_note(d, t, "SELECT note, size, root FROM checkpoint WHERE peer = ?1 AND ours = 0 AND state > 0 AND epoch = ?2 AND size = ?3 AND root <> ?4 LIMIT 1", r.epoch, size, root, arena,
                    &r.note[1], &other, second)) {
        r.n = 2;
        if (memcmp(root, second, HASH_LEN) > 0) {
            const char *swap = r.note[0];
            r.note[0] = r.note[1], r.note[1] = swap;
        }
    } else if (second_note(d, t, "SELECT note, size, root FROM checkpoint WHERE peer = ?1 AND ours = 0 AND state = 1 AND epoch = ?2 AND size > ?3 AND root <> ?4 ORDER BY size LIMIT 1", r.epoch,
                           size, root, arena, &r.note[1], &other, second)) {
        r.n = 2;
        enum parley_status status = join(d, t, arena, &r, size, other, err);
        if (status)
            return status;
    } else if (size > BUNDLE_STATEMENTS_MAX) {
        return parley_fail(err, PARLEY_ELIMIT, "the proof would need %" PRIu64 " statements; at most %d go into a bundle. A later checkpoint of theirs makes it short", size, BUNDLE_STATEMENTS_MAX);
    }
    *out = r;
    return PARLEY_OK;
}
