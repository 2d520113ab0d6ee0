#include "chain.h"

#include "habit_forms.h"

#include <math.h>
#include <string.h>

enum { DOUBLING_STATES_MAX = 512 };

void parley_repeated_symmetric(struct parley_repeated *g, struct parley_ratio R, struct parley_ratio S, struct parley_ratio T, struct parley_ratio P)
{
    const struct parley_ratio row[2][2] = { { R, S }, { T, P } };
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 2; b++) {
            g->payoff[a][b][0] = row[a][b];
            g->payoff[a][b][1] = row[b][a];
        }
}

/* Expected quantities of one turn in each state. */
static void expectations(const struct chain *c, double (*turn)[QUANTITIES])
{
    for (size_t s = 0; s < c->n; s++)
        for (size_t k = 0; k < c->moves[s]; k++) {
            const struct chain_move *m = &c->move[s * MOVES_MAX + k];
            double p = chain_move_double(c, s, m);
            turn[s][0] += p * parley_ratio_double(c->game->payoff[m->row_act][m->column_act][0]);
            turn[s][1] += p * parley_ratio_double(c->game->payoff[m->row_act][m->column_act][1]);
            turn[s][2] += p * (m->row_act == PARLEY_C);
            turn[s][3] += p * (m->column_act == PARLEY_C);
        }
}

/* Elimination without subtraction. A state k has moves P[k][.] to states that are left, and a rate `end[k]` of ending there with the
 * mean reward value[k] / end[k]. Taking k out hands its moves and its ending on to those that lead to it. */
struct elimination {
    size_t n;
    double *P;      /* [n][n] */
    double *end;    /* [n] */
    double (*value)[QUANTITIES];
};

static void eliminate(struct elimination *e, size_t k, size_t left)
{
    double out = e->end[k];
    for (size_t j = 0; j < left; j++)
        out += e->P[k * e->n + j];
    for (size_t i = 0; i < left; i++) {
        double f = e->P[i * e->n + k];
        if (f == 0)
            continue;
        f /= out;
        for (size_t j = 0; j < left; j++)
            e->P[i * e->n + j] += f * e->P[k * e->n + j];
        e->end[i] += f * e->end[k];
        for (int q = 0; q < QUANTITIES; q++)
            e->value[i][q] += f * e->value[k][q];
    }
}

static bool new_elimination(struct elimination *e, size_t n, struct parley_arena *arena)
{
    size_t cells;
    if (__builtin_mul_overflow(n, n, &cells))
        return false;
    *e = (struct elimination){ n, PARLEY_NEW(arena, double, cells), PARLEY_NEW(arena, double, n), parley_arena_calloc(arena, n, sizeof *e->value) };
    return e->P && e->end && e->value;
}

/* Stationary averages of one recurrent class, by the same elimination: the time spent in k before the return to the first state. */
static bool class_average(const struct chain *c, size_t class_number, double (*turn)[QUANTITIES], double out[QUANTITIES], struct parley_arena *arena)
{
    size_t m = 0, *member = PARLEY_NEW(arena, size_t, c->n), *place = PARLEY_NEW(arena, size_t, c->n);
    if (!member || !place)
        return false;
    for (size_t s = 0; s < c->n; s++)
        if (c->component[s] == class_number) {
            place[s] = m;
            member[m++] = s;
        }
    size_t cells;
    if (__builtin_mul_overflow(m, m, &cells))
        return false;
    double *P = PARLEY_NEW(arena, double, cells), *pi = PARLEY_NEW(arena, double, m), *leave = PARLEY_NEW(arena, double, m);
    if (!P || !pi || !leave)
        return false;
    for (size_t a = 0; a < m; a++)
        for (size_t k = 0; k < c->moves[member[a]]; k++) {
            const struct chain_move *v = &c->move[member[a] * MOVES_MAX + k];
            P[a * m + place[v->to]] += chain_move_double(c, member[a], v);
        }
    for (size_t k = m; k-- > 1;) { /* Grassmann, Taksar and Heyman */
        for (size_t j = 0; j < k; j++)
            leave[k] += P[k * m + j];
        for (size_t i = 0; i < k; i++) {
            double f = P[i * m + k] / leave[k];
            if (f != 0)
                for (size_t j = 0; j < k; j++)
                    P[i * m + j] += f * P[k * m + j];
        }
    }
    double total = pi[0] = 1;
    for (size_t k = 1; k < m; k++) {
        for (size_t i = 0; i < k; i++)
            pi[k] += pi[i] * P[i * m + k] / leave[k];
        total += pi[k];
    }
    for (int q = 0; q < QUANTITIES; q++) {
        out[q] = 0;
        for (size_t k = 0; k < m; k++)
            out[q] += pi[k] / total * turn[member[k]][q];
    }
    return true;
}

