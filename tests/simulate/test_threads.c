/* Everything that runs on several threads gives on them what it gives on one; also run under the thread sanitizer. */
#include <parley/splitting.h>
#include "tap.h"

enum { REPLICATES = 5000 };

int main(void)
{
    struct parley_scenario a, b;
    struct parley_error err = { 0 };
    struct parley_tally tally[3];
    struct parley_comparison pair[2];
    struct parley_split split[2];
    static const unsigned threads[3] = { 1, 2, 7 };
    OK(!parley_scenario_load("baseline", &a, &err) && !parley_scenario_load("h02-b", &b, &err), "scenarios");
    a.weeks = b.weeks = 52;
    for (int i = 0; i < 3; i++) {
        struct parley_run run = { .seed = 5, .replicates = REPLICATES, .threads = threads[i] };
        OK(!parley_simulate(&a, &run, &tally[i], &err) && tally[i].digest == tally[0].digest, "%u threads: digest %016llx", threads[i], (unsigned long long)tally[i].digest);
    }
    for (int i = 0; i < 2; i++) {
        struct parley_run run = { .seed = 5, .replicates = REPLICATES, .threads = threads[i] };
        struct parley_splitting how = { .seed = 5, .batches = 7, .relations = 128, .threads = threads[i] };
        OK(!parley_compare(&a, &b, &run, &pair[i], &err) && pair[i].a.digest == pair[0].a.digest && pair[i].b.digest == pair[0].b.digest, "a comparison on %u threads", threads[i]);
        OK(!parley_split(&a, &how, &split[i], &err) && !memcmp(&split[i], &split[0], sizeof split[0]), "splitting on %u threads: %.3g", threads[i], split[i].probability);
    }
    for (int i = 0; i < 3; i++)
        parley_tally_release(&tally[i]);
    for (int i = 0; i < 2; i++)
        parley_comparison_release(&pair[i]);
    return done();
}
