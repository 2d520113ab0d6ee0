/* vectors.h - reading JSON vectors: trees, hex and base64 of nodes. */
#ifndef TESTS_CHANNEL_VECTORS_H
#define TESTS_CHANNEL_VECTORS_H

#include "channel/crypto.h"
#include "tap.h"

#include <parley/file.h>
#include <parley/tree.h>

/* The tree of a file below a folder, or NULL (said). */
__attribute__((unused)) static const struct parley_node *load_json(struct parley_arena *arena, const char *folder, const char *name)
{
    char *data;
    size_t len;
    struct parley_node *root;
    struct parley_error err = { 0 };
    const char *path = parley_arena_printf(arena, "%s/%s", folder, name);
    if (parley_file_read(path, 64 << 20, arena, &data, &len, &err) || parley_json_parse(data, len, path, arena, &root, &err)) {
        printf("# %s\n", err.text);
        return NULL;
    }
    return root;
}

struct blob {
    uint8_t *data; /* NULL when the text was no hex */
    size_t len;
};

__attribute__((unused)) static struct blob hex_of(struct parley_arena *arena, const struct parley_node *node)
{
    struct blob b = { parley_arena_alloc(arena, node ? node->len / 2 + 1 : 1), node ? node->len / 2 : 0 };
    for (size_t i = 0; i < b.len; i++) {
        unsigned v;
        if (sscanf(node->text + 2 * i, "%2x", &v) != 1)
            return (struct blob){ NULL, 0 };
        b.data[i] = (uint8_t)v;
    }
    return b;
}

__attribute__((unused)) static struct blob base64_of(struct parley_arena *arena, const struct parley_node *node)
{
    struct blob b = { parley_arena_alloc(arena, node ? node->len + 1 : 1), 0 };
    if (node && !from_base64(node->text, node->len, b.data, node->len + 1, &b.len))
        b.data = NULL;
    return b;
}

__attribute__((unused)) static const char *text_of(const struct parley_node *map, const char *key)
{
    const struct parley_node *n = parley_node_get(map, key);
    return n ? n->text : "";
}

__attribute__((unused)) static bool has_flag(const struct parley_node *list, const char *flag)
{
    for (size_t i = 0; list && i < list->n; i++)
        if (!strcmp(list->child[i].text, flag))
            return true;
    return false;
}

#endif
