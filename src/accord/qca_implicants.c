#include "qca_implicants.h"

#include "qca_search.h"
#include "qca_simd.h"

#include <parley/blocks.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if QCA_X86
#include <immintrin.h>
#endif

uint64_t qca_agree(const uint8_t *a, const uint8_t *b, size_t k)
{
    uint64_t mask = 0;
    for (size_t j = 0; j < k; j++)
        mask |= (uint64_t)(a[j] == b[j] && a[j] != QCA_ANY) << j;
    return mask;
}

/* Conditions in which a row that has a usable value differs from each of n others; an other's QCA_ANY differs, or not. */
static void differ_plain(const uint8_t *row, const uint8_t *others, size_t n, size_t k, bool any_differs, uint64_t *out)
{
    for (size_t i = 0; i < n; i++, others += k) {
        uint64_t set = 0;
        for (size_t j = 0; j < k; j++)
            set |= (uint64_t)(row[j] != others[j] && row[j] != QCA_ANY && (any_differs || others[j] != QCA_ANY)) << j;
        out[i] = set;
    }
}

#if QCA_X86
QCA_AVX512 static void differ_avx512(const uint8_t *row, const uint8_t *others, size_t n, size_t k, bool any_differs, uint64_t *out)
{
    const __mmask64 used = k < 64 ? ((uint64_t)1 << k) - 1 : ~(uint64_t)0;
    const __m512i any = _mm512_set1_epi8((char)QCA_ANY), here = _mm512_maskz_loadu_epi8(used, row);
    const __mmask64 usable = _mm512_mask_cmpneq_epi8_mask(used, here, any);
    for (size_t i = 0; i < n; i++, others += k) {
        __m512i other = _mm512_maskz_loadu_epi8(used, others);
        __mmask64 set = _mm512_mask_cmpneq_epi8_mask(usable, here, other);
        out[i] = any_differs ? set : _mm512_mask_cmpneq_epi8_mask(set, other, any);
    }
}
#endif

static void differ(const uint8_t *row, const uint8_t *others, size_t n, size_t k, bool any_differs, uint64_t *out)
{
#if QCA_X86
    if (qca_has_avx512()) {
        differ_avx512(row, others, n, k, any_differs, out);
        return;
    }
#endif
    differ_plain(row, others, n, k, any_differs, out);
}

/* Smallest sets first, and of one size the smaller numbers: by bytes, the lowest first, and at last by size. Into sets again; spare [n]. */
static void sort_sets(uint64_t *sets, uint64_t *spare, size_t n, size_t k)
{
    uint64_t *from = sets, *to = spare;
    size_t bytes = (k + 7) / 8;
    for (size_t pass = 0; pass <= bytes; pass++) {
        uint32_t end[257] = { 0 };
        for (size_t i = 0; i < n; i++)
            end[1 + (pass < bytes ? from[i] >> 8 * pass & 255 : (size_t)__builtin_popcountll(from[i]))]++;
        for (size_t v = 0; v < 256; v++)
            end[v + 1] += end[v];
        for (size_t i = 0; i < n; i++)
            to[end[pass < bytes ? from[i] >> 8 * pass & 255 : (size_t)__builtin_popcountll(from[i])]++] = from[i];
        uint64_t *swap = from;
        from = to, to = swap;
    }
    if (from != sets)
        memcpy(sets, from, n * sizeof *sets);
}

