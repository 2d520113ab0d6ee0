/* A document as CommonMark with tables. */
#include "indented.h"

#include <parley/report.h>

#include <string.h>

/* What Markdown or HTML inside Markdown would take as markup gets a backslash; a line never begins a block by accident. */
static void escaped(struct parley_text *out, const char *text, bool in_table)
{
    for (const char *p = text; *p; p++) {
        bool begins = p == text || p[-1] == '\n';
        if (*p == '\n') {
            parley_text_adds(out, in_table ? " " : "\n");
            continue;
        }
        if (strchr("\\`*_[]<>&~", *p) || (*p == '|' && in_table) || (begins && strchr("#+-=", *p)))
            parley_text_addc(out, '\\');
        parley_text_addc(out, *p);
        /* "1." or "1)" at the start of a line would begin a numbered list */
        if (begins && *p >= '0' && *p <= '9') {
            while (p[1] >= '0' && p[1] <= '9')
                parley_text_addc(out, *++p);
            if (p[1] == '.' || p[1] == ')')
                parley_text_addc(out, '\\');
        }
    }
}

static void link_to(struct parley_text *out, const char *link)
{
    for (const char *p = link; *p; p++)
        if (strchr(" <>()|\\\n", *p))
            parley_text_addf(out, "%%%02X", (unsigned char)*p);
        else
            parley_text_addc(out, *p);
}

static void cell(struct parley_text *out, const struct parley_cell *c)
{
    /* Anchors of rows do not survive in Markdown: links to them stay text. */
    bool linked = c->link && c->link[0] != '#' && *c->text;
    parley_text_adds(out, linked ? " [" : " ");
    escaped(out, c->text, true);
    if (linked) {
        parley_text_adds(out, "](");
        link_to(out, c->link);
        parley_text_addc(out, ')');
    }
    parley_text_adds(out, " |");
}

static void table(struct parley_text *out, const struct parley_table *t)
{
    if (!t->n_columns)
        return;
    if (t->caption && *t->caption) {
        escaped(out, t->caption, false);
        parley_text_adds(out, "\n\n");
    }
    parley_text_addc(out, '|');
    for (size_t c = 0; c < t->n_columns; c++)
        cell(out, &(struct parley_cell){ .text = t->column[c].title });
    parley_text_adds(out, "\n|");
    for (size_t c = 0; c < t->n_columns; c++)
        parley_text_adds(out, t->column[c].align == PARLEY_RIGHT ? " ---: |" : " --- |");
    parley_text_addc(out, '\n');
    for (size_t i = 0; i + t->n_columns <= t->n_cells; i += t->n_columns) {
        parley_text_addc(out, '|');
        for (size_t c = 0; c < t->n_columns; c++)
            cell(out, &t->cell[i + c]);
        parley_text_addc(out, '\n');
    }
}

static void block(struct parley_text *out, const struct parley_doc *doc, const struct parley_block *b)
{
    switch (b->kind) {
    case PARLEY_BLOCK_HEADING:
        for (int i = 0; i < (b->level < 1 ? 1 : b->level > 6 ? 6 : b->level); i++)
            parley_text_addc(out, '#');
        parley_text_addc(out, ' ');
        escaped(out, b->text, true);
        parley_text_addc(out, '\n');
        break;
    case PARLEY_BLOCK_PARAGRAPH: escaped(out, b->text, false); parley_text_addc(out, '\n'); break;
    case PARLEY_BLOCK_ITEM: parley_text_adds(out, "- "); escaped(out, b->text, true); parley_text_addc(out, '\n'); break;
    case PARLEY_BLOCK_NOTE:
        parley_text_addf(out, "> **%s** ", PARLEY_SAY(doc->lang, "Note:", "注意："));
        escaped(out, b->text, true);
        parley_text_addc(out, '\n');
        break;
    case PARLEY_BLOCK_CODE: indented(out, b->text); break;
    case PARLEY_BLOCK_FACT:
        parley_text_adds(out, "- ");
        escaped(out, b->text, true);
        parley_text_adds(out, PARLEY_SAY(doc->lang, ": **", "：**"));
        escaped(out, b->sentence, true);
        parley_text_adds(out, "** ");
        escaped(out, b->spec ? b->spec : "", true);
        parley_text_addc(out, '\n');
        break;
    case PARLEY_BLOCK_TABLE: table(out, b->table); break;
    case PARLEY_BLOCK_CHART:
        parley_text_addf(out, "*%s* ", PARLEY_SAY(doc->lang, "Chart:", "图："));
        escaped(out, b->sentence ? b->sentence : b->text, true);
        parley_text_addc(out, '\n');
        break;
    }
}

enum parley_status parley_doc_to_markdown(const struct parley_doc *doc, struct parley_text *out, struct parley_error *err)
{
    const struct parley_block *before = NULL;
    if (doc->subtitle) {
        parley_text_adds(out, "# ");
        escaped(out, doc->title, true);
        parley_text_adds(out, "\n\n");
        escaped(out, doc->subtitle, false);
        parley_text_adds(out, "\n\n");
    }
    for (const struct parley_block *b = doc->first; b; before = b, b = b->next) {
        bool listed = b->kind == PARLEY_BLOCK_ITEM || b->kind == PARLEY_BLOCK_FACT || b->kind == PARLEY_BLOCK_CODE;
        if (before && !(listed && before->kind == b->kind))
            parley_text_addc(out, '\n');
        block(out, doc, b);
    }
    if (doc->failed || doc->arena->failed || out->failed)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory while writing the report");
    return PARLEY_OK;
}
