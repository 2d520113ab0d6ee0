/* The relation model, one replicate at a time, in plain scalar code: the oracle of the lanes, and the
 * replayer. Sections are numbered as in docs/methods/relation-model.md. The order of every floating-point
 * operation here is a contract with lanes.c: change both together. */
#include "model.h"
#include "lane_math.h"

#include <parley/rng.h>

#include <string.h>

enum { N = PARLEY_STATES_MAX };

struct pair_state {
    float l, D, face, A, norm, I, clock, domain;
    uint32_t crisis, agreed; /* weeks of the present crisis (0 = none), of the present agreement */
    uint32_t count;
};

struct relation {
    unsigned n;
    uint32_t key[2], replicate;
    float y[N][N], g[N][N], x[N][N][DOMAINS], sum_x[N][N]; /* [i][j]: of i about j; x: grievance of i, drives acts of i on j */
    /* The hazards of doctrine shocks and of third parties are the same for all: one sum of the hazard used, and clocks say at which
     * sum the event happens. */
    float clock[N][N], doctrine[N][N], doctrine_used, third[N], third_used[N];
    uint32_t doctrine_count[N][N];
    float k[N], harm[N], o[N], rate[N]; /* x, harm and o in units of the start of the quarter (struct fading) */
    int greedy[N];
    struct pair_state pair[PARLEY_PAIRS_MAX];
    struct account sum;
    bool lost;
};

struct step { /* what one week's functions share */
    struct relation *r;
    const struct phase *p;
    uint32_t week;
    unsigned q; /* week of the quarter */
    const struct lives *lives;
    const struct watcher *watcher;
};

static void draw(const struct relation *r, enum purpose purpose, uint32_t index, uint32_t entity, uint32_t week, uint32_t out[4])
{
    const uint32_t counter[4] = { (uint32_t)purpose << 24 | (index & 0xffffff), entity, week, r->replicate };
    parley_philox(counter, r->key, out);
}

static void see(const struct step *s, struct happened h)
{
    if (s->watcher) {
        h.week = s->week;
        s->watcher->see(s->watcher->ctx, &h);
    }
}

static unsigned pair_of(const struct relation *r, unsigned a, unsigned b) { return parley_pair_index(r->n, a, b); }
static const struct tie *tie_of(const struct step *s, unsigned a, unsigned b) { return &s->p->tie[pair_of(s->r, a, b)]; }

static float larger(float a, float b) { return a > b ? a : b; }
static float smaller(float a, float b) { return a < b ? a : b; }

/* Gains of trust are larger inside a bloc and smaller across. */
static float bloc_factor(const struct relation *r, const struct phase *p, unsigned i, unsigned j)
{
    return !p->blocs ? 1.0f : r->sum.bloc[i] == r->sum.bloc[j] ? 1.5f : .5f;
}

void relation_start(struct relation *r, const struct model *m, uint64_t seed, uint32_t replicate)
{
    uint32_t w[4];
    memset(r, 0, sizeof *r);
    r->n = m->n_states;
    r->key[0] = (uint32_t)seed, r->key[1] = (uint32_t)(seed >> 32);
    r->replicate = replicate;
    for (unsigned i = 0; i < r->n; i++) {
        draw(r, DRAW_TYPE, 0, i, 0, w);
        r->greedy[i] = lane_uniform(w[0]) >= m->p_seeker;
        r->rate[i] = r->greedy[i] ? m->greedy_rate : 1.0f;
        r->k[i] = m->k_start[i];
        r->harm[i] = 1.0f;
        r->sum.bloc[i] = m->bloc_start[i];
        draw(r, DRAW_START, 0, THIRD_PARTY + i, 0, w);
        r->third[i] = lane_exponential(w[0]);
        for (unsigned j = 0; j < r->n; j++) {
            if (i == j)
                continue;
            unsigned pair = pair_of(r, i, j);
            r->y[i][j] = m->y_start[pair];
            r->g[i][j] = m->g_start[pair];
            draw(r, DRAW_START, 0, i * N + j, 0, w);
            r->clock[i][j] = lane_exponential(w[0]);
            r->doctrine[i][j] = lane_exponential(w[1]);
            if (i < j) {
                r->pair[pair] = (struct pair_state){ .I = m->I_start[pair], .D = (float)m->phase[0].tie[pair].has_dialogue, .clock = lane_exponential(w[2]) };
            }
        }
    }
}

