/* channel.h - a desk's side of its channels: keys and ceremony, saying and hearing, proofs, carriers.
 *
 * A desk is a folder made by `parley init`. What is said lives in `channel.db` beside `desk.db` (SQLite, WAL,
 * synchronous=FULL, mode 0600); bodies and secret keys are encrypted row by row. Several processes may use one desk: each
 * step is one transaction. A struct parley_desk belongs to one thread at a time. docs/spec/channel.md is the specification. */
#ifndef PARLEY_CHANNEL_H
#define PARLEY_CHANNEL_H

#include <parley/arena.h>
#include <parley/channel_statement.h>
#include <parley/error.h>
#include <parley/lang.h>
#include <parley/text.h>

struct parley_desk;

enum { PARLEY_PEERS_MAX = 256, PARLEY_PEER_NAME_MAX = 64 };

struct parley_unlock { /* how the rows are unlocked; all NULL: the key file keys/desk.key, or PARLEY_PASSPHRASE_FILE, or a
                          service credential $CREDENTIALS_DIRECTORY/parley-desk */
    const char *passphrase_file;
};

struct parley_key_options {
    const char *party;           /* name on the card */
    const char *passphrase_file; /* protect with a passphrase (Argon2id) instead of keys/desk.key */
    const char *root_out;        /* where the root secret goes; NULL = keys/root.key. Of several roots: with .1, .2, .3 behind it */
    int roots, threshold;        /* 1-of-1 (0, 0), 2-of-2 or 2-of-3 */
    const char *const *carrier;  /* [n_carriers] lines for the card: "direct https://...", ... */
    size_t n_carriers;
    const char *const *contact;
    size_t n_contacts;
    int days; /* validity; 0 = 365 */
};

/* Lines for a log: logfmt without a time, no bodies, no secrets. While a node runs, line() is called on several threads. */
struct parley_channel_log {
    void (*line)(void *ctx, const char *text);
    void *ctx;
};

struct parley_peer {
    const char *name, *party_name;
    uint8_t party[32], pair[32];
    uint32_t epoch; /* the newest known */
    int64_t from_us, until_us;
    const char *const *contact; size_t n_contacts;
    const char *const *carrier; size_t n_carriers; /* "file DIR", "mail OUT IN", "direct URL", "relay URL PIN TOKEN" */
    bool equivocated, rewritten, fenced;
};

struct parley_enrolment {
    const char *name, *card; size_t card_len;
    const uint8_t *psk;        /* [32] */
    const char *words;         /* the twelve words, in either language, as both sides read them */
    const char *const *carrier; size_t n_carriers; /* local lines: "file DIR", "mail OUT IN" */
};

struct parley_attachment_file { /* a file to go with a statement; see channel_attachment.h */
    const char *name; /* a label, no path */
    const void *data;
    size_t len;
};

struct parley_draft {
    const char *type;
    uint8_t precedence, tlp; /* 0 = usual for the type, AMBER */
    bool exercise;
    uint32_t within_s; bool within_given;
    const uint8_t *reply_to; /* [32] or NULL */
    const char *body; size_t body_len;
    const char *override; /* local note why advice was overridden, or NULL */
    const struct parley_attachment_file *attach; size_t n_attach; /* their list is appended to the body */
};

struct parley_said { /* one statement of a channel, with what is known about it */
    struct parley_statement statement;
    const uint8_t *bytes; /* [304] */
    uint8_t hash[32];
    const char *peer;
    bool ours, verified, earlier_outstanding;
    const char *body; size_t body_len;
    int64_t stored_us;    /* by our clock */
    int64_t receipt_us;   /* R1 by the receipt's author's clock; 0 none yet */
    int64_t read_us, answered_us; /* R2, R3; 0 none */
    const char *read_by, *outcome; /* "answered", "declined" or "" */
    int64_t deadline_us;  /* R1 + answer within; 0 none */
    const char *override;
};

struct parley_channel_counts {
    uint64_t sent, stored_by_peer, read, answered, outstanding; /* our messages (receipts are not counted) */
    uint64_t received, to_answer;
    uint32_t our_epoch, their_epoch;
    uint64_t our_seq, their_seq, their_gapless;
    uint8_t our_hash[32], their_hash[32];
    bool fenced, equivocated, rewritten; /* rewritten: a checkpoint of theirs contradicts what they said */
};

#pragma GCC visibility push(default)

/* --- desk and keys ------------------------------------------------------------------------------ */

/* Make root and operational keys, TLS certificate and channel.db in an existing folder. PARLEY_EREFUSED if there are keys. */
PARLEY_MUST_USE enum parley_status parley_desk_make_keys(const char *folder, const struct parley_key_options *options, struct parley_error *err);
/* PARLEY_ENOTFOUND without keys, PARLEY_EVERIFY for a wrong passphrase, PARLEY_EREFUSED when others may read the folder. */
PARLEY_MUST_USE enum parley_status parley_desk_open(const char *folder, const struct parley_unlock *unlock, struct parley_desk **out,
                                                    struct parley_error *err);
void parley_desk_close(struct parley_desk *desk); /* NULL is harmless */
void parley_desk_set_log(struct parley_desk *desk, const struct parley_channel_log *log);

