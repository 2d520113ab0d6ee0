/* Names of 2x2 games. The number of a game comes from the places of the two best payoffs (the layer) and, for each
 * player, from how the other three lie relative to its best one (row and column). */
#include "rational.h"

#include <parley/game_name.h>
#include <string.h>

enum { R, S, T, P };

/* --- ordinal games ---------------------------------------------------------------------------------- */

/* The six patterns by the ranks found beside the best payoff: across own choices, across the other's, and diagonal. */
static const int beside[6][3] = { { 3, 2, 1 }, { 3, 1, 2 }, { 2, 1, 3 }, { 1, 2, 3 }, { 1, 3, 2 }, { 2, 3, 1 } };

/* Symmetric games: best payoff at T (layer 1), at R (layer 3). */
static const struct { const char *en, *zh; } symmetric[2][6] = {
    { { "prisoner's dilemma", "囚徒困境" }, { "chicken", "懦夫博弈" }, { "battle of the sexes (leader)", "性别之战(领导者)" },
      { "hero", "英雄博弈" }, { "compromise", "妥协博弈" }, { "deadlock", "僵局" } },
    { { "concord (no conflict)", "和谐(无冲突)" }, { "stag hunt (security dilemma)", "猎鹿博弈(安全困境)" }, { "assurance", "保证博弈" },
      { "coordination", "协调博弈" }, { "peace", "和平博弈" }, { "harmony", "和谐博弈" } },
};
static const char *const brief[2][6] = { { "Prisoner's Dilemma", "Chicken", "Battle", "Hero", "Compromise", "Deadlock" },
                                         { "Concord", "Stag Hunt", "Assurance", "Coordination", "Peace", "Harmony" } };

static int place_of(const int rank[4], int wanted)
{
    for (int c = 0; c < 4; c++)
        if (rank[c] == wanted)
            return c;
    return 0;
}

/* Cells from the own side: R = (C,C), S = (C,D), T = (D,C), P = (D,D); bit 1 is the own choice, bit 0 the other's. */
static int pattern_of(const int rank[4])
{
    int best = place_of(rank, 4);
    for (int i = 0; i < 6; i++)
        if (rank[best ^ 2] == beside[i][0] && rank[best ^ 1] == beside[i][1] && rank[best ^ 3] == beside[i][2])
            return i;
    return 0;
}

/* The same cell seen by the other player. */
static int mirrored(int cell) { return (cell & 1) << 1 | cell >> 1; }

static void find_equilibria(struct parley_ordinal *g)
{
    g->n_equilibria = 0;
    for (int cell = 0; cell < 4; cell++)
        if (g->rank[0][cell] > g->rank[0][cell ^ 2] && g->rank[1][mirrored(cell)] > g->rank[1][mirrored(cell ^ 1)])
            g->equilibrium[g->n_equilibria++] = cell;
}

/* Which strategy of each player is C: in layer 1 each player's best payoff lies where it plays D against C, in layer 3 where
 * both play C; in the mixed layers the two best payoffs share the C of one player. */
static void orientation(const struct parley_ordinal *g, int flip[2])
{
    int a = place_of(g->rank[0], 4), b = mirrored(place_of(g->rank[1], 4)); /* both as (row, column) */
    int row_a = a >> 1, col_a = a & 1, row_b = b >> 1, col_b = b & 1;
    if (row_a == row_b && col_a == col_b)
        flip[0] = row_a, flip[1] = col_a; /* win-win: that cell is (C,C) */
    else if (row_a != row_b && col_a != col_b)
        flip[0] = !row_a, flip[1] = col_a; /* row's best is (D,C) */
    else if (row_a == row_b)
        flip[0] = row_a, flip[1] = col_a; /* row's best is (C,C), column's is (C,D) */
    else
        flip[0] = row_b, flip[1] = col_b; /* column's best is (C,C), row's is (D,C) */
}

static void flip_ranks(struct parley_ordinal *g, const int flip[2])
{
    const struct parley_ordinal old = *g;
    for (int cell = 0; cell < 4; cell++) {
        g->rank[0][cell] = old.rank[0][cell ^ (flip[0] << 1 | flip[1])];
        g->rank[1][cell] = old.rank[1][cell ^ (flip[1] << 1 | flip[0])];
    }
}

/* Number and name of an ordinal game whose ranks are set and oriented. */
static void number(struct parley_ordinal *g, struct parley_arena *arena)
{
    int a = place_of(g->rank[0], 4), b = place_of(g->rank[1], 4), ia = pattern_of(g->rank[0]), ib = pattern_of(g->rank[1]);
    bool win[2] = { a == R, b == R };
    g->layer = win[0] && win[1] ? 3 : !win[0] && !win[1] ? 1 : win[0] ? 2 : 4;
    g->column = ia + 1;
    g->row = ib + 1;
    g->pattern[0] = brief[win[0]][ia];
    g->pattern[1] = brief[win[1]][ib];
    find_equilibria(g);
    if (ia == ib && win[0] == win[1]) {
        g->name = symmetric[win[0]][ia].en;
        g->name_zh = symmetric[win[0]][ia].zh;
    } else if (g->n_equilibria == 0) {
        g->name = g->name_zh = parley_arena_printf(arena, "%s-%s (cyclic: no stable pair of choices)", g->pattern[0], g->pattern[1]);
    } else {
        g->name = g->name_zh = parley_arena_printf(arena, "%s-%s", g->pattern[0], g->pattern[1]);
    }
}

