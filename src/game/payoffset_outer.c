/* The operator in whole numbers. A payoff of u stands at u * 2^shift on a grid of some 2^43 cells across; every rounding makes the set larger or the
 * incentives weaker, so each set holds the set of equilibria, as the sets of the exact operator do (Abreu and Sannikov 2014). */
#include "payoffset_inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GRID_BITS = 43, GUARD_BITS = 10, POINTS_MAX = 4096 };

typedef __int128 wide;

struct place {
    int64_t v[2];
};

struct outline { /* counter-clockwise from the lowest, leftmost */
    struct place *p;
    size_t n;
};

struct stage { /* a profile: its payoffs between low and high, and what a player must be promised above the threat, at least */
    struct place low, high, extra;
};

struct outer {
    size_t profiles, cap;
    struct stage *stage;
    int64_t num, den; /* of the discount factor */
    struct place minmax;
    struct outline now, next, one, two, candidates;
    long shift;
    double moved;
};

/* --- numbers ---------------------------------------------------------------------------------- */

static int64_t on_grid(mpq_srcptr q, long shift, bool up)
{
    mpz_t n, d;
    mpz_init_set(n, mpq_numref(q));
    mpz_init_set(d, mpq_denref(q));
    if (shift >= 0)
        mpz_mul_2exp(n, n, (mp_bitcnt_t)shift);
    else
        mpz_mul_2exp(d, d, (mp_bitcnt_t)-shift);
    if (up)
        mpz_cdiv_q(n, n, d);
    else
        mpz_fdiv_q(n, n, d);
    /* an incentive beyond the grid can be met by nobody: any number beyond it will do */
    int64_t most = (int64_t)1 << (GRID_BITS + 3), out = mpz_cmpabs_ui(n, (unsigned long)most) >= 0 ? (mpz_sgn(n) < 0 ? -most : most) : mpz_get_si(n);
    mpz_clears(n, d, NULL);
    return out;
}

static int64_t floor_div(wide a, wide b) /* b > 0 */
{
    wide q = a / b;
    return (int64_t)(q - (a % b < 0));
}

static int64_t ceil_div(wide a, wide b) { return -floor_div(-a, b); }

/* --- polygons --------------------------------------------------------------------------------- */

static bool make_outline(struct outline *o, size_t cap) { return (o->p = malloc(cap * sizeof *o->p)) != NULL; }

static int by_height(const void *a, const void *b)
{
    const struct place *p = a, *q = b;
    if (p->v[1] != q->v[1])
        return p->v[1] < q->v[1] ? -1 : 1;
    return (p->v[0] > q->v[0]) - (p->v[0] < q->v[0]);
}

static bool left_turn(const struct place *a, const struct place *b, const struct place *c)
{
    return (wide)(b->v[0] - a->v[0]) * (c->v[1] - a->v[1]) > (wide)(b->v[1] - a->v[1]) * (c->v[0] - a->v[0]);
}

static void hull(struct outline *from, struct outline *to)
{
    size_t n = 0;
    qsort(from->p, from->n, sizeof *from->p, by_height);
    for (size_t i = 0; i < from->n; i++)
        if (i == 0 || memcmp(&from->p[i], &from->p[n - 1], sizeof *from->p) != 0)
            from->p[n++] = from->p[i];
    to->n = 0;
    if (n < 2) {
        if (n)
            to->p[to->n++] = from->p[0];
        return;
    }
    size_t floor = 2;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t k = pass; k < n; k++) {
            const struct place *p = &from->p[pass ? n - 1 - k : k];
            while (to->n >= floor && !left_turn(&to->p[to->n - 2], &to->p[to->n - 1], p))
                to->n--;
            to->p[to->n++] = *p;
        }
        floor = to->n + 1;
    }
    to->n--; /* the first point again */
}

/* The part with coordinate k at least `least`. Counter-clockwise, the outline leaves the half plane x >= least along its upper side and comes
 * back along its lower one; for y >= least along the left and the right side. Crossings are rounded away from the inside. */
