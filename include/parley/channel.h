/* channel.h - a desk's side of its channels: keys and ceremony, saying and hearing, proofs, carriers.
 *
 * A desk is a folder made by parley_record_create (`parley init`). What is said lives in `channel.db` beside `desk.db` (SQLite,
 * WAL, synchronous=FULL, mode 0600); bodies and secret keys are encrypted row by row. docs/spec/channel.md is the specification,
 * examples/two-desks.c a whole conversation.
 *
 *   parley_desk_make_keys   once for each desk; then parley_desk_card is handed to the other side
 *   parley_psk_make         once for each pair, carried by hand
 *   parley_desk_ceremony    both sides read the same words to each other; then parley_desk_enrol
 *   parley_channel_send     signs and stores; parley_channel_sync or a node (channel_node.h) moves it and brings receipts
 *   parley_channel_list     what was said by both, with receipts, deadlines and signatures checked
 *   parley_channel_verify, parley_channel_evidence: proofs, for oneself and for a third party
 *
 * What holds for every function here:
 * - Several processes may use one desk, a running node among them: each call is one transaction or more, on the disk when it returns.
 *   A struct parley_desk belongs to one thread at a time.
 * - What is handed in is read during the call and never kept. What is handed out through an arena lives as long as the arena; it is a
 *   picture of the moment and does not change.
 * - Times are microseconds since 1970, UTC, and 0 is "not yet". Hashes are SHA-256, 32 bytes. A peer is its name of enrolment.
 * - Failures that any call with a desk may give: PARLEY_ENOTFOUND no such peer (the text names the nearest), PARLEY_EBUSY another process
 *   held the database for ten seconds, PARLEY_EIO, PARLEY_ENOSPC, PARLEY_ENOMEM, PARLEY_ECORRUPT a stored row is not what was written.
 *   After a failure nothing was changed, unless a comment says so. */
#ifndef PARLEY_CHANNEL_H
#define PARLEY_CHANNEL_H

#include <parley/arena.h>
#include <parley/channel_statement.h>
#include <parley/error.h>
#include <parley/lang.h>
#include <parley/progress.h>
#include <parley/text.h>

struct parley_desk;

enum {
    PARLEY_PEERS_MAX = 256,    /* of one desk */
    PARLEY_PEER_NAME_MAX = 64, /* bytes: A-Z a-z 0-9 . _ - */
};

struct parley_unlock { /* how the rows are unlocked; all NULL: the key file keys/desk.key, or PARLEY_PASSPHRASE_FILE, or a
                          service credential $CREDENTIALS_DIRECTORY/parley-desk */
    const char *passphrase_file;
};

struct parley_key_options {
    const char *party;           /* name on the card: 1 to 64 of A-Z a-z 0-9 . _ : - */
    const char *passphrase_file; /* protect with a passphrase (Argon2id) instead of keys/desk.key */
    const char *root_out;        /* where the root secret goes; NULL = keys/root.key. Of several roots: with .1, .2, .3 behind it */
    int roots, threshold;        /* 1-of-1 (0, 0), 2-of-2 or 2-of-3 */
    const char *const *carrier;  /* [n_carriers] lines for the card: "direct https://...", ... */
    size_t n_carriers;
    const char *const *contact;  /* [n_contacts] lines: "diplomatic Ministry, +86 ..." */
    size_t n_contacts;           /* of carriers and contacts at most 8 each, lines of at most 299 bytes */
    int days;                    /* validity of the card; 0 = 365 */
};

/* Lines for a log: logfmt without a time, no bodies, no secrets. While a node runs, line() is called on several threads. */
struct parley_channel_log {
    void (*line)(void *ctx, const char *text);
    void *ctx;
};

