/* Evidence bundles: folders that a third party checks with openssl and a note verifier, without Parley. */
#define _POSIX_C_SOURCE 200809L
#include "channel/bytes.h"
#include "channel/desk.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <parley/file.h>
#include <parley/json.h>
#include <parley/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BUNDLE_STATEMENTS_MAX = 4096, BUNDLE_CARDS_MAX = 512 };

struct bundle {
    struct parley_desk *d;
    struct talk *t;
    const struct parley_evidence *what;
    uint8_t statement[BUNDLE_STATEMENTS_MAX][PARLEY_STATEMENT_LEN];
    size_t n;
    uint32_t epoch;
};

static enum parley_status write_in(const char *folder, const char *name, const void *data, size_t len, struct parley_error *err)
{
    char path[1400];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
        return parley_fail(err, PARLEY_EINVAL, "the path of the bundle is too long");
    return parley_file_write(path, data, len, err);
}

static enum parley_status make_folder(const char *folder, const char *name, struct parley_error *err)
{
    char path[1400];
    snprintf(path, sizeof path, "%.1200s%s%s", folder, *name ? "/" : "", name);
    if (!mkdir(path, 0700))
        return PARLEY_OK;
    return parley_fail(err, errno == EEXIST ? PARLEY_EREFUSED : PARLEY_EIO, "%s: %s", path, errno == EEXIST ? "is there already; a bundle is made in a new folder" : "cannot be made");
}

static bool read_statement(struct bundle *b, bool ours, uint32_t epoch, uint64_t seq, uint8_t out[PARLEY_STATEMENT_LEN], uint8_t **plain, size_t *len)
{
    sqlite3_stmt *s = db_prepare(b->d, "SELECT bytes, sealed, hash FROM statement WHERE peer = ? AND ours = ? AND epoch = ? AND seq = ?", NULL);
    bool ok = false;
    char where[65];
    if (!s)
        return false;
    sqlite3_bind_int64(s, 1, b->t->id);
    sqlite3_bind_int(s, 2, ours);
    sqlite3_bind_int64(s, 3, epoch);
    sqlite3_bind_int64(s, 4, (int64_t)seq);
    if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 0) == PARLEY_STATEMENT_LEN && sqlite3_column_bytes(s, 2) == HASH_LEN) {
        memcpy(out, sqlite3_column_blob(s, 0), PARLEY_STATEMENT_LEN);
        to_hex(sqlite3_column_blob(s, 2), HASH_LEN, where);
        ok = !plain || !row_open(b->d->row_key, where, sqlite3_column_blob(s, 1), (size_t)sqlite3_column_bytes(s, 1), plain, len, NULL);
    }
    sqlite3_reset(s);
    return ok;
}

