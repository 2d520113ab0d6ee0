#include "channel/desk.h"

#include <parley/channel_register.h>
#include <parley/tree.h>
#include <string.h>

enum { NORMS_MAX = 1024 };

const char *parley_desk_party(const struct parley_desk *desk) { return desk->own[desk->n_own - 1].card.name; }

static const char *text_in(const struct parley_node *body, const char *key)
{
    const struct parley_node *v = parley_node_get(body, key);
    return v && v->kind == PARLEY_NODE_SCALAR ? v->text : "";
}

static struct parley_norm *norm_named(struct parley_norm *norm, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(norm[i].name, name))
            return &norm[i];
    return NULL;
}

static const char *mechanism_of(const struct parley_node *body)
{
    static const char *const kinds[] = { "norm", "notification", "dialogue", "working-group", "agreement" };
    const char *word = text_in(body, "mechanism");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(word, kinds[i]))
            return kinds[i];
    return kinds[0];
}

static void apply(struct parley_norm *k, const struct parley_said *s, const struct parley_node *body)
{
    switch (s->statement.type) {
    case PARLEY_TYPE_NORM_ACCEPTANCE: /* one's own proposal cannot be accepted by oneself */
        if (k->state == PARLEY_NORM_PROPOSED && s->ours != k->proposed_by_us) {
            k->state = PARLEY_NORM_IN_FORCE;
            k->accepted_us = s->statement.time_us;
            memcpy(k->acceptance, s->hash, 32);
        }
        break;
    case PARLEY_TYPE_NORM_WITHDRAWAL:
        if (k->state == PARLEY_NORM_IN_FORCE || (k->state == PARLEY_NORM_PROPOSED && s->ours == k->proposed_by_us)) {
            k->state = PARLEY_NORM_WITHDRAWN;
            k->withdrawn_us = s->statement.time_us;
            k->withdrawn_by_us = s->ours;
            memcpy(k->withdrawal, s->hash, 32);
        }
        break;
    case PARLEY_TYPE_NORM_REPORT: {
        const char *observed = text_in(body, "observed");
        k->observed += !strcmp(observed, "yes");
        k->not_observed += !strcmp(observed, "no");
        k->unknown += !strcmp(observed, "unknown");
        break;
    }
    default: break;
    }
}

enum parley_status parley_channel_norms(struct parley_desk *desk, const char *peer, struct parley_arena *arena, struct parley_norm **out, size_t *n, struct parley_error *err)
{
    struct parley_said *said;
    size_t n_said;
    *n = 0;
    enum parley_status status = parley_channel_list(desk, peer, arena, &said, &n_said, err);
    if (status)
        return status;
    if (!(*out = PARLEY_NEW(arena, struct parley_norm, NORMS_MAX)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (int pass = 0; pass < 2; pass++) /* proposals first: an acceptance may have come before its proposal was stored */
        for (size_t i = 0; i < n_said; i++) {
            const struct parley_said *s = &said[i];
            struct parley_node *body;
            bool proposal = s->statement.type == PARLEY_TYPE_NORM_PROPOSAL;
            if (s->statement.type < PARLEY_TYPE_NORM_PROPOSAL || s->statement.type > PARLEY_TYPE_NORM_REPORT || proposal != (pass == 0) || !s->verified ||
                (s->statement.flags & PARLEY_EXERCISE) || parley_json_parse(s->body, s->body_len, "norm", arena, &body, NULL))
                continue;
            const char *name = text_in(body, "norm");
            struct parley_norm *known = norm_named(*out, *n, name);
            if (proposal && *name && (!known || known->state == PARLEY_NORM_WITHDRAWN) && *n < NORMS_MAX) {
                struct parley_norm *k = known ? known : &(*out)[(*n)++];
                *k = (struct parley_norm){ .name = name, .text = text_in(body, "text"), .domain = text_in(body, "domain"), .mechanism = mechanism_of(body), .proposed_by_us = s->ours, .proposed_us = s->statement.time_us };
                memcpy(k->proposal, s->hash, 32);
            } else if (!proposal && known) {
                apply(known, s, body);
            }
        }
    return PARLEY_OK;
}
