#include "ideal_crypto.h"

#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 256 };

bool ideal_crypto;
static unsigned char known[KEYS_MAX][32];
static int n_known;

void ideal_crypto_forget(void) { n_known = 0; }

int __real_crypto_hash_sha256(unsigned char *out, const unsigned char *m, unsigned long long len);
int __real_crypto_hash_sha256_init(crypto_hash_sha256_state *st);
int __real_crypto_hash_sha256_update(crypto_hash_sha256_state *st, const unsigned char *m, unsigned long long len);
int __real_crypto_hash_sha256_final(crypto_hash_sha256_state *st, unsigned char *out);
int __wrap_crypto_hash_sha256(unsigned char *out, const unsigned char *m, unsigned long long len);
int __wrap_crypto_hash_sha256_init(crypto_hash_sha256_state *st);
int __wrap_crypto_hash_sha256_update(crypto_hash_sha256_state *st, const unsigned char *m, unsigned long long len);
int __wrap_crypto_hash_sha256_final(crypto_hash_sha256_state *st, unsigned char *out);
int __real_crypto_sign_seed_keypair(unsigned char *pk, unsigned char *sk, const unsigned char *seed);
int __real_crypto_sign_detached(unsigned char *sig, unsigned long long *n, const unsigned char *m, unsigned long long len, const unsigned char *sk);
int __real_crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m, unsigned long long len, const unsigned char *pk);
int __real_crypto_core_ed25519_is_valid_point(const unsigned char *p);
int __real_crypto_scalarmult_base(unsigned char *q, const unsigned char *n);
int __real_crypto_scalarmult(unsigned char *q, const unsigned char *n, const unsigned char *p);

int __wrap_crypto_sign_seed_keypair(unsigned char *pk, unsigned char *sk, const unsigned char *seed);
int __wrap_crypto_sign_detached(unsigned char *sig, unsigned long long *n, const unsigned char *m, unsigned long long len, const unsigned char *sk);
int __wrap_crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m, unsigned long long len, const unsigned char *pk);
int __wrap_crypto_core_ed25519_is_valid_point(const unsigned char *p);
int __wrap_crypto_scalarmult_base(unsigned char *q, const unsigned char *n);
int __wrap_crypto_scalarmult(unsigned char *q, const unsigned char *n, const unsigned char *p);

/* --- a hash of 256 bits: four lanes of multiplications over blocks of 32 bytes ------------------- */

struct lanes { /* lies in a crypto_hash_sha256_state */
    uint64_t lane[4], len;
    unsigned char block[32];
};
_Static_assert(sizeof(struct lanes) <= sizeof(crypto_hash_sha256_state), "the state has room");

static void absorb(struct lanes *l, const unsigned char *block)
{
    static const uint64_t odd[4] = { UINT64_C(0x9e3779b97f4a7c15), UINT64_C(0xbf58476d1ce4e5b9), UINT64_C(0x94d049bb133111eb), UINT64_C(0xd6e8feb86659fd93) };
    for (int i = 0; i < 4; i++) {
        uint64_t word;
        memcpy(&word, block + 8 * i, 8);
        l->lane[i] = (l->lane[i] ^ word) * odd[i];
        l->lane[i] ^= l->lane[i] >> 31;
    }
    uint64_t first = l->lane[0];
    for (int i = 0; i < 3; i++) /* each lane goes into its neighbour: after four blocks every word is everywhere */
        l->lane[i] += l->lane[i + 1] << 7 | l->lane[i + 1] >> 57;
    l->lane[3] += first << 7 | first >> 57;
}

static void lanes_update(struct lanes *l, const unsigned char *m, unsigned long long len)
{
    size_t held = l->len % 32;
    l->len += len;
    if (held) {
        size_t take = 32 - held < len ? 32 - held : (size_t)len;
        memcpy(l->block + held, m, take);
        m += take, len -= take;
        if (held + take < 32)
            return;
        absorb(l, l->block);
    }
    for (; len >= 32; m += 32, len -= 32)
        absorb(l, m);
    if (len)
        memcpy(l->block, m, (size_t)len);
}

