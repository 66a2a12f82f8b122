"""Small things that gensim's modules hold beside the classes, for code that imports them.

Reached under gensim's names only (names.py); new code has no need of them.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from word2vec.errors import MissingDependencyError, ParameterError
from word2vec.text.readers import MAX_SENTENCE_LENGTH, Source, open_binary
from word2vec.vectors.arrays import fill_random
from word2vec.vectors.keyed_vectors import KeyedVectors

FAST_VERSION = 1
"""gensim's users check that it is not -1, which would be training in pure Python."""

CORPUSFILE_VERSION = 1
"""As `FAST_VERSION`, for ``corpus_file=``."""

Floats = npt.NDArray[np.floating[Any]]


class CompatVocab:
    """What gensim 3 kept for each word: `count` and whatever else it is given.

    Parameters
    ----------
    **attributes
        Become attributes; `count` is 0 without.
    """

    def __init__(self, **attributes: Any) -> None:
        self.count = 0
        self.__dict__.update(attributes)

    def __lt__(self, other: "CompatVocab") -> bool:
        """Compare counts."""
        return bool(self.count < other.count)

    def __repr__(self) -> str:
        """Return class and attributes."""
        attributes = ", ".join(f"{name}={value!r}" for name, value in sorted(vars(self).items()))
        return f"{type(self).__name__}({attributes})"


class Heapitem(namedtuple("Heapitem", "count, index, left, right")):
    """A node of a Huffman tree that is being built; smaller is rarer."""

    __slots__ = ()

    def __lt__(self, other: Any) -> bool:
        """Compare counts."""
        return bool(self.count < other.count)


def load_word2vec_format(*args: Any, **kwargs: Any) -> KeyedVectors:
    """Do what `KeyedVectors.load_word2vec_format` does."""
    return KeyedVectors.load_word2vec_format(*args, **kwargs)


def _load_word2vec_format(
    cls: Any, *args: Any, binary_chunk_size: int = 100 * 1024, **kwargs: Any
) -> Any:
    """Do what ``cls.load_word2vec_format`` does; how a file is read is not for callers to say."""
    return cls.load_word2vec_format(*args, **kwargs)


def pseudorandom_weak_vector(
    size: int, seed_string: Any = None, hashfxn: Callable[[Any], int] = hash
) -> npt.NDArray[np.float32]:
    """Draw a vector, uniform in [-0.5/size, 0.5/size).

    Parameters
    ----------
    size : int
        Its length, > 0.
    seed_string : hashable, optional
        Equal ones give equal vectors, as far as `hashfxn` does; None: another each time.

    Returns
    -------
    ndarray of shape (size,), float32
    """
    seed = None if seed_string is None else hashfxn(seed_string) & 0xFFFFFFFF
    drawn = np.random.default_rng(seed).random(size, dtype=np.float32)
    return (drawn - np.float32(0.5)) / np.float32(size)


def prep_vectors(
    target_shape: tuple[int, int],
    prior_vectors: Floats | None = None,
    seed: int | None = 0,
    dtype: npt.DTypeLike = np.float32,
) -> Floats:
    """Make initial vectors of a shape, with rows that are there already kept.

    Parameters
    ----------
    target_shape : (int, int)
        Rows and dimensions, not less than those of `prior_vectors`.
    prior_vectors : ndarray, optional
        Become the upper left corner; returned as they are if the shape is right.
    seed : int or None
        Of ``numpy.random.default_rng``; the values are gensim's, uniform in
        +-1/dimensions.

    Returns
    -------
    ndarray of shape `target_shape`
    """
    if prior_vectors is None:
        prior_vectors = np.zeros((0, 0), dtype=np.float32)
    if prior_vectors.shape == tuple(target_shape):
        return prior_vectors
    vectors = np.empty(target_shape, dtype=np.float32)
    fill_random(vectors, seed)
    grown: Floats = vectors.astype(dtype, copy=False)
    grown[: prior_vectors.shape[0], : prior_vectors.shape[1]] = prior_vectors
    return grown


def unitvec(
    vec: npt.ArrayLike, norm: str = "l2", return_norm: bool = False
) -> Floats | tuple[Floats, float]:
    """Scale a vector to length 1; a vector of zeros stays.

    Parameters
    ----------
    vec : array_like
        Of any shape, dense.
    norm : {"l2", "l1"}
        What length is.
    return_norm : bool
        Return the length too.

    Raises
    ------
    ParameterError
        If `norm` is another.
    """
    if norm not in ("l1", "l2"):
        raise ParameterError(f"norm={norm!r}: it must be 'l1' or 'l2'")
    vector: Floats = np.asarray(vec)
    if not np.issubdtype(vector.dtype, np.floating):
        vector = vector.astype(np.float64)
    length = float(np.linalg.norm(vector.ravel(), 2 if norm == "l2" else 1))
    if length > 0:
        vector = vector / vector.dtype.type(length)
    return (vector, length) if return_norm else vector


class CythonLineSentence:
    """The lines of a file as lists of words that are bytes.

    Parameters
    ----------
    source : path or binary file
    offset : int
        Bytes to skip first.
    max_words_in_batch : int
        A longer line becomes several sentences.
    """

    def __init__(
        self, source: Source, offset: int = 0, max_words_in_batch: int = MAX_SENTENCE_LENGTH
    ) -> None:
        self.source = source
        self.offset = offset
        self.max_words_in_batch = max_words_in_batch

    def __iter__(self) -> Iterator[list[bytes]]:
        with open_binary(self.source) as stream:
            stream.seek(self.offset)
            for words in map(bytes.split, stream):
                for start in range(0, len(words), self.max_words_in_batch):
                    yield words[start : start + self.max_words_in_batch]


class _OutOfScope:
    """A model of gensim that only gensim has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise self._missing()

    @classmethod
    def load(cls, *args: Any, **kwargs: Any) -> Any:
        """Raise, as the constructor does."""
        raise cls._missing()

    @classmethod
    def _missing(cls) -> MissingDependencyError:
        return MissingDependencyError(
            f"{cls.__name__} is not in word2vec's stand-in for gensim: pip install gensim"
        )


class Doc2Vec(_OutOfScope):
    """Place-holder, so that packages that also offer Doc2Vec can be imported.

    Raises
    ------
    MissingDependencyError
        When it is used.
    """


class FastText(_OutOfScope):
    """Place-holder, so that packages that also offer FastText can be imported.

    Raises
    ------
    MissingDependencyError
        When it is used.
    """


TaggedDocument = namedtuple("TaggedDocument", "words, tags")
