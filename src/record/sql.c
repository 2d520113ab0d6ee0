/* SQLite results as statuses and sentences. */
#include "store.h"

#include <parley/file.h>

#include <stdlib.h>
#include <string.h>

/* SQLite says "disk full" only for ENOSPC at a write: a quota, a limit of the file's size and the index of the WAL come as
 * failures of the disk. */
static bool is_full(const struct parley_record *record, int rc)
{
    if ((rc & 0xff) != SQLITE_IOERR)
        return rc == SQLITE_FULL;
    if (rc == SQLITE_IOERR_SHMSIZE)
        return true;
    if (!record || !record->db)
        return false;
    int main_errno = 0, wal_errno = 0; /* what the operating system said last about each of the two files */
    sqlite3_file *wal = NULL;
    sqlite3_file_control(record->db, "main", SQLITE_FCNTL_LAST_ERRNO, &main_errno);
    sqlite3_file_control(record->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
    if (wal && wal->pMethods)
        wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &wal_errno);
    return parley_status_of_errno(main_errno) == PARLEY_ENOSPC || parley_status_of_errno(wal_errno) == PARLEY_ENOSPC;
}

enum parley_status store_fail(const struct parley_record *record, int rc, const char *doing, struct parley_error *err)
{
    const char *path = record && record->path ? record->path : "the record";
    if (is_full(record, record && record->db ? sqlite3_extended_errcode(record->db) : rc))
        return parley_fail(err, PARLEY_ENOSPC, "%s: no space left on the disk (or within the limit of a file's size) while %s; nothing was changed", path, doing);
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return parley_fail(err, PARLEY_EBUSY, "%s: in use by another process while %s; wait for it to finish and try again", path, doing);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return parley_fail(err, PARLEY_ECORRUPT, "%s: the file is damaged or no SQLite database (while %s); restore a copy made by 'parley backup'", path, doing);
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return parley_fail(err, PARLEY_EREADONLY, "%s: may not be written (while %s); check the permissions of the file and its folder, and whether the disk is mounted for reading only", path, doing);
    case SQLITE_NOMEM:
        return parley_fail(err, PARLEY_ENOMEM, "%s: out of memory while %s", path, doing);
    case SQLITE_INTERRUPT:
        return parley_fail(err, PARLEY_ECANCELLED, "%s: interrupted while %s; nothing was changed", path, doing);
    case SQLITE_CANTOPEN:
        return parley_fail(err, PARLEY_EIO, "%s: cannot be opened while %s", path, doing);
    case SQLITE_IOERR:
        return parley_fail(err, PARLEY_EIO, "%s: the disk failed while %s (%s); nothing was changed", path, doing,
                           record && record->db ? sqlite3_errmsg(record->db) : sqlite3_errstr(rc));
    default:
        return parley_fail(err, PARLEY_EIO, "%s: %s (while %s)", path,
                           record && record->db ? sqlite3_errmsg(record->db) : sqlite3_errstr(rc), doing);
    }
}

enum parley_status store_exec(struct parley_record *record, const char *sql, const char *doing, struct parley_error *err)
{
    int rc = sqlite3_exec(record->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? PARLEY_OK : store_fail(record, rc, doing, err);
}

enum parley_status store_prepare(struct parley_record *record, const char *sql, sqlite3_stmt **out, struct parley_error *err)
{
    int rc = sqlite3_prepare_v2(record->db, sql, -1, out, NULL);
    return rc == SQLITE_OK ? PARLEY_OK : store_fail(record, rc, "preparing a query", err);
}

enum parley_status store_run(struct parley_record *record, sqlite3_stmt *statement, const char *doing, struct parley_error *err)
{
    int rc = sqlite3_step(statement);
    enum parley_status status = rc == SQLITE_DONE || rc == SQLITE_ROW ? PARLEY_OK : store_fail(record, rc, doing, err);
    sqlite3_reset(statement);
    return status;
}

enum parley_status store_integer(struct parley_record *record, const char *sql, int64_t *out, struct parley_error *err)
{
    sqlite3_stmt *s = NULL;
    enum parley_status status = store_prepare(record, sql, &s, err);
    if (status)
        return status;
    int rc = sqlite3_step(s);
    *out = rc == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
    sqlite3_finalize(s);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? PARLEY_OK : store_fail(record, rc, "reading", err);
}
