#define _POSIX_C_SOURCE 200809L
#include "channel/root_key.h"

#include "channel/bytes.h"
#include "channel/desk.h"
#include "channel/secret_file.h"
#include "channel/unlock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum parley_status root_write(const char *path, const uint8_t seed[KEY_LEN], const uint8_t *kek, struct parley_error *err)
{
    char text[300], hex[2 * (XNONCE_LEN + KEY_LEN + AEAD_TAG_LEN) + 1];
    uint8_t *sealed;
    size_t len;
    if (!kek) {
        to_hex(seed, KEY_LEN, hex);
        snprintf(text, sizeof text, "parley-root-v1 %s\n", hex);
    } else {
        enum parley_status status = row_seal(kek, "root", seed, KEY_LEN, &sealed, &len, err);
        if (status)
            return status;
        to_hex(sealed, len, hex);
        free(sealed);
        snprintf(text, sizeof text, "parley-root-v1-sealed %s\n", hex);
    }
    enum parley_status status = secret_file_write(path, text, err);
    wipe(text, sizeof text);
    return status;
}

static enum parley_status root_read(const char *folder, const char *path, const char *passphrase_file, struct root_key *root, struct parley_error *err)
{
    char own[DESK_PATH_MAX], *line;
    struct parley_arena arena = { 0 };
    uint8_t seed[KEY_LEN], sealed[XNONCE_LEN + KEY_LEN + AEAD_TAG_LEN], kek[KEY_LEN], *plain = NULL;
    size_t len;
    enum parley_status status = desk_path(folder, "keys/root.key", own, err);
    if (!status)
        status = secret_file_read(path ? path : own, &arena, &line, err);
    if (status) {
        parley_arena_release(&arena);
        return parley_fail_in(err, status, "the root secret is needed (--root FILE)");
    }
    if (!strncmp(line, "parley-root-v1 ", 15) && from_hex(line + 15, strlen(line + 15), seed, KEY_LEN)) {
        sign_keypair_from_seed(seed, root->pk, root->sk);
    } else if (!strncmp(line, "parley-root-v1-sealed ", 22) && from_hex(line + 22, strlen(line + 22), sealed, sizeof sealed)) {
        if (!(status = unlock_key(folder, passphrase_file, kek, err)) && !(status = row_open(kek, "root", sealed, sizeof sealed, &plain, &len, err)))
            sign_keypair_from_seed(plain, root->pk, root->sk);
        if (plain)
            wipe(plain, KEY_LEN);
        free(plain);
    } else {
        status = parley_fail(err, PARLEY_EPARSE, "%s: no root secret of Parley", path ? path : own);
    }
    wipe(seed, sizeof seed);
    parley_arena_release(&arena);
    return status;
}

enum parley_status roots_read(const char *folder, const char *files, const char *passphrase_file, const struct card *c, struct root_key root[CARD_ROOTS_MAX], int *n,
                              struct parley_error *err)
{
    char path[1300], own[DESK_PATH_MAX];
    enum parley_status status = desk_path(folder, "keys/root.key", own, err);
    *n = 0;
    for (int i = 0; !status && i < (c->n_roots > 1 ? CARD_ROOTS_MAX : 1) && *n < c->threshold && (!files || *files); i++) {
        struct stat st;
        size_t len = files ? strcspn(files, ",") : 0;
        snprintf(path, sizeof path, files ? "%.*s" : c->n_roots > 1 ? "%.*s%s.%d" : "%.*s%s", (int)len, files ? files : "", own, i + 1);
        files = files ? files + len + (files[len] == ',') : NULL;
        if (!files && c->n_roots > 1 && stat(path, &st))
            continue; /* carried away, as it should be */
        if ((status = root_read(folder, path, passphrase_file, &root[*n], err)))
            break;
        bool ours = false, twice = false;
        for (int k = 0; k < c->n_roots; k++)
            ours |= !memcmp(c->root[k], root[*n].pk, KEY_LEN);
        for (int k = 0; k < *n; k++)
            twice |= !memcmp(root[k].pk, root[*n].pk, KEY_LEN);
        if (!ours)
            status = parley_fail(err, PARLEY_EVERIFY, "%s: this root secret is not one of the desk's card", path);
        *n += !twice;
    }
    if (!status && *n < c->threshold)
        status = parley_fail(err, PARLEY_EREFUSED, "%d root secret%s given; %d of %d are needed (--root FILE,FILE)", *n, *n == 1 ? " was" : "s were", c->threshold, c->n_roots);
    return status;
}
