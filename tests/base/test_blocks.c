#include <parley/blocks.h>
#include <parley/rng.h>
#include "tap.h"

enum { N = 64 };

struct work {
    double sum[N];
    size_t fail_at;
};

static enum parley_status one(void *ctx, size_t block, unsigned thread, struct parley_error *err)
{
    struct work *w = ctx;
    struct parley_rng rng;
    (void)thread;
    if (block == w->fail_at)
        return parley_fail(err, PARLEY_EDOM, "block %zu", block);
    parley_rng_init(&rng, 3, block);
    for (int i = 0; i < 1000; i++)
        w->sum[block] += parley_rng_normal(&rng);
    return PARLEY_OK;
}

static bool stop_soon(void *ctx, double done_blocks, double total, const char *unit)
{
    (void)ctx, (void)total, (void)unit;
    return done_blocks < 3;
}

static double total(unsigned threads)
{
    struct work w = { .fail_at = N };
    double sum = 0;
    if (parley_blocks_run(N, threads, one, &w, NULL, NULL, NULL))
        return NAN;
    for (int i = 0; i < N; i++)
        sum += w.sum[i];
    return sum;
}

int main(void)
{
    OK(total(1) == total(2) && total(1) == total(7), "1, 2 and 7 threads agree to the last bit");
    struct work w = { .fail_at = 5 };
    struct parley_error err;
    size_t finished;
    OK(parley_blocks_run(N, 3, one, &w, NULL, &finished, &err) == PARLEY_EDOM && same(err.text, "block 5"), "a failure is reported");
    w.fail_at = N;
    struct parley_progress p = { stop_soon, NULL };
    OK(parley_blocks_run(N, 1, one, &w, &p, &finished, &err) == PARLEY_ECANCELLED && finished == 3, "interrupted: %s", err.text);
    OK(parley_blocks_run(1, 257, one, &w, NULL, NULL, &err) == PARLEY_EINVAL, "%s", err.text);
    return done();
}
