/* Reading mapping files. */
#include "mapping.h"
#include "table.h"

#include <parley/data.h>
#include <parley/tree.h>

#include <math.h>
#include <string.h>

struct reader {
    struct mapping *m;
    struct parley_arena *arena;
    struct parley_error *err;
};

static struct slice copied(struct reader *rd, const struct parley_node *node)
{
    return (struct slice){ parley_arena_copy(rd->arena, node->text, node->len), node->len };
}

static bool equal(struct slice a, struct slice b) { return a.n == b.n && !memcmp(a.p, b.p, a.n); }

static size_t slot_of(struct slice s, size_t n_slots)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 0x100000001B3u;
    return (h ^ (h >> 31)) & (n_slots - 1);
}

const struct pair *pairs_find(const struct pairs *pairs, struct slice from)
{
    if (!pairs->n_slots)
        return NULL;
    for (size_t i = slot_of(from, pairs->n_slots); pairs->slot[i].from.p; i = (i + 1) & (pairs->n_slots - 1))
        if (equal(pairs->slot[i].from, from))
            return &pairs->slot[i];
    return NULL;
}

static bool pairs_make(struct parley_arena *arena, struct pairs *pairs, size_t n)
{
    size_t slots = 16;
    while (slots < 2 * n + 2)
        slots *= 2;
    pairs->slot = PARLEY_NEW(arena, struct pair, slots);
    pairs->n_slots = pairs->slot ? slots : 0;
    return pairs->slot != NULL;
}

static void pairs_put(struct pairs *pairs, struct slice from, struct slice to)
{
    size_t i = slot_of(from, pairs->n_slots);
    while (pairs->slot[i].from.p && !equal(pairs->slot[i].from, from))
        i = (i + 1) & (pairs->n_slots - 1);
    pairs->slot[i] = (struct pair){ from, to };
}

/* Index of a column of theirs, noted when first used. */
static enum parley_status column_of(struct reader *rd, const struct parley_node *node, const char *name, size_t len, int *out)
{
    struct mapping *m = rd->m;
    for (size_t i = 0; i < m->n_columns; i++)
        if (m->column[i].n == len && !memcmp(m->column[i].p, name, len)) {
            *out = (int)i;
            return PARLEY_OK;
        }
    if (m->n_columns == MAPPING_COLUMNS_MAX || !len)
        return parley_node_fail(node, rd->err, PARLEY_ELIMIT, "more than %d columns, or one without a name", MAPPING_COLUMNS_MAX);
    *out = (int)m->n_columns;
    m->column[m->n_columns] = (struct slice){ parley_arena_copy(rd->arena, name, len), len };
    return m->column[m->n_columns++].p ? PARLEY_OK : parley_fail(rd->err, PARLEY_ENOMEM, "out of memory");
}

static enum parley_status column_node(struct reader *rd, const struct parley_node *node, int *out)
{
    if (!node || node->kind != PARLEY_NODE_SCALAR)
        return node ? parley_node_fail(node, rd->err, PARLEY_EPARSE, "expected the name of a column") : parley_fail(rd->err, PARLEY_EPARSE, "the name of a column is missing");
    return column_of(rd, node, node->text, node->len, out);
}

/* "MID:{disno}:{namea}" */
static enum parley_status read_template(struct reader *rd, const struct parley_node *node, struct rule *rule)
{
    struct slice t = copied(rd, node);
    if (!t.p)
        return parley_fail(rd->err, PARLEY_ENOMEM, "out of memory");
    rule->n_parts = 0;
    for (size_t i = 0; i < t.n;) {
        if (rule->n_parts == MAPPING_PARTS_MAX)
            return parley_node_fail(node, rd->err, PARLEY_ELIMIT, "a template of more than %d parts", MAPPING_PARTS_MAX);
        struct part *part = &rule->part[rule->n_parts++];
        const char *close = t.p[i] == '{' ? memchr(t.p + i, '}', t.n - i) : NULL;
        if (t.p[i] == '{' && !close)
            return parley_node_fail(node, rd->err, PARLEY_EPARSE, "a '{' without '}'");
        if (close) {
            size_t end = (size_t)(close - t.p);
            enum parley_status status = column_of(rd, node, t.p + i + 1, end - i - 1, &part->column);
            if (status)
                return status;
            i = end + 1;
        } else {
            const char *open = memchr(t.p + i, '{', t.n - i);
            size_t end = open ? (size_t)(open - t.p) : t.n;
            *part = (struct part){ { t.p + i, end - i }, -1 };
            i = end;
        }
    }
    return PARLEY_OK;
}

