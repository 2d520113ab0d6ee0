/* Scenarios from YAML: what a file names changes what its base says. */
#include "scenario.h"

#include <parley/data.h>
#include <parley/file.h>
#include <parley/text.h>
#include <parley/tree.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const modes[] = { "neutral", "dependent", "rivalry", "full", NULL };

enum { BASE_DEPTH_MAX = 8 };

static enum parley_status load_depth(const char *name, struct parley_scenario *out, int depth, struct parley_error *err);

struct quantity { /* what a number in a scenario may be */
    double low, high;
    const char *unit;
};

static struct quantity parameter(enum parley_parameter p)
{
    return (struct quantity){ parley_parameter_low(p), parley_parameter_high(p), parley_parameter_unit(p) };
}

static enum parley_status check_unit(const struct parley_node *map, const struct quantity *q, struct parley_error *err)
{
    const struct parley_node *node = parley_node_get(map, "unit");
    const char *unit;
    enum parley_status status = node ? parley_node_string(node, &unit, err) : PARLEY_OK;
    if (!node || status || !strcmp(unit, q->unit))
        return status;
    return parley_node_fail(node, err, PARLEY_EDOM, "%s is measured in '%s', found '%.60s': give the value in that unit", map->key, q->unit, unit);
}

/* A number, or a map that documents it: { value, unit, range, source, rationale }. */
static enum parley_status read_quantity(const struct parley_node *node, struct quantity q, double *out, struct parley_error *err)
{
    static const char *const keys[] = { "value", "unit", "range", "source", "rationale", NULL };
    double low = q.low, high = q.high;
    enum parley_status status;
    if (node->kind != PARLEY_NODE_MAP)
        return parley_node_double(node, low, high, out, err);
    if ((status = parley_node_only_keys(node, keys, err)) || (status = check_unit(node, &q, err)))
        return status;
    const struct parley_node *range = parley_node_get(node, "range"), *value = parley_node_get(node, "value");
    if (!value)
        return parley_node_fail(node, err, PARLEY_EPARSE, "%s has no value", node->key);
    if (range) { /* a file may narrow the range, never widen it */
        double a, b;
        if (range->kind != PARLEY_NODE_LIST || range->n != 2)
            return parley_node_fail(range, err, PARLEY_EPARSE, "range: expected [lowest, highest]");
        if ((status = parley_node_double(&range->child[0], low, high, &a, err)) ||
            (status = parley_node_double(&range->child[1], a, high, &b, err)))
            return status;
        low = a, high = b;
    }
    double v;
    if ((status = parley_node_double(value, low, high, &v, err))) {
        if (err && status == PARLEY_EDOM)
            parley_node_fail(value, err, status, "%s: %.40s is outside %g to %g", node->key, value->text, low, high);
        return status;
    }
    *out = v;
    return PARLEY_OK;
}

static enum parley_status read_parameters(const struct parley_node *map, struct parley_scenario *s, bool all, struct parley_error *err)
{
    const char *keys[PARLEY_PARAMETERS + 1];
    enum parley_status status;
    for (int i = 0; i < PARLEY_PARAMETERS; i++)
        keys[i] = parley_parameter_name((enum parley_parameter)i);
    keys[PARLEY_PARAMETERS] = NULL;
    if ((status = parley_node_only_keys(map, keys, err)))
        return status;
    for (int i = 0; i < PARLEY_PARAMETERS; i++) {
        const struct parley_node *node = parley_node_get(map, keys[i]);
        if (!node && all)
            return parley_node_fail(map, err, PARLEY_EPARSE, "a scenario without a base needs every parameter; '%s' is missing", keys[i]);
        if (node && (status = read_quantity(node, parameter((enum parley_parameter)i), &s->par[i], err)))
            return status;
    }
    return PARLEY_OK;
}