/* Orient, then number. */
static void settle(struct parley_ordinal *g, struct parley_arena *arena)
{
    int flip[2];
    orientation(g, flip);
    flip_ranks(g, flip);
    number(g, arena);
}

/* --- neighbours ------------------------------------------------------------------------------------- */

static int worse_off(const struct parley_ordinal *g, int cell)
{
    int a = g->rank[0][cell], b = g->rank[1][mirrored(cell)];
    return a < b ? a : b;
}

/* The rank that the worse-off player gets in the best pure equilibrium, then in the worst one. */
static int quality(const struct parley_ordinal *g)
{
    int best = 0, worst = 9;
    for (int i = 0; i < g->n_equilibria; i++) {
        int low = worse_off(g, g->equilibrium[i]);
        best = low > best ? low : best;
        worst = low < worst ? low : worst;
    }
    return g->n_equilibria ? 10 * best + worst : 0;
}

static const struct parley_exact *difference(const struct parley_exact *a, const struct parley_exact *b, struct parley_arena *arena)
{
    mpq_t q;
    mpq_init(q);
    mpq_sub(q, a->v, b->v);
    const struct parley_exact *x = exact_keep(q, arena);
    mpq_clear(q);
    return x;
}

static bool neighbours(struct parley_game_name *out, struct parley_arena *arena)
{
    for (int k = 0; k < PARLEY_NAME_SWAPS; k++) {
        struct parley_name_swap *s = &out->swap[k];
        s->player = k / 3;
        s->low = k % 3 + 1;
        memcpy(s->game.rank, out->game.rank, sizeof s->game.rank);
        for (int i = 0; i < 2; i++) {
            if (s->player != 2 && s->player != i)
                continue;
            int a = place_of(out->game.rank[i], s->low), b = place_of(out->game.rank[i], s->low + 1);
            s->game.rank[i][a] = s->low + 1;
            s->game.rank[i][b] = s->low;
            if (!(s->gap[i] = difference(out->payoff[i][b], out->payoff[i][a], arena)))
                return false;
        }
        settle(&s->game, arena);
        s->better = quality(&s->game) > quality(&out->game);
    }
    return true;
}

/* --- cardinal --------------------------------------------------------------------------------------- */

/* Ranks of four payoffs; ties are broken by `order` (a permutation: earlier is higher). */
static bool rank_payoffs(const struct parley_exact *const x[4], const int order[4], int rank[4])
{
    bool strict = true;
    for (int c = 0; c < 4; c++) {
        rank[order[c]] = 1;
        for (int d = 0; d < 4; d++) {
            int cmp = parley_exact_compare(x[order[c]], x[order[d]]);
            strict &= cmp != 0 || c == d;
            rank[order[c]] += cmp > 0 || (cmp == 0 && c < d);
        }
    }
    return strict;
}

static void next_order(int k, int order[4])
{
    int left[4] = { R, T, S, P };
    for (int i = 0, f = 24; i < 4; i++) {
        f /= 4 - i;
        int at = k / f;
        k %= f;
        order[i] = left[at];
        memmove(left + at, left + at + 1, (size_t)(3 - at - i) * sizeof *left);
    }
}

/* Every strict game that breaking ties can make, without repetition. */
static void readings(struct parley_game_name *out, const struct parley_exact *const x[2][4], struct parley_arena *arena)
{
    for (int k = 0; k < 24 * 24; k++) {
        int order[2][4];
        struct parley_ordinal g = { 0 };
        for (int i = 0; i < 2; i++) {
            next_order(i ? k % 24 : k / 24, order[i]);
            rank_payoffs(x[i], order[i], g.rank[i]);
        }
        settle(&g, arena);
        size_t at = 0;
        while (at < out->n_readings && (out->reading[at].layer != g.layer || out->reading[at].row != g.row || out->reading[at].column != g.column))
            at++;
        if (at < out->n_readings || at == PARLEY_NAME_TIES_MAX)
            continue;
        out->reading[at].layer = g.layer;
        out->reading[at].row = g.row;
        out->reading[at].column = g.column;
        out->reading_name[at] = g.name;
        out->n_readings++;
    }
}

