#include "list_rows.h"

enum parley_status list_rows(struct invocation *in, const char *const *key, const char *const *title, size_t columns, const char **cell, size_t rows)
{
    if (in->json) {
        struct parley_json json;
        begin_json(in, &json);
        parley_json_array(&json);
        for (size_t r = 0; r < rows; r++) {
            parley_json_object(&json);
            for (size_t c = 0; c < columns; c++)
                parley_json_put_string(&json, key[c], cell[r * columns + c]);
            parley_json_object_end(&json);
        }
        parley_json_array_end(&json);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, "");
    struct parley_table *t = parley_doc_table(&doc, "");
    for (size_t c = 0; c < columns; c++)
        parley_table_column(t, title[c], PARLEY_LEFT);
    for (size_t i = 0; i < rows * columns; i++)
        parley_table_cell(t, "%s", cell[i]);
    return finish_doc(in, &doc);
}
