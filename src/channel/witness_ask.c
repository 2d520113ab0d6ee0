/* The desk's side of witnessing: the request for a witness, and taking in what it answers. */
#include "channel/bytes.h"
#include "channel/checkpoint.h"
#include "channel/cosignature.h"

#include <inttypes.h>
#include <parley/channel_witness.h>
#include <string.h>

/* --- asking a witness ----------------------------------------------------------------------- */

/* Where the witness stands, as far as we know. */
static enum parley_status stands_at(struct parley_desk *d, struct talk *t, const struct parley_witness_request *what, uint32_t epoch, uint64_t *from, struct parley_error *err)
{
    struct note_vkey witness[PARLEY_WITNESSES_MAX];
    size_t n = 0, k = 0;
    *from = what->from;
    enum parley_status status = witnesses_of(d, witness, &n, err);
    if (status || (what->from_given && !what->witness))
        return status;
    while (what->witness && k < n && strcmp(witness[k].name, what->witness))
        k++;
    if (what->witness && k == n)
        return parley_fail(err, PARLEY_ENOTFOUND, "no witness '%.64s' is written down; 'parley desk witness' lists them", what->witness);
    if (!what->witness && n > 1)
        return parley_fail(err, PARLEY_EINVAL, "%zu witnesses are written down: say which with --witness NAME, or where it stands with --from N", n);
    if (what->from_given || !n)
        return PARLEY_OK;
    sqlite3_stmt *s = db_prepare(d, "SELECT coalesce(max(size), 0) FROM cosignature WHERE peer = ? AND ours = ? AND epoch = ? AND key = ?", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, !what->theirs);
    sqlite3_bind_int64(s, 3, epoch);
    db_blob(s, 4, witness[k].key, KEY_LEN);
    *from = sqlite3_step(s) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(s, 0) : 0;
    sqlite3_reset(s);
    return PARLEY_OK;
}

/* Their newest that fits what is here. */
static enum parley_status their_newest(struct parley_desk *d, struct talk *t, struct parley_checkpoint *c, struct parley_text *note, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT epoch, size, root, note FROM checkpoint WHERE peer = ? AND ours = 0 AND state = 1 ORDER BY epoch DESC, size DESC LIMIT 1", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    bool found = sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 2) == HASH_LEN;
    if (found) {
        c->epoch = (uint32_t)sqlite3_column_int64(s, 0);
        c->size = (uint64_t)sqlite3_column_int64(s, 1);
        memcpy(c->root, sqlite3_column_blob(s, 2), HASH_LEN);
        found = author_note((const char *)sqlite3_column_text(s, 3), (size_t)sqlite3_column_bytes(s, 3), note);
    }
    sqlite3_reset(s);
    return found ? PARLEY_OK : parley_fail(err, PARLEY_ENOTFOUND, "no checkpoint of %s is here yet; one comes with what it says, at most once a minute", t->name);
}

/* Ours, signed now and kept, so that a witness's lines find it. */
static enum parley_status our_newest(struct parley_desk *d, struct talk *t, struct parley_checkpoint *out, struct parley_text *note, struct parley_error *err)
{
    struct checkpoint c;
    enum parley_status status = checkpoint_own(d, t, &c, note, err);
    if (status)
        return status;
    out->epoch = d->own[d->n_own - 1].card.epoch;
    out->size = c.size;
    memcpy(out->root, c.root, HASH_LEN);
    return checkpoint_keep(d, t, out->epoch, &c, note, err);
}