/* --- 1 doctrine shocks -------------------------------------------------------------------- */

static void doctrine(const struct step *s, unsigned i, unsigned j)
{
    struct relation *r = s->r;
    while (r->doctrine[i][j] <= r->doctrine_used) {
        uint32_t w[4];
        draw(r, DRAW_DOCTRINE, ++r->doctrine_count[i][j], i * N + j, 0, w);
        r->doctrine[i][j] += lane_exponential(w[0]);
        r->y[j][i] -= tie_of(s, i, j)->lr_doc[(int)r->pair[pair_of(r, i, j)].D];
        see(s, (struct happened){ .what = HAPPEN_DOCTRINE, .from = (int)i, .to = (int)j });
    }
}

/* --- 2 to 5 incidents and answers --------------------------------------------------------- */

static float grievance(const float x[DOMAINS]) { return (x[INF] + x[ESP]) + (x[TEC] + x[MIL]); }

/* Rates of acts of i on j by domain. */
static void act_rates(const struct step *s, unsigned i, unsigned j, float rate[DOMAINS])
{
    const struct relation *r = s->r;
    const struct pair_state *pair = &r->pair[pair_of(r, i, j)];
    const struct tie *t = tie_of(s, i, j);
    float drive = r->k[i] * r->rate[i], held = 1.0f - t->eta * pair->norm, total = grievance(r->x[i][j]);
    for (int d = 0; d < DOMAINS; d++) {
        float own = s->p->mu[d] * drive;
        if (d == ESP || d == MIL)
            own = own * held;
        rate[d] = own + s->p->alpha_x[s->q] * (t->stay * r->x[i][j][d] + t->cross * (total - r->x[i][j][d]));
    }
}

static float act_rate(const struct step *s, unsigned i, unsigned j)
{
    const struct relation *r = s->r;
    const struct pair_state *pair = &r->pair[pair_of(r, i, j)];
    float drive = r->k[i] * r->rate[i], held = 1.0f - tie_of(s, i, j)->eta * pair->norm;
    return drive * (s->p->mu_overt + s->p->mu_covert * held) + s->p->alpha_x[s->q] * r->sum_x[i][j];
}

static int pick_domain(const float rate[DOMAINS], float u)
{
    float c0 = rate[0], c1 = c0 + rate[1], c2 = c1 + rate[2], at = u * (c2 + rate[3]);
    return (at >= c0) + (at >= c1) + (at >= c2);
}

/* Whom the traces name: a state, or -1. author -1: a third party. */
static int signal_of(const struct step *s, unsigned v, int author, float u)
{
    const struct relation *r = s->r;
    float sum = 0, a = author < 0 ? 0 : tie_of(s, v, (unsigned)author)->a;
    for (unsigned j = 0; j < r->n; j++) {
        if (j == v)
            continue;
        float f = tie_of(s, v, j)->f[(int)r->pair[pair_of(r, v, j)].D];
        sum = sum + (author < 0 ? f : (int)j == author ? a : (1.0f - a) * f);
        if (u < sum)
            return (int)j;
    }
    return -1;
}

