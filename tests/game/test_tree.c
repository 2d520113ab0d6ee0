/* Trees: rules found on the tree against the strategic form as oracle, backward induction against a recursion, games worked by hand, random
 * trees with perfect recall, and every extensive game of the reference data. */
#include "reference.h"

#include <parley/game_concepts.h>
#include <parley/rng.h>
#include <parley/tree_equilibria.h>

/* --- the oracle: a rule as a mixture of plans; its regret in the strategic form ------------------------------------ */

/* Probability of plan s of player i: the product of its actions; exact. */
static const struct parley_exact *times(struct parley_arena *arena, const struct parley_exact *a, const struct parley_exact *b)
{
    /* no arithmetic of fractions is public: decimals would round, so go through text of numerators */
    long long an, ad = 1, bn, bd = 1;
    if (strlen(parley_exact_text(a, arena)) > 18 || strlen(parley_exact_text(b, arena)) > 18 || sscanf(parley_exact_text(a, arena), "%lld/%lld", &an, &ad) < 1 || sscanf(parley_exact_text(b, arena), "%lld/%lld", &bn, &bd) < 1)
        return NULL;
    __int128 n = (__int128)an * bn, d = (__int128)ad * bd, x = n < 0 ? -n : n, y = d;
    while (y) {
        __int128 t = x % y;
        x = y;
        y = t;
    }
    n /= x ? x : 1;
    d /= x ? x : 1;
    if (n > INT64_MAX || d > INT64_MAX)
        return NULL;
    return parley_exact_ratio((long long)n, (long long)d, arena);
}

/* 1: no gain in the strategic form; 0: a gain; -1: the fractions are too long for this oracle. */
static int verified(struct parley_arena *arena, struct parley_game *g, const struct parley_tree_equilibria *t, const struct parley_behaviour *e)
{
    struct parley_error err = { 0 };
    const struct parley_extensive *x = g->extensive;
    size_t width = 0, at = 0;
    if (parley_game_reduce(g, arena, &err))
        return -1;
    for (size_t i = 0; i < g->n_players; i++)
        width += g->n_strategies[i];
    const struct parley_exact **p = PARLEY_NEW(arena, const struct parley_exact *, width), *regret;
    for (size_t i = 0; i < g->n_players; i++)
        for (size_t s = 0; s < g->n_strategies[i]; s++) {
            const struct parley_exact *product = parley_exact_ratio(1, 1, arena);
            for (size_t h = 0; product && h < x->n_infosets; h++) {
                int a = g->plan[i][s * x->n_infosets + h];
                if (a >= 0 && x->infoset[h].player == i)
                    product = times(arena, product, e->probability[t->first[h] + (size_t)a]);
            }
            if (!(p[at++] = product))
                return -1;
        }
    if (parley_equilibria_regret(g, p, arena, &regret, &err))
        return -1;
    return parley_exact_sign(regret) == 0;
}

static double plans_of(const struct parley_game *g)
{
    double product = 1;
    for (size_t i = 0; i < g->n_players; i++)
        product *= parley_tree_plans(g, i);
    return product;
}

/* --- the reference data --------------------------------------------------------------------------------------------- */

struct tally {
    size_t files, forgetful, solved, rules, checked, wrong, inexact;
};

static void one_file(const char *path, struct tally *n)
{
    static const struct parley_tree_options forms[] = { { .one = false }, { .one = true }, { .sequence = true } };
    struct parley_arena arena = { 0 };
    struct parley_error err = { 0 };
    struct parley_game *g = load(&arena, path, &err);
    n->files++;
    if (!g || parley_game_perfect_recall(g, &err)) {
        struct parley_tree_equilibria t;
        n->forgetful += g && parley_tree_solve(g, NULL, NULL, &arena, &t, &err) == PARLEY_EDOM;
        parley_arena_release(&arena);
        return;
    }
    bool all = true;
    for (size_t k = 0; k < 3; k++) {
        struct parley_tree_equilibria t;
        enum parley_status status = parley_tree_solve(g, &forms[k], NULL, &arena, &t, &err);
        if (status || !t.n) {
            printf("# %s form %zu: %s\n", path, k, err.text);
            all = false;
            continue;
        }
        for (size_t e = 0; e < t.n && e < 20; e++) {
            n->rules++;
            bool exact = parley_exact_sign(t.equilibrium[e].regret) == 0;
            n->inexact += !exact;
            all &= exact || (g->n_players > 2 && parley_exact_double(t.equilibrium[e].regret) < 1e-9);
            if (!exact || plans_of(g) > 3000)
                continue;
            int ok = verified(&arena, g, &t, &t.equilibrium[e]);
            n->checked += ok >= 0;
            n->wrong += ok == 0;
            if (ok == 0)
                printf("# %s form %zu rule %zu: somebody gains in the strategic form\n", path, k, e);
        }
    }
    n->solved += all;
    parley_arena_release(&arena);
}

