/* bundle_judge.h - a bundle while it is judged: bundle.c reads its parts, bundle_claims.c weighs its claim. Internal to both. */
#ifndef PARLEY_CHANNEL_BUNDLE_JUDGE_H
#define PARLEY_CHANNEL_BUNDLE_JUDGE_H

#include "channel/bundle.h"

#include <parley/channel_statement.h>

struct judged_statement {
    struct parley_statement s;
    const uint8_t *bytes;
    uint8_t hash[HASH_LEN];
};

struct judge {
    struct bundle_file *file;
    size_t n_files;
    struct parley_arena *arena;
    struct parley_text *report;
    struct parley_error *err;
    struct claim claim;
    struct card *card; /* [claim.cards] */
    bool *needed;      /* of each card: something rests on it */
    size_t n_cards;
    struct judged_statement *s; /* [claim.statements] */
    struct checkpoint checkpoint[BUNDLE_CHECKPOINTS_MAX];
    struct note_vkey witness[BUNDLE_WITNESSES_MAX]; /* [claim.witnesses] */
};

/* PARLEY_EVERIFY: "NAME: WHY". */
enum parley_status judge_bad(struct judge *j, const char *name, const char *why);
/* The file of that name, marked as used; NULL with the error filled when it is missing. */
struct bundle_file *judge_find(struct judge *j, const char *name);
/* The file must be this text, which is released. */
enum parley_status judge_same_text(struct judge *j, const char *name, struct parley_text *expected);
/* The card of a party and epoch, on which something rests from now on; NULL there is none. */
const struct card *judge_card_of(struct judge *j, const uint8_t party[HASH_LEN], uint32_t epoch);

/* Every signature line of the note is by one of these keys, none twice. */
bool judge_all_signed(const struct note *note, const char *name, const uint8_t (*key)[KEY_LEN], int n_keys);

/* Does the claim hold? Cards and statements are read, and signed by whom they say. */
enum parley_status judge_claim(struct judge *j);

#endif
