/* arena.h - memory that is freed all at once.
 *
 * A result whose size is known only at the end (events of a query, prime implicants, equilibria)
 * goes into an arena passed by the caller; releasing the arena frees it all. Invariants: blocks
 * are zeroed and aligned to 16 bytes; nothing moves; an arena belongs to one thread at a time. */
#ifndef PARLEY_ARENA_H
#define PARLEY_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct parley_arena {
    struct parley_arena_chunk *last; /* private */
    size_t used, cap;                /* private: of the last chunk */
    size_t total;                    /* bytes handed out so far */
    size_t max;                      /* ceiling in bytes for all chunks; 0 = none */
    bool failed;                     /* an allocation failed since the arena was made: what came of it may lack something */
};

#pragma GCC visibility push(default)

/* A zeroed struct is a valid empty arena without a ceiling. */
void parley_arena_init(struct parley_arena *arena, size_t max_bytes);
void parley_arena_release(struct parley_arena *arena);

/* n zeroed bytes, or NULL when memory or the ceiling ran out. n = 0 gives a valid pointer. */
void *parley_arena_alloc(struct parley_arena *arena, size_t n);

/* n * size bytes with overflow check. */
void *parley_arena_calloc(struct parley_arena *arena, size_t n, size_t size);

/* A copy of len bytes with a terminating zero; of a C string; both NULL when out of memory. */
char *parley_arena_copy(struct parley_arena *arena, const char *text, size_t len);
char *parley_arena_strdup(struct parley_arena *arena, const char *text);

/* printf into the arena; NULL when out of memory. */
char *parley_arena_printf(struct parley_arena *arena, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#pragma GCC visibility pop

#define PARLEY_NEW(arena, type, n) ((type *)parley_arena_calloc((arena), (n), sizeof(type)))

#endif
