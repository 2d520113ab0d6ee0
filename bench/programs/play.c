/* Repeated play: how much a core does. Prints one JSON line a kind of work (see bench/run). */
#include <parley/evolution.h>
#include <parley/memory_one.h>
#include <parley/payoffset.h>
#include <parley/rng.h>
#include <parley/tournament.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { REPEATS = 5 };

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void line(const char *work, const double *seconds, double units, const char *unit, const char *bound)
{
    double best = seconds[0];
    printf("{\"room\":\"game\",\"work\":\"%s\",\"unit\":\"s\",\"ours\":[", work);
    for (int i = 0; i < REPEATS; i++) {
        printf("%s%.6g", i ? "," : "", seconds[i]);
        best = seconds[i] < best ? seconds[i] : best;
    }
    printf("],\"peer\":null,\"theirs\":[],\"units\":%.17g,\"bound\":\"%s\",\"note\":\"%.3g %s a second\"}\n", units, bound, units / best, unit);
}

static struct parley_repeated dilemma(int64_t slip_percent, int64_t false_percent)
{
    struct parley_repeated g = { .slip = { slip_percent, 100 }, .miss = { 0, 1 }, .false_alarm = { false_percent, 100 } };
    const struct parley_ratio R = { 3, 1 }, S = { 0, 1 }, T = { 5, 1 }, P = { 1, 1 };
    parley_repeated_symmetric(&g, R, S, T, P);
    return g;
}

static size_t players(struct parley_arena *arena, const struct parley_habit *out[64])
{
    const char *const *names;
    size_t n = 0, used = 0;
    if (parley_habits_named(arena, &names, &n, NULL))
        return 0;
    for (size_t i = 0; i < n && used < 64; i++)
        if (!parley_habit_parse(names[i], arena, &out[used], NULL))
            used++;
    return used;
}

/* A field of habits under noise, turns in all; repetitions decide how it is played. */
static void noisy(const char *work, int64_t slip, int64_t alarm, uint64_t turns, uint64_t repetitions, const char *bound)
{
    double s[REPEATS], played = 0;
    for (int i = 0; i < REPEATS; i++) {
        struct parley_arena arena = { 0 };
        const struct parley_habit *player[64];
        size_t n = players(&arena, player);
        struct parley_repeated g = dilemma(slip, alarm);
        struct parley_tournament t = { &g, player, n, turns, repetitions, 1, 1 };
        struct parley_tournament_result r;
        double begun = cpu_s();
        if (parley_tournament_run(&t, NULL, &arena, &r, NULL))
            return;
        s[i] = cpu_s() - begun;
        played = (double)r.played;
        parley_arena_release(&arena);
    }
    line(work, s, played, "turns", bound);
}

static void matches(void)
{
    static const char *const machines[] = { "TFT", "GRIM", "WSLS", "TF2T", "2TFT", "ALTERNATE", "CTFT", "BULLY" };
    struct parley_arena arena = { 0 };
    const struct parley_habit *machine[8];
    double s[REPEATS];
    for (size_t i = 0; i < 8; i++)
        if (parley_habit_parse(machines[i], &arena, &machine[i], NULL))
            return;
    for (int i = 0; i < REPEATS; i++) {
        struct parley_repeated quiet = dilemma(0, 0);
        struct parley_tournament_result r;
        double begun = cpu_s();
        for (int k = 0; k < 1000; k++) {
            struct parley_arena scratch = { 0 };
            struct parley_tournament m = { &quiet, machine, 8, 200, 1, 1, 1 };
            if (parley_tournament_run(&m, NULL, &scratch, &r, NULL))
                return;
            parley_arena_release(&scratch);
        }
        s[i] = cpu_s() - begun;
    }
    line("matches of finite-state habits, 200 turns, cycle found", s, 1000 * 36, "matches", "a few table look-ups until the cycle closes, about 60 cycles: 60 M a second");
    parley_arena_release(&arena);
}

/* Everybody against everybody among habits that remember one turn. */
static void many_pairs(const char *work, double lowest)
{
    enum { N = 1000 };
    static struct parley_memory_one habit[N];
    static double payoff[N * N];
    static const double stage[4] = { 3, 0, 5, 1 };
    double s[REPEATS];
    struct parley_rng rng;
    parley_rng_init(&rng, 1, 0);
    for (int i = 0; i < N; i++)
        for (int k = 0; k < 5; k++)
            habit[i].cooperate[k] = lowest > 0 ? lowest + (1 - 2 * lowest) * parley_rng_uniform(&rng) : (double)parley_rng_below(&rng, 3) / 2;
    for (int i = 0; i < REPEATS; i++) {
        double begun = cpu_s();
        if (parley_memory_one_field(habit, N, 1, stage, payoff, NULL, NULL))
            return;
        s[i] = cpu_s() - begun;
    }
    line(work, s, (double)N * N, "pairs", "about 180 operations and 9 divisions on 8 pairs: 230 cycles, 120 M a second");
}

