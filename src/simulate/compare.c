/* Two scenarios on common random numbers: the difference of each replicate is added up, not the two means apart. */
#include "paths.h"
#include "tally.h"

#include <math.h>
#include <stdlib.h>

/* Sums of products of the four parts of a difference of two ratios: above a, below a, above b, below b. */
struct ratio_moments {
    parley_wide product[4][4];
};

struct paired {
    parley_wide sum[PARLEY_OUTPUTS], square[PARLEY_OUTPUTS]; /* of b - a */
    struct ratio_moments ratio[2];
};

struct worker {
    struct parley_tally a, b;
    struct paired paired;
    void *scratch;
    float (*out)[PARLEY_OUTPUTS][LANES]; /* [2] */
};

struct pairing {
    const struct parley_run *run;
    struct model a, b;
    struct worker *worker;
    unsigned threads;
};

static void add_pair(struct paired *p, const float a[PARLEY_OUTPUTS], const float b[PARLEY_OUTPUTS])
{
    for (int k = 0; k < PARLEY_OUTPUTS; k++) {
        int64_t d = tally_fixed(b[k]) - tally_fixed(a[k]);
        p->sum[k] += d;
        p->square[k] += (parley_wide)d * d;
    }
    for (int k = 0; k < 2; k++) {
        const int64_t v[4] = { tally_fixed(a[ratios[k].above]), tally_fixed(a[ratios[k].below]), tally_fixed(b[ratios[k].above]),
                               tally_fixed(b[ratios[k].below]) };
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++)
                p->ratio[k].product[i][j] += (parley_wide)v[i] * v[j];
    }
}

static enum parley_status do_block(void *ctx, size_t block, unsigned thread, struct parley_error *err)
{
    (void)err;
    struct pairing *p = ctx;
    struct worker *w = &p->worker[thread];
    uint64_t at = (uint64_t)block * LANES, left = p->run->replicates - at;
    unsigned n = left < LANES ? (unsigned)left : LANES;
    struct lives a_lives = lives_of(&w->a), b_lives = lives_of(&w->b);
    block_run(p->run->path, &p->a, p->run->seed, (uint32_t)(p->run->first + at), n, &a_lives, w->scratch, w->out[0]);
    block_run(p->run->path, &p->b, p->run->seed, (uint32_t)(p->run->first + at), n, &b_lives, w->scratch, w->out[1]);
    for (unsigned i = 0; i < n; i++) {
        float a[PARLEY_OUTPUTS], b[PARLEY_OUTPUTS];
        for (int k = 0; k < PARLEY_OUTPUTS; k++)
            a[k] = w->out[0][k][i], b[k] = w->out[1][k][i];
        tally_replicate(&w->a, p->run->first + at + i, a);
        tally_replicate(&w->b, p->run->first + at + i, b);
        add_pair(&w->paired, a, b);
    }
    return PARLEY_OK;
}

static struct parley_difference of(double difference, double var_d, double var_apart, double n)
{
    double se = sqrt(fmax(0, var_d) / n);
    return (struct parley_difference){ difference, difference - 1.96 * se, difference + 1.96 * se, se > 0 ? difference / se : 0,
                                       var_d > 0 ? var_apart / var_d : NAN };
}

/* Delta method on (above a, below a, above b, below b). */
static struct parley_difference ratio_difference(const struct parley_tally *a, const struct parley_tally *b, const struct ratio_moments *m, int k)
{
    uint64_t n = a->replicates;
    const parley_wide sum[4] = { a->sum[ratios[k].above], a->sum[ratios[k].below], b->sum[ratios[k].above], b->sum[ratios[k].below] };
    double mean[4], var = 0, apart = 0;
    for (int i = 0; i < 4; i++)
        mean[i] = (double)sum[i] / TALLY_ONE / (double)n;
    if (!(mean[1] > 0 && mean[3] > 0))
        return (struct parley_difference){ NAN, NAN, NAN, 0, NAN };
    double ra = mean[0] / mean[1], rb = mean[2] / mean[3];
    const double gradient[4] = { -1 / mean[1], ra / mean[1], 1 / mean[3], -rb / mean[3] };
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            double c = gradient[i] * gradient[j] * moment_covariance(m->product[i][j], sum[i], sum[j], n);
            var += c;
            apart += (i < 2) == (j < 2) ? c : 0;
        }
    return of(rb - ra, var, apart, (double)n);
}

