#include "support.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const double SLACK = SUPPORT_SLACK;

static inline double less(double a, double b) { return a < b ? a : b; }
static inline double more(double a, double b) { return a > b ? a : b; }

/* Where in the payoff table the used strategies of the others lie, all players but i (and but `fix`). */
struct axes {
    size_t n, player[SUPPORT_PLAYERS];
};

struct interval support_gain(const struct support *s, const struct region *r, size_t i, size_t b, size_t a, int fix, size_t k)
{
    const struct float_game *g = s->g;
    struct axes axes = { 0 };
    size_t base = 0, count = 1, step_fix = 0, counter[SUPPORT_PLAYERS] = { 0 };
    for (size_t j = 0; j < g->n_players; j++) {
        if (j == i)
            continue;
        if ((int)j == fix) {
            base += g->stride[j] * s->use[j][0];
            step_fix = g->stride[j] * (size_t)(s->use[j][k]) - g->stride[j] * (size_t)(s->use[j][0]); /* wraps around: added below */
        } else if (s->size[j] == 1) {
            base += g->stride[j] * s->use[j][0];
        } else {
            axes.player[axes.n++] = j;
            count *= s->size[j];
        }
    }
    const double *u = g->u[i];
    double *lo = s->work, *hi = s->work + g->n_profiles;
    size_t step_b = g->stride[i] * b, step_a = g->stride[i] * a;
    for (size_t e = 0; e < count; e++) {
        size_t at = base;
        for (size_t d = 0; d < axes.n; d++)
            at += g->stride[axes.player[d]] * s->use[axes.player[d]][counter[d]];
        double v = u[at + step_b] - u[at + step_a];
        if (fix >= 0)
            v = u[at + step_fix + step_b] - u[at + step_fix + step_a] - v;
        lo[e] = hi[e] = v;
        for (size_t d = 0; d < axes.n && ++counter[d] == s->size[axes.player[d]]; d++)
            counter[d] = 0;
    }
    for (size_t d = 0; d < axes.n; d++) { /* mix over one player after the other: the first axis runs fastest */
        size_t n = s->size[axes.player[d]];
        count /= n;
        for (size_t e = 0; e < count; e++) {
            double least = best_mix(r->x[axes.player[d]], n, lo + e * n, -1), most = best_mix(r->x[axes.player[d]], n, hi + e * n, 1);
            lo[e] = least;
            hi[e] = most;
        }
    }
    return (struct interval){ lo[0] - SLACK, hi[0] + SLACK };
}

bool region_tighten(const struct support *s, struct region *r)
{
    for (size_t i = 0; i < s->g->n_players; i++) {
        double lo = 0, hi = 0;
        struct interval *x = r->x[i];
        for (size_t k = 0; k < s->size[i]; k++) {
            lo += x[k].lo;
            hi += x[k].hi;
        }
        if (lo > 1 + SLACK || hi < 1 - SLACK)
            return false;
        for (size_t k = 0; k < s->size[i]; k++) {
            double low = 1 - (hi - x[k].hi) - SLACK, high = 1 - (lo - x[k].lo) + SLACK;
            x[k].lo = more(x[k].lo, low);
            x[k].hi = less(x[k].hi, high);
            if (x[k].lo > x[k].hi)
                return false;
        }
    }
    return true;
}

/* --- cuts ------------------------------------------------------------------------------------------------ */

/* Least sum x_l g_l over the mixtures with x_k = t; *slope is its derivative in t (either one-sided derivative at a corner, the one that
 * holds going down from the upper end or up from the lower end). INFINITY when there is no such mixture. */
static double least_given(const struct interval *x, size_t n, const double *g, size_t k, double t, bool going_down, double *slope)
{
    double sum = g[k] * t, left = 1 - t;
    bool full[SUPPORT_STRATEGIES] = { false };
    size_t marginal = n;
    for (size_t l = 0; l < n; l++)
        if (l != k) {
            sum += x[l].lo * g[l];
            left -= x[l].lo;
        }
    if (left < -SLACK)
        return INFINITY;
    for (size_t round = 0; round + 1 < n; round++) {
        size_t at = n;
        for (size_t l = 0; l < n; l++)
            if (l != k && !full[l] && (at == n || g[l] < g[at]))
                at = l;
        double room = x[at].hi - x[at].lo, part = less(left, room);
        if (left > 0 || (going_down && marginal == n))
            marginal = at;
        sum += part * g[at];
        left -= part;
        if (left <= 0 && !(going_down && part >= room))
            break;
        full[at] = true;
        if (left <= 0 && going_down)
            marginal = n;
    }
    if (left > SLACK)
        return INFINITY;
    *slope = marginal == n ? 0 : g[k] - g[marginal];
    return sum;
}

