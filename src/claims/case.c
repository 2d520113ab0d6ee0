/* Claims tested on the coded cases.
 *
 * Most compare the share of agreements in two groups of cases. The effect is the difference of the shares, its interval
 * is Newcombe's hybrid of Wilson scores (1998, Stat. Med. 17:873-890, method 10). With so few cases that interval is
 * too narrow at times, so a verdict also needs Fisher's exact test (two-sided) below 0.05. */
#include "checker.h"

#include <parley/case_store.h>
#include <parley/rng.h>

#include <math.h>
#include <string.h>

struct cases { /* what the case checkers share */
    struct parley_codebook book;
    struct parley_coded_case *list;
    struct parley_theory_row *row;
    double *p; /* [n] probability of the gain-loss model */
    size_t n;
    struct parley_theory_result theory;
};

static enum parley_status load(struct claims_run *run, struct cases **out, struct parley_error *err)
{
    struct cases *c = run->memo[BY_CASE];
    *out = c;
    if (c)
        return PARLEY_OK;
    c = PARLEY_NEW(run->arena, struct cases, 1);
    if (!c)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    enum parley_status status = parley_codebook_shipped(run->arena, &c->book, err);
    if (!status)
        status = parley_stored_cases(run->in->record, &c->book, run->arena, &c->list, &c->n, err);
    c->row = PARLEY_NEW(run->arena, struct parley_theory_row, c->n + 1);
    c->p = PARLEY_NEW(run->arena, double, c->n + 1);
    if (!status && (!c->row || !c->p))
        status = parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < c->n && !status; i++) {
        struct parley_situation s = parley_case_situation(&c->list[i], &c->book);
        double lasting;
        c->row[i] = (struct parley_theory_row) { .harm = s.conditions.severe,
                                                 .threat = s.conditions.threat,
                                                 .outcome = c->list[i].outcome };
        status = parley_gainloss_probability(&s, &c->p[i], &lasting, err);
        for (int h = 0; h < 2; h++)
            for (int t = 0; t < 2; t++)
                c->row[i].p[h][t] = c->p[i];
    }
    if (!status)
        status = parley_theory_test(c->row, c->n, run->arena, &c->theory, err);
    run->memo[BY_CASE] = *out = c;
    return status;
}

/* --- shares of agreements in two groups ----------------------------------------------------------------- */

/* Group of a case: 1 where the claim expects more agreements, 0 where fewer, -1 = not in the comparison. */
typedef int group_fn(const struct cases *c, size_t i);

static void compare(struct claims_run *run, const struct cases *c, group_fn *group, const char *first, const char *second, struct parley_verdict *v)
{
    size_t t[2][2] = { { 0 } }; /* [group][reached] */
    for (size_t i = 0; i < c->n; i++) {
        int g = group(c, i);
        if (g >= 0 && c->row[i].outcome != PARLEY_UNKNOWN)
            t[g][c->row[i].outcome]++;
    }
    size_t n1 = t[1][0] + t[1][1], n0 = t[0][0] + t[0][1];
    v->measure = "difference of the share of agreements";
    v->measure_zh = "达成协议比例之差";
    if (n1 == 0 || n0 == 0) {
        v->why = because(run, "No case to compare: %zu %s, %zu %s.", n1, first, n0, second);
        v->why_zh = because(run, "没有可比较的案例：一组%zu个，另一组%zu个。", n1, n0);
        return;
    }
    double p1 = (double)t[1][1] / (double)n1, p0 = (double)t[0][1] / (double)n0, l1, h1, l0, h0;
    wilson(t[1][1], n1, &l1, &h1);
    wilson(t[0][1], n0, &l0, &h0);
    v->effect = p1 - p0;
    v->low = v->effect - sqrt((p1 - l1) * (p1 - l1) + (h0 - p0) * (h0 - p0));
    v->high = v->effect + sqrt((h1 - p1) * (h1 - p1) + (p0 - l0) * (p0 - l0));
    double p = parley_fisher((const size_t(*)[2])t, true);
    v->verdict = p < 0.05 ? verdict_of_interval(1, v->low, v->high) : PARLEY_UNDECIDED;
    v->why = because(
        run,
        "Agreement in %zu of %zu cases %s, in %zu of %zu %s; Fisher's exact test p = %.3f (below 0.05 would decide).",
        t[1][1], n1, first, t[0][1], n0, second, p);
    v->why_zh = because(run, "一组%zu/%zu达成，另一组%zu/%zu达成；费舍尔精确检验 p = %.3f（低于0.05方可定论）。",
                        t[1][1], n1, t[0][1], n0, p);
}

