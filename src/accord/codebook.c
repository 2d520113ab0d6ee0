#include "base/try.h"

#include <parley/codebook.h>
#include <parley/data.h>
#include <parley/tree.h>

#include <string.h>

enum { TERMS_MAX = 256 };

/* An optional text: "" when absent. */
static enum parley_status
text_of(const struct parley_node *map, const char *key, const char **out, struct parley_error *err)
{
    const struct parley_node *node = parley_node_get(map, key);
    *out = "";
    return node ? parley_node_string(node, out, err) : PARLEY_OK;
}

static enum parley_status
needed_text(const struct parley_node *map, const char *key, const char **out, struct parley_error *err)
{
    const struct parley_node *node = parley_node_get(map, key);
    if (!node)
        return parley_node_fail(map, err, PARLEY_ENOTFOUND, "expected the key '%s'", key);
    return parley_node_string(node, out, err);
}

static enum parley_status flag_of(const struct parley_node *map, const char *key, bool *out, struct parley_error *err)
{
    const struct parley_node *node = parley_node_get(map, key);
    return node ? parley_node_bool(node, out, err) : PARLEY_OK;
}

static enum parley_status number_of(const struct parley_node *map, const char *key, double low, double high,
                                    double *out, struct parley_error *err)
{
    const struct parley_node *node = parley_node_get(map, key);
    return node ? parley_node_double(node, low, high, out, err) : PARLEY_OK;
}

static enum parley_status list_of(const struct parley_node *root, const char *key, size_t max,
                                  const struct parley_node **out, struct parley_error *err)
{
    *out = parley_node_get(root, key);
    if (!*out)
        return parley_node_fail(root, err, PARLEY_ENOTFOUND, "expected the list '%s'", key);
    if ((*out)->kind != PARLEY_NODE_LIST || (*out)->n == 0)
        return parley_node_fail(*out, err, PARLEY_EPARSE, "%s: expected a list with at least one entry", key);
    if ((*out)->n > max)
        return parley_node_fail(*out, err, PARLEY_ELIMIT, "%s: %zu entries, at most %zu are possible", key, (*out)->n,
                                max);
    return PARLEY_OK;
}

static enum parley_status terms(const struct parley_node *root, const char *key, struct parley_arena *arena,
                                const struct parley_codebook_term **out, size_t *n, struct parley_error *err)
{
    static const char *const known[] = {
        "id", "en", "zh", "binding", "in_scope", "sensitive", "source", "reason", NULL
    };
    const struct parley_node *list;
    TRY(list_of(root, key, TERMS_MAX, &list, err));
    struct parley_codebook_term *term = PARLEY_NEW(arena, struct parley_codebook_term, list->n);
    if (!term)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < list->n; i++) {
        const struct parley_node *row = &list->child[i];
        struct parley_codebook_term *t = &term[i];
        t->in_scope = true;
        TRY(parley_node_only_keys(row, known, err));
        TRY(needed_text(row, "id", &t->id, err));
        TRY(needed_text(row, "en", &t->en, err));
        TRY(needed_text(row, "zh", &t->zh, err));
        TRY(text_of(row, "source", &t->source, err));
        TRY(text_of(row, "reason", &t->reason, err));
        TRY(flag_of(row, "binding", &t->binding, err));
        TRY(flag_of(row, "in_scope", &t->in_scope, err));
        TRY(flag_of(row, "sensitive", &t->sensitive, err));
        if (parley_codebook_term(term, i, t->id))
            return parley_node_fail(row, err, PARLEY_EDOM, "%s: '%s' is there twice", key, t->id);
    }
    *out = term;
    *n = list->n;
    return PARLEY_OK;
}

static enum parley_status words(const struct parley_node *map, const char *key, struct parley_arena *arena,
                                const char *const **out, size_t *n, struct parley_error *err)
{
    const struct parley_node *list = parley_node_get(map, key);
    if (!list)
        return PARLEY_OK;
    if (list->kind != PARLEY_NODE_LIST || list->n > TERMS_MAX)
        return parley_node_fail(list, err, PARLEY_EPARSE, "%s: expected a list of at most %d words", key, TERMS_MAX);
    const char **word = PARLEY_NEW(arena, const char *, list->n);
    if (!word)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < list->n; i++)
        TRY(parley_node_string(&list->child[i], &word[i], err));
    *out = word;
    *n = list->n;
    return PARLEY_OK;
}

