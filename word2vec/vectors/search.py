"""The rows of a matrix that point most nearly the way some unit vectors do.

Exact: a row is left out only after it was shown to be too far away. Many queries share
matrix products. Few wait for memory, so they read a sketch of the matrix, half a byte for each
number, and then the few rows that the sketch cannot exclude; a small matrix they read as it
is. Whatever the way, a row's cosine is computed last and alike.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

from word2vec.vectors import _sketch
from word2vec.vectors.arrays import Array, largest, nth_largest

_MANY = 32  # queries: from here on a matrix product is faster than the sketch
_GROUP = 32  # rows: few enough to look into, enough that there are few groups
# Rows and queries multiplied at a time. A product of 8 MB stays in the cache; with smaller ones
# the threads of numpy's BLAS wait for one another more often, for seconds on a busy machine.
_BLOCK = 2048  # a multiple of _GROUP
_PIECE = 1024
_SKETCHED = 2**18  # products with numbers of the matrix that are worth a sketch

Rows = npt.NDArray[np.intp]
Found = tuple[Rows, Array]
P = ParamSpec("P")
R = TypeVar("R")


def _quiet(function: Callable[P, R]) -> Callable[P, R]:
    """Let rows with inf have nan for a cosine without numpy's warning."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with np.errstate(invalid="ignore", over="ignore"):
            return function(*args, **kwargs)

    return run


