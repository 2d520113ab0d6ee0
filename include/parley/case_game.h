/* case_game.h - the game of signing: each party of an attempt agrees or refuses; payoffs from the terms of the gain-loss model.
 * Room: game.
 *
 * An agreement exists only if every party agrees. Then each gets p (G - D) - (1 - p) L - K + T; who agrees while another
 * refuses has spent K for nothing; who refuses gets 0. Reasons stand beside the payoffs. */
#ifndef PARLEY_CASE_GAME_H
#define PARLEY_CASE_GAME_H

#include <parley/game.h>
#include <parley/lang.h>

enum { PARLEY_CASE_GAME_PLAYERS_MAX = 10 };

struct parley_case_side { /* utility units; credibility in (0, 1) */
    const char *name;
    double gain, relative_loss, loss, credibility, cost, payment;
};

#pragma GCC visibility push(default)

/* Strategies agree, refuse; payoffs rounded to thousandths. n from 2 to PARLEY_CASE_GAME_PLAYERS_MAX (PARLEY_EINVAL, PARLEY_ELIMIT). */
PARLEY_MUST_USE enum parley_status parley_case_game_build(const char *title, const struct parley_case_side *side, size_t n, enum parley_lang lang,
                                                          struct parley_arena *arena, struct parley_game **out, struct parley_error *err);

/* What the side gets when all agree. */
double parley_case_game_value(const struct parley_case_side *side);
/* The least probability, in this side's mind, that all others agree from which on agreeing is at least as good as refusing;
 * above 1: never (NaN when agreeing costs and brings nothing either way). */
double parley_case_game_belief(const struct parley_case_side *side);

#pragma GCC visibility pop
#endif
