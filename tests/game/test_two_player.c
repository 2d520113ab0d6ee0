/* Two-player games: against what other programs computed exactly (where the reference data are at hand), against a slow
 * enumeration of all supports, and the exact certificate of every equilibrium. */
#include "reference.h"

#include <parley/rng.h>

enum { MAX = 20000 };

static const char *ours[MAX], *theirs[MAX];

/* Lines of a component list, "convex-K,...": the members of each piece sorted and joined, one text a piece. */
static size_t join_pieces(struct parley_arena *arena, const char **line, const char **name, size_t n, const char **out)
{
    size_t pieces = 0;
    bool *done = PARLEY_NEW(arena, bool, n);
    const char **member = PARLEY_NEW(arena, const char *, n);
    for (size_t i = 0; i < n; i++) {
        if (done[i])
            continue;
        size_t count = 0;
        for (size_t k = i; k < n; k++)
            if (!strcmp(name[k], name[i])) {
                done[k] = true;
                member[count++] = line[k];
            }
        qsort(member, count, sizeof *member, by_text);
        struct parley_text text;
        parley_text_init(&text, 1 << 20);
        for (size_t k = 0; k < count; k++)
            if (k == 0 || strcmp(member[k], member[k - 1])) /* the other program repeats members of degenerate games */
                parley_text_addf(&text, "%s|", member[k]);
        out[pieces++] = parley_arena_strdup(arena, parley_text_str(&text));
        parley_text_release(&text);
    }
    return pieces;
}

/* The game's equilibria in the same form; pieces likewise. */
static bool compare(struct parley_arena *arena, const struct parley_game *g, const struct parley_equilibria *s, const char **ne, size_t n_ne,
                    const char **piece_line, const char **piece_name, size_t n_pieces)
{
    const char **profile = PARLEY_NEW(arena, const char *, s->n);
    for (size_t i = 0; i < s->n; i++)
        ours[i] = profile[i] = profile_text(arena, g, &s->equilibrium[i]);
    for (size_t i = 0; i < n_ne; i++)
        theirs[i] = ne[i];
    if (!same_set(ours, s->n, theirs, n_ne))
        return false;
    if (!n_pieces)
        return true;
    const char **line = PARLEY_NEW(arena, const char *, MAX), **name = PARLEY_NEW(arena, const char *, MAX);
    size_t count = 0;
    for (size_t i = 0; i < s->n_subsets; i++)
        for (size_t k = 0; k < s->subset[i].n && count < MAX; k++) {
            line[count] = profile[s->subset[i].member[k]];
            name[count++] = parley_arena_printf(arena, "%zu", i);
        }
    size_t a = join_pieces(arena, line, name, count, ours), b = join_pieces(arena, piece_line, piece_name, n_pieces, theirs);
    return same_set(ours, a, theirs, b);
}

static size_t read_lines(struct parley_arena *arena, const char *path, const char **line, const char **name)
{
    char *data;
    size_t len, n = 0;
    if (parley_file_read(path, 16 << 20, arena, &data, &len, NULL))
        return 0;
    for (char *at = strtok(data, "\r\n"); at && n < MAX; at = strtok(NULL, "\r\n")) {
        line[n] = canonical(arena, at);
        name[n++] = parley_arena_copy(arena, at, strcspn(at, ","));
    }
    return n;
}

static void random_games(const char *reference)
{
    struct parley_arena names = { 0 };
    const char **file = files_of(&names, parley_arena_printf(&names, "%s/games/random2p", reference), ".nfg");
    size_t right = 0, count = 0;
    for (; file[count]; count++) {
        struct parley_arena arena = { 0 };
        struct parley_error err = { 0 };
        struct parley_equilibria s = { 0 };
        struct parley_game *g = load(&arena, file[count], &err);
        const char *stem = parley_arena_copy(&arena, file[count], strlen(file[count]) - 4);
        const char **ne = PARLEY_NEW(&arena, const char *, MAX), **piece = PARLEY_NEW(&arena, const char *, MAX), **name = PARLEY_NEW(&arena, const char *, MAX);
        size_t n = read_lines(&arena, parley_arena_printf(&arena, "%s.ne", stem), ne, name);
        size_t m = read_lines(&arena, parley_arena_printf(&arena, "%s.components", stem), piece, name);
        bool ok = g && n && !parley_equilibria_solve(g, NULL, NULL, &arena, &s, &err) && s.complete && compare(&arena, g, &s, ne, n, piece, name, m);
        if (!ok)
            printf("# %s: %zu, expected %zu; %s\n", file[count], s.n, n, err.text);
        right += ok;
        parley_arena_release(&arena);
    }
    OK(count > 0 && right == count, "extreme equilibria and subsets of %zu of %zu random games", right, count);
    parley_arena_release(&names);
}