static enum parley_status propose_rule(const struct parley_node *map, struct parley_arena *arena,
                                       struct parley_propose_rule *r, struct parley_error *err)
{
    static const char *const known[] = { "pattern", "domains", "kinds", "text", "at_least", NULL };
    static const char *const pattern[] = { "", "repeated", "rising", "common", "between", "heavier" };
    const char *text;
    r->text = "";
    r->at_least = 1;
    if (!map)
        return PARLEY_OK;
    TRY(parley_node_only_keys(map, known, err));
    TRY(needed_text(map, "pattern", &text, err));
    for (int i = PARLEY_PATTERN_REPEATED; i <= PARLEY_PATTERN_HEAVIER; i++)
        if (!strcmp(text, pattern[i]))
            r->pattern = (enum parley_pattern)i;
    if (r->pattern == PARLEY_PATTERN_NONE)
        return parley_node_fail(parley_node_get(map, "pattern"), err, PARLEY_EDOM,
                                "pattern: expected repeated, rising, common, between or heavier, found '%.60s'", text);
    TRY(words(map, "domains", arena, &r->domain, &r->n_domains, err));
    TRY(words(map, "kinds", arena, &r->kind, &r->n_kinds, err));
    TRY(text_of(map, "text", &r->text, err));
    return parley_node_get(map, "at_least")
               ? parley_node_i64(parley_node_get(map, "at_least"), 1, 1000000, &r->at_least, err)
               : PARLEY_OK;
}

static enum parley_status indicators(const struct parley_node *map, const char *key, bool evidence,
                                     struct parley_arena *arena, struct parley_codebook_indicator *out, size_t *n,
                                     struct parley_error *err)
{
    static const char *const known[] = { "id", "row", "en", "zh", "propose", NULL };
    const struct parley_node *list = parley_node_get(map, key);
    for (size_t i = 0; list && i < list->n; i++) {
        const struct parley_node *row = &list->child[i];
        if (*n >= PARLEY_INDICATORS_MAX)
            return parley_node_fail(row, err, PARLEY_ELIMIT, "more than %d indicators of one variable",
                                    PARLEY_INDICATORS_MAX);
        struct parley_codebook_indicator *x = &out[(*n)++];
        x->evidence = evidence;
        TRY(parley_node_only_keys(row, known, err));
        TRY(needed_text(row, "id", &x->id, err));
        TRY(text_of(row, "row", &x->row, err));
        TRY(needed_text(row, "en", &x->en, err));
        TRY(needed_text(row, "zh", &x->zh, err));
        TRY(propose_rule(parley_node_get(row, "propose"), arena, &x->propose, err));
    }
    return PARLEY_OK;
}

static enum parley_status variable(const struct parley_node *row, struct parley_arena *arena,
                                   struct parley_codebook_variable *v, struct parley_error *err)
{
    static const char *const known[] = { "id", "en", "zh", "values", "rule", "source", "indicators", "evidence", NULL };
    TRY(parley_node_only_keys(row, known, err));
    TRY(needed_text(row, "id", &v->id, err));
    TRY(needed_text(row, "en", &v->en, err));
    TRY(needed_text(row, "zh", &v->zh, err));
    TRY(text_of(row, "source", &v->source, err));
    const struct parley_node *values = parley_node_get(row, "values"), *rule = parley_node_get(row, "rule");
    if (!values)
        return parley_node_fail(row, err, PARLEY_ENOTFOUND, "expected the key 'values' with words for yes and no");
    TRY(needed_text(values, "yes", &v->yes, err));
    TRY(needed_text(values, "no", &v->no, err));
    const char *word;
    TRY(needed_text(row, "rule", &word, err));
    if (strcmp(word, "all") && strcmp(word, "any"))
        return parley_node_fail(rule, err, PARLEY_EDOM, "rule: expected all or any, found '%.60s'", word);
    v->rule = word[1] == 'l' ? PARLEY_RULE_ALL : PARLEY_RULE_ANY;
    struct parley_codebook_indicator *list = PARLEY_NEW(arena, struct parley_codebook_indicator, PARLEY_INDICATORS_MAX);
    if (!list)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    v->indicator = list;
    TRY(indicators(row, "indicators", false, arena, list, &v->n_indicators, err));
    if (v->n_indicators == 0)
        return parley_node_fail(row, err, PARLEY_EDOM, "variable '%s' has no indicator that decides it", v->id);
    return indicators(row, "evidence", true, arena, list, &v->n_indicators, err);
}

