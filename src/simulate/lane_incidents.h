/* lane_incidents.h - steps 1 to 5 of a week on lanes: doctrine shocks, incidents, attribution, answers. */
#ifndef PARLEY_SIMULATE_LANE_INCIDENTS_H
#define PARLEY_SIMULATE_LANE_INCIDENTS_H

#include "lane_state.h"

/* --- 1 doctrine --------------------------------------------------------------------------- */

/* Shocks of the doctrine of i in W lanes; the lanes where there is one more. */
INLINE uint32_t doctrine_vector(const struct engine *e, unsigned i, unsigned j, vi lane)
{
    struct tile *t = e->s->tile;
    unsigned ij = i * N + j, ji = j * N + i;
    vi at = place(lane);
    vu index = gather_words(t->doctrine_count[ij], at) + 1, w[4];
    scatter_words(t->doctrine_count[ij], at, index);
    vdraw(e, DRAW_DOCTRINE, index, ENTITY(i, j), e->epoch, lane, w);
    vf clock = gather(t->doctrine[ij], at) + vexponential(w[0]);
    scatter(t->doctrine[ij], at, clock);
    vm dialogue = has(gather_words(t->state[pair_of(e, i, j)], at), DIALOGUE);
    scatter(t->y[ji], at, gather(t->y[ji], at) - choose(dialogue, all(tie_of(e, i, j)->lr_doc[1]), all(tie_of(e, i, j)->lr_doc[0])));
    return bits_of(le(clock, all(e->used.doctrine)) & counts(lane));
}

static void doctrines(const struct engine *e)
{
    struct lanes *s = e->s;
    for (unsigned i = 0; i < STATES(e); i++)
        for (unsigned j = 0; j < STATES(e); j++) {
            unsigned left = 0, *n = &s->n_shocked[i * N + j];
            int32_t *list = s->shocked[i * N + j];
            for (; *n; *n = left, left = 0) {
                pad(list, *n);
                for (unsigned k = 0; k < *n; k += W) {
                    vi lane = *(vi_row *)&list[k];
                    left += append(&list[left], lane, doctrine_vector(e, i, j, lane));
                }
            }
        }
}

/* --- 3 to 5 attribution and answers ------------------------------------------------------- */

static void dispute_begins(const struct engine *e, unsigned pair, int lane, unsigned before, float u)
{
    struct tile *t = &e->s->tile[lane / TILE];
    unsigned c = (unsigned)lane % TILE;
    uint32_t *state = &t->state[pair][c];
    if ((*state & RUNG) < CRISIS || before >= CRISIS)
        return;
    if (!(*state & IN_CRISIS)) {
        t->crises[c] += 1;
        t->crisis_since[pair][c] = e->week;
        *state |= IN_CRISIS;
    }
    if (u < e->p->tie[pair].p_sus)
        *state &= ~(uint32_t)DIALOGUE;
}

/* Public blame or a measure of v against j: rare enough to be done one by one. Returns the domain the grievance goes to. */
static int confront(const struct engine *e, unsigned v, unsigned j, int author, int lane, int domain, bool measure, uint32_t entity)
{
    struct tile *t = &e->s->tile[lane / TILE];
    const struct phase *p = e->p;
    unsigned pair = pair_of(e, v, j), c = (unsigned)lane % TILE, from = author < 0 ? v : (unsigned)author;
    uint32_t w[4], index, *state = &t->state[pair][c], l = *state & RUNG, before = l;
    int to = domain;
    memcpy(&index, &t->act[from * N + v][c][COUNT], 4); /* a round of incidents has at most one in a lane: this one */
    draw(e, DRAW_ANSWER, index, entity, lane, w);
    t->o[v][c] += p->o_step * (p->o.back[e->q] - t->o[v][c]);
    t->o[j][c] += p->o_step * (p->o.back[e->q] - t->o[j][c]);
    if (measure) {
        float u = lane_uniform(w[0]);
        l = l < 3 ? 3 : l < 5 ? l + 1 : l;
        t->y[j * N + v][c] -= p->lr_measure;
        if (u < p->tie[pair].spill) {
            float other = u / p->tie[pair].spill * 3.0f;
            to = (domain + 1 + (int)(other < 2.0f ? other : 2.0f)) & 3;
            t->spillovers[c] += 1;
        }
    } else {
        l = l > 2 ? l : 2;
        *state |= FACE;
        t->y[j * N + v][c] -= p->lr_blame;
    }
    *state = (*state & ~(uint32_t)(RUNG | IN_MIL)) | l | (domain == MIL ? IN_MIL : 0);
    dispute_begins(e, pair, lane, before, lane_uniform(w[1]));
    return to;
}

