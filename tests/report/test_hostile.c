/* Hostile texts in every place of a document stay text in every format. With the reference folder, the Big List of Naughty
 * Strings too. */
#include <parley/chart.h>
#include <parley/csv.h>
#include <parley/file.h>
#include <parley/tree.h>

#include "tap.h"

static void fill(struct parley_doc *doc, const char *text)
{
    parley_doc_subtitle(doc, "%s", text);
    parley_doc_heading(doc, 2, "one", "%s", text);
    parley_doc_paragraph(doc, "%s", text);
    parley_doc_item(doc, "%s", text);
    parley_doc_note(doc, "%s", text);
    parley_doc_code(doc, "%s", text);
    parley_doc_fact(doc, text, text, text);
    struct parley_table *t = parley_doc_table(doc, text);
    parley_table_column(t, text, PARLEY_LEFT);
    parley_table_column(t, "link", PARLEY_LEFT);
    parley_table_anchor(t, parley_doc_anchor(doc, "ev-", text), "%s", text);
    parley_table_link(t, text, "%s", text);
    const struct parley_chart_estimate estimate = { text, 1, 0, 2 };
    parley_chart_estimates(doc, &(struct parley_chart_text){ "c", text, text }, text, &estimate, 1, 0);
}

/* Every '<' of the page begins one of our own tags; every quote in a tag ends an attribute. */
static bool only_our_tags(const char *page)
{
    static const char *const ours[] = { "!DOCTYPE html", "html", "head", "meta", "title", "style", "body", "a", "header", "h1", "h2", "h3", "p", "nav",
        "ol", "li", "ul", "main", "section", "b", "pre", "code", "dl", "div", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure",
        "figcaption", "strong", "span", "script", "details", "summary", "footer" };
    for (const char *p = strchr(page, '<'); p; p = strchr(p + 1, '<')) {
        const char *name = p + 1 + (p[1] == '/');
        bool known = false;
        for (size_t i = 0; i < sizeof ours / sizeof *ours && !known; i++) {
            size_t n = strlen(ours[i]);
            known = !strncmp(name, ours[i], n) && strchr(" >\n", name[n]);
        }
        if (!known) {
            printf("# a tag that is not ours: %.60s\n", p);
            return false;
        }
        if (!strncmp(p, "<style>", 7) || !strncmp(p, "<script>", 8)) {
            p = strstr(p, p[2] == 't' ? "</style>" : "</script>");
            if (!p)
                return false;
        }
    }
    return true;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *p = strstr(text, what); p; p = strstr(p + 1, what))
        n++;
    return n;
}

struct made {
    struct parley_arena arena;
    struct parley_doc doc;
    struct parley_text text;
    struct parley_error err;
};

static const char *render(struct made *m, const char *hostile, enum parley_format format)
{
    *m = (struct made){ 0 };
    parley_doc_init(&m->doc, &m->arena, PARLEY_EN, hostile);
    parley_text_init(&m->text, 1 << 26);
    fill(&m->doc, hostile);
    return parley_doc_render(&m->doc, format, 80, &m->text, &m->err) ? NULL : parley_text_str(&m->text);
}

static void drop(struct made *m)
{
    parley_text_release(&m->text);
    parley_arena_release(&m->arena);
}

static bool html_is_safe(const char *hostile)
{
    struct made m;
    const char *page = render(&m, hostile, PARLEY_FORMAT_HTML);
    bool good = page && only_our_tags(page) && count(page, "<script") == 2 && count(page, "</script") == 2 && !strstr(page, "href=\"javascript:");
    drop(&m);
    return good;
}

static bool json_reads_back(const char *hostile)
{
    struct made m;
    struct parley_node *root = NULL;
    const char *json = render(&m, hostile, PARLEY_FORMAT_JSON);
    bool good = json && !parley_json_parse(json, m.text.len, "doc", &m.arena, &root, &m.err) && parley_node_get(root, "sections");
    if (!good)
        printf("# %s\n", m.err.text);
    drop(&m);
    return good;
}

/* The table has a header and one row of two fields; no field begins a formula. */
static bool csv_reads_back(const char *hostile)
{
    struct made m;
    struct parley_csv *csv = NULL;
    struct parley_csv_row row;
    const char *text = render(&m, hostile, PARLEY_FORMAT_CSV);
    bool good = text && !parley_csv_open_memory(text, m.text.len, "doc", NULL, &csv, &m.err);
    size_t n = 0;
    while (good && !parley_csv_next(csv, &row, &m.err) && row.n) {
        good = row.n == 2;
        n++;
        double number;
        for (size_t i = 0; good && i < row.n; i++)
            good = !row.field[i].len || !strchr("=+-@", row.field[i].text[0]) || parley_text_to_double(row.field[i].text, row.field[i].len, &number);
    }
    parley_csv_close(csv);
    drop(&m);
    return good && n == 2 && !m.err.text[0];
}

