#include "channel/bytes.h"
#include "channel/exchange.h"

#include <parley/time.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { KEPT = 32 };

struct party {
    uint8_t root_pk[32], root_sk[64], sk[2][64];
    struct card card[2];
    char note[2][CARD_MAX];
};

static struct party us, them;
static bool ready;

static void make(struct party *p, const char *name, uint8_t seed_byte)
{
    uint8_t seed[32], secret[32];
    memset(seed, seed_byte, 32);
    memset(secret, seed_byte, 32);
    sign_keypair_from_seed(seed, p->root_pk, p->root_sk);
    for (int e = 0; e < 2; e++) {
        struct card c = { .n_roots = 1, .threshold = 1, .epoch = (uint32_t)e + 1, .until_us = PARLEY_US_PER_DAY, .has_previous = e > 0 };
        struct parley_text text, note;
        seed[0] = (uint8_t)(seed_byte ^ (0xf0 + e));
        sign_keypair_from_seed(seed, c.signing, p->sk[e]);
        box_public(secret, c.sealing);
        snprintf(c.name, sizeof c.name, "%s", name);
        memcpy(c.root[0], p->root_pk, 32);
        if (e)
            memcpy(c.previous, p->card[0].text_hash, 32);
        parley_text_init(&text, CARD_MAX);
        parley_text_init(&note, CARD_MAX);
        if (card_text(&c, &text, NULL))
            abort();
        parley_text_addf(&note, "%s\n", text.data);
        note_sign(text.data, text.len, name, p->root_pk, p->root_sk, &note);
        snprintf(p->note[e], CARD_MAX, "%s", note.data);
        if (card_parse(p->note[e], strlen(p->note[e]), &p->card[e], NULL))
            abort();
        parley_text_release(&text);
        parley_text_release(&note);
    }
}

struct stream {
    const uint8_t *at, *end;
};

static uint8_t next(struct stream *s) { return s->at < s->end ? *s->at++ : 0; }

struct seen { /* what we said and stored so far, by this run */
    uint8_t hash[KEPT][32];
    size_t n;
    uint8_t ours[KEPT][32];
    uint64_t top;
};

static void pick(struct stream *in, const struct seen *k, uint8_t out[32])
{
    uint8_t c = next(in);
    if (c % 3 == 1 && k->n)
        memcpy(out, k->hash[c / 3 % k->n], 32);
    else if (c % 3 == 2 && k->top)
        memcpy(out, k->ours[c / 3 % (k->top < KEPT ? k->top : KEPT)], 32);
    else if (c)
        memset(out, c, 32);
}

/* A statement under the peer's true key, with links and numbers as the input likes. */
static void statement(struct stream *in, struct seen *k, const uint8_t pair[32], struct parley_text *content)
{
    uint8_t how = next(in), salt[32] = { 1 }, bytes[PARLEY_STATEMENT_LEN];
    static const char *const bodies[] = { "{}", "{\"text\":\"x\"}", "{\"receipt\":\"stored\",\"also\":[]}", "{\"attachments\":[{\"name\":\"../x\"}]}" };
    const char *body = bodies[how >> 1 & 3];
    struct parley_statement s = { .kind = how & 8 ? 2 : 1, .type = how & 8 ? PARLEY_TYPE_RECEIPT : PARLEY_TYPE_CONCERN, .precedence = (uint8_t)(1 + (how >> 4 & 3)), .tlp = 1,
                                  .epoch = 1u + (how >> 6 & 1), .seq = 1u + next(in) % 8, .time_us = 5, .seen_seq = next(in) % 8 };
    if (how & 128)
        s.seq += UINT64_C(1) << (next(in) % 62);
    memcpy(s.pair, pair, 32);
    memcpy(s.author, (how & 1 ? &us : &them)->card[0].party, 32);
    pick(in, k, s.previous);
    pick(in, k, s.seen_hash);
    pick(in, k, s.reply_to);
    s.body_len = (uint32_t)strlen(body);
    parley_body_commit(salt, body, s.body_len, s.commitment);
    if (parley_statement_sign(&s, them.sk[s.epoch - 1], bytes, NULL))
        return;
    parley_statement_hash(bytes, k->hash[k->n % KEPT]);
    if (k->n < KEPT)
        k->n++;
    const struct part parts[] = { { bytes, sizeof bytes }, { salt, 32 }, { body, s.body_len } };
    item_add(content, ITEM_STATEMENT, parts, 3);
}

