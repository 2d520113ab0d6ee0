#include <parley/channel_advice.h>
#include <parley/data.h>
#include <parley/time.h>
#include <parley/text.h>

#include <string.h>
#include <strings.h>

enum { ROW_FIELDS = 6, ADVICE_MAX = 32, FIELDS_MAX = 64 };

/* Cells of one line of a shipped CSV file (quotes doubled inside quotes); returns how many. */
static size_t cells_of(const char **at, char *cell[], size_t max, struct parley_arena *arena)
{
    size_t n = 0;
    const char *p = *at;
    while (*p && *p != '\n' && n < max) {
        struct parley_text text;
        parley_text_init(&text, 4096);
        bool quoted = *p == '"';
        p += quoted;
        while (*p && (quoted ? true : *p != ',' && *p != '\n')) {
            if (quoted && *p == '"') {
                p++;
                if (*p != '"')
                    break;
            }
            parley_text_addc(&text, *p++);
        }
        cell[n] = parley_arena_strdup(arena, parley_text_str(&text));
        if (cell[n])
            n++;
        parley_text_release(&text);
        if (*p == ',')
            p++;
    }
    while (*p && *p != '\n')
        p++;
    *at = *p ? p + 1 : p;
    return n;
}

static const char *table_of(const char *name)
{
    const struct parley_data_file *f = parley_data_find(name);
    const char *nl = f ? strchr(f->bytes, '\n') : NULL; /* behind the header line */
    return nl ? nl + 1 : "";
}

