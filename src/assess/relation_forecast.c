#include "relation.h"

#include <math.h>

enum parley_status relation_forecast(const struct parley_assess_options *options, struct parley_arena *arena, struct parley_assessment *a,
                                     struct parley_error *err)
{
    (void)options, (void)arena, (void)err;
    a->has_forecast = false;
    a->forecast_why = "not computed";
    return PARLEY_OK;
}
