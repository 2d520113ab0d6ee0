/* checker.h - how a claim gets a test.
 *
 * One file a method: case.c, data.c, game.c, simulation.c, each with one table of claims and their tests. A test computes a
 * verdict from the record, the cases or runs; it must be able to come out either way. To add one, write the function and its
 * row in the table of its method. */
#ifndef PARLEY_CLAIMS_CHECKER_H
#define PARLEY_CLAIMS_CHECKER_H

#include <parley/claims.h>
#include <parley/predict.h>
#include <parley/progress.h>

enum claim_method { BY_DATA, BY_SIMULATION, BY_CASE, BY_GAME, CLAIM_METHODS };

/* One run of `parley claims`, shared by all checkers. */
struct claims_run {
    const struct parley_claims_input *in;
    struct parley_arena *arena;       /* everything a verdict points to lives here */
    struct parley_claims_report *out; /* simulation sets out->replicates */
    void *memo[CLAIM_METHODS]; /* what one method keeps between its claims (a baseline run), in the arena; NULL at first
                                */
    /* Within a claim: what is handed to long work as its progress, so that it counts in claims and Ctrl-C is noticed at once. */
    struct parley_progress inner;
    double done, total;
    const char *unit;
};

/* Say that `done` of `total` are finished, and make run->inner report within the next one. false: interrupted */
bool claims_tick(struct claims_run *run, size_t done, size_t total, const char *unit);

/* Test one claim by one method, if it has a test for it: then *tested is set and *verdict, which arrives undecided with NaN numbers and
 * empty texts, is filled. A failure is a failure of the whole run: a claim that the data cannot decide is PARLEY_UNDECIDED with the reason in
 * `why`, not a failure. */
typedef enum parley_status check_fn(struct claims_run *run, const char *claim, struct parley_verdict *verdict, bool *tested, struct parley_error *err);
check_fn check_by_data, check_by_simulation, check_by_case, check_by_game;

/* printf into the run's arena; "" when out of memory */
const char *because(struct claims_run *run, const char *fmt, ...) PARLEY_PRINTF(2, 3);

/* Test the predictions of `id` in the list by paired runs: *v is supported when all hold; its numbers and *z are of the first, or of the first
 * that fails most. */
enum parley_status test_trials(struct claims_run *run, const struct parley_trial *list, size_t n, const char *id, struct parley_verdict *v, double *z,
                               struct parley_error *err);

/* The second (and third) field of the row of this id in a shipped table; texts live in the arena, and stay as they are when there is no such row. */
enum parley_status shipped_row(struct claims_run *run, const char *file, const char *id, const char **second, const char **third, struct parley_error *err);

/* What is not known yet: undecided, no numbers. */
struct parley_verdict verdict_blank(void);

/* The verdict for a claimed sign when effect has the interval [low, high]: supported when the interval lies on that
 * side of zero, contradicted when it lies on the other side, otherwise undecided. sign: +1 or -1. */
enum parley_verdict_kind verdict_of_interval(int sign, double low, double high);

/* Wilson's 95 % interval of the share yes / n; n > 0. */
void wilson(size_t yes, size_t n, double *low, double *high);

#endif
