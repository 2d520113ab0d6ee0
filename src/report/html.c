/* A document as one HTML page that loads nothing. */
#include "report/chart_data.h"

#include <parley/data.h>
#include <parley/version.h>

#include <string.h>

enum { DATA_ROWS_SHOWN = 300, WIDE_CELL = 40, SHORT_CELL = 24, LONG_TABLE = 24 };

struct page {
    const struct parley_doc *doc;
    struct parley_text *out;
    bool section, list, facts, code; /* elements that are open */
    bool has_chart;
    size_t n_headings, n_tables;
};

static void escaped(struct parley_text *out, const char *text)
{
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "&<>\"'");
        parley_text_add(out, p, n);
        p += n;
        switch (*p) {
        case '&': parley_text_adds(out, "&amp;"); break;
        case '<': parley_text_adds(out, "&lt;"); break;
        case '>': parley_text_adds(out, "&gt;"); break;
        case '"': parley_text_adds(out, "&quot;"); break;
        case '\'': parley_text_adds(out, "&#39;"); break;
        default: continue;
        }
        p++;
    }
}

/* before, escaped text, after */
static void said(struct page *page, const char *before, const char *text, const char *after)
{
    parley_text_adds(page->out, before);
    escaped(page->out, text ? text : "");
    parley_text_adds(page->out, after);
}

/* JSON inside <script>: a '<' may only stand in a string, where \u003c means the same. */
static void json_in_script(struct parley_text *out, const char *json)
{
    for (const char *p = json; *p;) {
        size_t n = strcspn(p, "<");
        parley_text_add(out, p, n);
        p += n;
        if (*p) {
            parley_text_adds(out, "\\u003c");
            p++;
        }
    }
}

