/* tree.h - YAML and JSON documents as one tree of nodes, with line and column for messages.
 *
 * YAML is read with libfyaml (1.2, core schema; anchors and merge keys resolved), JSON with jansson
 * (strict RFC 8259, duplicate keys refused). Every scalar keeps its text; what it means is asked
 * with the typed getters below, whose messages name file, line, column, what was expected and found. */
#ifndef PARLEY_TREE_H
#define PARLEY_TREE_H

#include <parley/arena.h>
#include <parley/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PARLEY_TREE_DEPTH_MAX = 64, PARLEY_TREE_BYTES_MAX = 64 << 20 };

enum parley_node_kind { PARLEY_NODE_NULL, PARLEY_NODE_SCALAR, PARLEY_NODE_LIST, PARLEY_NODE_MAP };

struct parley_node {
    enum parley_node_kind kind;
    bool quoted;             /* scalar written in quotes: a string even if it looks like a number */
    const char *text;        /* scalar: zero-terminated; otherwise "" */
    size_t len;              /* scalar: bytes of text */
    const char *key;         /* in a map: this entry's key, otherwise NULL */
    unsigned line, column;   /* from 1; 0 if unknown (JSON) */
    unsigned key_line, key_column; /* of the key, in a map */
    const char *file;        /* for messages */
    struct parley_node *child; /* list, map: [n] contiguous */
    size_t n;
};

#pragma GCC visibility push(default)

PARLEY_MUST_USE enum parley_status parley_yaml_parse(const char *data, size_t len, const char *name_for_messages,
                                                     struct parley_arena *arena, struct parley_node **root,
                                                     struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_json_parse(const char *data, size_t len, const char *name_for_messages,
                                                     struct parley_arena *arena, struct parley_node **root,
                                                     struct parley_error *err);

/* The entry of a map, or NULL (also when node is NULL or no map). */
const struct parley_node *parley_node_get(const struct parley_node *node, const char *key);

/* Typed reading. A missing node (NULL) is PARLEY_ENOTFOUND, the wrong type PARLEY_EPARSE, outside
 * [low, high] PARLEY_EDOM. */
PARLEY_MUST_USE enum parley_status parley_node_double(const struct parley_node *node, double low, double high,
                                                      double *out, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_node_i64(const struct parley_node *node, int64_t low, int64_t high,
                                                   int64_t *out, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_node_bool(const struct parley_node *node, bool *out, struct parley_error *err);
PARLEY_MUST_USE enum parley_status parley_node_string(const struct parley_node *node, const char **out,
                                                      struct parley_error *err);

/* Refuse keys of a map that are not in the NULL-terminated list; suggests the nearest. */
PARLEY_MUST_USE enum parley_status parley_node_only_keys(const struct parley_node *node, const char *const *known,
                                                         struct parley_error *err);

/* parley_fail with "file:line:column: " of the node in front. */
enum parley_status parley_node_fail(const struct parley_node *node, struct parley_error *err, enum parley_status status,
                                    const char *fmt, ...) PARLEY_PRINTF(4, 5);

#pragma GCC visibility pop
#endif
