#include <parley/hawkes.h>

#include "assess/hawkes_pass.h"
#include "tap.h"

enum { K = 3 };
static double mu[K] = { .31, .17, .23 }, branching[K * K] = { .35, .11, .07, .23, .21, .05, .13, .04, .42 };

/* The definition, in O(n^2). */
static double rate_by_definition(const struct parley_hawkes *m, const struct parley_marked *e, size_t k, double at)
{
    double rate = m->mu[k];
    for (size_t l = 0; l < e->n; l++)
        if (e->time[l] < at) {
            size_t j = e->type[l];
            rate += m->branching[k * m->types + j] * m->decay[j] * exp(-m->decay[j] * (at - e->time[l]));
        }
    return rate;
}

static double expected_by_definition(const struct parley_hawkes *m, const struct parley_marked *e, size_t k, double at)
{
    double sum = m->mu[k] * at;
    for (size_t l = 0; l < e->n; l++)
        if (e->time[l] < at)
            sum += m->branching[k * m->types + e->type[l]] * (1 - exp(-m->decay[e->type[l]] * (at - e->time[l])));
    return sum;
}

static double loglik_by_definition(const struct parley_hawkes *m, const struct parley_marked *e)
{
    double sum = 0;
    for (size_t i = 0; i < e->n; i++)
        sum += log(rate_by_definition(m, e, e->type[i], e->time[i]));
    for (size_t k = 0; k < m->types; k++)
        sum -= expected_by_definition(m, e, k, e->span);
    return sum;
}

static size_t simulate(const struct parley_hawkes *m, double span, uint64_t seed, size_t max, double *time, uint16_t *type)
{
    struct parley_rng rng;
    size_t n = 0;
    parley_rng_init(&rng, seed, 0);
    if (parley_hawkes_simulate(m, span, &rng, max, time, type, &n, NULL))
        return 0;
    return n;
}

static void likelihood(void)
{
    enum { MAX = 2000 };
    static double time[MAX], residual[MAX];
    static uint16_t type[MAX];
    double decays[2][K] = { { 1.9, 1.9, 1.9 }, { 1.3, 4.7, 0.6 } };
    for (int c = 0; c < 2; c++) {
        struct parley_hawkes m = { K, mu, branching, decays[c] };
        size_t n = simulate(&m, 200, 11, MAX, time, type);
        time[7] = time[6], time[40] = time[39] = time[38]; /* ties do not excite each other */
        struct parley_marked e = { time, type, n, K, 210 };
        double loglik = 0, gm[K], gb[K * K], gd[K], ignore, worst = 0;
        OK(n > 200 && !parley_hawkes_loglik(&m, &e, &loglik, gm, gb, gd, NULL), "%zu events", n);
        OK(near(loglik, loglik_by_definition(&m, &e), 1e-12), "log-likelihood %.6f is that of the definition", loglik);
        double *parameter[] = { mu, branching, decays[c] }, *gradient[] = { gm, gb, gd };
        size_t count[] = { K, K * K, K };
        for (int p = 0; p < 3; p++)
            for (size_t i = 0; i < count[p]; i++) {
                double keep = parameter[p][i], h = 1e-5 * keep, up, down;
                parameter[p][i] = keep + h, up = loglik_by_definition(&m, &e);
                parameter[p][i] = keep - h, down = loglik_by_definition(&m, &e);
                parameter[p][i] = keep;
                worst = fmax(worst, fabs((up - down) / (2 * h) - gradient[p][i]) / fmax(1, fabs(gradient[p][i])));
            }
        OK(worst < 1e-5, "gradient is the slope of the definition (worst %.1e)", worst);
        OK(!parley_hawkes_residuals(&m, &e, residual, NULL), "residuals");
        double last[K] = { 0 };
        worst = 0;
        for (size_t i = 0; i < n; i++) {
            double to = expected_by_definition(&m, &e, type[i], time[i]);
            worst = fmax(worst, fabs(to - last[type[i]] - residual[i]));
            last[type[i]] = to;
        }
        OK(worst < 1e-9, "residuals are those of the definition (worst %.1e)", worst);
        (void)ignore;
    }
}

