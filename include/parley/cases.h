/* cases.h - coded cases: attempts to reach a binding agreement, the test of the theory on them, and how far coders agree.
 * Room: accord.
 *
 * A case holds codings: one coder's value for one indicator, with date and evidence. Variables (common harm, regime threat)
 * are computed from them by the codebook's rules; coders who disagree leave an indicator unknown. A case of the studies states its
 * variables directly. Everything lives in the caller's arena; strings are zero-terminated, never NULL. */
#ifndef PARLEY_CASES_H
#define PARLEY_CASES_H

#include <parley/arena.h>
#include <parley/codebook.h>
#include <parley/error.h>
#include <parley/event.h>
#include <parley/gainloss.h>
#include <parley/text.h>
#include <parley/time.h>
#include <parley/tree.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct parley_coding {
    const char *indicator; /* id of the codebook, or a variable's id when the variable was judged as a whole */
    enum parley_tri value;
    const char *coder, *date, *evidence, *note; /* evidence: ids or sources joined by ';' */
};

struct parley_trace_link { /* one dated step of the chain of evidence */
    struct parley_date when;
    const char *date, *what, *indicator, *source;
};

struct parley_window_point { /* a year of the observation window; harm and threat from 0 (none) to 1 (full) */
    int year;
    double harm, threat;
};

struct parley_coded_case {
    const char *id, *en, *zh;
    const char *instrument, *issue, *issue2, *type;
    int64_t year;
    bool started;                  /* the year is the one it started in; otherwise the one it was concluded in */
    const struct parley_party *party; /* [n_parties] */
    size_t n_parties;
    bool sides;                    /* the parties were not told apart: two sides with the same default inputs stand for them */
    const char *members;           /* the parties as listed, joined by ';' */
    bool follower_case;            /* outside the scope: one initiates, the rest follow */
    enum parley_tri harm, threat;  /* after the rules of the codebook */
    enum parley_tri stated_harm, stated_threat; /* as the case states them, whatever its codings say */
    enum parley_tri outcome;       /* reached; unknown = open */
    const struct parley_coding *coding;
    size_t n_codings;
    const struct parley_trace_link *trace;
    size_t n_trace;
    const struct parley_window_point *window; /* series over the window, or none */
    size_t n_window;
    double strength[PARLEY_MEASURES_MAX];
    const char *source, *note;
};

enum { PARLEY_CODINGS_MAX = 10000, PARLEY_TRACE_MAX = 10000, PARLEY_WINDOW_MAX = 200, PARLEY_CASE_BYTES_MAX = 1 << 20 };

/* --- the theory test --------------------------------------------------------------------------------- */

struct parley_theory_row { /* what the test needs of a case */
    enum parley_tri harm, threat, outcome;
    double p[2][2];        /* probability of the gain-loss model by [harm][threat]; only those the case may have are read */
};

struct parley_theory_score {
    size_t table[2][2];    /* [predicted][observed], cases with a prediction and an outcome */
    size_t n, fit;         /* cases with an outcome; those whose prediction is the outcome */
    double fisher_p, fisher_p_two_sided;
    double brier;          /* of the gain-loss probabilities; NaN if n = 0 */
};

struct parley_theory_completion {
    const enum parley_tri *value; /* [n_unknown]: the values given to the unknowns, in their order */
    struct parley_theory_score score;
};

struct parley_theory_result {
    const enum parley_tri *prediction;       /* [n] of rows; PARLEY_UNKNOWN when the unknown leaves it open */
    struct parley_theory_score score;        /* unknowns kept: a prediction that does not need them stands */
    size_t always_yes, always_no;            /* outcomes a rule that ignores the conditions gets right */
    double base_rate, brier_base;
    const size_t *unknown;                   /* [n_unknown] row * 2 + (0 harm, 1 threat) */
    size_t n_unknown, n_completions;
    const struct parley_theory_completion *completion; /* every way to fill the unknowns */
    const struct parley_theory_score *without; /* [n] leave one out: the score of the rest */
    double chosen_right;  /* leave one out, rule chosen on the rest among those below; ties share; cases predicted right */
    const char *const *rule;       /* [n_rules] words for the rules the choice is among */
    const size_t *rule_right;      /* [n_rules] what each gets right on all cases */
    size_t n_rules;
    size_t harm_no, threat_yes;    /* observed cases with harm not severe; with threat present: how little varies */
};

enum { PARLEY_THEORY_UNKNOWN_MAX = 12 }; /* 4096 completions */

/* --- proposals from the record -------------------------------------------------------------------------- */

struct parley_proposal { /* what the record says of one indicator; a proposal, never a coding */
    const struct parley_codebook_indicator *indicator;
    const struct parley_codebook_variable *variable;
    bool supported;  /* enough events speak for "yes"; otherwise nothing is proposed */
    const struct parley_event *const *event; /* [n_events] those that count */
    size_t n_events, first_half;             /* rising: how many lie in the first half of the window */
    double severity, severity_first_half;    /* heavier: summed severity (minus the intensity) of all, and of those in the first half */
    bool stand_in;                           /* heavier: the record has no losses; severity stands for them, so look at the events */
};

