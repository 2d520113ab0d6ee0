/* paths.h - which implementation computes a block of replicates, and its scratch memory. */
#ifndef PARLEY_SIMULATE_PATHS_H
#define PARLEY_SIMULATE_PATHS_H

#include "model.h"

/* n <= LANES replicates from `first`; out[output][i]. lives may be NULL. scratch: scratch_new(). */
void block_run(enum parley_path path, const struct model *model, uint64_t seed, uint32_t first, unsigned n, const struct lives *lives, void *scratch,
               float out[PARLEY_OUTPUTS][LANES]);
/* The same relations with splitting. There is no reference of it; the portable path is taken instead. */
void block_split(enum parley_path path, const struct model *model, uint64_t seed, uint32_t first, unsigned n, void *scratch, struct branching *branching);
void *scratch_new(void); /* NULL when out of memory; free() it */

/* The arrays of a tally as the model fills them. */
struct lives lives_of(struct parley_tally *tally);

#endif
