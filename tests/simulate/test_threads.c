/* Everything that runs on several threads gives on them what it gives on one; also run under the thread sanitizer. */
#include <parley/predict.h>
#include <parley/splitting.h>
#include "tap.h"

enum { REPLICATES = 5000 };

/* Random parameter sets and what a change does in them. */
static void predictions(void)
{
    static const struct parley_trial hotline = { "H-02", NULL, "", "hotline=1", NULL, NULL, PARLEY_OUT_crisis_weeks, -1 };
    struct parley_arena arena;
    struct parley_predictor p[2];
    struct parley_trial_result r[2];
    parley_arena_init(&arena, 1 << 28);
    for (unsigned i = 0; i < 2; i++) {
        OK(!parley_predictor_init(&p[i], &arena, 5, 1 + 6 * i, .001, 1, NULL, NULL) && p[i].n_sets == p[0].n_sets, "%u random sets on %u threads", p[i].n_sets, 1 + 6 * i);
        p[i].replicates = 2048, p[i].set_weeks = 52; /* what was chosen hangs on the speed */
        OK(!parley_predict(&p[i], &hotline, &r[i], NULL) && r[i].effect == r[0].effect && r[i].z == r[0].z && r[i].held == r[0].held,
           "effect %.3f, held in %u of %u", r[i].effect, r[i].held, r[i].tried);
    }
    for (unsigned k = 0; k < p[0].n_sets; k++)
        OK(parley_scenario_hash(&p[0].set[k]) == parley_scenario_hash(&p[1].set[k]), "set %u is the same", k);
    parley_arena_release(&arena);
}

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
    predictions();
    return done();
}
