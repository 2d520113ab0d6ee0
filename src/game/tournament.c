#include "lanes.h"

#include <parley/blocks.h>
#include <parley/memory_one.h>
#include <parley/rng.h>
#include <parley/tournament.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    TURNS_MAX = 1000000000,
    MATCHES_MAX = 100000000, /* 3 GiB */
    LANES_MIN = 8, /* repetitions from which 512 at once cost less than one after another */
};

/* A habit ready to be played: the chance to cooperate, slips included, as a threshold of 2^32. */
struct ready {
    uint64_t *cooperate; /* [n] */
    const uint32_t (*next)[2][2];
    size_t n, start;
    bool certain; /* every act is certain */
    bool narrow;  /* few states: `plan` is made */
    struct lanes_plan plan;
};

struct match { /* totals of one match */
    double score[2];
    double cooperations[2];
};

struct hall {
    const struct parley_tournament *t;
    struct ready *ready;
    uint64_t miss, false_alarm;
    double pay[2][2][2];
    struct match *match; /* [pairs][repetitions or 1] */
    size_t slots;
    unsigned char *by_chance; /* [pairs] */
    unsigned char *known;     /* [pairs] expectation found already */
};

static uint64_t threshold(double p) { return (uint64_t)llround(p * 4294967296.0); }

static size_t pairs_of(size_t n) { return n * (n + 1) / 2; }

/* pair k -> (i <= j) */
static void pair_of(size_t k, size_t n, size_t *i, size_t *j)
{
    size_t row = 0;
    while (k >= n - row)
        k -= n - row++;
    *i = row;
    *j = row + k;
}

static void tally(const struct hall *h, int a, int b, double times, struct match *m)
{
    m->score[0] += times * h->pay[a][b][0];
    m->score[1] += times * h->pay[a][b][1];
    m->cooperations[0] += times * (a == PARLEY_C);
    m->cooperations[1] += times * (b == PARLEY_C);
}

/* Follow two certain habits until a pair of states returns, then count whole cycles. */
static bool follow(const struct hall *h, const struct ready *x, const struct ready *y, uint64_t turns, struct match *m)
{
    size_t most = x->n * y->n, length = 0, i = x->start, j = y->start;
    uint32_t *when = malloc(most * sizeof *when);
    unsigned char *act = malloc(most + 1);
    if (!when || !act) {
        free(when);
        free(act);
        return false;
    }
    memset(when, 0xff, most * sizeof *when);
    while (when[i * y->n + j] == UINT32_MAX && length < turns) {
        int a = x->cooperate[i] == 0, b = y->cooperate[j] == 0;
        when[i * y->n + j] = (uint32_t)length;
        act[length++] = (unsigned char)(a * 2 + b);
        i = x->next[i][a][b];
        j = y->next[j][b][a];
    }
    uint64_t count[4] = { 0 };
    size_t first = when[i * y->n + j] == UINT32_MAX ? length : when[i * y->n + j];
    for (size_t s = 0; s < length; s++)
        count[act[s]]++;
    uint64_t rest = turns - length, cycle = length - first;
    if (cycle)
        for (size_t s = first; s < length; s++)
            count[act[s]] += rest / cycle + (s - first < rest % cycle);
    for (int k = 0; k < 4; k++)
        tally(h, k >> 1, k & 1, (double)count[k], m);
    free(when);
    free(act);
    return true;
}

/* One match turn by turn: one Philox block a turn gives both acts and both views. */
static void play(const struct hall *h, const struct ready *x, const struct ready *y, uint64_t turns, uint64_t stream, struct match *m)
{
    uint64_t count[4] = { 0 }, miss = h->miss, false_alarm = h->false_alarm;
    const uint32_t key[2] = { (uint32_t)h->t->seed, (uint32_t)(h->t->seed >> 32) };
    size_t i = x->start, j = y->start;
    for (uint64_t turn = 0; turn < turns; turn++) {
        const uint32_t counter[4] = { (uint32_t)turn, (uint32_t)(turn >> 32), (uint32_t)stream, (uint32_t)(stream >> 32) };
        uint32_t u[4];
        parley_philox(counter, key, u);
        int a = u[0] >= x->cooperate[i], b = u[1] >= y->cooperate[j];
        int x_sees = b ^ (u[2] < (b == PARLEY_D ? miss : false_alarm)), y_sees = a ^ (u[3] < (a == PARLEY_D ? miss : false_alarm));
        count[a * 2 + b]++;
        i = x->next[i][a][x_sees];
        j = y->next[j][b][y_sees];
    }
    for (int k = 0; k < 4; k++)
        tally(h, k >> 1, k & 1, (double)count[k], m);
}

