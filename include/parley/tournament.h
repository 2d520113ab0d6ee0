/* tournament.h - every habit against every habit.
 * Room: game.
 *
 * Round robin with self-play on the diagonal. A pair without chance (no noise, no mixed habit) is followed to its cycle, so its
 * score is exact for any number of turns. A pair with chance is either played `repetitions` times from the seed, or, with 0 repetitions,
 * given its exact expectation. Eight repetitions or more of habits of at most 16 states are played 512 at once, a bit each (src/game/lanes.h), the
 * others one by one from a Philox block (seed; repetition and pair, turn) a turn. Probabilities are used to 2^-32 when played. Ranking as in Axelrod's: descending median over repetitions of the score without self-play, per turn and opponent; ties keep
 * the order of the list. */
#ifndef PARLEY_TOURNAMENT_H
#define PARLEY_TOURNAMENT_H

#include <parley/repeated.h>

enum { PARLEY_TOURNAMENT_PLAYERS_MAX = 1000 };

struct parley_tournament {
    const struct parley_repeated *game;
    const struct parley_habit *const *player; /* [n] */
    size_t n;
    uint64_t turns, repetitions, seed;
    unsigned threads; /* 0 = one per processor; results do not depend on it */
};

struct parley_standing {
    size_t player;      /* index into the list */
    double score;       /* per turn and opponent, without self-play: median over repetitions */
    double low, high;   /* of the repetitions: 2.5 % and 97.5 % quantiles; equal to score where nothing is left to chance */
    double cooperation; /* share of turns, without self-play, mean over repetitions */
    double wins;        /* opponents beaten (a higher score in the match), mean over repetitions; NaN for expectations with chance */
};

struct parley_tournament_result {
    struct parley_standing *rank; /* [n], best first */
    double *score;                /* [n][n] mean total score of row against column in one match */
    double *cooperations;         /* [n][n] mean number of cooperations of row against column */
    uint64_t played;              /* turns actually played at random */
};

#pragma GCC visibility push(default)

/* PARLEY_EINVAL: no player, no turn, too many players, noise outside 0 to 1.
 * PARLEY_ELIMIT: more than 10^8 matches. O(n^2 turns repetitions) at most. */
PARLEY_MUST_USE enum parley_status parley_tournament_run(const struct parley_tournament *t, const struct parley_progress *progress,
                                                         struct parley_arena *arena, struct parley_tournament_result *out,
                                                         struct parley_error *err);

#pragma GCC visibility pop
#endif
