/* lane_pairs.h - steps 6 to 9 of a week on lanes: what happens to a pair by itself. */
#ifndef PARLEY_SIMULATE_LANE_PAIRS_H
#define PARLEY_SIMULATE_LANE_PAIRS_H

#include "lane_incidents.h"

INLINE vm on_rung(vu state, int least) { return more((vi)(state & RUNG), all_int(least - 1)); }

INLINE vf leaders_rate(const struct engine *e, unsigned pair, vu state, vf I, vf g_ij, vf g_ji, vf o_i, vf o_j)
{
    const struct phase *p = e->p;
    vf fear = vmax(g_ij, g_ji), anger = vmax(o_i, o_j) * p->o.now[e->q];
    return only(on_rung(state, CRISIS), (p->tie[pair].leaders * I) * (1.0f - fear) * (1.0f - .5f * anger));
}

/* 0 down, 1 stay, 2 up */
INLINE vi move_of(const struct engine *e, const struct tie *tie, vu state, uint32_t greedy, vf I, vf g, vf o, vf q, vf qbar, vf u)
{
    const struct phase *p = e->p;
    vf face = only(has(state, FACE), all(1));
    vf S = -p->s0 * (1.0f + p->s1 * g), distrust = 1.0f - q;
    vf down = ((q * p->R + distrust * S) - p->face * (1.0f + o * p->o.now[e->q]) * face) + choose(has(state, DIALOGUE), all(tie->way_out[1]), all(tie->way_out[0]));
    vf restraint = tie->tacit * qbar * only(on_rung(state, 4), all(1)) * (1.0f - .5f * face);
    vf T = choose(has(state, greedy), all(p->T[1]), all(p->T[0]));
    vf up = (((q * T + distrust * p->P) - tie->c_I * I) - look_up(p->rho, state)) - restraint;
    up = up + (tie->delegate + tie->harmed);
    vf stay = (down + up) * .5f + p->h0;
    vf e0 = vexp(down * p->inv_theta_C), e1 = e0 + vexp(stay * p->inv_theta_C), point = u * (e1 + vexp(up * p->inv_theta_C));
    return only_int(le(e0, point), all_int(1)) + only_int(le(e1, point), all_int(1));
}

INLINE vi rung_change(const struct phase *p, vi a, vi b, vf u)
{
    vi both = a + b;
    vm half = lt(u, all(.5f));
    vi cool = only_int(lt(u, all(p->p_cool)), all_int(-1)), jump = choose_int(lt(u, all(p->p_jump)), all_int(2), all_int(1));
    vi change = choose_int(same(both, all_int(0)), all_int(-1), choose_int(same(both, all_int(1)), only_int(half, all_int(-1)),
                                                                           choose_int(same(both, all_int(3)), all_int(1), jump)));
    return choose_int(same(both, all_int(2)), choose_int(same(a, all_int(1)), cool, only_int(half, all_int(1))), change);
}

INLINE vf bloc_factors(const struct engine *e, vi lane, unsigned i, unsigned j)
{
    vf factor = all(1);
    for (int k = 0; e->p->blocs && k < W; k++) {
        const struct tile *t = &e->s->tile[lane[k] / TILE];
        factor[k] = t->bloc[i][lane[k] % TILE] == t->bloc[j][lane[k] % TILE] ? 1.5f : .5f;
    }
    return factor;
}

/* The viewer has seen this move of `by`. */
INLINE void seen_move(const struct engine *e, vi at, unsigned viewer, unsigned by, vi move, vm mask, vf factor, vf y, vf g)
{
    vm down = mask & same(move, all_int(0)), up = mask & same(move, all_int(2));
    scatter(e->s->tile->y[viewer * N + by], at, choose(down, y + e->p->lr_de * factor, choose(up, y - e->p->lr_es, y)));
    scatter(e->s->tile->g[viewer * N + by], at, choose(up, g + e->p->gamma_up * (1.0f - g), g));
}

/* With splitting accidents are not drawn: at each event the share of the weight that would have had one is counted as lost, and the rest
 * goes on. This is the expectation over the draw, so nothing is biased, and the many small chances on rung 4 make no noise. */
INLINE void expect_accidents(const struct engine *e, vi lane, vf accident, vf total)
{
    struct branching *b = e->branching;
    for (uint32_t bits = bits_of(lt(all(0), accident)); bits; bits &= bits - 1) {
        int k = __builtin_ctz(bits);
        if ((unsigned)lane[k] >= e->n)
            continue;
        double lost = b->weight[lane[k]] * (double)accident[k] / (double)total[k];
        b->weight[lane[k]] -= lost;
        for (int l = b->highest[lane[k]] + 1; l <= UNCONTROLLED; l++)
            b->reached[l] += lost;
    }
}

