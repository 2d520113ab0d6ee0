/* simulate_shared.h - what the simulate commands have in common. */
#ifndef PARLEY_CLI_SIMULATE_SHARED_H
#define PARLEY_CLI_SIMULATE_SHARED_H

#include "command.h"

#include <parley/simulate.h>

enum { SIMULATE_REPLICATES = 20000 };

#define SIMULATE_RUN_OPTIONS                                                                                                  \
    { "replicates", 'n', "N", "replicates to run (default 20000)" }, { "weeks", 0, "N", "weeks a replicate lasts (default: the scenario's)" }, \
    { "seed", 's', "N", "seed of the random numbers (default 1; always printed)" }, { "threads", 0, "N", "threads (default: one per processor)" }, \
    { "set", 0, "CHANGES", "change the scenario: \"hotline=1 tauR=2\"" },                                                     \
    { "path", 0, "NAME", "best, reference, portable, avx2 or avx512: all give the same bits (default best)" }

/* The scenario of operand `index` with --set and --weeks, and --replicates, --seed, --threads, --path. */
PARLEY_MUST_USE enum parley_status simulate_scenario(struct invocation *in, const char *name, struct parley_scenario *out);
PARLEY_MUST_USE enum parley_status simulate_options(struct invocation *in, struct parley_run *run);
double simulate_seconds(void); /* a clock that only goes forward */

void simulate_put_estimate(struct parley_json *json, const char *key, struct parley_mean e);
void simulate_put_digest(struct parley_json *json, const struct parley_tally *tally);
void simulate_interval(struct parley_table *table, double low, double high);

#endif
