#include "sequence.h"

#include "rational.h"

#include <parley/tree_equilibria.h>
#include <stdlib.h>
#include <string.h>

#define NOWHERE ((size_t)-1)

mpq_t *fractions_new(size_t n)
{
    mpq_t *q = malloc((n + 1) * sizeof *q);
    for (size_t i = 0; q && i < n; i++)
        mpq_init(q[i]);
    return q;
}

void fractions_release(mpq_t *q, size_t n)
{
    for (size_t i = 0; q && i < n; i++)
        mpq_clear(q[i]);
    free(q);
}

void sequence_form_release(struct sequence_form *f)
{
    for (size_t i = 0; f->player && i < f->n_players; i++)
        free(f->player[i].set);
    free(f->player);
    free(f->at);
    fractions_release(f->value, f->n_leaves * f->n_players);
    *f = (struct sequence_form){ 0 };
}

/* Count first, so that nothing grows later. */
static bool make_room(struct sequence_form *f)
{
    const struct parley_extensive *x = f->game->extensive;
    f->n_players = f->game->n_players;
    for (size_t i = 0; i < x->n_nodes; i++)
        f->n_leaves += x->node[i].payoff != NULL;
    f->player = calloc(f->n_players, sizeof *f->player);
    f->at = calloc(f->n_leaves * f->n_players + 1, sizeof *f->at);
    f->value = fractions_new(f->n_leaves * f->n_players);
    if (!f->player || !f->at || !f->value)
        return false;
    for (size_t i = 0; i < f->n_players; i++)
        f->player[i].n = 1;
    for (size_t h = 0; h < x->n_infosets; h++)
        if (x->infoset[h].player != NOWHERE)
            f->player[x->infoset[h].player].n_sets++;
    for (size_t i = 0; i < f->n_players; i++) {
        struct sequences *s = &f->player[i];
        if (!(s->set = calloc(s->n_sets + 1, sizeof *s->set)))
            return false;
        s->n_sets = 0;
    }
    return true;
}

/* The information set of node n, entered when it is met for the first time; false: another sequence leads to it. */
static bool meet_set(struct sequence_form *f, const struct parley_game_node *n, const uint32_t *now, size_t *set_of)
{
    const struct parley_infoset *set = &f->game->extensive->infoset[n->infoset];
    struct sequences *s = &f->player[set->player];
    if (set_of[n->infoset] != NOWHERE)
        return s->set[set_of[n->infoset]].before == now[set->player];
    set_of[n->infoset] = s->n_sets;
    s->set[s->n_sets++] = (struct sequence_set){ n->infoset, now[set->player], s->n, set->n_actions };
    s->n += set->n_actions;
    return true;
}

/* Nodes lie in the order of the tree, parents first: one pass. */
static enum parley_status walk(struct sequence_form *f, uint32_t *now, mpq_t *chance, size_t *set_of, struct parley_error *err)
{
    const struct parley_extensive *x = f->game->extensive;
    size_t players = f->n_players, leaf = 0;
    for (size_t i = 0; i < x->n_nodes; i++) {
        const struct parley_game_node *n = &x->node[i];
        uint32_t *mine = now + i * players;
        if (n->parent == NOWHERE) {
            mpq_set_ui(chance[i], 1, 1);
        } else {
            const struct parley_game_node *up = &x->node[n->parent];
            const struct parley_infoset *set = &x->infoset[up->infoset];
            memcpy(mine, now + n->parent * players, players * sizeof *mine);
            mpq_set(chance[i], chance[n->parent]);
            if (up->move == PARLEY_MOVE_CHANCE)
                mpq_mul(chance[i], chance[i], set->probability[n->action]->v);
            else
                mine[set->player] = (uint32_t)(f->player[set->player].set[set_of[up->infoset]].first + n->action);
        }
        if (n->move == PARLEY_MOVE_PLAYER && !meet_set(f, n, mine, set_of))
            return parley_fail(err, PARLEY_EDOM, "imperfect recall at information set %d of player %zu: the sequence form does not exist",
                               x->infoset[n->infoset].number, x->infoset[n->infoset].player + 1);
        if (!n->payoff)
            continue;
        for (size_t p = 0; p < players; p++) {
            f->at[leaf * players + p] = mine[p];
            mpq_mul(f->value[leaf * players + p], chance[i], n->payoff[p]->v);
        }
        leaf++;
    }
    return PARLEY_OK;
}

