#include "forecast_models.h"
#include "special.h"

#include <parley/rng.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_FORECASTS = 12 };

const char *parley_forecaster_word(enum parley_forecaster by)
{
    switch (by) {
#define PARLEY_FORECASTER_CASE(name, word, en, zh) case name: return word;
        PARLEY_FORECASTER_MAP(PARLEY_FORECASTER_CASE)
#undef PARLEY_FORECASTER_CASE
    case PARLEY_FORECASTERS:
        break;
    }
    return "?";
}

/* What the scores of one model are made of. */
struct tally {
    double log_sum, crps, brier, covered, pit[10];
    double *log_score; /* [forecasts] */
};

static void add_score(struct tally *t, size_t f, double x, double mean, double size, struct parley_rng *rng)
{
    double log_p = t->log_score[f], none = exp(parley_count_log_score(0, mean, size));
    double below = x > 0 ? parley_count_cdf(x - 1, mean, size) : 0, up_to = parley_count_cdf(x, mean, size);
    double pit = below + parley_rng_uniform(rng) * (up_to - below);
    t->log_sum += log_p;
    t->crps += parley_count_crps(x, mean, size);
    t->brier += (x > 0 ? none : 1 - none) * (x > 0 ? none : 1 - none);
    t->covered += up_to >= 0.05 && below < 0.95; /* x lies between the 5 % and the 95 % quantile */
    t->pit[pit < 1 ? (int)(10 * pit) : 9]++;
}

static void finish_score(const struct tally *t, double n, double events, struct parley_score *s)
{
    double chi2 = 0;
    *s = (struct parley_score){ .log_score = t->log_sum / n, .log_score_per_event = t->log_sum / fmax(1, events), .crps = t->crps / n,
                                .brier = t->brier / n, .covered = t->covered / n };
    for (int i = 0; i < 10; i++) {
        s->pit[i] = t->pit[i] / n;
        chi2 += (t->pit[i] - n / 10) * (t->pit[i] - n / 10) / (n / 10);
    }
    s->pit_p = special_chi2_p(chi2, 9);
}

/* Diebold and Mariano 1995: is the mean of the differences above 0? Their variance with Bartlett weights over four lags. */
static double better_p(const double *a, const double *b, size_t n)
{
    enum { LAGS = 4 };
    double mean = 0, variance = 0;
    for (size_t i = 0; i < n; i++)
        mean += (a[i] - b[i]) / (double)n;
    for (size_t lag = 0; lag <= LAGS && lag < n; lag++) {
        double sum = 0;
        for (size_t i = lag; i < n; i++)
            sum += (a[i] - b[i] - mean) * (a[i - lag] - b[i - lag] - mean);
        variance += (lag ? 2 * (1 - (double)lag / (LAGS + 1)) : 1) * sum / (double)n;
    }
    return variance > 0 ? special_normal_p(mean / sqrt(variance / (double)n)) : mean > 0 ? 0 : 1;
}

enum parley_status forecast_check(const double *y, size_t n, size_t horizon, struct parley_error *err)
{
    if (horizon < 1 || horizon > n)
        return parley_fail(err, PARLEY_EINVAL, "forecast: a horizon of %zu counts for %zu", horizon, n);
    for (size_t i = 0; i < n; i++)
        if (!(y[i] >= 0 && y[i] == floor(y[i]) && y[i] <= PARLEY_FORECAST_COUNT_MAX))
            return parley_fail(err, PARLEY_EDOM, "forecast: count %zu is %g", i, y[i]);
    return PARLEY_OK;
}

static void choose(struct parley_backtest *b, const struct tally *tally)
{
    b->baseline = PARLEY_BY_POISSON;
    for (int f = 0; f < PARLEY_BY_EXCITED; f++)
        if (b->score[f].log_score > b->score[b->baseline].log_score)
            b->baseline = (enum parley_forecaster)f;
    for (int f = 0; f < PARLEY_FORECASTERS; f++)
        b->better_p[f] = f == (int)b->baseline ? NAN : better_p(tally[f].log_score, tally[b->baseline].log_score, b->n_forecasts);
    b->used = b->baseline;
    for (int f = PARLEY_BY_AVERAGE; f >= PARLEY_BY_EXCITED; f--) /* the excited model says more of what drives the counts: it comes first */
        if (b->score[f].log_score > b->score[b->baseline].log_score && b->better_p[f] < 0.05)
            b->used = (enum parley_forecaster)f;
}

