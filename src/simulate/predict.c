#define _POSIX_C_SOURCE 200809L
#include <parley/blocks.h>
#include <parley/predict.h>
#include <parley/rng.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SET_REPLICATES = 1024, CANDIDATES_MAX = 2000, CANDIDATES_AT_ONCE = 20, SET_WEEKS_MIN = 104, SET_WEEKS_MAX = 260, REPLICATES_MAX = 1 << 20 };

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static enum parley_status uncontrolled(const struct parley_scenario *s, const struct parley_predictor *p, uint64_t replicates, unsigned threads, double *share,
                                       struct parley_error *err)
{
    struct parley_tally t = { 0 };
    const struct parley_run run = { .seed = p->seed, .replicates = replicates, .threads = threads };
    enum parley_status status = parley_simulate(s, &run, &t, err);
    if (!status)
        *share = parley_tally_estimate(&t, PARLEY_OUT_uncontrolled).mean;
    parley_tally_release(&t);
    return status;
}

/* --- random parameter sets: one is a block of work, so that all threads have some -------------------------------------- */

/* Parameters that set a scale or a time, not a behaviour. */
static bool fixed(int parameter) { return parameter == PARLEY_PAR_harm_ref || parameter == PARLEY_PAR_harm_halflife; }

struct candidates {
    const struct parley_predictor *predictor;
    uint64_t first;
    struct parley_scenario scenario[CANDIDATES_AT_ONCE];
    double share[CANDIDATES_AT_ONCE]; /* that ended out of control */
};

static enum parley_status try_candidate(void *ctx, size_t block, unsigned thread, struct parley_error *err)
{
    (void)thread;
    struct candidates *c = ctx;
    struct parley_scenario *s = &c->scenario[block];
    struct parley_rng rng;
    parley_rng_init(&rng, c->predictor->seed, UINT64_C(0x5e75) << 32 | (c->first + block));
    for (int i = 0; i < PARLEY_PARAMETERS; i++) {
        double factor = exp(log(.6) + parley_rng_uniform(&rng) * log(1.7 / .6)), low = parley_parameter_low((enum parley_parameter)i),
               high = parley_parameter_high((enum parley_parameter)i);
        if (!fixed(i))
            s->par[i] = fmin(high, fmax(low, s->par[i] * factor));
    }
    return uncontrolled(s, c->predictor, SET_REPLICATES, 1, &c->share[block], err);
}

/* The first candidates that are plausible, in the order of their numbers. */
static enum parley_status draw_sets(struct parley_predictor *p, struct parley_arena *arena, struct parley_error *err)
{
    struct parley_scenario base;
    struct candidates *c = PARLEY_NEW(arena, struct candidates, 1);
    enum parley_status status = parley_scenario_load("baseline", &base, err);
    p->set = PARLEY_NEW(arena, struct parley_scenario, PARLEY_SETS);
    if (!status && (!p->set || !c))
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (uint64_t first = 0; !status && p->n_sets < PARLEY_SETS && first < CANDIDATES_MAX; first += CANDIDATES_AT_ONCE) {
        c->predictor = p;
        c->first = first;
        for (int i = 0; i < CANDIDATES_AT_ONCE; i++)
            c->scenario[i] = base;
        status = parley_blocks_run(CANDIDATES_AT_ONCE, p->threads, try_candidate, c, p->progress, NULL, err);
        for (int i = 0; i < CANDIDATES_AT_ONCE && !status && p->n_sets < PARLEY_SETS; i++)
            if (c->share[i] >= .005 && c->share[i] <= .2)
                p->set[p->n_sets++] = c->scenario[i];
    }
    return status;
}

enum parley_status parley_predictor_init(struct parley_predictor *p, struct parley_arena *arena, uint64_t seed, unsigned threads, double budget_s, size_t n,
                                         const struct parley_progress *progress, struct parley_error *err)
{
    struct parley_scenario base;
    double share;
    *p = (struct parley_predictor){ .seed = seed, .threads = threads, .progress = progress, .replicates = SET_REPLICATES, .set_weeks = SET_WEEKS_MIN, .arena = arena };
    enum parley_status status = parley_scenario_load("baseline", &base, err);
    double begun = cpu_seconds();
    if (!status)
        status = uncontrolled(&base, p, 8 * SET_REPLICATES, threads, &share, err);
    p->dyad_weeks_per_s = 8.0 * SET_REPLICATES * base.weeks / fmax(cpu_seconds() - begun, 1e-6);
    if (status || !(budget_s > 0))
        return status;
    begun = cpu_seconds();
    if ((status = draw_sets(p, arena, err)))
        return status;
    double left = fmax(budget_s - (cpu_seconds() - begun), .1 * budget_s) * p->dyad_weeks_per_s / (2.0 * (double)(n ? n : 1)); /* a scenario */
    double weeks = floor(.6 * left / (PARLEY_SETS * (double)SET_REPLICATES) / 52) * 52;
    p->set_weeks = (uint32_t)fmin(SET_WEEKS_MAX, fmax(SET_WEEKS_MIN, weeks));
    left -= (double)p->set_weeks * PARLEY_SETS * SET_REPLICATES;
    while (p->replicates < REPLICATES_MAX && 2.0 * (double)p->replicates * base.weeks <= left)
        p->replicates *= 2; /* powers of two, so that small changes of speed do not change the numbers */
    return PARLEY_OK;
}

