/* The engine: 1024 replicates side by side, a structure of arrays, vectors over replicates. Compiled once for each kind of
 * processor (LANES_RUN names the function). What every replicate does every week is done on whole vectors with
 * masks; what happens now and then (an incident, an exchange) is collected in lists of replicates and done W at a
 * time; what is rare (a measure, a crisis, an end) is done one by one.
 *
 * The oracle is reference.c: the same operations in the same order, hence the same bits. */
#include "model.h"
#include "lane_vector.h"

#include <parley/rng.h>

#include <string.h>

#ifdef LANES_TWO /* the common case, two states, has loops of known length */
enum { N = 2, PAIRS = 1 };
#define STATES(e) 2u
#else
enum { N = PARLEY_STATES_MAX, PAIRS = PARLEY_PAIRS_MAX };
#define STATES(e) ((e)->n_states)
#endif
#define ENTITY(i, j) ((uint32_t)(i) * PARLEY_STATES_MAX + (uint32_t)(j)) /* of an ordered pair, in the address of a draw */

enum {
    SPARE = 16,             /* lanes that fill up the last vector of a list */
    ROW = LANES + SPARE,    /* also keeps rows from falling on the same cache lines */
    VECTORS = LANES / W,
};
#define DEAD 1e30f /* a clock that never runs out */

struct lanes { /* index of an ordered pair: i * N + j */
    float y[N * N][ROW], g[N * N][ROW], x[N * N * DOMAINS][ROW], clock[N * N][ROW], doctrine[N * N][ROW];
    uint32_t count[N * N][ROW], doctrine_count[N * N][ROW];
    float third[N][ROW], k[N][ROW], welfare[N][ROW], loss[N][ROW], harm[N][ROW], o[N][ROW], rate[N][ROW], greedy[N][ROW], drive[N][ROW]; /* drive: k * rate of this week */
    uint32_t third_count[N][ROW];
    float l[PAIRS][ROW], D[PAIRS][ROW], face[PAIRS][ROW], A[PAIRS][ROW], norm[PAIRS][ROW],
        I[PAIRS][ROW], pair_clock[PAIRS][ROW], domain[PAIRS][ROW], crisis[PAIRS][ROW], agreed[PAIRS][ROW];
    uint32_t pair_count[PAIRS][ROW];
    float out[PARLEY_OUTPUTS][ROW], lived[ROW];
    int32_t alive[ROW]; /* -1 or 0 */
    int32_t list[ROW]; /* replicates something happens to */
    int32_t due[N * N][ROW]; /* those whose clock i * N + j ran out; i * N + i: third parties on i */
    int32_t seen_lane[ROW], seen_domain[ROW];
    float seen_severity[ROW], seen_signal[ROW], seen_answer[ROW];
    uint32_t seen_index[ROW];
    /* not rows: last, so that every row begins at a multiple of 64 bytes */
    unsigned n_due[N * N];
    int bloc[ROW][N];
};

struct engine {
    struct lanes *s;
    const struct phase *p;
    const struct lives *lives;
    const struct model *m;
    uint32_t key[2], week, first;
    unsigned n_states, n; /* n: replicates that count */
};

#define AT(row, v) (*(vf_row *)&(row)[(v) * W])
#define INT(row, v) (*(vi_row *)&(row)[(v) * W])

INLINE unsigned pair_of(const struct engine *e, unsigned i, unsigned j)
{
    (void)e;
    return STATES(e) == 2 ? 0 : parley_pair_index(STATES(e), i, j);
}

static void draw(const struct engine *e, enum purpose purpose, uint32_t index, uint32_t entity, uint32_t week, int lane, uint32_t out[4])
{
    const uint32_t counter[4] = { (uint32_t)purpose << 24 | (index & 0xffffff), entity, week, e->first + (uint32_t)lane };
    parley_philox(counter, e->key, out);
}

INLINE void vdraw(const struct engine *e, enum purpose purpose, vu index, uint32_t entity, uint32_t week, vu replicate, vu out[4])
{
    vphilox((uint32_t)purpose << 24 | (index & 0xffffff), (vu)all_int((int32_t)entity), (vu)all_int((int32_t)week), replicate, e->key, out);
}

INLINE vi lanes_of(unsigned v)
{
    vi lane = { 0 };
    for (int i = 0; i < W; i++)
        lane[i] = i;
    return lane + (int32_t)(v * W);
}

/* Append the lanes of vector v whose bit is set. */
INLINE unsigned collect(int32_t *list, unsigned n, unsigned v, vi mask)
{
    uint32_t bits = bits_of(mask);
    return bits ? n + append(&list[n], lanes_of(v), bits) : n;
}

/* Fill the last vector with spare lanes. */
static void pad(int32_t *list, unsigned n)
{
    for (unsigned i = 0; n % W; i++)
        list[n++] = LANES + (int32_t)i;
}

/* --- start -------------------------------------------------------------------------------- */

static void start_lane(const struct engine *e, int lane)
{
    struct lanes *s = e->s;
    const struct model *m = e->m;
    uint32_t w[4];
    for (unsigned i = 0; i < STATES(e); i++) {
        draw(e, DRAW_TYPE, 0, i, 0, lane, w);
        s->greedy[i][lane] = lane_uniform(w[0]) >= m->p_seeker;
        s->rate[i][lane] = s->greedy[i][lane] > 0 ? m->greedy_rate : 1.0f;
        s->k[i][lane] = m->k_start[i];
        s->harm[i][lane] = 1.0f;
        s->bloc[lane][i] = m->bloc_start[i];
        draw(e, DRAW_START, 0, THIRD_PARTY + i, 0, lane, w);
        s->third[i][lane] = lane_exponential(w[0]);
        for (unsigned j = 0; j < STATES(e); j++) {
            if (i == j)
                continue;
            unsigned pair = pair_of(e, i, j), ij = i * N + j;
            s->y[ij][lane] = m->y_start[pair];
            s->g[ij][lane] = m->g_start[pair];
            draw(e, DRAW_START, 0, ENTITY(i, j), 0, lane, w);
            s->clock[ij][lane] = lane_exponential(w[0]);
            s->doctrine[ij][lane] = lane_exponential(w[1]);
            if (i < j) {
                s->I[pair][lane] = m->I_start[pair];
                s->D[pair][lane] = m->phase[0].has_dialogue;
                s->pair_clock[pair][lane] = lane_exponential(w[2]);
            }
        }
    }
    s->alive[lane] = -1;
}

