#include "relation.h"

#include <math.h>
#include <string.h>

double relation_bins_per_year(enum parley_precision bin)
{
    switch (bin) {
    case PARLEY_DAY: return 365.2425;
    case PARLEY_WEEK: return 52.1775;
    case PARLEY_MONTH: return 12;
    case PARLEY_QUARTER: return 4;
    case PARLEY_DECADE: return 0.1;
    default: return 1;
    }
}

/* Mean intensity over the events in order: bins may hold none, and a mean of one event weighs less than a mean of ten. */
static enum parley_status change_in_intensity(const struct parley_event *event, struct parley_arena *arena, struct parley_assessment *a,
                                              struct parley_error *err)
{
    const struct parley_series *s = &a->series;
    double *value = PARLEY_NEW(arena, double, s->n_binned);
    size_t *index = PARLEY_NEW(arena, size_t, s->n_binned), m = 0;
    a->intensity_bin = PARLEY_NEW(arena, int64_t, s->n_binned);
    if (!value || !index || !a->intensity_bin)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu intensities", s->n_binned);
    for (size_t i = 0; i < s->n_binned; i++)
        a->intensity_bin[i] = parley_bin_of(event[s->event[i]].when.start_us, s->bin);
    for (size_t i = 0; i < s->n_binned; i++)
        if (!isnan(event[s->event[i]].intensity))
            index[m] = i, value[m++] = event[s->event[i]].intensity;
    a->intensity.any = NAN;
    if (m < 2)
        return PARLEY_OK;
    enum parley_status status = parley_changes_find(value, m, PARLEY_LEVEL_GAUSSIAN, arena, &a->intensity, err);
    for (size_t k = 0; !status && k < a->intensity.n; k++) { /* from rated events to all events of the bins */
        struct parley_change *c = &a->intensity.change[k];
        c->at = index[c->at], c->low = index[c->low], c->high = index[c->high];
    }
    return status;
}

static enum parley_status excite(const struct parley_assess_options *o, struct parley_arena *arena, struct parley_assessment *a,
                                 struct parley_error *err)
{
    const struct parley_series *s = &a->series;
    size_t n = s->n_bins - a->recent;
    double *y = PARLEY_NEW(arena, double, 2 * n);
    if (!y)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu bins", n);
    memcpy(y, s->by_direction[PARLEY_A_TO_B] + a->recent, n * sizeof *y);
    memcpy(y + n, s->by_direction[PARLEY_B_TO_A] + a->recent, n * sizeof *y);
    const char *label[2] = { parley_arena_printf(arena, "%s -> %s", a->relation.a, a->relation.b),
                             parley_arena_printf(arena, "%s -> %s", a->relation.b, a->relation.a) };
    if (!label[0] || !label[1])
        return parley_fail(err, PARLEY_ENOMEM, "no memory for labels");
    struct parley_excitation_options e = { .weekdays = s->bin == PARLEY_DAY,
                                           .first_weekday = s->bin == PARLEY_DAY ? parley_weekday(s->first_bin + (int64_t)a->recent) : 0,
                                           .permutations = o->permutations, .seed = o->seed, .progress = o->progress };
    return parley_excitation_fit(y, 2, n, label, &e, arena, &a->excitation, err);
}

enum parley_status parley_assess_relation(const struct parley_event *event, size_t n, const struct parley_standing *mechanism,
                                          size_t n_mechanisms, const struct parley_relation *relation,
                                          const struct parley_assess_options *options, struct parley_arena *arena,
                                          struct parley_assessment *out, struct parley_error *err)
{
    struct parley_assessment a = { .relation = *relation, .seed = options->seed };
    enum parley_status status = parley_series_make(event, n, relation, options->bin, arena, &a.series, err);
    a.recent = !status && a.series.n_bins > PARLEY_RECENT_BINS_MAX ? a.series.n_bins - PARLEY_RECENT_BINS_MAX : 0;
    if (!status)
        status = parley_series_dispersion(&a.series, options->seed, arena, &a.dispersion, err);
    if (!status)
        status = parley_changes_find(a.series.count, a.series.n_bins, PARLEY_LEVEL_POISSON, arena, &a.rate, err);
    if (!status)
        status = change_in_intensity(event, arena, &a, err);
    if (!status)
        status = excite(options, arena, &a, err);
    if (!status)
        status = relation_phases(event, n, mechanism, n_mechanisms, arena, &a, err);
    if (!status)
        status = relation_interruptions(event, mechanism, n_mechanisms, arena, &a, err);
    if (!status)
        status = relation_domains(event, options->seed, arena, &a, err);
    if (!status)
        status = relation_pooled(event, n, arena, &a, err);
    if (!status)
        status = relation_forecast(options, arena, &a, err);
    if (!status)
        *out = a;
    return status;
}
