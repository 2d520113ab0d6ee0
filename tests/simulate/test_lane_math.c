/* exp and log of the engine, on vectors: at most 2 units in the last place over every 61st float they are given, and the bits of the scalar
 * form. PARLEY_EXHAUSTIVE=1 (make exhaustive) takes every float. */
#define same same_lanes /* tap.h has another */
#include "simulate/lane_vector.h"
#undef same
#include "tap.h"

#include <parley/blocks.h>

enum { STEP = 61, BLOCK = 1 << 22, BLOCKS_MAX = 1024 };

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

static uint32_t bits_of_float(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, 4);
    return bits;
}

struct worst {
    double error;
    float at;
    uint64_t n, other_bits; /* floats; those for which vector and scalar differ */
};

struct sweep { /* of the floats with the bits from, from + step, .. to */
    bool log;
    uint64_t from, to, step;
    struct worst block[BLOCKS_MAX];
};

static void one_vector(const struct sweep *s, uint64_t at, struct worst *w)
{
    vf x;
    for (int i = 0; i < W; i++) {
        uint64_t bits = at + (uint64_t)i * s->step;
        x[i] = of_bits((uint32_t)(bits <= s->to ? bits : s->from));
    }
    vf y = s->log ? vlog(x) : vexp(x);
    for (int i = 0; i < W; i++) {
        double exact = s->log ? log((double)x[i]) : exp((double)x[i]), error = fabs((double)y[i] - exact);
        error = exact == 0 ? error * 0x1p24 : error / ulp_of(exact);
        if (error > w->error)
            w->error = error, w->at = x[i];
        w->other_bits += bits_of_float(y[i]) != bits_of_float(s->log ? lane_log(x[i]) : lane_exp(x[i]));
        w->n += at + (uint64_t)i * s->step <= s->to;
    }
}

static enum parley_status one_block(void *ctx, size_t block, unsigned thread, struct parley_error *err)
{
    (void)thread, (void)err;
    struct sweep *s = ctx;
    uint64_t from = s->from + block * BLOCK * s->step, end = from + BLOCK * s->step;
    for (uint64_t at = from; at < end && at <= s->to; at += W * s->step)
        one_vector(s, at, &s->block[block]);
    return PARLEY_OK;
}

static struct worst sweep(bool log, uint32_t from, uint32_t to, uint64_t step)
{
    static struct sweep s;
    struct worst all = { 0 };
    s = (struct sweep){ .log = log, .from = from, .to = to, .step = step };
    size_t blocks = (size_t)((to - from) / (BLOCK * step) + 1);
    if (blocks > BLOCKS_MAX || parley_blocks_run(blocks, step == 1 ? 0 : 1, one_block, &s, NULL, NULL, NULL))
        return (struct worst){ .error = INFINITY };
    for (size_t i = 0; i < blocks; i++) {
        all.n += s.block[i].n, all.other_bits += s.block[i].other_bits;
        if (s.block[i].error > all.error)
            all.error = s.block[i].error, all.at = s.block[i].at;
    }
    return all;
}

int main(void)
{
    uint64_t step = getenv("PARLEY_EXHAUSTIVE") ? 1 : STEP;
    struct worst up = sweep(false, 0, 0x42b00000, step), down = sweep(false, 0x80000000, 0xc2ae0000, step), e = up.error > down.error ? up : down;
    OK(e.error <= 2, "exp: %llu floats from -87 to 88, largest error %.3f ulp at %a", (unsigned long long)(up.n + down.n), e.error, (double)e.at);
    OK(up.other_bits + down.other_bits == 0, "exp: vector and scalar give the same bits for all of them");
    e = sweep(true, 0x00800000, 0x7f7fffff, step);
    OK(e.error <= 2, "log: %llu positive normal floats, largest error %.3f ulp at %a", (unsigned long long)e.n, e.error, (double)e.at);
    OK(e.other_bits == 0, "log: vector and scalar give the same bits for all of them");
    OK(lane_exp(-1e9f) == lane_exp(-87) && lane_exp(-87) > 0 && lane_exp(1e9f) == lane_exp(88) && lane_exp(88) < INFINITY, "exp ends at -87 and 88");
    OK(lane_exp(0) == 1 && lane_log(1) == 0, "exp 0 and log 1 are exact");
    OK(lane_uniform(0) == 0x1p-24f && lane_uniform(UINT32_MAX) == 1 - 0x1p-24f, "uniform numbers exclude both ends");
    OK(lane_uniform_low(0xffff) < 1 && lane_uniform_high(0) > 0 && lane_uniform_high(0xffff0000u) < 1, "also those of half a word");
    return done();
}
