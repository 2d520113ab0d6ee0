/* checkpoint.h - signed checkpoints of both records of a talk: made, taken, cosigned, kept. Internal to the desk.
 *
 * A checkpoint commits its author to all it said in an epoch up to a size. Each side's goes to the other now and then beside
 * statements; the other compares it with what it holds, returns it cosigned, and keeps one that does not fit as proof. */
#ifndef PARLEY_CHANNEL_CHECKPOINT_H
#define PARLEY_CHANNEL_CHECKPOINT_H

#include "channel/bundle.h"
#include "channel/desk.h"

/* One that the peer sent, inside the transaction of the step. Fails only when the desk's own disk does. */
enum parley_status checkpoint_take(struct parley_desk *d, struct talk *t, const char *data, size_t len, int64_t now_us, struct parley_error *err);
/* Items for a unit that goes anyway: ours if it grew and none went lately; theirs with our cosignature if that is owed. */
void checkpoint_add(struct parley_desk *d, struct talk *t, struct parley_text *content);
/* Ours of the newest epoch, signed now. PARLEY_ENOTFOUND when nothing was said in it. */
enum parley_status checkpoint_own(struct parley_desk *d, struct talk *t, struct checkpoint *c, struct parley_text *note, struct parley_error *err);

struct covering { /* a checkpoint that covers a number: the one with most witnesses, else one that the other cosigned, else the smallest */
    const char *note;
    uint64_t size;
    uint32_t cosigner; /* epoch of the other's card that cosigned it; 0 none */
    uint8_t root[HASH_LEN];
};
enum parley_status checkpoint_covering(struct parley_desk *d, struct talk *t, bool ours, uint32_t epoch, uint64_t seq, struct parley_arena *arena, struct covering *out,
                                       struct parley_error *err);
/* Root of the first `size` of one side's epoch. */
enum parley_status checkpoint_root(struct parley_desk *d, struct talk *t, bool ours, uint32_t epoch, uint64_t size, uint8_t root[HASH_LEN], struct parley_error *err);
/* Leaf hashes 1..size of one side's epoch. */
enum parley_status checkpoint_leaves(struct parley_desk *d, struct talk *t, bool ours, uint32_t epoch, uint64_t size, struct parley_arena *arena, uint8_t (**out)[HASH_LEN],
                                     struct parley_error *err);

struct rewriting { /* the shortest proof that the peer's record was rewritten */
    uint32_t epoch;
    uint64_t size;
    size_t n; /* checkpoints: 2; or 1, which all statements contradict */
    const char *note[2];
    struct consistency *joined; /* of two sizes */
};
enum parley_status checkpoint_rewriting(struct parley_desk *d, struct talk *t, struct parley_arena *arena, struct rewriting *out, struct parley_error *err);

struct relay_denial {
    uint32_t card_epoch; /* the peer's card that names the relay */
    uint64_t number;
    uint8_t key[KEY_LEN];
    const char *deposit, *denial; /* notes */
};
/* relay_notes.c */
enum parley_status relay_denial_find(struct parley_desk *d, struct talk *t, struct parley_arena *arena, struct relay_denial *out, struct parley_error *err);

#endif
