/* A desk restored from a copy that is older than a rotation lacks key statements of its own. Peers hold them, and never take another one of
 * the same epoch; so the desk takes them back, without their secrets, and goes on behind them. */
#define _POSIX_C_SOURCE 200809L
#include "channel/desk.h"
#include "channel/loading.h"
#include "channel/mark.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The epoch that the marks outside the desk know of. */
static uint32_t epoch_of_marks(struct parley_desk *d)
{
    uint32_t newest = 0, epoch;
    uint64_t seq;
    for (int i = 0; i < d->n_talks; i++)
        if (mark_get(d->talk[i]->x.pair, d->talk[i]->x.self, &epoch, &seq) && epoch > newest)
            newest = epoch;
    return newest;
}

enum parley_status lost_epochs_check(struct parley_desk *d, struct parley_error *err)
{
    uint32_t own = d->own[d->n_own - 1].card.epoch, spoken = epoch_of_marks(d);
    if (spoken <= own)
        return PARLEY_OK;
    return parley_fail(err, PARLEY_EREFUSED,
                       "this copy of the desk is older than its epoch %" PRIu32 ", and a second key statement of epoch %" PRIu32 " would be refused by every peer: "
                       "ask one for our cards of epoch %" PRIu32 " to %" PRIu32 " ('parley desk card --of NAME --epoch N' there) and give them with 'parley desk recover --card FILE,FILE'",
                       spoken, own + 1, own + 1, spoken);
}

enum parley_status parley_desk_take_back_card(struct parley_desk *d, const char *note, size_t len, struct parley_error *err)
{
    struct own_epoch lost = { .note = NULL };
    const struct card *last = &d->own[d->n_own - 1].card;
    if (d->n_own == OWN_EPOCHS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "at most %d epochs", OWN_EPOCHS_MAX);
    enum parley_status status = card_parse(note, len, &lost.card, err);
    if (!status && memcmp(lost.card.party, last->party, HASH_LEN))
        return parley_fail(err, PARLEY_EREFUSED, "this is a card of %s, not of this desk", lost.card.name);
    if (!status && lost.card.epoch <= last->epoch)
        return parley_fail(err, PARLEY_EREFUSED, "this desk has its key statement of epoch %" PRIu32, lost.card.epoch);
    if (!status && (lost.card.epoch != last->epoch + 1 || memcmp(lost.card.previous, last->text_hash, HASH_LEN)))
        return parley_fail(err, PARLEY_EREFUSED, "the card of epoch %" PRIu32 " does not follow this desk's of epoch %" PRIu32 ": give them all, in order", lost.card.epoch, last->epoch);
    if (status)
        return status;
    lost.note = strndup(note, len);
    lost.note_len = len;
    lost.tls_key = strdup("");
    lost.tls_cert = strdup("");
    status = lost.note && lost.tls_key && lost.tls_cert ? db_exec(d, "BEGIN IMMEDIATE", err) : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (!status) { /* what opens units of the epoch cannot come back, but the keys of the directions follow from those of the epoch before */
        if (!(status = own_epoch_store(d, &lost, err)) && !(status = directions_ratchet(d, lost.card.epoch, err)))
            status = db_exec(d, "COMMIT", err);
        if (status)
            sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
    }
    if (status) {
        free(lost.note), free(lost.tls_key), free(lost.tls_cert);
        return status;
    }
    d->own[d->n_own++] = lost;
    for (int i = 0; i < d->n_talks; i++) /* loaded anew, with the epoch */
        talk_unload(d->talk[i]);
    return PARLEY_OK;
}

enum parley_status parley_desk_peer_card(struct parley_desk *d, const char *peer, uint32_t epoch, struct parley_text *out, struct parley_error *err)
{
    struct talk *t = talk_named(d, peer, err);
    sqlite3_stmt *s = t ? db_prepare(d, "SELECT note FROM peer_card WHERE peer = ? AND (epoch = ?2 OR ?2 = 0) ORDER BY epoch DESC", err) : NULL;
    if (!s)
        return t ? PARLEY_EIO : PARLEY_ENOTFOUND;
    sqlite3_bind_int64(s, 1, t->id);
    sqlite3_bind_int64(s, 2, epoch);
    bool found = sqlite3_step(s) == SQLITE_ROW;
    if (found)
        parley_text_adds(out, (const char *)sqlite3_column_text(s, 0));
    sqlite3_reset(s);
    return found ? PARLEY_OK : parley_fail(err, PARLEY_ENOTFOUND, "no card of epoch %" PRIu32 " of '%s' is held", epoch, peer);
}
