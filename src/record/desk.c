/* The desk as a whole: make it, look at its imports, check it, copy it. */
#define _GNU_SOURCE
#include "names.h"

#include <parley/import.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum parley_status make_folder(const char *desk, struct parley_error *err)
{
    char path[4096];
    size_t n = strlen(desk);
    if (!n || n >= sizeof path)
        return parley_fail(err, PARLEY_EINVAL, "the name of the desk is empty or too long");
    memcpy(path, desk, n + 1);
    for (size_t i = 1; i <= n; i++)
        if (path[i] == '/' || !path[i]) {
            char c = path[i];
            path[i] = 0;
            if (mkdir(path, 0700) && errno != EEXIST)
                return parley_fail(err, PARLEY_EIO, "%s: cannot make the folder: %s", path, strerror(errno));
            path[i] = c;
        }
    return PARLEY_OK;
}

static enum parley_status fill(const char *path, bool shipped, struct parley_error *err)
{
    struct parley_record r = { .writable = true, .path = sqlite3_mprintf("%s", path) };
    int made = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600); /* SQLite would make it for all to read, and its logs alike */
    if (made >= 0)
        close(made);
    int rc = sqlite3_open_v2(path, &r.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    enum parley_status status = rc == SQLITE_OK ? PARLEY_OK : store_fail(&r, rc, "making it", err);
    if (!status)
        status = store_domains(&r, err);
    if (!status)
        status = store_exec(&r, "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON", "making it", err);
    if (!status)
        status = schema_create(&r, err);
    if (!status)
        status = store_exec(&r, "BEGIN IMMEDIATE", "filling it", err);
    if (!status)
        status = shipped_tables(&r, err);
    if (!status && shipped)
        status = shipped_mechanisms(&r, err);
    if (!status && shipped)
        status = shipped_events(&r, err);
    if (!status)
        status = store_exec(&r, "COMMIT", "filling it", err);
    names_free(r.names);
    rc = sqlite3_close(r.db);
    if (!status && rc != SQLITE_OK)
        status = store_fail(&r, rc, "closing it", err);
    parley_arena_release(&r.tables);
    sqlite3_free(r.path);
    return status;
}

/* What SQLite keeps beside a file, left there when the file could not be closed well. */
static void remove_logs(const char *path)
{
    static const char *const endings[] = { "-wal", "-shm" };
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char *log = sqlite3_mprintf("%s%s", path, endings[i]);
        if (log)
            unlink(log);
        sqlite3_free(log);
    }
}

enum parley_status parley_record_create(const char *desk, bool shipped, struct parley_error *err)
{
    struct stat st;
    bool ours = stat(desk, &st) != 0;
    enum parley_status status = make_folder(desk, err);
    if (!status)
        status = store_refuse_network(desk, err);
    if (status)
        return status;
    /* made under another name and renamed when whole, so that no half-made desk is ever found */
    char *path = sqlite3_mprintf("%s/desk.db", desk), *part = sqlite3_mprintf("%s/desk.db.new", desk);
    if (!path || !part)
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    else if (!stat(path, &st))
        status = parley_fail(err, PARLEY_EINVAL, "there is a desk in %s already; 'parley --desk %s' says what it holds", desk, desk);
    if (!status) {
        unlink(part);
        status = fill(part, shipped, err);
        if (!status && link(part, path))
            status = errno == EEXIST ? parley_fail(err, PARLEY_EINVAL, "there is a desk in %s already", desk)
                                     : rename(part, path) ? parley_fail(err, PARLEY_EIO, "%s: cannot be made: %s", path, strerror(errno)) : PARLEY_OK;
        unlink(part);
        if (status)
            remove_logs(part);
    }
    if (status && ours)
        rmdir(desk); /* nothing is in it */
    sqlite3_free(path);
    sqlite3_free(part);
    return status;
}

