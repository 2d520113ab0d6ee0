/* Actors, sources, mechanisms of a record, and its summary. */
#include "names.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* Copy a text column; "" for NULL. */
static const char *text_at(struct parley_arena *arena, sqlite3_stmt *s, int column)
{
    const char *text = (const char *)sqlite3_column_text(s, column);
    return text && *text ? parley_arena_strdup(arena, text) : "";
}

/* Rows of a query into an array of structs, read by `fill`, which returns false when out of memory. */
static enum parley_status read_rows(struct parley_record *record, const char *count_sql, const char *sql, size_t size,
                                    bool (*fill)(struct parley_arena *, sqlite3_stmt *, void *), struct parley_arena *arena,
                                    void **out, size_t *n, struct parley_error *err)
{
    int64_t count = 0;
    sqlite3_stmt *s = NULL;
    enum parley_status status = store_integer(record, count_sql, &count, err);
    if (!status)
        status = store_prepare(record, sql, &s, err);
    if (status)
        return status;
    char *rows = parley_arena_calloc(arena, (size_t)count + 1, size);
    size_t i = 0;
    int rc = rows ? SQLITE_DONE : SQLITE_NOMEM;
    while (rows && i < (size_t)count && (rc = sqlite3_step(s)) == SQLITE_ROW)
        if (!fill(arena, s, rows + size * i++)) {
            rc = SQLITE_NOMEM;
            break;
        }
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        status = store_fail(record, rc, "reading", err);
    sqlite3_finalize(s);
    *out = rows;
    *n = i;
    return status;
}

static bool fill_actor(struct parley_arena *arena, sqlite3_stmt *s, void *row)
{
    struct parley_actor *a = row;
    *a = (struct parley_actor){ .code = text_at(arena, s, 0), .en = text_at(arena, s, 1), .zh = text_at(arena, s, 2), .kind = text_at(arena, s, 3),
                                .iso3 = text_at(arena, s, 4), .aliases = text_at(arena, s, 5), .cow = sqlite3_column_int64(s, 6) };
    return a->code && a->en && a->zh && a->kind && a->iso3 && a->aliases;
}

#define ACTOR_COLUMNS "SELECT code, en, zh, kind, iso3, aliases, cow FROM actor"

enum parley_status parley_record_actors(struct parley_record *record, struct parley_arena *arena, struct parley_actor **out, size_t *n,
                                        struct parley_error *err)
{
    void *rows = NULL;
    enum parley_status status = read_rows(record, "SELECT count(*) FROM actor", ACTOR_COLUMNS " ORDER BY id", sizeof **out, fill_actor, arena, &rows, n, err);
    *out = rows;
    return status;
}

