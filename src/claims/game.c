/* Claims tested by games and their equilibria. */
#include "checker.h"

const struct checker game_checkers[] = {
    { 0 },
};
