/* The constants of each span of weeks, in double precision once and rounded once. */
#include "model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAR(name) (s->par[PARLEY_PAR_##name])
#define ON(name) (parley_switch_on(s, pair, PARLEY_SW_##name, week) ? 1.0 : 0.0)

static double half_life(double weeks) { return exp2(-1 / weeks); }
static struct fading fading(double weeks)
{
    struct fading f;
    for (int q = 0; q < QUARTER_WEEKS; q++) {
        f.now[q] = (float)exp2(-q / weeks);
        f.back[q] = (float)exp2(q / weeks);
    }
    f.quarter = (float)exp2(-QUARTER_WEEKS / weeks);
    return f;
}

static double logit(double p) { return log(p / (1 - p)); }

static void severities(struct phase *p, const struct parley_scenario *s)
{
    for (int mil = 0; mil < 2; mil++) {
        double r = mil ? PAR(r_MIL) : PAR(r), total = 0, sum = 0;
        for (int m = 0; m < SEVERITIES; m++)
            total += pow(r, m);
        for (int m = 0; m < SEVERITIES - 1; m++)
            p->severity[mil][m] = (float)((sum += pow(r, m)) / total);
    }
    for (int m = 0; m <= SEVERITIES; m++) {
        p->seen[m] = (float)(1 - pow(1 - PAR(delta0), m));
        p->cost[m] = (float)(.001 * pow(3, m - 1));
    }
}

/* Mechanisms of a state's own networks and of supply are the same for all pairs. */
static void rates(struct phase *p, const struct parley_scenario *s, uint32_t week)
{
    enum { pair = 0 };
    double amplified = 1 + .5 * PAR(ai), tec = 1 - .2 * ON(supply_chain_standards);
    const double mu[] = { PAR(mu_INF), PAR(mu_ESP), PAR(mu_TEC) * tec, PAR(mu_MIL) }, nu[] = { PAR(nu_INF), PAR(nu_ESP), PAR(nu_TEC) * tec, PAR(nu_MIL) };
    double third = 1 - PAR(e_v) * ON(vulnerability_handling);
    for (int d = 0; d < DOMAINS; d++)
        p->mu[d] = (float)(mu[d] * amplified);
    p->mu_overt = p->mu[INF] + p->mu[TEC];
    p->mu_covert = p->mu[ESP] + p->mu[MIL];
    for (unsigned v = 0; v < s->n_states; v++) {
        double mode = s->mode == PARLEY_FULL || (s->mode == PARLEY_DEPENDENT && v != s->leader) ? .5 : 1;
        p->exposure[v] = (float)s->state[v].exposure;
        p->nu_sum[v] = 0;
        for (int d = 0; d < DOMAINS; d++) {
            p->nu[v][d] = (float)(nu[d] * third * mode * s->state[v].exposure);
            p->nu_sum[v] += p->nu[v][d];
        }
    }
    p->vio = (float)PAR(vio);
    p->xi = (float)(PAR(xi) / 52);
}

static void spill_and_norm(struct tie *t, const struct parley_scenario *s, unsigned pair, uint32_t week)
{
    double spill = PAR(s) * (1 - PAR(e_issue) * ON(issue_control)) * (1 - .1 * ON(supply_chain_standards));
    t->spill = (float)spill;
    t->stay = (float)(1 - spill);
    t->cross = (float)(spill / 3);
    t->eta = (float)(PAR(eta) * ON(norms));
    t->vio_third = (float)(PAR(vio) * (1 - .7 * ON(feedback)));
    t->norms = (float)ON(norms);
    t->gain = (float)(.002 * ON(joint_protection) + (s->mode == PARLEY_FULL ? .004 : 0));
    t->gain_AN = (float)(.002 * ON(norms));
    t->open[0] = (float)(ON(track2) * PAR(open_track2)), t->open[1] = (float)PAR(open);
    t->p_logit = (float)(1.0986 + .8 * ON(clear_attribution) - 1.5 * .5);
}

