#include <parley/report.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Controls (C0 other than newline, DEL, C1) and the bidirectional controls that make text read other than it is. */
static bool harmful(uint32_t code)
{
    return (code < 0x20 && code != '\n') || (code >= 0x7f && code < 0xa0) || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xfeff || code == 0xfffe || code == 0xffff;
}

/* The text itself when it is clean, which is the rule; otherwise a clean copy. */
static const char *clean(struct parley_doc *doc, const char *text)
{
    size_t len = strlen(text), bad = 0;
    for (size_t at = 0, n; at < len; at += n) {
        uint32_t code;
        n = parley_utf8_decode(text + at, len - at, &code);
        if (!n)
            n = 1, bad++;
        else if (code == '\t' || harmful(code))
            bad++;
    }
    if (!bad)
        return text;
    char *copy = parley_arena_alloc(doc->arena, len + 2 * bad + 1), *to = copy;
    if (!copy) {
        doc->failed = true;
        return "";
    }
    for (size_t at = 0, n; at < len; at += n) {
        uint32_t code;
        n = parley_utf8_decode(text + at, len - at, &code);
        if (n && code == '\t') {
            *to++ = ' ';
        } else if (!n || harmful(code)) {
            memcpy(to, "\xef\xbf\xbd", 3);
            to += 3;
            n = n ? n : 1;
        } else {
            memcpy(to, text + at, n);
            to += n;
        }
    }
    *to = 0;
    return copy;
}

static const char *print(struct parley_doc *doc, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    char *text = n < 0 ? NULL : parley_arena_alloc(doc->arena, (size_t)n + 1);
    if (text)
        vsnprintf(text, (size_t)n + 1, fmt, again);
    else
        doc->failed = true;
    va_end(again);
    return text ? clean(doc, text) : "";
}

static const char *keep(struct parley_doc *doc, const char *text)
{
    const char *copy = text ? parley_arena_strdup(doc->arena, text) : NULL;
    if (text && !copy)
        doc->failed = true;
    return copy ? clean(doc, copy) : NULL;
}

/* Verbatim: a specification is JSON and is escaped where it is used. */
static const char *keep_raw(struct parley_doc *doc, const char *text)
{
    const char *copy = text ? parley_arena_strdup(doc->arena, text) : NULL;
    if (text && !copy)
        doc->failed = true;
    return copy;
}

static const char *keep_link(struct parley_doc *doc, const char *link)
{
    if (!link || (link[0] != '#' && strncmp(link, "http://", 7) && strncmp(link, "https://", 8)))
        return NULL;
    return keep(doc, link);
}

void parley_doc_init(struct parley_doc *doc, struct parley_arena *arena, enum parley_lang lang, const char *title)
{
    *doc = (struct parley_doc){ .arena = arena, .lang = lang };
    doc->title = keep(doc, title);
}

static void append(struct parley_doc *doc, struct parley_block block)
{
    struct parley_block *b = PARLEY_NEW(doc->arena, struct parley_block, 1);
    if (!b) {
        doc->failed = true;
        return;
    }
    *b = block;
    if (doc->last)
        doc->last->next = b;
    else
        doc->first = b;
    doc->last = b;
}

#define PRINTED(name, block_kind)                                                    \
    void name(struct parley_doc *doc, const char *fmt, ...)                          \
    {                                                                                \
        va_list ap;                                                                  \
        va_start(ap, fmt);                                                           \
        append(doc, (struct parley_block){ .kind = block_kind, .text = print(doc, fmt, ap) }); \
        va_end(ap);                                                                  \
    }

PRINTED(parley_doc_paragraph, PARLEY_BLOCK_PARAGRAPH)
PRINTED(parley_doc_item, PARLEY_BLOCK_ITEM)
PRINTED(parley_doc_note, PARLEY_BLOCK_NOTE)
PRINTED(parley_doc_code, PARLEY_BLOCK_CODE)

void parley_doc_heading(struct parley_doc *doc, int level, const char *id, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    append(doc, (struct parley_block){ .kind = PARLEY_BLOCK_HEADING, .level = level, .id = keep(doc, id), .text = print(doc, fmt, ap) });
    va_end(ap);
}

void parley_doc_subtitle(struct parley_doc *doc, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    doc->subtitle = print(doc, fmt, ap);
    va_end(ap);
}

