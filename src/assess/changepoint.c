#include "changepoint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The search is compiled once for each model: `model` is a constant in there. */
#define SPECIALISED static inline __attribute__((always_inline))

/* Every level model is one-parameter: a segment with n bins and sum S costs n g(x) - S h(x) at level x. Differences between
 * candidates therefore never change with time, and borders between pieces of the minimum stay where they are. */
struct terms { double g, h; };

SPECIALISED struct terms terms_at(const struct parley_level *level, enum parley_level_model model, double x)
{
    switch (model) {
    case PARLEY_LEVEL_POISSON:
        return (struct terms){ 2 * x, 2 * log(x) };
    case PARLEY_LEVEL_NEGATIVE_BINOMIAL:
        return (struct terms){ 2 * level->size * log1p(x / level->size), -2 * log1p(level->size / x) };
    case PARLEY_LEVEL_GAUSSIAN:
    default:
        return (struct terms){ x * x / level->variance, 2 * x / level->variance };
    }
}

SPECIALISED double least_cost(const struct parley_level *level, enum parley_level_model model, double n, double sum)
{
    if (model == PARLEY_LEVEL_GAUSSIAN)
        return -sum * sum / (n * level->variance);
    if (sum == 0)
        return 0;
    struct terms at = terms_at(level, model, sum / n);
    return n * at.g - sum * at.h;
}

double changepoint_segment_cost(const struct parley_level *level, double n, double sum) { return least_cost(level, level->model, n, sum); }

/* A piece of the pointwise minimum: from its border to the next one, the last change of the best segmentation is `last`. */
struct piece {
    double x;            /* left border */
    struct terms at;     /* there */
    double n, sum, cost; /* bins and sum before the segment, cost of everything before it */
    size_t last;
};

struct search {
    const struct parley_level *level;
    double penalty, low, high;
    struct terms at_high;
    struct piece *now, *next;
    size_t n_pieces, cap;
};

/* x in [a, b] where n g(x) - sum h(x) = value; the cost crosses the value once there. */
SPECIALISED double crossing(const struct parley_level *level, enum parley_level_model model, double n, double sum, double value, double a, double b, bool falling)
{
    enum { STEPS_MAX = 100 };
    if (model == PARLEY_LEVEL_GAUSSIAN) {
        double mean = sum / n, root = sqrt(fmax(0, mean * mean + value * level->variance / n));
        double x = falling ? mean - root : mean + root;
        return x < a ? a : x > b ? b : x;
    }
    double x = model == PARLEY_LEVEL_POISSON ? (falling ? a : b) : (a + b) / 2; /* convex: Newton from outside never overshoots */
    for (int i = 0; i < STEPS_MAX; i++) {
        struct terms at = terms_at(level, model, x);
        double f = n * at.g - sum * at.h - value;
        if ((f > 0) == falling)
            a = x;
        else
            b = x;
        double slope = model == PARLEY_LEVEL_POISSON ? 2 * n - 2 * sum / x
                                                             : 2 * level->size * (n - sum / x) / (level->size + x);
        double to = x - f / slope;
        if (!(to >= a && to <= b))
            to = (a + b) / 2;
        if (fabs(to - x) <= 1e-13 * x)
            return to;
        x = to;
    }
    return x;
}

static bool room_for(struct search *s, size_t pieces)
{
    if (pieces <= s->cap)
        return true;
    size_t cap = s->cap ? 2 * s->cap : 64;
    struct piece *now = realloc(s->now, cap * sizeof *now);
    if (now)
        s->now = now;
    struct piece *next = realloc(s->next, cap * sizeof *next);
    if (next)
        s->next = next;
    if (!now || !next)
        return false;
    s->cap = cap;
    return pieces <= cap;
}

static inline void put(struct piece *list, size_t *m, double x, struct terms at, const struct piece *what)
{
    if (*m && list[*m - 1].last == what->last)
        return; /* the same candidate goes on */
    struct piece p = *what;
    p.x = x, p.at = at;
    list[(*m)++] = p;
}

