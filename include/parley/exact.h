/* exact.h - exact rational numbers of games: payoffs, probabilities, equilibria.
 * Room: game.
 *
 * A number lives in the arena it was made in and never changes. Text forms are "7", "-3/4" and decimals such as
 * "2.50" or "1e-3"; a decimal is the exact fraction it writes, not the nearest double. */
#ifndef PARLEY_EXACT_H
#define PARLEY_EXACT_H

#include <parley/arena.h>
#include <parley/error.h>
#include <parley/text.h>
#include <stdbool.h>
#include <stddef.h>

enum { PARLEY_EXACT_TEXT_MAX = 4096 }; /* characters of one number in a file; exponents at most 4 digits */

struct parley_exact; /* a fraction in lowest terms */

#pragma GCC visibility push(default)

/* The number written in [text, text + len), or NULL with *why set to what is wrong ("a division by zero"). */
const struct parley_exact *parley_exact_parse(const char *text, size_t len, struct parley_arena *arena, const char **why);
/* numerator / denominator; NULL when out of memory. denominator > 0. */
const struct parley_exact *parley_exact_ratio(long long numerator, long long denominator, struct parley_arena *arena);

void parley_exact_add_text(struct parley_text *out, const struct parley_exact *x); /* "-3/4" */
const char *parley_exact_text(const struct parley_exact *x, struct parley_arena *arena); /* the same in the arena; "" if out of memory */
double parley_exact_double(const struct parley_exact *x); /* towards zero, within one unit of the last place */
int parley_exact_compare(const struct parley_exact *a, const struct parley_exact *b); /* -1, 0, 1 */
int parley_exact_sign(const struct parley_exact *x);

#pragma GCC visibility pop
#endif
