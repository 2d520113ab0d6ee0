/* loading.h - a talk's exchange as the database has it. Inside a transaction, or what is loaded may be two things. Internal. */
#ifndef PARLEY_CHANNEL_LOADING_H
#define PARLEY_CHANNEL_LOADING_H

#include "channel/desk.h"

/* Changes when another connection committed; -1 unknown. */
int64_t desk_data_version(struct parley_desk *d);
/* Everything of a talk: O(record). */
enum parley_status talk_load(struct parley_desk *d, struct talk *t, struct parley_error *err);
void talk_unload(struct talk *t);
/* A loaded talk made level with the database after another process wrote: O(what is new and what is outstanding). False: it has to be
 * loaded whole (keys changed, the desk is fenced, or what is new does not fit what was there). IN_CAUGHT_UP is the next step. */
bool talk_catch_up(struct parley_desk *d, struct talk *t);

#endif
