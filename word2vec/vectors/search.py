"""The rows of a matrix that point most nearly the way some unit vectors do.

Exact: what is skipped is shown to be smaller first. Rows are taken in groups. The
n-th largest of the groups' best similarities is a bound that the n best rows of all
reach, so that only groups which reach it are looked into.
"""

import numpy as np
import numpy.typing as npt

from word2vec.vectors.arrays import Array, largest

_GROUP = 32  # rows: few enough to look into, enough that there are few groups
_BLOCK = 2048  # rows multiplied at a time, a multiple of _GROUP
_PIECE = 1024  # queries multiplied at a time: a product of 8 MB stays in the cache

# Similarities of one row may differ in the last bits between two ways to add them up.
_ROUNDING = 1e-5

Found = tuple[npt.NDArray[np.intp], Array]


def nearest(matrix: Array, lengths: Array, units: Array, n: int) -> list[Found]:
    """Find the n nearest rows for each of many unit vectors, in matrix products.

    Parameters
    ----------
    matrix : ndarray of shape (n_rows, dim), float
    lengths : ndarray of shape (n_rows,)
        Of the rows, not 0.
    units : ndarray of shape (n_queries, dim), float
        Vectors of length 1 or 0.
    n : int
        >= 1; all rows if there are fewer.

    Returns
    -------
    list of (rows, cosines)
        For each unit vector, best first, ties in the order of the rows; a row with
        nan comes last.
    """
    found: list[Found] = []
    for begin in range(0, len(units), _PIECE):
        piece = units[begin : begin + _PIECE]
        best = _best_of_groups(matrix, lengths, piece)
        found += [
            _look_into(matrix, lengths, unit, groups, n)
            for unit, groups in zip(piece, best, strict=True)
        ]
    return found


def _best_of_groups(matrix: Array, lengths: Array, units: Array) -> Array:
    """Return the largest cosine in each group of rows, of shape (n_units, n_groups)."""
    n_rows = len(matrix)
    dtype = np.result_type(matrix, np.float32)
    best = np.empty((len(units), -(-n_rows // _GROUP)), dtype=dtype)
    products = np.full((_BLOCK, len(units)), -np.inf, dtype=dtype)
    columns = np.ascontiguousarray(units.T, dtype=dtype)
    for begin in range(0, n_rows, _BLOCK):
        block = matrix[begin : begin + _BLOCK] / lengths[begin : begin + _BLOCK, np.newaxis]
        np.matmul(block, columns, out=products[: len(block)])
        products[len(block) :] = -np.inf  # behind the last row
        groups = products.reshape(_BLOCK // _GROUP, _GROUP, -1).max(axis=1)
        first = begin // _GROUP
        last = min(first + len(groups), best.shape[1])
        best[:, first:last] = groups[: last - first].T
    return best


def _look_into(matrix: Array, lengths: Array, unit: Array, best: Array, n: int) -> Found:
    """Find the n nearest rows in the groups that can hold them."""
    damaged = np.isnan(best)  # a row of nan hides what else is in its group
    reached = np.where(damaged, -np.inf, best)
    if n < len(best):
        bound = np.partition(reached, len(best) - n)[len(best) - n] - _ROUNDING
        groups = np.flatnonzero((reached >= bound) | damaged)
    else:
        groups = np.arange(len(best))
    rows = (groups[:, np.newaxis] * _GROUP + np.arange(_GROUP)).ravel()
    rows = rows[: np.searchsorted(rows, len(matrix))]
    cosines = (matrix[rows] @ unit) / lengths[rows]
    order = largest(cosines, n)
    return rows[order], cosines[order]
