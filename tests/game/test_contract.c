/* What `game solve --json` prints, read from outside: the forms that other programs may rely on, for every file of the reference data and for the
 * built-in games. Payoffs and probabilities are recomputed here from the text. */
#include "reference.h"

#include <parley/rng.h>

static char line[64 << 20];

/* One answer of the command as a tree of nodes; NULL if it failed (*code). */
static struct parley_node *answer(struct parley_arena *arena, const char *arguments, int *code)
{
    struct parley_node *root = NULL;
    struct parley_error err = { 0 };
    FILE *p = popen(parley_arena_printf(arena, "'%s' game solve %s --json 2>/dev/null", getenv("PARLEY"), arguments), "r");
    size_t len = p ? fread(line, 1, sizeof line - 1, p) : 0;
    int status = p ? pclose(p) : -1;
    *code = status < 0 ? -1 : status / 256;
    if (*code == 0 && parley_json_parse(line, len, "answer", arena, &root, &err))
        printf("# %s: %s\n", arguments, err.text);
    return root;
}

static bool is_list(const struct parley_node *n) { return n && n->kind == PARLEY_NODE_LIST; }

/* "-3/4": digits with at most one '/', in lowest terms; or, where decimals are allowed, a number. */
static bool number_text(struct parley_arena *arena, const struct parley_node *n, bool decimals, double *value)
{
    const char *why;
    if (!n || n->kind != PARLEY_NODE_SCALAR || !n->text)
        return false;
    const struct parley_exact *x = parley_exact_parse(n->text, strlen(n->text), arena, &why);
    if (!x)
        return false;
    *value = parley_exact_double(x);
    return decimals || !strcmp(parley_exact_text(x, arena), n->text);
}

/* What is wrong with one equilibrium, or NULL. */
static const char *wrong(struct parley_arena *arena, const struct parley_game *g, const struct parley_node *root, const struct parley_node *e)
{
    const struct parley_node *strategies = parley_node_get(e, "strategies"), *payoffs = parley_node_get(e, "payoffs"), *kind = parley_node_get(e, "kind"),
                             *regret = parley_node_get(e, "regret_max"), *form = parley_node_get(root, "form");
    bool behaviour = form && !strcmp(form->text, "behaviour"), pure = true;
    if (!is_list(strategies) || strategies->n != g->n_players || !is_list(payoffs) || payoffs->n != g->n_players || !kind || !regret)
        return "a key is missing or has another length";
    double r = strtod(regret->text, NULL), value;
    if (!(r >= 0))
        return "regret_max";
    for (size_t i = 0; i < g->n_players; i++) {
        const struct parley_node *mine = strategies->child + i;
        double sum = 0;
        if (!is_list(mine) || (!behaviour && mine->n != g->n_strategies[i]))
            return "the number of probabilities";
        for (size_t k = 0; k < mine->n; k++) {
            if (!number_text(arena, mine->child + k, r > 0, &value) || value < 0 || value > 1)
                return "a probability";
            sum += value;
            pure &= value == 0 || value == 1;
        }
        if (!behaviour && fabs(sum - 1) > 1e-12)
            return "probabilities that do not sum to 1";
        if (behaviour && fabs(sum - round(sum)) > 1e-9)
            return "probabilities that do not sum to 1 at each set";
        if (!number_text(arena, payoffs->child + i, r > 0, &value))
            return "a payoff";
    }
    return strcmp(kind->text, pure ? "pure" : "mixed") ? "kind" : NULL;
}

/* The regret of the printed fractions, from the text alone. */
static bool regret_is_zero(struct parley_arena *arena, const struct parley_game *g, const struct parley_node *e)
{
    size_t width = 0, at = 0;
    for (size_t i = 0; i < g->n_players; i++)
        width += g->n_strategies[i];
    const struct parley_exact **p = PARLEY_NEW(arena, const struct parley_exact *, width), *regret;
    const struct parley_node *strategies = parley_node_get(e, "strategies");
    for (size_t i = 0; i < g->n_players; i++)
        for (size_t k = 0; k < g->n_strategies[i]; k++) {
            const char *why, *text = strategies->child[i].child[k].text;
            p[at++] = parley_exact_parse(text, strlen(text), arena, &why);
        }
    return !parley_equilibria_regret(g, p, arena, &regret, NULL) && parley_exact_sign(regret) == 0;
}

struct tally {
    size_t files, answered, refused, equilibria, exact, bad;
};

