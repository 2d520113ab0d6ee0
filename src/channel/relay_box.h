/* relay_box.h - the log of a relay's box: every deposit in order, numbered and chained, so that a relay can sign what it took. Internal. */
#ifndef PARLEY_CHANNEL_RELAY_BOX_H
#define PARLEY_CHANNEL_RELAY_BOX_H

#include "channel/deposit.h"

enum { BOX_DEPOSITS_MAX = 1 << 22 }; /* of one box: its log has 80 bytes for each; a rotation of the recipient opens another box */

struct relay_signer {
    uint8_t pk[KEY_LEN], sk[SIGN_SECRET_LEN];
    char name[RELAY_NAME_MAX];
};

/* Number, head and time of the next deposit; nothing is written yet. */
PARLEY_MUST_USE enum parley_status box_log_next(const char *box, const uint8_t unit[HASH_LEN], uint64_t bytes, int64_t now_us, struct deposit *out, struct parley_error *err);
/* Written and on disk: after this the deposit may be signed for. */
PARLEY_MUST_USE enum parley_status box_log_append(const char *box, const struct deposit *d, struct parley_error *err);
/* The deposit of that number, as it was. PARLEY_ENOTFOUND. */
PARLEY_MUST_USE enum parley_status box_log_read(const char *box, const uint8_t tag[BOX_TAG_LEN], uint64_t number, struct deposit *out, struct parley_error *err);
/* What is there now. O(deposits that are still there). */
PARLEY_MUST_USE enum parley_status box_listing(const char *box, const uint8_t tag[BOX_TAG_LEN], int64_t now_us, struct listing_note *out, struct parley_error *err);

/* "KEYHEX\n" and the signed note: what goes over the wire. */
void relay_signed(const struct relay_signer *signer, const struct parley_text *text, struct parley_text *out);

#endif
