/* bundle.h - evidence bundles as lists of files in memory: their layout, and the judgement of a third party. Pure.
 *
 * A bundle has no free byte: every file is named by claim.json, and each is either signed, committed to by what is signed, or
 * rendered again from it and compared. docs/spec/channel.md section 8. */
#ifndef PARLEY_CHANNEL_BUNDLE_H
#define PARLEY_CHANNEL_BUNDLE_H

#include "channel/card.h"

#include <parley/arena.h>

enum {
    BUNDLE_STATEMENTS_MAX = 4096, BUNDLE_CARDS_MAX = 64, BUNDLE_CHECKPOINTS_MAX = 2, BUNDLE_WITNESSES_MAX = 8, BUNDLE_FILES_MAX = 2 * BUNDLE_STATEMENTS_MAX + 4096,
    BUNDLE_NAME_MAX = 64, BUNDLE_KIND_MAX = 15, CHECKPOINT_ORIGIN_MAX = 96,
};

struct bundle_file {
    const char *name; /* "statements/1.bin" */
    const char *data;
    size_t len;
    bool used;
};

struct claim { /* claim.json */
    char kind[BUNDLE_KIND_MAX + 1]; /* said-it, got-it, equivocation, rewritten, relay */
    uint8_t pair[HASH_LEN], author[HASH_LEN], other[HASH_LEN];
    uint32_t epoch;
    uint64_t seq;
    size_t cards, statements, disclosed, checkpoints, proofs, notes;
    size_t witnesses; /* who cosigned the checkpoint in proofs/1.tlog; the member is there only when it is not 0 */
};

void claim_text(const struct claim *claim, struct parley_text *out);
/* "cards/PARTY16-EPOCH.SUFFIX" */
void card_file_name(const struct card *card, const char *suffix, char out[BUNDLE_NAME_MAX]);
void card_pem_text(const uint8_t key[KEY_LEN], struct parley_text *out);
void card_vkey_text(const struct card *card, struct parley_text *out);
/* "parley/PAIR32/AUTHOR32/EPOCH" */
void checkpoint_origin(const uint8_t pair[HASH_LEN], const uint8_t author[HASH_LEN], uint32_t epoch, char out[CHECKPOINT_ORIGIN_MAX]);

/* That the first m leaves under a checkpoint of n have another root than an earlier checkpoint of m says. */
struct consistency {
    uint64_t from, to;
    uint8_t root[HASH_LEN]; /* of the first `from` leaves, as the later checkpoint commits to them */
    uint8_t path[MERKLE_PATH_MAX][HASH_LEN];
    size_t path_len;
};
void consistency_text(const struct consistency *c, struct parley_text *out);
PARLEY_MUST_USE enum parley_status consistency_parse(const char *data, size_t len, struct consistency *out, struct parley_error *err);

/* Is what claim.json claims true, from the signatures alone? PARLEY_EVERIFY or PARLEY_EPARSE name file and reason; *report says
 * what is proven and on which root keys it rests. Marks the files it used. O(bytes). */
PARLEY_MUST_USE enum parley_status bundle_judge(struct bundle_file *file, size_t n, struct parley_arena *arena, struct parley_text *report, struct parley_error *err);

#endif