bool qca_differences(const struct qca_problem *p, const uint8_t *on, uint64_t *sets, size_t *n)
{
    uint64_t single = 0; /* conditions that must be fixed: every set with one of them is no minimal one */
    differ(on, p->off, p->n_off, p->k, false, sets);
    for (size_t o = 0; o < p->n_off; o++) {
        if (!sets[o])
            return false;
        if (!(sets[o] & (sets[o] - 1)))
            single |= sets[o];
    }
    size_t kept = 0, minimal = 0;
    for (size_t o = 0; o < p->n_off; o++)
        if (!(sets[o] & single))
            sets[kept++] = sets[o];
    sort_sets(sets, sets + p->n_off, kept, p->k);
    for (size_t a = 0; a < kept; a++) {
        bool keep = true;
        for (size_t b = 0; b < minimal && keep; b++)
            keep = (sets[b] & ~sets[a]) != 0;
        if (keep)
            sets[minimal++] = sets[a];
    }
    size_t singles = (size_t)__builtin_popcountll(single);
    memmove(sets + singles, sets, minimal * sizeof *sets);
    for (size_t s = 0; s < singles; s++, single &= single - 1)
        sets[s] = single & -single;
    *n = singles + minimal;
    return true;
}

struct run { /* what all ON rows share */
    const struct qca_problem *problem;
    struct qca_implicants *out;
    size_t half_rows;
    _Atomic size_t bytes;
    size_t max_bytes;
    atomic_bool full;                       /* the ceiling is reached, or someone said stop: searches end at their next implicant */
    const struct parley_progress *progress; /* the caller's; asked on the calling thread only */
    bool alone;                             /* one thread: the search itself asks now and then */
    uint64_t asked;
    atomic_bool cancelled;
};

enum { ASK_EVERY = 1 << 16 };

/* Between rows (on the calling thread, also while other threads search): pass the question on, remember a no. */
static bool ask(void *ctx, double done, double total, const char *unit)
{
    struct run *run = ctx;
    (void)unit;
    bool go_on = parley_tick(run->progress, done, total, "rows");
    if (!go_on) {
        atomic_store(&run->cancelled, true);
        atomic_store(&run->full, true);
    }
    return go_on;
}

struct job { /* one ON row */
    struct run *run;
    size_t row;
    struct qca_row_implicants *to;
    uint32_t *table; /* open addressing: 1 + group */
    size_t slots;
    uint32_t mark;   /* index used last, to look there first */
    bool no_memory;
};

static bool charge(struct job *job, size_t bytes)
{
    struct run *run = job->run;
    size_t total = atomic_fetch_add(&run->bytes, bytes) + bytes;
    if (run->max_bytes && total > run->max_bytes) {
        atomic_store(&run->full, true);
        return false;
    }
    return true;
}

static uint64_t hash_words(const uint64_t *a, size_t n)
{
    uint64_t h = 0x9E3779B97F4A7C15u;
    for (size_t w = 0; w < n; w++) {
        h = (h ^ a[w]) * 0xBF58476D1CE4E5B9u;
        h ^= h >> 29;
    }
    return h;
}

/* Covers are short: a call of memcmp for each costs more than the comparison. */
static bool same_words(const uint64_t *a, const uint64_t *b, size_t n)
{
    for (size_t w = 0; w < n; w++)
        if (a[w] != b[w])
            return false;
    return true;
}

static bool rehash(struct job *job)
{
    size_t slots = job->slots ? job->slots * 2 : 256, words = job->run->out->words;
    uint32_t *table = calloc(slots, sizeof *table);
    if (!table)
        return false;
    for (size_t g = 0; g < job->to->n_groups; g++) {
        size_t at = hash_words(job->to->cover + g * words, words) & (slots - 1);
        while (table[at])
            at = (at + 1) & (slots - 1);
        table[at] = (uint32_t)g + 1;
    }
    free(job->table);
    job->table = table;
    job->slots = slots;
    return true;
}

static bool new_group(struct job *job, const uint64_t *cover)
{
    struct qca_row_implicants *to = job->to;
    size_t words = job->run->out->words;
    if (to->n_groups == to->cap_groups) {
        size_t cap = to->cap_groups ? to->cap_groups * 2 : 32;
        if (!charge(job, (cap - to->cap_groups) * (words + 1) * sizeof(uint64_t)))
            return false;
        uint64_t *more = realloc(to->cover, cap * words * sizeof *more);
        if (more)
            to->cover = more;
        uint64_t *count = more ? realloc(to->multiplicity, cap * sizeof *count) : NULL;
        if (!count)
            return !(job->no_memory = true);
        to->multiplicity = count;
        to->cap_groups = cap;
    }
    memcpy(to->cover + to->n_groups * words, cover, words * sizeof *cover);
    to->multiplicity[to->n_groups++] = 0;
    return true;
}

