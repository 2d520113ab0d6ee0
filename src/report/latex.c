/* A document as a LaTeX article. */
#include <parley/report.h>

#include <string.h>

enum { LONG_TABLE_ROWS = 30, WIDE_CELL = 40 };

static void escaped(struct parley_text *out, const char *text)
{
    for (const char *p = text; *p; p++)
        switch (*p) {
        case '\\': parley_text_adds(out, "\\textbackslash{}"); break;
        case '~': parley_text_adds(out, "\\textasciitilde{}"); break;
        case '^': parley_text_adds(out, "\\textasciicircum{}"); break;
        case '{': case '}': case '$': case '&': case '#': case '%': case '_':
            parley_text_addc(out, '\\');
            parley_text_addc(out, *p);
            break;
        case '<': parley_text_adds(out, "\\textless{}"); break;
        case '>': parley_text_adds(out, "\\textgreater{}"); break;
        case '"': parley_text_adds(out, "\\textquotedbl{}"); break;
        case '`': parley_text_adds(out, "\\textasciigrave{}"); break; /* ?` and !` are ligatures */
        case '-': parley_text_adds(out, p[1] == '-' ? "-{}" : "-"); break;
        case '[': parley_text_adds(out, "{[}"); break; /* after \\ it would be an argument */
        case '\n': parley_text_addc(out, ' '); break; /* a blank line would end the paragraph inside an argument */
        default: parley_text_addc(out, *p);
        }
}

static void said(struct parley_text *out, const char *before, const char *text, const char *after)
{
    parley_text_adds(out, before);
    escaped(out, text ? text : "");
    parley_text_adds(out, after);
}

/* A left-aligned column with long cells becomes a paragraph column; those share the width that is left. */
static void columns(struct parley_text *out, const struct parley_table *t)
{
    bool wide[128] = { false };
    size_t n_wide = 0;
    for (size_t c = 0; c < t->n_columns; c++) {
        for (size_t i = c; i < t->n_cells; i += t->n_columns)
            wide[c] |= t->column[c].align == PARLEY_LEFT && parley_display_width(t->cell[i].text, strlen(t->cell[i].text)) > WIDE_CELL;
        n_wide += wide[c];
    }
    for (size_t c = 0; c < t->n_columns; c++)
        if (wide[c])
            parley_text_addf(out, "p{%.2f\\linewidth}", (t->n_columns - n_wide > 4 ? .35 : .55) / (double)n_wide);
        else
            parley_text_addc(out, t->column[c].align == PARLEY_RIGHT ? 'r' : 'l');
}

static void table(struct parley_text *out, const struct parley_table *t)
{
    if (!t->n_columns)
        return;
    bool is_long = t->n_cells / t->n_columns > LONG_TABLE_ROWS;
    parley_text_adds(out, is_long ? "\\begin{longtable}{" : "\\begin{table}[ht]\n\\small\n");
    if (!is_long) {
        said(out, t->caption && *t->caption ? "\\caption{" : "% ", t->caption, t->caption && *t->caption ? "}\n" : "\n");
        parley_text_adds(out, "\\begin{tabular}{");
    }
    columns(out, t);
    parley_text_adds(out, "}\n");
    if (is_long && t->caption && *t->caption)
        said(out, "\\caption{", t->caption, "}\\\\\n");
    parley_text_adds(out, "\\toprule\n");
    for (size_t c = 0; c < t->n_columns; c++)
        said(out, c ? " & " : "", t->column[c].title, "");
    parley_text_adds(out, is_long ? " \\\\\n\\midrule\n\\endhead\n" : " \\\\\n\\midrule\n");
    for (size_t i = 0; i + t->n_columns <= t->n_cells; i += t->n_columns) {
        for (size_t c = 0; c < t->n_columns; c++)
            said(out, c ? " & " : "", t->cell[i + c].text, "");
        parley_text_adds(out, " \\\\\n");
    }
    parley_text_adds(out, is_long ? "\\bottomrule\n\\end{longtable}\n" : "\\bottomrule\n\\end{tabular}\n\\end{table}\n");
}

