/* Many memory-one pairs at once against the rational chain of each pair. */
#include <parley/memory_one.h>
#include <parley/rng.h>
#include "tap.h"

enum { HABITS = 61 };

/* A habit with probabilities from a list of `kinds` values; `code` picks them. */
static const struct parley_habit *make(size_t code, const char *const *value, size_t kinds, struct parley_arena *arena)
{
    char text[200];
    const struct parley_habit *h = NULL;
    const char *p[5];
    for (int k = 0; k < 5; k++, code /= kinds)
        p[k] = value[code % kinds];
    snprintf(text, sizeof text, "m1(%s,%s,%s,%s;%s)", p[0], p[1], p[2], p[3], p[4]);
    return parley_habit_parse(text, arena, &h, NULL) ? NULL : h;
}

struct field {
    const struct parley_habit *habit[HABITS];
    double column[5][HABITS];
    struct parley_repeated game;
};

static bool set_up(struct field *f, const char *const *value, size_t kinds, uint64_t seed, const char *noise, struct parley_arena *arena)
{
    struct parley_rng rng;
    size_t codes = kinds * kinds * kinds * kinds * kinds;
    parley_rng_init(&rng, seed, 0);
    parley_repeated_symmetric(&f->game, (struct parley_ratio){ 3, 1 }, (struct parley_ratio){ -1, 1 }, (struct parley_ratio){ 5, 1 }, (struct parley_ratio){ 1, 2 });
    struct parley_ratio *at[3] = { &f->game.slip, &f->game.miss, &f->game.false_alarm };
    for (int k = 0; k < 3; k++, noise += strcspn(noise, " "), noise += *noise == ' ')
        if (!parley_ratio_parse(noise, strcspn(noise, " "), at[k]))
            return false;
    for (size_t i = 0; i < HABITS; i++) {
        struct parley_memory_one m;
        if (!(f->habit[i] = make(parley_rng_below(&rng, codes), value, kinds, arena)) || !parley_memory_one_from_habit(&f->game, f->habit[i], &m))
            return false;
        for (int k = 0; k < 5; k++)
            f->column[k][i] = m.cooperate[k];
    }
    return true;
}

/* horizon: "1" the long run, "0.9" discounted, "#200" turns */
static double worst_gap(const struct field *f, const char *horizon, struct parley_arena *arena)
{
    enum { PAIRS = HABITS * 5 };
    static double row[5][PAIRS], column[5][PAIRS], out[4][PAIRS];
    struct parley_memory_one_columns x, y;
    double *share[4] = { out[0], out[1], out[2], out[3] }, worst = 0;
    uint64_t turns = *horizon == '#' ? strtoull(horizon + 1, NULL, 10) : 0;
    struct parley_ratio d = { 1, 1 };
    if (!turns && !parley_ratio_parse(horizon, strlen(horizon), &d))
        return INFINITY;
    for (int k = 0; k < 5; k++) {
        x.cooperate[k] = row[k];
        y.cooperate[k] = column[k];
        for (size_t i = 0; i < PAIRS; i++) {
            row[k][i] = f->column[k][i % HABITS];
            column[k][i] = f->column[k][(i / HABITS * 7 + i) % HABITS];
        }
    }
    if (turns ? parley_memory_one_turns(&x, &y, PAIRS, turns, share, NULL) : parley_memory_one_pairs(&x, &y, PAIRS, parley_ratio_double(d), share, NULL))
        return INFINITY;
    for (size_t i = 0; i < PAIRS; i++) {
        const struct parley_habit *a = f->habit[i % HABITS], *b = f->habit[(i / HABITS * 7 + i) % HABITS];
        struct parley_repeated_value v;
        enum parley_status status = turns          ? parley_repeated_mean(&f->game, a, b, turns, arena, &v, NULL)
                                    : d.num == d.den ? parley_repeated_limit(&f->game, a, b, arena, &v, NULL)
                                                     : parley_repeated_discounted(&f->game, a, b, d, arena, &v, NULL);
        double mine[4] = { 3 * out[0][i] - out[1][i] + 5 * out[2][i] + .5 * out[3][i], 3 * out[0][i] - out[2][i] + 5 * out[1][i] + .5 * out[3][i],
                           out[0][i] + out[1][i], out[0][i] + out[2][i] };
        double theirs[4] = { v.payoff[0], v.payoff[1], v.cooperation[0], v.cooperation[1] };
        if (status)
            return INFINITY;
        for (int q = 0; q < 4; q++) {
            double gap = fabs(mine[q] - theirs[q]);
            if (!(gap <= worst))
                worst = gap;
            if (!(gap < 1e-10) && worst == gap)
                printf("# %s against %s: %.17g, expected %.17g\n", a->name, b->name, mine[q], theirs[q]);
        }
        parley_arena_release(arena);
    }
    return worst;
}

