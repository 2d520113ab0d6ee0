#include "gainloss.h"

#include <parley/rng.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double logit(double p) { return log(p) - log1p(-p); }
static double logistic(double x) { return 1 / (1 + exp(-x)); }
static double normal_below(double x) { return 0.5 * erfc(-x * M_SQRT1_2); }

/* 1 stays certain and 0 hopeless under any shift; no shift changes no bit. */
static double shift(double p, double by) { return by == 0 || p <= 0 || p >= 1 ? p : logistic(logit(p) + by); }

double parley_gainloss_utility(const struct parley_terms *t)
{
    return t->credibility * t->gain - (1 - t->credibility) * t->loss - t->cost + t->payment;
}

enum parley_status parley_gainloss_terms(const struct parley_gainloss_numbers *d, const struct parley_conditions *c,
                                         size_t n_pivotal, struct parley_terms *out, struct parley_error *err)
{
    if (c->severe == PARLEY_UNKNOWN || c->threat == PARLEY_UNKNOWN)
        return parley_fail(err, PARLEY_EINVAL,
                           "gain-loss: harm and threat must be known here; evaluate each completion");
    bool threat = c->threat == PARLEY_YES;
    struct parley_terms t = {
        .gain = c->severe == PARLEY_YES ? d->gain_severe : d->gain,
        .loss = d->loss * (threat ? d->loss_threat : 1) * (c->sensitive ? d->loss_sensitive : 1),
        .credibility =
            (threat ? d->credibility_threat : d->credibility) + (c->multilateral ? d->credibility_multilateral : 0),
        .cost = c->multilateral ? d->cost_multilateral : d->cost_bilateral,
    };
    t.credibility = fmin(1, fmax(0, t.credibility));
    if (n_pivotal > 5)
        t.cost += d->cost_growth * log2((double)n_pivotal / 5);
    *out = t;
    return PARLEY_OK;
}

static bool inside(double v, double low, double high) { return isnan(v) || (v >= low && v <= high); }

enum parley_status situation_check(const struct parley_situation *s, struct parley_error *err)
{
    size_t pivotal = 0;
    if (s->n > PARLEY_PARTIES_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "gain-loss: %zu parties, at most %d are possible", s->n,
                           PARLEY_PARTIES_MAX);
    for (size_t i = 0; i < s->n; i++) {
        const struct parley_terms *t = &s->party[i].own;
        pivotal += !s->party[i].follower;
        if (!(inside(t->gain, 0, 1e6) && inside(t->loss, 0, 1e6) && inside(t->credibility, 0, 1) &&
              inside(t->cost, 0, 1e6) && inside(t->payment, -1e6, 1e6)))
            return parley_fail(
                err, PARLEY_EINVAL,
                "gain-loss: an input of %.60s is out of range (gain, loss, cost 0 to 1e6; credibility 0 to 1)",
                s->party[i].name);
    }
    if (pivotal == 0)
        return parley_fail(err, PARLEY_EINVAL,
                           "gain-loss: no pivotal party; an agreement needs one with interests of its own");
    for (size_t m = 0; m < s->book->n_measures; m++)
        if (!(s->strength[m] >= 0 && s->strength[m] <= 1))
            return parley_fail(err, PARLEY_EINVAL, "gain-loss: the strength of %s is outside 0 to 1",
                               s->book->measure[m].id);
    return PARLEY_OK;
}

struct parley_conditions conditions_in_favour(struct parley_conditions c)
{
    if (c.severe == PARLEY_UNKNOWN)
        c.severe = PARLEY_YES;
    if (c.threat == PARLEY_UNKNOWN)
        c.threat = PARLEY_NO;
    return c;
}

static void take(double *value, double stated)
{
    if (!isnan(stated))
        *value = stated;
}

