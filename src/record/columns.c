#include "columns.h"

#include <parley/json.h>
#include <stdlib.h>
#include <string.h>

static const enum field required[] = { FIELD_EVENT, FIELD_START, FIELD_END, FIELD_PRECISION, FIELD_ACTOR, FIELD_TARGET, FIELD_KIND,
                                       FIELD_DOMAIN, FIELD_INTENSITY, FIELD_WHAT, FIELD_SOURCE };
enum { REQUIRED_N = sizeof required / sizeof *required };

static int index_of(const struct parley_csv_row *header, const char *name)
{
    for (size_t i = 0; i < header->n; i++)
        if (header->field[i].len == strlen(name) && !memcmp(header->field[i].text, name, header->field[i].len))
            return (int)i;
    return -1;
}

bool columns_are_ours(const struct parley_csv_row *header)
{
    for (size_t i = 0; i < REQUIRED_N; i++)
        if (index_of(header, field_names[required[i]]) < 0)
            return false;
    return true;
}

static enum parley_status missing(const struct parley_csv_row *header, const char *name, struct parley_error *err)
{
    const struct parley_csv_field *near = NULL;
    size_t best = 4;
    char word[64];
    for (size_t i = 0; i < header->n; i++)
        if (header->field[i].len < sizeof word) {
            memcpy(word, header->field[i].text, header->field[i].len);
            word[header->field[i].len] = 0;
            size_t d = parley_edit_distance(word, name);
            if (d < best)
                best = d, near = &header->field[i];
        }
    return near ? parley_fail(err, PARLEY_EPARSE, "line %llu: the header has no column '%s'; is '%.*s' meant?", (unsigned long long)header->line, name, (int)near->len, near->text)
                : parley_fail(err, PARLEY_EPARSE, "line %llu: the header has no column '%s'; needed are event_id, date_start, date_end, precision, actor, target, kind, domain, intensity, what, source",
                              (unsigned long long)header->line, name);
}

static int by_name(const void *a, const void *b) { return strcmp(((const struct extra_column *)a)->name, ((const struct extra_column *)b)->name); }

enum parley_status columns_from_header(const struct parley_csv_row *header, struct parley_arena *arena, struct columns *out,
                                       struct parley_error *err)
{
    for (int f = 0; f < FIELD_N; f++)
        out->at[f] = index_of(header, field_names[f]);
    for (size_t i = 0; i < REQUIRED_N; i++)
        if (out->at[required[i]] < 0)
            return missing(header, field_names[required[i]], err);
    out->n = header->n;
    out->n_extra = out->n_present = 0;
    for (int f = 0; f < FIELD_N; f++)
        if (out->at[f] >= 0) {
            out->present[out->n_present].field = (enum field)f;
            out->present[out->n_present].at = (size_t)out->at[f];
            out->present[out->n_present++].guard = f != FIELD_INTENSITY && f != FIELD_START && f != FIELD_END;
        }
    out->extra = PARLEY_NEW(arena, struct extra_column, header->n + 1);
    if (!out->extra)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < header->n; i++) {
        const struct parley_csv_field *f = &header->field[i];
        bool ours = false;
        for (int k = 0; k < FIELD_N; k++)
            ours |= out->at[k] == (int)i;
        if (ours)
            continue;
        if (!f->len || memchr(f->text, 0, f->len)) /* a column without a name cannot be kept under one */
            return parley_fail(err, PARLEY_EPARSE, "line %llu: column %zu of the header has no name", (unsigned long long)header->line, i + 1);
        struct extra_column *e = &out->extra[out->n_extra++];
        *e = (struct extra_column){ parley_arena_copy(arena, f->text, f->len), f->len, i };
        if (!e->name)
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
        for (int k = 0; k < FIELD_N; k++)
            if (!strcmp(e->name, field_names[k]))
                return parley_fail(err, PARLEY_EPARSE, "line %llu: the header has the column '%s' twice", (unsigned long long)header->line, e->name);
    }
    if (out->n_extra)
        qsort(out->extra, out->n_extra, sizeof *out->extra, by_name);
    for (size_t i = 1; i < out->n_extra; i++)
        if (!strcmp(out->extra[i - 1].name, out->extra[i].name))
            return parley_fail(err, PARLEY_EPARSE, "line %llu: the header has the column '%s' twice", (unsigned long long)header->line, out->extra[i].name);
    return PARLEY_OK;
}

static size_t quotes(struct slice s)
{
    size_t i = 0;
    while (i < s.n && s.p[i] == '\'')
        i++;
    return i;
}

static bool formula(struct slice s, size_t i) { return i < s.n && s.p[i] && strchr("=+-@\t\r", s.p[i]); }

bool guard_needed(struct slice s) { return s.n && formula(s, quotes(s)); }

struct slice guard_undone(struct slice s)
{
    size_t i = quotes(s);
    return i && formula(s, i) ? (struct slice){ s.p + 1, s.n - 1 } : s;
}

void columns_row(const struct columns *c, const struct parley_csv_row *row, struct slice text[FIELD_N], struct parley_text *extra)
{
    for (int f = 0; f < FIELD_N; f++)
        text[f] = (struct slice){ "", 0 };
    for (size_t i = 0; i < c->n_present; i++) {
        size_t at = c->present[i].at;
        if (at >= row->n)
            continue;
        struct slice s = { row->field[at].text, row->field[at].len };
        text[c->present[i].field] = c->present[i].guard ? guard_undo(s) : s;
    }
    if (extra->len || extra->failed)
        parley_text_clear(extra);
    struct parley_json json;
    bool any = false;
    for (size_t i = 0; i < c->n_extra; i++) {
        size_t at = c->extra[i].at;
        if (at >= row->n || !row->field[at].len)
            continue;
        if (!any) {
            parley_json_init(&json, extra, false);
            parley_json_object(&json);
            any = true;
        }
        struct slice value = guard_undo((struct slice){ row->field[at].text, row->field[at].len });
        parley_json_key(&json, c->extra[i].name);
        parley_json_string_n(&json, value.p, value.n);
    }
    if (any)
        parley_json_object_end(&json);
}
