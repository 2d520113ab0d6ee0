/* From the tree to the reduced strategic form, and the check of perfect recall. */
#include "model.h"
#include "rational.h"

#include <stdlib.h>
#include <string.h>

#define NOWHERE ((size_t)-1)

/* --- strategies --------------------------------------------------------------------------------- */

struct plans {
    const struct parley_extensive *x;
    size_t player;
    int *now;                   /* action by information set, -1 = not decided */
    size_t *todo, n_todo;       /* nodes still to walk through, last first */
    int *found;                 /* finished plans, n_infosets each */
    size_t n, cap;
    enum parley_status status;
};

static void keep_plan(struct plans *p)
{
    size_t width = p->x->n_infosets;
    if (p->n == PARLEY_GAME_STRATEGIES_MAX || p->n * width > (size_t)PARLEY_GAME_PAYOFFS_MAX * 16) {
        p->status = PARLEY_ELIMIT;
        return;
    }
    if (p->n == p->cap) {
        size_t cap = p->cap ? 2 * p->cap : 16;
        int *grown = realloc(p->found, cap * (width ? width : 1) * sizeof *grown);
        if (!grown) {
            p->status = PARLEY_ENOMEM;
            return;
        }
        p->found = grown;
        p->cap = cap;
    }
    memcpy(p->found + p->n++ * width, p->now, width * sizeof *p->now);
}

/* Walk every node that the plan so far allows; branch at each own information set met for the first time. The depth of
 * this recursion is the number of own information sets on the way, the stack of nodes is restored on return. */
static void walk(struct plans *p, int depth)
{
    const struct parley_extensive *x = p->x;
    if (depth > PARLEY_GAME_DEPTH_MAX)
        p->status = PARLEY_ELIMIT;
    size_t mark = p->n_todo, branch = NOWHERE;
    size_t *saved = malloc((mark + 1) * sizeof *saved);
    if (!saved)
        p->status = PARLEY_ENOMEM;
    else
        memcpy(saved, p->todo, mark * sizeof *saved);
    while (!p->status && p->n_todo && branch == NOWHERE) {
        const struct parley_game_node *n = &x->node[p->todo[--p->n_todo]];
        if (n->move == PARLEY_MOVE_TERMINAL)
            continue;
        const struct parley_infoset *set = &x->infoset[n->infoset];
        if (set->player != p->player)
            for (size_t a = set->n_actions; a-- > 0;)
                p->todo[p->n_todo++] = x->child[n->first_child + a];
        else if (p->now[n->infoset] >= 0)
            p->todo[p->n_todo++] = x->child[n->first_child + (size_t)p->now[n->infoset]];
        else
            branch = (size_t)(n - x->node);
    }
    if (!p->status && branch == NOWHERE) {
        keep_plan(p);
    } else if (!p->status) {
        const struct parley_game_node *n = &x->node[branch];
        size_t here = p->n_todo;
        size_t *rest = malloc((here + 1) * sizeof *rest);
        if (!rest)
            p->status = PARLEY_ENOMEM;
        else
            memcpy(rest, p->todo, here * sizeof *rest);
        for (size_t a = 0; !p->status && a < x->infoset[n->infoset].n_actions; a++) {
            memcpy(p->todo, rest, here * sizeof *rest);
            p->n_todo = here;
            p->todo[p->n_todo++] = x->child[n->first_child + a];
            p->now[n->infoset] = (int)a;
            walk(p, depth + 1);
        }
        p->now[n->infoset] = -1;
        free(rest);
    }
    if (saved)
        memcpy(p->todo, saved, mark * sizeof *saved);
    p->n_todo = mark;
    free(saved);
}

/* "attack, hold": the labels (or numbers, where labels are missing or repeat) of a plan's actions. */
static const char *plan_label(const struct parley_extensive *x, const int *plan, struct parley_arena *arena)
{
    struct parley_text text;
    parley_text_init(&text, 1 << 24);
    for (size_t i = 0; i < x->n_infosets; i++) {
        if (plan[i] < 0)
            continue;
        const char *label = x->infoset[i].action[plan[i]];
        if (text.len)
            parley_text_adds(&text, ", ");
        if (*label)
            parley_text_adds(&text, label);
        else
            parley_text_addf(&text, "%d", plan[i] + 1);
    }
    if (!text.len)
        parley_text_addc(&text, '-');
    const char *copy = parley_text_keep(&text, arena);
    parley_text_release(&text);
    return copy;
}

