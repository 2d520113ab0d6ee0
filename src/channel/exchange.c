#include "channel/exchange.h"
#include "channel/author_log.h"
#include "channel/bytes.h"

#include <inttypes.h>
#include <parley/json.h>
#include <parley/tree.h>
#include <stdlib.h>
#include <string.h>

#define S_US INT64_C(1000000)
enum { HEAD_LEN = 4 + 8 + HASH_LEN, QUESTION_LEN = 8, HEADS_MAX = 256, TOLD_TRIES = 8, ASK_FIRST_S = 30, REPEATS_MAX = 4, LAST_RECEIPTS = 16 };
#define MEANING "Acknowledging is not agreeing; origin in a territory is not responsibility."

/* --- outputs -------------------------------------------------------------------------------- */

static struct output *emit(struct outputs *o, enum output_kind kind)
{
    if (o->n == o->cap) {
        size_t cap = o->cap ? 2 * o->cap : 64;
        struct output *more = realloc(o->out, cap * sizeof *more);
        if (!more) {
            o->failed = true;
            return &o->spare;
        }
        o->out = more, o->cap = cap;
    }
    struct output *out = &o->out[o->n++];
    memset(out, 0, sizeof *out);
    out->kind = kind;
    return out;
}

static const char *keep(struct outputs *o, const void *data, size_t len)
{
    char *copy = parley_arena_copy(&o->arena, data, len);
    if (!copy)
        o->failed = true;
    return copy ? copy : "";
}

#define EVENT(o, ...)                                                            \
    do {                                                                         \
        const char *text_ = parley_arena_printf(&(o)->arena, __VA_ARGS__);       \
        emit((o), OUT_EVENT)->text = text_ ? text_ : "event=out-of-memory";      \
    } while (0)

void outputs_clear(struct outputs *o)
{
    parley_arena_release(&o->arena);
    parley_arena_init(&o->arena, 0);
    o->n = 0;
    o->failed = false;
}

void outputs_release(struct outputs *o)
{
    parley_arena_release(&o->arena);
    free(o->out);
    memset(o, 0, sizeof *o);
}

static void send_item(struct outputs *o, int type, const uint8_t *payload, size_t len)
{
    const char *kept = keep(o, payload, len);
    struct output *out = emit(o, OUT_SEND_ITEM);
    out->item = type;
    out->body = kept;
    out->body_len = len;
}

/* --- opening and loading ---------------------------------------------------------------------- */

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

/* --- saying --------------------------------------------------------------------------------- */

/* Is a message (not only receipts) of ours still without the peer's word? */
static bool waiting(const struct exchange *x)
{
    for (size_t i = 0; i < x->ours.n; i++)
        for (uint64_t seq = x->ours.epoch[i].unacked_from; seq <= x->ours.epoch[i].top; seq++)
            if (!x->ours.epoch[i].slot[seq - 1].acked && x->ours.epoch[i].slot[seq - 1].kind != PARLEY_KIND_RECEIPT)
                return true;
    return false;
}

bool exchange_unsent(const struct exchange *x)
{
    bool any = false;
    if (!waiting(x))
        return false;
    for (size_t i = 0; !any && i < x->ours.n; i++)
        for (uint64_t seq = x->ours.epoch[i].unacked_from; !any && seq <= x->ours.epoch[i].top; seq++)
            any = !x->ours.epoch[i].slot[seq - 1].acked && !x->ours.epoch[i].slot[seq - 1].sent_us;
    return any;
}

static void send_ours(const struct exchange *x, struct outputs *o, struct epoch_log *e, uint64_t seq)
{
    e->slot[seq - 1].sent_us = x->now_us;
    struct output *out = emit(o, OUT_SEND_OURS);
    out->epoch = e->card.epoch;
    out->seq = seq;
    out->precedence = e->slot[seq - 1].precedence;
}

/* The peer may not know our later cards yet: they go with the statements until one of the newest epoch is acked. */
static void send_cards_if_new(const struct exchange *x, struct outputs *o)
{
    const struct epoch_log *last = &x->ours.epoch[x->ours.n - 1];
    if (x->ours.n > 1 && !(last->top && last->slot[0].acked))
        emit(o, OUT_SEND_CARDS)->epoch = x->ours.epoch[0].card.epoch + 1;
}

static void last_hash_before(const struct exchange *x, uint8_t out[HASH_LEN])
{
    struct author_log earlier = { x->ours.epoch, x->ours.n };
    uint32_t epoch;
    uint64_t seq;
    exchange_head(&earlier, &epoch, &seq, out);
}

