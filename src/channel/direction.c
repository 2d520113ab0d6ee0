/* The key of each direction of a talk, one an epoch, encrypted at rest; the old ones go. */
#include "channel/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum parley_status direction_store(struct parley_desk *d, int64_t peer, bool inbound, uint32_t epoch, const uint8_t key[KEY_LEN], struct parley_error *err)
{
    char where[80];
    uint8_t *sealed;
    size_t len;
    snprintf(where, sizeof where, "direction %lld %d %u", (long long)peer, inbound, epoch);
    enum parley_status status = row_seal(d->row_key, where, key, KEY_LEN, &sealed, &len, err);
    if (status)
        return status;
    sqlite3_stmt *s = db_prepare(d, "INSERT OR REPLACE INTO direction(peer, inbound, epoch, key) VALUES(?, ?, ?, ?)", err);
    if (s) {
        sqlite3_bind_int64(s, 1, peer);
        sqlite3_bind_int(s, 2, inbound);
        sqlite3_bind_int64(s, 3, epoch);
        db_blob(s, 4, sealed, len);
        status = db_done(d, s, err);
    }
    free(sealed);
    if (!status && s && (s = db_prepare(d, "DELETE FROM direction WHERE peer = ? AND inbound = ? AND epoch < ?", err))) { /* forward secrecy: old keys go */
        sqlite3_bind_int64(s, 1, peer);
        sqlite3_bind_int(s, 2, inbound);
        sqlite3_bind_int64(s, 3, (int64_t)epoch - 1);
        status = db_done(d, s, err);
    }
    return s ? status : PARLEY_EIO;
}

enum parley_status direction_load(struct parley_desk *d, int64_t peer, bool inbound, uint32_t epoch, uint8_t key[KEY_LEN], struct parley_error *err)
{
    char where[80];
    uint8_t *plain = NULL;
    size_t len;
    sqlite3_stmt *s = db_prepare(d, "SELECT key FROM direction WHERE peer = ? AND inbound = ? AND epoch = ?", err);
    if (!s)
        return PARLEY_EIO;
    sqlite3_bind_int64(s, 1, peer);
    sqlite3_bind_int(s, 2, inbound);
    sqlite3_bind_int64(s, 3, epoch);
    snprintf(where, sizeof where, "direction %lld %d %u", (long long)peer, inbound, epoch);
    enum parley_status status = sqlite3_step(s) == SQLITE_ROW ? row_open(d->row_key, where, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0), &plain, &len, err)
                                                              : parley_fail(err, PARLEY_ENOTFOUND, "no key of epoch %u", epoch);
    sqlite3_reset(s);
    if (!status) {
        memcpy(key, plain, KEY_LEN);
        wipe(plain, len);
        free(plain);
    }
    return status;
}

enum parley_status directions_ratchet(struct parley_desk *d, uint32_t epoch, struct parley_error *err)
{
    enum parley_status status = PARLEY_OK;
    for (int i = 0; !status && i < d->n_talks; i++) {
        uint8_t key[KEY_LEN];
        if (!(status = direction_load(d, d->talk[i]->id, true, epoch - 1, key, err))) {
            ratchet_key(key, epoch, key);
            status = direction_store(d, d->talk[i]->id, true, epoch, key, err);
        }
        wipe(key, sizeof key);
    }
    return status;
}
