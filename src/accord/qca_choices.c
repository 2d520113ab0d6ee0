#include "qca_choices.h"

#include <stdlib.h>
#include <string.h>

enum { STATES_MAX = 1 << 18 };

struct reach { /* [words] each */
    uint64_t *once, *more, *sure; /* rows that exactly one list, several lists can cover; that some list covers in any case */
    uint64_t *any, *all;          /* of one list */
};

static bool is_empty(const uint64_t *a, size_t words)
{
    for (size_t w = 0; w < words; w++)
        if (a[w])
            return false;
    return true;
}

static void any_and_all(const struct qca_lists *l, size_t i, struct reach *r)
{
    memset(r->any, 0, l->words * sizeof *r->any);
    memset(r->all, 0xff, l->words * sizeof *r->all);
    for (size_t o = l->begin[i]; o < l->begin[i + 1]; o++)
        for (size_t w = 0; w < l->words; w++) {
            r->any[w] |= l->bits[o * l->words + w];
            r->all[w] &= l->bits[o * l->words + w];
        }
}

/* Which rows how many lists can cover. */
static void survey(const struct qca_lists *l, struct reach *r)
{
    memset(r->once, 0, 3 * l->words * sizeof *r->once);
    for (size_t i = 0; i < l->n; i++) {
        any_and_all(l, i, r);
        for (size_t w = 0; w < l->words; w++) {
            r->more[w] |= r->once[w] & r->any[w];
            r->once[w] |= r->any[w];
            r->sure[w] |= r->all[w];
        }
    }
    for (size_t w = 0; w < l->words; w++)
        r->once[w] &= ~r->more[w];
}

/* Only options that have the rows their list alone can cover stay. Returns how many went. */
static size_t bind(struct qca_lists *l, const uint64_t *rows, struct reach *r)
{
    size_t to = 0, from = 0, gone = 0;
    for (size_t i = 0; i < l->n; i++) {
        size_t end = l->begin[i + 1];
        any_and_all(l, i, r); /* before begin[i] moves with the options */
        l->begin[i] = to;
        for (; from < end; from++) {
            bool keeps = true;
            for (size_t w = 0; w < l->words; w++)
                keeps &= !(rows[w] & r->once[w] & r->any[w] & ~l->bits[from * l->words + w]);
            if (!keeps) {
                gone++;
                continue;
            }
            memmove(l->bits + to * l->words, l->bits + from * l->words, l->words * sizeof *l->bits);
            if (l->id)
                l->id[to] = l->id[from];
            l->times[to++] = l->times[from];
        }
    }
    l->begin[l->n] = to;
    return gone;
}

/* See only the rows left; options that are then equal become one, lists without a row left become a factor. */
static bool condense(struct qca_lists *l, const uint64_t *rows, qca_count *factor)
{
    size_t to = 0, lists = 0, from = 0, words = l->words;
    for (size_t i = 0; i < l->n; i++) {
        size_t begin = to, end = l->begin[i + 1];
        uint64_t any = 0;
        for (; from < end; from++) {
            uint64_t *bits = l->bits + to * words;
            for (size_t w = 0; w < words; w++)
                any |= bits[w] = l->bits[from * words + w] & rows[w];
            size_t same = begin;
            while (same < to && memcmp(l->bits + same * words, bits, words * sizeof *bits))
                same++;
            qca_count times = l->times[from];
            if (same == to)
                l->times[to++] = times;
            else if (__builtin_add_overflow(l->times[same], times, &l->times[same]))
                return false;
        }
        if (any) {
            l->begin[lists++] = begin;
            continue;
        }
        if (begin == to)
            *factor = 0; /* a list without an option */
        else if (__builtin_mul_overflow(*factor, l->times[begin], factor))
            return false;
        to = begin;
    }
    l->begin[lists] = to;
    l->n = lists;
    return true;
}

/* --- lists that share rows: one after another, by the sets of rows covered so far ---------------------------- */

struct states { /* sets of rows, each with the number of ways to it; a table by hash */
    size_t n, slots, words;
    uint64_t *rows;   /* [slots][words] */
    qca_count *times; /* [slots] 0 = free */
};

static bool states_new(struct states *s, size_t slots, size_t words)
{
    *s = (struct states){ .slots = slots, .words = words };
    s->times = calloc(slots, sizeof *s->times + words * sizeof *s->rows);
    s->rows = (uint64_t *)(void *)(s->times + slots);
    return s->times != NULL;
}

