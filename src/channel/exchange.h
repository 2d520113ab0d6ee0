/* exchange.h - the exchange of one pair as a state machine without I/O: step(state, input, now) -> outputs.
 *
 * It holds hashes and flags of what both sides said, never a body, a file or a socket. Whoever drives it (the desk, the
 * simulator) first loads what is stored, then for each input carries out the outputs in this rule: all STORE outputs of a
 * step in one transaction; the SEND outputs only after that transaction is committed; after a failed commit the state is
 * thrown away and loaded again. docs/spec/channel.md sections 6, 7, 10, 11. */
#ifndef PARLEY_CHANNEL_EXCHANGE_H
#define PARLEY_CHANNEL_EXCHANGE_H

#include "channel/card.h"
#include "channel/unit.h"

#include <parley/arena.h>

enum { AHEAD_MAX = 65536, RETRY_FIRST_S = 2, RETRY_LAST_S = 300, RESEND_WINDOW = 256, ALSO_MAX = 256, EPOCHS_MAX = 1024 };

struct slot { /* one statement; hash all zero = not here */
    uint8_t hash[HASH_LEN], previous[HASH_LEN];
    uint64_t receipt_seq; /* of theirs: our receipt that covers it; 0 none */
    uint32_t receipt_epoch;
    uint8_t kind, precedence;
    uint8_t repeats; /* of theirs: how often it came again after its receipt */
    bool acked; /* of ours: the peer says it has it */
    int64_t sent_us; /* of ours: when it last left; 0 not since the start */
};

struct epoch_log { /* one author's statements of one epoch */
    struct card card;
    struct slot *slot; /* [cap], slot[seq - 1] */
    uint64_t top;      /* highest number here */
    uint64_t gapless;  /* 1..gapless are all here and linked */
    uint64_t receipted; /* of theirs: highest number we gave a receipt for */
    uint64_t limit;    /* numbers above are refused (revoked); UINT64_MAX none */
    uint64_t told;     /* of theirs: the author claims to have said so many */
    int told_tries;    /* how often we still ask for what is only claimed, */
    int lost_tries;    /* and how often we asked for what its author may have lost */
    size_t cap;
    uint64_t unacked_from; /* of ours: all below are acked */
    uint64_t asked_top;    /* of ours: top when the peer was asked last what it holds */
    uint64_t owed_from;    /* of theirs: all below are here and need no receipt any more */
};

struct author_log {
    struct epoch_log *epoch; /* [n], in order of number, card known for each */
    size_t n;
};

struct exchange {
    uint8_t self[HASH_LEN], peer[HASH_LEN], pair[HASH_LEN];
    uint8_t secret[SIGN_SECRET_LEN]; /* of our newest epoch */
    uint8_t salt_key[KEY_LEN];
    struct author_log ours, theirs;
    bool fenced;       /* restored from a copy: nothing is signed until a peer told our head */
    bool head_known;   /* a peer answered since the start */
    uint32_t need_epoch; /* while fenced: we must hold our own up to here */
    uint64_t need_seq;
    bool marked; /* the peer equivocated */
    int64_t now_us; /* of this step */
    bool progress;  /* something was acked in this step */
    int64_t retry_at_us, want_at_us, ask_at_us;
    int retry_s, want_s, ask_s; /* the waits double up to RETRY_LAST_S while nothing new comes */
    uint64_t asked; /* the question what the peer holds, which its answer names, */
    bool answered;  /* and that it was answered: it holds all that had been said */
};

struct draft {
    uint16_t type;
    uint8_t flags, precedence, tlp;
    uint32_t within_s;
    uint8_t reply_to[HASH_LEN];
    const char *body;
    size_t body_len;
};

enum input_kind { IN_START, IN_SEND, IN_CONTENT, IN_TICK, IN_MORE, IN_CAUGHT_UP, IN_OWN_CARD }; /* MORE: the next of what never left; CAUGHT_UP: another process
                                                                                                          * changed what is stored, and that was loaded */

struct input {
    enum input_kind kind;
    const struct draft *draft;  /* SEND */
    const uint8_t *content;     /* CONTENT: items of an opened unit */
    size_t content_len;
    const struct card *card;    /* OWN_CARD: our next epoch, */
    const char *note;           /* its note, */
    const uint8_t *secret;      /* and its signing secret */
    uint32_t mark_epoch;        /* START: the high-water mark kept outside; 0 = no mark */
    uint64_t mark_seq;
    bool restored;              /* START: there is reason to think so even without a mark */
};