/* 3 Posterior over authors given the named one; the state believed most, and the belief. An overt act has a sender. */
static float believe(const struct step *s, unsigned v, int author, int domain, float u, unsigned *accused)
{
    const struct relation *r = s->r;
    bool overt = domain == INF || domain == TEC;
    int named = signal_of(s, v, author, u);
    float f_sum = 0, named_f = 0, total, best = -1.0f;
    for (unsigned j = 0; j < r->n; j++) {
        if (j == v)
            continue;
        float f = tie_of(s, v, j)->f[(int)r->pair[pair_of(r, v, j)].D];
        f_sum = f_sum + f;
        named_f = (int)j == named ? f : named_f;
    }
    total = s->p->nu[v][domain] * (named >= 0 ? named_f : 1.0f - f_sum);
    for (unsigned j = 0; j < r->n; j++) {
        if (j == v)
            continue;
        float a = tie_of(s, v, j)->a, f = tie_of(s, v, j)->f[(int)r->pair[pair_of(r, v, j)].D], miss = 1.0f - a;
        float likely = named == (int)j ? a : named >= 0 ? miss * named_f : miss * (1.0f - (f_sum - f));
        float weight = s->p->mu[domain] * lane_exp(s->p->w_g * r->g[v][j] - s->p->w_y * r->y[v][j]) * likely;
        total = total + weight;
        if (overt)
            weight = author == (int)j ? 1.0f : 0.0f;
        if (weight > best)
            best = weight, *accused = j;
    }
    return overt ? best : best / total;
}

static void dispute_begins(const struct step *s, struct pair_state *pair, unsigned a, unsigned b, float before, float u)
{
    if (!(pair->l >= CRISIS) || before >= CRISIS)
        return;
    if (pair->crisis == 0) {
        s->r->sum.crises += 1;
        pair->crisis = 1;
    }
    if (pair->D > 0 && u < tie_of(s, a, b)->p_sus) {
        pair->D = 0;
        see(s, (struct happened){ .what = HAPPEN_SUSPEND, .from = (int)a, .to = (int)b, .rung = (int)pair->l });
    }
}

enum { TOLERATE, CONSULT, BLAME, MEASURE };

/* 4 Quantal response of v, who believes with `belief` that j did it. */
static int answer(const struct step *s, unsigned v, unsigned j, float belief, float severity, float u)
{
    const struct relation *r = s->r;
    const struct phase *p = s->p;
    const struct pair_state *pair = &r->pair[pair_of(r, v, j)];
    const struct tie *t = tie_of(s, v, j);
    float weight = belief * (severity * p->severity_read), doubt = 1.0f - belief, anger = r->g[v][j] * belief;
    float consult = t->b1[(int)pair->D] * weight - p->t1;
    float blame = (((p->b2 * weight + p->psi * anger) - p->w2 * doubt) - t->c2 * pair->I) - p->t2;
    float measure = (((p->b3 * weight + p->psi2 * anger) - p->w3 * doubt) - t->c3 * pair->I) - p->t3;
    float e1 = 1.0f + lane_exp(consult * p->inv_theta_R);
    float e2 = e1 + lane_exp(blame * p->inv_theta_R) * t->shaming;
    float at = u * (e2 + lane_exp(measure * p->inv_theta_R));
    return (at >= 1.0f) + (at >= e1) + (at >= e2);
}

