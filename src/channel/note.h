/* note.h - C2SP signed notes, checkpoints and tlog proofs.
 *
 * A note is a text that ends in a newline, an empty line, and one line a signature:
 *   EM-DASH SPACE key-name SPACE base64(4-byte key id, signature)
 * key id = first 4 bytes of SHA-256(name, "\n", algorithm, public key); algorithm 1 = Ed25519 over the text,
 * 4 = cosignature/v1: Ed25519 over "cosignature/v1\ntime T\n" and the text, signature preceded by the 8-byte time. */
#ifndef PARLEY_CHANNEL_NOTE_H
#define PARLEY_CHANNEL_NOTE_H

#include "channel/crypto.h"
#include "channel/merkle.h"

#include <parley/text.h>

enum { NOTE_MAX = 64 << 10, NOTE_SIGNATURES_MAX = 16, NOTE_NAME_MAX = 64, NOTE_ED25519 = 1, NOTE_COSIGNATURE = 4 };

struct note_signature {
    char name[NOTE_NAME_MAX + 1];
    uint8_t key_id[4];
    uint8_t blob[8 + SIGNATURE_LEN]; /* without the key id */
    size_t blob_len;
};

struct note {
    const char *text; /* inside what was parsed */
    size_t text_len;  /* with its last newline */
    struct note_signature signature[NOTE_SIGNATURES_MAX];
    size_t n;
};

void note_key_id(const char *name, int algorithm, const uint8_t public_key[KEY_LEN], uint8_t id[4]);
/* "name+hexid+base64(algorithm, key)" */
void note_vkey(const char *name, int algorithm, const uint8_t public_key[KEY_LEN], struct parley_text *out);
struct note_vkey {
    char name[NOTE_NAME_MAX + 1];
    int algorithm; /* NOTE_ED25519 or NOTE_COSIGNATURE */
    uint8_t key[KEY_LEN];
};
/* Exactly that form, without a line end; the key must be a valid one. */
PARLEY_MUST_USE enum parley_status note_vkey_parse(const char *text, size_t len, struct note_vkey *out, struct parley_error *err);
PARLEY_MUST_USE enum parley_status note_parse(const char *data, size_t len, struct note *out, struct parley_error *err);
/* Append one signature line for the text. */
void note_sign(const char *text, size_t len, const char *name, const uint8_t public_key[KEY_LEN], const uint8_t secret[SIGN_SECRET_LEN],
               struct parley_text *out);
void note_cosign(const char *text, size_t len, const char *name, const uint8_t public_key[KEY_LEN], const uint8_t secret[SIGN_SECRET_LEN],
                 uint64_t time_s, struct parley_text *out);
/* The signature of that name and key, when it is there and valid; else NULL. */
const struct note_signature *note_signature_of(const struct note *note, const char *name, int algorithm, const uint8_t public_key[KEY_LEN]);
void note_signature_line(const struct note_signature *signature, struct parley_text *out);
/* Is there a valid signature of that name and key? *time_s (may be NULL) gets a cosignature's time. */
bool note_verify(const struct note *note, const char *name, int algorithm, const uint8_t public_key[KEY_LEN], uint64_t *time_s);

enum { NOTE_TIME_LEN = 32 };
/* A cosignature's time for people: "2026-11-21T10:00:00Z", or seconds when it is beyond the year 9999. Returns out. */
const char *note_time_text(uint64_t time_s, char out[NOTE_TIME_LEN]);

struct checkpoint {
    char origin[160];
    uint64_t size;
    uint8_t root[HASH_LEN];
};
void checkpoint_text(const struct checkpoint *checkpoint, struct parley_text *out);
PARLEY_MUST_USE enum parley_status checkpoint_parse(const char *text, size_t len, struct checkpoint *out, struct parley_error *err);

struct tlog_proof {
    uint64_t index;
    uint8_t path[MERKLE_PATH_MAX][HASH_LEN];
    size_t path_len;
    const char *checkpoint; /* the note, inside what was parsed */
    size_t checkpoint_len;
};
void tlog_proof_text(uint64_t index, const uint8_t (*path)[HASH_LEN], size_t path_len, const char *checkpoint_note, struct parley_text *out);
PARLEY_MUST_USE enum parley_status tlog_proof_parse(const char *data, size_t len, struct tlog_proof *out, struct parley_error *err);

#endif
