/* talk_store.h - what a step of an exchange wants kept, as rows. Inside the transaction of the step. Internal. */
#ifndef PARLEY_CHANNEL_TALK_STORE_H
#define PARLEY_CHANNEL_TALK_STORE_H

#include "channel/desk.h"

/* Nothing to do for outputs that only send or speak. */
enum parley_status talk_store(struct parley_desk *d, struct talk *t, const struct output *o, int64_t now_us, struct parley_error *err);

#endif
