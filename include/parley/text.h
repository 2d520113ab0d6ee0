/* text.h - growing text with a ceiling; numbers to text and back; UTF-8 and display width.
 *
 * Nothing here depends on the host program's locale. Invariants of struct parley_text:
 * data[len] == 0 whenever data is not NULL; len <= max; once an addition failed (memory or
 * ceiling) `failed` stays set and later additions do nothing, so one check at the end is enough;
 * no_memory then says which of the two it was. */
#ifndef PARLEY_TEXT_H
#define PARLEY_TEXT_H

#include <parley/arena.h>
#include <parley/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PARLEY_NUMBER_TEXT = 32 }; /* room for any number written by this header */

struct parley_text {
    char *data; /* NULL while empty */
    size_t len, cap, max;
    bool failed, no_memory;
};

#pragma GCC visibility push(default)

/* max: the largest length in bytes this text may reach. */
void parley_text_init(struct parley_text *text, size_t max);
void parley_text_release(struct parley_text *text);
void parley_text_clear(struct parley_text *text); /* keeps the memory, forgets content and failure */
const char *parley_text_str(const struct parley_text *text); /* never NULL */
/* PARLEY_OK, PARLEY_ENOMEM, or PARLEY_ELIMIT: `what` (in words) is longer than max. */
enum parley_status parley_text_status(const struct parley_text *text, const char *what, struct parley_error *err);

/* A copy in the arena; NULL, and the arena counts as failed, when the text failed or memory ran out. */
char *parley_text_keep(const struct parley_text *text, struct parley_arena *arena);

void parley_text_add(struct parley_text *text, const void *bytes, size_t n);
void parley_text_adds(struct parley_text *text, const char *s);
void parley_text_addc(struct parley_text *text, char c);
void parley_text_addf(struct parley_text *text, const char *fmt, ...) PARLEY_PRINTF(2, 3);
/* Make room for n more bytes; false (and failed) when that is not possible. */
bool parley_text_reserve(struct parley_text *text, size_t n);

/* The shortest decimal text that reads back as the same double; "nan", "inf", "-inf" otherwise.
 * Returns the length. */
size_t parley_double_to_text(double value, char out[PARLEY_NUMBER_TEXT]);
/* `digits` significant digits without trailing zeros, for people ("0.0349", "1.2e-08"). */
size_t parley_double_to_short(double value, int digits, char out[PARLEY_NUMBER_TEXT]);

/* Whole text [text, text+len) must be the number: no blanks, no hex, no "nan" or "inf". Return
 * false (and leave *value) otherwise or when the value does not fit. Correctly rounded. */
bool parley_text_to_double(const char *text, size_t len, double *value);
bool parley_text_to_i64(const char *text, size_t len, int64_t *value);
bool parley_text_to_u64(const char *text, size_t len, uint64_t *value);

/* Length of the valid UTF-8 prefix (no surrogates, no overlong forms, at most U+10FFFF):
 * equals len when all of it is valid. */
size_t parley_utf8_valid(const char *text, size_t len);
/* Decode one code point; returns bytes read, 0 at the end or on an invalid sequence. */
size_t parley_utf8_decode(const char *text, size_t len, uint32_t *code);
/* Columns a terminal uses for the text: 2 for East Asian wide and full-width characters,
 * 0 for combining marks (Unicode 15 ranges). Invalid bytes count 1. */
size_t parley_display_width(const char *text, size_t len);

/* Number of edits (insert, delete, replace, swap) between two words; for "did you mean". */
size_t parley_edit_distance(const char *a, const char *b);

#pragma GCC visibility pop
#endif
