/* Writing events as our own CSV or JSON Lines. */
#define _POSIX_C_SOURCE 200809L
#include "columns.h"
#include "filter.h"
#include "report_text.h"

#include <parley/file.h>
#include <parley/import.h>
#include <parley/json.h>
#include <parley/tree.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLUSH_BYTES = 1 << 20, EXTRA_COLUMNS_MAX = 1000 };

struct exporter {
    struct parley_record *record;
    struct sql *selected;    /* condition on the first report of an event */
    bool jsonl;
    int fd;
    const char *path;
    struct parley_text text;
    struct parley_arena row; /* of one report */
    const char **extra;      /* [n_extra] names of further columns, sorted */
    size_t n_extra;
    sqlite3_stmt *actors;
};

static enum parley_status flush(struct exporter *x, struct parley_error *err)
{
    const char *p = parley_text_str(&x->text);
    size_t left = x->text.len;
    if (x->text.failed)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    while (left) {
        ssize_t n = write(x->fd, p, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return parley_fail(err, parley_status_of_errno(errno), "%s: cannot be written: %s", x->path, strerror(errno));
        p += n;
        left -= (size_t)n;
    }
    parley_text_clear(&x->text);
    return PARLEY_OK;
}

static void put_csv(struct parley_text *out, struct slice s, bool guard)
{
    bool quote = false;
    guard = guard && guard_needed(s);
    for (size_t i = 0; i < s.n && !quote; i++)
        quote = s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r';
    /* blanks at the ends would be lost on some readers */
    quote |= s.n && (s.p[0] == ' ' || s.p[s.n - 1] == ' ');
    if (quote)
        parley_text_addc(out, '"');
    if (guard)
        parley_text_addc(out, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            parley_text_addc(out, '"');
        parley_text_addc(out, s.p[i]);
    }
    if (quote)
        parley_text_addc(out, '"');
}

/* `before`, the condition, `after` as a statement with its values. */
static enum parley_status prepare(struct exporter *x, const char *before, const char *after, sqlite3_stmt **out, struct parley_error *err)
{
    char *sql = sqlite3_mprintf("%s%s%s", before, parley_text_str(&x->selected->text), after);
    if (!sql)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status = store_prepare(x->record, sql, out, err);
    if (!status)
        event_filter_bind(x->selected, *out);
    sqlite3_free(sql);
    return status;
}

/* Names of the further columns of the reports that are written. */
static enum parley_status extra_columns(struct exporter *x, struct parley_arena *arena, struct parley_error *err)
{
    sqlite3_stmt *s = NULL;
    enum parley_status status = prepare(x, "SELECT DISTINCT j.key FROM report r JOIN report c ON c.event = r.event, json_each(c.extra) j WHERE c.extra IS NOT NULL AND",
                                        " ORDER BY j.key", &s, err);
    if (status)
        return status;
    x->extra = PARLEY_NEW(arena, const char *, EXTRA_COLUMNS_MAX);
    int rc = x->extra ? SQLITE_DONE : SQLITE_NOMEM;
    while (x->extra && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        const char *key = (const char *)sqlite3_column_text(s, 0);
        if (x->n_extra == EXTRA_COLUMNS_MAX) {
            status = parley_fail(err, PARLEY_ELIMIT, "more than %d further columns", EXTRA_COLUMNS_MAX);
            break;
        }
        if (!key || !(x->extra[x->n_extra++] = parley_arena_strdup(arena, key))) {
            rc = SQLITE_NOMEM;
            break;
        }
    }
    if (!status && rc != SQLITE_DONE)
        status = store_fail(x->record, rc, "reading the further columns", err);
    sqlite3_finalize(s);
    return status;
}

static void put_json(struct exporter *x, const struct slice f[FIELD_N], bool intensity_known, double intensity, const struct parley_node *extra)
{
    struct parley_json json;
    parley_json_init(&json, &x->text, false);
    parley_json_object(&json);
    for (int i = 0; i < FIELD_N; i++) {
        if (i == FIELD_INTENSITY ? !intensity_known : !f[i].n)
            continue;
        parley_json_key(&json, field_names[i]);
        if (i == FIELD_INTENSITY)
            parley_json_number(&json, intensity);
        else
            parley_json_string_n(&json, f[i].p, f[i].n);
    }
    for (size_t i = 0; i < x->n_extra; i++) {
        const struct parley_node *v = parley_node_get(extra, x->extra[i]);
        if (v)
            parley_json_put_string(&json, x->extra[i], v->text);
    }
    parley_json_object_end(&json);
    parley_text_addc(&x->text, '\n');
}

static enum parley_status put_row(struct exporter *x, sqlite3_stmt *s, struct parley_error *err)
{
    struct slice f[FIELD_N], json;
    parley_arena_release(&x->row);
    enum parley_status status = report_texts(x->record, s, x->actors, &x->row, f, &json, err);
    bool known = f[FIELD_INTENSITY].n > 0;
    struct parley_node *extra = NULL;
    if (!status && json.n)
        status = parley_json_parse(json.p, json.n, "further columns", &x->row, &extra, err);
    if (status)
        return status;
    if (x->jsonl) {
        put_json(x, f, known, known ? sqlite3_column_double(s, 10) : 0, extra);
        return PARLEY_OK;
    }
    for (int i = 0; i < FIELD_N; i++) {
        if (i)
            parley_text_addc(&x->text, ',');
        put_csv(&x->text, f[i], i != FIELD_INTENSITY && i != FIELD_START && i != FIELD_END);
    }
    for (size_t i = 0; i < x->n_extra; i++) {
        const struct parley_node *v = parley_node_get(extra, x->extra[i]);
        parley_text_addc(&x->text, ',');
        if (v)
            put_csv(&x->text, (struct slice){ v->text, v->len }, true);
    }
    parley_text_addc(&x->text, '\n');
    return PARLEY_OK;
}

static enum parley_status rows(struct exporter *x, const struct parley_progress *progress, uint64_t *reports, struct parley_error *err)
{
    sqlite3_stmt *s = NULL;
    int64_t total = 0;
    enum parley_status status = store_integer(x->record, "SELECT count(*) FROM report", &total, err);
    if (!status)
        status = prepare(x, "SELECT " REPORT_COLUMNS " FROM report f JOIN report r ON r.event = f.event WHERE f.id IN (SELECT r.id FROM report r WHERE",
                         ") ORDER BY f.start_us IS NULL, f.start_us, f.event, r.place", &s, err);
    if (!status)
        status = store_prepare(x->record, REPORT_ACTORS_SQL, &x->actors, err);
    int rc = SQLITE_DONE;
    while (!status && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        status = put_row(x, s, err);
        if (!status && x->text.len > FLUSH_BYTES)
            status = flush(x, err);
        if (++*reports % 4096 == 0 && !status && !parley_tick(progress, (double)*reports, (double)total, "reports"))
            status = parley_fail(err, PARLEY_ECANCELLED, "interrupted; nothing was written");
    }
    if (!status && rc != SQLITE_DONE)
        status = store_fail(x->record, rc, "reading events", err);
    sqlite3_finalize(s);
    sqlite3_finalize(x->actors);
    return status ? status : flush(x, err);
}

static void header(struct exporter *x)
{
    for (int i = 0; i < FIELD_N; i++)
        parley_text_addf(&x->text, "%s%s", i ? "," : "", field_names[i]);
    for (size_t i = 0; i < x->n_extra; i++) {
        parley_text_addc(&x->text, ',');
        put_csv(&x->text, slice_of(x->extra[i]), false);
    }
    parley_text_addc(&x->text, '\n');
}

enum parley_status parley_record_export(struct parley_record *record, const struct parley_event_query *query, bool jsonl, const char *path,
                                        const struct parley_progress *progress, uint64_t *reports, struct parley_error *err)
{
    static const struct parley_event_query every = { 0 };
    bool to_file = strcmp(path, "-") != 0;
    struct exporter x = { .record = record, .jsonl = jsonl, .fd = -1, .path = to_file ? path : "standard output", .selected = event_filter_new() };
    enum parley_status status = x.selected ? event_filter(record, query ? query : &every, x.selected, err) : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    if (status) {
        event_filter_free(x.selected);
        return status;
    }
    struct parley_arena arena = { 0 };
    struct stat st;
    bool special = to_file && !stat(path, &st) && !S_ISREG(st.st_mode); /* a pipe or device cannot be replaced */
    char *part = to_file && !special ? sqlite3_mprintf("%s.part", path) : NULL;
    *reports = 0;
    parley_text_init(&x.text, 64 << 20);
    x.fd = to_file ? open(part ? part : path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : dup(STDOUT_FILENO);
    if (x.fd < 0)
        status = parley_fail(err, parley_status_of_errno(errno), "%s: cannot be written: %s", x.path, strerror(errno));
    if (!status)
        status = extra_columns(&x, &arena, err);
    if (!status && !jsonl)
        header(&x);
    if (!status)
        status = rows(&x, progress, reports, err);
    if (to_file && !status && fsync(x.fd) && errno != EINVAL)
        status = parley_fail(err, parley_status_of_errno(errno), "%s: cannot be written: %s", x.path, strerror(errno));
    if (x.fd >= 0 && close(x.fd) && !status)
        status = parley_fail(err, parley_status_of_errno(errno), "%s: cannot be written: %s", x.path, strerror(errno));
    if (part && !status && rename(part, path))
        status = parley_fail(err, parley_status_of_errno(errno), "%s: cannot be written: %s", x.path, strerror(errno));
    if (part && status)
        unlink(part);
    sqlite3_free(part);
    event_filter_free(x.selected);
    parley_text_release(&x.text);
    parley_arena_release(&x.row);
    parley_arena_release(&arena);
    return status;
}
