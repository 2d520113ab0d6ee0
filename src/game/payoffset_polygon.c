/* Polygons of fractions, and one step of the operator of Abreu and Sannikov on them. */
#include "payoffset_inner.h"

#include <math.h>
#include <stdlib.h>

/* --- polygons ----------------------------------------------------------------------------- */

bool polygon_add(struct polygon *g, mpq_srcptr x, mpq_srcptr y)
{
    if (g->n == g->cap) {
        size_t cap = g->cap ? 2 * g->cap : 16;
        struct point *p = realloc(g->p, cap * sizeof *p);
        if (!p)
            return false;
        for (size_t i = g->cap; i < cap; i++)
            mpq_inits(p[i].v[0], p[i].v[1], NULL);
        g->p = p;
        g->cap = cap;
    }
    struct point *p = &g->p[g->n++];
    mpq_set(p->v[0], x);
    mpq_set(p->v[1], y);
    p->near[0] = mpq_get_d(x);
    p->near[1] = mpq_get_d(y);
    return true;
}

void polygon_drop(struct polygon *g)
{
    for (size_t i = 0; i < g->cap; i++)
        mpq_clears(g->p[i].v[0], g->p[i].v[1], NULL);
    free(g->p);
}

/* By the second coordinate, then the first. The structs are moved bit by bit, which GMP numbers allow. */
static int order(const void *a, const void *b)
{
    const struct point *p = a, *q = b;
    if (p->near[1] < q->near[1] || p->near[1] > q->near[1]) /* rounding towards 0 keeps the order */
        return p->near[1] < q->near[1] ? -1 : 1;
    int c = mpq_cmp(p->v[1], q->v[1]);
    return c ? c : mpq_cmp(p->v[0], q->v[0]);
}

int polygon_turn(struct solver *s, const struct point *a, const struct point *b, const struct point *c)
{
    mpq_sub(s->a, b->v[0], a->v[0]);
    mpq_sub(s->t, c->v[1], a->v[1]);
    mpq_mul(s->a, s->a, s->t);
    mpq_sub(s->b, b->v[1], a->v[1]);
    mpq_sub(s->t, c->v[0], a->v[0]);
    mpq_mul(s->b, s->b, s->t);
    return mpq_cmp(s->a, s->b);
}

/* The sign of the same, in doubles where they are sure of it. A coordinate is within 2^-52 of its double, relatively, so a difference of two is within 1.6 x 2^-52 of the sum of their
 * sizes, and the difference of the products within 5 x 2^-52 = 1.2e-15 of `size`. */
static int turn_sign(struct solver *s, const struct point *a, const struct point *b, const struct point *c)
{
    double left = (b->near[0] - a->near[0]) * (c->near[1] - a->near[1]), right = (b->near[1] - a->near[1]) * (c->near[0] - a->near[0]);
    double size = (fabs(a->near[0]) + fabs(b->near[0])) * (fabs(a->near[1]) + fabs(c->near[1])) + (fabs(a->near[1]) + fabs(b->near[1])) * (fabs(a->near[0]) + fabs(c->near[0]));
    if (size > 1e-250 && size < 1e250 && fabs(left - right) > 1e-14 * size)
        return left > right ? 1 : -1;
    return polygon_turn(s, a, b, c);
}

bool polygon_hull(struct solver *s, struct polygon *from, struct polygon *to)
{
    to->n = 0;
    if (from->n == 0)
        return true;
    qsort(from->p, from->n, sizeof *from->p, order);
    size_t unique = 1;
    for (size_t i = 1; i < from->n; i++)
        if (order(&from->p[i], &from->p[unique - 1])) {
            struct point swap = from->p[unique];
            from->p[unique] = from->p[i];
            from->p[i] = swap;
            unique++;
        }
    from->n = unique;
    if (unique == 1)
        return polygon_add(to, from->p[0].v[0], from->p[0].v[1]);
    size_t floor = 2;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < unique; k++) {
            const struct point *p = &from->p[pass ? unique - 1 - k : k];
            if (pass && k == 0)
                continue; /* the last of the first chain */
            while (to->n >= floor && turn_sign(s, &to->p[to->n - 2], &to->p[to->n - 1], p) <= 0)
                to->n--;
            if (!polygon_add(to, p->v[0], p->v[1]))
                return false;
        }
        floor = to->n + 1;
    }
    to->n--; /* the first point again */
    return true;
}

