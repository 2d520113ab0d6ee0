/* lane_week.h - steps 10 to 12 of a week on lanes: slow states, agreements, the books; and the end of a replicate. */
#ifndef PARLEY_SIMULATE_LANE_WEEK_H
#define PARLEY_SIMULATE_LANE_WEEK_H

#include "lane_pairs.h"

/* --- 10 slow states ----------------------------------------------------------------------- */

INLINE void slow_pair(const struct engine *e, unsigned i, unsigned j, unsigned v, vf *react, vf *fear, vf *trust, vf *threat)
{
    struct tile *t = tile_of(e, v);
    const struct phase *p = e->p;
    unsigned o = offset_of(v), ij = i * N + j, pair = pair_of(e, i, j);
    vf y = AT(t->y[ij]), g = AT(t->g[ij]), q = vsigmoid(y);
    vf gain = (p->tie[pair].gain + only(has(WORDS(t->state[pair]), DIALOGUE), all(p->gain_D))) + p->tie[pair].gain_AN * AT(t->norm[pair]);
    if (p->blocs)
        gain = gain * bloc_factors(e, lanes_of(v), i, j);
    *react = *react + ((1.0f - q) * AT(t->k[j]) - .5f);
    *fear = *fear + g;
    *trust = *trust + q;
    *threat = *threat + g;
    AT(t->y[ij]) = (p->y0[pair] + (y - p->y0[pair]) * p->y_decay) + gain;
    AT(t->g[ij]) = p->g0[pair] + (g - p->g0[pair]) * p->g_decay;
}

INLINE void slow_states(const struct engine *e, unsigned v)
{
    struct tile *t = tile_of(e, v);
    const struct phase *p = e->p;
    unsigned o = offset_of(v), n_pairs = STATES(e) == 2 ? 1 : e->m->n_pairs;
    vf k_new[N], trust = AT(t->sum_trust), threat = AT(t->sum_threat);
    FLAT
    for (unsigned i = 0; i < STATES(e); i++) {
        vf react = all(0), fear = all(0), k = AT(t->k[i]);
        FLAT
        for (unsigned j = 0; j < STATES(e); j++)
            if (i != j)
                slow_pair(e, i, j, v, &react, &fear, &trust, &threat);
        k_new[i] = vmax(((k + p->a_R * react) + p->u_R * fear) - p->b_R * (k - 1.0f), all(.05f));
    }
    AT(t->sum_trust) = trust;
    AT(t->sum_threat) = threat;
    FLAT
    for (unsigned i = 0; i < STATES(e); i++) {
        AT(t->k[i]) = k_new[i];
        AT(t->sum_k[i]) += k_new[i];
    }
    FLAT
    for (unsigned i = 0; i < n_pairs; i++) {
        vf I = AT(t->I[i]), rung = __builtin_convertvector((vi)(WORDS(t->state[i]) & RUNG), vf), above = vmax(rung - 2.0f, all(0));
        I = vmax((I + p->r_I * (p->I0[i] - I)) - p->d_I * above, all(0));
        AT(t->I[i]) = I;
        AT(t->sum_I[i]) += I;
    }
}

/* --- 11 agreements, each quarter ---------------------------------------------------------- */

INLINE vf expected(const struct phase *p, unsigned pair, vf g, vf y, vf severe)
{
    vf G = 2.0f + 8.0f * severe, L = 4.0f * (1.0f + 2.0f * g), keep = vsigmoid((p->tie[pair].p_logit - 1.946f * g) + 1.5f * vsigmoid(y));
    return (keep * G - (1.0f - keep) * L) - p->K;
}

static void end_agreement(const struct engine *e, unsigned pair, int lane)
{
    struct tile *t = &e->s->tile[lane / TILE];
    unsigned c = (unsigned)lane % TILE;
    if (e->lives && (unsigned)lane < e->n)
        e->lives->agreement_ended[e->week - t->agreed_since[pair][c]]++;
    t->state[pair][c] &= ~(uint32_t)AGREED;
    t->norm[pair][c] = 0;
}

static void begin_agreement(const struct engine *e, unsigned pair, int lane)
{
    struct tile *t = &e->s->tile[lane / TILE];
    unsigned c = (unsigned)lane % TILE;
    t->state[pair][c] |= AGREED;
    t->norm[pair][c] = 1;
    t->agreed_since[pair][c] = e->week;
    t->agreements[c] += 1;
}

