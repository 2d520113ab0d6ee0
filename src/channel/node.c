/* The node: one thread owns the desk and steps it; the server's thread only queues what arrived and waits for the commit. A
 * unit is answered 200 after it is stored, so the sender's carrier knows as much as a receipt would say. */
#define _POSIX_C_SOURCE 200809L
#include "channel/bytes.h"
#include "channel/server.h"

#include <parley/channel_node.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { QUEUE_MAX = 256, QUEUE_BYTES_MAX = 32 << 20, PER_PEER_MAX = 64, POLL_MS = 100, CARRIER_POLL_S = 2, PINS_MAX = PARLEY_PEERS_MAX, WINDOW_S = 10,
       UNITS_PER_WINDOW = 20000 };

struct arrival {
    struct arrival *next;
    uint8_t pin[HASH_LEN];
    size_t len;
    uint8_t unit[];
};

struct node {
    struct parley_desk *d;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct arrival *first, *last;
    size_t queued, queued_bytes;
    struct { uint8_t pin[HASH_LEN]; size_t queued; uint64_t in_window; } peer[PINS_MAX];
    size_t n_peers;
    int64_t window_start;
    bool failed;
};

/* Only enrolled TLS keys may speak; called with the lock held. */
static int peer_of(const struct node *n, const uint8_t *pin)
{
    for (size_t i = 0; pin && i < n->n_peers; i++)
        if (same_bytes(n->peer[i].pin, pin, HASH_LEN))
            return (int)i;
    return -1;
}

static unsigned on_head(void *ctx, struct call *call)
{
    struct node *n = ctx;
    unsigned code = 0;
    pthread_mutex_lock(&n->lock);
    int who = peer_of(n, call->pin);
    if (who < 0)
        code = 403;
    else if (strcmp(call->path, "/v1/unit"))
        code = 404;
    else if (strcmp(call->method, "POST"))
        code = 405;
    else if (n->failed)
        code = 503;
    else if (n->queued >= QUEUE_MAX || n->queued_bytes >= QUEUE_BYTES_MAX || n->peer[who].queued >= PER_PEER_MAX || n->peer[who].in_window >= UNITS_PER_WINDOW)
        code = 429;
    if (code) /* a wrong key, a flood: one clear line */
        log_line(n->d, "event=refused-connection from=%s code=%u why=%s", call->from, code, code == 403 ? (call->pin ? "unknown-tls-key" : "no-tls-key") : code == 429 ? "busy" : "request");
    pthread_mutex_unlock(&n->lock);
    return code;
}

static unsigned on_unit(void *ctx, struct call *call)
{
    struct node *n = ctx;
    if (!call->body_len)
        return 400;
    struct arrival *a = malloc(sizeof *a + call->body_len);
    if (!a)
        return 503;
    a->next = NULL;
    memcpy(a->pin, call->pin, HASH_LEN);
    a->len = call->body_len;
    memcpy(a->unit, call->body, call->body_len);
    pthread_mutex_lock(&n->lock);
    int who = peer_of(n, a->pin);
    if (who >= 0)
        n->peer[who].queued++, n->peer[who].in_window++;
    if (n->last)
        n->last->next = a;
    else
        n->first = a;
    n->last = a;
    n->queued++, n->queued_bytes += a->len;
    pthread_cond_signal(&n->wake);
    pthread_mutex_unlock(&n->lock);
    return 200; /* taken in; that it is stored, only the signed receipt says */
}

static struct arrival *take_all(struct node *n)
{
    struct arrival *all = n->first;
    n->first = n->last = NULL;
    n->queued = n->queued_bytes = 0;
    for (size_t i = 0; i < n->n_peers; i++)
        n->peer[i].queued = 0;
    return all;
}

static void refresh_pins(struct node *n)
{
    pthread_mutex_lock(&n->lock);
    n->n_peers = 0;
    for (int i = 0; i < n->d->n_talks; i++) {
        struct talk *t = n->d->talk[i];
        if (!t->loaded)
            continue;
        for (size_t e = t->x.theirs.n; e > 0 && t->x.theirs.n - e < 2 && n->n_peers < PINS_MAX; e--) /* this epoch's key and the one before */
            if (t->x.theirs.epoch[e - 1].card.has_tls) {
                memset(&n->peer[n->n_peers], 0, sizeof n->peer[0]);
                memcpy(n->peer[n->n_peers++].pin, t->x.theirs.epoch[e - 1].card.tls, HASH_LEN);
            }
    }
    pthread_mutex_unlock(&n->lock);
}

