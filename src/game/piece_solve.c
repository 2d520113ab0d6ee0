#include "piece_solve.h"

#include "rational.h"
#include "sequence_pair.h"

#include <parley/equilibria.h>
#include <parley/rng.h>
#include <stdlib.h>

/* Two movers: all equilibria are listed up to so many plans of the two together and so many bases, which takes a fraction of a second. */
enum { LISTED_WIDTH = 64, LISTED_BASES = 60000, SMALL_WIDTH = 32, SMALL_BASES = 200000, MANY_PAYOFFS = 1 << 20, MANY_BOXES = 100000, REPLY_STARTS = 50 };

struct work {
    const struct subgame_piece *piece;
    struct sequence_form f;
    const struct parley_tree_options *options;
    const struct parley_progress *progress;
    struct parley_arena *arena;
    struct piece_answer *out;
    struct parley_error *err;
};

static enum parley_status no_memory(struct work *w) { return parley_fail(w->err, PARLEY_ENOMEM, "out of memory"); }

/* Room for n rules. */
static enum parley_status make_room(struct work *w, size_t n)
{
    w->out->n = n;
    w->out->probability = PARLEY_NEW(w->arena, const struct parley_exact **, n);
    for (size_t e = 0; w->out->probability && e < n; e++)
        if (!(w->out->probability[e] = PARLEY_NEW(w->arena, const struct parley_exact *, w->out->width)))
            return no_memory(w);
    return w->out->probability ? PARLEY_OK : no_memory(w);
}

/* weight[a] of one information set, in proportion; the first action where they are all zero. */
static bool put_set(struct work *w, size_t e, size_t infoset, const mpq_t *weight)
{
    size_t n = w->piece->game->extensive->infoset[infoset].n_actions;
    const struct parley_exact **to = w->out->probability[e] + w->out->first[infoset];
    mpq_t sum, q;
    mpq_inits(sum, q, NULL);
    for (size_t a = 0; a < n; a++)
        mpq_add(sum, sum, weight[a]);
    bool ok = true;
    for (size_t a = 0; ok && a < n; a++) {
        if (mpq_sgn(sum))
            mpq_div(q, weight[a], sum);
        else
            mpq_set_ui(q, a == 0, 1);
        ok = (to[a] = exact_keep(q, w->arena)) != NULL;
    }
    mpq_clears(sum, q, NULL);
    return ok;
}

static bool put_plan(struct work *w, size_t e, const struct sequences *s, const mpq_t *plan)
{
    bool ok = true;
    for (size_t h = 0; ok && h < s->n_sets; h++)
        ok = put_set(w, e, s->set[h].infoset, plan + s->set[h].first);
    return ok;
}

/* --- one mover: the best plan ---------------------------------------------------------------------------- */

static enum parley_status choose(struct work *w)
{
    size_t i = w->piece->mover[0];
    const struct sequences *s = &w->f.player[i];
    mpq_t *gain = fractions_new(s->n), *plan = fractions_new(s->n), best;
    size_t *choice = malloc((s->n_sets + 1) * sizeof *choice), ties = 1;
    mpq_init(best);
    bool tie = false;
    enum parley_status status = gain && plan && choice ? PARLEY_OK : no_memory(w);
    if (!status) {
        sequence_gains(&w->f, i, NULL, gain);
        sequence_best(s, gain, best, choice, &tie);
        for (size_t q = 1; s->n_sets == 1 && tie && !w->options->one && q < s->n; q++)
            ties += q != choice[0] && mpq_equal(gain[q], gain[choice[0]]);
        status = make_room(w, ties);
    }
    for (size_t e = 0, q = 0; !status && e < ties; e++) {
        if (ties > 1) { /* one rule for each best action, in their order */
            while (!mpq_equal(gain[++q], gain[choice[0]]))
                ;
            choice[0] = q;
        }
        for (size_t h = 0; h < s->n_sets; h++)
            for (size_t a = s->set[h].first; a < s->set[h].first + s->set[h].n_actions; a++)
                mpq_set_ui(plan[a], a == choice[h], 1);
        if (!put_plan(w, e, s, plan))
            status = no_memory(w);
    }
    w->out->kind = PIECE_CHOICE;
    w->out->complete = !tie;
    mpq_clear(best);
    fractions_release(gain, s->n);
    fractions_release(plan, s->n);
    free(choice);
    return status;
}

