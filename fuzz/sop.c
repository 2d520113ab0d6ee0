/* Expressions of QCA: whatever is typed is read or refused; what is read survives writing and reading again. */
#include <parley/sop.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const name[] = { "A", "B", "C", "DEV" };
    static const unsigned levels[] = { 2, 2, 3, 4 };
    const struct parley_sop_names names = { 4, name, levels };
    struct parley_arena arena = { .max = 64 << 20 };
    struct parley_sop sop, again, other;
    struct parley_sop_names found;
    struct parley_error err = { 0 };
    char *text = size < 4096 ? parley_arena_copy(&arena, (const char *)data, size) : NULL;
    if (text && !parley_sop_parse(&names, text, &arena, &sop, &err)) {
        const char *written = parley_sop_text(&sop, true, &arena);
        if (sop.n && sop.n < 200) { /* "1" alone is no expression to read */
            if (strcmp(written, "1") && !strstr(written, " + 1") && strncmp(written, "1 +", 3))
                if (parley_sop_parse(&names, written, &arena, &again, &err) || again.n != sop.n)
                    abort();
        }
        if (!parley_sop_negate(&sop, &arena, &other, &err))
            for (unsigned row = 0; row < 48; row++) {
                const uint8_t config[] = { row / 24 % 2, row / 12 % 2, row / 4 % 3, row % 4 };
                if (parley_sop_covers(&sop, config) == parley_sop_covers(&other, config))
                    abort();
            }
    }
    if (text && !parley_sop_collect_names(text, &arena, &found, &err) && found.n)
        (void)!parley_sop_parse(&found, text, &arena, &sop, &err);
    parley_arena_release(&arena);
    return 0;
}
