#include "lanes.h"

#include <parley/rng.h>

#include <string.h>

void lanes_seed(uint64_t seed, uint64_t stream, uint64_t state[2][LANES_WORDS])
{
    struct parley_rng rng;
    parley_rng_init(&rng, seed, stream);
    for (int k = 0; k < 2; k++)
        for (int w = 0; w < LANES_WORDS; w++)
            state[k][w] = parley_rng_u64(&rng);
}

struct moves {
    struct {
        uint32_t to;
        struct lanes_move move;
    } m[LANES_MOVES_MAX];
    size_t n;
};

static void add(struct moves *l, uint32_t to, size_t from, int mask)
{
    l->m[l->n].to = to;
    l->m[l->n++].move = (struct lanes_move){ (uint8_t)from, (uint8_t)mask };
}

/* As few moves as the acts need that matter. */
static void add_moves(struct moves *l, size_t from, const uint32_t next[2][2])
{
    bool seen_only = next[0][0] == next[1][0] && next[0][1] == next[1][1], own_only = next[0][0] == next[0][1] && next[1][0] == next[1][1];
    if (seen_only && own_only) {
        add(l, next[0][0], from, ALWAYS);
    } else if (seen_only) {
        add(l, next[0][0], from, SEEN_C);
        add(l, next[0][1], from, SEEN_D);
    } else if (own_only) {
        add(l, next[0][0], from, OWN_C);
        add(l, next[1][0], from, OWN_D);
    } else {
        for (size_t k = 0; k < 4; k++)
            add(l, next[k >> 1][k & 1], from, OWN_SEEN + (int)k);
    }
}

static void find_moves(const struct parley_habit *habit, struct lanes_plan *p)
{
    struct moves l = { .n = 0 };
    bool forgets = true; /* where it goes does not depend on where it was */
    size_t used = 0;
    for (size_t s = 1; s < habit->n; s++)
        forgets = forgets && !memcmp(habit->next[s], habit->next[0], sizeof habit->next[0]);
    for (size_t s = 0; s < (forgets ? 1 : habit->n); s++)
        add_moves(&l, forgets ? habit->n : s, habit->next[s]);
    for (size_t to = 0; to < habit->n; to++) {
        p->moves_to[to] = (uint8_t)used;
        for (size_t k = 0; k < l.n; k++)
            if (l.m[k].to == to)
                p->move[used++] = l.m[k].move;
    }
    p->moves_to[habit->n] = (uint8_t)used;
}

bool lanes_plan_make(const struct parley_habit *habit, const uint64_t *cooperate, struct lanes_plan *p)
{
    if (habit->n > LANES_STATES_MAX)
        return false;
    *p = (struct lanes_plan){ .n = habit->n, .start = habit->start };
    find_moves(habit, p);
    size_t used = 0;
    for (size_t s = 0; s < habit->n; s++) { /* a class for each threshold, in the order they occur */
        size_t c = 0;
        while (c < p->classes && p->threshold[c] != cooperate[s])
            c++;
        if (c < p->classes)
            continue;
        p->threshold[p->classes] = cooperate[s];
        p->members[p->classes++] = (uint8_t)used;
        for (size_t t = s; t < habit->n; t++)
            if (cooperate[t] == cooperate[s])
                p->member[used++] = (uint8_t)t;
    }
    p->members[p->classes] = (uint8_t)used;
    return true;
}

#if defined(__x86_64__) && defined(__GNUC__)
lanes_play_fn *lanes_play_best(void)
{
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
        return lanes_play_avx512;
    return __builtin_cpu_supports("avx2") ? lanes_play_avx2 : lanes_play_portable;
}
#else
lanes_play_fn *lanes_play_best(void) { return lanes_play_portable; }
#endif
