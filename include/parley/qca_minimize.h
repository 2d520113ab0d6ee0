/* qca_minimize.h - Boolean minimisation of a truth table: all prime implicants, all minimal models, exact counts.
 * Room: accord.
 *
 * Complex (conservative): remainders are taken as rows that do not lead to the outcome. Parsimonious: remainders may be simplifying
 * assumptions. Intermediate: only those in accord with directional expectations (Ragin and Sonnett 2005; Ragin 2008, ch. 9).
 * "Minimal" means the fewest prime implicants; irredundant models, of which no term can go, may be longer. How it is done: docs/methods/qca.md. */
#ifndef PARLEY_QCA_MINIMIZE_H
#define PARLEY_QCA_MINIMIZE_H

#include <parley/progress.h>
#include <parley/qca.h>

enum { PARLEY_QCA_ANY = 255 }; /* in parley_qca_term.value: the condition does not appear */

enum parley_qca_solution_kind { PARLEY_QCA_COMPLEX, PARLEY_QCA_PARSIMONIOUS, PARLEY_QCA_INTERMEDIATE };

struct parley_qca_term {
    const uint8_t *value;  /* [k] */
    const char *text;      /* "A*~B", "A[1]*B[0]" */
};

struct parley_qca_fit { /* NaN for 0/0 */
    double incl, pri, cov;
    double unique;         /* coverage by this term alone; NaN in a model of one term */
};

struct parley_qca_model {
    size_t n;
    const struct parley_qca_term *term;   /* [n] sorted by text */
    const struct parley_qca_fit *term_fit; /* [n] */
    struct parley_qca_fit fit;
    const char *text;                      /* terms joined by " + " */
};

struct parley_qca_solution {
    size_t k;
    uint64_t implicant_count;              /* prime implicants that cover a row with OUT 1, less the dominated ones */
    uint64_t dominated;                    /* dropped by row dominance */
    bool implicants_complete;              /* false: stopped early, the count is what was found */
    size_t n_implicants;                   /* listed, sorted by text when all are */
    const struct parley_qca_term *implicant;
    size_t n_essential;                    /* terms of every minimal model (irredundant: of every irredundant one) */
    bool essential_complete;               /* false: some may be missing (size not proven, or the search for models without them given up) */
    const struct parley_qca_term *essential;
    size_t model_size, model_bound;        /* fewest terms found; no model has fewer than the bound */
    bool model_size_proven;
    const char *model_count;               /* decimal; exact, or a lower bound (model_count_exact false) */
    bool model_count_exact;
    size_t n_models;                       /* listed, sorted by (terms, text) */
    bool models_first_in_order;            /* the models listed are the first of all in that order */
    bool models_cut;                       /* the list ended at PARLEY_QCA_LIST_BYTES, before max_models */
    const struct parley_qca_model *model;
};

/* One (complex, parsimonious) pair of an intermediate solution. */
struct parley_qca_pair {
    size_t complex_model, parsimonious_model;
    struct parley_qca_solution solution;
    bool counterfactuals_known;            /* false: more than PARLEY_QCA_REMAINDER_ROWS_MAX configurations */
    size_t n_easy, n_difficult;
    const uint64_t *easy, *difficult;      /* remainders by number of row, ascending: in accord with the expectations, and those that only
                                              the parsimonious model assumes */
};

struct parley_qca_options {
    enum parley_qca_solution_kind kind;
    bool include_c;              /* contradictions are don't-cares: they need not be covered */
    const uint64_t *expect;      /* [k] bit v: value v is expected to contribute; 0 = no expectation. Intermediate only */
    size_t max_models;           /* to list; the count does not depend on it */
    size_t max_implicants;       /* to list */
    bool irredundant;            /* every model that loses a row when any term goes, not only the smallest; not intermediate */
    bool row_dominance;          /* drop implicants whose rows another covers and more; this deletes valid models */
    bool first;                  /* one model is enough: do not count */
    size_t max_bytes;            /* ceiling for the prime implicants; 0 = 3 GiB */
    uint64_t effort;             /* chart entries touched before proof and count are given up; 0 = 4e9 (some seconds) */
    unsigned threads;            /* 0 = one a processor; results do not depend on it */
};

struct parley_qca_result {
    struct parley_qca_solution solution; /* intermediate: the models of all pairs together, equal ones once */
    struct parley_qca_solution complex, parsimonious; /* of an intermediate solution: what it was made from */
    size_t n_pairs;
    struct parley_qca_pair *pair;
    bool pairs_cut;                      /* more pairs than PARLEY_QCA_PAIRS_MAX */
};

enum { PARLEY_QCA_PAIRS_MAX = 400, PARLEY_QCA_LIST_BYTES = 1 << 28 };

#pragma GCC visibility push(default)

/* Minimise. PARLEY_EDOM: no row leads to the outcome, or none does not. PARLEY_ECANCELLED: stopped by the progress function; *out
 * is then a usable partial result whose flags say what is missing. */
PARLEY_MUST_USE enum parley_status parley_qca_minimize(const struct parley_qca_table *table,
                                                       const struct parley_qca_options *options,
                                                       const struct parley_progress *progress, struct parley_arena *arena,
                                                       struct parley_qca_result *out, struct parley_error *err);

/* "A,~B,C[1,2]" or "1,0,-" (one for each condition) -> expect [k]. */
PARLEY_MUST_USE enum parley_status parley_qca_parse_expect(const struct parley_qca_table *table, const char *text,
                                                           uint64_t *expect, struct parley_error *err);

/* Text of a term; membership of all cases in it, out [data->n]. */
const char *parley_qca_term_text(const struct parley_qca_table *table, const uint8_t *value, struct parley_arena *arena);
void parley_qca_term_membership(const struct parley_qca_table *table, const uint8_t *value, double *out);

/* Parameters of fit of a union of terms: the whole and each term. term_fit [n]. O(n k cases). */
PARLEY_MUST_USE enum parley_status parley_qca_terms_fit(const struct parley_qca_table *table, const struct parley_qca_term *term,
                                                        size_t n, struct parley_qca_fit *fit, struct parley_qca_fit *term_fit,
                                                        struct parley_error *err);

/* Is the term true of a configuration? */
bool parley_qca_term_covers(const uint8_t *value, const uint8_t *config, size_t k);

#pragma GCC visibility pop
#endif
