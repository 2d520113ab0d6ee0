#include <parley/case_game.h>

#include <math.h>

double parley_case_game_value(const struct parley_case_side *s)
{
    return s->credibility * (s->gain - s->relative_loss) - (1 - s->credibility) * s->loss - s->cost + s->payment;
}

/* q (v + K) >= K, with v + K what there is to win beyond the cost that is spent anyway. */
double parley_case_game_belief(const struct parley_case_side *s)
{
    double won = parley_case_game_value(s) + s->cost;
    if (s->cost <= 0)
        return won > 0 ? 0 : won < 0 ? INFINITY : NAN;
    return won > 0 ? s->cost / won : INFINITY;
}

static const char *reason(const struct parley_case_side *s, bool agrees, bool all, enum parley_lang lang, struct parley_arena *arena)
{
    if (!agrees)
        return parley_arena_strdup(arena, PARLEY_SAY(lang, "0: it refuses; no agreement, no cost", "0: 拒绝, 无协议亦无成本"));
    if (!all)
        return parley_arena_printf(arena, PARLEY_SAY(lang, "-K: another refuses; its cost of negotiating %.3g is spent", "-K: 有方拒绝, 谈判成本%.3g已付出"), s->cost);
    return parley_arena_printf(arena, PARLEY_SAY(lang, "p (G - D) - (1 - p) L - K + T: p %.3g, G %.3g, D %.3g, L %.3g, K %.3g, T %.3g",
                                                 "p (G - D) - (1 - p) L - K + T: p %.3g, G %.3g, D %.3g, L %.3g, K %.3g, T %.3g"),
                               s->credibility, s->gain, s->relative_loss, s->loss, s->cost, s->payment);
}

enum parley_status parley_case_game_build(const char *title, const struct parley_case_side *side, size_t n, enum parley_lang lang,
                                          struct parley_arena *arena, struct parley_game **out, struct parley_error *err)
{
    size_t two[PARLEY_CASE_GAME_PLAYERS_MAX];
    if (n < 2)
        return parley_fail(err, PARLEY_EINVAL, "a game of signing needs two parties or more, found %zu", n);
    if (n > PARLEY_CASE_GAME_PLAYERS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "a game of signing holds at most %d parties, found %zu", PARLEY_CASE_GAME_PLAYERS_MAX, n);
    for (size_t i = 0; i < n; i++) {
        two[i] = 2;
        if (!isfinite(parley_case_game_value(&side[i])) || fabs(parley_case_game_value(&side[i])) > 1e12 || fabs(side[i].cost) > 1e12)
            return parley_fail(err, PARLEY_EDOM, "%s: terms that are no finite number below 10^12", side[i].name);
    }
    enum parley_status status = parley_game_new(title, n, two, arena, out, err);
    if (status)
        return status;
    struct parley_game *g = *out;
    if (!(g->reason = PARLEY_NEW(arena, const char *, g->n_profiles * n)))
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++) {
        g->player[i] = side[i].name;
        g->strategy[i][0] = PARLEY_SAY(lang, "agree", "同意");
        g->strategy[i][1] = PARLEY_SAY(lang, "refuse", "拒绝");
    }
    for (size_t p = 0; p < g->n_profiles; p++)
        for (size_t i = 0; i < n; i++) { /* bit i of the profile: i refuses */
            bool agrees = !(p >> i & 1), all = p == 0;
            double v = !agrees ? 0 : all ? parley_case_game_value(&side[i]) : -side[i].cost;
            g->payoff[p * n + i] = parley_exact_ratio(llround(v * 1000), 1000, arena);
            g->reason[p * n + i] = reason(&side[i], agrees, all, lang, arena);
            if (!g->payoff[p * n + i] || !g->reason[p * n + i])
                return parley_fail(err, PARLEY_ENOMEM, "out of memory");
        }
    return PARLEY_OK;
}
