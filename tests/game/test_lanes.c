/* 512 matches at once against the plain player: one match after another, the same random bits. */
#include "game/lanes.h"

#include <parley/rng.h>
#include "tap.h"

/* --- the plain player --------------------------------------------------------------------------- */

struct plain {
    uint64_t s[2][LANES_WORDS], word[LANES_WORDS];
};

static uint64_t rotated(uint64_t x, int by) { return x << by | x >> (64 - by); }

static void draw(struct plain *p)
{
    for (int w = 0; w < LANES_WORDS; w++) {
        uint64_t a = p->s[0][w], b = p->s[1][w];
        p->word[w] = rotated(a + b, 17) + a;
        b ^= a;
        p->s[0][w] = rotated(a, 49) ^ b ^ (b << 21);
        p->s[1][w] = rotated(b, 28);
    }
}

/* Whether a random number of 32 bits is below the threshold of each match. The number is drawn from its top bit, the same bit for all matches: 12 bits,
 * then 4 at a time while any match is undecided; no bit is drawn that no threshold has. */
static void below(struct plain *p, const uint64_t *threshold, const uint64_t *possible, size_t n_possible, bool *yes)
{
    uint64_t u[LANES] = { 0 };
    int last = 32;
    for (size_t k = 0; k < n_possible; k++)
        for (int bit = 0; bit < 32; bit++)
            if (possible[k] < (uint64_t)1 << 32 && possible[k] >> bit & 1 && bit < last)
                last = bit;
    int bit = 32;
    bool open = last < 32;
    while (open && bit > last) {
        for (int end = bit == 32 ? 20 : bit - 4; bit > end && bit > last;) {
            bit--;
            draw(p);
            for (int l = 0; l < LANES; l++)
                u[l] |= (p->word[l / 64] >> (l % 64) & 1) << bit;
        }
        open = false;
        for (int l = 0; l < LANES; l++)
            open |= threshold[l] != 0 && threshold[l] >> 32 == 0 && u[l] >> bit == threshold[l] >> bit;
    }
    for (int l = 0; l < LANES; l++)
        yes[l] = u[l] < threshold[l];
}

struct seat {
    const struct parley_habit *habit;
    const uint64_t *chance;
    size_t at[LANES];
};

static void act(struct plain *p, const struct seat *seat, bool *defects)
{
    uint64_t threshold[LANES];
    for (int l = 0; l < LANES; l++)
        threshold[l] = seat->chance[seat->at[l]];
    below(p, threshold, seat->chance, seat->habit->n, defects);
    for (int l = 0; l < LANES; l++)
        defects[l] = !defects[l];
}

static void see(struct plain *p, const bool *done, uint64_t miss, uint64_t alarm, bool *seen)
{
    uint64_t threshold[LANES], possible[2] = { miss, alarm };
    for (int l = 0; l < LANES; l++)
        threshold[l] = done[l] ? miss : alarm;
    below(p, threshold, possible, 2, seen);
    for (int l = 0; l < LANES; l++)
        seen[l] ^= done[l];
}

static void play(const struct lanes_match *m, struct seat *row, struct seat *column, uint32_t (*count)[LANES])
{
    static bool a[LANES], b[LANES], row_sees[LANES], column_sees[LANES];
    struct plain p;
    lanes_seed(m->seed, m->stream, p.s);
    memset(count, 0, LANES_COUNTS * sizeof *count);
    for (int l = 0; l < LANES; l++)
        row->at[l] = row->habit->start, column->at[l] = column->habit->start;
    for (uint64_t turn = 0; turn < m->turns; turn++) {
        act(&p, row, a);
        act(&p, column, b);
        see(&p, b, m->miss, m->false_alarm, row_sees);
        see(&p, a, m->miss, m->false_alarm, column_sees);
        for (int l = 0; l < LANES; l++) {
            count[0][l] += a[l];
            count[1][l] += b[l];
            count[2][l] += a[l] && b[l];
            row->at[l] = row->habit->next[row->at[l]][a[l]][row_sees[l]];
            column->at[l] = column->habit->next[column->at[l]][b[l]][column_sees[l]];
        }
    }
}

/* --- the comparison ----------------------------------------------------------------------------- */

static void thresholds(const struct parley_habit *h, double slip, uint64_t *out)
{
    for (size_t s = 0; s < h->n; s++) {
        double p = parley_ratio_double(h->cooperate[s]);
        out[s] = (uint64_t)llround((p * (1 - slip) + (1 - p) * slip) * 4294967296.0);
    }
}

