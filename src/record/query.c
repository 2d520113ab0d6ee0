/* Selecting events. */
#include "filter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct sql *event_filter_new(void)
{
    struct sql *q = calloc(1, sizeof *q);
    if (q) {
        parley_text_init(&q->text, 1 << 20);
        parley_text_init(&q->fts, 1 << 16);
    }
    return q;
}

void event_filter_free(struct sql *q)
{
    if (!q)
        return;
    parley_text_release(&q->text);
    parley_text_release(&q->fts);
    free(q);
}

static void add_number(struct sql *q, int64_t number)
{
    if (q->n < 256)
        q->value[q->n++].number = number;
}

static void add_text(struct sql *q, const char *text)
{
    if (q->n < 256)
        q->value[q->n].is_text = true, q->value[q->n++].text = text;
}

void event_filter_bind(const struct sql *q, sqlite3_stmt *s)
{
    for (int i = 0; i < q->n; i++)
        if (q->value[i].is_text)
            sqlite3_bind_text(s, i + 1, q->value[i].text, -1, SQLITE_STATIC);
        else
            sqlite3_bind_int64(s, i + 1, q->value[i].number);
}

static void marks(struct sql *q, size_t n)
{
    parley_text_adds(&q->text, "(");
    for (size_t i = 0; i < n; i++)
        parley_text_adds(&q->text, i ? ",?" : "?");
    parley_text_adds(&q->text, ")");
}

static enum parley_status actor_id(struct parley_record *record, const char *code, int64_t *id, struct parley_error *err)
{
    const struct named *found = names_find(record->names, NAME_ANY, code, strlen(code));
    if (!found) {
        const char *near = names_nearest(record->names, code, strlen(code));
        return parley_fail(err, PARLEY_ENOTFOUND, "there is no actor '%.60s'%s%s%s; 'parley record actors' lists them", code,
                           near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
    *id = found->id;
    return PARLEY_OK;
}

static enum parley_status who(struct parley_record *record, const struct parley_event_query *query, struct sql *q, struct parley_error *err)
{
    if (query->n_relation) {
        parley_text_adds(&q->text, " AND r.id IN (SELECT report FROM report_actor WHERE actor IN ");
        marks(q, query->n_relation);
        parley_text_adds(&q->text, " GROUP BY report HAVING count(DISTINCT actor) >= ?)");
        for (size_t i = 0; i < query->n_relation; i++) {
            int64_t id = 0;
            enum parley_status status = actor_id(record, query->relation[i], &id, err);
            if (status)
                return status;
            add_number(q, id);
        }
        add_number(q, query->n_relation > 1 ? 2 : 1);
    }
    const char *const side[] = { query->actor, query->target };
    for (int i = 0; i < 2; i++)
        if (side[i]) {
            int64_t id = 0;
            enum parley_status status = actor_id(record, side[i], &id, err);
            if (status)
                return status;
            parley_text_addf(&q->text, " AND EXISTS(SELECT 1 FROM report_actor a WHERE a.report = r.id AND a.side = %d AND a.actor = ?)", i);
            add_number(q, id);
        }
    return PARLEY_OK;
}

static void one_of(struct sql *q, const char *column, const char *const *words, size_t n)
{
    if (!n)
        return;
    parley_text_addf(&q->text, " AND r.%s IN ", column);
    marks(q, n);
    for (size_t i = 0; i < n; i++)
        add_text(q, words[i]);
}

/* Words of people as a query of FTS5: each in quotes, all must be there. False if the index cannot answer it. */
static bool fts_query(const char *text, struct parley_text *out)
{
    bool any = false;
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p >= 0xE3) /* Chinese and its neighbours are not split into words */
            return false;
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, " \t\"");
        if (n) {
            parley_text_addf(out, "%s\"", any ? " " : "");
            parley_text_add(out, p, n);
            parley_text_adds(out, "\"");
            any = true;
        }
        p += n + (p[n] != 0);
    }
    return any;
}

static void words(const struct parley_event_query *query, struct sql *q, struct parley_text *fts)
{
    if (!query->text || !*query->text)
        return;
    if (fts_query(query->text, fts)) {
        parley_text_adds(&q->text, " AND r.event IN (SELECT event FROM report WHERE id IN (SELECT rowid FROM report_text WHERE report_text MATCH ?))");
        add_text(q, parley_text_str(fts));
    } else {
        parley_text_adds(&q->text, " AND r.event IN (SELECT event FROM report WHERE instr(what || ' ' || coalesce(extra, '') || ' ' || note, ?) > 0)");
        add_text(q, query->text);
    }
}

static const char select_columns[] =
    "SELECT r.id, r.event, r.start_us, r.end_us, r.precision, r.known_start_us, r.known_end_us, r.known_precision, r.kind, r.domain,"
    " r.intensity, r.attribution, r.mechanism, r.what, r.source, r.note, (SELECT count(*) FROM report c WHERE c.event = r.event),"
    " json_extract(r.extra, '$.what_zh')"
    " FROM report r";

