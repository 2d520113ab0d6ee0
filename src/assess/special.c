#include "special.h"

#include <math.h>

double special_lgamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

double special_gamma_q(double a, double x)
{
    enum { TERMS_MAX = 100000 };
    if (!(x > 0))
        return 1;
    if (isinf(x))
        return 0;
    double scale = exp(a * log(x) - x - special_lgamma(a));
    if (x < a + 1) { /* series of P */
        double term = 1 / a, sum = term;
        for (int i = 1; i < TERMS_MAX && term > sum * 1e-16; i++)
            sum += term *= x / (a + i);
        return 1 - scale * sum;
    }
    /* continued fraction of Q, modified Lentz */
    double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
    for (int i = 1; i < TERMS_MAX; i++) {
        double an = -i * (i - a);
        b += 2;
        d = an * d + b;
        d = fabs(d) < 1e-300 ? 1e300 : 1 / d;
        c = b + an / c;
        if (fabs(c) < 1e-300)
            c = 1e-300;
        h *= d * c;
        if (fabs(d * c - 1) < 1e-15)
            break;
    }
    return scale * h;
}

double special_chi2_p(double x, double df) { return x > 0 ? special_gamma_q(df / 2, x / 2) : 1; }
double special_normal_p(double z) { return 0.5 * erfc(z / sqrt(2)); }

double special_gamma_quantile(double p, double shape)
{
    double low = 0, high = shape + 10 * sqrt(shape) + 20;
    while (special_gamma_q(shape, high) > 1 - p && high < 1e300)
        high *= 2;
    for (int i = 0; i < 200 && high - low > 1e-12 * high; i++) {
        double mid = (low + high) / 2;
        if (1 - special_gamma_q(shape, mid) < p)
            low = mid;
        else
            high = mid;
    }
    return (low + high) / 2;
}

double special_ks_p(double d, double n)
{
    double root = sqrt(n), x = (root + 0.12 + 0.11 / root) * d, sum = 0;
    if (x < 0.2)
        return 1;
    for (int k = 1; k <= 100; k++)
        sum += (k % 2 ? 2 : -2) * exp(-2.0 * k * k * x * x);
    return fmin(1, fmax(0, sum));
}
