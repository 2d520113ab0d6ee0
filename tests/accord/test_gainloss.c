/* The gain-loss model: the numbers of the design worked by hand, and slow oracles for the fast code. */
#include "tap.h"
#include <parley/design.h>
#include <parley/gainloss.h>
#include <parley/rng.h>

static struct parley_arena arena;
static struct parley_codebook book;

#define UNSTATED                                                                                                       \
    {                                                                                                                  \
        NAN, NAN, NAN, NAN, NAN                                                                                        \
    }
static const struct parley_party two[] = { { "a", false, UNSTATED }, { "b", false, UNSTATED } };

static const struct {
    const char *name;
    struct parley_conditions c;
    double utility;     /* by hand */
    double p;           /* of the design's table */
    double alternative; /* utility of the worst completion; NaN if none */
} cases[] = {
    { "multilateral crime, .8*10 - .2*4 - 2", { PARLEY_YES, PARLEY_NO, false, true }, 5.2, .86, NAN },
    { "bilateral crime, .75*10 - .25*4 - 1", { PARLEY_YES, PARLEY_NO, false, false }, 5.5, .91, NAN },
    { "C02 UN arms control, .8*2 - .2*8 - 2", { PARLEY_NO, PARLEY_UNKNOWN, true, true }, -2.0, .017, -16.9 },
    { "C04 US-Russia, .3*10 - .7*12 - 1", { PARLEY_UNKNOWN, PARLEY_YES, false, false }, -6.4, .010, -8.8 },
    { "C15 CIS, .8*2 - .2*4 - 2", { PARLEY_NO, PARLEY_NO, false, true }, -1.2, .075, NAN },
    { "UN convention 2024, .35*10 - .65*12 - 2", { PARLEY_YES, PARLEY_YES, false, true }, -6.3, NAN, NAN },
};

static struct parley_situation situation(struct parley_conditions c)
{
    return (struct parley_situation) { .book = &book, .conditions = c, .party = two, .n = 2 };
}

static void table(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct parley_situation s = situation(cases[i].c);
        struct parley_gainloss_result r;
        struct parley_error err = { 0 };
        OK(!parley_gainloss_eval(&s, 1, 200, &arena, &r, &err), "%s %s", cases[i].name, err.text);
        OK(near(r.party[0].utility, cases[i].utility, 1e-12), "utility %.15g", r.party[0].utility);
        OK(r.agreement == (cases[i].utility > 0), "predicted %s", r.agreement ? "yes" : "no");
        if (!isnan(cases[i].p))
            OK(fabs(r.p_agreement - cases[i].p) < (cases[i].p > .5 ? .006 : .0016),
               "probability %.4f, the design says %.3f", r.p_agreement, cases[i].p);
        if (!isnan(cases[i].alternative)) {
            double worst = 0;
            for (size_t c = 0; c < r.n_completions; c++)
                worst = fmin(worst, r.completion[c].least_utility);
            OK(r.n_completions == 2 && near(worst, cases[i].alternative, 1e-12), "worst completion %.15g", worst);
        }
        OK(r.low <= r.p_agreement && r.p_agreement <= r.high && r.low < r.high, "interval %.3f to %.3f", r.low, r.high);
        OK(r.p_lasting < r.p_agreement, "lasting %.3f is less than agreed", r.p_lasting);
    }
}

/* Simulation of the definition: slow, obvious. */
static double by_simulation(const struct parley_situation *s, const struct parley_terms *t, size_t n)
{
    const struct parley_gainloss_numbers *d = &s->book->gainloss;
    struct parley_rng rng;
    size_t yes = 0;
    parley_rng_init(&rng, 7, 0);
    for (size_t i = 0; i < n; i++) {
        double common = exp(d->sd_gain * parley_rng_normal(&rng));
        bool all = true;
        for (size_t a = 0; a < s->n; a++) {
            double l = t[a].loss * exp(d->sd_loss * parley_rng_normal(&rng)),
                   k = t[a].cost * exp(d->sd_cost * parley_rng_normal(&rng));
            double odds = t[a].credibility / (1 - t[a].credibility) * exp(d->sd_credibility * parley_rng_normal(&rng)),
                   p = odds / (1 + odds);
            all &= s->party[a].follower || p * t[a].gain * common - (1 - p) * l - k > 0;
        }
        yes += all;
    }
    return (double)yes / (double)n;
}

