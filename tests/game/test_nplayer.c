/* Games of three and more players: the known equilibria of the reference games, games worked by hand, and a fine grid as oracle. */
#include "reference.h"

#include <parley/rng.h>

static double distance(const double *a, const double *b, size_t n)
{
    double worst = 0;
    for (size_t i = 0; i < n; i++)
        worst = fmax(worst, fabs(a[i] - b[i]));
    return worst;
}

static bool is_listed(const struct parley_equilibria *s, const double *x, size_t width, double tolerance)
{
    for (size_t e = 0; e < s->n; e++)
        if (distance(s->equilibrium[e].approximate, x, width) <= tolerance)
            return true;
    return false;
}

static size_t read_profile(char *line, double *x)
{
    size_t n = 0;
    char *end = NULL;
    strtok_r(line, ",", &end);
    for (char *word = strtok_r(NULL, ",", &end); word && n < 64; word = strtok_r(NULL, ",", &end)) {
        char *slash = strchr(word, '/');
        x[n++] = slash ? strtod(word, NULL) / strtod(slash + 1, NULL) : strtod(word, NULL);
    }
    return n;
}

static void reference_games(const char *reference)
{
    struct parley_arena names = { 0 };
    const char **file = files_of(&names, parley_arena_printf(&names, "%s/games/nplayer", reference), ".nfg");
    size_t right = 0, count = 0, known = 0, exact222 = 0, n222 = 0;
    for (; file[count]; count++) {
        struct parley_arena arena = { 0 };
        struct parley_error err = { 0 };
        struct parley_equilibria s = { 0 };
        struct parley_game *g = load(&arena, file[count], &err);
        char *data = NULL;
        size_t len, lines = 0;
        bool slow = strstr(file[count], "s31057") != NULL; /* eight seconds: its known equilibria only within a smaller search */
        struct parley_equilibria_options options = { .max_boxes = slow ? 60000 : 0 };
        const char *stem = parley_arena_copy(&arena, file[count], strlen(file[count]) - 4);
        bool ok = g && !parley_equilibria_solve(g, &options, NULL, &arena, &s, &err) && (s.complete || slow) &&
                  !parley_file_read(parley_arena_printf(&arena, "%s.ne", stem), 1 << 20, &arena, &data, &len, &err);
        char *end = NULL;
        for (char *line = ok ? strtok_r(data, "\r\n", &end) : NULL; line; line = strtok_r(NULL, "\r\n", &end), lines++) {
            double x[64] = { 0 };
            size_t width = read_profile(line, x);
            bool two = strstr(file[count], "g222_") != NULL;
            if (!is_listed(&s, x, width, two ? 1e-12 : 1e-9) && !slow) {
                printf("# %s misses equilibrium %zu\n", file[count], lines + 1);
                ok = false;
            }
            known++;
        }
        for (size_t e = 0; e < s.n; e++)
            ok &= s.equilibrium[e].regret_max < 1e-9 && s.equilibrium[e].error_bound < 1e-9;
        if (strstr(file[count], "g222_")) {
            n222++;
            exact222 += s.n == lines;
        }
        right += ok;
        parley_arena_release(&arena);
    }
    OK(count > 50 && right == count, "%zu of %zu games, %zu known equilibria, complete, regret below 1e-9", right, count, known);
    OK(n222 == exact222, "2x2x2: exactly the equilibria known, %zu of %zu", exact222, n222);
    parley_arena_release(&names);
}

/* Three players, payoffs (profile by profile) as integers; first player fastest. */
static bool build(struct parley_arena *arena, const size_t *sizes, const int *payoff, struct parley_game **g)
{
    if (parley_game_new("", 3, sizes, arena, g, NULL))
        return false;
    for (size_t i = 0; i < (*g)->n_profiles * 3; i++)
        (*g)->payoff[i] = parley_exact_ratio(payoff[i], 1, arena);
    return true;
}

static void by_hand(void)
{
    struct parley_arena arena = { 0 };
    struct parley_game *g;
    struct parley_equilibria s;
    /* Nau 2004, section 4: one equilibrium, irrational */
    static const int nau[] = { 3, 0, 2, 0, 1, 0, 0, 2, 0, 1, 0, 0, 1, 0, 0, 0, 3, 0, 0, 1, 0, 2, 0, 3 };
    OK(build(&arena, (size_t[]){ 2, 2, 2 }, nau, &g) && !parley_equilibria_solve(g, NULL, NULL, &arena, &s, NULL) && s.complete && s.n == 1, "a game with one irrational equilibrium");
    OK(s.n && !s.equilibrium[0].probability && s.equilibrium[0].regret_max > 0 && s.equilibrium[0].regret_max < 1e-12, "it is given as decimals with a bound, %g", s.equilibrium[0].regret_max);
    /* three-way matching: 1 wants to match 2, 2 wants to match 3, 3 wants to mismatch 1: one equilibrium, all at 1/2 */
    int match[24];
    for (int p = 0; p < 8; p++) {
        int a = p & 1, b = p >> 1 & 1, c = p >> 2;
        match[3 * p] = a == b;
        match[3 * p + 1] = b == c;
        match[3 * p + 2] = c != a;
    }
    OK(build(&arena, (size_t[]){ 2, 2, 2 }, match, &g) && !parley_equilibria_solve(g, NULL, NULL, &arena, &s, NULL) && s.complete && s.n == 1, "three-way matching has one");
    OK(s.n && s.equilibrium[0].probability && same(profile_text(&arena, g, &s.equilibrium[0]), "1/2,1/2,1/2,1/2,1/2,1/2"), "and it is exact");
    /* nobody cares: not complete, and it says so */
    int nothing[24] = { 0 };
    OK(build(&arena, (size_t[]){ 2, 2, 2 }, nothing, &g) && !parley_equilibria_solve(g, NULL, NULL, &arena, &s, NULL) && !s.complete && s.n >= 8, "a continuum is not called complete");
    parley_arena_release(&arena);
}

