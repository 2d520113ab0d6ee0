/* desk.h - what the files of the desk share: the open desk, its database, its talks. Internal. */
#ifndef PARLEY_CHANNEL_DESK_H
#define PARLEY_CHANNEL_DESK_H

#include "channel/carrier.h"
#include "channel/exchange.h"
#include "channel/merkle.h"

#include <parley/channel.h>
#include <sqlite3.h>

enum { TALK_CARRIERS_MAX = 8, OWN_EPOCHS_MAX = 256, STATEMENTS_SQL = 64 };

struct packet { /* a sealed unit waiting for a carrier */
    struct packet *next;
    int refs; /* of the lanes that hold it */
    int only; /* enum carrier_kind: goes by carriers of this kind alone (a communications check), unless everywhere; 0 any */
    bool went; /* some carrier has it */
    bool flash, everywhere; /* everywhere: by all carriers, because what went before it had no answer */
    size_t len;
    uint8_t unit[];
};

struct checkpoints { /* what is kept in memory about the two records of a talk; all of it can be computed again */
    struct { uint32_t epoch; struct merkle_frontier tree; } of[2]; /* theirs, ours: as far as they were looked at */
    int64_t sent_us; /* our clock when ours last went; 0 not since the start */
    uint64_t sent_size;
    char *to_cosign; /* their newest good one, to go back with our cosignature; malloc'ed or NULL */
};

struct talk { /* one peer */
    int64_t id;
    char name[PARLEY_PEER_NAME_MAX + 1];
    struct exchange x;
    bool loaded, restored;
    bool stale;   /* loaded, but another process wrote since */
    int64_t rows; /* the statement rows up to here are loaded */
    struct packet *first, *last; /* out */
    char carrier[TALK_CARRIERS_MAX][CARD_LINE_LEN];
    int n_carriers;
    struct checkpoints checkpoints;
    struct {
        int64_t due_us; /* when to ask for what is missing; 0 at once, INT64_MAX nothing is */
        int64_t wait_s;
        size_t asked, got; /* chunks, since the last asking */
        int wrong;         /* attachments that came with another content */
    } attachments;
};

struct own_epoch {
    struct card card;
    char *note;
    size_t note_len;
    uint8_t signing[SIGN_SECRET_LEN], sealing[KEY_LEN];
    char *tls_key, *tls_cert; /* PEM */
};

struct parley_desk {
    char folder[1024];
    sqlite3 *db;
    uint8_t row_key[KEY_LEN], salt_key[KEY_LEN];
    struct own_epoch own[OWN_EPOCHS_MAX];
    int n_own;
    struct talk *talk[PARLEY_PEERS_MAX];
    int n_talks;
    int64_t data_version;
    uint64_t changes; /* counts how often another process had written: keys, peers and carriers may be others */
    sqlite3_stmt *cached[STATEMENTS_SQL];
    const char *cached_sql[STATEMENTS_SQL];
    struct parley_channel_log log;
    int64_t (*now_us)(void); /* tests hand in another clock */
};

/* db.c */
enum parley_status db_open(const char *path, bool create, sqlite3 **out, struct parley_error *err);
enum parley_status db_fail(sqlite3 *db, struct parley_error *err, const char *doing);
/* Move what the write-ahead log holds to where it belongs, so that the log begins again in the room that it has. */
void db_make_room(struct parley_desk *d);
enum parley_status db_exec(struct parley_desk *d, const char *sql, struct parley_error *err);
/* A cached prepared statement, reset and without bindings; NULL with *err filled on failure. */
sqlite3_stmt *db_prepare(struct parley_desk *d, const char *sql, struct parley_error *err);
/* Step a statement that returns no row. */
enum parley_status db_done(struct parley_desk *d, sqlite3_stmt *s, struct parley_error *err);
/* After the last row of a statement, which is reset: status, or why its next row could not be read. */
enum parley_status db_rest(struct parley_desk *d, sqlite3_stmt *s, enum parley_status status, struct parley_error *err);
void db_blob(sqlite3_stmt *s, int at, const void *data, size_t len);
/* Row encryption: nonce ‖ sealed, bound to `where` (a row's identity). *out is malloc'ed. */
enum parley_status row_seal(const uint8_t key[KEY_LEN], const char *where, const void *plain, size_t len, uint8_t **out, size_t *out_len, struct parley_error *err);
enum parley_status row_open(const uint8_t key[KEY_LEN], const char *where, const void *sealed, size_t len, uint8_t **out, size_t *out_len, struct parley_error *err);

