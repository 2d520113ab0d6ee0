/* Games in extensive form: read, checked for perfect recall, reduced when small, written and read again. */
#include <parley/game.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct parley_arena arena;
    struct parley_game *g, *again;
    struct parley_error err;
    struct parley_text text;
    parley_arena_init(&arena, 64 << 20);
    parley_text_init(&text, 16 << 20);
    if (!parley_game_parse((const char *)data, size, "fuzz", &arena, &g, &err) && g->extensive) {
        (void)!parley_game_perfect_recall(g, &err);
        if (!parley_game_write(g, PARLEY_GAME_EFG, &text, &err) && parley_game_parse(parley_text_str(&text), text.len, "again", &arena, &again, &err) &&
            arena.total < (32u << 20))
            abort(); /* what we write we must read */
        if (g->extensive->n_nodes < 60)
            (void)!parley_game_reduce(g, &arena, &err);
    }
    parley_text_release(&text);
    parley_arena_release(&arena);
    return 0;
}