static void clip(const struct outline *from, int k, int64_t least, struct outline *to)
{
    to->n = 0;
    for (size_t i = 0; i < from->n; i++) {
        const struct place *p = &from->p[i], *q = &from->p[i + 1 < from->n ? i + 1 : 0];
        if (p->v[k] >= least)
            to->p[to->n++] = *p;
        if ((p->v[k] > least) == (q->v[k] > least) || (p->v[k] < least) == (q->v[k] < least))
            continue;
        bool leaves = q->v[k] < least;
        wide run = q->v[k] - p->v[k], rise = (wide)(least - p->v[k]) * (q->v[!k] - p->v[!k]);
        if (run < 0)
            run = -run, rise = -rise;
        struct place c;
        c.v[k] = least;
        c.v[!k] = p->v[!k] + (leaves == (k == 0) ? ceil_div(rise, run) : floor_div(rise, run));
        to->p[to->n++] = c;
    }
}

/* --- the operator ----------------------------------------------------------------------------- */

static void add_box(struct outline *to, const struct place *low, const struct place *high)
{
    for (int y = 0; y <= (high->v[1] > low->v[1] ? 1 : 0); y++)
        for (int x = 0; x <= (high->v[0] > low->v[0] ? 1 : 0); x++)
            to->p[to->n++] = (struct place){ { x ? high->v[0] : low->v[0], y ? high->v[1] : low->v[1] } };
}

static void add_profile(struct outer *o, const struct stage *g, const struct place *threat)
{
    struct place least;
    bool kept = true;
    for (int k = 0; k < 2; k++) {
        least.v[k] = threat->v[k] + g->extra.v[k];
        kept = kept && g->high.v[k] >= least.v[k];
    }
    if (kept) {
        add_box(&o->candidates, &g->low, &g->high);
        return;
    }
    clip(&o->now, 0, least.v[0], &o->one);
    clip(&o->one, 1, least.v[1], &o->two);
    for (size_t i = 0; i < o->two.n; i++) {
        const struct place *w = &o->two.p[i];
        struct place low, high;
        if (w->v[0] != least.v[0] && w->v[1] != least.v[1])
            continue;
        for (int k = 0; k < 2; k++) {
            low.v[k] = floor_div((wide)(o->den - o->num) * g->low.v[k] + (wide)o->num * w->v[k], o->den);
            high.v[k] = ceil_div((wide)(o->den - o->num) * g->high.v[k] + (wide)o->num * w->v[k], o->den);
        }
        add_box(&o->candidates, &low, &high);
    }
}

static double distance(const struct place *a, const struct place *b)
{
    return fmax(fabs((double)(a->v[0] - b->v[0])), fabs((double)(a->v[1] - b->v[1])));
}

enum outer_step outer_step(struct outer *o)
{
    struct place threat = o->now.p[0];
    for (size_t i = 1; i < o->now.n; i++)
        threat.v[0] = o->now.p[i].v[0] < threat.v[0] ? o->now.p[i].v[0] : threat.v[0];
    for (int k = 0; k < 2; k++)
        threat.v[k] = threat.v[k] < o->minmax.v[k] ? o->minmax.v[k] : threat.v[k];
    o->candidates.n = 0;
    for (size_t p = 0; p < o->profiles; p++) {
        if (o->candidates.n + 64 > o->cap)
            return OUTER_NO_MEMORY;
        add_profile(o, &o->stage[p], &threat);
    }
    hull(&o->candidates, &o->next);
    if (o->next.n == 0)
        return OUTER_EMPTY;
    if (o->next.n + 16 > POINTS_MAX)
        return OUTER_NO_MEMORY;
    bool still = o->now.n == o->next.n && !memcmp(o->now.p, o->next.p, o->now.n * sizeof *o->now.p);
    o->moved = 0;
    for (size_t i = 0; i < o->now.n; i++) {
        double nearest = INFINITY;
        for (size_t k = 0; k < o->next.n; k++)
            nearest = fmin(nearest, distance(&o->now.p[i], &o->next.p[k]));
        o->moved = fmax(o->moved, nearest);
    }
    struct outline swap = o->now;
    o->now = o->next;
    o->next = swap;
    return still ? OUTER_STILL : OUTER_MOVED;
}

/* --- setting up ------------------------------------------------------------------------------- */

