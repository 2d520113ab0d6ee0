/* The cheapest change of the inputs of all parties that turns the outcome. */
#include "gainloss.h"

#include <math.h>
#include <string.h>

static const double REACH = 8, STEP = .1; /* of the common factor, in units of its uncertainty */

struct joint {
    struct parley_gainloss_numbers own; /* the gain held: it moves for all */
    double sd_gain;
    const struct parley_terms *net;
    const bool *pivotal;
    size_t n;
};

static bool equal(const struct parley_terms *a, const struct parley_terms *b)
{
    return a->gain == b->gain && a->loss == b->loss && a->credibility == b->credibility && a->cost == b->cost && a->payment == b->payment;
}

/* With the gains moved by z, what the parties that still refuse must change besides: they do so each for itself, so the squares add.
 * INFINITY above the limit. */
static double squares(const struct joint *j, double z, double limit, struct parley_joint_tipping *out)
{
    double sum = z * z, last = 0, factor = exp(j->sd_gain * z);
    for (size_t i = 0; i < j->n; i++) {
        struct parley_terms t = j->net[i];
        struct parley_tipping own;
        t.gain *= factor;
        if (out) {
            out->party[i] = t;
            out->moved[i] = false;
        }
        if (!j->pivotal[i] || parley_gainloss_utility(&t) >= 0)
            continue;
        if (!out && i && j->pivotal[i - 1] && equal(&j->net[i], &j->net[i - 1])) {
            sum += last;
            continue;
        }
        parley_gainloss_tipping(&j->own, &t, &own);
        last = own.nearest_distance * own.nearest_distance;
        sum += last;
        if (out) {
            out->party[i] = own.nearest;
            out->moved[i] = true;
        }
        if (isnan(last) || sum > limit)
            return INFINITY;
    }
    return sum;
}

/* They agree: one party that refuses turns it, with the least change of its own inputs and the common gain. */
static void undo(const struct joint *j, const struct parley_gainloss_numbers *numbers, struct parley_joint_tipping *out)
{
    size_t who = j->n;
    struct parley_tipping best = { .nearest_distance = INFINITY }, t;
    for (size_t i = 0; i < j->n; i++) {
        if (!j->pivotal[i])
            continue;
        parley_gainloss_tipping(numbers, &j->net[i], &t);
        if (!isnan(t.nearest_distance) && t.nearest_distance < best.nearest_distance) {
            who = i;
            best = t;
        }
    }
    if (who == j->n)
        return;
    out->distance = best.nearest_distance;
    out->gain_factor = best.nearest.gain / j->net[who].gain;
    for (size_t i = 0; i < j->n; i++) {
        out->party[i] = j->net[i];
        out->party[i].gain *= out->gain_factor;
        out->moved[i] = i == who;
    }
    out->party[who] = best.nearest;
}

static double golden(const struct joint *j, double low, double high)
{
    const double part = .6180339887498949;
    double a = high - part * (high - low), b = low + part * (high - low), at_a = squares(j, a, INFINITY, NULL), at_b = squares(j, b, INFINITY, NULL);
    while (high - low > 1e-7) {
        if (at_a <= at_b) {
            high = b;
            b = a;
            at_b = at_a;
            a = high - part * (high - low);
            at_a = squares(j, a, INFINITY, NULL);
        } else {
            low = a;
            a = b;
            at_a = at_b;
            b = low + part * (high - low);
            at_b = squares(j, b, INFINITY, NULL);
        }
    }
    return (low + high) / 2;
}

void joint_tipping(const struct parley_gainloss_numbers *numbers, const struct parley_terms *net, const bool *pivotal, size_t n, bool now,
                   struct parley_joint_tipping *out)
{
    struct joint j = { .own = *numbers, .sd_gain = numbers->sd_gain, .net = net, .pivotal = pivotal, .n = n };
    double best = INFINITY, at = 0;
    out->distance = out->gain_factor = NAN;
    memcpy(out->party, net, n * sizeof *net);
    memset(out->moved, 0, n * sizeof *out->moved);
    if (now) {
        undo(&j, numbers, out);
        return;
    }
    j.own.sd_gain = 0;
    for (double z = 0; z * z < best && z <= REACH; z += STEP) /* outwards: farther than the best so far nothing is cheaper */
        for (int sign = -1; sign <= 1; sign += 2) {
            double here = squares(&j, sign * z, best, NULL);
            if (here < best) {
                best = here;
                at = sign * z;
            }
        }
    if (!isfinite(best) || best > REACH * REACH)
        return;
    double finer = golden(&j, at - STEP, at + STEP);
    if (squares(&j, finer, INFINITY, NULL) <= best)
        at = finer;
    out->distance = sqrt(squares(&j, at, INFINITY, out));
    out->gain_factor = exp(j.sd_gain * at);
}
