/* qca_robust.h - how far a solution depends on the choices of the analyst and on single cases.
 * Room: accord.
 *
 * A cut-off changes a truth table only where it passes a row's own inclusion, PRI or number of cases, so the ranges are exact: at
 * most as many minimisations as rows. After Oana and Schneider 2021 (robustness tests) and Rohlfing 2018 (false positives). */
#ifndef PARLEY_QCA_ROBUST_H
#define PARLEY_QCA_ROBUST_H

#include <parley/qca_minimize.h>

struct parley_qca_range {     /* the solution stays the same for values in (low, high] (n_cut: low <= value <= high) */
    double low, high;         /* NaN: no bound was met */
    const char *below, *above; /* first model of the solution beyond each end; NULL when the end is that of the scale or there is none */
};

struct parley_qca_deletion {
    size_t changed;           /* cases whose removal changes the set of minimal models */
    const size_t *which;      /* [changed] */
};

struct parley_qca_chance {    /* outcome shuffled among the cases */
    size_t runs, solved;      /* solved: a solution came out at all */
    size_t as_good;           /* its coverage and inclusion both reach those of the data */
    double p;                 /* (as_good + 1) / (runs + 1) */
};

struct parley_qca_robust {
    struct parley_qca_solution solution;
    struct parley_qca_range incl, pri, n_cut;
    struct parley_qca_deletion deletion;
    struct parley_qca_chance chance;
    bool stopped;             /* interrupted: deletion or chance cover only a part; see n_deleted, chance.runs */
    size_t n_deleted;         /* cases tried */
};

/* Membership of a recalibrated condition moves with its anchors. */
struct parley_qca_anchor_range {
    double anchor[3];         /* exclusion, crossover, inclusion */
    double low[3], high[3];   /* each alone can move from low to high, within `resolution`, and the solution stays; NaN: to its neighbour */
    double resolution;
};

#pragma GCC visibility push(default)

/* options->max_models is raised to hold all models that are compared (at most 1,000). runs: shuffles (0 = none), from seed. */
PARLEY_MUST_USE enum parley_status parley_qca_robustness(const struct parley_qca_table *table,
                                                         const struct parley_qca_options *options, size_t runs, uint64_t seed,
                                                         const struct parley_progress *progress, struct parley_arena *arena,
                                                         struct parley_qca_robust *out, struct parley_error *err);

/* How far each of the three anchors of the direct method can move, the condition at `position` being calibrated from raw [n]. */
PARLEY_MUST_USE enum parley_status parley_qca_anchor_ranges(const struct parley_qca_table *table, size_t position, const double *raw,
                                                            const double anchor[3], const struct parley_qca_options *options,
                                                            const struct parley_progress *progress, struct parley_arena *arena,
                                                            struct parley_qca_anchor_range *out, struct parley_error *err);

#pragma GCC visibility pop
#endif
