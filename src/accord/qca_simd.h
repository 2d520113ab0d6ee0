/* qca_simd.h - choosing the widest vectors of the machine at run time. A kernel is written once as a macro body in
 * vectors of eight doubles or of 256 bits; the compiler lowers it for each target, so results do not depend on it. */
#ifndef PARLEY_ACCORD_QCA_SIMD_H
#define PARLEY_ACCORD_QCA_SIMD_H

#include <stdbool.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define QCA_X86 1
#define QCA_AVX2 __attribute__((target("avx2,popcnt,bmi,bmi2,lzcnt")))
#define QCA_AVX512 __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,popcnt,bmi,bmi2,lzcnt")))
static inline bool qca_has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
}
static inline bool qca_has_avx512(void)
{
    return qca_has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
}
#else
#define QCA_X86 0
#endif

#endif