static void exact_pairs(void)
{
    double s[REPEATS];
    enum { TIMES = 200 };
    size_t pairs = 0;
    for (int i = 0; i < REPEATS; i++) {
        struct parley_arena arena = { 0 };
        const struct parley_habit *player[64];
        size_t n = players(&arena, player);
        struct parley_repeated g = dilemma(5, 5);
        double begun = cpu_s();
        pairs = 0;
        for (int k = 0; k < TIMES / 20; k++)
            for (size_t a = 0; a < n; a++)
                for (size_t b = 0; b < n; b++, pairs++) {
                    struct parley_arena scratch = { 0 };
                    struct parley_repeated_value v;
                    if (parley_repeated_mean(&g, player[a], player[b], 1, &scratch, &v, NULL) || parley_repeated_limit(&g, player[a], player[b], &scratch, &v, NULL))
                        return;
                    parley_arena_release(&scratch);
                }
        s[i] = cpu_s() - begun;
        parley_arena_release(&arena);
    }
    line("pairs of habits under noise, exact fractions", s, (double)pairs, "pairs", "rational elimination: multiplications and gcds of GMP");
}

static void moran(void)
{
    const double A[4] = { 3, .5, 5, 1 };
    const size_t count[2] = { 50, 50 };
    double s[REPEATS], rounds = 0;
    for (int i = 0; i < REPEATS; i++) {
        uint64_t won[2], open, steps;
        double begun = cpu_s();
        if (parley_imitate(PARLEY_MORAN, A, 2, 0, count, 5000, 1000000, 1, NULL, won, &open, &steps, NULL))
            return;
        s[i] = cpu_s() - begun;
        rounds = (double)steps;
    }
    line("Moran rounds, 100 players", s, rounds, "rounds", "two Philox draws and some 20 operations a round: 50 cycles, 70 M a second");
}

static void payoff_sets(void)
{
    static const char *const games[] = { "3 3,0 5;5 0,1 1", "16 9,3 13,0 3;21 1,10 4,-1 0;9 0,5 -4,-5 -15",
                                         "18 4,15 0,7 18,16 9,2 7;14 9,18 18,8 7,12 13,5 5;11 12,8 2,0 7,4 12,9 1;15 20,16 0,5 5,4 19,3 8;1 1,9 9,12 3,7 7,6 2" };
    static const char *const work[] = { "payoff set, 2x2, d = 9/10", "payoff set, 3x3, d = 3/10", "payoff set, 5x5, d = 7/10" };
    for (int k = 0; k < 3; k++) {
        double s[REPEATS];
        int times = k ? 20 : 200;
        for (int i = 0; i < REPEATS; i++) {
            double begun = cpu_s();
            for (int t = 0; t < times; t++) {
                struct parley_arena arena = { 0 };
                struct parley_game *g;
                struct parley_payoff_set set;
                const struct parley_ratio d = k == 0 ? (struct parley_ratio){ 9, 10 } : k == 1 ? (struct parley_ratio){ 3, 10 } : (struct parley_ratio){ 7, 10 };
                if (parley_game_matrix(games[k], &arena, &g, NULL) || parley_payoff_set(g, d, NULL, &arena, &set, NULL))
                    return;
                parley_arena_release(&arena);
            }
            s[i] = cpu_s() - begun;
        }
        line(work[k], s, times, "sets", "a few exact steps, whole numbers, one proof");
    }
}

int main(void)
{
    noisy("noisy turns, 512 matches at once, slips", 1, 0, 10000, 512, "about 370 vector operations on 512 turns; at two a cycle and 3.6 GHz 10 G a second");
    noisy("noisy turns, 512 matches at once, slips and private views", 5, 5, 10000, 512, "about 680 vector operations on 512 turns; 5.4 G a second");
    noisy("noisy turns, 512 matches at once, slips, 200 turns a match", 1, 0, 200, 5120, "the same, and counting by match");
    noisy("noisy turns, one match after another", 5, 5, 10000, 5, "one Philox block a turn, 10 rounds of 4 multiplications: about 35 cycles, 100 M a second");
    matches();
    many_pairs("pairs of memory-one habits, closed form", .01);
    many_pairs("pairs of memory-one habits, closed form, degenerate", 0);
    exact_pairs();
    moran();
    payoff_sets();
    return 0;
}
