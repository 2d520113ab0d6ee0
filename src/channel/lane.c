#define _POSIX_C_SOURCE 200809L
#include "channel/lane.h"

#include "channel/bytes.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STACK = 1 << 20, TAKE_US = 1000000, TAGS_A_SECOND = 25, TRY_US = 250000, TRY_LAST_US = 8000000, TRY_FLASH_US = 500000, BUSY_LAST_US = 60000000,
       BUSY_FLASH_US = 2000000, STALLED_US = 3000000, WAITING_US = 1000000, TELL_US = 60000000, DOWN_AFTER = 2, QUEUE = LANE_UNITS_MAX + LANE_FLASH_MAX };

struct lane {
    struct lanes *all;
    pthread_t thread;
    pthread_cond_t wake;
    atomic_bool stop;
    bool running, finished, wanted; /* wanted: named by the last configuration */
    bool taking;

    /* what it is, as configured; generation counts the changes */
    int64_t peer;
    char peer_name[PARLEY_PEER_NAME_MAX + 1], line[CARD_LINE_LEN];
    enum carrier_kind kind;
    int order;
    bool puts, takes, old;
    int64_t empty_us; /* when a look began that found nothing */
    struct tls_identity id;
    uint8_t pin[CARRIER_PINS_MAX][HASH_LEN];
    size_t n_pins;
    uint8_t (*tag)[16];
    size_t n_tags;
    unsigned generation;

    struct packet *queue[QUEUE]; /* [n], the next first */
    size_t n, bytes;
    struct packet *under_way[PUT_MAX]; /* taken out of the queue while they are handed over */
    size_t n_under_way;
    int64_t since_us; /* the carrier last showed itself alive: when it was begun with, when it gave something */
    bool said_waiting;
    bool shed; /* what waited behind the stalled transfer went elsewhere */
    int failures;
    long retry_after_s;
    bool down, busy, came_up; /* busy: the other side asked for time */
    int64_t next_try_us, last_try_us, told_us, next_take_us;
};

