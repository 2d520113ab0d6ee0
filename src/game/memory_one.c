#include <parley/memory_one.h>

#include <gmp.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define MANY_LANES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MANY_LANES
#endif

enum { LANES = 8, OUTCOMES = 4, START = 4 };

typedef double lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(8)));
typedef int64_t masks __attribute__((vector_size(LANES * sizeof(double)), aligned(8)));

/* --- the chain ------------------------------------------------------------------------------ */

/* The chance of each outcome after each outcome (rows 0..3) and on the first move (row 4). The column player's own act comes first in its
 * memory, so CD and DC change places. */
static inline __attribute__((always_inline)) void moves(const lanes x[5], const lanes y[5], lanes P[5][OUTCOMES])
{
    static const int other[5] = { 0, 2, 1, 3, 4 };
    for (int s = 0; s < 5; s++) {
        lanes p = x[s], q = y[other[s]], not_p = 1 - p, not_q = 1 - q;
        P[s][0] = p * q;
        P[s][1] = p * not_q;
        P[s][2] = not_p * q;
        P[s][3] = not_p * not_q;
    }
}

/* Outcomes are taken out one by one, from the last. `visits` are the turns spent in each outcome for one stay in what is left, `end` the chance of
 * ending there (by discounting, or by falling into a class that was taken out whole) and `shares` the shares of turns after such an end, times
 * that chance. A state that can neither go on nor end closes a recurrent class: its shares are those of its visits. Only sums, products and
 * quotients of numbers that are not negative: zero means impossible. */
static inline __attribute__((always_inline)) void solve(lanes P[5][OUTCOMES], double discount, lanes share[OUTCOMES])
{
    lanes visits[OUTCOMES][OUTCOMES], shares[5][OUTCOMES], end[5];
    const lanes none = { 0 };
    double rest = 1 - discount;
    for (int s = 0; s < 5; s++) {
        end[s] = none + (s < START ? rest : 0);
        for (int m = 0; m < OUTCOMES; m++) {
            shares[s][m] = none + (s == m ? rest : 0);
            if (s < START) {
                visits[s][m] = none + (s == m);
                P[s][m] *= discount;
            }
        }
    }
    for (int k = OUTCOMES - 1; k >= 0; k--) {
        lanes out = end[k];
        for (int j = 0; j < k; j++)
            out += P[k][j];
        masks closed = out == 0;
        int64_t any = 0;
        for (int l = 0; l < LANES; l++)
            any |= closed[l];
        if (any) {
            lanes one = (lanes)(closed & (masks)(none + 1)), time = none;
            for (int m = k; m < OUTCOMES; m++)
                time += visits[k][m];
            out += one;
            end[k] += one;
            time = one / time;
            for (int m = k; m < OUTCOMES; m++)
                shares[k][m] += time * visits[k][m];
        }
        lanes inverse = 1 / out;
        for (int r = 0; r <= k; r++) {
            int i = r == k ? START : r;
            lanes f = P[i][k] * inverse;
            for (int j = 0; j < k; j++)
                P[i][j] += f * P[k][j];
            end[i] += f * end[k];
            for (int m = k; m < OUTCOMES; m++) {
                shares[i][m] += f * shares[k][m];
                if (i < START)
                    visits[i][m] += f * visits[k][m];
            }
        }
    }
    lanes inverse = 1 / end[START];
    for (int m = 0; m < OUTCOMES; m++)
        share[m] = shares[START][m] * inverse;
}

/* Sum over the first `turns` turns by doubling: A = P^(2^k), S = mean of P^t for t < 2^k. Rows of A are brought back to 1, or the rounding of
 * each square would be doubled by the next. */
