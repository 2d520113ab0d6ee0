#include "relation.h"

#include <parley/rng.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINKED_MAX = 6, LINKED_EVENTS = 5, SHUFFLES = 999, WORK_MAX = 200000000 };

struct labels { /* which domain each binned event has, in order of time */
    size_t n, n_domains, n_bins;
    size_t *bin, *domain, *shuffled;
    uint64_t seed;
};

static double entropy_of(const size_t *domain, size_t from, size_t to, size_t n_domains)
{
    double count[PARLEY_SERIES_DOMAINS_MAX] = { 0 }, n = (double)(to - from), h = 0;
    for (size_t i = from; i < to; i++)
        count[domain[i]]++;
    for (size_t d = 0; d < n_domains; d++)
        h -= count[d] > 0 ? count[d] / n * log(count[d] / n) : 0;
    return h;
}

static void shuffle(struct labels *l, uint64_t round)
{
    struct parley_rng rng;
    parley_rng_init(&rng, l->seed, 0x646f6d61u + (round << 32));
    memcpy(l->shuffled, l->domain, l->n * sizeof *l->shuffled);
    for (size_t i = l->n; i > 1; i--) {
        size_t j = parley_rng_below(&rng, i), swap = l->shuffled[i - 1];
        l->shuffled[i - 1] = l->shuffled[j], l->shuffled[j] = swap;
    }
}

static size_t rounds_for(size_t work)
{
    size_t rounds = WORK_MAX / (work + 1);
    return rounds > SHUFFLES ? SHUFFLES : rounds < 99 ? 99 : rounds;
}

static void compare_halves(struct labels *l, struct parley_domains *d)
{
    size_t half = l->n / 2;
    d->entropy_early = d->entropy_late = d->entropy_p = NAN;
    if (half < 5)
        return;
    d->entropy_early = entropy_of(l->domain, 0, half, l->n_domains);
    d->entropy_late = entropy_of(l->domain, l->n - half, l->n, l->n_domains);
    double change = fabs(d->entropy_late - d->entropy_early);
    size_t rounds = rounds_for(l->n), as_large = 0;
    for (size_t r = 0; r < rounds; r++) {
        shuffle(l, r);
        double h = entropy_of(l->shuffled, l->n - half, l->n, l->n_domains) - entropy_of(l->shuffled, 0, half, l->n_domains);
        as_large += fabs(h) >= change - 1e-12;
    }
    d->entropy_p = (double)(1 + as_large) / (double)(1 + rounds);
}

/* link[i * m + j]: pairs of an event of domain i and an earlier one of domain j at most `lag` bins before. place: domain -> row, or m. */
static void count_links(const struct labels *l, const size_t *domain, const size_t *place, size_t m, size_t lag, double *link)
{
    double window[LINKED_MAX] = { 0 };
    size_t first = 0, last = 0; /* events [first, last) lie in the window before the bin at hand */
    memset(link, 0, m * m * sizeof *link);
    for (size_t i = 0; i < l->n; i++) {
        for (; last < i && l->bin[last] < l->bin[i]; last++)
            if (place[domain[last]] < m)
                window[place[domain[last]]]++;
        for (; first < last && l->bin[first] + lag < l->bin[i]; first++)
            if (place[domain[first]] < m)
                window[place[domain[first]]]--;
        size_t row = place[domain[i]];
        for (size_t j = 0; row < m && j < m; j++)
            link[row * m + j] += window[j];
    }
}

/* Holm 1979: the smallest p times the number of pairs, the next times one less, never falling. */
static void correct(double *p, size_t n)
{
    bool done[LINKED_MAX * LINKED_MAX] = { false };
    double floor_p = 0;
    for (size_t k = 0; k < n; k++) {
        size_t least = n;
        for (size_t i = 0; i < n; i++)
            if (!done[i] && (least == n || p[i] < p[least]))
                least = i;
        done[least] = true;
        floor_p = p[least] = fmin(1, fmax(floor_p, p[least] * (double)(n - k)));
    }
}

