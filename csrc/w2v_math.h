/* Random numbers, noise draws and the logistic function of the training loops.
 *
 * The streams are those that w2v.h describes. The logistic function is written on
 * the compiler's vectors, so one text serves every instruction set; its error
 * against float64 is below 3e-7.
 */
#ifndef W2V_MATH_H
#define W2V_MATH_H

#include <math.h>

#include "w2v.h"
#include "w2v_simd.h"

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#endif

W2V_INLINE uint64_t w2v_next(uint64_t *state)
{
    *state += UINT64_C(0xa0761d6478bd642f);
    const uint64_t a = *state, b = *state ^ UINT64_C(0xe7037ed1a0b428db);
#if defined(__SIZEOF_INT128__)
    __extension__ typedef unsigned __int128 w2v_uint128;
    return (uint64_t)(((w2v_uint128)a * b) >> 64) ^ (a * b);
#elif defined(_M_X64)
    uint64_t high;
    const uint64_t low = _umul128(a, b, &high);
    return high ^ low;
#else
    const uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    const uint64_t middle = a1 * b0 + (a0 * b0 >> 32);
    const uint64_t cross = a0 * b1 + (uint32_t)middle;
    const uint64_t high = a1 * b1 + (middle >> 32) + (cross >> 32);
    return high ^ (a * b);
#endif
}

/* An integer in [0, n), n <= 2^32, from the upper 32 bits of `random`. */
W2V_INLINE uint32_t w2v_below(uint64_t random, uint64_t n)
{
    return (uint32_t)(((random >> 32) * n) >> 32);
}

W2V_INLINE int32_t w2v_noise_word(const w2v_model *model, uint64_t random)
{
    const uint32_t slot = w2v_below(random, (uint64_t)model->n_words);
    const w2v_alias entry = model->noise[slot];
    /* Without a branch, which would be mispredicted every third time. */
    const uint32_t takes_slot = 0u - (uint32_t)((uint32_t)random < entry.threshold);
    return (int32_t)((slot & takes_slot) | ((uint32_t)entry.alias & ~takes_slot));
}

/* ---- errors and losses of W2V_BLOCK scores ------------------------------ */

#if defined(__GNUC__) && !defined(W2V_NO_VECTORS)

#if defined(W2V_ISA_AVX2) || defined(W2V_ISA_AVX512)
#define W2V_E_LANES 8
#else
#define W2V_E_LANES 4
#endif
typedef float w2v_ev __attribute__((vector_size(4 * W2V_E_LANES)));
typedef int32_t w2v_ei __attribute__((vector_size(4 * W2V_E_LANES)));

#if defined(W2V_ISA_AVX2) || defined(W2V_ISA_AVX512)
W2V_INLINE w2v_ev w2v_efma(w2v_ev a, w2v_ev b, w2v_ev c)
{
    return (w2v_ev)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}
#elif defined(W2V_ISA_NEON)
W2V_INLINE w2v_ev w2v_efma(w2v_ev a, w2v_ev b, w2v_ev c)
{
    return (w2v_ev)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}
#else
W2V_INLINE w2v_ev w2v_efma(w2v_ev a, w2v_ev b, w2v_ev c) { return a * b + c; }
#endif

/* c0 + c1 x, of constants */
#define W2V_LINE(c0, x, c1) w2v_efma(x, (w2v_ev){0} + (c1), (w2v_ev){0} + (c0))

/* exp(x) for |x| <= 87: 2^n * 2^f, f in [-0.5, 0.5], Taylor in f * ln 2. */
W2V_INLINE w2v_ev w2v_exp(w2v_ev x)
{
    const float round_to_integer = 12582912.0f; /* 1.5 * 2^23 */
    const w2v_ev one = (w2v_ev){0} + 1.0f;
    const w2v_ev y = x * 1.44269504f;
    const w2v_ev shifted = y + round_to_integer;
    const w2v_ev t = (y - (shifted - round_to_integer)) * 0.693147181f, t2 = t * t;
    /* In two halves, to be ready sooner. */
    const w2v_ev high =
        w2v_efma(t2, (w2v_ev){0} + 0.00138888889f, W2V_LINE(0.0416666667f, t, 0.00833333333f));
    const w2v_ev low = w2v_efma(t2, W2V_LINE(0.5f, t, 0.166666672f), t + one);
    const w2v_ev two_f = w2v_efma(t2 * t2, high, low);
    const w2v_ei exponent = ((w2v_ei)shifted << 23) + (127 << 23);
    return two_f * (w2v_ev)exponent;
}

/* log(1 + u) for u in [0, 1]: 2 atanh(v) with v = u / (2 + u) <= 1/3. */
W2V_INLINE w2v_ev w2v_log1p(w2v_ev u)
{
    const w2v_ev v = u / (2.0f + u), w = v * v;
    const w2v_ev series =
        0.333333333f +
        w * (0.2f + w * (0.142857143f + w * (0.111111111f + w * (0.0909090909f + w * 0.0769230769f))));
    return 2.0f * (v + v * w * series);
}

