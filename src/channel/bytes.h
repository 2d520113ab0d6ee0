/* bytes.h - big-endian integers in byte arrays, and hexadecimal text. */
#ifndef PARLEY_CHANNEL_BYTES_H
#define PARLEY_CHANNEL_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline void put_u16(uint8_t *p, uint16_t v) { p[0] = (uint8_t)(v >> 8), p[1] = (uint8_t)v; }
static inline void put_u32(uint8_t *p, uint32_t v) { put_u16(p, (uint16_t)(v >> 16)), put_u16(p + 2, (uint16_t)v); }
static inline void put_u64(uint8_t *p, uint64_t v) { put_u32(p, (uint32_t)(v >> 32)), put_u32(p + 4, (uint32_t)v); }
static inline uint16_t get_u16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }
static inline uint32_t get_u32(const uint8_t *p) { return (uint32_t)get_u16(p) << 16 | get_u16(p + 2); }
static inline uint64_t get_u64(const uint8_t *p) { return (uint64_t)get_u32(p) << 32 | get_u32(p + 4); }

static inline bool is_zero(const uint8_t *p, size_t n)
{
    uint8_t any = 0;
    for (size_t i = 0; i < n; i++)
        any |= p[i];
    return !any;
}

/* Lower-case hex of n bytes, zero-terminated: out has 2 n + 1 bytes. */
static inline void to_hex(const uint8_t *bytes, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    out[2 * n] = 0;
}

/* Exactly 2 n lower-case hex digits at text; false and nothing useful in out otherwise. */
static inline bool from_hex(const char *text, size_t len, uint8_t *out, size_t n)
{
    if (len != 2 * n)
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (v < 0)
            return false;
        out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] | v : v << 4);
    }
    return true;
}

#endif