/* --- 1 doctrine --------------------------------------------------------------------------- */

static void doctrine_event(const struct engine *e, unsigned i, unsigned j, int lane)
{
    struct lanes *s = e->s;
    unsigned ij = i * N + j;
    while (s->doctrine[ij][lane] <= 0) {
        uint32_t w[4];
        draw(e, DRAW_DOCTRINE, ++s->doctrine_count[ij][lane], ENTITY(i, j), 0, lane, w);
        s->doctrine[ij][lane] += lane_exponential(w[0]);
        s->y[j * N + i][lane] -= e->p->lr_doc[(int)s->D[pair_of(e, i, j)][lane]];
    }
}

static void doctrines(const struct engine *e, unsigned v)
{
    struct lanes *s = e->s;
    for (unsigned i = 0; i < STATES(e); i++)
        for (unsigned j = 0; j < STATES(e); j++) {
            if (i == j)
                continue;
            vf left = AT(s->doctrine[i * N + j], v) - e->p->xi;
            AT(s->doctrine[i * N + j], v) = left;
            for (uint32_t bits = bits_of(left <= 0); bits; bits &= bits - 1)
                doctrine_event(e, i, j, (int)(v * W) + __builtin_ctz(bits));
        }
}

/* --- 2 to 5 incidents and answers --------------------------------------------------------- */

static void dispute_begins(const struct engine *e, unsigned pair, int lane, float before, float u)
{
    struct lanes *s = e->s;
    if (!(s->l[pair][lane] >= CRISIS) || before >= CRISIS)
        return;
    if (s->crisis[pair][lane] == 0) {
        s->out[PARLEY_OUT_crises][lane] += 1;
        s->crisis[pair][lane] = 1;
    }
    if (s->D[pair][lane] > 0 && u < e->p->p_sus)
        s->D[pair][lane] = 0;
}

/* Public blame or a measure of v against j: rare enough to be done one by one. Returns the domain the grievance goes to. */
static int confront(const struct engine *e, unsigned v, unsigned j, int lane, int domain, bool measure, uint32_t entity, uint32_t index)
{
    struct lanes *s = e->s;
    const struct phase *p = e->p;
    unsigned pair = pair_of(e, v, j);
    uint32_t w[4];
    int to = domain;
    float before = s->l[pair][lane], *l = &s->l[pair][lane];
    draw(e, DRAW_ANSWER, index, entity, 0, lane, w);
    s->domain[pair][lane] = (float)domain;
    s->o[v][lane] += p->o_step * (1.0f - s->o[v][lane]);
    s->o[j][lane] += p->o_step * (1.0f - s->o[j][lane]);
    if (measure) {
        float u = lane_uniform(w[0]), up = *l + 1.0f < 5.0f ? *l + 1.0f : 5.0f, least = *l > 3.0f ? *l : 3.0f;
        *l = up > least ? up : least;
        s->y[j * N + v][lane] -= p->lr_measure;
        if (u < p->spill) {
            float other = u / p->spill * 3.0f;
            to = (domain + 1 + (int)(other < 2.0f ? other : 2.0f)) & 3;
            s->out[PARLEY_OUT_spillovers][lane] += 1;
        }
    } else {
        *l = *l > 2.0f ? *l : 2.0f;
        s->face[pair][lane] = 1;
        s->y[j * N + v][lane] -= p->lr_blame;
    }
    dispute_begins(e, pair, lane, before, lane_uniform(w[1]));
    return to;
}

INLINE vf by_domain(vi domain, float inf, float esp, float tec, float mil)
{
    vf low = choose(domain == ESP, all(esp), all(inf)), high = choose(domain == MIL, all(mil), all(tec));
    return choose(domain >= TEC, high, low);
}

