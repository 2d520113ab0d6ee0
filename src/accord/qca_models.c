#include "qca_models.h"

#include "qca_few.h"
#include "qca_implied.h"
#include "qca_lagrange.h"

#include <stdlib.h>
#include <string.h>

enum { MEMO_MAX = 1 << 22, TICK_WORK = 20000000, TIGHTEN_FROM = 24, TIGHTEN_STEPS = 60, FEW = 3, FEW_COLUMNS = 128 };
static const double SLACK = 1e-6;

struct part { /* what is left of the chart: rows to cover, and columns by their rows in there */
    size_t n, words;
    uint64_t *rows;      /* [words] */
    uint64_t *bits;      /* [n][words] */
    qca_count *times;    /* [n] implicants behind a column */
    uint32_t *id;        /* [n] group, for listing; NULL when counting */
    const double *price; /* [rows of the chart] dual prices, owned by someone above */
};

struct entry {
    uint64_t key[2];
    qca_count count;
};

struct memo {
    struct entry *entry;
    size_t slots, used;
};

static bool part_new(struct part *p, size_t n, size_t words, bool ids)
{
    size_t bytes = n * sizeof(qca_count) + (n + 1) * words * sizeof(uint64_t) + n * sizeof(uint32_t) + 16;
    char *m = malloc(bytes);
    *p = (struct part){ .n = n, .words = words };
    if (!m)
        return false;
    p->times = (qca_count *)(void *)m;
    p->rows = (uint64_t *)(void *)(m + n * sizeof(qca_count));
    p->bits = p->rows + words;
    p->id = ids ? (uint32_t *)(void *)(p->bits + n * words) : NULL;
    return true;
}

static void part_release(struct part *p) { free(p->times); }

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

static uint64_t hash(const uint64_t *a, size_t words, uint64_t seed)
{
    for (size_t w = 0; w < words; w++)
        seed = mix(seed + a[w] * 0xD6E8FEB86659FD93u) + 0x9E3779B97F4A7C15u * (w + 1);
    return seed;
}

/* 128 bits that do not depend on the order of the columns; equal charts have equal keys, others do with a chance of about
 * 2^-100 in the largest table. */
static void key_of(const struct part *p, size_t budget, uint64_t key[2])
{
    for (int k = 0; k < 2; k++) {
        uint64_t seed = k ? 0x5851F42D4C957F2Du : 0x14057B7EF767814Fu;
        key[k] = hash(p->rows, p->words, mix(seed ^ mix(budget + 0xA0761D6478BD642Fu))); /* neighbours of budget and rows must not meet */
        for (size_t c = 0; c < p->n; c++)
            key[k] += mix(hash(p->bits + c * p->words, p->words, seed) ^ mix((uint64_t)p->times[c] ^ mix((uint64_t)(p->times[c] >> 64))));
    }
}

static struct entry *memo_find(struct memo *m, const uint64_t key[2])
{
    size_t at = key[0] & (m->slots - 1);
    while ((m->entry[at].key[0] || m->entry[at].key[1]) && (m->entry[at].key[0] != key[0] || m->entry[at].key[1] != key[1]))
        at = (at + 1) & (m->slots - 1);
    return &m->entry[at];
}

static void memo_put(struct memo *m, const uint64_t key[2], qca_count count)
{
    if (2 * m->used >= m->slots) {
        if (m->slots >= MEMO_MAX * 2)
            return; /* full: what is not remembered is counted again */
        struct memo more = { .slots = m->slots * 2 };
        if (!(more.entry = calloc(more.slots, sizeof *more.entry)))
            return;
        for (size_t i = 0; i < m->slots; i++)
            if (m->entry[i].key[0] || m->entry[i].key[1])
                *memo_find(&more, m->entry[i].key) = m->entry[i];
        more.used = m->used;
        free(m->entry);
        *m = more;
    }
    struct entry *e = memo_find(m, key);
    if (!(e->key[0] || e->key[1]))
        m->used++;
    *e = (struct entry){ .key = { key[0], key[1] }, .count = count };
}

static bool is_empty(const uint64_t *a, size_t words)
{
    for (size_t w = 0; w < words; w++)
        if (a[w])
            return false;
    return true;
}

static double price_of(const double *price, const uint64_t *bits, size_t words)
{
    double sum = 0;
    for (size_t w = 0; w < words; w++)
        for (uint64_t b = bits[w]; b; b &= b - 1)
            sum += price[w * 64 + (size_t)__builtin_ctzll(b)];
    return sum;
}

