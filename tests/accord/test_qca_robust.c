/* Retention against every set of perturbed cases tried one by one; robustness parameters worked by hand. */
#include <parley/qca_robust.h>
#include <parley/rng.h>

#include "../tap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES = 9 };

static bool read_table(const char *text, const char *outcome, struct parley_qca_spec *spec, struct parley_arena *arena, struct parley_qca_data *data,
                       struct parley_qca_table *table)
{
    char path[] = "/tmp/parley-robust-XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    struct parley_csv *csv = NULL;
    struct parley_error err = { 0 };
    if (!f)
        return false;
    fputs(text, f);
    fclose(f);
    bool ok = !parley_csv_open(path, NULL, &csv, &err) && !parley_qca_read(csv, arena, data, &err) && !parley_qca_parse_set(data, outcome, &spec->outcome, &err) &&
              !parley_qca_parse_conditions(data, NULL, spec->outcome.column, arena, &spec->condition, &spec->k, &err) &&
              !parley_qca_truth_table(data, spec, arena, table, &err);
    parley_csv_close(csv);
    remove(path);
    if (!ok)
        printf("# %s\n", err.text);
    return ok;
}

static char verdict(const struct parley_qca_spec *s, int positive, int total)
{
    if (total < (int)s->n_cut)
        return '?';
    if (positive >= s->incl_cut * total - 1e-9)
        return '1';
    return s->incl_low >= 0 && positive >= s->incl_low * total - 1e-9 ? 'C' : '0';
}

/* x, y of CASES cases, those in `set` perturbed: do all four rows keep their verdicts? */
static bool survives(const struct parley_qca_spec *s, const int *x, const int *y, unsigned set, bool deletion)
{
    for (int row = 0; row < 4; row++) {
        int n[2] = { 0 }, positive[2] = { 0 };
        for (int i = 0; i < CASES; i++) {
            bool hit = set >> i & 1;
            if (x[i] != row)
                continue;
            n[0]++;
            positive[0] += y[i];
            n[1] += !(hit && deletion);
            positive[1] += hit && deletion ? 0 : hit ? !y[i] : y[i];
        }
        if (n[0] && verdict(s, positive[0], n[0]) != verdict(s, positive[1], n[1]))
            return false;
    }
    return true;
}

static bool retention_agrees(struct parley_rng *rng)
{
    struct parley_arena arena = { 0 };
    struct parley_qca_spec spec = { .incl_cut = (double)(1 + parley_rng_below(rng, 4)) / 4, .incl_low = -1, .n_cut = 1 + parley_rng_below(rng, 3) };
    struct parley_qca_data data;
    struct parley_qca_table table;
    int x[CASES], y[CASES];
    char text[400] = "case,A,B,Y\n";
    if (spec.incl_cut > .5 && parley_rng_below(rng, 2))
        spec.incl_low = .5;
    for (int i = 0; i < CASES; i++) {
        x[i] = (int)parley_rng_below(rng, 4);
        y[i] = (int)parley_rng_below(rng, 2);
        snprintf(text + strlen(text), sizeof text - strlen(text), "c%d,%d,%d,%d\n", i, x[i] / 2, x[i] % 2, y[i]);
    }
    size_t cases = parley_rng_below(rng, CASES + 1);
    double p = parley_rng_uniform(rng);
    bool good = read_table(text, "Y", &spec, &arena, &data, &table);
    for (int deletion = 0; good && deletion < 2; deletion++) {
        struct parley_qca_retention r;
        double independent = 0, kept = 0, sets = 0;
        for (unsigned set = 0; set < 1u << CASES; set++) {
            int size = __builtin_popcount(set);
            bool same = survives(&spec, x, y, set, deletion);
            independent += same * pow(p, size) * pow(1 - p, CASES - size);
            sets += (size_t)size == cases;
            kept += same && (size_t)size == cases;
        }
        good = !parley_qca_retention(&table, deletion, p, cases, &r, NULL) && fabs(r.independent - independent) < 1e-12 && fabs(r.dependent - kept / sets) < 1e-12;
        if (!good)
            printf("# %s%s p %g cases %zu: %.12g %.12g, by hand %.12g %.12g\n", text, deletion ? "deletion" : "corruption", p, cases, r.independent, r.dependent,
                   independent, kept / sets);
    }
    parley_arena_release(&arena);
    return good;
}

