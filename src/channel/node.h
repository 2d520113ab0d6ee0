/* node.h - the node's handlers without its server, for tests. Internal. */
#ifndef PARLEY_ROOM_CHANNEL_NODE_H
#define PARLEY_ROOM_CHANNEL_NODE_H

#include "channel/arrival.h"
#include "channel/server.h"

struct node;
struct talk;

/* listen NULL: no server. */
enum parley_status node_open(struct parley_desk *d, const char *listen, struct node **out, struct parley_error *err);
/* A node without a server that moves what there is once, with all peers or only one. */
enum parley_status node_open_once(struct parley_desk *d, const struct talk *only, struct node **out, struct parley_error *err);
/* once: everything that is outstanding was handed over, and every carrier was asked after the last unit had come. */
bool node_settled(struct node *n);
void node_moved(struct node *n, uint64_t *units_in, uint64_t *units_out);
void node_close(struct node *n);
/* The handler of a request's head; ctx is the node. */
unsigned node_head(void *ctx, struct call *call);
/* The queue of what comes in, and one round of the desk, which waits at most `ms` for it. */
struct arrivals *node_arrivals(struct node *n);
enum parley_status node_round(struct node *n, int ms, struct parley_error *err);

#endif
