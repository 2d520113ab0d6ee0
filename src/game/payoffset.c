#include "payoffset_inner.h"

#include <stdlib.h>

enum { FINITE_ITERATIONS = 3, EXACT_ITERATIONS = 64, LIMIT_ITERATIONS = 20000, OUTER_ITERATIONS = 2000, GRID_BITS = 200, STILL_BITS = 90, DIGITS_MAX = 3000 };

/* --- limits, rounded outwards ----------------------------------------------------------------- */

/* No vertex of one is farther than 2^-bits from one of the other, in each coordinate. */
static bool still(struct solver *s, const struct polygon *a, const struct polygon *b, long bits)
{
    mpq_set_ui(s->c, 1, 1);
    if (bits >= 0)
        mpq_div_2exp(s->c, s->c, (mp_bitcnt_t)bits);
    else
        mpq_mul_2exp(s->c, s->c, (mp_bitcnt_t)-bits);
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
            ok = polygon_add(to, corner[0][c >> 1], corner[1][c & 1]);
    }
    for (int i = 0; i < 4; i++)
        mpq_clear(corner[i >> 1][i & 1]);
    return ok;
}

/* b lies on the segment from a to c, but for what rounding may do. The end of a thin outline does not. */
static bool nearly_straight(struct solver *s, const struct point *a, const struct point *b, const struct point *c, long bits)
{
    mpq_t bend, t;
    mpq_inits(bend, t, NULL);
    (void)polygon_turn(s, a, b, c);
    mpq_sub(bend, s->a, s->b);
    mpq_abs(bend, bend);
    if (bits >= 0)
        mpq_mul_2exp(bend, bend, (mp_bitcnt_t)bits);
    else
        mpq_div_2exp(bend, bend, (mp_bitcnt_t)-bits);
    bool straight = mpq_cmp_ui(bend, 1, 1) <= 0;
    mpq_set_ui(bend, 0, 1);
    for (int k = 0; straight && k < 2; k++) {
        mpq_sub(s->a, b->v[k], a->v[k]);
        mpq_sub(t, c->v[k], b->v[k]);
        mpq_mul(s->a, s->a, t);
        mpq_add(bend, bend, s->a);
    }
    straight = straight && mpq_sgn(bend) > 0;
    mpq_clears(bend, t, NULL);
    return straight;
}

static void swap_points(struct polygon *g, size_t i, size_t j)
{
    struct point swap = g->p[i];
    g->p[i] = g->p[j];
    g->p[j] = swap;
}

