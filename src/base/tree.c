#include <parley/text.h>
#include <parley/tree.h>

#include <jansson.h>
#include <libfyaml.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    struct parley_arena *arena;
    const char *file;
    struct parley_error *err;
};

/* What reading either format begins with: a root to fill, and not too much to read. */
static enum parley_status begin(struct reader *r, size_t len, const char *name, struct parley_node **root)
{
    r->file = parley_arena_strdup(r->arena, name);
    if (!r->file || !(*root = PARLEY_NEW(r->arena, struct parley_node, 1)))
        return parley_fail(r->err, PARLEY_ENOMEM, "%s: out of memory", name);
    if (len > PARLEY_TREE_BYTES_MAX)
        return parley_fail(r->err, PARLEY_ELIMIT, "%s: %zu bytes; at most %d are read", name, len, PARLEY_TREE_BYTES_MAX);
    return PARLEY_OK;
}

static enum parley_status no_memory(const struct reader *r)
{
    return parley_fail(r->err, PARLEY_ENOMEM, "%s: out of memory", r->file);
}

/* --- YAML --------------------------------------------------------------------------------- */

static void mark_from(struct parley_node *node, struct fy_token *token)
{
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    if (mark && !node->line) {
        node->line = (unsigned)mark->line + 1;
        node->column = (unsigned)mark->column + 1;
    }
}

static enum parley_status from_yaml(const struct reader *r, struct fy_node *fy, int depth, struct parley_node *node)
{
    node->file = r->file;
    node->text = "";
    if (depth > PARLEY_TREE_DEPTH_MAX)
        return parley_node_fail(node, r->err, PARLEY_ELIMIT, "nested deeper than %d levels", PARLEY_TREE_DEPTH_MAX);
    if (!fy)
        return PARLEY_OK;
    if (fy_node_is_scalar(fy)) {
        size_t len;
        const char *text = fy_node_get_scalar(fy, &len);
        enum fy_node_style style = fy_node_get_style(fy);
        mark_from(node, fy_node_get_scalar_token(fy));
        node->quoted = style != FYNS_PLAIN && style != FYNS_ANY;
        node->kind = PARLEY_NODE_SCALAR;
        if (!node->quoted && (!text || len == 0 || (len == 4 && !memcmp(text, "null", 4)) || (len == 1 && *text == '~')))
            node->kind = PARLEY_NODE_NULL;
        if (!(node->text = parley_arena_copy(r->arena, text ? text : "", text ? len : 0)))
            return no_memory(r);
        node->len = text ? len : 0;
        return PARLEY_OK;
    }
    bool map = fy_node_is_mapping(fy);
    int count = map ? fy_node_mapping_item_count(fy) : fy_node_sequence_item_count(fy);
    node->kind = map ? PARLEY_NODE_MAP : PARLEY_NODE_LIST;
    node->n = count > 0 ? (size_t)count : 0;
    if (!(node->child = PARLEY_NEW(r->arena, struct parley_node, node->n)))
        return no_memory(r);
    void *at = NULL;
    for (size_t i = 0; i < node->n; i++) {
        struct parley_node *child = &node->child[i];
        struct fy_node *value;
        if (map) {
            struct fy_node_pair *pair = fy_node_mapping_iterate(fy, &at);
            struct fy_node *key = fy_node_pair_key(pair);
            size_t len = 0;
            const char *text = key && fy_node_is_scalar(key) ? fy_node_get_scalar(key, &len) : NULL;
            child->file = r->file;
            if (text)
                mark_from(child, fy_node_get_scalar_token(key));
            child->key_line = child->line, child->key_column = child->column;
            if (!text)
                return parley_node_fail(node, r->err, PARLEY_EPARSE, "a key that is not plain text");
            if (!(child->key = parley_arena_copy(r->arena, text, len)))
                return no_memory(r);
            value = fy_node_pair_value(pair);
            if (value && fy_node_is_scalar(value) && fy_node_get_scalar_token(value))
                child->line = child->column = 0; /* point at the value itself */
        } else {
            value = fy_node_sequence_iterate(fy, &at);
        }
        enum parley_status status = from_yaml(r, value, depth + 1, child);
        if (status)
            return status;
        if (!node->line) /* a map or list begins where its first entry does */
            node->line = map ? child->key_line : child->line, node->column = map ? child->key_column : child->column;
    }
    return PARLEY_OK;
}

