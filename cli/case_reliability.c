#include "case_input.h"

#include <parley/csv.h>

#include <math.h>
#include <string.h>

static const struct option options[] = {
    { "level", 0, "nominal|ordinal|interval",
      "Level of measurement. Default: nominal for the desk's codings; all three for a file." },
    { "seed", 0, "N", "Seed of the bootstrap. Default: 1." },
    { "draws", 0, "N", "Bootstrap samples, 0 to 1000000. Default: 10000." },
    { "codebook", 0, "FILE", "Another codebook than the shipped one." },
    OPTION_DOCUMENT,
    { 0 },
};

enum { UNITS_MAX = 100000, CODERS_MAX = 256 };

struct table { /* long form into a matrix: units x coders */
    const char **unit, **coder;
    size_t units, coders;
    double *value; /* [UNITS_MAX-free: units * CODERS_MAX] while reading */
    size_t room;
};

static size_t place(const char **list, size_t *n, size_t max, const char *word)
{
    for (size_t i = 0; i < *n; i++)
        if (!strcmp(list[i], word))
            return i;
    if (*n == max)
        return SIZE_MAX;
    list[*n] = word;
    return (*n)++;
}

static enum parley_status
put(struct invocation *in, struct table *t, const char *unit, const char *coder, double value, const char *where)
{
    size_t c = place(t->coder, &t->coders, CODERS_MAX, coder), before = t->units,
           u = place(t->unit, &t->units, t->room, unit);
    if (c == SIZE_MAX || u == SIZE_MAX)
        return parley_fail(&in->err, PARLEY_ELIMIT, "%s: more than %d coders or %zu units", where, CODERS_MAX, t->room);
    if (u == before)
        for (size_t k = 0; k < CODERS_MAX; k++)
            t->value[u * CODERS_MAX + k] = NAN;
    if (!isnan(t->value[u * CODERS_MAX + c]))
        return parley_fail(&in->err, PARLEY_EDOM, "%s: coder %.60s coded unit %.60s twice", where, coder, unit);
    t->value[u * CODERS_MAX + c] = value;
    return PARLEY_OK;
}

static enum parley_status room_for(struct invocation *in, struct table *t, size_t units)
{
    t->room = units;
    t->unit = PARLEY_NEW(&in->arena, const char *, units + 1);
    t->coder = PARLEY_NEW(&in->arena, const char *, CODERS_MAX);
    t->value = PARLEY_NEW(&in->arena, double, (units + 1) * CODERS_MAX);
    return t->unit && t->coder && t->value ? PARLEY_OK : parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
}

/* Columns unit, coder, value; the header names them in any order. */
static enum parley_status from_csv(struct invocation *in, const char *path, struct table *t)
{
    struct parley_csv *csv = NULL;
    struct parley_csv_row row;
    size_t at[3] = { SIZE_MAX, SIZE_MAX, SIZE_MAX };
    static const char *const name[3] = { "unit", "coder", "value" };
    enum parley_status status = room_for(in, t, 20000);
    if (!status)
        status = parley_csv_open(path, NULL, &csv, &in->err);
    if (!status)
        status = parley_csv_next(csv, &row, &in->err);
    for (size_t k = 0; k < 3 && !status; k++) {
        for (size_t i = 0; i < row.n; i++)
            if (row.field[i].len == strlen(name[k]) && !memcmp(row.field[i].text, name[k], row.field[i].len))
                at[k] = i;
        if (at[k] == SIZE_MAX)
            status = parley_fail(&in->err, PARLEY_EPARSE,
                                 "%s:1: expected the columns unit, coder, value; '%s' is missing", path, name[k]);
    }
    while (!status && !(status = parley_csv_next(csv, &row, &in->err)) && row.n) {
        const char *text[2];
        double value;
        if (row.n <= at[0] || row.n <= at[1] || row.n <= at[2]) {
            status = parley_fail(&in->err, PARLEY_EPARSE, "%s:%llu: expected %d fields, found %zu", path,
                                 (unsigned long long)row.line, 3, row.n);
            break;
        }
        if (row.field[at[2]].len == 0)
            continue; /* not coded */
        if (!parley_text_to_double(row.field[at[2]].text, row.field[at[2]].len, &value)) {
            status = parley_fail(&in->err, PARLEY_EPARSE,
                                 "%s:%llu: value: expected a number (code categories as 0, 1, 2), found '%.*s'", path,
                                 (unsigned long long)row.line,
                                 (int)(row.field[at[2]].len < 60 ? row.field[at[2]].len : 60), row.field[at[2]].text);
            break;
        }
        for (int k = 0; k < 2; k++)
            text[k] = parley_arena_copy(&in->arena, row.field[at[k]].text, row.field[at[k]].len);
        if (!text[0] || !text[1])
            status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
        else
            status = put(in, t, text[0], text[1], value, path);
    }
    parley_csv_close(csv);
    return status;
}

