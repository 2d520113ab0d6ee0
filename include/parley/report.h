/* report.h - one document tree, many formats.
 *
 * A command or a brief builds headings, paragraphs, tables and charts once; the renderers write text for a
 * terminal, Markdown, CSV, LaTeX, JSON or a self-contained HTML page. Everything lives in the caller's arena.
 * Running out of memory sets doc->failed and is reported by the renderer, so building needs no checks.
 *
 * Texts may come from anywhere: what goes into a document is cleaned once, here. Invalid UTF-8, control characters
 * (other than newline) and the characters that reverse the direction of text become U+FFFD; each renderer escapes the rest.
 * Links are http:, https: or #anchor; another link is left out and its text stays. */
#ifndef PARLEY_REPORT_H
#define PARLEY_REPORT_H

#include <parley/arena.h>
#include <parley/error.h>
#include <parley/json.h>
#include <parley/lang.h>
#include <parley/text.h>
#include <stdbool.h>
#include <stddef.h>

enum parley_block_kind {
    PARLEY_BLOCK_HEADING,   /* text; level 1..4; id = anchor or NULL */
    PARLEY_BLOCK_PARAGRAPH, /* text */
    PARLEY_BLOCK_ITEM,      /* text: one bullet of a list */
    PARLEY_BLOCK_NOTE,      /* text that warns or limits: what the data do not bear */
    PARLEY_BLOCK_CODE,      /* text: commands, verbatim */
    PARLEY_BLOCK_TABLE,     /* table */
    PARLEY_BLOCK_CHART,     /* id, text = title, sentence = what it shows, spec = Vega-Lite JSON with its data */
    PARLEY_BLOCK_FACT,      /* one number that matters: text = what it is, sentence = its value, spec = how sure it is */
};

enum parley_align { PARLEY_LEFT, PARLEY_RIGHT };

struct parley_column {
    const char *title;
    enum parley_align align;
};

struct parley_cell {
    const char *text;
    const char *link; /* NULL, or a URL or #anchor */
    const char *id;   /* NULL, or the anchor that this row is */
};

struct parley_table {
    struct parley_doc *doc;
    const char *caption;
    struct parley_column *column;
    size_t n_columns;
    struct parley_cell *cell; /* row by row */
    size_t n_cells, cap_cells;
};

struct parley_block {
    enum parley_block_kind kind;
    int level;
    const char *id, *text, *sentence, *spec;
    struct parley_table *table;
    struct parley_block *next;
};

struct parley_doc {
    struct parley_arena *arena;
    enum parley_lang lang;
    const char *title;
    const char *subtitle; /* NULL, or one sentence; then every format begins with title and subtitle */
    const char *data;     /* NULL, or JSON: the numbers themselves, which only the JSON format shows, as "data" */
    struct parley_block *first, *last;
    bool failed;
};

#pragma GCC visibility push(default)

void parley_doc_init(struct parley_doc *doc, struct parley_arena *arena, enum parley_lang lang, const char *title);
void parley_doc_subtitle(struct parley_doc *doc, const char *fmt, ...) PARLEY_PRINTF(2, 3);
void parley_doc_heading(struct parley_doc *doc, int level, const char *id, const char *fmt, ...) PARLEY_PRINTF(4, 5);
void parley_doc_paragraph(struct parley_doc *doc, const char *fmt, ...) PARLEY_PRINTF(2, 3);
void parley_doc_item(struct parley_doc *doc, const char *fmt, ...) PARLEY_PRINTF(2, 3);
void parley_doc_note(struct parley_doc *doc, const char *fmt, ...) PARLEY_PRINTF(2, 3);
void parley_doc_code(struct parley_doc *doc, const char *fmt, ...) PARLEY_PRINTF(2, 3);
void parley_doc_data(struct parley_doc *doc, const char *json); /* copied */
/* One number that matters: its label, value and uncertainty in words, shown large. */
void parley_doc_fact(struct parley_doc *doc, const char *label, const char *value, const char *how_sure);
/* spec: a Vega-Lite specification (JSON) with inline data values; copied. parley/chart.h builds the usual ones; marks
 * name their role as "style" (level, interval, change, ...), colours are in web/src/theme.js. */