static enum parley_status prove(struct parley_desk *d, struct talk *t, const struct parley_checkpoint *c, uint64_t from, struct witness_request *r, struct parley_error *err)
{
    struct parley_arena arena = { 0 };
    uint8_t(*leaf)[HASH_LEN], path[MERKLE_PATH_MAX][HASH_LEN];
    r->old = from;
    if (from > c->size)
        return parley_fail(err, PARLEY_EINVAL, "--from %" PRIu64 ": the newest checkpoint has %" PRIu64 " statements", from, c->size);
    enum parley_status status = from ? checkpoint_leaves(d, t, c->ours, c->epoch, c->size, &arena, &leaf, err) : PARLEY_OK;
    if (!status && from) {
        r->path_len = merkle_consistency((const uint8_t(*)[HASH_LEN])leaf, (size_t)from, (size_t)c->size, path);
        if (r->path_len > WITNESS_PATH_MAX)
            status = parley_fail(err, PARLEY_ELIMIT, "the proof would have more than %d lines", WITNESS_PATH_MAX);
        else
            memcpy(r->path, path, r->path_len * HASH_LEN);
    }
    parley_arena_release(&arena);
    return status;
}

enum parley_status parley_channel_witness_request(struct parley_desk *d, const struct parley_witness_request *what, struct parley_text *request, struct parley_checkpoint *checkpoint,
                                                  uint64_t *from, struct parley_text *author, struct parley_error *err)
{
    struct talk *t = talk_named(d, what->peer, err);
    struct witness_request r = { .old = 0 };
    struct parley_checkpoint c = { .ours = !what->theirs };
    struct parley_text note;
    if (!t)
        return PARLEY_ENOTFOUND;
    parley_text_init(&note, NOTE_MAX);
    enum parley_status status = talk_ready(d, t, err);
    if (!status)
        status = what->theirs ? their_newest(d, t, &c, &note, err) : our_newest(d, t, &c, &note, err);
    if (!status)
        status = stands_at(d, t, what, c.epoch, from, err);
    if (!status)
        status = prove(d, t, &c, *from, &r, err);
    const struct epoch_log *e = status ? NULL : exchange_epoch(c.ours ? &t->x.ours : &t->x.theirs, c.epoch);
    if (!status && !e)
        status = parley_fail(err, PARLEY_ECORRUPT, "the card of epoch %" PRIu32 " is missing", c.epoch);
    if (!status) {
        r.note = parley_text_str(&note);
        r.note_len = note.len;
        witness_request_text(&r, request);
        note_vkey(e->card.name, NOTE_ED25519, e->card.signing, author);
        *checkpoint = c;
        status = parley_text_status(request, "the request", err);
    }
    parley_text_release(&note);
    return status;
}

/* --- taking its answer in ------------------------------------------------------------------- */

/* Lines alone, as a witness answers over HTTP: the kept checkpoint under which one of them holds. */
static enum parley_status complete(struct parley_desk *d, struct talk *t, const char *lines, size_t len, struct parley_text *out, struct parley_error *err)
{
    struct note_vkey witness[PARLEY_WITNESSES_MAX];
    struct note note;
    size_t n = 0;
    bool found = false;
    enum parley_status status = witnesses_of(d, witness, &n, err);
    sqlite3_stmt *s = status ? NULL : db_prepare(d, "SELECT note FROM checkpoint WHERE peer = ? AND state = 1 ORDER BY ours DESC, epoch DESC, size DESC", err);
    if (!s)
        return status ? status : PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    while (!found && sqlite3_step(s) == SQLITE_ROW) {
        parley_text_clear(out);
        if (!author_note((const char *)sqlite3_column_text(s, 0), (size_t)sqlite3_column_bytes(s, 0), out))
            continue;
        parley_text_add(out, lines, len);
        if (out->failed || (status = note_parse(out->data, out->len, &note, err)))
            break;
        for (size_t i = 0; i < n && !found; i++)
            found = note_verify(&note, witness[i].name, NOTE_COSIGNATURE, witness[i].key, NULL);
    }
    sqlite3_reset(s);
    return status || found ? status : parley_fail(err, PARLEY_ENOTFOUND, "no line is a cosignature, by a witness written down here, of a checkpoint that is kept here ('parley desk witness' lists the witnesses)");
}

