/* chart_data.h - the data sets inside a Vega-Lite specification, for tables and CSV beside the chart. */
#ifndef PARLEY_REPORT_CHART_DATA_H
#define PARLEY_REPORT_CHART_DATA_H

#include <parley/report.h>
#include <parley/tree.h>

enum { CHART_SETS_MAX = 12, CHART_KEYS_MAX = 24 };

struct chart_set {
    const char *name;   /* origin, with a number when an earlier set has the same */
    const char *origin; /* as the specification names it */
    const struct parley_node *rows; /* a list of maps */
    const char *key[CHART_KEYS_MAX];
    size_t n_keys;
};

/* Named "datasets" first, then inline "values" of the views, in order. A specification that is no JSON has none.
 * *no_memory is set when memory ran out, and left as it is otherwise. */
size_t chart_sets(const char *spec, struct parley_arena *arena, struct chart_set out[CHART_SETS_MAX], bool *no_memory);

/* The text of one cell, "" where the row has none. */
const char *chart_value(const struct chart_set *set, size_t row, size_t key);

/* The set as CSV with a header. */
void chart_csv(const struct chart_set *set, struct parley_text *out);

/* One CSV field: quoted where needed; with an apostrophe in front where a spreadsheet would run it as a formula. */
void csv_field(struct parley_text *out, const char *text);

#endif