/* weeks: how long a replicate lasts. */
static enum parley_status read_schedule(const struct parley_node *node, uint32_t weeks, struct parley_schedule *out, struct parley_error *err)
{
    static const char *const keys[] = { "from", "to", NULL };
    enum parley_status status;
    if (node->kind != PARLEY_NODE_LIST) {
        bool on;
        if ((status = parley_node_bool(node, &on, err)))
            return parley_node_fail(node, err, PARLEY_EPARSE,
                                    "%s: expected true, false or a list of intervals such as [{ from: 0, to: 104 }]", node->key);
        *out = scenario_always(on);
        return PARLEY_OK;
    }
    if (node->n > PARLEY_INTERVALS_MAX)
        return parley_node_fail(node, err, PARLEY_ELIMIT, "%s: %zu intervals; at most %d", node->key, node->n, PARLEY_INTERVALS_MAX);
    struct parley_schedule schedule = { 0 };
    for (size_t i = 0; i < node->n; i++) {
        const struct parley_node *interval = &node->child[i], *from = parley_node_get(interval, "from"), *to = parley_node_get(interval, "to");
        int64_t a = 0, b = PARLEY_WEEKS_MAX;
        if ((status = parley_node_only_keys(interval, keys, err)) || (from && (status = parley_node_i64(from, 0, PARLEY_WEEKS_MAX, &a, err))) ||
            (to && (status = parley_node_i64(to, 0, PARLEY_WEEKS_MAX, &b, err))))
            return status;
        if (b <= a)
            return parley_node_fail(interval, err, PARLEY_EDOM, "%s: the interval ends (week %lld) before it has begun (week %lld)",
                                    node->key, (long long)b, (long long)a);
        if (a >= weeks)
            return parley_node_fail(interval, err, PARLEY_EDOM, "%s: the interval begins in week %lld, but the scenario lasts %u weeks (0 to %u)", node->key,
                                    (long long)a, weeks, weeks - 1);
        if (schedule.n && (uint32_t)a < schedule.on[schedule.n - 1].to)
            return parley_node_fail(interval, err, PARLEY_EDOM, "%s: this interval begins in week %lld, before the one above ends in week %u",
                                    node->key, (long long)a, schedule.on[schedule.n - 1].to);
        schedule.on[schedule.n++] = (struct parley_weeks){ (uint32_t)a, (uint32_t)b };
    }
    *out = schedule;
    return PARLEY_OK;
}

static enum parley_status known_mechanisms(const struct parley_node *map, struct parley_error *err)
{
    const char *keys[PARLEY_SWITCHES + 1];
    for (int i = 0; i < PARLEY_SWITCHES; i++)
        keys[i] = parley_switch_name((enum parley_scenario_switch)i);
    keys[PARLEY_SWITCHES] = NULL;
    return parley_node_only_keys(map, keys, err);
}

static enum parley_status read_mechanisms(const struct parley_node *map, struct parley_scenario *s, struct parley_error *err)
{
    enum parley_status status = known_mechanisms(map, err);
    for (int i = 0; i < PARLEY_SWITCHES && !status; i++) {
        const struct parley_node *node = parley_node_get(map, parley_switch_name((enum parley_scenario_switch)i));
        if (!node)
            continue;
        scenario_for_all_pairs(s, (enum parley_scenario_switch)i);
        status = read_schedule(node, s->weeks, &s->sw[i], err);
    }
    return status;
}

/* Mechanisms of a state's own networks: no matter of a pair. */
static bool of_a_state(int sw) { return sw == PARLEY_SW_vulnerability_handling || sw == PARLEY_SW_supply_chain_standards; }

static enum parley_status read_exceptions(const struct parley_node *map, unsigned pair, struct parley_scenario *s, struct parley_error *err)
{
    enum parley_status status = known_mechanisms(map, err);
    for (int i = 0; i < PARLEY_SWITCHES && !status; i++) {
        const struct parley_node *node = parley_node_get(map, parley_switch_name((enum parley_scenario_switch)i));
        unsigned at = 0;
        if (!node)
            continue;
        if (of_a_state(i))
            return parley_node_fail(node, err, PARLEY_EDOM, "%s is a matter of all states, not of a pair: set it under mechanisms", node->key);
        while (at < s->n_exceptions && (s->exception[at].pair != pair || (int)s->exception[at].sw != i))
            at++;
        if (at == PARLEY_EXCEPTIONS_MAX)
            return parley_node_fail(node, err, PARLEY_ELIMIT, "more than %d mechanisms of single pairs", PARLEY_EXCEPTIONS_MAX);
        s->exception[at].pair = pair, s->exception[at].sw = (enum parley_scenario_switch)i;
        status = read_schedule(node, s->weeks, &s->exception[at].on, err);
        s->n_exceptions += at == s->n_exceptions;
    }
    return status;
}