static void one_file(const char *path, struct tally *n)
{
    struct parley_arena arena = { 0 };
    struct parley_error err = { 0 };
    struct parley_game *g = load(&arena, path, &err);
    int code = 0;
    bool forgetful = g && parley_game_perfect_recall(g, &err) == PARLEY_EDOM;
    n->files++;
    const struct parley_node *root = answer(&arena, parley_arena_printf(&arena, "--max 20000 '%s'", path), &code);
    if (forgetful && code == 3) { /* refused; in plans it is answered */
        n->refused++;
        root = answer(&arena, parley_arena_printf(&arena, "--max 20000 --form strategic '%s'", path), &code);
    }
    const struct parley_node *list = parley_node_get(root, "equilibria"), *complete = parley_node_get(root, "complete"), *form = parley_node_get(root, "form"),
                             *components = parley_node_get(root, "components"), *players = parley_node_get(root, "players");
    bool strategic = form && !strcmp(form->text, "strategic"), small = false;
    const char *fault = NULL;
    if (!g || code || !is_list(list) || !list->n || !is_list(components) || !is_list(players) || players->n != g->n_players || !complete ||
        (strcmp(complete->text, "true") && strcmp(complete->text, "false")))
        fault = "no answer, or a key is missing";
    if (!fault && strategic) {
        fault = parley_game_reduce(g, &arena, &err) ? "the strategic form" : NULL;
        small = !fault && g->n_profiles <= 256;
    }
    for (size_t e = 0; !fault && e < list->n; e++) {
        fault = wrong(&arena, g, root, list->child + e);
        n->equilibria++;
        if (!fault && small && e < 4 && strtod(parley_node_get(list->child + e, "regret_max")->text, NULL) == 0) {
            n->exact++;
            fault = regret_is_zero(&arena, g, list->child + e) ? NULL : "a regret that is not 0";
        }
    }
    for (size_t c = 0; !fault && c < components->n; c++) {
        const struct parley_node *members = parley_node_get(components->child + c, "members");
        for (size_t k = 0; k < (is_list(members) ? members->n : 0); k++)
            fault = strtoul(members->child[k].text, NULL, 10) < list->n ? fault : "a member that is not listed";
        if (!is_list(members) || !members->n)
            fault = "a component without members";
    }
    if (fault)
        printf("# %s: %s (exit %d)\n", path, fault, code);
    n->bad += fault != NULL;
    n->answered += !fault;
    parley_arena_release(&arena);
}

static void reference_files(const char *reference)
{
    static const char *const folder[] = { "gambit", "crisis_efg", "random2p", "nplayer" }, *const end[] = { ".nfg", ".efg" };
    struct parley_arena names = { 0 };
    struct tally n = { 0 };
    for (size_t f = 0; f < 4; f++)
        for (size_t k = 0; k < 2; k++) {
            const char **file = files_of(&names, parley_arena_printf(&names, "%s/games/%s", reference, folder[f]), end[k]);
            for (size_t i = 0; file[i]; i++)
                one_file(file[i], &n);
        }
    OK(n.files > 380 && n.answered == n.files, "%zu files: %zu answered in the form of the contract (%zu of them with imperfect recall, in plans only)", n.files, n.answered, n.refused);
    OK(n.exact > 200, "%zu equilibria; %zu printed ones have regret 0 when read back", n.equilibria, n.exact);
    parley_arena_release(&names);
}

static void built_in(void)
{
    static const char *const name[] = { "chicken", "stag-hunt", "attribution", "deterrence", "security-dilemma-types", "tariff-war-3" };
    static const char *const option[] = { "", "--form sequence", "--subgame-perfect", "--one" };
    size_t right = 0, count = 0;
    for (size_t i = 0; i < 6; i++)
        for (size_t k = 0; k < 4; k++) {
            struct parley_arena arena = { 0 };
            struct parley_game *g;
            int code;
            if (parley_game_builtin(name[i], &arena, &g, NULL))
                continue;
            const struct parley_node *root = answer(&arena, parley_arena_printf(&arena, "%s %s", option[k], name[i]), &code), *list = parley_node_get(root, "equilibria");
            bool refused = !g->extensive && (k == 1 || k == 2), ok = refused ? code == 2 : is_list(list) && list->n && !parley_game_reduce(g, &arena, NULL);
            for (size_t e = 0; !refused && ok && e < list->n; e++)
                ok = !wrong(&arena, g, root, list->child + e);
            count++;
            right += ok;
            if (!ok)
                printf("# %s %s: exit %d\n", option[k], name[i], code);
            parley_arena_release(&arena);
        }
    OK(count == 24 && right == count, "%zu of %zu answers for built-in games", right, count);
}

int main(void)
{
    built_in();
    if (reference_folder())
        reference_files(reference_folder());
    return done();
}
