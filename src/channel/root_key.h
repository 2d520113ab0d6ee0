/* root_key.h - the root secrets, which are kept away from the desk and sign its cards. Internal. */
#ifndef PARLEY_CHANNEL_ROOT_KEY_H
#define PARLEY_CHANNEL_ROOT_KEY_H

#include "channel/card.h"

#include <parley/error.h>

struct root_key {
    uint8_t pk[KEY_LEN], sk[SIGN_SECRET_LEN];
};

/* A file with "parley-root-v1 SEED" or, with the key that a passphrase gives, "parley-root-v1-sealed HEX". */
enum parley_status root_write(const char *path, const uint8_t seed[KEY_LEN], const uint8_t *kek, struct parley_error *err);
/* Enough different root secrets of the card: from the files named (separated by commas), or, NULL, from keys/root.key or keys/root.key.1 .. of
 * the desk in `folder`. *n: how many; the caller wipes them. */
enum parley_status roots_read(const char *folder, const char *files, const char *passphrase_file, const struct card *c, struct root_key root[CARD_ROOTS_MAX], int *n,
                              struct parley_error *err);

#endif