/* entity, index: of the incident, for the numbers that only a measure or a new dispute draws */
static void suffer(const struct step *s, unsigned v, unsigned j, int author, int domain, float severity, float belief, float u, uint32_t entity, uint32_t index)
{
    struct relation *r = s->r;
    const struct phase *p = s->p;
    struct pair_state *pair = &r->pair[pair_of(r, v, j)];
    const struct tie *t = tie_of(s, v, j);
    float hurt = belief * severity, before = pair->l;
    int choice = answer(s, v, j, belief, severity, u), to = domain;
    uint32_t w[4] = { 0 };
    if (choice >= BLAME)
        draw(r, DRAW_ANSWER, index, entity, 0, w);
    r->y[v][j] -= p->lr_m * hurt;
    if (domain == INF)
        r->g[v][j] += p->gamma_g * hurt * (1.0f - r->g[v][j]);
    pair->norm = larger(pair->norm * (1.0f - (author < 0 ? t->vio_third : p->vio) * hurt), 0.0f);
    if (choice == CONSULT)
        pair->l = larger(pair->l, 1.0f);
    if (choice >= BLAME) {
        pair->domain = (float)domain;
        r->o[v] += p->o_step * (p->o.back[s->q] - r->o[v]);
        r->o[j] += p->o_step * (p->o.back[s->q] - r->o[j]);
    }
    if (choice == BLAME) {
        pair->l = larger(pair->l, 2.0f);
        pair->face = 1;
        r->y[j][v] -= p->lr_blame;
    }
    if (choice == MEASURE) {
        pair->l = larger(smaller(pair->l + 1.0f, 5.0f), larger(pair->l, 3.0f));
        r->y[j][v] -= p->lr_measure;
        float spill_u = lane_uniform(w[0]);
        if (spill_u < t->spill) { /* the same number says into which of the other three */
            to = (domain + 1 + (int)smaller(spill_u / t->spill * 3.0f, 2.0f)) & 3;
            r->sum.spillovers += 1;
        }
    }
    float more = hurt * (choice == CONSULT ? p->x.back[s->q] * .25f : p->x.back[s->q] * .5f);
    r->x[v][j][to] += more;
    r->sum_x[v][j] += more;
    see(s, (struct happened){ .what = HAPPEN_ANSWER, .from = (int)v, .to = (int)j, .domain = to, .severity = (int)severity, .answer = choice,
                              .belief = belief, .rung = (int)pair->l });
    dispute_begins(s, pair, v, j, before, lane_uniform(w[1]));
}

/* author -1: a third party */
static void incident(const struct step *s, unsigned v, int author)
{
    struct relation *r = s->r;
    const struct phase *p = s->p;
    uint32_t w[4], entity = author < 0 ? THIRD_PARTY + v : (uint32_t)author * N + v;
    unsigned from = author < 0 ? v : (unsigned)author;
    uint32_t index = ++r->sum.act[from][v].count;
    float rate[DOMAINS];
    draw(r, DRAW_INCIDENT, index, entity, 0, w);
    if (author < 0)
        r->third[v] += lane_exponential(w[0]);
    else
        r->clock[author][v] += lane_exponential(w[0]);
    if (author < 0)
        memcpy(rate, p->nu[v], sizeof rate);
    else
        act_rates(s, (unsigned)author, v, rate);
    int domain = pick_domain(rate, lane_uniform_low(w[1])), m = 1;
    float u = lane_uniform_high(w[1]);
    for (int i = 0; i < SEVERITIES - 1; i++)
        m += u >= p->severity[domain == MIL][i];
    r->sum.act[from][v].loss += p->cost[m] * p->exposure[v];
    if (author < 0)
        r->harm[v] += p->harm_x[s->q] * p->exposure[v] * (float)m;
    bool seen = lane_uniform_low(w[3]) < p->seen[m];
    see(s, (struct happened){ .what = HAPPEN_INCIDENT, .from = author, .to = (int)v, .domain = domain, .severity = m, .noticed = seen });
    if (!seen)
        return;
    unsigned accused = v;
    float belief = believe(s, v, author, domain, lane_uniform_high(w[3]), &accused);
    if (author != (int)accused)
        r->sum.act[from][v].wrong += belief;
    suffer(s, v, accused, author, domain, (float)m, belief, lane_uniform(w[2]), entity, index);
}

static void incidents(const struct step *s)
{
    struct relation *r = s->r;
    for (unsigned v = 0; v < r->n; v++) {
        for (unsigned i = 0; i < r->n; i++)
            if (i != v)
                r->clock[i][v] -= act_rate(s, i, v);
    }
    for (unsigned v = 0; v < r->n; v++) {
        for (unsigned i = 0; i < r->n; i++)
            while (i != v && r->clock[i][v] <= 0)
                incident(s, v, (int)i);
        while (r->third[v] <= r->third_used[v])
            incident(s, v, -1);
    }
}

