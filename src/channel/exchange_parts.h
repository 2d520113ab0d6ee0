/* exchange_parts.h - what the parts of the exchange (exchange*.c) use of one another; nobody else includes it. All of them work on the state of
 * exchange.h and add to the outputs of the step. */
#ifndef PARLEY_CHANNEL_EXCHANGE_PARTS_H
#define PARLEY_CHANNEL_EXCHANGE_PARTS_H

#include "channel/exchange.h"

#define S_US INT64_C(1000000)
enum { ASK_FIRST_S = 30 };

/* The next wait, while nothing new comes. */
static inline int exchange_longer(int wait_s) { return 2 * wait_s > RETRY_LAST_S ? RETRY_LAST_S : 2 * wait_s; }

/* outputs.c: after out of memory they write into a spare place, and the step fails at its end. */
struct output *outputs_add(struct outputs *o, enum output_kind kind);
const char *outputs_keep(struct outputs *o, const void *data, size_t len);
void outputs_add_item(struct outputs *o, int type, const uint8_t *payload, size_t len);

#define EVENT(o, ...)                                                              \
    do {                                                                           \
        const char *text_ = parley_arena_printf(&(o)->arena, __VA_ARGS__);         \
        outputs_add((o), OUT_EVENT)->text = text_ ? text_ : "event=out-of-memory"; \
    } while (0)

/* exchange_say.c */
uint64_t exchange_last_good(const struct epoch_log *e); /* of ours: what comes after was cut by a revocation, and is not offered any more */
bool exchange_waiting(const struct exchange *x); /* is a message (not only receipts) of ours still without the peer's word? */
PARLEY_MUST_USE enum parley_status exchange_say(struct exchange *x, const struct draft *d, int64_t now_us, struct outputs *o, struct parley_error *err);
PARLEY_MUST_USE enum parley_status exchange_own_card(struct exchange *x, const struct input *in, int64_t now_us, struct outputs *o, struct parley_error *err);
bool exchange_left_long_ago(const struct exchange *x, const struct slot *s); /* or never */
void exchange_send_ours(const struct exchange *x, struct outputs *o, struct epoch_log *e, uint64_t seq);
void exchange_send_cards(const struct exchange *x, struct outputs *o); /* our later key statements, if there are any */
void exchange_send_new_cards(const struct exchange *x, struct outputs *o); /* unless the peer is known to have them */
void exchange_resend(struct exchange *x, bool unsent, struct outputs *o); /* what is open; or only what never left */
bool exchange_send_receipts(struct exchange *x, bool unsent, struct outputs *o); /* the last that nothing told us to have arrived; false: there is none */

/* exchange_receipts.c */
void exchange_give_receipts(struct exchange *x, int64_t now_us, struct outputs *o);
void exchange_answer_duplicate(struct exchange *x, struct epoch_log *e, uint64_t seq, struct outputs *o);
void exchange_take_seen(struct exchange *x, const struct parley_statement *s, int64_t now_us, struct outputs *o);
void exchange_take_receipt(struct exchange *x, const struct parley_statement *s, const char *body, size_t len, struct outputs *o);

/* exchange_hear.c */
void exchange_take_statement(struct exchange *x, const struct item *item, int64_t now_us, struct outputs *o);
void exchange_take_card(struct exchange *x, const struct item *item, struct outputs *o);

/* exchange_heads.c */
void exchange_ask_soon(struct exchange *x, int64_t now_us);
/* What does the peer hold, as of now? Asked until an answer to this very question comes: one that was under way before may be out of date. */
void exchange_ask_anew(struct exchange *x, int64_t now_us);
void exchange_ask(struct exchange *x, int64_t now_us, struct outputs *o); /* its time has come */
void exchange_answer_head(const struct exchange *x, const struct item *question, struct outputs *o);
void exchange_take_head(struct exchange *x, const struct item *item, int64_t now_us, struct outputs *o);
void exchange_answer_want(struct exchange *x, const struct item *item, struct outputs *o);
bool exchange_want_gaps(struct exchange *x, struct outputs *o); /* false: nothing is missing */
bool exchange_end_is_missing(const struct exchange *x, size_t i);
void exchange_open_fence_if_level(struct exchange *x, struct outputs *o);

#endif
