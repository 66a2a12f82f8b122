/* Rows of a matrix in half a byte for each number, to compare them with queries eight
 * times as fast as memory delivers floats, and a few queries at a time.
 *
 * Plain C11 without Python headers, no allocation. The caller (word2vec/vectors/
 * _sketch.pyx) owns every buffer and has checked its size. The sums are integers:
 * results do not depend on the instruction set.
 */
#ifndef W2V_SKETCH_H
#define W2V_SKETCH_H

#include <stdint.h>

#define W2V_SKETCH_ROWS 32 /* rows of a group, whose codes lie together */
#define W2V_SKETCH_STEP 8  /* numbers of each row that lie together: `dim` is a multiple */

/* Groups of coded rows: number i of row r is about (code - 7.5) * steps[r], code in 0..15.
 * Bytes of a group: of W2V_SKETCH_STEP numbers, row after row; byte j has number j in
 * its lower and number j + 4 in its upper half; then the next numbers. */
typedef struct {
    const uint8_t *codes; /* of a group: W2V_SKETCH_ROWS * dim / 2 */
    const float *steps;   /* finite, of a whole number of groups, as are the errors */
    const float *errors;  /* by which a row is off; -inf: the row has no place in answers */
    int64_t dim;
    int plain; /* only what every processor has: for tests */
} w2v_sketch;

/* Some queries as whole numbers: about numbers[i] * units[q]. A row's product with one is at
 * most that of its code + stretch[q] * its error + slack[q]. */
typedef struct {
    const int8_t *numbers; /* of each query: dim, none -128, 0 behind the last one of the rows */
    const int32_t *totals; /* of the numbers of each query */
    const float *units;
    const float *stretch;
    const float *slack;
    int64_t n;
} w2v_sketch_queries;

/* Code the numbers of rows from the first of a group on, where `dim` is that of the rows.
 * sizes: the lengths of the coded rows, errors: how far they are from the rows. Rows with
 * numbers that are not finite, or all of them too small for this, have the error nan. */
void w2v_sketch_rows(const float *rows, int64_t n_rows, int64_t dim, uint8_t *codes, float *steps,
                     float *sizes, float *errors);

/* The most that a product of each query with a row of each group can be:
 * most[q * (stop - first) + g - first] for the groups first <= g < stop. */
void w2v_sketch_most(const w2v_sketch *sketch, const w2v_sketch_queries *queries, int64_t first,
                     int64_t stop, float *most);

/* The rows of these groups whose products with query q can be `threshold` or more, in order;
 * `most` is that of this query. Returns how many; `groups` has
 * room for all of these groups and one more, `rows` for all of their rows and one more. */
int64_t w2v_sketch_reaching(const w2v_sketch *sketch, const w2v_sketch_queries *queries, int64_t q,
                            int64_t first, int64_t stop, const float *most, float threshold,
                            int64_t *groups, int64_t *rows);

#endif