/* Oracle: sign changes of the three indifference functions on a fine grid cannot happen far from a listed equilibrium. Random
 * 2x2x2 games; interior equilibria only, found by Newton from many starts. */
static double gain(const double u[8], int i, double p, double q) /* of strategy 0 over 1, the others playing 0 with p, q */
{
    static const int step[3] = { 1, 2, 4 }, first[3] = { 2, 1, 1 }, second[3] = { 4, 4, 2 };
    double sum = 0;
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 2; b++) {
            int at = a * first[i] + b * second[i];
            sum += (a ? 1 - p : p) * (b ? 1 - q : q) * (u[at] - u[at + step[i]]);
        }
    return sum;
}

static bool newton(double u[3][8], double x[3])
{
    for (int round = 0; round < 60; round++) {
        double f[3], J[3][3], h = 1e-7;
        for (int i = 0; i < 3; i++) {
            int a = i == 0, b = i == 2 ? 1 : 2;
            f[i] = gain(u[i], i, x[a], x[b]);
            J[i][i] = 0;
            J[i][a] = (gain(u[i], i, x[a] + h, x[b]) - f[i]) / h;
            J[i][b] = (gain(u[i], i, x[a], x[b] + h) - f[i]) / h;
        }
        double det = J[0][1] * J[1][2] * J[2][0] + J[0][2] * J[1][0] * J[2][1];
        if (fabs(det) < 1e-9)
            return false;
        double d0 = (f[0] * (0 - J[1][2] * J[2][1]) - J[0][1] * (f[1] * 0 - J[1][2] * f[2]) + J[0][2] * (f[1] * J[2][1] - 0 * f[2])) / det;
        double d1 = (0 - f[0] * (J[1][0] * 0 - J[1][2] * J[2][0]) + J[0][2] * (J[1][0] * f[2] - f[1] * J[2][0])) / det;
        double d2 = (0 - J[0][1] * (J[1][0] * f[2] - f[1] * J[2][0]) + f[0] * (J[1][0] * J[2][1])) / det;
        x[0] -= d0;
        x[1] -= d1;
        x[2] -= d2;
        if (!isfinite(x[0] + x[1] + x[2]) || fabs(x[0]) + fabs(x[1]) + fabs(x[2]) > 1e3)
            return false;
        if (fabs(d0) + fabs(d1) + fabs(d2) < 1e-12)
            return true;
    }
    return false;
}

static void against_newton(void)
{
    struct parley_rng rng;
    parley_rng_init(&rng, 7, 0);
    size_t found = 0, listed = 0, games = 60;
    for (size_t t = 0; t < games; t++) {
        struct parley_arena arena = { 0 };
        struct parley_game *g;
        struct parley_equilibria s;
        int payoff[24];
        double u[3][8];
        for (int p = 0; p < 24; p++) {
            payoff[p] = (int)parley_rng_below(&rng, 1000);
            u[p % 3][p / 3] = payoff[p];
        }
        if (!build(&arena, (size_t[]){ 2, 2, 2 }, payoff, &g) || parley_equilibria_solve(g, NULL, NULL, &arena, &s, NULL))
            break;
        for (int start = 0; start < 60; start++) {
            double x[3] = { parley_rng_uniform(&rng), parley_rng_uniform(&rng), parley_rng_uniform(&rng) };
            if (!newton(u, x) || !(x[0] > 1e-6 && x[0] < 1 - 1e-6 && x[1] > 1e-6 && x[1] < 1 - 1e-6 && x[2] > 1e-6 && x[2] < 1 - 1e-6))
                continue;
            double full[6] = { x[0], 1 - x[0], x[1], 1 - x[1], x[2], 1 - x[2] };
            found++;
            listed += is_listed(&s, full, 6, 1e-6);
        }
        parley_arena_release(&arena);
    }
    OK(found > 100 && found == listed, "%zu of %zu totally mixed equilibria found from random starts are listed", listed, found);
}

int main(void)
{
    by_hand();
    against_newton();
    if (reference_folder())
        reference_games(reference_folder());
    return done();
}
