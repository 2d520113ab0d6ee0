#include "channel/hpke.h"
#include "channel/bytes.h"

#define PART(literal) { literal, sizeof literal - 1 }

static const uint8_t kem_suite[] = { 'K', 'E', 'M', 0x00, 0x20 };
static const uint8_t hpke_suite[] = { 'H', 'P', 'K', 'E', 0x00, 0x20, 0x00, 0x01, 0x00, 0x03 };

struct suite {
    const uint8_t *id;
    size_t len;
};
static const struct suite KEM = { kem_suite, sizeof kem_suite }, HPKE = { hpke_suite, sizeof hpke_suite };

static void labeled_extract(struct suite s, const uint8_t *salt, size_t salt_len, const char *label, const void *ikm, size_t ikm_len,
                            uint8_t prk[HASH_LEN])
{
    const struct part parts[] = { PART("HPKE-v1"), { s.id, s.len }, { label, strlen(label) }, { ikm, ikm_len } };
    hkdf_extract(salt, salt_len, parts, 4, prk);
}

static void labeled_expand(struct suite s, const uint8_t prk[HASH_LEN], const char *label, const void *info, size_t info_len, uint8_t *out,
                           size_t len)
{
    uint8_t length[2];
    put_u16(length, (uint16_t)len);
    const struct part parts[] = { { length, 2 }, PART("HPKE-v1"), { s.id, s.len }, { label, strlen(label) }, { info, info_len } };
    hkdf_expand(prk, parts, 5, out, len);
}

void hpke_derive_keypair(const uint8_t *ikm, size_t len, uint8_t secret[KEY_LEN], uint8_t public_key[KEY_LEN])
{
    uint8_t prk[HASH_LEN];
    labeled_extract(KEM, NULL, 0, "dkp_prk", ikm, len, prk);
    labeled_expand(KEM, prk, "sk", NULL, 0, secret, KEY_LEN);
    box_public(secret, public_key);
}

static enum parley_status check(const struct hpke_inputs *in, struct parley_error *err)
{
    bool psk_mode = in->mode == HPKE_PSK || in->mode == HPKE_AUTH_PSK;
    if (psk_mode ? !(in->psk && in->psk_id && in->psk_len >= KEY_LEN && in->psk_id_len) : in->psk || in->psk_id)
        return parley_fail(err, PARLEY_EINVAL, "hpke: the pre-shared key does not fit the mode");
    return PARLEY_OK;
}

/* dh: one or two shared secrets; kem_context: enc, pkR and, in the auth modes, pkS. */
static void key_schedule(const struct hpke_inputs *in, const uint8_t *dh, size_t dh_len, const uint8_t *kem_context, size_t kem_len,
                         struct hpke_context *out)
{
    uint8_t eae[HASH_LEN], shared[HASH_LEN], secret[HASH_LEN], context[1 + 2 * HASH_LEN];
    labeled_extract(KEM, NULL, 0, "eae_prk", dh, dh_len, eae);
    labeled_expand(KEM, eae, "shared_secret", kem_context, kem_len, shared, HASH_LEN);
    context[0] = (uint8_t)in->mode;
    labeled_extract(HPKE, NULL, 0, "psk_id_hash", in->psk_id, in->psk_id_len, context + 1);
    labeled_extract(HPKE, NULL, 0, "info_hash", in->info, in->info_len, context + 1 + HASH_LEN);
    labeled_extract(HPKE, shared, HASH_LEN, "secret", in->psk, in->psk_len, secret);
    labeled_expand(HPKE, secret, "key", context, sizeof context, out->key, KEY_LEN);
    labeled_expand(HPKE, secret, "base_nonce", context, sizeof context, out->base_nonce, AEAD_NONCE_LEN);
    labeled_expand(HPKE, secret, "exp", context, sizeof context, out->exporter, HASH_LEN);
    out->seq = 0;
    wipe(eae, sizeof eae);
    wipe(shared, sizeof shared);
    wipe(secret, sizeof secret);
}

static enum parley_status small_order(struct parley_error *err)
{
    return parley_fail(err, PARLEY_EVERIFY, "hpke: a public key of small order");
}

enum parley_status hpke_sender(const struct hpke_inputs *in, const uint8_t recipient[KEY_LEN], const uint8_t *ephemeral_secret,
                               uint8_t enc[KEY_LEN], struct hpke_context *out, struct parley_error *err)
{
    enum parley_status status = check(in, err);
    if (status)
        return status;
    bool auth = in->mode == HPKE_AUTH || in->mode == HPKE_AUTH_PSK;
    uint8_t secret[KEY_LEN], dh[2 * KEY_LEN], context[3 * KEY_LEN];
    if (ephemeral_secret) {
        memcpy(secret, ephemeral_secret, KEY_LEN);
        box_public(secret, enc);
    } else {
        box_keypair(enc, secret);
    }
    bool ok = x25519(secret, recipient, dh) && (!auth || x25519(in->sender_secret, recipient, dh + KEY_LEN));
    wipe(secret, sizeof secret);
    if (!ok)
        return small_order(err);
    memcpy(context, enc, KEY_LEN);
    memcpy(context + KEY_LEN, recipient, KEY_LEN);
    if (auth)
        box_public(in->sender_secret, context + 2 * KEY_LEN);
    key_schedule(in, dh, auth ? 2 * KEY_LEN : KEY_LEN, context, auth ? 3 * KEY_LEN : 2 * KEY_LEN, out);
    wipe(dh, sizeof dh);
    return PARLEY_OK;
}

enum parley_status hpke_recipient(const struct hpke_inputs *in, const uint8_t secret[KEY_LEN], const uint8_t enc[KEY_LEN],
                                  struct hpke_context *out, struct parley_error *err)
{
    enum parley_status status = check(in, err);
    if (status)
        return status;
    bool auth = in->mode == HPKE_AUTH || in->mode == HPKE_AUTH_PSK;
    uint8_t dh[2 * KEY_LEN], context[3 * KEY_LEN];
    if (!x25519(secret, enc, dh) || (auth && !x25519(secret, in->sender_public, dh + KEY_LEN)))
        return small_order(err);
    memcpy(context, enc, KEY_LEN);
    box_public(secret, context + KEY_LEN);
    if (auth)
        memcpy(context + 2 * KEY_LEN, in->sender_public, KEY_LEN);
    key_schedule(in, dh, auth ? 2 * KEY_LEN : KEY_LEN, context, auth ? 3 * KEY_LEN : 2 * KEY_LEN, out);
    wipe(dh, sizeof dh);
    return PARLEY_OK;
}

static void next_nonce(struct hpke_context *c, uint8_t nonce[AEAD_NONCE_LEN])
{
    uint8_t seq[AEAD_NONCE_LEN] = { 0 };
    put_u64(seq + 4, c->seq++);
    for (int i = 0; i < AEAD_NONCE_LEN; i++)
        nonce[i] = c->base_nonce[i] ^ seq[i];
}

void hpke_seal(struct hpke_context *context, const void *aad, size_t aad_len, const void *plain, size_t len, uint8_t *out)
{
    uint8_t nonce[AEAD_NONCE_LEN];
    next_nonce(context, nonce);
    aead_seal(context->key, nonce, aad, aad_len, plain, len, out);
}

bool hpke_open(struct hpke_context *context, const void *aad, size_t aad_len, const void *sealed, size_t len, uint8_t *out)
{
    uint8_t nonce[AEAD_NONCE_LEN];
    next_nonce(context, nonce);
    return aead_open(context->key, nonce, aad, aad_len, sealed, len, out);
}
