/* A sharper cut for boxes of mixtures: the indifference equations multiplied by the inverse of their Jacobian in the middle of the box.
 *
 * Every equation is linear in each player's mixture, so the difference from the middle c can be written exactly as a sum over players j
 * of slopes times (x_j - c_j), where the players before j mix within the box and those after j play c. The slopes of a combination of
 * equations are bounded together, which keeps what the equations have in common (Hansen and Sengupta 1981, BIT 21:203-211). */
#include "corners.h"

#include <math.h>

static inline double less(double a, double b) { return a < b ? a : b; }
static inline double more(double a, double b) { return a > b ? a : b; }

void support_tables(const struct support *s, struct support_table *t)
{
    const struct float_game *g = s->g;
    t->n = 0;
    for (size_t i = 0; i < g->n_players; i++)
        if (s->size[i] > 1) {
            for (size_t k = 1; k < s->size[i]; k++)
                t->variable[i][k] = (uint8_t)(t->n + k - 1);
            t->n += s->size[i] - 1;
        }
    for (size_t i = 0; i < g->n_players; i++) {
        size_t base = 0, count = 1, counter[SUPPORT_PLAYERS] = { 0 };
        t->n_others[i] = 0;
        for (size_t j = 0; j < g->n_players; j++) {
            if (j != i && s->size[j] == 1)
                base += g->stride[j] * s->use[j][0];
            if (j == i || s->size[j] == 1)
                continue;
            t->other[i][t->n_others[i]++] = (uint8_t)j;
            count *= s->size[j];
        }
        t->count[i] = count;
        for (size_t r = 0; r < count; r++) {
            size_t at = base;
            for (size_t d = 0; d < t->n_others[i]; d++)
                at += g->stride[t->other[i][d]] * s->use[t->other[i][d]][counter[d]];
            for (size_t b = 0; b < g->n[i]; b++)
                t->u[i][b * count + r] = g->u[i][at + g->stride[i] * b];
            for (size_t d = 0; d < t->n_others[i] && ++counter[d] == s->size[t->other[i][d]]; d++)
                counter[d] = 0;
        }
    }
}

/* A mixture in the box: as far from all lower as from all upper ends. */
static void middle(const struct support *s, const struct region *r, double c[SUPPORT_PLAYERS][SUPPORT_STRATEGIES])
{
    for (size_t i = 0; i < s->g->n_players; i++) {
        double lo = 0, width = 0, sum = 0;
        for (size_t k = 0; k < s->size[i]; k++) {
            lo += r->x[i][k].lo;
            width += r->x[i][k].hi - r->x[i][k].lo;
        }
        double part = width > 0 ? more(0, less(1, (1 - lo) / width)) : 0;
        for (size_t k = 1; k < s->size[i]; k++) {
            c[i][k] = r->x[i][k].lo + part * (r->x[i][k].hi - r->x[i][k].lo);
            sum += c[i][k];
        }
        c[i][0] = 1 - sum;
    }
}

struct contraction {
    const struct support *s;
    const struct support_table *t;
    const struct region *r;
    double c[SUPPORT_PLAYERS][SUPPORT_STRATEGIES];
    double y[SUPPORT_VARIABLES][SUPPORT_VARIABLES];
    struct interval slope[SUPPORT_VARIABLES];
    struct corners corner[SUPPORT_PLAYERS];
};

/* Average a table over its slowest axis at the middle. */
static void average(const double *c, size_t n, size_t inner, double *table)
{
    for (size_t r = 0; r < inner; r++) {
        double sum = c[0] * table[r];
        for (size_t l = 1; l < n; l++)
            sum += c[l] * table[r + l * inner];
        table[r] = sum;
    }
}

/* The Jacobian in the middle, into a[][]: for every pair of players the others averaged out. */
static void middle_jacobian(struct contraction *w, double a[SUPPORT_VARIABLES][SUPPORT_VARIABLES])
{
    const struct support *s = w->s;
    double *table = s->work;
    for (size_t i = 0; i < s->g->n_players; i++) {
        if (s->size[i] == 1)
            continue;
        for (size_t k = 1; k < s->size[i]; k++) {
            double *row = a[w->t->variable[i][k]];
            for (size_t l = 1; l < s->size[i]; l++)
                row[w->t->variable[i][l]] = 0;
            for (size_t d = 0; d < w->t->n_others[i]; d++) {
                size_t j = w->t->other[i][d], count = w->t->count[i], before = 1, n = s->size[j];
                for (size_t r = 0; r < count; r++)
                    table[r] = w->t->u[i][s->use[i][k] * count + r] - w->t->u[i][s->use[i][0] * count + r];
                for (size_t e = w->t->n_others[i]; e-- > d + 1;) {
                    count /= s->size[w->t->other[i][e]];
                    average(w->c[w->t->other[i][e]], s->size[w->t->other[i][e]], count, table);
                }
                for (size_t e = 0; e < d; e++)
                    before *= s->size[w->t->other[i][e]];
                double by[SUPPORT_STRATEGIES];
                for (size_t l = 0; l < n; l++) { /* the faster axes */
                    size_t left = before;
                    double *part = table + l * before;
                    for (size_t e = d; e-- > 0;) {
                        left /= s->size[w->t->other[i][e]];
                        average(w->c[w->t->other[i][e]], s->size[w->t->other[i][e]], left, part);
                    }
                    by[l] = part[0];
                }
                for (size_t l = 1; l < n; l++)
                    row[w->t->variable[j][l]] = by[l] - by[0];
            }
        }
    }
}