enum parley_status parley_yaml_parse(const char *data, size_t len, const char *name, struct parley_arena *arena,
                                     struct parley_node **root, struct parley_error *err)
{
    struct reader r = { arena, NULL, err };
    enum parley_status status = begin(&r, len, name, root);
    if (status)
        return status;
    size_t valid = parley_utf8_valid(data, len);
    if (valid < len) {
        unsigned line = 1;
        for (size_t i = 0; i < valid; i++)
            line += data[i] == '\n';
        return parley_fail(err, PARLEY_EPARSE, "%s:%u: bytes that are not UTF-8", name, line);
    }
    struct fy_diag_cfg diag_cfg;
    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = NULL;
    struct fy_diag *diag = fy_diag_create(&diag_cfg);
    if (!diag)
        return no_memory(&r);
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg cfg = { .flags = FYPCF_RESOLVE_DOCUMENT | FYPCF_DISABLE_RECYCLING, .diag = diag };
    struct fy_document *document = fy_document_build_from_string(&cfg, data, len);
    if (!document) {
        void *at = NULL;
        struct fy_diag_error *e = fy_diag_errors_iterate(diag, &at);
        status = e ? parley_fail(err, PARLEY_EPARSE, "%s:%d:%d: %s", name, e->line, e->column, e->msg)
                   : parley_fail(err, PARLEY_EPARSE, "%s: not a YAML document", name);
    } else {
        status = from_yaml(&r, fy_document_root(document), 0, *root);
    }
    fy_document_destroy(document);
    fy_diag_destroy(diag);
    return status;
}

/* --- JSON --------------------------------------------------------------------------------- */

static enum parley_status from_json(const struct reader *r, json_t *json, int depth, struct parley_node *node)
{
    node->file = r->file;
    node->text = "";
    if (depth > PARLEY_TREE_DEPTH_MAX)
        return parley_fail(r->err, PARLEY_ELIMIT, "%s: nested deeper than %d levels", r->file, PARLEY_TREE_DEPTH_MAX);
    char number[PARLEY_NUMBER_TEXT];
    switch (json_typeof(json)) {
    case JSON_NULL: return PARLEY_OK;
    case JSON_TRUE:
    case JSON_FALSE:
        node->kind = PARLEY_NODE_SCALAR;
        node->text = json_is_true(json) ? "true" : "false";
        node->len = strlen(node->text);
        return PARLEY_OK;
    case JSON_STRING:
        node->kind = PARLEY_NODE_SCALAR;
        node->quoted = true;
        node->len = json_string_length(json);
        node->text = parley_arena_copy(r->arena, json_string_value(json), node->len);
        return node->text ? PARLEY_OK : no_memory(r);
    case JSON_INTEGER:
    case JSON_REAL:
        node->kind = PARLEY_NODE_SCALAR;
        if (json_is_integer(json))
            snprintf(number, sizeof number, "%lld", (long long)json_integer_value(json));
        else
            parley_double_to_text(json_real_value(json), number);
        node->len = strlen(number);
        node->text = parley_arena_copy(r->arena, number, node->len);
        return node->text ? PARLEY_OK : no_memory(r);
    case JSON_ARRAY:
        node->kind = PARLEY_NODE_LIST;
        node->n = json_array_size(json);
        if (!(node->child = PARLEY_NEW(r->arena, struct parley_node, node->n)))
            return no_memory(r);
        for (size_t i = 0; i < node->n; i++) {
            enum parley_status status = from_json(r, json_array_get(json, i), depth + 1, &node->child[i]);
            if (status)
                return status;
        }
        return PARLEY_OK;
    case JSON_OBJECT:
        node->kind = PARLEY_NODE_MAP;
        node->n = json_object_size(json);
        if (!(node->child = PARLEY_NEW(r->arena, struct parley_node, node->n)))
            return no_memory(r);
        size_t i = 0;
        const char *key;
        json_t *value;
        json_object_foreach(json, key, value) {
            if (!(node->child[i].key = parley_arena_strdup(r->arena, key)))
                return no_memory(r);
            enum parley_status status = from_json(r, value, depth + 1, &node->child[i++]);
            if (status)
                return status;
        }
        return PARLEY_OK;
    }
    return PARLEY_OK;
}

