/* progress.h - how long work reports itself and is interrupted. Handed in by the caller. */
#ifndef PARLEY_PROGRESS_H
#define PARLEY_PROGRESS_H

#include <stdbool.h>

/* Called now and then (from one thread at a time) with work done so far and the total in the same
 * unit (0 = unknown). Return false to stop: the work then ends soon with PARLEY_ECANCELLED and
 * keeps what is documented as a usable partial result. */
struct parley_progress {
    bool (*tick)(void *ctx, double done, double total, const char *unit);
    void *ctx;
};

/* NULL-safe call; true = go on. */
static inline bool parley_tick(const struct parley_progress *p, double done, double total, const char *unit)
{
    return !p || !p->tick || p->tick(p->ctx, done, total, unit);
}

#endif
