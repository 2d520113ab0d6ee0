#include "command.h"

#include <parley/csv.h>
#include <parley/hawkes.h>
#include <parley/time.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS_MAX = 200000000 };

struct table { /* the rows of the file */
    double *time;
    uint16_t *type;
    size_t n, cap;
    const char *label[PARLEY_HAWKES_TYPES_MAX];
    size_t types;
    bool dates; /* times are dates: days since 1970 */
};

static enum parley_status grow(struct table *t, struct parley_error *err)
{
    if (t->n < t->cap)
        return PARLEY_OK;
    size_t cap = t->cap ? 2 * t->cap : 1024;
    if (cap > EVENTS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "more than %d events", EVENTS_MAX);
    double *time = realloc(t->time, cap * sizeof *time);
    if (time)
        t->time = time;
    uint16_t *type = realloc(t->type, cap * sizeof *type);
    if (type)
        t->type = type;
    if (!time || !type)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu events", cap);
    t->cap = cap;
    return PARLEY_OK;
}

static enum parley_status type_of(struct invocation *in, struct table *t, const struct parley_csv_field *f, uint64_t line, uint16_t *out)
{
    for (size_t k = 0; k < t->types; k++)
        if (strlen(t->label[k]) == f->len && !memcmp(t->label[k], f->text, f->len)) {
            *out = (uint16_t)k;
            return PARLEY_OK;
        }
    if (t->types == PARLEY_HAWKES_TYPES_MAX)
        return parley_fail(&in->err, PARLEY_ELIMIT, "%s:%llu: more than %d types", in->operand[0], (unsigned long long)line, PARLEY_HAWKES_TYPES_MAX);
    t->label[t->types] = parley_arena_copy(&in->arena, f->text, f->len);
    if (!t->label[t->types])
        return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for a type");
    *out = (uint16_t)t->types++;
    return PARLEY_OK;
}

static enum parley_status time_of(struct invocation *in, struct table *t, const struct parley_csv_field *f, uint64_t line, int column, double *out)
{
    if (parley_text_to_double(f->text, f->len, out)) {
        if (t->dates)
            return parley_fail(&in->err, PARLEY_EPARSE, "%s:%llu:%d: a number among dates; use one form of time in a file", in->operand[0], (unsigned long long)line, column);
        return PARLEY_OK;
    }
    struct parley_date date;
    if (f->len && !parley_date_parse(f->text, f->len, &date, NULL)) {
        if (date.precision != PARLEY_INSTANT)
            return parley_fail(&in->err, PARLEY_EDOM,
                               "%s:%llu:%d: '%.*s' is known to the %s only; a model in continuous time would take the spread inside it for excitation. "
                               "Import the events and use parley assess, which has a model for such dates",
                               in->operand[0], (unsigned long long)line, column, (int)f->len, f->text, parley_precision_text(date.precision));
        if (t->n && !t->dates)
            return parley_fail(&in->err, PARLEY_EPARSE, "%s:%llu:%d: a date among numbers; use one form of time in a file", in->operand[0], (unsigned long long)line, column);
        t->dates = true;
        *out = (double)date.start_us / (double)PARLEY_US_PER_DAY;
        return PARLEY_OK;
    }
    return parley_fail(&in->err, PARLEY_EPARSE, "%s:%llu:%d: expected a number or a time such as 2014-05-19T12:30Z, found '%.*s'", in->operand[0],
                       (unsigned long long)line, column, (int)(f->len < 60 ? f->len : 60), f->text);
}

static enum parley_status columns_of(struct invocation *in, const struct parley_csv_row *row, size_t *time, size_t *type)
{
    *time = *type = row->n;
    for (size_t i = 0; i < row->n; i++) {
        if (row->field[i].len == 4 && !memcmp(row->field[i].text, "time", 4))
            *time = i;
        if (row->field[i].len == 4 && !memcmp(row->field[i].text, "type", 4))
            *type = i;
    }
    if (*time == row->n)
        return parley_fail(&in->err, PARLEY_EPARSE, "%s:1: no column 'time' in the header; expected time,type", in->operand[0]);
    return PARLEY_OK;
}