static bool fill(struct outer *o, const struct solver *s)
{
    double largest = 0;
    for (size_t p = 0; p < o->profiles; p++)
        for (int k = 0; k < 2; k++) {
            if (mpz_sizeinbase(mpq_numref(s->stage[p].v[k]), 2) > 900 || mpz_sizeinbase(mpq_denref(s->stage[p].v[k]), 2) > 900)
                return false;
            largest = fmax(largest, fabs(mpq_get_d(s->stage[p].v[k])));
        }
    o->shift = largest > 0 ? GRID_BITS - 1 - ilogb(largest) : 0;
    mpq_t extra;
    mpq_init(extra);
    for (size_t p = 0; p < o->profiles; p++)
        for (int k = 0; k < 2; k++) {
            o->stage[p].low.v[k] = on_grid(s->stage[p].v[k], o->shift, false);
            o->stage[p].high.v[k] = on_grid(s->stage[p].v[k], o->shift, true);
            mpq_mul(extra, s->ratio, s->gain[p].v[k]);
            o->stage[p].extra.v[k] = on_grid(extra, o->shift, false);
        }
    mpq_clear(extra);
    for (int k = 0; k < 2; k++)
        o->minmax.v[k] = on_grid(s->minmax[k], o->shift, false);
    o->candidates.n = 0;
    for (size_t i = 0; i < s->now.n; i++) {
        struct place low, high;
        for (int k = 0; k < 2; k++) {
            low.v[k] = on_grid(s->now.p[i].v[k], o->shift, false);
            high.v[k] = on_grid(s->now.p[i].v[k], o->shift, true);
        }
        add_box(&o->candidates, &low, &high);
    }
    hull(&o->candidates, &o->now);
    return true;
}

struct outer *outer_start(const struct solver *s)
{
    struct outer *o = calloc(1, sizeof *o);
    if (!o || s->now.n == 0 || s->now.n > POINTS_MAX / 8 || s->game->n_profiles > 1000000 || s->discount.den > INT64_MAX / 4) {
        free(o);
        return NULL;
    }
    o->profiles = s->game->n_profiles;
    o->num = s->discount.num;
    o->den = s->discount.den;
    o->cap = 16 * o->profiles + 4 * POINTS_MAX;
    o->stage = calloc(o->profiles, sizeof *o->stage);
    bool ok = o->stage && make_outline(&o->now, o->cap + 1) && make_outline(&o->next, o->cap + 1) && make_outline(&o->one, 2 * POINTS_MAX) &&
              make_outline(&o->two, 2 * POINTS_MAX) && make_outline(&o->candidates, o->cap);
    if (ok && fill(o, s))
        return o;
    outer_end(o);
    return NULL;
}

void outer_end(struct outer *o)
{
    if (!o)
        return;
    free(o->stage);
    free(o->now.p);
    free(o->next.p);
    free(o->one.p);
    free(o->two.p);
    free(o->candidates.p);
    free(o);
}

/* --- what others see -------------------------------------------------------------------------- */

size_t outer_points(const struct outer *o) { return o->now.n; }

void outer_point(const struct outer *o, size_t i, double xy[2])
{
    for (int k = 0; k < 2; k++)
        xy[k] = ldexp((double)o->now.p[i].v[k], (int)-o->shift);
}

double outer_moved(const struct outer *o) { return ldexp(o->moved, (int)-o->shift); }

bool outer_polygon(const struct outer *o, struct polygon *to)
{
    mpq_t xy[2];
    bool ok = true;
    mpq_inits(xy[0], xy[1], NULL);
    to->n = 0;
    for (size_t i = 0; ok && i < o->now.n; i++) {
        for (int k = 0; k < 2; k++) {
            mpq_set_si(xy[k], o->now.p[i].v[k], 1);
            if (o->shift >= 0)
                mpq_div_2exp(xy[k], xy[k], (mp_bitcnt_t)o->shift);
            else
                mpq_mul_2exp(xy[k], xy[k], (mp_bitcnt_t)-o->shift);
        }
        ok = polygon_add(to, xy[0], xy[1]);
    }
    mpq_clears(xy[0], xy[1], NULL);
    return ok;
}

long outer_digits(const struct outer *o) { return o->shift - GUARD_BITS; }
