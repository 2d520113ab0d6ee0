/* A proven bound on what anybody could gain, for equilibria known as decimals: intervals that hold the true value whatever the rounding.
 *
 * A rounded sum, product or quotient of doubles is within half a unit of the last place of the true one (IEEE 754, to nearest), so
 * the neighbours enclose it. */
#include "rational.h"
#include "solve.h"

#include <math.h>
#include <stdlib.h>

struct range {
    double lo, hi;
};

static struct range outward(double lo, double hi) { return (struct range){ nextafter(lo, -INFINITY), nextafter(hi, INFINITY) }; }
static struct range point(double x) { return (struct range){ x, x }; }

/* mpq_get_d cuts towards zero: the neighbours enclose the fraction. */
static struct range fraction(mpq_srcptr q)
{
    double d = mpq_get_d(q);
    return outward(d, d);
}

static struct range add(struct range a, struct range b) { return outward(a.lo + b.lo, a.hi + b.hi); }
static struct range subtract(struct range a, struct range b) { return outward(a.lo - b.hi, a.hi - b.lo); }

static struct range multiply(struct range a, struct range b)
{
    double p = a.lo * b.lo, q = a.lo * b.hi, r = a.hi * b.lo, t = a.hi * b.hi;
    return outward(fmin(fmin(p, q), fmin(r, t)), fmax(fmax(p, q), fmax(r, t)));
}

static struct range divide(struct range a, struct range b) /* b > 0 */
{
    double p = a.lo / b.lo, q = a.lo / b.hi, r = a.hi / b.lo, t = a.hi / b.hi;
    return outward(fmin(fmin(p, q), fmin(r, t)), fmax(fmax(p, q), fmax(r, t)));
}

static struct range times(struct range w, double p) { return p > 0 ? multiply(w, point(p)) : point(0); }

/* What player i expects by strategy (value[]) while the others mix, not divided by the sums. */
static void values(const struct parley_game *g, const double *x, size_t i, struct range *value)
{
    for (size_t k = 0; k < g->n_strategies[i]; k++)
        value[k] = point(0);
    for (size_t p = 0; p < g->n_profiles; p++) {
        struct range weight = point(1);
        size_t own = 0, rest = p, first = 0;
        for (size_t j = 0; j < g->n_players && weight.hi > 0; j++) {
            size_t k = rest % g->n_strategies[j];
            rest /= g->n_strategies[j];
            if (j == i)
                own = k;
            else
                weight = times(weight, x[first + k]);
            first += g->n_strategies[j];
        }
        if (weight.hi > 0)
            value[own] = add(value[own], multiply(weight, fraction(parley_game_payoff(g, p, i)->v)));
    }
}

enum parley_status solve_regret_bound(struct solver *s, struct parley_equilibrium *e)
{
    const struct parley_game *g = s->game;
    struct range *value = calloc(solve_width(g) + g->n_players, sizeof *value), *sum = value ? value + solve_width(g) : NULL, all = point(1);
    if (!value)
        return parley_fail(s->err, PARLEY_ENOMEM, "out of memory");
    for (size_t j = 0, at = 0; j < g->n_players; j++) {
        sum[j] = point(0);
        for (size_t k = 0; k < g->n_strategies[j]; k++)
            sum[j] = add(sum[j], point(e->approximate[at++]));
        all = multiply(all, sum[j]);
    }
    e->regret_max = 0;
    for (size_t i = 0, first = 0; i < g->n_players; first += g->n_strategies[i++]) {
        struct range mixed = point(0), best = { -INFINITY, -INFINITY };
        values(g, e->approximate, i, value);
        for (size_t k = 0; k < g->n_strategies[i]; k++) {
            if (e->approximate[first + k] > 0)
                mixed = add(mixed, multiply(point(e->approximate[first + k]), value[k]));
            best = (struct range){ fmax(best.lo, value[k].lo), fmax(best.hi, value[k].hi) };
        }
        struct range gain = divide(subtract(best, divide(mixed, sum[i])), divide(all, sum[i])), payoff = divide(mixed, all);
        e->regret_max = fmax(e->regret_max, gain.hi);
        e->payoff_approximate[i] = (payoff.lo + payoff.hi) / 2;
    }
    free(value);
    return PARLEY_OK;
}
