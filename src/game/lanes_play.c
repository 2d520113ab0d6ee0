/* The turns of lanes.h; compiled once for each kind of processor, as lanes_play_KIND. */
#include "lanes.h"

#include <string.h>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)

enum {
    BITS = 32,
    SURE = 12,   /* bits drawn before looking whether any of 512 decisions is open: one time in nine */
    BETWEEN = 4, /* bits drawn between later looks */
    LEVELS = 32,
#if defined(__AVX512F__)
    PART = 8,
#elif defined(__AVX2__)
    PART = 4,
#else
    PART = 2,
#endif
    PARTS = LANES_WORDS / PART,
};

typedef uint64_t part __attribute__((vector_size(PART * 8)));

typedef struct {
    part p[PARTS];
} word;

/* --- words ------------------------------------------------------------------------------------ */

#define EACH(expression)             \
    do {                             \
        word out;                    \
        for (int i = 0; i < PARTS; i++) \
            out.p[i] = (expression); \
        return out;                  \
    } while (0)

static inline word w_zero(void) { EACH((part){ 0 }); }
static inline word w_not(word a) { EACH(~a.p[i]); }
static inline word w_and(word a, word b) { EACH(a.p[i] & b.p[i]); }
static inline word w_without(word a, word b) { EACH(a.p[i] & ~b.p[i]); }
static inline word w_or(word a, word b) { EACH(a.p[i] | b.p[i]); }
static inline word w_xor(word a, word b) { EACH(a.p[i] ^ b.p[i]); }
static inline word w_either(word a, uint64_t take_a, word b, uint64_t take_b) { EACH((a.p[i] & take_a) | (b.p[i] & take_b)); }

static inline bool is_zero(word w)
{
    part any = w.p[0];
    for (int i = 1; i < PARTS; i++)
        any |= w.p[i];
#if defined(__AVX512F__)
    return _mm512_test_epi64_mask((__m512i)any, (__m512i)any) == 0;
#elif defined(__AVX2__)
    return _mm256_testz_si256((__m256i)any, (__m256i)any);
#else
    return (any[0] | any[1]) == 0;
#endif
}

/* --- random words ----------------------------------------------------------------------------- */

struct generator {
    word s[2];
};

#define ROTATED(x, by) ((x) << (by) | (x) >> (64 - (by)))

/* xoroshiro128++ */
static inline word draw(struct generator *g)
{
    word out;
    for (int i = 0; i < PARTS; i++) {
        part a = g->s[0].p[i], b = g->s[1].p[i], sum = a + b;
        out.p[i] = ROTATED(sum, 17) + a;
        b ^= a;
        g->s[0].p[i] = ROTATED(a, 49) ^ b ^ (b << 21);
        g->s[1].p[i] = ROTATED(b, 28);
    }
    return out;
}

/* --- chances ---------------------------------------------------------------------------------- */

struct chances { /* thresholds of several classes, bit by bit */
    size_t classes;
    uint64_t bit[BITS][LANES_STATES_MAX]; /* all ones where the threshold of the class has the bit */
    uint64_t always[LANES_STATES_MAX], open[LANES_STATES_MAX];
    int last; /* no threshold has a bit below */
    bool certain;
};

static void make_chances(struct chances *c, const uint64_t *threshold, size_t classes)
{
    memset(c, 0, sizeof *c);
    c->classes = classes;
    c->last = BITS - 1;
    c->certain = true;
    for (size_t k = 0; k < classes; k++) {
        c->always[k] = -(threshold[k] >> BITS);
        if (threshold[k] == 0 || threshold[k] >> BITS)
            continue;
        c->open[k] = ~UINT64_C(0);
        c->certain = false;
        for (int bit = 0; bit < BITS; bit++)
            c->bit[bit][k] = -(threshold[k] >> bit & 1);
        int lowest = __builtin_ctzll(threshold[k]);
        c->last = lowest < c->last ? lowest : c->last;
    }
}

/* The lanes whose random number lies below the threshold of their class; of[k] are the lanes of class k, each in one. The number is
 * drawn bit by bit, for all lanes alike, until no lane is undecided. */
static inline word below(struct generator *g, const word *of, const struct chances *c)
{
    word open = w_zero(), yes = w_zero();
    for (size_t k = 0; k < c->classes; k++) {
        open = w_either(open, ~UINT64_C(0), of[k], c->open[k]);
        yes = w_either(yes, ~UINT64_C(0), of[k], c->always[k]);
    }
    if (c->certain)
        return yes;
    for (int bit = BITS - 1, look = BITS - SURE; bit >= c->last; look -= BETWEEN) {
        for (; bit >= c->last && bit >= look; bit--) {
            word r = draw(g), t = w_either(of[0], c->bit[bit][0], of[1], c->bit[bit][1]);
            for (size_t k = 2; k < c->classes; k++)
                t = w_either(t, ~UINT64_C(0), of[k], c->bit[bit][k]);
            word differ = w_and(open, w_xor(t, r));
            yes = w_or(yes, w_and(differ, t));
            open = w_xor(open, differ);
        }
        if (is_zero(open))
            break;
    }
    return yes;
}

/* --- habits ----------------------------------------------------------------------------------- */

