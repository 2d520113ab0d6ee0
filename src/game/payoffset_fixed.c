/* The set that an iteration only tends to, exactly.
 *
 * W is guessed from an outer set U (payoffset_guess.c). It is the set of equilibrium payoffs V if
 *   1. the operator maps W to itself: then every corner of W is enforced by promises in W, and W lies in V;
 *   2. V lies in W. Let W(e) be W with every side moved outwards by e c, where c is chosen so that W(1) holds U, hence V. If for every 0 < e <= 1 the operator
 *      maps W(e) into W(e') with e' < e by a fixed factor, then V, which the operator maps to itself, lies in all of them.
 * Sides and threats of W(e) move linearly in e, and so does every point the operator makes of it, as long as the same sides are cut and the same profiles
 * keep themselves. That is checked by signs at e = 0 and e = 1; then 2. needs to be looked at for e = 1 only: at e tending to 0 the points lie in W by 1. */
#include "payoffset_guess.h"

#include <math.h>
#include <stdlib.h>

enum { SIDES_MAX = 40, VERTICES_MAX = 2 * SIDES_MAX, TRIES = 8 };

struct side { /* normal . x <= offset[e] at e = 0 and e = 1 */
    mpq_t normal[2], offset[2];
    double n[2], c, found;
};

struct moving { /* a corner at e = 0 and e = 1, and the side that begins there */
    mpq_t at[2][2]; /* [e][coordinate] */
    const struct side *side;
};

struct ring {
    struct moving *m; /* [VERTICES_MAX] */
    size_t n;
};

struct proof {
    struct solver *s;
    size_t n; /* sides */
    struct side *side;
    struct side cut[2];
    struct ring whole, half, part;
    mpq_t threat[2][2], least[2][2]; /* [e][player] */
    mpq_t t, u;
    double scale;
};

/* --- memory ----------------------------------------------------------------------------------- */

static void init_side(struct side *s) { mpq_inits(s->normal[0], s->normal[1], s->offset[0], s->offset[1], NULL); }
static void clear_side(struct side *s) { mpq_clears(s->normal[0], s->normal[1], s->offset[0], s->offset[1], NULL); }

static bool init_ring(struct ring *r)
{
    if (!(r->m = calloc(VERTICES_MAX, sizeof *r->m)))
        return false;
    for (size_t i = 0; i < VERTICES_MAX; i++)
        mpq_inits(r->m[i].at[0][0], r->m[i].at[0][1], r->m[i].at[1][0], r->m[i].at[1][1], NULL);
    return true;
}

static void clear_ring(struct ring *r)
{
    for (size_t i = 0; r->m && i < VERTICES_MAX; i++)
        mpq_clears(r->m[i].at[0][0], r->m[i].at[0][1], r->m[i].at[1][0], r->m[i].at[1][1], NULL);
    free(r->m);
}

static bool init_proof(struct proof *p, struct solver *s)
{
    *p = (struct proof){ .s = s, .side = calloc(SIDES_MAX, sizeof *p->side) };
    if (!p->side)
        return false;
    for (size_t i = 0; i < SIDES_MAX; i++)
        init_side(&p->side[i]);
    for (int k = 0; k < 2; k++) {
        init_side(&p->cut[k]);
        mpq_inits(p->threat[k][0], p->threat[k][1], p->least[k][0], p->least[k][1], NULL);
    }
    mpq_inits(p->t, p->u, NULL);
    return init_ring(&p->whole) && init_ring(&p->half) && init_ring(&p->part);
}

static void clear_proof(struct proof *p)
{
    if (!p->side)
        return;
    for (size_t i = 0; i < SIDES_MAX; i++)
        clear_side(&p->side[i]);
    free(p->side);
    for (int k = 0; k < 2; k++) {
        clear_side(&p->cut[k]);
        mpq_clears(p->threat[k][0], p->threat[k][1], p->least[k][0], p->least[k][1], NULL);
    }
    mpq_clears(p->t, p->u, NULL);
    clear_ring(&p->whole);
    clear_ring(&p->half);
    clear_ring(&p->part);
}

