/* Scenarios: what is shipped reads, and every mistake is named with its line and column. */
#include <parley/data.h>
#include <parley/scenario.h>
#include "tap.h"

static const struct {
    const char *what, *text, *says;
    enum parley_status status;
} wrong[] = {
    { "a typo in a key", "title: x\nparameters:\n  tauRR: 2\n", "mine.yaml:3:3: unknown key", PARLEY_EPARSE },
    { "the nearest key is suggested", "parameters:\n  tauRR: 2\n", "did you mean 'tauR'", PARLEY_EPARSE },
    { "a probability of 1.2", "parameters:\n  p_sus: 1.2\n", "2:10: p_sus: 1.2 is outside 0 to 1", PARLEY_EDOM },
    { "a probability of 1.2, documented", "parameters:\n  p_sus: { value: 1.2 }\n", "p_sus: 1.2 is outside 0 to 1", PARLEY_EDOM },
    { "a range of its own", "parameters:\n  tauR: { value: 9, range: [1, 8] }\n", "tauR: 9 is outside 1 to 8", PARLEY_EDOM },
    { "text for a number", "parameters:\n  tauR: soon\n", "expected a number, found soon", PARLEY_EPARSE },
    { "an interval that ends before it begins", "mechanisms:\n  hotline: [{ from: 104, to: 52 }]\n", "ends (week 52) before it has begun (week 104)", PARLEY_EDOM },
    { "two intervals that overlap", "mechanisms:\n  hotline: [{ from: 0, to: 60 }, { from: 52 }]\n", "before the one above ends in week 60", PARLEY_EDOM },
    { "an interval after the end", "weeks: 100\nmechanisms:\n  hotline: [{ from: 150 }]\n", "3:15: hotline: the interval begins in week 150, but the scenario lasts 100 weeks", PARLEY_EDOM },
    { "another unit", "parameters:\n  tauR: { value: 9, unit: days }\n", "2:27: tauR is measured in 'weeks', found 'days'", PARLEY_EDOM },
    { "a typo in a mechanism of a pair", "pairs:\n  - { between: [A, B], mechanisms: { hotlin: true } }\n", "did you mean 'hotline'", PARLEY_EPARSE },
    { "a mechanism that no pair has for itself", "pairs:\n  - { between: [A, B], mechanisms: { supply_chain_standards: true } }\n", "a matter of all states", PARLEY_EDOM },
    { "an interval of a pair that ends before it begins", "pairs:\n  - { between: [A, B], mechanisms: { hotline: [{ from: 9, to: 2 }] } }\n", "ends (week 2) before", PARLEY_EDOM },
    { "a mechanism that is neither on nor off", "mechanisms:\n  hotline: maybe\n", "expected true, false or a list", PARLEY_EPARSE },
    { "a mechanism with a typo", "mechanisms:\n  hotlin: true\n", "did you mean 'hotline'", PARLEY_EPARSE },
    { "an unknown actor", "states: [US, CN]\npairs:\n  - { between: [US, CNN] }\n", "'CNN' is no state of this scenario; did you mean 'CN'", PARLEY_EDOM },
    { "a state alone", "states: [US]\n", "2 to 8", PARLEY_EPARSE },
    { "a state named twice", "states: [US, US]\n", "named twice", PARLEY_EDOM },
    { "blocs of two", "blocs: true\n", "three states or more", PARLEY_EDOM },
    { "no weeks", "weeks: 0\n", "outside 1 to 5200", PARLEY_EDOM },
    { "an unknown mode", "mode: friendly\n", "neutral, dependent, rivalry or full", PARLEY_EPARSE },
    { "an unknown base", "base: basline\n", "did you mean 'baseline'", PARLEY_ENOTFOUND },
    { "no base and no parameters", "base: none\n", "needs parameters", PARLEY_EPARSE },
};

int main(void)
{
    struct parley_error err = { 0 };
    struct parley_scenario s, t;
    size_t n, read = 0;
    const struct parley_data_file *all = parley_data_all(&n);
    for (size_t i = 0; i < n; i++) {
        char name[64];
        if (strncmp(all[i].name, "scenarios/", 10) || !strstr(all[i].name, ".yaml"))
            continue;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(all[i].name + 10, "."), all[i].name + 10);
        if (parley_scenario_load(name, &s, &err) == PARLEY_OK)
            read++;
        else
            OK(false, "%s: %s", name, err.text);
    }
    OK(read >= 4 + 76, "%zu shipped scenarios are read", read);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        memset(&t, 'x', sizeof t);
        memset(&s, 'x', sizeof s);
        memset(&err, 0, sizeof err);
        enum parley_status status = parley_scenario_parse(wrong[i].text, strlen(wrong[i].text), "mine.yaml", &s, &err);
        OK(status == wrong[i].status && strstr(err.text, wrong[i].says) && !memcmp(&s, &t, sizeof s), "%s: %s", wrong[i].what, err.text);
    }
    OK(!parley_scenario_load("baseline", &s, &err), "baseline");
    uint64_t h = parley_scenario_hash(&s);
    t = s;
    OK(!parley_scenario_change(&t, "hotline=1 tauR=2", &err) && parley_switch_on(&t, 0, PARLEY_SW_hotline, 0) && t.par[PARLEY_PAR_tauR] == 2, "changes by name");
    OK(parley_scenario_hash(&t) != h, "have another hash");
    OK(parley_scenario_change(&t, "hotlin=1", &err) == PARLEY_EINVAL && strstr(err.text, "'hotline'"), "%s", err.text);
    OK(parley_scenario_change(&t, "eps=1.2", &err) == PARLEY_EDOM, "%s", err.text);
    OK(parley_scenario_change(&t, "eps", &err) == PARLEY_EINVAL, "%s", err.text);
    return done();
}
