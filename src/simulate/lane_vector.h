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

#define INLINE static inline __attribute__((always_inline))

INLINE vf all(float x) { return x - (vf){ 0 }; }
INLINE vi all_int(int32_t x) { return x - (vi){ 0 }; }
INLINE vf choose(vi mask, vf yes, vf no) { return (vf)(((vi)yes & mask) | ((vi)no & ~mask)); }
INLINE vf only(vi mask, vf x) { return (vf)((vi)x & mask); } /* 0 elsewhere */
INLINE vf vmax(vf a, vf b) { return choose(a > b, a, b); }
INLINE vf vmin(vf a, vf b) { return choose(a < b, a, b); }

/* One bit a lane. */
INLINE uint32_t bits_of(vi mask)
{
#if defined(__AVX512F__)
    return _mm512_movepi32_mask((__m512i)mask);
#elif defined(__AVX2__)
    return (uint32_t)_mm256_movemask_ps((__m256)mask);
#elif defined(__SSE2__)
    return (uint32_t)_mm_movemask_ps((__m128)mask);
#else
    uint32_t bits = 0;
    for (int i = 0; i < W; i++)
        bits |= (uint32_t)(mask[i] & 1) << i;
    return bits;
#endif
}

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

INLINE void scatter_words(uint32_t *to, vi at, vu x)
{
    scatter((float *)(void *)to, at, (vf)x);
}

INLINE vf vexp(vf x)
{
    x = choose(x < EXP_LOW, all(EXP_LOW), x);
    x = choose(x > EXP_HIGH, all(EXP_HIGH), x);
    vf n = (x * LOG2_E + ROUNDER) - ROUNDER;
    vf r = (x - n * LN2_HIGH) - n * LN2_LOW;
    vf p = EXP_P4 * r + EXP_P3;
    p = p * r + EXP_P2;
    p = p * r + EXP_P1;
    p = p * r + EXP_P0;
    p = (p * (r * r) + r) + 1.0f;
    return (vf)((vi)p + (__builtin_convertvector(n, vi) << 23));
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

/* 32 x 32 -> 64 bits of the even lanes */
INLINE vl multiply_even(vl a, uint32_t by)
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

/* parley_philox on W counters: {first, entity, week, replicate} */
INLINE void vphilox(vu c0, vu c1, vu c2, vu c3, const uint32_t key[2], vu out[4])
{
    const vl low = (vl){ 0 } + 0xffffffffu;
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        vl a_even = multiply_even((vl)c0, 0xD2511F53u), a_odd = multiply_even((vl)c0 >> 32, 0xD2511F53u);
        vl b_even = multiply_even((vl)c2, 0xCD9E8D57u), b_odd = multiply_even((vl)c2 >> 32, 0xCD9E8D57u);
        vu a_high = (vu)((a_even >> 32) | (a_odd & ~low)), a_low = (vu)((a_even & low) | (a_odd << 32));
        vu b_high = (vu)((b_even >> 32) | (b_odd & ~low)), b_low = (vu)((b_even & low) | (b_odd << 32));
        c0 = b_high ^ c1 ^ k0;
        c1 = b_low;
        c2 = a_high ^ c3 ^ k1;
        c3 = a_low;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

#endif