/* --- the sides -------------------------------------------------------------------------------- */

/* out = a . b */
static void dot(struct proof *p, mpq_t out, const mpq_t a[2], const mpq_t b[2])
{
    mpq_mul(out, a[0], b[0]);
    mpq_mul(p->t, a[1], b[1]);
    mpq_add(out, out, p->t);
}

/* The next side has the direction (dx, dy) of the walk round W: its normal points to the right. */
static void add_side(struct proof *p, mpq_srcptr dx, mpq_srcptr dy)
{
    struct side *s = &p->side[p->n++];
    mpq_set(s->normal[0], dy);
    mpq_neg(s->normal[1], dx);
}

/* A segment gets four sides and a point four along the axes. */
static bool find_sides(struct proof *p)
{
    const struct polygon *w = &p->s->now;
    mpq_t dx, dy, minus;
    if (w->n == 0 || w->n + 4 > SIDES_MAX)
        return false;
    mpq_inits(dx, dy, minus, NULL);
    for (size_t i = 0; i < w->n; i++) {
        const struct point *a = &w->p[i], *b = &w->p[(i + 1) % w->n];
        mpq_sub(dx, b->v[0], a->v[0]);
        mpq_sub(dy, b->v[1], a->v[1]);
        if (w->n == 1)
            mpq_set_ui(dx, 1, 1);
        for (int turn = 0; turn < (w->n == 1 ? 4 : w->n == 2 ? 2 : 1); turn++) {
            add_side(p, dx, dy);
            mpq_neg(minus, dy); /* a quarter turn to the left */
            mpq_set(dy, dx);
            mpq_set(dx, minus);
        }
    }
    mpq_clears(dx, dy, minus, NULL);
    for (size_t i = 0; i < p->n; i++) {
        struct side *s = &p->side[i];
        for (size_t k = 0; k < w->n; k++) {
            dot(p, p->u, s->normal, w->p[k].v);
            if (k == 0 || mpq_cmp(p->u, s->offset[0]) > 0)
                mpq_set(s->offset[0], p->u);
        }
        s->n[0] = mpq_get_d(s->normal[0]);
        s->n[1] = mpq_get_d(s->normal[1]);
        s->found = 0;
    }
    return true;
}

/* c of each side: so that W(1) holds the outer set, with room, in few digits. */
static void first_room(struct proof *p, const struct polygon *outer)
{
    double most = 0;
    for (size_t i = 0; i < p->n; i++) {
        struct side *s = &p->side[i];
        double length = hypot(s->n[0], s->n[1]), c = 0;
        for (size_t k = 0; k < outer->n; k++) {
            dot(p, p->u, s->normal, outer->p[k].v);
            mpq_sub(p->u, p->u, s->offset[0]);
            c = fmax(c, mpq_get_d(p->u));
        }
        s->c = c / length;
        most = fmax(most, s->c);
    }
    for (size_t i = 0; i < p->n; i++)
        p->side[i].c = fmax(1.0001 * p->side[i].c, fmax(most / 64, 1e-8 * p->scale)) * hypot(p->side[i].n[0], p->side[i].n[1]);
}

/* offset[1] = offset[0] + c rounded up to a few bits */
static void give_room(struct proof *p)
{
    for (size_t i = 0; i < p->n; i++) {
        struct side *s = &p->side[i];
        int exponent;
        double m = frexp(s->c, &exponent);
        s->c = ldexp(ceil(ldexp(m, 10)), exponent - 10);
        mpq_set_d(p->u, s->c);
        mpq_add(s->offset[1], s->offset[0], p->u);
    }
}

