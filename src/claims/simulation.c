/* Claims tested by paired runs of the relation model. A claim is one prediction or several, of which all must hold. */
#include "checker.h"

#include <parley/predict.h>

#include <limits.h>
#include <math.h>
#include <string.h>

#define UNCONTROLLED PARLEY_OUT_uncontrolled
#define CUT "p_sus=1 r_res=0"

static const struct parley_trial predictions[] = {
    { "K02", NULL, "q0=0.3", "q0=0.7", NULL, NULL, PARLEY_OUT_crises, -1 },
    { "K04", NULL, "", "mu_ESP*=2", NULL, NULL, PARLEY_OUT_spillovers, 1 },
    { "K05", NULL, "", "mu_ESP*=2 mu_TEC*=2", NULL, NULL, PARLEY_OUT_interdependence, -1 },
    { "K06", NULL, "", "mu_ESP*=2 mu_TEC*=2", NULL, NULL, PARLEY_OUT_capability, 1 },
    { "K07", NULL, "I0=0.4", "I0=0.8", NULL, NULL, PARLEY_OUT_welfare, 1 },
    { "K08", NULL, "", "mode=3", NULL, NULL, PARLEY_OUT_welfare, 1 },
    { "K09", NULL, "ballast=0", "", NULL, NULL, PARLEY_OUT_crises, -1 },
    { "K10", NULL, "I0=0.4", "I0=0.8", NULL, NULL, UNCONTROLLED, -1 },
    { "K12", NULL, "leaders=0", "", NULL, NULL, PARLEY_OUT_cooperation_index, 1 },
    { "K13", NULL, "", "dialogue=0 track2=0 leaders=0", NULL, NULL, UNCONTROLLED, 1 },
    { "K13", NULL, "", "dialogue=0 track2=0 leaders=0", NULL, NULL, PARLEY_OUT_capability, 1 },
    { "K16", NULL, "", "nu_ESP*=2 nu_MIL*=2", NULL, NULL, PARLEY_OUT_crises, 1 },
    { "K17", NULL, "leaders=0", "", NULL, NULL, PARLEY_OUT_cooperation_index, 1 },
    { "K18", NULL, "dialogue=0 track2=0", "", NULL, NULL, PARLEY_OUT_agreements, 1 },
    { "K19", NULL, "q0=0.7", "q0=0.3", NULL, NULL, PARLEY_OUT_agreements, -1 },
    { "K21", NULL, "ballast=0", "", NULL, NULL, PARLEY_OUT_cooperation_index, 1 },
    { "K22", NULL, "", "mu_ESP*=2", NULL, NULL, PARLEY_OUT_trust, -1 },
    { "K23", NULL, "clear_attribution=1", "", NULL, NULL, PARLEY_OUT_wrong_blame, 1 },
    { "K24", NULL, "", "mu_MIL*=3", NULL, NULL, UNCONTROLLED, 1 },
    { "K25", NULL, "alpha=0", "", NULL, NULL, UNCONTROLLED, 1 },
    { "K27", NULL, "leaders=0 I0=0.8", "I0=0.8", NULL, NULL, PARLEY_OUT_time_to_deescalate, -1 },
    { "K28", NULL, "dialogue=0 ballast=0", "", NULL, NULL, PARLEY_OUT_crises, -1 },
    { "K29", NULL, "", "q0=0.3 zeta=0.5 dialogue=0 mu_TEC*=2", NULL, NULL, UNCONTROLLED, 1 },
    { "K30", NULL, "", "delegation=1", NULL, NULL, UNCONTROLLED, 1 },
    { "K31", NULL, "", "dialogue=0 track2=0", NULL, NULL, PARLEY_OUT_misreadings, 1 },
    { "K31", NULL, "", "dialogue=0 track2=0", NULL, NULL, UNCONTROLLED, 1 },
    { "K33", NULL, "q0=0.3", "q0=0.7", NULL, NULL, UNCONTROLLED, -1 },
    { "K34", NULL, "", "gamma_g*=3.3 s1*=1.5", NULL, NULL, UNCONTROLLED, 1 },
    { "K35", NULL, "", "mu_ESP*=2 delegation=1", NULL, NULL, PARLEY_OUT_trust, -1 },
    { "K36", NULL, "no_shaming=1", "face*=2", NULL, NULL, PARLEY_OUT_cooperation_index, -1 },
    { "K37", NULL, "", "notification=1", NULL, NULL, PARLEY_OUT_crises, -1 },
    { "K38", NULL, "", "no_shaming=1 face*=0.5", NULL, NULL, UNCONTROLLED, -1 },
    { "K39", NULL, "tauR*=0.33", "tauR*=2", NULL, NULL, UNCONTROLLED, -1 },
    { "K40", NULL, "", "R*=0.6", NULL, NULL, UNCONTROLLED, 1 },
    { "K41", NULL, "", "issue_control=1", NULL, NULL, PARLEY_OUT_spillovers, -1 },
    { "K42", NULL, "", "harmed_leads=1", NULL, NULL, UNCONTROLLED, 1 },
    { "K43", NULL, CUT " track2=0", CUT, NULL, NULL, UNCONTROLLED, -1 },
    { "K44", NULL, "", "notification=1 joint_protection=1 contingency_plans=1", NULL, NULL, UNCONTROLLED, -1 },
    { "K45", NULL, "", "nc3_restraint=1", NULL, NULL, UNCONTROLLED, -1 },
    { "K46", NULL, "", "vulnerability_handling=1", NULL, NULL, PARLEY_OUT_incidents, -1 },
    { "K46", NULL, "", "vulnerability_handling=1", NULL, NULL, PARLEY_OUT_trust, 1 },
    { "K49", NULL, "", "mu_INF*=2", NULL, NULL, PARLEY_OUT_threat, 1 },
    { "K50", NULL, "alpha=0", "", NULL, NULL, PARLEY_OUT_incidents, 1 },
    { "K51", "three-states", "", "g0*=3 mu_ESP*=2", NULL, NULL, PARLEY_OUT_polarisation, 1 },
    { "K52", NULL, "o_step=0", "o_step=0.15", NULL, NULL, UNCONTROLLED, 1 },
    { "K53", NULL, "", "clear_attribution=1", NULL, NULL, PARLEY_OUT_capability, -1 },
    { "K54", NULL, "", "zeta=0.5", NULL, NULL, PARLEY_OUT_interdependence, -1 },
    { "K55", NULL, "", "g0*=4", NULL, NULL, UNCONTROLLED, 1 },
    { "K57", NULL, "", "vio*=2", NULL, NULL, PARLEY_OUT_norm, -1 },
    { "K58", NULL, "", "clear_attribution=1", NULL, NULL, PARLEY_OUT_norm, 1 },
    { "K59", NULL, "", "feedback=1", NULL, NULL, PARLEY_OUT_norm, 1 },
    { "K60", NULL, "", "notification=1", NULL, NULL, PARLEY_OUT_misreadings, -1 },
    { "K61", NULL, "", "hotline=1", NULL, NULL, UNCONTROLLED, -1 },
    { "K62", NULL, "", "department_exchange=1", NULL, NULL, PARLEY_OUT_misreadings, -1 },
    { "K63", NULL, "", "joint_protection=1", NULL, NULL, PARLEY_OUT_trust, 1 },
    { "K64", NULL, "", "exposure=2", NULL, NULL, PARLEY_OUT_harm, 1 },
    { "K65", NULL, "", "ai=1", NULL, NULL, UNCONTROLLED, 1 },
    { "K66", NULL, "", "rival_capability=2", NULL, NULL, PARLEY_OUT_trust, -1 },
    { "K67", NULL, "", "zeta=0.5", NULL, NULL, PARLEY_OUT_welfare, -1 },
    { "K68", NULL, "", "mode=1", NULL, NULL, PARLEY_OUT_welfare_gap, 1 },
    { "K69", NULL, "", "mode=2", NULL, NULL, PARLEY_OUT_capability, 1 },
    { "K69", NULL, "", "mode=2", NULL, NULL, PARLEY_OUT_welfare, -1 },
    { "K70", NULL, "", "mode=3", NULL, NULL, PARLEY_OUT_welfare, 1 },
    { "K71", NULL, "", "a_R*=2", NULL, NULL, UNCONTROLLED, 1 },
    { "K74", NULL, "", "nu_ESP*=2 nu_MIL*=2", NULL, NULL, PARLEY_OUT_agreements, 1 },
    { "K74", NULL, "", "g0*=4", NULL, NULL, PARLEY_OUT_agreements, -1 },
    { "K79", NULL, "", "g0*=4", NULL, NULL, PARLEY_OUT_agreements, -1 },
    { "K80", NULL, "clear_attribution=1", "clear_attribution=1 g0*=4", "", "g0*=4", PARLEY_OUT_wrong_blame, 1 },
    { "K85", NULL, "", "mode=2", NULL, NULL, PARLEY_OUT_agreements, 0 },
};

