/* rng.h - counter-based random numbers (Philox4x32-10).
 *
 * Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC'11.
 * A draw is a function of (seed, stream, position), so it does not depend on the thread or rank
 * that made it. Known answers of the paper's reference are in tests/base. */
#ifndef PARLEY_RNG_H
#define PARLEY_RNG_H

#include <stdint.h>

struct parley_rng { /* a plain value: copy it to branch a stream */
    uint32_t key[2], counter[4], block[4];
    unsigned used; /* 32-bit words of block already given out */
};

#pragma GCC visibility push(default)

/* The bare function: 10 rounds of Philox4x32. */
void parley_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* Stream number `stream` of `seed`; streams do not overlap (2^64 blocks each). */
void parley_rng_init(struct parley_rng *rng, uint64_t seed, uint64_t stream);

uint32_t parley_rng_u32(struct parley_rng *rng);
uint64_t parley_rng_u64(struct parley_rng *rng);
double parley_rng_uniform(struct parley_rng *rng);             /* in (0,1), 53 bits, never 0 or 1 */
uint64_t parley_rng_below(struct parley_rng *rng, uint64_t n); /* uniform on 0..n-1, unbiased; n > 0 */
double parley_rng_exponential(struct parley_rng *rng);         /* mean 1 */
double parley_rng_normal(struct parley_rng *rng);              /* mean 0, variance 1 (inversion) */
double parley_rng_gamma(struct parley_rng *rng, double shape); /* scale 1; shape > 0 */
uint64_t parley_rng_poisson(struct parley_rng *rng, double mean); /* mean in [0, 1e9] */

/* Quantile of the standard normal distribution, p in (0,1); relative error below 1e-15. */
double parley_normal_quantile(double p);

#pragma GCC visibility pop
#endif
