/* Claims tested on the record. */
#include "checker.h"

const struct checker data_checkers[] = {
    { 0 },
};
