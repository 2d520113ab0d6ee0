#include "checker.h"

#include <parley/csv.h>
#include <parley/data.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *name_zh;
    check_fn *check;
} methods[CLAIM_METHODS] = {
    [BY_DATA] = { "data", "数据", check_by_data },
    [BY_SIMULATION] = { "simulation", "仿真", check_by_simulation },
    [BY_CASE] = { "case", "案例", check_by_case },
    [BY_GAME] = { "game", "博弈", check_by_game },
};

/* The studies' numbers and how the record names them as sources. */
static const struct {
    const char *study, *source;
} studies[] = {
    { "000", "wang2016" }, { "001", "xu2021" }, { "002", "lu2019" }, { "003", "lang2023" }, { "004", "huang2024" }
};

const char *parley_verdict_text(enum parley_verdict_kind verdict, bool chinese)
{
    switch (verdict) {
#define X(name, en, zh)                                                                                                \
    case name: return chinese ? zh : en;
        PARLEY_VERDICT_MAP(X)
#undef X
    }
    return "";
}

const char *because(struct claims_run *run, const char *fmt, ...)
{
    va_list ap;
    char text[4000];
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    const char *kept = parley_arena_strdup(run->arena, text);
    return kept ? kept : "";
}

enum parley_verdict_kind verdict_of_interval(int sign, double low, double high)
{
    if (sign < 0) {
        double keep = low;
        low = -high;
        high = -keep;
    }
    return low > 0 ? PARLEY_SUPPORTED : high < 0 ? PARLEY_CONTRADICTED : PARLEY_UNDECIDED;
}

void wilson(size_t yes, size_t n, double *low, double *high)
{
    const double z = 1.959963984540054;
    double p = (double)yes / (double)n, m = (double)n, centre = p + z * z / (2 * m),
           half = z * sqrt(p * (1 - p) / m + z * z / (4 * m * m));
    *low = (centre - half) / (1 + z * z / m);
    *high = (centre + half) / (1 + z * z / m);
}

static const char *study_of(const struct parley_claim *claim)
{
    for (size_t i = 0; i < sizeof studies / sizeof *studies; i++)
        if (!strncmp(claim->source, studies[i].source, strlen(studies[i].source)))
            return studies[i].study;
    return "";
}

struct parley_verdict verdict_blank(void)
{
    return (struct parley_verdict) {
        .verdict = PARLEY_UNDECIDED, .measure = "", .measure_zh = "", .effect = NAN, .low = NAN, .high = NAN, .why = ""
    };
}

enum parley_status shipped_row(struct claims_run *run, const char *file, const char *id, const char **second, const char **third, struct parley_error *err)
{
    const struct parley_data_file *data = parley_data_find(file);
    struct parley_csv *csv = NULL;
    struct parley_csv_row row;
    if (!data)
        return PARLEY_OK;
    enum parley_status status = parley_csv_open_memory(data->bytes, data->len, data->name, NULL, &csv, err);
    while (!status && !(status = parley_csv_next(csv, &row, err)) && row.n) {
        if (row.n < 2 || row.field[0].len != strlen(id) || memcmp(row.field[0].text, id, row.field[0].len))
            continue;
        *second = because(run, "%.*s", (int)row.field[1].len, row.field[1].text);
        if (third && row.n > 2)
            *third = because(run, "%.*s", (int)row.field[2].len, row.field[2].text);
    }
    parley_csv_close(csv);
    return status;
}

static bool decided(enum parley_verdict_kind v) { return v == PARLEY_SUPPORTED || v == PARLEY_CONTRADICTED; }

struct finding { /* of one method on one claim */
    enum claim_method method;
    struct parley_verdict verdict;
};

/* The names of the methods whose verdict is decided, or those whose is open: "data and case". */
static const char *names_of(struct claims_run *run, const struct finding *f, size_t n, bool which, bool chinese)
{
    const char *names = "";
    for (size_t i = 0; i < n; i++)
        if (decided(f[i].verdict.verdict) == which) {
            const char *name = chinese ? methods[f[i].method].name_zh : methods[f[i].method].name;
            names = *names ? because(run, chinese ? "%s和%s" : "%s and %s", names, name) : name;
        }
    return names;
}

/* Several methods on one claim: a decision beats an open verdict, and the last sentence says whose it is; two that differ leave the claim undecided. */
static void join(struct claims_run *run, const struct finding *f, size_t n, struct parley_claim_result *out)
{
    size_t first = n, open = 0;
    bool clash = false;
    const char *en = "", *zh = "", *method = "", *method_zh = "";
    for (size_t i = 0; i < n; i++) {
        const struct parley_verdict *v = &f[i].verdict;
        const char *by = methods[f[i].method].name;
        bool is = decided(v->verdict);
        open += !is;
        clash |= is && first < n && v->verdict != f[first].verdict.verdict;
        first = is && first == n ? i : first;
        method = i ? because(run, "%s+%s", method, by) : by;
        method_zh = i ? because(run, "%s+%s", method_zh, methods[f[i].method].name_zh) : methods[f[i].method].name_zh;
        en = because(run, "%s%sBy %s (%s): %s", en, i ? " " : "", by, parley_verdict_text(v->verdict, false), v->why);
        zh = because(run, "%s按%s（%s）：%s", zh, methods[f[i].method].name_zh, parley_verdict_text(v->verdict, true), v->why_zh ? v->why_zh : v->why);
    }
    out->verdict = f[first < n ? first : 0].verdict;
    out->method = method, out->method_zh = method_zh;
    if (clash) {
        out->verdict.verdict = PARLEY_UNDECIDED;
        en = because(run, "%s The methods disagree, so the claim is undecided.", en);
        zh = because(run, "%s各方法结论相反，故未定。", zh);
    } else if (first < n && open) {
        en = because(run, "%s The verdict rests on %s alone; by %s the claim is open.", en, names_of(run, f, n, true, false), names_of(run, f, n, false, false));
        zh = because(run, "%s结论仅依据%s；按%s仍未定。", zh, names_of(run, f, n, true, true), names_of(run, f, n, false, true));
    }
    out->verdict.why = en;
    out->verdict.why_zh = zh;
}

