#include <parley/excitation.h>
#include <parley/rng.h>

#include "assess/count_model.h"
#include "tap.h"

enum { N = 1500, K = 2 };
static const char *const label[K] = { "A -> B", "B -> A" };
static const double weekday[7] = { 1.2, 1.3, 1.2, 1.1, 1.1, .6, .5 };

/* Negative binomial days with weekdays, a slow swing and excitation, drawn from the definition. */
static void draw(double *y, const double *branching, double half_life, double swing, uint64_t seed)
{
    struct parley_rng rng;
    double q = exp2(-1 / half_life), past[K] = { 0 };
    parley_rng_init(&rng, seed, 0);
    for (size_t t = 0; t < N; t++) {
        double now[K];
        for (size_t k = 0; k < K; k++) {
            double mean = .5 + swing * sin(3 * (double)t / N);
            for (size_t j = 0; j < K; j++)
                mean += branching[k * K + j] * past[j];
            mean *= weekday[t % 7];
            now[k] = (double)parley_rng_poisson(&rng, mean * parley_rng_gamma(&rng, 2) / 2);
            y[k * N + t] = now[k];
        }
        for (size_t k = 0; k < K; k++)
            past[k] = q * past[k] + (1 - q) * now[k];
    }
}

static struct parley_excitation fit(const double *y, struct parley_arena *arena, int permutations)
{
    struct parley_excitation e = { 0 };
    struct parley_excitation_options o = { .weekdays = true, .permutations = permutations, .seed = 7 };
    if (parley_excitation_fit(y, K, N, label, &o, arena, &e, NULL))
        e.why = PARLEY_NOT_FITTED;
    return e;
}

static void recovers(void)
{
    static double y[K * N];
    const double truth[K * K] = { .45, .15, .3, .25 };
    int identified = 0, inside = 0, life = 0, cross = 0;
    enum { SETS = 5 };
    for (uint64_t seed = 0; seed < SETS; seed++) {
        struct parley_arena arena = { 0 };
        draw(y, truth, 3, .3, seed);
        struct parley_excitation e = fit(y, &arena, 39);
        identified += e.identified;
        for (size_t i = 0; i < K * K; i++)
            inside += e.branching_low[i] <= truth[i] && truth[i] <= e.branching_high[i];
        printf("# half-life %.2f (%.2f to %.2f), branching %.2f %.2f %.2f %.2f\n", e.half_life, e.half_life_low, e.half_life_high, e.branching[0], e.branching[1], e.branching[2], e.branching[3]);
        life += e.half_life_low <= 3 && 3 <= e.half_life_high;
        cross += e.cross_p < .01;
        parley_arena_release(&arena);
    }
    OK(identified == SETS, "excitation is identified in %d of 5", identified);
    OK(inside >= 17, "95 %% intervals of branching hold the truth in %d of 20", inside);
    OK(life >= 4, "interval of the half-life holds it in %d of 5", life);
    OK(cross >= 4, "each side answers the other: found in %d of 5", cross);
}

static void says_no(void)
{
    static double y[K * N];
    const double none[K * K] = { 0 };
    int identified = 0, swinging = 0, shuffled = 0;
    enum { SETS = 6 };
    for (uint64_t seed = 0; seed < SETS; seed++) {
        struct parley_arena arena = { 0 };
        draw(y, none, 3, 0, 100 + seed);
        identified += fit(y, &arena, 39).identified;
        draw(y, none, 3, 1.5, 200 + seed);
        swinging += fit(y, &arena, 39).identified;
        parley_arena_release(&arena);
    }
    OK(identified <= 1, "no excitation, constant rate: identified in %d of 6", identified);
    OK(swinging <= 1, "no excitation, slow swing: identified in %d of 6", swinging);
    const double truth[K * K] = { .5, .1, .1, .5 };
    for (uint64_t seed = 0; seed < 3; seed++) { /* the spread stays, the order is gone */
        struct parley_arena arena = { 0 };
        struct parley_rng rng;
        parley_rng_init(&rng, seed, 9);
        draw(y, truth, 3, 0, 300 + seed);
        for (size_t day = 0; day < 7; day++)
            for (size_t week = N / 7; week-- > 1;) {
                size_t a = 7 * week + day, b = 7 * parley_rng_below(&rng, week + 1) + day;
                for (size_t k = 0; k < K; k++) {
                    double swap = y[k * N + a];
                    y[k * N + a] = y[k * N + b], y[k * N + b] = swap;
                }
            }
        shuffled += fit(y, &arena, 39).identified;
        parley_arena_release(&arena);
    }
    OK(shuffled == 0, "excited days put into random order: identified in %d of 3", shuffled);
}

static void too_few(void)
{
    static double y[K * N];
    struct parley_arena arena = { 0 };
    struct parley_error err = { 0 };
    struct parley_excitation e, few = fit(y, &arena, 9);
    OK(!few.identified && few.why == PARLEY_TOO_FEW_EVENTS && isnan(few.spectral_radius), "no events: %s", few.reason);
    for (size_t i = 0; i < 40; i++)
        y[i * 37 % N] = 1, y[N + i * 31 % N] = 1;
    few = fit(y, &arena, 9);
    OK(!few.identified && few.why == PARLEY_TOO_FEW_EVENTS, "40 events a direction: %s", few.reason);
    struct parley_excitation_options o = { 0 };
    OK(parley_excitation_fit((double[]){ 1, .5 }, 1, 2, label, &o, &arena, &e, &err) == PARLEY_EDOM, "%s", err.text);
    OK(parley_excitation_fit((double[]){ 1, -1 }, 1, 2, label, &o, &arena, &e, &err) == PARLEY_EDOM, "%s", err.text);
    parley_arena_release(&arena);
}

/* The count model against the definition of its likelihood. */
static void count_model(void)
{
    double sum = 0;
    for (double y = 0; y < 400; y++)
        sum += exp(count_log_probability(y, 3.7, .8));
    OK(near(sum, 1, 1e-12), "negative binomial probabilities add up to %.15g", sum);
    OK(near(count_log_probability(5, 3.7, .8), lgamma(5 + 1.25) - lgamma(1.25) - lgamma(6) + 5 * log(3.7 / (3.7 + 1.25)) + 1.25 * log(1.25 / (3.7 + 1.25)), 1e-12), "one of them by hand");
    OK(near(count_log_probability(60, 50, 0), 60 * log(50) - 50 - lgamma(61), 1e-12), "spread 0 is Poisson");
}

int main(void)
{
    count_model();
    recovers();
    says_no();
    too_few();
    return done();
}
