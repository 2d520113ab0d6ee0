/* cna.h - coincidence analysis of crisp data: which factors are minimally sufficient and, together, minimally necessary for which.
 * Room: accord.
 *
 * Baumgartner 2009, Sociological Methods and Research 38:71-101; Baumgartner and Falk 2019. Every factor can be an outcome. Minimally
 * sufficient conditions (msc), atomic solutions (asf: minimally necessary disjunctions of them), complex solutions (csf: one atomic
 * solution for each outcome, without those that the others imply). */
#ifndef PARLEY_CNA_H
#define PARLEY_CNA_H

#include <parley/progress.h>
#include <parley/qca.h>

enum { PARLEY_CNA_CONJUNCTS_MAX = 5, PARLEY_CNA_DISJUNCTS_MAX = 8, PARLEY_CNA_CSF_FACTORS = 16 };

struct parley_cna_options {
    const size_t *factor;   /* [k] crisp columns */
    size_t k;
    const uint8_t *outcome; /* [k] 1 = look for causes of this factor; NULL = of every factor */
    const uint8_t *level;   /* [k] a factor is caused by none of a higher level; NULL = no order */
    bool strict;            /* nor by one of its own level */
    double con, cov;        /* least consistency and coverage; 0 = 1 */
    unsigned conjuncts, disjuncts, complexity; /* most literals in a conjunction, conjunctions in a sum, literals in all; 0 = 3, 4, 10 */
    size_t max;             /* conditions and solutions of each kind kept at most; 0 = 10,000 */
};

struct parley_cna_condition {
    const char *text;       /* "A*~B", "A*~B + C", "(A + B <=> C)*(C <=> D)" */
    size_t outcome;         /* index into factor; of a complex solution: how many outcomes */
    double con, cov;
    unsigned complexity;    /* literals on the left-hand sides */
};

struct parley_cna {
    struct parley_cna_condition *msc, *asf, *csf;
    size_t n_msc, n_asf, n_csf;
    bool cut;               /* some list reached options->max */
};

#pragma GCC visibility push(default)

/* PARLEY_EDOM: a factor that is not crisp. PARLEY_ECANCELLED keeps what was found. */
PARLEY_MUST_USE enum parley_status parley_cna(const struct parley_qca_data *data, const struct parley_cna_options *options,
                                              const struct parley_progress *progress, struct parley_arena *arena,
                                              struct parley_cna *out, struct parley_error *err);

#pragma GCC visibility pop
#endif