static void reference_trees(const char *reference)
{
    struct parley_arena names = { 0 };
    struct tally n = { 0 };
    static const char *const folder[] = { "gambit", "crisis_efg" };
    for (size_t f = 0; f < 2; f++) {
        const char **file = files_of(&names, parley_arena_printf(&names, "%s/games/%s", reference, folder[f]), ".efg");
        for (size_t i = 0; file[i]; i++)
            one_file(file[i], &n);
    }
    OK(n.files > 170 && n.solved + n.forgetful == n.files, "%zu trees: %zu solved in three ways, %zu refused for imperfect recall", n.files, n.solved, n.forgetful);
    OK(n.checked > 300 && n.wrong == 0, "%zu of %zu rules checked against the strategic form, %zu wrong, %zu decimals", n.checked, n.rules, n.wrong, n.inexact);
    parley_arena_release(&names);
}

/* --- random trees ------------------------------------------------------------------------------------------------- */

struct set_made {
    int player, number, before; /* before: the owner's last move, 100 x set + action */
};

struct maker {
    struct parley_rng rng;
    struct parley_text text;
    struct set_made set[400];
    int n_sets, count[4], outcomes, leaves;
    bool zero_sum, perfect_information;
    int players;
};

static int below(struct maker *m, int n) { return (int)parley_rng_below(&m->rng, (uint64_t)n); }

static void grow(struct maker *m, int depth, const int *last)
{
    int kind = depth == 0 ? 9 : below(m, 10);
    int now[4] = { last[0], last[1], last[2], last[3] };
    if (kind == 9 && depth > 0)
        kind = 5;
    if (kind == 9) {
        m->leaves++;
        int wide = m->perfect_information ? 1000 : 10, a = below(m, 2 * wide + 1) - wide;
        parley_text_addf(&m->text, "t \"\" %d \"\" { %d", ++m->outcomes, a);
        for (int i = 1; i < m->players; i++)
            parley_text_addf(&m->text, " %d", m->zero_sum ? -a : below(m, 2 * wide + 1) - wide);
        parley_text_adds(&m->text, " }\n");
        return;
    }
    if (kind == 0) {
        int p = 1 + below(m, 3);
        parley_text_addf(&m->text, "c \"\" %d \"\" { \"a\" %d/4 \"b\" %d/4 } 0\n", ++m->count[0], p, 4 - p);
        grow(m, depth - 1, now);
        grow(m, depth - 1, now);
        return;
    }
    int player = 1 + below(m, m->players), which = -1;
    for (int s = 0; !m->perfect_information && s < m->n_sets && which < 0; s++)
        if (m->set[s].player == player && m->set[s].before == last[player] && below(m, 3))
            which = s;
    if (which < 0) {
        which = m->n_sets++;
        m->set[which] = (struct set_made){ player, ++m->count[player], last[player] };
    }
    parley_text_addf(&m->text, "p \"\" %d %d \"\" { \"a\" \"b\" } 0\n", player, m->set[which].number);
    for (int a = 0; a < 2; a++) {
        now[player] = 100 * (which + 1) + a;
        grow(m, depth - 1, now);
    }
}

