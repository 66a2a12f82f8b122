"""Names of the module ``gensim.models.keyedvectors`` beside `KeyedVectors`."""

from typing import Any

import numpy as np
import numpy.typing as npt

from word2vec.compat.old_names import Vocab
from word2vec.errors import ParameterError
from word2vec.params import Option
from word2vec.vectors.arrays import fill_random, weak_vector
from word2vec.vectors.keyed_vectors import KeyedVectors

__all__ = [
    "REAL",
    "CompatVocab",
    "Doc2VecKeyedVectors",
    "EuclideanKeyedVectors",
    "KeyedVectors",
    "Vocab",
    "Word2VecKeyedVectors",
    "load_word2vec_format",
    "prep_vectors",
    "pseudorandom_weak_vector",
]

REAL = np.float32
Word2VecKeyedVectors = EuclideanKeyedVectors = Doc2VecKeyedVectors = KeyedVectors
CompatVocab = Vocab


def load_word2vec_format(*args: Any, **kwargs: Any) -> KeyedVectors:
    """Read vectors; see `KeyedVectors.load_word2vec_format`."""
    return KeyedVectors.load_word2vec_format(*args, **kwargs)


def _load_word2vec_format(
    cls: type[KeyedVectors], *args: Any, binary_chunk_size: int = 100 * 1024, **kwargs: Any
) -> KeyedVectors:
    """Read vectors into `cls`; files are read in pieces of one size, whatever is asked for."""
    Option("binary_chunk_size", "int", None, "Bytes.", 1).check(binary_chunk_size)
    return cls.load_word2vec_format(*args, **kwargs)


def pseudorandom_weak_vector(
    size: int, seed_string: Any = None, hashfxn: Any = hash
) -> npt.NDArray[np.float32]:
    """Vector uniform in [-0.5/size, 0.5/size), the same for the same `seed_string`.

    Parameters
    ----------
    size : int
    seed_string : object, optional
        What `hashfxn` hashes; None takes fresh entropy.
    hashfxn : callable
        Python's own differs from process to process for str and bytes.

    Returns
    -------
    ndarray of shape (size,), float32
    """
    return weak_vector(size, None if seed_string is None else hashfxn(seed_string))


def prep_vectors(
    target_shape: tuple[int, int],
    prior_vectors: npt.NDArray[Any] | None = None,
    seed: int | None = 0,
    dtype: npt.DTypeLike = REAL,
) -> npt.NDArray[Any]:
    """Return a matrix with the rows of `prior_vectors`, and random numbers around them.

    Parameters
    ----------
    target_shape : tuple of (int, int)
        Rows and dimensions.
    prior_vectors : ndarray of shape (<= n, <= vector_size), optional
        Become the upper left corner; returned themselves if they have `target_shape`.
    seed : int or None
        Row i depends on it and on i only.

    Returns
    -------
    ndarray of shape `target_shape`
        New numbers are uniform in [-1/vector_size, 1/vector_size).

    Raises
    ------
    ParameterError
        If `prior_vectors` has more rows or longer ones.
    """
    if prior_vectors is None:
        prior_vectors = np.zeros((0, target_shape[1]), dtype)
    if prior_vectors.shape == tuple(target_shape):
        return prior_vectors
    n, size = prior_vectors.shape
    if n > target_shape[0] or size > target_shape[1]:
        raise ParameterError(
            f"vectors of shape {prior_vectors.shape} do not fit into {tuple(target_shape)}: "
            "give a target_shape that is not smaller"
        )
    matrix = np.empty(target_shape, np.float32)
    fill_random(matrix, seed)
    vectors = matrix.astype(dtype, copy=False)
    vectors[:n, :size] = prior_vectors
    return vectors