/* All repetitions of a match, 512 at a time; group g of them has a stream of its own. */
static void play_together(const struct hall *h, const struct ready *x, const struct ready *y, size_t pair, struct match *m)
{
    uint32_t count[LANES_COUNTS][LANES];
    const struct parley_tournament *t = h->t;
    lanes_play_fn *play_lanes = lanes_play_best();
    for (uint64_t group = 0; group * LANES < t->repetitions; group++) {
        struct lanes_match l = { &x->plan, &y->plan, h->miss, h->false_alarm, t->seed, (uint64_t)pair << 32 | group, t->turns };
        play_lanes(&l, count);
        for (uint64_t lane = 0; lane < LANES && group * LANES + lane < t->repetitions; lane++) {
            double row = count[0][lane], column = count[1][lane], both = count[2][lane];
            double times[4] = { (double)t->turns - row - column + both, column - both, row - both, both };
            for (int k = 0; k < 4; k++)
                tally(h, k >> 1, k & 1, times[k], &m[group * LANES + lane]);
        }
    }
}

static enum parley_status expect(const struct hall *h, size_t i, size_t j, struct match *m, struct parley_error *err)
{
    struct parley_arena arena;
    struct parley_repeated_value v;
    parley_arena_init(&arena, 0);
    enum parley_status status = parley_repeated_mean(h->t->game, h->t->player[i], h->t->player[j], h->t->turns, &arena, &v, err);
    for (int side = 0; !status && side < 2; side++) {
        m->score[side] = v.payoff[side] * (double)h->t->turns;
        m->cooperations[side] = v.cooperation[side] * (double)h->t->turns;
    }
    parley_arena_release(&arena);
    return status;
}

static size_t pair_number(size_t n, size_t i, size_t j) { return i * n - i * (i + 1) / 2 + j; } /* i <= j */

/* The expectations of all pairs of memory-one habits, a row of the table at a time. */
static enum parley_status expect_memory_one(struct hall *h, struct parley_arena *arena, struct parley_error *err)
{
    const struct parley_tournament *t = h->t;
    size_t n = t->n, *member = PARLEY_NEW(arena, size_t, n), m = 0;
    double *memory = PARLEY_NEW(arena, double, 14 * n), *share[4];
    if (!memory || !member)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu players", n);
    struct parley_memory_one_columns row, column;
    for (size_t i = 0; i < n; i++) {
        struct parley_memory_one one;
        if (!parley_memory_one_from_habit(t->game, t->player[i], &one))
            continue;
        for (size_t k = 0; k < 5; k++)
            memory[k * n + m] = one.cooperate[k];
        member[m++] = i;
    }
    for (size_t a = 0; a < m; a++) {
        for (size_t k = 0; k < 5; k++) {
            row.cooperate[k] = memory + (5 + k) * n;
            column.cooperate[k] = memory + k * n + a;
            for (size_t b = 0; b < m - a; b++)
                memory[(5 + k) * n + b] = memory[k * n + a];
        }
        for (size_t k = 0; k < 4; k++)
            share[k] = memory + (10 + k) * n;
        enum parley_status status = parley_memory_one_turns(&row, &column, m - a, t->turns, share, err);
        if (status)
            return status;
        for (size_t b = a; b < m; b++) {
            size_t pair = pair_number(n, member[a], member[b]);
            if (!h->by_chance[pair])
                continue;
            for (int k = 0; k < 4; k++)
                tally(h, k >> 1, k & 1, share[k][b - a] * (double)t->turns, &h->match[pair * h->slots]);
            h->known[pair] = 1;
        }
    }
    return PARLEY_OK;
}

