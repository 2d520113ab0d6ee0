#include "input.h"

#include <parley/data.h>
#include <parley/file.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char delimiters[] = ",\t;";

/* The first row of what was peeked, read with this delimiter. row->n is 0 if it does not parse; only PARLEY_ENOMEM is a failure. */
static enum parley_status first_row(const char *bytes, size_t len, char delimiter, bool no_quotes, struct parley_csv **csv, struct parley_csv_row *row,
                                    struct parley_error *err)
{
    struct parley_csv_options options = { .delimiter = delimiter, .no_quotes = no_quotes };
    *csv = NULL;
    row->n = 0;
    enum parley_status status = parley_csv_open_memory(bytes, len, "", &options, csv, NULL);
    if (!status)
        status = parley_csv_next(*csv, row, NULL);
    if (status == PARLEY_ENOMEM)
        return parley_fail(err, status, "out of memory");
    if (status)
        row->n = 0;
    return PARLEY_OK;
}

static bool is_json(const char *bytes, size_t len)
{
    size_t i = len >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3) ? 3 : 0;
    while (i < len && strchr(" \t\r\n", bytes[i]) && bytes[i])
        i++;
    return i < len && bytes[i] == '{';
}

/* Does a mapping fit the file, and with which delimiter? */
static enum parley_status recognise(const struct mapping *m, const char *bytes, size_t len, char *delimiter, const struct layout **layout, int at[MAPPING_COLUMNS_MAX], bool *fits,
                                    struct parley_error *err)
{
    *fits = m->json && is_json(bytes, len);
    if (m->json)
        return PARLEY_OK;
    for (int attempt = 0; attempt < 6; attempt++) { /* each delimiter, with quotes and then without */
        struct parley_csv *csv = NULL;
        struct parley_csv_row row;
        bool no_quotes = attempt >= 3;
        char d = delimiters[attempt % 3];
        *layout = NULL;
        enum parley_status status = first_row(bytes, len, d, no_quotes, &csv, &row, err);
        if (!status && row.n)
            *fits = m->own ? !no_quotes && columns_are_ours(&row) : (*layout = mapping_fit(m, d, no_quotes, &row, at)) != NULL;
        parley_csv_close(csv);
        if (*fits)
            *delimiter = d;
        if (status || *fits)
            return status;
    }
    return PARLEY_OK;
}

static enum parley_status unknown_file(const struct input *in, const char *bytes, size_t len, struct parley_error *err)
{
    int shown = 0;
    while ((size_t)shown < len && shown < 100 && bytes[shown] != '\n' && bytes[shown] != '\r')
        shown++;
    return parley_fail(err, PARLEY_EPARSE, "%s:1: no known format has these columns: '%.*s'%s; name one with --format or write a mapping (--mapping FILE)", in->name, shown, bytes,
                       (size_t)shown < len && shown == 100 ? "..." : "");
}

/* Which of the columns it needs does the header lack? */
static enum parley_status wrong_columns(const struct input *in, const struct mapping *m, const char *bytes, size_t len, struct parley_arena *arena,
                                        struct parley_error *err)
{
    struct parley_csv *csv = NULL;
    struct parley_csv_row row;
    enum parley_status status = len ? first_row(bytes, len, ',', false, &csv, &row, err) : PARLEY_OK;
    if (!status && len && row.n && m->own && !m->json) {
        struct columns columns;
        status = columns_from_header(&row, arena, &columns, err);
        if (status)
            status = parley_fail_in(err, status, "%s", in->name);
    }
    if (len)
        parley_csv_close(csv);
    if (status)
        return status;
    struct parley_text list;
    parley_text_init(&list, 300);
    for (size_t i = 0; i < m->n_columns; i++)
        if (m->needed[i])
            parley_text_addf(&list, "%s%.*s", list.len ? ", " : "", (int)m->column[i].n, m->column[i].p);
    status = len ? parley_fail(err, PARLEY_EPARSE, "%s:1: this is no '%s' file: expected %s%s", in->name, m->name, m->json ? "one JSON object a line" : "the columns ", parley_text_str(&list))
                 : parley_fail(err, PARLEY_EPARSE, "%s: the file is empty; expected a header line", in->name);
    parley_text_release(&list);
    return status;
}