/* Replace the minimum by `fresh` (a constant: cost of ending a segment here) wherever that is lower. */
SPECIALISED void cut(struct search *s, enum parley_level_model model, double n, double sum, const struct piece *fresh)
{
    double limit = fresh->cost;
    size_t m = 0;
    for (size_t i = 0; i < s->n_pieces; i++) {
        const struct piece *p = &s->now[i];
        bool final = i + 1 == s->n_pieces;
        double to = final ? s->high : s->now[i + 1].x;
        struct terms at_to = final ? s->at_high : s->now[i + 1].at;
        double bins = n - p->n, total = sum - p->sum;
        double left = bins * p->at.g - total * p->at.h + p->cost, right = bins * at_to.g - total * at_to.h + p->cost;
        if (left <= limit && right <= limit) {
            put(s->next, &m, p->x, p->at, p);
            continue;
        }
        double mean = total / bins;
        bool dips = mean > p->x && mean < to;
        if (left > limit && right > limit && !(dips && least_cost(s->level, model, bins, total) + p->cost < limit)) {
            put(s->next, &m, p->x, p->at, fresh);
            continue;
        }
        double x = p->x;
        struct terms at = p->at;
        if (left > limit) {
            put(s->next, &m, x, at, fresh);
            x = crossing(s->level, model, bins, total, limit - p->cost, p->x, dips ? mean : to, true);
            at = terms_at(s->level, model, x);
        }
        put(s->next, &m, x, at, p);
        if (right > limit) {
            x = crossing(s->level, model, bins, total, limit - p->cost, dips ? mean : x, to, false);
            put(s->next, &m, x, terms_at(s->level, model, x), fresh);
        }
    }
    struct piece *swap = s->now;
    s->now = s->next, s->next = swap, s->n_pieces = m;
}

static enum parley_status check(const double *y, size_t n, const struct parley_level *level, struct parley_error *err)
{
    if (n < 1 || n > PARLEY_CHANGEPOINT_N_MAX)
        return parley_fail(err, PARLEY_EINVAL, "change points: %zu bins, not 1 to %d", n, PARLEY_CHANGEPOINT_N_MAX);
    if (level->model == PARLEY_LEVEL_NEGATIVE_BINOMIAL && !(level->size > 0 && isfinite(level->size)))
        return parley_fail(err, PARLEY_EINVAL, "change points: the size %g of the negative binomial is not above 0", level->size);
    if (level->model == PARLEY_LEVEL_GAUSSIAN && !(level->variance > 0 && isfinite(level->variance)))
        return parley_fail(err, PARLEY_EINVAL, "change points: the variance %g is not above 0", level->variance);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(y[i]) || (level->model != PARLEY_LEVEL_GAUSSIAN && y[i] < 0))
            return parley_fail(err, PARLEY_EDOM, "change points: bin %zu holds %g", i, y[i]);
    return PARLEY_OK;
}

/* last[t]: first bin of the last segment of the best segmentation of y[0..t]. Returns the least cost in *cost. */
SPECIALISED bool run_search_as(struct search *s, enum parley_level_model model, const double *y, size_t n, double centre, uint32_t *last, double *cost)
{
    double sum = 0, best = 0;
    if (!room_for(s, 1))
        return false;
    s->now[0] = (struct piece){ .x = s->low, .at = terms_at(s->level, model, s->low) };
    s->n_pieces = 1;
    for (size_t t = 0; t < n; t++) {
        sum += y[t] - centre;
        double bins = (double)(t + 1);
        best = INFINITY;
        for (size_t i = 0; i < s->n_pieces; i++) {
            const struct piece *p = &s->now[i];
            double c = least_cost(s->level, model, bins - p->n, sum - p->sum) + p->cost;
            if (c < best)
                best = c, last[t] = (uint32_t)p->last;
        }
        if (t + 1 == n)
            break;
        if (!room_for(s, 3 * s->n_pieces + 2)) /* a piece becomes at most three */
            return false;
        cut(s, model, bins, sum, &(struct piece){ .n = bins, .sum = sum, .cost = best + s->penalty, .last = t + 1 });
    }
    *cost = best;
    return true;
}

static bool run_search(struct search *s, const double *y, size_t n, double centre, uint32_t *last, double *cost)
{
    switch (s->level->model) {
    case PARLEY_LEVEL_POISSON:
        return run_search_as(s, PARLEY_LEVEL_POISSON, y, n, centre, last, cost);
    case PARLEY_LEVEL_NEGATIVE_BINOMIAL:
        return run_search_as(s, PARLEY_LEVEL_NEGATIVE_BINOMIAL, y, n, centre, last, cost);
    case PARLEY_LEVEL_GAUSSIAN:
    default:
        return run_search_as(s, PARLEY_LEVEL_GAUSSIAN, y, n, centre, last, cost);
    }
}

