#include <parley/cases.h>

#include <string.h>
#include <strings.h>

struct look { /* one indicator looked up in the record */
    const struct parley_propose_rule *rule;
    const char *members; /* parties of the case, joined by ';' */
    int64_t from_us, middle_us, to_us;
};

static bool is_member(const char *members, const char *code)
{
    size_t n = strlen(code);
    for (const char *p = members; n && (p = strstr(p, code)); p += n)
        if ((p == members || p[-1] == ';') && (!p[n] || p[n] == ';'))
            return true;
    return false;
}

static bool any_member(const char *members, const char *const *code, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_member(members, code[i]))
            return true;
    return false;
}

static bool listed(const char *const *list, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i], word))
            return true;
    return n == 0;
}

static bool holds(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (; n && *text; text++)
        if (!strncasecmp(text, word, n))
            return true;
    return n == 0;
}

/* Hostile, dated, in the window, of the right kind, against a party. */
static bool speaks(const struct look *l, const struct parley_event *e)
{
    return e->when.precision != PARLEY_UNDATED && e->when.start_us >= l->from_us && e->when.start_us < l->to_us &&
           e->intensity < 0 && any_member(l->members, e->target, e->n_targets) &&
           listed(l->rule->domain, l->rule->n_domains, e->domain) && listed(l->rule->kind, l->rule->n_kinds, e->kind) &&
           holds(e->what, l->rule->text);
}

/* From a party toward another party. */
static bool between(const struct look *l, const struct parley_event *e)
{
    return any_member(l->members, e->actor, e->n_actors);
}

/* `a` shows a common source with some other event: the same named outsider against another party, or the answer of a
 * party. */
static bool common(const struct look *l, const struct parley_event_list *events, const struct parley_event *a)
{
    for (size_t i = 0; i < events->n; i++) {
        const struct parley_event *b = &events->event[i];
        if (b == a || !speaks(l, b))
            continue;
        for (size_t x = 0; x < a->n_actors; x++)
            for (size_t t = 0; t < a->n_targets; t++) {
                bool outsider = !is_member(l->members, a->actor[x]) && strcmp(a->actor[x], "UNK");
                if (!is_member(l->members, a->target[t]))
                    continue;
                for (size_t y = 0; y < b->n_actors; y++)
                    for (size_t u = 0; u < b->n_targets; u++) {
                        if (outsider && !strcmp(a->actor[x], b->actor[y]) && is_member(l->members, b->target[u]) &&
                            strcmp(a->target[t], b->target[u]))
                            return true;
                        if (!outsider && is_member(l->members, a->actor[x]) && !strcmp(a->actor[x], b->target[u]) &&
                            !strcmp(a->target[t], b->actor[y]))
                            return true;
                    }
            }
    }
    return false;
}

static enum parley_status look_up(const struct look *l, const struct parley_event_list *events,
                                  struct parley_arena *arena, struct parley_proposal *p, struct parley_error *err)
{
    const struct parley_event **list = PARLEY_NEW(arena, const struct parley_event *, events->n + 1);
    if (!list)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < events->n; i++) {
        const struct parley_event *e = &events->event[i];
        if (!speaks(l, e) || (l->rule->pattern == PARLEY_PATTERN_BETWEEN && !between(l, e)) ||
            (l->rule->pattern == PARLEY_PATTERN_COMMON && !common(l, events, e)))
            continue;
        p->first_half += e->when.start_us < l->middle_us;
        p->severity -= e->intensity;
        p->severity_first_half -= e->when.start_us < l->middle_us ? e->intensity : 0;
        list[p->n_events++] = e;
    }
    p->event = list;
    p->supported = (int64_t)p->n_events >= l->rule->at_least;
    if (l->rule->pattern == PARLEY_PATTERN_RISING)
        p->supported &= p->n_events - p->first_half >= 2 * p->first_half && p->n_events > p->first_half;
    p->stand_in = l->rule->pattern == PARLEY_PATTERN_HEAVIER;
    if (p->stand_in)
        p->supported &= p->severity >= 3 * p->severity_first_half && p->severity > p->severity_first_half;
    return PARLEY_OK;
}

enum parley_status parley_case_propose(const struct parley_coded_case *c, const struct parley_codebook *book,
                                       const struct parley_event_list *events, struct parley_arena *arena,
                                       struct parley_proposal **out, size_t *n_out, struct parley_error *err)
{
    size_t n = 0, most = 0;
    int64_t from, to;
    for (size_t v = 0; v < book->n_variables; v++)
        most += book->variable[v].n_indicators;
    struct parley_proposal *list = PARLEY_NEW(arena, struct parley_proposal, most);
    if (!list)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (c->year == 0)
        return parley_fail(err, PARLEY_EDOM, "case %.60s has no year, so its window is unknown; add year:", c->id);
    parley_case_window(c, book, &from, &to);
    struct look l = { .members = c->members,
                      .from_us = parley_days_from_civil((int)from, 1, 1) * PARLEY_US_PER_DAY,
                      .to_us = parley_days_from_civil((int)to + 1, 1, 1) * PARLEY_US_PER_DAY };
    l.middle_us = l.from_us + (l.to_us - l.from_us) / 2;
    for (size_t v = 0; v < book->n_variables; v++)
        for (size_t i = 0; i < book->variable[v].n_indicators; i++) {
            const struct parley_codebook_indicator *x = &book->variable[v].indicator[i];
            if (x->propose.pattern == PARLEY_PATTERN_NONE)
                continue;
            l.rule = &x->propose;
            list[n] = (struct parley_proposal) { .indicator = x, .variable = &book->variable[v] };
            enum parley_status status = look_up(&l, events, arena, &list[n], err);
            if (status)
                return status;
            n++;
        }
    *out = list;
    *n_out = n;
    return PARLEY_OK;
}

static double share_of(const struct parley_proposal *p, size_t n, const char *variable)
{
    double with_rule = 0, supported = 0;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(p[i].variable->id, variable) && !p[i].stand_in) {
            with_rule++;
            supported += p[i].supported;
        }
    return with_rule == 0 ? 0 : supported / with_rule;
}

enum parley_status parley_case_series(const struct parley_coded_case *c, const struct parley_codebook *book,
                                      const struct parley_event_list *events, struct parley_arena *arena,
                                      struct parley_window_point **out, size_t *n_out, struct parley_error *err)
{
    int64_t from, to;
    parley_case_window(c, book, &from, &to);
    size_t n = (size_t)(to - from + 1);
    if (c->year == 0 || n > PARLEY_WINDOW_MAX)
        return parley_fail(err, PARLEY_EDOM, "case %.60s: no window of at most %d years", c->id, PARLEY_WINDOW_MAX);
    struct parley_window_point *list = PARLEY_NEW(arena, struct parley_window_point, n);
    if (!list)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++) {
        struct parley_coded_case then = { .id = c->id, .members = c->members, .year = from + (int64_t)i };
        struct parley_proposal *p;
        size_t found = 0;
        enum parley_status status = parley_case_propose(&then, book, events, arena, &p, &found, err);
        if (status)
            return status;
        list[i] = (struct parley_window_point) { .year = (int)then.year,
                                                 .harm = share_of(p, found, "common_harm"),
                                                 .threat = share_of(p, found, "regime_threat") };
    }
    *out = list;
    *n_out = n;
    return PARLEY_OK;
}