/* The statement itself; then, for got-it, ours up to the one the peer has seen, and the peer's statement that says so. */
static enum parley_status collect(struct bundle *b, struct parley_error *err)
{
    const struct parley_evidence *w = b->what;
    struct author_log *log = w->theirs ? &b->t->x.theirs : &b->t->x.ours;
    for (size_t i = log->n; i > 0 && !b->epoch; i--)
        if ((!w->epoch || log->epoch[i - 1].card.epoch == w->epoch) && w->seq >= 1 && w->seq <= log->epoch[i - 1].top && !is_zero(log->epoch[i - 1].slot[w->seq - 1].hash, HASH_LEN))
            b->epoch = log->epoch[i - 1].card.epoch;
    if (!b->epoch || !read_statement(b, !w->theirs, b->epoch, w->seq, b->statement[0], NULL, NULL))
        return parley_fail(err, PARLEY_ENOTFOUND, "%s said no statement %" PRIu64 " on this channel", w->theirs ? w->peer : "this desk", w->seq);
    b->n = 1;
    if (!strcmp(w->claim, "said-it"))
        return PARLEY_OK;
    if (!strcmp(w->claim, "equivocation")) {
        sqlite3_stmt *s = db_prepare(b->d, "SELECT bytes FROM proof WHERE peer = ? AND epoch = ? AND seq = ? ORDER BY fork", err);
        if (!s)
            return PARLEY_EIO;
        sqlite3_bind_int64(s, 1, b->t->id);
        sqlite3_bind_int64(s, 2, b->epoch);
        sqlite3_bind_int64(s, 3, (int64_t)w->seq);
        if (w->theirs && sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 0) == PARLEY_STATEMENT_LEN)
            memcpy(b->statement[b->n++], sqlite3_column_blob(s, 0), PARLEY_STATEMENT_LEN);
        sqlite3_reset(s);
        return b->n == 2 ? PARLEY_OK : parley_fail(err, PARLEY_ENOTFOUND, "no second statement of that number is known: there is no equivocation to prove (use --theirs for the peer's)");
    }
    if (strcmp(w->claim, "got-it") || w->theirs)
        return parley_fail(err, PARLEY_EINVAL, "claim '%.30s': expected said-it, got-it (of our statements) or equivocation (of theirs)", w->claim);
    struct parley_statement first, s;
    uint8_t hash[HASH_LEN], bytes[PARLEY_STATEMENT_LEN];
    (void)!parley_statement_decode(b->statement[0], &first, NULL);
    parley_statement_hash(b->statement[0], hash);
    for (size_t i = 0; i < b->t->x.theirs.n; i++)
        for (uint64_t seq = 1; seq <= b->t->x.theirs.epoch[i].top; seq++) {
            if (!read_statement(b, false, b->t->x.theirs.epoch[i].card.epoch, seq, bytes, NULL, NULL) || parley_statement_decode(bytes, &s, NULL))
                continue;
            bool names = !memcmp(s.reply_to, hash, HASH_LEN);
            const struct epoch_log *ours = exchange_epoch(&b->t->x.ours, b->epoch);
            bool sees = s.seen_seq >= w->seq && s.seen_seq <= ours->top && s.seen_seq - w->seq + 2 < BUNDLE_STATEMENTS_MAX &&
                        !memcmp(ours->slot[s.seen_seq - 1].hash, s.seen_hash, HASH_LEN);
            if (!names && !sees)
                continue;
            for (uint64_t k = w->seq + 1; !names && k <= s.seen_seq; k++)
                if (!read_statement(b, true, b->epoch, k, b->statement[b->n++], NULL, NULL))
                    return parley_fail(err, PARLEY_ECORRUPT, "our statement %" PRIu64 " is missing", k);
            memcpy(b->statement[b->n++], bytes, PARLEY_STATEMENT_LEN);
            return PARLEY_OK;
        }
    return parley_fail(err, PARLEY_ENOTFOUND, "the peer has not yet said that it got statement %" PRIu64, w->seq);
}

static enum parley_status write_card(const char *folder, const struct card *c, const char *note, size_t len, struct parley_error *err)
{
    static const uint8_t der_head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
    uint8_t der[sizeof der_head + KEY_LEN];
    char name[120], pem[160], b64[80], id[17];
    to_hex(c->party, 8, id);
    snprintf(name, sizeof name, "cards/%s-%u.note", id, c->epoch);
    enum parley_status status = write_in(folder, name, note, len, err);
    memcpy(der, der_head, sizeof der_head);
    memcpy(der + sizeof der_head, c->signing, KEY_LEN);
    to_base64(der, sizeof der, b64);
    snprintf(pem, sizeof pem, "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n", b64);
    snprintf(name, sizeof name, "cards/%s-%u.pem", id, c->epoch);
    return status ? status : write_in(folder, name, pem, strlen(pem), err);
}

static enum parley_status write_cards(struct bundle *b, struct parley_error *err)
{
    enum parley_status status = PARLEY_OK;
    struct card card;
    for (int i = 0; !status && i < b->d->n_own; i++)
        status = write_card(b->what->folder, &b->d->own[i].card, b->d->own[i].note, b->d->own[i].note_len, err);
    sqlite3_stmt *s = status ? NULL : db_prepare(b->d, "SELECT note FROM peer_card WHERE peer = ?", err);
    if (!s)
        return status ? status : PARLEY_EIO;
    sqlite3_bind_int64(s, 1, b->t->id);
    while (!status && sqlite3_step(s) == SQLITE_ROW) {
        const char *note = (const char *)sqlite3_column_text(s, 0);
        size_t len = (size_t)sqlite3_column_bytes(s, 0);
        if (!(status = card_parse(note, len, &card, err)))
            status = write_card(b->what->folder, &card, note, len, err);
    }
    sqlite3_reset(s);
    return status;
}

