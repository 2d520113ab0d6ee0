/* splitting.h - the probability of losing control when it is small, by splitting on the ladder.
 * Room: simulate.
 *
 * Fixed-effort multilevel splitting (Garvels 2000; Kahn and Harris 1951): of the relations that have reached a rung,
 * copies go on from there with fresh random numbers; the estimate is the product of the shares that reach the next rung. It is
 * unbiased. Batches are independent, so their spread gives the interval. */
#ifndef PARLEY_SPLITTING_H
#define PARLEY_SPLITTING_H

#include <parley/simulate.h>

enum { PARLEY_SPLIT_LEVELS = 4 }; /* rungs 4, 5, 6 and 7 */

struct parley_splitting {
    uint64_t seed;
    size_t batches;   /* at least 2 */
    size_t per_level; /* relations walked at each level of a batch */
    unsigned threads;
    const struct parley_progress *progress;
};

struct parley_split {
    double probability, low, high; /* 95 percent, by the spread of the batches */
    double relative_error;         /* standard error over estimate */
    double share[PARLEY_SPLIT_LEVELS]; /* of relations that reached the level before, mean over batches */
    double weeks;       /* simulated in all */
    double plain_weeks; /* that independent replicates would need for the same relative error */
    double gain;        /* plain_weeks / weeks */
};

#pragma GCC visibility push(default)

/* PARLEY_EUNIDENT when no batch reached the top: *out has the shares. Memory: threads * per_level * 16 KiB at most. */
PARLEY_MUST_USE enum parley_status parley_split(const struct parley_scenario *scenario, const struct parley_splitting *how, struct parley_split *out,
                                                struct parley_error *err);

#pragma GCC visibility pop
#endif
