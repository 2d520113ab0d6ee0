#include <parley/error.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void one_line(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

/* A cut in the middle of a UTF-8 character would make the message itself invalid. */
static void trim_partial_utf8(char *text, size_t cap)
{
    size_t len = strlen(text);
    if (len + 1 < cap)
        return;
    size_t start = len;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start > 0 && (unsigned char)text[start - 1] >= 0xc0)
        text[start - 1] = 0;
}

enum parley_status parley_fail(struct parley_error *err, enum parley_status status, const char *fmt, ...)
{
    if (!err)
        return status;
    va_list ap;
    va_start(ap, fmt);
    err->status = status;
    vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    trim_partial_utf8(err->text, sizeof err->text);
    one_line(err->text);
    return status;
}

enum parley_status parley_fail_in(struct parley_error *err, enum parley_status status, const char *fmt, ...)
{
    if (!err)
        return status;
    char context[sizeof err->text], old[sizeof err->text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(context, sizeof context, fmt, ap);
    va_end(ap);
    memcpy(old, err->text, sizeof old);
    return parley_fail(err, status, "%.150s: %.240s", context, old);
}

static const struct {
    const char *name, *text;
    int code;
} statuses[] = {
#define ROW(name, text, code) [name] = { #name, text, code },
    PARLEY_STATUS_MAP(ROW)
#undef ROW
};

static size_t row_of(enum parley_status status)
{
    return (size_t)status < sizeof statuses / sizeof *statuses ? (size_t)status : PARLEY_EINVAL;
}

const char *parley_status_text(enum parley_status status) { return statuses[row_of(status)].text; }
const char *parley_status_name(enum parley_status status) { return statuses[row_of(status)].name; }
int parley_status_exit_code(enum parley_status status) { return statuses[row_of(status)].code; }
