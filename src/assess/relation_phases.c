#include "relation.h"

#include <math.h>

/* Dates as precise as the year are spread evenly over the months they cover: the heat of the phase rule is a smooth sum, and a month chosen
 * by chance would not be. Decades say nothing about a phase. */
static bool usable(const struct parley_event *e) { return e->when.precision <= PARLEY_YEAR && !isnan(e->intensity); }

static bool in_window(const struct parley_relation *r, const struct parley_event *e)
{
    return (!r->from_us && !r->to_us) || (e->when.start_us >= r->from_us && e->when.start_us < r->to_us);
}

static void spread(const struct parley_event *e, int64_t first, size_t n, double *line)
{
    int64_t from = parley_bin_of(e->when.start_us, PARLEY_MONTH), to = parley_bin_of(e->when.end_us - 1, PARLEY_MONTH);
    for (int64_t m = from; m <= to; m++)
        if (m >= first && m < first + (int64_t)n)
            line[m - first] += fabs(e->intensity) / (double)(to - from + 1);
}

enum parley_status relation_phases(const struct parley_event *event, size_t n, const struct parley_standing *mechanism, size_t n_mechanisms,
                                   struct parley_arena *arena, struct parley_assessment *a, struct parley_error *err)
{
    const struct parley_relation *r = &a->relation;
    int64_t first = INT64_MAX, last = INT64_MIN;
    enum parley_direction direction;
    for (size_t i = 0; i < n; i++) {
        if (!usable(&event[i]) || !in_window(r, &event[i]) || !parley_relation_holds(r, &event[i], &direction))
            continue;
        int64_t from = parley_bin_of(event[i].when.start_us, PARLEY_MONTH), to = parley_bin_of(event[i].when.end_us - 1, PARLEY_MONTH);
        first = from < first ? from : first, last = to > last ? to : last;
    }
    if (first > last) /* no intensity anywhere: calm by lack of evidence, over the months of the series */
        first = last = parley_bin_of(parley_bin_start(a->series.first_bin, a->series.bin), PARLEY_MONTH);
    if (r->to_us && parley_bin_of(r->to_us - 1, PARLEY_MONTH) > last && parley_bin_of(r->to_us - 1, PARLEY_MONTH) - last < 600)
        last = parley_bin_of(r->to_us - 1, PARLEY_MONTH);
    size_t months = (size_t)(last - first + 1);
    double *conflict = PARLEY_NEW(arena, double, months), *cooperation = PARLEY_NEW(arena, double, months), *suspended = PARLEY_NEW(arena, double, months);
    if (!conflict || !cooperation || !suspended)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu months", months);
    for (size_t i = 0; i < n; i++)
        if (usable(&event[i]) && in_window(r, &event[i]) && parley_relation_holds(r, &event[i], &direction))
            spread(&event[i], first, months, event[i].intensity < 0 ? conflict : cooperation);
    for (size_t m = 0; m < n_mechanisms; m++) {
        int64_t end = mechanism[m].end_us == INT64_MAX || mechanism[m].end_us == INT64_MIN ? -1 : parley_bin_of(mechanism[m].end_us, PARLEY_MONTH) - first;
        if (mechanism[m].suspended && end >= 0 && end < (int64_t)months)
            suspended[end]++;
    }
    struct parley_phase_rule rule;
    enum parley_status status = parley_phase_rule_shipped(&rule, err);
    a->phase_first = first;
    return status ? status : parley_phase_assess(conflict, cooperation, suspended, months, 12, &rule, arena, &a->phases, err);
}
