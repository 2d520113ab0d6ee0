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
bool region_cut(const struct support *s, struct region *r, struct influence *weight);

enum box_verdict { BOX_EMPTY, BOX_ONE, BOX_UNKNOWN };

/* Interval Newton (Krawczyk) on the region. BOX_ONE: it holds exactly one solution of the equations, *point is close to it. Otherwise *r may
 * have become smaller. */
enum box_verdict support_newton(const struct support *s, struct region *r, double point[SUPPORT_PLAYERS][SUPPORT_STRATEGIES]);

/* A radius within which the true solution lies around a point, proven; a negative number if none is found. */
double support_radius(const struct support *s, double point[SUPPORT_PLAYERS][SUPPORT_STRATEGIES]);

#endif
