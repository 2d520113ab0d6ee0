/* Indices of functions whose indices are known. */
#include <parley/sensitivity.h>
#include "tap.h"

/* 3 x0 - 2 x1 + 0 x2: elementary effects are the coefficients everywhere; shares 9/13 and 4/13 */
static enum parley_status line(void *ctx, const double *x, double *y, struct parley_error *err)
{
    (void)ctx, (void)err;
    y[0] = 3 * x[0] - 2 * x[1] + 0 * x[2];
    y[1] = 5;
    return PARLEY_OK;
}

static enum parley_status broken(void *ctx, const double *x, double *y, struct parley_error *err)
{
    (void)ctx, (void)x, (void)y;
    return parley_fail(err, PARLEY_EDOM, "broken");
}

static bool inside(struct parley_index i, double truth) { return truth >= i.low - 1e-12 && truth <= i.high + 1e-12 && near(i.value, truth, .05); }

int main(void)
{
    static const double first[] = { .3139, .4424, 0 }, total[] = { .5576, .4424, .2437 };
    struct parley_study s = { .function = parley_ishigami, .n_inputs = 3, .n_outputs = 1, .samples = 8192, .seed = 1, .threads = 2 };
    struct parley_sobol a[6], b[6];
    struct parley_morris m[6];
    struct parley_error err = { 0 };
    OK(!parley_sobol(&s, a, NULL), "Ishigami");
    double exact_first[3], exact_total[3];
    parley_ishigami_exact(exact_first, exact_total);
    for (int i = 0; i < 3; i++) {
        OK(near(exact_first[i], first[i], 5e-5) && near(exact_total[i], total[i], 5e-5), "closed form %.4f %.4f", exact_first[i], exact_total[i]);
        OK(inside(a[i].first, first[i]), "S%d %.4f (%.4f to %.4f), exact %.4f", i + 1, a[i].first.value, a[i].first.low, a[i].first.high, first[i]);
        OK(inside(a[i].total, total[i]), "ST%d %.4f (%.4f to %.4f), exact %.4f", i + 1, a[i].total.value, a[i].total.low, a[i].total.high, total[i]);
    }
    s.threads = 1;
    OK(!parley_sobol(&s, b, NULL) && !memcmp(a, b, 3 * sizeof *a), "the same on 1 and 2 threads");
    s = (struct parley_study){ .function = line, .n_inputs = 3, .n_outputs = 2, .samples = 20, .seed = 4, .threads = 1 };
    OK(!parley_morris(&s, m, NULL), "Morris of a line");
    OK(near(m[0].mu, 3, 1e-12) && near(m[1].mu, -2, 1e-12) && m[2].mu == 0, "effects are the coefficients: %g %g %g", m[0].mu, m[1].mu, m[2].mu);
    OK(near(m[1].mu_star.value, 2, 1e-12) && m[1].sigma < 1e-12, "mu* takes the size; a line has no spread");
    s.samples = 4096;
    OK(!parley_sobol(&s, a, NULL) && inside(a[0].first, 9.0 / 13) && inside(a[1].total, 4.0 / 13) && isnan(a[3].first.value), "shares of a line; none of a constant");
    s.samples = 1;
    OK(parley_sobol(&s, a, &err) == PARLEY_EINVAL, "%s", err.text);
    s.samples = 4, s.function = broken;
    OK(parley_morris(&s, m, &err) == PARLEY_EDOM, "a failing function fails the study: %s", err.text);
    return done();
}