static enum parley_status read_rows(struct invocation *in, struct parley_csv *csv, struct table *t)
{
    struct parley_csv_row row;
    size_t time_at, type_at;
    enum parley_status status = parley_csv_next(csv, &row, &in->err);
    if (!status && !row.n)
        status = parley_fail(&in->err, PARLEY_EDOM, "%s is empty; expected a header time,type", in->operand[0]);
    if (!status)
        status = columns_of(in, &row, &time_at, &type_at);
    size_t width = status ? 0 : row.n;
    while (!status) {
        status = parley_csv_next(csv, &row, &in->err);
        if (status || !row.n)
            break;
        if (row.n != width)
            return parley_fail(&in->err, PARLEY_EPARSE, "%s:%llu: %zu fields, but the header has %zu", in->operand[0], (unsigned long long)row.line, row.n, width);
        status = grow(t, &in->err);
        if (!status)
            status = time_of(in, t, &row.field[time_at], row.line, (int)time_at + 1, &t->time[t->n]);
        struct parley_csv_field all = { "all", 3 };
        if (!status)
            status = type_of(in, t, type_at < width ? &row.field[type_at] : &all, row.line, &t->type[t->n]);
        t->n += !status;
        uint64_t done, total;
        parley_csv_position(csv, &done, &total);
        if (!status && t->n % 65536 == 0 && !parley_tick(&in->progress, (double)done, (double)total, "byte"))
            status = parley_fail(&in->err, PARLEY_ECANCELLED, "interrupted while reading %s", in->operand[0]);
    }
    return status;
}

/* Types by label: numbers in order of size, other words in order of their bytes. */
static int by_label(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    double u, v;
    if (parley_text_to_double(x, strlen(x), &u) && parley_text_to_double(y, strlen(y), &v) && u != v)
        return u < v ? -1 : 1;
    return strcmp(x, y);
}

static void order_types(struct table *t)
{
    const char *sorted[PARLEY_HAWKES_TYPES_MAX];
    uint16_t to[PARLEY_HAWKES_TYPES_MAX] = { 0 };
    memcpy(sorted, t->label, t->types * sizeof *sorted);
    qsort(sorted, t->types, sizeof *sorted, by_label);
    for (size_t k = 0; k < t->types; k++)
        for (size_t i = 0; i < t->types; i++)
            if (t->label[k] == sorted[i])
                to[k] = (uint16_t)i;
    for (size_t i = 0; i < t->n; i++)
        t->type[i] = to[t->type[i]];
    memcpy(t->label, sorted, t->types * sizeof *sorted);
}

struct stamp { double time; uint16_t type; };

static int by_time(const void *a, const void *b)
{
    const struct stamp *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->type > y->type) - (x->type < y->type);
}

/* Sort if needed, and move the window to [0, span]. */
static enum parley_status place(struct invocation *in, struct table *t, double *start, double *end)
{
    bool sorted = true;
    for (size_t i = 1; i < t->n; i++)
        sorted &= t->time[i] >= t->time[i - 1];
    if (!sorted) {
        struct stamp *s = malloc(t->n * sizeof *s);
        if (!s)
            return parley_fail(&in->err, PARLEY_ENOMEM, "no memory to sort %zu events", t->n);
        for (size_t i = 0; i < t->n; i++)
            s[i] = (struct stamp){ t->time[i], t->type[i] };
        qsort(s, t->n, sizeof *s, by_time);
        for (size_t i = 0; i < t->n; i++)
            t->time[i] = s[i].time, t->type[i] = s[i].type;
        free(s);
    }
    double first = t->time[0], last = t->time[t->n - 1];
    *start = first >= 0 && first <= 0.1 * last ? 0 : first; /* a clock that began at 0, or one that began long before */
    *end = last;
    enum parley_status status = option_double(in, "from", -HUGE_VAL, first, start);
    if (!status)
        status = option_double(in, "to", last, HUGE_VAL, end);
    if (!status && !(*end > *start))
        status = parley_fail(&in->err, PARLEY_EDOM, "all %zu events of %s are at one time", t->n, in->operand[0]);
    for (size_t i = 0; !status && i < t->n; i++)
        t->time[i] -= *start;
    return status;
}

static void put_decay(struct parley_json *json, const char *key, const double *decay, size_t k, bool per_type)
{
    if (per_type)
        parley_json_put_numbers(json, key, decay, k);
    else
        parley_json_put_number(json, key, decay[0]);
}

