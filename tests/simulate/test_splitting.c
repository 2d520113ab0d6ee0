/* Splitting against plain runs where both are exact enough to tell a bias, and what it saves where plain runs see nothing. */
#include <parley/splitting.h>
#include "tap.h"

static struct parley_scenario load(const char *name, const char *changes)
{
    struct parley_scenario s;
    struct parley_error err = { 0 };
    if (parley_scenario_load(name, &s, &err) || parley_scenario_change(&s, changes, &err))
        printf("Bail out! %s\n", err.text), exit(1);
    return s;
}

/* Frequent ends and few, exchanges rarer than a week and several in one, two states and three, mechanisms that begin and end. */
static const struct {
    const char *scenario, *changes;
    uint64_t replicates;
    size_t batches;
} cases[] = {
    { "baseline", "", 40960, 20 },
    { "baseline", "hotline=1 weeks=260", 204800, 40 },
    { "baseline", "tauR=0.4 weeks=104", 204800, 40 },
    { "three-states", "weeks=156", 20480, 20 },
    { "crisis-2013-2015", "", 40960, 20 },
};

static void no_bias(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct parley_scenario s = load(cases[i].scenario, cases[i].changes);
        struct parley_tally tally;
        struct parley_split x;
        struct parley_error err = { 0 };
        const struct parley_run run = { .seed = 11, .replicates = cases[i].replicates };
        const struct parley_splitting how = { .seed = 3, .batches = cases[i].batches, .relations = 1024 };
        bool ok = !parley_simulate(&s, &run, &tally, &err) && !parley_split(&s, &how, &x, &err);
        struct parley_mean p = parley_tally_estimate(&tally, PARLEY_OUT_uncontrolled);
        double a = (p.high - p.low) / 3.92, b = (x.high - x.low) / 3.92, z = (x.probability - p.mean) / sqrt(a * a + b * b);
        OK(ok && fabs(z) < 4, "%s %s: splitting %.4g, plain %.4g, z %.2f %s", cases[i].scenario, cases[i].changes, x.probability, p.mean, z, err.text);
        bool order = x.reached[0] == 1;
        for (int l = 1; l < PARLEY_SPLIT_RUNGS; l++)
            order = order && x.reached[l] <= 1.2 * x.reached[l - 1] && x.importance[l] >= x.importance[l - 1];
        OK(order && x.reached[7] == x.probability, "it is rarer to climb higher");
        parley_tally_release(&tally);
    }
}

int main(void)
{
    struct parley_error err = { 0 };
    struct parley_split x, y;
    struct parley_scenario rare = load("h38-b", "eps=0.05 weeks=104"), never = load("h38-b", "weeks=104 b1=0 b2=0 b3=0 psi=0 t2=10 t3=10");
    struct parley_splitting how = { .seed = 3, .batches = 20, .relations = 1024 };
    no_bias();
    OK(!parley_split(&rare, &how, &x, &err) && x.gain > 50 && x.relative_error < .1, "a probability of %.2g to %.0f %% with %.0f times fewer weeks than plain Monte Carlo",
       x.probability, 100 * x.relative_error, x.gain);
    OK(x.probability > 6e-6 && x.probability < 13e-6, "and it is 9.3e-6, which 10^7 plain replicates agree with");
    how.path = PARLEY_PATH_PORTABLE;
    OK(!parley_split(&rare, &how, &y, &err) && !memcmp(&x, &y, sizeof x), "the same bits on the portable path");
    how.path = PARLEY_PATH_BEST, how.relations = 500;
    OK(!parley_split(&rare, &how, &y, &err) && fabs(y.probability / x.probability - 1) < .6, "batches that do not fill their lanes: %.2g", y.probability);
    how.batches = 4;
    OK(parley_split(&never, &how, &x, &err) == PARLEY_EUNIDENT, "%s", err.text);
    how.batches = 1;
    OK(parley_split(&never, &how, &x, &err) == PARLEY_EINVAL, "%s", err.text);
    return done();
}
