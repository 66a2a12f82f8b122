"""Small functions on vectors that know nothing of keys."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from word2vec.memory import LINE, padded_columns

Array = npt.NDArray[Any]

_COLUMN = 64  # values of which the largest is taken first
BLOCK = 2**18  # floats worked on at a time: they stay in the cache


def aligned_zeros(n_rows: int, n_columns: int, *, padded: bool = False) -> npt.NDArray[np.float32]:
    """Allocate a matrix from the start of a cache line on, which training reads faster.

    Parameters
    ----------
    n_rows, n_columns : int
    padded : bool
        Every row begins with a line; between the rows are gaps of less than one.

    Returns
    -------
    ndarray of shape (n_rows, n_columns), float32
        Zeros; C-contiguous, with `padded` its rows are.
    """
    stride = padded_columns(n_columns) if padded else n_columns
    room = np.zeros(n_rows * stride + LINE, np.float32)
    begin = -room.ctypes.data // room.itemsize % LINE
    return room[begin : begin + n_rows * stride].reshape(n_rows, stride)[:, :n_columns]


def unit(vector: Array) -> Array:
    """Return the vector scaled to length 1; a zero vector stays zero."""
    wide = vector.astype(np.float64, copy=False)
    length = math.sqrt(np.dot(wide, wide))
    return vector / vector.dtype.type(length) if length else vector.copy()


def unit_rows(matrix: Array) -> npt.NDArray[np.float32]:
    """Return the rows scaled to length 1, float32; rows of zeros stay zero."""
    rows = np.asarray(matrix, np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths == 0, np.float32(1), lengths), np.float32)


def largest(values: Array, n: int) -> npt.NDArray[np.intp]:
    """Find the indices of the n largest values, largest first; ties in index order.

    nan counts as smaller than everything. O(len(values) + n log n).
    """
    n = min(n, len(values))
    if n == 0:
        return np.empty(0, dtype=np.intp)
    if np.isnan(values.max()):
        values = np.where(np.isnan(values), values.dtype.type(-np.inf), values)
    candidates = np.flatnonzero(values >= nth_largest(values, n))
    order = np.argsort(-values[candidates], kind="stable")[:n]
    return candidates[order]


def nth_largest(values: Array, n: int) -> Any:
    """Return a number that at least n of the values reach, as large as one pass finds.

    Exact for few values, the smallest number there is if there are fewer than n.
    nan counts as smaller than everything.
    """
    width = len(values) // _COLUMN
    if width >= n:
        # So many columns have a value that large.
        columns = values[: width * _COLUMN].reshape(_COLUMN, width)
        values = columns.max(axis=0)
        if np.isnan(values).any():  # slow: one damaged value is rare
            values = np.fmax.reduce(columns, axis=0)
    if np.isnan(values).any():
        values = np.where(np.isnan(values), values.dtype.type(-np.inf), values)
    if n > len(values):
        return values.dtype.type(-np.inf)
    return np.partition(values, len(values) - n)[len(values) - n]


def fill_random(matrix: npt.NDArray[np.float32], seed: int | None) -> None:
    """Fill a C-contiguous matrix with the initial values of word vectors.

    Uniform in [-1/d, 1/d) for rows of length d; the stream is that of one call of
    ``numpy.random.default_rng(seed).random``, drawn in place.
    """
    generator = np.random.default_rng(seed)
    step = max(1, BLOCK // matrix.shape[1])
    for begin in range(0, len(matrix), step):
        block = matrix[begin : begin + step]
        generator.random(out=block, dtype=np.float32)
        block *= 2
        block -= 1
        block /= matrix.shape[1]


def weak_vector(size: int, seed: int | None) -> npt.NDArray[np.float32]:
    """Return a vector uniform in [-0.5/size, 0.5/size), the values gensim draws.

    Parameters
    ----------
    size : int
    seed : int or None
        Its lower 32 bits seed numpy's SFC64; None takes fresh entropy.
    """
    generator = np.random.Generator(np.random.SFC64(None if seed is None else seed & 0xFFFFFFFF))
    return (generator.random(size).astype(np.float32) - np.float32(0.5)) / np.float32(size)
