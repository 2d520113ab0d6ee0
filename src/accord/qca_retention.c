/* How likely a crisp truth table survives perturbed cases, after Thiem, Spoehel and Dusa 2016. */
#include <parley/qca_robust.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double ROUNDING = 1e-12;

static char verdict(const struct parley_qca_spec *s, size_t positive, size_t total)
{
    if (total < s->n_cut)
        return '?';
    double incl = (double)positive / (double)total;
    if (incl >= s->incl_cut - ROUNDING)
        return incl >= s->pri_cut - ROUNDING ? '1' : '0';
    return s->incl_low >= 0 && incl >= s->incl_low - ROUNDING ? 'C' : '0';
}

struct row {
    const struct parley_qca_spec *spec;
    size_t positive, negative;
    char out;
    bool fixed; /* excluded by hand: nothing changes it */
};

static bool stays(const struct row *r, bool deletion, size_t a, size_t b)
{
    if (r->fixed)
        return true;
    size_t positive = deletion ? r->positive - a : r->positive - a + b, total = r->positive + r->negative - (deletion ? a + b : 0);
    return verdict(r->spec, positive, total) == r->out;
}

static double choose(size_t n, size_t k)
{
    double c = 1;
    if (k > n)
        return 0;
    for (size_t i = 0; i < k; i++)
        c = c * (double)(n - i) / (double)(i + 1);
    return c;
}

static double binomial(size_t n, size_t k, double p)
{
    double log_choose = lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);
    if (p <= 0 || p >= 1)
        return p <= 0 ? k == 0 : k == n;
    if (n <= 60)
        return choose(n, k) * pow(p, (double)k) * pow(1 - p, (double)(n - k));
    return exp(log_choose + (double)k * log(p) + (double)(n - k) * log1p(-p));
}

/* Every case perturbed with probability p, whatever happens to the others. */
static double independent(const struct row *r, bool deletion, double p)
{
    double kept = 0;
    for (size_t a = 0; a <= r->positive; a++)
        for (size_t b = 0; b <= r->negative; b++)
            if (stays(r, deletion, a, b))
                kept += binomial(r->positive, a, p) * binomial(r->negative, b, p);
    return kept;
}

/* ways[t] := sets of t cases in the rows so far that leave them as they are. */
static void add_row(const struct row *r, bool deletion, size_t cases, const double *ways, double *next)
{
    memset(next, 0, (cases + 1) * sizeof *next);
    for (size_t a = 0; a <= r->positive && a <= cases; a++)
        for (size_t b = 0; b <= r->negative && a + b <= cases; b++) {
            if (!stays(r, deletion, a, b))
                continue;
            double here = choose(r->positive, a) * choose(r->negative, b);
            for (size_t t = 0; t + a + b <= cases; t++)
                next[t + a + b] += ways[t] * here;
        }
}

enum parley_status parley_qca_retention(const struct parley_qca_table *t, bool deletion, double p, size_t cases, struct parley_qca_retention *out,
                                        struct parley_error *err)
{
    const struct parley_qca_spec *s = &t->spec;
    size_t n = t->data->n;
    bool crisp = t->data->column[s->outcome.column].kind != PARLEY_QCA_FUZZY;
    for (size_t j = 0; j < s->k; j++)
        crisp &= t->data->column[s->condition[j]].kind != PARLEY_QCA_FUZZY;
    if (!crisp)
        return parley_fail(err, PARLEY_EDOM, "retention is defined for crisp and multi-value sets; a column here is fuzzy");
    if (cases > n || n > PARLEY_QCA_RETENTION_CASES_MAX || cases > PARLEY_QCA_PERTURBED_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "%zu of %zu cases perturbed; at most %d, of at most %d cases", cases, n, PARLEY_QCA_PERTURBED_MAX,
                           PARLEY_QCA_RETENTION_CASES_MAX);
    double *ways = calloc(2 * (cases + 1), sizeof *ways);
    if (!ways)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu perturbed cases", cases);
    double *next = ways + cases + 1;
    ways[0] = out->independent = 1;
    for (size_t i = 0; i < t->n_rows; i++) {
        struct row r = { .spec = s };
        for (size_t j = 0; j < t->row[i].n; j++)
            r.positive += t->outcome[t->row[i].member[j]] > .5;
        r.negative = t->row[i].n - r.positive;
        r.out = verdict(s, r.positive, t->row[i].n);
        r.fixed = r.out != t->row[i].out;
        out->independent *= independent(&r, deletion, p);
        add_row(&r, deletion, cases, ways, next);
        memcpy(ways, next, (cases + 1) * sizeof *ways);
    }
    out->dependent = ways[cases] / choose(n, cases);
    free(ways);
    return PARLEY_OK;
}