static size_t place_of(const struct states *s, const uint64_t *rows)
{
    uint64_t h = 0;
    for (size_t w = 0; w < s->words; w++) {
        h = (h ^ rows[w] ^ rows[w] >> 30) * 0xBF58476D1CE4E5B9u; /* every row must reach the low bits */
        h = (h ^ h >> 27) * 0x94D049BB133111EBu;
        h ^= h >> 31;
    }
    size_t at = h & (s->slots - 1);
    while (s->times[at] && memcmp(s->rows + at * s->words, rows, s->words * sizeof *rows))
        at = (at + 1) & (s->slots - 1);
    return at;
}

static enum qca_choices_status states_add(struct states *s, const uint64_t *rows, qca_count times)
{
    if (2 * s->n >= s->slots) {
        struct states more;
        if (s->n > STATES_MAX)
            return QCA_CHOICES_TABLE_FULL;
        if (!states_new(&more, s->slots * 2, s->words))
            return QCA_CHOICES_NO_MEMORY;
        for (size_t i = 0; i < s->slots; i++)
            if (s->times[i]) {
                size_t at = place_of(&more, s->rows + i * s->words);
                memcpy(more.rows + at * s->words, s->rows + i * s->words, s->words * sizeof *rows);
                more.times[at] = s->times[i];
            }
        more.n = s->n;
        free(s->times);
        *s = more;
    }
    size_t at = place_of(s, rows);
    if (!s->times[at]) {
        memcpy(s->rows + at * s->words, rows, s->words * sizeof *rows);
        s->n++;
    }
    return __builtin_add_overflow(s->times[at], times, &s->times[at]) ? QCA_CHOICES_TOO_MANY : QCA_CHOICES_OK;
}

/* The list that is the last to cover most rows, among those not taken; ties: the shortest. */
static size_t next_list(const struct qca_lists *l, const uint8_t *taken, const uint64_t *any)
{
    size_t best = SIZE_MAX, most = 0;
    for (size_t i = 0; i < l->n; i++) {
        size_t closes = 0;
        if (taken[i])
            continue;
        for (size_t w = 0; w < l->words; w++) {
            uint64_t later = 0;
            for (size_t o = 0; o < l->n; o++)
                later |= o != i && !taken[o] ? any[o * l->words + w] : 0;
            closes += (size_t)__builtin_popcountll(any[i * l->words + w] & ~later);
        }
        size_t score = closes * 4096 + 4095 - (l->begin[i + 1] - l->begin[i] > 4095 ? 4095 : l->begin[i + 1] - l->begin[i]);
        if (best == SIZE_MAX || score > most)
            best = i, most = score;
    }
    return best;
}

static double price_of(const struct qca_lists *l, const uint64_t *rows)
{
    double sum = 0;
    for (size_t w = 0; l->price && w < l->words; w++)
        for (uint64_t b = rows[w]; b; b &= b - 1)
            sum += l->price[w * 64 + (size_t)__builtin_ctzll(b)];
    return sum;
}

/* What the lists not taken can pay at most. */
static double purse(const struct qca_lists *l, const uint8_t *taken)
{
    double sum = 1e-9;
    for (size_t i = 0; i < l->n; i++) {
        double most = 0;
        for (size_t o = l->begin[i]; !taken[i] && o < l->begin[i + 1]; o++) {
            double here = price_of(l, l->bits + o * l->words);
            most = here > most ? here : most;
        }
        sum += most;
    }
    return sum;
}

/* Each state with each option; rows that no later list can cover must be covered now, and are the same for all states from then on. */
static enum qca_choices_status step(const struct qca_lists *l, size_t list, const uint64_t *rows, const uint64_t *later, const struct states *from,
                                    struct states *to, double later_pays, uint64_t *scratch, uint64_t *work, uint64_t work_limit)
{
    for (size_t i = 0; i < from->slots; i++)
        for (size_t o = l->begin[list]; from->times[i] && o < l->begin[list + 1]; o++) {
            bool possible = true;
            qca_count times;
            for (size_t w = 0; w < l->words; w++) {
                scratch[w] = (from->rows[i * l->words + w] | l->bits[o * l->words + w]) & rows[w];
                possible &= !(rows[w] & ~(scratch[w] | later[w]));
            }
            *work += 4 + l->words;
            if (*work > work_limit)
                return QCA_CHOICES_TOO_MANY;
            if (!possible)
                continue;
            for (size_t w = 0; w < l->words; w++)
                scratch[l->words + w] = rows[w] & ~scratch[w];
            if (price_of(l, scratch + l->words) > later_pays)
                continue;
            if (__builtin_mul_overflow(from->times[i], l->times[o], &times))
                return QCA_CHOICES_TOO_MANY;
            enum qca_choices_status status = states_add(to, scratch, times);
            if (status)
                return status;
        }
    *work += from->slots;
    return QCA_CHOICES_OK;
}

