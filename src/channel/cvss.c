#include "channel/cvss.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <parley/text.h>

struct metric {
    const char *key, *property, *values; /* values of a vector, the undefined one first where there is one */
    double weight[6];
};

enum { V3_BASE = 8, V3_N = 22, V2_BASE = 6, V2_N = 14, METRICS_MAX = 22 };
enum { AV, AC, PR, UI, SC, C3, I3, A3, E3, RL3, RC3, CR3, IR3, AR3, MAV, MAC, MPR, MUI, MS, MC, MI, MA };

static const struct metric v3[V3_N] = {
    { "AV", "attackVector", "N A L P", { .85, .62, .55, .2 } },
    { "AC", "attackComplexity", "L H", { .77, .44 } },
    { "PR", "privilegesRequired", "N L H", { .85, .62, .27 } },
    { "UI", "userInteraction", "N R", { .85, .62 } },
    { "S", "scope", "U C", { 0, 1 } },
    { "C", "confidentialityImpact", "H L N", { .56, .22, 0 } },
    { "I", "integrityImpact", "H L N", { .56, .22, 0 } },
    { "A", "availabilityImpact", "H L N", { .56, .22, 0 } },
    { "E", "exploitCodeMaturity", "X H F P U", { 1, 1, .97, .94, .91 } },
    { "RL", "remediationLevel", "X U W T O", { 1, 1, .97, .96, .95 } },
    { "RC", "reportConfidence", "X C R U", { 1, 1, .96, .92 } },
    { "CR", "confidentialityRequirement", "X H M L", { 1, 1.5, 1, .5 } },
    { "IR", "integrityRequirement", "X H M L", { 1, 1.5, 1, .5 } },
    { "AR", "availabilityRequirement", "X H M L", { 1, 1.5, 1, .5 } },
    { "MAV", "modifiedAttackVector", "X N A L P", { 0, .85, .62, .55, .2 } },
    { "MAC", "modifiedAttackComplexity", "X L H", { 0, .77, .44 } },
    { "MPR", "modifiedPrivilegesRequired", "X N L H", { 0, .85, .62, .27 } },
    { "MUI", "modifiedUserInteraction", "X N R", { 0, .85, .62 } },
    { "MS", "modifiedScope", "X U C", { 0, 0, 1 } },
    { "MC", "modifiedConfidentialityImpact", "X H L N", { 0, .56, .22, 0 } },
    { "MI", "modifiedIntegrityImpact", "X H L N", { 0, .56, .22, 0 } },
    { "MA", "modifiedAvailabilityImpact", "X H L N", { 0, .56, .22, 0 } },
};

enum { AV2, AC2, AU2, C2, I2, A2, E2, RL2, RC2, CDP, TD, CR2, IR2, AR2 };

static const struct metric v2[V2_N] = {
    { "AV", "accessVector", "L A N", { .395, .646, 1 } },
    { "AC", "accessComplexity", "H M L", { .35, .61, .71 } },
    { "Au", "authentication", "M S N", { .45, .56, .704 } },
    { "C", "confidentialityImpact", "N P C", { 0, .275, .66 } },
    { "I", "integrityImpact", "N P C", { 0, .275, .66 } },
    { "A", "availabilityImpact", "N P C", { 0, .275, .66 } },
    { "E", "exploitability", "ND U POC F H", { 1, .85, .9, .95, 1 } },
    { "RL", "remediationLevel", "ND OF TF W U", { 1, .87, .9, .95, 1 } },
    { "RC", "reportConfidence", "ND UC UR C", { 1, .9, .95, 1 } },
    { "CDP", "collateralDamagePotential", "ND N L LM MH H", { 0, 0, .1, .3, .4, .5 } },
    { "TD", "targetDistribution", "ND N L M H", { 1, 0, .25, .75, 1 } },
    { "CR", "confidentialityRequirement", "ND L M H", { 1, .5, 1, 1.51 } },
    { "IR", "integrityRequirement", "ND L M H", { 1, .5, 1, 1.51 } },
    { "AR", "availabilityRequirement", "ND L M H", { 1, .5, 1, 1.51 } },
};

struct vector {
    const struct metric *metric;
    int n, n_base, minor; /* minor: of version 3 */
    int value[METRICS_MAX]; /* which of the values; -1 not given */
};

/* Which of the values is this one? */
static int which(const char *values, const char *text, size_t len)
{
    for (int at = 0; *values; at++) {
        size_t n = strcspn(values, " ");
        if (n == len && !memcmp(values, text, n))
            return at;
        values += n + (values[n] == ' ');
    }
    return -1;
}

