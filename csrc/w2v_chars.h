/* Characters of UTF-8 text: well-formed sequences, separators, and masks that tell 64
 * bytes apart at once. Private to w2v_text.c.
 */
#ifndef W2V_CHARS_H
#define W2V_CHARS_H

#include <stdbool.h>
#include <stdint.h>

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#endif
#if defined(__SSE2__) || (defined(_MSC_VER) && defined(_M_X64))
#define W2V_HAVE_SSE2 1
#include <emmintrin.h>
#endif

/* Bytes that `classify` looks at. */
enum { W2V_CHUNK = 64 };

/* Separators below U+0080. */
static inline bool is_ascii_space(uint8_t c)
{
    return (uint8_t)(c - 9) <= 4 || (uint8_t)(c - 0x1c) <= 4;
}

/* First bytes of the separators from U+0080 on. */
static inline bool is_space_lead(uint8_t c)
{
    return c == 0xc2 || (uint8_t)(c - 0xe1) <= 2;
}

/* Length in bytes of the separator that begins at p, a byte for which is_space_lead
 * holds; 0 if there is none. */
static inline int wide_space(const uint8_t *p, int64_t n)
{
    if (p[0] == 0xc2) return n >= 2 && (p[1] == 0x85 || p[1] == 0xa0) ? 2 : 0;
    if (n < 3) return 0;
    switch (p[0] << 8 | p[1]) {
    case 0xe19a: return p[2] == 0x80 ? 3 : 0; /* U+1680 */
    case 0xe280: /* U+2000 to U+200A, U+2028, U+2029, U+202F */
        return p[2] <= 0x8a || p[2] == 0xa8 || p[2] == 0xa9 || p[2] == 0xaf ? 3 : 0;
    case 0xe281: return p[2] == 0x9f ? 3 : 0; /* U+205F */
    case 0xe380: return p[2] == 0x80 ? 3 : 0; /* U+3000 */
    default: return 0;
    }
}

static inline bool is_tail(uint8_t c) { return (c & 0xc0) == 0x80; }

/* Length of the well-formed character that begins with the byte p[0] >= 0x80; 0 if
 * it is not well formed (Unicode Standard, table 3-7). */
static inline int utf8_length(const uint8_t *p, int64_t n)
{
    uint8_t c = p[0];
    if (c < 0xc2 || c > 0xf4) return 0;
    if (c < 0xe0) return n >= 2 && is_tail(p[1]) ? 2 : 0;
    if (n < 3 || !is_tail(p[1]) || !is_tail(p[2])) return 0;
    if (c < 0xf0) {
        bool overlong = c == 0xe0 && p[1] < 0xa0, surrogate = c == 0xed && p[1] > 0x9f;
        return overlong || surrogate ? 0 : 3;
    }
    bool outside = (c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f);
    return n >= 4 && is_tail(p[3]) && !outside ? 4 : 0;
}

/* One bit for each of 64 bytes, lowest bit first. */
typedef struct {
    uint64_t spaces, newlines, leads;
} byte_masks;

#ifdef W2V_HAVE_SSE2
static inline __m128i at_most(__m128i x, char base, char width)
{
    __m128i y = _mm_sub_epi8(x, _mm_set1_epi8(base));
    return _mm_cmpeq_epi8(_mm_min_epu8(y, _mm_set1_epi8(width)), y);
}

static inline uint64_t bits(__m128i x, int shift)
{
    return (uint64_t)(uint32_t)_mm_movemask_epi8(x) << shift;
}

static inline byte_masks classify(const uint8_t *p)
{
    byte_masks masks = {0, 0, 0};
    for (int i = 0; i < W2V_CHUNK; i += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        masks.spaces |= bits(_mm_or_si128(at_most(x, 9, 4), at_most(x, 0x1c, 4)), i);
        masks.newlines |= bits(_mm_cmpeq_epi8(x, _mm_set1_epi8('\n')), i);
        masks.leads |= bits(_mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8((char)0xc2)),
                                         at_most(x, (char)0xe1, 2)),
                            i);
    }
    return masks;
}
#else
static inline byte_masks classify(const uint8_t *p)
{
    byte_masks masks = {0, 0, 0};
    for (int i = 0; i < W2V_CHUNK; i++) {
        masks.spaces |= (uint64_t)is_ascii_space(p[i]) << i;
        masks.newlines |= (uint64_t)(p[i] == '\n') << i;
        masks.leads |= (uint64_t)is_space_lead(p[i]) << i;
    }
    return masks;
}
#endif

static inline int lowest_bit(uint64_t x)
{
#if defined(__GNUC__) || defined(__clang__)
    return __builtin_ctzll(x);
#elif defined(_MSC_VER) && defined(_M_X64)
    unsigned long i;
    _BitScanForward64(&i, x);
    return (int)i;
#else
    int i = 0;
    while (!(x >> i & 1)) i++;
    return i;
#endif
}

#endif
