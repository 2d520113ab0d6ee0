/* Parameters of fit of an expression against an outcome. */
#include <parley/qca_fit.h>
#include <parley/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double ratio(double a, double b) { return b > 0 ? a / b : NAN; }

struct parley_qca_measures parley_qca_measure(const double *x, const double *y, size_t n)
{
    double sx = 0, sy = 0, sxy = 0, sxyy = 0, not_x = 0, not_xy = 0;
    for (size_t i = 0; i < n; i++) {
        double xy = x[i] < y[i] ? x[i] : y[i], yy = y[i] < 1 - y[i] ? y[i] : 1 - y[i];
        sx += x[i];
        sy += y[i];
        sxy += xy;
        sxyy += x[i] < yy ? x[i] : yy;
        not_x += 1 - x[i];
        not_xy += 1 - xy;
    }
    double rest = sx - sxyy;
    return (struct parley_qca_measures){ .incl = ratio(sxy, sx), .pri = rest > 1e-12 * sx ? (sxy - sxyy) / rest : NAN, .cov = ratio(sxy, sy),
                                         .unique = NAN, .ron = not_x > 0 ? not_x / not_xy : 0 }; /* always present: no relevance */
}

enum parley_status parley_qca_names(const struct parley_qca_data *data, struct parley_arena *arena, struct parley_sop_names **names,
                                    const size_t **column, struct parley_error *err)
{
    struct parley_sop_names *out = PARLEY_NEW(arena, struct parley_sop_names, 1);
    const char **name = PARLEY_NEW(arena, const char *, data->n_columns);
    unsigned *levels = PARLEY_NEW(arena, unsigned, data->n_columns);
    size_t *of = PARLEY_NEW(arena, size_t, data->n_columns);
    if (!out || !name || !levels || !of)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu names", data->n_columns);
    for (size_t j = 0; j < data->n_columns; j++) {
        if (data->column[j].kind == PARLEY_QCA_OTHER)
            continue;
        name[out->n] = data->column[j].name;
        levels[out->n] = data->column[j].levels - (data->column[j].temporal && data->column[j].levels == 3);
        of[out->n++] = j;
    }
    out->name = name;
    out->levels = levels;
    *names = out;
    *column = of;
    return PARLEY_OK;
}

void parley_qca_sop_membership(const struct parley_qca_data *data, const struct parley_sop *sop, const size_t *column, double *x, double *all)
{
    size_t k = sop->names->n;
    for (size_t i = 0; i < data->n; i++) {
        double highest = 0;
        for (size_t t = 0; t < sop->n; t++) {
            double least = 1;
            for (size_t j = 0; j < k && least > 0; j++) {
                uint64_t v = sop->values[t * k + j];
                const struct parley_qca_column *c = &data->column[column[j]];
                if (v == ((uint64_t)1 << sop->names->levels[j]) - 1 || (sop->names->levels[j] >= 64 && v == ~(uint64_t)0))
                    continue;
                double m = c->kind == PARLEY_QCA_FUZZY ? (v == 2 ? c->value[i] : 1 - c->value[i]) : (double)(v >> (unsigned)c->value[i] & 1);
                least = m < least ? m : least;
            }
            if (x)
                x[t * data->n + i] = least;
            highest = least > highest ? least : highest;
        }
        if (all)
            all[i] = highest;
    }
}

/* The arrow: where it begins and ends, and what it asks. */
static const char *find_arrow(const char *text, size_t *len, unsigned *relation)
{
    static const struct { const char *mark; unsigned relation; } arrows[] = {
        { "<=>", PARLEY_QCA_SUFFICIENT | PARLEY_QCA_NECESSARY }, { "<->", PARLEY_QCA_SUFFICIENT | PARLEY_QCA_NECESSARY },
        { "=>", PARLEY_QCA_SUFFICIENT }, { "->", PARLEY_QCA_SUFFICIENT }, { "<=", PARLEY_QCA_NECESSARY }, { "<-", PARLEY_QCA_NECESSARY } };
    for (const char *p = text; *p; p++)
        for (size_t a = 0; a < sizeof arrows / sizeof *arrows; a++)
            if (!strncmp(p, arrows[a].mark, strlen(arrows[a].mark))) {
                *len = strlen(arrows[a].mark);
                *relation = arrows[a].relation;
                return p;
            }
    return NULL;
}

/* Terms as they were typed, when the expression is a plain sum of products; otherwise they keep the text made from their values. */
static void terms_as_typed(struct parley_arena *arena, const char *left, struct parley_qca_expression_fit *f)
{
    size_t pieces = 1;
    if (strchr(left, '('))
        return;
    for (const char *p = left; *p; p++)
        pieces += *p == '+';
    if (pieces != f->n)
        return;
    for (size_t t = 0; t < f->n; t++) {
        size_t len = strcspn(left, "+"), to = 0;
        char *text = parley_arena_alloc(arena, len + 1);
        if (!text)
            return;
        for (size_t i = 0; i < len; i++)
            if (left[i] != ' ' && left[i] != '\t')
                text[to++] = left[i] == '{' ? '[' : left[i] == '}' ? ']' : left[i];
        f->term[t] = text;
        left += len + (left[len] != 0);
    }
}

