/* arrival.h - the one queue between the threads that bring units (the server's and the carriers') and the thread that owns the
 * desk. Whoever brings a unit learns what became of it only after the commit. Internal. */
#ifndef PARLEY_CHANNEL_ARRIVAL_H
#define PARLEY_CHANNEL_ARRIVAL_H

#include "channel/carrier.h"
#include "channel/crypto.h"

enum { ARRIVALS_MAX = 256, ARRIVALS_BYTES_MAX = 32 << 20 };

enum verdict {
    VERDICT_STORED,  /* committed; it may be removed where it came from */
    VERDICT_REFUSED, /* it will never be taken: it does not open, or came under another's TLS key */
    VERDICT_FOREIGN, /* for nobody here: leave it */
    VERDICT_LATER,   /* queue full, desk busy or stopping: bring it again */
    VERDICT_NO_ROOM, /* the disk is full */
};

struct arrival {
    struct arrival *next;
    void (*done)(void *ctx, enum verdict verdict); /* on the desk's thread; called once */
    void *ctx;
    bool pinned; /* came over TLS from whoever holds this key */
    uint8_t pin[HASH_LEN];
    int64_t deposit_of; /* peer: not a unit but a struct relay_answer, what a relay signed for one of ours; 0 = a unit */
    size_t len;
    uint8_t unit[];
};

struct arrivals;

struct arrivals *arrivals_new(void);
void arrivals_free(struct arrivals *q);
/* Queue a copy. False when the queue is full or closed: then done is not called. */
bool arrivals_push(struct arrivals *q, const uint8_t *pin, const uint8_t *unit, size_t len, void (*done)(void *ctx, enum verdict verdict), void *ctx);
/* Queue a copy of a relay's answer for the desk to keep; dropped when there is no room. */
void arrivals_deposit(struct arrivals *q, int64_t peer, const struct relay_answer *answer);
/* Queue copies of up to GIVE_MAX units together and wait for the verdict of each. */
void arrivals_bring(struct arrivals *q, const struct given *unit, size_t n, enum verdict *verdict);
/* Everything that waits, oldest first; waits at most `ms` for the first or for arrivals_wake. */
struct arrival *arrivals_take(struct arrivals *q, int ms);
void arrivals_wake(struct arrivals *q);
/* Nothing is taken any more; what waits is answered VERDICT_LATER. */
void arrivals_close(struct arrivals *q);
void arrivals_open(struct arrivals *q);

#endif
