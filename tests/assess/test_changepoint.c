#include <parley/changepoint.h>
#include <parley/rng.h>

#include "assess/changepoint.h"
#include "tap.h"

/* The definition in O(n^2): best[t] = min over s of best[s] + cost(s..t) + penalty. */
static size_t by_definition(const double *y, size_t n, const struct parley_level *level, double penalty, size_t *at, double *cost)
{
    double *best = calloc(n + 1, sizeof *best);
    size_t *last = calloc(n + 1, sizeof *last), changes = 0;
    for (size_t t = 1; t <= n; t++) {
        double sum = 0;
        best[t] = INFINITY;
        for (size_t s = t; s-- > 0;) {
            sum += y[s];
            double c = best[s] + changepoint_segment_cost(level, (double)(t - s), sum) + (s ? penalty : 0);
            if (c < best[t])
                best[t] = c, last[t] = s;
        }
    }
    for (size_t t = n; last[t] > 0; t = last[t])
        at[changes++] = last[t];
    *cost = best[n];
    free(best);
    free(last);
    return changes;
}

static void draw(double *y, size_t n, enum parley_level_model model, int changes, uint64_t seed)
{
    struct parley_rng rng;
    parley_rng_init(&rng, seed, 1);
    double level = 2;
    for (size_t t = 0; t < n; t++) {
        if (changes && t % (n / (size_t)(changes + 1)) == 0)
            level = 0.3 + 4 * parley_rng_uniform(&rng);
        if (model == PARLEY_LEVEL_GAUSSIAN)
            y[t] = level + parley_rng_normal(&rng);
        else
            y[t] = (double)parley_rng_poisson(&rng, model == PARLEY_LEVEL_POISSON ? level : level * parley_rng_gamma(&rng, 1.5) / 1.5);
    }
}

static void against_the_oracle(void)
{
    static const struct parley_level levels[] = { { PARLEY_LEVEL_POISSON, 0, 0 }, { PARLEY_LEVEL_NEGATIVE_BINOMIAL, 1.5, 0 }, { PARLEY_LEVEL_GAUSSIAN, 0, 1.3 } };
    static const char *const names[] = { "Poisson", "negative binomial", "Gaussian" };
    enum { N = 400, TRIALS = 60 };
    double y[N];
    for (size_t l = 0; l < 3; l++) {
        int same_cost = 0, same_changes = 0, found = 0;
        for (uint64_t trial = 0; trial < TRIALS; trial++) {
            struct parley_arena arena = { 0 };
            struct parley_segments s;
            size_t at[N];
            double cost, penalty = trial % 3 == 0 ? 2 : trial % 3 == 1 ? 8 : 20;
            draw(y, N, levels[l].model, (int)(trial % 7), trial);
            size_t n = by_definition(y, N, &levels[l], penalty, at, &cost);
            if (parley_changepoints(y, N, &levels[l], penalty, &arena, &s, NULL))
                continue;
            /* the Gaussian cost is up to the constant that centring takes out */
            double mean = 0;
            for (size_t t = 0; t < N; t++)
                mean += y[t] / N;
            double offset = levels[l].model == PARLEY_LEVEL_GAUSSIAN ? N * mean * mean / levels[l].variance : 0;
            same_cost += near(s.cost - offset, cost, 1e-9);
            bool same_at = s.n_changes == n;
            for (size_t k = 0; same_at && k < n; k++)
                same_at = s.at[k] == at[n - 1 - k];
            same_changes += same_at;
            found += n > 0;
            parley_arena_release(&arena);
        }
        OK(same_cost == TRIALS, "%s: the cost is the least one in %d of %d", names[l], same_cost, TRIALS);
        OK(same_changes == TRIALS, "%s: the same dates in %d of %d", names[l], same_changes, TRIALS);
        OK(found > TRIALS / 2, "%s: the trials do hold changes (%d)", names[l], found);
    }
}

/* The posterior by adding up all 2^(n-1) segmentations. */
static void posterior_by_enumeration(void)
{
    enum { N = 9 };
    static const double y[N] = { 1, 0, 2, 1, 6, 4, 7, 5, 1 };
    double prior = 3, hazard = 0.2, all = 0, with[N] = { 0 }, none = 0, window = 0; /* 27 events in 9 bins */
    for (unsigned mask = 0; mask < 1u << (N - 1); mask++) { /* bit t-1: a change at t */
        double p = 1, sum = 0, bins = 0;
        for (size_t t = 0; t < N; t++) {
            if (t)
                p *= mask >> (t - 1) & 1 ? hazard : 1 - hazard;
            sum += y[t], bins++;
            if (t == N - 1 || mask >> t & 1) {
                p *= exp(lgamma(prior + sum) - lgamma(prior) - (prior + sum) * log(1 + bins));
                sum = bins = 0;
            }
        }
        all += p;
        for (size_t t = 1; t < N; t++)
            with[t] += mask >> (t - 1) & 1 ? p : 0;
        none += mask ? 0 : p;
        window += mask >> 2 & 7 ? p : 0; /* changes at 3, 4 or 5 */
    }
    struct parley_arena arena = { 0 };
    double probability[N], without, inside;
    struct parley_level level = { .model = PARLEY_LEVEL_POISSON };
    OK(!parley_changepoint_posterior(y, N, &level, hazard, probability, &without, 3, 5, &inside, &arena, NULL), "posterior of 9 bins");
    bool same_all = true;
    for (size_t t = 1; t < N; t++)
        same_all &= near(probability[t], with[t] / all, 1e-12);
    OK(same_all, "change probabilities are those of the sum over 256 segmentations");
    OK(near(without, none / all, 1e-12), "probability of no change %.6f", without);
    OK(near(inside, window / all, 1e-12), "probability of a change at 3 to 5 %.6f", inside);
    parley_arena_release(&arena);
}