/* Value of state 0 when each transient state is passed through and a recurrent class pays its average. */
static bool from_start(const struct chain *c, double (*average)[QUANTITIES], double out[QUANTITIES], struct parley_arena *arena)
{
    size_t m = 0, *place = PARLEY_NEW(arena, size_t, c->n), *member = PARLEY_NEW(arena, size_t, c->n);
    struct elimination e;
    if (!place || !member)
        return false;
    if (c->component[0] != SIZE_MAX) {
        memcpy(out, average[c->component[0]], sizeof(double) * QUANTITIES);
        return true;
    }
    for (size_t s = 0; s < c->n; s++)
        if (c->component[s] == SIZE_MAX) {
            place[s] = m;
            member[m++] = s;
        }
    if (!new_elimination(&e, m, arena))
        return false;
    for (size_t a = 0; a < m; a++)
        for (size_t k = 0; k < c->moves[member[a]]; k++) {
            const struct chain_move *v = &c->move[member[a] * MOVES_MAX + k];
            double p = chain_move_double(c, member[a], v);
            if (c->component[v->to] == SIZE_MAX) {
                e.P[a * m + place[v->to]] += p;
                continue;
            }
            e.end[a] += p;
            for (int q = 0; q < QUANTITIES; q++)
                e.value[a][q] += p * average[c->component[v->to]][q];
        }
    for (size_t k = m; k-- > 1;)
        eliminate(&e, k, k);
    for (int q = 0; q < QUANTITIES; q++)
        out[q] = e.value[0][q] / e.end[0];
    return true;
}

bool chain_discounted(const struct chain *c, double d, double value[QUANTITIES], struct parley_arena *arena)
{
    struct elimination e;
    double(*turn)[QUANTITIES] = parley_arena_calloc(arena, c->n, sizeof *turn);
    if (!turn || !new_elimination(&e, c->n, arena))
        return false;
    expectations(c, turn);
    for (size_t s = 0; s < c->n; s++) {
        for (size_t k = 0; k < c->moves[s]; k++) {
            const struct chain_move *m = &c->move[s * MOVES_MAX + k];
            e.P[s * c->n + m->to] += d * chain_move_double(c, s, m);
        }
        e.end[s] = 1 - d;
        for (int q = 0; q < QUANTITIES; q++)
            e.value[s][q] = (1 - d) * turn[s][q];
    }
    for (size_t k = c->n; k-- > 1;)
        eliminate(&e, k, k);
    for (int q = 0; q < QUANTITIES; q++)
        value[q] = e.value[0][q] / e.end[0];
    return true;
}

static void finish(const struct chain *c, const double value[QUANTITIES], struct parley_repeated_value *out)
{
    *out = (struct parley_repeated_value){ .payoff = { value[0], value[1] }, .cooperation = { value[2], value[3] }, .states = c->n, .recurrent_classes = c->classes };
}

static enum parley_status no_memory(const struct chain *c, struct parley_error *err)
{
    return parley_fail(err, PARLEY_ENOMEM, "no memory to solve a chain of %zu states", c->n);
}

enum parley_status parley_repeated_limit(const struct parley_repeated *game, const struct parley_habit *row, const struct parley_habit *column,
                                         struct parley_arena *arena, struct parley_repeated_value *out, struct parley_error *err)
{
    struct chain c;
    enum parley_status status = chain_build(game, row, column, arena, &c, err);
    if (status)
        return status;
    double value[QUANTITIES];
    double(*turn)[QUANTITIES] = parley_arena_calloc(arena, c.n, sizeof *turn);
    double(*average)[QUANTITIES] = parley_arena_calloc(arena, c.classes, sizeof *average);
    if (!turn || !average)
        return no_memory(&c, err);
    expectations(&c, turn);
    for (size_t k = 0; k < c.classes; k++)
        if (!class_average(&c, k, turn, average[k], arena))
            return no_memory(&c, err);
    if (!from_start(&c, average, value, arena))
        return no_memory(&c, err);
    finish(&c, value, out);
    return c.n <= PARLEY_CHAIN_EXACT_MAX ? chain_exact(&c, NULL, arena, out, err) : PARLEY_OK;
}

enum parley_status parley_repeated_discounted(const struct parley_repeated *game, const struct parley_habit *row, const struct parley_habit *column,
                                              struct parley_ratio discount, struct parley_arena *arena, struct parley_repeated_value *out,
                                              struct parley_error *err)
{
    struct chain c;
    if (!ratio_is_probability(discount) || discount.num == discount.den)
        return parley_fail(err, PARLEY_EINVAL, "a discount factor of %.6g; expected at least 0 and below 1 (without one: the long-run average)",
                           parley_ratio_double(discount));
    enum parley_status status = chain_build(game, row, column, arena, &c, err);
    if (status)
        return status;
    double value[QUANTITIES];
    if (!chain_discounted(&c, parley_ratio_double(discount), value, arena))
        return no_memory(&c, err);
    finish(&c, value, out);
    return c.n <= PARLEY_CHAIN_EXACT_MAX ? chain_exact(&c, &discount, arena, out, err) : PARLEY_OK;
}