/* What happens in W lanes of the pair of i and j whose clock ran out; the lanes where it ran out once more. */
INLINE uint32_t pair_vector(const struct engine *e, unsigned i, unsigned j, unsigned pair, vi lane)
{
    struct tile *t = e->s->tile;
    const struct phase *p = e->p;
    unsigned ij = i * N + j, ji = j * N + i;
    vi at = place(lane);
    vu index = gather_words(t->pair_count[pair], at) + 1, w[4], x[4], state = gather_words(t->state[pair], at);
    scatter_words(t->pair_count[pair], at, index);
    vdraw(e, DRAW_PAIR, index, ENTITY(i, j), e->epoch, lane, w);
    vf clock = gather(t->pair_clock[pair], at) + vexponential(w[0]);
    scatter(t->pair_clock[pair], at, clock);
    vf I = gather(t->I[pair], at), g_ij = gather(t->g[ij], at), g_ji = gather(t->g[ji], at), o_i = gather(t->o[i], at), o_j = gather(t->o[j], at);
    vf accident = look_up(p->tie[pair].accident, state), leaders = leaders_rate(e, pair, state, I, g_ij, g_ji, o_i, o_j), resumes = look_up(p->tie[pair].resumes, state);
    vf c0 = look_up(p->exchanges, state);
    if (e->branching) {
        expect_accidents(e, lane, accident, ((c0 + accident) + leaders) + resumes);
        accident = all(0);
    }
    vf c1 = c0 + accident, c2 = c1 + leaders, total = c2 + resumes, point = vuniform(w[1]) * total;
    vm happens = lt(all(0), total), exchanged = happens & lt(point, c0), lost = happens & not(exchanged) & lt(point, c1);
    vm led = happens & not(exchanged) & not(lost) & lt(point, c2), resumed = happens & not(exchanged) & not(lost) & not(led);
    vm moved = exchanged & on_rung(state, 2);
    vi l = (vi)(state & RUNG), l_new = choose_int(exchanged & not(moved), all_int(0), l);
    if (bits_of(moved)) {
        vdraw(e, DRAW_STEP, index, ENTITY(i, j), e->epoch, lane, x);
        vf y_ij = gather(t->y[ij], at), y_ji = gather(t->y[ji], at), q_i = vsigmoid(y_ij), q_j = vsigmoid(y_ji), qbar = (q_i + q_j) * .5f;
        vf factor = bloc_factors(e, lane, i, j);
        vi a = move_of(e, &p->tie[pair], state, GREEDY_FIRST, I, g_ij, o_i, q_i, qbar, vuniform(w[2]));
        vi b = move_of(e, &p->tie[pair], state, GREEDY_SECOND, I, g_ji, o_j, q_j, qbar, vuniform(w[3]));
        vm misread = lt(vuniform(x[0]), choose(has(state, DIALOGUE), all(p->tie[pair].eps[1]), all(p->tie[pair].eps[0]))), of_a = lt(vuniform(x[1]), all(.5f));
        vm of_first = misread & of_a & not(same(a, all_int(2))), of_second = misread & not(of_a) & not(same(b, all_int(2)));
        a = a + only_int(of_first, all_int(1)), b = b + only_int(of_second, all_int(1));
        for (uint32_t bits = bits_of((of_first | of_second) & moved); bits; bits &= bits - 1) {
            int k = __builtin_ctz(bits);
            t[lane[k] / TILE].misreadings[lane[k] % TILE] += 1;
        }
        seen_move(e, at, j, i, a, moved, factor, y_ji, g_ji);
        seen_move(e, at, i, j, b, moved, factor, y_ij, g_ij);
        vi to = l + rung_change(p, a, b, vuniform(x[2]));
        l_new = choose_int(moved, choose_int(more(to, all_int(7)), all_int(7), to), l_new);
    }
    l_new = choose_int(lost, all_int(UNCONTROLLED), choose_int(led, l - 2, l_new));
    vm eased = (moved | led) & not(more(l_new, all_int(1)));
    vu now = (state & ~(uint32_t)RUNG) | (vu)l_new;
    now &= ~(vu)only_int(eased, all_int(FACE));
    now |= (vu)only_int(resumed, all_int(DIALOGUE));
    now = (vu)choose_int(led, (vi)((now & ~(uint32_t)DIALOGUE) | (p->tie[pair].has_dialogue ? DIALOGUE : 0)), (vi)now);
    scatter_words(t->state[pair], at, now);
    for (uint32_t bits = bits_of(moved & not(on_rung(state, CRISIS)) & on_rung(now, CRISIS)); bits; bits &= bits - 1) {
        int k = __builtin_ctz(bits);
        dispute_begins(e, pair, lane[k], (unsigned)l[k], lane_uniform(x[3][k]));
    }
    return bits_of(le(clock, all(0)) & counts(lane) & not(same(l_new, all_int(UNCONTROLLED))));
}

INLINE void one_pair(const struct engine *e, unsigned i, unsigned j)
{
    struct lanes *s = e->s;
    unsigned pair = pair_of(e, i, j), n = 0, left = 0;
    for (unsigned v = 0; v < e->vectors; v++) {
        struct tile *t = tile_of(e, v);
        unsigned o = offset_of(v);
        vu state = WORDS(t->state[pair]);
        vf leaders = leaders_rate(e, pair, state, AT(t->I[pair]), AT(t->g[i * N + j]), AT(t->g[j * N + i]), AT(t->o[i]), AT(t->o[j]));
        vf clock = AT(t->pair_clock[pair]) - (look_up(e->p->tie[pair].constant, state) + leaders);
        AT(t->pair_clock[pair]) = clock;
        n = collect(s->list, n, v, le(clock, all(0)));
    }
    for (; n; n = left, left = 0) {
        pad(s->list, n);
        for (unsigned k = 0; k < n; k += W) {
            vi lane = *(vi_row *)&s->list[k];
            left += append(&s->list[left], lane, pair_vector(e, i, j, pair, lane));
        }
    }
}

static void pairs(const struct engine *e)
{
    FLAT
    for (unsigned i = 0; i < STATES(e); i++)
        FLAT
        for (unsigned j = i + 1; j < STATES(e); j++)
            one_pair(e, i, j);
}

#endif