/* desk.c */
int64_t clock_us(void);

/* keys.c */
/* What is loaded already stays where it is. */
enum parley_status keys_load_own(struct parley_desk *d, struct parley_error *err);
enum parley_status own_epoch_store(struct parley_desk *d, const struct own_epoch *e, struct parley_error *err);

/* lost_epochs.c: refused when this copy of the desk lacks key statements of its own that peers may hold. The talks are loaded. */
enum parley_status lost_epochs_check(struct parley_desk *d, struct parley_error *err);

/* loading.c */
/* The peers and their carriers: new ones are added, those that are there keep their place. */
enum parley_status talks_load(struct parley_desk *d, struct parley_error *err);
/* Look whether another process wrote, and load what changed. */
enum parley_status desk_refresh(struct parley_desk *d, struct parley_error *err);
/* Only the cards, for judging a database whose statements do not load; exchange_close(&t->x) afterwards. */
enum parley_status talk_cards(struct parley_desk *d, struct talk *t, struct parley_error *err);

/* talk.c */
/* A carrier came up: what is outstanding goes at once. */
enum parley_status talk_again(struct parley_desk *d, struct talk *t, struct parley_error *err);
void talk_free(struct talk *t);
/* As parley_channel_list, but no signature is checked: said_verifies does it for the few that matter to the caller. */
PARLEY_MUST_USE enum parley_status said_list(struct parley_desk *d, const char *peer, struct parley_arena *arena, struct parley_said **out, size_t *n, struct parley_error *err);
bool said_verifies(struct parley_desk *d, const struct parley_said *s);
struct talk *talk_named(struct parley_desk *d, const char *name, struct parley_error *err);
/* Ready to step: loaded from the database and started. */
enum parley_status talk_ready(struct parley_desk *d, struct talk *t, struct parley_error *err);
/* Inputs in one transaction; units to send wait in the talk afterwards. */
enum parley_status talk_steps(struct parley_desk *d, struct talk *t, const struct input *inputs, size_t n, struct parley_error *err);
/* Which talk a unit is for, opened. PARLEY_ENOTFOUND when its tag is nobody's. */
enum parley_status talk_open_unit(struct parley_desk *d, const uint8_t *unit, size_t len, struct talk **t, uint8_t **content, size_t *content_len, struct parley_error *err);
/* Current inbound tags (this and the epoch before); returns how many. */
size_t talk_tags(struct parley_desk *d, struct talk *t, uint8_t tag[2][16]);
struct packet *talk_take(struct talk *t);

/* log.c */
/* One line for the log; may be called on any thread. */
void log_line(struct parley_desk *d, const char *fmt, ...) PARLEY_PRINTF(2, 3);
/* Text that others chose, fit to stand between quotes in such a line. Returns out. */
const char *log_text(const char *text, char *out, size_t cap);

/* direction.c: the key of one direction and epoch. Storing one deletes those before the one before it. */
enum parley_status direction_store(struct parley_desk *d, int64_t peer, bool inbound, uint32_t epoch, const uint8_t key[KEY_LEN], struct parley_error *err);
enum parley_status direction_load(struct parley_desk *d, int64_t peer, bool inbound, uint32_t epoch, uint8_t key[KEY_LEN], struct parley_error *err);
/* What comes in to us, with every peer, into that next epoch of ours. */
enum parley_status directions_ratchet(struct parley_desk *d, uint32_t epoch, struct parley_error *err);

/* sync.c: a carrier's line made ready for this talk: who we are to the peer and who it may be. False: no carrier of ours. */
bool talk_identity(struct parley_desk *d, struct talk *t, struct tls_identity *id, uint8_t pin[CARRIER_PINS_MAX][HASH_LEN], size_t *n_pins);
/* relay_notes.c: keep it after checking that it is for this unit or box. PARLEY_EVERIFY when it is not. */
enum parley_status relay_deposit_keep(struct parley_desk *d, struct talk *t, const struct relay_answer *a, struct parley_error *err);
/* tls.c */
/* The Ed25519 key pair of a TLS key of ours; false when it is of another kind. */
bool tls_signing_key(const char *key_pem, uint8_t pk[KEY_LEN], uint8_t sk[SIGN_SECRET_LEN]);
enum parley_status tls_make(const char *name, int64_t from_us, int64_t until_us, char **key_pem, char **cert_pem, uint8_t pin[HASH_LEN], struct parley_error *err);

#endif
