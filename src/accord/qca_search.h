/* qca_search.h - minimal transversals of one ON row's difference sets; see qca_implicants.h. */
#ifndef PARLEY_ACCORD_QCA_SEARCH_H
#define PARLEY_ACCORD_QCA_SEARCH_H

#include "qca_implicants.h"

/* State of a search is one bit vector: `half` words of edges not yet hit, then `half` words of ON rows still covered. Adding
 * condition v clears effect[v] in both. */
struct qca_search {
    size_t half;             /* 1, 2, 4, 8 have their own code; others the general one */
    size_t n_edges;
    const uint64_t *edge;    /* [n_edges] */
    const uint64_t *effect;  /* [64][2 * half] aligned to 64 */
    const uint64_t *earlier; /* [half] ON rows before this one: an implicant that covers one of them was found there */
    const uint64_t *differs; /* [n_on] conditions in which this row differs from each ON row */
    uint64_t *stack;         /* see qca_search_stack_words */
    void *ctx;
    bool (*found)(void *ctx, uint64_t mask, const uint64_t *cover); /* false = stop */
    bool stopped;
};

static inline size_t qca_search_stack_words(size_t half) { return 66 * 2 * half + (size_t)66 * 66 * half; }

void qca_search_run(struct qca_search *search, uint64_t candidates, const uint64_t *start);

#endif