static enum parley_status read_vector(const char *text, struct vector *v, struct parley_error *err)
{
    const char *p = text;
    bool three = !strncmp(text, "CVSS:3.", 7) && (text[7] == '0' || text[7] == '1') && text[8] == '/';
    *v = (struct vector){ .metric = three ? v3 : v2, .n = three ? V3_N : V2_N, .n_base = three ? V3_BASE : V2_BASE, .minor = three ? text[7] - '0' : 0 };
    for (int i = 0; i < v->n; i++)
        v->value[i] = -1;
    for (p += three ? 9 : 0; *p;) {
        size_t n = strcspn(p, "/"), key = strcspn(p, ":/");
        int at = 0;
        while (at < v->n && (strlen(v->metric[at].key) != key || memcmp(v->metric[at].key, p, key)))
            at++;
        int value = at < v->n && key < n ? which(v->metric[at].values, p + key + 1, n - key - 1) : -1;
        if (value < 0 || v->value[at] >= 0)
            return parley_fail(err, PARLEY_EDOM, "'%.*s' is no metric of this CVSS vector, has no such value, or stands twice", (int)(n < 20 ? n : 20), p);
        v->value[at] = value;
        p += n;
        if (*p == '/' && !*++p)
            return parley_fail(err, PARLEY_EDOM, "a CVSS vector ends with '/'");
    }
    for (int i = 0; i < v->n_base; i++)
        if (v->value[i] < 0)
            return parley_fail(err, PARLEY_EDOM, "the CVSS vector lacks %s", v->metric[i].key);
    return PARLEY_OK;
}

static double weight(const struct vector *v, int metric) { return v->metric[metric].weight[v->value[metric] < 0 ? 0 : v->value[metric]]; }

/* Up to one decimal, as the annex of 3.1 computes it in whole numbers. */
static double round_up(double x)
{
    long long n = llround(x * 100000);
    return (double)(n % 10000 ? n / 10000 + 1 : n / 10000) / 10;
}

static double privileges(double weight, bool changed) { return !changed || weight > .8 ? weight : weight > .5 ? .68 : .5; }

static double combine3(double impact, double exploit, bool changed)
{
    double sum = (changed ? 1.08 : 1) * (impact + exploit);
    return impact <= 0 ? 0 : round_up(sum < 10 ? sum : 10);
}

/* A modified metric, or the base one where it is not defined. */
static double modified(const struct vector *v, int m, int base) { return v->value[m] > 0 ? weight(v, m) : weight(v, base); }

static void scores3(const struct vector *v, struct cvss *out)
{
    double temporal = weight(v, E3) * weight(v, RL3) * weight(v, RC3);
    bool changed = weight(v, SC) > 0;
    double iss = 1 - (1 - weight(v, C3)) * (1 - weight(v, I3)) * (1 - weight(v, A3));
    double impact = changed ? 7.52 * (iss - .029) - 3.25 * pow(iss - .02, 15) : 6.42 * iss;
    out->base = combine3(impact, 8.22 * weight(v, AV) * weight(v, AC) * privileges(weight(v, PR), changed) * weight(v, UI), changed);
    out->temporal = round_up(out->base * temporal);
    changed = modified(v, MS, SC) > 0;
    iss = 1 - (1 - weight(v, CR3) * modified(v, MC, C3)) * (1 - weight(v, IR3) * modified(v, MI, I3)) * (1 - weight(v, AR3) * modified(v, MA, A3));
    iss = iss < .915 ? iss : .915;
    impact = !changed ? 6.42 * iss : v->minor ? 7.52 * (iss - .029) - 3.25 * pow(iss * .9731 - .02, 13) : 7.52 * (iss - .029) - 3.25 * pow(iss - .02, 15);
    double exploit = 8.22 * modified(v, MAV, AV) * modified(v, MAC, AC) * privileges(modified(v, MPR, PR), changed) * modified(v, MUI, UI);
    out->environmental = round_up(combine3(impact, exploit, changed) * temporal);
}

static double one_decimal(double x) { return round(x * 10) / 10; }

static double base2(const struct vector *v, double impact)
{
    double exploit = 20 * weight(v, AV2) * weight(v, AC2) * weight(v, AU2);
    return one_decimal((.6 * impact + .4 * exploit - 1.5) * (impact > 0 ? 1.176 : 0));
}

static void scores2(const struct vector *v, struct cvss *out)
{
    double temporal = weight(v, E2) * weight(v, RL2) * weight(v, RC2);
    out->base = base2(v, 10.41 * (1 - (1 - weight(v, C2)) * (1 - weight(v, I2)) * (1 - weight(v, A2))));
    out->temporal = one_decimal(out->base * temporal);
    double impact = 10.41 * (1 - (1 - weight(v, C2) * weight(v, CR2)) * (1 - weight(v, I2) * weight(v, IR2)) * (1 - weight(v, A2) * weight(v, AR2)));
    double adjusted = one_decimal(base2(v, impact < 10 ? impact : 10) * temporal);
    out->environmental = one_decimal((adjusted + (10 - adjusted) * weight(v, CDP)) * weight(v, TD));
}

enum parley_status cvss_scores(const char *vector, struct cvss *out, struct parley_error *err)
{
    struct vector v;
    enum parley_status status = read_vector(vector, &v, err);
    if (!status && v.metric == v3)
        scores3(&v, out);
    else if (!status)
        scores2(&v, out);
    return status;
}

