/* scenario.h - what reading and changing a scenario have in common. */
#ifndef PARLEY_SIMULATE_SCENARIO_H
#define PARLEY_SIMULATE_SCENARIO_H

#include <parley/scenario.h>

static inline struct parley_schedule scenario_always(bool on)
{
    return (struct parley_schedule){ .n = on, .on = { { 0, PARLEY_WEEKS_MAX } } };
}

/* No pair is an exception any more. */
void scenario_for_all_pairs(struct parley_scenario *scenario, enum parley_scenario_switch sw);

#endif
