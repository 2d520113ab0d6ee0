/* A document as JSON, and the choice of a renderer. */
#include <parley/report.h>

#include <string.h>

static void table(struct parley_json *json, const struct parley_table *t)
{
    parley_json_put_string(json, "caption", t->caption ? t->caption : "");
    parley_json_key(json, "columns");
    parley_json_array(json);
    for (size_t c = 0; c < t->n_columns; c++)
        parley_json_string(json, t->column[c].title);
    parley_json_array_end(json);
    parley_json_key(json, "rows");
    parley_json_array(json);
    for (size_t i = 0; t->n_columns && i + t->n_columns <= t->n_cells; i += t->n_columns) {
        parley_json_array(json);
        for (size_t c = 0; c < t->n_columns; c++)
            parley_json_string(json, t->cell[i + c].text);
        parley_json_array_end(json);
    }
    parley_json_array_end(json);
}

static void block(struct parley_json *json, const struct parley_block *b)
{
    static const char *const kind[] = { "heading", "paragraph", "item", "note", "code", "table", "chart", "fact" };
    parley_json_object(json);
    parley_json_put_string(json, "kind", kind[b->kind]);
    if (b->id)
        parley_json_put_string(json, "id", b->id);
    if (b->kind == PARLEY_BLOCK_HEADING)
        parley_json_put_integer(json, "level", b->level);
    if (b->kind == PARLEY_BLOCK_TABLE)
        table(json, b->table);
    else
        parley_json_put_string(json, "text", b->text);
    if (b->kind == PARLEY_BLOCK_FACT) {
        parley_json_put_string(json, "value", b->sentence);
        parley_json_put_string(json, "uncertainty", b->spec);
    }
    if (b->kind == PARLEY_BLOCK_CHART) {
        parley_json_put_string(json, "sentence", b->sentence);
        parley_json_key(json, "vega_lite");
        parley_json_raw(json, b->spec && *b->spec ? b->spec : "null");
    }
    parley_json_object_end(json);
}

enum parley_status parley_doc_to_json(const struct parley_doc *doc, struct parley_text *out, struct parley_error *err)
{
    struct parley_json json;
    parley_json_init(&json, out, true);
    parley_json_object(&json);
    parley_json_put_string(&json, "title", doc->title);
    if (doc->subtitle)
        parley_json_put_string(&json, "subtitle", doc->subtitle);
    parley_json_put_string(&json, "lang", doc->lang == PARLEY_ZH ? "zh" : "en");
    parley_json_key(&json, "sections");
    parley_json_array(&json);
    bool open = false;
    for (const struct parley_block *b = doc->first; b; b = b->next) {
        bool begins = b->kind == PARLEY_BLOCK_HEADING && b->level <= 2;
        if (open && begins) {
            parley_json_array_end(&json);
            parley_json_object_end(&json);
        }
        if (!open || begins) {
            parley_json_object(&json);
            parley_json_put_string(&json, "id", begins && b->id ? b->id : "");
            parley_json_put_string(&json, "title", begins ? b->text : "");
            parley_json_key(&json, "blocks");
            parley_json_array(&json);
            open = true;
        }
        if (!begins)
            block(&json, b);
    }
    if (open) {
        parley_json_array_end(&json);
        parley_json_object_end(&json);
    }
    parley_json_array_end(&json);
    if (doc->data) {
        parley_json_key(&json, "data");
        parley_json_raw(&json, doc->data);
    }
    parley_json_object_end(&json);
    if (doc->failed || doc->arena->failed || out->failed)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory while writing the report");
    return PARLEY_OK;
}

enum parley_status parley_format_of_file(const char *path, enum parley_format *out, struct parley_error *err)
{
#define ROW(name, text) { text, name },
    static const struct { const char *extension; enum parley_format format; } known[] = {
        PARLEY_FORMAT_MAP(ROW) { "htm", PARLEY_FORMAT_HTML }, { "text", PARLEY_FORMAT_TEXT }, { "markdown", PARLEY_FORMAT_MARKDOWN }
    };
#undef ROW
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof known / sizeof *known; i++)
        if (!strcmp(dot + 1, known[i].extension)) {
            *out = known[i].format;
            return PARLEY_OK;
        }
    return parley_fail(err, PARLEY_EINVAL, "%s: the extension says the format; expected .html, .txt, .json, .md, .csv or .tex", path);
}

enum parley_status parley_doc_render(const struct parley_doc *doc, enum parley_format format, int width, struct parley_text *out, struct parley_error *err)
{
    switch (format) {
    case PARLEY_FORMAT_TEXT: return parley_doc_to_text(doc, width, out, err);
    case PARLEY_FORMAT_HTML: return parley_doc_to_html(doc, out, err);
    case PARLEY_FORMAT_JSON: return parley_doc_to_json(doc, out, err);
    case PARLEY_FORMAT_MARKDOWN: return parley_doc_to_markdown(doc, out, err);
    case PARLEY_FORMAT_CSV: return parley_doc_to_csv(doc, out, err);
    case PARLEY_FORMAT_LATEX: return parley_doc_to_latex(doc, out, err);
    }
    return parley_fail(err, PARLEY_EINVAL, "unknown format %d", (int)format);
}