static enum parley_status link_domains(struct labels *l, const double *count, const size_t *order, const struct parley_series *s,
                                       struct parley_arena *arena, struct parley_domains *d, struct parley_error *err)
{
    size_t place[PARLEY_SERIES_DOMAINS_MAX], m = 0;
    while (m < d->n && m < LINKED_MAX && count[order[m]] >= LINKED_EVENTS)
        m++;
    for (size_t i = 0; i < l->n_domains; i++)
        place[i] = m;
    d->n_linked = m;
    d->linked = PARLEY_NEW(arena, const char *, m);
    d->spill = PARLEY_NEW(arena, double, m * m);
    d->spill_p = PARLEY_NEW(arena, double, m * m);
    if (!d->linked || !d->spill || !d->spill_p)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu domains", m);
    for (size_t i = 0; i < m; i++)
        place[order[i]] = i, d->linked[i] = s->domain[order[i]];
    d->lag = s->bin == PARLEY_DAY ? 14 : s->bin == PARLEY_WEEK ? 4 : s->bin == PARLEY_MONTH ? 3 : s->bin == PARLEY_QUARTER ? 2 : 1;
    double seen[LINKED_MAX * LINKED_MAX], link[LINKED_MAX * LINKED_MAX], sum[LINKED_MAX * LINKED_MAX] = { 0 };
    size_t as_large[LINKED_MAX * LINKED_MAX] = { 0 }, rounds = rounds_for(l->n * (m + 4));
    if (m < 2)
        return PARLEY_OK;
    count_links(l, l->domain, place, m, d->lag, seen);
    for (size_t r = 0; r < rounds; r++) {
        shuffle(l, 1000000 + r);
        count_links(l, l->shuffled, place, m, d->lag, link);
        for (size_t i = 0; i < m * m; i++)
            sum[i] += link[i], as_large[i] += link[i] >= seen[i];
    }
    for (size_t i = 0; i < m * m; i++) {
        d->spill[i] = sum[i] > 0 ? seen[i] / (sum[i] / (double)rounds) : NAN;
        d->spill_p[i] = (double)(1 + as_large[i]) / (double)(1 + rounds);
    }
    correct(d->spill_p, m * m);
    return PARLEY_OK;
}

enum parley_status relation_domains(const struct parley_event *event, uint64_t seed, struct parley_arena *arena, struct parley_assessment *a,
                                    struct parley_error *err)
{
    const struct parley_series *s = &a->series;
    struct parley_domains *d = &a->domains;
    struct labels l = { s->n_binned, s->n_domains, s->n_bins, PARLEY_NEW(arena, size_t, s->n_binned), PARLEY_NEW(arena, size_t, s->n_binned),
                        PARLEY_NEW(arena, size_t, s->n_binned), seed };
    size_t *order = PARLEY_NEW(arena, size_t, s->n_domains);
    double *count = PARLEY_NEW(arena, double, s->n_domains);
    d->n = s->n_domains;
    d->domain = PARLEY_NEW(arena, const char *, d->n);
    d->share = PARLEY_NEW(arena, double, d->n);
    if (!l.bin || !l.domain || !l.shuffled || !order || !count || !d->domain || !d->share)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for the domains of %zu events", s->n_binned);
    for (size_t i = 0; i < l.n; i++) {
        const struct parley_event *e = &event[s->event[i]];
        l.bin[i] = (size_t)(parley_bin_of(e->when.start_us, s->bin) - s->first_bin);
        while (strcmp(s->domain[l.domain[i]], e->domain))
            l.domain[i]++;
        count[l.domain[i]]++;
    }
    for (size_t i = 0; i < d->n; i++) { /* insertion: few domains */
        size_t at = i;
        for (; at > 0 && count[order[at - 1]] < count[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    size_t used = 0;
    for (size_t i = 0; i < d->n; i++) {
        d->domain[i] = s->domain[order[i]];
        d->share[i] = count[order[i]] / (double)l.n;
        used += count[order[i]] > 0;
    }
    d->n = used; /* domains of events too coarse for the bins have no share */
    d->entropy = entropy_of(l.domain, 0, l.n, l.n_domains);
    d->entropy_max = log((double)(d->n ? d->n : 1));
    compare_halves(&l, d);
    return link_domains(&l, count, order, s, arena, d, err);
}