class Searcher:
    """What queries need to know about one matrix; nothing of it may change.

    Parameters
    ----------
    vectors : ndarray of shape (n_rows, dim), float
    norms : ndarray of shape (n_rows,)
        Their lengths.

    Attributes
    ----------
    vectors, norms : ndarray
        What was given.
    lengths : ndarray of shape (n_rows,)
        The norms with 1 for 0: zero vectors are similar to nothing, not nan.
    """

    def __init__(self, vectors: Array, norms: Array) -> None:
        self.vectors = vectors
        self.norms = norms
        self.lengths: Array = np.where(norms == 0, norms.dtype.type(1), norms)
        # Cosines of one row may differ by this between two ways to add them up.
        precision = max(np.finfo(vectors.dtype).eps, np.finfo(np.float32).eps)
        self._rounding = (8 + vectors.shape[1]) * float(precision)
        self._sketch: _sketch.Sketch | None = None
        self._asked = 0

    @_quiet
    def cosines(self, unit: Array, rows: range) -> Array:
        """Return the cosines of a unit vector (or zero) with some rows."""
        products: Array = self.vectors[rows.start : rows.stop] @ unit
        products /= self.lengths[rows.start : rows.stop]
        return products

    def nearest(self, unit: Array, rows: range, n: int) -> Found:
        """Find the n rows of a range that are nearest to a unit vector.

        Parameters
        ----------
        unit : ndarray of shape (dim,)
            Of length 1 or 0.
        rows : range
            Of step 1.
        n : int
            >= 1; all rows if there are fewer.

        Returns
        -------
        rows, cosines : ndarray
            Best first, ties in the order of the rows; a row with nan comes last.
        """
        return self.nearest_batch(unit[np.newaxis], rows, n)[0]

    @_quiet
    def nearest_batch(self, units: Array, rows: range, n: int) -> list[Found]:
        """Find the n rows of a range that are nearest to each of many unit vectors.

        Parameters
        ----------
        units : ndarray of shape (n_units, dim)
            Of length 1 or 0.
        rows : range
            Of step 1.
        n : int
            >= 1; all rows if there are fewer.

        Returns
        -------
        list of (rows, cosines)
            For each unit vector what `nearest` finds.
        """
        if len(units) >= _MANY:
            candidates = self._multiplied(units, rows, n)
        elif (sketch := self._sketch_for(len(units))) is not None:
            candidates = self._sketched(sketch, units, rows, n)
        else:
            candidates = self._compared(units, rows, n)
        return [self._best(found, unit, n) for unit, found in zip(units, candidates, strict=True)]

    def _sketch_for(self, n_units: int) -> _sketch.Sketch | None:
        """Return the sketch if it pays: from the second query on.

        Making it takes longer than a product, which answers whoever asks once.
        """
        self._asked += n_units
        fits = self.vectors.shape[1] <= _sketch.LARGEST_DIM
        large = n_units * self.vectors.size >= _SKETCHED
        if self._sketch is None and fits and large and self._asked > 1:
            # Without the memory for it, products answer.
            with contextlib.suppress(MemoryError):
                self._sketch = _sketch.Sketch(self.vectors, self.lengths)
        return self._sketch

    def _compared(self, units: Array, rows: range, n: int) -> Iterator[Rows]:
        """Give the rows that can be among the nearest, by products with all rows."""
        for unit in units:
            cosines = self.cosines(unit, rows)
            threshold = nth_largest(cosines, n) - 2 * self._rounding
            # nan excludes no row.
            yield np.flatnonzero(~(cosines < threshold)) + rows.start

    def _sketched(
        self, sketch: _sketch.Sketch, units: Array, rows: range, n: int
    ) -> Iterator[Rows]:
        """Give the rows that can be among the nearest, by the sketch."""
        unbounded = sketch.unbounded
        unbounded = unbounded[(unbounded >= rows.start) & (unbounded < rows.stop)]
        bounds = _sketch.Bounds(sketch, units, rows, self._rounding)
        for query, (unit, most) in enumerate(zip(units, bounds.most, strict=True)):
            # The most promising rows show how near the nearest are at least. Two groups
            # more, as those at the ends may have their best row outside the range.
            promising = bounds.reaching(query, nth_largest(most, n + 2))
            least = nth_largest(self._cosines(promising, unit), n) - self._rounding
            found = bounds.reaching(query, least)
            yield np.union1d(found, unbounded) if len(unbounded) else found

    def _multiplied(self, units: Array, rows: range, n: int) -> Iterator[Rows]:
        """Give the rows that can be among the nearest, by matrix products."""
        for begin in range(0, len(units), _PIECE):
            # A piece at a time also in memory: what it needs goes with its generator.
            yield from self._multiplied_piece(units[begin : begin + _PIECE], rows, n)

    def _multiplied_piece(self, units: Array, rows: range, n: int) -> Iterator[Rows]:
        for best in self._best_of_groups(units, rows):
            groups = np.flatnonzero(~(best < nth_largest(best, n) - 2 * self._rounding))
            found = rows.start + (groups[:, np.newaxis] * _GROUP + np.arange(_GROUP)).ravel()
            yield found[: np.searchsorted(found, rows.stop)]

    def _best_of_groups(self, units: Array, rows: range) -> Array:
        """Return the largest cosine in each group of rows, of shape (n_units, n_groups)."""
        dtype = np.result_type(self.vectors, np.float32)
        best = np.empty((len(units), -(-len(rows) // _GROUP)), dtype=dtype)
        products = np.empty((_BLOCK, len(units)), dtype=dtype)
        columns = np.ascontiguousarray(units.T, dtype=dtype)
        for begin in range(0, len(rows), _BLOCK):
            block = rows[begin : begin + _BLOCK]
            n_rows = len(block)
            part = slice(block.start, block.stop)
            unit_rows = self.vectors[part] / self.lengths[part, np.newaxis]
            np.matmul(unit_rows, columns, out=products[:n_rows])
            products[n_rows:] = -np.inf  # behind the last row
            groups = products.reshape(_BLOCK // _GROUP, _GROUP, -1).max(axis=1)
            place = best[:, begin // _GROUP : begin // _GROUP + len(groups)]
            place[:] = groups[: place.shape[1]].T
        return best

    def _cosines(self, rows: Rows, unit: Array) -> Array:
        # einsum adds up each row alike, whatever rows stand beside it.
        products: Array = np.einsum("ij,j->i", self.vectors.take(rows, axis=0), unit)
        products /= self.lengths[rows]
        return products

    def _best(self, rows: Rows, unit: Array, n: int) -> Found:
        cosines = self._cosines(rows, unit)
        order = largest(cosines, n)
        return rows[order], cosines[order]
