/* The engine: LANES replicates side by side, vectors over replicates. Compiled once for each kind of processor and once more
 * for two states (LANES_NAME says which). What every replicate does every week is done on whole vectors with masks;
 * what happens now and then (an incident, an exchange) is collected in lists of lanes and done W at a time; what is
 * rare (a measure, a crisis, an end) is done one by one.
 *
 * The oracle is reference.c: the same operations in the same order, hence the same bits. */
#include "lane_split.h"

static void start_vector(const struct engine *e, unsigned v)
{
    const struct model *m = e->m;
    struct tile *t = tile_of(e, v);
    unsigned o = offset_of(v);
    vi lane = lanes_of(v);
    const vu none = { 0 };
    vu w[4], greedy[N];
    FLAT
    for (unsigned i = 0; i < STATES(e); i++) {
        vdraw(e, DRAW_TYPE, none, i, e->epoch, lane, w);
        greedy[i] = (vu)only_int(le(all(m->p_seeker), vuniform(w[0])), all_int(GREEDY_FIRST));
        vdraw(e, DRAW_START, none, THIRD_PARTY + i, e->epoch, lane, w);
        AT(t->clock[i * N + i]) = vexponential(w[0]);
        AT(t->k[i]) = all(m->k_start[i]);
        for (unsigned c = o; c < o + W; c++) {
            t->act[i * N + i][c][HARM] = 1.0f;
            t->bloc[i][c] = m->bloc_start[i];
        }
    }
    FLAT
    for (unsigned i = 0; i < STATES(e); i++)
        FLAT
        for (unsigned j = 0; j < STATES(e); j++) {
            unsigned pair = i == j ? 0 : pair_of(e, i, j), ij = i * N + j;
            if (i == j)
                continue;
            AT(t->y[ij]) = all(m->y_start[pair]);
            AT(t->g[ij]) = all(m->g_start[pair]);
            vdraw(e, DRAW_START, none, ENTITY(i, j), e->epoch, lane, w);
            AT(t->clock[ij]) = vexponential(w[0]);
            AT(t->doctrine[ij]) = vexponential(w[1]);
            if (i < j) {
                AT(t->I[pair]) = all(m->I_start[pair]);
                AT(t->pair_clock[pair]) = vexponential(w[2]);
                WORDS(t->state[pair]) = (greedy[i] | greedy[j] << 1) | (m->phase[0].tie[pair].has_dialogue ? DIALOGUE : 0);
            }
        }
}

/* Forums are founded or closed. */
static void forums(const struct engine *e)
{
    for (unsigned i = 0; i < e->m->n_pairs; i++) {
        bool now = e->p->tie[i].has_dialogue, founded = now && !e->p[-1].tie[i].has_dialogue;
        for (unsigned v = 0; v < e->vectors && (founded || !now); v++) {
            unsigned o = offset_of(v);
            vu *state = (vu *)(void *)&tile_of(e, v)->state[i][o];
            *state = founded ? *state | DIALOGUE : *state & ~(uint32_t)DIALOGUE;
        }
    }
}

/* Hazards used up to the end of next week, of which q is the week of the quarter. */
static struct used next_used(const struct engine *e, unsigned q)
{
    struct used u = e->used;
    if (q == 0)
        memset(&u, 0, sizeof u);
    u.doctrine += e->p->xi;
    FLAT
    for (unsigned i = 0; i < STATES(e); i++)
        u.third[i] += e->p->nu_sum[i];
    return u;
}

static void begin_week(struct engine *e)
{
    struct used used = next_used(e, e->q);
    for (unsigned v = 0; v < e->vectors; v++)
        clocks(e, v, e->q, &used);
    e->used = used;
}

/* Steps 10 to 12 of a week and 1 and the clocks of 2 of the next, in one walk over memory. */
static void end_week(struct engine *e)
{
    bool quarter_ends = e->q == QUARTER_WEEKS - 1, same_phase = e->week + 1 < e->p->to, go_on = same_phase && !e->branching;
    unsigned q = quarter_ends ? 0 : e->q + 1;
    struct used used = next_used(e, q);
    for (unsigned v = 0; v < e->vectors; v++) {
        slow_states(e, v);
        if (quarter_ends)
            quarters(e, v);
        books(e, v);
        if (go_on)
            clocks(e, v, q, &used);
    }
    if (quarter_ends) {
        memset(&e->s->tile[TILES], 0, sizeof(struct tile)); /* nothing fades in the spare lanes, nor may it grow without end */
        memset(&e->used, 0, sizeof e->used);
    }
    if (e->branching)
        branch(e);
    e->q = q;
    e->week++;
    if (go_on) {
        e->used = used;
    } else if (e->week < e->m->weeks) {
        if (!same_phase) {
            e->p++;
            forums(e);
        }
        e->epoch = e->branching ? e->week + 1 : 0; /* a lane that is another relation now must not draw what the first one drew */
        begin_week(e);
    }
}

#define JOIN(a, b) a##b
#define NAME(a, b) JOIN(a, b)

void NAME(lanes_run_, LANES_NAME)(const struct model *m, uint64_t seed, uint32_t first, unsigned n, const struct lives *lives, void *scratch,
                                  float out[PARLEY_OUTPUTS][LANES], struct branching *branching)
{
    struct engine e = { .s = scratch, .p = m->phase, .lives = lives, .m = m, .key = { (uint32_t)seed, (uint32_t)(seed >> 32) }, .first = first,
                        .n = n, .vectors = (n + W - 1) / W, .out = out, .branching = branching };
    memset(e.s->n_due, 0, sizeof e.s->n_due);
    memset(e.s->n_shocked, 0, sizeof e.s->n_shocked);
    memset(e.s->tile, 0, (n + TILE - 1) / TILE * sizeof(struct tile));
    memset(&e.s->tile[TILES], 0, sizeof(struct tile));
    for (unsigned v = 0; v < e.vectors; v++)
        start_vector(&e, v);
    begin_week(&e);
    while (e.week < m->weeks) {
        doctrines(&e);
        incidents(&e);
        pairs(&e);
        end_week(&e);
    }
    for (unsigned lane = 0; lane < n && out; lane++)
        if (!(e.s->tile[lane / TILE].state[0][lane % TILE] & ENDED))
            finish_lane(&e, lane, m->weeks);
}

#if defined(LANES_SCRATCH) && !defined(LANES_TWO)
size_t lanes_scratch(void) { return sizeof(struct lanes); }
#endif
