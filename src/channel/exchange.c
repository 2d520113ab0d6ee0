/* A step of the exchange: what came in, what time it is, what a start and another process bring. */
#include "channel/author_log.h"
#include "channel/bytes.h"
#include "channel/exchange_parts.h"

static void take_content(struct exchange *x, const uint8_t *content, size_t len, int64_t now_us, struct outputs *o)
{
    struct item item;
    for (size_t at = 0; item_next(content, len, &at, &item);)
        switch (item.type) {
        case ITEM_CARD: exchange_take_card(x, &item, o); break;
        case ITEM_STATEMENT: exchange_take_statement(x, &item, now_us, o); break;
        case ITEM_HEAD_ASK: exchange_answer_head(x, &item, o); break;
        case ITEM_HEAD: exchange_take_head(x, &item, now_us, o); break;
        case ITEM_WANT: exchange_answer_want(x, &item, o); break;
        case ITEM_BUSY:
            if (item.len == 4 && x->retry_at_us != INT64_MAX) {
                uint32_t s = get_u32(item.data);
                x->retry_at_us = now_us + (s > RETRY_LAST_S ? RETRY_LAST_S : s) * S_US;
            }
            EVENT(o, "event=peer-busy");
            break;
        case ITEM_CHUNK:
        case ITEM_CHUNK_WANT:
        case ITEM_CHECKPOINT: {
            const char *payload = outputs_keep(o, item.data, item.len);
            struct output *out = outputs_add(o, item.type == ITEM_CHUNK ? OUT_CHUNK : item.type == ITEM_CHUNK_WANT ? OUT_CHUNK_WANT : OUT_CHECKPOINT);
            out->body = payload;
            out->body_len = item.len;
            break;
        }
        default: EVENT(o, "event=item-skipped type=%d", item.type);
        }
    exchange_give_receipts(x, now_us, o);
    if (!exchange_waiting(x))
        x->retry_at_us = INT64_MAX;
    else if (x->progress) { /* the next of a backlog go at once; the rest is given time */
        exchange_resend(x, false, o);
        x->retry_at_us = now_us + RETRY_FIRST_S * S_US;
    }
}

static void tick(struct exchange *x, int64_t now_us, struct outputs *o)
{
    if (now_us >= x->ask_at_us)
        exchange_ask(x, now_us, o);
    if (now_us >= x->want_at_us) { /* what nobody holds any more is asked for ever more seldom, but never given up */
        x->want_at_us = exchange_want_gaps(x, o) ? now_us + x->want_s * S_US : INT64_MAX;
        x->want_s = exchange_longer(x->want_s);
    }
    if (now_us >= x->retry_at_us) {
        if (exchange_waiting(x)) {
            exchange_resend(x, false, o);
            x->retry_at_us = now_us + x->retry_s * S_US;
            x->retry_s = exchange_longer(x->retry_s);
        } else {
            x->retry_at_us = INT64_MAX;
        }
    }
}

/* What follows from statements that were loaded: gaps to ask for, receipts to wait for. */
static void look_around(struct exchange *x, int64_t now_us)
{
    author_log_cut(&x->theirs); /* with the receipts that were loaded since, */
    author_log_cut(&x->ours);   /* and the statement that a revocation of ours names */
    for (size_t i = 0; i < x->ours.n; i++) {
        struct epoch_log *e = &x->ours.epoch[i];
        while (e->unacked_from <= e->top && e->slot[e->unacked_from - 1].acked)
            e->unacked_from++;
    }
    for (size_t i = 0; i < x->theirs.n; i++)
        if (x->theirs.epoch[i].top > x->theirs.epoch[i].gapless || exchange_end_is_missing(x, i))
            x->want_at_us = now_us;
}

/* Another process said or heard something: what is new goes at once, what went before keeps its time. */
static void caught_up(struct exchange *x, int64_t now_us, struct outputs *o)
{
    look_around(x, now_us);
    if (exchange_unsent(x)) {
        x->retry_s = RETRY_FIRST_S;
        exchange_resend(x, true, o);
    }
    if (!exchange_waiting(x)) {
        x->retry_at_us = INT64_MAX;
        if (exchange_send_receipts(x, true, o))
            exchange_ask_anew(x, now_us);
    } else if (x->retry_at_us > now_us + x->retry_s * S_US) {
        x->retry_at_us = now_us + x->retry_s * S_US;
    }
    exchange_give_receipts(x, now_us, o);
}

static void start(struct exchange *x, const struct input *in, int64_t now_us, struct outputs *o)
{
    const struct epoch_log *last = &x->ours.epoch[x->ours.n - 1];
    bool mark_ahead = in->mark_epoch > last->card.epoch || (in->mark_epoch == last->card.epoch && in->mark_seq > last->top);
    if (mark_ahead || in->restored) {
        x->fenced = true;
        /* Without a mark nobody knows which numbers are still under way: the peer's word opens nothing, only the root does. */
        x->need_epoch = mark_ahead ? in->mark_epoch : UINT32_MAX;
        x->need_seq = mark_ahead ? in->mark_seq : 0;
        EVENT(o, "event=fenced why=%s", mark_ahead ? "high-water-mark" : "restored");
    }
    look_around(x, now_us);
    if (exchange_waiting(x))
        x->retry_at_us = now_us;
    else
        exchange_send_receipts(x, false, o);
    exchange_ask_anew(x, now_us);
    x->ask_at_us = now_us;
    tick(x, now_us, o);
    exchange_give_receipts(x, now_us, o);
}

int64_t exchange_due(const struct exchange *x)
{
    int64_t due = x->retry_at_us < x->want_at_us ? x->retry_at_us : x->want_at_us;
    return due < x->ask_at_us ? due : x->ask_at_us;
}

enum parley_status exchange_step(struct exchange *x, const struct input *in, int64_t now_us, struct outputs *o, struct parley_error *err)
{
    enum parley_status status = PARLEY_OK;
    x->now_us = now_us;
    x->progress = false;
    int64_t *timer[] = { &x->retry_at_us, &x->want_at_us, &x->ask_at_us };
    for (int i = 0; i < 3; i++) /* the clock was set back: a timer never waits longer than the longest wait */
        if (*timer[i] != INT64_MAX && *timer[i] > now_us + RETRY_LAST_S * S_US)
            *timer[i] = now_us + RETRY_LAST_S * S_US;
    switch (in->kind) {
    case IN_START: start(x, in, now_us, o); break;
    case IN_TICK:
        tick(x, now_us, o);
        exchange_give_receipts(x, now_us, o);
        break;
    case IN_MORE: exchange_resend(x, true, o); break;
    case IN_CAUGHT_UP: caught_up(x, now_us, o); break;
    case IN_CONTENT: take_content(x, in->content, in->content_len, now_us, o); break;
    case IN_OWN_CARD: status = exchange_own_card(x, in, now_us, o, err); break;
    case IN_SEND:
        if (x->fenced)
            return parley_fail(err, PARLEY_EREFUSED, "this desk seems to be restored from a copy: nothing is signed until a peer told our last number "
                                                     "('parley channel sync'), or a root-signed recovery ('parley desk recover')");
        status = exchange_say(x, in->draft, now_us, o, err);
        if (!status && in->draft->type == PARLEY_TYPE_RECEIPT)
            exchange_ask_anew(x, now_us);
        break;
    }
    return !status && o->failed ? parley_fail(err, PARLEY_ENOMEM, "out of memory") : status;
}
