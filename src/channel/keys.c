/* The epochs of a desk's own keys: made, stored, loaded, followed by the next. */
#define _POSIX_C_SOURCE 200809L
#include "channel/desk.h"
#include "channel/root_key.h"
#include "channel/unlock.h"

#include <errno.h>
#include <inttypes.h>
#include <parley/file.h>
#include <parley/time.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum parley_status own_epoch_store(struct parley_desk *d, const struct own_epoch *e, struct parley_error *err)
{
    char where[40];
    struct parley_text secrets;
    uint8_t *sealed;
    size_t len;
    parley_text_init(&secrets, 64 << 10);
    parley_text_add(&secrets, e->signing, SIGN_SECRET_LEN);
    parley_text_add(&secrets, e->sealing, KEY_LEN);
    parley_text_add(&secrets, e->tls_key, strlen(e->tls_key) + 1);
    parley_text_add(&secrets, e->tls_cert, strlen(e->tls_cert) + 1);
    snprintf(where, sizeof where, "own-epoch %u", e->card.epoch);
    enum parley_status status = row_seal(d->row_key, where, secrets.data, secrets.len, &sealed, &len, err);
    if (secrets.data)
        wipe(secrets.data, secrets.len);
    parley_text_release(&secrets);
    if (status)
        return status;
    sqlite3_stmt *s = db_prepare(d, "INSERT INTO own_epoch(epoch, note, secrets) VALUES(?, ?, ?)", err);
    if (s) {
        sqlite3_bind_int64(s, 1, e->card.epoch);
        sqlite3_bind_text(s, 2, e->note, (int)e->note_len, SQLITE_TRANSIENT);
        db_blob(s, 3, sealed, len);
        status = db_done(d, s, err);
    }
    free(sealed);
    return s ? status : PARLEY_EIO;
}

enum parley_status keys_load_own(struct parley_desk *d, struct parley_error *err)
{
    sqlite3_stmt *s = db_prepare(d, "SELECT epoch, note, secrets FROM own_epoch ORDER BY epoch", err);
    if (!s)
        return PARLEY_EIO;
    enum parley_status status = PARLEY_OK;
    d->n_own = 0;
    while (!status && sqlite3_step(s) == SQLITE_ROW && d->n_own < OWN_EPOCHS_MAX) {
        struct own_epoch *e = &d->own[d->n_own];
        char where[40];
        uint8_t *plain;
        size_t len;
        const char *note = (const char *)sqlite3_column_text(s, 1);
        /* A carrier may be using these keys while a statement that it brought makes us look again: the same epoch stays where it is. */
        if (e->tls_cert && e->note_len == (size_t)sqlite3_column_bytes(s, 1) && !memcmp(e->note, note, e->note_len)) {
            d->n_own++;
            continue;
        }
        free(e->note), free(e->tls_key), free(e->tls_cert);
        memset(e, 0, sizeof *e);
        e->note_len = (size_t)sqlite3_column_bytes(s, 1);
        e->note = strdup(note);
        snprintf(where, sizeof where, "own-epoch %lld", (long long)sqlite3_column_int64(s, 0));
        status = row_open(d->row_key, where, sqlite3_column_blob(s, 2), (size_t)sqlite3_column_bytes(s, 2), &plain, &len, err);
        if (status)
            break;
        const char *pem = (const char *)plain + SIGN_SECRET_LEN + KEY_LEN;
        if (len < SIGN_SECRET_LEN + KEY_LEN + 2 || plain[len - 1] || strlen(pem) + 1 >= len - SIGN_SECRET_LEN - KEY_LEN) {
            status = parley_fail(err, PARLEY_ECORRUPT, "channel.db: the secrets of %s are damaged", where);
        } else {
            memcpy(e->signing, plain, SIGN_SECRET_LEN);
            memcpy(e->sealing, plain + SIGN_SECRET_LEN, KEY_LEN);
            e->tls_key = strdup(pem);
            e->tls_cert = strdup(pem + strlen(pem) + 1);
            status = card_parse(e->note, e->note_len, &e->card, err);
            if (status) { /* not loaded: the next attempt must fail again, not find it in place */
                free(e->tls_cert);
                e->tls_cert = NULL;
            }
        }
        wipe(plain, len);
        free(plain);
        d->n_own++;
    }
    status = db_rest(d, s, status, err);
    if (!status && !d->n_own)
        status = parley_fail(err, PARLEY_ENOTFOUND, "this desk has no keys; 'parley desk keys --party NAME' makes them");
    return status;
}

