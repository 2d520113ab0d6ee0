#include <parley/cna.h>
#include <parley/text.h>

#include <stdlib.h>
#include <string.h>

enum { TICK = 4096 };
static const double ROUNDING = 1e-12;

struct conjunction {
    uint64_t present, absent; /* factors */
};

struct sum { /* an atomic solution */
    size_t outcome, n;
    uint32_t part[PARLEY_CNA_DISJUNCTS_MAX]; /* index into the conjunctions of its outcome */
    struct conjunction term[PARLEY_CNA_DISJUNCTS_MAX];
    double con, cov;
    unsigned complexity;
};

struct analysis {
    const struct parley_qca_data *data;
    struct parley_cna_options o;
    const struct parley_progress *progress;
    struct parley_arena *arena;
    struct parley_error *err;
    size_t words;
    uint64_t *literal;          /* [2k][words] cases in which factor j is present (2j) or absent (2j + 1) */
    struct conjunction *msc;    /* of the present outcome */
    uint64_t *msc_cases;        /* [max][words] */
    size_t n_msc;
    struct sum *asf;
    size_t n_asf;
    struct parley_cna out;
    uint64_t tried;
    bool cancelled, failed;
};

static size_t count(const uint64_t *a, size_t words)
{
    size_t n = 0;
    for (size_t w = 0; w < words; w++)
        n += (size_t)__builtin_popcountll(a[w]);
    return n;
}

static size_t count_both(const uint64_t *a, const uint64_t *b, size_t words)
{
    size_t n = 0;
    for (size_t w = 0; w < words; w++)
        n += (size_t)__builtin_popcountll(a[w] & b[w]);
    return n;
}

static bool tick(struct analysis *a)
{
    if (++a->tried % TICK == 0 && !parley_tick(a->progress, (double)a->tried, 0, "conditions"))
        a->cancelled = true;
    return !a->cancelled && !a->failed;
}

static unsigned literals(struct conjunction c) { return (unsigned)(__builtin_popcountll(c.present) + __builtin_popcountll(c.absent)); }

static void add_conjunction(const struct analysis *a, struct conjunction c, struct parley_text *to)
{
    for (size_t j = 0, any = 0; j < a->o.k; j++)
        if ((c.present | c.absent) >> j & 1)
            parley_text_addf(to, "%s%s%s", any++ ? "*" : "", c.absent >> j & 1 ? "~" : "", a->data->column[a->o.factor[j]].name);
}

static const char *keep(struct analysis *a, struct parley_text *text)
{
    const char *copy = parley_text_keep(text, a->arena);
    parley_text_release(text);
    if (!copy)
        a->failed = true;
    return copy ? copy : "";
}

static bool contains_msc(const struct analysis *a, struct conjunction c)
{
    for (size_t i = 0; i < a->n_msc; i++)
        if (!(a->msc[i].present & ~c.present) && !(a->msc[i].absent & ~c.absent))
            return true;
    return false;
}

static bool may_cause(const struct analysis *a, size_t cause, size_t outcome)
{
    const uint8_t *level = a->o.level;
    return cause != outcome && (!level || level[cause] < level[outcome] || (level[cause] == level[outcome] && !a->o.strict));
}

/* Conjunctions of exactly `size` literals from factor `from` on, level by level so that the minimal ones come first. */
static void conjunctions(struct analysis *a, size_t outcome, size_t from, unsigned size, struct conjunction c, const uint64_t *cases)
{
    const uint64_t *y = a->literal + 2 * outcome * a->words;
    uint64_t *next = malloc((a->words + 1) * sizeof *next);
    if (!next) {
        a->failed = true;
        return;
    }
    for (size_t j = from; j < a->o.k && tick(a) && !a->out.cut; j++) {
        if (!may_cause(a, j, outcome))
            continue;
        for (int absent = 0; absent < 2; absent++) {
            const uint64_t *l = a->literal + (2 * j + (size_t)absent) * a->words;
            struct conjunction d = c;
            *(absent ? &d.absent : &d.present) |= (uint64_t)1 << j;
            for (size_t w = 0; w < a->words; w++)
                next[w] = cases ? cases[w] & l[w] : l[w];
            size_t n = count(next, a->words), both = count_both(next, y, a->words);
            if (!both)
                continue;
            if (size > 1) {
                conjunctions(a, outcome, j + 1, size - 1, d, next);
                continue;
            }
            if ((double)both < a->o.con * (double)n - ROUNDING || contains_msc(a, d))
                continue;
            if (a->n_msc == a->o.max) {
                a->out.cut = true;
                break;
            }
            memcpy(a->msc_cases + a->n_msc * a->words, next, a->words * sizeof *next);
            a->msc[a->n_msc++] = d;
        }
    }
    free(next);
}