/* Channel quality without and with the dialogue, before and after its delay. */
static void channels(struct tie *t, const struct parley_scenario *s, unsigned pair, uint32_t week, double Q[2], double Qe[2])
{
    double other = (1 - PAR(e_hotline) * ON(hotline)) * (1 - PAR(e_track2) * ON(track2)) * (1 - PAR(e_department) * ON(department_exchange));
    for (int d = 0; d < 2; d++) {
        Q[d] = 1 - other * (d ? 1 - PAR(e_dialogue) : 1);
        Qe[d] = Q[d] * (1 - exp(-PAR(tauR) / PAR(tau_c)));
        t->way_out[d] = (float)(.8 * Qe[d]);
        double eps = (PAR(eps) + .03 * PAR(ai)) * (1 - .2 * ON(contingency_plans));
        t->eps[d] = (float)(fmin(eps, 1) * (1 - Qe[d]));
        t->lr_doc[d] = (float)(PAR(lr_doc) * (1 - PAR(e_N) * ON(notification) * (d ? 1 : .3)));
        t->b1[d] = (float)(PAR(b1) * (.3 + Q[d]));
    }
}

static void attribution(struct tie *t, const struct parley_scenario *s, unsigned pair, uint32_t week, const double Q[2])
{
    double left = 1 - PAR(e_clarity) * ON(clear_attribution), late = exp(-PAR(tauR) / PAR(tau_a));
    double a = fmax(PAR(a) - .1 * PAR(ai), .01);
    t->a = (float)(1 - (1 - a) * left * late);
    for (int d = 0; d < 2; d++)
        t->f[d] = (float)(PAR(f) * left * late * (1 - .6 * Q[d]) / (s->n_states - 1));
}

static void restraint(struct tie *t, const struct parley_scenario *s, unsigned pair, uint32_t week)
{
    double firms = ON(ballast) ? 1 : 1 - PAR(ballast_loss);
    t->c2 = (float)(PAR(c2) * firms), t->c3 = (float)(PAR(c3) * firms), t->c_I = (float)(PAR(c_I) * firms);
    t->shaming = (float)(1 - ON(no_shaming));
    t->p_sus = (float)(PAR(p_sus) * (1 - ON(unsuspendable)));
    t->tacit = (float)(PAR(tacit) * ON(tacit_limits));
    t->delegate = (float)(.4 * ON(delegation)), t->harmed = (float)(.3 * ON(harmed_leads));
    t->leaders = (float)(PAR(s_leader) * ON(leaders) / .6);
    t->has_dialogue = ON(dialogue) > 0;
}

/* What can happen to a pair by itself; the rates of exchanges are there already. */
static void hazards(struct tie *t, const struct phase *p, const struct parley_scenario *s, unsigned pair, uint32_t week, const double Qe[2])
{
    float resume = (float)(t->has_dialogue ? PAR(r_res) * (1 + ON(track2)) : 0);
    for (int l = 0; l < 8; l++)
        for (int mil = 0; mil < 2; mil++)
            for (int d = 0; d < 2; d++) {
                unsigned kind = KIND(l, mil, d);
                t->accident[kind] = l < 4 || l == UNCONTROLLED ? 0 :
                    (float)(PAR(acc) * exp2(l - 4) * (1 - Qe[d]) * (1 + .5 * (1 - ON(nc3_restraint)) * (mil ? 2 : .5)) * (1 + ON(delegation)));
                t->resumes[kind] = l <= 1 && !d ? resume : 0;
                t->constant[kind] = (p->exchanges[kind] + t->accident[kind]) + t->resumes[kind];
            }
}

static void answers(struct phase *p, const struct parley_scenario *s)
{
    p->w_y = (float)PAR(w_y), p->w_g = (float)PAR(w_g);
    p->t1 = (float)PAR(t1), p->t2 = (float)PAR(t2), p->t3 = (float)PAR(t3);
    p->b2 = (float)PAR(b2), p->b3 = (float)PAR(b3), p->w2 = (float)PAR(w2), p->w3 = (float)PAR(w3);
    p->psi = (float)PAR(psi), p->psi2 = (float)(2 * PAR(psi));
    p->inv_theta_R = (float)(1 / PAR(theta_R));
    p->severity_read = (float)(1 + PAR(zeta));
    p->lr_m = (float)PAR(lr_m), p->lr_blame = (float)PAR(lr_blame), p->lr_measure = (float)PAR(lr_measure);
    p->lr_de = (float)PAR(lr_de), p->lr_es = (float)PAR(lr_es), p->gamma_g = (float)PAR(gamma_g), p->gamma_up = (float)PAR(gamma_up);
    p->o_step = (float)PAR(o_step);
}

