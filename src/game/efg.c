/* Gambit's extensive form files: the tree in prefix order, information sets and outcomes by number. */
#include "model.h"
#include "rational.h"
#include "scan.h"
#include "base/try.h"

#include <stdlib.h>
#include <string.h>

struct outcome {
    int number;
    const char *label;
    const struct parley_exact **payoff; /* NULL until a place in the file gives them */
};

/* Growing tables; freed by efg_parse. The finished game holds copies in the arena. */
struct efg {
    struct scan s;
    const unsigned *line; /* of each node in another file, or NULL */
    const char *title, *comment;
    const char *player[PARLEY_GAME_PLAYERS_MAX];
    size_t n_players;
    struct parley_game_node *node;
    int *node_outcome; /* index into outcome, -1 = none */
    size_t n_nodes, cap_nodes;
    struct parley_infoset *infoset;
    size_t n_infosets, cap_infosets;
    struct outcome *outcome;
    size_t n_outcomes, cap_outcomes;
};

static void *grow(void *old, size_t *cap, size_t size)
{
    size_t wanted = *cap ? 2 * *cap : 64;
    void *grown = realloc(old, wanted * size);
    if (grown) {
        memset((char *)grown + *cap * size, 0, (wanted - *cap) * size);
        *cap = wanted;
    }
    return grown;
}

static enum parley_status header(struct efg *f)
{
    struct scan *s = &f->s;
    TRY(scan_next(s));
    TRY(scan_next(s));
    if (s->kind != WORD_BARE || s->text_len != 1 || s->text[0] != '2')
        return scan_expected(s, "version 2 of the EFG format");
    TRY(scan_next(s));
    if (s->kind != WORD_BARE || s->text_len != 1 || (s->text[0] != 'R' && s->text[0] != 'D'))
        return scan_expected(s, "R or D (the kind of numbers)");
    TRY(scan_next(s));
    TRY(scan_label(s, "the title in quotes", &f->title));
    TRY(scan_take(s, WORD_OPEN, "'{' and the players"));
    while (s->kind == WORD_LABEL) {
        if (f->n_players == PARLEY_GAME_PLAYERS_MAX)
            return scan_fail(s, PARLEY_ELIMIT, "more than %d players", PARLEY_GAME_PLAYERS_MAX);
        TRY(scan_label(s, "a player's name", &f->player[f->n_players++]));
    }
    if (f->n_players == 0)
        return scan_expected(s, "at least one player's name in quotes");
    TRY(scan_take(s, WORD_CLOSE, "a player's name in quotes or '}'"));
    f->comment = "";
    if (s->kind == WORD_LABEL)
        TRY(scan_label(s, "a comment", &f->comment));
    return PARLEY_OK;
}

/* The information set `number` of a player (chance: -1), made when new. */
static enum parley_status find_infoset(struct efg *f, size_t player, int number, size_t *out)
{
    for (size_t i = f->n_infosets; i-- > 0;)
        if (f->infoset[i].player == player && f->infoset[i].number == number) {
            *out = i;
            return PARLEY_OK;
        }
    if (f->n_infosets == f->cap_infosets) {
        struct parley_infoset *grown = grow(f->infoset, &f->cap_infosets, sizeof *grown);
        if (!grown)
            return scan_no_memory(&f->s);
        f->infoset = grown;
    }
    *out = f->n_infosets++;
    f->infoset[*out] = (struct parley_infoset){ .player = player, .number = number, .label = "" };
    return PARLEY_OK;
}