static void quarter(const struct engine *e, unsigned i, unsigned j, unsigned v)
{
    struct tile *t = tile_of(e, v);
    const struct phase *p = e->p;
    unsigned o = offset_of(v), pair = pair_of(e, i, j), ij = i * N + j, ji = j * N + i;
    vu w[4], state = WORDS(t->state[pair]);
    vi record = record_place(lanes_of(v));
    vdraw(e, DRAW_QUARTER, (vu){ 0 }, ENTITY(i, j), e->week, lanes_of(v), w);
    vf h = vmin(gather(&e->s->tile->act[i * N + i][0][HARM], record), gather(&e->s->tile->act[j * N + j][0][HARM], record));
    vf severe = vsigmoid((h - 1.0f) * p->h_scale), u = vuniform(w[0]);
    vf a = expected(p, pair, AT(t->g[ij]), AT(t->y[ij]), severe), b = expected(p, pair, AT(t->g[ji]), AT(t->y[ji]), severe);
    vf leave = .15f * vsigmoid(-(vmin(a, b) + 1.0f) * p->inv_theta_A);
    vf open = choose(has(state, DIALOGUE), all(p->tie[pair].open[1]), all(p->tie[pair].open[0]));
    vm alive = not(has(state, ENDED)), in_force = has(state, AGREED);
    vm ends = alive & in_force & (lt(AT(t->norm[pair]), all(.15f)) | lt(u, leave));
    vm begins = alive & not(in_force) & lt(u, open * vsigmoid(a * p->inv_theta_A) * vsigmoid(b * p->inv_theta_A));
    for (uint32_t bits = bits_of(ends); bits; bits &= bits - 1)
        end_agreement(e, pair, (int)(v * W) + __builtin_ctz(bits));
    for (uint32_t bits = bits_of(begins); bits; bits &= bits - 1)
        begin_agreement(e, pair, (int)(v * W) + __builtin_ctz(bits));
}

static void move_blocs(const struct engine *e, int lane)
{
    struct tile *t = &e->s->tile[lane / TILE];
    unsigned c = (unsigned)lane % TILE, pair = 0;
    float k[N], qbar[PAIRS];
    int bloc[N];
    FLAT
    for (unsigned i = 0; i < STATES(e); i++) {
        k[i] = t->k[i][c];
        bloc[i] = t->bloc[i][c];
        for (unsigned j = i + 1; j < STATES(e); j++, pair++)
            qbar[pair] = (lane_sigmoid(t->y[i * N + j][c]) + lane_sigmoid(t->y[j * N + i][c])) * .5f;
    }
    blocs_move(STATES(e), k, qbar, bloc);
    FLAT
    for (unsigned i = 0; i < STATES(e); i++)
        t->bloc[i][c] = bloc[i];
}

/* What fades is brought to the units of the new quarter, and the hazards used begin anew. */
static void new_quarter(const struct engine *e, unsigned v)
{
    struct tile *t = tile_of(e, v);
    const struct phase *p = e->p;
    unsigned o = offset_of(v);
    FLAT
    for (unsigned i = 0; i < STATES(e); i++) {
        AT(t->o[i]) *= p->o.quarter;
        AT(t->clock[i * N + i]) -= e->used.third[i];
        for (unsigned c = o; c < o + W; c++)
            t->act[i * N + i][c][HARM] *= p->h.quarter;
        FLAT
        for (unsigned j = 0; j < STATES(e); j++) {
            unsigned ij = i * N + j;
            AT(t->doctrine[ij]) -= e->used.doctrine;
            AT(t->sum_x[ij]) *= p->x.quarter;
            for (unsigned c = o; c < o + W; c += W / DOMAINS)
                *(vf_row *)&t->x[ij][c] *= p->x.quarter;
        }
    }
}

static void quarters(const struct engine *e, unsigned v)
{
    new_quarter(e, v);
    FLAT
    for (unsigned i = 0; i < STATES(e); i++)
        FLAT
        for (unsigned j = i + 1; j < STATES(e); j++)
            quarter(e, i, j, v);
    for (unsigned k = 0; e->p->blocs && k < W; k++)
        if (!(tile_of(e, v)->state[0][offset_of(v) + k] & ENDED))
            move_blocs(e, (int)(v * W + k));
}

/* --- 12 the books ------------------------------------------------------------------------- */

