#include "channel/note.h"
#include "channel/bytes.h"

#include <inttypes.h>
#include <parley/time.h>
#include <stdio.h>
#include <string.h>

#define DASH "\xe2\x80\x94 "

void note_key_id(const char *name, int algorithm, const uint8_t public_key[KEY_LEN], uint8_t id[4])
{
    const uint8_t a = (uint8_t)algorithm;
    const struct part parts[] = { { name, strlen(name) }, { "\n", 1 }, { &a, 1 }, { public_key, KEY_LEN } };
    uint8_t hash[HASH_LEN];
    sha256_parts(parts, 4, hash);
    memcpy(id, hash, 4);
}

void note_vkey(const char *name, int algorithm, const uint8_t public_key[KEY_LEN], struct parley_text *out)
{
    uint8_t id[4], key[1 + KEY_LEN] = { (uint8_t)algorithm };
    char hex[9], b64[64];
    note_key_id(name, algorithm, public_key, id);
    to_hex(id, 4, hex);
    memcpy(key + 1, public_key, KEY_LEN);
    to_base64(key, sizeof key, b64);
    parley_text_addf(out, "%s+%s+%s", name, hex, b64);
}

static bool name_ok(const char *name, size_t len)
{
    if (!len || len > NOTE_NAME_MAX)
        return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)name[i] <= ' ' || name[i] == '+' || name[i] == 0x7f)
            return false;
    return true;
}

enum parley_status note_vkey_parse(const char *text, size_t len, struct note_vkey *out, struct parley_error *err)
{
    struct note_vkey k = { .algorithm = 0 };
    struct parley_text again;
    uint8_t raw[1 + KEY_LEN];
    size_t n = 0;
    const char *plus = memchr(text, '+', len), *second = plus ? memchr(plus + 1, '+', len - (size_t)(plus + 1 - text)) : NULL;
    bool ok = second && name_ok(text, (size_t)(plus - text)) && from_base64(second + 1, len - (size_t)(second + 1 - text), raw, sizeof raw, &n) && n == sizeof raw &&
              (raw[0] == NOTE_ED25519 || raw[0] == NOTE_COSIGNATURE);
    if (ok) {
        memcpy(k.name, text, (size_t)(plus - text));
        k.algorithm = raw[0];
        memcpy(k.key, raw + 1, KEY_LEN);
        parley_text_init(&again, 256);
        note_vkey(k.name, k.algorithm, k.key, &again);
        ok = again.len == len && !memcmp(parley_text_str(&again), text, len) && sign_key_is_valid(k.key); /* the key id fits, and nothing else is said */
        parley_text_release(&again);
    }
    if (!ok)
        return parley_fail(err, PARLEY_EPARSE, "'%.*s': expected a verifier key NAME+KEYID+BASE64 of an Ed25519 key", (int)(len < 120 ? len : 120), text);
    *out = k;
    return PARLEY_OK;
}

static bool parse_signature(const char *line, size_t len, struct note_signature *s)
{
    if (len < 4 || memcmp(line, DASH, 4))
        return false;
    line += 4, len -= 4;
    const char *space = memchr(line, ' ', len);
    if (!space || !name_ok(line, (size_t)(space - line)))
        return false;
    memcpy(s->name, line, (size_t)(space - line));
    s->name[space - line] = 0;
    uint8_t blob[4 + sizeof s->blob];
    size_t n;
    if (!from_base64(space + 1, len - (size_t)(space + 1 - line), blob, sizeof blob, &n) || n < 5)
        return false;
    memcpy(s->key_id, blob, 4);
    s->blob_len = n - 4;
    memcpy(s->blob, blob + 4, s->blob_len);
    return true;
}

enum parley_status note_parse(const char *data, size_t len, struct note *out, struct parley_error *err)
{
    if (len > NOTE_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "note: %zu bytes; at most %d are read", len, NOTE_MAX);
    if (parley_utf8_valid(data, len) != len)
        return parley_fail(err, PARLEY_EPARSE, "note: bytes that are not UTF-8");
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)data[i] < 0x20 && data[i] != '\n')
            return parley_fail(err, PARLEY_EPARSE, "note: a control character at byte %zu", i);
    /* the signatures begin after the last empty line */
    size_t cut = 0;
    for (size_t i = 1; i < len; i++)
        if (data[i] == '\n' && data[i - 1] == '\n')
            cut = i;
    if (!cut || data[len - 1] != '\n')
        return parley_fail(err, PARLEY_EPARSE, "note: expected a text, an empty line and signature lines");
    struct note note = { .text = data, .text_len = cut };
    for (size_t at = cut + 1; at < len;) {
        const char *end = memchr(data + at, '\n', len - at);
        size_t n = (size_t)(end - (data + at));
        if (note.n == NOTE_SIGNATURES_MAX)
            return parley_fail(err, PARLEY_ELIMIT, "note: more than %d signatures", NOTE_SIGNATURES_MAX);
        if (!parse_signature(data + at, n, &note.signature[note.n++]))
            return parley_fail(err, PARLEY_EPARSE, "note: signature line %zu does not parse", note.n);
        at += n + 1;
    }
    if (!note.n)
        return parley_fail(err, PARLEY_EPARSE, "note: no signature line");
    *out = note;
    return PARLEY_OK;
}

