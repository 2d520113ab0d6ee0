/* rational.h - what is inside a parley_exact: a GMP fraction whose digits lie in the arena (read only). */
#ifndef PARLEY_GAME_RATIONAL_H
#define PARLEY_GAME_RATIONAL_H

#include <gmp.h>
#include <parley/exact.h>

struct parley_exact {
    mpq_t v;
};

/* A copy of q in the arena, or NULL when out of memory. */
const struct parley_exact *exact_keep(mpq_srcptr q, struct parley_arena *arena);

#endif
