/* model.h - what the scalar reference and the lanes of the engine share: constants of one span of weeks, the address
 * of a random number, what a replicate yields. Equations: docs/methods/relation-model.md.
 *
 * Everything that happens by chance in time hangs on a clock: a unit exponential that is used up by the hazard of each
 * week; when it is used up the event happens and the clock is wound again. This is an exact Poisson process
 * (random time change), needs no random number in a quiet week, and the n-th event of a clock draws the same numbers in
 * every scenario, so that comparisons share them. */
#ifndef PARLEY_SIMULATE_MODEL_H
#define PARLEY_SIMULATE_MODEL_H

#include <parley/scenario.h>
#include <parley/simulate.h>

enum { INF, ESP, TEC, MIL, DOMAINS };
enum { SEVERITIES = 5, QUARTER_WEEKS = 13, PHASES_MAX = 2 * (PARLEY_SWITCHES + PARLEY_EXCEPTIONS_MAX) * PARLEY_INTERVALS_MAX + 2 };
enum { UNCONTROLLED = 7, CRISIS = 3 };

/* What a draw is for; the first word of the counter is purpose << 24 | index of the event (at most 2^24 - 1). */
enum purpose { DRAW_START, DRAW_TYPE, DRAW_DOCTRINE, DRAW_INCIDENT, DRAW_ANSWER, DRAW_PAIR, DRAW_STEP, DRAW_QUARTER, DRAW_BRANCH };
enum { THIRD_PARTY = 64 }; /* entity of a third party's clock: 64 + victim; of an ordered pair: from * 8 + to */

/* What a pair is like when nothing but its rung, the domain it quarrels in and the dialogue matter: an index of tables. */
#define KIND(rung, mil, dialogue) ((unsigned)(rung) | (unsigned)(mil) << 3 | (unsigned)(dialogue) << 4)
enum { PAIR_KINDS = 32 };

/* Grievance, hostility and harm fade by the same factor every week. They are kept in units of the start of the quarter: a week costs
 * nothing, and a read multiplies by now[week of the quarter], a gain by back[..]; each quarter everything is multiplied by `quarter`. */
struct fading {
    float now[QUARTER_WEEKS], back[QUARTER_WEEKS], quarter;
};

/* What mechanisms between two states change, for one pair. [2]: without, with the dialogue up. [PAIR_KINDS]: KIND of rung, quarrel in MIL,
 * dialogue. Floats only, but for the last: lanes whose pair differs look them up by index. */
struct tie {
    _Alignas(64) float accident[PAIR_KINDS], resumes[PAIR_KINDS], constant[PAIR_KINDS]; /* constant: the sum of what depends on the kind alone */
    float stay, cross, spill;
    float eta, vio_third, norms, gain, gain_AN;
    float lr_doc[2];
    float a, f[2]; /* f: for each other state, already divided by their number */
    float b1[2], c2, c3, c_I, shaming, p_sus;
    float tacit, delegate, harmed, way_out[2], eps[2], leaders;
    float open[2], p_logit;
    uint32_t has_dialogue;
};
enum { TIE_WORDS = sizeof(struct tie) / 4 };

/* Constants of a span of weeks in which no mechanism changes. */
struct phase {
    uint32_t from, to;
    unsigned n_states;
    float mu[DOMAINS], mu_overt, mu_covert;
    float nu[PARLEY_STATES_MAX][DOMAINS], nu_sum[PARLEY_STATES_MAX];
    float exposure[PARLEY_STATES_MAX];
    float severity[2][SEVERITIES - 1]; /* cumulative; [1] MIL */
    _Alignas(64) float seen[PAIR_KINDS], cost[PAIR_KINDS]; /* of severity m: probability to notice it, harm; as long as any table that is looked up */
    float w_y, w_g;
    float t1, t2, t3, b2, b3, w2, w3, psi, psi2, inv_theta_R;
    float severity_read; /* 1 + zeta */
    float lr_m, lr_blame, lr_measure, lr_de, lr_es, gamma_g, gamma_up;
    float vio;
    float xi;
    float exchange, R, P, T[2], s0, s1, h0, face, inv_theta_C;
    float p_cool, p_jump;
    _Alignas(64) float rho[PAIR_KINDS], exchanges[PAIR_KINDS];
    float y_decay, g_decay;
    struct fading x, o, h;
    float alpha_x[QUARTER_WEEKS], harm_x[QUARTER_WEEKS]; /* alpha and harm_unit for what fades, by week of the quarter */
    float y0[PARLEY_PAIRS_MAX], g0[PARLEY_PAIRS_MAX], I0[PARLEY_PAIRS_MAX];
    float gain_D;
    float a_R, b_R, u_R, r_I, d_I;
    float inv_theta_A, K;
    float h_scale;
    float o_step;
    float phi, c_k, c_l, rent;
    bool blocs;
    unsigned leader;
    struct tie tie[PARLEY_PAIRS_MAX];
};

