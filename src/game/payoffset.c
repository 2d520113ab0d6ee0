#include "rational.h"

#include <parley/payoffset.h>

#include <stdlib.h>

enum { EXACT_ITERATIONS = 64, LIMIT_ITERATIONS = 20000, GRID_BITS = 200, STILL_BITS = 90, DIGITS_MAX = 3000 };

struct point {
    mpq_t v[2];
};

struct polygon { /* hull, counter-clockwise; 1 = point, 2 = segment */
    struct point *p;
    size_t n, cap;
};

struct solver {
    const struct parley_game *game;
    size_t rows, columns;
    struct point *stage;  /* [profiles] payoffs */
    struct point *gain;   /* [profiles] what the best deviation gains each player */
    mpq_t d, rest, ratio; /* d, 1 - d, (1 - d) / d */
    mpq_t threat[2], minmax[2];
    mpq_t a, b, c;        /* scratch */
    struct polygon now, next, cut, other;
};

/* --- polygons ----------------------------------------------------------------------------- */

static bool add(struct polygon *g, const mpq_t x, const mpq_t y)
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
    mpq_set(g->p[g->n].v[0], x);
    mpq_set(g->p[g->n++].v[1], y);
    return true;
}

static void drop(struct polygon *g)
{
    for (size_t i = 0; i < g->cap; i++)
        mpq_clears(g->p[i].v[0], g->p[i].v[1], NULL);
    free(g->p);
}

/* By the second coordinate, then the first. The structs are moved bit by bit, which GMP numbers allow. */
static int order(const void *a, const void *b)
{
    const struct point *p = a, *q = b;
    int c = mpq_cmp(p->v[1], q->v[1]);
    return c ? c : mpq_cmp(p->v[0], q->v[0]);
}

/* sign of (b - a) x (c - a) */
static int turn(struct solver *s, const struct point *a, const struct point *b, const struct point *c)
{
    mpq_t t;
    mpq_init(t);
    mpq_sub(s->a, b->v[0], a->v[0]);
    mpq_sub(t, c->v[1], a->v[1]);
    mpq_mul(s->a, s->a, t);
    mpq_sub(s->b, b->v[1], a->v[1]);
    mpq_sub(t, c->v[0], a->v[0]);
    mpq_mul(s->b, s->b, t);
    mpq_clear(t);
    return mpq_cmp(s->a, s->b);
}

/* Andrew's monotone chain, exact: collinear points go. */
static bool hull(struct solver *s, struct polygon *from, struct polygon *to)
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
        return add(to, from->p[0].v[0], from->p[0].v[1]);
    size_t floor = 2;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < unique; k++) {
            const struct point *p = &from->p[pass ? unique - 1 - k : k];
            if (pass && k == 0)
                continue; /* the last of the first chain */
            while (to->n >= floor && turn(s, &to->p[to->n - 2], &to->p[to->n - 1], p) <= 0)
                to->n--;
            if (!add(to, p->v[0], p->v[1]))
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
        if (in_p >= 0 && !add(to, p->v[0], p->v[1]))
            return false;
        if ((in_p > 0 && in_q < 0) || (in_p < 0 && in_q > 0)) {
            mpq_sub(s->a, least, p->v[k]);
            mpq_sub(s->b, q->v[k], p->v[k]);
            mpq_div(s->a, s->a, s->b); /* how far along */
            mpq_sub(s->b, q->v[!k], p->v[!k]);
            mpq_mul(s->b, s->b, s->a);
            mpq_add(s->b, s->b, p->v[!k]);
            if (!(k == 0 ? add(to, least, s->b) : add(to, s->b, least)))
                return false;
        }
    }
    return true;
}

/* --- one step of the operator ------------------------------------------------------------- */

/* (1-d) g + d w into the candidates */
static bool promise(struct solver *s, const struct point *g, const struct point *w, struct polygon *candidates)
{
    mpq_t xy[2];
    mpq_inits(xy[0], xy[1], NULL);
    for (int k = 0; k < 2; k++) {
        mpq_mul(xy[k], s->rest, g->v[k]);
        mpq_mul(s->a, s->d, w->v[k]);
        mpq_add(xy[k], xy[k], s->a);
    }
    bool ok = add(candidates, xy[0], xy[1]);
    mpq_clears(xy[0], xy[1], NULL);
    return ok;
}

