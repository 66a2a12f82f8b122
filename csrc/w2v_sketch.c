#include "w2v_sketch.h"

#include <float.h>
#include <math.h>
#include <string.h>

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif

#if defined(__x86_64__) && defined(__GNUC__)
#define WITH_AVX2
#include <immintrin.h>
#endif

#define ROWS W2V_SKETCH_ROWS
#define STEP W2V_SKETCH_STEP
#define STEP_BYTES (ROWS * STEP / 2)
#define BLOCK 16 /* groups: with 100 numbers a row their codes stay in the first cache */
#define AHEAD 2  /* groups that are fetched while one is looked into */
#define TILE 4   /* queries that look at a group together */

/* ---- coding ---- */

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

/* What is lost is measured in this part of a step: squares of whole numbers are fast to add. */
#define PART 256
#define CHUNK 256 /* numbers of which the squares fit 32 bits: a multiple of STEP */

typedef struct {
    int32_t size; /* squares of twice the coded values, in steps */
    int32_t lost; /* squares of twice what is lost, in parts of a step */
} squares;

/* Write a byte for each of at most CHUNK numbers, given by the row and steps for 1. */
INLINE squares code_chunk(const float *row, int64_t n, float scale, uint8_t *code)
{
    int32_t size = 0, lost = 0;
    for (int64_t i = 0; i < n; i++) {
        int32_t parts = (int32_t)((row[i] * scale + 8) * PART);
        parts = parts > 16 * PART - 1 ? 16 * PART - 1 : parts;
        const int32_t value = parts / PART, off = 2 * (parts % PART) - (PART - 1);
        size += (2 * value - 15) * (2 * value - 15);
        lost += off * off;
        code[i] = (uint8_t)value;
    }
    return (squares){size, lost};
}

INLINE void code_row(const float *row, int64_t dim, uint8_t *codes, float *step, float *size,
                     float *error)
{
    const float largest = largest_of(row, dim);
    *step = *size = *error = 0;
    if (!(largest >= 16 * FLT_MIN && largest <= FLT_MAX)) {
        for (int64_t i = 0; i < dim; i += STEP) memset(codes + i / STEP * STEP_BYTES, 0, STEP / 2);
        if (largest != 0) *error = NAN;
        return;
    }
    double size_squared = 0, lost_squared = 0;
    for (int64_t begin = 0; begin < dim; begin += CHUNK) {
        const int64_t n = begin + CHUNK < dim ? CHUNK : dim - begin;
        uint8_t code[CHUNK + STEP];
        const squares sums = code_chunk(row + begin, n, 8 / largest, code);
        memset(code + n, 0, STEP);
        size_squared += sums.size / 4.0;
        lost_squared += sums.lost / 4.0 / PART / PART;
        for (int64_t i = 0; i < n; i += STEP) {
            uint32_t low, high;
            memcpy(&low, code + i, sizeof low);
            memcpy(&high, code + i + STEP / 2, sizeof high);
            low |= high << 4;
            memcpy(codes + (begin + i) / STEP * STEP_BYTES, &low, sizeof low);
        }
    }
    /* Each number is off by up to half a part more. */
    const double lost = sqrt(lost_squared) + sqrt((double)dim) / (2 * PART);
    *step = largest / 8;
    *size = (float)(sqrt(size_squared) * (double)*step);
    *error = (float)(lost * (double)*step);
}

INLINE void code_rows(const float *rows, int64_t n_rows, int64_t dim, uint8_t *codes, float *steps,
                      float *sizes, float *errors)
{
    const int64_t group_bytes = (dim + STEP - 1) / STEP * STEP_BYTES;
    for (int64_t r = 0; r < n_rows; r++) {
        uint8_t *place = codes + r / ROWS * group_bytes + r % ROWS * (STEP / 2);
        code_row(rows + r * dim, dim, place, steps + r, sizes + r, errors + r);
    }
}

#ifdef WITH_AVX2
__attribute__((target("avx2"))) static void code_rows_avx2(const float *rows, int64_t n_rows,
                                                           int64_t dim, uint8_t *codes,
                                                           float *steps, float *sizes,
                                                           float *errors)
{
    code_rows(rows, n_rows, dim, codes, steps, sizes, errors);
}
#endif

void w2v_sketch_rows(const float *rows, int64_t n_rows, int64_t dim, uint8_t *codes, float *steps,
                     float *sizes, float *errors)
{
#ifdef WITH_AVX2
    if (__builtin_cpu_supports("avx2")) {
        code_rows_avx2(rows, n_rows, dim, codes, steps, sizes, errors);
        return;
    }
#endif
    code_rows(rows, n_rows, dim, codes, steps, sizes, errors);
}