static struct parley_game *random_tree(struct parley_arena *arena, uint64_t seed, int depth, int players, bool zero_sum, bool perfect)
{
    struct maker *m = PARLEY_NEW(arena, struct maker, 1);
    struct parley_error err = { 0 };
    struct parley_game *g = NULL;
    static const int nothing[4] = { 0 };
    *m = (struct maker){ .zero_sum = zero_sum, .perfect_information = perfect, .players = players };
    parley_rng_init(&m->rng, 77, seed);
    parley_text_init(&m->text, 1 << 22);
    parley_text_addf(&m->text, "EFG 2 R \"t\" { \"A\" \"B\"%s }\n\"\"\n", players == 3 ? " \"C\"" : "");
    grow(m, depth, nothing);
    if (parley_game_parse(parley_text_str(&m->text), m->text.len, "made", arena, &g, &err))
        printf("# seed %llu: %s\n", (unsigned long long)seed, err.text);
    parley_text_release(&m->text);
    return g;
}

/* Where the solver says that no plan in use is weakly dominated: does elimination agree? 1 yes, 0 no, -1 nothing was said. */
static int undominated(struct parley_arena *arena, struct parley_game *g, const struct parley_tree_equilibria *t)
{
    struct parley_rational r;
    const struct parley_extensive *x = g->extensive;
    if (!strstr(t->argument, "weakly dominated") || plans_of(g) > 400 || parley_game_reduce(g, arena, NULL) || parley_game_eliminate(g, true, arena, &r, NULL))
        return -1;
    for (size_t k = 0; k < r.n; k++) {
        bool used = r.step[k].round <= r.step[0].round; /* the first round: dominated in the game itself */
        size_t i = r.step[k].player;
        for (size_t h = 0; h < x->n_infosets; h++) {
            int a = g->plan[i][r.step[k].strategy * x->n_infosets + h];
            if (a >= 0 && x->infoset[h].player == i)
                used &= parley_exact_sign(t->equilibrium[0].probability[t->first[h] + (size_t)a]) > 0;
        }
        if (used)
            return 0;
    }
    return 1;
}

static void random_trees(void)
{
    size_t right = 0, count = 0, checked = 0, values = 0, value_right = 0;
    for (uint64_t seed = 0; seed < 300; seed++, count++) {
        struct parley_arena arena = { 0 };
        struct parley_error err = { 0 };
        bool zero_sum = seed % 3 == 0, sequence = seed % 2 == 0;
        struct parley_game *g = random_tree(&arena, seed, 3 + (int)(seed % 3), 2, zero_sum, false);
        struct parley_tree_equilibria t = { 0 };
        struct parley_tree_options o = { .sequence = sequence };
        bool ok = g && !parley_game_perfect_recall(g, &err) && !parley_tree_solve(g, &o, NULL, &arena, &t, &err) && t.n;
        for (size_t e = 0; ok && e < t.n && e < 5; e++) {
            int v = plans_of(g) <= 20000 ? verified(&arena, g, &t, &t.equilibrium[e]) : -1;
            ok = v != 0;
            checked += v > 0;
        }
        if (ok && zero_sum && plans_of(g) < 1000) { /* the value is one: all equilibria of the strategic form have it */
            struct parley_equilibria s;
            values++;
            value_right += !parley_game_reduce(g, &arena, &err) && !parley_equilibria_solve(g, NULL, NULL, &arena, &s, &err) && s.n && s.equilibrium[0].payoff &&
                           parley_exact_compare(s.equilibrium[0].payoff[0], t.equilibrium[0].payoff[0]) == 0;
        }
        if (!ok)
            printf("# seed %llu: %s\n", (unsigned long long)seed, err.text);
        right += ok;
        parley_arena_release(&arena);
    }
    OK(right == count && checked > 200, "%zu of %zu random trees; %zu rules have regret 0 in the strategic form", right, count, checked);
    OK(values > 30 && value_right == values, "%zu of %zu zero-sum trees have the value of the strategic form", value_right, values);
}

