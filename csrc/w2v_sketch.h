/* Rows of a matrix in a byte for each number, to compare them with a query four times
 * as fast as memory delivers floats.
 *
 * Plain C11 without Python headers, no allocation. The caller (word2vec/vectors/
 * _sketch.pyx) owns every buffer and has checked its size. The sums are integers:
 * results do not depend on the instruction set.
 */
#ifndef W2V_SKETCH_H
#define W2V_SKETCH_H

#include <stdint.h>

/* Round each row to multiples of its step, the 127th part of its largest number: every
 * number of row r is codes[r * dim + i] * steps[r] within half a step and rounding.
 * A row of zeros has step 0; one with numbers that are not finite, or all of them too
 * small for this, has step nan. */
void w2v_sketch_rows(const float *rows, int64_t n_rows, int64_t dim, int8_t *codes, float *steps);

/* A unit vector as whole numbers: about numbers[i] * unit. The sum of |numbers[i]| is at
 * most 2^24, so that no product with a row overflows. */
typedef struct {
    const int16_t *numbers;
    float unit;
    float error;    /* by which a product is off at most, for a row of step 1 */
    float rounding; /* the same for every row */
} w2v_sketch_query;

/* Bound each row's product with the query: for row r it is within
 * steps[r] * (sum of codes[r * dim + i] * numbers[i] * unit -+ error) -+ rounding. */
void w2v_sketch_bounds(const int8_t *codes, const float *steps, int64_t n_rows, int64_t dim,
                       const w2v_sketch_query *query, float *least, float *most);

#endif
