/* secret_file.h - small files with one secret on their first line, which only their owner may read. */
#ifndef PARLEY_CHANNEL_SECRET_FILE_H
#define PARLEY_CHANNEL_SECRET_FILE_H

#include <parley/arena.h>
#include <parley/error.h>

/* A new file of mode 0600 that nobody could have put there before. PARLEY_EREFUSED when it is there already. */
PARLEY_MUST_USE enum parley_status secret_file_write(const char *path, const char *text, struct parley_error *err);
/* The first line, without its line end. PARLEY_EREFUSED when others may read the file. */
PARLEY_MUST_USE enum parley_status secret_file_read(const char *path, struct parley_arena *arena, char **line, struct parley_error *err);

#endif
