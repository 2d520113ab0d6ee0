/* Cuts of a box of mixtures by "nobody gains": for every strategy b and used strategy a of a player and every other player j who mixes, the
 * gain is linear in the mixture of j with coefficients in known bounds. */
#include "corners.h"

#include <math.h>
#include <string.h>

struct cutter {
    const struct support *s;
    const struct support_table *t;
    struct region *r;
    struct corners corner[SUPPORT_PLAYERS];
    struct influence *weight;
    double *lo, *hi, *low, *high; /* tables: all axes, and a copy */
};

/* One gain and one player j with its bounds by strategy of j: cut; count what j's widths matter for. */
static bool cut_player(struct cutter *w, size_t j, const double *lo, const double *hi, bool used)
{
    size_t n = w->s->size[j];
    struct interval *x = w->r->x[j];
    double g[SUPPORT_STRATEGIES], mean = 0;
    bool changed = false;
    for (size_t k = 0; k < n; k++)
        mean += (lo[k] + hi[k]) / (2 * (double)n);
    for (size_t k = 0; used && k < n; k++)
        w->weight->x[j][k] += fabs((lo[k] + hi[k]) / 2 - mean) * (x[k].hi - x[k].lo);
    for (int side = 0; side < (used ? 2 : 1); side++) {
        for (size_t k = 0; k < n; k++)
            g[k] = (side ? -hi[k] : lo[k]) - SUPPORT_SLACK;
        if (w->corner[j].n ? !corners_cut(&w->corner[j], x, n, g, &changed) : !mixture_cut(x, n, g))
            return false;
        if (changed && !corners_of(x, n, &w->corner[j]))
            return false;
    }
    return true;
}

static void mix_axis(struct cutter *w, size_t j, size_t inner, bool point, double *lo, double *hi)
{
    corners_mix(&w->corner[j], w->r->x[j], w->s->size[j], inner, point, lo, hi);
}

/* The gain of player i from b instead of a. */
static bool cut_by_gain(struct cutter *w, size_t i, size_t b, size_t a, bool used)
{
    const struct support *s = w->s;
    size_t count = w->t->count[i], axes = w->t->n_others[i];
    const uint8_t *axis = w->t->other[i];
    const double *ub = w->t->u[i] + b * count, *ua = w->t->u[i] + a * count;
    for (size_t r = 0; r < count; r++)
        w->lo[r] = w->hi[r] = ub[r] - ua[r];
    bool point = true;
    for (size_t d = axes; d-- > 0;) { /* lo, hi: the axes above d are mixed out */
        size_t j = axis[d], n = s->size[j], inner = count / n;
        const double *lo = w->lo, *hi = w->hi;
        if (d) {
            bool still = point;
            memcpy(w->low, w->lo, count * sizeof *w->low);
            memcpy(w->high, w->hi, count * sizeof *w->high);
            for (size_t e = d, left = inner; e-- > 0; still = false) {
                size_t m = s->size[axis[e]], before = left / m;
                for (size_t l = 0; l < n; l++) {
                    mix_axis(w, axis[e], before, still, w->low + l * left, w->high + l * left);
                    if (l) {
                        memmove(w->low + l * before, w->low + l * left, before * sizeof *w->low);
                        memmove(w->high + l * before, w->high + l * left, before * sizeof *w->high);
                    }
                }
                left = before;
            }
            lo = w->low;
            hi = w->high;
        }
        if (!cut_player(w, j, lo, hi, used))
            return false;
        if (d)
            mix_axis(w, j, inner, point, w->lo, w->hi);
        point = false;
        count = inner;
    }
    return axes > 0 || w->lo[0] <= 0;
}

bool region_cut(const struct support *s, const struct support_table *t, struct region *r, struct influence *weight)
{
    const struct float_game *g = s->g;
    struct cutter w = { .s = s, .t = t, .r = r, .weight = weight, .lo = s->work };
    w.hi = w.lo + g->n_profiles;
    w.low = w.hi + g->n_profiles;
    w.high = w.low + g->n_profiles;
    *weight = (struct influence){ { { 0 } } };
    for (size_t i = 0; i < g->n_players; i++)
        if (s->size[i] > 1 && !corners_of(r->x[i], s->size[i], &w.corner[i]))
            return false;
    for (size_t i = 0; i < g->n_players; i++)
        for (size_t first = 0; first < s->size[i]; first++)
            for (size_t b = 0; b < g->n[i]; b++) {
                size_t a = s->use[i][first];
                bool used = false;
                for (size_t k = 0; k < s->size[i]; k++)
                    used |= s->use[i][k] == b;
                if (b == a || (used && b < a))
                    continue; /* each used pair once, both ways */
                if (!cut_by_gain(&w, i, b, a, used))
                    return false;
            }
    return region_tighten(s, r);
}