static enum qca_choices_status sweep(const struct qca_lists *l, const uint64_t *rows, uint64_t *work, uint64_t work_limit, qca_count *count)
{
    size_t words = l->words;
    uint64_t *any = calloc((l->n + 3) * words, sizeof *any);
    uint8_t *taken = calloc(l->n, 1);
    struct states now = { 0 }, next = { 0 };
    enum qca_choices_status status = any && taken && states_new(&now, 16, words) ? QCA_CHOICES_OK : QCA_CHOICES_NO_MEMORY;
    uint64_t *later = any ? any + l->n * words : NULL, *scratch = any ? later + words : NULL;
    if (!status)
        status = states_add(&now, scratch, 1); /* nothing is covered */
    for (size_t i = 0; !status && i < l->n; i++)
        for (size_t o = l->begin[i]; o < l->begin[i + 1]; o++)
            for (size_t w = 0; w < words; w++)
                any[i * words + w] |= l->bits[o * words + w];
    for (size_t turn = 0; !status && turn < l->n; turn++) {
        size_t list = next_list(l, taken, any);
        taken[list] = 1;
        memset(later, 0, words * sizeof *later);
        for (size_t i = 0; i < l->n; i++)
            for (size_t w = 0; !taken[i] && w < words; w++)
                later[w] |= any[i * words + w];
        status = states_new(&next, 16, words) ? step(l, list, rows, later, &now, &next, purse(l, taken), scratch, work, work_limit) : QCA_CHOICES_NO_MEMORY;
        free(now.times);
        now = next;
        next.times = NULL;
    }
    *count = 0;
    for (size_t i = 0; !status && i < now.slots; i++)
        *count += now.times[i]; /* one state: everything is covered */
    free(now.times);
    free(any);
    free(taken);
    return status;
}

/* Bind until nothing changes; left [words]: rows not covered in any case. false: no way. */
static bool settle(struct qca_lists *l, uint64_t *left, struct reach *r, uint64_t *work)
{
    for (bool again = true; again;) {
        bool possible = true;
        *work += 2 * l->begin[l->n] * l->words;
        survey(l, r);
        for (size_t w = 0; w < l->words; w++) {
            possible &= !(left[w] & ~(r->once[w] | r->more[w]));
            left[w] &= ~r->sure[w];
        }
        for (size_t i = 0; i < l->n; i++)
            possible &= l->begin[i] < l->begin[i + 1];
        if (!possible)
            return false;
        again = bind(l, left, r) > 0;
    }
    return true;
}

static bool room_for(struct reach *r, uint64_t **left, const uint64_t *rows, size_t words)
{
    uint64_t *memory = malloc((6 * words + 1) * sizeof *memory);
    if (!memory)
        return false;
    *r = (struct reach){ memory + words, memory + 2 * words, memory + 3 * words, memory + 4 * words, memory + 5 * words };
    *left = memory;
    memcpy(memory, rows, words * sizeof *memory);
    return true;
}

enum qca_choices_status qca_choices_bind(struct qca_lists *l, const uint64_t *rows, uint64_t *work, bool *possible)
{
    struct reach r;
    uint64_t *left;
    if (!room_for(&r, &left, rows, l->words))
        return QCA_CHOICES_NO_MEMORY;
    *possible = settle(l, left, &r, work);
    free(left);
    return QCA_CHOICES_OK;
}

