/* A desk's keys on disk: how rows are unlocked, root secrets, the epochs, the ceremony. */
#define _POSIX_C_SOURCE 200809L
#include "channel/bytes.h"
#include "channel/desk.h"
#include "channel/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <parley/file.h>
#include <parley/time.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ARGON_PASSES = 3, ARGON_MIB = 256, PASSPHRASE_MIN = 12 };

int64_t clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static enum parley_status path_in(const char *folder, const char *name, char *out, size_t cap, struct parley_error *err)
{
    return (size_t)snprintf(out, cap, "%s/%s", folder, name) >= cap ? parley_fail(err, PARLEY_EINVAL, "the path of the desk is too long") : PARLEY_OK;
}

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

static enum parley_status argon_key(const char *passphrase_file, const uint8_t salt[16], struct parley_arena *arena, uint8_t kek[KEY_LEN], struct parley_error *err)
{
    char *passphrase;
    enum parley_status status = secret_file_read(passphrase_file, arena, &passphrase, err);
    if (!status && strlen(passphrase) < PASSPHRASE_MIN)
        status = parley_fail(err, PARLEY_EINVAL, "%s: the passphrase has fewer than %d bytes", passphrase_file, PASSPHRASE_MIN);
    if (!status) {
        status = key_from_passphrase(passphrase, strlen(passphrase), salt, ARGON_PASSES, (size_t)ARGON_MIB << 20, kek, err);
        wipe(passphrase, strlen(passphrase));
    }
    return status;
}

/* The key that wraps the desk's row key. */
static enum parley_status unlock_key(const char *folder, const char *passphrase_file, uint8_t kek[KEY_LEN], struct parley_error *err)
{
    char path[1200];
    struct parley_arena arena = { 0 };
    char *line;
    struct stat st;
    enum parley_status status = path_in(folder, "keys/desk.kdf", path, sizeof path, err);
    if (!status && !stat(path, &st)) {
        uint8_t salt[16];
        const char *file = passphrase_file ? passphrase_file : getenv("PARLEY_PASSPHRASE_FILE");
        status = secret_file_read(path, &arena, &line, err);
        if (!status && (strncmp(line, "argon2id-v1 ", 12) || !from_hex(line + 12, strlen(line + 12), salt, 16)))
            status = parley_fail(err, PARLEY_ECORRUPT, "%s: expected 'argon2id-v1 SALT'", path);
        if (!status && !file)
            status = parley_fail(err, PARLEY_EREFUSED, "this desk is protected by a passphrase: give --passphrase-file FILE or PARLEY_PASSPHRASE_FILE");
        if (!status)
            status = argon_key(file, salt, &arena, kek, err);
    } else if (!status) {
        const char *credentials = getenv("CREDENTIALS_DIRECTORY");
        if (credentials)
            snprintf(path, sizeof path, "%s/parley-desk", credentials);
        if (!credentials || stat(path, &st))
            status = path_in(folder, "keys/desk.key", path, sizeof path, err);
        if (!status)
            status = secret_file_read(path, &arena, &line, err);
        if (!status && !from_hex(line, strlen(line), kek, KEY_LEN))
            status = parley_fail(err, PARLEY_ECORRUPT, "%s: expected 64 hex digits", path);
    }
    parley_arena_release(&arena);
    return status;
}

static enum parley_status make_unlock_key(const char *folder, const char *passphrase_file, uint8_t kek[KEY_LEN], struct made_files *made, struct parley_error *err)
{
    char path[1200], text[120], hex[65];
    uint8_t salt[16];
    enum parley_status status = path_in(folder, passphrase_file ? "keys/desk.kdf" : "keys/desk.key", path, sizeof path, err);
    if (status)
        return status;
    if (passphrase_file) {
        struct parley_arena arena = { 0 };
        random_fill(salt, sizeof salt);
        to_hex(salt, sizeof salt, hex);
        snprintf(text, sizeof text, "argon2id-v1 %s\n", hex);
        status = argon_key(passphrase_file, salt, &arena, kek, err);
        parley_arena_release(&arena);
    } else {
        random_fill(kek, KEY_LEN);
        to_hex(kek, KEY_LEN, hex);
        snprintf(text, sizeof text, "%s\n", hex);
    }
    if (!status && !(status = secret_file_write(path, text, err)))
        note_made(made, path);
    wipe(text, sizeof text);
    return status;
}

