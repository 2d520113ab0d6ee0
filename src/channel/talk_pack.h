/* talk_pack.h - what a step of an exchange wants sent, read back after the commit, packed into units and sealed. Internal.
 *
 * FLASH goes first and in units of its own; a communications check of one carrier in a unit of its own; files behind everything that was
 * said. The sealed units wait in the talk. What cannot be sealed now is sent again some time. */
#ifndef PARLEY_CHANNEL_TALK_PACK_H
#define PARLEY_CHANNEL_TALK_PACK_H

#include "channel/desk.h"

void talk_pack(struct parley_desk *d, struct talk *t, const struct outputs *o);
/* Ask the peer to wait; needs no room on the disk. */
void talk_busy(struct parley_desk *d, struct talk *t, uint32_t seconds);

#endif
