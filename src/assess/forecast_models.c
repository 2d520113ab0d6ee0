#include "forecast_models.h"

#include <math.h>
#include <string.h>

/* Half-lives of the decayed pasts, in counts: from the last day to the last season. Their non-negative weights are fitted, so together they
 * make a kernel of any falling shape (sums of exponentials). */
static const double own_half_lives[] = { 1, 4, 14, 56 }, other_half_lives[] = { 3, 21 };
enum { OWN = 4, OTHER = 2, EXTRA_MAX = 4 };

static size_t year_of(const struct forecast_models *m) { return m->season ? m->season : 1; }

static void put_decayed(struct forecast_models *m, const double *y, size_t column, double half_life)
{
    double q = exp2(-1 / half_life), s = 0, weight = 0;
    for (size_t t = 0; t <= m->n; t++) {
        m->x[t * m->columns + column] = weight > 0 ? s / weight : 0; /* a mean over what has been seen so far */
        if (t < m->n)
            s = q * s + (1 - q) * y[t], weight = q * weight + (1 - q);
    }
}

bool forecast_models_make(struct forecast_models *m, const double *y, size_t n, const double *extra, size_t n_extra, size_t horizon, size_t lead,
                          size_t season, struct parley_arena *arena)
{
    if (n_extra > EXTRA_MAX)
        n_extra = EXTRA_MAX;
    *m = (struct forecast_models){ .y = y, .n = n, .horizon = horizon, .lead = lead, .season = season, .columns = 2 + OWN + OTHER * n_extra };
    m->x = PARLEY_NEW(arena, double, (n + 1) * m->columns);
    m->rows = PARLEY_NEW(arena, double, (n + 1) * m->columns);
    m->target = PARLEY_NEW(arena, double, n + 1);
    m->wanted = PARLEY_NEW(arena, double, n + 1);
    m->sums = PARLEY_NEW(arena, double, n + 1);
    m->scratch = PARLEY_NEW(arena, double, count_scratch(n + 1, m->columns));
    if (!m->x || !m->rows || !m->target || !m->wanted || !m->sums || !m->scratch)
        return false;
    for (size_t t = 0; t < n; t++)
        m->sums[t + 1] = m->sums[t] + y[t];
    size_t year = year_of(m);
    for (size_t t = 0; t <= n; t++) {
        size_t back = t < year ? t : year;
        m->x[t * m->columns] = 1;
        m->x[t * m->columns + 1] = back ? (m->sums[t] - m->sums[t - back]) / (double)back : 0;
        m->target[t] = t + lead + horizon <= n ? m->sums[t + lead + horizon] - m->sums[t + lead] : NAN;
    }
    for (size_t c = 0; c < OWN; c++)
        put_decayed(m, y, 2 + c, own_half_lives[c]);
    for (size_t e = 0; e < n_extra; e++)
        for (size_t c = 0; c < OTHER; c++)
            put_decayed(m, extra + e * n, 2 + OWN + OTHER * e + c, other_half_lives[c]);
    return true;
}

/* Single days have a weekday factor. */
static bool weekdays(const struct forecast_models *m) { return m->season == 365 && m->horizon == 1; }

/* Fit by the sums over the horizon that end before the origin; origins of training overlap by half. */
static void fit_one(struct forecast_models *m, size_t origin, size_t columns, struct count_fit *fit)
{
    size_t step = m->horizon > 2 ? m->horizon / 2 : 1, warm = year_of(m) / 2, rows = 0;
    if (warm > origin / 4)
        warm = origin / 4;
    for (size_t t = warm; t + m->lead + m->horizon <= origin; t += step) {
        memcpy(m->rows + rows * columns, m->x + t * m->columns, columns * sizeof *m->rows);
        m->wanted[rows++] = m->target[t];
    }
    struct count_data d = { rows, columns, m->wanted, m->rows, weekdays(m), (warm + m->lead) % 7 };
    if (!rows)
        return;
    struct count_fit before = *fit;
    bool again = m->fitted > 0;
    if (!again)
        count_start(&d, fit);
    for (size_t c = 0; c < columns; c++) /* a bound of an earlier fit is no bound of this one */
        fit->theta[c] = fmax(fit->theta[c], 1e-4);
    if (!count_fit_all(&d, fit, m->scratch) && again)
        *fit = before;
}

void forecast_models_fit(struct forecast_models *m, size_t origin)
{
    fit_one(m, origin, 1, &m->constant);
    fit_one(m, origin, 2, &m->year);
    fit_one(m, origin, m->columns, &m->excited);
    m->fitted = origin;
}

