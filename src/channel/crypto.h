/* crypto.h - the primitives of suite 1, all from libsodium; the only place that includes sodium.h.
 *
 * Suite 1: Ed25519, SHA-256, X25519, HKDF-SHA256, ChaCha20-Poly1305 (units), XChaCha20-Poly1305 (at rest), Argon2id. */
#ifndef PARLEY_CHANNEL_CRYPTO_H
#define PARLEY_CHANNEL_CRYPTO_H

#include <parley/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HASH_LEN = 32, KEY_LEN = 32, SIGNATURE_LEN = 64, SIGN_SECRET_LEN = 64, AEAD_TAG_LEN = 16, AEAD_NONCE_LEN = 12, XNONCE_LEN = 24, SALT_LEN = 32 };

struct part { /* one piece of a message that is hashed or signed in pieces */
    const void *data;
    size_t len;
};

/* Must be called once before anything else; safe from several threads. */
PARLEY_MUST_USE enum parley_status crypto_init(struct parley_error *err);
void random_fill(void *out, size_t n);
void wipe(void *p, size_t n);
bool same_bytes(const void *a, const void *b, size_t n); /* constant time */

void sha256(const void *data, size_t len, uint8_t out[HASH_LEN]);
void sha256_parts(const struct part *parts, size_t n, uint8_t out[HASH_LEN]);
void hmac_sha256(const uint8_t *key, size_t key_len, const struct part *parts, size_t n, uint8_t out[HASH_LEN]);
/* RFC 5869; out_len <= 255 * 32. */
void hkdf_extract(const uint8_t *salt, size_t salt_len, const struct part *ikm, size_t n, uint8_t prk[HASH_LEN]);
void hkdf_expand(const uint8_t prk[HASH_LEN], const struct part *info, size_t n, uint8_t *out, size_t out_len);

void sign_keypair(uint8_t public_key[KEY_LEN], uint8_t secret[SIGN_SECRET_LEN]);
void sign_keypair_from_seed(const uint8_t seed[KEY_LEN], uint8_t public_key[KEY_LEN], uint8_t secret[SIGN_SECRET_LEN]);
void sign_bytes(const void *message, size_t len, const uint8_t secret[SIGN_SECRET_LEN], uint8_t signature[SIGNATURE_LEN]);
/* Canonical, on the curve, prime-order subgroup, not of small order. */
bool sign_key_is_valid(const uint8_t public_key[KEY_LEN]);
/* The normative rule of docs/spec/channel.md section 2. */
bool verify_bytes(const void *message, size_t len, const uint8_t public_key[KEY_LEN], const uint8_t signature[SIGNATURE_LEN]);
/* The same for a key that sign_key_is_valid accepted before: looking at the key anew costs nearly as much as the signature. */
bool verify_bytes_by_valid_key(const void *message, size_t len, const uint8_t public_key[KEY_LEN], const uint8_t signature[SIGNATURE_LEN]);

void box_keypair(uint8_t public_key[KEY_LEN], uint8_t secret[KEY_LEN]);
void box_public(const uint8_t secret[KEY_LEN], uint8_t public_key[KEY_LEN]);
/* false when the shared secret is all zero (a key of small order). */
bool x25519(const uint8_t secret[KEY_LEN], const uint8_t public_key[KEY_LEN], uint8_t shared[KEY_LEN]);

/* RFC 8439. out has len + 16 bytes when sealing and len - 16 when opening. */
void aead_seal(const uint8_t key[KEY_LEN], const uint8_t nonce[AEAD_NONCE_LEN], const void *aad, size_t aad_len, const void *plain,
               size_t len, uint8_t *out);
bool aead_open(const uint8_t key[KEY_LEN], const uint8_t nonce[AEAD_NONCE_LEN], const void *aad, size_t aad_len, const void *sealed,
               size_t len, uint8_t *out);
/* XChaCha20-Poly1305 with a 24-byte nonce, for rows at rest. */
void xaead_seal(const uint8_t key[KEY_LEN], const uint8_t nonce[XNONCE_LEN], const void *aad, size_t aad_len, const void *plain,
                size_t len, uint8_t *out);
bool xaead_open(const uint8_t key[KEY_LEN], const uint8_t nonce[XNONCE_LEN], const void *aad, size_t aad_len, const void *sealed,
                size_t len, uint8_t *out);

/* Argon2id 1.3. */
PARLEY_MUST_USE enum parley_status key_from_passphrase(const char *passphrase, size_t len, const uint8_t salt[16], unsigned passes,
                                                       size_t memory_bytes, uint8_t key[KEY_LEN], struct parley_error *err);

/* Standard base64 with padding. to_base64: out has base64_len(n) + 1 bytes. from_base64: strict; false if not canonical. */
size_t base64_len(size_t n);
void to_base64(const uint8_t *bytes, size_t n, char *out);
bool from_base64(const char *text, size_t len, uint8_t *out, size_t cap, size_t *n);

#endif
