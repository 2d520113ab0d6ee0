/* gainloss.h - whether every party gains from an agreement: expected utility, probability, what would tip it.
 * Room: accord.
 *
 * Party i agrees iff
 *     EU_i = p_i (G_i - r D_i) - (1 - p_i) L_i - K_i + T_i > 0
 * with G the gain if the others keep the agreement, L the loss if one of them breaks it, p the belief that they keep it,
 * K the cost of negotiating, T a payment received (or, below 0, paid), D_i = max(0, mean gain of the others - G_i) and
 * r the weight of relative gains (0 unless the issue is sensitive). The theory is Huang Bei 2024's; the form and the numbers are ours
 * and marked as assumed in the codebook; relative gains after Grieco 1988, Int. Organ. 42:485-507.
 *
 * Uncertainty: G_i is multiplied by exp(sd_gain z) with one standard normal z for all parties (the interest is common), L_i
 * and K_i by exp(sd z) with one of its own each, and logit p_i moves by sd_credibility z. An unknown condition counts half
 * yes and half no. Agreement needs every pivotal party; a follower signs when the others do.
 *
 * Plain values, no allocation except where an arena is passed, no shared state: safe from any thread. */
#ifndef PARLEY_GAINLOSS_H
#define PARLEY_GAINLOSS_H

#include <parley/arena.h>
#include <parley/codebook.h>
#include <parley/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PARLEY_PARTIES_MAX = 256, PARLEY_TIP_SETS_MAX = 64 };

struct parley_terms { /* what one party weighs; utility units, credibility in (0, 1) */
    double gain, loss, credibility, cost, payment;
};

struct parley_party {
    const char *name;
    bool follower;
    struct parley_terms own; /* stated for this party; NaN where the default of the conditions holds */
};

struct parley_conditions {
    enum parley_tri severe, threat; /* common harm is severe; a regime threat is perceived */
    bool sensitive, multilateral;
};

struct parley_situation {
    const struct parley_codebook *book;
    struct parley_conditions conditions;
    const struct parley_party *party; /* [n]; at least one is pivotal */
    size_t n;
    double strength[PARLEY_MEASURES_MAX]; /* of the codebook's measures, 0 = absent, 1 = full */
};

/* One way the unknown conditions may be, and what follows. */
struct parley_completion {
    struct parley_conditions conditions;
    double least_utility; /* of the least willing pivotal party */
    double p_agreement;
};

enum parley_input { PARLEY_INPUT_GAIN, PARLEY_INPUT_LOSS, PARLEY_INPUT_CREDIBILITY, PARLEY_INPUT_COST, PARLEY_INPUTS };

/* Where the party's answer turns: the smallest change of one input with the others held, and of all four together. */
struct parley_tipping {
    double at[PARLEY_INPUTS];       /* threshold of each input alone; NaN when no value of it turns the answer */
    double distance[PARLEY_INPUTS]; /* |change| in units of the input's uncertainty (log or logit); NaN likewise */
    struct parley_terms nearest;    /* the cheapest combination: least sum of squared changes in those units */
    double nearest_distance;        /* its square root; NaN when there is none within reach */
};

struct parley_party_result {
    struct parley_terms terms; /* as used, unknown conditions at the values that favour agreement most */
    double relative_loss;      /* r D_i */
    double utility;
    bool agrees;               /* utility > 0 */
    double p_agrees;           /* over the uncertainty and the completions */
    struct parley_tipping tipping;
};

/* The cheapest change of all inputs of all parties that turns the outcome. The gain moves for all parties by one factor, because
 * the interest is common; loss, credibility and cost of every pivotal party by themselves. */
struct parley_joint_tipping {
    double distance;            /* square root of the sum of squared changes in units of their uncertainty; NaN = none within reach */
    double gain_factor;         /* by which every gain (and lead) moves */
    struct parley_terms *party; /* [n] inputs at the turning point; followers as they are */
    bool *moved;                /* [n] loss, credibility or cost of the party change */
};

