/* polytope.h - the vertices of { z >= 0, M z <= 1 }, M with positive whole entries, k rows, d columns.
 *
 * Labels: column c has label c (z_c = 0), row r has label d + r (row r is tight). A vertex is told by its set of tight labels. */
#ifndef PARLEY_GAME_POLYTOPE_H
#define PARLEY_GAME_POLYTOPE_H

#include <gmp.h>
#include <parley/arena.h>
#include <parley/error.h>
#include <parley/progress.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LABEL_WORDS = 4, LABELS_MAX = 64 * LABEL_WORDS };

struct labels {
    uint64_t w[LABEL_WORDS];
};

struct polytope {
    size_t k, d;
    const mpz_t *m;  /* [k * d] row by row, each > 0 */
    const double *f; /* the same as doubles, exactly; NULL if they do not fit */
};

struct vertices {
    struct labels *tight; /* [n] malloced; distinct */
    size_t n;
    bool simple; /* proven: exactly d labels are tight at each vertex */
};

/* Doubles decide where their proven error allows it. *certain = false: a sign was too close to call (a degenerate polytope, or
 * numbers too large); nothing is then returned. k + d <= 64. */
enum parley_status vertices_fast(const struct polytope *p, size_t max, const struct parley_progress *progress, struct vertices *out,
                                 bool *certain, struct parley_error *err);

/* Whole numbers throughout, lexicographic rule: any polytope. k + d <= LABELS_MAX. PARLEY_ELIMIT after max bases. */
enum parley_status vertices_exact(const struct polytope *p, size_t max, const struct parley_progress *progress, struct vertices *out,
                                  struct parley_error *err);

/* Are the basic variables with labels in `zero` exactly 0 where the s tight rows hold with equality in the s columns of the support? The
 * caller knows them to be below 1e-6 already. Decided modulo enough primes of 61 bits. */
bool zero_proven(const struct polytope *p, const uint8_t *support, const uint8_t *tight, size_t s, uint64_t zero);

static inline bool labels_has(const struct labels *l, size_t i) { return l->w[i / 64] >> (i % 64) & 1; }
static inline void labels_flip(struct labels *l, size_t i) { l->w[i / 64] ^= (uint64_t)1 << (i % 64); }
static inline bool labels_equal(const struct labels *a, const struct labels *b)
{
    uint64_t x = 0;
    for (int i = 0; i < LABEL_WORDS; i++)
        x |= a->w[i] ^ b->w[i];
    return !x;
}

/* A set of label sets. */
struct label_table {
    struct labels *slot; /* empty slots are all zero bits; the set without labels may not be stored */
    size_t n, cap;
};
bool label_table_add(struct label_table *t, const struct labels *l, bool *added); /* false: out of memory */
bool label_table_has(const struct label_table *t, const struct labels *l);
void label_table_release(struct label_table *t);

#endif