/* ---- bounds: of the products of the rows of one group with at most TILE queries ---- */

#define FLUSH 4 /* steps whose sums fit 16 bits: 4 * 2 * 15 * 127 */

INLINE void finish(const w2v_sketch *sketch, const w2v_sketch_queries *queries, int64_t group,
                   int64_t q, const int32_t *sums, float *bounds)
{
    const float *steps = sketch->steps + group * ROWS, *errors = sketch->errors + group * ROWS;
    const float half = queries->units[q] / 2, stretch = queries->stretch[q];
    const float slack = queries->slack[q];
    const int32_t total = 15 * queries->totals[q]; /* codes are 7.5 too large */
    for (int r = 0; r < ROWS; r++) {
        bounds[r] = steps[r] * ((float)(2 * sums[r] - total) * half) + errors[r] * stretch + slack;
    }
}

static void bound_plain(const w2v_sketch *sketch, const w2v_sketch_queries *queries,
                        int64_t group, int64_t q, int64_t n, float *bounds)
{
    const int64_t dim = sketch->dim;
    const uint8_t *codes = sketch->codes + group * ROWS * dim / 2;
    for (int64_t t = 0; t < n; t++) {
        const int8_t *numbers = queries->numbers + (q + t) * dim;
        int32_t sums[ROWS] = {0};
        for (int64_t begin = 0; begin < dim; begin += FLUSH * STEP) {
            const int64_t end = begin + FLUSH * STEP < dim ? begin + FLUSH * STEP : dim;
            int16_t parts[STEP_BYTES] = {0};
            for (int64_t i = begin; i < end; i += STEP) {
                const uint8_t *step = codes + i / STEP * STEP_BYTES;
                int16_t low[8], high[8]; /* the numbers that meet 8 bytes */
                for (int j = 0; j < 8; j++) {
                    low[j] = numbers[i + j % 4];
                    high[j] = numbers[i + 4 + j % 4];
                }
                for (int byte = 0; byte < STEP_BYTES; byte += 8) {
                    for (int j = 0; j < 8; j++) {
                        const int16_t one = step[byte + j] & 15, other = step[byte + j] >> 4;
                        parts[byte + j] = (int16_t)(parts[byte + j] + one * low[j] + other * high[j]);
                    }
                }
            }
            for (int r = 0; r < ROWS; r++) {
                sums[r] += parts[4 * r] + parts[4 * r + 1] + parts[4 * r + 2] + parts[4 * r + 3];
            }
        }
        finish(sketch, queries, group, q + t, sums, bounds + t * ROWS);
    }
}

#ifdef WITH_AVX2

INLINE __attribute__((target("avx2"))) __m256i four(const int8_t *numbers)
{
    int32_t bits;
    memcpy(&bits, numbers, sizeof bits);
    return _mm256_set1_epi32(bits);
}

/* The sums of 16 rows of a group and n queries; n is constant. */
INLINE __attribute__((target("avx2"))) void
add_up_avx2(const uint8_t *codes, const int8_t *numbers, int64_t dim, int n, int32_t *sums)
{
    const __m256i lower = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
    __m256i whole[TILE][2] = {{_mm256_setzero_si256()}};
    for (int64_t begin = 0; begin < dim; begin += FLUSH * STEP) {
        const int64_t end = begin + FLUSH * STEP < dim ? begin + FLUSH * STEP : dim;
        __m256i parts[TILE][2] = {{_mm256_setzero_si256()}};
        for (int64_t i = begin; i < end; i += STEP) {
            const __m256i *step = (const __m256i *)(codes + i / STEP * STEP_BYTES);
            for (int half = 0; half < 2; half++) {
                const __m256i both = _mm256_loadu_si256(step + half);
                const __m256i low = _mm256_and_si256(both, lower);
                const __m256i high = _mm256_and_si256(_mm256_srli_epi16(both, 4), lower);
                for (int t = 0; t < n; t++) {
                    const int8_t *met = numbers + t * dim + i;
                    const __m256i one = _mm256_maddubs_epi16(low, four(met));
                    const __m256i other = _mm256_maddubs_epi16(high, four(met + 4));
                    parts[t][half] =
                        _mm256_add_epi16(parts[t][half], _mm256_add_epi16(one, other));
                }
            }
        }
        for (int t = 0; t < n; t++) {
            for (int half = 0; half < 2; half++) {
                whole[t][half] = _mm256_add_epi32(whole[t][half],
                                                  _mm256_madd_epi16(parts[t][half], ones));
            }
        }
    }
    for (int t = 0; t < n; t++) {
        for (int half = 0; half < 2; half++) {
            _mm256_storeu_si256((__m256i *)(sums + t * ROWS) + half, whole[t][half]);
        }
    }
}

