/* lanes.h - 512 matches of the same two habits at once, one bit each. Private to the room.
 *
 * A state of a habit is a word of 512 bits: the matches that are in it. A chance is decided by comparing a random number with a threshold of
 * 2^32 bit by bit from the top, for all matches together, until none is open: some ten random words for 512 decisions. */
#ifndef PARLEY_GAME_LANES_H
#define PARLEY_GAME_LANES_H

#include <parley/habit.h>

enum {
    LANES = 512,
    LANES_WORDS = 8,
    LANES_STATES_MAX = 16,
    LANES_MOVES_MAX = 4 * LANES_STATES_MAX,
    LANES_COUNTS = 3, /* turns on which row defected, column did, both did */
};

enum lanes_mask { OWN_SEEN, SEEN_C = 4, SEEN_D, OWN_C, OWN_D, ALWAYS, LANES_MASKS }; /* OWN_SEEN + 2 own + seen */

struct lanes_move { /* matches in state `from` under `mask` go to this state; from = n: matches in any state */
    uint8_t from, mask;
};

struct lanes_plan { /* a habit made ready */
    size_t n, start, classes;
    uint64_t threshold[LANES_STATES_MAX];     /* [classes] chance to cooperate, slips included, of 2^32 */
    uint8_t members[LANES_STATES_MAX + 1];    /* states of class c: member[members[c] .. members[c + 1]) */
    uint8_t member[LANES_STATES_MAX];
    uint8_t moves_to[LANES_STATES_MAX + 1];   /* moves to state s: move[moves_to[s] .. moves_to[s + 1]) */
    struct lanes_move move[LANES_MOVES_MAX];
};

struct lanes_match {
    const struct lanes_plan *row, *column;
    uint64_t miss, false_alarm; /* of 2^32 */
    uint64_t seed, stream;
    uint64_t turns; /* below 2^32 */
};

/* False when the habit has more states than LANES_STATES_MAX. cooperate: thresholds by state. */
bool lanes_plan_make(const struct parley_habit *habit, const uint64_t *cooperate, struct lanes_plan *out);

/* count[k][lane]. The same bits on every path. */
typedef void lanes_play_fn(const struct lanes_match *m, uint32_t (*count)[LANES]);
lanes_play_fn lanes_play_portable, lanes_play_avx2, lanes_play_avx512;
lanes_play_fn *lanes_play_best(void);

/* The random words: LANES_WORDS generators xoroshiro128++ (Blackman and Vigna 2021,
 * doi:10.1145/3460772) side by side, set from Philox (seed, stream). */
void lanes_seed(uint64_t seed, uint64_t stream, uint64_t state[2][LANES_WORDS]);

#endif
