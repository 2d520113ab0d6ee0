/* Claims tested on the coded cases. */
#include "checker.h"

const struct checker case_checkers[] = {
    { 0 },
};
