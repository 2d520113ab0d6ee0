/* blocks.h - run numbered blocks of work on several threads with the same result on any number.
 *
 * A block writes only to places of its own (indexed by its number); the caller adds them up in block
 * order afterwards. Then neither the number of threads nor their speed can change a bit. */
#ifndef PARLEY_BLOCKS_H
#define PARLEY_BLOCKS_H

#include <parley/error.h>
#include <parley/progress.h>
#include <stddef.h>

/* Do block number `block`; `thread` is in 0..threads-1, for scratch memory. A failure stops the run;
 * of several failures the one with the lowest block number among those seen is reported. */
typedef enum parley_status parley_block_fn(void *ctx, size_t block, unsigned thread, struct parley_error *err);

#pragma GCC visibility push(default)

/* Run blocks 0..n-1. threads = 0 means one per processor (parley_threads_default).
 * *done, if not NULL, is the number of blocks finished; blocks are started in order, so after
 * PARLEY_ECANCELLED exactly the blocks 0..*done-1 are finished. The progress function is called on the
 * calling thread. With one thread everything runs on the calling thread. */
PARLEY_MUST_USE enum parley_status
parley_blocks_run(size_t n, unsigned threads, parley_block_fn *fn, void *ctx, const struct parley_progress *progress,
                  size_t *done, struct parley_error *err);

unsigned parley_threads_default(void); /* processors this process may use, at least 1 */

#pragma GCC visibility pop
#endif