/* "{ "a" "b" }" or, for chance, "{ "a" 1/2 "b" 1/2 }"; compared with what is known already. */
static enum parley_status actions(struct efg *f, struct parley_infoset *set, bool chance)
{
    struct scan *s = &f->s;
    const char **action = NULL;
    const struct parley_exact **probability = NULL;
    size_t n = 0, cap = 0, cap2 = 0;
    enum parley_status status = scan_take(s, WORD_OPEN, "'{' and the actions");
    while (!status && s->kind == WORD_LABEL) {
        if (n == cap) {
            void *a = grow(action, &cap, sizeof *action), *b = NULL;
            if (a)
                action = a, b = grow(probability, &cap2, sizeof *probability);
            if (b)
                probability = b;
            if (!a || !b) {
                status = scan_no_memory(s);
                break;
            }
        }
        if (n == PARLEY_GAME_ACTIONS_MAX)
            status = scan_fail(s, PARLEY_ELIMIT, "more than %d actions at one information set", PARLEY_GAME_ACTIONS_MAX);
        if (!status)
            status = scan_label(s, "an action", &action[n]);
        if (!status && chance)
            status = scan_number(s, "the probability of this action", &probability[n]);
        n++;
    }
    if (!status && n == 0)
        status = scan_expected(s, "at least one action in quotes");
    if (!status)
        status = scan_take(s, WORD_CLOSE, "an action in quotes or '}'");
    if (!status && set->n_actions && set->n_actions != n)
        status = scan_fail(s, PARLEY_EPARSE, "information set %d had %zu actions before and has %zu here", set->number, set->n_actions, n);
    if (!status && !set->n_actions) {
        set->n_actions = n;
        set->action = PARLEY_NEW(s->arena, const char *, n);
        set->probability = chance ? PARLEY_NEW(s->arena, const struct parley_exact *, n) : NULL;
        if (!set->action || (chance && !set->probability))
            status = scan_no_memory(s);
        for (size_t i = 0; !status && i < n; i++) {
            set->action[i] = action[i];
            if (chance)
                set->probability[i] = probability[i];
        }
    }
    free(action);
    free(probability);
    return status;
}

/* Probabilities of a chance move: none negative, sum 1 (decimals such as .33333333 are off by a hair and then scaled). */
static enum parley_status check_probabilities(struct efg *f, struct parley_infoset *set)
{
    mpq_t sum, q;
    mpq_inits(sum, q, NULL);
    enum parley_status status = PARLEY_OK;
    for (size_t i = 0; i < set->n_actions && !status; i++) {
        if (mpq_sgn(set->probability[i]->v) < 0)
            status = scan_fail(&f->s, PARLEY_EDOM, "the probability of action %zu of chance move %d is negative; expected 0 to 1", i + 1, set->number);
        mpq_add(sum, sum, set->probability[i]->v);
    }
    double off = mpq_get_d(sum) - 1;
    if (!status && !(off > -1e-6 && off < 1e-6))
        status = scan_fail(&f->s, PARLEY_EDOM, "the probabilities of chance move %d sum to %.6g; expected 1", set->number, mpq_get_d(sum));
    if (!status && mpq_cmp_ui(sum, 1, 1) != 0)
        for (size_t i = 0; i < set->n_actions && !status; i++) {
            mpq_div(q, set->probability[i]->v, sum);
            if (!(set->probability[i] = exact_keep(q, f->s.arena)))
                status = scan_no_memory(&f->s);
        }
    mpq_clears(sum, q, NULL);
    return status;
}

