/* Our use of the primitives against Wycheproof, CCTV and RFC 9180. */
#include "channel/hpke.h"
#include "vectors.h"

#include <string.h>

static struct parley_arena arena;

/* Which Ed25519 signatures our rule takes, against the verdicts of Wycheproof. */
static void wycheproof_ed25519(const char *folder)
{
    const struct parley_node *groups = parley_node_get(load_json(&arena, folder, "wycheproof/ed25519_test.json"), "testGroups");
    size_t cases = 0, agree = 0;
    for (size_t g = 0; groups && g < groups->n; g++) {
        const struct parley_node *tests = parley_node_get(&groups->child[g], "tests");
        struct blob key = hex_of(&arena, parley_node_get(parley_node_get(&groups->child[g], "publicKey"), "pk"));
        for (size_t i = 0; i < tests->n; i++) {
            const struct parley_node *t = &tests->child[i];
            struct blob msg = hex_of(&arena, parley_node_get(t, "msg")), sig = hex_of(&arena, parley_node_get(t, "sig"));
            bool valid = key.len == 32 && sig.len == 64 && verify_bytes(msg.data, msg.len, key.data, sig.data);
            bool expected = !strcmp(text_of(t, "result"), "valid");
            cases++;
            agree += valid == expected;
            if (valid != expected)
                printf("# case %s: ours %d: %s\n", text_of(t, "tcId"), valid, text_of(t, "comment"));
        }
    }
    OK(cases > 80 && agree == cases, "Ed25519: %zu of %zu Wycheproof verdicts", agree, cases);
}

/* The CCTV list has no verdicts: ours is that no key with a low-order component and no R of small order passes. */
static void cctv(const char *folder)
{
    const struct parley_node *list = load_json(&arena, folder, "cctv-ed25519/ed25519vectors.json");
    size_t cases = 0, taken = 0, wrong = 0;
    for (size_t i = 0; list && i < list->n; i++) {
        const struct parley_node *t = &list->child[i], *flags = parley_node_get(t, "flags");
        struct blob key = hex_of(&arena, parley_node_get(t, "key")), sig = hex_of(&arena, parley_node_get(t, "sig"));
        const char *msg = text_of(t, "msg");
        bool valid = verify_bytes(msg, strlen(msg), key.data, sig.data);
        bool forbidden = has_flag(flags, "low_order_A") || has_flag(flags, "low_order_R") || has_flag(flags, "low_order_component_A") ||
                         has_flag(flags, "non_canonical_A") || has_flag(flags, "non_canonical_R") || has_flag(flags, "low_order_residue");
        cases++;
        taken += valid;
        wrong += valid && forbidden;
    }
    OK(cases > 600 && wrong == 0, "Ed25519: %zu CCTV edge cases, %zu accepted, none with a key or R outside the rule", cases, taken);
}

static void wycheproof_x25519(const char *folder)
{
    const struct parley_node *groups = parley_node_get(load_json(&arena, folder, "wycheproof/x25519_test.json"), "testGroups");
    size_t cases = 0, good = 0;
    for (size_t g = 0; groups && g < groups->n; g++) {
        const struct parley_node *tests = parley_node_get(&groups->child[g], "tests");
        for (size_t i = 0; i < tests->n; i++) {
            const struct parley_node *t = &tests->child[i];
            struct blob pk = hex_of(&arena, parley_node_get(t, "public")), sk = hex_of(&arena, parley_node_get(t, "private"));
            struct blob want = hex_of(&arena, parley_node_get(t, "shared"));
            uint8_t shared[32];
            bool ok = x25519(sk.data, pk.data, shared), zero = true;
            for (size_t k = 0; k < 32; k++)
                zero &= want.data[k] == 0;
            cases++;
            good += zero ? !ok : ok && !memcmp(shared, want.data, 32);
        }
    }
    OK(cases > 100 && good == cases, "X25519: %zu of %zu Wycheproof cases; a zero secret is refused", good, cases);
}

typedef bool aead_opener(const uint8_t *key, const uint8_t *nonce, const void *aad, size_t aad_len, const void *sealed, size_t len, uint8_t *out);