/* Payments: every pivotal party that refuses without them receives, those that agree pay in equal parts. */
static void pay(const struct parley_situation *s, double amount, struct parley_terms *terms, const double *relative)
{
    bool refuses[PARLEY_PARTIES_MAX];
    size_t receivers = 0, payers = 0;
    for (size_t i = 0; i < s->n; i++) {
        refuses[i] = parley_gainloss_utility(&terms[i]) - terms[i].credibility * relative[i] <= 0;
        receivers += refuses[i] && !s->party[i].follower;
        payers += !refuses[i] && !s->party[i].follower;
    }
    if (receivers == 0 || payers == 0)
        return; /* nobody needs it, or nobody is there to pay */
    for (size_t i = 0; i < s->n; i++)
        if (!s->party[i].follower)
            terms[i].payment += refuses[i] ? amount : -amount * (double)receivers / (double)payers;
}

void situation_terms(const struct parley_situation *s, const struct parley_conditions *known,
                     struct parley_terms *terms, double *relative)
{
    size_t pivotal = 0;
    double gains = 0, payment = 0;
    for (size_t i = 0; i < s->n; i++)
        pivotal += !s->party[i].follower;
    for (size_t i = 0; i < s->n; i++) {
        struct parley_terms *t = &terms[i];
        const struct parley_terms *own = &s->party[i].own;
        memset(t, 0, sizeof *t);
        (void)!parley_gainloss_terms(&s->book->gainloss, known, pivotal, t, NULL);
        take(&t->gain, own->gain);
        take(&t->loss, own->loss);
        take(&t->credibility, own->credibility);
        take(&t->cost, own->cost);
        take(&t->payment, own->payment);
        for (size_t m = 0; m < s->book->n_measures; m++) {
            const struct parley_measure *x = &s->book->measure[m];
            double w = s->strength[m];
            t->credibility = shift(t->credibility, w * x->credibility);
            t->gain *= 1 + w * (x->gain - 1);
            t->loss *= 1 + w * (x->loss - 1);
            t->cost = fmax(0, t->cost + w * x->cost);
            payment += i == 0 ? w * x->payment : 0;
        }
        gains += t->gain;
    }
    for (size_t i = 0; i < s->n; i++) {
        double others = s->n > 1 ? (gains - terms[i].gain) / (double)(s->n - 1) : terms[i].gain;
        relative[i] = known->sensitive ? s->book->gainloss.relative_gains * fmax(0, others - terms[i].gain) : 0;
    }
    if (payment > 0)
        pay(s, payment, terms, relative);
}

double situation_least(const struct parley_situation *s, const struct parley_terms *terms, const double *relative)
{
    double least = INFINITY;
    for (size_t i = 0; i < s->n; i++)
        if (!s->party[i].follower)
            least = fmin(least, parley_gainloss_utility(&terms[i]) - terms[i].credibility * relative[i]);
    return least;
}

/* --- quadrature --------------------------------------------------------------------------------- */

/* Standard normal nodes: the trapezoidal rule converges faster than any power of the step for smooth integrands. */
enum { NODES_MAX = 81 };
struct nodes {
    double z[NODES_MAX], weight[NODES_MAX];
    int n;
};

static struct nodes nodes_for(double sd, double step, double reach)
{
    struct nodes out = { .n = 1, .z = { 0 }, .weight = { 1 } };
    if (sd <= 0)
        return out;
    int half = (int)(reach / step);
    double sum = 0;
    out.n = 2 * half + 1;
    for (int i = 0; i < out.n; i++) {
        out.z[i] = (i - half) * step;
        sum += out.weight[i] = exp(-0.5 * out.z[i] * out.z[i]);
    }
    for (int i = 0; i < out.n; i++)
        out.weight[i] /= sum;
    return out;
}

struct grid {
    struct nodes gain, loss, credibility;
    double sd_cost, gain_factor[NODES_MAX], loss_factor[NODES_MAX], shift[NODES_MAX];
};

static void grid_init(struct grid *g, const struct parley_gainloss_numbers *d, double step, double reach)
{
    g->gain = nodes_for(d->sd_gain, step, reach);
    g->loss = nodes_for(d->sd_loss, step, reach);
    g->credibility = nodes_for(d->sd_credibility, step, reach);
    g->sd_cost = d->sd_cost;
    for (int i = 0; i < g->gain.n; i++)
        g->gain_factor[i] = exp(d->sd_gain * g->gain.z[i]);
    for (int i = 0; i < g->loss.n; i++)
        g->loss_factor[i] = exp(d->sd_loss * g->loss.z[i]);
    for (int i = 0; i < g->credibility.n; i++)
        g->shift[i] = d->sd_credibility * g->credibility.z[i];
}

