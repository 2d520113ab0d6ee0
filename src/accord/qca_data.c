/* Reading a table of cases and deciding what each column can be: crisp, fuzzy or multi-value set. */
#include <parley/qca.h>
#include <parley/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct reading { /* grows while the file is read; moved into the arena at the end */
    size_t n, cap, columns;
    double **value;        /* [columns][cap] */
    const char ***text;    /* [columns][cap] what is no number, and all of column 0 */
    uint64_t *line;        /* [cap] */
};

static void release(struct reading *r)
{
    for (size_t j = 0; j < r->columns; j++) {
        free(r->value ? r->value[j] : NULL);
        free(r->text ? (void *)r->text[j] : NULL);
    }
    free(r->value);
    free((void *)r->text);
    free(r->line);
}

static bool grow(struct reading *r)
{
    size_t cap = r->cap ? r->cap * 2 : 64;
    for (size_t j = 0; j < r->columns; j++) {
        double *value = realloc(r->value[j], cap * sizeof *value);
        if (!value)
            return false;
        r->value[j] = value;
        const char **text = realloc((void *)r->text[j], cap * sizeof *text);
        if (!text)
            return false;
        r->text[j] = text;
    }
    uint64_t *line = realloc(r->line, cap * sizeof *line);
    if (!line)
        return false;
    r->line = line;
    r->cap = cap;
    return true;
}

static void trim(struct parley_csv_field *f)
{
    while (f->len && (f->text[0] == ' ' || f->text[0] == '\t'))
        f->text++, f->len--;
    while (f->len && (f->text[f->len - 1] == ' ' || f->text[f->len - 1] == '\t'))
        f->len--;
}

static enum parley_status read_rows(struct parley_csv *csv, struct parley_arena *arena, struct reading *r,
                                    const struct parley_qca_data *data, struct parley_error *err)
{
    for (;;) {
        struct parley_csv_row row;
        enum parley_status status = parley_csv_next(csv, &row, err);
        if (status)
            return status;
        if (!row.n)
            return PARLEY_OK;
        if (row.n != r->columns)
            return parley_fail(err, PARLEY_EPARSE, "line %llu: the header has %zu columns, this row %zu; give every row one cell a column",
                               (unsigned long long)row.line, r->columns, row.n);
        if (r->n == PARLEY_QCA_CASES_MAX)
            return parley_fail(err, PARLEY_ELIMIT, "line %llu: more than %d cases", (unsigned long long)row.line, PARLEY_QCA_CASES_MAX);
        if (r->n == r->cap && !grow(r))
            return parley_fail(err, PARLEY_ENOMEM, "no memory for more than %zu cases", r->n);
        for (size_t j = 0; j < row.n; j++) {
            struct parley_csv_field f = row.field[j];
            trim(&f);
            double v = NAN;
            bool number = parley_text_to_double(f.text, f.len, &v);
            r->value[j][r->n] = number ? v : NAN;
            r->text[j][r->n] = NULL;
            if ((!number || j == 0) && !(r->text[j][r->n] = parley_arena_copy(arena, f.text, f.len)))
                return parley_fail(err, PARLEY_ENOMEM, "no memory for the cells of column %s", data->column[j].name);
        }
        r->line[r->n++] = row.line;
    }
}

static enum parley_status read_header(struct parley_csv *csv, struct parley_arena *arena, struct parley_qca_data *out,
                                      struct parley_error *err)
{
    struct parley_csv_row row;
    enum parley_status status = parley_csv_next(csv, &row, err);
    if (status)
        return status;
    if (!row.n)
        return parley_fail(err, PARLEY_EPARSE, "the file is empty; expected a header line and one line a case");
    if (row.n > PARLEY_QCA_COLUMNS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "line %llu: %zu columns, at most %d", (unsigned long long)row.line, row.n,
                           PARLEY_QCA_COLUMNS_MAX);
    out->n_columns = row.n;
    out->column = PARLEY_NEW(arena, struct parley_qca_column, row.n);
    if (!out->column)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu columns", row.n);
    for (size_t j = 0; j < row.n; j++) {
        struct parley_csv_field f = row.field[j];
        trim(&f);
        if (!f.len && j)
            return parley_fail(err, PARLEY_EPARSE, "line %llu, column %zu: the header is empty; name the column",
                               (unsigned long long)row.line, j + 1);
        for (size_t i = 0; i < j; i++)
            if (strlen(out->column[i].name) == f.len && !memcmp(out->column[i].name, f.text, f.len))
                return parley_fail(err, PARLEY_EPARSE, "line %llu, column %zu: '%.*s' names two columns; rename one",
                                   (unsigned long long)row.line, j + 1, (int)(f.len > 60 ? 60 : f.len), f.text);
        if (!(out->column[j].name = parley_arena_copy(arena, f.text, f.len)))
            return parley_fail(err, PARLEY_ENOMEM, "no memory for the header");
    }
    return PARLEY_OK;
}

