/* The model where it becomes something whose answer is known: Richardson's arms race, a Hawkes process, a Markov chain on the ladder. */
#include <parley/simulate.h>
#include "tap.h"

/* Nobody does anything, nothing is agreed, trust stays at its root. */
#define QUIET                                                                                                                       \
    "p_seeker=1 mu_INF=0 mu_ESP=0 mu_TEC=0 mu_MIL=0 nu_INF=0 nu_ESP=0 nu_TEC=0 nu_MIL=0 xi=0 dialogue=0 track2=0 leaders=0 open=0 " \
    "open_track2=0 "
/* An act of technology has a sender, is always noticed, and is as small as can be. */
#define PLAIN_ACTS "delta0=1 r=0.01 s=0 a_R=0 u_R=0 "

static struct parley_scenario load(const char *changes)
{
    struct parley_scenario s;
    struct parley_error err = { 0 };
    if (parley_scenario_load("baseline", &s, &err) || parley_scenario_change(&s, changes, &err))
        printf("Bail out! %s\n", err.text), exit(1);
    return s;
}

static struct parley_tally run(const struct parley_scenario *s, uint64_t replicates)
{
    struct parley_tally t = { 0 };
    struct parley_error err = { 0 };
    const struct parley_run r = { .seed = 21, .replicates = replicates };
    if (parley_simulate(s, &r, &t, &err))
        printf("# %s\n", err.text);
    return t;
}

/* Two equal states that arm against each other: k' = a ((1 - q) k - 1/2) + u g - b (k - 1) a year has the fixed point
 * (b - a/2 + u g) / (b - a (1 - q)); k goes there geometrically, and the mean over the weeks is a geometric sum. */
static void richardson(void)
{
    struct parley_scenario s = load(QUIET "weeks=5200");
    double q = s.par[PARLEY_PAR_q0], a = s.par[PARLEY_PAR_a_R], b = s.par[PARLEY_PAR_b_R], u = s.par[PARLEY_PAR_u_R], g = s.par[PARLEY_PAR_g0];
    double fixed = (b - a / 2 + u * g) / (b - a * (1 - q)), step = 1 - (b - a * (1 - q)) / 52, n = s.weeks;
    double mean = fixed + (1 - fixed) * step * (1 - pow(step, n)) / (1 - step) / n;
    struct parley_tally t = run(&s, 16);
    struct parley_mean k = parley_tally_estimate(&t, PARLEY_OUT_capability);
    OK(near(k.mean, mean, 2e-4) && k.sd < 1e-5, "Richardson: mean capability %.5f, expected %.5f (fixed point %.4f)", k.mean, mean, fixed);
    OK(parley_tally_estimate(&t, PARLEY_OUT_incidents).mean == 0 && parley_tally_estimate(&t, PARLEY_OUT_agreements).mean == 0, "and nothing else happens");
    parley_tally_release(&t);
}

/* Acts raise the grievance of the other side by 1/2 and with it the rate of its acts: together a Hawkes process with mu = .2 a week and n = .4,
 * hence the rate 1/3 and in long windows the Fano factor 1/(1 - n)^2 = 2.7778. */
static void hawkes(void)
{
    enum { WEEKS = 1040, REPLICATES = 20480 };
    char changes[600];
    double d = exp2(-1 / 2.0), n = .4, alpha = n / (.5 * d / (1 - d)), x = 0, expected = 0;
    snprintf(changes, sizeof changes, QUIET PLAIN_ACTS "mu_TEC=0.1 x_halflife=2 alpha=%.17g t1=10 t2=10 t3=10 b1=0 b2=0 b3=0 psi=0 lr_m=0 weeks=%d", alpha, WEEKS);
    struct parley_scenario s = load(changes);
    double severity = (1 + 2 * .01 + 3 * 1e-4 + 4e-6 + 5e-8) / (1 + .01 + 1e-4 + 1e-6 + 1e-8); /* the mean, a little above 1 */
    for (int week = 0; week < WEEKS; week++) {
        double rate = .1 + alpha * x;
        expected += 2 * rate;
        x = d * (x + .5 * severity * rate);
    }
    struct parley_tally t = run(&s, REPLICATES);
    struct parley_mean m = parley_tally_estimate(&t, PARLEY_OUT_incidents);
    double fano = m.sd * m.sd / m.mean;
    OK(fabs(m.mean - expected) < 4 * m.sd / sqrt(REPLICATES), "Hawkes: %.3f acts, expected %.3f", m.mean, expected);
    OK(near(m.mean / WEEKS, 1.0 / 3, .02), "a rate of %.4f (1/3)", m.mean / WEEKS);
    OK(near(fano, 2.7778, .06), "Fano factor %.3f (2.778)", fano);
    parley_tally_release(&t);
}

