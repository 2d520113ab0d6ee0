/* What relays signed for this desk, kept: deposit notes (R0) and listings, and whether two of them contradict each other. */
#include "channel/bytes.h"
#include "channel/checkpoint.h"
#include "channel/deposit.h"
#include "channel/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOTES_KEPT_MAX = 16384 };

/* Signed by the relay with that pin, in this form? */
static bool signed_by_relay(const char *note_text, size_t len, const uint8_t key[KEY_LEN], const uint8_t pin[HASH_LEN], struct note *note)
{
    uint8_t named[HASH_LEN];
    char name[RELAY_NAME_MAX];
    ed25519_pin(key, named);
    relay_name(pin, name);
    return !memcmp(named, pin, HASH_LEN) && sign_key_is_valid(key) && !note_parse(note_text, len, note, NULL) && note->n == 1 && note_verify(note, name, NOTE_ED25519, key, NULL);
}

static enum parley_status keep(struct parley_desk *d, struct talk *t, const uint8_t key[KEY_LEN], const uint8_t box[BOX_TAG_LEN], uint64_t number, bool listing, int64_t at_us,
                               const char *note, size_t len, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "INSERT INTO relay_note(peer, key, box, number, listing, at_us, note) VALUES(?, ?, ?, ?, ?, ?, ?)", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    db_blob(s, 2, key, KEY_LEN);
    db_blob(s, 3, box, BOX_TAG_LEN);
    sqlite3_bind_int64(s, 4, (int64_t)number);
    sqlite3_bind_int(s, 5, listing);
    sqlite3_bind_int64(s, 6, at_us);
    sqlite3_bind_text(s, 7, note, (int)len, SQLITE_TRANSIENT);
    enum parley_status status = db_done(d, s, err);
    if (status || !(s = db_prepare(d, "DELETE FROM relay_note WHERE peer = ?1 AND id <= (SELECT max(id) FROM relay_note) - ?2", err)))
        return status ? status : PARLEY_EIO;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int(s, 2, NOTES_KEPT_MAX);
    return db_done(d, s, err);
}

enum parley_status relay_deposit_keep(struct parley_desk *d, struct talk *t, const struct relay_answer *a, struct parley_error *err)
{
    struct note note;
    struct deposit dep;
    if (!signed_by_relay(a->note, a->note_len, a->key, a->pin, &note) || deposit_parse(note.text, note.text_len, &dep, NULL) || memcmp(dep.unit, a->unit, HASH_LEN) ||
        dep.bytes != a->bytes || memcmp(dep.box, a->box, BOX_TAG_LEN))
        return parley_fail(err, PARLEY_EVERIFY, "the relay's deposit note is not for this unit, or not signed by the relay");
    return keep(d, t, a->key, dep.box, dep.number, false, dep.at_us, a->note, a->note_len, err);
}

static enum parley_status relay_listing_keep(struct parley_desk *d, struct talk *t, const struct relay_answer *a, const uint8_t box[BOX_TAG_LEN], uint64_t *next, struct parley_error *err)
{
    struct note note;
    struct listing_note *l = malloc(sizeof *l);
    if (!l)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status = PARLEY_OK;
    if (!signed_by_relay(a->note, a->note_len, a->key, a->pin, &note) || listing_parse(note.text, note.text_len, l, NULL) || memcmp(l->box, box, BOX_TAG_LEN))
        status = parley_fail(err, PARLEY_EVERIFY, "the relay's listing is not of this box, or not signed by the relay");
    if (!status) {
        *next = l->next;
        status = keep(d, t, a->key, box, l->next, true, l->at_us, a->note, a->note_len, err);
    }
    free(l);
    return status;
}

/* --- asking the relays ---------------------------------------------------------------------- */

