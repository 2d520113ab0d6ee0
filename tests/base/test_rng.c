#include <parley/rng.h>
#include "tap.h"

/* Known answers of Random123's kat_vectors, philox4x32 10 rounds. */
static void known_answers(void)
{
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } kat[] = {
        { { 0 }, { 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
        { { ~0u, ~0u, ~0u, ~0u }, { ~0u, ~0u }, { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
        { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, { 0xa4093822, 0x299f31d0 }, { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
    };
    for (size_t i = 0; i < 3; i++) {
        uint32_t out[4];
        parley_philox(kat[i].counter, kat[i].key, out);
        OK(!memcmp(out, kat[i].out, sizeof out), "philox4x32-10 known answer %zu", i);
    }
}

static void moments(void)
{
    enum { N = 200000 };
    struct parley_rng rng;
    double sum[5] = { 0 }, square[5] = { 0 };
    parley_rng_init(&rng, 7, 1);
    for (int i = 0; i < N; i++) {
        double x[5] = { parley_rng_uniform(&rng), parley_rng_normal(&rng), parley_rng_gamma(&rng, 2.385),
                        (double)parley_rng_poisson(&rng, 37.3), (double)parley_rng_below(&rng, 10) };
        for (int k = 0; k < 5; k++)
            sum[k] += x[k], square[k] += x[k] * x[k];
    }
    static const struct {
        const char *name;
        double mean, variance;
    } want[] = { { "uniform", .5, 1. / 12 }, { "normal", 0, 1 }, { "gamma", 2.385, 2.385 }, { "poisson", 37.3, 37.3 }, { "below 10", 4.5, 8.25 } };
    for (int k = 0; k < 5; k++) {
        double mean = sum[k] / N, variance = square[k] / N - mean * mean, se = sqrt(want[k].variance / N);
        OK(fabs(mean - want[k].mean) < 5 * se, "%s: mean %.5f", want[k].name, mean);
        OK(fabs(variance / want[k].variance - 1) < .03, "%s: variance %.5f", want[k].name, variance);
    }
    OK(near(parley_normal_quantile(.975), 1.959963984540054, 1e-14), "the 97.5 %% quantile");
    OK(near(parley_normal_quantile(1e-300), -37.0471, 1e-5), "far in the tail");
}

int main(void)
{
    known_answers();
    moments();
    return done();
}
