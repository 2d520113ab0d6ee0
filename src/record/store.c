/* Opening and closing a record. */
#define _GNU_SOURCE
#include "names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { BUSY_MS = 5000 };

enum parley_status store_domains(struct parley_record *r, struct parley_error *err)
{
    enum parley_status status = parley_domains(&r->tables, &r->domain, &r->n_domains, err);
    for (size_t i = 0; i < r->n_domains && !status; i++) {
        const char *code = r->domain[i].code;
        size_t n = strlen(code), slot = domain_slot_of(code, n);
        r->domain_slot[slot].code = code;
        r->domain_slot[slot].n = n;
    }
    return status;
}

static enum parley_status new_record(const char *path, bool shipped, bool writable, struct parley_record **out, struct parley_error *err)
{
    struct parley_record *r = calloc(1, sizeof *r);
    if (!r || !(r->path = strdup(path))) {
        free(r);
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    }
    r->shipped = shipped;
    r->writable = writable;
    enum parley_status status = store_domains(r, err);
    if (status) {
        parley_record_close(r);
        return status;
    }
    *out = r;
    return PARLEY_OK;
}

void parley_record_close(struct parley_record *r)
{
    if (!r)
        return;
    names_free(r->names);
    sqlite3_close_v2(r->db);
    parley_arena_release(&r->tables);
    free(r->path);
    free(r);
}

/* SQLite's locks and WAL do not work over a network: two machines would damage the file. */
enum parley_status store_refuse_network(const char *folder, struct parley_error *err)
{
    static const struct { unsigned long magic; const char *name; } network[] = {
        { 0x6969, "NFS" }, { 0xFF534D42, "CIFS" }, { 0xFE534D42, "SMB2" }, { 0x517B, "SMB" }, { 0x564C, "NCP" }, { 0x73757245, "Coda" },
        { 0x5346414F, "AFS" }, { 0x01021997, "9P" }, { 0x00C36400, "Ceph" }, { 0x0BD00BD0, "Lustre" }, { 0x47504653, "GPFS" } };
    struct statfs fs;
    if (statfs(folder, &fs) || getenv("PARLEY_ALLOW_NETWORK_DESK"))
        return PARLEY_OK;
    for (size_t i = 0; i < sizeof network / sizeof *network; i++)
        if (((unsigned long)fs.f_type & 0xFFFFFFFF) == network[i].magic)
            return parley_fail(err, PARLEY_EREFUSED, "%s is on a network file system (%s): its locks are not safe for a desk; use a folder on a local disk", folder, network[i].name);
    return PARLEY_OK;
}

