#include "csv_index.h"

static unsigned seen_in(const char *text, size_t n)
{
    unsigned char high = 0, control = 0, back = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        high |= c >= 128;
        back |= c == '\r';
        control |= (c < ' ' || c == 127) && c != '\n' && c != '\r';
    }
    return (high ? CSV_HIGH : 0u) | (control ? CSV_CONTROL : 0u) | (back ? CSV_RETURN : 0u);
}

size_t csv_index_plain(const char *text, size_t n, char delimiter, uint32_t base, uint32_t *out, unsigned *seen)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (text[i] == delimiter || text[i] == '"' || text[i] == '\n')
            out[found++] = base + (uint32_t)i;
    *seen = seen_in(text, n);
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

__attribute__((target("avx2,bmi,popcnt"))) static size_t index_avx2(const char *text, size_t n, char delimiter, uint32_t base, uint32_t *out, unsigned *seen)
{
    const __m256i d = _mm256_set1_epi8(delimiter), q = _mm256_set1_epi8('"'), l = _mm256_set1_epi8('\n'), one = _mm256_set1_epi8(1),
                  first = _mm256_set1_epi8(' ' + 1);
    __m256i odd = _mm256_setzero_si256(); /* as signed numbers bytes above 127, those below ' ', and 127 with 1 added are below ' ' + 1 */
    size_t found = 0, i = 0;
    for (; i + 64 <= n; i += 64) {
        uint64_t mask = 0;
        for (int half = 0; half < 2; half++) {
            __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(text + i + 32 * half));
            __m256i feed = _mm256_cmpeq_epi8(v, l), hit = _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(v, d), _mm256_cmpeq_epi8(v, q)), feed);
            odd = _mm256_or_si256(odd, _mm256_andnot_si256(feed, _mm256_cmpgt_epi8(first, _mm256_add_epi8(v, one))));
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
    found += csv_index_plain(text + i, n - i, delimiter, base + (uint32_t)i, out + found, seen);
    if (_mm256_movemask_epi8(odd))
        *seen |= seen_in(text, i);
    return found;
}

static size_t index_sse2(const char *text, size_t n, char delimiter, uint32_t base, uint32_t *out, unsigned *seen)
{
    const __m128i d = _mm_set1_epi8(delimiter), q = _mm_set1_epi8('"'), l = _mm_set1_epi8('\n'), one = _mm_set1_epi8(1), first = _mm_set1_epi8(' ' + 1);
    __m128i odd = _mm_setzero_si128();
    size_t found = 0, i = 0;
    for (; i + 64 <= n; i += 64) {
        uint64_t mask = 0;
        for (int part = 0; part < 4; part++) {
            __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(text + i + 16 * part));
            __m128i feed = _mm_cmpeq_epi8(v, l), hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, d), _mm_cmpeq_epi8(v, q)), feed);
            odd = _mm_or_si128(odd, _mm_andnot_si128(feed, _mm_cmpgt_epi8(first, _mm_add_epi8(v, one))));
            mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(hit) << (16 * part);
        }
        found += spread(mask, base + (uint32_t)i, out + found);
    }
    found += csv_index_plain(text + i, n - i, delimiter, base + (uint32_t)i, out + found, seen);
    if (_mm_movemask_epi8(odd))
        *seen |= seen_in(text, i);
    return found;
}

/* Positions as bytes pressed together, then widened. */
__attribute__((target("avx512f,avx512bw,avx512vbmi,avx512vbmi2,popcnt"))) static size_t index_avx512(const char *text, size_t n, char delimiter, uint32_t base,
                                                                                                     uint32_t *out, unsigned *seen)
{
    const __m512i d = _mm512_set1_epi8(delimiter), q = _mm512_set1_epi8('"'), l = _mm512_set1_epi8('\n'), one = _mm512_set1_epi8(1),
                  first = _mm512_set1_epi8(' ' + 1);
    unsigned char up[64];
    for (size_t i = 0; i < 64; i++)
        up[i] = (unsigned char)i;
    const __m512i numbers = _mm512_loadu_si512(up);
    uint64_t odd = 0;
    size_t found = 0, i = 0;
    for (; i + 64 <= n; i += 64) {
        __m512i v = _mm512_loadu_si512(text + i);
        uint64_t feed = _mm512_cmpeq_epi8_mask(v, l), mask = _mm512_cmpeq_epi8_mask(v, d) | _mm512_cmpeq_epi8_mask(v, q) | feed;
        odd |= _mm512_cmpgt_epi8_mask(first, _mm512_add_epi8(v, one)) & ~feed;
        __m512i at = _mm512_maskz_compress_epi8(mask, numbers), from = _mm512_set1_epi32((int)(base + (uint32_t)i));
        size_t count = (size_t)_mm_popcnt_u64(mask);
        _mm512_storeu_si512(out + found, _mm512_add_epi32(from, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(at))));
        if (count > 16) { /* short fields */
            _mm512_storeu_si512(out + found + 16, _mm512_add_epi32(from, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(at, 1))));
            _mm512_storeu_si512(out + found + 32, _mm512_add_epi32(from, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(at, 2))));
            _mm512_storeu_si512(out + found + 48, _mm512_add_epi32(from, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(at, 3))));
        }
        found += count;
    }
    found += csv_index_plain(text + i, n - i, delimiter, base + (uint32_t)i, out + found, seen);
    if (odd)
        *seen |= seen_in(text, i);
    return found;
}

size_t csv_index(const char *text, size_t n, char delimiter, uint32_t base, uint32_t *out, unsigned *seen)
{
    if (__builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("popcnt"))
        return index_avx512(text, n, delimiter, base, out, seen);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt"))
        return index_avx2(text, n, delimiter, base, out, seen);
    return index_sse2(text, n, delimiter, base, out, seen);
}
#else
size_t csv_index(const char *text, size_t n, char delimiter, uint32_t base, uint32_t *out, unsigned *seen)
{
    return csv_index_plain(text, n, delimiter, base, out, seen);
}
#endif