/* The group of a coverage, made when new. */
static bool group_of(struct job *job, const uint64_t *cover, uint32_t *group)
{
    size_t words = job->run->out->words;
    if (2 * (job->to->n_groups + 1) > job->slots && !rehash(job))
        return !(job->no_memory = true);
    size_t at = hash_words(cover, words) & (job->slots - 1);
    for (; job->table[at]; at = (at + 1) & (job->slots - 1)) {
        *group = job->table[at] - 1;
        if (same_words(job->to->cover + (size_t)*group * words, cover, words))
            return true;
    }
    *group = (uint32_t)job->to->n_groups;
    if (!new_group(job, cover))
        return false;
    job->table[at] = *group + 1;
    return true;
}

static bool found(void *ctx, uint64_t mask, const uint64_t *cover)
{
    struct job *job = ctx;
    struct qca_row_implicants *to = job->to;
    uint32_t group;
    if (to->n == to->cap) {
        size_t cap = to->cap ? to->cap * 2 : 64;
        if (!charge(job, (cap - to->cap) * (sizeof *to->mask + sizeof *to->group)))
            return false;
        uint64_t *masks = realloc(to->mask, cap * sizeof *masks);
        if (masks)
            to->mask = masks;
        uint32_t *groups = masks ? realloc(to->group, cap * sizeof *groups) : NULL;
        if (!groups)
            return !(job->no_memory = true);
        to->group = groups;
        to->cap = cap;
    }
    if (!group_of(job, cover, &group))
        return false;
    to->mask[to->n] = mask;
    to->group[to->n++] = group;
    to->multiplicity[group]++;
    if (job->run->alone && ++job->run->asked % ASK_EVERY == 0)
        ask(job->run, (double)job->row, (double)job->run->problem->n_on, "rows");
    return !atomic_load_explicit(&job->run->full, memory_order_relaxed);
}

static size_t width_for(size_t words) { return words <= 1 ? 1 : words <= 2 ? 2 : words <= 4 ? 4 : words <= 8 ? 8 : words; }

/* Bit vectors of the search: edges and ON rows, and what each condition does to them. */
static uint64_t *prepare(struct qca_search *s, const struct qca_problem *p, size_t row, const uint64_t *sets, size_t n_sets,
                         uint64_t **start, uint64_t **memory)
{
    size_t rows_words = (p->n_on + 63) / 64, edge_words = (n_sets + 63) / 64;
    size_t half = width_for(rows_words > edge_words ? rows_words : edge_words);
    size_t effect_words = 64 * 2 * half, total = effect_words + 2 * half + half + qca_search_stack_words(half) + p->n_on + half * 64 + 8;
    uint64_t *all = aligned_alloc(64, (total * sizeof *all + 63) & ~(size_t)63);
    if (!all)
        return NULL;
    memset(all, 0, (effect_words + 3 * half) * sizeof *all);
    uint64_t *effect = all, *begin = effect + effect_words, *earlier = begin + 2 * half, *stack = earlier + half;
    uint64_t *differs = stack + qca_search_stack_words(half);
    differ(p->on + row * p->k, p->on, p->n_on, p->k, true, differs);
    for (size_t e = 0; e < n_sets; e++) {
        begin[e / 64] |= (uint64_t)1 << e % 64;
        for (uint64_t bits = sets[e]; bits; bits &= bits - 1)
            effect[(size_t)__builtin_ctzll(bits) * 2 * half + e / 64] |= (uint64_t)1 << e % 64;
    }
    for (size_t r = 0; r < p->n_on; r++) {
        begin[half + r / 64] |= (uint64_t)1 << r % 64;
        if (r < row)
            earlier[r / 64] |= (uint64_t)1 << r % 64;
        for (uint64_t bits = differs[r]; bits; bits &= bits - 1)
            effect[(size_t)__builtin_ctzll(bits) * 2 * half + half + r / 64] |= (uint64_t)1 << r % 64;
    }
    *s = (struct qca_search){ .half = half, .n_edges = n_sets, .edge = sets, .effect = effect, .earlier = earlier, .differs = differs, .stack = stack };
    *start = begin;
    *memory = all;
    return all;
}