/* 3 to 5 for W noticed incidents of one kind on v; author -1: a third party. seen_*[at ..]: the incidents. */
INLINE void answer_vector(const struct engine *e, unsigned v, int author, uint32_t entity, unsigned at, unsigned n)
{
    struct lanes *s = e->s;
    const struct phase *p = e->p;
    vi lane = *(vi_row *)&s->seen_lane[at], domain = *(vi_row *)&s->seen_domain[at];
    vf severity = *(vf_row *)&s->seen_severity[at], u = *(vf_row *)&s->seen_signal[at];
    vi overt = (domain == INF) | (domain == TEC), named = all_int(-1), accused = all_int(-1);
    vf up = all(0), f[N], f_sum = all(0), sum = all(0), named_f = all(0), best = all(-1);
    float a = p->a, miss = 1.0f - a;
    for (unsigned j = 0; j < STATES(e); j++) {
        if (j == v)
            continue;
        up = gather(s->D[pair_of(e, v, j)], lane);
        f[j] = choose(up > 0, all(p->f[1]), all(p->f[0]));
        sum = sum + (author < 0 ? f[j] : (int)j == author ? all(a) : miss * f[j]);
        vi here = (u < sum) & (named < 0);
        named = (named & ~here) | (all_int((int)j) & here);
        f_sum = f_sum + f[j];
        named_f = choose(here, f[j], named_f);
    }
    vi is_named = named >= 0;
    vf nu = by_domain(domain, p->nu[v][INF], p->nu[v][ESP], p->nu[v][TEC], p->nu[v][MIL]), mu = by_domain(domain, p->mu[INF], p->mu[ESP], p->mu[TEC], p->mu[MIL]);
    vf total = nu * choose(is_named, named_f, 1.0f - f_sum), y = all(0), g = all(0);
    for (unsigned j = 0; j < STATES(e); j++) {
        if (j == v)
            continue;
        vf y_j = gather(s->y[v * N + j], lane), g_j = gather(s->g[v * N + j], lane);
        vf likely = choose(named == (int)j, all(a), choose(is_named, miss * named_f, miss * (1.0f - (f_sum - f[j]))));
        vf weight = mu * vexp(p->w_g * g_j - p->w_y * y_j) * likely;
        total = total + weight;
        weight = choose(overt, all(author == (int)j ? 1.0f : 0.0f), weight);
        vi more = weight > best;
        best = choose(more, weight, best);
        accused = (accused & ~more) | (all_int((int)j) & more);
        y = choose(more, y_j, y);
        g = choose(more, g_j, g);
    }
    vf belief = choose(overt, best, best / total);
    vi wrong = accused != author;
    if (author < 0 || STATES(e) > 2) {
        vf sum_wrong = gather(s->out[PARLEY_OUT_wrong_blame], lane);
        scatter(s->out[PARLEY_OUT_wrong_blame], lane, choose(wrong, sum_wrong + belief, sum_wrong));
    }
    /* From here on the accused differs by lane: flat indices into the rows. */
    vi pair = { 0 }, vj = (accused + (int)(v * N)) * ROW + lane;
    if (STATES(e) == 2)
        pair = lane;
    else
        for (int i = 0; i < W; i++)
            pair[i] = (int32_t)pair_of(e, v, (unsigned)accused[i]) * ROW + lane[i];
    vf D = STATES(e) == 2 ? up : gather(s->D[0], pair), I = gather(s->I[0], pair);
    vf weight = belief * (severity * p->severity_read), doubt = 1.0f - belief, anger = g * belief;
    vf consult = choose(D > 0, all(p->b1[1]), all(p->b1[0])) * weight - p->t1;
    vf blame = (((p->b2 * weight + p->psi * anger) - p->w2 * doubt) - p->c2 * I) - p->t2;
    vf measure = (((p->b3 * weight + p->psi2 * anger) - p->w3 * doubt) - p->c3 * I) - p->t3;
    vf e1 = 1.0f + vexp(consult * p->inv_theta_R);
    vf e2 = e1 + vexp(blame * p->inv_theta_R) * p->shaming;
    vf point = *(vf_row *)&s->seen_answer[at] * (e2 + vexp(measure * p->inv_theta_R));
    vi confronted = point >= e1, consulted = (point >= 1.0f) & ~confronted;
    vf hurt = belief * severity;
    scatter(s->y[0], vj, y - p->lr_m * hurt);
    if (author >= 0 && bits_of(domain == INF)) /* a third party's overt act is not held against anyone */
        scatter(s->g[0], vj, choose(domain == INF, g + p->gamma_g * hurt * (1.0f - g), g));
    vf norm = gather(s->norm[0], pair);
    if (bits_of(norm > 0))
        scatter(s->norm[0], pair, vmax(norm * (1.0f - (author < 0 ? p->vio_third : p->vio) * hurt), all(0)));
    for (uint32_t bits = bits_of(consulted); bits; bits &= bits - 1) {
        float *rows = s->l[0], *l = rows + pair[__builtin_ctz(bits)];
        *l = *l > 1.0f ? *l : 1.0f;
    }
    for (uint32_t bits = bits_of(confronted); bits; bits &= bits - 1) {
        int i = __builtin_ctz(bits);
        if (at + (unsigned)i < n)
            domain[i] = confront(e, v, (unsigned)accused[i], lane[i], domain[i], point[i] >= e2[i], entity, s->seen_index[at + (unsigned)i]);
    }
    vi to = ((accused + (int)(v * N)) * DOMAINS + domain) * ROW + lane;
    scatter(s->x[0], to, gather(s->x[0], to) + hurt * choose(consulted, all(.25f), all(.5f)));
}

INLINE vf grievance(vf a, vf b, vf c, vf d) { return (a + b) + (c + d); }

/* Domain, severity and notice of W incidents; those noticed are appended to seen_*. */
INLINE unsigned incident_vector(const struct engine *e, unsigned v, int author, uint32_t entity, vi lane, unsigned seen)
{
    struct lanes *s = e->s;
    const struct phase *p = e->p;
    unsigned av = author < 0 ? 0 : (unsigned)author * N + v;
    float *clock = author < 0 ? s->third[v] : s->clock[av];
    uint32_t *count = author < 0 ? s->third_count[v] : s->count[av];
    vu index = gather_words(count, lane) + 1, w[4];
    scatter_words(count, lane, index);
    vdraw(e, DRAW_INCIDENT, index, entity, 0, (vu)lane + e->first, w);
    scatter(clock, lane, gather(clock, lane) + vexponential(w[0]));
    vf rate[DOMAINS];
    if (author < 0) {
        for (int d = 0; d < DOMAINS; d++)
            rate[d] = all(p->nu[v][d]);
    } else {
        vf x[DOMAINS], drive = gather(s->drive[author], lane);
        vf held = 1.0f - p->eta * gather(s->norm[pair_of(e, v, (unsigned)author)], lane);
        for (int d = 0; d < DOMAINS; d++)
            x[d] = gather(s->x[av * DOMAINS + (unsigned)d], lane);
        vf all_x = grievance(x[INF], x[ESP], x[TEC], x[MIL]);
        for (int d = 0; d < DOMAINS; d++) {
            vf own = p->mu[d] * drive;
            if (d == ESP || d == MIL)
                own = own * held;
            rate[d] = own + p->alpha * (p->stay * x[d] + p->cross * (all_x - x[d]));
        }
    }
    vf c0 = rate[0], c1 = c0 + rate[1], c2 = c1 + rate[2], point = vuniform_low(w[1]) * (c2 + rate[3]);
    vi domain = -((point >= c0) + (point >= c1) + (point >= c2)), mil = domain == MIL;
    vf u = vuniform_high(w[1]), chance = all(p->seen[1]), cost = all(p->cost[1]), severity = all(1);
    for (int i = 0; i < SEVERITIES - 1; i++) {
        vi more = u >= choose(mil, all(p->severity[1][i]), all(p->severity[0][i]));
        severity = choose(more, all((float)(i + 2)), severity);
        chance = choose(more, all(p->seen[i + 2]), chance);
        cost = choose(more, all(p->cost[i + 2]), cost);
    }
    scatter(s->loss[v], lane, gather(s->loss[v], lane) + cost * p->exposure[v]);
    if (author < 0)
        scatter(s->harm[v], lane, gather(s->harm[v], lane) + p->harm_unit * p->exposure[v] * severity);
    vf signal = vuniform_high(w[3]), answer = vuniform(w[2]);
    uint32_t noticed = bits_of((vuniform_low(w[3]) < chance) & (lane < LANES));
    append(&s->seen_lane[seen], lane, noticed);
    append(&s->seen_domain[seen], domain, noticed);
    append(&s->seen_severity[seen], (vi)severity, noticed);
    append(&s->seen_signal[seen], (vi)signal, noticed);
    append(&s->seen_answer[seen], (vi)answer, noticed);
    seen += append(&s->seen_index[seen], (vi)index, noticed);
    return seen;
}

