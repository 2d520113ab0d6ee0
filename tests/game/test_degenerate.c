/* Games full of ties against trials that know nothing of pivots or boxes. Two players: every choice of tight inequalities is solved by Cramer's rule in whole numbers, every pair
 * of vertices that together have all labels is an extreme equilibrium, every closed set of the graph of pairs a maximal Nash subset. Three players: what is called
 * complete must hold every equilibrium on a grid. */
#include "reference.h"

#include <math.h>
#include <parley/rng.h>

enum { SIDE = 4, LABELS = 2 * SIDE, VERTICES = 80 };

struct corner { /* of { z >= 0, M z <= 1 } */
    long num[SIDE]; /* its direction in lowest terms */
    unsigned zero, tight;
};

static long det(long a[SIDE][SIDE], int n)
{
    long sum = 0;
    if (n == 1)
        return a[0][0];
    for (int c = 0; c < n; c++) {
        long b[SIDE][SIDE];
        for (int i = 1; i < n; i++)
            for (int j = 0, to = 0; j < n; j++)
                if (j != c)
                    b[i - 1][to++] = a[i][j];
        sum += (c % 2 ? -1 : 1) * a[0][c] * det(b, n - 1);
    }
    return sum;
}

static long gcd(long a, long b) { return b ? gcd(b, a % b) : labs(a); }

/* The point where the inequalities of a set (z_j >= 0 from bit 0, rows of M from bit d) are tight; false: there is none, or it is outside. */
static bool meet(long M[SIDE][SIDE], int d, int e, unsigned set, struct corner *out)
{
    long a[SIDE][SIDE] = { { 0 } }, right[SIDE] = { 0 }, z[SIDE];
    for (int l = 0, row = 0; l < d + e; l++) {
        if (!(set >> l & 1))
            continue;
        for (int j = 0; j < d; j++)
            a[row][j] = l < d ? l == j : M[l - d][j];
        right[row++] = l >= d;
    }
    long whole = det(a, d), common = 0;
    if (whole == 0)
        return false;
    for (int j = 0; j < d; j++) {
        long b[SIDE][SIDE];
        memcpy(b, a, sizeof b);
        for (int i = 0; i < d; i++)
            b[i][j] = right[i];
        z[j] = (whole < 0 ? -1 : 1) * det(b, d);
        if (z[j] < 0)
            return false;
        common = gcd(common, z[j]);
    }
    *out = (struct corner){ .zero = 0 };
    for (int i = 0; i < e; i++) {
        long sum = 0;
        for (int j = 0; j < d; j++)
            sum += M[i][j] * z[j];
        if (sum > labs(whole))
            return false;
        out->tight |= (unsigned)(sum == labs(whole)) << i;
    }
    for (int j = 0; j < d; j++) {
        out->zero |= (unsigned)(z[j] == 0) << j;
        out->num[j] = common ? z[j] / common : 0;
    }
    return common != 0; /* not the origin */
}

static int corners(long M[SIDE][SIDE], int d, int e, struct corner *out)
{
    int n = 0;
    for (unsigned set = 0; set < 1u << (d + e); set++) {
        struct corner c;
        bool known = false;
        if (__builtin_popcount(set) != d || !meet(M, d, e, set, &c))
            continue;
        for (int i = 0; i < n && !known; i++)
            known = !memcmp(out[i].num, c.num, sizeof c.num);
        if (!known && n < VERTICES)
            out[n++] = c;
    }
    return n;
}

static void add_mixture(struct parley_arena *arena, struct parley_text *text, const long *num, int n)
{
    long sum = 0;
    for (int j = 0; j < n; j++)
        sum += num[j];
    for (int j = 0; j < n; j++) {
        parley_text_adds(text, text->len ? "," : "");
        parley_exact_add_text(text, parley_exact_ratio(num[j], sum, arena));
    }
}

struct expected {
    const char *line[VERTICES * VERTICES];
    size_t n, subsets, components;
};

