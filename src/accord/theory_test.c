#include <parley/cases.h>

#include <math.h>
#include <string.h>

enum parley_tri parley_theory_predict(enum parley_tri harm, enum parley_tri threat)
{
    if (harm == PARLEY_NO || threat == PARLEY_YES)
        return PARLEY_NO; /* the second hypothesis needs only one of them */
    return harm == PARLEY_YES && threat == PARLEY_NO ? PARLEY_YES : PARLEY_UNKNOWN;
}

static double log_choose(size_t n, size_t k)
{
    return lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);
}

double parley_fisher(const size_t t[2][2], bool two_sided)
{
    size_t row = t[1][0] + t[1][1], column = t[0][1] + t[1][1], n = row + t[0][0] + t[0][1];
    size_t low = row + column > n ? row + column - n : 0, high = row < column ? row : column;
    if (n == 0)
        return 1;
    double p = 0, here = log_choose(column, t[1][1]) + log_choose(n - column, row - t[1][1]) - log_choose(n, row);
    for (size_t k = low; k <= high; k++) {
        double x = log_choose(column, k) + log_choose(n - column, row - k) - log_choose(n, row);
        /* one-sided: as strong or stronger in the direction of the theory (yes goes with yes) */
        if (two_sided ? x <= here + 1e-9 : k >= t[1][1])
            p += exp(x);
    }
    return fmin(1, p);
}

/* The rules a chooser may pick from; the last one is the theory. */
static const char *const rules[] = { "always yes", "yes unless harm is not severe", "yes unless a threat is present",
                                     "severe and no threat (the theory)" };
enum { RULES = sizeof rules / sizeof *rules };

static enum parley_tri rule_says(int rule, enum parley_tri harm, enum parley_tri threat)
{
    switch (rule) {
    case 0: return PARLEY_YES;
    case 1: return harm;
    case 2: return threat == PARLEY_UNKNOWN ? PARLEY_UNKNOWN : threat == PARLEY_YES ? PARLEY_NO : PARLEY_YES;
    default: return parley_theory_predict(harm, threat);
    }
}

/* Mean probability over what is unknown. */
static double probability(const struct parley_theory_row *r)
{
    double sum = 0, n = 0;
    for (int h = 0; h < 2; h++)
        for (int t = 0; t < 2; t++)
            if ((r->harm == PARLEY_UNKNOWN || (int)r->harm == h) &&
                (r->threat == PARLEY_UNKNOWN || (int)r->threat == t)) {
                sum += r->p[h][t];
                n++;
            }
    return sum / n;
}

static struct parley_theory_score score(const struct parley_theory_row *row, size_t n, size_t without)
{
    struct parley_theory_score s = { .brier = 0 };
    for (size_t i = 0; i < n; i++) {
        if (row[i].outcome == PARLEY_UNKNOWN || i == without)
            continue;
        enum parley_tri said = parley_theory_predict(row[i].harm, row[i].threat);
        double miss = probability(&row[i]) - (row[i].outcome == PARLEY_YES);
        s.n++;
        s.fit += said == row[i].outcome;
        s.brier += miss * miss;
        if (said != PARLEY_UNKNOWN)
            s.table[said][row[i].outcome]++;
    }
    s.brier /= (double)s.n;
    s.fisher_p = parley_fisher((const size_t(*)[2])s.table, false);
    s.fisher_p_two_sided = parley_fisher((const size_t(*)[2])s.table, true);
    return s;
}

static enum parley_status fill_unknowns(const struct parley_theory_row *row, size_t n, struct parley_arena *arena,
                                        struct parley_theory_result *r, struct parley_error *err)
{
    struct parley_theory_row *copy = PARLEY_NEW(arena, struct parley_theory_row, n);
    struct parley_theory_completion *list = PARLEY_NEW(arena, struct parley_theory_completion, r->n_completions);
    enum parley_tri *value = PARLEY_NEW(arena, enum parley_tri, r->n_completions * (r->n_unknown + 1));
    if (!copy || !list || !value)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t c = 0; c < r->n_completions; c++) {
        memcpy(copy, row, n * sizeof *row);
        list[c].value = value + c * r->n_unknown;
        for (size_t u = 0; u < r->n_unknown; u++) {
            enum parley_tri v = c >> u & 1 ? PARLEY_YES : PARLEY_NO;
            value[c * r->n_unknown + u] = v;
            *(r->unknown[u] & 1 ? &copy[r->unknown[u] / 2].threat : &copy[r->unknown[u] / 2].harm) = v;
        }
        list[c].score = score(copy, n, SIZE_MAX);
    }
    r->completion = list;
    return PARLEY_OK;
}

