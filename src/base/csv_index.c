#include "csv_index.h"

size_t csv_index_plain(const char *text, size_t n, char delimiter, uint32_t base, uint32_t *out, bool *high)
{
    size_t found = 0;
    unsigned char any = 0;
    for (size_t i = 0; i < n; i++) {
        any |= (unsigned char)text[i];
        if (text[i] == delimiter || text[i] == '"' || text[i] == '\n')
            out[found++] = base + (uint32_t)i;
    }
    *high = any >= 128;
    return found;
}

#ifdef __x86_64__
#include <immintrin.h>

/* Positions of the bits of a mask; writes eight at a time, so up to 64 more than there are. */
static inline size_t spread(uint64_t mask, uint32_t at, uint32_t *out)
{
    size_t n = (size_t)__builtin_popcountll(mask);
    for (size_t i = 0; i < n; i += 8) {
        for (size_t k = 0; k < 8; k++) {
            out[i + k] = at + (uint32_t)(mask ? __builtin_ctzll(mask) : 0);
            mask &= mask - 1;
        }
    }
    return n;
}

__attribute__((target("avx2,bmi,popcnt"))) static size_t index_avx2(const char *text, size_t n, char delimiter, uint32_t base, uint32_t *out, bool *high)
{
    const __m256i d = _mm256_set1_epi8(delimiter), q = _mm256_set1_epi8('"'), l = _mm256_set1_epi8('\n');
    __m256i any = _mm256_setzero_si256();
    size_t found = 0, i = 0;
    for (; i + 64 <= n; i += 64) {
        uint64_t mask = 0;
        for (int half = 0; half < 2; half++) {
            __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(text + i + 32 * half));
            __m256i hit = _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(v, d), _mm256_cmpeq_epi8(v, q)), _mm256_cmpeq_epi8(v, l));
            any = _mm256_or_si256(any, v);
            mask |= (uint64_t)(uint32_t)_mm256_movemask_epi8(hit) << (32 * half);
        }
        uint32_t at = base + (uint32_t)i;
        size_t count = (size_t)__builtin_popcountll(mask);
        for (size_t done = 0; done < count; done += 8)
            for (size_t k = 0; k < 8; k++) { /* past the last bit this writes rubbish that is overwritten later */
                out[found + done + k] = at + (uint32_t)_tzcnt_u64(mask);
                mask = _blsr_u64(mask);
            }
        found += count;
    }
    bool rest = false;
    found += csv_index_plain(text + i, n - i, delimiter, base + (uint32_t)i, out + found, &rest);
    *high = rest || _mm256_movemask_epi8(any) != 0;
    return found;
}

static size_t index_sse2(const char *text, size_t n, char delimiter, uint32_t base, uint32_t *out, bool *high)
{
    const __m128i d = _mm_set1_epi8(delimiter), q = _mm_set1_epi8('"'), l = _mm_set1_epi8('\n');
    __m128i any = _mm_setzero_si128();
    size_t found = 0, i = 0;
    for (; i + 64 <= n; i += 64) {
        uint64_t mask = 0;
        for (int part = 0; part < 4; part++) {
            __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(text + i + 16 * part));
            __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, d), _mm_cmpeq_epi8(v, q)), _mm_cmpeq_epi8(v, l));
            any = _mm_or_si128(any, v);
            mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(hit) << (16 * part);
        }
        found += spread(mask, base + (uint32_t)i, out + found);
    }
    bool rest = false;
    found += csv_index_plain(text + i, n - i, delimiter, base + (uint32_t)i, out + found, &rest);
    *high = rest || _mm_movemask_epi8(any) != 0;
    return found;
}

size_t csv_index(const char *text, size_t n, char delimiter, uint32_t base, uint32_t *out, bool *high)
{
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt"))
        return index_avx2(text, n, delimiter, base, out, high);
    return index_sse2(text, n, delimiter, base, out, high);
}
#else
size_t csv_index(const char *text, size_t n, char delimiter, uint32_t base, uint32_t *out, bool *high)
{
    return csv_index_plain(text, n, delimiter, base, out, high);
}
#endif