/* Inclusion of our statement in the tree of all we said to this peer, under our checkpoint. */
static enum parley_status write_proof(struct bundle *b, struct parley_error *err)
{
    size_t n = 0, index = 0, cap = 0;
    for (size_t i = 0; i < b->t->x.ours.n; i++)
        cap += b->t->x.ours.epoch[i].top;
    uint8_t(*leaf)[HASH_LEN] = calloc(cap + 1, HASH_LEN), path[MERKLE_PATH_MAX][HASH_LEN], bytes[PARLEY_STATEMENT_LEN];
    if (!leaf)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < b->t->x.ours.n; i++)
        for (uint64_t seq = 1; seq <= b->t->x.ours.epoch[i].top; seq++) {
            uint32_t epoch = b->t->x.ours.epoch[i].card.epoch;
            if (!read_statement(b, true, epoch, seq, bytes, NULL, NULL))
                continue;
            if (epoch == b->epoch && seq == b->what->seq)
                index = n;
            merkle_leaf(bytes, sizeof bytes, leaf[n++]);
        }
    const struct own_epoch *own = &b->d->own[b->d->n_own - 1];
    struct checkpoint c = { .size = n };
    char pair[17], author[17];
    struct parley_text text, note, proof;
    to_hex(b->t->x.pair, 8, pair);
    to_hex(b->t->x.self, 8, author);
    snprintf(c.origin, sizeof c.origin, "parley/%s/%s", pair, author);
    merkle_root((const uint8_t(*)[HASH_LEN])leaf, n, c.root);
    size_t path_len = merkle_inclusion((const uint8_t(*)[HASH_LEN])leaf, n, index, path);
    parley_text_init(&text, NOTE_MAX);
    parley_text_init(&note, NOTE_MAX);
    parley_text_init(&proof, NOTE_MAX);
    checkpoint_text(&c, &text);
    parley_text_addf(&note, "%s\n", parley_text_str(&text));
    note_sign(text.data, text.len, own->card.name, own->card.signing, own->signing, &note);
    tlog_proof_text(index, (const uint8_t(*)[HASH_LEN])path, path_len, parley_text_str(&note), &proof);
    enum parley_status status = write_in(b->what->folder, "proofs/1.tlog", proof.data, proof.len, err);
    parley_text_release(&text);
    parley_text_release(&note);
    parley_text_release(&proof);
    free(leaf);
    return status;
}

static const char readme[] =
    "Evidence from a Parley channel\n"
    "==============================\n\n"
    "claim.json says what is claimed. The other files let you check it without Parley and without trusting whoever\n"
    "gave you this folder. What you must know from elsewhere: the root key of each party (line `root` of its cards).\n\n"
    "1. Cards. cards/PARTY-EPOCH.note is a C2SP signed note. Check it with any signed-note verifier, or by hand: the\n"
    "   signature is Ed25519 by the root key over the text up to and including the last newline before the empty line.\n"
    "   PARTY is the beginning of SHA-256(\"parley-party-v1\", one byte threshold, root keys in order).\n"
    "2. Statements. statements/N.bin has 304 bytes: author at byte 40 (32 bytes), epoch at 72 (4), number at 76 (8),\n"
    "   hash of the one before at 92, the peer's number seen at 124 and its hash at 132, reply to at 164, signature at\n"
    "   240 (64). The signature is over \"parley-statement-v1\" and the first 240 bytes:\n\n"
    "     (printf parley-statement-v1; head -c 240 statements/1.bin) > message\n"
    "     tail -c 64 statements/1.bin > signature\n"
    "     openssl pkeyutl -verify -pubin -inkey cards/PARTY-EPOCH.pem -rawin -in message -sigfile signature\n\n"
    "   (the .pem holds the key of the line `signing` of the card). The hash of a statement is\n"
    "   SHA-256(\"parley-statement-hash-v1\", 304 bytes).\n"
    "3. The claim.\n"
    "   said-it       statement 1 carries its author's signature.\n"
    "   got-it        1 .. n-1 are linked (each names the hash of the one before); the last one is signed by the other party\n"
    "                 and names, as seen or in reply to, the hash of n-1 (seen) or of 1 (in reply to).\n"
    "   equivocation  1 and 2 are both signed by the same author, for the same pair, epoch and number, and differ; or 2\n"
    "                 has the next number (or 1 has) and does not name the hash of the other.\n"
    "4. What was said, if disclosed: SHA-256(\"parley-body\", disclosed/1.salt, disclosed/1.body) is bytes 208..239.\n"
    "5. proofs/1.tlog, if present: inclusion in the author's tree (RFC 6962, leaf data = the 304 bytes) under the\n"
    "   checkpoint at its end (c2sp.org/tlog-proof@v1).\n\n"
    "tools/verify-bundle of the Parley sources does all this with Python's standard library and openssl.\n";

