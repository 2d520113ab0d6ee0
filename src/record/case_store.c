#include "history.h"

#include <parley/case_store.h>
#include <parley/studies.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the cases of the studies -------------------------------------------------------------------------- */

static const struct parley_party sides[] = {
    { .name = "proposers", .own = { NAN, NAN, NAN, NAN, NAN } },
    { .name = "others", .own = { NAN, NAN, NAN, NAN, NAN } },
};

static enum parley_tri word(const char *text, const char *yes, const char *no)
{
    return !strcmp(text, yes) ? PARLEY_YES : !strcmp(text, no) ? PARLEY_NO : PARLEY_UNKNOWN;
}

/* A figure's year as its study gives it; what is no date is undated. */
static struct parley_date loose_date(const char *text)
{
    struct parley_date date = { 0, 0, PARLEY_UNDATED }, none = date;
    return parley_case_date(text, &date, NULL) ? none : date;
}

static int by_date(const void *a, const void *b)
{
    const struct parley_trace_link *x = a, *y = b;
    bool ux = x->when.precision == PARLEY_UNDATED, uy = y->when.precision == PARLEY_UNDATED;
    if (ux != uy)
        return ux - uy;
    if (x->when.start_us != y->when.start_us)
        return x->when.start_us < y->when.start_us ? -1 : 1;
    return strcmp(x->what, y->what);
}

static enum parley_status attach_figures(struct parley_coded_case *c, const struct parley_evidence *e, size_t n,
                                         const struct parley_codebook *book, struct parley_arena *arena,
                                         struct parley_error *err)
{
    struct parley_trace_link *link = PARLEY_NEW(arena, struct parley_trace_link, n);
    if (!link)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++) {
        if (strcmp(e[i].case_id, c->id))
            continue;
        const struct parley_codebook_indicator *x = parley_codebook_indicator(book, e[i].indicator_id, NULL);
        const char *what = parley_arena_printf(arena, "%s: %s %s (%s)%s%s", e[i].quantity, e[i].value, e[i].unit,
                                               e[i].country, *e[i].supports ? "; supports: " : "", e[i].supports);
        const char *source = parley_arena_printf(arena, "%s, %s", e[i].source, e[i].id);
        if (!what || !source)
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
        link[c->n_trace++] = (struct parley_trace_link) { .when = loose_date(e[i].year),
                                                          .date = e[i].year,
                                                          .what = what,
                                                          .indicator = x ? x->id : e[i].indicator_id,
                                                          .source = source };
    }
    qsort(link, c->n_trace, sizeof *link, by_date);
    c->trace = link;
    return PARLEY_OK;
}

static enum parley_status from_study(const struct parley_case *row, const struct parley_codebook *book,
                                     struct parley_arena *arena, struct parley_coded_case *c, struct parley_error *err)
{
    struct parley_text members;
    *c = (struct parley_coded_case) { .id = row->id,
                                      .en = row->en,
                                      .zh = row->zh,
                                      .instrument = "",
                                      .issue = row->issue,
                                      .issue2 = row->issue2,
                                      .type = row->type,
                                      .source = row->source,
                                      .note = row->note };
    if (!parley_text_to_i64(row->year, strlen(row->year), &c->year))
        return parley_fail(err, PARLEY_EPARSE, "case %s: '%s' is no year", row->id, row->year);
    c->started = !strcmp(row->year_kind, "started");
    c->harm = c->stated_harm = word(row->common_harm, "severe", "not_severe");
    c->threat = c->stated_threat = word(row->regime_threat, "present", "absent");
    c->outcome = word(row->outcome, "reached", "not_reached");
    parley_text_init(&members, 4096);
    for (size_t i = 0; i < row->n_parties; i++)
        parley_text_addf(&members, "%s%s", i ? ";" : "", row->party[i]);
    c->members = parley_text_keep(&members, arena);
    parley_text_release(&members);
    c->sides = !strcmp(row->type, "multilateral") || row->n_parties < 2;
    c->n_parties = c->sides ? 2 : row->n_parties;
    struct parley_party *p = PARLEY_NEW(arena, struct parley_party, c->n_parties);
    if (!p || !c->members)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < c->n_parties; i++) {
        p[i] = sides[0];
        p[i].name = c->sides ? sides[i].name : row->party[i];
    }
    c->party = p;
    /* the study itself calls this one a case of followers */
    c->follower_case = strstr(row->note, "others follow") != NULL;
    (void)book;
    return PARLEY_OK;
}

/* --- the cases of a desk ---------------------------------------------------------------------------------- */

/* A case of the desk with the id of an earlier one is that case coded again: it takes its place. */
static bool stands_in(struct parley_coded_case *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].id, list[n].id)) {
            list[i] = list[n];
            return true;
        }
    return false;
}