/* Our newest card (a signed note). */
PARLEY_MUST_USE enum parley_status parley_desk_card(struct parley_desk *desk, struct parley_text *out, struct parley_error *err);
/* The words both sides read: English and Chinese. */
PARLEY_MUST_USE enum parley_status parley_desk_ceremony(struct parley_desk *desk, const char *card, size_t card_len, const uint8_t psk[32],
                                                        struct parley_text *english, struct parley_text *chinese, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_desk_enrol(struct parley_desk *desk, const struct parley_enrolment *enrolment, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_desk_peers(struct parley_desk *desk, struct parley_arena *arena, struct parley_peer **out, size_t *n,
                                                     struct parley_error *err);
/* The carriers of an enrolled peer, by their lines ("file DIR", "mail OUT IN", "direct https://HOST:PORT", "relay https://HOST:PORT PIN
 * TOKEN"), in order of preference. Every change is kept with its time and can be undone; a running node follows within a tenth of a
 * second. PARLEY_EINVAL for a line of another form, PARLEY_EREFUSED for one that is there already (add), PARLEY_ENOTFOUND for one that is
 * not (remove, or nothing to undo), PARLEY_ELIMIT over 8. */
struct parley_carrier_change {
    int64_t time_us;
    bool added, undoes; /* undoes: it took back the change before */
    const char *line;
};
PARLEY_MUST_USE enum parley_status parley_desk_carrier_add(struct parley_desk *desk, const char *peer, const char *line, bool first, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_desk_carrier_remove(struct parley_desk *desk, const char *peer, const char *line, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_desk_carrier_undo(struct parley_desk *desk, const char *peer, struct parley_error *err);
/* Oldest first. */
PARLEY_MUST_USE enum parley_status parley_desk_carrier_changes(struct parley_desk *desk, const char *peer, struct parley_arena *arena,
                                                               struct parley_carrier_change **out, size_t *n, struct parley_error *err);
/* Next epoch, signed with the root secrets in root_file (NULL: keys/root.key; several: separated by commas, NULL: keys/root.key.1 ..). revoke_seq: with revoke, the last good number per peer. */
enum parley_epoch_reason { PARLEY_ROTATE, PARLEY_RECOVER, PARLEY_REVOKE };
PARLEY_MUST_USE enum parley_status parley_desk_next_epoch(struct parley_desk *desk, enum parley_epoch_reason reason, const char *peer, uint64_t revoke_seq,
                                                          const char *root_file, const struct parley_key_options *options, uint32_t *epoch,
                                                          struct parley_error *err);

/* Random bytes as 64 hex digits into a new file of mode 0600; and reading them. */
PARLEY_MUST_USE enum parley_status parley_psk_make(const char *path, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_psk_read(const char *path, uint8_t psk[32], struct parley_error *err);
/* A QR code of text, drawn with half blocks. */
PARLEY_MUST_USE enum parley_status parley_qr(const char *text, struct parley_text *out, struct parley_error *err);

/* --- channel ------------------------------------------------------------------------------------ */

/* Sign and store; carriers move it with the next sync or at once by a running node. */
PARLEY_MUST_USE enum parley_status parley_channel_send(struct parley_desk *desk, const char *peer, const struct parley_draft *draft, uint64_t *seq,
                                                       uint8_t hash[32], struct parley_error *err);
/* Everything said with a peer (NULL: all), oldest first by our time of storing. */
PARLEY_MUST_USE enum parley_status parley_channel_list(struct parley_desk *desk, const char *peer, struct parley_arena *arena, struct parley_said **out,
                                                       size_t *n, struct parley_error *err);
/* By hash, or an unambiguous beginning of at least 6 hex digits. */
PARLEY_MUST_USE enum parley_status parley_channel_find(struct parley_desk *desk, const char *hash, struct parley_arena *arena, struct parley_said *out,
                                                       struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_channel_counts(struct parley_desk *desk, const char *peer, struct parley_channel_counts *out, struct parley_error *err);
/* Move units in and out by all carriers of a peer (NULL: all peers) until nothing more comes. *moved: units in and out. */
PARLEY_MUST_USE enum parley_status parley_channel_sync(struct parley_desk *desk, const char *peer, uint64_t *units_in, uint64_t *units_out,
                                                       struct parley_error *err);
/* Verify every stored byte of a channel. PARLEY_EVERIFY: *bad names the first bad statement. */
PARLEY_MUST_USE enum parley_status parley_channel_verify(struct parley_desk *desk, const char *peer, uint64_t *statements, struct parley_text *bad,
                                                         struct parley_error *err);

/* --- proofs ------------------------------------------------------------------------------------- */

struct parley_relay_state { /* a relay of the peer, asked for a signed listing of the box into which we put */
    const char *relay, *box, *trouble; /* trouble: "" or why it did not answer */
    bool answered;
    uint64_t deposits; /* as the relay says */
    uint64_t kept;     /* deposit notes (R0) that we hold for that box */
};
/* Ask every relay of the peer; listings are kept. *contradiction: a relay contradicts what it signed before ('relay' evidence). */
PARLEY_MUST_USE enum parley_status parley_channel_relays(struct parley_desk *desk, const char *peer, struct parley_arena *arena, struct parley_relay_state **out, size_t *n,
                                                         bool *contradiction, struct parley_error *err);

struct parley_evidence {
    const char *peer;
    bool theirs;       /* a statement of the peer; else ours */
    uint32_t epoch;    /* 0 = the newest that has the number */
    uint64_t seq;      /* of said-it and got-it; of equivocation, 0 = the first known */
    const char *claim; /* "said-it", "got-it"; of the peer: "equivocation", "rewritten"; of its relay: "relay" */
    bool disclose;     /* with salt and body */
    const char *folder; /* made; must not exist */
};
PARLEY_MUST_USE enum parley_status parley_channel_evidence(struct parley_desk *desk, const struct parley_evidence *what, struct parley_error *err);
/* Check a bundle without a desk. PARLEY_EVERIFY says which check failed; *report says what was proven. */
PARLEY_MUST_USE enum parley_status parley_evidence_check(const char *folder, struct parley_text *report, struct parley_error *err);

#pragma GCC visibility pop
#endif