/* --- small games: all equilibria of the strategic form ------------------------------------------------------- */

/* The strategic form with the movers as its players; plans stay in the piece. */
static enum parley_status movers_only(struct work *w, struct parley_game **out)
{
    struct parley_game *g = w->piece->game;
    size_t n = w->piece->n_movers, sizes[PARLEY_GAME_PLAYERS_MAX];
    enum parley_status status = parley_game_reduce(g, w->arena, w->err);
    for (size_t k = 0; !status && k < n; k++)
        sizes[k] = g->n_strategies[w->piece->mover[k]];
    if (!status)
        status = parley_game_new("", n, sizes, w->arena, out, w->err);
    for (size_t p = 0; !status && p < g->n_profiles; p++) /* the others have one strategy, so the profiles are numbered alike */
        for (size_t k = 0; k < n; k++)
            (*out)->payoff[p * n + k] = parley_game_payoff(g, p, w->piece->mover[k]);
    return status;
}

/* A mixture of plans as a rule for each information set (Kuhn 1953). */
static bool put_mixture(struct work *w, size_t e, const struct parley_equilibrium *q)
{
    const struct parley_game *g = w->piece->game;
    const struct parley_extensive *x = g->extensive;
    bool ok = true;
    for (size_t k = 0, at = 0; k < w->piece->n_movers; k++) {
        size_t i = w->piece->mover[k];
        for (size_t h = 0; ok && h < x->n_infosets; h++) {
            if (x->infoset[h].player != i)
                continue;
            mpq_t *weight = fractions_new(x->infoset[h].n_actions), part;
            mpq_init(part);
            for (size_t s = 0; weight && s < g->n_strategies[i]; s++) {
                int a = g->plan[i][s * x->n_infosets + h];
                if (a < 0 || !(q->approximate[at + s] > 0))
                    continue;
                if (q->probability)
                    mpq_set(part, q->probability[at + s]->v);
                else
                    mpq_set_d(part, q->approximate[at + s]);
                mpq_add(weight[a], weight[a], part);
            }
            ok = weight && put_set(w, e, h, weight);
            mpq_clear(part);
            fractions_release(weight, x->infoset[h].n_actions);
        }
        at += g->n_strategies[i];
    }
    return ok;
}

static enum parley_status pure_replies(struct work *w, bool *solved);

/* *solved = false: too large, or not all of them were found. */
static enum parley_status list_all(struct work *w, size_t bases, bool *solved)
{
    struct parley_game *g = NULL;
    struct parley_equilibria s;
    bool two = w->piece->n_movers == 2;
    struct parley_equilibria_options o = { .one = w->options->one && !two, .max_bases = bases, .max_boxes = MANY_BOXES, .exact_only = two };
    enum parley_status status = movers_only(w, &g);
    *solved = false;
    if (!status)
        status = parley_equilibria_solve(g, &o, w->progress, w->arena, &s, w->err);
    if (two && (status == PARLEY_ELIMIT || status == PARLEY_ENOCONV || (!status && !s.complete)))
        return PARLEY_OK;
    if (!status && !two && !s.n) { /* the search ended without one */
        bool met = false;
        status = pure_replies(w, &met);
        *solved = met;
        if (status || met)
            return status;
        return parley_fail(w->err, PARLEY_ENOCONV, "no equilibrium of a subgame of %zu players was found", w->piece->n_movers);
    }
    if (status)
        return status;
    size_t n = w->options->one ? 1 : s.n < PARLEY_PERFECT_MAX ? s.n : PARLEY_PERFECT_MAX;
    status = make_room(w, n);
    for (size_t e = 0; !status && e < n; e++) {
        w->out->exact &= s.equilibrium[e].probability != NULL;
        if (!put_mixture(w, e, &s.equilibrium[e]))
            status = no_memory(w);
    }
    w->out->complete = s.complete && n == s.n && (!two || s.n_subsets == s.n);
    w->out->kind = two ? PIECE_LISTED : PIECE_MANY;
    *solved = true;
    return status;
}

