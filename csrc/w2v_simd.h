/* The vector operations of the training loops, once per instruction set.
 *
 * A w2v_<isa>.c file defines W2V_ISA_AVX2, W2V_ISA_AVX512, W2V_ISA_NEON or nothing
 * (the portable baseline) and includes w2v_train.inc.h, which includes this.
 *   w2v_vf       one register of W2V_LANES floats; W2V_REGISTERS of them
 *   w2v_ev       W2V_E_LANES floats for the error terms, whose rows hold W2V_BLOCK
 *   *_tail       the first `n` lanes only, 0 < n < W2V_LANES; others read as zero
 *   w2v_sums     out[0..7] = sums over the lanes of v[0..7], of which the first `n`
 *                count; stored as it is loaded later, so that it can be forwarded
 *   w2v_sums4    out[0..3] = sums over the lanes of v[0..3]
 * Fused multiply-adds are explicit; builds use -ffp-contract=off.
 */
#ifndef W2V_SIMD_H
#define W2V_SIMD_H

#include <string.h>

/* Sanitizers check every access: with everything inlined, compiling takes minutes. */
#if defined(__GNUC__) && !defined(W2V_SANITIZE)
#define W2V_INLINE static inline __attribute__((always_inline))
#else
#define W2V_INLINE static inline
#endif
#if defined(__GNUC__)
#define W2V_PREFETCH(address) __builtin_prefetch(address)
#else
#define W2V_PREFETCH(address) ((void)(address))
#endif

/* Keep a loaded vector in its register: compilers would rather load it once for each
 * use, and the load ports are what the dot products wait for. */
#if defined(__GNUC__) && (defined(W2V_ISA_AVX2) || defined(W2V_ISA_AVX512))
#define W2V_KEEP(vector) __asm__("" : "+v"(vector))
#else
#define W2V_KEEP(vector) ((void)0)
#endif

/* Forget how an address was made: compilers would rather add its parts again for each
 * use than use one register and constants. */
#if defined(__GNUC__)
#define W2V_OPAQUE(address) __asm__("" : "+r"(address))
#else
#define W2V_OPAQUE(address) ((void)0)
#endif

/* Forget what memory holds: it is read again where it is used. */
#if defined(__GNUC__)
#define W2V_FORGET() __asm__ __volatile__("" ::: "memory")
#else
#define W2V_FORGET() ((void)0)
#endif

/* Before loops over registers: GCC would make a memcpy of a long one, through memory. */
#if defined(__GNUC__) && !defined(__clang__)
#define W2V_UNROLL _Pragma("GCC unroll 16")
#else
#define W2V_UNROLL
#endif

#if defined(W2V_ISA_AVX512)

#include <immintrin.h>
typedef __m512 w2v_vf;
#define W2V_LANES 16
#define W2V_REGISTERS 32
W2V_INLINE w2v_vf w2v_zero(void) { return _mm512_setzero_ps(); }
W2V_INLINE w2v_vf w2v_set1(float value) { return _mm512_set1_ps(value); }
W2V_INLINE w2v_vf w2v_load(const float *p) { return _mm512_loadu_ps(p); }
W2V_INLINE void w2v_store(float *p, w2v_vf v) { _mm512_storeu_ps(p, v); }
W2V_INLINE w2v_vf w2v_fma(w2v_vf a, w2v_vf b, w2v_vf c) { return _mm512_fmadd_ps(a, b, c); }
W2V_INLINE w2v_vf w2v_load_tail(const float *p, int n)
{
    return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1u), p);
}
W2V_INLINE void w2v_store_tail(float *p, w2v_vf v, int n)
{
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1u), v);
}
W2V_INLINE __m128 w2v_sum4(w2v_vf a, w2v_vf b, w2v_vf c, w2v_vf d)
{
    const __m512 ab = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
    const __m512 cd = _mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
    const __m512 abcd =
        _mm512_add_ps(_mm512_shuffle_ps(ab, cd, 0x44), _mm512_shuffle_ps(ab, cd, 0xee));
    const __m128 low = _mm_add_ps(_mm512_castps512_ps128(abcd), _mm512_extractf32x4_ps(abcd, 1));
    const __m128 high =
        _mm_add_ps(_mm512_extractf32x4_ps(abcd, 2), _mm512_extractf32x4_ps(abcd, 3));
    return _mm_add_ps(low, high);
}
W2V_INLINE void w2v_sums4(const w2v_vf *v, float *out)
{
    _mm_storeu_ps(out, w2v_sum4(v[0], v[1], v[2], v[3]));
}
W2V_INLINE void w2v_sums(const w2v_vf *v, int n, float *out)
{
    const __m128 low = w2v_sum4(v[0], v[1], v[2], v[3]);
    const __m128 high = n > 4 ? w2v_sum4(v[4], v[5], v[6], v[7]) : _mm_setzero_ps();
    _mm256_storeu_ps(out, _mm256_insertf128_ps(_mm256_castps128_ps256(low), high, 1));
}