/* The part with coordinate k at least `least`. */
static bool clip(struct solver *s, const struct polygon *from, int k, const mpq_t least, struct polygon *to)
{
    to->n = 0;
    for (size_t i = 0; i < from->n; i++) {
        const struct point *p = &from->p[i], *q = &from->p[(i + 1) % from->n];
        int in_p = mpq_cmp(p->v[k], least), in_q = mpq_cmp(q->v[k], least);
        if (in_p >= 0 && !polygon_add(to, p->v[0], p->v[1]))
            return false;
        if ((in_p > 0 && in_q < 0) || (in_p < 0 && in_q > 0)) {
            mpq_sub(s->a, least, p->v[k]);
            mpq_sub(s->b, q->v[k], p->v[k]);
            mpq_div(s->a, s->a, s->b); /* how far along */
            mpq_sub(s->b, q->v[!k], p->v[!k]);
            mpq_mul(s->b, s->b, s->a);
            mpq_add(s->b, s->b, p->v[!k]);
            if (!(k == 0 ? polygon_add(to, least, s->b) : polygon_add(to, s->b, least)))
                return false;
        }
    }
    return true;
}

/* --- one step of the operator ------------------------------------------------------------- */

/* (1-d) g + d w into the candidates */
static bool promise(struct solver *s, const struct point *g, const struct point *w, struct polygon *candidates)
{
    for (int k = 0; k < 2; k++) {
        mpq_mul(s->xy[k], s->rest, g->v[k]);
        mpq_mul(s->a, s->d, w->v[k]);
        mpq_add(s->xy[k], s->xy[k], s->a);
    }
    return polygon_add(candidates, s->xy[0], s->xy[1]);
}

static bool profile_step(struct solver *s, size_t profile, struct polygon *candidates)
{
    bool kept = true, ok = true;
    for (int k = 0; k < 2; k++) { /* what player k must be promised at least */
        mpq_mul(s->least[k], s->ratio, s->gain[profile].v[k]);
        mpq_add(s->least[k], s->least[k], s->threat[k]);
        kept = kept && mpq_cmp(s->stage[profile].v[k], s->least[k]) >= 0;
    }
    if (kept) { /* playing it for ever enforces itself; but its payoff must still be in the set */
        ok = polygon_add(candidates, s->stage[profile].v[0], s->stage[profile].v[1]);
    } else {
        ok = clip(s, &s->now, 0, s->least[0], &s->other) && clip(s, &s->other, 1, s->least[1], &s->cut);
        for (size_t i = 0; ok && i < s->cut.n; i++)
            if (mpq_equal(s->cut.p[i].v[0], s->least[0]) || mpq_equal(s->cut.p[i].v[1], s->least[1]))
                ok = promise(s, &s->stage[profile], &s->cut.p[i], candidates);
    }
    return ok;
}

void payoffset_set_threat(struct solver *s)
{
    for (int k = 0; k < 2; k++) {
        for (size_t i = 0; i < s->now.n; i++)
            if (i == 0 || mpq_cmp(s->now.p[i].v[k], s->threat[k]) < 0)
                mpq_set(s->threat[k], s->now.p[i].v[k]);
        if (mpq_cmp(s->threat[k], s->minmax[k]) < 0)
            mpq_set(s->threat[k], s->minmax[k]);
    }
}

bool payoffset_operate(struct solver *s)
{
    bool ok = true;
    s->candidates.n = 0;
    for (size_t p = 0; ok && p < s->game->n_profiles; p++)
        ok = profile_step(s, p, &s->candidates);
    return ok && polygon_hull(s, &s->candidates, &s->next);
}

bool polygon_same(const struct polygon *a, const struct polygon *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!mpq_equal(a->p[i].v[0], b->p[i].v[0]) || !mpq_equal(a->p[i].v[1], b->p[i].v[1]))
            return false;
    return true;
}