/* Corners of one cell are one vertex to a reader, and one that does not bend the outline is none. */
static void merge_close(struct solver *s, struct polygon *g, long bits)
{
    size_t n = 0, m = 0;
    for (size_t i = 0; i < g->n; i++) {
        struct polygon one = { &g->p[i], 1, 1 }, rest = { g->p, n, n };
        if (n == 0 || !still(s, &one, &rest, bits))
            swap_points(g, n++, i);
    }
    for (size_t i = 0; i < n; i++)
        if (m == 0 || i + 1 == n || !nearly_straight(s, &g->p[m - 1], &g->p[i], &g->p[i + 1], bits))
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

/* From all feasible payoffs. */
static bool begin(struct solver *s)
{
    struct polygon all = { 0 };
    bool ok = true;
    for (size_t p = 0; ok && p < s->game->n_profiles; p++)
        ok = polygon_add(&all, s->stage[p].v[0], s->stage[p].v[1]);
    ok = ok && polygon_hull(s, &all, &s->now);
    polygon_drop(&all);
    payoffset_set_threat(s);
    return ok;
}

static bool set_up(struct solver *s, struct parley_ratio discount)
{
    mpq_inits(s->d, s->rest, s->ratio, s->threat[0], s->threat[1], s->minmax[0], s->minmax[1], s->a, s->b, s->c, s->t, s->least[0], s->least[1], s->xy[0], s->xy[1], NULL);
    s->stage = calloc(s->game->n_profiles, sizeof *s->stage);
    s->gain = calloc(s->game->n_profiles, sizeof *s->gain);
    if (!s->stage || !s->gain)
        return false;
    s->discount = discount;
    mpq_set_si(s->d, discount.num, (unsigned long)discount.den);
    mpq_set_ui(s->rest, 1, 1);
    mpq_sub(s->rest, s->rest, s->d);
    mpq_div(s->ratio, s->rest, s->d);
    for (size_t j = 0; j < s->columns; j++)
        for (size_t i = 0; i < s->rows; i++) {
            size_t p = i + j * s->rows;
            for (int k = 0; k < 2; k++) {
                mpq_inits(s->stage[p].v[k], s->gain[p].v[k], NULL);
                mpq_set(s->stage[p].v[k], payoff(s, i, j, k));
                mpq_sub(s->gain[p].v[k], best_against(s, i, j, k), payoff(s, i, j, k));
            }
        }
    for (size_t j = 0; j < s->columns; j++)
        if (j == 0 || mpq_cmp(best_against(s, 0, j, 0), s->minmax[0]) < 0)
            mpq_set(s->minmax[0], best_against(s, 0, j, 0));
    for (size_t i = 0; i < s->rows; i++)
        if (i == 0 || mpq_cmp(best_against(s, i, 0, 1), s->minmax[1]) < 0)
            mpq_set(s->minmax[1], best_against(s, i, 0, 1));
    return begin(s);
}

static void release(struct solver *s)
{
    for (size_t p = 0; s->stage && s->gain && p < s->game->n_profiles; p++)
        if (s->stage[p].v[0]->_mp_den._mp_d)
            mpq_clears(s->stage[p].v[0], s->stage[p].v[1], s->gain[p].v[0], s->gain[p].v[1], NULL);
    free(s->stage);
    free(s->gain);
    polygon_drop(&s->now);
    polygon_drop(&s->next);
    polygon_drop(&s->cut);
    polygon_drop(&s->other);
    polygon_drop(&s->candidates);
    mpq_clears(s->d, s->rest, s->ratio, s->threat[0], s->threat[1], s->minmax[0], s->minmax[1], s->a, s->b, s->c, s->t, s->least[0], s->least[1], s->xy[0], s->xy[1], NULL);
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

static enum parley_status no_memory(struct parley_error *err) { return parley_fail(err, PARLEY_ENOMEM, "out of memory in the iteration of the payoff set"); }

/* The exact operator again and again, at most `most` times: *open tells that nothing stands still yet. */
static enum parley_status iterate(struct solver *s, size_t most, const struct parley_progress *progress, struct parley_payoff_set *out, bool *open,
                                  struct parley_error *err)
{
    bool rounding = false;
    *open = false;
    for (out->iterations = 1; out->iterations <= most; out->iterations++) {
        if (!payoffset_operate(s))
            return no_memory(err);
        rounding = rounding || out->iterations > EXACT_ITERATIONS || size_of(&s->next) > DIGITS_MAX;
        if (rounding) {
            if (!round_outwards(&s->next, &s->other) || !polygon_hull(s, &s->other, &s->next))
                return no_memory(err);
        }
        bool fixed = polygon_same(&s->now, &s->next), done = fixed || (rounding && s->now.n && s->next.n && still(s, &s->now, &s->next, STILL_BITS) && still(s, &s->next, &s->now, STILL_BITS));
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
        payoffset_set_threat(s);
        bool threat_moved = !mpq_equal(before[0], s->threat[0]) || !mpq_equal(before[1], s->threat[1]);
        mpq_clears(before[0], before[1], NULL);
        if (done && (rounding || !threat_moved)) {
            out->exact = fixed && !rounding;
            if (!out->exact)
                merge_close(s, &s->now, STILL_BITS);
            return PARLEY_OK;
        }
        if (!parley_tick(progress, (double)out->iterations, 0, "iterations"))
            return parley_fail(err, PARLEY_ECANCELLED, "interrupted after %zu iterations; no set is given", out->iterations);
    }
    *open = true;
    return PARLEY_OK;
}

/* To the nearest multiple of 2^-bits: digits beyond are those of the grid. */
static void round_all(struct polygon *g, long bits)
{
    for (size_t i = 0; i < g->n; i++)
        for (int k = 0; k < 2; k++) {
            mpz_ptr n = mpq_numref(g->p[i].v[k]), d = mpq_denref(g->p[i].v[k]);
            if (bits >= 0)
                mpz_mul_2exp(n, n, (mp_bitcnt_t)bits + 1);
            else
                mpz_mul_2exp(d, d, (mp_bitcnt_t)-bits - 1);
            mpz_add(n, n, d);
            mpz_mul_2exp(d, d, 1);
            mpz_fdiv_q(n, n, d);
            mpz_set_ui(d, 1);
            if (bits >= 0)
                mpq_div_2exp(g->p[i].v[k], g->p[i].v[k], (mp_bitcnt_t)bits);
            else
                mpq_mul_2exp(g->p[i].v[k], g->p[i].v[k], (mp_bitcnt_t)-bits);
            g->p[i].near[k] = mpq_get_d(g->p[i].v[k]);
        }
}

/* In whole numbers until the corners can be guessed and proven. *open tells that they could not. */
static enum parley_status settle(struct solver *s, const struct parley_progress *progress, struct parley_payoff_set *out, bool *open, struct parley_error *err)
{
    struct outer *o = outer_start(s);
    enum outer_step step = OUTER_MOVED;
    enum fixed fixed = FIXED_NOT;
    enum parley_status status = PARLEY_OK;
    *open = true;
    for (size_t n = 1, next = 4; o && n <= OUTER_ITERATIONS && step == OUTER_MOVED && fixed == FIXED_NOT && !status; n++) {
        step = outer_step(o);
        out->iterations++;
        if (step == OUTER_STILL || (step == OUTER_MOVED && n == next)) {
            fixed = payoffset_fixed(s, o);
            next = n + (n + 2) / 3;
            if (!parley_tick(progress, (double)out->iterations, 0, "iterations"))
                status = parley_fail(err, PARLEY_ECANCELLED, "interrupted after %zu iterations; no set is given", out->iterations);
        }
    }
    out->exact = step == OUTER_EMPTY || fixed == FIXED_PROVEN;
    *open = !out->exact && step != OUTER_STILL;
    if (step == OUTER_EMPTY) {
        s->now.n = 0;
    } else if (!out->exact && step == OUTER_STILL) { /* a limit */
        if (outer_polygon(o, &s->now)) {
            payoffset_set_threat(s);
            merge_close(s, &s->now, outer_digits(o));
            round_all(&s->now, outer_digits(o));
        } else {
            fixed = FIXED_NO_MEMORY;
        }
    }
    outer_end(o);
    return fixed == FIXED_NO_MEMORY ? no_memory(err) : status;
}

static enum parley_status find(struct solver *s, const struct parley_progress *progress, struct parley_payoff_set *out, struct parley_error *err)
{
    bool open;
    enum parley_status status = iterate(s, FINITE_ITERATIONS, progress, out, &open, err);
    if (!status && open)
        status = settle(s, progress, out, &open, err);
    if (status || !open)
        return status;
    size_t before = out->iterations; /* from the beginning: the guesses have used up the sets */
    if (!begin(s))
        return no_memory(err);
    status = iterate(s, LIMIT_ITERATIONS, progress, out, &open, err);
    out->iterations += before;
    return !status && open ? parley_fail(err, PARLEY_ENOCONV, "the payoff set still moves after %d iterations", LIMIT_ITERATIONS) : status;
}


enum parley_status parley_payoff_set(const struct parley_game *game, struct parley_ratio discount, const struct parley_progress *progress,
                                     struct parley_arena *arena, struct parley_payoff_set *out, struct parley_error *err)
{
    if (game->n_players != 2 || game->n_profiles == 0)
        return parley_fail(err, PARLEY_EINVAL, "a payoff set needs the strategic form of a game of two players; this one has %zu", game->n_players);
    if (discount.den <= 0 || discount.num <= 0 || discount.num >= discount.den)
        return parley_fail(err, PARLEY_EINVAL, "a discount factor of %.6g; expected above 0 and below 1", parley_ratio_double(discount));
    struct solver s = { .game = game, .rows = game->n_strategies[0], .columns = game->n_strategies[1] };
    *out = (struct parley_payoff_set){ 0 };
    enum parley_status status = set_up(&s, discount) ? find(&s, progress, out, err) : parley_fail(err, PARLEY_ENOMEM, "no memory for %zu profiles", game->n_profiles);
    if (!status && !keep(&s, arena, out))
        status = parley_fail(err, PARLEY_ENOMEM, "no memory for %zu vertices", s.now.n);
    release(&s);
    return status;
}
