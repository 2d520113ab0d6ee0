/* The same search compiled for several widths of the bit vectors and several instruction sets. */
#include "qca_search.h"

#include "qca_simd.h"

#include <string.h>

enum { LOOK_AHEAD = 12, LOOK_EARLIER = 6 };

#define PASTE2(a, b) a##_##b
#define PASTE(a, b) PASTE2(a, b)
#define NAME(x) PASTE(x, SUFFIX)

#define TARGET
#define SUFFIX any_plain
#define HALF half
#include "qca_search_body.h"
#undef SUFFIX
#undef HALF
#define SUFFIX w1_plain
#define HALF 1
#include "qca_search_body.h"
#undef SUFFIX
#undef HALF
#define SUFFIX w4_plain
#define HALF 4
#include "qca_search_body.h"
#undef SUFFIX
#undef HALF
#undef TARGET

#if QCA_X86
#define TARGET QCA_AVX2
#define SUFFIX any_avx2
#define HALF half
#include "qca_search_body.h"
#undef SUFFIX
#undef HALF
#define SUFFIX w1_avx2
#define HALF 1
#include "qca_search_body.h"
#undef SUFFIX
#undef HALF
#define SUFFIX w2_avx2
#define HALF 2
#include "qca_search_body.h"
#undef SUFFIX
#undef HALF
#define SUFFIX w4_avx2
#define HALF 4
#include "qca_search_body.h"
#undef SUFFIX
#undef HALF
#define SUFFIX w8_avx2
#define HALF 8
#include "qca_search_body.h"
#undef SUFFIX
#undef HALF
#undef TARGET
#endif

typedef void descend_fn(struct qca_search *, unsigned, uint64_t, uint64_t, const uint64_t *, const uint64_t *);

static descend_fn *pick(size_t half)
{
#if QCA_X86
    if (qca_has_avx2())
        return half == 1 ? descend_w1_avx2 : half == 2 ? descend_w2_avx2 : half == 4 ? descend_w4_avx2 : half == 8 ? descend_w8_avx2 : descend_any_avx2;
#endif
    return half == 1 ? descend_w1_plain : half == 4 ? descend_w4_plain : descend_any_plain;
}

void qca_search_run(struct qca_search *search, uint64_t candidates, const uint64_t *start)
{
    uint64_t left = 0;
    for (size_t w = 0; w < search->half; w++)
        left |= start[w];
    search->stopped = false;
    if (!left) { /* nothing to avoid: the empty product */
        bool mine = true;
        for (size_t w = 0; w < search->half; w++)
            mine &= !(start[search->half + w] & search->earlier[w]);
        if (mine)
            search->found(search->ctx, 0, start + search->half);
        return;
    }
    memcpy(search->stack, start, 2 * search->half * sizeof *start);
    pick(search->half)(search, 0, 0, candidates, search->stack, search->stack + 66 * 2 * search->half);
}
