#include "table.h"

#include <parley/csv.h>
#include <parley/data.h>
#include <string.h>

enum { COLUMNS_MAX = 32 };

static enum parley_status read_header(struct parley_csv *csv, const char *name, const char *const *columns, int at[COLUMNS_MAX],
                                      size_t *n, struct parley_error *err)
{
    struct parley_csv_row row;
    enum parley_status status = parley_csv_next(csv, &row, err);
    if (status)
        return status;
    for (*n = 0; columns[*n]; ++*n) {
        if (*n == COLUMNS_MAX)
            return parley_fail(err, PARLEY_ELIMIT, "%s: more than %d columns asked for", name, COLUMNS_MAX);
        at[*n] = -1;
        for (size_t i = 0; i < row.n; i++)
            if (row.field[i].len == strlen(columns[*n]) && !memcmp(row.field[i].text, columns[*n], row.field[i].len))
                at[*n] = (int)i;
        if (at[*n] < 0)
            return parley_fail(err, PARLEY_EPARSE, "%s: no column '%s'", name, columns[*n]);
    }
    return PARLEY_OK;
}

enum parley_status table_read(const char *name, const char *const *columns, struct parley_arena *arena, struct table *out,
                              struct parley_error *err)
{
    const struct parley_data_file *file = parley_data_find(name);
    if (!file)
        return parley_fail(err, PARLEY_ENOTFOUND, "%s is not among the data built into this library", name);
    struct parley_csv *csv = NULL;
    enum parley_status status = parley_csv_open_memory(file->bytes, file->len, name, NULL, &csv, err);
    int at[COLUMNS_MAX];
    if (!status)
        status = read_header(csv, name, columns, at, &out->columns, err);
    size_t lines = 1;
    for (size_t i = 0; i < file->len; i++)
        lines += file->bytes[i] == '\n';
    out->rows = 0;
    out->cell = status ? NULL : PARLEY_NEW(arena, const char *, lines * out->columns);
    if (!status && !out->cell)
        status = parley_fail(err, PARLEY_ENOMEM, "%s: out of memory", name);
    while (!status) {
        struct parley_csv_row row;
        if ((status = parley_csv_next(csv, &row, err)) || row.n == 0)
            break;
        for (size_t c = 0; c < out->columns && !status; c++) {
            bool there = (size_t)at[c] < row.n;
            const char *copy = there ? parley_arena_copy(arena, row.field[at[c]].text, row.field[at[c]].len) : "";
            if (!copy)
                status = parley_fail(err, PARLEY_ENOMEM, "%s: out of memory", name);
            out->cell[out->rows * out->columns + c] = copy;
        }
        out->rows++;
    }
    parley_csv_close(csv);
    return status;
}

const char **table_list(struct parley_arena *arena, const char *text, size_t *n)
{
    size_t count = 1;
    for (const char *p = text; *p; p++)
        count += *p == ';';
    const char **out = PARLEY_NEW(arena, const char *, count);
    *n = 0;
    for (const char *p = text; out && *p;) {
        size_t len = strcspn(p, ";");
        if (len && !(out[(*n)++] = parley_arena_copy(arena, p, len)))
            return NULL;
        p += len + (p[len] == ';');
    }
    return out;
}