/* Bounds of a table whose axes mix within the box; lo and hi hold it and are used up. */
static struct interval mix_bounds(const struct contraction *w, const uint8_t *axis, size_t n_axes, size_t count, double *lo, double *hi)
{
    for (size_t d = n_axes; d-- > 0;) {
        count /= w->s->size[axis[d]];
        corners_mix(&w->corner[axis[d]], w->r->x[axis[d]], w->s->size[axis[d]], count, d + 1 == n_axes, lo, hi);
    }
    return (struct interval){ lo[0], hi[0] };
}

/* Slopes of the combination v over the box; returns its value in the middle. */
static double slopes(struct contraction *w, size_t v, double *size)
{
    const struct support *s = w->s;
    double *table = s->work, *lo = table + s->g->n_profiles, *hi = lo + s->g->n_profiles, value = 0;
    *size = 0;
    for (size_t e = 0; e < w->t->n; e++) {
        w->slope[e] = (struct interval){ 0, 0 };
        *size += fabs(w->y[v][e]);
    }
    for (size_t i = 0; i < s->g->n_players; i++) {
        if (s->size[i] == 1)
            continue;
        size_t count = w->t->count[i];
        for (size_t r = 0; r < count; r++)
            table[r] = 0;
        for (size_t k = 1; k < s->size[i]; k++) {
            double y = w->y[v][w->t->variable[i][k]];
            const double *u = w->t->u[i] + s->use[i][k] * count, *first = w->t->u[i] + s->use[i][0] * count;
            for (size_t r = 0; r < count; r++)
                table[r] += y * (u[r] - first[r]);
        }
        for (size_t d = w->t->n_others[i]; d-- > 0;) {
            size_t j = w->t->other[i][d], n = s->size[j];
            count /= n;
            for (size_t l = 1; l < n; l++) {
                for (size_t r = 0; r < count; r++)
                    lo[r] = hi[r] = table[r + l * count] - table[r];
                struct interval b = mix_bounds(w, w->t->other[i], d, count, lo, hi), *to = &w->slope[w->t->variable[j][l]];
                to->lo += b.lo;
                to->hi += b.hi;
            }
            average(w->c[j], n, count, table);
        }
        value += table[0];
    }
    return value;
}

/* The quotient of an interval by one without zero. */
static struct interval divide(struct interval a, struct interval b)
{
    double p = a.lo / b.lo, q = a.lo / b.hi, r = a.hi / b.lo, t = a.hi / b.hi;
    return (struct interval){ less(less(p, q), less(r, t)), more(more(p, q), more(r, t)) };
}

bool region_contract(const struct support *s, const struct support_table *t, struct region *r, bool *regular)
{
    struct contraction w; /* large: filled in place */
    w.s = s;
    w.t = t;
    w.r = r;
    double a[SUPPORT_VARIABLES][SUPPORT_VARIABLES];
    for (size_t i = 0; i < s->g->n_players; i++)
        if (s->size[i] > 1 && !corners_of(r->x[i], s->size[i], &w.corner[i]))
            return false;
    middle(s, r, w.c);
    middle_jacobian(&w, a);
    *regular = invert_matrix(t->n, a, w.y);
    if (!*regular)
        return true;
    for (size_t i = 0; i < s->g->n_players; i++)
        for (size_t k = 1; k < s->size[i]; k++) {
            size_t v = t->variable[i][k];
            double size, value = slopes(&w, v, &size), slack = 4 * SUPPORT_SLACK * (1 + size); /* 4: the sum over at most 32 steps as well */
            struct interval rest = { value - slack, value + slack }, own = { w.slope[v].lo - slack, w.slope[v].hi + slack };
            *regular &= own.lo > 0;
            if (own.lo <= 0)
                continue; /* the equations are too curved in this box */
            for (size_t j = 0; j < s->g->n_players; j++)
                for (size_t l = 1; l < s->size[j]; l++) {
                    size_t e = t->variable[j][l];
                    if (e == v)
                        continue;
                    double down = r->x[j][l].lo - w.c[j][l], up = r->x[j][l].hi - w.c[j][l];
                    struct interval d = { w.slope[e].lo - slack, w.slope[e].hi + slack };
                    rest.lo += less(less(d.lo * down, d.lo * up), less(d.hi * down, d.hi * up));
                    rest.hi += more(more(d.lo * down, d.lo * up), more(d.hi * down, d.hi * up));
                }
            struct interval step = divide(rest, own), *x = &r->x[i][k];
            x->lo = more(x->lo, w.c[i][k] - step.hi - slack);
            x->hi = less(x->hi, w.c[i][k] - step.lo + slack);
            if (x->lo > x->hi)
                return false;
        }
    return region_tighten(s, r);
}
