/* Prime implicants, minimum and number of minimal models against definitions tried one by one: every Boolean function of up to 4
 * conditions, random ones of 5 with don't-cares, and random multi-value ones. */
#include "accord/qca_chart.h"
#include "accord/qca_cover.h"
#include "accord/qca_covers.h"
#include "accord/qca_lagrange.h"
#include "accord/qca_skeletons.h"

#include "../tap.h"

#include <parley/rng.h>

enum { K_MAX = 5, ROWS_MAX = 108, CUBES_MAX = 1024 };

struct function {
    size_t k, rows;
    uint8_t levels[K_MAX];
    uint8_t config[ROWS_MAX][K_MAX];
    uint8_t value[ROWS_MAX]; /* 0, 1, 2 = don't care */
};

struct answer {
    size_t n;
    uint64_t hash;  /* of the set of implicants, in any order */
    size_t size;
    uint64_t models;
};

static void make_space(struct function *f, size_t k, const uint8_t *levels)
{
    f->k = k;
    f->rows = 1;
    for (size_t j = 0; j < k; j++)
        f->rows *= f->levels[j] = levels[j];
    for (size_t r = 0; r < f->rows; r++) {
        size_t rest = r;
        for (size_t j = k; j-- > 0; rest /= levels[j])
            f->config[r][j] = (uint8_t)(rest % levels[j]);
    }
}

static bool in_cube(const struct function *f, size_t row, const uint8_t *cube)
{
    for (size_t j = 0; j < f->k; j++)
        if (cube[j] != QCA_ANY && cube[j] != f->config[row][j])
            return false;
    return true;
}

static uint64_t cube_hash(const uint8_t *cube, size_t k)
{
    uint64_t h = 1469598103934665603u;
    for (size_t j = 0; j < k; j++)
        h = (h ^ cube[j]) * 1099511628211u;
    return h * 0x9E3779B97F4A7C15u;
}

/* Is the cube free of OFF rows? */
static bool implies(const struct function *f, const uint8_t *cube)
{
    for (size_t r = 0; r < f->rows; r++)
        if (f->value[r] == 0 && in_cube(f, r, cube))
            return false;
    return true;
}

struct covers { /* all sets of implicants that cover all ON rows, by the first row not covered */
    const struct function *f;
    uint8_t cube[CUBES_MAX][K_MAX];
    size_t n;
    uint64_t found[200000];
    size_t n_found, size;
};

