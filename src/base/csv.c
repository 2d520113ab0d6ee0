#define _POSIX_C_SOURCE 200809L
#include "csv_index.h"

#include <parley/csv.h>
#include <parley/file.h>
#include <parley/text.h>

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 16, INDEX_BYTES = 1 << 13, SPARE_BYTES = PARLEY_CSV_SPARE_BYTES };

struct parley_csv {
    char *name;
    char delimiter;
    int fd;              /* -1: all input is in `window` already */
    iconv_t convert;     /* (iconv_t)-1: UTF-8 */
    const char *encoding;
    char raw[4096];      /* bytes not yet converted */
    size_t raw_len;
    uint64_t consumed, size, line;
    bool ended, started, cut, no_quotes;

    char *window;        /* input not yet parsed: [at, filled) */
    size_t at, filled, cap;
    struct parley_text row;  /* unquoted bytes of the row's fields */
    struct parley_csv_field *field;
    size_t *start;
    size_t n, field_cap;

    /* Positions in the window of what has meaning, for [.., indexed): the fast way through rows without odd quotes. */
    uint32_t *index;
    size_t index_at, index_n, indexed;
    unsigned index_made; /* counts the pieces, to know a new one */
    unsigned index_seen; /* CSV_HIGH and the like of the indexed bytes */
};

static enum parley_status fail_at(struct parley_csv *c, struct parley_error *err, enum parley_status status,
                                  uint64_t line, const char *what)
{
    return parley_fail(err, status, "%s:%llu: column %zu: %s", c->name, (unsigned long long)line, c->n + 1, what);
}

static enum parley_status open_reader(const char *name, const struct parley_csv_options *options,
                                      struct parley_csv **out, struct parley_error *err)
{
    struct parley_csv *c = calloc(1, sizeof *c);
    if (!c || !(c->name = strdup(name))) {
        free(c);
        return parley_fail(err, PARLEY_ENOMEM, "%s: out of memory", name);
    }
    c->fd = -1;
    c->line = 1;
    c->delimiter = options && options->delimiter ? options->delimiter : ',';
    c->no_quotes = options && options->no_quotes;
    c->convert = (iconv_t)-1;
    parley_text_init(&c->row, PARLEY_CSV_ROW_BYTES_MAX);
    if (options && options->encoding) {
        c->convert = iconv_open("UTF-8", options->encoding);
        if (c->convert == (iconv_t)-1) {
            enum parley_status s = parley_fail(err, PARLEY_EINVAL, "the encoding '%s' is not known; try utf-8, gb18030, big5 or latin1", options->encoding);
            parley_csv_close(c);
            return s;
        }
    }
    *out = c;
    return PARLEY_OK;
}

enum parley_status parley_csv_open(const char *path, const struct parley_csv_options *options, struct parley_csv **out,
                                   struct parley_error *err)
{
    struct parley_csv *c = NULL;
    enum parley_status status = open_reader(strcmp(path, "-") ? path : "standard input", options, &c, err);
    if (status)
        return status;
    struct stat st;
    c->fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : dup(STDIN_FILENO);
    if (c->fd < 0 && errno == EINTR) {
        status = parley_fail(err, PARLEY_ECANCELLED, "%s: interrupted while waiting for it to be written to", path);
    } else if (c->fd < 0 || fstat(c->fd, &st)) {
        int e = errno;
        status = parley_fail(err, parley_status_of_errno(e), "%s: cannot open: %s", path, strerror(e));
    } else if (S_ISDIR(st.st_mode)) {
        status = parley_fail(err, PARLEY_EIO, "%s: is a folder; expected a CSV file", path);
    } else {
        c->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
        *out = c;
        return PARLEY_OK;
    }
    parley_csv_close(c);
    return status;
}