struct parley_peer {
    const char *name, *party_name; /* ours for them; the name on their card */
    uint8_t party[32], pair[32];   /* hashes that stand for them, and for the two of us, in every statement */
    uint32_t epoch;                /* of their newest card */
    int64_t from_us, until_us;     /* its validity */
    const char *const *contact; size_t n_contacts; /* lines of the card */
    const char *const *carrier; size_t n_carriers; /* in order of preference: "file DIR", "mail OUT IN", "direct URL", "relay URL PIN TOKEN" */
    bool equivocated; /* they signed two statements under one number */
    bool rewritten;   /* they signed checkpoints that no one record can have */
    bool fenced;      /* we are a restored copy: nothing is signed for them until what is missing is back */
};

struct parley_enrolment {
    const char *name;          /* what we call them */
    const char *card; size_t card_len; /* theirs, byte for byte as it came */
    const uint8_t *psk;        /* [32], the same on both sides */
    const char *words;         /* the twelve words, in either language, as both sides read them */
    const char *const *carrier; size_t n_carriers; /* local lines: "file DIR", "mail OUT IN" */
};

struct parley_attachment_file { /* a file to go with a statement; see channel_attachment.h */
    const char *name; /* a label, no path */
    const void *data;
    size_t len;
};

struct parley_draft {
    const char *type;        /* "incident-notification", ...: parley_types() */
    uint8_t precedence, tlp; /* enum parley_precedence, enum parley_tlp; 0 = usual for the type, AMBER */
    bool exercise;           /* marked EXERCISE: it counts for nothing */
    uint32_t within_s; bool within_given; /* answer wanted within, seconds, 0 = none; not given = usual for the type */
    const uint8_t *reply_to; /* [32] hash of the statement it is about, or NULL */
    const char *body; size_t body_len; /* strict JSON, see parley_body_check; parley_body_fields_check knows the fields of the type */
    const char *override; /* local note why advice was overridden, or NULL */
    const struct parley_attachment_file *attach; size_t n_attach; /* their list is appended to the body */
};

struct parley_said { /* one statement of a channel, with what is known about it */
    struct parley_statement statement;
    const uint8_t *bytes; /* [304] */
    uint8_t hash[32];
    const char *peer;
    bool ours;
    bool verified;            /* the signature is good under the card of its epoch */
    bool earlier_outstanding; /* shown at once, though statements before it have not come */
    const char *body; size_t body_len; /* with a zero behind it */
    int64_t stored_us;    /* by our clock */
    int64_t receipt_us;   /* R1 by the receipt's author's clock; 0 none yet */
    int64_t read_us, answered_us; /* R2, R3, by the clock of who read or answered */
    const char *read_by;  /* who read it, as R2 names them; "" nobody yet */
    const char *outcome;  /* "answered", "declined" or "" */
    int64_t deadline_us;  /* R1 + answer within; 0 none, or no receipt yet */
    const char *override; /* why advice was not followed: our own note, never sent; NULL none */
};

struct parley_channel_counts {
    uint64_t sent, stored_by_peer, read, answered; /* our messages, and how far each came (receipts are not counted) */
    uint64_t revoked;                              /* ours that a revocation of our key cut off before the peer had them: say them again */
    uint64_t outstanding;                          /* sent - stored_by_peer - revoked */
    uint64_t received, to_answer;                  /* theirs, and those that still wait for an answer of ours */
    uint32_t our_epoch, their_epoch;               /* heads: the newest epoch, its highest number and the hash of that */
    uint64_t our_seq, their_seq;
    uint8_t our_hash[32], their_hash[32];
    uint64_t their_gapless;                        /* all of theirs up to this number are here */
    bool fenced, equivocated, rewritten;           /* as in struct parley_peer */
};

#pragma GCC visibility push(default)

/* --- desk and keys ------------------------------------------------------------------------------ */