static enum parley_status numbers(const struct parley_node *root, struct parley_arena *arena,
                                  struct parley_codebook *book, struct parley_error *err)
{
    static const struct {
        const char *key;
        double low, high;
        size_t offset;
    } field[] = {
#define X(key, low, high) { #key, low, high, offsetof(struct parley_gainloss_numbers, key) },
        PARLEY_GAINLOSS_MAP(X)
#undef X
    };
    enum { N = sizeof field / sizeof *field };
    static const char *const known[] = {
#define X(key, low, high) #key,
        PARLEY_GAINLOSS_MAP(X)
#undef X
            NULL,
    };
    static const char *const inner[] = { "value", "unit", "basis", "en", NULL };
    const struct parley_node *map = parley_node_get(root, "gainloss");
    if (!map || map->kind != PARLEY_NODE_MAP)
        return parley_node_fail(root, err, PARLEY_ENOTFOUND, "expected the map 'gainloss'");
    TRY(parley_node_only_keys(map, known, err));
    struct parley_codebook_number *list = PARLEY_NEW(arena, struct parley_codebook_number, N);
    if (!list)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < N; i++) {
        const struct parley_node *row = parley_node_get(map, field[i].key), *value = parley_node_get(row, "value");
        if (!value)
            return parley_node_fail(row ? row : map, err, PARLEY_ENOTFOUND, "gainloss: expected %s with a value",
                                    field[i].key);
        TRY(parley_node_only_keys(row, inner, err));
        TRY(parley_node_double(value, field[i].low, field[i].high, &list[i].value, err));
        list[i].key = field[i].key;
        TRY(text_of(row, "unit", &list[i].unit, err));
        TRY(needed_text(row, "basis", &list[i].basis, err));
        TRY(text_of(row, "en", &list[i].en, err));
        memcpy((char *)&book->gainloss + field[i].offset, &list[i].value, sizeof(double));
    }
    book->number = list;
    book->n_numbers = N;
    return PARLEY_OK;
}

static enum parley_status measures(const struct parley_node *root, struct parley_arena *arena,
                                   struct parley_codebook *book, struct parley_error *err)
{
    static const char *const known[] = { "id",   "en",      "zh",    "credibility", "gain", "loss",
                                         "cost", "payment", "basis", "source",      NULL };
    const struct parley_node *list = parley_node_get(root, "measures");
    if (!list)
        return PARLEY_OK;
    TRY(list_of(root, "measures", PARLEY_MEASURES_MAX, &list, err));
    struct parley_measure *out = PARLEY_NEW(arena, struct parley_measure, list->n);
    if (!out)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < list->n; i++) {
        const struct parley_node *row = &list->child[i];
        struct parley_measure *m = &out[i];
        m->gain = m->loss = 1;
        TRY(parley_node_only_keys(row, known, err));
        TRY(needed_text(row, "id", &m->id, err));
        TRY(needed_text(row, "en", &m->en, err));
        TRY(needed_text(row, "zh", &m->zh, err));
        TRY(needed_text(row, "basis", &m->basis, err));
        TRY(text_of(row, "source", &m->source, err));
        TRY(number_of(row, "credibility", -10, 10, &m->credibility, err));
        TRY(number_of(row, "gain", 0, 100, &m->gain, err));
        TRY(number_of(row, "loss", 0, 100, &m->loss, err));
        TRY(number_of(row, "cost", -1e6, 1e6, &m->cost, err));
        TRY(number_of(row, "payment", 0, 1e6, &m->payment, err));
    }
    book->measure = out;
    book->n_measures = list->n;
    return PARLEY_OK;
}

