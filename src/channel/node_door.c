/* Who knocks at a node: the handlers on the server's thread. They look at TLS keys and counts, put the unit into the queue and wait for its verdict;
 * none touches the desk. */
#include "channel/node_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PER_PEER_MAX = 8, WINDOW_S = 10, UNITS_PER_WINDOW = 20000 };

/* Only enrolled TLS keys may speak; called with the lock held. */
static struct caller *caller_of(struct node *n, const uint8_t *pin)
{
    for (size_t i = 0; pin && i < n->n_callers; i++)
        if (same_bytes(n->caller[i].pin, pin, HASH_LEN))
            return &n->caller[i];
    return NULL;
}

static const char *why_refused(unsigned code, const struct call *call)
{
    switch (code) {
    case 403: return call->pin ? "unknown-tls-key" : "no-tls-key";
    case 429: return "busy";
    case 503: return "no-room";
    default: return "request";
    }
}

unsigned node_head(void *ctx, struct call *call)
{
    struct node *n = ctx;
    unsigned code = 0;
    uint64_t hidden;
    pthread_mutex_lock(&n->lock);
    struct caller *who = caller_of(n, call->pin);
    if (!who)
        code = 403;
    else if (strcmp(call->path, "/v1/unit"))
        code = 404;
    else if (strcmp(call->method, "POST"))
        code = 405;
    else if (atomic_load(&n->full))
        code = 503;
    else if (who->waiting >= PER_PEER_MAX || who->in_window >= UNITS_PER_WINDOW)
        code = 429;
    if (code && hush_say(who ? &who->refused : &n->stranger[call->pin != NULL], &hidden)) /* a wrong key, a flood: one clear line */
        log_line(n->d, "event=refused-connection from=%s peer=%s code=%u why=%s more=%llu", call->from, who ? who->peer : "-", code, why_refused(code, call), (unsigned long long)hidden);
    pthread_mutex_unlock(&n->lock);
    return code;
}

struct posted { /* a unit of the server's that waits for its verdict */
    struct node *n;
    struct held *held;
    uint8_t pin[HASH_LEN];
};

static void on_verdict(void *ctx, enum verdict verdict)
{
    static const unsigned code[] = { [VERDICT_STORED] = 200, [VERDICT_REFUSED] = 400, [VERDICT_FOREIGN] = 400, [VERDICT_LATER] = 429, [VERDICT_NO_ROOM] = 503 };
    struct posted *p = ctx;
    pthread_mutex_lock(&p->n->lock);
    struct caller *who = caller_of(p->n, p->pin);
    if (who && who->waiting)
        who->waiting--;
    pthread_mutex_unlock(&p->n->lock);
    server_answer(p->held, code[verdict]);
    free(p);
}

unsigned node_on_unit(void *ctx, struct call *call)
{
    struct node *n = ctx;
    struct posted *p = call->body_len ? calloc(1, sizeof *p) : NULL;
    if (!p)
        return call->body_len ? 429 : 400;
    p->n = n;
    memcpy(p->pin, call->pin, HASH_LEN);
    pthread_mutex_lock(&n->lock);
    struct caller *who = caller_of(n, p->pin);
    if (who)
        who->waiting++, who->in_window++;
    pthread_mutex_unlock(&n->lock);
    p->held = server_hold(call);
    if (!arrivals_push(n->arrivals, p->pin, call->body, call->body_len, on_verdict, p))
        on_verdict(p, VERDICT_LATER);
    return 0;
}

/* --- told by the desk's thread ------------------------------------------------------------------- */

void node_set_callers(struct node *n)
{
    static const struct caller none;
    pthread_mutex_lock(&n->lock);
    struct caller *old = calloc(n->n_callers + 1, sizeof *old);
    size_t n_old = old ? n->n_callers : 0;
    if (old)
        memcpy(old, n->caller, n_old * sizeof *old);
    n->n_callers = 0;
    for (int i = 0; i < n->d->n_talks; i++) {
        struct tls_identity id;
        uint8_t pin[CARRIER_PINS_MAX][HASH_LEN];
        size_t pins;
        if (!talk_identity(n->d, n->d->talk[i], &id, pin, &pins))
            continue;
        for (size_t k = 0; k < pins && n->n_callers < CALLERS_MAX; k++) {
            struct caller *c = &n->caller[n->n_callers++];
            *c = none;
            for (size_t m = 0; m < n_old; m++)
                if (same_bytes(old[m].pin, pin[k], HASH_LEN))
                    *c = old[m];
            memcpy(c->pin, pin[k], HASH_LEN);
            snprintf(c->peer, sizeof c->peer, "%s", n->d->talk[i]->name);
        }
    }
    pthread_mutex_unlock(&n->lock);
    free(old);
}

void node_next_window(struct node *n)
{
    pthread_mutex_lock(&n->lock);
    if (node_seconds() - n->window_start >= WINDOW_S) {
        n->window_start = node_seconds();
        for (size_t i = 0; i < n->n_callers; i++)
            n->caller[i].in_window = 0;
    }
    pthread_mutex_unlock(&n->lock);
}
