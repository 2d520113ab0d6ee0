/* The judgement of a third party over an evidence bundle: from the signatures alone, without a desk. */
#include "channel/bundle.h"
#include "channel/bytes.h"
#include "channel/deposit.h"

#include <parley/channel_statement.h>
#include <parley/data.h>
#include <parley/tree.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLAIM_MAX = 4096 };

/* --- what the parts look like --------------------------------------------------------------- */

void claim_text(const struct claim *c, struct parley_text *out)
{
    const struct { const char *key; const uint8_t *bytes; } party[] = { { "pair", c->pair }, { "author", c->author }, { "other", c->other } };
    const struct { const char *key; uint64_t value; } number[] = { { "epoch", c->epoch }, { "seq", c->seq }, { "cards", c->cards }, { "statements", c->statements },
        { "disclosed", c->disclosed }, { "checkpoints", c->checkpoints }, { "proofs", c->proofs }, { "notes", c->notes } };
    char hex[2 * HASH_LEN + 1];
    parley_text_addf(out, "{\n  \"version\": 1,\n  \"claim\": \"%s\"", c->kind);
    for (size_t i = 0; i < sizeof party / sizeof *party; i++) {
        to_hex(party[i].bytes, HASH_LEN, hex);
        parley_text_addf(out, ",\n  \"%s\": \"%s\"", party[i].key, hex);
    }
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        parley_text_addf(out, ",\n  \"%s\": %" PRIu64, number[i].key, number[i].value);
    if (c->witnesses)
        parley_text_addf(out, ",\n  \"witnesses\": %zu", c->witnesses);
    parley_text_adds(out, "\n}\n");
}

void card_file_name(const struct card *c, const char *suffix, char out[BUNDLE_NAME_MAX])
{
    char id[17];
    to_hex(c->party, 8, id);
    snprintf(out, BUNDLE_NAME_MAX, "cards/%s-%" PRIu32 ".%s", id, c->epoch, suffix);
}

void card_pem_text(const uint8_t key[KEY_LEN], struct parley_text *out)
{
    static const uint8_t der_head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
    uint8_t der[sizeof der_head + KEY_LEN];
    char b64[80];
    memcpy(der, der_head, sizeof der_head);
    memcpy(der + sizeof der_head, key, KEY_LEN);
    to_base64(der, sizeof der, b64);
    parley_text_addf(out, "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n", b64);
}

void card_vkey_text(const struct card *c, struct parley_text *out)
{
    for (int i = 0; i <= c->n_roots; i++) {
        note_vkey(c->name, NOTE_ED25519, i < c->n_roots ? c->root[i] : c->signing, out);
        parley_text_addc(out, '\n');
    }
}

void checkpoint_origin(const uint8_t pair[HASH_LEN], const uint8_t author[HASH_LEN], uint32_t epoch, char out[CHECKPOINT_ORIGIN_MAX])
{
    char p[33], a[33];
    to_hex(pair, 16, p);
    to_hex(author, 16, a);
    snprintf(out, CHECKPOINT_ORIGIN_MAX, "parley/%s/%s/%" PRIu32, p, a, epoch);
}

#define CONSISTENCY_HEAD "parley consistency v1\n"

void consistency_text(const struct consistency *c, struct parley_text *out)
{
    char b64[48];
    to_base64(c->root, HASH_LEN, b64);
    parley_text_addf(out, CONSISTENCY_HEAD "from %" PRIu64 "\nto %" PRIu64 "\nroot %s\n", c->from, c->to, b64);
    for (size_t i = 0; i < c->path_len; i++) {
        to_base64(c->path[i], HASH_LEN, b64);
        parley_text_addf(out, "%s\n", b64);
    }
}

