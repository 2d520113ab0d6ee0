/* tableau.h - a simplex tableau in whole numbers over one common denominator (Edmonds 1967; Bareiss 1968).
 *
 * Row i says: basic variable i + sum over columns j of (cell / denominator) x nonbasic variable j = right side. The denominator is
 * always positive; divisions are exact. Which variable belongs to which row and column is the caller's to keep. */
#ifndef PARLEY_GAME_TABLEAU_H
#define PARLEY_GAME_TABLEAU_H

#include <gmp.h>
#include <parley/error.h>
#include <stdbool.h>
#include <stddef.h>

struct tableau {
    size_t rows, columns; /* columns: the last one is the right side */
    mpz_t *cell, denominator, a, b;
};

enum parley_status tableau_new(struct tableau *t, size_t rows, size_t columns, struct parley_error *err); /* zeroed, denominator 1 */
void tableau_release(struct tableau *t);

/* Exchange the basic variable of row r with the nonbasic one of column c, whose cell must be positive. O(rows x columns). */
void tableau_pivot(struct tableau *t, size_t r, size_t c);

static inline mpz_t *tableau_cell(const struct tableau *t, size_t r, size_t c) { return &t->cell[r * t->columns + c]; }

#endif
