/* parties.h - the two parties of the vectors, CN and US: cards from seeds of repeated bytes, and bytes as JSON. */
#ifndef TESTS_CHANNEL_PARTIES_H
#define TESTS_CHANNEL_PARTIES_H

#include "channel/card.h"

#include <parley/json.h>
#include <stdio.h>
#include <string.h>

enum { PARTIES = 2, ROOTS = 3 };

__attribute__((unused)) static const char *const names[PARTIES] = { "CN", "US" };

__attribute__((unused)) static void put_hex(struct parley_json *json, const char *key, const void *data, size_t n)
{
    struct parley_text hex;
    parley_text_init(&hex, 4 << 20);
    for (size_t i = 0; i < n; i++)
        parley_text_addf(&hex, "%02x", ((const uint8_t *)data)[i]);
    parley_json_put_string(json, key, parley_text_str(&hex));
    parley_text_release(&hex);
}

/* Party p: one root, or two of three; `later` (may be NULL) has what a card of a later epoch says: its number, previous, recovers, revokes.
 * Everything follows from seeds of repeated bytes; of epoch e, signing and sealing seeds are higher by 2 (e - 1). */
__attribute__((unused)) static void make_card(int p, bool three, const struct card *later, struct card *card, struct parley_text *note)
{
    struct card c = { .n_roots = three ? ROOTS : 1, .threshold = three ? 2 : 1, .epoch = 1, .from_us = INT64_C(1767225600000000), .until_us = INT64_C(1798761600000000), .has_tls = true };
    uint8_t seed[32], pk[ROOTS][32], sk[ROOTS][64], signing[64];
    struct parley_text text;
    if (later) {
        c.epoch = later->epoch, c.has_previous = later->has_previous, c.recovers = later->recovers, c.revokes = later->revokes;
        memcpy(c.previous, later->previous, HASH_LEN);
        snprintf(c.carrier[c.n_carriers++], CARD_LINE_LEN, "relay https://192.0.2.9:7700 %064d a-token-of-sixteen-bytes", 0);
    }
    for (int i = 0; i < ROOTS; i++) {
        memset(seed, 0x10 * (p + 1) + i, 32);
        sign_keypair_from_seed(seed, pk[i], sk[i]);
        memcpy(c.root[i], pk[i], 32);
    }
    memset(seed, 0x70 + p + 2 * (int)(c.epoch - 1), 32);
    sign_keypair_from_seed(seed, c.signing, signing);
    memset(seed, 0x80 + p + 2 * (int)(c.epoch - 1), 32);
    box_public(seed, c.sealing);
    memset(c.tls, 0x90 + p, 32);
    snprintf(c.name, sizeof c.name, "%s", names[p]);
    snprintf(c.carrier[c.n_carriers++], CARD_LINE_LEN, "direct https://192.0.2.%d:7001", p + 1);
    snprintf(c.contact[c.n_contacts++], CARD_LINE_LEN, "diplomatic %s", p ? "Desk of cyber affairs" : "网络事务处");
    parley_text_init(&text, CARD_MAX);
    parley_text_init(note, CARD_MAX);
    (void)!card_text(&c, &text, NULL);
    parley_text_addf(note, "%s\n", parley_text_str(&text));
    for (int i = 0; i < (three ? 2 : 1); i++)
        note_sign(text.data, text.len, c.name, pk[i], sk[i], note);
    parley_text_release(&text);
    (void)!card_parse(note->data, note->len, card, NULL);
}

#endif
