#include "base/try.h"

#include <parley/cases.h>

#include <math.h>
#include <string.h>

static enum parley_status
text_of(const struct parley_node *map, const char *key, const char **out, struct parley_error *err)
{
    const struct parley_node *node = parley_node_get(map, key);
    *out = "";
    return node && node->kind != PARLEY_NODE_NULL ? parley_node_string(node, out, err) : PARLEY_OK;
}

/* A term of the codebook, with the nearest one suggested. */
static enum parley_status term_of(const struct parley_node *map, const char *key,
                                  const struct parley_codebook_term *list, size_t n,
                                  const struct parley_codebook_term **out, struct parley_error *err)
{
    const struct parley_node *node = parley_node_get(map, key);
    const char *text, *nearest = "";
    size_t best = 99;
    if (!node)
        return parley_node_fail(map, err, PARLEY_ENOTFOUND, "expected the key '%s'", key);
    TRY(parley_node_string(node, &text, err));
    *out = parley_codebook_term(list, n, text);
    if (*out)
        return PARLEY_OK;
    for (size_t i = 0; i < n; i++) {
        size_t d = parley_edit_distance(text, list[i].id);
        if (d < best)
            best = d, nearest = list[i].id;
    }
    return parley_node_fail(node, err, PARLEY_EDOM, "%s: the codebook has no '%.60s'; did you mean '%s'?", key, text,
                            nearest);
}

/* yes, no, unknown, or the words of a variable */
static enum parley_status
tri_of(const struct parley_node *node, const char *yes, const char *no, enum parley_tri *out, struct parley_error *err)
{
    const char *text;
    *out = PARLEY_UNKNOWN;
    if (!node || node->kind == PARLEY_NODE_NULL)
        return PARLEY_OK;
    TRY(parley_node_string(node, &text, err));
    if (!strcmp(text, yes) || !strcmp(text, "yes") || !strcmp(text, "true"))
        *out = PARLEY_YES;
    else if (!strcmp(text, no) || !strcmp(text, "no") || !strcmp(text, "false"))
        *out = PARLEY_NO;
    else if (strcmp(text, "unknown") && strcmp(text, "open"))
        return parley_node_fail(node, err, PARLEY_EPARSE, "expected %s, %s or unknown, found '%.60s'", yes, no, text);
    return PARLEY_OK;
}

static enum parley_status own_terms(const struct parley_node *row, struct parley_terms *own, struct parley_error *err)
{
    static const struct {
        const char *key;
        double low, high;
        size_t offset;
    } field[] = {
        { "gain", 0, 1e6, offsetof(struct parley_terms, gain) },
        { "loss", 0, 1e6, offsetof(struct parley_terms, loss) },
        { "credibility", 0, 1, offsetof(struct parley_terms, credibility) },
        { "cost", 0, 1e6, offsetof(struct parley_terms, cost) },
        { "payment", -1e6, 1e6, offsetof(struct parley_terms, payment) },
    };
    *own = (struct parley_terms) { NAN, NAN, NAN, NAN, NAN };
    for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
        const struct parley_node *node = parley_node_get(row, field[i].key);
        if (node)
            TRY(parley_node_double(node, field[i].low, field[i].high, (double *)(void *)((char *)own + field[i].offset),
                                   err));
    }
    return PARLEY_OK;
}

static enum parley_status party_of(const struct parley_node *row, struct parley_party *p, struct parley_error *err)
{
    static const char *const known[] = { "code", "role", "gain", "loss", "credibility", "cost", "payment", NULL };
    *p = (struct parley_party) { .own = { NAN, NAN, NAN, NAN, NAN } };
    if (row->kind != PARLEY_NODE_MAP)
        return parley_node_string(row, &p->name, err);
    TRY(parley_node_only_keys(row, known, err));
    if (!parley_node_get(row, "code"))
        return parley_node_fail(row, err, PARLEY_ENOTFOUND, "a party needs a code, such as CN");
    TRY(parley_node_string(parley_node_get(row, "code"), &p->name, err));
    const struct parley_node *role = parley_node_get(row, "role");
    if (role) {
        const char *text;
        TRY(parley_node_string(role, &text, err));
        if (strcmp(text, "pivotal") && strcmp(text, "follower"))
            return parley_node_fail(role, err, PARLEY_EDOM, "role: expected pivotal or follower, found '%.60s'", text);
        p->follower = text[0] == 'f';
    }
    return own_terms(row, &p->own, err);
}