INLINE vf by_domain(vi domain, const float of[DOMAINS])
{
    vf low = choose(same(domain, all_int(ESP)), all(of[ESP]), all(of[INF])), high = choose(same(domain, all_int(MIL)), all(of[MIL]), all(of[TEC]));
    return choose(more(domain, all_int(ESP)), high, low);
}

struct believed { /* of the state believed most to be the author */
    vi accused;
    vf belief, y, g;
};

/* Posterior over authors given the named one. state[j]: the pair of v and j. */
INLINE struct believed believe(const struct engine *e, unsigned v, int author, vi domain, vf u, vi at, const vu state[N])
{
    const struct phase *p = e->p;
    const struct tile *t = e->s->tile;
    struct believed b = { .belief = all(-1) };
    vm overt = same(domain & 1, all_int(0)), is[N], any = (vm){ 0 }; /* INF and TEC are even */
    vf f[N], f_sum = all(0), sum = all(0), named_f = all(0);
    float rightly = author < 0 ? 0 : tie_of(e, v, (unsigned)author)->a;
    FLAT
    for (unsigned j = 0; j < STATES(e); j++) {
        if (j == v)
            continue;
        f[j] = choose(has(state[j], DIALOGUE), all(tie_of(e, v, j)->f[1]), all(tie_of(e, v, j)->f[0]));
        sum = sum + (author < 0 ? f[j] : (int)j == author ? all(rightly) : (1.0f - rightly) * f[j]);
        is[j] = lt(u, sum) & not(any);
        any |= is[j];
        f_sum = f_sum + f[j];
        named_f = choose(is[j], f[j], named_f);
    }
    vf total = by_domain(domain, p->nu[v]) * choose(any, named_f, 1.0f - f_sum), mu = by_domain(domain, p->mu);
    FLAT
    for (unsigned j = 0; j < STATES(e); j++) {
        if (j == v)
            continue;
        float a = tie_of(e, v, j)->a, miss = 1.0f - a;
        vf y = gather(t->y[v * N + j], at), g = gather(t->g[v * N + j], at);
        vf likely = choose(is[j], all(a), choose(any, miss * named_f, miss * (1.0f - (f_sum - f[j]))));
        vf weight = mu * vexp(p->w_g * g - p->w_y * y) * likely;
        total = total + weight;
        weight = choose(overt, all(author == (int)j ? 1.0f : 0.0f), weight);
        if (STATES(e) == 2) {
            b = (struct believed){ all_int((int)j), weight, y, g };
        } else {
            vm most = lt(b.belief, weight);
            b.belief = choose(most, weight, b.belief);
            b.accused = choose_int(most, all_int((int)j), b.accused);
            b.y = choose(most, y, b.y);
            b.g = choose(most, g, b.g);
        }
    }
    b.belief = choose(overt, b.belief, b.belief / total);
    return b;
}

/* A constant of the pair of each lane; `first` is that of the first pair. */
INLINE vf of_tie(const struct engine *e, const float *first, vi tie)
{
    (void)e;
    return STATES(e) == 2 ? all(*first) : gather(first, tie);
}

