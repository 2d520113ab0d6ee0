/* One import: a file's rows into the store, in one transaction. */
#include "input.h"
#include "insert.h"

#include <parley/file.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TICK_ROWS = 2048 };

struct importer {
    struct parley_record *record;
    const struct parley_import_options *options;
    const struct parley_progress *progress;
    struct parley_arena *arena;
    struct parley_import_result *out;
    struct input input;
    struct inserter inserter;
    FILE *rejects;
    char *rejects_part;
};

/* ---- rejected rows ---- */

static void put_csv(FILE *f, struct slice s, char end)
{
    bool quote = guard_needed(s);
    for (size_t i = 0; i < s.n && !quote; i++)
        quote = strchr(",\"\n\r", s.p[i]) != NULL;
    if (quote)
        fputc('"', f);
    if (guard_needed(s))
        fputc('\'', f);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            fputc('"', f);
        fputc(s.p[i], f);
    }
    if (quote)
        fputc('"', f);
    fputc(end, f);
}

static enum parley_status rejects_open(struct importer *im, struct parley_error *err)
{
    const char *path = im->options->rejects_path;
    if (!path)
        return PARLEY_OK;
    im->rejects_part = sqlite3_mprintf("%s.part", path);
    if (!im->rejects_part || !(im->rejects = fopen(im->rejects_part, "wb")))
        return parley_fail(err, parley_status_of_errno(errno), "%s: cannot be written: %s", path, strerror(errno));
    fputs("line,column,reason,row\n", im->rejects);
    return PARLEY_OK;
}

static enum parley_status rejects_close(struct importer *im, enum parley_status status, struct parley_error *err)
{
    if (im->rejects) {
        bool bad = ferror(im->rejects) != 0;
        bad |= fclose(im->rejects) != 0;
        if (status && status != PARLEY_EDOM) /* the list is not whole */
            unlink(im->rejects_part);
        else if (bad || rename(im->rejects_part, im->options->rejects_path)) {
            unlink(im->rejects_part);
            if (!status)
                status = parley_fail(err, PARLEY_EIO, "%s: cannot be written", im->options->rejects_path);
        }
    }
    sqlite3_free(im->rejects_part);
    return status;
}

