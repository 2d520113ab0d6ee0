/* Pre-shared keys, carried by hand. */
#include "channel/bytes.h"
#include "channel/crypto.h"
#include "channel/secret_file.h"

#include <parley/channel.h>
#include <stdio.h>
#include <string.h>

enum parley_status parley_psk_make(const char *path, struct parley_error *err)
{
    uint8_t psk[KEY_LEN];
    char text[80], hex[65];
    enum parley_status status = crypto_init(err);
    if (status)
        return status;
    random_fill(psk, sizeof psk);
    to_hex(psk, sizeof psk, hex);
    snprintf(text, sizeof text, "%s\n", hex);
    return secret_file_write(path, text, err);
}

enum parley_status parley_psk_read(const char *path, uint8_t psk[32], struct parley_error *err)
{
    struct parley_arena arena = { 0 };
    char *line;
    enum parley_status status = secret_file_read(path, &arena, &line, err);
    if (!status && !from_hex(line, strlen(line), psk, KEY_LEN))
        status = parley_fail(err, PARLEY_EPARSE, "%s:1: expected a pre-shared key of 64 hex digits", path);
    parley_arena_release(&arena);
    return status;
}