static inline __attribute__((always_inline)) void sum_turns(lanes P[5][OUTCOMES], uint64_t turns, lanes share[OUTCOMES])
{
    lanes A[OUTCOMES][OUTCOMES], S[OUTCOMES][OUTCOMES], now[OUTCOMES];
    const lanes none = { 0 };
    for (int i = 0; i < OUTCOMES; i++) {
        now[i] = P[START][i];
        share[i] = none;
        for (int j = 0; j < OUTCOMES; j++) {
            A[i][j] = P[i][j];
            S[i][j] = none + (i == j);
        }
    }
    double length = 1;
    for (uint64_t left = turns; left; left >>= 1, length *= 2) {
        if (left & 1) {
            lanes next[OUTCOMES];
            for (int j = 0; j < OUTCOMES; j++) {
                next[j] = none;
                for (int i = 0; i < OUTCOMES; i++) {
                    share[j] += length * (now[i] * S[i][j]);
                    next[j] += now[i] * A[i][j];
                }
            }
            for (int j = 0; j < OUTCOMES; j++)
                now[j] = next[j];
        }
        if (left == 1)
            break;
        lanes B[OUTCOMES][OUTCOMES], R[OUTCOMES][OUTCOMES];
        for (int i = 0; i < OUTCOMES; i++) {
            lanes total = none;
            for (int j = 0; j < OUTCOMES; j++) {
                B[i][j] = none;
                R[i][j] = S[i][j];
                for (int k = 0; k < OUTCOMES; k++) {
                    B[i][j] += A[i][k] * A[k][j];
                    R[i][j] += A[i][k] * S[k][j];
                }
                R[i][j] *= .5;
                total += B[i][j];
            }
            lanes inverse = 1 / total;
            for (int j = 0; j < OUTCOMES; j++)
                B[i][j] *= inverse;
        }
        memcpy(A, B, sizeof A);
        memcpy(S, R, sizeof S);
    }
    lanes total = share[0] + share[1] + share[2] + share[3], inverse = 1 / total;
    for (int m = 0; m < OUTCOMES; m++)
        share[m] *= inverse;
}

/* --- many pairs ----------------------------------------------------------------------------- */

/* How a column of numbers is walked: a step of 0 repeats the first one. */
struct side {
    const double *cooperate[5];
    size_t step;
};

static inline __attribute__((always_inline)) void load(const struct side *s, size_t i, size_t n, lanes out[5])
{
    for (int k = 0; k < 5; k++) {
        const double *from = s->cooperate[k];
        if (s->step && i + LANES <= n)
            memcpy(&out[k], from + i, sizeof out[k]);
        else
            for (size_t l = 0; l < LANES; l++)
                out[k][l] = from[s->step ? (i + l < n ? i + l : n - 1) : 0];
    }
}

MANY_LANES static void run(const struct side *row, const struct side *column, size_t n, double discount, uint64_t turns, double *const share[4])
{
    for (size_t i = 0; i < n; i += LANES) {
        lanes x[5], y[5], P[5][OUTCOMES], result[OUTCOMES];
        load(row, i, n, x);
        load(column, i, n, y);
        moves(x, y, P);
        if (turns)
            sum_turns(P, turns, result);
        else
            solve(P, discount, result);
        for (int m = 0; m < OUTCOMES; m++)
            memcpy(share[m] + i, &result[m], (n - i < LANES ? n - i : LANES) * sizeof(double));
    }
}

static struct side all(const struct parley_memory_one_columns *c)
{
    struct side s = { .step = 1 };
    memcpy(s.cooperate, c->cooperate, sizeof s.cooperate);
    return s;
}

enum parley_status parley_memory_one_pairs(const struct parley_memory_one_columns *row, const struct parley_memory_one_columns *column, size_t n,
                                           double discount, double *const share[4], struct parley_error *err)
{
    if (!(discount >= 0 && discount <= 1))
        return parley_fail(err, PARLEY_EINVAL, "a discount factor of %g; expected 0 to 1, where 1 stands for the long-run average", discount);
    struct side x = all(row), y = all(column);
    run(&x, &y, n, discount, 0, share);
    return PARLEY_OK;
}

enum parley_status parley_memory_one_turns(const struct parley_memory_one_columns *row, const struct parley_memory_one_columns *column, size_t n,
                                           uint64_t turns, double *const share[4], struct parley_error *err)
{
    if (turns == 0)
        return parley_fail(err, PARLEY_EINVAL, "0 turns; expected at least 1");
    struct side x = all(row), y = all(column);
    run(&x, &y, n, 1, turns, share);
    return PARLEY_OK;
}

