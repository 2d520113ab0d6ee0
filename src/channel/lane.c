/* The set of lanes; called by the desk's thread. */
#define _POSIX_C_SOURCE 200809L
#include "channel/lane_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STACK = 1 << 20, WAITING_US = 1000000 };

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
        lane_release(l->all, lane_pop(l));
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

/* --- configuring --------------------------------------------------------------------------------- */

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
        lane_shed(l, false);
        atomic_store(&l->stop, true);
        pthread_cond_signal(&l->wake);
        log_line(all->log, "peer=%s event=carrier-closed carrier=%.*s", *l->peer_name ? l->peer_name : "-", (int)strcspn(l->line, " "), l->line);
    }
    if (all->n)
        qsort(all->lane, all->n, sizeof all->lane[0], by_order);
    pthread_mutex_unlock(&all->lock);
}

/* --- sending, watching, asking --------------------------------------------------------------------- */

void lanes_send(struct lanes *all, int64_t peer, struct packet *p)
{
    pthread_mutex_lock(&all->lock);
    p->next = NULL;
    p->refs = 1;
    (void)lanes_route(all, peer, p, NULL); /* what nobody takes is sent again when a lane is up, or by and by */
    lane_release(all, p);
    pthread_mutex_unlock(&all->lock);
}

bool lanes_room(struct lanes *all, int64_t peer, const struct packet *p)
{
    bool any = false, room = false;
    pthread_mutex_lock(&all->lock);
    for (size_t i = 0; i < all->n; i++) {
        const struct lane *l = all->lane[i];
        if (!l->puts || !l->running || l->down || !lane_fits(l, peer, p))
            continue;
        any = true;
        room |= lane_has_room(l, p);
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
    if (l->said_waiting || !(l->n_under_way || l->taking) || lane_now_us() - l->since_us < WAITING_US)
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
        if (!l->shed && !l->down && lane_stalled(l)) {
            log_line(all->log, "peer=%s event=carrier-stalled carrier=%.*s seconds=%lld", l->peer_name, (int)strcspn(l->line, " "), l->line,
                     (long long)((lane_now_us() - l->since_us) / 1000000));
            l->shed = true;
            for (size_t k = 0; k < l->n_under_way; k++)
                if (!l->under_way[k]->flash)
                    (void)lanes_route(all, l->peer, l->under_way[k], l);
            lane_shed(l, false);
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
