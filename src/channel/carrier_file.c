/* The file carrier: a spool folder for a stick or a third party. Write, fsync, rename, fsync of the folder. */
#define _POSIX_C_SOURCE 200809L
#include "channel/bytes.h"
#include "channel/carrier.h"
#include "channel/unit.h"

#include <dirent.h>
#include <errno.h>
#include <parley/file.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SPOOL_FILES_MAX = 100000 };

enum parley_status file_put(const char *folder, const uint8_t *unit, size_t len, struct parley_error *err)
{
    uint8_t hash[8 + HASH_LEN];
    char tag[33], id[33], path[1200];
    struct stat st;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    put_u64(hash, (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec); /* first, so that they are read in the order of writing */
    sha256(unit, len, hash + 8);
    to_hex(unit + 8, 16, tag);
    to_hex(hash, 16, id);
    if (stat(folder, &st) && mkdir(folder, 0700) && errno != EEXIST)
        return parley_fail(err, PARLEY_EIO, "%s: the spool folder cannot be made", folder);
    if ((size_t)snprintf(path, sizeof path, "%s/%s-%s.unit", folder, tag, id) >= sizeof path)
        return parley_fail(err, PARLEY_EINVAL, "%s: the path is too long", folder);
    return parley_file_write(path, unit, len, err);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* TAG(32 hex) - ID(32 hex) .unit, of one of our tags */
static bool is_ours(const char *name, const uint8_t (*tag)[16], size_t n)
{
    uint8_t found[16];
    if (strlen(name) != 70 || name[32] != '-' || strcmp(name + 65, ".unit") || !from_hex(name, 32, found, 16))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!memcmp(found, tag[i], 16))
            return true;
    return false;
}

enum parley_status file_take(const char *folder, const uint8_t (*tag)[16], size_t n_tags, unit_giver *give, void *ctx, struct parley_error *err)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return errno == ENOENT ? PARLEY_OK : parley_fail(err, PARLEY_EIO, "%s: the spool folder cannot be read", folder);
    char **name = NULL;
    size_t n = 0, cap = 0;
    for (struct dirent *e; n < SPOOL_FILES_MAX && (e = readdir(dir));) {
        if (!is_ours(e->d_name, tag, n_tags))
            continue;
        if (n == cap) {
            char **more = realloc(name, (cap = cap ? 2 * cap : 64) * sizeof *more);
            if (!more)
                break;
            name = more;
        }
        name[n++] = strdup(e->d_name);
    }
    closedir(dir);
    if (n)
        qsort(name, n, sizeof *name, by_name);
    for (size_t i = 0; i < n; i++) {
        struct parley_arena arena = { 0 };
        char path[1300], *data;
        size_t len;
        snprintf(path, sizeof path, "%s/%s", folder, name[i]);
        struct stat st;
        if (!lstat(path, &st) && S_ISREG(st.st_mode) && !parley_file_read(path, UNIT_MAX, &arena, &data, &len, NULL) && give(ctx, (const uint8_t *)data, len))
            unlink(path);
        parley_arena_release(&arena);
        free(name[i]);
    }
    free(name);
    return PARLEY_OK;
}
