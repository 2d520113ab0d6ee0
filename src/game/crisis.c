#include <parley/crisis.h>

#include <math.h>

static bool finite_stakes(const struct parley_stakes *s) { return isfinite(s->R) && isfinite(s->S) && isfinite(s->T) && isfinite(s->P); }

enum parley_status parley_crisis_trust(const struct parley_stakes *seeker, const struct parley_stakes *greedy, double q, struct parley_trust *out,
                                       struct parley_error *err)
{
    if (!(finite_stakes(seeker) && seeker->R > seeker->T && seeker->P > seeker->S && seeker->R > seeker->P))
        return parley_fail(err, PARLEY_EINVAL, "a seeker of security has R > T, R > P and P > S; found R %g, S %g, T %g, P %g", seeker->R, seeker->S, seeker->T, seeker->P);
    if (!(finite_stakes(greedy) && greedy->T > greedy->R && greedy->P > greedy->S && greedy->T > greedy->P))
        return parley_fail(err, PARLEY_EINVAL, "a greedy side has T > R, T > P and P > S; found R %g, S %g, T %g, P %g", greedy->R, greedy->S, greedy->T, greedy->P);
    if (!(q >= 0 && q <= 1))
        return parley_fail(err, PARLEY_EINVAL, "trust: expected a probability, found %g", q);
    double fear = seeker->P - seeker->S, gain = seeker->R - seeker->T;
    out->threshold = fear / (gain + fear);
    out->cooperates = q >= out->threshold;
    /* Round one with share a, round two with 1 - a in the light of it. Who defected is taken for greedy and met with defection.
     * Greedy side: mimicking costs a [q (T - R) + (1-q)(P - S)] now and brings (1-a) q (T - P) later. */
    double later = q * (greedy->T - greedy->P), now = q * (greedy->T - greedy->R) + (1 - q) * (greedy->P - greedy->S);
    out->share_low = later + now > 0 ? later / (later + now) : 0;
    /* Seeker: cooperating costs a [q (T - R) + (1-q)(P - S)] now and brings (1-a) q (R - P) later. */
    double reward = q * (seeker->R - seeker->P), risk = q * (seeker->T - seeker->R) + (1 - q) * fear;
    out->share_high = reward + risk > 0 ? fmin(1, reward / (reward + risk)) : 1;
    if (risk <= 0)
        out->share_high = 1;
    out->reassures = out->share_low <= out->share_high && q > 0;
    out->cost_low = greedy->T - greedy->P;
    out->cost_high = seeker->R - seeker->P;
    out->gesture_works = out->cost_low <= out->cost_high;
    out->needed_ratio = out->cost_low / out->cost_high;
    return PARLEY_OK;
}

enum parley_status parley_crisis_threat(const struct parley_threat *g, struct parley_threat_result *out, struct parley_error *err)
{
    if (!(g->prize > 0 && g->audience > 0 && g->triumph > g->concede && g->concede > g->war && isfinite(g->prize + g->audience + g->triumph + g->war)))
        return parley_fail(err, PARLEY_EINVAL, "a threat needs a prize > 0, a cost of backing down > 0 and, for the target, triumph > concession > war; "
                           "found prize %g, audience cost %g, triumph %g, concession %g, war %g", g->prize, g->audience, g->triumph, g->concede, g->war);
    if (!(g->strong > 0 && g->strong < 1))
        return parley_fail(err, PARLEY_EINVAL, "the chance that the challenger is strong: expected a number between 0 and 1, found %g", g->strong);
    double p = g->strong;
    /* the target is indifferent: concede = belief war + (1 - belief) triumph */
    double belief = (g->triumph - g->concede) / (g->triumph - g->war);
    if (p >= belief)
        return parley_fail(err, PARLEY_EDOM, "with a chance of %g to be strong every threat is believed (the target concedes from %g on); all threaten and all get their way",
                           p, belief);
    out->belief = belief;
    out->bluff = p * (1 - belief) / ((1 - p) * belief);
    out->concede = g->audience / (g->prize + g->audience); /* a weak challenger is indifferent: c prize = (1 - c) audience */
    if (!(out->concede * g->prize + (1 - out->concede) * g->war_strong >= 0))
        return parley_fail(err, PARLEY_EDOM, "a strong challenger would rather stay quiet: war is worth %g to it and the target concedes only with probability %.4g",
                           g->war_strong, out->concede);
    out->threats = p + (1 - p) * out->bluff;
    out->war = p * (1 - out->concede);
    out->deters_bluff = out->bluff < 1;
    return PARLEY_OK;
}

