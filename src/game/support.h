/* support.h - the equations of one support profile: those who mix must be indifferent among what they use. */
#ifndef PARLEY_GAME_SUPPORT_H
#define PARLEY_GAME_SUPPORT_H

#include <parley/game.h>
#include <stdint.h>

enum { SUPPORT_PLAYERS = 8, SUPPORT_STRATEGIES = 16, SUPPORT_VARIABLES = 32 };

/* A game in doubles: payoffs shifted and scaled into [0, 1] for each player. */
struct float_game {
    size_t n_players, n[SUPPORT_PLAYERS], stride[SUPPORT_PLAYERS], n_profiles;
    double *u[SUPPORT_PLAYERS]; /* [n_profiles] */
    double scale[SUPPORT_PLAYERS]; /* payoff = low + scale * u */
};

struct interval {
    double lo, hi;
};

/* One support profile: `use[i][k]` is the k-th strategy that player i uses. */
struct support {
    const struct float_game *g;
    size_t size[SUPPORT_PLAYERS];
    uint8_t use[SUPPORT_PLAYERS][SUPPORT_STRATEGIES];
    size_t n_variables;               /* sum of size - 1 */
    double *work;                     /* scratch: 4 x n_profiles */
};

/* Probabilities of all used strategies: [player][k]. */
struct region {
    struct interval x[SUPPORT_PLAYERS][SUPPORT_STRATEGIES];
};

/* Payoffs of a support one after the other: u[i][own strategy of the game][used ones of the others who mix], their first axis fastest. */
struct support_table {
    size_t n, count[SUPPORT_PLAYERS], n_others[SUPPORT_PLAYERS]; /* variables; cells and axes of the others of each player */
    uint8_t other[SUPPORT_PLAYERS][SUPPORT_PLAYERS], variable[SUPPORT_PLAYERS][SUPPORT_STRATEGIES];
    double *u[SUPPORT_PLAYERS]; /* [n_profiles] each, given by the caller */
};
void support_tables(const struct support *s, struct support_table *t);

/* A bound on rounding, relative to the largest payoff difference, 2. A payoff in [0, 1] is known to u = 2^-53. Mixing over one player is a sum of at most 16 products whose
 * weights sum to 1: a relative error of at most 18 u (Higham 2002, section 3.1). A gain mixes over at most 7 players, after one difference: (7 x 18 + 3) x 2 u = 2.9e-14. A
 * combination of equations with weights y adds 17 products and 8 sums: (7 x 18 + 3 + 25) x 2 u = 3.5e-14 times the sum of |y|. All are below this. */
#define SUPPORT_SLACK 1e-13

/* Bounds of what player i gains by strategy b instead of a while the others mix within the region; with fix >= 0 player
 * `fix` plays its k-th used strategy instead of its 0-th: the derivative. a, b are strategies of the game. */
struct interval support_gain(const struct support *s, const struct region *r, size_t i, size_t b, size_t a, int fix, size_t k);

/* Tighten by "probabilities sum to 1"; false when that is impossible. */
bool region_tighten(const struct support *s, struct region *r);

/* How much each probability's width matters for the gains: which one to cut. */
struct influence {
    double x[SUPPORT_PLAYERS][SUPPORT_STRATEGIES];
};

/* Tighten by "nobody gains": for every strategy b, every used strategy a and every other player j who mixes, the gain is linear in
 * the mixture of j with coefficients in known bounds. False when no equilibrium of this support lies in the region. */
bool region_cut(const struct support *s, const struct support_table *t, struct region *r, struct influence *weight);
/* Keep only mixtures with sum x_k g_k <= 0; false: none is left. */
bool mixture_cut(struct interval *x, size_t n, const double *g);

/* Tighten by the equations multiplied by an approximate inverse of their Jacobian. False when no solution lies in the region. *regular: every
 * combination of the equations rises with its own variable throughout, without which a Krawczyk test is in vain. */
bool region_contract(const struct support *s, const struct support_table *t, struct region *r, bool *regular);

/* Approximate inverse; false if it is too close to singular. a is used up. */
bool invert_matrix(size_t n, double a[SUPPORT_VARIABLES][SUPPORT_VARIABLES], double y[SUPPORT_VARIABLES][SUPPORT_VARIABLES]);

enum box_verdict { BOX_EMPTY, BOX_ONE, BOX_UNKNOWN };

/* Interval Newton (Krawczyk) on the region. BOX_ONE: it holds exactly one solution of the equations, *point is close to it. Otherwise *r may
 * have become smaller. */
enum box_verdict support_newton(const struct support *s, struct region *r, double point[SUPPORT_PLAYERS][SUPPORT_STRATEGIES]);

/* A radius within which the true solution lies around a point, proven; a negative number if none is found. */
double support_radius(const struct support *s, double point[SUPPORT_PLAYERS][SUPPORT_STRATEGIES]);

/* Largest (sign 1) or least (sign -1) value of sum x_k v_k over lo <= x <= hi, sum 1: give everyone the least, the rest to the best. */
static inline double fmin_(double a, double b) { return a < b ? a : b; }

static inline double best_mix(const struct interval *x, size_t n, const double *v, double sign)
{
    double sum = 0, left = 1;
    for (size_t k = 0; k < n; k++) {
        sum += x[k].lo * v[k];
        left -= x[k].lo;
    }
    if (left <= 0)
        return sum;
    if (n == 2) {
        size_t good = sign * v[0] < sign * v[1];
        double part = fmin_(left, x[good].hi - x[good].lo);
        return sum + part * v[good] + (left - part) * v[!good];
    }
    if (n == 3) {
        size_t a = 0, b = 1, c = 2, swap;
        if (sign * v[a] < sign * v[b])
            swap = a, a = b, b = swap;
        if (sign * v[b] < sign * v[c])
            swap = b, b = c, c = swap;
        if (sign * v[a] < sign * v[b])
            swap = a, a = b, b = swap;
        double part = fmin_(left, x[a].hi - x[a].lo);
        left -= part;
        sum += part * v[a];
        part = fmin_(left, x[b].hi - x[b].lo);
        return sum + part * v[b] + (left - part) * v[c];
    }
    bool done[SUPPORT_STRATEGIES] = { false };
    for (size_t round = 0; round < n && left > 0; round++) {
        size_t at = n;
        for (size_t k = 0; k < n; k++)
            if (!done[k] && (at == n || sign * v[k] > sign * v[at]))
                at = k;
        double part = fmin_(left, x[at].hi - x[at].lo);
        sum += part * v[at];
        left -= part;
        done[at] = true;
    }
    return sum;
}

#endif
