/* unit.h - sealed units: what a carrier moves. docs/spec/channel.md section 5. Pure but for fresh ephemeral keys. */
#ifndef PARLEY_CHANNEL_UNIT_H
#define PARLEY_CHANNEL_UNIT_H

#include "channel/crypto.h"

#include <parley/channel_statement.h>
#include <parley/text.h>

enum {
    UNIT_HEADER = 60, UNIT_AAD = 28, UNIT_PLAIN_MAX = 512 << 10, UNIT_MAX = UNIT_HEADER + UNIT_PLAIN_MAX + AEAD_TAG_LEN,
    UNIT_ITEMS_MAX = 4096, CHUNK_MAX = 64 << 10, ITEM_HEADER = 5,
    /* the largest statement item: more than one item a unit is packed up to this */
    UNIT_PACK = 256 << 10,
};

enum item_type { ITEM_CARD = 1, ITEM_STATEMENT, ITEM_HEAD_ASK, ITEM_HEAD, ITEM_WANT, ITEM_CHUNK, ITEM_BUSY, ITEM_CHECKPOINT, ITEM_CHUNK_WANT };

struct unit_keys { /* of one direction in one epoch of the recipient */
    uint8_t pair[HASH_LEN], sender[HASH_LEN], recipient[HASH_LEN];
    uint8_t psk[KEY_LEN];
    uint32_t epoch;
};

/* Append an item to a unit's content (a parley_text with max UNIT_PLAIN_MAX - 4). */
void item_add(struct parley_text *content, enum item_type type, const struct part *parts, size_t n);

struct item {
    int type;
    const uint8_t *data;
    size_t len;
};
/* The item at *at, which advances; false at the end. Contents come from unit_open, whose framing is checked. */
bool item_next(const uint8_t *content, size_t len, size_t *at, struct item *out);

/* Seal content for the recipient's sealing key. *unit is malloc'ed. */
PARLEY_MUST_USE enum parley_status unit_seal(const struct unit_keys *keys, const uint8_t sealing[KEY_LEN], const void *content, size_t len,
                                             uint8_t **unit, size_t *unit_len, struct parley_error *err);
/* Check the header's form; gives tag and epoch, by which the keys are found. */
PARLEY_MUST_USE enum parley_status unit_header(const uint8_t *unit, size_t len, uint8_t tag[16], uint32_t *epoch, struct parley_error *err);
/* Open with the recipient's sealing secret; *content is malloc'ed. PARLEY_EVERIFY when it does not open, PARLEY_EPARSE
 * when what is inside has no form. */
PARLEY_MUST_USE enum parley_status unit_open(const struct unit_keys *keys, const uint8_t secret[KEY_LEN], const uint8_t *unit, size_t len,
                                             uint8_t **content, size_t *content_len, struct parley_error *err);
/* Framing of a content: lengths fit, at most UNIT_ITEMS_MAX items. */
PARLEY_MUST_USE enum parley_status content_check(const uint8_t *content, size_t len, struct parley_error *err);

#endif