struct lanes {
    pthread_mutex_t lock; /* of everything here; never held while a carrier works */
    struct lane *lane[LANES_MAX]; /* in order of peer and preference */
    size_t n;
    struct arrivals *to;
    struct parley_desk *log;
    bool once;
    uint64_t sent;
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* --- packets and queues; with the lock held -------------------------------------------------- */

static void release(struct lanes *all, struct packet *p)
{
    if (--p->refs)
        return;
    if (all->once && !p->went)
        log_line(all->log, "event=not-sent bytes=%zu", p->len);
    free(p);
}

static void insert(struct lane *l, size_t at, struct packet *p)
{
    memmove(l->queue + at + 1, l->queue + at, (l->n - at) * sizeof *l->queue);
    l->queue[at] = p;
    l->n++, l->bytes += p->len;
    p->refs++;
}

static struct packet *pop(struct lane *l)
{
    struct packet *p = l->queue[0];
    l->n--, l->bytes -= p->len;
    memmove(l->queue, l->queue + 1, l->n * sizeof *l->queue);
    return p; /* the reference goes along */
}

static bool stalled(const struct lane *l) { return l->n_under_way && now_us() - l->since_us > STALLED_US; }

static bool has_room(const struct lane *l, const struct packet *p, size_t flash)
{
    return p->flash ? l->n < QUEUE && flash < LANE_FLASH_MAX : l->n < LANE_UNITS_MAX && l->bytes + p->len <= LANE_BYTES_MAX && !stalled(l);
}

static bool fits(const struct lane *l, int64_t peer, const struct packet *p)
{
    return l->peer == peer && (!p->only || p->everywhere || (int)carrier_kind(l->line, NULL) == p->only);
}

/* True when the lane will carry it; a lane that is down keeps it at most to try with. */
static bool offer(struct lane *l, struct packet *p)
{
    if (!l->puts || !l->wanted)
        return false;
    size_t flash = 0;
    while (flash < l->n && l->queue[flash]->flash)
        flash++;
    if (l->down && l->all->once)
        return false;
    if (l->down) {
        if (!l->n && !l->n_under_way) {
            insert(l, 0, p);
        } else if (p->flash && l->n && !flash) {
            insert(l, 0, p);
            l->n--, l->bytes -= l->queue[l->n]->len;
            release(l->all, l->queue[l->n]);
        } else {
            return false;
        }
        if (p->flash && l->next_try_us > l->last_try_us + TRY_FLASH_US)
            l->next_try_us = l->last_try_us + TRY_FLASH_US;
        pthread_cond_signal(&l->wake);
        return false;
    }
    if (!has_room(l, p, flash))
        return false;
    insert(l, p->flash ? flash : l->n, p);
    pthread_cond_signal(&l->wake);
    return true;
}

static bool route(struct lanes *all, int64_t peer, struct packet *p, const struct lane *except)
{
    bool took = false;
    for (size_t i = 0; i < all->n; i++) {
        struct lane *l = all->lane[i];
        if (l == except || !fits(l, peer, p) || !offer(l, p))
            continue;
        took = true;
        if (!p->flash && !p->everywhere)
            break;
    }
    return took;
}

/* What waits here goes by other lanes where they take it; FLASH is there already. keep: the first stays all the same, to try with. */
static void shed(struct lane *l, bool keep)
{
    size_t n = l->n, kept = 0, moved = 0, dropped = 0;
    for (size_t i = 0; i < n; i++) {
        struct packet *p = l->queue[i];
        bool elsewhere = !p->flash && route(l->all, l->peer, p, l);
        if ((keep && !i) || (!keep && !elsewhere)) {
            l->queue[kept++] = p;
            continue;
        }
        moved += elsewhere;
        dropped += !elsewhere && !p->flash;
        l->bytes -= p->len;
        release(l->all, p);
    }
    l->n = kept;
    if (moved || dropped)
        log_line(l->all->log, "peer=%s event=carrier-left carrier=%.*s units=%zu kept_for_later=%zu", l->peer_name, (int)strcspn(l->line, " "), l->line, moved, dropped);
}

/* --- a lane's thread -------------------------------------------------------------------------- */

static void succeeded(struct lane *l, enum parley_status status, const struct parley_error *why)
{
    if (status) /* the carrier works; this unit it will never take */
        log_line(l->all->log, "peer=%s event=unit-not-taken carrier=%.*s why=\"%s\"", l->peer_name, (int)strcspn(l->line, " "), l->line, why->text);
    if (l->down) {
        log_line(l->all->log, "peer=%s event=carrier-up carrier=%.*s", l->peer_name, (int)strcspn(l->line, " "), l->line);
        l->came_up = true;
        arrivals_wake(l->all->to);
    }
    l->down = false;
    l->failures = 0;
    l->next_try_us = 0;
}

/* One line the first two times, then once a minute. */
static void tell(struct lane *l, const struct parley_error *why)
{
    char name[CARD_LINE_LEN], text[sizeof why->text];
    size_t kind = strcspn(l->line, " ");
    if (l->failures > DOWN_AFTER && now_us() - l->told_us <= TELL_US)
        return;
    l->told_us = now_us();
    carrier_name(l->line, name);
    log_line(l->all->log, "peer=%s event=carrier-failed carrier=%.*s at=\"%s\" tries=%d why=\"%s\"", *l->peer_name ? l->peer_name : "-", (int)kind, l->line,
             name[kind] ? name + kind + 1 : "", l->failures, log_text(why->text, text, sizeof text));
}

/* How long to wait before the next try. */
static int64_t pause(struct lane *l, bool flash, long retry_after_s)
{
    int64_t wait = TRY_US << (l->failures < 5 ? l->failures : 5), asked = retry_after_s * INT64_C(1000000);
    int64_t last = l->busy ? (flash ? BUSY_FLASH_US : BUSY_LAST_US) : flash ? TRY_FLASH_US : TRY_LAST_US;
    if (l->busy && asked > wait)
        wait = asked;
    return wait > last ? last : wait;
}

/* It failed and is not tried again: what it had goes by the others, or not at all. */
static void give_up(struct lane *l)
{
    l->down = true;
    for (size_t i = 0; i < l->n_under_way; i++)
        if (!l->under_way[i]->flash)
            (void)route(l->all, l->peer, l->under_way[i], l);
    while (l->n) {
        struct packet *next = pop(l);
        if (!next->flash)
            (void)route(l->all, l->peer, next, l);
        release(l->all, next);
    }
}

/* What failed goes back to where it stood, until the next try. */
static void put_back(struct lane *l)
{
    bool flash = l->n && l->queue[0]->flash;
    for (size_t i = l->n_under_way; i > 0; i--) {
        struct packet *p = l->under_way[i - 1];
        size_t at = 0;
        while (!p->flash && at < l->n && l->queue[at]->flash) /* that came meanwhile */
            at++;
        if (l->n < QUEUE)
            insert(l, at, p);
        flash |= p->flash;
    }
    l->next_try_us = now_us() + pause(l, flash, l->retry_after_s);
    if (!l->down && l->failures >= DOWN_AFTER) {
        l->down = true;
        shed(l, true);
    }
}

static void delivered(struct lane *l)
{
    for (size_t i = 0; i < l->n_under_way; i++) {
        l->all->sent += !l->under_way[i]->went;
        l->under_way[i]->went = true;
    }
}

static void put_some(struct lane *l, struct carrier *c)
{
    struct parley_error why = { 0 };
    struct lanes *all = l->all;
    struct given unit[PUT_MAX];
    size_t n = 0, bytes = 0, most = l->kind == CARRIER_FILE ? PUT_MAX : 1;
    for (; n < most && l->n && bytes < PUT_BYTES_MAX; n++) {
        struct packet *p = l->under_way[n] = pop(l);
        unit[n] = (struct given){ .data = p->unit, .len = p->len };
        bytes += p->len;
    }
    l->n_under_way = n;
    l->since_us = l->last_try_us = now_us();
    l->shed = l->said_waiting = false;
    pthread_mutex_unlock(&all->lock);
    enum parley_status status = carrier_put(c, unit, n, &why);
    if (c->note)
        arrivals_deposit(all->to, l->peer, c->note);
    pthread_mutex_lock(&all->lock);
    if (!status)
        delivered(l);
    if (!status || status == PARLEY_EPARSE) {
        succeeded(l, status, &why);
    } else if (!atomic_load(&l->stop)) {
        l->busy = status == PARLEY_EBUSY;
        l->retry_after_s = c->retry_after_s;
        l->failures++;
        tell(l, &why);
        if (all->once)
            give_up(l);
        else
            put_back(l);
    }
    l->n_under_way = 0;
    for (size_t i = 0; i < n; i++)
        release(all, l->under_way[i]);
    if (all->once && !l->n)
        arrivals_wake(all->to);
}

struct giving {
    struct lane *l;
    bool any;
    bool full;
};

static void give(void *ctx, struct given *unit, size_t n)
{
    struct giving *g = ctx;
    enum verdict verdict[GIVE_MAX];
    g->any = true;
    if (g->full || atomic_load(&g->l->stop))
        return;
    arrivals_bring(g->l->all->to, unit, n, verdict);
    pthread_mutex_lock(&g->l->all->lock);
    g->l->since_us = now_us();
    pthread_mutex_unlock(&g->l->all->lock);
    for (size_t i = 0; i < n; i++) {
        g->full |= verdict[i] == VERDICT_LATER || verdict[i] == VERDICT_NO_ROOM; /* what is left stays where it is, until the next time */
        unit[i].taken = verdict[i] == VERDICT_STORED || verdict[i] == VERDICT_REFUSED;
    }
}

static void take(struct lane *l, struct carrier *c)
{
    struct parley_error why = { 0 };
    struct giving g = { .l = l };
    size_t n = l->n_tags;
    uint8_t (*tag)[16] = calloc(n + 1, sizeof *tag);
    if (tag)
        memcpy(tag, l->tag, n * sizeof *tag);
    int64_t began = l->since_us = now_us();
    l->taking = true;
    l->said_waiting = false;
    l->next_take_us = INT64_MAX; /* until asked, or set below */
    pthread_mutex_unlock(&l->all->lock);
    enum parley_status status = tag ? carrier_take(c, (const uint8_t(*)[16])tag, n, give, &g, &why) : PARLEY_ENOMEM;
    free(tag);
    pthread_mutex_lock(&l->all->lock);
    l->taking = false;
    if (!status && !g.any)
        l->empty_us = began;
    if (l->all->once) {
        if (status && !atomic_load(&l->stop)) {
            l->failures++;
            tell(l, &why);
        }
        arrivals_wake(l->all->to);
        return;
    }
    int64_t pace = (int64_t)n * 1000000 / TAGS_A_SECOND, next = now_us() + (pace > TAKE_US ? pace : TAKE_US);
    if (status && !atomic_load(&l->stop)) {
        l->failures += !l->puts; /* only where nothing is put, else a full box would stop what we send */
        l->busy = !l->puts && status == PARLEY_EBUSY;
        if (l->puts ? now_us() - l->told_us > TELL_US : true)
            tell(l, &why);
        if (!l->puts)
            next = now_us() + pause(l, false, c->retry_after_s);
    } else if (!l->puts) {
        l->failures = 0;
    }
    l->next_take_us = next;
}

static void take_config(struct lane *l, struct carrier *c)
{
    pthread_mutex_unlock(&l->all->lock);
    carrier_close(c);
    pthread_mutex_lock(&l->all->lock);
    memcpy(c->line, l->line, sizeof c->line);
    c->id = l->id;
    memcpy(c->pin, l->pin, sizeof c->pin);
    c->n_pins = l->n_pins;
}

static void *lane_main(void *ctx)
{
    struct lane *l = ctx;
    struct carrier c = { .stop = &l->stop };
    unsigned known = 0;
    pthread_mutex_lock(&l->all->lock);
    while (!atomic_load(&l->stop)) {
        if (known != l->generation) {
            known = l->generation;
            take_config(l, &c);
            continue;
        }
        int64_t now = now_us(), until = now + 60000000;
        if (l->n && now >= l->next_try_us) {
            put_some(l, &c);
            continue;
        }
        if (l->takes && now >= l->next_take_us) {
            take(l, &c);
            continue;
        }
        if (l->n && l->next_try_us < until)
            until = l->next_try_us;
        if (l->takes && l->next_take_us < until)
            until = l->next_take_us;
        struct timespec t = { .tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000 };
        pthread_cond_timedwait(&l->wake, &l->all->lock, &t);
    }
    pthread_mutex_unlock(&l->all->lock);
    carrier_close(&c);
    pthread_mutex_lock(&l->all->lock);
    l->finished = true;
    pthread_mutex_unlock(&l->all->lock);
    return NULL;
}

/* --- the set of lanes; called by the desk's thread -------------------------------------------- */

struct lanes *lanes_new(struct arrivals *to, bool once, struct parley_desk *log)
{
    struct lanes *all = calloc(1, sizeof *all);
    if (!all)
        return NULL;
    pthread_mutex_init(&all->lock, NULL);
    all->to = to;
    all->once = once;
    all->log = log;
    return all;
}

static void lane_free(struct lane *l)
{
    while (l->n)
        release(l->all, pop(l));
    pthread_cond_destroy(&l->wake);
    free(l->tag);
    free(l);
}

void lanes_free(struct lanes *all)
{
    if (!all)
        return;
    pthread_mutex_lock(&all->lock);
    for (size_t i = 0; i < all->n; i++) {
        atomic_store(&all->lane[i]->stop, true);
        pthread_cond_signal(&all->lane[i]->wake);
    }
    pthread_mutex_unlock(&all->lock);
    for (size_t i = 0; i < all->n; i++) {
        if (all->lane[i]->running)
            pthread_join(all->lane[i]->thread, NULL);
        lane_free(all->lane[i]);
    }
    pthread_mutex_destroy(&all->lock);
    free(all);
}

void lanes_configure_begin(struct lanes *all)
{
    pthread_mutex_lock(&all->lock);
    for (size_t i = 0; i < all->n; i++)
        all->lane[i]->wanted = false;
    pthread_mutex_unlock(&all->lock);
}

static void start(struct lane *l)
{
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK);
    l->running = !pthread_create(&l->thread, &attr, lane_main, l);
    pthread_attr_destroy(&attr);
    if (!l->running)
        log_line(l->all->log, "peer=%s event=carrier-failed carrier=%.*s why=\"no thread for it\"", l->peer_name, (int)strcspn(l->line, " "), l->line);
}