/* Two who move at once, with many ties, as trees: the path keeps away from weakly dominated strategies. */
static void ties(void)
{
    struct parley_rng rng;
    size_t said = 0, kept = 0, right = 0, dominated = 0;
    parley_rng_init(&rng, 9, 0);
    for (int game = 0; game < 200; game++) {
        struct parley_arena arena = { 0 };
        struct parley_error err = { 0 };
        struct parley_text text;
        struct parley_game *g = NULL;
        struct parley_tree_equilibria t = { 0 };
        struct parley_tree_options o = { .sequence = true };
        struct parley_rational r = { 0 };
        parley_text_init(&text, 1 << 16);
        parley_text_adds(&text, "EFG 2 R \"m\" { \"A\" \"B\" }\n\"\"\np \"\" 1 1 \"\" { \"a\" \"b\" \"c\" } 0\n");
        for (int leaf = 0; leaf < 9; leaf++) {
            if (leaf % 3 == 0)
                parley_text_adds(&text, "p \"\" 2 1 \"\" { \"a\" \"b\" \"c\" } 0\n");
            parley_text_addf(&text, "t \"\" %d \"\" { %d %d }\n", leaf + 1, (int)parley_rng_below(&rng, 3), (int)parley_rng_below(&rng, 3));
        }
        bool ok = !parley_game_parse(parley_text_str(&text), text.len, "m", &arena, &g, &err) && !parley_tree_solve(g, &o, NULL, &arena, &t, &err) && t.n == 1 &&
                  verified(&arena, g, &t, &t.equilibrium[0]) == 1;
        int clean = ok ? undominated(&arena, g, &t) : -1;
        right += ok;
        said += clean >= 0;
        kept += clean > 0;
        dominated += ok && !parley_game_eliminate(g, true, &arena, &r, &err) && r.n > 0;
        parley_text_release(&text);
        parley_arena_release(&arena);
    }
    OK(right == 200 && said > 100 && kept == said, "%zu of 200 games with ties; %zu of %zu are said and seen to use nothing weakly dominated (%zu have dominated strategies)", right, kept, said,
       dominated);
}

/* Perfect information without ties: the payoffs by plain recursion, and one rule only. */
static void recurse(const struct parley_extensive *x, size_t node, size_t players, double *value)
{
    const struct parley_game_node *n = &x->node[node];
    double best[3] = { 0 };
    for (size_t i = 0; i < players; i++)
        value[i] = 0;
    if (n->move != PARLEY_MOVE_TERMINAL) {
        const struct parley_infoset *set = &x->infoset[n->infoset];
        for (size_t a = 0; a < set->n_actions; a++) {
            double v[3];
            recurse(x, x->child[n->first_child + a], players, v);
            bool better = n->move == PARLEY_MOVE_PLAYER && (a == 0 || v[set->player] > best[set->player]);
            for (size_t i = 0; i < players; i++) {
                if (n->move == PARLEY_MOVE_CHANCE)
                    value[i] += parley_exact_double(set->probability[a]) * v[i];
                else if (better)
                    value[i] = v[i];
            }
            for (size_t i = 0; better && i < players; i++)
                best[i] = v[i];
        }
    }
    for (size_t i = 0; n->payoff && i < players; i++)
        value[i] += parley_exact_double(n->payoff[i]);
}

static void perfect_information(void)
{
    size_t right = 0, count = 0, unique = 0;
    for (uint64_t seed = 0; seed < 120; seed++, count++) {
        struct parley_arena arena = { 0 };
        struct parley_error err = { 0 };
        size_t players = 2 + seed % 2;
        struct parley_game *g = random_tree(&arena, 1000 + seed, 4 + (int)(seed % 4), (int)players, false, true);
        struct parley_tree_equilibria t = { 0 };
        bool ok = g && !parley_tree_solve(g, NULL, NULL, &arena, &t, &err) && t.n;
        double value[3];
        if (ok && t.complete && t.n == 1) {
            unique++;
            recurse(g->extensive, 0, players, value);
            for (size_t i = 0; i < players; i++)
                ok &= fabs(value[i] - parley_exact_double(t.equilibrium[0].payoff[i])) < 1e-12;
        }
        right += ok;
        parley_arena_release(&arena);
    }
    OK(right == count && unique > 30, "%zu of %zu trees of perfect information, %zu with one rule equal to the recursion", right, count, unique);
}

/* --- by hand --------------------------------------------------------------------------------------------------------- */