/* x between -limit and limit; not-a-number stays what it is. */
W2V_INLINE w2v_ev w2v_bounded(w2v_ev x, float limit)
{
    const w2v_ev top = (w2v_ev){0} + limit;
#if defined(W2V_ISA_AVX2) || defined(W2V_ISA_AVX512)
    /* Of a number and not-a-number these give the second. */
    return (w2v_ev)_mm256_max_ps((__m256)-top, _mm256_min_ps((__m256)top, (__m256)x));
#else
    const w2v_ei above = x > top, below = x < -top;
    const w2v_ev lowered = (w2v_ev)(((w2v_ei)x & ~above) | ((w2v_ei)top & above));
    return (w2v_ev)(((w2v_ei)lowered & ~below) | ((w2v_ei)-top & below));
#endif
}

/* Labels and weights of the rows of a tile; lanes beyond its rows are ignored. */
typedef struct {
    w2v_ev label[W2V_BLOCK / W2V_E_LANES], weight[W2V_BLOCK / W2V_E_LANES];
} w2v_targets;

/* label = 1 - code. Reads W2V_BLOCK codes and weights. */
W2V_INLINE w2v_targets w2v_load_targets(const uint8_t *codes, const float *weights)
{
    w2v_targets targets;
#if defined(W2V_ISA_AVX2) || defined(W2V_ISA_AVX512)
    /* GCC 12 converts them one by one. */
    const __m128i bytes = _mm_loadl_epi64((const __m128i *)(const void *)codes);
    targets.label[0] = 1.0f - (w2v_ev)_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes));
    memcpy(&targets.weight[0], weights, sizeof(w2v_ev));
#else
    typedef uint8_t w2v_codes __attribute__((vector_size(W2V_E_LANES)));
    for (int part = 0; part < W2V_BLOCK / W2V_E_LANES; part++) {
        w2v_codes code;
        memcpy(&code, codes + part * W2V_E_LANES, sizeof code);
        targets.label[part] = 1.0f - __builtin_convertvector(code, w2v_ev);
        memcpy(&targets.weight[part], weights + part * W2V_E_LANES, sizeof(w2v_ev));
    }
#endif
    return targets;
}

/* scores[j] becomes alpha * weight_j * (label_j - sigmoid(scores[j])). If `loss` is
 * not NULL, the losses of the first `rows` scores are added to its lanes. */
W2V_INLINE void w2v_errors(float *scores, const w2v_targets *targets, float alpha, int rows,
                           float *loss)
{
    static const float ones_then_zeros[2 * W2V_BLOCK] = {1, 1, 1, 1, 1, 1, 1, 1};
    for (int part = 0; part < W2V_BLOCK / W2V_E_LANES; part++) {
        const int lane = part * W2V_E_LANES;
        if (lane >= rows) break;
        const w2v_ev y = targets->label[part], k = targets->weight[part];
        w2v_ev s;
        memcpy(&s, scores + lane, sizeof s);
        /* exp(87) is the last power of e with a normal inverse. */
        const w2v_ev u = w2v_exp(-w2v_bounded(s, 87.0f));
        const w2v_ev error = alpha * k * (y - 1.0f / (1.0f + u));
        memcpy(scores + lane, &error, sizeof error);
        if (loss != NULL) {
            /* softplus(z) = max(z, 0) + log1p(exp(-|z|)), z = s or -s by the label. */
            const w2v_ev z = s - 2.0f * y * s;
            const w2v_ev positive = (w2v_ev)((w2v_ei)z & (z > 0.0f));
            const w2v_ev distance = (w2v_ev)((w2v_ei)s & 0x7fffffff);
            w2v_ev sum, mask;
            memcpy(&sum, loss + lane, sizeof sum);
            memcpy(&mask, ones_then_zeros + W2V_BLOCK - rows + lane, sizeof mask);
            sum += mask * k * (positive + w2v_log1p(w2v_exp(-w2v_bounded(distance, 87.0f))));
            memcpy(loss + lane, &sum, sizeof sum);
        }
    }
}

#else

typedef struct {
    float label[W2V_BLOCK], weight[W2V_BLOCK];
} w2v_targets;

W2V_INLINE w2v_targets w2v_load_targets(const uint8_t *codes, const float *weights)
{
    w2v_targets targets;
    for (int j = 0; j < W2V_BLOCK; j++) {
        targets.label[j] = 1.0f - (float)codes[j];
        targets.weight[j] = weights[j];
    }
    return targets;
}

W2V_INLINE void w2v_errors(float *scores, const w2v_targets *targets, float alpha, int rows,
                           float *loss)
{
    for (int j = 0; j < rows; j++) {
        const float s = scores[j];
        const float u = expf(-fabsf(s)), inverse = 1.0f / (1.0f + u);
        const float sigmoid = s < 0.0f ? u * inverse : inverse;
        scores[j] = alpha * targets->weight[j] * (targets->label[j] - sigmoid);
        if (loss != NULL) {
            const float z = targets->label[j] > 0.0f ? -s : s;
            loss[j] += targets->weight[j] * (fmaxf(z, 0.0f) + log1pf(u));
        }
    }
}

#endif

#endif
