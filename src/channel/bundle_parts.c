/* What the files of a bundle look like, byte for byte: written by whoever makes one, written again by whoever judges it. */
#include "channel/bundle.h"
#include "channel/bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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