static bool profile_step(struct solver *s, size_t profile, struct polygon *candidates)
{
    mpq_t least[2];
    bool kept = true, ok = true;
    for (int k = 0; k < 2; k++) { /* what player k must be promised at least */
        mpq_init(least[k]);
        mpq_mul(least[k], s->ratio, s->gain[profile].v[k]);
        mpq_add(least[k], least[k], s->threat[k]);
        kept = kept && mpq_cmp(s->stage[profile].v[k], least[k]) >= 0;
    }
    if (kept) { /* playing it for ever enforces itself; but its payoff must still be in the set */
        ok = add(candidates, s->stage[profile].v[0], s->stage[profile].v[1]);
    } else {
        ok = clip(s, &s->now, 0, least[0], &s->other) && clip(s, &s->other, 1, least[1], &s->cut);
        for (size_t i = 0; ok && i < s->cut.n; i++)
            if (mpq_equal(s->cut.p[i].v[0], least[0]) || mpq_equal(s->cut.p[i].v[1], least[1]))
                ok = promise(s, &s->stage[profile], &s->cut.p[i], candidates);
    }
    mpq_clears(least[0], least[1], NULL);
    return ok;
}

static void set_threat(struct solver *s)
{
    for (int k = 0; k < 2; k++) {
        for (size_t i = 0; i < s->now.n; i++)
            if (i == 0 || mpq_cmp(s->now.p[i].v[k], s->threat[k]) < 0)
                mpq_set(s->threat[k], s->now.p[i].v[k]);
        if (mpq_cmp(s->threat[k], s->minmax[k]) < 0)
            mpq_set(s->threat[k], s->minmax[k]);
    }
}

static bool operate(struct solver *s)
{
    struct polygon candidates = { 0 };
    bool ok = true;
    for (size_t p = 0; ok && p < s->game->n_profiles; p++)
        ok = profile_step(s, p, &candidates);
    ok = ok && hull(s, &candidates, &s->next);
    drop(&candidates);
    return ok;
}

static bool same(const struct polygon *a, const struct polygon *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!mpq_equal(a->p[i].v[0], b->p[i].v[0]) || !mpq_equal(a->p[i].v[1], b->p[i].v[1]))
            return false;
    return true;
}

/* No vertex of one is farther than 2^-STILL_BITS from one of the other, in each coordinate. */
static bool still(struct solver *s, const struct polygon *a, const struct polygon *b)
{
    mpq_set_ui(s->c, 1, 1);
    mpq_div_2exp(s->c, s->c, STILL_BITS);
    for (size_t i = 0; i < a->n; i++) {
        bool near_one = false;
        for (size_t j = 0; j < b->n && !near_one; j++) {
            near_one = true;
            for (int k = 0; k < 2; k++) {
                mpq_sub(s->a, a->p[i].v[k], b->p[j].v[k]);
                mpq_abs(s->a, s->a);
                near_one = near_one && mpq_cmp(s->a, s->c) <= 0;
            }
        }
        if (!near_one)
            return false;
    }
    return true;
}

static size_t size_of(const struct polygon *g)
{
    size_t digits = 0;
    for (size_t i = 0; i < g->n; i++)
        for (int k = 0; k < 2; k++) {
            size_t d = mpz_sizeinbase(mpq_denref(g->p[i].v[k]), 2);
            digits = d > digits ? d : digits;
        }
    return digits;
}

/* Outwards: each point becomes the corners of the cell of the grid that holds it. A set that is a little too large still
 * holds every equilibrium, while one cut a little too small may lose an equilibrium that only just holds. */
static bool round_outwards(const struct polygon *from, struct polygon *to)
{
    mpq_t corner[2][2];
    bool ok = true;
    for (int i = 0; i < 4; i++)
        mpq_init(corner[i >> 1][i & 1]);
    to->n = 0;
    for (size_t i = 0; ok && i < from->n; i++) {
        for (int k = 0; k < 2; k++)
            for (int up = 0; up < 2; up++) {
                mpz_ptr n = mpq_numref(corner[k][up]), d = mpq_denref(corner[k][up]);
                mpq_set(corner[k][up], from->p[i].v[k]);
                if (mpz_sizeinbase(d, 2) <= GRID_BITS)
                    continue;
                mpz_mul_2exp(n, n, GRID_BITS);
                if (up)
                    mpz_cdiv_q(n, n, d);
                else
                    mpz_fdiv_q(n, n, d);
                mpz_set_ui(d, 1);
                mpz_mul_2exp(d, d, GRID_BITS);
                mpq_canonicalize(corner[k][up]);
            }
        for (int c = 0; ok && c < 4; c++)
            ok = add(to, corner[0][c >> 1], corner[1][c & 1]);
    }
    for (int i = 0; i < 4; i++)
        mpq_clear(corner[i >> 1][i & 1]);
    return ok;
}

