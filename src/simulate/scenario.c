/* A scenario as a value: names, changes, identity. It is read by scenario_read.c. */
#include "scenario.h"

#include <parley/text.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    double low, high;
    const char *unit;
} parameters[] = {
#define X(name, low, high, unit) { #name, low, high, unit },
#include <parley/scenario_parameters.def>
#undef X
};

static const struct {
    const char *name, *what;
} switches[] = {
#define X(name, what) { #name, what },
#include <parley/scenario_mechanisms.def>
#undef X
};

const char *parley_parameter_name(enum parley_parameter p) { return parameters[p].name; }
double parley_parameter_low(enum parley_parameter p) { return parameters[p].low; }
double parley_parameter_high(enum parley_parameter p) { return parameters[p].high; }
const char *parley_parameter_unit(enum parley_parameter p) { return parameters[p].unit; }
const char *parley_switch_name(enum parley_scenario_switch s) { return switches[s].name; }
const char *parley_switch_what(enum parley_scenario_switch s) { return switches[s].what; }

int parley_parameter_find(const char *name)
{
    for (int i = 0; i < PARLEY_PARAMETERS; i++)
        if (!strcmp(name, parameters[i].name))
            return i;
    return -1;
}

int parley_switch_find(const char *name)
{
    for (int i = 0; i < PARLEY_SWITCHES; i++)
        if (!strcmp(name, switches[i].name))
            return i;
    return -1;
}

bool parley_switch_on(const struct parley_scenario *s, unsigned pair, enum parley_scenario_switch sw, uint32_t week)
{
    const struct parley_schedule *schedule = &s->sw[sw];
    for (unsigned i = 0; i < s->n_exceptions; i++)
        if (s->exception[i].pair == pair && s->exception[i].sw == sw)
            schedule = &s->exception[i].on;
    for (unsigned i = 0; i < schedule->n; i++)
        if (week >= schedule->on[i].from && week < schedule->on[i].to)
            return true;
    return false;
}

void scenario_for_all_pairs(struct parley_scenario *s, enum parley_scenario_switch sw)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < s->n_exceptions; i++)
        if (s->exception[i].sw != sw)
            s->exception[kept++] = s->exception[i];
    s->n_exceptions = kept;
}

/* --- changing ----------------------------------------------------------------------------- */

static enum parley_status no_such_name(const char *name, struct parley_error *err)
{
    const char *nearest = NULL;
    size_t best = 4;
    for (int i = 0; i < PARLEY_PARAMETERS + PARLEY_SWITCHES; i++) {
        const char *known = i < PARLEY_PARAMETERS ? parameters[i].name : switches[i - PARLEY_PARAMETERS].name;
        size_t d = parley_edit_distance(name, known);
        if (d < best)
            best = d, nearest = known;
    }
    return parley_fail(err, PARLEY_EINVAL, "'%.60s' is no parameter or mechanism%s%s%s", name, nearest ? "; did you mean '" : "",
                       nearest ? nearest : "", nearest ? "'?" : "");
}