/* --- 6 the ladder ------------------------------------------------------------------------- */

/* 0 down, 1 stay, 2 up, for i facing j. */
static int move_of(const struct step *s, const struct pair_state *pair, unsigned i, unsigned j, float q, float qbar, float u)
{
    const struct relation *r = s->r;
    const struct phase *p = s->p;
    const struct tie *t = tie_of(s, i, j);
    int D = (int)pair->D, l = (int)pair->l;
    float S = -p->s0 * (1.0f + p->s1 * r->g[i][j]), distrust = 1.0f - q;
    float down = ((q * p->R + distrust * S) - p->face * (1.0f + r->o[i] * p->o.now[s->q]) * pair->face) + t->way_out[D];
    float restraint = t->tacit * qbar * (pair->l >= 4 ? 1.0f : 0.0f) * (1.0f - .5f * pair->face);
    float up = (((q * p->T[r->greedy[i]] + distrust * p->P) - t->c_I * pair->I) - p->rho[l]) - restraint;
    up = up + (t->delegate + t->harmed);
    float stay = (down + up) * .5f + p->h0;
    float e0 = lane_exp(down * p->inv_theta_C), e1 = e0 + lane_exp(stay * p->inv_theta_C), at = u * (e1 + lane_exp(up * p->inv_theta_C));
    return (at >= e0) + (at >= e1);
}

static void seen_move(const struct step *s, unsigned by, unsigned viewer, int move)
{
    struct relation *r = s->r;
    if (move == 0)
        r->y[viewer][by] += s->p->lr_de * bloc_factor(r, s->p, viewer, by);
    if (move == 2) {
        r->y[viewer][by] -= s->p->lr_es;
        r->g[viewer][by] += s->p->gamma_up * (1.0f - r->g[viewer][by]);
    }
}

static float rung_change(const struct phase *p, int a, int b, float u)
{
    switch (a + b) {
    case 0: return -1;
    case 1: return u < .5f ? -1 : 0;
    case 2: return a == 1 ? (u < p->p_cool ? -1 : 0) : (u < .5f ? 1 : 0);
    case 3: return 1;
    default: return u < p->p_jump ? 2 : 1;
    }
}

static void exchange(const struct step *s, unsigned i, unsigned j, struct pair_state *pair, const uint32_t w[4], const uint32_t v[4])
{
    struct relation *r = s->r;
    int D = (int)pair->D;
    float qi = lane_sigmoid(r->y[i][j]), qj = lane_sigmoid(r->y[j][i]), qbar = (qi + qj) * .5f, before = pair->l;
    int a = move_of(s, pair, i, j, qi, qbar, lane_uniform(w[2])), b = move_of(s, pair, j, i, qj, qbar, lane_uniform(w[3]));
    bool misread = lane_uniform(v[0]) < tie_of(s, i, j)->eps[D], of_a = lane_uniform(v[1]) < .5f; /* one of the two steps */
    int misread_a = misread && of_a && a < 2, misread_b = misread && !of_a && b < 2;
    a += misread_a, b += misread_b;
    r->sum.misreadings += (float)(misread_a + misread_b);
    seen_move(s, i, j, a);
    seen_move(s, j, i, b);
    pair->l = smaller(pair->l + rung_change(s->p, a, b, lane_uniform(v[2])), 7.0f);
    if (pair->l <= 1)
        pair->face = 0;
    see(s, (struct happened){ .what = HAPPEN_EXCHANGE, .from = (int)i, .to = (int)j, .rung = (int)pair->l, .answer = a * 3 + b });
    dispute_begins(s, pair, i, j, before, lane_uniform(v[3]));
}

/* What can happen to a pair by itself, per week: 6 an exchange (on rung 1: the protest lapses), 7 an accident,
 * 8 leaders, 9 the dialogue resumes. */