enum parley_status consistency_parse(const char *data, size_t len, struct consistency *out, struct parley_error *err)
{
    struct consistency c = { .from = 0 };
    const char *at = data, *end = data + len;
    bool ok = len > sizeof CONSISTENCY_HEAD - 1 && !memcmp(data, CONSISTENCY_HEAD, sizeof CONSISTENCY_HEAD - 1);
    at += ok ? sizeof CONSISTENCY_HEAD - 1 : 0;
    for (int line = 0; ok && at < end; line++) {
        const char *nl = memchr(at, '\n', (size_t)(end - at));
        static const char *const word[] = { "from ", "to ", "root " };
        size_t n = nl ? (size_t)(nl - at) : 0, w = line < 3 ? strlen(word[line]) : 0, got = 0;
        ok = nl && n > w && (line >= 3 || !memcmp(at, word[line], w));
        if (ok && line < 2)
            ok = parley_text_to_u64(at + w, n - w, line ? &c.to : &c.from);
        else if (ok && line == 2)
            ok = from_base64(at + w, n - w, c.root, HASH_LEN, &got) && got == HASH_LEN;
        else if (ok)
            ok = c.path_len < MERKLE_PATH_MAX && from_base64(at, n, c.path[c.path_len++], HASH_LEN, &got) && got == HASH_LEN;
        at = nl ? nl + 1 : end;
    }
    struct parley_text again;
    parley_text_init(&again, NOTE_MAX);
    consistency_text(&c, &again);
    ok = ok && again.len == len && !memcmp(parley_text_str(&again), data, len);
    parley_text_release(&again);
    if (!ok)
        return parley_fail(err, PARLEY_EPARSE, "no consistency proof: expected the lines from, to, root and base64 hashes after 'parley consistency v1'");
    *out = c;
    return PARLEY_OK;
}

/* --- judging -------------------------------------------------------------------------------- */

struct judged_statement {
    struct parley_statement s;
    const uint8_t *bytes;
    uint8_t hash[HASH_LEN];
};

struct judge {
    struct bundle_file *file;
    size_t n_files;
    struct parley_arena *arena;
    struct parley_text *report;
    struct parley_error *err;
    struct claim claim;
    struct card *card; /* [claim.cards] */
    bool *needed;      /* of each card: something rests on it */
    size_t n_cards;
    struct judged_statement *s; /* [claim.statements] */
    struct checkpoint checkpoint[BUNDLE_CHECKPOINTS_MAX];
    struct note_vkey witness[BUNDLE_WITNESSES_MAX]; /* [claim.witnesses] */
};

static enum parley_status bad(struct judge *j, const char *name, const char *why) { return parley_fail(j->err, PARLEY_EVERIFY, "%s: %s", name, why); }

static struct bundle_file *find(struct judge *j, const char *name)
{
    for (size_t i = 0; i < j->n_files; i++)
        if (!strcmp(j->file[i].name, name)) {
            j->file[i].used = true;
            return &j->file[i];
        }
    parley_fail(j->err, PARLEY_EVERIFY, "%s: missing", name);
    return NULL;
}

static enum parley_status same_text(struct judge *j, const char *name, struct parley_text *expected)
{
    const struct bundle_file *f = find(j, name);
    bool same = f && !expected->failed && f->len == expected->len && !memcmp(f->data, parley_text_str(expected), f->len);
    parley_text_release(expected);
    return same ? PARLEY_OK : f ? bad(j, name, "not what it must be") : PARLEY_EVERIFY;
}

static bool hash_value(const struct parley_node *root, const char *key, uint8_t out[HASH_LEN])
{
    const struct parley_node *v = parley_node_get(root, key);
    return v && v->kind == PARLEY_NODE_SCALAR && from_hex(v->text, v->len, out, HASH_LEN);
}

static bool count_value(const struct parley_node *root, const char *key, int64_t most, size_t *out)
{
    int64_t v;
    if (parley_node_i64(parley_node_get(root, key), 0, most, &v, NULL))
        return false;
    *out = (size_t)v;
    return true;
}

static enum parley_status read_claim(struct judge *j)
{
    const struct bundle_file *f = find(j, "claim.json");
    struct claim *c = &j->claim;
    struct parley_node *root;
    const struct parley_node *kind;
    struct parley_text again;
    size_t epoch = 0, seq = 0;
    if (!f || f->len > CLAIM_MAX || parley_json_parse(f->data, f->len, "claim.json", j->arena, &root, j->err))
        return f ? bad(j, "claim.json", "no JSON object of a claim") : PARLEY_EVERIFY;
    kind = parley_node_get(root, "claim");
    if (!kind || !kind->len || kind->len > BUNDLE_KIND_MAX || strspn(kind->text, "abcdefghijklmnopqrstuvwxyz-") != kind->len || !hash_value(root, "pair", c->pair) ||
        !hash_value(root, "author", c->author) || !hash_value(root, "other", c->other) || !count_value(root, "epoch", UINT32_MAX, &epoch) ||
        !count_value(root, "seq", INT64_MAX, &seq) || !count_value(root, "cards", BUNDLE_CARDS_MAX, &c->cards) ||
        !count_value(root, "statements", BUNDLE_STATEMENTS_MAX, &c->statements) || !count_value(root, "disclosed", BUNDLE_STATEMENTS_MAX, &c->disclosed) ||
        !count_value(root, "checkpoints", BUNDLE_CHECKPOINTS_MAX, &c->checkpoints) || !count_value(root, "proofs", 1, &c->proofs) || !count_value(root, "notes", 2, &c->notes) ||
        (parley_node_get(root, "witnesses") && !count_value(root, "witnesses", BUNDLE_WITNESSES_MAX, &c->witnesses)))
        return bad(j, "claim.json", "a field is missing or out of its range");
    memcpy(c->kind, kind->text, kind->len);
    c->epoch = (uint32_t)epoch, c->seq = seq;
    parley_text_init(&again, CLAIM_MAX);
    claim_text(c, &again);
    return same_text(j, "claim.json", &again);
}