/* Where two sides meet at e; false when they are parallel. */
static bool meet(struct proof *p, const struct side *a, const struct side *b, int e, mpq_t out[2])
{
    mpq_t det;
    mpq_init(det);
    mpq_mul(det, a->normal[0], b->normal[1]);
    mpq_mul(p->t, a->normal[1], b->normal[0]);
    mpq_sub(det, det, p->t);
    bool ok = mpq_sgn(det) != 0;
    if (ok) {
        mpq_mul(out[0], a->offset[e], b->normal[1]);
        mpq_mul(p->t, b->offset[e], a->normal[1]);
        mpq_sub(out[0], out[0], p->t);
        mpq_div(out[0], out[0], det);
        mpq_mul(out[1], b->offset[e], a->normal[0]);
        mpq_mul(p->t, a->offset[e], b->normal[0]);
        mpq_sub(out[1], out[1], p->t);
        mpq_div(out[1], out[1], det);
    }
    mpq_clear(det);
    return ok;
}

/* The corners of W(0) and W(1), and the threats. False when a side has gone in W(1): the shapes differ. */
static bool find_corners(struct proof *p)
{
    struct ring *r = &p->whole;
    r->n = p->n;
    for (size_t i = 0; i < p->n; i++) {
        r->m[i].side = &p->side[i];
        for (int e = 0; e < 2; e++)
            if (!meet(p, &p->side[(i + p->n - 1) % p->n], &p->side[i], e, r->m[i].at[e]))
                return false;
    }
    for (size_t i = 0; i < p->n; i++) { /* walks along its side, forwards */
        const struct moving *a = &r->m[i], *b = &r->m[(i + 1) % p->n];
        int k = mpq_sgn(a->side->normal[1]) != 0 ? 0 : 1;
        int forward = k == 0 ? -mpq_sgn(a->side->normal[1]) : mpq_sgn(a->side->normal[0]);
        if (mpq_cmp(b->at[1][k], a->at[1][k]) * forward <= 0)
            return false;
    }
    for (int k = 0; k < 2; k++) {
        for (int e = 0; e < 2; e++) {
            mpq_set(p->threat[e][k], r->m[0].at[e][k]);
            for (size_t i = 1; i < r->n; i++)
                if (mpq_cmp(r->m[i].at[e][k], p->threat[e][k]) < 0)
                    mpq_set(p->threat[e][k], r->m[i].at[e][k]);
        }
        if (mpq_cmp(p->threat[0][k], p->s->minmax[k]) <= 0) /* nobody can be held below */
            for (int e = 0; e < 2; e++)
                mpq_set(p->threat[e][k], p->s->minmax[k]);
    }
    return true;
}

/* --- the points the operator makes of W(e) ------------------------------------------------------ */

static void copy(struct ring *to, const struct moving *from, const struct side *side)
{
    struct moving *m = &to->m[to->n++];
    for (int c = 0; c < 4; c++)
        mpq_set(m->at[c >> 1][c & 1], from->at[c >> 1][c & 1]);
    m->side = side;
}

/* The part with coordinate k at least least[e][k]. False when it is not cut alike for all e. */
static bool cut(struct proof *p, const struct ring *from, int k, struct ring *to)
{
    struct side *line = &p->cut[k];
    to->n = 0;
    mpq_set_si(line->normal[k], -1, 1);
    mpq_set_ui(line->normal[!k], 0, 1);
    for (int e = 0; e < 2; e++)
        mpq_neg(line->offset[e], p->least[e][k]);
    for (size_t i = 0; i < from->n; i++) {
        const struct moving *a = &from->m[i], *b = &from->m[(i + 1) % from->n];
        int first = mpq_cmp(a->at[0][k], p->least[0][k]), sign = mpq_cmp(a->at[1][k], p->least[1][k]), next = mpq_cmp(b->at[1][k], p->least[1][k]);
        first = (first > 0) - (first < 0);
        sign = (sign > 0) - (sign < 0);
        if ((first && first != sign) || to->n + 2 > VERTICES_MAX)
            return false;
        if (sign >= 0)
            copy(to, a, sign == 0 && next < 0 ? line : a->side);
        if ((sign > 0 && next < 0) || (sign < 0 && next > 0)) {
            struct moving *m = &to->m[to->n++];
            m->side = sign > 0 ? line : a->side;
            for (int e = 0; e < 2; e++)
                if (!meet(p, a->side, line, e, m->at[e]))
                    return false;
        }
    }
    return true;
}

