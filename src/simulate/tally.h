/* tally.h - adding up replicates in whole numbers. */
#ifndef PARLEY_SIMULATE_TALLY_H
#define PARLEY_SIMULATE_TALLY_H

#include <parley/simulate.h>

#define TALLY_ONE 65536.0

struct ratio {
    int above, below; /* outputs */
};
extern const struct ratio ratios[2]; /* of the outputs PARLEY_OUTPUTS and up */

int64_t tally_fixed(float value); /* in units of 2^-16 */
void tally_replicate(struct parley_tally *tally, uint64_t replicate, const float out[PARLEY_OUTPUTS]);
double tally_mean(const struct parley_tally *tally, int output);
/* Sample covariance from sums of products and sums, in natural units. */
double moment_covariance(parley_wide ab, parley_wide a, parley_wide b, uint64_t n);

#endif