static int by_theory(const struct cases *c, size_t i)
{
    enum parley_tri said = parley_theory_predict(c->row[i].harm, c->row[i].threat);
    return said == PARLEY_UNKNOWN ? -1 : said == PARLEY_YES;
}

static int by_issue(const struct cases *c, size_t i) { return strcmp(c->list[i].issue, "arms_control") != 0; }
static int by_type(const struct cases *c, size_t i) { return !strcmp(c->list[i].type, "multilateral"); }
static int by_utility(const struct cases *c, size_t i) { return c->p[i] > 0.5; }

/* Severe or not among cases on conduct in cyber conflict. */
static int by_severity_of_arms(const struct cases *c, size_t i)
{
    return strcmp(c->list[i].issue, "arms_control") || c->row[i].harm == PARLEY_UNKNOWN ? -1
                                                                                        : c->row[i].harm == PARLEY_YES;
}

static bool takes_part(const char *members, const char *code)
{
    size_t n = strlen(code);
    for (const char *p = members; (p = strstr(p, code)); p++)
        if ((p == members || p[-1] == ';') && (!p[n] || p[n] == ';'))
            return true;
    return false;
}

/* Pairs among the rival great powers (US, CN, RU) by whether a threat is perceived. */
static int by_threat_of_rivals(const struct cases *c, size_t i)
{
    const char *m = c->list[i].members;
    bool rivals =
        takes_part(m, "US") && (takes_part(m, "CN") || takes_part(m, "RU")) && !strcmp(c->list[i].type, "bilateral");
    return !rivals || c->row[i].threat == PARLEY_UNKNOWN ? -1 : c->row[i].threat == PARLEY_NO;
}

/* --- other tests --------------------------------------------------------------------------------------------- */

/* Do cases that were reached have the higher probability? Concordance, with a permutation test. */
static double concordance(const double *p, const bool *yes, size_t n)
{
    double wins = 0, pairs = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (yes[i] && !yes[j]) {
                pairs++;
                wins += p[i] > p[j] ? 1 : p[i] == p[j] ? 0.5 : 0;
            }
    return wins / pairs;
}

enum { SHUFFLES = 20000 };

static enum parley_status inputs_matter(struct claims_run *run, const struct cases *c, struct parley_verdict *v, struct parley_error *err)
{
    size_t n = 0, reached = 0, as_good = 0;
    double *p = PARLEY_NEW(run->arena, double, c->n + 1);
    bool *yes = PARLEY_NEW(run->arena, bool, c->n + 1);
    if (!p || !yes)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < c->n; i++)
        if (c->row[i].outcome != PARLEY_UNKNOWN) {
            p[n] = c->p[i];
            yes[n++] = c->row[i].outcome == PARLEY_YES;
            reached += c->row[i].outcome == PARLEY_YES;
        }
    if (reached == 0 || reached == n) {
        v->why = "Every case has the same outcome.";
        return PARLEY_OK;
    }
    double observed = concordance(p, yes, n);
    struct parley_rng rng;
    parley_rng_init(&rng, run->in->seed, 0);
    for (int k = 0; k < SHUFFLES; k++) { /* outcomes dealt anew over the cases */
        for (size_t i = n - 1; i > 0; i--) {
            size_t j = (size_t)parley_rng_below(&rng, i + 1);
            bool keep = yes[i];
            yes[i] = yes[j];
            yes[j] = keep;
        }
        as_good += concordance(p, yes, n) >= observed - 1e-12;
    }
    double chance = (1.0 + (double)as_good) / (1.0 + SHUFFLES);
    v->measure = "chance that a case that was reached has the higher probability";
    v->measure_zh = "已达成案例概率较高的机会";
    v->effect = observed;
    v->verdict = chance < 0.05                     ? PARLEY_SUPPORTED
                 : observed < 0.5 && chance > 0.95 ? PARLEY_CONTRADICTED
                                                   : PARLEY_UNDECIDED;
    v->why = because(run,
                     "Gain, loss and credibility together give %zu cases that were reached a higher probability than "
                     "%zu that were not with chance %.2f (0.5 is luck); "
                     "dealing the outcomes at random does as well in %.3f of the deals (below 0.05 would decide). The "
                     "three inputs do not vary apart in the cases.",
                     reached, n - reached, observed, chance);
    v->why_zh = because(run,
                        "收益、损失与可信度合在一起，使已达成案例的概率高于未达成案例的机会为%.2f（0."
                        "5为随机）；随机置换结果同样好的比例为%.3f（低于0.05方可定论）。",
                        observed, chance);
    return PARLEY_OK;
}