/* "0", or "3 "label" { 1, 2 }", or "3" alone when it was given before. */
static enum parley_status outcome(struct efg *f, int *out)
{
    struct scan *s = &f->s;
    int number;
    TRY(scan_integer(s, "the number of an outcome", 0, 1 << 30, &number));
    *out = -1;
    for (size_t i = f->n_outcomes; number && i-- > 0;)
        if (f->outcome[i].number == number) {
            *out = (int)i;
            break;
        }
    if (number && *out < 0) {
        if (f->n_outcomes == f->cap_outcomes) {
            struct outcome *grown = grow(f->outcome, &f->cap_outcomes, sizeof *grown);
            if (!grown)
                return scan_no_memory(s);
            f->outcome = grown;
        }
        *out = (int)f->n_outcomes;
        f->outcome[f->n_outcomes++] = (struct outcome){ .number = number, .label = "" };
    }
    const char *label = "";
    if (s->kind == WORD_LABEL)
        TRY(scan_label(s, "an outcome's label", &label));
    if (s->kind != WORD_OPEN) {
        if (number && !f->outcome[*out].payoff)
            return scan_expected(s, "'{' and the payoffs of an outcome that is named here for the first time");
        return PARLEY_OK;
    }
    const struct parley_exact **payoff = PARLEY_NEW(s->arena, const struct parley_exact *, f->n_players);
    if (!payoff)
        return scan_no_memory(s);
    TRY(scan_next(s));
    for (size_t i = 0; i < f->n_players; i++)
        TRY(scan_number(s, "a payoff (one for each player)", &payoff[i]));
    TRY(scan_take(s, WORD_CLOSE, "'}' after as many payoffs as players"));
    if (!number)
        return PARLEY_OK;
    if (!f->outcome[*out].payoff) {
        f->outcome[*out].payoff = payoff;
        f->outcome[*out].label = label;
    } else {
        for (size_t i = 0; i < f->n_players; i++)
            if (parley_exact_compare(f->outcome[*out].payoff[i], payoff[i]))
                return scan_fail(s, PARLEY_EPARSE, "outcome %d had other payoffs before", number);
    }
    return PARLEY_OK;
}

/* One line: the node's kind, name, information set and outcome. */
static enum parley_status node(struct efg *f, size_t parent, size_t action)
{
    struct scan *s = &f->s;
    if (s->kind != WORD_BARE || s->text_len != 1 || !strchr("cpt", s->text[0]))
        return scan_expected(s, "a node: c, p or t");
    char kind = s->text[0];
    if (f->n_nodes == PARLEY_GAME_NODES_MAX)
        return scan_fail(s, PARLEY_ELIMIT, "more than %d nodes", PARLEY_GAME_NODES_MAX);
    if (f->n_nodes == f->cap_nodes) {
        size_t cap = f->cap_nodes;
        struct parley_game_node *a = grow(f->node, &f->cap_nodes, sizeof *a);
        int *b = a ? (f->node = a, grow(f->node_outcome, &cap, sizeof *b)) : NULL;
        if (!b)
            return scan_no_memory(s);
        f->node_outcome = b;
    }
    size_t at = f->n_nodes++;
    if (f->line)
        s->line_elsewhere = f->line[at];
    f->node[at] = (struct parley_game_node){ .parent = parent, .action = action, .infoset = (size_t)-1, .outcome = "", .line = f->line ? f->line[at] : s->word_line };
    TRY(scan_next(s));
    TRY(scan_label(s, "the node's label in quotes", &f->node[at].label));
    if (kind != 't') {
        size_t player = (size_t)-1, which = 0;
        int number;
        if (kind == 'p') {
            TRY(scan_integer(s, "the number of the player", 1, (int)f->n_players, &number));
            player = (size_t)number - 1;
        }
        TRY(scan_integer(s, "the number of the information set", 0, 1 << 30, &number));
        TRY(find_infoset(f, player, number, &which));
        struct parley_infoset *set = &f->infoset[which];
        const char *label = "";
        if (s->kind == WORD_LABEL)
            TRY(scan_label(s, "the information set's label", &label));
        if (!set->n_nodes)
            set->label = label;
        bool known = set->n_actions > 0;
        if (s->kind == WORD_OPEN)
            TRY(actions(f, set, kind == 'c'));
        else if (!known)
            return scan_expected(s, "'{' and the actions of an information set that is named here for the first time");
        if (kind == 'c' && !known)
            TRY(check_probabilities(f, set));
        set->n_nodes++;
        f->node[at].move = kind == 'c' ? PARLEY_MOVE_CHANCE : PARLEY_MOVE_PLAYER;
        f->node[at].infoset = which;
    }
    return outcome(f, &f->node_outcome[at]);
}

