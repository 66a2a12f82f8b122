#include "w2v_format.h"

#include <string.h>

/* ---- writing: Schubfach ------------------------------------------------
 *
 * R. Giulietti, "The Schubfach way to render doubles" (2020), for float32. Of all
 * decimals that round to the value take a shortest, and of those the nearest. */

#define POWER_MIN (-31)
#define POWER_MAX 45

/* floor(10^k * 2^(63 - floor(log2(10^k)))) + 1 for k from POWER_MIN to POWER_MAX:
 * the first 64 bits of 10^k, rounded up. */
static const uint64_t POWERS[POWER_MAX - POWER_MIN + 1] = {
    0x81ceb32c4b43fcf5, 0xa2425ff75e14fc32, 0xcad2f7f5359a3b3f,
    0xfd87b5f28300ca0e, 0x9e74d1b791e07e49, 0xc612062576589ddb,
    0xf79687aed3eec552, 0x9abe14cd44753b53, 0xc16d9a0095928a28,
    0xf1c90080baf72cb2, 0x971da05074da7bef, 0xbce5086492111aeb,
    0xec1e4a7db69561a6, 0x9392ee8e921d5d08, 0xb877aa3236a4b44a,
    0xe69594bec44de15c, 0x901d7cf73ab0acda, 0xb424dc35095cd810,
    0xe12e13424bb40e14, 0x8cbccc096f5088cc, 0xafebff0bcb24aaff,
    0xdbe6fecebdedd5bf, 0x89705f4136b4a598, 0xabcc77118461cefd,
    0xd6bf94d5e57a42bd, 0x8637bd05af6c69b6, 0xa7c5ac471b478424,
    0xd1b71758e219652c, 0x83126e978d4fdf3c, 0xa3d70a3d70a3d70b,
    0xcccccccccccccccd, 0x8000000000000001, 0xa000000000000001,
    0xc800000000000001, 0xfa00000000000001, 0x9c40000000000001,
    0xc350000000000001, 0xf424000000000001, 0x9896800000000001,
    0xbebc200000000001, 0xee6b280000000001, 0x9502f90000000001,
    0xba43b74000000001, 0xe8d4a51000000001, 0x9184e72a00000001,
    0xb5e620f480000001, 0xe35fa931a0000001, 0x8e1bc9bf04000001,
    0xb1a2bc2ec5000001, 0xde0b6b3a76400001, 0x8ac7230489e80001,
    0xad78ebc5ac620001, 0xd8d726b7177a8001, 0x878678326eac9001,
    0xa968163f0a57b401, 0xd3c21bcecceda101, 0x84595161401484a1,
    0xa56fa5b99019a5c9, 0xcecb8f27f4200f3b, 0x813f3978f8940985,
    0xa18f07d736b90be6, 0xc9f2c9cd04674edf, 0xfc6f7c4045812297,
    0x9dc5ada82b70b59e, 0xc5371912364ce306, 0xf684df56c3e01bc7,
    0x9a130b963a6c115d, 0xc097ce7bc90715b4, 0xf0bdc21abb48db21,
    0x96769950b50d88f5, 0xbc143fa4e250eb32, 0xeb194f8e1ae525fe,
    0x92efd1b8d0cf37bf, 0xb7abc627050305ae, 0xe596b7b0c643c71a,
    0x8f7e32ce7bea5c70, 0xb35dbf821ae4f38c,
};

/* floor(log10(2^e)), floor(log10(3/4 * 2^e)), floor(log2(10^e)), by fixed-point
 * multiplication; exact for |e| < 1000. The shifts of negative numbers are
 * arithmetic in every compiler that builds CPython. */
static int32_t floor_log10_pow2(int32_t e)
{
    return (e * 1262611) >> 22;
}

static int32_t floor_log10_three_quarters_pow2(int32_t e)
{
    return (e * 1262611 - 524031) >> 22;
}

static int32_t floor_log2_pow10(int32_t e)
{
    return (e * 1741647) >> 19;
}

/* The upper 32 of the 96 bits of g * x, with a sticky last bit for what is cut off
 * (up to the rounding error of g itself). */
