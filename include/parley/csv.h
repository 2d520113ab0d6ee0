/* csv.h - comma-separated rows, streamed, in memory that does not grow with the file.
 *
 * RFC 4180 with quoted fields, doubled quotes and embedded newlines; LF or CRLF; an UTF-8 byte order mark
 * is skipped; text must be valid UTF-8 (or of the named encoding, converted by iconv). Blank lines are
 * skipped. Every message names line and column (both from 1; the column counts fields). */
#ifndef PARLEY_CSV_H
#define PARLEY_CSV_H

#include <parley/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PARLEY_CSV_FIELDS_MAX = 4096,
    PARLEY_CSV_ROW_BYTES_MAX = 16 << 20, /* one row; a longer one is PARLEY_ELIMIT */
    PARLEY_CSV_SPARE_BYTES = 32,         /* see `plain` */
};

struct parley_csv_field {
    const char *text; /* unquoted; not zero-terminated; valid until the next call */
    size_t len;
};

struct parley_csv_row {
    const struct parley_csv_field *field; /* [n] */
    size_t n;                             /* 0 at the end of the input */
    uint64_t line;                        /* where the row begins */
    const char *raw;                      /* the row as it stands in the file (as UTF-8), without the line end; */
    size_t raw_len;                       /* valid until the next call */
    bool plain; /* true: surely no control character in any field, and 32 bytes from the beginning of each may be read, whatever they hold */
};

struct parley_csv_options {
    char delimiter;       /* 0 = ',' */
    bool no_quotes;       /* a '"' is a character like any other, as in raw tab-separated files */
    const char *encoding; /* NULL = UTF-8, otherwise a name known to iconv */
};

struct parley_csv; /* a reader; one thread at a time */

#pragma GCC visibility push(default)

/* "-" is standard input. name_for_messages of the memory form is used in errors. Close NULL is harmless. Opening and reading end with
 * PARLEY_ECANCELLED when a signal whose handler does not restart calls comes in while they wait. */
PARLEY_MUST_USE enum parley_status parley_csv_open(const char *path, const struct parley_csv_options *options,
                                                   struct parley_csv **out, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_csv_open_memory(const char *data, size_t len, const char *name_for_messages,
                                                          const struct parley_csv_options *options,
                                                          struct parley_csv **out, struct parley_error *err);
void parley_csv_close(struct parley_csv *csv);

/* The next row. PARLEY_EPARSE: a quote inside a bare field, text after a closing quote, the file ends inside a
 * quoted field, invalid UTF-8. After such a failure in one row the reader stands after that line and may go on,
 * except at the end of the input. PARLEY_ELIMIT: the row is too long (the reader cannot go on). O(bytes). */
PARLEY_MUST_USE enum parley_status parley_csv_next(struct parley_csv *csv, struct parley_csv_row *row,
                                                   struct parley_error *err);

/* The next line as it stands, quotes without meaning; for formats of one value a line. n = 0 and *text NULL at the end.
 * Lines longer than a row may be, and bytes that are not UTF-8, fail as in parley_csv_next. */
PARLEY_MUST_USE enum parley_status parley_csv_line(struct parley_csv *csv, const char **text, size_t *len, uint64_t *line,
                                                   struct parley_error *err);

/* What comes next (up to 64 KiB, less at the end of the input) without consuming it, to see what kind of file it is; and
 * the delimiter then decided on. The byte order mark, if any, is part of it. */
PARLEY_MUST_USE enum parley_status parley_csv_peek(struct parley_csv *csv, const char **bytes, size_t *len, struct parley_error *err);
void parley_csv_set_delimiter(struct parley_csv *csv, char delimiter, bool no_quotes);

/* Did the input end inside a quoted field? Then the file is cut and its last row is lost. */
bool parley_csv_cut(const struct parley_csv *csv);

/* Bytes consumed so far and the size of the input (0 if unknown), for progress. */
void parley_csv_position(const struct parley_csv *csv, uint64_t *done, uint64_t *total);

#pragma GCC visibility pop
#endif
