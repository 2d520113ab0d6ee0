#include <parley/forecast.h>
#include <parley/rng.h>

#include "tap.h"

/* CRPS and distribution by the definition. */
static void scores(void)
{
    static const struct { double mean, size, x; } cases[] = { { 2.5, INFINITY, 0 }, { 2.5, INFINITY, 7 }, { 40, 3, 12 }, { .03, .2, 1 }, { 900, INFINITY, 950 }, { 1500, 2, 100 } };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double m = cases[c].mean, r = cases[c].size, x = cases[c].x, cdf = 0, crps = 0, at_x = 0;
        for (double k = 0; k < 60000; k++) {
            double log_p = isinf(r) ? k * log(m) - m - lgamma(k + 1) : lgamma(k + r) - lgamma(r) - lgamma(k + 1) + r * log(r / (r + m)) + k * log(m / (r + m));
            cdf += exp(log_p);
            crps += (cdf - (k >= x)) * (cdf - (k >= x));
            if (k == x) {
                at_x = cdf;
                OK(near(parley_count_log_score(x, m, r), log_p, 1e-10), "log score of %g when %g is expected: %.6f", x, m, log_p);
            }
        }
        OK(near(parley_count_crps(x, m, r), crps, 1e-5), "CRPS %.6f", crps);
        OK(near(parley_count_cdf(x, m, r), at_x, 1e-9), "distribution %.9f", at_x);
    }
}

enum { N = 1400 };

static void draw(double *y, double branching, uint64_t seed)
{
    struct parley_rng rng;
    double past = .8 / (1 - branching);
    parley_rng_init(&rng, seed, 0);
    for (size_t t = 0; t < N; t++) {
        y[t] = (double)parley_rng_poisson(&rng, (.8 + branching * past) * parley_rng_gamma(&rng, 3) / 3);
        past = .8 * past + .2 * y[t];
    }
}

static void backtest(void)
{
    static double y[N];
    struct parley_arena arena = { 0 };
    struct parley_backtest b = { 0 }, again = { 0 };
    struct parley_prediction p = { 0 };
    draw(y, .7, 1);
    bool ok = !parley_forecast_backtest(y, N, NULL, 0, 7, 365, 0, 1, NULL, &arena, &b, NULL);
    OK(ok && b.used == PARLEY_BY_EXCITED && b.better_p[PARLEY_BY_EXCITED] < .05, "excited counts: used %s, p %.3g", parley_forecaster_word(b.used), b.better_p[PARLEY_BY_EXCITED]);
    OK(b.score[b.used].crps < b.score[PARLEY_BY_NB].crps && b.score[b.used].covered > .83 && b.score[b.used].covered < .97 && b.score[b.used].pit_p > .001, "CRPS %.3f against %.3f, %.0f %% in the 90 %% interval",
       b.score[b.used].crps, b.score[PARLEY_BY_NB].crps, 100 * b.score[b.used].covered);
    OK(b.score[PARLEY_BY_POISSON].covered < .8, "a Poisson interval is too narrow for them (%.0f %%)", 100 * b.score[PARLEY_BY_POISSON].covered);
    double most = b.score[b.used].log_score; /* a mixture with equal priors loses at most log 6 in all; its moments a little more */
    OK(b.score[PARLEY_BY_AVERAGE].log_score > most - log(6) / (double)b.n_forecasts - .002 && b.score[PARLEY_BY_AVERAGE].log_score > b.score[b.baseline].log_score,
       "the average finds out who is right: %.4f against %.4f and %.4f", b.score[PARLEY_BY_AVERAGE].log_score, most, b.score[b.baseline].log_score);
    y[N - 1] += 50; /* the future must not reach into the past: only the last forecast may change */
    ok = !parley_forecast_backtest(y, N, NULL, 0, 7, 365, 0, 1, NULL, &arena, &again, NULL);
    size_t left = (N - b.first_target) % 7;
    if (left)
        OK(ok && again.score[PARLEY_BY_EXCITED].log_score == b.score[PARLEY_BY_EXCITED].log_score, "a count after the last forecast changes nothing");
    int excited = 0;
    for (uint64_t seed = 0; seed < 6; seed++) {
        draw(y, 0, 50 + seed);
        ok = !parley_forecast_backtest(y, N, NULL, 0, 7, 365, 0, 1, NULL, &arena, &b, NULL);
        excited += ok && b.used == PARLEY_BY_EXCITED;
    }
    OK(excited <= 1, "plain counts: the baseline is used in %d of 6", 6 - excited);
    OK(!parley_forecast_next(y, N, NULL, 0, 7, 365, PARLEY_BY_NB, &arena, &p, NULL) && p.low < p.mean && p.mean < p.high && near(p.mean, 5.6, .1), "next week %.2f (%.0f to %.0f)", p.mean, p.low, p.high);
    struct parley_error err = { 0 };
    OK(parley_forecast_backtest(y, 20, NULL, 0, 7, 0, 0, 1, NULL, &arena, &b, &err) == PARLEY_EDOM, "%s", err.text);
    y[3] = .5;
    OK(parley_forecast_backtest(y, N, NULL, 0, 7, 0, 0, 1, NULL, &arena, &b, &err) == PARLEY_EDOM, "%s", err.text);
    parley_arena_release(&arena);
}