#elif defined(W2V_ISA_AVX2)

#include <immintrin.h>
typedef __m256 w2v_vf;
#define W2V_LANES 8
#define W2V_REGISTERS 16
W2V_INLINE w2v_vf w2v_zero(void) { return _mm256_setzero_ps(); }
W2V_INLINE w2v_vf w2v_set1(float value) { return _mm256_set1_ps(value); }
W2V_INLINE w2v_vf w2v_load(const float *p) { return _mm256_loadu_ps(p); }
W2V_INLINE void w2v_store(float *p, w2v_vf v) { _mm256_storeu_ps(p, v); }
W2V_INLINE w2v_vf w2v_fma(w2v_vf a, w2v_vf b, w2v_vf c) { return _mm256_fmadd_ps(a, b, c); }
W2V_INLINE w2v_vf w2v_load_tail(const float *p, int n)
{
    static const int32_t ones_then_zeros[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
    /* As w2v_store_tail stores it, so that a row just written can be forwarded;
     * this is the tail of 100, 20, 300 and other usual dimensions. */
    if (n == 4) return _mm256_zextps128_ps256(_mm_loadu_ps(p));
    const __m256i mask = _mm256_loadu_si256((const __m256i *)(const void *)(ones_then_zeros + 8 - n));
    return _mm256_maskload_ps(p, mask);
}
/* In pieces: a masked store costs tens of micro-operations on AMD's Zen 1 to 3. */
W2V_INLINE void w2v_store_tail(float *p, w2v_vf v, int n)
{
    __m128 rest = _mm256_castps256_ps128(v);
    if (n & 4) {
        _mm_storeu_ps(p, rest);
        rest = _mm256_extractf128_ps(v, 1);
        p += 4;
    }
    if (n & 2) {
        _mm_storel_pi((__m64 *)(void *)p, rest);
        rest = _mm_movehl_ps(rest, rest);
        p += 2;
    }
    if (n & 1) _mm_store_ss(p, rest);
}
W2V_INLINE __m128 w2v_sum4(w2v_vf a, w2v_vf b, w2v_vf c, w2v_vf d)
{
    const __m256 ab = _mm256_add_ps(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
    const __m256 cd = _mm256_add_ps(_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
    const __m256 abcd =
        _mm256_add_ps(_mm256_shuffle_ps(ab, cd, 0x44), _mm256_shuffle_ps(ab, cd, 0xee));
    return _mm_add_ps(_mm256_castps256_ps128(abcd), _mm256_extractf128_ps(abcd, 1));
}
W2V_INLINE void w2v_sums4(const w2v_vf *v, float *out)
{
    _mm_storeu_ps(out, w2v_sum4(v[0], v[1], v[2], v[3]));
}
W2V_INLINE void w2v_sums(const w2v_vf *v, int n, float *out)
{
    const __m128 low = w2v_sum4(v[0], v[1], v[2], v[3]);
    const __m128 high = n > 4 ? w2v_sum4(v[4], v[5], v[6], v[7]) : _mm_setzero_ps();
    _mm256_storeu_ps(out, _mm256_insertf128_ps(_mm256_castps128_ps256(low), high, 1));
}

#elif defined(W2V_ISA_NEON)

#include <arm_neon.h>
typedef float32x4_t w2v_vf;
#define W2V_LANES 4
#define W2V_REGISTERS 32
W2V_INLINE w2v_vf w2v_zero(void) { return vdupq_n_f32(0.0f); }
W2V_INLINE w2v_vf w2v_set1(float value) { return vdupq_n_f32(value); }
W2V_INLINE w2v_vf w2v_load(const float *p) { return vld1q_f32(p); }
W2V_INLINE void w2v_store(float *p, w2v_vf v) { vst1q_f32(p, v); }
W2V_INLINE w2v_vf w2v_fma(w2v_vf a, w2v_vf b, w2v_vf c) { return vfmaq_f32(c, a, b); }
W2V_INLINE w2v_vf w2v_load_tail(const float *p, int n)
{
    w2v_vf v = vdupq_n_f32(0.0f);
    v = vld1q_lane_f32(p, v, 0);
    if (n > 1) v = vld1q_lane_f32(p + 1, v, 1);
    if (n > 2) v = vld1q_lane_f32(p + 2, v, 2);
    return v;
}
W2V_INLINE void w2v_store_tail(float *p, w2v_vf v, int n)
{
    vst1q_lane_f32(p, v, 0);
    if (n > 1) vst1q_lane_f32(p + 1, v, 1);
    if (n > 2) vst1q_lane_f32(p + 2, v, 2);
}
W2V_INLINE void w2v_sums4(const w2v_vf *v, float *out)
{
    vst1q_f32(out, vpaddq_f32(vpaddq_f32(v[0], v[1]), vpaddq_f32(v[2], v[3])));
}
W2V_INLINE void w2v_sums(const w2v_vf *v, int n, float *out)
{
    w2v_sums4(v, out);
    if (n > 4) w2v_sums4(v + 4, out + 4);
}

#elif defined(__GNUC__) && !defined(W2V_NO_VECTORS)

/* Four lanes of the compiler's own vectors: SSE2 on any x86-64. */
typedef float w2v_vf __attribute__((vector_size(16)));
#define W2V_LANES 4
#define W2V_REGISTERS 16
W2V_INLINE w2v_vf w2v_zero(void) { return (w2v_vf){0}; }
W2V_INLINE w2v_vf w2v_set1(float value) { return (w2v_vf){value, value, value, value}; }
W2V_INLINE w2v_vf w2v_load(const float *p)
{
    w2v_vf v;
    memcpy(&v, p, sizeof v);
    return v;
}
W2V_INLINE void w2v_store(float *p, w2v_vf v) { memcpy(p, &v, sizeof v); }
W2V_INLINE w2v_vf w2v_fma(w2v_vf a, w2v_vf b, w2v_vf c) { return a * b + c; }
W2V_INLINE w2v_vf w2v_load_tail(const float *p, int n)
{
    return (w2v_vf){p[0], n > 1 ? p[1] : 0.0f, n > 2 ? p[2] : 0.0f, 0.0f};
}
W2V_INLINE void w2v_store_tail(float *p, w2v_vf v, int n)
{
    for (int i = 0; i < n; i++) p[i] = v[i];
}
W2V_INLINE void w2v_sums4(const w2v_vf *v, float *out)
{
    const w2v_vf a = v[0], b = v[1], c = v[2], d = v[3];
    w2v_store(out, (w2v_vf){a[0], b[0], c[0], d[0]} + (w2v_vf){a[1], b[1], c[1], d[1]} +
                       (w2v_vf){a[2], b[2], c[2], d[2]} + (w2v_vf){a[3], b[3], c[3], d[3]});
}
W2V_INLINE void w2v_sums(const w2v_vf *v, int n, float *out)
{
    w2v_sums4(v, out);
    if (n > 4) w2v_sums4(v + 4, out + 4);
}

#else

/* Any C11 compiler. */
typedef float w2v_vf;
#define W2V_LANES 1
#define W2V_REGISTERS 16
W2V_INLINE w2v_vf w2v_zero(void) { return 0.0f; }
W2V_INLINE w2v_vf w2v_set1(float value) { return value; }
W2V_INLINE w2v_vf w2v_load(const float *p) { return *p; }
W2V_INLINE void w2v_store(float *p, w2v_vf v) { *p = v; }
W2V_INLINE w2v_vf w2v_fma(w2v_vf a, w2v_vf b, w2v_vf c) { return a * b + c; }
W2V_INLINE w2v_vf w2v_load_tail(const float *p, int n) { return n > 0 ? *p : 0.0f; }
W2V_INLINE void w2v_store_tail(float *p, w2v_vf v, int n)
{
    if (n > 0) *p = v;
}
W2V_INLINE void w2v_sums4(const w2v_vf *v, float *out)
{
    for (int j = 0; j < 4; j++) out[j] = v[j];
}
W2V_INLINE void w2v_sums(const w2v_vf *v, int n, float *out)
{
    for (int j = 0; j < n; j++) out[j] = v[j];
}

#endif

#endif