/* --- epochs --------------------------------------------------------------------------------- */

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
    sqlite3_reset(s);
    if (!status && !d->n_own)
        status = parley_fail(err, PARLEY_ENOTFOUND, "this desk has no keys; 'parley desk keys --party NAME' makes them");
    return status;
}

struct root_key {
    uint8_t pk[KEY_LEN], sk[SIGN_SECRET_LEN];
};

/* Root secret file: "parley-root-v1 SEED" or, with a passphrase, "parley-root-v1-sealed HEX". */
static enum parley_status root_write(const char *path, const uint8_t seed[KEY_LEN], const uint8_t *kek, struct parley_error *err)
{
    char text[300], hex[2 * (XNONCE_LEN + KEY_LEN + AEAD_TAG_LEN) + 1];
    uint8_t *sealed;
    size_t len;
    if (!kek) {
        to_hex(seed, KEY_LEN, hex);
        snprintf(text, sizeof text, "parley-root-v1 %s\n", hex);
    } else {
        enum parley_status status = row_seal(kek, "root", seed, KEY_LEN, &sealed, &len, err);
        if (status)
            return status;
        to_hex(sealed, len, hex);
        free(sealed);
        snprintf(text, sizeof text, "parley-root-v1-sealed %s\n", hex);
    }
    enum parley_status status = secret_file_write(path, text, err);
    wipe(text, sizeof text);
    return status;
}

static enum parley_status root_read(const char *folder, const char *path, const char *passphrase_file, struct root_key *root, struct parley_error *err)
{
    char own[1200], *line;
    struct parley_arena arena = { 0 };
    uint8_t seed[KEY_LEN], sealed[XNONCE_LEN + KEY_LEN + AEAD_TAG_LEN], kek[KEY_LEN], *plain = NULL;
    size_t len;
    enum parley_status status = path_in(folder, "keys/root.key", own, sizeof own, err);
    if (!status)
        status = secret_file_read(path ? path : own, &arena, &line, err);
    if (status) {
        parley_arena_release(&arena);
        return parley_fail_in(err, status, "the root secret is needed (--root FILE)");
    }
    if (!strncmp(line, "parley-root-v1 ", 15) && from_hex(line + 15, strlen(line + 15), seed, KEY_LEN)) {
        sign_keypair_from_seed(seed, root->pk, root->sk);
    } else if (!strncmp(line, "parley-root-v1-sealed ", 22) && from_hex(line + 22, strlen(line + 22), sealed, sizeof sealed)) {
        if (!(status = unlock_key(folder, passphrase_file, kek, err)) && !(status = row_open(kek, "root", sealed, sizeof sealed, &plain, &len, err)))
            sign_keypair_from_seed(plain, root->pk, root->sk);
        if (plain)
            wipe(plain, KEY_LEN);
        free(plain);
    } else {
        status = parley_fail(err, PARLEY_EPARSE, "%s: no root secret of Parley", path ? path : own);
    }
    wipe(seed, sizeof seed);
    parley_arena_release(&arena);
    return status;
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
    char path[1200];
    enum parley_status status = path_in(folder, "keys", path, sizeof path, err);
    if (!status && mkdir(path, 0700) && (errno != EEXIST || chmod(path, 0700)))
        status = parley_file_failed(err, path, "make the folder");
    if (!status)
        status = make_unlock_key(folder, o->passphrase_file, kek, made, err);
    if (!status)
        status = path_in(folder, "keys/root.key", path, sizeof path, err);
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
    char path[1200];
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
        status = path_in(folder, "channel.db", path, sizeof path, err);
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

static enum parley_status load_meta(struct parley_desk *d, const char *key, const uint8_t unlock[KEY_LEN], uint8_t out[KEY_LEN], struct parley_error *err)
{
    uint8_t *plain = NULL;
    size_t len = 0;
    sqlite3_stmt *s = db_prepare(d, "SELECT value FROM meta WHERE key = ?", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC);
    enum parley_status status = sqlite3_step(s) == SQLITE_ROW ? row_open(unlock, key, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0), &plain, &len, err)
                                                              : parley_fail(err, PARLEY_ECORRUPT, "channel.db: %s is missing", key);
    sqlite3_reset(s);
    if (!status && len == KEY_LEN)
        memcpy(out, plain, KEY_LEN);
    if (plain)
        wipe(plain, len);
    free(plain);
    return status;
}

