/* json.h - write JSON straight into a text. Commas, escapes and indentation are taken care of.
 *
 * Doubles are written with the fewest digits that read back the same; NaN and infinities become null.
 * Strings must be UTF-8; invalid bytes are written as U+FFFD. Nesting at most 32. */
#ifndef PARLEY_JSON_H
#define PARLEY_JSON_H

#include <parley/text.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PARLEY_JSON_DEPTH_MAX = 32 };

struct parley_json { /* initialise with parley_json_init; no release needed */
    struct parley_text *out;
    bool indent;
    int depth;
    bool first, after_key;
};

#pragma GCC visibility push(default)

void parley_json_init(struct parley_json *json, struct parley_text *out, bool indent);
void parley_json_object(struct parley_json *json);     /* { */
void parley_json_object_end(struct parley_json *json); /* } */
void parley_json_array(struct parley_json *json);      /* [ */
void parley_json_array_end(struct parley_json *json);  /* ] */
void parley_json_key(struct parley_json *json, const char *key);
void parley_json_string(struct parley_json *json, const char *text); /* NULL writes null */
void parley_json_string_n(struct parley_json *json, const char *text, size_t len);
void parley_json_number(struct parley_json *json, double value);
void parley_json_integer(struct parley_json *json, int64_t value);
void parley_json_unsigned(struct parley_json *json, uint64_t value);
void parley_json_bool(struct parley_json *json, bool value);
void parley_json_null(struct parley_json *json);
void parley_json_raw(struct parley_json *json, const char *valid_json); /* a value that is JSON already */

/* key and value in one call */
void parley_json_put_string(struct parley_json *json, const char *key, const char *text);
void parley_json_put_number(struct parley_json *json, const char *key, double value);
void parley_json_put_integer(struct parley_json *json, const char *key, int64_t value);
void parley_json_put_bool(struct parley_json *json, const char *key, bool value);
void parley_json_put_numbers(struct parley_json *json, const char *key, const double *values, size_t n);
void parley_json_put_strings(struct parley_json *json, const char *key, const char *const *text, size_t n);
/* values: [n * n], row by row; written as a list of rows */
void parley_json_put_matrix(struct parley_json *json, const char *key, const double *values, size_t n);

#pragma GCC visibility pop
#endif
