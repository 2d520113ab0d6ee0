#include "gainloss.h"

#include <math.h>
#include <string.h>

enum { STEPS_MAX = 200 };
static const double reach = 8; /* no turning point farther than this many units of uncertainty is offered */

static double logit(double p) { return log(p) - log1p(-p); }

/* --- one party: thresholds and the nearest point --------------------------------------------------------- */

struct point {
    double z[PARLEY_INPUTS];
};

struct surface { /* utility as a function of the standardised changes */
    const struct parley_terms *terms;
    double sd[PARLEY_INPUTS];
};

static struct parley_terms moved(const struct surface *s, const struct point *x)
{
    struct parley_terms t = *s->terms;
    t.gain *= exp(s->sd[PARLEY_INPUT_GAIN] * x->z[PARLEY_INPUT_GAIN]);
    t.loss *= exp(s->sd[PARLEY_INPUT_LOSS] * x->z[PARLEY_INPUT_LOSS]);
    t.cost *= exp(s->sd[PARLEY_INPUT_COST] * x->z[PARLEY_INPUT_COST]);
    if (t.credibility > 0 && t.credibility < 1)
        t.credibility =
            1 / (1 + exp(-logit(t.credibility) - s->sd[PARLEY_INPUT_CREDIBILITY] * x->z[PARLEY_INPUT_CREDIBILITY]));
    return t;
}

static double value_at(const struct surface *s, const struct point *x, double slope[PARLEY_INPUTS])
{
    struct parley_terms t = moved(s, x);
    double p = t.credibility;
    slope[PARLEY_INPUT_GAIN] = s->sd[PARLEY_INPUT_GAIN] * p * t.gain;
    slope[PARLEY_INPUT_LOSS] = -s->sd[PARLEY_INPUT_LOSS] * (1 - p) * t.loss;
    slope[PARLEY_INPUT_COST] = -s->sd[PARLEY_INPUT_COST] * t.cost;
    slope[PARLEY_INPUT_CREDIBILITY] = s->sd[PARLEY_INPUT_CREDIBILITY] * p * (1 - p) * (t.gain + t.loss);
    return parley_gainloss_utility(&t);
}

static double length(const struct point *x)
{
    double sum = 0;
    for (int i = 0; i < PARLEY_INPUTS; i++)
        sum += x->z[i] * x->z[i];
    return sqrt(sum);
}

/* The point of the surface utility = 0 nearest to the origin, from one start: the iteration of Rackwitz and Fiessler
 * 1978 (Comput. Struct. 9:489-494) with steps halved until the merit falls. True when it arrived. */
static bool walk(const struct surface *s, struct point *x)
{
    double slope[PARLEY_INPUTS],
        value = value_at(s, x, slope),
        scale = fabs(s->terms->gain) + s->terms->loss + s->terms->cost + fabs(s->terms->payment);
    for (int step = 0; step < STEPS_MAX; step++) {
        double dot = 0, norm = 0;
        for (int i = 0; i < PARLEY_INPUTS; i++) {
            dot += slope[i] * x->z[i];
            norm += slope[i] * slope[i];
        }
        if (!(norm > 1e-30 * scale * scale))
            return false;
        struct point goal, next = { { 0 } };
        double far = 0, weight = 2 * length(x) / sqrt(norm) + 10 / sqrt(norm);
        for (int i = 0; i < PARLEY_INPUTS; i++) {
            goal.z[i] = (dot - value) / norm * slope[i];
            far = fmax(far, fabs(goal.z[i] - x->z[i]));
        }
        if (far < 1e-10)
            return fabs(value) <= 1e-9 * scale;
        double merit = 0.5 * length(x) * length(x) + weight * fabs(value), slope_next[PARLEY_INPUTS],
               value_next = value;
        double fraction = fmin(1, 2 / far);
        for (int halving = 0; halving < 40; halving++, fraction /= 2) {
            for (int i = 0; i < PARLEY_INPUTS; i++)
                next.z[i] = x->z[i] + fraction * (goal.z[i] - x->z[i]);
            value_next = value_at(s, &next, slope_next);
            if (0.5 * length(&next) * length(&next) + weight * fabs(value_next) < merit)
                break;
        }
        *x = next;
        value = value_next;
        memcpy(slope, slope_next, sizeof slope);
    }
    return fabs(value) <= 1e-6 * scale;
}