static void finds_what_is_there(void)
{
    enum { N = 240, TRIALS = 100 };
    double y[N];
    int hit = 0, covered = 0, false_alarm = 0, clustered_alarm = 0;
    for (uint64_t seed = 0; seed < TRIALS; seed++) {
        struct parley_rng rng;
        struct parley_arena arena = { 0 };
        struct parley_changes c;
        parley_rng_init(&rng, seed, 7);
        for (size_t t = 0; t < N; t++)
            y[t] = (double)parley_rng_poisson(&rng, t < 150 ? 1 : 2.2);
        if (!parley_changes_find(y, N, PARLEY_LEVEL_POISSON, &arena, &c, NULL) && c.n == 1) {
            hit++;
            covered += c.change[0].low <= 150 && c.change[0].high >= 150;
        }
        for (size_t t = 0; t < N; t++)
            y[t] = (double)parley_rng_poisson(&rng, 1);
        false_alarm += !parley_changes_find(y, N, PARLEY_LEVEL_POISSON, &arena, &c, NULL) && c.n > 0;
        for (size_t t = 0; t < N; t++)
            y[t] = (double)parley_rng_poisson(&rng, 2 * parley_rng_gamma(&rng, 0.7) / 0.7);
        clustered_alarm += !parley_changes_find(y, N, PARLEY_LEVEL_POISSON, &arena, &c, NULL) && c.n > 0;
        parley_arena_release(&arena);
    }
    OK(hit >= 90, "one doubling of the rate is found as one change in %d of 100", hit);
    OK(covered >= 0.9 * hit, "its 95 %% interval holds the true date in %d of %d", covered, hit);
    OK(false_alarm <= 5, "constant Poisson: %d of 100 false alarms", false_alarm);
    OK(clustered_alarm <= 10, "constant negative binomial: %d of 100 false alarms", clustered_alarm);
}

static void bad_input(void)
{
    struct parley_arena arena = { 0 };
    struct parley_segments s;
    struct parley_error err = { 0 };
    struct parley_level poisson = { .model = PARLEY_LEVEL_POISSON }, gaussian = { .model = PARLEY_LEVEL_GAUSSIAN };
    OK(parley_changepoints((double[]){ 1, -2 }, 2, &poisson, 3, &arena, &s, &err) == PARLEY_EDOM, "a negative count: %s", err.text);
    OK(parley_changepoints((double[]){ 1, NAN }, 2, &poisson, 3, &arena, &s, &err) == PARLEY_EDOM, "NaN: %s", err.text);
    OK(parley_changepoints((double[]){ 1, 2 }, 2, &gaussian, 3, &arena, &s, &err) == PARLEY_EINVAL, "no variance: %s", err.text);
    OK(parley_changepoints((double[]){ 1, 2 }, 2, &poisson, NAN, &arena, &s, &err) == PARLEY_EINVAL, "no penalty: %s", err.text);
    OK(!parley_changepoints((double[]){ 0, 0, 0, 0 }, 4, &poisson, 3, &arena, &s, &err) && s.n_changes == 0, "nothing ever happens");
    struct parley_changes c;
    OK(!parley_changes_find((double[]){ 5 }, 1, PARLEY_LEVEL_POISSON, &arena, &c, &err) && c.n == 0, "one bin");
    OK(!parley_changes_find((double[]){ 0, 0, 0 }, 3, PARLEY_LEVEL_POISSON, &arena, &c, &err) && c.n == 0, "three empty bins");
    parley_arena_release(&arena);
}

/* Above the exact posterior: the change is dated in a window around it. */
static void long_series(void)
{
    enum { N = 30000 };
    double *y = calloc(N, sizeof *y);
    struct parley_rng rng;
    struct parley_arena arena = { 0 };
    struct parley_changes c = { 0 };
    parley_rng_init(&rng, 5, 1);
    for (size_t t = 0; t < N; t++)
        y[t] = parley_rng_normal(&rng) + (t < 21000 ? 0 : 1);
    bool found = !parley_changes_find(y, N, PARLEY_LEVEL_GAUSSIAN, &arena, &c, NULL);
    OK(found && c.n == 1 && c.change[0].low <= 21000 && c.change[0].high >= 21000,
       "30,000 bins: one change, dated %zu to %zu", c.n ? c.change[0].low : 0, c.n ? c.change[0].high : 0);
    parley_arena_release(&arena);
    free(y);
}

int main(void)
{
    against_the_oracle();
    posterior_by_enumeration();
    finds_what_is_there();
    bad_input();
    long_series();
    return done();
}