static enum parley_status read_text(const struct parley_node *node, char *out, size_t cap, struct parley_error *err)
{
    const char *text;
    enum parley_status status = parley_node_string(node, &text, err);
    if (status)
        return status;
    if (!*text || strlen(text) >= cap)
        return parley_node_fail(node, err, PARLEY_ELIMIT, "expected 1 to %zu bytes of text", cap - 1);
    snprintf(out, cap, "%s", text);
    return PARLEY_OK;
}

static enum parley_status read_state(const struct parley_node *node, struct parley_scenario_state *out, struct parley_error *err)
{
    static const char *const keys[] = { "name", "exposure", "capability", "bloc", NULL };
    enum parley_status status;
    *out = (struct parley_scenario_state){ .exposure = 1, .capability = 1 };
    if (node->kind != PARLEY_NODE_MAP)
        return read_text(node, out->name, sizeof out->name, err);
    const struct parley_node *exposure, *capability, *bloc;
    int64_t b = 0;
    if ((status = parley_node_only_keys(node, keys, err)))
        return status;
    exposure = parley_node_get(node, "exposure"), capability = parley_node_get(node, "capability"), bloc = parley_node_get(node, "bloc");
    if (!parley_node_get(node, "name"))
        return parley_node_fail(node, err, PARLEY_EPARSE, "a state needs a name");
    if ((status = read_text(parley_node_get(node, "name"), out->name, sizeof out->name, err)) ||
        (exposure && (status = read_quantity(exposure, (struct quantity){ 0, 10, "factor" }, &out->exposure, err))) ||
        (capability && (status = read_quantity(capability, (struct quantity){ .05, 20, "index" }, &out->capability, err))) ||
        (bloc && (status = parley_node_i64(bloc, 0, 1, &b, err))))
        return status;
    out->bloc = (int)b;
    return PARLEY_OK;
}

static int find_state(const struct parley_scenario *s, const char *name)
{
    for (unsigned i = 0; i < s->n_states; i++)
        if (!strcmp(s->state[i].name, name))
            return (int)i;
    return -1;
}

static enum parley_status read_states(const struct parley_node *list, struct parley_scenario *s, struct parley_error *err)
{
    enum parley_status status;
    if (list->kind != PARLEY_NODE_LIST || list->n < 2 || list->n > PARLEY_STATES_MAX)
        return parley_node_fail(list, err, PARLEY_EPARSE, "states: expected a list of 2 to %d names", PARLEY_STATES_MAX);
    s->n_states = 0;
    for (size_t i = 0; i < list->n; i++) {
        struct parley_scenario_state state;
        if ((status = read_state(&list->child[i], &state, err)))
            return status;
        if (find_state(s, state.name) >= 0)
            return parley_node_fail(&list->child[i], err, PARLEY_EDOM, "state '%s' is named twice", state.name);
        s->state[s->n_states++] = state;
    }
    for (unsigned i = 0; i < PARLEY_PAIRS_MAX; i++)
        s->pair[i] = (struct parley_scenario_pair){ NAN, NAN, NAN };
    s->n_exceptions = 0;
    s->leader = 0;
    return PARLEY_OK;
}

static enum parley_status the_state(const struct parley_node *node, const struct parley_scenario *s, unsigned *out, struct parley_error *err)
{
    const char *name, *nearest = NULL;
    enum parley_status status = parley_node_string(node, &name, err);
    if (status)
        return status;
    int i = find_state(s, name);
    if (i >= 0) {
        *out = (unsigned)i;
        return PARLEY_OK;
    }
    size_t best = 4;
    for (unsigned k = 0; k < s->n_states; k++)
        if (parley_edit_distance(name, s->state[k].name) < best)
            best = parley_edit_distance(name, s->state[k].name), nearest = s->state[k].name;
    return parley_node_fail(node, err, PARLEY_EDOM, "'%.40s' is no state of this scenario%s%s%s", name, nearest ? "; did you mean '" : "",
                            nearest ? nearest : "", nearest ? "'?" : "");
}