static uint64_t deposits_kept(struct parley_desk *d, struct talk *t, const uint8_t key[KEY_LEN], const uint8_t box[BOX_TAG_LEN])
{
    sqlite3_stmt *s = db_prepare(d, "SELECT count(*) FROM relay_note WHERE peer = ? AND key = ? AND box = ? AND listing = 0", NULL);
    if (!s)
        return 0;
    sqlite3_bind_int64(s, 1, t->id);
    db_blob(s, 2, key, KEY_LEN);
    db_blob(s, 3, box, BOX_TAG_LEN);
    uint64_t n = sqlite3_step(s) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(s, 0) : 0;
    sqlite3_reset(s);
    return n;
}

static enum parley_status ask(struct parley_desk *d, struct talk *t, const char *line, const uint8_t box[BOX_TAG_LEN], const struct parley_progress *progress, struct parley_arena *arena,
                              struct parley_relay_state *out, struct parley_error *err)
{
    struct carrier *c = PARLEY_NEW(arena, struct carrier, 1);
    char name[CARD_LINE_LEN], hex[2 * BOX_TAG_LEN + 1];
    struct parley_error why = { 0 };
    uint64_t next = 0;
    if (!c)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    snprintf(c->line, sizeof c->line, "%s", line);
    c->progress = progress;
    (void)talk_identity(d, t, &c->id, c->pin, &c->n_pins);
    carrier_name(line, name);
    to_hex(box, BOX_TAG_LEN, hex);
    *out = (struct parley_relay_state){ .relay = parley_arena_strdup(arena, name), .box = parley_arena_strdup(arena, hex), .trouble = "" };
    enum parley_status status = relay_listing(c, box, &why);
    if (!status && !(status = relay_listing_keep(d, t, c->note, box, &next, &why))) {
        out->answered = true;
        out->deposits = next - 1;
        out->kept = deposits_kept(d, t, c->note->key, box);
    }
    carrier_close(c);
    if (status)
        out->trouble = parley_arena_strdup(arena, why.text);
    return out->relay && out->box && out->trouble ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

enum parley_status parley_channel_relays(struct parley_desk *d, const char *peer, const struct parley_progress *progress, struct parley_arena *arena, struct parley_relay_state **out,
                                         size_t *n, bool *contradiction, struct parley_error *err)
{
    struct talk *t = talk_named(d, peer, err);
    struct relay_denial denial;
    uint8_t key[KEY_LEN], box[BOX_TAG_LEN];
    *n = 0;
    if (!t)
        return PARLEY_ENOTFOUND;
    enum parley_status status = talk_ready(d, t, err);
    if (!status && !(*out = PARLEY_NEW(arena, struct parley_relay_state, TALK_CARRIERS_MAX)))
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (!status)
        status = direction_load(d, t->id, false, t->x.theirs.epoch[t->x.theirs.n - 1].card.epoch, key, err);
    if (status)
        return status;
    mailbox_tag(key, box);
    wipe(key, sizeof key);
    for (int i = 0; !status && i < t->n_carriers; i++)
        if (carrier_kind(t->carrier[i], NULL) == CARRIER_RELAY)
            status = parley_tick(progress, 0, 0, "bytes") ? ask(d, t, t->carrier[i], box, progress, arena, &(*out)[(*n)++], err) : PARLEY_ECANCELLED;
    if (!parley_tick(progress, 0, 0, "bytes"))
        return parley_fail(err, PARLEY_ECANCELLED, "interrupted while waiting for a relay");
    *contradiction = !status && !relay_denial_find(d, t, arena, &denial, NULL);
    return status;
}

/* --- contradictions -------------------------------------------------------------------------- */

struct kept {
    const char *note;
    uint8_t key[KEY_LEN];
    bool listing;
    struct deposit deposit;
};

static enum parley_status load(struct parley_desk *d, struct talk *t, struct parley_arena *arena, struct kept **out, size_t *n, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT note, key, listing FROM relay_note WHERE peer = ? ORDER BY id", err);
    size_t cap = NOTES_KEPT_MAX;
    struct note note;
    *n = 0;
    if (!s)
        return PARLEY_EIO;
    if (!(*out = PARLEY_NEW(arena, struct kept, cap)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    sqlite3_bind_int64(s, 1, t->id);
    while (*n < cap && sqlite3_step(s) == SQLITE_ROW) {
        struct kept *k = &(*out)[*n];
        k->note = parley_arena_strdup(arena, (const char *)sqlite3_column_text(s, 0));
        k->listing = sqlite3_column_int(s, 2);
        if (!k->note || sqlite3_column_bytes(s, 1) != KEY_LEN || note_parse(k->note, strlen(k->note), &note, NULL))
            continue;
        memcpy(k->key, sqlite3_column_blob(s, 1), KEY_LEN);
        if (k->listing || !deposit_parse(note.text, note.text_len, &k->deposit, NULL))
            ++*n;
    }
    sqlite3_reset(s);
    return PARLEY_OK;
}

/* The peer's newest card that names a relay with this key. */
static uint32_t naming_epoch(const struct talk *t, const uint8_t key[KEY_LEN])
{
    uint8_t pin[HASH_LEN];
    char hex[2 * HASH_LEN + 1];
    ed25519_pin(key, pin);
    to_hex(pin, HASH_LEN, hex);
    for (size_t i = t->x.theirs.n; i > 0; i--)
        for (int k = 0; k < t->x.theirs.epoch[i - 1].card.n_carriers; k++) {
            const char *line = t->x.theirs.epoch[i - 1].card.carrier[k];
            if (!strncmp(line, "relay ", 6) && strstr(line, hex))
                return t->x.theirs.epoch[i - 1].card.epoch;
        }
    return 0;
}

static bool found(const struct talk *t, const struct kept *deposit, const struct kept *denial, struct relay_denial *out)
{
    uint32_t epoch = naming_epoch(t, deposit->key);
    if (!epoch || memcmp(deposit->key, denial->key, KEY_LEN))
        return false;
    *out = (struct relay_denial){ .card_epoch = epoch, .number = deposit->deposit.number, .deposit = deposit->note, .denial = denial->note };
    memcpy(out->key, deposit->key, KEY_LEN);
    return true;
}

static int by_number(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    if (x->listing != y->listing)
        return x->listing - y->listing;
    int box = memcmp(x->deposit.box, y->deposit.box, BOX_TAG_LEN);
    int number = (x->deposit.number > y->deposit.number) - (x->deposit.number < y->deposit.number), unit = memcmp(x->deposit.unit, y->deposit.unit, HASH_LEN);
    return box ? box : number ? number : unit ? unit : memcmp(x->deposit.head, y->deposit.head, HASH_LEN);
}

enum parley_status relay_denial_find(struct parley_desk *d, struct talk *t, struct parley_arena *arena, struct relay_denial *out, struct parley_error *err)
{
    struct kept *k;
    size_t n, deposits = 0;
    struct note note;
    struct listing_note *l = PARLEY_NEW(arena, struct listing_note, 1);
    enum parley_status status = load(d, t, arena, &k, &n, err);
    if (status || !l)
        return status ? status : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    qsort(k, n, sizeof *k, by_number); /* deposits first, by box and number; then listings */
    while (deposits < n && !k[deposits].listing)
        deposits++;
    for (size_t i = 1; i < deposits; i++)
        if (deposits_contradict(&k[i - 1].deposit, &k[i].deposit) && found(t, &k[i - 1], &k[i], out))
            return PARLEY_OK;
    for (size_t i = deposits; i < n; i++) {
        if (note_parse(k[i].note, strlen(k[i].note), &note, NULL) || listing_parse(note.text, note.text_len, l, NULL))
            continue;
        for (size_t q = 0; q < deposits; q++)
            if (listing_contradicts(&k[q].deposit, l) && found(t, &k[q], &k[i], out))
                return PARLEY_OK;
    }
    return parley_fail(err, PARLEY_ENOTFOUND, "no relay of %s contradicts what it signed; 'parley channel relays %s' asks for new listings", t->name, t->name);
}
