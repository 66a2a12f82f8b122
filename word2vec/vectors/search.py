"""The rows of a matrix that point most nearly the way some unit vectors do.

Exact: a row is left out only after it was shown to be too far away. Many queries share
matrix products. A single query waits for memory, so where there are many, one reads a
sketch of the matrix, a byte for each number, and then the few rows that the sketch
cannot exclude. Whatever the way, a row's cosine is computed last and alike.
"""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numpy as np
import numpy.typing as npt

from word2vec.vectors import _sketch
from word2vec.vectors.arrays import Array, largest, nth_largest

_GROUP = 32  # rows: few enough to look into, enough that there are few groups
_BLOCK = 2048  # rows multiplied at a time, a multiple of _GROUP
_PIECE = 1024  # queries multiplied at a time: a product of 8 MB stays in the cache
_SKETCHED = 2**20  # numbers in a matrix that does not stay in the cache by itself
_PATIENCE = 16  # queries that gain about what a sketch costs (benchmarks/queries.py)

# Cosines of one row may differ in the last bits between two ways to add them up.
_ROUNDING = 1e-5

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
        self._codes: Array | None = None
        self._steps: Array = self.lengths
        self._asked = 0

    @_quiet
    def cosines(self, unit: Array, rows: range) -> Array:
        """Return the cosines of a unit vector (or zero) with some rows."""
        products: Array = self.vectors[rows.start : rows.stop] @ unit
        products /= self.lengths[rows.start : rows.stop]
        return products

    @_quiet
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
        if self._sketch_pays():
            least, most = self._bounds(unit, rows)
        else:
            cosines = self.cosines(unit, rows)
            least, most = cosines - _ROUNDING, cosines + _ROUNDING
        # nan excludes no row.
        candidates = np.flatnonzero(~(most < nth_largest(least, n)))
        return self._best(candidates + rows.start, unit, n)

    @_quiet
    def nearest_batch(self, units: Array, stop: int, n: int) -> list[Found]:
        """Find the n rows before `stop` that are nearest to each of many unit vectors.

        Parameters
        ----------
        units : ndarray of shape (n_queries, dim)
            Of length 1 or 0.
        stop : int
            At most the number of rows.
        n : int
            >= 1; all rows if there are fewer.

        Returns
        -------
        list of (rows, cosines)
            For each unit vector what `nearest` finds.
        """
        found: list[Found] = []
        for begin in range(0, len(units), _PIECE):
            piece = units[begin : begin + _PIECE]
            for unit, best in zip(piece, self._best_of_groups(piece, stop), strict=True):
                groups = np.flatnonzero(~(best < nth_largest(best, n) - 2 * _ROUNDING))
                rows = (groups[:, np.newaxis] * _GROUP + np.arange(_GROUP)).ravel()
                found.append(self._best(rows[: np.searchsorted(rows, stop)], unit, n))
        return found

    def _best_of_groups(self, units: Array, stop: int) -> Array:
        """Return the largest cosine in each group of rows, of shape (n_units, n_groups)."""
        dtype = np.result_type(self.vectors, np.float32)
        best = np.empty((len(units), -(-stop // _GROUP)), dtype=dtype)
        products = np.empty((_BLOCK, len(units)), dtype=dtype)
        columns = np.ascontiguousarray(units.T, dtype=dtype)
        for begin in range(0, stop, _BLOCK):
            end = min(begin + _BLOCK, stop)
            block = self.vectors[begin:end] / self.lengths[begin:end, np.newaxis]
            np.matmul(block, columns, out=products[: len(block)])
            products[len(block) :] = -np.inf  # behind the last row
            groups = products.reshape(_BLOCK // _GROUP, _GROUP, -1).max(axis=1)
            place = best[:, begin // _GROUP : begin // _GROUP + len(groups)]
            place[:] = groups[: place.shape[1]].T
        return best

    def _best(self, rows: Rows, unit: Array, n: int) -> Found:
        # einsum adds up each row alike, whatever rows stand beside it.
        cosines = np.einsum("ij,j->i", self.vectors[rows], unit) / self.lengths[rows]
        order = largest(cosines, n)
        return rows[order], cosines[order]

    def _sketch_pays(self) -> bool:
        """Make the sketch when so many queries show that it will be used."""
        self._asked += 1
        suits = (
            self.vectors.dtype == np.float32
            and self.vectors.flags.c_contiguous
            and self.vectors.size >= _SKETCHED
        )
        if self._codes is None and self._asked > _PATIENCE and suits:
            codes, steps = _sketch.sketch(self.vectors)
            self._steps = steps / self.lengths
            self._codes = codes
        return self._codes is not None

    def _bounds(self, unit: Array, rows: range) -> tuple[Array, Array]:
        """Return what the cosines with some rows are at least and at most."""
        codes = cast(Array, self._codes)[rows.start : rows.stop]
        steps = self._steps[rows.start : rows.stop]
        sizes = np.abs(unit)
        # The query too becomes whole numbers, as large as int16 and the sums allow.
        total, top = float(sizes.sum()), float(sizes.max())
        room = _sketch.LARGEST_SUM - len(unit)
        scale = min(room / total, 32767 / top) if total else 1.0
        numbers = np.rint(unit * np.float32(scale)).astype(np.int16)
        # Half a step for each number of a row, half a unit for each number of the query,
        # and a hundredth more for the roundings of all this.
        error = 1.01 * (total / 2 + 127 * len(unit) / 2 / scale)
        return _sketch.bounds(codes, steps, numbers, 1 / scale, error, _ROUNDING)