static enum parley_status fits(struct claims_run *run, const struct cases *c, struct parley_verdict *v, struct parley_error *err)
{
    (void)err;
    size_t n = 0, fit = 0;
    bool as_named = true;
    for (size_t i = 0; i < c->n; i++) {
        const char *id = c->list[i].id;
        if (id[0] != 'C' || strlen(id) != 3) /* cases of the desk are not the study's */
            continue;
        bool agrees = c->theory.prediction[i] == c->row[i].outcome,
             exception = !strcmp(id, "C15") || !strcmp(id, "C16");
        n++;
        fit += agrees;
        as_named &= agrees != exception;
    }
    v->measure = "cases that fit";
    v->measure_zh = "符合的案例数";
    v->effect = (double)fit;
    v->verdict = n == 16 && fit == 14 && as_named ? PARLEY_SUPPORTED : PARLEY_CONTRADICTED;
    v->why =
        because(run,
                "%zu of %zu cases fit%s. A rule that always says yes gets %zu right, and so does nearly every rule: "
                "the count is reproduced, its weight is small.",
                fit, n,
                as_named ? "; the two that do not are the CIS agreement of 2001 and the China-Germany consultations"
                         : ", and the exceptions are not the ones named",
                c->theory.always_yes);
    v->why_zh = because(run, "%zu个案例中%zu个符合；总是预测达成的规则也能说对%zu个：计数得到复现，但分量有限。", n,
                        fit, c->theory.always_yes);
    return PARLEY_OK;
}

/* "Does not prevent" is refuted by no agreement among many such cases and shown by a single agreement. */
static enum parley_status views(struct claims_run *run, const struct cases *c, struct parley_verdict *v, struct parley_error *err)
{
    (void)err;
    size_t n = 0, reached = 0;
    for (size_t i = 0; i < c->n; i++)
        if (strstr(c->list[i].note, "large difference") && c->row[i].outcome != PARLEY_UNKNOWN) {
            n++;
            reached += c->row[i].outcome == PARLEY_YES;
        }
    v->measure = "share of agreements among cases with a large difference of views";
    v->measure_zh = "观念差异较大的案例中达成协议的比例";
    if (n) {
        v->effect = (double)reached / (double)n;
        wilson(reached, n, &v->low, &v->high);
    }
    v->verdict = reached ? PARLEY_SUPPORTED : PARLEY_UNDECIDED;
    v->why = because(run,
                     "%zu of %zu cases coded with a large difference of views reached an agreement. One is enough to "
                     "show that it can be done; it does not show that the difference costs nothing.",
                     reached, n);
    v->why_zh = because(
        run, "编码为观念差异较大的%zu个案例中有%zu个达成协议。一个反例即足以说明可以达成，但不能说明差异没有代价。", n,
        reached);
    return PARLEY_OK;
}

/* Of the attempts that failed, in how many did credibility (a threat) decide? "Main" would be more than half. */
static enum parley_status cheating(struct claims_run *run, const struct cases *c, struct parley_verdict *v, struct parley_error *err)
{
    (void)err;
    size_t n = 0, low_trust = 0, open = 0;
    for (size_t i = 0; i < c->n; i++)
        if (c->row[i].outcome == PARLEY_NO) {
            n++;
            low_trust += c->row[i].threat == PARLEY_YES;
            open += c->row[i].threat == PARLEY_UNKNOWN;
        }
    v->measure = "share of failed attempts with a perceived threat, less one half";
    v->measure_zh = "失败尝试中存在威胁认知的比例减去一半";
    if (n == 0) {
        v->why = "No attempt failed.";
        return PARLEY_OK;
    }
    wilson(low_trust, n, &v->low, &v->high);
    v->effect = (double)low_trust / (double)n - 0.5;
    v->low -= 0.5;
    v->high -= 0.5;
    v->verdict = open ? PARLEY_UNDECIDED : verdict_of_interval(1, v->low, v->high);
    v->why = because(
        run, "Of %zu attempts that failed, %zu had a perceived threat and so low credibility; in %zu it is unknown.", n,
        low_trust, open);
    v->why_zh = because(run, "%zu次失败的尝试中，%zu次存在威胁认知因而可信度低，%zu次未知。", n, low_trust, open);
    return PARLEY_OK;
}

