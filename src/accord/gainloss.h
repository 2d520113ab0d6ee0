/* gainloss.h - what gainloss.c and tipping.c share. */
#ifndef PARLEY_ACCORD_GAINLOSS_H
#define PARLEY_ACCORD_GAINLOSS_H

#include <parley/gainloss.h>

/* PARLEY_EINVAL or PARLEY_ELIMIT when the situation cannot be judged. */
enum parley_status situation_check(const struct parley_situation *s, struct parley_error *err);

/* The unknown conditions at the values that favour agreement most. */
struct parley_conditions conditions_in_favour(struct parley_conditions c);

/* Inputs of every party under known conditions, with measures and payments; terms[n], relative[n] = r D_i. */
void situation_terms(const struct parley_situation *s, const struct parley_conditions *known,
                     struct parley_terms *terms, double *relative);

/* The least utility of the pivotal parties. */
double situation_least(const struct parley_situation *s, const struct parley_terms *terms, const double *relative);

/* Where all parties together turn the outcome: net [n] inputs less the relative loss, pivotal [n]. now: do they agree? out->party
 * and out->moved [n] are given; gains there are net. */
void joint_tipping(const struct parley_gainloss_numbers *numbers, const struct parley_terms *net, const bool *pivotal, size_t n, bool now,
                   struct parley_joint_tipping *out);

#endif
