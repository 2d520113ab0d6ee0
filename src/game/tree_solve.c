/* Subgame perfect equilibria: the subgames from the last to the first, each with those inside it replaced by what they are worth.
 *
 * Where a piece has several equilibria, every one is carried on as a branch of its own. */
#include "piece_solve.h"
#include "rational.h"
#include "sequence.h"

#include <stdlib.h>
#include <string.h>

#define NOWHERE ((size_t)-1)

enum { BRANCH_NODES = 4 << 20 }; /* nodes of all branches together */

struct branch {
    const struct parley_exact **probability; /* [width] so far */
    const struct parley_exact ***value;      /* [n_nodes] at solved roots */
};

struct perfect {
    struct subgame_cut cut;
    const struct parley_tree_options *options;
    const struct parley_progress *progress;
    struct parley_arena *arena;
    struct parley_error *err;
    struct parley_tree_equilibria *out;
    struct branch *branch;
    size_t n_branches, max_branches, kinds[PIECE_KINDS], pivots;
    size_t *root, n_roots;
    mpq_t regret; /* largest of any piece */
    bool exact, full, undominated;
};

static enum parley_status no_memory(struct perfect *p) { return parley_fail(p->err, PARLEY_ENOMEM, "out of memory"); }

static bool branch_new(struct perfect *p, struct branch *b, const struct branch *like)
{
    size_t nodes = p->cut.game->extensive->n_nodes;
    b->probability = calloc(p->out->width + 1, sizeof *b->probability);
    b->value = calloc(nodes, sizeof *b->value);
    if (!b->probability || !b->value)
        return false;
    if (like) {
        memcpy(b->probability, like->probability, p->out->width * sizeof *b->probability);
        memcpy(b->value, like->value, nodes * sizeof *b->value);
    }
    return true;
}

static void branch_release(struct branch *b)
{
    free(b->probability);
    free(b->value);
    *b = (struct branch){ 0 };
}

/* Order of the players' sets, and where their actions lie. */
static enum parley_status lay_out(struct perfect *p)
{
    const struct parley_game *g = p->cut.game;
    const struct parley_extensive *x = g->extensive;
    struct parley_tree_equilibria *out = p->out;
    out->set = PARLEY_NEW(p->arena, size_t, x->n_infosets);
    out->first = PARLEY_NEW(p->arena, size_t, x->n_infosets);
    if (!out->set || !out->first)
        return no_memory(p);
    for (size_t h = 0; h < x->n_infosets; h++)
        out->first[h] = NOWHERE;
    for (size_t i = 0; i < g->n_players; i++)
        for (size_t h = 0; h < x->n_infosets; h++)
            if (x->infoset[h].player == i) {
                out->set[out->n_sets++] = h;
                out->first[h] = out->width;
                out->width += x->infoset[h].n_actions;
            }
    return PARLEY_OK;
}

/* Write answer e of a piece into a branch, with what the piece is worth; its regret must be 0 where fractions are claimed. */
static enum parley_status keep_answer(struct perfect *p, struct branch *b, size_t root, const struct subgame_piece *piece, const struct piece_answer *a, size_t e,
                                      struct parley_arena *scratch)
{
    const struct parley_game *g = p->cut.game;
    const struct parley_exact *regret, **worth = PARLEY_NEW(p->arena, const struct parley_exact *, g->n_players), **payoff = PARLEY_NEW(scratch, const struct parley_exact *, g->n_players);
    if (!worth || !payoff)
        return no_memory(p);
    enum parley_status status = parley_tree_regret(piece->game, a->first, a->probability[e], scratch, &regret, payoff, p->err);
    if (status)
        return status;
    if (a->exact && parley_exact_sign(regret))
        return parley_fail(p->err, PARLEY_ENOCONV, "internal: a rule found for a subgame is no equilibrium of it");
    if (mpq_cmp(regret->v, p->regret) > 0)
        mpq_set(p->regret, regret->v);
    for (size_t i = 0; i < g->n_players; i++)
        if (!(worth[i] = exact_keep(payoff[i]->v, p->arena)))
            return no_memory(p);
    b->value[root] = worth;
    const struct parley_extensive *x = piece->game->extensive;
    for (size_t h = 0; h < x->n_infosets; h++)
        for (size_t k = 0; a->first[h] != NOWHERE && k < x->infoset[h].n_actions; k++)
            if (!(b->probability[p->out->first[piece->infoset[h]] + k] = exact_keep(a->probability[e][a->first[h] + k]->v, p->arena)))
                return no_memory(p);
    return PARLEY_OK;
}