/* What can this column be? The first cell that stands in the way is named. */
static void classify(struct parley_qca_column *c, const struct reading *r, size_t j, struct parley_arena *arena)
{
    double highest = 0;
    bool whole = true, dash = false;
    size_t high_at = 0, part_at = 0;
    c->levels = 2;
    for (size_t i = 0; i < r->n; i++) {
        double v = r->value[j][i];
        const char *text = r->text[j][i];
        unsigned long long line = r->line[i];
        if (isnan(v) && text && !strcmp(text, "-")) {
            dash = true;
            continue;
        }
        if (isnan(v)) {
            c->kind = PARLEY_QCA_OTHER;
            c->why = parley_arena_printf(arena, "line %llu: expected a number from 0 to 1 or a whole number, found '%.40s'; calibrate, "
                                         "complete or leave out this case", line, text ? text : "");
            return;
        }
        if (v < 0) {
            c->kind = PARLEY_QCA_OTHER;
            c->why = parley_arena_printf(arena, "line %llu: %g is below 0; calibrate the column first (parley qca calibrate)", line, v);
            return;
        }
        if (v != floor(v) && whole)
            whole = false, part_at = i;
        if (v > highest)
            highest = v, high_at = i;
    }
    if (highest <= 1 && whole)
        c->kind = PARLEY_QCA_CRISP;
    else if (highest <= 1 && !dash)
        c->kind = PARLEY_QCA_FUZZY;
    else if (whole && highest < PARLEY_QCA_LEVELS_MAX - 1) {
        c->kind = PARLEY_QCA_MULTI;
        c->levels = (unsigned)highest + 1;
    } else {
        c->kind = PARLEY_QCA_OTHER;
        c->why = high_at == part_at && !whole ? parley_arena_printf(arena, "%g (line %llu) is above 1 and no whole number, so the column is neither fuzzy nor "
                                                                    "multi-value; calibrate it first", highest, (unsigned long long)r->line[high_at])
                 : whole ? parley_arena_printf(arena, "line %llu: %g is more than the highest value of a multi-value condition, %d; calibrate "
                                             "the column first", (unsigned long long)r->line[high_at], highest, PARLEY_QCA_LEVELS_MAX - 2)
                       : parley_arena_printf(arena, "%g (line %llu) is above 1 and %g (line %llu) is no whole number, so the column is neither fuzzy nor "
                                             "multi-value; calibrate it first", highest, (unsigned long long)r->line[high_at], r->value[j][part_at],
                                             (unsigned long long)r->line[part_at]);
        return;
    }
    if (dash) {
        c->temporal = true;
        for (size_t i = 0; i < r->n; i++)
            if (isnan(r->value[j][i]))
                r->value[j][i] = c->levels;
        c->levels++;
    }
}

static bool names_cases(const char *header, const struct reading *r)
{
    if (!*header || !strcasecmp(header, "case") || !strcasecmp(header, "cases") || !strcasecmp(header, "id"))
        return true;
    for (size_t i = 0; i < r->n; i++)
        if (isnan(r->value[0][i]) && strcmp(r->text[0][i], "-") && *r->text[0][i])
            return true;
    return false;
}