/* The columns of `from` that are not dropped, seen on `rows` only; equal ones merged unless they are to be told apart. Columns too
 * dear for the budget go too. Sets *hopeless when the budget cannot do. */
static bool shrink(struct qca_models *m, const struct part *from, const uint8_t *dropped, const uint64_t *rows, size_t budget, bool merge,
                   struct part *out, bool *hopeless)
{
    size_t words = from->words, slots = 16, n = 0;
    double bound = 0;
    while (slots < 2 * from->n)
        slots *= 2;
    uint32_t *table = merge ? calloc(slots, sizeof *table) : NULL;
    double *reduced = malloc((from->n + 1) * sizeof *reduced);
    if ((merge && !table) || !reduced || !part_new(out, from->n, words, from->id != NULL)) {
        free(table);
        free(reduced);
        return false;
    }
    memcpy(out->rows, rows, words * sizeof *rows);
    out->price = from->price;
    bound = price_of(from->price, rows, words);
    for (size_t c = 0; c < from->n; c++) {
        uint64_t *to = out->bits + n * words, any = 0;
        if (dropped && dropped[c])
            continue;
        for (size_t w = 0; w < words; w++)
            any |= to[w] = from->bits[c * words + w] & rows[w];
        if (!any)
            continue;
        if (merge) {
            size_t at = hash(to, words, 1) & (slots - 1);
            while (table[at] && memcmp(out->bits + (size_t)(table[at] - 1) * words, to, words * sizeof *to))
                at = (at + 1) & (slots - 1);
            if (table[at]) {
                qca_count *times = &out->times[table[at] - 1];
                if (__builtin_add_overflow(*times, from->times[c], times))
                    m->stopped = true;
                continue;
            }
            table[at] = (uint32_t)n + 1;
        }
        out->times[n] = from->times[c];
        if (out->id)
            out->id[n] = from->id[c];
        reduced[n] = 1 - price_of(from->price, to, words);
        if (reduced[n] < 0 && merge)
            bound += reduced[n];
        n++;
    }
    m->work += from->n * (words + 2);
    out->n = n;
    *hopeless = merge && bound > (double)budget + SLACK;
    if (merge && !*hopeless) {
        size_t kept = 0;
        for (size_t c = 0; c < n; c++) {
            if (reduced[c] > 0 && bound + reduced[c] > (double)budget + SLACK)
                continue;
            if (kept != c) {
                memcpy(out->bits + kept * words, out->bits + c * words, words * sizeof *out->bits);
                out->times[kept] = out->times[c];
            }
            kept++;
        }
        out->n = kept;
    }
    free(table);
    free(reduced);
    return true;
}

/* The row to branch on: few columns, and each of them large, so that little is left in every branch (in trials on the synthetic
 * families this halves the time of the row with the fewest columns, and divides it by ten on some). *n_columns 0: a row has none. */
static size_t hardest_row(const struct part *p, uint32_t *n_columns)
{
    uint32_t times[64], sizes[64];
    size_t best = SIZE_MAX;
    double least = 1e300;
    for (size_t w = 0; w < p->words; w++) {
        if (!p->rows[w])
            continue;
        memset(times, 0, sizeof times);
        memset(sizes, 0, sizeof sizes);
        for (size_t c = 0; c < p->n; c++) {
            const uint64_t *bits = p->bits + c * p->words;
            uint32_t size = 0;
            for (size_t v = 0; bits[w] && v < p->words; v++)
                size += (uint32_t)__builtin_popcountll(bits[v]);
            for (uint64_t b = bits[w]; b; b &= b - 1) {
                times[__builtin_ctzll(b)]++;
                sizes[__builtin_ctzll(b)] += size;
            }
        }
        for (uint64_t b = p->rows[w]; b; b &= b - 1) {
            size_t r = (size_t)__builtin_ctzll(b);
            double score = (double)times[r] / (1 + sizes[r]);
            if (score < least) {
                least = score;
                best = w * 64 + r;
                *n_columns = times[r];
            }
            if (!times[r]) /* no cover at all */
                return *n_columns = 0, best;
        }
    }
    return best;
}

/* Rows connected with the first row through columns. */
static void component(const struct part *p, uint64_t *rows, uint8_t *taken)
{
    memset(rows, 0, p->words * sizeof *rows);
    for (size_t w = 0; w < p->words; w++)
        if (p->rows[w]) {
            rows[w] = p->rows[w] & -p->rows[w];
            break;
        }
    for (bool grown = true; grown;) {
        grown = false;
        for (size_t c = 0; c < p->n; c++) {
            const uint64_t *bits = p->bits + c * p->words;
            uint64_t common = 0;
            if (taken[c])
                continue;
            for (size_t w = 0; w < p->words; w++)
                common |= bits[w] & rows[w];
            if (!common)
                continue;
            taken[c] = 1;
            for (size_t w = 0; w < p->words; w++) {
                grown |= (bits[w] & ~rows[w]) != 0;
                rows[w] |= bits[w];
            }
        }
    }
}

