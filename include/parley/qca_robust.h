/* qca_robust.h - how far a solution depends on the choices of the analyst and on single cases.
 * Room: accord.
 *
 * A cut-off changes a truth table only where it passes a row's own inclusion, PRI or number of cases, so the ranges are exact: at
 * most as many minimisations as rows. After Oana and Schneider 2021 (robustness tests) and Rohlfing 2018 (false positives). */
#ifndef PARLEY_QCA_ROBUST_H
#define PARLEY_QCA_ROBUST_H

#include <parley/qca_fit.h>
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

/* Another choice of the analyst, and what comes out of it. */
struct parley_qca_robust_test {
    struct parley_qca_spec spec; /* in: other cut-offs, the same outcome and conditions */
    size_t n_models;             /* out: models compared; 0 = no row leads to the outcome, an empty solution */
    bool all_models;             /* these are all its minimal models */
    const char *first;           /* NULL when there is none */
};

enum parley_qca_place { PARLEY_QCA_ROBUST, PARLEY_QCA_SHAKY, PARLEY_QCA_POSSIBLE, PARLEY_QCA_OUTSIDE };

/* One model against the test solutions, whose intersection is minTS and whose union is maxTS; the robust core is the part of the
 * model inside minTS. Oana and Schneider 2021, Sociological Methods and Research 53(1). */
struct parley_qca_robust_fit {
    const char *model;
    struct parley_qca_measures core; /* of the robust core */
    double cov, cons;                /* RF_cov: coverage of the core over that of the model; RF_cons: consistency of the model over that of the core */
    double least, most;              /* RF_SC: overlap of the model with minTS and with maxTS, over their union */
    uint8_t *place;                  /* [cases] enum parley_qca_place: in the core; only in the model; only in a test solution; in none */
};

struct parley_qca_retention {
    double independent, dependent;
};

enum { PARLEY_QCA_RETENTION_CASES_MAX = 10000, PARLEY_QCA_PERTURBED_MAX = 50 };

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

/* Compare every minimal model of the table with all models of all tests. Up to 1,000 models of each. */
PARLEY_MUST_USE enum parley_status parley_qca_robust_fits(const struct parley_qca_table *table, const struct parley_qca_options *options,
                                                          struct parley_qca_robust_test *test, size_t n_tests,
                                                          const struct parley_progress *progress, struct parley_arena *arena,
                                                          struct parley_qca_robust_fit **out, size_t *n_out, struct parley_error *err);

/* The probability that every row of a crisp table keeps its verdict when cases are deleted or (deletion false) have their outcome
 * corrupted: each with probability p (independent), or exactly `cases` of them, every set equally likely (dependent). Thiem, Spoehel and
 * Dusa 2016, Political Analysis 24(1). PARLEY_EDOM for fuzzy sets. O(rows (n/rows)^2 + rows cases^3). */
PARLEY_MUST_USE enum parley_status parley_qca_retention(const struct parley_qca_table *table, bool deletion, double p, size_t cases,
                                                        struct parley_qca_retention *out, struct parley_error *err);

#pragma GCC visibility pop
#endif
