/* Our own form of games: strategic (players, strategies, payoffs), extensive (tree), Bayesian (types, prior).
 * The last two are turned into the text of an .efg, which is then read: one tree builder for all. */
#include "model.h"
#include "base/try.h"

#include <parley/tree.h>
#include <stdio.h>
#include <string.h>

struct yaml_game {
    const struct parley_node *root;
    const char *name, *title, *comment;
    const char *player[PARLEY_GAME_PLAYERS_MAX];
    size_t n_players;
    struct parley_arena *arena;
    struct parley_error *err;
};

static enum parley_status text_of(struct yaml_game *y, const struct parley_node *node, const char *what, const char **out)
{
    if (!node || node->kind != PARLEY_NODE_SCALAR)
        return parley_node_fail(node ? node : y->root, y->err, PARLEY_EPARSE, "expected %s", what);
    *out = node->text;
    return PARLEY_OK;
}

static enum parley_status number_of(struct yaml_game *y, const struct parley_node *node, const char *what, const struct parley_exact **out)
{
    const char *why = "not a number";
    if (node->kind != PARLEY_NODE_SCALAR || !(*out = parley_exact_parse(node->text, node->len, y->arena, &why)))
        return parley_node_fail(node, y->err, PARLEY_EPARSE, "expected %s such as 3, -1/2 or 2.5; found '%.40s' (%s)", what,
                                node->kind == PARLEY_NODE_SCALAR ? node->text : "a list or map", why);
    return PARLEY_OK;
}

static enum parley_status list_of(struct yaml_game *y, const struct parley_node *node, const struct parley_node *parent, size_t n, const char *what)
{
    if (!node)
        return parley_node_fail(parent, y->err, PARLEY_EPARSE, "expected a list '%s'", what);
    if (node->kind != PARLEY_NODE_LIST || (n && node->n != n))
        return parley_node_fail(node, y->err, PARLEY_EPARSE, "%s: expected a list of %zu entries, found %zu", what, n, node->n);
    return PARLEY_OK;
}

/* --- strategic ------------------------------------------------------------------------------------ */

static enum parley_status read_cells(struct yaml_game *y, struct parley_game *g, const struct parley_node *node, size_t player, size_t *chosen)
{
    if (player == g->n_players) {
        TRY(list_of(y, node, node, g->n_players, "payoffs of a profile (one for each player)"));
        for (size_t i = 0; i < g->n_players; i++)
            TRY(number_of(y, &node->child[i], "a payoff", &g->payoff[parley_game_profile(g, chosen) * g->n_players + i]));
        return PARLEY_OK;
    }
    TRY(list_of(y, node, node, g->n_strategies[player], "payoffs (one entry for each strategy)"));
    for (chosen[player] = 0; chosen[player] < g->n_strategies[player]; chosen[player]++)
        TRY(read_cells(y, g, &node->child[chosen[player]], player + 1, chosen));
    return PARLEY_OK;
}

static enum parley_status strategic(struct yaml_game *y, struct parley_game **out)
{
    static const char *const known[] = { "game", "comment", "players", "strategies", "payoffs", "reasons", NULL };
    size_t n[PARLEY_GAME_PLAYERS_MAX] = { 0 }, chosen[PARLEY_GAME_PLAYERS_MAX] = { 0 };
    TRY(parley_node_only_keys(y->root, known, y->err));
    const struct parley_node *strategies = parley_node_get(y->root, "strategies"), *payoffs = parley_node_get(y->root, "payoffs");
    TRY(list_of(y, strategies, y->root, y->n_players, "strategies"));
    for (size_t i = 0; i < y->n_players; i++) {
        TRY(list_of(y, &strategies->child[i], strategies, 0, "strategies of a player"));
        n[i] = strategies->child[i].n;
        if (!n[i])
            return parley_node_fail(strategies->child[i].line ? &strategies->child[i] : strategies, y->err, PARLEY_EPARSE, "player %zu has no strategy; expected at least one", i + 1);
    }
    size_t n_profiles;
    char place[160];
    snprintf(place, sizeof place, "%.140s:%u", y->name, strategies->line);
    TRY(game_check_size(place, y->n_players, n, &n_profiles, y->err));
    TRY(parley_game_new(y->title, y->n_players, n, y->arena, out, y->err));
    for (size_t i = 0; i < y->n_players; i++)
        for (size_t s = 0; s < n[i]; s++)
            TRY(text_of(y, &strategies->child[i].child[s], "a strategy's label", &(*out)->strategy[i][s]));
    if (!payoffs)
        return parley_node_fail(y->root, y->err, PARLEY_EPARSE, "expected 'payoffs'");
    return read_cells(y, *out, payoffs, 0, chosen);
}