enum parley_status parley_scenario_set(struct parley_scenario *s, const char *name, double value, struct parley_error *err)
{
    int i = parley_parameter_find(name);
    if (i >= 0) {
        if (!(value >= parameters[i].low && value <= parameters[i].high))
            return parley_fail(err, PARLEY_EDOM, "%s: %g is outside %g to %g", name, value, parameters[i].low, parameters[i].high);
        s->par[i] = value;
        return PARLEY_OK;
    }
    if ((i = parley_switch_find(name)) >= 0) {
        if (!(value == 0 || value == 1))
            return parley_fail(err, PARLEY_EDOM, "%s: %g is neither 0 (off) nor 1 (on)", name, value);
        s->sw[i] = scenario_always(value == 1);
        scenario_for_all_pairs(s, (enum parley_scenario_switch)i);
        return PARLEY_OK;
    }
    if (!strcmp(name, "mode") && (value == 0 || value == 1 || value == 2 || value == 3)) {
        s->mode = (enum parley_mode)value;
        return PARLEY_OK;
    }
    if (!strcmp(name, "weeks") && value >= 1 && value <= PARLEY_WEEKS_MAX && value == floor(value)) {
        s->weeks = (uint32_t)value;
        return PARLEY_OK;
    }
    if (!strcmp(name, "exposure") && value >= 0 && value <= 10) {
        for (unsigned k = 0; k < s->n_states; k++)
            s->state[k].exposure = value;
        return PARLEY_OK;
    }
    if (!strcmp(name, "rival_capability") && value >= .05 && value <= 20) {
        s->state[1].capability = value;
        return PARLEY_OK;
    }
    if (!strcmp(name, "mode") || !strcmp(name, "weeks") || !strcmp(name, "exposure") || !strcmp(name, "rival_capability"))
        return parley_fail(err, PARLEY_EDOM, "%s: %g is out of range", name, value);
    return no_such_name(name, err);
}

enum parley_status parley_scenario_change(struct parley_scenario *scenario, const char *changes, struct parley_error *err)
{
    struct parley_scenario s = *scenario;
    for (const char *p = changes; *p;) {
        size_t len = strcspn(p, " ,");
        const char *equals = memchr(p, '=', len);
        char name[64];
        double value;
        bool times = equals && equals > p && equals[-1] == '*';
        if (len) {
            if (!equals || equals - p >= (ptrdiff_t)sizeof name ||
                !parley_text_to_double(equals + 1, len - (size_t)(equals + 1 - p), &value))
                return parley_fail(err, PARLEY_EINVAL, "expected name=number, found '%.*s'", (int)(len < 80 ? len : 80), p);
            snprintf(name, sizeof name, "%.*s", (int)(equals - p) - times, p);
            int index = parley_parameter_find(name);
            if (times && index < 0)
                return parley_fail(err, PARLEY_EINVAL, "'%.60s' is no parameter, so it cannot be multiplied", name);
            enum parley_status status = parley_scenario_set(&s, name, times ? s.par[index] * value : value, err);
            if (status)
                return status;
        }
        p += len + (p[len] != 0);
    }
    *scenario = s;
    return PARLEY_OK;
}

/* --- identity ----------------------------------------------------------------------------- */

static uint64_t mix(uint64_t h, const void *data, size_t n)
{
    const unsigned char *p = data;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
    return h;
}

uint64_t parley_scenario_hash(const struct parley_scenario *s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    h = mix(h, &s->weeks, sizeof s->weeks);
    h = mix(h, &s->n_states, sizeof s->n_states);
    for (unsigned i = 0; i < s->n_states; i++) {
        h = mix(h, &s->state[i].exposure, sizeof(double));
        h = mix(h, &s->state[i].capability, sizeof(double));
        h = mix(h, &s->state[i].bloc, sizeof(int));
    }
    for (unsigned i = 0; i < s->n_states * (s->n_states - 1) / 2; i++)
        h = mix(h, &s->pair[i], sizeof s->pair[i]);
    h = mix(h, s->par, sizeof s->par);
    for (int i = 0; i < PARLEY_SWITCHES; i++) {
        h = mix(h, &s->sw[i].n, sizeof s->sw[i].n);
        h = mix(h, s->sw[i].on, s->sw[i].n * sizeof s->sw[i].on[0]);
    }
    for (unsigned i = 0; i < s->n_exceptions; i++) {
        const struct parley_exception *e = &s->exception[i];
        const uint32_t which[3] = { e->pair, (uint32_t)e->sw, e->on.n };
        h = mix(h, which, sizeof which);
        h = mix(h, e->on.on, e->on.n * sizeof e->on.on[0]);
    }
    uint32_t rest[3] = { (uint32_t)s->mode, s->leader, s->blocs };
    return mix(h, rest, sizeof rest);
}
