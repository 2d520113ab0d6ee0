/* lane.h - a thread for each carrier of each peer, so that whoever stalls delays nobody else. Internal.
 *
 * The desk's thread hands sealed units over and goes on; queues are bounded, and what they cannot hold is dropped: the database is
 * the durable queue, and what no receipt covers is sent again. FLASH goes by all lanes of a peer, at the front; the rest by the
 * first that is up, not stalled and has room. A lane that failed twice is down: it keeps one unit, with which it tries again, and
 * when it is up the desk sends what is outstanding. docs/decisions/087. */
#ifndef PARLEY_CHANNEL_LANE_H
#define PARLEY_CHANNEL_LANE_H

#include "channel/arrival.h"
#include "channel/carrier.h"
#include "channel/desk.h"

enum { LANES_MAX = 640, LANE_UNITS_MAX = 64, LANE_FLASH_MAX = 16, LANE_BYTES_MAX = 8 << 20 };

struct lane_config {
    int64_t peer; /* 0: fetches for all peers */
    const char *peer_name, *line;
    int order; /* of preference */
    bool puts, takes;
    bool old; /* a box that the card before named */
    struct tls_identity id; /* must outlive the lanes */
    const uint8_t (*pin)[HASH_LEN];
    size_t n_pins;
    const uint8_t (*tag)[16]; /* what to take */
    size_t n_tags;
};

struct lanes;

/* Units that come in go to `to`; lines go to the desk's log. once: each lane takes once and then when lanes_take_again says so; a lane
 * that failed is not tried again, and what it had goes by the others at once. */
struct lanes *lanes_new(struct arrivals *to, bool once, struct parley_desk *log);
/* Stops what is under way and joins the threads. `to` must be closed before. */
void lanes_free(struct lanes *all);
/* Which lanes there are from now on: begin, one call a lane, end. What is the same goes on undisturbed. */
void lanes_configure_begin(struct lanes *all);
void lanes_configure(struct lanes *all, const struct lane_config *config);
void lanes_configure_end(struct lanes *all);
/* Takes the packet over. */
void lanes_send(struct lanes *all, int64_t peer, struct packet *p);
/* The peer was heard: its lanes that are down try at once. */
void lanes_heard(struct lanes *all, int64_t peer);
/* Once a round of the desk: what waits behind a stalled transfer goes by another lane; finished threads are joined. */
void lanes_watch(struct lanes *all);
/* once: may the next packet of this peer be handed over? False: its lanes have enough for now. */
bool lanes_room(struct lanes *all, int64_t peer, const struct packet *p);
/* once: nothing is under way, waits or is still to be taken. */
bool lanes_idle(struct lanes *all);
void lanes_take_again(struct lanes *all);
/* When the last empty one of the old boxes was looked into, on the monotonic clock, in us; the earliest of several; INT64_MAX: there is none. */
int64_t lanes_old_empty(struct lanes *all);
/* How many packets some carrier took over. */
uint64_t lanes_sent(struct lanes *all);
/* A peer one of whose lanes came up since it was last asked, or -1. */
int64_t lanes_up(struct lanes *all);

#endif