enum parley_status parley_codebook_parse(const char *yaml, size_t len, const char *name, struct parley_arena *arena,
                                         struct parley_codebook *out, struct parley_error *err)
{
    static const char *const known[] = { "version",           "window_years", "scope",    "scope_zh",
                                         "scope_min_parties", "instruments",  "issues",   "types",
                                         "variables",         "gainloss",     "measures", NULL };
    struct parley_codebook book = { .name = parley_arena_strdup(arena, name) };
    struct parley_node *root;
    int64_t version = 0;
    TRY(parley_yaml_parse(yaml, len, name, arena, &root, err));
    TRY(parley_node_only_keys(root, known, err));
    TRY(parley_node_i64(parley_node_get(root, "version"), 1, 1, &version, err));
    TRY(parley_node_i64(parley_node_get(root, "window_years"), 1, 100, &book.window_years, err));
    TRY(parley_node_i64(parley_node_get(root, "scope_min_parties"), 1, 100, &book.scope_min_parties, err));
    TRY(needed_text(root, "scope", &book.scope, err));
    TRY(needed_text(root, "scope_zh", &book.scope_zh, err));
    TRY(terms(root, "instruments", arena, &book.instrument, &book.n_instruments, err));
    TRY(terms(root, "issues", arena, &book.issue, &book.n_issues, err));
    TRY(terms(root, "types", arena, &book.type, &book.n_types, err));
    const struct parley_node *list;
    TRY(list_of(root, "variables", TERMS_MAX, &list, err));
    struct parley_codebook_variable *v = PARLEY_NEW(arena, struct parley_codebook_variable, list->n);
    if (!v || !book.name)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < list->n; i++)
        TRY(variable(&list->child[i], arena, &v[i], err));
    book.variable = v;
    book.n_variables = list->n;
    static const char *const theory[] = { "common_harm", "regime_threat" };
    for (size_t i = 0; i < 2; i++)
        if (!parley_codebook_variable(&book, theory[i]))
            return parley_node_fail(list, err, PARLEY_ENOTFOUND, "variables: '%s' is missing; the theory needs it",
                                    theory[i]);
    TRY(numbers(root, arena, &book, err));
    TRY(measures(root, arena, &book, err));
    *out = book;
    return PARLEY_OK;
}

enum parley_status
parley_codebook_shipped(struct parley_arena *arena, struct parley_codebook *out, struct parley_error *err)
{
    const struct parley_data_file *file = parley_data_find("codebook/codebook.yaml");
    if (!file)
        return parley_fail(err, PARLEY_ENOTFOUND, "the shipped codebook is missing from this build");
    return parley_codebook_parse(file->bytes, file->len, "codebook.yaml", arena, out, err);
}

const struct parley_codebook_term *
parley_codebook_term(const struct parley_codebook_term *list, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].id, id))
            return &list[i];
    return NULL;
}

const struct parley_codebook_variable *parley_codebook_variable(const struct parley_codebook *book, const char *id)
{
    for (size_t i = 0; i < book->n_variables; i++)
        if (!strcmp(book->variable[i].id, id))
            return &book->variable[i];
    return NULL;
}

const struct parley_codebook_indicator *parley_codebook_indicator(const struct parley_codebook *book, const char *id,
                                                                  const struct parley_codebook_variable **variable_out)
{
    for (size_t i = 0; i < book->n_variables; i++)
        for (size_t j = 0; j < book->variable[i].n_indicators; j++) {
            const struct parley_codebook_indicator *x = &book->variable[i].indicator[j];
            if (!strcmp(x->id, id) || !strcmp(x->row, id)) {
                if (variable_out)
                    *variable_out = &book->variable[i];
                return x;
            }
        }
    return NULL;
}

enum parley_tri parley_codebook_decide(const struct parley_codebook_variable *v, const enum parley_tri *value)
{
    /* `all` is decided by one no, `any` by one yes; otherwise an unknown leaves it open */
    enum parley_tri decisive = v->rule == PARLEY_RULE_ALL ? PARLEY_NO : PARLEY_YES;
    bool open = false;
    for (size_t i = 0; i < v->n_indicators; i++) {
        if (v->indicator[i].evidence)
            continue;
        if (value[i] == decisive)
            return decisive;
        open |= value[i] == PARLEY_UNKNOWN;
    }
    return open ? PARLEY_UNKNOWN : decisive == PARLEY_NO ? PARLEY_YES : PARLEY_NO;
}

const char *parley_codebook_word(const struct parley_codebook_variable *v, enum parley_tri value)
{
    return value == PARLEY_YES ? v->yes : value == PARLEY_NO ? v->no : "unknown";
}