static enum parley_status say(struct exchange *x, const struct draft *d, int64_t now_us, struct outputs *o, struct parley_error *err)
{
    struct epoch_log *e = &x->ours.epoch[x->ours.n - 1];
    const struct parley_type_info *type = parley_type_by_code(d->type);
    struct parley_statement s = { .kind = type ? (uint8_t)type->kind : 0, .flags = d->flags, .precedence = d->precedence, .tlp = d->tlp, .type = d->type,
                                  .epoch = e->card.epoch, .seq = e->top + 1, .time_us = now_us, .within_s = d->within_s, .body_len = (uint32_t)d->body_len };
    uint32_t seen_epoch;
    uint8_t salt[SALT_LEN], where[12], body_hash[HASH_LEN], bytes[PARLEY_STATEMENT_LEN], hash[HASH_LEN];
    memcpy(s.pair, x->pair, HASH_LEN);
    memcpy(s.author, x->self, HASH_LEN);
    memcpy(s.reply_to, d->reply_to, HASH_LEN);
    last_hash_before(x, s.previous);
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
    const char *body = keep(o, d->body, d->body_len);
    struct output *out = emit(o, OUT_STORE_OURS);
    out->statement = s;
    memcpy(out->bytes, bytes, sizeof bytes);
    memcpy(out->salt, salt, SALT_LEN);
    out->body = body;
    out->body_len = d->body_len;
    send_cards_if_new(x, o);
    send_ours(x, o, e, s.seq);
    if (s.kind != PARLEY_KIND_RECEIPT && x->retry_at_us == INT64_MAX) {
        x->retry_s = RETRY_FIRST_S;
        x->retry_at_us = now_us + RETRY_FIRST_S * S_US;
    }
    return PARLEY_OK;
}

/* --- receipts ------------------------------------------------------------------------------- */

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
    if (body.failed || say(x, &d, now_us, o, NULL)) {
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
        struct output *out = emit(o, OUT_STORE_COVER);
        out->epoch = w->epoch[i];
        out->seq = out->to = w->seq[i];
        out->by_epoch = mine->card.epoch;
        out->by_seq = mine->top;
    }
}

static void give_receipts(struct exchange *x, int64_t now_us, struct outputs *o)
{
    struct owed w;
    if (x->fenced)
        return; /* they are owed, and given when the fence opens */
    for (find_owed(x, &w); w.n && !o->failed; find_owed(x, &w))
        receipt_for(x, &w, now_us, o);
}

/* --- acknowledgements ----------------------------------------------------------------------- */

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
        struct output *out = emit(o, OUT_STORE_ACK);
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

static void ask_soon(struct exchange *x, int64_t now_us)
{
    if (x->ask_at_us > now_us + RETRY_FIRST_S * S_US)
        x->ask_at_us = now_us + RETRY_FIRST_S * S_US;
}

/* What does the peer hold, as of now? Asked until an answer to this very question comes: one that was under way before may be out of date. */
static void ask_anew(struct exchange *x, int64_t now_us)
{
    x->asked = (uint64_t)now_us > x->asked ? (uint64_t)now_us : x->asked + 1;
    x->answered = false;
    x->ask_s = ASK_FIRST_S;
    for (size_t i = 0; i < x->ours.n; i++)
        x->ours.epoch[i].asked_top = x->ours.epoch[i].top;
    ask_soon(x, now_us);
}

static void take_seen(struct exchange *x, const struct parley_statement *s, int64_t now_us, struct outputs *o)
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
    ask_soon(x, now_us); /* it may know more of ours than we do: a copy was restored */
}

static void take_receipt(struct exchange *x, const struct parley_statement *s, const char *body, size_t len, struct outputs *o)
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

/* --- hearing -------------------------------------------------------------------------------- */

struct arrival { /* one statement item, decoded */
    struct parley_statement s;
    const uint8_t *bytes, *salt;
    const char *body;
    uint8_t hash[HASH_LEN];
};

static struct output *store(struct outputs *o, enum output_kind kind, const struct arrival *a)
{
    const char *body = keep(o, a->body, a->s.body_len);
    struct output *out = emit(o, kind);
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

/* A duplicate: the stored receipt goes out again, once a step. */
static void answer_duplicate(struct exchange *x, struct epoch_log *e, uint64_t seq, struct outputs *o)
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
    send_cards_if_new(x, o);
    send_ours(x, o, mine, slot->receipt_seq);
}