/* Games of an expected.json of another program: the strategic-form equilibria of those it solved. */
static size_t list_of(struct parley_arena *arena, const struct parley_node *node, const char **line, const char **name)
{
    size_t n = 0;
    for (size_t i = 0; node && node->kind == PARLEY_NODE_LIST && i < node->n && n < MAX; i++) {
        line[n] = canonical(arena, node->child[i].text);
        name[n++] = parley_arena_copy(arena, node->child[i].text, strcspn(node->child[i].text, ","));
    }
    return n;
}

/* Known to be wrong or partial there: the list misses equilibria that the regret of ours proves. */
static bool excused(const char *file) { return strstr(file, "large_payoff_game") != NULL; }

static void one_expected(const char *folder, const char *file, const struct parley_node *results, size_t *count, size_t *right)
{
    struct parley_arena arena = { 0 };
    struct parley_error err = { 0 };
    struct parley_equilibria s = { 0 };
    const struct parley_node *list = parley_node_get(results, "enummixed_strategic");
    if (!list)
        list = parley_node_get(results, "enummixed_strategic_extreme");
    struct parley_game *g = list && list->kind == PARLEY_NODE_LIST ? load(&arena, parley_arena_printf(&arena, "%s/%s", folder, file), &err) : NULL;
    if (g && g->n_players == 2 && !excused(file)) {
        const char **ne = PARLEY_NEW(&arena, const char *, MAX), **piece = PARLEY_NEW(&arena, const char *, MAX), **name = PARLEY_NEW(&arena, const char *, MAX);
        size_t n = list_of(&arena, list, ne, name), m = list_of(&arena, parley_node_get(results, "enummixed_components"), piece, name);
        bool ok = !parley_game_reduce(g, &arena, &err) && !parley_equilibria_solve(g, NULL, NULL, &arena, &s, &err) && s.complete &&
                  compare(&arena, g, &s, ne, n, piece, name, m);
        if (!ok)
            printf("# %s: %zu, expected %zu; %s\n", file, s.n, n, err.text);
        *right += ok;
        ++*count;
    }
    parley_arena_release(&arena);
}

static void expected_files(const char *reference)
{
    struct parley_arena arena = { 0 };
    struct parley_node *root;
    char *data;
    size_t len, count = 0, right = 0;
    const char *folder = parley_arena_printf(&arena, "%s/games/gambit", reference);
    if (!parley_file_read(parley_arena_printf(&arena, "%s/expected.json", folder), 64 << 20, &arena, &data, &len, NULL) &&
        !parley_json_parse(data, len, "expected.json", &arena, &root, NULL)) {
        const struct parley_node *games = parley_node_get(root, "games");
        for (size_t i = 0; games && i < games->n; i++)
            one_expected(folder, parley_node_get(&games->child[i], "file")->text, parley_node_get(&games->child[i], "results"), &count, &right);
    }
    folder = parley_arena_printf(&arena, "%s/games/crisis_efg", reference);
    if (!parley_file_read(parley_arena_printf(&arena, "%s/expected.json", folder), 64 << 20, &arena, &data, &len, NULL) &&
        !parley_json_parse(data, len, "expected.json", &arena, &root, NULL)) {
        const struct parley_node *games = parley_node_get(root, "games");
        for (size_t i = 0; games && i < games->n; i++)
            one_expected(folder, parley_arena_printf(&arena, "%s.efg", games->child[i].key), &games->child[i], &count, &right);
    }
    OK(count > 100 && right == count, "strategic-form equilibria and subsets of %zu of %zu published games", right, count);
    parley_arena_release(&arena);
}

