/* Opening the state of one pair, and loading into it what is stored. */
#include "channel/author_log.h"
#include "channel/exchange_parts.h"

#include <inttypes.h>
#include <string.h>

enum parley_status exchange_open(struct exchange *x, const struct card *ours, const struct card *theirs, const uint8_t salt_key[KEY_LEN],
                                 struct parley_error *err)
{
    memset(x, 0, sizeof *x);
    memcpy(x->self, ours->party, HASH_LEN);
    memcpy(x->peer, theirs->party, HASH_LEN);
    pair_id(x->self, x->peer, x->pair);
    memcpy(x->salt_key, salt_key, KEY_LEN);
    x->retry_at_us = x->want_at_us = x->ask_at_us = INT64_MAX;
    x->retry_s = x->want_s = RETRY_FIRST_S;
    x->ask_s = ASK_FIRST_S;
    enum parley_status status = author_log_add(&x->ours, ours, err);
    return status ? status : author_log_add(&x->theirs, theirs, err);
}

void exchange_close(struct exchange *x)
{
    author_log_close(&x->ours);
    author_log_close(&x->theirs);
    wipe(x, sizeof *x);
}

void exchange_set_secret(struct exchange *x, const uint8_t secret[SIGN_SECRET_LEN]) { memcpy(x->secret, secret, SIGN_SECRET_LEN); }

enum parley_status exchange_load_card(struct exchange *x, bool ours, const struct card *card, struct parley_error *err)
{
    return author_log_follow(ours ? &x->ours : &x->theirs, card, err);
}

enum parley_status exchange_load_statement(struct exchange *x, bool ours, const uint8_t bytes[PARLEY_STATEMENT_LEN], bool acked,
                                           uint32_t receipt_epoch, uint64_t receipt_seq, struct parley_error *err)
{
    struct parley_statement s;
    struct parley_error why = { 0 };
    if (parley_statement_decode(bytes, &s, &why))
        return parley_fail(err, PARLEY_ECORRUPT, "a stored statement is damaged: %s", why.text);
    struct epoch_log *e = exchange_epoch(ours ? &x->ours : &x->theirs, s.epoch);
    uint8_t hash[HASH_LEN];
    parley_statement_hash(bytes, hash);
    if (!e || memcmp(s.pair, x->pair, HASH_LEN) || memcmp(s.author, ours ? x->self : x->peer, HASH_LEN))
        return parley_fail(err, PARLEY_ECORRUPT, "stored statement %" PRIu64 " of epoch %" PRIu32 " is not of this pair", s.seq, s.epoch);
    if (ours && s.seq != e->top + 1)
        return parley_fail(err, PARLEY_ECORRUPT, "our stored statements jump from %" PRIu64 " to %" PRIu64, e->top, s.seq);
    const struct slot *before = s.seq > 1 ? author_log_slot(e, s.seq - 1) : NULL;
    if (before && memcmp(before->hash, s.previous, HASH_LEN))
        return parley_fail(err, PARLEY_ECORRUPT, "stored statement %" PRIu64 " of epoch %" PRIu32 " does not link to the one before", s.seq, s.epoch);
    const struct slot *after = author_log_slot(e, s.seq + 1), *there = author_log_slot(e, s.seq);
    if (there || (after && memcmp(after->previous, hash, HASH_LEN)))
        return parley_fail(err, PARLEY_ECORRUPT, "stored statement %" PRIu64 " of epoch %" PRIu32 " does not link to the one after", s.seq, s.epoch);
    struct slot *slot = author_log_put(e, &s, hash);
    if (!slot)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    slot->acked = acked;
    slot->receipt_epoch = receipt_epoch;
    slot->receipt_seq = receipt_seq;
    if (receipt_seq && s.seq > e->receipted)
        e->receipted = s.seq;
    return PARLEY_OK;
}

void exchange_load_receipt(struct epoch_log *e, bool ours, uint64_t seq, uint32_t by_epoch, int64_t by_seq)
{
    struct slot *slot = author_log_slot(e, seq);
    if (!slot || !by_seq)
        return;
    if (ours) {
        slot->acked = true;
        while (e->unacked_from <= e->top && e->slot[e->unacked_from - 1].acked)
            e->unacked_from++;
    } else if (by_seq > 0 && !slot->receipt_seq) {
        slot->receipt_epoch = by_epoch;
        slot->receipt_seq = (uint64_t)by_seq;
        if (seq > e->receipted)
            e->receipted = seq;
    }
}
