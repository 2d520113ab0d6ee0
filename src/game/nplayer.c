#include "solve.h"

enum parley_status solve_many_players(struct solver *s) { return parley_fail(s->err, PARLEY_EINVAL, "three players and more: not yet"); }