struct parley_gainloss_result {
    struct parley_party_result *party; /* [n] */
    struct parley_joint_tipping joint;
    struct parley_completion completion[4];
    size_t n_completions;              /* 1, 2 or 4 */
    bool agreement;                    /* every pivotal party agrees, unknown conditions taken in favour */
    enum parley_tri predicted;         /* the same in every completion; unknown when they differ */
    double p_agreement, low, high;     /* 90 % interval: defaults may be wrong by sd_defaults, unknowns either way */
    double p_lasting;                  /* agreed and kept by every pivotal party, each with the credibility lent to it */
    uint64_t seed;                     /* of the draws of the interval */
    size_t draws;
};

#pragma GCC visibility push(default)

/* The default inputs of a party under known conditions (unknown ones are an error), without measures.
 * n_pivotal: parties that must agree. PARLEY_EINVAL. */
PARLEY_MUST_USE enum parley_status parley_gainloss_terms(const struct parley_gainloss_numbers *numbers,
                                                         const struct parley_conditions *conditions, size_t n_pivotal,
                                                         struct parley_terms *out, struct parley_error *err);

/* p G - (1 - p) L - K + T. */
double parley_gainloss_utility(const struct parley_terms *terms);

/* Everything about one situation; the result lives in the arena. draws: of the interval, 0 to 100,000 (0 = no interval).
 * PARLEY_EINVAL (no pivotal party, an input out of range), PARLEY_ELIMIT, PARLEY_ENOMEM. About 10 ms for each
 * kind of party; the interval costs about 0.3 ms a draw. */
PARLEY_MUST_USE enum parley_status parley_gainloss_eval(const struct parley_situation *situation, uint64_t seed, size_t draws,
                                                        struct parley_arena *arena, struct parley_gainloss_result *out,
                                                        struct parley_error *err);

/* Only the probabilities (exact to about 1e-4 by quadrature): of agreement and of lasting compliance. */
PARLEY_MUST_USE enum parley_status parley_gainloss_probability(const struct parley_situation *situation, double *p_agreement,
                                                               double *p_lasting, struct parley_error *err);

/* The same where harm and threat are partly there (0 to 1): gain, loss and the odds of credibility move geometrically between their
 * values without and with each. *least_utility of the pivotal parties. For series over the observation window. */
PARLEY_MUST_USE enum parley_status parley_gainloss_at(const struct parley_situation *situation, double harm, double threat, double *least_utility,
                                                      double *p_agreement, struct parley_error *err);

/* Thresholds and the nearest turning point of one party, T = payment held. Cost: some hundred evaluations. */
void parley_gainloss_tipping(const struct parley_gainloss_numbers *numbers, const struct parley_terms *terms,
                             struct parley_tipping *out);

/* --- switches: what could be otherwise ------------------------------------------------------------- */

/* One thing that can be turned: a condition (harm, threat, sensitive, multilateral) or a measure. */
struct parley_switch {
    enum { PARLEY_SWITCH_HARM, PARLEY_SWITCH_THREAT, PARLEY_SWITCH_SENSITIVE, PARLEY_SWITCH_MULTILATERAL, PARLEY_SWITCH_MEASURE } what;
    size_t measure; /* index, when it is a measure */
    bool choice;    /* the negotiators can choose it; harm and threat they cannot */
};

struct parley_switch_set {
    struct parley_switch element[4];
    size_t n;
    double least_utility, p_agreement, p_lasting; /* after the change */
};

/* All smallest sets of at most max_size (1..4) switches that turn the outcome (agreement or not, unknown conditions taken
 * in favour), found by trying every set; no set contains a smaller one of the list. Sorted by size, then by probability
 * (highest first when agreement is the aim). choices_only leaves out harm and threat. *tried = sets looked at. */
PARLEY_MUST_USE enum parley_status parley_gainloss_turn(const struct parley_situation *situation, size_t max_size, bool choices_only,
                                                        struct parley_switch_set out[PARLEY_TIP_SETS_MAX], size_t *n, size_t *tried,
                                                        struct parley_error *err);

/* The situation with one switch turned. */
void parley_switch_turn(struct parley_situation *situation, const struct parley_switch *what);

#pragma GCC visibility pop
#endif
