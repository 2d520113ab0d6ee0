/* claims.h - run the claims of the five studies: supported, contradicted, undecided or not testable here.
 *
 * A claim is a row of the studies (studies.h). A checker is a function that tests one claim by one method: on the
 * record (data), on the coded cases (case), by equilibria (game) or by paired runs of the relation model
 * (simulation). A verdict is computed each time, never stored. A claim with no checker says so. */
#ifndef PARLEY_CLAIMS_H
#define PARLEY_CLAIMS_H

#include <parley/arena.h>
#include <parley/error.h>
#include <parley/predict.h>
#include <parley/progress.h>
#include <parley/record.h>
#include <parley/studies.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PARLEY_VERDICT_MAP(X)                                     \
    X(PARLEY_NOT_TESTABLE, "not testable here", "此处无法检验")   \
    X(PARLEY_UNDECIDED, "undecided", "未定")                      \
    X(PARLEY_CONTRADICTED, "contradicted", "不支持")              \
    X(PARLEY_SUPPORTED, "supported", "支持")

#define X(name, en, zh) name,
enum parley_verdict_kind { PARLEY_VERDICT_MAP(X) };
#undef X

struct parley_verdict {
    enum parley_verdict_kind verdict;
    const char *measure, *measure_zh; /* what `effect` is and in which unit; "" if there is none */
    double effect, low, high; /* with its 95 % interval unless `why` says otherwise; NaN if there is none */
    unsigned held, tried;   /* in how many of the random parameter sets tried the sign held; tried 0 = not looked at */
    const char *why, *why_zh; /* one or two sentences with the numbers; why_zh may be NULL */
};

struct parley_claims_input {
    struct parley_record *record; /* what the data claims are tested on */
    uint64_t seed;
    unsigned threads;   /* 0 = one per processor */
    double budget_s;    /* CPU seconds the simulated claims and the hypotheses may take together; 0 = 80; negative: 1024 replicates, no random sets */
    bool high_precision; /* ten times the budget */
    const struct parley_progress *progress; /* may be NULL */
};

struct parley_claim_result {
    const struct parley_claim *claim;
    const char *text_zh; /* the claim in Chinese */
    const char *study;  /* 000 .. 004 */
    const char *method, *method_zh; /* data, simulation, case, game, none: the method the verdict comes from; several joined by '+' */
    struct parley_verdict verdict;
};

struct parley_hypothesis_result {
    const struct parley_hypothesis *hypothesis;
    const char *statement_zh;
    struct parley_verdict verdict; /* all its predictions must hold; the numbers are of the first, or of the first that fails most */
    double z;
};

struct parley_claims_report {
    const struct parley_claim_result *result; /* [n] in order of id */
    size_t n;
    const struct parley_hypothesis_result *hypothesis; /* [n_hypotheses] in order of id */
    size_t n_hypotheses;
    uint64_t replicates; /* of each simulated scenario; 0 when none ran */
    struct parley_predictor *predictor; /* kept from the claims for the hypotheses; NULL when none ran */
};

#pragma GCC visibility push(default)

/* Run the claims of a study ("000" .. "004"), or all when study is NULL; only the claim `id` when id is not NULL.
 * PARLEY_ENOTFOUND (no such study or claim), PARLEY_ECANCELLED (the report then holds the claims done). */
PARLEY_MUST_USE enum parley_status parley_claims_run(const struct parley_claims_input *input, const char *study, const char *id,
                                                     struct parley_arena *arena, struct parley_claims_report *out,
                                                     struct parley_error *err);

/* Run the hypotheses of the relation model, each as paired runs in the default parameters and in 40 random sets; fills out->hypothesis and
 * leaves the claims in *out as they are. What claims have run before is not run again. PARLEY_ECANCELLED: *out holds those done. */
PARLEY_MUST_USE enum parley_status parley_claims_hypotheses(const struct parley_claims_input *input, struct parley_arena *arena,
                                                            struct parley_claims_report *out, struct parley_error *err);

const char *parley_verdict_text(enum parley_verdict_kind verdict, bool chinese);

#pragma GCC visibility pop
#endif