/* --- the first epoch ------------------------------------------------------------------------- */

/* What is in the folder already, closed like the folder itself: a record made by an earlier version, or under another rule. */
static void close_to_others(const char *folder)
{
    static const char *const names[] = { "desk.db", "desk.db-wal", "desk.db-shm" };
    char path[1200];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, names[i]) < sizeof path)
            (void)!chmod(path, 0600);
}

/* The files that making keys has made so far; they go again when it fails, so that the next try finds nothing in its way. */
struct made_files {
    char path[CARD_ROOTS_MAX + 2][1300];
    int n;
};

static void note_made(struct made_files *made, const char *path) { snprintf(made->path[made->n++], sizeof made->path[0], "%s", path); }

static void unmake(const struct made_files *made)
{
    for (int i = 0; i < made->n; i++)
        unlink(made->path[i]);
}

static enum parley_status fill_lines(struct card *c, const struct parley_key_options *o, struct parley_error *err)
{
    if (o->n_carriers > CARD_LINES_MAX || o->n_contacts > CARD_LINES_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "a card has at most %d carriers and %d contacts", CARD_LINES_MAX, CARD_LINES_MAX);
    for (int what = 0; what < 2; what++)
        for (size_t i = 0; i < (what ? o->n_contacts : o->n_carriers); i++) {
            const char *line = what ? o->contact[i] : o->carrier[i];
            size_t n = strlen(line);
            if (!n || n >= CARD_LINE_LEN || parley_utf8_valid(line, n) != n || strpbrk(line, "\r\n\t"))
                return parley_fail(err, PARLEY_EINVAL, "'%.60s': a line of a card is one line of text of at most %d bytes", line, CARD_LINE_LEN - 1);
            bool net = !what && (!strncmp(line, "direct ", 7) || !strncmp(line, "relay ", 6));
            if (net && carrier_kind(line, err) == CARRIER_NONE) /* the peer could not use it */
                return PARLEY_EINVAL;
            snprintf(what ? c->contact[i] : c->carrier[i], CARD_LINE_LEN, "%s", line);
        }
    if (o->n_carriers)
        c->n_carriers = (int)o->n_carriers;
    if (o->n_contacts)
        c->n_contacts = (int)o->n_contacts;
    return PARLEY_OK;
}

/* New operational keys and the signed card of an epoch. c: what the card says but for the keys. */
static enum parley_status make_epoch(struct card *c, const struct root_key *root, int n_roots, int days, struct own_epoch *e, struct parley_error *err)
{
    struct parley_text text, note;
    int64_t now = clock_us() / 1000000 * 1000000;
    memset(e, 0, sizeof *e);
    c->from_us = now;
    c->until_us = now + (int64_t)(days > 0 ? days : 365) * PARLEY_US_PER_DAY;
    sign_keypair(c->signing, e->signing);
    box_keypair(c->sealing, e->sealing);
    c->has_tls = true;
    enum parley_status status = tls_make(c->name, c->from_us, c->until_us, &e->tls_key, &e->tls_cert, c->tls, err);
    parley_text_init(&text, CARD_MAX);
    parley_text_init(&note, CARD_MAX);
    if (!status)
        status = card_text(c, &text, err);
    if (!status) {
        parley_text_addf(&note, "%s\n", parley_text_str(&text));
        for (int i = 0; i < n_roots; i++)
            note_sign(text.data, text.len, c->name, root[i].pk, root[i].sk, &note);
        status = note.failed ? parley_fail(err, PARLEY_ELIMIT, "the card is over %d bytes", CARD_MAX) : card_parse(note.data, note.len, &e->card, err);
    }
    if (!status) {
        e->note = strdup(note.data);
        e->note_len = note.len;
    }
    parley_text_release(&text);
    parley_text_release(&note);
    return status;
}

