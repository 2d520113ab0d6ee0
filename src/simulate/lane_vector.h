/* lane_vector.h - vectors of W floats, and lane_math.h and Philox on them, the same operations in the same order. W is what the
 * processor of this compilation has: 16 (AVX-512), 8 (AVX2), 4 (otherwise). */
#ifndef PARLEY_SIMULATE_LANE_VECTOR_H
#define PARLEY_SIMULATE_LANE_VECTOR_H

#include "lane_math.h"

#include <stddef.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define W 16
#elif defined(__AVX2__)
#define W 8
#else
#define W 4
#endif

typedef float vf __attribute__((vector_size(W * 4)));
typedef int32_t vi __attribute__((vector_size(W * 4)));
typedef uint32_t vu __attribute__((vector_size(W * 4)));
typedef uint64_t vl __attribute__((vector_size(W * 4)));

/* how vectors lie over rows of scalars */
typedef vf vf_row __attribute__((may_alias));
typedef vi vi_row __attribute__((may_alias));
typedef vu vu_row __attribute__((may_alias));

#define INLINE static inline __attribute__((always_inline))

INLINE vf all(float x) { return x - (vf){ 0 }; }
INLINE vi all_int(int32_t x) { return x - (vi){ 0 }; }
/* A mask of lanes. AVX-512 has registers for them; elsewhere it is a vector of 0 and -1. */
#if defined(__AVX512F__)
typedef __mmask16 vm;
INLINE vm lt(vf a, vf b) { return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_LT_OQ); }
INLINE vm le(vf a, vf b) { return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_LE_OQ); }
INLINE vm same(vi a, vi b) { return _mm512_cmpeq_epi32_mask((__m512i)a, (__m512i)b); }
INLINE vm more(vi a, vi b) { return _mm512_cmpgt_epi32_mask((__m512i)a, (__m512i)b); }
INLINE vm has(vu x, uint32_t bits) { return _mm512_test_epi32_mask((__m512i)x, _mm512_set1_epi32((int)bits)); } /* any of them */
INLINE vm not(vm m) { return (vm)~m; }
INLINE vf choose(vm m, vf yes, vf no) { return (vf)_mm512_mask_blend_ps(m, (__m512)no, (__m512)yes); }
INLINE vi choose_int(vm m, vi yes, vi no) { return (vi)_mm512_mask_blend_epi32(m, (__m512i)no, (__m512i)yes); }
INLINE vf only(vm m, vf x) { return (vf)_mm512_maskz_mov_ps(m, (__m512)x); } /* 0 elsewhere */
INLINE vi only_int(vm m, vi x) { return (vi)_mm512_maskz_mov_epi32(m, (__m512i)x); }
INLINE vf vmax(vf a, vf b) { return (vf)_mm512_max_ps((__m512)a, (__m512)b); }
INLINE vf vmin(vf a, vf b) { return (vf)_mm512_min_ps((__m512)a, (__m512)b); }
INLINE uint32_t bits_of(vm m) /* one bit a lane */
{
    uint16_t bits = m;
    __asm__("" : "+r"(bits)); /* gcc 12 spills a mask as 16 bits and reads it back as 32 */
    return bits;
}
#else
typedef vi vm;
INLINE vm lt(vf a, vf b) { return a < b; }
INLINE vm le(vf a, vf b) { return a <= b; }
INLINE vm same(vi a, vi b) { return a == b; }
INLINE vm more(vi a, vi b) { return a > b; }
INLINE vm has(vu x, uint32_t bits) { return (vi)((x & bits) != 0); }
INLINE vm not(vm m) { return ~m; }
INLINE vi choose_int(vm m, vi yes, vi no) { return (yes & m) | (no & ~m); }
INLINE vi only_int(vm m, vi x) { return x & m; }
INLINE vf only(vm m, vf x) { return (vf)((vi)x & m); }
#if defined(__AVX2__)
INLINE vf choose(vm m, vf yes, vf no) { return (vf)_mm256_blendv_ps((__m256)no, (__m256)yes, (__m256)m); }
INLINE uint32_t bits_of(vm m) { return (uint32_t)_mm256_movemask_ps((__m256)m); }
#else
INLINE vf choose(vm m, vf yes, vf no) { return (vf)choose_int(m, (vi)yes, (vi)no); }
#if defined(__SSE2__)
INLINE uint32_t bits_of(vm m) { return (uint32_t)_mm_movemask_ps((__m128)m); }
#else
INLINE uint32_t bits_of(vm m)
{
    uint32_t bits = 0;
    for (int i = 0; i < W; i++)
        bits |= (uint32_t)(m[i] & 1) << i;
    return bits;
}
#endif
#endif
INLINE vf vmax(vf a, vf b) { return choose(b < a, a, b); }
INLINE vf vmin(vf a, vf b) { return choose(a < b, a, b); }
#endif

