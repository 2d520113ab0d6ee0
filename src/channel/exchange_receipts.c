/* Receipts: those this side owes and gives, and what those of the peer acknowledge. */
#include "channel/author_log.h"
#include "channel/bytes.h"
#include "channel/exchange_parts.h"

#include <inttypes.h>
#include <parley/json.h>
#include <parley/tree.h>
#include <string.h>

enum { REPEATS_MAX = 4 };
#define MEANING "Acknowledging is not agreeing; origin in a territory is not responsibility."

/* --- given ---------------------------------------------------------------------------------- */

struct owed { /* up to ALSO_MAX of theirs without a receipt, and the one to name */
    struct slot *slot[ALSO_MAX];
    uint32_t epoch[ALSO_MAX];
    uint64_t seq[ALSO_MAX];
    size_t n, named;
};

static void find_owed(struct exchange *x, struct owed *w)
{
    w->n = w->named = 0;
    for (size_t i = 0; i < x->theirs.n; i++) {
        struct epoch_log *e = &x->theirs.epoch[i];
        for (uint64_t seq = e->owed_from; seq <= e->top && w->n < ALSO_MAX; seq++) {
            struct slot *s = author_log_slot(e, seq);
            bool settled = s && (s->receipt_seq || s->kind == PARLEY_KIND_RECEIPT);
            if (settled && seq == e->owed_from)
                e->owed_from++;
            if (!s || settled)
                continue;
            w->slot[w->n] = s, w->epoch[w->n] = e->card.epoch, w->seq[w->n] = seq;
            if (s->precedence >= w->slot[w->named]->precedence)
                w->named = w->n;
            w->n++;
        }
    }
}

static void receipt_for(struct exchange *x, struct owed *w, int64_t now_us, struct outputs *o)
{
    uint32_t seen_epoch;
    uint64_t seen;
    uint8_t hash[HASH_LEN];
    char hex[65];
    struct parley_text body;
    struct parley_json json;
    exchange_seen(&x->theirs, &seen_epoch, &seen, hash);
    parley_text_init(&body, PARLEY_BODY_MAX);
    parley_json_init(&json, &body, false);
    parley_json_object(&json);
    parley_json_put_string(&json, "receipt", "stored");
    parley_json_put_integer(&json, "seq", (int64_t)w->seq[w->named]);
    parley_json_key(&json, "also");
    parley_json_array(&json);
    for (size_t i = 0; i < w->n; i++)
        if (i != w->named && (w->slot[i]->repeats >= REPEATS_MAX || !(w->epoch[i] == seen_epoch && w->seq[i] <= seen))) {
            to_hex(w->slot[i]->hash, HASH_LEN, hex);
            parley_json_string(&json, hex);
        }
    parley_json_array_end(&json);
    parley_json_put_string(&json, "meaning", MEANING);
    parley_json_object_end(&json);
    struct draft d = { .type = PARLEY_TYPE_RECEIPT, .precedence = w->slot[w->named]->precedence, .tlp = PARLEY_TLP_GREEN, .body = parley_text_str(&body), .body_len = body.len };
    memcpy(d.reply_to, w->slot[w->named]->hash, HASH_LEN);
    if (body.failed || exchange_say(x, &d, now_us, o, NULL)) {
        o->failed = true;
        parley_text_release(&body);
        return;
    }
    parley_text_release(&body);
    const struct epoch_log *mine = &x->ours.epoch[x->ours.n - 1];
    for (size_t i = 0; i < w->n; i++) {
        w->slot[i]->receipt_epoch = mine->card.epoch;
        w->slot[i]->receipt_seq = mine->top;
        struct epoch_log *e = exchange_epoch(&x->theirs, w->epoch[i]);
        if (w->seq[i] > e->receipted)
            e->receipted = w->seq[i];
        struct output *last = o->n ? &o->out[o->n - 1] : NULL;
        if (last && last->kind == OUT_STORE_COVER && last->epoch == w->epoch[i] && last->to + 1 == w->seq[i] && last->by_seq == mine->top) {
            last->to++;
            continue;
        }
        struct output *out = outputs_add(o, OUT_STORE_COVER);
        out->epoch = w->epoch[i];
        out->seq = out->to = w->seq[i];
        out->by_epoch = mine->card.epoch;
        out->by_seq = mine->top;
    }
}

void exchange_give_receipts(struct exchange *x, int64_t now_us, struct outputs *o)
{
    struct owed w;
    if (x->fenced)
        return; /* they are owed, and given when the fence opens */
    for (find_owed(x, &w); w.n && !o->failed; find_owed(x, &w))
        receipt_for(x, &w, now_us, o);
}