static void ordinal_games(const char *reference)
{
    struct parley_arena arena = { 0 };
    char *data;
    size_t len, count = 0, right = 0;
    if (parley_file_read(parley_arena_printf(&arena, "%s/games/ordinal2x2/games.tsv", reference), 1 << 20, &arena, &data, &len, NULL))
        return;
    char *line_end = NULL;
    for (char *line = strtok_r(data, "\n", &line_end); line; line = strtok_r(NULL, "\n", &line_end)) {
        char id[32], name[64], cell[4][16], many[1024];
        int n;
        if (sscanf(line, "%31s %63s %15s %15s %15s %15s %d %1023s", id, name, cell[0], cell[1], cell[2], cell[3], &n, many) != 8)
            continue;
        struct parley_game *g;
        struct parley_equilibria s;
        struct parley_error err = { 0 };
        for (int i = 0; i < 4; i++)
            cell[i][1] = ' ';
        bool ok = !parley_game_matrix(parley_arena_printf(&arena, "%s,%s;%s,%s", cell[0], cell[1], cell[2], cell[3]), &arena, &g, &err) &&
                  !parley_equilibria_solve(g, NULL, NULL, &arena, &s, &err) && s.complete;
        size_t m = 0;
        char *end = NULL;
        for (char *e = strtok_r(many, ";", &end); e; e = strtok_r(NULL, ";", &end))
            theirs[m++] = canonical(&arena, parley_arena_printf(&arena, "NE,%s", e));
        for (size_t i = 0; ok && i < s.n; i++)
            ours[i] = profile_text(&arena, g, &s.equilibrium[i]);
        ok = ok && same_set(ours, s.n, theirs, m);
        right += ok;
        count++;
    }
    OK(count == 96 && right == count, "%zu of %zu strict ordinal games", right, count);
    parley_arena_release(&arena);
}

/* --- a slow oracle: every pair of supports of equal size in a nondegenerate game --------------------------- */

static bool solve_small(double *a, int n, double *x) /* n equations, Gauss with pivoting */
{
    for (int c = 0; c < n; c++) {
        int r = c;
        for (int i = c; i < n; i++)
            r = fabs(a[i * (n + 1) + c]) > fabs(a[r * (n + 1) + c]) ? i : r;
        if (fabs(a[r * (n + 1) + c]) < 1e-12)
            return false;
        for (int j = 0; j <= n; j++) {
            double swap = a[r * (n + 1) + j];
            a[r * (n + 1) + j] = a[c * (n + 1) + j];
            a[c * (n + 1) + j] = swap;
        }
        for (int i = 0; i < n; i++) {
            double f = i == c ? 0 : a[i * (n + 1) + c] / a[c * (n + 1) + c];
            for (int j = 0; j <= n; j++)
                a[i * (n + 1) + j] -= f * a[c * (n + 1) + j];
        }
    }
    for (int c = 0; c < n; c++)
        x[c] = a[c * (n + 1) + n] / a[c * (n + 1) + c];
    return true;
}

/* The mixture over columns in `cols` that makes the rows in `rows` indifferent and best; payoff[r][c]. */
static bool indifferent(double payoff[6][6], int n, unsigned rows, unsigned cols)
{
    double a[7 * 8], x[7];
    int r_of[6], c_of[6], k = 0, m = 0;
    for (int i = 0; i < n; i++) {
        if (rows >> i & 1)
            r_of[k++] = i;
        if (cols >> i & 1)
            c_of[m++] = i;
    }
    for (int i = 0; i < k; i++) {
        for (int j = 0; j < k; j++)
            a[i * (k + 2) + j] = payoff[r_of[i]][c_of[j]];
        a[i * (k + 2) + k] = -1;
        a[i * (k + 2) + k + 1] = 0;
    }
    for (int j = 0; j <= k + 1; j++)
        a[k * (k + 2) + j] = j != k;
    if (!solve_small(a, k + 1, x))
        return false;
    for (int j = 0; j < k; j++)
        if (!(x[j] > 0))
            return false;
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < k; j++)
            sum += payoff[i][c_of[j]] * x[j];
        if (sum > x[k] + 1e-9)
            return false;
    }
    return true;
}