/* What is gained by not attacking, in chance of retaliation, when all attack above x: signals of nothing are not answered. */
static double deterred(const struct parley_attribution *g, double x, struct parley_attribution_result *out)
{
    double each = g->opportunity / g->n * (1 - x), rest = 1 - each * g->n;
    double all = each * (g->own + (g->n - 1) * g->other) + rest * g->false_alarm;
    double belief = all > 0 ? each * g->own / all : 0, shared = all > 0 ? each * g->other / all : 0; /* the one named; one not named */
    out->belief = belief;
    out->retaliation = belief; /* costs are uniform: the share of them below the belief */
    out->attack = each * g->n;
    out->wrongly_blamed = g->n * all * (belief * (1 - belief) + (g->n - 1) * shared * (1 - shared));
    return (g->own - g->false_alarm) * belief + (g->n - 1) * (g->other - g->false_alarm) * shared;
}

enum parley_status parley_crisis_attribution(const struct parley_attribution *g, struct parley_attribution_result *out, struct parley_error *err)
{
    double sum = g->miss + g->own + (g->n - 1.0) * g->other;
    if (g->n < 1 || g->n > PARLEY_ATTACKERS_MAX)
        return parley_fail(err, PARLEY_EINVAL, "attackers: expected 1 to %d, found %u", PARLEY_ATTACKERS_MAX, g->n);
    if (!(g->opportunity > 0 && g->opportunity <= 1 && g->miss >= 0 && g->own >= 0 && g->other >= 0 && g->false_alarm >= 0 && g->false_alarm * g->n <= 1))
        return parley_fail(err, PARLEY_EINVAL, "probabilities outside [0, 1]: opportunity %g, miss %g, own %g, other %g, false alarm %g each", g->opportunity, g->miss,
                           g->own, g->other, g->false_alarm);
    if (!(fabs(sum - 1) < 1e-9))
        return parley_fail(err, PARLEY_EINVAL, "after an attack: no signal %g + the guilty named %g + %u others named %g each make %g, not 1", g->miss, g->own, g->n - 1, g->other, sum);
    if (g->own < g->false_alarm)
        return parley_fail(err, PARLEY_EDOM, "the guilty are named less often (%g) than the innocent in quiet times (%g): the signal says the opposite of what it should", g->own,
                           g->false_alarm);
    double low = 0, high = 1;
    for (int i = 0; i < 200 && high > low; i++) { /* the gain falls in x: retaliation is rarer when attacks are rarer */
        double x = (low + high) / 2;
        if (x == low || x == high)
            break;
        if (deterred(g, x, out) > x)
            low = x;
        else
            high = x;
    }
    out->threshold = low;
    deterred(g, low, out);
    return PARLEY_OK;
}

enum parley_status parley_crisis_blame(const struct parley_blame *g, struct parley_arena *arena, struct parley_game **out, struct parley_error *err)
{
    if (!(g->vulnerable >= 0 && g->vulnerable <= 1 && g->informed >= 0 && g->informed <= 1))
        return parley_fail(err, PARLEY_EINVAL, "blame: probabilities outside [0, 1]: vulnerable %g, informed %g", g->vulnerable, g->informed);
    if (!isfinite(g->gain + g->harm + g->cost + g->relief + g->backlash))
        return parley_fail(err, PARLEY_EINVAL, "blame: payoffs must be finite numbers");
    struct parley_text text;
    parley_text_init(&text, 1 << 16);
    parley_text_addf(&text, "EFG 2 R \"Blame game\" { \"attacker\" \"victim\" }\n\"\"\nc \"\" 1 \"\" { \"vulnerable\" %.15f \"safe\" %.15f } 0\n", g->vulnerable, 1 - g->vulnerable);
    for (int safe = 0; safe < 2; safe++) {
        parley_text_addf(&text, "p \"\" 1 %d \"%s\" { \"attack\" \"refrain\" } 0\n", safe + 1, safe ? "safe" : "vulnerable");
        parley_text_addf(&text, "c \"\" %d \"\" { \"informed\" %.15f \"unsure\" %.15f } 0\n", safe + 2, g->informed, 1 - g->informed);
        for (int unsure = 0; unsure < 2; unsure++) {
            double blamed = safe ? g->gain : g->gain - g->cost, victim = safe ? -g->harm - g->backlash : -g->harm + g->relief;
            parley_text_addf(&text, "p \"\" 2 %d \"%s\" { \"blame\" \"tolerate\" } 0\n", unsure ? 3 : safe + 1, unsure ? "unsure" : safe ? "knows it is safe" : "knows it is vulnerable");
            parley_text_addf(&text, "t \"\" %d \"\" { %.15g %.15g }\n", 10 * safe + 2 * unsure + 1, blamed, victim);
            parley_text_addf(&text, "t \"\" %d \"\" { %.15g %.15g }\n", 10 * safe + 2 * unsure + 2, g->gain, -g->harm);
        }
        parley_text_addf(&text, "t \"\" %d \"\" { 0 0 }\n", 10 * safe + 9);
    }
    enum parley_status status = text.failed ? parley_fail(err, PARLEY_ENOMEM, "out of memory")
                                            : parley_game_parse(parley_text_str(&text), text.len, "blame game", arena, out, err);
    parley_text_release(&text);
    return status ? status : parley_game_reduce(*out, arena, err);
}