/* --- trees ---------------------------------------------------------------------------------------- */

struct named_set { const char *label; size_t player; struct named_set *next; int number; };

struct tree_writer {
    struct yaml_game *y;
    struct parley_text out;
    unsigned *line; /* of each node written so far */
    size_t n_nodes, cap_nodes;
    struct named_set *sets;
    int n_sets, n_outcomes;
};

static enum parley_status which_player(struct yaml_game *y, const struct parley_node *node, size_t *player)
{
    const char *name = "";
    TRY(text_of(y, node, "a player's name", &name));
    for (size_t i = 0; i < y->n_players; i++)
        if (!strcmp(y->player[i], name)) {
            *player = i;
            return PARLEY_OK;
        }
    return parley_node_fail(node, y->err, PARLEY_EPARSE, "'%.60s' is none of the players", name);
}

/* Nodes that name the same 'knows' text of the same player form one information set. */
static enum parley_status set_number(struct tree_writer *w, size_t player, const char *label, int *number)
{
    for (struct named_set *s = w->sets; *label && s; s = s->next)
        if (s->player == player && !strcmp(s->label, label)) {
            *number = s->number;
            return PARLEY_OK;
        }
    struct named_set *s = PARLEY_NEW(w->y->arena, struct named_set, 1);
    if (!s)
        return parley_fail(w->y->err, PARLEY_ENOMEM, "out of memory");
    *s = (struct named_set){ label, player, w->sets, ++w->n_sets };
    w->sets = s;
    *number = s->number;
    return PARLEY_OK;
}

/* Before a node is written: where it comes from. */
static enum parley_status begin_node(struct tree_writer *w, const struct parley_node *from)
{
    if (w->n_nodes == w->cap_nodes) {
        size_t cap = w->cap_nodes ? 2 * w->cap_nodes : 256;
        unsigned *grown = PARLEY_NEW(w->y->arena, unsigned, cap);
        if (!grown)
            return parley_fail(w->y->err, PARLEY_ENOMEM, "out of memory");
        if (w->n_nodes)
            memcpy(grown, w->line, w->n_nodes * sizeof *grown);
        w->line = grown;
        w->cap_nodes = cap;
    }
    w->line[w->n_nodes++] = from->line;
    return PARLEY_OK;
}

static enum parley_status write_outcome(struct tree_writer *w, const struct parley_node *payoffs)
{
    if (!payoffs) {
        parley_text_adds(&w->out, " 0\n");
        return PARLEY_OK;
    }
    TRY(list_of(w->y, payoffs, payoffs, w->y->n_players, "payoffs (one for each player)"));
    parley_text_addf(&w->out, " %d \"\" {", ++w->n_outcomes);
    for (size_t i = 0; i < payoffs->n; i++) {
        const struct parley_exact *x;
        TRY(number_of(w->y, &payoffs->child[i], "a payoff", &x));
        parley_text_addc(&w->out, ' ');
        parley_exact_add_text(&w->out, x);
    }
    parley_text_adds(&w->out, " }\n");
    return PARLEY_OK;
}

static enum parley_status write_node(struct tree_writer *w, const struct parley_node *node)
{
    static const char *const known[] = { "player", "knows", "chance", "moves", "payoffs", NULL };
    struct yaml_game *y = w->y;
    TRY(begin_node(w, node));
    if (node->kind == PARLEY_NODE_LIST) { /* a leaf may be just its payoffs */
        parley_text_adds(&w->out, "t \"\"");
        return write_outcome(w, node);
    }
    if (node->kind != PARLEY_NODE_MAP)
        return parley_node_fail(node, y->err, PARLEY_EPARSE, "expected a node (player, chance or a list of payoffs)");
    TRY(parley_node_only_keys(node, known, y->err));
    const struct parley_node *player = parley_node_get(node, "player"), *chance = parley_node_get(node, "chance"),
                             *moves = parley_node_get(node, "moves"), *knows = parley_node_get(node, "knows");
    if (!player == !chance || (moves == NULL) || moves->kind != PARLEY_NODE_MAP || moves->n == 0)
        return parley_node_fail(node, y->err, PARLEY_EPARSE, "expected either 'player' or 'chance', and 'moves' with a node for each");
    const char *label = "";
    size_t who = 0;
    int number = 0;
    if (player) {
        TRY(which_player(y, player, &who));
        if (knows)
            TRY(text_of(y, knows, "text", &label));
    } else if (chance->kind != PARLEY_NODE_MAP || chance->n != moves->n) {
        return parley_node_fail(chance, y->err, PARLEY_EPARSE, "expected a probability for each of the %zu moves", moves->n);
    }
    TRY(set_number(w, player ? who + 1 : 0, label, &number));
    if (player)
        parley_text_addf(&w->out, "p \"\" %zu %d ", who + 1, number);
    else
        parley_text_addf(&w->out, "c \"\" %d ", number);
    game_quoted(&w->out, label);
    parley_text_adds(&w->out, " {");
    for (size_t i = 0; i < moves->n; i++) {
        parley_text_addc(&w->out, ' ');
        game_quoted(&w->out, moves->child[i].key);
        if (chance) {
            const struct parley_node *p = parley_node_get(chance, moves->child[i].key);
            const struct parley_exact *x;
            if (!p)
                return parley_node_fail(chance, y->err, PARLEY_EPARSE, "no probability for the move '%.60s'", moves->child[i].key);
            TRY(number_of(y, p, "a probability", &x));
            parley_text_addc(&w->out, ' ');
            parley_exact_add_text(&w->out, x);
        }
    }
    parley_text_adds(&w->out, " }");
    TRY(write_outcome(w, parley_node_get(node, "payoffs")));
    for (size_t i = 0; i < moves->n; i++)
        TRY(write_node(w, &moves->child[i]));
    return PARLEY_OK;
}

