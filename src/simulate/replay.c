#include "model.h"

#include <parley/replay.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

struct teller {
    struct parley_arena *arena;
    const struct parley_scenario *scenario;
    const char *code[PARLEY_STATES_MAX];
    struct parley_event *event;
    size_t n, cap;
    int64_t first_week;
    struct happened incident; /* the last noticed one, told together with its answer */
    bool failed;
};

static const char *const domain_code[DOMAINS] = { "information", "espionage", "technology", "critical-infrastructure" };
static const char *const domain_word[DOMAINS] = { "information", "espionage", "technology and trade", "critical infrastructure" };

const char *parley_replay_code(const struct parley_scenario *s, unsigned state, struct parley_arena *arena)
{
    const char *name = s->state[state].name;
    bool code = strlen(name) == 2 && name[0] >= 'A' && name[0] <= 'Z' && name[1] >= 'A' && name[1] <= 'Z';
    const char *out = code ? name : parley_arena_printf(arena, "GROUP:%s", name);
    return out ? out : "UNK";
}

static const char *const *one(struct teller *t, const char *code)
{
    const char **list = PARLEY_NEW(t->arena, const char *, 1);
    if (!list) {
        t->failed = true;
        return NULL;
    }
    list[0] = code;
    return list;
}

static void grow(struct teller *t)
{
    size_t cap = t->cap ? 2 * t->cap : 256;
    struct parley_event *more = cap <= PARLEY_REPLAY_EVENTS_MAX ? PARLEY_NEW(t->arena, struct parley_event, cap) : NULL;
    if (!more) {
        t->failed = true;
        return;
    }
    if (t->n)
        memcpy(more, t->event, t->n * sizeof *more);
    t->event = more;
    t->cap = cap;
}

static void tell(struct teller *t, uint32_t week, const char *actor, const char *target, const char *kind, const char *domain, double intensity,
                 const char *attribution, const char *what)
{
    if (t->n == t->cap)
        grow(t);
    char *id = parley_arena_printf(t->arena, "SIM%05zu", t->n + 1), *words = parley_arena_strdup(t->arena, what);
    if (t->failed || !id || !words) {
        t->failed = true;
        return;
    }
    t->event[t->n++] = (struct parley_event){
        .id = id, .when = parley_bin_date(t->first_week + week, PARLEY_WEEK), .actor = one(t, actor), .target = one(t, target), .n_actors = 1, .n_targets = 1,
        .kind = kind, .domain = domain, .intensity = intensity, .attribution = attribution, .mechanism = "", .what = words, .source = "simulation", .note = "",
        .n_reports = 1,
    };
}

/* An incident as its victim sees it, and what the victim does. */
static void tell_answer(struct teller *t, const struct happened *h)
{
    char what[160];
    const char *victim = t->code[h->from], *accused = t->code[h->to];
    bool sure = h->belief >= .5f;
    int domain = t->incident.domain;
    snprintf(what, sizeof what, "Incident of severity %d (%s); belief in the author %.2f", h->severity, domain_word[domain], (double)h->belief);
    tell(t, h->week, sure ? accused : "UNK", victim, domain == TEC ? "regulation" : "cyber_op", domain_code[domain], -2.0 - h->severity,
         sure ? "claimed" : "unattributed", what);
    snprintf(what, sizeof what, "The answer to it; the dispute stands on rung %d", h->rung);
    if (h->answer == 1)
        tell(t, h->week, victim, accused, "protest", "diplomacy", -2, "na", what);
    if (h->answer == 2)
        tell(t, h->week, victim, accused, "accusation", domain_code[h->domain], -4, "na", what);
    if (h->answer == 3)
        tell(t, h->week, victim, accused, "economic_measure", domain_code[h->domain], -6, "na", what);
}

static void tell_exchange(struct teller *t, const struct happened *h)
{
    static const struct { const char *kind, *what; double intensity; } move[3] = {
        { "statement", "A step down", 3 }, { NULL, NULL, 0 }, { "threat", "A step up, or read as one", -6 },
    };
    char what[160];
    for (int side = 0; side < 2; side++) {
        int m = side ? h->answer % 3 : h->answer / 3;
        if (!move[m].kind)
            continue;
        snprintf(what, sizeof what, "%s; the dispute stands on rung %d", move[m].what, h->rung);
        tell(t, h->week, t->code[side ? h->to : h->from], t->code[side ? h->from : h->to], move[m].kind, "diplomacy", move[m].intensity, "na", what);
    }
}

static void see(void *ctx, const struct happened *h)
{
    struct teller *t = ctx;
    const char *from = h->from >= 0 ? t->code[h->from] : "UNK", *to = t->code[h->to];
    switch (h->what) {
    case HAPPEN_INCIDENT: t->incident = *h; break;
    case HAPPEN_ANSWER: tell_answer(t, h); break;
    case HAPPEN_EXCHANGE: tell_exchange(t, h); break;
    case HAPPEN_ACCIDENT: tell(t, h->week, from, to, "military_crisis", "military", -10, "na", "An accident in the crisis; it is out of control"); break;
    case HAPPEN_LEADERS: tell(t, h->week, from, to, "summit", "diplomacy", 7, "na", "Leaders step in; two rungs down, the dialogue resumes"); break;
    case HAPPEN_RESUME: tell(t, h->week, from, to, "mechanism_resumed", "diplomacy", 4, "na", "The dialogue resumes"); break;
    case HAPPEN_SUSPEND: tell(t, h->week, from, to, "mechanism_suspended", "diplomacy", -7, "na", "The dialogue is suspended"); break;
    case HAPPEN_DOCTRINE: tell(t, h->week, from, to, "strategy_doctrine", "military", -3, "na", "A doctrine that the other side reads as hostile"); break;
    case HAPPEN_AGREE: tell(t, h->week, from, to, "agreement", "governance", 8, "na", "A binding agreement is reached"); break;
    case HAPPEN_COLLAPSE: tell(t, h->week, from, to, "rejection", "governance", -5, "na", "The agreement collapses"); break;
    }
}

enum parley_status parley_replay(const struct parley_scenario *s, uint64_t seed, uint32_t replicate, int64_t start_us, struct parley_arena *arena,
                                 struct parley_event_list *events, float *out, struct parley_error *err)
{
    struct model model;
    float outputs[PARLEY_OUTPUTS];
    struct teller t = { .arena = arena, .scenario = s, .first_week = parley_bin_of(start_us, PARLEY_WEEK) };
    enum parley_status status = model_build(s, &model, err);
    if (status)
        return status;
    for (unsigned i = 0; i < s->n_states; i++)
        t.code[i] = parley_replay_code(s, i, arena);
    const struct watcher watcher = { see, &t };
    reference_run(&model, seed, replicate, NULL, &watcher, out ? out : outputs);
    model_release(&model);
    if (t.failed)
        return parley_fail(err, PARLEY_ELIMIT, "the chronicle has more than %d events or more than memory holds", PARLEY_REPLAY_EVENTS_MAX);
    *events = (struct parley_event_list){ t.event, t.n };
    return PARLEY_OK;
}