void parley_doc_chart(struct parley_doc *doc, const char *id, const char *title, const char *sentence, const char *spec);

/* A table; add all columns, then the cells row by row. Never NULL (a failed doc gets a dummy). */
struct parley_table *parley_doc_table(struct parley_doc *doc, const char *caption);
void parley_table_column(struct parley_table *table, const char *title, enum parley_align align);
void parley_table_cell(struct parley_table *table, const char *fmt, ...) PARLEY_PRINTF(2, 3);
void parley_table_link(struct parley_table *table, const char *link, const char *fmt, ...) PARLEY_PRINTF(3, 4);
void parley_table_number(struct parley_table *table, double value, int digits); /* "-" when NaN */

/* A cell whose row is the target of links to "#id". */
void parley_table_anchor(struct parley_table *table, const char *id, const char *fmt, ...) PARLEY_PRINTF(3, 4);
/* prefix and any text as an anchor without the "#": letters, digits, '.', '_' and '-' stay, another byte is _xx. */
const char *parley_doc_anchor(struct parley_doc *doc, const char *prefix, const char *text);

/* --- formats ---------------------------------------------------------------------------------------- */

#define PARLEY_FORMAT_MAP(X) /* format, name and file extension */                                                      \
    X(PARLEY_FORMAT_TEXT, "txt") X(PARLEY_FORMAT_HTML, "html") X(PARLEY_FORMAT_JSON, "json") X(PARLEY_FORMAT_MARKDOWN, "md") \
    X(PARLEY_FORMAT_CSV, "csv") X(PARLEY_FORMAT_LATEX, "tex")

#define PARLEY_FORMAT_ENUM(name, text) name,
enum parley_format { PARLEY_FORMAT_MAP(PARLEY_FORMAT_ENUM) };
#undef PARLEY_FORMAT_ENUM

/* The format of a file name by its extension (also .htm, .text, .markdown). PARLEY_EINVAL lists the extensions. */
PARLEY_MUST_USE enum parley_status parley_format_of_file(const char *path, enum parley_format *out, struct parley_error *err);

/* Any format; width counts for text only. */
PARLEY_MUST_USE enum parley_status parley_doc_render(const struct parley_doc *doc, enum parley_format format, int width,
                                                     struct parley_text *out, struct parley_error *err);

/* Terminal text: paragraphs wrapped at `width` columns, tables aligned by display width (cells of a table that
 * is too wide are wrapped in the widest left-aligned column). Charts are named with their sentence. */
PARLEY_MUST_USE enum parley_status parley_doc_to_text(const struct parley_doc *doc, int width, struct parley_text *out,
                                                      struct parley_error *err);
/* CommonMark with tables. */
PARLEY_MUST_USE enum parley_status parley_doc_to_markdown(const struct parley_doc *doc, struct parley_text *out, struct parley_error *err);
/* Tables only, RFC 4180; each under a line with its caption when there are several. Cells that a spreadsheet would
 * run as a formula get a leading apostrophe; numbers do not. */
PARLEY_MUST_USE enum parley_status parley_doc_to_csv(const struct parley_doc *doc, struct parley_text *out, struct parley_error *err);
/* A LaTeX article (tables with booktabs; XeLaTeX and ctex for Chinese). Charts are named with their sentence. */
PARLEY_MUST_USE enum parley_status parley_doc_to_latex(const struct parley_doc *doc, struct parley_text *out, struct parley_error *err);
/* {"title", "subtitle", "lang", "sections": [{"id", "title", "blocks": [...]}], "data"}; a section is a heading of level 1 or 2. */
PARLEY_MUST_USE enum parley_status parley_doc_to_json(const struct parley_doc *doc, struct parley_text *out, struct parley_error *err);
/* One page that loads nothing: strict Content-Security-Policy, charts drawn by the built-in runtime, each with its data
 * as a table and a CSV link; text and tables also without JavaScript. The same bytes for the same document. */
PARLEY_MUST_USE enum parley_status parley_doc_to_html(const struct parley_doc *doc, struct parley_text *out, struct parley_error *err);

#pragma GCC visibility pop
#endif
