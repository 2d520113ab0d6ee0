/* csaf.h - reading a CSAF document's tree, and the tests of its section 6.1 that stand in files of their own. Internal; pure. */
#ifndef PARLEY_CHANNEL_CSAF_H
#define PARLEY_CHANNEL_CSAF_H

#include <parley/channel_advice.h>
#include <parley/tree.h>
#include <string.h>

/* Dates, CVE numbers and words of lists, as the schema has them. */
enum parley_status csaf_values(const struct parley_node *document, struct parley_error *err);
/* 6.1.8 to 6.1.10: every score. */
enum parley_status csaf_scores(const struct parley_node *document, struct parley_error *err);
/* 6.1.11 to 6.1.13: names of weaknesses, languages, package URLs. */
enum parley_status csaf_names(const struct parley_node *document, struct parley_error *err);
/* 6.1.27: what a document's profile asks for. */
enum parley_status csaf_profile(const struct parley_node *document, struct parley_error *err);

static inline const struct parley_node *follow(const struct parley_node *node, const char *path)
{
    char key[64];
    while (node && *path) {
        size_t n = strcspn(path, "/");
        memcpy(key, path, n < 63 ? n : 63);
        key[n < 63 ? n : 63] = 0;
        node = parley_node_get(node, key);
        path += n + (path[n] == '/');
    }
    return node;
}

static inline const char *text_of(const struct parley_node *map, const char *key)
{
    const struct parley_node *v = parley_node_get(map, key);
    return v && v->kind == PARLEY_NODE_SCALAR ? v->text : "";
}

static inline size_t count(const struct parley_node *list) { return list && list->kind == PARLEY_NODE_LIST ? list->n : 0; }

static inline bool in_list(const struct parley_node *list, const char *text)
{
    for (size_t i = 0; i < count(list); i++)
        if (!strcmp(list->child[i].text, text))
            return true;
    return false;
}

/* Does an entry speak of the product, by itself or by a group? */
static inline bool covers(const struct parley_node *document, const struct parley_node *entry, const char *product)
{
    const struct parley_node *groups = follow(document, "product_tree/product_groups");
    if (in_list(parley_node_get(entry, "product_ids"), product))
        return true;
    for (size_t i = 0; i < count(groups); i++)
        if (in_list(parley_node_get(entry, "group_ids"), text_of(&groups->child[i], "group_id")) && in_list(parley_node_get(&groups->child[i], "product_ids"), product))
            return true;
    return false;
}

#endif
