#include "event_text.h"

#include <string.h>

static enum parley_status date_option(struct invocation *in, const char *name, bool end, int64_t *out)
{
    const char *text = option_text(in, name);
    struct parley_date date;
    if (!text)
        return PARLEY_OK;
    enum parley_status status = parley_date_parse(text, strlen(text), &date, &in->err);
    if (status)
        return parley_fail_in(&in->err, status, "--%s", name);
    if (date.precision == PARLEY_UNDATED)
        return parley_fail(&in->err, PARLEY_EINVAL, "--%s: expected a date such as 2014, 2014-05 or 2014-05-19", name);
    *out = end ? date.end_us : date.start_us;
    return PARLEY_OK;
}

static enum parley_status list_option(struct invocation *in, const char *name, const char *const **out, size_t *n)
{
    const char *text = option_text(in, name);
    if (!text)
        return PARLEY_OK;
    char *copy = parley_arena_strdup(&in->arena, text);
    const char **list = PARLEY_NEW(&in->arena, const char *, strlen(text) + 1);
    if (!copy || !list)
        return parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
    *n = 0;
    for (char *p = strtok(copy, ", "); p; p = strtok(NULL, ", "))
        list[(*n)++] = p;
    *out = list;
    return PARLEY_OK;
}

/* "; did you mean crime?", or "" when nothing is near. False when the word is one of them. */
static bool is_unknown(struct invocation *in, const char *word, const char *code, size_t *best, const char **hint)
{
    size_t d = parley_edit_distance(word, code);
    if (d < *best) {
        *best = d;
        *hint = parley_arena_printf(&in->arena, "; did you mean %s?", code);
    }
    return *best > 0;
}

static enum parley_status check_domains(struct invocation *in, const struct parley_event_query *q)
{
    struct parley_domain *domain;
    size_t n;
    enum parley_status status = parley_domains(&in->arena, &domain, &n, &in->err);
    for (size_t i = 0; i < q->n_domains && !status; i++) {
        const char *hint = "";
        size_t best = 4;
        bool unknown = true;
        for (size_t k = 0; k < n && unknown; k++)
            unknown = is_unknown(in, q->domain[i], domain[k].code, &best, &hint);
        if (unknown)
            status = parley_fail(&in->err, PARLEY_EINVAL, "--domain: there is no domain '%.40s'%s; 'parley record domains' lists them", q->domain[i], hint ? hint : "");
    }
    return status;
}

/* A record may hold kinds of its own, so that an unknown one is no error; a typing mistake is still worth a word. */
static enum parley_status check_kinds(struct invocation *in, const struct parley_event_query *q)
{
    struct parley_kind *kind;
    size_t n;
    enum parley_status status = parley_kinds(&in->arena, &kind, &n, &in->err);
    for (size_t i = 0; i < q->n_kinds && !status; i++) {
        const char *hint = "";
        size_t best = 4;
        bool unknown = true;
        for (size_t k = 0; k < n && unknown; k++)
            unknown = is_unknown(in, q->kind[i], kind[k].code, &best, &hint);
        if (unknown)
            say(in, PARLEY_SAY(in->lang, "--kind: '%s' is none of Parley's kinds of events%s; 'parley record kinds' lists them", "--kind：“%s”不是Parley已有的事件种类%s；parley record kinds 列出全部"), q->kind[i], hint ? hint : "");
    }
    return status;
}