static enum parley_status finish(const struct reading *r, struct parley_arena *arena, struct parley_qca_data *out,
                                 struct parley_error *err)
{
    out->n = r->n;
    out->name = PARLEY_NEW(arena, const char *, r->n);
    if (!out->name)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu cases", r->n);
    bool named = out->named = names_cases(out->column[0].name, r);
    for (size_t i = 0; i < r->n; i++)
        if (!(out->name[i] = named ? r->text[0][i] : parley_arena_printf(arena, "%zu", i + 1)))
            return parley_fail(err, PARLEY_ENOMEM, "no memory for the names of %zu cases", r->n);
    for (size_t j = 0; j < r->columns; j++) {
        struct parley_qca_column *c = &out->column[j];
        double *value = PARLEY_NEW(arena, double, r->n);
        if (!value)
            return parley_fail(err, PARLEY_ENOMEM, "no memory for column %s", c->name);
        if (j == 0 && named) {
            c->kind = PARLEY_QCA_OTHER;
            c->why = "the first column names the cases";
        } else
            classify(c, r, j, arena);
        bool any_text = false;
        for (size_t i = 0; i < r->n; i++) {
            value[i] = r->value[j][i];
            any_text |= r->text[j][i] && isnan(value[i]);
        }
        c->value = value;
        if (any_text || (j == 0 && named)) {
            const char **text = PARLEY_NEW(arena, const char *, r->n);
            if (!text)
                return parley_fail(err, PARLEY_ENOMEM, "no memory for column %s", c->name);
            memcpy((void *)text, (const void *)r->text[j], r->n * sizeof *text);
            c->text = text;
        }
    }
    return PARLEY_OK;
}

enum parley_status parley_qca_read(struct parley_csv *csv, struct parley_arena *arena, struct parley_qca_data *out,
                                   struct parley_error *err)
{
    struct parley_qca_data data = { 0 };
    enum parley_status status = read_header(csv, arena, &data, err);
    if (status)
        return status;
    struct reading r = { .columns = data.n_columns };
    r.value = calloc(r.columns, sizeof *r.value);
    r.text = calloc(r.columns, sizeof *r.text);
    if (!r.value || !r.text)
        status = parley_fail(err, PARLEY_ENOMEM, "no memory for %zu columns", r.columns);
    else
        status = read_rows(csv, arena, &r, &data, err);
    if (!status && !r.n)
        status = parley_fail(err, PARLEY_EDOM, "the file has a header and no case; add one line a case");
    if (!status)
        status = finish(&r, arena, &data, err);
    release(&r);
    if (!status)
        *out = data;
    return status;
}

enum parley_status parley_qca_find(const struct parley_qca_data *data, const char *name, size_t len, size_t *column,
                                   struct parley_error *err)
{
    char word[128];
    if (len >= sizeof word)
        return parley_fail(err, PARLEY_ENOTFOUND, "no column has a name as long as '%.60s...'", name);
    memcpy(word, name, len);
    word[len] = 0;
    size_t best = 0, best_distance = SIZE_MAX;
    for (size_t j = 0; j < data->n_columns; j++) {
        const struct parley_qca_column *c = &data->column[j];
        if (!strcmp(c->name, word)) {
            if (c->kind == PARLEY_QCA_OTHER)
                return parley_fail(err, PARLEY_EDOM, "column %s is no set: %s", word, c->why);
            *column = j;
            return PARLEY_OK;
        }
        size_t d = c->kind == PARLEY_QCA_OTHER || !*c->name ? SIZE_MAX : parley_edit_distance(c->name, word);
        if (d < best_distance)
            best = j, best_distance = d;
    }
    return best_distance < SIZE_MAX
               ? parley_fail(err, PARLEY_ENOTFOUND, "the data have no column '%s'; did you mean '%s'?", word, data->column[best].name)
               : parley_fail(err, PARLEY_ENOTFOUND, "the data have no column '%s'", word);
}

