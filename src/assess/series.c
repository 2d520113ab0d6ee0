#include <parley/series.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool has(const char *const *list, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i], code))
            return true;
    return false;
}

bool parley_relation_holds(const struct parley_relation *r, const struct parley_event *e, enum parley_direction *direction)
{
    if (r->n_domains && !has(r->domain, r->n_domains, e->domain))
        return false;
    bool a_acts = has(e->actor, e->n_actors, r->a), b_acts = has(e->actor, e->n_actors, r->b);
    bool forth = a_acts && has(e->target, e->n_targets, r->b), back = b_acts && has(e->target, e->n_targets, r->a);
    if (!forth && !back && !(a_acts && b_acts))
        return false;
    *direction = a_acts && b_acts ? PARLEY_JOINTLY : forth ? PARLEY_A_TO_B : PARLEY_B_TO_A;
    return true;
}

/* Bins nest, with one exception: a week does not lie in one month, so events known to the week count by their first day. */
static bool fits(enum parley_precision precision, enum parley_precision bin) { return precision <= bin; }

static enum parley_precision finest_for(const size_t by_precision[PARLEY_UNDATED + 1])
{
    static const enum parley_precision candidates[] = { PARLEY_DAY, PARLEY_WEEK, PARLEY_MONTH, PARLEY_QUARTER, PARLEY_YEAR };
    size_t dated = 0;
    for (int p = 0; p < PARLEY_UNDATED; p++)
        dated += by_precision[p];
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        size_t held = 0;
        for (int p = 0; p < PARLEY_UNDATED; p++)
            held += fits(p, candidates[i]) ? by_precision[p] : 0;
        if (held * 10 >= dated * 9)
            return candidates[i];
    }
    return PARLEY_YEAR;
}

struct picked {
    size_t index;
    int64_t start_us;
    enum parley_direction direction;
};

static int by_time(const void *a, const void *b)
{
    const struct picked *x = a, *y = b;
    if (x->start_us != y->start_us)
        return x->start_us < y->start_us ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

/* The events of the relation and window; undated ones are only counted. */
static size_t pick(const struct parley_event *event, size_t n, const struct parley_relation *r, struct picked *picked,
                   struct parley_series *s)
{
    bool all = r->from_us == 0 && r->to_us == 0;
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        const struct parley_event *e = &event[i];
        enum parley_direction direction;
        if (!parley_relation_holds(r, e, &direction))
            continue;
        if (e->when.precision == PARLEY_UNDATED) {
            s->n_undated++, s->n_events++, s->by_precision[PARLEY_UNDATED]++;
            continue;
        }
        if (!all && !(e->when.start_us >= r->from_us && e->when.start_us < r->to_us))
            continue;
        s->n_events++, s->by_precision[e->when.precision]++;
        picked[m++] = (struct picked){ i, e->when.start_us, direction };
    }
    qsort(picked, m, sizeof *picked, by_time);
    return m;
}

static enum parley_status gather_domains(const struct parley_event *event, const struct picked *picked, size_t m,
                                         struct parley_arena *arena, struct parley_series *s, struct parley_error *err)
{
    s->domain = PARLEY_NEW(arena, const char *, m + 1);
    if (!s->domain)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for the domains of %zu events", m);
    for (size_t i = 0; i < m; i++)
        s->domain[i] = event[picked[i].index].domain;
    qsort(s->domain, m, sizeof *s->domain, by_text);
    for (size_t i = 0; i < m; i++)
        if (!s->n_domains || strcmp(s->domain[s->n_domains - 1], s->domain[i]))
            s->domain[s->n_domains++] = s->domain[i];
    if (s->n_domains > PARLEY_SERIES_DOMAINS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "events have %zu different domains, more than %d", s->n_domains,
                           PARLEY_SERIES_DOMAINS_MAX);
    return PARLEY_OK;
}

static enum parley_status make_room(struct parley_series *s, size_t m, struct parley_arena *arena, struct parley_error *err)
{
    double **lines[] = { &s->count, &s->conflict, &s->cooperation, &s->intensity, &s->rated, &s->by_direction[0],
                         &s->by_direction[1], &s->by_direction[2], &s->intensity_by_direction[0],
                         &s->intensity_by_direction[1], &s->intensity_by_direction[2] };
    bool ok = true;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        ok &= (*lines[i] = PARLEY_NEW(arena, double, s->n_bins)) != NULL;
    size_t cells = s->n_domains * s->n_bins;
    if (cells > 16 * (size_t)PARLEY_SERIES_BINS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "%zu domains in %zu bins are too many; choose a coarser bin or fewer domains",
                           s->n_domains, s->n_bins);
    s->by_domain = PARLEY_NEW(arena, double, cells);
    s->intensity_by_domain = PARLEY_NEW(arena, double, cells);
    s->event = PARLEY_NEW(arena, size_t, m);
    if (!ok || !s->by_domain || !s->intensity_by_domain || !s->event)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for a series of %zu bins", s->n_bins);
    return PARLEY_OK;
}

