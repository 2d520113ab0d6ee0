/* The segmented regression around a date against least squares by elimination and the sandwich by its definition; coverage with correlated errors. */
#include "tap.h"

#include <parley/assess.h>
#include <parley/rng.h>

enum { MAX = 400 };

/* Solve a x = b for 4 unknowns by elimination with pivots; inverse too. */
static void invert(long double a[4][4], long double inverse[4][4])
{
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            inverse[i][j] = i == j;
    for (int c = 0; c < 4; c++) {
        int p = c;
        for (int r = c + 1; r < 4; r++)
            p = fabsl(a[r][c]) > fabsl(a[p][c]) ? r : p;
        for (int j = 0; j < 4; j++) {
            long double t = a[c][j];
            a[c][j] = a[p][j], a[p][j] = t, t = inverse[c][j], inverse[c][j] = inverse[p][j], inverse[p][j] = t;
        }
        long double d = a[c][c];
        for (int j = 0; j < 4; j++)
            a[c][j] /= d, inverse[c][j] /= d;
        for (int r = 0; r < 4; r++) {
            long double f = r == c ? 0 : a[r][c];
            for (int j = 0; j < 4; j++)
                a[r][j] -= f * a[c][j], inverse[r][j] -= f * inverse[c][j];
        }
    }
}

/* Everything in years and events a year; covariance over all pairs of observations. */
static void oracle(const double *y, int at, int side, double per_year, int lags, double rho, double beta[4], double se[4])
{
    static long double x[MAX][4], v[MAX], e[MAX];
    long double cross[4][4] = { 0 }, inverse[4][4], meat[4][4] = { 0 };
    int n = 0, when[MAX];
    for (int t = at - side; t <= at + side; t++)
        if (t != at) {
            long double years = (t - at) / (long double)per_year;
            x[n][0] = 1, x[n][1] = years, x[n][2] = t > at, x[n][3] = t > at ? years : 0;
            v[n] = y[t] * (long double)per_year;
            when[n++] = t;
        }
    for (int i = 0; i < n; i++)
        for (int a = 0; a < 4; a++)
            for (int b = 0; b < 4; b++)
                cross[a][b] += x[i][a] * x[i][b];
    invert(cross, inverse);
    for (int a = 0; a < 4; a++) {
        long double sum = 0;
        for (int b = 0; b < 4; b++)
            for (int i = 0; i < n; i++)
                sum += inverse[a][b] * x[i][b] * v[i];
        beta[a] = (double)sum;
    }
    for (int i = 0; i < n; i++)
        e[i] = v[i] - x[i][0] * beta[0] - x[i][1] * beta[1] - x[i][2] * beta[2] - x[i][3] * beta[3];
    for (int i = 0; i < n; i++) {
        long double leverage = 0;
        for (int a = 0; a < 4; a++)
            for (int b = 0; b < 4; b++)
                leverage += x[i][a] * inverse[a][b] * x[i][b];
        e[i] /= 1 - leverage;
    }
    for (int a = 0; a < 4; a++)
        se[a] = 0;
    for (int way = 0; way < 2; way++) { /* without correlation and with it; the larger counts */
        long double r = way ? rho : 0;
        memset(meat, 0, sizeof meat);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) {
                long double w = 1 - abs(when[i] - when[j]) / (long double)(way ? lags + 1 : 1);
                for (int a = 0; w > 0 && a < 4; a++)
                    for (int b = 0; b < 4; b++) {
                        long double u = x[i][a] * e[i] - (i && i != side ? r * x[i - 1][a] * e[i - 1] : 0), z = x[j][b] * e[j] - (j && j != side ? r * x[j - 1][b] * e[j - 1] : 0);
                        meat[a][b] += w * u * z;
                    }
            }
        for (int a = 0; a < 4; a++) {
            long double sum = 0;
            for (int b = 0; b < 4; b++)
                for (int c = 0; c < 4; c++)
                    sum += inverse[a][b] * meat[b][c] * inverse[c][a];
            se[a] = fmax(se[a], (double)(sqrtl(sum) / (1 - r)));
        }
    }
}

static double half(const struct parley_estimate *e, const struct parley_trend *t)
{
    double b = (double)(t->lags + 1) / (2 * (double)t->bins);
    return (e->high - e->low) / 2 / (1.9600 + 2.9694 * b + 0.4160 * b * b - 0.5324 * b * b * b);
}

