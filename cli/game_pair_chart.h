/* game_pair_chart.h - two questions on a pair of habits, drawn: how patient must the two be, and what errors do they bear. */
#ifndef PARLEY_CLI_GAME_PAIR_CHART_H
#define PARLEY_CLI_GAME_PAIR_CHART_H

#include "command.h"
#include "stage_game.h"

/* Pairs with more pairs of states than this get no such charts: they would take seconds. */
enum { PAIR_CHART_STATES_MAX = 400 };

/* What leaving its habit brings each side, by what tomorrow counts; nothing with private views. critical: NaN = nobody is ever held. */
PARLEY_MUST_USE enum parley_status add_patience_chart(struct invocation *in, struct parley_doc *doc, const struct stage *g, const struct parley_habit *row,
                                                      const struct parley_habit *column, double critical);
/* How much the two cooperate as slips, misses and false alarms grow, each for itself: a table and a chart. */
PARLEY_MUST_USE enum parley_status add_errors_chart(struct invocation *in, struct parley_doc *doc, const struct stage *g, const struct parley_habit *row,
                                                    const struct parley_habit *column);
/* slips, misses, false alarms: kind 0, 1, 2 */
const char *noise_word(const struct invocation *in, int kind);
/* The levels of an error that tables show. */
enum { NOISE_LEVELS = 10 };
struct parley_ratio noise_level(int k);

#endif