enum parley_status parley_csv_open_memory(const char *data, size_t len, const char *name,
                                          const struct parley_csv_options *options, struct parley_csv **out,
                                          struct parley_error *err)
{
    struct parley_csv *c = NULL;
    enum parley_status status = open_reader(name, NULL, &c, err);
    if (status)
        return status;
    if (options && options->delimiter)
        c->delimiter = options->delimiter;
    c->no_quotes = options && options->no_quotes;
    c->window = malloc(len + SPARE_BYTES);
    if (!c->window) {
        parley_csv_close(c);
        return parley_fail(err, PARLEY_ENOMEM, "%s: out of memory", name);
    }
    memcpy(c->window, data, len);
    c->filled = c->cap = len;
    c->size = c->consumed = len;
    c->ended = true;
    *out = c;
    return PARLEY_OK;
}

void parley_csv_close(struct parley_csv *c)
{
    if (!c)
        return;
    if (c->fd >= 0)
        close(c->fd);
    if (c->convert != (iconv_t)-1)
        iconv_close(c->convert);
    parley_text_release(&c->row);
    free(c->window);
    free(c->field);
    free(c->start);
    free(c->index);
    free(c->name);
    free(c);
}

bool parley_csv_cut(const struct parley_csv *c) { return c->cut; }

void parley_csv_position(const struct parley_csv *c, uint64_t *done, uint64_t *total)
{
    *done = c->consumed;
    *total = c->size;
}

static ssize_t read_some(struct parley_csv *c, char *to, size_t n)
{
    ssize_t got = read(c->fd, to, n);
    if (got > 0)
        c->consumed += (uint64_t)got;
    return got;
}

/* Move the unparsed rest to the front and read more behind it. */
static enum parley_status fill(struct parley_csv *c, struct parley_error *err)
{
    if (c->at < c->filled)
        memmove(c->window, c->window + c->at, c->filled - c->at);
    c->filled -= c->at;
    c->at = 0;
    c->index_at = c->index_n = c->indexed = 0;
    c->index_made++;
    if (c->cap - c->filled < READ_BYTES) {
        if (c->filled > PARLEY_CSV_ROW_BYTES_MAX)
            return fail_at(c, err, PARLEY_ELIMIT, c->line, "the row is longer than 16 MiB; is a closing quote missing?");
        char *more = realloc(c->window, c->cap + 4 * READ_BYTES + SPARE_BYTES);
        if (!more)
            return fail_at(c, err, PARLEY_ENOMEM, c->line, "out of memory");
        c->window = more;
        c->cap += 4 * READ_BYTES;
    }
    ssize_t got;
    if (c->convert == (iconv_t)-1) {
        got = read_some(c, c->window + c->filled, READ_BYTES);
        if (got > 0)
            c->filled += (size_t)got;
    } else {
        got = read_some(c, c->raw + c->raw_len, sizeof c->raw - c->raw_len);
        if (got >= 0) {
            char *in = c->raw, *out = c->window + c->filled;
            size_t in_left = c->raw_len + (size_t)got, out_left = READ_BYTES;
            size_t r = iconv(c->convert, &in, &in_left, &out, &out_left);
            if (r == (size_t)-1 && (errno == EILSEQ || (errno == EINVAL && got == 0)))
                return fail_at(c, err, PARLEY_EPARSE, c->line, "bytes that are not text in the given encoding");
            memmove(c->raw, in, in_left);
            c->raw_len = in_left;
            c->filled = (size_t)(out - c->window);
            if (got == 0 && in_left == 0)
                c->ended = true;
            return PARLEY_OK;
        }
    }
    if (got < 0 && errno == EINTR)
        return parley_fail(err, PARLEY_ECANCELLED, "%s: interrupted while waiting for more of it", c->name);
    if (got < 0)
        return parley_fail(err, PARLEY_EIO, "%s: cannot read: %s", c->name, strerror(errno));
    if (got == 0)
        c->ended = true;
    return PARLEY_OK;
}

