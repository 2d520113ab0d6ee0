/* indented.h - verbatim lines behind four blanks: code in plain text and in CommonMark. */
#ifndef PARLEY_REPORT_INDENTED_H
#define PARLEY_REPORT_INDENTED_H

#include <parley/text.h>
#include <string.h>

static inline void indented(struct parley_text *out, const char *text)
{
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\n");
        parley_text_addf(out, "    %.*s\n", (int)n, p);
        p += n + (p[n] == '\n');
    }
}

#endif