enum parley_status parley_desk_open(const char *folder, const struct parley_unlock *unlock, struct parley_desk **out, struct parley_error *err)
{
    char path[1200];
    uint8_t kek[KEY_LEN];
    struct stat st, there;
    *out = NULL;
    enum parley_status status = crypto_init(err);
    struct parley_desk *d = calloc(1, sizeof *d);
    if (!d)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    d->now_us = clock_us;
    if (!status && (size_t)snprintf(d->folder, sizeof d->folder, "%s", folder) >= sizeof d->folder)
        status = parley_fail(err, PARLEY_EINVAL, "the path of the desk is too long");
    if (!status && stat(folder, &st))
        status = parley_fail(err, PARLEY_ENOTFOUND, "%s: no such desk; make one with 'parley --desk %s init'", folder, folder);
    if (!status)
        status = path_in(folder, "channel.db", path, sizeof path, err);
    if (!status && !stat(path, &there) && (st.st_mode & 077)) /* only of a desk: nobody should be told to close any other folder */
        status = parley_fail(err, PARLEY_EREFUSED, "%s: other users may look into this desk; run: chmod 700 %s", folder, folder);
    if (!status)
        status = db_open(path, false, &d->db, err);
    if (!status)
        status = unlock_key(folder, unlock ? unlock->passphrase_file : NULL, kek, err);
    if (!status && load_meta(d, "row-key", kek, d->row_key, err))
        status = parley_fail(err, PARLEY_EVERIFY, "%s: the passphrase or key file does not open this desk", folder);
    if (!status)
        status = load_meta(d, "salt-key", d->row_key, d->salt_key, err);
    if (!status)
        status = keys_load_own(d, err);
    if (!status)
        status = talks_load(d, err);
    wipe(kek, sizeof kek);
    if (status) {
        parley_desk_close(d);
        return status;
    }
    *out = d;
    return PARLEY_OK;
}

void parley_desk_close(struct parley_desk *d)
{
    if (!d)
        return;
    for (int i = 0; i < STATEMENTS_SQL; i++)
        sqlite3_finalize(d->cached[i]);
    for (int i = 0; i < d->n_talks; i++)
        talk_free(d->talk[i]);
    for (int i = 0; i < d->n_own; i++)
        free(d->own[i].note), free(d->own[i].tls_key), free(d->own[i].tls_cert);
    sqlite3_close(d->db);
    wipe(d, sizeof *d);
    free(d);
}

void parley_desk_set_log(struct parley_desk *d, const struct parley_channel_log *log) { d->log = *log; }

enum parley_status parley_desk_card(struct parley_desk *d, struct parley_text *out, struct parley_error *err)
{
    (void)err;
    parley_text_adds(out, d->own[d->n_own - 1].note);
    return PARLEY_OK;
}

enum parley_status parley_desk_ceremony(struct parley_desk *d, const char *card, size_t card_len, const uint8_t psk[32], struct parley_text *english,
                                        struct parley_text *chinese, struct parley_error *err)
{
    struct card theirs;
    uint8_t transcript[16];
    const struct own_epoch *own = &d->own[d->n_own - 1];
    enum parley_status status = card_parse(card, card_len, &theirs, err);
    if (status)
        return status;
    ceremony_transcript(own->note, own->note_len, card, card_len, psk, transcript);
    status = words_of(transcript, PARLEY_EN, english, err);
    return status ? status : words_of(transcript, PARLEY_ZH, chinese, err);
}

