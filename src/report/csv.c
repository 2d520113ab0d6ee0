/* The tables of a document as CSV. */
#include "report/chart_data.h"

static size_t count(const struct parley_doc *doc)
{
    size_t n = 0;
    for (const struct parley_block *b = doc->first; b; b = b->next)
        n += b->kind == PARLEY_BLOCK_TABLE && b->table->n_columns;
    return n;
}

static void table(struct parley_text *out, const struct parley_table *t)
{
    for (size_t c = 0; c < t->n_columns; c++) {
        if (c)
            parley_text_addc(out, ',');
        csv_field(out, t->column[c].title);
    }
    parley_text_adds(out, "\r\n");
    for (size_t i = 0; i + t->n_columns <= t->n_cells; i += t->n_columns) {
        for (size_t c = 0; c < t->n_columns; c++) {
            if (c)
                parley_text_addc(out, ',');
            csv_field(out, t->cell[i + c].text);
        }
        parley_text_adds(out, "\r\n");
    }
}

enum parley_status parley_doc_to_csv(const struct parley_doc *doc, struct parley_text *out, struct parley_error *err)
{
    size_t n = count(doc);
    bool first = true;
    for (const struct parley_block *b = doc->first; b; b = b->next) {
        if (b->kind != PARLEY_BLOCK_TABLE || !b->table->n_columns)
            continue;
        if (n > 1) {
            parley_text_adds(out, first ? "" : "\r\n");
            csv_field(out, b->table->caption ? b->table->caption : "");
            parley_text_adds(out, "\r\n");
        }
        table(out, b->table);
        first = false;
    }
    if (doc->failed || doc->arena->failed || out->failed)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory while writing the tables");
    return PARLEY_OK;
}
