"""Rows in half a byte for each number, and what their products with queries are at most, in C
(csrc/w2v_sketch.h)."""

from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t

import numpy as np


cdef extern from "w2v_sketch.h" nogil:
    int W2V_SKETCH_ROWS
    int W2V_SKETCH_STEP
    ctypedef struct w2v_sketch:
        const uint8_t *codes
        const float *steps
        const float *errors
        int64_t dim
        int plain
    ctypedef struct w2v_sketch_queries:
        const int8_t *numbers
        const int32_t *totals
        const float *units
        const float *stretch
        const float *slack
        int64_t n

    void w2v_sketch_rows(const float *rows, int64_t n_rows, int64_t dim, uint8_t *codes,
                         float *steps, float *sizes, float *errors)
    void w2v_sketch_most(const w2v_sketch *sketch, const w2v_sketch_queries *queries,
                         int64_t first, int64_t stop, float *most)
    int64_t w2v_sketch_reaching(const w2v_sketch *sketch, const w2v_sketch_queries *queries,
                                int64_t q, int64_t first, int64_t stop, const float *most,
                                float threshold, int64_t *groups, int64_t *rows)

ROWS = W2V_SKETCH_ROWS
LARGEST_DIM = 2**18  # 2 * 15 * 127 times it fits an int32
_BLOCK = 2**18  # numbers turned to float32 at a time: they stay in the cache
_SLACK = 1 + 1e-6  # for the float32 roundings of a bound's parts