static void quadrature(void)
{
    static const struct parley_party uneven[] = { { "a", false, { 6, 3, .7, 1, NAN } },
                                                  { "b", false, { 9, 8, .8, 2, NAN } },
                                                  { "c", true, { 1, 9, .2, 2, NAN } } };
    struct parley_terms t[3] = { { 6, 3, .7, 1, 0 }, { 9, 8, .8, 2, 0 }, { 1, 9, .2, 2, 0 } };
    struct parley_situation s = { .book = &book, .conditions = cases[0].c, .party = uneven, .n = 3 };
    double p, lasting, slow;
    enum { N = 400000 };
    OK(!parley_gainloss_probability(&s, &p, &lasting, NULL), "three uneven parties");
    slow = by_simulation(&s, t, N);
    OK(fabs(p - slow) < 4 * sqrt(slow * (1 - slow) / N), "quadrature %.5f, simulation %.5f", p, slow);
    s.n = 2;
    double without;
    OK(!parley_gainloss_probability(&s, &without, &lasting, NULL) && near(p, without, 1e-12),
       "a follower decides nothing");
}

static void thresholds(void)
{
    struct parley_tipping t;
    parley_gainloss_tipping(&book.gainloss, &(struct parley_terms) { 2, 8, .8, 2, 0 }, &t);
    OK(near(t.at[PARLEY_INPUT_GAIN], 4.5, 1e-12) && isnan(t.at[PARLEY_INPUT_CREDIBILITY]) &&
           isnan(t.at[PARLEY_INPUT_LOSS]),
       "C02 needs a gain of %g; credibility alone cannot do it", t.at[PARLEY_INPUT_GAIN]);
    parley_gainloss_tipping(&book.gainloss, &(struct parley_terms) { 10, 12, .3, 1, 0 }, &t);
    OK(near(t.at[PARLEY_INPUT_CREDIBILITY], 13. / 22, 1e-12) && near(t.at[PARLEY_INPUT_LOSS], 2 / .7, 1e-12),
       "C04 needs credibility %.3f or loss %.2f", t.at[PARLEY_INPUT_CREDIBILITY], t.at[PARLEY_INPUT_LOSS]);
    parley_gainloss_tipping(&book.gainloss, &(struct parley_terms) { 10, 4, .75, 1, 0 }, &t);
    OK(near(t.at[PARLEY_INPUT_CREDIBILITY], 5. / 14, 1e-12) && near(t.at[PARLEY_INPUT_LOSS], 26, 1e-12),
       "C03 breaks below credibility %.3f or above loss %g", t.at[PARLEY_INPUT_CREDIBILITY], t.at[PARLEY_INPUT_LOSS]);
}

/* The nearest turning point by looking at every point of a grid of gain, loss and credibility; the cost closes the
 * equation. */
static double nearest_by_grid(const struct parley_terms *t)
{
    double best = INFINITY;
    for (double g = -6; g <= 6; g += .05)
        for (double l = -6; l <= 6; l += .05)
            for (double c = -6; c <= 6; c += .05) {
                double odds = t->credibility / (1 - t->credibility) * exp(.6 * c), p = odds / (1 + odds);
                double k = p * t->gain * exp(.5 * g) - (1 - p) * t->loss * exp(.5 * l) + t->payment;
                if (k <= 0)
                    continue;
                double z = log(k / t->cost) / .5;
                best = fmin(best, g * g + l * l + c * c + z * z);
            }
    return sqrt(best);
}

