/* Batches of relations with splitting (lane_split.h): pilots that find the importance of the rungs, then the batches that count. */
#include "paths.h"

#include <parley/splitting.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PILOTS = 3, PILOT_BATCHES = 4 };
#define PILOT_RATIO 3.0        /* importance of a rung over that below it, as long as nothing is known */
#define IMPORTANCE_MOST 1e12

struct splitter {
    const struct parley_splitting *how;
    struct model model;
    uint64_t first; /* batch, counted from the first pilot: batches never share random numbers */
    double importance[PARLEY_SPLIT_RUNGS];
    double (*reached)[PARLEY_SPLIT_RUNGS]; /* [batches] share of the weight */
    unsigned threads;
    struct worker {
        void *scratch;
        struct branching *branching;
    } *worker; /* [threads] */
};

static enum parley_status do_batch(void *ctx, size_t index, unsigned thread, struct parley_error *err)
{
    (void)err;
    struct splitter *s = ctx;
    struct branching *b = s->worker[thread].branching;
    unsigned n = (unsigned)s->how->relations;
    memset(b, 0, sizeof *b);
    memcpy(b->importance, s->importance, sizeof b->importance);
    for (unsigned i = 0; i < n; i++)
        b->weight[i] = 1;
    block_split(s->how->path, &s->model, s->how->seed, (uint32_t)((s->first + index) * LANES), n, s->worker[thread].scratch, b);
    s->reached[index][0] = 1;
    for (int l = 1; l < PARLEY_SPLIT_RUNGS; l++)
        s->reached[index][l] = b->reached[l] / n;
    return PARLEY_OK;
}

/* Run n batches; the mean of what they reached. */
static enum parley_status batches(struct splitter *s, size_t n, double mean[PARLEY_SPLIT_RUNGS], struct parley_error *err)
{
    enum parley_status status = parley_blocks_run(n, s->threads, do_batch, s, s->how->progress, NULL, err);
    memset(mean, 0, sizeof(double) * PARLEY_SPLIT_RUNGS);
    for (size_t i = 0; !status && i < n; i++)
        for (int l = 0; l < PARLEY_SPLIT_RUNGS; l++)
            mean[l] += s->reached[i][l];
    for (int l = 0; l < PARLEY_SPLIT_RUNGS; l++)
        mean[l] /= (double)n;
    s->first += n;
    return status;
}

/* Of relations that have just come to a rung the share that will get out of control is P(7) / P(the rung is reached): the importance
 * of a rung is in proportion to it. A rung the pilot has not seen is taken for as hard to reach as the one below it. */
static void learn(struct splitter *s, const double reached[PARLEY_SPLIT_RUNGS])
{
    double ratio = PILOT_RATIO;
    for (int l = 1; l < PARLEY_SPLIT_RUNGS; l++) {
        if (reached[l] > 0)
            ratio = reached[l - 1] / reached[l];
        s->importance[l] = fmin(s->importance[l - 1] * fmax(ratio, 1), IMPORTANCE_MOST);
    }
}

static enum parley_status prepare(struct splitter *s, struct parley_error *err)
{
    size_t n = s->how->batches > PILOT_BATCHES ? s->how->batches : PILOT_BATCHES;
    s->reached = calloc(n, sizeof *s->reached);
    s->worker = calloc(s->threads, sizeof *s->worker);
    if (!s->reached || !s->worker)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (unsigned t = 0; t < s->threads; t++) {
        s->worker[t].scratch = scratch_new();
        s->worker[t].branching = aligned_alloc(64, (sizeof(struct branching) + 63) / 64 * 64);
        if (!s->worker[t].scratch || !s->worker[t].branching)
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    }
    for (int l = 0; l < PARLEY_SPLIT_RUNGS; l++)
        s->importance[l] = pow(PILOT_RATIO, l);
    return PARLEY_OK;
}

static void release(struct splitter *s)
{
    for (unsigned t = 0; s->worker && t < s->threads; t++) {
        free(s->worker[t].scratch);
        free(s->worker[t].branching);
    }
    free(s->worker);
    free(s->reached);
    model_release(&s->model);
}

static enum parley_status finish(const struct splitter *s, struct parley_split *out, struct parley_error *err)
{
    double n = (double)s->how->batches, square = 0, p = out->probability = out->reached[UNCONTROLLED];
    memcpy(out->importance, s->importance, sizeof out->importance);
    out->weeks = (double)s->first * (double)s->how->relations * s->model.weeks;
    if (!(p > 0))
        return parley_fail(err, PARLEY_EUNIDENT, "no relation of %zu batches got out of control; take more batches", s->how->batches);
    for (size_t i = 0; i < s->how->batches; i++)
        square += (s->reached[i][UNCONTROLLED] - p) * (s->reached[i][UNCONTROLLED] - p);
    double se = sqrt(square / (n - 1) / n);
    out->relative_error = se / p;
    out->low = fmax(0, p - 1.96 * se), out->high = fmin(1, p + 1.96 * se);
    out->plain_weeks = (1 - p) / (p * out->relative_error * out->relative_error) * s->model.weeks;
    out->gain = out->plain_weeks / out->weeks;
    return PARLEY_OK;
}

enum parley_status parley_split(const struct parley_scenario *scenario, const struct parley_splitting *how, struct parley_split *out, struct parley_error *err)
{
    struct splitter s = { .how = how, .threads = how->threads ? how->threads : parley_threads_default() };
    *out = (struct parley_split){ 0 };
    if (how->batches < 2 || how->batches > PARLEY_SPLIT_BATCHES_MAX || how->relations < PARLEY_SPLIT_RELATIONS_MIN || how->relations > LANES)
        return parley_fail(err, PARLEY_EINVAL, "splitting needs 2 to %d batches of %d to %d relations", PARLEY_SPLIT_BATCHES_MAX, PARLEY_SPLIT_RELATIONS_MIN, LANES);
    if (!parley_path_usable(how->path))
        return parley_fail(err, PARLEY_EINVAL, "this processor or build does not have the %s path", parley_path_name(how->path));
    s.threads = s.threads > how->batches ? (unsigned)how->batches : s.threads > 256 ? 256 : s.threads;
    enum parley_status status = model_build(scenario, &s.model, err);
    if (!status)
        status = prepare(&s, err);
    for (int i = 0; !status && i < PILOTS; i++) {
        double reached[PARLEY_SPLIT_RUNGS];
        status = batches(&s, PILOT_BATCHES, reached, err);
        if (!status)
            learn(&s, reached);
    }
    if (!status)
        status = batches(&s, how->batches, out->reached, err);
    if (!status)
        status = finish(&s, out, err);
    release(&s);
    return status;
}
