#include "channel/cosignature.h"
#include "channel/bytes.h"
#include "channel/checkpoint.h"

#include <inttypes.h>
#include <parley/channel_witness.h>
#include <stdio.h>
#include <string.h>

enum { COSIGNATURE_LEN = 8 + SIGNATURE_LEN };
_Static_assert((int)PARLEY_WITNESSES_MAX == (int)BUNDLE_WITNESSES_MAX, "all witnesses of a checkpoint go into a bundle");

/* --- whom we believe ------------------------------------------------------------------------ */

enum parley_status witnesses_of(struct parley_desk *d, struct note_vkey witness[BUNDLE_WITNESSES_MAX], size_t *n, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT name, key FROM witness ORDER BY name", err);
    *n = 0;
    if (!s)
        return PARLEY_EIO;
    while (*n < PARLEY_WITNESSES_MAX && sqlite3_step(s) == SQLITE_ROW) {
        struct note_vkey *k = &witness[*n];
        snprintf(k->name, sizeof k->name, "%s", (const char *)sqlite3_column_text(s, 0));
        k->algorithm = NOTE_COSIGNATURE;
        if (sqlite3_column_bytes(s, 1) == KEY_LEN)
            memcpy(k->key, sqlite3_column_blob(s, 1), KEY_LEN), ++*n;
    }
    return db_rest(d, s, PARLEY_OK, err);
}

enum parley_status parley_desk_witness_add(struct parley_desk *d, const char *vkey, struct parley_error *err)
{
    struct note_vkey k, known[PARLEY_WITNESSES_MAX];
    size_t n = 0;
    enum parley_status status = note_vkey_parse(vkey, strlen(vkey), &k, err);
    if (!status && k.algorithm != NOTE_COSIGNATURE)
        status = parley_fail(err, PARLEY_EINVAL, "%.120s: the key of an author, not of a witness ('parley witness keys' or 'witness list' prints a witness's)", vkey);
    if (!status)
        status = witnesses_of(d, known, &n, err);
    for (size_t i = 0; !status && i < n; i++)
        if (!strcmp(known[i].name, k.name) || !memcmp(known[i].key, k.key, KEY_LEN))
            status = parley_fail(err, PARLEY_EREFUSED, "%s is written down already, under this name or with this key; --forget it first", known[i].name);
    if (!status && n == PARLEY_WITNESSES_MAX)
        status = parley_fail(err, PARLEY_ELIMIT, "a desk believes at most %d witnesses", PARLEY_WITNESSES_MAX);
    sqlite3_stmt *s = status ? NULL : db_prepare(d, "INSERT INTO witness(name, key, since_us) VALUES(?, ?, ?)", err);
    if (!s)
        return status ? status : PARLEY_EIO;
    sqlite3_bind_text(s, 1, k.name, -1, SQLITE_TRANSIENT);
    db_blob(s, 2, k.key, KEY_LEN);
    sqlite3_bind_int64(s, 3, d->now_us());
    return db_done(d, s, err);
}

enum parley_status parley_desk_witness_forget(struct parley_desk *d, const char *name, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "DELETE FROM witness WHERE name = ?", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_text(s, 1, name, -1, SQLITE_TRANSIENT);
    enum parley_status status = db_done(d, s, err);
    return status || sqlite3_changes(d->db) ? status : parley_fail(err, PARLEY_ENOTFOUND, "no witness '%.64s' is written down; 'parley desk witness' lists them", name);
}

enum parley_status parley_desk_witnesses(struct parley_desk *d, struct parley_arena *arena, struct parley_witness **out, size_t *n, struct parley_error *err)
{
    struct parley_text text;
    *n = 0;
    if (!(*out = PARLEY_NEW(arena, struct parley_witness, PARLEY_WITNESSES_MAX)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    sqlite3_stmt *s = db_prepare(d, "SELECT name, key, since_us FROM witness ORDER BY name", err);
    if (!s)
        return PARLEY_EIO;
    parley_text_init(&text, 256);
    while (*n < PARLEY_WITNESSES_MAX && sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 1) == KEY_LEN) {
        struct parley_witness *w = &(*out)[(*n)++];
        w->name = parley_arena_strdup(arena, (const char *)sqlite3_column_text(s, 0));
        parley_text_clear(&text);
        note_vkey((const char *)sqlite3_column_text(s, 0), NOTE_COSIGNATURE, sqlite3_column_blob(s, 1), &text);
        w->vkey = parley_text_keep(&text, arena);
        w->since_us = sqlite3_column_int64(s, 2);
    }
    enum parley_status status = db_rest(d, s, PARLEY_OK, err);
    parley_text_release(&text);
    for (size_t i = 0; !status && i < *n; i++)
        if (!(*out)[i].name || !(*out)[i].vkey)
            status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    return status;
}

/* --- keeping -------------------------------------------------------------------------------- */

/* peer, ours, epoch, size, root: 1 to 5. */
static void bind_checkpoint(sqlite3_stmt *s, const struct talk *t, bool ours, uint32_t epoch, uint64_t size, const uint8_t root[HASH_LEN])
{
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, ours);
    sqlite3_bind_int64(s, 3, epoch);
    sqlite3_bind_int64(s, 4, (int64_t)size);
    db_blob(s, 5, root, HASH_LEN);
}