static enum parley_status read_pairs(struct reader *rd, const struct parley_node *node, struct pairs *out)
{
    if (node->kind != PARLEY_NODE_MAP && node->kind != PARLEY_NODE_LIST)
        return parley_node_fail(node, rd->err, PARLEY_EPARSE, "expected a list or pairs of texts");
    bool ok = pairs_make(rd->arena, out, node->n);
    for (size_t i = 0; ok && i < node->n; i++) {
        const struct parley_node *c = &node->child[i];
        if (c->kind != PARLEY_NODE_SCALAR && c->kind != PARLEY_NODE_NULL)
            return parley_node_fail(c, rd->err, PARLEY_EPARSE, "expected a text");
        struct slice value = copied(rd, c), key = value;
        if (c->key)
            key = (struct slice){ parley_arena_strdup(rd->arena, c->key), strlen(c->key) };
        ok = value.p && key.p;
        if (ok)
            pairs_put(out, key, value);
    }
    return ok ? PARLEY_OK : parley_fail(rd->err, PARLEY_ENOMEM, "out of memory");
}

/* table: {file: record/cameo.csv, from: cameo, to: goldstein} */
static enum parley_status read_table(struct reader *rd, const struct parley_node *node, struct pairs *out)
{
    static const char *const known[] = { "file", "from", "to", NULL };
    const char *file, *column[3] = { NULL };
    enum parley_status status = parley_node_only_keys(node, known, rd->err);
    if (!status)
        status = parley_node_string(parley_node_get(node, "file"), &file, rd->err);
    if (!status)
        status = parley_node_string(parley_node_get(node, "from"), &column[0], rd->err);
    if (!status)
        status = parley_node_string(parley_node_get(node, "to"), &column[1], rd->err);
    struct table t;
    if (!status)
        status = table_read(file, column, rd->arena, &t, rd->err);
    if (status)
        return parley_node_fail(node, rd->err, status, "table: %s", rd->err ? parley_arena_strdup(rd->arena, rd->err->text) : "");
    if (!pairs_make(rd->arena, out, t.rows))
        return parley_fail(rd->err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < t.rows; i++)
        pairs_put(out, slice_of(t.cell[2 * i]), slice_of(t.cell[2 * i + 1]));
    return PARLEY_OK;
}

static enum parley_status word_of(struct reader *rd, const struct parley_node *node, const char *const *words, int *out)
{
    for (int i = 0; words[i]; i++)
        if (node->kind == PARLEY_NODE_SCALAR && !strcmp(node->text, words[i])) {
            *out = i;
            return PARLEY_OK;
        }
    struct parley_text list;
    parley_text_init(&list, 200);
    for (int i = 0; words[i]; i++)
        parley_text_addf(&list, "%s%s", i ? ", " : "", words[i]);
    enum parley_status status = parley_node_fail(node, rd->err, PARLEY_EPARSE, "expected one of %s", parley_text_str(&list));
    parley_text_release(&list);
    return status;
}

static enum parley_status read_date(struct reader *rd, const struct parley_node *node, struct rule *rule)
{
    static const char *const forms[] = { "iso", "day", "yyyymmdd", "yyyymmddhhmmss", NULL };
    if (node->kind != PARLEY_NODE_MAP) {
        int form = 0;
        enum parley_status status = word_of(rd, node, forms, &form);
        rule->date = (enum date_form)form;
        return status;
    }
    static const char *const known[] = { "year", "month", "day", NULL };
    rule->date = DATE_PARTS;
    enum parley_status status = parley_node_only_keys(node, known, rd->err);
    if (!status)
        status = column_node(rd, parley_node_get(node, "year"), &rule->year);
    if (!status)
        status = column_node(rd, parley_node_get(node, "month"), &rule->month);
    if (!status)
        status = column_node(rd, parley_node_get(node, "day"), &rule->day);
    return status;
}

static enum parley_status read_scale(struct reader *rd, const struct parley_node *node, struct rule *rule)
{
    static const char *const known[] = { "multiply", "add", "low", "high", NULL };
    static const char *const name[] = { "multiply", "add", "low", "high" };
    double *const value[] = { &rule->multiply, &rule->add, &rule->low, &rule->high };
    rule->scaled = true;
    enum parley_status status = parley_node_only_keys(node, known, rd->err);
    for (int i = 0; i < 4 && !status; i++)
        if (parley_node_get(node, name[i]))
            status = parley_node_double(parley_node_get(node, name[i]), -1e6, 1e6, value[i], rd->err);
    return status;
}

