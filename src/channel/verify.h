/* verify.h - what a record says about itself, beyond its signatures. Internal to the desk. */
#ifndef PARLEY_CHANNEL_VERIFY_H
#define PARLEY_CHANNEL_VERIFY_H

#include "channel/desk.h"

/* For rows that each verified, with the cards loaded: theirs have no gap below what ours say we have seen; each receipt that
 * is noted is there and covers what it is noted for; kept checkpoints are signed and fit; marks have their proofs; keys open.
 * PARLEY_EVERIFY with the first fault in *bad. O(statements). */
enum parley_status verify_claims(struct parley_desk *d, struct talk *t, struct parley_text *bad, struct parley_error *err);

#endif