static void pairs(void)
{
    static const char *const corners[] = { "0", "1" }, *const thirds[] = { "0", "1/2", "1" }, *const fine[] = { "0", "1/1000", "1/3", "0.9", "999/1000", "1" };
    static const struct {
        const char *what, *const *value;
        size_t kinds;
        const char *noise;
        double tolerance; /* rounding of a chance near 1 by 1e-16 is 1e-10 of the chance 1e-6 of the opposite */
    } fields[] = {
        { "certain habits, several classes", corners, 2, "0 0 0", 1e-14 }, { "halves, degenerate", thirds, 3, "0 0 0", 1e-14 },
        { "certain habits that slip", corners, 2, "1/100 0 0", 1e-12 },    { "misses only", thirds, 3, "0 1/20 0", 1e-13 },
        { "false alarms for sure", thirds, 3, "0 0 1", 1e-14 },            { "all kinds of noise", fine, 6, "1/50 1/20 1/10", 1e-12 },
        { "rare noise", fine, 6, "1/100000 1/1000000 0", 1e-10 },
    };
    static const char *const horizons[] = { "1", "0.9", "0", "#1", "#200", "#777" };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct parley_arena arena = { 0 }, scratch = { 0 };
        struct field f;
        if (!OK(set_up(&f, fields[i].value, fields[i].kinds, i, fields[i].noise, &arena), "%s", fields[i].what))
            continue;
        for (size_t k = 0; k < sizeof horizons / sizeof *horizons; k++) {
            double gap = worst_gap(&f, horizons[k], &scratch);
            OK(gap < (*horizons[k] == '#' ? fmax(fields[i].tolerance, 1e-12) : fields[i].tolerance), "%s, horizon %s: at most %.1e from the fractions", fields[i].what, horizons[k], gap);
        }
        parley_arena_release(&arena);
        parley_arena_release(&scratch);
    }
}

/* Everybody against everybody, and the numbers people know. */
static void field(void)
{
    static const struct parley_memory_one habit[] = { { { .99, .01, .99, .01, .99 } }, { { .99, .34, .99, .34, .99 } }, { { 0, 0, 0, 0, 0 } } };
    static const double stage[4] = { 3, 0, 5, 1 };
    double payoff[9], cooperation[9];
    OK(!parley_memory_one_field(habit, 3, 1, stage, payoff, cooperation, NULL), "three habits");
    OK(near(cooperation[0], .5, 1e-14) && near(payoff[0], 2.25, 1e-14), "tit for tat under slips of .01 cooperates half the time: %.17g", cooperation[0]);
    OK(near(payoff[8], 1, 0) && cooperation[8] == 0, "defectors");
    OK(near(payoff[2 * 3 + 0], 1 + 4 * cooperation[0 * 3 + 2], 1e-14), "the defector is paid for what the other does: %.6f", payoff[6]);
    struct parley_error err;
    OK(parley_memory_one_field(habit, 3, 1.5, stage, payoff, cooperation, &err) == PARLEY_EINVAL, "%s", err.text);
    OK(parley_memory_one_turns(NULL, NULL, 0, 0, NULL, &err) == PARLEY_EINVAL, "%s", err.text);
}

/* A long run by doubling: near its limit, and equal to the sum of two halves where the chain forgets nothing. */
static void long_runs(void)
{
    struct parley_arena arena = { 0 };
    struct parley_repeated g = { .slip = { 1, 50 }, .miss = { 1, 100 }, .false_alarm = { 3, 100 } };
    parley_repeated_symmetric(&g, (struct parley_ratio){ 3, 1 }, (struct parley_ratio){ 0, 1 }, (struct parley_ratio){ 5, 1 }, (struct parley_ratio){ 1, 1 });
    static const char *const names[] = { "CTFT", "TF2T", "WSLS", "2TFT" };
    for (size_t i = 0; i < 4; i++) {
        const struct parley_habit *a, *b;
        struct parley_repeated_value mean, limit, slow;
        struct parley_error err;
        bool ok = !parley_habit_parse(names[i], &arena, &a, &err) && !parley_habit_parse(names[(i + 1) % 4], &arena, &b, &err) &&
                  !parley_repeated_limit(&g, a, b, &arena, &limit, &err) && !parley_repeated_mean(&g, a, b, 100000000, &arena, &mean, &err);
        OK(ok && fabs(mean.payoff[0] - limit.payoff[0]) < 1e-6, "%s against %s: 10^8 turns end near the limit, %.2e", names[i], names[(i + 1) % 4], mean.payoff[0] - limit.payoff[0]);
        /* the first turns weigh 1/n: n (mean_n - limit) stands still */
        double before = 1e8 * (mean.payoff[0] - limit.payoff[0]);
        ok = !parley_repeated_mean(&g, a, b, 20, &arena, &slow, &err) && !parley_repeated_mean(&g, a, b, 10000, &arena, &mean, &err);
        OK(ok && fabs(1e4 * (mean.payoff[0] - limit.payoff[0]) - before) < 1e-5, "the head start is %.6f turns' worth", before);
    }
    parley_arena_release(&arena);
}

static void which(void)
{
    static const char *const yes[] = { "TFT", "GTFT(1/7)", "ZDEXTORT(3)", "GRIM" }, *const no[] = { "CTFT", "TF2T", "2TFT" };
    struct parley_arena arena = { 0 };
    struct parley_repeated g = { .slip = { 0, 1 }, .miss = { 0, 1 }, .false_alarm = { 0, 1 } };
    struct parley_memory_one m;
    const struct parley_habit *h;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        OK(!parley_habit_parse(yes[i], &arena, &h, NULL) && parley_memory_one_from_habit(&g, h, &m), "%s remembers one turn", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        OK(!parley_habit_parse(no[i], &arena, &h, NULL) && !parley_memory_one_from_habit(&g, h, &m), "%s remembers more", no[i]);
    parley_arena_release(&arena);
}

int main(void)
{
    pairs();
    field();
    long_runs();
    which();
    return done();
}