static qca_count count(struct qca_models *m, const struct part *p, size_t budget);

static qca_count multiply(struct qca_models *m, qca_count a, qca_count b)
{
    qca_count c;
    if (__builtin_mul_overflow(a, b, &c))
        m->stopped = true;
    return c;
}

/* Independent parts: each takes its own least size. Returns true when there were two or more. */
static bool count_parts(struct qca_models *m, const struct part *p, size_t budget, qca_count *result)
{
    uint64_t rows[256], rest[256];
    uint8_t *taken;
    if (p->words > 256 || !(taken = calloc(p->n + 1, 1)))
        return false;
    component(p, rows, taken);
    bool all = true;
    for (size_t w = 0; w < p->words; w++) {
        rest[w] = p->rows[w] & ~rows[w];
        all &= !rest[w];
    }
    free(taken);
    if (all)
        return false;
    struct part one, other;
    bool hopeless;
    *result = 0;
    for (size_t size = 1; size < budget && !m->stopped; size++) {
        if (!shrink(m, p, NULL, rows, size, true, &one, &hopeless))
            return m->stopped = m->no_memory = true;
        qca_count here = hopeless ? 0 : count(m, &one, size);
        part_release(&one);
        if (!here)
            continue;
        if (!shrink(m, p, NULL, rest, budget - size, true, &other, &hopeless))
            return m->stopped = m->no_memory = true;
        *result = hopeless ? 0 : multiply(m, here, count(m, &other, budget - size));
        part_release(&other);
        break;
    }
    return true;
}

static bool may_go_on(struct qca_models *m)
{
    if (m->work > m->next_tick) {
        m->next_tick = m->work + TICK_WORK;
        if (!parley_tick(m->progress, (double)m->work, (double)m->work_limit, "models"))
            m->stopped = m->cancelled = true;
    }
    if (m->work > m->work_limit)
        m->stopped = true;
    return !m->stopped;
}

static qca_count count_branches(struct qca_models *m, const struct part *p, size_t budget)
{
    uint32_t options;
    size_t row = hardest_row(p, &options);
    m->work += p->n * p->words;
    if (!options)
        return 0;
    uint8_t *dropped = calloc(p->n + 1, 1);
    uint64_t *rows = malloc((p->words + 1) * sizeof *rows);
    qca_count total = 0;
    if (!dropped || !rows)
        m->stopped = m->no_memory = true;
    for (size_t c = 0; c < p->n && !m->stopped; c++) {
        const uint64_t *bits = p->bits + c * p->words;
        if (!(bits[row / 64] >> row % 64 & 1))
            continue;
        dropped[c] = 1;
        for (size_t w = 0; w < p->words; w++)
            rows[w] = p->rows[w] & ~bits[w];
        if (is_empty(rows, p->words)) {
            total += p->times[c];
            continue;
        }
        struct part child;
        bool hopeless;
        if (budget < 2)
            continue;
        if (!shrink(m, p, dropped, rows, budget - 1, true, &child, &hopeless)) {
            m->stopped = m->no_memory = true;
            break;
        }
        if (!hopeless) {
            qca_count term = multiply(m, p->times[c], count(m, &child, budget - 1));
            if (__builtin_add_overflow(total, term, &total))
                m->stopped = true;
        }
        part_release(&child);
    }
    free(dropped);
    free(rows);
    return total;
}

/* Better prices for this part alone, and the columns that are then too dear dropped. *better is to be released with *price;
 * false when there was no need or no memory. */