/* keys/desk.key or keys/desk.kdf, and the root secrets. */
static enum parley_status write_key_files(const char *folder, const struct parley_key_options *o, uint8_t seed[][KEY_LEN], int n_roots, uint8_t kek[KEY_LEN],
                                          struct made_files *made, struct parley_error *err)
{
    char path[DESK_PATH_MAX];
    enum parley_status status = desk_path(folder, "keys", path, err);
    if (!status && mkdir(path, 0700) && (errno != EEXIST || chmod(path, 0700)))
        status = parley_file_failed(err, path, "make the folder");
    if (!status && !(status = unlock_key_make(folder, o->passphrase_file, kek, path, err)))
        note_made(made, path);
    if (!status)
        status = desk_path(folder, "keys/root.key", path, err);
    for (int i = 0; !status && i < n_roots; i++) {
        char numbered[sizeof made->path[0]];
        if ((size_t)snprintf(numbered, sizeof numbered, n_roots > 1 ? "%s.%d" : "%s", o->root_out ? o->root_out : path, i + 1) >= sizeof numbered)
            status = parley_fail(err, PARLEY_EINVAL, "the path of the root secret is too long");
        else if (!(status = root_write(numbered, seed[i], o->passphrase_file ? kek : NULL, err)))
            note_made(made, numbered);
    }
    return status;
}

/* The row keys, wrapped, and the first epoch: one transaction. */
static enum parley_status fill_database(struct parley_desk *d, const uint8_t kek[KEY_LEN], const struct own_epoch *first, struct parley_error *err)
{
    uint8_t *sealed;
    size_t len;
    random_fill(d->row_key, KEY_LEN);
    random_fill(d->salt_key, KEY_LEN);
    enum parley_status status = db_exec(d, "BEGIN", err);
    for (int i = 0; !status && i < 2; i++) {
        status = row_seal(i ? d->row_key : kek, i ? "salt-key" : "row-key", i ? d->salt_key : d->row_key, KEY_LEN, &sealed, &len, err);
        if (status)
            break;
        sqlite3_stmt *s = db_prepare(d, "INSERT INTO meta(key, value) VALUES(?, ?)", err);
        if (s) {
            sqlite3_bind_text(s, 1, i ? "salt-key" : "row-key", -1, SQLITE_STATIC);
            db_blob(s, 2, sealed, len);
        }
        status = s ? db_done(d, s, err) : PARLEY_EIO;
        free(sealed);
    }
    if (!status)
        status = own_epoch_store(d, first, err);
    return status ? status : db_exec(d, "COMMIT", err);
}

enum parley_status parley_desk_make_keys(const char *folder, const struct parley_key_options *o, struct parley_error *err)
{
    char path[DESK_PATH_MAX];
    struct stat st;
    struct root_key root[CARD_ROOTS_MAX];
    int n_roots = o->roots ? o->roots : 1;
    uint8_t seed[CARD_ROOTS_MAX][KEY_LEN], kek[KEY_LEN];
    struct made_files made = { .n = 0 };
    if (stat(folder, &st) || !S_ISDIR(st.st_mode))
        return parley_fail(err, PARLEY_ENOTFOUND, "%s: no such desk; make one with 'parley --desk %s init'", folder, folder);
    enum parley_status status = crypto_init(err);
    struct parley_desk *d = calloc(1, sizeof *d);
    struct card c = { .n_roots = n_roots, .threshold = o->roots ? o->threshold : 1, .epoch = 1 };
    struct own_epoch first = { .note = NULL };
    if (!d)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (n_roots < 1 || n_roots > CARD_ROOTS_MAX || (n_roots > 1 ? c.threshold != 2 : c.threshold != 1)) {
        free(d);
        return parley_fail(err, PARLEY_EINVAL, "roots: expected 1-of-1, 2-of-2 or 2-of-3");
    }
    if ((size_t)snprintf(c.name, sizeof c.name, "%s", o->party) >= sizeof c.name) {
        free(d);
        return parley_fail(err, PARLEY_EINVAL, "the party's name has %zu bytes; at most %zu are possible", strlen(o->party), sizeof c.name - 1);
    }
    random_fill(seed, sizeof seed);
    for (int i = 0; i < n_roots; i++) {
        sign_keypair_from_seed(seed[i], root[i].pk, root[i].sk);
        memcpy(c.root[i], root[i].pk, KEY_LEN);
    }
    if (!status)
        status = desk_path(folder, "channel.db", path, err);
    if (!status && !stat(path, &st))
        status = parley_fail(err, PARLEY_EREFUSED, "%s: this desk has keys; 'parley desk rotate' makes the next ones", folder);
    if (!status)
        status = fill_lines(&c, o, err);
    if (!status)
        status = make_epoch(&c, root, c.threshold, o->days, &first, err);
    if (!status && chmod(folder, 0700))
        status = parley_file_failed(err, folder, "close it to other users (chmod 700)");
    if (!status)
        close_to_others(folder);
    if (!status)
        status = write_key_files(folder, o, seed, n_roots, kek, &made, err);
    if (!status && !(status = db_open(path, true, &d->db, err)))
        status = fill_database(d, kek, &first, err);
    bool begun = d->db != NULL;
    wipe(seed, sizeof seed);
    wipe(kek, sizeof kek);
    wipe(root, sizeof root);
    free(first.note), free(first.tls_key), free(first.tls_cert);
    parley_desk_close(d);
    if (status && begun)
        note_made(&made, path);
    if (status)
        unmake(&made);
    return status;
}

