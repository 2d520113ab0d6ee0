/* A desk, opened and closed; its card and the words of the ceremony. */
#define _POSIX_C_SOURCE 200809L
#include "channel/desk.h"

#include "channel/unlock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

int64_t clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static enum parley_status load_meta(struct parley_desk *d, const char *key, const uint8_t unlock[KEY_LEN], uint8_t out[KEY_LEN], struct parley_error *err)
{
    uint8_t *plain = NULL;
    size_t len = 0;
    sqlite3_stmt *s = db_prepare(d, "SELECT value FROM meta WHERE key = ?", err);
    if (!s)
        return parley_fail(err, PARLEY_ECORRUPT, "channel.db: it holds no channel: damaged or emptied; put back a copy, then 'parley channel sync'");
    sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC);
    enum parley_status status = sqlite3_step(s) == SQLITE_ROW ? row_open(unlock, key, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0), &plain, &len, err)
                                                              : parley_fail(err, PARLEY_ECORRUPT, "channel.db: %s is missing", key);
    sqlite3_reset(s);
    if (!status && len == KEY_LEN)
        memcpy(out, plain, KEY_LEN);
    if (plain)
        wipe(plain, len);
    free(plain);
    return status;
}

enum parley_status parley_desk_open(const char *folder, const struct parley_unlock *unlock, struct parley_desk **out, struct parley_error *err)
{
    char path[DESK_PATH_MAX];
    uint8_t kek[KEY_LEN];
    struct stat st, there;
    *out = NULL;
    enum parley_status status = crypto_init(err);
    struct parley_desk *d = calloc(1, sizeof *d);
    if (!d)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    d->now_us = clock_us;
    if (!status && (size_t)snprintf(d->folder, sizeof d->folder, "%s", folder) >= sizeof d->folder)
        status = parley_fail(err, PARLEY_EINVAL, "the path of the desk is too long");
    if (!status && stat(folder, &st))
        status = parley_fail(err, PARLEY_ENOTFOUND, "%s: no such desk; make one with 'parley --desk %s init'", folder, folder);
    if (!status)
        status = desk_path(folder, "channel.db", path, err);
    if (!status && !stat(path, &there) && (st.st_mode & 077)) /* only of a desk: nobody should be told to close any other folder */
        status = parley_fail(err, PARLEY_EREFUSED, "%s: other users may look into this desk; run: chmod 700 %s", folder, folder);
    if (!status)
        status = db_open(path, false, &d->db, err);
    if (!status)
        status = unlock_key(folder, unlock ? unlock->passphrase_file : NULL, kek, err);
    if (!status && (status = load_meta(d, "row-key", kek, d->row_key, err)) == PARLEY_EVERIFY)
        status = parley_fail(err, PARLEY_EVERIFY, "%s: the passphrase or key file does not open this desk", folder);
    if (!status)
        status = load_meta(d, "salt-key", d->row_key, d->salt_key, err);
    if (!status)
        status = keys_load_own(d, err);
    if (!status)
        status = talks_load(d, err);
    wipe(kek, sizeof kek);
    if (status) {
        parley_desk_close(d);
        return status;
    }
    *out = d;
    return PARLEY_OK;
}

void parley_desk_close(struct parley_desk *d)
{
    if (!d)
        return;
    for (int i = 0; i < STATEMENTS_SQL; i++)
        sqlite3_finalize(d->cached[i]);
    for (int i = 0; i < d->n_talks; i++)
        talk_free(d->talk[i]);
    for (int i = 0; i < d->n_own; i++)
        free(d->own[i].note), free(d->own[i].tls_key), free(d->own[i].tls_cert);
    sqlite3_close(d->db);
    wipe(d, sizeof *d);
    free(d);
}

void parley_desk_set_log(struct parley_desk *d, const struct parley_channel_log *log) { d->log = *log; }

enum parley_status parley_desk_card(struct parley_desk *d, struct parley_text *out, struct parley_error *err)
{
    (void)err;
    parley_text_adds(out, d->own[d->n_own - 1].note);
    return PARLEY_OK;
}

enum parley_status parley_desk_ceremony(struct parley_desk *d, const char *card, size_t card_len, const uint8_t psk[32], struct parley_text *english,
                                        struct parley_text *chinese, struct parley_error *err)
{
    struct card theirs;
    uint8_t transcript[16];
    const struct own_epoch *own = &d->own[d->n_own - 1];
    enum parley_status status = card_parse(card, card_len, &theirs, err);
    if (status)
        return status;
    ceremony_transcript(own->note, own->note_len, card, card_len, psk, transcript);
    status = words_of(transcript, PARLEY_EN, english, err);
    return status ? status : words_of(transcript, PARLEY_ZH, chinese, err);
}
