/* One row of a data set through its mapping: the texts of our columns. */
#include "mapping.h"

#include <parley/json.h>

#include <math.h>
#include <string.h>

struct work {
    const struct mapping *m;
    const struct names *names;
    const int *at;
    const struct parley_csv_row *row;
    struct scratch *scratch;
    struct parley_error *err;
};

static bool equal(struct slice a, struct slice b) { return a.n == b.n && (!a.n || !memcmp(a.p, b.p, a.n)); }

/* The value of a column; empty when it is missing, whatever word the data set uses for that. */
static struct slice value(const struct work *w, int column)
{
    size_t at = column < 0 || w->at[column] < 0 ? SIZE_MAX : (size_t)w->at[column];
    if (at >= w->row->n)
        return (struct slice){ "", 0 };
    struct slice s = slice_trim((struct slice){ w->row->field[at].text, w->row->field[at].len });
    return s.n && pairs_find(&w->m->missing, s) ? (struct slice){ "", 0 } : s;
}

static char *room(struct work *w, size_t n)
{
    if (n > SCRATCH_BYTES - w->scratch->n)
        return NULL;
    char *p = w->scratch->p + w->scratch->n;
    w->scratch->n += n;
    return p;
}

static enum parley_status too_long(struct work *w) { return parley_fail(w->err, PARLEY_EDOM, "the texts of this row are longer than 4 MiB"); }

static enum parley_status assemble(struct work *w, const struct rule *rule, struct slice *out)
{
    if (rule->n_parts == 1 && rule->part[0].column >= 0) {
        *out = value(w, rule->part[0].column);
        return PARLEY_OK;
    }
    if (rule->n_parts == 1) {
        *out = rule->part[0].literal;
        return PARLEY_OK;
    }
    size_t n = 0, columns = 0, filled = 0;
    for (size_t i = 0; i < rule->n_parts; i++) {
        struct slice s = rule->part[i].column < 0 ? rule->part[i].literal : value(w, rule->part[i].column);
        n += s.n;
        columns += rule->part[i].column >= 0;
        filled += rule->part[i].column >= 0 && s.n;
    }
    *out = (struct slice){ "", 0 };
    if (columns && !filled)
        return PARLEY_OK;
    char *p = room(w, n);
    if (!p)
        return too_long(w);
    *out = (struct slice){ p, n };
    for (size_t i = 0; i < rule->n_parts; i++) {
        struct slice s = rule->part[i].column < 0 ? rule->part[i].literal : value(w, rule->part[i].column);
        if (s.n)
            memcpy(p, s.p, s.n);
        p += s.n;
    }
    return PARLEY_OK;
}

static enum parley_status translate(struct work *w, const struct rule *rule, struct slice *s)
{
    if (rule->take && s->n > rule->take)
        s->n = rule->take;
    if (rule->map.n_slots) {
        const struct pair *found = pairs_find(&rule->map, *s);
        if (found) {
            *s = found->to;
            return PARLEY_OK;
        }
    }
    if (rule->prefix_map.n_slots && s->n)
        for (size_t i = 0; i < rule->prefix_map.n_slots; i++) {
            struct slice prefix = rule->prefix_map.slot[i].from;
            if (prefix.p && s->n >= prefix.n && !memcmp(s->p, prefix.p, prefix.n)) {
                *s = rule->prefix_map.slot[i].to;
                return PARLEY_OK;
            }
        }
    if (rule->fallback.p && (!s->n || (rule->map.n_slots && !rule->pass)))
        *s = rule->fallback;
    else if (rule->map.n_slots && !rule->pass && s->n)
        return parley_fail(w->err, PARLEY_EDOM, "'%.*s' is not among the values the mapping knows", (int)(s->n < 60 ? s->n : 60), s->p);
    return PARLEY_OK;
}

/* Is it somebody we know? `UNK` and `drop` turn strangers into UNK or leave them out of a list. */
static bool stranger(struct work *w, const struct rule *rule, struct slice s)
{
    return !names_find(w->names, rule->names, s.p, s.n) && (rule->names == NAME_ANY || !names_find(w->names, NAME_ANY, s.p, s.n)) && !names_is_new_code(s.p, s.n);
}

