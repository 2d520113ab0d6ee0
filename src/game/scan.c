#include "scan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void scan_begin(struct scan *s, const char *data, size_t len, const char *name, struct parley_arena *arena, struct parley_error *err)
{
    *s = (struct scan){ .data = data, .name = name, .len = len, .line = 1, .column = 1, .arena = arena, .err = err };
    if (len >= 3 && !memcmp(data, "\xef\xbb\xbf", 3))
        s->at = 3;
}

static void advance(struct scan *s)
{
    if (s->data[s->at] == '\n')
        s->line++, s->column = 0;
    s->at++;
    s->column++;
}

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == '\f' || c == '\v'; }

enum parley_status scan_no_memory(const struct scan *s) { return parley_fail(s->err, PARLEY_ENOMEM, "%s: out of memory", s->name); }

static enum parley_status label(struct scan *s)
{
    size_t start = s->at + 1, end = start, n = 0;
    while (end < s->len && s->data[end] != '"')
        end += s->data[end] == '\\' && end + 1 < s->len ? 2 : 1;
    if (end >= s->len)
        return scan_fail(s, PARLEY_EPARSE, "a label that begins here has no closing '\"' before the end of the file");
    char *copy = PARLEY_NEW(s->arena, char, end - start + 1);
    if (!copy)
        return scan_no_memory(s);
    while (s->at < start)
        advance(s);
    while (s->at < end) {
        if (s->data[s->at] == '\\' && s->at + 1 < end)
            advance(s);
        copy[n++] = s->data[s->at];
        advance(s);
    }
    advance(s);
    if (parley_utf8_valid(copy, n) < n)
        return scan_fail(s, PARLEY_EPARSE, "a label that is not UTF-8 text");
    s->kind = WORD_LABEL;
    s->text = copy;
    s->text_len = n;
    return PARLEY_OK;
}

enum parley_status scan_next(struct scan *s)
{
    while (s->at < s->len && blank(s->data[s->at]))
        advance(s);
    s->word_line = s->line;
    s->word_column = s->column;
    if (s->at == s->len) {
        s->kind = WORD_END;
        s->text = "";
        s->text_len = 0;
        return PARLEY_OK;
    }
    char c = s->data[s->at];
    if (c == '"')
        return label(s);
    s->text = s->data + s->at;
    s->kind = c == '{' ? WORD_OPEN : c == '}' ? WORD_CLOSE : WORD_BARE;
    do
        advance(s);
    while (s->kind == WORD_BARE && s->at < s->len && !blank(s->data[s->at]) && !strchr("{}\"", s->data[s->at]));
    s->text_len = (size_t)(s->data + s->at - s->text);
    return PARLEY_OK;
}

enum parley_status scan_fail(const struct scan *s, enum parley_status status, const char *fmt, ...)
{
    char text[300];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (s->line_elsewhere)
        return parley_fail(s->err, status, "%.120s:%u: %s", s->name, s->line_elsewhere, text);
    return parley_fail(s->err, status, "%.120s:%u:%u: %s", s->name, s->word_line, s->word_column, text);
}

enum parley_status scan_expected(const struct scan *s, const char *what)
{
    size_t n = s->text_len < 40 ? s->text_len : 40;
    n = parley_utf8_valid(s->text, n); /* a cut character is left out */
    switch (s->kind) {
    case WORD_END: return scan_fail(s, PARLEY_EPARSE, "expected %s, found the end of the file (cut short?)", what);
    case WORD_OPEN: return scan_fail(s, PARLEY_EPARSE, "expected %s, found '{'", what);
    case WORD_CLOSE: return scan_fail(s, PARLEY_EPARSE, "expected %s, found '}'", what);
    case WORD_LABEL: return scan_fail(s, PARLEY_EPARSE, "expected %s, found the label \"%.*s\"", what, (int)n, s->text);
    case WORD_BARE: return scan_fail(s, PARLEY_EPARSE, "expected %s, found '%.*s'", what, (int)n, s->text);
    }
    return PARLEY_EPARSE;
}

enum parley_status scan_take(struct scan *s, enum word_kind kind, const char *what)
{
    return s->kind == kind ? scan_next(s) : scan_expected(s, what);
}

enum parley_status scan_label(struct scan *s, const char *what, const char **out)
{
    *out = s->text;
    return scan_take(s, WORD_LABEL, what);
}

enum parley_status scan_number(struct scan *s, const char *what, const struct parley_exact **x)
{
    const char *why;
    if (s->kind != WORD_BARE)
        return scan_expected(s, what);
    if (!(*x = parley_exact_parse(s->text, s->text_len, s->arena, &why))) {
        char expected[200];
        snprintf(expected, sizeof expected, "%.100s (such as 3, -1/2 or 2.5; this is %.60s)", what, why);
        return scan_expected(s, expected);
    }
    return scan_next(s);
}

enum parley_status scan_integer(struct scan *s, const char *what, int low, int high, int *out)
{
    int64_t value;
    if (s->kind != WORD_BARE || !parley_text_to_i64(s->text, s->text_len, &value))
        return scan_expected(s, what);
    if (value < low || value > high)
        return scan_fail(s, PARLEY_EPARSE, "expected %s from %d to %d, found %lld", what, low, high, (long long)value);
    *out = (int)value;
    return scan_next(s);
}
