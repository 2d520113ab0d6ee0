/* scenario.h - a relation as the model sees it: states, parameters, mechanisms with intervals in time.
 * Room: simulate.
 *
 * A scenario is a plain value: copy it, change a number, run it. It is read from YAML; a file names only what
 * differs from its base (data/scenarios/baseline.yaml unless it says otherwise), which carries unit, range, source and
 * rationale of every parameter. The equations are in docs/methods/relation-model.md. */
#ifndef PARLEY_SCENARIO_H
#define PARLEY_SCENARIO_H

#include <parley/error.h>
#include <parley/progress.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum parley_parameter {
#define X(name, low, high, unit) PARLEY_PAR_##name,
#include <parley/scenario_parameters.def>
#undef X
    PARLEY_PARAMETERS
};

enum parley_scenario_switch {
#define X(name, what) PARLEY_SW_##name,
#include <parley/scenario_mechanisms.def>
#undef X
    PARLEY_SWITCHES
};

enum parley_mode { PARLEY_NEUTRAL, PARLEY_DEPENDENT, PARLEY_RIVALRY, PARLEY_FULL };

enum {
    PARLEY_STATES_MAX = 8,
    PARLEY_PAIRS_MAX = PARLEY_STATES_MAX * (PARLEY_STATES_MAX - 1) / 2,
    PARLEY_WEEKS_MAX = 5200,
    PARLEY_INTERVALS_MAX = 16,
    PARLEY_EXCEPTIONS_MAX = 64,
    PARLEY_SCENARIO_BYTES_MAX = 1 << 20,
};

struct parley_weeks { /* [from, to), weeks since the start of the run */
    uint32_t from, to;
};

struct parley_schedule { /* when a mechanism is on */
    unsigned n;
    struct parley_weeks on[PARLEY_INTERVALS_MAX]; /* in order, apart from each other */
};

struct parley_scenario_state {
    char name[32];
    double exposure;   /* dependence on networks: scales third-party incidents and harm; 1 = default */
    double capability; /* k at the start; 1 = default */
    int bloc;          /* 0 or 1 at the start; blocs move only with three states and more */
};

struct parley_scenario_pair { /* roots of one pair, where they differ from the parameters; NaN otherwise */
    double q0, g0, I0;
};

struct parley_exception { /* a mechanism that one pair has at other times than the others */
    unsigned pair;
    enum parley_scenario_switch sw;
    struct parley_schedule on;
};

struct parley_scenario {
    char name[64];
    char title[160], title_zh[160]; /* title_zh: the title when there is none in Chinese */
    uint32_t weeks;
    unsigned n_states;
    struct parley_scenario_state state[PARLEY_STATES_MAX];
    struct parley_scenario_pair pair[PARLEY_PAIRS_MAX]; /* 0-1, 0-2, .., 1-2, .. */
    double par[PARLEY_PARAMETERS];
    struct parley_schedule sw[PARLEY_SWITCHES];
    unsigned n_exceptions;
    struct parley_exception exception[PARLEY_EXCEPTIONS_MAX];
    enum parley_mode mode;
    unsigned leader; /* dependent cooperation: who leads */
    bool blocs;      /* states join blocs (three states and more) */
};

#pragma GCC visibility push(default)

/* A shipped scenario by name ("baseline") or a file by path. PARLEY_ENOTFOUND suggests the nearest name. */
PARLEY_MUST_USE enum parley_status parley_scenario_load(const char *name_or_path, struct parley_scenario *out,
                                                        struct parley_error *err);
/* From text; `file` is what messages call it. Unknown keys (with the nearest known one), numbers out of range,
 * unknown states, other units, intervals that end before they begin, overlap or begin after the end fail with file:line:column; *out is then
 * untouched. */
PARLEY_MUST_USE enum parley_status parley_scenario_parse(const char *text, size_t len, const char *file,
                                                         struct parley_scenario *out, struct parley_error *err);

/* Change one thing by name: a parameter, a mechanism (0 or 1: off or on all the time and for every pair), "mode" (0 neutral,
 * 1 dependent, 2 rivalry, 3 full), "weeks", "exposure" (of all states), "rival_capability" (of the second state at the
 * start). PARLEY_EINVAL with the nearest name, PARLEY_EDOM out of range. */
PARLEY_MUST_USE enum parley_status parley_scenario_set(struct parley_scenario *scenario, const char *name, double value,
                                                       struct parley_error *err);
/* Several changes: "hotline=1 tauR=2 mu_ESP*=2" (the last one multiplies a parameter). */
PARLEY_MUST_USE enum parley_status parley_scenario_change(struct parley_scenario *scenario, const char *changes,
                                                          struct parley_error *err);

const char *parley_parameter_name(enum parley_parameter parameter);
double parley_parameter_low(enum parley_parameter parameter);
double parley_parameter_high(enum parley_parameter parameter);
const char *parley_parameter_unit(enum parley_parameter parameter);
/* -1 when there is none of that name. */
int parley_parameter_find(const char *name);
const char *parley_switch_name(enum parley_scenario_switch sw);
const char *parley_switch_what(enum parley_scenario_switch sw);
int parley_switch_find(const char *name);
bool parley_switch_on(const struct parley_scenario *scenario, unsigned pair, enum parley_scenario_switch sw, uint32_t week);

/* A hash of everything in the scenario that can change a result (name and title cannot). */
uint64_t parley_scenario_hash(const struct parley_scenario *scenario);

#pragma GCC visibility pop

/* Index of the pair of two different states. */
static inline unsigned parley_pair_index(unsigned n_states, unsigned a, unsigned b)
{
    unsigned low = a < b ? a : b, high = a < b ? b : a;
    return low * n_states - low * (low + 1) / 2 + high - low - 1;
}

#endif