/* Four steps ahead. A series that returns each fourth count and a burst whose trace fades say whether each distance looks at its own window. */
static void path(void)
{
    enum { STEPS = 4 };
    static double y[N];
    struct parley_arena arena = { 0 };
    struct parley_forecast_step s[STEPS];
    struct parley_error err = { 0 };
    struct parley_rng rng;
    static const double level[4] = { 1, 3, 9, 27 };
    parley_rng_init(&rng, 9, 0);
    for (size_t t = 0; t < N; t++)
        y[t] = (double)parley_rng_poisson(&rng, level[t % 4]);
    bool ok = !parley_forecast_path(y, N, NULL, 0, 1, 4, STEPS, 1, NULL, &arena, s, &err);
    for (size_t k = 0; k < STEPS && ok; k++) {
        OK(s[k].prediction.by == PARLEY_BY_SEASON && fabs(s[k].prediction.mean - level[(N + k) % 4]) < .3, "step %zu of a season of four: %.2f expected", k, s[k].prediction.mean);
        OK(s[k].backtest.n_forecasts > 900 && s[k].backtest.first_target == N / 3 + k && s[k].backtest.score[PARLEY_BY_SEASON].covered > .88, "scored on %zu windows as far ahead", s[k].backtest.n_forecasts);
    }
    draw(y, .9, 3);
    for (size_t t = N - 40; t < N; t++)
        y[t] += 8;
    ok = !parley_forecast_path(y, N, NULL, 0, 7, 365, STEPS, 1, NULL, &arena, s, &err);
    OK(ok && s[0].prediction.by == PARLEY_BY_EXCITED && s[0].prediction.mean > s[1].prediction.mean && s[1].prediction.mean > s[3].prediction.mean, "a burst fades: %.1f, %.1f, %.1f, %.1f", s[0].prediction.mean,
       s[1].prediction.mean, s[2].prediction.mean, s[3].prediction.mean);
    struct parley_prediction p;
    OK(!parley_forecast_next(y, N, NULL, 0, 7, 365, PARLEY_BY_EXCITED, &arena, &p, NULL) && p.mean == s[0].prediction.mean && s[0].widened >= 1 && (s[0].widened > 1 ? p.low > s[0].prediction.low : p.low == s[0].prediction.low), "the first step is the next window, %.2f times wider", s[0].widened);
    /* intervals that held less than nine in ten times are widened, others are not */
    int widened = 0, right = 0;
    for (uint64_t seed = 0; seed < 6; seed++) {
        draw(y, .93, 70 + seed);
        ok = !parley_forecast_path(y, N, NULL, 0, 60, 365, 1, 1, NULL, &arena, s, &err);
        bool failed = s[0].backtest.score[s[0].prediction.by].covered < .9;
        widened += s[0].widened > 1;
        right += ok && (failed ? s[0].widened > 1 : s[0].widened == 1);
    }
    OK(right == 6 && widened > 0, "%d of 6 long forecasts were widened, those that needed it (%d)", widened, right);
    ok = !parley_forecast_path(y, 24, NULL, 0, 3, 12, STEPS, 1, NULL, &arena, s, &err);
    OK(ok && s[0].backtest.n_forecasts == 0 && s[0].prediction.by == PARLEY_BY_NB, "too few windows to test: the negative binomial, and no score");
    OK(parley_forecast_path(y, 20, NULL, 0, 3, 12, STEPS, 1, NULL, &arena, s, &err) == PARLEY_EDOM, "%s", err.text);
    parley_arena_release(&arena);
}

int main(void)
{
    scores();
    backtest();
    path();
    return done();
}