/* All incidents of one clock in one week, in rounds: in a round each replicate has at most one. */
static void incident_rounds(const struct engine *e, unsigned v, int author, int32_t *list, unsigned n)
{
    struct lanes *s = e->s;
    uint32_t entity = author < 0 ? THIRD_PARTY + v : ENTITY(author, v);
    const float *clock = author < 0 ? s->third[v] : s->clock[(unsigned)author * N + v];
    while (n) {
        unsigned seen = 0, left = 0;
        pad(list, n);
        for (unsigned i = 0; i < n; i += W)
            seen = incident_vector(e, v, author, entity, *(vi_row *)&list[i], seen);
        pad(s->seen_lane, seen);
        for (unsigned i = 0; i < seen; i += W)
            answer_vector(e, v, author, entity, i, seen);
        for (unsigned i = 0; i < n; i++) {
            list[left] = list[i];
            left += clock[list[i]] <= 0;
        }
        n = left;
    }
}

/* Wind down the clocks of vector v and list whose ran out: first[list] is the length of the list of a clock. */
static void incident_clocks(const struct engine *e, unsigned v)
{
    struct lanes *s = e->s;
    const struct phase *p = e->p;
    for (unsigned i = 0; i < STATES(e); i++) {
        vf drive = AT(s->k[i], v) * AT(s->rate[i], v), third = AT(s->third[i], v) - p->nu_sum[i];
        AT(s->drive[i], v) = drive;
        AT(s->third[i], v) = third;
        s->n_due[i * N + i] = collect(s->due[i * N + i], s->n_due[i * N + i], v, third <= 0);
        for (unsigned t = 0; t < STATES(e); t++) {
            if (i == t)
                continue;
            unsigned it = i * N + t;
            vf held = 1.0f - p->eta * AT(s->norm[pair_of(e, i, t)], v);
            vf x = grievance(AT(s->x[it * DOMAINS], v), AT(s->x[it * DOMAINS + 1], v), AT(s->x[it * DOMAINS + 2], v), AT(s->x[it * DOMAINS + 3], v));
            vf clock = AT(s->clock[it], v) - (drive * (p->mu_overt + p->mu_covert * held) + p->alpha * x);
            AT(s->clock[it], v) = clock;
            s->n_due[it] = collect(s->due[it], s->n_due[it], v, clock <= 0);
        }
    }
}

static void incidents(const struct engine *e)
{
    struct lanes *s = e->s;
    for (unsigned t = 0; t < STATES(e); t++) {
        for (unsigned i = 0; i < STATES(e); i++)
            if (i != t)
                incident_rounds(e, t, (int)i, s->due[i * N + t], s->n_due[i * N + t]);
        incident_rounds(e, t, -1, s->due[t * N + t], s->n_due[t * N + t]);
    }
    memset(s->n_due, 0, sizeof s->n_due);
}

/* --- 6 to 9 what happens to a pair by itself ---------------------------------------------- */

struct hazards {
    vf exchange, accident, leaders, resume;
};

INLINE struct hazards hazards_of(const struct phase *p, vf l, vf D, vf I, vf domain, vf g_ij, vf g_ji, vf o_i, vf o_j)
{
    vf fear = choose(g_ij > g_ji, g_ij, g_ji), anger = choose(o_i > o_j, o_i, o_j), accident = all(0);
    if (bits_of(l >= 4)) {
        vf row = l * 4.0f + only(domain == (float)MIL, all(2)) + D;
        accident = gather(&p->accident[0][0][0], __builtin_convertvector(row, vi));
    }
    return (struct hazards){
        .exchange = only(l >= 1, all(p->exchange)),
        .accident = accident,
        .leaders = only(l >= CRISIS, (p->leaders * I) * (1.0f - fear) * (1.0f - .5f * anger)),
        .resume = only((D == 0) & (l <= 1), all(p->resume)),
    };
}

