/* lane_split.h - splitting on lanes. Relations carry weights. Every few weeks all are resampled: a relation gets on average as many
 * copies as its weight times the importance of its rung asks for, and each copy the weight divided by that number. Hence
 * the expected weight of whatever may happen later is unchanged, whatever the importance is: the weight that gets out of
 * control is an unbiased estimate of the probability. Copies go on with fresh random numbers. */
#ifndef PARLEY_SIMULATE_LANE_SPLIT_H
#define PARLEY_SIMULATE_LANE_SPLIT_H

#include "lane_week.h"

enum { BRANCH_WEEKS = 2 }; /* an exchange takes longer than that unless time for response is short */

INLINE vi highest_rung(const struct engine *e, unsigned v)
{
    const struct tile *t = tile_of(e, v);
    unsigned o = offset_of(v);
    vi highest = all_int(0);
    for (unsigned i = 0; i < (STATES(e) == 2 ? 1 : e->m->n_pairs); i++) {
        vi rung = (vi)(*(const vu_row *)&t->state[i][o] & RUNG);
        highest = choose_int(more(rung, highest), rung, highest);
    }
    return highest;
}

/* Weight that reached a rung for the first time this week. */
static void note_reached(const struct engine *e)
{
    struct branching *b = e->branching;
    for (unsigned v = 0; v < e->vectors; v++) {
        vi now = highest_rung(e, v), before = *(vi_row *)&b->highest[v * W];
        *(vi_row *)&b->rung[v * W] = now;
        for (uint32_t bits = bits_of(more(now, before)); bits; bits &= bits - 1) {
            int k = __builtin_ctz(bits);
            unsigned lane = v * W + (unsigned)k;
            for (int l = before[k] + 1; l <= now[k] && lane < e->n; l++)
                b->reached[l] += b->weight[lane];
            b->highest[lane] = now[k];
        }
    }
}

static void copy_lane(const struct engine *e, unsigned to, unsigned from)
{
    enum { ROWS = offsetof(struct tile, x) / sizeof(float[TILE]), RECORDS = 2 * N * N };
    const struct tile *a = &e->s->tile[from / TILE];
    struct tile *b = &e->s->tile[to / TILE];
    const uint32_t *row = (const uint32_t *)(const void *)a;
    uint32_t *out = (uint32_t *)(void *)b;
    for (unsigned i = 0; i < ROWS; i++)
        out[i * TILE + to % TILE] = row[i * TILE + from % TILE];
    for (unsigned i = 0; i < N * N; i++) {
        memcpy(b->x[i][to % TILE], a->x[i][from % TILE], sizeof a->x[0][0]);
        memcpy(b->act[i][to % TILE], a->act[i][from % TILE], sizeof a->act[0][0]);
    }
    e->branching->highest[to] = e->branching->highest[from];
}

/* What is left of a unit exponential is a unit exponential, so every clock may be wound anew. */
static void rewind_clocks(const struct engine *e, vi lane)
{
    struct tile *t = e->s->tile;
    vi at = place(lane);
    const vu none = { 0 };
    vu w[4];
    for (unsigned i = 0; i < STATES(e); i++) {
        vdraw(e, DRAW_BRANCH, none, THIRD_PARTY + i, e->epoch, lane, w);
        scatter(t->clock[i * N + i], at, e->used.third[i] + vexponential(w[0]));
        for (unsigned j = 0; j < STATES(e); j++) {
            if (i == j)
                continue;
            vdraw(e, DRAW_BRANCH, none, ENTITY(i, j), e->epoch, lane, w);
            scatter(t->clock[i * N + j], at, vexponential(w[0]));
            scatter(t->doctrine[i * N + j], at, e->used.doctrine + vexponential(w[1]));
            if (i < j)
                scatter(t->pair_clock[pair_of(e, i, j)], at, vexponential(w[2]));
        }
    }
}

/* Systematic resampling: points at even distances, the first at a random place, on the line of all weights times importances. */
static void resample(const struct engine *e)
{
    struct branching *b = e->branching;
    int32_t *freed = e->s->list, *parent = e->s->due[0];
    unsigned n_freed = 0, n_more = 0, points = 0;
    double total = 0, at = 0;
    uint32_t w[4];
    for (unsigned lane = 0; lane < e->n; lane++) {
        if (e->s->tile[lane / TILE].state[0][lane % TILE] & ENDED)
            b->weight[lane] = 0;
        total += b->weight[lane] * b->importance[b->rung[lane]];
    }
    if (!(total > 0))
        return;
    const uint32_t counter[4] = { (uint32_t)DRAW_BRANCH << 24, UINT32_MAX, e->epoch, e->first };
    parley_philox(counter, e->key, w);
    double step = total / e->n, point = (w[0] + (w[1] + .5) * 0x1p-32) * 0x1p-32 * step;
    for (unsigned lane = 0; lane < e->n; lane++) {
        double importance = b->importance[b->rung[lane]];
        unsigned copies = 0;
        at += b->weight[lane] * importance;
        for (; point < at && points < e->n; point += step, points++)
            copies++;
        b->weight[lane] = copies ? step / importance : 0;
        if (copies == 0)
            freed[n_freed++] = (int32_t)lane;
        for (; copies > 1; copies--)
            parent[n_more++] = (int32_t)lane;
    }
    for (unsigned i = 0; i < n_more; i++) {
        copy_lane(e, (unsigned)freed[i], (unsigned)parent[i]);
        b->weight[freed[i]] = b->weight[parent[i]];
    }
    pad(freed, n_more);
    for (unsigned i = 0; i < n_more; i += W)
        rewind_clocks(e, *(vi_row *)&freed[i]);
    b->copies += n_more;
}

/* After the books of a week. */
static void branch(struct engine *e)
{
    note_reached(e);
    if ((e->week + 1) % BRANCH_WEEKS == 0 && e->week + 1 < e->m->weeks)
        resample(e);
}

#endif
