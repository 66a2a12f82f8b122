"""Rows in a byte for each number, and their products with a query, in C (csrc/w2v_sketch.h)."""

from libc.stdint cimport int8_t, int16_t, int64_t

import numpy as np


cdef extern from "w2v_sketch.h" nogil:
    void w2v_sketch_rows(const float *rows, int64_t n_rows, int64_t dim, int8_t *codes,
                         float *steps)
    ctypedef struct w2v_sketch_query:
        const int16_t *numbers
        float unit
        float error
        float rounding

    void w2v_sketch_bounds(const int8_t *codes, const float *steps, int64_t n_rows, int64_t dim,
                           const w2v_sketch_query *query, float *least, float *most)

# Of the absolute values of a query's numbers: 127 times it fits an int32.
LARGEST_SUM = 2**24


def sketch(const float[:, ::1] rows not None):
    """Round each row to multiples of a step of its own; releases the GIL.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, dim), float32

    Returns
    -------
    codes : ndarray of shape (n_rows, dim), int8
    steps : ndarray of shape (n_rows,), float32
        Number i of row r is ``codes[r, i] * steps[r]`` within half a step. 0 for rows
        of zeros; nan for rows that are not finite or vanishingly small.
    """
    cdef int64_t n_rows = rows.shape[0], dim = rows.shape[1]
    codes = np.empty((n_rows, dim), dtype=np.int8)
    steps = np.empty(n_rows, dtype=np.float32)
    cdef int8_t[:, ::1] code_view = codes
    cdef float[::1] step_view = steps
    if n_rows and dim:
        with nogil:
            w2v_sketch_rows(&rows[0, 0], n_rows, dim, &code_view[0, 0], &step_view[0])
    else:
        steps[:] = 0
    return codes, steps


def bounds(const int8_t[:, ::1] codes not None, const float[::1] steps not None,
           const int16_t[::1] query not None, float unit, float error, float rounding):
    """Bound the products of coded rows with a query; releases the GIL.

    Parameters
    ----------
    codes : ndarray of shape (n_rows, dim), int8
    steps : ndarray of shape (n_rows,), float32
    query : ndarray of shape (dim,), int16
        In multiples of `unit`; the sum of the absolute values is at most `LARGEST_SUM`.
    error : float
        By how much a product is off at most, in steps of its row.
    rounding : float
        The same for all rows.

    Returns
    -------
    least, most : ndarray of shape (n_rows,), float32
        nan for rows of step nan.

    Raises
    ------
    ValueError
        If the lengths do not fit together or the query is too large.
    """
    cdef int64_t n_rows = codes.shape[0], dim = codes.shape[1], i, total = 0
    if query.shape[0] != dim or steps.shape[0] != n_rows:
        raise ValueError(f"a query of {query.shape[0]} numbers and {steps.shape[0]} steps for "
                         f"{n_rows} rows of {dim}")
    for i in range(dim):
        total += abs(<int64_t> query[i])
    if total > LARGEST_SUM:
        raise ValueError(f"the query's numbers sum to {total}, at most {LARGEST_SUM} is allowed")
    least = np.empty(n_rows, dtype=np.float32)
    most = np.empty(n_rows, dtype=np.float32)
    cdef float[::1] least_view = least, most_view = most
    cdef w2v_sketch_query task
    if n_rows and dim:
        task.numbers = &query[0]
        task.unit = unit
        task.error = error
        task.rounding = rounding
        with nogil:
            w2v_sketch_bounds(&codes[0, 0], &steps[0], n_rows, dim, &task,
                              &least_view[0], &most_view[0])
    return least, most