struct model {
    unsigned n_states, n_pairs;
    uint32_t weeks;
    unsigned n_phases;
    struct phase *phase; /* [n_phases] */
    float y_start[PARLEY_PAIRS_MAX], g_start[PARLEY_PAIRS_MAX], I_start[PARLEY_PAIRS_MAX];
    float k_start[PARLEY_STATES_MAX], p_seeker, greedy_rate;
    int bloc_start[PARLEY_STATES_MAX];
};

/* How long crises and agreements last; counts, so the order of adding cannot matter. [weeks + 1] each. */
struct lives {
    uint64_t *crisis_down, *crisis_lost, *crisis_open, *agreement_ended, *agreement_open;
};

/* What one replicate leaves behind; sums are over the weeks lived. */
struct account {
    uint32_t weeks; /* lived */
    float trust, threat; /* sums over ordered pairs too */
    float k[PARLEY_STATES_MAX];
    struct {
        uint32_t l, D, A, crisis; /* sums of the rung, weeks with a dialogue, an agreement, on rung 3 and above */
        float I, norm;
        bool lost;
        uint32_t crisis_open, agreement_open; /* weeks of what has not ended; 0 if nothing is open */
    } pair[PARLEY_PAIRS_MAX];
    struct {
        uint32_t count;
        float loss, wrong; /* harm done; belief put on the wrong author */
    } act[PARLEY_STATES_MAX][PARLEY_STATES_MAX]; /* [author][victim]; [i][i]: third parties on i */
    float crises, deescalated, deescalate_weeks, spillovers, misreadings, agreements;
    int bloc[PARLEY_STATES_MAX];
};

/* Outputs of a replicate. One place, so that every path rounds alike. */
void account_close(const struct model *model, const struct account *account, const struct lives *lives, float out[PARLEY_OUTPUTS]);

enum parley_status model_build(const struct parley_scenario *scenario, struct model *out, struct parley_error *err);
void model_release(struct model *model);

/* One quarter's move toward blocs (Axelrod and Bennett 1993): the single state whose change of side lowers the energy
 * most changes. qbar[pair]: mean trust of both. */
void blocs_move(unsigned n_states, const float *k, const float *qbar, int *bloc);

/* Something that happened, for a chronicle. `to` is -1 for what concerns the pair of `from` and `other`. */
enum happening { HAPPEN_INCIDENT, HAPPEN_ANSWER, HAPPEN_EXCHANGE, HAPPEN_ACCIDENT, HAPPEN_LEADERS, HAPPEN_RESUME, HAPPEN_SUSPEND, HAPPEN_DOCTRINE,
                 HAPPEN_AGREE, HAPPEN_COLLAPSE };
struct happened {
    enum happening what;
    uint32_t week;
    int from, to; /* from -1: a third party */
    int domain, severity, answer, rung;
    float belief;
    bool noticed;
};
struct watcher {
    void (*see)(void *ctx, const struct happened *happened);
    void *ctx;
};

/* The whole state of one replicate, scalar: slow and plain. */
struct relation;
void relation_start(struct relation *r, const struct model *model, uint64_t seed, uint32_t replicate);
/* One week; false when the relation has ended out of control. */
bool relation_week(struct relation *r, const struct model *model, const struct phase *phase, uint32_t week, const struct lives *lives,
                   const struct watcher *watcher);
void relation_finish(struct relation *r, const struct model *model, const struct lives *lives, float out[PARLEY_OUTPUTS]);

void reference_run(const struct model *model, uint64_t seed, uint32_t replicate, const struct lives *lives, const struct watcher *watcher,
                   float out[PARLEY_OUTPUTS]);

enum { LANES = PARLEY_BLOCK_REPLICATES };

/* Splitting on the ladder: what a block of lanes is given and what it leaves (lane_split.h). */
struct branching {
    double importance[8]; /* given: how much more a relation on this rung matters than one on rung 0 */
    double weight[LANES]; /* given: 1 */
    int32_t highest[LANES], rung[LANES]; /* given: 0 */
    double reached[8];    /* weight that has reached a rung; [UNCONTROLLED] over the number of lanes is the estimate */
    uint64_t copies;
};

/* LANES replicates side by side: first .. first + n - 1, n <= LANES. out[output][lane], or NULL. The same bits as the reference, if
 * branching is NULL. */
typedef void lanes_fn(const struct model *model, uint64_t seed, uint32_t first, unsigned n, const struct lives *lives, void *scratch,
                      float out[PARLEY_OUTPUTS][LANES], struct branching *branching);
/* Any number of states, and two states only. */
lanes_fn lanes_run_portable, lanes_run_portable_two, lanes_run_avx2, lanes_run_avx2_two, lanes_run_avx512, lanes_run_avx512_two;
size_t lanes_scratch(void); /* bytes of scratch a run needs, aligned to 64 */

#endif