/* A duplicate: the stored receipt goes out again, once a step. */
void exchange_answer_duplicate(struct exchange *x, struct epoch_log *e, uint64_t seq, struct outputs *o)
{
    struct slot *slot = &e->slot[seq - 1];
    struct epoch_log *mine = exchange_epoch(&x->ours, slot->receipt_epoch);
    /* A damaged desk lost its receipt, or the peer lost what the receipt's `seen` names: then a new one names it outright. */
    if (slot->repeats < UINT8_MAX)
        slot->repeats++;
    if (!slot->receipt_seq || !mine || !author_log_slot(mine, slot->receipt_seq) || slot->repeats == REPEATS_MAX) {
        slot->receipt_seq = 0;
        if (e->owed_from > seq)
            e->owed_from = seq;
        return;
    }
    for (size_t i = 0; i < o->n; i++)
        if (o->out[i].kind == OUT_SEND_OURS && o->out[i].epoch == slot->receipt_epoch && o->out[i].seq == slot->receipt_seq)
            return;
    exchange_send_new_cards(x, o);
    exchange_send_ours(x, o, mine, slot->receipt_seq);
}

/* --- got ------------------------------------------------------------------------------------ */

struct teller { /* their statement that says so */
    uint32_t epoch;
    uint64_t seq;
};

static void ack(struct exchange *x, struct epoch_log *e, uint64_t from, uint64_t to, struct teller by, struct outputs *o)
{
    for (uint64_t seq = from < e->unacked_from ? e->unacked_from : from; seq <= to && seq <= e->top; seq++) {
        if (e->slot[seq - 1].acked)
            continue;
        e->slot[seq - 1].acked = true;
        struct output *last = o->n ? &o->out[o->n - 1] : NULL;
        if (last && last->kind == OUT_STORE_ACK && last->epoch == e->card.epoch && last->to + 1 == seq && last->by_seq == by.seq && last->by_epoch == by.epoch) {
            last->to++;
            continue;
        }
        struct output *out = outputs_add(o, OUT_STORE_ACK);
        out->epoch = e->card.epoch;
        out->seq = out->to = seq;
        out->by_epoch = by.epoch;
        out->by_seq = by.seq;
        x->retry_s = RETRY_FIRST_S;
        x->progress = true;
    }
    while (e->unacked_from <= e->top && e->slot[e->unacked_from - 1].acked)
        e->unacked_from++;
}

/* Ack one of ours by hash, looking only at those still open; a known hash that is acked already is fine too. */
static void ack_hash(struct exchange *x, const uint8_t hash[HASH_LEN], struct teller by, struct outputs *o)
{
    for (size_t i = x->ours.n; i > 0; i--) {
        struct epoch_log *e = &x->ours.epoch[i - 1];
        for (uint64_t seq = e->unacked_from; seq <= e->top; seq++)
            if (!memcmp(e->slot[seq - 1].hash, hash, HASH_LEN)) {
                ack(x, e, seq, seq, by, o);
                return;
            }
    }
}

void exchange_take_seen(struct exchange *x, const struct parley_statement *s, int64_t now_us, struct outputs *o)
{
    if (!s->seen_seq)
        return;
    for (size_t i = x->ours.n; i > 0; i--) {
        struct epoch_log *e = &x->ours.epoch[i - 1];
        const struct slot *slot = author_log_slot(e, s->seen_seq);
        if (slot && !memcmp(slot->hash, s->seen_hash, HASH_LEN)) {
            ack(x, e, 1, s->seen_seq, (struct teller){ s->epoch, s->seq }, o);
            return;
        }
    }
    EVENT(o, "event=claim-not-ours epoch=%" PRIu32 " seq=%" PRIu64 " claims=%" PRIu64, s->epoch, s->seq, s->seen_seq);
    exchange_ask_soon(x, now_us); /* it may know more of ours than we do: a copy was restored */
}

void exchange_take_receipt(struct exchange *x, const struct parley_statement *s, const char *body, size_t len, struct outputs *o)
{
    struct teller by = { s->epoch, s->seq };
    struct parley_arena arena = { 0 };
    struct parley_node *root;
    uint8_t hash[HASH_LEN];
    ack_hash(x, s->reply_to, by, o);
    if (!parley_json_parse(body, len, "receipt", &arena, &root, NULL)) {
        const struct parley_node *also = parley_node_get(root, "also");
        for (size_t i = 0; also && also->kind == PARLEY_NODE_LIST && i < also->n && i < ALSO_MAX; i++)
            if (from_hex(also->child[i].text, also->child[i].len, hash, HASH_LEN))
                ack_hash(x, hash, by, o);
    }
    parley_arena_release(&arena);
}
