#include "qca_implied.h"

#include <stdlib.h>
#include <string.h>

struct line { /* a row and the number of its columns */
    uint32_t row, n;
};

static int shorter(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    return x->n != y->n ? (x->n > y->n) - (x->n < y->n) : (x->row > y->row) - (x->row < y->row);
}

static bool within(const uint64_t *a, const uint64_t *b, size_t words)
{
    for (size_t w = 0; w < words; w++)
        if (a[w] & ~b[w])
            return false;
    return true;
}

/* Row by row the set of its columns. */
static void transpose(const uint64_t *bits, size_t n, size_t words, const uint64_t *rows, const uint32_t *local, uint64_t *sets, size_t set_words,
                      struct line *line)
{
    for (size_t c = 0; c < n; c++)
        for (size_t w = 0; w < words; w++)
            for (uint64_t b = bits[c * words + w] & rows[w]; b; b &= b - 1) {
                uint32_t at = local[w * 64 + (size_t)__builtin_ctzll(b)];
                sets[at * set_words + c / 64] |= (uint64_t)1 << c % 64;
                line[at].n++;
            }
}

bool qca_drop_implied_rows(const uint64_t *bits, size_t n, size_t words, uint64_t *rows, double *price, size_t *removed)
{
    size_t set_words = (n + 63) / 64, n_rows = 0, kept = 0;
    for (size_t w = 0; w < words; w++)
        n_rows += (size_t)__builtin_popcountll(rows[w]);
    *removed = 0;
    char *memory = calloc(1, n_rows * set_words * sizeof(uint64_t) + n_rows * (sizeof(struct line) + sizeof(uint32_t)) + words * 64 * sizeof(uint32_t) + 8);
    if (!memory)
        return false;
    uint64_t *sets = (uint64_t *)(void *)memory;
    struct line *line = (struct line *)(void *)(sets + n_rows * set_words);
    uint32_t *local = (uint32_t *)(void *)(line + n_rows), *stays = local + words * 64;
    size_t i = 0;
    for (size_t w = 0; w < words; w++)
        for (uint64_t b = rows[w]; b; b &= b - 1, i++) {
            line[i].row = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(b));
            local[line[i].row] = (uint32_t)i;
        }
    transpose(bits, n, words, rows, local, sets, set_words, line);
    qsort(line, n_rows, sizeof *line, shorter);
    for (i = 0; i < n_rows; i++) {
        uint32_t row = line[i].row;
        const uint64_t *set = sets + local[row] * set_words;
        size_t s = 0;
        while (s < kept && !within(sets + local[stays[s]] * set_words, set, set_words))
            s++;
        if (s == kept) {
            stays[kept++] = row;
            continue;
        }
        price[stays[s]] += price[row];
        price[row] = 0;
        rows[row / 64] &= ~((uint64_t)1 << row % 64);
        ++*removed;
    }
    free(memory);
    return true;
}