static void lanes_final(struct lanes *l, unsigned char *out)
{
    memset(l->block + l->len % 32, 0, 32 - l->len % 32);
    absorb(l, l->block);
    unsigned char last[32] = { 1 };
    memcpy(last + 8, &l->len, 8);
    for (int i = 0; i < 5; i++, last[0]++)
        absorb(l, last);
    memcpy(out, l->lane, 32);
}

static void hash_parts(unsigned char *out, const void *a, size_t a_len, const void *b, unsigned long long b_len)
{
    struct lanes l = { { 0 }, 0, { 0 } };
    lanes_update(&l, a, a_len);
    lanes_update(&l, b, b_len);
    lanes_final(&l, out);
}

int __wrap_crypto_hash_sha256(unsigned char *out, const unsigned char *m, unsigned long long len)
{
    if (!ideal_crypto)
        return __real_crypto_hash_sha256(out, m, len);
    hash_parts(out, NULL, 0, m, len);
    return 0;
}

int __wrap_crypto_hash_sha256_init(crypto_hash_sha256_state *st)
{
    if (!ideal_crypto)
        return __real_crypto_hash_sha256_init(st);
    memset(st, 0, sizeof *st);
    return 0;
}

int __wrap_crypto_hash_sha256_update(crypto_hash_sha256_state *st, const unsigned char *m, unsigned long long len)
{
    if (!ideal_crypto)
        return __real_crypto_hash_sha256_update(st, m, len);
    lanes_update((struct lanes *)(void *)st, m, len);
    return 0;
}

int __wrap_crypto_hash_sha256_final(crypto_hash_sha256_state *st, unsigned char *out)
{
    if (!ideal_crypto)
        return __real_crypto_hash_sha256_final(st, out);
    lanes_final((struct lanes *)(void *)st, out);
    return 0;
}

/* --- keys --------------------------------------------------------------------------------------- */

static void sign(unsigned char *sig, const unsigned char *m, unsigned long long len, const unsigned char *pk)
{
    hash_parts(sig, pk, 32, m, len);
    memcpy(sig + 32, sig, 32);
    sig[63] &= 0x0f; /* a scalar */
}

int __wrap_crypto_sign_seed_keypair(unsigned char *pk, unsigned char *sk, const unsigned char *seed)
{
    if (!ideal_crypto)
        return __real_crypto_sign_seed_keypair(pk, sk, seed);
    hash_parts(pk, "key", 3, seed, 32);
    memcpy(sk, seed, 32);
    memcpy(sk + 32, pk, 32);
    if (n_known == KEYS_MAX)
        abort();
    memcpy(known[n_known++], pk, 32);
    return 0;
}

int __wrap_crypto_sign_detached(unsigned char *sig, unsigned long long *n, const unsigned char *m, unsigned long long len, const unsigned char *sk)
{
    if (!ideal_crypto)
        return __real_crypto_sign_detached(sig, n, m, len, sk);
    sign(sig, m, len, sk + 32);
    return 0;
}

int __wrap_crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m, unsigned long long len, const unsigned char *pk)
{
    unsigned char good[64];
    if (!ideal_crypto)
        return __real_crypto_sign_verify_detached(sig, m, len, pk);
    sign(good, m, len, pk);
    return memcmp(sig, good, 64) ? -1 : 0;
}

int __wrap_crypto_core_ed25519_is_valid_point(const unsigned char *p)
{
    for (int i = 0; ideal_crypto && i < n_known; i++)
        if (!memcmp(known[i], p, 32))
            return 1;
    return __real_crypto_core_ed25519_is_valid_point(p);
}

int __wrap_crypto_scalarmult_base(unsigned char *q, const unsigned char *n)
{
    if (!ideal_crypto)
        return __real_crypto_scalarmult_base(q, n);
    for (int i = 0; i < 32; i++)
        q[i] = n[i] ^ 0x5a;
    return 0;
}

int __wrap_crypto_scalarmult(unsigned char *q, const unsigned char *n, const unsigned char *p)
{
    unsigned char own[32], both[64];
    if (!ideal_crypto)
        return __real_crypto_scalarmult(q, n, p);
    __wrap_crypto_scalarmult_base(own, n);
    bool swap = memcmp(own, p, 32) > 0;
    memcpy(both, swap ? p : own, 32);
    memcpy(both + 32, swap ? own : p, 32);
    hash_parts(q, "agreed", 6, both, 64);
    return 0;
}