/* Append the lanes of x whose bit is set; writes up to W places beyond. Returns how many. */
INLINE unsigned append(void *to, vi x, uint32_t bits)
{
#if defined(__AVX512F__)
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi32((__mmask16)bits, (__m512i)x));
    return (unsigned)__builtin_popcount(bits);
#else
    int32_t *out = to;
    unsigned n = 0;
    for (; bits; bits &= bits - 1)
        out[n++] = x[__builtin_ctz(bits)];
    return n;
#endif
}

INLINE vf gather(const float *from, vi at)
{
#if defined(__AVX512F__)
    return (vf)_mm512_i32gather_ps((__m512i)at, from, 4);
#else
    vf out = { 0 };
    for (int i = 0; i < W; i++)
        out[i] = from[at[i]];
    return out;
#endif
}

INLINE vu gather_words(const uint32_t *from, vi at)
{
    return (vu)gather((const float *)(const void *)from, at);
}

INLINE void scatter(float *to, vi at, vf x)
{
    int32_t where[W];
    float value[W];
    memcpy(where, &at, sizeof where);
    memcpy(value, &x, sizeof value);
    for (int i = 0; i < W; i++)
        to[where[i]] = value[i];
}

INLINE void add(float *to, vi at, vf x)
{
    int32_t where[W];
    float value[W];
    memcpy(where, &at, sizeof where);
    memcpy(value, &x, sizeof value);
    for (int i = 0; i < W; i++)
        to[where[i]] += value[i];
}

INLINE void scatter_words(uint32_t *to, vi at, vu x)
{
    scatter((float *)(void *)to, at, (vf)x);
}

/* table[at] of a table of 32 */
INLINE vf look_up(const float table[32], vu at)
{
#if defined(__AVX512F__)
    return (vf)_mm512_permutex2var_ps(_mm512_loadu_ps(table), (__m512i)at, _mm512_loadu_ps(table + 16));
#else
    return gather(table, (vi)(at & 31));
#endif
}

/* Records of four floats, one a lane: cheaper to read and write together than four rows. at: index of their first float. */
enum { RECORD = 4 };
struct four {
    vf a, b, c, d;
};

#if defined(__AVX512F__)
INLINE struct four turn(__m512 p, __m512 q, __m512 r, __m512 s) /* four records in each quarter of 128 bits <-> four columns */
{
    __m512d a = _mm512_castps_pd(_mm512_unpacklo_ps(p, q)), b = _mm512_castps_pd(_mm512_unpackhi_ps(p, q));
    __m512d c = _mm512_castps_pd(_mm512_unpacklo_ps(r, s)), d = _mm512_castps_pd(_mm512_unpackhi_ps(r, s));
    return (struct four){ (vf)_mm512_unpacklo_pd(a, c), (vf)_mm512_unpackhi_pd(a, c), (vf)_mm512_unpacklo_pd(b, d), (vf)_mm512_unpackhi_pd(b, d) };
}
#endif

INLINE struct four load_four(const float *from, vi at)
{
    int32_t where[W];
    memcpy(where, &at, sizeof where);
#if defined(__AVX512F__)
    __m512 q[4];
    for (int i = 0; i < 4; i++) {
        q[i] = _mm512_castps128_ps512(_mm_load_ps(from + where[i]));
        q[i] = _mm512_insertf32x4(q[i], _mm_load_ps(from + where[4 + i]), 1);
        q[i] = _mm512_insertf32x4(q[i], _mm_load_ps(from + where[8 + i]), 2);
        q[i] = _mm512_insertf32x4(q[i], _mm_load_ps(from + where[12 + i]), 3);
    }
    return turn(q[0], q[1], q[2], q[3]);
#else
    float column[RECORD][W];
    struct four x;
    for (int i = 0; i < W; i++)
        for (int k = 0; k < RECORD; k++)
            column[k][i] = from[where[i] + k];
    memcpy(&x, column, sizeof x);
    return x;
#endif
}

