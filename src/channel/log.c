/* Lines of a desk's log. */
#include "channel/desk.h"

#include <stdarg.h>
#include <stdio.h>

void log_line(struct parley_desk *d, const char *fmt, ...)
{
    char text[600];
    va_list ap;
    if (!d->log.line)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    for (char *p = text; *p; p++) /* nothing that a peer chose may break the line or speak to a terminal */
        if ((unsigned char)*p < 0x20 || *p == 0x7f || ((unsigned char)p[0] == 0xc2 && (unsigned char)p[1] < 0xa0))
            *p = '?';
    d->log.line(d->log.ctx, text);
}

const char *log_text(const char *text, char *out, size_t cap)
{
    size_t n = 0;
    for (; text[n] && n + 1 < cap; n++)
        out[n] = text[n] == '"' || text[n] == '\\' ? '\'' : (unsigned char)text[n] < 0x20 || (unsigned char)text[n] > 0x7e ? '?' : text[n];
    out[n] = 0;
    return out;
}
