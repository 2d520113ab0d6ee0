#include "channel/exchange.h"

#include <parley/time.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make(struct card *c, uint8_t *sk, uint8_t seed_byte)
{
    uint8_t seed[32], root_pk[32], root_sk[64], sealing_sk[32] = { 7 };
    struct parley_text text;
    memset(seed, seed_byte, 32);
    memset(c, 0, sizeof *c);
    c->n_roots = c->threshold = 1, c->epoch = 1, c->until_us = PARLEY_US_PER_DAY;
    snprintf(c->name, sizeof c->name, "P%d", seed_byte);
    sign_keypair_from_seed(seed, root_pk, root_sk);
    memcpy(c->root[0], root_pk, 32);
    sign_keypair_from_seed(seed, c->signing, sk);
    box_public(sealing_sk, c->sealing);
    parley_text_init(&text, CARD_MAX);
    if (card_text(c, &text, NULL))
        abort();
    parley_text_release(&text);
}

/* An opened unit with any contents: the exchange never fails, and nothing unsigned is stored. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct card a, b;
    uint8_t sk_a[64], sk_b[64], salt_key[32] = { 1 }, tag[16];
    uint32_t epoch;
    struct exchange x;
    struct outputs o = { 0 };
    if (crypto_init(NULL))
        return 0;
    (void)!unit_header(data, size, tag, &epoch, NULL);
    if (content_check(data, size, NULL))
        return 0;
    make(&a, sk_a, 1);
    make(&b, sk_b, 2);
    if (exchange_open(&x, &a, &b, salt_key, NULL))
        return 0;
    exchange_set_secret(&x, sk_a);
    struct draft d = { .type = PARLEY_TYPE_COMMS_CHECK, .precedence = 1, .tlp = 1, .body = "{}", .body_len = 2 };
    if (exchange_step(&x, &(struct input){ .kind = IN_SEND, .draft = &d }, 1, &o, NULL) ||
        exchange_step(&x, &(struct input){ .kind = IN_CONTENT, .content = data, .content_len = size }, 2, &o, NULL) ||
        exchange_step(&x, &(struct input){ .kind = IN_TICK }, 100000000, &o, NULL))
        abort();
    for (size_t i = 0; i < o.n; i++)
        if (o.out[i].kind == OUT_STORE_THEIRS && !parley_statement_verify(o.out[i].bytes, b.signing))
            abort();
    outputs_release(&o);
    exchange_close(&x);
    return 0;
}
