/* splitting.h - the probability of losing control when it is small, by splitting on the ladder.
 * Room: simulate.
 *
 * Splitting and Russian roulette (Kahn and Harris 1951) with resampling by importance ("go with the winners", Grassberger 2002):
 * relations carry weights; those high on the ladder are copied and share their weight, those at rest are thinned out and
 * those that stay carry more. The expected weight of every future stays what it was, so the estimate is unbiased whatever the
 * importance of a rung; the importance is found by pilot batches and then fixed. Batches are independent, so their spread gives
 * the interval. */
#ifndef PARLEY_SPLITTING_H
#define PARLEY_SPLITTING_H

#include <parley/simulate.h>

enum { PARLEY_SPLIT_RUNGS = 8, PARLEY_SPLIT_RELATIONS_MIN = 16, PARLEY_SPLIT_BATCHES_MAX = 1000000 };

struct parley_splitting {
    uint64_t seed;
    size_t batches;   /* 2 to PARLEY_SPLIT_BATCHES_MAX */
    size_t relations; /* of a batch: PARLEY_SPLIT_RELATIONS_MIN to PARLEY_BLOCK_REPLICATES */
    unsigned threads;
    enum parley_path path; /* all give the same bits; the reference has no splitting and stands for the portable path */
    const struct parley_progress *progress;
};

struct parley_split {
    double probability, low, high; /* 95 percent, by the spread of the batches */
    double relative_error;         /* standard error over estimate */
    double reached[PARLEY_SPLIT_RUNGS]; /* probability that a relation has been on this rung or above; [0] is 1, [7] the estimate */
    double importance[PARLEY_SPLIT_RUNGS]; /* of a rung, as found by the pilot; [0] is 1 */
    double weeks;       /* simulated in all, pilots included */
    double plain_weeks; /* that independent replicates would need for the same relative error */
    double gain;        /* plain_weeks / weeks */
};

#pragma GCC visibility push(default)

/* The same bits on any number of threads. PARLEY_EUNIDENT when no relation reached the top: *out has what was reached. */
PARLEY_MUST_USE enum parley_status parley_split(const struct parley_scenario *scenario, const struct parley_splitting *how, struct parley_split *out,
                                                struct parley_error *err);

#pragma GCC visibility pop
#endif