static void item(struct stream *in, struct seen *k, const uint8_t pair[32], struct parley_text *content)
{
    uint8_t payload[8 + 2 * 88];
    switch (next(in) % 8) {
    case 0: item_add(content, ITEM_CARD, &(struct part){ them.note[1], strlen(them.note[1]) }, 1); break;
    case 1:
    case 2:
        for (size_t i = 0; i < sizeof payload; i++)
            payload[i] = i % 8 == 7 || i % 88 > 80 ? next(in) : 0;
        if (next(in) & 1)
            item_add(content, ITEM_HEAD, &(struct part){ payload, next(in) & 1 ? 8 + 2 * 88 : 8 + 88 }, 1);
        else
            item_add(content, ITEM_WANT, &(struct part){ payload, 21 }, 1);
        break;
    case 3:
        memset(payload, next(in), sizeof payload);
        item_add(content, (enum item_type)(next(in) % 12), &(struct part){ payload, next(in) & 1 ? 8 : 0 }, 1);
        break;
    default: statement(in, k, pair, content);
    }
}

/* Nothing a peer signs makes us sign one number twice, store what it did not sign, or fail. */
static void check(const struct outputs *o, struct seen *k)
{
    for (size_t i = 0; i < o->n; i++) {
        const struct output *out = &o->out[i];
        if (out->kind == OUT_STORE_THEIRS && !parley_statement_verify(out->bytes, them.card[out->statement.epoch - 1].signing))
            abort();
        if (out->kind != OUT_STORE_OURS)
            continue;
        if (out->imported || out->statement.epoch != 1 || out->statement.seq != k->top + 1 || !parley_statement_verify(out->bytes, us.card[0].signing))
            abort();
        parley_statement_hash(out->bytes, k->ours[k->top % KEPT]);
        k->top++;
    }
}

/* A peer that holds its true key and follows no rule. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stream in = { data, data + size };
    struct seen k = { .n = 0 };
    struct exchange x;
    struct outputs o = { 0 };
    uint8_t salt_key[32] = { 1 };
    int64_t now = 1000000;
    struct parley_text content;
    if (crypto_init(NULL) || size > 4096)
        return 0;
    if (!ready) {
        make(&us, "US", 1);
        make(&them, "THEM", 2);
        ready = true;
    }
    if (exchange_open(&x, &us.card[0], &them.card[0], salt_key, NULL))
        return 0;
    exchange_set_secret(&x, us.sk[0]);
    parley_text_init(&content, UNIT_PLAIN_MAX - 4);
    struct draft d = { .type = PARLEY_TYPE_COMMS_CHECK, .precedence = 1, .tlp = 1, .body = "{}", .body_len = 2 };
    while (in.at < in.end) {
        uint8_t step = next(&in);
        struct input one = { .kind = IN_TICK };
        now += 1000 + INT64_C(1000000) * (step >> 4);
        if (step % 8 == 0)
            one = (struct input){ .kind = IN_SEND, .draft = &d };
        if (step % 8 > 2) {
            parley_text_clear(&content);
            for (int i = 0; i < 1 + step % 4; i++)
                item(&in, &k, x.pair, &content);
            one = (struct input){ .kind = IN_CONTENT, .content = (const uint8_t *)parley_text_str(&content), .content_len = content.len };
        }
        if (exchange_step(&x, &one, now, &o, NULL))
            abort();
        check(&o, &k);
        outputs_clear(&o);
    }
    parley_text_release(&content);
    outputs_release(&o);
    exchange_close(&x);
    return 0;
}