struct parley_pair_effects {
    struct parley_pair_effects *next;
    const char *base, *before, *after;
    struct parley_difference whole[PARLEY_OUT_ALL]; /* with the parameters as they are */
    double mean[PARLEY_OUT_ALL], variance[2][PARLEY_OUT_ALL]; /* of the mean before the change; of both means */
    double change[PARLEY_SETS][PARLEY_OUT_ALL], set_mean[PARLEY_SETS][PARLEY_OUT_ALL];
};

static const char *base_of(const struct parley_trial *t) { return t->base ? t->base : "baseline"; }

static enum parley_status one_pair(const struct parley_scenario *base, const char *before, const char *after, const struct parley_run *run,
                                   struct parley_comparison *c, struct parley_error *err)
{
    struct parley_scenario a = *base, b = *base;
    enum parley_status status = parley_scenario_change(&a, before, err);
    if (!status)
        status = parley_scenario_change(&b, after, err);
    *c = (struct parley_comparison){ 0 };
    return status ? status : parley_compare(&a, &b, run, c, err);
}

struct pair_in_sets {
    const struct parley_predictor *predictor;
    const struct parley_scenario *base;
    struct parley_pair_effects *effects;
};

static enum parley_status pair_in_set(void *ctx, size_t set, unsigned thread, struct parley_error *err)
{
    (void)thread;
    const struct pair_in_sets *p = ctx;
    struct parley_pair_effects *e = p->effects;
    struct parley_scenario s = *p->base;
    struct parley_comparison c;
    const struct parley_run run = { .seed = p->predictor->seed, .replicates = SET_REPLICATES, .threads = 1 };
    memcpy(s.par, p->predictor->set[set].par, sizeof s.par);
    s.weeks = p->predictor->set_weeks;
    enum parley_status status = one_pair(&s, e->before, e->after, &run, &c, err);
    for (int k = 0; k < PARLEY_OUT_ALL && !status; k++) {
        e->change[set][k] = c.output[k].difference;
        e->set_mean[set][k] = parley_tally_estimate(&c.a, k).mean;
    }
    parley_comparison_release(&c);
    return status;
}

static enum parley_status run_pair(const struct parley_predictor *p, struct parley_pair_effects *e, struct parley_error *err)
{
    struct parley_scenario base;
    struct parley_comparison c = { 0 };
    const struct parley_run run = { .seed = p->seed, .replicates = p->replicates, .threads = p->threads, .progress = p->progress };
    enum parley_status status = parley_scenario_load(e->base, &base, err);
    if (!status)
        status = one_pair(&base, e->before, e->after, &run, &c, err);
    for (int k = 0; k < PARLEY_OUT_ALL && !status; k++) {
        e->whole[k] = c.output[k];
        struct parley_mean before = parley_tally_estimate(&c.a, k), after = parley_tally_estimate(&c.b, k);
        e->mean[k] = before.mean;
        e->variance[0][k] = before.sd * before.sd / (double)c.a.replicates;
        e->variance[1][k] = after.sd * after.sd / (double)c.b.replicates;
    }
    parley_comparison_release(&c);
    struct pair_in_sets sets = { p, &base, e };
    if (!status && p->n_sets)
        status = parley_blocks_run(p->n_sets, p->threads, pair_in_set, &sets, p->progress, NULL, err);
    return status;
}

static enum parley_status pair_effects(struct parley_predictor *p, const char *base, const char *before, const char *after, const struct parley_pair_effects **out,
                                       struct parley_error *err)
{
    for (struct parley_pair_effects *e = p->known; e; e = e->next)
        if (!strcmp(e->base, base) && !strcmp(e->before, before) && !strcmp(e->after, after)) {
            *out = e;
            return PARLEY_OK;
        }
    struct parley_pair_effects *e = PARLEY_NEW(p->arena, struct parley_pair_effects, 1);
    if (!e)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    *e = (struct parley_pair_effects){ .next = p->known, .base = base, .before = before, .after = after };
    enum parley_status status = run_pair(p, e, err);
    if (!status)
        *out = p->known = e;
    return status;
}

