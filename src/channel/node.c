/* The node: one thread owns the desk and steps it. The server's thread and a thread for each carrier bring units to one queue and
 * wait for the verdict; a unit is answered 200 after the commit, never before. Nothing here waits for a peer. */
#define _POSIX_C_SOURCE 200809L
#include "channel/node.h"

#include "channel/attachment.h"
#include "channel/ballast.h"
#include "channel/bytes.h"
#include "channel/lane.h"
#include "channel/talk_pack.h"

#include <parley/channel_node.h>
#include <parley/time.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PER_PEER_MAX = 8, ROUND_MS = 100, PINS_MAX = CARRIER_PINS_MAX * PARLEY_PEERS_MAX, WINDOW_S = 10, UNITS_PER_WINDOW = 20000, BATCH = GIVE_MAX, FULL_S = 5, BUSY_S = 30, OLD_BOX_DAYS = 7, OLD_BOX_S = 10, ROUNDS_MAX = 64 };

struct caller { /* an enrolled TLS key */
    uint8_t pin[HASH_LEN];
    char peer[PARLEY_PEER_NAME_MAX + 1];
    size_t waiting;
    uint64_t in_window;
    struct hush refused;
};

struct node {
    struct parley_desk *d;
    const char *listen;
    struct server *server;
    struct lanes *lanes;
    struct arrivals *arrivals;
    const struct own_epoch *served; /* whose certificate the server shows */
    uint64_t changes;               /* of the desk, when lanes and callers were last set up */
    size_t epochs;                  /* of all peers, as seen then */
    uint32_t known;                 /* and what they knew of ours */
    bool old_boxes;                 /* those of the card before are asked, too */
    int64_t all_known;              /* when first everybody knew our newest card, monotonic seconds; 0 not yet */
    int peers;
    struct hush unopened;
    atomic_bool full;   /* the disk: nothing of a peer is taken */
    bool told[PARLEY_PEERS_MAX]; /* by place in the desk: that we are full */
    int64_t looked;     /* for room, last */
    int64_t ticked;
    bool once;               /* without timers, ballast and second tries */
    const struct talk *only; /* once: NULL all */
    uint64_t units_in;
    uint64_t asked_at;       /* units_in when all carriers were asked last */
    int rounds;

    pthread_mutex_t lock; /* of what follows: shared with the server's thread */
    struct caller caller[PINS_MAX];
    size_t n_callers;
    int64_t window_start;
    struct hush stranger[2]; /* without a TLS key, with one we do not know */
};

static int64_t seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

/* --- on the server's thread ------------------------------------------------------------------- */

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

static unsigned on_unit(void *ctx, struct call *call)
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

/* --- who may come, and by which carriers we go ------------------------------------------------ */