/* One line of listings in an environment that runs no commands; "\end{verbatim}" cannot occur in escaped text. */
static void code(struct parley_text *out, const char *text)
{
    parley_text_adds(out, "\\begin{flushleft}\\ttfamily\\small\n");
    for (const char *p = text; *p;) {
        char line[512];
        size_t n = strcspn(p, "\n"), take = n < sizeof line ? n : sizeof line - 1;
        memcpy(line, p, take);
        line[take] = 0;
        said(out, "", line, "\\\\\n");
        p += take + (take == n && p[n] == '\n');
    }
    parley_text_adds(out, "\\end{flushleft}\n");
}

static void block(struct parley_text *out, const struct parley_doc *doc, const struct parley_block *b)
{
    static const char *const level[] = { "\\section*{", "\\section*{", "\\section{", "\\subsection{", "\\paragraph{" };
    switch (b->kind) {
    case PARLEY_BLOCK_HEADING: said(out, level[b->level < 0 || b->level > 4 ? 4 : b->level], b->text, "}\n"); break;
    case PARLEY_BLOCK_PARAGRAPH: said(out, "", b->text, "\n"); break;
    case PARLEY_BLOCK_ITEM: said(out, "\\item ", b->text, "\n"); break;
    case PARLEY_BLOCK_NOTE: said(out, PARLEY_SAY(doc->lang, "\\begin{quote}\\textbf{Note:} ", "\\begin{quote}\\textbf{注意：} "), b->text, "\\end{quote}\n"); break;
    case PARLEY_BLOCK_CODE: code(out, b->text); break;
    case PARLEY_BLOCK_FACT:
        said(out, "\\item ", b->text, ": ");
        said(out, "\\textbf{", b->sentence, "} ");
        said(out, "", b->spec, "\n");
        break;
    case PARLEY_BLOCK_TABLE: table(out, b->table); break;
    case PARLEY_BLOCK_CHART: said(out, PARLEY_SAY(doc->lang, "\\textit{Chart:} ", "\\textit{图：} "), b->sentence ? b->sentence : b->text, "\n"); break;
    }
}

static bool is_item(const struct parley_block *b)
{
    return b && (b->kind == PARLEY_BLOCK_ITEM || b->kind == PARLEY_BLOCK_FACT);
}

enum parley_status parley_doc_to_latex(const struct parley_doc *doc, struct parley_text *out, struct parley_error *err)
{
    const struct parley_block *before = NULL;
    parley_text_addf(out, "%s\n", doc->lang == PARLEY_ZH ? "% compile with xelatex\n\\documentclass[a4paper]{ctexart}" : "\\documentclass[a4paper]{article}\n\\usepackage{iftex}\n\\ifPDFTeX\\usepackage[T1]{fontenc}\\usepackage{textcomp}\\fi");
    parley_text_adds(out, "\\usepackage{booktabs,longtable}\n\\begin{document}\n");
    if (doc->subtitle) {
        said(out, "\\section*{", doc->title, "}\n");
        said(out, "\\noindent ", doc->subtitle, "\n");
    }
    for (const struct parley_block *b = doc->first; b; before = b, b = b->next) {
        if (is_item(before) && !is_item(b))
            parley_text_adds(out, "\\end{itemize}\n");
        parley_text_addc(out, '\n');
        if (is_item(b) && !is_item(before))
            parley_text_adds(out, "\\begin{itemize}\n");
        block(out, doc, b);
    }
    parley_text_adds(out, is_item(before) ? "\\end{itemize}\n\\end{document}\n" : "\\end{document}\n");
    if (doc->failed || doc->arena->failed || out->failed)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory while writing the report");
    return PARLEY_OK;
}