struct pair_hazard {
    unsigned kind;
    float leaders;
};

static struct pair_hazard hazard_of(const struct step *s, unsigned i, unsigned j, const struct pair_state *pair)
{
    const struct relation *r = s->r;
    const struct phase *p = s->p;
    float fear = larger(r->g[i][j], r->g[j][i]), anger = larger(r->o[i], r->o[j]) * p->o.now[s->q];
    return (struct pair_hazard){
        .kind = KIND((int)pair->l, (int)pair->domain == MIL, (int)pair->D),
        .leaders = pair->l >= CRISIS ? (tie_of(s, i, j)->leaders * pair->I) * (1.0f - fear) * (1.0f - .5f * anger) : 0,
    };
}

static void pair_event(const struct step *s, unsigned i, unsigned j, struct pair_state *pair)
{
    struct relation *r = s->r;
    uint32_t w[4], v[4];
    draw(r, DRAW_PAIR, ++pair->count, i * N + j, 0, w);
    draw(r, DRAW_STEP, pair->count, i * N + j, 0, v);
    pair->clock += lane_exponential(w[0]);
    struct pair_hazard h = hazard_of(s, i, j, pair);
    const struct tie *t = tie_of(s, i, j);
    float c0 = s->p->exchanges[h.kind], c1 = c0 + t->accident[h.kind], c2 = c1 + h.leaders, total = c2 + t->resumes[h.kind], at = lane_uniform(w[1]) * total;
    if (!(total > 0))
        return;
    if (at < c0) {
        if (pair->l >= 2)
            exchange(s, i, j, pair, w, v);
        else
            pair->l = 0;
    } else if (at < c1) {
        pair->l = UNCONTROLLED;
        see(s, (struct happened){ .what = HAPPEN_ACCIDENT, .from = (int)i, .to = (int)j, .domain = (int)pair->domain, .rung = UNCONTROLLED });
    } else if (at < c2) {
        pair->l -= 2;
        if (pair->l <= 1)
            pair->face = 0;
        pair->D = (float)t->has_dialogue;
        see(s, (struct happened){ .what = HAPPEN_LEADERS, .from = (int)i, .to = (int)j, .rung = (int)pair->l });
    } else {
        pair->D = 1;
        see(s, (struct happened){ .what = HAPPEN_RESUME, .from = (int)i, .to = (int)j });
    }
}

static void pairs(const struct step *s)
{
    struct relation *r = s->r;
    for (unsigned i = 0; i < r->n; i++)
        for (unsigned j = i + 1; j < r->n; j++) {
            struct pair_state *pair = &r->pair[pair_of(r, i, j)];
            struct pair_hazard h = hazard_of(s, i, j, pair);
            pair->clock -= tie_of(s, i, j)->constant[h.kind] + h.leaders;
            while (pair->clock <= 0 && pair->l < UNCONTROLLED)
                pair_event(s, i, j, pair);
        }
}

/* --- 10 slow states ----------------------------------------------------------------------- */

static void slow_states(const struct step *s)
{
    struct relation *r = s->r;
    const struct phase *p = s->p;
    float k[N];
    for (unsigned i = 0; i < r->n; i++) {
        float react = 0, fear = 0;
        for (unsigned j = 0; j < r->n; j++) {
            if (i == j)
                continue;
            const struct pair_state *pair = &r->pair[pair_of(r, i, j)];
            unsigned at = pair_of(r, i, j);
            float q = lane_sigmoid(r->y[i][j]), gain = (p->tie[at].gain + p->gain_D * pair->D) + p->tie[at].gain_AN * pair->norm;
            react = react + ((1.0f - q) * r->k[j] - .5f);
            fear = fear + r->g[i][j];
            r->sum.trust += q;
            r->sum.threat += r->g[i][j];
            r->y[i][j] = (p->y0[at] + (r->y[i][j] - p->y0[at]) * p->y_decay) + gain * bloc_factor(r, p, i, j);
            r->g[i][j] = p->g0[at] + (r->g[i][j] - p->g0[at]) * p->g_decay;
        }
        k[i] = larger(((r->k[i] + p->a_R * react) + p->u_R * fear) - p->b_R * (r->k[i] - 1.0f), .05f);
    }
    memcpy(r->k, k, sizeof k);
    for (unsigned i = 0; i < r->n * (r->n - 1) / 2; i++) {
        struct pair_state *pair = &r->pair[i];
        pair->I = larger((pair->I + p->r_I * (p->I0[i] - pair->I)) - p->d_I * larger(pair->l - 2.0f, 0.0f), 0.0f);
    }
}

