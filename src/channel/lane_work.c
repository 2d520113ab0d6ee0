/* A lane's thread: it hands over what waits, takes what is there, and waits before it tries again. The lock is never held while a carrier works. */
#define _POSIX_C_SOURCE 200809L
#include "channel/lane_internal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TAKE_US = 1000000, TAGS_A_SECOND = 25, TRY_LAST_US = 8000000, BUSY_LAST_US = 60000000, BUSY_FLASH_US = 2000000, DOWN_AFTER = 2 };

int64_t lane_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* --- how it went ---------------------------------------------------------------------------------- */

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
    if (l->failures > DOWN_AFTER && lane_now_us() - l->told_us <= TELL_US)
        return;
    l->told_us = lane_now_us();
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
            (void)lanes_route(l->all, l->peer, l->under_way[i], l);
    while (l->n) {
        struct packet *next = lane_pop(l);
        if (!next->flash)
            (void)lanes_route(l->all, l->peer, next, l);
        lane_release(l->all, next);
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
        if (l->n < LANE_QUEUE)
            lane_insert(l, at, p);
        flash |= p->flash;
    }
    l->next_try_us = lane_now_us() + pause(l, flash, l->retry_after_s);
    if (!l->down && l->failures >= DOWN_AFTER) {
        l->down = true;
        lane_shed(l, true);
    }
}

static void delivered(struct lane *l)
{
    for (size_t i = 0; i < l->n_under_way; i++) {
        l->all->sent += !l->under_way[i]->went;
        l->under_way[i]->went = true;
    }
}

/* --- putting and taking --------------------------------------------------------------------------- */

static void put_some(struct lane *l, struct carrier *c)
{
    struct parley_error why = { 0 };
    struct lanes *all = l->all;
    struct given unit[PUT_MAX];
    size_t n = 0, bytes = 0, most = l->kind == CARRIER_FILE ? PUT_MAX : 1;
    for (; n < most && l->n && bytes < PUT_BYTES_MAX; n++) {
        struct packet *p = l->under_way[n] = lane_pop(l);
        unit[n] = (struct given){ .data = p->unit, .len = p->len };
        bytes += p->len;
    }
    l->n_under_way = n;
    l->since_us = l->last_try_us = lane_now_us();
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
        lane_release(all, l->under_way[i]);
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
    g->l->since_us = lane_now_us();
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
    int64_t began = l->since_us = lane_now_us();
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
    int64_t pace = (int64_t)n * 1000000 / TAGS_A_SECOND, next = lane_now_us() + (pace > TAKE_US ? pace : TAKE_US);
    if (status && !atomic_load(&l->stop)) {
        l->failures += !l->puts; /* only where nothing is put, else a full box would stop what we send */
        l->busy = !l->puts && status == PARLEY_EBUSY;
        if (l->puts ? lane_now_us() - l->told_us > TELL_US : true)
            tell(l, &why);
        if (!l->puts)
            next = lane_now_us() + pause(l, false, c->retry_after_s);
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

void *lane_main(void *ctx)
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
        int64_t now = lane_now_us(), until = now + 60000000;
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
