/* Reading and writing expressions. Negation is pushed inwards while reading, so that products and sums are all there is. */
#include <parley/sop.h>
#include <parley/text.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct products { /* a growing list, malloc'd while parsing */
    uint64_t *values;
    size_t n;
};

struct parser {
    const struct parley_sop_names *names;
    const char *text, *at;
    int depth;
    struct parley_error *err;
};

static enum parley_status expression(struct parser *p, bool negated, struct products *out);

static enum parley_status fail_at(struct parser *p, enum parley_status status, const char *expected)
{
    int before = (int)(p->at - p->text > 30 ? 30 : p->at - p->text);
    return parley_fail(p->err, status, "expression, position %zu: expected %s after '%.*s', found '%.20s'", (size_t)(p->at - p->text) + 1, expected,
                       before, p->at - before, *p->at ? p->at : "the end");
}

static void blanks(struct parser *p) { p->at += strspn(p->at, " \t"); }

static uint64_t every(const struct parley_sop_names *names, size_t j)
{
    return names->levels[j] >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << names->levels[j]) - 1;
}

static enum parley_status no_memory(struct parser *p) { return parley_fail(p->err, PARLEY_ENOMEM, "no memory for the expression"); }

static bool empty_product(const struct parley_sop_names *names, const uint64_t *v)
{
    for (size_t j = 0; j < names->n; j++)
        if (!v[j])
            return true;
    return false;
}

/* a OR b, in a. */
static enum parley_status join(struct parser *p, struct products *a, struct products *b)
{
    size_t k = p->names->n;
    if (a->n + b->n > PARLEY_SOP_TERMS_MAX)
        return parley_fail(p->err, PARLEY_ELIMIT, "the expression has more than %d products", PARLEY_SOP_TERMS_MAX);
    uint64_t *values = realloc(a->values, ((a->n + b->n) * k + 1) * sizeof *values);
    if (!values)
        return no_memory(p);
    if (b->n)
        memcpy(values + a->n * k, b->values, b->n * k * sizeof *values);
    a->values = values;
    a->n += b->n;
    return PARLEY_OK;
}

/* a AND b, in a: every product with every other. */
static enum parley_status meet(struct parser *p, struct products *a, struct products *b)
{
    size_t k = p->names->n, n = 0;
    if (a->n * b->n > PARLEY_SOP_TERMS_MAX)
        return parley_fail(p->err, PARLEY_ELIMIT, "the expression has more than %d products", PARLEY_SOP_TERMS_MAX);
    uint64_t *values = malloc((a->n * b->n * k + 1) * sizeof *values);
    if (!values)
        return no_memory(p);
    for (size_t x = 0; x < a->n; x++)
        for (size_t y = 0; y < b->n; y++) {
            uint64_t *to = values + n * k;
            for (size_t j = 0; j < k; j++)
                to[j] = a->values[x * k + j] & b->values[y * k + j];
            n += !empty_product(p->names, to);
        }
    free(a->values);
    a->values = values;
    a->n = n;
    return PARLEY_OK;
}

static bool name_char(char c) { return c && !strchr(" \t*+~()[]{}<>=,", c); }

static enum parley_status find_name(struct parser *p, size_t len, size_t *name)
{
    size_t best = 0, distance = SIZE_MAX;
    char word[128];
    if (len >= sizeof word)
        return fail_at(p, PARLEY_EPARSE, "a name of a condition");
    memcpy(word, p->at, len);
    word[len] = 0;
    for (size_t j = 0; j < p->names->n; j++) {
        if (!strcmp(p->names->name[j], word)) {
            *name = j;
            return PARLEY_OK;
        }
        size_t d = parley_edit_distance(p->names->name[j], word);
        if (d < distance)
            best = j, distance = d;
    }
    return parley_fail(p->err, PARLEY_ENOTFOUND, "expression, position %zu: there is no condition '%s'%s%s%s", (size_t)(p->at - p->text) + 1, word,
                       p->names->n ? "; did you mean '" : "", p->names->n ? p->names->name[best] : "", p->names->n ? "'?" : "");
}