static void percent(struct parley_text *out, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if ((*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') || strchr("-_.~,", *p)) {
            parley_text_addc(out, (char)*p);
        } else {
            const char code[3] = { '%', hex[*p >> 4], hex[*p & 15] };
            parley_text_add(out, code, 3);
        }
}

/* --- tables ---------------------------------------------------------------------------------- */

static void cell(struct page *page, const struct parley_cell *c)
{
    if (c->link && *c->text) {
        said(page, "<a href=\"", c->link, c->link[0] == '#' ? "\">" : "\" rel=\"noopener noreferrer\" target=\"_blank\">");
        said(page, "", c->text, "</a>");
    } else {
        escaped(page->out, c->text);
    }
}

static void table(struct page *page, const struct parley_table *t)
{
    size_t widest[128] = { 0 };
    if (!t->n_columns)
        return;
    for (size_t i = 0; i < t->n_cells; i++) {
        size_t width = parley_display_width(t->cell[i].text, strlen(t->cell[i].text));
        if (width > widest[i % t->n_columns])
            widest[i % t->n_columns] = width;
    }
    bool caption = t->caption && *t->caption;
    parley_text_addf(page->out, "<div class=\"scroll%s\" tabindex=\"0\" role=\"region\" aria-label=\"%s %zu", t->n_cells / t->n_columns > LONG_TABLE ? " long" : "",
                     PARLEY_SAY(page->doc->lang, "Table", "表"), ++page->n_tables);
    said(page, caption ? ": " : "", t->caption, "\">\n<table>\n");
    if (caption)
        said(page, "<caption>", t->caption, "</caption>\n");
    parley_text_adds(page->out, "<thead><tr>");
    for (size_t c = 0; c < t->n_columns; c++)
        said(page, t->column[c].align == PARLEY_RIGHT ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">", t->column[c].title, "</th>");
    parley_text_adds(page->out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i + t->n_columns <= t->n_cells; i += t->n_columns) {
        const char *id = NULL;
        for (size_t c = 0; c < t->n_columns; c++)
            id = t->cell[i + c].id ? t->cell[i + c].id : id;
        if (id)
            said(page, "<tr id=\"", id, "\">");
        else
            parley_text_adds(page->out, "<tr>");
        for (size_t c = 0; c < t->n_columns; c++) {
            parley_text_adds(page->out, t->column[c].align == PARLEY_RIGHT ? "<td class=\"n\">" : widest[c] > WIDE_CELL ? "<td class=\"w\">" : widest[c] <= SHORT_CELL ? "<td class=\"s\">" : "<td>");
            cell(page, &t->cell[i + c]);
            parley_text_adds(page->out, "</td>");
        }
        parley_text_adds(page->out, "</tr>\n");
    }
    parley_text_adds(page->out, "</tbody>\n</table>\n</div>\n");
}

/* --- charts ---------------------------------------------------------------------------------- */

/* Names of data sets as people read them; those of charts that are not ours stay. */
static const char *set_name(enum parley_lang lang, const char *name)
{
    static const char *const zh[][2] = { { "events", "事件" }, { "counts", "计数" }, { "levels", "水平" }, { "changes", "变点" }, { "breaks", "收录变化" }, { "spells", "阶段" },
                                         { "forecast", "预测" }, { "matrix", "矩阵" }, { "points", "曲线" }, { "estimates", "估计" } };
    for (size_t i = 0; lang == PARLEY_ZH && i < sizeof zh / sizeof *zh; i++)
        if (!strcmp(zh[i][0], name))
            return zh[i][1];
    return name;
}

static void data_table(struct page *page, const struct chart_set *set)
{
    enum parley_lang lang = page->doc->lang;
    size_t shown = set->rows->n < DATA_ROWS_SHOWN ? set->rows->n : DATA_ROWS_SHOWN;
    parley_text_addf(page->out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s %zu: ", PARLEY_SAY(lang, "Table", "表"), ++page->n_tables);
    said(page, "", set_name(lang, set->name), "\">\n<table>\n<thead><tr>");
    for (size_t k = 0; k < set->n_keys; k++)
        said(page, "<th scope=\"col\">", set->key[k], "</th>");
    parley_text_adds(page->out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < shown; i++) {
        parley_text_adds(page->out, "<tr>");
        for (size_t k = 0; k < set->n_keys; k++)
            said(page, "<td>", chart_value(set, i, k), "</td>");
        parley_text_adds(page->out, "</tr>\n");
    }
    parley_text_adds(page->out, "</tbody>\n</table>\n</div>\n");
    if (shown < set->rows->n)
        parley_text_addf(page->out, PARLEY_SAY(lang, "<p>The first %zu of %zu rows; the file has all.</p>\n", "<p>前%zu行，共%zu行；文件中有全部数据。</p>\n"), shown, set->rows->n);
}

static void chart_data(struct page *page, const struct parley_block *b)
{
    enum parley_lang lang = page->doc->lang;
    struct chart_set set[CHART_SETS_MAX];
    size_t n = chart_sets(b->spec, page->doc->arena, set, &page->out->failed);
    if (!n)
        return;
    parley_text_addf(page->out, "<details><summary>%s</summary>\n", PARLEY_SAY(lang, "Data of this chart", "本图数据"));
    for (size_t i = 0; i < n; i++)
        data_table(page, &set[i]);
    parley_text_adds(page->out, "</details>\n<div class=\"save\">");
    for (size_t i = 0; i < n; i++) {
        struct parley_text csv;
        parley_text_init(&csv, page->out->max);
        chart_csv(&set[i], &csv);
        said(page, i ? " · <a download=\"" : "<a download=\"", b->id ? b->id : "chart", "");
        said(page, "-", set[i].name, ".csv\" href=\"data:text/csv;charset=utf-8,");
        percent(page->out, parley_text_str(&csv));
        said(page, PARLEY_SAY(lang, "\">Download ", "\">下载"), set_name(lang, set[i].name), " (CSV)</a>");
        page->out->failed |= csv.failed;
        parley_text_release(&csv);
    }
    parley_text_adds(page->out, "</div>\n");
}

static void chart(struct page *page, const struct parley_block *b)
{
    page->has_chart = true;
    said(page, "<figure class=\"chart\" id=\"", b->id && *b->id ? b->id : "chart", "\">\n");
    said(page, "<figcaption><strong>", b->text, "</strong> ");
    said(page, "<span>", b->sentence, "</span></figcaption>\n");
    said(page, "<div class=\"plot\" role=\"img\" aria-label=\"", b->text, ". ");
    said(page, "", b->sentence, "\"></div>\n<script type=\"application/json\">");
    json_in_script(page->out, b->spec ? b->spec : "{}");
    parley_text_adds(page->out, "</script>\n");
    chart_data(page, b);
    parley_text_adds(page->out, "</figure>\n");
}

/* --- blocks ---------------------------------------------------------------------------------- */

/* Close what the next kind of block cannot stand in, open what it needs. */
static void arrange(struct page *page, const struct parley_block *b)
{
    bool list = b && b->kind == PARLEY_BLOCK_ITEM, facts = b && b->kind == PARLEY_BLOCK_FACT, code = b && b->kind == PARLEY_BLOCK_CODE;
    if (page->list && !list)
        parley_text_adds(page->out, "</ul>\n");
    if (page->facts && !facts)
        parley_text_adds(page->out, "</dl>\n");
    if (page->code && !code)
        parley_text_adds(page->out, "</code></pre>\n");
    if (list && !page->list)
        parley_text_adds(page->out, "<ul>\n");
    if (facts && !page->facts)
        parley_text_adds(page->out, "<dl class=\"facts\">\n");
    if (code)
        parley_text_adds(page->out, page->code ? "\n" : "<pre tabindex=\"0\"><code>");
    page->list = list, page->facts = facts, page->code = code;
}

static void heading_id(struct page *page, const struct parley_block *b, size_t number)
{
    if (b->id && *b->id)
        escaped(page->out, b->id);
    else
        parley_text_addf(page->out, "section-%zu", number);
}

static void heading(struct page *page, const struct parley_block *b)
{
    int level = b->level < 2 ? 2 : b->level > 4 ? 4 : b->level;
    size_t number = ++page->n_headings;
    if (level == 2) {
        if (page->section)
            parley_text_adds(page->out, "</section>\n");
        parley_text_adds(page->out, "<section id=\"");
        heading_id(page, b, number);
        parley_text_adds(page->out, "\" aria-labelledby=\"h-");
        heading_id(page, b, number);
        parley_text_adds(page->out, "\">\n<h2 id=\"h-");
        heading_id(page, b, number);
        page->section = true;
    } else {
        parley_text_addf(page->out, "<h%d id=\"", level);
        heading_id(page, b, number);
    }
    parley_text_adds(page->out, "\">");
    escaped(page->out, b->text);
    parley_text_addf(page->out, "</h%d>\n", level);
}

static void block(struct page *page, const struct parley_block *b)
{
    arrange(page, b);
    switch (b->kind) {
    case PARLEY_BLOCK_HEADING: heading(page, b); break;
    case PARLEY_BLOCK_PARAGRAPH: said(page, "<p>", b->text, "</p>\n"); break;
    case PARLEY_BLOCK_ITEM: said(page, "<li>", b->text, "</li>\n"); break;
    case PARLEY_BLOCK_NOTE:
        said(page, PARLEY_SAY(page->doc->lang, "<p class=\"note\" role=\"note\"><b>Note.</b> ", "<p class=\"note\" role=\"note\"><b>注意：</b>"), b->text, "</p>\n");
        break;
    case PARLEY_BLOCK_CODE: escaped(page->out, b->text); break;
    case PARLEY_BLOCK_FACT:
        said(page, "<div><dt>", b->text, "</dt>");
        said(page, "<dd class=\"value\">", b->sentence, "</dd>");
        said(page, "<dd>", b->spec, "</dd></div>\n");
        break;
    case PARLEY_BLOCK_TABLE: table(page, b->table); break;
    case PARLEY_BLOCK_CHART: chart(page, b); break;
    }
}

/* --- the page -------------------------------------------------------------------------------- */

static const char *built_in(const char *name)
{
    const struct parley_data_file *file = parley_data_find(name);
    return file ? file->bytes : "";
}

static void head(struct page *page, const char *title)
{
    const char *lang = page->doc->lang == PARLEY_ZH ? "zh-CN" : "en";
    parley_text_addf(page->out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", lang);
    /* The hashes name our one script and our one style sheet: nothing else runs, nothing is fetched. */
    parley_text_addf(page->out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src '%s'; style-src '%s'; base-uri 'none'; form-action 'none'\">\n",
                     built_in("web/charts.js.sha256"), built_in("web/page.css.sha256"));
    parley_text_adds(page->out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n");
    parley_text_addf(page->out, "<meta name=\"generator\" content=\"Parley %s\">\n", PARLEY_VERSION);
    said(page, "<title>", title, "</title>\n");
    parley_text_addf(page->out, "<style>%s</style>\n</head>\n<body>\n", built_in("web/page.css"));
}

static void contents(struct page *page, const struct parley_block *first)
{
    size_t n = 0, number = 0;
    for (const struct parley_block *b = first; b; b = b->next)
        n += b->kind == PARLEY_BLOCK_HEADING && b->level <= 2;
    if (n < 3)
        return;
    parley_text_addf(page->out, "<nav aria-label=\"%s\"><ol>\n", PARLEY_SAY(page->doc->lang, "Contents", "目录"));
    for (const struct parley_block *b = first; b; b = b->next) {
        number += b->kind == PARLEY_BLOCK_HEADING;
        if (b->kind != PARLEY_BLOCK_HEADING || b->level > 2)
            continue;
        parley_text_adds(page->out, "<li><a href=\"#");
        heading_id(page, b, number);
        said(page, "\">", b->text, "</a></li>\n");
    }
    parley_text_adds(page->out, "</ol></nav>\n");
}

enum parley_status parley_doc_to_html(const struct parley_doc *doc, struct parley_text *out, struct parley_error *err)
{
    struct page page = { .doc = doc, .out = out };
    const struct parley_block *first = doc->first;
    const char *title = doc->title;
    if (first && first->kind == PARLEY_BLOCK_HEADING && first->level == 1 && !doc->subtitle) {
        title = first->text;
        first = first->next;
    }
    head(&page, title);
    parley_text_addf(out, "<a class=\"skip\" href=\"#main\">%s</a>\n<header>\n", PARLEY_SAY(doc->lang, "To the text", "跳到正文"));
    said(&page, "<h1>", title, "</h1>\n");
    if (doc->subtitle)
        said(&page, "<p>", doc->subtitle, "</p>\n");
    contents(&page, first);
    parley_text_adds(out, "</header>\n<main id=\"main\">\n");
    for (const struct parley_block *b = first; b; b = b->next)
        block(&page, b);
    arrange(&page, NULL);
    parley_text_adds(out, page.section ? "</section>\n</main>\n" : "</main>\n");
    parley_text_addf(out, "<footer>%s %s.</footer>\n", PARLEY_SAY(doc->lang, "Made by Parley", "由 Parley 生成，版本"), PARLEY_VERSION);
    if (page.has_chart)
        parley_text_addf(out, "<script>%s</script>\n", built_in("web/charts.js"));
    parley_text_adds(out, "</body>\n</html>\n");
    if (doc->failed || doc->arena->failed || out->failed)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory while writing the page");
    return PARLEY_OK;
}
