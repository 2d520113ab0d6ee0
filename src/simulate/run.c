/* Ensembles: rounds of blocks on threads, one tally a thread, a checkpoint between rounds. */
#define _POSIX_C_SOURCE 200809L
#include "checkpoint.h"
#include "paths.h"
#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUND_BLOCKS_FIRST = 8, ROUND_BLOCKS_MAX = 1 << 16 };

struct worker {
    struct parley_tally tally;
    void *scratch;
    float (*out)[LANES]; /* [PARLEY_OUTPUTS] */
};

struct ensemble {
    const struct parley_run *run;
    struct model model;
    unsigned threads;
    struct worker *worker; /* [threads] */
    uint64_t base;         /* blocks done before this round */
    char unit[96];
};

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static enum parley_status do_block(void *ctx, size_t block, unsigned thread, struct parley_error *err)
{
    (void)err;
    struct ensemble *e = ctx;
    struct worker *w = &e->worker[thread];
    uint64_t at = (e->base + block) * LANES, left = e->run->replicates - at;
    unsigned n = left < LANES ? (unsigned)left : LANES;
    struct lives lives = lives_of(&w->tally);
    block_run(e->run->path, &e->model, e->run->seed, (uint32_t)(e->run->first + at), n, &lives, w->scratch, w->out);
    for (unsigned i = 0; i < n; i++) {
        float one[PARLEY_OUTPUTS];
        for (int k = 0; k < PARLEY_OUTPUTS; k++)
            one[k] = w->out[k][i];
        tally_replicate(&w->tally, e->run->first + at + i, one);
    }
    return PARLEY_OK;
}

static bool tick(void *ctx, double done, double total, const char *unit)
{
    (void)total, (void)unit;
    const struct ensemble *e = ctx;
    double blocks = (double)((e->run->replicates + LANES - 1) / LANES);
    return parley_tick(e->run->progress, ((double)e->base + done) * LANES, blocks * LANES, e->unit);
}

static enum parley_status check(const struct parley_run *run, struct parley_error *err)
{
    if (run->replicates == 0)
        return parley_fail(err, PARLEY_EINVAL, "0 replicates: expected at least 1");
    if (run->first % LANES || run->first > UINT32_MAX || run->replicates > UINT32_MAX - run->first)
        return parley_fail(err, PARLEY_EINVAL, "replicates are numbered below 2^32, and a part begins at a multiple of %d", LANES);
    if (!parley_path_usable(run->path))
        return parley_fail(err, PARLEY_EINVAL, "this processor or build does not have the %s path", parley_path_name(run->path));
    return PARLEY_OK;
}

static void release(struct ensemble *e)
{
    for (unsigned i = 0; e->worker && i < e->threads; i++) {
        parley_tally_release(&e->worker[i].tally);
        free(e->worker[i].scratch);
        free(e->worker[i].out);
    }
    free(e->worker);
    model_release(&e->model);
}

static enum parley_status prepare(struct ensemble *e, const struct parley_scenario *s, struct parley_error *err)
{
    uint64_t blocks = (e->run->replicates + LANES - 1) / LANES;
    e->threads = e->run->threads ? e->run->threads : parley_threads_default();
    e->threads = e->threads > 256 ? 256 : e->threads;
    if (e->threads > blocks)
        e->threads = (unsigned)blocks;
    enum parley_status status = model_build(s, &e->model, err);
    if (status)
        return status;
    e->worker = calloc(e->threads, sizeof *e->worker);
    if (!e->worker)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (unsigned i = 0; i < e->threads; i++) {
        struct worker *w = &e->worker[i];
        w->scratch = scratch_new();
        w->out = malloc(sizeof(float[PARLEY_OUTPUTS][LANES]));
        if ((status = parley_tally_init(&w->tally, s->weeks, err)))
            return status;
        if (!w->scratch || !w->out)
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    }
    return PARLEY_OK;
}

/* Move what the threads have into the total. */
static void gather(struct ensemble *e, struct parley_tally *total)
{
    for (unsigned i = 0; i < e->threads; i++) {
        struct parley_tally *t = &e->worker[i].tally;
        uint64_t *lives = t->lives;
        uint32_t weeks = t->weeks;
        parley_tally_add(total, t);
        memset(lives, 0, 8 * (size_t)PARLEY_LIVES * (weeks + 1));
        *t = (struct parley_tally){ .weeks = weeks, .lives = lives };
    }
    struct parley_mean p = parley_tally_estimate(total, PARLEY_OUT_uncontrolled);
    snprintf(e->unit, sizeof e->unit, "replicates (uncontrolled so far %.4f to %.4f)", p.low, p.high);
}

enum parley_status parley_simulate(const struct parley_scenario *s, const struct parley_run *run, struct parley_tally *out, struct parley_error *err)
{
    struct ensemble e = { .run = run, .unit = "replicates" };
    *out = (struct parley_tally){ 0 };
    enum parley_status status = check(run, err);
    if (status || (status = parley_tally_init(out, s->weeks, err)))
        return status;
    status = prepare(&e, s, err);
    if (!status && run->checkpoint)
        status = checkpoint_read(run->checkpoint, s, run, out, err);
    uint64_t blocks = (run->replicates + LANES - 1) / LANES, round = (uint64_t)ROUND_BLOCKS_FIRST * e.threads;
    e.base = out->replicates / LANES;
    if (!status && out->replicates == run->replicates)
        e.base = blocks;
    const struct parley_progress progress = { tick, &e };
    double saved = seconds();
    while (!status && e.base < blocks) {
        size_t n = (size_t)(blocks - e.base < round ? blocks - e.base : round), done = 0;
        double begun = seconds();
        status = parley_blocks_run(n, e.threads, do_block, &e, run->progress ? &progress : NULL, &done, err);
        double took = seconds() - begun;
        e.base += done;
        gather(&e, out);
        if (run->running)
            run->running(run->running_ctx, out);
        if (took < .25 && round < ROUND_BLOCKS_MAX)
            round *= 2;
        else if (took > 1 && round > e.threads)
            round /= 2;
        if (run->checkpoint && (e.base >= blocks || status || seconds() - saved > .5)) {
            struct parley_error why = { 0 };
            enum parley_status wrote = checkpoint_write(run->checkpoint, s, run, out, &why);
            saved = seconds();
            if (wrote && !status) {
                status = wrote;
                if (err)
                    *err = why;
            }
        }
    }
    release(&e);
    return status;
}

enum parley_status parley_simulate_each(const struct parley_scenario *s, uint64_t seed, uint32_t first, size_t n, enum parley_path path,
                                        float (*out)[PARLEY_OUTPUTS], struct parley_error *err)
{
    struct model model;
    if (!parley_path_usable(path))
        return parley_fail(err, PARLEY_EINVAL, "this processor or build does not have the %s path", parley_path_name(path));
    enum parley_status status = model_build(s, &model, err);
    if (status)
        return status;
    void *scratch = scratch_new();
    float(*block)[LANES] = malloc(sizeof(float[PARLEY_OUTPUTS][LANES]));
    if (!scratch || !block)
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t at = 0; !status && at < n; at += LANES) {
        unsigned m = n - at < LANES ? (unsigned)(n - at) : LANES;
        block_run(path, &model, seed, first + (uint32_t)at, m, NULL, scratch, block);
        for (unsigned i = 0; i < m; i++)
            for (int k = 0; k < PARLEY_OUTPUTS; k++)
                out[at + i][k] = block[k][i];
    }
    free(block);
    free(scratch);
    model_release(&model);
    return status;
}