static void by_hand(void)
{
    struct parley_arena arena = { 0 };
    struct parley_error err = { 0 };
    struct parley_game *g;
    struct parley_tree_equilibria t;
    OK(!parley_game_builtin("deterrence", &arena, &g, &err) && !parley_tree_solve(g, NULL, NULL, &arena, &t, &err) && t.complete && t.n == 1 && t.n_subgames == 2,
       "an empty threat: one subgame perfect rule %s", err.text);
    OK(same(parley_exact_text(t.equilibrium[0].payoff[0], &arena), "2") && same(parley_exact_text(t.equilibrium[0].payoff[1], &arena), "-1"), "attack and yield");
    /* enter or stay out, then a battle for the market: three equilibria of the subgame, so three rules */
    static const char entry[] = "EFG 2 R \"entry\" { \"E\" \"I\" }\n\"\"\np \"\" 1 1 \"\" { \"out\" \"in\" } 0\nt \"\" 1 \"\" { 2 2 }\np \"\" 1 2 \"\" { \"u\" \"d\" } 0\n"
                                "p \"\" 2 1 \"\" { \"l\" \"r\" } 0\nt \"\" 2 \"\" { 3 1 }\nt \"\" 3 \"\" { 0 0 }\np \"\" 2 1 \"\" { \"l\" \"r\" } 0\nt \"\" 4 \"\" { 0 0 }\nt \"\" 5 \"\" { 1 3 }\n";
    OK(!parley_game_parse(entry, strlen(entry), "entry", &arena, &g, &err) && !parley_tree_solve(g, NULL, NULL, &arena, &t, &err) && t.complete && t.n == 3,
       "entry and a battle: three subgame perfect rules, %zu %s", t.n, err.text);
    size_t out = 0;
    for (size_t e = 0; e < t.n; e++)
        out += same(parley_exact_text(t.equilibrium[e].payoff[0], &arena), "2");
    OK(out == 2, "two of them stay out");
    /* matching pennies on a tree: the linear programme */
    static const char pennies[] = "EFG 2 R \"p\" { \"E\" \"I\" }\n\"\"\np \"\" 1 1 \"\" { \"h\" \"t\" } 0\np \"\" 2 1 \"\" { \"h\" \"t\" } 0\nt \"\" 1 \"\" { 1 -1 }\nt \"\" 2 \"\" { -1 1 }\n"
                                  "p \"\" 2 1 \"\" { \"h\" \"t\" } 0\nt \"\" 2\nt \"\" 1\n";
    struct parley_tree_options sequence = { .sequence = true };
    OK(!parley_game_parse(pennies, strlen(pennies), "p", &arena, &g, &err) && !parley_tree_solve(g, &sequence, NULL, &arena, &t, &err) && t.zero_sum && t.n == 1 && !t.complete,
       "matching pennies by the linear programme %s", err.text);
    OK(same(parley_exact_text(t.equilibrium[0].probability[0], &arena), "1/2") && same(parley_exact_text(t.equilibrium[0].payoff[0], &arena), "0"), "one half each");
    /* not extensive */
    OK(!parley_game_matrix("3,0;5,1", &arena, &g, &err) && parley_tree_solve(g, NULL, NULL, &arena, &t, &err) == PARLEY_EINVAL, "a matrix has no tree");
    parley_arena_release(&arena);
}

/* A large matrix: one equilibrium by the path, exact. */
static void large_matrix(void)
{
    struct parley_arena arena = { 0 };
    struct parley_error err = { 0 };
    struct parley_game *g;
    struct parley_equilibria s = { 0 };
    struct parley_rng rng;
    size_t n = 130, sizes[2] = { n, n };
    parley_rng_init(&rng, 5, 0);
    bool ok = !parley_game_new("", 2, sizes, &arena, &g, &err);
    for (size_t p = 0; ok && p < 2 * n * n; p++)
        g->payoff[p] = parley_exact_ratio((long long)parley_rng_below(&rng, 1000), 1, &arena);
    ok = ok && !parley_equilibria_solve(g, NULL, NULL, &arena, &s, &err) && s.n == 1 && !s.complete && s.equilibrium[0].probability && s.equilibrium[0].regret_max == 0;
    OK(ok, "130 x 130: one exact equilibrium %s", err.text);
    parley_arena_release(&arena);
}

int main(void)
{
    by_hand();
    random_trees();
    ties();
    perfect_information();
    large_matrix();
    if (reference_folder())
        reference_trees(reference_folder());
    return done();
}
