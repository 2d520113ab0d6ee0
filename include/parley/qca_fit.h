/* qca_fit.h - parameters of fit of an expression, and the search for necessary conditions.
 * Room: accord.
 *
 * x membership in the condition, y in the outcome, sums over all cases (Ragin 2006; Schneider and Wagemann 2012):
 *   inclS = sum min(x,y) / sum x           covS = sum min(x,y) / sum y
 *   PRI   = (sum min(x,y) - sum min(x,y,1-y)) / (sum x - sum min(x,y,1-y))
 *   inclN = covS, covN = inclS, RoN = sum (1-x) / sum (1 - min(x,y))      covU: what a term covers alone
 * NaN stands for 0/0; a condition that is always present has RoN 0. */
#ifndef PARLEY_QCA_FIT_H
#define PARLEY_QCA_FIT_H

#include <parley/progress.h>
#include <parley/qca.h>
#include <parley/sop.h>

enum parley_qca_relation { PARLEY_QCA_SUFFICIENT = 1, PARLEY_QCA_NECESSARY = 2 };

struct parley_qca_measures {
    double incl, pri, cov, unique; /* as a sufficient condition; unique is NaN in a sum of one term */
    double ron;                    /* as a necessary one: inclusion is cov, coverage is incl */
};

struct parley_qca_expression_fit {
    unsigned relation;                 /* bits: what the arrow asked for */
    struct parley_qca_set outcome;
    struct parley_sop sop;
    const char *text;                  /* as understood */
    size_t n;
    const char **term;                 /* [n] */
    struct parley_qca_measures *fit;   /* [n] */
    struct parley_qca_measures whole;
    const double *membership;          /* [cases] in the whole expression, and in the outcome */
    const double *outcome_membership;
};

struct parley_qca_group { /* NaN for 0/0 */
    double incl, cov;
    size_t n;
};

struct parley_qca_necessity_options {
    double incl_cut, cov_cut, ron_cut;
    size_t depth;                      /* most conditions in one conjunction or disjunction; 1 = single ones only */
    size_t max;                        /* expressions listed at most; the search then stops and says so */
};

struct parley_qca_necessary {
    const char *text;
    bool disjunction;
    size_t n;                          /* conditions in it */
    double incl, ron, cov;             /* inclN, RoN, covN */
};

struct parley_qca_sufficiency_options {
    double incl_cut, pri_cut, cov_cut;
    size_t depth, max;                 /* as above */
};

struct parley_qca_sufficient {
    const char *text;
    size_t n;                          /* conditions in it */
    double incl, pri, cov;             /* inclS, PRI, covS */
};

#pragma GCC visibility push(default)

/* Names of all columns that can be conditions, for expressions over the data. */
PARLEY_MUST_USE enum parley_status parley_qca_names(const struct parley_qca_data *data, struct parley_arena *arena,
                                                    struct parley_sop_names **names, const size_t **column,
                                                    struct parley_error *err);

/* Membership of every case in each product of a sum over parley_qca_names: x [sop->n][data->n]; and in the sum, all [data->n].
 * Either may be NULL. */
void parley_qca_sop_membership(const struct parley_qca_data *data, const struct parley_sop *sop, const size_t *column,
                               double *x, double *all);

/* inclS, PRI, covS, RoN of memberships x against y. */
struct parley_qca_measures parley_qca_measure(const double *x, const double *y, size_t n);

/* "A*~B + C => Y" (sufficient; also ->), "<= Y" or "<- Y" (necessary), "<=>" (both). PARLEY_EPARSE shows where; PARLEY_EDOM when
 * the expression is empty, as A*~A is. O(terms k cases). */
PARLEY_MUST_USE enum parley_status parley_qca_fit_expression(const struct parley_qca_data *data, const char *text,
                                                             struct parley_arena *arena,
                                                             struct parley_qca_expression_fit *out,
                                                             struct parley_error *err);

/* Every literal of the conditions with its measures, [*n] in order of the conditions. */
PARLEY_MUST_USE enum parley_status parley_qca_necessity_single(const struct parley_qca_table *table, struct parley_arena *arena,
                                                               struct parley_qca_necessary **out, size_t *n,
                                                               struct parley_error *err);

/* Necessary expressions: all conjunctions that reach the cuts, and the disjunctions that do while no part of theirs does; at most
 * one literal of a condition in each. *cut is set when there are more than options->max. */
PARLEY_MUST_USE enum parley_status parley_qca_necessity(const struct parley_qca_table *table,
                                                        const struct parley_qca_necessity_options *options,
                                                        const struct parley_progress *progress, struct parley_arena *arena,
                                                        struct parley_qca_necessary **out, size_t *n, bool *cut,
                                                        struct parley_error *err);

/* Sufficient conjunctions: those that reach the cuts while no part of theirs does, shorter ones first; at most one literal of a condition
 * in each. They describe the cases that exist: unlike prime implicants they may hold for want of counter-examples. A part that
 * is sufficient or too small in coverage ends a branch. *cut: more than options->max. */
PARLEY_MUST_USE enum parley_status parley_qca_sufficiency(const struct parley_qca_table *table,
                                                          const struct parley_qca_sufficiency_options *options,
                                                          const struct parley_progress *progress, struct parley_arena *arena,
                                                          struct parley_qca_sufficient **out, size_t *n, bool *cut,
                                                          struct parley_error *err);

/* Consistency and coverage of x for y in every group of cases (a wave of a panel, a country): group [n] numbers 0..groups-1, out
 * [groups]. *distance: how unevenly the groups share the consistency, the Euclidean distance of their shares from equal shares
 * (Garcia-Castro and Arino 2016). necessary: as a necessary condition. */
void parley_qca_group_fit(const double *x, const double *y, const size_t *group, size_t n, size_t groups, bool necessary,
                          struct parley_qca_group *out, double *distance);

#pragma GCC visibility pop
#endif