/* How far the points made by a profile at e = 1 stand out of each side of W. */
static bool profile_points(struct proof *p, size_t profile)
{
    bool kept[2] = { true, true };
    for (int e = 0; e < 2; e++)
        for (int k = 0; k < 2; k++) {
            mpq_mul(p->least[e][k], p->s->ratio, p->s->gain[profile].v[k]);
            mpq_add(p->least[e][k], p->least[e][k], p->threat[e][k]);
            kept[e] = kept[e] && mpq_cmp(p->s->stage[profile].v[k], p->least[e][k]) >= 0;
        }
    if (kept[1])
        return kept[0]; /* its own payoff, which is in W */
    if (!cut(p, &p->whole, 0, &p->half) || !cut(p, &p->half, 1, &p->part))
        return false;
    double d = mpq_get_d(p->s->d), v[2];
    for (size_t i = 0; i < p->part.n; i++) {
        const struct moving *m = &p->part.m[i];
        if (!mpq_equal(m->at[1][0], p->least[1][0]) && !mpq_equal(m->at[1][1], p->least[1][1]))
            continue;
        for (int k = 0; k < 2; k++)
            v[k] = (1 - d) * mpq_get_d(p->s->stage[profile].v[k]) + d * mpq_get_d(m->at[1][k]);
        for (size_t k = 0; k < p->n; k++) {
            struct side *s = &p->side[k];
            s->found = fmax(s->found, s->n[0] * v[0] + s->n[1] * v[1] - mpq_get_d(s->offset[0]));
        }
    }
    return true;
}

/* 2. of the head of this file. Doubles decide only where they are far from wrong. */
static bool contracts(struct proof *p)
{
    for (int attempt = 0; attempt < TRIES; attempt++) {
        bool inside = true;
        give_room(p);
        if (!find_corners(p))
            return false;
        for (size_t i = 0; i < p->n; i++)
            p->side[i].found = 0;
        for (size_t profile = 0; profile < p->s->game->n_profiles; profile++)
            if (!profile_points(p, profile))
                return false;
        for (size_t i = 0; i < p->n; i++) {
            struct side *s = &p->side[i];
            double margin = 1e-13 * p->scale * (fabs(s->n[0]) + fabs(s->n[1]));
            if (s->found + margin < (1 - 1e-6) * s->c)
                continue;
            inside = false;
            s->c = 1.25 * (s->found + margin);
        }
        if (inside)
            return true;
    }
    return false;
}

/* --- both ------------------------------------------------------------------------------------- */

static bool maps_to_itself(struct solver *s, bool *memory)
{
    payoffset_set_threat(s);
    if (!payoffset_operate(s)) {
        *memory = false;
        return false;
    }
    return polygon_same(&s->now, &s->next);
}

enum fixed payoffset_fixed(struct solver *s, const struct outer *o)
{
    struct polygon corners = { 0 }, outer = { 0 };
    struct proof p = { 0 };
    bool memory = true;
    enum fixed result = FIXED_NOT;
    if (payoffset_guess(s, o, &corners)) {
        memory = polygon_hull(s, &corners, &s->now);
        bool fixed = memory && s->now.n && maps_to_itself(s, &memory);
        if (fixed && (memory = outer_polygon(o, &outer) && init_proof(&p, s))) {
            for (size_t i = 0; i < outer.n; i++)
                p.scale = fmax(p.scale, fmax(fabs(mpq_get_d(outer.p[i].v[0])), fabs(mpq_get_d(outer.p[i].v[1]))));
            if (find_sides(&p)) {
                first_room(&p, &outer);
                result = contracts(&p) ? FIXED_PROVEN : FIXED_NOT;
            }
        }
    }
    clear_proof(&p);
    polygon_drop(&corners);
    polygon_drop(&outer);
    return memory ? result : FIXED_NO_MEMORY;
}
