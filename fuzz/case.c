/* Case files and codebooks: any bytes give a case or a message; a case that was read can be written, read again, and
 * judged. */
#include <parley/cases.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(const struct parley_coded_case *c, const struct parley_codebook *book, struct parley_arena *arena)
{
    struct parley_text text;
    struct parley_node *root;
    struct parley_coded_case back;
    parley_text_init(&text, 4 << 20);
    parley_case_write(c, book, &text);
    if (!text.failed && (parley_yaml_parse(text.data, text.len, "again", arena, &root, NULL) ||
                         parley_case_read(root, book, arena, &back, NULL) || back.n_codings != c->n_codings ||
                         back.n_parties != c->n_parties || back.harm != c->harm || back.threat != c->threat))
        abort(); /* what was written does not read back */
    parley_text_release(&text);
    struct parley_situation s = parley_case_situation(c, book);
    struct parley_switch_set set[PARLEY_TIP_SETS_MAX];
    size_t n, tried;
    (void)!parley_gainloss_turn(&s, 1, true, set, &n, &tried, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct parley_arena arena;
    struct parley_codebook book, other;
    struct parley_coded_case c;
    struct parley_node *root;
    parley_arena_init(&arena, 64 << 20);
    if (!parley_codebook_shipped(&arena, &book, NULL) &&
        !parley_yaml_parse((const char *)data, size, "fuzz", &arena, &root, NULL)) {
        if (!parley_case_read(root, &book, &arena, &c, NULL))
            judge(&c, &book, &arena);
    }
    (void)!parley_codebook_parse((const char *)data, size, "fuzz", &arena, &other, NULL);
    parley_arena_release(&arena);
    return 0;
}