static enum parley_status actors(struct work *w, const struct rule *rule, struct slice *s)
{
    size_t cap = s->n * 4 + 2 * NAME_BYTES_MAX, n = 0;
    struct slice rest = *s;
    char *out = room(w, cap);
    if (!out)
        return too_long(w);
    while (rest.n || !n) {
        size_t end = rest.n;
        if (rule->split.n)
            for (size_t i = 0; i + rule->split.n <= rest.n; i++)
                if (!memcmp(rest.p + i, rule->split.p, rule->split.n)) {
                    end = i;
                    break;
                }
        struct slice one = slice_trim((struct slice){ rest.p, end });
        size_t gone = end < rest.n ? end + rule->split.n : rest.n;
        rest.p += gone;
        rest.n -= gone;
        enum parley_status status = translate(w, rule, &one);
        if (status)
            return status;
        if (one.n && rule->unknown != UNKNOWN_REJECT && stranger(w, rule, one))
            one = rule->unknown == UNKNOWN_UNK ? (struct slice){ "UNK", 3 } : (struct slice){ "", 0 };
        if (one.n && n + one.n + 1 < cap) {
            if (n)
                out[n++] = ';';
            for (size_t i = 0; i < one.n; i++) /* a name of theirs may hold our separator */
                out[n++] = one.p[i] == ';' && !rule->split.n && rule->map.n_slots == 0 ? ',' : one.p[i];
        }
        if (!rest.n)
            break;
    }
    *s = n ? (struct slice){ out, n } : (struct slice){ "UNK", 3 };
    return PARLEY_OK;
}

/* A whole number written as 5, 05 or 5.0; -1 when missing or something else. */
static int whole(struct slice s)
{
    double v;
    return s.n && parley_text_to_double(s.p, s.n, &v) && v >= 0 && v <= 9999 && v == floor(v) ? (int)v : -1;
}

static enum parley_status dates(struct work *w, const struct rule *rule, struct slice *s)
{
    char *p = room(w, 32);
    if (!p)
        return too_long(w);
    if (rule->date == DATE_DAY && s->n > 10)
        s->n = 10;
    if ((rule->date == DATE_YMD || rule->date == DATE_YMDHMS) && s->n) {
        bool digits = s->n == (rule->date == DATE_YMD ? 8 : 14);
        for (size_t i = 0; i < s->n; i++)
            digits &= s->p[i] >= '0' && s->p[i] <= '9';
        if (!digits)
            return parley_fail(w->err, PARLEY_EPARSE, "expected a date written as %s, found '%.*s'", rule->date == DATE_YMD ? "yyyymmdd" : "yyyymmddhhmmss", (int)(s->n < 40 ? s->n : 40), s->p);
        const char *d = s->p;
        size_t n = 10;
        sqlite3_snprintf(32, p, "%.4s-%.2s-%.2s", d, d + 4, d + 6);
        if (rule->date == DATE_YMDHMS) {
            sqlite3_snprintf(16, p + 10, "T%.2s:%.2s:%.2sZ", d + 8, d + 10, d + 12);
            n = 20;
        }
        *s = (struct slice){ p, n };
    }
    if (rule->date == DATE_PARTS) {
        int year = whole(value(w, rule->year)), month = whole(value(w, rule->month)), day = whole(value(w, rule->day));
        *s = (struct slice){ p, 0 };
        if (year > 0) {
            sqlite3_snprintf(32, p, month > 0 && day > 0 ? "%04d-%02d-%02d" : month > 0 ? "%04d-%02d" : "%04d", year, month, day);
            s->n = strlen(p);
        }
    }
    if (rule->coarse != COARSE_NO && s->n == 10) {
        if (rule->coarse == COARSE_YEAR && !memcmp(s->p + 4, "-01-01", 6))
            s->n = 4;
        else if (!memcmp(s->p + 7, "-01", 3))
            s->n = 7;
    }
    return PARLEY_OK;
}

static enum parley_status scale(struct work *w, const struct rule *rule, struct slice *s)
{
    double v;
    if (!s->n)
        return PARLEY_OK;
    if (!parley_text_to_double(s->p, s->n, &v))
        return parley_fail(w->err, PARLEY_EPARSE, "expected a number, found '%.*s'", (int)(s->n < 40 ? s->n : 40), s->p);
    char *p = room(w, PARLEY_NUMBER_TEXT);
    if (!p)
        return too_long(w);
    v = fmin(fmax(v * rule->multiply + rule->add, rule->low), rule->high);
    *s = (struct slice){ p, parley_double_to_text(v, p) };
    return PARLEY_OK;
}

static enum parley_status other_of(struct work *w, const struct rule *rule, struct slice actor, struct slice *s)
{
    const struct rule *acts = &w->m->rule[FIELD_ACTOR];
    const struct named *who = names_find(w->names, acts->names, actor.p, actor.n), *side[2];
    struct slice v[2];
    for (int i = 0; i < 2; i++) {
        v[i] = value(w, rule->other_of[i]);
        side[i] = names_find(w->names, rule->names, v[i].p, v[i].n);
    }
    for (int i = 0; i < 2; i++)
        if (who && side[i] && who->id == side[i]->id) {
            *s = v[1 - i];
            return PARLEY_OK;
        }
    char *p = room(w, v[0].n + v[1].n + 1); /* a third party acted: both are targets */
    if (!p)
        return too_long(w);
    if (v[0].n)
        memcpy(p, v[0].p, v[0].n);
    p[v[0].n] = ';';
    if (v[1].n)
        memcpy(p + v[0].n + 1, v[1].p, v[1].n);
    *s = (struct slice){ p, v[0].n + v[1].n + 1 };
    return PARLEY_OK;
}