/* The same sum by doubling: A = P^(2^k), S = mean of P^t for t < 2^k, both n x n. Rows of A are brought back to 1, or the rounding
 * of each square would be doubled by the next. */
static bool sum_by_doubling(const struct chain *c, double (*turn)[QUANTITIES], const double *p, uint64_t turns, double sum[QUANTITIES], struct parley_arena *arena)
{
    size_t n = c->n, cells = n * n;
    double *A = PARLEY_NEW(arena, double, cells), *S = PARLEY_NEW(arena, double, cells), *B = PARLEY_NEW(arena, double, cells), *R = PARLEY_NEW(arena, double, cells);
    double *now = PARLEY_NEW(arena, double, n), *next = PARLEY_NEW(arena, double, n);
    if (!A || !S || !B || !R || !now || !next)
        return false;
    for (size_t s = 0; s < n; s++) {
        S[s * n + s] = 1;
        for (size_t k = 0; k < c->moves[s]; k++)
            A[s * n + c->move[s * MOVES_MAX + k].to] += p[s * MOVES_MAX + k];
    }
    now[0] = 1;
    double length = 1;
    for (uint64_t left = turns;; left >>= 1, length *= 2) {
        if (left & 1) {
            memset(next, 0, n * sizeof *next);
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < n; j++) {
                    for (int q = 0; q < QUANTITIES; q++)
                        sum[q] += length * (now[i] * S[i * n + j]) * turn[j][q];
                    next[j] += now[i] * A[i * n + j];
                }
            memcpy(now, next, n * sizeof *now);
        }
        if (left <= 1)
            return true;
        memset(B, 0, cells * sizeof *B);
        memcpy(R, S, cells * sizeof *R);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < n; k++)
                for (size_t j = 0; A[i * n + k] != 0 && j < n; j++) {
                    B[i * n + j] += A[i * n + k] * A[k * n + j];
                    R[i * n + j] += A[i * n + k] * S[k * n + j];
                }
        for (size_t i = 0; i < n; i++) {
            double total = 0;
            for (size_t j = 0; j < n; j++)
                total += B[i * n + j];
            for (size_t j = 0; j < n; j++) {
                A[i * n + j] = B[i * n + j] / total;
                S[i * n + j] = R[i * n + j] / 2;
            }
        }
    }
}

enum parley_status parley_repeated_mean(const struct parley_repeated *game, const struct parley_habit *row, const struct parley_habit *column,
                                        uint64_t turns, struct parley_arena *arena, struct parley_repeated_value *out, struct parley_error *err)
{
    struct chain c;
    if (turns == 0)
        return parley_fail(err, PARLEY_EINVAL, "0 turns; expected at least 1");
    enum parley_status status = chain_build(game, row, column, arena, &c, err);
    if (status)
        return status;
    double(*turn)[QUANTITIES] = parley_arena_calloc(arena, c.n, sizeof *turn), sum[QUANTITIES] = { 0 };
    double *now = PARLEY_NEW(arena, double, c.n), *then = PARLEY_NEW(arena, double, c.n), *p = PARLEY_NEW(arena, double, c.n * MOVES_MAX);
    if (!turn || !now || !then || !p)
        return no_memory(&c, err);
    expectations(&c, turn);
    for (size_t s = 0; s < c.n; s++)
        for (size_t k = 0; k < c.moves[s]; k++)
            p[s * MOVES_MAX + k] = chain_move_double(&c, s, &c.move[s * MOVES_MAX + k]);
    now[0] = 1;
    size_t doublings = 64 - (size_t)__builtin_clzll(turns);
    bool doubling = c.n <= DOUBLING_STATES_MAX && (double)c.n * (double)c.n * (double)doublings < 8 * (double)turns;
    if (doubling && !sum_by_doubling(&c, turn, p, turns, sum, arena))
        return no_memory(&c, err);
    for (uint64_t t = 0; !doubling && t < turns; t++) {
        memset(then, 0, c.n * sizeof *then);
        for (size_t s = 0; s < c.n; s++) {
            for (int q = 0; q < QUANTITIES; q++)
                sum[q] += now[s] * turn[s][q];
            for (size_t k = 0; k < c.moves[s]; k++)
                then[c.move[s * MOVES_MAX + k].to] += now[s] * p[s * MOVES_MAX + k];
        }
        double *swap = now;
        now = then;
        then = swap;
    }
    for (int q = 0; q < QUANTITIES; q++)
        sum[q] /= (double)turns;
    finish(&c, sum, out);
    return PARLEY_OK;
}