static bool tighten(struct qca_models *m, const struct part *p, size_t budget, double **price, struct part *better, bool *hopeless)
{
    size_t rows = m->chart->rows, entries = 0, local = 0;
    for (size_t i = 0; i < p->n * p->words; i++)
        entries += (size_t)__builtin_popcountll(p->bits[i]);
    struct qca_matrix chart;
    struct qca_lagrange l = { .iterations = TIGHTEN_STEPS, .step = .4, .upper = (double)budget + 1, .stop_at = (double)budget + SLACK };
    uint32_t *of = malloc((rows + 1) * sizeof *of);
    l.reduced = malloc((p->n + 1) * sizeof *l.reduced);
    *price = calloc(rows + 1, sizeof **price);
    bool ok = of && l.reduced && *price && qca_matrix_new(&chart, rows, p->n, entries);
    if (ok) {
        for (size_t r = 0; r < rows; r++)
            if (p->rows[r / 64] >> r % 64 & 1) {
                chart.price[local] = p->price[r];
                of[r] = (uint32_t)local++;
            }
        chart.rows = local;
        entries = 0;
        for (size_t c = 0; c < p->n; c++) {
            for (size_t w = 0; w < p->words; w++)
                for (uint64_t b = p->bits[c * p->words + w]; b; b &= b - 1)
                    chart.row[entries++] = of[w * 64 + (size_t)__builtin_ctzll(b)];
            chart.begin[c + 1] = (uint32_t)entries;
            chart.id[c] = (uint32_t)c;
        }
        ok = qca_lagrange_bound(&chart, &l);
        for (size_t r = 0; ok && r < rows; r++)
            if (p->rows[r / 64] >> r % 64 & 1)
                (*price)[r] = chart.price[of[r]];
        m->work += l.work;
        qca_matrix_release(&chart);
    }
    free(of);
    free(l.reduced);
    struct part priced = *p;
    priced.price = *price;
    ok = ok && shrink(m, &priced, NULL, p->rows, budget, true, better, hopeless);
    if (!ok) {
        free(*price);
        m->stopped = m->no_memory = true;
    }
    return ok;
}

/* Branch, or split into independent parts. */
static qca_count count_split(struct qca_models *m, const struct part *p, size_t budget)
{
    qca_count result = 0;
    return count_parts(m, p, budget, &result) ? result : count_branches(m, p, budget);
}

static qca_count count_tightened(struct qca_models *m, const struct part *p, size_t budget)
{
    double *price;
    struct part better;
    bool hopeless;
    qca_count result = 0;
    if (budget < 2 || p->n < TIGHTEN_FROM)
        return count_split(m, p, budget);
    if (!tighten(m, p, budget, &price, &better, &hopeless))
        return 0;
    if (!hopeless) /* many columns less may imply more rows */
        result = better.n * 8 < p->n * 7 ? count(m, &better, budget) : count_split(m, &better, budget);
    part_release(&better);
    free(price);
    return result;
}

/* Without the rows that others imply; false when there are none. What is left is in *out, its prices in *price. */
static bool drop_implied(struct qca_models *m, const struct part *p, size_t budget, struct part *out, double **price, bool *hopeless)
{
    uint64_t *rows = malloc((p->words + 1) * sizeof *rows);
    struct part from = *p;
    size_t removed = 0;
    bool ok = rows && (*price = malloc((m->chart->rows + 1) * sizeof **price));
    if (ok) {
        memcpy(*price, p->price, m->chart->rows * sizeof **price);
        memcpy(rows, p->rows, p->words * sizeof *rows);
        ok = qca_drop_implied_rows(p->bits, p->n, p->words, rows, *price, &removed);
        from.price = *price;
        m->work += p->n * p->words * 16;
        if (ok && removed)
            ok = shrink(m, &from, NULL, rows, budget, true, out, hopeless);
    }
    if (!ok)
        m->stopped = m->no_memory = true;
    if (!ok || !removed)
        free(*price);
    free(rows);
    return ok && removed;
}

static qca_count count_new(struct qca_models *m, const struct part *p, size_t budget)
{
    struct part less;
    double *price = NULL;
    bool hopeless = false;
    if (!drop_implied(m, p, budget, &less, &price, &hopeless))
        return m->stopped ? 0 : count_tightened(m, p, budget);
    qca_count result = hopeless ? 0 : count(m, &less, budget);
    part_release(&less);
    free(price);
    return result;
}

static qca_count count(struct qca_models *m, const struct part *p, size_t budget)
{
    uint64_t key[2];
    if (is_empty(p->rows, p->words))
        return 1;
    if (!budget || !may_go_on(m))
        return 0;
    if (budget <= FEW || (budget <= QCA_FEW && p->n <= FEW_COLUMNS)) {
        qca_count few;
        if (!qca_count_few(p->bits, p->times, p->n, p->words, p->rows, p->price, budget, &m->work, &few))
            m->stopped = true;
        return few;
    }
    key_of(p, budget, key);
    struct entry *e = memo_find(m->memo, key);
    if (e->key[0] || e->key[1])
        return e->count;
    qca_count result = count_new(m, p, budget);
    if (!m->stopped)
        memo_put(m->memo, key, result);
    return result;
}

