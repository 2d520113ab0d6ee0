/* input.h - a file to import: opened, recognised, and its rows one after another as texts of our columns. */
#ifndef PARLEY_RECORD_INPUT_H
#define PARLEY_RECORD_INPUT_H

#include "columns.h"
#include "mapping.h"
#include "quick.h"

#include <parley/import.h>

struct input {
    struct parley_csv *csv;
    const struct mapping *mapping;
    const char *name;                   /* of the file, for messages */
    const char *header;                 /* first row as it stands, "" if the file has none */
    int at[MAPPING_COLUMNS_MAX];        /* of a mapping */
    struct columns columns;             /* of our own CSV */
    struct quick quick;                 /* its common rows */
    const char **column_name;           /* [n_column_names] of the header */
    size_t n_column_names, n_fields;    /* n_fields: of every row */
    bool pending;                       /* the first row is data and waits in `row` */
    struct parley_csv_row row;
    struct scratch scratch;
    struct parley_text extra;
    struct parley_arena line;           /* of one JSON object */
};

struct input_row {
    struct slice text[FIELD_N], extra, raw;
    uint64_t line;
    bool end, skipped;
    bool checked; /* *report holds the row already, but for raw, line and extra; `text` is not filled */
    struct report *report; /* where to put it; set by the caller */
};

enum parley_status input_open(const struct parley_record *record, const struct parley_import_options *options, struct parley_arena *arena,
                              struct input *out, struct parley_error *err);
void input_close(struct input *input);
/* The next row. PARLEY_EPARSE or PARLEY_EDOM: this row is rejected, err->text has the reason and *column the name (or ""); others
 * end the import. The slices are valid until the next call. */
enum parley_status input_next(struct input *input, const struct names *names, struct input_row *out, const char **column, struct parley_error *err);
/* Name in the file of one of our columns. */
const char *input_column_name(const struct input *input, enum field field);

/* One JSON object as texts of our columns; further members go to extra. */
enum parley_status jsonl_row(const char *text, size_t len, struct parley_arena *arena, struct slice out[FIELD_N], struct parley_text *extra,
                             const char **column, struct parley_error *err);

#endif