static void write_json(struct invocation *in, const struct table *t, const struct parley_marked *e, const struct parley_hawkes_fit *f, double start, bool per_type)
{
    struct parley_json json;
    size_t k = e->types;
    begin_json(in, &json);
    parley_json_object(&json);
    parley_json_put_integer(&json, "events", (int64_t)e->n);
    parley_json_put_integer(&json, "types", (int64_t)k);
    parley_json_put_strings(&json, "labels", t->label, k);
    parley_json_put_number(&json, "from", start);
    parley_json_put_number(&json, "to", start + e->span);
    parley_json_put_numbers(&json, "mu", f->model.mu, k);
    parley_json_put_matrix(&json, "branching", f->model.branching, k);
    put_decay(&json, "decay", f->model.decay, k, per_type);
    parley_json_key(&json, "standard_errors");
    parley_json_object(&json);
    parley_json_put_numbers(&json, "mu", f->mu_se, k);
    parley_json_put_matrix(&json, "branching", f->branching_se, k);
    put_decay(&json, "decay", f->decay_se, k, per_type);
    parley_json_object_end(&json);
    parley_json_put_string(&json, "branching_rows", "row: the type that is excited; column: the type that excites");
    parley_json_put_number(&json, "loglik", f->loglik);
    parley_json_put_number(&json, "loglik_poisson", f->loglik_poisson);
    parley_json_put_number(&json, "likelihood_ratio", f->lr);
    parley_json_put_number(&json, "p_value", f->lr_p);
    parley_json_put_number(&json, "spectral_radius", f->spectral_radius);
    parley_json_put_number(&json, "spectral_low", f->spectral_low);
    parley_json_put_number(&json, "spectral_high", f->spectral_high);
    parley_json_put_number(&json, "controllability", f->controllability);
    parley_json_put_numbers(&json, "residual_p", f->residual_ks_p, k);
    parley_json_put_number(&json, "tied_share", f->tied_share);
    parley_json_put_bool(&json, "decay_on_bound", f->decay_on_bound);
    parley_json_put_integer(&json, "passes", f->iterations);
    parley_json_object_end(&json);
}

static enum parley_status write_text(struct invocation *in, const struct table *t, const struct parley_marked *e, const struct parley_hawkes_fit *f)
{
    struct parley_doc doc;
    size_t k = e->types;
    enum parley_lang lang = in->lang;
    begin_doc(in, &doc, PARLEY_SAY(lang, "Self-exciting fit", "自激过程拟合"));
    parley_doc_paragraph(&doc, PARLEY_SAY(lang, "%zu events of %zu types. One event provokes others for about %.4g (half-life), in the unit of the file.",
                                          "%zu个事件，%zu种类型。一个事件的激发作用的半衰期约为%.4g（文件的时间单位）。"),
                         e->n, k, log(2) / f->model.decay[0]);
    struct parley_table *table = parley_doc_table(&doc, PARLEY_SAY(lang, "Events of the row's type that one event of the column's type provokes (standard error)",
                                                                   "列类型的一个事件所激发的行类型事件数（标准误）"));
    parley_table_column(table, PARLEY_SAY(lang, "type", "类型"), PARLEY_LEFT);
    parley_table_column(table, PARLEY_SAY(lang, "background rate", "背景发生率"), PARLEY_RIGHT);
    size_t shown = k <= 8 ? k : 8;
    for (size_t j = 0; j < shown; j++)
        parley_table_column(table, t->label[j], PARLEY_RIGHT);
    for (size_t i = 0; i < k; i++) {
        parley_table_cell(table, "%s", t->label[i]);
        parley_table_cell(table, "%.3g (%.2g)", f->model.mu[i], f->mu_se[i]);
        for (size_t j = 0; j < shown; j++)
            parley_table_cell(table, "%.3f (%.2g)", f->model.branching[i * k + j], f->branching_se[i * k + j]);
    }
    if (k > shown)
        parley_doc_note(&doc, PARLEY_SAY(lang, "The first %zu of %zu columns; --json has all.", "只列出%2$zu列中的前%1$zu列；--json给出全部。"), shown, k);
    parley_doc_paragraph(&doc, PARLEY_SAY(lang, "Spectral radius %.3f (95 %% interval %.3f to %.3f), controllability %.3f. Log-likelihood %.3f, Poisson %.3f (p %.2g).",
                                          "谱半径%.3f（95%%区间%.3f至%.3f），可控性%.3f。对数似然%.3f，泊松过程%.3f（p %.2g）。"),
                         f->spectral_radius, f->spectral_low, f->spectral_high, f->controllability, f->loglik, f->loglik_poisson, f->lr_p);
    if (f->tied_share > 0.05)
        parley_doc_note(&doc, PARLEY_SAY(lang, "%.0f %% of the events share their time with another: the time stamps are too coarse for this model. Import them with their dates and use parley assess.",
                                         "%.0f%%的事件与另一事件同时：时间精度不足以使用本模型。请带日期导入并使用parley assess。"), 100 * f->tied_share);
    if (f->decay_on_bound)
        parley_doc_note(&doc, "%s", PARLEY_SAY(lang, "The decay lies on the bound of the range searched: excitation cannot be told from the background.",
                                               "衰减率落在搜索范围的边界上：无法区分激发与背景。"));
    if (f->spectral_radius >= 1)
        parley_doc_note(&doc, "%s", PARLEY_SAY(lang, "The spectral radius is not below 1: the process feeds on itself and cannot be simulated for long.",
                                               "谱半径不小于1：过程自我激发，不能长期模拟。"));
    return finish_doc(in, &doc);
}