static enum parley_status measure_terms(const struct parley_qca_data *data, const size_t *column, struct parley_arena *arena,
                                        struct parley_qca_expression_fit *f, struct parley_error *err)
{
    size_t n = data->n, terms = f->sop.n;
    double *x = malloc((terms + 3) * n * sizeof *x);
    bool brackets = false;
    f->fit = PARLEY_NEW(arena, struct parley_qca_measures, terms);
    f->term = PARLEY_NEW(arena, const char *, terms);
    if (!x || !f->fit || !f->term) {
        free(x);
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu terms over %zu cases", terms, n);
    }
    double *all = x + terms * n, *y = all + n, *rest = y + n;
    for (size_t t = 0; t < terms; t++)
        for (size_t j = 0; j < f->sop.names->n; j++)
            brackets |= f->sop.names->levels[j] > 2 && f->sop.values[t * f->sop.names->n + j] != ((uint64_t)1 << f->sop.names->levels[j]) - 1;
    parley_qca_membership(data, f->outcome, y);
    parley_qca_sop_membership(data, &f->sop, column, x, all);
    f->whole = parley_qca_measure(all, y, n);
    f->n = terms;
    f->text = parley_sop_text(&f->sop, brackets, arena);
    for (size_t t = 0; t < terms; t++) {
        f->fit[t] = parley_qca_measure(x + t * n, y, n);
        f->term[t] = parley_sop_term_text(&f->sop, t, brackets, arena);
        if (terms < 2)
            continue;
        for (size_t i = 0; i < n; i++) {
            rest[i] = 0;
            for (size_t o = 0; o < terms; o++)
                if (o != t && x[o * n + i] > rest[i])
                    rest[i] = x[o * n + i];
        }
        f->fit[t].unique = f->whole.cov - parley_qca_measure(rest, y, n).cov;
    }
    double *keep = PARLEY_NEW(arena, double, 2 * n);
    if (keep) {
        memcpy(keep, all, n * sizeof *keep);
        memcpy(keep + n, y, n * sizeof *keep);
    }
    free(x);
    f->membership = keep;
    f->outcome_membership = keep ? keep + n : NULL;
    return keep ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "no memory for %zu cases", n);
}

enum parley_status parley_qca_fit_expression(const struct parley_qca_data *data, const char *text, struct parley_arena *arena,
                                             struct parley_qca_expression_fit *out, struct parley_error *err)
{
    struct parley_qca_expression_fit f = { 0 };
    struct parley_sop_names *names;
    const size_t *column;
    size_t len = 0;
    const char *arrow = find_arrow(text, &len, &f.relation);
    if (!arrow)
        return parley_fail(err, PARLEY_EPARSE, "the expression '%.60s' has no arrow; write 'A*~B + C => Y' for sufficiency, '<=' for necessity", text);
    const char *y = arrow + len + strspn(arrow + len, " \t");
    size_t y_len = strlen(y);
    while (y_len && (y[y_len - 1] == ' ' || y[y_len - 1] == '\t'))
        y_len--;
    char *left = parley_arena_copy(arena, text, (size_t)(arrow - text)), *outcome = parley_arena_copy(arena, y, y_len);
    if (!left || !outcome)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for the expression");
    enum parley_status status = parley_qca_parse_set(data, outcome, &f.outcome, err);
    if (!status)
        status = parley_qca_names(data, arena, &names, &column, err);
    if (!status)
        status = parley_sop_parse(names, left, arena, &f.sop, err);
    if (!status && !f.sop.n)
        status = parley_fail(err, PARLEY_EDOM, "the expression '%.60s' is empty: it contradicts itself for every case", left);
    if (!status)
        status = measure_terms(data, column, arena, &f, err);
    if (!status) {
        terms_as_typed(arena, left, &f);
        *out = f;
    }
    return status;
}

void parley_qca_group_fit(const double *x, const double *y, const size_t *group, size_t n, size_t groups, bool necessary, struct parley_qca_group *out,
                          double *distance)
{
    double total = 0, squares = 0;
    for (size_t g = 0; g < groups; g++) {
        double sx = 0, sy = 0, both = 0;
        out[g].n = 0;
        for (size_t i = 0; i < n; i++) {
            if (group[i] != g)
                continue;
            out[g].n++;
            sx += x[i];
            sy += y[i];
            both += x[i] < y[i] ? x[i] : y[i];
        }
        out[g].incl = ratio(both, necessary ? sy : sx);
        out[g].cov = ratio(both, necessary ? sx : sy);
        total += isnan(out[g].incl) ? 0 : out[g].incl;
    }
    for (size_t g = 0; g < groups; g++) {
        double share = (isnan(out[g].incl) || total <= 0 ? 0 : out[g].incl / total) - 1 / (double)groups;
        squares += share * share;
    }
    *distance = sqrt(squares);
}
