/* columns.h - our own CSV: which column of a header holds what, in any order; further columns are kept. */
#ifndef PARLEY_RECORD_COLUMNS_H
#define PARLEY_RECORD_COLUMNS_H

#include "fields.h"

#include <parley/csv.h>

struct extra_column {
    const char *name; /* zero-terminated */
    size_t len, at;
};

struct columns {
    int at[FIELD_N]; /* index of the column, -1 if there is none */
    struct { enum field field; size_t at; bool guard; } present[FIELD_N]; /* those that are there */
    size_t n_present, n, n_extra;
    struct extra_column *extra; /* in order of name, so that the order of columns does not matter */
};

/* Does the header name every column that our own CSV must have? */
bool columns_are_ours(const struct parley_csv_row *header);
/* PARLEY_EPARSE: a column is missing (the nearest one found is named) or there twice. */
enum parley_status columns_from_header(const struct parley_csv_row *header, struct parley_arena *arena, struct columns *out,
                                       struct parley_error *err);
/* Texts of one row; columns the row does not reach are empty. Further columns go into *extra as a JSON object
 * ("" if all are empty). Undoes the guard of an export against formulas. */
void columns_row(const struct columns *columns, const struct parley_csv_row *row, struct slice text[FIELD_N],
                 struct parley_text *extra);

/* A text that a spreadsheet would take for a formula (= + - @ tab CR first, after any number of ') is exported with one
 * more ' in front and imported with one less. */
bool guard_needed(struct slice s);
struct slice guard_undone(struct slice s); /* of a text that begins with ' */
static inline struct slice guard_undo(struct slice s) { return s.n && s.p[0] == '\'' ? guard_undone(s) : s; }

#endif
