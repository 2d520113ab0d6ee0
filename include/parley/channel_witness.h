/* channel_witness.h - neutral witnesses: third parties who cosign checkpoints of a channel and see nothing of what was said.
 * Room: channel.
 *
 * A desk writes a request (the checkpoint and a proof that it extends the last one which the witness knows); the witness, on its own
 * machine and in its own folder, checks and cosigns; the desk takes the answer in. Forms: c2sp.org/tlog-witness, /tlog-cosignature.
 * A witness never cosigns a record that was cut or rewritten. All of it goes by files. */
#ifndef PARLEY_CHANNEL_WITNESS_PUBLIC_H
#define PARLEY_CHANNEL_WITNESS_PUBLIC_H

#include <parley/channel.h>

enum { PARLEY_WITNESSES_MAX = 8, PARLEY_WITNESS_REQUEST_MAX = 68 << 10 };

struct parley_witnessed { /* how far a witness has cosigned one author's record of one pair and epoch */
    const char *origin;   /* "parley/PAIR32/AUTHOR32/EPOCH" */
    const char *author;   /* verifier key of the author */
    uint64_t size;
    uint8_t root[32];
};

struct parley_witness { /* whom a desk believes */
    const char *name, *vkey; /* its name, and its verifier key NAME+KEYID+BASE64 */
    int64_t since_us;        /* when it was written down here, by our clock */
};

struct parley_cosignature {
    const char *witness;
    int64_t time_us; /* by the witness's clock */
};

struct parley_checkpoint {
    bool ours, by_peer; /* whose record it commits to; the peer returned it cosigned (of ours) */
    uint32_t epoch;
    uint64_t size;
    uint8_t root[32];
    const struct parley_cosignature *cosignature; /* [n], of witnesses */
    size_t n;
};

struct parley_witness_request {
    const char *peer;
    bool theirs;         /* the peer's record, by its newest checkpoint that fits what we hold; else ours */
    const char *witness; /* name; NULL: the only one, if one is written down */
    bool from_given;
    uint64_t from;       /* where the witness stands; else as of its last cosignature that was taken in */
};

#pragma GCC visibility push(default)

/* --- the witness's side: a folder with its key and the records it has cosigned ------------------------------------------------ */

/* Make key and folder; the verifier key to hand out is added to *vkey. PARLEY_EREFUSED when there is a key already, PARLEY_EINVAL a name that is
 * none. The secret is in the folder, mode 0600. */
PARLEY_MUST_USE enum parley_status parley_witness_make(const char *folder, const char *name, struct parley_text *vkey, struct parley_error *err);
/* Judge a request and cosign: *note gets the checkpoint with the cosignature. author: the verifier key of a record not seen before, else
 * NULL. What was cosigned is on disk before *note is filled. PARLEY_ENOTFOUND: unknown record; PARLEY_EREFUSED: it goes back, or begins
 * elsewhere; PARLEY_EVERIFY: wrong signature, forged proof, rewritten record; PARLEY_ECORRUPT: the witness's own file. */
PARLEY_MUST_USE enum parley_status parley_witness_cosign(const char *folder, const char *request, size_t len, const char *author, struct parley_text *note,
                                                         struct parley_arena *arena, struct parley_witnessed *now, struct parley_error *err);
/* Its verifier key and how far it has cosigned which records, *n of them, in the arena. PARLEY_ENOTFOUND: there is no witness in that folder. */
PARLEY_MUST_USE enum parley_status parley_witness_list(const char *folder, struct parley_arena *arena, const char **vkey, struct parley_witnessed **out, size_t *n,
                                                       struct parley_error *err);

/* --- the desk's side ----------------------------------------------------------------------------------------------------------- */

/* Write a witness's verifier key down, believe it no longer, list. Add: PARLEY_EPARSE, PARLEY_EREFUSED for a name or key that is there. */
PARLEY_MUST_USE enum parley_status parley_desk_witness_add(struct parley_desk *desk, const char *vkey, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_desk_witness_forget(struct parley_desk *desk, const char *name, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_desk_witnesses(struct parley_desk *desk, struct parley_arena *arena, struct parley_witness **out, size_t *n, struct parley_error *err);

/* The request for a witness; *from: what it begins at; *author: the verifier key that a witness needs once. */
PARLEY_MUST_USE enum parley_status parley_channel_witness_request(struct parley_desk *desk, const struct parley_witness_request *what, struct parley_text *request,
                                                                  struct parley_checkpoint *checkpoint, uint64_t *from, struct parley_text *author, struct parley_error *err);
/* Take in what a witness answered: the cosigned checkpoint, or its signature lines alone. Of ours or of the peer's record. *kept: how
 * many cosignatures of it are now held. PARLEY_ENOTFOUND: of no witness written down here; PARLEY_EVERIFY: a wrong signature, or
 * another record than this desk holds. */
PARLEY_MUST_USE enum parley_status parley_channel_cosigned(struct parley_desk *desk, const char *peer, const char *data, size_t len, struct parley_checkpoint *checkpoint, size_t *kept,
                                                           struct parley_error *err);
/* The newest checkpoint of each side and all that witnesses cosigned, ours first, the larger first. */
PARLEY_MUST_USE enum parley_status parley_channel_checkpoints(struct parley_desk *desk, const char *peer, struct parley_arena *arena, struct parley_checkpoint **out, size_t *n,
                                                              struct parley_error *err);

#pragma GCC visibility pop
#endif
