#include <parley/rng.h>

#include <math.h>
#include <string.h>

void parley_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

void parley_rng_init(struct parley_rng *rng, uint64_t seed, uint64_t stream)
{
    *rng = (struct parley_rng){
        .key = { (uint32_t)seed, (uint32_t)(seed >> 32) },
        .counter = { 0, 0, (uint32_t)stream, (uint32_t)(stream >> 32) },
        .used = 4,
    };
}

uint32_t parley_rng_u32(struct parley_rng *rng)
{
    if (rng->used == 4) {
        parley_philox(rng->counter, rng->key, rng->block);
        if (++rng->counter[0] == 0)
            rng->counter[1]++;
        rng->used = 0;
    }
    return rng->block[rng->used++];
}

uint64_t parley_rng_u64(struct parley_rng *rng)
{
    uint64_t low = parley_rng_u32(rng);
    return low | (uint64_t)parley_rng_u32(rng) << 32;
}

double parley_rng_uniform(struct parley_rng *rng)
{
    /* 52 bits and a half: the values (i + 1/2) 2^-52 are symmetric and exclude both ends. */
    return ((double)(parley_rng_u64(rng) >> 12) + 0.5) * 0x1p-52;
}

uint64_t parley_rng_below(struct parley_rng *rng, uint64_t n)
{
    /* Lemire 2019, doi:10.1145/3230636 */
    unsigned __int128 m = (unsigned __int128)parley_rng_u64(rng) * n;
    if ((uint64_t)m < n)
        for (uint64_t least = (0 - n) % n; (uint64_t)m < least;)
            m = (unsigned __int128)parley_rng_u64(rng) * n;
    return (uint64_t)(m >> 64);
}

double parley_rng_exponential(struct parley_rng *rng) { return -log(parley_rng_uniform(rng)); }
double parley_rng_normal(struct parley_rng *rng) { return parley_normal_quantile(parley_rng_uniform(rng)); }

double parley_normal_quantile(double p)
{
    /* Acklam's rational start, then two Halley steps on erfc: full double precision. */
    static const double a[] = { -3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                                1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00 };
    static const double b[] = { -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                                6.680131188771972e+01, -1.328068155288572e+01 };
    static const double c[] = { -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                                -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00 };
    static const double d[] = { 7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                                3.754408661907416e+00 };
    if (!(p > 0 && p < 1))
        return p == 0 ? -INFINITY : p == 1 ? INFINITY : NAN;
    double tail = p < 0.5 ? p : 1 - p, x;
    if (tail < 0.02425) {
        double q = sqrt(-2 * log(tail));
        x = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
            ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
    } else {
        double q = tail - 0.5, r = q * q;
        x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
            (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
    }
    for (int i = 0; i < 2; i++) {
        double e = 0.5 * erfc(-x / sqrt(2)) - tail;
        double u = e * sqrt(2 * M_PI) * exp(x * x / 2);
        x -= u / (1 + x * u / 2);
    }
    return p < 0.5 ? x : -x;
}

double parley_rng_gamma(struct parley_rng *rng, double shape)
{
    /* Marsaglia and Tsang 2000, doi:10.1145/358407.358414 */
    if (shape < 1) {
        double u = parley_rng_uniform(rng);
        return parley_rng_gamma(rng, shape + 1) * pow(u, 1 / shape);
    }
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = parley_rng_normal(rng), v = 1 + c * x;
        if (v <= 0)
            continue;
        v = v * v * v;
        if (log(parley_rng_uniform(rng)) < 0.5 * x * x + d - d * v + d * log(v))
            return d * v;
    }
}

uint64_t parley_rng_poisson(struct parley_rng *rng, double mean)
{
    /* Halve large means by the gamma method (Ahrens and Dieter 1974), then multiply uniforms. */
    uint64_t count = 0;
    while (mean > 16) {
        double m = floor(mean * 7 / 8), g = parley_rng_gamma(rng, m);
        if (g > mean) { /* m - 1 of the events before m fall below the mean: binomial */
            double p = mean / g;
            for (uint64_t i = 1; i < (uint64_t)m; i++)
                count += parley_rng_uniform(rng) < p;
            return count;
        }
        count += (uint64_t)m;
        mean -= g;
    }
    double limit = exp(-mean);
    for (double product = parley_rng_uniform(rng); product > limit; product *= parley_rng_uniform(rng))
        count++;
    return count;
}