static enum parley_status stored(struct parley_record *record, const struct parley_codebook *book,
                                 struct parley_arena *arena, struct parley_coded_case *list, size_t *n, size_t max,
                                 struct parley_error *err)
{
    sqlite3_stmt *s = NULL;
    int64_t there = 0;
    enum parley_status status =
        store_integer(record, "SELECT count(*) FROM sqlite_master WHERE name = 'coded_case'", &there, err);
    if (status || !there)
        return status;
    status = store_prepare(record, "SELECT id, document FROM coded_case ORDER BY id", &s, err);
    int rc = SQLITE_DONE;
    while (!status && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        const char *text =
            parley_arena_copy(arena, (const char *)sqlite3_column_text(s, 1), (size_t)sqlite3_column_bytes(s, 1));
        const char *name =
            parley_arena_printf(arena, "%s: case %s", record->path, (const char *)sqlite3_column_text(s, 0));
        struct parley_node *root = NULL;
        if (!text || !name)
            status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
        else if (*n == max)
            status = parley_fail(err, PARLEY_ELIMIT, "%s: more than %zu cases", record->path, max);
        if (!status)
            status = parley_yaml_parse(text, strlen(text), name, arena, &root, err);
        if (!status)
            status = parley_case_read(root, book, arena, &list[*n], err);
        *n += !status && !stands_in(list, *n);
    }
    if (!status && rc != SQLITE_DONE)
        status = store_fail(record, rc, "reading cases", err);
    sqlite3_finalize(s);
    return status;
}

enum parley_status parley_stored_cases(struct parley_record *record, const struct parley_codebook *book,
                                       struct parley_arena *arena, struct parley_coded_case **out, size_t *n_out,
                                       struct parley_error *err)
{
    struct parley_case *row;
    struct parley_evidence *figure;
    size_t n = 0, n_figures = 0, found = 0;
    int64_t own = 0, there = 0;
    enum parley_status status = parley_cases(arena, &row, &n, err);
    if (!status)
        status = parley_evidence(arena, &figure, &n_figures, err);
    if (!status && record)
        status = store_integer(record, "SELECT count(*) FROM sqlite_master WHERE name = 'coded_case'", &there, err);
    if (!status && there)
        status = store_integer(record, "SELECT count(*) FROM coded_case", &own, err);
    if (status)
        return status;
    if (own > PARLEY_STORED_CASES_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "%s: %lld cases, at most %d are possible", record->path, (long long)own,
                           PARLEY_STORED_CASES_MAX);
    size_t max = n + (size_t)own;
    struct parley_coded_case *list = PARLEY_NEW(arena, struct parley_coded_case, max + 1);
    if (!list)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (; found < n && !status; found++) {
        status = from_study(&row[found], book, arena, &list[found], err);
        if (!status)
            status = attach_figures(&list[found], figure, n_figures, book, arena, err);
    }
    if (!status && own)
        status = stored(record, book, arena, list, &found, max, err);
    *out = list;
    *n_out = found;
    return status;
}

static enum parley_status insert(struct parley_record *record, const struct parley_coded_case *c,
                                 const struct parley_text *text, bool replace, struct parley_error *err)
{
    sqlite3_stmt *s = NULL;
    const char *sql =
        replace ? "INSERT OR REPLACE INTO coded_case VALUES(?1, ?2)" : "INSERT INTO coded_case VALUES(?1, ?2)";
    enum parley_status status = store_prepare(record, sql, &s, err);
    if (status)
        return status;
    sqlite3_bind_text(s, 1, c->id, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, text->data, (int)text->len, SQLITE_STATIC);
    int rc = sqlite3_step(s);
    sqlite3_finalize(s);
    if ((rc & 0xff) == SQLITE_CONSTRAINT)
        return parley_fail(err, PARLEY_EINVAL, "case %.60s is there already; use --replace to write over it", c->id);
    return rc == SQLITE_DONE ? PARLEY_OK : store_fail(record, rc, "writing a case", err);
}

static enum parley_status save_one(struct parley_record *record, const struct parley_codebook *book,
                                   const struct parley_coded_case *c, bool replace, struct parley_error *err)
{
    struct parley_text text;
    enum parley_status status;
    parley_text_init(&text, PARLEY_CASE_BYTES_MAX);
    parley_case_write(c, book, &text);
    status = text.failed
                 ? parley_fail(err, PARLEY_ELIMIT, "case %.60s is larger than %d bytes", c->id, PARLEY_CASE_BYTES_MAX)
                 : insert(record, c, &text, replace, err);
    parley_text_release(&text);
    return status;
}

enum parley_status parley_cases_save(struct parley_record *record, const struct parley_codebook *book,
                                     const struct parley_coded_case *list, size_t n, bool replace,
                                     struct parley_error *err)
{
    int64_t import = 0;
    char subject[80] = "";
    if (n == 1)
        sqlite3_snprintf(sizeof subject, subject, "%s", list[0].id);
    else
        sqlite3_snprintf(sizeof subject, subject, "%llu cases", (unsigned long long)n);
    enum parley_status status = history_begin(record, "case", subject, &import, err);
    if (status)
        return status;
    status = store_exec(record,
                        "CREATE TABLE IF NOT EXISTS coded_case(id TEXT PRIMARY "
                        "KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID",
                        "writing a case", err);
    for (size_t i = 0; i < n && !status; i++) {
        status = history_before(record, import, "coded_case", list[i].id, err);
        if (!status)
            status = save_one(record, book, &list[i], replace, err);
    }
    return history_end(record, import, status, err);
}