enum parley_status parley_record_actor(struct parley_record *record, const char *text, struct parley_arena *arena, struct parley_actor *out,
                                       struct parley_error *err)
{
    enum parley_status status = names_load(record, err);
    if (status)
        return status;
    const struct named *found = names_find(record->names, NAME_ANY, text, strlen(text));
    if (!found) {
        const char *near = names_nearest(record->names, text, strlen(text));
        return parley_fail(err, PARLEY_ENOTFOUND, "there is no actor '%.60s'%s%s%s; 'parley record actors' lists them", text,
                           near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
    sqlite3_stmt *s = NULL;
    if ((status = store_prepare(record, ACTOR_COLUMNS " WHERE id = ?", &s, err)))
        return status;
    sqlite3_bind_int64(s, 1, found->id);
    int rc = sqlite3_step(s);
    if (rc != SQLITE_ROW)
        status = store_fail(record, rc, "reading an actor", err);
    else if (!fill_actor(arena, s, out))
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    sqlite3_finalize(s);
    return status;
}

static bool fill_source(struct parley_arena *arena, sqlite3_stmt *s, void *row)
{
    struct parley_source *o = row;
    *o = (struct parley_source){ .code = text_at(arena, s, 0), .kind = text_at(arena, s, 1), .author = text_at(arena, s, 2), .year = text_at(arena, s, 3),
                                 .title = text_at(arena, s, 4), .title_zh = text_at(arena, s, 5), .coverage = text_at(arena, s, 8), .coverage_zh = text_at(arena, s, 9) };
    const char *from = (const char *)sqlite3_column_text(s, 6), *to = (const char *)sqlite3_column_text(s, 7);
    if (!from || !*from)
        from = "0001";
    if (!to || !*to)
        to = "9999";
    if (parley_date_parse_span(from, strlen(from), to, strlen(to), &o->covers, NULL))
        o->covers = (struct parley_date){ .precision = PARLEY_UNDATED };
    return o->code && o->kind && o->author && o->year && o->title && o->title_zh && o->coverage && o->coverage_zh;
}

enum parley_status parley_record_sources(struct parley_record *record, struct parley_arena *arena, struct parley_source **out, size_t *n,
                                         struct parley_error *err)
{
    void *rows = NULL;
    enum parley_status status = read_rows(record, "SELECT count(*) FROM source", "SELECT code, kind, author, year, title, title_zh, covers_from, covers_to, coverage, coverage_zh FROM source ORDER BY id",
                                          sizeof **out, fill_source, arena, &rows, n, err);
    *out = rows;
    return status;
}

static bool fill_break(struct parley_arena *arena, sqlite3_stmt *s, void *row)
{
    struct parley_coverage_break *b = row;
    const char *at = (const char *)sqlite3_column_text(s, 1);
    *b = (struct parley_coverage_break){ .source = text_at(arena, s, 0), .what = text_at(arena, s, 2), .what_zh = text_at(arena, s, 3), .at.precision = PARLEY_UNDATED };
    if (at && parley_date_parse(at, strlen(at), &b->at, NULL))
        b->at.precision = PARLEY_UNDATED;
    return b->source && b->what && b->what_zh;
}

enum parley_status parley_record_breaks(struct parley_record *record, struct parley_arena *arena, struct parley_coverage_break **out, size_t *n,
                                        struct parley_error *err)
{
    void *rows = NULL;
    enum parley_status status = read_rows(record, "SELECT count(*) FROM source_break", "SELECT source, at, what, what_zh FROM source_break ORDER BY source, at", sizeof **out,
                                          fill_break, arena, &rows, n, err);
    *out = rows;
    return status;
}

static bool fill_mechanism(struct parley_arena *arena, sqlite3_stmt *s, void *row)
{
    struct parley_mechanism *m = row;
    *m = (struct parley_mechanism){ .code = text_at(arena, s, 0), .en = text_at(arena, s, 1), .zh = text_at(arena, s, 2), .kind = text_at(arena, s, 3),
                                    .start_event = text_at(arena, s, 6), .stop_event = text_at(arena, s, 8), .stop_kind = text_at(arena, s, 9),
                                    .source = text_at(arena, s, 10), .note = text_at(arena, s, 11) };
    const char *parties = (const char *)sqlite3_column_text(s, 4);
    m->party = table_list(arena, parties ? parties : "", &m->n_parties);
    struct parley_date *const date[] = { &m->start, &m->stop };
    for (int i = 0; i < 2; i++) {
        const char *text = (const char *)sqlite3_column_text(s, i ? 7 : 5);
        *date[i] = (struct parley_date){ .precision = PARLEY_UNDATED };
        if (text && parley_date_parse(text, strlen(text), date[i], NULL))
            *date[i] = (struct parley_date){ .precision = PARLEY_UNDATED };
    }
    return m->code && m->en && m->zh && m->kind && m->start_event && m->stop_event && m->stop_kind && m->source && m->note && m->party;
}

static int by_start(const void *a, const void *b)
{
    const struct parley_mechanism *x = a, *y = b;
    bool ux = x->start.precision == PARLEY_UNDATED, uy = y->start.precision == PARLEY_UNDATED;
    if (ux != uy)
        return ux - uy;
    if (x->start.start_us != y->start.start_us)
        return x->start.start_us < y->start.start_us ? -1 : 1;
    return strcmp(x->code, y->code);
}

enum parley_status parley_record_mechanisms(struct parley_record *record, const char *const *relation, size_t n_relation, struct parley_arena *arena,
                                            struct parley_mechanism **out, size_t *n, struct parley_error *err)
{
    void *rows = NULL;
    size_t all = 0;
    enum parley_status status = read_rows(record, "SELECT count(*) FROM mechanism",
        "SELECT code, en, zh, kind, parties, start, start_event, stop, stop_event, stop_kind, source, note FROM mechanism ORDER BY id",
        sizeof **out, fill_mechanism, arena, &rows, &all, err);
    if (status)
        return status;
    struct parley_mechanism *m = rows;
    *n = 0;
    for (size_t i = 0; i < all; i++) {
        size_t hits = 0;
        for (size_t k = 0; k < m[i].n_parties; k++)
            for (size_t j = 0; j < n_relation; j++)
                hits += !strcmp(m[i].party[k], relation[j]);
        if (!n_relation || hits >= (n_relation > 1 ? 2 : 1))
            m[(*n)++] = m[i];
    }
    if (*n)
        qsort(m, *n, sizeof *m, by_start);
    *out = m;
    return PARLEY_OK;
}

enum parley_status parley_record_summarise(struct parley_record *record, struct parley_arena *arena, struct parley_record_summary *out,
                                           struct parley_error *err)
{
    static const char *const sql[] = {
        "SELECT count(*) FROM report WHERE place = 1", "SELECT count(*) FROM report", "SELECT count(*) FROM report WHERE place = 1 AND start_us IS NULL",
        "SELECT count(*) FROM import WHERE undone IS NULL", "SELECT count(DISTINCT actor) FROM report_actor",
        "SELECT count(DISTINCT substr(source, 1, instr(source || ':', ':') - 1)) FROM report WHERE source <> ''",
        "SELECT count(*) FROM report WHERE place = 2" };
    uint64_t *const value[] = { &out->events, &out->reports, &out->undated, &out->imports, &out->actors_used, &out->sources_used, &out->competing };
    enum parley_status status = PARLEY_OK;
    *out = (struct parley_record_summary){ .shipped = record->shipped, .path = parley_arena_strdup(arena, record->path) };
    if (!out->path)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < sizeof sql / sizeof *sql && !status; i++) {
        int64_t n = 0;
        status = store_integer(record, sql[i], &n, err);
        *value[i] = (uint64_t)n;
    }
    if (!status)
        status = store_integer(record, "SELECT min(start_us) FROM report WHERE place = 1", &out->first_us, err);
    if (!status)
        status = store_integer(record, "SELECT max(end_us) FROM report WHERE place = 1", &out->last_us, err);
    return status;
}
