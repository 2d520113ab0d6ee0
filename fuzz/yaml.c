#include <parley/tree.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct parley_arena arena;
    struct parley_node *root;
    parley_arena_init(&arena, 64 << 20);
    (void)!parley_yaml_parse((const char *)data, size, "fuzz", &arena, &root, NULL);
    (void)!parley_json_parse((const char *)data, size, "fuzz", &arena, &root, NULL);
    parley_arena_release(&arena);
    return 0;
}
