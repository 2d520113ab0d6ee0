/* What this side says: signing the next statement, and sending what the peer may not have. */
#include "channel/author_log.h"
#include "channel/bytes.h"
#include "channel/exchange_parts.h"

#include <parley/json.h>
#include <string.h>

enum { LAST_RECEIPTS = 16 };

uint64_t exchange_last_good(const struct epoch_log *e) { return e->top < e->limit ? e->top : e->limit; }

bool exchange_waiting(const struct exchange *x)
{
    for (size_t i = 0; i < x->ours.n; i++)
        for (uint64_t seq = x->ours.epoch[i].unacked_from; seq <= exchange_last_good(&x->ours.epoch[i]); seq++)
            if (!x->ours.epoch[i].slot[seq - 1].acked && x->ours.epoch[i].slot[seq - 1].kind != PARLEY_KIND_RECEIPT)
                return true;
    return false;
}

bool exchange_unsent(const struct exchange *x)
{
    bool any = false;
    if (!exchange_waiting(x))
        return false;
    for (size_t i = 0; !any && i < x->ours.n; i++)
        for (uint64_t seq = x->ours.epoch[i].unacked_from; !any && seq <= exchange_last_good(&x->ours.epoch[i]); seq++)
            any = !x->ours.epoch[i].slot[seq - 1].acked && !x->ours.epoch[i].slot[seq - 1].sent_us;
    return any;
}

void exchange_send_ours(const struct exchange *x, struct outputs *o, struct epoch_log *e, uint64_t seq)
{
    e->slot[seq - 1].sent_us = x->now_us;
    struct output *out = outputs_add(o, OUT_SEND_OURS);
    out->epoch = e->card.epoch;
    out->seq = seq;
    out->precedence = e->slot[seq - 1].precedence;
}

void exchange_send_cards(const struct exchange *x, struct outputs *o)
{
    if (x->ours.n > 1)
        outputs_add(o, OUT_SEND_CARDS)->epoch = x->ours.epoch[0].card.epoch + 1;
}

/* The peer may not know our later cards yet: they go with the statements until one of the newest epoch is acked. */
void exchange_send_new_cards(const struct exchange *x, struct outputs *o)
{
    const struct epoch_log *last = &x->ours.epoch[x->ours.n - 1];
    if (!(last->top && last->slot[0].acked))
        exchange_send_cards(x, o);
}

enum parley_status exchange_say(struct exchange *x, const struct draft *d, int64_t now_us, struct outputs *o, struct parley_error *err)
{
    struct epoch_log *e = &x->ours.epoch[x->ours.n - 1];
    const struct parley_type_info *type = parley_type_by_code(d->type);
    struct parley_statement s = { .kind = type ? (uint8_t)type->kind : 0, .flags = d->flags, .precedence = d->precedence, .tlp = d->tlp, .type = d->type,
                                  .epoch = e->card.epoch, .seq = e->top + 1, .time_us = now_us, .within_s = d->within_s, .body_len = (uint32_t)d->body_len };
    uint32_t seen_epoch, last_epoch;
    uint64_t last_seq;
    uint8_t salt[SALT_LEN], where[12], body_hash[HASH_LEN], bytes[PARLEY_STATEMENT_LEN], hash[HASH_LEN];
    memcpy(s.pair, x->pair, HASH_LEN);
    memcpy(s.author, x->self, HASH_LEN);
    memcpy(s.reply_to, d->reply_to, HASH_LEN);
    exchange_head(&x->ours, &last_epoch, &last_seq, s.previous);
    exchange_seen(&x->theirs, &seen_epoch, &s.seen_seq, s.seen_hash);
    put_u32(where, s.epoch);
    put_u64(where + 4, s.seq);
    sha256(d->body, d->body_len, body_hash);
    const struct part parts[] = { { x->pair, HASH_LEN }, { where, sizeof where }, { body_hash, HASH_LEN } };
    hmac_sha256(x->salt_key, KEY_LEN, parts, 3, salt);
    parley_body_commit(salt, d->body, d->body_len, s.commitment);
    enum parley_status status = parley_body_check(d->body, d->body_len, "body", err);
    if (!status)
        status = parley_statement_sign(&s, x->secret, bytes, err);
    if (status)
        return status;
    parley_statement_hash(bytes, hash);
    if (!author_log_put(e, &s, hash))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    const char *body = outputs_keep(o, d->body, d->body_len);
    struct output *out = outputs_add(o, OUT_STORE_OURS);
    out->statement = s;
    memcpy(out->bytes, bytes, sizeof bytes);
    memcpy(out->salt, salt, SALT_LEN);
    out->body = body;
    out->body_len = d->body_len;
    exchange_send_new_cards(x, o);
    exchange_send_ours(x, o, e, s.seq);
    if (s.kind != PARLEY_KIND_RECEIPT && x->retry_at_us == INT64_MAX) {
        x->retry_s = RETRY_FIRST_S;
        x->retry_at_us = now_us + RETRY_FIRST_S * S_US;
    }
    return PARLEY_OK;
}