static uint32_t multiply_round_to_odd(uint64_t g, uint32_t x)
{
    const uint64_t low = (g & UINT32_MAX) * x;
    const uint64_t high = (g >> 32) * x + (low >> 32);
    const uint32_t kept = (uint32_t)(high >> 32);
    const uint32_t rest = (uint32_t)high;
    return kept | (rest > 1);
}

typedef struct {
    uint32_t digits;
    int32_t exponent; /* the value is digits * 10^exponent */
} decimal;

/* `fraction` and `exponent` are the fields of a finite positive float32. */
static decimal shortest_decimal(uint32_t fraction, uint32_t exponent)
{
    const bool subnormal = exponent == 0;
    const uint32_t c = subnormal ? fraction : fraction | 0x800000;
    const int32_t q = (int32_t)(subnormal ? 1 : exponent) - 150;
    /* At a power of two the neighbour below is half as far as the one above. */
    const bool lower_closer = fraction == 0 && exponent > 1;
    const uint32_t odd = c & 1;
    const int32_t k = lower_closer ? floor_log10_three_quarters_pow2(q) : floor_log10_pow2(q);
    const int32_t shift = q + floor_log2_pow10(-k) + 1;
    const uint64_t g = POWERS[-k - POWER_MIN];

    /* Four times value and ends of its rounding interval, in units of 10^k. */
    const uint32_t low = multiply_round_to_odd(g, (4 * c - 2 + lower_closer) << shift) + odd;
    const uint32_t mid = multiply_round_to_odd(g, (4 * c) << shift);
    const uint32_t high = multiply_round_to_odd(g, (4 * c + 2) << shift) - odd;

    const uint32_t s = mid / 4;
    if (s >= 10) {
        const uint32_t tens = s / 10;
        const bool under = low <= 40 * tens;
        const bool over = 40 * tens + 40 <= high;
        if (under != over)
            return (decimal){tens + over, k + 1};
    }
    const bool under = low <= 4 * s;
    const bool over = 4 * s + 4 <= high;
    if (under != over)
        return (decimal){s + over, k};
    const uint32_t middle = 4 * s + 2;
    const bool up = mid > middle || (mid == middle && (s & 1));
    return (decimal){s + up, k};
}

/* "d.ddde-XX": `text` holds the n digits of a number d.ddd * 10^exponent. */
static char *write_scientific(const char *text, int n, int32_t exponent, char *out)
{
    *out++ = text[0];
    if (n > 1) {
        *out++ = '.';
        memcpy(out, text + 1, (size_t)n - 1);
        out += n - 1;
    }
    const int32_t size = exponent < 0 ? -exponent : exponent; /* at most 45 */
    *out++ = 'e';
    *out++ = exponent < 0 ? '-' : '+';
    *out++ = (char)('0' + size / 10);
    *out++ = (char)('0' + size % 10);
    return out;
}

/* "0.00ddd", "ddd.ddd" or "ddd00.0"; exponent as above, in [-5, 6]. */
static char *write_positional(const char *text, int n, int32_t exponent, char *out)
{
    if (exponent < 0) {
        memcpy(out, "0.0000", 6);
        out += 1 - exponent;
        memcpy(out, text, (size_t)n);
        return out + n;
    }
    const int whole = exponent + 1;
    for (int i = 0; i < whole; i++)
        *out++ = i < n ? text[i] : '0';
    *out++ = '.';
    if (n <= whole) {
        *out++ = '0';
        return out;
    }
    memcpy(out, text + whole, (size_t)(n - whole));
    return out + (n - whole);
}

