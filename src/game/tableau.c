#include "tableau.h"

#include <stdlib.h>

enum parley_status tableau_new(struct tableau *t, size_t rows, size_t columns, struct parley_error *err)
{
    *t = (struct tableau){ .rows = rows, .columns = columns };
    if (!(t->cell = malloc((rows * columns + 1) * sizeof *t->cell)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < rows * columns; i++)
        mpz_init(t->cell[i]);
    mpz_init_set_ui(t->denominator, 1);
    mpz_inits(t->a, t->b, NULL);
    return PARLEY_OK;
}

void tableau_release(struct tableau *t)
{
    if (!t->cell)
        return;
    for (size_t i = 0; i < t->rows * t->columns; i++)
        mpz_clear(t->cell[i]);
    mpz_clears(t->denominator, t->a, t->b, NULL);
    free(t->cell);
    *t = (struct tableau){ 0 };
}

void tableau_pivot(struct tableau *t, size_t r, size_t c)
{
    mpz_t *row = t->cell + r * t->columns;
    bool scaled = mpz_cmp(row[c], t->denominator) != 0;
    for (size_t i = 0; i < t->rows; i++) {
        mpz_t *cell = t->cell + i * t->columns;
        bool none = !mpz_sgn(cell[c]);
        if (i == r || (none && !scaled))
            continue;
        for (size_t j = 0; j < t->columns; j++) {
            if (j == c)
                continue;
            bool changes = !none && mpz_sgn(row[j]);
            if (!changes && (!scaled || !mpz_sgn(cell[j])))
                continue;
            mpz_mul(t->a, cell[j], row[c]);
            if (changes)
                mpz_submul(t->a, cell[c], row[j]);
            mpz_divexact(cell[j], t->a, t->denominator);
        }
        mpz_neg(cell[c], cell[c]);
    }
    mpz_swap(t->denominator, row[c]);
}
