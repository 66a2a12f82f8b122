#include "w2v_sketch.h"

#include <float.h>
#include <math.h>
#include <string.h>

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif

/* The largest absolute value; nan or infinity if there is one. As integers, because
 * compilers vectorise no maximum of floats; absolute values sort alike as both. */
INLINE float largest_of(const float *row, int64_t dim)
{
    int32_t largest = 0;
    for (int64_t i = 0; i < dim; i++) {
        int32_t bits;
        memcpy(&bits, row + i, sizeof bits);
        bits &= INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    float value;
    memcpy(&value, &largest, sizeof value);
    return value;
}

INLINE void sketch_row(const float *row, int64_t dim, int8_t *codes, float *step)
{
    const float largest = largest_of(row, dim);
    if (!(largest >= 127 * FLT_MIN && largest <= FLT_MAX)) {
        for (int64_t i = 0; i < dim; i++) codes[i] = 0;
        *step = largest == 0 ? 0 : NAN;
        return;
    }
    const float scale = 127 / largest;
    for (int64_t i = 0; i < dim; i++) {
        const float scaled = row[i] * scale;
        codes[i] = (int8_t)(int32_t)(scaled + (scaled < 0 ? -0.5F : 0.5F));
    }
    *step = largest / 127;
}

void w2v_sketch_rows(const float *rows, int64_t n_rows, int64_t dim, int8_t *codes, float *steps)
{
    for (int64_t r = 0; r < n_rows; r++) {
        sketch_row(rows + r * dim, dim, codes + r * dim, steps + r);
    }
}

INLINE void all_bounds(const int8_t *codes, const float *steps, int64_t n_rows, int64_t dim,
                       const w2v_sketch_query *query, float *least, float *most)
{
    const int16_t *numbers = query->numbers;
    for (int64_t r = 0; r < n_rows; r++) {
        const int8_t *row = codes + r * dim;
        int32_t sum = 0;
        for (int64_t i = 0; i < dim; i++) sum += (int32_t)row[i] * (int32_t)numbers[i];
        const float middle = steps[r] * ((float)sum * query->unit);
        const float reach = steps[r] * query->error + query->rounding;
        least[r] = middle - reach;
        most[r] = middle + reach;
    }
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("avx2"))) static void
bounds_avx2(const int8_t *codes, const float *steps, int64_t n_rows, int64_t dim,
            const w2v_sketch_query *query, float *least, float *most)
{
    all_bounds(codes, steps, n_rows, dim, query, least, most);
}
#endif

void w2v_sketch_bounds(const int8_t *codes, const float *steps, int64_t n_rows, int64_t dim,
                       const w2v_sketch_query *query, float *least, float *most)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx2")) {
        bounds_avx2(codes, steps, n_rows, dim, query, least, most);
        return;
    }
#endif
    all_bounds(codes, steps, n_rows, dim, query, least, most);
}
