/* chain.h - the Markov chain of two automata: reachable pairs of states, moves, expected payoffs. Private to the room. */
#ifndef PARLEY_GAME_CHAIN_H
#define PARLEY_GAME_CHAIN_H

#include <parley/repeated.h>

#include <gmp.h>

enum {
    MOVES_MAX = 16, /* two acts x two views */
    QUANTITIES = 4, /* payoff of row, of column; cooperation of row, of column */
};

struct chain_move { /* probability act_row[a] act_column[b] seen[a->][..]: kept as what happened, not as a number */
    uint32_t to;
    unsigned char row_act, column_act; /* executed */
    unsigned char row_sees, column_sees;
};

struct chain {
    const struct parley_repeated *game;
    const struct parley_habit *row, *column;
    size_t n;                 /* reachable states; state 0 is the first move */
    uint32_t (*pair)[2];      /* [n] state of row, state of column */
    struct chain_move *move;  /* [n * MOVES_MAX] */
    unsigned char *moves;     /* [n] */
    size_t *component;        /* [n] number of the recurrent class, or SIZE_MAX for a transient state */
    size_t classes;           /* recurrent classes */
};

enum parley_status chain_build(const struct parley_repeated *game, const struct parley_habit *row, const struct parley_habit *column,
                               struct parley_arena *arena, struct chain *chain, struct parley_error *err);

/* The probability of a move, in doubles and exactly. */
double chain_move_double(const struct chain *chain, size_t state, const struct chain_move *m);
void chain_move_exact(const struct chain *chain, size_t state, const struct chain_move *m, mpq_t out);

/* The discounted values from the first move; false when out of memory. */
bool chain_discounted(const struct chain *chain, double discount, double value[QUANTITIES], struct parley_arena *arena);

/* repeated_exact.c: the same as the double versions, in rationals. value[player] as text in the arena. discount NULL = the limit. */
enum parley_status chain_exact(const struct chain *chain, const struct parley_ratio *discount, struct parley_arena *arena,
                               struct parley_repeated_value *out, struct parley_error *err);

#endif