static enum parley_status read_rule_key(struct reader *rd, const struct parley_node *n, struct rule *rule)
{
    static const char *const coarse[] = { "no", "first-of-month", "first-of-year", NULL };
    static const char *const unknown[] = { "reject", "UNK", "drop", NULL };
    static const char *const spaces[] = { "any", "cow", "cow-abbreviation", NULL };
    int word = 0;
    int64_t number = 0;
    enum parley_status status = PARLEY_OK;
    if (!strcmp(n->key, "template")) {
        status = read_template(rd, n, rule);
    } else if (!strcmp(n->key, "column")) {
        rule->n_parts = 1;
        status = column_node(rd, n, &rule->part[0].column);
    } else if (!strcmp(n->key, "take")) {
        status = parley_node_i64(n, 1, 100, &number, rd->err);
        rule->take = (size_t)number;
    } else if (!strcmp(n->key, "map")) {
        status = read_pairs(rd, n, &rule->map);
    } else if (!strcmp(n->key, "prefix_map")) {
        status = read_pairs(rd, n, &rule->prefix_map);
    } else if (!strcmp(n->key, "table")) {
        status = read_table(rd, n, &rule->map);
    } else if (!strcmp(n->key, "default")) {
        rule->fallback = copied(rd, n);
    } else if (!strcmp(n->key, "keep")) {
        status = parley_node_bool(n, &rule->pass, rd->err);
    } else if (!strcmp(n->key, "split")) {
        rule->split = copied(rd, n);
    } else if (!strcmp(n->key, "date")) {
        status = read_date(rd, n, rule);
    } else if (!strcmp(n->key, "coarse")) {
        status = word_of(rd, n, coarse, &word);
        rule->coarse = (enum coarse)word;
    } else if (!strcmp(n->key, "scale")) {
        status = read_scale(rd, n, rule);
    } else if (!strcmp(n->key, "unknown")) {
        status = word_of(rd, n, unknown, &word);
        rule->unknown = (enum unknown)word;
    } else if (!strcmp(n->key, "names")) {
        status = word_of(rd, n, spaces, &word);
        rule->names = (enum name_space)word;
    } else if (!strcmp(n->key, "other_of")) {
        if (n->kind != PARLEY_NODE_LIST || n->n != 2)
            return parley_node_fail(n, rd->err, PARLEY_EPARSE, "expected a list of two columns");
        for (int i = 0; i < 2 && !status; i++)
            status = column_node(rd, &n->child[i], &rule->other_of[i]);
    } else {
        return parley_node_fail(n, rd->err, PARLEY_EPARSE, "unknown key '%s' of a field; known are template, column, take, map, prefix_map, table, default, keep, split, date, coarse, scale, unknown, names, other_of", n->key);
    }
    return status;
}

static enum parley_status read_fields(struct reader *rd, const struct parley_node *node)
{
    enum parley_status status = parley_node_only_keys(node, field_names, rd->err);
    for (size_t i = 0; !status && i < node->n; i++) {
        const struct parley_node *n = &node->child[i];
        int f = 0;
        while (strcmp(field_names[f], n->key))
            f++;
        struct rule *rule = &rd->m->rule[f];
        *rule = (struct rule){ .used = true, .multiply = 1, .low = -INFINITY, .high = INFINITY, .day = -1, .month = -1, .year = -1, .other_of = { -1, -1 } };
        if (n->kind == PARLEY_NODE_SCALAR)
            status = read_template(rd, n, rule);
        else if (n->kind != PARLEY_NODE_MAP)
            status = parley_node_fail(n, rd->err, PARLEY_EPARSE, "expected a template or a map of steps");
        for (size_t k = 0; n->kind == PARLEY_NODE_MAP && k < n->n && !status; k++)
            status = read_rule_key(rd, &n->child[k], rule);
    }
    return status;
}

