/* What anybody could gain by leaving a rule of play: best replies on the tree itself. */
#include "rational.h"
#include "sequence.h"

#include <parley/tree_equilibria.h>
#include <stdlib.h>

static void release_plans(const struct sequence_form *f, mpq_t **plan, mpq_t *gain, size_t most)
{
    for (size_t i = 0; plan && i < f->n_players; i++)
        fractions_release(plan[i], f->player[i].n);
    free(plan);
    fractions_release(gain, most);
}

enum parley_status parley_tree_regret(const struct parley_game *game, const size_t *first, const struct parley_exact *const *probability,
                                      struct parley_arena *arena, const struct parley_exact **regret, const struct parley_exact **payoff,
                                      struct parley_error *err)
{
    struct sequence_form f;
    size_t most = 0;
    if (!game->extensive)
        return parley_fail(err, PARLEY_EINVAL, "the game is not extensive");
    enum parley_status status = sequence_form_new(&f, game, err);
    if (status)
        return status;
    mpq_t **plan = calloc(f.n_players, sizeof *plan);
    bool ok = plan != NULL;
    for (size_t i = 0; ok && i < f.n_players; i++) {
        most = f.player[i].n > most ? f.player[i].n : most;
        ok = (plan[i] = fractions_new(f.player[i].n)) != NULL;
        if (ok)
            sequence_plan(&f.player[i], first, probability, plan[i]);
    }
    mpq_t *gain = fractions_new(most), now, best, worst;
    ok = ok && gain;
    mpq_inits(now, best, worst, NULL);
    for (size_t i = 0; ok && i < f.n_players; i++) {
        sequence_gains(&f, i, plan, gain);
        mpq_set_ui(now, 0, 1);
        for (size_t s = 0; s < f.player[i].n; s++) {
            mpq_mul(best, gain[s], plan[i][s]);
            mpq_add(now, now, best);
        }
        sequence_best(&f.player[i], gain, best, NULL, NULL);
        mpq_sub(best, best, now);
        if (mpq_cmp(best, worst) > 0)
            mpq_set(worst, best);
        ok = !payoff || (payoff[i] = exact_keep(now, arena)) != NULL;
    }
    ok = ok && (*regret = exact_keep(worst, arena)) != NULL;
    mpq_clears(now, best, worst, NULL);
    release_plans(&f, plan, gain, most);
    sequence_form_release(&f);
    return ok ? PARLEY_OK : parley_fail(err, PARLEY_ENOMEM, "out of memory");
}