static void hear(struct exchange *x, const struct arrival *a, int64_t now_us, struct outputs *o)
{
    const struct parley_statement *s = &a->s;
    struct epoch_log *e = exchange_epoch(&x->theirs, s->epoch);
    if (!e) {
        EVENT(o, "event=refused why=unknown-epoch epoch=%" PRIu32 " seq=%" PRIu64, s->epoch, s->seq);
        ask_soon(x, now_us);
        return;
    }
    struct slot *known = author_log_slot(e, s->seq);
    if (known && !memcmp(known->hash, a->hash, HASH_LEN)) { /* before the costly check: these very bytes were verified once */
        take_seen(x, s, now_us, o); /* we may have lost what it told us */
        if (s->kind == PARLEY_KIND_RECEIPT)
            take_receipt(x, s, a->body, s->body_len, o);
        else
            answer_duplicate(x, e, s->seq, o);
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
        send_item(o, ITEM_BUSY, seconds, 4);
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
    take_seen(x, s, now_us, o);
    if (s->kind == PARLEY_KIND_RECEIPT)
        take_receipt(x, s, a->body, s->body_len, o);
    EVENT(o, "event=stored epoch=%" PRIu32 " seq=%" PRIu64 " precedence=%s%s", s->epoch, s->seq, parley_precedence_name(s->precedence, PARLEY_EN),
          s->seq > e->gapless ? " earlier=outstanding" : "");
}

static void open_fence_if_level(struct exchange *x, struct outputs *o)
{
    const struct epoch_log *last = &x->ours.epoch[x->ours.n - 1];
    bool level = last->card.epoch > x->need_epoch || (last->card.epoch == x->need_epoch && last->top >= x->need_seq);
    if (x->fenced && x->head_known && level) {
        x->fenced = false;
        EVENT(o, "event=fence-open epoch=%" PRIu32 " seq=%" PRIu64, last->card.epoch, last->top);
    }
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
    ask_anew(x, x->now_us);
    if (s->kind != PARLEY_KIND_RECEIPT && x->retry_at_us == INT64_MAX) {
        x->retry_s = RETRY_FIRST_S;
        x->retry_at_us = x->now_us + RETRY_FIRST_S * S_US;
    }
    store(o, OUT_STORE_OURS, a)->imported = true;
    EVENT(o, "event=own-imported epoch=%" PRIu32 " seq=%" PRIu64, s->epoch, s->seq);
    open_fence_if_level(x, o);
}

static void take_statement(struct exchange *x, const struct item *item, int64_t now_us, struct outputs *o)
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
    uint8_t commitment[HASH_LEN];
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

static void take_card(struct exchange *x, const struct item *item, struct outputs *o)
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
    const char *note = keep(o, item->data, item->len);
    struct output *out = emit(o, OUT_STORE_CARD);
    out->epoch = card.epoch;
    out->body = note;
    out->body_len = item->len;
    EVENT(o, "event=card epoch=%" PRIu32 "%s%s", card.epoch, card.recovers.given ? " recovers" : "", card.revokes.given ? " revokes" : "");
}

/* It never left, or long enough ago. */
static bool left_long_ago(const struct exchange *x, const struct slot *s)
{
    int64_t since = x->now_us - s->sent_us;
    return !s->sent_us || since < 0 || since >= RETRY_FIRST_S * S_US / 2;
}

static bool may_go(const struct exchange *x, const struct slot *s, bool unsent) { return !s->acked && (unsent ? !s->sent_us : left_long_ago(x, s)); }

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
static void answer_head(const struct exchange *x, const struct item *question, struct outputs *o)
{
    static const size_t each = 2 * (size_t)HEAD_LEN;
    size_t n = x->theirs.n > x->ours.n ? x->theirs.n : x->ours.n, first = n > HEADS_MAX ? n - HEADS_MAX : 0;
    uint8_t payload[QUESTION_LEN + HEADS_MAX * 2 * HEAD_LEN];
    if (question->len != QUESTION_LEN)
        return;
    memcpy(payload, question->data, QUESTION_LEN);
    if (x->ours.n > 1) /* who asks may have lost our later key statements, too */
        emit(o, OUT_SEND_CARDS)->epoch = x->ours.epoch[0].card.epoch + 1;
    for (size_t i = first; i < n; i++) {
        uint8_t *p = payload + QUESTION_LEN + (i - first) * each;
        put_head(p, &x->theirs, i);
        put_head(p + HEAD_LEN, &x->ours, i);
    }
    send_item(o, ITEM_HEAD, payload, QUESTION_LEN + (n - first) * each);
}