static enum parley_status read_pairs(const struct parley_node *list, struct parley_scenario *s, struct parley_error *err)
{
    static const char *const keys[] = { "between", "q0", "g0", "I0", "mechanisms", NULL };
    enum parley_status status;
    if (list->kind != PARLEY_NODE_LIST)
        return parley_node_fail(list, err, PARLEY_EPARSE, "pairs: expected a list");
    for (size_t i = 0; i < list->n; i++) {
        const struct parley_node *node = &list->child[i], *between;
        unsigned a, b;
        if ((status = parley_node_only_keys(node, keys, err)))
            return status;
        between = parley_node_get(node, "between");
        if (!between || between->kind != PARLEY_NODE_LIST || between->n != 2)
            return parley_node_fail(node, err, PARLEY_EPARSE, "a pair needs `between: [state, state]`");
        if ((status = the_state(&between->child[0], s, &a, err)) || (status = the_state(&between->child[1], s, &b, err)))
            return status;
        if (a == b)
            return parley_node_fail(between, err, PARLEY_EDOM, "a pair needs two different states");
        unsigned index = parley_pair_index(s->n_states, a, b);
        struct parley_scenario_pair *pair = &s->pair[index];
        const struct { enum parley_parameter parameter; double *to; } number[] = {
            { PARLEY_PAR_q0, &pair->q0 }, { PARLEY_PAR_g0, &pair->g0 }, { PARLEY_PAR_I0, &pair->I0 },
        };
        for (size_t k = 0; k < 3; k++) {
            const struct parley_node *value = parley_node_get(node, parley_parameter_name(number[k].parameter));
            if (value && (status = read_quantity(value, parameter(number[k].parameter), number[k].to, err)))
                return status;
        }
        const struct parley_node *mechanisms = parley_node_get(node, "mechanisms");
        if (mechanisms && (status = read_exceptions(mechanisms, index, s, err)))
            return status;
    }
    return PARLEY_OK;
}

static enum parley_status read_mode(const struct parley_node *node, struct parley_scenario *s, struct parley_error *err)
{
    const char *text;
    enum parley_status status = parley_node_string(node, &text, err);
    if (status)
        return status;
    for (int i = 0; modes[i]; i++)
        if (!strcmp(modes[i], text)) {
            s->mode = (enum parley_mode)i;
            return PARLEY_OK;
        }
    return parley_node_fail(node, err, PARLEY_EPARSE, "mode: expected neutral, dependent, rivalry or full; found %.40s", text);
}

static enum parley_status read_scenario(const struct parley_node *root, struct parley_scenario *s, bool has_base, struct parley_error *err)
{
    const struct parley_node *node;
    enum parley_status status;
    int64_t weeks;
    if ((node = parley_node_get(root, "title"))) {
        if ((status = read_text(node, s->title, sizeof s->title, err)))
            return status;
        memcpy(s->title_zh, s->title, sizeof s->title_zh);
    }
    if ((node = parley_node_get(root, "title_zh")) && (status = read_text(node, s->title_zh, sizeof s->title_zh, err)))
        return status;
    if ((node = parley_node_get(root, "weeks"))) {
        if ((status = parley_node_i64(node, 1, PARLEY_WEEKS_MAX, &weeks, err)))
            return status;
        s->weeks = (uint32_t)weeks;
    }
    if ((node = parley_node_get(root, "states")) && (status = read_states(node, s, err)))
        return status;
    if ((node = parley_node_get(root, "mode")) && (status = read_mode(node, s, err)))
        return status;
    if ((node = parley_node_get(root, "leader")) && (status = the_state(node, s, &s->leader, err)))
        return status;
    if ((node = parley_node_get(root, "blocs"))) {
        if ((status = parley_node_bool(node, &s->blocs, err)))
            return status;
        if (s->blocs && s->n_states < 3)
            return parley_node_fail(node, err, PARLEY_EDOM, "blocs need three states or more; this scenario has %u", s->n_states);
    }
    node = parley_node_get(root, "parameters");
    if (!node && !has_base)
        return parley_node_fail(root, err, PARLEY_EPARSE, "a scenario without a base needs parameters, weeks and states");
    if (node && (status = read_parameters(node, s, !has_base, err)))
        return status;
    if (!s->weeks || !s->n_states)
        return parley_node_fail(root, err, PARLEY_EPARSE, "a scenario without a base needs weeks and states");
    if ((node = parley_node_get(root, "mechanisms")) && (status = read_mechanisms(node, s, err)))
        return status;
    if ((node = parley_node_get(root, "pairs")) && (status = read_pairs(node, s, err)))
        return status;
    return PARLEY_OK;
}