static enum parley_status settings(struct parley_record *r, struct parley_error *err)
{
    sqlite3_extended_result_codes(r->db, 1);
    sqlite3_busy_timeout(r->db, BUSY_MS);
    /* The schema of a file from elsewhere must not run code: no triggers or views with side effects. */
    sqlite3_db_config(r->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(r->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return store_exec(r, "PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY", "opening it", err);
}

static enum parley_status check_version(struct parley_record *r, enum parley_record_mode mode, struct parley_error *err)
{
    int64_t version = 0;
    enum parley_status status = store_integer(r, "PRAGMA user_version", &version, err);
    if (status || version == SCHEMA_VERSION)
        return status;
    if (version > SCHEMA_VERSION)
        return parley_fail(err, PARLEY_EREFUSED, "%s was made by a newer Parley (version %lld of its tables, this one knows %d); install that one", r->path, (long long)version, SCHEMA_VERSION);
    if (version < 1)
        return parley_fail(err, PARLEY_ECORRUPT, "%s is no desk: it holds none of its tables; make one with 'parley init'", r->path);
    if (mode == PARLEY_RECORD_READ)
        return parley_fail(err, PARLEY_EREADONLY, "%s was made by an older Parley; 'parley record check' brings it up to date (after a backup)", r->path);
    return schema_migrate(r, err);
}

/* Are there changes in the log that are not in the file yet? Reading without the log would miss them. */
static bool unmerged(const char *path)
{
    struct stat st;
    char *log = sqlite3_mprintf("%s-wal", path);
    bool found = !log || (!stat(log, &st) && st.st_size > 0);
    sqlite3_free(log);
    return found;
}

static enum parley_status open_file(struct parley_record *r, enum parley_record_mode mode, struct parley_error *err)
{
    int flags = (mode == PARLEY_RECORD_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
    int rc = sqlite3_open_v2(r->path, &r->db, flags, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(r->db, "PRAGMA schema_version", NULL, NULL, NULL);
    if ((rc == SQLITE_CANTOPEN || rc == SQLITE_READONLY) && mode == PARLEY_RECORD_READ && !unmerged(r->path)) {
        /* a folder that may not be written: nobody else can write either, so read without locks */
        struct parley_text uri;
        parley_text_init(&uri, 3 * strlen(r->path) + 40);
        parley_text_adds(&uri, "file:");
        for (const char *p = r->path; *p; p++)
            parley_text_addf(&uri, strchr("?#%", *p) ? "%%%02X" : "%c", (unsigned char)*p);
        parley_text_adds(&uri, "?immutable=1");
        sqlite3_close_v2(r->db);
        r->db = NULL;
        rc = uri.failed ? SQLITE_NOMEM : sqlite3_open_v2(parley_text_str(&uri), &r->db, flags | SQLITE_OPEN_URI, NULL);
        parley_text_release(&uri);
    }
    if (rc == SQLITE_OK && mode == PARLEY_RECORD_WRITE && sqlite3_db_readonly(r->db, "main") == 1)
        rc = SQLITE_READONLY;
    if (rc == SQLITE_CANTOPEN && mode == PARLEY_RECORD_WRITE && access(r->path, W_OK) && (errno == EROFS || errno == EACCES))
        rc = SQLITE_READONLY; /* the log beside the file could not be made */
    return rc == SQLITE_OK ? PARLEY_OK : store_fail(r, rc, "opening it", err);
}

enum parley_status parley_record_open(const char *desk, enum parley_record_mode mode, struct parley_record **out, struct parley_error *err)
{
    struct parley_record *r = NULL;
    char *path = sqlite3_mprintf("%s/desk.db", desk);
    if (!path)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status = PARLEY_OK;
    struct stat st;
    if (stat(path, &st))
        status = errno == ENOENT || errno == ENOTDIR
                     ? parley_fail(err, PARLEY_ENOTFOUND, "there is no desk in %s; make one with 'parley --desk %s init'", desk, desk)
                     : parley_fail(err, PARLEY_EIO, "%s: cannot open: %s", path, strerror(errno));
    if (!status)
        status = store_refuse_network(desk, err);
    if (!status)
        status = new_record(path, false, mode == PARLEY_RECORD_WRITE, &r, err);
    sqlite3_free(path);
    if (!status)
        status = open_file(r, mode, err);
    if (!status)
        status = settings(r, err);
    if (!status)
        status = check_version(r, mode, err);
    if (status) {
        parley_record_close(r);
        return status;
    }
    *out = r;
    return PARLEY_OK;
}

enum parley_status parley_record_open_shipped(struct parley_record **out, struct parley_error *err)
{
    struct parley_record *r = NULL;
    enum parley_status status = new_record("the shipped record", true, false, &r, err);
    if (status)
        return status;
    int rc = sqlite3_open_v2(":memory:", &r->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK)
        status = store_fail(r, rc, "opening it", err);
    if (!status)
        status = settings(r, err);
    if (!status)
        status = schema_create(r, err);
    if (!status)
        status = store_exec(r, "BEGIN", "filling it", err);
    if (!status)
        status = shipped_tables(r, err);
    if (!status)
        status = shipped_mechanisms(r, err);
    if (!status)
        status = shipped_events(r, err);
    if (!status)
        status = store_exec(r, "COMMIT; PRAGMA query_only = ON", "filling it", err);
    if (status) {
        parley_record_close(r);
        return status;
    }
    *out = r;
    return PARLEY_OK;
}