struct effect { double size, variance; };

/* log(after / before), as the delta method has it: what both runs share lowers its variance. */
static double log_ratio(double before, double change) { return before > 0 && before + change > 0 ? log((before + change) / before) : NAN; }

static struct effect effect_of(const struct parley_pair_effects *e, int k, bool relative)
{
    const struct parley_difference *d = &e->whole[k];
    double se = (d->high - d->low) / 3.92, a = e->mean[k], b = a + d->difference;
    if (!relative)
        return (struct effect){ fabs(d->difference), se * se };
    double shared = (e->variance[0][k] + e->variance[1][k] - se * se) / 2;
    return (struct effect){ fabs(log_ratio(a, d->difference)), fmax(0, e->variance[0][k] / (a * a) + e->variance[1][k] / (b * b) - 2 * shared / (a * b)) };
}

/* Of a second pair the sizes of both effects are compared; their errors are taken as independent, which is too wide, not too
 * narrow, since both share their random numbers. */
static void compare_sizes(struct effect first, struct effect second, struct parley_trial_result *out)
{
    double se = sqrt(first.variance + second.variance);
    out->effect = second.size - first.size;
    out->low = out->effect - 1.96 * se, out->high = out->effect + 1.96 * se;
    out->z = se > 0 ? out->effect / se : 0;
}

int parley_trial_holds(const struct parley_trial *what, const struct parley_trial_result *r)
{
    double most = .1 * fabs(r->base); /* of a prediction without a sign */
    if (what->sign > 0)
        return (r->low > 0) - (r->high < 0);
    if (what->sign < 0)
        return (r->high < 0) - (r->low > 0);
    return (r->low > -most && r->high < most) - (r->low > most || r->high < -most);
}

enum parley_status parley_predict(struct parley_predictor *p, const struct parley_trial *what, struct parley_trial_result *out, struct parley_error *err)
{
    const struct parley_pair_effects *first = NULL, *second = NULL;
    enum parley_status status = pair_effects(p, base_of(what), what->before, what->after, &first, err);
    if (!status && what->before2)
        status = pair_effects(p, base_of(what), what->before2, what->after2, &second, err);
    if (status)
        return status;
    const struct parley_difference *d = &first->whole[what->output];
    *out = (struct parley_trial_result){ .base = first->mean[what->output], .effect = d->difference, .low = d->low, .high = d->high, .z = d->z, .tried = p->n_sets };
    if (second)
        compare_sizes(effect_of(first, what->output, what->relative), effect_of(second, what->output, what->relative), out);
    for (unsigned i = 0; i < p->n_sets; i++) {
        double change = first->change[i][what->output];
        if (second && what->relative)
            change = fabs(log_ratio(second->set_mean[i][what->output], second->change[i][what->output])) - fabs(log_ratio(first->set_mean[i][what->output], change));
        else if (second)
            change = fabs(second->change[i][what->output]) - fabs(change);
        out->held += what->sign == 0 ? fabs(change) <= .1 * fabs(first->set_mean[i][what->output]) : change * what->sign > 0;
    }
    return PARLEY_OK;
}

static bool same_pair(const struct parley_trial *a, bool second, const char *base, const char *before, const char *after)
{
    return !strcmp(base_of(a), base) && !strcmp(second ? a->before2 : a->before, before) && !strcmp(second ? a->after2 : a->after, after);
}

size_t parley_trial_pairs(const struct parley_trial *trial, size_t n)
{
    size_t pairs = 0;
    for (size_t i = 0; i < n; i++)
        for (int second = 0; second <= (trial[i].before2 ? 1 : 0); second++) {
            const char *before = second ? trial[i].before2 : trial[i].before, *after = second ? trial[i].after2 : trial[i].after;
            bool seen = second && same_pair(&trial[i], false, base_of(&trial[i]), before, after);
            for (size_t j = 0; j < i && !seen; j++)
                seen = same_pair(&trial[j], false, base_of(&trial[i]), before, after) ||
                       (trial[j].before2 && same_pair(&trial[j], true, base_of(&trial[i]), before, after));
            pairs += !seen;
        }
    return pairs;
}