/* Every signature line must be by one of these keys, none twice. */
static bool all_signed(const struct note *note, const char *name, const uint8_t (*key)[KEY_LEN], int n_keys)
{
    for (size_t i = 0; i < note->n; i++) {
        struct note one = { .text = note->text, .text_len = note->text_len, .n = 1 };
        bool good = false;
        one.signature[0] = note->signature[i];
        for (int k = 0; k < n_keys && !good; k++)
            good = note_verify(&one, name, NOTE_ED25519, key[k], NULL);
        for (size_t k = 0; k < i && good; k++)
            good = memcmp(note->signature[k].key_id, note->signature[i].key_id, 4) != 0;
        if (!good)
            return false;
    }
    return true;
}

static enum parley_status read_card(struct judge *j, struct bundle_file *f)
{
    struct card *c = &j->card[j->n_cards];
    struct note note;
    struct parley_error why = { 0 };
    struct parley_text text;
    char name[BUNDLE_NAME_MAX];
    if (j->n_cards == j->claim.cards)
        return bad(j, f->name, "more cards than claim.json says");
    if (card_parse(f->data, f->len, c, &why) || note_parse(f->data, f->len, &note, &why))
        return bad(j, f->name, why.text);
    card_file_name(c, "note", name);
    if (strcmp(name, f->name))
        return bad(j, f->name, "it is the card of another party or epoch");
    if (!all_signed(&note, c->name, (const uint8_t(*)[KEY_LEN])c->root, c->n_roots))
        return bad(j, f->name, "a signature line is not of one of its root keys");
    if (memcmp(c->party, j->claim.author, HASH_LEN) && memcmp(c->party, j->claim.other, HASH_LEN))
        return bad(j, f->name, "it is the card of neither party");
    for (size_t i = 0; i < j->n_cards; i++)
        if (j->card[i].epoch == c->epoch && !memcmp(j->card[i].party, c->party, HASH_LEN))
            return bad(j, f->name, "two cards of one party and epoch");
    f->used = true;
    j->n_cards++;
    card_file_name(c, "pem", name);
    parley_text_init(&text, CARD_MAX);
    card_pem_text(c->signing, &text);
    enum parley_status status = same_text(j, name, &text);
    if (status)
        return status;
    card_file_name(c, "vkey", name);
    parley_text_init(&text, CARD_MAX);
    card_vkey_text(c, &text);
    return same_text(j, name, &text);
}