size_t w2v_format_float(float value, char *out)
{
    char *const begin = out;
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    const uint32_t fraction = bits & 0x7fffff;
    const uint32_t exponent = (bits >> 23) & 0xff;

    if (exponent == 0xff && fraction != 0) {
        memcpy(out, "nan", 3);
        return 3;
    }
    if (bits >> 31)
        *out++ = '-';
    if (exponent == 0xff || (exponent == 0 && fraction == 0)) {
        memcpy(out, exponent ? "inf" : "0.0", 3);
        return (size_t)(out + 3 - begin);
    }
    decimal number = shortest_decimal(fraction, exponent);
    while (number.digits % 10 == 0) {
        number.digits /= 10;
        number.exponent++;
    }
    char text[10];
    int n = 0;
    for (uint32_t rest = number.digits; rest != 0; rest /= 10)
        text[sizeof text - 1 - (size_t)n++] = (char)('0' + rest % 10);
    const char *const digits = text + sizeof text - (size_t)n;
    const int32_t scale = number.exponent + n - 1;
    const double size = value < 0 ? -(double)value : (double)value;
    out = size >= 1e-4 && size < 1e6 ? write_positional(digits, n, scale, out)
                                     : write_scientific(digits, n, scale, out);
    return (size_t)(out - begin);
}

size_t w2v_format_floats(const float *values, int64_t n, char *out)
{
    char *const begin = out;
    for (int64_t i = 0; i < n; i++) {
        *out++ = ' ';
        out += w2v_format_float(values[i], out);
    }
    return (size_t)(out - begin);
}

/* ---- reading numbers --------------------------------------------------- */

#define SCALE_MIN (-64)
#define SCALE_MAX 40