#define UNCONTROLLED PARLEY_OUT_uncontrolled
#define ALL_ON                                                                                                                              \
    "hotline=1 notification=1 unsuspendable=1 department_exchange=1 issue_control=1 no_shaming=1 feedback=1 joint_protection=1 "           \
    "vulnerability_handling=1 nc3_restraint=1 contingency_plans=1"
#define CUT "p_sus=1 r_res=0"

static const struct parley_trial hypotheses[] = {
    { "H-01", NULL, "", "dialogue=0 track2=0 leaders=0", NULL, NULL, UNCONTROLLED, 1 },
    { "H-01", NULL, "", "dialogue=0 track2=0 leaders=0", NULL, NULL, PARLEY_OUT_trust, -1 },
    { "H-01", NULL, "", "dialogue=0 track2=0 leaders=0", NULL, NULL, PARLEY_OUT_capability, 1 },
    { "H-02", NULL, "", "hotline=1", NULL, NULL, UNCONTROLLED, -1 },
    { "H-02", NULL, "", "hotline=1", NULL, NULL, PARLEY_OUT_crisis_weeks, -1 },
    { "H-03", NULL, "unsuspendable=1", "unsuspendable=1 hotline=1", CUT, CUT " hotline=1", UNCONTROLLED, 1 },
    { "H-04", NULL, "", "notification=1", NULL, NULL, PARLEY_OUT_crises, -1 },
    { "H-04", NULL, "", "notification=1", NULL, NULL, PARLEY_OUT_trust, 1 },
    { "H-05", NULL, "", "unsuspendable=1", NULL, NULL, UNCONTROLLED, -1 },
    { "H-06", NULL, "unsuspendable=1 track2=0", "unsuspendable=1", CUT " track2=0", CUT, UNCONTROLLED, 1 },
    { "H-07", NULL, "", "department_exchange=1", NULL, NULL, UNCONTROLLED, -1 },
    { "H-08", NULL, "tauR*=0.33", "tauR*=2", NULL, NULL, UNCONTROLLED, -1 },
    { "H-08", NULL, "tauR*=0.33", "tauR*=2", NULL, NULL, PARLEY_OUT_time_to_deescalate, 1 },
    { "H-09", NULL, "", "no_shaming=1", NULL, NULL, UNCONTROLLED, -1 },
    { "H-09", NULL, "", "no_shaming=1", NULL, NULL, PARLEY_OUT_crises, -1 },
    { "H-10", NULL, "", "face*=2", NULL, NULL, UNCONTROLLED, 1 },
    { "H-11", NULL, "", "issue_control=1", NULL, NULL, PARLEY_OUT_spillovers, -1 },
    { "H-11", NULL, "", "issue_control=1", NULL, NULL, UNCONTROLLED, -1 },
    { "H-12", NULL, "", "zeta=0.5", NULL, NULL, PARLEY_OUT_crises, 1 },
    { "H-12", NULL, "", "zeta=0.5", NULL, NULL, PARLEY_OUT_cooperation_index, -1 },
    { "H-12", NULL, "", "zeta=0.5", NULL, NULL, PARLEY_OUT_interdependence, -1 },
    { "H-13", NULL, "", "harmed_leads=1", NULL, NULL, UNCONTROLLED, 1 },
    { "H-14", NULL, "", "delegation=1", NULL, NULL, UNCONTROLLED, 1 },
    { "H-15", NULL, "", "clear_attribution=1", NULL, NULL, PARLEY_OUT_wrong_blame, -1 },
    { "H-15", NULL, "", "clear_attribution=1", NULL, NULL, PARLEY_OUT_trust, 1 },
    { "H-15", NULL, "", "clear_attribution=1", NULL, NULL, PARLEY_OUT_agreement_life, 1 },
    { "H-16", NULL, "norms=0", "", NULL, NULL, PARLEY_OUT_crises, -1 },
    { "H-16", NULL, "norms=0", "", NULL, NULL, PARLEY_OUT_cooperation_index, 1 },
    { "H-17", NULL, "", "feedback=1", NULL, NULL, PARLEY_OUT_agreement_life, 1 },
    { "H-17", NULL, "", "feedback=1", NULL, NULL, PARLEY_OUT_cooperation_index, 1 },
    { "H-18", NULL, "", "g0*=4", NULL, NULL, PARLEY_OUT_agreements, -1 },
    { "H-18", NULL, "", "g0*=4", NULL, NULL, UNCONTROLLED, 1 },
    { "H-19", NULL, "", "nu_INF*=2 nu_ESP*=2 nu_MIL*=2", NULL, NULL, PARLEY_OUT_agreements, 1 },
    { "H-19", NULL, "", "nu_INF*=0.5 nu_ESP*=0.5 nu_MIL*=0.5", NULL, NULL, PARLEY_OUT_agreements, -1 },
    { "H-20", NULL, "", "gamma_g*=3.3 s1*=1.5", NULL, NULL, UNCONTROLLED, 1 },
    { "H-21", NULL, "I0=0.4", "I0=0.8", NULL, NULL, UNCONTROLLED, -1 },
    { "H-22", NULL, "", "ballast=0", NULL, NULL, UNCONTROLLED, 1 },
    { "H-23", NULL, "", "leaders=0", NULL, NULL, UNCONTROLLED, 1 },
    { "H-23", NULL, "I0=0.4", "I0=0.4 leaders=0", "I0=0.8", "I0=0.8 leaders=0", UNCONTROLLED, 1, true },
    { "H-24", NULL, "mu_MIL*=3", "mu_MIL*=3 nc3_restraint=1", NULL, NULL, UNCONTROLLED, -1 },
    { "H-25", NULL, "", "joint_protection=1", NULL, NULL, PARLEY_OUT_trust, 1 },
    { "H-25", NULL, "", "joint_protection=1", NULL, NULL, UNCONTROLLED, -1 },
    { "H-26", NULL, "", "vulnerability_handling=1", NULL, NULL, PARLEY_OUT_incidents, -1 },
    { "H-26", NULL, "", "vulnerability_handling=1", NULL, NULL, PARLEY_OUT_wrong_blame, -1 },
    { "H-26", NULL, "", "vulnerability_handling=1", NULL, NULL, UNCONTROLLED, -1 },
    { "H-26", NULL, "", "vulnerability_handling=1", NULL, NULL, PARLEY_OUT_agreements, -1 },
    { "H-27", NULL, "", "mode=3", NULL, NULL, PARLEY_OUT_welfare, 1 },
    { "H-27", NULL, "", "mode=2", NULL, NULL, PARLEY_OUT_welfare, -1 },
    { "H-27", NULL, "", "mode=1", NULL, NULL, PARLEY_OUT_welfare_gap, 1 },
    { "H-27", NULL, "", "mode=2", NULL, NULL, PARLEY_OUT_capability, 1 },
    { "H-28", NULL, "", "a_R*=1.67", NULL, NULL, PARLEY_OUT_capability, 1 },
    { "H-28", NULL, "", "a_R*=1.67", NULL, NULL, UNCONTROLLED, 1 },
    { "H-28", NULL, "", "a_R*=1.67", NULL, NULL, PARLEY_OUT_welfare, -1 },
    { "H-29", NULL, "q0=0.3", "q0=0.7", NULL, NULL, UNCONTROLLED, -1 },
    { "H-30", NULL, "", "mu_ESP*=2", NULL, NULL, PARLEY_OUT_trust, -1 },
    { "H-30", NULL, "", "mu_ESP*=2", NULL, NULL, UNCONTROLLED, 1 },
    { "H-31", NULL, "mu_ESP=0.03 mu_MIL=0.01", "mu_ESP=0.015 mu_MIL=0.025", NULL, NULL, UNCONTROLLED, 1 },
    { "H-32", NULL, "", "eps*=1.8", NULL, NULL, UNCONTROLLED, 1 },
    { "H-33", NULL, "", "tacit_limits=0", NULL, NULL, UNCONTROLLED, 1 },
    { "H-34", NULL, "", "tauR*=0.33 a*=0.75 nu_INF*=1.5 nu_ESP*=1.5 nu_MIL*=1.5 eps*=1.3", NULL, NULL, UNCONTROLLED, 1 },
    { "H-35", NULL, "p_seeker=1 q0=0.5", "p_seeker=1 q0=0.7", NULL, NULL, UNCONTROLLED, -1 },
    { "H-36", NULL, "p_seeker=0.8", "p_seeker=0.5", NULL, NULL, UNCONTROLLED, 1 },
    { "H-37", NULL, "", "xi*=2", NULL, NULL, PARLEY_OUT_trust, -1 },
    { "H-37", NULL, "", "xi*=2", NULL, NULL, UNCONTROLLED, 1 },
    { "H-38", NULL, "", ALL_ON, NULL, NULL, UNCONTROLLED, -1 },
    { "H-38", NULL, "", ALL_ON, NULL, NULL, PARLEY_OUT_welfare, 1 },
};

const struct parley_trial *parley_hypothesis_predictions(size_t *n)
{
    *n = sizeof hypotheses / sizeof *hypotheses;
    return hypotheses;
}