/* Braces balance, and no command but those the renderer writes. */
static bool latex_is_safe(const char *hostile)
{
    static const char *const known[] = { "documentclass", "usepackage", "ifPDFTeX", "fi", "begin", "end", "section", "noindent", "item", "textbf", "textit",
        "ttfamily", "small", "caption", "toprule", "midrule", "bottomrule", "linewidth", "textbackslash", "textasciitilde", "textasciicircum", "textless",
        "textgreater", "textquotedbl", "textasciigrave" };
    struct made m;
    const char *text = render(&m, hostile, PARLEY_FORMAT_LATEX);
    long depth = 0;
    bool good = text != NULL;
    for (const char *p = text; good && *p; p++) {
        if (*p == '%' && (p == text || p[-1] == '\n')) {
            p += strcspn(p, "\n");
            if (!*p)
                break;
        }
        depth += (*p == '{') - (*p == '}');
        good = depth >= 0;
        if (*p != '\\')
            continue;
        size_t n = strspn(p + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
        bool ours = n == 0 && strchr("\\{}$&#%_", p[1]);
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            ours |= n == strlen(known[i]) && !strncmp(p + 1, known[i], n);
        if (!ours)
            printf("# a command that is not ours: %.30s\n", p);
        good &= ours;
        p += n ? n : 1;
    }
    drop(&m);
    return good && depth == 0;
}

static bool text_has_no_controls(const char *hostile)
{
    struct made m;
    const char *text = render(&m, hostile, PARLEY_FORMAT_TEXT);
    bool good = text && parley_utf8_valid(text, m.text.len) == m.text.len && !strstr(text, "\xe2\x80\xae");
    for (const char *p = text; good && *p; p++)
        good = (unsigned char)*p >= 0x20 || *p == '\n';
    drop(&m);
    return good;
}

static bool markdown_has_no_markup(const char *hostile)
{
    struct made m;
    const char *text = render(&m, hostile, PARLEY_FORMAT_MARKDOWN);
    bool good = text != NULL, verbatim = false;
    for (const char *p = text; good && *p; p++) {
        if (p == text || p[-1] == '\n')
            verbatim = !strncmp(p, "    ", 4);
        good = verbatim || *p != '<' || (p > text && p[-1] == '\\');
    }
    drop(&m);
    return good;
}

static bool all_formats(const char *hostile)
{
    return html_is_safe(hostile) && json_reads_back(hostile) && csv_reads_back(hostile) && latex_is_safe(hostile) && text_has_no_controls(hostile) &&
           markdown_has_no_markup(hostile);
}

static const char *const hostile[] = {
    "plain", "</script><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "<!--", "]]>", "javascript:alert(1)",
    "=cmd|' /C calc'!A0", "+1+1", "-2+3+cmd", "@SUM(1)", "\\input{/etc/passwd}", "\\end{verbatim}\\immediate\\write18{ls}", "%", "$^_{}~#&", "[x](javascript:1)",
    "`code`", "a\nb", "a\n\nb", "\x1b[31mred\x1b]0;title\a", "\xff\xfe broken", "\xe2\x80\xae" "reversed", "\xc2\x9b" "31m", "tab\there", "\xef\xbb\xbf" "bom",
    "data:text/html,<script>alert(1)</script>", "https://example.org/\"onclick=\"x", "#\"><b>", "| a | b |", "1. list", "# heading", "\r\n", "",
    "https://example.org/a b<c>",
};

static void naughty(void)
{
    struct parley_arena arena = { 0 };
    struct parley_error err = { 0 };
    struct parley_node *root = NULL;
    char *data = NULL;
    size_t len = 0, good = 0;
    const char *folder = reference_folder();
    const char *path = folder ? parley_arena_printf(&arena, "%s/channel/strings/blns.json", folder) : NULL;
    if (!path || parley_file_read(path, 1 << 20, &arena, &data, &len, &err) || parley_json_parse(data, len, path, &arena, &root, &err)) {
        OK(true, "naughty strings # SKIP no reference folder");
    } else {
        for (size_t i = 0; i < root->n; i++)
            if (all_formats(root->child[i].text))
                good++;
            else
                printf("# string %zu: %s\n", i, root->child[i].text);
        OK(good == root->n && root->n > 300, "%zu of %zu naughty strings stay text", good, root->n);
    }
    parley_arena_release(&arena);
}

int main(void)
{
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        OK(html_is_safe(hostile[i]), "HTML: string %zu", i);
        OK(json_reads_back(hostile[i]), "JSON: string %zu", i);
        OK(csv_reads_back(hostile[i]), "CSV: string %zu", i);
        OK(latex_is_safe(hostile[i]), "LaTeX: string %zu", i);
        OK(text_has_no_controls(hostile[i]), "text: string %zu", i);
        OK(markdown_has_no_markup(hostile[i]), "Markdown: string %zu", i);
    }
    naughty();
    return done();
}