static enum parley_status read_layout(struct reader *rd, const struct parley_node *node, struct layout *layout)
{
    static const char *const known[] = { "delimiter", "header", "names", "rename", "digits", "quotes", NULL };
    static const char *const delimiters[] = { "comma", "tab", "semicolon", NULL };
    int d = 0;
    layout->header = true;
    const struct parley_node *n = NULL;
    enum parley_status status = parley_node_only_keys(node, known, rd->err);
    if (!status && (n = parley_node_get(node, "delimiter")))
        status = word_of(rd, n, delimiters, &d);
    layout->delimiter = ",\t;"[d];
    bool quotes = true;
    if (!status && (n = parley_node_get(node, "quotes")))
        status = parley_node_bool(n, &quotes, rd->err);
    layout->no_quotes = !quotes;
    if (!status && (n = parley_node_get(node, "header")))
        status = parley_node_bool(n, &layout->header, rd->err);
    if (!status && (n = parley_node_get(node, layout->header ? "rename" : "names"))) {
        if (n->n > MAPPING_COLUMNS_MAX || n->kind != (layout->header ? PARLEY_NODE_MAP : PARLEY_NODE_LIST))
            return parley_node_fail(n, rd->err, PARLEY_ELIMIT, "expected a %s of at most %d columns", layout->header ? "map" : "list", MAPPING_COLUMNS_MAX);
        layout->n = n->n;
        for (size_t i = 0; i < n->n; i++) {
            layout->theirs[i] = copied(rd, &n->child[i]);
            layout->name[i] = layout->header ? slice_of(parley_arena_strdup(rd->arena, n->child[i].key)) : layout->theirs[i];
        }
    }
    if (!status && !layout->header && !layout->n)
        return parley_node_fail(node, rd->err, PARLEY_EPARSE, "a layout without header needs 'names'");
    n = parley_node_get(node, "digits");
    for (size_t i = 0; !status && n && i < n->n && layout->n_digits < 8; i++)
        for (size_t k = 0; k < layout->n; k++)
            if (equal(layout->name[k], (struct slice){ n->child[i].text, n->child[i].len }))
                layout->digits[layout->n_digits++] = (int)k;
    return status;
}

static enum parley_status read_lists(struct reader *rd, const struct parley_node *root)
{
    struct mapping *m = rd->m;
    enum parley_status status = PARLEY_OK;
    const struct parley_node *n = parley_node_get(root, "layouts");
    if (n && n->n > MAPPING_LAYOUTS_MAX)
        return parley_node_fail(n, rd->err, PARLEY_ELIMIT, "more than %d layouts", MAPPING_LAYOUTS_MAX);
    for (size_t i = 0; n && i < n->n && !status; i++)
        status = read_layout(rd, &n->child[i], &m->layout[m->n_layouts++]);
    if (!m->n_layouts)
        m->layout[m->n_layouts++] = (struct layout){ .delimiter = ',', .header = true };
    n = parley_node_get(root, "needs");
    for (size_t i = 0; n && i < n->n && !status; i++) {
        int column = 0;
        status = column_node(rd, &n->child[i], &column);
        m->needed[column] = true;
    }
    n = parley_node_get(root, "keep");
    for (size_t i = 0; n && i < n->n && i < MAPPING_COLUMNS_MAX && !status; i++)
        status = column_node(rd, &n->child[i], &m->keep[m->n_keep++]);
    n = parley_node_get(root, "skip");
    for (size_t i = 0; n && i < n->n && !status; i++) {
        if (m->n_skips == MAPPING_SKIPS_MAX)
            return parley_node_fail(n, rd->err, PARLEY_ELIMIT, "more than %d skips", MAPPING_SKIPS_MAX);
        struct skip *s = &m->skip[m->n_skips++];
        const struct parley_node *is = parley_node_get(&n->child[i], "is");
        status = column_node(rd, parley_node_get(&n->child[i], "column"), &s->column);
        s->empty = !is;
        if (is)
            s->is = copied(rd, is);
    }
    n = parley_node_get(root, "swap");
    if (n && !status) {
        m->swap = true;
        const struct parley_node *is = parley_node_get(n, "is");
        status = column_node(rd, parley_node_get(n, "column"), &m->swap_column);
        if (!status && !is)
            return parley_node_fail(n, rd->err, PARLEY_EPARSE, "swap needs 'is'");
        if (is)
            m->swap_is = copied(rd, is);
    }
    n = parley_node_get(root, "missing");
    if (n && !status)
        status = read_pairs(rd, n, &m->missing);
    return status;
}