enum parley_status parley_type_fields(const char *type, struct parley_arena *arena, struct parley_field **out, size_t *n, struct parley_error *err)
{
    char *cell[ROW_FIELDS];
    *n = 0;
    if (!parley_type_by_name(type))
        return parley_fail(err, PARLEY_ENOTFOUND, "there is no statement type '%.60s'; 'parley channel types' lists them", type);
    if (!(*out = PARLEY_NEW(arena, struct parley_field, FIELDS_MAX)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (const char *at = table_of("channel/fields.csv"); *at && *n < FIELDS_MAX;)
        if (cells_of(&at, cell, ROW_FIELDS, arena) == ROW_FIELDS && !strcmp(cell[0], type))
            (*out)[(*n)++] = (struct parley_field){ cell[1], cell[2], cell[4], cell[5], cell[3][0] == 'y' };
    return PARLEY_OK;
}

static bool one_of_choices(const char *field, const char *value)
{
    static const char *const decisions[] = { "agree", "decline", "partly", "acknowledge" }, *const answers[] = { "yes", "no", "unknown" };
    bool decision = !strcmp(field, "decision");
    for (int i = 0; i < (decision ? 4 : 3); i++)
        if (!strcmp(value, decision ? decisions[i] : answers[i]))
            return true;
    return false;
}

static enum parley_status check_field(const struct parley_field *f, const struct parley_node *v, const char *name, struct parley_error *err)
{
    if (!v || v->kind == PARLEY_NODE_NULL || (v->kind == PARLEY_NODE_SCALAR && !v->len))
        return f->required ? parley_fail(err, PARLEY_EDOM, "%s: the field '%s' is required: %s", name, f->name, f->en) : PARLEY_OK;
    bool text = v->kind == PARLEY_NODE_SCALAR && v->quoted;
    if (!strcmp(f->kind, "csaf") && v->kind != PARLEY_NODE_MAP && !text)
        return parley_fail(err, PARLEY_EDOM, "%s: '%s' should be: %s", name, f->name, f->en);
    if (!strcmp(f->kind, "list") && v->kind != PARLEY_NODE_LIST)
        return parley_fail(err, PARLEY_EDOM, "%s: '%s' should be a list [..]: %s", name, f->name, f->en);
    if (!strcmp(f->kind, "object") && v->kind != PARLEY_NODE_MAP)
        return parley_fail(err, PARLEY_EDOM, "%s: '%s' should be an object {..}: %s", name, f->name, f->en);
    if ((!strcmp(f->kind, "text") || !strcmp(f->kind, "choice")) && !text)
        return parley_fail(err, PARLEY_EDOM, "%s: '%s' should be text in quotes: %s", name, f->name, f->en);
    if (!strcmp(f->kind, "choice") && !one_of_choices(f->name, v->text))
        return parley_fail(err, PARLEY_EDOM, "%s: '%s' is '%.40s'; expected: %s", name, f->name, v->text, f->en);
    return PARLEY_OK;
}

enum parley_status parley_body_fields_check(const char *type, const char *body, size_t len, const char *name, struct parley_error *err)
{
    struct parley_arena arena = { 0 };
    struct parley_field *field;
    struct parley_node *root;
    size_t n;
    enum parley_status status = parley_type_fields(type, &arena, &field, &n, err);
    if (!status)
        status = parley_body_check(body, len, name, err);
    if (!status)
        status = parley_json_parse(body, len, name, &arena, &root, err);
    for (size_t i = 0; !status && i < n; i++)
        status = check_field(&field[i], parley_node_get(root, field[i].name), name, err);
    if (!status && !strcmp(type, "vulnerability-notice")) {
        const struct parley_node *csaf = parley_node_get(root, "csaf");
        if (csaf->kind == PARLEY_NODE_SCALAR) { /* as text: its exact bytes, fractions and all */
            struct parley_node *inside;
            status = parley_json_parse(csaf->text, csaf->len, "csaf", &arena, &inside, err);
            csaf = inside;
        }
        if (!status)
            status = parley_csaf_check(csaf, err);
    }
    parley_arena_release(&arena);
    return status;
}

/* --- advice --------------------------------------------------------------------------------- */

static const char *const ultimatum_words[] = { "ultimatum", "or else", "final warning", "last chance", "must immediately", "最后通牒", "否则", "最后警告", "必须立即", NULL };
static const char *const force_words[] = { "retaliat", "punish", "strike back", "use of force", "consequences", "military", "报复", "惩罚", "反击", "武力", "后果自负", "军事", NULL };
static const char *const zero_sum_words[] = { "win this", "we win", "you lose", "defeat", "surrender", "concede", "victory", "战胜", "屈服", "投降", "让步到底", "胜利", "你死我活", "我赢", "你输", NULL };
static const char *const ideology_words[] = { "regime", "authoritarian", "communist", "imperialis", "hegemon", "dictator", "evil", "专制", "霸权", "帝国主义", "独裁", "邪恶", NULL };
static const char *const wide_words[] = { "all cyber", "never again", "unconditional", "everything", "complete and permanent", "一切", "永远", "无条件", "彻底", NULL };

/* Case-blind for ASCII; whole text of every string in the body. */
static const char *find_words(const struct parley_node *node, const char *const *words, int depth)
{
    if (!node || depth > PARLEY_BODY_DEPTH_MAX)
        return NULL;
    if (node->kind == PARLEY_NODE_SCALAR && node->quoted)
        for (const char *const *w = words; *w; w++)
            for (const char *p = node->text; *p; p++)
                if (!strncasecmp(p, *w, strlen(*w)))
                    return *w;
    for (size_t i = 0; i < node->n; i++) {
        const char *found = find_words(&node->child[i], words, depth + 1);
        if (found)
            return found;
    }
    return NULL;
}

static bool filled(const struct parley_node *body, const char *field)
{
    const struct parley_node *v = parley_node_get(body, field);
    return v && ((v->kind == PARLEY_NODE_SCALAR && v->len) || ((v->kind == PARLEY_NODE_LIST || v->kind == PARLEY_NODE_MAP) && v->n));
}

static bool says_yes(const struct parley_node *body, const char *field)
{
    const struct parley_node *v = parley_node_get(body, field);
    return v && (!strcmp(v->text, "yes") || !strcmp(v->text, "true"));
}

/* A member of the body that the type's template does not have. What attachments add is the desk's own. */
static const char *unknown_field(const struct parley_node *body, const struct parley_field *field, size_t n)
{
    for (size_t i = 0; body->kind == PARLEY_NODE_MAP && i < body->n; i++) {
        bool known = !strcmp(body->child[i].key, "attachments");
        for (size_t k = 0; k < n && !known; k++)
            known = !strcmp(body->child[i].key, field[k].name);
        if (!known)
            return body->child[i].key;
    }
    return NULL;
}

/* A field that says when, and does not say it. */
static const char *unclear_time(const struct parley_node *body)
{
    static const char *const times[] = { "when", "from", "until", "embargo" };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        const struct parley_node *v = parley_node_get(body, times[i]);
        struct parley_date date;
        if (v && v->kind == PARLEY_NODE_SCALAR && v->len && parley_date_parse(v->text, v->len, &date, NULL))
            return times[i];
    }
    return NULL;
}

/* What a rule noticed, or NULL. */
static const char *judge(const char *rule, const char *type, const struct parley_node *body, uint32_t within_s, const struct parley_field *field, size_t n_fields)
{
    bool addresses = !strcmp(type, "incident-notification") || !strcmp(type, "concern") || !strcmp(type, "de-escalation-proposal");
    bool asks = filled(body, "request");
    if (!strcmp(rule, "interest-missing"))
        return addresses && !filled(body, "their_interest") ? "their_interest" : NULL;
    if (!strcmp(rule, "intent-missing"))
        return addresses && !filled(body, "their_intent") ? "their_intent" : NULL;
    if (!strcmp(rule, "no-way-out"))
        return asks && addresses && !filled(body, "offer") && !filled(body, "way_out") ? "request" : NULL;
    if (!strcmp(rule, "public-naming"))
        return says_yes(body, "public") ? "public" : NULL;
    if (!strcmp(rule, "deadline-short"))
        return within_s && strcmp(type, "comms-check") && strcmp(type, "pause") && within_s < (asks ? 86400u : 7200u) ? "answer within" : NULL;
    if (!strcmp(rule, "ultimatum"))
        return find_words(body, ultimatum_words, 0);
    if (!strcmp(rule, "force"))
        return find_words(body, force_words, 0);
    if (!strcmp(rule, "zero-sum"))
        return find_words(body, zero_sum_words, 0);
    if (!strcmp(rule, "ideology"))
        return find_words(body, ideology_words, 0);
    if (!strcmp(rule, "means-wide"))
        return find_words(body, wide_words, 0);
    if (!strcmp(rule, "field-unknown"))
        return unknown_field(body, field, n_fields);
    if (!strcmp(rule, "time-unclear"))
        return unclear_time(body);
    const struct parley_node *issues = parley_node_get(body, "issues");
    if (!strcmp(rule, "issues-tied"))
        return issues && issues->kind == PARLEY_NODE_LIST && issues->n > 1 ? "issues" : NULL;
    if (!strcmp(rule, "hurt-leads")) {
        const struct parley_node *lead = parley_node_get(body, "lead"), *hurt = parley_node_get(body, "hurt");
        return lead && hurt && lead->len && !strcasecmp(lead->text, hurt->text) ? "lead" : NULL;
    }
    return NULL;
}

enum parley_status parley_draft_advice(const char *type, const char *body, size_t len, uint32_t within_s, struct parley_arena *arena, struct parley_advice **out,
                                       size_t *n, struct parley_error *err)
{
    struct parley_node *root;
    struct parley_field *field;
    size_t n_fields;
    char *cell[5];
    *n = 0;
    enum parley_status status = parley_body_check(body, len, "draft", err);
    if (!status)
        status = parley_json_parse(body, len, "draft", arena, &root, err);
    if (!status)
        status = parley_type_fields(type, arena, &field, &n_fields, err);
    if (status)
        return status;
    if (!(*out = PARLEY_NEW(arena, struct parley_advice, ADVICE_MAX)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (const char *at = table_of("channel/advice.csv"); *at && *n < ADVICE_MAX;) {
        if (cells_of(&at, cell, 5, arena) != 5)
            continue;
        const char *found = judge(cell[0], type, root, within_s, field, n_fields);
        if (found)
            (*out)[(*n)++] = (struct parley_advice){ cell[0], cell[1], cell[2], cell[3], cell[4], found };
    }
    return PARLEY_OK;
}