/* One subgame in one branch: the branch takes the first answer, new branches the others. */
static enum parley_status solve_piece(struct perfect *p, size_t at, size_t root)
{
    struct parley_arena scratch = { 0 };
    struct subgame_piece piece;
    struct piece_answer answer = { 0 };
    p->cut.value = p->branch[at].value;
    enum parley_status status = subgame_piece(&p->cut, root, &scratch, &piece, p->err);
    if (!status)
        status = piece_solve(&piece, p->options, p->progress, &scratch, &answer, p->err);
    if (!status) {
        p->out->complete &= answer.complete;
        p->exact &= answer.exact;
        p->out->largest = answer.sequences > p->out->largest ? answer.sequences : p->out->largest;
        p->pivots += answer.pivots;
        p->undominated = answer.undominated;
        if (at == 0)
            p->kinds[answer.kind]++;
    }
    for (size_t e = answer.n; !status && e-- > 0;) {
        struct branch *b = &p->branch[at];
        if (e) {
            if (p->n_branches == p->max_branches) {
                p->full = true;
                continue;
            }
            b = &p->branch[p->n_branches];
            if (!branch_new(p, b, &p->branch[at])) {
                branch_release(b);
                status = no_memory(p);
                break;
            }
            p->n_branches++;
        }
        status = keep_answer(p, b, root, &piece, &answer, e, &scratch);
    }
    parley_arena_release(&scratch);
    return status;
}

static enum parley_status solve_all(struct perfect *p)
{
    enum parley_status status = PARLEY_OK;
    for (size_t r = p->n_roots; !status && r-- > 0;) {
        for (size_t b = 0, n = p->n_branches; !status && b < n; b++)
            status = solve_piece(p, b, p->root[r]);
        if (!status && !parley_tick(p->progress, (double)(p->n_roots - r), (double)p->n_roots, "subgames"))
            status = parley_fail(p->err, PARLEY_ECANCELLED, "interrupted after %zu of %zu subgames", p->n_roots - r, p->n_roots);
    }
    return status;
}

/* Descending by probability, first player first. */
static int compare(const struct parley_behaviour *x, const struct parley_behaviour *y, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        int c = parley_exact_compare(y->probability[i], x->probability[i]);
        if (c)
            return c;
    }
    return 0;
}

static void sort(struct parley_tree_equilibria *out)
{
    for (size_t e = 1; e < out->n; e++) {
        struct parley_behaviour now = out->equilibrium[e];
        size_t at = e;
        for (; at && compare(&now, &out->equilibrium[at - 1], out->width) < 0; at--)
            out->equilibrium[at] = out->equilibrium[at - 1];
        out->equilibrium[at] = now;
    }
}

static enum parley_status write_rules(struct perfect *p)
{
    struct parley_tree_equilibria *out = p->out;
    const struct parley_game *g = p->cut.game;
    if (!(out->equilibrium = PARLEY_NEW(p->arena, struct parley_behaviour, p->n_branches)))
        return no_memory(p);
    const struct parley_exact *pieces = exact_keep(p->regret, p->arena);
    for (size_t b = 0; b < p->n_branches; b++) {
        struct parley_behaviour *e = &out->equilibrium[out->n++];
        e->probability = PARLEY_NEW(p->arena, const struct parley_exact *, out->width);
        e->payoff = PARLEY_NEW(p->arena, const struct parley_exact *, g->n_players);
        if (!pieces || !e->probability || !e->payoff)
            return no_memory(p);
        e->pure = true;
        for (size_t i = 0; i < out->width; i++) {
            e->probability[i] = p->branch[b].probability[i];
            e->pure &= !mpq_sgn(e->probability[i]->v) || !mpq_cmp_ui(e->probability[i]->v, 1, 1);
        }
        enum parley_status status = parley_tree_regret(g, out->first, e->probability, p->arena, &e->regret, e->payoff, p->err);
        if (status)
            return status;
        if (p->exact && parley_exact_sign(e->regret))
            return parley_fail(p->err, PARLEY_ENOCONV, "internal: a rule found for the tree is no equilibrium");
        if (parley_exact_compare(pieces, e->regret) > 0)
            e->regret = pieces;
    }
    sort(out);
    return PARLEY_OK;
}

