"""Classes of words: k-means on the directions of their vectors, as the C tool's -classes."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import numpy.typing as npt

from word2vec.errors import ParameterError
from word2vec.io.files import open_output
from word2vec.vectors.arrays import Array, unit_rows

if TYPE_CHECKING:
    from word2vec.vectors.store import VectorStore

ROUNDS = 10  # as in the C tool


def kmeans_classes(
    vectors: Array, n_classes: int, *, seed: int = 1, rounds: int = ROUNDS
) -> npt.NDArray[np.int64]:
    """Group rows that point in similar directions.

    Parameters
    ----------
    vectors : ndarray of shape (n_rows, vector_size), float
    n_classes : int
        1 <= n_classes <= n_rows.
    seed : int
        Of the rows that the classes begin with.
    rounds : int
        Passes over all rows.

    Returns
    -------
    ndarray of shape (n_rows,), int64
        The class of each row, in [0, n_classes); a class may be empty.

    Raises
    ------
    ParameterError
        If there are fewer rows than classes.

    Notes
    -----
    scipy's k-means on the rows scaled to length 1; rows of zeros stay zero. The C tool
    also compares directions, and begins with row i in class i modulo `n_classes`, which
    puts frequent words of all kinds together; we begin with randomly drawn rows.
    """
    if not 1 <= n_classes <= len(vectors):
        raise ParameterError(
            f"n_classes={n_classes}: it must be an integer >= 1 and <= {len(vectors)}, the "
            "number of words"
        )
    import warnings

    from scipy.cluster.vq import kmeans2  # type: ignore[import-untyped,unused-ignore]

    rows = unit_rows(vectors)
    first = np.random.default_rng(seed).choice(len(rows), n_classes, replace=False)
    with warnings.catch_warnings():
        # Of equal rows some classes stay empty; that is an answer.
        warnings.filterwarnings("ignore", "One of the clusters is empty", UserWarning)
        _, classes = kmeans2(rows, rows[first], iter=rounds, minit="matrix", missing="warn")
    return np.asarray(classes, np.int64)


def write_classes(
    wv: "VectorStore",
    classes: Sequence[Any] | npt.NDArray[np.int64],
    target: str | os.PathLike[str] | BinaryIO,
) -> None:
    """Write a line "key class" for each key, as the C tool does.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with open_output(target, append=False) as file:
        file.writelines(
            f"{key} {number}\n".encode()
            for key, number in zip(wv.index_to_key, classes, strict=True)
        )
