#include <parley/assess.h>
#include <parley/csv.h>
#include <parley/file.h>
#include <parley/phase.h>
#include <parley/record.h>

#include "tap.h"

static struct parley_assessment a;

static enum parley_phase at(int year, int month)
{
    int64_t bin = parley_bin_of(parley_days_from_civil(year, month, 15) * PARLEY_US_PER_DAY, PARLEY_MONTH) - a.phase_first;
    return bin >= 0 && bin < (int64_t)a.phases.n_bins ? a.phases.phase[bin] : PARLEY_PHASES;
}

static bool hot(int year, int month) { return at(year, month) == PARLEY_CRISIS || at(year, month) == PARLEY_TENSION; }

/* The chronology's known crises, by the shipped thresholds. */
static void known_crises(void)
{
    struct parley_record *record;
    struct parley_arena arena = { 0 };
    struct parley_event_list list;
    struct parley_event_query all = { 0 };
    struct parley_error err = { 0 };
    if (parley_record_open_shipped(&record, &err) || parley_record_events(record, &all, &arena, &list, &err)) {
        OK(false, "the shipped record: %s", err.text);
        return;
    }
    struct parley_relation r = { .a = "CN", .b = "US" };
    struct parley_assess_options o = { .bin = PARLEY_UNDATED, .seed = 1 };
    bool done_it = !parley_assess_relation(list.event, list.n, NULL, 0, &r, &o, &arena, &a, &err);
    OK(done_it, "assessment of CN and US %s", err.text);
    if (done_it) {
        OK(hot(2013, 6), "2013 disclosures: %s", parley_phase_text(at(2013, 6), PARLEY_EN));
        OK(at(2014, 6) == PARLEY_CRISIS, "2014 indictment: %s", parley_phase_text(at(2014, 6), PARLEY_EN));
        OK(at(2015, 7) == PARLEY_CRISIS, "2015 breach: %s", parley_phase_text(at(2015, 7), PARLEY_EN));
        OK(at(2015, 12) == PARLEY_DE_ESCALATION, "after the accord of September 2015: %s", parley_phase_text(at(2015, 12), PARLEY_EN));
        OK(at(2017, 3) == PARLEY_RECOVERY, "the joint dialogues of 2016 lead to recovery: %s", parley_phase_text(at(2017, 3), PARLEY_EN));
        OK(at(2018, 9) == PARLEY_CRISIS && at(2019, 6) == PARLEY_CRISIS && hot(2020, 6), "2018 to 2020 technology dispute");
        OK(!a.excitation.identified, "excitation on the chronology is not identified: %s", a.excitation.reason);
        OK(a.series.bin == PARLEY_YEAR && a.series.n_binned + a.series.n_too_coarse + a.series.n_undated == a.series.n_events, "%zu events are all accounted for", a.series.n_events);
    }
    parley_record_close(record);
    parley_arena_release(&arena);
}

/* A made-up year: quiet, one blow, then talks. */
static void synthetic(void)
{
    enum { N = 240 };
    double conflict[N] = { 0 }, cooperation[N] = { 0 };
    struct parley_phase_rule rule;
    struct parley_phases p = { 0 };
    struct parley_arena arena = { 0 };
    struct parley_error err = { 0 };
    OK(!parley_phase_rule_shipped(&rule, &err), "the shipped rule %s", err.text);
    for (int t = 0; t < 120; t += 6)
        conflict[t] = 1;
    for (int t = 120; t < 126; t++)
        conflict[t] = 3;
    for (int t = 127; t < 150; t++)
        cooperation[t] = 6;
    bool ok = !parley_phase_assess(conflict, cooperation, NULL, N, 12, &rule, &arena, &p, &err);
    for (size_t i = 0; ok && i < p.n_spells; i++)
        printf("# %s %zu to %zu, heat up to %.2f\n", parley_phase_text(p.spell[i].phase, PARLEY_EN), p.spell[i].from, p.spell[i].to, p.spell[i].heat_max);
    OK(ok && p.phase[125] == PARLEY_CRISIS, "half a year of blows is a crisis");
    OK(ok && p.phase[135] == PARLEY_DE_ESCALATION, "talks de-escalate: %s", ok ? parley_phase_text(p.phase[135], PARLEY_EN) : "");
    OK(ok && p.phase[150] == PARLEY_RECOVERY, "and lead to recovery: %s", ok ? parley_phase_text(p.phase[147], PARLEY_EN) : "");
    OK(ok && p.phase[200] != PARLEY_CRISIS && p.phase[200] != PARLEY_RECOVERY, "which ends: %s", ok ? parley_phase_text(p.phase[200], PARLEY_EN) : "");
    memset(conflict, 0, sizeof conflict);
    ok = !parley_phase_assess(conflict, cooperation, NULL, N, 12, &rule, &arena, &p, &err);
    OK(ok && p.now == PARLEY_CALM && p.n_spells == 1, "nothing hostile is calm");
    conflict[3] = -1;
    OK(parley_phase_assess(conflict, cooperation, NULL, N, 12, &rule, &arena, &p, &err) == PARLEY_EDOM, "%s", err.text);
    parley_arena_release(&arena);
}

int main(void)
{
    synthetic();
    known_crises();
    return done();
}