static void try_covers(struct covers *c, uint64_t chosen, size_t size)
{
    size_t row = 0;
    for (; row < c->f->rows; row++) {
        bool covered = c->f->value[row] != 1;
        for (size_t i = 0; i < c->n && !covered; i++)
            covered = (chosen >> i & 1) && in_cube(c->f, row, c->cube[i]);
        if (!covered)
            break;
    }
    if (row == c->f->rows) {
        if (size < c->size)
            c->size = size, c->n_found = 0;
        if (size == c->size && c->n_found < sizeof c->found / sizeof *c->found)
            c->found[c->n_found++] = chosen;
        return;
    }
    if (size + 1 > c->size)
        return;
    for (size_t i = 0; i < c->n; i++)
        if (in_cube(c->f, row, c->cube[i]))
            try_covers(c, chosen | (uint64_t)1 << i, size + 1);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool by_definition(const struct function *f, struct answer *out)
{
    static struct covers c;
    c = (struct covers){ .f = f, .size = SIZE_MAX - 1 };
    uint8_t cube[K_MAX];
    size_t cubes = 1;
    *out = (struct answer){ 0 };
    for (size_t j = 0; j < f->k; j++)
        cubes *= f->levels[j] + 1u;
    for (size_t i = 0; i < cubes; i++) {
        size_t rest = i;
        for (size_t j = 0; j < f->k; j++, rest /= f->levels[j - 1] + 1u)
            cube[j] = rest % (f->levels[j] + 1u) == f->levels[j] ? QCA_ANY : (uint8_t)(rest % (f->levels[j] + 1u));
        bool prime = implies(f, cube), covers_one = false;
        for (size_t r = 0; r < f->rows && prime; r++)
            covers_one |= f->value[r] == 1 && in_cube(f, r, cube);
        for (size_t j = 0; j < f->k && prime; j++) {
            uint8_t kept = cube[j];
            if (kept == QCA_ANY)
                continue;
            cube[j] = QCA_ANY;
            prime = !implies(f, cube);
            cube[j] = kept;
        }
        if (!prime || !covers_one)
            continue;
        if (c.n == 64)
            return false;
        memcpy(c.cube[c.n++], cube, f->k);
        out->hash += cube_hash(cube, f->k);
    }
    out->n = c.n;
    try_covers(&c, 0, 0);
    qsort(c.found, c.n_found, sizeof *c.found, by_value);
    for (size_t i = 0; i < c.n_found; i++)
        out->models += i == 0 || c.found[i] != c.found[i - 1];
    out->size = c.size;
    return c.n_found < sizeof c.found / sizeof *c.found;
}

static bool listed(void *ctx, const uint32_t *group)
{
    (void)group;
    ++*(uint64_t *)ctx;
    return true;
}

/* The engine's answer; listing is checked to agree with counting where every group is one implicant. */
static bool by_engine(const struct function *f, struct answer *out)
{
    uint8_t on[ROWS_MAX * K_MAX], off[ROWS_MAX * K_MAX];
    struct qca_problem p = { .k = f->k, .on = on, .off = off };
    struct qca_implicants im = { 0 };
    struct qca_chart chart = { 0 };
    struct qca_matrix m = { 0 };
    struct qca_cover cover = { 0 };
    for (size_t r = 0; r < f->rows; r++)
        if (f->value[r] < 2)
            memcpy(f->value[r] ? on + p.n_on++ * f->k : off + p.n_off++ * f->k, f->config[r], f->k);
    *out = (struct answer){ 0 };
    bool ok = !qca_implicants_find(&p, 0, 1, NULL, &im, NULL) && qca_chart_new(&im, &chart) && qca_chart_maximal(&chart, &p, true, &m) &&
              !qca_cover_solve(&m, 0, 1000000000, NULL, &cover, NULL) && cover.proven;
    for (size_t r = 0; ok && r < p.n_on; r++)
        for (size_t i = 0; i < im.row[r].n; i++) {
            uint8_t cube[K_MAX];
            for (size_t j = 0; j < f->k; j++)
                cube[j] = im.row[r].mask[i] >> j & 1 ? on[r * f->k + j] : QCA_ANY;
            out->hash += cube_hash(cube, f->k);
            out->n++;
        }
    double *reduced = calloc(m.cols + 1, sizeof *reduced);
    struct qca_lagrange l = { .iterations = 60, .step = 1, .upper = (double)cover.size, .stop_at = 1e300, .reduced = reduced };
    qca_count count = 0;
    uint64_t n_listed = 0;
    uint32_t *usable = malloc((chart.n + 1) * sizeof *usable);
    struct qca_skeletons k = { .chart = &chart, .group = usable, .size = cover.size, .price = m.price, .work_limit = 1000000000, .found = listed, .ctx = &n_listed };
    ok = ok && usable && qca_lagrange_bound(&m, &l);
    if (ok) {
        k.n = qca_usable_groups(&chart, cover.size, m.price, l.bound, usable);
        ok = qca_skeletons_count(&k, &count) && (chart.n != im.count || n_listed == (uint64_t)count);
    }
    out->size = cover.size;
    out->models = (uint64_t)count;
    free(reduced);
    free(cover.chosen);
    free(usable);
    qca_matrix_release(&m);
    qca_chart_release(&chart);
    qca_implicants_release(&im);
    return ok;
}

/* false only when the two disagree; functions with more than 64 implicants or without an ON or OFF row are left out. */
static bool agrees(const struct function *f, size_t *compared)
{
    struct answer slow, fast;
    bool on = false, off = false;
    for (size_t r = 0; r < f->rows; r++) {
        on |= f->value[r] == 1;
        off |= f->value[r] == 0;
    }
    if (!on || !off || !by_definition(f, &slow))
        return true;
    ++*compared;
    return by_engine(f, &fast) && fast.n == slow.n && fast.hash == slow.hash && fast.size == slow.size && fast.models == slow.models;
}

static bool stop_after(void *ctx, double done, double total, const char *unit)
{
    (void)done, (void)total, (void)unit;
    return --*(int *)ctx > 0;
}

/* One row with very many implicants: the search stops inside it, and what it found is kept. */
static void test_interrupt(void)
{
    enum { K = 60, OFF = 40 };
    static uint8_t on[K], off[OFF * K];
    struct parley_rng rng;
    int left = 3;
    const struct parley_progress progress = { stop_after, &left };
    struct qca_problem p = { .k = K, .n_on = 1, .n_off = OFF, .on = on, .off = off };
    struct qca_implicants im = { 0 };
    struct parley_error err = { 0 };
    parley_rng_init(&rng, 7, 0);
    for (size_t i = 0; i < OFF * K; i++)
        off[i] = (uint8_t)parley_rng_below(&rng, 2);
    enum parley_status status = qca_implicants_find(&p, 0, 1, &progress, &im, &err);
    OK(status == PARLEY_ECANCELLED && !im.complete && im.count > 0, "an interrupted search keeps its %llu implicants", (unsigned long long)im.count);
    bool sound = true;
    for (size_t i = 0; i < im.row[0].n && sound; i++)
        for (size_t o = 0; o < OFF && sound; o++) {
            bool differs = false;
            for (size_t j = 0; j < K; j++)
                differs |= (im.row[0].mask[i] >> j & 1) && on[j] != off[o * K + j];
            sound = differs;
        }
    OK(sound, "and each of them avoids every OFF row");
    qca_implicants_release(&im);
    status = qca_implicants_find(&p, 1 << 20, 2, NULL, &im, &err);
    OK(!status && !im.complete && im.count > 1000, "a ceiling of 1 MiB ends the search with %llu implicants", (unsigned long long)im.count);
    qca_implicants_release(&im);
}

/* Does the set of groups cover every row, and nothing less of it? */
static bool is_irredundant(const struct qca_chart *c, uint32_t set)
{
    for (uint32_t without = 0; without <= c->n; without++) { /* c->n: nothing is left out */
        uint64_t covered = 0;
        if (without < c->n && !(set >> without & 1))
            continue;
        for (uint32_t g = 0; g < c->n; g++)
            if (set >> g & 1 && g != without)
                covered |= c->cover[g];
        if ((covered == ((uint64_t)1 << c->rows) - 1) != (without == c->n))
            return false;
    }
    return true;
}

static bool note_cover(void *ctx, const uint32_t *group, size_t n)
{
    uint8_t *met = ctx;
    uint32_t set = 0;
    for (size_t i = 0; i < n; i++)
        set |= (uint32_t)1 << group[i];
    met[set]++;
    return true;
}

static void test_irredundant(void)
{
    enum { GROUPS = 11, CHARTS = 400 };
    size_t wrong = 0, covers_seen = 0;
    struct parley_rng rng;
    parley_rng_init(&rng, 20240602, 0);
    for (int i = 0; i < CHARTS; i++) {
        uint64_t cover[GROUPS], multiplicity[GROUPS], expected = 0;
        static uint8_t met[1 << GROUPS];
        struct qca_chart chart = { .rows = 2 + parley_rng_below(&rng, 7), .words = 1, .n = 1 + parley_rng_below(&rng, GROUPS), .cover = cover, .multiplicity = multiplicity };
        for (size_t g = 0; g < chart.n; g++) {
            cover[g] = 1 + parley_rng_below(&rng, ((uint64_t)1 << chart.rows) - 1);
            multiplicity[g] = parley_rng_below(&rng, 4); /* 0: the group is out */
        }
        memset(met, 0, sizeof met);
        struct qca_covers all = { .chart = &chart, .work_limit = UINT64_MAX, .found = note_cover, .ctx = met };
        bool exact = qca_covers_all(&all);
        for (uint32_t set = 0; set < (uint32_t)1 << chart.n; set++) {
            uint64_t times = is_irredundant(&chart, set);
            for (size_t g = 0; g < chart.n; g++)
                times *= set >> g & 1 ? multiplicity[g] : 1;
            expected += times;
            covers_seen += met[set];
            wrong += met[set] != (times > 0);
        }
        wrong += !exact || all.count != expected;
    }
    OK(!wrong && covers_seen > CHARTS, "irredundant covers of %d random charts: %zu met, %zu wrong", CHARTS, covers_seen, wrong);
}

int main(void)
{
    test_interrupt();
    test_irredundant();
    static struct function f;
    static const uint8_t two[K_MAX] = { 2, 2, 2, 2, 2 };
    size_t wrong, compared;
    for (size_t k = 1; k <= 4; k++) {
        wrong = compared = 0;
        make_space(&f, k, two);
        for (uint64_t table = 0; table < (uint64_t)1 << f.rows; table++) {
            for (size_t r = 0; r < f.rows; r++)
                f.value[r] = table >> r & 1;
            wrong += !agrees(&f, &compared);
        }
        OK(!wrong && compared == ((size_t)1 << f.rows) - 2, "every function of %zu conditions: %zu compared, %zu wrong", k, compared, wrong);
    }
    wrong = compared = 0;
    make_space(&f, 3, two);
    for (size_t table = 0; table < 6561; table++) {
        size_t rest = table;
        for (size_t r = 0; r < f.rows; r++, rest /= 3)
            f.value[r] = (uint8_t)(rest % 3);
        wrong += !agrees(&f, &compared);
    }
    OK(!wrong && compared > 6000, "every function of 3 conditions with don't-cares: %zu compared, %zu wrong", compared, wrong);
    struct parley_rng rng;
    parley_rng_init(&rng, 20240601, 0);
    wrong = compared = 0;
    make_space(&f, 5, two);
    for (int i = 0; i < 3000; i++) {
        uint64_t care = 1 + parley_rng_below(&rng, 9);
        for (size_t r = 0; r < f.rows; r++)
            f.value[r] = parley_rng_below(&rng, 10) < care ? (uint8_t)parley_rng_below(&rng, 2) : 2;
        wrong += !agrees(&f, &compared);
    }
    OK(!wrong && compared > 2000, "random functions of 5 conditions with don't-cares: %zu compared, %zu wrong", compared, wrong);
    wrong = compared = 0;
    for (int i = 0; i < 3000; i++) {
        uint8_t levels[4];
        for (size_t j = 0; j < 4; j++)
            levels[j] = (uint8_t)(2 + parley_rng_below(&rng, 2));
        make_space(&f, 2 + parley_rng_below(&rng, 3), levels);
        for (size_t r = 0; r < f.rows; r++)
            f.value[r] = (uint8_t)parley_rng_below(&rng, 3);
        wrong += !agrees(&f, &compared);
    }
    OK(!wrong && compared > 2000, "random multi-value functions: %zu compared, %zu wrong", compared, wrong);
    return done();
}