struct habit_lanes {
    const struct lanes_plan *plan;
    struct chances chances;
    word state[2][LANES_STATES_MAX + 1]; /* of this turn and of the next, in turn; [n] is all ones */
};

static void begin(struct habit_lanes *h, const struct lanes_plan *plan)
{
    h->plan = plan;
    for (int now = 0; now < 2; now++) {
        for (size_t s = 0; s < plan->n; s++)
            h->state[now][s] = w_zero();
        h->state[now][plan->n] = w_not(w_zero());
    }
    h->state[0][plan->start] = w_not(w_zero());
    make_chances(&h->chances, plan->threshold, plan->classes);
}

/* The lanes on which it defects. */
static inline word act(const struct habit_lanes *h, int now, struct generator *g)
{
    const struct lanes_plan *p = h->plan;
    word of[LANES_STATES_MAX];
    of[1] = w_zero();
    for (size_t c = 0; c < p->classes; c++) {
        word any = h->state[now][p->member[p->members[c]]];
        for (size_t k = p->members[c] + 1u; k < p->members[c + 1]; k++)
            any = w_or(any, h->state[now][p->member[k]]);
        of[c] = any;
    }
    return w_not(below(g, of, &h->chances));
}

static inline void move(struct habit_lanes *h, int now, word own, word seen)
{
    const struct lanes_plan *p = h->plan;
    const word *from = h->state[now];
    word mask[LANES_MASKS], *to = h->state[!now];
    mask[OWN_SEEN + 0] = w_not(w_or(own, seen));
    mask[OWN_SEEN + 1] = w_without(seen, own);
    mask[OWN_SEEN + 2] = w_without(own, seen);
    mask[OWN_SEEN + 3] = w_and(own, seen);
    mask[SEEN_C] = w_not(seen);
    mask[SEEN_D] = seen;
    mask[OWN_C] = w_not(own);
    mask[OWN_D] = own;
    mask[ALWAYS] = w_not(w_zero());
    for (size_t s = 0; s < p->n; s++) {
        word any = w_zero();
        for (size_t k = p->moves_to[s]; k < p->moves_to[s + 1]; k++)
            any = w_or(any, w_and(from[p->move[k].from], mask[p->move[k].mask]));
        to[s] = any;
    }
}

/* --- counting --------------------------------------------------------------------------------- */

struct counter { /* bit-sliced: level k counts 2^k, and may hold one word that waits for its pair */
    word level[LEVELS], waiting[LEVELS];
};

/* The word of turn number `turn`, from 0: bit k of it says whether a word waits at level k. */
static inline void count_word(struct counter *c, uint64_t turn, word x)
{
    int k = 0;
    for (; turn >> k & 1; k++) {
        word a = c->level[k], b = c->waiting[k], differ = w_xor(a, b);
        c->level[k] = w_xor(differ, x);
        x = w_or(w_and(a, b), w_and(differ, x));
    }
    c->waiting[k] = x;
}

static void spread(const word *w, unsigned weight, uint32_t *out)
{
    uint64_t bits[LANES_WORDS];
    memcpy(bits, w, sizeof bits);
    for (int k = 0; k < LANES_WORDS; k++)
        for (int bit = 0; bit < 64; bit++)
            out[64 * k + bit] += (uint32_t)(bits[k] >> bit & 1) << weight;
}

static void finish(const struct counter *c, uint64_t turns, uint32_t out[LANES])
{
    memset(out, 0, LANES * sizeof *out);
    for (unsigned k = 0; k < LEVELS && turns >> k; k++) {
        spread(&c->level[k], k, out);
        if (turns >> k & 1)
            spread(&c->waiting[k], k, out);
    }
}

/* --- the match -------------------------------------------------------------------------------- */

static inline word view(struct generator *g, word done, const struct chances *wrong)
{
    const word of[2] = { w_not(done), done };
    return w_xor(done, below(g, of, wrong));
}

void JOIN(lanes_play_, LANES_NAME)(const struct lanes_match *m, uint32_t (*count)[LANES])
{
    struct generator g;
    struct habit_lanes row, column;
    struct counter counter[LANES_COUNTS];
    struct chances wrong;
    uint64_t state[2][LANES_WORDS], misread[2] = { m->false_alarm, m->miss };
    lanes_seed(m->seed, m->stream, state);
    memcpy(g.s, state, sizeof g.s);
    for (int k = 0; k < LANES_COUNTS; k++)
        for (unsigned level = 0; level < LEVELS && m->turns >> level; level++)
            counter[k].level[level] = w_zero();
    begin(&row, m->row);
    begin(&column, m->column);
    make_chances(&wrong, misread, 2);
    for (uint64_t turn = 0; turn < m->turns; turn++) {
        int now = turn & 1;
        word a = act(&row, now, &g), b = act(&column, now, &g);
        word row_sees = view(&g, b, &wrong), column_sees = view(&g, a, &wrong);
        count_word(&counter[0], turn, a);
        count_word(&counter[1], turn, b);
        count_word(&counter[2], turn, w_and(a, b));
        move(&row, now, a, row_sees);
        move(&column, now, b, column_sees);
    }
    for (int k = 0; k < LANES_COUNTS; k++)
        finish(&counter[k], m->turns, count[k]);
}
