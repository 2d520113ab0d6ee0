/* Hash table of label sets (linear probing, at most half full). */
#include "polytope.h"

#include <stdlib.h>

static size_t hash(const struct labels *l)
{
    uint64_t h = 0;
    for (int i = 0; i < LABEL_WORDS; i++) {
        h = (h ^ l->w[i]) * 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
    }
    return (size_t)(h ^ h >> 32);
}

static bool empty(const struct labels *l) { return !(l->w[0] | l->w[1] | l->w[2] | l->w[3]); }

static size_t find(const struct label_table *t, const struct labels *l)
{
    size_t at = hash(l) & (t->cap - 1);
    while (!empty(&t->slot[at]) && !labels_equal(&t->slot[at], l))
        at = (at + 1) & (t->cap - 1);
    return at;
}

bool label_table_add(struct label_table *t, const struct labels *l, bool *added)
{
    if (2 * t->n >= t->cap) {
        struct label_table grown = { .n = t->n, .cap = t->cap ? 2 * t->cap : 64 };
        if (!(grown.slot = calloc(grown.cap, sizeof *grown.slot)))
            return false;
        for (size_t i = 0; i < t->cap; i++)
            if (!empty(&t->slot[i]))
                grown.slot[find(&grown, &t->slot[i])] = t->slot[i];
        free(t->slot);
        *t = grown;
    }
    size_t at = find(t, l);
    *added = empty(&t->slot[at]);
    if (*added) {
        t->slot[at] = *l;
        t->n++;
    }
    return true;
}

bool label_table_has(const struct label_table *t, const struct labels *l) { return t->cap && !empty(&t->slot[find(t, l)]); }

void label_table_release(struct label_table *t)
{
    free(t->slot);
    *t = (struct label_table){ 0 };
}