enum parley_status event_query(struct invocation *in, struct parley_record *record, const char **actors, int n_actors, struct parley_event_query *q, uint64_t *limit)
{
    *q = (struct parley_event_query){ .mechanism = option_text(in, "mechanism"), .source = option_text(in, "source") };
    *limit = 1000;
    int64_t from = parley_days_from_civil(1, 1, 1) * PARLEY_US_PER_DAY, to = parley_days_from_civil(9999, 12, 31) * PARLEY_US_PER_DAY;
    const char **codes = NULL;
    enum parley_status status = option_u64(in, "limit", 1, PARLEY_EVENTS_MAX, limit);
    if (!status)
        status = date_option(in, "from", false, &from);
    if (!status)
        status = date_option(in, "to", true, &to);
    if (!status && (option_given(in, "from") || option_given(in, "to")))
        q->from_us = from, q->to_us = to;
    if (!status)
        status = list_option(in, "domain", &q->domain, &q->n_domains);
    if (!status)
        status = list_option(in, "kind", &q->kind, &q->n_kinds);
    if (!status)
        status = check_domains(in, q);
    if (!status)
        status = check_kinds(in, q);
    if (!status && n_actors)
        status = resolve_actors(in, record, actors, n_actors, &codes);
    q->relation = codes;
    q->n_relation = (size_t)n_actors;
    const char *side[] = { option_text(in, "actor"), option_text(in, "target") };
    const char **meant[] = { &q->actor, &q->target };
    for (int i = 0; i < 2 && !status; i++)
        if (side[i] && !(status = resolve_actors(in, record, &side[i], 1, &codes)))
            *meant[i] = codes[0];
    return status;
}

const char *date_text(struct invocation *in, const struct parley_date *date)
{
    char a[PARLEY_DATE_TEXT], b[PARLEY_DATE_TEXT];
    if (date->precision == PARLEY_UNDATED)
        return PARLEY_SAY(in->lang, "no date", "无日期");
    parley_date_start_text(date, a);
    parley_date_end_text(date, b);
    return strcmp(a, b) ? parley_arena_printf(&in->arena, PARLEY_SAY(in->lang, "%s to %s", "%s至%s"), a, b) : parley_arena_strdup(&in->arena, a);
}

enum parley_status load_words(struct invocation *in, struct event_words *w)
{
    *w = (struct event_words){ 0 };
    if (in->lang == PARLEY_EN)
        return PARLEY_OK;
    enum parley_status status = parley_domains(&in->arena, &w->domain, &w->n_domains, &in->err);
    return status ? status : parley_kinds(&in->arena, &w->kind, &w->n_kinds, &in->err);
}

const char *domain_word(const struct event_words *w, const char *code)
{
    for (size_t i = 0; i < w->n_domains; i++)
        if (!strcmp(w->domain[i].code, code))
            return w->domain[i].zh;
    return code;
}

const char *kind_word(const struct event_words *w, const char *code)
{
    for (size_t i = 0; i < w->n_kinds; i++)
        if (!strcmp(w->kind[i].code, code))
            return w->kind[i].zh;
    return code;
}

const char *joined(struct invocation *in, const char *const *text, size_t n)
{
    const char *out = "";
    for (size_t i = 0; i < n && out; i++)
        out = parley_arena_printf(&in->arena, "%s%s%s", out, i ? ";" : "", text[i]);
    return out ? out : "";
}

void events_json(struct parley_json *json, const struct parley_event *event, size_t n)
{
    parley_json_array(json);
    for (size_t i = 0; i < n; i++) {
        const struct parley_event *e = &event[i];
        char a[PARLEY_DATE_TEXT], b[PARLEY_DATE_TEXT], known[PARLEY_DATE_TEXT];
        parley_date_start_text(&e->when, a);
        parley_date_end_text(&e->when, b);
        parley_date_start_text(&e->known, known);
        parley_json_object(json);
        parley_json_put_string(json, "event_id", e->id);
        parley_json_put_string(json, "date_start", a);
        parley_json_put_string(json, "date_end", strcmp(a, b) ? b : "");
        parley_json_put_string(json, "precision", parley_precision_text(e->when.precision));
        parley_json_put_string(json, "date_public", known);
        parley_json_put_strings(json, "actor", e->actor, e->n_actors);
        parley_json_put_strings(json, "target", e->target, e->n_targets);
        parley_json_put_string(json, "kind", e->kind);
        parley_json_put_string(json, "domain", e->domain);
        parley_json_put_number(json, "intensity", e->intensity);
        parley_json_put_string(json, "attribution", e->attribution);
        parley_json_put_string(json, "mechanism", e->mechanism);
        parley_json_put_string(json, "what", e->what);
        if (e->what_zh && *e->what_zh)
            parley_json_put_string(json, "what_zh", e->what_zh);
        parley_json_put_string(json, "source", e->source);
        parley_json_put_string(json, "note", e->note);
        parley_json_put_integer(json, "reports", (int64_t)e->n_reports);
        parley_json_object_end(json);
    }
    parley_json_array_end(json);
}