/* 3 to 5 for W noticed incidents of one kind on v; author -1: a third party. seen_*[from ..]: the incidents. */
INLINE void answer_vector(const struct engine *e, unsigned v, int author, uint32_t entity, unsigned from, unsigned n)
{
    struct lanes *s = e->s;
    struct tile *t = s->tile;
    const struct phase *p = e->p;
    unsigned left = n - from;
    vu what = *(vu_row *)&s->seen_what[from], state[N];
    vi lane = (vi)(what & 0xffff), domain = (vi)(what >> 16 & 3), at = place(lane), record = record_place(lane);
    vf severity = __builtin_convertvector((vi)(what >> 20), vf);
    FLAT
    for (unsigned j = 0; j < STATES(e); j++)
        if (j != v)
            state[j] = gather_words(t->state[pair_of(e, v, j)], at);
    struct believed b = believe(e, v, author, domain, *(vf_row *)&s->seen_signal[from], at, state);
    if (author < 0)
        add(&t->act[v * N + v][0][WRONG], record, b.belief);
    else if (STATES(e) > 2)
        add(&t->act[(unsigned)author * N + v][0][WRONG], record, choose(same(b.accused, all_int(author)), all(0), b.belief));
    /* With more than two states the accused differs by lane: then rows are part of the index. */
    unsigned one = STATES(e) == 2 ? 1 - v : 0, pair0 = 0, vj = v * N + one;
    vi row = STATES(e) == 2 ? all_int(0) : b.accused * TILE, pair = { 0 }, tie = { 0 };
    vu of_pair = state[one];
    if (STATES(e) > 2) {
        for (int i = 0; i < W; i++)
            pair[i] = (int32_t)pair_of(e, v, (unsigned)b.accused[i]);
        tie = pair * TIE_WORDS, pair = pair * TILE;
        of_pair = gather_words(t->state[0], at + pair);
    }
    vf I = gather(t->I[pair0], at + pair), norm = gather(t->norm[pair0], at + pair);
    vf weight = b.belief * (severity * p->severity_read), doubt = 1.0f - b.belief, anger = b.g * b.belief;
    vf consult = choose(has(of_pair, DIALOGUE), of_tie(e, &p->tie->b1[1], tie), of_tie(e, &p->tie->b1[0], tie)) * weight - p->t1;
    vf blame = (((p->b2 * weight + p->psi * anger) - p->w2 * doubt) - of_tie(e, &p->tie->c2, tie) * I) - p->t2;
    vf measure = (((p->b3 * weight + p->psi2 * anger) - p->w3 * doubt) - of_tie(e, &p->tie->c3, tie) * I) - p->t3;
    vf e1 = 1.0f + vexp(consult * p->inv_theta_R);
    vf e2 = e1 + vexp(blame * p->inv_theta_R) * of_tie(e, &p->tie->shaming, tie);
    vf point = *(vf_row *)&s->seen_answer[from] * (e2 + vexp(measure * p->inv_theta_R));
    vm confronted = le(e1, point), consulted = le(all(1), point) & not(confronted), measured = le(e2, point);
    vf hurt = b.belief * severity;
    scatter(t->y[vj], at + row, b.y - p->lr_m * hurt);
    vm inf = same(domain, all_int(INF));
    if (author >= 0 && bits_of(inf)) /* a third party's overt act is not held against anyone */
        scatter(t->g[vj], at + row, choose(inf, b.g + p->gamma_g * hurt * (1.0f - b.g), b.g));
    if (bits_of(lt(all(0), norm)))
        scatter(t->norm[pair0], at + pair, vmax(norm * (1.0f - (author < 0 ? of_tie(e, &p->tie->vio_third, tie) : all(p->vio)) * hurt), all(0)));
    uint32_t valid = left < W ? (1u << left) - 1 : ~0u;
    for (uint32_t bits = bits_of(consulted & not(has(of_pair, RUNG))) & valid; bits; bits &= bits - 1) {
        int i = __builtin_ctz(bits);
        t[lane[i] / TILE].state[pair_of(e, v, STATES(e) == 2 ? one : (unsigned)b.accused[i])][lane[i] % TILE] |= 1;
    }
    for (uint32_t bits = bits_of(confronted) & valid; bits; bits &= bits - 1) {
        int i = __builtin_ctz(bits);
        domain[i] = confront(e, v, STATES(e) == 2 ? one : (unsigned)b.accused[i], author, lane[i], domain[i], bits_of(measured) >> i & 1, entity);
    }
    vf grief = hurt * choose(consulted, all(p->x.back[e->q] * .25f), all(p->x.back[e->q] * .5f));
    add(&t->x[vj][0][0], record + row * DOMAINS + domain, grief);
    add(t->sum_x[vj], at + row, grief);
}