void parley_doc_data(struct parley_doc *doc, const char *json) { doc->data = keep_raw(doc, json); }

void parley_doc_fact(struct parley_doc *doc, const char *label, const char *value, const char *how_sure)
{
    append(doc, (struct parley_block){ .kind = PARLEY_BLOCK_FACT, .text = keep(doc, label), .sentence = keep(doc, value), .spec = keep(doc, how_sure) });
}

const char *parley_doc_anchor(struct parley_doc *doc, const char *prefix, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    char *id = parley_arena_alloc(doc->arena, strlen(prefix) + 3 * strlen(text) + 1), *to = id;
    if (!id) {
        doc->failed = true;
        return "";
    }
    for (const char *p = prefix; *p; p++)
        *to++ = *p;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if ((*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') || *p == '-' || *p == '.') {
            *to++ = (char)*p;
        } else {
            *to++ = '_';
            *to++ = hex[*p >> 4];
            *to++ = hex[*p & 15];
        }
    }
    *to = 0;
    return id;
}

void parley_doc_chart(struct parley_doc *doc, const char *id, const char *title, const char *sentence, const char *spec)
{
    append(doc, (struct parley_block){ .kind = PARLEY_BLOCK_CHART, .id = keep(doc, id), .text = keep(doc, title), .sentence = keep(doc, sentence), .spec = keep_raw(doc, spec) });
}

/* --- tables ------------------------------------------------------------------------------- */

enum { COLUMNS_MAX = 128 };

struct parley_table *parley_doc_table(struct parley_doc *doc, const char *caption)
{
    static struct parley_table dummy; /* has no columns, so nothing is ever written to it */
    struct parley_table *t = PARLEY_NEW(doc->arena, struct parley_table, 1);
    struct parley_column *column = PARLEY_NEW(doc->arena, struct parley_column, COLUMNS_MAX);
    if (!t || !column) {
        doc->failed = true;
        return &dummy;
    }
    *t = (struct parley_table){ .doc = doc, .caption = keep(doc, caption), .column = column };
    append(doc, (struct parley_block){ .kind = PARLEY_BLOCK_TABLE, .table = t });
    return t;
}

void parley_table_column(struct parley_table *t, const char *title, enum parley_align align)
{
    if (!t->doc)
        return;
    if (t->n_columns == COLUMNS_MAX)
        t->doc->failed = true;
    else
        t->column[t->n_columns++] = (struct parley_column){ keep(t->doc, title), align };
}

static void add_cell(struct parley_table *t, const char *text, const char *link, const char *id)
{
    if (t->n_cells == t->cap_cells) {
        size_t cap = t->cap_cells ? t->cap_cells * 2 : 64;
        struct parley_cell *more = PARLEY_NEW(t->doc->arena, struct parley_cell, cap);
        if (!more) {
            t->doc->failed = true;
            return;
        }
        if (t->n_cells)
            memcpy(more, t->cell, t->n_cells * sizeof *more);
        t->cell = more;
        t->cap_cells = cap;
    }
    t->cell[t->n_cells++] = (struct parley_cell){ text, link, id };
}

void parley_table_cell(struct parley_table *t, const char *fmt, ...)
{
    if (!t->doc)
        return;
    va_list ap;
    va_start(ap, fmt);
    add_cell(t, print(t->doc, fmt, ap), NULL, NULL);
    va_end(ap);
}

void parley_table_link(struct parley_table *t, const char *link, const char *fmt, ...)
{
    if (!t->doc)
        return;
    va_list ap;
    va_start(ap, fmt);
    const char *text = print(t->doc, fmt, ap);
    va_end(ap);
    add_cell(t, text, keep_link(t->doc, link), NULL);
}

void parley_table_anchor(struct parley_table *t, const char *id, const char *fmt, ...)
{
    if (!t->doc)
        return;
    va_list ap;
    va_start(ap, fmt);
    const char *text = print(t->doc, fmt, ap);
    va_end(ap);
    add_cell(t, text, NULL, keep(t->doc, id));
}

void parley_table_number(struct parley_table *t, double value, int digits)
{
    char text[PARLEY_NUMBER_TEXT] = "-";
    if (!isnan(value))
        parley_double_to_short(value, digits, text);
    parley_table_cell(t, "%s", text);
}