/* What fades is brought to the units of the new quarter, and the hazards used begin anew. */
static void new_quarter(const struct step *s)
{
    struct relation *r = s->r;
    const struct phase *p = s->p;
    for (unsigned i = 0; i < r->n; i++) {
        r->harm[i] *= p->h.quarter;
        r->o[i] *= p->o.quarter;
        r->third[i] -= r->third_used[i];
        r->third_used[i] = 0;
        for (unsigned j = 0; j < r->n; j++) {
            r->doctrine[i][j] -= r->doctrine_used;
            r->sum_x[i][j] *= p->x.quarter;
            for (int d = 0; d < DOMAINS; d++)
                r->x[i][j][d] *= p->x.quarter;
        }
    }
    r->doctrine_used = 0;
}

/* --- 11 agreements, each quarter ---------------------------------------------------------- */

/* Expected gain of i from an agreement with j, the dynamic form of the gain-loss model, less the cost of negotiation. */
static float expected(const struct step *s, unsigned i, unsigned j, float severe)
{
    const struct relation *r = s->r;
    float g = r->g[i][j], G = 2.0f + 8.0f * severe, L = 4.0f * (1.0f + 2.0f * g);
    float keep = lane_sigmoid((tie_of(s, i, j)->p_logit - 1.946f * g) + 1.5f * lane_sigmoid(r->y[i][j]));
    return (keep * G - (1.0f - keep) * L) - s->p->K;
}

static void end_agreement(const struct step *s, struct pair_state *pair, uint64_t *life)
{
    (void)s;
    if (life)
        life[(uint32_t)pair->agreed]++;
    pair->A = 0, pair->norm = 0, pair->agreed = 0;
}

static void quarter(const struct step *s, unsigned i, unsigned j)
{
    struct relation *r = s->r;
    struct pair_state *pair = &r->pair[pair_of(r, i, j)];
    uint32_t w[4];
    draw(r, DRAW_QUARTER, 0, i * N + j, s->week, w);
    float h = smaller(r->harm[i], r->harm[j]), severe = lane_sigmoid((h - 1.0f) * s->p->h_scale), u = lane_uniform(w[0]);
    float a = expected(s, i, j, severe), b = expected(s, j, i, severe);
    if (pair->A > 0) {
        float leave = .15f * lane_sigmoid(-(smaller(a, b) + 1.0f) * s->p->inv_theta_A);
        if (pair->norm < .15f || u < leave) {
            end_agreement(s, pair, s->lives ? s->lives->agreement_ended : NULL);
            see(s, (struct happened){ .what = HAPPEN_COLLAPSE, .from = (int)i, .to = (int)j });
        }
    } else if (u < tie_of(s, i, j)->open[(int)pair->D] * lane_sigmoid(a * s->p->inv_theta_A) * lane_sigmoid(b * s->p->inv_theta_A)) {
        pair->A = 1, pair->norm = 1;
        r->sum.agreements += 1;
        see(s, (struct happened){ .what = HAPPEN_AGREE, .from = (int)i, .to = (int)j });
    }
}