static void dominance(struct parley_game_name *out)
{
    for (int i = 0; i < 2; i++) {
        int c1 = parley_exact_compare(out->payoff[i][R], out->payoff[i][T]), c2 = parley_exact_compare(out->payoff[i][S], out->payoff[i][P]);
        out->dominant[i] = -1;
        if (c1 >= 0 && c2 >= 0 && (c1 || c2))
            out->dominant[i] = out->cooperate[i];
        if (c1 <= 0 && c2 <= 0 && (c1 || c2))
            out->dominant[i] = !out->cooperate[i];
        out->strictly[i] = c1 * c2 > 0;
    }
    for (int cell = 0; cell < 4; cell++) {
        bool beaten = false;
        for (int other = 0; other < 4; other++) {
            int a = parley_exact_compare(out->payoff[0][other], out->payoff[0][cell]),
                b = parley_exact_compare(out->payoff[1][mirrored(other)], out->payoff[1][mirrored(cell)]);
            beaten |= a >= 0 && b >= 0 && (a || b);
        }
        if (!beaten)
            out->pareto[out->n_pareto++] = cell;
    }
}

/* Two strict equilibria lie diagonally; the one whose product of the losses from leaving it alone is larger is risk dominant. */
static void select_equilibrium(struct parley_game_name *out)
{
    out->payoff_dominant = out->risk_dominant = -1;
    int strict[4], n = 0;
    for (int cell = 0; cell < 4; cell++)
        if (parley_exact_compare(out->payoff[0][cell], out->payoff[0][cell ^ 2]) > 0 &&
            parley_exact_compare(out->payoff[1][mirrored(cell)], out->payoff[1][mirrored(cell ^ 1)]) > 0)
            strict[n++] = cell;
    if (n != 2)
        return;
    mpq_t loss[2], one;
    mpq_inits(loss[0], loss[1], one, NULL);
    for (int k = 0; k < 2; k++) {
        int cell = strict[k];
        mpq_sub(loss[k], out->payoff[0][cell]->v, out->payoff[0][cell ^ 2]->v);
        mpq_sub(one, out->payoff[1][mirrored(cell)]->v, out->payoff[1][mirrored(cell ^ 1)]->v);
        mpq_mul(loss[k], loss[k], one);
    }
    int c = mpq_cmp(loss[0], loss[1]);
    out->risk_dominant = c > 0 ? strict[0] : c < 0 ? strict[1] : -2;
    mpq_clears(loss[0], loss[1], one, NULL);
    int a = parley_exact_compare(out->payoff[0][strict[0]], out->payoff[0][strict[1]]),
        b = parley_exact_compare(out->payoff[1][mirrored(strict[0])], out->payoff[1][mirrored(strict[1])]);
    if (a >= 0 && b >= 0 && (a || b))
        out->payoff_dominant = strict[0];
    if (a <= 0 && b <= 0 && (a || b))
        out->payoff_dominant = strict[1];
}

enum parley_status parley_game_name(const struct parley_game *game, struct parley_arena *arena, struct parley_game_name *out, struct parley_error *err)
{
    static const int order[4] = { R, T, S, P };
    const struct parley_exact *x[2][4];
    if (game->n_players != 2 || !game->n_profiles || game->n_strategies[0] != 2 || game->n_strategies[1] != 2)
        return parley_fail(err, PARLEY_EINVAL, "only games of two players with two strategies each have such a name; this one has %zu players%s",
                           game->n_players, game->n_players == 2 ? " with more or fewer strategies" : "");
    memset(out, 0, sizeof *out);
    for (size_t cell = 0; cell < 4; cell++) { /* as in the file: first strategy in the place of C */
        size_t row = cell >> 1, column = cell & 1;
        x[0][cell] = parley_game_payoff(game, column * 2 + row, 0);
        x[1][mirrored((int)cell)] = parley_game_payoff(game, column * 2 + row, 1);
    }
    bool strict0 = rank_payoffs(x[0], order, out->game.rank[0]), strict1 = rank_payoffs(x[1], order, out->game.rank[1]);
    out->strict = strict0 && strict1;
    orientation(&out->game, out->cooperate);
    flip_ranks(&out->game, out->cooperate);
    number(&out->game, arena);
    readings(out, (const struct parley_exact *const (*)[4])x, arena);
    for (int cell = 0; cell < 4; cell++) {
        out->payoff[0][cell] = x[0][cell ^ (out->cooperate[0] << 1 | out->cooperate[1])];
        out->payoff[1][cell] = x[1][cell ^ (out->cooperate[1] << 1 | out->cooperate[0])];
    }
    bool ok = true;
    for (int i = 0; i < 2; i++) {
        out->fear[i] = difference(out->payoff[i][P], out->payoff[i][S], arena);
        out->greed[i] = difference(out->payoff[i][T], out->payoff[i][R], arena);
        ok &= out->fear[i] && out->greed[i];
    }
    dominance(out);
    select_equilibrium(out);
    if (!ok || !neighbours(out, arena))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    return PARLEY_OK;
}