enum parley_status event_filter(struct parley_record *record, const struct parley_event_query *query, struct sql *q, struct parley_error *err)
{
    struct parley_text *fts = &q->fts;
    if (query->n_relation + query->n_domains + query->n_kinds > 200)
        return parley_fail(err, PARLEY_ELIMIT, "more than 200 actors, domains and kinds in one query");
    parley_text_adds(&q->text, " r.place = 1");
    enum parley_status status = names_load(record, err);
    if (!status)
        status = who(record, query, q, err);
    if (status)
        return status;
    if (query->from_us || query->to_us) {
        parley_text_adds(&q->text, " AND r.start_us < ? AND r.end_us > ?");
        add_number(q, query->to_us);
        add_number(q, query->from_us);
    }
    if (query->dated_only)
        parley_text_adds(&q->text, " AND r.start_us IS NOT NULL");
    if (query->known_by_us) {
        parley_text_adds(&q->text, " AND coalesce(r.known_end_us, r.end_us) <= ?");
        add_number(q, query->known_by_us);
    }
    one_of(q, "domain", query->domain, query->n_domains);
    one_of(q, "kind", query->kind, query->n_kinds);
    if (query->mechanism)
        one_of(q, "mechanism", &query->mechanism, 1);
    if (query->source) {
        parley_text_adds(&q->text, " AND instr(';' || r.source || ':', ';' || ? || ':') > 0");
        add_text(q, query->source);
    }
    words(query, q, fts);
    status = parley_text_status(&q->text, "the query", err);
    return status ? status : parley_text_status(fts, "the words to search for", err);
}

/* Rows to events, sharing what repeats from one row to the next. */
struct reader {
    struct parley_record *record;
    struct parley_arena *arena;
    sqlite3_stmt *actors;
    struct parley_event *event;
    size_t n, cap;
    const char **code; /* by actor.id, copies in the arena */
    size_t n_codes;
};

static const char *text_of(struct reader *rd, sqlite3_stmt *s, int column, const char *previous)
{
    const char *text = (const char *)sqlite3_column_text(s, column);
    size_t len = (size_t)sqlite3_column_bytes(s, column);
    if (!text || !len)
        return "";
    if (previous && strlen(previous) == len && !memcmp(previous, text, len))
        return previous;
    return parley_arena_copy(rd->arena, text, len);
}

static struct parley_date date_of(sqlite3_stmt *s, int column)
{
    struct parley_date d = { .precision = PARLEY_UNDATED };
    const char *precision = (const char *)sqlite3_column_text(s, column + 2);
    if (sqlite3_column_type(s, column) != SQLITE_NULL && precision && parley_precision_parse(precision, strlen(precision), &d.precision)) {
        d.start_us = sqlite3_column_int64(s, column);
        d.end_us = sqlite3_column_int64(s, column + 1);
    }
    return d;
}

static const char *code_of(struct reader *rd, int64_t id)
{
    if (id < 0 || id > INT32_MAX)
        return "UNK";
    if ((size_t)id >= rd->n_codes) {
        size_t want = (size_t)id * 2 + 512;
        const char **more = realloc(rd->code, want * sizeof *more);
        if (!more)
            return NULL;
        memset(more + rd->n_codes, 0, (want - rd->n_codes) * sizeof *more);
        rd->code = more;
        rd->n_codes = want;
    }
    if (!rd->code[id])
        rd->code[id] = parley_arena_strdup(rd->arena, names_code(rd->record->names, id));
    return rd->code[id];
}

static const char *const *share(struct reader *rd, const char **code, size_t n, const char *const *previous, size_t n_previous)
{
    if (previous && n == n_previous && !memcmp(code, previous, n * sizeof *code))
        return previous;
    const char **copy = PARLEY_NEW(rd->arena, const char *, n + 1);
    if (copy)
        memcpy(copy, code, n * sizeof *code);
    return copy;
}

static int read_actors(struct reader *rd, int64_t report, const struct parley_event *previous, struct parley_event *e)
{
    const char *code[2][PARLEY_EVENT_ACTORS_MAX];
    size_t n[2] = { 0, 0 };
    sqlite3_bind_int64(rd->actors, 1, report);
    int rc;
    while ((rc = sqlite3_step(rd->actors)) == SQLITE_ROW) {
        int side = sqlite3_column_int(rd->actors, 0) != 0;
        if (n[side] < PARLEY_EVENT_ACTORS_MAX && !(code[side][n[side]++] = code_of(rd, sqlite3_column_int64(rd->actors, 1))))
            rc = SQLITE_NOMEM;
        if (rc == SQLITE_NOMEM)
            break;
    }
    sqlite3_reset(rd->actors);
    if (rc != SQLITE_DONE)
        return rc;
    e->n_actors = n[0];
    e->n_targets = n[1];
    e->actor = share(rd, code[0], n[0], previous ? previous->actor : NULL, previous ? previous->n_actors : 0);
    e->target = share(rd, code[1], n[1], previous ? previous->target : NULL, previous ? previous->n_targets : 0);
    return e->actor && e->target ? SQLITE_OK : SQLITE_NOMEM;
}

