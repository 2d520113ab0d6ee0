#include "channel/author_log.h"
#include "channel/bytes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct epoch_log *exchange_epoch(struct author_log *log, uint32_t number)
{
    for (size_t i = log->n; i > 0; i--)
        if (log->epoch[i - 1].card.epoch == number)
            return &log->epoch[i - 1];
    return NULL;
}

struct slot *author_log_slot(const struct epoch_log *e, uint64_t seq)
{
    return seq >= 1 && seq <= e->top && !is_zero(e->slot[seq - 1].hash, HASH_LEN) ? &e->slot[seq - 1] : NULL;
}

static bool room_for(struct epoch_log *e, uint64_t seq)
{
    if (seq <= e->cap)
        return true;
    size_t cap = e->cap ? e->cap : 16;
    while (cap < seq)
        cap *= 2;
    struct slot *more = realloc(e->slot, cap * sizeof *more);
    if (!more)
        return false;
    memset(more + e->cap, 0, (cap - e->cap) * sizeof *more);
    e->slot = more, e->cap = cap;
    return true;
}

static void advance(struct epoch_log *e)
{
    while (e->gapless < e->top) {
        const struct slot *s = &e->slot[e->gapless];
        if (is_zero(s->hash, HASH_LEN) || (e->gapless && memcmp(s->previous, e->slot[e->gapless - 1].hash, HASH_LEN)))
            break;
        e->gapless++;
    }
}

struct slot *author_log_put(struct epoch_log *e, const struct parley_statement *s, const uint8_t hash[HASH_LEN])
{
    if (!room_for(e, s->seq))
        return NULL;
    struct slot *slot = &e->slot[s->seq - 1];
    memset(slot, 0, sizeof *slot);
    memcpy(slot->hash, hash, HASH_LEN);
    memcpy(slot->previous, s->previous, HASH_LEN);
    slot->kind = s->kind;
    slot->precedence = s->precedence;
    if (s->seq > e->top)
        e->top = s->seq;
    advance(e);
    return slot;
}

void exchange_head(const struct author_log *log, uint32_t *epoch, uint64_t *seq, uint8_t hash[HASH_LEN])
{
    *epoch = log->n ? log->epoch[log->n - 1].card.epoch : 0;
    *seq = 0;
    memset(hash, 0, HASH_LEN);
    for (size_t i = log->n; i > 0; i--)
        if (log->epoch[i - 1].top) {
            const struct epoch_log *e = &log->epoch[i - 1];
            *epoch = e->card.epoch;
            *seq = e->top;
            memcpy(hash, e->slot[e->top - 1].hash, HASH_LEN);
            return;
        }
}

void exchange_seen(const struct author_log *log, uint32_t *epoch, uint64_t *seq, uint8_t hash[HASH_LEN])
{
    *epoch = 0;
    *seq = 0;
    memset(hash, 0, HASH_LEN);
    for (size_t i = log->n; i > 0; i--)
        if (log->epoch[i - 1].gapless) {
            const struct epoch_log *e = &log->epoch[i - 1];
            *epoch = e->card.epoch;
            *seq = e->gapless;
            memcpy(hash, e->slot[e->gapless - 1].hash, HASH_LEN);
            return;
        }
}

enum parley_status author_log_add(struct author_log *log, const struct card *card, struct parley_error *err)
{
    if (log->n == EPOCHS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "%s: more than %d epochs", card->name, EPOCHS_MAX);
    struct epoch_log *more = realloc(log->epoch, (log->n + 1) * sizeof *more);
    if (!more)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    log->epoch = more;
    memset(&more[log->n], 0, sizeof *more);
    more[log->n].card = *card;
    more[log->n].limit = UINT64_MAX;
    more[log->n].unacked_from = more[log->n].owed_from = 1;
    log->n++;
    return PARLEY_OK;
}

void author_log_close(struct author_log *log)
{
    for (size_t i = 0; i < log->n; i++)
        free(log->epoch[i].slot);
    free(log->epoch);
}

/* A revocation cuts the epoch before it at the statement it names, if that is one of this pair; but it never reaches behind a
 * receipt given. */
void author_log_cut(struct author_log *log)
{
    for (size_t i = 0; i + 1 < log->n; i++) {
        struct epoch_log *e = &log->epoch[i];
        const struct card_mark *r = &log->epoch[i + 1].card.revokes;
        const struct slot *named = r->given ? author_log_slot(e, r->seq) : NULL;
        if (r->given)
            e->limit = named && !memcmp(named->hash, r->hash, HASH_LEN) && r->seq > e->receipted ? r->seq : e->receipted;
    }
}

/* The next card must name the one before. */
enum parley_status author_log_follow(struct author_log *log, const struct card *card, struct parley_error *err)
{
    struct epoch_log *last = &log->epoch[log->n - 1];
    if (card->epoch != last->card.epoch + 1 || !card->has_previous || memcmp(card->previous, last->card.text_hash, HASH_LEN))
        return parley_fail(err, PARLEY_EREFUSED, "%s: the key statement of epoch %" PRIu32 " does not follow that of epoch %" PRIu32, card->name, card->epoch,
                           last->card.epoch);
    enum parley_status status = author_log_add(log, card, err);
    if (!status)
        author_log_cut(log);
    return status;
}