/* 0 down, 1 stay, 2 up */
INLINE vi move_of(const struct phase *p, vf l, vf D, vf face, vf I, vf g, vf o, vf greedy, vf q, vf qbar, vf u)
{
    vf S = -p->s0 * (1.0f + p->s1 * g), distrust = 1.0f - q;
    vf down = ((q * p->R + distrust * S) - p->face * (1.0f + o) * face) + choose(D > 0, all(p->way_out[1]), all(p->way_out[0]));
    vf restraint = p->tacit * qbar * only(l >= 4, all(1)) * (1.0f - .5f * face);
    vf T = choose(greedy > 0, all(p->T[1]), all(p->T[0]));
    vf up = (((q * T + distrust * p->P) - p->c_I * I) - gather(p->rho, __builtin_convertvector(l, vi))) - restraint;
    up = up + (p->delegate + p->harmed);
    vf stay = (down + up) * .5f + p->h0;
    vf e0 = vexp(down * p->inv_theta_C), e1 = e0 + vexp(stay * p->inv_theta_C), point = u * (e1 + vexp(up * p->inv_theta_C));
    return -((point >= e0) + (point >= e1));
}

INLINE vf rung_change(const struct phase *p, vi a, vi b, vf u)
{
    vi both = a + b;
    vf half_down = only(u < .5f, all(-1)), half_up = only(u < .5f, all(1)), cool = only(u < p->p_cool, all(-1));
    vf jump = choose(u < p->p_jump, all(2), all(1));
    vf change = choose(both == 0, all(-1), choose(both == 1, half_down, choose(both == 3, all(1), jump)));
    return choose(both == 2, choose(a == 1, cool, half_up), change);
}

INLINE void seen_move(const struct engine *e, vi lane, unsigned viewer, unsigned by, vi move, vi mask, vf factor)
{
    struct lanes *s = e->s;
    float *y = s->y[viewer * N + by], *g = s->g[viewer * N + by];
    vf y_old = gather(y, lane), g_old = gather(g, lane);
    vf y_new = choose(move == 0, y_old + e->p->lr_de * factor, choose(move == 2, y_old - e->p->lr_es, y_old));
    vf g_new = choose(move == 2, g_old + e->p->gamma_up * (1.0f - g_old), g_old);
    scatter(y, lane, choose(mask, y_new, y_old));
    scatter(g, lane, choose(mask, g_new, g_old));
}

INLINE vf bloc_factors(const struct engine *e, vi lane, unsigned i, unsigned j)
{
    vf factor = all(1);
    for (int k = 0; e->p->blocs && k < W; k++)
        factor[k] = e->s->bloc[lane[k]][i] == e->s->bloc[lane[k]][j] ? 1.5f : .5f;
    return factor;
}

INLINE void pair_vector(const struct engine *e, unsigned i, unsigned j, unsigned pair, vi lane)
{
    struct lanes *s = e->s;
    const struct phase *p = e->p;
    unsigned ij = i * N + j, ji = j * N + i;
    vu index = gather_words(s->pair_count[pair], lane) + 1, replicate = (vu)lane + e->first, w[4], x[4];
    scatter_words(s->pair_count[pair], lane, index);
    vdraw(e, DRAW_PAIR, index, ENTITY(i, j), 0, replicate, w);
    vdraw(e, DRAW_STEP, index, ENTITY(i, j), 0, replicate, x);
    scatter(s->pair_clock[pair], lane, gather(s->pair_clock[pair], lane) + vexponential(w[0]));
    vf l = gather(s->l[pair], lane), D = gather(s->D[pair], lane), I = gather(s->I[pair], lane), face = gather(s->face[pair], lane);
    vf g_ij = gather(s->g[ij], lane), g_ji = gather(s->g[ji], lane), o_i = gather(s->o[i], lane), o_j = gather(s->o[j], lane);
    struct hazards h = hazards_of(p, l, D, I, gather(s->domain[pair], lane), g_ij, g_ji, o_i, o_j);
    vf c0 = h.exchange, c1 = c0 + h.accident, c2 = c1 + h.leaders, total = c2 + h.resume, point = vuniform(w[1]) * total;
    vi happens = total > 0, exchanged = happens & (point < c0), lost = happens & ~exchanged & (point < c1);
    vi led = happens & ~exchanged & ~lost & (point < c2), resumed = happens & ~exchanged & ~lost & ~led, moved = exchanged & (l >= 2);
    vf l_new = choose(exchanged & ~moved, all(0), l);
    if (bits_of(moved)) {
        vf q_i = vsigmoid(gather(s->y[ij], lane)), q_j = vsigmoid(gather(s->y[ji], lane)), qbar = (q_i + q_j) * .5f, factor = bloc_factors(e, lane, i, j);
        vi a = move_of(p, l, D, face, I, g_ij, o_i, gather(s->greedy[i], lane), q_i, qbar, vuniform(w[2]));
        vi b = move_of(p, l, D, face, I, g_ji, o_j, gather(s->greedy[j], lane), q_j, qbar, vuniform(w[3]));
        vi misread = vuniform(x[0]) < choose(D > 0, all(p->eps[1]), all(p->eps[0])), of_a = vuniform(x[1]) < .5f;
        vi of_first = misread & of_a & (a < 2), of_second = misread & ~of_a & (b < 2);
        a = a - of_first, b = b - of_second;
        vf count = gather(s->out[PARLEY_OUT_misreadings], lane);
        scatter(s->out[PARLEY_OUT_misreadings], lane, choose(moved, count + only(of_first | of_second, all(1)), count));
        seen_move(e, lane, j, i, a, moved, factor);
        seen_move(e, lane, i, j, b, moved, factor);
        l_new = choose(moved, vmin(l + rung_change(p, a, b, vuniform(x[2])), all(7)), l_new);
    }
    l_new = choose(lost, all(UNCONTROLLED), choose(led, l - 2.0f, l_new));
    scatter(s->l[pair], lane, l_new);
    scatter(s->face[pair], lane, choose((moved | led) & (l_new <= 1), all(0), face));
    scatter(s->D[pair], lane, choose(led, all(p->has_dialogue), choose(resumed, all(1), D)));
    for (uint32_t bits = bits_of(moved & (l < CRISIS) & (l_new >= CRISIS)); bits; bits &= bits - 1) {
        int k = __builtin_ctz(bits);
        dispute_begins(e, pair, lane[k], l[k], lane_uniform(x[3][k]));
    }
}