/* Make root and operational keys, a TLS certificate and channel.db in an existing folder, which is closed to other users (0700). The root
 * secret is written once, to root_out: carry it away. PARLEY_ENOTFOUND no such folder; PARLEY_EREFUSED there are keys, or a file that would
 * be overwritten; PARLEY_EINVAL a bad name of the party, roots other than 1-of-1, 2-of-2, 2-of-3, a line that is no carrier's or not one line
 * of text, a passphrase of fewer than 12 bytes; PARLEY_ELIMIT over 8 lines. A failure takes its files away again; the folder may stay closed.
 * With a passphrase: about a second and 256 MiB (Argon2id). */
PARLEY_MUST_USE enum parley_status parley_desk_make_keys(const char *folder, const struct parley_key_options *options, struct parley_error *err);
/* unlock may be NULL: all defaults. The caller closes *out; on failure it is NULL. PARLEY_ENOTFOUND no such folder, or no keys in it;
 * PARLEY_EVERIFY the wrong passphrase or key file; PARLEY_EREFUSED a passphrase is needed, or others may read the folder or a secret. With a
 * passphrase as long as making the keys; what was said is read when a peer is first asked about. */
PARLEY_MUST_USE enum parley_status parley_desk_open(const char *folder, const struct parley_unlock *unlock, struct parley_desk **out,
                                                    struct parley_error *err);
void parley_desk_close(struct parley_desk *desk); /* wipes the keys from memory; NULL is harmless */
/* From now on events go to log->line; the struct is copied, its ctx must live as long as the desk. { NULL } silences it, as at first. */
void parley_desk_set_log(struct parley_desk *desk, const struct parley_channel_log *log);

/* Our newest card, a signed note of at most a few KiB, added to *out: for the other side's ceremony and enrolment. */
PARLEY_MUST_USE enum parley_status parley_desk_card(struct parley_desk *desk, struct parley_text *out, struct parley_error *err);
/* The card of a peer that we hold, likewise; epoch 0: the newest. PARLEY_ENOTFOUND no such peer, or none of that epoch. */
PARLEY_MUST_USE enum parley_status parley_desk_peer_card(struct parley_desk *desk, const char *peer, uint32_t epoch, struct parley_text *out, struct parley_error *err);
/* The twelve words that both sides read to each other, added to both texts: 128 bits of a hash of both cards and the pre-shared key, word k
 * of one language for word k of the other. PARLEY_EPARSE, PARLEY_EVERIFY: the card is none, or its signatures do not hold. Nothing is stored. */
PARLEY_MUST_USE enum parley_status parley_desk_ceremony(struct parley_desk *desk, const char *card, size_t card_len, const uint8_t psk[32],
                                                        struct parley_text *english, struct parley_text *chinese, struct parley_error *err);
/* Enrol a peer whose words were the same as ours. PARLEY_EVERIFY the words do not match; PARLEY_EREFUSED our own card, one that is no longer
 * valid, or a name that is taken; PARLEY_EINVAL a bad name; PARLEY_ELIMIT over PARLEY_PEERS_MAX; else as the ceremony. */
PARLEY_MUST_USE enum parley_status parley_desk_enrol(struct parley_desk *desk, const struct parley_enrolment *enrolment, struct parley_error *err);
/* Everybody enrolled, *n of them in order of enrolment. The first call loads every channel: O(statements). */
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
/* Every change that was made by hand, *n of them, oldest first; *out may be NULL when there is none. */
PARLEY_MUST_USE enum parley_status parley_desk_carrier_changes(struct parley_desk *desk, const char *peer, struct parley_arena *arena,
                                                               struct parley_carrier_change **out, size_t *n, struct parley_error *err);