static bool skipped(struct work *w)
{
    for (size_t i = 0; i < w->m->n_skips; i++) {
        struct slice v = value(w, w->m->skip[i].column);
        if (w->m->skip[i].empty ? !v.n : equal(v, w->m->skip[i].is))
            return true;
    }
    return false;
}

static enum parley_status one_field(struct work *w, int f, struct applied *out)
{
    const struct rule *rule = &w->m->rule[f];
    struct slice s = { "", 0 };
    enum parley_status status = assemble(w, rule, &s);
    bool is_actor = f == FIELD_ACTOR || f == FIELD_TARGET;
    if (!status && rule->other_of[0] >= 0)
        status = other_of(w, rule, out->text[FIELD_ACTOR], &s);
    else if (!status && is_actor)
        status = actors(w, rule, &s);
    else if (!status)
        status = translate(w, rule, &s);
    if (!status && (f == FIELD_START || f == FIELD_END || f == FIELD_PUBLIC))
        status = dates(w, rule, &s);
    if (!status && rule->scaled)
        status = scale(w, rule, &s);
    out->text[f] = s;
    return status;
}

enum parley_status mapping_apply(const struct mapping *m, const struct names *names, const int at[MAPPING_COLUMNS_MAX],
                                 const struct parley_csv_row *row, struct scratch *scratch, struct applied *out, enum field *bad,
                                 struct parley_error *err)
{
    struct work w = { m, names, at, row, scratch, err };
    scratch->n = 0;
    out->bad_column = -1;
    out->skipped = skipped(&w);
    if (out->skipped)
        return PARLEY_OK;
    for (int f = 0; f < FIELD_N; f++) {
        out->text[f] = (struct slice){ "", 0 };
        if (!m->rule[f].used)
            continue;
        enum parley_status status = one_field(&w, f, out);
        if (status) {
            *bad = (enum field)f;
            return status;
        }
    }
    if (!m->rule[FIELD_SOURCE].used)
        out->text[FIELD_SOURCE] = m->source;
    if (m->swap && equal(value(&w, m->swap_column), m->swap_is)) {
        struct slice s = out->text[FIELD_ACTOR];
        out->text[FIELD_ACTOR] = out->text[FIELD_TARGET];
        out->text[FIELD_TARGET] = s;
    }
    return PARLEY_OK;
}

void mapping_extra(const struct mapping *m, const int at[MAPPING_COLUMNS_MAX], const struct parley_csv_row *row, struct parley_text *extra)
{
    struct work w = { m, NULL, at, row, NULL, NULL };
    struct parley_json json;
    bool any = false;
    parley_text_clear(extra);
    for (size_t i = 0; i < m->n_keep; i++) {
        struct slice v = value(&w, m->keep[i]);
        char key[128];
        struct slice name = m->column[m->keep[i]];
        if (!v.n || name.n >= sizeof key)
            continue;
        memcpy(key, name.p, name.n);
        key[name.n] = 0;
        if (!any) {
            parley_json_init(&json, extra, false);
            parley_json_object(&json);
        }
        any = true;
        parley_json_key(&json, key);
        parley_json_string_n(&json, v.p, v.n);
    }
    if (any)
        parley_json_object_end(&json);
}

static int header_index(const struct parley_csv_row *first, struct slice name)
{
    for (size_t i = 0; i < first->n; i++)
        if (equal((struct slice){ first->field[i].text, first->field[i].len }, name))
            return (int)i;
    return -1;
}

static bool all_digits(struct parley_csv_field f)
{
    for (size_t i = 0; i < f.len; i++)
        if (f.text[i] < '0' || f.text[i] > '9')
            return false;
    return f.len > 0;
}

static bool fits(const struct mapping *m, const struct layout *l, const struct parley_csv_row *first, int at[MAPPING_COLUMNS_MAX])
{
    if (!l->header && first->n != l->n)
        return false;
    for (size_t i = 0; i < l->n_digits; i++)
        if (!all_digits(first->field[l->digits[i]]))
            return false;
    size_t found = 0;
    for (size_t c = 0; c < m->n_columns; c++) {
        struct slice theirs = m->column[c];
        at[c] = -1;
        for (size_t i = 0; i < l->n; i++)
            if (equal(l->name[i], m->column[c])) {
                theirs = l->theirs[i];
                if (!l->header)
                    at[c] = (int)i;
            }
        if (l->header)
            at[c] = header_index(first, theirs);
        found += at[c] >= 0;
        if (m->needed[c] && at[c] < 0)
            return false;
    }
    return found > 0;
}

const struct layout *mapping_fit(const struct mapping *m, char delimiter, bool no_quotes, const struct parley_csv_row *first, int at[MAPPING_COLUMNS_MAX])
{
    for (size_t i = 0; i < m->n_layouts; i++)
        if (m->layout[i].delimiter == delimiter && m->layout[i].no_quotes == no_quotes && fits(m, &m->layout[i], first, at))
            return &m->layout[i];
    return NULL;
}
