#include "game_range.h"

#include <math.h>

enum { BASES = 20000, BOXES = 20000, PROFILES_MAX = 1024 }; /* a fraction of a second */

enum parley_status equilibrium_range(struct invocation *in, const struct parley_game *g, const int *weight, struct payoff_range *out)
{
    struct parley_equilibria_options o = { .max_bases = BASES, .max_boxes = BOXES };
    struct parley_equilibria s;
    *out = (struct payoff_range){ .low = INFINITY, .high = -INFINITY };
    if (g->n_profiles > PROFILES_MAX)
        return PARLEY_OK;
    struct parley_error err = { 0 };
    enum parley_status status = parley_equilibria_solve(g, &o, &in->progress, &in->arena, &s, &err);
    if (status == PARLEY_ECANCELLED || status == PARLEY_ENOMEM)
        return parley_fail(&in->err, status, "%s", err.text);
    if (status || !s.complete || !s.n)
        return PARLEY_OK;
    for (size_t e = 0; e < s.n; e++) {
        double sum = 0;
        for (size_t i = 0; i < g->n_players; i++)
            sum += weight[i] * s.equilibrium[e].payoff_approximate[i];
        out->low = fmin(out->low, sum);
        out->high = fmax(out->high, sum);
    }
    out->known = true;
    out->n = s.n;
    return PARLEY_OK;
}
