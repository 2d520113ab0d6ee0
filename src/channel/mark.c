#include "channel/mark.h"
#include "channel/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool mark_path(const uint8_t pair[HASH_LEN], const uint8_t self[HASH_LEN], char *out, size_t cap, bool make)
{
    char folder[800], hex[33];
    const char *named = getenv("PARLEY_STATE"), *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (named && *named)
        snprintf(folder, sizeof folder, "%.700s", named);
    else if (xdg && *xdg)
        snprintf(folder, sizeof folder, "%.700s/parley", xdg);
    else if (home && *home)
        snprintf(folder, sizeof folder, "%.700s/.local/state/parley", home);
    else
        snprintf(folder, sizeof folder, "/var/tmp/parley-%ld", (long)getuid());
    for (char *p = folder + 1; make && *p; p++)
        if (*p == '/') {
            *p = 0;
            (void)mkdir(folder, 0700);
            *p = '/';
        }
    if (make && mkdir(folder, 0700) && errno != EEXIST)
        return false;
    uint8_t id[HASH_LEN];
    const struct part parts[] = { { "parley-mark-v1", 14 }, { pair, HASH_LEN }, { self, HASH_LEN } };
    sha256_parts(parts, 3, id);
    to_hex(id, 16, hex);
    return (size_t)snprintf(out, cap, "%s/%s.mark", folder, hex) < cap;
}

bool mark_get(const uint8_t pair[HASH_LEN], const uint8_t self[HASH_LEN], uint32_t *epoch, uint64_t *seq)
{
    char path[MARK_PATH_MAX], text[64] = "";
    unsigned long long e, s;
    int fd = mark_path(pair, self, path, sizeof path, false) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return false;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0 || sscanf(text, "%llu %llu", &e, &s) != 2)
        return false;
    *epoch = (uint32_t)e, *seq = s;
    return true;
}

/* A mark that is behind does no harm, one that a power cut takes away makes the desk look like a copy: so the file must be
 * there for good before anything is said. */
static bool settle(int fd, char *path)
{
    if (fsync(fd))
        return false;
    *strrchr(path, '/') = 0;
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = folder >= 0 && !fsync(folder);
    if (folder >= 0)
        close(folder);
    return done;
}

bool mark_put(const uint8_t pair[HASH_LEN], const uint8_t self[HASH_LEN], uint32_t epoch, uint64_t seq, char path[MARK_PATH_MAX])
{
    char text[64];
    int n = snprintf(text, sizeof text, "%020" PRIu32 " %020" PRIu64 "\n", epoch, seq);
    int fd = mark_path(pair, self, path, MARK_PATH_MAX, false) ? open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    bool first = fd < 0;
    if (first)
        fd = mark_path(pair, self, path, MARK_PATH_MAX, true) ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    bool done = fd >= 0 && pwrite(fd, text, (size_t)n, 0) == n && (!first || settle(fd, path));
    if (fd >= 0)
        close(fd);
    return done;
}