static enum parley_status run_on(struct invocation *in, struct table *t)
{
    static const char *const kinds[] = { "shared", "per-type", NULL };
    int kind = 0;
    double start, end, decay = 0;
    enum parley_status status = t->n < 2 ? parley_fail(&in->err, PARLEY_EDOM, "%s has %zu events; a fit needs at least 2", in->operand[0], t->n) : PARLEY_OK;
    if (!status)
        status = place(in, t, &start, &end);
    if (!status)
        status = option_choice(in, "decays", kinds, &kind);
    if (!status)
        status = option_double(in, "decay", 1e-300, 1e300, &decay);
    if (status)
        return status;
    order_types(t);
    double *given = PARLEY_NEW(&in->arena, double, t->types);
    for (size_t k = 0; given && k < t->types; k++)
        given[k] = decay;
    struct parley_marked e = { t->time, t->type, t->n, t->types, end - start };
    struct parley_hawkes_options options = { .decay = decay > 0 ? PARLEY_DECAY_GIVEN : kind ? PARLEY_DECAY_PER_TYPE : PARLEY_DECAY_SHARED, .given = given, .progress = &in->progress };
    struct parley_hawkes_fit f;
    if (!given)
        return parley_fail(&in->err, PARLEY_ENOMEM, "no memory for %zu types", t->types);
    status = parley_hawkes_fit(&e, &options, &in->arena, &f, &in->err);
    if (status)
        return status;
    if (!in->json)
        return write_text(in, t, &e, &f);
    write_json(in, t, &e, &f, start, kind && decay <= 0);
    return PARLEY_OK;
}

static enum parley_status run(struct invocation *in)
{
    struct parley_csv *csv;
    struct table t = { 0 };
    enum parley_status status = parley_csv_open(in->operand[0], NULL, &csv, &in->err);
    if (!status) {
        status = read_rows(in, csv, &t);
        parley_csv_close(csv);
    }
    if (!status)
        status = run_on(in, &t);
    free(t.time);
    free(t.type);
    return status;
}

static const struct option options[] = {
    { "decay", 0, "RATE", "Use this decay instead of estimating it." },
    { "decays", 0, "KIND", "shared (one decay, the default) or per-type (one for each exciting type)." },
    { "from", 0, "TIME", "Start of the window; otherwise 0 when the clock seems to begin there, else the first event." },
    { "to", 0, "TIME", "End of the window; otherwise the last event." },
    { 0 },
};

const struct command command_hawkes_fit = {
    .name = "hawkes fit",
    .operands = "FILE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "Fit a self-exciting process to time-stamped events.",
    .summary_zh = "用带时间戳的事件拟合自激过程。",
    .text = "FILE is comma-separated with a header time,type; times are numbers in any unit, or instants such as "
            "2014-05-19T12:30Z (then the unit is the day). Prints the background rate of each type, how many events of each type one "
            "event provokes, how fast that decays, standard errors, the likelihood against a Poisson process, the spectral radius "
            "and a test of the residuals.\n\n"
            "Dates known only to the day are refused: spreading them over the day makes excitation out of nothing. "
            "`parley assess` has a model for them.",
    .examples = "parley hawkes simulate --mu 0.4,0.2 --branching '0.3,0.1;0.2,0.3' --decay 1.5 --span 2000 --seed 1 > /tmp/events.csv\n"
                "parley hawkes fit /tmp/events.csv\n",
    .options = options,
    .run = run,
};