static void begin_efg(struct tree_writer *w)
{
    parley_text_init(&w->out, PARLEY_GAME_FILE_MAX);
    parley_text_adds(&w->out, "EFG 2 R ");
    game_quoted(&w->out, w->y->title);
    parley_text_adds(&w->out, " {");
    for (size_t i = 0; i < w->y->n_players; i++) {
        parley_text_addc(&w->out, ' ');
        game_quoted(&w->out, w->y->player[i]);
    }
    parley_text_adds(&w->out, " }\n");
    game_quoted(&w->out, w->y->comment);
    parley_text_addc(&w->out, '\n');
}

/* --- Bayesian: chance draws the types, each player knows its own -------------------------------------- */

struct bayes {
    const struct parley_node *types, *actions, *prior, *payoffs;
    size_t type[PARLEY_GAME_PLAYERS_MAX];
    const struct parley_node *cell; /* payoffs of the present types */
};

static enum parley_status write_acts(struct tree_writer *w, struct bayes *b, size_t player, const struct parley_node *cell)
{
    struct yaml_game *y = w->y;
    TRY(begin_node(w, cell));
    if (player == y->n_players) {
        parley_text_adds(&w->out, "t \"\"");
        return write_outcome(w, cell);
    }
    const struct parley_node *acts = &b->actions->child[player];
    TRY(list_of(y, cell, b->payoffs, acts->n, "payoffs (one entry for each action)"));
    parley_text_addf(&w->out, "p \"\" %zu %zu ", player + 1, b->type[player] + 1);
    game_quoted(&w->out, b->types->child[player].child[b->type[player]].text);
    parley_text_adds(&w->out, " {");
    for (size_t a = 0; a < acts->n; a++) {
        parley_text_addc(&w->out, ' ');
        game_quoted(&w->out, acts->child[a].text);
    }
    parley_text_adds(&w->out, " } 0\n");
    for (size_t a = 0; a < acts->n; a++)
        TRY(write_acts(w, b, player + 1, &cell->child[a]));
    return PARLEY_OK;
}

/* "secure greedy": which types are meant. */
static enum parley_status read_types(struct yaml_game *y, struct bayes *b, const struct parley_node *entry)
{
    const char *at = entry->key;
    for (size_t i = 0; i < y->n_players; i++) {
        while (*at == ' ')
            at++;
        size_t len = strcspn(at, " "), t = 0;
        const struct parley_node *types = &b->types->child[i];
        while (t < types->n && (types->child[t].len != len || memcmp(types->child[t].text, at, len)))
            t++;
        if (t == types->n)
            return parley_node_fail(entry, y->err, PARLEY_EPARSE, "'%.80s': expected one type of each player, separated by a blank", entry->key);
        b->type[i] = t;
        at += len;
    }
    return *at ? parley_node_fail(entry, y->err, PARLEY_EPARSE, "'%.80s': more types than players", entry->key) : PARLEY_OK;
}