static void pairs(void)
{
    static const char *const names[] = { "TFT",  "WSLS", "GTFT(1/3)", "CTFT", "TF2T", "2TFT", "GRIM", "ALLC", "ALTERNATE", "RANDOM(1/2)", "ZDEXTORT(3)", "m1(1/7,2/7,3/7,4/7;5/7)",
                                         "fsm(1,D; 1C>2D 1D>3C 2C>4C 2D>1C 3C>3C 3D>5D 4C>1D 4D>6C 5C>6D 5D>2C 6C>1C 6D>5D)" };
    static const struct {
        double slip, miss, alarm;
    } noise[] = { { 0, 0, 0 }, { .01, 0, 0 }, { 0, .05, .1 }, { .02, 0, .03 }, { 0, 0, 1 }, { .5, .25, 0 } };
    static uint32_t slow[LANES_COUNTS][LANES], portable[LANES_COUNTS][LANES], fast[LANES_COUNTS][LANES];
    struct parley_arena arena = { 0 };
    enum { N = sizeof names / sizeof *names };
    const struct parley_habit *habit[N];
    size_t wrong = 0, differ = 0, n = 0;
    uint64_t defections = 0;
    for (size_t i = 0; i < N; i++)
        OK(!parley_habit_parse(names[i], &arena, &habit[i], NULL), "%s", names[i]);
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < 3; k++, n++) {
            size_t j = (i * 5 + k * 4 + 1) % N, e = (i + 2 * k) % (sizeof noise / sizeof *noise);
            uint64_t chance[2][16];
            struct lanes_plan plan[2];
            thresholds(habit[i], noise[e].slip, chance[0]);
            thresholds(habit[j], noise[e].slip, chance[1]);
            if (!lanes_plan_make(habit[i], chance[0], &plan[0]) || !lanes_plan_make(habit[j], chance[1], &plan[1]))
                continue;
            struct seat row = { .habit = habit[i], .chance = chance[0] }, column = { .habit = habit[j], .chance = chance[1] };
            struct lanes_match m = { &plan[0], &plan[1], (uint64_t)llround(noise[e].miss * 4294967296.0), (uint64_t)llround(noise[e].alarm * 4294967296.0), 7, n, 1 + 37 * (n % 5) };
            play(&m, &row, &column, slow);
            lanes_play_portable(&m, portable);
            lanes_play_best()(&m, fast);
            wrong += memcmp(slow, portable, sizeof slow) != 0;
            differ += memcmp(portable, fast, sizeof fast) != 0;
            for (int l = 0; l < LANES; l++)
                defections += slow[0][l];
        }
    OK(wrong == 0, "%zu pairs, 512 matches each: %zu unlike the plain player", n, wrong);
    OK(differ == 0, "%zu pairs: %zu differ between this processor's path and the portable one", n, differ);
    OK(defections > 100000, "somebody defected: %llu", (unsigned long long)defections);
    parley_arena_release(&arena);
}

/* Chances come out as asked: each of 2^20 decisions at p, for p from the whole range. */
static void frequencies(void)
{
    static const char *const p[] = { "0", "1/1000", "1/3", "1/2", "3/4", "999/1000", "1" };
    static uint32_t count[LANES_COUNTS][LANES];
    struct parley_arena arena = { 0 };
    for (size_t k = 0; k < sizeof p / sizeof *p; k++) {
        char text[60];
        const struct parley_habit *h;
        struct lanes_plan plan;
        uint64_t chance[16];
        double defections = 0, n = 512. * 4096;
        snprintf(text, sizeof text, "RANDOM(%s)", p[k]);
        if (parley_habit_parse(text, &arena, &h, NULL))
            continue;
        thresholds(h, 0, chance);
        OK(lanes_plan_make(h, chance, &plan), "%s", text);
        struct lanes_match m = { &plan, &plan, 0, 0, 11, k, 4096 };
        lanes_play_best()(&m, count);
        for (int l = 0; l < LANES; l++)
            defections += count[0][l];
        double q = 1 - parley_ratio_double(h->cooperate[0]);
        OK(fabs(defections - n * q) <= 5 * sqrt(n * q * (1 - q)), "%s defects on %.6f of the turns", text, defections / n);
    }
    parley_arena_release(&arena);
}

int main(void)
{
    pairs();
    frequencies();
    return done();
}
