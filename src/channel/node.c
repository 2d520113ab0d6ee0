/* The node: one thread owns the desk and steps it. The server's thread and a thread for each carrier bring units to one queue and
 * wait for the verdict; a unit is answered 200 after the commit, never before. Nothing here waits for a peer. */
#define _POSIX_C_SOURCE 200809L
#include "channel/node_internal.h"

#include "channel/attachment.h"
#include "channel/ballast.h"
#include "channel/talk_pack.h"

#include <parley/channel_node.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUND_MS = 100, BATCH = GIVE_MAX, FULL_S = 5, BUSY_S = 30, ROUNDS_MAX = 64 };

int64_t node_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

/* --- a full disk ---------------------------------------------------------------------------------- */

/* No room to store: the ballast goes, so that the desk itself can still speak; peers are asked to wait until it is back. */
static void is_full(struct node *n)
{
    if (atomic_load(&n->full))
        return;
    atomic_store(&n->full, true);
    ballast_drop(n->d->folder);
    db_make_room(n->d);
    n->looked = node_seconds();
    log_line(n->d, "event=disk-full what=\"nothing of a peer is taken until there is room; the ballast was given up\"");
    memset(n->told, 0, sizeof n->told);
}

static void tell_busy(struct node *n)
{
    for (int i = 0; atomic_load(&n->full) && i < n->d->n_talks; i++)
        if (n->d->talk[i]->loaded && !n->told[i]) {
            talk_busy(n->d, n->d->talk[i], BUSY_S);
            n->told[i] = true;
        }
}

static void look_for_room(struct node *n)
{
    if (!atomic_load(&n->full) || node_seconds() - n->looked < FULL_S)
        return;
    n->looked = node_seconds();
    db_make_room(n->d);
    if (!ballast_keep(n->d->folder))
        return;
    atomic_store(&n->full, false);
    log_line(n->d, "event=room-again");
}

/* Failures that leave the desk as it was: the sender comes again. */
static bool passes(struct node *n, enum parley_status status)
{
    if (n->once) /* nobody comes again: the officer is told */
        return false;
    if (status == PARLEY_ENOSPC)
        is_full(n);
    return status == PARLEY_EBUSY || status == PARLEY_ENOSPC;
}

/* --- what comes in -------------------------------------------------------------------------------- */

static void answer(struct arrival *a, enum verdict verdict)
{
    a->done(a->ctx, verdict);
    free(a);
}

static enum verdict verdict_of(enum parley_status status) { return !status ? VERDICT_STORED : status == PARLEY_ENOSPC ? VERDICT_NO_ROOM : VERDICT_LATER; }

/* One unit opened; a verdict only when it goes no further. */
static bool open_one(struct node *n, struct arrival *a, struct talk **t, struct input *in, enum verdict *verdict)
{
    struct parley_error why = { 0 };
    char text[sizeof why.text];
    uint8_t *content;
    uint64_t hidden;
    size_t len;
    enum parley_status status = talk_open_unit(n->d, a->unit, a->len, t, &content, &len, &why);
    *verdict = status == PARLEY_ENOTFOUND ? VERDICT_FOREIGN : VERDICT_REFUSED;
    if (status) {
        if (hush_say(&n->unopened, &hidden))
            log_line(n->d, "event=unit-refused bytes=%zu why=\"%s\" more=%llu", a->len, log_text(why.text, text, sizeof text), (unsigned long long)hidden);
        if (status != PARLEY_ENOTFOUND && status != PARLEY_EVERIFY && status != PARLEY_EPARSE && status != PARLEY_ELIMIT) {
            (void)passes(n, status);
            *verdict = verdict_of(status); /* our own trouble, not the unit's */
        }
        return false;
    }
    bool theirs = !a->pinned; /* whoever is pinned may only speak for itself */
    for (size_t e = 0; !theirs && e < (*t)->x.theirs.n; e++)
        theirs = same_bytes((*t)->x.theirs.epoch[e].card.tls, a->pin, HASH_LEN);
    if (!theirs) {
        log_line(n->d, "peer=%s event=unit-refused why=\"sent under another TLS key\"", (*t)->name);
        free(content);
        return false;
    }
    *in = (struct input){ .kind = IN_CONTENT, .content = content, .content_len = len };
    return true;
}