/* Closed sets of the graph of pairs, and its connected parts. */
static bool count_subsets(const uint64_t *reach, int n, struct expected *out)
{
    int with[VERTICES], used = 0, part[VERTICES];
    for (int i = 0; i < n; i++)
        if (reach[i])
            with[used++] = i;
    if (used > 12)
        return false;
    for (unsigned set = 1; set < 1u << used; set++) {
        uint64_t common = ~UINT64_C(0);
        unsigned closure = 0;
        for (int k = 0; k < used; k++)
            if (set >> k & 1)
                common &= reach[with[k]];
        for (int k = 0; common && k < used; k++)
            closure |= (unsigned)((reach[with[k]] & common) == common) << k;
        out->subsets += common && closure == set;
    }
    for (int k = 0; k < used; k++)
        part[k] = k;
    for (int round = 0; round < used; round++)
        for (int k = 0; k < used; k++)
            for (int l = 0; l < used; l++)
                if (reach[with[k]] & reach[with[l]])
                    part[k] = part[l] = part[k] < part[l] ? part[k] : part[l];
    for (int k = 0; k < used; k++)
        out->components += part[k] == k;
    return true;
}

static bool expect(struct parley_arena *arena, long A[SIDE][SIDE], long B[SIDE][SIDE], int m, int k, struct expected *out)
{
    static struct corner p[VERTICES], q[VERTICES];
    uint64_t reach[VERTICES] = { 0 };
    long T[SIDE][SIDE] = { { 0 } };
    for (int r = 0; r < m; r++)
        for (int c = 0; c < k; c++)
            T[c][r] = B[r][c];
    int np = corners(T, m, k, p), nq = corners(A, k, m, q);
    *out = (struct expected){ .n = 0 };
    if (nq > 64)
        return false;
    for (int x = 0; x < np; x++)
        for (int y = 0; y < nq; y++) {
            if ((p[x].zero | q[y].tight) != (1u << m) - 1 || (p[x].tight | q[y].zero) != (1u << k) - 1)
                continue;
            struct parley_text text;
            parley_text_init(&text, 4000);
            add_mixture(arena, &text, p[x].num, m);
            add_mixture(arena, &text, q[y].num, k);
            out->line[out->n++] = parley_text_keep(&text, arena);
            parley_text_release(&text);
            reach[x] |= UINT64_C(1) << y;
        }
    qsort(out->line, out->n, sizeof *out->line, by_text);
    return count_subsets(reach, np, out);
}

static void two_players(void)
{
    static struct expected want;
    static const char *ours[VERTICES * VERTICES];
    struct parley_rng rng;
    parley_rng_init(&rng, 41, 0);
    size_t right = 0, games = 0, tied = 0;
    for (size_t t = 0; t < 2000; t++) {
        struct parley_arena arena = { 0 };
        struct parley_game *g;
        struct parley_equilibria s = { 0 };
        int m = 1 + (int)(t % 4), k = 1 + (int)(t / 4 % 4);
        long A[SIDE][SIDE] = { { 0 } }, B[SIDE][SIDE] = { { 0 } };
        uint64_t kinds = 2 + t / 16 % 3; /* few different payoffs: many ties */
        if (parley_game_new("", 2, (size_t[]){ (size_t)m, (size_t)k }, &arena, &g, NULL))
            break;
        for (int r = 0; r < m; r++)
            for (int c = 0; c < k; c++) {
                A[r][c] = 1 + (long)parley_rng_below(&rng, kinds);
                B[r][c] = 1 + (long)parley_rng_below(&rng, kinds);
                g->payoff[2 * (c * m + r)] = parley_exact_ratio(A[r][c], 3, &arena);
                g->payoff[2 * (c * m + r) + 1] = parley_exact_ratio(B[r][c] - 2, 1, &arena);
            }
        if (expect(&arena, A, B, m, k, &want)) {
            bool ok = !parley_equilibria_solve(g, NULL, NULL, &arena, &s, NULL) && s.complete && s.n == want.n && s.n_subsets == want.subsets && s.n_components == want.components;
            for (size_t e = 0; ok && e < s.n; e++)
                ours[e] = profile_text(&arena, g, &s.equilibrium[e]);
            if (ok)
                qsort(ours, s.n, sizeof *ours, by_text);
            for (size_t e = 0; ok && e < s.n; e++)
                ok = !strcmp(ours[e], want.line[e]);
            games++;
            right += ok;
            tied += want.n != want.subsets;
        }
        parley_arena_release(&arena);
    }
    OK(games > 1500 && right == games, "extreme equilibria, maximal subsets and components of %zu of %zu games with ties", right, games);
    OK(tied > 500, "%zu of them have a continuum", tied);
}

