/* section.h - what every section of a brief gets, and the few forms of words they share. */
#ifndef PARLEY_BRIEF_SECTION_H
#define PARLEY_BRIEF_SECTION_H

#include <parley/assess.h>
#include <parley/brief.h>
#include <parley/chart.h>

struct brief {
    struct parley_doc *doc;
    struct parley_arena *arena;
    enum parley_lang lang;
    const struct parley_brief_options *options;

    struct parley_record *record;
    struct parley_record_summary summary;
    struct parley_actor a, b;
    const char *name_a, *name_b; /* in the brief's language */
    const char *in_text_a, *in_text_b; /* the same inside a sentence: the United States */

    struct parley_event_list all;      /* every event read: the others are compared with */
    const struct parley_event **event; /* [n_events] of the relation and window, in order, undated last */
    size_t n_events, n_undated, n_conflict, n_cooperation;
    size_t n_by_others; /* events that name both sides but are a third actor's doing: not among n_events */
    struct parley_mechanism *mechanism; /* of the relation */
    size_t n_mechanisms;
    struct parley_domain *domain;
    size_t n_domains;
    struct parley_source *source; /* [n_sources] those that the events cite */
    size_t *source_events;        /* [n_sources] events that cite it */
    size_t n_sources;
    struct parley_coverage_break *gap; /* [n_gaps] of those sources, inside the span of the events */
    size_t n_gaps;

    struct parley_relation relation;
    bool assessed;        /* false: no event can be put into bins; why says so */
    const char *why;
    struct parley_assessment assess;

    struct brief_lever_effect *effect; /* mechanisms.c; NULL until a section needs them */
    double risk; /* of losing control in its baseline */
};

/* One row of the table in brief.c. applies NULL = always; a section that does not apply is left out. */
struct brief_section {
    const char *id, *en, *zh; /* anchor and heading */
    bool (*applies)(const struct brief *b);
    enum parley_status (*write)(struct brief *b, struct parley_error *err);
};

/* One file each. */
enum parley_status brief_summary(struct brief *b, struct parley_error *err);
enum parley_status brief_timeline(struct brief *b, struct parley_error *err);
enum parley_status brief_frequency(struct brief *b, struct parley_error *err);
enum parley_status brief_answers(struct brief *b, struct parley_error *err);
enum parley_status brief_phase(struct brief *b, struct parley_error *err);
enum parley_status brief_mechanisms(struct brief *b, struct parley_error *err);
enum parley_status brief_task(struct brief *b, struct parley_error *err); /* begins the advice */
enum parley_status brief_advice(struct brief *b, struct parley_error *err);
enum parley_status brief_forecast(struct brief *b, struct parley_error *err);
enum parley_status brief_game(struct brief *b, struct parley_error *err);
enum parley_status brief_agreement(struct brief *b, struct parley_error *err);
enum parley_status brief_methods(struct brief *b, struct parley_error *err);
enum parley_status brief_events(struct brief *b, struct parley_error *err);

/* --- words.c: numbers and dates as people read them; texts live in the arena, never NULL -------------------- */

const char *say_number(struct brief *b, double value, int digits);     /* "-" when NaN */
const char *say_percent(struct brief *b, double share);                /* "35 %" */
const char *say_p(struct brief *b, double p);                          /* "p = 0.03", "p < 0.001", "p unknown" */
const char *say_range(struct brief *b, double low, double high, int digits); /* "0.8 to 1.9" */
const char *say_bin(struct brief *b, size_t bin);                      /* of the series: "2014-05" */
const char *say_date(struct brief *b, const struct parley_date *date); /* as known: "2014-05" or "2014-05 to 2014-09" */
const char *say_phase_month(struct brief *b, size_t bin); /* of the phases, which are by month */
const char *say_domain(const struct brief *b, const char *code);
const char *say_direction(struct brief *b, enum parley_direction direction); /* "China -> United States" */
const char *bin_noun(enum parley_lang lang, enum parley_precision bin); /* "month" */
const char *one_bin(enum parley_lang lang, enum parley_precision bin);  /* after "the next": "month", 一个月 */
const char *a_bin(enum parley_lang lang, enum parley_precision bin);   /* "a month": events a month */
double bins_per_year(enum parley_precision bin);
const char *say_bins(struct brief *b, size_t n, enum parley_precision bin); /* "1 year", "4 quarters", "4个季度" */
enum parley_precision brief_ahead_bin(const struct parley_assessment *assess); /* length of the windows ahead: quarter or year */
const char *say_no_forecast(struct brief *b); /* why there is none; a clause without a full stop */
const char *event_anchor(struct brief *b, const struct parley_event *event); /* "#ev-..." in the list of events */

/* Counts of the series in bins no finer than `coarsest_of`, at most `max` of them from the end (0 = all). */
struct parley_chart_bin *chart_bins(struct brief *b, enum parley_precision bin, size_t max, size_t *n);
enum parley_precision chart_bin(const struct brief *b); /* fine enough to see, few enough to draw */
struct parley_chart_break *chart_gaps(struct brief *b);
const char *say_gap(const struct brief *b, const struct parley_coverage_break *gap); /* what changed there */
const char *say_mechanism_kind(enum parley_lang lang, const char *kind);
const char *say_stop_kind(enum parley_lang lang, const char *stop_kind); /* suspended, lapsed, ... */
const char *gap_clause(enum parley_lang lang); /* what the marks of breaks mean, to end a sentence with */

#endif