enum parley_epoch_reason {
    PARLEY_ROTATE,  /* new keys, as planned */
    PARLEY_RECOVER, /* after a restored copy, with no peer in reach: numbers begin again at 1 */
    PARLEY_REVOKE,  /* the operational key was stolen: what it signed after the last good statement is refused */
};
/* Open the next epoch: new operational keys and a card for all peers, which goes to them as a statement.
 *
 *   peer, revoke_seq  for PARLEY_REVOKE: the last good number to that peer; 0 = our last. NULL peer: the only one there is
 *   root_file         the root secrets that sign, separated by commas; NULL = keys/root.key, or keys/root.key.1 .. of several roots
 *   options           passphrase_file (of sealed root secrets), days, and carriers or contacts that replace those of the card; the
 *                     rest is not looked at
 *   epoch             out: its number
 *
 * PARLEY_EREFUSED too few root secrets, or this copy of the desk lacks epochs that it had already begun; PARLEY_EVERIFY one that is not of
 * this desk's card; PARLEY_EPARSE a file that holds none; PARLEY_ELIMIT over 256 epochs. Should it fail after the keys were stored, the next
 * statement opens the epoch. */
PARLEY_MUST_USE enum parley_status parley_desk_next_epoch(struct parley_desk *desk, enum parley_epoch_reason reason, const char *peer, uint64_t revoke_seq,
                                                          const char *root_file, const struct parley_key_options *options, uint32_t *epoch,
                                                          struct parley_error *err);
/* Take back a key statement of our own that this copy of the desk lacks: the next epoch's, as a peer holds it (parley_desk_peer_card there).
 * Its secrets are gone; parley_desk_next_epoch with PARLEY_RECOVER goes on behind it. PARLEY_EREFUSED it does not follow our newest one, or
 * is of another party; PARLEY_EPARSE, PARLEY_EVERIFY it is no card. */
PARLEY_MUST_USE enum parley_status parley_desk_take_back_card(struct parley_desk *desk, const char *note, size_t len, struct parley_error *err);

/* A new pre-shared key: 32 random bytes as 64 hex digits in a new file of mode 0600. PARLEY_EREFUSED when the file is there. */
PARLEY_MUST_USE enum parley_status parley_psk_make(const char *path, struct parley_error *err);
/* PARLEY_EPARSE for something else than such digits, PARLEY_EREFUSED when others may read the file. The caller wipes psk. */
PARLEY_MUST_USE enum parley_status parley_psk_read(const char *path, uint8_t psk[32], struct parley_error *err);
/* A QR code of text, added to *out, drawn with half blocks. PARLEY_ELIMIT when it is too long for one (2,953 bytes). Needs no desk. */
PARLEY_MUST_USE enum parley_status parley_qr(const char *text, struct parley_text *out, struct parley_error *err);

/* --- channel ------------------------------------------------------------------------------------ */

/* Sign a statement and store it, once and for all; a carrier moves it with the next sync, or at once when a node runs. *seq and hash are its
 * name. PARLEY_EINVAL no such type; PARLEY_EPARSE, PARLEY_ELIMIT the body (with line and column) or the attachments; PARLEY_EDOM a bad name of
 * one, or a list of attachments that somebody wrote by hand; PARLEY_EREFUSED this desk seems restored from a copy and signs nothing yet. One fsync. Only the note why advice was overridden can
 * fail to be stored after the statement was. */
PARLEY_MUST_USE enum parley_status parley_channel_send(struct parley_desk *desk, const char *peer, const struct parley_draft *draft, uint64_t *seq,
                                                       uint8_t hash[32], struct parley_error *err);
/* Everything said with a peer (NULL: with all), receipts and control statements included, oldest first by our time of storing. Decrypts
 * every body and checks every signature, which takes most of the time: O(n log n). */
PARLEY_MUST_USE enum parley_status parley_channel_list(struct parley_desk *desk, const char *peer, struct parley_arena *arena, struct parley_said **out,
                                                       size_t *n, struct parley_error *err);
/* One statement by its hash, or by the first hex digits of it, at least 6. PARLEY_EINVAL other digits;
 * PARLEY_ENOTFOUND none has it, or several do. Reads its whole channel, but checks one signature. */