static int read_row(struct reader *rd, sqlite3_stmt *s)
{
    if (rd->n == rd->cap) {
        size_t cap = rd->cap ? 2 * rd->cap : 256;
        struct parley_event *more = realloc(rd->event, cap * sizeof *more);
        if (!more)
            return SQLITE_NOMEM;
        rd->event = more;
        rd->cap = cap;
    }
    const struct parley_event *p = rd->n ? &rd->event[rd->n - 1] : NULL;
    struct parley_event e = {
        .id = text_of(rd, s, 1, NULL), .when = date_of(s, 2), .known = date_of(s, 5), .kind = text_of(rd, s, 8, p ? p->kind : NULL),
        .domain = text_of(rd, s, 9, p ? p->domain : NULL),
        .intensity = sqlite3_column_type(s, 10) == SQLITE_NULL ? NAN : sqlite3_column_double(s, 10),
        .attribution = text_of(rd, s, 11, p ? p->attribution : NULL), .mechanism = text_of(rd, s, 12, p ? p->mechanism : NULL),
        .what = text_of(rd, s, 13, p ? p->what : NULL), .source = text_of(rd, s, 14, p ? p->source : NULL),
        .note = text_of(rd, s, 15, p ? p->note : NULL), .n_reports = (size_t)sqlite3_column_int64(s, 16), .what_zh = text_of(rd, s, 17, p ? p->what_zh : NULL),
    };
    if (!e.id || !e.kind || !e.domain || !e.attribution || !e.mechanism || !e.what || !e.source || !e.note || !e.what_zh)
        return SQLITE_NOMEM;
    int rc = read_actors(rd, sqlite3_column_int64(s, 0), p, &e);
    if (rc == SQLITE_OK)
        rd->event[rd->n++] = e;
    return rc;
}

static enum parley_status run(struct parley_record *record, struct sql *q, size_t limit, struct parley_arena *arena,
                              struct parley_event_list *out, struct parley_error *err)
{
    struct reader rd = { .record = record, .arena = arena };
    sqlite3_stmt *s = NULL;
    enum parley_status status = store_prepare(record, parley_text_str(&q->text), &s, err);
    if (!status)
        status = store_prepare(record, "SELECT side, actor FROM report_actor WHERE report = ? ORDER BY side, place", &rd.actors, err);
    if (!status) {
        event_filter_bind(q, s);
        int rc;
        while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
            if (rd.n == limit) {
                status = parley_fail(err, PARLEY_ELIMIT, "more than %zu events match; narrow the query", limit);
                break;
            }
            if ((rc = read_row(&rd, s)) != SQLITE_OK)
                break;
        }
        if (!status && rc != SQLITE_DONE)
            status = store_fail(record, rc, "reading events", err);
    }
    sqlite3_finalize(s);
    sqlite3_finalize(rd.actors);
    if (!status) {
        out->event = PARLEY_NEW(arena, struct parley_event, rd.n + 1);
        out->n = rd.n;
        if (!out->event)
            status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
        else if (rd.n)
            memcpy(out->event, rd.event, rd.n * sizeof *rd.event);
    }
    free(rd.event);
    free(rd.code);
    return status;
}

enum parley_status parley_record_events(struct parley_record *record, const struct parley_event_query *query, struct parley_arena *arena,
                                        struct parley_event_list *out, struct parley_error *err)
{
    struct sql *q = event_filter_new();
    if (!q)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    parley_text_addf(&q->text, "%s WHERE", select_columns);
    enum parley_status status = event_filter(record, query, q, err);
    parley_text_adds(&q->text, " ORDER BY r.start_us IS NULL, r.start_us, r.event");
    if (!status)
        status = run(record, q, query->limit ? query->limit : PARLEY_EVENTS_MAX, arena, out, err);
    event_filter_free(q);
    return status;
}

enum parley_status parley_record_reports(struct parley_record *record, const char *event_id, struct parley_arena *arena,
                                         struct parley_event_list *out, struct parley_error *err)
{
    struct sql *q = event_filter_new();
    if (!q)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    parley_text_addf(&q->text, "%s WHERE r.event = ? ORDER BY r.place", select_columns);
    add_text(q, event_id);
    enum parley_status status = names_load(record, err);
    if (!status)
        status = run(record, q, PARLEY_REPORTS_MAX, arena, out, err);
    if (!status && !out->n)
        status = parley_fail(err, PARLEY_ENOTFOUND, "there is no event '%.100s'", event_id);
    event_filter_free(q);
    return status;
}
