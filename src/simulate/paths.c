#include "paths.h"

#include <stdlib.h>

static bool have_avx2(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2");
#else
    return false;
#endif
}

static bool have_avx512(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#else
    return false;
#endif
}

static enum parley_path best(enum parley_path path)
{
    if (path != PARLEY_PATH_BEST)
        return path;
    return have_avx512() ? PARLEY_PATH_AVX512 : have_avx2() ? PARLEY_PATH_AVX2 : PARLEY_PATH_PORTABLE;
}

bool parley_path_usable(enum parley_path path)
{
    return path == PARLEY_PATH_AVX2 ? have_avx2() : path == PARLEY_PATH_AVX512 ? have_avx512() : true;
}

const char *parley_path_name(enum parley_path path)
{
    static const char *const names[] = { "best", "reference", "portable", "avx2", "avx512" };
    return names[best(path)];
}

static lanes_fn *lanes_of(enum parley_path path, unsigned n_states)
{
    static lanes_fn *const run[][2] = {
        [PARLEY_PATH_PORTABLE] = { lanes_run_portable, lanes_run_portable_two },
#if defined(__x86_64__)
        [PARLEY_PATH_AVX2] = { lanes_run_avx2, lanes_run_avx2_two },
        [PARLEY_PATH_AVX512] = { lanes_run_avx512, lanes_run_avx512_two },
#endif
    };
    return run[path][n_states == 2];
}

void block_split(enum parley_path path, const struct model *model, uint64_t seed, uint32_t first, unsigned n, void *scratch, struct branching *branching)
{
    path = best(path);
    lanes_of(path == PARLEY_PATH_REFERENCE ? PARLEY_PATH_PORTABLE : path, model->n_states)(model, seed, first, n, NULL, scratch, NULL, branching);
}

void block_run(enum parley_path path, const struct model *model, uint64_t seed, uint32_t first, unsigned n, const struct lives *lives, void *scratch,
               float out[PARLEY_OUTPUTS][LANES])
{
    path = best(path);
    if (path != PARLEY_PATH_REFERENCE) {
        lanes_of(path, model->n_states)(model, seed, first, n, lives, scratch, out, NULL);
        return;
    }
    for (unsigned i = 0; i < n; i++) {
        float one[PARLEY_OUTPUTS];
        reference_run(model, seed, first + i, lives, NULL, one);
        for (int k = 0; k < PARLEY_OUTPUTS; k++)
            out[k][i] = one[k];
    }
}

void *scratch_new(void) { return aligned_alloc(64, (lanes_scratch() + 63) / 64 * 64); }

struct lives lives_of(struct parley_tally *t)
{
    size_t n = (size_t)t->weeks + 1;
    return (struct lives){ t->lives + PARLEY_LIFE_CRISIS_DOWN * n, t->lives + PARLEY_LIFE_CRISIS_LOST * n, t->lives + PARLEY_LIFE_CRISIS_OPEN * n,
                           t->lives + PARLEY_LIFE_AGREEMENT_ENDED * n, t->lives + PARLEY_LIFE_AGREEMENT_OPEN * n };
}