/* Least squares over loss and credibility of a grid, the cost closing the equation, with the gain given; 0 where the party agrees. */
static double own_squares(const struct parley_terms *t, double gain)
{
    double best = INFINITY, p = t->credibility;
    if (p * gain - (1 - p) * t->loss - t->cost + t->payment >= 0)
        return 0;
    for (double l = -6; l <= 6; l += .05)
        for (double c = -6; c <= 6; c += .05) {
            double odds = t->credibility / (1 - t->credibility) * exp(.6 * c), q = odds / (1 + odds);
            double k = q * gain - (1 - q) * t->loss * exp(.5 * l) + t->payment;
            if (k <= 0)
                continue;
            double z = log(k / t->cost) / .5;
            best = fmin(best, l * l + c * c + z * z);
        }
    return best;
}

/* Two parties, one gain factor: the joint turning point against every point of a grid. */
static void joint(void)
{
    static const struct parley_terms pairs[][2] = {
        { { 10, 12, .3, 1, 0 }, { 10, 12, .3, 1, 0 } },
        { { 2, 8, .8, 2, 0 }, { 10, 4, .75, 1, 0 } },
        { { 3, 6, .5, 1, 0 }, { 1, 2, .6, .5, .2 } },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct parley_party party[2] = { { .name = "A" }, { .name = "B" } };
        struct parley_situation s = { .conditions = { .severe = PARLEY_YES, .threat = PARLEY_NO }, .party = party, .n = 2, .book = &book };
        struct parley_gainloss_result r;
        double slow = INFINITY;
        for (int k = 0; k < 2; k++)
            party[k].own = pairs[i][k];
        for (double g = -6; g <= 6; g += .05)
            slow = fmin(slow, g * g + own_squares(&pairs[i][0], pairs[i][0].gain * exp(.5 * g)) + own_squares(&pairs[i][1], pairs[i][1].gain * exp(.5 * g)));
        OK(!parley_gainloss_eval(&s, 1, 0, &arena, &r, NULL) && !r.agreement && fabs(r.joint.distance - sqrt(slow)) < .01,
           "joint turning point at %.4f, on the grid %.4f", r.joint.distance, sqrt(slow));
        double least = INFINITY;
        for (int k = 0; k < 2; k++)
            least = fmin(least, parley_gainloss_utility(&r.joint.party[k]));
        OK(fabs(least) < 1e-5, "the least utility there is %g", least);
        OK(r.joint.distance >= fmax(r.party[0].agrees ? 0 : r.party[0].tipping.nearest_distance, r.party[1].agrees ? 0 : r.party[1].tipping.nearest_distance) - 1e-6,
           "all together are never cheaper than the dearest refusing party alone");
    }
}

static void nearest(void)
{
    static const struct parley_terms points[] = {
        { 10, 4, .75, 1, 0 }, { 2, 8, .8, 2, 0 },    { 10, 12, .3, 1, 0 },
        { 2, 4, .8, 2, 0 },   { 3, 1, .9, .2, -.5 }, { 1, 20, .35, .5, 1 },
    };
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        struct parley_tipping t;
        parley_gainloss_tipping(&book.gainloss, &points[i], &t);
        double slow = nearest_by_grid(&points[i]);
        OK(fabs(t.nearest_distance - slow) < .01, "nearest turning point at %.4f, on the grid %.4f", t.nearest_distance,
           slow);
        OK(near(parley_gainloss_utility(&t.nearest), 0, 1e-6), "utility there is %g",
           parley_gainloss_utility(&t.nearest));
        for (int k = 0; k < PARLEY_INPUTS; k++)
            OK(isnan(t.distance[k]) || t.nearest_distance <= t.distance[k] + 1e-9, "and no single change is cheaper");
    }
}

