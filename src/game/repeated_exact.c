/* The eliminations of repeated.c in rational arithmetic, for small chains: same steps, no rounding. */
#include "chain.h"

#include <math.h>
#include <stdlib.h>

enum { TEXT_MAX = 400 };

struct rationals {
    size_t n;
    mpq_t *v;
};

static bool make(struct rationals *r, size_t n)
{
    r->n = n;
    r->v = malloc((n ? n : 1) * sizeof *r->v);
    for (size_t i = 0; r->v && i < n; i++)
        mpq_init(r->v[i]);
    return r->v;
}

static void clear(struct rationals *r)
{
    for (size_t i = 0; r->v && i < r->n; i++)
        mpq_clear(r->v[i]);
    free(r->v);
}

/* out += a * b, with t as scratch */
static void add_product(mpq_t out, const mpq_t a, const mpq_t b, mpq_t t)
{
    if (!mpq_sgn(a) || !mpq_sgn(b))
        return;
    mpq_mul(t, a, b);
    mpq_add(out, out, t);
}

struct work {
    const struct chain *c;
    size_t n;
    struct rationals P, end, time, value[QUANTITIES], turn[QUANTITIES], average[QUANTITIES];
    mpq_t p, t, f;
};

static void ratio_set(mpq_t q, struct parley_ratio r)
{
    mpq_set_si(q, r.num, (unsigned long)r.den);
    mpq_canonicalize(q);
}

static void expectations(struct work *w)
{
    const struct chain *c = w->c;
    for (size_t s = 0; s < w->n; s++)
        for (size_t k = 0; k < c->moves[s]; k++) {
            const struct chain_move *m = &c->move[s * MOVES_MAX + k];
            chain_move_exact(c, s, m, w->p);
            for (int player = 0; player < 2; player++) {
                ratio_set(w->f, c->game->payoff[m->row_act][m->column_act][player]);
                add_product(w->turn[player].v[s], w->p, w->f, w->t);
            }
            if (m->row_act == PARLEY_C)
                mpq_add(w->turn[2].v[s], w->turn[2].v[s], w->p);
            if (m->column_act == PARLEY_C)
                mpq_add(w->turn[3].v[s], w->turn[3].v[s], w->p);
        }
}

static void fill(struct work *w, const mpq_t factor)
{
    const struct chain *c = w->c;
    for (size_t i = 0; i < w->P.n; i++)
        mpq_set_ui(w->P.v[i], 0, 1);
    for (size_t s = 0; s < w->n; s++)
        for (size_t k = 0; k < c->moves[s]; k++) {
            const struct chain_move *m = &c->move[s * MOVES_MAX + k];
            chain_move_exact(c, s, m, w->p);
            add_product(w->P.v[s * w->n + m->to], w->p, factor, w->t);
        }
}

/* Take state k out of those below it that `in` says are still there. */
static void eliminate(struct work *w, size_t k, const unsigned char *in)
{
    size_t n = w->n;
    mpq_set(w->f, w->end.v[k]);
    for (size_t j = 0; j < n; j++)
        if (in[j] && j != k)
            mpq_add(w->f, w->f, w->P.v[k * n + j]);
    for (size_t i = 0; i < n; i++) {
        if (!in[i] || i == k || !mpq_sgn(w->P.v[i * n + k]))
            continue;
        mpq_div(w->p, w->P.v[i * n + k], w->f);
        for (size_t j = 0; j < n; j++)
            if (in[j] && j != k)
                add_product(w->P.v[i * n + j], w->p, w->P.v[k * n + j], w->t);
        add_product(w->end.v[i], w->p, w->end.v[k], w->t);
        for (int q = 0; q < QUANTITIES; q++)
            add_product(w->value[q].v[i], w->p, w->value[q].v[k], w->t);
    }
}

/* A class pays reward at rate turn[s] and runs one unit of time in each state; value / end of the last state that is left
 * is the average if `end` counts time and the moves are eliminated: renewal reward. */
static void class_average(struct work *w, size_t class_number, unsigned char *in)
{
    const struct chain *c = w->c;
    size_t last = SIZE_MAX, left = 0;
    for (size_t s = 0; s < w->n; s++) {
        in[s] = c->component[s] == class_number;
        left += in[s];
        if (in[s] && last == SIZE_MAX)
            last = s;
    }
    for (size_t s = w->n; s-- > 0;)
        if (in[s]) {
            mpq_set_ui(w->end.v[s], 0, 1);
            mpq_set_ui(w->time.v[s], 1, 1);
            for (int q = 0; q < QUANTITIES; q++)
                mpq_set(w->value[q].v[s], w->turn[q].v[s]);
        }
    /* time is carried like a reward */
    for (size_t k = w->n; k-- > 0 && left > 1;) {
        if (!in[k] || k == last)
            continue;
        mpq_set_ui(w->f, 0, 1);
        for (size_t j = 0; j < w->n; j++)
            if (in[j] && j != k)
                mpq_add(w->f, w->f, w->P.v[k * w->n + j]);
        for (size_t i = 0; i < w->n; i++) {
            if (!in[i] || i == k || !mpq_sgn(w->P.v[i * w->n + k]))
                continue;
            mpq_div(w->p, w->P.v[i * w->n + k], w->f);
            for (size_t j = 0; j < w->n; j++)
                if (in[j] && j != k)
                    add_product(w->P.v[i * w->n + j], w->p, w->P.v[k * w->n + j], w->t);
            add_product(w->time.v[i], w->p, w->time.v[k], w->t);
            for (int q = 0; q < QUANTITIES; q++)
                add_product(w->value[q].v[i], w->p, w->value[q].v[k], w->t);
        }
        in[k] = 0;
        left--;
    }
    mpq_set(w->f, w->time.v[last]);
    for (int q = 0; q < QUANTITIES; q++) {
        mpq_div(w->p, w->value[q].v[last], w->f);
        for (size_t s = 0; s < w->n; s++)
            if (c->component[s] == class_number)
                mpq_set(w->average[q].v[s], w->p);
    }
}

