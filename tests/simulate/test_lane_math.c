/* exp and log of the engine: at most 2 units in the last place, over every 61st float (every float with PARLEY_EXHAUSTIVE=1). */
#include "simulate/lane_math.h"
#include "tap.h"

static double ulp_of(double x)
{
    int e;
    frexp(x, &e);
    return ldexp(1, e - 24 > -149 ? e - 24 : -149);
}

static float of_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, 4);
    return x;
}

int main(void)
{
    uint32_t step = getenv("PARLEY_EXHAUSTIVE") ? 1 : 61;
    double worst_exp = 0, worst_log = 0, at_exp = 0, at_log = 0;
    size_t n = 0;
    for (int sign = 0; sign < 2; sign++) {
        uint32_t from = (uint32_t)sign << 31, to = from | 0x42ae0000; /* 87 */
        for (uint64_t b = from; b <= to; b += step, n++) {
            float x = of_bits((uint32_t)b);
            double y = exp((double)x), error = fabs((double)lane_exp(x) - y) / ulp_of(y);
            if (error > worst_exp)
                worst_exp = error, at_exp = (double)x;
        }
    }
    OK(worst_exp <= 2, "exp: %zu floats from -87 to 87, largest error %.3f ulp at %a", n, worst_exp, at_exp);
    n = 0;
    for (uint64_t b = 0x00800000; b < 0x7f800000; b += step, n++) {
        float x = of_bits((uint32_t)b);
        double y = log((double)x), error = y == 0 ? fabs((double)lane_log(x)) * 0x1p24 : fabs((double)lane_log(x) - y) / ulp_of(y);
        if (error > worst_log)
            worst_log = error, at_log = (double)x;
    }
    OK(worst_log <= 2, "log: %zu normal floats, largest error %.3f ulp at %a", n, worst_log, at_log);
    OK(lane_exp(-1e9f) == lane_exp(-87) && lane_exp(-87) > 0 && lane_exp(1e9f) == lane_exp(88) && lane_exp(88) < INFINITY, "exp ends at -87 and 88");
    OK(lane_exp(0) == 1 && lane_log(1) == 0, "exp 0 and log 1 are exact");
    OK(lane_uniform(0) == 0x1p-24f && lane_uniform(UINT32_MAX) == 1 - 0x1p-24f, "uniform numbers exclude both ends");
    OK(lane_uniform_low(0xffff) < 1 && lane_uniform_high(0) > 0 && lane_uniform_high(0xffff0000u) < 1, "also those of half a word");
    return done();
}