/* Keep only mixtures with sum x_k g_k <= 0. The least sum for given x_k is convex in x_k, so a tangent outside cuts safely. */
bool mixture_cut(struct interval *x, size_t n, const double *g)
{
    if (best_mix(x, n, g, -1) > 0)
        return false;
    for (size_t k = 0; k < n; k++) {
        double slope = 0, h = least_given(x, n, g, k, x[k].hi, true, &slope);
        if (h < INFINITY && h > 0 && slope > 1e-9)
            x[k].hi = less(x[k].hi, more(x[k].lo, x[k].hi - h / slope + SLACK));
        h = least_given(x, n, g, k, x[k].lo, false, &slope);
        if (h < INFINITY && h > 0 && slope < -1e-9)
            x[k].lo = more(x[k].lo, less(x[k].hi, x[k].lo + h / -slope - SLACK));
    }
    return true;
}

/* --- Newton --------------------------------------------------------------------------------------------- */

struct system {
    size_t n;
    uint8_t player[SUPPORT_VARIABLES], k[SUPPORT_VARIABLES]; /* variable v is x[player][k], k >= 1; equation v its gain over k = 0 */
    double c[SUPPORT_VARIABLES], f[SUPPORT_VARIABLES], y[SUPPORT_VARIABLES][SUPPORT_VARIABLES];
    struct interval j[SUPPORT_VARIABLES][SUPPORT_VARIABLES], x[SUPPORT_VARIABLES];
};

static void list_variables(const struct support *s, struct system *m)
{
    m->n = 0;
    for (size_t i = 0; i < s->g->n_players; i++)
        for (size_t k = 1; k < s->size[i]; k++) {
            m->player[m->n] = (uint8_t)i;
            m->k[m->n++] = (uint8_t)k;
        }
}

static void jacobian(const struct support *s, const struct region *r, struct system *m)
{
    for (size_t e = 0; e < m->n; e++)
        for (size_t v = 0; v < m->n; v++) {
            size_t i = m->player[e];
            if (m->player[v] == i)
                m->j[e][v] = (struct interval){ 0, 0 };
            else
                m->j[e][v] = support_gain(s, r, i, s->use[i][m->k[e]], s->use[i][0], m->player[v], m->k[v]);
        }
}

bool invert_matrix(size_t n, double a[SUPPORT_VARIABLES][SUPPORT_VARIABLES], double y[SUPPORT_VARIABLES][SUPPORT_VARIABLES])
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            y[i][j] = i == j;
    for (size_t c = 0; c < n; c++) {
        size_t r = c;
        for (size_t i = c; i < n; i++)
            r = fabs(a[i][c]) > fabs(a[r][c]) ? i : r;
        if (!(fabs(a[r][c]) > 1e-9))
            return false;
        for (size_t j = 0; j < n; j++) {
            double swap = a[r][j];
            a[r][j] = a[c][j];
            a[c][j] = swap;
            swap = y[r][j];
            y[r][j] = y[c][j];
            y[c][j] = swap;
        }
        double inverse = 1 / a[c][c];
        for (size_t j = 0; j < n; j++) {
            a[c][j] *= inverse;
            y[c][j] *= inverse;
        }
        for (size_t i = 0; i < n; i++) {
            double f = a[i][c];
            if (i == c || f == 0)
                continue;
            for (size_t j = 0; j < n; j++) {
                a[i][j] -= f * a[c][j];
                y[i][j] -= f * y[c][j];
            }
        }
    }
    return true;
}

/* The inverse of the midpoints into y; false if it is too close to singular. */
static bool invert(struct system *m)
{
    double a[SUPPORT_VARIABLES][SUPPORT_VARIABLES];
    for (size_t i = 0; i < m->n; i++)
        for (size_t j = 0; j < m->n; j++)
            a[i][j] = (m->j[i][j].lo + m->j[i][j].hi) / 2;
    return invert_matrix(m->n, a, m->y);
}

static void point_region(const struct support *s, const struct system *m, struct region *r)
{
    for (size_t i = 0; i < s->g->n_players; i++)
        r->x[i][0] = (struct interval){ 1, 1 };
    for (size_t v = 0; v < m->n; v++) {
        r->x[m->player[v]][m->k[v]] = (struct interval){ m->c[v], m->c[v] };
        r->x[m->player[v]][0].lo -= m->c[v];
        r->x[m->player[v]][0].hi -= m->c[v];
    }
}

static void values(const struct support *s, struct system *m)
{
    struct region at;
    point_region(s, m, &at);
    for (size_t e = 0; e < m->n; e++) {
        size_t i = m->player[e];
        struct interval f = support_gain(s, &at, i, s->use[i][m->k[e]], s->use[i][0], -1, 0);
        m->f[e] = (f.lo + f.hi) / 2;
    }
}

