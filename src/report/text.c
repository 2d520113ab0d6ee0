/* A document as text for a terminal. */
#include "indented.h"

#include <parley/report.h>

#include <string.h>

enum { COLUMN_GAP = 2, WIDTH_MIN = 20, COLUMN_MIN = 6, WORD_KEPT = 14, WIDE = 36, ROWS_WEIGHED = 60 };

/* Punctuation that may not begin a line, and that may not end one. */
static bool one_of(uint32_t code, const char *list)
{
    size_t left = strlen(list);
    for (uint32_t c; left;) {
        size_t n = parley_utf8_decode(list, left, &c);
        if (c == code)
            return true;
        list += n, left -= n;
    }
    return false;
}

static bool closes(uint32_t code) { return one_of(code, "，。；：、！？）》〉」』】〕”’％…,.;:!?)]%"); }
static bool opens(uint32_t code) { return one_of(code, "（《〈「『【〔“‘(["); }

/* Bytes of the longest piece of [p, end) that fits in `width` columns, cut at a blank where there is one (not before a %) and beside wide
 * characters otherwise, though not before closing or after opening punctuation; at least one character. */
static size_t piece(const char *p, const char *end, size_t width)
{
    size_t used = 0, fit = 0, cut = 0;
    uint32_t before = 0;
    bool wide_before = false;
    const char *nl = memchr(p, '\n', (size_t)(end - p));
    if (nl)
        end = nl;
    for (const char *q = p; q < end;) {
        uint32_t code;
        size_t n = parley_utf8_decode(q, (size_t)(end - q), &code);
        if (!n)
            n = 1, code = '?';
        size_t w = parley_display_width(q, n);
        if (code == ' ' ? q > p && !(q + 1 < end && q[1] == '%') : before && (wide_before || w == 2) && before != ' ' && !closes(code) && !opens(before))
            cut = (size_t)(q - p);
        if (used + w > width && fit)
            return cut ? cut : fit;
        used += w;
        q += n;
        fit = (size_t)(q - p);
        before = code;
        wide_before = w == 2;
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
    size_t width[128], least[128];
    size_t n;
};

/* Columns of the longest word, so that dates and titles stay whole; a very long one may be cut. */
static size_t longest_word(const char *text)
{
    size_t longest = 0;
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, " \n"), w = parley_display_width(p, n);
        bool cjk = (unsigned char)*p >= 0xe3; /* may be cut between any two */
        if (!cjk && w <= WORD_KEPT && w > longest)
            longest = w;
        p += n;
        p += strspn(p, " \n");
    }
    return longest;
}

static size_t least_width(const struct parley_table *t, size_t c, size_t natural)
{
    size_t least = longest_word(t->column[c].title);
    for (size_t i = c; i < t->n_cells && i < t->n_columns * ROWS_WEIGHED; i += t->n_columns) {
        size_t w = longest_word(t->cell[i].text);
        least = w > least ? w : least;
    }
    least = least < COLUMN_MIN ? COLUMN_MIN : least;
    return least < natural ? least : natural;
}

/* Lines that the first rows take at these widths; blanks at cuts are not looked at. */
static size_t lines_of(const struct parley_table *t, const struct layout *l)
{
    size_t sum = 1, cells = t->n_cells < l->n * ROWS_WEIGHED ? t->n_cells : l->n * ROWS_WEIGHED;
    for (size_t c = 0; c < l->n; c++) {
        size_t w = parley_display_width(t->column[c].title, strlen(t->column[c].title)), lines = (w + l->width[c] - 1) / (l->width[c] ? l->width[c] : 1);
        sum = lines > sum ? lines : sum;
    }
    for (size_t i = 0; i + l->n <= cells; i += l->n) {
        size_t most = 1;
        for (size_t c = 0; c < l->n; c++) {
            size_t w = parley_display_width(t->cell[i + c].text, strlen(t->cell[i + c].text));
            size_t lines = (w + l->width[c] - 1) / (l->width[c] ? l->width[c] : 1);
            most = lines > most ? lines : most;
        }
        sum += most;
    }
    return sum;
}

/* Take one from the column where it costs the fewest lines, of equal ones from the widest; false when none can give. */
static bool narrow_one(const struct parley_table *t, struct layout *l, bool hard)
{
    size_t best = l->n, best_lines = 0;
    for (size_t c = 0; c < l->n; c++) {
        if (l->width[c] <= l->least[c] || (!hard && l->width[c] <= WIDE))
            continue;
        l->width[c]--;
        size_t lines = lines_of(t, l);
        l->width[c]++;
        if (best == l->n || lines < best_lines || (lines == best_lines && l->width[c] > l->width[best]))
            best = c, best_lines = lines;
    }
    if (best < l->n)
        l->width[best]--;
    return best < l->n;
}

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
        l->least[c] = t->column[c].align == PARLEY_RIGHT ? l->width[c] : least_width(t, c, l->width[c]);
        sum += l->width[c] + (c ? COLUMN_GAP : 0);
    }
    for (int hard = 0; hard < 2; hard++) /* narrow columns stay whole as long as wide ones have room */
        while (sum > total && narrow_one(t, l, hard))
            sum--;
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
        case PARLEY_BLOCK_CODE: indented(out, b->text); break;
        case PARLEY_BLOCK_FACT: fact(out, doc, b, width); break;
        case PARLEY_BLOCK_TABLE: table(out, b->table, width); break;
        case PARLEY_BLOCK_CHART: wrapped(out, PARLEY_SAY(doc->lang, "[chart] ", "［图］"), b->sentence ? b->sentence : b->text, width); break;
        }
    }
    if (doc->failed || doc->arena->failed || out->failed)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory while writing the report");
    return PARLEY_OK;
}
