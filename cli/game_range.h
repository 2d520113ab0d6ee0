/* game_range.h - what equilibria give without help: the lowest and the highest weighted sum of payoffs over all of them. */
#ifndef PARLEY_CLI_GAME_RANGE_H
#define PARLEY_CLI_GAME_RANGE_H

#include "command.h"

#include <parley/equilibria.h>

struct payoff_range {
    bool known; /* all equilibria were listed within a small effort; nothing else is set otherwise */
    size_t n;   /* equilibria, extreme ones */
    double low, high;
};

/* weight[i]: of player i. Not known is no failure. */
PARLEY_MUST_USE enum parley_status equilibrium_range(struct invocation *in, const struct parley_game *g, const int *weight, struct payoff_range *out);

#endif
