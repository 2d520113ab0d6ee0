/* The game of signing: payoffs by hand, and the belief at which agreeing and refusing are worth the same. */
#include "reference.h"

#include <parley/case_game.h>

#include <math.h>

static const struct parley_case_side sides[3] = {
    { "A", 10, 0, 4, .75, 1, 0 },
    { "B", 8, .5, 6, .5, 2, .25 },
    { "C", 10, 0, 12, .3, 1, 0 },
};

static double payoff(const struct parley_game *g, size_t profile, size_t player)
{
    return parley_exact_double(parley_game_payoff(g, profile, player));
}

int main(void)
{
    struct parley_arena arena = { 0 };
    struct parley_error err = { 0 };
    struct parley_game *g;
    OK(!parley_case_game_build("t", sides, 3, PARLEY_EN, &arena, &g, &err), "a game of three parties");
    OK(payoff(g, 0, 0) == 5.5 && fabs(payoff(g, 0, 1) - -1) < 1e-12 && fabs(payoff(g, 0, 2) - -6.4) < 1e-12, "all agree: the values of the model");
    bool fits = true;
    for (size_t p = 1; p < 8; p++)
        for (size_t i = 0; i < 3; i++)
            fits &= payoff(g, p, i) == ((p >> i & 1) ? 0 : -sides[i].cost);
    OK(fits, "otherwise who agrees loses its cost, who refuses nothing");
    double q = parley_case_game_belief(&sides[0]);
    OK(fabs(q * 5.5 - (1 - q) * 1) < 1e-12, "at the belief needed both are worth the same");
    OK(parley_case_game_belief(&sides[1]) > 1 && isinf(parley_case_game_belief(&sides[2])), "no belief is enough where agreement is worth less than nothing");
    struct parley_case_side bad = sides[0];
    bad.gain = INFINITY;
    struct parley_case_side two[2] = { bad, sides[1] };
    OK(parley_case_game_build("t", two, 2, PARLEY_EN, &arena, &g, &err) == PARLEY_EDOM, "an infinite gain is refused");
    OK(parley_case_game_build("t", sides, 1, PARLEY_EN, &arena, &g, &err) == PARLEY_EINVAL, "one party is no game");
    parley_arena_release(&arena);
    return done();
}