/* Is a solution found before part of this one? */
static bool contains_sum(const struct analysis *a, size_t first, const uint32_t *part, size_t n)
{
    for (size_t s = first; s < a->n_asf; s++) {
        size_t i = 0, at = 0;
        for (; i < a->asf[s].n; i++) {
            while (at < n && part[at] != a->asf[s].part[i])
                at++;
            if (at == n)
                break;
        }
        if (i == a->asf[s].n)
            return true;
    }
    return false;
}

static bool sums(struct analysis *a, size_t outcome, size_t first, size_t from, unsigned size, uint32_t *part, size_t n, unsigned complexity, const uint64_t *cases)
{
    const uint64_t *y = a->literal + 2 * outcome * a->words;
    uint64_t *next = malloc((a->words + 1) * sizeof *next);
    if (!next)
        return !(a->failed = true);
    for (size_t i = from; i < a->n_msc && tick(a) && !a->out.cut; i++) {
        unsigned more = complexity + literals(a->msc[i]);
        if (more > a->o.complexity)
            continue;
        part[n] = (uint32_t)i;
        uint64_t fresh = 0;
        for (size_t w = 0; w < a->words; w++) {
            uint64_t m = a->msc_cases[i * a->words + w];
            fresh |= m & y[w] & (cases ? ~cases[w] : ~(uint64_t)0);
            next[w] = (cases ? cases[w] : 0) | m;
        }
        if (!fresh)
            continue; /* covers nothing that the others do not */
        if (size > 1) {
            sums(a, outcome, first, i + 1, size - 1, part, n + 1, more, next);
            continue;
        }
        double all = (double)count(next, a->words), both = (double)count_both(next, y, a->words), positive = (double)count(y, a->words);
        if (both < a->o.cov * positive - ROUNDING || contains_sum(a, first, part, n + 1))
            continue;
        if (both < a->o.con * all - ROUNDING)
            continue;
        if (a->n_asf == a->o.max) {
            a->out.cut = true;
            break;
        }
        struct sum *s = &a->asf[a->n_asf++];
        *s = (struct sum){ .outcome = outcome, .n = n + 1, .con = both / all, .cov = both / positive, .complexity = more };
        memcpy(s->part, part, (n + 1) * sizeof *part);
        for (size_t t = 0; t <= n; t++)
            s->term[t] = a->msc[part[t]];
    }
    free(next);
    return true;
}

static void add_sum(const struct analysis *a, const struct sum *s, struct parley_text *to)
{
    for (size_t i = 0; i < s->n; i++) {
        if (i)
            parley_text_adds(to, " + ");
        add_conjunction(a, s->term[i], to);
    }
}

static void analyse_outcome(struct analysis *a, size_t outcome)
{
    const uint64_t *y = a->literal + 2 * outcome * a->words;
    size_t positive = count(y, a->words), first = a->n_asf;
    uint32_t part[PARLEY_CNA_DISJUNCTS_MAX + 1];
    a->n_msc = 0;
    if (!positive || positive == a->data->n)
        return; /* a constant has no causes in these data */
    for (unsigned size = 1; size <= a->o.conjuncts && tick(a); size++)
        conjunctions(a, outcome, 0, size, (struct conjunction){ 0, 0 }, NULL);
    for (size_t i = 0; i < a->n_msc && !a->failed && a->out.n_msc < a->o.max; i++) {
        struct parley_text text;
        const uint64_t *cases = a->msc_cases + i * a->words;
        double both = (double)count_both(cases, y, a->words);
        parley_text_init(&text, 65536);
        add_conjunction(a, a->msc[i], &text);
        a->out.msc[a->out.n_msc++] = (struct parley_cna_condition){ .text = keep(a, &text), .outcome = outcome, .con = both / (double)count(cases, a->words),
                                                                    .cov = both / (double)positive, .complexity = literals(a->msc[i]) };
    }
    for (unsigned size = 1; size <= a->o.disjuncts && tick(a); size++)
        sums(a, outcome, first, 0, size, part, 0, 0, NULL);
}