/* --- two movers: the sequence form ----------------------------------------------------------------------------- */

static enum parley_status by_sequences(struct work *w)
{
    size_t a = w->piece->mover[0], b = w->piece->mover[1];
    struct sequence_pair p;
    struct pair_found found = { 0 };
    enum parley_status status = pair_new(&p, &w->f, a, b, w->err);
    if (status)
        return status;
    w->out->zero_sum = p.zero_sum;
    w->out->kind = p.zero_sum ? PIECE_LP : PIECE_PATH;
    status = p.zero_sum ? pair_solve_lp(&p, w->progress, &found, w->err) : pair_solve_path(&p, w->progress, &found, w->err);
    w->out->pivots = found.pivots;
    w->out->undominated = found.perfect;
    if (!status)
        status = make_room(w, 1);
    if (!status && (!put_plan(w, 0, p.s[0], (const mpq_t *)found.plan[0]) || !put_plan(w, 0, p.s[1], (const mpq_t *)found.plan[1])))
        status = no_memory(w);
    pair_found_release(&found, &p);
    pair_release(&p);
    return status;
}

static enum parley_status two_movers(struct work *w)
{
    bool solved = false;
    double width = sequence_plans(&w->f.player[w->piece->mover[0]]) + sequence_plans(&w->f.player[w->piece->mover[1]]);
    if (!w->options->one && !w->options->sequence && width <= LISTED_WIDTH) {
        enum parley_status status = list_all(w, width <= SMALL_WIDTH ? SMALL_BASES : LISTED_BASES, &solved);
        if (status || solved)
            return status;
    }
    return by_sequences(w);
}

/* --- more movers ------------------------------------------------------------------------------------------------- */

/* A pure equilibrium by best replies in turn, from the uniform rule and from random ones; *solved = false: none was met. The plans of all
 * players are in plan[], with probabilities 0 and 1 after the first replies. */
static void reply_in_turn(struct work *w, mpq_t **plan, mpq_t *gain, size_t *choice, bool *solved)
{
    mpq_t best, now;
    mpq_inits(best, now, NULL);
    size_t calm = 0;
    for (size_t turn = 0; calm < w->piece->n_movers && turn < 40 * w->piece->n_movers; turn++) {
        size_t i = w->piece->mover[turn % w->piece->n_movers];
        const struct sequences *s = &w->f.player[i];
        sequence_gains(&w->f, i, plan, gain);
        mpq_set_ui(now, 0, 1);
        for (size_t q = 0; q < s->n; q++) {
            mpq_mul(best, gain[q], plan[i][q]);
            mpq_add(now, now, best);
        }
        sequence_best(s, gain, best, choice, NULL);
        calm = turn >= w->piece->n_movers && mpq_equal(best, now) ? calm + 1 : 0;
        for (size_t h = 0; !calm && h < s->n_sets; h++)
            for (size_t q = s->set[h].first; q < s->set[h].first + s->set[h].n_actions; q++)
                mpq_set_ui(plan[i][q], q == choice[h] && mpq_sgn(plan[i][s->set[h].before]), 1);
    }
    *solved = calm == w->piece->n_movers;
    mpq_clears(best, now, NULL);
}

static void start_plan(const struct sequences *s, struct parley_rng *rng, bool uniform, mpq_t *plan)
{
    mpq_set_ui(plan[0], 1, 1);
    for (size_t h = 0; h < s->n_sets; h++) {
        size_t pick = (size_t)parley_rng_below(rng, s->set[h].n_actions);
        mpq_t share;
        mpq_init(share);
        mpq_set_ui(share, 1, s->set[h].n_actions);
        for (size_t a = 0; a < s->set[h].n_actions; a++) {
            if (uniform)
                mpq_mul(plan[s->set[h].first + a], plan[s->set[h].before], share);
            else
                mpq_set_ui(plan[s->set[h].first + a], a == pick && mpq_sgn(plan[s->set[h].before]), 1);
        }
        mpq_clear(share);
    }
}

