/* chart.h - charts that all look alike, as Vega-Lite specifications put into a document.
 * Room: report.
 *
 * Each function appends one chart block with its data inside. A specification names what a mark is (its "style":
 * count, level, estimate, interval, whisker, change, break, reference, observed, label, span); colours and type
 * are the page's, in web/src/theme.js, for light, dark and paper. Specifications of your own use the same
 * styles, {"scale": {"range": "category"}} for groups and {"range": "heatmap"} for amounts, no colour of their own, and no
 * width. A row's "link" is followed on a click and left out of the data table.
 *
 * Every chart comes with a sentence that says what it shows, with its numbers: it is all that text, paper and a screen
 * reader have. Dates are drawn in UTC at the precision they are known to. Doubles that are NaN are not drawn.
 * Out of memory is noted in doc->failed. */
#ifndef PARLEY_CHART_H
#define PARLEY_CHART_H

#include <parley/report.h>
#include <parley/time.h>
#include <stddef.h>

struct parley_chart_text { /* what every chart has */
    const char *id;       /* anchor, for example "timeline" */
    const char *title;    /* a few words */
    const char *sentence; /* what it shows */
};

struct parley_chart_event {
    struct parley_date when;
    const char *row;   /* the line it stands on, for example the name of its domain */
    const char *what;
    const char *link;  /* NULL, "#anchor" or a URL */
    double intensity;  /* -10 .. 10, NaN if unknown */
};

struct parley_chart_bin { /* counts of one bin, stacked */
    struct parley_date when;
    double conflict, neutral, cooperation;
};

struct parley_chart_level { /* an estimated level over a span, with its interval */
    struct parley_date span;
    double value, low, high;
};

struct parley_chart_change { /* a change point: its date, where else it may lie, and a short label */
    struct parley_date at, range; /* range undated if not known */
    const char *label;
};

struct parley_chart_break { /* a source changed what it collects */
    struct parley_date at;
    const char *name, *label; /* a word to stand at the line; a sentence for the data and the pointer */
};

struct parley_chart_series {
    const char *unit; /* title of the vertical axis: "events a year" */
    const struct parley_chart_bin *bin;       size_t n_bins;
    const struct parley_chart_level *level;   size_t n_levels;
    const struct parley_chart_change *change; size_t n_changes;
    const struct parley_chart_break *gap;     size_t n_gaps;
};

struct parley_chart_spell { /* a stretch of time in one state of an ordered list, such as a phase */
    struct parley_date span;
    size_t state; /* index into the list, which has at most five */
};

struct parley_chart_forecast { /* of one bin: median, and the middle 50 % (NaN if not known) and 90 % */
    struct parley_date when;
    double median, low50, high50, low90, high90;
};

struct parley_chart_point { /* one point of a curve; low and high NaN where there is no interval */
    const char *curve;
    double x, y, low, high;
};

struct parley_chart_estimate { /* one labelled estimate with its interval */
    const char *label;
    double value, low, high;
};

#pragma GCC visibility push(default)

/* Events on one line a row, in the order rows first occur; undated ones are left out. */
void parley_chart_timeline(struct parley_doc *doc, const struct parley_chart_text *text, const struct parley_chart_event *event,
                           size_t n, const struct parley_chart_break *gap, size_t n_gaps);
/* Counts by sign with estimated levels, change points and breaks of coverage. */
void parley_chart_counts(struct parley_doc *doc, const struct parley_chart_text *text, const struct parley_chart_series *series);
/* States as strips of colour, a level over them as a line (from .. until of level[i].span, its value; low and high are not used), and a
 * dotted line at `threshold` (NaN = none). */
void parley_chart_spells(struct parley_doc *doc, const struct parley_chart_text *text, const char *unit, const char *const *state, size_t n_states,
                         const struct parley_chart_spell *spell, size_t n_spells, const struct parley_chart_level *level, size_t n_levels,
                         double threshold);
/* value, low, high: [k * k], row by row: what happens in the row after one event in the column. */
void parley_chart_matrix(struct parley_doc *doc, const struct parley_chart_text *text, const char *const *label, size_t k,
                         const double *value, const double *low, const double *high);
/* Observed counts and what is expected next. */
void parley_chart_fan(struct parley_doc *doc, const struct parley_chart_text *text, const char *unit, const struct parley_chart_bin *past,
                      size_t n_past, const struct parley_chart_forecast *next, size_t n_next);
/* Curves with intervals. */
void parley_chart_curves(struct parley_doc *doc, const struct parley_chart_text *text, const char *x_title, const char *y_title,
                         const struct parley_chart_point *point, size_t n);
/* Estimates with intervals, one a line, and a line at `reference` (NaN = none): effects, scores. */
void parley_chart_estimates(struct parley_doc *doc, const struct parley_chart_text *text, const char *x_title,
                            const struct parley_chart_estimate *estimate, size_t n, double reference);

#pragma GCC visibility pop
#endif