enum parley_status parley_record_imports(struct parley_record *record, struct parley_arena *arena, struct parley_import_info **out, size_t *n, struct parley_error *err)
{
    int64_t count = 0;
    sqlite3_stmt *s = NULL;
    enum parley_status status = store_integer(record, "SELECT count(*) FROM import", &count, err);
    if (!status)
        status = store_prepare(record, "SELECT id, file, format, done, rows_read, added, duplicate, rejected, coalesce(undone, '') FROM import ORDER BY id", &s, err);
    if (status)
        return status;
    *out = PARLEY_NEW(arena, struct parley_import_info, (size_t)count + 1);
    *n = 0;
    bool ok = *out != NULL;
    while (ok && *n < (size_t)count && sqlite3_step(s) == SQLITE_ROW) {
        struct parley_import_info *i = &(*out)[(*n)++];
        *i = (struct parley_import_info){ sqlite3_column_int64(s, 0), parley_arena_strdup(arena, (const char *)sqlite3_column_text(s, 1)),
                                          parley_arena_strdup(arena, (const char *)sqlite3_column_text(s, 2)), parley_arena_strdup(arena, (const char *)sqlite3_column_text(s, 3)),
                                          (uint64_t)sqlite3_column_int64(s, 4), (uint64_t)sqlite3_column_int64(s, 5), (uint64_t)sqlite3_column_int64(s, 6),
                                          (uint64_t)sqlite3_column_int64(s, 7), parley_arena_strdup(arena, (const char *)sqlite3_column_text(s, 8)) };
        ok = i->file && i->format && i->done && i->undone;
    }
    sqlite3_finalize(s);
    return ok ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

static enum parley_status unknown_domains(struct parley_record *record, struct parley_check *out, struct parley_error *err)
{
    sqlite3_stmt *s = NULL;
    enum parley_status status = store_prepare(record, "SELECT domain, count(*) FROM report GROUP BY domain", &s, err);
    if (status)
        return status;
    while (sqlite3_step(s) == SQLITE_ROW) {
        bool known = false;
        for (size_t i = 0; i < record->n_domains; i++)
            known |= !strcmp(record->domain[i].code, (const char *)sqlite3_column_text(s, 0));
        out->unknown_domain += known ? 0 : (uint64_t)sqlite3_column_int64(s, 1);
    }
    sqlite3_finalize(s);
    return PARLEY_OK;
}

enum parley_status parley_record_check(struct parley_record *record, struct parley_arena *arena, struct parley_check *out, struct parley_error *err)
{
    *out = (struct parley_check){ .detail = "" };
    sqlite3_stmt *s = NULL;
    enum parley_status status = store_prepare(record, "PRAGMA integrity_check(100)", &s, err);
    if (status)
        return status;
    int rc;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(s, 0);
        if (text && strcmp(text, "ok") && !out->damaged_pages++)
            out->detail = parley_arena_strdup(arena, text);
    }
    sqlite3_finalize(s);
    if (rc != SQLITE_DONE)
        return store_fail(record, rc, "checking it", err);
    const struct { const char *sql; uint64_t *n; } counts[] = {
        { "SELECT count(*) FROM pragma_foreign_key_check", &out->broken_references },
        { "SELECT count(*) FROM report r WHERE NOT EXISTS(SELECT 1 FROM report_actor a WHERE a.report = r.id AND a.side = 0)", &out->without_actor },
        { "SELECT count(*) FROM report r WHERE mechanism <> '' AND NOT EXISTS(SELECT 1 FROM mechanism m WHERE m.code = r.mechanism)", &out->unknown_mechanism },
        { "SELECT count(*) FROM (SELECT 1 FROM report GROUP BY event HAVING min(place) <> 1 OR max(place) <> count(*))", &out->places_out_of_order },
        { "SELECT abs((SELECT count(*) FROM report) - (SELECT count(*) FROM report_text_docsize))", &out->words_not_indexed },
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts && !status; i++) {
        int64_t n = 0;
        status = store_integer(record, counts[i].sql, &n, err);
        *counts[i].n = (uint64_t)n;
    }
    return status ? status : unknown_domains(record, out, err);
}

enum parley_status parley_record_backup(struct parley_record *record, const char *path, const struct parley_progress *progress, struct parley_error *err)
{
    struct stat st;
    if (!stat(path, &st))
        return parley_fail(err, PARLEY_EINVAL, "%s is there already; name a new file", path);
    struct parley_record copy = { .path = sqlite3_mprintf("%s", path) };
    char *part = sqlite3_mprintf("%s.part", path);
    int rc = copy.path && part ? sqlite3_open_v2(part, &copy.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) : SQLITE_NOMEM;
    sqlite3_backup *b = rc == SQLITE_OK ? sqlite3_backup_init(copy.db, "main", record->db, "main") : NULL;
    enum parley_status status = PARLEY_OK;
    if (rc == SQLITE_OK && !b)
        rc = sqlite3_errcode(copy.db);
    while (b && !status) {
        rc = sqlite3_backup_step(b, 1024);
        int total = sqlite3_backup_pagecount(b), left = sqlite3_backup_remaining(b);
        if (rc != SQLITE_OK && rc != SQLITE_BUSY && rc != SQLITE_LOCKED)
            break;
        if (rc != SQLITE_OK)
            sqlite3_sleep(20);
        if (!parley_tick(progress, total - left, total, "pages"))
            status = parley_fail(err, PARLEY_ECANCELLED, "interrupted; there is no backup");
    }
    if (b)
        sqlite3_backup_finish(b);
    if (!status && rc != SQLITE_DONE)
        status = store_fail(&copy, rc, "copying the desk", err);
    sqlite3_close_v2(copy.db);
    int fd = status ? -1 : open(part, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    if (!status && rename(part, path))
        status = parley_fail(err, PARLEY_EIO, "%s: cannot be written: %s", path, strerror(errno));
    if (status && part)
        unlink(part);
    sqlite3_free(part);
    sqlite3_free(copy.path);
    return status;
}