static void switches(void)
{
    struct parley_switch_set set[PARLEY_TIP_SETS_MAX];
    size_t n = 0, tried = 0;
    struct parley_situation s = situation((struct parley_conditions) { PARLEY_YES, PARLEY_YES, false, false });
    OK(!parley_gainloss_turn(&s, 2, false, set, &n, &tried, NULL) && n > 0, "%zu sets of %zu turn C04 with severe harm",
       n, tried);
    OK(set[0].n == 1 && set[0].element[0].what == PARLEY_SWITCH_THREAT && near(set[0].least_utility, 5.5, 1e-12),
       "the threat gone: %+g", set[0].least_utility);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < set[i].n; j++)
            OK(set[i].n == 1 || set[i].element[j].what != PARLEY_SWITCH_THREAT, "no set contains a smaller one");
    s = situation((struct parley_conditions) { PARLEY_NO, PARLEY_NO, true, true });
    OK(!parley_gainloss_turn(&s, 1, true, set, &n, &tried, NULL), "UN arms control, choices only");
    for (size_t i = 0; i < n; i++)
        OK(set[i].element[0].choice, "a choice");
}

static void payments(void)
{
    /* one side refuses by 0.5, the other gains 3: a payment of 1 at full strength turns it and keeps the sum */
    static const struct parley_party pair[] = { { "poor", false, { 3, 4, .75, 1.75, NAN } },
                                                { "rich", false, { 8, 4, .75, 2, NAN } } };
    struct parley_situation s = {
        .book = &book, .conditions = { PARLEY_YES, PARLEY_NO, false, false }, .party = pair, .n = 2
    };
    struct parley_gainloss_result before, after;
    if (!OK(!parley_gainloss_eval(&s, 1, 0, &arena, &before, NULL), "two uneven parties"))
        return;
    OK(!before.agreement, "refused at %g", before.party[0].utility);
    for (size_t m = 0; m < book.n_measures; m++)
        if (book.measure[m].payment > 0)
            s.strength[m] = 1;
    if (!OK(!parley_gainloss_eval(&s, 1, 0, &arena, &after, NULL), "with a payment"))
        return;
    OK(after.agreement, "paid: %g and %g", after.party[0].utility, after.party[1].utility);
    OK(near(before.party[0].utility + before.party[1].utility, after.party[0].utility + after.party[1].utility, 1e-12),
       "what one gets the other pays");
}

static void designs(void)
{
    struct parley_situation s = situation((struct parley_conditions) { PARLEY_YES, PARLEY_YES, false, false });
    struct parley_design *list;
    size_t n = 0;
    if (!OK(!parley_designs(&s, true, true, NULL, &arena, &list, &n, NULL) && n == 4U << book.n_measures, "%zu designs",
            n))
        return;
    const struct parley_design *advised = parley_design_advised(list, n, .01);
    bool sorted = true, same_as_model = true, unbeaten = true;
    for (size_t i = 0; i < n; i++) {
        struct parley_situation d = parley_design_apply(&s, &list[i]);
        double p, lasting;
        sorted &= i == 0 || list[i].p_lasting <= list[i - 1].p_lasting;
        if (i % 16 == 0)
            same_as_model &= !parley_gainloss_probability(&d, &p, &lasting, NULL) && p == list[i].p_agreement &&
                             lasting == list[i].p_lasting;
        for (size_t k = 0; k < n; k++)
            unbeaten &= !(list[i].best && list[k].p_agreement > list[i].p_agreement &&
                          list[k].p_lasting > list[i].p_lasting && list[k].n_measures <= list[i].n_measures);
    }
    OK(sorted && same_as_model && unbeaten, "sorted by what lasts; each as the model says; none of the best is beaten");
    OK(advised->p_lasting >= list[0].p_lasting - .01 && advised->n_measures <= list[0].n_measures,
       "advised: %u measures, lasting %.3f", advised->n_measures, advised->p_lasting);
}