enum parley_status parley_csv_peek(struct parley_csv *c, const char **bytes, size_t *len, struct parley_error *err)
{
    while (!c->ended && c->filled - c->at < READ_BYTES) {
        enum parley_status status = fill(c, err);
        if (status)
            return status;
    }
    *bytes = c->window + c->at;
    *len = c->filled - c->at;
    return PARLEY_OK;
}

void parley_csv_set_delimiter(struct parley_csv *c, char delimiter, bool no_quotes)
{
    c->delimiter = delimiter;
    c->no_quotes = no_quotes;
}

enum parley_status parley_csv_line(struct parley_csv *c, const char **text, size_t *len, uint64_t *line, struct parley_error *err)
{
    size_t scanned = 0;
    const char *end;
    c->n = 0;
    while (!(end = c->window ? memchr(c->window + c->at + scanned, '\n', c->filled - c->at - scanned) : NULL) && !c->ended) {
        scanned = c->filled - c->at;
        enum parley_status status = fill(c, err);
        if (status)
            return status;
    }
    const char *p = c->window + c->at;
    size_t n = end ? (size_t)(end - p) : c->filled - c->at;
    *text = NULL;
    *len = 0;
    *line = c->line;
    if (!end && !n)
        return PARLEY_OK;
    c->line++;
    c->at += n + (end != NULL);
    if (!c->started && n >= 3 && !memcmp(p, "\xef\xbb\xbf", 3))
        p += 3, n -= 3;
    c->started = true;
    if (n && p[n - 1] == '\r')
        n--;
    if (parley_utf8_valid(p, n) != n)
        return fail_at(c, err, PARLEY_EPARSE, *line, "bytes that are not UTF-8; if the file comes from a Chinese spreadsheet try --encoding gb18030");
    *text = p;
    *len = n;
    return PARLEY_OK;
}

/* The end of the record that starts at c->at: a line feed outside quotes, or the end of the input. */
static enum parley_status find_end(struct parley_csv *c, size_t *end, bool *open_quote, struct parley_error *err)
{
    /* A quote opens a field only at its start; inside, a doubled quote closes and opens again. */
    enum { START, BARE, QUOTED, CLOSED } state = START;
    size_t scanned = 0;
    for (;;) {
        for (size_t i = c->at + scanned; i < c->filled; i++) {
            char ch = c->window[i];
            if (ch == '"' && !c->no_quotes) {
                state = state == START || state == CLOSED ? QUOTED : state == QUOTED ? CLOSED : BARE;
            } else if (state == QUOTED) {
                continue;
            } else if (ch == '\n') {
                *end = i;
                *open_quote = false;
                return PARLEY_OK;
            } else {
                state = ch == c->delimiter ? START : BARE;
            }
        }
        scanned = c->filled - c->at;
        if (c->ended) {
            *end = c->filled;
            *open_quote = state == QUOTED;
            return PARLEY_OK;
        }
        enum parley_status status = fill(c, err);
        if (status)
            return status;
    }
}

static bool add_field(struct parley_csv *c, size_t start)
{
    if (c->n == c->field_cap) {
        size_t cap = c->field_cap ? c->field_cap * 2 : 32;
        struct parley_csv_field *field = realloc(c->field, cap * sizeof *field);
        if (field)
            c->field = field;
        size_t *starts = realloc(c->start, cap * sizeof *starts);
        if (starts)
            c->start = starts;
        if (!field || !starts)
            return false;
        c->field_cap = cap;
    }
    c->start[c->n] = start;
    c->field[c->n].len = c->row.len - start;
    c->n++;
    return true;
}