/* Ours: it must be what we said. */
static enum parley_status take_ours(struct parley_desk *d, struct talk *t, uint32_t epoch, const struct checkpoint *c, const char *data, size_t len, struct parley_error *err)
{
    struct parley_text plain;
    uint8_t root[HASH_LEN];
    enum parley_status status = checkpoint_root(d, t, true, epoch, c->size, root, err);
    if (!status && memcmp(root, c->root, HASH_LEN))
        return parley_fail(err, PARLEY_EVERIFY, "the checkpoint of %" PRIu64 " statements is signed with this desk's key, but it is of another record than this desk's: a copy of the desk or its key is in use elsewhere", c->size);
    parley_text_init(&plain, NOTE_MAX);
    if (!status)
        status = author_note(data, len, &plain) ? checkpoint_keep(d, t, epoch, c, &plain, err) : PARLEY_EPARSE;
    parley_text_release(&plain);
    return status;
}

/* Inside a transaction. *contradicts: theirs is another record than what they said to us; it is kept as proof. */
static enum parley_status take(struct parley_desk *d, struct talk *t, const char *data, size_t len, struct parley_checkpoint *out, struct cosigned *taken, bool *contradicts, struct parley_error *err)
{
    struct note note;
    struct checkpoint c;
    char origin[CHECKPOINT_ORIGIN_MAX];
    uint8_t root[HASH_LEN];
    enum parley_status status = checkpoint_note_parse(data, len, &note, &c, err);
    if (status)
        return status;
    const struct epoch_log *e = NULL;
    for (int side = 0; side < 2 && !e; side++) {
        const struct author_log *log = side ? &t->x.ours : &t->x.theirs;
        for (size_t i = 0; i < log->n && !e; i++) {
            checkpoint_origin(t->x.pair, side ? t->x.self : t->x.peer, log->epoch[i].card.epoch, origin);
            if (!strcmp(origin, c.origin)) {
                out->ours = side;
                out->epoch = log->epoch[i].card.epoch;
                e = &log->epoch[i];
            }
        }
    }
    if (!e)
        return parley_fail(err, PARLEY_ENOTFOUND, "%s: the record of neither side of the channel with %s", c.origin, t->name);
    out->size = c.size;
    memcpy(out->root, c.root, HASH_LEN);
    if (note_signature_of(&note, e->card.name, NOTE_ED25519, e->card.signing) != &note.signature[0])
        return parley_fail(err, PARLEY_EVERIFY, "the first signature of the checkpoint is not its author's (%s)", e->card.name);
    uint64_t here = out->ours ? e->top : e->gapless;
    if (c.size > here)
        return parley_fail(err, PARLEY_EREFUSED, "the checkpoint has %" PRIu64 " statements, here are %" PRIu64 " without a gap: 'parley channel sync' first", c.size, here);
    if (out->ours) {
        status = take_ours(d, t, out->epoch, &c, data, len, err);
    } else if (!(status = checkpoint_take(d, t, data, len, d->now_us(), err)) && !(status = checkpoint_root(d, t, false, out->epoch, c.size, root, err))) {
        *contradicts = memcmp(root, c.root, HASH_LEN) != 0;
    }
    return status || *contradicts ? status : cosignatures_take(d, t, out->ours, out->epoch, &c, &note, taken, err);
}

enum parley_status parley_channel_cosigned(struct parley_desk *d, const char *peer, const char *data, size_t len, struct parley_checkpoint *out, size_t *kept, struct parley_error *err)
{
    struct talk *t = talk_named(d, peer, err);
    struct parley_text whole;
    struct cosigned taken = { .kept = 0 };
    bool contradicts = false;
    memset(out, 0, sizeof *out);
    if (!t)
        return PARLEY_ENOTFOUND;
    if (len > NOTE_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "a cosigned checkpoint has at most %d bytes", NOTE_MAX);
    parley_text_init(&whole, 2 * NOTE_MAX);
    enum parley_status status = talk_ready(d, t, err);
    if (!status && (status = db_exec(d, "BEGIN IMMEDIATE", err)) == PARLEY_OK) {
        if (len >= 4 && !memcmp(data, "\xe2\x80\x94 ", 4) && !(status = complete(d, t, data, len, &whole, err))) {
            data = whole.data;
            len = whole.len;
        }
        if (!status)
            status = take(d, t, data, len, out, &taken, &contradicts, err);
        if (!status)
            status = db_exec(d, "COMMIT", err);
        if (status)
            sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
    }
    parley_text_release(&whole);
    *kept = taken.kept;
    if (status)
        return status;
    if (contradicts)
        return parley_fail(err, PARLEY_EVERIFY, "this checkpoint contradicts what %s said to us; it is kept as proof: parley channel evidence %s --claim rewritten -o DIR", t->name, t->name);
    if (taken.wrong)
        return parley_fail(err, PARLEY_EVERIFY, "a line under a witness's name is not its signature of this checkpoint");
    return taken.kept ? PARLEY_OK : parley_fail(err, PARLEY_ENOTFOUND, "no signature is of a witness written down on this desk; write its verifier key down: parley desk witness KEY");
}

