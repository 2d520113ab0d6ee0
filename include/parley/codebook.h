/* codebook.h - what is coded about an attempt to reach an agreement, by which rule, and what is out of scope.
 * Room: accord.
 *
 * A codebook is a YAML document (the shipped one is data/codebook/codebook.yaml): instruments, issues, types,
 * variables with their indicators and rules, the observation window, the numbers of the gain-loss model with the
 * basis of each, and measures of design. Everything lives in the arena it was read into; it never changes after
 * that, so any thread may read it.
 *
 * Theory: Huang Bei 2024, "Why are binding inter-state cybersecurity agreements formed?". */
#ifndef PARLEY_CODEBOOK_H
#define PARLEY_CODEBOOK_H

#include <parley/arena.h>
#include <parley/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Unknown is a value of its own: it is never read as no. */
enum parley_tri { PARLEY_NO, PARLEY_YES, PARLEY_UNKNOWN };

struct parley_codebook_term { /* an instrument, an issue or a type */
    const char *id, *en, *zh;
    bool binding, in_scope;     /* instruments */
    bool sensitive;             /* issues: relative gains count */
    const char *source, *reason; /* reason: why it is out of scope */
};

/* Which events of the record speak for "yes". */
enum parley_pattern { PARLEY_PATTERN_NONE, PARLEY_PATTERN_REPEATED, PARLEY_PATTERN_RISING, PARLEY_PATTERN_COMMON, PARLEY_PATTERN_BETWEEN, PARLEY_PATTERN_HEAVIER };

struct parley_propose_rule {
    enum parley_pattern pattern;
    const char *const *domain, *const *kind; /* [n_domains], [n_kinds]; none = any */
    size_t n_domains, n_kinds;
    const char *text;  /* words the event's description must hold, or "" */
    int64_t at_least;
};

struct parley_codebook_indicator {
    const char *id;  /* harm.scope */
    const char *row; /* its row among the indicators of the studies (H1) */
    const char *en, *zh;
    bool evidence;   /* supports a coder's judgement but decides nothing */
    struct parley_propose_rule propose;
};

enum parley_rule { PARLEY_RULE_ALL, PARLEY_RULE_ANY };

struct parley_codebook_variable {
    const char *id, *en, *zh, *source;
    const char *yes, *no; /* words for the values: severe, not_severe */
    enum parley_rule rule;
    const struct parley_codebook_indicator *indicator; /* [n_indicators]; the evidence ones come last */
    size_t n_indicators;
};

/* Numbers of the gain-loss model: key, lowest and highest value. */
#define PARLEY_GAINLOSS_MAP(X)                                                                                \
    X(gain, 0, 1e6) X(gain_severe, 0, 1e6) X(credibility, 0, 1) X(credibility_threat, 0, 1)                   \
    X(credibility_multilateral, -1, 1) X(loss, 0, 1e6) X(loss_threat, 0, 1e3) X(loss_sensitive, 0, 1e3)       \
    X(cost_bilateral, 0, 1e6) X(cost_multilateral, 0, 1e6) X(cost_growth, 0, 1e6) X(relative_gains, 0, 10)    \
    X(sd_gain, 0, 3) X(sd_loss, 0, 3) X(sd_cost, 0, 3) X(sd_credibility, 0, 3) X(sd_defaults, 0, 3)

struct parley_gainloss_numbers { /* the words are in the codebook and in docs/methods/accord.md */
#define X(key, low, high) double key;
    PARLEY_GAINLOSS_MAP(X)
#undef X
};

struct parley_codebook_number { /* one of them with its basis, for people */
    const char *key, *unit, *basis, *en;
    double value;
};

struct parley_measure { /* one measure of design at full strength */
    const char *id, *en, *zh, *basis, *source;
    double credibility; /* added to the logit of every party's credibility */
    double gain, loss;  /* factors */
    double cost;        /* added */
    double payment;     /* to each party that refuses without it, paid in equal parts by those that agree */
};

struct parley_codebook {
    const char *name; /* of the file it was read from */
    int64_t window_years, scope_min_parties;
    const char *scope, *scope_zh;
    const struct parley_codebook_term *instrument, *issue, *type;
    size_t n_instruments, n_issues, n_types;
    const struct parley_codebook_variable *variable;
    size_t n_variables;
    struct parley_gainloss_numbers gainloss;
    const struct parley_codebook_number *number; /* the same numbers in the order of PARLEY_GAINLOSS_MAP */
    size_t n_numbers;
    const struct parley_measure *measure;
    size_t n_measures;
};

enum { PARLEY_MEASURES_MAX = 16, PARLEY_INDICATORS_MAX = 64 };

#pragma GCC visibility push(default)

/* Read a codebook. Messages name file, line and column. PARLEY_EPARSE, PARLEY_EDOM, PARLEY_ENOTFOUND, PARLEY_ELIMIT. */
PARLEY_MUST_USE enum parley_status parley_codebook_parse(const char *yaml, size_t len, const char *name_for_messages,
                                                         struct parley_arena *arena, struct parley_codebook *out,
                                                         struct parley_error *err);
/* The shipped one. */
PARLEY_MUST_USE enum parley_status parley_codebook_shipped(struct parley_arena *arena, struct parley_codebook *out,
                                                           struct parley_error *err);

/* The term, variable or indicator of that name, or NULL. */
const struct parley_codebook_term *parley_codebook_term(const struct parley_codebook_term *list, size_t n, const char *id);
const struct parley_codebook_variable *parley_codebook_variable(const struct parley_codebook *book, const char *id);
/* By id (harm.scope) or by row (H1); *variable, if not NULL, is the variable it belongs to. */
const struct parley_codebook_indicator *parley_codebook_indicator(const struct parley_codebook *book, const char *id_or_row,
                                                                  const struct parley_codebook_variable **variable);

/* The value of a variable from the values of its indicators, value[i] for indicator i of the variable. */
enum parley_tri parley_codebook_decide(const struct parley_codebook_variable *variable, const enum parley_tri *value);

/* "severe" / "not_severe" / "unknown" */
const char *parley_codebook_word(const struct parley_codebook_variable *variable, enum parley_tri value);

#pragma GCC visibility pop
#endif