static enum parley_status parties(const struct parley_node *root, const struct parley_codebook *book,
                                  struct parley_arena *arena, struct parley_coded_case *c, struct parley_error *err)
{
    const struct parley_node *list = parley_node_get(root, "parties");
    if (!list || list->kind != PARLEY_NODE_LIST)
        return parley_node_fail(list ? list : root, err, PARLEY_ENOTFOUND,
                                "expected 'parties', a list of codes such as [CN, US]");
    if (list->n > PARLEY_PARTIES_MAX)
        return parley_node_fail(list, err, PARLEY_ELIMIT, "%zu parties, at most %d are possible", list->n,
                                PARLEY_PARTIES_MAX);
    struct parley_party *p = PARLEY_NEW(arena, struct parley_party, list->n + 2);
    struct parley_text members;
    size_t pivotal = 0;
    if (!p)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    parley_text_init(&members, PARLEY_CASE_BYTES_MAX);
    for (size_t i = 0; i < list->n; i++) {
        enum parley_status status = party_of(&list->child[i], &p[i], err);
        for (size_t j = 0; j < i && !status; j++)
            if (!strcmp(p[i].name, p[j].name))
                status = parley_node_fail(&list->child[i], err, PARLEY_EDOM, "party %.60s is there twice", p[i].name);
        if (status) {
            parley_text_release(&members);
            return status;
        }
        pivotal += !p[i].follower;
        parley_text_addf(&members, "%s%s", i ? ";" : "", p[i].name);
    }
    c->members = parley_text_keep(&members, arena);
    parley_text_release(&members);
    if (!c->members)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    c->party = p;
    c->n_parties = list->n;
    if (list->n == 1 &&
        (!strncmp(p[0].name, "ORG:", 4) || strchr(p[0].name, ';'))) { /* a body stands for its members: two sides */
        c->sides = true;
        c->n_parties = 2;
        p[0] = p[1] = (struct parley_party) { .name = "proposers", .own = { NAN, NAN, NAN, NAN, NAN } };
        p[1].name = "others";
        return PARLEY_OK;
    }
    if ((int64_t)list->n < book->scope_min_parties)
        return parley_node_fail(list, err, PARLEY_EREFUSED,
                                "out of scope: the theory needs at least %lld parties, found %zu",
                                (long long)book->scope_min_parties, list->n);
    if (pivotal == 0)
        return parley_node_fail(list, err, PARLEY_EREFUSED,
                                "out of scope: every party is a follower; at least one must be pivotal");
    c->follower_case |= (int64_t)pivotal < book->scope_min_parties;
    return PARLEY_OK;
}

static enum parley_status codings(const struct parley_node *root, const struct parley_codebook *book,
                                  struct parley_arena *arena, struct parley_coded_case *c, struct parley_error *err)
{
    static const char *const known[] = { "indicator", "value", "coder", "date", "evidence", "note", NULL };
    const struct parley_node *list = parley_node_get(root, "codings");
    if (!list || list->kind == PARLEY_NODE_NULL)
        return PARLEY_OK;
    if (list->kind != PARLEY_NODE_LIST || list->n > PARLEY_CODINGS_MAX)
        return parley_node_fail(list, err, PARLEY_EPARSE, "codings: expected a list of at most %d", PARLEY_CODINGS_MAX);
    struct parley_coding *out = PARLEY_NEW(arena, struct parley_coding, list->n);
    if (!out)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < list->n; i++) {
        const struct parley_node *row = &list->child[i], *id = parley_node_get(row, "indicator"),
                                 *date = parley_node_get(row, "date");
        const struct parley_codebook_variable *v;
        const struct parley_codebook_indicator *x;
        struct parley_date when;
        TRY(parley_node_only_keys(row, known, err));
        TRY(parley_node_string(id, &out[i].indicator, err));
        x = parley_codebook_indicator(book, out[i].indicator, &v);
        if (!x && !(v = parley_codebook_variable(book, out[i].indicator)))
            return parley_node_fail(id, err, PARLEY_EDOM, "the codebook has no indicator '%.60s'", out[i].indicator);
        if (x)
            out[i].indicator = x->id;
        TRY(tri_of(parley_node_get(row, "value"), v->yes, v->no, &out[i].value, err));
        TRY(text_of(row, "coder", &out[i].coder, err));
        TRY(text_of(row, "date", &out[i].date, err));
        TRY(text_of(row, "evidence", &out[i].evidence, err));
        TRY(text_of(row, "note", &out[i].note, err));
        if (!*out[i].coder)
            return parley_node_fail(row, err, PARLEY_EDOM, "a coding names its coder: add coder:");
        if (!*out[i].evidence)
            return parley_node_fail(row, err, PARLEY_EDOM,
                                    "a coding names its evidence: add evidence: (an event, a figure or a source)");
        if (parley_date_parse(out[i].date, strlen(out[i].date), &when, err))
            return parley_node_fail(date, err, PARLEY_EPARSE, "date: expected a date such as 2026-01-31, found '%.60s'",
                                    out[i].date);
    }
    c->coding = out;
    c->n_codings = list->n;
    return PARLEY_OK;
}