static enum parley_status parse_depth(const char *text, size_t len, const char *file, struct parley_scenario *out, int depth,
                                      struct parley_error *err)
{
    static const char *const keys[] = { "title", "title_zh", "base", "weeks", "states", "pairs", "mode", "leader", "blocs", "parameters", "mechanisms", NULL };
    struct parley_arena arena;
    struct parley_node *root;
    struct parley_scenario s;
    memset(&s, 0, sizeof s);
    parley_arena_init(&arena, 16 << 20);
    enum parley_status status = parley_yaml_parse(text, len, file, &arena, &root, err);
    if (!status)
        status = parley_node_only_keys(root, keys, err);
    const char *base = "baseline";
    bool has_base = strcmp(file, "baseline") != 0;
    const struct parley_node *base_node = status ? NULL : parley_node_get(root, "base");
    if (base_node && !(status = parley_node_string(base_node, &base, err))) {
        has_base = strcmp(base, "none") != 0;
        if (has_base && depth >= BASE_DEPTH_MAX)
            status = parley_node_fail(base_node, err, PARLEY_ELIMIT, "more than %d scenarios stand one on another", BASE_DEPTH_MAX);
    }
    if (!status && has_base)
        status = load_depth(base, &s, depth + 1, err);
    if (!status)
        status = read_scenario(root, &s, has_base, err);
    if (!status) {
        const char *slash = strrchr(file, '/');
        snprintf(s.name, sizeof s.name, "%.*s", (int)strcspn(slash ? slash + 1 : file, "."), slash ? slash + 1 : file);
        *out = s;
    }
    parley_arena_release(&arena);
    return status;
}

enum parley_status parley_scenario_parse(const char *text, size_t len, const char *file, struct parley_scenario *out, struct parley_error *err)
{
    return parse_depth(text, len, file, out, 0, err);
}

static enum parley_status no_such_scenario(const char *name, struct parley_error *err)
{
    char nearest[64] = "";
    size_t n, best = 6;
    const struct parley_data_file *all = parley_data_all(&n);
    for (size_t i = 0; i < n; i++) {
        char shipped[64];
        if (strncmp(all[i].name, "scenarios/", 10))
            continue;
        snprintf(shipped, sizeof shipped, "%.*s", (int)strcspn(all[i].name + 10, "."), all[i].name + 10);
        size_t d = parley_edit_distance(name, shipped);
        if (d < best)
            best = d, snprintf(nearest, sizeof nearest, "%s", shipped);
    }
    return parley_fail(err, PARLEY_ENOTFOUND, "there is no file and no shipped scenario '%.80s'%s%s%s", name,
                       *nearest ? "; did you mean '" : "", nearest, *nearest ? "'?" : "; 'baseline' is one");
}

static enum parley_status load_depth(const char *name, struct parley_scenario *out, int depth, struct parley_error *err)
{
    char path[128];
    snprintf(path, sizeof path, "scenarios/%.90s.yaml", name);
    const struct parley_data_file *shipped = parley_data_find(path);
    if (shipped)
        return parse_depth(shipped->bytes, shipped->len, name, out, depth, err);
    struct parley_arena arena;
    char *text;
    size_t len;
    if (!strchr(name, '/') && !strchr(name, '.'))
        return no_such_scenario(name, err);
    parley_arena_init(&arena, PARLEY_SCENARIO_BYTES_MAX + 4096);
    enum parley_status status = parley_file_read(name, PARLEY_SCENARIO_BYTES_MAX, &arena, &text, &len, err);
    if (!status)
        status = parse_depth(text, len, name, out, depth, err);
    parley_arena_release(&arena);
    return status;
}

enum parley_status parley_scenario_load(const char *name, struct parley_scenario *out, struct parley_error *err)
{
    return load_depth(name, out, 0, err);
}