static void quarters(const struct step *s)
{
    struct relation *r = s->r;
    float qbar[PARLEY_PAIRS_MAX];
    unsigned pair = 0;
    for (unsigned i = 0; i < r->n; i++)
        for (unsigned j = i + 1; j < r->n; j++, pair++) {
            quarter(s, i, j);
            qbar[pair] = (lane_sigmoid(r->y[i][j]) + lane_sigmoid(r->y[j][i])) * .5f;
        }
    if (s->p->blocs)
        blocs_move(r->n, r->k, qbar, r->sum.bloc);
}

/* --- 12 welfare and the books ------------------------------------------------------------- */

static void books(const struct step *s)
{
    struct relation *r = s->r;
    struct account *a = &r->sum;
    a->weeks++;
    for (unsigned i = 0; i < r->n; i++)
        a->k[i] += r->k[i];
    for (unsigned i = 0; i < r->n * (r->n - 1) / 2; i++) {
        struct pair_state *pair = &r->pair[i];
        a->pair[i].l += (uint32_t)pair->l;
        a->pair[i].D += (uint32_t)pair->D;
        a->pair[i].A += (uint32_t)pair->A;
        a->pair[i].crisis += pair->l >= CRISIS;
        a->pair[i].I += pair->I;
        a->pair[i].norm += pair->norm * s->p->tie[i].norms;
        pair->agreed += (uint32_t)pair->A;
        if (pair->l == UNCONTROLLED) {
            r->lost = a->pair[i].lost = true;
            if (s->lives && pair->crisis > 0)
                s->lives->crisis_lost[pair->crisis]++;
            pair->crisis = 0;
        } else if (pair->crisis > 0 && pair->l < CRISIS) {
            a->deescalated += 1;
            a->deescalate_weeks += (float)pair->crisis;
            if (s->lives)
                s->lives->crisis_down[pair->crisis]++;
            pair->crisis = 0;
        } else if (pair->crisis > 0) {
            pair->crisis++;
        }
    }
}

bool relation_week(struct relation *r, const struct model *model, const struct phase *phase, uint32_t week, const struct lives *lives,
                   const struct watcher *watcher)
{
    const struct step s = { r, phase, week, week % QUARTER_WEEKS, lives, watcher };
    if (week == phase->from && week > 0) /* a forum is closed or founded */
        for (unsigned i = 0; i < model->n_pairs; i++) {
            if (!phase->tie[i].has_dialogue)
                r->pair[i].D = 0;
            else if (!phase[-1].tie[i].has_dialogue)
                r->pair[i].D = 1;
        }
    r->doctrine_used += phase->xi;
    for (unsigned i = 0; i < r->n; i++) {
        r->third_used[i] += phase->nu_sum[i];
        for (unsigned j = 0; j < r->n; j++)
            if (i != j)
                doctrine(&s, i, j);
    }
    incidents(&s);
    pairs(&s);
    slow_states(&s);
    if (s.q == QUARTER_WEEKS - 1) {
        new_quarter(&s);
        quarters(&s);
    }
    books(&s);
    return !r->lost;
}

void relation_finish(struct relation *r, const struct model *m, const struct lives *lives, float out[PARLEY_OUTPUTS])
{
    for (unsigned i = 0; i < m->n_pairs; i++) {
        r->sum.pair[i].crisis_open = r->pair[i].crisis > 0 ? r->pair[i].crisis - 1 : 0;
        r->sum.pair[i].agreement_open = r->pair[i].agreed;
    }
    account_close(m, &r->sum, lives, out);
}

void reference_run(const struct model *m, uint64_t seed, uint32_t replicate, const struct lives *lives, const struct watcher *watcher,
                   float out[PARLEY_OUTPUTS])
{
    struct relation r;
    relation_start(&r, m, seed, replicate);
    const struct phase *p = m->phase;
    for (uint32_t week = 0; week < m->weeks; week++) {
        p += week == p->to;
        if (!relation_week(&r, m, p, week, lives, watcher))
            break;
    }
    relation_finish(&r, m, lives, out);
}