static enum parley_status read_cards(struct judge *j)
{
    uint8_t pair[HASH_LEN];
    bool of_relay = !strcmp(j->claim.kind, "relay"); /* nobody's word but the relay's: no author, no pair */
    pair_id(j->claim.author, j->claim.other, pair);
    if (of_relay ? !is_zero(j->claim.pair, HASH_LEN) || !is_zero(j->claim.author, HASH_LEN)
                 : memcmp(pair, j->claim.pair, HASH_LEN) || !memcmp(j->claim.author, j->claim.other, HASH_LEN))
        return bad(j, "claim.json", "the pair is not that of author and other");
    if (!(j->card = PARLEY_NEW(j->arena, struct card, j->claim.cards + 1)) || !(j->needed = PARLEY_NEW(j->arena, bool, j->claim.cards + 1)))
        return parley_fail(j->err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status = PARLEY_OK;
    for (size_t i = 0; !status && i < j->n_files; i++) {
        size_t n = strlen(j->file[i].name);
        if (!strncmp(j->file[i].name, "cards/", 6) && n > 11 && !strcmp(j->file[i].name + n - 5, ".note"))
            status = read_card(j, &j->file[i]);
    }
    return status || j->n_cards == j->claim.cards ? status : bad(j, "claim.json", "fewer cards are there than it says");
}

static const struct card *card_of(struct judge *j, const uint8_t party[HASH_LEN], uint32_t epoch)
{
    for (size_t i = 0; i < j->n_cards; i++)
        if (j->card[i].epoch == epoch && !memcmp(j->card[i].party, party, HASH_LEN)) {
            j->needed[i] = true;
            return &j->card[i];
        }
    return NULL;
}

static enum parley_status read_statements(struct judge *j)
{
    if (!(j->s = PARLEY_NEW(j->arena, struct judged_statement, j->claim.statements + 1)))
        return parley_fail(j->err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < j->claim.statements; i++) {
        char name[BUNDLE_NAME_MAX];
        struct parley_error why = { 0 };
        struct judged_statement *s = &j->s[i];
        snprintf(name, sizeof name, "statements/%zu.bin", i + 1);
        const struct bundle_file *f = find(j, name);
        if (!f)
            return PARLEY_EVERIFY;
        if (f->len != PARLEY_STATEMENT_LEN)
            return bad(j, name, "a statement has 304 bytes");
        s->bytes = (const uint8_t *)f->data;
        if (parley_statement_decode(s->bytes, &s->s, &why))
            return bad(j, name, why.text);
        const struct card *card = card_of(j, s->s.author, s->s.epoch);
        if (!card)
            return bad(j, name, "no card of its author and epoch");
        if (!card_signed(card, s->bytes))
            return bad(j, name, "its signature does not verify");
        if (memcmp(s->s.pair, j->claim.pair, HASH_LEN))
            return bad(j, name, "it is of another pair");
        parley_statement_hash(s->bytes, s->hash);
    }
    return PARLEY_OK;
}

/* witnesses/N.vkey: keys that are no two the same, and the text that explains them. */
static enum parley_status read_witnesses(struct judge *j)
{
    const struct parley_data_file *readme = parley_data_find("channel/witness-readme.txt");
    struct parley_text text;
    for (size_t i = 0; i < j->claim.witnesses; i++) {
        char name[BUNDLE_NAME_MAX];
        struct parley_error why = { 0 };
        snprintf(name, sizeof name, "witnesses/%zu.vkey", i + 1);
        const struct bundle_file *f = find(j, name);
        if (!f)
            return PARLEY_EVERIFY;
        if (!f->len || f->data[f->len - 1] != '\n' || note_vkey_parse(f->data, f->len - 1, &j->witness[i], &why) || j->witness[i].algorithm != NOTE_COSIGNATURE)
            return bad(j, name, *why.text ? why.text : "no verifier key of a witness on a line");
        for (size_t k = 0; k < i; k++)
            if (!memcmp(j->witness[k].key, j->witness[i].key, KEY_LEN))
                return bad(j, name, "one key under two names");
    }
    if (!j->claim.witnesses)
        return PARLEY_OK;
    if (strcmp(j->claim.kind, "said-it") && strcmp(j->claim.kind, "got-it"))
        return bad(j, "claim.json", "witnesses go with said-it and got-it only");
    if (!j->claim.proofs)
        return bad(j, "claim.json", "witnesses cosign the checkpoint of proofs/1.tlog, which is not there");
    parley_text_init(&text, 1 << 16);
    parley_text_add(&text, readme->bytes, readme->len);
    return same_text(j, "witnesses/README.txt", &text);
}

/* The lines after those of the parties: exactly one of each witness, in order. */
static enum parley_status judge_witnesses(struct judge *j, const char *name, const struct note *note, uint64_t size)
{
    size_t first = note->n - j->claim.witnesses;
    for (size_t i = 0; i < j->claim.witnesses; i++) {
        const struct note_vkey *w = &j->witness[i];
        struct note one = { .text = note->text, .text_len = note->text_len, .n = 1 };
        char hex[2 * KEY_LEN + 1], time[NOTE_TIME_LEN];
        uint64_t time_s = 0;
        one.signature[0] = note->signature[first + i];
        if (!note_verify(&one, w->name, NOTE_COSIGNATURE, w->key, &time_s))
            return bad(j, name, "a witness's cosignature is missing, does not verify, or stands in another place");
        to_hex(w->key, KEY_LEN, hex);
        parley_text_addf(j->report, "witnessed: the checkpoint of %" PRIu64 " statements, at %s by its clock, by %s with key %s (compare it with what the witness publishes)\n", size,
                         note_time_text(time_s, time), w->name, hex);
    }
    return PARLEY_OK;
}

/* A checkpoint of the author: its own signature, perhaps a cosignature of the other, and those of the witnesses named. */
static enum parley_status judge_checkpoint(struct judge *j, const char *name, const char *data, size_t len, struct checkpoint *out)
{
    struct note note;
    struct parley_error why = { 0 };
    struct parley_text again;
    char origin[CHECKPOINT_ORIGIN_MAX];
    if (note_parse(data, len, &note, &why) || checkpoint_parse(note.text, note.text_len, out, &why))
        return bad(j, name, why.text);
    parley_text_init(&again, NOTE_MAX);
    checkpoint_text(out, &again);
    bool exact = again.len == note.text_len && !memcmp(parley_text_str(&again), note.text, note.text_len);
    parley_text_release(&again);
    checkpoint_origin(j->claim.pair, j->claim.author, j->claim.epoch, origin);
    if (!exact || strcmp(origin, out->origin))
        return bad(j, name, "not a checkpoint of the author's record of that pair and epoch");
    const struct card *card = card_of(j, j->claim.author, j->claim.epoch);
    if (!card || !note_verify(&note, card->name, NOTE_ED25519, card->signing, NULL))
        return bad(j, name, "the author's signature does not verify");
    if (note.n <= j->claim.witnesses)
        return bad(j, name, "it has fewer signatures than claim.json says");
    size_t parties = note.n - j->claim.witnesses;
    for (size_t i = 0; i < parties; i++) {
        struct note one = { .text = note.text, .text_len = note.text_len, .n = 1 };
        one.signature[0] = note.signature[i];
        bool good = i == 0 && note_verify(&one, card->name, NOTE_ED25519, card->signing, NULL);
        for (size_t k = 0; i == 1 && k < j->n_cards && !good; k++)
            if (!memcmp(j->card[k].party, j->claim.other, HASH_LEN) && (good = note_verify(&one, j->card[k].name, NOTE_COSIGNATURE, j->card[k].signing, NULL)))
                j->needed[k] = true;
        if (!good)
            return bad(j, name, "a signature line that is neither the author's nor the other's cosignature");
    }
    if (parties > 1)
        parley_text_addf(j->report, "the other party cosigned the checkpoint of %" PRIu64 " statements\n", out->size);
    return judge_witnesses(j, name, &note, out->size);
}

static bool author_is(const struct judged_statement *s, const uint8_t party[HASH_LEN]) { return !memcmp(s->s.author, party, HASH_LEN); }

/* The statement that the claim names. */
static enum parley_status first_is_named(struct judge *j)
{
    const struct judged_statement *s = &j->s[0];
    return author_is(s, j->claim.author) && s->s.epoch == j->claim.epoch && s->s.seq == j->claim.seq ? PARLEY_OK : bad(j, "claim.json", "statement 1 is not the one it names");
}

static enum parley_status judge_said_it(struct judge *j)
{
    if (j->claim.statements != 1 || j->claim.checkpoints || j->claim.notes)
        return bad(j, "claim.json", "said-it rests on exactly one statement");
    return first_is_named(j);
}

static enum parley_status judge_got_it(struct judge *j)
{
    size_t n = j->claim.statements;
    if (n < 2 || j->claim.checkpoints || j->claim.notes)
        return bad(j, "claim.json", "got-it rests on at least two statements and nothing else");
    enum parley_status status = first_is_named(j);
    if (status)
        return status;
    for (size_t i = 1; i + 1 < n; i++) {
        const struct judged_statement *a = &j->s[i - 1], *b = &j->s[i];
        bool next = b->s.epoch == a->s.epoch ? b->s.seq == a->s.seq + 1 : b->s.epoch > a->s.epoch && b->s.seq == 1;
        if (!author_is(b, j->claim.author) || !next || memcmp(b->s.previous, a->hash, HASH_LEN))
            return bad(j, "statements", "got-it: the author's statements are not linked one after another");
    }
    const struct judged_statement *last = &j->s[n - 1], *seen = &j->s[n - 2];
    if (!author_is(last, j->claim.other))
        return bad(j, "statements", "got-it: the last statement is not of the other party");
    bool sees = !memcmp(last->s.seen_hash, seen->hash, HASH_LEN) && last->s.seen_seq == seen->s.seq;
    bool names = n == 2 && !memcmp(last->s.reply_to, j->s[0].hash, HASH_LEN);
    return sees || names ? PARLEY_OK : bad(j, "statements", "got-it: the other party's statement names it neither as seen nor in reply to");
}

static enum parley_status judge_equivocation(struct judge *j)
{
    const struct judged_statement *a = &j->s[0], *b = &j->s[1];
    if (j->claim.statements != 2 || j->claim.checkpoints || j->claim.notes || j->claim.proofs)
        return bad(j, "claim.json", "equivocation rests on exactly two statements");
    enum parley_status status = first_is_named(j);
    if (status)
        return status;
    bool one_author = author_is(b, j->claim.author) && a->s.epoch == b->s.epoch;
    bool twice = a->s.seq == b->s.seq && memcmp(a->hash, b->hash, HASH_LEN) < 0;
    bool fork = b->s.seq == a->s.seq + 1 && memcmp(b->s.previous, a->hash, HASH_LEN);
    return one_author && (twice || fork) ? PARLEY_OK : bad(j, "statements", "equivocation: the two do not contradict each other, or stand in the wrong order");
}

static enum parley_status judge_two_checkpoints(struct judge *j)
{
    const struct checkpoint *a = &j->checkpoint[0], *b = &j->checkpoint[1];
    struct consistency c;
    struct parley_error why = { 0 };
    if (j->claim.seq != b->size || !a->size)
        return bad(j, "claim.json", "seq is not the size of the later checkpoint");
    if (a->size == b->size)
        return memcmp(a->root, b->root, HASH_LEN) < 0 && !j->claim.proofs ? PARLEY_OK : bad(j, "checkpoints", "rewritten: two of one size must have different roots, the lower first, and need no proof");
    const struct bundle_file *f = j->claim.proofs ? find(j, "proofs/1.consistency") : NULL;
    if (!f || a->size > b->size)
        return bad(j, "checkpoints", "rewritten: two of different sizes need proofs/1.consistency, the smaller first");
    if (consistency_parse(f->data, f->len, &c, &why))
        return bad(j, f->name, why.text);
    if (c.from != a->size || c.to != b->size || !merkle_consistency_verify(c.from, c.root, c.to, b->root, (const uint8_t(*)[HASH_LEN])c.path, c.path_len))
        return bad(j, f->name, "it does not show what the later checkpoint commits to");
    return memcmp(c.root, a->root, HASH_LEN) ? PARLEY_OK : bad(j, f->name, "the two checkpoints are of one record");
}

static enum parley_status judge_rewritten(struct judge *j)
{
    enum parley_status status = PARLEY_OK;
    size_t n = j->claim.statements;
    if (j->claim.checkpoints != (n ? 1u : 2u) || j->claim.notes || (n && j->claim.proofs))
        return bad(j, "claim.json", "rewritten rests on two checkpoints, or on one and all statements before it");
    for (size_t i = 0; !status && i < j->claim.checkpoints; i++) {
        char name[BUNDLE_NAME_MAX];
        snprintf(name, sizeof name, "checkpoints/%zu.note", i + 1);
        const struct bundle_file *f = find(j, name);
        status = f ? judge_checkpoint(j, name, f->data, f->len, &j->checkpoint[i]) : PARLEY_EVERIFY;
    }
    if (status || !n)
        return status ? status : judge_two_checkpoints(j);
    uint8_t(*leaf)[HASH_LEN] = parley_arena_calloc(j->arena, n, HASH_LEN), root[HASH_LEN];
    if (!leaf)
        return parley_fail(j->err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++) {
        const struct judged_statement *s = &j->s[i];
        if (!author_is(s, j->claim.author) || s->s.epoch != j->claim.epoch || s->s.seq != i + 1 || (i && memcmp(s->s.previous, j->s[i - 1].hash, HASH_LEN)))
            return bad(j, "statements", "rewritten: they are not the author's first of that epoch, linked one after another");
        merkle_leaf(s->bytes, PARLEY_STATEMENT_LEN, leaf[i]);
    }
    merkle_root((const uint8_t(*)[HASH_LEN])leaf, n, root);
    if (j->checkpoint[0].size != n || j->claim.seq != n)
        return bad(j, "checkpoints/1.note", "its size is not the number of statements");
    return memcmp(root, j->checkpoint[0].root, HASH_LEN) ? PARLEY_OK : bad(j, "checkpoints/1.note", "it commits to exactly these statements: nothing was rewritten");
}

static bool pem_key(const struct bundle_file *f, uint8_t key[KEY_LEN])
{
    uint8_t der[44];
    size_t n = 0;
    struct parley_text again;
    const char *nl = memchr(f->data, '\n', f->len), *end = nl ? memchr(nl + 1, '\n', f->len - (size_t)(nl + 1 - f->data)) : NULL;
    if (!end || !from_base64(nl + 1, (size_t)(end - nl - 1), der, sizeof der, &n) || n != sizeof der)
        return false;
    memcpy(key, der + 12, KEY_LEN);
    parley_text_init(&again, CARD_MAX);
    card_pem_text(key, &again);
    bool same = again.len == f->len && !memcmp(parley_text_str(&again), f->data, f->len);
    parley_text_release(&again);
    return same && sign_key_is_valid(key);
}

/* Does the card name that relay: "relay URL PIN TOKEN"? */
static bool names_relay(const struct card *c, const uint8_t pin[HASH_LEN])
{
    char hex[2 * HASH_LEN + 1];
    to_hex(pin, HASH_LEN, hex);
    for (int i = 0; i < c->n_carriers; i++) {
        const char *url = strncmp(c->carrier[i], "relay ", 6) ? NULL : c->carrier[i] + 6, *space = url ? strchr(url, ' ') : NULL;
        if (space && !strncmp(space + 1, hex, 64) && (space[65] == ' ' || !space[65]))
            return true;
    }
    return false;
}

static enum parley_status judge_relay(struct judge *j)
{
    struct deposit first, second;
    struct listing_note *listing = PARLEY_NEW(j->arena, struct listing_note, 1);
    struct note note[2];
    struct parley_error why = { 0 };
    uint8_t key[KEY_LEN], pin[HASH_LEN];
    char name[RELAY_NAME_MAX];
    if (!listing)
        return parley_fail(j->err, PARLEY_ENOMEM, "out of memory");
    if (j->claim.notes != 2 || j->claim.statements || j->claim.checkpoints || j->claim.proofs)
        return bad(j, "claim.json", "relay rests on two notes of the relay and the card that names it");
    const struct bundle_file *pem = find(j, "relay/key.pem"), *f[2] = { find(j, "relay/1.note"), find(j, "relay/2.note") };
    if (!pem || !f[0] || !f[1])
        return PARLEY_EVERIFY;
    if (!pem_key(pem, key))
        return bad(j, pem->name, "no Ed25519 public key");
    ed25519_pin(key, pin);
    relay_name(pin, name);
    const struct card *card = card_of(j, j->claim.other, j->claim.epoch);
    if (!card || !names_relay(card, pin))
        return bad(j, pem->name, "the other's card of that epoch does not name a relay with this key");
    for (int i = 0; i < 2; i++)
        if (note_parse(f[i]->data, f[i]->len, &note[i], &why) || !all_signed(&note[i], name, (const uint8_t(*)[KEY_LEN])key, 1))
            return bad(j, f[i]->name, *why.text ? why.text : "a signature line is not the relay's");
    if (deposit_parse(note[0].text, note[0].text_len, &first, &why) || first.number != j->claim.seq)
        return bad(j, f[0]->name, *why.text ? why.text : "not the deposit that claim.json names");
    const char *how = !deposit_parse(note[1].text, note[1].text_len, &second, &why) ? deposits_contradict(&first, &second)
                      : !listing_parse(note[1].text, note[1].text_len, listing, &why) ? listing_contradicts(&first, listing) : NULL;
    if (!how)
        return bad(j, f[1]->name, "it does not contradict the deposit");
    parley_text_addf(j->report, "how: %s\n", how);
    return PARLEY_OK;
}

static enum parley_status judge_disclosed(struct judge *j)
{
    if (j->claim.disclosed > j->claim.statements)
        return bad(j, "claim.json", "more is disclosed than was said");
    for (size_t i = 0; i < j->claim.disclosed; i++) {
        char name[2][BUNDLE_NAME_MAX];
        uint8_t commitment[HASH_LEN];
        snprintf(name[0], sizeof *name, "disclosed/%zu.salt", i + 1);
        snprintf(name[1], sizeof *name, "disclosed/%zu.body", i + 1);
        const struct bundle_file *salt = find(j, name[0]), *body = find(j, name[1]);
        if (!salt || !body)
            return PARLEY_EVERIFY;
        if (salt->len != SALT_LEN || body->len != j->s[i].s.body_len)
            return bad(j, body->name, "salt or body has another length than was signed");
        parley_body_commit((const uint8_t *)salt->data, body->data, body->len, commitment);
        if (memcmp(commitment, j->s[i].s.commitment, HASH_LEN))
            return bad(j, body->name, "it is not what was signed");
    }
    if (j->claim.disclosed)
        parley_text_addf(j->report, "what is disclosed of %zu statement%s is what was signed\n", j->claim.disclosed, j->claim.disclosed == 1 ? "" : "s");
    return PARLEY_OK;
}

/* proofs/1.tlog of said-it and got-it: statement 1 in its author's tree. */
static enum parley_status judge_inclusion(struct judge *j)
{
    static const char *const name = "proofs/1.tlog";
    struct tlog_proof p;
    struct checkpoint c;
    struct parley_error why = { 0 };
    struct parley_text again, note;
    uint8_t leaf[HASH_LEN];
    const struct bundle_file *f = find(j, name);
    if (!f)
        return PARLEY_EVERIFY;
    if (tlog_proof_parse(f->data, f->len, &p, &why))
        return bad(j, name, why.text);
    parley_text_init(&note, NOTE_MAX);
    parley_text_init(&again, NOTE_MAX);
    parley_text_add(&note, p.checkpoint, p.checkpoint_len);
    tlog_proof_text(p.index, (const uint8_t(*)[HASH_LEN])p.path, p.path_len, parley_text_str(&note), &again);
    parley_text_release(&note);
    enum parley_status status = same_text(j, name, &again);
    if (!status)
        status = judge_checkpoint(j, name, p.checkpoint, p.checkpoint_len, &c);
    if (status)
        return status;
    merkle_leaf(j->s[0].bytes, PARLEY_STATEMENT_LEN, leaf);
    if (p.index + 1 != j->claim.seq || !merkle_inclusion_verify(leaf, p.index, c.size, (const uint8_t(*)[HASH_LEN])p.path, p.path_len, c.root))
        return bad(j, name, "the statement is not in the tree under its number");
    parley_text_addf(j->report, "it is leaf %" PRIu64 " of %" PRIu64 " in the author's tree of the epoch\n", p.index, c.size);
    return PARLEY_OK;
}

static enum parley_status judge_claim(struct judge *j)
{
    static const struct {
        const char *kind;
        enum parley_status (*judge)(struct judge *);
    } kinds[] = { { "said-it", judge_said_it }, { "got-it", judge_got_it }, { "equivocation", judge_equivocation }, { "rewritten", judge_rewritten }, { "relay", judge_relay } };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(j->claim.kind, kinds[i].kind)) {
            enum parley_status status = kinds[i].judge(j);
            if (!status)
                status = judge_disclosed(j);
            return !status && i < 2 && j->claim.proofs ? judge_inclusion(j) : status;
        }
    return bad(j, "claim.json", "unknown claim; expected said-it, got-it, equivocation, rewritten or relay");
}

