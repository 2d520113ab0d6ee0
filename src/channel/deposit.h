/* deposit.h - what a relay signs: deposit notes (R0) and listings of a box. Pure. docs/spec/channel.md section 9.
 *
 * A relay signs with the Ed25519 key of its TLS certificate, which is what the pin on the recipient's card names: whoever holds
 * that card knows whose notes these are. Deposits of a box are numbered from 1 and chained, so that a relay which forgets or
 * replaces one contradicts a note it signed before. */
#ifndef PARLEY_CHANNEL_DEPOSIT_H
#define PARLEY_CHANNEL_DEPOSIT_H

#include "channel/note.h"

enum { LISTING_UNITS_MAX = 512, BOX_TAG_LEN = 16, RELAY_NAME_MAX = 24 };

struct deposit { /* "parley relay deposit v1" */
    uint8_t box[BOX_TAG_LEN];
    uint64_t number; /* from 1 */
    uint8_t unit[HASH_LEN], head[HASH_LEN];
    uint64_t bytes;
    int64_t at_us; /* the relay's clock */
};

struct listing_note { /* "parley relay listing v1" */
    uint8_t box[BOX_TAG_LEN];
    uint64_t next;          /* number of the next deposit: next - 1 were made */
    uint8_t head[HASH_LEN]; /* after the last one */
    int64_t at_us;
    size_t n; /* units still there, oldest first; more than LISTING_UNITS_MAX are left out */
    struct { uint64_t number; uint8_t unit[HASH_LEN]; } unit[LISTING_UNITS_MAX];
};

/* head_k from head_(k-1); head_0 is 32 zero bytes. out may be before. */
void box_head(const uint8_t before[HASH_LEN], const uint8_t box[BOX_TAG_LEN], uint64_t number, const uint8_t unit[HASH_LEN], uint8_t out[HASH_LEN]);
void deposit_text(const struct deposit *d, struct parley_text *out);
void listing_text(const struct listing_note *l, struct parley_text *out);
PARLEY_MUST_USE enum parley_status deposit_parse(const char *text, size_t len, struct deposit *out, struct parley_error *err);
PARLEY_MUST_USE enum parley_status listing_parse(const char *text, size_t len, struct listing_note *out, struct parley_error *err);

/* SHA-256 of the SubjectPublicKeyInfo of an Ed25519 key: what cards call a pin. */
void ed25519_pin(const uint8_t key[KEY_LEN], uint8_t pin[HASH_LEN]);
/* "relay-" and 16 hex digits of the pin: the name under which a relay signs. */
void relay_name(const uint8_t pin[HASH_LEN], char out[RELAY_NAME_MAX]);

/* Do two deposits, or a deposit and a listing, of one box contradict each other? NULL = no; else how, in words. Of two deposits the
 * one with the lower unit, then the lower head, comes first. */
const char *deposits_contradict(const struct deposit *a, const struct deposit *b);
const char *listing_contradicts(const struct deposit *d, const struct listing_note *l);

#endif
