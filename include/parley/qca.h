/* qca.h - data and truth tables of Qualitative Comparative Analysis: crisp, fuzzy and multi-value sets.
 * Room: accord.
 *
 * Ragin 1987, The Comparative Method; Ragin 2008, Redesigning Social Inquiry (fuzzy truth table, PRI);
 * Cronqvist and Berg-Schlosser 2009 (multi-value). The pitfalls are listed in docs/methods/qca.md. */
#ifndef PARLEY_QCA_H
#define PARLEY_QCA_H

#include <parley/arena.h>
#include <parley/csv.h>
#include <parley/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PARLEY_QCA_CONDITIONS_MAX = 64,
    PARLEY_QCA_LEVELS_MAX = 64,     /* values 0..63 of a multi-value column */
    PARLEY_QCA_COLUMNS_MAX = 1024,
    PARLEY_QCA_CASES_MAX = 5000000,
};

enum parley_qca_kind {
    PARLEY_QCA_CRISP, /* 0 and 1 */
    PARLEY_QCA_FUZZY, /* any value in [0,1] that is no whole number among them */
    PARLEY_QCA_MULTI, /* whole numbers from 0, at least one above 1 */
    PARLEY_QCA_OTHER, /* text, missing values or numbers outside these ranges: no condition, see `why` */
};

struct parley_qca_column {
    const char *name;
    enum parley_qca_kind kind;
    unsigned levels;       /* 2 for crisp and fuzzy; a temporal column has one more level, its last, for "-" */
    bool temporal;         /* holds "-": the order does not apply; a level of its own, never missing */
    const double *value;   /* [cases]; NaN where the cell is no number; levels - 1 for "-" */
    const char **text;     /* [cases], only for columns with text, otherwise NULL */
    const char *why;       /* PARLEY_QCA_OTHER: one sentence with the line of the first offending cell */
};

struct parley_qca_data {
    size_t n, n_columns;
    const char **name;     /* [n] names of the cases; "1", "2", ... if the file has none */
    bool named;            /* by the first column */
    struct parley_qca_column *column;
};

/* A set: values of one column. Multi-value: bit v of `values` for value v; otherwise the presence (values 2) or
 * absence (values 1) of the set. */
struct parley_qca_set {
    size_t column;
    uint64_t values;
};

struct parley_qca_spec {
    struct parley_qca_set outcome;
    const size_t *condition; /* [k] columns */
    size_t k;
    double incl_cut;   /* consistency from which OUT is 1, in (0,1] */
    double incl_low;   /* second cut: OUT is C in [incl_low, incl_cut); < 0 = one cut, which never gives C */
    double pri_cut;    /* PRI below it makes OUT 0 */
    size_t n_cut;      /* fewer cases make a remainder, '?' ; at least 1 */
    const uint64_t *exclude; /* [n_exclude] numbers of rows that do not lead to the outcome, whatever the data say, and that no
                              * simplifying assumption may touch */
    size_t n_exclude;
};

struct parley_qca_row {
    const uint8_t *config; /* [k] */
    uint64_t number;       /* from 1, mixed radix, first condition most significant; 0 when it does not fit */
    char out;              /* '1', '0', 'C', '?' */
    size_t n;              /* cases with membership strictly above .5 */
    double incl, pri;      /* over all cases, not only the members; NaN for 0/0 */
    const size_t *member;  /* [n] the cases */
    size_t n_deviant;      /* members whose outcome is below .5 (deviant cases consistency) */
};

struct parley_qca_table {
    const struct parley_qca_data *data;
    struct parley_qca_spec spec;   /* condition and exclude copied */
    uint8_t *levels;               /* [k] */
    const double *outcome;         /* [data->n] membership */
    double possible;               /* rows of the complete table */
    struct parley_qca_row *row;    /* [n_rows] rows with at least one case, in order of number */
    size_t n_rows;
    const size_t *ambiguous;       /* [n_ambiguous] cases at exactly .5 in a condition: in no row, yet in the sums */
    size_t n_ambiguous;
};

#pragma GCC visibility push(default)

/* Read a table with a header. A first column that is not numeric, or is called "case", "cases", "id" or nothing, names
 * the cases. Everything goes into the arena. PARLEY_EPARSE, PARLEY_ELIMIT; a column that can be neither condition nor
 * outcome is no failure until it is used as one. O(bytes). */
PARLEY_MUST_USE enum parley_status parley_qca_read(struct parley_csv *csv, struct parley_arena *arena,
                                                   struct parley_qca_data *out, struct parley_error *err);

/* The column of a name; PARLEY_ENOTFOUND suggests the nearest name, PARLEY_EDOM says why the column is no set. */
PARLEY_MUST_USE enum parley_status parley_qca_find(const struct parley_qca_data *data, const char *name, size_t len,
                                                   size_t *column, struct parley_error *err);

/* "Y", "~Y", "T[2]", "~T{1,2}" -> a set. */
PARLEY_MUST_USE enum parley_status parley_qca_parse_set(const struct parley_qca_data *data, const char *text,
                                                        struct parley_qca_set *out, struct parley_error *err);

/* "A,~B,C" with names of columns -> condition[0..k-1]; NULL = every column that can be a condition, without the
 * outcome. PARLEY_EINVAL for a repeated name or the outcome among them, PARLEY_ELIMIT above 64. */
PARLEY_MUST_USE enum parley_status parley_qca_parse_conditions(const struct parley_qca_data *data, const char *text,
                                                               size_t outcome_column, struct parley_arena *arena,
                                                               const size_t **condition, size_t *k,
                                                               struct parley_error *err);

/* Membership of every case in a set; out [data->n]. */
void parley_qca_membership(const struct parley_qca_data *data, struct parley_qca_set set, double *out);

/* The truth table. Inclusion and PRI sum over all cases; cut-offs compare with >= up to rounding; failing the PRI cut
 * gives 0; n_cut wins over everything. A fuzzy table costs O(2 rows n) through shared prefixes of the rows. */
PARLEY_MUST_USE enum parley_status parley_qca_truth_table(const struct parley_qca_data *data,
                                                          const struct parley_qca_spec *spec,
                                                          struct parley_arena *arena, struct parley_qca_table *out,
                                                          struct parley_error *err);

/* A walk over the remainders of a table in order of number: configurations without cases, and those with OUT '?'. O(rows of the complete table). */
struct parley_qca_remainders {
    const struct parley_qca_table *table;
    uint64_t rows;   /* of the complete table */
    uint64_t number; /* of the remainder the walk stands at, from 1 */
    size_t seen;     /* rows of the table behind it */
    uint8_t config[PARLEY_QCA_CONDITIONS_MAX];
};

enum { PARLEY_QCA_REMAINDER_ROWS_MAX = 65536 };

/* false: the complete table has more than PARLEY_QCA_REMAINDER_ROWS_MAX rows. The first next() stands at the first remainder. */
bool parley_qca_remainders_begin(const struct parley_qca_table *table, struct parley_qca_remainders *walk);
bool parley_qca_remainders_next(struct parley_qca_remainders *walk);

#pragma GCC visibility pop
#endif
