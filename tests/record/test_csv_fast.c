/* The fast way through CSV against a slow, obvious reader, on random texts full of odd quotes and line ends. */
#include "tap.h"

#include "base/csv_index.h"

#include <parley/csv.h>
#include <parley/rng.h>
#include <parley/text.h>

#include <unistd.h>

/* The rules of csv.h, one character at a time. */
struct oracle {
    const char *text;
    size_t n, at;
    uint64_t line;
    char field[64][400];
    size_t len[64];
    size_t fields;
};

static size_t record_end(const struct oracle *o, bool *open)
{
    enum { START, BARE, QUOTED, CLOSED } state = START;
    for (size_t i = o->at; i < o->n; i++) {
        char c = o->text[i];
        if (c == '"')
            state = state == START || state == CLOSED ? QUOTED : state == QUOTED ? CLOSED : BARE;
        else if (state == QUOTED)
            continue;
        else if (c == '\n') {
            *open = false;
            return i;
        } else
            state = c == ',' ? START : BARE;
    }
    *open = state == QUOTED;
    return o->n;
}

/* 1 a row, 0 the end, -1 an error */
static int oracle_next(struct oracle *o, uint64_t *line)
{
    for (;;) {
        o->fields = 0;
        *line = o->line;
        if (o->at >= o->n)
            return 0;
        bool open;
        size_t end = record_end(o, &open), i = o->at, stop = end;
        for (size_t k = o->at; k < end; k++)
            o->line += o->text[k] == '\n';
        o->line++;
        o->at = end < o->n ? end + 1 : o->n;
        if (open)
            return -1;
        if (stop > i && o->text[stop - 1] == '\r')
            stop--;
        if (stop == i)
            continue;
        if (parley_utf8_valid(o->text + i, stop - i) != stop - i)
            return -1;
        for (;;) {
            char *f = o->field[o->fields];
            size_t n = 0;
            if (i < stop && o->text[i] == '"') {
                for (i++; i < stop; i++) {
                    if (o->text[i] == '"' && !(i + 1 < stop && o->text[i + 1] == '"'))
                        break;
                    i += o->text[i] == '"';
                    f[n++] = o->text[i];
                }
                i++;
                if (i < stop && o->text[i] != ',')
                    return -1;
            } else {
                for (; i < stop && o->text[i] != ','; i++) {
                    if (o->text[i] == '"')
                        return -1;
                    f[n++] = o->text[i];
                }
            }
            o->len[o->fields++] = n;
            if (i >= stop)
                return 1;
            i++;
        }
    }
}

static bool agree(struct parley_csv *csv, const char *text, size_t n, size_t *rows)
{
    static struct oracle o;
    o.text = text;
    o.n = n;
    o.at = 0;
    o.line = 1;
    for (;;) {
        struct parley_csv_row row;
        uint64_t line;
        int want = oracle_next(&o, &line);
        enum parley_status status = parley_csv_next(csv, &row, NULL);
        if ((want < 0) != (status == PARLEY_EPARSE) || (!status && (want == 0) != (row.n == 0)))
            return false;
        if (want == 0)
            return true;
        ++*rows;
        if (want < 0)
            continue;
        if (row.n != o.fields || row.line != line)
            return false;
        for (size_t i = 0; i < row.n; i++)
            if (row.field[i].len != o.len[i] || memcmp(row.field[i].text, o.field[i], o.len[i]))
                return false;
    }
}

int main(void)
{
    static const char *const pieces[] = { ",", ",", "\n", "\r\n", "\"", "\"\"", "a", "word", "1.5", "é", "\xff", "\r", ",\"x,y\",", "\n\"q\"\n", "\"l\nm\"" };
    enum { TEXTS = 3000, PIECES = sizeof pieces / sizeof *pieces };
    static char text[300000];
    struct parley_rng rng;
    size_t rows = 0, bad = 0;
    parley_rng_init(&rng, 20, 0);
    for (int t = 0; t < TEXTS; t++) {
        size_t n = 0, want = parley_rng_below(&rng, 120), kinds = 3 + parley_rng_below(&rng, PIECES - 3);
        for (size_t i = 0; i < want; i++) {
            const char *p = pieces[(size_t)parley_rng_below(&rng, kinds) * 7 % PIECES];
            memcpy(text + n, p, strlen(p));
            n += strlen(p);
        }
        struct parley_csv *csv = NULL;
        if (parley_csv_open_memory(text, n, "random", NULL, &csv, NULL) || !agree(csv, text, n, &rows))
            bad++;
        parley_csv_close(csv);
    }
    OK(bad == 0, "%d random texts, %zu rows: %zu differ", TEXTS, rows, bad);

    /* A file of several windows, so that rows cross their borders. */
    size_t n = 0;
    while (n < sizeof text - 100) {
        const char *p = pieces[parley_rng_below(&rng, 40) ? (size_t)parley_rng_below(&rng, 9) : (size_t)parley_rng_below(&rng, PIECES)];
        if (*p == '"' && parley_rng_below(&rng, 20))
            p = "\"a\"\"b\",";
        memcpy(text + n, p, strlen(p));
        n += strlen(p);
    }
    char path[] = "/tmp/parley-csv-XXXXXX";
    int fd = mkstemp(path);
    struct parley_csv *csv = NULL;
    rows = 0;
    bool same_rows = fd >= 0 && write(fd, text, n) == (ssize_t)n && !parley_csv_open(path, NULL, &csv, NULL) && agree(csv, text, n, &rows);
    OK(same_rows && rows > 1000, "a file of %zu bytes, %zu rows", n, rows);
    parley_csv_close(csv);
    close(fd);
    unlink(path);

    static uint32_t fast[70000], plain[70000];
    bad = 0;
    for (int t = 0; t < 500; t++) {
        size_t len = (size_t)parley_rng_below(&rng, 300), at = (size_t)parley_rng_below(&rng, 1000);
        unsigned seen_fast, seen_plain;
        size_t a = csv_index(text + at, len, ',', 7, fast, &seen_fast), b = csv_index_plain(text + at, len, ',', 7, plain, &seen_plain);
        bad += a != b || memcmp(fast, plain, a * sizeof *fast) || seen_fast != seen_plain;
    }
    OK(bad == 0, "the index is that of the plain loop at any place and length");
    return done();
}