/* Several units of one talk are one transaction. */
static enum parley_status hear_batch(struct node *n, struct talk *t, struct input *in, struct arrival **of, size_t count, struct parley_error *err)
{
    enum parley_status status = count ? talk_steps(n->d, t, in, count, err) : PARLEY_OK;
    for (size_t i = 0; i < count; i++) {
        free((void *)(uintptr_t)in[i].content);
        answer(of[i], verdict_of(status));
    }
    if (!status && count)
        lanes_heard(n->lanes, t->id);
    n->units_in += status ? 0 : count;
    return passes(n, status) ? PARLEY_OK : status;
}

/* What a relay signed for a unit of ours. */
static void keep_deposit(struct node *n, const struct arrival *a)
{
    struct parley_error why = { 0 };
    char text[sizeof why.text];
    struct relay_answer *answer = malloc(a->len); /* a copy, for its alignment */
    if (!answer)
        return;
    memcpy(answer, a->unit, a->len);
    for (int i = 0; i < n->d->n_talks; i++)
        if (n->d->talk[i]->id == a->deposit_of && relay_deposit_keep(n->d, n->d->talk[i], answer, &why))
            log_line(n->d, "peer=%s event=no-deposit-note why=\"%s\"", n->d->talk[i]->name, log_text(why.text, text, sizeof text));
    free(answer);
}

static enum parley_status hear(struct node *n, struct arrival *a, struct parley_error *err)
{
    enum parley_status status = PARLEY_OK;
    struct input in[BATCH];
    struct arrival *of[BATCH];
    struct talk *talk = NULL;
    size_t count = 0;
    for (struct arrival *next; a; a = next) {
        struct talk *t;
        enum verdict verdict;
        next = a->next;
        if (status || atomic_load(&n->full)) {
            answer(a, status ? VERDICT_LATER : VERDICT_NO_ROOM);
            continue;
        }
        if (a->deposit_of) {
            keep_deposit(n, a);
            answer(a, VERDICT_STORED);
            continue;
        }
        struct input one;
        if (!open_one(n, a, &t, &one, &verdict)) {
            answer(a, verdict);
            continue;
        }
        if (count == BATCH || (count && t != talk)) {
            status = hear_batch(n, talk, in, of, count, err);
            count = 0;
        }
        talk = t;
        in[count] = one;
        of[count++] = a;
    }
    if (status) {
        for (size_t i = 0; i < count; i++) {
            free((void *)(uintptr_t)in[i].content);
            answer(of[i], VERDICT_LATER);
        }
        return status;
    }
    return hear_batch(n, talk, in, of, count, err);
}

/* --- a round of the desk ----------------------------------------------------------------------- */

/* once: the next of what was never sent, as soon as the carriers have room for it. */
static enum parley_status send_more(struct node *n, struct talk *t, struct parley_error *err)
{
    struct input in = { .kind = IN_MORE };
    enum parley_status status = talk_ready(n->d, t, err);
    return status || t->first || !exchange_unsent(&t->x) ? status : talk_steps(n->d, t, &in, 1, err);
}

static enum parley_status tick(struct node *n, struct talk *t, bool anyway, struct parley_error *err)
{
    struct input in = { .kind = IN_TICK };
    enum parley_status status = talk_ready(n->d, t, err);
    if (!status && (anyway || exchange_due(&t->x) <= n->d->now_us() || attachments_due(t) <= n->d->now_us()))
        status = talk_steps(n->d, t, &in, 1, err);
    return passes(n, status) ? PARLEY_OK : status;
}