static void limit(struct work *w, unsigned char *in)
{
    const struct chain *c = w->c;
    size_t n = w->n;
    mpq_t one;
    mpq_init(one);
    mpq_set_ui(one, 1, 1);
    fill(w, one);
    for (size_t k = 0; k < c->classes; k++)
        class_average(w, k, in);
    fill(w, one);
    mpq_clear(one);
    for (size_t s = 0; s < n; s++) {
        in[s] = c->component[s] == SIZE_MAX;
        mpq_set_ui(w->end.v[s], 0, 1);
        for (int q = 0; q < QUANTITIES; q++)
            mpq_set_ui(w->value[q].v[s], 0, 1);
    }
    for (size_t s = 0; s < n; s++)
        for (size_t j = 0; in[s] && j < n; j++)
            if (!in[j]) {
                mpq_add(w->end.v[s], w->end.v[s], w->P.v[s * n + j]);
                for (int q = 0; q < QUANTITIES; q++)
                    add_product(w->value[q].v[s], w->P.v[s * n + j], w->average[q].v[j], w->t);
            }
    if (!in[0]) {
        for (int q = 0; q < QUANTITIES; q++)
            mpq_set(w->value[q].v[0], w->average[q].v[0]);
        mpq_set_ui(w->end.v[0], 1, 1);
        return;
    }
    for (size_t k = n; k-- > 1;)
        if (in[k]) {
            eliminate(w, k, in);
            in[k] = 0;
        }
}

static void discounted(struct work *w, struct parley_ratio discount, unsigned char *in)
{
    mpq_t d, rest;
    mpq_inits(d, rest, NULL);
    ratio_set(d, discount);
    mpq_set_ui(rest, 1, 1);
    mpq_sub(rest, rest, d);
    fill(w, d);
    for (size_t s = 0; s < w->n; s++) {
        in[s] = 1;
        mpq_set(w->end.v[s], rest);
        for (int q = 0; q < QUANTITIES; q++)
            mpq_mul(w->value[q].v[s], rest, w->turn[q].v[s]);
    }
    for (size_t k = w->n; k-- > 1;) {
        eliminate(w, k, in);
        in[k] = 0;
    }
    mpq_clears(d, rest, NULL);
}

/* A value as the nearest double and as text; false when out of memory. */
static bool tell(mpq_srcptr value, struct parley_arena *arena, double *number, const char **text)
{
    size_t digits = mpz_sizeinbase(mpq_numref(value), 10) + mpz_sizeinbase(mpq_denref(value), 10) + 3;
    *number = mpq_get_d(value);
    mpq_t below;
    mpq_init(below);
    mpq_set_d(below, *number); /* cut towards zero: the next double may be nearer */
    double next = nextafter(*number, mpq_sgn(value) < 0 ? -INFINITY : INFINITY);
    mpq_t above;
    mpq_init(above);
    mpq_set_d(above, next);
    mpq_add(above, above, below);
    mpq_div_2exp(above, above, 1);
    if (mpq_sgn(value) != 0 && (mpq_cmp(value, above) > 0) == (mpq_sgn(value) > 0) && !mpq_equal(value, above))
        *number = next;
    mpq_clears(below, above, NULL);
    if (digits > TEXT_MAX) /* nobody reads a fraction of that length */
        return true;
    char *copy = parley_arena_alloc(arena, digits);
    if (copy)
        *text = mpq_get_str(copy, 10, value);
    return copy != NULL;
}

enum parley_status chain_exact(const struct chain *c, const struct parley_ratio *discount, struct parley_arena *arena,
                               struct parley_repeated_value *out, struct parley_error *err)
{
    struct work w = { .c = c, .n = c->n };
    unsigned char *in = PARLEY_NEW(arena, unsigned char, c->n);
    bool ok = in && make(&w.P, c->n * c->n) && make(&w.end, c->n) && make(&w.time, c->n);
    for (int q = 0; q < QUANTITIES; q++)
        ok = ok && make(&w.value[q], c->n) && make(&w.turn[q], c->n) && make(&w.average[q], c->n);
    mpq_inits(w.p, w.t, w.f, NULL);
    if (ok) {
        expectations(&w);
        if (discount)
            discounted(&w, *discount, in);
        else
            limit(&w, in);
        for (int q = 0; q < QUANTITIES && ok; q++) {
            mpq_div(w.p, w.value[q].v[0], w.end.v[0]);
            ok = q < 2 ? tell(w.p, arena, &out->payoff[q], &out->payoff_exact[q]) : tell(w.p, arena, &out->cooperation[q - 2], &out->cooperation_exact[q - 2]);
        }
    }
    mpq_clears(w.p, w.t, w.f, NULL);
    clear(&w.P);
    clear(&w.end);
    clear(&w.time);
    for (int q = 0; q < QUANTITIES; q++) {
        clear(&w.value[q]);
        clear(&w.turn[q]);
        clear(&w.average[q]);
    }
    return ok ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "no memory to solve a chain of %zu states exactly", c->n);
}