static void wycheproof_aead(const char *folder, const char *file, size_t nonce_len, aead_opener *open)
{
    const struct parley_node *groups = parley_node_get(load_json(&arena, folder, file), "testGroups");
    size_t cases = 0, good = 0;
    for (size_t g = 0; groups && g < groups->n; g++) {
        const struct parley_node *tests = parley_node_get(&groups->child[g], "tests");
        for (size_t i = 0; i < tests->n; i++) {
            const struct parley_node *t = &tests->child[i];
            struct blob key = hex_of(&arena, parley_node_get(t, "key")), iv = hex_of(&arena, parley_node_get(t, "iv"));
            struct blob aad = hex_of(&arena, parley_node_get(t, "aad")), msg = hex_of(&arena, parley_node_get(t, "msg"));
            struct blob ct = hex_of(&arena, parley_node_get(t, "ct")), tag = hex_of(&arena, parley_node_get(t, "tag"));
            if (iv.len != nonce_len || tag.len != 16 || key.len != 32)
                continue;
            uint8_t *sealed = parley_arena_alloc(&arena, ct.len + 16), *plain = parley_arena_alloc(&arena, ct.len + 16);
            memcpy(sealed, ct.data, ct.len);
            memcpy(sealed + ct.len, tag.data, 16);
            bool ok = open(key.data, iv.data, aad.data, aad.len, sealed, ct.len + 16, plain);
            bool valid = !strcmp(text_of(t, "result"), "valid");
            cases++;
            good += ok == valid && (!ok || !memcmp(plain, msg.data, msg.len));
        }
    }
    OK(cases > 50 && good == cases, "%s: %zu of %zu", file, good, cases);
}

static void wycheproof_kdf(const char *folder)
{
    const struct parley_node *groups = parley_node_get(load_json(&arena, folder, "wycheproof/hkdf_sha256_test.json"), "testGroups");
    size_t cases = 0, good = 0;
    for (size_t g = 0; groups && g < groups->n; g++) {
        const struct parley_node *tests = parley_node_get(&groups->child[g], "tests");
        for (size_t i = 0; i < tests->n; i++) {
            const struct parley_node *t = &tests->child[i];
            struct blob ikm = hex_of(&arena, parley_node_get(t, "ikm")), salt = hex_of(&arena, parley_node_get(t, "salt"));
            struct blob info = hex_of(&arena, parley_node_get(t, "info")), okm = hex_of(&arena, parley_node_get(t, "okm"));
            if (strcmp(text_of(t, "result"), "valid") || okm.len > 255 * 32)
                continue;
            uint8_t prk[32], *out = parley_arena_alloc(&arena, okm.len);
            hkdf_extract(salt.data, salt.len, &(struct part){ ikm.data, ikm.len }, 1, prk);
            hkdf_expand(prk, &(struct part){ info.data, info.len }, 1, out, okm.len);
            cases++;
            good += !memcmp(out, okm.data, okm.len);
        }
    }
    OK(cases > 30 && good == cases, "HKDF: %zu of %zu Wycheproof cases", good, cases);

    groups = parley_node_get(load_json(&arena, folder, "wycheproof/hmac_sha256_test.json"), "testGroups");
    cases = good = 0;
    for (size_t g = 0; groups && g < groups->n; g++) {
        const struct parley_node *tests = parley_node_get(&groups->child[g], "tests");
        for (size_t i = 0; i < tests->n; i++) {
            const struct parley_node *t = &tests->child[i];
            struct blob key = hex_of(&arena, parley_node_get(t, "key")), msg = hex_of(&arena, parley_node_get(t, "msg"));
            struct blob tag = hex_of(&arena, parley_node_get(t, "tag"));
            uint8_t out[32];
            hmac_sha256(key.data, key.len, &(struct part){ msg.data, msg.len }, 1, out);
            cases++;
            good += !memcmp(out, tag.data, tag.len) == !strcmp(text_of(t, "result"), "valid");
        }
    }
    OK(cases > 50 && good == cases, "HMAC: %zu of %zu Wycheproof cases", good, cases);
}