static void pairs(const struct engine *e)
{
    struct lanes *s = e->s;
    for (unsigned i = 0; i < STATES(e); i++)
        for (unsigned j = i + 1; j < STATES(e); j++) {
            unsigned pair = pair_of(e, i, j), n = 0, left = 0;
            for (unsigned v = 0; v < VECTORS; v++) {
                struct hazards h = hazards_of(e->p, AT(s->l[pair], v), AT(s->D[pair], v), AT(s->I[pair], v), AT(s->domain[pair], v),
                                              AT(s->g[i * N + j], v), AT(s->g[j * N + i], v), AT(s->o[i], v), AT(s->o[j], v));
                vf clock = AT(s->pair_clock[pair], v) - ((h.exchange + h.accident) + (h.leaders + h.resume));
                AT(s->pair_clock[pair], v) = clock;
                n = collect(s->list, n, v, (clock <= 0) & (AT(s->l[pair], v) < UNCONTROLLED));
            }
            for (; n; n = left, left = 0) {
                pad(s->list, n);
                for (unsigned k = 0; k < n; k += W)
                    pair_vector(e, i, j, pair, *(vi_row *)&s->list[k]);
                for (unsigned k = 0; k < n; k++) {
                    int lane = s->list[k];
                    s->list[left] = lane;
                    left += s->pair_clock[pair][lane] <= 0 && s->l[pair][lane] < UNCONTROLLED;
                }
            }
        }
}

/* --- 10 slow states ----------------------------------------------------------------------- */

INLINE void slow_pair(const struct engine *e, unsigned i, unsigned j, unsigned v, vi alive, vf *react, vf *fear)
{
    struct lanes *s = e->s;
    const struct phase *p = e->p;
    unsigned ij = i * N + j, pair = pair_of(e, i, j);
    vf y = AT(s->y[ij], v), g = AT(s->g[ij], v), q = vsigmoid(y);
    vf gain = (p->gain + p->gain_D * AT(s->D[pair], v)) + p->gain_AN * AT(s->norm[pair], v);
    *react = *react + ((1.0f - q) * AT(s->k[j], v) - .5f);
    *fear = *fear + g;
    AT(s->out[PARLEY_OUT_trust], v) += only(alive, q);
    AT(s->out[PARLEY_OUT_threat], v) += only(alive, g);
    AT(s->y[ij], v) = (p->y0[pair] + (y - p->y0[pair]) * p->y_decay) + gain * bloc_factors(e, lanes_of(v), i, j);
    AT(s->g[ij], v) = p->g0[pair] + (g - p->g0[pair]) * p->g_decay;
    for (unsigned d = 0; d < DOMAINS; d++)
        AT(s->x[ij * DOMAINS + d], v) *= p->x_decay;
}

static void slow_states(const struct engine *e, unsigned v)
{
    struct lanes *s = e->s;
    const struct phase *p = e->p;
    unsigned n_pairs = STATES(e) == 2 ? 1 : e->m->n_pairs;
    vf k_new[N] = { { 0 } };
    vi alive = INT(s->alive, v);
    for (unsigned i = 0; i < STATES(e); i++) {
        vf react = all(0), fear = all(0), k = AT(s->k[i], v);
        for (unsigned j = 0; j < STATES(e); j++)
            if (i != j)
                slow_pair(e, i, j, v, alive, &react, &fear);
        k_new[i] = vmax(((k + p->a_R * react) + p->u_R * fear) - p->b_R * (k - 1.0f), all(.05f));
        AT(s->o[i], v) *= p->o_decay;
        AT(s->harm[i], v) *= p->h_decay;
    }
    for (unsigned i = 0; i < STATES(e); i++)
        AT(s->k[i], v) = k_new[i];
    for (unsigned i = 0; i < n_pairs; i++) {
        vf I = AT(s->I[i], v), above = vmax(AT(s->l[i], v) - 2.0f, all(0));
        AT(s->I[i], v) = vmax((I + p->r_I * (p->I0[i] - I)) - p->d_I * above, all(0));
    }
}

/* --- 11 agreements, each quarter ---------------------------------------------------------- */

INLINE vf expected(const struct phase *p, vf g, vf y, vf severe)
{
    vf G = 2.0f + 8.0f * severe, L = 4.0f * (1.0f + 2.0f * g), keep = vsigmoid((p->p_logit - 1.946f * g) + 1.5f * vsigmoid(y));
    return (keep * G - (1.0f - keep) * L) - p->K;
}

static void end_agreement(const struct engine *e, unsigned pair, int lane)
{
    struct lanes *s = e->s;
    if (e->lives && (unsigned)lane < e->n)
        e->lives->agreement_ended[(uint32_t)s->agreed[pair][lane]]++;
    s->A[pair][lane] = 0, s->norm[pair][lane] = 0, s->agreed[pair][lane] = 0;
}

static void quarter(const struct engine *e, unsigned i, unsigned j, unsigned v)
{
    struct lanes *s = e->s;
    const struct phase *p = e->p;
    unsigned pair = pair_of(e, i, j), ij = i * N + j, ji = j * N + i;
    vu w[4];
    vdraw(e, DRAW_QUARTER, (vu){ 0 }, ENTITY(i, j), e->week, (vu)lanes_of(v) + e->first, w);
    vf h = vmin(AT(s->harm[i], v), AT(s->harm[j], v)), severe = vsigmoid((h - 1.0f) * p->h_scale), u = vuniform(w[0]);
    vf a = expected(p, AT(s->g[ij], v), AT(s->y[ij], v), severe), b = expected(p, AT(s->g[ji], v), AT(s->y[ji], v), severe);
    vf leave = .15f * vsigmoid(-(vmin(a, b) + 1.0f) * p->inv_theta_A);
    vf open = choose(AT(s->D[pair], v) > 0, all(p->open[1]), all(p->open[0]));
    vi alive = INT(s->alive, v), in_force = AT(s->A[pair], v) > 0;
    vi ends = alive & in_force & ((AT(s->norm[pair], v) < .15f) | (u < leave));
    vi begins = alive & ~in_force & (u < open * vsigmoid(a * p->inv_theta_A) * vsigmoid(b * p->inv_theta_A));
    for (uint32_t bits = bits_of(ends); bits; bits &= bits - 1)
        end_agreement(e, pair, (int)(v * W) + __builtin_ctz(bits));
    AT(s->A[pair], v) = choose(begins, all(1), AT(s->A[pair], v));
    AT(s->norm[pair], v) = choose(begins, all(1), AT(s->norm[pair], v));
    AT(s->out[PARLEY_OUT_agreements], v) += only(begins, all(1));
}