static bool sum_true(const struct sum *s, uint64_t config)
{
    for (size_t i = 0; i < s->n; i++)
        if (!(s->term[i].present & ~config) && !(s->term[i].absent & config))
            return true;
    return false;
}

/* Do the atomic solutions in `with` rule out the same configurations as those in `without` (a part of them)? */
static bool implied(const struct analysis *a, const struct sum *const *s, size_t n, size_t left_out)
{
    for (uint64_t config = 0; config < (uint64_t)1 << a->o.k; config++) {
        bool others = true;
        for (size_t i = 0; i < n && others; i++)
            others = i == left_out || sum_true(s[i], config) == (config >> s[i]->outcome & 1);
        if (others && sum_true(s[left_out], config) != (config >> s[left_out]->outcome & 1))
            return false;
    }
    return true;
}

/* Is some disjunct superfluous once the other solutions hold? */
static bool partly_redundant(const struct analysis *a, const struct sum *const *s, size_t n)
{
    for (size_t x = 0; x < n; x++)
        for (size_t t = 0; s[x]->n > 1 && t < s[x]->n; t++) {
            struct sum less = *s[x];
            less.term[t] = less.term[--less.n];
            bool same = true;
            for (uint64_t config = 0; config < (uint64_t)1 << a->o.k && same; config++) {
                bool others = true;
                for (size_t i = 0; i < n && others; i++)
                    others = i == x || sum_true(s[i], config) == (config >> s[i]->outcome & 1);
                same = !others || sum_true(&less, config) == sum_true(s[x], config);
            }
            if (same)
                return true;
        }
    return false;
}

static void add_csf(struct analysis *a, const struct sum *const *s, size_t n)
{
    struct parley_text text;
    double con = 1, cov = 1;
    unsigned complexity = 0;
    parley_text_init(&text, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        parley_text_adds(&text, i ? "*(" : "(");
        add_sum(a, s[i], &text);
        parley_text_addf(&text, " <=> %s)", a->data->column[a->o.factor[s[i]->outcome]].name);
        con = s[i]->con < con ? s[i]->con : con;
        cov = s[i]->cov < cov ? s[i]->cov : cov;
        complexity += s[i]->complexity;
    }
    const char *copy = keep(a, &text);
    for (size_t i = 0; i < a->out.n_csf; i++)
        if (!strcmp(a->out.csf[i].text, copy))
            return;
    if (a->out.n_csf == a->o.max)
        a->out.cut = true;
    else
        a->out.csf[a->out.n_csf++] = (struct parley_cna_condition){ .text = copy, .outcome = n, .con = con, .cov = cov, .complexity = complexity };
}

/* Leave out implied solutions, in every way that ends with none. */
static void minimal_csf(struct analysis *a, const struct sum **s, size_t n)
{
    bool any = false;
    for (size_t x = 0; n > 1 && x < n && tick(a) && !a->out.cut; x++) {
        const struct sum *less[PARLEY_CNA_CSF_FACTORS];
        size_t m = 0;
        if (!implied(a, s, n, x))
            continue;
        any = true;
        for (size_t i = 0; i < n; i++)
            if (i != x)
                less[m++] = s[i];
        minimal_csf(a, less, m);
    }
    if (!any && !partly_redundant(a, s, n))
        add_csf(a, s, n);
}

/* One atomic solution for every outcome that has any. */
static void combine(struct analysis *a, const struct sum **s, size_t n, size_t outcome)
{
    bool none = true;
    if (outcome == a->o.k) {
        if (n)
            minimal_csf(a, s, n);
        return;
    }
    for (size_t i = 0; i < a->n_asf && tick(a) && !a->out.cut; i++)
        if (a->asf[i].outcome == outcome) {
            none = false;
            s[n] = &a->asf[i];
            combine(a, s, n + 1, outcome + 1);
        }
    if (none)
        combine(a, s, n, outcome + 1);
}