/* --- the next ones ---------------------------------------------------------------------------- */

/* The mark a card names: the last (or last good) of ours with that peer; zeros when several peers or none make it ambiguous. */
/* A revocation cannot be taken back: a slip in a name or number must not become one. */
static enum parley_status mark_exists(struct parley_desk *d, const char *peer, uint64_t seq, struct parley_error *err)
{
    struct talk *t = talk_named(d, peer, err);
    if (!t)
        return PARLEY_ENOTFOUND;
    const struct epoch_log *e = exchange_epoch(&t->x.ours, d->own[d->n_own - 1].card.epoch);
    uint64_t top = e ? e->top : 0;
    return seq <= top ? PARLEY_OK : parley_fail(err, PARLEY_EINVAL, "our last statement to %s in this epoch is number %" PRIu64 "; %" PRIu64 " cannot be the last good one", peer, top, seq);
}

static void name_mark(struct parley_desk *d, const char *peer, uint64_t revoke_seq, struct card_mark *mark)
{
    mark->given = true;
    uint32_t epoch = d->own[d->n_own - 1].card.epoch;
    for (int i = 0; i < d->n_talks; i++) {
        struct talk *t = d->talk[i];
        if ((peer && strcmp(peer, t->name)) || (!peer && d->n_talks > 1) || talk_ready(d, t, NULL))
            continue;
        const struct epoch_log *e = exchange_epoch(&t->x.ours, epoch);
        uint64_t seq = e ? (revoke_seq && revoke_seq < e->top ? revoke_seq : e->top) : 0;
        mark->seq = seq;
        if (seq)
            memcpy(mark->hash, e->slot[seq - 1].hash, HASH_LEN);
    }
}

enum parley_status parley_desk_next_epoch(struct parley_desk *d, enum parley_epoch_reason reason, const char *peer, uint64_t revoke_seq, const char *root_file,
                                          const struct parley_key_options *o, uint32_t *epoch, struct parley_error *err)
{
    struct root_key root[CARD_ROOTS_MAX];
    int n_roots = 0;
    struct own_epoch next = { .note = NULL };
    if (d->n_own == OWN_EPOCHS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "at most %d epochs", OWN_EPOCHS_MAX);
    struct card c = d->own[d->n_own - 1].card;
    enum parley_status status = roots_read(d->folder, root_file, o->passphrase_file, &c, root, &n_roots, err);
    c.epoch++;
    c.has_previous = true;
    memcpy(c.previous, d->own[d->n_own - 1].card.text_hash, HASH_LEN);
    memset(&c.recovers, 0, sizeof c.recovers);
    memset(&c.revokes, 0, sizeof c.revokes);
    for (int i = 0; !status && i < d->n_talks; i++) /* before the new epoch exists, so that each talk is led into it */
        status = talk_ready(d, d->talk[i], err);
    if (!status)
        status = lost_epochs_check(d, err);
    if (!status && peer)
        status = mark_exists(d, peer, revoke_seq, err);
    if (!status && reason != PARLEY_ROTATE)
        name_mark(d, peer, revoke_seq, reason == PARLEY_RECOVER ? &c.recovers : &c.revokes);
    if (!status)
        status = fill_lines(&c, o, err);
    if (!status)
        status = make_epoch(&c, root, n_roots, o->days, &next, err);
    wipe(root, sizeof root);
    /* the keys first: should the power fail before the statements below, the next statement opens the epoch */
    if (!status)
        status = own_epoch_store(d, &next, err);
    if (!status)
        status = directions_ratchet(d, c.epoch, err);
    if (!status) {
        d->own[d->n_own++] = next;
        *epoch = c.epoch;
    }
    for (int i = 0; !status && i < d->n_talks; i++) {
        struct input in = { .kind = IN_OWN_CARD, .card = &next.card, .note = next.note, .secret = next.signing };
        status = talk_steps(d, d->talk[i], &in, 1, err);
    }
    return status;
}