/* What one exchange between equals does to rung l: chances of a change of -1, 0, +1, +2. */
static void exchange_chances(const struct parley_scenario *s, int l, double chance[4])
{
    const double *p = s->par;
    double q = p[PARLEY_PAR_q0], S = -p[PARLEY_PAR_s0] * (1 + p[PARLEY_PAR_s1] * p[PARLEY_PAR_g0]);
    double down = q * p[PARLEY_PAR_R] + (1 - q) * S;
    double up = q * p[PARLEY_PAR_T_seeker] + (1 - q) * p[PARLEY_PAR_P] - p[PARLEY_PAR_c_I] * p[PARLEY_PAR_I0] -
                p[PARLEY_PAR_rho0] * pow((l + 1) / 7.0, p[PARLEY_PAR_rho1]) - (l >= 4 ? p[PARLEY_PAR_tacit] * q : 0);
    double stay = (down + up) / 2 + p[PARLEY_PAR_h0], theta = p[PARLEY_PAR_theta_C];
    double e[3] = { exp(down / theta), exp(stay / theta), exp(up / theta) }, sum = e[0] + e[1] + e[2], D = e[0] / sum, Y = e[1] / sum, U = e[2] / sum;
    chance[0] = D * D + D * Y + Y * Y * p[PARLEY_PAR_p_cool];
    chance[2] = D * U + 2 * Y * U + U * U * (1 - p[PARLEY_PAR_p_jump]);
    chance[3] = U * U * p[PARLEY_PAR_p_jump];
    chance[1] = 1 - chance[0] - chance[2] - chance[3];
}

/* Probability to be lost, one week further from the end: exchanges are a Poisson process, so this is the exponential of the chain's generator. */
static void one_week(const struct parley_scenario *s, double rate, double lost[8])
{
    double term[8], sum[8];
    memcpy(term, lost, sizeof term);
    memcpy(sum, lost, sizeof sum);
    for (int k = 1; k <= 12; k++) {
        double next[8] = { 0 };
        for (int l = 2; l < 7; l++) {
            double c[4];
            exchange_chances(s, l, c);
            next[l] = rate / k * (c[0] * term[l - 1] + (c[1] - 1) * term[l] + c[2] * term[l + 1] + c[3] * term[l + 2 < 7 ? l + 2 : 7]);
        }
        memcpy(term, next, sizeof term);
        for (int l = 0; l < 8; l++)
            sum[l] += term[l];
    }
    memcpy(lost, sum, sizeof sum);
}

/* No misreading, no channel, no learning: after a measure the ladder is a Markov chain from rung 3, absorbed below 2 and at 7. */
static void ladder(void)
{
    enum { REPLICATES = 40960 };
    struct parley_scenario s = load(QUIET PLAIN_ACTS "mu_TEC=0.00002 eps=0 acc=0 alpha=0 lr_m=0 lr_blame=0 lr_measure=0 lr_de=0 lr_es=0 gamma_g=0 gamma_up=0 o_step=0 "
                                    "r_I=0 d_I=0 t1=10 t2=10 t3=0 b3=5 w3=0 c3=0 rho0=1.2 c_I=0 T_seeker=1.2 s0=1.5 tacit=0.2 weeks=5200");
    double lost[8] = { [7] = 1 }, expected = 0, rate = 1 / s.par[PARLEY_PAR_tauR];
    for (uint32_t week = 0; week < s.weeks; week++) { /* a measure may come in any week: the mean over the weeks that are left */
        one_week(&s, rate, lost);
        expected += lost[3] / s.weeks;
    }
    struct parley_tally t = run(&s, REPLICATES);
    struct parley_mean p = parley_tally_estimate(&t, PARLEY_OUT_uncontrolled), acts = parley_tally_estimate(&t, PARLEY_OUT_incidents);
    double found = p.mean / acts.mean, se = sqrt(found * (1 - found) / (acts.mean * REPLICATES));
    OK(expected > .1 && expected < .9, "the chain is lost from rung 3 with probability %.4f, by the end of the run with %.4f", lost[3], expected);
    OK(fabs(found - expected) < 4 * se, "the model with %.4f (+- %.4f) after %.0f measures", found, se, acts.mean * REPLICATES);
    parley_tally_release(&t);
}

int main(void)
{
    richardson();
    hawkes();
    ladder();
    return done();
}