INLINE void store_four(float *to, vi at, struct four x)
{
    int32_t where[W];
    memcpy(where, &at, sizeof where);
#if defined(__AVX512F__)
    struct four r = turn((__m512)x.a, (__m512)x.b, (__m512)x.c, (__m512)x.d);
    const __m512 q[4] = { (__m512)r.a, (__m512)r.b, (__m512)r.c, (__m512)r.d };
    for (int i = 0; i < 4; i++) {
        _mm_store_ps(to + where[i], _mm512_castps512_ps128(q[i]));
        _mm_store_ps(to + where[4 + i], _mm512_extractf32x4_ps(q[i], 1));
        _mm_store_ps(to + where[8 + i], _mm512_extractf32x4_ps(q[i], 2));
        _mm_store_ps(to + where[12 + i], _mm512_extractf32x4_ps(q[i], 3));
    }
#else
    float column[RECORD][W];
    memcpy(column, &x, sizeof x);
    for (int i = 0; i < W; i++)
        for (int k = 0; k < RECORD; k++)
            to[where[i] + k] = column[k][i];
#endif
}

INLINE vf vexp(vf x)
{
    x = vmin(all(EXP_HIGH), vmax(all(EXP_LOW), x));
    vf whole = x * LOG2_E + ROUNDER, n = whole - ROUNDER; /* the low bits of `whole` are the whole number n */
    vf r = (x - n * LN2_HIGH) - n * LN2_LOW;
    vf p = EXP_P4 * r + EXP_P3;
    p = p * r + EXP_P2;
    p = p * r + EXP_P1;
    p = p * r + EXP_P0;
    p = (p * (r * r) + r) + 1.0f;
    return (vf)((vi)p + ((vi)whole << 23));
}

INLINE vf vlog(vf x)
{
    vi bits = (vi)x, e = (bits - SQRT_HALF_BITS) >> 23;
    vf m = (vf)(bits - (e << 23)), f = m - 1.0f, ef = __builtin_convertvector(e, vf), ff = f * f;
    vf q = LOG_Q7 * f + LOG_Q6;
    q = q * f + LOG_Q5;
    q = q * f + LOG_Q4;
    q = q * f + LOG_Q3;
    q = q * f + LOG_Q2;
    q = q * f + LOG_Q1;
    q = q * f + LOG_Q0;
    q = q * (ff * f) + ef * LN2_LOW;
    return ((q - 0.5f * ff) + f) + ef * LN2_HIGH;
}

INLINE vf vsigmoid(vf x) { return 1.0f / (1.0f + vexp(-x)); }
INLINE vf vuniform(vu word) { return __builtin_convertvector((vi)(word >> 9), vf) * 0x1p-23f + 0x1p-24f; }
INLINE vf vuniform_low(vu word) { return __builtin_convertvector((vi)(word & 0xffff), vf) * 0x1p-16f + 0x1p-17f; }
INLINE vf vuniform_high(vu word) { return __builtin_convertvector((vi)(word >> 16), vf) * 0x1p-16f + 0x1p-17f; }
INLINE vf vexponential(vu word) { return -vlog(vuniform(word)); }

/* 32 x 32 -> 64 bits of the low halves */
INLINE vl multiply(vl a, uint32_t by)
{
#if defined(__AVX512F__)
    return (vl)_mm512_mul_epu32((__m512i)a, _mm512_set1_epi64(by));
#elif defined(__AVX2__)
    return (vl)_mm256_mul_epu32((__m256i)a, _mm256_set1_epi64x(by));
#elif defined(__SSE2__)
    return (vl)_mm_mul_epu32((__m128i)a, _mm_set1_epi64x(by));
#else
    return (a & 0xffffffffu) * by;
#endif
}

/* Ten rounds on W/2 counters, each in the low half of 64 bits; the high halves are garbage that nothing reads. */
INLINE void philox_halves(vl c[4], const uint32_t key[2])
{
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        vl a = multiply(c[0], 0xD2511F53u), b = multiply(c[2], 0xCD9E8D57u);
        c[0] = (b >> 32) ^ c[1] ^ k0;
        c[2] = (a >> 32) ^ c[3] ^ k1;
        c[1] = b;
        c[3] = a;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
}

/* parley_philox on W counters: {first, entity, week, replicate} */
INLINE void vphilox(vu first, uint32_t entity, uint32_t week, vu replicate, const uint32_t key[2], vu out[4])
{
    const vl zero = { 0 };
    vl even[4] = { (vl)first, zero + entity, zero + week, (vl)replicate };
    vl odd[4] = { (vl)first >> 32, zero + entity, zero + week, (vl)replicate >> 32 };
    philox_halves(even, key);
    philox_halves(odd, key);
    for (int i = 0; i < 4; i++)
        out[i] = (vu)((even[i] & 0xffffffffu) | odd[i] << 32);
}

#endif
