#include "qca_sums.h"

#include "qca_simd.h"

typedef double v8 __attribute__((vector_size(64), may_alias));

#define KERNELS(NAME, TARGET)                                                                                                 \
    TARGET static void min_##NAME(double *to, const double *a, const double *b, size_t n)                                     \
    {                                                                                                                         \
        for (size_t i = 0; i < n; i += 8)                                                                                     \
            for (int l = 0; l < 8; l++)                                                                                       \
                to[i + l] = a[i + l] < b[i + l] ? a[i + l] : b[i + l];                                                        \
    }                                                                                                                         \
    TARGET static void sums_##NAME(const double *a, const double *b, const double *y, const double *yy, size_t n, double *to) \
    {                                                                                                                         \
        v8 sx = { 0 }, sxy = { 0 }, sxyy = { 0 };                                                                             \
        for (size_t i = 0; i < n; i += 8) {                                                                                   \
            v8 va = *(const v8 *)(a + i), vb = *(const v8 *)(b + i), vy = *(const v8 *)(y + i), vq = *(const v8 *)(yy + i);   \
            v8 x, xy, xq;                                                                                                     \
            for (int l = 0; l < 8; l++) {                                                                                     \
                x[l] = va[l] < vb[l] ? va[l] : vb[l];                                                                         \
                xy[l] = x[l] < vy[l] ? x[l] : vy[l];                                                                          \
                xq[l] = x[l] < vq[l] ? x[l] : vq[l];                                                                          \
            }                                                                                                                 \
            sx += x, sxy += xy, sxyy += xq;                                                                                   \
        }                                                                                                                     \
        *(v8 *)to = sx, *(v8 *)(to + 8) = sxy, *(v8 *)(to + 16) = sxyy;                                                       \
    }

KERNELS(plain, )
#if QCA_X86
KERNELS(avx2, QCA_AVX2)
KERNELS(avx512, QCA_AVX512)
#define PICK(kernel, ...)                       \
    do {                                        \
        if (qca_has_avx512())                   \
            kernel##_avx512(__VA_ARGS__);       \
        else if (qca_has_avx2())                \
            kernel##_avx2(__VA_ARGS__);         \
        else                                    \
            kernel##_plain(__VA_ARGS__);        \
    } while (0)
#else
#define PICK(kernel, ...) kernel##_plain(__VA_ARGS__)
#endif

void qca_min(double *to, const double *a, const double *b, size_t n) { PICK(min, to, a, b, n); }

void qca_add_sums(const double *a, const double *b, const double *y, const double *yy, size_t n, struct qca_sums *sums)
{
    _Alignas(64) double part[24];
    PICK(sums, a, b, y, yy, n, part);
    for (int l = 0; l < 8; l++) {
        sums->x += part[l];
        sums->xy += part[8 + l];
        sums->xyy += part[16 + l];
    }
}