enum parley_status bundle_judge(struct bundle_file *file, size_t n, struct parley_arena *arena, struct parley_text *report, struct parley_error *err)
{
    struct judge j = { .file = file, .n_files = n, .arena = arena, .report = report, .err = err };
    const struct parley_data_file *readme = parley_data_find("channel/evidence-readme.txt");
    struct parley_text text;
    char hex[2 * HASH_LEN + 1];
    for (size_t i = 0; i < n; i++)
        file[i].used = false;
    enum parley_status status = crypto_init(err);
    if (!status)
        status = read_claim(&j);
    if (!status) {
        parley_text_init(&text, 1 << 16);
        parley_text_add(&text, readme->bytes, readme->len);
        status = same_text(&j, "README.txt", &text);
    }
    if (!status)
        status = read_cards(&j);
    if (!status)
        status = read_witnesses(&j);
    if (!status)
        status = read_statements(&j);
    to_hex(j.claim.notes ? j.claim.other : j.claim.author, 8, hex);
    if (!status) {
        parley_text_addf(report, j.claim.notes ? "proven: %s, deposit %" PRIu64 "; it is named on the card of epoch %" PRIu32 " of %s\n" : "proven: %s, statement %" PRIu64 " of epoch %" PRIu32 " by %s\n",
                         j.claim.kind, j.claim.seq, j.claim.epoch, hex);
        status = judge_claim(&j);
    }
    for (size_t i = 0; !status && i < n; i++)
        if (!file[i].used)
            status = bad(&j, file[i].name, "nothing in claim.json accounts for this file");
    for (size_t i = 0; !status && i < j.n_cards; i++) {
        char name[BUNDLE_NAME_MAX];
        card_file_name(&j.card[i], "note", name);
        if (!j.needed[i])
            status = bad(&j, name, "nothing rests on this card");
        for (int k = 0; !status && k < j.card[i].n_roots; k++) {
            to_hex(j.card[i].root[k], KEY_LEN, hex);
            parley_text_addf(report, "rests on root key of %s (epoch %" PRIu32 "): %s\n", j.card[i].name, j.card[i].epoch, hex);
        }
    }
    if (status)
        parley_text_clear(report);
    return status;
}
