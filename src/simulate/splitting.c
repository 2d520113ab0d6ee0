#include "model.h"

#include <parley/rng.h>
#include <parley/splitting.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const int levels[PARLEY_SPLIT_LEVELS] = { 4, 5, 6, 7 };

struct batch {
    double share[PARLEY_SPLIT_LEVELS], probability, weeks;
};

/* Entrance states: relations at the moment they first reached a level. */
struct pool {
    unsigned char *state; /* [n] of relation_size() */
    uint32_t *week;       /* the week they are about to live */
    size_t n;
};

struct splitter {
    const struct parley_splitting *how;
    struct model model;
    struct batch *batch;
    struct pool (*pool)[2]; /* [threads] */
};

/* Walk until the level is reached (true; the state is then at the end of that week) or the run is over. */
static bool walk(const struct splitter *s, struct relation *r, uint32_t *week, int level, double *weeks)
{
    const struct phase *p = s->model.phase;
    while (relation_rung(r) < level && *week < s->model.weeks) {
        while (*week >= p->to)
            p++;
        relation_week(r, &s->model, p, *week, NULL, NULL);
        ++*week;
        ++*weeks;
    }
    return relation_rung(r) >= level;
}

static enum parley_status do_batch(void *ctx, size_t index, unsigned thread, struct parley_error *err)
{
    (void)err;
    struct splitter *s = ctx;
    struct batch *b = &s->batch[index];
    size_t n = s->how->per_level, size = relation_size();
    struct pool *from = &s->pool[thread][0], *to = &s->pool[thread][1];
    struct parley_rng rng;
    parley_rng_init(&rng, s->how->seed, UINT64_C(0x59117) << 32 | index);
    *b = (struct batch){ .probability = 1 };
    for (int level = 0; level < PARLEY_SPLIT_LEVELS && b->probability > 0; level++) {
        to->n = 0;
        for (size_t i = 0; i < n; i++) {
            struct relation *r = (struct relation *)(void *)(to->state + to->n * size);
            uint32_t number = (uint32_t)((index * PARLEY_SPLIT_LEVELS + (size_t)level) * n + i), week = 0;
            if (level == 0) {
                relation_start(r, &s->model, s->how->seed, number);
            } else {
                size_t parent = (size_t)parley_rng_below(&rng, from->n);
                memcpy(r, from->state + parent * size, size);
                week = from->week[parent];
                relation_branch(r, number);
            }
            if (walk(s, r, &week, levels[level], &b->weeks))
                to->week[to->n++] = week;
        }
        b->share[level] = (double)to->n / (double)n;
        b->probability *= b->share[level];
        struct pool *keep = from;
        from = to, to = keep;
    }
    return PARLEY_OK;
}

static enum parley_status prepare(struct splitter *s, unsigned threads, struct parley_error *err)
{
    size_t n = s->how->per_level;
    s->batch = calloc(s->how->batches, sizeof *s->batch);
    s->pool = calloc(threads, sizeof *s->pool);
    if (!s->batch || !s->pool)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (unsigned t = 0; t < threads; t++)
        for (int k = 0; k < 2; k++) {
            struct pool *p = &s->pool[t][k];
            p->state = malloc((n + 1) * relation_size());
            p->week = calloc(n + 1, sizeof *p->week);
            if (!p->state || !p->week)
                return parley_fail(err, PARLEY_ENOMEM, "out of memory");
        }
    return PARLEY_OK;
}

static enum parley_status finish(const struct splitter *s, struct parley_split *out, struct parley_error *err)
{
    double n = (double)s->how->batches, square = 0;
    *out = (struct parley_split){ 0 };
    for (size_t i = 0; i < s->how->batches; i++) {
        out->probability += s->batch[i].probability / n;
        out->weeks += s->batch[i].weeks;
        for (int k = 0; k < PARLEY_SPLIT_LEVELS; k++)
            out->share[k] += s->batch[i].share[k] / n;
    }
    for (size_t i = 0; i < s->how->batches; i++)
        square += (s->batch[i].probability - out->probability) * (s->batch[i].probability - out->probability);
    double se = sqrt(square / (n - 1) / n), p = out->probability;
    if (!(p > 0))
        return parley_fail(err, PARLEY_EUNIDENT, "no relation of %zu batches got out of control; take more relations a level", s->how->batches);
    out->relative_error = se / p;
    out->low = fmax(0, p - 1.96 * se), out->high = fmin(1, p + 1.96 * se);
    out->plain_weeks = (1 - p) / (p * out->relative_error * out->relative_error) * s->model.weeks;
    out->gain = out->plain_weeks / out->weeks;
    return PARLEY_OK;
}

enum parley_status parley_split(const struct parley_scenario *scenario, const struct parley_splitting *how, struct parley_split *out, struct parley_error *err)
{
    struct splitter s = { .how = how };
    unsigned threads = how->threads ? how->threads : parley_threads_default();
    if (how->batches < 2 || how->per_level < 2 || how->per_level > (1 << 16) || how->batches * how->per_level > UINT32_MAX / PARLEY_SPLIT_LEVELS)
        return parley_fail(err, PARLEY_EINVAL, "splitting needs at least 2 batches and 2 to 65536 relations a level");
    threads = threads > how->batches ? (unsigned)how->batches : threads > 256 ? 256 : threads;
    enum parley_status status = model_build(scenario, &s.model, err);
    if (!status)
        status = prepare(&s, threads, err);
    if (!status)
        status = parley_blocks_run(how->batches, threads, do_batch, &s, how->progress, NULL, err);
    if (!status)
        status = finish(&s, out, err);
    for (unsigned t = 0; s.pool && t < threads; t++)
        for (int k = 0; k < 2; k++) {
            free(s.pool[t][k].state);
            free(s.pool[t][k].week);
        }
    free(s.pool);
    free(s.batch);
    model_release(&s.model);
    return status;
}
