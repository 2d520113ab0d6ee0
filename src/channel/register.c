#include "channel/desk.h"

#include <parley/channel_register.h>
#include <parley/tree.h>
#include <stdlib.h>
#include <string.h>

enum { NORMS_MAX = 1024 };

const char *parley_desk_party(const struct parley_desk *desk) { return desk->own[desk->n_own - 1].card.name; }

static const char *text_in(const struct parley_node *body, const char *key)
{
    const struct parley_node *v = parley_node_get(body, key);
    return v && v->kind == PARLEY_NODE_SCALAR ? v->text : "";
}

/* The newest of that name: one that was withdrawn may be proposed again. */
static struct parley_norm *norm_named(struct parley_norm *norm, size_t n, const char *name)
{
    for (size_t i = n; i > 0; i--)
        if (!strcmp(norm[i - 1].name, name))
            return &norm[i - 1];
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

/* --- the order in which things were said ------------------------------------------------------ */

/* Both desks must derive the same register, so neither its own clock of storing nor the order of arrival may count. What a statement says
 * it has seen was said before it; where neither had seen the other, the authors' clocks decide, and then the hash. All of it is signed. */
struct turn {
    const struct parley_said *s;
    uint32_t seen_epoch;
    uint64_t seen_seq;
};

static int by_number(const void *a, const void *b)
{
    const struct parley_statement *x = &((const struct turn *)a)->s->statement, *y = &((const struct turn *)b)->s->statement;
    return x->epoch != y->epoch ? (x->epoch > y->epoch) - (x->epoch < y->epoch) : (x->seq > y->seq) - (x->seq < y->seq);
}

static int by_hash(const void *a, const void *b) { return memcmp((*(const struct parley_said *const *)a)->hash, (*(const struct parley_said *const *)b)->hash, 32); }

static bool knew(const struct turn *a, const struct turn *b)
{
    const struct parley_statement *x = &b->s->statement;
    return x->epoch < a->seen_epoch || (x->epoch == a->seen_epoch && x->seq <= a->seen_seq) || !memcmp(a->s->statement.reply_to, b->s->hash, 32);
}

static bool first(const struct turn *a, const struct turn *b)
{
    if (knew(b, a) || knew(a, b))
        return knew(b, a);
    int64_t x = a->s->statement.time_us, y = b->s->statement.time_us;
    return x != y ? x < y : memcmp(a->s->hash, b->s->hash, 32) < 0;
}

/* The statements about norms that count, as said[0, n) holds them, into turn[], in order; returns how many. */
static size_t in_order(struct parley_desk *desk, const struct parley_said *said, size_t n, const struct parley_said **index, struct turn *side[2], struct turn *turn)
{
    size_t count[2] = { 0, 0 }, at[2] = { 0, 0 }, done = 0;
    for (size_t i = 0; i < n; i++)
        index[i] = &said[i];
    qsort(index, n, sizeof *index, by_hash);
    for (size_t i = 0; i < n; i++) {
        const struct parley_statement *x = &said[i].statement;
        if (x->type < PARLEY_TYPE_NORM_PROPOSAL || x->type > PARLEY_TYPE_NORM_REPORT || (x->flags & PARLEY_EXERCISE) || !said_verifies(desk, &said[i]))
            continue;
        struct turn *t = &side[said[i].ours][count[said[i].ours]++];
        struct parley_said key;
        const struct parley_said *wanted = &key;
        memcpy(key.hash, x->seen_hash, 32);
        const struct parley_said **seen = x->seen_seq ? bsearch(&wanted, index, n, sizeof *index, by_hash) : NULL;
        *t = (struct turn){ .s = &said[i] };
        if (seen && (*seen)->ours != said[i].ours)
            t->seen_epoch = (*seen)->statement.epoch, t->seen_seq = (*seen)->statement.seq;
    }
    for (int k = 0; k < 2; k++)
        qsort(side[k], count[k], sizeof *side[k], by_number);
    while (at[0] < count[0] || at[1] < count[1]) {
        bool ours = at[0] == count[0] || (at[1] < count[1] && first(&side[1][at[1]], &side[0][at[0]]));
        turn[done++] = side[ours][at[ours]++];
    }
    return done;
}

enum parley_status parley_channel_norms(struct parley_desk *desk, const char *peer, enum parley_tlp tlp, struct parley_arena *arena, struct parley_norm **out, size_t *n,
                                        struct parley_error *err)
{
    struct parley_said *said;
    size_t n_said;
    *n = 0;
    enum parley_status status = said_list(desk, peer, arena, &said, &n_said, err);
    if (status)
        return status;
    const struct parley_said **index = PARLEY_NEW(arena, const struct parley_said *, n_said + 1);
    struct turn *side[2] = { PARLEY_NEW(arena, struct turn, n_said + 1), PARLEY_NEW(arena, struct turn, n_said + 1) }, *turn = PARLEY_NEW(arena, struct turn, n_said + 1);
    if (!index || !side[0] || !side[1] || !turn || !(*out = PARLEY_NEW(arena, struct parley_norm, NORMS_MAX)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    size_t turns = in_order(desk, said, n_said, index, side, turn);
    for (size_t i = 0; i < turns; i++) {
        const struct parley_said *s = turn[i].s;
        struct parley_node *body;
        if (s->statement.tlp > tlp || parley_json_parse(s->body, s->body_len, "norm", arena, &body, NULL))
            continue;
        const char *name = text_in(body, "norm");
        struct parley_norm *known = norm_named(*out, *n, name);
        if (s->statement.type != PARLEY_TYPE_NORM_PROPOSAL) {
            if (known)
                apply(known, s, body);
        } else if (*name && (!known || known->state == PARLEY_NORM_WITHDRAWN) && *n < NORMS_MAX) {
            struct parley_norm *k = &(*out)[(*n)++];
            *k = (struct parley_norm){ .name = name, .text = text_in(body, "text"), .domain = text_in(body, "domain"), .mechanism = mechanism_of(body), .proposed_by_us = s->ours, .proposed_us = s->statement.time_us };
            memcpy(k->proposal, s->hash, 32);
        }
    }
    return PARLEY_OK;
}