/* Probability that the cost is below `room`. */
static double cost_below(const struct grid *g, double cost, double room)
{
    if (cost <= 0 || g->sd_cost <= 0)
        return room > cost;
    return room > 0 ? normal_below(log(room / cost) / g->sd_cost) : 0;
}

/* For each node of the common gain: the probability that the party agrees, and the same times its credibility. */
static void consent(const struct grid *g, const struct parley_terms *t, double relative, double *agrees, double *kept)
{
    memset(agrees, 0, (size_t)g->gain.n * sizeof *agrees);
    memset(kept, 0, (size_t)g->gain.n * sizeof *kept);
    for (int j = 0; j < g->credibility.n; j++) {
        double p = shift(t->credibility, g->shift[j]), wp = g->credibility.weight[j];
        for (int k = 0; k < g->loss.n; k++) {
            double w = wp * g->loss.weight[k], base = t->payment - (1 - p) * t->loss * g->loss_factor[k];
            for (int i = 0; i < g->gain.n; i++) {
                double yes = w * cost_below(g, t->cost, base + p * (t->gain - relative) * g->gain_factor[i]);
                agrees[i] += yes;
                kept[i] += yes * p;
            }
        }
    }
}

static bool same_terms(const struct parley_terms *a, const struct parley_terms *b)
{
    return a->gain == b->gain && a->loss == b->loss && a->credibility == b->credibility && a->cost == b->cost &&
           a->payment == b->payment;
}

/* Probabilities under known conditions; p_party[n] may be NULL. */
static void known_probability(const struct parley_situation *s, const struct grid *g, const struct parley_terms *terms,
                              const double *relative, double *p_agreement, double *p_lasting, double *p_party)
{
    double all[NODES_MAX], lasting[NODES_MAX], agrees[NODES_MAX], kept[NODES_MAX];
    for (int i = 0; i < g->gain.n; i++)
        all[i] = lasting[i] = 1;
    size_t last = SIZE_MAX;
    for (size_t a = 0; a < s->n; a++) {
        if (s->party[a].follower && !p_party)
            continue; /* decides nothing */
        /* parties that weigh the same need one integration */
        if (last == SIZE_MAX || !same_terms(&terms[a], &terms[last]) || relative[a] != relative[last])
            consent(g, &terms[a], relative[a], agrees, kept);
        last = a;
        double sum = 0;
        for (int i = 0; i < g->gain.n; i++) {
            sum += g->gain.weight[i] * agrees[i];
            if (!s->party[a].follower) {
                all[i] *= agrees[i];
                lasting[i] *= kept[i];
            }
        }
        if (p_party)
            p_party[a] = sum;
    }
    *p_agreement = *p_lasting = 0;
    for (int i = 0; i < g->gain.n; i++) {
        *p_agreement += g->gain.weight[i] * all[i];
        *p_lasting += g->gain.weight[i] * lasting[i];
    }
}

/* The ways the unknown conditions may be. */
static size_t completions(const struct parley_conditions *c, struct parley_completion out[4])
{
    size_t n = 0;
    for (int h = 1; h >= 0; h--)
        for (int t = 0; t <= 1; t++) {
            if ((c->severe != PARLEY_UNKNOWN && (int)c->severe != h) ||
                (c->threat != PARLEY_UNKNOWN && (int)c->threat != t))
                continue;
            out[n] = (struct parley_completion) { .conditions = *c };
            out[n].conditions.severe = h ? PARLEY_YES : PARLEY_NO;
            out[n++].conditions.threat = t ? PARLEY_YES : PARLEY_NO;
        }
    return n;
}

