/* mark.h - the high-water mark of a pair, outside the desk's folder: how far this machine has spoken (decision 082). Internal. */
#ifndef PARLEY_CHANNEL_MARK_H
#define PARLEY_CHANNEL_MARK_H

#include "channel/crypto.h"

enum { MARK_PATH_MAX = 1000 };

/* False: there is none, or none that can be read. */
bool mark_get(const uint8_t pair[HASH_LEN], const uint8_t self[HASH_LEN], uint32_t *epoch, uint64_t *seq);
/* A first mark is synced with its folder. False: not written; path says where. */
bool mark_put(const uint8_t pair[HASH_LEN], const uint8_t self[HASH_LEN], uint32_t epoch, uint64_t seq, char path[MARK_PATH_MAX]);

#endif
