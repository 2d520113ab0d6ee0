/* author_log.h - what one author said to the other, by epoch and number: slots, gaps, heads, revocations. Pure; internal to
 * the exchange, whose header has the structures. */
#ifndef PARLEY_CHANNEL_AUTHOR_LOG_H
#define PARLEY_CHANNEL_AUTHOR_LOG_H

#include "channel/exchange.h"

/* The slot of a number that is here, or NULL. */
struct slot *author_log_slot(const struct epoch_log *e, uint64_t seq);
/* NULL: out of memory. */
struct slot *author_log_put(struct epoch_log *e, const struct parley_statement *s, const uint8_t hash[HASH_LEN]);
enum parley_status author_log_add(struct author_log *log, const struct card *card, struct parley_error *err);
/* The next card, which must name the one before. */
enum parley_status author_log_follow(struct author_log *log, const struct card *card, struct parley_error *err);
/* Apply revocations again, after receipts were loaded. */
void author_log_cut(struct author_log *log);
void author_log_close(struct author_log *log);

#endif