static void ladder(struct phase *p, const struct parley_scenario *s)
{
    p->exchange = (float)(1 / PAR(tauR));
    p->R = (float)PAR(R), p->P = (float)PAR(P), p->T[0] = (float)PAR(T_seeker), p->T[1] = (float)PAR(T_greedy);
    p->s0 = (float)PAR(s0), p->s1 = (float)PAR(s1), p->h0 = (float)PAR(h0);
    for (int kind = 0; kind < PAIR_KINDS; kind++) {
        p->rho[kind] = (float)(PAR(rho0) * pow(((kind & 7) + 1) / 7.0, PAR(rho1)));
        p->exchanges[kind] = (kind & 7) >= 1 ? p->exchange : 0;
    }
    p->face = (float)PAR(face);
    p->inv_theta_C = (float)(1 / PAR(theta_C));
    p->p_cool = (float)PAR(p_cool), p->p_jump = (float)PAR(p_jump);
}

static void slow_states(struct phase *p, const struct parley_scenario *s)
{
    double I_star = s->mode == PARLEY_DEPENDENT ? .7 : s->mode == PARLEY_RIVALRY ? .4 : s->mode == PARLEY_FULL ? .8 : NAN;
    double race = s->mode == PARLEY_RIVALRY ? 1.5 : s->mode == PARLEY_FULL ? .5 : 1;
    p->y_decay = (float)half_life(PAR(y_halflife)), p->g_decay = (float)half_life(PAR(g_halflife));
    p->x = fading(PAR(x_halflife)), p->o = fading(PAR(o_halflife)), p->h = fading(PAR(harm_halflife));
    for (int q = 0; q < QUARTER_WEEKS; q++) {
        p->alpha_x[q] = (float)(PAR(alpha) * (double)p->x.now[q]);
        p->harm_x[q] = (float)((1 - half_life(PAR(harm_halflife))) / PAR(harm_ref) * (double)p->h.back[q]);
    }
    for (unsigned i = 0; i < s->n_states * (s->n_states - 1) / 2; i++) {
        p->y0[i] = (float)logit(isnan(s->pair[i].q0) ? PAR(q0) : s->pair[i].q0);
        p->g0[i] = (float)(isnan(s->pair[i].g0) ? PAR(g0) : s->pair[i].g0);
        p->I0[i] = (float)(!isnan(I_star) ? I_star : isnan(s->pair[i].I0) ? PAR(I0) : s->pair[i].I0);
    }
    p->gain_D = .003f;
    double per_rival = 1.0 / 52 / (s->n_states - 1);
    p->a_R = (float)(PAR(a_R) * race * per_rival), p->u_R = (float)(PAR(u_R) * per_rival), p->b_R = (float)(PAR(b_R) / 52);
    p->r_I = (float)PAR(r_I), p->d_I = (float)PAR(d_I);
    p->inv_theta_A = (float)(1 / PAR(theta_A)), p->K = (float)PAR(K);
    p->h_scale = (float)(1 / .2);
    p->phi = (float)(PAR(phi) / (s->n_states - 1)), p->c_k = (float)PAR(c_k), p->c_l = (float)(PAR(c_l) / (s->n_states - 1));
    p->rent = s->mode == PARLEY_DEPENDENT ? .03f : 0;
    p->leader = s->leader;
    p->blocs = s->blocs;
}