static enum parley_status choose(struct input *in, const struct parley_import_options *o, const char *bytes, size_t len, struct parley_arena *arena,
                                 char *delimiter, const struct layout **layout, struct parley_error *err)
{
    struct mapping *m = NULL, **all = NULL;
    size_t n = 0;
    bool fits = false;
    enum parley_status status;
    if (o->mapping_path) {
        char *yaml = NULL;
        size_t yaml_len = 0;
        status = parley_file_read(o->mapping_path, MAPPING_BYTES_MAX, arena, &yaml, &yaml_len, err);
        if (!status)
            status = mapping_read(yaml, yaml_len, o->mapping_path, arena, &m, err);
    } else if (o->mapping) {
        status = mapping_read(o->mapping, strlen(o->mapping), "mapping", arena, &m, err);
    } else if (o->format && strcmp(o->format, "auto")) {
        status = mapping_find(o->format, arena, &m, err);
    } else {
        status = mapping_all(arena, &all, &n, err);
        for (size_t i = 0; i < n && !status; i++) {
            status = recognise(all[i], bytes, len, delimiter, layout, in->at, &fits, err);
            if (!status && fits) {
                in->mapping = all[i];
                return PARLEY_OK;
            }
        }
        return status ? status : len ? unknown_file(in, bytes, len, err) : parley_fail(err, PARLEY_EPARSE, "%s: the file is empty; expected a header line", in->name);
    }
    if (!status)
        status = recognise(m, bytes, len, delimiter, layout, in->at, &fits, err);
    if (!status && !fits)
        status = wrong_columns(in, m, bytes, len, arena, err);
    in->mapping = m;
    return status;
}

