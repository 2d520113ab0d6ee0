/* habit_forms.h - the ways a habit is made, for habit.c and habit_names.c. */
#ifndef PARLEY_GAME_HABIT_FORMS_H
#define PARLEY_GAME_HABIT_FORMS_H

#include <parley/habit.h>

bool ratio_make(int64_t num, int64_t den, struct parley_ratio *out); /* lowest terms; false on overflow or den = 0 */
bool ratio_is_probability(struct parley_ratio r);

/* p: after CC, CD, DC, DD (own executed act first) and on the first move. NULL when out of memory. */
const struct parley_habit *habit_memory_one(const char *name, const struct parley_ratio p[5], struct parley_arena *arena);
const struct parley_habit *habit_standing(const char *name, struct parley_arena *arena);

#endif