static enum parley_status from_cases(struct invocation *in, struct table *t)
{
    struct case_input input;
    size_t codings = 0;
    enum parley_status status = case_input_open(in, PARLEY_RECORD_READ, &input);
    if (status)
        return status;
    for (size_t i = 0; i < input.n; i++)
        codings += input.list[i].n_codings;
    status = room_for(in, t, codings);
    for (size_t i = 0; i < input.n && !status; i++)
        for (size_t k = 0; k < input.list[i].n_codings && !status; k++) {
            const struct parley_coding *x = &input.list[i].coding[k];
            const char *unit = parley_arena_printf(&in->arena, "%s %s", input.list[i].id, x->indicator);
            if (!unit)
                status = parley_fail(&in->err, PARLEY_ENOMEM, "out of memory");
            else if (x->value != PARLEY_UNKNOWN) /* unknown is no value to agree on */
                status = put(in, t, unit, x->coder, (double)x->value, input.list[i].id);
        }
    case_input_close(&input);
    return status;
}

static enum parley_status run(struct invocation *in)
{
    static const char *const levels[] = { "nominal", "ordinal", "interval", NULL };
    static const char *const levels_zh[] = { "定类", "定序", "定距" };
    struct table t = { 0 };
    struct parley_alpha a[3] = { { 0 } };
    uint64_t seed = 1, draws = 10000;
    int level = -1;
    bool file = in->n_operands == 1;
    enum parley_status status = option_choice(in, "level", levels, &level);
    if (!status)
        status = option_u64(in, "seed", 0, INT64_MAX, &seed);
    if (!status)
        status = option_u64(in, "draws", 0, 1000000, &draws);
    if (!status)
        status = file ? from_csv(in, in->operand[0], &t) : from_cases(in, &t);
    if (status)
        return status;
    if (t.units == 0)
        return parley_fail(&in->err, PARLEY_EUNIDENT, "%s",
                           file ? "the file holds no codings"
                                : "no case has codings; add some with 'parley case code', or name a CSV file with the "
                                  "columns unit, coder, value");
    int from = level >= 0 ? level : 0, to = level >= 0 ? level : file ? 2 : 0;
    for (int l = from; l <= to && !status; l++)
        status = parley_alpha(t.value, t.units, CODERS_MAX, (enum parley_alpha_level)l, seed, (size_t)draws, &in->arena,
                              &a[l], &in->err);
    if (status)
        return status;
    if (wants_json(in)) {
        struct parley_json j;
        begin_json(in, &j);
        parley_json_object(&j);
        for (int l = from; l <= to; l++) {
            parley_json_key(&j, levels[l]);
            parley_json_object(&j);
            parley_json_put_number(&j, "alpha", a[l].alpha);
            parley_json_put_number(&j, "low", a[l].low);
            parley_json_put_number(&j, "high", a[l].high);
            parley_json_object_end(&j);
        }
        parley_json_put_integer(&j, "units", (int64_t)a[from].units);
        parley_json_put_integer(&j, "values", (int64_t)a[from].values);
        parley_json_put_integer(&j, "coders", (int64_t)t.coders);
        parley_json_put_integer(&j, "seed", (int64_t)seed);
        parley_json_put_integer(&j, "draws", (int64_t)draws);
        parley_json_object_end(&j);
        return PARLEY_OK;
    }
    struct parley_doc doc;
    begin_doc(in, &doc, PARLEY_SAY(in->lang, "Reliability", "信度"));
    parley_doc_paragraph(&doc,
                         PARLEY_SAY(in->lang, "%zu coders, %zu units coded at least twice, %zu values. Seed %llu.",
                                    "编码者%zu名，至少编码两次的单元%zu个，取值%zu个。种子 %llu。"),
                         t.coders, a[from].units, a[from].values, (unsigned long long)seed);
    for (int l = from; l <= to; l++)
        parley_doc_item(&doc,
                        PARLEY_SAY(in->lang, "Krippendorff's alpha, %s: %.3f (95 %% interval %.3f to %.3f)",
                                   "克里彭多夫 alpha（%s）：%.3f（95%%区间%.3f至%.3f）"),
                        PARLEY_SAY(in->lang, levels[l], levels_zh[l]), a[l].alpha, a[l].low, a[l].high);
    parley_doc_note(
        &doc, "%s",
        PARLEY_SAY(in->lang,
                   "Below 0.667 the codings bear no conclusion; from 0.8 on they are reliable (Krippendorff 2018). "
                   "With few units the interval is what counts.",
                   "低于0.667的编码不足以支持结论；0.8以上可视为可靠（Krippendorff 2018）。单元较少时应以区间为准。"));
    return finish_doc(in, &doc);
}

const struct command command_case_reliability = {
    .name = "case reliability",
    .operands = "[FILE.csv]",
    .operands_max = 1,
    .summary = "How far coders agree: Krippendorff's alpha with its bootstrap interval.",
    .summary_zh = "编码者之间的一致程度：克里彭多夫 alpha 及其自助法区间。",
    .text = "Without a file: the codings of the desk's cases, a unit being one indicator of one case. With a CSV file "
            "of the columns unit, coder, value (a number; "
            "empty = not coded): any codings, at nominal, ordinal and interval level.",
    .examples =
        "printf 'unit,coder,value\\n1,a,0\\n1,b,0\\n2,a,1\\n2,b,1\\n3,a,0\\n3,b,1\\n' | parley case reliability -\n",
    .options = options,
    .run = run,
};
