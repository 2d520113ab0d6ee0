#include "qca_few.h"

#include <stdlib.h>
#include <string.h>

struct few {
    const uint64_t *bits;
    const qca_count *times;
    size_t words, set_words, n_rows;
    uint64_t *sets;   /* [n_rows][set_words] columns of a row */
    uint32_t *row;    /* [n_rows] its place in a column's bits */
    uint64_t *alive;  /* [QCA_FEW][set_words] columns not yet tried on this level */
    uint32_t *open;   /* [QCA_FEW + 1][n_rows] rows not yet covered */
    const double *price; /* [rows of the chart] */
    double dearest;   /* what a column's rows cost together, at most */
    uint64_t work;
    bool overflow;
};

static void add(struct few *f, qca_count *total, qca_count a, qca_count b)
{
    qca_count product;
    f->overflow |= __builtin_mul_overflow(a, b, &product);
    f->overflow |= __builtin_add_overflow(*total, product, total);
}

/* Columns that cover every open row. */
static qca_count last_column(struct few *f, const uint32_t *open, size_t n_open, const uint64_t *alive, uint64_t *common)
{
    qca_count total = 0;
    memcpy(common, alive, f->set_words * sizeof *common);
    for (size_t i = 0; i < n_open; i++) {
        const uint64_t *set = f->sets + open[i] * f->set_words;
        uint64_t any = 0;
        for (size_t w = 0; w < f->set_words; w++)
            any |= common[w] &= set[w];
        f->work += f->set_words;
        if (!any)
            return 0;
    }
    for (size_t w = 0; w < f->set_words; w++)
        for (uint64_t b = common[w]; b; b &= b - 1)
            add(f, &total, f->times[w * 64 + (size_t)__builtin_ctzll(b)], 1);
    return total;
}

/* The open row with the fewest columns left. */
static size_t hardest(struct few *f, const uint32_t *open, size_t n_open, const uint64_t *alive, size_t *fewest)
{
    size_t best = 0;
    *fewest = SIZE_MAX;
    for (size_t i = 0; i < n_open; i++) {
        const uint64_t *set = f->sets + open[i] * f->set_words;
        size_t n = 0;
        for (size_t w = 0; w < f->set_words; w++)
            n += (size_t)__builtin_popcountll(set[w] & alive[w]);
        if (n < *fewest)
            best = i, *fewest = n;
    }
    f->work += n_open * f->set_words;
    return best;
}

/* No column pays for more than the dearest does. */
static bool too_dear(struct few *f, const uint32_t *open, size_t n_open, size_t budget)
{
    double sum = 0;
    for (size_t i = 0; i < n_open; i++)
        sum += f->price[f->row[open[i]]];
    return sum > (double)budget * f->dearest + 1e-9;
}

static qca_count search(struct few *f, const uint32_t *open, size_t n_open, const uint64_t *alive_above, size_t budget)
{
    uint64_t *alive = f->alive + (budget - 1) * f->set_words;
    qca_count total = 0;
    if (budget == 1)
        return last_column(f, open, n_open, alive_above, alive);
    if (too_dear(f, open, n_open, budget))
        return 0;
    size_t fewest, at = hardest(f, open, n_open, alive_above, &fewest);
    if (!fewest)
        return 0;
    memcpy(alive, alive_above, f->set_words * sizeof *alive);
    const uint64_t *set = f->sets + open[at] * f->set_words;
    uint32_t *left = f->open + budget * f->n_rows;
    for (size_t w = 0; w < f->set_words; w++)
        for (uint64_t b = set[w] & alive_above[w]; b; b &= b - 1) {
            size_t c = w * 64 + (size_t)__builtin_ctzll(b), n_left = 0;
            alive[w] &= ~(b & -b);
            for (size_t i = 0; i < n_open; i++) {
                uint32_t place = f->row[open[i]];
                left[n_left] = open[i];
                n_left += !(f->bits[c * f->words + place / 64] >> place % 64 & 1);
            }
            add(f, &total, f->times[c], n_left ? search(f, left, n_left, alive, budget - 1) : 1);
        }
    return total;
}

bool qca_count_few(const uint64_t *bits, const qca_count *times, size_t n, size_t words, const uint64_t *rows, const double *price, size_t budget,
                   uint64_t *work, qca_count *count)
{
    struct few f = { .bits = bits, .times = times, .words = words, .price = price, .set_words = (n + 63) / 64 };
    for (size_t w = 0; w < words; w++)
        f.n_rows += (size_t)__builtin_popcountll(rows[w]);
    uint64_t *memory = calloc((f.n_rows + QCA_FEW + 1) * f.set_words + 1, sizeof *memory);
    uint32_t *numbers = malloc((f.n_rows * (QCA_FEW + 3) + words * 64) * sizeof *numbers + 1);
    if (!memory || !numbers) {
        free(memory);
        free(numbers);
        return false;
    }
    uint64_t *all = memory;
    f.alive = all + f.set_words;
    f.sets = f.alive + QCA_FEW * f.set_words;
    f.row = numbers;
    f.open = f.row + f.n_rows;
    uint32_t *local = f.open + (QCA_FEW + 2) * f.n_rows;
    size_t i = 0;
    for (size_t w = 0; w < words; w++)
        for (uint64_t b = rows[w]; b; b &= b - 1, i++) {
            f.row[i] = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(b));
            f.open[i] = local[f.row[i]] = (uint32_t)i;
        }
    for (size_t c = 0; c < n; c++) {
        double sum = 0;
        all[c / 64] |= (uint64_t)1 << c % 64;
        for (size_t w = 0; w < words; w++)
            for (uint64_t b = bits[c * words + w] & rows[w]; b; b &= b - 1) {
                size_t r = w * 64 + (size_t)__builtin_ctzll(b);
                f.sets[local[r] * f.set_words + c / 64] |= (uint64_t)1 << c % 64;
                sum += price[r];
            }
        f.dearest = sum > f.dearest ? sum : f.dearest;
    }
    *count = search(&f, f.open, f.n_rows, all, budget);
    *work += f.work + n * words;
    free(memory);
    free(numbers);
    return !f.overflow;
}