/* Events of T types with ties, crowds and long silences: the pass against the general likelihood, with and without the Hessian, plain and not. */
static void widths(void)
{
    enum { MAX = 64, N = 1203 };
    static const size_t types[] = { 1, 2, 4, 5, 8, 9, 10, 13, 16, 17, 20, 24, 25, 28, 33, 50, 60, 61, 64 };
    static double time[N], m_mu[MAX], m_branching[MAX * MAX], m_decay[MAX], columns[MAX * MAX], gm[MAX], gb[MAX * MAX];
    static double sum[3][2 * MAX + MAX * MAX], hessian[MAX * (MAX + 1) * MAX], hessian_mu[MAX];
    static uint16_t type[N];
    double worst = 0;
    size_t differ = 0;
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        size_t T = types[t];
        struct parley_rng rng;
        struct hawkes_prepared p;
        parley_rng_init(&rng, 77, T);
        double at = 0, loglik = 0;
        for (size_t i = 0; i < N; i++) {
            uint64_t what = parley_rng_below(&rng, 100);
            at += what < 10 ? 0 : what == 99 ? 500 : what < 60 ? .01 * parley_rng_uniform(&rng) : parley_rng_uniform(&rng);
            time[i] = at, type[i] = (uint16_t)parley_rng_below(&rng, T);
        }
        for (size_t k = 0; k < T; k++) {
            m_mu[k] = .01 + parley_rng_uniform(&rng), m_decay[k] = 1.7;
            for (size_t j = 0; j < T; j++)
                m_branching[k * T + j] = parley_rng_below(&rng, 3) ? parley_rng_uniform(&rng) / (double)T : 0;
        }
        struct parley_hawkes m = { T, m_mu, m_branching, m_decay };
        struct parley_marked e = { time, type, N, T, at + 1 };
        OK(!parley_hawkes_loglik(&m, &e, &loglik, gm, gb, NULL, NULL) && hawkes_prepare(&e, 1.7, &p), "%zu types", T);
        memset(columns, 0, sizeof columns);
        for (size_t k = 0; k < T; k++)
            for (size_t j = 0; j < T; j++)
                columns[j * p.width + k] = m_branching[k * T + j];
        for (int way = 0; way < 3; way++) { /* 2: with the Hessian */
            struct hawkes_sums s = { .loglik = sum[way], .grad_mu = sum[way] + MAX, .grad = sum[way] + 2 * MAX, .hessian = way == 2 ? hessian : NULL, .hessian_mu = hessian_mu };
            hawkes_pass_on(&p, m_mu, columns, &s, way == 1);
            double whole = 0;
            for (size_t k = 0; k < T; k++) {
                whole += s.loglik[k] - m_mu[k] * e.span;
                worst = fmax(worst, fabs(s.grad_mu[k] - e.span - gm[k]) / (1 + fabs(gm[k]) + e.span));
                for (size_t j = 0; j < T; j++) {
                    whole -= m_branching[k * T + j] * p.exposure[j];
                    worst = fmax(worst, fabs(s.grad[k * p.width + j] - p.exposure[j] - gb[k * T + j]) / (1 + fabs(gb[k * T + j]) + p.exposure[j]));
                }
            }
            worst = fmax(worst, fabs(whole - loglik) / fabs(loglik));
        }
        differ += memcmp(sum[0], sum[1], T * sizeof(double)) || memcmp(sum[0] + MAX, sum[1] + MAX, T * sizeof(double)) ||
                  memcmp(sum[0] + 2 * MAX, sum[1] + 2 * MAX, T * p.width * sizeof(double));
        hawkes_prepared_release(&p);
    }
    OK(worst < 1e-11, "likelihood and gradient of every width are the general ones (worst %.1e)", worst);
    OK(differ == 0, "and the same bits without the processor's vectors");
}

/* No parameter can be moved without loss, and the fast pass agrees with the general one. */
static void optimum(void)
{
    enum { MAX = 60000 };
    static double time[MAX];
    static uint16_t type[MAX];
    double decay[K] = { 1.9, 1.9, 1.9 };
    struct parley_hawkes m = { K, mu, branching, decay };
    size_t n = simulate(&m, 30000, 3, MAX, time, type);
    struct parley_marked e = { time, type, n, K, 30000 };
    struct parley_arena arena = { 0 };
    struct parley_hawkes_fit given, shared, own;
    double loglik, gm[K], gb[K * K], gd[K];
    OK(!parley_hawkes_fit(&e, &(struct parley_hawkes_options){ .decay = PARLEY_DECAY_GIVEN, .given = decay }, &arena, &given, NULL), "fit with the decay given, %d passes", given.iterations);
    OK(!parley_hawkes_loglik(&given.model, &e, &loglik, gm, gb, NULL, NULL) && near(loglik, given.loglik, 1e-11), "its likelihood is the general one's");
    double worst = 0;
    for (size_t i = 0; i < K; i++)
        worst = fmax(worst, fabs(gm[i] * given.mu_se[i]));
    for (size_t i = 0; i < K * K; i++)
        worst = fmax(worst, fabs(gb[i] * given.branching_se[i]));
    OK(worst < 1e-2, "its gradient vanishes (%.1e in units of the standard error)", worst);
    OK(!parley_hawkes_fit(&e, &(struct parley_hawkes_options){ .decay = PARLEY_DECAY_SHARED }, &arena, &shared, NULL) && shared.loglik >= given.loglik - 1e-6, "a free shared decay fits at least as well");
    OK(!parley_hawkes_loglik(&shared.model, &e, &loglik, gm, gb, gd, NULL) && fabs((gd[0] + gd[1] + gd[2]) * shared.decay_se[0]) < 1e-2, "and its slope vanishes");
    OK(!parley_hawkes_fit(&e, &(struct parley_hawkes_options){ .decay = PARLEY_DECAY_PER_TYPE }, &arena, &own, NULL) && own.loglik >= shared.loglik - 1e-6, "a decay for each type at least as well again: %.3f, %.3f", own.loglik, shared.loglik);
    OK(!parley_hawkes_loglik(&own.model, &e, &loglik, gm, gb, gd, NULL) && fabs(gd[0] * own.decay_se[0]) + fabs(gd[1] * own.decay_se[1]) + fabs(gd[2] * own.decay_se[2]) < .1, "and its slopes vanish");
    OK(own.residual_ks_p[0] > .001 && own.lr_p < 1e-10, "residuals pass (p %.2f), Poisson does not", own.residual_ks_p[0]);
    double radius;
    OK(!parley_spectral_radius(branching, K, &radius, NULL, NULL, NULL) && shared.spectral_low < radius && radius < shared.spectral_high,
       "spectral radius %.3f in [%.3f, %.3f]", radius, shared.spectral_low, shared.spectral_high);
    parley_arena_release(&arena);
}

