/* lp.h - linear programmes of the one kind that this room needs, solved in whole numbers.
 *
 * maximise c x  subject to  G x <= 0,  sum x <= 1,  x >= 0.  x = 0 is feasible, so there is no first phase; Bland's rule
 * (1977, Math. Oper. Res. 2:103-107) ends in spite of the degeneracy. */
#ifndef PARLEY_GAME_LP_H
#define PARLEY_GAME_LP_H

#include <gmp.h>
#include <parley/error.h>
#include <stddef.h>

struct lp {
    size_t n, m;   /* variables, rows of G */
    mpq_t *c, *g;  /* [n], [m * n] */
    mpq_t *x, value; /* out: [n] */
};

enum parley_status lp_new(struct lp *lp, size_t n, size_t m, struct parley_error *err); /* zeroed */
enum parley_status lp_solve(struct lp *lp, struct parley_error *err);
void lp_release(struct lp *lp);

#endif
