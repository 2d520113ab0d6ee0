#include <parley/evolution.h>
#include <parley/rng.h>

#include <math.h>
#include <string.h>

/* --- exact fixation ----------------------------------------------------------------------- */

static double log_sum(double a, double b)
{
    double high = fmax(a, b), low = fmin(a, b);
    return low == -INFINITY ? high : high + log1p(exp(low - high));
}

/* log of (chance to lose an A) / (chance to gain one) with j players of kind A. */
static double log_ratio(enum parley_imitation process, const double p[2][2], double beta, double N, double j)
{
    double f = p[0][0] * (j - 1) + p[0][1] * (N - j), g = p[1][0] * j + p[1][1] * (N - j - 1);
    return process == PARLEY_MORAN ? log(g) - log(f) : -beta * (f - g) / (N - 1);
}

enum parley_status parley_fixation(enum parley_imitation process, const double payoff[2][2], double beta, size_t N, size_t i, double *out,
                                   struct parley_error *err)
{
    if (N < 2 || N > PARLEY_POPULATION_MAX || i > N)
        return parley_fail(err, PARLEY_EINVAL, "%zu of %zu players; expected a population of 2 to %d and at most all of them", i, N, PARLEY_POPULATION_MAX);
    if (!isfinite(beta))
        return parley_fail(err, PARLEY_EINVAL, "beta is not finite");
    if (i == 0 || i == N) {
        *out = i ? 0 : -INFINITY;
        return PARLEY_OK;
    }
    /* rho_i = (1 + sum_{k<i} prod_{j<=k} ratio_j) / (1 + sum_{k<N} ...), in logarithms */
    double product = 0, upper = 0, lower = 0, n = (double)N;
    for (size_t k = 1; k < N; k++) {
        double r = log_ratio(process, payoff, beta, n, (double)k);
        if (!isfinite(r))
            return parley_fail(err, PARLEY_EDOM, "with %zu players of the first kind a total payoff is not positive; the Moran process needs positive payoffs (add a constant, or use fermi)", k);
        product += r;
        lower = log_sum(lower, product);
        if (k < i)
            upper = log_sum(upper, product);
    }
    *out = upper - lower;
    return PARLEY_OK;
}

enum parley_status parley_rare_mutation(enum parley_imitation process, const double *A, size_t n, double beta, size_t N, struct parley_arena *arena,
                                        double *share, struct parley_error *err)
{
    if (n == 0 || n > PARLEY_EVOLUTION_KINDS_MAX)
        return parley_fail(err, PARLEY_EINVAL, "%zu kinds; expected 1 to %d", n, PARLEY_EVOLUTION_KINDS_MAX);
    double *P = PARLEY_NEW(arena, double, n * n), *pi = PARLEY_NEW(arena, double, n), total = 1;
    if (!P || !pi)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu kinds", n);
    double best = -INFINITY; /* moves may all be tiny: scale by the largest, which leaves the distribution as it is */
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            if (i == j)
                continue;
            const double payoff[2][2] = { { A[j * n + j], A[j * n + i] }, { A[i * n + j], A[i * n + i] } };
            enum parley_status status = parley_fixation(process, payoff, beta, N, 1, &P[i * n + j], err);
            if (status)
                return status;
            best = fmax(best, P[i * n + j]);
        }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            P[i * n + j] = i == j ? 0 : fmax(exp(P[i * n + j] - best), 1e-300);
    for (size_t k = n; k-- > 1;) { /* Grassmann, Taksar and Heyman 1985 */
        double leave = 0;
        for (size_t j = 0; j < k; j++)
            leave += P[k * n + j];
        for (size_t i = 0; i < k; i++) {
            P[i * n + k] /= leave;
            for (size_t j = 0; j < k; j++)
                P[i * n + j] += P[i * n + k] * P[k * n + j];
        }
    }
    pi[0] = 1;
    for (size_t k = 1; k < n; k++) {
        for (size_t i = 0; i < k; i++)
            pi[k] += pi[i] * P[i * n + k];
        total += pi[k];
    }
    for (size_t k = 0; k < n; k++)
        share[k] = pi[k] / total;
    return PARLEY_OK;
}