static enum parley_status hear(struct node *n, struct arrival *a, struct parley_error *err)
{
    enum parley_status status = PARLEY_OK;
    while (a) {
        struct arrival *next = a->next;
        struct talk *t;
        uint8_t *content;
        size_t len;
        struct parley_error why = { 0 };
        if (!status && talk_open_unit(n->d, a->unit, a->len, &t, &content, &len, &why)) {
            log_line(n->d, "event=unit-refused bytes=%zu why=\"%s\"", a->len, why.text);
        } else if (!status) {
            bool theirs = false; /* whoever is pinned may only speak for itself */
            for (size_t e = 0; e < t->x.theirs.n; e++)
                theirs |= same_bytes(t->x.theirs.epoch[e].card.tls, a->pin, HASH_LEN);
            struct input in = { .kind = IN_CONTENT, .content = content, .content_len = len };
            if (theirs)
                status = talk_steps(n->d, t, &in, 1, err);
            else
                log_line(n->d, "peer=%s event=unit-refused why=\"sent under another TLS key\"", t->name);
            free(content);
        }
        free(a);
        a = next;
    }
    return status;
}

static int64_t seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

static enum parley_status round_of(struct node *n, struct arrival *arrived, int64_t *polled, struct parley_error *err)
{
    enum parley_status status = hear(n, arrived, err);
    bool poll = seconds_now() - *polled >= CARRIER_POLL_S;
    for (int i = 0; !status && i < n->d->n_talks; i++) {
        struct talk *t = n->d->talk[i];
        status = talk_ready(n->d, t, err);
        if (!status && (exchange_due(&t->x) <= n->d->now_us() || (poll && seconds_now() % RETRY_LAST_S == 0))) {
            struct input in = { .kind = IN_TICK };
            status = talk_steps(n->d, t, &in, 1, err);
        }
        if (!status)
            status = talk_carry(n->d, t, poll, err);
    }
    if (poll)
        *polled = seconds_now();
    return status;
}

enum parley_status parley_node_run(struct parley_desk *d, const char *listen, volatile sig_atomic_t *stop, struct parley_error *err)
{
    struct node *n = calloc(1, sizeof *n);
    struct server *server = NULL;
    int64_t polled = -CARRIER_POLL_S;
    if (!n)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    n->d = d;
    pthread_mutex_init(&n->lock, NULL);
    pthread_cond_init(&n->wake, NULL);
    enum parley_status status = PARLEY_OK;
    for (int i = 0; !status && i < d->n_talks; i++)
        status = talk_ready(d, d->talk[i], err);
    refresh_pins(n);
    if (!status)
        status = server_start(listen, d->own[d->n_own - 1].tls_key, d->own[d->n_own - 1].tls_cert, on_head, on_unit, n, &server, err);
    if (!status)
        log_line(d, "event=listening at=%s peers=%d", listen, d->n_talks);
    while (!status && !*stop) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += POLL_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_mutex_lock(&n->lock);
        if (!n->first)
            pthread_cond_timedwait(&n->wake, &n->lock, &until);
        if (seconds_now() - n->window_start >= WINDOW_S) {
            n->window_start = seconds_now();
            for (size_t i = 0; i < n->n_peers; i++)
                n->peer[i].in_window = 0;
        }
        struct arrival *arrived = take_all(n);
        pthread_mutex_unlock(&n->lock);
        size_t epochs = 0, after = 0;
        for (int i = 0; i < d->n_talks; i++)
            epochs += d->talk[i]->x.theirs.n;
        status = round_of(n, arrived, &polled, err);
        if (status == PARLEY_EBUSY) /* another process holds the desk: what arrived will be sent again */
            status = PARLEY_OK;
        for (int i = 0; i < d->n_talks; i++)
            after += d->talk[i]->x.theirs.n;
        if (epochs != after)
            refresh_pins(n);
    }
    pthread_mutex_lock(&n->lock);
    n->failed = true;
    pthread_mutex_unlock(&n->lock);
    server_stop(server);
    for (struct arrival *a = take_all(n), *next; a; a = next) {
        next = a->next;
        free(a);
    }
    if (status)
        log_line(d, "event=stopped why=\"%s\"", err ? err->text : "");
    else
        log_line(d, "event=stopped why=asked");
    pthread_cond_destroy(&n->wake);
    pthread_mutex_destroy(&n->lock);
    free(n);
    return status;
}