static enum parley_status keep_header(struct input *in, struct parley_arena *arena, struct parley_error *err)
{
    in->header = parley_arena_copy(arena, in->row.raw, in->row.raw_len);
    in->column_name = PARLEY_NEW(arena, const char *, in->row.n + 1);
    for (size_t i = 0; in->column_name && i < in->row.n; i++)
        if (!(in->column_name[i] = parley_arena_copy(arena, in->row.field[i].text, in->row.field[i].len)))
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    in->n_column_names = in->row.n;
    return in->header && in->column_name ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

static enum parley_status open_file(struct input *in, const struct parley_import_options *o, struct parley_error *err)
{
    struct parley_csv_options options = { .encoding = o->encoding && strcmp(o->encoding, "utf-8") && strcmp(o->encoding, "UTF-8") ? o->encoding : NULL };
    in->name = strcmp(o->path, "-") ? o->path : "standard input";
    if (o->data)
        return parley_csv_open_memory(o->data, o->len, o->path, NULL, &in->csv, err);
    if (!strncmp(o->path, "data:", 5)) {
        const struct parley_data_file *file = parley_data_find(o->path + 5);
        if (!file)
            return parley_fail(err, PARLEY_ENOTFOUND, "there is no shipped file '%s'; 'parley help record import' names some", o->path + 5);
        return parley_csv_open_memory(file->bytes, file->len, o->path, NULL, &in->csv, err);
    }
    return parley_csv_open(o->path, &options, &in->csv, err);
}

enum parley_status input_open(const struct parley_record *record, const struct parley_import_options *o, struct parley_arena *arena,
                              struct input *in, struct parley_error *err)
{
    *in = (struct input){ .header = "" };
    parley_text_init(&in->extra, FIELD_TEXT_BYTES_MAX);
    in->scratch.p = malloc(SCRATCH_BYTES);
    enum parley_status status = in->scratch.p ? open_file(in, o, err) : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    const char *bytes = NULL;
    size_t len = 0;
    char delimiter = ',';
    const struct layout *layout = NULL;
    if (!status)
        status = parley_csv_peek(in->csv, &bytes, &len, err);
    if (!status)
        status = choose(in, o, bytes, len, arena, &delimiter, &layout, err);
    if (status || in->mapping->json)
        goto end;
    parley_csv_set_delimiter(in->csv, delimiter, layout && layout->no_quotes);
    if ((status = parley_csv_next(in->csv, &in->row, err)))
        goto end;
    in->n_fields = in->row.n;
    in->pending = layout && !layout->header;
    if (!in->pending)
        status = keep_header(in, arena, err);
    if (!status && in->mapping->own)
        status = columns_from_header(&in->row, arena, &in->columns, err);
    if (!status && in->mapping->own)
        quick_init(&in->quick, record, &in->columns);
end:
    if (status)
        input_close(in);
    return status;
}

void input_close(struct input *in)
{
    parley_csv_close(in->csv);
    parley_text_release(&in->extra);
    parley_arena_release(&in->line);
    free(in->scratch.p);
    *in = (struct input){ .header = "" };
}

const char *input_column_name(const struct input *in, enum field f)
{
    const struct mapping *m = in->mapping;
    if (m->own || !m->rule[f].used)
        return field_names[f];
    for (size_t i = 0; i < m->rule[f].n_parts; i++) {
        int c = m->rule[f].part[i].column;
        if (c >= 0)
            return in->at[c] >= 0 && (size_t)in->at[c] < in->n_column_names ? in->column_name[in->at[c]] : m->column[c].p;
    }
    return m->rule[f].date == DATE_PARTS ? m->column[m->rule[f].year].p : field_names[f];
}

/* The further columns of a row, and whether they are all there. */
static enum parley_status put_extra(const struct input *in, struct input_row *out, struct parley_error *err)
{
    out->extra = (struct slice){ parley_text_str(&in->extra), in->extra.len };
    if (in->extra.no_memory)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    return in->extra.failed ? parley_fail(err, PARLEY_EDOM, "the further columns of this row are longer than 1 MiB") : PARLEY_OK;
}

static enum parley_status next_json(struct input *in, struct input_row *out, const char **column, struct parley_error *err)
{
    const char *text;
    size_t len;
    do {
        enum parley_status status = parley_csv_line(in->csv, &text, &len, &out->line, err);
        if (status)
            return status;
        out->end = !text;
    } while (text && strspn(text, " \t") >= len);
    if (out->end)
        return PARLEY_OK;
    out->raw = (struct slice){ text, len };
    parley_arena_release(&in->line);
    enum parley_status status = jsonl_row(text, len, &in->line, out->text, &in->extra, column, err);
    return status ? status : put_extra(in, out, err);
}

/* Name of the column a message "...: column 3: ..." speaks of. */
static const char *column_in(const struct input *in, const char *message)
{
    const char *p = strstr(message, ": column ");
    size_t n = p ? (size_t)strtoul(p + 9, NULL, 10) : 0;
    return n && n <= in->n_column_names ? in->column_name[n - 1] : "";
}

enum parley_status input_next(struct input *in, const struct names *names, struct input_row *out, const char **column, struct parley_error *err)
{
    out->extra = out->raw = (struct slice){ "", 0 };
    out->line = 0;
    out->end = out->skipped = out->checked = false;
    *column = "";
    if (in->mapping->json)
        return next_json(in, out, column, err);
    enum parley_status status = PARLEY_OK;
    if (in->pending)
        in->pending = false;
    else
        status = parley_csv_next(in->csv, &in->row, err);
    out->line = in->row.line;
    if (status) {
        if (status == PARLEY_EPARSE && err) {
            const char *p = strstr(err->text, in->name) == err->text ? strchr(err->text + strlen(in->name), ':') : NULL;
            out->line = p ? strtoul(p + 1, NULL, 10) : 0;
            *column = column_in(in, err->text);
        }
        return status;
    }
    if (in->row.n == 0) {
        out->end = true;
        return PARLEY_OK;
    }
    out->raw = (struct slice){ in->row.raw, in->row.raw_len };
    if (in->row.n != in->n_fields)
        return parley_fail(err, PARLEY_EDOM, "%zu fields where the first row has %zu; is a field with a delimiter not in quotes?", in->row.n, in->n_fields);
    if (in->quick.usable && in->row.plain && quick_report(&in->quick, &in->row, out->report)) {
        out->checked = true;
        return PARLEY_OK;
    }
    if (in->mapping->own) {
        columns_row(&in->columns, &in->row, out->text, &in->extra);
    } else {
        struct applied applied;
        enum field bad = FIELD_N;
        status = mapping_apply(in->mapping, names, in->at, &in->row, &in->scratch, &applied, &bad, err);
        if (status) {
            *column = bad < FIELD_N ? input_column_name(in, bad) : "";
            return status;
        }
        out->skipped = applied.skipped;
        memcpy(out->text, applied.text, sizeof out->text);
        mapping_extra(in->mapping, in->at, &in->row, &in->extra);
    }
    return put_extra(in, out, err);
}
