/* solve.h - inside the room: the solvers of equilibria.h, one for each kind of game. */
#ifndef PARLEY_GAME_SOLVE_H
#define PARLEY_GAME_SOLVE_H

#include <parley/equilibria.h>

struct solver {
    const struct parley_game *game;
    struct parley_equilibria_options options;
    const struct parley_progress *progress;
    struct parley_arena *arena;
    struct parley_error *err;
    struct parley_equilibria *out;
};

enum parley_status solve_one_player(struct solver *s);
enum parley_status solve_two_players(struct solver *s);
enum parley_status solve_many_players(struct solver *s);
/* Two players: one equilibrium by Lemke's path, exact; for games too large to enumerate. */
enum parley_status solve_one_by_path(struct solver *s);
/* One equilibrium at the end of the logit path, with its regret; for games too large for the others. */
enum parley_status solve_one_by_logit(struct solver *s);

/* Payoffs of an equilibrium known as fractions. */
enum parley_status solve_exact_payoffs(struct solver *s, struct parley_equilibrium *e);

/* Payoffs and regret_max of the decimals in e->approximate, each player's divided by their sum: a proven bound (outward rounding). */
enum parley_status solve_regret_bound(struct solver *s, struct parley_equilibrium *e);

/* Room for n equilibria in s->out, with their arrays (exact: fractions as well). */
enum parley_status solve_room(struct solver *s, size_t n, bool exact);
/* Put in descending order; order[new] = old, malloced by the caller, may be NULL. */
void solve_sort(struct solver *s, size_t *order);
size_t solve_width(const struct parley_game *g); /* sum of n_strategies */

/* Extreme equilibria as pairs of vertex numbers: maximal Nash subsets and components into s->out (members index the pairs). */
enum parley_status nash_subsets(struct solver *s, const size_t (*pair)[2], size_t n);

#endif