enum output_kind {
    OUT_STORE_OURS,   /* bytes, salt, body: a statement of ours (imported if `imported`) */
    OUT_STORE_THEIRS, /* bytes, salt, body */
    OUT_STORE_CARD,   /* note: the peer's next key statement */
    OUT_STORE_ACK,    /* epoch, seq..to of ours are stored by the peer, told by theirs (by_epoch, by_seq) */
    OUT_STORE_COVER,  /* epoch, seq of theirs is covered by our receipt (by_epoch, by_seq) */
    OUT_STORE_PROOF,  /* bytes: another statement of their (epoch, seq), or one that does not link (fork) */
    OUT_SEND_OURS,    /* epoch, seq, precedence */
    OUT_SEND_THEIRS,  /* epoch, seq: return it to its author */
    OUT_SEND_CARDS,   /* our key statements from epoch `epoch` on */
    OUT_SEND_ITEM,    /* item type and payload */
    OUT_CHUNK,        /* payload of a chunk item that arrived */
    OUT_CHUNK_WANT,   /* payload of an item that asks for chunks */
    OUT_CHECKPOINT,   /* payload of a checkpoint item that arrived */
    OUT_EVENT,        /* text: a line for the log; no content of bodies */
};

struct output {
    enum output_kind kind;
    struct parley_statement statement; /* STORE_OURS, STORE_THEIRS, STORE_PROOF */
    uint8_t bytes[PARLEY_STATEMENT_LEN], salt[SALT_LEN];
    const char *body; /* in the outputs' arena */
    size_t body_len;
    bool imported, fork, ahead; /* ahead: earlier ones are outstanding */
    uint32_t epoch, by_epoch;
    uint64_t seq, to, by_seq;
    uint8_t precedence;
    int item;
    const char *text;
};

struct outputs {
    struct parley_arena arena;
    struct output *out; /* [n] */
    size_t n, cap;
    bool failed; /* out of memory: nothing may be carried out */
    struct output spare; /* takes the writes after memory ran out */
};

void outputs_release(struct outputs *outputs);
void outputs_clear(struct outputs *outputs);

/* A state for two parties whose first known cards are given; the cards' epochs open the two logs. */
PARLEY_MUST_USE enum parley_status exchange_open(struct exchange *x, const struct card *ours, const struct card *theirs, const uint8_t salt_key[KEY_LEN],
                                                 struct parley_error *err);
void exchange_close(struct exchange *x);
/* Loading what is stored, before the first step: further cards in order of epoch, then statements in order of epoch and number. */
PARLEY_MUST_USE enum parley_status exchange_load_card(struct exchange *x, bool ours, const struct card *card, struct parley_error *err);
PARLEY_MUST_USE enum parley_status exchange_load_statement(struct exchange *x, bool ours, const uint8_t bytes[PARLEY_STATEMENT_LEN], bool acked,
                                                           uint32_t receipt_epoch, uint64_t receipt_seq, struct parley_error *err);
/* Later, of one that was loaded before: the receipt that another process stored for it, given or (by_seq != 0) got. */
void exchange_load_receipt(struct epoch_log *e, bool ours, uint64_t seq, uint32_t by_epoch, int64_t by_seq);
/* The secret of our newest epoch. */
void exchange_set_secret(struct exchange *x, const uint8_t secret[SIGN_SECRET_LEN]);

/* PARLEY_EREFUSED for a SEND while fenced, PARLEY_EINVAL for a draft that makes no statement; arriving content never fails. */
PARLEY_MUST_USE enum parley_status exchange_step(struct exchange *x, const struct input *in, int64_t now_us, struct outputs *out,
                                                 struct parley_error *err);
/* Is something of ours open that did not leave since the start? */
bool exchange_unsent(const struct exchange *x);
/* When the next TICK is due; INT64_MAX = never. Because clocks jump, a TICK is owed at least every RETRY_LAST_S seconds of real time. */
int64_t exchange_due(const struct exchange *x);

/* Last of ours / gapless of theirs: epoch and number (0: none) and hash. */
void exchange_head(const struct author_log *log, uint32_t *epoch, uint64_t *seq, uint8_t hash[HASH_LEN]);
void exchange_seen(const struct author_log *log, uint32_t *epoch, uint64_t *seq, uint8_t hash[HASH_LEN]);
struct epoch_log *exchange_epoch(struct author_log *log, uint32_t number);

#endif
