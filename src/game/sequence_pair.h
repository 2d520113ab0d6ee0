/* sequence_pair.h - a game of two in sequence form as matrices of whole numbers, and one equilibrium of it.
 *
 * Both solvers start from a plan in which every information set has one chosen sequence. A sequence s that is not chosen then stands for
 * the direction "at s's set play s instead of the chosen one, and go on as chosen": the realization plans are the start plus combinations
 * of directions, so no equations and no free variables are left, and the first tableau is written down without a pivot. */
#ifndef PARLEY_GAME_SEQUENCE_PAIR_H
#define PARLEY_GAME_SEQUENCE_PAIR_H

#include "sequence.h"
#include "tableau.h"

#include <parley/progress.h>

struct sequence_pair {
    const struct sequences *s[2];
    mpz_t *pay[2]; /* [s[0]->n * s[1]->n], row by row; each player's payoffs in a unit of its own */
    bool zero_sum; /* pay[0] + pay[1] is zero in the same unit */
};

struct pair_found {
    mpq_t *plan[2]; /* realization plans, made by the solver */
    size_t pivots;
    bool perfect;   /* Lemke: a best reply to full mixtures as close as wished, so no strategy in it is weakly dominated */
};

/* a and b are the two players of the form that move. */
enum parley_status pair_new(struct sequence_pair *p, const struct sequence_form *f, size_t a, size_t b, struct parley_error *err);
/* Two lists of strategies and a table: one information set each. pay[] is left zero for the caller to fill. */
enum parley_status pair_new_strategic(struct sequence_pair *p, struct sequences one_set[2], size_t n, size_t m, struct parley_error *err);
void pair_release(struct sequence_pair *p);
void pair_found_release(struct pair_found *found, const struct sequence_pair *p);

/* One choice at every set, and the directions. */
struct pair_frame {
    size_t n;
    bool *chosen;   /* [n], sequence 0 is */
    signed char *d; /* [n * n] row s: the direction of s (not chosen); row 0: the plan itself */
};
enum parley_status pair_frame_new(struct pair_frame *f, const struct sequences *s, const size_t *choice, struct parley_error *err);
void pair_frame_release(struct pair_frame *f);

/* The best choices of `who` against a plan of the other one (in whole numbers). */
enum parley_status pair_reply(const struct sequence_pair *p, size_t who, mpz_t *plan, size_t *choice, struct parley_error *err);

/* Zero-sum: linear programme. Any: Lemke's path from the mixture that treats all actions alike. */
enum parley_status pair_solve_lp(const struct sequence_pair *p, const struct parley_progress *progress, struct pair_found *out, struct parley_error *err);
enum parley_status pair_solve_path(const struct sequence_pair *p, const struct parley_progress *progress, struct pair_found *out, struct parley_error *err);

#endif