static enum parley_status bracket(struct parser *p, size_t name, uint64_t *values)
{
    char close = *p->at == '[' ? ']' : '}';
    *values = 0;
    p->at++;
    for (;;) {
        blanks(p);
        unsigned v = 0, digits = 0;
        for (; isdigit((unsigned char)*p->at) && digits < 3; p->at++, digits++)
            v = v * 10 + (unsigned)(*p->at - '0');
        if (!digits || v >= p->names->levels[name]) {
            p->at -= digits;
            char expected[80];
            struct parley_text t;
            parley_text_init(&t, sizeof expected);
            parley_text_addf(&t, "a value from 0 to %u", p->names->levels[name] - 1);
            enum parley_status status = fail_at(p, PARLEY_EPARSE, parley_text_str(&t));
            parley_text_release(&t);
            return status;
        }
        *values |= (uint64_t)1 << v;
        blanks(p);
        if (*p->at == close) {
            p->at++;
            return PARLEY_OK;
        }
        if (*p->at != ',')
            return fail_at(p, PARLEY_EPARSE, "',' or the closing bracket");
        p->at++;
    }
}

static enum parley_status literal(struct parser *p, bool negated, struct products *out)
{
    size_t len = 0, name = 0, k = p->names->n;
    while (name_char(p->at[len]))
        len++;
    if (!len)
        return fail_at(p, PARLEY_EPARSE, "a condition, '~' or '('");
    enum parley_status status = find_name(p, len, &name);
    if (status)
        return status;
    p->at += len;
    uint64_t values = 2, all = every(p->names, name);
    if (*p->at == '[' || *p->at == '{')
        status = bracket(p, name, &values);
    else if (p->names->levels[name] > 2)
        return parley_fail(p->err, PARLEY_EPARSE, "expression, position %zu: %s has values 0 to %u; say which, for example %s[%u]", (size_t)(p->at - p->text) + 1,
                           p->names->name[name], p->names->levels[name] - 1, p->names->name[name], p->names->levels[name] - 1);
    if (status)
        return status;
    if (negated)
        values = all & ~values;
    out->values = malloc((k + 1) * sizeof *out->values);
    if (!out->values)
        return no_memory(p);
    for (size_t j = 0; j < k; j++)
        out->values[j] = j == name ? values : every(p->names, j);
    out->n = values ? 1 : 0;
    return PARLEY_OK;
}

static enum parley_status factor(struct parser *p, bool negated, struct products *out)
{
    enum parley_status status;
    blanks(p);
    for (; *p->at == '~' || *p->at == '!'; negated = !negated) {
        p->at++;
        blanks(p);
    }
    if (*p->at != '(')
        return literal(p, negated, out);
    if (++p->depth > PARLEY_SOP_DEPTH_MAX)
        return parley_fail(p->err, PARLEY_ELIMIT, "the expression nests deeper than %d parentheses", PARLEY_SOP_DEPTH_MAX);
    p->at++;
    status = expression(p, negated, out);
    if (status)
        return status;
    blanks(p);
    if (*p->at != ')') {
        free(out->values);
        out->values = NULL;
        return fail_at(p, PARLEY_EPARSE, "')', '*' or '+'");
    }
    p->at++;
    p->depth--;
    return PARLEY_OK;
}

/* One level of the grammar: operands combined by AND (product) or OR (sum); a negation turns one into the other. */
static enum parley_status chain(struct parser *p, bool sum, bool negated, struct products *out)
{
    enum parley_status status = sum ? chain(p, false, negated, out) : factor(p, negated, out);
    while (!status) {
        struct products next = { 0 };
        blanks(p);
        if (sum && *p->at != '+')
            return PARLEY_OK;
        if (!sum && *p->at != '*' && !(name_char(*p->at) || *p->at == '(' || *p->at == '~' || *p->at == '!'))
            return PARLEY_OK;
        if (!sum && *p->at == '-')
            return PARLEY_OK; /* "->" */
        if (*p->at == '*' || *p->at == '+')
            p->at++;
        status = sum ? chain(p, false, negated, &next) : factor(p, negated, &next);
        if (!status)
            status = sum != negated ? join(p, out, &next) : meet(p, out, &next);
        free(next.values);
    }
    free(out->values);
    *out = (struct products){ 0 };
    return status;
}

static enum parley_status expression(struct parser *p, bool negated, struct products *out) { return chain(p, true, negated, out); }

enum parley_status parley_sop_parse(const struct parley_sop_names *names, const char *text, struct parley_arena *arena, struct parley_sop *out,
                                    struct parley_error *err)
{
    struct parser p = { .names = names, .text = text, .at = text, .err = err };
    struct products all = { 0 };
    if (strlen(text) > PARLEY_SOP_TEXT_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "the expression is longer than %d bytes", PARLEY_SOP_TEXT_MAX);
    enum parley_status status = expression(&p, false, &all);
    blanks(&p);
    if (!status && *p.at)
        status = fail_at(&p, PARLEY_EPARSE, "'*', '+' or the end");
    uint64_t *values = status ? NULL : parley_arena_calloc(arena, all.n * names->n, sizeof *values);
    if (!status && !values)
        status = no_memory(&p);
    if (!status) {
        if (all.n)
            memcpy(values, all.values, all.n * names->n * sizeof *values);
        *out = (struct parley_sop){ .names = names, .n = all.n, .values = values };
    }
    free(all.values);
    return status;
}

