#include <parley/hawkes.h>

#include <math.h>
#include <stdlib.h>

/* Dassios and Zhao: the next event is the first of an immigrant (constant rate) and of an offspring of each exciting type, whose
 * rate decays exponentially and can be inverted. An event's parent type is drawn first, then its own type from the
 * parent's column, so only one sum per exciting type is kept. */
struct source {
    size_t types, blocks;
    const struct parley_hawkes *model;
    double *fresh;      /* [types] sum of exp(decay (t_l - origin)) column sum decay: excess rate times exp(decay (t - origin)) */
    double *block;      /* [blocks] sums of 8 of them; shared decay only */
    double *by_mu;      /* [types] cumulative background */
    double *by_parent;  /* [types * types] row j: cumulative column j of branching */
    double *jump;       /* [types] rate that one event of the type adds */
    double total, origin;
    bool shared;
};

static size_t pick(const double *cumulative, size_t n, double u)
{
    double at = u * cumulative[n - 1];
    size_t low = 0, high = n - 1;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (cumulative[mid] > at)
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

static bool make_source(const struct parley_hawkes *m, struct source *s)
{
    size_t types = m->types;
    *s = (struct source){ .types = types, .blocks = (types + 7) / 8, .model = m, .shared = true };
    s->fresh = calloc(8 * s->blocks + s->blocks + 2 * types + types * types, sizeof *s->fresh);
    if (!s->fresh)
        return false;
    s->block = s->fresh + 8 * s->blocks, s->by_mu = s->block + s->blocks, s->jump = s->by_mu + types, s->by_parent = s->jump + types;
    double sum = 0;
    for (size_t j = 0; j < types; j++) {
        s->by_mu[j] = sum += m->mu[j];
        s->shared &= m->decay[j] == m->decay[0];
        double column = 0;
        for (size_t k = 0; k < types; k++)
            s->by_parent[j * types + k] = column += m->branching[k * types + j];
        s->jump[j] = column * m->decay[j];
    }
    return true;
}

/* Bring the origin to `now` so that the scale stays small. */
static void refresh(struct source *s, double now)
{
    s->total = 0;
    for (size_t b = 0; b < s->blocks; b++)
        s->block[b] = 0;
    for (size_t j = 0; j < s->types; j++) {
        s->fresh[j] *= exp(-s->model->decay[j] * (now - s->origin));
        s->block[j / 8] += s->fresh[j];
    }
    for (size_t b = 0; b < s->blocks; b++)
        s->total += s->block[b];
    s->origin = now;
}

/* Waiting time of an offspring when the excess rate now is `excess`; infinite when it never comes. */
static double offspring_wait(double excess, double decay, struct parley_rng *rng)
{
    if (!(excess > 0))
        return INFINITY;
    double inside = 1 - decay * parley_rng_exponential(rng) / excess;
    return inside > 0 ? -log(inside) / decay : INFINITY;
}

static size_t parent_of(const struct source *s, double u)
{
    double at = u * s->total;
    size_t b = 0;
    while (b + 1 < s->blocks && at >= s->block[b])
        at -= s->block[b++];
    size_t j = 8 * b, last = j + 7 < s->types ? j + 7 : s->types - 1;
    while (j < last && at >= s->fresh[j])
        at -= s->fresh[j++];
    return j;
}

enum parley_status parley_hawkes_simulate(const struct parley_hawkes *m, double span, struct parley_rng *rng, size_t max, double *time,
                                          uint16_t *type, size_t *n, struct parley_error *err)
{
    enum { REACH = 40 };
    struct source s;
    double none[1];
    uint16_t no_type[1];
    struct parley_marked empty = { none, no_type, 0, m->types, span };
    double loglik;
    *n = 0;
    enum parley_status status = parley_hawkes_loglik(m, &empty, &loglik, NULL, NULL, NULL, err); /* checks the model */
    if (status)
        return status;
    if (!make_source(m, &s))
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu types", m->types);
    double background = s.by_mu[m->types - 1], now = 0, decay = m->decay[0];
    for (;;) {
        double wait = background > 0 ? parley_rng_exponential(rng) / background : INFINITY;
        size_t parent = m->types;
        if (s.shared) {
            if (decay * (now - s.origin) > REACH)
                refresh(&s, now);
            double w = offspring_wait(s.total * exp(-decay * (now - s.origin)), decay, rng);
            if (w < wait)
                wait = w, parent = 0;
        } else {
            refresh(&s, now);
            for (size_t j = 0; j < m->types; j++) {
                double w = offspring_wait(s.fresh[j], m->decay[j], rng);
                if (w < wait)
                    wait = w, parent = j;
            }
        }
        now += wait;
        if (!(now <= span))
            break;
        if (*n == max) {
            status = parley_fail(err, PARLEY_ELIMIT, "hawkes: %zu events before time %g of %g; simulate less or allow more", max, now, span);
            break;
        }
        if (parent < m->types && s.shared)
            parent = parent_of(&s, parley_rng_uniform(rng));
        size_t k = parent < m->types ? pick(s.by_parent + parent * m->types, m->types, parley_rng_uniform(rng))
                                     : pick(s.by_mu, m->types, parley_rng_uniform(rng));
        time[*n] = now, type[*n] = (uint16_t)k;
        ++*n;
        if (!s.shared)
            refresh(&s, now);
        else if (decay * (now - s.origin) > REACH)
            refresh(&s, now);
        double jump = s.jump[k] * (s.shared ? exp(decay * (now - s.origin)) : 1);
        s.fresh[k] += jump, s.block[k / 8] += jump, s.total += jump;
    }
    free(s.fresh);
    return status;
}
