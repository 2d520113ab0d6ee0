#include "subgame.h"

#include <stdlib.h>
#include <string.h>

#define NOWHERE ((size_t)-1)

/* First and last node of the information sets below each node; nodes are in depth-first order, so a subtree is a range. */
static void spans(const struct parley_extensive *x, size_t *low, size_t *high, size_t *end)
{
    for (size_t i = x->n_nodes; i-- > 0;) {
        const struct parley_game_node *n = &x->node[i];
        low[i] = high[i] = i;
        end[i] = i + 1;
        if (n->move == PARLEY_MOVE_TERMINAL)
            continue;
        const struct parley_infoset *set = &x->infoset[n->infoset];
        for (size_t k = 0; n->move == PARLEY_MOVE_PLAYER && k < set->n_nodes; k++) {
            low[i] = set->node[k] < low[i] ? set->node[k] : low[i];
            high[i] = set->node[k] > high[i] ? set->node[k] : high[i];
            if (set->n_nodes > 64) { /* in order: the ends are enough */
                low[i] = set->node[0] < low[i] ? set->node[0] : low[i];
                high[i] = set->node[set->n_nodes - 1] > high[i] ? set->node[set->n_nodes - 1] : high[i];
                break;
            }
        }
        for (size_t a = 0; a < set->n_actions; a++) {
            size_t c = x->child[n->first_child + a];
            low[i] = low[c] < low[i] ? low[c] : low[i];
            high[i] = high[c] > high[i] ? high[c] : high[i];
            end[i] = end[c] > end[i] ? end[c] : end[i];
        }
    }
}

size_t *subgame_roots(const struct parley_extensive *x, struct parley_arena *arena, size_t *n, size_t *end)
{
    size_t *low = malloc(2 * x->n_nodes * sizeof *low), *high = low ? low + x->n_nodes : NULL;
    size_t *root = PARLEY_NEW(arena, size_t, x->n_nodes);
    *n = 0;
    if (!low || !root) {
        free(low);
        return NULL;
    }
    spans(x, low, high, end);
    for (size_t i = 0; i < x->n_nodes; i++) {
        const struct parley_game_node *node = &x->node[i];
        bool alone = node->move == PARLEY_MOVE_CHANCE || (node->move == PARLEY_MOVE_PLAYER && x->infoset[node->infoset].n_nodes == 1);
        if (i == 0 || (alone && low[i] >= i && high[i] < end[i]))
            root[(*n)++] = i;
    }
    free(low);
    return root;
}

static size_t count_nodes(const struct subgame_cut *cut, size_t root)
{
    size_t n = 0;
    for (size_t i = root; i < cut->end[root]; n++)
        i = i != root && cut->value[i] ? cut->end[i] : i + 1;
    return n;
}

/* Number the information sets met, and count their nodes. */
static void meet(const struct subgame_cut *cut, struct parley_extensive *to, size_t infoset, size_t *original)
{
    if (cut->set[infoset] == NOWHERE) {
        cut->set[infoset] = to->n_infosets;
        original[to->n_infosets] = infoset;
        to->infoset[to->n_infosets] = cut->game->extensive->infoset[infoset];
        to->infoset[to->n_infosets++].n_nodes = 0;
    }
    to->infoset[cut->set[infoset]].n_nodes++;
}

static void copy_nodes(const struct subgame_cut *cut, size_t root, struct parley_extensive *to, size_t *original)
{
    size_t n = 0;
    for (size_t i = root; i < cut->end[root]; n++) {
        bool leaf = i != root && cut->value[i];
        struct parley_game_node *node = &to->node[n];
        *node = cut->game->extensive->node[i];
        cut->place[i] = n;
        node->parent = n ? cut->place[node->parent] : NOWHERE;
        if (leaf) {
            node->move = PARLEY_MOVE_TERMINAL;
            node->infoset = NOWHERE;
            node->payoff = cut->value[i];
        } else if (node->move != PARLEY_MOVE_TERMINAL) {
            meet(cut, to, node->infoset, original);
            node->infoset = cut->set[node->infoset];
            node->first_child = to->n_children;
            to->n_children += to->infoset[node->infoset].n_actions;
        }
        if (n)
            to->child[to->node[node->parent].first_child + node->action] = n;
        i = leaf ? cut->end[i] : i + 1;
    }
    for (size_t h = 0; h < to->n_infosets; h++)
        cut->set[original[h]] = NOWHERE;
}

static enum parley_status movers(struct subgame_piece *out, struct parley_arena *arena)
{
    const struct parley_extensive *x = out->game->extensive;
    bool moves[PARLEY_GAME_PLAYERS_MAX] = { false };
    out->mover = PARLEY_NEW(arena, size_t, out->game->n_players);
    if (!out->mover)
        return PARLEY_ENOMEM;
    for (size_t h = 0; h < x->n_infosets; h++)
        if (x->infoset[h].player != NOWHERE)
            moves[x->infoset[h].player] = true;
    for (size_t i = 0; i < out->game->n_players; i++)
        if (moves[i])
            out->mover[out->n_movers++] = i;
    return PARLEY_OK;
}

enum parley_status subgame_piece(const struct subgame_cut *cut, size_t root, struct parley_arena *arena, struct subgame_piece *out, struct parley_error *err)
{
    size_t n = count_nodes(cut, root);
    struct parley_extensive *to = PARLEY_NEW(arena, struct parley_extensive, 1);
    struct parley_game *g = PARLEY_NEW(arena, struct parley_game, 1);
    *out = (struct subgame_piece){ .game = g, .infoset = PARLEY_NEW(arena, size_t, n) };
    bool ok = to && g && out->infoset;
    if (ok) {
        to->n_nodes = n;
        to->node = PARLEY_NEW(arena, struct parley_game_node, n);
        to->child = PARLEY_NEW(arena, size_t, n);
        to->infoset = PARLEY_NEW(arena, struct parley_infoset, n);
        *g = (struct parley_game){ .title = cut->game->title, .comment = "", .n_players = cut->game->n_players, .player = cut->game->player, .extensive = to };
        g->n_strategies = PARLEY_NEW(arena, size_t, g->n_players);
        ok = to->node && to->child && to->infoset && g->n_strategies;
    }
    if (ok) {
        copy_nodes(cut, root, to, out->infoset);
        for (size_t h = 0; ok && h < to->n_infosets; h++) {
            ok = (to->infoset[h].node = PARLEY_NEW(arena, size_t, to->infoset[h].n_nodes)) != NULL;
            to->infoset[h].n_nodes = 0;
        }
    }
    for (size_t i = 0; ok && i < n; i++)
        if (to->node[i].move != PARLEY_MOVE_TERMINAL) {
            struct parley_infoset *set = &to->infoset[to->node[i].infoset];
            set->node[set->n_nodes++] = i;
        }
    return ok && !movers(out, arena) ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}
