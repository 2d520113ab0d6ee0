/* Dominance, correlated equilibria, commitment, logit response, and the games of incomplete information: values worked by hand
 * or published, and definitions checked directly. */
#include "reference.h"

#include <parley/crisis.h>
#include <parley/game_concepts.h>
#include <parley/game_name.h>
#include <parley/rng.h>

static struct parley_game *matrix(struct parley_arena *arena, const char *text)
{
    struct parley_game *g = NULL;
    struct parley_error err = { 0 };
    if (parley_game_matrix(text, arena, &g, &err))
        printf("# %s\n", err.text);
    return g;
}

static void dominance(void)
{
    struct parley_arena arena = { 0 };
    struct parley_rational r = { 0 };
    OK(!parley_game_eliminate(matrix(&arena, "3,0;5,1"), false, &arena, &r, NULL) && r.n == 2 && !r.left[0][0] && !r.left[1][0] && r.step[0].by, "prisoner's dilemma: cooperation goes");
    /* row 3 is dominated only by half of row 1 and half of row 2 */
    OK(!parley_game_eliminate(matrix(&arena, "3 0,0 0;0 0,3 0;1 0,1 0"), false, &arena, &r, NULL) && r.n == 1 && r.step[0].strategy == 2 && r.step[0].by && same(parley_exact_text(r.step[0].by[0], &arena), "1/2") &&
           same(parley_exact_text(r.step[0].by[1], &arena), "1/2"), "domination by a mixture: half and half");
    OK(!parley_game_eliminate(matrix(&arena, "1 0,1 0;1 0,0 0"), false, &arena, &r, NULL) && r.n == 0, "weak domination does not count");
    OK(!parley_game_eliminate(matrix(&arena, "1 0,1 0;1 0,0 0"), true, &arena, &r, NULL) && r.n == 1 && r.step[0].kind == PARLEY_DOMINATED_WEAKLY, "unless asked for");
    parley_arena_release(&arena);
}

/* The mixture given with each elimination of the first round does what is said: better (never worse, and once better) against everything. */
static void dominators(void)
{
    struct parley_rng rng;
    parley_rng_init(&rng, 44, 0);
    size_t steps = 0, mixed = 0, right = 0;
    for (size_t t = 0; t < 1500; t++) {
        struct parley_arena arena = { 0 };
        struct parley_game *g;
        struct parley_rational r = { 0 };
        bool weak = t % 2;
        if (parley_game_new("", 2, (size_t[]){ 4, 3 }, &arena, &g, NULL))
            break;
        for (size_t p = 0; p < 24; p++)
            g->payoff[p] = parley_exact_ratio((int64_t)parley_rng_below(&rng, weak ? 4 : 20), 1, &arena);
        if (parley_game_eliminate(g, weak, &arena, &r, NULL)) {
            parley_arena_release(&arena);
            break;
        }
        for (size_t k = 0; k < r.n && r.step[k].round == 1; k++) {
            size_t i = r.step[k].player, parts = 0, n[2] = { 4, 3 };
            double least = 1e9, most = -1e9;
            for (size_t o = 0; r.step[k].by && o < n[1 - i]; o++) {
                double sum = 0;
                for (size_t b = 0; b < n[i]; b++)
                    sum += parley_exact_double(r.step[k].by[b]) * parley_exact_double(parley_game_payoff(g, i ? o + 4 * b : b + 4 * o, i));
                sum -= parley_exact_double(parley_game_payoff(g, i ? o + 4 * r.step[k].strategy : r.step[k].strategy + 4 * o, i));
                least = sum < least ? sum : least;
                most = sum > most ? sum : most;
            }
            for (size_t b = 0; r.step[k].by && b < n[i]; b++)
                parts += parley_exact_sign(r.step[k].by[b]) > 0;
            steps++;
            mixed += parts > 1;
            right += r.step[k].by && (r.step[k].kind == PARLEY_DOMINATED_STRICTLY ? least > 1e-12 : least > -1e-12 && most > 1e-12);
        }
        parley_arena_release(&arena);
    }
    OK(steps > 500 && mixed > 50 && right == steps, "%zu of %zu eliminations are by what dominates, %zu of them a mixture", right, steps, mixed);
}