enum parley_status parley_case_date(const char *text, struct parley_date *out, struct parley_error *err)
{
    const char *slash = strchr(text, '/');
    size_t n = strlen(text);
    if (slash)
        return parley_date_parse_span(text, (size_t)(slash - text), slash + 1, strlen(slash + 1), out, err);
    if (n == 9 && text[4] == '-') /* 1998-2024 */
        return parley_date_parse_span(text, 4, text + 5, 4, out, err);
    return parley_date_parse(text, n, out, err);
}

static enum parley_status
chain(const struct parley_node *root, struct parley_arena *arena, struct parley_coded_case *c, struct parley_error *err)
{
    static const char *const known[] = { "date", "what", "indicator", "source", NULL };
    const struct parley_node *list = parley_node_get(root, "trace");
    if (!list || list->kind == PARLEY_NODE_NULL)
        return PARLEY_OK;
    if (list->kind != PARLEY_NODE_LIST || list->n > PARLEY_TRACE_MAX)
        return parley_node_fail(list, err, PARLEY_EPARSE, "trace: expected a list of at most %d", PARLEY_TRACE_MAX);
    struct parley_trace_link *out = PARLEY_NEW(arena, struct parley_trace_link, list->n);
    if (!out)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < list->n; i++) {
        const struct parley_node *row = &list->child[i];
        TRY(parley_node_only_keys(row, known, err));
        TRY(text_of(row, "date", &out[i].date, err));
        TRY(parley_node_string(parley_node_get(row, "what"), &out[i].what, err));
        TRY(text_of(row, "indicator", &out[i].indicator, err));
        TRY(text_of(row, "source", &out[i].source, err));
        if (parley_case_date(out[i].date, &out[i].when, err))
            return parley_node_fail(row, err, PARLEY_EPARSE,
                                    "trace: expected a date such as 2013-06 or 2013-06/2014-02, found '%.60s'",
                                    out[i].date);
    }
    c->trace = out;
    c->n_trace = list->n;
    return PARLEY_OK;
}

static enum parley_status series(const struct parley_node *root, struct parley_arena *arena,
                                 struct parley_coded_case *c, struct parley_error *err)
{
    static const char *const known[] = { "year", "harm", "threat", NULL };
    const struct parley_node *list = parley_node_get(root, "window");
    if (!list || list->kind == PARLEY_NODE_NULL)
        return PARLEY_OK;
    if (list->kind != PARLEY_NODE_LIST || list->n > PARLEY_WINDOW_MAX)
        return parley_node_fail(list, err, PARLEY_EPARSE, "window: expected a list of at most %d years",
                                PARLEY_WINDOW_MAX);
    struct parley_window_point *out = PARLEY_NEW(arena, struct parley_window_point, list->n);
    if (!out)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < list->n; i++) {
        const struct parley_node *row = &list->child[i];
        int64_t year = 0;
        TRY(parley_node_only_keys(row, known, err));
        TRY(parley_node_i64(parley_node_get(row, "year"), 1900, 2200, &year, err));
        TRY(parley_node_double(parley_node_get(row, "harm"), 0, 1, &out[i].harm, err));
        TRY(parley_node_double(parley_node_get(row, "threat"), 0, 1, &out[i].threat, err));
        if (i && year <= out[i - 1].year)
            return parley_node_fail(row, err, PARLEY_EDOM, "window: the year %lld is not after %d", (long long)year,
                                    out[i - 1].year);
        out[i].year = (int)year;
    }
    c->window = out;
    c->n_window = list->n;
    return PARLEY_OK;
}

static enum parley_status design(const struct parley_node *root, const struct parley_codebook *book,
                                 struct parley_coded_case *c, struct parley_error *err)
{
    const struct parley_node *map = parley_node_get(root, "measures");
    if (!map || map->kind == PARLEY_NODE_NULL)
        return PARLEY_OK;
    const char *known[PARLEY_MEASURES_MAX + 1] = { NULL };
    for (size_t m = 0; m < book->n_measures; m++)
        known[m] = book->measure[m].id;
    TRY(parley_node_only_keys(map, known, err));
    for (size_t m = 0; m < book->n_measures; m++)
        if (parley_node_get(map, book->measure[m].id))
            TRY(parley_node_double(parley_node_get(map, book->measure[m].id), 0, 1, &c->strength[m], err));
    return PARLEY_OK;
}