static enum parley_status read_root(struct reader *rd, const struct parley_node *root)
{
    static const char *const known[] = { "name", "title", "source", "own", "json", "collapse", "merge", "needs", "layouts", "missing", "skip", "swap", "keep", "fields", NULL };
    struct mapping *m = rd->m;
    const char *text = NULL;
    if (!root || root->kind != PARLEY_NODE_MAP)
        return parley_fail(rd->err, PARLEY_EPARSE, "a mapping is a map with name and fields");
    enum parley_status status = parley_node_only_keys(root, known, rd->err);
    if (!status)
        status = parley_node_string(parley_node_get(root, "name"), &m->name, rd->err);
    static const char *const flags[] = { "own", "json", "merge" };
    bool *const flag[] = { &m->own, &m->json, &m->merge };
    for (int i = 0; i < 3 && !status; i++)
        if (parley_node_get(root, flags[i]))
            status = parley_node_bool(parley_node_get(root, flags[i]), flag[i], rd->err);
    m->title = m->collapse = "";
    if (!status && parley_node_get(root, "title"))
        status = parley_node_string(parley_node_get(root, "title"), &m->title, rd->err);
    if (!status && parley_node_get(root, "collapse"))
        status = parley_node_string(parley_node_get(root, "collapse"), &m->collapse, rd->err);
    if (!status && parley_node_get(root, "source")) {
        status = parley_node_string(parley_node_get(root, "source"), &text, rd->err);
        m->source = text ? slice_of(text) : (struct slice){ 0 };
    }
    if (!status)
        status = read_lists(rd, root);
    const struct parley_node *fields = parley_node_get(root, "fields");
    if (!status && !m->own && (!fields || fields->kind != PARLEY_NODE_MAP))
        return parley_node_fail(root, rd->err, PARLEY_EPARSE, "the mapping has no 'fields'");
    if (!status && fields)
        status = read_fields(rd, fields);
    static const enum field must[] = { FIELD_START, FIELD_ACTOR, FIELD_TARGET, FIELD_KIND, FIELD_DOMAIN };
    for (size_t i = 0; i < sizeof must / sizeof *must && !status && !m->own; i++)
        if (!m->rule[must[i]].used)
            status = parley_node_fail(fields, rd->err, PARLEY_EPARSE, "the field '%s' is missing", field_names[must[i]]);
    return status;
}

enum parley_status mapping_read(const char *yaml, size_t len, const char *name, struct parley_arena *arena, struct mapping **out,
                                struct parley_error *err)
{
    struct reader rd = { PARLEY_NEW(arena, struct mapping, 1), arena, err };
    struct parley_node *root = NULL;
    if (!rd.m || !(rd.m->text = parley_arena_copy(arena, yaml, len)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status = parley_yaml_parse(yaml, len, name, arena, &root, err);
    if (!status)
        status = read_root(&rd, root);
    *out = rd.m;
    return status;
}

enum parley_status mapping_all(struct parley_arena *arena, struct mapping ***out, size_t *n, struct parley_error *err)
{
    size_t files = 0;
    const struct parley_data_file *file = parley_data_all(&files);
    struct mapping **all = PARLEY_NEW(arena, struct mapping *, files + 1);
    if (!all)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    *n = 0;
    for (size_t i = 0; i < files; i++) {
        if (strncmp(file[i].name, "mappings/", 9))
            continue;
        enum parley_status status = mapping_read(file[i].bytes, file[i].len, file[i].name, arena, &all[*n], err);
        if (status)
            return status;
        ++*n;
    }
    *out = all;
    return PARLEY_OK;
}

enum parley_status mapping_find(const char *name, struct parley_arena *arena, struct mapping **out, struct parley_error *err)
{
    static const struct { const char *alias, *name; } alias[] = { { "parley", "csv" }, { "parley-csv", "csv" }, { "parley-jsonl", "jsonl" },
                                                                  { "dcid", "dcid2" }, { "cow-mid", "mid" }, { "dyadic-mid", "mid" } };
    for (size_t i = 0; i < sizeof alias / sizeof *alias; i++)
        if (!strcmp(name, alias[i].alias))
            name = alias[i].name;
    char path[100];
    sqlite3_snprintf(sizeof path, path, "mappings/%s.yaml", name);
    const struct parley_data_file *file = parley_data_find(path);
    if (file)
        return mapping_read(file->bytes, file->len, file->name, arena, out, err);
    struct parley_text list;
    parley_text_init(&list, 300);
    size_t files = 0;
    const struct parley_data_file *all = parley_data_all(&files);
    for (size_t i = 0; i < files; i++)
        if (!strncmp(all[i].name, "mappings/", 9))
            parley_text_addf(&list, ", %.*s", (int)strcspn(all[i].name + 9, "."), all[i].name + 9);
    enum parley_status status = parley_fail(err, PARLEY_EINVAL, "unknown format '%.40s'; known are auto%s, or write a mapping and give it with --mapping", name, parley_text_str(&list));
    parley_text_release(&list);
    return status;
}
