/* lane_math.h - exp, log, sigmoid and uniform numbers in single precision, scalar, from operations that are exact to
 * the last bit on every machine (+ - * / and integer operations). The lanes of the engine do the same operations in
 * the same order on vectors, so both give the same bits. Error at most 2 ulp (tests/simulate/test_lane_math.c). */
#ifndef PARLEY_SIMULATE_LANE_MATH_H
#define PARLEY_SIMULATE_LANE_MATH_H

#include <stdint.h>
#include <string.h>

/* exp(r) = 1 + r + r^2 p(r) on |r| <= ln 2 / 2 and log(1 + f) = f - f^2/2 + f^3 q(f) on [sqrt 1/2, sqrt 2) - 1:
 * near-minimax polynomials, fitted by reweighted least squares. */
#define EXP_P0 0x1.fffffcp-2f
#define EXP_P1 0x1.55548ep-3f
#define EXP_P2 0x1.555904p-5f
#define EXP_P3 0x1.123ccap-7f
#define EXP_P4 0x1.6a1f62p-10f
#define EXP_LOW (-87.0f)
#define EXP_HIGH 88.0f
#define LOG2_E 0x1.715476p+0f
#define LN2_HIGH 0x1.62e400p-1f
#define LN2_LOW 0x1.7f7d1cp-20f
#define ROUNDER 0x1.8p+23f /* adding and taking it away rounds to a whole number */
#define LOG_Q0 0x1.555554p-2f
#define LOG_Q1 (-0x1.000226p-2f)
#define LOG_Q2 0x1.99a008p-3f
#define LOG_Q3 (-0x1.547244p-3f)
#define LOG_Q4 0x1.22da1ep-3f
#define LOG_Q5 (-0x1.0d8542p-3f)
#define LOG_Q6 0x1.055b68p-3f
#define LOG_Q7 (-0x1.38b576p-4f)
#define SQRT_HALF_BITS 0x3f3504f3
#define ONE_BITS 0x3f800000

/* exp for -87 <= x <= 88; beyond, the value at the end. */
static inline float lane_exp(float x)
{
    x = x < EXP_LOW ? EXP_LOW : x;
    x = x > EXP_HIGH ? EXP_HIGH : x;
    float n = (x * LOG2_E + ROUNDER) - ROUNDER;
    float r = (x - n * LN2_HIGH) - n * LN2_LOW;
    float p = EXP_P4 * r + EXP_P3;
    p = p * r + EXP_P2;
    p = p * r + EXP_P1;
    p = p * r + EXP_P0;
    p = (p * (r * r) + r) + 1.0f;
    int32_t bits;
    memcpy(&bits, &p, 4);
    bits += (int32_t)n * (1 << 23);
    memcpy(&p, &bits, 4);
    return p;
}

/* log for positive normal x. */
static inline float lane_log(float x)
{
    int32_t bits;
    memcpy(&bits, &x, 4);
    int32_t e = (bits - SQRT_HALF_BITS) >> 23;
    bits -= e * (1 << 23);
    float m;
    memcpy(&m, &bits, 4);
    float f = m - 1.0f, ef = (float)e, ff = f * f;
    float q = LOG_Q7 * f + LOG_Q6;
    q = q * f + LOG_Q5;
    q = q * f + LOG_Q4;
    q = q * f + LOG_Q3;
    q = q * f + LOG_Q2;
    q = q * f + LOG_Q1;
    q = q * f + LOG_Q0;
    q = q * (ff * f) + ef * LN2_LOW;
    return ((q - 0.5f * ff) + f) + ef * LN2_HIGH;
}

static inline float lane_sigmoid(float x) { return 1.0f / (1.0f + lane_exp(-x)); }

/* 2^23 equally likely numbers in (0,1), symmetric, never 0 or 1, each exact */
static inline float lane_uniform(uint32_t word) { return (float)(int32_t)(word >> 9) * 0x1p-23f + 0x1p-24f; }

/* 2^16 equally likely numbers in (0,1) from half a word: enough for choices whose probabilities are known to two digits */
static inline float lane_uniform_low(uint32_t word) { return (float)(int32_t)(word & 0xffff) * 0x1p-16f + 0x1p-17f; }
static inline float lane_uniform_high(uint32_t word) { return (float)(int32_t)(word >> 16) * 0x1p-16f + 0x1p-17f; }

/* unit exponential */
static inline float lane_exponential(uint32_t word) { return -lane_log(lane_uniform(word)); }

#endif