static void move_blocs(const struct engine *e, int lane)
{
    struct lanes *s = e->s;
    float k[N], qbar[PAIRS];
    unsigned pair = 0;
    for (unsigned i = 0; i < STATES(e); i++) {
        k[i] = s->k[i][lane];
        for (unsigned j = i + 1; j < STATES(e); j++, pair++)
            qbar[pair] = (lane_sigmoid(s->y[i * N + j][lane]) + lane_sigmoid(s->y[j * N + i][lane])) * .5f;
    }
    blocs_move(STATES(e), k, qbar, s->bloc[lane]);
}

static void quarters(const struct engine *e, unsigned v)
{
    for (unsigned i = 0; i < STATES(e); i++)
        for (unsigned j = i + 1; j < STATES(e); j++)
            quarter(e, i, j, v);
    for (int k = 0; e->p->blocs && k < W; k++)
        if (e->s->alive[v * W + (unsigned)k])
            move_blocs(e, (int)(v * W) + k);
}

/* --- 12 welfare and the books ------------------------------------------------------------- */

static void kill_lane(const struct engine *e, unsigned pair, unsigned i, unsigned j, int lane)
{
    struct lanes *s = e->s;
    s->out[PARLEY_OUT_uncontrolled][lane] = 1;
    s->welfare[i][lane] -= 52.0f;
    s->welfare[j][lane] -= 52.0f;
    if (e->lives && (unsigned)lane < e->n && s->crisis[pair][lane] > 0)
        e->lives->crisis_lost[(uint32_t)s->crisis[pair][lane]]++;
    s->crisis[pair][lane] = 0;
}

static void crisis_over(const struct engine *e, unsigned pair, int lane)
{
    struct lanes *s = e->s;
    s->out[PARLEY_OUT_deescalated][lane] += 1;
    s->out[PARLEY_OUT_deescalate_weeks][lane] += s->crisis[pair][lane];
    if (e->lives && (unsigned)lane < e->n)
        e->lives->crisis_down[(uint32_t)s->crisis[pair][lane]]++;
    s->crisis[pair][lane] = 0;
}

static void stop_clocks(const struct engine *e, int lane)
{
    struct lanes *s = e->s;
    s->alive[lane] = 0;
    for (unsigned i = 0; i < STATES(e); i++) {
        s->third[i][lane] = DEAD;
        for (unsigned j = 0; j < STATES(e); j++)
            s->clock[i * N + j][lane] = s->doctrine[i * N + j][lane] = DEAD;
    }
    for (unsigned i = 0; i < e->m->n_pairs; i++)
        s->pair_clock[i][lane] = DEAD;
}

INLINE void book_pair(const struct engine *e, unsigned i, unsigned j, unsigned pair, unsigned v, vi alive, vi *ended)
{
    struct lanes *s = e->s;
    const struct phase *p = e->p;
    vf I = AT(s->I[pair], v), l = AT(s->l[pair], v), A = AT(s->A[pair], v), D = AT(s->D[pair], v), norm = AT(s->norm[pair], v), crisis = AT(s->crisis[pair], v);
    vf joint = p->phi * I - p->c_l * l, rent = p->rent * I;
    AT(s->welfare[i], v) += only(alive, joint + (i == p->leader ? rent : j == p->leader ? -rent : all(0)));
    AT(s->welfare[j], v) += only(alive, joint + (j == p->leader ? rent : i == p->leader ? -rent : all(0)));
    AT(s->out[PARLEY_OUT_crisis_weeks], v) += only(alive & (l >= CRISIS), all(1));
    AT(s->out[PARLEY_OUT_agreement_weeks], v) += only(alive, A);
    AT(s->out[PARLEY_OUT_interdependence], v) += only(alive, I);
    AT(s->out[PARLEY_OUT_dialogue], v) += only(alive, D);
    AT(s->out[PARLEY_OUT_norm], v) += only(alive, norm);
    AT(s->out[PARLEY_OUT_cooperation_index], v) += only(alive, (D + norm * p->norms) - l * (1.0f / 7.0f));
    AT(s->agreed[pair], v) += only(alive, A);
    vi lost = alive & (l == UNCONTROLLED), over = alive & ~lost & (crisis > 0) & (l < CRISIS);
    AT(s->crisis[pair], v) = crisis + only(alive & ~lost & ~over & (crisis > 0), all(1));
    for (uint32_t bits = bits_of(lost); bits; bits &= bits - 1)
        kill_lane(e, pair, i, j, (int)(v * W) + __builtin_ctz(bits));
    for (uint32_t bits = bits_of(over); bits; bits &= bits - 1)
        crisis_over(e, pair, (int)(v * W) + __builtin_ctz(bits));
    *ended |= lost;
}