static enum parley_status write_claim(struct bundle *b, struct parley_error *err)
{
    struct parley_text text;
    struct parley_json json;
    char hex[65];
    parley_text_init(&text, 1 << 16);
    parley_json_init(&json, &text, true);
    parley_json_object(&json);
    parley_json_put_integer(&json, "version", 1);
    parley_json_put_string(&json, "claim", b->what->claim);
    parley_json_put_integer(&json, "statements", (int64_t)b->n);
    to_hex(b->t->x.pair, HASH_LEN, hex);
    parley_json_put_string(&json, "pair", hex);
    to_hex(b->what->theirs ? b->t->x.peer : b->t->x.self, HASH_LEN, hex);
    parley_json_put_string(&json, "author", hex);
    to_hex(b->what->theirs ? b->t->x.self : b->t->x.peer, HASH_LEN, hex);
    parley_json_put_string(&json, "other", hex);
    parley_json_put_integer(&json, "epoch", b->epoch);
    parley_json_put_integer(&json, "seq", (int64_t)b->what->seq);
    parley_json_object_end(&json);
    parley_text_addc(&text, '\n');
    enum parley_status status = write_in(b->what->folder, "claim.json", text.data, text.len, err);
    parley_text_release(&text);
    return status;
}

static enum parley_status write_bundle(struct bundle *b, struct parley_error *err)
{
    const char *folder = b->what->folder;
    static const char *const folders[] = { "", "cards", "statements", "disclosed", "proofs" };
    enum parley_status status = PARLEY_OK;
    for (int i = 0; !status && i < 5; i++)
        status = make_folder(folder, folders[i], err);
    if (!status)
        status = write_cards(b, err);
    for (size_t i = 0; !status && i < b->n; i++) {
        char name[60];
        snprintf(name, sizeof name, "statements/%zu.bin", i + 1);
        status = write_in(folder, name, b->statement[i], PARLEY_STATEMENT_LEN, err);
    }
    if (!status && b->what->disclose) {
        uint8_t bytes[PARLEY_STATEMENT_LEN], *plain;
        size_t len;
        if (!read_statement(b, !b->what->theirs, b->epoch, b->what->seq, bytes, &plain, &len))
            return parley_fail(err, PARLEY_ECORRUPT, "the body does not open");
        status = write_in(folder, "disclosed/1.salt", plain, SALT_LEN, err);
        if (!status)
            status = write_in(folder, "disclosed/1.body", plain + SALT_LEN, len - SALT_LEN, err);
        free(plain);
    }
    if (!status && !b->what->theirs)
        status = write_proof(b, err);
    if (!status)
        status = write_in(folder, "README.txt", readme, sizeof readme - 1, err);
    return status ? status : write_claim(b, err); /* last: a folder without it is no bundle */
}

enum parley_status parley_channel_evidence(struct parley_desk *d, const struct parley_evidence *what, struct parley_error *err)
{
    struct talk *t = talk_named(d, what->peer, err);
    if (!t)
        return PARLEY_ENOTFOUND;
    struct bundle *b = calloc(1, sizeof *b);
    if (!b)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    b->d = d, b->t = t, b->what = what;
    enum parley_status status = talk_ready(d, t, err);
    if (!status)
        status = collect(b, err);
    if (!status)
        status = write_bundle(b, err);
    free(b);
    return status;
}

/* --- checking ------------------------------------------------------------------------------- */

struct checking {
    const char *folder;
    struct parley_arena arena;
    struct card card[BUNDLE_CARDS_MAX];
    size_t n_cards;
    struct parley_statement s[BUNDLE_STATEMENTS_MAX];
    uint8_t bytes[BUNDLE_STATEMENTS_MAX][PARLEY_STATEMENT_LEN], hash[BUNDLE_STATEMENTS_MAX][HASH_LEN];
    size_t n;
};

static enum parley_status read_in(struct checking *c, const char *name, size_t max, char **data, size_t *len, struct parley_error *err)
{
    char path[1400];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", c->folder, name) >= sizeof path)
        return parley_fail(err, PARLEY_EINVAL, "the path of the bundle is too long");
    return parley_file_read(path, max, &c->arena, data, len, err);
}