static void correlated(void)
{
    struct parley_arena arena = { 0 };
    struct parley_correlated c = { 0 };
    struct parley_game *chicken = matrix(&arena, "6,2;7,0"), *pd = matrix(&arena, "3,0;5,1");
    OK(!parley_game_correlated(chicken, false, NULL, &arena, &c, NULL) && same(parley_exact_text(c.welfare, &arena), "21/2"), "Aumann's chicken: 21/2 together");
    OK(same(parley_exact_text(c.probability[0], &arena), "1/2") && same(parley_exact_text(c.probability[3], &arena), "0"), "half of the time both swerve, never neither");
    OK(!parley_game_correlated(pd, true, NULL, &arena, &c, NULL) && same(parley_exact_text(c.welfare, &arena), "2"), "nothing helps in the prisoner's dilemma");
    /* definition on random games: no gain from disobeying, probabilities sum to 1 */
    struct parley_rng rng;
    parley_rng_init(&rng, 3, 0);
    size_t ok = 0;
    for (int t = 0; t < 20; t++) {
        struct parley_game *g;
        if (parley_game_new("", 3, (size_t[]){ 2, 3, 2 }, &arena, &g, NULL))
            break;
        for (size_t i = 0; i < g->n_profiles * 3; i++)
            g->payoff[i] = parley_exact_ratio((long long)parley_rng_below(&rng, 20) - 10, 3, &arena);
        bool good = !parley_game_correlated(g, false, NULL, &arena, &c, NULL);
        double sum = 0;
        size_t stride = 1;
        for (size_t p = 0; good && p < g->n_profiles; p++)
            sum += parley_exact_double(c.probability[p]);
        good &= near(sum, 1, 1e-12);
        for (size_t i = 0; good && i < 3; stride *= g->n_strategies[i++])
            for (size_t a = 0; a < g->n_strategies[i]; a++)
                for (size_t b = 0; b < g->n_strategies[i]; b++) {
                    double more = 0;
                    for (size_t p = 0; p < g->n_profiles; p++)
                        if (p / stride % g->n_strategies[i] == a)
                            more += parley_exact_double(c.probability[p]) * (parley_exact_double(parley_game_payoff(g, p + stride * b - stride * a, i)) - parley_exact_double(parley_game_payoff(g, p, i)));
                    good &= more < 1e-9;
                }
        ok += good;
    }
    OK(ok == 20, "nobody gains by disobeying in %zu of 20 random games", ok);
    parley_arena_release(&arena);
}

static void commitment(void)
{
    struct parley_arena arena = { 0 };
    struct parley_commitment c = { 0 };
    /* von Stengel and Zamir: rows 2 4 / 1 3, columns 1 0 / 0 1: equilibrium gives 2, pure commitment 3, mixed 7/2 */
    OK(!parley_game_commit(matrix(&arena, "2 1,4 0;1 0,3 1"), 0, &arena, &c, NULL) && same(parley_exact_text(c.payoff[0], &arena), "7/2"), "mixed commitment beats pure");
    OK(c.reply == 1 && same(parley_exact_text(c.mixture[0], &arena), "1/2"), "half and half, answered by the second column");
    parley_arena_release(&arena);
}

static void logit(void)
{
    struct parley_arena arena = { 0 };
    struct parley_qre q = { 0 };
    struct parley_game *pd = matrix(&arena, "3,0;5,1");
    bool ok = !parley_game_qre(pd, 2, 0, NULL, &arena, &q, NULL) && q.reached;
    /* symmetric: p of defection solves p = 1 / (1 + exp(-2 (gain))), gain = 2 (1 - p) + 1 p */
    double p = .5;
    for (int i = 0; i < 500; i++)
        p = 1 / (1 + exp(-2 * (2 * (1 - p) + p)));
    OK(ok && near(q.point[q.n - 1].lambda, 2, 1e-12) && near(q.point[q.n - 1].p[1], p, 1e-9), "logit response of the prisoner's dilemma at 2: %.9f", p);
    ok = !parley_game_qre(matrix(&arena, "4 4,0 3;3 0,2 2"), 1000, 0, NULL, &arena, &q, NULL) && q.reached;
    OK(ok && q.point[q.n - 1].p[1] > .999, "stag hunt: the path ends at the risk-dominant equilibrium");
    parley_arena_release(&arena);
}

