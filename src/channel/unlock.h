/* unlock.h - the key that a desk's own keys are wrapped with: from a passphrase, a service credential or a key file. Internal. */
#ifndef PARLEY_CHANNEL_UNLOCK_H
#define PARLEY_CHANNEL_UNLOCK_H

#include "channel/crypto.h"

#include <parley/error.h>

enum { DESK_PATH_MAX = 1200 };

/* "FOLDER/NAME"; PARLEY_EINVAL when it is too long. */
enum parley_status desk_path(const char *folder, const char *name, char out[DESK_PATH_MAX], struct parley_error *err);

/* As keys/desk.kdf, $CREDENTIALS_DIRECTORY/parley-desk or keys/desk.key say. */
enum parley_status unlock_key(const char *folder, const char *passphrase_file, uint8_t kek[KEY_LEN], struct parley_error *err);
/* A new one, and the file that it is had from again: keys/desk.kdf with a passphrase, else keys/desk.key. */
enum parley_status unlock_key_make(const char *folder, const char *passphrase_file, uint8_t kek[KEY_LEN], char path[DESK_PATH_MAX], struct parley_error *err);

#endif
