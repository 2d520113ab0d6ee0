#include <parley/csv.h>
#include "tap.h"

static const struct {
    const char *name, *text;
    size_t len;
    const char *rows; /* fields joined by '|', rows by '/'; '!' = an error in that row */
} cases[] = {
    { "plain", "a,b\n1,2\n", 8, "a|b/1|2" },
    { "no newline at the end, CRLF, empty fields", "a,b\r\n,", 6, "a|b/|" },
    { "byte order mark before a quote", "\xef\xbb\xbf\"a\",b\n", 9, "a|b" },
    { "quotes, delimiters and newlines inside quotes", "\"x \"\"y\"\", \nz\",2\n", 16, "x \"y\", \nz|2" },
    { "blank lines are skipped", "a\n\n\r\nb\n", 7, "a/b" },
    { "a quote inside a bare field: that row only", "a\"b,c\nd,e\n", 10, "!/d|e" },
    { "text after a closing quote", "\"a\"b\nc\n", 7, "!/c" },
    { "cut in the middle of a quoted field", "a,\"b\nc", 6, "!" },
    { "broken UTF-8", "a,\xff\nb,c\n", 8, "!/b|c" },
    { "nothing", "", 0, "" },
};

int main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct parley_csv *csv;
        char seen[200] = "";
        struct parley_error err = { 0 };
        OK(!parley_csv_open_memory(cases[i].text, cases[i].len, "t.csv", NULL, &csv, NULL), "%s", cases[i].name);
        for (int guard = 0; guard < 20; guard++) {
            struct parley_csv_row row = { 0 };
            enum parley_status s = parley_csv_next(csv, &row, &err);
            if (!s && row.n == 0)
                break;
            if (*seen)
                strcat(seen, "/");
            if (s)
                strcat(seen, "!");
            for (size_t f = 0; !s && f < row.n; f++)
                sprintf(seen + strlen(seen), "%s%.*s", f ? "|" : "", (int)row.field[f].len, row.field[f].text);
        }
        OK(same(seen, cases[i].rows), "rows; last message: %s", err.text);
        parley_csv_close(csv);
    }
    struct parley_csv *csv;
    struct parley_error err;
    OK(parley_csv_open("/nonexistent.csv", NULL, &csv, &err) == PARLEY_ENOTFOUND, "%s", err.text);
    OK(parley_csv_open("/tmp", NULL, &csv, &err) == PARLEY_EIO, "%s", err.text);
    return done();
}
