#define _POSIX_C_SOURCE 200809L
#include "channel/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <parley/file.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum parley_status secret_file_write(const char *path, const char *text, struct parley_error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return parley_fail(err, errno == EEXIST ? PARLEY_EREFUSED : parley_status_of_errno(errno), "%s: cannot create: %s", path,
                           errno == EEXIST ? "it is there already, and secrets are not overwritten" : "the folder is missing or not writable");
    size_t len = strlen(text);
    enum parley_status status = write(fd, text, len) == (ssize_t)len && !fsync(fd) ? PARLEY_OK : parley_file_failed(err, path, "write");
    close(fd);
    if (status)
        unlink(path);
    return status;
}

enum parley_status secret_file_read(const char *path, struct parley_arena *arena, char **line, struct parley_error *err)
{
    struct stat st;
    size_t len;
    enum parley_status status = parley_file_read(path, 64 << 10, arena, line, &len, err);
    if (!status && !stat(path, &st) && S_ISREG(st.st_mode) && (st.st_mode & 077))
        return parley_fail(err, PARLEY_EREFUSED, "%s: other users may read this secret; run: chmod 600 %s", path, path);
    if (!status)
        (*line)[strcspn(*line, "\r\n")] = 0;
    return status;
}
