#include <parley/arena.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_MIN = 4096 - 64, CHUNK_MAX = 1 << 20 };

struct parley_arena_chunk {
    struct parley_arena_chunk *before;
    size_t size;
    _Alignas(16) unsigned char bytes[];
};

void parley_arena_init(struct parley_arena *arena, size_t max_bytes)
{
    *arena = (struct parley_arena){ .max = max_bytes };
}

void parley_arena_release(struct parley_arena *arena)
{
    for (struct parley_arena_chunk *chunk = arena->last, *before; chunk; chunk = before) {
        before = chunk->before;
        free(chunk);
    }
    *arena = (struct parley_arena){ .max = arena->max };
}

/* Chunks double up to CHUNK_MAX; a larger request gets a chunk of its own. calloc, because
 * fresh pages from the system are zero already. */
static int add_chunk(struct parley_arena *arena, size_t need)
{
    size_t size = arena->last ? arena->last->size * 2 : CHUNK_MIN;
    if (size > CHUNK_MAX)
        size = CHUNK_MAX;
    if (size < need)
        size = need;
    struct parley_arena_chunk *chunk = calloc(1, sizeof *chunk + size);
    if (!chunk)
        return -1;
    chunk->before = arena->last;
    chunk->size = size;
    arena->last = chunk;
    arena->used = 0;
    arena->cap = size;
    return 0;
}

static void *failure(struct parley_arena *arena)
{
    arena->failed = true;
    return NULL;
}

void *parley_arena_alloc(struct parley_arena *arena, size_t n)
{
    if (n > SIZE_MAX / 2)
        return failure(arena);
    size_t need = n ? (n + 15) & ~(size_t)15 : 16;
    if (arena->max && (arena->total > arena->max || need > arena->max - arena->total))
        return failure(arena);
    if (need > arena->cap - arena->used && add_chunk(arena, need))
        return failure(arena);
    void *p = arena->last->bytes + arena->used;
    arena->used += need;
    arena->total += need;
    return p;
}

void *parley_arena_calloc(struct parley_arena *arena, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        return failure(arena);
    return parley_arena_alloc(arena, bytes);
}

char *parley_arena_copy(struct parley_arena *arena, const char *text, size_t len)
{
    if (len == SIZE_MAX)
        return failure(arena);
    char *copy = parley_arena_alloc(arena, len + 1);
    if (copy && len)
        memcpy(copy, text, len);
    return copy;
}

char *parley_arena_strdup(struct parley_arena *arena, const char *text)
{
    return parley_arena_copy(arena, text, strlen(text));
}

char *parley_arena_printf(struct parley_arena *arena, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *text = n < 0 ? NULL : parley_arena_alloc(arena, (size_t)n + 1);
    if (text)
        vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    return text;
}