static enum parley_status reject(struct importer *im, const struct input_row *row, const char *column, const char *reason, struct parley_error *err)
{
    struct parley_import_result *out = im->out;
    /* "file:3: column 2: text" repeats what line and column say */
    size_t name = strlen(im->input.name);
    if (!strncmp(reason, im->input.name, name) && reason[name] == ':') {
        const char *p = strstr(reason, ": column ");
        p = p ? strstr(p + 2, ": ") : NULL;
        if (p)
            reason = p + 2;
    }
    out->rejected++;
    if (im->rejects) {
        fprintf(im->rejects, "%llu,", (unsigned long long)row->line);
        put_csv(im->rejects, slice_of(column), ',');
        put_csv(im->rejects, slice_of(reason), ',');
        put_csv(im->rejects, row->raw, '\n');
    }
    if (out->n_rejects == PARLEY_REJECTS_MAX)
        return PARLEY_OK;
    if (!out->reject && !(out->reject = PARLEY_NEW(im->arena, struct parley_reject, PARLEY_REJECTS_MAX)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    struct parley_reject *r = &out->reject[out->n_rejects++];
    *r = (struct parley_reject){ row->line, parley_arena_strdup(im->arena, column), parley_arena_strdup(im->arena, reason) };
    return r->column && r->reason ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

/* ---- rows ---- */

static bool is_rejection(enum parley_status status) { return status == PARLEY_EPARSE || status == PARLEY_EDOM; }

/* Failures of one row are rejections, counted and listed; what is returned ends the import. */
static enum parley_status one_row(struct importer *im, bool *end, struct parley_error *err)
{
    struct report report;
    struct input_row row;
    row.report = &report;
    struct parley_error why;
    why.text[0] = 0; /* the rest need not be cleared a million times */
    const char *column = "";
    enum parley_status status = input_next(&im->input, im->record->names, &row, &column, &why);
    *end = row.end;
    if (row.end && !status)
        return PARLEY_OK;
    if (status && !is_rejection(status)) {
        if (err)
            *err = why;
        return status;
    }
    if (status && parley_csv_cut(im->input.csv))
        return parley_fail(err, PARLEY_EPARSE, "%s; nothing was added", why.text);
    im->out->read++;
    if (status)
        return reject(im, &row, column, why.text, err);
    if (row.skipped) {
        im->out->skipped++;
        return PARLEY_OK;
    }
    enum field bad = FIELD_N;
    if (!row.checked)
        status = fields_to_report(im->record, row.text, im->input.mapping->rule[FIELD_ACTOR].names, &report, &bad, &why);
    enum inserted inserted = INSERT_ADDED;
    report.raw = row.raw;
    report.line = row.line;
    report.extra = row.extra;
    if (!status)
        status = im->options->check_only ? inserter_look(&im->inserter, &report, &inserted, &why) : inserter_add(&im->inserter, &report, &inserted, &why);
    if (status && !is_rejection(status)) {
        if (err)
            *err = why;
        return status;
    }
    if (status)
        return reject(im, &row, bad < FIELD_N ? input_column_name(&im->input, bad) : "", why.text, err);
    switch (inserted) {
    case INSERT_ADDED: im->out->added++; break;
    case INSERT_DUPLICATE: im->out->duplicate++; break;
    case INSERT_MERGED: im->out->merged++; break;
    case INSERT_TOO_MANY: return reject(im, &row, input_column_name(&im->input, FIELD_EVENT), "more than 1000 rows tell of this one event", err);
    }
    return PARLEY_OK;
}

static enum parley_status all_rows(struct importer *im, struct parley_error *err)
{
    bool end = false;
    enum parley_status status = PARLEY_OK;
    for (uint64_t n = 0; !end && !status; n++) {
        if (n % TICK_ROWS == 0) {
            uint64_t done, total;
            parley_csv_position(im->input.csv, &done, &total);
            if (!parley_tick(im->progress, (double)done, (double)total, "bytes"))
                return parley_fail(err, PARLEY_ECANCELLED, "interrupted after %llu rows; nothing was added", (unsigned long long)n);
        }
        status = one_row(im, &end, err);
        if (!status && im->options->strict && im->out->rejected)
            status = parley_fail(err, PARLEY_EDOM, "%s:%llu: %s%s%s; --strict: nothing was added", im->input.name, (unsigned long long)im->out->reject[0].line,
                                 im->out->reject[0].column, im->out->reject[0].column[0] ? ": " : "", im->out->reject[0].reason);
    }
    const struct parley_import_result *o = im->out;
    if (!status && o->read && o->rejected == o->read)
        status = parley_fail(err, PARLEY_EDOM, "%s: every row was rejected; the first: line %llu: %s%s%s", im->input.name, (unsigned long long)o->reject[0].line,
                             o->reject[0].column, o->reject[0].column[0] ? ": " : "", o->reject[0].reason);
    return status;
}

/* ---- the import as a row of its own ---- */

static enum parley_status begin_import(struct importer *im, int64_t *id, struct parley_error *err)
{
    sqlite3_stmt *s = NULL;
    enum parley_status status = store_prepare(im->record, "INSERT INTO import(file, format, mapping, encoding, header, done, rows_read, added, duplicate, rejected)"
                                              " VALUES(?, ?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), 0, 0, 0, 0)", &s, err);
    if (status)
        return status;
    sqlite3_bind_text(s, 1, im->input.name, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, im->input.mapping->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 3, im->input.mapping->text, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 4, im->options->encoding ? im->options->encoding : "utf-8", -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 5, im->input.header, -1, SQLITE_STATIC);
    status = store_run(im->record, s, "noting the import", err);
    sqlite3_finalize(s);
    *id = sqlite3_last_insert_rowid(im->record->db);
    return status;
}

static enum parley_status end_import(struct importer *im, struct parley_error *err)
{
    const struct parley_import_result *o = im->out;
    char sql[200];
    sqlite3_snprintf(sizeof sql, sql, "UPDATE import SET rows_read = %llu, added = %llu, duplicate = %llu, rejected = %llu WHERE id = %lld", o->read, o->added + o->merged,
                     o->duplicate, o->rejected, o->id);
    return store_exec(im->record, sql, "noting the import", err);
}

/* Words are indexed and pages written for seconds after the last row of a big file: Ctrl-C counts there too. */
enum { VM_STEPS_A_TICK = 20000 };

struct finishing {
    const struct parley_progress *progress;
    double steps;
};

static int interrupted(void *ctx)
{
    struct finishing *f = ctx;
    f->steps += VM_STEPS_A_TICK;
    return !parley_tick(f->progress, f->steps, 0, "steps of indexing the words");
}

static enum parley_status finish_rows(struct importer *im, int64_t last, struct parley_error *err)
{
    struct parley_record *r = im->record;
    struct finishing finishing = { im->progress, 0 };
    sqlite3_progress_handler(r->db, VM_STEPS_A_TICK, interrupted, &finishing);
    enum parley_status status = end_import(im, err);
    if (!status)
        status = index_text(r, last, err);
    if (!status && interrupted(&finishing))
        status = parley_fail(err, PARLEY_ECANCELLED, "interrupted before the end of the import; nothing was added");
    if (!status)
        status = store_exec(r, "COMMIT", "ending an import", err);
    sqlite3_progress_handler(r->db, 0, NULL, NULL);
    return status;
}

static enum parley_status check(struct importer *im, struct parley_error *err)
{
    enum parley_status status = inserter_open(im->record, -1, im->input.mapping->merge, &im->inserter, err);
    im->record->pretend = true;
    if (!status)
        status = all_rows(im, err);
    im->record->pretend = false;
    inserter_close(&im->inserter);
    names_free(im->record->names); /* it may hold actors that were never added */
    im->record->names = NULL;
    return status;
}

static enum parley_status transaction(struct importer *im, struct parley_error *err)
{
    struct parley_record *r = im->record;
    int64_t last = 0;
    /* The inserter refers only to rows it has just written or read; looking each of them up again costs a tenth of the time. */
    enum parley_status status = store_exec(r, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", "beginning an import", err);
    if (status)
        return status;
    status = store_integer(r, "SELECT max(id) FROM report", &last, err);
    if (!status)
        status = begin_import(im, &im->out->id, err);
    if (!status)
        status = inserter_open(r, im->out->id, im->input.mapping->merge, &im->inserter, err);
    if (!status)
        status = all_rows(im, err);
    inserter_close(&im->inserter);
    bool added = im->out->added > 0;
    if (!status && added)
        status = finish_rows(im, last, err);
    if (status || !added) {
        sqlite3_exec(r->db, "ROLLBACK", NULL, NULL, NULL);
        names_free(r->names); /* it may hold actors that were added and are now gone */
        r->names = NULL;
        im->out->id = 0;
    }
    sqlite3_exec(r->db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
    return status;
}

enum parley_status parley_record_import(struct parley_record *record, const struct parley_import_options *options, const struct parley_progress *progress,
                                        struct parley_arena *arena, struct parley_import_result *out, struct parley_error *err)
{
    struct importer *im = calloc(1, sizeof *im);
    if (!im)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    *im = (struct importer){ .record = record, .options = options, .progress = progress, .arena = arena, .out = out };
    *out = (struct parley_import_result){ .format = "" };
    enum parley_status status = PARLEY_OK;
    if (record->shipped && !options->check_only)
        status = parley_fail(err, PARLEY_EREADONLY, "the shipped record cannot be changed; make a desk with 'parley init'");
    if (!status)
        status = names_load(record, err);
    if (!status)
        status = input_open(record, options, arena, &im->input, err);
    if (!status) {
        out->format = parley_arena_strdup(arena, im->input.mapping->name);
        status = rejects_open(im, err);
    }
    if (!status)
        status = options->check_only ? check(im, err) : transaction(im, err);
    status = rejects_close(im, status, err);
    if (status) {
        out->added = out->merged = 0;
        out->id = 0;
    }
    input_close(&im->input);
    free(im);
    return status;
}

enum parley_status parley_mappings(struct parley_arena *arena, struct parley_mapping_info **out, size_t *n, struct parley_error *err)
{
    struct mapping **all = NULL;
    enum parley_status status = mapping_all(arena, &all, n, err);
    if (status)
        return status;
    *out = PARLEY_NEW(arena, struct parley_mapping_info, *n + 1);
    if (!*out)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = (struct parley_mapping_info){ all[i]->name, all[i]->title, all[i]->collapse };
    return PARLEY_OK;
}
