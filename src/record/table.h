/* table.h - a small CSV table that ships with Parley, as texts in an arena. */
#ifndef PARLEY_RECORD_TABLE_H
#define PARLEY_RECORD_TABLE_H

#include <parley/arena.h>
#include <parley/error.h>
#include <stdbool.h>
#include <stddef.h>

struct table {
    const char **cell; /* [rows * columns], in the order of the columns asked for; never NULL */
    size_t rows, columns;
};

/* columns: names, ended by NULL. */
enum parley_status table_read(const char *name, const char *const *columns, struct parley_arena *arena, struct table *out,
                              struct parley_error *err);
/* "CN;US" as texts. NULL when out of memory. */
const char **table_list(struct parley_arena *arena, const char *text, size_t *n);

#endif
