"""The rows of a matrix that point most nearly the way some unit vectors do.

Exact: a row is left out only after it was shown to be too far away. A query waits for memory,
so it reads a sketch of the matrix, half a byte for each number, and then the few rows that
the sketch cannot exclude; many queries read the sketch together. A small matrix is read as it
is. Whatever the way, a row's cosine is computed last and alike.
"""

import functools
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

from word2vec.vectors import _sketch
from word2vec.vectors.arrays import Array, largest, nth_largest

_PIECE = 1024  # queries that read the sketch together
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
        candidates = self._sketched if self._sketch_pays(len(units)) else self._compared
        return [
            self._best(found, unit, n)
            for unit, found in zip(units, candidates(units, rows, n), strict=True)
        ]

    def _sketch_pays(self, n_units: int) -> bool:
        """Make the sketch when it is wanted first: that takes about as long as one product."""
        fits = self.vectors.shape[1] <= _sketch.LARGEST_DIM
        if self._sketch is None and fits and n_units * self.vectors.size >= _SKETCHED:
            self._sketch = _sketch.Sketch(self.vectors, self.lengths)
        return self._sketch is not None

    def _compared(self, units: Array, rows: range, n: int) -> Iterator[Rows]:
        """Give the rows that can be among the nearest, by products with all rows."""
        for unit in units:
            cosines = self.cosines(unit, rows)
            threshold = nth_largest(cosines, n) - 2 * self._rounding
            # nan excludes no row.
            yield np.flatnonzero(~(cosines < threshold)) + rows.start

    def _sketched(self, units: Array, rows: range, n: int) -> Iterator[Rows]:
        """Give the rows that can be among the nearest, by the sketch."""
        sketch = self._sketch
        assert sketch is not None
        unbounded = sketch.unbounded
        unbounded = unbounded[(unbounded >= rows.start) & (unbounded < rows.stop)]
        for begin in range(0, len(units), _PIECE):
            piece = units[begin : begin + _PIECE]
            bounds = _sketch.Bounds(sketch, piece, rows, self._rounding)
            for query, (unit, most) in enumerate(zip(piece, bounds.most, strict=True)):
                # The most promising rows show how near the nearest are at least. Two groups
                # more, as those at the ends may have their best row outside the range.
                promising = bounds.reaching(query, nth_largest(most, n + 2))
                least = nth_largest(self._cosines(promising, unit), n) - self._rounding
                found = bounds.reaching(query, least)
                yield np.union1d(found, unbounded) if len(unbounded) else found

    def _cosines(self, rows: Rows, unit: Array) -> Array:
        # einsum adds up each row alike, whatever rows stand beside it.
        products: Array = np.einsum("ij,j->i", self.vectors.take(rows, axis=0), unit)
        products /= self.lengths[rows]
        return products

    def _best(self, rows: Rows, unit: Array, n: int) -> Found:
        cosines = self._cosines(rows, unit)
        order = largest(cosines, n)
        return rows[order], cosines[order]
