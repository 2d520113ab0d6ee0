/* lane_internal.h - lanes, for the files that make them: what waits and by which lane it goes (lane_queue.c), a lane's thread (lane_work.c), the set
 * of lanes (lane.c). Internal to them. */
#ifndef PARLEY_CHANNEL_LANE_INTERNAL_H
#define PARLEY_CHANNEL_LANE_INTERNAL_H

#include "channel/lane.h"

#include <pthread.h>

enum { LANE_QUEUE = LANE_UNITS_MAX + LANE_FLASH_MAX, TRY_US = 250000, TRY_FLASH_US = 500000, TELL_US = 60000000 };

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

    struct packet *queue[LANE_QUEUE]; /* [n], the next first */
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

int64_t lane_now_us(void); /* on the monotonic clock */

/* lane_queue.c, all with the lock held. */
void lane_release(struct lanes *all, struct packet *p);
/* Into the queue before place `at`, with a reference of its own; and out of its front, the reference going along. */
void lane_insert(struct lane *l, size_t at, struct packet *p);
struct packet *lane_pop(struct lane *l);
size_t lane_flash(const struct lane *l); /* how many at the front are FLASH */
/* What it hands over has been under way for too long. */
bool lane_stalled(const struct lane *l);
bool lane_has_room(const struct lane *l, const struct packet *p);
/* May it carry this packet for this peer at all? */
bool lane_fits(const struct lane *l, int64_t peer, const struct packet *p);
/* To the lanes that take it; true when one will carry it. */
bool lanes_route(struct lanes *all, int64_t peer, struct packet *p, const struct lane *except);
/* What waits here goes by other lanes where they take it; FLASH is there already. keep: the first stays all the same, to try with. */
void lane_shed(struct lane *l, bool keep);

/* lane_work.c: the thread; ctx is the lane. */
void *lane_main(void *ctx);

#endif