static enum parley_status find_plans(struct parley_game *g, size_t player, struct parley_arena *arena, struct parley_error *err)
{
    const struct parley_extensive *x = g->extensive;
    struct plans p = { .x = x, .player = player };
    p.now = malloc((x->n_infosets + 1) * sizeof *p.now);
    p.todo = malloc((x->n_nodes + 1) * sizeof *p.todo);
    if (!p.now || !p.todo)
        p.status = PARLEY_ENOMEM;
    for (size_t i = 0; p.now && i < x->n_infosets; i++)
        p.now[i] = -1;
    if (!p.status) {
        p.todo[p.n_todo++] = 0;
        walk(&p, 0);
    }
    if (!p.status) {
        g->n_strategies[player] = p.n;
        g->plan[player] = PARLEY_NEW(arena, int, p.n * x->n_infosets);
        g->strategy[player] = PARLEY_NEW(arena, const char *, p.n);
        if (!g->plan[player] || !g->strategy[player])
            p.status = PARLEY_ENOMEM;
    }
    if (!p.status && x->n_infosets)
        memcpy(g->plan[player], p.found, p.n * x->n_infosets * sizeof *p.found);
    for (size_t s = 0; !p.status && s < p.n; s++)
        if (!(g->strategy[player][s] = plan_label(x, g->plan[player] + s * x->n_infosets, arena)))
            p.status = PARLEY_ENOMEM;
    free(p.now);
    free(p.todo);
    free(p.found);
    if (p.status == PARLEY_ELIMIT)
        return parley_fail(err, PARLEY_ELIMIT, "player %zu has more than %d reduced strategies (or plans that take more than %d MB); use the sequence form",
                           player + 1, PARLEY_GAME_STRATEGIES_MAX, PARLEY_GAME_PAYOFFS_MAX * 16 / (1 << 20) * 4);
    return p.status ? parley_fail(err, p.status, "out of memory") : PARLEY_OK;
}

/* --- payoffs -------------------------------------------------------------------------------------- */

struct walker {
    const struct parley_game *g;
    size_t *chosen;  /* strategy of each player */
    mpq_t *weight;   /* by node: probability of chance so far */
    size_t *todo;
    mpq_t *sum, term; /* by player */
};

static void expected_payoffs(struct walker *w)
{
    const struct parley_game *g = w->g;
    const struct parley_extensive *x = g->extensive;
    size_t n_todo = 1;
    w->todo[0] = 0;
    for (size_t i = 0; i < g->n_players; i++)
        mpq_set_ui(w->sum[i], 0, 1);
    while (n_todo) {
        size_t at = w->todo[--n_todo];
        const struct parley_game_node *n = &x->node[at];
        for (size_t i = 0; n->payoff && i < g->n_players; i++) {
            mpq_mul(w->term, w->weight[at], n->payoff[i]->v);
            mpq_add(w->sum[i], w->sum[i], w->term);
        }
        if (n->move == PARLEY_MOVE_TERMINAL)
            continue;
        const struct parley_infoset *set = &x->infoset[n->infoset];
        if (set->player != NOWHERE) {
            int a = g->plan[set->player][w->chosen[set->player] * x->n_infosets + n->infoset];
            w->todo[n_todo++] = x->child[n->first_child + (size_t)a];
        } else {
            for (size_t a = 0; a < set->n_actions; a++)
                w->todo[n_todo++] = x->child[n->first_child + a];
        }
    }
}