/* --- the interval ----------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Draw the level of each kind of input anew for all parties, and the unknown conditions. */
static enum parley_status interval(const struct parley_situation *s, struct parley_gainloss_result *out,
                                   struct parley_arena *arena, struct parley_error *err)
{
    struct grid grid;
    const struct parley_gainloss_numbers *d = &s->book->gainloss;
    double *p = PARLEY_NEW(arena, double, out->draws), *relative = PARLEY_NEW(arena, double, s->n);
    struct parley_terms *terms = PARLEY_NEW(arena, struct parley_terms, s->n);
    if (!p || !relative || !terms)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    grid_init(&grid, d, 0.5, 4); /* coarser: errors of 1e-3 vanish in an interval */
    for (size_t draw = 0; draw < out->draws; draw++) {
        struct parley_rng rng;
        double lasting;
        parley_rng_init(&rng, out->seed, draw);
        double g = exp(d->sd_defaults * parley_rng_normal(&rng)), l = exp(d->sd_defaults * parley_rng_normal(&rng));
        double k = exp(d->sd_defaults * parley_rng_normal(&rng)), c = d->sd_defaults * parley_rng_normal(&rng);
        size_t which = (size_t)parley_rng_below(&rng, out->n_completions);
        situation_terms(s, &out->completion[which].conditions, terms, relative);
        for (size_t i = 0; i < s->n; i++) {
            terms[i].gain *= g;
            relative[i] *= g;
            terms[i].loss *= l;
            terms[i].cost *= k;
            terms[i].credibility = shift(terms[i].credibility, c);
        }
        known_probability(s, &grid, terms, relative, &p[draw], &lasting, NULL);
    }
    qsort(p, out->draws, sizeof *p, ascending);
    out->low = p[(size_t)(0.05 * (double)(out->draws - 1))];
    out->high = p[(size_t)ceil(0.95 * (double)(out->draws - 1))];
    return PARLEY_OK;
}

enum parley_status parley_gainloss_eval(const struct parley_situation *s, uint64_t seed, size_t draws,
                                        struct parley_arena *arena, struct parley_gainloss_result *out,
                                        struct parley_error *err)
{
    enum parley_status status = situation_check(s, err);
    if (status)
        return status;
    if (draws > 100000)
        return parley_fail(err, PARLEY_EINVAL, "gain-loss: %zu draws, at most 100000 are possible", draws);
    struct parley_gainloss_result r = { .seed = seed, .draws = draws, .low = NAN, .high = NAN };
    struct parley_terms *terms = PARLEY_NEW(arena, struct parley_terms, s->n);
    struct parley_terms *all = PARLEY_NEW(arena, struct parley_terms, s->n);
    bool *pivotal = PARLEY_NEW(arena, bool, s->n);
    double *relative = PARLEY_NEW(arena, double, s->n), *p_party = PARLEY_NEW(arena, double, s->n);
    r.joint.party = PARLEY_NEW(arena, struct parley_terms, s->n);
    r.joint.moved = PARLEY_NEW(arena, bool, s->n);
    r.party = PARLEY_NEW(arena, struct parley_party_result, s->n);
    if (!terms || !relative || !p_party || !r.party || !all || !pivotal || !r.joint.party || !r.joint.moved)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    struct grid grid;
    grid_init(&grid, &s->book->gainloss, 0.25, 5);
    r.n_completions = completions(&s->conditions, r.completion);
    size_t yes = 0; /* completions in which they agree */
    for (size_t c = 0; c < r.n_completions; c++) {
        struct parley_completion *x = &r.completion[c];
        double lasting, share = 1 / (double)r.n_completions;
        situation_terms(s, &x->conditions, terms, relative);
        x->least_utility = situation_least(s, terms, relative);
        yes += x->least_utility > 0;
        known_probability(s, &grid, terms, relative, &x->p_agreement, &lasting, p_party);
        r.p_agreement += share * x->p_agreement;
        r.p_lasting += share * lasting;
        for (size_t i = 0; i < s->n; i++)
            r.party[i].p_agrees += share * p_party[i];
    }
    r.predicted = yes == r.n_completions ? PARLEY_YES : yes == 0 ? PARLEY_NO : PARLEY_UNKNOWN;
    struct parley_conditions favour = conditions_in_favour(s->conditions);
    situation_terms(s, &favour, terms, relative);
    for (size_t i = 0; i < s->n; i++) {
        struct parley_party_result *p = &r.party[i];
        struct parley_terms net = terms[i];
        p->terms = terms[i];
        p->relative_loss = relative[i];
        net.gain -= relative[i];
        all[i] = net;
        pivotal[i] = !s->party[i].follower;
        p->utility = parley_gainloss_utility(&net);
        p->agrees = p->utility > 0;
        parley_gainloss_tipping(&s->book->gainloss, &net, &p->tipping);
        /* thresholds are of the gain itself, not of what is left of it */
        p->tipping.at[PARLEY_INPUT_GAIN] += relative[i];
        p->tipping.nearest.gain += relative[i];
    }
    r.agreement = situation_least(s, terms, relative) > 0;
    joint_tipping(&s->book->gainloss, all, pivotal, s->n, r.agreement, &r.joint);
    for (size_t i = 0; i < s->n; i++) /* leads move with the gains */
        r.joint.party[i].gain += isnan(r.joint.gain_factor) ? relative[i] : relative[i] * r.joint.gain_factor;
    if (draws > 0)
        status = interval(s, &r, arena, err);
    if (!status)
        *out = r;
    return status;
}