static struct lane *find(struct lanes *all, const struct lane_config *config)
{
    for (size_t i = 0; i < all->n; i++) {
        struct lane *l = all->lane[i];
        if (l->peer == config->peer && !atomic_load(&l->stop) && !strcmp(l->line, config->line))
            return l;
    }
    struct lane *l = all->n < LANES_MAX ? calloc(1, sizeof *l) : NULL;
    if (!l) {
        log_line(all->log, "peer=%s event=carrier-not-used why=\"over %d carriers in all\"", config->peer_name, LANES_MAX);
        return NULL;
    }
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&l->wake, &attr);
    pthread_condattr_destroy(&attr);
    l->all = all;
    l->peer = config->peer;
    snprintf(l->peer_name, sizeof l->peer_name, "%s", config->peer_name);
    snprintf(l->line, sizeof l->line, "%s", config->line);
    l->kind = carrier_kind(config->line, NULL);
    l->told_us = -TELL_US;
    return all->lane[all->n++] = l;
}

void lanes_configure(struct lanes *all, const struct lane_config *config)
{
    pthread_mutex_lock(&all->lock);
    struct lane *l = find(all, config);
    size_t n_pins = config->n_pins < CARRIER_PINS_MAX ? config->n_pins : CARRIER_PINS_MAX, n_tags = config->n_tags < CARRIER_TAGS_MAX ? config->n_tags : CARRIER_TAGS_MAX;
    uint8_t (*tag)[16] = l ? realloc(l->tag, (n_tags + 1) * sizeof *tag) : NULL;
    if (tag) {
        l->tag = tag;
        if (n_tags)
            memcpy(tag, config->tag, n_tags * sizeof *tag);
        l->n_tags = n_tags;
        l->wanted = true;
        l->order = config->order;
        l->puts = config->puts, l->takes = config->takes, l->old = config->old;
        if (!l->generation || l->id.key != config->id.key || l->id.cert != config->id.cert || l->n_pins != n_pins || (n_pins && memcmp(l->pin, config->pin, n_pins * HASH_LEN))) {
            l->id = config->id;
            l->n_pins = n_pins;
            if (n_pins)
                memcpy(l->pin, config->pin, n_pins * HASH_LEN);
            l->generation++;
            l->next_try_us = 0; /* the other key may be the one that is let in */
        }
        if (!l->running) {
            start(l);
            if (!all->once)
                log_line(all->log, "peer=%s event=carrier-open carrier=%.*s", *l->peer_name ? l->peer_name : "-", (int)strcspn(l->line, " "), l->line);
        }
        pthread_cond_signal(&l->wake);
    }
    pthread_mutex_unlock(&all->lock);
}

