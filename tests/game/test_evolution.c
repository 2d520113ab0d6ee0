#include <parley/evolution.h>
#include <parley/file.h>
#include "tap.h"

static void neutral_and_played(void)
{
    const double same_payoffs[2][2] = { { 2.385, 2.385 }, { 2.385, 2.385 } }, dilemma[2][2] = { { 3, .5 }, { 5, 1 } };
    double p;
    for (int process = 0; process < 2; process++) {
        OK(!parley_fixation((enum parley_imitation)process, same_payoffs, .7, 37, 5, &p, NULL) && near(exp(p), 5. / 37, 1e-13), "neutral drift: share of the start");
        OK(!parley_fixation((enum parley_imitation)process, dilemma, .3, 7, 3, &p, NULL), "exact");
        const double A[4] = { 3, .5, 5, 1 };
        const size_t count[2] = { 3, 4 };
        uint64_t won[2], open, steps;
        enum { RUNS = 20000 };
        bool ok = !parley_imitate((enum parley_imitation)process, A, 2, .3, count, RUNS, 100000, 9, NULL, won, &open, &steps, NULL);
        OK(ok && open == 0, "%d runs, %llu steps", RUNS, (unsigned long long)steps);
        double q = exp(p), se = sqrt(q * (1 - q) / RUNS);
        OK(fabs((double)won[0] / RUNS - q) < 5 * se, "played %.4f, exact %.4f", (double)won[0] / RUNS, q);
    }
    /* rock, paper, scissors: the product of the shares is kept */
    const double rps[9] = { 0, -1, 1, 1, 0, -1, -1, 1, 0 };
    double x[3] = { .5, .3, .2 };
    OK(!parley_replicator(rps, 3, 50, x, NULL) && near(x[0] * x[1] * x[2], .03, 1e-10), "an invariant of the replicator equation: %.12g", x[0] * x[1] * x[2]);
    struct parley_error err;
    double bad[2] = { .5, .6 };
    OK(parley_replicator(rps, 2, 1, bad, &err) == PARLEY_EINVAL, "%s", err.text);
    const double negative[2][2] = { { -3, 1 }, { 1, 1 } };
    OK(parley_fixation(PARLEY_MORAN, negative, 0, 10, 1, &p, &err) == PARLEY_EDOM, "%s", err.text);
    OK(parley_fixation(PARLEY_FERMI, negative, 0, 1, 1, &p, &err) == PARLEY_EINVAL, "%s", err.text);
}

static double number(const char *text)
{
    double a = strtod(text, NULL);
    const char *slash = strchr(text, '/');
    return slash ? a / strtod(slash + 1, NULL) : a;
}

/* log of a decimal text, also of 6.15e-548 */
static double log_of(const char *text)
{
    const char *e = strchr(text, 'e');
    double mantissa = strtod(text, NULL), exponent = e ? strtod(e + 1, NULL) : 0;
    if (e) {
        char head[64];
        snprintf(head, sizeof head, "%.*s", (int)(e - text), text);
        mantissa = strtod(head, NULL);
    }
    return log(mantissa) + exponent * log(10);
}

static void table(const char *name, enum parley_imitation process)
{
    struct parley_arena arena = { 0 };
    char path[600], *data;
    size_t len, n = 0, wrong = 0;
    snprintf(path, sizeof path, "%s/games/evolution/%s", reference_folder(), name);
    if (parley_file_read(path, 1 << 20, &arena, &data, &len, NULL)) {
        OK(false, "%s", path);
        return;
    }
    for (char *line = strtok(data, "\n"); line; line = strtok(NULL, "\n")) {
        char f[7][64];
        if (*line == '#' || sscanf(line, "%63s %63s %63s %63s %63s %63s %63s", f[0], f[1], f[2], f[3], f[4], f[5], f[6]) != 7 || *line == 'a')
            continue;
        const double payoff[2][2] = { { number(f[0]), number(f[1]) }, { number(f[2]), number(f[3]) } };
        double p, beta = process == PARLEY_FERMI ? number(f[5]) : 0;
        size_t N = (size_t)number(f[4]), i = process == PARLEY_FERMI ? 1 : (size_t)number(f[5]);
        bool ok = !parley_fixation(process, payoff, beta, N, i, &p, NULL) && fabs(p - log_of(f[6])) <= 1e-12 * fmax(1, fabs(p));
        n++;
        wrong += !ok;
        if (!ok && wrong < 4)
            printf("# %s: %.17g, expected %.17g\n", line, p, log_of(f[6]));
    }
    OK(n > 10 && wrong == 0, "%s: %zu rows, %zu wrong", name, n, wrong);
    parley_arena_release(&arena);
}

static void rare_mutants(void)
{
    /* the table of the reference: always cooperate, always defect, 100 turns of tit for tat */
    const double A[9] = { 3, 0, 3, 5, 1, 1.04, 3, .99, 3 };
    static const struct {
        size_t N;
        double beta, share[3];
    } rows[] = {
        { 10, .1, { 0.18374627804614236, 0.3900347937729816, 0.42621892818087604 } },
        { 100, 1, { 0.010206723544477135, 0.093130798644449201, 0.89666247781107366 } },
    };
    for (size_t k = 0; k < 2; k++) {
        struct parley_arena arena = { 0 };
        double share[3];
        bool ok = !parley_rare_mutation(PARLEY_FERMI, A, 3, rows[k].beta, rows[k].N, &arena, share, NULL);
        OK(ok && near(share[0], rows[k].share[0], 1e-13) &&
               near(share[1], rows[k].share[1], 1e-13) && near(share[2], rows[k].share[2], 1e-13),
           "rare mutants among %zu: %.15f %.15f %.15f", rows[k].N, share[0], share[1], share[2]);
        parley_arena_release(&arena);
    }
}

static void replicator_paths(void)
{
    static const struct {
        const char *name;
        size_t n;
        double A[9], x[3], t, expect[3];
    } rows[] = {
        { "dilemma", 2, { 3, 0, 5, 1 }, { .9, .1 }, 2, { .269122962536, .730877037464 } },
        { "hawk and dove", 2, { -1, 4, 0, 2 }, { .1, .9 }, 5, { .646468166649, .353531833351 } },
        { "rock, paper, scissors", 3, { 0, -1, 1, 1, 0, -1, -1, 1, 0 }, { .5, .3, .2 }, 5, { .177342223374, .406132490519, .416525286106 } },
    };
    for (size_t k = 0; k < 3; k++) {
        double x[3];
        memcpy(x, rows[k].x, sizeof x);
        bool ok = !parley_replicator(rows[k].A, rows[k].n, rows[k].t, x, NULL);
        OK(ok && near(x[0], rows[k].expect[0], 1e-10) && near(x[1], rows[k].expect[1], 1e-10), "%s: %.12f", rows[k].name, x[0]);
    }
}

int main(void)
{
    neutral_and_played();
    rare_mutants();
    replicator_paths();
    if (reference_folder()) {
        table("moran_fixation.tsv", PARLEY_MORAN);
        table("fermi_fixation.tsv", PARLEY_FERMI);
    } else {
        printf("ok %d # SKIP the reference tables are not at hand\n", ++tap_run);
    }
    return done();
}
