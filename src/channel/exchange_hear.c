/* What arrives: statements of the peer, our own that it returns, and its key statements. */
#include "channel/author_log.h"
#include "channel/bytes.h"
#include "channel/exchange_parts.h"

#include <inttypes.h>
#include <string.h>

struct arrival { /* one statement item, decoded */
    struct parley_statement s;
    const uint8_t *bytes, *salt;
    const char *body;
    uint8_t hash[HASH_LEN];
};

static struct output *store(struct outputs *o, enum output_kind kind, const struct arrival *a)
{
    const char *body = outputs_keep(o, a->body, a->s.body_len);
    struct output *out = outputs_add(o, kind);
    out->statement = a->s;
    out->epoch = a->s.epoch;
    out->seq = a->s.seq;
    memcpy(out->bytes, a->bytes, PARLEY_STATEMENT_LEN);
    memcpy(out->salt, a->salt, SALT_LEN);
    out->body = body;
    out->body_len = a->s.body_len;
    return out;
}

static void proof(struct exchange *x, const struct arrival *a, bool fork, struct outputs *o)
{
    store(o, OUT_STORE_PROOF, a)->fork = fork;
    x->marked = true;
    EVENT(o, "event=equivocation form=%s epoch=%" PRIu32 " seq=%" PRIu64, fork ? "fork" : "double", a->s.epoch, a->s.seq);
}

static void hear(struct exchange *x, const struct arrival *a, int64_t now_us, struct outputs *o)
{
    const struct parley_statement *s = &a->s;
    struct epoch_log *e = exchange_epoch(&x->theirs, s->epoch);
    if (!e) {
        EVENT(o, "event=refused why=unknown-epoch epoch=%" PRIu32 " seq=%" PRIu64, s->epoch, s->seq);
        exchange_ask_soon(x, now_us);
        return;
    }
    struct slot *known = author_log_slot(e, s->seq);
    if (known && !memcmp(known->hash, a->hash, HASH_LEN)) { /* before the costly check: these very bytes were verified once */
        exchange_take_seen(x, s, now_us, o); /* we may have lost what it told us */
        if (s->kind == PARLEY_KIND_RECEIPT)
            exchange_take_receipt(x, s, a->body, s->body_len, o);
        else
            exchange_answer_duplicate(x, e, s->seq, o);
        return;
    }
    if (!card_signed(&e->card, a->bytes)) {
        EVENT(o, "event=refused why=signature epoch=%" PRIu32 " seq=%" PRIu64, s->epoch, s->seq);
        return;
    }
    if (s->seq > e->limit) {
        EVENT(o, "event=refused why=revoked epoch=%" PRIu32 " seq=%" PRIu64, s->epoch, s->seq);
        return;
    }
    if (s->seq > e->gapless + AHEAD_MAX) {
        uint8_t seconds[4];
        put_u32(seconds, RETRY_LAST_S);
        outputs_add_item(o, ITEM_BUSY, seconds, 4);
        EVENT(o, "event=refused why=too-far-ahead epoch=%" PRIu32 " seq=%" PRIu64, s->epoch, s->seq);
        return;
    }
    const struct slot *before = author_log_slot(e, s->seq - 1), *after = author_log_slot(e, s->seq + 1);
    if (known) {
        proof(x, a, false, o);
        return;
    }
    if ((before && memcmp(before->hash, s->previous, HASH_LEN)) || (after && memcmp(after->previous, a->hash, HASH_LEN))) {
        proof(x, a, true, o);
        return;
    }
    if (!author_log_put(e, s, a->hash)) {
        o->failed = true;
        return;
    }
    store(o, OUT_STORE_THEIRS, a)->ahead = s->seq > e->gapless;
    x->want_s = RETRY_FIRST_S;
    for (size_t i = 0; i < x->theirs.n; i++)
        x->theirs.epoch[i].lost_tries = 0; /* whoever says something new may have had back what it had lost */
    if ((s->seq > e->gapless || (s->seq == 1 && s->epoch > x->theirs.epoch[0].card.epoch)) && x->want_at_us == INT64_MAX)
        x->want_at_us = now_us + RETRY_FIRST_S * S_US;
    exchange_take_seen(x, s, now_us, o);
    if (s->kind == PARLEY_KIND_RECEIPT)
        exchange_take_receipt(x, s, a->body, s->body_len, o);
    EVENT(o, "event=stored epoch=%" PRIu32 " seq=%" PRIu64 " precedence=%s%s", s->epoch, s->seq, parley_precedence_name(s->precedence, PARLEY_EN),
          s->seq > e->gapless ? " earlier=outstanding" : "");
}