enum parley_status parley_memory_one_field(const struct parley_memory_one *habit, size_t n, double discount, const double stage[4], double *payoff,
                                           double *cooperation, struct parley_error *err)
{
    if (!(discount >= 0 && discount <= 1))
        return parley_fail(err, PARLEY_EINVAL, "a discount factor of %g; expected 0 to 1, where 1 stands for the long-run average", discount);
    if (n == 0)
        return PARLEY_OK;
    double *memory = calloc(n, 9 * sizeof *memory), *share[4];
    if (!memory)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu habits", n);
    struct side column = { .step = 1 }, row = { .step = 0 };
    for (int k = 0; k < 5; k++) {
        for (size_t i = 0; i < n; i++)
            memory[(size_t)k * n + i] = habit[i].cooperate[k];
        column.cooperate[k] = memory + (size_t)k * n;
    }
    for (int m = 0; m < OUTCOMES; m++)
        share[m] = memory + (size_t)(5 + m) * n;
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < 5; k++)
            row.cooperate[k] = &habit[i].cooperate[k];
        run(&row, &column, n, discount, 0, share);
        for (size_t j = 0; j < n; j++) {
            payoff[i * n + j] = share[0][j] * stage[0] + share[1][j] * stage[1] + share[2][j] * stage[2] + share[3][j] * stage[3];
            if (cooperation)
                cooperation[i * n + j] = share[0][j] + share[1][j];
        }
    }
    free(memory);
    return PARLEY_OK;
}

/* --- from habits ---------------------------------------------------------------------------- */

/* out = p yes + (1 - p) no */
static void mix(mpq_t out, struct parley_ratio p, const mpq_t yes, const mpq_t no)
{
    mpq_t a, b;
    mpq_inits(a, b, NULL);
    mpq_set_si(a, p.num, (unsigned long)p.den);
    mpq_set_si(b, p.den - p.num, (unsigned long)p.den);
    mpq_canonicalize(a);
    mpq_canonicalize(b);
    mpq_mul(a, a, yes);
    mpq_mul(b, b, no);
    mpq_add(out, a, b);
    mpq_clears(a, b, NULL);
}

/* The chance that one who means to cooperate with chance p is seen to have done so. */
static void slipped(mpq_t out, struct parley_ratio p, struct parley_ratio slip)
{
    mpq_t meant, not_meant;
    mpq_inits(meant, not_meant, NULL);
    mpq_set_si(meant, p.num, (unsigned long)p.den);
    mpq_set_si(not_meant, p.den - p.num, (unsigned long)p.den);
    mpq_canonicalize(meant);
    mpq_canonicalize(not_meant);
    mix(out, slip, not_meant, meant);
    mpq_clears(meant, not_meant, NULL);
}

bool parley_memory_one_from_habit(const struct parley_repeated *game, const struct parley_habit *habit, struct parley_memory_one *out)
{
    /* every state must go to the same place after the same acts, as far as play matters: all four answers are known from any state */
    for (size_t s = 1; s < habit->n; s++)
        if (memcmp(habit->next[s], habit->next[0], sizeof habit->next[0]) != 0)
            return false;
    mpq_t after[2][2], p;
    mpq_init(p);
    for (int own = 0; own < 2; own++)
        for (int seen = 0; seen < 2; seen++) {
            mpq_init(after[own][seen]);
            slipped(after[own][seen], habit->cooperate[habit->next[0][own][seen]], game->slip);
        }
    for (int own = 0; own < 2; own++) {
        mix(p, game->false_alarm, after[own][PARLEY_D], after[own][PARLEY_C]);
        out->cooperate[own * 2] = mpq_get_d(p);
        mix(p, game->miss, after[own][PARLEY_C], after[own][PARLEY_D]);
        out->cooperate[own * 2 + 1] = mpq_get_d(p);
    }
    slipped(p, habit->cooperate[habit->start], game->slip);
    out->cooperate[4] = mpq_get_d(p);
    for (int k = 0; k < 4; k++)
        mpq_clear(after[k >> 1][k & 1]);
    mpq_clear(p);
    return true;
}
