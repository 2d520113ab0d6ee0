#include "special.h"

#include <parley/rng.h>
#include <parley/series.h>

#include <math.h>
#include <stdlib.h>

enum { PLACEMENTS = 999, PLACEMENTS_WORK_MAX = 20000000 };

/* Gaps, in bins, between consecutive events; events of one bin have gap 0. */
static size_t gaps_of(const double *count, size_t n, double *gap)
{
    size_t m = 0, last = 0;
    bool any = false;
    for (size_t t = 0; t < n; t++)
        for (double c = count[t]; c > 0; c--) {
            if (any)
                gap[m++] = (double)(t - last);
            last = t, any = true;
        }
    return m;
}

static double burstiness_of(const double *gap, size_t m)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < m; i++)
        sum += gap[i];
    double mean = sum / (double)m;
    for (size_t i = 0; i < m; i++)
        squares += (gap[i] - mean) * (gap[i] - mean);
    double sd = sqrt(squares / (double)m);
    return sd + mean > 0 ? (sd - mean) / (sd + mean) : NAN;
}

static double memory_of(const double *gap, size_t m)
{
    double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0, n = (double)(m - 1);
    for (size_t i = 0; i + 1 < m; i++) {
        double x = gap[i], y = gap[i + 1];
        sx += x, sy += y, sxx += x * x, syy += y * y, sxy += x * y;
    }
    double vx = sxx - sx * sx / n, vy = syy - sy * sy / n;
    return vx > 0 && vy > 0 ? (sxy - sx * sy / n) / sqrt(vx * vy) : NAN;
}

/* Share of random placements of as many events in as many bins that are at least as bursty. */
static double burstiness_p(double observed, size_t events, size_t n, uint64_t seed, double *count, double *gap)
{
    size_t placements = PLACEMENTS, as_bursty = 0;
    if ((events + n) * placements > PLACEMENTS_WORK_MAX)
        placements = PLACEMENTS_WORK_MAX / (events + n);
    if (placements < 19)
        placements = 19;
    for (size_t r = 0; r < placements; r++) {
        struct parley_rng rng;
        parley_rng_init(&rng, seed, 0x62757273u + ((uint64_t)r << 32));
        for (size_t t = 0; t < n; t++)
            count[t] = 0;
        for (size_t i = 0; i < events; i++)
            count[parley_rng_below(&rng, n)]++;
        as_bursty += burstiness_of(gap, gaps_of(count, n, gap)) >= observed;
    }
    return (double)(1 + as_bursty) / (double)(1 + placements);
}

static double suddenness_of(const double *count, size_t n)
{
    double filled = 0, sudden = 0;
    size_t quiet = PARLEY_QUIET_BINS; /* what came before the window is not known: its first event counts as sudden */
    for (size_t t = 0; t < n; t++) {
        if (count[t] > 0) {
            filled++;
            sudden += quiet >= PARLEY_QUIET_BINS;
            quiet = 0;
        } else {
            quiet++;
        }
    }
    return filled > 0 ? sudden / filled : NAN;
}

enum parley_status parley_series_dispersion(const struct parley_series *s, uint64_t seed, struct parley_arena *arena,
                                            struct parley_dispersion *out, struct parley_error *err)
{
    size_t n = s->n_bins;
    double sum = 0, squares = 0, zero = 0, conflict = 0, cooperation = 0, intensity = 0, rated = 0;
    for (size_t t = 0; t < n; t++) {
        sum += s->count[t];
        zero += s->count[t] == 0;
        conflict += s->conflict[t];
        cooperation += s->cooperation[t];
        intensity += s->intensity[t];
        rated += s->rated[t];
    }
    double mean = sum / (double)n;
    for (size_t t = 0; t < n; t++)
        squares += (s->count[t] - mean) * (s->count[t] - mean);
    struct parley_dispersion d = {
        .mean = mean,
        .variance = n > 1 ? squares / (double)(n - 1) : NAN,
        .zero_share = zero / (double)n,
        .zero_expected = exp(-mean),
        .burstiness = NAN, .burstiness_p = NAN, .memory = NAN,
        .suddenness = suddenness_of(s->count, n),
        .cooperation_share = conflict + cooperation > 0 ? cooperation / (conflict + cooperation) : NAN,
        .mean_intensity = rated > 0 ? intensity / rated : NAN,
    };
    d.fano = n > 1 && mean > 0 ? d.variance / mean : NAN;
    d.fano_p = NAN;
    if (n > 1 && mean > 0) {
        double upper = special_chi2_p(squares / mean, (double)(n - 1));
        d.fano_p = fmin(1, 2 * fmin(upper, 1 - upper));
    }
    size_t events = (size_t)sum;
    double *gap = PARLEY_NEW(arena, double, events + 1), *scratch = PARLEY_NEW(arena, double, n);
    if (!gap || !scratch)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for the gaps of %zu events", events);
    size_t m = gaps_of(s->count, n, gap);
    if (m >= 2) {
        d.burstiness = burstiness_of(gap, m);
        if (m >= 3)
            d.memory = memory_of(gap, m);
        d.burstiness_p = burstiness_p(d.burstiness, events, n, seed, scratch, gap);
    }
    *out = d;
    return PARLEY_OK;
}