static enum parley_status search_row(void *ctx, size_t row, unsigned thread, struct parley_error *err)
{
    struct run *run = ctx;
    const struct qca_problem *p = run->problem;
    struct job job = { .run = run, .row = row, .to = &run->out->row[row] };
    uint64_t *sets = malloc((2 * p->n_off + 65) * sizeof *sets), *start, *memory = NULL;
    size_t n_sets;
    enum parley_status status = PARLEY_OK;
    (void)thread;
    if (atomic_load(&run->full)) {
        free(sets);
        return PARLEY_OK;
    }
    if (!sets)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu difference sets", p->n_off);
    struct qca_search search;
    if (!qca_differences(p, p->on + row * p->k, sets, &n_sets))
        status = parley_fail(err, PARLEY_EDOM, "a configuration leads to the outcome and does not (row %zu of those that do)", row + 1);
    else if (!prepare(&search, p, row, sets, n_sets, &start, &memory))
        status = parley_fail(err, PARLEY_ENOMEM, "no memory for %zu difference sets", n_sets);
    else {
        search.ctx = &job;
        search.found = found;
        qca_search_run(&search, ~(uint64_t)0, start);
        if (job.no_memory)
            status = parley_fail(err, PARLEY_ENOMEM, "no memory after %zu prime implicants of one row", job.to->n);
    }
    free(job.table);
    free(memory);
    free(sets);
    return status;
}

enum parley_status qca_implicants_find(const struct qca_problem *problem, size_t max_bytes, unsigned threads,
                                       const struct parley_progress *progress, struct qca_implicants *out, struct parley_error *err)
{
    struct qca_implicants result = { .n_on = problem->n_on, .words = (problem->n_on + 63) / 64 };
    result.row = calloc(problem->n_on + 1, sizeof *result.row);
    if (!result.row)
        return parley_fail(err, PARLEY_ENOMEM, "no memory for %zu rows", problem->n_on);
    struct run run = { .problem = problem, .out = &result, .max_bytes = max_bytes, .progress = progress,
                       .alone = threads == 1 || (!threads && parley_threads_default() == 1) || problem->n_on == 1 };
    const struct parley_progress asking = { .tick = ask, .ctx = &run };
    size_t finished = 0;
    enum parley_status status = parley_blocks_run(problem->n_on, run.alone ? 1 : threads, search_row, &run, &asking, &finished, err);
    if (!status && atomic_load(&run.cancelled))
        status = parley_fail(err, PARLEY_ECANCELLED, "stopped while looking for prime implicants");
    if (status && status != PARLEY_ECANCELLED) {
        qca_implicants_release(&result);
        return status;
    }
    result.complete = status == PARLEY_OK && !atomic_load(&run.full);
    for (size_t r = 0; r < problem->n_on; r++) {
        result.count += result.row[r].n;
        result.n_groups += result.row[r].n_groups;
    }
    *out = result;
    return status;
}

void qca_implicants_release(struct qca_implicants *implicants)
{
    for (size_t r = 0; implicants->row && r < implicants->n_on; r++) {
        free(implicants->row[r].mask);
        free(implicants->row[r].group);
        free(implicants->row[r].cover);
        free(implicants->row[r].multiplicity);
    }
    free(implicants->row);
    *implicants = (struct qca_implicants){ 0 };
}
