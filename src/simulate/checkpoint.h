/* checkpoint.h - a run's tally on disk, so that a killed run goes on and ends with the same bits. */
#ifndef PARLEY_SIMULATE_CHECKPOINT_H
#define PARLEY_SIMULATE_CHECKPOINT_H

#include <parley/simulate.h>

/* Fill the tally from the file if there is one; nothing when there is none. */
enum parley_status checkpoint_read(const char *path, const struct parley_scenario *scenario, const struct parley_run *run, struct parley_tally *into,
                                   struct parley_error *err);
enum parley_status checkpoint_write(const char *path, const struct parley_scenario *scenario, const struct parley_run *run,
                                    const struct parley_tally *tally, struct parley_error *err);

#endif