/* --- replicator equation ------------------------------------------------------------------ */

enum { KINDS_ODE_MAX = 256, STEPS_MAX = 1000000 };

static void slope(const double *A, size_t n, const double *x, double *dx)
{
    double mean = 0;
    for (size_t i = 0; i < n; i++) {
        dx[i] = 0;
        for (size_t j = 0; j < n; j++)
            dx[i] += A[i * n + j] * x[j];
        mean += x[i] * dx[i];
    }
    for (size_t i = 0; i < n; i++)
        dx[i] = x[i] * (dx[i] - mean);
}

/* One step of Dormand-Prince 5(4): y[] out, the scaled error is returned. k[0] holds the slope at x, k[6] the one at y afterwards. */
static double step(const double *A, size_t n, const double *x, double h, double k[7][KINDS_ODE_MAX], double *y)
{
    static const double a[6][6] = {
        { 1. / 5 },
        { 3. / 40, 9. / 40 },
        { 44. / 45, -56. / 15, 32. / 9 },
        { 19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729 },
        { 9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656 },
        { 35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84 },
    };
    static const double e[7] = { 71. / 57600, 0, -71. / 16695, 71. / 1920, -17253. / 339200, 22. / 525, -1. / 40 };
    for (int s = 1; s < 7; s++) {
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (int r = 0; r < s; r++)
                sum += a[s - 1][r] * k[r][i];
            y[i] = x[i] + h * sum;
        }
        slope(A, n, y, k[s]);
    }
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        double error = 0;
        for (int s = 0; s < 7; s++)
            error += e[s] * k[s][i];
        worst = fmax(worst, fabs(h * error) / (1e-12 * (fabs(x[i]) + 1e-3)));
    }
    return worst;
}

enum parley_status parley_replicator(const double *A, size_t n, double t, double *x, struct parley_error *err)
{
    double k[7][KINDS_ODE_MAX], y[KINDS_ODE_MAX], now = 0, h = fmin(0.01, t), sum = 0;
    if (n == 0 || n > KINDS_ODE_MAX || !(t >= 0 && isfinite(t)))
        return parley_fail(err, PARLEY_EINVAL, "%zu kinds for a time of %g; expected 1 to %d kinds and a finite time", n, t, KINDS_ODE_MAX);
    for (size_t i = 0; i < n; i++) {
        if (!(x[i] >= 0))
            return parley_fail(err, PARLEY_EINVAL, "share %zu is %g; expected at least 0", i + 1, x[i]);
        sum += x[i];
    }
    if (!(fabs(sum - 1) < 1e-9))
        return parley_fail(err, PARLEY_EINVAL, "the shares add up to %.9g; expected 1", sum);
    slope(A, n, x, k[0]);
    for (int steps = 0; now < t; steps++) {
        if (steps == STEPS_MAX)
            return parley_fail(err, PARLEY_ENOCONV, "the replicator equation needs more than %d steps; at time %g of %g", STEPS_MAX, now, t);
        if (h > t - now)
            h = t - now;
        double error = step(A, n, x, h, k, y);
        if (!(error <= 1)) {
            h *= isfinite(error) ? fmax(0.2, 0.9 * pow(error, -0.2)) : 0.1;
            continue;
        }
        now = h >= t - now ? t : now + h;
        memcpy(x, y, n * sizeof *x);
        memcpy(k[0], k[6], sizeof k[0]);
        h *= fmin(5, 0.9 * pow(fmax(error, 1e-10), -0.2));
    }
    return PARLEY_OK;
}

/* --- played ------------------------------------------------------------------------------- */

struct run {
    const double *A;
    size_t n;
    size_t count[PARLEY_EVOLUTION_KINDS_MAX];
    double f[PARLEY_EVOLUTION_KINDS_MAX]; /* total payoff of one player of each kind */
    double N;
};

static void change(struct run *r, size_t kind, int by)
{
    r->count[kind] += (size_t)by;
    for (size_t i = 0; i < r->n; i++)
        r->f[i] += by * r->A[i * r->n + kind];
}

