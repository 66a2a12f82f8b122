"""Groups of keys compared: the odd one out, centrality, distance of documents."""

import logging
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from word2vec.errors import ParameterError
from word2vec.extras import require
from word2vec.vectors.arrays import unit
from word2vec.vectors.queries import Queries
from word2vec.vectors.store import Array, Key

logger = logging.getLogger(__name__)


class Comparisons(Queries):
    """The methods of KeyedVectors that compare several keys with each other."""

    __slots__ = ()

    def rank_by_centrality(
        self, words: Iterable[Key], use_norm: bool = True
    ) -> list[tuple[float, Any]]:
        """Keys by their similarity to the mean of all; missing keys are left out.

        Parameters
        ----------
        words : iterable of keys
        use_norm : bool
            Scale the vectors to length 1 first; without it long vectors count more,
            in the mean and in the result.

        Returns
        -------
        list of (float, key)
            The most central key first; of equal ones the first given.

        Raises
        ------
        ParameterError
            If no key is present.
        """
        given = list(words)
        used = [word for word in given if word in self]
        if len(used) < len(given):
            missing = [word for word in given if word not in self]
            logger.warning(
                "vectors for words %s are not present in the model, ignoring these words", missing
            )
        if not used:
            raise ParameterError("cannot select a word from an empty list")
        vectors = np.stack([self.get_vector(word, norm=use_norm) for word in used])
        similarities = (vectors @ unit(vectors.mean(axis=0))).tolist()
        return sorted(zip(similarities, used, strict=True), key=lambda pair: -pair[0])

    def doesnt_match(self, words: Iterable[Key]) -> Any:
        """Return the key farthest from the mean of the unit vectors; missing keys are left out.

        Raises
        ------
        ParameterError
            If no key is present.
        """
        return self.rank_by_centrality(words)[-1][1]

    def wmdistance(
        self, document1: Sequence[Key], document2: Sequence[Key], norm: bool = True
    ) -> float:
        """Word Mover's Distance of two documents.

        The least total distance that the words of one document, each with its share
        of it, have to travel to become the other.

        Parameters
        ----------
        document1, document2 : sequence of keys
            Words; missing ones are left out.
        norm : bool
            Scale the vectors to length 1 first; distances are Euclidean.

        Returns
        -------
        float
            Infinity if a document has no known word.

        Raises
        ------
        MissingDependencyError
            Without the package POT: ``pip install 'word2vec-hogwild[wmd]'``.

        References
        ----------
        M. J. Kusner et al., "From Word Embeddings To Document Distances", ICML 2015.
        """
        earth_mover = _earth_mover()
        documents = [
            [self.get_index(word) for word in document if word in self]
            for document in (document1, document2)
        ]
        dropped = [len(document1) - len(documents[0]), len(document2) - len(documents[1])]
        if any(dropped):
            logger.info(
                "Removed %i and %i OOV words from document 1 and 2 (respectively).", *dropped
            )
        if not all(documents):
            logger.warning(
                "At least one of the documents had no words that were in the vocabulary."
            )
            return math.inf
        rows, shares = zip(*map(_shares, documents), strict=True)
        if len(rows[0]) == len(rows[1]) == 1 and rows[0][0] == rows[1][0]:
            return 0.0
        costs = self._distances_between(rows[0], rows[1], norm)
        return float(earth_mover(shares[0], shares[1], costs))

    def _distances_between(self, first: Array, second: Array, norm: bool) -> Array:
        """Euclidean distances, float64 of shape (len(first), len(second))."""
        left, right = (self.vectors[rows].astype(np.float64) for rows in (first, second))
        if norm:
            divisors = self._divisors()
            left /= divisors[first][:, np.newaxis]
            right /= divisors[second][:, np.newaxis]
        # Row by row: differences of all pairs at once may not fit in memory.
        return np.stack([np.linalg.norm(right - row, axis=1) for row in left])


def _shares(document: list[int]) -> tuple[npt.NDArray[Any], npt.NDArray[np.float64]]:
    """Return the distinct rows of a document, and the share of it that each one is."""
    rows, counts = np.unique(document, return_counts=True)
    return rows, counts / len(document)


def _earth_mover() -> Any:
    return require("ot", "wmd", "wmdistance").emd2
