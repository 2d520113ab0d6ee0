/* game_chart.h - charts of what each side gets: in the outcomes of a two-player game, in the equilibria of any. */
#ifndef PARLEY_CLI_GAME_CHART_H
#define PARLEY_CLI_GAME_CHART_H

#include "command.h"

#include <parley/equilibria.h>

/* One point an outcome; group[profile] is the word of its group ("stable"), NULL = the outcome is left out. Extra points (a mixture)
 * have a label, a group and two payoffs. Nothing is added for other numbers of players or more than 400 outcomes. */
struct outcome_point {
    const char *label, *group;
    double payoff[2];
};
void add_outcome_chart(struct invocation *in, struct parley_doc *doc, const char *sentence, const struct parley_game *g, const char *const *group,
                       const struct outcome_point *extra, size_t n_extra);
/* The same with pure equilibria marked as stable. */
void add_stable_chart(struct invocation *in, struct parley_doc *doc, const struct parley_game *g);
/* Nobody gains by changing only his own choice. */
bool outcome_is_stable(const struct parley_game *g, size_t profile);
/* A bar for every player in each of the first 40 of n equilibria; payoff(of, equilibrium, player). */
void add_payoff_chart(struct invocation *in, struct parley_doc *doc, const struct parley_game *g, size_t n,
                      double (*payoff)(const void *of, size_t equilibrium, size_t player), const void *of);

#endif
