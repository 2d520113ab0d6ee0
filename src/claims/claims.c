#include "checker.h"

#include <parley/csv.h>
#include <parley/data.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const struct checker *list;
} methods[CLAIM_METHODS] = {
    [BY_DATA] = { "data", data_checkers },
    [BY_SIMULATION] = { "simulation", simulation_checkers },
    [BY_CASE] = { "case", case_checkers },
    [BY_GAME] = { "game", game_checkers },
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
    char text[1200];
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
        .verdict = PARLEY_UNDECIDED, .measure = "", .effect = NAN, .low = NAN, .high = NAN, .why = ""
    };
}

/* Why a claim cannot be tested: data/claims/untestable.csv, columns claim_id, why, why_zh. */
static enum parley_status
untestable(struct claims_run *run, const char *id, struct parley_verdict *v, struct parley_error *err)
{
    const struct parley_data_file *file = parley_data_find("claims/untestable.csv");
    struct parley_csv *csv = NULL;
    struct parley_csv_row row;
    if (!file)
        return PARLEY_OK;
    enum parley_status status = parley_csv_open_memory(file->bytes, file->len, file->name, NULL, &csv, err);
    while (!status && !(status = parley_csv_next(csv, &row, err)) && row.n)
        if (row.n >= 3 && row.field[0].len == strlen(id) && !memcmp(row.field[0].text, id, row.field[0].len)) {
            v->why = because(run, "%.*s", (int)row.field[1].len, row.field[1].text);
            v->why_zh = because(run, "%.*s", (int)row.field[2].len, row.field[2].text);
        }
    parley_csv_close(csv);
    return status;
}

static bool decided(enum parley_verdict_kind v) { return v == PARLEY_SUPPORTED || v == PARLEY_CONTRADICTED; }

/* Two methods on one claim: a decision beats an open verdict; two that differ leave the claim undecided. */
static void
join(struct claims_run *run, struct parley_claim_result *into, const char *method, const struct parley_verdict *v)
{
    struct parley_verdict *a = &into->verdict;
    bool clash = decided(a->verdict) && decided(v->verdict) && a->verdict != v->verdict;
    struct parley_verdict first = *a, joined = decided(a->verdict) || !decided(v->verdict) ? *a : *v;
    if (clash)
        joined.verdict = PARLEY_UNDECIDED;
    joined.why = because(run, "%s: %s By %s: %s%s", into->method, first.why, method, v->why,
                         clash ? " The methods disagree." : "");
    if (first.why_zh && v->why_zh)
        joined.why_zh = because(run, "%s：%s %s：%s%s", into->method, first.why_zh, method, v->why_zh,
                                clash ? "两种方法结论相反。" : "");
    *a = joined;
    into->method = because(run, "%s+%s", into->method, method);
}

static enum parley_status check(struct claims_run *run, const struct parley_claim *claim,
                                struct parley_claim_result *out, struct parley_error *err)
{
    enum parley_status status = PARLEY_OK;
    *out =
        (struct parley_claim_result) { .claim = claim, .study = study_of(claim), .method = NULL, .verdict = verdict_blank() };
    for (int m = 0; m < CLAIM_METHODS && !status; m++)
        for (const struct checker *c = methods[m].list; c->claim && !status; c++) {
            if (strcmp(c->claim, claim->id))
                continue;
            struct parley_verdict v = verdict_blank();
            status = c->check(run, claim, &v, err);
            if (status)
                return parley_fail_in(err, status, "claim %s", claim->id);
            if (out->method) {
                join(run, out, methods[m].name, &v);
            } else {
                out->verdict = v;
                out->method = methods[m].name;
            }
        }
    if (out->method)
        return PARLEY_OK;
    out->method = "none";
    if (!strcmp(claim->test, "not testable here")) {
        out->verdict.verdict = PARLEY_NOT_TESTABLE;
        out->verdict.why = "Neither the record nor the cases nor the models hold what this claim speaks of.";
        out->verdict.why_zh = "记录、案例和模型中都没有该论断所涉及的内容。";
        return untestable(run, claim->id, &out->verdict, err);
    }
    out->verdict.why = because(run, "It could be tested by %s, but this version has no checker for it.", claim->test);
    out->verdict.why_zh = because(run, "可用%s检验，但本版本尚无相应的检验程序。", claim->test);
    return PARLEY_OK;
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
    if (total == 0)
        return parley_fail(err, PARLEY_ENOTFOUND,
                           "there is no claim '%s' in study '%s'; claims are K01 to K%zu, studies 000 to 004",
                           id ? id : "", study ? study : "any", n);
    for (size_t i = 0; i < n && !status; i++) {
        if (!wanted(&claim[i], study, id))
            continue;
        if (!parley_tick(input->progress, (double)out->n, (double)total, "claims"))
            return parley_fail(err, PARLEY_ECANCELLED, "interrupted after %zu of %zu claims", out->n, total);
        status = check(&run, &claim[i], &result[out->n], err);
        out->n += !status;
    }
    return status;
}
