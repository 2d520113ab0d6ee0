/* report.h - one document tree, many formats.
 *
 * A command or a brief builds headings, paragraphs, tables and charts once; the renderers write text for a
 * terminal, Markdown, CSV, LaTeX, JSON or a self-contained HTML page. Everything lives in the caller's arena.
 * Running out of memory sets doc->failed and is reported by the renderer, so building needs no checks. */
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
};

enum parley_align { PARLEY_LEFT, PARLEY_RIGHT };

struct parley_column {
    const char *title;
    enum parley_align align;
};

struct parley_cell {
    const char *text;
    const char *link; /* NULL, or a URL or #anchor */
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
    struct parley_block *first, *last;
    bool failed;
};

#pragma GCC visibility push(default)

void parley_doc_init(struct parley_doc *doc, struct parley_arena *arena, enum parley_lang lang, const char *title);
void parley_doc_heading(struct parley_doc *doc, int level, const char *id, const char *fmt, ...) PARLEY_PRINTF(4, 5);
void parley_doc_paragraph(struct parley_doc *doc, const char *fmt, ...) PARLEY_PRINTF(2, 3);
void parley_doc_item(struct parley_doc *doc, const char *fmt, ...) PARLEY_PRINTF(2, 3);
void parley_doc_note(struct parley_doc *doc, const char *fmt, ...) PARLEY_PRINTF(2, 3);
void parley_doc_code(struct parley_doc *doc, const char *fmt, ...) PARLEY_PRINTF(2, 3);
/* spec: a Vega-Lite specification (JSON) with inline data values; copied. */
void parley_doc_chart(struct parley_doc *doc, const char *id, const char *title, const char *sentence, const char *spec);

/* A table; add all columns, then the cells row by row. Never NULL (a failed doc gets a dummy). */
struct parley_table *parley_doc_table(struct parley_doc *doc, const char *caption);
void parley_table_column(struct parley_table *table, const char *title, enum parley_align align);
void parley_table_cell(struct parley_table *table, const char *fmt, ...) PARLEY_PRINTF(2, 3);
void parley_table_link(struct parley_table *table, const char *link, const char *fmt, ...) PARLEY_PRINTF(3, 4);
void parley_table_number(struct parley_table *table, double value, int digits); /* "-" when NaN */

/* Terminal text: paragraphs wrapped at `width` columns, tables aligned by display width (cells of a table that
 * is too wide are wrapped in the widest left-aligned column). Charts are named with their sentence. */
PARLEY_MUST_USE enum parley_status parley_doc_to_text(const struct parley_doc *doc, int width, struct parley_text *out,
                                                      struct parley_error *err);

#pragma GCC visibility pop
#endif