double parley_changepoint_penalty(size_t n) { return 3 * log((double)(n > 2 ? n : 2)); }

enum parley_status parley_changepoints(const double *y, size_t n, const struct parley_level *level, double penalty,
                                       struct parley_arena *arena, struct parley_segments *out, struct parley_error *err)
{
    if (!(penalty > 0 && isfinite(penalty)))
        return parley_fail(err, PARLEY_EINVAL, "change points: the penalty %g is not above 0", penalty);
    enum parley_status status = check(y, n, level, err);
    if (status)
        return status;
    uint32_t *last = malloc(n * sizeof *last);
    struct search s = { .level = level, .penalty = penalty, .low = INFINITY, .high = -INFINITY };
    bool gaussian = level->model == PARLEY_LEVEL_GAUSSIAN;
    double total = 0;
    for (size_t i = 0; i < n; i++)
        total += y[i], s.low = fmin(s.low, y[i]), s.high = fmax(s.high, y[i]);
    double centre = gaussian ? total / (double)n : 0; /* sums of large numbers would lose their last digits */
    s.low -= centre, s.high -= centre;
    if (!gaussian)
        s.low = fmax(s.low, 1e-12), s.high = fmax(s.high, 2e-12); /* log 0; a segment without events loses 2e-12 a bin by it */
    if (s.low == s.high)
        s.high = s.low + 1;
    s.at_high = terms_at(level, level->model, s.high);
    bool ok = last && run_search(&s, y, n, centre, last, &out->cost);
    free(s.now);
    free(s.next);
    size_t changes = 0;
    if (ok) {
        for (size_t t = n - 1; last[t] > 0; t = last[t] - 1)
            changes++;
        out->at = PARLEY_NEW(arena, size_t, changes + 1);
        out->mean = PARLEY_NEW(arena, double, changes + 1);
        ok = out->at && out->mean;
    }
    if (!ok) {
        free(last);
        return parley_fail(err, PARLEY_ENOMEM, "no memory for the change points of %zu bins", n);
    }
    out->n_changes = changes, out->penalty = penalty;
    size_t end = n;
    for (size_t k = changes + 1; k-- > 0;) {
        size_t from = last[end - 1];
        double sum = 0;
        for (size_t t = from; t < end; t++)
            sum += y[t];
        out->mean[k] = sum / (double)(end - from);
        if (k)
            out->at[k - 1] = from;
        end = from;
    }
    free(last);
    return PARLEY_OK;
}

/* Pearson dispersion inside the segments: 1 for Poisson. */
static double spread_inside(const double *y, size_t n, const struct parley_segments *s, bool gaussian, double *df, double *excess,
                            double *squares_of_mean)
{
    double sum = 0, over = 0, weight = 0;
    size_t k = 0;
    for (size_t t = 0; t < n; t++) {
        while (k < s->n_changes && t >= s->at[k])
            k++;
        double m = s->mean[k], d = y[t] - m;
        sum += gaussian ? d * d : m > 0 ? d * d / m : 0;
        over += d * d - m, weight += m * m;
    }
    *df = fmax(1, (double)n - (double)s->n_changes - 1);
    *excess = over, *squares_of_mean = weight;
    return sum / *df;
}

/* The level model with its size or variance as large as the segments leave it; begins with one segment, so that spread is
 * rather taken for noise than for change. */
static enum parley_status settle(const double *y, size_t n, struct parley_level *level, double penalty, struct parley_arena *arena,
                                 struct parley_segments *s, struct parley_error *err)
{
    enum { ROUNDS = 6 };
    bool gaussian = level->model == PARLEY_LEVEL_GAUSSIAN;
    double sum = 0;
    for (size_t t = 0; t < n; t++)
        sum += y[t];
    *s = (struct parley_segments){ .mean = PARLEY_NEW(arena, double, 1) };
    if (!s->mean)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for the change points of %zu bins", n);
    s->mean[0] = sum / (double)n;
    for (int round = 0; round < ROUNDS; round++) {
        double df, excess, weight, spread = spread_inside(y, n, s, gaussian, &df, &excess, &weight);
        struct parley_level was = *level;
        if (gaussian) {
            level->variance = spread > 0 ? spread : 1;
        } else if (spread > 1 + 1.645 * sqrt(2 / df) && excess > 0) {
            level->model = PARLEY_LEVEL_NEGATIVE_BINOMIAL;
            level->size = weight / excess;
        } else {
            level->model = PARLEY_LEVEL_POISSON;
        }
        if (round && was.model == level->model && fabs(was.size - level->size) <= 1e-3 * level->size &&
            fabs(was.variance - level->variance) <= 1e-3 * level->variance)
            return PARLEY_OK;
        enum parley_status status = parley_changepoints(y, n, level, penalty, arena, s, err);
        if (status)
            return status;
    }
    return PARLEY_OK;
}

