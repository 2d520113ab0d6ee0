/* The model against what is known without it: Poisson counts, the order of effects. */
#include <parley/predict.h>
#include "tap.h"

enum { MANY = 20480 };

static struct parley_tally run(const char *changes)
{
    struct parley_scenario s;
    struct parley_tally t = { 0 };
    struct parley_error err = { 0 };
    const struct parley_run r = { .seed = 11, .replicates = MANY };
    if (parley_scenario_load("baseline", &s, &err) || parley_scenario_change(&s, changes, &err) || parley_simulate(&s, &r, &t, &err))
        printf("# %s\n", err.text);
    return t;
}

/* No excitation, no feedback on capability, nobody greedy, no norm, nothing escalates: incidents are Poisson. */
#define STILL "p_seeker=1 a_R=0 u_R=0 eta=0 t1=10 t2=10 t3=10 b1=0 b2=0 b3=0 psi=0 weeks=260 "

static void poisson(void)
{
    struct parley_tally still = run(STILL "alpha=0"), excited = run(STILL "alpha=0.05");
    struct parley_mean a = parley_tally_estimate(&still, PARLEY_OUT_incidents), b = parley_tally_estimate(&excited, PARLEY_OUT_incidents);
    double expected = 260 * (2 * (.01 + .03 + .02 + .01) + 2 * (.01 + .10 + .02)), fano = a.sd * a.sd / a.mean;
    OK(expected > a.mean - 4 * a.sd / sqrt(MANY) && expected < a.mean + 4 * a.sd / sqrt(MANY), "alpha = 0: %.3f incidents, expected %.3f", a.mean, expected);
    OK(fabs(fano - 1) < 4 * sqrt(2.0 / MANY), "and their variance is their mean: Fano factor %.4f", fano);
    OK(b.mean > a.mean && b.sd * b.sd / b.mean > 1.05, "excitation: %.1f incidents, Fano factor %.3f", b.mean, b.sd * b.sd / b.mean);
    OK(parley_tally_estimate(&still, PARLEY_OUT_crises).mean == 0 && parley_tally_estimate(&still, PARLEY_OUT_trust).mean < .6, "and no crisis comes of it");
    parley_tally_release(&still), parley_tally_release(&excited);
}

/* Without accidents and with nobody misreading, without temptation and grievance nothing ends; with certain accidents all do. */
static void ends(void)
{
    struct parley_tally none = run(STILL), base = run("");
    struct parley_mean p = parley_tally_estimate(&base, PARLEY_OUT_uncontrolled), d = parley_tally_estimate(&base, PARLEY_OUT_dialogue),
                       c = parley_tally_estimate(&base, PARLEY_OUT_crises), a = parley_tally_estimate(&base, PARLEY_OUT_agreements);
    OK(parley_tally_estimate(&none, PARLEY_OUT_uncontrolled).mean == 0, "where nobody answers nothing ends");
    OK(p.low > .02 && p.high < .08 && near(d.mean, .76, .05) && c.mean > 2.5 && c.mean < 4.5 && a.mean > 1 && a.mean < 2.2,
       "the baseline: %.4f uncontrolled, dialogue %.2f, %.1f crises, %.1f agreements", p.mean, d.mean, c.mean, a.mean);
    OK(parley_tally_down_within(&base, 520) <= 1 && parley_tally_down_within(&base, 26) > .5, "most crises come down within half a year");
    parley_tally_release(&none), parley_tally_release(&base);
}

static void trials(void)
{
    struct parley_arena arena = { 0 };
    struct parley_predictor p;
    struct parley_error err = { 0 };
    const struct parley_trial hotline = { "t", NULL, "", "hotline=1", NULL, NULL, PARLEY_OUT_crisis_weeks, -1 }, nothing = { "t", NULL, "", "", NULL, NULL, PARLEY_OUT_crises, 1 };
    struct parley_trial_result r;
    OK(!parley_predictor_init(&p, &arena, 1, 1, 0, 1, NULL, &err) && !parley_predict(&p, &hotline, &r, &err) && r.high < 0, "a hotline shortens crises: %.1f weeks", r.effect);
    OK(!parley_predict(&p, &nothing, &r, &err) && r.effect == 0 && r.z == 0, "no change, no effect: both draw the same numbers");
    parley_arena_release(&arena);
}

int main(void)
{
    poisson();
    ends();
    trials();
    return done();
}
