#include <parley/scenario.h>

#include <parley/data.h>
#include <parley/file.h>
#include <parley/text.h>
#include <parley/tree.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    double low, high;
} parameters[] = {
#define X(name, low, high) { #name, low, high },
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

static const char *const modes[] = { "neutral", "dependent", "rivalry", "full", NULL };

enum { BASE_DEPTH_MAX = 8 };

const char *parley_parameter_name(enum parley_parameter p) { return parameters[p].name; }
double parley_parameter_low(enum parley_parameter p) { return parameters[p].low; }
double parley_parameter_high(enum parley_parameter p) { return parameters[p].high; }
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

bool parley_switch_on(const struct parley_scenario *s, enum parley_scenario_switch sw, uint32_t week)
{
    for (unsigned i = 0; i < s->sw[sw].n; i++)
        if (week >= s->sw[sw].on[i].from && week < s->sw[sw].on[i].to)
            return true;
    return false;
}

static void always(struct parley_schedule *schedule, bool on)
{
    *schedule = (struct parley_schedule){ .n = on, .on = { { 0, PARLEY_WEEKS_MAX } } };
}

/* --- reading ------------------------------------------------------------------------------ */

static enum parley_status load_depth(const char *name, struct parley_scenario *out, int depth, struct parley_error *err);

/* A number, or a map that documents it: { value, unit, range, source, rationale }. */
static enum parley_status read_parameter(const struct parley_node *node, int index, double *out, struct parley_error *err)
{
    static const char *const keys[] = { "value", "unit", "range", "source", "rationale", NULL };
    double low = parameters[index].low, high = parameters[index].high;
    enum parley_status status;
    if (node->kind != PARLEY_NODE_MAP)
        return parley_node_double(node, low, high, out, err);
    if ((status = parley_node_only_keys(node, keys, err)))
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
        keys[i] = parameters[i].name;
    keys[PARLEY_PARAMETERS] = NULL;
    if ((status = parley_node_only_keys(map, keys, err)))
        return status;
    for (int i = 0; i < PARLEY_PARAMETERS; i++) {
        const struct parley_node *node = parley_node_get(map, parameters[i].name);
        if (!node && all)
            return parley_node_fail(map, err, PARLEY_EPARSE, "a scenario without a base needs every parameter; '%s' is missing",
                                    parameters[i].name);
        if (node && (status = read_parameter(node, i, &s->par[i], err)))
            return status;
    }
    return PARLEY_OK;
}

static enum parley_status read_schedule(const struct parley_node *node, struct parley_schedule *out, struct parley_error *err)
{
    static const char *const keys[] = { "from", "to", NULL };
    enum parley_status status;
    if (node->kind != PARLEY_NODE_LIST) {
        bool on;
        if ((status = parley_node_bool(node, &on, err)))
            return parley_node_fail(node, err, PARLEY_EPARSE,
                                    "%s: expected true, false or a list of intervals such as [{ from: 0, to: 104 }]", node->key);
        always(out, on);
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
        if (schedule.n && (uint32_t)a < schedule.on[schedule.n - 1].to)
            return parley_node_fail(interval, err, PARLEY_EDOM, "%s: this interval begins in week %lld, before the one above ends in week %u",
                                    node->key, (long long)a, schedule.on[schedule.n - 1].to);
        schedule.on[schedule.n++] = (struct parley_weeks){ (uint32_t)a, (uint32_t)b };
    }
    *out = schedule;
    return PARLEY_OK;
}

static enum parley_status read_mechanisms(const struct parley_node *map, struct parley_scenario *s, struct parley_error *err)
{
    const char *keys[PARLEY_SWITCHES + 1];
    enum parley_status status;
    for (int i = 0; i < PARLEY_SWITCHES; i++)
        keys[i] = switches[i].name;
    keys[PARLEY_SWITCHES] = NULL;
    if ((status = parley_node_only_keys(map, keys, err)))
        return status;
    for (int i = 0; i < PARLEY_SWITCHES; i++) {
        const struct parley_node *node = parley_node_get(map, switches[i].name);
        if (node && (status = read_schedule(node, &s->sw[i], err)))
            return status;
    }
    return PARLEY_OK;
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
        (exposure && (status = parley_node_double(exposure, 0, 10, &out->exposure, err))) ||
        (capability && (status = parley_node_double(capability, .05, 20, &out->capability, err))) ||
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
    static const char *const keys[] = { "between", "q0", "g0", "I0", NULL };
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
        struct parley_scenario_pair *pair = &s->pair[parley_pair_index(s->n_states, a, b)];
        const struct { const char *key; double *to; double low, high; } number[] = {
            { "q0", &pair->q0, .01, .99 }, { "g0", &pair->g0, 0, 1 }, { "I0", &pair->I0, 0, 1 },
        };
        for (size_t k = 0; k < 3; k++) {
            const struct parley_node *value = parley_node_get(node, number[k].key);
            if (value && (status = parley_node_double(value, number[k].low, number[k].high, number[k].to, err)))
                return status;
        }
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
    if ((node = parley_node_get(root, "title")) && (status = read_text(node, s->title, sizeof s->title, err)))
        return status;
    if ((node = parley_node_get(root, "weeks"))) {
        if ((status = parley_node_i64(node, 1, PARLEY_WEEKS_MAX, &weeks, err)))
            return status;
        s->weeks = (uint32_t)weeks;
    }
    if ((node = parley_node_get(root, "states")) && (status = read_states(node, s, err)))
        return status;
    if ((node = parley_node_get(root, "pairs")) && (status = read_pairs(node, s, err)))
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
    if ((node = parley_node_get(root, "mechanisms")) && (status = read_mechanisms(node, s, err)))
        return status;
    if (!s->weeks || !s->n_states)
        return parley_node_fail(root, err, PARLEY_EPARSE, "a scenario without a base needs weeks and states");
    return PARLEY_OK;
}

static enum parley_status parse_depth(const char *text, size_t len, const char *file, struct parley_scenario *out, int depth,
                                      struct parley_error *err)
{
    static const char *const keys[] = { "title", "base", "weeks", "states", "pairs", "mode", "leader", "blocs", "parameters", "mechanisms", NULL };
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
        always(&s->sw[i], value == 1);
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
    uint32_t rest[3] = { (uint32_t)s->mode, s->leader, s->blocs };
    return mix(h, rest, sizeof rest);
}