static int by_order(const void *a, const void *b)
{
    const struct lane *x = *(struct lane *const *)a, *y = *(struct lane *const *)b;
    return x->peer != y->peer ? (x->peer > y->peer) - (x->peer < y->peer) : x->order - y->order;
}

void lanes_configure_end(struct lanes *all)
{
    pthread_mutex_lock(&all->lock);
    for (size_t i = 0; i < all->n; i++) {
        struct lane *l = all->lane[i];
        if (l->wanted || atomic_load(&l->stop))
            continue;
        shed(l, false);
        atomic_store(&l->stop, true);
        pthread_cond_signal(&l->wake);
        log_line(all->log, "peer=%s event=carrier-closed carrier=%.*s", *l->peer_name ? l->peer_name : "-", (int)strcspn(l->line, " "), l->line);
    }
    if (all->n)
        qsort(all->lane, all->n, sizeof all->lane[0], by_order);
    pthread_mutex_unlock(&all->lock);
}

void lanes_send(struct lanes *all, int64_t peer, struct packet *p)
{
    pthread_mutex_lock(&all->lock);
    p->next = NULL;
    p->refs = 1;
    (void)route(all, peer, p, NULL); /* what nobody takes is sent again when a lane is up, or by and by */
    release(all, p);
    pthread_mutex_unlock(&all->lock);
}

