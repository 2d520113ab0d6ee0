#include <parley/phase.h>

#include <parley/csv.h>
#include <parley/data.h>
#include <parley/rng.h>
#include <parley/text.h>

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { VARIANTS = 40 };

const char *parley_phase_text(enum parley_phase phase, enum parley_lang lang)
{
    switch (phase) {
#define PARLEY_PHASE_CASE(name, en, zh) case name: return PARLEY_SAY(lang, en, zh);
        PARLEY_PHASE_MAP(PARLEY_PHASE_CASE)
#undef PARLEY_PHASE_CASE
    case PARLEY_PHASES:
        break;
    }
    return "?";
}

static const struct { const char *name; size_t offset; } fields[] = {
#define FIELD(name) { #name, offsetof(struct parley_phase_rule, name) }
    FIELD(half_life_years), FIELD(crisis_on), FIELD(crisis_off), FIELD(tension_on), FIELD(tension_off), FIELD(recovery_share),
    FIELD(window_years), FIELD(hold_years), FIELD(suspension_weight),
#undef FIELD
};
enum { FIELDS = sizeof fields / sizeof *fields };

static double *field_of(struct parley_phase_rule *rule, size_t i) { return (double *)(void *)((char *)rule + fields[i].offset); }

enum parley_status parley_phase_rule_shipped(struct parley_phase_rule *out, struct parley_error *err)
{
    static const char name[] = "assess/phase.csv";
    const struct parley_data_file *file = parley_data_find(name);
    struct parley_csv *csv;
    struct parley_csv_row row;
    struct parley_phase_rule rule = { 0 };
    size_t seen = 0;
    if (!file)
        return parley_fail(err, PARLEY_ENOTFOUND, "%s is not among the shipped data", name);
    enum parley_status status = parley_csv_open_memory(file->bytes, file->len, name, NULL, &csv, err);
    if (status)
        return status;
    for (bool header = true; !(status = parley_csv_next(csv, &row, err)) && row.n; header = false) {
        for (size_t i = 0; !header && i < FIELDS; i++) {
            if (row.field[0].len != strlen(fields[i].name) || memcmp(row.field[0].text, fields[i].name, row.field[0].len))
                continue;
            double *value = field_of(&rule, i);
            if (row.n < 2 || !parley_text_to_double(row.field[1].text, row.field[1].len, value) || !(*value > 0)) {
                status = parley_fail(err, PARLEY_EPARSE, "%s:%llu:2: expected a number above 0", name, (unsigned long long)row.line);
                break;
            }
            seen++;
        }
        if (status)
            break;
    }
    parley_csv_close(csv);
    if (!status && seen != FIELDS)
        status = parley_fail(err, PARLEY_EPARSE, "%s: %zu of %d thresholds", name, seen, FIELDS);
    if (!status)
        *out = rule;
    return status;
}

struct track { /* one run of the rule */
    const double *conflict, *cooperation, *suspended;
    size_t n;
    double bins_per_year;
    double *heat, *warm; /* [n] */
    enum parley_phase *phase;
};

static void heat_up(struct track *k, const struct parley_phase_rule *r)
{
    double q = exp2(-1 / (r->half_life_years * k->bins_per_year)), heat = 0, warm = 0, sum = 0, bins = 0, hostile = 0, hostile_bins = 0;
    for (size_t t = 0; t < k->n; t++)
        hostile += k->conflict[t], hostile_bins += k->conflict[t] > 0;
    double typical = hostile_bins > 0 ? hostile / hostile_bins : 0;
    for (size_t t = 0; t < k->n; t++) {
        heat = q * heat + k->conflict[t] + (k->suspended ? r->suspension_weight * typical * k->suspended[t] : 0);
        warm = q * warm + k->cooperation[t];
        k->heat[t] = heat, k->warm[t] = warm;
        if (heat > 0)
            sum += heat, bins++;
    }
    double mean = bins > 0 && sum > 0 ? sum / bins : 1;
    for (size_t t = 0; t < k->n; t++)
        k->heat[t] /= mean, k->warm[t] /= mean;
}

/* What the bin alone would be called, coming from phase `was`; since: bins since the last crisis, coolest: least heat since then. */
static enum parley_phase name_of(double heat, double warm, enum parley_phase was, double since, double coolest, const struct parley_phase_rule *r,
                                 double window)
{
    double share = heat + warm > 0 ? warm / (heat + warm) : 0;
    bool after_crisis = was == PARLEY_CRISIS || (was == PARLEY_DE_ESCALATION && since <= window); /* heat that stays is tension again */
    if (heat >= r->crisis_on && !(after_crisis && share >= r->recovery_share))
        return PARLEY_CRISIS;
    if (was == PARLEY_CRISIS && heat >= r->crisis_off && share < r->recovery_share)
        return PARLEY_CRISIS;
    if (since <= window && share >= r->recovery_share && heat < r->tension_on && was != PARLEY_CALM)
        return PARLEY_RECOVERY;
    bool low = heat < r->tension_off || (heat < r->tension_on && was != PARLEY_TENSION);
    if (after_crisis && heat >= r->tension_off)
        return heat > 1.25 * coolest && heat >= r->tension_on && share < r->recovery_share ? PARLEY_TENSION : PARLEY_DE_ESCALATION;
    if (!low)
        return PARLEY_TENSION;
    return after_crisis && since <= window ? PARLEY_DE_ESCALATION : PARLEY_CALM;
}

