#define _POSIX_C_SOURCE 200809L
#include "channel/unlock.h"

#include "channel/bytes.h"
#include "channel/secret_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ARGON_PASSES = 3, ARGON_MIB = 256, PASSPHRASE_MIN = 12 };

enum parley_status desk_path(const char *folder, const char *name, char out[DESK_PATH_MAX], struct parley_error *err)
{
    return snprintf(out, DESK_PATH_MAX, "%s/%s", folder, name) >= DESK_PATH_MAX ? parley_fail(err, PARLEY_EINVAL, "the path of the desk is too long") : PARLEY_OK;
}

static enum parley_status argon_key(const char *passphrase_file, const uint8_t salt[16], struct parley_arena *arena, uint8_t kek[KEY_LEN], struct parley_error *err)
{
    char *passphrase;
    enum parley_status status = secret_file_read(passphrase_file, arena, &passphrase, err);
    if (!status && strlen(passphrase) < PASSPHRASE_MIN)
        status = parley_fail(err, PARLEY_EINVAL, "%s: the passphrase has fewer than %d bytes", passphrase_file, PASSPHRASE_MIN);
    if (!status) {
        status = key_from_passphrase(passphrase, strlen(passphrase), salt, ARGON_PASSES, (size_t)ARGON_MIB << 20, kek, err);
        wipe(passphrase, strlen(passphrase));
    }
    return status;
}

enum parley_status unlock_key(const char *folder, const char *passphrase_file, uint8_t kek[KEY_LEN], struct parley_error *err)
{
    char path[DESK_PATH_MAX];
    struct parley_arena arena = { 0 };
    char *line;
    struct stat st;
    enum parley_status status = desk_path(folder, "keys/desk.kdf", path, err);
    if (!status && !stat(path, &st)) {
        uint8_t salt[16];
        const char *file = passphrase_file ? passphrase_file : getenv("PARLEY_PASSPHRASE_FILE");
        status = secret_file_read(path, &arena, &line, err);
        if (!status && (strncmp(line, "argon2id-v1 ", 12) || !from_hex(line + 12, strlen(line + 12), salt, 16)))
            status = parley_fail(err, PARLEY_ECORRUPT, "%s: expected 'argon2id-v1 SALT'", path);
        if (!status && !file)
            status = parley_fail(err, PARLEY_EREFUSED, "this desk is protected by a passphrase: give --passphrase-file FILE or PARLEY_PASSPHRASE_FILE");
        if (!status)
            status = argon_key(file, salt, &arena, kek, err);
    } else if (!status) {
        const char *credentials = getenv("CREDENTIALS_DIRECTORY");
        if (credentials)
            snprintf(path, sizeof path, "%s/parley-desk", credentials);
        if (!credentials || stat(path, &st))
            status = desk_path(folder, "keys/desk.key", path, err);
        if (!status)
            status = secret_file_read(path, &arena, &line, err);
        if (!status && !from_hex(line, strlen(line), kek, KEY_LEN))
            status = parley_fail(err, PARLEY_ECORRUPT, "%s: expected 64 hex digits", path);
    }
    parley_arena_release(&arena);
    return status;
}

enum parley_status unlock_key_make(const char *folder, const char *passphrase_file, uint8_t kek[KEY_LEN], char path[DESK_PATH_MAX], struct parley_error *err)
{
    char text[120], hex[65];
    uint8_t salt[16];
    enum parley_status status = desk_path(folder, passphrase_file ? "keys/desk.kdf" : "keys/desk.key", path, err);
    if (status)
        return status;
    if (passphrase_file) {
        struct parley_arena arena = { 0 };
        random_fill(salt, sizeof salt);
        to_hex(salt, sizeof salt, hex);
        snprintf(text, sizeof text, "argon2id-v1 %s\n", hex);
        status = argon_key(passphrase_file, salt, &arena, kek, err);
        parley_arena_release(&arena);
    } else {
        random_fill(kek, KEY_LEN);
        to_hex(kek, KEY_LEN, hex);
        snprintf(text, sizeof text, "%s\n", hex);
    }
    if (!status)
        status = secret_file_write(path, text, err);
    wipe(text, sizeof text);
    return status;
}