bool lanes_room(struct lanes *all, int64_t peer, const struct packet *p)
{
    bool any = false, room = false;
    pthread_mutex_lock(&all->lock);
    for (size_t i = 0; i < all->n; i++) {
        const struct lane *l = all->lane[i];
        size_t flash = 0;
        if (!l->puts || !l->running || l->down || !fits(l, peer, p))
            continue;
        while (flash < l->n && l->queue[flash]->flash)
            flash++;
        any = true;
        room |= has_room(l, p, flash);
    }
    pthread_mutex_unlock(&all->lock);
    return room || !any; /* where all failed there is nothing to wait for */
}

bool lanes_idle(struct lanes *all)
{
    bool idle = true;
    pthread_mutex_lock(&all->lock);
    for (size_t i = 0; i < all->n; i++) {
        const struct lane *l = all->lane[i];
        idle &= !l->running || (!l->n && !l->n_under_way && !l->taking && (!l->takes || l->next_take_us == INT64_MAX));
    }
    pthread_mutex_unlock(&all->lock);
    return idle;
}

void lanes_take_again(struct lanes *all)
{
    pthread_mutex_lock(&all->lock);
    for (size_t i = 0; i < all->n; i++)
        if (!all->lane[i]->failures) {
            all->lane[i]->next_take_us = 0;
            pthread_cond_signal(&all->lane[i]->wake);
        }
    pthread_mutex_unlock(&all->lock);
}