static enum parley_status fill_payoffs(struct parley_game *g, struct parley_arena *arena, struct parley_error *err)
{
    const struct parley_extensive *x = g->extensive;
    struct walker w = { .g = g };
    w.chosen = calloc(g->n_players, sizeof *w.chosen);
    w.weight = calloc(x->n_nodes, sizeof *w.weight);
    w.todo = calloc(x->n_nodes + 1, sizeof *w.todo);
    w.sum = calloc(g->n_players, sizeof *w.sum);
    bool ok = w.chosen && w.weight && w.todo && w.sum;
    mpq_init(w.term);
    for (size_t i = 0; ok && i < g->n_players; i++)
        mpq_init(w.sum[i]);
    for (size_t i = 0; ok && i < x->n_nodes; i++) { /* parents come first */
        const struct parley_game_node *n = &x->node[i];
        mpq_init(w.weight[i]);
        if (n->parent == NOWHERE)
            mpq_set_ui(w.weight[i], 1, 1);
        else if (x->node[n->parent].move == PARLEY_MOVE_CHANCE)
            mpq_mul(w.weight[i], w.weight[n->parent], x->infoset[x->node[n->parent].infoset].probability[n->action]->v);
        else
            mpq_set(w.weight[i], w.weight[n->parent]);
    }
    for (size_t p = 0; ok && p < g->n_profiles; p++) {
        for (size_t i = 0, rest = p; i < g->n_players; rest /= g->n_strategies[i++])
            w.chosen[i] = rest % g->n_strategies[i];
        expected_payoffs(&w);
        for (size_t i = 0; ok && i < g->n_players; i++)
            ok = (g->payoff[p * g->n_players + i] = exact_keep(w.sum[i], arena)) != NULL;
    }
    for (size_t i = 0; w.weight && i < x->n_nodes; i++)
        if (mpq_denref(w.weight[i])->_mp_d)
            mpq_clear(w.weight[i]);
    for (size_t i = 0; w.sum && i < g->n_players; i++)
        if (mpq_denref(w.sum[i])->_mp_d)
            mpq_clear(w.sum[i]);
    mpq_clear(w.term);
    free(w.chosen);
    free(w.weight);
    free(w.todo);
    free(w.sum);
    return ok ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}

enum parley_status parley_game_reduce(struct parley_game *g, struct parley_arena *arena, struct parley_error *err)
{
    if (g->n_profiles)
        return PARLEY_OK;
    g->strategy = PARLEY_NEW(arena, const char **, g->n_players);
    g->plan = PARLEY_NEW(arena, int *, g->n_players);
    if (!g->strategy || !g->plan)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < g->n_players; i++) {
        enum parley_status status = find_plans(g, i, arena, err);
        if (status)
            return status;
    }
    size_t n;
    enum parley_status status = game_check_size(g->source ? g->source : g->title && *g->title ? g->title : "game", g->n_players, g->n_strategies, &n, err);
    if (status)
        return status;
    if (!(g->payoff = PARLEY_NEW(arena, const struct parley_exact *, n * g->n_players)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    g->n_profiles = n;
    status = fill_payoffs(g, arena, err);
    if (status)
        g->n_profiles = 0;
    return status;
}

/* --- perfect recall ------------------------------------------------------------------------------- */

/* The owner's last move before a node: which information set and action; NOWHERE at the start. */
static void last_own_move(const struct parley_extensive *x, size_t node, size_t player, size_t *set, size_t *action)
{
    *set = *action = NOWHERE;
    for (size_t at = node; x->node[at].parent != NOWHERE; at = x->node[at].parent) {
        size_t up = x->node[x->node[at].parent].infoset;
        if (x->infoset[up].player == player) {
            *set = up;
            *action = x->node[at].action;
            return;
        }
    }
}

/* Say where a player forgets. */
static enum parley_status forgotten(const struct parley_game *g, const struct parley_infoset *set, size_t node, bool again, struct parley_error *err)
{
    parley_fail(err, PARLEY_EDOM, "imperfect recall at information set %d%s%.40s%s: expected player %zu (%.40s) to remember what it knew and did, found that it %s "
                                  "(equilibria in mixed and behaviour strategies then differ: Kuhn 1953)",
                set->number, *set->label ? " \"" : "", set->label, *set->label ? "\"" : "", set->player + 1, g->player[set->player],
                again ? "does not know whether it was here before" : "comes here by different own moves");
    return g->source && g->extensive->node[node].line ? parley_fail_in(err, PARLEY_EDOM, "%.120s:%u", g->source, g->extensive->node[node].line) : PARLEY_EDOM;
}

enum parley_status parley_game_perfect_recall(const struct parley_game *game, struct parley_error *err)
{
    const struct parley_extensive *x = game->extensive;
    for (size_t i = 0; x && i < x->n_infosets; i++) {
        const struct parley_infoset *set = &x->infoset[i];
        size_t first_set = 0, first_action = 0, its_set, its_action;
        if (set->player == NOWHERE)
            continue;
        for (size_t k = 0; k < set->n_nodes; k++) {
            last_own_move(x, set->node[k], set->player, &its_set, &its_action);
            if (k == 0)
                first_set = its_set, first_action = its_action;
            if (its_set == i || its_set != first_set || its_action != first_action)
                return forgotten(game, set, set->node[k], its_set == i, err);
        }
    }
    return PARLEY_OK;
}