/* The contract: every parameter within 3 standard errors in at least 95 of 100 simulated data sets. */
static void recovery(void)
{
    enum { T = 2, MAX = 20000, SETS = 100 };
    static double time[MAX];
    static uint16_t type[MAX];
    double m_mu[T] = { .4, .25 }, m_branching[T * T] = { .4, .15, .25, .3 }, m_decay[T] = { 1.5, 1.5 };
    struct parley_hawkes m = { T, m_mu, m_branching, m_decay };
    int within = 0, radius_in = 0;
    double ratio = 0;
    for (uint64_t seed = 0; seed < SETS; seed++) {
        struct parley_arena arena = { 0 };
        struct parley_hawkes_fit f;
        size_t n = simulate(&m, 3000, 1000 + seed, MAX, time, type);
        struct parley_marked e = { time, type, n, T, 3000 };
        bool all = !parley_hawkes_fit(&e, &(struct parley_hawkes_options){ .decay = PARLEY_DECAY_SHARED }, &arena, &f, NULL);
        for (size_t k = 0; all && k < T; k++)
            all = fabs(f.model.mu[k] - m_mu[k]) <= 3 * f.mu_se[k];
        for (size_t i = 0; all && i < T * T; i++)
            all = fabs(f.model.branching[i] - m_branching[i]) <= 3 * f.branching_se[i];
        all = all && fabs(f.model.decay[0] - m_decay[0]) <= 3 * f.decay_se[0];
        ratio += (f.model.branching[0] - .4) * (f.model.branching[0] - .4) / (f.branching_se[0] * f.branching_se[0]) / SETS;
        double radius;
        if (!parley_spectral_radius(m_branching, T, &radius, NULL, NULL, NULL))
            radius_in += f.spectral_low <= radius && radius <= f.spectral_high;
        within += all;
        parley_arena_release(&arena);
    }
    OK(within >= 95, "all parameters within 3 standard errors in %d of 100", within);
    OK(ratio > .5 && ratio < 1.6, "standard errors have the right size (mean square of the scaled error %.2f)", ratio);
    OK(radius_in >= 89, "95 %% interval of the spectral radius holds it in %d of 100", radius_in);
}

static void simulation(void)
{
    enum { MAX = 400000 };
    double *time = calloc(MAX, sizeof *time), decays[2][K] = { { 1.9, 1.9, 1.9 }, { 1.3, 4.7, 0.6 } };
    uint16_t *type = calloc(MAX, sizeof *type);
    for (int c = 0; c < 2; c++) {
        struct parley_hawkes m = { K, mu, branching, decays[c] };
        size_t n = simulate(&m, 80000, 5, MAX, time, type);
        double count[K] = { 0 }, stationary[K] = { .31, .17, .23 };
        for (int round = 0; round < 200; round++) { /* x = mu + B x */
            double next[K];
            for (size_t k = 0; k < K; k++) {
                next[k] = mu[k];
                for (size_t j = 0; j < K; j++)
                    next[k] += branching[k * K + j] * stationary[j];
            }
            memcpy(stationary, next, sizeof next);
        }
        for (size_t i = 0; i < n; i++)
            count[type[i]]++;
        bool right = n > 0;
        for (size_t k = 0; k < K; k++)
            right &= fabs(count[k] / 80000 - stationary[k]) < .03 * stationary[k];
        OK(right, "%zu simulated events, rates %.3f %.3f %.3f", n, count[0] / 80000, count[1] / 80000, count[2] / 80000);
        size_t twice = simulate(&m, 80000, 5, MAX, time, type);
        OK(twice == n, "the same seed gives the same events");
    }
    struct parley_hawkes explosive = { 1, (double[]){ 1 }, (double[]){ 1.2 }, (double[]){ 1 } };
    struct parley_rng rng;
    struct parley_error err = { 0 };
    size_t n;
    parley_rng_init(&rng, 1, 0);
    OK(parley_hawkes_simulate(&explosive, 1e9, &rng, 1000, time, type, &n, &err) == PARLEY_ELIMIT && n == 1000, "an explosive model stops at the limit: %s", err.text);
    free(time);
    free(type);
}