/* The share of this time of the year in past years, drawn toward no season by ten events. */
static double seasonal_factor(const struct forecast_models *m, size_t origin)
{
    const double prior = 10;
    if (!m->season || origin < m->season)
        return 1;
    size_t reach = m->season / 24; /* a month around it where the counts are days */
    double seen = 0, bins = 0, rate = m->sums[origin] / (double)origin;
    for (size_t at = origin + m->lead; at >= m->season;) {
        at -= m->season;
        if (at + m->horizon > origin)
            continue;
        size_t a = at > reach ? at - reach : 0, b = at + m->horizon + reach < origin ? at + m->horizon + reach : origin;
        seen += m->sums[b] - m->sums[a], bins += (double)(b - a);
    }
    double expected = bins * rate;
    return (seen + prior) / (expected + prior);
}

static double mix(const struct forecast_models *m, const struct count_fit *fit, size_t origin, size_t columns)
{
    double sum = 0;
    for (size_t c = 0; c < columns; c++)
        sum += fit->theta[c] * m->x[origin * m->columns + c];
    return sum * (weekdays(m) ? fit->weekday[(origin + m->lead) % 7] : 1);
}

static void average(const struct forecast_models *m, size_t origin, double *mean, double *spread)
{
    double best = m->learned[0], sum = 0, first = 0, second = 0;
    for (int f = 1; f < PARLEY_BY_AVERAGE; f++)
        best = fmax(best, m->learned[f]);
    for (int f = 0; f < PARLEY_BY_AVERAGE; f++) {
        double mu, size, weight = exp(m->learned[f] - best);
        forecast_models_predict(m, (enum parley_forecaster)f, origin, &mu, &size);
        sum += weight, first += weight * mu, second += weight * (mu + (isinf(size) ? 0 : mu * mu / size) + mu * mu);
    }
    *mean = first / sum;
    *spread = fmax(0, (second / sum - *mean * *mean - *mean) / (*mean * *mean));
}

void forecast_models_predict(const struct forecast_models *m, enum parley_forecaster by, size_t origin, double *mean, double *size)
{
    double h = (double)m->horizon, rate = (m->sums[origin] + 0.5) / fmax(1, (double)origin), spread = 0; /* half an event: never quite impossible */
    size_t year = year_of(m) < origin ? year_of(m) : origin;
    switch (by) {
    case PARLEY_BY_POISSON: *mean = h * rate; break;
    case PARLEY_BY_LAST_YEAR: *mean = h * (m->sums[origin] - m->sums[origin - year] + 0.5) / fmax(1, (double)year); break;
    case PARLEY_BY_SEASON: *mean = h * rate * seasonal_factor(m, origin); break;
    case PARLEY_BY_NB: *mean = h * rate * (weekdays(m) ? m->constant.weekday[(origin + m->lead) % 7] : 1), spread = m->constant.spread; break;
    case PARLEY_BY_AVERAGE: average(m, origin, mean, &spread); break;
    case PARLEY_BY_NB_YEAR: *mean = mix(m, &m->year, origin, 2), spread = m->year.spread; break;
    case PARLEY_BY_EXCITED:
    case PARLEY_FORECASTERS:
    default: *mean = mix(m, &m->excited, origin, m->columns), spread = m->excited.spread;
    }
    *mean = fmax(*mean, 0.01 * h / fmax(1, (double)origin));
    *size = spread > 1e-9 ? 1 / spread : INFINITY;
}

void forecast_models_roll(struct forecast_models *m, size_t from, size_t k, size_t forecasts, double *log_score, double *mean, double *size)
{
    size_t origin = from + k * m->horizon, behind = 1 + (m->lead + m->horizon - 1) / m->horizon; /* forecasts whose outcome is not known yet, and the last known */
    if (k % FORECAST_REFIT == 0)
        forecast_models_fit(m, origin);
    for (int f = 0; f < PARLEY_FORECASTERS; f++)
        m->learned[f] = f == PARLEY_BY_SEASON && !m->season ? -INFINITY : k == 0 ? 0 : m->learned[f] + (k >= behind ? log_score[(size_t)f * forecasts + k - behind] : 0);
    for (int f = 0; f < PARLEY_FORECASTERS; f++) {
        forecast_models_predict(m, (enum parley_forecaster)f, origin, &mean[f], &size[f]);
        log_score[(size_t)f * forecasts + k] = parley_count_log_score(m->target[origin], mean[f], size[f]);
    }
}

void forecast_models_weigh(struct forecast_models *m, const struct parley_backtest *past)
{
    for (int f = 0; f < PARLEY_FORECASTERS; f++)
        m->learned[f] = isnan(past->score[f].log_score) ? -INFINITY : past->score[f].log_score * (double)past->n_forecasts;
}
