/* desk_epoch.h - a new card of our own: what is typed for it, and the epoch it opens. */
#ifndef PARLEY_CLI_DESK_EPOCH_H
#define PARLEY_CLI_DESK_EPOCH_H

#include "channel_desk.h"

#define NEW_EPOCH_OPTIONS                                                                                                      \
    { "root", 0, "FILE", "The root secret; of several: FILE,FILE. Default: keys/root.key of the desk." },                      \
    { "direct", 0, "URL", "A new address of our node." }, { "relay", 0, "LINE", "A new box at a relay: 'URL PIN TOKEN'." }, UNLOCK_OPTION

/* "direct URL" from the option of that name, if it was given, as one more line for the card. */
void card_line(struct invocation *in, const char *option, const char **line, size_t *n);
/* Sign the next epoch and say so; peer and seq are for PARLEY_REVOKE, see parley_desk_next_epoch. */
PARLEY_MUST_USE enum parley_status new_epoch(struct invocation *in, enum parley_epoch_reason reason, const char *peer, uint64_t seq);

#endif