static void many_types(void)
{
    enum { T = 64, MAX = 60000 }; /* above Newton's limit */
    static double time[MAX], m_mu[T], m_branching[T * T], m_decay[T];
    static uint16_t type[MAX];
    for (size_t k = 0; k < T; k++) {
        m_mu[k] = .05, m_decay[k] = 1, m_branching[k * T + k] = .4;
        m_branching[k * T + (k + 1) % T] = .2;
    }
    struct parley_hawkes m = { T, m_mu, m_branching, m_decay };
    size_t n = simulate(&m, 4000, 5, MAX, time, type);
    struct parley_marked e = { time, type, n, T, 4000 };
    struct parley_arena arena = { 0 };
    struct parley_hawkes_fit f;
    struct parley_error err = { 0 };
    OK(!parley_hawkes_fit(&e, &(struct parley_hawkes_options){ .decay = PARLEY_DECAY_GIVEN, .given = m_decay }, &arena, &f, &err), "64 types, %zu events, %d passes %s", n, f.iterations, err.text);
    double own = 0, other = 0;
    for (size_t k = 0; k < T; k++)
        own += f.model.branching[k * T + k] / T, other += f.model.branching[k * T + (k + 7) % T] / T;
    OK(fabs(own - .4) < .05 && other < .04, "own branching %.3f, unrelated %.3f", own, other);
    parley_arena_release(&arena);
}

static void bad_input(void)
{
    struct parley_arena arena = { 0 };
    struct parley_hawkes_fit f;
    struct parley_error err = { 0 };
    struct parley_hawkes_options shared = { .decay = PARLEY_DECAY_SHARED };
    uint16_t type[3] = { 0, 0, 0 }, strange[3] = { 0, 1, 0 };
    OK(parley_hawkes_fit(&(struct parley_marked){ (double[]){ 1, 3, 2 }, type, 3, 1, 9 }, &shared, &arena, &f, &err) == PARLEY_EDOM, "%s", err.text);
    OK(parley_hawkes_fit(&(struct parley_marked){ (double[]){ 1, NAN, 2 }, type, 3, 1, 9 }, &shared, &arena, &f, &err) == PARLEY_EDOM, "%s", err.text);
    OK(parley_hawkes_fit(&(struct parley_marked){ (double[]){ 1, 2, 3 }, strange, 3, 1, 9 }, &shared, &arena, &f, &err) == PARLEY_EDOM, "%s", err.text);
    OK(parley_hawkes_fit(&(struct parley_marked){ (double[]){ 1, 2, 3 }, type, 3, 2, 9 }, &shared, &arena, &f, &err) == PARLEY_EDOM, "%s", err.text);
    OK(parley_hawkes_fit(&(struct parley_marked){ (double[]){ 1 }, type, 1, 1, 9 }, &shared, &arena, &f, &err) == PARLEY_EDOM, "%s", err.text);
    OK(parley_hawkes_fit(&(struct parley_marked){ (double[]){ 1, 2, 3 }, type, 3, 1, 9 }, &(struct parley_hawkes_options){ .decay = PARLEY_DECAY_GIVEN, .given = (double[]){ -1 } }, &arena, &f, &err) == PARLEY_EINVAL, "%s", err.text);
    double radius, left[2], right[2];
    OK(!parley_spectral_radius((double[]){ 0, .5, .32, 0 }, 2, &radius, left, right, NULL) && near(radius, .4, 1e-12) && near(left[0] * right[0] + left[1] * right[1], 1, 1e-12), "radius of a periodic matrix %.15g", radius);
    OK(!parley_spectral_radius((double[]){ 0, 1, 0, 0 }, 2, &radius, NULL, NULL, NULL) && radius < 1e-12, "of a nilpotent one %g", radius);
    parley_arena_release(&arena);
}

int main(void)
{
    likelihood();
    widths();
    optimum();
    recovery();
    simulation();
    many_types();
    bad_input();
    return done();
}
