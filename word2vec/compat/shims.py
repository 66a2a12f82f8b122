"""Small things that gensim's modules hold beside the classes, for code that imports them.

Reached under gensim's names only (names.py); new code has no need of them.
"""

from collections import namedtuple
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from word2vec.errors import MissingDependencyError, ParameterError
from word2vec.text.readers import MAX_SENTENCE_LENGTH, Source, open_binary

Floats = npt.NDArray[np.floating[Any]]


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
