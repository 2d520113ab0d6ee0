/* The file carrier: a spool folder for a stick or a third party. Write, fsync, rename, fsync of the folder;
 * several units that go together share the last. */
#define _POSIX_C_SOURCE 200809L
#include "channel/bytes.h"
#include "channel/carrier.h"
#include "channel/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <parley/file.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SPOOL_FILES_MAX = 100000 };

/* FOLDER/TAG-ID.unit; the ID begins with the time, so that units are read in the order of writing. */
static bool path_of(const char *folder, const struct given *unit, char *path, size_t cap)
{
    uint8_t hash[8 + HASH_LEN];
    char tag[33], id[33];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    put_u64(hash, (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec);
    sha256(unit->data, unit->len, hash + 8);
    to_hex(unit->data + 8, 16, tag);
    to_hex(hash, 16, id);
    return (size_t)snprintf(path, cap, "%s/%s-%s.unit", folder, tag, id) < cap;
}

static enum parley_status write_part(const char *part, mode_t mode, const struct given *unit, struct parley_error *err)
{
    int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return parley_file_failed(err, part, "create it");
    size_t done = 0;
    ssize_t n = 1;
    while (done < unit->len && n > 0) {
        n = write(fd, unit->data + done, unit->len - done);
        done += n > 0 ? (size_t)n : 0;
        if (n < 0 && errno == EINTR)
            n = 1;
    }
    enum parley_status status = done < unit->len || fsync(fd) ? parley_file_failed(err, part, "write") : PARLEY_OK;
    close(fd);
    return status;
}

static void sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
}

enum parley_status file_put(const char *folder, const struct given *unit, size_t n, struct parley_error *err)
{
    char path[PUT_MAX][1200], part[1210];
    struct stat st = { .st_mode = 0700 };
    size_t written = 0;
    enum parley_status status = PARLEY_OK;
    if (stat(folder, &st) && mkdir(folder, 0700) && errno != EEXIST)
        return parley_fail(err, PARLEY_EIO, "%s: the spool folder cannot be made", folder);
    mode_t mode = 0600 | (st.st_mode & 066); /* for those to whom the folder was opened, and nobody else */
    for (; !status && written < n; written++) {
        bool fits = path_of(folder, &unit[written], path[written], sizeof path[0]);
        snprintf(part, sizeof part, "%.1199s.part", path[written]);
        status = fits ? write_part(part, mode, &unit[written], err) : parley_fail(err, PARLEY_EINVAL, "%s: the path is too long", folder);
    }
    for (size_t i = 0; i < written; i++) { /* what is in the folder under its name is whole */
        snprintf(part, sizeof part, "%.1199s.part", path[i]);
        if (!status && rename(part, path[i]))
            status = parley_file_failed(err, path[i], "write");
        if (status)
            unlink(part);
    }
    if (!status)
        sync_folder(folder);
    return status;
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

/* The next files, as many as are given at once; what was taken is removed. Returns how many names are done with. */
static size_t take_some(const char *folder, char *const *name, size_t n, unit_giver *give, void *ctx)
{
    struct parley_arena arena = { 0 };
    struct given unit[GIVE_MAX] = { { NULL, 0, false } };
    size_t of[GIVE_MAX] = { 0 }, count = 0, bytes = 0, i = 0;
    char path[1300], *data;
    for (; i < n && count < GIVE_MAX && bytes < GIVE_BYTES_MAX; i++) {
        struct stat st;
        size_t len;
        snprintf(path, sizeof path, "%s/%s", folder, name[i]);
        if (lstat(path, &st) || !S_ISREG(st.st_mode) || parley_file_read(path, UNIT_MAX, &arena, &data, &len, NULL))
            continue;
        unit[count] = (struct given){ .data = (const uint8_t *)data, .len = len };
        of[count++] = i;
        bytes += len;
    }
    if (count)
        give(ctx, unit, count);
    for (size_t k = 0; k < count; k++) {
        snprintf(path, sizeof path, "%s/%s", folder, name[of[k]]);
        if (unit[k].taken)
            unlink(path);
    }
    parley_arena_release(&arena);
    return i;
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
    for (size_t i = 0; i < n;)
        i += take_some(folder, name + i, n - i, give, ctx);
    for (size_t i = 0; i < n; i++)
        free(name[i]);
    free(name);
    return PARLEY_OK;
}
