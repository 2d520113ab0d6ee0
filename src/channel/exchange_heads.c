/* Which statements each side holds: the question, its answer, and asking for what is missing. docs/spec/channel.md sections 5, 7 and 10. */
#include "channel/author_log.h"
#include "channel/bytes.h"
#include "channel/exchange_parts.h"

#include <inttypes.h>
#include <string.h>

enum { HEAD_LEN = 4 + 8 + HASH_LEN, QUESTION_LEN = 8, HEADS_MAX = 256, TOLD_TRIES = 8 };

void exchange_ask_soon(struct exchange *x, int64_t now_us)
{
    if (x->ask_at_us > now_us + RETRY_FIRST_S * S_US)
        x->ask_at_us = now_us + RETRY_FIRST_S * S_US;
}

void exchange_ask_anew(struct exchange *x, int64_t now_us)
{
    x->asked = (uint64_t)now_us > x->asked ? (uint64_t)now_us : x->asked + 1;
    x->answered = false;
    x->ask_s = ASK_FIRST_S;
    for (size_t i = 0; i < x->ours.n; i++)
        x->ours.epoch[i].asked_top = x->ours.epoch[i].top;
    exchange_ask_soon(x, now_us);
}

void exchange_ask(struct exchange *x, int64_t now_us, struct outputs *o)
{
    uint8_t question[QUESTION_LEN];
    put_u64(question, x->asked);
    exchange_send_cards(x, o); /* an answer comes sealed to the newest key that is known of us: a peer put back from an old copy may know none that we have */
    outputs_add_item(o, ITEM_HEAD_ASK, question, sizeof question);
    x->ask_at_us = x->fenced ? now_us + RETRY_FIRST_S * S_US : x->answered ? INT64_MAX : now_us + x->ask_s * S_US;
    if (!x->fenced)
        x->ask_s = exchange_longer(x->ask_s);
}

void exchange_open_fence_if_level(struct exchange *x, struct outputs *o)
{
    const struct epoch_log *last = &x->ours.epoch[x->ours.n - 1];
    bool level = last->card.epoch > x->need_epoch || (last->card.epoch == x->need_epoch && last->top >= x->need_seq);
    if (x->fenced && x->head_known && level) {
        x->fenced = false;
        EVENT(o, "event=fence-open epoch=%" PRIu32 " seq=%" PRIu64, last->card.epoch, last->top);
    }
}

/* What is held of one epoch; zeros when there is no such epoch. */
static void put_head(uint8_t *p, const struct author_log *log, size_t i)
{
    memset(p, 0, HEAD_LEN);
    if (i >= log->n)
        return;
    const struct epoch_log *e = &log->epoch[i];
    put_u32(p, e->card.epoch);
    put_u64(p + 4, e->top);
    if (e->top)
        memcpy(p + 12, e->slot[e->top - 1].hash, HASH_LEN);
}

/* For each epoch what we hold of theirs and what there is of ours, so that a desk that lost a part can ask for it. One item: it arrives whole or not at all. */
void exchange_answer_head(const struct exchange *x, const struct item *question, struct outputs *o)
{
    static const size_t each = 2 * (size_t)HEAD_LEN;
    size_t n = x->theirs.n > x->ours.n ? x->theirs.n : x->ours.n, first = n > HEADS_MAX ? n - HEADS_MAX : 0;
    uint8_t payload[QUESTION_LEN + HEADS_MAX * 2 * HEAD_LEN];
    if (question->len != QUESTION_LEN)
        return;
    memcpy(payload, question->data, QUESTION_LEN);
    exchange_send_cards(x, o); /* who asks may have lost our later key statements, too */
    for (size_t i = first; i < n; i++) {
        uint8_t *p = payload + QUESTION_LEN + (i - first) * each;
        put_head(p, &x->theirs, i);
        put_head(p + HEAD_LEN, &x->ours, i);
    }
    outputs_add_item(o, ITEM_HEAD, payload, QUESTION_LEN + (n - first) * each);
}

static void send_want(struct outputs *o, uint8_t whose, uint32_t epoch, uint64_t from, uint64_t to)
{
    uint8_t payload[21] = { whose };
    put_u32(payload + 1, epoch);
    put_u64(payload + 5, from);
    put_u64(payload + 13, to);
    outputs_add_item(o, ITEM_WANT, payload, sizeof payload);
}