static void send_want(struct outputs *o, uint8_t whose, uint32_t epoch, uint64_t from, uint64_t to)
{
    uint8_t payload[21] = { whose };
    put_u32(payload + 1, epoch);
    put_u64(payload + 5, from);
    put_u64(payload + 13, to);
    send_item(o, ITEM_WANT, payload, sizeof payload);
}

/* The peer holds epoch e of ours up to held. What it lacks goes once more, receipted or not: it may have been put back from a copy, and a receipt of
 * a person is repeated by nothing else. Only of what was said after the question its answer tells nothing. True: it lacked some. */
static bool offer(struct exchange *x, struct epoch_log *e, uint64_t held, struct outputs *o)
{
    bool lacks = false;
    for (uint64_t seq = held + 1, sent = 0; seq <= e->top && seq <= e->limit && sent < RESEND_WINDOW; seq++) {
        const struct slot *s = &e->slot[seq - 1];
        if (s->acked && seq > e->asked_top)
            continue;
        lacks |= seq <= e->asked_top;
        if (left_long_ago(x, s)) {
            if (!sent++)
                send_cards_if_new(x, o);
            send_ours(x, o, e, seq);
        }
    }
    return lacks;
}

/* The peer holds ours up to (epoch, seq). True: it lacks some, or holds another. */
static bool compare_ours(struct exchange *x, uint32_t epoch, uint64_t seq, const uint8_t *hash, int64_t now_us, struct outputs *o)
{
    struct epoch_log *e = exchange_epoch(&x->ours, epoch);
    const struct slot *slot = e ? author_log_slot(e, seq) : NULL;
    bool differs = slot && memcmp(slot->hash, hash, HASH_LEN);
    if (e && seq < e->top && !differs)
        return offer(x, e, seq, o);
    if (!seq || (slot && !differs) || epoch < x->ours.epoch[0].card.epoch)
        return false;
    /* A head is a claim without a signature: it fences nothing and proves nothing. The statements themselves are asked for. */
    if (e)
        send_want(o, 0, epoch, differs ? seq : e->top + 1, seq);
    EVENT(o, "event=claims-ahead epoch=%" PRIu32 " seq=%" PRIu64 "%s", epoch, seq, e ? "" : " keys=lost");
    if (x->fenced)
        ask_soon(x, now_us);
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

static void take_head(struct exchange *x, const struct item *item, int64_t now_us, struct outputs *o)
{
    static const size_t each = 2 * (size_t)HEAD_LEN;
    if (item->len < QUESTION_LEN || (item->len - QUESTION_LEN) % each || item->len - QUESTION_LEN > HEADS_MAX * each)
        return;
    const uint8_t *p = item->data + QUESTION_LEN, *end = item->data + item->len;
    const bool fresh = get_u64(item->data) == x->asked;
    bool settled = fresh, told_cards = false;
    uint32_t known = 0; /* the newest of our epochs that the peer knows */
    x->head_known = true;
    for (; p < end; p += each) {
        settled &= !compare_ours(x, get_u32(p), get_u64(p + 4), p + 12, now_us, o);
        settled &= compare_theirs(x, get_u32(p + HEAD_LEN), get_u64(p + HEAD_LEN + 4), fresh, now_us);
        known = get_u32(p) > known ? get_u32(p) : known;
    }
    for (size_t i = 0; i < x->ours.n; i++)
        if (x->ours.epoch[i].card.epoch > known && x->ours.epoch[i].top) {
            if (i && !told_cards)
                emit(o, OUT_SEND_CARDS)->epoch = x->ours.epoch[0].card.epoch + 1;
            told_cards = true;
            settled &= !offer(x, &x->ours.epoch[i], 0, o);
        }
    open_fence_if_level(x, o);
    if (settled && !x->fenced) {
        x->answered = true;
        x->ask_at_us = INT64_MAX;
    }
}

static void answer_want(struct exchange *x, const struct item *item, struct outputs *o)
{
    if (item->len != 21 || item->data[0] > 1)
        return;
    bool mine = item->data[0] == 1;
    struct epoch_log *e = exchange_epoch(mine ? &x->ours : &x->theirs, get_u32(item->data + 1));
    uint64_t from = get_u64(item->data + 5), to = get_u64(item->data + 13);
    if (!e || from < 1)
        return;
    if (mine)
        send_cards_if_new(x, o);
    for (uint64_t seq = from, sent = 0; seq <= to && seq <= e->top && sent < RESEND_WINDOW; seq++) {
        if (!author_log_slot(e, seq))
            continue;
        if (mine) {
            send_ours(x, o, e, seq);
        } else {
            struct output *out = emit(o, OUT_SEND_THEIRS);
            out->epoch = e->card.epoch;
            out->seq = seq;
        }
        sent++;
    }
}

static void resend(struct exchange *x, bool unsent, struct outputs *o)
{
    size_t sent = 0;
    send_cards_if_new(x, o);
    for (int pass = PARLEY_FLASH; pass >= 0; pass -= PARLEY_FLASH) /* first FLASH, wherever it stands; then the oldest */
        for (size_t i = 0; i < x->ours.n; i++) {
            struct epoch_log *e = &x->ours.epoch[i];
            for (uint64_t seq = e->unacked_from; seq <= e->top && sent < RESEND_WINDOW; seq++)
                if (may_go(x, &e->slot[seq - 1], unsent) && (pass == PARLEY_FLASH) == (e->slot[seq - 1].precedence == PARLEY_FLASH)) {
                    send_ours(x, o, e, seq);
                    sent++;
                }
        }
}

static void take_content(struct exchange *x, const uint8_t *content, size_t len, int64_t now_us, struct outputs *o)
{
    struct item item;
    for (size_t at = 0; item_next(content, len, &at, &item);)
        switch (item.type) {
        case ITEM_CARD: take_card(x, &item, o); break;
        case ITEM_STATEMENT: take_statement(x, &item, now_us, o); break;
        case ITEM_HEAD_ASK: answer_head(x, &item, o); break;
        case ITEM_HEAD: take_head(x, &item, now_us, o); break;
        case ITEM_WANT: answer_want(x, &item, o); break;
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
            const char *payload = keep(o, item.data, item.len);
            struct output *out = emit(o, item.type == ITEM_CHUNK ? OUT_CHUNK : item.type == ITEM_CHUNK_WANT ? OUT_CHUNK_WANT : OUT_CHECKPOINT);
            out->body = payload;
            out->body_len = item.len;
            break;
        }
        default: EVENT(o, "event=item-skipped type=%d", item.type);
        }
    give_receipts(x, now_us, o);
    if (!waiting(x))
        x->retry_at_us = INT64_MAX;
    else if (x->progress) { /* the next of a backlog go at once; the rest is given time */
        resend(x, false, o);
        x->retry_at_us = now_us + RETRY_FIRST_S * S_US;
    }
}