static void crisis(void)
{
    struct parley_attribution a = { .n = 2, .opportunity = .5, .miss = .3, .own = .6, .other = .1, .false_alarm = .05 };
    struct parley_attribution_result r = { 0 };
    /* Baliga, Bueno de Mesquita and Wolitzky, symmetric, uniform */
    OK(!parley_crisis_attribution(&a, &r, NULL) && near(r.threshold, .365948, 1e-6), "attribution: x* = %.6f", r.threshold);
    a.miss = .4, a.other = 0;
    OK(!parley_crisis_attribution(&a, &r, NULL) && near(r.threshold, .396833, 1e-6), "wrong signals silenced: %.6f", r.threshold);
    a.miss = .3, a.other = .1, a.false_alarm = .01;
    OK(!parley_crisis_attribution(&a, &r, NULL) && near(r.threshold, .479610, 1e-6), "fewer false alarms: %.6f", r.threshold);
    a.own = .68, a.other = .02, a.false_alarm = .05;
    OK(!parley_crisis_attribution(&a, &r, NULL) && near(r.threshold, .445352, 1e-6), "fewer wrong names: %.6f", r.threshold);
    a.own = .9;
    OK(parley_crisis_attribution(&a, &r, NULL) == PARLEY_EINVAL, "probabilities that do not sum to 1");

    struct parley_stakes seeker = { 4, -3, 3, 1 }, greedy = { 4, -3, 6, 1 };
    struct parley_trust t = { 0 };
    OK(!parley_crisis_trust(&seeker, &greedy, .9, &t, NULL) && near(t.threshold, .8, 1e-15) && t.cooperates, "trust threshold (P-S)/((R-T)+(P-S)) = .8");
    /* at the ends of the window the types are indifferent: payoffs of the two rounds written out */
    double q = .9, s = t.share_low;
    double honest = s * (q * 6 + (1 - q) * 1) + (1 - s) * 1, mimic = s * (q * 4 + (1 - q) * -3) + (1 - s) * (q * 6 + (1 - q) * 1);
    OK(near(honest, mimic, 1e-12), "a greedy side is indifferent at the lower end");
    OK(parley_crisis_trust(&greedy, &greedy, .5, &t, NULL) == PARLEY_EINVAL, "a greedy side is no seeker of security");

    struct parley_threat g = { .prize = 4, .war_strong = 1, .audience = 5, .concede = -6, .war = -9, .triumph = 3, .strong = .3 };
    struct parley_threat_result h = { 0 };
    OK(!parley_crisis_threat(&g, &h, NULL) && near(h.bluff, 1. / 7, 1e-15) && near(h.concede, 5. / 9, 1e-15), "threats: bluff 1/7, concession 5/9 as the solved tree");
    g.strong = .9;
    OK(parley_crisis_threat(&g, &h, NULL) == PARLEY_EDOM, "a challenger known to be strong");

    struct parley_arena arena = { 0 };
    struct parley_game *blame;
    struct parley_equilibria e = { 0 };
    struct parley_blame b = { .vulnerable = .5, .informed = 1, .gain = 2, .harm = 3, .cost = 5, .relief = 1, .backlash = 2 };
    OK(!parley_crisis_blame(&b, &arena, &blame, NULL) && !parley_equilibria_solve(blame, NULL, NULL, &arena, &e, NULL) && e.complete && e.n >= 1, "the blame game is solved: %zu equilibria", e.n);
    parley_arena_release(&arena);
}

static void names(void)
{
    struct parley_arena arena = { 0 };
    struct parley_game_name n = { 0 };
    bool seen[5][7][7] = { { { false } } };
    int distinct = 0, rank[24][4], k = 0;
    for (int a = 1; a <= 4; a++)
        for (int b = 1; b <= 4; b++)
            for (int c = 1; c <= 4; c++)
                if (a != b && a != c && b != c) {
                    int row[4] = { a, b, c, 10 - a - b - c };
                    memcpy(rank[k++], row, sizeof row);
                }
    for (int i = 0; i < 24; i++)
        for (int j = 0; j < 24; j++) {
            struct parley_game *g = matrix(&arena, parley_arena_printf(&arena, "%d %d,%d %d;%d %d,%d %d", rank[i][0], rank[j][0], rank[i][1], rank[j][1], rank[i][2], rank[j][2], rank[i][3], rank[j][3]));
            if (!g || parley_game_name(g, &arena, &n, NULL))
                continue;
            distinct += !seen[n.game.layer][n.game.row][n.game.column];
            seen[n.game.layer][n.game.row][n.game.column] = true;
        }
    OK(distinct == 144, "24 x 24 strict games have %d numbers: the 144 of Robinson and Goforth", distinct);
    OK(!parley_game_name(matrix(&arena, "5,0;4,2"), &arena, &n, NULL) && n.payoff_dominant == 0 && n.risk_dominant == 3, "stag hunt: payoff against risk dominance");
    OK(!parley_game_name(matrix(&arena, "3,0;5,1"), &arena, &n, NULL) && same(parley_exact_text(n.fear[0], &arena), "1") && same(parley_exact_text(n.greed[1], &arena), "2"), "fear 1, greed 2");
    parley_arena_release(&arena);
}

int main(void)
{
    names();
    dominance();
    dominators();
    correlated();
    commitment();
    logit();
    crisis();
    return done();
}