__attribute__((target("avx2"))) static void
bound_avx2(const w2v_sketch *sketch, const w2v_sketch_queries *queries, int64_t group, int64_t q,
           int64_t n, float *bounds)
{
    const int64_t dim = sketch->dim;
    const uint8_t *codes = sketch->codes + group * ROWS * dim / 2;
    const int8_t *numbers = queries->numbers + q * dim;
    int32_t sums[TILE * ROWS];
    for (int half = 0; half < 2; half++) {
        const uint8_t *rows = codes + half * STEP_BYTES / 2;
        int32_t *place = sums + half * ROWS / 2;
        if (n == TILE) {
            add_up_avx2(rows, numbers, dim, TILE, place);
        } else {
            for (int64_t t = 0; t < n; t++) {
                add_up_avx2(rows, numbers + t * dim, dim, 1, place + t * ROWS);
            }
        }
    }
    for (int64_t t = 0; t < n; t++) {
        finish(sketch, queries, group, q + t, sums + t * ROWS, bounds + t * ROWS);
    }
}

#endif

typedef void bound_group(const w2v_sketch *, const w2v_sketch_queries *, int64_t, int64_t, int64_t,
                         float *);

static bound_group *chosen(int plain)
{
#ifdef WITH_AVX2
    if (!plain && __builtin_cpu_supports("avx2")) return bound_avx2;
#endif
    (void)plain;
    return bound_plain;
}

/* ---- what callers ask ---- */

static float largest_bound(const float *bounds)
{
    float largest[4];
    memcpy(largest, bounds, sizeof largest);
    for (int r = 4; r < ROWS; r += 4) {
        for (int j = 0; j < 4; j++) {
            largest[j] = largest[j] < bounds[r + j] ? bounds[r + j] : largest[j];
        }
    }
    for (int j = 1; j < 4; j++) largest[0] = largest[0] < largest[j] ? largest[j] : largest[0];
    return largest[0];
}

void w2v_sketch_most(const w2v_sketch *sketch, const w2v_sketch_queries *queries, int64_t first,
                     int64_t stop, float *most)
{
    bound_group *bound = chosen(sketch->plain);
    float bounds[TILE * ROWS];
    for (int64_t block = first; block < stop; block += BLOCK) {
        const int64_t end = block + BLOCK < stop ? block + BLOCK : stop;
        for (int64_t q = 0; q < queries->n; q += TILE) {
            const int64_t n = q + TILE < queries->n ? TILE : queries->n - q;
            for (int64_t group = block; group < end; group++) {
                bound(sketch, queries, group, q, n, bounds);
                for (int64_t t = 0; t < n; t++) {
                    most[(q + t) * (stop - first) + group - first] =
                        largest_bound(bounds + t * ROWS);
                }
            }
        }
    }
}

INLINE void fetch_group(const w2v_sketch *sketch, int64_t group)
{
#if defined(__GNUC__)
    const int64_t size = ROWS * sketch->dim / 2;
    for (int64_t i = 0; i < size; i += 64) __builtin_prefetch(sketch->codes + group * size + i);
    __builtin_prefetch(sketch->steps + group * ROWS);
    __builtin_prefetch(sketch->errors + group * ROWS);
#else
    (void)sketch, (void)group;
#endif
}

int64_t w2v_sketch_reaching(const w2v_sketch *sketch, const w2v_sketch_queries *queries, int64_t q,
                            int64_t first, int64_t stop, const float *most, float threshold,
                            int64_t *groups, int64_t *rows)
{
    bound_group *bound = chosen(sketch->plain);
    float bounds[ROWS];
    int64_t n = 0, n_groups = 0;
    for (int64_t group = first; group < stop; group++) {
        groups[n_groups] = group;
        n_groups += !(most[group - first] < threshold);
    }
    for (int64_t i = 0; i < n_groups; i++) {
        /* They lie apart: fetch one while others are looked into. */
        if (i + AHEAD < n_groups) fetch_group(sketch, groups[i + AHEAD]);
        bound(sketch, queries, groups[i], q, 1, bounds);
        for (int r = 0; r < ROWS; r++) {
            rows[n] = groups[i] * ROWS + r;
            n += bounds[r] >= threshold;
        }
    }
    return n;
}