enum parley_tri
parley_case_consensus(const struct parley_coded_case *c, const char *indicator, size_t *n, bool *disagree)
{
    enum parley_tri all = PARLEY_UNKNOWN;
    size_t coders = 0;
    bool differ = false;
    for (size_t i = 0; i < c->n_codings; i++) {
        if (strcmp(c->coding[i].indicator, indicator))
            continue;
        differ |= coders > 0 && c->coding[i].value != all;
        all = c->coding[i].value;
        coders++;
    }
    if (n)
        *n = coders;
    if (disagree)
        *disagree = differ;
    return differ ? PARLEY_UNKNOWN : all;
}

/* The variable from its indicators, or from codings of the variable as a whole; false when nothing was coded. */
static bool
variable_of(const struct parley_coded_case *c, const struct parley_codebook_variable *v, enum parley_tri *out)
{
    enum parley_tri value[PARLEY_INDICATORS_MAX];
    size_t n, coded = 0;
    for (size_t i = 0; i < v->n_indicators; i++) {
        value[i] = parley_case_consensus(c, v->indicator[i].id, &n, NULL);
        coded += v->indicator[i].evidence ? 0 : n;
    }
    *out = parley_codebook_decide(v, value);
    if (coded == 0)
        *out = parley_case_consensus(c, v->id, &coded, NULL);
    return coded > 0;
}

enum parley_status
parley_case_decide(struct parley_coded_case *c, const struct parley_codebook *book, struct parley_error *err)
{
    static const char *const id[] = { "common_harm", "regime_threat" };
    enum parley_tri stated[] = { c->stated_harm, c->stated_threat }, *out[] = { &c->harm, &c->threat };
    for (int i = 0; i < 2; i++) {
        const struct parley_codebook_variable *v = parley_codebook_variable(book, id[i]);
        enum parley_tri coded;
        bool any = variable_of(c, v, &coded);
        if (any && coded != PARLEY_UNKNOWN && stated[i] != PARLEY_UNKNOWN && coded != stated[i])
            return parley_fail(err, PARLEY_EDOM,
                               "case %.60s: %s is stated as %s, but its codings give %s; remove one of them", c->id,
                               v->id, parley_codebook_word(v, stated[i]), parley_codebook_word(v, coded));
        *out[i] = any && coded != PARLEY_UNKNOWN ? coded : stated[i];
    }
    return PARLEY_OK;
}

