/* The hypotheses of the relation model, tested as the simulated claims are. */
#include "checker.h"

#include <math.h>

enum parley_status parley_claims_hypotheses(const struct parley_claims_input *input, struct parley_arena *arena, struct parley_claims_report *out,
                                            struct parley_error *err)
{
    struct parley_hypothesis *hypothesis;
    size_t n, n_trials;
    const struct parley_trial *trial = parley_hypothesis_predictions(&n_trials);
    enum parley_status status = parley_hypotheses(arena, &hypothesis, &n, err);
    struct parley_hypothesis_result *result = status ? NULL : PARLEY_NEW(arena, struct parley_hypothesis_result, n);
    if (status || !result)
        return status ? status : parley_fail(err, PARLEY_ENOMEM, "out of memory");
    struct claims_run run = { .in = input, .arena = arena, .out = out };
    out->hypothesis = result;
    for (out->n_hypotheses = 0; out->n_hypotheses < n && !status;) {
        size_t i = out->n_hypotheses;
        result[i] = (struct parley_hypothesis_result){ &hypothesis[i], hypothesis[i].statement, verdict_blank(), NAN };
        status = claims_tick(&run, i, n, "hypotheses") ? PARLEY_OK : PARLEY_ECANCELLED;
        if (!status)
            status = shipped_row(&run, "claims/chinese.csv", hypothesis[i].id, &result[i].statement_zh, NULL, err);
        if (!status)
            status = test_trials(&run, trial, n_trials, hypothesis[i].id, &result[i].verdict, &result[i].z, err);
        if (status == PARLEY_ECANCELLED)
            parley_fail(err, status, "interrupted after %zu of %zu hypotheses", i, n);
        out->n_hypotheses += !status;
    }
    if (out->predictor)
        out->predictor->progress = NULL; /* it was of this run */
    return status;
}