cdef class Sketch:
    """The rows of a matrix, scaled and in half a byte for each number.

    Parameters
    ----------
    vectors : ndarray of shape (n_rows, dim), float
    lengths : ndarray of shape (n_rows,), float
        What the rows are divided by; not 0.
    plain : bool, default=False
        Use only instructions that every processor has, with the same results.

    Attributes
    ----------
    n_rows, dim : int
    unbounded : ndarray of int64
        Rows of which nothing is known, in order: not finite, or vanishingly small.

    Raises
    ------
    ValueError
        If there are not as many lengths as rows, or no or more than `LARGEST_DIM` numbers in
        a row.
    """

    cdef readonly int64_t n_rows, dim
    cdef readonly object unbounded
    cdef object arrays  # keeps what `state` points to
    cdef double size  # of the longest row
    cdef w2v_sketch state

    def __init__(self, vectors not None, lengths not None, bint plain=False):
        self.n_rows, self.dim = vectors.shape
        if len(lengths) != self.n_rows:
            raise ValueError(f"{len(lengths)} lengths for {self.n_rows} rows: give one for each")
        if not 1 <= self.dim <= LARGEST_DIM:
            raise ValueError(f"rows of {self.dim} numbers: 1 to {LARGEST_DIM} are allowed")
        cdef int64_t n_groups = (self.n_rows + W2V_SKETCH_ROWS - 1) // W2V_SKETCH_ROWS
        cdef int64_t padded = (
            (self.dim + W2V_SKETCH_STEP - 1) // W2V_SKETCH_STEP * W2V_SKETCH_STEP)
        codes = np.zeros((n_groups, W2V_SKETCH_ROWS * padded // 2), np.uint8)
        steps, sizes = np.zeros((2, n_groups * W2V_SKETCH_ROWS), np.float32)
        errors = np.zeros_like(steps)
        errors[self.n_rows:] = -np.inf
        self._code(vectors, codes, steps, sizes, errors)
        for values in (steps, sizes, errors):
            values[:self.n_rows] /= lengths
        known = np.isfinite(steps) & np.isfinite(sizes) & np.isfinite(errors)
        self.unbounded = np.flatnonzero(~known[:self.n_rows])
        steps[self.unbounded] = 0
        errors[self.unbounded] = -np.inf
        self.size = sizes[known].max(initial=0)
        self.arrays = codes, steps, errors
        cdef const uint8_t[:, ::1] code_view = codes
        cdef const float[::1] step_view = steps, error_view = errors
        if codes.size:
            self.state.codes = &code_view[0, 0]
            self.state.steps = &step_view[0]
            self.state.errors = &error_view[0]
        self.state.dim = padded
        self.state.plain = plain

    cdef _code(self, vectors, uint8_t[:, ::1] codes, float[::1] steps, float[::1] sizes,
               float[::1] errors):
        cdef int64_t dim = self.dim, begin, n
        cdef int64_t step = max(1, _BLOCK // dim // W2V_SKETCH_ROWS) * W2V_SKETCH_ROWS
        cdef const float[:, ::1] rows
        for begin in range(0, self.n_rows, step):
            rows = np.ascontiguousarray(vectors[begin:begin + step], dtype=np.float32)
            n = rows.shape[0]
            with nogil:
                w2v_sketch_rows(&rows[0, 0], n, dim, &codes[begin // W2V_SKETCH_ROWS, 0],
                                &steps[begin], &sizes[begin], &errors[begin])


cdef class Bounds:
    """What the products of some rows with some queries are at most; releases the GIL.

    Parameters
    ----------
    sketch : Sketch
    queries : ndarray of shape (n_queries, dim), float
        Of length 1 or 0.
    rows : range
        Of step 1, within the rows of the sketch.
    rounding : float
        By which a product may seem larger than it is.

    Attributes
    ----------
    most : ndarray of shape (n_queries, n_groups), float32
        The largest of each group of `ROWS` rows, counted from row 0, that has one of `rows`.
        Unbounded rows are left out.

    Raises
    ------
    ValueError
        If the queries do not have the sketch's dim or the rows are not within it.
    """

    cdef readonly object most
    cdef Sketch sketch
    cdef object arrays
    cdef object groups, rows  # room for `reaching`
    cdef int64_t start, stop, first, last
    cdef w2v_sketch_queries state

    def __init__(self, Sketch sketch not None, queries not None, rows not None,
                 double rounding):
        if queries.ndim != 2 or queries.shape[1] != sketch.dim:
            raise ValueError(f"queries of shape {queries.shape}: (n, {sketch.dim}) is asked for")
        self.start, self.stop = rows.start, max(rows.start, rows.stop)
        if rows.step != 1 or self.start < 0 or self.stop > sketch.n_rows:
            raise ValueError(f"{rows} is not a part of {sketch.n_rows} rows in their order")
        self.sketch = sketch
        self.first = self.start // W2V_SKETCH_ROWS
        self.last = max(self.first, (self.stop + W2V_SKETCH_ROWS - 1) // W2V_SKETCH_ROWS)
        self._round(queries, rounding)
        self.most = np.empty((len(queries), self.last - self.first), np.float32)
        n_groups = self.last - self.first
        self.groups = np.empty(n_groups + 1, np.int64)
        self.rows = np.empty(n_groups * W2V_SKETCH_ROWS + 1, np.int64)
        cdef float[:, ::1] most = self.most
        if self.most.size:
            with nogil:
                w2v_sketch_most(&sketch.state, &self.state, self.first, self.last, &most[0, 0])

    cdef _round(self, queries, double rounding):
        """Turn the queries into whole numbers."""
        cdef int64_t n = len(queries), dim = self.sketch.dim
        finite = np.isfinite(queries).all(axis=1)  # the others exclude no row
        wide = np.where(finite[:, np.newaxis], queries, 0).astype(np.float64)
        units = np.abs(wide).max(axis=1, initial=0) / 127
        units[units == 0] = 1
        rounded = np.rint(wide / units[:, np.newaxis])
        lost = np.linalg.norm(wide - rounded * units[:, np.newaxis], axis=1)
        stretch = np.maximum(np.linalg.norm(wide, axis=1), 1) * _SLACK
        slack = np.where(finite, lost * self.sketch.size * _SLACK + rounding, np.inf)
        numbers = np.zeros((n, self.sketch.state.dim), np.int8)
        numbers[:, :dim] = rounded
        totals = rounded.sum(axis=1).astype(np.int32)
        floats = np.array([units, stretch, slack], np.float32)
        self.arrays = numbers, totals, floats
        cdef const int8_t[:, ::1] number_view = numbers
        cdef const int32_t[::1] total_view = totals
        cdef const float[:, ::1] float_view = floats
        self.state.n = n
        if numbers.size:
            self.state.numbers = &number_view[0, 0]
            self.state.totals = &total_view[0]
            self.state.units = &float_view[0, 0]
            self.state.stretch = &float_view[1, 0]
            self.state.slack = &float_view[2, 0]

    def reaching(self, int64_t query, float threshold):
        """Find the rows whose products with one query can be a threshold or more.

        Parameters
        ----------
        query : int
        threshold : float
            Not nan.

        Returns
        -------
        ndarray of int64
            In order, among them all that are and no unbounded ones.

        Raises
        ------
        IndexError
            If there is no such query.
        """
        if not 0 <= query < self.state.n:
            raise IndexError(f"query {query} of {self.state.n}")
        cdef const float[:, ::1] most = self.most
        cdef int64_t[::1] groups = self.groups, rows = self.rows
        cdef int64_t n = 0, begin = 0
        if self.most.size:
            with nogil:
                n = w2v_sketch_reaching(&self.sketch.state, &self.state, query, self.first,
                                        self.last, &most[query, 0], threshold,
                                        &groups[0], &rows[0])
        # The groups at both ends may have other rows too.
        while begin < n and rows[begin] < self.start:
            begin += 1
        while begin < n and rows[n - 1] >= self.stop:
            n -= 1
        return self.rows[begin:n].copy()