static enum parley_status prepare(struct analysis *a)
{
    size_t max = a->o.max;
    a->words = (a->data->n + 63) / 64;
    a->literal = calloc(2 * a->o.k * a->words + 1, sizeof *a->literal);
    a->msc = malloc((max + 1) * sizeof *a->msc);
    a->msc_cases = malloc((max + 1) * a->words * sizeof *a->msc_cases);
    a->asf = malloc((max + 1) * sizeof *a->asf);
    a->out.msc = PARLEY_NEW(a->arena, struct parley_cna_condition, max + 1);
    a->out.asf = PARLEY_NEW(a->arena, struct parley_cna_condition, max + 1);
    a->out.csf = PARLEY_NEW(a->arena, struct parley_cna_condition, max + 1);
    if (!a->literal || !a->msc || !a->msc_cases || !a->asf || !a->out.msc || !a->out.asf || !a->out.csf)
        return parley_fail(a->err, PARLEY_ENOMEM, "no memory for %zu conditions", max);
    for (size_t j = 0; j < a->o.k; j++) {
        const struct parley_qca_column *c = &a->data->column[a->o.factor[j]];
        if (c->kind != PARLEY_QCA_CRISP || c->temporal)
            return parley_fail(a->err, PARLEY_EDOM, "factor %s is not crisp; coincidence analysis takes 0 and 1 only, dichotomise it with 'parley qca calibrate'", c->name);
        for (size_t i = 0; i < a->data->n; i++)
            a->literal[(2 * j + (c->value[i] < .5)) * a->words + i / 64] |= (uint64_t)1 << i % 64;
    }
    return PARLEY_OK;
}

enum parley_status parley_cna(const struct parley_qca_data *data, const struct parley_cna_options *options, const struct parley_progress *progress,
                              struct parley_arena *arena, struct parley_cna *out, struct parley_error *err)
{
    struct analysis a = { .data = data, .o = *options, .progress = progress, .arena = arena, .err = err };
    const struct sum *pick[PARLEY_CNA_CSF_FACTORS];
    a.o.con = a.o.con > 0 ? a.o.con : 1;
    a.o.cov = a.o.cov > 0 ? a.o.cov : 1;
    a.o.conjuncts = a.o.conjuncts ? a.o.conjuncts : 3;
    a.o.disjuncts = a.o.disjuncts ? a.o.disjuncts : 4;
    a.o.complexity = a.o.complexity ? a.o.complexity : 10;
    a.o.max = a.o.max ? a.o.max : 10000;
    if (a.o.k < 2 || a.o.k > PARLEY_QCA_CONDITIONS_MAX || a.o.conjuncts > PARLEY_CNA_CONJUNCTS_MAX || a.o.disjuncts > PARLEY_CNA_DISJUNCTS_MAX)
        return parley_fail(err, PARLEY_EINVAL, "coincidence analysis takes 2 to %d factors, at most %d conjuncts and %d disjuncts", PARLEY_QCA_CONDITIONS_MAX,
                           PARLEY_CNA_CONJUNCTS_MAX, PARLEY_CNA_DISJUNCTS_MAX);
    enum parley_status status = prepare(&a);
    for (size_t j = 0; j < a.o.k && !status && !a.cancelled && !a.failed; j++)
        if (!a.o.outcome || a.o.outcome[j])
            analyse_outcome(&a, j);
    for (size_t i = 0; i < a.n_asf && !status && !a.failed; i++) {
        struct parley_text text;
        parley_text_init(&text, 65536);
        add_sum(&a, &a.asf[i], &text);
        a.out.asf[a.out.n_asf++] = (struct parley_cna_condition){ .text = keep(&a, &text), .outcome = a.asf[i].outcome, .con = a.asf[i].con, .cov = a.asf[i].cov,
                                                                  .complexity = a.asf[i].complexity };
    }
    if (!status && a.o.k <= PARLEY_CNA_CSF_FACTORS)
        combine(&a, pick, 0, 0);
    free(a.literal);
    free(a.msc);
    free(a.msc_cases);
    free(a.asf);
    if (!status && a.failed)
        status = parley_fail(err, PARLEY_ENOMEM, "no memory for the conditions");
    if (!status)
        *out = a.out;
    return status ? status : a.cancelled ? parley_fail(err, PARLEY_ECANCELLED, "stopped; what was found so far is shown") : PARLEY_OK;
}