enum parley_status parley_case_read(const struct parley_node *root, const struct parley_codebook *book,
                                    struct parley_arena *arena, struct parley_coded_case *out, struct parley_error *err)
{
    static const char *const known[] = {
        "id",      "name",      "name_zh", "instrument",    "issue",       "issue2",        "type",
        "year",    "year_kind", "parties", "follower_case", "common_harm", "regime_threat", "outcome",
        "codings", "trace",     "window",  "measures",      "source",      "note",          NULL
    };
    struct parley_coded_case c = { .issue2 = "", .instrument = "" };
    const struct parley_codebook_term *term;
    const struct parley_codebook_variable *v;
    const char *kind;
    if (root->kind != PARLEY_NODE_MAP)
        return parley_node_fail(root, err, PARLEY_EPARSE,
                                "a case file is a map: id, name, issue, type, year, parties, ...");
    TRY(parley_node_only_keys(root, known, err));
    if (!parley_node_get(root, "id"))
        return parley_node_fail(root, err, PARLEY_ENOTFOUND, "expected the key 'id'");
    TRY(parley_node_string(parley_node_get(root, "id"), &c.id, err));
    if (!*c.id || strlen(c.id) > 60)
        return parley_node_fail(parley_node_get(root, "id"), err, PARLEY_EDOM, "id: 1 to 60 bytes are possible");
    TRY(text_of(root, "name", &c.en, err));
    TRY(text_of(root, "name_zh", &c.zh, err));
    TRY(text_of(root, "source", &c.source, err));
    TRY(text_of(root, "note", &c.note, err));
    if (parley_node_get(root, "instrument")) {
        TRY(term_of(root, "instrument", book->instrument, book->n_instruments, &term, err));
        if (!term->in_scope)
            return parley_node_fail(parley_node_get(root, "instrument"), err, PARLEY_EREFUSED,
                                    "out of the theory's scope: %s (%s). It explains binding instruments only: a "
                                    "treaty or a political agreement",
                                    term->en, term->reason);
        c.instrument = term->id;
    }
    TRY(term_of(root, "issue", book->issue, book->n_issues, &term, err));
    c.issue = term->id;
    if (parley_node_get(root, "issue2")) {
        TRY(term_of(root, "issue2", book->issue, book->n_issues, &term, err));
        c.issue2 = term->id;
    }
    TRY(term_of(root, "type", book->type, book->n_types, &term, err));
    c.type = term->id;
    if (parley_node_get(root, "year"))
        TRY(parley_node_i64(parley_node_get(root, "year"), 1900, 2200, &c.year, err));
    TRY(text_of(root, "year_kind", &kind, err));
    if (*kind && strcmp(kind, "concluded") && strcmp(kind, "started"))
        return parley_node_fail(parley_node_get(root, "year_kind"), err, PARLEY_EDOM,
                                "year_kind: expected concluded or started, found '%.60s'", kind);
    c.started = *kind == 's';
    if (parley_node_get(root, "follower_case"))
        TRY(parley_node_bool(parley_node_get(root, "follower_case"), &c.follower_case, err));
    TRY(parties(root, book, arena, &c, err));
    if (!strcmp(c.type, "bilateral") && c.n_parties > 2)
        return parley_node_fail(parley_node_get(root, "type"), err, PARLEY_EDOM,
                                "type: bilateral, but there are %zu parties; make it multilateral or name two", c.n_parties);
    v = parley_codebook_variable(book, "common_harm");
    TRY(tri_of(parley_node_get(root, "common_harm"), v->yes, v->no, &c.stated_harm, err));
    v = parley_codebook_variable(book, "regime_threat");
    TRY(tri_of(parley_node_get(root, "regime_threat"), v->yes, v->no, &c.stated_threat, err));
    TRY(tri_of(parley_node_get(root, "outcome"), "reached", "not_reached", &c.outcome, err));
    TRY(codings(root, book, arena, &c, err));
    TRY(chain(root, arena, &c, err));
    TRY(series(root, arena, &c, err));
    TRY(design(root, book, &c, err));
    if (parley_case_decide(&c, book, err))
        return parley_fail_in(err, PARLEY_EDOM, "%s:%u", root->file, root->line);
    *out = c;
    return PARLEY_OK;
}

/* --- views ----------------------------------------------------------------------------------------------- */

struct parley_situation parley_case_situation(const struct parley_coded_case *c, const struct parley_codebook *book)
{
    const struct parley_codebook_term *issue = parley_codebook_term(book->issue, book->n_issues, c->issue);
    const struct parley_codebook_term *issue2 = parley_codebook_term(book->issue, book->n_issues, c->issue2);
    struct parley_situation s = {
        .book = book,
        .conditions = { .severe = c->harm,
                        .threat = c->threat,
                        .multilateral = !strcmp(c->type, "multilateral"),
                        .sensitive = (issue && issue->sensitive) || (issue2 && issue2->sensitive) },
        .party = c->party,
        .n = c->n_parties,
    };
    memcpy(s.strength, c->strength, sizeof s.strength);
    return s;
}

void parley_case_window(const struct parley_coded_case *c, const struct parley_codebook *book, int64_t *from_year,
                        int64_t *to_year)
{
    int64_t end = c->year;
    if (c->started) { /* ends with its breakdown or the last observation */
        for (size_t i = 0; i < c->n_trace; i++) {
            int year, month, day;
            parley_civil_from_days((c->trace[i].when.end_us - 1) / PARLEY_US_PER_DAY, &year, &month, &day);
            if (c->trace[i].when.precision != PARLEY_UNDATED && year > end)
                end = year;
        }
        for (size_t i = 0; i < c->n_window; i++)
            end = c->window[i].year > end ? c->window[i].year : end;
    }
    *to_year = end;
    *from_year = end - book->window_years;
}

struct parley_coded_case parley_case_uncoded(const char *id, const char *members, int64_t year, const struct parley_party *party, size_t n_parties)
{
    return (struct parley_coded_case) { .id = id,
                                        .en = "",
                                        .zh = "",
                                        .instrument = "",
                                        .issue = "crime",
                                        .issue2 = "",
                                        .type = n_parties > 2 ? "multilateral" : "bilateral",
                                        .members = members,
                                        .year = year,
                                        .party = party,
                                        .n_parties = n_parties,
                                        .harm = PARLEY_UNKNOWN,
                                        .threat = PARLEY_UNKNOWN,
                                        .stated_harm = PARLEY_UNKNOWN,
                                        .stated_threat = PARLEY_UNKNOWN,
                                        .outcome = PARLEY_UNKNOWN,
                                        .source = "",
                                        .note = "" };
}
