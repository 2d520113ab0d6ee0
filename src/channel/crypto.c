#include "channel/crypto.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <sodium.h>
#include <string.h>

enum parley_status crypto_init(struct parley_error *err)
{
    return sodium_init() < 0 ? parley_fail(err, PARLEY_EIO, "the system gives no random numbers") : PARLEY_OK;
}

void random_fill(void *out, size_t n) { randombytes_buf(out, n); }
void wipe(void *p, size_t n) { sodium_memzero(p, n); }
bool same_bytes(const void *a, const void *b, size_t n) { return sodium_memcmp(a, b, n) == 0; }

/* SHA-256 is what verifying a record does most after signatures. GnuTLS uses the processor's instructions for it, four to five times as
 * fast as libsodium's; should it refuse (no memory), libsodium computes the same. */
void sha256(const void *data, size_t len, uint8_t out[HASH_LEN])
{
    if (gnutls_hash_fast(GNUTLS_DIG_SHA256, data, len, out) < 0)
        crypto_hash_sha256(out, data, len);
}

void sha256_parts(const struct part *parts, size_t n, uint8_t out[HASH_LEN])
{
    gnutls_hash_hd_t fast;
    if (gnutls_hash_init(&fast, GNUTLS_DIG_SHA256) >= 0) {
        bool done = true;
        for (size_t i = 0; i < n; i++)
            done &= !parts[i].len || gnutls_hash(fast, parts[i].data, parts[i].len) >= 0;
        gnutls_hash_deinit(fast, out);
        if (done)
            return;
    }
    crypto_hash_sha256_state st;
    crypto_hash_sha256_init(&st);
    for (size_t i = 0; i < n; i++)
        crypto_hash_sha256_update(&st, parts[i].data, parts[i].len);
    crypto_hash_sha256_final(&st, out);
}

void hmac_sha256(const uint8_t *key, size_t key_len, const struct part *parts, size_t n, uint8_t out[HASH_LEN])
{
    static const uint8_t none[1];
    crypto_auth_hmacsha256_state st;
    crypto_auth_hmacsha256_init(&st, key ? key : none, key ? key_len : 0);
    for (size_t i = 0; i < n; i++)
        if (parts[i].len)
            crypto_auth_hmacsha256_update(&st, parts[i].data, parts[i].len);
    crypto_auth_hmacsha256_final(&st, out);
    wipe(&st, sizeof st);
}

void hkdf_extract(const uint8_t *salt, size_t salt_len, const struct part *ikm, size_t n, uint8_t prk[HASH_LEN])
{
    hmac_sha256(salt, salt_len, ikm, n, prk);
}

enum { EXPAND_PARTS_MAX = 8 };

void hkdf_expand(const uint8_t prk[HASH_LEN], const struct part *info, size_t n, uint8_t *out, size_t out_len)
{
    uint8_t block[HASH_LEN], counter = 1;
    struct part parts[EXPAND_PARTS_MAX + 2];
    for (size_t done = 0; done < out_len; counter++) {
        size_t k = 0;
        if (done)
            parts[k++] = (struct part){ block, HASH_LEN };
        for (size_t i = 0; i < n && i < EXPAND_PARTS_MAX; i++)
            parts[k++] = info[i];
        parts[k++] = (struct part){ &counter, 1 };
        hmac_sha256(prk, HASH_LEN, parts, k, block);
        size_t take = out_len - done < HASH_LEN ? out_len - done : HASH_LEN;
        memcpy(out + done, block, take);
        done += take;
    }
    wipe(block, sizeof block);
}

void sign_keypair(uint8_t public_key[KEY_LEN], uint8_t secret[SIGN_SECRET_LEN]) { crypto_sign_keypair(public_key, secret); }

void sign_keypair_from_seed(const uint8_t seed[KEY_LEN], uint8_t public_key[KEY_LEN], uint8_t secret[SIGN_SECRET_LEN])
{
    crypto_sign_seed_keypair(public_key, secret, seed);
}

void sign_bytes(const void *message, size_t len, const uint8_t secret[SIGN_SECRET_LEN], uint8_t signature[SIGNATURE_LEN])
{
    crypto_sign_detached(signature, NULL, message, len, secret);
}

bool sign_key_is_valid(const uint8_t public_key[KEY_LEN]) { return crypto_core_ed25519_is_valid_point(public_key) == 1; }