/* Is there an event among them on which sources disagree? */
static bool event_rows(struct invocation *in, const struct event_words *words, struct parley_table *t, const struct parley_event *event, size_t n)
{
    bool starred = false;
    parley_table_column(t, PARLEY_SAY(in->lang, "event", "事件"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "date", "日期"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "who", "行为体"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "domain", "领域"), PARLEY_LEFT);
    parley_table_column(t, PARLEY_SAY(in->lang, "intensity", "强度"), PARLEY_RIGHT);
    parley_table_column(t, PARLEY_SAY(in->lang, "what", "内容"), PARLEY_LEFT);
    for (const struct parley_event *e = event; e < event + n; e++) {
        parley_table_cell(t, "%s%s", e->id, e->n_reports > 1 ? "*" : "");
        parley_table_cell(t, "%s", date_text(in, &e->when));
        parley_table_cell(t, "%s > %s", joined(in, e->actor, e->n_actors), joined(in, e->target, e->n_targets));
        parley_table_cell(t, "%s", domain_word(words, e->domain));
        parley_table_number(t, e->intensity, 3);
        parley_table_cell(t, "%s", parley_event_what(e, in->lang));
        starred |= e->n_reports > 1;
    }
    return starred;
}

static enum parley_status events_table(struct invocation *in, const struct parley_event_list *list, uint64_t limit)
{
    struct parley_doc doc;
    struct event_words words;
    enum parley_status status = load_words(in, &words);
    if (status)
        return status;
    begin_doc(in, &doc, "");
    bool starred = list->n && event_rows(in, &words, parley_doc_table(&doc, ""), list->event, list->n < limit ? list->n : (size_t)limit);
    if (!list->n)
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "No event of the record fits.", "记录中没有符合条件的事件。"));
    else if (list->n > limit)
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%llu of %zu events; --limit N shows more.", "共%2$zu个事件，显示%1$llu个；--limit N 显示更多。"), (unsigned long long)limit, list->n);
    else
        parley_doc_paragraph(&doc, PARLEY_SAY(in->lang, "%zu event%s.", "%zu个事件%s。"), list->n, in->lang == PARLEY_EN && list->n != 1 ? "s" : "");
    if (starred)
        parley_doc_paragraph(&doc, "%s", PARLEY_SAY(in->lang, "A star: sources disagree, 'parley record show EVENT' tells how.", "星号：来源说法不一，用 parley record show 事件号 查看。"));
    return finish_doc(in, &doc);
}

enum parley_status list_events(struct invocation *in, const char **actors, int n_actors, const char *words)
{
    struct parley_record *record = NULL;
    struct parley_event_query query = { 0 };
    struct parley_event_list list = { 0 };
    uint64_t limit = 0;
    enum parley_status status = open_record(in, PARLEY_RECORD_READ, &record);
    if (!status)
        status = event_query(in, record, actors, n_actors, &query, &limit);
    query.text = words;
    if (!status)
        status = parley_record_events(record, &query, &in->arena, &list, &in->err);
    parley_record_close(record);
    if (status)
        return status;
    if (!in->json)
        return events_table(in, &list, limit);
    struct parley_json json;
    begin_json(in, &json);
    events_json(&json, list.event, list.n < limit ? list.n : (size_t)limit);
    return PARLEY_OK;
}