/* The Krawczyk image of the box x around c, component v: c - Y f(c) + (1 - Y J)(x - c). */
static struct interval image(const struct system *m, size_t v)
{
    double centre = m->c[v], spread = 0, size = fabs(m->c[v]);
    for (size_t e = 0; e < m->n; e++) {
        centre -= m->y[v][e] * m->f[e];
        size += fabs(m->y[v][e]);
    }
    struct interval out = { centre - SLACK * size, centre + SLACK * size };
    for (size_t w = 0; w < m->n; w++) {
        double lo = v == w, hi = v == w;
        for (size_t e = 0; e < m->n; e++) {
            double y = m->y[v][e];
            lo -= y > 0 ? y * m->j[e][w].hi : y * m->j[e][w].lo;
            hi -= y > 0 ? y * m->j[e][w].lo : y * m->j[e][w].hi;
        }
        double most = more(fabs(lo), fabs(hi)) + SLACK * size, radius = more(m->x[w].hi - m->c[w], m->c[w] - m->x[w].lo);
        spread += most * radius;
    }
    out.lo -= spread * (1 + 1e-12);
    out.hi += spread * (1 + 1e-12);
    return out;
}

enum box_verdict support_newton(const struct support *s, struct region *r, double point[SUPPORT_PLAYERS][SUPPORT_STRATEGIES])
{
    struct system m;
    struct region wide = *r;
    list_variables(s, &m);
    double largest = 0;
    for (size_t i = 0; i < s->g->n_players; i++)
        for (size_t k = 0; k < s->size[i]; k++)
            largest = more(largest, r->x[i][k].hi - r->x[i][k].lo);
    /* a little wider, so that a solution on the edge of the box lies inside; the polynomials are defined there as well */
    for (size_t i = 0; i < s->g->n_players; i++)
        for (size_t k = 0; s->size[i] > 1 && k < s->size[i]; k++) {
            wide.x[i][k].lo -= .05 * largest + 1e-12;
            wide.x[i][k].hi += .05 * largest + 1e-12;
        }
    for (size_t v = 0; v < m.n; v++) {
        m.x[v] = wide.x[m.player[v]][m.k[v]];
        m.c[v] = (m.x[v].lo + m.x[v].hi) / 2;
    }
    jacobian(s, &wide, &m);
    if (!invert(&m))
        return BOX_UNKNOWN;
    values(s, &m);
    bool inside = true;
    for (size_t v = 0; v < m.n; v++) {
        struct interval k = image(&m, v), *x = &r->x[m.player[v]][m.k[v]];
        inside &= k.lo > m.x[v].lo && k.hi < m.x[v].hi;
        if (k.hi < x->lo || k.lo > x->hi)
            return BOX_EMPTY; /* every solution in the wide box lies in the image */
        x->lo = more(x->lo, k.lo);
        x->hi = less(x->hi, k.hi);
    }
    /* the box of x must also imply that the first coordinate is within the wide region used for the Jacobian */
    for (size_t i = 0; inside && i < s->g->n_players; i++) {
        double lo = 1, hi = 1;
        for (size_t v = 0; v < m.n; v++)
            if (m.player[v] == i) {
                struct interval k = image(&m, v);
                lo -= k.hi;
                hi -= k.lo;
            }
        inside = s->size[i] == 1 || (lo > wide.x[i][0].lo && hi < wide.x[i][0].hi);
    }
    if (!inside)
        return region_tighten(s, r) ? BOX_UNKNOWN : BOX_EMPTY;
    for (int round = 0; round < 60; round++) { /* Newton from the middle: the solution is unique in the box */
        double step = 0;
        values(s, &m);
        struct region at;
        point_region(s, &m, &at);
        jacobian(s, &at, &m);
        if (!invert(&m))
            break;
        for (size_t v = 0; v < m.n; v++) {
            double d = 0;
            for (size_t e = 0; e < m.n; e++)
                d += m.y[v][e] * m.f[e];
            m.c[v] -= d;
            step = more(step, fabs(d));
        }
        if (step < 1e-16)
            break;
    }
    for (size_t i = 0; i < s->g->n_players; i++)
        point[i][0] = 1;
    for (size_t v = 0; v < m.n; v++) {
        point[m.player[v]][m.k[v]] = m.c[v];
        point[m.player[v]][0] -= m.c[v];
    }
    return BOX_ONE;
}

double support_radius(const struct support *s, double point[SUPPORT_PLAYERS][SUPPORT_STRATEGIES])
{
    struct system m;
    list_variables(s, &m);
    for (double radius = 1e-12; radius < 1e-3; radius *= 10) {
        struct region r;
        for (size_t i = 0; i < s->g->n_players; i++)
            for (size_t k = 0; k < s->size[i]; k++) {
                double wide = s->size[i] == 1 ? 0 : k ? radius : radius * (double)(s->size[i] - 1) + 1e-15;
                r.x[i][k] = (struct interval){ point[i][k] - wide, point[i][k] + wide };
            }
        for (size_t v = 0; v < m.n; v++) {
            m.c[v] = point[m.player[v]][m.k[v]];
            m.x[v] = (struct interval){ m.c[v] - radius, m.c[v] + radius };
        }
        jacobian(s, &r, &m);
        if (!invert(&m))
            return -1;
        values(s, &m);
        bool inside = true;
        for (size_t v = 0; inside && v < m.n; v++) {
            struct interval k = image(&m, v);
            inside = k.lo > m.x[v].lo && k.hi < m.x[v].hi;
        }
        if (inside)
            return radius;
    }
    return m.n ? -1 : 0;
}