/* --- 2 incidents -------------------------------------------------------------------------- */

INLINE vf grievance(struct four x) { return (x.a + x.b) + (x.c + x.d); }

INLINE vi domain_of(vf r0, vf r1, vf r2, vf r3, vf u)
{
    vf c0 = r0, c1 = c0 + r1, c2 = c1 + r2, point = u * (c2 + r3);
    const vi one = all_int(1);
    return only_int(le(c0, point), one) + only_int(le(c1, point), one) + only_int(le(c2, point), one);
}

/* The domain of W acts of `author` on v. */
INLINE vi act_domain(const struct engine *e, unsigned v, unsigned author, vi at, vi record, vf u)
{
    const struct tile *t = e->s->tile;
    const struct phase *p = e->p;
    unsigned av = author * N + v, pair = pair_of(e, v, author);
    vm greedy = has(gather_words(t->state[pair], at), greedy_bit(author, v));
    vf drive = gather(t->k[author], at) * choose(greedy, all(e->m->greedy_rate), all(1));
    const struct tie *tie = &p->tie[pair];
    vf held = 1.0f - tie->eta * gather(t->norm[pair], at);
    struct four x = load_four(&t->x[av][0][0], record);
    vf total = grievance(x);
    float alpha = p->alpha_x[e->q];
    vf inf = p->mu[INF] * drive + alpha * (tie->stay * x.a + tie->cross * (total - x.a));
    vf esp = p->mu[ESP] * drive * held + alpha * (tie->stay * x.b + tie->cross * (total - x.b));
    vf tec = p->mu[TEC] * drive + alpha * (tie->stay * x.c + tie->cross * (total - x.c));
    vf mil = p->mu[MIL] * drive * held + alpha * (tie->stay * x.d + tie->cross * (total - x.d));
    return domain_of(inf, esp, tec, mil, u);
}

/* Domain, severity and notice of W incidents; those noticed are appended to seen_*. *again: the lanes whose clock ran out once more. */
INLINE unsigned incident_vector(const struct engine *e, unsigned v, int author, uint32_t entity, vi lane, unsigned seen, uint32_t *again)
{
    struct lanes *s = e->s;
    const struct phase *p = e->p;
    unsigned av = (author < 0 ? v : (unsigned)author) * N + v;
    vi at = place(lane), record = record_place(lane);
    vm real = counts(lane);
    struct four act = load_four(&s->tile->act[av][0][0], record);
    vu index = (vu)act.a + 1, w[4];
    vdraw(e, DRAW_INCIDENT, index, entity, e->epoch, lane, w);
    vf clock = gather(s->tile->clock[av], at) + vexponential(w[0]);
    scatter(s->tile->clock[av], at, clock);
    *again = bits_of(le(clock, all(author < 0 ? e->used.third[v] : 0)) & real);
    vi domain = author < 0 ? domain_of(all(p->nu[v][INF]), all(p->nu[v][ESP]), all(p->nu[v][TEC]), all(p->nu[v][MIL]), vuniform_low(w[1]))
                           : act_domain(e, v, (unsigned)author, at, record, vuniform_low(w[1]));
    vm mil = same(domain, all_int(MIL));
    vf u = vuniform_high(w[1]);
    vi severity = all_int(1);
    for (int i = 0; i < SEVERITIES - 1; i++)
        severity += only_int(le(choose(mil, all(p->severity[1][i]), all(p->severity[0][i])), u), all_int(1));
    act.a = (vf)index;
    act.b = act.b + look_up(p->cost, (vu)severity) * p->exposure[v];
    if (author < 0)
        act.d = act.d + p->harm_x[e->q] * p->exposure[v] * __builtin_convertvector(severity, vf);
    store_four(&s->tile->act[av][0][0], record, act);
    uint32_t noticed = bits_of(lt(vuniform_low(w[3]), look_up(p->seen, (vu)severity)) & real);
    append(&s->seen_what[seen], lane | domain << 16 | severity << 20, noticed);
    append(&s->seen_signal[seen], (vi)vuniform_high(w[3]), noticed);
    return seen + append(&s->seen_answer[seen], (vi)vuniform(w[2]), noticed);
}