static void finish(const struct paired *p, struct parley_comparison *out)
{
    uint64_t n = out->a.replicates;
    for (int k = 0; k < PARLEY_OUTPUTS; k++) {
        double apart = moment_covariance(out->a.square[k], out->a.sum[k], out->a.sum[k], n) + moment_covariance(out->b.square[k], out->b.sum[k], out->b.sum[k], n);
        out->output[k] = of((double)p->sum[k] / TALLY_ONE / (double)n, moment_covariance(p->square[k], p->sum[k], p->sum[k], n), apart, (double)n);
    }
    for (int k = 0; k < 2; k++)
        out->output[PARLEY_OUTPUTS + k] = ratio_difference(&out->a, &out->b, &p->ratio[k], k);
}

static void merge(struct paired *to, const struct paired *from)
{
    for (int k = 0; k < PARLEY_OUTPUTS; k++) {
        to->sum[k] += from->sum[k];
        to->square[k] += from->square[k];
    }
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < 16; i++)
            to->ratio[k].product[i / 4][i % 4] += from->ratio[k].product[i / 4][i % 4];
}

static enum parley_status prepare(struct pairing *p, const struct parley_scenario *a, const struct parley_scenario *b, struct parley_error *err)
{
    enum parley_status status;
    if ((status = model_build(a, &p->a, err)) || (status = model_build(b, &p->b, err)))
        return status;
    p->worker = calloc(p->threads, sizeof *p->worker);
    for (unsigned i = 0; p->worker && i < p->threads; i++) {
        struct worker *w = &p->worker[i];
        w->scratch = scratch_new();
        w->out = malloc(2 * sizeof *w->out);
        if ((status = parley_tally_init(&w->a, a->weeks, err)) || (status = parley_tally_init(&w->b, b->weeks, err)))
            return status;
        if (!w->scratch || !w->out)
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    }
    return p->worker ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

static void release(struct pairing *p)
{
    for (unsigned i = 0; p->worker && i < p->threads; i++) {
        parley_tally_release(&p->worker[i].a);
        parley_tally_release(&p->worker[i].b);
        free(p->worker[i].scratch);
        free(p->worker[i].out);
    }
    free(p->worker);
    model_release(&p->a);
    model_release(&p->b);
}

enum parley_status parley_compare(const struct parley_scenario *a, const struct parley_scenario *b, const struct parley_run *run, struct parley_comparison *out,
                                  struct parley_error *err)
{
    *out = (struct parley_comparison){ 0 };
    if (run->replicates < 2 || run->first % LANES || run->first > UINT32_MAX || run->replicates > UINT32_MAX - run->first)
        return parley_fail(err, PARLEY_EINVAL, "%llu replicates: a comparison needs 2 to 2^32", (unsigned long long)run->replicates);
    size_t blocks = (size_t)((run->replicates + LANES - 1) / LANES), done = 0;
    struct pairing p = { .run = run, .threads = run->threads ? run->threads : parley_threads_default() };
    if (p.threads > blocks)
        p.threads = (unsigned)blocks;
    if (p.threads > 256)
        p.threads = 256;
    enum parley_status status = parley_tally_init(&out->a, a->weeks, err);
    if (!status)
        status = parley_tally_init(&out->b, b->weeks, err);
    if (!status)
        status = prepare(&p, a, b, err);
    if (!status)
        status = parley_blocks_run(blocks, p.threads, do_block, &p, run->progress, &done, err);
    if ((!status || status == PARLEY_ECANCELLED) && p.worker) {
        struct paired total = { 0 };
        for (unsigned i = 0; i < p.threads; i++) {
            parley_tally_add(&out->a, &p.worker[i].a);
            parley_tally_add(&out->b, &p.worker[i].b);
            merge(&total, &p.worker[i].paired);
        }
        if (out->a.replicates > 1)
            finish(&total, out);
    }
    release(&p);
    return status;
}

void parley_comparison_release(struct parley_comparison *c)
{
    parley_tally_release(&c->a);
    parley_tally_release(&c->b);
}
