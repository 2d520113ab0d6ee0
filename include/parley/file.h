/* file.h - whole files in and out, with a ceiling and without half-written results. */
#ifndef PARLEY_FILE_H
#define PARLEY_FILE_H

#include <parley/arena.h>
#include <parley/error.h>
#include <stddef.h>

#pragma GCC visibility push(default)

/* Read a regular file (or "-" for standard input) of at most max bytes into the arena, zero-terminated.
 * PARLEY_EIO (with the reason), PARLEY_ELIMIT, PARLEY_ENOMEM; PARLEY_ECANCELLED when a signal whose handler does not
 * restart calls comes in while it waits for a pipe. */
PARLEY_MUST_USE enum parley_status parley_file_read(const char *path, size_t max, struct parley_arena *arena,
                                                    char **data, size_t *len, struct parley_error *err);

/* Write beside the target, fsync, rename over it, fsync the folder: the file is the old one or the new one,
 * never a part. "-" writes to standard output. PARLEY_EIO or PARLEY_ENOSPC. */
PARLEY_MUST_USE enum parley_status parley_file_write(const char *path, const void *data, size_t len,
                                                     struct parley_error *err);

/* The same for a file that is its owner's alone: mode 0600 whatever the umask. */
PARLEY_MUST_USE enum parley_status parley_file_write_private(const char *path, const void *data, size_t len,
                                                             struct parley_error *err);

/* The status for an errno value: ENOSPC and EDQUOT, EROFS and EACCES, ENOENT, the rest PARLEY_EIO. */
enum parley_status parley_status_of_errno(int errnum);
/* "PATH: cannot DOING: the reason of errno", with the status for it. */
enum parley_status parley_file_failed(struct parley_error *err, const char *path, const char *doing);

#pragma GCC visibility pop
#endif