enum parley_status node_round(struct node *n, int ms, struct parley_error *err)
{
    struct parley_desk *d = n->d;
    struct arrival *arrived = arrivals_take(n->arrivals, ms);
    enum parley_status status = hear(n, arrived, err);
    bool anyway = node_seconds() - n->ticked >= RETRY_LAST_S; /* because clocks jump */
    if (anyway)
        n->ticked = node_seconds();
    if (!status && passes(n, status = desk_refresh(d, err)))
        status = PARLEY_OK;
    for (int64_t peer; !status && (peer = lanes_up(n->lanes)) >= 0;)
        for (int i = 0; !status && i < d->n_talks; i++)
            if (d->talk[i]->id == peer && passes(n, status = talk_again(d, d->talk[i], err)))
                status = PARLEY_OK;
    for (int i = 0; !status && i < d->n_talks; i++)
        if (!n->only || d->talk[i] == n->only)
            status = n->once ? send_more(n, d->talk[i], err) : tick(n, d->talk[i], anyway, err);
    if (!status)
        status = node_follow_changes(n, err);
    tell_busy(n);
    for (int i = 0; !status && i < d->n_talks; i++) {
        struct talk *t = d->talk[i];
        while (t->first && (!n->once || lanes_room(n->lanes, t->id, t->first)))
            lanes_send(n->lanes, t->id, talk_take(t));
    }
    lanes_watch(n->lanes);
    look_for_room(n);
    node_next_window(n);
    return status;
}

struct arrivals *node_arrivals(struct node *n) { return n->arrivals; }

/* --- opened and closed --------------------------------------------------------------------------- */

static enum parley_status open_node(struct parley_desk *d, const char *listen, bool once, const struct talk *only, struct node **out, struct parley_error *err)
{
    struct node *n = *out = calloc(1, sizeof *n);
    if (!n)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    n->d = d;
    n->listen = listen;
    n->once = once;
    n->only = only;
    n->ticked = node_seconds();
    pthread_mutex_init(&n->lock, NULL);
    n->arrivals = arrivals_new();
    n->lanes = n->arrivals ? lanes_new(n->arrivals, once, d) : NULL;
    enum parley_status status = n->lanes ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (!status && !once && !ballast_keep(d->folder))
        is_full(n);
    for (int i = 0; !status && i < d->n_talks; i++)
        if ((!only || d->talk[i] == only) && passes(n, status = once ? talk_again(d, d->talk[i], err) : talk_ready(d, d->talk[i], err)))
            status = PARLEY_OK;
    return status ? status : node_follow_changes(n, err);
}

enum parley_status node_open(struct parley_desk *d, const char *listen, struct node **out, struct parley_error *err) { return open_node(d, listen, false, NULL, out, err); }

enum parley_status node_open_once(struct parley_desk *d, const struct talk *only, struct node **out, struct parley_error *err) { return open_node(d, NULL, true, only, out, err); }

bool node_settled(struct node *n)
{
    for (int i = 0; i < n->d->n_talks; i++) {
        const struct talk *t = n->d->talk[i];
        if ((!n->only || t == n->only) && (t->first || (t->loaded && exchange_unsent(&t->x))))
            return false;
    }
    if (!lanes_idle(n->lanes))
        return false;
    if (n->units_in == n->asked_at || n->rounds++ == ROUNDS_MAX)
        return true;
    n->asked_at = n->units_in; /* what came may have made others speak: the carriers are asked again */
    lanes_take_again(n->lanes);
    return false;
}

void node_moved(struct node *n, uint64_t *units_in, uint64_t *units_out)
{
    *units_in = n->units_in;
    *units_out = lanes_sent(n->lanes);
}

void node_close(struct node *n)
{
    if (!n)
        return;
    if (n->arrivals)
        arrivals_close(n->arrivals);
    server_stop(n->server);
    lanes_free(n->lanes);
    arrivals_free(n->arrivals);
    pthread_mutex_destroy(&n->lock);
    free(n);
}

enum parley_status parley_node_run(struct parley_desk *d, const char *listen, volatile sig_atomic_t *stop, struct parley_error *err)
{
    struct node *n;
    struct parley_error own = { 0 };
    char text[sizeof own.text];
    if (!err)
        err = &own;
    enum parley_status status = node_open(d, listen, &n, err);
    while (!status && !__atomic_load_n(stop, __ATOMIC_RELAXED)) /* a signal handler or another thread sets it */
        status = node_round(n, ROUND_MS, err);
    node_close(n);
    if (status)
        log_line(d, "event=stopped why=\"%s\"", log_text(err->text, text, sizeof text));
    else
        log_line(d, "event=stopped why=asked");
    return status;
}
