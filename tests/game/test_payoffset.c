#include <parley/file.h>
#include <parley/payoffset.h>
#include <parley/tree.h>
#include "tap.h"

static struct parley_ratio ratio(const char *text)
{
    struct parley_ratio r = { 0, 1 };
    if (!parley_ratio_parse(text, strlen(text), &r))
        printf("# '%s'\n", text);
    return r;
}

static void known(void)
{
    static const struct {
        const char *name, *game, *discount;
        size_t n;
        const char *vertices; /* exact, counter-clockwise from the lowest */
    } cases[] = {
        { "impatient prisoners", "9 9,1 10;10 1,3 3", "1/10", 1, "3,3" },
        { "cooperation just pays", "9 9,1 10;10 1,3 3", "1/5", 2, "3,3 9,9" },
        { "patient prisoners", "9 9,1 10;10 1,3 3", "1/2", 4, "3,3 39/4,3 9,9 3,39/4" },
        { "matching pennies has no pure equilibrium", "1 -1,-1 1;-1 1,1 -1", "9/10", 0, "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct parley_arena arena = { 0 };
        struct parley_game *g;
        struct parley_payoff_set set;
        struct parley_error err = { 0 };
        char seen[200] = "";
        bool ok = !parley_game_matrix(cases[i].game, &arena, &g, &err) && !parley_payoff_set(g, ratio(cases[i].discount), NULL, &arena, &set, &err);
        OK(ok && set.n == cases[i].n && set.exact, "%s: %zu vertices %s", cases[i].name, ok ? set.n : 0, err.text);
        for (size_t k = 0; ok && k < set.n; k++)
            snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s%s,%s", k ? " " : "", parley_exact_text(set.x[k], &arena), parley_exact_text(set.y[k], &arena));
        OK(same(seen, cases[i].vertices), "exactly");
        parley_arena_release(&arena);
    }
    struct parley_arena arena = { 0 };
    struct parley_game *g;
    struct parley_payoff_set set;
    struct parley_error err = { 0 };
    OK(!parley_game_matrix("3,0;5,1", &arena, &g, &err) && parley_payoff_set(g, ratio("1"), NULL, &arena, &set, &err) == PARLEY_EDOM, "%s", err.text);
    parley_arena_release(&arena);
}

struct outline {
    double x[64][2];
    size_t n;
};

/* Distance of a point to a convex polygon, a segment or a point; 0 inside. */
static double distance(const struct outline *o, const double p[2])
{
    double best = INFINITY;
    bool inside = o->n > 2;
    for (size_t i = 0; i < o->n; i++) {
        const double *a = o->x[i], *b = o->x[(i + 1) % o->n];
        double dx = b[0] - a[0], dy = b[1] - a[1], len = dx * dx + dy * dy;
        double t = len > 0 ? fmin(1, fmax(0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / len)) : 0;
        best = fmin(best, hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy));
        inside = inside && dx * (p[1] - a[1]) - dy * (p[0] - a[0]) >= 0;
    }
    return inside ? 0 : best;
}

/* The reference lists its vertices in any order: put them round their middle. */
static void go_round(struct outline *o)
{
    double cx = 0, cy = 0;
    for (size_t i = 0; i < o->n; i++)
        cx += o->x[i][0] / (double)o->n, cy += o->x[i][1] / (double)o->n;
    for (size_t i = 1; i < o->n; i++)
        for (size_t k = i; k > 0 && atan2(o->x[k][1] - cy, o->x[k][0] - cx) < atan2(o->x[k - 1][1] - cy, o->x[k - 1][0] - cx); k--)
            for (int c = 0; c < 2; c++) {
                double swap = o->x[k][c];
                o->x[k][c] = o->x[k - 1][c];
                o->x[k - 1][c] = swap;
            }
}

/* Hausdorff distance: the reference keeps some points that lie on an edge. */
static bool agrees(const struct parley_payoff_set *set, const struct parley_node *vertices, double tolerance)
{
    struct outline ours = { .n = set->n }, theirs = { .n = vertices->n };
    if (ours.n > 64 || theirs.n > 64 || (ours.n == 0) != (theirs.n == 0))
        return false;
    for (size_t i = 0; i < ours.n; i++)
        ours.x[i][0] = parley_exact_double(set->x[i]), ours.x[i][1] = parley_exact_double(set->y[i]);
    for (size_t i = 0; i < theirs.n; i++)
        for (int c = 0; c < 2; c++)
            theirs.x[i][c] = strtod(vertices->child[i].child[c].text, NULL);
    go_round(&ours);
    go_round(&theirs);
    double worst = 0;
    for (size_t i = 0; i < ours.n; i++)
        worst = fmax(worst, distance(&theirs, ours.x[i]));
    for (size_t i = 0; i < theirs.n; i++)
        worst = fmax(worst, distance(&ours, theirs.x[i]));
    return worst <= tolerance;
}

static void game_text(const struct parley_node *rows, char *out, size_t cap)
{
    *out = 0;
    for (size_t i = 0; i < rows->n; i++)
        for (size_t j = 0; j < rows->child[i].n; j++) {
            const struct parley_node *cell = &rows->child[i].child[j];
            snprintf(out + strlen(out), cap - strlen(out), "%s%s %s", j ? "," : i ? ";" : "", cell->child[0].text, cell->child[1].text);
        }
}

static void reference(void)
{
    struct parley_arena arena = { 0 };
    char path[600], *data;
    size_t len, n = 0, wrong = 0, limits = 0;
    struct parley_node *games, *row;
    struct parley_error err = { 0 };
    snprintf(path, sizeof path, "%s/games/repeated_payoff_sets/games.json", reference_folder());
    if (parley_file_read(path, 1 << 20, &arena, &data, &len, &err) || parley_json_parse(data, len, path, &arena, &games, &err)) {
        OK(false, "%s", err.text);
        return;
    }
    snprintf(path, sizeof path, "%s/games/repeated_payoff_sets/expected.jsonl", reference_folder());
    if (parley_file_read(path, 1 << 24, &arena, &data, &len, &err))
        return;
    for (char *line = strtok(data, "\n"); line; line = strtok(NULL, "\n")) {
        struct parley_arena scratch = { 0 };
        char text[2000];
        struct parley_game *g;
        struct parley_payoff_set set;
        if (parley_json_parse(line, strlen(line), "row", &scratch, &row, &err))
            continue;
        const char *name = parley_node_get(row, "game")->text, *delta = parley_node_get(row, "delta")->text;
        bool exact = !strcmp(parley_node_get(row, "kind")->text, "exact");
        game_text(parley_node_get(games, name), text, sizeof text);
        bool ok = !parley_game_matrix(text, &scratch, &g, &err) && !parley_payoff_set(g, ratio(delta), NULL, &scratch, &set, &err) &&
                  agrees(&set, parley_node_get(row, "vertices"), exact ? 1e-9 : 2e-6);
        n++;
        wrong += !ok;
        limits += !set.exact;
        if (!ok && wrong < 6)
            printf("# %s at %s: %zu vertices, expected %zu; %zu iterations %s\n", name, delta, set.n, parley_node_get(row, "vertices")->n, set.iterations, err.text);
        parley_arena_release(&scratch);
    }
    OK(n > 100 && wrong == 0, "%zu payoff sets, %zu wrong, %zu given as limits", n, wrong, limits);
    parley_arena_release(&arena);
}

int main(void)
{
    known();
    if (reference_folder())
        reference();
    else
        printf("ok %d # SKIP the reference sets are not at hand\n", ++tap_run);
    return done();
}
