/* The search for one width and one instruction set: HALF (words), TARGET (attribute), NAME(x) (a suffix) are set by qca_search.c.
 * No include guard: it is included once for each combination. */

TARGET static inline bool NAME(empty)(const uint64_t *a, size_t half)
{
    uint64_t any = 0;
    (void)half;
    for (size_t w = 0; w < HALF; w++)
        any |= a[w];
    return !any;
}

/* Is the criterion of every member left when `effect` is taken away: does each still hit an edge alone? */
TARGET static inline bool NAME(critical)(const uint64_t *crit, unsigned depth, const uint64_t *effect, size_t half)
{
    (void)half;
    for (unsigned d = 0; d < depth; d++) {
        uint64_t any = 0;
        for (size_t w = 0; w < HALF; w++)
            any |= crit[d * HALF + w] & ~effect[w];
        if (!any)
            return false;
    }
    return true;
}

/* An uncovered edge with few candidates, among the first ones; 0 if one of these has none (dead end). */
TARGET static inline uint64_t NAME(choose)(const struct qca_search *s, const uint64_t *uncovered, uint64_t candidates, size_t half)
{
    uint64_t best = 0;
    int best_n = 65, looked = 0;
    (void)half;
    for (size_t w = 0; w < HALF; w++)
        for (uint64_t bits = uncovered[w]; bits; bits &= bits - 1) {
            uint64_t options = s->edge[w * 64 + (size_t)__builtin_ctzll(bits)] & candidates;
            int n = __builtin_popcountll(options);
            if (n < best_n) {
                best_n = n;
                best = options;
                if (n <= 1)
                    return best;
            }
            if (++looked == LOOK_AHEAD)
                return best;
        }
    return best;
}

/* Can the candidates still turn every earlier ON row away? Looks at a few only. */
TARGET static inline bool NAME(hopeless)(const struct qca_search *s, const uint64_t *cover, uint64_t candidates, size_t half)
{
    int looked = 0;
    (void)half;
    for (size_t w = 0; w < HALF; w++)
        for (uint64_t bits = cover[w] & s->earlier[w]; bits; bits &= bits - 1) {
            if (!(s->differs[w * 64 + (size_t)__builtin_ctzll(bits)] & candidates))
                return true;
            if (++looked == LOOK_EARLIER)
                return false;
        }
    return false;
}

TARGET static void NAME(descend)(struct qca_search *s, unsigned depth, uint64_t chosen, uint64_t candidates, const uint64_t *state,
                                 const uint64_t *crit)
{
    const size_t half = s->half;
    (void)half;
    uint64_t *next = s->stack + (size_t)(depth + 1) * 2 * HALF;
    uint64_t *next_crit = s->stack + (size_t)66 * 2 * HALF + (size_t)(depth + 1) * 66 * HALF;
    if (NAME(hopeless)(s, state + HALF, candidates, half))
        return;
    uint64_t options = NAME(choose)(s, state, candidates, half);
    candidates &= ~options;
    for (; options && !s->stopped; options &= options - 1) {
        unsigned v = (unsigned)__builtin_ctzll(options);
        const uint64_t *effect = s->effect + (size_t)v * 2 * HALF;
        if (!NAME(critical)(crit, depth, effect, half))
            continue; /* v makes a member redundant, and would in every larger set too */
        uint64_t left = 0, alive = 0;
        for (size_t w = 0; w < 2 * HALF; w++)
            next[w] = state[w] & ~effect[w];
        for (size_t w = 0; w < HALF; w++) {
            left |= next[w];
            alive |= next[HALF + w] & s->earlier[w];
        }
        if (!left) {
            if (!alive && !s->found(s->ctx, chosen | (uint64_t)1 << v, next + HALF))
                s->stopped = true;
        } else {
            for (unsigned d = 0; d < depth; d++)
                for (size_t w = 0; w < HALF; w++)
                    next_crit[d * HALF + w] = crit[d * HALF + w] & ~effect[w];
            for (size_t w = 0; w < HALF; w++)
                next_crit[depth * HALF + w] = state[w] & effect[w];
            NAME(descend)(s, depth + 1, chosen | (uint64_t)1 << v, candidates, next, next_crit);
        }
        candidates |= (uint64_t)1 << v;
    }
}