/* --- three players ----------------------------------------------------------------------------------------------- */

enum { GRID = 12 };

/* Twelve times twelve what player i gains by its strategy 1 instead of 0 when the others play 1 with a/12 and b/12, the earlier of them first. */
static long lead(const int *u, int i, int a, int b)
{
    static const int stride[3] = { 1, 2, 4 };
    int first = i == 0, second = i == 2 ? 1 : 2;
    long sum = 0;
    for (int x = 0; x < 2; x++)
        for (int y = 0; y < 2; y++) {
            int at = stride[first] * x + stride[second] * y;
            sum += (long)(x ? a : GRID - a) * (y ? b : GRID - b) * (u[3 * (at + stride[i]) + i] - u[3 * at + i]);
        }
    return sum;
}

static bool best(long gain, int p) { return gain == 0 || (gain > 0 ? p == GRID : p == 0); }

static void three_players(void)
{
    struct parley_rng rng;
    parley_rng_init(&rng, 43, 0);
    size_t games = 0, complete = 0, missing = 0, seen = 0, continua = 0;
    for (size_t t = 0; t < 600; t++) {
        struct parley_arena arena = { 0 };
        struct parley_game *g;
        struct parley_equilibria s = { 0 };
        int u[24];
        uint64_t kinds = 2 + t % 5;
        if (parley_game_new("", 3, (size_t[]){ 2, 2, 2 }, &arena, &g, NULL))
            break;
        for (int e = 0; e < 24; e++) {
            u[e] = (int)parley_rng_below(&rng, kinds);
            g->payoff[e] = parley_exact_ratio(u[e], 1, &arena);
        }
        if (parley_equilibria_solve(g, NULL, NULL, &arena, &s, NULL)) {
            parley_arena_release(&arena);
            break;
        }
        games++;
        complete += s.complete;
        size_t on_grid = 0;
        for (int p = 0; p < (GRID + 1) * (GRID + 1) * (GRID + 1); p++) {
            int x[3] = { p % (GRID + 1), p / (GRID + 1) % (GRID + 1), p / ((GRID + 1) * (GRID + 1)) };
            if (!best(lead(u, 0, x[1], x[2]), x[0]) || !best(lead(u, 1, x[0], x[2]), x[1]) || !best(lead(u, 2, x[0], x[1]), x[2]))
                continue;
            bool listed = false;
            for (size_t e = 0; e < s.n && !listed; e++) {
                listed = true;
                for (int i = 0; i < 3; i++)
                    listed &= fabs(s.equilibrium[e].approximate[2 * i + 1] - x[i] / (double)GRID) < 1e-9;
            }
            on_grid++;
            missing += s.complete && !listed;
        }
        seen += on_grid;
        continua += on_grid > 20;
        parley_arena_release(&arena);
    }
    OK(games == 600 && complete > 60, "%zu of %zu games of three with ties are called complete", complete, games);
    OK(missing == 0 && seen > 2000, "none of those lacks one of the %zu equilibria on a grid, %zu lack one", seen, missing);
    OK(continua > 50 && complete < games, "%zu have a continuum", continua);
}

int main(void)
{
    two_players();
    three_players();
    return done();
}