enum parley_status checkpoint_keep(struct parley_desk *d, struct talk *t, uint32_t epoch, const struct checkpoint *c, const struct parley_text *note, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "INSERT OR IGNORE INTO checkpoint(peer, ours, epoch, size, root, note, state, at_us) VALUES(?, ?, ?, ?, ?, ?, 1, ?)", err);
    if (!s)
        return PARLEY_EIO;
    bind_checkpoint(s, t, true, epoch, c->size, c->root);
    sqlite3_bind_text(s, 6, parley_text_str(note), (int)note->len, SQLITE_TRANSIENT);
    sqlite3_bind_int64(s, 7, d->now_us());
    return db_done(d, s, err);
}

/* The first cosignature of a checkpoint by a witness stays: it shows the earliest time. */
static enum parley_status keep(struct parley_desk *d, struct talk *t, bool ours, uint32_t epoch, const struct checkpoint *c, const struct note_vkey *by, const uint8_t *signature,
                               struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "INSERT OR IGNORE INTO cosignature(peer, ours, epoch, size, root, name, key, signature) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 "
                                    "WHERE EXISTS (SELECT 1 FROM checkpoint WHERE peer = ?1 AND ours = ?2 AND epoch = ?3 AND size = ?4 AND root = ?5 AND state = 1)", err);
    if (!s)
        return PARLEY_EIO;
    bind_checkpoint(s, t, ours, epoch, c->size, c->root);
    sqlite3_bind_text(s, 6, by->name, -1, SQLITE_TRANSIENT);
    db_blob(s, 7, by->key, KEY_LEN);
    db_blob(s, 8, signature, COSIGNATURE_LEN);
    enum parley_status status = db_done(d, s, err);
    if (status || !(s = db_prepare(d, "DELETE FROM cosignature WHERE peer = ?1 AND ours = ?2 AND rowid NOT IN (SELECT rowid FROM cosignature WHERE peer = ?1 AND ours = ?2 "
                                      "ORDER BY epoch DESC, size DESC LIMIT ?3)", err)))
        return status ? status : PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, ours);
    sqlite3_bind_int(s, 3, COSIGNATURES_MAX);
    return db_done(d, s, err);
}

enum parley_status cosignatures_take(struct parley_desk *d, struct talk *t, bool ours, uint32_t epoch, const struct checkpoint *c, const struct note *note, struct cosigned *out,
                                     struct parley_error *err)
{
    struct note_vkey witness[PARLEY_WITNESSES_MAX];
    size_t n = 0;
    memset(out, 0, sizeof *out);
    enum parley_status status = witnesses_of(d, witness, &n, err);
    for (size_t i = 0; !status && i < n; i++) {
        uint8_t id[4];
        const struct note_signature *by = note_signature_of(note, witness[i].name, NOTE_COSIGNATURE, witness[i].key);
        note_key_id(witness[i].name, NOTE_COSIGNATURE, witness[i].key, id);
        for (size_t k = 0; !by && k < note->n; k++)
            out->wrong += !strcmp(note->signature[k].name, witness[i].name) && !memcmp(note->signature[k].key_id, id, 4);
        if (by && !(status = keep(d, t, ours, epoch, c, &witness[i], by->blob, err)))
            out->kept++;
    }
    return status;
}

/* A kept cosignature as the line of a note. */
static void as_line(const char *name, const uint8_t key[KEY_LEN], const void *cosignature, struct note_signature *line)
{
    memset(line, 0, sizeof *line);
    snprintf(line->name, sizeof line->name, "%s", name);
    note_key_id(name, NOTE_COSIGNATURE, key, line->key_id);
    memcpy(line->blob, cosignature, COSIGNATURE_LEN);
    line->blob_len = COSIGNATURE_LEN;
}