/* --- an object of a document -------------------------------------------------------------------- */

static const char *text_of(const struct parley_node *map, const char *key)
{
    const struct parley_node *node = parley_node_get(map, key);
    return node && node->kind == PARLEY_NODE_SCALAR && node->quoted ? node->text : "";
}

/* The value of a vector that a property's word stands for: HIGH is H, ADJACENT_NETWORK A, PROOF_OF_CONCEPT P or (2.0) POC. */
static int word_value(const struct vector *v, int metric, const char *word)
{
    static const char *const odd[][2] = { { "UNCONFIRMED", "UC" }, { "UNCORROBORATED", "UR" }, { "ADJACENT_NETWORK", "A" } };
    bool three = v->metric == v3;
    char value[8] = "";
    size_t n = 0;
    for (const char *p = word; *p && n < 4 && !(three && n); p += strcspn(p, "_"), p += *p == '_')
        value[n++] = *p;
    if (three && !strcmp(word, "NOT_DEFINED"))
        value[0] = 'X';
    for (int i = 0; !three && i < 3; i++)
        if (!strcmp(word, odd[i][0]))
            snprintf(value, sizeof value, "%s", odd[i][1]);
    return which(v->metric[metric].values, value, strlen(value));
}

static enum parley_status metrics_fit(const struct parley_node *object, const struct vector *v, struct parley_error *err)
{
    for (int i = 0; i < v->n; i++) {
        const char *word = text_of(object, v->metric[i].property);
        int value = *word ? word_value(v, i, word) : -1;
        if (*word && value < 0)
            return parley_fail(err, PARLEY_EDOM, "csaf: %s is no value of %s (6.1.8)", word, v->metric[i].property);
        if (*word && value != (v->value[i] < 0 ? 0 : v->value[i]))
            return parley_fail(err, PARLEY_EDOM, "csaf: %s is %s, but the vector says otherwise (6.1.10)", v->metric[i].property, word);
    }
    return PARLEY_OK;
}

static const char *severity(double score) { return score <= 0 ? "NONE" : score < 4 ? "LOW" : score < 7 ? "MEDIUM" : score < 9 ? "HIGH" : "CRITICAL"; }

static enum parley_status score_fits(const struct parley_node *object, const char *name, double is, bool v3_object, struct parley_error *err)
{
    char key[40], word[40];
    double said;
    snprintf(key, sizeof key, "%sScore", name);
    snprintf(word, sizeof word, "%sSeverity", name);
    const struct parley_node *node = parley_node_get(object, key);
    const char *says = text_of(object, word);
    if (!node && !*says)
        return PARLEY_OK;
    if (node && (node->kind != PARLEY_NODE_SCALAR || node->quoted || !parley_text_to_double(node->text, node->len, &said) || said < 0 || said > 10))
        return parley_fail(err, PARLEY_EDOM, "csaf: %s should be a number from 0 to 10 (6.1.8)", key);
    if (node && fabs(said - is) > .049)
        return parley_fail(err, PARLEY_EDOM, "csaf: %s is %.20s; the vector gives %.1f (6.1.9)", key, node->text, is);
    if (v3_object && *says && strcmp(says, severity(is)))
        return parley_fail(err, PARLEY_EDOM, "csaf: %s is %.20s; %.1f is %s (6.1.9)", word, says, is, severity(is));
    return PARLEY_OK;
}

enum parley_status cvss_check(const struct parley_node *object, bool three, struct parley_error *err)
{
    static const char *const required[] = { "version", "vectorString", "baseSeverity" };
    const char *version = text_of(object, "version"), *text = text_of(object, "vectorString");
    struct vector v;
    struct cvss s;
    for (int i = 0; i < (three ? 3 : 2); i++)
        if (!*text_of(object, required[i]))
            return parley_fail(err, PARLEY_EDOM, "csaf: a CVSS %s object lacks %s (6.1.8)", three ? "3" : "2", required[i]);
    if (!parley_node_get(object, "baseScore"))
        return parley_fail(err, PARLEY_EDOM, "csaf: a CVSS object lacks baseScore (6.1.8)");
    if (three ? strcmp(version, "3.0") && strcmp(version, "3.1") : strcmp(version, "2.0") != 0)
        return parley_fail(err, PARLEY_EDOM, "csaf: a CVSS object of version %.10s (6.1.8)", version);
    if (read_vector(text, &v, err) || (v.metric == v3) != three || (three && version[2] - '0' != v.minor))
        return parley_fail(err, PARLEY_EDOM, "csaf: '%.60s' is no vector of CVSS %s (6.1.8)", text, version);
    if (three)
        scores3(&v, &s);
    else
        scores2(&v, &s);
    enum parley_status status = metrics_fit(object, &v, err);
    if (!status)
        status = score_fits(object, "base", s.base, three, err);
    if (!status)
        status = score_fits(object, "temporal", s.temporal, three, err);
    return status ? status : score_fits(object, "environmental", s.environmental, three, err);
}