bool exchange_left_long_ago(const struct exchange *x, const struct slot *s)
{
    int64_t since = x->now_us - s->sent_us;
    return !s->sent_us || since < 0 || since >= RETRY_FIRST_S * S_US / 2;
}

static bool may_go(const struct exchange *x, const struct slot *s, bool unsent) { return !s->acked && (unsent ? !s->sent_us : exchange_left_long_ago(x, s)); }

void exchange_resend(struct exchange *x, bool unsent, struct outputs *o)
{
    size_t sent = 0;
    exchange_send_new_cards(x, o);
    for (int pass = PARLEY_FLASH; pass >= 0; pass -= PARLEY_FLASH) /* first FLASH, wherever it stands; then the oldest */
        for (size_t i = 0; i < x->ours.n; i++) {
            struct epoch_log *e = &x->ours.epoch[i];
            for (uint64_t seq = e->unacked_from; seq <= exchange_last_good(e) && sent < RESEND_WINDOW; seq++)
                if (may_go(x, &e->slot[seq - 1], unsent) && (pass == PARLEY_FLASH) == (e->slot[seq - 1].precedence == PARLEY_FLASH)) {
                    exchange_send_ours(x, o, e, seq);
                    sent++;
                }
        }
}

/* The last receipts of ours that nothing told us to have arrived. */
bool exchange_send_receipts(struct exchange *x, bool unsent, struct outputs *o)
{
    struct epoch_log *e = &x->ours.epoch[x->ours.n - 1];
    bool any = false;
    for (uint64_t seq = e->top > LAST_RECEIPTS && e->top - LAST_RECEIPTS >= e->unacked_from ? e->top - LAST_RECEIPTS + 1 : e->unacked_from; seq <= e->top; seq++)
        if (e->slot[seq - 1].kind == PARLEY_KIND_RECEIPT && may_go(x, &e->slot[seq - 1], unsent)) {
            if (!any)
                exchange_send_new_cards(x, o);
            exchange_send_ours(x, o, e, seq);
            any = true;
        }
    return any;
}

enum parley_status exchange_own_card(struct exchange *x, const struct input *in, int64_t now_us, struct outputs *o, struct parley_error *err)
{
    enum parley_status status = author_log_follow(&x->ours, in->card, err);
    if (status)
        return status;
    exchange_set_secret(x, in->secret);
    x->fenced = false; /* the root vouches for the new numbers */
    x->need_epoch = 0, x->need_seq = 0;
    if (in->card->revokes.given) /* of what it cuts the peer may hold some, which it then keeps: its answer tells */
        exchange_ask_anew(x, now_us);
    struct parley_text body;
    struct parley_json json;
    parley_text_init(&body, PARLEY_BODY_MAX);
    parley_json_init(&json, &body, false);
    parley_json_object(&json);
    parley_json_put_string(&json, "card", in->note);
    parley_json_object_end(&json);
    struct draft d = { .type = in->card->recovers.given ? PARLEY_TYPE_RECOVERY : PARLEY_TYPE_KEY_STATEMENT, .precedence = PARLEY_IMMEDIATE, .tlp = PARLEY_TLP_GREEN,
                       .body = parley_text_str(&body), .body_len = body.len };
    status = body.failed ? parley_fail(err, PARLEY_ENOMEM, "out of memory") : exchange_say(x, &d, now_us, o, err);
    parley_text_release(&body);
    return status;
}