/* --- reliability ------------------------------------------------------------------------------------- */

enum parley_alpha_level { PARLEY_NOMINAL, PARLEY_ORDINAL, PARLEY_INTERVAL };

struct parley_alpha {
    double alpha, low, high;    /* bootstrap percentile interval (95 %); NaN when draws = 0 or not defined */
    double observed, expected;  /* disagreement; alpha = 1 - observed / expected */
    size_t units, values;       /* units with two or more values; values in them */
    size_t undefined;           /* bootstrap samples without any variation, left out of the interval */
};

#pragma GCC visibility push(default)

/* Read one case (a map of a YAML or JSON document). Messages name file, line, column. PARLEY_EREFUSED with the reason when the
 * instrument is out of the theory's scope. */
PARLEY_MUST_USE enum parley_status parley_case_read(const struct parley_node *root, const struct parley_codebook *book,
                                                    struct parley_arena *arena, struct parley_coded_case *out, struct parley_error *err);

/* A relation as a case that nobody has coded: every condition and the outcome unknown, about crime, between these parties. What is
 * handed in is kept, not copied; members are the parties joined by ';'. */
struct parley_coded_case parley_case_uncoded(const char *id, const char *members, int64_t year, const struct parley_party *party, size_t n_parties);

/* The case as YAML that parley_case_read reads back. */
void parley_case_write(const struct parley_coded_case *c, const struct parley_codebook *book, struct parley_text *out);

/* Compute harm and threat from the codings. What the case states is kept when no coding decides; PARLEY_EDOM when codings
 * contradict it. */
PARLEY_MUST_USE enum parley_status parley_case_decide(struct parley_coded_case *c, const struct parley_codebook *book, struct parley_error *err);

/* A date of the chain of evidence: 2013-06, 1990s, 2013-06/2014-02, 1998-2024, or "" (undated). */
PARLEY_MUST_USE enum parley_status parley_case_date(const char *text, struct parley_date *out, struct parley_error *err);

/* What the coders of a case say of one indicator: the value all agree on, otherwise unknown. *n coders. */
enum parley_tri parley_case_consensus(const struct parley_coded_case *c, const char *indicator, size_t *n, bool *disagree);

/* The case as the gain-loss model sees it. */
struct parley_situation parley_case_situation(const struct parley_coded_case *c, const struct parley_codebook *book);

/* The observation window: from `window_years` before the outcome to the outcome (or to the last year observed). */
void parley_case_window(const struct parley_coded_case *c, const struct parley_codebook *book, int64_t *from_year, int64_t *to_year);

/* For every indicator with a rule, the events of the window that speak for "yes". Undated events never count, and an unknown
 * author is nobody in particular. O(indicators x events). */
PARLEY_MUST_USE enum parley_status parley_case_propose(const struct parley_coded_case *c, const struct parley_codebook *book,
                                                       const struct parley_event_list *events, struct parley_arena *arena,
                                                       struct parley_proposal **out, size_t *n, struct parley_error *err);

/* Harm and threat for each year of the window as far as the record shows them: the share of a variable's indicators (evidence
 * included) with a rule that the events of the years before speak for. A view of the record, no coding. */
PARLEY_MUST_USE enum parley_status parley_case_series(const struct parley_coded_case *c, const struct parley_codebook *book,
                                                      const struct parley_event_list *events, struct parley_arena *arena,
                                                      struct parley_window_point **out, size_t *n, struct parley_error *err);

/* Two hypotheses: severe harm and no threat -> agreement; not severe, or threat -> none. */
enum parley_tri parley_theory_predict(enum parley_tri harm, enum parley_tri threat);

/* PARLEY_ELIMIT over PARLEY_THEORY_UNKNOWN_MAX unknowns; PARLEY_EINVAL n = 0. O(2^unknowns n). */
PARLEY_MUST_USE enum parley_status parley_theory_test(const struct parley_theory_row *row, size_t n, struct parley_arena *arena,
                                                      struct parley_theory_result *out, struct parley_error *err);

/* Fisher's exact test of a 2 x 2 table; two_sided sums the tables that are no more likely (Fisher 1935). */
double parley_fisher(const size_t table[2][2], bool two_sided);

/* Krippendorff's alpha of value[unit * coders + coder], NaN = missing (Krippendorff 2018, ch. 12). Bootstrap: units drawn with
 * replacement, `draws` times, from `seed`. PARLEY_EUNIDENT when nobody coded the same unit twice or nothing varies. */
PARLEY_MUST_USE enum parley_status parley_alpha(const double *value, size_t units, size_t coders, enum parley_alpha_level level,
                                                uint64_t seed, size_t draws, struct parley_arena *arena, struct parley_alpha *out,
                                                struct parley_error *err);

#pragma GCC visibility pop
#endif