/* The peer holds epoch e of ours up to held. What it lacks goes once more, receipted or not: it may have been put back from a copy, and a receipt of
 * a person is repeated by nothing else. Only of what was said after the question its answer tells nothing. True: it lacked some. */
static bool offer(struct exchange *x, struct epoch_log *e, uint64_t held, struct outputs *o)
{
    bool lacks = false;
    for (uint64_t seq = held + 1, sent = 0; seq <= exchange_last_good(e) && sent < RESEND_WINDOW; seq++) {
        const struct slot *s = &e->slot[seq - 1];
        if (s->acked && seq > e->asked_top)
            continue;
        lacks |= seq <= e->asked_top;
        if (exchange_left_long_ago(x, s)) {
            if (!sent++)
                exchange_send_new_cards(x, o);
            exchange_send_ours(x, o, e, seq);
        }
    }
    return lacks;
}

/* What a revocation of ours cut and the peer holds all the same, it receipted before: such a receipt stays binding, and comes again when the statement does. */
static bool fetch_receipts(struct exchange *x, struct epoch_log *e, uint64_t held, struct outputs *o)
{
    bool any = false;
    for (uint64_t seq = e->limit + 1, sent = 0; seq <= held && seq <= e->top && sent < RESEND_WINDOW; seq++) {
        const struct slot *s = &e->slot[seq - 1];
        if (s->acked || s->kind == PARLEY_KIND_RECEIPT)
            continue;
        any = true;
        if (exchange_left_long_ago(x, s)) {
            exchange_send_ours(x, o, e, seq);
            sent++;
        }
    }
    return any;
}

/* The peer holds ours up to (epoch, seq). True: it lacks some, or holds another, or its receipts are missing. */
static bool compare_ours(struct exchange *x, uint32_t epoch, uint64_t seq, const uint8_t *hash, int64_t now_us, struct outputs *o)
{
    struct epoch_log *e = exchange_epoch(&x->ours, epoch);
    const struct slot *slot = e ? author_log_slot(e, seq) : NULL;
    bool differs = slot && memcmp(slot->hash, hash, HASH_LEN);
    if (e && e->limit < seq && !differs && fetch_receipts(x, e, seq, o))
        return true;
    if (e && seq < e->top && !differs)
        return offer(x, e, seq, o);
    if (!seq || (slot && !differs) || epoch < x->ours.epoch[0].card.epoch)
        return false;
    /* A head is a claim without a signature: it fences nothing and proves nothing. The statements themselves are asked for. */
    if (e)
        send_want(o, 0, epoch, differs ? seq : e->top + 1, seq);
    EVENT(o, "event=claims-ahead epoch=%" PRIu32 " seq=%" PRIu64 "%s", epoch, seq, e ? "" : " keys=lost");
    if (x->fenced)
        exchange_ask_soon(x, now_us);
    return differs;
}

/* The peer says up to where there is something of its own; only a fresh answer takes back what an earlier one said. False: we do not know that epoch. */
static bool compare_theirs(struct exchange *x, uint32_t epoch, uint64_t seq, bool fresh, int64_t now_us)
{
    struct epoch_log *e = exchange_epoch(&x->theirs, epoch);
    if (!e)
        return epoch < x->theirs.epoch[0].card.epoch;
    e->lost_tries = 0;
    if (fresh || seq > e->told)
        e->told = seq;
    e->told_tries = TOLD_TRIES;
    if (seq > e->top && x->want_at_us > now_us + RETRY_FIRST_S * S_US)
        x->want_at_us = now_us;
    return true;
}