/* --- showing -------------------------------------------------------------------------------- */

static enum parley_status show(struct parley_desk *d, struct talk *t, struct parley_checkpoint *c, struct parley_arena *arena, struct parley_error *err)
{
    struct note_vkey witness[BUNDLE_WITNESSES_MAX];
    struct parley_cosignature *list = PARLEY_NEW(arena, struct parley_cosignature, BUNDLE_WITNESSES_MAX);
    struct parley_text text;
    struct note note;
    parley_text_init(&text, NOTE_MAX);
    parley_text_adds(&text, "x\n\n"); /* the lines alone, read as a note for the times in them */
    c->n = cosignatures_of(d, t, c->ours, c->epoch, c->size, c->root, &text, witness);
    c->cosignature = list;
    bool ok = list && (!c->n || (!note_parse(parley_text_str(&text), text.len, &note, NULL) && note.n == c->n));
    for (size_t i = 0; ok && i < c->n; i++) {
        uint64_t time_s = get_u64(note.signature[i].blob);
        list[i].witness = parley_arena_strdup(arena, witness[i].name);
        list[i].time_us = time_s < INT64_MAX / 1000000 ? (int64_t)time_s * 1000000 : INT64_MAX;
        ok = list[i].witness != NULL;
    }
    parley_text_release(&text);
    return ok ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

enum parley_status parley_channel_checkpoints(struct parley_desk *d, const char *peer, struct parley_arena *arena, struct parley_checkpoint **out, size_t *n, struct parley_error *err)
{
    struct talk *t = talk_named(d, peer, err);
    size_t room = 2 * COSIGNATURES_MAX + 2;
    *n = 0;
    if (!t)
        return PARLEY_ENOTFOUND;
    if (!(*out = PARLEY_NEW(arena, struct parley_checkpoint, room)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    sqlite3_stmt *s = db_prepare(d, "SELECT ours, epoch, size, root, cosigner FROM checkpoint AS c WHERE peer = ?1 AND state = 1 AND (" COSIGNED_BY " > 0 OR rowid = "
                                    "(SELECT rowid FROM checkpoint AS n WHERE n.peer = ?1 AND n.ours = c.ours AND n.state = 1 ORDER BY epoch DESC, size DESC LIMIT 1)) ORDER BY ours DESC, epoch DESC, size DESC", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    while (*n < room && sqlite3_step(s) == SQLITE_ROW) {
        if (sqlite3_column_bytes(s, 3) != HASH_LEN)
            continue;
        struct parley_checkpoint *c = &(*out)[(*n)++];
        *c = (struct parley_checkpoint){ .ours = sqlite3_column_int(s, 0), .by_peer = sqlite3_column_int64(s, 4), .epoch = (uint32_t)sqlite3_column_int64(s, 1), .size = (uint64_t)sqlite3_column_int64(s, 2) };
        memcpy(c->root, sqlite3_column_blob(s, 3), HASH_LEN);
    }
    sqlite3_reset(s);
    enum parley_status status = PARLEY_OK;
    for (size_t i = 0; !status && i < *n; i++)
        status = show(d, t, &(*out)[i], arena, err);
    return status;
}
