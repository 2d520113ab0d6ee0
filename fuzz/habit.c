/* Habits as typed and files of machines: any bytes give a habit whose states lead nowhere outside it, or a message. */
#include <parley/habit.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct parley_habit *h)
{
    if (h->start >= h->n)
        abort();
    for (size_t s = 0; s < h->n; s++) {
        if (h->cooperate[s].den <= 0 || h->cooperate[s].num < 0 || h->cooperate[s].num > h->cooperate[s].den)
            abort();
        for (int k = 0; k < 4; k++)
            if (h->next[s][k >> 1][k & 1] >= h->n)
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct parley_arena arena;
    const struct parley_habit *h, **list;
    size_t n;
    parley_arena_init(&arena, 64 << 20);
    char *text = parley_arena_copy(&arena, (const char *)data, size);
    if (text && strlen(text) == size && !parley_habit_parse(text, &arena, &h, NULL))
        check(h);
    if (!parley_habits_read((const char *)data, size, "fuzz", &arena, &list, &n, NULL))
        for (size_t i = 0; i < n; i++)
            check(list[i]);
    parley_arena_release(&arena);
    return 0;
}