enum parley_status parley_json_parse(const char *data, size_t len, const char *name, struct parley_arena *arena,
                                     struct parley_node **root, struct parley_error *err)
{
    struct reader r = { arena, NULL, err };
    enum parley_status status = begin(&r, len, name, root);
    if (status)
        return status;
    json_error_t error;
    json_t *json = json_loadb(data, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!json) { /* jansson takes a lack of memory inside a text for a mistake in it: look again, and whether there is any */
        json = json_loadb(data, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
        void *probe = json ? NULL : malloc(4096);
        if (!json && (!probe || !error.text[0] || json_error_code(&error) == json_error_out_of_memory)) {
            free(probe);
            return no_memory(&r);
        }
        free(probe);
    }
    if (!json)
        return parley_fail(err, PARLEY_EPARSE, "%s:%d:%d: %s", name, error.line, error.column, error.text);
    status = from_json(&r, json, 0, *root);
    json_decref(json);
    return status;
}

/* --- reading the tree --------------------------------------------------------------------- */

const struct parley_node *parley_node_get(const struct parley_node *node, const char *key)
{
    if (node && node->kind == PARLEY_NODE_MAP)
        for (size_t i = 0; i < node->n; i++)
            if (!strcmp(node->child[i].key, key))
                return &node->child[i];
    return NULL;
}

enum parley_status parley_node_fail(const struct parley_node *node, struct parley_error *err, enum parley_status status,
                                    const char *fmt, ...)
{
    char what[300];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    if (node->line)
        return parley_fail(err, status, "%s:%u:%u: %s", node->file, node->line, node->column, what);
    return parley_fail(err, status, "%s: %s", node->file, what);
}

static const char *label(const struct parley_node *node) { return node->key ? node->key : "value"; }

static const char *found(const struct parley_node *node)
{
    static const char *const kinds[] = { "nothing", "text", "a list", "a map" };
    return node->kind == PARLEY_NODE_SCALAR ? node->text : kinds[node->kind];
}

static enum parley_status missing(struct parley_error *err)
{
    return parley_fail(err, PARLEY_ENOTFOUND, "a required key is missing");
}

enum parley_status parley_node_double(const struct parley_node *node, double low, double high, double *out,
                                      struct parley_error *err)
{
    double v;
    if (!node)
        return missing(err);
    if (node->kind != PARLEY_NODE_SCALAR || node->quoted || !parley_text_to_double(node->text, node->len, &v))
        return parley_node_fail(node, err, PARLEY_EPARSE, "%s: expected a number, found %.80s", label(node), found(node));
    if (!(v >= low && v <= high)) {
        char a[PARLEY_NUMBER_TEXT], b[PARLEY_NUMBER_TEXT];
        parley_double_to_short(low, 6, a);
        parley_double_to_short(high, 6, b);
        return parley_node_fail(node, err, PARLEY_EDOM, "%s: %.40s is outside %s to %s", label(node), node->text, a, b);
    }
    *out = v;
    return PARLEY_OK;
}

enum parley_status parley_node_i64(const struct parley_node *node, int64_t low, int64_t high, int64_t *out,
                                   struct parley_error *err)
{
    int64_t v;
    if (!node)
        return missing(err);
    if (node->kind != PARLEY_NODE_SCALAR || node->quoted || !parley_text_to_i64(node->text, node->len, &v))
        return parley_node_fail(node, err, PARLEY_EPARSE, "%s: expected a whole number, found %.80s", label(node), found(node));
    if (v < low || v > high)
        return parley_node_fail(node, err, PARLEY_EDOM, "%s: %lld is outside %lld to %lld", label(node), (long long)v,
                                (long long)low, (long long)high);
    *out = v;
    return PARLEY_OK;
}

enum parley_status parley_node_bool(const struct parley_node *node, bool *out, struct parley_error *err)
{
    if (!node)
        return missing(err);
    if (node->kind == PARLEY_NODE_SCALAR && !node->quoted && (!strcmp(node->text, "true") || !strcmp(node->text, "false"))) {
        *out = node->text[0] == 't';
        return PARLEY_OK;
    }
    return parley_node_fail(node, err, PARLEY_EPARSE, "%s: expected true or false, found %.80s", label(node), found(node));
}

enum parley_status parley_node_string(const struct parley_node *node, const char **out, struct parley_error *err)
{
    if (!node)
        return missing(err);
    if (node->kind != PARLEY_NODE_SCALAR)
        return parley_node_fail(node, err, PARLEY_EPARSE, "%s: expected text, found %s", label(node), found(node));
    *out = node->text;
    return PARLEY_OK;
}

enum parley_status parley_node_only_keys(const struct parley_node *node, const char *const *known, struct parley_error *err)
{
    if (!node || node->kind != PARLEY_NODE_MAP)
        return node ? parley_node_fail(node, err, PARLEY_EPARSE, "%s: expected a map, found %.80s", label(node), found(node)) : missing(err);
    for (size_t i = 0; i < node->n; i++) {
        const char *nearest = NULL;
        size_t best = 4;
        bool ok = false;
        for (const char *const *k = known; *k && !ok; k++) {
            size_t d = parley_edit_distance(node->child[i].key, *k);
            ok = d == 0;
            if (d < best)
                best = d, nearest = *k;
        }
        struct parley_node key = node->child[i];
        key.line = key.key_line, key.column = key.key_column;
        if (!ok && nearest)
            return parley_node_fail(&key, err, PARLEY_EPARSE, "unknown key '%.60s'; did you mean '%s'?", key.key, nearest);
        if (!ok)
            return parley_node_fail(&key, err, PARLEY_EPARSE, "unknown key '%.60s'", key.key);
    }
    return PARLEY_OK;
}