enum parley_status forecast_backtest(const double *y, size_t n, const double *extra, size_t n_extra, size_t horizon, size_t lead, size_t season, size_t from,
                                     uint64_t seed, const struct parley_progress *progress, struct parley_arena *arena, struct parley_backtest *out,
                                     struct parley_error *err)
{
    enum parley_status status = forecast_check(y, n, horizon, err);
    if (status)
        return status;
    if (!from)
        from = n / 3 > 2 * horizon ? n / 3 : 2 * horizon;
    size_t forecasts = n > from + lead ? (n - from - lead) / horizon : 0;
    if (forecasts < LEAST_FORECASTS)
        return parley_fail(err, PARLEY_EDOM, "%zu forecasts can be tested, at least %d are needed", forecasts, LEAST_FORECASTS);
    struct forecast_models m;
    struct tally tally[PARLEY_FORECASTERS] = { 0 };
    struct parley_backtest b = { .n_forecasts = forecasts, .first_target = from + lead };
    double *log_score = PARLEY_NEW(arena, double, PARLEY_FORECASTERS * forecasts), events = 0;
    if (!log_score || !forecast_models_make(&m, y, n, extra, n_extra, horizon, lead, season, arena))
        return parley_fail(err, PARLEY_ENOMEM, "no memory for forecasts of %zu counts", n);
    for (int f = 0; f < PARLEY_FORECASTERS; f++)
        tally[f].log_score = log_score + (size_t)f * forecasts;
    struct parley_rng rng;
    parley_rng_init(&rng, seed, 0x70697421);
    for (size_t k = 0; k < forecasts; k++) {
        size_t origin = from + k * horizon;
        double x = 0;
        for (size_t t = origin + lead; t < origin + lead + horizon; t++)
            x += y[t];
        events += x;
        if (k % FORECAST_REFIT == 0 && !parley_tick(progress, (double)k, (double)forecasts, "forecast"))
            return parley_fail(err, PARLEY_ECANCELLED, "interrupted in the back-test");
        double mean[PARLEY_FORECASTERS], size[PARLEY_FORECASTERS];
        forecast_models_roll(&m, from, k, forecasts, log_score, mean, size);
        for (int f = 0; f < PARLEY_FORECASTERS; f++)
            add_score(&tally[f], k, x, mean[f], size[f], &rng);
    }
    b.n_events = (size_t)events;
    for (int f = 0; f < PARLEY_FORECASTERS; f++)
        finish_score(&tally[f], (double)forecasts, events, &b.score[f]);
    if (!season) /* the homogeneous rate under another name */
        b.score[PARLEY_BY_SEASON] = (struct parley_score){ NAN, NAN, NAN, NAN, { 0 }, NAN, NAN };
    choose(&b, tally);
    *out = b;
    return PARLEY_OK;
}

enum parley_status parley_forecast_backtest(const double *y, size_t n, const double *extra, size_t n_extra, size_t horizon, size_t season,
                                            size_t from, uint64_t seed, const struct parley_progress *progress, struct parley_arena *arena,
                                            struct parley_backtest *out, struct parley_error *err)
{
    return forecast_backtest(y, n, extra, n_extra, horizon, 0, season, from, seed, progress, arena, out, err);
}

static double quantile(double p, double mean, double size)
{
    double low = -1, high = ceil(mean) + 1;
    while (parley_count_cdf(high, mean, size) < p)
        high *= 2;
    while (high - low > 1) {
        double mid = floor((low + high) / 2);
        if (parley_count_cdf(mid, mean, size) >= p)
            high = mid;
        else
            low = mid;
    }
    return high;
}

bool forecast_held(double x, double mean, double size) { return parley_count_cdf(x, mean, size) >= 0.05 && (x <= 0 || parley_count_cdf(x - 1, mean, size) < 0.95); }

void forecast_state(enum parley_forecaster by, double mean, double size, struct parley_prediction *out)
{
    struct parley_prediction p = { .by = by, .mean = mean, .size = size };
    p.low = quantile(0.05, p.mean, p.size), p.high = quantile(0.95, p.mean, p.size);
    p.none = exp(parley_count_log_score(0, p.mean, p.size));
    *out = p;
}

enum parley_status parley_forecast_next(const double *y, size_t n, const double *extra, size_t n_extra, size_t horizon, size_t season,
                                        enum parley_forecaster by, struct parley_arena *arena, struct parley_prediction *out,
                                        struct parley_error *err)
{
    enum parley_status status = forecast_check(y, n, horizon, err);
    struct forecast_models m;
    if (status)
        return status;
    if (!forecast_models_make(&m, y, n, extra, n_extra, horizon, 0, season, arena))
        return parley_fail(err, PARLEY_ENOMEM, "no memory for a forecast from %zu counts", n);
    forecast_models_fit(&m, n);
    if (by == PARLEY_BY_AVERAGE) {
        struct parley_backtest past;
        status = forecast_backtest(y, n, extra, n_extra, horizon, 0, season, 0, 0, NULL, arena, &past, err);
        if (status)
            return status;
        forecast_models_weigh(&m, &past);
    }
    double mean, size;
    forecast_models_predict(&m, by, n, &mean, &size);
    forecast_state(by, mean, size, out);
    return PARLEY_OK;
}