enum parley_status parley_sop_collect_names(const char *text, struct parley_arena *arena, struct parley_sop_names *out, struct parley_error *err)
{
    const char **name = PARLEY_NEW(arena, const char *, PARLEY_SOP_NAMES_MAX);
    unsigned *levels = PARLEY_NEW(arena, unsigned, PARLEY_SOP_NAMES_MAX);
    size_t n = 0;
    if (!name || !levels)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for names");
    for (const char *p = text; *p;) {
        size_t len = 0, j = 0;
        if (!name_char(*p) || *p == '!') {
            p++;
            continue;
        }
        while (name_char(p[len]))
            len++;
        while (j < n && (strlen(name[j]) != len || memcmp(name[j], p, len)))
            j++;
        if (j == n) {
            if (n == PARLEY_SOP_NAMES_MAX)
                return parley_fail(err, PARLEY_ELIMIT, "more than %d names in the expression", PARLEY_SOP_NAMES_MAX);
            if (!(name[n] = parley_arena_copy(arena, p, len)))
                return parley_fail(err, PARLEY_ENOMEM, "no memory for names");
            levels[n++] = 2;
        }
        p += len;
        if (*p == '[' || *p == '{')
            for (; *p && *p != ']' && *p != '}'; p++) {
                unsigned v = 0;
                if (!isdigit((unsigned char)*p))
                    continue;
                for (; isdigit((unsigned char)p[1]) && v < 100; p++)
                    v = v * 10 + (unsigned)(*p - '0');
                v = v * 10 + (unsigned)(*p - '0');
                if (v >= 64)
                    return parley_fail(err, PARLEY_ELIMIT, "value %u of %s; the highest is 63", v, name[j]);
                levels[j] = v + 1 > levels[j] ? v + 1 : levels[j];
            }
    }
    *out = (struct parley_sop_names){ .n = n, .name = name, .levels = levels };
    return PARLEY_OK;
}

static void add_term(const struct parley_sop *s, size_t term, bool brackets, struct parley_text *to)
{
    bool any = false;
    for (size_t j = 0; j < s->names->n; j++) {
        uint64_t v = s->values[term * s->names->n + j];
        if (v == every(s->names, j))
            continue;
        if (any)
            parley_text_addc(to, '*');
        any = true;
        if (!brackets && s->names->levels[j] == 2) {
            parley_text_addf(to, "%s%s", v == 1 ? "~" : "", s->names->name[j]);
            continue;
        }
        parley_text_addf(to, "%s[", s->names->name[j]);
        for (unsigned b = 0, more = 0; b < s->names->levels[j]; b++)
            if (v >> b & 1)
                parley_text_addf(to, "%s%u", more++ ? "," : "", b);
        parley_text_addc(to, ']');
    }
    if (!any)
        parley_text_addc(to, '1');
}

static const char *keep(struct parley_text *text, struct parley_arena *arena)
{
    const char *copy = parley_text_keep(text, arena);
    parley_text_release(text);
    return copy ? copy : "";
}

const char *parley_sop_term_text(const struct parley_sop *sop, size_t term, bool brackets, struct parley_arena *arena)
{
    struct parley_text text;
    parley_text_init(&text, 1 << 20);
    add_term(sop, term, brackets, &text);
    return keep(&text, arena);
}

const char *parley_sop_text(const struct parley_sop *sop, bool brackets, struct parley_arena *arena)
{
    struct parley_text text;
    parley_text_init(&text, 16 << 20);
    for (size_t i = 0; i < sop->n; i++) {
        if (i)
            parley_text_adds(&text, " + ");
        add_term(sop, i, brackets, &text);
    }
    return keep(&text, arena);
}

bool parley_sop_covers(const struct parley_sop *sop, const uint8_t *config)
{
    size_t k = sop->names->n;
    for (size_t i = 0; i < sop->n; i++) {
        size_t j = 0;
        while (j < k && (sop->values[i * k + j] >> config[j] & 1))
            j++;
        if (j == k)
            return true;
    }
    return false;
}