static void fill(struct phase *p, const struct parley_scenario *s, uint32_t week)
{
    p->n_states = s->n_states;
    severities(p, s);
    rates(p, s, week);
    answers(p, s);
    ladder(p, s);
    slow_states(p, s);
    for (unsigned pair = 0; pair < s->n_states * (s->n_states - 1) / 2; pair++) {
        struct tie *t = &p->tie[pair];
        double Q[2], Qe[2];
        channels(t, s, pair, week, Q, Qe);
        attribution(t, s, pair, week, Q);
        spill_and_norm(t, s, pair, week);
        restraint(t, s, pair, week);
        hazards(t, p, s, pair, week, Qe);
    }
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static unsigned add_boundaries(const struct parley_schedule *schedule, uint32_t weeks, uint32_t *at, unsigned n)
{
    for (unsigned k = 0; k < schedule->n; k++) {
        if (schedule->on[k].from < weeks)
            at[n++] = schedule->on[k].from;
        if (schedule->on[k].to < weeks)
            at[n++] = schedule->on[k].to;
    }
    return n;
}

/* The weeks at which some mechanism begins or ends, in order, with 0 and the end. */
static unsigned boundaries(const struct parley_scenario *s, uint32_t at[PHASES_MAX])
{
    unsigned n = 0, kept = 0;
    at[n++] = 0;
    at[n++] = s->weeks;
    for (int i = 0; i < PARLEY_SWITCHES; i++)
        n = add_boundaries(&s->sw[i], s->weeks, at, n);
    for (unsigned i = 0; i < s->n_exceptions; i++)
        n = add_boundaries(&s->exception[i].on, s->weeks, at, n);
    qsort(at, n, sizeof *at, by_value);
    for (unsigned i = 0; i < n; i++)
        if (kept == 0 || at[i] != at[kept - 1])
            at[kept++] = at[i];
    return kept;
}

enum parley_status model_build(const struct parley_scenario *s, struct model *out, struct parley_error *err)
{
    uint32_t at[PHASES_MAX];
    struct model m = { .n_states = s->n_states, .n_pairs = s->n_states * (s->n_states - 1) / 2, .weeks = s->weeks };
    if (s->n_states < 2 || s->n_states > PARLEY_STATES_MAX || s->weeks < 1 || s->weeks > PARLEY_WEEKS_MAX)
        return parley_fail(err, PARLEY_EINVAL, "a scenario needs 2 to %d states and 1 to %d weeks", PARLEY_STATES_MAX, PARLEY_WEEKS_MAX);
    unsigned n = boundaries(s, at);
    m.phase = aligned_alloc(64, n * sizeof *m.phase);
    if (!m.phase)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    memset(m.phase, 0, n * sizeof *m.phase);
    for (m.n_phases = 0; m.n_phases + 1 < n; m.n_phases++) {
        struct phase *p = &m.phase[m.n_phases];
        p->from = at[m.n_phases], p->to = at[m.n_phases + 1];
        fill(p, s, p->from);
    }
    for (unsigned i = 0; i < m.n_pairs; i++) {
        m.y_start[i] = m.phase[0].y0[i];
        m.g_start[i] = m.phase[0].g0[i];
        m.I_start[i] = (float)(isnan(s->pair[i].I0) ? PAR(I0) : s->pair[i].I0);
    }
    for (unsigned i = 0; i < m.n_states; i++) {
        m.k_start[i] = (float)s->state[i].capability;
        m.bloc_start[i] = s->state[i].bloc;
    }
    m.p_seeker = (float)PAR(p_seeker);
    m.greedy_rate = (float)PAR(greedy_rate);
    *out = m;
    return PARLEY_OK;
}

void model_release(struct model *model)
{
    free(model->phase);
    model->phase = NULL;
}

static float energy(unsigned n, const float *k, const float *qbar, const int *bloc)
{
    float sum = 0;
    unsigned pair = 0;
    for (unsigned i = 0; i < n; i++)
        for (unsigned j = i + 1; j < n; j++, pair++)
            if (bloc[i] != bloc[j])
                sum += k[i] * k[j] * (qbar[pair] - .5f);
    return sum;
}

void blocs_move(unsigned n, const float *k, const float *qbar, int *bloc)
{
    float lowest = energy(n, k, qbar, bloc);
    int mover = -1;
    for (unsigned i = 0; i < n; i++) {
        bloc[i] ^= 1;
        float e = energy(n, k, qbar, bloc);
        bloc[i] ^= 1;
        if (e < lowest)
            lowest = e, mover = (int)i;
    }
    if (mover >= 0)
        bloc[mover] ^= 1;
}

/* Welfare of each state before its losses. */
static void welfare(const struct model *m, const struct account *a, float W[PARLEY_STATES_MAX])
{
    const struct phase *p = m->phase; /* these constants do not change with the mechanisms */
    unsigned at = 0;
    for (unsigned i = 0; i < m->n_states; i++)
        W[i] = -p->c_k * a->k[i];
    for (unsigned i = 0; i < m->n_states; i++)
        for (unsigned j = i + 1; j < m->n_states; j++, at++) {
            float joint = p->phi * a->pair[at].I - p->c_l * (float)a->pair[at].l, rent = p->rent * a->pair[at].I;
            float ended = a->pair[at].lost ? 52.0f : 0.0f;
            W[i] += (joint + (i == p->leader ? rent : j == p->leader ? -rent : 0.0f)) - ended;
            W[j] += (joint + (j == p->leader ? rent : i == p->leader ? -rent : 0.0f)) - ended;
        }
}

static void open_lives(const struct model *m, const struct account *a, const struct lives *lives)
{
    for (unsigned i = 0; lives && i < m->n_pairs; i++) {
        if (a->pair[i].crisis_open > 0)
            lives->crisis_open[a->pair[i].crisis_open]++;
        if (a->pair[i].agreement_open > 0)
            lives->agreement_open[a->pair[i].agreement_open]++;
    }
}

void account_close(const struct model *m, const struct account *a, const struct lives *lives, float out[PARLEY_OUTPUTS])
{
    float per_week = 1.0f / (float)a->weeks, n = (float)m->n_pairs, states = (float)m->n_states, W[PARLEY_STATES_MAX];
    float I = 0, norm = 0, k = 0, incidents = 0, harm = 0, wrong = 0, sum = 0, highest = -INFINITY, lowest = INFINITY;
    uint32_t l = 0, D = 0, A = 0, crisis = 0, lost = 0, across = 0;
    open_lives(m, a, lives);
    welfare(m, a, W);
    for (unsigned i = 0; i < m->n_pairs; i++) {
        l += a->pair[i].l, D += a->pair[i].D, A += a->pair[i].A, crisis += a->pair[i].crisis, lost += a->pair[i].lost;
        I += a->pair[i].I, norm += a->pair[i].norm;
    }
    for (unsigned v = 0; v < m->n_states; v++) {
        float loss = 0;
        for (unsigned i = 0; i < m->n_states; i++) {
            incidents += (float)a->act[i][v].count;
            loss += a->act[i][v].loss;
            wrong += a->act[i][v].wrong;
            across += i < v && a->bloc[i] != a->bloc[v];
        }
        W[v] -= loss;
        harm += loss;
        sum += W[v];
        k += a->k[v];
        highest = highest > W[v] ? highest : W[v];
        lowest = lowest < W[v] ? lowest : W[v];
    }
    float trust = a->trust * per_week / (2.0f * n);
    memset(out, 0, sizeof(float) * PARLEY_OUTPUTS);
    out[PARLEY_OUT_uncontrolled] = lost > 0 ? 1.0f : 0.0f;
    out[PARLEY_OUT_crises] = a->crises;
    out[PARLEY_OUT_crisis_weeks] = (float)crisis;
    out[PARLEY_OUT_deescalated] = a->deescalated;
    out[PARLEY_OUT_deescalate_weeks] = a->deescalate_weeks;
    out[PARLEY_OUT_agreements] = a->agreements;
    out[PARLEY_OUT_agreement_weeks] = (float)A;
    out[PARLEY_OUT_trust] = trust;
    out[PARLEY_OUT_capability] = k * per_week / states;
    out[PARLEY_OUT_welfare] = (float)m->weeks + sum / states;
    out[PARLEY_OUT_welfare_gap] = highest - lowest;
    out[PARLEY_OUT_spillovers] = a->spillovers;
    out[PARLEY_OUT_incidents] = incidents;
    out[PARLEY_OUT_wrong_blame] = wrong;
    out[PARLEY_OUT_interdependence] = I * per_week / n;
    out[PARLEY_OUT_dialogue] = (float)D * per_week / n;
    out[PARLEY_OUT_threat] = a->threat * per_week / (2.0f * n);
    out[PARLEY_OUT_misreadings] = a->misreadings;
    out[PARLEY_OUT_norm] = norm * per_week / n;
    out[PARLEY_OUT_harm] = harm;
    out[PARLEY_OUT_polarisation] = (float)across / n;
    /* (dialogue + norm + trust + 1 - rung/7) / 4 in percent, mean over weeks and pairs */
    out[PARLEY_OUT_cooperation_index] = 25.0f * (((((float)D + norm) - (float)l * (1.0f / 7.0f)) * per_week / n + trust) + 1.0f);
}