/* b lies on the segment from a to c, but for what rounding may do. */
static bool nearly_straight(struct solver *s, const struct point *a, const struct point *b, const struct point *c)
{
    mpq_t bend;
    mpq_init(bend);
    (void)turn(s, a, b, c);
    mpq_sub(bend, s->a, s->b);
    mpq_abs(bend, bend);
    mpq_mul_2exp(bend, bend, STILL_BITS);
    bool straight = mpq_cmp_ui(bend, 1, 1) <= 0;
    mpq_clear(bend);
    return straight;
}

static void swap_points(struct polygon *g, size_t i, size_t j)
{
    struct point swap = g->p[i];
    g->p[i] = g->p[j];
    g->p[j] = swap;
}

/* Corners of one cell are one vertex to a reader, and one that does not bend the outline is none. */
static void merge_close(struct solver *s, struct polygon *g)
{
    size_t n = 0, m = 0;
    for (size_t i = 0; i < g->n; i++) {
        struct polygon one = { &g->p[i], 1, 1 }, rest = { g->p, n, n };
        if (n == 0 || !still(s, &one, &rest))
            swap_points(g, n++, i);
    }
    for (size_t i = 0; i < n; i++)
        if (m == 0 || i + 1 == n || !nearly_straight(s, &g->p[m - 1], &g->p[i], &g->p[i + 1]))
            swap_points(g, m++, i);
    g->n = m;
}

/* --- setting up --------------------------------------------------------------------------- */

static mpq_srcptr payoff(const struct solver *s, size_t row, size_t column, int player)
{
    return s->game->payoff[(row + column * s->rows) * 2 + (size_t)player]->v;
}

/* Best deviation of a player from a profile: the most it can get against the other's action. */
static mpq_srcptr best_against(const struct solver *s, size_t row, size_t column, int player)
{
    mpq_srcptr best = payoff(s, row, column, player);
    for (size_t k = 0; k < (player ? s->columns : s->rows); k++) {
        mpq_srcptr other = player ? payoff(s, row, k, 1) : payoff(s, k, column, 0);
        if (mpq_cmp(other, best) > 0)
            best = other;
    }
    return best;
}

static bool set_up(struct solver *s, struct parley_ratio discount)
{
    mpq_inits(s->d, s->rest, s->ratio, s->threat[0], s->threat[1], s->minmax[0], s->minmax[1], s->a, s->b, s->c, NULL);
    s->stage = calloc(s->game->n_profiles, sizeof *s->stage);
    s->gain = calloc(s->game->n_profiles, sizeof *s->gain);
    if (!s->stage || !s->gain)
        return false;
    mpq_set_si(s->d, discount.num, (unsigned long)discount.den);
    mpq_set_ui(s->rest, 1, 1);
    mpq_sub(s->rest, s->rest, s->d);
    mpq_div(s->ratio, s->rest, s->d);
    struct polygon all = { 0 };
    bool ok = true;
    for (size_t j = 0; j < s->columns; j++)
        for (size_t i = 0; i < s->rows; i++) {
            size_t p = i + j * s->rows;
            for (int k = 0; k < 2; k++) {
                mpq_inits(s->stage[p].v[k], s->gain[p].v[k], NULL);
                mpq_set(s->stage[p].v[k], payoff(s, i, j, k));
                mpq_sub(s->gain[p].v[k], best_against(s, i, j, k), payoff(s, i, j, k));
            }
            ok = ok && add(&all, s->stage[p].v[0], s->stage[p].v[1]);
        }
    for (size_t j = 0; j < s->columns; j++)
        if (j == 0 || mpq_cmp(best_against(s, 0, j, 0), s->minmax[0]) < 0)
            mpq_set(s->minmax[0], best_against(s, 0, j, 0));
    for (size_t i = 0; i < s->rows; i++)
        if (i == 0 || mpq_cmp(best_against(s, i, 0, 1), s->minmax[1]) < 0)
            mpq_set(s->minmax[1], best_against(s, i, 0, 1));
    ok = ok && hull(s, &all, &s->now);
    drop(&all);
    set_threat(s);
    return ok;
}

