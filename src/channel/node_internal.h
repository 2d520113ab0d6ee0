/* node_internal.h - the node, for the files that make it: who knocks (node_door.c), who may and by which carriers we go (node_follow.c), the
 * rounds of the desk (node.c). Internal to them. */
#ifndef PARLEY_CHANNEL_NODE_INTERNAL_H
#define PARLEY_CHANNEL_NODE_INTERNAL_H

#include "channel/lane.h"
#include "channel/node.h"

#include <pthread.h>

enum { CALLERS_MAX = CARRIER_PINS_MAX * PARLEY_PEERS_MAX };

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
    struct caller caller[CALLERS_MAX];
    size_t n_callers;
    int64_t window_start;
    struct hush stranger[2]; /* without a TLS key, with one we do not know */
};

/* node.c: on the monotonic clock. */
int64_t node_seconds(void);

/* node_door.c: a unit that is posted, on the server's thread; ctx is the node. */
unsigned node_on_unit(void *ctx, struct call *call);
/* Who may come from now on. */
void node_set_callers(struct node *n);
/* Whoever came too often may come again when the window is over. */
void node_next_window(struct node *n);

/* node_follow.c: after anything changed: peers enrolled, keys rotated, carriers added or taken away, by us here or by another process. */
enum parley_status node_follow_changes(struct node *n, struct parley_error *err);

#endif
