/* Numbers and rows of the word2vec text and binary formats.
 *
 * Plain C11 without Python headers, no allocation, no I/O, no locale. The caller
 * (word2vec/io/_format.pyx) owns every buffer and has checked its size. Writing
 * gives the shortest decimal that reads back as the same float32; reading rounds
 * to nearest, ties to even, to the last bit.
 */
#ifndef W2V_FORMAT_H
#define W2V_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for the text of any float32; the longest is "-1.1754944e-38". */
#define W2V_FLOAT_CHARS 24

/* Write `value` to `out` (W2V_FLOAT_CHARS bytes, no terminator), return the length.
 * The text is what str(numpy.float32(value)) gives: "0.25", "-1.5e-05", "1.0",
 * "inf", "nan"; without an exponent where 1e-4 <= |value| < 1e6. */
size_t w2v_format_float(float value, char *out);

/* Write " a b c" (each value after a space) to `out`, which holds
 * n * (W2V_FLOAT_CHARS + 1) bytes; return the length. */
size_t w2v_format_floats(const float *values, int64_t n, char *out);

/* Rounds the number that is the text exactly. Asked only for numbers that lie too
 * near the middle of two float32, for subnormal and for huge ones. */
typedef float w2v_exact_fn(const char *text, int64_t length);

/* Read the number that is all of [text, end): digits with an optional sign, point
 * and exponent, or inf, infinity, nan in any case. False: it is not a number. */
bool w2v_parse_float(const char *text, const char *end, w2v_exact_fn *exact, float *value);

/* Where a reader of rows stands in one buffer. */
typedef struct {
    const char *data;
    int64_t size;
    int64_t position; /* IN first byte to read; OUT first byte not consumed */
    int64_t lines;    /* IN, OUT line ends consumed, those of blank lines too */
} w2v_cursor;

/* Where rows go. Row r has `dim` floats at values + r * dim; its key is the bytes
 * [spans[2 * r], spans[2 * r + 1]) of the cursor's data. */
typedef struct {
    float *values;
    int64_t *spans;
    int64_t n_rows; /* rows that fit */
    int64_t dim;
    int64_t filled; /* IN, OUT rows filled so far */
} w2v_rows;

/* Read lines "key number ... number\n" until all rows are filled or the buffer holds
 * no further whole line. Numbers stand between spaces or tabs; blank lines are
 * skipped. False: the line at cursor->position is not a key and dim numbers. */
bool w2v_parse_text(w2v_cursor *cursor, w2v_rows *rows, w2v_exact_fn *exact);

/* Read binary rows "key " + dim float32 in the byte order of the machine, until all
 * rows are filled or the buffer holds no further whole row. Newlines before a key
 * are dropped (word2vec.c ends each row with one). */
void w2v_parse_binary(w2v_cursor *cursor, w2v_rows *rows);

#endif