static void nearest(const struct surface *s, struct parley_tipping *out)
{
    out->nearest = (struct parley_terms) { NAN, NAN, NAN, NAN, s->terms->payment };
    out->nearest_distance = NAN;
    /* from the origin, from each threshold, and from the corners: the surface can have more than one nearest point */
    for (int start = -1; start < PARLEY_INPUTS + 16; start++) {
        struct point x = { { 0 } };
        if (start >= 0 && start < PARLEY_INPUTS) {
            if (isnan(out->distance[start]) || out->distance[start] > reach)
                continue;
            const struct parley_terms *t = s->terms;
            double base[PARLEY_INPUTS] = { t->gain, t->loss, t->credibility, t->cost };
            x.z[start] = out->at[start] > base[start] ? out->distance[start] : -out->distance[start];
        } else if (start >= PARLEY_INPUTS) {
            for (int i = 0; i < PARLEY_INPUTS; i++)
                x.z[i] = (start - PARLEY_INPUTS) >> i & 1 ? 1.5 : -1.5;
        }
        if (!walk(s, &x) || length(&x) > reach)
            continue;
        if (isnan(out->nearest_distance) || length(&x) < out->nearest_distance) {
            out->nearest_distance = length(&x);
            out->nearest = moved(s, &x);
        }
    }
}

void parley_gainloss_tipping(const struct parley_gainloss_numbers *d, const struct parley_terms *t,
                             struct parley_tipping *out)
{
    double p = t->credibility, g = t->gain, l = t->loss, k = t->cost;
    double at[PARLEY_INPUTS] = {
        [PARLEY_INPUT_CREDIBILITY] = (l + k - t->payment) / (g + l),
        [PARLEY_INPUT_GAIN] = ((1 - p) * l + k - t->payment) / p,
        [PARLEY_INPUT_LOSS] = (p * g - k + t->payment) / (1 - p),
        [PARLEY_INPUT_COST] = p * g - (1 - p) * l + t->payment,
    };
    double now[PARLEY_INPUTS] = { g, l, p, k };
    struct surface s = { .terms = t, .sd = { d->sd_gain, d->sd_loss, d->sd_credibility, d->sd_cost } };
    for (int i = 0; i < PARLEY_INPUTS; i++) {
        bool is_p = i == PARLEY_INPUT_CREDIBILITY;
        /* a threshold on the edge (p = 1, L = 0, also up to rounding) is out of reach: no finite change gets there */
        bool possible = isfinite(at[i]) && at[i] > 1e-12 * (g + l + k + fabs(t->payment)) && (!is_p || at[i] < 1) && now[i] > 0 && (!is_p || now[i] < 1);
        out->at[i] = possible ? at[i] : NAN;
        double change = is_p ? logit(at[i]) - logit(now[i]) : log(at[i] / now[i]);
        out->distance[i] = possible && s.sd[i] > 0 ? fabs(change) / s.sd[i] : NAN;
    }
    nearest(&s, out);
}

/* --- switches ---------------------------------------------------------------------------------------------- */

static enum parley_tri other(enum parley_tri v) { return v == PARLEY_YES ? PARLEY_NO : PARLEY_YES; }

void parley_switch_turn(struct parley_situation *s, const struct parley_switch *what)
{
    struct parley_conditions favour = conditions_in_favour(s->conditions);
    switch (what->what) {
    case PARLEY_SWITCH_HARM: s->conditions.severe = other(favour.severe); break;
    case PARLEY_SWITCH_THREAT: s->conditions.threat = other(favour.threat); break;
    case PARLEY_SWITCH_SENSITIVE: s->conditions.sensitive = !s->conditions.sensitive; break;
    case PARLEY_SWITCH_MULTILATERAL: s->conditions.multilateral = !s->conditions.multilateral; break;
    case PARLEY_SWITCH_MEASURE: s->strength[what->measure] = s->strength[what->measure] > 0.5 ? 0 : 1; break;
    }
}

