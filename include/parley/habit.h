/* habit.h - habits of play in a repeated game: finite-state strategies of cooperation (C) and defection (D).
 * Room: game.
 *
 * A habit is a finite automaton. In state s it means to cooperate with probability cooperate[s]; after the act, it
 * knows what it did itself (executed, after any slip) and what it saw the other do (after any misattribution), and
 * moves to next[s][own][seen]. Memory-one strategies and Mealy tables of the literature are both of this form.
 *
 * Text forms, read by parley_habit_parse:
 *   a name of data/game/habits.tsv, with its parameter where it takes one: TFT, WSLS, GTFT(1/3), ZDEXTORT(3)
 *   m1(pCC,pCD,pDC,pDD;p0)   own executed act first, then the view of the other's; p0 is the first move
 *   fsm(STATE,ACTION; 1C>2D 1D>1C ...)   "in state 1, when C was seen, go to state 2 and play D" */
#ifndef PARLEY_HABIT_H
#define PARLEY_HABIT_H

#include <parley/arena.h>
#include <parley/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PARLEY_C, PARLEY_D };
enum { PARLEY_HABIT_STATES_MAX = 4096 };

struct parley_ratio { /* an exact fraction in lowest terms, den > 0 */
    int64_t num, den;
};

struct parley_habit {
    const char *name;
    size_t n, start;
    const char *unreached;                /* "3, 5": states of the table it was read from that no play can reach and that are left out; NULL */
    const char *where;                    /* FILE:LINE or the text of that table; NULL for habits of other forms */
    const struct parley_ratio *cooperate; /* [n] */
    const uint32_t (*next)[2][2];         /* [n][own executed][seen] */
};

#pragma GCC visibility push(default)

/* "1/3", "0.25", "-2", "3" exactly; false when it is no number or does not fit in 64-bit fractions. */
bool parley_ratio_parse(const char *text, size_t len, struct parley_ratio *out);
double parley_ratio_double(struct parley_ratio r);

/* PARLEY_EPARSE, PARLEY_EINVAL (a probability outside 0 to 1), PARLEY_ENOTFOUND (no such name; suggests the nearest). */
PARLEY_MUST_USE enum parley_status parley_habit_parse(const char *text, struct parley_arena *arena,
                                                      const struct parley_habit **out, struct parley_error *err);

/* A Mealy table: "1C>2D 1D>1C ...", every reachable state must have a row for C and for D and no row twice. where is put
 * in front of messages. States that no play can reach are left out, whatever the noise (a machine moves on what it saw and every play keeps
 * to its rows), and named in `unreached` of the habit. */
PARLEY_MUST_USE enum parley_status parley_habit_from_table(const char *name, const char *initial_state, char initial_action,
                                                           const char *table, const char *where, struct parley_arena *arena,
                                                           const struct parley_habit **out, struct parley_error *err);

/* All habits of a file in the form name TAB initial_state TAB initial_action TAB table (header line first, '#' comments). */
PARLEY_MUST_USE enum parley_status parley_habits_read(const char *data, size_t len, const char *file, struct parley_arena *arena,
                                                      const struct parley_habit ***habits, size_t *n, struct parley_error *err);

/* The names of data/game/habits.tsv without parameters that are needed, in the file's order. */
PARLEY_MUST_USE enum parley_status parley_habits_named(struct parley_arena *arena, const char *const **names, size_t *n,
                                                       struct parley_error *err);

#pragma GCC visibility pop
#endif