static enum parley_status split(struct parley_csv *c, const char *p, const char *end, uint64_t line, struct parley_error *err)
{
    parley_text_clear(&c->row);
    c->n = 0;
    for (;;) {
        size_t start = c->row.len;
        if (p < end && *p == '"' && !c->no_quotes) {
            for (p++; p < end; p++) {
                if (*p == '"' && !(p + 1 < end && p[1] == '"'))
                    break;
                if (*p == '"')
                    p++;
                parley_text_addc(&c->row, *p);
            }
            p++; /* the closing quote; find_end made sure there is one */
            if (p < end && *p != c->delimiter)
                return fail_at(c, err, PARLEY_EPARSE, line, "text after a closing quote; expected a delimiter or the end of the line");
        } else {
            const char *stop = memchr(p, c->delimiter, (size_t)(end - p));
            if (!stop)
                stop = end;
            if (!c->no_quotes && memchr(p, '"', (size_t)(stop - p)))
                return fail_at(c, err, PARLEY_EPARSE, line, "a quote inside a bare field; put the field in quotes and double the quote");
            parley_text_add(&c->row, p, (size_t)(stop - p));
            p = stop;
        }
        if (c->n == PARLEY_CSV_FIELDS_MAX)
            return fail_at(c, err, PARLEY_ELIMIT, line, "more than 4096 fields");
        if (c->row.failed || !add_field(c, start))
            return fail_at(c, err, PARLEY_ENOMEM, line, "out of memory");
        if (p >= end)
            break;
        p++;
    }
    for (size_t i = 0; i < c->n; i++) {
        c->field[i].text = parley_text_str(&c->row) + c->start[i];
        if (parley_utf8_valid(c->field[i].text, c->field[i].len) != c->field[i].len) {
            c->n = i;
            return fail_at(c, err, PARLEY_EPARSE, line, "bytes that are not UTF-8; if the file comes from a Chinese spreadsheet try --encoding gb18030");
        }
    }
    return PARLEY_OK;
}

/* The index of the next piece of the window; false if there is no more of it. */
static bool index_more(struct parley_csv *c)
{
    if (c->indexed < c->at)
        c->indexed = c->at;
    size_t n = c->filled - c->indexed;
    if (!n || (!c->index && !(c->index = malloc((INDEX_BYTES + 64) * sizeof *c->index))))
        return false;
    if (n > INDEX_BYTES)
        n = INDEX_BYTES;
    c->index_at = 0;
    c->index_made++;
    c->index_n = csv_index(c->window + c->indexed, n, c->delimiter, (uint32_t)c->indexed, c->index, &c->index_seen);
    c->indexed += n;
    return true;
}

/* A field in quotes that begins at `start`, where index[index_at] stands after its opening quote. On success the closing quote is at *close and
 * the index stands at what follows it. False: a doubled quote, an error, or the end of the index; the slow way decides. */
static bool quoted_field(struct parley_csv *c, size_t *close, uint64_t *lines)
{
    for (; c->index_at < c->index_n; c->index_at++) {
        size_t at = c->index[c->index_at];
        if (c->window[at] == '\n')
            ++*lines;
        if (c->window[at] != '"')
            continue;
        *close = at;
        if (++c->index_at == c->index_n)
            return false;
        size_t next = c->index[c->index_at];
        return c->window[next] != '"' && (next == at + 1 || (next == at + 2 && c->window[at + 1] == '\r' && c->window[next] == '\n'));
    }
    return false;
}

