/* simulate_shared.h - what the simulate commands have in common. */
#ifndef PARLEY_CLI_SIMULATE_SHARED_H
#define PARLEY_CLI_SIMULATE_SHARED_H

#include "command.h"

#include <parley/simulate.h>

enum { SIMULATE_REPLICATES = 20000 };

#define SIMULATE_SCENARIO_OPTIONS                                                                                             \
    { "weeks", 0, "N", "weeks a replicate lasts (default: the scenario's)" },                                                 \
    { "seed", 's', "N", "seed of the random numbers (default 1; always printed)" },                                           \
    { "set", 0, "CHANGES", "change the scenario: \"hotline=1 tauR=2\"" }
#define SIMULATE_RUN_OPTIONS                                                                                                  \
    { "replicates", 'n', "N", "replicates to run (default 20000)" }, SIMULATE_SCENARIO_OPTIONS,                               \
    { "threads", 0, "N", "threads (default: one per processor)" },                                                            \
    { "path", 0, "NAME", "best, reference, portable, avx2 or avx512: all give the same bits (default best)" }

/* The scenario of operand `index` with --set and --weeks, and --replicates, --seed, --threads, --path. */
PARLEY_MUST_USE enum parley_status simulate_scenario(struct invocation *in, const char *name, struct parley_scenario *out);
PARLEY_MUST_USE enum parley_status simulate_options(struct invocation *in, struct parley_run *run);
double simulate_seconds(void); /* a clock that only goes forward */

void simulate_put_estimate(struct parley_json *json, const char *key, struct parley_mean e);
void simulate_put_digest(struct parley_json *json, const struct parley_tally *tally);
/* Fail with the nearest name of a parameter. */
enum parley_status simulate_no_parameter(struct invocation *in, const char *option, const char *name);

/* The end of a result whose rows were written one by one: an array in an object, or a document. What an interruption leaves is shown, what
 * a failure leaves is not. */
enum parley_status simulate_finish(struct invocation *in, struct parley_json *json, struct parley_doc *doc, enum parley_status status);
void simulate_interval(struct parley_table *table, double low, double high);

#endif