static enum parley_status bayesian(struct tree_writer *w)
{
    static const char *const known[] = { "game", "comment", "players", "types", "actions", "prior", "payoffs", NULL };
    struct yaml_game *y = w->y;
    struct bayes b = { parley_node_get(y->root, "types"), parley_node_get(y->root, "actions"), parley_node_get(y->root, "prior"),
                       parley_node_get(y->root, "payoffs"), { 0 }, NULL };
    TRY(parley_node_only_keys(y->root, known, y->err));
    TRY(list_of(y, b.types, y->root, y->n_players, "types"));
    TRY(list_of(y, b.actions, y->root, y->n_players, "actions"));
    for (size_t i = 0; i < y->n_players; i++) {
        const struct parley_node *lists[2] = { &b.types->child[i], &b.actions->child[i] };
        for (int k = 0; k < 2; k++) {
            TRY(list_of(y, lists[k], y->root, 0, k ? "actions of a player" : "types of a player"));
            for (size_t t = 0; t < lists[k]->n; t++) {
                const char *text;
                TRY(text_of(y, &lists[k]->child[t], "a label", &text));
            }
        }
    }
    if (!b.prior || b.prior->kind != PARLEY_NODE_MAP || b.prior->n == 0 || !b.payoffs || b.payoffs->kind != PARLEY_NODE_MAP)
        return parley_node_fail(y->root, y->err, PARLEY_EPARSE, "expected 'prior' and 'payoffs', each with an entry such as \"secure greedy\"");
    TRY(begin_node(w, b.prior));
    parley_text_adds(&w->out, "c \"\" 1 \"types\" {");
    for (size_t k = 0; k < b.prior->n; k++) {
        const struct parley_exact *x;
        parley_text_addc(&w->out, ' ');
        game_quoted(&w->out, b.prior->child[k].key);
        TRY(number_of(y, &b.prior->child[k], "a probability", &x));
        parley_text_addc(&w->out, ' ');
        parley_exact_add_text(&w->out, x);
    }
    parley_text_adds(&w->out, " } 0\n");
    for (size_t k = 0; k < b.prior->n; k++) {
        TRY(read_types(y, &b, &b.prior->child[k]));
        const struct parley_node *cell = parley_node_get(b.payoffs, b.prior->child[k].key);
        if (!cell)
            return parley_node_fail(b.payoffs, y->err, PARLEY_EPARSE, "no payoffs for the types \"%.80s\"", b.prior->child[k].key);
        TRY(write_acts(w, &b, 0, cell));
    }
    return PARLEY_OK;
}

static enum parley_status extensive(struct tree_writer *w)
{
    static const char *const known[] = { "game", "comment", "players", "tree", NULL };
    TRY(parley_node_only_keys(w->y->root, known, w->y->err));
    return write_node(w, parley_node_get(w->y->root, "tree"));
}

enum parley_status game_yaml_parse(const char *data, size_t len, const char *name, struct parley_arena *arena, struct parley_game **out,
                                   struct parley_error *err)
{
    struct parley_node *root;
    TRY(parley_yaml_parse(data, len, name, arena, &root, err));
    struct yaml_game y = { .root = root, .name = name, .title = "", .comment = "", .arena = arena, .err = err };
    if (root->kind != PARLEY_NODE_MAP)
        return parley_node_fail(root, err, PARLEY_EPARSE, "expected a game: NFG, EFG, or YAML with 'game', 'players' and 'payoffs' or 'tree'");
    const struct parley_node *title = parley_node_get(root, "game"), *comment = parley_node_get(root, "comment"), *players = parley_node_get(root, "players");
    if (title)
        TRY(text_of(&y, title, "a title", &y.title));
    if (comment)
        TRY(text_of(&y, comment, "text", &y.comment));
    if (!players || players->kind != PARLEY_NODE_LIST || players->n < 1 || players->n > PARLEY_GAME_PLAYERS_MAX)
        return parley_node_fail(players ? players : root, err, PARLEY_EPARSE, "expected 'players': a list of 1 to %d names", PARLEY_GAME_PLAYERS_MAX);
    for (y.n_players = 0; y.n_players < players->n; y.n_players++)
        TRY(text_of(&y, &players->child[y.n_players], "a player's name", &y.player[y.n_players]));
    bool tree = parley_node_get(root, "tree") != NULL;
    if (tree || parley_node_get(root, "types")) {
        struct tree_writer w = { .y = &y };
        begin_efg(&w);
        enum parley_status status = tree ? extensive(&w) : bayesian(&w);
        if (!status && w.out.failed)
            status = parley_fail(err, PARLEY_ELIMIT, "%s: the tree of this game is too large", name);
        if (!status)
            status = efg_parse(parley_text_str(&w.out), w.out.len, name, w.line, arena, out, err);
        parley_text_release(&w.out);
        return status;
    }
    TRY(strategic(&y, out));
    for (size_t i = 0; i < y.n_players; i++)
        (*out)->player[i] = y.player[i];
    (*out)->comment = y.comment;
    return PARLEY_OK;
}