/* All incidents of one clock in one week, in rounds: in a round each replicate has at most one. */
INLINE void incident_rounds(const struct engine *e, unsigned v, int author, int32_t *list, unsigned n)
{
    struct lanes *s = e->s;
    uint32_t entity = author < 0 ? THIRD_PARTY + v : ENTITY(author, v);
    while (n) {
        unsigned seen = 0, left = 0;
        pad(list, n);
        for (unsigned i = 0; i < n; i += W) {
            vi lane = *(vi_row *)&list[i];
            uint32_t again;
            seen = incident_vector(e, v, author, entity, lane, seen, &again);
            left += append(&list[left], lane, again);
        }
        for (unsigned i = 0; seen % W && i < W - seen % W; i++) /* spare lanes, domain and severity 0 */
            s->seen_what[seen + i] = LANES + i, s->seen_signal[seen + i] = s->seen_answer[seen + i] = 0;
        for (unsigned i = 0; i < seen; i += W)
            answer_vector(e, v, author, entity, i, seen);
        n = left;
    }
}

/* Wind down the clocks of steps 1 and 2 of vector v by week q of the quarter, and list whose ran out. */
INLINE void clocks(const struct engine *e, unsigned v, unsigned q, const struct used *used)
{
    struct lanes *s = e->s;
    struct tile *t = tile_of(e, v);
    const struct phase *p = e->p;
    unsigned o = offset_of(v);
    FLAT
    for (unsigned i = 0; i < STATES(e); i++) {
        vf k = AT(t->k[i]);
        unsigned ii = i * N + i;
        s->n_due[ii] = collect(s->due[ii], s->n_due[ii], v, le(AT(t->clock[ii]), all(used->third[i])));
        FLAT
        for (unsigned j = 0; j < STATES(e); j++) {
            if (i == j)
                continue;
            unsigned ij = i * N + j, pair = pair_of(e, i, j);
            vf drive = k * choose(has(WORDS(t->state[pair]), greedy_bit(i, j)), all(e->m->greedy_rate), all(1));
            vf held = 1.0f - p->tie[pair].eta * AT(t->norm[pair]);
            vf clock = AT(t->clock[ij]) - (drive * (p->mu_overt + p->mu_covert * held) + p->alpha_x[q] * AT(t->sum_x[ij]));
            AT(t->clock[ij]) = clock;
            s->n_due[ij] = collect(s->due[ij], s->n_due[ij], v, le(clock, all(0)));
            s->n_shocked[ij] = collect(s->shocked[ij], s->n_shocked[ij], v, le(AT(t->doctrine[ij]), all(used->doctrine)));
        }
    }
}

static void incidents(const struct engine *e)
{
    struct lanes *s = e->s;
#ifdef LANES_TWO /* each with its constants */
    incident_rounds(e, 0, 1, s->due[2], s->n_due[2]);
    incident_rounds(e, 0, -1, s->due[0], s->n_due[0]);
    incident_rounds(e, 1, 0, s->due[1], s->n_due[1]);
    incident_rounds(e, 1, -1, s->due[3], s->n_due[3]);
#else
    FLAT
    for (unsigned v = 0; v < STATES(e); v++) {
        FLAT
        for (unsigned i = 0; i < STATES(e); i++)
            if (i != v)
                incident_rounds(e, v, (int)i, s->due[i * N + v], s->n_due[i * N + v]);
        incident_rounds(e, v, -1, s->due[v * N + v], s->n_due[v * N + v]);
    }
#endif
    memset(s->n_due, 0, sizeof s->n_due);
}

#endif
