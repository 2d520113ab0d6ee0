#include "channel/desk.h"

#include <errno.h>
#include <fcntl.h>
#include <parley/file.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char schema[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;"
    "CREATE TABLE own_epoch(epoch INTEGER PRIMARY KEY, note TEXT NOT NULL, secrets BLOB NOT NULL) STRICT;"
    "CREATE TABLE peer(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, party BLOB NOT NULL UNIQUE, own_from INTEGER NOT NULL,"
    " equivocated INTEGER NOT NULL DEFAULT 0, enrolled_us INTEGER NOT NULL) STRICT;"
    "CREATE TABLE peer_card(peer INTEGER NOT NULL, epoch INTEGER NOT NULL, note TEXT NOT NULL, PRIMARY KEY(peer, epoch)) STRICT;"
    "CREATE TABLE carrier(peer INTEGER NOT NULL, at INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY(peer, at)) STRICT;"
    "CREATE TABLE direction(peer INTEGER NOT NULL, inbound INTEGER NOT NULL, epoch INTEGER NOT NULL, key BLOB NOT NULL,"
    " PRIMARY KEY(peer, inbound, epoch)) STRICT;"
    "CREATE TABLE statement(peer INTEGER NOT NULL, ours INTEGER NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,"
    " hash BLOB NOT NULL, bytes BLOB NOT NULL, sealed BLOB NOT NULL, stored_us INTEGER NOT NULL,"
    " by_epoch INTEGER NOT NULL DEFAULT 0, by_seq INTEGER NOT NULL DEFAULT 0, override TEXT,"
    " PRIMARY KEY(peer, ours, epoch, seq)) STRICT;"
    "CREATE UNIQUE INDEX statement_hash ON statement(hash);"
    "CREATE TABLE proof(peer INTEGER NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, fork INTEGER NOT NULL, bytes BLOB NOT NULL UNIQUE,"
    " sealed BLOB NOT NULL, found_us INTEGER NOT NULL) STRICT;"
    "PRAGMA user_version = 1;";

/* Tables that desks made by earlier versions do not have yet. */
static const char later[] =
    "CREATE TABLE IF NOT EXISTS checkpoint(peer INTEGER NOT NULL, ours INTEGER NOT NULL, epoch INTEGER NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,"
    " note TEXT NOT NULL, state INTEGER NOT NULL, cosigner INTEGER NOT NULL DEFAULT 0, at_us INTEGER NOT NULL, PRIMARY KEY(peer, ours, epoch, size, root)) STRICT;"
    "CREATE TABLE IF NOT EXISTS relay_note(id INTEGER PRIMARY KEY, peer INTEGER NOT NULL, key BLOB NOT NULL, box BLOB NOT NULL, number INTEGER NOT NULL,"
    " listing INTEGER NOT NULL, at_us INTEGER NOT NULL, note TEXT NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS attachment(peer INTEGER NOT NULL, ours INTEGER NOT NULL, hash BLOB NOT NULL, total INTEGER NOT NULL, have INTEGER NOT NULL,"
    " state INTEGER NOT NULL, named_us INTEGER NOT NULL, PRIMARY KEY(peer, ours, hash)) STRICT;"
    "CREATE TABLE IF NOT EXISTS chunk(peer INTEGER NOT NULL, ours INTEGER NOT NULL, hash BLOB NOT NULL, offset INTEGER NOT NULL, sealed BLOB NOT NULL,"
    " PRIMARY KEY(peer, ours, hash, offset)) STRICT;"
    "CREATE TABLE IF NOT EXISTS witness(name TEXT PRIMARY KEY, key BLOB NOT NULL UNIQUE, since_us INTEGER NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS cosignature(peer INTEGER NOT NULL, ours INTEGER NOT NULL, epoch INTEGER NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,"
    " name TEXT NOT NULL, key BLOB NOT NULL, signature BLOB NOT NULL, PRIMARY KEY(peer, ours, epoch, size, root, key)) STRICT;"
    "CREATE INDEX IF NOT EXISTS relay_note_box ON relay_note(peer, box, number);";

/* What the system said when a write failed. SQLite forgets it for a COMMIT, whose file is the write-ahead log; the file remembers. */
static int write_errno(sqlite3 *db)
{
    sqlite3_file *log = NULL;
    int os = sqlite3_system_errno(db);
    if (sqlite3_extended_errcode(db) == SQLITE_IOERR_WRITE && !sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) && log && log->pMethods) {
        int last = 0;
        if (!log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &last) && last)
            os = last;
    }
    return os;
}

enum parley_status db_fail(sqlite3 *db, struct parley_error *err, const char *doing)
{
    int code = sqlite3_extended_errcode(db);
    enum parley_status status;
    switch (code & 0xff) {
    case SQLITE_FULL: status = PARLEY_ENOSPC; break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: status = PARLEY_EBUSY; break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: status = PARLEY_ECORRUPT; break;
    case SQLITE_READONLY:
    case SQLITE_PERM: status = PARLEY_EREADONLY; break;
    case SQLITE_NOMEM: status = PARLEY_ENOMEM; break;
    default: {
        int os = write_errno(db); /* a quota, or a limit on the size of files, comes as an I/O error */
        status = (code & 0xff) == SQLITE_IOERR && (os == ENOSPC || os == EDQUOT || os == EFBIG) ? PARLEY_ENOSPC : PARLEY_EIO;
    }
    }
    return parley_fail(err, status, "channel.db: cannot %s: %s", doing, status == PARLEY_ENOSPC ? "no room to write: the disk is full, or a limit on it is reached" : sqlite3_errmsg(db));
}

