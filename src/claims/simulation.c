/* Claims tested by paired runs of the relation model. */
#include "checker.h"

const struct checker simulation_checkers[] = {
    { 0 },
};