static enum parley_status read_cards(struct checking *c, struct parley_error *err)
{
    char path[1400], *data;
    size_t len;
    snprintf(path, sizeof path, "%.1300s/cards", c->folder);
    DIR *dir = opendir(path);
    enum parley_status status = dir ? PARLEY_OK : parley_fail(err, PARLEY_ENOTFOUND, "%s: cannot be read", path);
    for (struct dirent *e; !status && (e = readdir(dir));) {
        size_t n = strlen(e->d_name);
        if (n < 6 || strcmp(e->d_name + n - 5, ".note"))
            continue;
        snprintf(path, sizeof path, "cards/%.255s", e->d_name);
        if (c->n_cards == BUNDLE_CARDS_MAX)
            status = parley_fail(err, PARLEY_ELIMIT, "more than %d cards", BUNDLE_CARDS_MAX);
        else if (!(status = read_in(c, path, CARD_MAX, &data, &len, err)) && (status = card_parse(data, len, &c->card[c->n_cards++], err)))
            parley_fail_in(err, status, "%s", path);
    }
    if (dir)
        closedir(dir);
    return status;
}

static enum parley_status read_statements(struct checking *c, int64_t n, struct parley_error *err)
{
    for (int64_t i = 0; i < n; i++) {
        char name[60], *data;
        size_t len;
        snprintf(name, sizeof name, "statements/%lld.bin", (long long)i + 1);
        enum parley_status status = read_in(c, name, PARLEY_STATEMENT_LEN, &data, &len, err);
        if (!status && len != PARLEY_STATEMENT_LEN)
            status = parley_fail(err, PARLEY_EPARSE, "%s: %zu bytes; a statement has %d", name, len, PARLEY_STATEMENT_LEN);
        if (!status)
            status = parley_statement_decode((const uint8_t *)data, &c->s[i], err);
        if (status)
            return status;
        memcpy(c->bytes[i], data, PARLEY_STATEMENT_LEN);
        parley_statement_hash(c->bytes[i], c->hash[i]);
        bool signed_by = false;
        for (size_t k = 0; k < c->n_cards; k++)
            signed_by |= !memcmp(c->card[k].party, c->s[i].author, HASH_LEN) && c->card[k].epoch == c->s[i].epoch && card_signed(&c->card[k], c->bytes[i]);
        if (!signed_by)
            return parley_fail(err, PARLEY_EVERIFY, "%s: no card of its author has a key that signed it", name);
        if (memcmp(c->s[i].pair, c->s[0].pair, HASH_LEN))
            return parley_fail(err, PARLEY_EVERIFY, "%s: it is of another pair", name);
        c->n++;
    }
    return PARLEY_OK;
}

static enum parley_status check_got_it(const struct checking *c, struct parley_error *err)
{
    if (c->n < 2)
        return parley_fail(err, PARLEY_EVERIFY, "got-it: at least two statements are needed");
    const struct parley_statement *last = &c->s[c->n - 1];
    for (size_t i = 1; i + 1 < c->n; i++)
        if (memcmp(c->s[i].previous, c->hash[i - 1], HASH_LEN) || memcmp(c->s[i].author, c->s[0].author, HASH_LEN))
            return parley_fail(err, PARLEY_EVERIFY, "got-it: statement %zu does not link to the one before", i + 1);
    if (!memcmp(last->author, c->s[0].author, HASH_LEN))
        return parley_fail(err, PARLEY_EVERIFY, "got-it: the last statement is not of the other party");
    if (memcmp(last->seen_hash, c->hash[c->n - 2], HASH_LEN) && memcmp(last->reply_to, c->hash[0], HASH_LEN))
        return parley_fail(err, PARLEY_EVERIFY, "got-it: the other party's statement names neither as seen nor in reply to");
    return PARLEY_OK;
}

static enum parley_status check_equivocation(const struct checking *c, struct parley_error *err)
{
    if (c->n != 2)
        return parley_fail(err, PARLEY_EVERIFY, "equivocation: exactly two statements are needed");
    const struct parley_statement *a = &c->s[0], *b = &c->s[1];
    bool author = !memcmp(a->author, b->author, HASH_LEN) && a->epoch == b->epoch;
    bool twice = a->seq == b->seq && memcmp(c->bytes[0], c->bytes[1], PARLEY_STATEMENT_LEN);
    bool fork = (b->seq == a->seq + 1 && memcmp(b->previous, c->hash[0], HASH_LEN)) || (a->seq == b->seq + 1 && memcmp(a->previous, c->hash[1], HASH_LEN));
    return author && (twice || fork) ? PARLEY_OK : parley_fail(err, PARLEY_EVERIFY, "equivocation: the two statements do not contradict each other");
}