int64_t lanes_old_empty(struct lanes *all)
{
    int64_t first = INT64_MAX;
    pthread_mutex_lock(&all->lock);
    for (size_t i = 0; i < all->n; i++)
        if (all->lane[i]->old && all->lane[i]->wanted && all->lane[i]->empty_us < first)
            first = all->lane[i]->empty_us;
    pthread_mutex_unlock(&all->lock);
    return first;
}

uint64_t lanes_sent(struct lanes *all)
{
    pthread_mutex_lock(&all->lock);
    uint64_t n = all->sent;
    pthread_mutex_unlock(&all->lock);
    return n;
}

void lanes_heard(struct lanes *all, int64_t peer)
{
    pthread_mutex_lock(&all->lock);
    for (size_t i = 0; i < all->n; i++) {
        struct lane *l = all->lane[i];
        if (l->peer != peer || !l->down || l->busy || l->next_try_us <= l->last_try_us + TRY_US)
            continue;
        l->next_try_us = l->last_try_us + TRY_US;
        pthread_cond_signal(&l->wake);
    }
    pthread_mutex_unlock(&all->lock);
}

/* An officer who waits is told for whom, once for each thing that takes long. */
static void say_waiting(struct lane *l)
{
    char name[CARD_LINE_LEN];
    size_t kind = strcspn(l->line, " ");
    if (l->said_waiting || !(l->n_under_way || l->taking) || now_us() - l->since_us < WAITING_US)
        return;
    l->said_waiting = true;
    carrier_name(l->line, name);
    log_line(l->all->log, "peer=%s event=waiting carrier=%.*s at=\"%s\" doing=%s silent_most_s=%d what=\"the others go on; Ctrl-C ends it\"", *l->peer_name ? l->peer_name : "-", (int)kind, l->line,
             name[kind] ? name + kind + 1 : "", l->taking ? "fetching" : "handing-over", CARRIER_STALL_S);
}

void lanes_watch(struct lanes *all)
{
    pthread_mutex_lock(&all->lock);
    for (size_t i = 0; i < all->n; i++) {
        struct lane *l = all->lane[i];
        if (l->finished) {
            pthread_join(l->thread, NULL);
            lane_free(l);
            memmove(all->lane + i, all->lane + i + 1, (all->n - i - 1) * sizeof all->lane[0]);
            all->n--, i--;
            continue;
        }
        if (all->once)
            say_waiting(l);
        if (!l->shed && !l->down && stalled(l)) {
            log_line(all->log, "peer=%s event=carrier-stalled carrier=%.*s seconds=%lld", l->peer_name, (int)strcspn(l->line, " "), l->line,
                     (long long)((now_us() - l->since_us) / 1000000));
            l->shed = true;
            for (size_t k = 0; k < l->n_under_way; k++)
                if (!l->under_way[k]->flash)
                    (void)route(all, l->peer, l->under_way[k], l);
            shed(l, false);
        }
    }
    pthread_mutex_unlock(&all->lock);
}

int64_t lanes_up(struct lanes *all)
{
    int64_t peer = -1;
    pthread_mutex_lock(&all->lock);
    for (size_t i = 0; i < all->n && peer < 0; i++)
        if (all->lane[i]->came_up) {
            all->lane[i]->came_up = false;
            peer = all->lane[i]->peer;
        }
    pthread_mutex_unlock(&all->lock);
    return peer;
}