enum parley_status sequence_form_new(struct sequence_form *f, const struct parley_game *game, struct parley_error *err)
{
    const struct parley_extensive *x = game->extensive;
    *f = (struct sequence_form){ .game = game };
    uint32_t *now = calloc(x->n_nodes * game->n_players, sizeof *now);
    size_t *set_of = malloc((x->n_infosets + 1) * sizeof *set_of);
    mpq_t *chance = fractions_new(x->n_nodes);
    enum parley_status status;
    if (!now || !set_of || !chance || !make_room(f)) {
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    } else {
        for (size_t h = 0; h < x->n_infosets; h++)
            set_of[h] = NOWHERE;
        status = walk(f, now, chance, set_of, err);
    }
    free(now);
    free(set_of);
    fractions_release(chance, x->n_nodes);
    if (status)
        sequence_form_release(f);
    return status;
}

void sequence_plan(const struct sequences *s, const size_t *first, const struct parley_exact *const *probability, mpq_t *plan)
{
    mpq_set_ui(plan[0], 1, 1);
    for (size_t h = 0; h < s->n_sets; h++)
        for (size_t a = 0; a < s->set[h].n_actions; a++)
            mpq_mul(plan[s->set[h].first + a], plan[s->set[h].before], probability[first[s->set[h].infoset] + a]->v);
}

void sequence_gains(const struct sequence_form *f, size_t i, mpq_t *const *plan, mpq_t *gain)
{
    mpq_t term;
    mpq_init(term);
    for (size_t s = 0; s < f->player[i].n; s++)
        mpq_set_ui(gain[s], 0, 1);
    for (size_t l = 0; l < f->n_leaves; l++) {
        const uint32_t *at = f->at + l * f->n_players;
        mpq_set(term, f->value[l * f->n_players + i]);
        for (size_t j = 0; j < f->n_players && mpq_sgn(term); j++)
            if (j != i && at[j])
                mpq_mul(term, term, plan[j][at[j]]);
        if (mpq_sgn(term))
            mpq_add(gain[at[i]], gain[at[i]], term);
    }
    mpq_clear(term);
}

void sequence_best(const struct sequences *s, mpq_t *gain, mpq_ptr best, size_t *choice, bool *ties)
{
    for (size_t h = s->n_sets; h-- > 0;) {
        const struct sequence_set *set = &s->set[h];
        size_t top = set->first;
        bool tie = false;
        for (size_t q = set->first + 1; q < set->first + set->n_actions; q++) {
            int cmp = mpq_cmp(gain[q], gain[top]);
            tie = cmp > 0 ? false : tie || cmp == 0;
            top = cmp > 0 ? q : top;
        }
        if (choice)
            choice[h] = top;
        if (ties)
            *ties |= tie;
        mpq_add(gain[set->before], gain[set->before], gain[top]);
    }
    mpq_set(best, gain[0]);
}

bool sequence_constant_sum(const struct parley_game *game, size_t a, size_t b)
{
    const struct parley_extensive *x = game->extensive;
    mpq_t total;
    mpq_init(total);
    mpq_t *sum = fractions_new(x->n_nodes);
    bool first = true, constant = sum != NULL;
    for (size_t i = 0; constant && i < x->n_nodes; i++) {
        const struct parley_game_node *n = &x->node[i];
        if (n->parent != (size_t)-1)
            mpq_set(sum[i], sum[n->parent]);
        for (int k = 0; n->payoff && k < 2; k++)
            mpq_add(sum[i], sum[i], n->payoff[k ? b : a]->v);
        if (n->move != PARLEY_MOVE_TERMINAL)
            continue;
        constant = first || mpq_equal(sum[i], total);
        mpq_set(total, sum[i]);
        first = false;
    }
    fractions_release(sum, x->n_nodes);
    mpq_clear(total);
    return constant;
}

double sequence_plans(const struct sequences *s)
{
    double *count = malloc(s->n * sizeof *count), all;
    for (size_t q = 0; count && q < s->n; q++)
        count[q] = 1;
    for (size_t h = s->n_sets; count && h-- > 0;) {
        double sum = 0;
        for (size_t a = 0; a < s->set[h].n_actions; a++)
            sum += count[s->set[h].first + a];
        count[s->set[h].before] *= sum;
    }
    all = count ? count[0] : 1e300;
    free(count);
    return all;
}

double parley_tree_plans(const struct parley_game *game, size_t player)
{
    struct sequence_form f;
    if (!game->extensive || player >= game->n_players || sequence_form_new(&f, game, NULL))
        return 0;
    double n = sequence_plans(&f.player[player]);
    sequence_form_release(&f);
    return n;
}
