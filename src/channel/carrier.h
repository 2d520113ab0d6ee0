/* carrier.h - one carrier as its line says it: "direct URL", "relay URL PIN TOKEN", "file DIR", "mail OUT IN". Internal.
 *
 * A struct carrier belongs to one thread and may block for as long as a carrier stalls (CARRIER_STALL_S without a byte); the
 * desk's thread therefore never calls put or take while a node runs. */
#ifndef PARLEY_CHANNEL_CARRIER_H
#define PARLEY_CHANNEL_CARRIER_H

#include "channel/crypto.h"
#include "channel/card.h"

#include <parley/error.h>
#include <parley/progress.h>
#include <stdatomic.h>

enum { CARRIER_CONNECT_S = 5, CARRIER_STALL_S = 15, CARRIER_TRANSFER_S = 120, CARRIER_TAGS_MAX = 512, CARRIER_PINS_MAX = 2 };

enum carrier_kind { CARRIER_NONE, CARRIER_DIRECT, CARRIER_RELAY, CARRIER_FILE, CARRIER_MAIL };

struct tls_identity {
    const char *key, *cert; /* PEM */
};

struct relay_answer { /* what a relay signed, and the key whose hash is the pin */
    uint8_t key[KEY_LEN], pin[HASH_LEN];
    uint8_t box[16], unit[HASH_LEN]; /* what was asked about: the unit of a deposit */
    uint64_t bytes;
    size_t note_len;
    char note[];
};

struct carrier {
    char line[CARD_LINE_LEN];
    struct tls_identity id;          /* who we are to it */
    uint8_t pin[CARRIER_PINS_MAX][HASH_LEN]; /* direct: who it may be */
    size_t n_pins;
    const atomic_bool *stop;         /* may be NULL; what is under way is given up when it becomes true */
    const struct parley_progress *progress; /* may be NULL; for a carrier that the officer's own thread waits for */
    struct relay_answer *note;       /* after a deposit with a relay: what it signed (R0); malloc'ed, taken over by the caller; or NULL */
    struct http *http;               /* a kept connection; NULL at first */
    long retry_after_s;              /* after PARLEY_EBUSY: what the other side asked for; 0 nothing */
};

struct given { /* a unit on its way */
    const uint8_t *data;
    size_t len;
    bool taken; /* coming in: it may be removed where it was; false at first */
};

/* Of the line's first word, with the number of words it needs; CARRIER_NONE when the line is no carrier, *why says what is expected. */
enum carrier_kind carrier_kind(const char *line, struct parley_error *why);
/* The line without what is secret or long, for a log: "relay https://host:port". */
void carrier_name(const char *line, char out[CARD_LINE_LEN]);

/* Hand over one unit; the file carrier takes up to PUT_MAX together. PARLEY_OK: the carrier has them. PARLEY_EBUSY: not now. PARLEY_EPARSE: it
 * works, but will never take this unit. */
enum { PUT_MAX = 16, PUT_BYTES_MAX = 2 << 20 }; /* not more: a slow stick is not a stalled one */
enum parley_status carrier_put(struct carrier *c, const struct given *unit, size_t n, struct parley_error *err);
/* Take what is there for these tags: give(ctx, unit, n) with up to GIVE_MAX at once, which says of each whether it may be removed
 * there. Several that are given together are stored together: one commit, not one each. */
enum { GIVE_MAX = 32, GIVE_BYTES_MAX = 8 << 20 };
typedef void unit_giver(void *ctx, struct given *unit, size_t n);
enum parley_status carrier_take(struct carrier *c, const uint8_t (*tag)[16], size_t n_tags, unit_giver *give, void *ctx, struct parley_error *err);
/* Drop the kept connection, after another identity or pin was set. */
void carrier_close(struct carrier *c);

/* carrier_http.c */
/* A signed listing of a box; the answer is in c->note. */
enum parley_status relay_listing(struct carrier *c, const uint8_t tag[16], struct parley_error *err);
enum parley_status direct_put(struct carrier *c, const char *url, const uint8_t *unit, size_t len, struct parley_error *err);
enum parley_status relay_put(struct carrier *c, const uint8_t *unit, size_t len, struct parley_error *err);
enum parley_status relay_take(struct carrier *c, const uint8_t (*tag)[16], size_t n_tags, unit_giver *give, void *ctx, struct parley_error *err);
void http_close(struct http *h);
/* carrier_file.c */
enum parley_status file_put(const char *folder, const struct given *unit, size_t n, struct parley_error *err);
enum parley_status file_take(const char *folder, const uint8_t (*tag)[16], size_t n_tags, unit_giver *give, void *ctx, struct parley_error *err);
/* carrier_mail.c */
enum parley_status mail_put(const char *maildir, const uint8_t *unit, size_t len, struct parley_error *err);
enum parley_status mail_take(const char *maildir, unit_giver *give, void *ctx, struct parley_error *err);
/* The first unit attached to a message. PARLEY_ENOTFOUND when there is none. *unit is malloc'ed. */
enum parley_status mail_unit(const char *message, size_t len, uint8_t **unit, size_t *unit_len, struct parley_error *err);

#endif