/* Too many sets of rows for one table: the shortest list option by option, each with the other lists bound by it. */
static enum qca_choices_status split(const struct qca_lists *l, const uint64_t *rows, uint64_t *work, uint64_t work_limit, qca_count *count)
{
    size_t shortest = 0, words = l->words, total = l->begin[l->n];
    for (size_t i = 1; i < l->n; i++)
        if (l->begin[i + 1] - l->begin[i] < l->begin[shortest + 1] - l->begin[shortest])
            shortest = i;
    char *memory = malloc(total * (sizeof(qca_count) + words * sizeof(uint64_t)) + (l->n + 1) * sizeof(size_t) + 16);
    enum qca_choices_status status = memory ? QCA_CHOICES_OK : QCA_CHOICES_NO_MEMORY;
    size_t first = l->begin[shortest], gone = l->begin[shortest + 1] - first - 1, after = l->begin[shortest + 1];
    *count = 0;
    for (size_t o = first; !status && o < after; o++) {
        struct qca_lists one = { .n = l->n, .words = words, .price = l->price, .times = (qca_count *)(void *)memory };
        qca_count ways = 0;
        one.bits = (uint64_t *)(void *)(one.times + total);
        one.begin = (size_t *)(void *)(one.bits + total * words);
        for (size_t i = 0; i <= l->n; i++)
            one.begin[i] = l->begin[i] - (i > shortest ? gone : 0);
        memcpy(one.bits, l->bits, first * words * sizeof *one.bits);
        memcpy(one.bits + first * words, l->bits + o * words, words * sizeof *one.bits);
        memcpy(one.bits + (first + 1) * words, l->bits + after * words, (total - after) * words * sizeof *one.bits);
        memcpy(one.times, l->times, first * sizeof *one.times);
        one.times[first] = l->times[o];
        memcpy(one.times + first + 1, l->times + after, (total - after) * sizeof *one.times);
        *work += total * words;
        status = qca_choices_count(&one, rows, work, work_limit, &ways);
        if (!status && __builtin_add_overflow(*count, ways, count))
            status = QCA_CHOICES_TOO_MANY;
    }
    free(memory);
    return status;
}

enum qca_choices_status qca_choices_count(struct qca_lists *l, const uint64_t *rows, uint64_t *work, uint64_t work_limit, qca_count *count)
{
    struct reach r;
    uint64_t *left;
    qca_count factor = 1, ways = 1;
    enum qca_choices_status status = QCA_CHOICES_OK;
    *count = 0;
    if (!room_for(&r, &left, rows, l->words))
        return QCA_CHOICES_NO_MEMORY;
    if (settle(l, left, &r, work)) {
        if (!condense(l, left, &factor))
            status = QCA_CHOICES_TOO_MANY;
        if (!status && factor && !is_empty(left, l->words))
            status = sweep(l, left, work, work_limit, &ways);
        if (status == QCA_CHOICES_TABLE_FULL)
            status = split(l, left, work, work_limit, &ways);
        if (!status && __builtin_mul_overflow(factor, ways, count))
            status = QCA_CHOICES_TOO_MANY;
    }
    free(left);
    return status;
}

/* --- listing ------------------------------------------------------------------------------------------------- */

struct listing {
    const struct qca_lists *l;
    const uint64_t *rows;
    uint64_t *later; /* [n][words] rows that a list after this one can cover */
    uint64_t *sofar; /* [n + 1][words] */
    size_t *option;  /* [n] */
    uint64_t *work, work_limit;
    bool (*found)(void *, const size_t *);
    void *ctx;
};

static bool list_from(struct listing *x, size_t i)
{
    const struct qca_lists *l = x->l;
    const uint64_t *sofar = x->sofar + i * l->words;
    uint64_t *next = x->sofar + (i + 1) * l->words;
    if (i == l->n)
        return x->found(x->ctx, x->option);
    for (size_t o = l->begin[i]; o < l->begin[i + 1]; o++) {
        bool possible = true;
        for (size_t w = 0; w < l->words; w++) {
            next[w] = sofar[w] | l->bits[o * l->words + w];
            possible &= !(x->rows[w] & ~(next[w] | x->later[i * l->words + w]));
        }
        *x->work += l->words;
        x->option[i] = o;
        if (*x->work > x->work_limit || (possible && !list_from(x, i + 1)))
            return false;
    }
    return true;
}

enum qca_choices_status qca_choices_list(const struct qca_lists *l, const uint64_t *rows, uint64_t *work, uint64_t work_limit,
                                         bool (*found)(void *ctx, const size_t *option), void *ctx)
{
    size_t words = l->words;
    struct listing x = { .l = l, .rows = rows, .work = work, .work_limit = work_limit, .found = found, .ctx = ctx };
    x.later = calloc((2 * l->n + 2) * words, sizeof *x.later);
    x.option = calloc(l->n + 1, sizeof *x.option);
    if (x.later && x.option) {
        x.sofar = x.later + l->n * words;
        for (size_t i = l->n; i-- > 1;)
            for (size_t w = 0; w < words; w++) {
                uint64_t any = i < l->n ? x.later[i * words + w] : 0;
                for (size_t o = l->begin[i]; o < l->begin[i + 1]; o++)
                    any |= l->bits[o * words + w];
                x.later[(i - 1) * words + w] = any;
            }
        (void)list_from(&x, 0);
    }
    enum qca_choices_status status = x.later && x.option ? QCA_CHOICES_OK : QCA_CHOICES_NO_MEMORY;
    free(x.later);
    free(x.option);
    return status;
}