static void against_the_oracle(void)
{
    struct parley_rng rng;
    double y[MAX], worst = 0;
    parley_rng_init(&rng, 3, 0);
    for (int set = 0; set < 200; set++) {
        int n = 60 + (int)parley_rng_below(&rng, 300), at = 20 + (int)parley_rng_below(&rng, (uint64_t)n - 40);
        for (int t = 0; t < n; t++)
            y[t] = (double)parley_rng_poisson(&rng, t > at ? 3 : 1 + .02 * t);
        struct parley_trend t;
        double per_year = set % 2 ? 12 : 52.1775, beta[4], se[4];
        parley_trend_fit(y, (size_t)n, (size_t)at, 60, per_year, &t);
        oracle(y, at, (int)t.bins, per_year, (int)t.lags, t.autocorrelation, beta, se);
        const struct parley_estimate *e[] = { &t.level, &t.slope, &t.level_change, &t.slope_change };
        for (int a = 0; a < 4; a++)
            worst = fmax(worst, fmax(fabs(e[a]->estimate - beta[a]) / (1 + fabs(beta[a])), fabs(half(e[a], &t) - se[a]) / se[a]));
    }
    OK(worst < 1e-9, "200 series: estimates and standard errors are those of the definition (worst %.1e)", worst);
    for (int t = 0; t < 100; t++)
        y[t] = t < 50 ? 2 + .1 * (t - 50) + 5 : 7 - 3 + (.1 - .04) * (t - 50);
    struct parley_trend t;
    parley_trend_fit(y, 100, 50, 40, 12, &t);
    OK(near(t.level.estimate, 84, 1e-9) && near(t.slope.estimate, .1 * 144, 1e-9) && near(t.level_change.estimate, -36, 1e-9) && near(t.slope_change.estimate, -.04 * 144, 1e-9),
       "two exact lines: %.6g a year rising %.6g, step %.6g, trend %.6g", t.level.estimate, t.slope.estimate, t.level_change.estimate, t.slope_change.estimate);
}

/* Errors follow an autoregression: the interval should still hold the truth about as often as it says, and least squares' own does not. */
static void coverage(double rho, int side)
{
    enum { SETS = 1000 };
    struct parley_rng rng;
    double y[MAX];
    int level = 0, slope = 0, plain = 0, false_alarms = 0, n = 2 * side + 1;
    parley_rng_init(&rng, 9, (uint64_t)(rho * 100) + (uint64_t)side);
    for (int set = 0; set < SETS; set++) {
        double e = parley_rng_normal(&rng) / sqrt(1 - rho * rho);
        for (int t = 0; t < n; t++) {
            y[t] = 20 + .1 * (t - side) + e;
            e = rho * e + parley_rng_normal(&rng);
        }
        struct parley_trend t;
        double beta[4], se[4], residual = 0, x0 = 0;
        parley_trend_fit(y, (size_t)n, (size_t)side, (size_t)side, 1, &t);
        level += t.level_change.low <= 0 && 0 <= t.level_change.high;
        slope += t.slope_change.low <= 0 && 0 <= t.slope_change.high;
        false_alarms += t.level_p < .05;
        /* variance of the step under independent errors: by the formula for two lines that meet at the gap */
        oracle(y, side, side, 1, 0, 0, beta, se);
        for (int i = 0; i < n; i++)
            if (i != side) {
                double u = i - side, fit = beta[0] + beta[1] * u + (i > side ? beta[2] + beta[3] * u : 0);
                residual += (y[i] - fit) * (y[i] - fit) / (2 * side - 4);
            }
        double mean = (side + 1) / 2.0, spread = side * ((double)side * side - 1) / 12;
        x0 = 2 * residual * (1.0 / side + mean * mean / spread);
        plain += fabs(beta[2]) <= 1.96 * sqrt(x0);
    }
    OK(level >= .92 * SETS && slope >= .92 * SETS && level <= .99 * SETS, "correlation %.1f, %d bins on a side: the step is covered in %.1f %%, the trend in %.1f %% (least squares alone: %.1f %%)", rho, side,
       100.0 * level / SETS, 100.0 * slope / SETS, 100.0 * plain / SETS);
    OK(abs(false_alarms - (SETS - level)) <= SETS / 100, "p and interval say the same");
    if (rho >= .5)
        OK(plain < level - SETS / 25, "least squares alone is wrong far more often");
}

static void too_little(void)
{
    double y[30] = { 0 };
    struct parley_trend t;
    parley_trend_fit(y, 30, 1, 20, 12, &t);
    OK(!t.enough && isnan(t.slope.estimate) && t.bins == 1, "one bin before: nothing is said");
    parley_trend_fit(y, 30, 15, 20, 12, &t);
    OK(!t.enough && t.bins == 14 && isnan(t.level_p), "no events: nothing is said");
    parley_trend_fit(y, 30, 40, 20, 12, &t);
    OK(!t.enough, "a date outside");
}

int main(void)
{
    against_the_oracle();
    coverage(0, 20);
    coverage(.4, 30);
    coverage(.6, 60);
    too_little();
    return done();
}
