/* A document as text for a terminal. */
#include <parley/report.h>

#include <string.h>

enum { COLUMN_GAP = 2, WIDTH_MIN = 20 };

/* Bytes of the longest piece of [p, end) that fits in `width` columns, cut at a blank where there is one and
 * between wide characters otherwise; at least one character. */
static size_t piece(const char *p, const char *end, size_t width)
{
    size_t used = 0, fit = 0, blank = 0;
    const char *nl = memchr(p, '\n', (size_t)(end - p));
    if (nl)
        end = nl;
    for (const char *q = p; q < end;) {
        uint32_t code;
        size_t n = parley_utf8_decode(q, (size_t)(end - q), &code);
        if (!n)
            n = 1, code = '?';
        size_t w = parley_display_width(q, n);
        if (used + w > width && fit)
            return *q == ' ' ? fit : blank ? blank : fit;
        used += w;
        if (code == ' ' && q > p)
            blank = (size_t)(q - p);
        else if (w == 2)
            blank = (size_t)(q - p) + n;
        q += n;
        fit = (size_t)(q - p);
    }
    return (size_t)(end - p);
}

static void spaces(struct parley_text *out, size_t n)
{
    while (n--)
        parley_text_addc(out, ' ');
}

/* Wrap text with a first-line lead and a hanging indent of the lead's width. */
static void wrapped(struct parley_text *out, const char *lead, const char *text, size_t width)
{
    size_t indent = parley_display_width(lead, strlen(lead));
    const char *p = text, *end = text + strlen(text);
    size_t room = width > indent + WIDTH_MIN ? width - indent : WIDTH_MIN;
    parley_text_adds(out, lead);
    do {
        size_t n = piece(p, end, room);
        if (p != text)
            spaces(out, indent);
        parley_text_add(out, p, n);
        parley_text_addc(out, '\n');
        p += n;
        while (p < end && (*p == ' ' || *p == '\n'))
            p++;
    } while (p < end);
}

struct layout {
    size_t width[128];
    size_t n;
};

static void measure(const struct parley_table *t, size_t total, struct layout *l)
{
    l->n = t->n_columns;
    size_t sum = 0;
    for (size_t c = 0; c < l->n; c++) {
        l->width[c] = parley_display_width(t->column[c].title, strlen(t->column[c].title));
        for (size_t i = c; i < t->n_cells; i += l->n) {
            size_t w = parley_display_width(t->cell[i].text, strlen(t->cell[i].text));
            if (w > l->width[c])
                l->width[c] = w;
        }
        sum += l->width[c] + (c ? COLUMN_GAP : 0);
    }
    while (sum > total) { /* take from the widest column */
        size_t widest = 0;
        for (size_t c = 1; c < l->n; c++)
            if (l->width[c] > l->width[widest])
                widest = c;
        if (l->width[widest] <= 8)
            break;
        size_t take = sum - total, second = 8;
        for (size_t c = 0; c < l->n; c++)
            if (c != widest && l->width[c] > second)
                second = l->width[c];
        size_t able = l->width[widest] > second ? l->width[widest] - second : 1;
        if (take > able)
            take = able;
        l->width[widest] -= take;
        sum -= take;
    }
}

static void table_row(struct parley_text *out, const struct parley_table *t, const struct layout *l, const char *const *text)
{
    const char *rest[128], *end[128];
    for (size_t c = 0; c < l->n; c++)
        rest[c] = text[c], end[c] = text[c] + strlen(text[c]);
    for (bool more = true; more;) {
        more = false;
        size_t owed = 0; /* blanks not yet written, so that lines do not end in blanks */
        for (size_t c = 0; c < l->n; c++) {
            size_t n = rest[c] < end[c] ? piece(rest[c], end[c], l->width[c]) : 0;
            size_t w = parley_display_width(rest[c], n);
            size_t pad = l->width[c] > w ? l->width[c] - w : 0;
            if (c)
                owed += COLUMN_GAP;
            if (t->column[c].align == PARLEY_RIGHT)
                owed += pad;
            if (n) {
                spaces(out, owed);
                owed = 0;
                parley_text_add(out, rest[c], n);
            } else {
                owed += w;
            }
            if (t->column[c].align == PARLEY_LEFT)
                owed += pad;
            rest[c] += n;
            while (rest[c] < end[c] && (*rest[c] == ' ' || *rest[c] == '\n'))
                rest[c]++;
            more |= rest[c] < end[c];
        }
        parley_text_addc(out, '\n');
    }
}