/* A statement of our own that the peer returned. */
static void take_back(struct exchange *x, const struct arrival *a, struct outputs *o)
{
    const struct parley_statement *s = &a->s;
    struct epoch_log *e = exchange_epoch(&x->ours, s->epoch);
    if (!e || !card_signed(&e->card, a->bytes)) {
        EVENT(o, "event=refused why=returned-not-ours epoch=%" PRIu32 " seq=%" PRIu64, s->epoch, s->seq);
        return;
    }
    const struct slot *known = author_log_slot(e, s->seq);
    if (known) {
        if (memcmp(known->hash, a->hash, HASH_LEN))
            EVENT(o, "event=own-number-twice epoch=%" PRIu32 " seq=%" PRIu64, s->epoch, s->seq);
        return;
    }
    if (s->seq != e->top + 1 || (e->top && memcmp(s->previous, e->slot[e->top - 1].hash, HASH_LEN)))
        return; /* not the next one: it will be asked for again */
    struct slot *slot = author_log_put(e, s, a->hash);
    if (!slot) {
        o->failed = true;
        return;
    }
    /* Who returned it had it then; it may have been put back from a copy since, and a receipt that was under way speaks of what was before.
     * So it goes once more until a receipt speaks of it, and the peer is asked what it holds. */
    exchange_ask_anew(x, x->now_us);
    if (s->kind != PARLEY_KIND_RECEIPT && x->retry_at_us == INT64_MAX) {
        x->retry_s = RETRY_FIRST_S;
        x->retry_at_us = x->now_us + RETRY_FIRST_S * S_US;
    }
    store(o, OUT_STORE_OURS, a)->imported = true;
    EVENT(o, "event=own-imported epoch=%" PRIu32 " seq=%" PRIu64, s->epoch, s->seq);
    exchange_open_fence_if_level(x, o);
}

void exchange_take_statement(struct exchange *x, const struct item *item, int64_t now_us, struct outputs *o)
{
    struct parley_error why = { 0 };
    struct arrival a = { .bytes = item->data };
    if (item->len < PARLEY_STATEMENT_LEN + SALT_LEN || parley_statement_decode(item->data, &a.s, &why)) {
        EVENT(o, "event=refused why=form");
        return;
    }
    a.salt = item->data + PARLEY_STATEMENT_LEN;
    a.body = (const char *)a.salt + SALT_LEN;
    if (memcmp(a.s.pair, x->pair, HASH_LEN)) {
        EVENT(o, "event=refused why=another-pair epoch=%" PRIu32 " seq=%" PRIu64, a.s.epoch, a.s.seq);
        return;
    }
    uint8_t commitment[HASH_LEN] = { 0 };
    if (item->len - PARLEY_STATEMENT_LEN - SALT_LEN == a.s.body_len)
        parley_body_commit(a.salt, a.body, a.s.body_len, commitment);
    if (item->len - PARLEY_STATEMENT_LEN - SALT_LEN != a.s.body_len || memcmp(commitment, a.s.commitment, HASH_LEN) ||
        parley_body_check(a.body, a.s.body_len, "body", &why)) {
        EVENT(o, "event=refused why=body epoch=%" PRIu32 " seq=%" PRIu64, a.s.epoch, a.s.seq);
        return;
    }
    parley_statement_hash(a.bytes, a.hash);
    if (!memcmp(a.s.author, x->peer, HASH_LEN))
        hear(x, &a, now_us, o);
    else if (!memcmp(a.s.author, x->self, HASH_LEN))
        take_back(x, &a, o);
    else
        EVENT(o, "event=refused why=another-author");
}

/* Peers send their cards again whenever somebody may have lost them: a hash tells sooner than three signatures. */
static bool holds_card(const struct author_log *log, const struct item *item)
{
    uint8_t hash[HASH_LEN];
    if (!card_text_hash((const char *)item->data, item->len, hash))
        return false;
    for (size_t i = log->n; i > 0; i--)
        if (!memcmp(log->epoch[i - 1].card.text_hash, hash, HASH_LEN))
            return true;
    return false;
}

void exchange_take_card(struct exchange *x, const struct item *item, struct outputs *o)
{
    struct card card;
    struct parley_error why = { 0 };
    if (holds_card(&x->theirs, item))
        return;
    if (card_parse((const char *)item->data, item->len, &card, &why) || memcmp(card.party, x->peer, HASH_LEN)) {
        EVENT(o, "event=refused why=card");
        return;
    }
    const struct epoch_log *known = exchange_epoch(&x->theirs, card.epoch);
    if (known) {
        if (memcmp(known->card.text_hash, card.text_hash, HASH_LEN))
            EVENT(o, "event=two-key-statements epoch=%" PRIu32, card.epoch);
        return;
    }
    if (card.epoch < x->theirs.epoch[0].card.epoch)
        return;
    if (author_log_follow(&x->theirs, &card, &why)) {
        EVENT(o, "event=refused why=card-does-not-follow epoch=%" PRIu32, card.epoch);
        return;
    }
    const char *note = outputs_keep(o, item->data, item->len);
    struct output *out = outputs_add(o, OUT_STORE_CARD);
    out->epoch = card.epoch;
    out->body = note;
    out->body_len = item->len;
    EVENT(o, "event=card epoch=%" PRIu32 "%s%s", card.epoch, card.recovers.given ? " recovers" : "", card.revokes.given ? " revokes" : "");
}
