/* sop.h - sums of products in the syntax of the field: A*~B + C, A[1]*B{0,2}, parentheses, ~(A + B).
 * Room: accord.
 *
 * An expression is kept as a list of products; a product allows a set of values for each name. Writing: '*' or nothing but a
 * blank is AND, '+' OR, '~' NOT (binds tightest); A is value 1 and ~A value 0 of a two-valued name, a multi-value name
 * needs its values in brackets. */
#ifndef PARLEY_SOP_H
#define PARLEY_SOP_H

#include <parley/arena.h>
#include <parley/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PARLEY_SOP_TERMS_MAX = 4096,
    PARLEY_SOP_TEXT_MAX = 65536,
    PARLEY_SOP_DEPTH_MAX = 64,
    PARLEY_SOP_NAMES_MAX = 1024,
    PARLEY_SOP_FACTOR_TERMS = 512,
    PARLEY_SOP_ALGEBRA_ROWS = 1 << 16, /* configurations that simplify, negate and expand may enumerate */
};

struct parley_sop_names {
    size_t n;
    const char *const *name; /* [n] */
    const unsigned *levels;  /* [n] 2 to 64 values each */
};

struct parley_sop {
    const struct parley_sop_names *names;
    size_t n;
    uint64_t *values;        /* [n][names->n] bit v: value v is allowed; all values: the name is not in the product */
};

#pragma GCC visibility push(default)

/* Parse. PARLEY_EPARSE shows where; PARLEY_ENOTFOUND an unknown name (with the nearest); PARLEY_ELIMIT. Products that allow no
 * value of some name (A*~A) are empty and dropped, so n can be 0. */
PARLEY_MUST_USE enum parley_status parley_sop_parse(const struct parley_sop_names *names, const char *text,
                                                    struct parley_arena *arena, struct parley_sop *out,
                                                    struct parley_error *err);

/* The names in a text that is no expression of given data, in order of first use; levels from the values in brackets, at least 2. */
PARLEY_MUST_USE enum parley_status parley_sop_collect_names(const char *text, struct parley_arena *arena,
                                                            struct parley_sop_names *out, struct parley_error *err);

/* Text: products joined by " + ", or "" for none, "1" for a product without names. brackets: write A[1], not A. */
const char *parley_sop_text(const struct parley_sop *sop, bool brackets, struct parley_arena *arena);
const char *parley_sop_term_text(const struct parley_sop *sop, size_t term, bool brackets, struct parley_arena *arena);

/* Is it true of a configuration [names->n]? */
bool parley_sop_covers(const struct parley_sop *sop, const uint8_t *config);

/* A smallest equivalent sum; of the complement; products of both sums, without empty ones and those inside another; every
 * configuration spelled out. PARLEY_ELIMIT when the names in use have more than PARLEY_SOP_ALGEBRA_ROWS configurations. */
PARLEY_MUST_USE enum parley_status parley_sop_simplify(const struct parley_sop *sop, struct parley_arena *arena,
                                                       struct parley_sop *out, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_sop_negate(const struct parley_sop *sop, struct parley_arena *arena,
                                                     struct parley_sop *out, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_sop_intersect(const struct parley_sop *a, const struct parley_sop *b,
                                                        struct parley_arena *arena, struct parley_sop *out,
                                                        struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_sop_expand(const struct parley_sop *sop, struct parley_arena *arena,
                                                     struct parley_sop *out, struct parley_error *err);

/* Text with common literals taken out, A*(B + C): equivalent, not always the shortest. PARLEY_ELIMIT above PARLEY_SOP_FACTOR_TERMS
 * products. O(products^2 names^2) a level. */
PARLEY_MUST_USE enum parley_status parley_sop_factorise(const struct parley_sop *sop, bool brackets, struct parley_arena *arena,
                                                        const char **out, struct parley_error *err);

#pragma GCC visibility pop
#endif
