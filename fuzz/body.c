#include <parley/channel_statement.h>
#include <parley/tree.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What we take as a body every JSON reader takes as an object. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct parley_arena arena = { 0 };
    struct parley_node *root;
    if (!parley_body_check((const char *)data, size, "body", NULL) &&
        (parley_json_parse((const char *)data, size, "body", &arena, &root, NULL) == PARLEY_EPARSE || root->kind != PARLEY_NODE_MAP))
        abort();
    parley_arena_release(&arena);
    return 0;
}