static enum parley_status no_checker(struct claims_run *run, const struct parley_claim *claim, struct parley_claim_result *out, struct parley_error *err)
{
    out->method = "none", out->method_zh = "无";
    if (!strcmp(claim->test, "not testable here")) {
        out->verdict.verdict = PARLEY_NOT_TESTABLE;
        out->verdict.why = "Neither the record nor the cases nor the models hold what this claim speaks of.";
        out->verdict.why_zh = "记录、案例和模型中都没有该论断所涉及的内容。";
        return shipped_row(run, "claims/untestable.csv", claim->id, &out->verdict.why, &out->verdict.why_zh, err);
    }
    out->verdict.why = because(run, "It could be tested by %s, but this version has no checker for it.", claim->test);
    out->verdict.why_zh = because(run, "可用%s检验，但本版本尚无相应的检验程序。", claim->test);
    return PARLEY_OK;
}

static enum parley_status check(struct claims_run *run, const struct parley_claim *claim, struct parley_claim_result *out, struct parley_error *err)
{
    struct finding found[CLAIM_METHODS];
    size_t n = 0;
    *out = (struct parley_claim_result) { .claim = claim, .text_zh = claim->text, .study = study_of(claim), .method = NULL, .verdict = verdict_blank() };
    enum parley_status status = shipped_row(run, "claims/chinese.csv", claim->id, &out->text_zh, NULL, err);
    for (int m = 0; m < CLAIM_METHODS && !status; m++) {
        bool tested = false;
        found[n] = (struct finding) { (enum claim_method)m, verdict_blank() };
        status = methods[m].check(run, claim->id, &found[n].verdict, &tested, err);
        if (status)
            return parley_fail_in(err, status, "claim %s", claim->id);
        n += tested;
    }
    if (status)
        return status;
    if (n == 0)
        return no_checker(run, claim, out, err);
    if (n > 1) {
        join(run, found, n, out);
    } else {
        out->verdict = found[0].verdict;
        out->method = methods[found[0].method].name, out->method_zh = methods[found[0].method].name_zh;
    }
    return PARLEY_OK;
}

static bool within(void *ctx, double done, double total, const char *unit)
{
    const struct claims_run *run = ctx;
    (void)unit;
    return parley_tick(run->in->progress, run->done + (total > 0 ? .99 * done / total : 0), run->total, run->unit);
}

bool claims_tick(struct claims_run *run, size_t done, size_t total, const char *unit)
{
    run->inner = (struct parley_progress) { within, run };
    run->done = (double)done, run->total = (double)total, run->unit = unit;
    return parley_tick(run->in->progress, (double)done, (double)total, unit);
}

static bool wanted(const struct parley_claim *claim, const char *study, const char *id)
{
    return (!study || !strcmp(study_of(claim), study)) && (!id || !strcmp(claim->id, id));
}

enum parley_status parley_claims_run(const struct parley_claims_input *input, const char *study, const char *id,
                                     struct parley_arena *arena, struct parley_claims_report *out,
                                     struct parley_error *err)
{
    struct parley_claim *claim;
    size_t n, total = 0;
    enum parley_status status = parley_claims(arena, &claim, &n, err);
    struct parley_claim_result *result = status ? NULL : PARLEY_NEW(arena, struct parley_claim_result, n);
    if (status || !result)
        return status ? status : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    *out = (struct parley_claims_report) { .result = result };
    struct claims_run run = { .in = input, .arena = arena, .out = out };
    for (size_t i = 0; i < n; i++)
        total += wanted(&claim[i], study, id);
    if (total == 0 && !id)
        return parley_fail(err, PARLEY_ENOTFOUND, "there is no study '%s'; studies are 000 to 004", study);
    if (total == 0)
        return parley_fail(err, PARLEY_ENOTFOUND,
                           "there is no claim '%s' in study '%s'; claims are K01 to K%zu, studies 000 to 004",
                           id ? id : "", study ? study : "any", n);
    for (size_t i = 0; i < n && !status; i++) {
        if (!wanted(&claim[i], study, id))
            continue;
        status = claims_tick(&run, out->n, total, "claims") ? check(&run, &claim[i], &result[out->n], err) : PARLEY_ECANCELLED;
        if (status == PARLEY_ECANCELLED)
            parley_fail(err, status, "interrupted after %zu of %zu claims", out->n, total);
        out->n += !status;
    }
    if (out->predictor)
        out->predictor->progress = NULL; /* it was of this run */
    return status;
}
