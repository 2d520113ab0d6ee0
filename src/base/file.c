#define _POSIX_C_SOURCE 200809L
#include <parley/file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BESIDE_MAX = 1000 };

enum parley_status parley_status_of_errno(int e)
{
    switch (e) {
    case ENOSPC:
#ifdef EDQUOT
    case EDQUOT:
#endif
    case EFBIG: /* `ulimit -f`, or the largest file of the file system */
        return PARLEY_ENOSPC;
    case EROFS: return PARLEY_EREADONLY;
    case ENOENT: return PARLEY_ENOTFOUND;
    case ENOMEM: return PARLEY_ENOMEM;
    default: return PARLEY_EIO;
    }
}

enum parley_status parley_file_failed(struct parley_error *err, const char *path, const char *doing)
{
    int e = errno;
    char reason[120];
    if (strerror_r(e, reason, sizeof reason))
        snprintf(reason, sizeof reason, "error %d", e);
    return parley_fail(err, parley_status_of_errno(e), "%s: cannot %s: %s", path, doing, reason);
}

enum parley_status parley_file_read(const char *path, size_t max, struct parley_arena *arena, char **data, size_t *len,
                                    struct parley_error *err)
{
    int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : dup(STDIN_FILENO);
    if (fd < 0 && errno == EINTR)
        return parley_fail(err, PARLEY_ECANCELLED, "%s: interrupted while waiting for it to be written to", path);
    if (fd < 0)
        return parley_file_failed(err, path, "open");
    struct stat st;
    enum parley_status status = PARLEY_OK;
    size_t cap = 65536, n = 0;
    char *buffer = NULL;
    if (fstat(fd, &st)) {
        status = parley_file_failed(err, path, "read");
    } else if (S_ISDIR(st.st_mode)) {
        status = parley_fail(err, PARLEY_EIO, "%s: is a folder; expected a file", path);
    } else if (S_ISREG(st.st_mode) && (unsigned long long)st.st_size > max) {
        status = parley_fail(err, PARLEY_ELIMIT, "%s: %lld bytes; at most %zu are read", path, (long long)st.st_size, max);
    } else {
        if (S_ISREG(st.st_mode))
            cap = (size_t)st.st_size + 1;
        if (!(buffer = malloc(cap)))
            status = parley_fail(err, PARLEY_ENOMEM, "%s: no memory for %zu bytes", path, cap);
    }
    while (!status) {
        ssize_t got = read(fd, buffer + n, cap - n);
        if (got < 0)
            status = errno == EINTR ? parley_fail(err, PARLEY_ECANCELLED, "%s: interrupted while reading", path) : parley_file_failed(err, path, "read");
        if (got <= 0)
            break;
        n += (size_t)got;
        if (n > max) {
            status = parley_fail(err, PARLEY_ELIMIT, "%s: more than %zu bytes", path, max);
        } else if (n == cap) {
            char *more = realloc(buffer, cap * 2);
            if (!more)
                status = parley_fail(err, PARLEY_ENOMEM, "%s: no memory for %zu bytes", path, cap * 2);
            else
                buffer = more, cap *= 2;
        }
    }
    close(fd);
    if (!status) {
        *data = parley_arena_copy(arena, buffer, n);
        *len = n;
        if (!*data)
            status = parley_fail(err, PARLEY_ENOMEM, "%s: no memory for %zu bytes", path, n);
    }
    free(buffer);
    return status;
}

static int write_all(int fd, const char *p, size_t len)
{
    while (len) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

static void sync_folder(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
}

/* A new file beside `path`. Not mkstemp, whose mode would have to be mended by the umask, which cannot be read without
 * changing it for every thread. */
static int create_beside(const char *path, mode_t mode, char *temp, size_t cap)
{
    int fd = -1;
    for (int i = 0; fd < 0 && i < BESIDE_MAX; i++) {
        if (snprintf(temp, cap, "%s.%ld-%d", path, (long)getpid(), i) >= (int)cap) {
            errno = ENAMETOOLONG;
            return -1;
        }
        fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
        if (fd < 0 && errno != EEXIST)
            return -1;
    }
    return fd;
}

static enum parley_status write_whole(const char *path, const void *data, size_t len, mode_t mode, struct parley_error *err)
{
    if (!strcmp(path, "-"))
        return write_all(STDOUT_FILENO, data, len) ? parley_file_failed(err, "standard output", "write") : PARLEY_OK;
    struct stat st;
    if (!stat(path, &st) && !S_ISREG(st.st_mode)) { /* a device or pipe: nothing to rename over */
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        if (fd < 0)
            return parley_file_failed(err, path, "open");
        enum parley_status status = write_all(fd, data, len) ? parley_file_failed(err, path, "write") : PARLEY_OK;
        close(fd);
        return status;
    }
    char temp[4096];
    int fd = create_beside(path, mode, temp, sizeof temp);
    if (fd < 0)
        return parley_file_failed(err, path, "create a file beside it");
    enum parley_status status = PARLEY_OK;
    if (write_all(fd, data, len) || fsync(fd))
        status = parley_file_failed(err, path, "write");
    close(fd);
    if (!status && rename(temp, path))
        status = parley_file_failed(err, path, "write");
    if (status)
        unlink(temp);
    else
        sync_folder(path);
    return status;
}

enum parley_status parley_file_write(const char *path, const void *data, size_t len, struct parley_error *err) { return write_whole(path, data, len, 0666, err); }

enum parley_status parley_file_write_private(const char *path, const void *data, size_t len, struct parley_error *err) { return write_whole(path, data, len, 0600, err); }
