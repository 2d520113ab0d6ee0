/* payoffset_guess.h - what payoffset_fixed.c proves. */
#ifndef PARLEY_GAME_PAYOFFSET_GUESS_H
#define PARLEY_GAME_PAYOFFSET_GUESS_H

#include "payoffset_inner.h"

enum { GUESS_CORNERS_MAX = 32 };

/* The fractions that the outer set seems to tend to, as points in no order. False: no guess, or out of memory. */
bool payoffset_guess(struct solver *s, const struct outer *o, struct polygon *to);

#endif
