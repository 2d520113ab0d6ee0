#define _POSIX_C_SOURCE 200809L
#include "channel/arrival.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct arrivals {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct arrival *first, *last;
    size_t n, bytes;
    bool closed, woken;
};

struct arrivals *arrivals_new(void)
{
    struct arrivals *q = calloc(1, sizeof *q);
    pthread_condattr_t attr;
    if (!q)
        return NULL;
    pthread_mutex_init(&q->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&q->wake, &attr);
    pthread_condattr_destroy(&attr);
    return q;
}

void arrivals_free(struct arrivals *q)
{
    if (!q)
        return;
    arrivals_close(q);
    pthread_cond_destroy(&q->wake);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

static bool push(struct arrivals *q, struct arrival *a)
{
    size_t len = a->len;
    pthread_mutex_lock(&q->lock);
    bool room = !q->closed && q->n < ARRIVALS_MAX && q->bytes + len <= ARRIVALS_BYTES_MAX;
    if (room) {
        if (q->last)
            q->last->next = a;
        else
            q->first = a;
        q->last = a;
        q->n++, q->bytes += len;
        pthread_cond_signal(&q->wake);
    }
    pthread_mutex_unlock(&q->lock);
    if (!room)
        free(a);
    return room;
}

bool arrivals_push(struct arrivals *q, const uint8_t *pin, const uint8_t *unit, size_t len, void (*done)(void *ctx, enum verdict verdict), void *ctx)
{
    struct arrival *a = malloc(sizeof *a + len);
    if (!a)
        return false;
    *a = (struct arrival){ .done = done, .ctx = ctx, .pinned = pin != NULL, .len = len };
    if (pin)
        memcpy(a->pin, pin, HASH_LEN);
    memcpy(a->unit, unit, len);
    return push(q, a);
}

static void nobody_waits(void *ctx, enum verdict verdict) { (void)ctx, (void)verdict; }

void arrivals_deposit(struct arrivals *q, int64_t peer, const struct relay_answer *answer)
{
    size_t len = sizeof *answer + answer->note_len + 1;
    struct arrival *a = malloc(sizeof *a + len);
    if (!a)
        return;
    *a = (struct arrival){ .done = nobody_waits, .deposit_of = peer, .len = len };
    memcpy(a->unit, answer, len);
    (void)push(q, a);
}

struct waiting { /* for the verdicts of units that were brought together */
    pthread_mutex_t lock;
    pthread_cond_t known;
    size_t left;
};

struct brought {
    struct waiting *w;
    enum verdict verdict;
};

static void tell(void *ctx, enum verdict verdict)
{
    struct brought *b = ctx;
    pthread_mutex_lock(&b->w->lock);
    b->verdict = verdict;
    if (!--b->w->left)
        pthread_cond_signal(&b->w->known);
    pthread_mutex_unlock(&b->w->lock);
}

void arrivals_bring(struct arrivals *q, const struct given *unit, size_t n, enum verdict *verdict)
{
    struct waiting w = { .left = n };
    struct brought b[GIVE_MAX];
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.known, NULL);
    for (size_t i = 0; i < n; i++)
        b[i] = (struct brought){ &w, VERDICT_LATER };
    for (size_t i = 0; i < n; i++)
        if (!arrivals_push(q, NULL, unit[i].data, unit[i].len, tell, &b[i]))
            tell(&b[i], VERDICT_LATER);
    pthread_mutex_lock(&w.lock);
    while (w.left)
        pthread_cond_wait(&w.known, &w.lock);
    pthread_mutex_unlock(&w.lock);
    for (size_t i = 0; i < n; i++)
        verdict[i] = b[i].verdict;
    pthread_cond_destroy(&w.known);
    pthread_mutex_destroy(&w.lock);
}

struct arrival *arrivals_take(struct arrivals *q, int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)ms * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&q->lock);
    if (!q->first && !q->woken)
        pthread_cond_timedwait(&q->wake, &q->lock, &until);
    struct arrival *all = q->first;
    q->first = q->last = NULL;
    q->n = q->bytes = 0;
    q->woken = false;
    pthread_mutex_unlock(&q->lock);
    return all;
}

void arrivals_wake(struct arrivals *q)
{
    pthread_mutex_lock(&q->lock);
    q->woken = true;
    pthread_cond_signal(&q->wake);
    pthread_mutex_unlock(&q->lock);
}

void arrivals_close(struct arrivals *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_mutex_unlock(&q->lock);
    for (struct arrival *a = arrivals_take(q, 0), *next; a; a = next) {
        next = a->next;
        a->done(a->ctx, VERDICT_LATER);
        free(a);
    }
}

void arrivals_open(struct arrivals *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = false;
    pthread_mutex_unlock(&q->lock);
}
