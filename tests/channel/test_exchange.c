/* The exchange with a peer that lies, and units that were tampered with: cases that an honest simulation never makes. */
#include "channel/bytes.h"
#include "channel/exchange.h"
#include "tap.h"

#include <parley/time.h>

struct side {
    uint8_t root_pk[32], root_sk[64], pk[32], sk[64];
    struct card card;
    char note[CARD_MAX];
    size_t note_len;
    struct exchange x;
};

static struct side a, b;
static int64_t now = 1000000;

static void make_side(struct side *s, const char *name, uint8_t seed_byte)
{
    uint8_t seed[32], sealing[32], secret[32];
    memset(seed, seed_byte, 32);
    sign_keypair_from_seed(seed, s->root_pk, s->root_sk);
    seed[0] ^= 0xff;
    sign_keypair_from_seed(seed, s->pk, s->sk);
    box_keypair(sealing, secret);
    struct card c = { .n_roots = 1, .threshold = 1, .epoch = 1, .until_us = PARLEY_US_PER_DAY };
    snprintf(c.name, sizeof c.name, "%s", name);
    memcpy(c.root[0], s->root_pk, 32);
    memcpy(c.signing, s->pk, 32);
    memcpy(c.sealing, sealing, 32);
    struct parley_text text, note;
    parley_text_init(&text, CARD_MAX);
    parley_text_init(&note, CARD_MAX);
    OK(!card_text(&c, &text, NULL), "card of %s", name);
    parley_text_addf(&note, "%s\n", text.data);
    note_sign(text.data, text.len, name, s->root_pk, s->root_sk, &note);
    memcpy(s->note, note.data, note.len + 1);
    s->note_len = note.len;
    struct parley_error err = { 0 };
    OK(!card_parse(s->note, s->note_len, &s->card, &err), "it reads back %s", err.text);
    parley_text_release(&text);
    parley_text_release(&note);
}

/* Statement `seq` of b with a free choice of what it says. */
static void forge(uint64_t seq, const uint8_t previous[32], const char *body, const uint8_t sk[64], uint8_t bytes[PARLEY_STATEMENT_LEN], uint8_t salt[32], const uint8_t *pair, const uint8_t *author, int type)
{
    struct parley_statement s = { .kind = 1, .type = (uint16_t)type, .precedence = 1, .tlp = 1, .epoch = 1, .seq = seq, .time_us = 5 };
    memcpy(s.pair, pair, 32);
    memcpy(s.author, author, 32);
    if (previous)
        memcpy(s.previous, previous, 32);
    memset(salt, 7, 32);
    s.body_len = (uint32_t)strlen(body);
    parley_body_commit(salt, body, s.body_len, s.commitment);
    (void)!parley_statement_sign(&s, sk, bytes, NULL);
}

static bool deliver(const uint8_t *bytes, const uint8_t *salt, const char *body, const char *event, enum output_kind stored)
{
    struct parley_text content;
    struct outputs o = { 0 };
    parley_text_init(&content, 1 << 20);
    const struct part parts[] = { { bytes, PARLEY_STATEMENT_LEN }, { salt, 32 }, { body, strlen(body) } };
    item_add(&content, ITEM_STATEMENT, parts, 3);
    struct input in = { .kind = IN_CONTENT, .content = (const uint8_t *)content.data, .content_len = content.len };
    bool ok = !exchange_step(&a.x, &in, now += 1000, &o, NULL), said = !event, kept = stored == OUT_EVENT;
    for (size_t i = 0; i < o.n; i++) {
        if (o.out[i].kind == OUT_EVENT && event && strstr(o.out[i].text, event))
            said = true;
        if (stored != OUT_EVENT && o.out[i].kind == stored)
            kept = true;
        if (stored == OUT_EVENT && (o.out[i].kind == OUT_STORE_THEIRS || o.out[i].kind == OUT_STORE_OURS))
            kept = false;
    }
    outputs_release(&o);
    parley_text_release(&content);
    return ok && said && kept;
}