/* Enough different root secrets of the card: from the files named (separated by commas), or from keys/root.key.1 .. of the desk. */
static enum parley_status roots_read(struct parley_desk *d, const char *files, const char *passphrase_file, const struct card *c, struct root_key root[CARD_ROOTS_MAX], int *n,
                                     struct parley_error *err)
{
    char path[1300], own[1200];
    enum parley_status status = path_in(d->folder, "keys/root.key", own, sizeof own, err);
    *n = 0;
    for (int i = 0; !status && i < (c->n_roots > 1 ? CARD_ROOTS_MAX : 1) && *n < c->threshold && (!files || *files); i++) {
        struct stat st;
        size_t len = files ? strcspn(files, ",") : 0;
        snprintf(path, sizeof path, files ? "%.*s" : c->n_roots > 1 ? "%.*s%s.%d" : "%.*s%s", (int)len, files ? files : "", own, i + 1);
        files = files ? files + len + (files[len] == ',') : NULL;
        if (!files && c->n_roots > 1 && stat(path, &st))
            continue; /* carried away, as it should be */
        if ((status = root_read(d->folder, path, passphrase_file, &root[*n], err)))
            break;
        bool ours = false, twice = false;
        for (int k = 0; k < c->n_roots; k++)
            ours |= !memcmp(c->root[k], root[*n].pk, KEY_LEN);
        for (int k = 0; k < *n; k++)
            twice |= !memcmp(root[k].pk, root[*n].pk, KEY_LEN);
        if (!ours)
            status = parley_fail(err, PARLEY_EVERIFY, "%s: this root secret is not one of the desk's card", path);
        *n += !twice;
    }
    if (!status && *n < c->threshold)
        status = parley_fail(err, PARLEY_EREFUSED, "%d root secret%s given; %d of %d are needed (--root FILE,FILE)", *n, *n == 1 ? " was" : "s were", c->threshold, c->n_roots);
    return status;
}

/* The mark a card names: the last (or last good) of ours with that peer; zeros when several peers or none make it ambiguous. */
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
    enum parley_status status = roots_read(d, root_file, o->passphrase_file, &c, root, &n_roots, err);
    c.epoch++;
    c.has_previous = true;
    memcpy(c.previous, d->own[d->n_own - 1].card.text_hash, HASH_LEN);
    memset(&c.recovers, 0, sizeof c.recovers);
    memset(&c.revokes, 0, sizeof c.revokes);
    for (int i = 0; !status && i < d->n_talks; i++) /* before the new epoch exists, so that each talk is led into it */
        status = talk_ready(d, d->talk[i], err);
    if (!status)
        status = lost_epochs_check(d, err);
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
    for (int i = 0; !status && i < d->n_talks; i++) {
        uint8_t key[KEY_LEN];
        if (!(status = direction_load(d, d->talk[i]->id, true, c.epoch - 1, key, err))) {
            ratchet_key(key, c.epoch, key);
            status = direction_store(d, d->talk[i]->id, true, c.epoch, key, err);
        }
    }
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

/* --- pre-shared keys ------------------------------------------------------------------------ */

enum parley_status parley_psk_make(const char *path, struct parley_error *err)
{
    uint8_t psk[KEY_LEN];
    char text[80], hex[65];
    enum parley_status status = crypto_init(err);
    if (status)
        return status;
    random_fill(psk, sizeof psk);
    to_hex(psk, sizeof psk, hex);
    snprintf(text, sizeof text, "%s\n", hex);
    return secret_file_write(path, text, err);
}

enum parley_status parley_psk_read(const char *path, uint8_t psk[32], struct parley_error *err)
{
    struct parley_arena arena = { 0 };
    char *line;
    enum parley_status status = secret_file_read(path, &arena, &line, err);
    if (!status && !from_hex(line, strlen(line), psk, KEY_LEN))
        status = parley_fail(err, PARLEY_EPARSE, "%s:1: expected a pre-shared key of 64 hex digits", path);
    parley_arena_release(&arena);
    return status;
}