/* The optional parts: a body that fits, a proof whose checkpoint one of the author's keys signed. */
static enum parley_status check_extras(struct checking *c, struct parley_text *report, struct parley_error *err)
{
    char *salt, *body, *proof_text;
    size_t salt_len, body_len, len;
    uint8_t commitment[HASH_LEN], leaf[HASH_LEN];
    if (!read_in(c, "disclosed/1.body", PARLEY_BODY_MAX, &body, &body_len, NULL)) {
        if (read_in(c, "disclosed/1.salt", SALT_LEN, &salt, &salt_len, err) || salt_len != SALT_LEN)
            return parley_fail(err, PARLEY_EVERIFY, "disclosed/1.salt: missing or not 32 bytes");
        parley_body_commit((const uint8_t *)salt, body, body_len, commitment);
        if (memcmp(commitment, c->s[0].commitment, HASH_LEN))
            return parley_fail(err, PARLEY_EVERIFY, "disclosed/1.body: it is not what was signed");
        parley_text_addf(report, "the disclosed body is what was signed\n");
    }
    if (read_in(c, "proofs/1.tlog", NOTE_MAX, &proof_text, &len, NULL))
        return PARLEY_OK;
    struct tlog_proof proof;
    struct checkpoint cp;
    struct note note;
    if (tlog_proof_parse(proof_text, len, &proof, err) || note_parse(proof.checkpoint, proof.checkpoint_len, &note, err) || checkpoint_parse(note.text, note.text_len, &cp, err))
        return parley_fail_in(err, PARLEY_EVERIFY, "proofs/1.tlog");
    bool signed_by = false;
    for (size_t k = 0; k < c->n_cards; k++)
        signed_by |= !memcmp(c->card[k].party, c->s[0].author, HASH_LEN) && note_verify(&note, c->card[k].name, NOTE_ED25519, c->card[k].signing, NULL);
    merkle_leaf(c->bytes[0], PARLEY_STATEMENT_LEN, leaf);
    if (!signed_by || !merkle_inclusion_verify(leaf, proof.index, cp.size, (const uint8_t(*)[HASH_LEN])proof.path, proof.path_len, cp.root))
        return parley_fail(err, PARLEY_EVERIFY, "proofs/1.tlog: it does not prove inclusion under a checkpoint of the author");
    parley_text_addf(report, "it is leaf %" PRIu64 " of %" PRIu64 " in the author's tree\n", proof.index, cp.size);
    return PARLEY_OK;
}

enum parley_status parley_evidence_check(const char *folder, struct parley_text *report, struct parley_error *err)
{
    struct checking *c = calloc(1, sizeof *c);
    struct parley_node *root;
    char *data, hex[65];
    size_t len;
    int64_t n = 0;
    const char *claim = "", *author = "";
    if (!c)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    c->folder = folder;
    enum parley_status status = crypto_init(err);
    if (!status)
        status = read_in(c, "claim.json", 1 << 16, &data, &len, err);
    if (!status)
        status = parley_json_parse(data, len, "claim.json", &c->arena, &root, err);
    if (!status)
        status = parley_node_string(parley_node_get(root, "claim"), &claim, err);
    if (!status)
        status = parley_node_string(parley_node_get(root, "author"), &author, err);
    if (!status)
        status = parley_node_i64(parley_node_get(root, "statements"), 1, BUNDLE_STATEMENTS_MAX, &n, err);
    if (!status)
        status = read_cards(c, err);
    if (!status)
        status = read_statements(c, n, err);
    if (!status) {
        to_hex(c->s[0].author, HASH_LEN, hex);
        if (strcmp(hex, author))
            status = parley_fail(err, PARLEY_EVERIFY, "statement 1 is not of the author that claim.json names");
    }
    if (!status && !strcmp(claim, "got-it"))
        status = check_got_it(c, err);
    else if (!status && !strcmp(claim, "equivocation"))
        status = check_equivocation(c, err);
    else if (!status && (strcmp(claim, "said-it") || n != 1))
        status = parley_fail(err, PARLEY_EVERIFY, "unknown claim '%.40s'", claim);
    if (!status) {
        parley_text_addf(report, "proven: %s, statement %" PRIu64 " of epoch %" PRIu32 " by %.16s\n", claim, c->s[0].seq, c->s[0].epoch, author);
        status = check_extras(c, report, err);
    }
    parley_arena_release(&c->arena);
    free(c);
    return status;
}