static enum parley_status pure_replies(struct work *w, bool *solved)
{
    size_t players = w->f.n_players, most = 0;
    mpq_t **plan = calloc(players, sizeof *plan);
    bool ok = plan != NULL;
    for (size_t i = 0; ok && i < players; i++) {
        most = w->f.player[i].n > most ? w->f.player[i].n : most;
        ok = (plan[i] = fractions_new(w->f.player[i].n)) != NULL;
    }
    mpq_t *gain = fractions_new(most);
    size_t *choice = malloc((most + 1) * sizeof *choice);
    enum parley_status status = ok && gain && choice ? PARLEY_OK : no_memory(w);
    struct parley_rng rng;
    parley_rng_init(&rng, 1, 0); /* the starts are part of the method: the same on every machine */
    *solved = false;
    for (size_t start = 0; !status && !*solved && start < REPLY_STARTS; start++) {
        for (size_t i = 0; i < players; i++)
            start_plan(&w->f.player[i], &rng, start == 0, plan[i]);
        reply_in_turn(w, plan, gain, choice, solved);
    }
    if (!status && *solved) {
        status = make_room(w, 1);
        for (size_t k = 0; !status && k < w->piece->n_movers; k++)
            if (!put_plan(w, 0, &w->f.player[w->piece->mover[k]], (const mpq_t *)plan[w->piece->mover[k]]))
                status = no_memory(w);
        w->out->complete = false;
        w->out->kind = PIECE_MANY;
    }
    for (size_t i = 0; plan && i < players; i++)
        fractions_release(plan[i], w->f.player[i].n);
    free(plan);
    free(choice);
    fractions_release(gain, most);
    return status;
}

static enum parley_status many_movers(struct work *w)
{
    bool solved = false;
    double payoffs = (double)w->piece->n_movers;
    for (size_t k = 0; k < w->piece->n_movers; k++)
        payoffs *= sequence_plans(&w->f.player[w->piece->mover[k]]);
    if (w->options->one || payoffs > MANY_PAYOFFS) {
        enum parley_status status = pure_replies(w, &solved);
        if (status || solved)
            return status;
    }
    if (payoffs > MANY_PAYOFFS)
        return parley_fail(w->err, PARLEY_ELIMIT, "a subgame in which %zu players move has no pure equilibrium that best replies in turn would meet, and its %.3g profiles "
                           "of plans would take about %.3g GB; games of three and more players are searched up to %d payoffs", w->piece->n_movers,
                           payoffs / (double)w->piece->n_movers, payoffs * 64 / 1e9, MANY_PAYOFFS);
    return list_all(w, 0, &solved);
}

enum parley_status piece_solve(const struct subgame_piece *piece, const struct parley_tree_options *options, const struct parley_progress *progress,
                               struct parley_arena *arena, struct piece_answer *out, struct parley_error *err)
{
    const struct parley_extensive *x = piece->game->extensive;
    struct work w = { .piece = piece, .options = options, .progress = progress, .arena = arena, .out = out, .err = err };
    *out = (struct piece_answer){ .complete = true, .exact = true, .first = PARLEY_NEW(arena, size_t, x->n_infosets) };
    if (!out->first)
        return no_memory(&w);
    for (size_t h = 0; h < x->n_infosets; h++) {
        out->first[h] = x->infoset[h].player == (size_t)-1 ? (size_t)-1 : out->width;
        out->width += x->infoset[h].player == (size_t)-1 ? 0 : x->infoset[h].n_actions;
    }
    enum parley_status status = sequence_form_new(&w.f, piece->game, err);
    if (status)
        return status;
    for (size_t k = 0; k < piece->n_movers; k++)
        out->sequences += w.f.player[piece->mover[k]].n;
    if (piece->n_movers == 0)
        status = make_room(&w, 1);
    else
        status = piece->n_movers == 1 ? choose(&w) : piece->n_movers == 2 ? two_movers(&w) : many_movers(&w);
    sequence_form_release(&w.f);
    return status;
}