static void add(struct parley_series *s, const struct parley_event *e, const struct picked *p)
{
    size_t bin = (size_t)(parley_bin_of(p->start_us, s->bin) - s->first_bin);
    const char **found = bsearch(&e->domain, s->domain, s->n_domains, sizeof *s->domain, by_text);
    size_t cell = (size_t)(found - s->domain) * s->n_bins + bin;
    s->count[bin]++;
    s->by_direction[p->direction][bin]++;
    s->by_domain[cell]++;
    s->event[s->n_binned++] = p->index;
    if (isnan(e->intensity))
        return;
    s->rated[bin]++;
    s->conflict[bin] += e->intensity < 0;
    s->cooperation[bin] += e->intensity > 0;
    s->intensity[bin] += e->intensity;
    s->intensity_by_direction[p->direction][bin] += e->intensity;
    s->intensity_by_domain[cell] += e->intensity;
}

/* The bins of the window, or from the first to the last event that fits. */
static enum parley_status span_of(const struct parley_event *event, const struct picked *picked, size_t m,
                                  const struct parley_relation *r, struct parley_series *s, struct parley_error *err)
{
    int64_t first = 0, last = 0;
    bool any = false;
    for (size_t i = 0; i < m; i++) {
        if (!fits(event[picked[i].index].when.precision, s->bin))
            continue;
        last = picked[i].start_us;
        if (!any)
            first = last;
        any = true;
    }
    if (!any)
        return parley_fail(err, PARLEY_EDOM,
                           "no event between %s and %s is dated to the %s or better (%zu events of the relation, %zu undated)",
                           r->a, r->b, parley_precision_text(s->bin), s->n_events, s->n_undated);
    bool all = r->from_us == 0 && r->to_us == 0;
    s->first_bin = parley_bin_of(all ? first : r->from_us, s->bin);
    int64_t bins = parley_bin_of(all ? last : r->to_us - 1, s->bin) - s->first_bin + 1;
    if (bins > PARLEY_SERIES_BINS_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "%lld bins of a %s are more than %d", (long long)bins,
                           parley_precision_text(s->bin), PARLEY_SERIES_BINS_MAX);
    s->n_bins = (size_t)bins;
    return PARLEY_OK;
}

enum parley_status parley_series_make(const struct parley_event *event, size_t n, const struct parley_relation *relation,
                                      enum parley_precision bin, struct parley_arena *arena, struct parley_series *out,
                                      struct parley_error *err)
{
    if (!relation->a || !relation->b || !strcmp(relation->a, relation->b))
        return parley_fail(err, PARLEY_EINVAL, "a relation needs two different actors");
    if ((relation->from_us || relation->to_us) && relation->from_us >= relation->to_us)
        return parley_fail(err, PARLEY_EINVAL, "the window ends before it begins");
    if (bin == PARLEY_INSTANT || bin > PARLEY_UNDATED)
        return parley_fail(err, PARLEY_EINVAL, "a bin is a day, week, month, quarter, year or decade");
    struct parley_series s = { .bin = bin, .bin_chosen = bin == PARLEY_UNDATED };
    struct picked *picked = PARLEY_NEW(arena, struct picked, n);
    if (!picked)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu events", n);
    size_t m = pick(event, n, relation, picked, &s);
    if (!s.n_events)
        return parley_fail(err, PARLEY_EDOM, "no event between %s and %s in the window%s", relation->a, relation->b,
                           relation->n_domains ? " and the domains" : "");
    if (s.bin_chosen)
        s.bin = finest_for(s.by_precision);
    enum parley_status status = span_of(event, picked, m, relation, &s, err);
    if (!status)
        status = gather_domains(event, picked, m, arena, &s, err);
    if (!status)
        status = make_room(&s, m, arena, err);
    if (status)
        return status;
    for (size_t i = 0; i < m; i++) {
        if (fits(event[picked[i].index].when.precision, s.bin))
            add(&s, &event[picked[i].index], &picked[i]);
        else
            s.n_too_coarse++;
    }
    *out = s;
    return PARLEY_OK;
}
