/* node.h - the node's handlers without its server, for tests. Internal. */
#ifndef PARLEY_ROOM_CHANNEL_NODE_H
#define PARLEY_ROOM_CHANNEL_NODE_H

#include "channel/arrival.h"
#include "channel/server.h"

struct node;

/* listen NULL: no server. */
enum parley_status node_open(struct parley_desk *d, const char *listen, struct node **out, struct parley_error *err);
void node_close(struct node *n);
/* The handler of a request's head; ctx is the node. */
unsigned node_head(void *ctx, struct call *call);
/* The queue of what comes in, and one round of the desk, which waits at most `ms` for it. */
struct arrivals *node_arrivals(struct node *n);
enum parley_status node_round(struct node *n, int ms, struct parley_error *err);

#endif