enum parley_status parley_gainloss_probability(const struct parley_situation *s, double *p_agreement, double *p_lasting,
                                               struct parley_error *err)
{
    enum parley_status status = situation_check(s, err);
    if (status)
        return status;
    struct grid grid;
    struct parley_completion way[4];
    struct parley_terms terms[PARLEY_PARTIES_MAX];
    double relative[PARLEY_PARTIES_MAX], agreement = 0, lasting = 0;
    grid_init(&grid, &s->book->gainloss, 0.25, 5);
    size_t n = completions(&s->conditions, way);
    for (size_t c = 0; c < n; c++) {
        double a, l;
        situation_terms(s, &way[c].conditions, terms, relative);
        known_probability(s, &grid, terms, relative, &a, &l, NULL);
        agreement += a / (double)n;
        lasting += l / (double)n;
    }
    *p_agreement = agreement;
    *p_lasting = lasting;
    return PARLEY_OK;
}

static double between(double a, double b, double share)
{
    return a > 0 && b > 0 ? exp(log(a) * (1 - share) + log(b) * share) : a * (1 - share) + b * share;
}

enum parley_status parley_gainloss_at(const struct parley_situation *situation, double harm, double threat,
                                      double *least_utility, double *p_agreement, struct parley_error *err)
{
    enum parley_status status = situation_check(situation, err);
    if (status)
        return status;
    if (!(harm >= 0 && harm <= 1 && threat >= 0 && threat <= 1))
        return parley_fail(err, PARLEY_EINVAL, "gain-loss: harm %g or threat %g is outside 0 to 1", harm, threat);
    /* a codebook whose defaults lie where this harm and this threat put them; then both conditions are simply "no" */
    struct parley_codebook book = *situation->book;
    struct parley_gainloss_numbers *d = &book.gainloss;
    struct parley_situation s = *situation;
    double p = d->credibility, q = d->credibility_threat,
           bonus = s.conditions.multilateral ? d->credibility_multilateral : 0;
    p = fmin(1, fmax(0, p + bonus));
    q = fmin(1, fmax(0, q + bonus));
    d->gain = between(d->gain, d->gain_severe, harm);
    d->loss = between(d->loss, d->loss * d->loss_threat, threat);
    d->credibility = (p <= 0 || p >= 1 || q <= 0 || q >= 1 ? p * (1 - threat) + q * threat
                                                           : logistic(logit(p) * (1 - threat) + logit(q) * threat)) -
                     bonus;
    s.book = &book;
    s.conditions.severe = s.conditions.threat = PARLEY_NO;
    struct grid grid;
    struct parley_terms terms[PARLEY_PARTIES_MAX];
    double relative[PARLEY_PARTIES_MAX], lasting;
    grid_init(&grid, d, 0.25, 5);
    situation_terms(&s, &s.conditions, terms, relative);
    *least_utility = situation_least(&s, terms, relative);
    known_probability(&s, &grid, terms, relative, p_agreement, &lasting, NULL);
    return PARLEY_OK;
}