static void against_supports(void)
{
    struct parley_rng rng;
    parley_rng_init(&rng, 20, 0);
    size_t right = 0, games = 300, odd = 0;
    for (size_t t = 0; t < games; t++) {
        struct parley_arena arena = { 0 };
        struct parley_game *g;
        struct parley_equilibria s = { 0 };
        int n = 2 + (int)(t % 4), count = 0;
        double A[6][6], B[6][6];
        if (parley_game_new("", 2, (size_t[]){ (size_t)n, (size_t)n }, &arena, &g, NULL))
            break;
        for (int r = 0; r < n; r++)
            for (int c = 0; c < n; c++) {
                long long a = (long long)parley_rng_below(&rng, 100000), b = (long long)parley_rng_below(&rng, 100000);
                A[r][c] = (double)a;
                B[c][r] = (double)b;
                g->payoff[2 * (c * n + r)] = parley_exact_ratio(a, 7, &arena);
                g->payoff[2 * (c * n + r) + 1] = parley_exact_ratio(b - 50000, 1, &arena);
            }
        for (unsigned rows = 1; rows < 1u << n; rows++)
            for (unsigned cols = 1; cols < 1u << n; cols++)
                count += __builtin_popcount(rows) == __builtin_popcount(cols) && indifferent(A, n, rows, cols) && indifferent(B, n, cols, rows);
        bool ok = !parley_equilibria_solve(g, NULL, NULL, &arena, &s, NULL) && s.complete && (int)s.n == count;
        for (size_t e = 0; ok && e < s.n; e++) {
            const struct parley_exact *regret;
            ok = !parley_equilibria_regret(g, s.equilibrium[e].probability, &arena, &regret, NULL) && parley_exact_sign(regret) == 0;
        }
        right += ok;
        odd += s.n % 2;
        parley_arena_release(&arena);
    }
    OK(right == games, "%zu of %zu random games agree with a trial of all supports; regret exactly 0", right, games);
    OK(odd == games, "the number of equilibria is odd in all of them");
}

/* --- worked by hand ------------------------------------------------------------------------------------------ */

static const struct { const char *matrix; size_t n, subsets, components; const char *first; } cases[] = {
    { "3,0;5,1", 1, 1, 1, "0,1,0,1" },
    { "4,1;3,2", 3, 3, 3, "1,0,1,0" },
    { "3 -4,-1 0;-6 3,0 0", 1, 1, 1, "3/7,4/7,1/10,9/10" },
    { "0 0,0 0;0 0,0 0", 4, 1, 1, "1,0,1,0" },               /* everything is an equilibrium */
    { "1 1,1 0;1 0,0 0", 2, 1, 1, "1,0,1,0" },               /* a segment: the row player is indifferent */
};

static void by_hand(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct parley_arena arena = { 0 };
        struct parley_error err = { 0 };
        struct parley_game *g;
        struct parley_equilibria s = { 0 };
        bool ok = !parley_game_matrix(cases[i].matrix, &arena, &g, &err) && !parley_equilibria_solve(g, NULL, NULL, &arena, &s, &err);
        OK(ok && s.complete && s.n == cases[i].n && s.n_subsets == cases[i].subsets && s.n_components == cases[i].components, "%s: %zu equilibria, %zu subsets, %zu components %s",
           cases[i].matrix, s.n, s.n_subsets, s.n_components, err.text);
        if (ok && s.n)
            OK(same(profile_text(&arena, g, &s.equilibrium[0]), cases[i].first), "the first is %s", cases[i].first);
        parley_arena_release(&arena);
    }
}

int main(void)
{
    by_hand();
    against_supports();
    if (reference_folder()) {
        ordinal_games(reference_folder());
        random_games(reference_folder());
        expected_files(reference_folder());
    }
    return done();
}