static void set_callers(struct node *n)
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
        for (size_t k = 0; k < pins && n->n_callers < PINS_MAX; k++) {
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

static void take_boxes(struct node *n, const struct own_epoch *of, bool old, const uint8_t (*tag)[16], size_t n_tags)
{
    const struct own_epoch *own = &n->d->own[n->d->n_own - 1];
    for (int i = 0; i < of->card.n_carriers; i++) {
        const char *line = of->card.carrier[i];
        bool again = false;
        for (int k = 0; old && k < own->card.n_carriers; k++)
            again |= !strcmp(own->card.carrier[k], line);
        struct lane_config c = { .peer_name = "", .line = line, .order = i, .takes = true, .old = old, .id = { own->tls_key, own->tls_cert }, .tag = tag, .n_tags = n_tags };
        if (!again && carrier_kind(line, NULL) == CARRIER_RELAY)
            lanes_configure(n->lanes, &c);
    }
}

static void set_lanes(struct node *n)
{
    const struct own_epoch *own = &n->d->own[n->d->n_own - 1];
    uint8_t (*tags)[16] = calloc(2 * PARLEY_PEERS_MAX, sizeof *tags);
    size_t n_tags = 0;
    lanes_configure_begin(n->lanes);
    for (int i = 0; tags && i < n->d->n_talks; i++) {
        struct talk *t = n->d->talk[i];
        struct lane_config c = { .peer = t->id, .peer_name = t->name };
        uint8_t pin[CARRIER_PINS_MAX][HASH_LEN];
        if ((n->only && t != n->only) || !talk_identity(n->d, t, &c.id, pin, &c.n_pins))
            continue;
        c.tag = (const uint8_t(*)[16])(tags + n_tags);
        c.n_tags = talk_tags(n->d, t, tags + n_tags);
        n_tags += c.n_tags;
        c.pin = (const uint8_t(*)[HASH_LEN])pin;
        for (c.order = 0; c.order < t->n_carriers; c.order++) {
            enum carrier_kind kind = carrier_kind(c.line = t->carrier[c.order], NULL);
            c.puts = kind != CARRIER_NONE;
            c.takes = kind == CARRIER_FILE || kind == CARRIER_MAIL;
            if (c.puts)
                lanes_configure(n->lanes, &c);
        }
    }
    if (tags) /* our own boxes are named on our card, and on the one before */
        take_boxes(n, own, false, (const uint8_t(*)[16])tags, n_tags);
    if (tags && n->old_boxes)
        take_boxes(n, own - 1, true, (const uint8_t(*)[16])tags, n_tags);
    lanes_configure_end(n->lanes);
    free(tags);
}

/* The certificate of the newest epoch; peers that know only the one before hear of it by what we send. */
static enum parley_status serve(struct node *n, struct parley_error *err)
{
    const struct own_epoch *own = &n->d->own[n->d->n_own - 1];
    if (own == n->served)
        return PARLEY_OK;
    n->served = own;
    if (!n->listen)
        return PARLEY_OK;
    if (n->server) { /* whoever waits for a verdict on the old one is told to come again */
        arrivals_close(n->arrivals);
        server_stop(n->server);
        n->server = NULL;
        arrivals_open(n->arrivals);
    }
    enum parley_status status = server_start(n->listen, own->tls_key, own->tls_cert, node_head, on_unit, n, n->d, &n->server, err);
    if (!status)
        log_line(n->d, "event=listening at=%s peers=%d epoch=%u", n->listen, n->d->n_talks, own->card.epoch);
    return status;
}

/* After a rotation peers go on putting units into the boxes of the card before until they know the new one, and what they put there waits:
 * these boxes are asked until everybody knows and they are empty. A box that cannot be reached is given up a week after the rotation;
 * what nobody receipted comes by the new card. */
static bool want_old_boxes(struct node *n, bool all_know)
{
    const struct own_epoch *own = &n->d->own[n->d->n_own - 1];
    if (n->d->n_own < 2)
        return false;
    if (!all_know) {
        n->all_known = 0;
        return true;
    }
    if (!n->all_known)
        n->all_known = seconds_now();
    int64_t empty = n->old_boxes ? lanes_old_empty(n->lanes) : 0;
    bool emptied = n->old_boxes && empty / 1000000 > n->all_known + OLD_BOX_S, first = !n->served;
    return (first || n->old_boxes) && !emptied && n->d->now_us() - own->card.from_us < OLD_BOX_DAYS * PARLEY_US_PER_DAY;
}

/* After anything changed: peers enrolled, keys rotated, carriers added or taken away, by us here or by another process. */
static enum parley_status follow_changes(struct node *n, struct parley_error *err)
{
    struct parley_desk *d = n->d;
    size_t epochs = 0;
    uint32_t known = 0;
    bool all_know = true;
    for (int i = 0; n->served && i < d->n_talks; i++)
        if (!d->talk[i]->loaded) /* the database is busy or the disk full: as it was, until the next round */
            return PARLEY_OK;
    for (int i = 0; i < d->n_talks; i++) {
        struct tls_identity id = { NULL, NULL };
        uint8_t pin[CARRIER_PINS_MAX][HASH_LEN];
        size_t pins;
        epochs += d->talk[i]->x.theirs.n;
        if (d->n_own > 1 && talk_identity(d, d->talk[i], &id, pin, &pins)) {
            for (int e = 0; e < d->n_own; e++)
                known += d->own[e].tls_key == id.key ? (uint32_t)e : 0;
            all_know &= id.key == d->own[d->n_own - 1].tls_key;
        }
    }
    bool old_boxes = want_old_boxes(n, all_know);
    if (n->lanes && n->served && n->changes == d->changes && n->epochs == epochs && n->known == known && n->old_boxes == old_boxes)
        return PARLEY_OK;
    n->old_boxes = old_boxes;
    if (n->served && n->peers != d->n_talks)
        log_line(d, "event=peers-changed peers=%d", d->n_talks);
    n->peers = d->n_talks;
    n->changes = d->changes;
    n->epochs = epochs;
    n->known = known;
    set_callers(n);
    set_lanes(n);
    return serve(n, err);
}

/* --- a round of the desk ----------------------------------------------------------------------- */

static void answer(struct arrival *a, enum verdict verdict)
{
    a->done(a->ctx, verdict);
    free(a);
}

/* No room to store: the ballast goes, so that the desk itself can still speak; peers are asked to wait until it is back. */
static void is_full(struct node *n)
{
    if (atomic_load(&n->full))
        return;
    atomic_store(&n->full, true);
    ballast_drop(n->d->folder);
    db_make_room(n->d);
    n->looked = seconds_now();
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
    if (!atomic_load(&n->full) || seconds_now() - n->looked < FULL_S)
        return;
    n->looked = seconds_now();
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
    bool anyway = seconds_now() - n->ticked >= RETRY_LAST_S; /* because clocks jump */
    if (anyway)
        n->ticked = seconds_now();
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
        status = follow_changes(n, err);
    tell_busy(n);
    for (int i = 0; !status && i < d->n_talks; i++) {
        struct talk *t = d->talk[i];
        while (t->first && (!n->once || lanes_room(n->lanes, t->id, t->first)))
            lanes_send(n->lanes, t->id, talk_take(t));
    }
    lanes_watch(n->lanes);
    look_for_room(n);
    pthread_mutex_lock(&n->lock);
    if (seconds_now() - n->window_start >= WINDOW_S) {
        n->window_start = seconds_now();
        for (size_t i = 0; i < n->n_callers; i++)
            n->caller[i].in_window = 0;
    }
    pthread_mutex_unlock(&n->lock);
    return status;
}

struct arrivals *node_arrivals(struct node *n) { return n->arrivals; }

static enum parley_status open_node(struct parley_desk *d, const char *listen, bool once, const struct talk *only, struct node **out, struct parley_error *err)
{
    struct node *n = *out = calloc(1, sizeof *n);
    if (!n)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    n->d = d;
    n->listen = listen;
    n->once = once;
    n->only = only;
    n->ticked = seconds_now();
    pthread_mutex_init(&n->lock, NULL);
    n->arrivals = arrivals_new();
    n->lanes = n->arrivals ? lanes_new(n->arrivals, once, d) : NULL;
    enum parley_status status = n->lanes ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (!status && !once && !ballast_keep(d->folder))
        is_full(n);
    for (int i = 0; !status && i < d->n_talks; i++)
        if ((!only || d->talk[i] == only) && passes(n, status = once ? talk_again(d, d->talk[i], err) : talk_ready(d, d->talk[i], err)))
            status = PARLEY_OK;
    return status ? status : follow_changes(n, err);
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