void exchange_take_head(struct exchange *x, const struct item *item, int64_t now_us, struct outputs *o)
{
    static const size_t each = 2 * (size_t)HEAD_LEN;
    if (item->len < QUESTION_LEN || (item->len - QUESTION_LEN) % each || item->len - QUESTION_LEN > HEADS_MAX * each)
        return;
    const uint8_t *p = item->data + QUESTION_LEN, *end = item->data + item->len;
    const bool fresh = get_u64(item->data) == x->asked;
    bool settled = fresh, sent_cards = false;
    uint32_t known = 0; /* the newest of our epochs that the peer knows */
    x->head_known = true;
    for (; p < end; p += each) {
        settled &= !compare_ours(x, get_u32(p), get_u64(p + 4), p + 12, now_us, o);
        settled &= compare_theirs(x, get_u32(p + HEAD_LEN), get_u64(p + HEAD_LEN + 4), fresh, now_us);
        known = get_u32(p) > known ? get_u32(p) : known;
    }
    for (size_t i = 0; i < x->ours.n; i++)
        if (x->ours.epoch[i].card.epoch > known && x->ours.epoch[i].top) {
            if (!sent_cards)
                exchange_send_cards(x, o);
            sent_cards = true;
            settled &= !offer(x, &x->ours.epoch[i], 0, o);
        }
    exchange_open_fence_if_level(x, o);
    if (settled && !x->fenced) {
        x->answered = true;
        x->ask_at_us = INT64_MAX;
    }
}

void exchange_answer_want(struct exchange *x, const struct item *item, struct outputs *o)
{
    if (item->len != 21 || item->data[0] > 1)
        return;
    bool mine = item->data[0] == 1;
    struct epoch_log *e = exchange_epoch(mine ? &x->ours : &x->theirs, get_u32(item->data + 1));
    uint64_t from = get_u64(item->data + 5), to = get_u64(item->data + 13);
    if (!e || from < 1)
        return;
    if (mine)
        exchange_send_new_cards(x, o);
    for (uint64_t seq = from, sent = 0; seq <= to && seq <= e->top && sent < RESEND_WINDOW; seq++) {
        if (!author_log_slot(e, seq))
            continue;
        if (mine) {
            exchange_send_ours(x, o, e, seq);
        } else {
            struct output *out = outputs_add(o, OUT_SEND_THEIRS);
            out->epoch = e->card.epoch;
            out->seq = seq;
        }
        sent++;
    }
}

/* The first statement after epoch i names the last one before it: do we hold that one? Epochs in which nothing was said lie between. */
bool exchange_end_is_missing(const struct exchange *x, size_t i)
{
    size_t after = i + 1;
    while (after < x->theirs.n && !x->theirs.epoch[after].top)
        after++;
    const struct slot *next = after < x->theirs.n ? author_log_slot(&x->theirs.epoch[after], 1) : NULL;
    if (!next || is_zero(next->previous, HASH_LEN))
        return false;
    for (size_t k = after; k > 0; k--)
        for (uint64_t seq = x->theirs.epoch[k - 1].top; seq > 0; seq--)
            if (!memcmp(x->theirs.epoch[k - 1].slot[seq - 1].hash, next->previous, HASH_LEN))
                return false;
    return true;
}

/* A later recovery of the author says that it knows no more of this epoch. */
static bool lost_by_author(const struct exchange *x, size_t i, uint64_t seq)
{
    for (size_t k = i + 1; k < x->theirs.n; k++)
        if (x->theirs.epoch[k].card.recovers.given)
            return k > i + 1 || seq > x->theirs.epoch[k].card.recovers.seq;
    return false;
}

/* Ask for the first gap of each epoch. */
bool exchange_want_gaps(struct exchange *x, struct outputs *o)
{
    bool any = false;
    for (size_t i = 0; i < x->theirs.n; i++) {
        struct epoch_log *e = &x->theirs.epoch[i];
        uint64_t to = e->gapless + 1;
        if (to > e->limit)
            continue; /* a revocation cut what follows: it would be refused */
        if (e->told > e->top && e->told_tries-- > 0) {
            send_want(o, 1, e->card.epoch, to, e->told);
            any = true;
            continue;
        }
        if (e->told > e->top) { /* the peer may have lost it, too */
            e->told = 0;
            exchange_ask_anew(x, x->now_us);
        }
        if (lost_by_author(x, i, to) && e->lost_tries++ >= TOLD_TRIES)
            continue;
        if (e->gapless == e->top && exchange_end_is_missing(x, i)) {
            send_want(o, 1, e->card.epoch, to, to + RESEND_WINDOW);
            any = true;
        }
        if (e->gapless == e->top || author_log_slot(e, to))
            continue; /* nothing missing; or a break that no statement can mend */
        while (to < e->top && !author_log_slot(e, to + 1))
            to++;
        send_want(o, 1, e->card.epoch, e->gapless + 1, to);
        any = true;
    }
    return any;
}
