/* relation_game.h - the game two actors are in, read from events of the record and a codebook of payoffs.
 * Room: game.
 *
 * A reading of the record and not a measurement of interests: each payoff carries its reason, and the codebook its weights. */
#ifndef PARLEY_RELATION_GAME_H
#define PARLEY_RELATION_GAME_H

#include <parley/event.h>
#include <parley/game.h>
#include <parley/lang.h>
#include <stdbool.h>

enum { PARLEY_RELATION_REDRAWS = 1000 };

struct parley_relation_facts {
    const char *a, *b;           /* codes */
    const char *name_a, *name_b; /* for people */
    const struct parley_event *const *event; /* [n] */
    size_t n;
    size_t n_mechanisms, n_norms; /* in force at the end of the window */
    unsigned redraws;             /* of the events (bootstrap), for share_same_name; 0 = none */
};

struct parley_relation_term { /* one number that enters the payoffs */
    const char *name;   /* cooperation, mechanism, keep, gain, harm, norm */
    const char *reason; /* of the codebook, in the language asked for */
    double value[2];    /* for a and b, weight included */
    size_t events[2];   /* events it was read from; 0 for those that are not read from events */
};

struct parley_relation_game {
    struct parley_game *game; /* strategies restrain, strike; game->reason has one sentence for each payoff */
    struct parley_relation_term term[6];
    size_t n_events;
    double share_same_name; /* of the redraws of the events, how often the game has the same Robinson-Goforth number; NaN without redraws */
    uint64_t seed;
};

#pragma GCC visibility push(default)

/* codebook: text of a payoffs.yaml, NULL = the shipped one. PARLEY_EDOM when the record has no hostile act in either direction:
 * no game can be read from it. */
PARLEY_MUST_USE enum parley_status parley_relation_game_build(const struct parley_relation_facts *facts, const char *codebook, enum parley_lang lang,
                                                              uint64_t seed, struct parley_arena *arena, struct parley_relation_game *out,
                                                              struct parley_error *err);

#pragma GCC visibility pop
#endif
