/* mapping.h - a mapping file: how the rows of one data set become reports, without C code.
 *
 * YAML. docs/importers.md describes every key; data/mappings/ holds the shipped ones. A rule makes the text of one
 * column of ours from columns of theirs: take it (template), translate it (map, table), reshape it (date, split, scale). */
#ifndef PARLEY_RECORD_MAPPING_H
#define PARLEY_RECORD_MAPPING_H

#include "fields.h"

#include <parley/csv.h>

enum {
    MAPPING_COLUMNS_MAX = 128,  /* names a mapping may use */
    MAPPING_LAYOUTS_MAX = 8,
    MAPPING_PARTS_MAX = 16,     /* of one template */
    MAPPING_SKIPS_MAX = 16,
    MAPPING_BYTES_MAX = 1 << 20,
    SCRATCH_BYTES = 4 << 20,    /* texts made for one row */
};

struct pair { struct slice from, to; };

struct pairs { /* open addressing; n_slots a power of two, 0 = no map */
    struct pair *slot;
    size_t n_slots;
};

struct part { /* of a template: a literal, or a column */
    struct slice literal;
    int column; /* index into mapping->column, -1 = literal */
};

enum date_form { DATE_ISO, DATE_DAY, DATE_YMD, DATE_YMDHMS, DATE_PARTS };
enum coarse { COARSE_NO, COARSE_MONTH, COARSE_YEAR }; /* day 1 means the month; and 1 January the year */
enum unknown { UNKNOWN_REJECT, UNKNOWN_UNK, UNKNOWN_DROP };

struct rule {
    bool used;
    struct part part[MAPPING_PARTS_MAX];
    size_t n_parts;
    size_t take;               /* first so many bytes of it, 0 = all */
    struct pairs map, prefix_map;
    struct slice fallback;     /* `default`: what an unmapped or empty value becomes; p NULL = none */
    bool pass;                 /* `keep`: an unmapped value stays as it is */
    struct slice split;        /* separator of several actors; n 0 = none */
    enum date_form date;
    enum coarse coarse;
    int day, month, year;      /* columns of DATE_PARTS */
    double multiply, add;      /* of a number; 1 and 0 */
    bool scaled;
    double low, high;          /* clamp after scaling */
    enum unknown unknown;
    enum name_space names;
    int other_of[2];           /* the two columns of which the target is the one that does not act; -1 */
};

struct skip { int column; struct slice is; bool empty; };

struct layout {
    char delimiter;
    bool header, no_quotes;
    struct slice name[MAPPING_COLUMNS_MAX]; /* without header: the columns in order; with: our name for ... */
    struct slice theirs[MAPPING_COLUMNS_MAX]; /* ... this one in the header */
    size_t n;
    int digits[8];             /* without header: columns that hold only digits */
    size_t n_digits;
};

struct mapping {
    const char *name, *text;   /* text: the YAML, kept with every import */
    const char *title, *collapse; /* collapse: a sentence; */
    bool merge;                /* rows with one event_id become one event with the actors of all */
    bool own, json;            /* our own CSV, our own JSON Lines */
    struct slice source;
    struct slice column[MAPPING_COLUMNS_MAX];
    size_t n_columns;
    bool needed[MAPPING_COLUMNS_MAX]; /* must be there for a file to be of this kind */
    struct pairs missing;      /* texts that mean "no value" */
    struct layout layout[MAPPING_LAYOUTS_MAX];
    size_t n_layouts;
    struct rule rule[FIELD_N];
    struct skip skip[MAPPING_SKIPS_MAX];
    size_t n_skips;
    int keep[MAPPING_COLUMNS_MAX]; /* columns kept as further columns */
    size_t n_keep;
    bool swap; int swap_column; struct slice swap_is; /* the row names the target first when this column is that */
};

struct scratch {
    char *p;
    size_t n;
};

/* Everything is kept in the arena. PARLEY_EPARSE names file, line and column of what is wrong. */
enum parley_status mapping_read(const char *yaml, size_t len, const char *name_for_messages, struct parley_arena *arena,
                                struct mapping **out, struct parley_error *err);
/* A shipped mapping by name or alias; PARLEY_ENOTFOUND lists them. */
enum parley_status mapping_find(const char *name, struct parley_arena *arena, struct mapping **out, struct parley_error *err);
/* All shipped ones, in order of name. */
enum parley_status mapping_all(struct parley_arena *arena, struct mapping ***out, size_t *n, struct parley_error *err);

/* Where the columns of the mapping stand in a file, at[i] = -1 where one is missing; the layout that fits, or NULL. */
const struct layout *mapping_fit(const struct mapping *mapping, char delimiter, bool no_quotes, const struct parley_csv_row *first, int at[MAPPING_COLUMNS_MAX]);

struct applied {
    struct slice text[FIELD_N];
    bool skipped;             /* the mapping says this row is no event */
    int bad_column;           /* index into the row of the column at fault, -1 unknown */
};
/* Texts of our columns from a row. Slices point into row, mapping or scratch. PARLEY_EDOM: rejected, err->text the reason. */
enum parley_status mapping_apply(const struct mapping *mapping, const struct names *names, const int at[MAPPING_COLUMNS_MAX],
                                 const struct parley_csv_row *row, struct scratch *scratch, struct applied *out, enum field *bad,
                                 struct parley_error *err);
void mapping_extra(const struct mapping *mapping, const int at[MAPPING_COLUMNS_MAX], const struct parley_csv_row *row, struct parley_text *extra);

/* pairs_find: NULL when it is not there */
const struct pair *pairs_find(const struct pairs *pairs, struct slice from);

#endif