/* Leave one out where the rule itself is chosen on the rest: what a reader who had not seen the case would have said.
 */
static double choose_rules(const struct parley_theory_row *row, size_t n, size_t right[RULES])
{
    bool hit[RULES];
    double total = 0;
    for (int r = 0; r < RULES; r++)
        for (size_t i = 0; i < n; i++)
            right[r] += row[i].outcome != PARLEY_UNKNOWN && rule_says(r, row[i].harm, row[i].threat) == row[i].outcome;
    for (size_t i = 0; i < n; i++) {
        size_t best = 0;
        double tied = 0, hits = 0;
        if (row[i].outcome == PARLEY_UNKNOWN)
            continue;
        for (int r = 0; r < RULES; r++) {
            hit[r] = rule_says(r, row[i].harm, row[i].threat) == row[i].outcome;
            if (right[r] - hit[r] > best)
                best = right[r] - hit[r];
        }
        for (int r = 0; r < RULES; r++)
            if (right[r] - hit[r] == best) {
                tied++;
                hits += hit[r];
            }
        total += hits / tied;
    }
    return total;
}

enum parley_status parley_theory_test(const struct parley_theory_row *row, size_t n, struct parley_arena *arena,
                                      struct parley_theory_result *out, struct parley_error *err)
{
    if (n == 0)
        return parley_fail(err, PARLEY_EINVAL, "theory test: no cases");
    struct parley_theory_result r = { .n_completions = 1, .rule = rules, .n_rules = RULES };
    enum parley_tri *prediction = PARLEY_NEW(arena, enum parley_tri, n);
    struct parley_theory_score *without = PARLEY_NEW(arena, struct parley_theory_score, n);
    size_t *unknown = PARLEY_NEW(arena, size_t, PARLEY_THEORY_UNKNOWN_MAX), *right = PARLEY_NEW(arena, size_t, RULES);
    if (!prediction || !without || !unknown || !right)
        return parley_fail(err, PARLEY_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++) {
        prediction[i] = parley_theory_predict(row[i].harm, row[i].threat);
        without[i] = score(row, n, i);
        for (size_t k = 0; k < 2; k++) {
            if ((k ? row[i].threat : row[i].harm) != PARLEY_UNKNOWN || row[i].outcome == PARLEY_UNKNOWN)
                continue;
            if (r.n_unknown == PARLEY_THEORY_UNKNOWN_MAX)
                return parley_fail(err, PARLEY_ELIMIT,
                                   "theory test: more than %d unknown values; their completions would be more than %d",
                                   PARLEY_THEORY_UNKNOWN_MAX, 1 << PARLEY_THEORY_UNKNOWN_MAX);
            unknown[r.n_unknown++] = i * 2 + k;
            r.n_completions *= 2;
        }
        if (row[i].outcome == PARLEY_UNKNOWN)
            continue;
        r.always_yes += row[i].outcome == PARLEY_YES;
        r.always_no += row[i].outcome == PARLEY_NO;
        r.harm_no += row[i].harm == PARLEY_NO;
        r.threat_yes += row[i].threat == PARLEY_YES;
    }
    r.prediction = prediction;
    r.without = without;
    r.unknown = unknown;
    r.score = score(row, n, SIZE_MAX);
    r.base_rate = (double)r.always_yes / (double)r.score.n;
    r.brier_base = r.base_rate * (1 - r.base_rate);
    r.chosen_right = choose_rules(row, n, right);
    r.rule_right = right;
    enum parley_status status = fill_unknowns(row, n, arena, &r, err);
    if (!status)
        *out = r;
    return status;
}