PARLEY_MUST_USE enum parley_status parley_channel_find(struct parley_desk *desk, const char *hash, struct parley_arena *arena, struct parley_said *out,
                                                       struct parley_error *err);
/* How far everything came. Reads the channel, checks no signature: O(n). */
PARLEY_MUST_USE enum parley_status parley_channel_counts(struct parley_desk *desk, const char *peer, struct parley_channel_counts *out, struct parley_error *err);
/* Move units in and out by all carriers of a peer (NULL: of all peers), all at once, until nothing more comes; a unit is what carriers take,
 * one or many statements sealed together. A carrier that fails is an event of the log, no failure of the call: what it had goes by the next;
 * one that is silent for a second is named in the log. PARLEY_ECANCELLED soon after the progress (NULL: none) says so: what was moved is kept. */
PARLEY_MUST_USE enum parley_status parley_channel_sync(struct parley_desk *desk, const char *peer, const struct parley_progress *progress, uint64_t *units_in,
                                                       uint64_t *units_out, struct parley_error *err);
/* Verify every stored byte of a channel: signatures, links, bodies, receipts, checkpoints, what each side says it has seen. Nothing is signed
 * or mended. *statements: how many were found good. PARLEY_EVERIFY: a sentence that names the first bad one was added to *bad. All
 * processors, at about the speed of checking signatures. */
PARLEY_MUST_USE enum parley_status parley_channel_verify(struct parley_desk *desk, const char *peer, uint64_t *statements, struct parley_text *bad,
                                                         struct parley_error *err);

/* --- proofs ------------------------------------------------------------------------------------- */

struct parley_relay_state { /* a relay of the peer, asked for a signed listing of the box into which we put */
    const char *relay, *box, *trouble; /* trouble: "" or why it did not answer */
    bool answered;
    uint64_t deposits; /* as the relay says */
    uint64_t kept;     /* deposit notes (R0) that we hold for that box */
};
/* Ask every relay of the peer, one after the other over the network, for a signed listing; listings are kept. A relay that does not answer is
 * no failure: its trouble says why. *contradiction: a relay contradicts what it signed before (claim "relay" below). PARLEY_ECANCELLED soon
 * after the progress (NULL: none) says so. */
PARLEY_MUST_USE enum parley_status parley_channel_relays(struct parley_desk *desk, const char *peer, const struct parley_progress *progress, struct parley_arena *arena,
                                                         struct parley_relay_state **out, size_t *n, bool *contradiction, struct parley_error *err);

struct parley_evidence {
    const char *peer;
    bool theirs;       /* a statement of the peer; else ours */
    uint32_t epoch;    /* 0 = the newest that has the number */
    uint64_t seq;      /* of said-it and got-it; of equivocation, 0 = the first known */
    const char *claim; /* "said-it", "got-it"; of the peer: "equivocation", "rewritten"; of its relay: "relay" */
    bool disclose;     /* with body and salt, which anybody who has the bundle can then read */
    const char *folder; /* made; must not exist */
};
/* Make a bundle that proves the claim to somebody who trusts neither side, and check it as they would. PARLEY_ENOTFOUND: the desk does not
 * hold the proof (no such statement, no receipt for it, nothing contradictory known); PARLEY_EINVAL no such claim; PARLEY_EREFUSED the folder
 * is there. A folder without claim.json is one that was not finished. */
PARLEY_MUST_USE enum parley_status parley_channel_evidence(struct parley_desk *desk, const struct parley_evidence *what, struct parley_error *err);
/* Check a bundle without a desk. *report says what was proven. PARLEY_EVERIFY names the file and the check that failed, a missing file or one that
 * does not belong there among them; PARLEY_EPARSE a note or card in it that is none; PARLEY_ENOTFOUND no such folder; PARLEY_ELIMIT over 64 MiB. */
PARLEY_MUST_USE enum parley_status parley_evidence_check(const char *folder, struct parley_text *report, struct parley_error *err);

#pragma GCC visibility pop
#endif