static enum parley_status one_pair(void *ctx, size_t block, unsigned thread, struct parley_error *err)
{
    struct hall *h = ctx;
    const struct parley_tournament *t = h->t;
    size_t i, j;
    (void)thread;
    pair_of(block, t->n, &i, &j);
    struct match *m = &h->match[block * h->slots];
    if (!h->by_chance[block]) {
        if (!follow(h, &h->ready[i], &h->ready[j], t->turns, m))
            return parley_fail(err, PARLEY_ENOMEM, "no memory to play %s against %s", t->player[i]->name, t->player[j]->name);
        for (size_t r = 1; r < h->slots; r++)
            m[r] = m[0];
        return PARLEY_OK;
    }
    if (t->repetitions == 0)
        return h->known[block] ? PARLEY_OK : expect(h, i, j, m, err);
    if (t->repetitions >= LANES_MIN && h->ready[i].narrow && h->ready[j].narrow) {
        play_together(h, &h->ready[i], &h->ready[j], block, m);
        return PARLEY_OK;
    }
    for (uint64_t r = 0; r < t->repetitions; r++)
        play(h, &h->ready[i], &h->ready[j], t->turns, (uint64_t)block << 32 | r, &m[r]);
    return PARLEY_OK;
}

/* --- ranking ------------------------------------------------------------------------------ */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const double *sorted, size_t n, double p)
{
    double at = p * (double)(n - 1);
    size_t k = (size_t)at;
    return k + 1 < n ? sorted[k] + (at - (double)k) * (sorted[k + 1] - sorted[k]) : sorted[k];
}

static int better(const void *a, const void *b)
{
    const struct parley_standing *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return x->player < y->player ? -1 : 1;
}

static const struct match *match_of(const struct hall *h, size_t i, size_t j, size_t r, int *side)
{
    size_t low = i < j ? i : j, high = i < j ? j : i, n = h->t->n;
    *side = i > j;
    return &h->match[pair_number(n, low, high) * h->slots + r];
}

static enum parley_status rank(const struct hall *h, struct parley_arena *arena, struct parley_tournament_result *out, struct parley_error *err)
{
    const struct parley_tournament *t = h->t;
    size_t n = t->n, slots = h->slots;
    out->rank = PARLEY_NEW(arena, struct parley_standing, n);
    out->score = PARLEY_NEW(arena, double, n * n);
    out->cooperations = PARLEY_NEW(arena, double, n * n);
    double *score = PARLEY_NEW(arena, double, slots);
    if (!out->rank || !out->score || !out->cooperations || !score)
        return parley_fail(err, PARLEY_ENOMEM, "no memory to rank %zu players", n);
    double opponents = n > 1 ? (double)(n - 1) : 1;
    bool chance = false;
    for (size_t k = 0; k < pairs_of(n); k++)
        chance |= h->by_chance[k];
    for (size_t i = 0; i < n; i++) {
        struct parley_standing *s = &out->rank[i];
        *s = (struct parley_standing){ .player = i };
        for (size_t r = 0; r < slots; r++) {
            score[r] = 0;
            for (size_t j = 0; j < n; j++) {
                int side;
                const struct match *m = match_of(h, i, j, r, &side);
                /* with oneself both seats are one's own: the first counts */
                out->score[i * n + j] += m->score[side] / (double)slots;
                out->cooperations[i * n + j] += m->cooperations[side] / (double)slots;
                if (i == j && n > 1)
                    continue;
                score[r] += m->score[side];
                s->cooperation += m->cooperations[side] / (double)slots / opponents / (double)t->turns;
                s->wins += (i != j && m->score[side] > m->score[!side]) / (double)slots;
            }
            score[r] /= opponents * (double)t->turns;
        }
        qsort(score, slots, sizeof *score, ascending);
        s->score = quantile(score, slots, .5);
        s->low = quantile(score, slots, .025);
        s->high = quantile(score, slots, .975);
        if (chance && t->repetitions == 0)
            s->wins = NAN;
    }
    qsort(out->rank, n, sizeof *out->rank, better);
    return PARLEY_OK;
}

/* --- setting up --------------------------------------------------------------------------- */

