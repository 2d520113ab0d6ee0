/* relay.h - the relay's handlers without its server, for tests. Internal. */
#ifndef PARLEY_CHANNEL_RELAY_H
#define PARLEY_CHANNEL_RELAY_H

#include "channel/server.h"

#include <parley/channel_node.h>

struct relay;

/* The tokens are read; `o` must outlive it. */
enum parley_status relay_open(const struct parley_relay_options *o, const struct parley_channel_log *log, struct relay **out, struct parley_error *err);
void relay_close(struct relay *r);
/* The handlers of server.h; ctx is the relay. */
unsigned relay_head(void *ctx, struct call *call);
unsigned relay_call(void *ctx, struct call *call);

#endif