/* The nodes in prefix order; `open` is the stack of nodes that still lack children. */
static enum parley_status tree(struct efg *f)
{
    struct frame { size_t node, next; } *open = malloc(PARLEY_GAME_DEPTH_MAX * sizeof *open);
    size_t depth = 0;
    enum parley_status status = open ? node(f, (size_t)-1, 0) : scan_no_memory(&f->s);
    for (size_t last = 0; !status;) {
        if (f->node[last].move != PARLEY_MOVE_TERMINAL) {
            if (depth == PARLEY_GAME_DEPTH_MAX) {
                status = scan_fail(&f->s, PARLEY_ELIMIT, "deeper than %d moves", PARLEY_GAME_DEPTH_MAX);
                break;
            }
            open[depth++] = (struct frame){ last, 0 };
        }
        while (depth && open[depth - 1].next == f->infoset[f->node[open[depth - 1].node].infoset].n_actions)
            depth--;
        if (!depth)
            break;
        last = f->n_nodes;
        status = node(f, open[depth - 1].node, open[depth - 1].next);
        open[depth - 1].next++;
    }
    free(open);
    if (!status && f->s.kind != WORD_END)
        status = scan_expected(&f->s, "the end of the file after the last node of the tree");
    return status;
}

/* Copy the finished tables into the arena. */
static enum parley_status finish(struct efg *f, struct parley_game **out)
{
    struct parley_arena *arena = f->s.arena;
    struct parley_game *g = PARLEY_NEW(arena, struct parley_game, 1);
    struct parley_extensive *x = PARLEY_NEW(arena, struct parley_extensive, 1);
    if (!g || !x)
        return scan_no_memory(&f->s);
    *x = (struct parley_extensive){ .n_nodes = f->n_nodes, .n_infosets = f->n_infosets, .n_children = f->n_nodes - 1 };
    x->node = PARLEY_NEW(arena, struct parley_game_node, f->n_nodes);
    x->child = PARLEY_NEW(arena, size_t, f->n_nodes);
    x->infoset = PARLEY_NEW(arena, struct parley_infoset, f->n_infosets ? f->n_infosets : 1);
    g->player = PARLEY_NEW(arena, const char *, f->n_players);
    g->n_strategies = PARLEY_NEW(arena, size_t, f->n_players);
    if (!x->node || !x->child || !x->infoset || !g->player || !g->n_strategies)
        return scan_no_memory(&f->s);
    memcpy(x->node, f->node, f->n_nodes * sizeof *x->node);
    if (f->n_infosets)
        memcpy(x->infoset, f->infoset, f->n_infosets * sizeof *x->infoset);
    memcpy(g->player, f->player, f->n_players * sizeof *g->player);
    for (size_t i = 0; i < f->n_infosets; i++) {
        if (!(x->infoset[i].node = PARLEY_NEW(arena, size_t, x->infoset[i].n_nodes)))
            return scan_no_memory(&f->s);
        x->infoset[i].n_nodes = 0;
    }
    size_t next = 0;
    for (size_t i = 0; i < f->n_nodes; i++) {
        struct parley_game_node *n = &x->node[i];
        if (f->node_outcome[i] >= 0) {
            n->payoff = f->outcome[f->node_outcome[i]].payoff;
            n->outcome = f->outcome[f->node_outcome[i]].label;
        }
        if (n->move != PARLEY_MOVE_TERMINAL) {
            struct parley_infoset *set = &x->infoset[n->infoset];
            set->node[set->n_nodes++] = i;
            n->first_child = next;
            next += set->n_actions;
        }
        if (n->parent != (size_t)-1)
            x->child[x->node[n->parent].first_child + n->action] = i;
    }
    g->title = f->title;
    g->comment = f->comment;
    g->n_players = f->n_players;
    g->extensive = x;
    *out = g;
    return PARLEY_OK;
}

enum parley_status efg_parse(const char *data, size_t len, const char *name, const unsigned *line, struct parley_arena *arena,
                             struct parley_game **out, struct parley_error *err)
{
    struct efg f = { .line = line };
    scan_begin(&f.s, data, len, name, arena, err);
    f.s.line_elsewhere = line ? 1 : 0;
    enum parley_status status = header(&f);
    if (!status)
        status = tree(&f);
    if (!status)
        status = finish(&f, out);
    free(f.node);
    free(f.node_outcome);
    free(f.infoset);
    free(f.outcome);
    return status;
}
