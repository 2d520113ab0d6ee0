/* sequence.h - the sequence form of a tree: payoffs by the sequences of moves the players have made, not by their whole plans.
 *
 * A sequence of a player is what it has done on the way to a node: nothing (number 0), or an action at an information set after another
 * sequence. With perfect recall each information set has one sequence before it, so the sequences of a player form a tree. */
#ifndef PARLEY_GAME_SEQUENCE_H
#define PARLEY_GAME_SEQUENCE_H

#include <gmp.h>
#include <parley/game.h>
#include <stdint.h>

struct sequence_set { /* an information set seen from its owner */
    size_t infoset, before, first, n_actions; /* its sequences are first .. first + n_actions - 1 */
};

struct sequences {
    size_t n, n_sets;         /* sequences, the empty one included */
    struct sequence_set *set; /* [n_sets]; before < first, so sets come after the sets they follow */
};

struct sequence_form {
    const struct parley_game *game;
    size_t n_players, n_leaves; /* leaf: a node with payoffs */
    struct sequences *player;
    uint32_t *at;               /* [n_leaves * n_players] sequence of each player */
    mpq_t *value;               /* [n_leaves * n_players] payoff times the probability of chance */
};

/* PARLEY_EDOM when an information set has two sequences before it (imperfect recall). */
enum parley_status sequence_form_new(struct sequence_form *f, const struct parley_game *game, struct parley_error *err);
void sequence_form_release(struct sequence_form *f);

mpq_t *fractions_new(size_t n); /* zeros; NULL when out of memory */
void fractions_release(mpq_t *q, size_t n);

/* Probability of each sequence when chance and the others allow it: plan[0] = 1. probability is by information set (first[], see
 * tree_equilibria.h). */
void sequence_plan(const struct sequences *s, const size_t *first, const struct parley_exact *const *probability, mpq_t *plan);

/* gain[s]: what player i expects from the leaves whose own sequence is s, against the others' plans. */
void sequence_gains(const struct sequence_form *f, size_t i, mpq_t *const *plan, mpq_t *gain);

/* The most that gains allow; gain[] is added up on the way. choice[h] (may be NULL): the best sequence of each set, the first of several;
 * *ties (may be NULL) says whether another is as good somewhere. */
void sequence_best(const struct sequences *s, mpq_t *gain, mpq_ptr best, size_t *choice, bool *ties);

/* Do the payoffs of a and b sum to one constant at the end of every way through the tree? Then the game is zero-sum after a shift. */
bool sequence_constant_sum(const struct parley_game *game, size_t a, size_t b);
double sequence_plans(const struct sequences *s); /* how many reduced strategies the player has */

#endif