static bool make_ready(const struct parley_repeated *g, const struct parley_habit *habit, struct ready *r, struct parley_arena *arena)
{
    double slip = parley_ratio_double(g->slip);
    *r = (struct ready){ .cooperate = PARLEY_NEW(arena, uint64_t, habit->n), .next = habit->next, .n = habit->n, .start = habit->start, .certain = true };
    if (!r->cooperate)
        return false;
    for (size_t s = 0; s < habit->n; s++) {
        double p = parley_ratio_double(habit->cooperate[s]), q = p * (1 - slip) + (1 - p) * slip;
        r->cooperate[s] = threshold(q);
        r->certain &= q == 0 || q == 1;
    }
    r->narrow = lanes_plan_make(habit, r->cooperate, &r->plan);
    return true;
}

static enum parley_status check(const struct parley_tournament *t, struct parley_error *err)
{
    const struct parley_ratio noise[3] = { t->game->slip, t->game->miss, t->game->false_alarm };
    if (t->n == 0 || t->n > PARLEY_TOURNAMENT_PLAYERS_MAX)
        return parley_fail(err, PARLEY_EINVAL, "%zu players; expected 1 to %d", t->n, PARLEY_TOURNAMENT_PLAYERS_MAX);
    if (t->turns == 0 || t->turns > TURNS_MAX || t->repetitions > 1000000)
        return parley_fail(err, PARLEY_EINVAL, "%llu turns and %llu repetitions; expected 1 to %d turns and at most a million repetitions",
                           (unsigned long long)t->turns, (unsigned long long)t->repetitions, TURNS_MAX);
    for (int i = 0; i < 3; i++)
        if (noise[i].den <= 0 || noise[i].num < 0 || noise[i].num > noise[i].den)
            return parley_fail(err, PARLEY_EINVAL, "noise of %.6g; expected a probability from 0 to 1", parley_ratio_double(noise[i]));
    return PARLEY_OK;
}

enum parley_status parley_tournament_run(const struct parley_tournament *t, const struct parley_progress *progress, struct parley_arena *arena,
                                         struct parley_tournament_result *out, struct parley_error *err)
{
    enum parley_status status = check(t, err);
    if (status)
        return status;
    struct hall h = { .t = t, .slots = t->repetitions ? t->repetitions : 1 };
    size_t pairs = pairs_of(t->n), matches;
    bool views_err = t->game->miss.num || t->game->false_alarm.num;
    if (__builtin_mul_overflow(pairs, h.slots, &matches) || matches > MATCHES_MAX)
        return parley_fail(err, PARLEY_ELIMIT, "%zu pairs times %zu repetitions would take %.1f GiB; at most %d million matches (fewer repetitions, or 0 for exact expectations)", pairs,
                           h.slots, (double)pairs * (double)h.slots * sizeof(struct match) / 1073741824, MATCHES_MAX / 1000000);
    h.ready = PARLEY_NEW(arena, struct ready, t->n);
    h.by_chance = PARLEY_NEW(arena, unsigned char, pairs);
    h.known = PARLEY_NEW(arena, unsigned char, pairs);
    h.match = PARLEY_NEW(arena, struct match, matches);
    if (!h.ready || !h.by_chance || !h.known || !h.match)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu matches times %zu repetitions", pairs, h.slots);
    h.miss = threshold(parley_ratio_double(t->game->miss));
    h.false_alarm = threshold(parley_ratio_double(t->game->false_alarm));
    for (int k = 0; k < 8; k++)
        h.pay[k >> 2][k >> 1 & 1][k & 1] = parley_ratio_double(t->game->payoff[k >> 2][k >> 1 & 1][k & 1]);
    for (size_t i = 0; i < t->n; i++)
        if (!make_ready(t->game, t->player[i], &h.ready[i], arena))
            return parley_fail(err, PARLEY_ENOMEM, "no memory for %s", t->player[i]->name);
    *out = (struct parley_tournament_result){ 0 };
    for (size_t k = 0; k < pairs; k++) {
        size_t i, j;
        pair_of(k, t->n, &i, &j);
        h.by_chance[k] = views_err || !h.ready[i].certain || !h.ready[j].certain;
        out->played += h.by_chance[k] ? t->turns * t->repetitions : 0;
    }
    if (t->repetitions == 0 && (status = expect_memory_one(&h, arena, err)))
        return status;
    status = parley_blocks_run(pairs, t->threads, one_pair, &h, progress, NULL, err);
    return status ? status : rank(&h, arena, out, err);
}
