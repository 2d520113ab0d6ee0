#include "corners.h"

static inline double less(double a, double b) { return a < b ? a : b; }
static inline double more(double a, double b) { return a > b ? a : b; }

bool corners_of(const struct interval *x, size_t n, struct corners *out)
{
    out->n = 0;
    if (n > CORNERS_STRATEGIES)
        return true;
    for (size_t free_one = 0; free_one < n; free_one++)
        for (size_t mask = 0; mask < (size_t)1 << (n - 1); mask++) {
            double v[CORNERS_STRATEGIES], left = 1;
            bool twice = false;
            for (size_t k = 0, bit = 0; k < n; k++) {
                if (k == free_one)
                    continue;
                bool up = mask >> bit++ & 1;
                twice |= up && x[k].hi <= x[k].lo;
                v[k] = up ? x[k].hi : x[k].lo;
                left -= v[k];
            }
            if (twice || left < x[free_one].lo - 1e-15 || left > x[free_one].hi + 1e-15)
                continue;
            v[free_one] = left;
            for (size_t k = 0; k < n; k++)
                out->x[out->n][k] = v[k];
            out->n++;
        }
    return out->n > 0;
}

static void mix_two(const struct corners *c, size_t inner, bool point, double *lo, double *hi)
{
    double a0 = c->x[0][0], a1 = c->x[0][1], b0 = c->x[c->n - 1][0], b1 = c->x[c->n - 1][1];
    for (size_t r = 0; r < inner; r++) {
        double p = a0 * hi[r] + a1 * hi[r + inner], q = b0 * hi[r] + b1 * hi[r + inner];
        double s = point ? p : a0 * lo[r] + a1 * lo[r + inner], t = point ? q : b0 * lo[r] + b1 * lo[r + inner];
        for (size_t v = 1; v + 1 < c->n; v++) {
            p = more(p, c->x[v][0] * hi[r] + c->x[v][1] * hi[r + inner]);
            s = less(s, c->x[v][0] * lo[r] + c->x[v][1] * lo[r + inner]);
        }
        hi[r] = more(p, q);
        lo[r] = less(s, t);
    }
}

enum { LANES = 4 };

/* Four entries at once, without a branch for each; `lanes` of them are kept. */
static inline void mix_lanes(const struct corners *c, size_t n, size_t inner, size_t lanes, bool point, double *lo, double *hi)
{
    double h[CORNERS_STRATEGIES][LANES], l[CORNERS_STRATEGIES][LANES], least[LANES], most[LANES];
    for (size_t k = 0; k < n; k++)
        for (size_t r = 0; r < LANES; r++) {
            h[k][r] = r < lanes ? hi[k * inner + r] : 0;
            l[k][r] = r < lanes ? lo[k * inner + r] : 0;
        }
    for (size_t r = 0; r < LANES; r++) {
        least[r] = 1e300;
        most[r] = -1e300;
    }
    for (size_t v = 0; v < c->n; v++) {
        double p[LANES], q[LANES];
        for (size_t r = 0; r < LANES; r++)
            p[r] = c->x[v][0] * h[0][r];
        for (size_t k = 1; k < n; k++)
            for (size_t r = 0; r < LANES; r++)
                p[r] += c->x[v][k] * h[k][r];
        for (size_t r = 0; r < LANES; r++)
            most[r] = more(most[r], p[r]);
        if (!point) {
            for (size_t r = 0; r < LANES; r++)
                q[r] = c->x[v][0] * l[0][r];
            for (size_t k = 1; k < n; k++)
                for (size_t r = 0; r < LANES; r++)
                    q[r] += c->x[v][k] * l[k][r];
            for (size_t r = 0; r < LANES; r++)
                least[r] = less(least[r], q[r]);
        } else {
            for (size_t r = 0; r < LANES; r++)
                least[r] = less(least[r], p[r]);
        }
    }
    for (size_t r = 0; r < lanes; r++) {
        lo[r] = least[r];
        hi[r] = most[r];
    }
}

void corners_mix(const struct corners *c, const struct interval *x, size_t n, size_t inner, bool point, double *lo, double *hi)
{
    if (c->n && n == 2) {
        mix_two(c, inner, point, lo, hi);
    } else if (c->n) {
        for (size_t r = 0; r < inner; r += LANES) {
            size_t lanes = inner - r < LANES ? inner - r : LANES;
            if (n == 3 && lanes == LANES)
                mix_lanes(c, 3, inner, LANES, point, lo + r, hi + r);
            else if (n == 3)
                mix_lanes(c, 3, inner, lanes, point, lo + r, hi + r);
            else
                mix_lanes(c, n, inner, lanes, point, lo + r, hi + r);
        }
    } else {
        double low[SUPPORT_STRATEGIES], high[SUPPORT_STRATEGIES];
        for (size_t r = 0; r < inner; r++) {
            for (size_t l = 0; l < n; l++) {
                low[l] = lo[r + l * inner];
                high[l] = hi[r + l * inner];
            }
            lo[r] = best_mix(x, n, low, -1);
            hi[r] = best_mix(x, n, high, 1);
        }
    }
}

bool corners_cut(const struct corners *c, struct interval *x, size_t n, const double *g, bool *changed)
{
    double value[CORNERS_MAX], lo[CORNERS_STRATEGIES], hi[CORNERS_STRATEGIES];
    size_t good = 0;
    for (size_t v = 0; v < c->n; v++) {
        value[v] = 0;
        for (size_t k = 0; k < n; k++)
            value[v] += c->x[v][k] * g[k];
        good += value[v] <= 0;
    }
    if (good == c->n || good == 0)
        return good != 0;
    for (size_t k = 0; k < n; k++) {
        lo[k] = 2;
        hi[k] = -1;
    }
    for (size_t v = 0; v < c->n; v++) {
        if (value[v] > 0)
            continue;
        for (size_t k = 0; k < n; k++) {
            lo[k] = less(lo[k], c->x[v][k]);
            hi[k] = more(hi[k], c->x[v][k]);
        }
        for (size_t w = 0; w < c->n; w++) { /* where the way to a corner outside crosses the border */
            if (value[w] <= 0)
                continue;
            double part = value[v] / (value[v] - value[w]);
            for (size_t k = 0; k < n; k++) {
                double at = c->x[v][k] + part * (c->x[w][k] - c->x[v][k]);
                lo[k] = less(lo[k], at);
                hi[k] = more(hi[k], at);
            }
        }
    }
    for (size_t k = 0; k < n; k++) {
        lo[k] -= SUPPORT_SLACK;
        hi[k] += SUPPORT_SLACK;
        *changed |= lo[k] > x[k].lo || hi[k] < x[k].hi;
        x[k].lo = more(x[k].lo, lo[k]);
        x[k].hi = less(x[k].hi, hi[k]);
        if (x[k].lo > x[k].hi)
            return false;
    }
    return true;
}