/* Two cases alike in friction and views, differing in the threat: does the outcome turn with it, and would anything
 * else do? */
static enum parley_status not_the_views(struct claims_run *run, const struct cases *c, struct parley_verdict *v, struct parley_error *err)
{
    (void)err;
    compare(run, c, by_threat_of_rivals, "between rival great powers without a threat", "between rival great powers with one", v);
    v->why = because(run, "%s The pair agrees with the claim, but one pair cannot tell the threat from everything else that differed.", v->why);
    v->why_zh = because(run, "%s这一对与论断相符，但单独一对无法区分威胁与其他差异。", v->why_zh);
    return PARLEY_OK;
}

static enum parley_status assumed(struct claims_run *run, const struct cases *c, struct parley_verdict *v, struct parley_error *err)
{
    (void)err;
    size_t figures = 0;
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->list[i].n_trace && c->row[i].threat == PARLEY_YES; k++)
            figures += strstr(c->list[i].trace[k].what, "low credibility") != NULL;
    v->verdict = PARLEY_UNDECIDED;
    v->why = because(run,
                     "The gain-loss model assumes it, so the model cannot test it. In the %zu case with a threat the "
                     "evidence names low credibility %zu time%s and measures no loss estimate.",
                     c->theory.threat_yes, figures, figures == 1 ? "" : "s");
    v->why_zh = because(run,
                        "收益—损失模型以此为假定，因而不能检验它；在存在威胁的%zu个案例中，证据有%"
                        "zu处提到低可信度，没有损失预估的度量。",
                        c->theory.threat_yes, figures);
    return PARLEY_OK;
}

typedef enum parley_status case_test(struct claims_run *run, const struct cases *c, struct parley_verdict *v, struct parley_error *err);

/* A test of its own, or the shares of agreements in two groups. */
static const struct {
    const char *claim;
    case_test *test;
    group_fn *group;
    const char *first, *second; /* the groups in words */
} tests[] = {
    { "K19", cheating, NULL, NULL, NULL },
    { "K72", NULL, by_utility, "where the gain-loss model expects agreement (its numbers are assumed)", "where it expects none" },
    { "K73", NULL, by_severity_of_arms, "on arms control with severe harm", "on arms control with harm not severe" },
    { "K74", inputs_matter, NULL, NULL, NULL },
    { "K75", NULL, by_theory, "with severe harm and no threat", "with harm not severe or a threat" },
    { "K76", NULL, by_theory, "with severe harm and no threat", "with harm not severe or a threat" },
    { "K77", NULL, by_issue, "on crime", "on arms control" },
    { "K78", NULL, by_type, "that are multilateral", "that are bilateral" },
    { "K79", assumed, NULL, NULL, NULL },
    { "K81", views, NULL, NULL, NULL },
    { "K82", NULL, by_severity_of_arms, "on arms control with severe harm", "on arms control with harm not severe" },
    { "K83", not_the_views, NULL, NULL, NULL },
    { "K84", fits, NULL, NULL, NULL },
    { "K85", NULL, by_threat_of_rivals, "between rival great powers without a threat", "between rival great powers with one" },
};

enum parley_status check_by_case(struct claims_run *run, const char *claim, struct parley_verdict *v, bool *tested, struct parley_error *err)
{
    struct cases *c;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        if (strcmp(tests[i].claim, claim))
            continue;
        enum parley_status status = load(run, &c, err);
        *tested = true;
        if (status)
            return status;
        if (tests[i].test)
            return tests[i].test(run, c, v, err);
        compare(run, c, tests[i].group, tests[i].first, tests[i].second, v);
        return PARLEY_OK;
    }
    return PARLEY_OK;
}