static void finish_lane(const struct engine *e, unsigned lane, uint32_t weeks)
{
    const struct tile *t = &e->s->tile[lane / TILE];
    unsigned c = lane % TILE;
    struct account a = { .weeks = weeks, .trust = t->sum_trust[c], .threat = t->sum_threat[c], .crises = t->crises[c], .deescalated = t->deescalated[c],
                         .deescalate_weeks = t->deescalate_weeks[c], .spillovers = t->spillovers[c], .misreadings = t->misreadings[c],
                         .agreements = t->agreements[c] };
    FLAT
    for (unsigned i = 0; i < STATES(e); i++) {
        a.k[i] = t->sum_k[i][c];
        a.bloc[i] = t->bloc[i][c];
        FLAT
        for (unsigned j = 0; j < STATES(e); j++) {
            memcpy(&a.act[i][j].count, &t->act[i * N + j][c][COUNT], 4);
            a.act[i][j].loss = t->act[i * N + j][c][LOSS];
            a.act[i][j].wrong = t->act[i * N + j][c][WRONG];
        }
    }
    for (unsigned i = 0; i < e->m->n_pairs; i++) {
        uint32_t state = t->state[i][c];
        a.pair[i].l = t->sum_rung[i][c] & 0xffff, a.pair[i].D = t->sum_rung[i][c] >> 16;
        a.pair[i].A = t->sum_agreed[i][c] & 0xffff, a.pair[i].crisis = t->sum_agreed[i][c] >> 16;
        a.pair[i].I = t->sum_I[i][c], a.pair[i].norm = t->sum_norm[i][c];
        a.pair[i].lost = (state & RUNG) == UNCONTROLLED;
        a.pair[i].crisis_open = state & IN_CRISIS ? weeks - t->crisis_since[i][c] : 0;
        a.pair[i].agreement_open = state & AGREED ? weeks - t->agreed_since[i][c] : 0;
    }
    float out[PARLEY_OUTPUTS];
    account_close(e->m, &a, e->lives, out);
    for (int i = 0; i < PARLEY_OUTPUTS; i++)
        e->out[i][lane] = out[i];
}

/* A crisis of the pair is over, by loss of control or not. */
static void crisis_over(const struct engine *e, unsigned pair, int lane, bool lost)
{
    struct tile *t = &e->s->tile[lane / TILE];
    unsigned c = (unsigned)lane % TILE;
    uint32_t weeks = 1 + e->week - t->crisis_since[pair][c];
    uint64_t *lives = !e->lives ? NULL : lost ? e->lives->crisis_lost : e->lives->crisis_down;
    t->state[pair][c] &= ~(uint32_t)IN_CRISIS;
    if (!lost) {
        t->deescalated[c] += 1;
        t->deescalate_weeks[c] += (float)weeks;
    }
    if (lives && (unsigned)lane < e->n)
        lives[weeks]++;
}

/* The replicate is over: its outputs are taken now, for its rows go on without meaning. */
static void end_lane(const struct engine *e, int lane)
{
    struct tile *t = &e->s->tile[lane / TILE];
    unsigned c = (unsigned)lane % TILE;
    if ((unsigned)lane < e->n && e->out)
        finish_lane(e, (unsigned)lane, e->week + 1);
    FLAT
    for (unsigned i = 0; i < STATES(e); i++)
        FLAT
        for (unsigned j = 0; j < STATES(e); j++)
            t->clock[i * N + j][c] = t->doctrine[i * N + j][c] = STOPPED;
    for (unsigned i = 0; i < e->m->n_pairs; i++) {
        t->pair_clock[i][c] = STOPPED;
        t->state[i][c] = (t->state[i][c] & ~(uint32_t)IN_CRISIS) | ENDED;
    }
}

INLINE void books(const struct engine *e, unsigned v)
{
    struct tile *t = tile_of(e, v);
    unsigned o = offset_of(v), n_pairs = STATES(e) == 2 ? 1 : e->m->n_pairs;
    uint32_t ended = 0;
    FLAT
    for (unsigned i = 0; i < n_pairs; i++) {
        vu state = WORDS(t->state[i]), rung = state & RUNG, crisis = (rung + 5) & 8; /* 8 on rung 3 and above */
        WORDS(t->sum_rung[i]) += rung | (state & DIALOGUE) << 12;
        WORDS(t->sum_agreed[i]) += (state & AGREED) >> 6 | crisis << 13;
        AT(t->sum_norm[i]) += AT(t->norm[i]) * e->p->tie[i].norms;
        uint32_t lost = bits_of(same((vi)(state & (RUNG | ENDED)), all_int(UNCONTROLLED)));
        uint32_t over = bits_of(has(state, IN_CRISIS) & not(has(crisis, 8)));
        for (uint32_t bits = over; bits; bits &= bits - 1)
            crisis_over(e, i, (int)(v * W) + __builtin_ctz(bits), false);
        for (uint32_t bits = lost & bits_of(has(state, IN_CRISIS)); bits; bits &= bits - 1)
            crisis_over(e, i, (int)(v * W) + __builtin_ctz(bits), true);
        ended |= lost;
    }
    for (; ended; ended &= ended - 1)
        end_lane(e, (int)(v * W) + __builtin_ctz(ended));
}

#endif