enum { PREDICTIONS = sizeof predictions / sizeof *predictions };

/* Made at the first simulated claim and kept for the others and for the hypotheses. The budget is for all of them, so that a claim has the same
 * numbers whichever of them are asked for. */
static enum parley_status predictor_of(struct claims_run *run, struct parley_predictor **out, struct parley_error *err)
{
    struct parley_predictor *p = run->out->predictor;
    if (!p) {
        size_t n;
        const struct parley_trial *hypotheses = parley_hypothesis_predictions(&n);
        struct parley_trial *all = PARLEY_NEW(run->arena, struct parley_trial, n + PREDICTIONS);
        double budget = run->in->budget_s < 0 ? 0 : run->in->budget_s > 0 ? run->in->budget_s : 80;
        p = PARLEY_NEW(run->arena, struct parley_predictor, 1);
        if (!p || !all)
            return parley_fail(err, PARLEY_ENOMEM, "out of memory");
        memcpy(all, predictions, sizeof predictions);
        memcpy(all + PREDICTIONS, hypotheses, n * sizeof *all);
        enum parley_status status = parley_predictor_init(p, run->arena, run->in->seed, run->in->threads, run->in->high_precision ? 10 * budget : budget,
                                                          parley_trial_pairs(all, n + PREDICTIONS), &run->inner, err);
        if (status)
            return status;
        run->out->predictor = p;
        run->out->replicates = p->replicates;
    }
    p->progress = &run->inner;
    *out = p;
    return PARLEY_OK;
}