static double least_in_favour(const struct parley_situation *s)
{
    struct parley_terms terms[PARLEY_PARTIES_MAX];
    double relative[PARLEY_PARTIES_MAX];
    struct parley_conditions favour = conditions_in_favour(s->conditions);
    situation_terms(s, &favour, terms, relative);
    return situation_least(s, terms, relative);
}

static bool contains(unsigned long set, const unsigned long *found, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((set & found[i]) == found[i])
            return true;
    return false;
}

static void sort_sets(struct parley_switch_set *list, size_t n, bool want_agreement)
{
    for (size_t i = 1; i < n; i++) /* insertion: the list is short and must stay stable */
        for (size_t j = i; j > 0; j--) {
            struct parley_switch_set *a = &list[j - 1], *b = &list[j], keep;
            bool better = want_agreement ? b->p_agreement > a->p_agreement : b->p_agreement < a->p_agreement;
            if (!(b->n < a->n || (b->n == a->n && better)))
                break;
            keep = *a;
            *a = *b;
            *b = keep;
        }
}

enum parley_status parley_gainloss_turn(const struct parley_situation *situation, size_t max_size, bool choices_only,
                                        struct parley_switch_set out[PARLEY_TIP_SETS_MAX], size_t *n, size_t *tried,
                                        struct parley_error *err)
{
    enum parley_status status = situation_check(situation, err);
    if (status)
        return status;
    if (max_size < 1 || max_size > 4)
        return parley_fail(err, PARLEY_EINVAL, "tipping: sets of %zu switches; 1 to 4 are possible", max_size);
    struct parley_switch list[4 + PARLEY_MEASURES_MAX];
    size_t n_list = 0, n_found = 0, looked = 0;
    if (!choices_only) {
        list[n_list++] = (struct parley_switch) { .what = PARLEY_SWITCH_HARM };
        list[n_list++] = (struct parley_switch) { .what = PARLEY_SWITCH_THREAT };
    }
    list[n_list++] = (struct parley_switch) { .what = PARLEY_SWITCH_SENSITIVE, .choice = true };
    list[n_list++] = (struct parley_switch) { .what = PARLEY_SWITCH_MULTILATERAL, .choice = true };
    for (size_t m = 0; m < situation->book->n_measures; m++)
        list[n_list++] = (struct parley_switch) { .what = PARLEY_SWITCH_MEASURE, .measure = m, .choice = true };

    bool now = least_in_favour(situation) > 0;
    unsigned long found[PARLEY_TIP_SETS_MAX];
    for (size_t size = 1; size <= max_size; size++)
        for (unsigned long set = 0; set < 1UL << n_list; set++) {
            if ((size_t)__builtin_popcountl(set) != size || contains(set, found, n_found))
                continue;
            struct parley_situation s = *situation;
            looked++;
            for (size_t i = 0; i < n_list; i++)
                if (set >> i & 1)
                    parley_switch_turn(&s, &list[i]);
            double least = least_in_favour(&s);
            if ((least > 0) == now)
                continue;
            if (n_found == PARLEY_TIP_SETS_MAX)
                return parley_fail(err, PARLEY_ELIMIT,
                                   "tipping: more than %d sets turn the outcome; look at fewer switches",
                                   PARLEY_TIP_SETS_MAX);
            struct parley_switch_set *x = &out[n_found];
            *x = (struct parley_switch_set) { .least_utility = least };
            for (size_t i = 0; i < n_list; i++)
                if (set >> i & 1)
                    x->element[x->n++] = list[i];
            found[n_found++] = set;
            status = parley_gainloss_probability(&s, &x->p_agreement, &x->p_lasting, err);
            if (status)
                return status;
        }
    sort_sets(out, n_found, !now);
    *n = n_found;
    *tried = looked;
    return PARLEY_OK;
}
