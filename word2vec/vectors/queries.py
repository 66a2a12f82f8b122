"""Questions to word vectors: nearest keys, similarities, odd ones out.

Cosines everywhere. A zero vector has similarity 0 with everything. An argument that
names a key may also be an int row number, as for `get_index`.
"""

import numbers
from collections.abc import Iterable, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from word2vec.errors import MissingKeyError, ParameterError
from word2vec.vectors.arrays import largest, unit
from word2vec.vectors.store import Array, Key, VectorStore

Neighbours = list[tuple[Any, float]]


class EmptyListError(ParameterError, ZeroDivisionError):
    """A list of keys is empty where gensim divides by its length."""


class Queries(VectorStore):
    """The query methods of KeyedVectors."""

    __slots__ = ()

    # ---- nearest keys ------------------------------------------------------

    def most_similar(
        self,
        positive: Any = None,
        negative: Any = None,
        topn: int | None = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Any = None,
    ) -> Any:
        """Keys nearest to the mean of the unit vectors of `positive` minus `negative`.

        Parameters
        ----------
        positive, negative : key, vector, or sequence of these, optional
            An item may be a (key, weight) or (vector, weight) tuple, whose weight
            counts as it is, of `negative` too; a 2-D array is a sequence of vectors.
            Vectors enter with the length they have.
        topn : int or None, default=10
            How many keys; None returns every similarity.
        clip_start, clip_end : int
            Search only these rows.
        restrict_vocab : int, optional
            Search only so many first rows; overrides the clip range. 0 restricts nothing,
            here and in all queries.
        indexer : object, optional
            Answers instead, through its ``most_similar(vector, topn)``.

        Returns
        -------
        list of (key, float)
            Best first, without the keys that were given as keys. With ``topn=None`` a
            float32 ndarray of the rows searched, in index order.

        Raises
        ------
        MissingKeyError
            If a key is missing.
        ParameterError
            If nothing was given or a vector has the wrong shape.
        """
        items = [(item, 1.0) for item in self._items(positive)]
        items += [(item, -1.0) for item in self._items(negative)]
        keys, weights = [], []
        for item, default in items:
            key, weight = self._weighted(item, default)
            keys.append(key)
            weights.append(weight)
        if isinstance(topn, numbers.Integral) and topn < 1:
            return []
        mean = self.get_mean_vector(
            keys, weights, pre_normalize=True, post_normalize=True, ignore_missing=False
        )
        if indexer is not None and isinstance(topn, numbers.Integral):
            return indexer.most_similar(mean, topn)
        rows = self._search_range(clip_start, clip_end, restrict_vocab)
        if topn is None:
            return self._searcher().cosines(mean, rows)
        excluded = self._given_rows(keys)
        found = self._searcher().nearest(mean, rows, int(topn) + len(excluded))
        return self._name(*found, excluded)[:topn]

    def most_similar_cosmul(
        self,
        positive: Any = None,
        negative: Any = None,
        topn: int | None = 10,
        restrict_vocab: int | None = None,
    ) -> Any:
        """Keys with the largest product of similarities (3CosMul).

        Cosines are moved to [0, 1]; the product of those with `positive` is divided by
        the product of those with `negative` plus 1e-6.

        Parameters
        ----------
        positive, negative : key, vector, or sequence of these, optional
        topn : int or None, default=10
            How many keys; None returns every score.
        restrict_vocab : int, optional
            Search only so many first rows (gensim ignores it).

        Returns
        -------
        list of (key, float)
            Best first; with ``topn=None`` an ndarray of scores in index order.

        Raises
        ------
        MissingKeyError
            If a key is missing.
        ParameterError
            If nothing was given or a vector has the wrong shape.

        References
        ----------
        O. Levy, Y. Goldberg, "Linguistic Regularities in Sparse and Explicit Word
        Representations", CoNLL 2014.
        """
        given = [self._items(positive), self._items(negative)]
        if not any(given):
            raise ParameterError("cannot compute similarity with no input")
        units = [[unit(self._vector(item)) for item in items] for items in given]
        if isinstance(topn, numbers.Integral) and topn < 1:
            return []
        rows = self._search_range(0, None, restrict_vocab)
        products = np.ones((2, len(rows)))
        for product, vectors in zip(products, units, strict=True):
            for vector in vectors:
                product *= (1 + self._searcher().cosines(vector, rows)) / 2
        scores = products[0] / (products[1] + 1e-6)
        if topn is None:
            return scores
        excluded = self._given_rows(given[0] + given[1])
        best = largest(scores, int(topn) + len(excluded))
        return self._name(best, scores[best], excluded)[:topn]

    def most_similar_batch(
        self,
        keys_or_vectors: Sequence[Key] | Array,
        topn: int = 10,
        restrict_vocab: int | None = None,
    ) -> list[Neighbours]:
        """Nearest keys of many keys or vectors, faster than one by one.

        Parameters
        ----------
        keys_or_vectors : sequence of keys and vectors, or ndarray of shape (n, vector_size)
        topn : int, default=10
        restrict_vocab : int, optional
            Search only so many first rows.

        Returns
        -------
        list of list of (key, float)
            For each query what `most_similar` gives.

        Raises
        ------
        MissingKeyError
            If a key is missing.
        ParameterError
            If a vector has the wrong shape.

        Notes
        -----
        Fewer than 32 queries share one pass over a sketch of the vectors (which has half a
        byte for each number and is kept), or read a small matrix as it is. More share matrix
        products, 1,024 queries at a time, on the threads of numpy's BLAS. Beside the answers
        that needs up to 12 bytes for each row with the sketch, up to 128 with products, and
        10 MB.
        """
        queries = self._items(keys_or_vectors)
        if not queries or topn < 1:
            return [[] for _ in queries]
        units = np.stack([unit(self._vector(query)) for query in queries])
        rows = self._search_range(0, None, restrict_vocab)
        # The key itself is among the nearest, and left out.
        nearest = self._searcher().nearest_batch(units, rows, int(topn) + 1)
        return [
            self._name(*found, self._given_rows([query]))[:topn]
            for query, found in zip(queries, nearest, strict=True)
        ]

    def similar_by_key(
        self, key: Key, topn: int | None = 10, restrict_vocab: int | None = None
    ) -> Any:
        """Keys nearest to `key`; see `most_similar`."""
        return self.most_similar([key], topn=topn, restrict_vocab=restrict_vocab)

    def similar_by_word(
        self, word: Key, topn: int | None = 10, restrict_vocab: int | None = None
    ) -> Any:
        """Keys nearest to `word`; see `most_similar`."""
        return self.similar_by_key(word, topn, restrict_vocab)

    def similar_by_vector(
        self, vector: npt.ArrayLike, topn: int | None = 10, restrict_vocab: int | None = None
    ) -> Any:
        """Keys whose vectors point most nearly the way `vector` does.

        Parameters
        ----------
        vector : array_like of shape (vector_size,)
            Only its direction matters.
        topn, restrict_vocab
            As in `most_similar`, which also says what is returned.

        Raises
        ------
        ParameterError
            If the vector has the wrong shape or is not finite.
        """
        query = np.asarray(vector)
        return self.most_similar([query], topn=topn, restrict_vocab=restrict_vocab)

    # ---- similarities ------------------------------------------------------

    def similarity(self, w1: Key, w2: Key) -> np.float32:
        """Cosine of the vectors of two keys, in [-1, 1] up to rounding.

        Raises
        ------
        MissingKeyError
            If a key is missing.
        """
        return _dot(unit(self.get_vector(w1)), unit(self.get_vector(w2)))

    def distance(self, w1: Key, w2: Key) -> np.float32:
        """One minus `similarity`."""
        return np.float32(1 - self.similarity(w1, w2))

    def distances(self, word_or_vector: Any, other_words: Iterable[Key] = ()) -> Array:
        """One minus the cosines between a key or vector and other keys.

        Parameters
        ----------
        word_or_vector : key or ndarray of shape (vector_size,)
        other_words : iterable of keys
            All keys if empty.

        Returns
        -------
        ndarray of shape (n_other_words,), float32

        Raises
        ------
        MissingKeyError
            If a key is missing.
        """
        vector = self._vector(word_or_vector)
        others = [self.get_index(word) for word in other_words]
        if others:
            return 1 - self.cosine_similarities(vector, self.vectors[others])
        return 1 - self._searcher().cosines(unit(vector), range(len(self.vectors)))

    @staticmethod
    def cosine_similarities(vector_1: npt.ArrayLike, vectors_all: npt.ArrayLike) -> Array:
        """Cosines between one vector and each row of a matrix.

        Parameters
        ----------
        vector_1 : array_like of shape (vector_size,)
        vectors_all : array_like of shape (n, vector_size)

        Returns
        -------
        ndarray of shape (n,)
            0 where a vector is zero.
        """
        matrix = np.asarray(vectors_all)
        matrix = matrix.astype(np.result_type(matrix, np.float32), copy=False)
        norms = np.linalg.norm(matrix, axis=1)
        products = matrix @ unit(np.asarray(vector_1, dtype=matrix.dtype))
        return cast(Array, products / np.where(norms == 0, norms.dtype.type(1), norms))

    def n_similarity(self, ws1: Sequence[Key], ws2: Sequence[Key]) -> np.float32:
        """Cosine of the mean vectors of two lists of keys; missing keys are left out.

        Raises
        ------
        EmptyListError
            If a list is empty (a ZeroDivisionError and a ValueError).

        Notes
        -----
        As in gensim, a str is the sequence of its characters, also where it is a key.
        """
        if not (len(ws1) and len(ws2)):
            raise EmptyListError("At least one of the passed list is empty.")
        first = self.get_mean_vector(list(ws1), pre_normalize=False)
        second = self.get_mean_vector(list(ws2), pre_normalize=False)
        return _dot(unit(first), unit(second))

    def relative_cosine_similarity(self, wa: Key, wb: Key, topn: int = 10) -> float:
        """Similarity of two keys over the summed similarities of `wa`'s neighbours.

        Above 1 / topn the two are more similar than `wa`'s neighbours are on average
        (Leeuwenberg et al. 2016).

        Raises
        ------
        MissingKeyError
            If a key is missing.
        """
        total = sum(similarity for _, similarity in self.similar_by_word(wa, topn))
        return float(self.similarity(wa, wb)) / total if total else 0.0

    # ---- comparisons -------------------------------------------------------

    def closer_than(self, key1: Key, key2: Key) -> list[Any]:
        """Keys that are nearer to `key1` than `key2` is.

        Raises
        ------
        MissingKeyError
            If a key is missing.
        """
        distances = self.distances(key1)
        first, second = self.get_index(key1), self.get_index(key2)
        nearer = np.flatnonzero(distances < distances[second])
        keys = [self.index_to_key[row] for row in nearer.tolist() if row != first]
        return [key for key in keys if key is not None]

    def rank(self, key1: Key, key2: Key) -> int:
        """Rank of `key2` among the neighbours of `key1`; the nearest has rank 1.

        Raises
        ------
        MissingKeyError
            If a key is missing.
        """
        return len(self.closer_than(key1, key2)) + 1

    def most_similar_to_given(self, key1: Key, keys_list: Sequence[Key]) -> Any:
        """Return the key of a list that is nearest to `key1`.

        Raises
        ------
        MissingKeyError
            If a key is missing.
        ParameterError
            If the list is empty.
        """
        if not len(keys_list):
            raise ParameterError("keys_list is empty; give at least one key")
        return keys_list[int(np.argmax([self.similarity(key1, key) for key in keys_list]))]

    def get_mean_vector(
        self,
        keys: Any,
        weights: Sequence[float] | Array | None = None,
        pre_normalize: bool = True,
        post_normalize: bool = False,
        ignore_missing: bool = True,
    ) -> Array:
        """Weighted mean of the vectors of keys.

        Parameters
        ----------
        keys : key, vector, or sequence of these
        weights : sequence of float, optional
            One for each key, 1 without them; the sum is divided by the sum of their
            absolute values.
        pre_normalize : bool
            Scale the vectors of keys to length 1 first; vectors given stay as they are.
        post_normalize : bool
            Scale the mean to length 1.
        ignore_missing : bool
            Leave missing keys out; the mean of none is zero.

        Returns
        -------
        ndarray of shape (vector_size,)

        Raises
        ------
        ParameterError
            If there are no keys, or not as many weights, or a vector has the wrong shape.
        MissingKeyError
            If a key is missing and not to be ignored.
        """
        items = self._items(keys)
        if not items:
            raise ParameterError("cannot compute mean with no input")
        if weights is None:
            weights = [1.0] * len(items)
        if len(weights) != len(items):
            raise ParameterError("keys and weights array must have same number of elements")
        mean = np.zeros(self.vector_size, dtype=self.vectors.dtype)
        total = 0.0
        for item, weight in zip(items, weights, strict=True):
            if not isinstance(item, np.ndarray) and item not in self:
                if ignore_missing:
                    continue
                raise MissingKeyError(f"Key '{item}' not present in vocabulary")
            vector = self._vector(item)
            if pre_normalize and not isinstance(item, np.ndarray):
                vector = unit(vector)
            mean += mean.dtype.type(weight) * vector
            total += abs(float(weight))
        if total > 0:
            mean /= mean.dtype.type(total)
        return unit(mean) if post_normalize else mean

    # ---- inside ------------------------------------------------------------

    def _items(self, given: Any) -> list[Any]:
        """Turn an argument that may be one key, one vector or several into a list."""
        if given is None:
            return []
        if self._is_key(given) or (isinstance(given, np.ndarray) and given.ndim == 1):
            return [given]
        return list(given)

    def _weighted(self, item: Any, default: float) -> tuple[Any, float]:
        """Split a (key, weight) tuple, unless the tuple is itself a key."""
        if isinstance(item, tuple) and len(item) == 2 and not self._is_key(item):
            key, weight = item
            if isinstance(weight, numbers.Real):
                return key, float(weight)
        return item, default

    def _vector(self, item: Any) -> Array:
        """Return the vector of a key, or a given vector after a check."""
        if not isinstance(item, np.ndarray):
            return self.get_vector(item)
        if item.shape != (self.vector_size,):
            raise ParameterError(
                f"a vector has shape {item.shape}: it must be ({self.vector_size},)"
            )
        with np.errstate(over="ignore"):  # what overflows becomes inf, and is refused
            vector = item.astype(self.vectors.dtype, copy=False)
        if not np.isfinite(vector).all():
            raise ParameterError(
                f"a vector is not finite: it holds nan, inf or more than {self.vectors.dtype} can"
            )
        return vector

    def _search_range(self, start: int, end: int | None, restrict: int | None) -> range:
        n = self._n_filled()
        if restrict:
            start, end = 0, restrict
        return range(n)[start:end]

    def _given_rows(self, items: list[Any]) -> set[int]:
        return {self.get_index(item) for item in items if not isinstance(item, np.ndarray)}

    def _name(self, rows: npt.NDArray[np.intp], scores: Array, excluded: set[int]) -> Neighbours:
        """Put keys for rows."""
        return [
            (self.index_to_key[row], score)
            for row, score in zip(rows.tolist(), scores.tolist(), strict=True)
            if row not in excluded
        ]


def _dot(first: Array, second: Array) -> np.float32:
    return np.float32(np.dot(first, second))