static size_t random_player(struct run *r, struct parley_rng *rng)
{
    uint64_t at = parley_rng_below(rng, (uint64_t)r->N);
    size_t i = 0;
    while (at >= r->count[i])
        at -= r->count[i++];
    return i;
}

/* One replacement: Moran. */
static void moran(struct run *r, struct parley_rng *rng)
{
    double sum = 0;
    for (size_t i = 0; i < r->n; i++)
        sum += (double)r->count[i] * (r->f[i] - r->A[i * r->n + i]);
    double at = parley_rng_uniform(rng) * sum;
    size_t born = r->n;
    for (size_t i = 0; i < r->n && at >= 0; i++)
        if (r->count[i]) {
            born = i;
            at -= (double)r->count[i] * (r->f[i] - r->A[i * r->n + i]);
        }
    size_t dies = random_player(r, rng);
    if (born != dies && born < r->n) {
        change(r, born, 1);
        change(r, dies, -1);
    }
}

static void fermi(struct run *r, double beta, struct parley_rng *rng)
{
    size_t first = random_player(r, rng);
    r->count[first]--; /* the second is another player */
    r->N -= 1;
    size_t second = random_player(r, rng);
    r->count[first]++;
    r->N += 1;
    if (first == second)
        return;
    double gap = ((r->f[second] - r->A[second * r->n + second]) - (r->f[first] - r->A[first * r->n + first])) / (r->N - 1);
    if (parley_rng_uniform(rng) < 1 / (1 + exp(-beta * gap))) {
        change(r, second, 1);
        change(r, first, -1);
    }
}

enum parley_status parley_imitate(enum parley_imitation process, const double *A, size_t n, double beta, const size_t *count, uint64_t runs,
                                  uint64_t steps_max, uint64_t seed, const struct parley_progress *progress, uint64_t *won, uint64_t *open,
                                  uint64_t *steps, struct parley_error *err)
{
    size_t N = 0;
    if (n == 0 || n > PARLEY_EVOLUTION_KINDS_MAX)
        return parley_fail(err, PARLEY_EINVAL, "%zu kinds; expected 1 to %d", n, PARLEY_EVOLUTION_KINDS_MAX);
    for (size_t i = 0; i < n; i++)
        N += count[i];
    if (N < 2 || N > PARLEY_POPULATION_MAX)
        return parley_fail(err, PARLEY_EINVAL, "a population of %zu; expected 2 to %d", N, PARLEY_POPULATION_MAX);
    for (size_t k = 0; process == PARLEY_MORAN && k < n * n; k++)
        if (!(A[k] >= 0))
            return parley_fail(err, PARLEY_EDOM, "a payoff of %g; the Moran process needs payoffs of at least 0 (add a constant, or use fermi)", A[k]);
    memset(won, 0, n * sizeof *won);
    *open = *steps = 0;
    for (uint64_t run = 0; run < runs; run++) {
        struct run r = { .A = A, .n = n, .N = (double)N };
        struct parley_rng rng;
        parley_rng_init(&rng, seed, run);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                r.f[i] += (double)count[j] * A[i * n + j];
        size_t last = 0;
        for (size_t i = 0; i < n; i++) {
            r.count[i] = count[i];
            last = count[i] ? i : last;
        }
        uint64_t made = 0;
        bool ended = false;
        for (;;) {
            for (size_t i = 0; i < n && !ended; i++)
                if (r.count[i] == N)
                    ended = true, last = i;
            if (ended || made == steps_max)
                break;
            if (process == PARLEY_MORAN)
                moran(&r, &rng);
            else
                fermi(&r, beta, &rng);
            made++;
        }
        *steps += made;
        if (ended)
            won[last]++;
        else
            ++*open;
        if (!parley_tick(progress, (double)run + 1, (double)runs, "runs") && run + 1 < runs)
            return parley_fail(err, PARLEY_ECANCELLED, "interrupted after %llu of %llu runs", (unsigned long long)run + 1, (unsigned long long)runs);
    }
    return PARLEY_OK;
}