bool qca_models_init(struct qca_models *models, const struct qca_chart *chart, size_t size, const double *price, double bound,
                     uint64_t work_limit, const struct parley_progress *progress)
{
    struct qca_models m = { .chart = chart, .size = size, .price = price, .work_limit = work_limit, .next_tick = TICK_WORK, .progress = progress };
    struct memo *memo = calloc(1, sizeof *memo);
    m.group = malloc((chart->n + 1) * sizeof *m.group);
    m.memo = memo;
    if (!memo || !m.group || !(memo->entry = calloc(1024, sizeof *memo->entry))) {
        free(memo);
        free(m.group);
        return false;
    }
    memo->slots = 1024;
    for (size_t g = 0; g < chart->n; g++)
        if (chart->multiplicity[g] && bound + 1 - price_of(price, chart->cover + g * chart->words, chart->words) <= (double)size + SLACK)
            m.group[m.n++] = (uint32_t)g;
    *models = m;
    return true;
}

void qca_models_release(struct qca_models *models)
{
    struct memo *memo = models->memo;
    if (memo)
        free(memo->entry);
    free(memo);
    free(models->group);
    *models = (struct qca_models){ 0 };
}

static bool whole_chart(const struct qca_models *m, struct part *p)
{
    const struct qca_chart *c = m->chart;
    if (!part_new(p, m->n, c->words, true))
        return false;
    p->price = m->price;
    memset(p->rows, 0, c->words * sizeof *p->rows);
    for (size_t r = 0; r < c->rows; r++)
        p->rows[r / 64] |= (uint64_t)1 << r % 64;
    p->n = 0;
    for (size_t i = 0; i < m->n; i++) {
        memcpy(p->bits + p->n * c->words, c->cover + m->group[i] * c->words, c->words * sizeof *p->bits);
        p->times[p->n] = c->multiplicity[m->group[i]];
        p->id[p->n++] = m->group[i];
    }
    return true;
}

static qca_count count_merged(struct qca_models *m, const struct part *p, size_t budget)
{
    struct part merged, plain = *p;
    bool hopeless;
    plain.id = NULL;
    if (!shrink(m, &plain, NULL, p->rows, budget, true, &merged, &hopeless)) {
        m->stopped = m->no_memory = true;
        return 0;
    }
    qca_count n = hopeless ? 0 : count(m, &merged, budget);
    part_release(&merged);
    return n;
}

bool qca_models_count(struct qca_models *m, qca_count *result)
{
    struct part p;
    m->stopped = false;
    if (!whole_chart(m, &p)) {
        m->no_memory = true;
        return false;
    }
    *result = count_merged(m, &p, m->size);
    part_release(&p);
    return !m->stopped;
}

struct listing {
    struct qca_models *m;
    bool (*found)(void *, const uint32_t *);
    void *ctx;
    uint32_t *path;
    size_t depth, n, max;
    bool end;
};

static void list(struct listing *l, const struct part *p)
{
    struct qca_models *m = l->m;
    size_t budget = m->size - l->depth;
    if (is_empty(p->rows, p->words)) {
        l->n++;
        l->end = !l->found(l->ctx, l->path) || l->n == l->max;
        return;
    }
    if (!budget || (!count_merged(m, p, budget) && !m->stopped))
        return; /* leads to no model; if the count was given up, look anyway */
    uint32_t options;
    size_t row = hardest_row(p, &options);
    uint8_t *dropped = calloc(p->n + 1, 1);
    uint64_t *rows = malloc((p->words + 1) * sizeof *rows);
    for (size_t c = 0; dropped && rows && c < p->n && !l->end && !m->stopped; c++) {
        const uint64_t *bits = p->bits + c * p->words;
        if (!(bits[row / 64] >> row % 64 & 1))
            continue;
        dropped[c] = 1;
        for (size_t w = 0; w < p->words; w++)
            rows[w] = p->rows[w] & ~bits[w];
        struct part child;
        bool hopeless;
        if (!shrink(m, p, dropped, rows, budget - 1, false, &child, &hopeless))
            break;
        l->path[l->depth++] = p->id[c];
        list(l, &child);
        l->depth--;
        part_release(&child);
    }
    free(dropped);
    free(rows);
}

size_t qca_models_list(struct qca_models *m, size_t max, bool (*found)(void *ctx, const uint32_t *group), void *ctx)
{
    struct listing l = { .m = m, .found = found, .ctx = ctx, .max = max };
    struct part p;
    m->stopped = false;
    l.path = malloc((m->size + 1) * sizeof *l.path);
    if (l.path && max && whole_chart(m, &p)) {
        list(&l, &p);
        part_release(&p);
    }
    free(l.path);
    return l.n;
}
