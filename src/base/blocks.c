#define _GNU_SOURCE /* sched_getaffinity */
#include <parley/blocks.h>

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

enum { THREADS_MAX = 256 };

struct pool {
    parley_block_fn *fn;
    void *ctx;
    size_t n;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t next, done; /* under lock */
    unsigned running;  /* under lock: workers that have not left */
    bool stop;         /* under lock: start no further block */
    size_t failed_block;
    struct parley_error error;
    enum parley_status status;
};

struct worker {
    struct pool *pool;
    unsigned thread;
    pthread_t id;
};

unsigned parley_threads_default(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
    return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct pool *p = w->pool;
    pthread_mutex_lock(&p->lock);
    while (!p->stop && p->next < p->n) {
        size_t block = p->next++;
        pthread_mutex_unlock(&p->lock);
        struct parley_error error = { 0 };
        enum parley_status status = p->fn(p->ctx, block, w->thread, &error);
        pthread_mutex_lock(&p->lock);
        p->done++;
        if (status && (!p->status || block < p->failed_block)) {
            p->status = status;
            p->failed_block = block;
            p->error = error;
        }
        if (status)
            p->stop = true;
        pthread_cond_signal(&p->changed);
    }
    p->running--;
    pthread_cond_signal(&p->changed);
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* The calling thread watches: it sleeps at most a tenth of a second between two reports. */
static void watch(struct pool *p, const struct parley_progress *progress)
{
    pthread_mutex_lock(&p->lock);
    while (p->running) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 100000000;
        if (until.tv_nsec >= 1000000000)
            until.tv_sec++, until.tv_nsec -= 1000000000;
        pthread_cond_timedwait(&p->changed, &p->lock, &until);
        size_t done = p->done;
        pthread_mutex_unlock(&p->lock);
        bool go_on = parley_tick(progress, (double)done, (double)p->n, "blocks");
        pthread_mutex_lock(&p->lock);
        if (!go_on)
            p->stop = true;
    }
    pthread_mutex_unlock(&p->lock);
}

static enum parley_status run_here(size_t n, parley_block_fn *fn, void *ctx, const struct parley_progress *progress,
                                   size_t *done, struct parley_error *err)
{
    enum parley_status status = PARLEY_OK;
    size_t block = 0;
    while (block < n) {
        status = fn(ctx, block, 0, err);
        if (status)
            break;
        block++;
        if (!parley_tick(progress, (double)block, (double)n, "blocks") && block < n) {
            status = parley_fail(err, PARLEY_ECANCELLED, "interrupted after %zu of %zu blocks", block, n);
            break;
        }
    }
    if (done)
        *done = block;
    return status;
}

enum parley_status parley_blocks_run(size_t n, unsigned threads, parley_block_fn *fn, void *ctx,
                                     const struct parley_progress *progress, size_t *done, struct parley_error *err)
{
    if (threads == 0)
        threads = parley_threads_default();
    if (threads > THREADS_MAX)
        return parley_fail(err, PARLEY_EINVAL, "%u threads asked for; at most %d", threads, THREADS_MAX);
    if (threads > n)
        threads = n ? (unsigned)n : 1;
    if (threads == 1)
        return run_here(n, fn, ctx, progress, done, err);

    struct worker workers[THREADS_MAX];
    struct pool p = { .fn = fn, .ctx = ctx, .n = n, .running = threads };
    pthread_mutex_init(&p.lock, NULL);
    pthread_cond_init(&p.changed, NULL);
    unsigned started = 0;
    for (; started < threads; started++) {
        workers[started] = (struct worker){ .pool = &p, .thread = started };
        if (pthread_create(&workers[started].id, NULL, work, &workers[started]))
            break;
    }
    if (started < threads) { /* go on with those there are */
        pthread_mutex_lock(&p.lock);
        p.running -= threads - started;
        pthread_mutex_unlock(&p.lock);
    }
    watch(&p, progress);
    for (unsigned i = 0; i < started; i++)
        pthread_join(workers[i].id, NULL);
    pthread_cond_destroy(&p.changed);
    pthread_mutex_destroy(&p.lock);
    if (started == 0)
        return run_here(n, fn, ctx, progress, done, err);
    if (done)
        *done = p.status ? p.failed_block : p.done;
    if (p.status) {
        if (err)
            *err = p.error;
        return p.status;
    }
    if (p.done < n)
        return parley_fail(err, PARLEY_ECANCELLED, "interrupted after %zu of %zu blocks", p.done, n);
    return PARLEY_OK;
}