static const double SCALES[SCALE_MAX - SCALE_MIN + 1] = {
    1e-64, 1e-63, 1e-62, 1e-61, 1e-60, 1e-59, 1e-58, 1e-57, 1e-56, 1e-55, 1e-54, 1e-53, 1e-52,
    1e-51, 1e-50, 1e-49, 1e-48, 1e-47, 1e-46, 1e-45, 1e-44, 1e-43, 1e-42, 1e-41, 1e-40, 1e-39,
    1e-38, 1e-37, 1e-36, 1e-35, 1e-34, 1e-33, 1e-32, 1e-31, 1e-30, 1e-29, 1e-28, 1e-27, 1e-26,
    1e-25, 1e-24, 1e-23, 1e-22, 1e-21, 1e-20, 1e-19, 1e-18, 1e-17, 1e-16, 1e-15, 1e-14, 1e-13,
    1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2,
    1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28, 1e29, 1e30, 1e31, 1e32, 1e33,
    1e34, 1e35, 1e36, 1e37, 1e38, 1e39, 1e40,
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether [text, end) is `word` (lower case) in any case. */
static bool is_word(const char *text, const char *end, const char *word)
{
    for (; text < end && *word; text++, word++)
        if ((*text | 0x20) != *word)
            return false;
    return text == end && *word == 0;
}

/* mantissa * 10^exponent with the digits after the 19th cut off. */
typedef struct {
    uint64_t mantissa;
    int64_t exponent;
} scanned;

/* Scan an unsigned decimal that is all of [p, end). */
static bool scan_decimal(const char *p, const char *end, scanned *number)
{
    const uint64_t full = 1000000000000000000u; /* 10^18: one more digit fits */
    uint64_t mantissa = 0;
    int64_t exponent = 0;
    int64_t n_digits = 0;
    for (; p < end && is_digit(*p); p++, n_digits++) {
        if (mantissa < full)
            mantissa = mantissa * 10 + (uint64_t)(*p - '0');
        else
            exponent++;
    }
    if (p < end && *p == '.') {
        for (p++; p < end && is_digit(*p); p++, n_digits++) {
            if (mantissa < full) {
                mantissa = mantissa * 10 + (uint64_t)(*p - '0');
                exponent--;
            }
        }
    }
    if (n_digits == 0)
        return false;
    if (p < end && (*p | 0x20) == 'e') {
        p++;
        const bool negative = p < end && *p == '-';
        if (p < end && (*p == '-' || *p == '+'))
            p++;
        if (p == end || !is_digit(*p))
            return false;
        int64_t given = 0;
        for (; p < end && is_digit(*p); p++)
            if (given < 1000000000000) /* beyond it every mantissa is 0 or inf */
                given = given * 10 + (*p - '0');
        exponent += negative ? -given : given;
    }
    number->mantissa = mantissa;
    number->exponent = exponent;
    return p == end;
}

/* Round mantissa * 10^exponent, or give up. In double the product is off by less
 * than 3 units in the last place: half a unit each for mantissa, table and product,
 * and next to nothing for digits cut off. Unless it lies that near the middle
 * between two float32, it rounds as the exact number does. */
static bool round_quickly(scanned number, float *value)
{
    if (number.mantissa == 0) {
        *value = 0;
        return true;
    }
    if (number.exponent < SCALE_MIN || number.exponent > SCALE_MAX)
        return false;
    const double product = (double)number.mantissa * SCALES[number.exponent - SCALE_MIN];
    if (product < 1.2e-38 || product > 3.4e38) /* outside float32's normal range */
        return false;
    uint64_t bits;
    memcpy(&bits, &product, sizeof bits);
    const int64_t from_middle = (int64_t)(bits & 0x1fffffff) - 0x10000000;
    if (from_middle >= -8 && from_middle <= 8)
        return false;
    *value = (float)product;
    return true;
}

static float not_finite(bool nan)
{
    const uint32_t bits = nan ? 0x7fc00000 : 0x7f800000;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

bool w2v_parse_float(const char *text, const char *end, w2v_exact_fn *exact, float *value)
{
    const char *p = text;
    const bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    scanned number;
    float size;
    if (scan_decimal(p, end, &number)) {
        if (!round_quickly(number, &size))
            size = exact(p, (int64_t)(end - p));
    } else if (is_word(p, end, "nan")) {
        size = not_finite(true);
    } else if (is_word(p, end, "inf") || is_word(p, end, "infinity")) {
        size = not_finite(false);
    } else {
        return false;
    }
    *value = negative ? -size : size;
    return true;
}

/* ---- reading rows ------------------------------------------------------ */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Read the numbers of one line from `p` on; true if there are exactly `dim`. */
static bool parse_numbers(const char *p, const char *end, int64_t dim, w2v_exact_fn *exact,
                          float *values)
{
    for (int64_t column = 0; column < dim; column++) {
        while (p < end && is_blank(*p))
            p++;
        const char *const begin = p;
        while (p < end && !is_blank(*p))
            p++;
        if (!w2v_parse_float(begin, p, exact, &values[column]))
            return false;
    }
    return p == end;
}

bool w2v_parse_text(w2v_cursor *cursor, w2v_rows *rows, w2v_exact_fn *exact)
{
    while (rows->filled < rows->n_rows && cursor->position < cursor->size) {
        const char *const line = cursor->data + cursor->position;
        const char *const newline = memchr(line, '\n', (size_t)(cursor->size - cursor->position));
        if (newline == NULL)
            return true;
        const char *end = newline;
        while (end > line && (is_blank(end[-1]) || end[-1] == '\r'))
            end--;
        if (end > line) {
            const char *key_end = line;
            while (key_end < end && !is_blank(*key_end))
                key_end++;
            if (!parse_numbers(key_end, end, rows->dim, exact,
                               rows->values + rows->filled * rows->dim))
                return false;
            rows->spans[2 * rows->filled] = cursor->position;
            rows->spans[2 * rows->filled + 1] = key_end - cursor->data;
            rows->filled++;
        }
        cursor->position = newline + 1 - cursor->data;
        cursor->lines++;
    }
    return true;
}

void w2v_parse_binary(w2v_cursor *cursor, w2v_rows *rows)
{
    const int64_t row_bytes = rows->dim * (int64_t)sizeof(float);
    while (rows->filled < rows->n_rows) {
        int64_t begin = cursor->position;
        while (begin < cursor->size && cursor->data[begin] == '\n')
            begin++;
        if (begin == cursor->size)
            return;
        const char *const space =
            memchr(cursor->data + begin, ' ', (size_t)(cursor->size - begin));
        if (space == NULL)
            return;
        const int64_t key_end = space - cursor->data;
        if (cursor->size - key_end - 1 < row_bytes)
            return;
        memcpy(rows->values + rows->filled * rows->dim, space + 1, (size_t)row_bytes);
        rows->spans[2 * rows->filled] = begin;
        rows->spans[2 * rows->filled + 1] = key_end;
        rows->filled++;
        cursor->position = key_end + 1 + row_bytes;
    }
}