static void run_rule(struct track *k, const struct parley_phase_rule *r)
{
    double window = r->window_years * k->bins_per_year, hold = floor(r->hold_years * k->bins_per_year), since = INFINITY, coolest = INFINITY, held = 0;
    enum parley_phase now = PARLEY_CALM, wanted = PARLEY_CALM;
    heat_up(k, r);
    for (size_t t = 0; t < k->n; t++) {
        enum parley_phase name = name_of(k->heat[t], k->warm[t], now, since, coolest, r, window);
        held = name == wanted ? held + 1 : 1;
        wanted = name;
        if (name == PARLEY_CRISIS || held >= hold)
            now = name;
        since = now == PARLEY_CRISIS ? 0 : since + 1;
        coolest = now == PARLEY_CRISIS ? INFINITY : fmin(coolest, k->heat[t]);
        k->phase[t] = now;
    }
}

/* Every threshold times its own factor in [0.7, 1.3]; the ways out stay below the ways in. */
static struct parley_phase_rule vary(const struct parley_phase_rule *rule, uint64_t variant)
{
    struct parley_phase_rule r = *rule;
    struct parley_rng rng;
    parley_rng_init(&rng, 0x7068617365, variant);
    for (size_t i = 0; i < FIELDS; i++)
        *field_of(&r, i) *= 0.7 + 0.6 * parley_rng_uniform(&rng);
    r.crisis_off = fmin(r.crisis_off, r.crisis_on);
    r.tension_on = fmin(r.tension_on, r.crisis_off);
    r.tension_off = fmin(r.tension_off, r.tension_on);
    return r;
}

static enum parley_status find_spells(struct parley_phases *p, struct parley_arena *arena, struct parley_error *err)
{
    p->n_spells = 0;
    for (size_t t = 0; t < p->n_bins; t++)
        p->n_spells += !t || p->phase[t] != p->phase[t - 1];
    p->spell = PARLEY_NEW(arena, struct parley_phase_spell, p->n_spells);
    if (!p->spell)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu phases", p->n_spells);
    struct parley_phase_spell *s = p->spell - 1;
    for (size_t t = 0; t < p->n_bins; t++) {
        if (!t || p->phase[t] != p->phase[t - 1])
            *++s = (struct parley_phase_spell){ .phase = p->phase[t], .from = t, .heat_max = -1 };
        s->to = t;
        if (p->heat[t] > s->heat_max)
            s->heat_max = p->heat[t], s->hottest = t;
    }
    return PARLEY_OK;
}

enum parley_status parley_phase_assess(const double *conflict, const double *cooperation, const double *suspended, size_t n,
                                       double bins_per_year, const struct parley_phase_rule *rule, struct parley_arena *arena,
                                       struct parley_phases *out, struct parley_error *err)
{
    if (n < 1 || !(bins_per_year > 0))
        return parley_fail(err, PARLEY_EINVAL, "phase: %zu bins, %g a year", n, bins_per_year);
    for (size_t t = 0; t < n; t++)
        if (!(conflict[t] >= 0 && cooperation[t] >= 0 && isfinite(conflict[t] + cooperation[t])))
            return parley_fail(err, PARLEY_EDOM, "phase: bin %zu has conflict %g and cooperation %g", t, conflict[t], cooperation[t]);
    struct parley_phases p = { .n_bins = n, .rule = *rule };
    p.phase = PARLEY_NEW(arena, enum parley_phase, n);
    p.heat = PARLEY_NEW(arena, double, n);
    double *scratch = PARLEY_NEW(arena, double, 2 * n);
    enum parley_phase *other = PARLEY_NEW(arena, enum parley_phase, n);
    if (!p.phase || !p.heat || !scratch || !other)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for the phases of %zu bins", n);
    struct track k = { conflict, cooperation, suspended, n, bins_per_year, p.heat, scratch, p.phase };
    run_rule(&k, rule);
    p.now = p.phase[n - 1];
    p.heat_now = p.heat[n - 1];
    size_t back = (size_t)fmin((double)(n - 1), fmax(1, rule->window_years * bins_per_year / 3));
    p.trend_bins = back;
    p.trend_now = p.heat_now - p.heat[n - 1 - back];
    k.heat = scratch + n, k.phase = other;
    for (uint64_t v = 0; v < VARIANTS; v++) {
        struct parley_phase_rule r = vary(rule, v);
        run_rule(&k, &r);
        p.stable += (other[n - 1] == p.now) / (double)VARIANTS;
        for (size_t t = 0; t < n; t++)
            p.stable_all += (other[t] == p.phase[t]) / (double)VARIANTS / (double)n;
    }
    enum parley_status status = find_spells(&p, arena, err);
    if (!status)
        *out = p;
    return status;
}