static void table(struct parley_text *out, const struct parley_table *t, size_t width)
{
    struct layout l;
    const char *text[128] = { 0 };
    if (t->n_columns == 0)
        return;
    if (t->caption && *t->caption)
        wrapped(out, "", t->caption, width);
    measure(t, width, &l);
    for (size_t c = 0; c < l.n; c++)
        text[c] = t->column[c].title;
    table_row(out, t, &l, text);
    for (size_t c = 0; c < l.n; c++) {
        spaces(out, c ? COLUMN_GAP : 0);
        for (size_t i = 0; i < l.width[c]; i++)
            parley_text_addc(out, '-');
    }
    parley_text_addc(out, '\n');
    for (size_t i = 0; i + l.n <= t->n_cells; i += l.n) {
        for (size_t c = 0; c < l.n; c++)
            text[c] = t->cell[i + c].text;
        table_row(out, t, &l, text);
    }
}

static void heading(struct parley_text *out, const struct parley_block *b, size_t width)
{
    wrapped(out, "", b->text, width);
    size_t w = parley_display_width(b->text, strlen(b->text));
    for (size_t i = 0; b->level <= 2 && i < (w < width ? w : width); i++)
        parley_text_addc(out, b->level == 1 ? '=' : '-');
    if (b->level <= 2)
        parley_text_addc(out, '\n');
}

static void code(struct parley_text *out, const char *text)
{
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\n");
        parley_text_addf(out, "    %.*s\n", (int)n, p);
        p += n + (p[n] == '\n');
    }
}

static void fact(struct parley_text *out, const struct parley_doc *doc, const struct parley_block *b, size_t width)
{
    struct parley_text line;
    parley_text_init(&line, 1 << 16);
    const char *open = PARLEY_SAY(doc->lang, " (", "（"), *close = PARLEY_SAY(doc->lang, ")", "）");
    bool sure = b->spec && *b->spec;
    parley_text_addf(&line, "%s%s%s%s%s%s", b->text, PARLEY_SAY(doc->lang, ": ", "："), b->sentence, sure ? open : "", sure ? b->spec : "", sure ? close : "");
    wrapped(out, "* ", parley_text_str(&line), width);
    out->failed |= line.failed;
    parley_text_release(&line);
}

enum parley_status parley_doc_to_text(const struct parley_doc *doc, int columns, struct parley_text *out,
                                      struct parley_error *err)
{
    size_t width = columns < WIDTH_MIN ? WIDTH_MIN : (size_t)columns;
    const struct parley_block *before = NULL;
    if (doc->subtitle) {
        heading(out, &(struct parley_block){ .level = 1, .text = doc->title }, width);
        wrapped(out, "", doc->subtitle, width);
        parley_text_addc(out, '\n');
    }
    for (const struct parley_block *b = doc->first; b; before = b, b = b->next) {
        bool listed = b->kind == PARLEY_BLOCK_ITEM || b->kind == PARLEY_BLOCK_FACT || b->kind == PARLEY_BLOCK_CODE;
        if (before && !(listed && before->kind == b->kind))
            parley_text_addc(out, '\n');
        switch (b->kind) {
        case PARLEY_BLOCK_HEADING: heading(out, b, width); break;
        case PARLEY_BLOCK_PARAGRAPH: wrapped(out, "", b->text, width); break;
        case PARLEY_BLOCK_ITEM: wrapped(out, "- ", b->text, width); break;
        case PARLEY_BLOCK_NOTE: wrapped(out, PARLEY_SAY(doc->lang, "Note: ", "注意："), b->text, width); break;
        case PARLEY_BLOCK_CODE: code(out, b->text); break;
        case PARLEY_BLOCK_FACT: fact(out, doc, b, width); break;
        case PARLEY_BLOCK_TABLE: table(out, b->table, width); break;
        case PARLEY_BLOCK_CHART: wrapped(out, PARLEY_SAY(doc->lang, "[chart] ", "［图］"), b->sentence ? b->sentence : b->text, width); break;
        }
    }
    if (doc->failed || out->failed)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory while writing the report");
    return PARLEY_OK;
}
