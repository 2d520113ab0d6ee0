/* hpke.h - RFC 9180 hybrid public key encryption: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
 *
 * All four modes, so that the code can be checked against every vector of that suite; the channel uses mode_psk only. */
#ifndef PARLEY_CHANNEL_HPKE_H
#define PARLEY_CHANNEL_HPKE_H

#include "channel/crypto.h"

enum hpke_mode { HPKE_BASE, HPKE_PSK, HPKE_AUTH, HPKE_AUTH_PSK };

struct hpke_context {
    uint8_t key[KEY_LEN], base_nonce[AEAD_NONCE_LEN], exporter[HASH_LEN];
    uint64_t seq; /* messages so far */
};

struct hpke_inputs {
    enum hpke_mode mode;
    const void *info;
    size_t info_len;
    const uint8_t *psk, *psk_id; /* both or none, psk at least 32 bytes */
    size_t psk_len, psk_id_len;
    const uint8_t *sender_secret; /* auth modes, sender: its static key */
    const uint8_t *sender_public; /* auth modes, recipient: the sender's static key */
};

/* Sender: a context for the recipient's public key. ephemeral_secret NULL = a fresh random one. PARLEY_EINVAL for
 * inputs that do not fit the mode, PARLEY_EVERIFY for a public key of small order. */
PARLEY_MUST_USE enum parley_status hpke_sender(const struct hpke_inputs *in, const uint8_t recipient[KEY_LEN],
                                               const uint8_t *ephemeral_secret, uint8_t enc[KEY_LEN], struct hpke_context *out,
                                               struct parley_error *err);
PARLEY_MUST_USE enum parley_status hpke_recipient(const struct hpke_inputs *in, const uint8_t secret[KEY_LEN],
                                                  const uint8_t enc[KEY_LEN], struct hpke_context *out, struct parley_error *err);

/* The next message of a context; out has len + 16 (seal) or len - 16 (open) bytes. */
void hpke_seal(struct hpke_context *context, const void *aad, size_t aad_len, const void *plain, size_t len, uint8_t *out);
bool hpke_open(struct hpke_context *context, const void *aad, size_t aad_len, const void *sealed, size_t len, uint8_t *out);

/* ikm of RFC 9180 section 7.1.3, for the vectors. */
void hpke_derive_keypair(const uint8_t *ikm, size_t len, uint8_t secret[KEY_LEN], uint8_t public_key[KEY_LEN]);

#endif