/* One row whose fields stand in the window as they are. False: nothing was consumed, take the slow way. */
static bool fast_row(struct parley_csv *c, struct parley_csv_row *row)
{
    if (!c->index && !index_more(c))
        return false;
    size_t start = c->at, n = 0;
    uint64_t line = c->line, lines = 1;
    unsigned seen = c->index_seen;
    struct parley_csv_field *field = c->field;
    const char *window = c->window, delimiter = c->delimiter;
    for (;;) {
        /* what nearly all of it is: bare fields, one after the other */
        const uint32_t *next = c->index + c->index_at, *stop = c->index + c->index_n;
        if ((size_t)(stop - next) > c->field_cap - n)
            stop = next + (c->field_cap - n);
        for (; next < stop && window[*next] == delimiter; next++) {
            field[n++] = (struct parley_csv_field){ window + start, *next - start };
            start = *next + 1;
        }
        c->index_at = (size_t)(next - c->index);
        if (c->index_at == c->index_n) {
            if (!index_more(c))
                return false;
            seen |= c->index_seen;
            continue;
        }
        size_t at = c->index[c->index_at++];
        char ch = window[at];
        if (n == c->field_cap)
            return false;
        if (ch == '"' && c->no_quotes)
            continue;
        if (ch == '"') {
            size_t close;
            if (at != start || !quoted_field(c, &close, &lines))
                return false;
            field[n++] = (struct parley_csv_field){ window + start + 1, close - start - 1 };
            at = c->index[c->index_at++];
            if (window[at] == '\n') {
                start = at;
                break;
            }
            start = at + 1;
        } else { /* a line feed */
            size_t end = at > start && window[at - 1] == '\r' ? at - 1 : at;
            if (n == 0 && end == c->at)
                return false; /* a blank line */
            field[n++] = (struct parley_csv_field){ window + start, end - start };
            start = at;
            break;
        }
    }
    size_t len = start - c->at; /* start is at the line feed now */
    if (len && window[start - 1] == '\r')
        len--;
    if (((seen & CSV_HIGH) && parley_utf8_valid(window + c->at, len) != len) || n > PARLEY_CSV_FIELDS_MAX)
        return false;
    bool plain = !(seen & CSV_CONTROL) && lines == 1 && !((seen & CSV_RETURN) && memchr(window + c->at, '\r', len));
    *row = (struct parley_csv_row){ field, n, line, window + c->at, len, plain };
    c->n = n;
    c->line += lines;
    c->at = start + 1;
    return true;
}

static enum parley_status slow_row(struct parley_csv *c, struct parley_csv_row *row, struct parley_error *err)
{
    for (;;) {
        size_t end;
        bool open_quote;
        c->n = 0;
        enum parley_status status = find_end(c, &end, &open_quote, err);
        if (status)
            return status;
        if (!c->started) {
            c->started = true;
            if (end - c->at >= 3 && !memcmp(c->window + c->at, "\xef\xbb\xbf", 3)) {
                c->at += 3;
                continue; /* the mark may have hidden a quote */
            }
        }
        if (c->at == c->filled) {
            *row = (struct parley_csv_row){ .line = c->line };
            return PARLEY_OK;
        }
        const char *p = c->window + c->at, *stop = c->window + end;
        uint64_t line = c->line;
        for (const char *q = p; (q = memchr(q, '\n', (size_t)(stop - q))); q++)
            c->line++;
        c->line++;
        c->at = end < c->filled ? end + 1 : c->filled;
        c->cut |= open_quote;
        if (open_quote)
            return fail_at(c, err, PARLEY_EPARSE, line, "the file ends inside a quoted field that begins in this row");
        if (stop > p && stop[-1] == '\r')
            stop--;
        if (p == stop)
            continue;
        if ((status = split(c, p, stop, line, err)))
            return status;
        *row = (struct parley_csv_row){ c->field, c->n, line, p, (size_t)(stop - p), false };
        return PARLEY_OK;
    }
}

enum parley_status parley_csv_next(struct parley_csv *c, struct parley_csv_row *row, struct parley_error *err)
{
    size_t index_at = c->index_at;
    unsigned index_made = c->index_made;
    if (c->started && c->field_cap && fast_row(c, row))
        return PARLEY_OK;
    enum parley_status status = slow_row(c, row, err);
    if (c->index_made == index_made) { /* what it took is no longer of interest */
        c->index_at = index_at;
        while (c->index_at < c->index_n && c->index[c->index_at] < c->at)
            c->index_at++;
    } else {
        c->index_at = c->index_n;
        c->indexed = c->at;
    }
    return status;
}
