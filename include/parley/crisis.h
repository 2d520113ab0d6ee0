/* crisis.h - games of incomplete information about rivals: trust and reassurance, threats, attribution.
 * Room: game.
 *
 * Trust and reassurance: Kydd 2005, "Trust and Mistrust in International Relations". Threats that cost something to take back:
 * Fearon 1994, APSR 88:577-592. Deterrence with imperfect attribution: Baliga, Bueno de Mesquita and Wolitzky 2020, APSR
 * 114:1155-1178. Blame: Edwards, Furnas, Forrest and Axelrod 2017, PNAS 114:2825-2830. */
#ifndef PARLEY_CRISIS_H
#define PARLEY_CRISIS_H

#include <parley/game.h>
#include <stdbool.h>
#include <stddef.h>

enum { PARLEY_ATTACKERS_MAX = 64, PARLEY_SIGNALS_MAX = 65 };

/* Payoffs of one side: both cooperate, I alone, the other alone, neither. */
struct parley_stakes {
    double R, S, T, P;
};

/* The assurance game of two sides that are each a seeker of security (R > T) or greedy (T > R). */
struct parley_trust {
    double threshold;      /* m = (P - S) / ((R - T) + (P - S)): the least trust at which a seeker of security cooperates */
    bool cooperates;       /* at the trust given */
    /* Reassurance in two rounds, the first with a share a of the stakes: the types part ways for a in [low, high];
     * empty when low > high. */
    double share_low, share_high;
    bool reassures;
    /* A gesture that costs c and nothing else: only seekers make it for c in [cost_low, cost_high] = [T - P of the greedy, R - P]. */
    double cost_low, cost_high;
    bool gesture_works;
    /* a cost that a greedy side feels k times as much: k at least cost_low / cost_high makes some gesture work */
    double needed_ratio;
};

/* A threat by a challenger who is strong (will fight) with probability p, before a target who concedes or resists. */
struct parley_threat {
    double prize;     /* to the challenger if the target concedes; quiet gives 0 */
    double war_strong; /* to a strong challenger if the target resists */
    double audience;  /* cost > 0 of backing down after a threat */
    double concede, war, triumph; /* to the target: conceding, a war with a strong challenger, resisting one who backs down */
    double strong;    /* p */
};

struct parley_threat_result {
    double bluff;      /* probability that a weak challenger threatens */
    double concede;    /* probability that the target concedes after a threat */
    double belief;     /* that a challenger who threatens is strong */
    double threats;    /* overall probability of a threat */
    double war;        /* overall probability of war */
    bool deters_bluff; /* bluff < 1: the cost of backing down holds some bluffs back */
};

/* n alike attackers and one defender. */
struct parley_attribution {
    unsigned n;            /* attackers */
    double opportunity;    /* gamma: chance that somebody has an opportunity; each the same */
    double miss, own, other; /* after an attack by i: no signal, a signal naming i, naming a given other one; miss + own + (n-1) other = 1 */
    double false_alarm;    /* without an attack: chance of a signal naming a given one */
};

struct parley_attribution_result {
    double threshold;      /* x*: those who gain more than this by an attack attack; gains are uniform on [0, 1] */
    double attack;         /* chance of an attack */
    double belief;         /* that the one named is guilty */
    double retaliation;    /* chance that a signal is answered; costs of the defender uniform on [0, 1] */
    double wrongly_blamed; /* chance of retaliation against an innocent */
};

/* The blame game: an attacker who may be vulnerable to blame, and a victim who may know whether it is. */
struct parley_blame {
    double vulnerable; /* chance that blame hurts the attacker (it knows) */
    double informed;   /* chance that the victim knows */
    double gain, harm; /* of an attack: to the attacker, to the victim */
    double cost;       /* of being blamed while vulnerable */
    double relief, backlash; /* to the victim: blaming a vulnerable attacker, blaming in vain */
};

#pragma GCC visibility push(default)

/* seeker.R > seeker.T, P > S; greedy.T > greedy.R; trust in [0, 1] is the chance that the other is a seeker. PARLEY_EINVAL else. */
PARLEY_MUST_USE enum parley_status parley_crisis_trust(const struct parley_stakes *seeker, const struct parley_stakes *greedy, double trust,
                                                       struct parley_trust *out, struct parley_error *err);

/* The semi-separating equilibrium: the strong always threaten. PARLEY_EINVAL: signs of the payoffs; PARLEY_EDOM: strong enough to be always
 * believed or not worth a threat (the message says which). */
PARLEY_MUST_USE enum parley_status parley_crisis_threat(const struct parley_threat *game, struct parley_threat_result *out,
                                                        struct parley_error *err);

/* The symmetric equilibrium with the lowest threshold above 0 found by bisection to 1e-15. */
PARLEY_MUST_USE enum parley_status parley_crisis_attribution(const struct parley_attribution *game, struct parley_attribution_result *out,
                                                             struct parley_error *err);

/* The blame game as a tree, to be solved as any other. PARLEY_EINVAL: probabilities outside [0, 1], numbers not finite. */
PARLEY_MUST_USE enum parley_status parley_crisis_blame(const struct parley_blame *game, struct parley_arena *arena, struct parley_game **out,
                                                       struct parley_error *err);

#pragma GCC visibility pop
#endif
