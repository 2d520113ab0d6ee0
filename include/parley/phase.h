/* phase.h - calm, tension, crisis, de-escalation or recovery: a documented rule with hysteresis.
 * Room: assess.
 *
 * Every bin has a heat: the conflict intensities so far, each fading with its age, over the mean heat of the relation since its first
 * conflict; and a warmth, the same for cooperation. High heat is crisis, middling heat tension, and on the way down from a crisis de-escalation;
 * low heat is recovery when a crisis is not long past and cooperation prevails, otherwise calm. Thresholds, units and reasons are in
 * data/assess/phase.csv. A phase changes only when the new one has held for a while, except into crisis, which is at once. */
#ifndef PARLEY_PHASE_H
#define PARLEY_PHASE_H

#include <parley/arena.h>
#include <parley/error.h>
#include <parley/lang.h>
#include <stddef.h>
#include <stdint.h>

#define PARLEY_PHASE_MAP(X)                            \
    X(PARLEY_CALM,          "calm",          "平静")   \
    X(PARLEY_TENSION,       "tension",       "紧张")   \
    X(PARLEY_CRISIS,        "crisis",        "危机")   \
    X(PARLEY_DE_ESCALATION, "de-escalation", "降级")   \
    X(PARLEY_RECOVERY,      "recovery",      "恢复")

#define PARLEY_PHASE_ENUM(name, en, zh) name,
enum parley_phase { PARLEY_PHASE_MAP(PARLEY_PHASE_ENUM) PARLEY_PHASES };
#undef PARLEY_PHASE_ENUM

struct parley_phase_rule { /* read from data/assess/phase.csv: see there for units and reasons */
    double half_life_years, crisis_on, crisis_off, tension_on, tension_off, recovery_share, window_years, hold_years, suspension_weight;
};

struct parley_phase_spell {
    enum parley_phase phase;
    size_t from, to; /* bins, inclusive */
    double heat_max;
    size_t hottest;  /* bin */
};

struct parley_phases {
    enum parley_phase now;
    double heat_now, trend_now; /* trend: heat now minus heat trend_bins ago */
    size_t trend_bins; /* bins over which trend_now is taken: a third of the rule's window */
    double stable;              /* share of the variants of the thresholds (each -30 % .. +30 %) in which `now` is the same */
    double stable_all;          /* mean share of bins whose phase is the same in the variants */
    size_t n_bins, n_spells;
    enum parley_phase *phase;   /* [n_bins] */
    double *heat;               /* [n_bins] */
    struct parley_phase_spell *spell; /* [n_spells] in order of time */
    struct parley_phase_rule rule;
};

#pragma GCC visibility push(default)

const char *parley_phase_text(enum parley_phase phase, enum parley_lang lang);

/* The shipped rule. PARLEY_EPARSE when the file is broken. */
PARLEY_MUST_USE enum parley_status parley_phase_rule_shipped(struct parley_phase_rule *out, struct parley_error *err);

/* conflict [n], cooperation [n]: summed absolute intensities a bin of that sign; suspended [n], or NULL: mechanisms suspended in the
 * bin; bins_per_year > 0. O(n), 41 times (once for each variant). PARLEY_EINVAL, PARLEY_EDOM (negative or not finite). */
PARLEY_MUST_USE enum parley_status
parley_phase_assess(const double *conflict, const double *cooperation, const double *suspended, size_t n, double bins_per_year, const struct parley_phase_rule *rule, struct parley_arena *arena,
                    struct parley_phases *out, struct parley_error *err);

#pragma GCC visibility pop
#endif