/* "hotline=1", or "the scenario as it is" */
static const char *words(const char *changes, const char *nothing) { return *changes ? changes : nothing; }

/* What one prediction came to is added to the reasons. */
static void tell(struct claims_run *run, const struct parley_trial *what, const struct parley_trial_result *r, struct parley_verdict *v)
{
    const char *base = what->base ? what->base : "baseline", *en = parley_output_text(what->output, false), *zh = parley_output_text(what->output, true);
    const char *held = !r->tried ? "" : because(run, "; the sign held in %u of %u random parameter sets", r->held, r->tried);
    const char *held_zh = !r->tried ? "" : because(run, "；%u组随机参数中有%u组符号成立", r->tried, r->held);
    const char *before = words(what->before, base), *after = words(what->after, base);
    v->why_zh = v->why_zh ? v->why_zh : "";
    if (what->before2) {
        const char *before2 = words(what->before2, base), *after2 = words(what->after2, base);
        const char *size = what->relative ? "the ratio of change (log)" : "the change", *size_zh = what->relative ? "变化之比（对数）" : "变化幅度";
        v->why = because(run, "%s%sFrom %s to %s, against from %s to %s: %s of %s is larger by %+.3g (%.3g to %.3g), z %.1f%s.", v->why, *v->why ? " " : "", before2, after2,
                         before, after, size, en, r->effect, r->low, r->high, r->z, held);
        v->why_zh = because(run, "%s由%s改为%s，对照由%s改为%s：%s的%s相差%+.3g（%.3g至%.3g），z=%.1f%s。", v->why_zh, before2, after2, before, after, zh, size_zh, r->effect, r->low,
                            r->high, r->z, held_zh);
        return;
    }
    v->why = because(run, "%s%sFrom %s to %s: %s %.4g, change %+.3g (%.3g to %.3g), z %.1f%s.", v->why, *v->why ? " " : "", before, after, en, r->base, r->effect, r->low,
                     r->high, r->z, held);
    v->why_zh = because(run, "%s由%s改为%s：%s%.4g，变化%+.3g（%.3g至%.3g），z=%.1f%s。", v->why_zh, before, after, zh, r->base, r->effect, r->low, r->high, r->z, held_zh);
}

/* Contradicted is worse than undecided, undecided than supported. */
static int badness(enum parley_verdict_kind v) { return v == PARLEY_CONTRADICTED ? 2 : v == PARLEY_UNDECIDED; }

enum parley_status test_trials(struct claims_run *run, const struct parley_trial *list, size_t n, const char *id, struct parley_verdict *v, double *z,
                               struct parley_error *err)
{
    struct parley_predictor *predictor = NULL;
    unsigned weakest = UINT_MAX;
    int worst = -1;
    enum parley_status status = predictor_of(run, &predictor, err);
    for (size_t i = 0; i < n && !status; i++) {
        const struct parley_trial *what = &list[i];
        struct parley_trial_result r;
        if (strcmp(what->id, id))
            continue;
        if ((status = parley_predict(predictor, what, &r, err)))
            return status;
        int holds = parley_trial_holds(what, &r);
        enum parley_verdict_kind verdict = holds > 0 ? PARLEY_SUPPORTED : holds < 0 ? PARLEY_CONTRADICTED : PARLEY_UNDECIDED;
        tell(run, what, &r, v);
        weakest = r.held < weakest ? r.held : weakest;
        if (badness(verdict) <= worst)
            continue;
        worst = badness(verdict); /* all must hold: the numbers are of the first that fails most, or of the first */
        v->verdict = verdict;
        v->measure = because(run, "change of: %s (%s)", parley_output_text(what->output, false), parley_output_unit(what->output, false));
        v->measure_zh = because(run, "变化：%s（%s）", parley_output_text(what->output, true), parley_output_unit(what->output, true));
        v->effect = r.effect, v->low = r.low, v->high = r.high;
        v->held = r.held, v->tried = r.tried;
        *z = r.z;
    }
    if (worst == 0) /* all hold: in how many sets the weakest does */
        v->held = weakest;
    return status;
}

enum parley_status check_by_simulation(struct claims_run *run, const char *claim, struct parley_verdict *v, bool *tested, struct parley_error *err)
{
    double z;
    for (size_t i = 0; i < PREDICTIONS && !*tested; i++)
        *tested = !strcmp(predictions[i].id, claim);
    return *tested ? test_trials(run, predictions, PREDICTIONS, claim, v, &z, err) : PARLEY_OK;
}
