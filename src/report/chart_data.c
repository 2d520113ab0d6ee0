#include "report/chart_data.h"

#include <string.h>

enum { VIEW_DEPTH_MAX = 8 };

struct found {
    struct chart_set *set;
    size_t n;
    struct parley_arena *arena;
    bool *no_memory;
};

static void add_keys(struct chart_set *set, const struct parley_node *row)
{
    for (size_t i = 0; i < row->n && set->n_keys < CHART_KEYS_MAX; i++) {
        const struct parley_node *value = &row->child[i];
        bool known = !strcmp(value->key, "link") || value->kind == PARLEY_NODE_LIST || value->kind == PARLEY_NODE_MAP;
        for (size_t k = 0; k < set->n_keys; k++)
            known |= !strcmp(set->key[k], value->key);
        if (!known)
            set->key[set->n_keys++] = value->key;
    }
}

static bool same_rows(const struct chart_set *a, const struct chart_set *b)
{
    if (a->n_keys != b->n_keys || a->rows->n != b->rows->n)
        return false;
    for (size_t k = 0; k < a->n_keys; k++)
        if (strcmp(a->key[k], b->key[k]))
            return false;
    for (size_t i = 0; i < a->rows->n; i++)
        for (size_t k = 0; k < a->n_keys; k++)
            if (strcmp(chart_value(a, i, k), chart_value(b, i, k)))
                return false;
    return true;
}

static void add_set(struct found *found, const char *name, const struct parley_node *rows)
{
    if (!rows || rows->kind != PARLEY_NODE_LIST || !rows->n || found->n == CHART_SETS_MAX)
        return;
    struct chart_set set = { .name = name, .origin = name, .rows = rows };
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->child[i].kind != PARLEY_NODE_MAP)
            return;
        add_keys(&set, &rows->child[i]);
    }
    size_t same_name = 0;
    for (size_t i = 0; i < found->n; i++) {
        if (same_rows(&found->set[i], &set))
            return; /* layers that share their data: once is enough */
        same_name += !strcmp(found->set[i].origin, name);
    }
    if (same_name && !(set.name = parley_arena_printf(found->arena, "%s-%zu", name, same_name + 1)))
        *found->no_memory = true;
    else if (set.n_keys)
        found->set[found->n++] = set;
}

static void walk(struct found *found, const struct parley_node *view, int depth)
{
    static const char *const lists[] = { "layer", "hconcat", "vconcat", "concat" };
    if (!view || depth > VIEW_DEPTH_MAX)
        return;
    const struct parley_node *data = parley_node_get(view, "data"), *name = parley_node_get(data, "name");
    add_set(found, name && name->len ? name->text : "data", parley_node_get(data, "values"));
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++) {
        const struct parley_node *list = parley_node_get(view, lists[l]);
        for (size_t i = 0; list && i < list->n; i++)
            walk(found, &list->child[i], depth + 1);
    }
    walk(found, parley_node_get(view, "spec"), depth + 1);
}

size_t chart_sets(const char *spec, struct parley_arena *arena, struct chart_set out[CHART_SETS_MAX], bool *no_memory)
{
    struct parley_node *root = NULL;
    struct found found = { .set = out, .arena = arena, .no_memory = no_memory };
    enum parley_status status = spec ? parley_json_parse(spec, strlen(spec), "chart", arena, &root, NULL) : PARLEY_EPARSE;
    *no_memory |= status == PARLEY_ENOMEM;
    if (status)
        return 0;
    const struct parley_node *named = parley_node_get(root, "datasets");
    for (size_t i = 0; named && named->kind == PARLEY_NODE_MAP && i < named->n; i++)
        add_set(&found, named->child[i].key, &named->child[i]);
    walk(&found, root, 0);
    return found.n;
}

const char *chart_value(const struct chart_set *set, size_t row, size_t key)
{
    const struct parley_node *value = parley_node_get(&set->rows->child[row], set->key[key]);
    return value && value->kind == PARLEY_NODE_SCALAR ? value->text : "";
}

void csv_field(struct parley_text *out, const char *text)
{
    double number;
    bool formula = *text && strchr("=+-@\t\r", *text) && !parley_text_to_double(text, strlen(text), &number);
    if (!formula && !strpbrk(text, ",\"\r\n") && *text != ' ') {
        parley_text_adds(out, text);
        return;
    }
    parley_text_addc(out, '"');
    if (formula)
        parley_text_addc(out, '\'');
    for (const char *p = text; *p; p++) {
        if (*p == '"')
            parley_text_addc(out, '"');
        parley_text_addc(out, *p);
    }
    parley_text_addc(out, '"');
}

void chart_csv(const struct chart_set *set, struct parley_text *out)
{
    for (size_t k = 0; k < set->n_keys; k++) {
        if (k)
            parley_text_addc(out, ',');
        csv_field(out, set->key[k]);
    }
    parley_text_adds(out, "\r\n");
    for (size_t i = 0; i < set->rows->n; i++) {
        for (size_t k = 0; k < set->n_keys; k++) {
            if (k)
                parley_text_addc(out, ',');
            csv_field(out, chart_value(set, i, k));
        }
        parley_text_adds(out, "\r\n");
    }
}