static void signature_line(const char *name, const uint8_t id[4], const uint8_t *blob, size_t len, struct parley_text *out)
{
    uint8_t all[4 + 8 + SIGNATURE_LEN];
    char b64[128];
    memcpy(all, id, 4);
    memcpy(all + 4, blob, len);
    to_base64(all, 4 + len, b64);
    parley_text_addf(out, DASH "%s %s\n", name, b64);
}

void note_signature_line(const struct note_signature *s, struct parley_text *out) { signature_line(s->name, s->key_id, s->blob, s->blob_len, out); }

void note_sign(const char *text, size_t len, const char *name, const uint8_t public_key[KEY_LEN], const uint8_t secret[SIGN_SECRET_LEN],
               struct parley_text *out)
{
    uint8_t id[4], signature[SIGNATURE_LEN];
    note_key_id(name, NOTE_ED25519, public_key, id);
    sign_bytes(text, len, secret, signature);
    signature_line(name, id, signature, SIGNATURE_LEN, out);
}

/* What a cosignature signs. */
static bool cosigned_message(const char *text, size_t len, uint64_t time_s, struct parley_text *out)
{
    parley_text_init(out, NOTE_MAX + 64);
    parley_text_addf(out, "cosignature/v1\ntime %" PRIu64 "\n", time_s);
    parley_text_add(out, text, len);
    return !out->failed;
}

void note_cosign(const char *text, size_t len, const char *name, const uint8_t public_key[KEY_LEN], const uint8_t secret[SIGN_SECRET_LEN],
                 uint64_t time_s, struct parley_text *out)
{
    uint8_t id[4], blob[8 + SIGNATURE_LEN];
    struct parley_text message;
    note_key_id(name, NOTE_COSIGNATURE, public_key, id);
    put_u64(blob, time_s);
    if (cosigned_message(text, len, time_s, &message)) {
        sign_bytes(message.data, message.len, secret, blob + 8);
        signature_line(name, id, blob, sizeof blob, out);
    }
    parley_text_release(&message);
}

static bool signature_holds(const struct note *note, const struct note_signature *s, int algorithm, const uint8_t public_key[KEY_LEN])
{
    struct parley_text message;
    if (algorithm == NOTE_ED25519)
        return s->blob_len == SIGNATURE_LEN && verify_bytes(note->text, note->text_len, public_key, s->blob);
    if (algorithm != NOTE_COSIGNATURE || s->blob_len != 8 + SIGNATURE_LEN || get_u64(s->blob) > INT64_MAX)
        return false;
    bool ok = cosigned_message(note->text, note->text_len, get_u64(s->blob), &message) && verify_bytes(message.data, message.len, public_key, s->blob + 8);
    parley_text_release(&message);
    return ok;
}

const struct note_signature *note_signature_of(const struct note *note, const char *name, int algorithm, const uint8_t public_key[KEY_LEN])
{
    uint8_t id[4];
    note_key_id(name, algorithm, public_key, id);
    for (size_t i = 0; i < note->n; i++) {
        const struct note_signature *s = &note->signature[i];
        if (!strcmp(s->name, name) && !memcmp(s->key_id, id, 4))
            return signature_holds(note, s, algorithm, public_key) ? s : NULL;
    }
    return NULL;
}

bool note_verify(const struct note *note, const char *name, int algorithm, const uint8_t public_key[KEY_LEN], uint64_t *time_s)
{
    const struct note_signature *s = note_signature_of(note, name, algorithm, public_key);
    if (s && time_s && algorithm == NOTE_COSIGNATURE)
        *time_s = get_u64(s->blob);
    return s != NULL;
}