/* The 18 countries of Lipset 1959 by development, urbanisation and literacy: four rows with 4 of 5, 4 of 5, 0 of 3 and 0 of 5 surviving democracies. */
static bool lipset(double incl_cut, size_t n_cut, bool deletion, double p, size_t cases, double independent, double dependent)
{
    static const char *const rows[] = { "1,0,1", "1,1,1", "0,0,1", "0,0,0" };
    static const int n[] = { 5, 5, 3, 5 }, positive[] = { 4, 4, 0, 0 };
    struct parley_arena arena = { 0 };
    struct parley_qca_spec spec = { .incl_cut = incl_cut, .incl_low = -1, .n_cut = n_cut };
    struct parley_qca_data data;
    struct parley_qca_table table;
    struct parley_qca_retention r;
    char text[600] = "case,DEV,URB,LIT,SURV\n";
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < n[i]; j++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "r%d%c,%s,%d\n", i, 'a' + j, rows[i], j < positive[i]);
    bool good = read_table(text, "SURV", &spec, &arena, &data, &table) && !parley_qca_retention(&table, deletion, p, cases, &r, NULL) &&
                (isnan(independent) || fabs(r.independent - independent) < 1e-12) && (isnan(dependent) || fabs(r.dependent - dependent) < 1e-12);
    parley_arena_release(&arena);
    return good;
}

/* Y = A or B fuzzy, four cases; the alternative with n.cut 2 keeps the row A*B only. */
static bool fits_by_hand(void)
{
    struct parley_arena arena = { 0 };
    struct parley_qca_spec spec = { .incl_cut = .8, .incl_low = -1, .n_cut = 1 };
    struct parley_qca_data data;
    struct parley_qca_table table;
    struct parley_qca_options options = { .kind = PARLEY_QCA_COMPLEX };
    struct parley_qca_robust_fit *fit;
    size_t n;
    const char *text = "case,A,B,Y\np,0.9,0.9,0.9\nq,0.8,0.7,1\nr,0.8,0.1,0.9\ns,0.1,0.2,0.1\n";
    bool good = read_table(text, "Y", &spec, &arena, &data, &table);
    struct parley_qca_robust_test test = { .spec = table.spec };
    test.spec.n_cut = 2;
    /* model A: .9 .8 .8 .1; test A*B: .9 .7 .1 .1, inside A, so the core is A*B, and there is one test only */
    good = good && !parley_qca_robust_fits(&table, &options, &test, 1, NULL, &arena, &fit, &n, NULL) && n == 1 && test.n_models == 1 && test.all_models;
    if (good)
        printf("# %s against %s: %.6f %.6f %.6f %.6f\n", fit->model, test.first, fit->cov, fit->cons, fit->least, fit->most);
    good = good && !strcmp(fit->model, "A") && !strcmp(test.first, "A*B") && fabs(fit->cov - 1.8 / 2.6) < 1e-12 && fabs(fit->cons - 1) < 1e-12 &&
           fabs(fit->least - 1.8 / 2.6) < 1e-12 && fabs(fit->most - 1.8 / 2.6) < 1e-12;
    good = good && fit->place[0] == PARLEY_QCA_ROBUST && fit->place[2] == PARLEY_QCA_SHAKY && fit->place[3] == PARLEY_QCA_OUTSIDE;
    parley_arena_release(&arena);
    return good;
}

int main(void)
{
    struct parley_rng rng;
    bool good = true;
    parley_rng_init(&rng, 20240601, 0);
    for (int i = 0; i < 400 && good; i++)
        good = retention_agrees(&rng);
    OK(good, "400 random tables: retention is the share of perturbations, tried one by one, that change no row");
    OK(lipset(1, 1, false, .025, 1, 0.955311076547878, 0.888888888888889), "retention of the Lipset data under corruption as another program has it");
    OK(lipset(.8, 2, true, .05, 2, 0.673635507867194, 50. / 153), "under deletion too; two cases deleted: 50 of the 153 pairs change nothing, counted by hand (the other program says 45)");
    OK(fits_by_hand(), "robustness parameters worked by hand");
    return done();
}