static void hpke(const char *folder)
{
    const struct parley_node *list = load_json(&arena, folder, "hpke-rfc9180/vectors.json");
    int modes = 0;
    for (size_t v = 0; list && v < list->n; v++) {
        const struct parley_node *t = &list->child[v], *enc_list = parley_node_get(t, "encryptions");
        if (strcmp(text_of(t, "aead_id"), "3"))
            continue;
        enum hpke_mode mode = (enum hpke_mode)(text_of(t, "mode")[0] - '0');
        bool psk_mode = mode == HPKE_PSK || mode == HPKE_AUTH_PSK, auth = mode == HPKE_AUTH || mode == HPKE_AUTH_PSK;
        struct blob info = hex_of(&arena, parley_node_get(t, "info")), psk = hex_of(&arena, parley_node_get(t, "psk"));
        struct blob psk_id = hex_of(&arena, parley_node_get(t, "psk_id")), skr = hex_of(&arena, parley_node_get(t, "skRm"));
        struct blob pkr = hex_of(&arena, parley_node_get(t, "pkRm")), ske = hex_of(&arena, parley_node_get(t, "skEm"));
        struct blob enc = hex_of(&arena, parley_node_get(t, "enc")), key = hex_of(&arena, parley_node_get(t, "key"));
        struct blob nonce = hex_of(&arena, parley_node_get(t, "base_nonce")), exporter = hex_of(&arena, parley_node_get(t, "exporter_secret"));
        struct blob sks = hex_of(&arena, parley_node_get(t, "skSm")), pks = hex_of(&arena, parley_node_get(t, "pkSm"));
        struct blob ikm = hex_of(&arena, parley_node_get(t, "ikmR"));
        uint8_t derived_sk[32], derived_pk[32], got_enc[32];
        hpke_derive_keypair(ikm.data, ikm.len, derived_sk, derived_pk);
        OK(!memcmp(derived_sk, skr.data, 32) && !memcmp(derived_pk, pkr.data, 32), "HPKE mode %d: key pair from its seed", mode);
        struct hpke_inputs in = { .mode = mode, .info = info.data, .info_len = info.len };
        if (psk_mode)
            in.psk = psk.data, in.psk_len = psk.len, in.psk_id = psk_id.data, in.psk_id_len = psk_id.len;
        if (auth)
            in.sender_secret = sks.data, in.sender_public = pks.data;
        struct hpke_context s, r;
        OK(!hpke_sender(&in, pkr.data, ske.data, got_enc, &s, NULL) && !memcmp(got_enc, enc.data, 32) && !memcmp(s.key, key.data, 32) &&
               !memcmp(s.base_nonce, nonce.data, 12) && !memcmp(s.exporter, exporter.data, 32),
           "HPKE mode %d: the sender's key schedule", mode);
        OK(!hpke_recipient(&in, skr.data, enc.data, &r, NULL) && !memcmp(r.key, s.key, 32), "HPKE mode %d: the recipient's", mode);
        size_t good = 0;
        for (size_t i = 0; i < enc_list->n; i++) {
            struct blob aad = hex_of(&arena, parley_node_get(&enc_list->child[i], "aad"));
            struct blob ct = hex_of(&arena, parley_node_get(&enc_list->child[i], "ct"));
            struct blob pt = hex_of(&arena, parley_node_get(&enc_list->child[i], "pt"));
            uint8_t *sealed = parley_arena_alloc(&arena, pt.len + 16), *plain = parley_arena_alloc(&arena, pt.len + 16);
            hpke_seal(&s, aad.data, aad.len, pt.data, pt.len, sealed);
            good += ct.len == pt.len + 16 && !memcmp(sealed, ct.data, ct.len) &&
                    hpke_open(&r, aad.data, aad.len, ct.data, ct.len, plain) && !memcmp(plain, pt.data, pt.len);
        }
        OK(good == enc_list->n && good > 0, "HPKE mode %d: %zu encryptions", mode, good);
        in.psk = psk_mode ? NULL : (const uint8_t *)"x";
        OK(hpke_recipient(&in, skr.data, enc.data, &r, NULL) == PARLEY_EINVAL, "HPKE mode %d: a key that does not fit the mode", mode);
        modes |= 1 << mode;
    }
    OK(modes == 15, "HPKE: all four modes were checked");
}

int main(void)
{
    OK(!crypto_init(NULL), "libsodium starts");
    uint8_t zero[32] = { 0 }, enc[32];
    struct hpke_context c;
    struct hpke_inputs base = { .mode = HPKE_BASE };
    OK(hpke_sender(&base, zero, NULL, enc, &c, NULL) == PARLEY_EVERIFY, "a sealing key of small order is refused");
    uint8_t pk[32], sk[64], sig[64];
    sign_keypair(pk, sk);
    sign_bytes("abc", 3, sk, sig);
    OK(verify_bytes("abc", 3, pk, sig) && !verify_bytes("abd", 3, pk, sig) && !verify_bytes("abc", 3, zero, sig), "sign and verify");
    size_t taken = 0, n, wrong = 0;
    for (int b = 0; b < 256; b++) { /* one way to write a byte, whatever the sign of char */
        static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        char text[4] = { 'A', 'A', (char)b, 'A' };
        uint8_t out[3];
        bool took = from_base64(text, 4, out, sizeof out, &n);
        taken += took;
        wrong += took != (b && strchr(alphabet, b));
    }
    OK(taken == 64 && !wrong, "base64 has 64 digits (%zu)", taken);
    const char *folder = reference_folder();
    if (folder) {
        char path[1000];
        snprintf(path, sizeof path, "%s/channel", folder);
        wycheproof_ed25519(path);
        cctv(path);
        wycheproof_x25519(path);
        wycheproof_aead(path, "wycheproof/chacha20_poly1305_test.json", 12, aead_open);
        wycheproof_aead(path, "wycheproof/xchacha20_poly1305_test.json", 24, xaead_open);
        wycheproof_kdf(path);
        hpke(path);
    } else {
        printf("# vectors of other programs are not at hand\n");
    }
    parley_arena_release(&arena);
    return done();
}