/* "1,2" up to the closing bracket -> bits. */
static enum parley_status parse_values(const char *text, const char *whole, unsigned levels, uint64_t *values,
                                       struct parley_error *err)
{
    *values = 0;
    for (const char *p = text;;) {
        char *end;
        unsigned long v = strtoul(p, &end, 10);
        if (end == p || v >= levels || end - p > 2)
            return parley_fail(err, PARLEY_EINVAL, "'%.60s': expected values from 0 to %u in the brackets", whole, levels - 1);
        *values |= (uint64_t)1 << v;
        p = end;
        if ((*p == ']' || *p == '}') && !p[1])
            return PARLEY_OK;
        if (*p++ != ',')
            return parley_fail(err, PARLEY_EINVAL, "'%.60s': expected ',' or the closing bracket after %lu", whole, v);
    }
}

enum parley_status parley_qca_parse_set(const struct parley_qca_data *data, const char *text, struct parley_qca_set *out,
                                        struct parley_error *err)
{
    const char *p = text;
    bool negated = *p == '~';
    p += negated;
    size_t len = strcspn(p, "[{"), column;
    enum parley_status status = parley_qca_find(data, p, len, &column, err);
    if (status)
        return status;
    const struct parley_qca_column *c = &data->column[column];
    uint64_t all = ((uint64_t)1 << c->levels) - 1, values = 2;
    if (p[len]) {
        status = parse_values(p + len + 1, text, c->levels, &values, err);
        if (status)
            return status;
        if (c->kind == PARLEY_QCA_FUZZY && values == all)
            return parley_fail(err, PARLEY_EINVAL, "'%.60s': presence and absence together are no fuzzy set; name one value", text);
    } else if (c->kind == PARLEY_QCA_MULTI)
        return parley_fail(err, PARLEY_EINVAL, "column %s has values 0 to %u: say which, for example '%s[%u]'", c->name, c->levels - 1, c->name,
                           c->levels - 1);
    *out = (struct parley_qca_set){ column, negated ? all & ~values : values };
    return PARLEY_OK;
}

enum parley_status parley_qca_parse_conditions(const struct parley_qca_data *data, const char *text, size_t outcome_column,
                                               struct parley_arena *arena, const size_t **condition, size_t *k,
                                               struct parley_error *err)
{
    size_t list[PARLEY_QCA_CONDITIONS_MAX], n = 0, at = 0;
    const char *p = text;
    for (size_t j = 0;; j++) {
        size_t column;
        if (text) {
            if (j && !*p++)
                break;
            p += strspn(p, " ");
            size_t len = strcspn(p, ","), name_len = len;
            while (name_len && p[name_len - 1] == ' ')
                name_len--;
            enum parley_status status = parley_qca_find(data, p, name_len, &column, err);
            if (status)
                return status;
            p += len;
            if (column == outcome_column)
                return parley_fail(err, PARLEY_EINVAL, "%s is the outcome; it cannot be a condition too", data->column[column].name);
        } else {
            while (at < data->n_columns && (at == outcome_column || data->column[at].kind == PARLEY_QCA_OTHER))
                at++;
            if (at == data->n_columns)
                break;
            column = at++;
        }
        for (size_t i = 0; i < n; i++)
            if (list[i] == column)
                return parley_fail(err, PARLEY_EINVAL, "condition %s is named twice", data->column[column].name);
        if (n == PARLEY_QCA_CONDITIONS_MAX)
            return parley_fail(err, PARLEY_ELIMIT, "more than %d conditions; choose with --conditions", PARLEY_QCA_CONDITIONS_MAX);
        list[n++] = column;
    }
    if (!n)
        return parley_fail(err, PARLEY_EDOM, "no column can be a condition; calibrate the data first");
    size_t *out = PARLEY_NEW(arena, size_t, n);
    if (!out)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu conditions", n);
    memcpy(out, list, n * sizeof *out);
    *condition = out;
    *k = n;
    return PARLEY_OK;
}

void parley_qca_membership(const struct parley_qca_data *data, struct parley_qca_set set, double *out)
{
    const struct parley_qca_column *c = &data->column[set.column];
    for (size_t i = 0; i < data->n; i++) {
        double v = c->value[i];
        if (c->kind == PARLEY_QCA_FUZZY)
            out[i] = set.values == 3 ? 1 : set.values == 2 ? v : set.values == 1 ? 1 - v : 0;
        else
            out[i] = set.values >> (unsigned)v & 1;
    }
}
