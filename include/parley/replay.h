/* replay.h - one simulated relation told as a chronicle of events, as the record keeps them.
 * Room: simulate. */
#ifndef PARLEY_REPLAY_H
#define PARLEY_REPLAY_H

#include <parley/arena.h>
#include <parley/event.h>
#include <parley/simulate.h>

enum { PARLEY_REPLAY_EVENTS_MAX = 200000 };

#pragma GCC visibility push(default)

/* The code of a state in a chronicle: its name if that is a two-letter code, otherwise GROUP:name. */
const char *parley_replay_code(const struct parley_scenario *scenario, unsigned state, struct parley_arena *arena);

/* Replicate number `replicate` of a run with this seed, week 0 being the week of start_us. What the two sides could see: incidents that
 * were noticed, with the author the victim believes in (UNK below one half; `claimed` above), answers, moves, channels, leaders,
 * agreements. The same replicate of `simulate run`: out[PARLEY_OUTPUTS] are its outcomes (may be NULL). */
PARLEY_MUST_USE enum parley_status parley_replay(const struct parley_scenario *scenario, uint64_t seed, uint32_t replicate, int64_t start_us,
                                                 struct parley_arena *arena, struct parley_event_list *events, float *out, struct parley_error *err);

#pragma GCC visibility pop
#endif