const char *note_time_text(uint64_t t, char out[NOTE_TIME_LEN])
{
    int y, m, d;
    if (t >= UINT64_C(253402300800)) {
        snprintf(out, NOTE_TIME_LEN, "%" PRIu64 " s", t);
        return out;
    }
    parley_civil_from_days((int64_t)(t / 86400), &y, &m, &d);
    snprintf(out, NOTE_TIME_LEN, "%04d-%02d-%02dT%02d:%02d:%02dZ", y, m, d, (int)(t / 3600 % 24), (int)(t / 60 % 60), (int)(t % 60));
    return out;
}

void checkpoint_text(const struct checkpoint *c, struct parley_text *out)
{
    char root[48];
    to_base64(c->root, HASH_LEN, root);
    parley_text_addf(out, "%s\n%" PRIu64 "\n%s\n", c->origin, c->size, root);
}

enum parley_status checkpoint_parse(const char *text, size_t len, struct checkpoint *out, struct parley_error *err)
{
    const char *line[3];
    size_t n[3], at = 0;
    for (int i = 0; i < 3; i++) {
        const char *end = at < len ? memchr(text + at, '\n', len - at) : NULL;
        if (!end)
            return parley_fail(err, PARLEY_EPARSE, "checkpoint: expected three lines: origin, size, root");
        line[i] = text + at;
        n[i] = (size_t)(end - line[i]);
        at += n[i] + 1;
    }
    struct checkpoint c = { .size = 0 };
    size_t got;
    if (!n[0] || n[0] >= sizeof c.origin)
        return parley_fail(err, PARLEY_EPARSE, "checkpoint: an origin of 1 to %zu bytes was expected", sizeof c.origin - 1);
    memcpy(c.origin, line[0], n[0]);
    if (!n[1] || (n[1] > 1 && line[1][0] == '0') || !parley_text_to_u64(line[1], n[1], &c.size) || line[1][0] == '+')
        return parley_fail(err, PARLEY_EPARSE, "checkpoint: the size is not a decimal number");
    if (!from_base64(line[2], n[2], c.root, sizeof c.root, &got) || got != HASH_LEN)
        return parley_fail(err, PARLEY_EPARSE, "checkpoint: the root is not base64 of 32 bytes");
    *out = c;
    return PARLEY_OK;
}

#define PROOF_HEAD "c2sp.org/tlog-proof@v1\n"

void tlog_proof_text(uint64_t index, const uint8_t (*path)[HASH_LEN], size_t path_len, const char *checkpoint_note, struct parley_text *out)
{
    char b64[48];
    parley_text_addf(out, PROOF_HEAD "index %" PRIu64 "\n", index);
    for (size_t i = 0; i < path_len; i++) {
        to_base64(path[i], HASH_LEN, b64);
        parley_text_addf(out, "%s\n", b64);
    }
    parley_text_addf(out, "\n%s", checkpoint_note);
}

enum parley_status tlog_proof_parse(const char *data, size_t len, struct tlog_proof *out, struct parley_error *err)
{
    size_t at = sizeof PROOF_HEAD - 1;
    struct tlog_proof p = { 0 };
    if (len < at || memcmp(data, PROOF_HEAD, at))
        return parley_fail(err, PARLEY_EPARSE, "proof: expected '%.22s' in the first line", PROOF_HEAD);
    bool index = false;
    for (;;) {
        const char *end = at < len ? memchr(data + at, '\n', len - at) : NULL;
        if (!end)
            return parley_fail(err, PARLEY_EPARSE, "proof: it ends before the checkpoint");
        const char *line = data + at;
        size_t n = (size_t)(end - line), got;
        at += n + 1;
        if (!n)
            break;
        if (!index && n > 6 && !memcmp(line, "extra ", 6))
            continue;
        if (!index) {
            if (n < 7 || memcmp(line, "index ", 6) || !parley_text_to_u64(line + 6, n - 6, &p.index))
                return parley_fail(err, PARLEY_EPARSE, "proof: expected 'index NUMBER'");
            index = true;
        } else if (p.path_len == MERKLE_PATH_MAX || !from_base64(line, n, p.path[p.path_len++], HASH_LEN, &got) || got != HASH_LEN) {
            return parley_fail(err, PARLEY_EPARSE, "proof: a line that is no base64 of 32 bytes");
        }
    }
    if (!index)
        return parley_fail(err, PARLEY_EPARSE, "proof: no index line");
    p.checkpoint = data + at;
    p.checkpoint_len = len - at;
    *out = p;
    return PARLEY_OK;
}