size_t cosignatures_of(struct parley_desk *d, struct talk *t, bool ours, uint32_t epoch, uint64_t size, const uint8_t root[HASH_LEN], struct parley_text *lines,
                       struct note_vkey witness[BUNDLE_WITNESSES_MAX])
{
    size_t n = 0;
    sqlite3_stmt *s = db_prepare(d, "SELECT w.name, w.key, w.signature FROM cosignature AS w JOIN witness AS k ON k.name = w.name AND k.key = w.key "
                                    "WHERE w.peer = ? AND w.ours = ? AND w.epoch = ? AND w.size = ? AND w.root = ? ORDER BY w.name", NULL);
    if (!s)
        return 0;
    bind_checkpoint(s, t, ours, epoch, size, root);
    while (n < BUNDLE_WITNESSES_MAX && sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 1) == KEY_LEN && sqlite3_column_bytes(s, 2) == COSIGNATURE_LEN) {
        struct note_signature line;
        struct note_vkey *k = &witness[n++];
        snprintf(k->name, sizeof k->name, "%s", (const char *)sqlite3_column_text(s, 0));
        k->algorithm = NOTE_COSIGNATURE;
        memcpy(k->key, sqlite3_column_blob(s, 1), KEY_LEN);
        as_line(k->name, k->key, sqlite3_column_blob(s, 2), &line);
        note_signature_line(&line, lines);
    }
    sqlite3_reset(s);
    return n;
}

bool author_note(const char *data, size_t len, struct parley_text *out)
{
    struct note note;
    if (note_parse(data, len, &note, NULL))
        return false;
    parley_text_add(out, note.text, note.text_len);
    parley_text_addc(out, '\n');
    note_signature_line(&note.signature[0], out);
    return true;
}

bool cosignatures_newest(struct parley_desk *d, struct talk *t, struct parley_text *note)
{
    struct note_vkey witness[BUNDLE_WITNESSES_MAX];
    uint8_t root[HASH_LEN];
    sqlite3_stmt *s = db_prepare(d, "SELECT epoch, size, root, note FROM checkpoint AS c WHERE peer = ? AND ours = 1 AND state = 1 AND " COSIGNED_BY " > 0 ORDER BY epoch DESC, size DESC LIMIT 1", NULL);
    if (!s)
        return false;
    sqlite3_bind_int64(s, 1, t->id);
    uint32_t epoch = 0;
    uint64_t size = 0;
    bool found = sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 2) == HASH_LEN && author_note((const char *)sqlite3_column_text(s, 3), (size_t)sqlite3_column_bytes(s, 3), note);
    if (found) {
        epoch = (uint32_t)sqlite3_column_int64(s, 0);
        size = (uint64_t)sqlite3_column_int64(s, 1);
        memcpy(root, sqlite3_column_blob(s, 2), HASH_LEN);
    }
    sqlite3_reset(s);
    return found && cosignatures_of(d, t, true, epoch, size, root, note, witness) && !note->failed;
}

enum parley_status cosignatures_fit(struct parley_desk *d, struct talk *t, struct parley_text *bad, struct parley_error *err)
{
    const char *why = NULL;
    sqlite3_stmt *s = db_prepare(d, "SELECT w.ours, w.size, w.name, w.key, w.signature, (SELECT note FROM checkpoint AS c WHERE c.peer = w.peer AND c.ours = w.ours AND c.epoch = w.epoch AND "
                                    "c.size = w.size AND c.root = w.root AND c.state = 1) FROM cosignature AS w WHERE w.peer = ? ORDER BY w.ours, w.epoch, w.size, w.name", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    while (!why && sqlite3_step(s) == SQLITE_ROW) {
        struct note note;
        const char *name = (const char *)sqlite3_column_text(s, 2), *text = (const char *)sqlite3_column_text(s, 5);
        if (!text || note_parse(text, (size_t)sqlite3_column_bytes(s, 5), &note, NULL)) {
            why = "is of a checkpoint that is missing";
        } else if (strlen(name) > NOTE_NAME_MAX || sqlite3_column_bytes(s, 3) != KEY_LEN || sqlite3_column_bytes(s, 4) != COSIGNATURE_LEN) {
            why = "is damaged";
        } else {
            note.n = 1;
            as_line(name, sqlite3_column_blob(s, 3), sqlite3_column_blob(s, 4), &note.signature[0]);
            why = note_verify(&note, name, NOTE_COSIGNATURE, sqlite3_column_blob(s, 3), NULL) ? NULL : "does not verify";
        }
        if (why)
            parley_text_addf(bad, "the cosignature of %s under %s checkpoint of %lld statements %s", name, sqlite3_column_int(s, 0) ? "our" : "their", (long long)sqlite3_column_int64(s, 1), why);
    }
    return db_rest(d, s, why ? PARLEY_EVERIFY : PARLEY_OK, err);
}
