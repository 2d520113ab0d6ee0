/* accord_words.h - what the accord commands say in common. */
#ifndef PARLEY_CLI_ACCORD_WORDS_H
#define PARLEY_CLI_ACCORD_WORDS_H

#include "case_input.h"

extern const char *const input_words[PARLEY_INPUTS]; /* gain, loss, credibility, cost */

/* One switch or set of switches as words: "the threat is gone; with verification". */
const char *switch_text(struct invocation *in, const struct parley_situation *s, const struct parley_switch *w);
const char *
switch_set_text(struct invocation *in, const struct parley_situation *before, const struct parley_switch_set *set);

const char *predicted_word(enum parley_tri predicted); /* for JSON: agreement, no agreement, open */

/* Why a party refuses, in one sentence; and the numbers people want. */
const char *refusal_text(struct invocation *in, const struct parley_party *party, const struct parley_party_result *r);
const char *party_text(const struct invocation *in, const char *name);
const char *short_number(struct invocation *in, double v, int digits); /* "-" when NaN */

/* The theory's result on the cases at hand: for the limits. */
PARLEY_MUST_USE enum parley_status
accord_limits(struct invocation *in, const struct case_input *input, struct parley_theory_result *out);
void put_limits(struct parley_json *j, const struct parley_theory_result *r);
void put_terms(struct parley_json *j, const struct parley_terms *t);

#endif
