/* predict.h - does a change move an outcome the way it is said to, and does it still when the parameters are others?
 * Room: simulate.
 *
 * A prediction is a pair of scenarios, an outcome and a sign. It is tested by runs on common random numbers, and again
 * in random parameter sets: every parameter drawn log-uniformly between 0.6 and 1.7 times its value, kept when
 * 0.5 to 20 % of relations end out of control. */
#ifndef PARLEY_PREDICT_H
#define PARLEY_PREDICT_H

#include <parley/arena.h>
#include <parley/simulate.h>

enum { PARLEY_SETS = 40 };

struct parley_trial {
    const char *id;            /* H-02, or of the caller's choosing */
    const char *base;          /* scenario both start from; NULL = baseline */
    const char *before, *after; /* changes as in parley_scenario_change */
    const char *before2, *after2; /* NULL, or a second pair: the prediction is about |second effect| - |first effect| */
    int output;                /* enum parley_output or one of the ratios */
    int sign;                  /* +1, -1; 0: no more than a tenth of the base either way */
    bool relative;             /* of a second pair: sizes are |log(after / before)|, by how many times the outcome changes */
};

struct parley_trial_result {
    double base, effect, low, high, z; /* 95 percent; of a second pair: of the difference of the two effects' sizes */
    unsigned held, tried;      /* in how many random sets the estimate had the sign */
};

struct parley_pair_effects; /* what a pair of scenarios was found to do to every outcome */

struct parley_predictor { /* what it points to lives in the arena */
    uint64_t seed, replicates;  /* replicates of each run */
    uint32_t set_weeks;         /* weeks of a run in a random set, 1024 replicates each */
    unsigned threads;
    const struct parley_progress *progress;
    struct parley_scenario *set; /* [n_sets] */
    unsigned n_sets;
    double dyad_weeks_per_s;    /* measured, all threads together */
    struct parley_arena *arena;
    struct parley_pair_effects *known; /* pairs that have been run: predictions about other outcomes of theirs cost nothing */
};

#pragma GCC visibility push(default)

/* How many different pairs of scenarios n predictions speak of. */
size_t parley_trial_pairs(const struct parley_trial *trial, size_t n);
/* Measure the speed, choose replicates and weeks so that n_pairs pairs take about budget_s seconds of processor time, and draw
 * the random sets. budget_s = 0: no random sets and the fewest replicates (1024), for a quick look. */
PARLEY_MUST_USE enum parley_status parley_predictor_init(struct parley_predictor *predictor, struct parley_arena *arena, uint64_t seed, unsigned threads,
                                                         double budget_s, size_t n_pairs, const struct parley_progress *progress, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_predict(struct parley_predictor *predictor, const struct parley_trial *prediction,
                                                  struct parley_trial_result *out, struct parley_error *err);

/* 1: the interval of the effect lies where the prediction says; -1: where it says the opposite; 0: neither. */
int parley_trial_holds(const struct parley_trial *prediction, const struct parley_trial_result *result);

/* What the hypotheses of data/record/hypotheses.csv predict, in order of id; several rows an id. */
const struct parley_trial *parley_hypothesis_predictions(size_t *n);

#pragma GCC visibility pop
#endif