/* The shortest run of bins around `at`, inside [from, to], that grows to 95 % of the posterior mass there. */
static void credible(const double *probability, size_t from, size_t to, size_t at, size_t *low, size_t *high)
{
    double mass = 0, held = probability[at];
    for (size_t t = from; t <= to; t++)
        mass += probability[t];
    mass = fmin(1, mass); /* above 1 there are more changes about than this one */
    *low = *high = at;
    while (held < 0.95 * mass && (*low > from || *high < to)) {
        double left = *low > from ? probability[*low - 1] : -1, right = *high < to ? probability[*high + 1] : -1;
        if (left >= right)
            held += probability[--*low];
        else
            held += probability[++*high];
    }
}

enum parley_status parley_changes_find(const double *y, size_t n, enum parley_level_model model, struct parley_arena *arena,
                                       struct parley_changes *out, struct parley_error *err)
{
    struct parley_level level = { .model = model, .size = 1, .variance = 1 };
    enum parley_status status = check(y, n, &level, err);
    if (status)
        return status;
    struct parley_segments s;
    double penalty = parley_changepoint_penalty(n);
    status = settle(y, n, &level, penalty, arena, &s, err);
    if (status)
        return status;
    struct parley_changes r = { .n = s.n_changes, .level = level, .penalty = penalty, .any = NAN };
    r.change = PARLEY_NEW(arena, struct parley_change, r.n);
    bool whole = n <= PARLEY_POSTERIOR_N_MAX;
    double *probability = PARLEY_NEW(arena, double, whole ? n : PARLEY_POSTERIOR_WINDOW);
    if (!r.change || !probability)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu change points", r.n);
    double hazard = fmin(0.5, (double)(r.n > 0 ? r.n : 1) / (double)n);
    struct posterior p;
    if (whole && n > 1) {
        if (!posterior_make(y, n, &level, hazard, arena, &p))
            return parley_fail(err, PARLEY_ENOMEM, "no memory for the posterior over %zu bins", n);
        for (size_t t = 0; t < n; t++)
            probability[t] = posterior_at(&p, t);
        r.any = 1 - posterior_none(&p), r.probability = probability;
    }
    for (size_t k = 0; k < r.n; k++) {
        size_t before = k ? s.at[k - 1] : 0, after = k + 1 < r.n ? s.at[k + 1] : n, at = s.at[k];
        size_t from = k ? (before + at) / 2 + 1 : 1, to = k + 1 < r.n ? (at + after) / 2 : n - 1, a = 0;
        if (from > at)
            from = at;
        if (!whole) { /* a window that holds this change and its neighbourhood: quadratic in its length, once for each change */
            size_t half = PARLEY_POSTERIOR_WINDOW / 2;
            a = at > half ? at - half : 0;
            size_t b = a + PARLEY_POSTERIOR_WINDOW < n ? a + PARLEY_POSTERIOR_WINDOW : n;
            from = from > a ? from : a + 1, to = to < b ? to : b - 1;
            if (!posterior_make(y + a, b - a, &level, hazard, arena, &p))
                return parley_fail(err, PARLEY_ENOMEM, "no memory for the posterior over %zu bins", b - a);
            for (size_t t = 0; t < b - a; t++)
                probability[t] = posterior_at(&p, t);
        }
        struct parley_change c = { .at = at, .before = s.mean[k], .after = s.mean[k + 1] };
        size_t low, high;
        credible(probability, from - a, to - a, at - a, &low, &high);
        c.low = low + a, c.high = high + a, c.confidence = posterior_within(&p, low, high);
        r.change[k] = c;
    }
    *out = r;
    return PARLEY_OK;
}
