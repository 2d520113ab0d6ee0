/* Parameters are recovered from chronicles that were simulated with them; what a chronicle cannot say is said to be unknown. */
#include <parley/calibrate.h>
#include <parley/replay.h>
#include "tap.h"

enum { CHRONICLES = 2, PARTICLES = 60 };

int main(void)
{
    struct parley_scenario s, truth;
    struct parley_error err = { 0 };
    static const char *const names[] = { "mu_ESP", "mu_TEC", "t3", "c_k" };
    int parameter[4], covered = 0, identified[4] = { 0 };
    static double sample[PARTICLES * 4], weight[PARTICLES];
    OK(!parley_scenario_load("baseline", &s, &err), "baseline");
    /* relations that last, so that a chronicle has all its years */
    OK(!parley_scenario_change(&s, "weeks=1040 hotline=1 unsuspendable=1 eps=0.03", &err), "a quiet relation");
    for (int i = 0; i < 4; i++)
        parameter[i] = parley_parameter_find(names[i]);
    truth = s;
    OK(!parley_scenario_change(&truth, "mu_ESP=0.08 mu_TEC=0.008 t3=3.2", &err), "a truth that is not the scenario");
    struct parley_fit fit = { .scenario = &s, .parameter = parameter, .n_parameters = 4, .particles = PARTICLES, .generations = 4, .seed = 5, .threads = 2 };
    for (uint32_t c = 0; c < CHRONICLES; c++) {
        struct parley_arena arena = { 0 };
        struct parley_event_list events;
        struct parley_fitted f[4];
        int64_t start = parley_bin_start(parley_bin_of(0, PARLEY_WEEK), PARLEY_WEEK);
        bool ok = !parley_replay(&truth, 99, c, 0, &arena, &events, NULL, &err);
        struct parley_stats seen = parley_chronicle_stats(&events, "GROUP:A", "GROUP:B", start, start + 1040 * 7 * PARLEY_US_PER_DAY);
        ok = ok && !parley_calibrate(&fit, &seen, sample, weight, f, &err);
        OK(ok, "chronicle %u of %zu events fitted%s%s", c, events.n, *err.text ? ": " : "", err.text);
        for (int i = 0; ok && i < 4; i++) {
            double t = truth.par[parameter[i]];
            covered += i < 3 && f[i].low <= t && t <= f[i].high;
            identified[i] += f[i].identified;
            printf("# %s: truth %g, posterior %.4g (%.4g to %.4g), narrowed by %.0f %%\n", names[i], t, f[i].mean, f[i].low, f[i].high, 100 * f[i].contraction);
        }
        parley_arena_release(&arena);
    }
    OK(covered >= 3 * CHRONICLES - 2, "the truth lies in %d of %d intervals of 90 percent", covered, 3 * CHRONICLES);
    OK(identified[0] == CHRONICLES && identified[1] == CHRONICLES, "rates of incidents are identified");
    OK(identified[3] == 0, "the cost of capability, which leaves no trace in events, is not");
    fit.particles = 3;
    OK(parley_calibrate(&fit, &(struct parley_stats){ { 0 } }, sample, weight, NULL, &err) == PARLEY_EINVAL, "%s", err.text);
    return done();
}