/* --- time ----------------------------------------------------------------------------------- */

/* The first statement after epoch i names the last one before it: do we hold that one? Epochs in which nothing was said lie between. */
static bool end_is_missing(const struct exchange *x, size_t i)
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
static bool want_gaps(struct exchange *x, struct outputs *o)
{
    bool any = false;
    for (size_t i = 0; i < x->theirs.n; i++) {
        struct epoch_log *e = &x->theirs.epoch[i];
        uint64_t to = e->gapless + 1;
        if (e->told > e->top && e->told_tries-- > 0) {
            send_want(o, 1, e->card.epoch, to, e->told);
            any = true;
            continue;
        }
        if (e->told > e->top) { /* the peer may have lost it, too */
            e->told = 0;
            ask_anew(x, x->now_us);
        }
        if (lost_by_author(x, i, to) && e->lost_tries++ >= TOLD_TRIES)
            continue;
        if (e->gapless == e->top && end_is_missing(x, i)) {
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

static void tick(struct exchange *x, int64_t now_us, struct outputs *o)
{
    if (now_us >= x->ask_at_us) {
        uint8_t question[QUESTION_LEN];
        put_u64(question, x->asked);
        send_item(o, ITEM_HEAD_ASK, question, sizeof question);
        x->ask_at_us = x->fenced ? now_us + RETRY_FIRST_S * S_US : x->answered ? INT64_MAX : now_us + x->ask_s * S_US;
        if (!x->fenced)
            x->ask_s = 2 * x->ask_s > RETRY_LAST_S ? RETRY_LAST_S : 2 * x->ask_s;
    }
    if (now_us >= x->want_at_us) { /* what nobody holds any more is asked for ever more seldom, but never given up */
        x->want_at_us = want_gaps(x, o) ? now_us + x->want_s * S_US : INT64_MAX;
        x->want_s = 2 * x->want_s > RETRY_LAST_S ? RETRY_LAST_S : 2 * x->want_s;
    }
    if (now_us >= x->retry_at_us) {
        if (waiting(x)) {
            resend(x, false, o);
            x->retry_at_us = now_us + x->retry_s * S_US;
            x->retry_s = 2 * x->retry_s > RETRY_LAST_S ? RETRY_LAST_S : 2 * x->retry_s;
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
        if (x->theirs.epoch[i].top > x->theirs.epoch[i].gapless || end_is_missing(x, i))
            x->want_at_us = now_us;
}

/* The last receipts of ours that nothing told us to have arrived. */
static bool send_receipts(struct exchange *x, bool unsent, struct outputs *o)
{
    struct epoch_log *e = &x->ours.epoch[x->ours.n - 1];
    bool any = false;
    for (uint64_t seq = e->top > LAST_RECEIPTS && e->top - LAST_RECEIPTS >= e->unacked_from ? e->top - LAST_RECEIPTS + 1 : e->unacked_from; seq <= e->top; seq++)
        if (e->slot[seq - 1].kind == PARLEY_KIND_RECEIPT && may_go(x, &e->slot[seq - 1], unsent)) {
            if (!any)
                send_cards_if_new(x, o);
            send_ours(x, o, e, seq);
            any = true;
        }
    return any;
}

/* Another process said or heard something: what is new goes at once, what went before keeps its time. */
static void caught_up(struct exchange *x, int64_t now_us, struct outputs *o)
{
    look_around(x, now_us);
    if (exchange_unsent(x)) {
        x->retry_s = RETRY_FIRST_S;
        resend(x, true, o);
    }
    if (!waiting(x)) {
        x->retry_at_us = INT64_MAX;
        if (send_receipts(x, true, o))
            ask_anew(x, now_us);
    } else if (x->retry_at_us > now_us + x->retry_s * S_US) {
        x->retry_at_us = now_us + x->retry_s * S_US;
    }
    give_receipts(x, now_us, o);
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
    if (waiting(x))
        x->retry_at_us = now_us;
    else
        send_receipts(x, false, o);
    ask_anew(x, now_us);
    x->ask_at_us = now_us;
    tick(x, now_us, o);
    give_receipts(x, now_us, o);
}

static enum parley_status own_card(struct exchange *x, const struct input *in, int64_t now_us, struct outputs *o, struct parley_error *err)
{
    enum parley_status status = author_log_follow(&x->ours, in->card, err);
    if (status)
        return status;
    exchange_set_secret(x, in->secret);
    x->fenced = false; /* the root vouches for the new numbers */
    x->need_epoch = 0, x->need_seq = 0;
    struct parley_text body;
    struct parley_json json;
    parley_text_init(&body, PARLEY_BODY_MAX);
    parley_json_init(&json, &body, false);
    parley_json_object(&json);
    parley_json_put_string(&json, "card", in->note);
    parley_json_object_end(&json);
    struct draft d = { .type = in->card->recovers.given ? PARLEY_TYPE_RECOVERY : PARLEY_TYPE_KEY_STATEMENT, .precedence = PARLEY_IMMEDIATE, .tlp = PARLEY_TLP_GREEN,
                       .body = parley_text_str(&body), .body_len = body.len };
    status = body.failed ? parley_fail(err, PARLEY_ENOMEM, "out of memory") : say(x, &d, now_us, o, err);
    parley_text_release(&body);
    return status;
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
        give_receipts(x, now_us, o);
        break;
    case IN_MORE: resend(x, true, o); break;
    case IN_CAUGHT_UP: caught_up(x, now_us, o); break;
    case IN_CONTENT: take_content(x, in->content, in->content_len, now_us, o); break;
    case IN_OWN_CARD: status = own_card(x, in, now_us, o, err); break;
    case IN_SEND:
        if (x->fenced)
            return parley_fail(err, PARLEY_EREFUSED, "this desk seems to be restored from a copy: nothing is signed until a peer told our last number "
                                                     "('parley channel sync'), or a root-signed recovery ('parley desk recover')");
        status = say(x, in->draft, now_us, o, err);
        if (!status && in->draft->type == PARLEY_TYPE_RECEIPT)
            ask_anew(x, now_us);
        break;
    }
    return !status && o->failed ? parley_fail(err, PARLEY_ENOMEM, "out of memory") : status;
}