int main(void)
{
    if (crypto_init(NULL))
        return 1;
    make_side(&a, "A", 1);
    make_side(&b, "B", 2);
    uint8_t salt_key[32] = { 3 };
    OK(!exchange_open(&a.x, &a.card, &b.card, salt_key, NULL), "a state");
    exchange_set_secret(&a.x, a.sk);
    struct outputs o = { 0 };
    OK(!exchange_step(&a.x, &(struct input){ .kind = IN_START }, now, &o, NULL), "start");
    outputs_release(&o);

    const uint8_t *pair = a.x.pair, *author = b.card.party;
    uint8_t one[PARLEY_STATEMENT_LEN], two[PARLEY_STATEMENT_LEN], x[PARLEY_STATEMENT_LEN], salt[32], hash[32], other[32];
    forge(1, NULL, "{\"text\":\"one\"}", b.sk, one, salt, pair, author, PARLEY_TYPE_COMMS_CHECK);
    OK(deliver(one, salt, "{\"text\":\"one\"}", "event=stored", OUT_STORE_THEIRS), "an honest first statement is stored");
    OK(a.x.ours.epoch[0].top == 1, "and receipted at once");
    OK(deliver(one, salt, "{\"text\":\"one\"}", NULL, OUT_SEND_OURS) && a.x.ours.epoch[0].top == 1, "again: the same receipt, nothing new signed");

    forge(2, NULL, "{}", b.sk, x, salt, pair, author, PARLEY_TYPE_COMMS_CHECK);
    OK(deliver(one, salt, "{\"text\":\"two\"}", "why=body", OUT_EVENT), "a body that is not what was signed");
    parley_statement_hash(one, hash);
    forge(2, hash, "{\"a\":1,\"a\":2}", b.sk, x, salt, pair, author, PARLEY_TYPE_COMMS_CHECK);
    OK(deliver(x, salt, "{\"a\":1,\"a\":2}", "why=body", OUT_EVENT), "a body that is no strict JSON, though signed");
    uint8_t wrong[32];
    memset(wrong, 0x55, 32);
    forge(2, hash, "{}", b.sk, x, salt, wrong, author, PARLEY_TYPE_COMMS_CHECK);
    OK(deliver(x, salt, "{}", "why=another-pair", OUT_EVENT), "cross-pair");
    forge(2, hash, "{}", b.sk, x, salt, pair, wrong, PARLEY_TYPE_COMMS_CHECK);
    OK(deliver(x, salt, "{}", "why=another-author", OUT_EVENT), "another author");
    forge(1, NULL, "{}", b.sk, x, salt, pair, a.card.party, PARLEY_TYPE_COMMS_CHECK);
    OK(deliver(x, salt, "{}", "why=returned-not-ours", OUT_EVENT), "our own name under the peer's key");
    forge(2, hash, "{}", a.sk, x, salt, pair, author, PARLEY_TYPE_COMMS_CHECK);
    OK(deliver(x, salt, "{}", "why=signature", OUT_EVENT), "the peer's name under another key");
    forge(2, hash, "{}", b.sk, x, salt, pair, author, PARLEY_TYPE_COMMS_CHECK);
    memset(x + 240, 0, 32);
    x[240] = 1;
    OK(deliver(x, salt, "{}", "why=signature", OUT_EVENT), "a signature whose R is of small order");
    forge(70000, hash, "{}", b.sk, x, salt, pair, author, PARLEY_TYPE_COMMS_CHECK);
    OK(deliver(x, salt, "{}", "why=too-far-ahead", OUT_SEND_ITEM), "a number far ahead: BUSY, not stored");

    /* out of order, then the fork that does not link */
    forge(2, hash, "{\"text\":\"two\"}", b.sk, two, salt, pair, author, PARLEY_TYPE_COMMS_CHECK);
    parley_statement_hash(two, other);
    forge(3, other, "{\"text\":\"three\"}", b.sk, x, salt, pair, author, PARLEY_TYPE_COMMS_CHECK);
    OK(deliver(x, salt, "{\"text\":\"three\"}", "earlier=outstanding", OUT_STORE_THEIRS), "out of order: shown at once");
    OK(a.x.ours.epoch[0].top == 2, "and receipted by name");
    OK(deliver(two, salt, "{\"text\":\"two\"}", "event=stored", OUT_STORE_THEIRS) && a.x.theirs.epoch[0].gapless == 3, "the one between closes the gap");
    forge(2, hash, "{\"text\":\"TWO\"}", b.sk, x, salt, pair, author, PARLEY_TYPE_COMMS_CHECK);
    OK(deliver(x, salt, "{\"text\":\"TWO\"}", "event=equivocation form=double", OUT_STORE_PROOF) && a.x.marked, "two statements of one number: proof, and the peer is marked");
    forge(4, wrong, "{}", b.sk, x, salt, pair, author, PARLEY_TYPE_COMMS_CHECK);
    OK(deliver(x, salt, "{}", "event=equivocation form=fork", OUT_STORE_PROOF), "a statement that hides the one before it");
    OK(a.x.theirs.epoch[0].top == 3, "and the record stays as it was");

    /* a revocation never reaches behind a receipt */
    struct card next = b.card;
    next.epoch = 2;
    next.has_previous = true;
    memcpy(next.previous, b.card.text_hash, 32);
    next.revokes = (struct card_mark){ .given = true, .seq = 1 };
    memcpy(next.revokes.hash, hash, 32);
    struct parley_text text, note, content;
    parley_text_init(&text, CARD_MAX);
    parley_text_init(&note, CARD_MAX);
    parley_text_init(&content, 1 << 16);
    OK(!card_text(&next, &text, NULL), "a revoking card");
    parley_text_addf(&note, "%s\n", text.data);
    note_sign(text.data, text.len, "B", b.root_pk, b.root_sk, &note);
    item_add(&content, ITEM_CARD, &(struct part){ note.data, note.len }, 1);
    OK(!exchange_step(&a.x, &(struct input){ .kind = IN_CONTENT, .content = (const uint8_t *)content.data, .content_len = content.len }, now, &o, NULL) && a.x.theirs.n == 2, "it is taken");
    outputs_release(&o);
    OK(a.x.theirs.epoch[0].limit == 3, "what was receipted (3) stays binding, though it names 1");
    parley_statement_hash(x, hash);
    const struct slot *third = &a.x.theirs.epoch[0].slot[2];
    forge(4, third->hash, "{}", b.sk, x, salt, pair, author, PARLEY_TYPE_COMMS_CHECK);
    OK(deliver(x, salt, "{}", "why=revoked", OUT_EVENT), "what comes after is refused");

    /* a fenced desk signs nothing */
    OK(!exchange_step(&a.x, &(struct input){ .kind = IN_START, .mark_epoch = 1, .mark_seq = 99 }, now, &o, NULL) && a.x.fenced, "a high-water mark ahead: fenced");
    outputs_release(&o);
    struct draft d = { .type = PARLEY_TYPE_COMMS_CHECK, .precedence = 1, .tlp = 1, .body = "{}", .body_len = 2 };
    OK(exchange_step(&a.x, &(struct input){ .kind = IN_SEND, .draft = &d }, now, &o, NULL) == PARLEY_EREFUSED, "and signs nothing");
    outputs_release(&o);
    exchange_close(&a.x);
    parley_text_release(&text);
    parley_text_release(&note);
    parley_text_release(&content);
    return done();
}