enum parley_status db_open(const char *path, bool create, sqlite3 **out, struct parley_error *err)
{
    struct stat st;
    if (create ? !stat(path, &st) : stat(path, &st) != 0)
        return !create && errno != ENOENT ? parley_file_failed(err, path, "open") :
            parley_fail(err, create ? PARLEY_EREFUSED : PARLEY_ENOTFOUND, create ? "%s is there already" : "%s: no channel here; 'parley desk keys' makes one", path);
    int made = create ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600) : -1; /* SQLite would make it, and its logs, for all to read */
    if (made >= 0)
        close(made);
    int code = sqlite3_open_v2(path, out, SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX, NULL);
    enum parley_status status = PARLEY_OK;
    if (code == SQLITE_OK)
        sqlite3_busy_timeout(*out, 10000);
    if (code != SQLITE_OK ||
        sqlite3_exec(*out, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=2000; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON", NULL, NULL, NULL) ||
        (create && sqlite3_exec(*out, schema, NULL, NULL, NULL)) || sqlite3_exec(*out, later, NULL, NULL, NULL)) {
        status = db_fail(*out, err, "open it");
        sqlite3_close(*out);
        *out = NULL;
    }
    return status;
}

void db_make_room(struct parley_desk *d) { (void)sqlite3_wal_checkpoint_v2(d->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL); }

enum parley_status db_exec(struct parley_desk *d, const char *sql, struct parley_error *err)
{
    return sqlite3_exec(d->db, sql, NULL, NULL, NULL) ? db_fail(d->db, err, sql) : PARLEY_OK;
}

sqlite3_stmt *db_prepare(struct parley_desk *d, const char *sql, struct parley_error *err)
{
    int free_at = -1;
    for (int i = 0; i < STATEMENTS_SQL; i++) {
        if (d->cached_sql[i] == sql) {
            sqlite3_reset(d->cached[i]);
            sqlite3_clear_bindings(d->cached[i]);
            return d->cached[i];
        }
        if (!d->cached_sql[i] && free_at < 0)
            free_at = i;
    }
    if (free_at < 0) {
        free_at = 0;
        sqlite3_finalize(d->cached[0]);
        d->cached_sql[0] = NULL;
    }
    if (sqlite3_prepare_v3(d->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &d->cached[free_at], NULL)) {
        db_fail(d->db, err, sql);
        return NULL;
    }
    d->cached_sql[free_at] = sql;
    return d->cached[free_at];
}

enum parley_status db_done(struct parley_desk *d, sqlite3_stmt *s, struct parley_error *err)
{
    int code = sqlite3_step(s);
    enum parley_status status = code == SQLITE_DONE || code == SQLITE_ROW ? PARLEY_OK : db_fail(d->db, err, "write");
    sqlite3_reset(s);
    return status;
}

enum parley_status db_rest(struct parley_desk *d, sqlite3_stmt *s, enum parley_status status, struct parley_error *err)
{
    int code = sqlite3_reset(s); /* of the last step; a page that cannot be read must not look like the end */
    return status ? status : code ? db_fail(d->db, err, "read") : PARLEY_OK;
}

void db_blob(sqlite3_stmt *s, int at, const void *data, size_t len) { sqlite3_bind_blob64(s, at, data ? data : "", len, SQLITE_TRANSIENT); }

enum parley_status row_seal(const uint8_t key[KEY_LEN], const char *where, const void *plain, size_t len, uint8_t **out, size_t *out_len, struct parley_error *err)
{
    *out_len = XNONCE_LEN + len + AEAD_TAG_LEN;
    if (!(*out = malloc(*out_len)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    random_fill(*out, XNONCE_LEN);
    xaead_seal(key, *out, where, strlen(where), plain, len, *out + XNONCE_LEN);
    return PARLEY_OK;
}

enum parley_status row_open(const uint8_t key[KEY_LEN], const char *where, const void *sealed, size_t len, uint8_t **out, size_t *out_len, struct parley_error *err)
{
    const uint8_t *p = sealed;
    if (len < XNONCE_LEN + AEAD_TAG_LEN)
        return parley_fail(err, PARLEY_ECORRUPT, "channel.db: the row of %s is damaged", where);
    *out_len = len - XNONCE_LEN - AEAD_TAG_LEN;
    if (!(*out = calloc(1, *out_len + 1)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (!xaead_open(key, p, where, strlen(where), p + XNONCE_LEN, len - XNONCE_LEN, *out)) {
        free(*out);
        *out = NULL;
        return parley_fail(err, PARLEY_EVERIFY, "channel.db: the row of %s does not open: altered, or another key", where);
    }
    return PARLEY_OK;
}