/* The eight points whose order divides 8, in every encoding that the CCTV list knows (x = -0 and y >= p too). */
static bool small_order(const uint8_t point[KEY_LEN])
{
    static const uint8_t list[][KEY_LEN] = {
        { 0x00 },
        { 0x01 },
        { 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
          0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
        { 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
          0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
        { 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
          0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
        { 0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
          0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
        { 0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
          0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
    };
    uint8_t y[KEY_LEN];
    memcpy(y, point, KEY_LEN);
    y[31] &= 0x7f; /* the sign of x does not change the order */
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (!memcmp(y, list[i], KEY_LEN))
            return true;
    return false;
}

bool verify_bytes(const void *message, size_t len, const uint8_t public_key[KEY_LEN], const uint8_t signature[SIGNATURE_LEN])
{
    return sign_key_is_valid(public_key) && verify_bytes_by_valid_key(message, len, public_key, signature);
}

bool verify_bytes_by_valid_key(const void *message, size_t len, const uint8_t public_key[KEY_LEN], const uint8_t signature[SIGNATURE_LEN])
{
    return !small_order(signature) && crypto_sign_verify_detached(signature, message, len, public_key) == 0;
}

void box_keypair(uint8_t public_key[KEY_LEN], uint8_t secret[KEY_LEN])
{
    random_fill(secret, KEY_LEN);
    box_public(secret, public_key);
}

void box_public(const uint8_t secret[KEY_LEN], uint8_t public_key[KEY_LEN]) { crypto_scalarmult_base(public_key, secret); }

bool x25519(const uint8_t secret[KEY_LEN], const uint8_t public_key[KEY_LEN], uint8_t shared[KEY_LEN])
{
    return crypto_scalarmult(shared, secret, public_key) == 0;
}

void aead_seal(const uint8_t key[KEY_LEN], const uint8_t nonce[AEAD_NONCE_LEN], const void *aad, size_t aad_len, const void *plain,
               size_t len, uint8_t *out)
{
    crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, plain, len, aad, aad_len, NULL, nonce, key);
}

bool aead_open(const uint8_t key[KEY_LEN], const uint8_t nonce[AEAD_NONCE_LEN], const void *aad, size_t aad_len, const void *sealed,
               size_t len, uint8_t *out)
{
    return len >= AEAD_TAG_LEN &&
           crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed, len, aad, aad_len, nonce, key) == 0;
}

void xaead_seal(const uint8_t key[KEY_LEN], const uint8_t nonce[XNONCE_LEN], const void *aad, size_t aad_len, const void *plain,
                size_t len, uint8_t *out)
{
    crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, plain, len, aad, aad_len, NULL, nonce, key);
}

bool xaead_open(const uint8_t key[KEY_LEN], const uint8_t nonce[XNONCE_LEN], const void *aad, size_t aad_len, const void *sealed,
                size_t len, uint8_t *out)
{
    return len >= AEAD_TAG_LEN &&
           crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed, len, aad, aad_len, nonce, key) == 0;
}

enum parley_status key_from_passphrase(const char *passphrase, size_t len, const uint8_t salt[16], unsigned passes, size_t memory_bytes,
                                       uint8_t key[KEY_LEN], struct parley_error *err)
{
    if (crypto_pwhash(key, KEY_LEN, passphrase, len, salt, passes, memory_bytes, crypto_pwhash_ALG_ARGON2ID13))
        return parley_fail(err, PARLEY_ENOMEM, "no memory for the passphrase function (%zu MiB)", memory_bytes >> 20);
    return PARLEY_OK;
}

size_t base64_len(size_t n) { return (n + 2) / 3 * 4; }

void to_base64(const uint8_t *bytes, size_t n, char *out)
{
    sodium_bin2base64(out, base64_len(n) + 1, bytes, n, sodium_base64_VARIANT_ORIGINAL);
}

bool from_base64(const char *text, size_t len, uint8_t *out, size_t cap, size_t *n)
{
    const char *end = text;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] > '~')
            return false; /* libsodium 1.0.18 reads a byte above 127 as '/', where char is signed */
    return len % 4 == 0 && sodium_base642bin(out, cap, text, len, NULL, n, &end, sodium_base64_VARIANT_ORIGINAL) == 0 && end == text + len;
}
