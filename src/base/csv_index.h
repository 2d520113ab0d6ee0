/* csv_index.h - where the delimiters, quotes and line feeds of a text are. Internal to the room. */
#ifndef PARLEY_BASE_CSV_INDEX_H
#define PARLEY_BASE_CSV_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What else there is: some byte above 127; some below ' ' other than '\n' and '\r', or 127; some '\r'. */
enum { CSV_HIGH = 1, CSV_CONTROL = 2, CSV_RETURN = 4 };

/* Offsets (plus base) of every delimiter, '"' and '\n' of text[0, n) into out, which has room for n + 64; returns how many, and in *seen
 * what else. Uses AVX-512, AVX2 or SSE2 where the processor has them; all give the same. */
size_t csv_index(const char *text, size_t n, char delimiter, uint32_t base, uint32_t *out, unsigned *seen);
/* The plain loop, for tests. */
size_t csv_index_plain(const char *text, size_t n, char delimiter, uint32_t base, uint32_t *out, unsigned *seen);

#endif
