/* One line of our own JSON Lines. */
#include "input.h"

#include <parley/json.h>
#include <parley/tree.h>

#include <stdlib.h>
#include <string.h>

/* ["CN", "US"] as CN;US */
static enum parley_status joined(const struct parley_node *list, struct parley_arena *arena, struct slice *out, struct parley_error *err)
{
    struct parley_text text;
    parley_text_init(&text, FIELD_TEXT_BYTES_MAX);
    enum parley_status status = PARLEY_OK;
    for (size_t i = 0; i < list->n && !status; i++) {
        if (list->child[i].kind != PARLEY_NODE_SCALAR)
            status = parley_fail(err, PARLEY_EDOM, "expected texts in the list");
        parley_text_addf(&text, "%s%s", i ? ";" : "", list->child[i].text);
    }
    out->p = parley_arena_strdup(arena, parley_text_str(&text));
    out->n = text.len;
    if (!status && (text.failed || !out->p))
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    parley_text_release(&text);
    return status;
}

static int by_key(const void *a, const void *b)
{
    const struct parley_node *const *x = a, *const *y = b;
    return strcmp((*x)->key, (*y)->key);
}

static enum parley_status further(const struct parley_node **list, size_t n, struct parley_text *extra, const char **column, struct parley_error *err)
{
    struct parley_json json;
    if (n)
        qsort(list, n, sizeof *list, by_key);
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        if (list[i]->kind == PARLEY_NODE_NULL || (list[i]->kind == PARLEY_NODE_SCALAR && !list[i]->len))
            continue;
        if (list[i]->kind != PARLEY_NODE_SCALAR || strlen(list[i]->text) != list[i]->len) {
            *column = list[i]->key;
            return parley_fail(err, PARLEY_EDOM, "expected a text or a number, found a list, an object or a zero byte");
        }
        if (!any) {
            parley_json_init(&json, extra, false);
            parley_json_object(&json);
        }
        any = true;
        parley_json_put_string(&json, list[i]->key, list[i]->text);
    }
    if (any)
        parley_json_object_end(&json);
    return PARLEY_OK;
}

enum parley_status jsonl_row(const char *text, size_t len, struct parley_arena *arena, struct slice out[FIELD_N], struct parley_text *extra,
                             const char **column, struct parley_error *err)
{
    struct parley_node *root = NULL;
    *column = "";
    parley_text_clear(extra);
    enum parley_status status = parley_json_parse(text, len, "JSON", arena, &root, err);
    if (status)
        return status == PARLEY_ENOMEM ? status : PARLEY_EPARSE;
    if (root->kind != PARLEY_NODE_MAP)
        return parley_fail(err, PARLEY_EPARSE, "expected an object on every line");
    const struct parley_node **rest = PARLEY_NEW(arena, const struct parley_node *, root->n + 1);
    if (!rest)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    size_t n = 0;
    for (int f = 0; f < FIELD_N; f++)
        out[f] = (struct slice){ "", 0 };
    for (size_t i = 0; i < root->n && !status; i++) {
        const struct parley_node *c = &root->child[i];
        int f = 0;
        while (f < FIELD_N && strcmp(field_names[f], c->key))
            f++;
        if (f == FIELD_N) {
            rest[n++] = c;
            continue;
        }
        *column = field_names[f];
        if (c->kind == PARLEY_NODE_LIST && (f == FIELD_ACTOR || f == FIELD_TARGET))
            status = joined(c, arena, &out[f], err);
        else if (c->kind == PARLEY_NODE_SCALAR)
            out[f] = (struct slice){ c->text, c->len };
        else if (c->kind != PARLEY_NODE_NULL)
            status = parley_fail(err, PARLEY_EDOM, "expected a text, found a list or an object");
    }
    if (status)
        return status;
    *column = "";
    return further(rest, n, extra, column, err);
}