static void explain(struct perfect *p)
{
    static const char *const name[PIECE_KINDS][2] = { { "of chance alone", "of chance alone" }, { "choice of one", "choices of one" },
                                                      { "small game listed in full", "small games listed in full" }, { "linear programme", "linear programmes" },
                                                      { "path over the sequence form", "paths over the sequence form" }, { "game of three or more", "games of three or more" } };
    struct parley_text text;
    parley_text_init(&text, 1000);
    parley_text_addf(&text, "backward induction over %zu subgame%s (", p->n_roots, p->n_roots == 1 ? "" : "s");
    for (size_t k = 0, shown = 0; k < PIECE_KINDS; k++)
        if (p->kinds[k])
            parley_text_addf(&text, "%s%zu %s", shown++ ? ", " : "", p->kinds[k], name[k][p->kinds[k] > 1]);
    if (p->pivots)
        parley_text_addf(&text, ", %zu pivots", p->pivots);
    parley_text_adds(&text, ")");
    const char *method = parley_text_keep(&text, p->arena);
    parley_text_release(&text);
    p->out->method = method ? method : "backward induction";
    p->out->complete &= !p->full && !p->options->one && !p->kinds[PIECE_LP] && !p->kinds[PIECE_PATH];
    if (p->out->complete)
        p->out->argument = p->out->n == 1 ? "every subgame has one equilibrium, so there is one subgame perfect equilibrium"
                                          : "all equilibria of every subgame were carried on; each is isolated";
    else if (p->full)
        p->out->argument = "there are more combinations of equilibria of subgames than are listed; these are the first";
    else if (p->n_roots == 1 && p->undominated)
        p->out->argument = "one equilibrium, in which no plan is weakly dominated; others are not excluded";
    else if (p->n_branches == 1)
        p->out->argument = "one equilibrium of each subgame; others are not excluded";
    else
        p->out->argument = "a subgame has a continuum of equilibria, or was not searched to the end; mixtures of these may be equilibria as well";
}

enum parley_status parley_tree_solve(const struct parley_game *game, const struct parley_tree_options *options, const struct parley_progress *progress,
                                     struct parley_arena *arena, struct parley_tree_equilibria *out, struct parley_error *err)
{
    static const struct parley_tree_options defaults = { 0 };
    const struct parley_extensive *x = game->extensive;
    struct perfect p = { .cut.game = game, .options = options ? options : &defaults, .progress = progress, .arena = arena, .err = err, .out = out, .exact = true };
    *out = (struct parley_tree_equilibria){ .method = "", .argument = "", .complete = true };
    if (!x)
        return parley_fail(err, PARLEY_EINVAL, "the game is not extensive");
    enum parley_status status = parley_game_perfect_recall(game, err);
    if (status)
        return status;
    mpq_init(p.regret);
    p.cut.end = malloc(x->n_nodes * sizeof *p.cut.end);
    p.cut.place = malloc(x->n_nodes * sizeof *p.cut.place);
    p.cut.set = malloc((x->n_infosets + 1) * sizeof *p.cut.set);
    p.branch = calloc(PARLEY_PERFECT_MAX, sizeof *p.branch);
    if (!p.cut.end || !p.cut.place || !p.cut.set || !p.branch)
        status = no_memory(&p);
    for (size_t h = 0; !status && h < x->n_infosets; h++)
        p.cut.set[h] = NOWHERE;
    if (!status)
        status = lay_out(&p);
    if (!status && !(p.root = subgame_roots(x, arena, &p.n_roots, p.cut.end)))
        status = no_memory(&p);
    if (!status) {
        out->n_subgames = p.n_roots;
        out->zero_sum = game->n_players == 2 && sequence_constant_sum(game, 0, 1);
        p.n_branches = 1;
        p.max_branches = BRANCH_NODES / x->n_nodes < 1 ? 1 : BRANCH_NODES / x->n_nodes > PARLEY_PERFECT_MAX ? PARLEY_PERFECT_MAX : BRANCH_NODES / x->n_nodes;
        status = branch_new(&p, &p.branch[0], NULL) ? solve_all(&p) : no_memory(&p);
    }
    if (!status)
        status = write_rules(&p);
    if (!status)
        explain(&p);
    for (size_t b = 0; p.branch && b < PARLEY_PERFECT_MAX; b++)
        branch_release(&p.branch[b]);
    free(p.branch);
    free(p.cut.end);
    free(p.cut.place);
    free(p.cut.set);
    mpq_clear(p.regret);
    return status;
}