static void books(const struct engine *e, unsigned v)
{
    struct lanes *s = e->s;
    const struct phase *p = e->p;
    vi alive = INT(s->alive, v), ended = { 0 };
    unsigned pair = 0;
    AT(s->lived, v) += only(alive, all(1));
    for (unsigned i = 0; i < STATES(e); i++) {
        vf k = AT(s->k[i], v);
        AT(s->welfare[i], v) -= only(alive, p->c_k * k);
        AT(s->out[PARLEY_OUT_capability], v) += only(alive, k);
    }
    for (unsigned i = 0; i < STATES(e); i++)
        for (unsigned j = i + 1; j < STATES(e); j++, pair++)
            book_pair(e, i, j, pair, v, alive, &ended);
    for (uint32_t bits = bits_of(ended); bits; bits &= bits - 1)
        stop_clocks(e, (int)(v * W) + __builtin_ctz(bits));
}

/* --- the whole ---------------------------------------------------------------------------- */

static void forum(const struct engine *e)
{
    struct lanes *s = e->s;
    bool founded = e->p->has_dialogue && !e->p[-1].has_dialogue;
    for (unsigned i = 0; i < e->m->n_pairs; i++)
        for (int lane = 0; lane < ROW; lane++)
            s->D[i][lane] = !e->p->has_dialogue ? 0 : founded ? 1 : s->D[i][lane];
}

static void finish_lane(const struct engine *e, unsigned lane, float out[PARLEY_OUTPUTS][LANES])
{
    struct lanes *s = e->s;
    float per_week = 1.0f / s->lived[lane], states = (float)STATES(e), n_pairs = (float)e->m->n_pairs, sum = 0, incidents = 0, harm = 0;
    float highest = s->welfare[0][lane] - s->loss[0][lane], lowest = highest;
    unsigned at = 0, across = 0;
    for (int k = 0; k < PARLEY_OUTPUTS; k++)
        out[k][lane] = s->out[k][lane];
    for (unsigned i = 0; i < STATES(e); i++) {
        float welfare = s->welfare[i][lane] - s->loss[i][lane];
        harm = harm + s->loss[i][lane];
        highest = highest > welfare ? highest : welfare;
        lowest = lowest < welfare ? lowest : welfare;
        sum = sum + welfare;
        incidents += (float)s->third_count[i][lane];
        for (unsigned j = 0; j < STATES(e); j++)
            incidents += (float)s->count[j * N + i][lane];
        for (unsigned j = i + 1; j < STATES(e); j++, at++) {
            across += s->bloc[lane][i] != s->bloc[lane][j];
            if (e->lives && s->crisis[at][lane] > 0)
                e->lives->crisis_open[(uint32_t)s->crisis[at][lane] - 1]++;
            if (e->lives && s->A[at][lane] > 0)
                e->lives->agreement_open[(uint32_t)s->agreed[at][lane]]++;
        }
    }
    float trust = s->out[PARLEY_OUT_trust][lane] * per_week / (2.0f * n_pairs);
    out[PARLEY_OUT_incidents][lane] = incidents;
    out[PARLEY_OUT_harm][lane] = harm;
    out[PARLEY_OUT_trust][lane] = trust;
    out[PARLEY_OUT_threat][lane] = s->out[PARLEY_OUT_threat][lane] * per_week / (2.0f * n_pairs);
    out[PARLEY_OUT_capability][lane] = s->out[PARLEY_OUT_capability][lane] * per_week / states;
    out[PARLEY_OUT_interdependence][lane] = s->out[PARLEY_OUT_interdependence][lane] * per_week / n_pairs;
    out[PARLEY_OUT_dialogue][lane] = s->out[PARLEY_OUT_dialogue][lane] * per_week / n_pairs;
    out[PARLEY_OUT_norm][lane] = s->out[PARLEY_OUT_norm][lane] * per_week / n_pairs;
    out[PARLEY_OUT_cooperation_index][lane] = 25.0f * ((s->out[PARLEY_OUT_cooperation_index][lane] * per_week / n_pairs + trust) + 1.0f);
    out[PARLEY_OUT_welfare][lane] = (float)e->m->weeks + sum / states;
    out[PARLEY_OUT_welfare_gap][lane] = highest - lowest;
    out[PARLEY_OUT_polarisation][lane] = (float)across / n_pairs;
}

static void begin_week(const struct engine *e)
{
    for (unsigned v = 0; v < VECTORS; v++) {
        doctrines(e, v);
        incident_clocks(e, v);
    }
}

/* Steps 10 to 12 of a week and 1 and the clocks of 2 of the next, in one walk over memory. */
static void end_week(struct engine *e)
{
    bool quarter_ends = e->week % QUARTER_WEEKS == QUARTER_WEEKS - 1, same_phase = e->week + 1 < e->p->to;
    for (unsigned v = 0; v < VECTORS; v++) {
        slow_states(e, v);
        if (quarter_ends)
            quarters(e, v);
        books(e, v);
        if (same_phase) {
            doctrines(e, v);
            incident_clocks(e, v);
        }
    }
    if (!same_phase && e->week + 1 < e->m->weeks) {
        e->p++;
        forum(e);
        begin_week(e);
    }
}

#define JOIN(a, b) a##b
#define NAME(a, b) JOIN(a, b)

void NAME(lanes_run_, LANES_NAME)(const struct model *m, uint64_t seed, uint32_t first, unsigned n, const struct lives *lives, void *scratch,
                                  float out[PARLEY_OUTPUTS][LANES])
{
    struct engine e = { .s = scratch, .p = m->phase, .lives = lives, .m = m, .key = { (uint32_t)seed, (uint32_t)(seed >> 32) }, .n_states = m->n_states, .n = n, .first = first };
    memset(e.s, 0, sizeof *e.s);
    for (int lane = 0; lane < ROW; lane++)
        start_lane(&e, lane);
    for (e.week = 0; e.week < m->weeks; e.week++) {
        if (e.week == 0)
            begin_week(&e);
        incidents(&e);
        pairs(&e);
        end_week(&e);
    }
    for (unsigned lane = 0; lane < n; lane++)
        finish_lane(&e, lane, out);
}

#ifndef LANES_TWO
#ifdef LANES_SCRATCH
size_t lanes_scratch(void) { return sizeof(struct lanes); }
#endif
#endif
