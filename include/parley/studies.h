/* studies.h - what the five studies found and claim: cases with their indicators and figures, terms, claims, hypotheses.
 * Room: record.
 *
 * These tables ship with Parley (data/record/, its README says where they come from) and are the same for every
 * desk. All strings live in the arena, are zero-terminated, never NULL. */
#ifndef PARLEY_STUDIES_H
#define PARLEY_STUDIES_H

#include <parley/arena.h>
#include <parley/error.h>
#include <stdbool.h>
#include <stddef.h>

struct parley_case { /* one attempt to reach an agreement */
    const char *id, *en, *zh, *year, *year_kind; /* year_kind: concluded, started */
    const char *issue, *issue2, *type;           /* crime, terrorism, arms_control; bilateral, multilateral */
    const char *const *party;                    /* [n_parties] codes */
    size_t n_parties;
    const char *common_harm;   /* severe, not_severe, not_analysed */
    const char *regime_threat; /* absent, present, not_analysed */
    const char *outcome;       /* reached, not_reached */
    bool focal, fits;          /* one of the four main cases; agrees with the theory as its study states */
    const char *source, *note;
};

struct parley_indicator {
    const char *id, *variable, *dimension, *en, *zh, *question, *scale, *examples, *rule, *model_input, *source;
};

struct parley_evidence { /* one figure; case_id or indicator_id may be "" */
    const char *id, *case_id, *indicator_id, *country, *year, *quantity, *value, *unit, *supports, *source, *note;
};

struct parley_term {
    const char *id, *class_, *function, *en, *zh, *definition, *model_parameter, *expected_effect, *source;
};

struct parley_claim {
    const char *id, *text, *kind, *from_variable, *to_variable, *sign, *test, *hypothesis, *source;
};

struct parley_hypothesis {
    const char *id, *statement, *change, *expected, *status, *prototype_result, *sign_robustness;
};

#pragma GCC visibility push(default)

PARLEY_MUST_USE enum parley_status parley_cases(struct parley_arena *arena, struct parley_case **out, size_t *n, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_indicators(struct parley_arena *arena, struct parley_indicator **out, size_t *n, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_evidence(struct parley_arena *arena, struct parley_evidence **out, size_t *n, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_terms(struct parley_arena *arena, struct parley_term **out, size_t *n, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_claims(struct parley_arena *arena, struct parley_claim **out, size_t *n, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_hypotheses(struct parley_arena *arena, struct parley_hypothesis **out, size_t *n, struct parley_error *err);

#pragma GCC visibility pop
#endif