static void release(struct solver *s)
{
    for (size_t p = 0; s->stage && s->gain && p < s->game->n_profiles; p++)
        if (s->stage[p].v[0]->_mp_den._mp_d)
            mpq_clears(s->stage[p].v[0], s->stage[p].v[1], s->gain[p].v[0], s->gain[p].v[1], NULL);
    free(s->stage);
    free(s->gain);
    drop(&s->now);
    drop(&s->next);
    drop(&s->cut);
    drop(&s->other);
    mpq_clears(s->d, s->rest, s->ratio, s->threat[0], s->threat[1], s->minmax[0], s->minmax[1], s->a, s->b, s->c, NULL);
}

static bool keep(const struct solver *s, struct parley_arena *arena, struct parley_payoff_set *out)
{
    out->n = s->now.n;
    out->x = PARLEY_NEW(arena, const struct parley_exact *, out->n);
    out->y = PARLEY_NEW(arena, const struct parley_exact *, out->n);
    if (!out->x || !out->y)
        return false;
    for (size_t i = 0; i < out->n; i++)
        if (!(out->x[i] = exact_keep(s->now.p[i].v[0], arena)) || !(out->y[i] = exact_keep(s->now.p[i].v[1], arena)))
            return false;
    for (int k = 0; k < 2; k++)
        if (out->n && !(out->worst[k] = exact_keep(s->threat[k], arena)))
            return false;
    return true;
}

static enum parley_status iterate(struct solver *s, const struct parley_progress *progress, struct parley_payoff_set *out, struct parley_error *err)
{
    bool rounding = false;
    for (out->iterations = 1; out->iterations <= LIMIT_ITERATIONS; out->iterations++) {
        if (!operate(s))
            return parley_fail(err, PARLEY_ENOMEM, "out of memory in the iteration of the payoff set");
        rounding = rounding || out->iterations > EXACT_ITERATIONS || size_of(&s->next) > DIGITS_MAX;
        if (rounding) {
            if (!round_outwards(&s->next, &s->other) || !hull(s, &s->other, &s->next))
                return parley_fail(err, PARLEY_ENOMEM, "out of memory in the iteration of the payoff set");
        }
        bool fixed = same(&s->now, &s->next), done = fixed || (rounding && s->now.n && s->next.n && still(s, &s->now, &s->next) && still(s, &s->next, &s->now));
        struct polygon swap = s->now;
        s->now = s->next;
        s->next = swap;
        if (s->now.n == 0) {
            out->exact = true;
            return PARLEY_OK;
        }
        mpq_t before[2];
        mpq_inits(before[0], before[1], NULL);
        mpq_set(before[0], s->threat[0]);
        mpq_set(before[1], s->threat[1]);
        set_threat(s);
        bool threat_moved = !mpq_equal(before[0], s->threat[0]) || !mpq_equal(before[1], s->threat[1]);
        mpq_clears(before[0], before[1], NULL);
        if (done && (rounding || !threat_moved)) {
            out->exact = fixed && !rounding;
            if (!out->exact)
                merge_close(s, &s->now);
            return PARLEY_OK;
        }
        if (!parley_tick(progress, (double)out->iterations, 0, "iterations"))
            return parley_fail(err, PARLEY_ECANCELLED, "interrupted after %zu iterations; no set is given", out->iterations);
    }
    return parley_fail(err, PARLEY_ENOCONV, "the payoff set still moves after %d iterations", LIMIT_ITERATIONS);
}

enum parley_status parley_payoff_set(const struct parley_game *game, struct parley_ratio discount, const struct parley_progress *progress,
                                     struct parley_arena *arena, struct parley_payoff_set *out, struct parley_error *err)
{
    if (game->n_players != 2 || game->n_profiles == 0)
        return parley_fail(err, PARLEY_EINVAL, "a payoff set needs the strategic form of a game of two players; this one has %zu", game->n_players);
    if (discount.den <= 0 || discount.num <= 0 || discount.num >= discount.den)
        return parley_fail(err, PARLEY_EDOM, "a discount factor of %.6g; expected above 0 and below 1", parley_ratio_double(discount));
    struct solver s = { .game = game, .rows = game->n_strategies[0], .columns = game->n_strategies[1] };
    *out = (struct parley_payoff_set){ 0 };
    enum parley_status status = set_up(&s, discount) ? iterate(&s, progress, out, err) : parley_fail(err, PARLEY_ENOMEM, "no memory for %zu profiles", game->n_profiles);
    if (!status && !keep(&s, arena, out))
        status = parley_fail(err, PARLEY_ENOMEM, "no memory for %zu vertices", s.now.n);
    release(&s);
    return status;
}