static void window(void)
{
    double u, p;
    bool ends = true, falls = true, rises = true;
    for (int h = 0; h < 2; h++)
        for (int t = 0; t < 2; t++) {
            struct parley_situation s = situation(
                (struct parley_conditions) { h ? PARLEY_YES : PARLEY_NO, t ? PARLEY_YES : PARLEY_NO, false, true });
            double whole, lasting;
            ends &= !parley_gainloss_probability(&s, &whole, &lasting, NULL) &&
                    !parley_gainloss_at(&s, h, t, &u, &p, NULL) && near(p, whole, 1e-12);
        }
    OK(ends, "at the ends of the scale it is the model of the conditions");
    struct parley_situation s = situation(cases[0].c);
    for (double x = 0, last = 2, first = -1; x <= 1; x += .125) {
        falls &= !parley_gainloss_at(&s, 1, x, &u, &p, NULL) && p < last;
        last = p;
        rises &= !parley_gainloss_at(&s, x, 0, &u, &p, NULL) && p > first;
        first = p;
    }
    OK(falls && rises, "more threat lowers, more harm raises the probability");
}

static void bad(void)
{
    struct parley_situation s = situation(cases[0].c);
    struct parley_gainloss_result r;
    struct parley_error err = { 0 };
    static const struct parley_party followers[] = { { "a", true, UNSTATED }, { "b", true, UNSTATED } };
    s.party = followers;
    OK(parley_gainloss_eval(&s, 1, 0, &arena, &r, &err) == PARLEY_EINVAL, "%s", err.text);
    static const struct parley_party wrong[] = { { "a", false, { NAN, NAN, 1.2, NAN, NAN } } };
    s.party = wrong;
    s.n = 1;
    OK(parley_gainloss_eval(&s, 1, 0, &arena, &r, &err) == PARLEY_EINVAL && strstr(err.text, "credibility"), "%s",
       err.text);
    struct parley_codebook other;
    static const char yaml[] =
        "version: 1\nwindow_years: 10\nscope: x\nscope_zh: x\nscope_min_parties: 2\nistruments: []\n";
    OK(parley_codebook_parse(yaml, strlen(yaml), "my.yaml", &arena, &other, &err) == PARLEY_EPARSE &&
           strstr(err.text, "did you mean 'instruments'"),
       "%s", err.text);
}

static void rules(void)
{
    const struct parley_codebook_variable *harm = parley_codebook_variable(&book, "common_harm"), *of = NULL;
    enum parley_tri v[] = { PARLEY_YES, PARLEY_YES, PARLEY_YES, PARLEY_YES };
    OK(parley_codebook_decide(harm, v) == PARLEY_YES, "four of four: severe");
    v[2] = PARLEY_UNKNOWN;
    OK(parley_codebook_decide(harm, v) == PARLEY_UNKNOWN, "one unknown: unknown");
    v[0] = PARLEY_NO;
    OK(parley_codebook_decide(harm, v) == PARLEY_NO, "one no decides although another is unknown");
    const struct parley_codebook_variable *threat = parley_codebook_variable(&book, "regime_threat");
    enum parley_tri t[] = { PARLEY_NO, PARLEY_YES, PARLEY_YES, PARLEY_YES };
    OK(parley_codebook_decide(threat, t) == PARLEY_NO, "evidence does not decide, the perception does");
    OK(parley_codebook_indicator(&book, "H3", &of) == parley_codebook_indicator(&book, "harm.critical", NULL) &&
           of == harm,
       "an indicator by id and row");
}

int main(void)
{
    struct parley_error err = { 0 };
    if (!OK(!parley_codebook_shipped(&arena, &book, &err), "the shipped codebook %s", err.text))
        return done();
    table();
    quadrature();
    thresholds();
    nearest();
    joint();
    switches();
    payments();
    designs();
    window();
    bad();
    rules();
    parley_arena_release(&arena);
    return done();
}
